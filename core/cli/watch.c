/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/watch.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/task/pool.h"
#include "core/task/task.h"

enum { LOOK_MS = 500, FIRST_MS = 5000 };

struct cli_watch {
    struct http *http;
    struct task *task; /* to end the sleep */
    pthread_t thread;
};

void cli_watch_say(struct cli_watch_said *said, const struct http_wait *wait, struct buf *out)
{
    if (!wait || wait->waited_ms < said->waited_ms || wait->attempt < said->attempt) {
        *said = (struct cli_watch_said){0}; /* another question */
    }
    if (!wait) {
        return;
    }
    const int64_t next_ms = said->waited_ms < FIRST_MS ? FIRST_MS : 2 * said->waited_ms;
    if (wait->attempt > 1 && wait->attempt > said->attempt) {
        buf_printf(out, "%s: %s; trying again (%d of %d)", wait->host, wait->why, wait->attempt, wait->tries);
        said->attempt = wait->attempt;
    } else if (wait->waited_ms >= next_ms) {
        buf_printf(out, "waiting for %s (%lld s)", wait->host, (long long)(wait->waited_ms / 1000));
        said->waited_ms = next_ms;
    }
}

static void *watch_main(void *arg)
{
    struct cli_watch *w = arg;
    struct cli_watch_said said = {0};
    while (task_sleep(w->task, LOOK_MS)) {
        struct http_wait wait;
        struct buf line = BUF_INIT;
        cli_watch_say(&said, http_waiting(w->http, &wait) ? &wait : NULL, &line);
        if (line.n > 0) {
            fprintf(stderr, "hfterm: %s\n", buf_str(&line));
        }
        buf_done(&line);
    }
    return NULL;
}

struct cli_watch *cli_watch_start(struct http *http)
{
    if (!isatty(STDERR_FILENO)) {
        return NULL;
    }
    struct cli_watch *w = xcalloc(1, sizeof *w);
    w->http = http;
    w->task = task_new(&(struct job){.name = "watching"}, NULL);
    if (pool_spawn(&w->thread, "watch", watch_main, w) != 0) { /* then nothing is said */
        task_unref(w->task);
        free(w);
        return NULL;
    }
    return w;
}

void cli_watch_stop(struct cli_watch *w)
{
    if (w) {
        task_cancel(w->task);
        pthread_join(w->thread, NULL);
        task_unref(w->task);
        free(w);
    }
}
