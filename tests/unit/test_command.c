/* SPDX-License-Identifier: Apache-2.0 */
/* The words of the command language: split as people expect of a shell, and quoted so that they survive. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "tui/frame/command.h"

static void check(const char *line, size_t n, const char *const *wanted)
{
    struct words w;
    words_split(line, &w);
    if (w.n != n) {
        fail_msg("<%s> has %zu words, wanted %zu", line, w.n, n);
    }
    for (size_t i = 0; i < n; i++) {
        assert_string_equal(w.at[i], wanted[i]);
    }
    words_done(&w);
}

#define CHECK(line, ...)                                                                           \
    check(line, sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *),                       \
          (const char *const[]){__VA_ARGS__})

static void test_blanks_separate(void **state)
{
    (void)state;
    check("", 0, NULL);
    check(" \t ", 0, NULL);
    CHECK("one", "one");
    CHECK("  one\ttwo  three \r", "one", "two", "three");
}

static void test_quotes_keep_together(void **state)
{
    (void)state;
    CHECK("open \"a b\"", "open", "a b");
    CHECK("open 'a \"b\"'", "open", "a \"b\"");
    CHECK("open \"it's\"", "open", "it's");
    CHECK("a\"b c\"d'e f'", "ab cde f");
    CHECK("one \"\" ''", "one", "", "");
    CHECK("open \"never ends", "open", "never ends");
}

static void test_backslash_takes_the_next(void **state)
{
    (void)state;
    CHECK("a\\ b", "a b");
    CHECK("\\\"a", "\"a");
    CHECK("\"a\\\"b\\\\\"", "a\"b\\");
    CHECK("'a\\b'", "a\\b"); /* not between these */
    CHECK("a\\", "a\\");     /* there is no next */
}

static void test_rest_is_as_typed(void **state)
{
    (void)state;
    struct words w;
    words_split(" search  \"two  words\" -x ", &w);
    assert_string_equal(w.rest, "\"two  words\" -x ");
    words_done(&w);
    words_split("alone", &w);
    assert_string_equal(w.rest, "");
    words_done(&w);
}

static void test_more_words_than_there_is_room_for(void **state)
{
    (void)state;
    struct buf line = BUF_INIT;
    for (int i = 0; i < 10 * COMMAND_MAX_WORDS; i++) {
        buf_printf(&line, "w%d ", i);
    }
    struct words w;
    words_split(buf_str(&line), &w);
    assert_int_equal(w.n, COMMAND_MAX_WORDS);
    assert_string_equal(w.at[COMMAND_MAX_WORDS - 1], "w15");
    words_done(&w);
    buf_done(&line);
}

static void test_quoting_gives_the_word_back(void **state)
{
    (void)state;
    static const char LETTERS[] = "ab \t\r\n\"'\\#$`;\xC3\xA9";
    srand(7);
    for (int i = 0; i < 20000; i++) {
        char word[12];
        const size_t n = (size_t)rand() % (sizeof word - 1);
        for (size_t k = 0; k < n; k++) {
            word[k] = LETTERS[(size_t)rand() % (sizeof LETTERS - 1)];
        }
        word[n] = '\0';
        struct buf line = BUF_INIT;
        buf_puts(&line, "x ");
        words_quote(&line, word);
        buf_puts(&line, " y");
        CHECK(buf_str(&line), "x", word, "y");
        buf_done(&line);
    }
}

static void test_what_needs_no_quotes_has_none(void **state)
{
    (void)state;
    struct buf out = BUF_INIT;
    words_quote(&out, "models/a-b_c.d:12");
    assert_string_equal(buf_str(&out), "models/a-b_c.d:12");
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_blanks_separate),
        cmocka_unit_test(test_quotes_keep_together),
        cmocka_unit_test(test_backslash_takes_the_next),
        cmocka_unit_test(test_rest_is_as_typed),
        cmocka_unit_test(test_more_words_than_there_is_room_for),
        cmocka_unit_test(test_quoting_gives_the_word_back),
        cmocka_unit_test(test_what_needs_no_quotes_has_none),
    };
    return cmocka_run_group_tests_name("command words", tests, NULL, NULL);
}
