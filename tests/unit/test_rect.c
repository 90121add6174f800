/* SPDX-License-Identifier: Apache-2.0 */
/* Rectangles: sharing one between two. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/term/draw.h"

static void check(const struct rect *r, int row, int col, int rows, int cols)
{
    assert_int_equal(r->row, row);
    assert_int_equal(r->col, col);
    assert_int_equal(r->rows, rows);
    assert_int_equal(r->cols, cols);
}

static void test_a_share_in_percent(void **state)
{
    (void)state;
    struct rect a;
    struct rect b;
    const struct rect r = {2, 3, 20, 120};
    rect_split(r, &(struct rect_share){.percent = 45}, &a, &b);
    check(&a, 2, 3, 20, 54);
    check(&b, 2, 57, 20, 66);
    rect_split(r, &(struct rect_share){.percent = 25, .is_stacked = true}, &a, &b);
    check(&a, 2, 3, 5, 120);
    check(&b, 7, 3, 15, 120);
    rect_split(r, &(struct rect_share){.percent = 100}, &a, &b);
    check(&b, 2, 123, 20, 0);
}

static void test_least_and_most(void **state)
{
    (void)state;
    static const struct {
        int cols, want;
    } CASES[] = {{200, 60}, {120, 54}, {100, 45}, {80, 40}, {61, 40}, {30, 30}, {0, 0}};
    const struct rect_share share = {.percent = 45, .least = 40, .most = 60, .least_second = 20};
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct rect a;
        struct rect b;
        rect_split((struct rect){0, 0, 10, CASES[i].cols}, &share, &a, &b);
        assert_int_equal(a.cols, CASES[i].want);
        check(&b, 0, CASES[i].want, 10, CASES[i].cols - CASES[i].want);
    }
    struct rect a;
    struct rect b;
    rect_split((struct rect){0, 0, 10, 100}, &(struct rect_share){.percent = 90, .least = 5, .least_second = 30}, &a, &b);
    assert_int_equal(b.cols, 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_share_in_percent),
        cmocka_unit_test(test_least_and_most),
    };
    return cmocka_run_group_tests_name("rect", tests, NULL, NULL);
}
