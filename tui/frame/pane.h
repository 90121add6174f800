/* SPDX-License-Identifier: Apache-2.0 */
/* pane.h - a rectangle with state that draws itself and gets keys and results.
 *
 * Panes know their app and their own screen; they never call other screens' functions.
 * draw may be called at any time, does no I/O and keeps nothing it allocates.
 */
#ifndef HFTERM_TUI_FRAME_PANE_H
#define HFTERM_TUI_FRAME_PANE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tui/frame/action.h"
#include "tui/term/draw.h"
#include "tui/term/term.h"

enum { PANE_MAX_SETS = 3 };

struct app;
struct buf;
struct hub_follow_event;
struct pane;
struct reader;
struct screen;
struct task_result;

struct pane_ops {
    /* Contexts in the order in which a key is looked up; the moves and the global one come after them. */
    const struct action_set *sets[PANE_MAX_SETS];
    void (*draw)(struct pane *p, const struct canvas *c);
    /* One of the shared moves. REACT_NONE: it means nothing here. May be NULL. */
    unsigned (*move)(struct pane *p, enum move move);
    /* Keys before the keymap sees them (type-ahead of a menu). REACT_NONE passes them on. May be NULL. */
    unsigned (*key)(struct pane *p, const struct term_key *key);
    /* A result or a part of one. The app frees what is left in it. May be NULL. */
    unsigned (*result)(struct pane *p, struct task_result *r);
    /* Of a stream it follows (frame/follow.h). event is borrowed. May be NULL. */
    unsigned (*event)(struct pane *p, const struct hub_follow_event *event);
    /* row, col inside the pane. May be NULL. */
    unsigned (*mouse)(struct pane *p, enum term_mouse what, int row, int col);
    /* Idle work in slices (rendering ahead, searching); true when more is left. May be NULL. */
    bool (*work)(struct pane *p);
    /* The row and column of what is selected, for readers of the screen (--plain): false when nothing
     * is. May be NULL. */
    bool (*cursor)(const struct pane *p, int *row, int *col);
    /* Which row is selected, from 0, and of how many: said with --plain. False when none is. May be NULL. */
    bool (*place)(const struct pane *p, size_t *at, size_t *of);
    /* Append what is selected in words, in full, one line: what it is, and behind commas what is known of it.
     * Asked for only while cursor says that something is selected. NULL: that row is read as it is drawn. */
    void (*say)(const struct pane *p, struct buf *out);
    /* The file or log it shows, for READER_ACTIONS. May be NULL. */
    struct reader *(*reader)(struct pane *p);
    /* Free the state. May be NULL. */
    void (*close)(struct pane *p);
};

struct pane {
    const struct pane_ops *ops;
    struct app *app;
    struct screen *screen; /* whose pane it is; NULL for popups and the frame's own */
    uint64_t id;           /* owner of its results; never given to another pane */
    void *state;
    struct rect rect; /* on the screen; 0 rows: hidden */
    bool is_dirty;    /* to be drawn whole */
    bool has_moved;   /* to be drawn where the selection was and is */
    bool only_moved;  /* for draw: the cells hold what was drawn last, only the selection moved */
    bool has_focus;
    bool can_focus;
};

/* A pane of a screen, or of nobody (NULL). Owned by its screen (screen_add) or by app_push. */
struct pane *pane_new(struct app *app, const struct pane_ops *ops, void *state);
void pane_free(struct pane *p);
void pane_dirty(struct pane *p);
bool pane_is_visible(const struct pane *p);

#endif
