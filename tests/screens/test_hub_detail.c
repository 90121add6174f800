/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done in the views of a repo. The rows hub.md 12, 13, 30 and 44. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/screens/homes.h"

static struct harness *start_demo(int rows, int cols)
{
    return start_in(NULL, rows, cols, ARGS("--demo"));
}

static void command(struct harness *h, const char *line)
{
    h_keys(h, ":");
    h_text(h, line);
    h_keys(h, "<Enter>");
}

/* The marked row of a list in one column, below titles and tabs. */
static int selected_row(struct harness *h)
{
    int row = 5;
    while (row + 1 < ptyterm_rows(h_terminal(h)) && h_style(h, row, 40).bg == COLOUR_DEFAULT) {
        row++;
    }
    return row;
}

static void expect_selected(struct harness *h, const char *text)
{
    const int row = selected_row(h);
    h_expect_in_row(h, row, text);
}

/* ---- "/" in every list: hub.md 12 ---- */

static void test_find_in_files(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    command(h, "open lumen-labs/Aurora-VL-Nano-Instruct");
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 23, "/ find");
    h_keys(h, "/");
    h_text(h, "preproc"); /* as one types */
    expect_selected(h, "preprocessor_config.json");
    h_keys(h, "<Enter>");
    expect_selected(h, "preprocessor_config.json");
    h_keys(h, "n");
    expect_selected(h, "video_preprocessor_config.json");
    h_keys(h, "n"); /* around the end */
    expect_selected(h, "preprocessor_config.json");
    h_keys(h, "N");
    expect_selected(h, "video_preprocessor_config.json");
    h_keys(h, "/");
    h_text(h, "\\v^tok.*r\\.json");
    h_keys(h, "<Enter> <Enter>");
    h_expect_text(h, "tokenizer.json  ");
    h_keys(h, "<Esc>");
    expect_selected(h, "tokenizer.json");
    h_keys(h, "/");
    h_text(h, "zeppelin");
    h_keys(h, "<Enter>");
    h_expect_in_row(h, 23, "not found");
    expect_selected(h, "tokenizer.json");
    h_keys(h, "/");
    h_text(h, "merges");
    expect_selected(h, "merges.txt");
    h_keys(h, "<Esc>"); /* undone */
    expect_selected(h, "tokenizer.json");
    h_stop_with(h, "<C-c>", 0);
}

static void test_find_in_commits_and_discussions(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    command(h, "open lumen-labs/Aurora-VL-Nano-Instruct");
    h_keys(h, "<Tab> <Tab> <Tab>");
    h_keys(h, "/");
    h_text(h, "rename image");
    expect_selected(h, "Rename image files");
    h_keys(h, "<Enter> /");
    h_text(h, "5760b4d"); /* by its id */
    h_keys(h, "<Enter>");
    expect_selected(h, "Fix typo in README.md");
    h_keys(h, "/");
    h_text(h, "mirak");
    h_keys(h, "<Enter> n");
    expect_selected(h, "mirak");
    h_keys(h, "<Tab>");
    h_keys(h, "/");
    h_text(h, "swedish");
    expect_selected(h, "WIP: Swedish section");
    h_keys(h, "<Enter> /");
    h_text(h, "#3");
    h_keys(h, "<Enter>");
    expect_selected(h, "Add alt text");
    h_stop_with(h, "<C-c>", 0);
}

static void test_find_in_an_empty_list(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    command(h, "open bob/fasttext-ahoy");
    h_keys(h, "<S-Tab>");
    h_keys(h, "/");
    h_expect_text(h, "the list is empty");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- one commit: hub.md 13 ---- */

static void open_commit(struct harness *h, const char *repo, const char *words)
{
    char line[200];
    snprintf(line, sizeof line, "open %s", repo);
    command(h, line);
    h_keys(h, "<Tab> <Tab> <Tab>");
    h_expect_in_row(h, ptyterm_rows(h_terminal(h)) - 1, "Enter open");
    h_keys(h, "/");
    h_text(h, words);
    h_keys(h, "<Enter> <Enter>");
}

static void test_a_commit_with_its_diff(void **state)
{
    (void)state;
    struct harness *h = start_demo(40, 80);
    open_commit(h, "lumen-labs/Aurora-VL-Nano-Instruct", "1ae1a2a8");
    h_expect_text(h, "commit 1ae1a2a83c965bdba2fc249a378eac5404f4c784");
    h_expect_text(h, "mirak");
    h_expect_text(h, "Sort the results table");
    h_expect_text(h, "The numbers are the same."); /* the rest of the message */
    h_expect_text(h, "1 file changed");
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "@@ -", &row, &col));
    int added = row;
    while (h_row(h, added)[1] != '+') {
        added++;
    }
    int removed = row;
    while (h_row(h, removed)[1] != '-') {
        removed++;
    }
    assert_int_not_equal(h_style(h, added, 2).fg, h_style(h, removed, 2).fg);
    h_keys(h, "y");
    assert_true(h_wrote(h, "\033]52;c;MWFlMWEyYTgzYzk2NWJkYmEyZmMyNDlhMzc4ZWFjNTQwNGY0Yzc4NA=="));
    h_keys(h, "<Esc> <Esc>");
    expect_selected(h, "1ae1a2a8");
    h_stop_with(h, "<C-c>", 0);
}

static void test_a_commit_without_a_diff(void **state)
{
    (void)state;
    struct harness *h = start_demo(40, 80);
    open_commit(h, "nordlicht/polar-xlm", "2e5e2cef");
    h_expect_text(h, "Add Swedish notes");
    h_expect_text(h, "The Hub gives no diff of this commit");
    h_expect_text(h, "Nor the files at it");
    h_keys(h, "r");
    h_expect_text(h, "The Hub gives no diff of this commit");
    h_keys(h, "<Esc>");
    expect_selected(h, "2e5e2cef");
    h_stop_with(h, "<C-c>", 0);
}

static void test_a_commit_and_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(40, 80);
    open_commit(h, "lumen-labs/Aurora-VL-Nano-Instruct", "3d25c4dc");
    h_expect_text(h, "Update README.md");
    h_expect_text(h, "1 file changed");
    command(h, "open bob/pocket-gem");
    h_expect_no_text(h, "1 file changed");
    h_keys(h, "[");
    h_expect_text(h, "Update README.md");
    h_expect_text(h, "mirak");
    h_expect_text(h, "1 file changed");
    h_keys(h, "<Esc>");
    expect_selected(h, "3d25c4dc");
    h_stop_with(h, "<C-c>", 0);
}

/* A text that lies over a tab is asked for once more and stays. */
static void test_reload_of_what_lies_over(void **state)
{
    (void)state;
    struct harness *h = start_demo(40, 80);
    open_commit(h, "lumen-labs/Aurora-VL-Nano-Instruct", "1ae1a2a8");
    h_keys(h, "r");
    h_expect_text(h, "1 file changed");
    h_keys(h, "<Esc> <Tab> G <Enter>");
    h_expect_text(h, "#1");
    h_keys(h, "r");
    h_expect_text(h, "#1");
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_find_in_files),
        SCREEN_TEST(test_find_in_commits_and_discussions),
        SCREEN_TEST(test_find_in_an_empty_list),
        SCREEN_TEST(test_a_commit_with_its_diff),
        SCREEN_TEST(test_a_commit_without_a_diff),
        SCREEN_TEST(test_a_commit_and_back),
        SCREEN_TEST(test_reload_of_what_lies_over),
    };
    return cmocka_run_group_tests_name("views of a repo", tests, NULL, NULL);
}
