/* SPDX-License-Identifier: Apache-2.0 */
/* What can be done in the views of a repo. The rows hub.md 12, 13, 30 and 44. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/localhub/localhub.h"
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
    h_expect_text(h, "not found");
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

/* ---- files: hub.md 44, 30 ---- */

static void test_totals_of_files(void **state)
{
    (void)state;
    static const struct {
        const char *open, *total;
    } ALL[] = {
        {"open nordlicht/polar-xlm", "7 files, 29.1 kB"},
        {"open lumen-labs/Aurora-VL-Nano-Instruct", "22 files, 125 kB"},
        {"open dataset lumen-labs/harbor-scenes", "9 files, 110 kB"},
    };
    struct harness *h = start_demo(24, 80);
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        command(h, ALL[i].open);
        h_expect_no_text(h, ALL[i].total);
        h_keys(h, "<Tab>");
        h_expect_in_row(h, 4, ALL[i].total);
        h_keys(h, "<Tab>");
        h_expect_no_text(h, ALL[i].total);
    }
    h_resize(h, 24, 60); /* titles come first */
    h_keys(h, "<S-Tab>");
    h_expect_in_row(h, 4, "Discussions");
    h_resize(h, 36, 120);
    h_wait_idle(h);
    h_expect_in_row(h, 34, ALL[2].total);
    h_keys(h, "<Esc> j");
    h_expect_no_text(h, ALL[2].total); /* another repo's */
    h_stop_with(h, "<C-c>", 0);
}

static void copy_selected(struct harness *h, const char *key, const char *what, const char *text)
{
    h_keys(h, "y");
    h_keys(h, key);
    h_expect_text(h, what);
    h_expect_text(h, text);
    h_keys(h, "<Esc>");
}

static void test_copies_of_a_file(void **state)
{
    (void)state;
    struct harness *h = start_demo(30, 130);
    command(h, "open dataset lumen-labs/harbor-scenes");
    h_keys(h, "<Tab>");
    h_keys(h, "/");
    h_text(h, "README");
    h_keys(h, "<Enter>");
    copy_selected(h, "p", "the path", "README.md");
    copy_selected(h, "u", "the address of the page", "/datasets/lumen-labs/harbor-scenes/blob/main/README.md");
    copy_selected(h, "b", "the address of the bytes", "/datasets/lumen-labs/harbor-scenes/resolve/main/README.md");
    copy_selected(h, "h", "a download command", "hf download lumen-labs/harbor-scenes --repo-type dataset README.md");
    copy_selected(h, "g", "a download command", "hfterm get datasets/lumen-labs/harbor-scenes/README.md");
    h_keys(h, "<Home>");
    copy_selected(h, "h", "a download command", "--include='");
    h_keys(h, "y");
    h_keys(h, "b");
    h_expect_text(h, "for files");
    h_keys(h, "<Esc>");
    h_keys(h, "y");
    h_keys(h, "r");
    h_expect_text(h, "git: clone it");
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
}

/* Names that would say something to a shell or a terminal. */
static void test_copies_of_hostile_names(void **state)
{
    (void)state;
    struct harness *h = start_demo(40, 130);
    command(h, "open hostile/escape-artist");
    h_keys(h, "<Tab>");
    h_keys(h, "/");
    h_text(h, "$(touch");
    h_keys(h, "<Enter>");
    copy_selected(h, "h", "a download command", "hf download hostile/escape-artist '$(touch pwned)'");
    h_keys(h, "/");
    h_text(h, "\\v^-rf");
    h_keys(h, "<Enter>");
    copy_selected(h, "h", "a download command", "hf download hostile/escape-artist -- -rf");
    h_keys(h, "/");
    h_text(h, "osc52");
    h_keys(h, "<Enter>");
    h_keys(h, "y");
    h_keys(h, "p");
    assert_false(h_wrote(h, "\033]52;c;cm0"));
    h_keys(h, "<Esc> <Esc>");
    h_stop_with(h, "<C-c>", 0);
}

