/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/term/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "tui/term/term.h"

enum { STDERR_TAIL = 4096 };

/* Everything that could be on, turned off: string terminator (an unfinished sequence), synchronised
 * update, bracketed paste, mouse modes, attributes, keypad, cursor, alternate screen. */
static const char RESTORE[] = "\033\\\033[?2026l\033[?2004l\033[?1006l\033[?1002l\033[?1000l"
                              "\033[0m\033[?1l\033>\033[?1049l\033[?25h\r\n";

/* State the signal handlers need; there is one terminal, so there is one of these. */
static struct {
    volatile sig_atomic_t is_active;
    volatile sig_atomic_t pending_signal;
    struct termios saved;
    bool has_saved;
    int tty_fd;
    int saved_stderr; /* -1: not redirected */
    void (*wake)(void *arg);
    void *wake_arg;
    struct sigaction old[NSIG];
} guard = {.tty_fd = -1, .saved_stderr = -1};

/* At once: what the thread did cannot go on, or the system wants it ended. */
static const int FATAL[] = {SIGSEGV, SIGBUS,  SIGABRT, SIGILL, SIGFPE,
                            SIGQUIT, SIGTRAP, SIGSYS,  SIGXCPU};
/* Taken by the loop, which ends the program in order (SIGTSTP: stops it). The real-time signals end a
 * program too and are added to these. */
static const int POLITE[] = {SIGTERM, SIGHUP,    SIGINT,  SIGTSTP, SIGUSR1, SIGUSR2,
                             SIGALRM, SIGVTALRM, SIGPROF, SIGIO,   SIGPWR,  SIGSTKFLT};

/* ---- crash-safe restore ---- */

static void restore_now(void)
{
    if (guard.is_active) {
        guard.is_active = 0;
        if (write(guard.tty_fd, RESTORE, sizeof RESTORE - 1) < 0) {
            return; /* nothing left to try */
        }
        if (guard.has_saved) {
            tcsetattr(guard.tty_fd, TCSANOW, &guard.saved);
        }
    }
    if (guard.saved_stderr >= 0) {
        dup2(guard.saved_stderr, STDERR_FILENO);
    }
}

static void on_fatal(int sig)
{
    restore_now();
    /* The handler that was there before (a sanitizer's, or none) gets its turn. */
    sigaction(sig, &guard.old[sig], NULL);
    raise(sig);
}

static void on_polite(int sig)
{
    guard.pending_signal = sig;
    if (guard.wake) {
        guard.wake(guard.wake_arg);
    }
}

/* ncurses notes the new size; but a signal that comes just before poll would not end the wait. */
static void on_resize(int sig)
{
    if (guard.old[SIGWINCH].sa_handler != SIG_DFL && guard.old[SIGWINCH].sa_handler != SIG_IGN) {
        guard.old[SIGWINCH].sa_handler(sig);
    }
    if (guard.wake) {
        guard.wake(guard.wake_arg);
    }
}

static void install_handlers(void)
{
    static char alt_stack[64 * 1024];
    stack_t ss = {.ss_sp = alt_stack, .ss_size = sizeof alt_stack};
    sigaltstack(&ss, NULL);
    struct sigaction fatal = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK | SA_NODEFER};
    for (size_t i = 0; i < sizeof FATAL / sizeof *FATAL; i++) {
        sigaction(FATAL[i], &fatal, &guard.old[FATAL[i]]);
    }
    struct sigaction polite = {.sa_handler = on_polite};
    for (size_t i = 0; i < sizeof POLITE / sizeof *POLITE; i++) {
        sigaction(POLITE[i], &polite, NULL);
    }
    for (int sig = SIGRTMIN; sig <= SIGRTMAX; sig++) {
        sigaction(sig, &polite, &guard.old[sig]);
    }
    /* A reader that went, and a file that grew to its limit, are errors of the write that met them. */
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    struct sigaction resize = {.sa_handler = on_resize};
    sigaction(SIGWINCH, &resize, &guard.old[SIGWINCH]);
}

int term_take_signal(void)
{
    int sig = guard.pending_signal;
    guard.pending_signal = 0;
    return sig;
}

void term_on_signal(void (*wake)(void *arg), void *arg)
{
    guard.wake_arg = arg;
    guard.wake = wake;
}

/* ---- stderr of libraries ---- */

static char *stderr_path(void)
{
    return paths_state("stderr.log");
}

static void stderr_redirect(void)
{
    if (!isatty(STDERR_FILENO)) {
        return;
    }
    char *dir = paths_state("");
    char *path = stderr_path();
    if (file_mkdirs(dir, 0700, NULL)) {
        int fd = file_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600, NULL);
        if (fd >= 0) {
            guard.saved_stderr = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
            dup2(fd, STDERR_FILENO);
            close(fd);
        }
    }
    free(path);
    free(dir);
}

static void stderr_back(void)
{
    if (guard.saved_stderr < 0) {
        return;
    }
    dup2(guard.saved_stderr, STDERR_FILENO);
    close(guard.saved_stderr);
    guard.saved_stderr = -1;
    char *path = stderr_path();
    struct buf text = BUF_INIT;
    if (file_read(path, &text, 1 << 20, NULL) && text.n > 0) {
        size_t skip = text.n > STDERR_TAIL ? text.n - STDERR_TAIL : 0;
        struct buf clean = BUF_INIT;
        text_sanitize(&clean, text.p + skip, text.n - skip, TEXT_KEEP_NEWLINES);
        fputs(buf_str(&clean), stderr);
        buf_done(&clean);
    }
    buf_done(&text);
    free(path);
}

/* ---- begin and end ---- */

void guard_note(int tty_fd)
{
    guard.tty_fd = tty_fd;
    guard.has_saved = tcgetattr(STDIN_FILENO, &guard.saved) == 0;
    /* What ncurses puts there draws the screen again when a stopped program goes on, even after its end. */
    for (size_t i = 0; i < sizeof POLITE / sizeof *POLITE; i++) {
        sigaction(POLITE[i], NULL, &guard.old[POLITE[i]]);
    }
}

void guard_begin(void)
{
    guard.is_active = 1;
    stderr_redirect();
    install_handlers();
    atexit(restore_now);
}

void guard_end(void)
{
    if (guard.is_active) {
        guard.is_active = 0;
        if (guard.has_saved) {
            tcsetattr(STDIN_FILENO, TCSADRAIN, &guard.saved);
        }
    }
    guard.wake = NULL;
    stderr_back();
    for (size_t i = 0; i < sizeof POLITE / sizeof *POLITE; i++) {
        sigaction(POLITE[i], &guard.old[POLITE[i]], NULL);
    }
}

bool guard_lend_stderr(void)
{
    const bool is_ours = guard.saved_stderr >= 0;
    stderr_back();
    return is_ours;
}

void guard_take_stderr(void)
{
    stderr_redirect();
}

bool guard_has_signal(void)
{
    return guard.pending_signal != 0;
}
