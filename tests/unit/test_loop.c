/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/task/loop.h"
#include "core/task/pool.h"

struct seen {
    struct loop *loop;
    char order[32]; /* one letter a call */
    int fd[2];
    int timer;
};

static void note(struct seen *s, char c)
{
    const size_t n = strlen(s->order);
    assert_true(n + 1 < sizeof s->order);
    s->order[n] = c;
}

static void on_a(void *arg)
{
    note(arg, 'a');
}

static void on_b(void *arg)
{
    note(arg, 'b');
}

static void on_again(void *arg)
{
    struct seen *s = arg;
    note(s, 'r');
    s->timer = loop_add_timer(s->loop, clock_mono_ms(), on_again, s);
}

static void on_cancels_b(void *arg)
{
    struct seen *s = arg;
    note(s, 'c');
    loop_cancel_timer(s->loop, s->timer);
}

static void on_fd(void *arg)
{
    struct seen *s = arg;
    char c = 0;
    assert_int_equal(read(s->fd[0], &c, 1), 1);
    note(s, c);
}

static void on_removes(void *arg)
{
    struct seen *s = arg;
    note(s, 'x');
    loop_remove_fd(s->loop, s->fd[0]);
}

static void test_timers_in_order(void **state)
{
    (void)state;
    struct seen s = {.loop = loop_new()};
    const int64_t now_ms = clock_mono_ms();
    loop_add_timer(s.loop, now_ms + 20, on_b, &s);
    loop_add_timer(s.loop, now_ms + 10, on_a, &s);
    while (strlen(s.order) < 2) {
        assert_true(loop_wait(s.loop, 1000));
    }
    assert_string_equal(s.order, "ab");
    assert_true(clock_mono_ms() - now_ms >= 20);
    assert_true(clock_mono_ms() - now_ms < 500);
    loop_free(s.loop);
}

static void test_timer_that_sets_itself_does_not_hold_the_loop(void **state)
{
    (void)state;
    struct seen s = {.loop = loop_new()};
    loop_add_timer(s.loop, clock_mono_ms(), on_again, &s);
    loop_wait(s.loop, 0);
    assert_string_equal(s.order, "r");
    loop_wait(s.loop, 0);
    assert_string_equal(s.order, "rr");
    loop_free(s.loop);
}

/* A hundred timers in one loop, set in no order. */
enum { TIMERS = 100 };

struct many {
    struct loop *loop;
    int64_t start_ms;
    int fired[TIMERS]; /* which, in the order of firing */
    size_t n_fired;
};

struct one_timer {
    struct many *many;
    int number;
    bool is_again; /* sets itself again, once */
};

static void on_one(void *arg)
{
    struct one_timer *t = arg;
    struct many *m = t->many;
    assert_true(m->n_fired < TIMERS);
    assert_true(clock_mono_ms() >= m->start_ms + t->number);
    if (t->is_again) {
        t->is_again = false;
        loop_add_timer(m->loop, m->start_ms + t->number, on_one, t);
        return;
    }
    m->fired[m->n_fired++] = t->number;
}

static void test_a_hundred_timers(void **state)
{
    (void)state;
    struct many m = {.loop = loop_new(), .start_ms = clock_mono_ms()};
    struct one_timer timers[TIMERS];
    int ids[TIMERS];
    for (int i = 0; i < TIMERS; i++) {
        const int number = i * 37 % TIMERS; /* each number once, since 37 and 100 share no factor */
        timers[number] = (struct one_timer){.many = &m, .number = number, .is_again = number % 5 == 0};
        ids[number] = loop_add_timer(m.loop, m.start_ms + number, on_one, &timers[number]);
    }
    for (int i = 0; i < TIMERS; i += 10) {
        loop_cancel_timer(m.loop, ids[i]);
    }
    while (m.n_fired < TIMERS - TIMERS / 10) {
        assert_true(loop_wait(m.loop, 1000));
        assert_true(clock_mono_ms() < m.start_ms + 30000);
    }
    loop_wait(m.loop, 0);
    bool is_seen[TIMERS] = {false};
    for (size_t i = 0; i < m.n_fired; i++) {
        assert_false(is_seen[m.fired[i]]);
        assert_true(m.fired[i] % 10 != 0);
        is_seen[m.fired[i]] = true;
    }
    assert_int_equal(m.n_fired, TIMERS - TIMERS / 10);
    loop_free(m.loop);
}

