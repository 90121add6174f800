/* SPDX-License-Identifier: Apache-2.0 */
/* outside.c - what leaves the program: links opened elsewhere, the terminal lent to another program. */
#define _GNU_SOURCE /* environ, ppoll */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "tui/frame/app_priv.h"

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
        app_say(app, APP_WARN, "not a web address: %s", url);
        return;
    }
    const char *reason = app_copy_reason(url);
    if (reason) {
        app_say(app, APP_WARN, "not opened: %s", reason);
    } else if (spawn_opener(url)) {
        app_say(app, APP_INFO, "opened %s", url);
    } else {
        app_copy(app, url, "the address (there is no display to open it)");
    }
}

/* ---- another program in this terminal ---- */

enum { END_MS = 2000 }; /* what the program gets when a signal ends us */

struct visit {
    const char *const *argv;
    int status;   /* as app_hand_over returns it */
    int sys;      /* errno when it could not be started */
    int ended_by; /* the signal that is to end us, 0: none */
};

static int start_program(const char *const *argv, pid_t *pid)
{
    posix_spawnattr_t attributes;
    sigset_t all;
    sigset_t none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    const int sys = posix_spawnp(pid, argv[0], NULL, &attributes, (char *const *)(uintptr_t)argv, environ);
    posix_spawnattr_destroy(&attributes);
    return sys;
}

static void note_child(int sig)
{
    (void)sig; /* it ends the wait */
}

/* The program has stopped: so does the whole job, and the shell has the terminal. Where there is no shell that
 * could continue us, nothing stops, and the program goes on at once. */
static void stop_along(pid_t pid, const sigset_t *open)
{
    struct sigaction plain = {.sa_handler = SIG_DFL};
    struct sigaction old;
    sigset_t closed;
    sigaction(SIGTSTP, &plain, &old);
    kill(0, SIGTSTP);
    pthread_sigmask(SIG_SETMASK, open, &closed); /* here it stops */
    pthread_sigmask(SIG_SETMASK, &closed, NULL);
    sigaction(SIGTSTP, &old, NULL);
    kill(pid, SIGCONT);
}

/* Until the program ends, with every signal blocked except in the wait. One that is to end us is passed on; the
 * program then has END_MS. Signals reach this thread: all others block them. */
static void attend(struct visit *v, pid_t pid, const sigset_t *open)
{
    int64_t until_ms = 0;
    for (;;) {
        int status = 0;
        const pid_t got = waitpid(pid, &status, WNOHANG | WUNTRACED);
        if (got < 0 || (got > 0 && !WIFSTOPPED(status))) {
            v->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
            return;
        }
        const int sig = term_take_signal();
        if (sig && sig != SIGTSTP) {
            v->status = 128 + sig;
            until_ms = v->ended_by ? until_ms : clock_mono_ms() + END_MS;
            v->ended_by = sig;
            kill(pid, sig);
        }
        if (got > 0 && !v->ended_by) {
            stop_along(pid, open);
            continue;
        }
        if (got > 0) {
            kill(pid, SIGCONT); /* so that it can end */
        }
        const int64_t left_ms = v->ended_by ? until_ms - clock_mono_ms() : 1;
        if (left_ms <= 0) {
            return;
        }
        const struct timespec left = {.tv_sec = left_ms / 1000, .tv_nsec = left_ms % 1000 * 1000000};
        ppoll(NULL, 0, v->ended_by ? &left : NULL, open);
    }
}

static void run_program(void *arg)
{
    struct visit *v = arg;
    /* Ctrl-C, Ctrl-\ and Ctrl-Z are for the program; when it has stopped, and left the terminal as a shell wants
     * it, hfterm stops too. */
    static const int SIGNALS[] = {SIGINT, SIGQUIT, SIGTSTP, SIGCHLD};
    void (*const handlers[])(int) = {SIG_IGN, SIG_IGN, SIG_IGN, note_child};
    enum { N = sizeof SIGNALS / sizeof *SIGNALS };
    struct sigaction old[N];
    sigset_t all;
    sigset_t open;
    pid_t pid = -1;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &open);
    for (int i = 0; i < N; i++) {
        struct sigaction now = {.sa_handler = handlers[i]};
        sigaction(SIGNALS[i], &now, &old[i]);
    }
    v->sys = start_program(v->argv, &pid);
    if (v->sys == 0) {
        attend(v, pid, &open);
    }
    for (int i = 0; i < N; i++) {
        sigaction(SIGNALS[i], &old[i], NULL);
    }
    pthread_sigmask(SIG_SETMASK, &open, NULL);
}

int app_hand_over(struct app *app, const char *const *argv, struct err *e)
{
    struct visit v = {.argv = argv};
    term_outside(&app->term, run_program, &v);
    app->needs_repaint = true;
    app->needs_layout = true;
    pace_cause(&app->pace, PACE_KEY);
    if (v.ended_by) {
        log_line("ui", "signal %d while %s had the terminal", v.ended_by, argv[0]);
        app->wants_quit = true;
        app->exit_status = 128 + v.ended_by;
    }
    if (v.sys != 0) {
        err_set_sys(e, v.sys == ENOENT ? ERR_NOT_FOUND : ERR_IO, v.sys, "%s could not be started", argv[0]);
        err_remedy(e, "is it installed, and on the PATH?");
        return -1;
    }
    return v.status;
}
