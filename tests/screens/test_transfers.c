/* SPDX-License-Identifier: Apache-2.0 */
/* The Transfers screen: a file saved, paused, gone on with, cancelled, replaced, tried again; what the next
 * start knows; what its row and the key bar say meanwhile. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/localhub/localhub.h"
#include "tests/screens/homes.h"

#define REPO "bob/Aurora-VL-Nano-Instruct-GGUF"
#define Q8 "Aurora-VL-Nano-Instruct-Q8_0.gguf" /* 32,992 bytes */
#define Q5 "Aurora-VL-Nano-Instruct-Q5_0.gguf" /* 24,544 bytes */
#define Q8_END "-Q8_0.gguf" /* what a row shows of them */
#define Q5_END "-Q5_0.gguf"
#define README "README.md" /* which git holds */
#define MARK "\xE2\x96\x8C" /* of the selected row */

enum { ROWS = 24, COLS = 140, BAR = ROWS - 1, LIMIT_MS = 10000 };

/* ---- a Hub, a program, files ---- */

static struct localhub *serve(const char *fault_text)
{
    struct localhub_fault fault;
    struct err e = ERR_INIT;
    char *text = xstrdup(fault_text ? fault_text : "latency=0");
    assert_true(localhub_fault_parse(text, &fault, &e));
    const struct localhub_options options = {.dir = "tests/fixtures/demo", .faults = &fault, .n_faults = 1};
    struct localhub *hub = localhub_start(&options, &e);
    if (!hub) {
        fail_msg("%s", e.msg);
    }
    free(text);
    return hub;
}

static struct harness *start(const char *home, const struct localhub *hub)
{
    return start_in(home, ROWS, COLS, ARGS("--endpoint", localhub_url(hub)));
}

static void command(struct harness *h, const char *line)
{
    h_keys(h, ":");
    h_text(h, line);
    h_keys(h, "<Enter>");
}

static void leave(struct harness *h)
{
    h_press(h, "<C-c>");
    h_wait_text(h, "Leave hfterm?");
    h_stop_with(h, "l", 0);
}

static bool is_there(const char *home, const char *leaf)
{
    char *path = paths_join(home, leaf);
    struct stat st;
    bool is = lstat(path, &st) == 0;
    free(path);
    return is;
}

static void expect_saved(const char *home, const char *name)
{
    struct buf served = BUF_INIT;
    struct buf saved = BUF_INIT;
    char *from = xasprintf("tests/fixtures/demo/models/%s/%s", REPO, name);
    char *to = paths_join(home, name);
    assert_true(file_read(from, &served, 1 << 20, NULL));
    assert_true(file_read(to, &saved, 1 << 20, NULL));
    assert_int_equal(saved.n, served.n);
    assert_memory_equal(saved.p, served.p, served.n);
    buf_done(&served);
    buf_done(&saved);
    free(from);
    free(to);
}

/* Nothing of an unfinished one. */
static void expect_tidy(const char *home, const char *name)
{
    char *part = xasprintf(".%s.hfterm-part", name);
    char *note = xasprintf(".%s.hfterm-part.json", name);
    assert_false(is_there(home, part));
    assert_false(is_there(home, note));
    free(part);
    free(note);
}

/* Wait until the text is gone. */
static void wait_no_text(struct harness *h, const char *text)
{
    int row = 0;
    int col = 0;
    int64_t due = clock_mono_ms() + LIMIT_MS;
    while (h_find(h, text, &row, &col) && clock_mono_ms() < due) {
        ptyterm_pump(h_terminal(h), 50);
    }
    h_expect_no_text(h, text);
}

/* Rows of the list that name a file. */
static int rows_of(struct harness *h, const char *name)
{
    int n = 0;
    for (int row = 2; row < ROWS - 2; row++) { /* the row above the bar may hold a notice */
        n += strstr(h_row(h, row), name) != NULL;
    }
    return n;
}

static int selected_row(struct harness *h)
{
    int row = 0;
    int col = 0;
    assert_true(h_find(h, MARK, &row, &col));
    return row;
}

/* ---- saving ---- */

