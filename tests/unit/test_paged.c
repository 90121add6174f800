/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of rows: growing, replacing what the cache had, and freeing each page once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/widget/list.h"
#include "tui/widget/paged.h"

struct row {
    int value;
    char more[12];
};

struct page {
    struct row rows[3];
};

static int n_alive;

static void free_page(void *page)
{
    n_alive--;
    free(page);
}

/* Three rows that count from `first`. */
static bool put(struct paged *p, size_t at, int first, const char *next)
{
    struct page *page = xcalloc(1, sizeof *page);
    n_alive++;
    for (int i = 0; i < 3; i++) {
        page->rows[i].value = first + i;
    }
    return paged_put(p, at, &(struct paged_page){.page = page, .rows = page->rows, .n = 3,
                                                .size = sizeof *page->rows, .has_more = next != NULL, .next = next});
}

static void check_rows(const struct paged *p, size_t n, const int *want)
{
    assert_int_equal(p->n, n);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(((const struct row *)p->rows[i])->value, want[i]);
    }
}

static void test_pages_follow_each_other(void **state)
{
    (void)state;
    struct paged p = {.free_page = free_page};
    assert_true(put(&p, 0, 10, "a"));
    assert_true(put(&p, 1, 20, "b"));
    assert_true(put(&p, 2, 30, NULL));
    check_rows(&p, 9, (int[]){10, 11, 12, 20, 21, 22, 30, 31, 32});
    assert_int_equal(p.n_pages, 3);
    assert_null(p.next);
    assert_false(p.has_more);
    assert_int_equal(n_alive, 3);
    paged_drop(&p);
    assert_int_equal(n_alive, 0);
    assert_int_equal(p.n, 0);
    assert_true(put(&p, 0, 1, NULL)); /* goes on as new */
    paged_drop(&p);
    paged_drop(&p);
    assert_int_equal(n_alive, 0);
}

static void test_an_answer_replaces_the_cached_one(void **state)
{
    (void)state;
    struct paged p = {.free_page = free_page};
    put(&p, 0, 10, "a");
    put(&p, 1, 20, "b");
    put(&p, 1, 25, "c"); /* the last page once more */
    check_rows(&p, 6, (int[]){10, 11, 12, 25, 26, 27});
    assert_string_equal(p.next, "c");
    put(&p, 0, 40, NULL); /* the first: what followed it belonged to the old list */
    check_rows(&p, 3, (int[]){40, 41, 42});
    assert_int_equal(n_alive, 1);
    assert_false(put(&p, 2, 50, "x")); /* asked for when there were two */
    check_rows(&p, 3, (int[]){40, 41, 42});
    assert_false(p.has_more);
    assert_int_equal(n_alive, 1);
    paged_drop(&p);
    assert_int_equal(n_alive, 0);
}

static void test_more_is_wanted_near_the_end(void **state)
{
    (void)state;
    struct paged p = {.free_page = free_page};
    struct list l = {0};
    list_height(&l, 2);
    put(&p, 0, 0, "a");
    put(&p, 1, 0, "b");
    put(&p, 2, 0, "c");
    list_set(&l, p.n);
    assert_false(paged_wants_more(&p, &l, 2));
    list_goto(&l, 7);
    assert_true(paged_wants_more(&p, &l, 2));
    put(&p, 3, 0, NULL);
    assert_false(paged_wants_more(&p, &l, 20));
    paged_drop(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pages_follow_each_other),
        cmocka_unit_test(test_an_answer_replaces_the_cached_one),
        cmocka_unit_test(test_more_is_wanted_near_the_end),
    };
    return cmocka_run_group_tests_name("paged", tests, NULL, NULL);
}
