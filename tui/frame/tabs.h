/* SPDX-License-Identifier: Apache-2.0 */
/* tabs.h - panes that share a rectangle: one is shown, a row of titles says which.
 *
 * The panes belong to their screen; a struct tabs only knows which of them is shown.
 */
#ifndef HFTERM_TUI_FRAME_TABS_H
#define HFTERM_TUI_FRAME_TABS_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/frame/pane.h"

enum { TABS_MAX = 12 };

struct tab {
    const char *title; /* static */
    struct pane *pane;
};

struct tabs {
    struct tab items[TABS_MAX];
    size_t n, now;
};

void tabs_add(struct tabs *t, const char *title, struct pane *p);
struct pane *tabs_pane(const struct tabs *t); /* the shown one */
/* Show another one; when the shown one had the focus, the other gets it. */
void tabs_show(struct tabs *t, size_t index);
/* The next (1) or previous (-1), around the ends. */
size_t tabs_step(const struct tabs *t, int step);
/* For screen_ops.layout: r to the shown pane, nothing to the others. */
void tabs_layout(struct tabs *t, struct rect r);
/* " ▸Card  Files " in one row from col on. */
void tabs_draw(const struct tabs *t, const struct canvas *c, int row, int col);
/* Columns that the titles take. */
int tabs_cols(const struct tabs *t);
/* The tab at a column of that row, -1 for none. */
int tabs_at(const struct tabs *t, int col);

#endif
