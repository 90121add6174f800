/* SPDX-License-Identifier: Apache-2.0 */
/* Files of this machine: opened by name and line, whatever the name is of, and edited in another program. */
#include "tests/screens/harness.h"

#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "tests/screens/homes.h"
#include "tui/frame/command.h"

static void open_file(struct harness *h, const char *name)
{
    struct buf line = BUF_INIT;
    buf_puts(&line, "open ");
    words_quote(&line, name);
    h_keys(h, ":");
    h_text(h, buf_str(&line));
    h_keys(h, "<Enter>");
    buf_done(&line);
}

static void write_lines(const char *home, const char *leaf, int n)
{
    struct buf text = BUF_INIT;
    for (int i = 1; i <= n; i++) {
        buf_printf(&text, "this is line %d\n", i);
    }
    write_in(home, leaf, buf_str(&text));
    buf_done(&text);
}

static void test_open_at_a_line(void **state)
{
    (void)state;
    char *home = new_home();
    write_lines(home, "lines.txt", 300);
    write_in(home, "odd:7", "its name has a colon\n");
    struct harness *h = start_in(home, 24, 80, ARGS("--offline"));
    open_file(h, "./lines.txt:200");
    h_wait_text(h, "line 200  text");
    h_expect_text(h, "this is line 200");
    h_keys(h, "<Esc>");
    open_file(h, "~/lines.txt");
    h_wait_text(h, "this is line 1");
    h_keys(h, "<Esc>");
    open_file(h, "./lines.txt:9999"); /* behind the end: the end */
    h_wait_text(h, "this is line 300");
    h_keys(h, "<Esc>");
    open_file(h, "./odd:7");
    h_wait_text(h, "its name has a colon");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_a_name_is_a_file_when_there_is_one(void **state)
{
    (void)state;
    char *home = new_home();
    write_lines(home, "README.md", 300);
    write_lines(home, "bob/norn-chat-GGUF/x", 1); /* a folder of this name is still a repo */
    struct harness *h = start_in(home, 24, 98, ARGS("--demo"));
    open_file(h, "README.md:200");
    h_wait_text(h, "this is line 200");
    h_expect_text(h, "file of this machine");
    h_keys(h, "<Esc>");
    open_file(h, "README");
    h_wait_text(h, "was not found");
    open_file(h, "bob/norn-chat-GGUF");
    h_expect_in_row(h, 2, "bob/norn-chat-GGUF");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_open_a_file_of_a_repo(void **state)
{
    (void)state;
    struct harness *h = start_in(NULL, 24, 98, ARGS("--demo"));
    open_file(h, "bob/norn-chat-GGUF/README.md:3");
    h_wait_text(h, "line 3");
    h_expect_in_row(h, 2, "bob/norn-chat-GGUF");
    open_file(h, "https://huggingface.co/datasets/tidewater/tide-gauges");
    h_expect_in_row(h, 2, "tidewater/tide-gauges");
    open_file(h, "https://huggingface.co/spaces/lumen-labs/aurora-vl-chat/blob/main/README.md#L2");
    h_wait_text(h, "line 2");
    h_expect_in_row(h, 2, "lumen-labs/aurora-vl-chat");
    open_file(h, "bob/norn-chat-GGUF/no-such-file");
    h_wait_text(h, "has no \"no-such-file\" at");
    open_file(h, "https://huggingface.co/bob/norn-chat-GGUF/blob/no-such-branch/README.md");
    h_wait_text(h, "has no revision");
    open_file(h, "https://huggingface.co/docs/hub");
    h_expect_text(h, "is no page of a repo");
    open_file(h, "https://example.org/a/b");
    h_expect_text(h, "is no address of the Hub");
    h_stop_with(h, "<C-c>", 0);
}

static void test_local_paths_are_completed(void **state)
{
    (void)state;
    char *home = new_home();
    write_lines(home, "some words.txt", 3);
    write_lines(home, "folder/inner.txt", 3);
    write_lines(home, ".hidden", 3);
    struct harness *h = start_in(home, 24, 98, ARGS("--offline"));
    h_keys(h, ":");
    h_text(h, "open ./so");
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 23, ":open \"./some words.txt\"");
    h_keys(h, "<Enter>");
    h_wait_text(h, "this is line 3");
    h_keys(h, "<Esc> :");
    h_text(h, "open ~/fol");
    h_keys(h, "<Tab>");
    h_text(h, "in");
    h_keys(h, "<Tab>");
    h_expect_in_row(h, 23, ":open ~/folder/inner.txt");
    h_keys(h, "<C-u>");
    h_text(h, "open ./");
    h_expect_text(h, "./folder/");
    h_expect_no_text(h, "./.hidden");
    h_stop_with(h, "<C-c> <C-c>", 0);
    remove_home(home);
}

static void test_open_what_is_no_file(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, "folder/x", "");
    struct harness *h = start_in(home, 24, 100, ARGS("--offline"));
    open_file(h, "./folder");
    h_expect_text(h, "./folder is a folder");
    open_file(h, "./missing");
    h_expect_text(h, "./missing cannot be opened");
    open_file(h, "./folder/x");
    h_wait_text(h, "The file is empty.");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

static void test_open_a_pipe_reads_what_comes(void **state)
{
    (void)state;
    char *home = new_home();
    char *path = paths_join(home, "pipe");
    assert_int_equal(mkfifo(path, 0600), 0);
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    struct harness *h = start_in(home, 24, 100, ARGS("--offline"));
    open_file(h, "./pipe");
    assert_int_equal(write(fd, "first words\n", 12), 12);
    h_wait_text(h, "first words");
    assert_int_equal(write(fd, "and later\n", 10), 10);
    h_wait_text(h, "and later");
    h_keys(h, "e");
    h_expect_text(h, "a pipe or a device has nothing to edit");
    h_keys(h, "<Esc>"); /* leaves while a writer is there */
    h_expect_no_text(h, "first words");
    close(fd);
    h_stop_with(h, "<C-c>", 0);
    free(path);
    remove_home(home);
}

/* ---- the editor ---- */

/* Appends a line and notes its arguments and whether its terminal is one for line editing. */
static const char EDITOR[] = "for last; do :; done\n"
                             "printf 'added by the editor\\n' >>\"$last\"\n"
                             "printf '%s|' \"$@\" >\"$HOME/arguments\"\n"
                             "stty -a | grep -q ' icanon' && stty -a | grep -q ' echo ' && echo cooked >\"$HOME/tty\"\n"
                             "echo hello from the editor\n";

static struct harness *start_with_editor(const char *home, const char *editor)
{
    char *variable = xasprintf("EDITOR=%s", editor);
    struct harness *h =
        h_start(&(struct h_options){.args = ARGS("--offline"), .home = home, .env = ARGS(variable)});
    free(variable);
    h_wait_idle(h);
    return h;
}

static void test_edit_and_read_again(void **state)
{
    (void)state;
    static const char NAME[] = "it's a \"file\" $(touch pwned) `touch pwned`; touch pwned.txt";
    char *home = new_home();
    write_in(home, "edit.sh", EDITOR);
    write_lines(home, NAME, 100);
    char *editor = xasprintf("sh '%s/edit.sh' --wait", home);
    char *name = xasprintf("./%s:50", NAME);
    struct harness *h = start_with_editor(home, editor);
    open_file(h, name);
    h_wait_text(h, "line 50  text");
    h_keys(h, "e");
    h_wait_text(h, "line 50  text"); /* where it was */
    assert_true(h_wrote(h, "hello from the editor"));
    h_keys(h, "<End>");
    h_wait_text(h, "added by the editor");
    h_expect_no_text(h, "hello from the editor");
    expect_file(home, "tty", "cooked\n");
    char *arguments = xasprintf("--wait|+50|./%s|", NAME);
    expect_file(home, "arguments", arguments);
    char *pwned = paths_join(home, "pwned");
    assert_false(file_exists(pwned));
    h_stop_with(h, "<C-c>", 0);
    free(pwned);
    free(arguments);
    free(name);
    free(editor);
    remove_home(home);
}

static void test_an_editor_that_fails_is_told(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, "a.txt", "words\n");
    struct harness *h = start_with_editor(home, "no-such-editor");
    open_file(h, "./a.txt");
    h_wait_text(h, "words");
    h_keys(h, "e");
    h_wait_text(h, "could not be started. set VISUAL or EDITOR");
    h_wait_text(h, "words");
    h_stop_with(h, "<C-c>", 0);
    h = start_with_editor(home, "false");
    open_file(h, "./a.txt");
    h_wait_text(h, "words");
    h_keys(h, "e");
    h_wait_text(h, "ended with status 1");
    h_stop_with(h, "<C-c>", 0);
    h = start_with_editor(home, "rm -f");
    open_file(h, "./a.txt");
    h_wait_text(h, "words");
    h_keys(h, "e");
    h_wait_text(h, "./a.txt cannot be opened");
    h_expect_text(h, "words"); /* what was read stays */
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* The file is in the editor, which is a script and says so in a file of its own. */
static struct harness *edit_with(const char *home, const char *script)
{
    write_in(home, "edit.sh", script);
    write_in(home, "a.txt", "words\n");
    char *editor = xasprintf("sh '%s/edit.sh'", home);
    struct harness *h = start_with_editor(home, editor);
    open_file(h, "./a.txt");
    h_wait_text(h, "words");
    h_press(h, "e");
    wait_file(home, "is-there", "yes\n");
    free(editor);
    return h;
}

#define THERE "printf 'yes\\n' >\"$HOME/is-there\"\n"

static void test_a_signal_is_passed_on_to_the_editor(void **state)
{
    (void)state;
    static const int SIGNALS[] = {SIGTERM, SIGHUP, SIGUSR1};
    for (size_t i = 0; i < sizeof SIGNALS / sizeof *SIGNALS; i++) {
        char *home = new_home();
        struct harness *h = edit_with(home, "trap 'echo saved >\"$HOME/end\"; exit 3' TERM HUP USR1\n" THERE
                                            "i=0; while [ $i -lt 400 ]; do sleep 0.1; i=$((i + 1)); done\n");
        ptyterm_signal(h_terminal(h), SIGNALS[i]);
        h_stop_killed(h, SIGNALS[i]);
        expect_file(home, "end", "saved\n"); /* hfterm ended after it */
        remove_home(home);
    }
}

static void test_an_editor_that_does_not_end_holds_nobody(void **state)
{
    (void)state;
    char *home = new_home();
    struct harness *h = edit_with(home, "trap '' TERM HUP INT QUIT\nprintf $$ >\"$HOME/pid\"\n" THERE
                                        "i=0; while [ $i -lt 400 ]; do sleep 0.1; i=$((i + 1)); done\n");
    ptyterm_signal(h_terminal(h), SIGTERM);
    h_stop_killed(h, SIGTERM);
    struct buf pid = BUF_INIT;
    char *path = paths_join(home, "pid");
    assert_true(file_read(path, &pid, 20, NULL));
    assert_int_equal(kill((pid_t)strtol(buf_str(&pid), NULL, 10), SIGKILL), 0);
    buf_done(&pid);
    free(path);
    remove_home(home);
}

/* With a shell above, hfterm stops too (tests/e2e/suspend.sh). */
static void test_an_editor_that_stops_where_no_shell_is_goes_on(void **state)
{
    (void)state;
    char *home = new_home();
    struct harness *h = edit_with(home, THERE "kill -STOP $$\necho on >\"$HOME/end\"\nkill -TSTP $$\n");
    wait_file(home, "end", "on\n");
    h_wait_text(h, "words");
    h_wait_idle(h);
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* What an action cannot do here leaves its key to the movements: Space folds JSON and pages in text. */
static void test_a_key_of_no_use_here_moves(void **state)
{
    (void)state;
    char *home = new_home();
    write_lines(home, "lines.txt", 300);
    struct harness *h = start_in(home, 24, 80, ARGS("--offline"));
    open_file(h, "./lines.txt");
    h_wait_text(h, "this is line 1");
    h_keys(h, "<Space>");
    h_expect_no_text(h, "this is line 1 ");
    h_expect_text(h, "this is line 30");
    h_keys(h, "n"); /* which no movement wants */
    h_expect_text(h, "nothing was searched yet");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

/* ---- the clipboard inside tmux, which lets no program's OSC 52 through as it is delivered ---- */

/* tmux of 3.2 and later, and one that does not know -w. */
static const char TMUX[] = "#!/bin/sh\necho \"$@\" >>\"$HOME/asked\"\ncat >\"$HOME/copied\"\n";
static const char OLD_TMUX[] = "#!/bin/sh\necho \"$@\" >>\"$HOME/asked\"\n[ \"$2\" = -w ] && exit 1\ncat >\"$HOME/copied\"\n";
static const char DEAD_TMUX[] = "#!/bin/sh\nexit 1\n";

static struct harness *copy_under(const char *home, const char *tmux)
{
    write_in(home, "bin/tmux", tmux);
    char *program = paths_join(home, "bin/tmux");
    assert_int_equal(chmod(program, 0700), 0);
    char *path = xasprintf("PATH=%s/bin:/usr/bin:/bin", home);
    struct harness *h = h_start(
        &(struct h_options){.args = ARGS("--offline"), .home = home, .env = ARGS("TMUX=/tmp/tmux-0/default,1,0", path)});
    open_file(h, "./words.txt");
    h_wait_text(h, "a word to take");
    h_keys(h, "Y");
    h_wait_idle(h);
    free(path);
    free(program);
    return h;
}

static void test_copy_inside_tmux(void **state)
{
    (void)state;
    char *home = new_home();
    write_in(home, "words.txt", "a word to take\n");
    struct harness *h = copy_under(home, TMUX);
    h_expect_text(h, "sent to tmux: the line");
    wait_file(home, "asked", "load-buffer -w -\n");
    wait_file(home, "copied", "a word to take");
    h_stop_with(h, "<C-c>", 0);
    write_in(home, "asked", "");
    write_in(home, "copied", "");
    h = copy_under(home, OLD_TMUX);
    wait_file(home, "asked", "load-buffer -w -\nload-buffer -\n");
    wait_file(home, "copied", "a word to take");
    h_stop_with(h, "<C-c>", 0);
    h = copy_under(home, DEAD_TMUX);
    h_wait_text(h, "tmux did not take the copy");
    h_stop_with(h, "<C-c>", 0);
    remove_home(home);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_open_at_a_line),
        SCREEN_TEST(test_a_name_is_a_file_when_there_is_one),
        SCREEN_TEST(test_open_a_file_of_a_repo),
        SCREEN_TEST(test_local_paths_are_completed),
        SCREEN_TEST(test_open_what_is_no_file),
        SCREEN_TEST(test_open_a_pipe_reads_what_comes),
        SCREEN_TEST(test_edit_and_read_again),
        SCREEN_TEST(test_an_editor_that_fails_is_told),
        SCREEN_TEST(test_a_signal_is_passed_on_to_the_editor),
        SCREEN_TEST(test_an_editor_that_does_not_end_holds_nobody),
        SCREEN_TEST(test_an_editor_that_stops_where_no_shell_is_goes_on),
        SCREEN_TEST(test_a_key_of_no_use_here_moves),
        SCREEN_TEST(test_copy_inside_tmux),
    };
    return cmocka_run_group_tests_name("files of this machine", tests, NULL, NULL);
}
