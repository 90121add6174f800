/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/net/http_transfer.h"
#include "core/task/task.h"
#include "tests/unit/http_room.h"

static void test_whole_answer(void **state)
{
    struct room *room = *state;
    struct http_response r;
    struct err e = ERR_INIT;
    assert_true(ask(room, "/hello?q=1#part", (struct http_request){0}, &r, &e));
    assert_int_equal(r.status, 200);
    assert_string_equal(r.body.p, "hello");
    assert_string_equal(r.headers, "content-length: 5\netag: \"x\"\nx-folded: a b\n");
    assert_true(str_ends(r.url, "/hello?q=1"));
    char *etag = http_response_header(&r, "etag");
    assert_string_equal(etag, "\"x\"");
    assert_null(http_response_header(&r, "eta"));
    free(etag);
    http_response_done(&r);
    assert_int_equal(tiny_count_seen(room->server, "User-Agent: hfterm/"), 1);
    assert_int_equal(tiny_count_seen(room->server, "; libcurl/"), 1);
    expect_body(room, "/missing", (struct http_request){0}, 404, "no such thing");
}

static void test_keep_alive(void **state)
{
    struct room *room = *state;
    for (int i = 0; i < 10; i++) {
        expect_body(room, "/hello", (struct http_request){0}, 200, "hello");
    }
    assert_int_equal(room->server->n_connections, 1);
    assert_int_equal(room->server->requests, 10);
}

static void test_compression(void **state)
{
    struct room *room = *state;
    expect_body(room, "/packed", (struct http_request){0}, 200, "packed packed packed packed");
    expect_body(room, "/packed", (struct http_request){.want_identity = true}, 200, "not asked for");
    assert_int_equal(tiny_count_seen(room->server, "Accept-Encoding: identity"), 1);
}

static void test_methods(void **state)
{
    struct room *room = *state;
    struct http_response r;
    assert_true(ask(room, "/hello", (struct http_request){.method = "HEAD"}, &r, NULL));
    char *length = http_response_header(&r, "content-length");
    assert_string_equal(length, "99000000000");
    free(length);
    http_response_done(&r);
    const struct http_header type = {"Content-Type", "application/json"};
    char *echo = body_of(room, "/echo",
                         (struct http_request){.method = "POST", .headers = &type, .n_headers = 1,
                                               .body = "{\"a\":\0001}", .body_len = 8}, 200);
    assert_true(str_starts(echo, "POST /echo HTTP/1.1\r\n"));
    assert_non_null(strstr(echo, "Content-Type: application/json\r\n"));
    assert_non_null(strstr(echo, "Content-Length: 8\r\n"));
    assert_non_null(strstr(echo, "\r\n\r\n{\"a\":"));
    assert_null(strstr(echo, "Expect"));
    free(echo);
    static const char *const METHODS[] = {"PUT", "DELETE", "POST"};
    for (size_t i = 0; i < 3; i++) {
        echo = body_of(room, "/echo", (struct http_request){.method = METHODS[i]}, 200);
        assert_true(str_starts(echo, METHODS[i]));
        assert_true(i == 1 || strstr(echo, "Content-Length: 0\r\n"));
        assert_null(strstr(echo, "Content-Type"));
        free(echo);
    }
}

static void test_early_hints_are_no_answer(void **state)
{
    struct http_response r;
    assert_true(ask(*state, "/early", (struct http_request){0}, &r, NULL));
    assert_int_equal(r.status, 200);
    assert_string_equal(r.headers, "x-final: yes\ncontent-length: 2\n");
    http_response_done(&r);
}

static void test_broken_answers(void **state)
{
    struct room *room = *state;
    const struct http_request req = {.stall_ms = 100};
    expect_failure(room, "/cut", req, ERR_NETWORK, "cut off after 9 bytes");
    expect_body(room, "/longer", req, 200, "five!");
    expect_body(room, "/hello", req, 200, "hello");
    expect_failure(room, "/not-http", req, ERR_NETWORK, "not HTTP");
    expect_failure(room, "/close", req, ERR_NETWORK, "without an answer");
    expect_failure(room, "/long-head", req, ERR_LIMIT, "headers");
    expect_failure(room, "/silent", req, ERR_NETWORK, "sent nothing for 0.1 s");
}

