/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - a few threads that run jobs: Hub calls, file work, parsing of long cards.
 *
 * Worker threads block all signals, so that SIGWINCH reaches the ui thread.
 */
#ifndef HFTERM_CORE_TASK_POOL_H
#define HFTERM_CORE_TASK_POOL_H

#include <stddef.h>

struct job;
struct pool;
struct queue;
struct task;

/* Owned: pool_free. Results of all jobs go to `results` (borrowed, must outlive the pool). */
struct pool *pool_new(int n_threads, struct queue *results);
/* Cancels what runs, waits for the threads, drops what was queued. */
void pool_free(struct pool *p);

/* Queue a job. Returns a reference for the caller (task_unref when no longer interested). */
struct task *pool_start(struct pool *p, const struct job *job);

/* Jobs queued or running, results not yet posted included. 0 = idle. */
size_t pool_busy(const struct pool *p);

/* pthread_create with every signal blocked in the new thread (but not the faults, SIGSEGV and its
 * kind, whose handler restores the terminal) and a name (15 bytes) for debuggers. thread_out is a
 * pthread_t *. Returns 0 or an errno. Used for every thread of the program. */
int pool_spawn(void *thread_out, const char *name, void *(*fn)(void *), void *arg);

#endif
