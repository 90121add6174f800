/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/app.h"

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
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/task/loop.h"
#include "core/task/pool.h"
#include "core/task/queue.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/keymap.h"

enum {
    SPINNER_MS = 120,
    WORKERS = 4, /* about as many Hub calls at once as the protocol document advises */
    QUEUE_BYTES = 4 << 20,
    RESULTS_MS = 5,       /* of results in one turn; keys come before more of them */
};

static const struct screen_ops *const SCREENS[APP_SCREENS] = {
    &SCREEN_HUB, &SCREEN_CARD, &SCREEN_SPACES, &SCREEN_GPU, &SCREEN_CONSOLE, &SCREEN_TRANSFERS,
};

/* ---- services ---- */

struct hub *app_hub(struct app *app)
{
    return app->options.hub;
}

struct http *app_http(struct app *app)
{
    return app->options.http;
}

bool app_is_ascii(const struct app *app)
{
    return app->term.is_ascii;
}

struct input *app_input(struct app *app)
{
    return app->input;
}

const char *app_spinner(const struct app *app)
{
    static const char *const DOTS[] = {"⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"};
    static const char *const BARS[] = {"|", "/", "-", "\\"};
    return app->term.is_ascii ? BARS[app->spinner % 4] : DOTS[app->spinner % 10];
}

/* ---- tasks and timers ---- */

struct task *app_start(struct app *app, struct pane *p, struct job *job)
{
    job->owner = (uintptr_t)p;
    app->frame_dirty = true;
    return pool_start(app->pool, job);
}

void app_task_done(struct app *app, struct task **t)
{
    (void)app;
    if (*t) {
        task_cancel(*t);
        task_unref(*t);
        *t = NULL;
    }
}

static void timer_fired(void *arg)
{
    struct app_timer *t = arg;
    t->id = 0;
    t->app->has_told_idle = false;
    t->fn(t->arg);
}

int app_timer(struct app *app, int64_t ms, void (*fn)(void *arg), void *arg)
{
    for (size_t i = 0; i < APP_TIMERS; i++) {
        struct app_timer *t = &app->timers[i];
        if (t->id == 0) {
            *t = (struct app_timer){.app = app, .fn = fn, .arg = arg};
            t->id = loop_add_timer(app->loop, clock_mono_ms() + ms, timer_fired, t);
            return t->id;
        }
    }
    fn(arg); /* never reached with the timers we have; better early than lost */
    return 0;
}

void app_cancel_timer(struct app *app, int *id)
{
    for (size_t i = 0; *id && i < APP_TIMERS; i++) {
        if (app->timers[i].id == *id) {
            app->timers[i].id = 0;
            loop_cancel_timer(app->loop, *id);
        }
    }
    *id = 0;
}

/* ---- results ---- */

static struct pane *owner_of(struct app *app, uint64_t owner)
{
    for (size_t i = 0; i < app->n_popups; i++) {
        if ((uintptr_t)app->popups[i].pane == owner) {
            return app->popups[i].pane;
        }
    }
    for (size_t k = 0; k < APP_SCREENS; k++) {
        for (size_t i = 0; i < app->screens[k].n_panes; i++) {
            if ((uintptr_t)app->screens[k].panes[i] == owner) {
                return app->screens[k].panes[i];
            }
        }
    }
    return (uintptr_t)app->account_pane == owner ? app->account_pane : NULL;
}

static void drain_results(void *arg)
{
    struct app *app = arg;
    struct msg *m = NULL;
    int64_t deadline = clock_mono_ms() + RESULTS_MS;
    while ((m = queue_take(app->results))) {
        struct task_result *r = (struct task_result *)m;
        struct pane *p = owner_of(app, r->owner);
        if (p && p->ops->result) {
            dispatch_reaction(app, p, p->ops->result(p, r));
        }
        msg_free(m);
        app->frame_dirty = true;
        pace_cause(&app->pace, PACE_RESULT);
        app->has_told_idle = false;
        if (clock_mono_ms() >= deadline) {
            break; /* keys first; the rest is still readable at the next turn */
        }
    }
}

/* ---- the loop ---- */

static void wake_loop(void *arg)
{
    loop_wake(arg);
}