static void test_d_on_a_file_saves_it(void **state)
{
    (void)state;
    int row = 0;
    int col = 0;
    struct localhub *hub = serve(NULL);
    struct harness *h = start(NULL, hub);
    command(h, "open " REPO);
    h_keys(h, "<Tab>");
    assert_true(h_find(h, README, &row, &col));
    h_mouse(h, PTYTERM_CLICK, row, col);
    h_expect_in_row(h, BAR, "d save");
    h_keys(h, "d 6");
    h_wait_text(h, "done, checked by git");
    h_expect_in_row(h, 2, README);
    expect_saved(h_home(h), README);
    expect_tidy(h_home(h), README);
    /* Once more: another row, and the file that is there stays. */
    command(h, "get " REPO "/" README);
    h_wait_text(h, "w overwrite");
    h_expect_in_row(h, 2, "the name is taken");
    assert_int_equal(rows_of(h, README), 2);
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
}

static void test_pause_and_go_on(void **state)
{
    (void)state;
    struct localhub *hub = serve("slow=4000 match=Q8_0 count=2");
    struct harness *h = start(NULL, hub);
    command(h, "get " REPO "/" Q8);
    h_keys(h, "6");
    h_wait_text(h, " s left");
    h_expect_in_row(h, 2, "33.0 kB");
    h_expect_in_row(h, 2, "\xE2\x96\x91"); /* what is missing */
    h_expect_in_row(h, BAR, "Space pause");
    h_press(h, "<Space>");
    h_wait_text(h, "paused: Space goes on");
    h_wait_text(h, "Space go on");
    h_expect_no_text(h, "kB/s");
    assert_true(is_there(h_home(h), "." Q8 ".hfterm-part"));
    assert_false(is_there(h_home(h), Q8));
    h_press(h, "p");
    h_wait_text(h, "done, checked by sha256");
    h_expect_in_row(h, 2, "100 %");
    expect_saved(h_home(h), Q8);
    expect_tidy(h_home(h), Q8);
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
}

static void test_cancel_removes_the_part(void **state)
{
    (void)state;
    struct localhub *hub = serve("slow=4000 match=Q8_0");
    char *home = new_home();
    struct harness *h = start(home, hub);
    command(h, "get " REPO "/" Q8);
    h_keys(h, "6");
    h_wait_text(h, "saving");
    h_press(h, "x");
    h_wait_text(h, "Nothing is being saved.");
    h_wait_idle(h);
    expect_tidy(home, Q8);
    command(h, "get " REPO "/" Q8);
    h_wait_text(h, "saving");
    h_press(h, "<Space>");
    h_wait_text(h, "paused");
    h_press(h, "<Del>"); /* one that stands still */
    h_wait_text(h, "Nothing is being saved.");
    h_wait_idle(h);
    expect_tidy(home, Q8);
    h_stop_with(h, "<C-c>", 0);
    h = start(home, hub);
    h_keys(h, "6");
    h_expect_text(h, "Nothing is being saved.");
    h_stop_with(h, "<C-c>", 0);
    assert_false(is_there(home, Q8));
    remove_home(home);
    localhub_stop(hub);
}

static void test_a_taken_name_is_replaced_by_w(void **state)
{
    (void)state;
    struct localhub *hub = serve(NULL);
    char *home = new_home();
    write_in(home, Q5, "mine");
    struct harness *h = start(home, hub);
    command(h, "get " REPO "/" Q5);
    h_keys(h, "6");
    h_wait_text(h, "the name is taken");
    h_wait_text(h, "w overwrite");
    expect_file(home, Q5, "mine");
    h_press(h, "w");
    h_wait_text(h, "done, checked by sha256");
    expect_saved(home, Q5);
    h_keys(h, "w"); /* nothing to replace any more */
    h_expect_text(h, "this is for one whose name is taken");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
    localhub_stop(hub);
}

static void test_try_again_after_a_failure(void **state)
{
    (void)state;
    struct localhub *hub = serve("status-429=1000 match=Q5_0 count=1"); /* too long to be sat out */
    struct harness *h = start(NULL, hub);
    command(h, "get " REPO "/" Q5);
    h_keys(h, "6");
    h_wait_text(h, "r try again");
    assert_false(is_there(h_home(h), Q5));
    h_press(h, "r");
    h_wait_text(h, "done, checked by sha256");
    expect_saved(h_home(h), Q5);
    h_keys(h, "r");
    h_expect_text(h, "this is for one that failed");
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
}

/* ---- asked for twice ---- */

