/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/task/task.h"
#include "tests/unit/http_room.h"

static struct http_stream *open_stream(struct room *room, const char *path,
                                       struct http_request req, struct task *t,
                                       struct http_response *head, struct err *e)
{
    char url[256];
    snprintf(url, sizeof url, "%s%s", room->origin, path);
    req.url = url;
    return http_open(room->http, &req, t, head, e);
}

/* Everything until the end; the last answer of http_stream_read comes back. */
static int64_t read_all(struct http_stream *s, struct buf *out, struct err *e)
{
    char piece[10000];
    int64_t got = 0;
    while ((got = http_stream_read(s, piece, sizeof piece, e)) > 0) {
        buf_append(out, piece, (size_t)got);
    }
    return got;
}

static void test_head_before_the_body(void **state)
{
    struct http_response head;
    struct http_stream *s = open_stream(*state, "/drip", (struct http_request){0}, NULL, &head, NULL);
    assert_non_null(s);
    assert_int_equal(head.status, 200);
    assert_string_equal(head.headers, "transfer-encoding: chunked\n");
    assert_true(str_ends(head.url, "/drip"));
    char piece[8];
    for (int i = 0; i < 3; i++) {
        assert_true(http_stream_read(s, piece, sizeof piece, NULL) > 0);
        assert_int_equal(piece[0], '.');
    }
    const int64_t start_ms = clock_mono_ms();
    http_stream_close(s);
    assert_true(clock_mono_ms() - start_ms < 200);
    http_response_done(&head);
    http_stream_close(NULL);
}

/* Bytes sent once the server is stuck: the same number for 200 ms. */
static unsigned long long wait_standstill(struct tiny *server)
{
    unsigned long long before = 0;
    unsigned long long now = server->sent;
    for (int same = 0; same < 10; same = now == before ? same + 1 : 0) {
        clock_sleep_ms(20);
        before = now;
        now = server->sent;
    }
    return now;
}

/* Reads the whole flood, slowly at first, and compares every byte. */
static void expect_flood(struct room *room, const char *path, bool is_packed)
{
    struct http_response head;
    struct err e = ERR_INIT;
    const struct http_request req = {.stall_ms = 1000, .want_identity = !is_packed};
    struct http_stream *s = open_stream(room, path, req, NULL, &head, &e);
    assert_non_null(s);
    clock_sleep_ms(1100); /* longer than stall_ms: a pause of ours is no silence of theirs */
    /* 256 KiB here, and what the kernel's socket buffers hold. */
    assert_true(is_packed || wait_standstill(room->server) < FLOOD / 2);
    static char piece[40000];
    size_t at = 0;
    int64_t got = 0;
    for (int reads = 0; (got = http_stream_read(s, piece, sizeof piece, &e)) > 0; reads++) {
        for (size_t i = 0; i < (size_t)got; i++) {
            assert_true(piece[i] == flood_byte(at + i));
        }
        at += (size_t)got;
        if (reads < 20) {
            clock_sleep_ms(5);
        }
    }
    if (got < 0) {
        fail_msg("%s: %s", path, e.msg);
    }
    assert_int_equal(at, FLOOD);
    assert_int_equal(http_stream_read(s, piece, sizeof piece, &e), 0);
    http_stream_close(s);
    http_response_done(&head);
}

static void test_back_pressure(void **state)
{
    expect_flood(*state, "/flood", false);
}

static void test_back_pressure_with_compression(void **state)
{
    expect_flood(*state, "/flood-packed", true);
}

static void test_lines_behind_the_body_have_a_limit(void **state)
{
    struct http_response head;
    struct err e = ERR_INIT;
    struct http_stream *s = open_stream(*state, "/trailers", (struct http_request){0}, NULL, &head, &e);
    assert_non_null(s);
    struct buf body = BUF_INIT;
    assert_int_equal(read_all(s, &body, &e), -1);
    assert_string_equal(buf_str(&body), "hello");
    assert_int_equal(e.code, ERR_LIMIT);
    buf_done(&body);
    http_stream_close(s);
    http_response_done(&head);
}

static void test_bytes_before_a_break_are_read(void **state)
{
    struct http_response head;
    struct err e = ERR_INIT;
    struct http_stream *s = open_stream(*state, "/cut", (struct http_request){.max_retries = 3},
                                        NULL, &head, &e);
    assert_non_null(s);
    struct buf body = BUF_INIT;
    assert_int_equal(read_all(s, &body, &e), -1);
    assert_string_equal(body.p, "only this");
    assert_int_equal(e.code, ERR_NETWORK);
    assert_non_null(strstr(e.msg, "cut off after 9 bytes"));
    assert_int_equal(((struct room *)*state)->server->requests, 1);
    buf_done(&body);
    http_stream_close(s);
    http_response_done(&head);
}

static void test_retries_and_redirects_before_the_head(void **state)
{
    static const struct {
        const char *path, *body;
        long status;
    } CASES[] = {
        {"/busy-twice", "served", 200},
        {"/redirect/large", "hello", 200},
        {"/missing", "no such thing", 404},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct http_response head;
        struct err e = ERR_INIT;
        struct http_stream *s = open_stream(*state, CASES[i].path,
                                            (struct http_request){.max_retries = 3}, NULL, &head,
                                            &e);
        assert_non_null(s);
        assert_int_equal(head.status, CASES[i].status);
        struct buf body = BUF_INIT;
        assert_int_equal(read_all(s, &body, &e), 0);
        assert_string_equal(body.p, CASES[i].body);
        buf_done(&body);
        http_stream_close(s);
        http_response_done(&head);
    }
}

