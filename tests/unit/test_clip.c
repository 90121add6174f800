/* SPDX-License-Identifier: Apache-2.0 */
/* robustness S1: what may go to a clipboard. */
#include "tui/term/clip.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"

/* NULL: refused. */
static void expect(const char *text, size_t n, enum clip_kind kind, const char *want)
{
    struct buf out = BUF_INIT;
    buf_puts(&out, "before ");
    const bool ok = clip_take(&out, text, n, kind, NULL);
    assert_int_equal(ok, want != NULL);
    assert_string_equal(buf_str(&out) + strlen("before "), want ? want : "");
    buf_done(&out);
}

#define VALUE(text, want) expect(text, sizeof(text) - 1, CLIP_VALUE, want)
#define LINES(text, want) expect(text, sizeof(text) - 1, CLIP_LINES, want)

static void test_values_as_they_are(void **state)
{
    (void)state;
    VALUE("lumen-labs/Aurora", "lumen-labs/Aurora");
    VALUE("", "");
    VALUE("a b's \"c\"", "a b's \"c\"");
    VALUE("gr\xC3\xBC\xC3\x9F/\xE6\xA8\xA1\xE5\x9E\x8B", "gr\xC3\xBC\xC3\x9F/\xE6\xA8\xA1\xE5\x9E\x8B");
    VALUE("\xEF\xBF\xBD", "\xEF\xBF\xBD"); /* U+FFFD itself */
    VALUE("\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB", "\xF0\x9F\x91\xA9\xE2\x80\x8D\xF0\x9F\x92\xBB"); /* joined */
}

static void test_values_with_control_characters_are_refused(void **state)
{
    (void)state;
    VALUE("a\nrm -rf x", NULL);
    VALUE("a\r", NULL);
    VALUE("a\tb", NULL);
    VALUE("\033]0;x\a", NULL);
    VALUE("a\0b", NULL);
    VALUE("a\x7F", NULL);
    VALUE("a\x9B" "201~", NULL);         /* a bare byte of Latin-1's CSI */
    VALUE("a\xC2\x9B" "201~", NULL);     /* U+009B */
    VALUE("a\xC2\x85touch x", NULL);     /* U+0085, a line end */
    VALUE("a\xE2\x80\xA8touch x", NULL); /* U+2028 */
    VALUE("a\xE2\x80\xAE" "txt.exe", NULL);  /* right to left */
    VALUE("a\xE2\x81\xA6" "b", NULL);
    VALUE("a\xF3\xA0\x81\x81" "b", NULL); /* a tag character */
    VALUE("\xC0\x8A", NULL);             /* newline, overlong */
    VALUE("a\xE2\x80", NULL);            /* cut */
}

static void test_lines_keep_newline_and_tab(void **state)
{
    (void)state;
    LINES("\tint x;\n\treturn;\n", "\tint x;\n\treturn;\n");
    LINES("one\r\ntwo", "one\ntwo");
    LINES("one\rtwo", "onetwo");
    LINES("\033[31mred\033[0m\tx\n", "[31mred[0m\tx\n");
    LINES("a\x9B" "201~\xC2\x9B\xE2\x80\xAE!", "a201~!");
    LINES("\0\n\0", "\n");
}

static void test_what_was_done_is_told(void **state)
{
    (void)state;
    static const char TEXT[] = "a\tb\tc\033\r\nd\n";
    struct clip_note note;
    struct buf out = BUF_INIT;
    assert_true(clip_take(&out, TEXT, sizeof TEXT - 1, CLIP_LINES, &note));
    assert_int_equal(note.lines, 2);
    assert_int_equal(note.tabs, 2);
    assert_int_equal(note.left_out, 1);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values_as_they_are),
        cmocka_unit_test(test_values_with_control_characters_are_refused),
        cmocka_unit_test(test_lines_keep_newline_and_tab),
        cmocka_unit_test(test_what_was_done_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
