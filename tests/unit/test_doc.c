/* SPDX-License-Identifier: Apache-2.0 */
/* The scrolling document: its moves and its search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/widget/doc.h"

/* n lines "line 0", "line 1", ... in a window of 22 rows. */
static void fill(struct doc *d, int n)
{
    struct rich *r = doc_begin_rich(d);
    for (int i = 0; i < n; i++) {
        struct buf text = BUF_INIT;
        buf_printf(&text, "line %d", i);
        rich_puts(r, RICH_TEXT, buf_str(&text));
        rich_end_line(r);
        buf_done(&text);
    }
    doc_layout(d, 40, 22);
}

static void test_moves(void **state)
{
    (void)state;
    struct doc d = {0};
    fill(&d, 100);
    assert_true(doc_apply(&d, MOVE_PAGE_DOWN));
    assert_int_equal(d.top, 20); /* two rows stay in sight */
    assert_true(doc_apply(&d, MOVE_HALF_DOWN));
    assert_int_equal(d.top, 30);
    assert_true(doc_apply(&d, MOVE_UP));
    assert_int_equal(d.top, 29);
    assert_true(doc_apply(&d, MOVE_BOTTOM));
    assert_int_equal(d.top, 78);
    assert_true(doc_apply(&d, MOVE_DOWN));
    assert_int_equal(d.top, 78);
    assert_true(doc_apply(&d, MOVE_TOP));
    assert_int_equal(d.top, 0);
    assert_false(doc_apply(&d, MOVE_LEFT));
    assert_false(doc_apply(&d, MOVE_NONE));
    doc_done(&d);
}

static void test_wrap_is_for_markdown(void **state)
{
    (void)state;
    struct doc d = {0};
    fill(&d, 3);
    assert_false(doc_toggle_wrap(&d));
    const char code[] = "```\n0123456789 0123456789 0123456789 0123456789\n```\n";
    doc_set_markdown(&d, code, sizeof code - 1, 24, false);
    doc_layout(&d, 24, 22);
    const size_t cut = doc_total(&d);
    assert_true(doc_toggle_wrap(&d));
    assert_true(doc_total(&d) > cut);
    assert_true(doc_toggle_wrap(&d));
    assert_int_equal(doc_total(&d), cut);
    doc_done(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_wrap_is_for_markdown),
    };
    return cmocka_run_group_tests_name("doc", tests, NULL, NULL);
}
