/* SPDX-License-Identifier: Apache-2.0 */
/* What people come for, with the keys counted: the budget is part of the test. Typed text is counted apart, and counts
 * where the journey says so. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "tests/screens/homes.h"

struct journey {
    struct harness *h;
    size_t keys, typed;
};

/* "/ <Tab> j": each word is one key. */
static void press(struct journey *j, const char *keys)
{
    for (const char *at = keys; *at; at += strcspn(at, " ") + strspn(at + strcspn(at, " "), " ")) {
        j->keys++;
    }
    h_keys(j->h, keys);
}

static void type(struct journey *j, const char *text)
{
    j->typed += strlen(text);
    h_text(j->h, text);
}

static void end(struct journey *j, size_t keys, size_t with_text)
{
    if (j->keys > keys || (with_text && j->keys + j->typed > with_text)) {
        fail_msg("%zu keys and %zu letters: more than %zu (%zu)", j->keys, j->typed, keys, with_text);
    }
    h_stop_with(j->h, "<C-c>", 0);
}

static struct journey begin(int rows, int cols)
{
    return (struct journey){.h = start_in(NULL, rows, cols, ARGS("--demo"))};
}

/* 1: from the shell, a vague name to its card. */
static void test_a_vague_name_to_its_card(void **state)
{
    (void)state;
    static const struct {
        const char *vague, *repo, *card;
    } CASES[] = {
        {"whis", "nordlicht/fjord-whisper-tiny", "whisper"},
        {"shoal", "tidewater/shoal-upscaler", "pixel"},
        {"merge", "lumen-labs/Aurora-Merge-Nano", "erge"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct journey j = begin(24, 80);
        press(&j, "/");
        type(&j, CASES[i].vague);
        press(&j, "<Enter> <Enter>");
        h_expect_in_row(j.h, 2, CASES[i].repo);
        h_expect_in_row(j.h, 4, "▸Card");
        h_expect_text(j.h, CASES[i].card);
        end(&j, 3, 0);
    }
}

/* 2: image and text, under a size, any open licence, most downloaded; at most 18 keys with what is typed. */
static void test_narrow_and_sort(void **state)
{
    (void)state;
    struct journey j = begin(24, 98);
    press(&j, "f");
    type(&j, "itt");
    press(&j, "<Tab>");
    type(&j, " <40k o");
    press(&j, "<Tab> <Enter> o d");
    h_expect_in_row(j.h, 1, "by downloads  task:image-text-to-text <40k license:open");
    h_expect_in_row(j.h, 3, "lumen-labs/Aurora-VL-Nano-Instruct "); /* 1.3M */
    h_expect_in_row(j.h, 4, "bob/Aurora-VL-Nano-Instruct-GGUF"); /* 402k */
    h_expect_no_text(j.h, "Aurora-VL-Nano-Thinking"); /* cc-by-nc-4.0 */
    h_expect_no_text(j.h, "Text-Nano");
    end(&j, 9, 18);
}

/* The same way with other wishes, and with the first letters of the task. */
static void test_narrow_by_first_letters(void **state)
{
    (void)state;
    struct journey j = begin(24, 98);
    press(&j, "f");
    type(&j, "image-t");
    press(&j, "<Tab>");
    type(&j, " <20k o");
    press(&j, "<Tab> <Enter>");
    h_expect_in_row(j.h, 1, "task:image-text-to-text <20k license:open");
    h_expect_in_row(j.h, 3, "lumen-labs/Aurora-VL-v0");
    h_expect_no_text(j.h, "Nano");
    end(&j, 9, 18);
    j = begin(24, 98);
    press(&j, "f");
    type(&j, "text-g");
    press(&j, "<Tab>");
    type(&j, " gem");
    press(&j, "<Tab> <Enter> o l");
    h_expect_in_row(j.h, 1, "by likes  task:text-generation license:gemma");
    h_expect_in_row(j.h, 3, "bob/pocket-gem");
    end(&j, 9, 18);
}

/* 3: from a repo, config.json and back to where one was. */
static void test_a_file_and_back(void **state)
{
    (void)state;
    struct journey j = begin(24, 80);
    h_keys(j.h, "j <Enter> <PgDn>"); /* the way there is another journey */
    char line[512];
    snprintf(line, sizeof line, "%s", h_row(j.h, 8));
    press(&j, "<Tab>");
    press(&j, "/");
    type(&j, "config.json");
    press(&j, "<Enter> <Enter>");
    h_expect_text(j.h, "\"architectures\"");
    press(&j, "<Esc>");
    h_expect_in_row(j.h, 4, "▸Files");
    press(&j, "<Esc>");
    h_expect_in_row(j.h, 4, "▌"); /* the list, the row one came from */
    h_expect_in_row(j.h, 4, "lumen-labs/Aurora-Text-Nano-Instruct");
    end(&j, 6, 0);
}

/* 4: the line that loads this model. */
static void test_copy_the_line_that_loads_it(void **state)
{
    (void)state;
    struct journey j = begin(36, 120);
    h_keys(j.h, "<Enter>");
    press(&j, "y t");
    h_expect_text(j.h, "from_pretrained(");
    h_expect_text(j.h, "lumen-labs/Aurora-VL-Nano-Instruct");
    h_keys(j.h, "<Esc>");
    end(&j, 2, 0);
}

/* 20: what can be done here stands in the bottom row; what it is, behind one key. */
static void test_what_can_be_done_here(void **state)
{
    (void)state;
    struct journey j = begin(24, 80);
    h_expect_in_row(j.h, 23, "/ search  f filter  o sort  Enter open");
    press(&j, "?");
    h_expect_text(j.h, "Search by name as you type");
    h_keys(j.h, "<Esc> <Esc>");
    end(&j, 1, 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_a_vague_name_to_its_card),
        SCREEN_TEST(test_narrow_and_sort),
        SCREEN_TEST(test_narrow_by_first_letters),
        SCREEN_TEST(test_a_file_and_back),
        SCREEN_TEST(test_copy_the_line_that_loads_it),
        SCREEN_TEST(test_what_can_be_done_here),
    };
    return cmocka_run_group_tests_name("journeys", tests, NULL, NULL);
}
