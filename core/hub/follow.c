/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub/follow.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/hub/follow_internal.h"
#include "core/net/http_group.h"
#include "core/task/task.h"

struct hub_followers {
    struct hub *hub; /* borrowed */
    struct hub_follow_options options;
    struct http_group *group;
    atomic_uint refs;

    pthread_mutex_t lock;          /* of what follows */
    struct follow_source *added;   /* newest first */
    uint64_t *removed;             /* ids; each was added before */
    size_t n_removed, cap_removed;
    uint64_t last_id;

    struct follow_source *sources; /* the run's own */
};

struct hub_followers *hub_followers_new(struct hub *hub, const struct hub_follow_options *options)
{
    struct hub_followers *f = xcalloc(1, sizeof *f);
    f->hub = hub;
    f->options = options ? *options : (struct hub_follow_options){0};
    f->group = http_group_new();
    atomic_init(&f->refs, 1);
    pthread_mutex_init(&f->lock, NULL);
    return f;
}

struct hub_followers *hub_followers_ref(struct hub_followers *f)
{
    atomic_fetch_add(&f->refs, 1);
    return f;
}

static void free_sources(struct follow_source *s)
{
    while (s) {
        struct follow_source *next = s->next;
        follow_source_free(s);
        s = next;
    }
}

void hub_followers_unref(void *followers)
{
    struct hub_followers *f = followers;
    if (!f || atomic_fetch_sub(&f->refs, 1) != 1) {
        return;
    }
    free_sources(f->added);
    free_sources(f->sources);
    free(f->removed);
    http_group_free(f->group);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

uint64_t hub_followers_add(struct hub_followers *f, const struct hub_follow_source *source)
{
    pthread_mutex_lock(&f->lock);
    const uint64_t id = ++f->last_id;
    struct follow_source *s = follow_source_new(f->hub, &f->options, source, id);
    s->next = f->added;
    f->added = s;
    pthread_mutex_unlock(&f->lock);
    http_group_wake(f->group);
    return id;
}

void hub_followers_remove(struct hub_followers *f, uint64_t id)
{
    pthread_mutex_lock(&f->lock);
    if (f->n_removed == f->cap_removed) {
        f->cap_removed = f->cap_removed ? f->cap_removed * 2 : 16;
        f->removed = xrealloc(f->removed, f->cap_removed * sizeof *f->removed);
    }
    f->removed[f->n_removed++] = id;
    pthread_mutex_unlock(&f->lock);
    http_group_wake(f->group);
}

/* Take source `id` out of the list; NULL when it is not there. */
static struct follow_source *take_out(struct follow_source **list, uint64_t id)
{
    for (struct follow_source **at = list; *at; at = &(*at)->next) {
        if ((*at)->id == id) {
            struct follow_source *s = *at;
            *at = s->next;
            return s;
        }
    }
    return NULL;
}

/* What was added and removed since the last look. Closing waits for the net thread, so outside the
 * lock. */
static void take_changes(struct hub_followers *f)
{
    struct follow_source *gone = NULL;
    pthread_mutex_lock(&f->lock);
    while (f->added) {
        struct follow_source *s = f->added;
        f->added = s->next;
        s->next = f->sources;
        f->sources = s;
    }
    for (size_t i = 0; i < f->n_removed; i++) {
        struct follow_source *s = take_out(&f->sources, f->removed[i]);
        if (s) {
            s->next = gone;
            gone = s;
        }
    }
    f->n_removed = 0;
    pthread_mutex_unlock(&f->lock);
    free_sources(gone);
}

static void wait_for_more(struct hub_followers *f, struct task *t, const struct follow_out *out)
{
    const int64_t now_ms = clock_mono_ms();
    const int64_t rest_ms = out->emitted_ms + FOLLOW_BATCH_MS - now_ms;
    if (rest_ms > 0) { /* batches come no faster than that unless they are full */
        http_group_wait(f->group, HTTP_GROUP_URGENT, rest_ms, t);
        return;
    }
    int64_t due_ms = INT64_MAX;
    for (const struct follow_source *s = f->sources; s; s = s->next) {
        const int64_t its_ms = follow_source_due_ms(s);
        due_ms = its_ms < due_ms ? its_ms : due_ms;
    }
    const int64_t wait_ms = due_ms == INT64_MAX ? -1 : due_ms > now_ms ? due_ms - now_ms : 0;
    http_group_wait(f->group, HTTP_GROUP_ANY, wait_ms, t);
}

void hub_followers_run(struct hub_followers *f, struct task *t, hub_follow_emit *emit, void *ctx)
{
    struct follow_out *out = xcalloc(1, sizeof *out);
    out->emit = emit;
    out->ctx = ctx;
    while (!task_is_cancelled(t)) {
        take_changes(f);
        bool has_more = false;
        for (struct follow_source *s = f->sources; s && !task_is_cancelled(t); s = s->next) {
            has_more = follow_source_step(s, f->group, out) || has_more;
        }
        if (clock_mono_ms() - out->emitted_ms >= FOLLOW_BATCH_MS) {
            follow_out_flush(out);
        }
        if (!has_more) {
            wait_for_more(f, t, out);
        }
    }
    for (struct follow_source *s = f->sources; s; s = s->next) {
        follow_source_pause(s);
    }
    follow_out_flush(out);
    free(out);
}
