/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/task/tail.h"

static void append(struct tail *t, const char *s)
{
    tail_append(t, s, strlen(s));
}

/* Takes up to size bytes; they have to be `bytes`, with `dropped` lost before them. */
static void check_take(struct tail *t, size_t size, const char *bytes, uint64_t dropped)
{
    char out[64];
    uint64_t lost = 99;
    const size_t n = tail_take(t, out, size, &lost);
    assert_int_equal(n, strlen(bytes));
    assert_memory_equal(out, bytes, n);
    assert_int_equal(lost, dropped);
}

static void test_in_order(void **state)
{
    (void)state;
    struct tail t;
    tail_init(&t, 10);
    check_take(&t, 5, "", 0);
    append(&t, "abc");
    append(&t, "");
    append(&t, "def");
    check_take(&t, 2, "ab", 0);
    append(&t, "ghijkl"); /* around the end of the ring */
    check_take(&t, 64, "cdefghijkl", 0);
    check_take(&t, 64, "", 0);
    tail_done(&t);
}

static void test_the_oldest_go_first(void **state)
{
    (void)state;
    struct tail t;
    tail_init(&t, 4);
    append(&t, "abcd");
    append(&t, "e");
    append(&t, "fg");
    assert_int_equal(t.n, 4);
    check_take(&t, 1, "d", 3);
    check_take(&t, 64, "efg", 0);
    append(&t, "ab");
    append(&t, "0123456789"); /* more than it holds */
    check_take(&t, 64, "6789", 8);
    append(&t, "xyz");
    check_take(&t, 64, "xyz", 0);
    tail_done(&t);
    assert_int_equal(t.n, 0);
}

/* Random sizes against the plain truth: byte number i is a function of i. */
static void test_against_counting(void **state)
{
    (void)state;
    enum { MAX = 5000, BLOCK = 7000 };
    struct tail t;
    tail_init(&t, MAX);
    static unsigned char block[BLOCK];
    uint64_t written = 0;
    uint64_t read = 0;
    uint32_t seed = 1;
    for (int round = 0; round < 3000; round++) {
        seed = seed * 1664525U + 1013904223U;
        const size_t n = (seed >> 8) % (round % 7 == 0 ? BLOCK : 900);
        if (seed >> 31) {
            for (size_t i = 0; i < n; i++) {
                block[i] = (unsigned char)((written + i) * 31 % 251);
            }
            tail_append(&t, block, n);
            written += n;
        } else {
            uint64_t lost = 0;
            const size_t got = tail_take(&t, block, n, &lost);
            read += lost;
            for (size_t i = 0; i < got; i++) {
                assert_int_equal(block[i], (read + i) * 31 % 251);
            }
            read += got;
        }
        assert_int_equal(read + t.dropped + t.n, written);
        assert_true(t.n <= MAX && t.cap <= MAX);
    }
    assert_true(read > 100000);
    tail_done(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_the_oldest_go_first),
        cmocka_unit_test(test_against_counting),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
