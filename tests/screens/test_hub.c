/* SPDX-License-Identifier: Apache-2.0 */
/* The Hub screen on the demo content: the journeys people come for with their keys counted, every
 * view at three sizes, wrong input, and a repo made of escape sequences. */
#include "tests/screens/harness.h"
#include "tests/screens/homes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/paths.h"

static struct harness *start_demo(int rows, int cols)
{
    struct harness *h =
        h_start(&(struct h_options){.args = ARGS("--demo"), .rows = rows, .cols = cols});
    h_wait_idle(h);
    return h;
}

/* ---- looks: every view at the three sizes ---- */

static void check_views(const char *size, int rows, int cols)
{
    static const struct {
        const char *name, *keys;
    } VIEWS[] = {
        {"list", ""},
        {"card", "<Enter>"},
        {"card-down", "<PgDn> <PgDn>"},
        {"files", "<Tab>"},
        {"file", "G k k <Enter>"},
        {"metadata", "<Esc> <Tab>"},
        {"commits", "<Tab>"},
        {"discussions", "<Tab>"},
        {"discussion", "<Enter>"},
        {"back", "<Esc> <Esc>"},
        {"datasets", "t"},
        {"spaces", "t"},
        {"help", "?"},
        {"sort", "<Esc> o"},
        {"palette", "<Esc> <C-p>"},
    };
    struct harness *h = start_demo(rows, cols);
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        if (*VIEWS[i].keys) {
            h_keys(h, VIEWS[i].keys);
        }
        char name[64];
        snprintf(name, sizeof name, "hub-%s-%s", size, VIEWS[i].name);
        h_golden(h, name);
    }
    h_keys(h, "<Esc>");
    h_stop_with(h, "q", 0);
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

static void test_views_220x60(void **state)
{
    (void)state;
    check_views("220x60", 60, 220);
}

/* ---- journeys: the number of keys is part of the test ---- */

static void test_journey_find_and_read(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_press(h, "/"); /* one */
    h_text(h, "whisper");
    h_keys(h, "<Enter> <Enter>"); /* two, three */
    h_expect_in_row(h, 2, "nordlicht/fjord-whisper-tiny");
    h_stop_with(h, "<C-c>", 0);
}

static void test_enter_twice_does_not_open_the_old_row(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_press(h, "/ whisper <Enter> <Enter>"); /* faster than the Hub answers */
    h_wait_idle(h);
    h_expect_in_row(h, 2, "nordlicht/fjord-whisper-tiny");
    h_stop_with(h, "<C-c>", 0);
}

static void test_journey_narrow_and_sort(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "f");
    h_text(h, "task:text-gen");
    h_keys(h, "<Tab>"); /* the catalogue knows the rest */
    h_text(h, " license:apa");
    h_keys(h, "<Tab>");
    h_text(h, " size:<8B");
    h_keys(h, "<Enter> o d");
    h_expect_in_row(h, 1, "task:text-generation");
    h_expect_in_row(h, 1, "license:apache-2.0");
    h_expect_in_row(h, 1, "by downloads");
    h_expect_in_row(h, 3, "lumen-labs/Aurora-Text-Nano-Instruct"); /* the most downloaded of them */
    h_keys(h, "x");
    h_expect_no_text(h, "license:apache");
    h_stop_with(h, "q", 0);
}

static void test_journey_read_a_file_and_come_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "j j <Enter> <Tab>");
    h_golden(h, "hub-before-file");
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "README.md", &row, &col));
    while (!strstr(h_row(h, row), "\xE2\x96\x8C") &&
           h_style(h, row, col).fg == h_style(h, 0, 70).fg) {
        h_keys(h, "j");
    }
    h_keys(h, "<Enter>");
    h_expect_text(h, "README.md");
    h_expect_text(h, "text  UTF-8");
    h_keys(h, "<Esc>");
    h_expect_text(h, "Files");
    h_keys(h, "<Esc>");
    h_expect_in_row(h, 2, "repo");
    h_expect_in_row(h, 5, "\xE2\x96\x8C"); /* the third row is still selected */
    h_stop_with(h, "q", 0);
}

