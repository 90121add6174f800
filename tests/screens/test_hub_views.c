/* SPDX-License-Identifier: Apache-2.0 */
/* The views of the Hub screen as panes: every move in each, tabs and what lies over them, the room they share,
 * what is remembered, and that no card stands under another repo's name. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "tests/screens/golden.h"
#include "tests/screens/homes.h"

enum { LIMIT_MS = 10000 };

static struct harness *start_demo(int rows, int cols)
{
    struct harness *h = h_start(&(struct h_options){.args = ARGS("--demo"), .rows = rows, .cols = cols});
    h_wait_idle(h);
    return h;
}

static char *screen_text(struct harness *h)
{
    struct buf text = BUF_INIT;
    ptyterm_screen(h_terminal(h), &text);
    return buf_steal(&text);
}

/* The colours: a selected row may be told by nothing else. */
static char *screen_styles(struct harness *h)
{
    struct buf text = BUF_INIT;
    golden_styles(h_terminal(h), &text);
    return buf_steal(&text);
}

static char *screen_look(struct harness *h)
{
    struct buf look = BUF_INIT;
    ptyterm_screen(h_terminal(h), &look);
    golden_styles(h_terminal(h), &look);
    return buf_steal(&look);
}

/* ---- moves ---- */

/* There changes what is seen, back gives what was seen before. */
static void check_move(struct harness *h, char *(*look)(struct harness *h), const char *view, const char *there,
                       const char *back)
{
    char *before = look(h);
    h_keys(h, there);
    char *moved = look(h);
    h_keys(h, back);
    char *after = look(h);
    if (strcmp(before, moved) == 0) {
        fail_msg("%s: %s moves nothing", view, there);
    }
    if (strcmp(before, after) != 0) {
        size_t at = 0;
        while (before[at] == after[at]) {
            at++;
        }
        fail_msg("%s: %s does not undo %s: \"%.60s\" was \"%.60s\"", view, back, there, after + at, before + at);
    }
    free(before);
    free(moved);
    free(after);
}

static void test_every_move_in_every_view(void **state)
{
    (void)state;
    static const struct {
        const char *view, *keys;
        bool is_text; /* else a list */
        bool is_file; /* G and Space mean something else in a file */
    } VIEWS[] = {
        {"results", "G", false, false},
        {"card", "<Enter>", true, false},
        {"files", "<Tab>", false, false},
        {"file", "G <Enter>", false, true},
        {"metadata", "<Esc> <Tab>", true, false},
        {"commits", "<Tab>", false, false},
        {"discussions", "<Tab>", false, false},
        {"discussion", "<Enter>", true, false},
    };
    static const char *const MOVES[][2] = {
        {"j", "k"},         {"<Down>", "<Up>"},   {"<C-d>", "<C-u>"},   {"<PgDn>", "<PgUp>"},
        {"<C-f>", "<C-b>"}, {"<End>", "<Home>"}, {"<Space>", "<C-b>"}, {"G", "g"},
    };
    enum { N_MOVES = sizeof MOVES / sizeof *MOVES, N_FILE = N_MOVES - 2 };
    struct harness *h = start_demo(16, 80);
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        h_keys(h, VIEWS[i].keys);
        h_keys(h, "<End> <Home>"); /* all of it is there: a scroll mark does not change its length */
        for (size_t k = 0; k < (size_t)(VIEWS[i].is_file ? N_FILE : N_MOVES); k++) {
            check_move(h, VIEWS[i].is_text ? screen_text : screen_styles, VIEWS[i].view, MOVES[k][0], MOVES[k][1]);
        }
    }
    h_stop_with(h, "<C-c>", 0);
}

/* All but the bottom row, which may say why a key does nothing here. */
static char *screen_body(struct harness *h)
{
    struct buf text = BUF_INIT;
    for (int row = 0; row + 1 < ptyterm_rows(h_terminal(h)); row++) {
        buf_printf(&text, "%s\n", h_row(h, row));
    }
    return buf_steal(&text);
}

