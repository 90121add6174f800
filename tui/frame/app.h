/* SPDX-License-Identifier: Apache-2.0 */
/* app.h - the full-screen program as its screens see it: work, popups, prompts, notices, services.
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
#include "tui/frame/pane.h"
#include "tui/term/input.h"

struct app;
struct http;
struct hub;
struct screen;

/* ---- services ---- */

struct hub *app_hub(struct app *app);
struct http *app_http(struct app *app);
/* What remembered things are kept apart by: "huggingface.co", another host, "demo". */
const char *app_place(const struct app *app);
/* Whose token it is: "alice"; "" until the Hub has told, and without a token. */
const char *app_account(const struct app *app);
bool app_is_ascii(const struct app *app);
/* What would change the Hub, a bill or a process is refused. */
bool app_is_readonly(const struct app *app);
/* For people who do not see the screen: no boxes, words instead of marks (--plain). */
bool app_is_plain(const struct app *app);
/* The terminal has not shown what was drawn last. What would be drawn of itself can wait, so that what the keys
 * changed is shown first and alone. */
bool app_is_behind(const struct app *app);

/* ---- work off the ui thread (work.c) ---- */

/* Start a job whose results go to pane p, wherever it is; job->owner is set. Returns a reference to be
 * given to app_task_done when the pane is no longer interested (which cancels it when it still runs).
 * ASK and COMPUTE count as busy and turn the spinner, LONG does not. */
struct task *app_start(struct app *app, struct pane *p, struct job *job);
/* Cancel and forget; *t becomes NULL. NULL inside is fine. */
void app_task_done(struct app *app, struct task **t);

/* fn(arg) after ms on the ui thread, never before this call returns; the id is for app_cancel_timer. */
int app_timer(struct app *app, int64_t ms, void (*fn)(void *arg), void *arg);
void app_cancel_timer(struct app *app, int *id); /* *id becomes 0 */
/* The same for what only keeps a display current while long work goes on: nobody waits for it, so it keeps
 * the program from being called idle as little as long tasks do. */
int app_tick(struct app *app, int64_t ms, void (*fn)(void *arg), void *arg);

/* ---- what is on the screen ---- */

/* Lay out and draw everything again. */
void app_relayout(struct app *app);
/* Put a popup over the screen; it gets the keys until it is closed. Moves p. rows and cols are wishes;
 * the app centres it and keeps it inside the screen. */
void app_push(struct app *app, struct pane *p, int rows, int cols);
void app_pop(struct app *app, struct pane *p);
/* Give the focus to a pane of its screen (shown or not). */
void app_focus(struct app *app, struct pane *p);
/* Show a screen. */
void app_show(struct app *app, struct screen *s);
/* The bottom row says something else: a screen's part of it has changed. */
void app_bar_dirty(struct app *app);
/* Leave, after asking when a screen says why not (screen_ops.stay). */
void app_quit(struct app *app);

enum app_level { APP_INFO, APP_WARN, APP_ERROR };
/* One line at the bottom for some seconds, and for good in the list of notices. */
void app_say(struct app *app, enum app_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The same from a pane: when another screen is shown, the tab of its own counts it. */
void pane_say(struct pane *p, enum app_level level, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The line editor on the bottom row. */
void app_prompt(struct app *app, const struct input_spec *spec);
/* The line editor drawn by the pane itself (search box). */
struct input *app_input(struct app *app);

/* Send a value ("the repo id") to the clipboard and show it whole in a small window, where the mouse can select it.
 * One with a control character in it is refused with a notice. */
void app_copy(struct app *app, const char *text, const char *what);
/* The same with text of several lines: newlines and tabs stay, other control characters are left out, and what was
 * done is said. Values inside, when they came from outside, are asked about first: app_copy_reason. */
void app_copy_lines(struct app *app, const char *text, const char *what);
/* Why a value may not be copied, to stand behind a colon; NULL when it may. */
const char *app_copy_reason(const char *value);
/* xdg-open when there is a display; else shows and copies the address. Only http and https. */
void app_open_url(struct app *app, const char *url);
/* Give the terminal to a program ($EDITOR, ssh) and take it back when it ends. argv as for execvp; the
 * ui waits, long work goes on. When the program stops, hfterm stops with it, and continues it when the shell
 * continues hfterm. A signal that ends hfterm is passed on; two seconds later hfterm ends in any case, after this
 * call. Returns its exit status, 128 + signal, or -1 with e set when it could not be started. */
int app_hand_over(struct app *app, const char *const *argv, struct err *e);

/* Run an action by name with the focused pane; ignores actions of other contexts. */
void app_run_action(struct app *app, const char *id);
/* Run one line of the command language (docs/configuration.md). How screens reach each other. */
void app_command(struct app *app, const char *line);

/* ---- what outlives the program (remember.c) ---- */

/* The value kept under a key, "" when there is none. endpoint: apart for every endpoint. Borrowed until the
 * next call. */
const char *app_recall(struct app *app, bool endpoint, const char *key);
/* Keep it; NULL or "" forgets. Written at the end and within some seconds. */
void app_remember(struct app *app, bool endpoint, const char *key, const char *value);
/* A file of the state folder for this endpoint: "bookmarks" is STATE/bookmarks for the public Hub and
 * STATE/at/PLACE/bookmarks for others. Owned. */
char *app_state_path(struct app *app, const char *leaf);

/* ---- menus: what is typed narrows them ---- */

struct menu_item {
    const char *label; /* copied */
    const char *note;  /* dimmed, right of the label; NULL */
    const char *keys;  /* at the right edge, several with blanks between: "l C-c"; NULL */
    const char *reason; /* why it cannot be picked; NULL: it can */
};

struct menu_spec {
    const char *title;
    const char *hint;     /* shown at the lower border; NULL */
    bool use_shortcuts;   /* one of an item's keys picks it at once, as long as nothing was typed */
    bool numbered;        /* the items have numbers, from 1: a number that is typed is one of them */
    size_t selected;
    bool has_current;     /* the selected one is what holds now (the theme, the order): it is said */
    /* index of the item in the order given; -1: closed without. */
    void (*done)(void *ctx, int index);
    /* A last row made of what was typed: its label, owned by the menu; NULL: there is none. Picked, it calls done_more
     * with what was typed instead of done. Both may be NULL. */
    char *(*more)(void *ctx, const char *typed);
    void (*done_more)(void *ctx, const char *typed);
    /* The selection moved (live preview). May be NULL. */
    void (*preview)(void *ctx, int index);
    void (*free_ctx)(void *ctx); /* may be NULL */
    void *ctx;
};
void app_menu(struct app *app, const struct menu_spec *spec, const struct menu_item *items, size_t n);

#endif