/* hub.md 30: an old answer costs no fact its room. */
static void test_age_stands_in_the_border(void **state)
{
    (void)state;
    static const char *const OPEN[] = {"open tidewater/coral-diffusion", "open nordlicht/norn-chat"};
    static const char *const FACTS[] = {"updated 10d ago", "updated 4mo ago"};
    static const char *const LATER[] = {"HFTERM_TEST_NOW=1787227740"}; /* five minutes */
    struct err e = ERR_INIT;
    struct localhub *hub = localhub_start(&(struct localhub_options){.dir = "tests/fixtures/demo"}, &e);
    assert_non_null(hub);
    char *url = xstrdup(localhub_url(hub));
    char *home = new_home();
    struct harness *h = start_in(home, 24, 80, ARGS("--endpoint", url));
    for (size_t i = 0; i < 2; i++) {
        command(h, OPEN[i]);
        h_expect_in_row(h, 3, FACTS[i]);
        h_expect_no_text(h, "cached");
    }
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
    const char *env[] = {LATER[0], NULL};
    for (int cols = 80; cols <= 240; cols += 160) {
        h = h_start(&(struct h_options){
            .args = ARGS("--offline", "--endpoint", url), .env = env, .home = home, .rows = 24, .cols = cols});
        h_wait_idle(h);
        for (size_t i = 0; i < 2; i++) {
            command(h, OPEN[i]);
            h_expect_in_row(h, 2, "cached 5 minutes ago");
            h_expect_in_row(h, 3, FACTS[i]);
        }
        h_stop_with(h, "<C-c>", 0);
    }
    free(url);
    remove_home(home);
}

/* ---- what is pasted, with its revision: hub.md F13 ---- */

static void test_a_revision_is_what_is_shown(void **state)
{
    (void)state;
    static const struct {
        const char *open, *title, *text;
    } ALL[] = {
        {"open hf://nordlicht/polar-xlm@05cea78", "nordlicht/polar-xlm @ 05cea78", "config.json"},
        {"open nordlicht/polar-xlm@05cea787", "nordlicht/polar-xlm @ 05cea787", "config.json"},
        {"open https://huggingface.co/datasets/lumen-labs/harbor-scenes/tree/refs%2Fconvert%2Fparquet",
         "lumen-labs/harbor-scenes @ refs/convert/parquet", "README.md"},
        {"open https://huggingface.co/nordlicht/polar-xlm/blob/05cea78/config.json", "nordlicht/polar-xlm @ 05cea78",
         "config.json  at 05cea78"},
        {"open https://huggingface.co/lumen-labs/Aurora-VL-Nano-Instruct/tree/v1.0",
         "lumen-labs/Aurora-VL-Nano-Instruct @ v1.0", "v1.0"},
        {"open nordlicht/polar-xlm@no-such-branch", "nordlicht/polar-xlm @ no-such-branch", "no-such-branch"},
        {"open https://huggingface.co/lumen-labs/Aurora-VL-Nano-Instruct/discussions/5",
         "lumen-labs/Aurora-VL-Nano-Instruct", "Fine-tuning recipe"},
    };
    struct harness *h = start_demo(30, 90);
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        command(h, ALL[i].open);
        h_expect_in_row(h, 2, ALL[i].title);
        h_expect_text(h, ALL[i].text);
    }
    assert_null(strstr(h_row(h, 2), " @ "));
    for (size_t i = sizeof ALL / sizeof *ALL - 1; i-- > 0;) { /* and back, each at its revision */
        h_keys(h, "<Esc>");
        h_expect_in_row(h, 2, ALL[i].title);
        h_expect_text(h, ALL[i].text);
    }
    h_stop_with(h, "<C-c>", 0);
}

