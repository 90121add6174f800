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
            assert_true(list_apply(&l, (enum move)(MOVE_DOWN + rand() % 8)));
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
    list_apply(&l, MOVE_BOTTOM);
    assert_int_equal(l.sel, 99);
    assert_int_equal(l.top, 90);
    list_apply(&l, MOVE_PAGE_UP);
    assert_int_equal(l.sel, 90);
    assert_false(list_apply(&l, MOVE_LEFT));
}

static void test_half_a_page_is_half_of_a_page(void **state)
{
    (void)state;
    struct list l = {0};
    list_height(&l, 21);
    list_set(&l, 100);
    list_apply(&l, MOVE_PAGE_DOWN);
    assert_int_equal(l.sel, 20);
    list_apply(&l, MOVE_HALF_DOWN);
    assert_int_equal(l.sel, 30);
    list_apply(&l, MOVE_HALF_UP);
    list_apply(&l, MOVE_PAGE_UP);
    assert_int_equal(l.sel, 0);
    list_height(&l, 1); /* a page of one row still moves */
    list_apply(&l, MOVE_HALF_DOWN);
    assert_int_equal(l.sel, 1);
    assert_false(list_apply(&l, MOVE_NONE));
    assert_int_equal(l.sel, 1);
}

static void test_mouse(void **state)
{
    (void)state;
    struct list l = {0};
    bool again = true;
    list_height(&l, 10);
    list_set(&l, 30);
    assert_true(list_mouse(&l, TERM_MOUSE_WHEEL_DOWN, 0, &again));
    assert_false(again);
    assert_int_equal(l.top, 3);
    assert_true(list_mouse(&l, TERM_MOUSE_PRESS, 4, &again));
    assert_false(again);
    assert_int_equal(l.sel, 7);
    assert_true(list_mouse(&l, TERM_MOUSE_PRESS, 4, &again));
    assert_true(again);
    assert_false(list_mouse(&l, TERM_MOUSE_PRESS, 10, &again)); /* below the list */
    assert_false(list_mouse(&l, TERM_MOUSE_PRESS, -1, &again)); /* on a header */
    assert_false(again);
    assert_int_equal(l.sel, 7);
    assert_true(list_mouse(&l, TERM_MOUSE_WHEEL_UP, 0, &again));
    assert_int_equal(l.top, 0);
    list_set(&l, 2);
    assert_false(list_mouse(&l, TERM_MOUSE_PRESS, 2, &again)); /* where no row is */
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
        cmocka_unit_test(test_half_a_page_is_half_of_a_page),
        cmocka_unit_test(test_mouse),
        cmocka_unit_test(test_selection_survives_growth),
        cmocka_unit_test(test_near_end),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
