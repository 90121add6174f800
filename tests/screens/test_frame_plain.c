/* SPDX-License-Identifier: Apache-2.0 */
/* The plain screen: no drawings, the cursor where the selection is, the selection in words, menus by number. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "core/localhub/localhub.h"
#include "tests/screens/homes.h"

static struct harness *start_plain(int rows, int cols)
{
    return start_in(NULL, rows, cols, ARGS("--demo", "--plain"));
}

/* Lines, blocks and the spinner's dots are read aloud as noise. */
static void expect_no_drawing(struct harness *h, const char *where)
{
    for (int row = 0; row < ptyterm_rows(h_terminal(h)); row++) {
        const char *text = h_row(h, row);
        for (size_t i = 0, n = strlen(text); i < n;) {
            uint32_t cp = 0;
            i += text_decode(text + i, n - i, &cp);
            if ((cp >= 0x2500 && cp <= 0x259F) || cp == 0x25B8 || cp == 0x25BE || (cp >= 0x2800 && cp <= 0x28FF)) {
                fail_msg("%s: U+%04X in row %d: %s", where, (unsigned)cp, row, text);
            }
        }
    }
}

static void expect_cursor(struct harness *h, const char *in_row, int col)
{
    int row = 0;
    int at = 0;
    bool is_visible = false;
    ptyterm_cursor(h_terminal(h), &row, &at, &is_visible);
    assert_true(is_visible);
    h_expect_in_row(h, row, in_row);
    assert_int_equal(at, col);
}

static int last_row(struct harness *h)
{
    return ptyterm_rows(h_terminal(h)) - 1;
}

/* The words above the key bar, their rows joined. Owned. */
static char *said(struct harness *h)
{
    const int rows = ptyterm_cols(h_terminal(h)) >= 100 ? 2 : 3;
    struct buf text = BUF_INIT;
    for (int row = last_row(h) - rows; row < last_row(h); row++) {
        buf_puts(&text, h_row(h, row));
    }
    return buf_steal(&text);
}

static void expect_said_(struct harness *h, const char *want, const char *file, int line)
{
    char *text = said(h);
    const bool is_it = strcmp(text, want) == 0;
    if (!is_it) {
        print_error("said is \"%s\", not \"%s\"\n", text, want);
    }
    free(text);
    if (!is_it) {
        _fail(file, line);
    }
}
#define expect_said(h, want) expect_said_(h, want, __FILE__, __LINE__)

/* ---- looks ---- */

static void check_views(const char *size, int rows, int cols)
{
    static const struct {
        const char *name, *keys;
    } VIEWS[] = {{"list", ""}, {"detail", "<Enter>"}, {"menu", "<Esc> o"}, {"help", "<Esc> ?"}};
    struct harness *h = start_plain(rows, cols);
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        if (*VIEWS[i].keys) {
            h_keys(h, VIEWS[i].keys);
        }
        char name[64];
        snprintf(name, sizeof name, "plain-%s-%s", size, VIEWS[i].name);
        expect_no_drawing(h, name);
        h_golden(h, name);
    }
    h_stop_with(h, "<Esc> <C-c>", 0);
}

static void test_views_80x24(void **state)
{
    (void)state;
    check_views("80x24", 24, 80);
}

static void test_views_120x36(void **state)
{
    (void)state;
    check_views("120x36", 36, 120);
}

static void test_nothing_is_drawn_with_lines(void **state)
{
    (void)state;
    static const char *const KEYS[] = {"<Enter>", "<Tab>", "<Tab>", "<Tab>", "<Tab>", "<Esc> <Esc> <C-p>", "x",
                                       "<Esc> <Esc> R", "<Esc> f", "<Esc> /", "<Esc> 4", "6", "1 !"};
    struct harness *h = start_plain(36, 120);
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        h_keys(h, KEYS[i]);
        expect_no_drawing(h, KEYS[i]);
    }
    h_stop_with(h, "<Esc> <C-c>", 0);
}