static void test_a_file_of_a_revision(void **state)
{
    (void)state;
    struct harness *h = start_demo(30, 130);
    command(h, "open nordlicht/polar-xlm@05cea78");
    h_keys(h, "/");
    h_text(h, "config.json");
    h_keys(h, "<Enter>");
    copy_selected(h, "h", "a download command", "hf download nordlicht/polar-xlm --revision 05cea78 config.json");
    copy_selected(h, "u", "the address of the page", "/nordlicht/polar-xlm/blob/05cea78/config.json");
    h_keys(h, "d");
    h_expect_text(h, "only files of main");
    h_keys(h, "<Enter>");
    h_expect_text(h, "at 05cea78");
    h_keys(h, "<Esc> <Esc>");
    assert_null(strstr(h_row(h, 2), " @ ")); /* the list, and main of what is selected in it */
    open_commit(h, "nordlicht/polar-xlm", "05cea787");
    h_keys(h, "<Enter>"); /* the files at the commit */
    h_expect_in_row(h, 2, " @ 05cea787");
    h_expect_text(h, "config.json");
    h_keys(h, "<Esc>");
    h_expect_text(h, "commit 05cea787");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- the pager: hub.md, what lazygit and tig have ---- */

static void test_texts_in_a_pager(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, "pager.sh", "cp \"$1\" \"$HOME/seen\"\nstat -c %a \"$1\" >\"$HOME/mode\"\n");
    struct harness *h = h_start(&(struct h_options){
        .args = ARGS("--demo"), .home = home, .env = ARGS("PAGER=sh ./pager.sh"), .rows = 24, .cols = 80});
    h_wait_idle(h);
    command(h, "open hostile/escape-artist/raw-bytes.log");
    h_keys(h, "e");
    expect_file(home, "mode", "600\n");
    struct buf seen = BUF_INIT;
    char *path = paths_join(home, "seen");
    assert_true(file_read(path, &seen, 1 << 20, NULL));
    assert_null(memchr(buf_str(&seen), '\033', seen.n));
    assert_non_null(strstr(buf_str(&seen), "shift out"));
    command(h, "open lumen-labs/Aurora-VL-Nano-Instruct");
    h_keys(h, "e");
    buf_clear(&seen);
    assert_true(file_read(path, &seen, 1 << 20, NULL));
    assert_non_null(strstr(buf_str(&seen), "smallest member"));
    h_keys(h, "<Tab>");
    h_keys(h, "e");
    h_expect_text(h, "this view has no text");
    h_stop_with(h, "<C-c>", 0);
    h = h_start(&(struct h_options){.args = ARGS("--demo"), .home = home, .env = ARGS("PAGER=no-such-pager")});
    h_wait_idle(h);
    command(h, "open bob/pocket-gem");
    h_keys(h, "e");
    h_expect_text(h, "set PAGER to one that is installed");
    h_stop_with(h, "<C-c>", 0);
    buf_done(&seen);
    free(path);
    remove_home(home);
}

/* hub.md 10: the key for the whole width is named where it helps. */
static void test_full_width_is_named(void **state)
{
    (void)state;
    static const char *const VIEWS[] = {"<Enter>", "<Tab>", "<Tab>", "<Tab>", "<Tab>"};
    struct harness *h = start_demo(36, 120);
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        h_keys(h, VIEWS[i]);
        h_expect_in_row(h, 35, "O full width");
    }
    h_keys(h, "O");
    h_expect_in_row(h, 1, "lumen-labs/Aurora-VL-Nano-Instruct"); /* over all columns */
    h_expect_in_row(h, 35, "O list beside");
    h_keys(h, "O");
    h_expect_in_row(h, 35, "O full width");
    h_expect_in_row(h, 2, "results");
    h_resize(h, 24, 80);
    h_wait_idle(h);
    h_expect_no_text(h, "full width");
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
        SCREEN_TEST(test_totals_of_files),
        SCREEN_TEST(test_copies_of_a_file),
        SCREEN_TEST(test_copies_of_hostile_names),
        SCREEN_TEST(test_age_stands_in_the_border),
        SCREEN_TEST(test_a_revision_is_what_is_shown),
        SCREEN_TEST(test_a_file_of_a_revision),
        SCREEN_TEST(test_texts_in_a_pager),
        SCREEN_TEST(test_full_width_is_named),
    };
    return cmocka_run_group_tests_name("views of a repo", tests, NULL, NULL);
}
