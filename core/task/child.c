/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task/child.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/task/child_out.h"
#include "core/task/child_spawn.h"

enum {
    GRACE_MS = 2000, /* from SIGTERM to SIGKILL */
    LOOK_MS = 50,    /* how often to look for the end where the kernel cannot tell */
};

struct child {
    char **argv, **env; /* owned, NULL at the end */
    char *cwd, *input;
    size_t n_input, n_written;

    struct child_out out, err;
    struct child_proc proc; /* out and err moved to those above */
    int wake_fd;            /* written by a cancel, and by the reader who took the last byte */
    char *scratch;          /* CHILD_PART_MAX bytes */
    bool is_told;           /* SIGTERM was sent */
    int64_t kill_due_ms;    /* -1: nothing to wait for */
};

/* ---- the program's life ---- */

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static void write_some(struct child *c)
{
    const ssize_t n = write(c->proc.in, c->input + c->n_written, c->n_input - c->n_written);
    if (n > 0) {
        c->n_written += (size_t)n;
    }
    const bool is_refused = n < 0 && errno != EAGAIN && errno != EINTR;
    if (is_refused || c->n_written == c->n_input) {
        close_fd(&c->proc.in);
    }
}

/* It stays a zombie until `reap`, so its number cannot become another's. */
static bool has_ended(const struct child *c)
{
    siginfo_t info = {0};
    if (waitid(P_PID, (id_t)c->proc.pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
        return errno != EINTR;
    }
    return info.si_pid == c->proc.pid;
}

static void signal_group(const struct child *c, int no)
{
    (void)kill(-c->proc.pid, no);
}

static void obey_cancel(struct child *c, const struct task *t)
{
    if (!c->is_told && task_is_cancelled(t)) {
        c->is_told = true;
        signal_group(c, SIGTERM);
        signal_group(c, SIGCONT);
        c->kill_due_ms = clock_mono_ms() + GRACE_MS;
    }
    if (c->kill_due_ms >= 0 && clock_mono_ms() >= c->kill_due_ms) {
        signal_group(c, SIGKILL);
        c->kill_due_ms = -1;
    }
}

static int poll_timeout(const struct child *c)
{
    int64_t ms = c->proc.end_fd < 0 ? LOOK_MS : -1;
    if (c->kill_due_ms >= 0) {
        int64_t until = c->kill_due_ms - clock_mono_ms();
        until = until < 0 ? 0 : until;
        ms = ms < 0 || until < ms ? until : ms;
    }
    return (int)ms;
}

static void use_up(int wake_fd)
{
    eventfd_t count = 0;
    (void)eventfd_read(wake_fd, &count);
}

/* Move bytes until the program has ended. */
static void pump(struct child *c, struct task *t)
{
    for (bool is_ended = false; !is_ended;) {
        obey_cancel(c, t);
        struct pollfd fds[] = {
            {.fd = c->wake_fd, .events = POLLIN},
            {.fd = c->proc.end_fd, .events = POLLIN},
            {.fd = c->proc.in, .events = POLLOUT},
            {.fd = c->out.fd, .events = POLLIN},
            {.fd = c->err.fd, .events = POLLIN},
        };
        if (poll(fds, sizeof fds / sizeof *fds, poll_timeout(c)) < 0) {
            continue;
        }
        if (fds[0].revents) {
            use_up(c->wake_fd);
        }
        if (fds[2].revents) {
            write_some(c);
        }
        if (fds[3].revents) {
            (void)child_out_read(&c->out, t, c->scratch);
        }
        if (fds[4].revents) {
            (void)child_out_read(&c->err, t, c->scratch);
        }
        is_ended = (fds[1].revents || c->proc.end_fd < 0) && has_ended(c);
    }
    child_out_read_rest(&c->out, t, c->scratch);
    child_out_read_rest(&c->err, t, c->scratch);
}

/* False when somebody else took the status: SIGCHLD is ignored. */
static bool reap(const struct child *c, struct child_end *end)
{
    int status = 0;
    pid_t pid = 0;
    do {
        pid = waitpid(c->proc.pid, &status, 0);
    } while (pid < 0 && errno == EINTR);
    *end = (struct child_end){
        .status = WIFEXITED(status) ? WEXITSTATUS(status) : -1,
        .signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0,
    };
    return pid == c->proc.pid;
}

/* ---- the task ---- */

static void on_cancel(void *arg)
{
    struct child *c = arg;
    (void)eventfd_write(c->wake_fd, 1);
}

static void wait_for_reader(struct child *c, const struct task *t)
{
    while (!task_is_cancelled(t) && !(child_out_is_taken(&c->out, c->wake_fd) &&
                                      child_out_is_taken(&c->err, c->wake_fd))) {
        struct pollfd wake = {.fd = c->wake_fd, .events = POLLIN};
        if (poll(&wake, 1, -1) > 0) {
            use_up(c->wake_fd);
        }
    }
}

/* Nothing of the child but its memory is used after this. Returns the bytes lost. */
static uint64_t finish(struct child *c, struct task *t)
{
    task_set_wake(t, NULL, NULL);
    const uint64_t dropped = child_out_close(&c->out) + child_out_close(&c->err);
    close_fd(&c->wake_fd);
    close_fd(&c->proc.in);
    close_fd(&c->proc.end_fd);
    free(c->scratch);
    c->scratch = NULL;
    return dropped;
}

static void *run_child(struct task *t, void *arg, struct err *e)
{
    struct child *c = arg;
    c->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    if (c->wake_fd < 0) {
        err_set_sys(e, ERR_LIMIT, errno, "cannot run \"%s\"", c->argv[0]);
        err_remedy(e, "Close what runs beside it, or raise the limit of open files (ulimit -n).");
        return NULL;
    }
    if (!child_spawn(c->argv, c->cwd, c->env, c->n_input > 0, &c->proc, e)) {
        close_fd(&c->wake_fd);
        return NULL;
    }
    c->out.fd = c->proc.out;
    c->err.fd = c->proc.err;
    c->scratch = xmalloc(CHILD_PART_MAX);
    task_set_wake(t, on_cancel, c);
    pump(c, t);
    if (task_is_cancelled(t)) {
        signal_group(c, SIGKILL);
    }
    struct child_end end;
    const bool is_known = reap(c, &end);
    wait_for_reader(c, t);
    end.dropped = finish(c, t);
    if (task_is_cancelled(t)) {
        err_set(e, ERR_CANCELLED, "\"%s\" was stopped", c->argv[0]);
        return NULL;
    }
    if (!is_known) {
        err_set(e, ERR_IO, "\"%s\" has ended, but its exit status is lost", c->argv[0]);
        err_remedy(e, "Start hfterm from a shell that does not ignore SIGCHLD.");
        return NULL;
    }
    struct child_end *value = xmalloc(sizeof *value);
    *value = end;
    return value;
}

/* ---- the job ---- */

static char **copy_list(const char *const *list)
{
    size_t n = 0;
    while (list && list[n]) {
        n++;
    }
    char **copy = xcalloc(n + 1, sizeof *copy);
    for (size_t i = 0; i < n; i++) {
        copy[i] = xstrdup(list[i]);
    }
    return copy;
}

static void free_list(char **list)
{
    for (size_t i = 0; list[i]; i++) {
        free(list[i]);
    }
    free(list);
}

static void free_child(void *arg)
{
    struct child *c = arg;
    child_out_done(&c->out);
    child_out_done(&c->err);
    free_list(c->argv);
    free_list(c->env);
    free(c->cwd);
    free(c->input);
    free(c);
}

struct job child_job(const struct child_spec *spec)
{
    struct child *c = xcalloc(1, sizeof *c);
    c->argv = copy_list(spec->argv);
    c->env = copy_list(spec->env);
    c->cwd = xstrdup_opt(spec->cwd);
    if (spec->n_input > 0) {
        c->input = xmalloc(spec->n_input);
        memcpy(c->input, spec->input, spec->n_input);
        c->n_input = spec->n_input;
    }
    child_out_init(&c->out, CHILD_OUT, spec->part_kind, spec->max_unread);
    child_out_init(&c->err, CHILD_ERR, spec->part_kind, spec->max_unread);
    c->wake_fd = -1;
    c->kill_due_ms = -1;
    return (struct job){
        .name = "running a program",
        .lane = LANE_LONG,
        .run = run_child,
        .arg = c,
        .free_arg = free_child,
        .free_value = free,
    };
}
