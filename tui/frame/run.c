/* SPDX-License-Identifier: Apache-2.0 */
/* run.c - the life of the program: start, the loop, the end. */
#include "tui/frame/run.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/hub/hub.h"
#include "core/task/loop.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/command.h"
#include "tui/frame/keymap.h"
#include "tui/frame/remember.h"

enum {
    SPINNER_MS = 120,
    ASK_AGAIN_MS = 100, /* whether the terminal has answered; in tests only */
};

/* ---- the loop ---- */

static void wake_loop(void *arg)
{
    loop_wake(arg);
}

static void input_came(void *arg)
{
    /* It only ends the wait; keys are read every turn. What is no key (an answer of the terminal) must be
     * followed by a word that all is idle, too: who waits for it has seen unread input. */
    struct app *app = arg;
    app->has_told_idle = false;
    struct pollfd tty = {.fd = STDIN_FILENO, .events = POLLIN};
    if (poll(&tty, 1, 0) > 0 && (tty.revents & (POLLHUP | POLLERR | POLLNVAL))) {
        app->wants_quit = true; /* the terminal is gone, and nobody sent a signal */
        app->exit_status = 128 + SIGHUP;
    }
}

static void take_signal(struct app *app)
{
    int sig = term_take_signal();
    if (sig == SIGTSTP) { /* from outside; Ctrl-Z comes as a key */
        term_suspend(&app->term);
        app->needs_repaint = true;
        app->needs_layout = true;
        pace_cause(&app->pace, PACE_KEY);
    } else if (sig) {
        log_line("ui", "signal %d", sig);
        app->wants_quit = true;
        app->exit_status = 128 + sig;
    }
}

static bool do_idle_work(struct app *app)
{
    bool more = false;
    struct screen *s = stage_screen(app);
    for (size_t i = 0; i < s->n_panes; i++) {
        struct pane *p = s->panes[i];
        more = (p->ops->work && pane_is_visible(p) && p->ops->work(p)) || more;
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        struct pane *p = app->popups[i].pane;
        more = (p->ops->work && p->ops->work(p)) || more;
    }
    return more;
}

/* Milliseconds until something has to be drawn, -1 when nothing has. */
static int64_t until_draw(struct app *app)
{
    if (!paint_is_due(app)) {
        return -1;
    }
    struct pace_terminal terminal = {.is_behind = term_is_behind(), .answers = term_answers()};
    return pace_wait(&app->pace, terminal, clock_mono_ms());
}

/* Parsed replies leave free pages in the arenas of the workers; give them back when all are done. */
static void trim_memory(struct app *app, bool is_busy)
{
    if (!is_busy) {
#ifdef __GLIBC__
        malloc_trim(0);
#endif
    }
    app->was_busy = is_busy;
}

/* Turn the spinner while tasks run and take the notice away when its time is over. */
static int64_t animate(struct app *app)
{
    int64_t now = clock_mono_ms();
    int64_t unix_s = clock_unix_s();
    int64_t wait = (60 - unix_s % 60) * 1000;
    if (unix_s / 60 != app->clock_minute) {
        app->clock_minute = unix_s / 60;
        app->frame_dirty = true;
        pace_cause(&app->pace, PACE_CLOCK);
    }
    bool is_busy = work_is_busy(app);
    if (is_busy != app->was_busy) { /* the sign of it at the right of the key bar */
        app->frame_dirty = true;
        pace_cause(&app->pace, PACE_CLOCK);
        trim_memory(app, is_busy);
    }
    if (is_busy && !app->options.is_plain) {
        if (now - app->spinner_ms >= SPINNER_MS) {
            app->spinner_ms = now;
            app->spinner++;
            app->frame_dirty = true;
            pace_cause(&app->pace, PACE_CLOCK);
        }
        int64_t next = app->spinner_ms + SPINNER_MS - now;
        wait = next < wait ? next : wait;
    }
    int64_t save_in = remember_tick(app, now);
    wait = save_in < wait ? save_in : wait;
    if (app->notice_until_ms) {
        if (now >= app->notice_until_ms) {
            say_hide(app);
            pace_cause(&app->pace, PACE_CLOCK);
        } else if (app->notice_until_ms - now < wait) {
            wait = app->notice_until_ms - now;
        }
    }
    return wait;
}

/* Returns after how many ms to try again, -1: not before something happens. An answer of the terminal that was
 * lost (among broken sequences, say) ends no wait. */
static int64_t tell_idle(struct app *app)
{
    if (app->test_fd < 0 || app->has_told_idle || !work_is_idle(app)) {
        return -1;
    }
    if (term_is_asked()) {
        return ASK_AGAIN_MS;
    }
    app->has_told_idle = true;
    if (write(app->test_fd, "i", 1) < 0) {
        app->test_fd = -1;
    }
    return -1;
}

static void read_keys(struct app *app)
{
    struct term_key key;
    while (!app->wants_quit && term_read(&app->term, &key)) {
        dispatch_key(app, &key);
    }
}

static void run_loop(struct app *app)
{
    while (!app->wants_quit) {
        read_keys(app);
        take_signal(app);
        if (app->wants_quit) {
            break;
        }
        bool more_work = do_idle_work(app);
        int64_t spin = animate(app);
        int64_t draw_in = until_draw(app);
        if (draw_in == 0) {
            paint(app);
            if (pace_drew(&app->pace, clock_mono_ms())) {
                term_mark();
            }
            draw_in = until_draw(app);
        }
        int64_t wait = more_work ? 0 : draw_in;
        if (wait < 0 || spin < wait) {
            wait = spin;
        }
        if (!more_work && draw_in < 0) {
            const int64_t again = tell_idle(app);
            wait = again >= 0 && again < wait ? again : wait;
        }
        loop_wait(app->loop, wait);
    }
}

