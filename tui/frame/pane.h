/* SPDX-License-Identifier: Apache-2.0 */
/* pane.h - a rectangle with state that draws itself and gets keys and results.
 *
 * Panes know their app and their own module; they never call other panes' functions.
 * draw may be called at any time, does no I/O and keeps nothing it allocates.
 */
#ifndef HFTERM_TUI_FRAME_PANE_H
#define HFTERM_TUI_FRAME_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/frame/action.h"
#include "tui/term/term.h"
#include "tui/term/draw.h"

enum { PANE_MAX_SETS = 3 };

struct app;
struct pane;
struct task_result;

struct pane_ops {
    /* Contexts in the order in which a key is looked up; the global one comes after them. */
    const struct action_set *sets[PANE_MAX_SETS];
    void (*draw)(struct pane *p, const struct canvas *c);
    /* Keys before the keymap sees them (type-ahead of a menu). REACT_NONE passes them on. May be NULL. */
    unsigned (*key)(struct pane *p, const struct term_key *key);
    /* A result or a part of one. The app frees what is left in it. May be NULL. */
    unsigned (*result)(struct pane *p, struct task_result *r);
    /* row, col inside the pane. May be NULL. */
    unsigned (*mouse)(struct pane *p, enum term_mouse what, int row, int col);
    /* Idle work in slices (rendering ahead, searching); true when more is left. May be NULL. */
    bool (*work)(struct pane *p);
    /* Free the state. */
    void (*close)(struct pane *p);
};

struct pane {
    const struct pane_ops *ops;
    struct app *app;
    void *state;
    struct rect rect; /* on the screen; 0 rows: hidden */
    bool is_dirty, has_focus;
    bool can_focus;
};

#endif
