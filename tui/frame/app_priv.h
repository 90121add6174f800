/* SPDX-License-Identifier: Apache-2.0 */
/* app_priv.h - the app's own parts, a file each beside app.c, and popup/. Not for screens. */
#ifndef HFTERM_TUI_FRAME_APP_PRIV_H
#define HFTERM_TUI_FRAME_APP_PRIV_H

#include "core/base/buf.h"
#include "tui/frame/app.h"
#include "tui/frame/options.h"
#include "tui/frame/pace.h"
#include "tui/frame/screen.h"
#include "tui/term/clip.h"
#include "tui/term/term.h"
#include "tui/term/theme.h"

enum {
    APP_MAX_POPUPS = 8,
    APP_NOTICES = 50,
    APP_BAR_WORDS = 32,
    STAGE_SPLIT_MIN = 20, /* percent of the width that the panes at the left keep */
    STAGE_SPLIT_MAX = 80,
    POPUP_WHOLE_WIDTH = 10000, /* as a wish for columns: with no border at the sides */
};

struct follow;
struct loop;
struct pool;
struct queue;
struct remembered;
struct work_timer;

struct notice {
    enum app_level level;
    int64_t unix_s;
    char text[1024];
};

/* A word of the key bar, for clicks. */
struct bar_word {
    int from, to; /* columns */
    const struct action *action;
};

struct popup {
    struct pane *pane;
    int rows, cols; /* wished */
};

struct app {
    struct app_options options;
    struct term term;
    struct theme theme;
    struct action_sets sets;
    struct keymap *keymap;
    struct input *input;
    struct remembered *remembered;

    struct loop *loop; /* work.c */
    struct queue *results;
    struct pool *pool;
    struct work_timer *timers;
    bool was_busy; /* tasks ran at the last turn */

    struct screen *screens; /* stage.c */
    size_t n_screens, current;
    struct popup popups[APP_MAX_POPUPS];
    size_t n_popups;
    bool needs_layout, needs_repaint, is_prompting, is_too_small;
    bool frame_dirty; /* tab row and key bar */
    struct bar_word bar_words[APP_BAR_WORDS];
    size_t n_bar_words;
    struct pace pace; /* when the next frame is drawn */
    int64_t spinner_ms;
    int spinner;
    int64_t clock_minute; /* shown in the tab row */

    struct buf said;    /* plain.c: what is selected, in words */
    size_t said_title;  /* bytes of it that are the title of a popup that opened */
    uint64_t said_pane; /* whose it is; 0: nobody's yet */

    bool wants_quit;
    bool is_config_running; /* commands come from the config file */
    int exit_status;
    bool has_told_idle;
    int test_fd; /* HFTERM_TEST_FD: one byte a time when idle; -1 none */

    struct notice notices[APP_NOTICES]; /* newest first */
    size_t n_notices;
    int64_t notice_until_ms; /* monotonic; the newest is shown until then */
    char account[64];        /* "alice" once whoami answered */
    struct pane *clipboard_pane; /* hands copies to tmux; never shown */
    struct pane *account_pane; /* asks whoami; never shown */
    struct follow *follow;     /* NULL until something is followed */
    struct pane *follow_pane;  /* gets what all followed streams bring; never shown */
    struct pane *test_pane;    /* of HFTERM_TEST_STREAMS, NULL */
};

/* bars.c */
void bars_draw_top(struct app *app);
void bars_draw_bottom(struct app *app);
/* Rows of the notice at the bottom now: 0, 1, or 2 when one is too short. */
int bars_notice_rows(const struct app *app);
/* It does not fit them: a key shows all of it. */
bool bars_notice_is_cut(const struct app *app);
/* A click on the tab row: the screen under column col, -1 for none. */
int bars_tab_at(const struct app *app, int col);

/* say.c: take the notice at the bottom away */
void say_hide(struct app *app);

/* A click on the key bar: the action whose key or word is there, NULL for none. */
const struct action *bars_action_at(const struct app *app, int col);

/* work.c */
void work_open(struct app *app);
void work_close(struct app *app);
/* The sign of work in the key row, a word with --plain. */
const char *app_spinner(const struct app *app);

/* Jobs somebody waits for. */
bool work_is_busy(const struct app *app);
/* Nothing that is awaited runs, no timer is set, no result is left. */
bool work_is_idle(struct app *app);

/* stage.c */
struct screen *stage_screen(struct app *app); /* the current one */
void stage_open(struct screen *s);            /* makes its panes when it never was shown */
void stage_switch(struct app *app, size_t screen);
struct pane *stage_focused(struct app *app);
/* The pane whose results these are, NULL when it is gone. */
struct pane *stage_pane_of(struct app *app, uint64_t id);
/* It is on the screen, so that drawing it shows something. */
bool stage_shows(struct app *app, const struct pane *p);
/* What a handler of p reported. */
void stage_react(struct app *app, struct pane *p, unsigned reaction);
void stage_move_focus(struct app *app, int step);
struct canvas stage_canvas(struct app *app, struct rect r);
/* A theme that cannot be read is an error here and a notice there; the old one stays. */
bool stage_load_theme(struct app *app, const char *name, struct err *e);
void stage_set_theme(struct app *app, const char *name);

/* plain.c: on a plain screen only */
void plain_place_cursor(struct app *app); /* on the selected row */
/* Put what is selected into words. After the panes are drawn: texts are read from the screen. */
void plain_say(struct app *app);
int plain_rows(const struct app *app); /* the rows above the key bar that say it; 0 elsewhere */
void plain_draw(struct app *app);      /* those rows */

/* paint.c */
bool paint_is_due(struct app *app);
void paint(struct app *app);

/* dispatch.c */
void dispatch_key(struct app *app, const struct term_key *key);

/* follow.c */
void follow_close(struct app *app);
void follow_test_streams(struct app *app);

/* clipboard.c */
void clipboard_open(struct app *app);
/* How it went with a text for the clipboard. */
enum clipboard_end {
    CLIPBOARD_SENT,
    CLIPBOARD_REFUSED, /* control characters in what should be one value: clip.h */
    CLIPBOARD_TOO_LONG,
};
/* Every text for the clipboard goes through here. note may be NULL. out gets what was sent. */
enum clipboard_end clipboard_put(struct app *app, const char *text, enum clip_kind kind, struct buf *out,
                                 struct clip_note *note);

/* account.c */
void account_start(struct app *app);

/* The actions that work everywhere (global.c), the shared moves (move.c), those of popups. */
extern const struct action_set GLOBAL_ACTIONS, MOVE_ACTIONS, MENU_ACTIONS, REQUESTS_ACTIONS,
    SERVED_ACTIONS, LOCAL_FILE_ACTIONS;

/* command.c */
void command_prompt(struct app *app);

/* config.c: settings and bindings from a file; problems become notices. */
void config_load(struct app *app);

/* popup/ */
void popup_help(struct app *app);
void popup_palette(struct app *app);
void popup_requests(struct app *app);
void popup_served(struct app *app);
void popup_notices(struct app *app);
/* n bytes to be read and selected with the mouse; any key closes it. */
void popup_text(struct app *app, const char *title, const char *text, size_t n);
void popup_themes(struct app *app);
/* A local file in the viewer: "PATH" or "PATH:LINE", "~" is the home. */
bool popup_file(struct app *app, const char *name, struct err *e);
/* There is something to read of this name, with or without its line. */
bool popup_file_exists(const char *name);

#endif
