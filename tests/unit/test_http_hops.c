/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/base/secret.h"
#include "tests/unit/http_room.h"

static const char TOKEN[] = "hf_testtesttest";

static struct http_request with_token(const struct secret *token, const char *origin)
{
    return (struct http_request){.token = token, .token_origin = origin};
}

static void test_token_stays_at_its_origin(void **state)
{
    struct room *room = *state;
    struct secret token = SECRET_INIT;
    secret_set(&token, TOKEN);
    const struct http_request req = with_token(&token, room->origin);
    free(body_of(room, "/redirect/302/echo", req, 200));
    assert_int_equal(tiny_count_seen(room->server, "Authorization: Bearer hf_testtesttest\r\n"), 2);
    tiny_forget(room->server);
    char *echo = body_of(room, "/redirect/elsewhere", req, 200);
    assert_true(str_starts(echo, "GET /echo?a=1 HTTP/1.1\r\n"));
    assert_int_equal(tiny_count_seen(room->server, TOKEN), 1);
    free(echo);
    /* Another host that sends us back must not make us speak as the user. */
    echo = body_of(room, "/redirect/there-and-back", req, 200);
    assert_null(strstr(echo, TOKEN));
    free(echo);
    assert_int_equal(room->other->requests, 2);
    assert_int_equal(tiny_count_seen(room->other, TOKEN), 0);
    assert_int_equal(tiny_count_seen(room->other, "Authorization"), 0);
    secret_done(&token);
}

static void test_token_is_not_for_other_urls(void **state)
{
    struct room *room = *state;
    struct secret token = SECRET_INIT;
    secret_set(&token, TOKEN);
    static const char *const FOREIGN[] = {"https://127.0.0.1", "http://127.0.0.1",
                                          "http://127.0.0.1:1", "http://localhost", NULL};
    for (size_t i = 0; i < sizeof FOREIGN / sizeof *FOREIGN; i++) {
        free(body_of(room, "/echo", with_token(&token, FOREIGN[i]), 200));
    }
    assert_int_equal(tiny_count_seen(room->server, TOKEN), 0);
    secret_done(&token);
}

static void test_own_credentials_stay_too(void **state)
{
    struct room *room = *state;
    const struct http_header headers[] = {
        {"authorization", "Bearer mine"}, {"Cookie", "c=1"}, {"X-Else", "goes on"}, {"X-Empty", ""}};
    const struct http_request req = {.headers = headers, .n_headers = 4};
    free(body_of(room, "/redirect/elsewhere", req, 200));
    assert_int_equal(tiny_count_seen(room->server, "authorization: Bearer mine"), 1);
    assert_int_equal(tiny_count_seen(room->server, "X-Empty:\r\n"), 1);
    assert_int_equal(tiny_count_seen(room->other, "Bearer mine"), 0);
    assert_int_equal(tiny_count_seen(room->other, "c=1"), 0);
    assert_int_equal(tiny_count_seen(room->other, "X-Else: goes on"), 1);
}

static void test_redirects(void **state)
{
    struct room *room = *state;
    const struct http_header type = {"Content-Type", "text/x-mine"};
    static const struct {
        const char *path, *method, *line;
        bool has_body;
    } CASES[] = {
        {"/redirect/301/x", "POST", "GET /echo?from=301 ", false},
        {"/redirect/302/x", "POST", "GET /echo?from=302 ", false},
        {"/redirect/303/x", "PUT", "GET /echo?from=303 ", false},
        {"/redirect/307/x", "POST", "POST /echo?from=307 ", true},
        {"/redirect/308/x", "PUT", "PUT /echo?from=308 ", true},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *echo = body_of(room, CASES[i].path,
                             (struct http_request){.method = CASES[i].method, .headers = &type,
                                                   .n_headers = 1, .body = "payload",
                                                   .body_len = 7}, 200);
        assert_true(str_starts(echo, CASES[i].line));
        assert_int_equal(strstr(echo, "payload") != NULL, CASES[i].has_body);
        assert_int_equal(strstr(echo, "text/x-mine") != NULL, CASES[i].has_body);
        free(echo);
    }
    expect_body(room, "/redirect/large", (struct http_request){0}, 200, "hello");
    expect_body(room, "/redirect/nowhere", (struct http_request){0}, 302, "moved");
    expect_failure(room, "/redirect/loop", (struct http_request){0}, ERR_SERVER, "in circles");
    assert_int_equal(tiny_count_seen(room->server, "GET /redirect/loop "), 11);
    expect_failure(room, "/redirect/file", (struct http_request){0}, ERR_SERVER, "no http");
}

static void test_redirects_handed_back(void **state)
{
    struct room *room = *state;
    expect_body(room, "/redirect/302/x", (struct http_request){.no_redirects = true}, 302, "moved");
    const struct http_request near = {.same_origin_redirects = true};
    free(body_of(room, "/redirect/302/x", near, 200));
    expect_body(room, "/redirect/elsewhere", near, 302, "moved");
    expect_body(room, "/redirect/file", near, 302, "moved");
    assert_int_equal(room->other->requests, 0);
}

static void test_retries(void **state)
{
    struct room *room = *state;
    const struct http_request req = {.max_retries = 5};
    int64_t start_ms = clock_mono_ms();
    expect_body(room, "/busy-twice", req, 200, "served");
    assert_int_equal(tiny_count_seen(room->server, "GET /busy-twice "), 3);
    assert_true(clock_mono_ms() - start_ms >= 30); /* 10 and 20 ms */
    expect_body(room, "/busy", req, 503, "served");
    assert_int_equal(tiny_count_seen(room->server, "GET /busy "), 6);
    expect_body(room, "/cut-once", req, 200, "whole");
    expect_body(room, "/busy", (struct http_request){0}, 503, "served");
    assert_int_equal(tiny_count_seen(room->server, "GET /busy "), 7);
    struct http_log_entry log[3];
    assert_int_equal(http_log(room->http, log, 3), 3);
    assert_int_equal(log[1].attempt, 2);
    assert_int_equal(log[2].attempt, 1);
    assert_int_equal(log[2].err, ERR_NETWORK);
}

static void test_server_says_how_long_to_wait(void **state)
{
    struct room *room = *state;
    const struct http_request req = {.max_retries = 1};
    int64_t start_ms = clock_mono_ms();
    expect_body(room, "/limit-once", req, 200, "served");
    assert_in_range(clock_mono_ms() - start_ms, 1000, 3000);
    start_ms = clock_mono_ms();
    expect_body(room, "/window-once", req, 200, "served"); /* r=0;t=0 goes before Retry-After */
    assert_in_range(clock_mono_ms() - start_ms, 1000, 3000);
    start_ms = clock_mono_ms();
    struct http_response r;
    assert_true(ask(room, "/limit", req, &r, NULL)); /* a day is too long to wait in here */
    assert_int_equal(r.status, 429);
    char *after = http_response_header(&r, "retry-after");
    assert_string_equal(after, "86400");
    free(after);
    http_response_done(&r);
    assert_true(clock_mono_ms() - start_ms < 500);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_token_stays_at_its_origin),
        ROOM_TEST(test_token_is_not_for_other_urls),
        ROOM_TEST(test_own_credentials_stay_too),
        ROOM_TEST(test_redirects),
        ROOM_TEST(test_redirects_handed_back),
        ROOM_TEST(test_retries),
        ROOM_TEST(test_server_says_how_long_to_wait),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