static void test_journey_copy(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "y i");
    assert_true(h_wrote(h, "\033]52;c;bHVtZW4tbGFicy9BdXJvcmEtVkwtTmFuby1JbnN0cnVjdA=="));
    h_expect_text(h, "sent to the terminal: the repo id");
    h_keys(h, "y d");
    h_expect_text(h, "for datasets"); /* a reason, not silence */
    h_keys(h, "<Esc>");
    h_stop_with(h, "<C-c>", 0);
}

static void test_back_and_forward(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    h_keys(h, ":");
    h_text(h, "open nordlicht/polar-xlm");
    h_keys(h, "<Enter> :");
    h_text(h, "open dataset tidewater/tide-gauges");
    h_keys(h, "<Enter>");
    h_expect_in_row(h, 2, "tidewater/tide-gauges");
    h_keys(h, "[");
    h_expect_in_row(h, 2, "nordlicht/polar-xlm");
    h_keys(h, "]");
    h_expect_in_row(h, 2, "tidewater/tide-gauges");
    h_stop_with(h, "<C-c>", 0);
}

static void test_links_by_number(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    h_keys(h, "<Enter> L");
    h_golden(h, "hub-links");
    h_text(h, "2");
    h_keys(h, "<Enter>");
    h_expect_in_row(h, 2, "lumen-labs/aurora-vl-chat"); /* a Space: opened inside */
    h_keys(h, "[");
    h_expect_in_row(h, 2, "lumen-labs/Aurora-VL-Nano-Instruct");
    h_stop_with(h, "<C-c>", 0);
}

static void test_bookmarks_outlive_the_program(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "j b");
    h_expect_text(h, "bookmarked");
    char *home = h_keep_home(h);
    h_stop_with(h, "q", 0);
    h = h_start(&(struct h_options){.args = ARGS("--demo"), .home = home});
    h_wait_idle(h);
    h_expect_in_row(h, 4, "\xE2\x98\x85");
    h_keys(h, "B <Enter>");
    h_expect_in_row(h, 2, "lumen-labs/Aurora-Text-Nano-Instruct");
    h_stop_with(h, "<C-c>", 0);

    /* A link to a file of one's own stays one. */
    char *path = paths_join(home, ".local/state/hfterm/at/demo/bookmarks");
    char *own = paths_join(home, "own-bookmarks");
    assert_int_equal(rename(path, own), 0);
    assert_int_equal(symlink(own, path), 0);
    h = h_start(&(struct h_options){.args = ARGS("--demo"), .home = home});
    h_wait_idle(h);
    h_keys(h, "j j j b");
    h_expect_text(h, "bookmarked");
    h_stop_with(h, "<C-c>", 0);
    char target[8] = "";
    assert_true(readlink(path, target, sizeof target) > 0);
    struct buf text = BUF_INIT;
    assert_true(file_read(own, &text, 1 << 16, NULL));
    size_t lines = 0;
    for (size_t i = 0; i < text.n; i++) {
        lines += text.p[i] == '\n';
    }
    assert_int_equal(lines, 2);
    buf_done(&text);
    free(own);
    free(path);
    file_remove_tree(home, NULL);
    free(home);
}

/* robustness B5: what a person wrote into the file stays */
static void test_comments_among_bookmarks_stay(void **state)
{
    (void)state;
    static const char FILE_NAME[] = ".local/state/hfterm/at/demo/bookmarks";
    char *home = new_home();
    write_in(home, FILE_NAME, "# my own list\n\n; later: model not/yet\nspace lumen-labs/aurora-vl-chat\n# the fish\n"
                              "kernel some/thing-new\nmodel tidewater/tide-forecast\nmodel bad//id");
    struct harness *h = start_in(home, 24, 80, ARGS("--demo"));
    h_keys(h, "j b");
    h_expect_text(h, "bookmarked");
    expect_file(home, FILE_NAME, "# my own list\n\n; later: model not/yet\nmodel lumen-labs/Aurora-Text-Nano-Instruct\n"
                                 "space lumen-labs/aurora-vl-chat\n# the fish\nkernel some/thing-new\n"
                                 "model tidewater/tide-forecast\nmodel bad//id\n");
    h_keys(h, "b");
    h_stop_with(h, "<C-c>", 0);
    expect_file(home, FILE_NAME, "# my own list\n\n; later: model not/yet\nspace lumen-labs/aurora-vl-chat\n# the fish\n"
                                 "kernel some/thing-new\nmodel tidewater/tide-forecast\nmodel bad//id\n");
    write_in(home, FILE_NAME, "# only words\n");
    h = start_in(home, 24, 80, ARGS("--demo"));
    h_keys(h, "b");
    h_stop_with(h, "<C-c>", 0);
    expect_file(home, FILE_NAME, "# only words\nmodel lumen-labs/Aurora-Text-Nano-Instruct\n");
    remove_home(home);
}

