/* SPDX-License-Identifier: Apache-2.0 */
/* task.h - one unit of work off the ui thread: identity, cancel flag, progress, result.
 *
 * A task is counted as running before its thread sees it, so "nothing runs" is exact and tests
 * can wait for it. Results carry the asking owner and its generation; the ui drops results of an
 * older generation (the user has moved on).
 *
 * Ownership: reference counted, because worker and ui both hold it. task_ref/task_unref.
 * Threads:   all functions from any thread.
 */
#ifndef HFTERM_CORE_TASK_TASK_H
#define HFTERM_CORE_TASK_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/task/queue.h"

struct task;

/* Which threads run a job; see pool.h. */
enum lane {
    LANE_ASK,     /* a question: a short call with an answer */
    LANE_COMPUTE, /* heavy arithmetic: one at a time */
    LANE_LONG,    /* a stream, a sampler, a download, a child process: a thread of its own */
};

/* What is to be done and who asked. */
struct job {
    const char *name;    /* static text for spinner, log and request list: "reading the card" */
    enum lane lane;
    uint64_t owner;      /* the id of who gets the result; 0: nobody */
    uint32_t generation; /* of the owner when it asked */
    int kind;            /* the owner's own enum of results */
    /* Runs on a pool thread. Returns the owned result, or NULL with e set (NULL with ERR_NONE is
     * a result without data). */
    void *(*run)(struct task *t, void *arg, struct err *e);
    void *arg;                        /* moved to the task */
    void (*free_arg)(void *arg);      /* may be NULL */
    void (*free_value)(void *value);  /* frees a result nobody took; may be NULL */
};

/* What arrives in the result queue. The reader takes `value` by setting it to NULL. */
struct task_result {
    struct msg msg; /* first member */
    struct task *task;
    uint64_t owner;
    uint32_t generation;
    int kind;
    bool is_last; /* false for what was sent while the job still runs */
    void *value;
    void (*free_value)(void *value);
    struct err err; /* ERR_NONE when it worked */
    /* Of task_offer: sets value and free_value when the reader takes the message; else NULL. */
    void (*pull)(struct task_result *r, void *arg);
    void *pull_arg;
};

struct task *task_new(const struct job *job, struct queue *results);
struct task *task_ref(struct task *t);
void task_unref(struct task *t); /* NULL is fine */

uint64_t task_id(const struct task *t);
const char *task_name(const struct task *t);

/* Ask the work to stop: sets the flag and calls the hook once. */
void task_cancel(struct task *t); /* NULL is fine */
/* NULL is never cancelled: code that takes an optional task needs no check of its own. */
bool task_is_cancelled(const struct task *t);
/* What wakes the work out of a wait (a curl wake-up); fn(arg) runs on the cancelling thread, at
 * once when the task is cancelled already. Pass NULL to remove; after that fn is not called. fn must
 * be short and call no task function: the task is locked while it runs. */
void task_set_wake(struct task *t, void (*fn)(void *arg), void *arg);

/* Sleep for ms. False when the task was cancelled, before or meanwhile: cancelling wakes it at once.
 * NULL just sleeps. */
bool task_sleep(struct task *t, int64_t ms);

/* Latest-wins progress in any unit of the job's own; total 0 = unknown. NULL task is fine. */
void task_progress(struct task *t, uint64_t done, uint64_t total);
void task_get_progress(const struct task *t, uint64_t *done, uint64_t *total);

/* Post a part of the result while the job runs. Waits while the result queue is full, until there
 * is room or the task is cancelled. Moves value. A part weighs 64 KiB against the queue's limit,
 * the most a batch may hold. */
void task_emit(struct task *t, int kind, void *value, void (*free_value)(void *value));

/* Post a part of which only the newest counts (a sample, the state of a download). At most one of a
 * kind is on its way; one that was not taken yet is replaced and freed, so the reader always gets the
 * newest. Never waits. Moves value. */
void task_latest(struct task *t, int kind, void *value, void (*free_value)(void *value));

/* Post a part that is fetched when the reader takes it: pull(r, arg) then runs on the reader's thread
 * and sets r->value and r->free_value. arg must live as long as the task, as the job's arg does. A
 * message that nobody takes is freed without a pull. Never waits, weighs next to nothing. */
void task_offer(struct task *t, int kind, void (*pull)(struct task_result *r, void *arg), void *arg);

/* Used by the pool: run the job of t. The last result, to be posted. */
struct task_result *task_run(struct task *t);
/* Used by the pool: the last result of a task that cannot be run, to be posted. */
struct task_result *task_fail(struct task *t, const struct err *e);
/* Used by the pool: moves r to the queue of its task. */
void task_post(struct task_result *r);

#endif
