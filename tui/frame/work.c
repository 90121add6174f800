/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - tasks by lane, timers, and results to the pane that asked. */
#include <poll.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/task/loop.h"
#include "core/task/pool.h"
#include "core/task/queue.h"
#include "tui/frame/app_priv.h"

enum {
    WORKERS = 4, /* about as many Hub calls at once as the protocol document advises */
    QUEUE_BYTES = 4 << 20,
    RESULTS_MS = 5, /* of results in one turn; keys come before more of them */
};

/* A timer of a pane. Counted, so that "idle" is not said while a debounced search is still to start. */
struct work_timer {
    struct work_timer *next;
    struct app *app;
    int id; /* of the loop */
    bool is_tick; /* counts for nothing */
    void (*fn)(void *arg);
    void *arg;
};

/* ---- tasks ---- */

struct task *app_start(struct app *app, struct pane *p, struct job *job)
{
    job->owner = p->id;
    app->has_told_idle = false;
    return pool_start(app->pool, job);
}

void app_task_done(struct app *app, struct task **t)
{
    (void)app;
    if (*t) {
        task_cancel(*t);
        task_unref(*t);
        *t = NULL;
    }
}

bool work_is_busy(const struct app *app)
{
    return pool_busy(app->pool) > 0;
}

bool work_is_idle(struct app *app)
{
    struct pollfd results = {.fd = queue_fd(app->results), .events = POLLIN};
    for (const struct work_timer *t = app->timers; t; t = t->next) {
        if (!t->is_tick) {
            return false;
        }
    }
    return !work_is_busy(app) && poll(&results, 1, 0) == 0;
}

/* ---- timers ---- */

static void remove_timer(struct app *app, struct work_timer *t)
{
    struct work_timer **at = &app->timers;
    while (*at != t) {
        at = &(*at)->next;
    }
    *at = t->next;
}

static void timer_fired(void *arg)
{
    struct work_timer t = *(struct work_timer *)arg;
    remove_timer(t.app, arg);
    free(arg);
    t.app->has_told_idle = t.app->has_told_idle && t.is_tick;
    t.fn(t.arg);
}

static int add_timer(struct app *app, int64_t ms, bool is_tick, void (*fn)(void *arg), void *arg)
{
    struct work_timer *t = xcalloc(1, sizeof *t);
    *t = (struct work_timer){.next = app->timers, .app = app, .is_tick = is_tick, .fn = fn, .arg = arg};
    app->timers = t;
    t->id = loop_add_timer(app->loop, clock_mono_ms() + (ms > 0 ? ms : 0), timer_fired, t);
    return t->id;
}

int app_timer(struct app *app, int64_t ms, void (*fn)(void *arg), void *arg)
{
    return add_timer(app, ms, false, fn, arg);
}

int app_tick(struct app *app, int64_t ms, void (*fn)(void *arg), void *arg)
{
    return add_timer(app, ms, true, fn, arg);
}

void app_cancel_timer(struct app *app, int *id)
{
    for (struct work_timer *t = app->timers; *id && t; t = t->next) {
        if (t->id == *id) {
            loop_cancel_timer(app->loop, *id);
            remove_timer(app, t);
            free(t);
            break;
        }
    }
    *id = 0;
}

/* ---- results ---- */


static void drain_results(void *arg)
{
    struct app *app = arg;
    struct msg *m = NULL;
    int64_t deadline = clock_mono_ms() + RESULTS_MS;
    while ((m = queue_take(app->results))) {
        struct task_result *r = (struct task_result *)m;
        struct pane *p = stage_pane_of(app, r->owner);
        if (p && p->ops->result) {
            stage_react(app, p, p->ops->result(p, r));
        }
        msg_free(m);
        pace_cause(&app->pace, PACE_RESULT);
        app->has_told_idle = false;
        if (clock_mono_ms() >= deadline) {
            break; /* keys first; the rest is still readable at the next turn */
        }
    }
}

/* ---- start and end ---- */

void work_open(struct app *app)
{
    app->loop = loop_new();
    app->results = queue_new(QUEUE_BYTES);
    app->pool = pool_new(WORKERS, app->results);
    loop_add_fd(app->loop, queue_fd(app->results), drain_results, app);
}

void work_close(struct app *app)
{
    pool_free(app->pool);
    queue_free(app->results);
    while (app->timers) {
        int id = app->timers->id;
        app_cancel_timer(app, &id);
    }
    loop_free(app->loop);
}
