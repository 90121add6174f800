/* SPDX-License-Identifier: Apache-2.0 */
/* The state file as text, where no text is too strange to be read, and as a file, whatever lies in its place. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "tui/frame/remember.h"

static struct remembered *parse(const char *text, unsigned wanted)
{
    unsigned version = 99999;
    struct remembered *r = remember_parse(text, &version);
    assert_non_null(r);
    assert_int_equal(version, wanted);
    return r;
}

static void expect_written(const struct remembered *r, const char *text)
{
    struct buf out = BUF_INIT;
    remember_write(r, &out);
    assert_string_equal(buf_str(&out), text);
    buf_done(&out);
}

static void test_what_is_kept_comes_back(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    assert_true(remember_set(r, "-", "setting theme", "set theme dark"));
    assert_true(remember_set(r, "demo", "sort.model", "likes"));
    assert_true(remember_set(r, "-", "sort.model", "downloads")); /* another place */
    assert_true(remember_set(r, "demo", "sort.model", "trending"));
    static const char TEXT[] = "hfterm state 1\n-\tsetting theme\tset theme dark\n"
                               "demo\tsort.model\ttrending\n-\tsort.model\tdownloads\n";
    expect_written(r, TEXT);
    remember_free(r);
    r = parse(TEXT, 1);
    assert_string_equal(remember_get(r, "demo", "sort.model"), "trending");
    assert_string_equal(remember_get(r, "-", "sort.model"), "downloads");
    assert_string_equal(remember_get(r, "-", "setting theme"), "set theme dark");
    assert_string_equal(remember_get(r, "other", "sort.model"), "");
    expect_written(r, TEXT);
    remember_free(r);
}

static void test_what_is_forgotten_is_not_written(void **state)
{
    (void)state;
    struct remembered *r = parse("hfterm state 1\n-\ta\t1\n-\tb\t2\n", 1);
    assert_true(remember_set(r, "-", "a", ""));
    assert_string_equal(remember_get(r, "-", "a"), "");
    expect_written(r, "hfterm state 1\n-\tb\t2\n");
    remember_free(r);
}

static void test_values_are_one_line(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    assert_true(remember_set(r, "-", "k", "two\nlines\tand\033more"));
    assert_true(remember_set(r, "-", "odd\tkey\n", "v"));
    struct buf out = BUF_INIT;
    remember_write(r, &out);
    remember_free(r);
    r = parse(buf_str(&out), 1);
    assert_string_equal(remember_get(r, "-", "k"), "two lines and more");
    assert_string_equal(remember_get(r, "-", "odd key "), "v");
    remember_free(r);
    buf_done(&out);
}

static void test_long_values_are_cut_between_characters(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    struct buf text = BUF_INIT;
    buf_puts(&text, "a");
    for (int i = 0; i < 4000; i++) {
        buf_puts(&text, "\xC3\xA9");
    }
    assert_true(remember_set(r, "-", "k", buf_str(&text)));
    buf_clear(&text);
    remember_write(r, &text);
    remember_free(r);
    r = parse(buf_str(&text), 1);
    assert_int_equal(strlen(remember_get(r, "-", "k")), 4095);
    remember_free(r);
    buf_done(&text);
}

static void test_versions(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        unsigned version;
    } CASES[] = {
        {"hfterm state 1\n", 1},
        {"hfterm state 2\n-\tk\tv\n", 2},
        {"hfterm state 99\n", 99},
        {"hfterm state 1", 0}, /* cut */
        {"hfterm state \n", 0},
        {"hfterm state x\n", 0},
        {"hfterm state -1\n", 0},
        {"hfterm state 99999999999999999999\n", 0},
        {"something else\n-\tk\tv\n", 0},
        {"\n", 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct remembered *r = parse(CASES[i].text, CASES[i].version);
        assert_string_equal(remember_get(r, "-", "k"), ""); /* of a foreign file nothing is taken */
        remember_free(r);
    }
}

static void test_bad_lines_are_skipped(void **state)
{
    (void)state;
    struct remembered *r = parse("hfterm state 1\n\nno tab\n-\tone tab\n\tno place\tv\n-\t\tno key\n"
                                 "-\tbad\t\xFF\xFE\n-\tgood\tv\twith a tab\n-\tcut\tval",
                                 1);
    expect_written(r, "hfterm state 1\n-\tgood\tv with a tab\n");
    remember_free(r);
}

static void test_cut_anywhere(void **state)
{
    (void)state;
    static const char TEXT[] = "hfterm state 1\n-\ta\tfirst\ndemo\tb\tsecond\n";
    for (size_t n = 0; n < sizeof TEXT; n++) {
        char *cut = xstrndup(TEXT, n);
        unsigned version = 0;
        struct remembered *r = remember_parse(cut, &version);
        const char *a = remember_get(r, "-", "a");
        const char *b = remember_get(r, "demo", "b");
        assert_true(!*a || strcmp(a, "first") == 0); /* whole or not at all */
        assert_true(!*b || strcmp(b, "second") == 0);
        remember_free(r);
        free(cut);
    }
}