static void test_what_is_shown_is_said(void **state)
{
    (void)state;
    struct harness *h = start_plain(36, 120);
    h_expect_in_row(h, 0, "1 Hub (shown)");
    h_expect_text(h, "results (focused)");
    h_keys(h, "4");
    h_expect_in_row(h, 0, "4 GPU (shown)");
    h_expect_in_row(h, 0, "1 Hub ");
    h_keys(h, "1 b <Esc>");
    h_expect_text(h, "bookmarked");
    h_keys(h, "4");
    h_mouse(h, PTYTERM_CLICK, 0, 10); /* clicks find the words where they stand */
    h_expect_in_row(h, 0, "1 Hub (shown)");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- where the cursor is, and what is said ---- */

static void test_cursor_and_words_follow_the_selection(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, "a.txt", "one\ntwo  with   blanks\n\xE4\xB8\xAD\xE6\x96\x87 three\nfour\n");
    struct harness *h = start_in(home, 24, 80, ARGS("--offline", "--plain"));
    h_keys(h, ":");
    h_text(h, "open ./a.txt");
    expect_cursor(h, " :open ./a.txt", 14); /* in the prompt while there is one */
    h_keys(h, "<Enter>");
    h_wait_text(h, "one");
    h_keys(h, "j");
    expect_cursor(h, "two  with   blanks", 1);
    expect_said(h, " 2 two with blanks");
    h_keys(h, "j");
    expect_said(h, " 3 \xE4\xB8\xAD\xE6\x96\x87 three");
    h_keys(h, "j j"); /* no further */
    expect_said(h, " 4 four");
    h_keys(h, "Y");
    expect_said(h, " sent to the terminal: the line: four");
    h_keys(h, "<Esc>");
    expect_said(h, " file of this machine: 4 four");
    h_keys(h, "n"); /* a notice has a row of its own */
    h_expect_in_row(h, last_row(h), "nothing was searched yet");
    expect_said(h, " file of this machine: 4 four");
    h_keys(h, "z");
    h_expect_in_row(h, last_row(h), "find");
    h_keys(h, "<Esc> T");
    expect_cursor(h, "3. default", 5);
    h_keys(h, "<Down>");
    expect_cursor(h, "4. high-contrast", 5);
    expect_said(h, " 4 of 10: high-contrast");
    h_stop_with(h, "<Esc> <C-c>", 0);
    remove_home(home);
}

static void test_a_list_says_where_one_is(void **state)
{
    (void)state;
    struct harness *h = start_plain(36, 120);
    h_keys(h, "j j");
    expect_said(h, " 3 of 50: bob/Aurora-VL-Nano-Instruct-GGUF, 402k downloads in 30 days, 640 likes, 23k parameters, "
                   "updated just now, image-text-to-text, apache-2.0, gguf, 81.5 kB on disk");
    expect_cursor(h, "bob/Aurora-VL", 1);
    h_keys(h, "j"); /* what is beside the name, too */
    expect_said(h, " 4 of 50: lumen-labs/Aurora-VL-Nano-Thinking, gated, 53k downloads in 30 days, 932 likes, "
                   "32k parameters, updated just now, image-text-to-text, cc-by-nc-4.0, transformers, 82.4 kB on disk");
    h_stop_with(h, "<C-c>", 0);
}

static void test_the_smallest_window_tells_names_apart(void **state)
{
    (void)state;
    struct harness *h = start_plain(16, 60);
    h_keys(h, "j");
    expect_said(h, " 2 of 50: lumen-labs/Aurora-Text-Nano-Instruct, 2.9M downloads in 30 days, 2.3k likes, 23k "
                   "parameters, updated just now, text-generation, apache-2.0, transformers, 59.8…");
    h_stop_with(h, "<C-c>", 0);
}

#define FIRST_FILE " 1 of 18: .eval_results, folder, closed, Update README.md, changed 1 month ago"

