/* SPDX-License-Identifier: Apache-2.0 */
/* hub.md 2 and 3: what is found by what was typed, and what of it comes first. */
#include "core/base/fuzzy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void test_digits_are_a_number(void **state)
{
    (void)state;
    assert_true(fuzzy_score("7", "7 seas") > fuzzy_score("7", "71 boats"));
    assert_true(fuzzy_score("7", "71 boats") > fuzzy_score("7", "1.7 seas of 17"));
    assert_true(fuzzy_score("12", "line 12 of 40") > fuzzy_score("12", "line 120 of 4"));
    assert_true(fuzzy_score("58", "58 a 3.58") > fuzzy_score("58", "0.58 of 3"));
    assert_int_equal(fuzzy_score("12", "1 and 2"), -1); /* not one number */
    assert_int_equal(fuzzy_score("312", "3.12"), -1);
    assert_int_equal(fuzzy_score("4", "no number"), -1);
    assert_true(fuzzy_score("4 sea", "the sea, 4th") >= 0);
    assert_true(fuzzy_score("q4", "q_4") >= 0); /* a word with a digit in it is a word */
}

static void test_ranks(void **state)
{
    (void)state;
    assert_int_equal(fuzzy_rank("", "anything"), FUZZY_PREFIX);
    assert_int_equal(fuzzy_rank("", ""), FUZZY_WHOLE);
    assert_int_equal(fuzzy_rank("x", ""), FUZZY_NOT);
    assert_int_equal(fuzzy_rank("Likes", "likes"), FUZZY_WHOLE);
    assert_int_equal(fuzzy_rank("lik", "likes30d"), FUZZY_PREFIX);
    assert_int_equal(fuzzy_rank("text-gen", "task:text-generation"), FUZZY_PART);
    assert_int_equal(fuzzy_rank("text-gen", "task:video-text-gen"), FUZZY_WORD);
    assert_int_equal(fuzzy_rank("ora", "aurora"), FUZZY_INSIDE);
    assert_int_equal(fuzzy_rank("text-gen", "task:text-to-image-generation"), FUZZY_SCATTERED);
    assert_int_equal(fuzzy_rank("token", "task:image-text"), FUZZY_NOT);
    assert_int_equal(fuzzy_rank("ana", "bananana ana"), FUZZY_WORD); /* the best place counts */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_digits_are_a_number),
        cmocka_unit_test(test_ranks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
