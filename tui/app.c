/* SPDX-License-Identifier: Apache-2.0 */
#define NCURSES_WIDECHAR 1
#include "tui/app.h"

#include <curses.h>
#include <errno.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/hub/hub.h"
#include "core/task/loop.h"
#include "core/task/pool.h"
#include "core/task/queue.h"
#include "tui/app_priv.h"
#include "tui/keymap.h"

enum {
    FRAME_MS = 33,         /* background changes are drawn at most 30 times a second */
    SPINNER_MS = 120,
    NOTICE_MS = 6000,
    WORKERS = 4,           /* about as many Hub calls at once as the protocol document advises */
    QUEUE_BYTES = 4 << 20,
    MIN_COLS = 60,
    MIN_ROWS = 16,
    SLOW_HANDLER_MS = 10,
    BACKLOG_BYTES = 4096,  /* the terminal still chews the last frame: skip one */
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
    job->owner = p;
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

/* ---- panes, focus, popups ---- */

struct pane *pane_new(struct app *app, const struct pane_ops *ops, void *state)
{
    struct pane *p = xcalloc(1, sizeof *p);
    *p = (struct pane){.ops = ops, .app = app, .state = state, .is_dirty = true, .can_focus = true};
    return p;
}

void pane_free(struct pane *p)
{
    if (p) {
        if (p->ops->close) {
            p->ops->close(p);
        }
        free(p);
    }
}

void pane_dirty(struct pane *p)
{
    p->is_dirty = true;
}

bool pane_is_visible(const struct pane *p)
{
    return p->rect.rows > 0 && p->rect.cols > 0;
}

static struct screen *current_screen(struct app *app)
{
    return &app->screens[app->current];
}

struct pane *app_focused(struct app *app)
{
    if (app->n_popups > 0) {
        return app->popups[app->n_popups - 1].pane;
    }
    struct screen *s = current_screen(app);
    return s->n_panes ? s->panes[s->focus] : NULL;
}

/* Tell every pane whether it has the focus; those that changed are drawn again. */
static void update_focus(struct app *app)
{
    const struct pane *focused = app_focused(app);
    struct screen *s = current_screen(app);
    for (size_t i = 0; i < s->n_panes; i++) {
        struct pane *p = s->panes[i];
        bool has_focus = p == focused;
        if (p->has_focus != has_focus) {
            p->has_focus = has_focus;
            p->is_dirty = true;
        }
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        app->popups[i].pane->has_focus = app->popups[i].pane == focused;
    }
    app->frame_dirty = true;
}

void app_relayout(struct app *app)
{
    app->needs_layout = true;
}

void app_push(struct app *app, struct pane *p, int rows, int cols)
{
    if (app->n_popups == APP_MAX_POPUPS) {
        app_pop(app, app->popups[0].pane); /* the one furthest below; nobody remembers it */
    }
    app->popups[app->n_popups++] = (struct popup){p, rows, cols};
    app->needs_layout = true;
    update_focus(app);
}

void app_pop(struct app *app, struct pane *p)
{
    for (size_t i = 0; i < app->n_popups; i++) {
        if (app->popups[i].pane == p) {
            memmove(&app->popups[i], &app->popups[i + 1],
                    (app->n_popups - i - 1) * sizeof app->popups[0]);
            app->n_popups--;
            pane_free(p);
            app->needs_layout = true;
            update_focus(app);
            return;
        }
    }
}

void app_focus(struct app *app, struct pane *p)
{
    struct screen *s = current_screen(app);
    for (size_t i = 0; i < s->n_panes; i++) {
        if (s->panes[i] == p) {
            s->focus = i;
            app->needs_layout = true; /* in one column the focused pane is the visible one */
        }
    }
    update_focus(app);
}

void app_move_focus(struct app *app, int step)
{
    struct screen *s = current_screen(app);
    for (size_t i = 1; i <= s->n_panes; i++) {
        size_t at = (s->focus + (step > 0 ? i : s->n_panes - i)) % s->n_panes;
        if (s->panes[at]->can_focus) {
            app_focus(app, s->panes[at]);
            return;
        }
    }
}

static void open_screen(struct screen *s)
{
    if (!s->is_open) {
        s->is_open = true;
        s->ops->open(s);
    }
}

void *app_screen_state(struct app *app, const struct screen_ops *screen)
{
    for (size_t i = 0; i < APP_SCREENS; i++) {
        if (app->screens[i].ops == screen) {
            open_screen(&app->screens[i]);
            return app->screens[i].state;
        }
    }
    return NULL;
}

void app_switch(struct app *app, size_t screen)
{
    if (screen >= APP_SCREENS) {
        return;
    }
    while (app->n_popups > 0) { /* they belong to the screen that is left */
        app_pop(app, app->popups[app->n_popups - 1].pane);
    }
    app->current = screen;
    struct screen *s = current_screen(app);
    s->unread = 0;
    open_screen(s);
    app->needs_layout = true;
    update_focus(app);
}

/* ---- notices, prompts, clipboard, links ---- */

void app_notice(struct app *app, enum app_level level, int screen, const char *fmt, ...)
{
    size_t kept = app->n_notices < APP_NOTICES ? app->n_notices : APP_NOTICES - 1;
    memmove(&app->notices[1], &app->notices[0], kept * sizeof app->notices[0]);
    app->n_notices = kept + 1;
    struct notice *n = &app->notices[0];
    n->level = level;
    n->unix_s = clock_unix_s();
    char raw[sizeof n->text];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(raw, sizeof raw, fmt, ap);
    va_end(ap);
    secret_mask(raw);
    char *clean = text_clean(raw);
    size_t length = strlen(clean);
    if (length >= sizeof n->text) {
        length = sizeof n->text - 1;
        while (length > 0 && ((unsigned char)clean[length] & 0xC0) == 0x80) {
            length--; /* not through the middle of a character */
        }
    }
    memcpy(n->text, clean, length);
    n->text[length] = '\0';
    free(clean);
    if (screen >= 0 && (size_t)screen != app->current) {
        app->screens[screen].unread++;
    }
    app->notice_until_ms = clock_mono_ms() + NOTICE_MS;
    app->frame_dirty = true;
}

void app_prompt(struct app *app, const struct input_spec *spec)
{
    app->is_prompting = true;
    app->frame_dirty = true;
    input_begin(app->input, spec);
}

void app_copy(struct app *app, const char *text, const char *what)
{
    if (term_copy(&app->term, text, strlen(text))) {
        app_notice(app, APP_INFO, -1, "copied %s: %s", what, text);
    } else {
        app_notice(app, APP_WARN, -1, "%s is too long for the terminal's clipboard", what);
    }
}

/* Where xdg-open lies, NULL when it is nowhere on the PATH. Owned. */
static char *find_opener(void)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t n = strcspn(path, ":");
        char *full = xasprintf("%.*s/xdg-open", (int)n, path);
        if (access(full, X_OK) == 0) {
            return full;
        }
        free(full);
        path += n + (path[n] == ':');
    }
    return NULL;
}

