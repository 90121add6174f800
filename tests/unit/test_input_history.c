/* SPDX-License-Identifier: Apache-2.0 */
/* Histories of prompts: the last lines of a file, whatever lies in its place. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <readline/history.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tui/term/input_history.h"

static char *dir, *path;

static int set_up(void **state)
{
    (void)state;
    dir = xstrdup("/tmp/hfterm-history-XXXXXX"); /* a place that another user reaches, too */
    alarm(20); /* a read that waits would wait for ever */
    path = mkdtemp(dir) ? xasprintf("%s/history-test", dir) : NULL;
    return path ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    clear_history();
    file_remove_tree(dir, NULL);
    free(path);
    free(dir);
    return 0;
}

static void lay(const char *text, size_t n)
{
    assert_true(file_write_atomic(path, text, n, 0600, NULL));
}

static void expect_lines(const char *first, const char *last, int n)
{
    HIST_ENTRY *const *all = history_list();
    assert_int_equal(history_length, n);
    if (n > 0) {
        assert_string_equal(all[0]->line, first);
        assert_string_equal(all[n - 1]->line, last);
    }
}

static void expect_file(const char *file, const char *wanted)
{
    struct buf got = BUF_INIT;
    assert_true(file_read(file, &got, 1 << 20, NULL));
    assert_string_equal(buf_str(&got), wanted);
    buf_done(&got);
}

static void test_lines_are_kept(void **state)
{
    (void)state;
    assert_true(input_history_load(path));
    expect_lines("", "", 0);
    input_history_add(path, "one");
    input_history_add(path, "two");
    input_history_add(path, "two"); /* not twice behind each other */
    input_history_add(path, "token hf_abcdefghijklmnopqrstuvwxyz0123456789");
    assert_true(input_history_load(path));
    assert_int_equal(history_length, 3);
    struct buf got = BUF_INIT;
    assert_true(file_read(path, &got, 1 << 20, NULL));
    assert_non_null(strstr(buf_str(&got), "one\ntwo\ntoken hf_"));
    assert_null(strstr(buf_str(&got), "abcdefgh"));
    buf_done(&got);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
}

static void test_what_others_wrote_stays(void **state)
{
    (void)state;
    input_history_add(path, "mine");
    lay("mine\ntheirs", 11); /* by hand, without an end */
    input_history_add(path, "mine again");
    expect_file(path, "mine\ntheirs\nmine again\n");
}

static void test_a_folder_is_made(void **state)
{
    (void)state;
    char *deep = xasprintf("%s/at/demo/history-x", dir);
    input_history_add(deep, "words");
    expect_file(deep, "words\n");
    free(deep);
}

static void test_the_last_lines_are_taken(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    for (int i = 0; i < 700; i++) {
        buf_printf(&text, "line %d\n", i);
    }
    lay(text.p, text.n);
    assert_true(input_history_load(path));
    expect_lines("line 200", "line 699", INPUT_HISTORY_LINES);
    input_history_add(path, "one more");
    assert_true(input_history_load(path));
    expect_lines("line 201", "one more", INPUT_HISTORY_LINES);
    buf_done(&text);
}

/* 8 GB, of which none but the end is read. */
static void test_of_a_huge_file_the_end_is_read(void **state)
{
    (void)state;
    lay("", 0);
    const int fd = open(path, O_WRONLY);
    assert_int_equal(ftruncate(fd, (off_t)8 << 30), 0);
    assert_int_equal(pwrite(fd, "\nfirst\nlast\n", 12, (off_t)8 << 30), 12);
    close(fd);
    assert_true(input_history_load(path));
    expect_lines("first", "last", 2);
    input_history_add(path, "new");
    expect_file(path, "first\nlast\nnew\n");
}

static void test_strange_lines(void **state)
{
    (void)state;
    struct buf text = BUF_INIT;
    buf_puts(&text, "\n\nfirst\n");
    for (int i = 0; i < 5000; i++) {
        buf_puts(&text, "x");
    }
    buf_puts(&text, "\n\xFF\xFE\n");
    buf_append(&text, "\0rest\nlast", 10);
    lay(text.p, text.n);
    assert_true(input_history_load(path));
    assert_true(history_length >= 3 && history_length <= 4);
    assert_string_equal(history_list()[0]->line, "first");
    assert_string_equal(history_list()[history_length - 1]->line, "last");
    buf_clear(&text);
    for (int i = 0; i < 3 << 20; i++) {
        buf_puts(&text, "y"); /* one line without an end, longer than what is read */
    }
    lay(text.p, text.n);
    assert_true(input_history_load(path));
    expect_lines("", "", 0);
    buf_done(&text);
}

static void test_what_is_no_file_stays(void **state)
{
    (void)state;
    struct stat st;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(input_history_load(path));
    input_history_add(path, "words");
    assert_true(lstat(path, &st) == 0 && S_ISFIFO(st.st_mode));
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(input_history_load(path));
    input_history_add(path, "words");
    assert_true(lstat(path, &st) == 0 && S_ISDIR(st.st_mode));
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(symlink("/dev/zero", path), 0);
    assert_false(input_history_load(path));
    input_history_add(path, "words");
    assert_true(lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
}

static void test_what_cannot_be_read_stays(void **state)
{
    (void)state;
    const bool is_root = geteuid() == 0;
    lay("secret\n", 7);
    assert_int_equal(chmod(path, 0), 0);
    if (is_root) { /* whom no file refuses; the folder is another's, so that it could be replaced */
        assert_int_equal(chown(dir, 65534, 65534), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    const bool was_read = input_history_load(path);
    input_history_add(path, "words");
    if (is_root) {
        assert_int_equal(seteuid(0), 0);
    }
    assert_false(was_read);
    assert_int_equal(chmod(path, 0600), 0);
    expect_file(path, "secret\n");
}

static void test_a_link_stays_one(void **state)
{
    (void)state;
    struct stat st;
    char *real = xasprintf("%s/dotfiles/history", dir), *folder = xasprintf("%s/dotfiles", dir);
    assert_true(file_mkdirs(folder, 0700, NULL));
    free(folder);
    assert_int_equal(symlink("dotfiles/history", path), 0);
    input_history_add(path, "first");
    input_history_add(path, "second");
    assert_true(lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
    expect_file(real, "first\nsecond\n");
    free(real);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_lines_are_kept),
        T(test_what_others_wrote_stays),
        T(test_a_folder_is_made),
        T(test_the_last_lines_are_taken),
        T(test_of_a_huge_file_the_end_is_read),
        T(test_strange_lines),
        T(test_what_is_no_file_stays),
        T(test_what_cannot_be_read_stays),
        T(test_a_link_stays_one),
    };
    return cmocka_run_group_tests_name("histories", tests, NULL, NULL);
}
