/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* environ, openpty */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "tests/screens/ptyterm_priv.h"

enum {
    SLICE_MS = 10, /* how long an exit without any output may go unnoticed */
};

/* ---- start ---- */

static void become_program(const struct ptyterm_options *o, char **env, int slave, int idle_fd)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    /* A script that runs us in the background ignores SIGINT for us and for our children. */
    for (int sig = 1; sig < 32; sig++) {
        signal(sig, SIG_DFL);
    }
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid();
    ioctl(slave, TIOCSCTTY, 0);
    dup2(slave, STDIN_FILENO);
    dup2(slave, STDOUT_FILENO);
    dup2(slave, STDERR_FILENO);
    fcntl(idle_fd, F_SETFD, 0);
    if (o->dir && chdir(o->dir) != 0) {
        _exit(126);
    }
    environ = env;
    char *const *argv = (char *const *)(uintptr_t)o->argv; /* execvp predates const */
    execvp(argv[0], argv);
    dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

static int on_property(VTermProp prop, VTermValue *value, void *arg)
{
    struct ptyterm *t = arg;
    if (prop == VTERM_PROP_CURSORVISIBLE) {
        t->is_cursor_visible = value->boolean;
    } else if (prop == VTERM_PROP_ALTSCREEN) {
        t->is_altscreen = value->boolean;
    }
    return 1;
}

static void write_all(struct ptyterm *t, const char *bytes, size_t n);

static void on_reply(const char *bytes, size_t n, void *arg)
{
    write_all(arg, bytes, n);
}

static void make_screen(struct ptyterm *t)
{
    static const VTermScreenCallbacks CALLBACKS = {.settermprop = on_property};
    t->vt = vterm_new(t->rows, t->cols);
    vterm_set_utf8(t->vt, 1);
    vterm_output_set_callback(t->vt, on_reply, t);
    t->screen = vterm_obtain_screen(t->vt);
    vterm_screen_enable_altscreen(t->screen, 1);
    vterm_screen_set_callbacks(t->screen, &CALLBACKS, t);
    vterm_screen_reset(t->screen, 1);
    t->is_cursor_visible = true;
}

static void set_cloexec(int fd)
{
    fcntl(fd, F_SETFD, FD_CLOEXEC);
}

static bool open_channels(struct ptyterm *t, int *idle_write, struct err *e)
{
    struct winsize size = {.ws_row = (unsigned short)t->rows, .ws_col = (unsigned short)t->cols};
    int ends[2];
    if (openpty(&t->master, &t->slave, NULL, NULL, &size) != 0) {
        return err_set_sys(e, ERR_IO, errno, "opening a pty");
    }
    if (pipe(ends) != 0) {
        return err_set_sys(e, ERR_IO, errno, "opening a pipe");
    }
    t->idle_fd = ends[0];
    *idle_write = ends[1];
    set_cloexec(t->master);
    set_cloexec(t->slave);
    set_cloexec(ends[0]);
    set_cloexec(ends[1]);
    fcntl(t->master, F_SETFL, O_NONBLOCK);
    fcntl(t->idle_fd, F_SETFL, O_NONBLOCK);
    tcgetattr(t->slave, &t->before);
    /* A Ctrl-C in cooked mode would make the kernel drop output nobody has read yet. */
    t->before.c_lflag |= NOFLSH;
    tcsetattr(t->slave, TCSANOW, &t->before);
    return true;
}

static char **env_with_idle_fd(const char *const *env, int fd)
{
    size_t n = 0;
    while (env[n]) {
        n++;
    }
    char **all = xcalloc(n + 2, sizeof *all);
    for (size_t i = 0; i < n; i++) {
        all[i] = xstrdup(env[i]);
    }
    all[n] = xasprintf("HFTERM_TEST_FD=%d", fd);
    return all;
}

static void env_free(char **env)
{
    for (char **p = env; *p; p++) {
        free(*p);
    }
    free(env);
}

struct ptyterm *ptyterm_start(const struct ptyterm_options *o, struct err *e)
{
    struct ptyterm *t = xcalloc(1, sizeof *t);
    *t = (struct ptyterm){
        .pid = -1, .master = -1, .slave = -1, .idle_fd = -1, .rows = o->rows, .cols = o->cols};
    int idle_write = -1;
    if (!open_channels(t, &idle_write, e)) {
        ptyterm_free(t);
        return NULL;
    }
    make_screen(t);
    char **env = env_with_idle_fd(o->env, idle_write);
    t->pid = fork();
    if (t->pid == 0) {
        become_program(o, env, t->slave, idle_write);
    }
    env_free(env);
    close(idle_write);
    if (t->pid < 0) {
        err_set_sys(e, ERR_IO, errno, "starting %s", o->argv[0]);
        ptyterm_free(t);
        return NULL;
    }
    return t;
}