/* robustness R1: whatever comes in lines has a limit, before the head, in it and behind the body. */
static void test_lines_without_end(void **state)
{
    struct room *room = *state;
    const struct http_request req = {.stall_ms = 2000, .max_retries = 3};
    expect_failure(room, "/trailers", req, ERR_LIMIT, "headers");
    expect_failure(room, "/hints", req, ERR_LIMIT, "headers");
    expect_failure(room, "/long-head", req, ERR_LIMIT, "headers");
    assert_int_equal(atomic_load(&room->server->requests), 3);
}

/* robustness B6: a line above libcurl's own limit is no lack of memory, and another try will not help. */
static void test_lines_too_long(void **state)
{
    struct room *room = *state;
    const struct http_request req = {.stall_ms = 2000, .max_retries = 3};
    expect_failure(room, "/long-line", req, ERR_LIMIT, "headers");
    expect_failure(room, "/long-status", req, ERR_LIMIT, "headers");
    expect_failure(room, "/long-trailer", req, ERR_LIMIT, "headers");
    assert_int_equal(atomic_load(&room->server->requests), 3);
}

/* robustness B7: an end inside the headers is no empty answer. */
static void test_cut_inside_the_head(void **state)
{
    struct room *room = *state;
    const struct http_request req = {.stall_ms = 2000, .max_retries = 1};
    expect_failure(room, "/in-head-1", req, ERR_NETWORK, "inside the headers");
    expect_failure(room, "/in-head-2", req, ERR_NETWORK, "inside the headers");
    assert_int_equal(atomic_load(&room->server->requests), 4);
}

/* robustness R4: no way of answering slowly goes on for ever. */
static void test_slow_answers_end(void **state)
{
    struct room *room = *state;
    const struct http_request head = {.head_ms = 300, .max_retries = 3}, total = {.total_ms = 300, .max_retries = 3};
    const int64_t from_ms = clock_mono_ms();
    expect_failure(room, "/drip-head", head, ERR_NETWORK, "did not answer in 0.");
    expect_failure(room, "/drip-hints", head, ERR_NETWORK, "did not answer in 0.");
    expect_failure(room, "/drip", total, ERR_NETWORK, "did not send all of its answer in 0.");
    expect_failure(room, "/drip-head", total, ERR_NETWORK, "did not answer in 0.");
    expect_failure(room, "/silent", (struct http_request){.stall_ms = 100, .head_ms = 350, .max_retries = 9},
                   ERR_NETWORK, "tries; before: it sent nothing for 0.1 s)");
    assert_true(clock_mono_ms() - from_ms < 10000);
}

static void test_slow_streams_end(void **state)
{
    struct room *room = *state;
    struct http_response head;
    struct err e = ERR_INIT;
    char url[256], bytes[100];
    snprintf(url, sizeof url, "%s/drip", room->origin);
    const struct http_request req = {.url = url, .head_ms = 5000, .total_ms = 300};
    struct http_stream *s = http_open(room->http, &req, NULL, &head, &e);
    assert_non_null(s);
    int64_t n;
    while ((n = http_stream_read(s, bytes, sizeof bytes, &e)) > 0) {
    }
    assert_int_equal(n, -1);
    assert_int_equal(e.code, ERR_NETWORK);
    http_stream_close(s);
    http_response_done(&head);
}

/* A program that does one thing ends, whatever it asks and how often. */
static void test_end_of_all(void **state)
{
    struct room *room = *state;
    http_end_within(room->http, 300);
    expect_body(room, "/hello", (struct http_request){0}, 200, "hello");
    expect_failure(room, "/drip", (struct http_request){0}, ERR_NETWORK, "did not send all");
    expect_failure(room, "/hello", (struct http_request){0}, ERR_NETWORK, "did not answer");
    http_end_within(room->http, 0);
    expect_body(room, "/hello", (struct http_request){0}, 200, "hello");
}

static void *ask_busy(void *arg)
{
    struct http_response r;
    assert_true(ask(arg, "/busy-twice", (struct http_request){.max_retries = 3}, &r, NULL));
    http_response_done(&r);
    return NULL;
}

