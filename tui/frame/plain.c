/* SPDX-License-Identifier: Apache-2.0 */
/* plain.c - the plain screen, for people who do not see it: where the hardware cursor stands, and what is
 * selected in words. */
#include <string.h>

#include "core/base/buf.h"
#include "tui/frame/app_priv.h"

/* The selected row of the focused pane, from the column on where its cursor stands. */
static struct rect selected_row(struct app *app)
{
    const struct pane *p = stage_focused(app);
    int row = 0;
    int col = 0;
    if (!p || !pane_is_visible(p)) {
        return (struct rect){.rows = 1, .cols = app->term.cols};
    }
    bool has_cursor = p->ops->cursor && p->ops->cursor(p, &row, &col);
    if (!has_cursor || row < 0 || row >= p->rect.rows || col < 0 || col >= p->rect.cols) {
        row = col = 0;
    }
    return (struct rect){p->rect.row + row, p->rect.col + col, 1, p->rect.cols - col};
}

void plain_place_cursor(struct app *app)
{
    if (app->options.is_plain) {
        const struct canvas at = stage_canvas(app, selected_row(app));
        draw_place_cursor(&at, 0, 0);
    }
}

void plain_say(struct app *app)
{
    const struct pane *p = stage_focused(app);
    if (!app->options.is_plain || !app->is_selection_due || !p) {
        return;
    }
    app->is_selection_due = false;
    size_t at = 0;
    size_t of = 0;
    struct buf text = BUF_INIT;
    if (p->ops->place && p->ops->place(p, &at, &of)) {
        buf_printf(&text, "%zu of %zu: ", at + 1, of);
    }
    const struct canvas row = stage_canvas(app, selected_row(app));
    draw_read(&row, 0, &text);
    const bool says = app->has_moved || strcmp(buf_str(&text), buf_str(&app->selection)) != 0;
    app->frame_dirty = app->frame_dirty || says || app->says_selection;
    app->says_selection = says;
    buf_done(&app->selection);
    app->selection = text;
}
