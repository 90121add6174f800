/* SPDX-License-Identifier: Apache-2.0 */
/* action.h - what a user can do: name, keys, help, when it is possible, and the function.
 *
 * Each context (the global one, a pane, a popup) has one const table of actions. The key bar, the
 * "?" page, the palette, the command line's completion, user key bindings and docs/keys.md are all
 * made from these tables; there is no other list of keys.
 */
#ifndef HFTERM_TUI_FRAME_ACTION_H
#define HFTERM_TUI_FRAME_ACTION_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct pane;

/* What a handler reports; the loop alone decides what to redraw. */
enum reaction {
    REACT_NONE = 0,    /* not mine: try the next context */
    REACT_HANDLED = 1, /* done, nothing to draw */
    REACT_DIRTY = 2,   /* draw this pane */
    REACT_LAYOUT = 4,  /* rectangles change: lay out and draw everything */
    REACT_CLOSE = 8,   /* close this pane (popups) */
};

struct action {
    const char *id;    /* "hub.open": command line, palette, bind */
    const char *keys;  /* default keys, separated by blanks ("Enter l"); "" none */
    const char *label; /* in the key bar, a word or two; NULL: not shown there */
    const char *help;  /* one sentence without a full stop */
    /* NULL: always possible. Else NULL for yes or the reason why not. */
    const char *(*disabled)(struct pane *p);
    unsigned (*run)(struct pane *p); /* reaction bits */
};

struct action_set {
    const char *context; /* "hub.results": config files and docs */
    const char *title;   /* "Results": the heading on the "?" page */
    const struct action *actions;
    size_t n;
};

/* Every set there is: for key bindings, docs and the palette. */
extern const struct action_set *const ACTION_SETS[];
extern const size_t ACTION_SET_COUNT;

/* NULL when there is none. set gets the set it is in (may be NULL). */
const struct action *action_find(const char *id, const struct action_set **set);

/* docs/keys.md and docs/man/hfterm-keys.7. */
void action_write_markdown(struct buf *out);
void action_write_man(struct buf *out);

#endif
