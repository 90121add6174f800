/* SPDX-License-Identifier: Apache-2.0 */
/* Diffs as styled lines: hub.md 13. */
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/doc/diff.h"

static const char *letter(enum rich_style style)
{
    return style == RICH_H3        ? "F "
           : style == RICH_DIM     ? "i "
           : style == RICH_KEY     ? "@ "
           : style == RICH_ADDED   ? "+ "
           : style == RICH_REMOVED ? "- "
                                   : "  ";
}

/* Each line behind the letter of its style. */
static char *styled(const char *text, size_t n, int cols)
{
    struct rich r = RICH_INIT;
    struct buf out = BUF_INIT;
    rich_put_diff(&r, text, n, cols);
    for (size_t i = 0; i < r.n_lines; i++) {
        const struct rich_line *line = &r.lines[i];
        buf_printf(&out, "%s%s\n", line->n_spans ? letter(line->spans[0].style) : "  ", line->text);
    }
    rich_done(&r);
    return buf_steal(&out);
}

static void check(const char *text, const char *wanted, size_t files, size_t added, size_t removed)
{
    char *got = styled(text, strlen(text), 40);
    assert_string_equal(got, wanted);
    free(got);
    const struct rich_diff_size size = rich_diff_count(text, strlen(text));
    assert_int_equal(size.files, files);
    assert_int_equal(size.added, added);
    assert_int_equal(size.removed, removed);
}

static void test_what_git_prints(void **state)
{
    (void)state;
    check("diff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1,2 +1,3 @@ f\n same\n-old\n+new\n+two\n",
          "F diff --git a/x b/x\ni index 1..2 100644\ni --- a/x\ni +++ b/x\n@ @@ -1,2 +1,3 @@ f\n   same\n- -old\n+ +new\n+ +two\n",
          1, 2, 1);
    check("diff --git a/p b/q\nsimilarity index 100%\nrename from p\nrename to q\ndiff --git a/w b/w\nnew file mode 100644\n"
          "Binary files /dev/null and b/w differ\n",
          "F diff --git a/p b/q\ni similarity index 100%\ni rename from p\ni rename to q\n  \nF diff --git a/w b/w\n"
          "i new file mode 100644\ni Binary files /dev/null and b/w differ\n",
          2, 0, 0);
    check("--- a\r\n+++ b\r\n@@ -3 +3 @@\r\n-x\r\n+y\r\n\\ No newline at end of file\r\n",
          "F --- a\ni +++ b\n@ @@ -3 +3 @@\n- -x\n+ +y\ni \\ No newline at end of file\n", 1, 1, 1);
}

/* A line of a hunk is what its hunk says, whatever it looks like. */
static void test_lines_that_look_like_names(void **state)
{
    (void)state;
    check("--- a\n+++ b\n@@ -1,3 +1,3 @@\n--- comment\n+++ comment\n-diff --git a b\n+@@ -1 +1 @@\n x\n",
          "F --- a\ni +++ b\n@ @@ -1,3 +1,3 @@\n- --- comment\n+ +++ comment\n- -diff --git a b\n+ +@@ -1 +1 @@\n   x\n", 1, 2, 2);
    check("--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n--- c\n+++ d\n@@ -1 +0,0 @@\n-y\n",
          "F --- a\ni +++ b\n@ @@ -0,0 +1 @@\n+ +x\n  \nF --- c\ni +++ d\n@ @@ -1 +0,0 @@\n- -y\n", 2, 1, 1);
}

static void test_what_is_no_diff(void **state)
{
    (void)state;
    check("", "", 0, 0, 0);
    check("{\"error\":\"x\"}\n\n+ a plus\n", "  {\"error\":\"x\"}\n  \n  + a plus\n", 0, 0, 0);
    check("@@ -99999999999999999999999,5 +1 @@\n", "@ @@ -99999999999999999999999,5 +1 @@\n", 0, 0, 0);
    check("@@ -1 @@\n@@\n@@ -x +y @@", "  @@ -1 @@\n  @@\n  @@ -x +y @@\n", 0, 0, 0);
}

static void test_nothing_raw_and_nothing_lost(void **state)
{
    (void)state;
    static const char EVIL[] = "@@ -1 +1 @@\n-\x1b]52;c;cm0=\x07\xE2\x80\xAE\n+\xff\ta\xC2\x9B" "2J\n";
    char *got = styled(EVIL, sizeof EVIL - 1, 60);
    assert_null(strpbrk(got, "\x1b\x07\xff"));
    assert_null(strstr(got, "\xE2\x80\xAE"));
    assert_null(strstr(got, "\xC2\x9B"));
    free(got);
    got = styled("@@ -0,0 +1 @@\n+0123456789abcdef\n", 31, 8);
    assert_string_equal(got, "@ @@ -0,0 \n@ +1 @@\n+ +0123456\n+ 789abcde\n+ f\n");
    free(got);
}

static void test_wrapped(void **state)
{
    (void)state;
    struct rich r = RICH_INIT;
    static const char TEXT[] = "one two three\n\nfour";
    rich_put_wrapped(&r, RICH_TEXT, TEXT, strlen(TEXT), 8);
    struct buf out = BUF_INIT;
    rich_put_plain(&r, 0, r.n_lines, &out);
    assert_string_equal(buf_str(&out), "one two\nthree\n\nfour\n");
    buf_done(&out);
    rich_done(&r);
}

int main(void)
{
    setlocale(LC_ALL, "C.UTF-8");
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_git_prints),      cmocka_unit_test(test_lines_that_look_like_names),
        cmocka_unit_test(test_what_is_no_diff),      cmocka_unit_test(test_nothing_raw_and_nothing_lost),
        cmocka_unit_test(test_wrapped),
    };
    return cmocka_run_group_tests_name("diffs", tests, NULL, NULL);
}
