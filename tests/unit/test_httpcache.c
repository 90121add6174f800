/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/net/httpcache.h"
#include "core/task/pool.h"

static const char HEADERS[] = "etag: \"abc\"\ncontent-type: text/plain\nset-cookie: token=x\n";

static int set_up(void **state)
{
    char *dir = xstrdup("/tmp/hfterm-cache-XXXXXX");
    if (!mkdtemp(dir)) {
        return -1;
    }
    *state = dir;
    setenv("HFTERM_TEST_NOW", "1000000", 1);
    return 0;
}

static int tear_down(void **state)
{
    file_remove_tree(*state, NULL);
    free(*state);
    unsetenv("HFTERM_TEST_NOW");
    return 0;
}

/* Path of the only file in the cache, owned. */
static char *only_file(const char *dir)
{
    char *found = NULL;
    DIR *top = opendir(dir);
    assert_non_null(top);
    const struct dirent *shard = NULL;
    while ((shard = readdir(top)) != NULL) {
        if (shard->d_name[0] == '.') {
            continue;
        }
        char *shard_path = paths_join(dir, shard->d_name);
        DIR *d = opendir(shard_path);
        assert_non_null(d);
        const struct dirent *file = NULL;
        while ((file = readdir(d)) != NULL) {
            if (file->d_name[0] != '.') {
                assert_null(found);
                found = paths_join(shard_path, file->d_name);
            }
        }
        closedir(d);
        free(shard_path);
    }
    closedir(top);
    assert_non_null(found);
    return found;
}

static void test_put_and_get(void **state)
{
    struct httpcache *c = httpcache_new(*state, 1 << 20);
    struct httpcache_entry entry;
    assert_false(httpcache_get(c, "me", "https://h/a", &entry));
    httpcache_put(c, "me", "https://h/a", HEADERS, "bo\0dy", 5);
    assert_true(httpcache_get(c, "me", "https://h/a", &entry));
    assert_int_equal(entry.body.n, 5);
    assert_memory_equal(entry.body.p, "bo\0dy", 6);
    assert_string_equal(entry.etag, "\"abc\"");
    assert_string_equal(entry.headers, "etag: \"abc\"\ncontent-type: text/plain\n");
    assert_int_equal(entry.fetched_unix_s, 1000000);
    httpcache_entry_done(&entry);
    assert_false(httpcache_get(c, "you", "https://h/a", &entry));
    assert_false(httpcache_get(c, "me", "https://h/b", &entry));
    httpcache_free(c);
}

