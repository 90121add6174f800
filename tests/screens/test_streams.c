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
#include "tests/bench/stream_hub.h"

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

static size_t resident_kib(struct harness *h)
{
    char *path = xasprintf("/proc/%d/status", (int)ptyterm_pid(h_terminal(h)));
    struct buf text = BUF_INIT;
    assert_true(file_read(path, &text, 1 << 16, NULL));
    const char *line = strstr(buf_str(&text), "VmRSS:");
    assert_non_null(line);
    const size_t kib = strtoul(line + strlen("VmRSS:"), NULL, 10);
    buf_done(&text);
    free(path);
    return kib;
}

/* 20 streams that are never silent, and a terminal that takes nothing for 10 s: memory stays what it is, the
 * keys of that time are not lost, and no picture a key comes after it. */
static void test_busy_streams_and_a_terminal_that_reads_nothing(void **state)
{
    (void)state;
    enum { KEYS = 20, PAUSE_MS = 500, THREE_PICTURES = 15000, MOST_KIB = 16 * 1024 };
    struct stream_hub *hub = stream_hub_start(100);
    char *endpoint = xasprintf("HF_ENDPOINT=%s", stream_hub_url(hub));
    char *streams = xasprintf("HFTERM_TEST_STREAMS=%s/stream/lines/200,20", stream_hub_url(hub));
    /* The sanitizer keeps what was freed; here it is to count as free. */
    const char *const env[] = {endpoint, streams, "ASAN_OPTIONS=quarantine_size_mb=1", NULL};
    struct harness *h = h_start(&(struct h_options){.env = env, .rows = 30, .cols = 120});
    h_wait_text(h, "model-000000");
    struct ptyterm *t = h_terminal(h);
    ptyterm_send(t, "jk", 2);
    h_bytes_in(h, 500);
    const int first = marked_row(h);
    assert_true(first >= 0);
    const size_t memory = resident_kib(h);
    const unsigned long long lines = stream_hub_lines(hub);
    ptyterm_throttle(t, 1);
    for (int i = 0; i < KEYS; i++) {
        ptyterm_send(t, "j", 1);
        h_bytes_in(h, PAUSE_MS);
    }
    assert_true(stream_hub_lines(hub) - lines > 10000); /* they were read on */
    assert_true(resident_kib(h) < memory + MOST_KIB);
    size_t before = h_bytes_written(h);
    ptyterm_throttle(t, 0);
    h_bytes_in(h, 1500);
    assert_int_equal(marked_row(h), first + KEYS);
    /* The one the terminal held, the last, and its card when that came. */
    if (h_bytes_written(h) - before > THREE_PICTURES) {
        fail_msg("%zu bytes for the last pictures", h_bytes_written(h) - before);
    }
    h_stop_with(h, "<C-c>", 0);
    stream_hub_stop(hub);
    free(endpoint);
    free(streams);
}

#define SCREEN_TEST(f) cmocka_unit_test_teardown(f, h_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCREEN_TEST(test_twenty_streams_cost_two_threads),
        SCREEN_TEST(test_silent_streams_write_nothing),
        SCREEN_TEST(test_a_terminal_that_reads_nothing),
        SCREEN_TEST(test_busy_streams_and_a_terminal_that_reads_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
