/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* pipe2, POSIX_SPAWN_SETSID, environ */
#include "core/task/child_spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/mem.h"

/* The child's ends, closed when it has them. */
struct ends {
    int in, out, err;
};

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static void close_all(struct child_proc *proc, struct ends *ends)
{
    close_fd(&proc->in);
    close_fd(&proc->out);
    close_fd(&proc->err);
    close_fd(&ends->in);
    close_fd(&ends->out);
    close_fd(&ends->err);
}

static bool open_pipe(int *ours, int *theirs, bool we_write)
{
    int fd[2];
    if (pipe2(fd, O_CLOEXEC) != 0) {
        return false;
    }
    *ours = fd[we_write];
    *theirs = fd[!we_write];
    return fcntl(*ours, F_SETFL, O_NONBLOCK) == 0;
}

static bool open_pipes(struct child_proc *proc, struct ends *ends, bool has_input)
{
    if (has_input && !open_pipe(&proc->in, &ends->in, true)) {
        return false;
    }
    return open_pipe(&proc->out, &ends->out, false) && open_pipe(&proc->err, &ends->err, false);
}

static bool is_named(const char *entry, const char *other)
{
    const size_t n = strcspn(other, "=");
    return strncmp(entry, other, n) == 0 && entry[n] == '=';
}

/* Our environment with the entries of env instead of those of the same name. Owned: free; the
 * strings are borrowed. */
static char **merge_env(char *const *env)
{
    size_t n_ours = 0;
    size_t n_more = 0;
    while (environ && environ[n_ours]) {
        n_ours++;
    }
    while (env && env[n_more]) {
        n_more++;
    }
    char **all = xcalloc(n_ours + n_more + 1, sizeof *all);
    size_t n = 0;
    for (size_t i = 0; i < n_ours; i++) {
        bool is_replaced = false;
        for (size_t k = 0; k < n_more; k++) {
            is_replaced = is_replaced || is_named(environ[i], env[k]);
        }
        if (!is_replaced) {
            all[n++] = environ[i];
        }
    }
    for (size_t k = 0; k < n_more; k++) {
        all[n++] = env[k];
    }
    return all;
}

/* In this order no end is overwritten before it is handed over, even when our own 0 to 2 are closed
 * and pipes lie there: each pipe is opened after the one before. */
static int set_files(posix_spawn_file_actions_t *files, const struct ends *ends, const char *cwd)
{
    int sys = ends->in >= 0 ? posix_spawn_file_actions_adddup2(files, ends->in, STDIN_FILENO)
                            : posix_spawn_file_actions_addopen(files, STDIN_FILENO, "/dev/null",
                                                               O_RDONLY, 0);
    sys = sys ? sys : posix_spawn_file_actions_adddup2(files, ends->out, STDOUT_FILENO);
    sys = sys ? sys : posix_spawn_file_actions_adddup2(files, ends->err, STDERR_FILENO);
    if (cwd) {
        sys = sys ? sys : posix_spawn_file_actions_addchdir_np(files, cwd);
    }
#if defined __GLIBC__ && __GLIBC_PREREQ(2, 34)
    /* Ours all close on exec; this is for those that a library opened otherwise. */
    sys = sys ? sys : posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
#endif
    return sys;
}

static int set_attributes(posix_spawnattr_t *attr)
{
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    sigdelset(&all, SIGKILL);
    sigdelset(&all, SIGSTOP);
    int sys = posix_spawnattr_setsigmask(attr, &none);
    sys = sys ? sys : posix_spawnattr_setsigdefault(attr, &all);
    const int flags = POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    return sys ? sys : posix_spawnattr_setflags(attr, (short)flags);
}

/* Returns 0 or an errno. */
static int spawn(char *const *argv, const char *cwd, char *const *env, const struct ends *ends,
                 pid_t *pid)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attr;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attr);
    int sys = set_files(&files, ends, cwd);
    sys = sys ? sys : set_attributes(&attr);
    if (sys == 0) {
        char **all = merge_env(env);
        sys = posix_spawnp(pid, argv[0], &files, &attr, argv, all);
        free(all);
    }
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&files);
    return sys;
}

static bool say_why(const char *program, const char *cwd, int sys, struct err *e)
{
    struct stat st;
    if (cwd && (stat(cwd, &st) != 0 || !S_ISDIR(st.st_mode))) {
        err_set(e, ERR_NOT_FOUND, "cannot run \"%s\" in \"%s\": there is no such folder", program, cwd);
        return err_remedy(e, "Make the folder, or choose another one.");
    }
    switch (sys) {
    case ENOENT:
        err_set(e, ERR_NOT_FOUND, "cannot run \"%s\": there is no such program", program);
        e->sys = sys;
        return err_remedy(e, strchr(program, '/') ? "Check the path, or install the program."
                                                  : "Install it, or add its folder to PATH.");
    case EACCES:
    case EPERM:
        err_set_sys(e, ERR_FORBIDDEN, sys, "cannot run \"%s\"", program);
        return err_remedy(e, "It has to be a program you may execute (chmod +x).");
    case EAGAIN:
    case EMFILE:
    case ENFILE:
    case ENOMEM:
        err_set_sys(e, ERR_LIMIT, sys, "cannot run \"%s\"", program);
        return err_remedy(e, "Close what runs beside it, or raise the limits (ulimit -n, ulimit -u), "
                             "then try again.");
    default:
        return err_set_sys(e, ERR_IO, sys, "cannot run \"%s\"", program);
    }
}

static int end_fd_of(pid_t pid)
{
#ifdef SYS_pidfd_open
    return (int)syscall(SYS_pidfd_open, pid, 0); /* closes on exec by itself */
#else
    (void)pid;
    return -1;
#endif
}

bool child_spawn(char *const *argv, const char *cwd, char *const *env, bool has_input,
                 struct child_proc *proc, struct err *e)
{
    *proc = (struct child_proc){.pid = -1, .in = -1, .out = -1, .err = -1, .end_fd = -1};
    struct ends ends = {.in = -1, .out = -1, .err = -1};
    const int sys = open_pipes(proc, &ends, has_input) ? spawn(argv, cwd, env, &ends, &proc->pid)
                                                       : errno;
    if (sys != 0) {
        close_all(proc, &ends);
        return say_why(argv[0], cwd, sys, e);
    }
    close_fd(&ends.in);
    close_fd(&ends.out);
    close_fd(&ends.err);
    proc->end_fd = end_fd_of(proc->pid);
    return true;
}
