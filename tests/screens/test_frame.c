/* SPDX-License-Identifier: Apache-2.0 */
/* The frame on the demo and without a Hub: room for panes, what outlives the program, leaving, and results of
 * a screen that is not shown. */
#define _GNU_SOURCE /* prlimit */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/localhub/localhub.h"
#include "tests/screens/homes.h"


/* ---- room ---- */

/* The first n rows of the screen, a line each. Owned: buf_done. */
static struct buf rows_of_screen(struct harness *h, int n)
{
    struct buf text = BUF_INIT;
    for (int row = 0; row < n; row++) {
        buf_printf(&text, "%s\n", h_row(h, row));
    }
    return text;
}

/* Where the second box of a row begins, in bytes: only compared with itself. */
static size_t border(struct harness *h)
{
    const char *row = h_row(h, 2);
    const char *shared = strstr(row, "┬");
    return shared ? (size_t)(shared - row) : 0;
}

static void test_zoom_gives_the_focused_pane_the_screen(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 36, 120, ARGS("--demo"));
    const size_t before = border(h);
    assert_true(before > 0);
    h_keys(h, "j O");
    assert_int_equal(border(h), 0);
    h_expect_in_row(h, 1, "Models"); /* the query stays on top of its list */
    h_expect_in_row(h, 2, "updated"); /* a column that only a wide list has */
    h_expect_no_text(h, "Discussions");
    h_keys(h, "O");
    assert_int_equal(border(h), before);
    h_keys(h, "<Enter>"); /* the focus is in the repo now, which has more room */
    const size_t reading = border(h);
    assert_true(reading > 0 && reading < before);
    h_keys(h, "O");
    h_expect_no_text(h, "\xE2\x99\xA5"); /* the heading of a column of the list */
    h_expect_text(h, "Discussions");
    h_keys(h, "O");
    assert_int_equal(border(h), reading);
    h_keys(h, "O <Esc>"); /* back in the list, which has the screen now */
    h_expect_in_row(h, 2, "updated");
    h_expect_no_text(h, "Discussions");
    h_keys(h, "<lt>"); /* moving the border shows it */
    assert_true(border(h) > 0);
    h_stop_with(h, "<C-c>", 0);
}

static void test_split_moves_within_limits_and_is_remembered(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 36, 120, ARGS("--demo"));
    const size_t middle = border(h);
    h_keys(h, "<lt>");
    assert_true(border(h) < middle);
    for (int i = 0; i < 20; i++) {
        h_keys(h, "<lt>");
    }
    const size_t least = border(h);
    assert_true(least > 0 && least < middle);
    h_keys(h, "<lt>");
    assert_int_equal(border(h), least);
    for (int i = 0; i < 20; i++) {
        h_keys(h, ">");
    }
    const size_t most = border(h);
    assert_true(most > middle);
    h_keys(h, ">");
    assert_int_equal(border(h), most);
    char *home = h_keep_home(h);
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 36, 120, ARGS("--demo"));
    assert_int_equal(border(h), most);
    h_keys(h, "O");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 36, 120, ARGS("--demo"));
    assert_int_equal(border(h), 0); /* zoomed still */
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* ---- remembered ---- */

static struct ptyterm_style look(struct harness *h)
{
    return h_style(h, 0, 2);
}

static void assert_same_look(struct ptyterm_style a, struct ptyterm_style b, bool is_same)
{
    assert_int_equal(a.fg == b.fg && a.bg == b.bg, is_same);
}

static void command(struct harness *h, const char *line)
{
    h_keys(h, ":");
    h_text(h, line);
    h_keys(h, "<Enter>");
}