/* Start xdg-open away from our terminal; false when there is no display or no opener. Between fork and
 * exec only async-signal-safe calls: other threads may hold locks. */
static bool spawn_opener(const char *url)
{
    bool has_display = getenv("DISPLAY") || getenv("WAYLAND_DISPLAY");
    char *opener = has_display ? find_opener() : NULL;
    pid_t pid = opener ? fork() : -1;
    if (pid == 0) {
        if (fork() == 0) { /* the grandchild is init's: nobody has to wait for it */
            int null = open("/dev/null", O_RDWR);
            setsid();
            dup2(null, STDIN_FILENO);
            dup2(null, STDOUT_FILENO);
            dup2(null, STDERR_FILENO);
            execl(opener, "xdg-open", url, (char *)NULL);
            _exit(127);
        }
        _exit(0);
    }
    while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
    free(opener);
    return pid > 0;
}

void app_open_url(struct app *app, const char *url)
{
    if (!str_starts(url, "https://") && !str_starts(url, "http://")) {
        app_notice(app, APP_WARN, -1, "not a web address: %s", url);
        return;
    }
    if (spawn_opener(url)) {
        app_notice(app, APP_INFO, -1, "opened %s", url);
        return;
    }
    term_copy(&app->term, url, strlen(url));
    app_notice(app, APP_INFO, -1, "no display here; copied %s", url);
}

void app_error_lines(const struct err *e, struct buf *line, struct buf *remedy)
{
    text_sanitize(line, e->msg, strlen(e->msg), TEXT_LINE);
    if (e->request_id[0]) {
        buf_puts(line, "  (request ");
        text_sanitize(line, e->request_id, strlen(e->request_id), TEXT_LINE);
        buf_putc(line, ')');
    }
    text_sanitize(remedy, e->remedy, strlen(e->remedy), TEXT_LINE);
}

bool app_load_theme(struct app *app, const char *name, struct err *e)
{
    if (!theme_load(&app->theme, name, e)) {
        return false;
    }
    theme_apply(&app->theme);
    app->needs_layout = true;
    app->needs_repaint = true;
    return true;
}

