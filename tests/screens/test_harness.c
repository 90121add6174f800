/* SPDX-License-Identifier: Apache-2.0 */
/* The harness itself, tried on shell scripts whose behaviour is known. */
#include "tests/screens/harness.h"

#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/paths.h"
#include "tests/screens/golden.h"
#include "tests/screens/keys.h"

/* A script that reads raw bytes: its name for "n bytes from the keyboard, as hex". */
#define RAW "stty raw -echo; "
#define HEX(n) "dd bs=1 count=" #n " 2>/dev/null | od -An -tx1; "
#define IDLE "printf . > /dev/fd/$HFTERM_TEST_FD; "

static struct harness *start_script(const char *script)
{
    return h_start(&(struct h_options){.program = "/bin/sh", .args = ARGS("-c", script)});
}

static struct harness *start_sized(const char *script, int rows, int cols)
{
    return h_start(&(struct h_options){
        .program = "/bin/sh", .args = ARGS("-c", script), .rows = rows, .cols = cols});
}

static void touch_in_home(struct harness *h, const char *name)
{
    char *path = paths_join(h_home(h), name);
    assert_true(file_write_atomic(path, "", 0, 0600, NULL));
    free(path);
}

/* ---- screen ---- */

static void test_text_and_columns(void **state)
{
    (void)state;
    struct harness *h = start_script("printf 'one  \\r\\n\\360\\237\\244\\227 two'");
    h_wait_text(h, "two");
    h_expect_row(h, 0, "one");
    h_expect_row(h, 1, "\360\237\244\227 two");
    h_expect_in_row(h, 1, "wo");
    h_expect_text(h, "one");
    h_expect_no_text(h, "three");
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "two", &row, &col));
    assert_int_equal(row, 1);
    assert_int_equal(col, 3); /* the emoji takes two columns and four bytes */
    assert_false(h_find(h, "three", &row, &col));
    h_stop_with(h, "", 0);
}

static void test_style(void **state)
{
    (void)state;
    struct harness *h = start_script(
        "printf '\\033[1;31mA\\033[0;7mB\\033[0;48;5;200mC\\033[0;38;2;1;2;3mD\\033[0;4mE.'");
    h_wait_text(h, "ABCDE.");
    assert_true(h_style(h, 0, 0).is_bold);
    assert_int_equal(h_style(h, 0, 0).fg, 1);
    assert_int_equal(h_style(h, 0, 0).bg, COLOUR_DEFAULT);
    assert_true(h_style(h, 0, 1).is_reverse);
    assert_false(h_style(h, 0, 1).is_bold);
    assert_int_equal(h_style(h, 0, 2).bg, 200);
    assert_int_equal(h_style(h, 0, 3).fg, COLOUR_RGB + 0x010203);
    assert_true(h_style(h, 0, 4).is_underlined);
    h_stop_with(h, "", 0);
}

static void test_size_and_resize(void **state)
{
    (void)state;
    struct harness *h =
        start_sized("trap 'stty size' WINCH; stty size; while :; do sleep 0.02; done", 12, 40);
    h_wait_text(h, "12 40");
    ptyterm_resize(h_terminal(h), 30, 100);
    h_wait_text(h, "30 100");
    assert_int_equal(ptyterm_rows(h_terminal(h)), 30);
    assert_int_equal(ptyterm_cols(h_terminal(h)), 100);
    h_free(h);
}

static void test_answers_device_attributes(void **state)
{
    (void)state;
    struct harness *h = start_script(RAW "printf '\\033[c'; " HEX(3) "printf end");
    h_wait_text(h, "end");
    h_expect_text(h, "1b 5b 3f");
    h_free(h);
}

/* ---- keys ---- */

static void assert_bytes(const char *keys, const char *bytes)
{
    struct buf out = BUF_INIT;
    assert_true(keys_to_bytes(keys, &out));
    assert_string_equal(buf_str(&out), bytes);
    buf_done(&out);
}

static void test_key_names(void **state)
{
    (void)state;
    assert_bytes("j j <Enter>", "jj\r");
    assert_bytes("/ qwen <Space> vl <Esc>", "/qwen vl\033");
    assert_bytes("<C-p> <M-x> <C-[> <lt> <", "\020\033x\033<<");
    assert_bytes("<Up> <C-Left> <S-Down> <M-Home>", "\033OA\033[1;5D\033[1;2B\033[1;3H");
    assert_bytes("<F1> <F12> <C-PgUp> <S-Tab> <BS>", "\033OP\033[24~\033[5;5~\033[Z\177");
    struct buf out = BUF_INIT;
    assert_false(keys_to_bytes("a <Entre> b", &out));
    assert_string_equal(buf_str(&out), "a<Entre>");
    buf_done(&out);
}

