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
#include <stdatomic.h>
#include <string.h>

#include "tests/unit/task_help.h"

static atomic_int args_freed;
static atomic_int values_freed;

static void free_arg(void *arg)
{
    (void)arg;
    atomic_fetch_add(&args_freed, 1);
}

static void free_value(void *value)
{
    free(value);
    atomic_fetch_add(&values_freed, 1);
}

static void *run_copy(struct task *t, void *arg, struct err *e)
{
    (void)e;
    task_progress(t, 3, 4);
    return xstrdup(arg);
}

static void *run_fail(struct task *t, void *arg, struct err *e)
{
    (void)t;
    (void)arg;
    err_set(e, ERR_NOT_FOUND, "no such thing");
    return NULL;
}

static void *run_nothing(struct task *t, void *arg, struct err *e)
{
    (void)t;
    (void)arg;
    (void)e;
    return NULL;
}

static void test_result_says_who_asked(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(2, q);
    args_freed = 0;
    struct task *t = pool_start(p, &(struct job){.name = "copying", .owner = 77,
                                                 .generation = 5, .kind = 7, .run = run_copy,
                                                 .arg = (char[]){"text"}, .free_arg = free_arg,
                                                 .free_value = free});
    struct task_result *r = wait_result(q);
    assert_ptr_equal(r->task, t);
    assert_int_equal(r->owner, 77);
    assert_int_equal(r->generation, 5);
    assert_int_equal(r->kind, 7);
    assert_true(r->is_last);
    assert_int_equal(r->err.code, ERR_NONE);
    assert_string_equal(r->value, "text");
    uint64_t done = 0;
    uint64_t total = 0;
    task_get_progress(t, &done, &total);
    assert_int_equal(done, 3);
    assert_int_equal(total, 4);
    assert_string_equal(task_name(t), "copying");
    assert_true(task_id(t) > 0);
    msg_free(&r->msg);
    pool_free(p);
    task_unref(t);
    assert_int_equal(args_freed, 1);
    queue_free(q);
}

static void test_errors_and_empty_results(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    task_unref(pool_start(p, &(struct job){.name = "a", .run = run_fail}));
    task_unref(pool_start(p, &(struct job){.name = "b", .run = run_nothing}));
    struct task_result *r = wait_result(q);
    assert_null(r->value);
    assert_int_equal(r->err.code, ERR_NOT_FOUND);
    assert_string_equal(r->err.msg, "no such thing");
    msg_free(&r->msg);
    r = wait_result(q);
    assert_null(r->value);
    assert_int_equal(r->err.code, ERR_NONE);
    msg_free(&r->msg);
    pool_free(p);
    queue_free(q);
}

static void test_untaken_values_are_freed(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(2, q);
    values_freed = 0;
    for (int i = 0; i < 20; i++) {
        task_unref(pool_start(p, &(struct job){.name = "copy", .run = run_copy,
                                               .arg = (char[]){"x"}, .free_value = free_value}));
        struct task_result *r = wait_result(q);
        if (i % 2) {
            free(r->value);
            r->value = NULL;
        }
        msg_free(&r->msg);
    }
    pool_free(p);
    queue_free(q);
    assert_int_equal(values_freed, 10);
}

/* A job that waits on a condition which only its wake hook signals. */
struct sleeper {
    pthread_mutex_t lock;
    pthread_cond_t woken;
    bool is_woken;
    atomic_bool is_asleep;
    int calls;
};

static void wake_sleeper(void *arg)
{
    struct sleeper *s = arg;
    pthread_mutex_lock(&s->lock);
    s->is_woken = true;
    s->calls++;
    pthread_cond_signal(&s->woken);
    pthread_mutex_unlock(&s->lock);
}

static void *run_sleep(struct task *t, void *arg, struct err *e)
{
    struct sleeper *s = arg;
    task_set_wake(t, wake_sleeper, s);
    pthread_mutex_lock(&s->lock);
    atomic_store(&s->is_asleep, true);
    while (!s->is_woken) {
        pthread_cond_wait(&s->woken, &s->lock);
    }
    pthread_mutex_unlock(&s->lock);
    task_set_wake(t, NULL, NULL);
    err_set(e, ERR_CANCELLED, "cancelled");
    return NULL;
}

static void test_cancel_wakes_once(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    struct sleeper s = {.lock = PTHREAD_MUTEX_INITIALIZER, .woken = PTHREAD_COND_INITIALIZER};
    struct task *t = pool_start(p, &(struct job){.name = "sleep", .run = run_sleep, .arg = &s});
    while (!s.is_asleep) {
        clock_sleep_ms(1);
    }
    assert_false(task_is_cancelled(t));
    assert_int_equal(pool_busy(p), 1);
    task_cancel(t);
    task_cancel(t);
    assert_true(task_is_cancelled(t));
    struct task_result *r = wait_result(q);
    assert_int_equal(r->err.code, ERR_CANCELLED);
    assert_int_equal(s.calls, 1);
    msg_free(&r->msg);
    pool_free(p);
    task_cancel(t); /* after everything: nothing happens */
    task_unref(t);
    queue_free(q);
}