void app_set_theme(struct app *app, const char *name)
{
    struct err e = ERR_INIT;
    if (!app_load_theme(app, name, &e)) {
        app_notice(app, APP_ERROR, -1, "%s. %s", e.msg, e.remedy);
    }
}

/* ---- drawing ---- */

static struct rect screen_area(const struct app *app)
{
    return (struct rect){1, 0, app->term.rows - 2, app->term.cols};
}

static void place_popup(struct app *app, struct popup *p)
{
    struct rect area = screen_area(app);
    int rows = p->rows < area.rows ? p->rows : area.rows;
    int cols = p->cols < area.cols - 2 ? p->cols : area.cols - 2;
    p->pane->rect = (struct rect){area.row + (area.rows - rows) / 3, (area.cols - cols) / 2, rows, cols};
    p->pane->is_dirty = true;
}

static void layout(struct app *app)
{
    app->needs_layout = false;
    app->is_too_small = app->term.cols < MIN_COLS || app->term.rows < MIN_ROWS;
    struct screen *s = current_screen(app);
    s->ops->layout(s, screen_area(app));
    for (size_t i = 0; i < s->n_panes; i++) {
        s->panes[i]->is_dirty = true;
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        place_popup(app, &app->popups[i]);
    }
    app->frame_dirty = true;
}

struct canvas frame_canvas(struct app *app, struct rect r)
{
    struct canvas whole = {
        .win = stdscr,
        .rect = {0, 0, app->term.rows, app->term.cols},
        .theme = &app->theme,
        .is_ascii = app->term.is_ascii,
    };
    return canvas_sub(&whole, r);
}

static void draw_pane(struct app *app, struct pane *p)
{
    p->is_dirty = false;
    if (pane_is_visible(p)) {
        struct canvas c = frame_canvas(app, p->rect);
        p->ops->draw(p, &c);
    }
}

static void draw_too_small(struct app *app)
{
    struct canvas c = frame_canvas(app, (struct rect){0, 0, app->term.rows, app->term.cols});
    draw_clear(&c);
    draw_printf(&c, app->term.rows / 2, 1, -1, STYLE_WARN, "hfterm needs %dx%d; this window is %dx%d", MIN_COLS,
                MIN_ROWS, app->term.cols, app->term.rows);
    draw_text(&c, app->term.rows / 2 + 1, 1, -1, STYLE_TEXT, "make it larger, or press q to quit");
}

static bool draw_panes(struct app *app)
{
    struct screen *s = current_screen(app);
    bool drew = false;
    for (size_t i = 0; i < s->n_panes; i++) {
        if (s->panes[i]->is_dirty) {
            draw_pane(app, s->panes[i]);
            drew = true;
        }
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        if (drew || app->popups[i].pane->is_dirty) {
            draw_pane(app, app->popups[i].pane);
            drew = true;
        }
    }
    return drew;
}