static void test_search_box_esc_undoes(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "/");
    h_text(h, "gguf");
    h_wait_text(h, "bob/norn-chat-GGUF");
    h_keys(h, "<Esc>");
    h_expect_in_row(h, 1, "Models");
    h_expect_no_text(h, "\"gguf\"");
    h_expect_in_row(h, 3, "lumen-labs/Aurora-VL-Nano-Instruct");
    h_stop_with(h, "q", 0);
}

static void test_find_in_card(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, "<Enter> /");
    h_text(h, "postcard");
    h_keys(h, "<Enter> n n N");
    h_expect_text(h, "postcard");
    h_keys(h, "/");
    h_text(h, "zeppelin");
    h_keys(h, "<Enter>");
    h_expect_text(h, "not found: zeppelin");
    h_stop_with(h, "<C-c>", 0);
}

/* ---- trouble: each in its own words, in the pane that asked ---- */

static void open_repo(struct harness *h, const char *what)
{
    h_keys(h, ":");
    h_text(h, "open ");
    h_text(h, what);
    h_keys(h, "<Enter>");
}

static void test_missing_gated_disabled(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 98);
    open_repo(h, "alice/no-such-model");
    h_expect_text(h, "was not found, or it is private");
    h_expect_text(h, "(request ");
    h_expect_text(h, "Check the spelling");
    h_expect_text(h, "r tries again");
    open_repo(h, "tidewater/withdrawn-portraits");
    h_expect_text(h, "disabled access to model");
    h_expect_no_text(h, "was not found");
    open_repo(h, "tidewater/lantern-depth");
    h_expect_text(h, "This repo has no card");
    open_repo(h, "dataset nordlicht/radio-minutes");
    h_expect_text(h, "radio-minutes is gated and your");
    h_expect_text(h, "Ask for access at");
    h_expect_in_row(h, 2, "gated (by hand)"); /* what is public of it is shown all the same */
    open_repo(h, "model ../../etc/passwd");
    h_expect_text(h, "is not a repository name");
    h_stop_with(h, "<C-c>", 0);
}

static void test_nobody_answers(void **state)
{
    (void)state;
    struct harness *h = h_start(&(struct h_options){
        .args = ARGS("--endpoint", "http://127.0.0.1:9"), .rows = 24, .cols = 80});
    h_wait_idle(h);
    h_expect_text(h, "Connection refused");
    h_expect_text(h, "r tries again");
    h_keys(h, "r");
    h_expect_text(h, "Connection refused");
    h_stop_with(h, "q", 0);
}

static void test_offline(void **state)
{
    (void)state;
    struct harness *h =
        h_start(&(struct h_options){.args = ARGS("--offline"), .rows = 24, .cols = 100});
    h_wait_idle(h);
    h_golden(h, "hub-offline");
    h_stop_with(h, "q", 0);
}