static void test_theme_outlives_the_program(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    const struct ptyterm_style first = look(h);
    h_keys(h, "T <Down> <Enter>"); /* high-contrast */
    const struct ptyterm_style chosen = look(h);
    assert_same_look(first, chosen, false);
    char *home = h_keep_home(h);
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--demo"));
    assert_same_look(look(h), chosen, true);
    h_keys(h, "T <Up> <Esc>"); /* looked at, not taken */
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--demo"));
    assert_same_look(look(h), chosen, true);
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_config_file_wins_and_save_appends(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, ".config/hfterm/config", "set theme light");
    struct harness *h = start_in(home, 24, 80, ARGS("--demo"));
    const struct ptyterm_style light = look(h);
    command(h, "save");
    h_expect_text(h, "nothing to save");
    command(h, "theme high-contrast");
    h_expect_text(h, ":save");
    const struct ptyterm_style chosen = look(h);
    assert_same_look(light, chosen, false);
    h_stop_with(h, "<C-c>", 0);

    h = start_in(home, 24, 80, ARGS("--demo"));
    assert_same_look(look(h), light, true);
    command(h, "theme high-contrast");
    command(h, "save");
    h_expect_text(h, "Save in the config file?");
    h_expect_text(h, "set theme high-contrast");
    h_keys(h, "l");
    expect_file(home, ".config/hfterm/config", "set theme light");
    command(h, "save");
    h_keys(h, "a");
    h_expect_text(h, "saved in");
    /* A last line without its end is not joined with what is appended. */
    expect_file(home, ".config/hfterm/config", "set theme light\nset theme high-contrast\n");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--demo"));
    assert_same_look(look(h), chosen, true);
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static bool has_drawing(struct harness *h)
{
    for (int row = 0; row < 24; row++) {
        if (strstr(h_row(h, row), "\xe2\x94")) { /* U+2500 to U+253F */
            return true;
        }
    }
    return false;
}

static void test_the_command_line_wins_over_what_is_remembered(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 120, ARGS("--demo"));
    assert_true(has_drawing(h));
    command(h, "set plain on");
    command(h, "set plain off");
    command(h, "set ascii off");
    char *home = h_keep_home(h);
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 120, ARGS("--demo", "--plain"));
    assert_false(has_drawing(h));
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 120, ARGS("--demo", "--ascii"));
    assert_false(has_drawing(h));
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 120, ARGS("--demo"));
    assert_true(has_drawing(h));
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_save_offers_bindings(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, ".config/hfterm/config", "bind hub.results Q hub.sort\n");
    struct harness *h = start_in(home, 24, 80, ARGS("--demo"));
    command(h, "bind hub.results Z hub.sort");
    h_expect_in_row(h, 23, "Z in hub.results is now hub.sort");
    command(h, "unbind global !");
    h_expect_in_row(h, 23, "! in global does nothing now");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--demo")); /* what is remembered is offered, too */
    command(h, "save");
    h_expect_text(h, "bind hub.results Z hub.sort");
    h_expect_text(h, "unbind global !");
    h_expect_no_text(h, "bind hub.results Q");
    h_keys(h, "a");
    expect_file(home, ".config/hfterm/config",
                "bind hub.results Q hub.sort\nbind hub.results Z hub.sort\nunbind global !\n");
    command(h, "save");
    h_expect_text(h, "nothing to save");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--demo"));
    command(h, "save");
    h_expect_text(h, "nothing to save");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_bindings_outlive_the_program(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    command(h, "bind hub.results Z hub.sort");
    command(h, "unbind global !");
    char *home = h_keep_home(h);
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--demo"));
    h_keys(h, "!");
    h_expect_no_text(h, "No notices yet");
    h_keys(h, "Z");
    h_expect_text(h, "Sort by");
    h_stop_with(h, "<Esc> <C-c>", 0);
    remove_home(home);
}

