/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task/task.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

/* A part of a stream weighs as much as the largest batch; see task_emit. */
enum { PART_BYTES = 64 * 1024 };

/* The newest value of a kind; see task_latest. */
struct slot {
    struct slot *next;
    int kind;
    bool is_offered; /* a message that will pull the value is in the queue */
    void *value;
    void (*free_value)(void *value);
};

struct task {
    struct job job;
    struct queue *results; /* borrowed; may be NULL */
    uint64_t id;
    atomic_uint refs;
    atomic_bool is_cancelled;
    _Atomic uint64_t done, total;

    pthread_mutex_t lock;     /* of what follows */
    void (*wake)(void *arg);
    void *wake_arg;
    struct queue *waits_for;  /* the queue task_emit waits on, NULL else */
    pthread_cond_t cancelled; /* ends task_sleep */
    struct slot *slots;
};

/* Ids are unique in the process, so that the log can name them. */
static uint64_t next_id(void)
{
    static _Atomic uint64_t last = 0;
    return atomic_fetch_add(&last, 1) + 1;
}

struct task *task_new(const struct job *job, struct queue *results)
{
    struct task *t = xcalloc(1, sizeof *t);
    t->job = *job;
    t->results = results;
    t->id = next_id();
    atomic_init(&t->refs, 1);
    pthread_mutex_init(&t->lock, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->cancelled, &attr);
    pthread_condattr_destroy(&attr);
    return t;
}

struct task *task_ref(struct task *t)
{
    atomic_fetch_add(&t->refs, 1);
    return t;
}

static void free_slots(struct slot *s)
{
    while (s) {
        struct slot *next = s->next;
        if (s->value && s->free_value) {
            s->free_value(s->value);
        }
        free(s);
        s = next;
    }
}

