/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http_group.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/task/task.h"

struct http_group {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool is_new, is_urgent; /* since the last wait */
};

struct http_group *http_group_new(void)
{
    struct http_group *g = xcalloc(1, sizeof *g);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&g->changed, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&g->lock, NULL);
    return g;
}

void http_group_free(struct http_group *g)
{
    if (!g) {
        return;
    }
    pthread_cond_destroy(&g->changed);
    pthread_mutex_destroy(&g->lock);
    free(g);
}

void http_group_tell(struct http_group *g, bool is_urgent)
{
    pthread_mutex_lock(&g->lock);
    const bool is_first = !g->is_new || (is_urgent && !g->is_urgent);
    g->is_new = true;
    g->is_urgent = g->is_urgent || is_urgent;
    if (is_first) {
        pthread_cond_signal(&g->changed);
    }
    pthread_mutex_unlock(&g->lock);
}

void http_group_wake(struct http_group *g)
{
    http_group_tell(g, true);
}

static void wake(void *arg)
{
    http_group_wake(arg);
}

static struct timespec deadline(int64_t ms)
{
    const int64_t at_ns = clock_mono_ns() + ms * 1000000;
    return (struct timespec){.tv_sec = (time_t)(at_ns / 1000000000),
                             .tv_nsec = (long)(at_ns % 1000000000)};
}

void http_group_wait(struct http_group *g, enum http_group_until until, int64_t max_ms,
                     struct task *t)
{
    /* A day is as good as for ever, and no time overflows. */
    static const int64_t DAY_MS = 24 * 3600 * 1000;
    const struct timespec end = deadline(max_ms < 0 || max_ms > DAY_MS ? DAY_MS : max_ms);
    task_set_wake(t, wake, g);
    pthread_mutex_lock(&g->lock);
    int sys = 0;
    while (!(until == HTTP_GROUP_URGENT ? g->is_urgent : g->is_new) && sys != ETIMEDOUT) {
        sys = pthread_cond_timedwait(&g->changed, &g->lock, &end);
    }
    g->is_new = g->is_urgent = false;
    pthread_mutex_unlock(&g->lock);
    task_set_wake(t, NULL, NULL);
}