static bool is_dirty(struct app *app)
{
    if (app->needs_layout || app->frame_dirty || app->is_too_small) {
        return app->needs_layout || app->frame_dirty; /* a window too small shows no panes */
    }
    struct screen *s = current_screen(app);
    for (size_t i = 0; i < s->n_panes; i++) {
        if (s->panes[i]->is_dirty && pane_is_visible(s->panes[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        if (app->popups[i].pane->is_dirty) {
            return true;
        }
    }
    return false;
}

static void draw(struct app *app)
{
    if (app->needs_repaint) {
        app->needs_repaint = false;
        struct canvas whole = frame_canvas(app, (struct rect){0, 0, app->term.rows, app->term.cols});
        draw_clear(&whole);
        app->needs_layout = true;
    }
    if (app->needs_layout) {
        layout(app);
    }
    curs_set(input_is_active(app->input) ? 1 : 0);
    if (app->is_too_small) {
        draw_too_small(app);
    } else {
        draw_panes(app);
        frame_draw_top(app);
        frame_draw_bottom(app);
        input_place_cursor(app->input);
    }
    app->frame_dirty = false;
    wnoutrefresh(stdscr);
    doupdate();
    app->last_draw_ms = clock_mono_ms();
}

/* ---- keys ---- */

static void react(struct app *app, struct pane *p, unsigned reaction)
{
    if (reaction & REACT_LAYOUT) {
        app->needs_layout = true;
    }
    if (reaction & REACT_CLOSE) {
        app_pop(app, p);
    } else if (reaction & REACT_DIRTY) {
        p->is_dirty = true;
        app->frame_dirty = true;
    }
}

static void run_action(struct app *app, struct pane *p, const struct action *a)
{
    const char *reason = a->disabled ? a->disabled(p) : NULL;
    if (reason) {
        app_notice(app, APP_WARN, -1, "%s: %s", a->help, reason);
        return;
    }
    int64_t start = clock_mono_ms();
    react(app, p, a->run(p));
    int64_t took = clock_mono_ms() - start;
    if (took > SLOW_HANDLER_MS) {
        log_line("ui", "%s took %lld ms", a->id, (long long)took);
    }
}

static bool key_to_pane(struct app *app, struct pane *p, const struct term_key *key)
{
    if (p->ops->key) {
        unsigned reaction = p->ops->key(p, key);
        if (reaction != REACT_NONE) {
            react(app, p, reaction);
            return true;
        }
    }
    for (size_t i = 0; i < PANE_MAX_SETS && p->ops->sets[i]; i++) {
        const struct action *a = keymap_find(app->keymap, p->ops->sets[i], key->code);
        if (a) {
            run_action(app, p, a);
            return true;
        }
    }
    return false;
}

static void mouse(struct app *app, const struct term_key *key)
{
    if (key->mouse == TERM_MOUSE_PRESS && input_is_active(app->input)) {
        input_cancel(app->input);
        app->is_prompting = false;
        app->needs_layout = true;
    }
    if (app->n_popups == 0 && key->row == 0) {
        int tab = frame_tab_at(app, key->col);
        if (tab >= 0) {
            app_switch(app, (size_t)tab);
        }
        return;
    }
    struct screen *s = current_screen(app);
    struct pane *hit = NULL;
    if (app->n_popups > 0) {
        hit = app_focused(app);
        if (!rect_contains(hit->rect, key->row, key->col)) {
            return;
        }
    }
    for (size_t i = 0; !hit && i < s->n_panes; i++) {
        if (rect_contains(s->panes[i]->rect, key->row, key->col)) {
            hit = s->panes[i];
        }
    }
    if (!hit) {
        return;
    }
    bool is_wheel = key->mouse == TERM_MOUSE_WHEEL_UP || key->mouse == TERM_MOUSE_WHEEL_DOWN;
    if (!is_wheel && app->n_popups == 0 && hit->can_focus && !hit->has_focus) {
        app_focus(app, hit);
    }
    if (hit->ops->mouse) {
        react(app, hit, hit->ops->mouse(hit, key->mouse, key->row - hit->rect.row, key->col - hit->rect.col));
    }
}

static void resized(struct app *app)
{
    app->needs_layout = true;
    app->needs_repaint = true;
}

static void handle_key(struct app *app, const struct term_key *key);

/* Esc and the next key often come in one piece over a slow line and look like Alt with that key. When
 * Alt with it means nothing, they are taken as the two keys they were. */
static bool split_alt(struct app *app, const struct term_key *key, bool means_something)
{
    if (!(key->code & TKEY_ALT) || means_something) {
        return false;
    }
    struct term_key first = {.code = TKEY_ESC};
    struct term_key second = {.code = key->code & ~(uint32_t)TKEY_ALT};
    handle_key(app, &first);
    handle_key(app, &second);
    return true;
}

static void handle_key(struct app *app, const struct term_key *key)
{
    app->was_key = true;
    app->has_told_idle = false;
    if (key->code == TKEY_RESIZE) {
        resized(app);
        return;
    }
    if (key->code == TKEY_MOUSE) {
        mouse(app, key);
        return;
    }
    if (app->is_too_small && key->code == 'q') {
        app->wants_quit = true;
        return;
    }
    bool is_for_all = key->code == 26 || key->code == 12; /* C-z and C-l work in a prompt, too */
    if (input_is_active(app->input) && !is_for_all) {
        if (split_alt(app, key, input_takes(app->input, key->code))) {
            return;
        }
        input_key(app->input, key);
        app->is_prompting = app->is_prompting && input_is_active(app->input);
        app->frame_dirty = true;
        app->needs_layout = true; /* candidates cover the panes */
        return;
    }
    struct pane *p = app_focused(app);
    if (!p || key->code == TKEY_NONE || key_to_pane(app, p, key)) {
        return;
    }
    const struct action *a = keymap_find(app->keymap, &GLOBAL_ACTIONS, key->code);
    if (a) {
        run_action(app, p, a);
    } else {
        split_alt(app, key, false);
    }
}

void app_run_action(struct app *app, const char *id)
{
    const struct action_set *set = NULL;
    const struct action *a = action_find(id, &set);
    struct pane *p = app_focused(app);
    if (!a || !p) {
        return;
    }
    bool fits = set == &GLOBAL_ACTIONS;
    for (size_t i = 0; !fits && i < PANE_MAX_SETS && p->ops->sets[i]; i++) {
        fits = p->ops->sets[i] == set;
    }
    /* Another pane of this screen may be meant: "hub.sort" from the detail. */
    struct screen *s = current_screen(app);
    for (size_t k = 0; !fits && k < s->n_panes; k++) {
        for (size_t i = 0; !fits && i < PANE_MAX_SETS && s->panes[k]->ops->sets[i]; i++) {
            if (s->panes[k]->ops->sets[i] == set) {
                fits = true;
                p = s->panes[k];
            }
        }
    }
    if (fits) {
        run_action(app, p, a);
    } else {
        app_notice(app, APP_WARN, -1, "%s works in: %s", id, set->title);
    }
}

/* ---- results ---- */

static struct pane *owner_of(struct app *app, const void *owner)
{
    for (size_t i = 0; i < app->n_popups; i++) {
        if (app->popups[i].pane == owner) {
            return app->popups[i].pane;
        }
    }
    for (size_t k = 0; k < APP_SCREENS; k++) {
        for (size_t i = 0; i < app->screens[k].n_panes; i++) {
            if (app->screens[k].panes[i] == owner) {
                return app->screens[k].panes[i];
            }
        }
    }
    return app->account_pane == owner ? app->account_pane : NULL;
}

static void drain_results(void *arg)
{
    struct app *app = arg;
    struct msg *m = NULL;
    int64_t deadline = clock_mono_ms() + SLOW_HANDLER_MS / 2;
    while ((m = queue_take(app->results))) {
        struct task_result *r = (struct task_result *)m;
        struct pane *p = owner_of(app, r->owner);
        if (p && p->ops->result) {
            react(app, p, p->ops->result(p, r));
        }
        msg_free(m);
        app->frame_dirty = true;
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
    /* It only ends the wait; keys are read every turn. Input that makes no key (the release of a mouse
     * button) is an answer awaited by a test all the same. */
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
    if (sig) {
        log_line("ui", "signal %d", sig);
        app->wants_quit = true;
        app->exit_status = sig == SIGINT ? 130 : 128 + sig;
    }
}

static bool do_idle_work(struct app *app)
{
    bool more = false;
    struct screen *s = current_screen(app);
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
    if (!is_dirty(app)) {
        return -1;
    }
    int64_t now = clock_mono_ms();
    if (app->was_key) {
        return 0;
    }
    if (term_backlog() > BACKLOG_BYTES) {
        return FRAME_MS;
    }
    int64_t due = app->last_draw_ms + FRAME_MS;
    return due > now ? due - now : 0;
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
    }
    if (pool_busy(app->pool) > 0) {
        if (now - app->spinner_ms >= SPINNER_MS) {
            app->spinner_ms = now;
            app->spinner++;
            app->frame_dirty = true;
            struct screen *s = current_screen(app);
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
        handle_key(app, &key);
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
            draw(app);
            app->was_key = false;
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

/* ---- who am I ---- */

static void *ask_account(struct task *t, void *arg, struct err *e)
{
    struct hub_get get = {.fresh = HUB_NORMAL, .task = t};
    return hub_whoami(arg, &get, e);
}

static void free_account(void *value)
{
    hub_account_free(value);
}

static unsigned take_account(struct pane *p, struct task_result *r)
{
    struct app *app = p->app;
    const struct hub_account *a = r->value;
    if (a && a->name) {
        char *clean = text_clean(a->name);
        snprintf(app->account, sizeof app->account, "%s", clean);
        free(clean);
    } else if (r->err.code == ERR_AUTH) {
        snprintf(app->account, sizeof app->account, "token refused");
        app_notice(app, APP_WARN, 0, "%s. %s", r->err.msg, r->err.remedy);
    }
    return REACT_HANDLED;
}

static const struct pane_ops ACCOUNT_OPS = {.result = take_account};

static void start_account(struct app *app)
{
    app->account_pane = pane_new(app, &ACCOUNT_OPS, NULL);
    if (!hub_has_token(app->options.hub)) {
        return;
    }
    struct job job = {
        .name = "asking who you are",
        .run = ask_account,
        .arg = app->options.hub,
        .free_value = free_account,
    };
    struct task *t = app_start(app, app->account_pane, &job);
    task_unref(t);
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
    app->was_key = true; /* first paint at once, before any network */
    app_switch(app, saved_screen());
    start_account(app);
    run_loop(app);
    save_screen(app);
    int status = app->exit_status;
    term_stop(&app->term);
    close_parts(app);
    free(app);
    return status;
}
