/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/follow.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/hub/follow.h"
#include "core/hub/hub.h"
#include "tui/frame/app_priv.h"

enum { TEST_STREAMS_MAX = 256 };

/* Who follows a source. */
struct followed {
    uint64_t source, pane;
};

struct follow {
    struct hub_followers *followers;
    struct task *task;
    struct followed *items;
    size_t n, cap;
};

/* ---- the long task ---- */

static void emit(void *ctx, struct hub_follow_batch *batch)
{
    task_emit(ctx, 0, batch, hub_follow_batch_free);
}

static void *run(struct task *t, void *arg, struct err *e)
{
    (void)e;
    hub_followers_run(arg, t, emit, t);
    return NULL;
}

/* ---- events to their pane ---- */

static void hand_over(struct app *app, const struct hub_follow_event *event)
{
    const struct follow *f = app->follow;
    for (size_t i = 0; i < f->n; i++) {
        if (f->items[i].source == event->source) {
            struct pane *p = stage_pane_of(app, f->items[i].pane);
            if (p && p->ops->event) {
                stage_react(app, p, p->ops->event(p, event));
            }
            return;
        }
    }
}

static unsigned take_batch(struct pane *p, struct task_result *r)
{
    const struct hub_follow_batch *batch = r->value;
    for (size_t i = 0; batch && i < batch->n; i++) {
        hand_over(p->app, &batch->events[i]);
    }
    return REACT_HANDLED;
}

static const struct pane_ops FOLLOW_OPS = {.result = take_batch};

/* ---- for panes ---- */

static void start(struct app *app)
{
    struct follow *f = xcalloc(1, sizeof *f);
    app->follow = f;
    f->followers = hub_followers_new(app->options.hub, NULL);
    app->follow_pane = pane_new(app, &FOLLOW_OPS, NULL);
    struct job job = {
        .name = "following",
        .lane = LANE_LONG,
        .run = run,
        .arg = hub_followers_ref(f->followers),
        .free_arg = hub_followers_unref,
        .free_value = hub_follow_batch_free,
    };
    f->task = app_start(app, app->follow_pane, &job);
}

uint64_t app_follow(struct pane *p, const struct hub_follow_source *source)
{
    struct app *app = p->app;
    if (!app->follow) {
        start(app);
    }
    struct follow *f = app->follow;
    void *items = f->items;
    if (!mem_grow(&items, &f->cap, f->n + 1, sizeof *f->items)) {
        return 0;
    }
    f->items = items;
    const uint64_t id = hub_followers_add(f->followers, source);
    f->items[f->n++] = (struct followed){id, p->id};
    return id;
}

void app_unfollow(struct app *app, uint64_t *id)
{
    struct follow *f = app->follow;
    if (!f || *id == 0) {
        return;
    }
    hub_followers_remove(f->followers, *id);
    size_t kept = 0;
    for (size_t i = 0; i < f->n; i++) {
        if (f->items[i].source != *id) {
            f->items[kept++] = f->items[i];
        }
    }
    f->n = kept;
    *id = 0;
}

void follow_close(struct app *app)
{
    struct follow *f = app->follow;
    if (f) {
        app_task_done(app, &f->task);
        hub_followers_unref(f->followers);
        pane_free(app->follow_pane);
        free(f->items);
        free(f);
    }
    app->follow = NULL;
    app->follow_pane = NULL;
}

/* ---- for tests and benchmarks: HFTERM_TEST_STREAMS=URL,N opens N streams of a URL of the endpoint, or of a path
 * below it ---- */

static unsigned drop_event(struct pane *p, const struct hub_follow_event *event)
{
    (void)p;
    (void)event;
    return REACT_HANDLED;
}

static const struct pane_ops DROP_OPS = {.event = drop_event};

void follow_test_streams(struct app *app)
{
    const char *text = getenv("HFTERM_TEST_STREAMS");
    const char *comma = text ? strrchr(text, ',') : NULL;
    const char *endpoint = hub_endpoint(app->options.hub);
    const size_t skip = text && str_starts(text, endpoint) ? strlen(endpoint) : 0;
    unsigned long long n = 0;
    if (!comma || text[skip] != '/' || !str_to_u64(comma + 1, TEST_STREAMS_MAX, &n)) {
        return;
    }
    char *path = xstrndup(text + skip, (size_t)(comma - text) - skip);
    const struct hub_follow_source source = {.kind = HUB_FOLLOW_STATE, .path = path};
    app->test_pane = pane_new(app, &DROP_OPS, NULL);
    for (unsigned long long i = 0; i < n; i++) {
        (void)app_follow(app->test_pane, &source);
    }
    free(path);
}