/* At the start, in every pane one goes to, and when what is selected becomes something else by itself. */
static void test_it_is_said_without_a_move(void **state)
{
    (void)state;
    static const struct {
        const char *keys, *said;
    } STEPS[] = {
        {"", " 1 of 50: lumen-labs/Aurora-VL-Nano-Instruct, 1.3M downloads in 30 days, 4.8k likes, 32k parameters, "
             "updated just now, image-text-to-text, apache-2.0, transformers, 125 kB on disk"},
        {"t", " 1 of 18: lumen-labs/harbor-scenes, 61k downloads in 30 days, 1.4k likes, n<1K rows, updated just now, "
              "image-text-to-text, cc-by-4.0, 110 kB on disk"},
        {"t", " 1 of 11: lumen-labs/aurora-vl-chat, RUNNING, 2.2k likes, gradio, updated just now, zero-a10g, apache-2.0"},
        {"t <Enter>", " \xE2\x96\xA8\xC2\xA0" "Aurora VL Nano, a vision model that fits in a postcard\xC2\xA0" "[1]"},
        {"<Tab>", FIRST_FILE},
        {"r", FIRST_FILE},
        {"G", " 18 of 18: vocab.json, Rename image files, changed just now, 3.3 kB"},
        {"g <Enter>", " 1 of 19: .eval_results, folder, open, Update README.md, changed 1 month ago"},
        {"<Enter>", FIRST_FILE},
        {"<Tab> <Tab>", " 1 of 24: Update README.md, made just now, 3d25c4dc, mirak"},
        {"<Tab>", " 1 of 6: Runs on my phone \xF0\x9F\x93\xB1, #1, open, by okoro, begun 5 months ago"},
        {"<Esc> / z z z z q <Enter>", " No models match. x clears the search and the filter"},
        {"x o", " Sort by: 1 of 9: trending, now, key t"},
        {"<Down>", " 2 of 9: downloads, last 30 days, key d"},
        {"<Esc> <C-p> z z z q", " Find: 1 of 1: search the Hub for 'zzzq'"},
        {"<Esc> <Esc> 6", " Nothing is being saved. d on a file of a repo saves it; so does :get OWNER/NAME/FILE [TO]"},
        {"R <Tab>", " Requests to the served Hub, newest first: 0: Nobody has asked anything yet."},
    };
    struct harness *h = start_plain(36, 120);
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        if (*STEPS[i].keys) {
            h_keys(h, STEPS[i].keys);
        }
        expect_said(h, STEPS[i].said);
    }
    h_keys(h, "<Tab>");
    char *text = said(h);
    assert_non_null(strstr(text, " Requests, newest first: "));
    assert_non_null(strstr(text, " of "));
    assert_non_null(strstr(text, ": GET, "));
    assert_non_null(strstr(text, ", 127.0.0.1:"));
    free(text);
    h_keys(h, "<Esc> 4");
    text = said(h);
    assert_non_null(strstr(text, "This screen is not built yet"));
    free(text);
    h_stop_with(h, "<C-c>", 0);
}

static void test_nothing_is_said_unless_asked(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, "a.txt", "one\ntwo\n");
    struct harness *h = start_in(home, 24, 80, ARGS("--offline"));
    h_keys(h, ":");
    h_text(h, "open ./a.txt");
    h_keys(h, "<Enter>");
    h_wait_text(h, "one");
    h_keys(h, "j");
    h_expect_in_row(h, last_row(h), "find");
    int row = 0;
    int col = 0;
    bool is_visible = true;
    ptyterm_cursor(h_terminal(h), &row, &col, &is_visible);
    assert_false(is_visible);
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* ---- menus by number ---- */

