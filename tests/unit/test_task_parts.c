/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <poll.h>
#include <stdatomic.h>

#include "tests/unit/task_help.h"

/* ---- samples ---- */

static atomic_int alive;      /* samples that exist */
static atomic_int most_alive; /* ever */

struct sample {
    int number;
};

static struct sample *sample_new(int number)
{
    struct sample *s = xcalloc(1, sizeof *s);
    s->number = number;
    const int now = atomic_fetch_add(&alive, 1) + 1;
    int most = atomic_load(&most_alive);
    while (now > most && !atomic_compare_exchange_weak(&most_alive, &most, now)) {
    }
    return s;
}

static void sample_free(void *value)
{
    atomic_fetch_sub(&alive, 1);
    free(value);
}

static void reset_samples(void)
{
    atomic_store(&alive, 0);
    atomic_store(&most_alive, 0);
}

enum { SAMPLES = 1000000 };

static void *run_samples(struct task *t, void *arg, struct err *e)
{
    (void)e;
    atomic_int *posted = arg;
    for (int i = 1; i <= SAMPLES; i++) {
        task_latest(t, 4, sample_new(i), sample_free);
        atomic_store(posted, i);
    }
    return NULL;
}

static void test_a_sleeping_reader_finds_only_the_newest(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    atomic_int posted = 0;
    reset_samples();
    task_unref(pool_start(p, &(struct job){.name = "sampler", .lane = LANE_LONG,
                                           .run = run_samples, .arg = &posted}));
    WAIT_UNTIL(pool_long(p) == 0);
    struct task_result *r = wait_result(q);
    assert_int_equal(r->kind, 4);
    assert_false(r->is_last);
    assert_int_equal(((struct sample *)r->value)->number, SAMPLES);
    assert_in_range(most_alive, 1, 2);
    msg_free(&r->msg);
    r = wait_result(q);
    assert_true(r->is_last);
    msg_free(&r->msg);
    assert_null(queue_take(q));
    assert_int_equal(alive, 0);
    pool_free(p);
    queue_free(q);
}

static void test_a_reader_beside_it_gets_none_that_is_old(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    atomic_int posted = 0;
    reset_samples();
    task_unref(pool_start(p, &(struct job){.name = "sampler", .lane = LANE_LONG,
                                           .run = run_samples, .arg = &posted}));
    int last = 0;
    for (bool is_last = false; !is_last;) {
        WAIT_UNTIL(poll(&(struct pollfd){.fd = queue_fd(q), .events = POLLIN}, 1, 0) == 1);
        const int before = posted;
        struct task_result *r = wait_result(q);
        is_last = r->is_last;
        if (!is_last) {
            const int number = ((struct sample *)r->value)->number;
            assert_true(number >= before); /* posted before it was taken: not older than that */
            assert_true(number > last);
            last = number;
        }
        msg_free(&r->msg);
    }
    assert_int_equal(last, SAMPLES);
    assert_in_range(most_alive, 1, 3); /* the reader's, the slot's, the one being posted */
    assert_int_equal(alive, 0);
    pool_free(p);
    queue_free(q);
}

static void test_each_kind_has_its_own_newest(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct task *t = task_new(&(struct job){.name = "t", .owner = 3}, q);
    reset_samples();
    for (int i = 0; i < 10; i++) {
        task_latest(t, i % 2, sample_new(i), sample_free);
    }
    for (int i = 8; i < 10; i++) {
        struct task_result *r = wait_result(q);
        assert_int_equal(r->kind, i % 2);
        assert_int_equal(r->owner, 3);
        assert_int_equal(((struct sample *)r->value)->number, i);
        msg_free(&r->msg);
    }
    assert_null(queue_take(q));
    task_unref(t);
    assert_int_equal(alive, 0);
    queue_free(q);
}

static void test_a_value_nobody_takes_is_freed(void **state)
{
    (void)state;
    reset_samples();
    struct queue *q = queue_new(1 << 20);
    struct task *t = task_new(&(struct job){.name = "t"}, q);
    task_latest(t, 0, sample_new(1), sample_free);
    task_unref(t);
    assert_int_equal(alive, 1);
    queue_free(q);
    assert_int_equal(alive, 0);

    t = task_new(&(struct job){.name = "no queue"}, NULL);
    task_latest(t, 0, sample_new(1), sample_free);
    task_latest(t, 0, sample_new(2), sample_free);
    task_unref(t);
    assert_int_equal(alive, 0);
}

