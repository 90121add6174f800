/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task/queue.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

struct queue {
    pthread_mutex_t lock;
    pthread_cond_t filled; /* a message came */
    pthread_cond_t room;   /* a message went, or queue_wake */
    struct msg *head, *tail;
    size_t bytes, max_bytes;
    int fd; /* eventfd, non-zero while messages are queued; -1 when none could be made */
};

struct queue *queue_new(size_t max_bytes)
{
    struct queue *q = xcalloc(1, sizeof *q);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&q->filled, &attr);
    pthread_cond_init(&q->room, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_init(&q->lock, NULL);
    q->max_bytes = max_bytes;
    q->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return q;
}

void queue_free(struct queue *q)
{
    if (!q) {
        return;
    }
    while (q->head) {
        struct msg *m = q->head;
        q->head = m->next;
        msg_free(m);
    }
    if (q->fd >= 0) {
        close(q->fd);
    }
    pthread_cond_destroy(&q->filled);
    pthread_cond_destroy(&q->room);
    pthread_mutex_destroy(&q->lock);
    free(q);
}

void queue_post(struct queue *q, struct msg *m)
{
    m->next = NULL;
    pthread_mutex_lock(&q->lock);
    if (q->tail) {
        q->tail->next = m;
    } else {
        q->head = m;
        (void)eventfd_write(q->fd, 1);
    }
    q->tail = m;
    q->bytes += m->bytes;
    pthread_cond_signal(&q->filled);
    pthread_mutex_unlock(&q->lock);
}

/* The lock is held. */
static struct msg *take_first(struct queue *q)
{
    struct msg *m = q->head;
    if (!m) {
        return NULL;
    }
    q->head = m->next;
    m->next = NULL;
    q->bytes -= m->bytes;
    if (!q->head) {
        q->tail = NULL;
        eventfd_t count = 0;
        (void)eventfd_read(q->fd, &count);
    }
    pthread_cond_broadcast(&q->room);
    return m;
}

/* The lock is not held. */
static struct msg *hand_over(struct msg *m)
{
    if (m && m->taken) {
        m->taken(m);
    }
    return m;
}

struct msg *queue_take(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    struct msg *m = take_first(q);
    pthread_mutex_unlock(&q->lock);
    return hand_over(m);
}

struct msg *queue_wait(struct queue *q, int64_t timeout_ms)
{
    const int64_t due_ns = clock_mono_ns() + timeout_ms * 1000000;
    const struct timespec due = {.tv_sec = (time_t)(due_ns / 1000000000),
                                 .tv_nsec = (long)(due_ns % 1000000000)};
    pthread_mutex_lock(&q->lock);
    int rc = 0;
    while (!q->head && rc != ETIMEDOUT) {
        rc = timeout_ms < 0 ? pthread_cond_wait(&q->filled, &q->lock)
                            : pthread_cond_timedwait(&q->filled, &q->lock, &due);
    }
    struct msg *m = take_first(q);
    pthread_mutex_unlock(&q->lock);
    return hand_over(m);
}

bool queue_is_full(const struct queue *q)
{
    /* The lock is no part of what a reader calls the queue's state. */
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&q->lock;
    pthread_mutex_lock(lock);
    const bool is_full = q->bytes > q->max_bytes;
    pthread_mutex_unlock(lock);
    return is_full;
}

void queue_wait_room(struct queue *q, const atomic_bool *stop)
{
    pthread_mutex_lock(&q->lock);
    while (q->bytes > q->max_bytes && !atomic_load(stop)) {
        pthread_cond_wait(&q->room, &q->lock);
    }
    pthread_mutex_unlock(&q->lock);
}

void queue_wake(struct queue *q)
{
    pthread_mutex_lock(&q->lock);
    pthread_cond_broadcast(&q->room);
    pthread_mutex_unlock(&q->lock);
}

int queue_fd(const struct queue *q)
{
    return q->fd;
}

void msg_free(struct msg *m)
{
    if (m) {
        m->free(m);
    }
}
