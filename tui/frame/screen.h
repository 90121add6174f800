/* SPDX-License-Identifier: Apache-2.0 */
/* screen.h - a tab: its panes and how they share the room. */
#ifndef HFTERM_TUI_FRAME_SCREEN_H
#define HFTERM_TUI_FRAME_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/frame/pane.h"

enum { SCREEN_MAX_PANES = 6 };

struct screen;

struct screen_ops {
    const char *name;  /* "hub": command line, saved state */
    const char *title; /* "Hub": the tab */
    /* Make state and panes. Called the first time the tab is shown. */
    void (*open)(struct screen *s);
    /* Give each pane its rectangle inside area; no I/O. */
    void (*layout)(struct screen *s, struct rect area);
    /* Esc with nothing else to close. Reaction bits; may be NULL. */
    unsigned (*back)(struct screen *s);
    void (*close)(struct screen *s);
};

struct screen {
    const struct screen_ops *ops;
    struct app *app;
    void *state;
    struct pane *panes[SCREEN_MAX_PANES];
    size_t n_panes;
    size_t focus; /* index into panes */
    bool is_open;
    unsigned unread; /* notices that came while another tab was shown */
};

extern const struct screen_ops SCREEN_HUB, SCREEN_CARD, SCREEN_SPACES, SCREEN_GPU, SCREEN_CONSOLE,
    SCREEN_TRANSFERS;

#endif
