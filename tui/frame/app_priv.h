/* SPDX-License-Identifier: Apache-2.0 */
/* app_priv.h - the app's own parts, a file each beside app.c, and popup/. Not for panes. */
#ifndef HFTERM_TUI_FRAME_APP_PRIV_H
#define HFTERM_TUI_FRAME_APP_PRIV_H

#include "tui/frame/app.h"
#include "tui/frame/pace.h"
#include "tui/frame/screen.h"
#include "tui/term/term.h"
#include "tui/term/theme.h"

enum { APP_SCREENS = 6, APP_MAX_POPUPS = 8, APP_NOTICES = 50, APP_TIMERS = 16 };

struct loop;
struct pool;
struct queue;

struct notice {
    enum app_level level;
    int64_t unix_s;
    char text[240];
};

/* A timer of a pane. Counted, so that "idle" is not said while a debounced search is still to start. */
struct app_timer {
    struct app *app;
    int id; /* of the loop; 0: free slot */
    void (*fn)(void *arg);
    void *arg;
};

struct popup {
    struct pane *pane;
    int rows, cols; /* wished */
};

struct app {
    struct app_options options;
    struct term term;
    struct theme theme;
    struct keymap *keymap;
    struct input *input;
    struct loop *loop;
    struct queue *results;
    struct pool *pool;

    struct screen screens[APP_SCREENS];
    size_t current;
    struct popup popups[APP_MAX_POPUPS];
    size_t n_popups;

    bool wants_quit, needs_layout, needs_repaint, is_prompting, is_too_small;
    bool frame_dirty;       /* tab row and key bar */
    struct pace pace;       /* when the next frame is drawn */
    int64_t spinner_ms;
    int spinner;
    int64_t clock_minute; /* shown in the tab row */
    int exit_status;
    struct app_timer timers[APP_TIMERS];
    bool has_told_idle;
    bool was_busy; /* tasks ran at the last turn */
    int test_fd; /* HFTERM_TEST_FD: one byte a time when idle; -1 none */

    struct notice notices[APP_NOTICES]; /* newest first */
    size_t n_notices;
    int64_t notice_until_ms; /* monotonic; the newest is shown until then */
    char account[64];        /* "alice" once whoami answered */
    struct pane *account_pane; /* asks whoami; never shown */
};

/* frame.c */
void frame_draw_top(struct app *app);
void frame_draw_bottom(struct app *app);
/* Rows above the bottom row that completion candidates cover now. */
int frame_candidate_rows(const struct app *app);
/* A click on the tab row: the screen under column col, -1 for none. */
int frame_tab_at(const struct app *app, int col);
struct canvas frame_canvas(struct app *app, struct rect r);

/* stage.c */
struct screen *stage_screen(struct app *app); /* the current one */
struct pane *app_focused(struct app *app);
bool stage_is_dirty(struct app *app);
void stage_draw(struct app *app);
void app_move_focus(struct app *app, int step);
/* A theme that cannot be read is an error here and a notice there; the old one stays. */
bool app_load_theme(struct app *app, const char *name, struct err *e);
void app_set_theme(struct app *app, const char *name);

/* dispatch.c */
void dispatch_key(struct app *app, const struct term_key *key);
void dispatch_reaction(struct app *app, struct pane *p, unsigned reaction);

/* account.c */
void account_start(struct app *app);

/* global.c: the actions that work everywhere */
extern const struct action_set GLOBAL_ACTIONS;

/* command.c */
void command_prompt(struct app *app);

/* config.c: settings and bindings from a file; problems become notices. */
void config_load(struct app *app);

/* popup/ */
void popup_help(struct app *app);
void popup_palette(struct app *app);
void popup_requests(struct app *app);
void popup_notices(struct app *app);
void popup_themes(struct app *app);

#endif