static void close_if_open(int fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

void ptyterm_free(struct ptyterm *t)
{
    if (!t) {
        return;
    }
    if (t->pid > 0 && !t->has_exited) {
        kill(t->pid, SIGKILL);
        waitpid(t->pid, &t->status, 0);
    }
    close_if_open(t->master);
    close_if_open(t->slave);
    close_if_open(t->idle_fd);
    if (t->vt) {
        vterm_free(t->vt);
    }
    buf_done(&t->raw);
    free(t);
}

/* ---- waiting ---- */

/* How many bytes may be taken now, at most max. */
static size_t allowance(const struct ptyterm *t, size_t max)
{
    if (t->throttle == 0) {
        return max;
    }
    int64_t due = (clock_mono_ns() - t->throttled_since_ns) * t->throttle / 1000000000;
    int64_t left = due - t->throttled_bytes;
    return left <= 0 ? 0 : left < (int64_t)max ? (size_t)left : max;
}

static bool take_output(struct ptyterm *t)
{
    char bytes[16384];
    bool any = false;
    for (;;) {
        size_t max = allowance(t, sizeof bytes);
        ssize_t n = max > 0 ? read(t->master, bytes, max) : 0;
        if (n <= 0) {
            return any;
        }
        any = true;
        t->throttled_bytes += n;
        buf_append(&t->raw, bytes, (size_t)n);
        modes_scan(&t->modes, bytes, (size_t)n);
        vterm_input_write(t->vt, bytes, (size_t)n);
    }
}

static bool take_idle(struct ptyterm *t)
{
    char bytes[256];
    bool any = false;
    ssize_t n = read(t->idle_fd, bytes, sizeof bytes);
    for (; n > 0; n = read(t->idle_fd, bytes, sizeof bytes)) {
        any = true;
    }
    if (n == 0) { /* no process holds the other end any more */
        close(t->idle_fd);
        t->idle_fd = -1;
    }
    return any;
}

static bool take_state(struct ptyterm *t)
{
    int status = 0;
    if (t->has_exited || waitpid(t->pid, &status, WNOHANG | WUNTRACED | WCONTINUED) != t->pid) {
        return false;
    }
    t->is_stopped = WIFSTOPPED(status);
    if (WIFEXITED(status) || WIFSIGNALED(status)) {
        t->has_exited = true;
        t->status = status;
        poll(&(struct pollfd){.fd = t->master, .events = POLLIN}, 1, 0);
        take_output(t);
    }
    return true;
}

bool ptyterm_pump(struct ptyterm *t, int64_t max_ms)
{
    int64_t due = clock_mono_ms() + max_ms;
    for (;;) {
        int64_t left = due - clock_mono_ms();
        int wait = left <= 0 ? 0 : left < SLICE_MS ? (int)left : SLICE_MS;
        /* A slow terminal looks every SLICE_MS: what it may not take yet would end each poll. */
        struct pollfd fds[] = {{.fd = t->throttle > 0 ? -1 : t->master, .events = POLLIN},
                               {.fd = t->idle_fd, .events = POLLIN}};
        poll(fds, 2, t->has_exited ? 0 : wait);
        bool any = take_output(t);
        if (t->idle_fd >= 0 && (fds[1].revents & (POLLIN | POLLHUP)) && take_idle(t)) {
            t->is_idle = true;
            any = true;
            /* What was drawn before the byte was written may have come since the read above. */
            poll(fds, 1, 0);
            take_output(t);
        }
        any = take_state(t) || any;
        if (any || t->has_exited || left <= 0) {
            return any;
        }
    }
}

/* Input the program has not read. Poll first: it moves bytes that are still on their way through
 * the kernel's pty buffer to where they are counted. */
static int unread_input(const struct ptyterm *t)
{
    int n = 0;
    poll(&(struct pollfd){.fd = t->slave, .events = POLLIN}, 1, 0);
    return ioctl(t->slave, FIONREAD, &n) == 0 ? n : 0;
}

bool ptyterm_wait_idle(struct ptyterm *t, int64_t max_ms)
{
    int64_t due = clock_mono_ms() + max_ms;
    for (;;) {
        if (t->is_idle) {
            if (unread_input(t) == 0) {
                return true;
            }
            t->is_idle = false; /* of the state before the last input; another byte will come */
        }
        int64_t left = due - clock_mono_ms();
        if (left <= 0 || t->has_exited) {
            return false;
        }
        ptyterm_pump(t, left);
    }
}

bool ptyterm_wait_exit(struct ptyterm *t, int64_t max_ms)
{
    int64_t due = clock_mono_ms() + max_ms;
    while (!t->has_exited && clock_mono_ms() < due) {
        ptyterm_pump(t, due - clock_mono_ms());
    }
    return t->has_exited;
}

bool ptyterm_wait_stopped(struct ptyterm *t, int64_t max_ms)
{
    int64_t due = clock_mono_ms() + max_ms;
    while (!t->is_stopped && !t->has_exited && clock_mono_ms() < due) {
        ptyterm_pump(t, due - clock_mono_ms());
    }
    return t->is_stopped;
}

bool ptyterm_wait_text(struct ptyterm *t, const char *text, int64_t max_ms)
{
    int64_t due = clock_mono_ms() + max_ms;
    for (;;) {
        int row = 0;
        int col = 0;
        if (ptyterm_find(t, text, 0, &row, &col)) {
            return true;
        }
        int64_t left = due - clock_mono_ms();
        if (left <= 0 || (t->has_exited && !ptyterm_pump(t, 0))) {
            return false;
        }
        ptyterm_pump(t, left);
    }
}

/* ---- to the program ---- */

static void write_all(struct ptyterm *t, const char *bytes, size_t n)
{
    int64_t due = clock_mono_ms() + 10000; /* a program that never reads must not hang the test */
    while (n > 0 && clock_mono_ms() < due) {
        ssize_t put = write(t->master, bytes, n);
        if (put > 0) {
            bytes += put;
            n -= (size_t)put;
        } else if (errno == EAGAIN) {
            struct pollfd out = {.fd = t->master, .events = POLLOUT};
            poll(&out, 1, SLICE_MS);
        } else if (errno != EINTR) {
            return;
        }
    }
}

static void forget_idle(struct ptyterm *t)
{
    ptyterm_pump(t, 0);
    t->is_idle = false;
}

void ptyterm_send(struct ptyterm *t, const char *bytes, size_t n)
{
    forget_idle(t);
    while (n > 0) {
        /* The tty's input queue holds 4,096 bytes; a program that draws must be read meanwhile. */
        size_t part = n < 1024 ? n : 1024;
        write_all(t, bytes, part);
        bytes += part;
        n -= part;
        if (n > 0) {
            ptyterm_pump(t, 0);
        }
    }
    unread_input(t);
}

static bool wants_mouse(const struct ptyterm *t)
{
    for (int i = 0; i < t->modes.n_seen; i++) {
        if (t->modes.seen[i].number == 1000) {
            return t->modes.seen[i].is_on;
        }
    }
    return false;
}

void ptyterm_mouse(struct ptyterm *t, enum ptyterm_mouse what, int row, int col)
{
    if (!wants_mouse(t)) { /* libvterm would report it all the same */
        return;
    }
    forget_idle(t);
    vterm_mouse_move(t->vt, row, col, VTERM_MOD_NONE);
    vterm_mouse_button(t->vt, what, true, VTERM_MOD_NONE);
    vterm_mouse_button(t->vt, what, false, VTERM_MOD_NONE);
    unread_input(t);
}

void ptyterm_paste(struct ptyterm *t, const char *text)
{
    forget_idle(t);
    vterm_keyboard_start_paste(t->vt);
    ptyterm_send(t, text, strlen(text));
    vterm_keyboard_end_paste(t->vt);
    unread_input(t);
}

void ptyterm_resize(struct ptyterm *t, int rows, int cols)
{
    forget_idle(t);
    t->rows = rows;
    t->cols = cols;
    vterm_set_size(t->vt, rows, cols);
    struct winsize size = {.ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
    ioctl(t->master, TIOCSWINSZ, &size);
}

void ptyterm_signal(struct ptyterm *t, int sig)
{
    forget_idle(t);
    if (!t->has_exited) {
        kill(t->pid, sig);
    }
}

void ptyterm_throttle(struct ptyterm *t, int bytes_per_s)
{
    t->throttle = bytes_per_s;
    t->throttled_since_ns = clock_mono_ns();
    t->throttled_bytes = 0;
}

/* ---- what can be seen ---- */

pid_t ptyterm_pid(const struct ptyterm *t)
{
    return t->pid;
}

bool ptyterm_has_exited(const struct ptyterm *t)
{
    return t->has_exited;
}

bool ptyterm_is_stopped(const struct ptyterm *t)
{
    return t->is_stopped;
}

int ptyterm_status(const struct ptyterm *t)
{
    return t->status;
}

int ptyterm_rows(const struct ptyterm *t)
{
    return t->rows;
}

int ptyterm_cols(const struct ptyterm *t)
{
    return t->cols;
}

struct str ptyterm_output(const struct ptyterm *t)
{
    return (struct str){.p = buf_str(&t->raw), .n = t->raw.n};
}

static bool same_settings(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

bool ptyterm_is_restored(const struct ptyterm *t, struct buf *out)
{
    size_t start = out->n;
    struct termios now;
    if (tcgetattr(t->slave, &now) != 0 || !same_settings(&t->before, &now)) {
        buf_puts(out, "the tty settings differ from those before the start\n");
    }
    if (t->is_altscreen) {
        buf_puts(out, "the alternate screen is still on\n");
    }
    if (!t->is_cursor_visible) {
        buf_puts(out, "the cursor is still hidden\n");
    }
    for (int i = 0; i < t->modes.n_seen; i++) {
        int number = t->modes.seen[i].number;
        /* 7 is wrapping, on by default; a terminal's blinking (12) is nobody's business. */
        if (t->modes.seen[i].is_on && number != MODES_CURSOR && number != 7 && number != 12) {
            buf_printf(out, "private mode %d is still on\n", number);
        }
    }
    return out->n == start;
}