static void test_room_ends(void **state)
{
    (void)state;
    struct remembered *r = parse("", 0);
    char key[32];
    size_t n = 0;
    do {
        snprintf(key, sizeof key, "key %zu", n);
    } while (remember_set(r, "-", key, "v") && ++n < 100000);
    assert_in_range(n, 1000, 99999);
    assert_true(remember_set(r, "-", "key 0", "changed")); /* what is there can be changed still */
    assert_string_equal(remember_get(r, "-", "key 0"), "changed");
    remember_free(r);
}

static void test_noise(void **state)
{
    (void)state;
    srand(11);
    for (int i = 0; i < 3000; i++) {
        struct buf text = BUF_INIT;
        buf_puts(&text, "hfterm state 1\n");
        for (int k = rand() % 200; k > 0; k--) {
            static const char LETTERS[] = "ab-\t\t\n\n\x80\xC3\xA9 \x01";
            buf_putc(&text, LETTERS[(size_t)rand() % (sizeof LETTERS - 1)]);
        }
        struct remembered *r = parse(buf_str(&text), 1);
        struct buf once = BUF_INIT;
        remember_write(r, &once);
        remember_free(r);
        r = parse(buf_str(&once), 1);
        expect_written(r, buf_str(&once)); /* what was read is written as it will be read */
        remember_free(r);
        buf_done(&once);
        buf_done(&text);
    }
}

/* ---- the file ---- */

static char *home, *path;

static int set_up(void **state)
{
    (void)state;
    home = xstrdup("/tmp/hfterm-remember-XXXXXX"); /* a place that another user reaches, too */
    alarm(20); /* a read that waits would wait for ever */
    if (!mkdtemp(home) || setenv("XDG_STATE_HOME", home, 1) != 0) {
        return -1;
    }
    path = xasprintf("%s/hfterm/remembered", home);
    char *dir = xasprintf("%s/hfterm", home);
    const int made = mkdir(dir, 0700);
    free(dir);
    return made;
}

static int tear_down(void **state)
{
    (void)state;
    file_remove_tree(home, NULL);
    free(home);
    free(path);
    return unsetenv("XDG_STATE_HOME");
}

static void lay(const char *text)
{
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
}

static void expect_file(const char *suffix, const char *wanted)
{
    char *name = xasprintf("%s%s", path, suffix);
    struct buf got = BUF_INIT;
    assert_true(file_read(name, &got, 1 << 20, NULL));
    assert_string_equal(buf_str(&got), wanted);
    buf_done(&got);
    free(name);
}

/* Opened with these words told, NULL for none. Owned. */
static struct remembered *open_told(const char *words)
{
    struct err e = ERR_INIT;
    struct remembered *r = remember_open(&e);
    if (words ? !strstr(e.msg, words) : e.code != ERR_NONE) {
        fail_msg("not told \"%s\" but \"%s\"", words ? words : "", e.msg);
    }
    return r;
}

/* A run that sets one thing; the file is to be written. */
static void run_once(const char *words, const char *key, const char *value)
{
    struct err e = ERR_INIT;
    struct remembered *r = open_told(words);
    assert_true(remember_set(r, "-", key, value));
    if (!remember_save(r, &e)) {
        fail_msg("%s", e.msg);
    }
    remember_free(r);
}

static void test_runs_share_the_file(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    run_once(NULL, "a", "1");
    struct remembered *first = open_told(NULL), *second = open_told(NULL);
    remember_set(first, "-", "b", "2");
    remember_set(second, "-", "c", "3");
    assert_true(remember_save(first, &e) && remember_save(second, &e));
    remember_free(first);
    remember_free(second);
    expect_file("", "hfterm state 1\n-\ta\t1\n-\tb\t2\n-\tc\t3\n");
}

static void test_rubbish_is_put_aside_each_under_its_number(void **state)
{
    (void)state;
    lay("first rubbish\n");
    run_once("it is now", "k", "1");
    lay("second rubbish\n");
    run_once(".bad-2", "k", "2");
    expect_file(".bad-1", "first rubbish\n");
    expect_file(".bad-2", "second rubbish\n");
    expect_file("", "hfterm state 1\n-\tk\t2\n");
    struct err e = ERR_INIT; /* rubbish that came meanwhile */
    struct remembered *r = open_told(NULL);
    remember_set(r, "-", "k", "3");
    lay("third rubbish\n");
    assert_true(remember_save(r, &e));
    remember_free(r);
    expect_file(".bad-3", "third rubbish\n");
    expect_file("", "hfterm state 1\n-\tk\t3\n");
}

