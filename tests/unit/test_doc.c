/* SPDX-License-Identifier: Apache-2.0 */
/* The scrolling document: its moves and its search. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "tests/unit/canvas_help.h"
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

static void test_search(void **state)
{
    (void)state;
    struct doc d = {0};
    struct err e = ERR_INIT;
    const char text[] = "Alpha\n\nbeta\n\nBETA 12\n";
    doc_set_markdown(&d, text, sizeof text - 1, 60, false);
    doc_layout(&d, 60, 22);
    assert_true(doc_search(&d, "beta", &e));
    assert_int_equal(d.match_line, 2);
    assert_true(doc_next(&d, 1));
    assert_int_equal(d.match_line, 4);
    assert_true(doc_next(&d, 1)); /* around the end */
    assert_int_equal(d.match_line, 2);
    assert_true(doc_next(&d, -1));
    assert_int_equal(d.match_line, 4);
    assert_true(doc_search(&d, "BETA", &e)); /* a capital: the case counts */
    assert_int_equal(d.match_line, 4);
    assert_true(doc_search(&d, "\\v^b|\\d+$", &e));
    assert_int_equal(d.match_line, 2);
    assert_true(doc_next(&d, 1));
    assert_int_equal(d.match_line, 4);
    assert_false(doc_search(&d, "\\va(b", &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_true(doc_next(&d, 1)); /* the old search stays */
    assert_int_equal(d.match_line, 2);
    assert_false(doc_search(&d, "a(b", &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_string_equal(e.msg, "not found: a(b");
    assert_false(doc_next(&d, 1));
    assert_true(doc_search(&d, "", &e));
    assert_false(doc_next(&d, 1));
    doc_done(&d);
}

static void test_a_match_comes_into_sight_and_is_marked(void **state)
{
    (void)state;
    struct canvas_room r;
    struct doc d = {0};
    assert_true(room_begin(&r, 22, 40));
    fill(&d, 100);
    assert_true(doc_search(&d, "line 5", NULL)); /* 5 and 50 to 59 */
    assert_int_equal(d.top, 0);
    doc_draw(&d, &r.canvas);
    assert_int_equal(room_style(&r, 5, 5), STYLE_MATCH_NOW);
    assert_int_equal(room_style(&r, 6, 5), STYLE_TEXT);
    assert_true(doc_next(&d, 1));
    assert_int_equal(d.top, 50 - 22 / 3);
    werase(r.pad);
    doc_draw(&d, &r.canvas);
    assert_int_equal(room_style(&r, 7, 5), STYLE_MATCH_NOW);
    assert_int_equal(room_style(&r, 8, 5), STYLE_MATCH);
    assert_int_equal(room_style(&r, 8, 6), STYLE_TEXT);
    doc_done(&d);
    room_end(&r);
}

/* hub.md 21: blanks that are no ASCII are blanks, with every other text as well. */
static void test_blanks_with_ascii(void **state)
{
    (void)state;
    struct canvas_room r;
    struct doc d = {0};
    const char text[] = "one&nbsp;two&thinsp;three\u202Ffour\u3000five ![a picture](p.png)\n";
    assert_true(room_begin(&r, 4, 60));
    r.canvas.is_ascii = true;
    doc_set_markdown(&d, text, sizeof text - 1, 60, true);
    doc_layout(&d, 60, 4);
    doc_draw(&d, &r.canvas);
    char *row = room_text(&r, 0);
    assert_string_equal(row, "one two three four  five image: a picture [1]");
    free(row);
    doc_done(&d);
    room_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_moves),
        cmocka_unit_test(test_wrap_is_for_markdown),
        cmocka_unit_test(test_search),
        cmocka_unit_test(test_a_match_comes_into_sight_and_is_marked),
        cmocka_unit_test(test_blanks_with_ascii),
    };
    return cmocka_run_group_tests_name("doc", tests, NULL, NULL);
}