static void test_histories_are_kept_per_endpoint(void **state)
{
    (void)state;
    char *home = new_home();
    struct harness *h = start_in(home, 24, 80, ARGS("--offline"));
    command(h, "theme dark");
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--demo"));
    h_keys(h, ": <Up>");
    h_expect_in_row(h, 23, " :  ");
    h_keys(h, "<Esc>");
    command(h, "theme light");
    h_keys(h, ": <Up>");
    h_expect_in_row(h, 23, " :theme light  ");
    h_stop_with(h, "<Esc> <C-c>", 0);
    h = start_in(home, 24, 80, ARGS("--offline"));
    h_keys(h, ": <Up>");
    h_expect_in_row(h, 23, " :theme dark  ");
    h_stop_with(h, "<Esc> <C-c>", 0);
    expect_file(home, ".local/state/hfterm/history-command", "theme dark\n");
    expect_file(home, ".local/state/hfterm/at/demo/history-command", "theme light\n");
    remove_home(home);
}

#define REMEMBERED ".local/state/hfterm/remembered"

static void test_state_file_of_a_later_version_is_left_alone(void **state)
{
    (void)state;
    static const char FUTURE[] = "hfterm state 99\nsomething = else\n";
    char *home = new_home();
    write_in(home, REMEMBERED, FUTURE);
    struct harness *h = start_in(home, 24, 100, ARGS("--demo"));
    h_expect_text(h, "a newer hfterm wrote what is remembered: nothing is kept");
    command(h, "theme dark");
    h_stop_with(h, "<C-c>", 0);
    expect_file(home, REMEMBERED, FUTURE);
    remove_home(home);
}