static void input_came(void *arg)
{
    /* It only ends the wait; keys are read every turn. */
    struct app *app = arg;
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
    if (!stage_is_dirty(app)) {
        return -1;
    }
    struct pace_terminal terminal = {.is_behind = term_is_behind(), .answers = term_answers()};
    return pace_wait(&app->pace, terminal, clock_mono_ms());
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
    if (pool_busy(app->pool) > 0) {
        if (now - app->spinner_ms >= SPINNER_MS) {
            app->spinner_ms = now;
            app->spinner++;
            app->frame_dirty = true;
            pace_cause(&app->pace, PACE_CLOCK);
            struct screen *s = stage_screen(app);
            for (size_t i = 0; i < s->n_panes; i++) {
                s->panes[i]->is_dirty = true;
            }
        }
        int64_t next = app->spinner_ms + SPINNER_MS - now;
        wait = next < wait ? next : wait;
    }
    if (app->notice_until_ms) {
        if (now >= app->notice_until_ms) {
            app->notice_until_ms = 0;
            app->frame_dirty = true;
            pace_cause(&app->pace, PACE_CLOCK);
        } else if (app->notice_until_ms - now < wait) {
            wait = app->notice_until_ms - now;
        }
    }
    return wait;
}

/* Parsed replies leave free pages in the arenas of the workers; give them back when all are done. */
static void trim_memory(struct app *app)
{
    bool is_busy = pool_busy(app->pool) > 0;
    if (app->was_busy && !is_busy) {
#ifdef __GLIBC__
        malloc_trim(0);
#endif
    }
    app->was_busy = is_busy;
}

static bool is_idle(struct app *app)
{
    struct pollfd results = {.fd = queue_fd(app->results), .events = POLLIN};
    if (pool_busy(app->pool) > 0 || poll(&results, 1, 0) > 0) {
        return false;
    }
    for (size_t i = 0; i < APP_TIMERS; i++) {
        if (app->timers[i].id) {
            return false;
        }
    }
    return true;
}

static void tell_idle(struct app *app)
{
    if (app->test_fd < 0 || app->has_told_idle || !is_idle(app)) {
        return;
    }
    app->has_told_idle = true;
    if (write(app->test_fd, "i", 1) < 0) {
        app->test_fd = -1;
    }
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
            stage_draw(app);
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
            trim_memory(app);
            tell_idle(app);
        }
        loop_wait(app->loop, wait);
    }
}

/* ---- remembering where one was ---- */

static void save_screen(struct app *app)
{
    char *dir = paths_state("");
    char *path = paths_state("screen");
    const char *name = app->screens[app->current].ops->name;
    if (file_mkdirs(dir, 0700, NULL)) {
        file_write_atomic(path, name, strlen(name), 0600, NULL);
    }
    free(path);
    free(dir);
}

static size_t saved_screen(void)
{
    char *path = paths_state("screen");
    struct buf name = BUF_INIT;
    size_t found = 0;
    if (file_read(path, &name, 64, NULL)) {
        for (size_t i = 0; i < APP_SCREENS; i++) {
            if (strcmp(SCREENS[i]->name, buf_str(&name)) == 0) {
                found = i;
            }
        }
    }
    buf_done(&name);
    free(path);
    return found;
}

/* ---- start and end ---- */

static void open_parts(struct app *app)
{
    app->loop = loop_new();
    app->results = queue_new(QUEUE_BYTES);
    app->pool = pool_new(WORKERS, app->results);
    app->keymap = keymap_new();
    app->input = input_new();
    loop_add_fd(app->loop, STDIN_FILENO, input_came, app);
    loop_add_fd(app->loop, queue_fd(app->results), drain_results, app);
    term_on_signal(wake_loop, app->loop);
    for (size_t i = 0; i < APP_SCREENS; i++) {
        app->screens[i] = (struct screen){.ops = SCREENS[i], .app = app};
    }
}

static void close_parts(struct app *app)
{
    input_free(app->input);
    while (app->n_popups > 0) {
        app_pop(app, app->popups[app->n_popups - 1].pane);
    }
    for (size_t i = 0; i < APP_SCREENS; i++) {
        struct screen *s = &app->screens[i];
        if (s->is_open && s->ops->close) {
            s->ops->close(s);
        }
        for (size_t k = 0; k < s->n_panes; k++) {
            pane_free(s->panes[k]);
        }
    }
    pane_free(app->account_pane);
    pool_free(app->pool);
    queue_free(app->results);
    keymap_free(app->keymap);
    loop_free(app->loop);
}

static int test_descriptor(void)
{
    const char *text = getenv("HFTERM_TEST_FD");
    unsigned long long fd = 0;
    return text && str_to_u64(text, 1023, &fd) ? (int)fd : -1;
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
        app_notice(app, APP_WARN, -1, "%s", app->term.notice);
    }
    config_load(app);
    if (options->theme) {
        app_set_theme(app, options->theme);
    }
    if (!app->theme.name[0]) {
        app_set_theme(app, term.is_mono ? "monochrome" : "default");
    }
    pace_cause(&app->pace, PACE_KEY); /* first paint at once, before any network */
    app_switch(app, saved_screen());
    account_start(app);
    run_loop(app);
    save_screen(app);
    int status = app->exit_status;
    term_stop(&app->term);
    close_parts(app);
    free(app);
    return status;
}
