/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - a text to read and to select: what was sent to the clipboard (nobody can know that a terminal took it), what
 * a request said. It stands from the first column on, with nothing beside it, and the mouse is the terminal's
 * meanwhile. Every key closes it; one that says no more than that does what it always does. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/keymap.h"
#include "tui/widget/list.h"

enum { MOST_ROWS = 5000 };

struct text_window {
    char *title;
    struct buf text; /* harmless, with its newlines */
    struct list list; /* the first row is top */
    int cols;         /* the rows below are for this width */
    size_t starts[MOST_ROWS + 1]; /* of the rows, in text */
    bool had_mouse;
};

static void break_rows(struct text_window *c, int cols)
{
    const char *text = buf_str(&c->text);
    size_t n = 0;
    size_t at = 0;
    while (at < c->text.n && n < MOST_ROWS) {
        const size_t line = strcspn(text + at, "\n");
        char *copy = xstrndup(text + at, line);
        const size_t fits = text_fit(copy, cols, NULL);
        free(copy);
        const bool is_cut = fits > 0 && fits < line;
        c->starts[n++] = at;
        at += is_cut ? fits : line + 1;
    }
    c->starts[n] = at < c->text.n ? at : c->text.n;
    c->cols = cols;
    list_set(&c->list, n);
}

/* Bytes of a row without its newline. */
static size_t row_bytes(const struct text_window *c, size_t row)
{
    const size_t n = c->starts[row + 1] - c->starts[row];
    const size_t line = strcspn(buf_str(&c->text) + c->starts[row], "\n");
    return line < n ? line : n;
}

static void window_draw(struct pane *p, const struct canvas *canvas)
{
    struct text_window *c = p->state;
    const int rows = canvas->rect.rows - 2;
    if (c->cols != canvas->rect.cols) {
        break_rows(c, canvas->rect.cols);
    }
    list_height(&c->list, rows);
    draw_clear(canvas);
    draw_box_top(canvas, &(struct draw_box){.title = c->title, .has_focus = true});
    for (int i = 0; i < rows && c->list.top + (size_t)i < c->list.n; i++) {
        const size_t row = c->list.top + (size_t)i;
        draw_textn(canvas, 1 + i, 0, canvas->rect.cols, STYLE_TEXT, buf_str(&c->text) + c->starts[row], row_bytes(c, row));
    }
    draw_hline(canvas, rows + 1, 0, canvas->rect.cols, STYLE_BORDER_FOCUS);
    draw_text(canvas, rows + 1, 2, -1, STYLE_DIM,
              c->list.n > (size_t)rows ? " the mouse selects it; arrows scroll, any other key closes "
                                       : " the mouse selects it; any key closes ");
}

static unsigned window_move(struct pane *p, enum move move)
{
    struct text_window *c = p->state;
    const long rows = move_rows(move, c->list.height);
    if (rows) {
        list_scroll(&c->list, rows);
    } else {
        list_apply(&c->list, move);
    }
    return REACT_DIRTY;
}

static unsigned window_key(struct pane *p, const struct term_key *key)
{
    const struct text_window *c = p->state;
    const bool scrolls = c->list.n > (size_t)(c->list.height > 0 ? c->list.height : 1);
    if (scrolls && keymap_find(p->app->keymap, p->app->sets.moves, key->code)) {
        return REACT_NONE;
    }
    const bool is_close = key->code == TKEY_ESC || key->code == TKEY_ENTER || key->code == 'q' || key->code == ' ';
    return is_close ? REACT_CLOSE : REACT_CLOSE | REACT_PASS;
}

static bool window_cursor(const struct pane *p, int *row, int *col)
{
    (void)p;
    *row = 1;
    *col = 0;
    return true;
}

static void window_say(const struct pane *p, struct buf *out)
{
    const struct text_window *c = p->state;
    char *line = text_clean(buf_str(&c->text));
    buf_puts(out, line);
    free(line);
}

static void window_close(struct pane *p)
{
    struct text_window *c = p->state;
    if (c->had_mouse) {
        term_set_mouse(&p->app->term, true);
    }
    free(c->title);
    buf_done(&c->text);
    free(c);
}

static const struct pane_ops TEXT_OPS = {
    .draw = window_draw,
    .move = window_move,
    .key = window_key,
    .cursor = window_cursor,
    .say = window_say,
    .close = window_close,
};

void popup_text(struct app *app, const char *title, const char *text, size_t n)
{
    struct text_window *c = xcalloc(1, sizeof *c);
    c->title = text_clean(title);
    text_sanitize(&c->text, text, n, TEXT_KEEP_NEWLINES);
    c->had_mouse = app->term.has_mouse;
    if (c->had_mouse) {
        term_set_mouse(&app->term, false);
    }
    break_rows(c, app->term.cols);
    app_push(app, pane_new(app, &TEXT_OPS, c), (int)(c->list.n > 0 ? c->list.n : 1) + 2, POPUP_WHOLE_WIDTH);
}
