/* SPDX-License-Identifier: Apache-2.0 */
/* list.h - selection and scrolling over n rows that somebody else owns.
 *
 * Pure arithmetic: costs the same for 100 and 100,000 rows. Invariant after every call:
 * sel < n (or 0), top <= sel < top + height, and no blank rows below while rows are above.
 */
#ifndef HFTERM_TUI_WIDGET_LIST_H
#define HFTERM_TUI_WIDGET_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/term/term.h"
#include "tui/widget/move.h"

struct list {
    size_t n, sel, top;
    int height; /* rows on the screen */
};

void list_set(struct list *l, size_t n);        /* keeps the selection where it can */
void list_height(struct list *l, int height);
void list_move(struct list *l, long delta);     /* clamps */
void list_goto(struct list *l, size_t row);
void list_scroll(struct list *l, long delta);   /* the window; the selection stays in it */
/* True when the selection is within `margin` rows of the end: time to fetch more. */
bool list_near_end(const struct list *l, size_t margin);

/* False for moves that a list has not (sideways). */
bool list_apply(struct list *l, enum move move);
/* The wheel scrolls, a click selects; row counts from the list's first row on the screen. False: there
 * is no such row, nothing changed. *again: the row clicked was the selected one already. */
bool list_mouse(struct list *l, enum term_mouse what, int row, bool *again);

#endif
