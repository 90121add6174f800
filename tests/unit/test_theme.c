/* SPDX-License-Identifier: Apache-2.0 */
/* Theme files: all that are built in parse; mistakes are told by line and word and change nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "tui/term/theme.h"

static void test_all_built_in_themes_parse(void **state)
{
    (void)state;
    assert_true(THEME_BUILTIN_COUNT >= 8);
    for (size_t i = 0; i < THEME_BUILTIN_COUNT; i++) {
        struct theme t;
        struct err e = ERR_INIT;
        theme_init(&t, 256);
        if (!theme_parse(&t, THEME_BUILTIN[i].name, THEME_BUILTIN[i].text, &e)) {
            fail_msg("%s", e.msg);
        }
    }
}

static void test_selection_is_visible_in_every_theme(void **state)
{
    (void)state;
    for (size_t i = 0; i < THEME_BUILTIN_COUNT; i++) {
        struct theme t;
        theme_init(&t, 256);
        assert_true(theme_parse(&t, "x", THEME_BUILTIN[i].text, NULL));
        const struct theme_style *text = &t.styles[STYLE_TEXT];
        const struct theme_style *selected = &t.styles[STYLE_SELECTED];
        assert_true(selected->bg != text->bg || selected->attrs != text->attrs);
    }
}

static void test_monochrome_uses_no_colour(void **state)
{
    (void)state;
    struct theme t;
    theme_init(&t, 256);
    assert_true(theme_load(&t, "monochrome", NULL));
    for (int i = 0; i < STYLE_COUNT; i++) {
        assert_int_equal(t.styles[i].fg, -1);
        assert_int_equal(t.styles[i].bg, -1);
    }
}

static void test_mistakes_name_line_and_word(void **state)
{
    (void)state;
    static const struct {
        const char *text, *place, *word;
    } CASES[] = {
        {"\nstyle nonsense 1 2\n", "f:2", "nonsense"},  {"style text red\n", "f:1", "style NAME"},
        {"style text 256 default\n", "f:1", "256"},      {"style text #12345 default\n", "f:1", "style"},
        {"# fine\n\nstyle text red blue blink", "f:3", "blink"}, {"colour text 1 2\n", "f:1", "style"},
        {"style text -1 2\n", "f:1", "-1"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct theme t;
        theme_init(&t, 256);
        t.styles[STYLE_TEXT].fg = 77;
        struct err e = ERR_INIT;
        assert_false(theme_parse(&t, "f", CASES[i].text, &e));
        assert_non_null(strstr(e.msg, CASES[i].place));
        assert_non_null(strstr(e.msg, CASES[i].word));
        assert_int_equal(t.styles[STYLE_TEXT].fg, 77);
    }
}

static void test_comments_and_rgb(void **state)
{
    (void)state;
    struct theme t;
    theme_init(&t, 256);
    assert_true(theme_parse(&t, "f", "style text #102030 default bold italic # why\n  # more\n", NULL));
    assert_int_equal(t.styles[STYLE_TEXT].fg & 0xFFFFFF, 0x102030);
    assert_int_equal(t.styles[STYLE_TEXT].bg, -1);
}

static void test_names_and_unknown_names(void **state)
{
    (void)state;
    struct theme t;
    theme_init(&t, 256);
    struct err e = ERR_INIT;
    assert_false(theme_load(&t, "no-such-theme", &e));
    assert_non_null(strstr(e.remedy, "high-contrast"));
    assert_false(theme_load(&t, "../../etc/passwd", &e));
    assert_false(theme_load(&t, "", &e));
    struct buf names = BUF_INIT;
    theme_names(&names);
    assert_non_null(strstr(buf_str(&names), "light"));
    buf_done(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_all_built_in_themes_parse),
        cmocka_unit_test(test_selection_is_visible_in_every_theme),
        cmocka_unit_test(test_monochrome_uses_no_colour),
        cmocka_unit_test(test_mistakes_name_line_and_word),
        cmocka_unit_test(test_comments_and_rgb),
        cmocka_unit_test(test_names_and_unknown_names),
    };
    return cmocka_run_group_tests_name("theme", tests, NULL, NULL);
}