static void test_keys_arrive(void **state)
{
    (void)state;
    struct harness *h = start_script(RAW "printf ready; " HEX(6) "printf end");
    h_wait_text(h, "ready");
    h_press(h, "j <Up> <Enter> <Esc>");
    h_wait_text(h, "end");
    h_expect_text(h, "6a 1b 4f 41 0d 1b");
    h_free(h);
}

static void test_mouse_follows_the_mode(void **state)
{
    (void)state;
    struct harness *h =
        start_script(RAW "printf '\\033[?1000h\\033[?1006hready'; " HEX(9) "printf end");
    h_wait_text(h, "ready");
    ptyterm_mouse(h_terminal(h), PTYTERM_CLICK, 2, 5);
    h_wait_text(h, "end");
    h_expect_text(h, "1b 5b 3c 30 3b 36 3b 33 4d"); /* ESC [ < 0 ; 6 ; 3 M */
    h_free(h);
}

static void test_paste_is_bracketed_when_asked(void **state)
{
    (void)state;
    struct harness *h = start_script(RAW "printf '\\033[?2004hready'; " HEX(8) "printf end");
    h_wait_text(h, "ready");
    ptyterm_paste(h_terminal(h), "hi");
    h_wait_text(h, "end");
    h_expect_text(h, "1b 5b 32 30 30 7e 68 69");
    h_free(h);
}

/* ---- idle ---- */

static void test_idle_after_each_key(void **state)
{
    (void)state;
    struct harness *h = start_script(
        RAW IDLE "while k=$(dd bs=1 count=1 2>/dev/null); do sleep 0.1; printf '<%s>' \"$k\"; " IDLE
                 "done");
    h_wait_idle(h);
    h_keys(h, "a");
    h_expect_row(h, 0, "<a>");
    h_text(h, "b");
    h_expect_row(h, 0, "<a><b>");
    h_free(h);
}

/* A byte that comes while the input is unread speaks of the time before it. */
static void test_idle_byte_before_the_input_is_read(void **state)
{
    (void)state;
    struct harness *h =
        start_script(RAW "printf ready; while [ ! -e ~/pressed ]; do sleep 0.01; done; " IDLE
                         "printf ' waiting '; while [ ! -e ~/go ]; do sleep 0.01; done; " HEX(1)
                             IDLE "sleep 10");
    h_wait_text(h, "ready");
    h_press(h, "x");
    touch_in_home(h, "pressed");
    h_wait_text(h, "waiting");
    assert_false(ptyterm_wait_idle(h_terminal(h), 100));
    touch_in_home(h, "go");
    h_wait_idle(h);
    h_expect_text(h, "78");
    h_free(h);
}

static void test_no_idle_byte_is_a_time_out(void **state)
{
    (void)state;
    struct harness *h = start_script("printf ready; sleep 10");
    h_wait_text(h, "ready");
    assert_false(ptyterm_wait_idle(h_terminal(h), 100));
    h_free(h);
}

static void test_bytes_while_idle(void **state)
{
    (void)state;
    struct harness *quiet = start_script("printf ready; sleep 10");
    h_wait_text(quiet, "ready");
    assert_int_equal(h_bytes_in(quiet, 100), 0);
    assert_int_equal(h_bytes_written(quiet), 5);
    assert_true(h_wrote(quiet, "ready"));
    assert_false(h_wrote(quiet, "steady"));
    h_free(quiet);
    struct harness *busy = start_script("while :; do printf x; sleep 0.01; done");
    h_wait_text(busy, "xx");
    assert_true(h_bytes_in(busy, 200) > 0);
    h_free(busy);
}

/* ---- end ---- */

static void test_exit_codes(void **state)
{
    (void)state;
    h_stop_with(start_script("exit 7"), "", 7);
    struct harness *h = start_script("printf ready; sleep 10");
    h_wait_text(h, "ready");
    ptyterm_signal(h_terminal(h), SIGTERM);
    h_stop_killed(h, SIGTERM);
}

static void test_stop_and_continue(void **state)
{
    (void)state;
    struct harness *h = start_script("printf before; kill -STOP $$; printf after");
    assert_true(ptyterm_wait_stopped(h_terminal(h), 5000));
    h_expect_row(h, 0, "before");
    ptyterm_signal(h_terminal(h), SIGCONT);
    h_wait_text(h, "beforeafter");
    h_stop_with(h, "", 0);
}

static void expect_left(const char *script, const char *left)
{
    struct harness *h = start_script(script);
    assert_true(ptyterm_wait_exit(h_terminal(h), 5000));
    struct buf out = BUF_INIT;
    assert_int_equal(ptyterm_is_restored(h_terminal(h), &out), *left == '\0');
    assert_string_equal(buf_str(&out), left);
    buf_done(&out);
    h_free(h);
}

