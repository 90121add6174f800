/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/list.h"

#include <string.h>

static void settle(struct list *l)
{
    size_t height = l->height > 0 ? (size_t)l->height : 1;
    if (l->n == 0) {
        l->sel = 0;
        l->top = 0;
        return;
    }
    if (l->sel >= l->n) {
        l->sel = l->n - 1;
    }
    if (l->sel < l->top) {
        l->top = l->sel;
    }
    if (l->sel >= l->top + height) {
        l->top = l->sel - height + 1;
    }
    size_t last_top = l->n > height ? l->n - height : 0;
    if (l->top > last_top) {
        l->top = last_top;
    }
}

void list_set(struct list *l, size_t n)
{
    l->n = n;
    settle(l);
}

void list_height(struct list *l, int height)
{
    l->height = height;
    settle(l);
}

void list_move(struct list *l, long delta)
{
    if (delta < 0 && (size_t)-delta > l->sel) {
        l->sel = 0;
    } else {
        l->sel += (size_t)delta; /* wraps back for negative deltas, which fit */
    }
    settle(l);
}

void list_goto(struct list *l, size_t row)
{
    l->sel = row;
    settle(l);
}

void list_scroll(struct list *l, long delta)
{
    size_t height = l->height > 0 ? (size_t)l->height : 1;
    size_t last_top = l->n > height ? l->n - height : 0;
    if (delta < 0) {
        l->top = (size_t)-delta > l->top ? 0 : l->top - (size_t)-delta;
    } else {
        l->top = l->top + (size_t)delta > last_top ? last_top : l->top + (size_t)delta;
    }
    if (l->sel < l->top) {
        l->sel = l->top;
    }
    if (l->sel >= l->top + height) {
        l->sel = l->top + height - 1;
    }
    settle(l);
}

bool list_near_end(const struct list *l, size_t margin)
{
    size_t bottom = l->top + (l->height > 0 ? (size_t)l->height : 0);
    size_t seen = bottom > l->sel ? bottom : l->sel;
    return seen + margin >= l->n;
}

bool list_action(struct list *l, const char *action)
{
    long page = l->height > 1 ? l->height - 1 : 1;
    static const struct {
        const char *name;
        int rows, pages;
    } MOVES[] = {
        {"down", 1, 0},      {"up", -1, 0},        {"page-down", 0, 2},
        {"page-up", 0, -2},  {"half-down", 0, 1},  {"half-up", 0, -1},
    };
    for (size_t i = 0; i < sizeof MOVES / sizeof *MOVES; i++) {
        if (strcmp(MOVES[i].name, action) == 0) {
            list_move(l, MOVES[i].rows + MOVES[i].pages * page / 2);
            return true;
        }
    }
    if (strcmp(action, "top") == 0) {
        list_goto(l, 0);
        return true;
    }
    if (strcmp(action, "bottom") == 0) {
        list_goto(l, l->n ? l->n - 1 : 0);
        return true;
    }
    return false;
}