/* What a retry waits for is told while it waits. */
static void test_waiting_is_told(void **state)
{
    struct room *room = *state;
    struct http_wait wait = {0};
    pthread_t thread;
    room->http->retry_ms = 150;
    assert_false(http_waiting(room->http, &wait));
    assert_int_equal(pool_spawn(&thread, "test", ask_busy, room), 0);
    while (!http_waiting(room->http, &wait) || wait.retry_ms < 0) {
        clock_sleep_ms(5);
    }
    assert_int_equal(wait.attempt, 2);
    assert_int_equal(wait.tries, 4);
    assert_string_equal(wait.why, "HTTP 503");
    assert_true(str_starts(wait.host, "127.0.0.1:"));
    struct http_log_entry entry;
    assert_int_equal(http_log(room->http, &entry, 1), 1);
    assert_true(entry.retry_ms >= 0 || entry.attempt > 1);
    pthread_join(thread, NULL);
    assert_false(http_waiting(room->http, &wait));
    assert_int_equal(http_log(room->http, &entry, 1), 1);
    assert_int_equal(entry.attempt, 3);
    assert_int_equal(entry.retry_ms, -1);
}

static void test_limits(void **state)
{
    struct room *room = *state;
    expect_failure(room, "/endless", (struct http_request){.max_body = 100000}, ERR_LIMIT,
                   "larger than 100000 bytes");
    expect_failure(room, "/endless", (struct http_request){0}, ERR_LIMIT, "larger than 33554432");
    expect_failure(room, "/announced", (struct http_request){0}, ERR_LIMIT, "larger than");
    expect_body(room, "/hello", (struct http_request){.max_body = 5}, 200, "hello");
    expect_failure(room, "/hello", (struct http_request){.max_body = 4}, ERR_LIMIT, "larger than 4");
}

static void test_what_never_goes_out(void **state)
{
    struct room *room = *state;
    static const char *const URLS[] = {"", "ftp://h/x", "file:///etc/passwd", "huggingface.co/x",
                                       "http://", "http://a b/", "http://h/\xc3\xbc",
                                       "http://user:pass@127.0.0.1/", "http://h/\r\nX: y", NULL};
    struct http_response r;
    for (size_t i = 0; i < sizeof URLS / sizeof *URLS; i++) {
        struct err e = ERR_INIT;
        assert_false(http_perform(room->http, &(struct http_request){.url = URLS[i]}, NULL, &r, &e));
        assert_int_equal(e.code, ERR_USAGE);
    }
    static const struct http_header BAD[] = {{"X-A", "b\r\nX-C: d"}, {"X A", "b"}, {"", "b"},
                                             {"X-A:", "b"}};
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        expect_failure(room, "/echo", (struct http_request){.headers = &BAD[i], .n_headers = 1},
                       ERR_USAGE, "header 1");
    }
    expect_failure(room, "/echo", (struct http_request){.method = "GET /x"}, ERR_USAGE, "method");
    assert_int_equal(room->server->requests, 0);
}

