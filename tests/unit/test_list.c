/* SPDX-License-Identifier: Apache-2.0 */
/* The invariant of list.h after any sequence of calls, and what people expect of each move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tui/widget/list.h"

static void check(const struct list *l)
{
    size_t height = l->height > 0 ? (size_t)l->height : 1;
    if (l->n == 0) {
        assert_int_equal(l->sel, 0);
        assert_int_equal(l->top, 0);
        return;
    }
    assert_true(l->sel < l->n);
    assert_true(l->top <= l->sel);
    assert_true(l->sel < l->top + height);
    assert_true(l->top == 0 || l->top + height <= l->n); /* no blank rows below while rows are above */
}

static void test_random_walk_keeps_the_invariant(void **state)
{
    (void)state;
    struct list l = {0};
    srand(20260821);
    for (int i = 0; i < 200000; i++) {
        static const char *const WORDS[] = {"down", "up", "page-down", "page-up", "half-down", "half-up", "top", "bottom"};
        switch (rand() % 6) {
        case 0:
            list_set(&l, (size_t)(rand() % 300));
            break;
        case 1:
            list_height(&l, rand() % 40);
            break;
        case 2:
            list_move(&l, rand() % 200 - 100);
            break;
        case 3:
            list_goto(&l, (size_t)(rand() % 400));
            break;
        case 4:
            list_scroll(&l, rand() % 40 - 20);
            break;
        default:
            assert_true(list_action(&l, WORDS[rand() % 8]));
            break;
        }
        check(&l);
    }
}

static void test_scrolling_moves_the_window(void **state)
{
    (void)state;
    struct list l = {0};
    list_height(&l, 10);
    list_set(&l, 100);
    list_scroll(&l, 3);
    assert_int_equal(l.top, 3);
    assert_int_equal(l.sel, 3); /* pushed by the edge */
    list_scroll(&l, -3);
    assert_int_equal(l.top, 0);
    assert_int_equal(l.sel, 3); /* stays where it is visible */
    list_action(&l, "bottom");
    assert_int_equal(l.sel, 99);
    assert_int_equal(l.top, 90);
    list_action(&l, "page-up");
    assert_int_equal(l.sel, 90);
    assert_false(list_action(&l, "sideways"));
}

static void test_selection_survives_growth(void **state)
{
    (void)state;
    struct list l = {0};
    list_height(&l, 5);
    list_set(&l, 50);
    list_goto(&l, 49);
    size_t top = l.top;
    list_set(&l, 100);
    assert_int_equal(l.sel, 49);
    assert_int_equal(l.top, top);
    list_set(&l, 3);
    assert_int_equal(l.sel, 2);
    assert_int_equal(l.top, 0);
}

static void test_near_end(void **state)
{
    (void)state;
    struct list l = {0};
    list_height(&l, 10);
    list_set(&l, 100);
    assert_false(list_near_end(&l, 20));
    list_goto(&l, 80);
    assert_true(list_near_end(&l, 20));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_walk_keeps_the_invariant),
        cmocka_unit_test(test_scrolling_moves_the_window),
        cmocka_unit_test(test_selection_survives_growth),
        cmocka_unit_test(test_near_end),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
