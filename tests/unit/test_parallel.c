/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Every item is worked on once, whatever the number of threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/arrcoc/parallel.h"

enum { MOST = 1000 };

struct tally {
    int seen[MOST]; /* each written by one thread only: a race is a failure under ThreadSanitizer */
    atomic_int calls;
};

static void count(void *arg, size_t first, size_t last)
{
    struct tally *t = arg;
    atomic_fetch_add(&t->calls, 1);
    for (size_t i = first; i < last; i++) {
        t->seen[i]++;
    }
}

static void check(int n_threads, size_t n_items, int calls)
{
    struct tally t = {0};
    arr_parallel(n_threads, n_items, count, &t);
    assert_int_equal(atomic_load(&t.calls), calls);
    for (size_t i = 0; i < MOST; i++) {
        assert_int_equal(t.seen[i], i < n_items ? 1 : 0);
    }
}

static void test_every_item_once(void **state)
{
    (void)state;
    check(1, MOST, 1);
    check(2, MOST, 2);
    check(3, 10, 3);
    check(7, 999, 7);
    check(16, 5, 5);
    check(5, 1, 1);
}

static void test_odd_numbers(void **state)
{
    (void)state;
    check(4, 0, 0);
    check(0, 12, 1);
    check(-3, 12, 1);
    check(100000, MOST, 64);
}

static void test_cores(void **state)
{
    (void)state;
    assert_in_range(arr_cores(), 1, 1 << 16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_item_once),
        cmocka_unit_test(test_odd_numbers),
        cmocka_unit_test(test_cores),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
