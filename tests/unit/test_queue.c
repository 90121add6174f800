/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/task/pool.h"
#include "core/task/queue.h"

struct number {
    struct msg msg;
    int value;
    atomic_int *freed;
};

static void free_number(struct msg *m)
{
    struct number *n = (struct number *)m;
    if (n->freed) {
        atomic_fetch_add(n->freed, 1);
    }
    free(n);
}

static struct msg *number_new(int value, size_t bytes, atomic_int *freed)
{
    struct number *n = xcalloc(1, sizeof *n);
    n->msg.bytes = bytes;
    n->msg.free = free_number;
    n->value = value;
    n->freed = freed;
    return &n->msg;
}

static int take_value(struct queue *q)
{
    struct msg *m = queue_take(q);
    assert_non_null(m);
    const int value = ((struct number *)m)->value;
    msg_free(m);
    return value;
}

static bool is_readable(int fd)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    return poll(&p, 1, 0) == 1;
}

static void test_order_and_fd(void **state)
{
    (void)state;
    struct queue *q = queue_new(100);
    assert_null(queue_take(q));
    assert_false(is_readable(queue_fd(q)));
    for (int i = 0; i < 3; i++) {
        queue_post(q, number_new(i, 1, NULL));
    }
    for (int i = 0; i < 3; i++) {
        assert_true(is_readable(queue_fd(q)));
        assert_int_equal(take_value(q), i);
    }
    assert_false(is_readable(queue_fd(q)));
    assert_null(queue_take(q));
    queue_post(q, number_new(9, 1, NULL));
    assert_true(is_readable(queue_fd(q)));
    assert_int_equal(take_value(q), 9);
    queue_free(q);
}

static int n_taken;

static void on_taken(struct msg *m)
{
    ((struct number *)m)->value += 100;
    n_taken++;
}

static void test_taken_is_called_for_the_reader_only(void **state)
{
    (void)state;
    atomic_int freed = 0;
    struct queue *q = queue_new(100);
    for (int i = 0; i < 3; i++) {
        struct msg *m = number_new(i, 1, &freed);
        m->taken = on_taken;
        queue_post(q, m);
    }
    n_taken = 0;
    assert_int_equal(take_value(q), 100);
    struct msg *m = queue_wait(q, 1000);
    assert_int_equal(((struct number *)m)->value, 101);
    msg_free(m);
    queue_free(q);
    assert_int_equal(n_taken, 2);
    assert_int_equal(freed, 3);
}

static void test_weight(void **state)
{
    (void)state;
    struct queue *q = queue_new(100);
    queue_post(q, number_new(1, 100, NULL));
    assert_false(queue_is_full(q));
    queue_post(q, number_new(2, 1, NULL));
    assert_true(queue_is_full(q));
    take_value(q);
    assert_false(queue_is_full(q));
    queue_free(q);
}

static void test_free_frees_what_is_inside(void **state)
{
    (void)state;
    atomic_int freed = 0;
    struct queue *q = queue_new(100);
    queue_post(q, number_new(1, 1, &freed));
    queue_post(q, number_new(2, 1, &freed));
    queue_free(q);
    assert_int_equal(freed, 2);
}

static void test_wait_times_out(void **state)
{
    (void)state;
    struct queue *q = queue_new(100);
    const int64_t start_ms = clock_mono_ms();
    assert_null(queue_wait(q, 30));
    assert_true(clock_mono_ms() - start_ms >= 29);
    queue_free(q);
}

enum { POSTERS = 4, EACH = 5000 };

static void *post_many(void *arg)
{
    for (int i = 0; i < EACH; i++) {
        queue_post(arg, number_new(i, 1, NULL));
    }
    return NULL;
}

static void test_many_posters_lose_nothing(void **state)
{
    (void)state;
    struct queue *q = queue_new(100);
    pthread_t threads[POSTERS];
    for (int i = 0; i < POSTERS; i++) {
        assert_int_equal(pool_spawn(&threads[i], "poster", post_many, q), 0);
    }
    long sum = 0;
    for (int i = 0; i < POSTERS * EACH; i++) {
        struct msg *m = queue_wait(q, 10000);
        assert_non_null(m);
        sum += ((struct number *)m)->value;
        msg_free(m);
    }
    assert_int_equal(sum, (long)POSTERS * EACH * (EACH - 1) / 2);
    for (int i = 0; i < POSTERS; i++) {
        pthread_join(threads[i], NULL);
    }
    assert_false(is_readable(queue_fd(q)));
    queue_free(q);
}

struct blocked {
    struct queue *q;
    atomic_bool stop, is_through;
};

static void *wait_room(void *arg)
{
    struct blocked *b = arg;
    queue_wait_room(b->q, &b->stop);
    atomic_store(&b->is_through, true);
    return NULL;
}

static void test_room(void **state)
{
    (void)state;
    for (int by_stop = 0; by_stop < 2; by_stop++) {
        struct blocked b = {.q = queue_new(10)};
        queue_post(b.q, number_new(1, 11, NULL));
        pthread_t thread;
        assert_int_equal(pool_spawn(&thread, "waiter", wait_room, &b), 0);
        clock_sleep_ms(20);
        assert_false(b.is_through);
        if (by_stop) {
            atomic_store(&b.stop, true);
            queue_wake(b.q);
        } else {
            take_value(b.q);
        }
        pthread_join(thread, NULL);
        assert_true(b.is_through);
        queue_free(b.q);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_order_and_fd),
        cmocka_unit_test(test_taken_is_called_for_the_reader_only),
        cmocka_unit_test(test_weight),
        cmocka_unit_test(test_free_frees_what_is_inside),
        cmocka_unit_test(test_wait_times_out),
        cmocka_unit_test(test_many_posters_lose_nothing),
        cmocka_unit_test(test_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