static void test_cancel(void **state)
{
    (void)state;
    struct seen s = {.loop = loop_new()};
    const int64_t now_ms = clock_mono_ms();
    loop_add_timer(s.loop, now_ms - 2, on_cancels_b, &s);
    s.timer = loop_add_timer(s.loop, now_ms - 1, on_b, &s);
    loop_wait(s.loop, 0);
    loop_wait(s.loop, 0);
    assert_string_equal(s.order, "c");
    loop_cancel_timer(s.loop, s.timer);
    loop_cancel_timer(s.loop, 0);
    loop_free(s.loop);
}

static void test_descriptors(void **state)
{
    (void)state;
    struct seen s = {.loop = loop_new()};
    assert_int_equal(pipe(s.fd), 0);
    loop_add_fd(s.loop, s.fd[0], on_fd, &s);
    loop_wait(s.loop, 0);
    assert_string_equal(s.order, "");
    assert_int_equal(write(s.fd[1], "yz", 2), 2);
    loop_wait(s.loop, 1000);
    loop_wait(s.loop, 1000);
    assert_string_equal(s.order, "yz");
    loop_remove_fd(s.loop, s.fd[0]);
    assert_int_equal(write(s.fd[1], "n", 1), 1);
    loop_wait(s.loop, 0);
    assert_string_equal(s.order, "yz");
    close(s.fd[0]);
    close(s.fd[1]);
    loop_free(s.loop);
}

static void test_removed_by_an_earlier_handler(void **state)
{
    (void)state;
    struct seen s = {.loop = loop_new()};
    int first[2];
    assert_int_equal(pipe(first), 0);
    assert_int_equal(pipe(s.fd), 0);
    loop_add_fd(s.loop, first[0], on_removes, &s);
    loop_add_fd(s.loop, s.fd[0], on_fd, &s);
    assert_int_equal(write(first[1], "1", 1), 1);
    assert_int_equal(write(s.fd[1], "2", 1), 1);
    loop_wait(s.loop, 1000);
    assert_string_equal(s.order, "x");
    close(first[0]);
    close(first[1]);
    close(s.fd[0]);
    close(s.fd[1]);
    loop_free(s.loop);
}

static void *wake_soon(void *arg)
{
    clock_sleep_ms(20);
    loop_wake(arg);
    return NULL;
}

static void test_wake(void **state)
{
    (void)state;
    struct loop *l = loop_new();
    pthread_t thread;
    assert_int_equal(pool_spawn(&thread, "waker", wake_soon, l), 0);
    const int64_t start_ms = clock_mono_ms();
    assert_true(loop_wait(l, 5000));
    assert_true(clock_mono_ms() - start_ms < 2000);
    pthread_join(thread, NULL);
    const int64_t again_ms = clock_mono_ms();
    loop_wait(l, 20);
    assert_true(clock_mono_ms() - again_ms >= 19); /* the wake-up was used up */
    loop_free(l);
}

static void on_signal(int no)
{
    (void)no;
}

static void *signal_soon(void *arg)
{
    clock_sleep_ms(20);
    pthread_kill(*(pthread_t *)arg, SIGUSR1);
    return NULL;
}

static void test_signal_interrupts(void **state)
{
    (void)state;
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGUSR1, &action, NULL);
    struct loop *l = loop_new();
    pthread_t self = pthread_self();
    pthread_t thread;
    assert_int_equal(pool_spawn(&thread, "killer", signal_soon, &self), 0);
    assert_false(loop_wait(l, 5000));
    pthread_join(thread, NULL);
    loop_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_timers_in_order),
        cmocka_unit_test(test_timer_that_sets_itself_does_not_hold_the_loop),
        cmocka_unit_test(test_a_hundred_timers),
        cmocka_unit_test(test_cancel),
        cmocka_unit_test(test_descriptors),
        cmocka_unit_test(test_removed_by_an_earlier_handler),
        cmocka_unit_test(test_wake),
        cmocka_unit_test(test_signal_interrupts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