static void test_what_is_left_on_the_terminal(void **state)
{
    (void)state;
    expect_left("s=$(stty -g); stty raw -echo; printf '\\033[?1049h\\033[?25l\\033[?2004;1006h';"
                "printf '\\033[?1049l\\033[?25h\\033[?2004l\\033[?1006l'; stty \"$s\"",
                "");
    expect_left("stty -echo", "the tty settings differ from those before the start\n");
    expect_left("printf '\\033[?1049h'",
                "the alternate screen is still on\nprivate mode 1049 is still on\n");
    expect_left("printf '\\033[?25l'", "the cursor is still hidden\n");
    expect_left("printf '\\033[?2004;1000h'",
                "private mode 2004 is still on\nprivate mode 1000 is still on\n");
}

static void test_environment_and_home(void **state)
{
    (void)state;
    setenv("HF_TOKEN", "hf_of_the_machine", 1);
    struct harness *h = h_start(&(struct h_options){
        .program = "/bin/sh",
        .args = ARGS("-c", "echo token=[$HF_TOKEN] term=$TERM more=$MORE now=$HFTERM_TEST_NOW; "
                           "cd && pwd; printf end"),
        .env = ARGS("MORE=yes", "TERM"),
        .cols = 120});
    unsetenv("HF_TOKEN");
    h_wait_text(h, "end");
    h_expect_row(h, 0, "token=[] term= more=yes now=" H_NOW_TEXT);
    h_expect_row(h, 1, h_home(h));
    char *home = h_keep_home(h);
    assert_true(file_is_dir(home));
    h_free(h);
    assert_true(file_is_dir(home));
    h = h_start(&(struct h_options){.program = "/bin/sh", .args = ARGS("-c", "pwd"), .home = home});
    h_free(h);
    assert_true(file_remove_tree(home, NULL));
    free(home);
}

static void test_home_goes_away(void **state)
{
    (void)state;
    struct harness *h = start_script(":");
    char *home = strdup(h_home(h));
    assert_true(file_is_dir(home));
    h_stop_with(h, "", 0);
    assert_false(file_exists(home));
    free(home);
}

/* ---- golden screens ---- */

static bool check(struct harness *h, struct buf *why)
{
    buf_clear(why);
    return golden_check(h_terminal(h), "sample", why);
}

static void test_golden(void **state)
{
    (void)state;
    struct harness *h = start_sized("printf 'plain \\033[1;34mblue\\033[0m'; sleep 10", 2, 12);
    h_wait_text(h, "blue");
    struct buf why = BUF_INIT;
    setenv("HFTERM_GOLDEN_DIR", h_home(h), 1);
    const char *mode = getenv("HFTERM_GOLDEN"); /* "make golden" runs this test too */
    char *saved = mode ? strdup(mode) : NULL;
    unsetenv("HFTERM_GOLDEN");
    assert_false(check(h, &why)); /* no file yet */
    setenv("HFTERM_GOLDEN", "write", 1);
    assert_true(check(h, &why));
    unsetenv("HFTERM_GOLDEN");
    assert_true(check(h, &why));
    buf_clear(&why);
    golden_styles(h_terminal(h), &why);
    assert_string_equal(buf_str(&why), "......aaaa\n\n\na bold fg=4\n");
    h_free(h);

    h = start_sized("printf 'plain \\033[1;34mblau\\033[0m'; sleep 10", 2, 12);
    h_wait_text(h, "blau");
    assert_false(check(h, &why)); /* another HOME: the file is missing */
    setenv("HFTERM_GOLDEN_DIR", h_home(h), 1);
    struct buf other = BUF_INIT;
    buf_puts(&other, "plain blue\n\n");
    char path[256];
    snprintf(path, sizeof path, "%s/sample.txt", h_home(h));
    assert_true(file_write_atomic(path, other.p, other.n, 0600, NULL));
    assert_false(check(h, &why));
    assert_non_null(strstr(buf_str(&why), "- plain blue\n+ plain blau\n"));
    unsetenv("HFTERM_GOLDEN_DIR");
    if (saved) {
        setenv("HFTERM_GOLDEN", saved, 1);
        free(saved);
    }
    buf_done(&other);
    buf_done(&why);
    h_free(h);
}

/* ---- a failed expectation fails the test ---- */

static void bad_text(void **state)
{
    (void)state;
    struct harness *h = start_script("printf hello");
    h_wait_text(h, "hello");
    h_expect_text(h, "goodbye");
    h_free(h);
}

static void bad_row(void **state)
{
    (void)state;
    struct harness *h = start_script("printf hello");
    h_wait_text(h, "hello");
    h_expect_row(h, 0, "hell");
    h_free(h);
}

static void bad_exit(void **state)
{
    (void)state;
    h_stop_with(start_script("exit 3"), "", 0);
}

