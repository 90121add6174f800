/* SPDX-License-Identifier: Apache-2.0 */
/* pool.h - the threads that run jobs, by lane.
 *
 * LANE_ASK      a few threads (n of pool_new): Hub calls, file work, parsing of long cards. What has
 *               to wait, waits in order.
 * LANE_COMPUTE  one thread: one job at a time, in order.
 * LANE_LONG     a thread of its own for each task, started at once and ended with it, so that streams
 *               never keep a question waiting.
 *
 * Threads are started when a job needs one and none is idle. All of them block all signals, so that
 * SIGWINCH reaches the ui thread.
 */
#ifndef HFTERM_CORE_TASK_POOL_H
#define HFTERM_CORE_TASK_POOL_H

#include <stddef.h>

struct job;
struct pool;
struct queue;
struct task;

/* n: threads of LANE_ASK, at most. Owned: pool_free. Results of all jobs go to `results` (borrowed,
 * must outlive the pool). */
struct pool *pool_new(int n, struct queue *results);
/* Cancels what runs, in every lane, waits for the threads, drops what was queued. */
void pool_free(struct pool *p);

/* Start or queue a job. Returns a reference for the caller (task_unref when no longer interested).
 * When the machine gives no thread for it, its last result is ERR_LIMIT. */
struct task *pool_start(struct pool *p, const struct job *job);

/* Jobs of LANE_ASK and LANE_COMPUTE queued or running, results not yet posted included; whoever
 * holds a last result finds its task no longer counted. 0 = idle: long tasks do not count. */
size_t pool_busy(const struct pool *p);
/* Tasks of LANE_LONG that run. */
size_t pool_long(const struct pool *p);

/* pthread_create with every signal blocked in the new thread (but not the faults, SIGSEGV and its
 * kind, whose handler restores the terminal) and a name (15 bytes) for debuggers. thread_out is a
 * pthread_t *. Returns 0 or an errno. Used for every thread of the program. */
int pool_spawn(void *thread_out, const char *name, void *(*fn)(void *), void *arg);

#endif
