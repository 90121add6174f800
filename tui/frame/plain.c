/* SPDX-License-Identifier: Apache-2.0 */
/* plain.c - the plain screen, for people who do not see it: where the hardware cursor stands, and what is
 * selected in words. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/frame/app_priv.h"

enum { WIDE_COLS = 100 };

/* The row of the focused pane where its cursor stands, from that column on; its first one without a cursor. */
static struct rect selected_row(struct app *app, bool *is_selected)
{
    const struct pane *p = stage_focused(app);
    int row = 0;
    int col = 0;
    *is_selected = false;
    if (!p || !pane_is_visible(p)) {
        return (struct rect){.rows = 1, .cols = app->term.cols};
    }
    *is_selected = p->ops->cursor && p->ops->cursor(p, &row, &col);
    if (!*is_selected || row < 0 || row >= p->rect.rows || col < 0 || col >= p->rect.cols) {
        row = col = 0;
    }
    return (struct rect){p->rect.row + row, p->rect.col + col, 1, p->rect.cols - col};
}

void plain_place_cursor(struct app *app)
{
    if (app->options.is_plain) {
        bool is_selected = false;
        const struct canvas at = stage_canvas(app, selected_row(app, &is_selected));
        draw_place_cursor(&at, 0, 0);
    }
}

/* All that stands below the first row of a pane in which nothing is selected: why. */
static void put_page(struct app *app, const struct pane *p, struct buf *out)
{
    const struct canvas c = stage_canvas(app, p->rect);
    for (int row = 1; row < p->rect.rows; row++) {
        const size_t end = out->n;
        buf_puts(out, end > 0 ? " " : "");
        const size_t start = out->n;
        draw_read(&c, row, out);
        out->n = out->n > start ? out->n : end;
    }
}

/* "3 of 51: bob/Aurora-GGUF, 402k downloads in 30 days" */
static void put_selection(struct app *app, const struct pane *p, struct buf *out)
{
    size_t at = 0;
    size_t of = 0;
    bool is_selected = false;
    const struct canvas row = stage_canvas(app, selected_row(app, &is_selected));
    if (!is_selected) {
        put_page(app, p, out);
        return;
    }
    if (p->ops->place && p->ops->place(p, &at, &of)) {
        buf_printf(out, "%zu of %zu: ", at + 1, of);
    }
    if (p->ops->say) {
        p->ops->say(p, out);
    } else {
        draw_read(&row, 0, out);
    }
}

/* The title of a popup, from its border. */
static void put_title(struct app *app, const struct pane *p, struct buf *out)
{
    static const char FOCUSED[] = " (focused)";
    const struct canvas border = stage_canvas(app, (struct rect){p->rect.row, p->rect.col, 1, p->rect.cols});
    struct buf text = BUF_INIT;
    draw_read(&border, 0, &text);
    const char *end = strstr(buf_str(&text), FOCUSED);
    if (end) {
        buf_append(out, buf_str(&text), (size_t)(end - buf_str(&text)));
        buf_puts(out, ": ");
    }
    buf_done(&text);
}

void plain_say(struct app *app)
{
    const struct pane *p = stage_focused(app);
    if (!app->options.is_plain || !p) {
        return;
    }
    struct buf words = BUF_INIT;
    put_selection(app, p, &words);
    const bool is_other_pane = p->id != app->said_pane;
    if (is_other_pane || strcmp(buf_str(&app->said) + app->said_title, buf_str(&words)) != 0) {
        buf_clear(&app->said);
        if (is_other_pane && app->n_popups > 0) {
            put_title(app, p, &app->said);
        }
        app->said_title = app->said.n;
        buf_puts(&app->said, buf_str(&words));
        app->frame_dirty = true;
    }
    app->said_pane = p->id;
    buf_done(&words);
}

int plain_rows(const struct app *app)
{
    return !app->options.is_plain ? 0 : app->term.cols >= WIDE_COLS ? 2 : 3;
}

/* Bytes of text that go into a row: to the last blank that fits. */
static size_t row_of(const char *text, int cols)
{
    const size_t fits = text_fit(text, cols, NULL);
    size_t n = fits;
    while (text[fits] && n > 0 && text[n] != ' ') {
        n--;
    }
    return n > 0 ? n : fits;
}

void plain_draw(struct app *app)
{
    const int rows = plain_rows(app);
    const struct rect area = {app->term.rows - 1 - rows, 0, rows, app->term.cols};
    const struct canvas c = stage_canvas(app, area);
    const char *text = buf_str(&app->said);
    for (int row = 0; row < rows; row++) {
        const size_t n = row_of(text, area.cols - 2);
        draw_blank(&c, row, 0, area.cols, STYLE_BAR);
        if (row + 1 < rows) {
            draw_textn(&c, row, 1, area.cols - 2, STYLE_BAR, text, n);
        } else {
            draw_cell(&c, row, 1, area.cols - 2, STYLE_BAR, text, false);
        }
        text += n + (text[n] == ' ' ? 1 : 0);
    }
}