/* Where there is nothing to move on. */
static void check_no_move(struct harness *h, const char *view, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char *before = screen_body(h);
        h_keys(h, keys[i]);
        char *after = screen_body(h);
        if (strcmp(before, after) != 0) {
            print_error("%s", after);
            fail_msg("%s: %s moves what is not there", view, keys[i]);
        }
        free(before);
        free(after);
    }
}

static void test_every_move_in_empty_lists(void **state)
{
    (void)state;
    static const char *const MOVES[] = {"j",       "k",     "<Down>", "<Up>", "<C-d>", "<C-u>", "<PgDn>", "<PgUp>", "<C-f>", "<C-b>",
                                        "<Space>", "<Home>", "<End>",  "g",    "G",     "h",     "l",      "<Left>", "<Right>"};
    enum { N = sizeof MOVES / sizeof *MOVES };
    struct harness *h = start_demo(16, 80);
    h_keys(h, "6");
    h_expect_text(h, "Nothing is being saved.");
    check_no_move(h, "transfers", MOVES, N);
    h_bytes_in(h, 500); /* the Hub tells of a request when it is through with it: what was asked at the start is told by then */
    h_keys(h, "R <Tab>");
    h_expect_text(h, "Nobody has asked anything yet.");
    check_no_move(h, "served", MOVES, N);
    h_stop_with(h, "<Esc> <C-c>", 0);
}

static void test_every_move_in_popups(void **state)
{
    (void)state;
    /* In a menu letters are what is looked for. */
    static const char *const MOVES[][2] = {
        {"<Down>", "<Up>"},  {"<C-d>", "<C-u>"},   {"<PgDn>", "<PgUp>"}, {"<C-f>", "<C-b>"},
        {"<End>", "<Home>"}, {"<Space>", "<C-b>"}, {"j", "k"},           {"G", "g"},
    };
    enum { KEYS = 6, ALL = sizeof MOVES / sizeof *MOVES };
    static const char *const SIDEWAYS[] = {"<Left>", "<Right>", "h", "l"};
    static const struct {
        const char *view, *keys;
        size_t n_moves, n_sideways;
    } VIEWS[] = {{"requests", "<Enter> <Tab> <Tab> <Tab> <Tab> R", ALL, 4}, {"menu", "<Esc> ?", KEYS, 2}};
    struct harness *h = start_demo(16, 80);
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        h_keys(h, VIEWS[i].keys);
        for (size_t k = 0; k < VIEWS[i].n_moves; k++) {
            check_move(h, screen_styles, VIEWS[i].view, MOVES[k][0], MOVES[k][1]);
        }
        check_no_move(h, VIEWS[i].view, SIDEWAYS, VIEWS[i].n_sideways);
    }
    h_stop_with(h, "<Esc> <C-c>", 0);
}