void task_unref(struct task *t)
{
    if (!t || atomic_fetch_sub(&t->refs, 1) != 1) {
        return;
    }
    if (t->job.arg && t->job.free_arg) {
        t->job.free_arg(t->job.arg);
    }
    free_slots(t->slots);
    pthread_cond_destroy(&t->cancelled);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

uint64_t task_id(const struct task *t)
{
    return t->id;
}

const char *task_name(const struct task *t)
{
    return t->job.name ? t->job.name : "";
}

void task_cancel(struct task *t)
{
    if (!t) {
        return;
    }
    pthread_mutex_lock(&t->lock);
    if (!atomic_exchange(&t->is_cancelled, true)) {
        if (t->wake) {
            t->wake(t->wake_arg);
        }
        if (t->waits_for) {
            queue_wake(t->waits_for);
        }
        pthread_cond_broadcast(&t->cancelled);
    }
    pthread_mutex_unlock(&t->lock);
}

bool task_is_cancelled(const struct task *t)
{
    return t && atomic_load(&t->is_cancelled);
}

void task_set_wake(struct task *t, void (*fn)(void *arg), void *arg)
{
    if (!t) {
        return;
    }
    pthread_mutex_lock(&t->lock);
    t->wake = fn;
    t->wake_arg = arg;
    if (fn && atomic_load(&t->is_cancelled)) {
        fn(arg);
    }
    pthread_mutex_unlock(&t->lock);
}

bool task_sleep(struct task *t, int64_t ms)
{
    if (!t) {
        clock_sleep_ms(ms);
        return true;
    }
    const int64_t due_ns = clock_mono_ns() + ms * 1000000;
    const struct timespec due = {.tv_sec = (time_t)(due_ns / 1000000000),
                                 .tv_nsec = (long)(due_ns % 1000000000)};
    pthread_mutex_lock(&t->lock);
    int rc = 0;
    while (!atomic_load(&t->is_cancelled) && rc != ETIMEDOUT) {
        rc = pthread_cond_timedwait(&t->cancelled, &t->lock, &due);
    }
    pthread_mutex_unlock(&t->lock);
    return !task_is_cancelled(t);
}

void task_progress(struct task *t, uint64_t done, uint64_t total)
{
    if (t) {
        atomic_store(&t->total, total);
        atomic_store(&t->done, done);
    }
}

void task_get_progress(const struct task *t, uint64_t *done, uint64_t *total)
{
    *done = t ? atomic_load(&t->done) : 0;
    *total = t ? atomic_load(&t->total) : 0;
}

static void free_result(struct msg *m)
{
    struct task_result *r = (struct task_result *)m;
    if (r->value && r->free_value) {
        r->free_value(r->value);
    }
    task_unref(r->task);
    free(r);
}

static struct task_result *new_result(struct task *t, int kind, void *value,
                                      void (*free_value)(void *value))
{
    struct task_result *r = xcalloc(1, sizeof *r);
    r->msg.bytes = sizeof *r;
    r->msg.free = free_result;
    r->task = task_ref(t);
    r->owner = t->job.owner;
    r->generation = t->job.generation;
    r->kind = kind;
    r->value = value;
    r->free_value = free_value;
    return r;
}

static void post(struct task *t, struct task_result *r)
{
    if (t->results) {
        queue_post(t->results, &r->msg);
    } else {
        msg_free(&r->msg);
    }
}

static void set_waits_for(struct task *t, struct queue *q)
{
    pthread_mutex_lock(&t->lock);
    t->waits_for = q;
    pthread_mutex_unlock(&t->lock);
}

void task_emit(struct task *t, int kind, void *value, void (*free_value)(void *value))
{
    if (t->results) {
        set_waits_for(t, t->results);
        queue_wait_room(t->results, &t->is_cancelled);
        set_waits_for(t, NULL);
    }
    struct task_result *r = new_result(t, kind, value, free_value);
    r->msg.bytes = PART_BYTES;
    post(t, r);
}

static void pull_result(struct msg *m)
{
    struct task_result *r = (struct task_result *)m;
    r->pull(r, r->pull_arg);
}

void task_offer(struct task *t, int kind, void (*pull)(struct task_result *r, void *arg), void *arg)
{
    struct task_result *r = new_result(t, kind, NULL, NULL);
    r->msg.taken = pull_result;
    r->pull = pull;
    r->pull_arg = arg;
    post(t, r);
}

/* The lock is held. */
static struct slot *slot_of(struct task *t, int kind)
{
    struct slot *s = t->slots;
    while (s && s->kind != kind) {
        s = s->next;
    }
    if (!s) {
        s = xcalloc(1, sizeof *s);
        s->kind = kind;
        s->next = t->slots;
        t->slots = s;
    }
    return s;
}

static void pull_slot(struct task_result *r, void *arg)
{
    struct slot *s = arg;
    pthread_mutex_lock(&r->task->lock);
    r->value = s->value;
    r->free_value = s->free_value;
    s->value = NULL;
    s->is_offered = false;
    pthread_mutex_unlock(&r->task->lock);
}

void task_latest(struct task *t, int kind, void *value, void (*free_value)(void *value))
{
    pthread_mutex_lock(&t->lock);
    struct slot *s = slot_of(t, kind);
    const struct slot old = *s;
    s->value = value;
    s->free_value = free_value;
    s->is_offered = true;
    pthread_mutex_unlock(&t->lock);
    if (old.value && old.free_value) {
        old.free_value(old.value);
    }
    if (!old.is_offered) {
        task_offer(t, kind, pull_slot, s);
    }
}

static struct task_result *last_result(struct task *t, void *value, const struct err *e)
{
    struct task_result *r = new_result(t, t->job.kind, value, t->job.free_value);
    r->is_last = true;
    r->err = *e;
    return r;
}

struct task_result *task_run(struct task *t)
{
    struct err e = ERR_INIT;
    void *value = NULL;
    if (task_is_cancelled(t)) {
        err_set(&e, ERR_CANCELLED, "%s: cancelled before it began", task_name(t));
    } else {
        value = t->job.run(t, t->job.arg, &e);
    }
    if (value) {
        err_clear(&e);
    }
    return last_result(t, value, &e);
}

struct task_result *task_fail(struct task *t, const struct err *e)
{
    return last_result(t, NULL, e);
}

void task_post(struct task_result *r)
{
    post(r->task, r);
}