static void test_the_same_file_twice_is_one_row(void **state)
{
    (void)state;
    struct localhub *hub = serve("slow=2000 match=Q8_0");
    struct harness *h = start(NULL, hub);
    command(h, "get " REPO "/" Q8);
    h_keys(h, "6");
    command(h, "get " REPO "/" Q8);
    h_wait_text(h, "is being saved already");
    assert_int_equal(rows_of(h, Q8_END), 1);
    h_wait_text(h, "saving");
    h_press(h, "<Space>");
    h_wait_text(h, "paused");
    command(h, "get " REPO "/" Q8);
    h_wait_text(h, "Space pause");
    assert_int_equal(rows_of(h, Q8_END), 1);
    command(h, "get " REPO "/" Q8 " elsewhere"); /* another place is another file */
    h_wait_text(h, "2 files");
    assert_int_equal(rows_of(h, Q8_END), 2);
    leave(h);
    localhub_stop(hub);
}

/* The rows of the last time are read while the first file of this time begins. */
static void test_what_was_kept_comes_once(void **state)
{
    (void)state;
    struct localhub *hub = serve("slow=1000 match=Q8_0");
    char *home = new_home();
    for (int i = 0; i < 5; i++) {
        struct harness *h = start(home, hub);
        command(h, "get " REPO "/" Q8);
        h_keys(h, "6");
        h_wait_text(h, "Space pause");
        h_bytes_in(h, 300);
        assert_int_equal(rows_of(h, Q8_END), 1);
        leave(h);
    }
    remove_home(home);
    localhub_stop(hub);
}

/* ---- the next start ---- */

/* Of the row: "6.1 kB/s", in kB; 0 while it says none. */
static double rate_in(const char *row)
{
    const char *unit = strstr(row, " kB/s");
    const char *at = unit;
    while (at && at > row && at[-1] != ' ') {
        at--;
    }
    return at ? strtod(at, NULL) : 0;
}

static void test_leave_and_go_on_at_the_next_start(void **state)
{
    (void)state;
    enum { KB_A_SECOND = 6 };
    struct localhub *hub = serve("slow=6000 match=Q8_0");
    char *home = new_home();
    struct harness *h = start(home, hub);
    command(h, "get " REPO "/" Q8);
    h_keys(h, "6");
    h_wait_text(h, "s left");
    h_press(h, "<C-c>");
    h_wait_text(h, "1 file is under way");
    h_press(h, "s");
    wait_no_text(h, "Leave hfterm?");
    h_bytes_in(h, 1500);
    leave(h);
    assert_true(is_there(home, "." Q8 ".hfterm-part"));

    h = start(home, hub);
    h_keys(h, "6");
    h_wait_text(h, "paused: Space goes on");
    h_wait_text(h, "Space go on");
    h_expect_in_row(h, 2, "33.0 kB");
    h_expect_in_row(h, 2, " %");
    assert_null(strstr(h_row(h, 2), " 0 %"));
    h_press(h, "<Space>");
    h_wait_text(h, "kB/s");
    assert_true(rate_in(h_row(h, 2)) < 2 * KB_A_SECOND); /* what was there did not come now */
    h_wait_text(h, "done, checked by sha256");
    expect_saved(home, Q8);
    expect_tidy(home, Q8);
    h_stop_with(h, "<C-c>", 0);
    h = start(home, hub);
    h_keys(h, "6");
    h_expect_text(h, "Nothing is being saved.");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
    localhub_stop(hub);
}

/* Another hfterm of the same person shows what this one saves; taking it off the list there forgets nothing. */
static void test_what_another_saves_is_not_forgotten(void **state)
{
    (void)state;
    struct localhub *hub = serve("slow=1000 match=Q8_0");
    char *home = new_home();
    struct harness *a = start(home, hub);
    command(a, "get " REPO "/" Q8);
    h_keys(a, "6");
    h_wait_text(a, "s left");
    struct harness *b = start(home, hub);
    h_keys(b, "6");
    h_wait_text(b, "paused: Space goes on");
    h_press(b, "x");
    h_wait_text(b, "is being downloaded already");
    h_stop_with(b, "<C-c>", 0);
    ptyterm_signal(h_terminal(a), SIGKILL);
    assert_true(ptyterm_wait_exit(h_terminal(a), LIMIT_MS));
    h_free(a);
    struct harness *c = start(home, hub);
    h_keys(c, "6");
    h_wait_text(c, "paused: Space goes on");
    h_stop_with(c, "<C-c>", 0);
    remove_home(home);
    localhub_stop(hub);
}

static void test_what_is_nowhere_is_not_kept(void **state)
{
    (void)state;
    struct localhub *hub = serve(NULL);
    char *home = new_home();
    struct harness *h = start(home, hub);
    command(h, "get nobody/none/x");
    h_keys(h, "6");
    h_wait_text(h, "model nobody/none was not found");
    h_stop_with(h, "<C-c>", 0);
    h = start(home, hub);
    h_keys(h, "6");
    h_expect_text(h, "Nothing is being saved.");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
    localhub_stop(hub);
}