static void test_modes(void **state)
{
    char *dir = paths_join(*state, "deep/er");
    struct httpcache *c = httpcache_new(dir, 1 << 20);
    httpcache_put(c, "me", "https://h/a", HEADERS, "x", 1);
    char *path = only_file(dir);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    assert_int_equal(stat(dir, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0700);
    free(path);
    free(dir);
    httpcache_free(c);
}

static void test_replace_and_empty_body(void **state)
{
    struct httpcache *c = httpcache_new(*state, 1 << 20);
    httpcache_put(c, "me", "https://h/a", HEADERS, "first", 5);
    httpcache_put(c, "me", "https://h/a", NULL, NULL, 0);
    struct httpcache_entry entry;
    assert_true(httpcache_get(c, "me", "https://h/a", &entry));
    assert_int_equal(entry.body.n, 0);
    assert_null(entry.etag);
    httpcache_entry_done(&entry);
    assert_int_equal(httpcache_info(c).entries, 1);
    httpcache_free(c);
}

static void test_touch(void **state)
{
    struct httpcache *c = httpcache_new(*state, 1 << 20);
    httpcache_put(c, "me", "https://h/a", HEADERS, "body", 4);
    setenv("HFTERM_TEST_NOW", "2000000", 1);
    httpcache_touch(c, "me", "https://h/a");
    httpcache_touch(c, "me", "https://h/absent");
    struct httpcache_entry entry;
    assert_true(httpcache_get(c, "me", "https://h/a", &entry));
    assert_int_equal(entry.fetched_unix_s, 2000000);
    assert_string_equal(entry.body.p, "body");
    httpcache_entry_done(&entry);
    assert_int_equal(httpcache_info(c).entries, 1);
    httpcache_free(c);
}

/* Every single changed byte and every shortened file is seen, or harmless because it is the time. */
static void test_damage_is_seen(void **state)
{
    struct httpcache *c = httpcache_new(*state, 1 << 20);
    httpcache_put(c, "me", "https://h/a", HEADERS, "body", 4);
    char *path = only_file(*state);
    struct buf good = BUF_INIT;
    assert_true(file_read(path, &good, 1 << 20, NULL));
    for (size_t i = 0; i < 2 * good.n; i++) {
        char *bad = xstrndup(good.p, good.n);
        size_t n = good.n;
        if (i < good.n) {
            bad[i] = (char)(bad[i] ^ 1);
        } else {
            n = i - good.n;
        }
        assert_true(file_write_atomic(path, bad, n, 0600, NULL));
        struct httpcache_entry entry;
        if (httpcache_get(c, "me", "https://h/a", &entry)) {
            assert_true(i >= 14 && i < 34);
            assert_string_equal(entry.body.p, "body");
        } else {
            assert_false(file_exists(path));
        }
        httpcache_entry_done(&entry);
        free(bad);
    }
    buf_done(&good);
    free(path);
    httpcache_free(c);
}

static void put_numbered(struct httpcache *c, int i, const void *body, size_t n)
{
    char url[64];
    snprintf(url, sizeof url, "https://h/%d", i);
    httpcache_put(c, "me", url, HEADERS, body, n);
}

static bool has_numbered(struct httpcache *c, int i)
{
    char url[64];
    snprintf(url, sizeof url, "https://h/%d", i);
    struct httpcache_entry entry;
    const bool is_there = httpcache_get(c, "me", url, &entry);
    httpcache_entry_done(&entry);
    return is_there;
}

static void test_prune_removes_what_was_not_used(void **state)
{
    static char body[10000];
    struct httpcache *c = httpcache_new(*state, 100 * 1000);
    for (int i = 0; i < 30; i++) {
        put_numbered(c, i, body, sizeof body);
        assert_true(has_numbered(c, 0)); /* used again and again */
        assert_true(has_numbered(c, i));
        assert_true(httpcache_info(c).bytes <= 100 * 1000);
    }
    assert_false(has_numbered(c, 1));
    assert_true(has_numbered(c, 29));
    assert_true(httpcache_info(c).entries >= 8);
    httpcache_put(c, "me", "https://h/large", HEADERS, body, sizeof body);
    httpcache_free(c);
    /* A new process counts what is there. */
    c = httpcache_new(*state, 30 * 1000);
    put_numbered(c, 50, body, sizeof body);
    assert_true(httpcache_info(c).bytes <= 30 * 1000);
    assert_true(has_numbered(c, 50));
    httpcache_free(c);
}

static void test_larger_than_the_cache(void **state)
{
    static char body[5000];
    struct httpcache *c = httpcache_new(*state, 5000);
    put_numbered(c, 1, "small", 5);
    put_numbered(c, 2, body, sizeof body);
    assert_true(has_numbered(c, 1));
    assert_false(has_numbered(c, 2));
    httpcache_free(c);
}

static void test_clear(void **state)
{
    struct httpcache *c = httpcache_new(*state, 1 << 20);
    for (int i = 0; i < 10; i++) {
        put_numbered(c, i, "x", 1);
    }
    assert_int_equal(httpcache_info(c).entries, 10);
    char *foreign = paths_join(*state, "foreign.txt");
    assert_true(file_write_atomic(foreign, "x", 1, 0600, NULL));
    struct err e = ERR_INIT;
    assert_true(httpcache_clear(c, &e));
    assert_int_equal(httpcache_info(c).entries, 0);
    assert_true(file_exists(foreign));
    free(foreign);
    httpcache_free(c);
}

static void test_no_folder_stores_nothing(void **state)
{
    char *blocked = paths_join(*state, "file");
    assert_true(file_write_atomic(blocked, "x", 1, 0600, NULL));
    char *dir = paths_join(blocked, "cache");
    struct httpcache *c = httpcache_new(dir, 1 << 20);
    put_numbered(c, 1, "x", 1);
    assert_false(has_numbered(c, 1));
    httpcache_touch(c, "me", "https://h/1");
    assert_int_equal(httpcache_info(c).entries, 0);
    assert_true(httpcache_clear(c, NULL));
    httpcache_free(c);
    free(dir);
    free(blocked);
}

static void *put_and_get_many(void *arg)
{
    for (int i = 0; i < 200; i++) {
        char body[64];
        const int n = snprintf(body, sizeof body, "body of %d", i % 10);
        put_numbered(arg, i % 10, body, (size_t)n);
        char url[64];
        snprintf(url, sizeof url, "https://h/%d", i % 10);
        struct httpcache_entry entry;
        if (httpcache_get(arg, "me", url, &entry) && strcmp(entry.body.p, body) != 0) {
            httpcache_entry_done(&entry);
            return xstrdup("a torn entry");
        }
        httpcache_entry_done(&entry);
    }
    return NULL;
}

static void test_threads_never_see_half_an_entry(void **state)
{
    struct httpcache *c = httpcache_new(*state, 1000);
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        assert_int_equal(pool_spawn(&threads[i], "cache", put_and_get_many, c), 0);
    }
    for (int i = 0; i < 3; i++) {
        void *trouble = NULL;
        pthread_join(threads[i], &trouble);
        assert_null(trouble);
    }
    httpcache_free(c);
}

