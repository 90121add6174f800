/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* What outlives a run: kept, private, and never in the way, whatever lies in the file's place. */
#include <fcntl.h>
#include <pthread.h>
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
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/store/sqlite_api.h"
#include "core/store/store.h"

struct room {
    char *dir, *path;
};

static int set_up(void **state)
{
    struct room *r = xcalloc(1, sizeof *r);
    r->dir = xstrdup("/tmp/hfterm-store-XXXXXX"); /* a place that another user reaches, too */
    if (!mkdtemp(r->dir)) {
        return -1;
    }
    r->path = xasprintf("%s/new/store.db", r->dir);
    alarm(60);
    *state = r;
    return 0;
}

static int tear_down(void **state)
{
    struct room *r = *state;
    file_remove_tree(r->dir, NULL);
    free(r->dir);
    free(r->path);
    free(r);
    return 0;
}

/* ---- helpers ---- */

static char *beside(const struct room *r, const char *suffix)
{
    return xasprintf("%s%s", r->path, suffix);
}

static void expect_kept(struct store *s, const char *scope, const char *key, const char *want)
{
    char *got = store_get(s, scope, key);
    if (want) {
        assert_non_null(got);
        assert_string_equal(got, want);
    } else {
        assert_null(got);
    }
    free(got);
}

static void expect_quiet(struct store *s)
{
    struct err e = ERR_INIT;
    if (store_trouble(s, &e)) {
        fail_msg("%s", e.msg);
    }
}

/* Told once, in words with a remedy. */
static void expect_told(struct store *s, const char *word)
{
    struct err e = ERR_INIT;
    if (!store_trouble(s, &e) || !strstr(e.msg, word) || !e.remedy[0]) {
        fail_msg("not told \"%s\" but \"%s\" (%s)", word, e.msg, e.remedy);
    }
    expect_quiet(s);
}

static void make(const struct room *r, int rows)
{
    struct store *s = store_open(r->path);
    for (int i = 0; i < rows; i++) {
        char key[16];
        snprintf(key, sizeof key, "k%04d", i);
        assert_true(store_set(s, "hub", key, "a value that takes some room in its page of the file"));
    }
    assert_true(store_set(s, "hub", "sort", "likes"));
    expect_quiet(s);
    store_close(s);
}

/* Puts bytes in place of the file. */
static void lay(const struct room *r, const void *bytes, size_t n)
{
    char *dir = xasprintf("%s/new", r->dir);
    assert_true(file_mkdirs(dir, 0700, NULL));
    assert_true(file_write_atomic(r->path, bytes, n, 0600, NULL));
    free(dir);
}

static void exec_raw(const char *path, const char *text)
{
    const struct sqlite_api *sql = sqlite_api(NULL);
    sqlite3 *db = NULL;
    assert_non_null(sql);
    assert_int_equal(sql->open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL), SQLITE_OK);
    assert_int_equal(sql->exec(db, text, NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sql->close(db), SQLITE_OK);
}

/* ---- keeping ---- */

