/* SPDX-License-Identifier: Apache-2.0 */
/* Menus and prompts of the frame: hub.md 2, 3, 17, 20, 22 to 26. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "tests/screens/homes.h"

#define MARK "\xE2\x96\x8C"

/* The row with this text; the first one. Fails the test when there is none. */
static int row_of(struct harness *h, const char *text)
{
    int row = -1;
    int col = 0;
    if (!h_find(h, text, &row, &col)) {
        h_expect_text(h, text);
    }
    return row;
}

/* ---- menus ---- */

/* hub.md 2: a number that is typed is the number of a line */
static void test_a_number_in_a_menu_is_a_number(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 40, 120, ARGS("--demo"));
    h_keys(h, "<Enter> L");
    h_text(h, "3");
    h_expect_text(h, MARK "3. ");
    h_expect_no_text(h, "13. ");
    h_keys(h, "<C-u>");
    h_text(h, "12");
    h_expect_text(h, MARK "12. ");
    h_expect_no_text(h, " 1. ");
    h_keys(h, "<BS>"); /* 1: itself first, then what begins with it */
    h_expect_text(h, MARK "1. ");
    assert_int_equal(row_of(h, " 10. "), row_of(h, "1. ") + 1);
    h_expect_no_text(h, " 2. ");
    h_keys(h, "<C-u>");
    h_text(h, "999"); /* no line has it: a text */
    h_expect_text(h, "nothing matches");
    h_keys(h, "<C-u>");
    h_text(h, "calm"); /* words still find */
    h_expect_text(h, MARK "7. ");
    h_stop_with(h, "<C-c> <C-c> <C-c>", 0);
}

/* hub.md 23: themes, orders, keys, links, what to copy, visits and Ctrl-P behave alike */
static void test_all_menus_behave_alike(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *title, *typed, *found, *gone;
    } MENUS[] = {
        {"T", "Theme", "phos", MARK "phosphor", "monochrome"},
        {"o", "Sort by", "week", NULL, NULL},
        {"?", "Keys here", "border", "Move the border", "List the bookmarks"},
        {"y", "Copy:", "clon", MARK "git: clone it", "address of its page"},
        {"<C-p>", "Find", "theme: phos", MARK "Theme: phosphor", "Choose the order"},
    };
    struct harness *h = start_in(NULL, 36, 120, ARGS("--demo"));
    for (size_t i = 0; i < sizeof MENUS / sizeof *MENUS; i++) {
        h_keys(h, MENUS[i].keys);
        h_expect_text(h, MENUS[i].title);
        h_expect_text(h, "> " MARK);
        if (MENUS[i].found) {
            h_text(h, MENUS[i].typed);
            h_expect_text(h, MENUS[i].found);
            h_expect_no_text(h, MENUS[i].gone);
            h_keys(h, "<C-u>");
            h_expect_text(h, MENUS[i].gone);
            h_text(h, "zzqx");
            h_expect_text(h, "nothing matches");
            h_keys(h, "<Esc>"); /* what was typed, then the menu */
            h_expect_text(h, MENUS[i].gone);
        }
        h_keys(h, "<Esc>");
        h_expect_no_text(h, MENUS[i].title);
    }
    h_stop_with(h, "<C-c>", 0);
}

static void test_what_holds_now_is_said(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo", "--theme", "sixteen"));
    h_keys(h, "T");
    assert_int_equal(row_of(h, " now"), row_of(h, "sixteen"));
    h_keys(h, "<Down> <Down>"); /* the mark moves, the word stays */
    assert_int_equal(row_of(h, " now"), row_of(h, "sixteen"));
    h_keys(h, "<Esc> o l o");
    assert_int_equal(row_of(h, " now"), row_of(h, MARK "likes"));
    h_stop_with(h, "<Esc> <C-c>", 0);
}

static void test_a_word_and_a_letter_are_taken_back(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    h_keys(h, "<C-p>");
    h_text(h, "aurora coder");
    h_keys(h, "<C-w>");
    h_expect_text(h, "> aurora " MARK);
    h_keys(h, "<BS> <BS>");
    h_expect_text(h, "> auror" MARK);
    h_keys(h, "<Esc>");
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_a_number_in_a_menu_is_a_number),
        SCREEN_TEST(test_all_menus_behave_alike),
        SCREEN_TEST(test_what_holds_now_is_said),
        SCREEN_TEST(test_a_word_and_a_letter_are_taken_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
