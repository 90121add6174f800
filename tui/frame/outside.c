/* SPDX-License-Identifier: Apache-2.0 */
/* outside.c - what leaves the program: the clipboard and links opened elsewhere. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/frame/app_priv.h"

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