/* ---- what is said meanwhile ---- */

static void test_two_at_once_and_every_move(void **state)
{
    (void)state;
    static const struct {
        const char *keys;
        int row;
    } MOVES[] = {{"k", 2},      {"j", 3},        {"j", 3},       {"<Up>", 2},   {"<Down>", 3}, {"g", 2},
                 {"G", 3},      {"<Home>", 2},   {"<End>", 3},   {"<PgUp>", 2}, {"<PgDn>", 3}, {"<C-b>", 2},
                 {"<C-f>", 3},  {"<C-u>", 2},    {"<C-d>", 3},   {"h", 3},      {"l", 3},      {"<Left>", 3},
                 {"<Right>", 3}, {"k", 2}};
    struct localhub *hub = serve("slow=500 match=.gguf");
    struct harness *h = start(NULL, hub);
    command(h, "get " REPO "/" Q5);
    command(h, "get " REPO "/" Q8);
    h_wait_text(h, "2 files"); /* in the key bar of another screen */
    h_keys(h, "6");
    h_expect_in_row(h, 2, Q8_END); /* the newest first, and selected */
    h_expect_in_row(h, 3, Q5_END);
    for (size_t i = 0; i < sizeof MOVES / sizeof *MOVES; i++) {
        h_keys(h, MOVES[i].keys);
        if (selected_row(h) != MOVES[i].row) {
            fail_msg("move %zu, %s: row %d, wanted %d", i, MOVES[i].keys, selected_row(h), MOVES[i].row);
        }
    }
    h_mouse(h, PTYTERM_CLICK, 3, 10);
    assert_int_equal(selected_row(h), 3);
    h_press(h, "<Space>");
    h_wait_text(h, "Space go on");
    h_keys(h, "k"); /* the key does something else there */
    h_expect_in_row(h, BAR, "Space pause");
    h_expect_in_row(h, BAR, "Q8_0.gguf"); /* the one that goes on */
    leave(h);
    localhub_stop(hub);
}

static void test_a_stall_is_said(void **state)
{
    (void)state;
    struct localhub *hub = serve("latency=20000 match=Q5_0");
    struct harness *h = start(NULL, hub);
    command(h, "get " REPO "/" Q5);
    h_keys(h, "6");
    h_wait_text(h, "asking");
    h_wait_text(h, "no byte for 5 s");
    h_wait_text(h, "no byte for 7 s");
    leave(h);
    localhub_stop(hub);
}

static void test_the_bar_of_a_row_by_terminal(void **state)
{
    (void)state;
    static const struct {
        const char *option, *bar; /* NULL: none */
    } CASES[] = {{"--ascii", "....."}, {"--plain", NULL}};
    struct localhub *hub = serve("slow=3000 match=Q8_0");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct harness *h = start_in(NULL, ROWS, COLS, ARGS(CASES[i].option, "--endpoint", localhub_url(hub)));
        command(h, "get " REPO "/" Q8);
        h_keys(h, "6");
        h_wait_text(h, "saving");
        h_expect_text(h, " % ");
        if (CASES[i].bar) {
            h_expect_in_row(h, 2, CASES[i].bar);
            h_wait_text(h, "#.");
        } else {
            h_expect_no_text(h, ".....");
        }
        h_expect_no_text(h, "\xE2\x96\x91");
        leave(h);
    }
    localhub_stop(hub);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_d_on_a_file_saves_it),
        SCREEN_TEST(test_pause_and_go_on),
        SCREEN_TEST(test_cancel_removes_the_part),
        SCREEN_TEST(test_a_taken_name_is_replaced_by_w),
        SCREEN_TEST(test_try_again_after_a_failure),
        SCREEN_TEST(test_the_same_file_twice_is_one_row),
        SCREEN_TEST(test_what_was_kept_comes_once),
        SCREEN_TEST(test_leave_and_go_on_at_the_next_start),
        SCREEN_TEST(test_what_another_saves_is_not_forgotten),
        SCREEN_TEST(test_what_is_nowhere_is_not_kept),
        SCREEN_TEST(test_two_at_once_and_every_move),
        SCREEN_TEST(test_a_stall_is_said),
        SCREEN_TEST(test_the_bar_of_a_row_by_terminal),
    };
    return cmocka_run_group_tests_name("transfers", tests, NULL, NULL);
}