/* A text that is no JSON: Space, which folds there, pages here. G asks for a line. */
static void test_every_move_in_an_opened_file(void **state)
{
    (void)state;
    static const char *const MOVES[][2] = {
        {"j", "k"},         {"<Down>", "<Up>"},  {"<C-d>", "<C-u>"}, {"<PgDn>", "<PgUp>"},
        {"<C-f>", "<C-b>"}, {"<End>", "<Home>"}, {"<End>", "g"},     {"l", "h"},
        {"<Right>", "<Left>"}, {"<Space>", "<C-b>"},
    };
    char *home = new_home();
    struct buf text = BUF_INIT;
    for (int i = 0; i < 60; i++) {
        buf_printf(&text, "line %d, which is %0*d wide\n", i, 300, i);
    }
    write_in(home, "long.txt", buf_str(&text));
    buf_done(&text);
    struct harness *h = start_in(home, 16, 80, ARGS("--offline"));
    h_keys(h, ":");
    h_text(h, "open ./long.txt");
    h_keys(h, "<Enter>");
    h_wait_text(h, "line 0,");
    for (size_t k = 0; k < sizeof MOVES / sizeof *MOVES; k++) {
        check_move(h, screen_look, "opened file", MOVES[k][0], MOVES[k][1]);
    }
    h_keys(h, "G");
    h_text(h, "50");
    h_keys(h, "<Enter>");
    h_expect_text(h, "line 49,");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* ---- tabs, and what lies over them ---- */

static void test_tabs_in_turn(void **state)
{
    (void)state;
    static const char *const TABS[] = {"\xE2\x96\xB8" "Card", "\xE2\x96\xB8" "Files", "\xE2\x96\xB8" "Metadata",
                                       "\xE2\x96\xB8" "Commits", "\xE2\x96\xB8" "Discussions"};
    enum { N = sizeof TABS / sizeof *TABS };
    struct harness *h = start_demo(24, 80);
    h_keys(h, "<Enter>");
    for (size_t i = 0; i <= N; i++) {
        h_expect_in_row(h, 4, TABS[i % N]);
        h_keys(h, "<Tab>");
    }
    h_keys(h, "<S-Tab>");
    h_expect_in_row(h, 4, TABS[0]);
    h_keys(h, "<S-Tab>");
    h_expect_in_row(h, 4, TABS[N - 1]);
    h_keys(h, "<Esc>");
    h_expect_in_row(h, 2, "repo");
    h_stop_with(h, "q", 0);
}

static void test_esc_leads_back_through_what_lies_over(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    h_keys(h, "<Enter> <Tab>");
    h_keys(h, "G k");
    char *files = screen_text(h);
    h_keys(h, "<Enter>");
    h_expect_text(h, "line 1  json");
    h_keys(h, "<Esc>");
    char *again = screen_text(h);
    assert_string_equal(files, again);
    free(files);
    free(again);
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 4, "\xE2\x96\xB8" "Metadata");
    h_keys(h, "J");
    h_expect_text(h, "repo.json");
    h_keys(h, "<Tab>"); /* a tab takes away what lies over the one before */
    h_expect_in_row(h, 4, "\xE2\x96\xB8" "Commits");
    h_expect_no_text(h, "repo.json");
    h_keys(h, "<Tab>");
    h_keys(h, "<Enter>");
    h_expect_text(h, "Discussion #");
    h_keys(h, "<Esc>");
    h_expect_no_text(h, "Discussion #");
    h_keys(h, "<Esc> j");
    h_expect_in_row(h, 5, "\xE2\x96\x8C"); /* the list has the keys again */
    h_stop_with(h, "q", 0);
}

static void test_a_click_on_a_tab(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "Commits", &row, &col));
    h_mouse(h, PTYTERM_CLICK, row, col + 1);
    h_expect_in_row(h, row, "\xE2\x96\xB8" "Commits");
    h_expect_in_row(h, 35, "Enter open"); /* and has the focus */
    h_stop_with(h, "<C-c>", 0);
}

/* ---- room ---- */

/* The column of the border between list and repo; -1 when there is none. */
static int border_col(struct harness *h)
{
    int row = 0;
    int col = 0;
    return h_find(h, "┬", &row, &col) ? col : -1;
}

static void test_border_and_zoom(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 140);
    int first = border_col(h);
    assert_true(first > 0);
    h_keys(h, ">");
    assert_true(border_col(h) > first);
    h_keys(h, "<lt> <lt>");
    assert_true(border_col(h) < first);
    h_keys(h, ">");
    assert_int_equal(border_col(h), first);
    h_keys(h, "<Enter> O");
    assert_int_equal(border_col(h), -1);
    h_expect_in_row(h, 1, "lumen-labs/Aurora-VL-Nano-Instruct"); /* name, tabs and card have all the room */
    h_expect_in_row(h, 3, "\xE2\x96\xB8" "Card");
    h_expect_no_text(h, "♥ params");
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 3, "\xE2\x96\xB8" "Files");
    h_keys(h, "<Esc>"); /* the list, zoomed in its turn */
    h_expect_in_row(h, 1, "Models"); /* with its query */
    h_expect_in_row(h, 2, "repo");
    h_keys(h, "/");
    h_text(h, "whisper");
    h_keys(h, "<Enter>");
    h_expect_in_row(h, 1, "whisper");
    h_expect_in_row(h, 3, "nordlicht/fjord-whisper-tiny");
    h_keys(h, "O");
    assert_int_equal(border_col(h), first);
    h_expect_in_row(h, 2, "nordlicht/fjord-whisper-tiny \xE2\x94\x80");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- what is remembered ---- */