static bool is_stored(struct httpcache *c, const char *account, const char *url)
{
    struct httpcache_entry entry;
    const bool is_there = httpcache_get(c, account, url, &entry);
    if (is_there) {
        httpcache_entry_done(&entry);
    }
    return is_there;
}

static void test_forget_a_prefix(void **state)
{
    static const struct {
        const char *url;
        bool stays;
    } CASES[] = {
        {"http://h/api/models/a/b", false},        {"http://h/api/models/a/b/tree/main", false},
        {"http://h/api/models/a/b?full=1", false}, {"http://h/api/models/a/bc", true},
        {"http://h/api/models/a", true},           {"http://h/api/models?search=a/b", true},
        {"https://h/api/models/a/b", true},        {"", true},
    };
    struct httpcache *c = httpcache_new(*state, 1 << 20);
    char *long_url = xcalloc(1, 6000);
    memset(long_url, 'x', 5999);
    memcpy(long_url, "http://h/api/models/a/b/", 24);
    httpcache_put(c, "acc", long_url, HEADERS, "body", 4);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        httpcache_put(c, "acc", CASES[i].url, HEADERS, "body", 4);
        httpcache_put(c, "other", CASES[i].url, HEADERS, "", 0);
    }
    httpcache_forget(c, "http://h/api/models/a/b");
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        if (is_stored(c, "acc", CASES[i].url) != CASES[i].stays ||
            is_stored(c, "other", CASES[i].url) != CASES[i].stays) {
            fail_msg("%s", CASES[i].url);
        }
    }
    assert_false(is_stored(c, "acc", long_url));
    assert_int_equal(httpcache_info(c).entries, 10);
    free(long_url);
    httpcache_free(c);
}

#define TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_put_and_get),
        TEST(test_modes),
        TEST(test_replace_and_empty_body),
        TEST(test_touch),
        TEST(test_damage_is_seen),
        TEST(test_prune_removes_what_was_not_used),
        TEST(test_larger_than_the_cache),
        TEST(test_clear),
        TEST(test_forget_a_prefix),
        TEST(test_no_folder_stores_nothing),
        TEST(test_threads_never_see_half_an_entry),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
