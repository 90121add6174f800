/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#define _GNU_SOURCE /* RTLD_NEXT */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "tests/unit/task_help.h"

/* ---- a machine that gives no threads ---- */

static atomic_bool refuses_threads;

typedef int create_fn(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);

/* Stands before the C library's, for the whole program. */
int pthread_create(pthread_t *thread, const pthread_attr_t *attr, void *(*fn)(void *), void *arg)
{
    if (atomic_load(&refuses_threads)) {
        return EAGAIN;
    }
    void *symbol = dlsym(RTLD_NEXT, "pthread_create");
    create_fn *create = NULL;
    memcpy(&create, &symbol, sizeof create);
    return create(thread, attr, fn, arg);
}

/* ---- jobs ---- */

static atomic_int freed;
static atomic_int running;
static atomic_int most_running;

static void count_free(void *arg)
{
    (void)arg;
    atomic_fetch_add(&freed, 1);
}

static void *run_answer(struct task *t, void *arg, struct err *e)
{
    (void)t;
    (void)arg;
    (void)e;
    return xstrdup("answer");
}

/* Emits without a pause until it is cancelled, as a busy log does. */
static void *run_stream(struct task *t, void *arg, struct err *e)
{
    (void)arg;
    (void)e;
    while (!task_is_cancelled(t)) {
        task_emit(t, 1, xstrdup("line"), free);
    }
    return NULL;
}

/* Silent until it is cancelled. */
static void *run_quiet(struct task *t, void *arg, struct err *e)
{
    (void)arg;
    atomic_fetch_add(&running, 1);
    while (task_sleep(t, 1000000)) {
    }
    atomic_fetch_sub(&running, 1);
    err_set(e, ERR_CANCELLED, "stopped");
    return NULL;
}

/* Notes how many of its kind run at once. */
static void *run_counted(struct task *t, void *arg, struct err *e)
{
    (void)t;
    (void)arg;
    (void)e;
    const int now = atomic_fetch_add(&running, 1) + 1;
    int most = atomic_load(&most_running);
    while (now > most && !atomic_compare_exchange_weak(&most_running, &most, now)) {
    }
    clock_sleep_ms(20);
    atomic_fetch_sub(&running, 1);
    return NULL;
}

static void drop_last_results(struct queue *q, int n)
{
    while (n > 0) {
        struct task_result *r = wait_result(q);
        n -= r->is_last;
        msg_free(&r->msg);
    }
}

static const struct job QUIET = {.name = "quiet", .lane = LANE_LONG, .run = run_quiet};
static const struct job STREAM = {.name = "stream", .lane = LANE_LONG, .run = run_stream};
static const struct job QUESTION = {
    .name = "question", .run = run_answer, .kind = 9, .free_value = free};

/* ---- tests ---- */

/* The time from asking to the answer, reading what comes meanwhile as the ui does. */
static int64_t ask_ms(struct pool *p, struct queue *q)
{
    const int64_t start_ms = clock_mono_ms();
    task_unref(pool_start(p, &QUESTION));
    for (bool is_there = false; !is_there;) {
        struct task_result *r = wait_result(q);
        is_there = r->kind == 9;
        msg_free(&r->msg);
    }
    return clock_mono_ms() - start_ms;
}

static void test_a_question_beside_four_streams(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(4, q);
    struct task *streams[8];
    for (int i = 0; i < 8; i++) {
        streams[i] = pool_start(p, i < 4 ? &STREAM : &QUIET);
    }
    /* The best of some: the limit is against waiting for a stream, not against a busy machine. */
    int64_t best_ms = INT64_MAX;
    for (int i = 0; i < 20; i++) {
        const int64_t ms = ask_ms(p, q);
        best_ms = ms < best_ms ? ms : best_ms;
    }
    assert_true(best_ms < 50);
    assert_int_equal(pool_long(p), 8);
    for (int i = 0; i < 8; i++) {
        task_cancel(streams[i]);
        task_unref(streams[i]);
    }
    drop_last_results(q, 8);
    pool_free(p);
    queue_free(q);
}

static void test_long_tasks_keep_nobody_busy(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    struct task *t = pool_start(p, &QUIET);
    assert_int_equal(pool_long(p), 1);
    assert_int_equal(pool_busy(p), 0);
    struct task *heavy = pool_start(p, &(struct job){.lane = LANE_COMPUTE, .run = run_quiet});
    assert_int_equal(pool_busy(p), 1);
    task_cancel(heavy);
    task_cancel(t);
    WAIT_UNTIL(pool_busy(p) == 0 && pool_long(p) == 0);
    drop_last_results(q, 2);
    task_unref(heavy);
    task_unref(t);
    pool_free(p);
    queue_free(q);
}

static void test_with_its_last_result_a_task_no_longer_counts(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    for (int i = 0; i < 3000; i++) {
        task_unref(pool_start(p, &QUESTION));
        struct task_result *r = wait_result(q);
        assert_int_equal(pool_busy(p), 0);
        msg_free(&r->msg);
    }
    pool_free(p);
    queue_free(q);
}

