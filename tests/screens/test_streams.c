/* SPDX-License-Identifier: Apache-2.0 */
/* Streams beside the screen: silent ones cost nothing, many cost two threads, and a terminal that reads
 * nothing for a while loses no key and gets one picture. */
#include "tests/screens/harness.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"

/* Threads of one name. */
static size_t threads_named(struct harness *h, const char *name)
{
    char *path = xasprintf("/proc/%d/task", (int)ptyterm_pid(h_terminal(h)));
    DIR *dir = opendir(path);
    size_t n = 0;
    for (struct dirent *d = NULL; dir && (d = readdir(dir));) {
        char *leaf = xasprintf("%s/%s/comm", path, d->d_name);
        struct buf text = BUF_INIT;
        n += d->d_name[0] != '.' && file_read(leaf, &text, 64, NULL) &&
             strncmp(buf_str(&text), name, strlen(name)) == 0 && text.p[strlen(name)] == '\n';
        buf_done(&text);
        free(leaf);
    }
    if (dir) {
        closedir(dir);
    }
    free(path);
    return n;
}

static struct harness *demo_with(const char *streams)
{
    const char *const env[] = {streams, NULL};
    struct harness *h = h_start(
        &(struct h_options){.args = ARGS("--demo"), .env = streams ? env : NULL, .rows = 30, .cols = 120});
    h_wait_text(h, "of 51");
    h_wait_idle(h);
    return h;
}

static void test_twenty_streams_cost_two_threads(void **state)
{
    (void)state;
    struct harness *h = demo_with("HFTERM_TEST_STREAMS=/api/hfterm/requests,20");
    h_bytes_in(h, 1000);
    assert_int_equal(threads_named(h, "following"), 1);
    assert_int_equal(threads_named(h, "net-long"), 1);
    assert_int_equal(threads_named(h, "net"), 1); /* of the questions */
    h_stop_with(h, "<C-c>", 0);
}

static void test_silent_streams_write_nothing(void **state)
{
    (void)state;
    struct harness *h = demo_with("HFTERM_TEST_STREAMS=/api/hfterm/requests,20");
    h_bytes_in(h, 500);
    assert_int_equal(h_bytes_in(h, 2000), 0);
    h_keys(h, "j j"); /* and keys are answered */
    h_stop_with(h, "<C-c>", 0);
}

/* The row of the list with the selection's mark. */
static int marked_row(struct harness *h)
{
    for (int i = 0; i < 30; i++) {
        if (strncmp(h_row(h, i), "│▌", strlen("│▌")) == 0) {
            return i;
        }
    }
    return -1;
}

static void test_a_terminal_that_reads_nothing(void **state)
{
    (void)state;
    enum { KEYS = 18, PAUSE_MS = 60, ONE_PICTURE = 8000 };
    struct harness *h = demo_with("HFTERM_TEST_STREAMS=/api/hfterm/requests,20");
    struct ptyterm *t = h_terminal(h);
    int first = marked_row(h);
    h_keys(h, "j k"); /* two frames in a row: the terminal has told that it answers */
    ptyterm_throttle(t, 1);
    for (int i = 0; i < KEYS; i++) {
        ptyterm_send(t, "j", 1);
        ptyterm_pump(t, PAUSE_MS);
    }
    size_t before = h_bytes_written(h);
    ptyterm_throttle(t, 0);
    h_bytes_in(h, 500);
    h_wait_idle(h);
    assert_int_equal(marked_row(h), first + KEYS);
    assert_true(h_bytes_written(h) - before < ONE_PICTURE);
    h_stop_with(h, "<C-c>", 0);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_twenty_streams_cost_two_threads),
        SCREEN_TEST(test_silent_streams_write_nothing),
        SCREEN_TEST(test_a_terminal_that_reads_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
