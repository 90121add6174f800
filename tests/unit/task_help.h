/* SPDX-License-Identifier: Apache-2.0 */
/* task_help.h - what the tests of core/task share: waiting for a result, for a state, for a pool. */
#ifndef HFTERM_TESTS_UNIT_TASK_HELP_H
#define HFTERM_TESTS_UNIT_TASK_HELP_H

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/task/pool.h"
#include "core/task/task.h"

/* Far above what anything here takes; only there so that a test that hangs says where. */
enum { HANG_MS = 30000 };

/* Wait until cond holds; fails the test when it never does. */
#define WAIT_UNTIL(cond)                                                        \
    do {                                                                        \
        for (int64_t end_ = clock_mono_ms() + HANG_MS; !(cond);) {              \
            assert_true(clock_mono_ms() < end_);                                \
            clock_sleep_ms(1);                                                  \
        }                                                                       \
    } while (0)

/* The next result; the caller owns it. */
static inline struct task_result *wait_result(struct queue *q)
{
    struct msg *m = queue_wait(q, HANG_MS);
    assert_non_null(m);
    return (struct task_result *)m;
}

#endif
