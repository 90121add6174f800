/* SPDX-License-Identifier: Apache-2.0 */
/* screen.h - what a screen brings: its panes and how they share the room, its keys, commands and places.
 *
 * A screen is one folder and one line of tui/screens.c. The frame knows screens by this struct only, and
 * screens reach each other by commands ("open model a/b"), never by includes.
 */
#ifndef HFTERM_TUI_FRAME_SCREEN_H
#define HFTERM_TUI_FRAME_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/frame/pane.h"

enum { SCREEN_MAX_PANES = 16, SCREEN_SPLIT = 45 };

struct buf;
struct command;
struct screen;

/* label: "alice/x"; note: "bookmark, model" or NULL; command: what goes there, "open model alice/x". */
typedef void place_fn(void *ctx, const char *label, const char *note, const char *command);

struct screen_ops {
    const char *name;  /* "hub": command line, saved state, the action "app.hub" */
    const char *title; /* "Hub": the tab */
    const char *help;  /* "Hub: browse models, datasets and Spaces": its line on the "?" page */
    bool is_planned; /* not built yet: its tab is dim */
    /* Make state and panes. Called the first time the tab is shown. */
    void (*open)(struct screen *s);
    /* Give each pane its rectangle inside area; no I/O. */
    void (*layout)(struct screen *s, struct rect area);
    /* layout sees to is_zoomed itself (a pane whose frame is another pane); else the focused pane gets all. */
    bool zooms;
    /* Esc with nothing else to close. Reaction bits; may be NULL. */
    unsigned (*back)(struct screen *s);
    /* Save and free what open made, but not the panes. May be NULL. */
    void (*close)(struct screen *s);

    /* What follows may be NULL. */
    const struct action_set *const *sets; /* of its panes and popups; NULL at the end */
    const struct command *commands;       /* a row without a name at the end */
    /* What Ctrl-P and completion may find here. The screen is open. */
    void (*places)(struct screen *s, place_fn *fn, void *ctx);
    /* The command that looks for words, for the last row of Ctrl-P, and what its row says: "models", "search the Hub
     * for". */
    const char *search, *search_label;
    /* "↓ 84.2 MB/s": at the right of the key bar, whatever screen is shown. Open screens only. */
    void (*bar)(const struct screen *s, struct buf *out);
    /* Why the program should not end now ("2 downloads run"), NULL when it may. Open screens only. */
    const char *(*stay)(const struct screen *s);
};

struct screen {
    const struct screen_ops *ops;
    struct app *app;
    void *state;
    struct pane *panes[SCREEN_MAX_PANES];
    size_t n_panes;
    size_t focus; /* index into panes */
    bool is_open;
    bool is_zoomed;  /* the focused pane has the whole area */
    int split;       /* percent of the width for the panes at the left */
    unsigned unread; /* notices that came while another tab was shown */
};

/* A pane of this screen, drawn in the order in which they are added. */
struct pane *screen_add(struct screen *s, const struct pane_ops *ops, void *state);

#endif