static void test_a_number_picks(void **state)
{
    (void)state;
    struct harness *h = start_plain(24, 80);
    h_keys(h, "T 0");
    h_expect_in_row(h, last_row(h), "there is no 0 here; the last number is 10");
    h_keys(h, "2"); /* no line is 20 to 29: it can be no other */
    h_expect_no_text(h, "Enter keeps");
    h_keys(h, "T");
    expect_cursor(h, "2. dark", 5);
    h_keys(h, "1"); /* 1 or 10 */
    h_expect_text(h, "Enter keeps");
    expect_said(h, " 1 of 10: colour-blind");
    h_keys(h, "0");
    h_expect_no_text(h, "Enter keeps");
    h_keys(h, "T");
    expect_cursor(h, "10. solarized-light", 6);
    h_keys(h, "1 <Enter>");
    h_expect_no_text(h, "Enter keeps");
    h_keys(h, "T");
    expect_cursor(h, "1. colour-blind", 5);
    h_keys(h, "1 <Down> 2"); /* another key begins a new number */
    h_expect_no_text(h, "Enter keeps");
    h_keys(h, "T");
    expect_cursor(h, "2. dark", 5);
    h_stop_with(h, "<Esc> <C-c>", 0);
}

static void test_numbers_beside_letters_that_filter(void **state)
{
    (void)state;
    struct harness *h = start_plain(24, 100);
    h_keys(h, "<C-p>");
    h_expect_text(h, "1. ");
    h_text(h, "theme: s");
    h_expect_no_text(h, "1. ");
    h_text(h, "1"); /* a letter like others now */
    h_expect_text(h, "theme: s1");
    h_keys(h, "<Esc>");
    h_expect_text(h, "1. ");
    h_text(h, "3");
    h_expect_text(h, "Find (focused)"); /* 30 to 39 are there, too */
    expect_said(h, " 3 of 94: bob/Aurora-VL-Nano-Instruct-GGUF, model");
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* ---- the setting ---- */

static void test_plain_is_set_and_remembered(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 36, 120, ARGS("--demo"));
    h_keys(h, ":");
    h_text(h, "set plain on");
    h_keys(h, "<Enter>");
    expect_no_drawing(h, "after set plain on");
    h_expect_text(h, "(shown)");
    char *home = h_keep_home(h);
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 36, 120, ARGS("--demo"));
    expect_no_drawing(h, "at the next start");
    h_keys(h, ":");
    h_text(h, "set plain off");
    h_keys(h, "<Enter>");
    h_expect_text(h, "\xE2\x94\x8C\xE2\x94\x80 results");
    h_expect_no_text(h, "(shown)");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_nothing_turns_while_it_works(void **state)
{
    (void)state;
    char text[] = "latency=3000 match=/api/models";
    struct localhub_fault fault;
    struct err e = ERR_INIT;
    assert_true(localhub_fault_parse(text, &fault, &e));
    const struct localhub_options options = {.dir = "tests/fixtures/demo", .faults = &fault, .n_faults = 1};
    struct localhub *hub = localhub_start(&options, &e);
    assert_non_null(hub);
    struct harness *h = h_start(&(struct h_options){.args = ARGS("--plain", "--endpoint", localhub_url(hub))});
    h_wait_text(h, "working");
    h_bytes_in(h, 500); /* the account, the end of the paint */
    h_expect_text(h, "working");
    assert_int_equal(h_bytes_in(h, 1000), 0);
    h_wait_idle(h);
    h_expect_no_text(h, "working");
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_views_80x24),
        SCREEN_TEST(test_views_120x36),
        SCREEN_TEST(test_nothing_is_drawn_with_lines),
        SCREEN_TEST(test_what_is_shown_is_said),
        SCREEN_TEST(test_cursor_and_words_follow_the_selection),
        SCREEN_TEST(test_a_list_says_where_one_is),
        SCREEN_TEST(test_the_smallest_window_tells_names_apart),
        SCREEN_TEST(test_it_is_said_without_a_move),
        SCREEN_TEST(test_nothing_is_said_unless_asked),
        SCREEN_TEST(test_a_number_picks),
        SCREEN_TEST(test_numbers_beside_letters_that_filter),
        SCREEN_TEST(test_plain_is_set_and_remembered),
        SCREEN_TEST(test_nothing_turns_while_it_works),
    };
    return cmocka_run_group_tests_name("the plain screen", tests, NULL, NULL);
}
