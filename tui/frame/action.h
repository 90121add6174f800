/* SPDX-License-Identifier: Apache-2.0 */
/* action.h - what a user can do: name, keys, help, when it is possible, and the function.
 *
 * Each context (the global one, a pane, a popup) has one const table of actions. The key bar, the
 * "?" page, the palette, the command line's completion, user key bindings and docs/keys.md are all
 * made from these tables; there is no other list of keys. The frame has its own (frame/global.c,
 * frame/move.c, the popups'), every screen names its own in screen_ops.sets.
 */
#ifndef HFTERM_TUI_FRAME_ACTION_H
#define HFTERM_TUI_FRAME_ACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/widget/move.h"

struct buf;
struct pane;
struct screen_ops;

/* What a handler reports; the loop alone decides what to redraw. */
enum reaction {
    REACT_NONE = 0,    /* not mine: try the next context */
    REACT_HANDLED = 1, /* done, nothing to draw */
    REACT_DIRTY = 2,   /* draw this pane */
    REACT_LAYOUT = 4,  /* rectangles change: lay out and draw everything */
    REACT_CLOSE = 8,   /* close this pane (popups) */
    REACT_MOVED = 16,  /* only the selection moved: draw what that changed */
    REACT_PASS = 32,   /* with REACT_CLOSE, of pane_ops.key: what lies below gets the key */
};

struct action {
    const char *id;    /* "hub.open": command line, palette, bind */
    const char *keys;  /* default keys, separated by blanks ("Enter l"); "" none */
    const char *label; /* in the key bar, a word or two; NULL: not shown there */
    const char *help;  /* one sentence without a full stop */
    /* The label now, when it depends on what is selected; NULL: always `label`, which is needed in both cases. It may
     * return NULL: not shown now. */
    const char *(*label_of)(struct pane *p);
    /* NULL: always possible. Else NULL for yes or the reason why not. */
    const char *(*disabled)(struct pane *p);
    unsigned (*run)(struct pane *p); /* reaction bits; NULL for the two kinds below */
    enum move move; /* pane_ops.move of the focused pane does it */
    size_t screen;  /* switch to this screen, counted from 1 */
};

/* A row of a table: what a pane's own function does. */
#define ACTION(id_, keys_, label_, help_, disabled_, run_)                                         \
    {                                                                                              \
        .id = id_, .keys = keys_, .label = label_, .help = help_, .disabled = disabled_,           \
        .run = run_,                                                                               \
    }

struct action_set {
    const char *context; /* "hub.results": config files and docs */
    const char *title;   /* "Results": the heading on the "?" page */
    const struct action *actions;
    size_t n;
};

/* Every set there is: for key bindings, docs and the palette. */
struct action_sets {
    const struct action_set **items; /* owned; the sets themselves are static or `screens` below */
    size_t n;
    const struct action_set *global, *moves; /* those of every place, and of every pane that moves */
    struct action_set digits; /* one action a screen: "app.hub" by 1 and so on; owned */
};

/* Those of the frame and of the screens (NULL at the end; must outlive the result). */
void action_sets_collect(const struct screen_ops *const *screens, struct action_sets *out);
void action_sets_done(struct action_sets *sets);

/* NULL when there is none. set gets the set it is in (may be NULL). */
const struct action *action_find(const struct action_sets *sets, const char *id,
                                 const struct action_set **set);

/* A key that means one thing in every screen, those to come included. */
struct action_shared {
    const char *keys;    /* separated by blanks */
    const char *meaning; /* one sentence without a full stop */
    const char *ids;     /* the actions that may have it: the ends of their ids, separated by blanks */
};
extern const struct action_shared ACTION_SHARED[];
extern const size_t ACTION_SHARED_COUNT;
/* True when the key, as it stands in action.keys, may belong to this action. */
bool action_may_have(const char *key, const struct action *a);

/* docs/keys.md and docs/man/hfterm-keys.7. */
void action_write_markdown(const struct action_sets *sets, struct buf *out);
void action_write_man(const struct action_sets *sets, struct buf *out);

#endif