static void test_kept(void **state)
{
    const struct room *r = *state;
    struct stat st;
    struct store *s = store_open(r->path);
    assert_false(file_exists(r->path)); /* nothing is made before it is needed */
    expect_kept(s, "hub", "sort", NULL);
    assert_true(store_set(s, "hub", "sort", "likes"));
    assert_true(store_set(s, "hub", "sort", "downloads"));
    assert_true(store_set(s, "gpu", "sort", ""));
    assert_true(store_set(s, "hub", "it's; DROP TABLE setting --", "\xc3\xa9\n\t'"));
    assert_true(store_unset(s, "hub", "nothing"));
    assert_int_equal(stat(r->path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    store_close(s);
    s = store_open(r->path);
    expect_kept(s, "hub", "sort", "downloads");
    expect_kept(s, "gpu", "sort", "");
    expect_kept(s, "hub", "it's; DROP TABLE setting --", "\xc3\xa9\n\t'");
    assert_true(store_unset(s, "hub", "sort"));
    expect_kept(s, "hub", "sort", NULL);
    expect_kept(s, "gpu", "sort", "");
    expect_quiet(s);
    store_close(s);
    store_close(NULL);
}

static bool join(void *ctx, const char *key, const char *value)
{
    struct buf *text = ctx;
    buf_printf(text, "%s=%s ", key, value);
    return strcmp(key, "stop") != 0;
}

static void test_each(void **state)
{
    const struct room *r = *state;
    struct store *s = store_open(r->path);
    struct buf text = BUF_INIT;
    store_each(s, "x", join, &text);
    assert_int_equal(text.n, 0);
    assert_true(store_set(s, "x", "b", "2") && store_set(s, "x", "a", "1") && store_set(s, "y", "c", "3"));
    store_each(s, "x", join, &text);
    assert_true(store_set(s, "x", "stop", "4") && store_set(s, "x", "z", "5"));
    store_each(s, "x", join, &text);
    assert_string_equal(buf_str(&text), "a=1 b=2 a=1 b=2 stop=4 ");
    buf_done(&text);
    store_close(s);
}

static void test_no_tokens(void **state)
{
    const struct room *r = *state;
    static const char TOKEN[] = "hf_abcdefghijklmnopqrstuvwxyz01234567";
    struct store *s = store_open(r->path);
    assert_true(store_set(s, "hub", "search", TOKEN));
    expect_kept(s, "hub", "search", "hf_****");
    store_close(s);
    struct buf all = BUF_INIT;
    assert_true(file_read(r->path, &all, 1 << 20, NULL));
    for (size_t i = 0; i + sizeof TOKEN <= all.n; i++) {
        assert_true(memcmp(all.p + i, TOKEN, sizeof TOKEN - 1) != 0);
    }
    buf_done(&all);
}

static void test_too_long(void **state)
{
    const struct room *r = *state;
    struct store *s = store_open(r->path);
    char *value = xmalloc(STORE_VALUE_MAX + 2);
    memset(value, 'x', STORE_VALUE_MAX + 1);
    value[STORE_VALUE_MAX + 1] = '\0';
    assert_false(store_set(s, "a", "b", value));
    value[STORE_VALUE_MAX] = '\0';
    assert_true(store_set(s, "a", "b", value));
    expect_kept(s, "a", "b", value);
    free(value);
    store_close(s);
}

/* ---- together ---- */

static bool set_two(struct store *s, void *ctx)
{
    return store_set(s, "t", "one", "1") && store_set(s, "t", "two", "2") && *(bool *)ctx;
}

/* One of the two cannot be written, and the change does not say so. */
static bool set_one_too_long(struct store *s, void *ctx)
{
    char *value = ctx;
    store_set(s, "t", "one", "other");
    store_set(s, "t", "two", value);
    return true;
}

static void test_together(void **state)
{
    const struct room *r = *state;
    struct store *s = store_open(r->path);
    bool wanted = false;
    assert_false(store_together(s, set_two, &wanted));
    expect_kept(s, "t", "one", NULL);
    wanted = true;
    assert_true(store_together(s, set_two, &wanted));
    expect_kept(s, "t", "two", "2");
    char *value = xmalloc(STORE_VALUE_MAX + 2);
    memset(value, 'x', STORE_VALUE_MAX + 1);
    value[STORE_VALUE_MAX + 1] = '\0';
    assert_false(store_together(s, set_one_too_long, value));
    expect_kept(s, "t", "one", "1");
    free(value);
    expect_quiet(s);
    store_close(s);
}

/* ---- other versions ---- */

static void test_from_the_future(void **state)
{
    const struct room *r = *state;
    struct buf before = BUF_INIT, after = BUF_INIT;
    bool wanted = true;
    make(r, 10);
    exec_raw(r->path, "PRAGMA user_version = 99; CREATE TABLE later (x)");
    assert_true(file_read(r->path, &before, 1 << 24, NULL));
    for (int i = 0; i < 2; i++) {
        struct store *s = store_open(r->path);
        expect_kept(s, "hub", "sort", "likes");
        expect_told(s, "newer hfterm");
        assert_false(store_set(s, "hub", "sort", "x"));
        assert_false(store_unset(s, "hub", "sort"));
        assert_false(store_together(s, set_two, &wanted));
        expect_kept(s, "hub", "sort", "likes");
        expect_quiet(s);
        store_close(s);
    }
    assert_true(file_read(r->path, &after, 1 << 24, NULL));
    assert_int_equal(before.n, after.n);
    assert_memory_equal(before.p, after.p, before.n);
    exec_raw(r->path, "DROP TABLE setting"); /* one that keeps things elsewhere */
    struct store *s = store_open(r->path);
    expect_kept(s, "hub", "sort", NULL);
    expect_told(s, "newer hfterm");
    store_close(s);
    char *bad = beside(r, ".bad-1");
    assert_false(file_exists(bad));
    free(bad);
    buf_done(&before);
    buf_done(&after);
}

/* ---- damage ---- */

static void expect_replaced(const struct room *r, const char *suffix)
{
    char *bad = beside(r, suffix);
    struct store *s = store_open(r->path);
    assert_false(file_exists(bad));
    assert_true(store_set(s, "hub", "sort", "new"));
    expect_told(s, suffix + 1);
    assert_true(file_exists(bad));
    expect_kept(s, "hub", "sort", "new");
    store_close(s);
    s = store_open(r->path);
    expect_kept(s, "hub", "sort", "new");
    expect_quiet(s);
    store_close(s);
    free(bad);
}

static void test_rubbish(void **state)
{
    const struct room *r = *state;
    char rubbish[5000];
    memset(rubbish, 'r', sizeof rubbish);
    lay(r, rubbish, sizeof rubbish);
    expect_replaced(r, ".bad-1");
    memcpy(rubbish, "SQLite format 3", 16);
    lay(r, rubbish, sizeof rubbish);
    expect_replaced(r, ".bad-2");
    lay(r, "rubbish", 7);
    expect_replaced(r, ".bad-3");
    unlink(r->path); /* another program's tables */
    exec_raw(r->path, "CREATE TABLE setting (other)");
    expect_replaced(r, ".bad-4");
    unlink(r->path);
    exec_raw(r->path, "PRAGMA user_version = 1");
    expect_replaced(r, ".bad-5");
    lay(r, "", 0); /* nothing at all is no damage */
    struct store *s = store_open(r->path);
    assert_true(store_set(s, "a", "b", "c"));
    expect_quiet(s);
    store_close(s);
}

static bool count(void *ctx, const char *key, const char *value)
{
    (void)key;
    (void)value;
    (*(int *)ctx)++;
    return true;
}

/* At every length: no crash, and afterwards it remembers. */
static void test_cut(void **state)
{
    const struct room *r = *state;
    struct buf whole = BUF_INIT;
    make(r, 300);
    assert_true(file_read(r->path, &whole, 1 << 24, NULL));
    assert_true(whole.n > 4 * 4096);
    for (size_t n = 1; n < whole.n; n += whole.n / 13) {
        int found = 0;
        lay(r, whole.p, n);
        struct store *s = store_open(r->path);
        store_each(s, "hub", count, &found);
        assert_true(store_set(s, "hub", "sort", "after"));
        store_close(s);
        s = store_open(r->path);
        expect_kept(s, "hub", "sort", "after");
        store_close(s);
    }
    buf_done(&whole);
}

/* A page that no call stumbles over, until a later one puts the file away with what was said to be kept. */
static void test_damage_that_does_not_show(void **state)
{
    const struct room *r = *state;
    make(r, 300);
    const int fd = open(r->path, O_WRONLY);
    assert_int_equal(pwrite(fd, "\x3c", 1, 3 * 4096 + 7), 1); /* bytes lost between its cells: 60 */
    close(fd);
    expect_replaced(r, ".bad-1");
}

/* Found while it is open and in use. */
static void test_damage_later(void **state)
{
    const struct room *r = *state;
    char rubbish[4096];
    int found = 0;
    struct stat st;
    make(r, 300);
    struct store *s = store_open(r->path);
    expect_kept(s, "hub", "none", NULL);
    memset(rubbish, 0xee, sizeof rubbish);
    assert_int_equal(stat(r->path, &st), 0);
    const int fd = open(r->path, O_WRONLY);
    for (off_t at = 4096; at < st.st_size; at += 4096) {
        assert_int_equal(pwrite(fd, rubbish, sizeof rubbish, at), sizeof rubbish);
    }
    close(fd);
    store_each(s, "hub", count, &found);
    assert_int_equal(found, 0);
    expect_told(s, "bad-1");
    assert_true(store_set(s, "hub", "sort", "new"));
    expect_kept(s, "hub", "sort", "new");
    store_close(s);
}

/* Two find the damage; the second must not put the first one's new file away. */
static void test_damage_found_twice(void **state)
{
    const struct room *r = *state;
    char *bad = beside(r, ".bad-2");
    make(r, 300);
    struct store *a = store_open(r->path), *b = store_open(r->path);
    expect_kept(a, "hub", "sort", "likes");
    expect_kept(b, "hub", "sort", "likes");
    char rubbish[4096];
    memset(rubbish, 0xee, sizeof rubbish);
    const int fd = open(r->path, O_WRONLY);
    for (off_t at = 0; at < 8 * 4096; at += 4096) {
        assert_int_equal(pwrite(fd, rubbish, sizeof rubbish, at), sizeof rubbish);
    }
    close(fd);
    int found = 0;
    store_each(a, "hub", count, &found);
    assert_true(store_set(a, "hub", "sort", "of a"));
    store_each(b, "hub", count, &found);
    expect_kept(b, "hub", "sort", "of a");
    assert_false(file_exists(bad));
    store_close(a);
    store_close(b);
    free(bad);
}

/* ---- places that take nothing ---- */

static void expect_forgetful(const char *path, const char *word)
{
    struct store *s = store_open(path);
    bool wanted = true;
    int found = 0;
    assert_false(store_set(s, "hub", "sort", "x"));
    assert_false(store_together(s, set_two, &wanted));
    expect_kept(s, "hub", "sort", NULL);
    store_each(s, "hub", count, &found);
    assert_int_equal(found, 0);
    expect_told(s, word);
    store_close(s);
}

static void test_no_place(void **state)
{
    const struct room *r = *state;
    char *pipe_path = xasprintf("%s/pipe", r->dir), *in_file = xasprintf("%s/file/store.db", r->dir);
    char *file = xasprintf("%s/file", r->dir);
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_true(file_write_atomic(file, "x", 1, 0600, NULL));
    expect_forgetful(pipe_path, "is not a file");
    expect_forgetful(r->dir, "is not a file");
    expect_forgetful(in_file, "not remembered");
    expect_forgetful("/proc/nowhere/store.db", "cannot make the folder");
    free(pipe_path);
    free(in_file);
    free(file);
}

static void test_read_only_folder(void **state)
{
    const struct room *r = *state;
    char *dir = xasprintf("%s/new", r->dir);
    const bool is_root = geteuid() == 0;
    make(r, 3);
    assert_int_equal(chmod(r->dir, 0755), 0);
    assert_int_equal(chmod(dir, 0555), 0);
    if (is_root) { /* whom no folder refuses */
        assert_int_equal(chown(r->path, 65534, 65534), 0);
        assert_int_equal(chown(dir, 65534, 65534), 0);
        assert_int_equal(seteuid(65534), 0);
    }
    struct store *s = store_open(r->path);
    struct err e = ERR_INIT;
    const bool was_set = store_set(s, "hub", "sort", "x");
    const bool is_told = store_trouble(s, &e), is_told_again = store_trouble(s, &e);
    store_close(s);
    if (is_root) {
        assert_int_equal(seteuid(0), 0);
    }
    chmod(dir, 0700);
    assert_false(was_set);
    assert_true(is_told && !is_told_again);
    assert_non_null(strstr(e.msg, "not remembered"));
    s = store_open(r->path);
    expect_kept(s, "hub", "sort", "likes");
    store_close(s);
    free(dir);
}

/* A limit on the size of files fails a write as a full disk does. */
static void test_no_room(void **state)
{
    const struct room *r = *state;
    struct rlimit old, none;
    make(r, 3);
    struct store *s = store_open(r->path);
    expect_kept(s, "hub", "sort", "likes");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
    none = (struct rlimit){.rlim_cur = 64, .rlim_max = old.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    const bool first = store_set(s, "hub", "sort", "x"), second = store_set(s, "hub", "sort", "y");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
    assert_false(first || second);
    expect_told(s, "not remembered");
    expect_kept(s, "hub", "sort", "likes");
    assert_true(store_set(s, "hub", "sort", "z")); /* there is room again */
    expect_kept(s, "hub", "sort", "z");
    expect_quiet(s);
    store_close(s);
}

/* Whoever opens the store of the state folder for one change only must not tell the same each time. */
static void test_the_shared_file_is_told_of_once(void **state)
{
    const struct room *r = *state;
    char *file = xasprintf("%s/state", r->dir);
    assert_true(file_write_atomic(file, "x", 1, 0600, NULL));
    assert_int_equal(setenv("XDG_STATE_HOME", file, 1), 0);
    for (int i = 0; i < 3; i++) {
        struct store *s = store_open(NULL);
        assert_false(store_set(s, "hub", "sort", "likes"));
        if (i == 0) {
            expect_told(s, "not remembered");
        } else {
            expect_quiet(s);
        }
        store_close(s);
    }
    expect_forgetful("/proc/nowhere/store.db", "not remembered"); /* another file is another matter */
    assert_int_equal(unsetenv("XDG_STATE_HOME"), 0);
    free(file);
}

/* ---- processes and threads ---- */

struct hold {
    int ready[2], over[2];
};

static bool hold(struct store *s, void *ctx)
{
    struct hold *h = ctx;
    char byte = 'x';
    return store_set(s, "p", "held", "1") && write(h->ready[1], &byte, 1) == 1 && read(h->over[0], &byte, 1) == 1;
}

static void test_held_by_another_process(void **state)
{
    const struct room *r = *state;
    struct hold h;
    char byte;
    int status = 1;
    make(r, 3);
    assert_int_equal(pipe(h.ready), 0);
    assert_int_equal(pipe(h.over), 0);
    const pid_t child = fork();
    if (child == 0) {
        struct store *own = store_open(r->path);
        const bool ok = store_together(own, hold, &h);
        store_close(own);
        _exit(ok ? 0 : 1);
    }
    assert_int_equal(read(h.ready[0], &byte, 1), 1);
    struct store *s = store_open(r->path);
    expect_kept(s, "hub", "sort", "likes"); /* reading goes on */
    expect_quiet(s);
    int64_t start = clock_mono_ms();
    assert_false(store_set(s, "hub", "sort", "x"));
    const int64_t first = clock_mono_ms() - start;
    start = clock_mono_ms();
    for (int i = 0; i < 10; i++) {
        assert_false(store_set(s, "hub", "sort", "x"));
    }
    const int64_t more = clock_mono_ms() - start;
    expect_told(s, "in use");
    assert_int_equal(write(h.over[1], "x", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    if (first < STORE_WAIT_MS || first > 10 * STORE_WAIT_MS || more > STORE_WAIT_MS) {
        fail_msg("waited %d ms, then %d ms for ten", (int)first, (int)more);
    }
    assert_true(store_set(s, "hub", "sort", "y"));
    expect_kept(s, "p", "held", "1");
    store_close(s);
    for (int i = 0; i < 2; i++) {
        close(h.ready[i]);
        close(h.over[i]);
    }
}

enum { PROCESSES = 4, EACH = 40 };

/* All begin with a file that is not there yet. */
static void test_processes_at_once(void **state)
{
    const struct room *r = *state;
    int found = 0, status = 1;
    for (int p = 0; p < PROCESSES; p++) {
        if (fork() == 0) {
            struct store *own = store_open(r->path);
            int missed = 0;
            for (int i = 0; i < EACH; i++) {
                char key[32];
                snprintf(key, sizeof key, "%d-%d", p, i);
                for (int tries = 0; !store_set(own, "p", key, "v") && tries < 1000; tries++) {
                    clock_sleep_ms(5); /* given up on after the others had their 200 ms */
                    missed += tries == 999;
                }
            }
            store_close(own);
            _exit(missed);
        }
    }
    for (int p = 0; p < PROCESSES; p++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    struct store *s = store_open(r->path);
    store_each(s, "p", count, &found);
    assert_int_equal(found, PROCESSES * EACH);
    expect_quiet(s);
    store_close(s);
}

struct worker {
    pthread_t thread;
    struct store *store;
    int number;
    int wrong;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    for (int i = 0; i < 100; i++) {
        char key[32], value[32];
        snprintf(key, sizeof key, "%d-%d", w->number, i % 10);
        snprintf(value, sizeof value, "%d", i);
        w->wrong += !store_set(w->store, "threads", key, value);
        char *got = store_get(w->store, "threads", key);
        w->wrong += !got || strcmp(got, value) != 0;
        free(got);
    }
    bool wanted = true;
    w->wrong += !store_together(w->store, set_two, &wanted);
    return NULL;
}

static void test_threads(void **state)
{
    const struct room *r = *state;
    struct store *s = store_open(r->path);
    struct worker workers[4];
    int found = 0;
    for (int i = 0; i < 4; i++) {
        workers[i] = (struct worker){.store = s, .number = i};
        assert_int_equal(pthread_create(&workers[i].thread, NULL, work, &workers[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(workers[i].thread, NULL), 0);
        assert_int_equal(workers[i].wrong, 0);
    }
    store_each(s, "threads", count, &found);
    assert_int_equal(found, 40);
    expect_quiet(s);
    store_close(s);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        T(test_kept),
        T(test_each),
        T(test_no_tokens),
        T(test_too_long),
        T(test_together),
        T(test_from_the_future),
        T(test_rubbish),
        T(test_cut),
        T(test_damage_that_does_not_show),
        T(test_damage_later),
        T(test_damage_found_twice),
        T(test_no_place),
        T(test_read_only_folder),
        T(test_no_room),
        T(test_the_shared_file_is_told_of_once),
        T(test_held_by_another_process),
        T(test_processes_at_once),
        T(test_threads),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