static void test_sort_filter_and_selection_come_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "f");
    h_text(h, "license:apache-2.0");
    h_keys(h, "<Enter> o d j j j");
    char *models = screen_text(h);
    h_keys(h, "t");
    h_expect_in_row(h, 1, "Datasets");
    h_expect_in_row(h, 1, "by trending"); /* each kind has its own */
    h_expect_no_text(h, "license:apache");
    h_keys(h, "o l j");
    char *datasets = screen_text(h);
    char *home = h_keep_home(h);
    h_stop_with(h, "q", 0);

    h = h_start(&(struct h_options){.args = ARGS("--demo"), .home = home, .rows = 24, .cols = 80});
    h_wait_idle(h);
    char *again = screen_text(h);
    assert_string_equal(datasets, again);
    h_keys(h, "t t");
    char *back = screen_text(h);
    assert_string_equal(models, back);
    h_stop_with(h, "q", 0);
    free(models);
    free(datasets);
    free(again);
    free(back);
    file_remove_tree(home, NULL);
    free(home);
}

/* ---- the repo follows the selection ---- */

static void test_no_card_under_another_name(void **state)
{
    (void)state;
    static const char CARD[] = "a vision model that fits in a";
    struct harness *h = start_demo(36, 120);
    h_expect_text(h, CARD);
    h_press(h, "j");
    int64_t until = clock_mono_ms() + LIMIT_MS;
    int row = 0;
    int col = 0;
    while (!strstr(h_row(h, 2), "lumen-labs/Aurora-Text-Nano-Instruct") && clock_mono_ms() < until) {
        ptyterm_pump(h_terminal(h), 1);
    }
    h_expect_in_row(h, 2, "lumen-labs/Aurora-Text-Nano-Instruct");
    while (ptyterm_pump(h_terminal(h), 3)) { /* a picture comes in pieces: the rest of this one */
    }
    assert_false(h_find(h, CARD, &row, &col));
    h_wait_idle(h);
    h_expect_in_row(h, 4, "\xE2\x96\xB8" "Card");
    h_expect_no_text(h, CARD);
    h_keys(h, "k");
    h_expect_text(h, CARD);
    h_stop_with(h, "q", 0);
}

/* Pressing Tab before the selection has rested asks at once. */
static void test_tab_before_the_rest(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    h_press(h, "j <Tab> <Tab>");
    h_wait_idle(h);
    h_expect_in_row(h, 2, "lumen-labs/Aurora-Text-Nano-Instruct");
    h_expect_in_row(h, 4, "\xE2\x96\xB8" "Files");
    h_expect_text(h, "README.md");
    h_stop_with(h, "<C-c>", 0);
}

static void test_a_file_is_saved(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "<Enter> <Tab>");
    h_keys(h, "G");
    h_expect_in_row(h, 23, "d save");
    h_keys(h, "d");
    h_keys(h, "6");
    h_expect_text(h, "vocab.json");
    h_wait_text(h, "100 %");
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_every_move_in_every_view),
        SCREEN_TEST(test_every_move_in_empty_lists),
        SCREEN_TEST(test_every_move_in_popups),
        SCREEN_TEST(test_every_move_in_an_opened_file),
        SCREEN_TEST(test_tabs_in_turn),
        SCREEN_TEST(test_esc_leads_back_through_what_lies_over),
        SCREEN_TEST(test_a_click_on_a_tab),
        SCREEN_TEST(test_border_and_zoom),
        SCREEN_TEST(test_sort_filter_and_selection_come_back),
        SCREEN_TEST(test_no_card_under_another_name),
        SCREEN_TEST(test_tab_before_the_rest),
        SCREEN_TEST(test_a_file_is_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