static void test_samples_do_not_wait_for_a_full_queue(void **state)
{
    (void)state;
    reset_samples();
    struct queue *q = queue_new(0);
    struct task *t = task_new(&(struct job){.name = "t"}, q);
    task_latest(t, 0, sample_new(1), sample_free);
    task_latest(t, 1, sample_new(2), sample_free);
    assert_true(queue_is_full(q));
    task_latest(t, 2, sample_new(3), sample_free);
    queue_free(q);
    task_unref(t);
    assert_int_equal(alive, 0);
}

/* ---- offers ---- */

static void pull_count(struct task_result *r, void *arg)
{
    int *count = arg;
    r->value = sample_new(++*count);
    r->free_value = sample_free;
}

static void test_an_offer_is_fetched_when_it_is_taken(void **state)
{
    (void)state;
    reset_samples();
    struct queue *q = queue_new(1 << 20);
    struct task *t = task_new(&(struct job){.name = "t"}, q);
    int count = 0;
    for (int i = 0; i < 3; i++) {
        task_offer(t, 6, pull_count, &count);
    }
    assert_int_equal(count, 0);
    struct task_result *r = (struct task_result *)queue_take(q);
    assert_int_equal(count, 1);
    assert_int_equal(r->kind, 6);
    assert_int_equal(((struct sample *)r->value)->number, 1);
    msg_free(&r->msg);
    r = wait_result(q);
    assert_int_equal(count, 2);
    msg_free(&r->msg);
    queue_free(q);
    assert_int_equal(count, 2);
    assert_int_equal(alive, 0);
    task_unref(t);
}

/* ---- sleeping ---- */

static void *run_sleeper(struct task *t, void *arg, struct err *e)
{
    (void)e;
    atomic_int *state = arg;
    atomic_store(state, 1);
    const bool was_left_alone = task_sleep(t, 3600 * 1000);
    atomic_store(state, was_left_alone ? 2 : 3);
    return NULL;
}

static void test_cancel_ends_a_sleep_at_once(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    atomic_int at = 0;
    struct task *t = pool_start(p, &(struct job){.name = "sleeper", .lane = LANE_LONG,
                                                 .run = run_sleeper, .arg = &at});
    WAIT_UNTIL(at == 1);
    clock_sleep_ms(20);
    assert_int_equal(at, 1);
    task_cancel(t);
    WAIT_UNTIL(at != 1);
    assert_int_equal(at, 3);
    assert_false(task_sleep(t, 3600 * 1000)); /* cancelled before: does not sleep */
    task_unref(t);
    pool_free(p);
    queue_free(q);
}

static void test_a_sleep_nobody_ends(void **state)
{
    (void)state;
    struct task *t = task_new(&(struct job){.name = "t"}, NULL);
    int64_t start_ns = clock_mono_ns();
    assert_true(task_sleep(t, 15));
    assert_true(clock_mono_ns() - start_ns >= 15000000);
    start_ns = clock_mono_ns();
    assert_true(task_sleep(NULL, 15));
    assert_true(clock_mono_ns() - start_ns >= 15000000);
    assert_true(task_sleep(t, 0));
    task_cancel(t);
    assert_false(task_sleep(t, 0));
    task_unref(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_sleeping_reader_finds_only_the_newest),
        cmocka_unit_test(test_a_reader_beside_it_gets_none_that_is_old),
        cmocka_unit_test(test_each_kind_has_its_own_newest),
        cmocka_unit_test(test_a_value_nobody_takes_is_freed),
        cmocka_unit_test(test_samples_do_not_wait_for_a_full_queue),
        cmocka_unit_test(test_an_offer_is_fetched_when_it_is_taken),
        cmocka_unit_test(test_cancel_ends_a_sleep_at_once),
        cmocka_unit_test(test_a_sleep_nobody_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