static void test_hostile_repo(void **state)
{
    (void)state;
    static const char *const EVIL[] = {"\033]0;", "\033]52;c;cm0", "\033]8;;",
                                       "\033Pq",  "\xC2\x9B",      "\xE2\x80\xAE"};
    struct harness *h = start_demo(36, 120);
    h_keys(h, "<Esc> /");
    h_text(h, "escape-artist"); /* alone in the list: wherever Esc leads, it is shown */
    h_keys(h, "<Enter> <Enter>");
    h_keys(h, "<PgDn> <PgDn> G g <Tab> G k k k <Enter> <Esc> <Tab> <PgDn> J <PgDn> <Esc> <Tab> "
              "<Tab> <Enter> <PgDn>");
    h_keys(h, "<Esc>"); /* a menu may be open */
    open_repo(h, "hostile/escape-artist");
    h_keys(h, "<Tab> <Tab> <Tab>");
    h_keys(h, "<Enter>"); /* a commit: hub.md 13 */
    h_expect_text(h, "1 file changed, 1 line added, 1 removed");
    h_keys(h, "<End> <Esc> j <Enter>");
    h_expect_text(h, "commit 0ddba11");
    for (size_t i = 0; i < sizeof EVIL / sizeof *EVIL; i++) {
        if (h_wrote(h, EVIL[i])) {
            fail_msg("hostile bytes %zu reached the terminal", i);
        }
    }
    h_stop_with(h, "<Esc> <C-c>", 0); /* Enter may have opened a menu */
}

/* ---- the frame ---- */

static void test_other_screens_lead_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    static const char *const KEYS[] = {"2", "3", "4", "5"};
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        h_keys(h, KEYS[i]);
        h_expect_text(h, "not built yet");
        h_keys(h, "<Esc>");
        h_expect_in_row(h, 1, "Models");
    }
    h_keys(h, "3");
    h_expect_text(h, ":spaces lists them in Hub");
    h_keys(h, "4");
    h_golden(h, "gpu-soon");
    h_stop_with(h, "1 q", 0);
}

static void test_requests_are_listed(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 100);
    h_keys(h, "R");
    h_expect_text(h, "/api/whoami-v2");
    h_expect_text(h, "200");
    h_expect_no_text(h, "hf_demo");
    h_keys(h, "<Esc>");
    h_stop_with(h, "q", 0);
}

static void test_themes_change_at_once(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    struct ptyterm_style before = h_style(h, 0, 2);
    h_keys(h, ":");
    h_text(h, "theme high-contrast");
    h_keys(h, "<Enter>");
    struct ptyterm_style after = h_style(h, 0, 2);
    assert_true(before.fg != after.fg || before.bg != after.bg);
    h_keys(h, "T");
    h_golden(h, "themes");
    h_keys(h, "<Esc> :");
    h_text(h, "theme nonsense");
    h_keys(h, "<Enter>");
    h_expect_text(h, "no theme is called");
    h_stop_with(h, "q", 0);
}

static void test_no_color(void **state)
{
    (void)state;
    struct harness *h =
        h_start(&(struct h_options){.args = ARGS("--demo"), .env = ARGS("NO_COLOR=1")});
    h_wait_idle(h);
    struct ptyterm_style plain = h_style(h, 20, 70);
    for (int row = 0; row < 24; row++) {
        for (int col = 0; col < 80; col++) {
            struct ptyterm_style s = h_style(h, row, col);
            assert_int_equal(s.fg, plain.fg);
            assert_int_equal(s.bg, plain.bg);
        }
    }
    h_stop_with(h, "q", 0);
}

static void test_ascii(void **state)
{
    (void)state;
    struct harness *h =
        h_start(&(struct h_options){.args = ARGS("--demo", "--ascii"), .rows = 36, .cols = 120});
    h_wait_idle(h);
    h_expect_in_row(h, 3, "dl30d likes"); /* hub.md 21 */
    h_keys(h, "<Enter> <PgDn> <Tab>");
    for (int row = 0; row < 36; row++) {
        for (const char *p = h_row(h, row); *p; p++) {
            assert_true((unsigned char)*p < 0x7F);
        }
    }
    h_golden(h, "hub-ascii");
    h_stop_with(h, "<C-c>", 0);
}

