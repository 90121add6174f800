/* SPDX-License-Identifier: Apache-2.0 */
/* outside.c - what leaves the program: links opened elsewhere, the terminal lent to another program. */
#define _GNU_SOURCE /* environ */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
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
    if (spawn_opener(url)) {
        app_say(app, APP_INFO, "opened %s", url);
        return;
    }
    clipboard_put(app, url);
    app_say(app, APP_INFO, "no display here; copied %s", url);
}

/* ---- another program in this terminal ---- */

struct visit {
    const char *const *argv;
    int status; /* as app_hand_over returns it */
    int sys;    /* errno when it could not be started */
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

static void run_program(void *arg)
{
    struct visit *v = arg;
    pid_t pid = -1;
    /* Ctrl-C and Ctrl-\ are for the program; Ctrl-Z stops both, and the shell has the terminal. */
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    struct sigaction plain = {.sa_handler = SIG_DFL};
    struct sigaction old[3];
    sigaction(SIGINT, &ignore, &old[0]);
    sigaction(SIGQUIT, &ignore, &old[1]);
    sigaction(SIGTSTP, &plain, &old[2]);
    v->sys = start_program(v->argv, &pid);
    int status = 0;
    while (v->sys == 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    sigaction(SIGINT, &old[0], NULL);
    sigaction(SIGQUIT, &old[1], NULL);
    sigaction(SIGTSTP, &old[2], NULL);
    v->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int app_hand_over(struct app *app, const char *const *argv, struct err *e)
{
    struct visit v = {.argv = argv};
    term_outside(&app->term, run_program, &v);
    app->needs_repaint = true;
    app->needs_layout = true;
    pace_cause(&app->pace, PACE_KEY);
    if (v.sys != 0) {
        err_set_sys(e, v.sys == ENOENT ? ERR_NOT_FOUND : ERR_IO, v.sys, "%s could not be started", argv[0]);
        err_remedy(e, "is it installed, and on the PATH?");
        return -1;
    }
    return v.status;
}
