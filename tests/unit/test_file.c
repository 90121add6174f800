/* SPDX-License-Identifier: Apache-2.0 */
/* Small local files: what may be read from a place of ours and what only when it was named. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

static char *dir;

static int set_up(void **state)
{
    (void)state;
    const char *tmp = getenv("TMPDIR");
    dir = xasprintf("%s/hfterm-file-XXXXXX", tmp ? tmp : "/tmp");
    alarm(20); /* a read that waits would wait for ever */
    return mkdtemp(dir) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    file_remove_tree(dir, NULL);
    free(dir);
    return 0;
}

static char *in_dir(const char *name)
{
    return xasprintf("%s/%s", dir, name);
}

/* Writes into a pipe from a child that waits for the reader. */
static pid_t feed(const char *path, const char *text)
{
    const pid_t child = fork();
    if (child == 0) {
        const int fd = open(path, O_WRONLY);
        _exit(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : 1);
    }
    return child;
}

static void test_regular(void **state)
{
    (void)state;
    char *path = in_dir("plain"), *link = in_dir("link"), *none = in_dir("none");
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    assert_true(file_write_atomic(path, "words", 5, 0600, &e));
    assert_int_equal(symlink("plain", link), 0);
    assert_true(file_read(path, &text, 5, &e));
    assert_true(file_read(link, &text, 5, &e)); /* a dot file kept elsewhere */
    assert_true(file_read_any(path, &text, 5, &e));
    assert_string_equal(buf_str(&text), "wordswordswords");
    assert_false(file_read(path, &text, 4, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_false(file_read(none, &text, 5, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_false(file_read_any(none, &text, 5, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_true(file_is_regular(link) && !file_is_regular(none) && !file_is_regular(dir));
    const int fd = file_open(path, O_RDONLY, 0, &e);
    assert_true(fd >= 0);
    assert_int_equal(fcntl(fd, F_GETFL) & O_NONBLOCK, 0);
    assert_int_equal(fcntl(fd, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
    close(fd);
    buf_done(&text);
    free(path);
    free(link);
    free(none);
}

static void expect_refused(const char *path, const char *word)
{
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    assert_false(file_read(path, &text, 100, &e));
    assert_int_equal(e.code, ERR_IO);
    if (!strstr(e.msg, word)) {
        fail_msg("%s", e.msg);
    }
    assert_true(file_open(path, O_WRONLY | O_APPEND, 0, &e) < 0);
    buf_done(&text);
}

static void test_others_are_refused(void **state)
{
    (void)state;
    char *pipe_path = in_dir("pipe"), *link = in_dir("pipe-link");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(symlink("pipe", link), 0);
    expect_refused(pipe_path, "is a pipe, not a file");
    expect_refused(link, "is a pipe, not a file");
    expect_refused(dir, "is a folder, not a file");
    expect_refused("/dev/zero", "is a device, not a file");
    struct err e = ERR_INIT; /* one that somebody reads could be opened for writing */
    const int reader = open(pipe_path, O_RDONLY | O_NONBLOCK);
    assert_true(file_open(pipe_path, O_WRONLY, 0, &e) < 0);
    close(reader);
    free(pipe_path);
    free(link);
}

static void test_a_named_pipe_is_read(void **state)
{
    (void)state;
    char *path = in_dir("named");
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    int status = 1;
    assert_int_equal(mkfifo(path, 0600), 0);
    const pid_t child = feed(path, "from a pipe");
    assert_true(file_read_any(path, &text, 100, &e));
    assert_string_equal(buf_str(&text), "from a pipe");
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_false(file_read_any("/dev/zero", &text, 100, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    buf_done(&text);
    free(path);
}

static void expect_behind(const char *name, const char *wanted)
{
    char *path = in_dir(name), *want = in_dir(wanted), *got = file_behind_links(path);
    assert_string_equal(got, want);
    free(path);
    free(want);
    free(got);
}

static void test_behind_links(void **state)
{
    (void)state;
    static const char *const LINKS[][2] = {
        {"nowhere", "l-near"}, {"l-near", "l-far"}, {"l-round", "l-round"}, {"sub/there", "l-deep"}};
    for (size_t i = 0; i < sizeof LINKS / sizeof *LINKS; i++) {
        char *path = in_dir(LINKS[i][1]);
        assert_int_equal(symlink(LINKS[i][0], path), 0);
        free(path);
    }
    char *whole = in_dir("whole"), *path = in_dir("l-whole");
    assert_int_equal(symlink(whole, path), 0);
    expect_behind("none", "none");
    expect_behind("l-near", "nowhere");
    expect_behind("l-far", "nowhere");
    expect_behind("l-deep", "sub/there");
    expect_behind("l-whole", "whole");
    expect_behind("l-round", "l-round"); /* an end all the same */
    free(path);
    free(whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_regular),
        cmocka_unit_test(test_others_are_refused),
        cmocka_unit_test(test_a_named_pipe_is_read),
        cmocka_unit_test(test_behind_links),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
