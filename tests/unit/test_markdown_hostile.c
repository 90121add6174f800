/* SPDX-License-Identifier: Apache-2.0 */
/* Cards made to be slow, large or deep: time and memory stay bounded and nothing is lost that can be
 * shown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/doc/markdown.h"
#include "tests/unit/markdown_help.h"

/* robustness: tables of 10,000 columns */
static void a_table_of_ten_thousand_columns_is_whole(void **state)
{
    (void)state;
    enum { COLS = 10000, ROWS = 3 };
    struct buf text = BUF_INIT;
    for (int i = 0; i < COLS; i++) {
        buf_printf(&text, "|head%d", i);
    }
    buf_puts(&text, "|\n");
    for (int i = 0; i < COLS; i++) {
        buf_puts(&text, "|-");
    }
    buf_puts(&text, "|\n");
    for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < COLS; i++) {
            buf_printf(&text, "| %d.%d ", row, i);
        }
        buf_puts(&text, "|\n");
    }
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, 80, NULL);
    size_t cells = 0;
    for (size_t i = 0; i < r.n_lines; i++) {
        unsigned head = 0;
        unsigned row = 0;
        unsigned col = 0;
        if (sscanf(r.lines[i].text, "head%u: %u.%u", &head, &row, &col) == 3) {
            assert_int_equal(head, col);
            assert_true(row < ROWS);
            cells++;
        }
    }
    assert_int_equal(cells, COLS * ROWS);
    rich_done(&r);
    buf_done(&text);
}

static void wide_tables_keep_bars_and_short_rows(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "Above\n");
    for (int i = 0; i < 600; i++) {
        buf_printf(&text, "|h%d", i);
    }
    buf_puts(&text, "|\n");
    for (int i = 0; i < 600; i++) {
        buf_puts(&text, i % 2 == 0 ? "|-" : "|:-:");
    }
    buf_puts(&text, "|\n");
    for (int i = 0; i < 600; i++) {
        buf_puts(&text, i == 300 ? "|x\\|y" : "| ");
    }
    buf_puts(&text, "|\n|only\n\nBelow\n");
    struct rich r = RICH_INIT;
    struct buf out = BUF_INIT;
    markdown_render(&r, text.p, text.n, 60, NULL);
    rich_put_plain(&r, 0, r.n_lines, &out);
    assert_true(count_lines(&r, "h300: x|y") == 1);
    assert_true(count_lines(&r, "h0: only") == 1);
    assert_string_equal(r.lines[0].text, "Above");
    assert_string_equal(r.lines[r.n_lines - 1].text, "Below");
    buf_done(&out);
    rich_done(&r);
    buf_done(&text);
}

/* robustness: a megabyte of quotes in each other, in one line and in many */
static void quotes_in_quotes_stay_cheap(void **state)
{
    (void)state;
    static const char *const UNITS[] = {">", "> ", "> > > > > > x\n", ">>>>>>>>>>>>>>>>>>>>>>>>\n",
                                        "> - ", "> 1. ", ">\n> a\n"};
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        struct buf text = BUF_INIT;
        while (text.n < (i < 4 ? 1000000 : 250000)) {
            buf_puts(&text, UNITS[i]);
        }
        buf_puts(&text, "innermost\n");
        const int64_t start = clock_mono_ns();
        struct rich r = RICH_INIT;
        markdown_render(&r, text.p, text.n, 80, NULL);
        const int64_t ms = (clock_mono_ns() - start) / 1000000;
        check_sound(&r, 80);
        assert_true(r.n_lines > 0);
        assert_non_null(strstr(r.lines[r.n_lines - 1].text, "innermost"));
        if (ms > 10000) {
            fail_msg("%zu bytes of \"%s\" took %d ms", text.n, UNITS[i], (int)ms);
        }
        rich_done(&r);
        buf_done(&text);
    }
}

/* robustness: footnotes that refer to each other, by the thousand */
static void many_notes_stay_cheap(void **state)
{
    (void)state;
    enum { N = 3000 };
    struct buf text = BUF_INIT;
    buf_puts(&text, "Start[^0]\n\n");
    for (int i = 0; i < N; i++) {
        buf_printf(&text, "[^%d]: note %d, see [^%d] and [^%d].\n", i, i, (i + 1) % N, (i + 7) % N);
    }
    const int64_t start = clock_mono_ns();
    struct rich r = RICH_INIT;
    markdown_render(&r, text.p, text.n, 80, NULL);
    check_sound(&r, 80);
    size_t notes = 0;
    for (size_t i = 0; i < r.n_lines; i++) {
        notes += strstr(r.lines[i].text, ". note ") != NULL;
    }
    assert_int_equal(notes, N);
    assert_true(clock_mono_ns() - start < (int64_t)10000000000);
    rich_done(&r);
    buf_done(&text);
}

static void hostile_cards_stay_cheap(void **state)
{
    (void)state;
    static const char *const UNITS[] = {
        "[",  "[a](", "*a ",      "**a *", ">",     "> 1. ", "`a``b```c", "<a \"", "<!--", "<b>x ",
        "![", "&",    "&#27;",    "_a_b",  "|",     "a|b\n", "[[](",      "[a]\n", "*_",   "- ",
        "\n", "$a",   "~~a",      "<ul><li>",       "<table><tr><td>",    "a\n=\n", "# A\n", "\t",
        "]",  "\\",   "http://",  "a@",    "- [ ] ", "<details><summary>", "<pre>", "<a href=x>",
        "\xF0\x9F", "\x1B[", "a\xCC\x81\xCC\x81", "[a]: b\n", "    x\n\n", "<blockquote>", "```\n",
    };
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++) {
        struct buf text = BUF_INIT;
        while (text.n < 200000) {
            buf_puts(&text, UNITS[i]);
        }
        const int64_t start = clock_mono_ns();
        struct rich r = RICH_INIT;
        markdown_render(&r, text.p, text.n, 40, NULL);
        const int64_t ms = (clock_mono_ns() - start) / 1000000;
        check_sound(&r, 40);
        if (ms > 5000) { /* a sanitized build takes some 100 ms for the worst of them */
            fail_msg("200 kB of \"%s\" took %d ms", UNITS[i], (int)ms);
        }
        rich_done(&r);
        buf_done(&text);
    }
}

static void nesting_stops_at_the_edge(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 0; i < 100; i++) {
        buf_pad(&text, ' ', (size_t)i * 2);
        buf_puts(&text, i % 2 == 0 ? "- item\n" : "- > quote\n");
    }
    for (int width = 0; width < 50; width += 7) {
        struct rich r = RICH_INIT;
        markdown_render(&r, text.p, text.n, width, NULL);
        check_sound(&r, width > 20 ? width : 20);
        assert_true(r.n_lines >= 100);
        rich_done(&r);
    }
    buf_done(&text);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_ten_thousand_columns_is_whole),
        cmocka_unit_test(wide_tables_keep_bars_and_short_rows),
        cmocka_unit_test(quotes_in_quotes_stay_cheap),
        cmocka_unit_test(many_notes_stay_cheap),
        cmocka_unit_test(hostile_cards_stay_cheap),
        cmocka_unit_test(nesting_stops_at_the_edge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
