/* SPDX-License-Identifier: Apache-2.0 */
/* follow_help.h - a set of followers at work, and what it was told, for the tests of core/hub/follow.
 * Included by one .c file a program, after its server's answer. */
#ifndef HFTERM_TESTS_UNIT_FOLLOW_HELP_H
#define HFTERM_TESTS_UNIT_FOLLOW_HELP_H

#include "core/base/clock.h"
#include "core/hub/follow.h"
#include "core/hub/hub.h"
#include "core/net/http.h"
#include "core/task/task.h"
#include "tests/unit/tiny_server.h"

enum { SOURCES = 200 };

struct heard {
    struct buf text; /* data of every event, each ended by "|" */
    uint64_t events, bytes, lives, waits, cut;
    bool has_ended;
    struct err last; /* of the last WAITS or ENDED */
    int64_t wait_ms;
};

struct crew {
    struct tiny *server;
    struct http *http;
    struct hub *hub;
    struct hub_followers *f;
    struct task *task;
    pthread_t thread;
    bool keeps_text;
    pthread_mutex_t lock;
    struct heard heard[SOURCES]; /* by id */
    uint64_t batches, most_bytes;
};

static inline void hear(struct crew *c, const struct hub_follow_event *e)
{
    assert_in_range(e->source, 1, SOURCES - 1);
    struct heard *h = &c->heard[e->source];
    switch (e->news) {
    case HUB_FOLLOW_EVENT:
        assert_false(h->has_ended);
        assert_int_equal(e->data[e->len], '\0');
        h->events++;
        h->bytes += e->len;
        h->cut += e->is_cut;
        if (c->keeps_text && !e->is_cut) {
            buf_append(&h->text, e->data, e->len);
            buf_putc(&h->text, '|');
        }
        break;
    case HUB_FOLLOW_LIVE:
        h->lives++;
        break;
    case HUB_FOLLOW_WAITS:
        h->waits++;
        h->wait_ms = e->wait_ms;
        h->last = *e->err;
        break;
    case HUB_FOLLOW_ENDED:
        h->has_ended = true;
        h->last = *e->err;
        break;
    default:
        fail();
    }
}

static inline void take_batch(void *ctx, struct hub_follow_batch *batch)
{
    struct crew *c = ctx;
    pthread_mutex_lock(&c->lock);
    uint64_t bytes = 0;
    for (size_t i = 0; i < batch->n; i++) {
        hear(c, &batch->events[i]);
        bytes += batch->events[i].len;
    }
    c->batches++;
    c->most_bytes = bytes > c->most_bytes && batch->n > 1 ? bytes : c->most_bytes;
    pthread_mutex_unlock(&c->lock);
    hub_follow_batch_free(batch);
}

static inline void *crew_main(void *arg)
{
    struct crew *c = arg;
    hub_followers_run(c->f, c->task, take_batch, c);
    return NULL;
}

static inline void crew_run(struct crew *c)
{
    c->task = task_new(&(struct job){.name = "following"}, NULL);
    pool_spawn(&c->thread, "follow", crew_main, c);
}

static inline struct crew *crew_start(tiny_answer *answer, int64_t idle_ms)
{
    struct crew *c = xcalloc(1, sizeof *c);
    c->server = tiny_start(answer);
    c->keeps_text = true;
    pthread_mutex_init(&c->lock, NULL);
    c->http = http_new(&(struct http_options){0}, NULL);
    char *url = xasprintf("http://127.0.0.1:%d", c->server->port);
    c->hub = hub_new(c->http, NULL, &(struct hub_options){.endpoint = url, .token = ""}, NULL);
    assert_non_null(c->hub);
    free(url);
    c->f = hub_followers_new(c->hub, &(struct hub_follow_options){.idle_ms = idle_ms, .retry_ms = 1});
    crew_run(c);
    return c;
}

/* Cancel the run; how long it took to end. */
static inline int64_t crew_cancel(struct crew *c)
{
    const int64_t start_ms = clock_mono_ms();
    task_cancel(c->task);
    pthread_join(c->thread, NULL);
    task_unref(c->task);
    c->task = NULL;
    return clock_mono_ms() - start_ms;
}

static inline void crew_stop(struct crew *c)
{
    if (c->task) {
        crew_cancel(c);
    }
    hub_followers_unref(c->f);
    hub_free(c->hub);
    http_free(c->http);
    tiny_stop(c->server);
    for (size_t i = 0; i < SOURCES; i++) {
        buf_done(&c->heard[i].text);
    }
    pthread_mutex_destroy(&c->lock);
    free(c);
}

static inline uint64_t follow_path(struct crew *c, enum hub_follow_kind kind, const char *path,
                                   uint64_t tail)
{
    return hub_followers_add(
        c->f, &(struct hub_follow_source){.kind = kind, .path = path, .tail = tail});
}

/* A copy of the numbers of a source as they are now; its text is not copied. */
static inline struct heard look(struct crew *c, uint64_t id)
{
    pthread_mutex_lock(&c->lock);
    struct heard h = c->heard[id];
    pthread_mutex_unlock(&c->lock);
    h.text = (struct buf)BUF_INIT;
    return h;
}

/* Until the source has brought so many events or has ended. */
static inline struct heard wait_events(struct crew *c, uint64_t id, uint64_t events)
{
    const int64_t end_ms = clock_mono_ms() + 20000;
    struct heard h = look(c, id);
    while (h.events < events && !h.has_ended && clock_mono_ms() < end_ms) {
        clock_sleep_ms(2);
        h = look(c, id);
    }
    return h;
}

static inline struct heard wait_end(struct crew *c, uint64_t id)
{
    return wait_events(c, id, UINT64_MAX);
}

static inline void expect_text(struct crew *c, uint64_t id, const char *text)
{
    pthread_mutex_lock(&c->lock);
    assert_string_equal(buf_str(&c->heard[id].text), text);
    pthread_mutex_unlock(&c->lock);
}

#define EVENT_STREAM "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n"

/* Until the client goes away. */
static inline bool stay_silent(int fd)
{
    char c;
    while (recv(fd, &c, 1, 0) > 0) {
    }
    return false;
}

#endif