/* ---- remembering where one was ---- */

static void save_places(struct app *app)
{
    for (size_t i = 0; i < app->n_screens; i++) {
        const struct screen *s = &app->screens[i];
        char *split = xasprintf("%d%s", s->split, s->is_zoomed ? " zoomed" : "");
        char *key = xasprintf("split.%s", s->ops->name);
        app_remember(app, false, key, s->is_open ? split : app_recall(app, false, key));
        free(key);
        free(split);
    }
    app_remember(app, false, "screen", stage_screen(app)->ops->name);
}

static size_t saved_screen(struct app *app)
{
    const char *name = app_recall(app, false, "screen");
    for (size_t i = 0; i < app->n_screens; i++) {
        if (strcmp(app->screens[i].ops->name, name) == 0) {
            return i;
        }
    }
    return 0;
}

static void restore_split(struct app *app, struct screen *s)
{
    char *key = xasprintf("split.%s", s->ops->name);
    const char *text = app_recall(app, false, key);
    unsigned long long percent = 0;
    char *number = xstrndup(text, strcspn(text, " "));
    s->split = str_to_u64(number, 100, &percent) && percent >= STAGE_SPLIT_MIN && percent <= STAGE_SPLIT_MAX
                   ? (int)percent
                   : SCREEN_SPLIT;
    s->is_zoomed = str_ends(text, " zoomed");
    free(number);
    free(key);
}

/* ---- start and end ---- */

static void open_parts(struct app *app)
{
    work_open(app);
    action_sets_collect(app->options.screens, &app->sets);
    app->keymap = keymap_new(&app->sets);
    char *histories = app_state_path(app, "");
    app->input = input_new(histories);
    free(histories);
    app->remembered = remember_load(app);
    loop_add_fd(app->loop, STDIN_FILENO, input_came, app);
    term_on_signal(wake_loop, app->loop);
    while (app->options.screens[app->n_screens]) {
        app->n_screens++;
    }
    app->screens = xcalloc(app->n_screens, sizeof *app->screens);
    for (size_t i = 0; i < app->n_screens; i++) {
        app->screens[i] = (struct screen){.ops = app->options.screens[i], .app = app};
        restore_split(app, &app->screens[i]);
    }
}

static void close_screens(struct app *app)
{
    while (app->n_popups > 0) {
        app_pop(app, app->popups[app->n_popups - 1].pane);
    }
    for (size_t i = 0; i < app->n_screens; i++) {
        struct screen *s = &app->screens[i];
        if (s->is_open && s->ops->close) {
            s->ops->close(s);
        }
        for (size_t k = 0; k < s->n_panes; k++) {
            pane_free(s->panes[k]);
        }
    }
    free(app->screens);
    pane_free(app->account_pane);
    pane_free(app->clipboard_pane);
    pane_free(app->test_pane);
    follow_close(app);
}

static void close_parts(struct app *app)
{
    input_free(app->input);
    buf_done(&app->said);
    close_screens(app);
    work_close(app);
    remember_end(app);
    keymap_free(app->keymap);
    action_sets_done(&app->sets);
}

static int test_descriptor(void)
{
    const char *text = getenv("HFTERM_TEST_FD");
    unsigned long long fd = 0;
    return text && str_to_u64(text, 1023, &fd) ? (int)fd : -1;
}

/* What was remembered, then the config file, then the command line: the later one wins. */
static void choose_looks(struct app *app, const struct app_options *asked, bool is_mono)
{
    remember_apply(app, command_run_config);
    config_load(app);
    app->options.is_plain |= asked->is_plain;
    app->term.is_ascii |= asked->is_ascii;
    if (app->options.theme) {
        stage_set_theme(app, app->options.theme);
    }
    if (!app->theme.name[0]) {
        stage_set_theme(app, is_mono ? "monochrome" : "default");
    }
}

int app_run(const struct app_options *options, struct err *e)
{
    struct app *app = xcalloc(1, sizeof *app);
    app->options = *options;
    app->test_fd = test_descriptor();
    const char *no_color = getenv("NO_COLOR");
    struct term_options term = {
        .want_mouse = !options->no_mouse,
        .is_ascii = options->is_ascii,
        .is_mono = no_color && *no_color,
    };
    if (!term_start(&app->term, &term, e)) {
        free(app);
        return 2;
    }
    theme_init(&app->theme, app->term.colours);
    open_parts(app);
    if (app->term.notice) {
        app_say(app, APP_WARN, "%s", app->term.notice);
    }
    if (hub_token_fault(options->hub) && !hub_has_token(options->hub)) {
        app_say(app, APP_WARN, "%s", hub_token_fault(options->hub));
    }
    choose_looks(app, options, term.is_mono);
    pace_cause(&app->pace, PACE_KEY); /* first paint at once, before any network */
    stage_switch(app, saved_screen(app));
    account_start(app);
    clipboard_open(app);
    follow_test_streams(app);
    run_loop(app);
    save_places(app); /* before the screen goes: signals end at once from there on */
    (void)remember_save(app->remembered, NULL); /* what fails is tried again and told at the end */
    int status = app->exit_status;
    term_stop(&app->term);
    close_parts(app);
    free(app);
    return status;
}
