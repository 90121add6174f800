/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/tabs.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/frame/app.h"

void tabs_add(struct tabs *t, const char *title, struct pane *p)
{
    if (t->n < TABS_MAX) {
        t->items[t->n++] = (struct tab){title, p};
    }
}

struct pane *tabs_pane(const struct tabs *t)
{
    return t->items[t->now].pane;
}

void tabs_show(struct tabs *t, size_t index)
{
    struct pane *before = tabs_pane(t);
    if (index >= t->n || index == t->now) {
        return;
    }
    t->now = index;
    if (before->has_focus) {
        app_focus(before->app, tabs_pane(t));
    }
    app_relayout(before->app);
}

size_t tabs_step(const struct tabs *t, int step)
{
    return (t->now + t->n + (step > 0 ? 1 : t->n - 1)) % t->n;
}

void tabs_layout(struct tabs *t, struct rect r)
{
    for (size_t i = 0; i < t->n; i++) {
        t->items[i].pane->rect = i == t->now ? r : (struct rect){0};
    }
}

/* As drawn, with the mark of the shown one. */
static void put_title(const struct tabs *t, size_t i, struct buf *out)
{
    const bool is_now = i == t->now;
    if (app_is_plain(t->items[i].pane->app)) {
        buf_printf(out, " %s%s", t->items[i].title, is_now ? " (shown)" : "");
    } else {
        buf_printf(out, "%s%s", is_now ? "▸" : " ", t->items[i].title);
    }
}

void tabs_draw(const struct tabs *t, const struct canvas *c, int row, int col)
{
    for (size_t i = 0; i < t->n; i++) {
        struct buf title = BUF_INIT;
        put_title(t, i, &title);
        col += 1 + draw_text(c, row, col, -1, i == t->now ? STYLE_TITLE_FOCUS : STYLE_DIM, buf_str(&title));
        buf_done(&title);
    }
}

int tabs_cols(const struct tabs *t)
{
    int cols = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct buf title = BUF_INIT;
        put_title(t, i, &title);
        cols += text_width(buf_str(&title)) + 1;
        buf_done(&title);
    }
    return cols;
}

int tabs_at(const struct tabs *t, int col)
{
    int at = 0;
    for (size_t i = 0; i < t->n; i++) {
        struct buf title = BUF_INIT;
        put_title(t, i, &title);
        int cols = text_width(buf_str(&title));
        buf_done(&title);
        if (col >= at && col < at + cols) {
            return (int)i;
        }
        at += cols + 1;
    }
    return -1;
}
