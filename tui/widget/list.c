/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/list.h"

enum { WHEEL_ROWS = 3 };

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

bool list_apply(struct list *l, enum move move)
{
    const long rows = move_rows(move, l->height > 1 ? l->height - 1 : 1);
    if (rows) {
        list_move(l, rows);
    } else if (move == MOVE_TOP) {
        list_goto(l, 0);
    } else if (move == MOVE_BOTTOM) {
        list_goto(l, l->n ? l->n - 1 : 0);
    } else {
        return false;
    }
    return true;
}

bool list_mouse(struct list *l, enum term_mouse what, int row, bool *again)
{
    *again = false;
    if (what != TERM_MOUSE_PRESS) {
        list_scroll(l, what == TERM_MOUSE_WHEEL_UP ? -WHEEL_ROWS : WHEEL_ROWS);
        return true;
    }
    if (row < 0 || row >= l->height || l->top + (size_t)row >= l->n) {
        return false;
    }
    *again = l->sel == l->top + (size_t)row;
    list_goto(l, l->top + (size_t)row);
    return true;
}