/* Starts ten counted jobs in a lane; returns how many ran at once. */
static int most_at_once(enum lane lane, int n_threads)
{
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(n_threads, q);
    atomic_store(&most_running, 0);
    atomic_store(&running, 0);
    for (int i = 0; i < 10; i++) {
        task_unref(pool_start(p, &(struct job){.lane = lane, .run = run_counted}));
    }
    drop_last_results(q, 10);
    WAIT_UNTIL(pool_busy(p) == 0);
    pool_free(p);
    queue_free(q);
    return atomic_load(&most_running);
}

static void test_compute_is_one_at_a_time(void **state)
{
    (void)state;
    assert_int_equal(most_at_once(LANE_COMPUTE, 4), 1);
}

static void test_questions_run_side_by_side_up_to_n(void **state)
{
    (void)state;
    const int most = most_at_once(LANE_ASK, 3);
    assert_in_range(most, 2, 3);
}

static void test_a_question_beside_a_computation(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    struct task *heavy = pool_start(p, &(struct job){.lane = LANE_COMPUTE, .run = run_quiet});
    assert_true(ask_ms(p, q) < HANG_MS);
    task_cancel(heavy);
    task_unref(heavy);
    pool_free(p);
    queue_free(q);
}

enum { MANY = 100 };

static void test_a_hundred_started_and_dropped(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(4, q);
    atomic_store(&freed, 0);
    atomic_store(&running, 0);
    for (int i = 0; i < MANY; i++) {
        struct task *t = pool_start(p, &(struct job){.name = "dropped", .lane = LANE_LONG,
                                                     .run = run_quiet, .arg = &freed,
                                                     .free_arg = count_free});
        task_cancel(t);
        task_unref(t);
    }
    WAIT_UNTIL(pool_long(p) == 0);
    for (int i = 0; i < MANY; i++) {
        struct task_result *r = wait_result(q);
        assert_true(r->is_last);
        assert_int_equal(r->err.code, ERR_CANCELLED);
        msg_free(&r->msg);
    }
    assert_null(queue_take(q));
    assert_int_equal(freed, MANY);
    assert_int_equal(running, 0);
    pool_free(p);
    queue_free(q);
}

static void test_pool_free_ends_what_runs_in_every_lane(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(4, q);
    atomic_store(&running, 0);
    const enum lane lanes[] = {LANE_ASK, LANE_ASK, LANE_COMPUTE, LANE_LONG, LANE_LONG};
    for (size_t i = 0; i < 5; i++) {
        task_unref(pool_start(p, &(struct job){.lane = lanes[i], .run = run_quiet}));
    }
    for (int i = 0; i < 3; i++) {
        task_unref(pool_start(p, &STREAM)); /* blocked in a full queue by now or soon */
    }
    WAIT_UNTIL(running == 5 && queue_is_full(q));
    pool_free(p);
    assert_int_equal(running, 0);
    queue_free(q);
}

static void test_without_a_thread_it_is_an_error(void **state)
{
    (void)state;
    const enum lane lanes[] = {LANE_ASK, LANE_COMPUTE, LANE_LONG};
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(2, q);
    atomic_store(&freed, 0);
    for (size_t i = 0; i < 3; i++) {
        atomic_store(&refuses_threads, true);
        struct task *t = pool_start(p, &(struct job){.name = "refused", .lane = lanes[i],
                                                     .run = run_answer, .owner = 5, .kind = 3,
                                                     .arg = &freed, .free_arg = count_free});
        atomic_store(&refuses_threads, false);
        struct task_result *r = wait_result(q);
        assert_true(r->is_last);
        assert_ptr_equal(r->task, t);
        assert_int_equal(r->owner, 5);
        assert_int_equal(r->kind, 3);
        assert_int_equal(r->err.code, ERR_LIMIT);
        assert_true(r->err.remedy[0] != '\0');
        msg_free(&r->msg);
        task_unref(t);
    }
    assert_int_equal(freed, 3);
    assert_int_equal(pool_busy(p) + pool_long(p), 0);
    assert_true(ask_ms(p, q) < HANG_MS); /* and works once there are threads again */
    pool_free(p);
    queue_free(q);
}

static void test_a_question_waits_for_a_thread_that_is_there(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(4, q);
    struct task *first = pool_start(p, &(struct job){.run = run_quiet});
    atomic_store(&refuses_threads, true);
    struct task *second = pool_start(p, &QUESTION);
    atomic_store(&refuses_threads, false);
    assert_int_equal(pool_busy(p), 2);
    task_cancel(first);
    drop_last_results(q, 1);
    struct task_result *r = wait_result(q);
    assert_ptr_equal(r->task, second);
    assert_string_equal(r->value, "answer");
    msg_free(&r->msg);
    task_unref(first);
    task_unref(second);
    pool_free(p);
    queue_free(q);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_question_beside_four_streams),
        cmocka_unit_test(test_long_tasks_keep_nobody_busy),
        cmocka_unit_test(test_with_its_last_result_a_task_no_longer_counts),
        cmocka_unit_test(test_compute_is_one_at_a_time),
        cmocka_unit_test(test_questions_run_side_by_side_up_to_n),
        cmocka_unit_test(test_a_question_beside_a_computation),
        cmocka_unit_test(test_a_hundred_started_and_dropped),
        cmocka_unit_test(test_pool_free_ends_what_runs_in_every_lane),
        cmocka_unit_test(test_without_a_thread_it_is_an_error),
        cmocka_unit_test(test_a_question_waits_for_a_thread_that_is_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
