/* SPDX-License-Identifier: Apache-2.0 */
/* loop.h - the ui thread's wait: poll over a few descriptors and timers, nothing else.
 *
 * Knows nothing of curses. The owner calls loop_wait, then handles what it reports.
 * Threads: one thread only, except loop_wake.
 */
#ifndef HFTERM_CORE_TASK_LOOP_H
#define HFTERM_CORE_TASK_LOOP_H

#include <stdbool.h>
#include <stdint.h>

struct loop;

struct loop *loop_new(void);
void loop_free(struct loop *l);

/* Call fn(arg) from loop_wait whenever fd is readable (or at its end). */
void loop_add_fd(struct loop *l, int fd, void (*fn)(void *arg), void *arg);
void loop_remove_fd(struct loop *l, int fd);

/* Call fn(arg) once at the monotonic time due_ms. Returns a timer id > 0. */
int loop_add_timer(struct loop *l, int64_t due_ms, void (*fn)(void *arg), void *arg);
void loop_cancel_timer(struct loop *l, int id); /* 0 and fired ids are fine */

/* Sleep until something is ready, a timer is due, a signal or a wake-up came, or max_ms passed
 * (-1: no limit); run the handlers. Returns false when it was interrupted by a signal. */
bool loop_wait(struct loop *l, int64_t max_ms);

/* From a signal handler or another thread: make loop_wait return. Async-signal-safe. */
void loop_wake(struct loop *l);

#endif
