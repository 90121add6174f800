/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/served.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tests/bench/measure.h"

enum { START_MS = 5000 };

static void become_server(const char *hfterm, const char *dir, int out)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int null = open("/dev/null", O_RDWR);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(null, STDERR_FILENO);
    execlp(hfterm, hfterm, "serve", "--quiet", dir, (char *)NULL);
    _exit(127);
}

/* The first address in what the server prints. */
static char *read_url(int out)
{
    struct buf said = BUF_INIT;
    char *url = NULL;
    for (double due = now_ms() + START_MS; !url && now_ms() < due;) {
        char bytes[512];
        poll(&(struct pollfd){.fd = out, .events = POLLIN}, 1, START_MS);
        ssize_t n = read(out, bytes, sizeof bytes);
        if (n <= 0) {
            break;
        }
        buf_append(&said, bytes, (size_t)n);
        const char *start = strstr(buf_str(&said), "http://127.0.0.1:");
        size_t length = start ? strcspn(start, " \n") : 0;
        url = start && start[length] ? xstrndup(start, length) : NULL;
    }
    buf_done(&said);
    return url;
}

bool served_start(struct served *s, const char *hfterm, const char *dir)
{
    *s = (struct served){.pid = -1, .out = -1};
    int ends[2];
    if (pipe(ends) != 0) {
        return false;
    }
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    s->pid = fork();
    if (s->pid == 0) {
        become_server(hfterm, dir, ends[1]);
    }
    close(ends[1]);
    s->out = ends[0];
    s->url = s->pid > 0 ? read_url(s->out) : NULL;
    return s->url != NULL;
}

void served_end(struct served *s)
{
    if (s->pid > 0) {
        kill(s->pid, SIGTERM);
        waitpid(s->pid, NULL, 0);
    }
    if (s->out >= 0) {
        close(s->out);
    }
    free(s->url);
    *s = (struct served){.pid = -1, .out = -1};
}

/* ---- the folder ---- */

static bool make_repo(const char *dir, int i)
{
    char *folder = xasprintf("%s/models/o/model-%03d", dir, i);
    char *path = xasprintf("%s/README.md", folder);
    struct buf card = BUF_INIT;
    buf_printf(&card, "---\nlicense: mit\npipeline_tag: task-%03d\n---\n# Card of model-%03d\n", i,
               i);
    for (int k = 0; k < 40; k++) {
        buf_printf(&card, "\nLine %d of a card: *some* words, a `name`, and [a link](#there).\n",
                   k);
    }
    bool is_made =
        file_mkdirs(folder, 0700, NULL) && file_write_atomic(path, card.p, card.n, 0600, NULL);
    buf_done(&card);
    free(path);
    free(folder);
    return is_made;
}

char *served_folder_new(int repos)
{
    char *dir = xstrdup("/tmp/hfterm-bench-XXXXXX");
    bool is_made = mkdtemp(dir) != NULL;
    for (int i = 0; i < repos && is_made; i++) {
        is_made = make_repo(dir, i);
    }
    if (!is_made) {
        served_folder_free(dir);
        return NULL;
    }
    return dir;
}

void served_folder_free(char *dir)
{
    if (dir) {
        file_remove_tree(dir, NULL);
    }
    free(dir);
}
