/* SPDX-License-Identifier: Apache-2.0 */
/* queue.h - messages from any thread to one reader, with an eventfd to poll on.
 *
 * A message owns its data; posting moves it to the queue, taking moves it to the reader, who
 * frees it with msg_free. Nothing is copied and no callback crosses threads.
 *
 * Threads: post from any thread; take, wait and fd from the reader.
 */
#ifndef HFTERM_CORE_TASK_QUEUE_H
#define HFTERM_CORE_TASK_QUEUE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embed as the first member of a typed message. */
struct msg {
    struct msg *next;            /* owned by the queue while queued */
    size_t bytes;                /* weight against the queue's limit */
    void (*free)(struct msg *m); /* frees the typed message, data included */
    /* Called on the reader's thread as it takes the message, no lock held; NULL: nothing to do. */
    void (*taken)(struct msg *m);
};

struct queue;

/* max_bytes: above this weight queue_is_full says so; posting never fails. Owned: queue_free. */
struct queue *queue_new(size_t max_bytes);
/* Frees the messages still inside. */
void queue_free(struct queue *q);

/* Moves m. */
void queue_post(struct queue *q, struct msg *m);
/* Oldest message or NULL; the caller owns it. */
struct msg *queue_take(struct queue *q);
/* Blocks until a message is there or timeout_ms passed (-1: for ever); NULL on time-out. */
struct msg *queue_wait(struct queue *q, int64_t timeout_ms);

bool queue_is_full(const struct queue *q);
/* Blocks a poster until the queue is not full or *stop is true; queue_wake makes it look at *stop
 * again. */
void queue_wait_room(struct queue *q, const atomic_bool *stop);
void queue_wake(struct queue *q);
/* Readable while messages are queued. Level-triggered: drained by queue_take. */
int queue_fd(const struct queue *q);

void msg_free(struct msg *m);

#endif