/* A run that finds what it must not touch. */
static void expect_left_alone(const char *words, mode_t type)
{
    struct err e = ERR_INIT;
    struct stat before, after;
    struct remembered *r = open_told(words);
    assert_int_equal(lstat(path, &before), 0);
    assert_true(remember_set(r, "-", "k", "v"));
    assert_true(remember_save(r, &e)); /* told already */
    remember_free(r);
    assert_int_equal(lstat(path, &after), 0);
    assert_int_equal(after.st_mode & S_IFMT, type);
    assert_true(after.st_ino == before.st_ino);
    char *bad = xasprintf("%s.bad-1", path);
    assert_false(file_exists(bad));
    free(bad);
}

static void test_what_is_no_file_is_left_alone(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    expect_left_alone("is a pipe, not a file", S_IFIFO);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    expect_left_alone("is a folder, not a file", S_IFDIR);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(symlink("/dev/zero", path), 0);
    expect_left_alone("is a device, not a file", S_IFLNK);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(symlink("remembered", path), 0); /* a circle */
    expect_left_alone("nothing is remembered", S_IFLNK);
}

static void test_what_cannot_be_read_is_left_alone(void **state)
{
    (void)state;
    char *dir = xasprintf("%s/hfterm", home);
    const bool is_root = geteuid() == 0;
    lay("hfterm state 1\n-\tk\tkept\n");
    assert_int_equal(chmod(path, 0), 0);
    if (is_root) { /* whom no file refuses; the folder is another's, so that the file could be replaced */
        assert_int_equal(chmod(home, 0755), 0);
        assert_int_equal(chown(dir, 65534, 65534), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    expect_left_alone("ermission denied", S_IFREG);
    if (is_root) {
        assert_int_equal(seteuid(0), 0);
    }
    assert_int_equal(chmod(path, 0600), 0);
    expect_file("", "hfterm state 1\n-\tk\tkept\n");
    free(dir);
}

static void test_a_newer_file_is_left_alone(void **state)
{
    (void)state;
    lay("hfterm state 99\nx\n");
    expect_left_alone("a newer hfterm", S_IFREG);
    assert_int_equal(unlink(path), 0);
    struct err e = ERR_INIT; /* one that came meanwhile */
    struct remembered *r = open_told(NULL);
    remember_set(r, "-", "k", "v");
    lay("hfterm state 99\nx\n");
    assert_false(remember_save(r, &e));
    assert_non_null(strstr(e.msg, "a newer hfterm has written"));
    remember_free(r);
    expect_file("", "hfterm state 99\nx\n");
}

static void test_a_link_stays_one(void **state)
{
    (void)state;
    struct stat st;
    char *real = xasprintf("%s/dotfile", home);
    assert_int_equal(symlink("../dotfile", path), 0);
    run_once(NULL, "k", "1"); /* where nothing is yet */
    run_once(NULL, "k", "2");
    assert_true(lstat(path, &st) == 0 && S_ISLNK(st.st_mode));
    assert_true(lstat(real, &st) == 0 && S_ISREG(st.st_mode));
    expect_file("", "hfterm state 1\n-\tk\t2\n");
    free(real);
}

static void set_room(rlim_t bytes)
{
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

/* A limit on the size of files fails a write as a full disk does. */
static void test_without_room_it_stays_to_be_saved(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    run_once(NULL, "k", "old");
    struct remembered *r = open_told(NULL);
    remember_set(r, "-", "k", "new");
    remember_set(r, "-", "other", "v");
    signal(SIGXFSZ, SIG_IGN);
    set_room(8);
    const bool first = remember_save(r, &e), second = remember_save(r, &e);
    set_room(RLIM_INFINITY);
    assert_false(first || second);
    assert_non_null(strstr(e.msg, "cannot write"));
    expect_file("", "hfterm state 1\n-\tk\told\n");
    assert_true(remember_save(r, &e));
    remember_free(r);
    expect_file("", "hfterm state 1\n-\tk\tnew\n-\tother\tv\n");
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_what_is_kept_comes_back),
        cmocka_unit_test(test_what_is_forgotten_is_not_written),
        cmocka_unit_test(test_values_are_one_line),
        cmocka_unit_test(test_long_values_are_cut_between_characters),
        cmocka_unit_test(test_versions),
        cmocka_unit_test(test_bad_lines_are_skipped),
        cmocka_unit_test(test_cut_anywhere),
        cmocka_unit_test(test_room_ends),
        cmocka_unit_test(test_noise),
        T(test_runs_share_the_file),
        T(test_rubbish_is_put_aside_each_under_its_number),
        T(test_what_is_no_file_is_left_alone),
        T(test_what_cannot_be_read_is_left_alone),
        T(test_a_newer_file_is_left_alone),
        T(test_a_link_stays_one),
        T(test_without_room_it_stays_to_be_saved),
    };
    return cmocka_run_group_tests_name("the state file", tests, NULL, NULL);
}