static void test_state_file_of_rubbish_is_put_aside(void **state)
{
    (void)state;
    static const char RUBBISH[] = "\x7F" "ELF\x01\x02 no such thing\n\n\t\t\n";
    char *home = new_home();
    write_in(home, REMEMBERED, RUBBISH);
    struct harness *h = start_in(home, 24, 100, ARGS("--demo"));
    h_expect_text(h, "what was remembered could not be read; it is now");
    h_keys(h, "T <Down> <Enter>");
    const struct ptyterm_style chosen = look(h);
    h_stop_with(h, "<C-c>", 0);
    expect_file(home, REMEMBERED ".bad-1", RUBBISH);
    h = start_in(home, 24, 100, ARGS("--demo"));
    assert_same_look(look(h), chosen, true); /* remembering works again */
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_state_file_cut_anywhere_starts(void **state)
{
    (void)state;
    static const char WHOLE[] = "hfterm state 1\n-\tsetting theme\tset theme dark\n-\tsplit.hub\t60 zoomed\n";
    char *home = new_home();
    for (size_t n = 0; n < sizeof WHOLE; n += 9) {
        char *cut = xstrndup(WHOLE, n);
        write_in(home, REMEMBERED, cut);
        free(cut);
        struct harness *h = start_in(home, 24, 80, ARGS("--offline"));
        h_stop_with(h, "<C-c>", 0);
    }
    remove_home(home);
}

/* A limit on the size of files fails a write as a full disk does. */
static void set_room(struct harness *h, rlim_t bytes)
{
    struct rlimit limit;
    const pid_t pid = ptyterm_pid(h_terminal(h));
    assert_int_equal(prlimit(pid, RLIMIT_FSIZE, NULL, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(prlimit(pid, RLIMIT_FSIZE, &limit, NULL), 0);
}

static void test_what_finds_no_room_is_told_and_saved_at_the_end(void **state)
{
    (void)state;
    char *home = new_home();
    struct harness *h = start_in(home, 24, 100, ARGS("--demo"));
    set_room(h, 0);
    h_keys(h, "T <Down> <Enter>");
    const struct ptyterm_style chosen = look(h);
    h_wait_text(h, "what was set is not remembered: cannot write"); /* some seconds later */
    set_room(h, RLIM_INFINITY);
    h_stop_with(h, "<C-c>", 0);
    h = start_in(home, 24, 100, ARGS("--demo"));
    assert_same_look(look(h), chosen, true);
    set_room(h, 0);
    h_press(h, "T <Down> <Enter> <C-c>"); /* no time to tell it on the screen */
    assert_true(ptyterm_wait_exit(h_terminal(h), 10000));
    assert_true(h_wrote(h, "hfterm: what was set is not remembered: cannot write"));
    h_stop_with(h, "", 0);
    h = start_in(home, 24, 100, ARGS("--demo"));
    assert_same_look(look(h), chosen, true); /* what was saved before is there still */
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* ---- leaving, and what goes on meanwhile ---- */

static struct localhub *serve(char *fault_text)
{
    struct localhub_fault fault;
    struct err e = ERR_INIT;
    assert_true(localhub_fault_parse(fault_text, &fault, &e));
    const struct localhub_options options = {.dir = "tests/fixtures/demo", .faults = &fault, .n_faults = 1};
    struct localhub *hub = localhub_start(&options, &e);
    if (!hub) {
        fail_msg("%s", e.msg);
    }
    return hub;
}

static void test_leaving_asks_while_a_file_is_saved(void **state)
{
    (void)state;
    char fault[] = "slow=1000 match=.gguf";
    struct localhub *hub = serve(fault);
    struct harness *h = start_in(NULL, 24, 100, ARGS("--endpoint", localhub_url(hub)));
    h_keys(h, ":");
    h_text(h, "get bob/Aurora-VL-Nano-Instruct-GGUF/Aurora-VL-Nano-Instruct-Q8_0.gguf");
    h_press(h, "<Enter>");
    h_wait_text(h, "%"); /* at the right of the key bar */
    h_press(h, "<C-c>");
    h_wait_text(h, "Leave hfterm?");
    h_wait_text(h, "1 file is under way");
    h_press(h, "s");
    h_wait_idle(h);
    h_expect_no_text(h, "Leave hfterm?");
    h_press(h, "<C-c>");
    h_wait_text(h, "Leave hfterm?");
    h_press(h, "<Esc>");
    h_wait_idle(h);
    h_expect_no_text(h, "Leave hfterm?");
    h_press(h, "<C-c>");
    h_wait_text(h, "l C-c");
    h_stop_with(h, "<C-c>", 0); /* who presses it again means it */
    localhub_stop(hub);
}

static void test_get_refuses_nonsense(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 100, ARGS("--demo"));
    static const char *const LINES[] = {"get", "get one", "get one/two", "get one/two/", "get a/b/c d e"};
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        command(h, LINES[i]);
        h_expect_text(h, "expected: get");
        h_keys(h, "<Esc>");
    }
    command(h, "get ../../etc/passwd");
    h_expect_text(h, "is not a repository name");
    h_stop_with(h, "<C-c>", 0);
}

static void test_results_of_a_hidden_screen_draw_nothing(void **state)
{
    (void)state;
    enum { BAR_BYTES = 200 }; /* the word at the right of the key bar comes and goes */
    char fault[] = "latency=1500 match=/api/models";
    struct localhub *hub = serve(fault);
    struct harness *h = start_in(NULL, 36, 120, ARGS("--plain", "--endpoint", localhub_url(hub)));
    h_press(h, "r 4");
    h_wait_text(h, "not built yet");
    while (ptyterm_pump(h_terminal(h), 20)) { /* a picture comes in pieces: the rest of this one */
    }
    struct buf before = rows_of_screen(h, 35);
    const size_t written = h_bytes_written(h);
    h_wait_idle(h);
    assert_in_range(h_bytes_written(h) - written, 0, BAR_BYTES);
    struct buf after = rows_of_screen(h, 35);
    assert_string_equal(buf_str(&after), buf_str(&before));
    buf_done(&before);
    buf_done(&after);
    h_stop_with(h, "<C-c>", 0);
    localhub_stop(hub);
}

/* ---- the terminal ---- */

static void test_strings_of_the_terminal_are_no_keys(void **state)
{
    (void)state;
    static const char ANSWERS[] = "\033]11;rgb:1e1e/1e1e/1e1e\033\\\033]10;rgb:ffff/ffff/ffff\a\033P1$r0m\033\\"
                                  "\033P>|XTerm(390)\033\\\033_Gi=31;OK\033\\\033[?62;c";
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    struct buf before = rows_of_screen(h, 24);
    ptyterm_send(h_terminal(h), ANSWERS, sizeof ANSWERS - 1);
    ptyterm_pump(h_terminal(h), 300);
    h_wait_idle(h);
    struct buf after = rows_of_screen(h, 24);
    assert_string_equal(buf_str(&after), buf_str(&before));
    buf_done(&before);
    buf_done(&after);
    h_stop_with(h, "<C-c>", 0);
}

static void test_signals(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    ptyterm_signal(h_terminal(h), SIGPIPE); /* of no meaning to a screen */
    h_keys(h, "j");
    ptyterm_send(h_terminal(h), "\033[200~a paste without end", 25);
    ptyterm_pump(h_terminal(h), 100);
    ptyterm_signal(h_terminal(h), SIGTERM);
    for (int i = 0; i < 8; i++) { /* a byte every 300 ms keeps the paste from ending */
        ptyterm_send(h_terminal(h), "x", 1);
        ptyterm_pump(h_terminal(h), 300);
    }
    assert_true(ptyterm_wait_exit(h_terminal(h), 100));
    struct buf left = BUF_INIT;
    ptyterm_is_restored(h_terminal(h), &left);
    assert_string_equal(buf_str(&left), "");
    buf_done(&left);
    h_free(h);
}

/* Ctrl-Z typed ahead, of a program that has just given the terminal back: going on again it must end without
 * another word. When exactly the signal meets it is chance, so it is tried some times. */
static void test_stopped_while_it_ends(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++) {
        struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
        struct ptyterm *t = h_terminal(h);
        const size_t before = ptyterm_output(t).n;
        ptyterm_send(t, "\003", 1);
        for (int tries = 0; tries < 500; tries++) {
            const struct str out = ptyterm_output(t);
            if (memmem(out.p + before, out.n - before, "\033[?1049l", 8)) {
                break;
            }
            ptyterm_pump(t, 10);
        }
        clock_sleep_ms(i / 2);
        ptyterm_signal(t, SIGTSTP);
        ptyterm_wait_stopped(t, 200);
        ptyterm_signal(t, SIGCONT);
        assert_true(ptyterm_wait_exit(t, 5000));
        struct buf left = BUF_INIT;
        ptyterm_is_restored(t, &left);
        assert_string_equal(buf_str(&left), "");
        buf_done(&left);
        h_free(h);
    }
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_zoom_gives_the_focused_pane_the_screen),
        SCREEN_TEST(test_split_moves_within_limits_and_is_remembered),
        SCREEN_TEST(test_theme_outlives_the_program),
        SCREEN_TEST(test_config_file_wins_and_save_appends),
        SCREEN_TEST(test_the_command_line_wins_over_what_is_remembered),
        SCREEN_TEST(test_save_offers_bindings),
        SCREEN_TEST(test_bindings_outlive_the_program),
        SCREEN_TEST(test_histories_are_kept_per_endpoint),
        SCREEN_TEST(test_state_file_of_a_later_version_is_left_alone),
        SCREEN_TEST(test_state_file_of_rubbish_is_put_aside),
        SCREEN_TEST(test_state_file_cut_anywhere_starts),
        SCREEN_TEST(test_what_finds_no_room_is_told_and_saved_at_the_end),
        SCREEN_TEST(test_leaving_asks_while_a_file_is_saved),
        SCREEN_TEST(test_get_refuses_nonsense),
        SCREEN_TEST(test_strings_of_the_terminal_are_no_keys),
        SCREEN_TEST(test_signals),
        SCREEN_TEST(test_stopped_while_it_ends),
        SCREEN_TEST(test_results_of_a_hidden_screen_draw_nothing),
    };
    return cmocka_run_group_tests_name("frame", tests, NULL, NULL);
}