static void test_unreachable(void **state)
{
    struct room *room = *state;
    struct http_response r;
    struct err e = ERR_INIT;
    const struct http_request lost = {.url = "http://nonexistent.invalid/"};
    assert_false(http_perform(room->http, &lost, NULL, &r, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    assert_string_equal(e.msg, "cannot resolve nonexistent.invalid");
    assert_non_null(strstr(e.remedy, "http_proxy is not set"));
    char url[64];
    snprintf(url, sizeof url, "http://127.0.0.1:%d/", room->other->port);
    tiny_stop(room->other); /* nobody listens at its port any more */
    room->other = tiny_start(answer);
    assert_false(http_perform(room->http, &(struct http_request){.url = url}, NULL, &r, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    assert_non_null(strstr(e.msg, "cannot connect to 127.0.0.1:"));
    assert_non_null(strstr(e.msg, "Connection refused"));
}

static void test_proxy_is_named_without_its_password(void **state)
{
    struct room *room = *state;
    setenv("https_proxy", "http://me:geheim@127.0.0.1:1", 1);
    struct http_response r;
    struct err e = ERR_INIT;
    const struct http_request req = {.url = "https://example.invalid/"};
    assert_false(http_perform(room->http, &req, NULL, &r, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    assert_non_null(strstr(e.remedy, "https_proxy is 127.0.0.1:1"));
    assert_null(strstr(e.msg, "geheim"));
    unsetenv("https_proxy");
    char proxy[64];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", room->server->port);
    setenv("https_proxy", proxy, 1);
    assert_false(http_perform(room->http, &req, NULL, &r, &e));
    assert_non_null(strstr(e.msg, "the proxy refused the way to example.invalid: HTTP 404"));
    assert_non_null(strstr(e.remedy, "NO_PROXY"));
    unsetenv("https_proxy");
}

static void test_offline(void **state)
{
    struct room *room = *state;
    struct http *h = http_new(&(struct http_options){.is_offline = true}, NULL);
    assert_true(http_is_offline(h));
    assert_false(http_is_offline(room->http));
    struct http_response r;
    struct err e = ERR_INIT;
    char url[80];
    snprintf(url, sizeof url, "%s/hello", room->origin);
    assert_false(http_perform(h, &(struct http_request){.url = url}, NULL, &r, &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    assert_null(http_open(h, &(struct http_request){.url = url}, NULL, &r, &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    http_free(h);
    assert_int_equal(room->server->n_connections, 0);
}

struct caller {
    struct room *room;
    struct task *task;
    const char *path;
    struct http_request req;
    struct err err;
    bool is_ok;
};

static void *call(void *arg)
{
    struct caller *c = arg;
    char url[256];
    snprintf(url, sizeof url, "%s%s", c->room->origin, c->path);
    c->req.url = url;
    struct http_response r;
    c->is_ok = http_perform(c->room->http, &c->req, c->task, &r, &c->err);
    http_response_done(&r);
    return NULL;
}

static void test_cancel(void **state)
{
    struct room *room = *state;
    static const char *const PATHS[] = {"/drip", "/silent", "/limit-minutes"};
    for (size_t i = 0; i < 3; i++) {
        struct task *t = task_new(&(struct job){.name = "call"}, NULL);
        struct caller c = {.room = room, .task = t, .path = PATHS[i], .req.max_retries = 3};
        pthread_t thread;
        pool_spawn(&thread, "caller", call, &c);
        clock_sleep_ms(100);
        const int64_t start_ms = clock_mono_ms();
        task_cancel(t);
        pthread_join(thread, NULL);
        assert_true(clock_mono_ms() - start_ms < 200);
        assert_false(c.is_ok);
        assert_int_equal(c.err.code, ERR_CANCELLED);
        uint64_t done = 0;
        uint64_t total = 0;
        task_get_progress(t, &done, &total);
        assert_true(i != 0 || done > 0);
        task_unref(t);
    }
    struct task *t = task_new(&(struct job){.name = "call"}, NULL);
    task_cancel(t);
    struct caller before = {.room = room, .task = t, .path = "/silent"};
    call(&before);
    assert_int_equal(before.err.code, ERR_CANCELLED);
    task_unref(t);
}

static void test_free_cancels(void **state)
{
    struct room *room = *state;
    struct caller c = {.room = room, .path = "/silent"};
    pthread_t thread;
    pool_spawn(&thread, "caller", call, &c);
    while (room->server->requests == 0) {
        clock_sleep_ms(1);
    }
    http_free(room->http);
    pthread_join(thread, NULL);
    assert_int_equal(c.err.code, ERR_CANCELLED);
    room->http = http_new(&(struct http_options){0}, NULL);
}

enum { CALLERS = 24 };

static void test_many_at_once(void **state)
{
    struct room *room = *state;
    struct caller callers[CALLERS];
    pthread_t threads[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
        /* The wait for one of the connections does not count as silence. */
        callers[i] = (struct caller){.room = room, .path = "/slow", .req.stall_ms = 90};
        pool_spawn(&threads[i], "caller", call, &callers[i]);
    }
    for (int i = 0; i < CALLERS; i++) {
        pthread_join(threads[i], NULL);
        assert_true(callers[i].is_ok);
    }
    assert_in_range(room->server->most_open, 2, 6);
}

static void test_log_rate_and_speed(void **state)
{
    struct room *room = *state;
    assert_int_equal(http_rate(room->http, "127.0.0.1").remaining, -1);
    expect_body(room, "/rate", (struct http_request){0}, 200, "x");
    struct http_rate rate = http_rate(room->http, "127.0.0.1");
    assert_int_equal(rate.remaining, 499);
    assert_int_equal(rate.quota, 500);
    assert_in_range(rate.reset_s, 118, 120);
    assert_int_equal(http_rate(room->http, room->origin).remaining, 499);
    assert_int_equal(http_rate(room->http, "127.0.0").remaining, -1);
    free(body_of(room, "/echo?X-Amz-Signature=abc&q=%1B[2J.hf_abcdefghijkl&Key-Pair-Id=K",
                 (struct http_request){0}, 200));
    struct http_log_entry log[5];
    assert_int_equal(http_log(room->http, log, 5), 2);
    assert_string_equal(log[0].method, "GET");
    assert_string_equal(log[0].path, "/echo?X-Amz-Signature=****&q=%1B[2J.hf_****&Key-Pair-Id=****");
    assert_string_equal(log[0].host, room->origin + strlen("http://"));
    assert_int_equal(log[0].status, 200);
    assert_true(log[0].took_ms >= 0);
    assert_true(log[0].bytes > 0);
    assert_string_equal(log[1].path, "/rate");
    assert_true(log[0].id > log[1].id);
    assert_true(http_speed(room->http) > 0);
    clock_sleep_ms(1150);
    assert_int_equal(http_speed(room->http), 0);
}

static void test_log_keeps_the_last_200(void **state)
{
    struct room *room = *state;
    for (int i = 0; i < 203; i++) {
        char path[32];
        snprintf(path, sizeof path, "/hello?%d", i);
        expect_body(room, path, (struct http_request){0}, 200, "hello");
    }
    static struct http_log_entry log[300];
    assert_int_equal(http_log(room->http, log, 300), 200);
    assert_string_equal(log[0].path, "/hello?202");
    assert_string_equal(log[199].path, "/hello?3");
}

static void test_origin(void **state)
{
    (void)state;
    static const struct {
        const char *url, *origin;
    } CASES[] = {
        {"https://Huggingface.CO:443/a?b", "https://huggingface.co"},
        {"http://h:80", "http://h"},
        {"http://h:8080/", "http://h:8080"},
        {"https://h:80/", "https://h:80"},
        {"http://[::1]:9/", "http://[::1]:9"},
        {"ftp://h/", NULL},
        {"h/x", NULL},
        {"https://u@h/", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf out = BUF_INIT;
        assert_int_equal(http_origin(CASES[i].url, &out), CASES[i].origin != NULL);
        assert_string_equal(buf_str(&out), CASES[i].origin ? CASES[i].origin : "");
        buf_done(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_whole_answer),
        ROOM_TEST(test_keep_alive),
        ROOM_TEST(test_compression),
        ROOM_TEST(test_methods),
        ROOM_TEST(test_early_hints_are_no_answer),
        ROOM_TEST(test_broken_answers),
        ROOM_TEST(test_limits),
        ROOM_TEST(test_slow_answers_end),
        ROOM_TEST(test_slow_streams_end),
        ROOM_TEST(test_end_of_all),
        ROOM_TEST(test_waiting_is_told),
        ROOM_TEST(test_lines_without_end),
        ROOM_TEST(test_lines_too_long),
        ROOM_TEST(test_cut_inside_the_head),
        ROOM_TEST(test_what_never_goes_out),
        ROOM_TEST(test_unreachable),
        ROOM_TEST(test_proxy_is_named_without_its_password),
        ROOM_TEST(test_offline),
        ROOM_TEST(test_cancel),
        ROOM_TEST(test_free_cancels),
        ROOM_TEST(test_many_at_once),
        ROOM_TEST(test_log_rate_and_speed),
        ROOM_TEST(test_log_keeps_the_last_200),
        cmocka_unit_test(test_origin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