static void test_hook_of_a_cancelled_task_runs_at_once(void **state)
{
    (void)state;
    struct task *t = task_new(&(struct job){.name = "t", .run = run_nothing}, NULL);
    struct sleeper s = {.lock = PTHREAD_MUTEX_INITIALIZER, .woken = PTHREAD_COND_INITIALIZER};
    task_cancel(t);
    task_set_wake(t, wake_sleeper, &s);
    assert_int_equal(s.calls, 1);
    task_unref(t);
}

static void test_no_task_is_a_task_too(void **state)
{
    (void)state;
    task_cancel(NULL);
    assert_false(task_is_cancelled(NULL));
    task_set_wake(NULL, wake_sleeper, NULL);
    task_progress(NULL, 1, 2);
    task_unref(NULL);
}

enum { PARTS = 40 };

static void *run_emit(struct task *t, void *arg, struct err *e)
{
    (void)e;
    atomic_int *sent = arg;
    for (int i = 0; i < PARTS && !task_is_cancelled(t); i++) {
        task_emit(t, 2, xstrdup("part"), free_value);
        atomic_fetch_add(sent, 1);
    }
    return NULL;
}

/* A queue for about four parts. */
static const size_t SMALL = 4 * 64 * 1024 - 1;

static void test_emit_waits_for_room(void **state)
{
    (void)state;
    struct queue *q = queue_new(SMALL);
    struct pool *p = pool_new(1, q);
    atomic_int sent = 0;
    task_unref(pool_start(p, &(struct job){.name = "emit", .run = run_emit, .arg = &sent}));
    clock_sleep_ms(50);
    assert_int_equal(sent, 4);
    int parts = 0;
    for (bool is_last = false; !is_last;) {
        struct task_result *r = wait_result(q);
        is_last = r->is_last;
        parts += !is_last;
        assert_true(is_last || r->kind == 2);
        msg_free(&r->msg);
    }
    assert_int_equal(parts, PARTS);
    pool_free(p);
    queue_free(q);
}

static void test_cancel_frees_a_blocked_emit(void **state)
{
    (void)state;
    struct queue *q = queue_new(SMALL);
    struct pool *p = pool_new(1, q);
    atomic_int sent = 0;
    struct task *t = pool_start(p, &(struct job){.name = "emit", .run = run_emit, .arg = &sent});
    clock_sleep_ms(50);
    task_cancel(t);
    while (pool_busy(p) > 0) {
        clock_sleep_ms(1);
    }
    assert_int_equal(sent, 5);
    task_unref(t);
    pool_free(p);
    queue_free(q);
}

static void test_pool_free_drops_what_waits(void **state)
{
    (void)state;
    struct queue *q = queue_new(1 << 20);
    struct pool *p = pool_new(1, q);
    struct sleeper s = {.lock = PTHREAD_MUTEX_INITIALIZER, .woken = PTHREAD_COND_INITIALIZER};
    args_freed = 0;
    task_unref(pool_start(p, &(struct job){.name = "sleep", .run = run_sleep, .arg = &s}));
    while (!s.is_asleep) {
        clock_sleep_ms(1);
    }
    for (int i = 0; i < 5; i++) {
        task_unref(pool_start(p, &(struct job){.name = "copy", .run = run_copy,
                                               .arg = (char[]){"x"}, .free_arg = free_arg}));
    }
    assert_int_equal(pool_busy(p), 6);
    pool_free(p);
    assert_int_equal(args_freed, 5);
    struct task_result *r = wait_result(q);
    assert_string_equal(task_name(r->task), "sleep");
    msg_free(&r->msg);
    assert_null(queue_take(q));
    queue_free(q);
}

static void *read_mask(void *arg)
{
    pthread_sigmask(SIG_SETMASK, NULL, arg);
    return NULL;
}

static void test_threads_block_signals_but_not_faults(void **state)
{
    (void)state;
    sigset_t mask;
    sigemptyset(&mask);
    pthread_t thread;
    assert_int_equal(pool_spawn(&thread, "a name that is too long", read_mask, &mask), 0);
    pthread_join(thread, NULL);
    assert_true(sigismember(&mask, SIGWINCH));
    assert_true(sigismember(&mask, SIGINT));
    assert_true(sigismember(&mask, SIGPIPE));
    assert_false(sigismember(&mask, SIGSEGV));
    sigset_t own;
    pthread_sigmask(SIG_SETMASK, NULL, &own);
    assert_false(sigismember(&own, SIGWINCH));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_result_says_who_asked),
        cmocka_unit_test(test_errors_and_empty_results),
        cmocka_unit_test(test_untaken_values_are_freed),
        cmocka_unit_test(test_cancel_wakes_once),
        cmocka_unit_test(test_hook_of_a_cancelled_task_runs_at_once),
        cmocka_unit_test(test_no_task_is_a_task_too),
        cmocka_unit_test(test_emit_waits_for_room),
        cmocka_unit_test(test_cancel_frees_a_blocked_emit),
        cmocka_unit_test(test_pool_free_drops_what_waits),
        cmocka_unit_test(test_threads_block_signals_but_not_faults),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