static void bad_restore(void **state)
{
    (void)state;
    h_stop_with(start_script("printf '\\033[?1049h'"), "", 0);
}

static void bad_sanitizer(void **state)
{
    (void)state;
    h_stop_with(start_script("echo leaked 3 bytes > $HOME/sanitizer.1"), "", 0);
}

static const struct CMUnitTest BAD[] = {
    cmocka_unit_test_teardown(bad_text, h_teardown),
    cmocka_unit_test_teardown(bad_row, h_teardown),
    cmocka_unit_test_teardown(bad_exit, h_teardown),
    cmocka_unit_test_teardown(bad_restore, h_teardown),
    cmocka_unit_test_teardown(bad_sanitizer, h_teardown),
};

static void test_failures_are_failures(void **state)
{
    (void)state;
    static const char *const MESSAGES[] = {
        "\"goodbye\" is not on the screen", "wanted \"hell\"", "exit code 3, wanted 0",
        "the alternate screen is still on", "leaked 3 bytes",
    };
    struct harness *h = h_start(&(struct h_options){
        .program = "/proc/self/exe",
        .args = ARGS("--bad"),
        .rows = 200,
        .cols = 120,
        .env = ARGS("CMOCKA_MESSAGE_OUTPUT=TAP", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")});
    assert_true(ptyterm_wait_exit(h_terminal(h), 10000));
    assert_int_equal(WEXITSTATUS(ptyterm_status(h_terminal(h))), sizeof BAD / sizeof *BAD);
    for (size_t i = 0; i < sizeof MESSAGES / sizeof *MESSAGES; i++) {
        h_expect_text(h, MESSAGES[i]);
    }
    h_free(h);
}

/* ---- a slow terminal ---- */

static void test_throttle_holds_bytes_back(void **state)
{
    (void)state;
    enum { RATE = 1000, SOME = 300 };
    struct harness *h = start_script(RAW "printf ready; " HEX(1) "seq 1 2000; printf END");
    struct ptyterm *t = h_terminal(h);
    h_wait_text(h, "ready");
    size_t before = ptyterm_output(t).n;
    int64_t start = clock_mono_ms();
    ptyterm_throttle(t, RATE);
    ptyterm_send(t, "x", 1);
    while (ptyterm_output(t).n < before + SOME && clock_mono_ms() - start < 10000) {
        ptyterm_pump(t, 50);
        /* A millisecond more: the clock below began before the throttle's. */
        int64_t most = (clock_mono_ms() - start + 1) * RATE / 1000;
        assert_true((int64_t)(ptyterm_output(t).n - before) <= most);
    }
    assert_true(ptyterm_output(t).n >= before + SOME);
    assert_false(ptyterm_wait_text(t, "END", 0));
    ptyterm_throttle(t, 0);
    assert_true(ptyterm_wait_text(t, "END", 10000));
    h_free(h);
}

int main(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "--bad") == 0) {
        return cmocka_run_group_tests(BAD, NULL, NULL);
    }
    static const struct CMUnitTest TESTS[] = {
        cmocka_unit_test_teardown(test_text_and_columns, h_teardown),
        cmocka_unit_test_teardown(test_style, h_teardown),
        cmocka_unit_test_teardown(test_size_and_resize, h_teardown),
        cmocka_unit_test_teardown(test_answers_device_attributes, h_teardown),
        cmocka_unit_test(test_key_names),
        cmocka_unit_test_teardown(test_keys_arrive, h_teardown),
        cmocka_unit_test_teardown(test_mouse_follows_the_mode, h_teardown),
        cmocka_unit_test_teardown(test_paste_is_bracketed_when_asked, h_teardown),
        cmocka_unit_test_teardown(test_idle_after_each_key, h_teardown),
        cmocka_unit_test_teardown(test_idle_byte_before_the_input_is_read, h_teardown),
        cmocka_unit_test_teardown(test_no_idle_byte_is_a_time_out, h_teardown),
        cmocka_unit_test_teardown(test_bytes_while_idle, h_teardown),
        cmocka_unit_test_teardown(test_exit_codes, h_teardown),
        cmocka_unit_test_teardown(test_stop_and_continue, h_teardown),
        cmocka_unit_test_teardown(test_what_is_left_on_the_terminal, h_teardown),
        cmocka_unit_test_teardown(test_environment_and_home, h_teardown),
        cmocka_unit_test_teardown(test_home_goes_away, h_teardown),
        cmocka_unit_test_teardown(test_golden, h_teardown),
        cmocka_unit_test_teardown(test_failures_are_failures, h_teardown),
        cmocka_unit_test_teardown(test_throttle_holds_bytes_back, h_teardown),
    };
    return cmocka_run_group_tests(TESTS, NULL, NULL);
}
