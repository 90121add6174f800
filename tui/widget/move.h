/* SPDX-License-Identifier: Apache-2.0 */
/* move.h - the moves that lists, documents and the viewer share.
 *
 * A page is the window less the row or two that stay in sight; half a page is half of that, in
 * every widget.
 */
#ifndef HFTERM_TUI_WIDGET_MOVE_H
#define HFTERM_TUI_WIDGET_MOVE_H

enum move {
    MOVE_NONE = 0,
    MOVE_DOWN, /* a row */
    MOVE_UP,
    MOVE_PAGE_DOWN,
    MOVE_PAGE_UP,
    MOVE_HALF_DOWN, /* half a page */
    MOVE_HALF_UP,
    MOVE_TOP,
    MOVE_BOTTOM,
    MOVE_LEFT, /* sideways over long lines: the viewer alone */
    MOVE_RIGHT,
};

/* Rows from here, by the rows of a page: negative is up. 0 for the moves that are no such step. */
static inline long move_rows(enum move move, long page)
{
    switch (move) {
    case MOVE_DOWN:
        return 1;
    case MOVE_UP:
        return -1;
    case MOVE_PAGE_DOWN:
        return page;
    case MOVE_PAGE_UP:
        return -page;
    case MOVE_HALF_DOWN:
        return page > 1 ? page / 2 : 1;
    case MOVE_HALF_UP:
        return page > 1 ? -(page / 2) : -1;
    default:
        return 0;
    }
}

#endif
