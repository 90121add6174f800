/* SPDX-License-Identifier: Apache-2.0 */
/* app.h - the full-screen program as its panes see it: tasks, popups, prompts, notices, services.
 *
 * One app a process, made by main, used only on the ui thread. Panes get it as pane->app.
 */
#ifndef HFTERM_TUI_FRAME_APP_H
#define HFTERM_TUI_FRAME_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/task/task.h"
#include "tui/term/input.h"
#include "tui/frame/pane.h"

struct app;
struct http;
struct hub;

struct app_options {
    struct hub *hub;       /* borrowed, as all below */
    struct http *http;
    const char *hub_label; /* "demo hub" or NULL: the host */
    const char *theme;     /* from the command line, NULL: config or default */
    const char *config;    /* path, NULL: the default place */
    bool is_readonly, is_ascii, no_mouse;
};

/* Runs until the user quits. Returns the exit status; e is set when it could not start. */
int app_run(const struct app_options *options, struct err *e);

/* ---- services ---- */

struct hub *app_hub(struct app *app);
struct http *app_http(struct app *app);
bool app_is_ascii(const struct app *app);

/* ---- work off the ui thread ---- */

/* Start a job whose results go to pane p; job->owner is set to p. Returns a reference to be given to
 * app_task_done when the pane is no longer interested (which cancels it when it still runs). */
struct task *app_start(struct app *app, struct pane *p, struct job *job);
/* Cancel and forget; *t becomes NULL. NULL inside is fine. */
void app_task_done(struct app *app, struct task **t);

/* fn(arg) after ms on the ui thread; the id is for app_cancel_timer. */
int app_timer(struct app *app, int64_t ms, void (*fn)(void *arg), void *arg);
void app_cancel_timer(struct app *app, int *id); /* *id becomes 0 */

/* ---- what is on the screen ---- */

/* Free-standing pane of a screen. Owned by its screen. */
struct pane *pane_new(struct app *app, const struct pane_ops *ops, void *state);
void pane_free(struct pane *p);
void pane_dirty(struct pane *p);
bool pane_is_visible(const struct pane *p);

/* Lay out and draw everything again. */
void app_relayout(struct app *app);
/* Put a popup over the screen; it gets the keys until it is closed. Moves p. rows and cols are wishes;
 * the app centres it and keeps it inside the screen. */
void app_push(struct app *app, struct pane *p, int rows, int cols);
void app_pop(struct app *app, struct pane *p);
/* Give the focus to a pane of the current screen. */
void app_focus(struct app *app, struct pane *p);
/* 0-5. */
void app_switch(struct app *app, size_t screen);
/* The state of a screen, which is opened when it was not; for the functions a screen offers others. */
struct screen_ops;
void *app_screen_state(struct app *app, const struct screen_ops *screen);

enum app_level { APP_INFO, APP_WARN, APP_ERROR };
/* One line at the bottom for some seconds, and for good in the list of notices. screen: whose tab is
 * marked when another is shown (-1: none). */
void app_notice(struct app *app, enum app_level level, int screen, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The line editor on the bottom row. */
void app_prompt(struct app *app, const struct input_spec *spec);
/* The line editor drawn by the pane itself (search box). */
struct input *app_input(struct app *app);

/* Clipboard, with a notice that says what was copied ("the repo id"). */
void app_copy(struct app *app, const char *text, const char *what);
/* xdg-open when there is a display; else shows and copies the address. Only http and https. */
void app_open_url(struct app *app, const char *url);

/* Run an action by name with the focused pane; ignores actions of other contexts. */
void app_run_action(struct app *app, const char *id);
/* Run one line of the command language (docs/configuration.md). */
void app_command(struct app *app, const char *line);

/* Spinner glyph for titles; the frame repaints while something runs. */
const char *app_spinner(const struct app *app);

/* Words of an error for a pane: "message (request id X)" and the remedy. */
void app_error_lines(const struct err *e, struct buf *line, struct buf *remedy);

/* ---- menus ---- */

struct menu_item {
    const char *label; /* copied */
    const char *note;  /* dimmed, right of the label; NULL */
    const char *keys;  /* at the right edge; NULL */
    const char *reason; /* why it cannot be picked; NULL: it can */
};

struct menu_spec {
    const char *title;
    const char *hint;     /* shown at the lower border; NULL */
    bool use_shortcuts;   /* a key equal to an item's keys picks it at once */
    bool type_to_filter;  /* letters narrow the list (fuzzy) */
    bool can_filter;      /* they do after "/"; before it j, k and q move and close */
    size_t selected;
    /* index of the item in the order given; -1: closed without. */
    void (*done)(void *ctx, int index);
    /* The selection moved (live preview). May be NULL. */
    void (*preview)(void *ctx, int index);
    void (*free_ctx)(void *ctx); /* may be NULL */
    void *ctx;
};
void app_menu(struct app *app, const struct menu_spec *spec, const struct menu_item *items, size_t n);

#endif
