/* SPDX-License-Identifier: Apache-2.0 */
/* The state file as text: what is kept comes back, and no text is too strange to be read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/frame/remember.h"

static struct remembered *parse(const char *text, unsigned wanted)
{
    unsigned version = 99999;
    struct remembered *r = remember_parse(text, &version);
    assert_non_null(r);
    assert_int_equal(version, wanted);
    return r;
}

static void expect_written(const struct remembered *r, const char *text)
{
    struct buf out = BUF_INIT;
    remember_write(r, &out);
    assert_string_equal(buf_str(&out), text);
    buf_done(&out);
}

static void test_what_is_kept_comes_back(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    assert_true(remember_set(r, "-", "setting theme", "set theme dark"));
    assert_true(remember_set(r, "demo", "sort.model", "likes"));
    assert_true(remember_set(r, "-", "sort.model", "downloads")); /* another place */
    assert_true(remember_set(r, "demo", "sort.model", "trending"));
    static const char TEXT[] = "hfterm state 1\n-\tsetting theme\tset theme dark\n"
                               "demo\tsort.model\ttrending\n-\tsort.model\tdownloads\n";
    expect_written(r, TEXT);
    remember_free(r);
    r = parse(TEXT, 1);
    assert_string_equal(remember_get(r, "demo", "sort.model"), "trending");
    assert_string_equal(remember_get(r, "-", "sort.model"), "downloads");
    assert_string_equal(remember_get(r, "-", "setting theme"), "set theme dark");
    assert_string_equal(remember_get(r, "other", "sort.model"), "");
    expect_written(r, TEXT);
    remember_free(r);
}

static void test_what_is_forgotten_is_not_written(void **state)
{
    (void)state;
    struct remembered *r = parse("hfterm state 1\n-\ta\t1\n-\tb\t2\n", 1);
    assert_true(remember_set(r, "-", "a", ""));
    assert_string_equal(remember_get(r, "-", "a"), "");
    expect_written(r, "hfterm state 1\n-\tb\t2\n");
    remember_free(r);
}

static void test_values_are_one_line(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    assert_true(remember_set(r, "-", "k", "two\nlines\tand\033more"));
    assert_true(remember_set(r, "-", "odd\tkey\n", "v"));
    struct buf out = BUF_INIT;
    remember_write(r, &out);
    remember_free(r);
    r = parse(buf_str(&out), 1);
    assert_string_equal(remember_get(r, "-", "k"), "two lines and more");
    assert_string_equal(remember_get(r, "-", "odd key "), "v");
    remember_free(r);
    buf_done(&out);
}

static void test_long_values_are_cut_between_characters(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    struct buf text = BUF_INIT;
    buf_puts(&text, "a");
    for (int i = 0; i < 4000; i++) {
        buf_puts(&text, "\xC3\xA9");
    }
    assert_true(remember_set(r, "-", "k", buf_str(&text)));
    buf_clear(&text);
    remember_write(r, &text);
    remember_free(r);
    r = parse(buf_str(&text), 1);
    assert_int_equal(strlen(remember_get(r, "-", "k")), 4095);
    remember_free(r);
    buf_done(&text);
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned version;
    } CASES[] = {
        {"hfterm state 1\n", 1},
        {"hfterm state 2\n-\tk\tv\n", 2},
        {"hfterm state 99\n", 99},
        {"hfterm state 1", 0}, /* cut */
        {"hfterm state \n", 0},
        {"hfterm state x\n", 0},
        {"hfterm state -1\n", 0},
        {"hfterm state 99999999999999999999\n", 0},
        {"something else\n-\tk\tv\n", 0},
        {"\n", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct remembered *r = parse(CASES[i].text, CASES[i].version);
        assert_string_equal(remember_get(r, "-", "k"), ""); /* of a foreign file nothing is taken */
        remember_free(r);
    }
}

static void test_bad_lines_are_skipped(void **state)
{
    (void)state;
    struct remembered *r = parse("hfterm state 1\n\nno tab\n-\tone tab\n\tno place\tv\n-\t\tno key\n"
                                 "-\tbad\t\xFF\xFE\n-\tgood\tv\twith a tab\n-\tcut\tval",
                                 1);
    expect_written(r, "hfterm state 1\n-\tgood\tv with a tab\n");
    remember_free(r);
}

static void test_cut_anywhere(void **state)
{
    (void)state;
    static const char TEXT[] = "hfterm state 1\n-\ta\tfirst\ndemo\tb\tsecond\n";
    for (size_t n = 0; n < sizeof TEXT; n++) {
        char *cut = xstrndup(TEXT, n);
        unsigned version = 0;
        struct remembered *r = remember_parse(cut, &version);
        const char *a = remember_get(r, "-", "a");
        const char *b = remember_get(r, "demo", "b");
        assert_true(!*a || strcmp(a, "first") == 0); /* whole or not at all */
        assert_true(!*b || strcmp(b, "second") == 0);
        remember_free(r);
        free(cut);
    }
}

static void test_room_ends(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    char key[32];
    size_t n = 0;
    do {
        snprintf(key, sizeof key, "key %zu", n);
    } while (remember_set(r, "-", key, "v") && ++n < 100000);
    assert_in_range(n, 1000, 99999);
    assert_true(remember_set(r, "-", "key 0", "changed")); /* what is there can be changed still */
    assert_string_equal(remember_get(r, "-", "key 0"), "changed");
    remember_free(r);
}

static void test_noise(void **state)
{
    (void)state;
    srand(11);
    for (int i = 0; i < 3000; i++) {
        struct buf text = BUF_INIT;
        buf_puts(&text, "hfterm state 1\n");
        for (int k = rand() % 200; k > 0; k--) {
            static const char LETTERS[] = "ab-\t\t\n\n\x80\xC3\xA9 \x01";
            buf_putc(&text, LETTERS[(size_t)rand() % (sizeof LETTERS - 1)]);
        }
        struct remembered *r = parse(buf_str(&text), 1);
        struct buf once = BUF_INIT;
        remember_write(r, &once);
        remember_free(r);
        r = parse(buf_str(&once), 1);
        expect_written(r, buf_str(&once)); /* what was read is written as it will be read */
        remember_free(r);
        buf_done(&once);
        buf_done(&text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept_comes_back),
        cmocka_unit_test(test_what_is_forgotten_is_not_written),
        cmocka_unit_test(test_values_are_one_line),
        cmocka_unit_test(test_long_values_are_cut_between_characters),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_bad_lines_are_skipped),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_room_ends),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests_name("the state file", tests, NULL, NULL);
}
