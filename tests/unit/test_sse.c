/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/net/sse.h"

/* Every event as "name|id|data\n", fed in pieces of `step` bytes. */
static char *collect(struct sse *s, const char *bytes, size_t n, size_t step)
{
    struct buf out = BUF_INIT;
    for (size_t at = 0; at < n; at += step) {
        sse_feed(s, bytes + at, step < n - at ? step : n - at);
        struct sse_event event;
        while (sse_next(s, &event)) {
            assert_int_equal(event.data[event.data_len], '\0');
            buf_printf(&out, "%s|%s|", event.name, event.id);
            buf_append(&out, event.data, event.data_len);
            buf_putc(&out, '\n');
        }
    }
    return buf_steal(&out);
}

static void expect(const char *stream, const char *events)
{
    const size_t n = strlen(stream);
    for (size_t step = 1; step <= n; step++) {
        struct sse *s = sse_new(1000);
        char *got = collect(s, stream, n, step);
        assert_string_equal(got, events);
        free(got);
        sse_free(s);
    }
}

static void test_plain_events(void **state)
{
    (void)state;
    expect("data: one\n\ndata:two\n\n", "message||one\nmessage||two\n");
    expect("event: log\ndata: a\ndata: b\nid: 7\n\ndata: c\n\n", "log|7|a\nb\nmessage|7|c\n");
}

static void test_line_ends(void **state)
{
    (void)state;
    expect("data: a\r\n\r\ndata: b\r\rdata: c\n\n", "message||a\nmessage||b\nmessage||c\n");
    expect("data: a\r\ndata: b\r\n\r\n", "message||a\nb\n");
}

static void test_what_is_ignored(void **state)
{
    (void)state;
    expect(": keep-alive\n\nevent: x\n\ndata: y\n\n", "message||y\n");
    expect("nonsense\nfoo: bar\ndata\n\n", "message||\n");
    expect("data:  two blanks\n\n", "message|| two blanks\n");
    expect("data: without an end", "");
    expect("\xef\xbb\xbf" "data: marked\n\n", "message||marked\n");
}

static void test_id_with_nul_is_ignored(void **state)
{
    (void)state;
    static const char STREAM[] = "id: 1\ndata: a\n\nid: 2\0x\ndata: b\0c\n\n";
    struct sse *s = sse_new(1000);
    char *got = collect(s, STREAM, sizeof STREAM - 1, 5);
    static const char WANTED[] = "message|1|a\nmessage|1|b\0c\n";
    assert_memory_equal(got, WANTED, sizeof WANTED - 1);
    free(got);
    sse_free(s);
}

static void test_retry(void **state)
{
    (void)state;
    struct sse *s = sse_new(1000);
    assert_int_equal(sse_retry_ms(s), -1);
    static const char STREAM[] = "retry: 2500\nretry: soon\nretry: -1\nretry: 99999999999999999999\n\n";
    free(collect(s, STREAM, sizeof STREAM - 1, 3));
    assert_int_equal(sse_retry_ms(s), 2500);
    sse_free(s);
}

static void test_large_events_are_dropped_whole(void **state)
{
    (void)state;
    struct buf stream = BUF_INIT;
    buf_puts(&stream, "data: before\n\nevent: big\ndata: ");
    buf_pad(&stream, 'x', 5000); /* one long line */
    buf_puts(&stream, "\ndata: rest\n\ndata: between\n\n");
    for (int i = 0; i < 300; i++) {
        buf_puts(&stream, "data: many short lines\n");
    }
    buf_puts(&stream, "\nevent: end\ndata: after\n\n");
    static const size_t STEPS[] = {1, 7, 64, 4096, 100000};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        struct sse *s = sse_new(1000);
        char *got = collect(s, stream.p, stream.n, STEPS[i]);
        assert_string_equal(got, "message||before\nmessage||between\nend||after\n");
        assert_int_equal(sse_dropped(s), 2);
        free(got);
        sse_free(s);
    }
    buf_done(&stream);
}

static void test_large_events_are_cut_on_wish(void **state)
{
    (void)state;
    struct buf stream = BUF_INIT;
    buf_puts(&stream, "data: before\n\nevent: big\ndata:");
    buf_pad(&stream, 'x', 5000);
    buf_puts(&stream, "\ndata: rest\n\n:");
    buf_pad(&stream, 'c', 5000); /* a comment is nothing that could be cut */
    buf_puts(&stream, "\ndata: between\r\n\r\n");
    for (int i = 0; i < 300; i++) {
        buf_puts(&stream, "data: 7890\n"); /* 200 lines of 5 bytes fill it */
    }
    buf_puts(&stream, "\ndata: after\n\n");
    static const size_t STEPS[] = {1, 7, 64, 4096, 100000};
    static const size_t LENGTHS[] = {6, 999, 7, 999, 5};
    for (size_t i = 0; i < sizeof STEPS / sizeof *STEPS; i++) {
        struct sse *s = sse_new(1000);
        sse_keep_cut(s);
        size_t n = 0;
        for (size_t at = 0; at < stream.n; at += STEPS[i]) {
            const size_t left = stream.n - at;
            sse_feed(s, stream.p + at, STEPS[i] < left ? STEPS[i] : left);
            for (struct sse_event event; sse_next(s, &event); n++) {
                assert_true(n < sizeof LENGTHS / sizeof *LENGTHS);
                assert_int_equal(event.data_len, LENGTHS[n]);
                assert_int_equal(event.is_cut, n == 1 || n == 3);
                assert_string_equal(event.name, n == 1 ? "big" : "message");
            }
        }
        assert_int_equal(n, 5);
        assert_int_equal(sse_dropped(s), 0);
        sse_free(s);
    }
    buf_done(&stream);
}

static void test_largest_event_fits(void **state)
{
    (void)state;
    struct buf stream = BUF_INIT;
    buf_puts(&stream, "data: ");
    buf_pad(&stream, 'x', 999);
    buf_puts(&stream, "\n\n");
    struct sse *s = sse_new(1000);
    char *got = collect(s, stream.p, stream.n, 100);
    assert_int_equal(strlen(got), strlen("message||") + 999 + 1);
    assert_int_equal(sse_dropped(s), 0);
    free(got);
    sse_free(s);
    buf_done(&stream);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_events),
        cmocka_unit_test(test_line_ends),
        cmocka_unit_test(test_what_is_ignored),
        cmocka_unit_test(test_id_with_nul_is_ignored),
        cmocka_unit_test(test_retry),
        cmocka_unit_test(test_large_events_are_dropped_whole),
        cmocka_unit_test(test_large_events_are_cut_on_wish),
        cmocka_unit_test(test_largest_event_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