static void test_too_small_and_back(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_resize(h, 12, 50);
    h_expect_text(h, "hfterm needs 60x16");
    h_resize(h, 12, 30);
    h_expect_text(h, "hfterm needs 60x16");
    h_expect_text(h, "this window is 30x12");
    h_expect_text(h, "make it larger, or q quits");
    h_resize(h, 36, 120);
    h_expect_text(h, "results");
    h_resize(h, 24, 80);
    h_expect_no_text(h, "results");
    h_stop_with(h, "q", 0);
}

static void test_config_errors_do_not_stop_the_start(void **state)
{
    (void)state;
    struct harness *first = start_demo(24, 80);
    char *home = h_keep_home(first);
    h_stop_with(first, "q", 0);
    char *path = paths_join(home, "my-config");
    static const char CONFIG[] =
        "# mine\nset theme light\nbind hub.results Z hub.sort\nset theme nonsense\nfly away\n";
    assert_true(file_write_atomic(path, CONFIG, sizeof CONFIG - 1, 0600, NULL));
    struct harness *h =
        h_start(&(struct h_options){.args = ARGS("--demo", "--config", path), .home = home});
    h_wait_idle(h);
    h_keys(h, "!");
    h_expect_text(h, ":4: ");
    h_expect_text(h, ":5: ");
    h_keys(h, "<Esc> Z");
    h_expect_text(h, "Sort by");
    h_keys(h, "<Esc>");
    h_stop_with(h, "q", 0);
    file_remove_tree(home, NULL);
    free(path);
    free(home);
}

static void test_command_line_completes(void **state)
{
    (void)state;
    struct harness *h = start_demo(24, 80);
    h_keys(h, ":");
    h_text(h, "sor");
    h_expect_text(h, "sort trending|downloads");
    h_keys(h, "<Tab>");
    h_text(h, " lik");
    h_keys(h, "<Tab> <Enter>");
    h_expect_in_row(h, 1, "by likes");
    h_keys(h, ": <Up>");
    h_expect_in_row(h, 23, ":sort likes");
    h_keys(h, "<Esc> :");
    h_text(h, "frobnicate");
    h_keys(h, "<Enter>");
    h_expect_text(h, "there is no command");
    h_stop_with(h, "q", 0);
}

static void test_mouse(void **state)
{
    (void)state;
    struct harness *h = start_demo(36, 120);
    h_mouse(h, PTYTERM_CLICK, 6, 10);
    h_expect_in_row(h, 6, "\xE2\x96\x8C");
    h_mouse(h, PTYTERM_CLICK, 0, 41); /* the tab of the GPU screen */
    h_expect_text(h, "GPU: what fills");
    h_stop_with(h, "1 q", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_views_80x24),
        SCREEN_TEST(test_views_120x36),
        SCREEN_TEST(test_views_220x60),
        SCREEN_TEST(test_journey_find_and_read),
        SCREEN_TEST(test_enter_twice_does_not_open_the_old_row),
        SCREEN_TEST(test_journey_narrow_and_sort),
        SCREEN_TEST(test_journey_read_a_file_and_come_back),
        SCREEN_TEST(test_journey_copy),
        SCREEN_TEST(test_back_and_forward),
        SCREEN_TEST(test_links_by_number),
        SCREEN_TEST(test_bookmarks_outlive_the_program),
        SCREEN_TEST(test_comments_among_bookmarks_stay),
        SCREEN_TEST(test_search_box_esc_undoes),
        SCREEN_TEST(test_find_in_card),
        SCREEN_TEST(test_missing_gated_disabled),
        SCREEN_TEST(test_nobody_answers),
        SCREEN_TEST(test_offline),
        SCREEN_TEST(test_hostile_repo),
        SCREEN_TEST(test_other_screens_lead_back),
        SCREEN_TEST(test_requests_are_listed),
        SCREEN_TEST(test_themes_change_at_once),
        SCREEN_TEST(test_no_color),
        SCREEN_TEST(test_ascii),
        SCREEN_TEST(test_too_small_and_back),
        SCREEN_TEST(test_config_errors_do_not_stop_the_start),
        SCREEN_TEST(test_command_line_completes),
        SCREEN_TEST(test_mouse),
    };
    return cmocka_run_group_tests_name("hub screen", tests, NULL, NULL);
}
