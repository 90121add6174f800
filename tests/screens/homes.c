/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/screens/homes.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"

struct harness *start_in(const char *home, int rows, int cols, const char *const *args)
{
    struct harness *h = h_start(&(struct h_options){.args = args, .home = home, .rows = rows, .cols = cols});
    h_wait_idle(h);
    return h;
}

char *new_home(void)
{
    const char *tmp = getenv("TMPDIR");
    char *path = xasprintf("%s/hfterm-home-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(path));
    return path;
}

void remove_home(char *home)
{
    file_remove_tree(home, NULL);
    free(home);
}

void write_in(const char *home, const char *leaf, const char *text)
{
    char *path = paths_join(home, leaf);
    char *slash = strrchr(path, '/');
    *slash = '\0';
    assert_true(file_mkdirs(path, 0700, NULL));
    *slash = '/';
    assert_true(file_write_atomic(path, text, strlen(text), 0600, NULL));
    free(path);
}

void expect_file(const char *home, const char *leaf, const char *text)
{
    char *path = paths_join(home, leaf);
    struct buf got = BUF_INIT;
    struct err e = ERR_INIT;
    if (!file_read(path, &got, 1 << 20, &e)) {
        fail_msg("%s", e.msg);
    }
    assert_string_equal(buf_str(&got), text);
    buf_done(&got);
    free(path);
}

void wait_file(const char *home, const char *leaf, const char *text)
{
    char *path = paths_join(home, leaf);
    bool is_same = false;
    for (int64_t end = clock_mono_ms() + 10000; !is_same && clock_mono_ms() < end;) {
        struct buf got = BUF_INIT;
        is_same = file_read(path, &got, 1 << 20, NULL) && strcmp(buf_str(&got), text) == 0;
        buf_done(&got);
        poll(NULL, 0, is_same ? 0 : 10);
    }
    free(path);
    expect_file(home, leaf, text);
}
