/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done in the views of a repo. The rows hub.md 12, 13, 30 and 44. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
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

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_find_in_files),
        SCREEN_TEST(test_find_in_commits_and_discussions),
        SCREEN_TEST(test_find_in_an_empty_list),
    };
    return cmocka_run_group_tests_name("views of a repo", tests, NULL, NULL);
}