static void test_no_head(void **state)
{
    struct http_response head;
    struct err e = ERR_INIT;
    assert_null(open_stream(*state, "/close", (struct http_request){0}, NULL, &head, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    assert_null(open_stream(*state, "/silent", (struct http_request){.stall_ms = 50}, NULL, &head,
                            &e));
    assert_non_null(strstr(e.msg, "sent nothing"));
}

static void test_limit(void **state)
{
    struct http_response head;
    struct err e = ERR_INIT;
    struct http_stream *s = open_stream(*state, "/endless",
                                        (struct http_request){.max_body = 1000000}, NULL, &head,
                                        &e);
    assert_non_null(s);
    struct buf body = BUF_INIT;
    assert_int_equal(read_all(s, &body, &e), -1);
    assert_int_equal(e.code, ERR_LIMIT);
    assert_true(body.n <= 1000000);
    buf_done(&body);
    http_stream_close(s);
    http_response_done(&head);
}

static void test_silence_after_the_head(void **state)
{
    struct http_response head;
    struct err e = ERR_INIT;
    struct http_stream *s = open_stream(*state, "/announced", (struct http_request){.stall_ms = 80},
                                        NULL, &head, &e);
    assert_non_null(s);
    struct buf body = BUF_INIT;
    assert_int_equal(read_all(s, &body, &e), -1);
    assert_string_equal(body.p, "...");
    assert_non_null(strstr(e.msg, "sent nothing for 0.1 s"));
    buf_done(&body);
    http_stream_close(s);
    http_response_done(&head);
}

static void test_request_body_is_copied(void **state)
{
    struct http_response head;
    char body[] = "a question";
    struct http_stream *s = open_stream(*state, "/echo",
                                        (struct http_request){.method = "POST", .body = body,
                                                              .body_len = strlen(body)},
                                        NULL, &head, NULL);
    assert_non_null(s);
    memset(body, 'x', sizeof body - 1);
    struct buf echo = BUF_INIT;
    assert_int_equal(read_all(s, &echo, NULL), 0);
    assert_true(str_ends(echo.p, "\r\n\r\na question"));
    buf_done(&echo);
    http_stream_close(s);
    http_response_done(&head);
}

struct reader {
    struct http_stream *stream;
    int64_t last;
    struct err err;
};

static void *read_on(void *arg)
{
    struct reader *r = arg;
    char piece[100];
    while ((r->last = http_stream_read(r->stream, piece, sizeof piece, &r->err)) > 0) {
    }
    return NULL;
}

static void test_cancel_while_reading(void **state)
{
    struct task *t = task_new(&(struct job){.name = "stream"}, NULL);
    struct http_response head;
    struct reader r = {.err = ERR_INIT};
    r.stream = open_stream(*state, "/announced", (struct http_request){0}, t, &head, NULL);
    assert_non_null(r.stream);
    pthread_t thread;
    pool_spawn(&thread, "reader", read_on, &r);
    clock_sleep_ms(50);
    const int64_t start_ms = clock_mono_ms();
    task_cancel(t);
    pthread_join(thread, NULL);
    assert_true(clock_mono_ms() - start_ms < 200);
    assert_int_equal(r.last, -1);
    assert_int_equal(r.err.code, ERR_CANCELLED);
    http_stream_close(r.stream);
    http_response_done(&head);
    task_unref(t);
}

static void test_progress_and_log(void **state)
{
    struct room *room = *state;
    struct task *t = task_new(&(struct job){.name = "stream"}, NULL);
    struct http_response head;
    struct http_stream *s = open_stream(room, "/hello", (struct http_request){0}, t, &head, NULL);
    assert_non_null(s);
    struct buf body = BUF_INIT;
    assert_int_equal(read_all(s, &body, NULL), 0);
    uint64_t done = 0;
    uint64_t total = 0;
    task_get_progress(t, &done, &total);
    assert_int_equal(done, 5);
    assert_int_equal(total, 5);
    struct http_log_entry log[2];
    assert_int_equal(http_log(room->http, log, 2), 1);
    assert_int_equal(log[0].bytes, 5);
    assert_int_equal(log[0].err, ERR_NONE);
    buf_done(&body);
    http_stream_close(s);
    http_response_done(&head);
    task_unref(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_head_before_the_body),
        ROOM_TEST(test_back_pressure),
        ROOM_TEST(test_back_pressure_with_compression),
        ROOM_TEST(test_lines_behind_the_body_have_a_limit),
        ROOM_TEST(test_bytes_before_a_break_are_read),
        ROOM_TEST(test_retries_and_redirects_before_the_head),
        ROOM_TEST(test_no_head),
        ROOM_TEST(test_limit),
        ROOM_TEST(test_silence_after_the_head),
        ROOM_TEST(test_request_body_is_copied),
        ROOM_TEST(test_cancel_while_reading),
        ROOM_TEST(test_progress_and_log),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
