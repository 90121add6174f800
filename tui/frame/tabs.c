/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/tabs.h"

#include <string.h>

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

void tabs_draw(const struct tabs *t, const struct canvas *c, int row, int col)
{
    for (size_t i = 0; i < t->n; i++) {
        bool is_now = i == t->now;
        col += draw_printf(c, row, col, -1, is_now ? STYLE_TITLE_FOCUS : STYLE_DIM, "%s%s", is_now ? "▸" : " ",
                           t->items[i].title);
        col += 1;
    }
}

int tabs_at(const struct tabs *t, int col)
{
    int at = 0;
    for (size_t i = 0; i < t->n; i++) {
        int cols = 1 + text_width(t->items[i].title);
        if (col >= at && col < at + cols) {
            return (int)i;
        }
        at += cols + 1;
    }
    return -1;
}
