/* SPDX-License-Identifier: Apache-2.0 */
/* download_help.h - a folder to save into and files to compare, for the tests of core/transfer.
 * Included by one .c file a program. */
#ifndef HFTERM_TESTS_UNIT_DOWNLOAD_HELP_H
#define HFTERM_TESTS_UNIT_DOWNLOAD_HELP_H

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/hub/hub.h"
#include "core/net/http.h"
#include "core/task/pool.h"
#include "core/task/task.h"
#include "core/transfer/download.h"

/* n bytes that repeat nowhere soon. Owned. */
static inline char *make_bytes(size_t n, uint32_t seed)
{
    char *bytes = xmalloc(n + 1);
    for (size_t i = 0; i < n; i++) {
        seed = seed * 1664525u + 1013904223u;
        bytes[i] = (char)(seed >> 24);
    }
    bytes[n] = '\0';
    return bytes;
}

static inline void clear_environment(void)
{
    static const char *const VARIABLES[] = {"http_proxy", "all_proxy", "ALL_PROXY", "HF_TOKEN"};
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        unsetenv(VARIABLES[i]);
    }
}

static inline char *make_folder(void)
{
    const char *tmp = getenv("TMPDIR");
    char *dir = xasprintf("%s/hfterm-get-XXXXXX", tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(dir));
    return dir;
}

static inline void put_file(const char *dir, const char *name, const void *bytes, size_t n)
{
    char *path = xasprintf("%s/%s", dir, name);
    assert_true(file_write_atomic(path, bytes, n, 0600, NULL));
    free(path);
}

static inline bool has_file(const char *dir, const char *name)
{
    char *path = xasprintf("%s/%s", dir, name);
    struct stat st;
    const bool has = lstat(path, &st) == 0;
    free(path);
    return has;
}

static inline void expect_file(const char *dir, const char *name, const void *bytes, size_t n)
{
    char *path = xasprintf("%s/%s", dir, name);
    struct buf got = BUF_INIT;
    struct err e = ERR_INIT;
    if (!file_read(path, &got, 1 << 26, &e)) {
        fail_msg("%s", e.msg);
    }
    assert_int_equal(got.n, n);
    assert_true(n == 0 || memcmp(got.p, bytes, n) == 0);
    buf_done(&got);
    free(path);
}

/* Nothing but the file itself is left in the folder: no part, note or probe. */
static inline void expect_tidy(const char *dir, const char *name)
{
    static const char *const SUFFIXES[] = {"hfterm-part", "hfterm-part.json", "hfterm-mode"};
    for (size_t i = 0; i < sizeof SUFFIXES / sizeof *SUFFIXES; i++) {
        char *other = xasprintf(".%s.%s", name, SUFFIXES[i]);
        if (has_file(dir, other)) {
            fail_msg("%s is left", other);
        }
        free(other);
    }
}

static inline void expect_err(const struct err *e, enum err_code code, const char *says)
{
    if (e->code != code || !strstr(e->msg, says)) {
        fail_msg("%s: %s", err_name(e->code), e->msg);
    }
    if (code != ERR_CANCELLED && !e->remedy[0]) {
        fail_msg("no remedy: %s", e->msg);
    }
}

/* ---- a download on a thread of its own, to be cancelled ---- */

struct background {
    struct hub *hub;
    struct download_spec spec;
    struct task *task;
    pthread_t thread;
    struct download_result result;
    struct err err;
    bool ok;
    int64_t ended_ms;
};

static inline void *background_main(void *arg)
{
    struct background *b = arg;
    b->ok = download_run(b->hub, &b->spec, b->task, &b->result, &b->err);
    b->ended_ms = clock_mono_ms();
    return NULL;
}

static inline void background_start(struct background *b)
{
    b->task = task_new(&(struct job){.name = "download"}, NULL);
    assert_int_equal(pool_spawn(&b->thread, "download", background_main, b), 0);
}

/* Wait until `done` bytes were told, at most 10 s. */
static inline void background_until(const struct background *b, uint64_t done)
{
    uint64_t got = 0, total = 0;
    const int64_t until = clock_mono_ms() + 10000;
    while (got < done && clock_mono_ms() < until) {
        task_get_progress(b->task, &got, &total);
        clock_sleep_ms(1);
    }
    assert_true(got >= done);
}

/* Returns how long the download took to end, in ms. */
static inline int64_t background_cancel(struct background *b)
{
    const int64_t began = clock_mono_ms();
    task_cancel(b->task);
    pthread_join(b->thread, NULL);
    task_unref(b->task);
    assert_false(b->ok);
    assert_int_equal(b->err.code, ERR_CANCELLED);
    return b->ended_ms - began;
}

#endif
