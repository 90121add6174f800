/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Followers against servers that cut, close, repeat, stall and refuse: every line once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/follow_help.h"

/* ---- what the server has ---- */

/* Lines 3 and 4 are equal to the millisecond, and so are 7 and 8; both count. */
#define LINE(text, time) "data: {\"data\":\"" text "\\n\",\"timestamp\":\"2026-01-02T03:04:" time "Z\"}\n\n"
static const char *const LOG[] = {
    LINE("one", "01.000"), LINE("two \\u00e4", "02.000"), LINE("same", "03.005"),
    LINE("same", "03.005"), LINE("\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80", "03.006"),
    LINE("six", "06.000"), LINE("again", "07.000"), LINE("again", "07.000"),
};
enum { OLD = 6, ALL = 8, TAIL = 4 };
#define TEXT_OLD_TAIL "same\n|same\n|\xc3\xbc\xe2\x82\xac\xf0\x9f\x98\x80\n|six\n|"
#define TEXT_NEW "again\n|again\n|"
#define TEXT_ALL "one\n|two \xc3\xa4\n|" TEXT_OLD_TAIL TEXT_NEW

/* Events from..to with ids or as log lines, with signs of life between them. */
static struct buf body_of(bool with_ids, size_t from, size_t to)
{
    struct buf b = BUF_INIT;
    buf_puts(&b, ": hello\r\n\r\n");
    for (size_t i = from; i < to; i++) {
        if (with_ids) {
            buf_printf(&b, "event: request\nid: %zu\ndata: {\"id\":%zu}\r\n\r\n", i + 1, i + 1);
        } else {
            buf_puts(&b, LOG[i]);
        }
        buf_puts(&b, i % 2 ? "data:\n\n" : ": keep-alive\n\n");
    }
    return b;
}

static size_t last_id_of(const struct tiny_request *r)
{
    const char *id = strstr(r->head, "Last-Event-ID: ");
    return id ? strtoul(id + 15, NULL, 10) : 0;
}

/* /cut/P: the first connection breaks after P bytes; the next has everything, and two lines more. */
static bool answer_cut(struct tiny *s, int fd, const struct tiny_request *r, bool with_ids)
{
    const size_t cut = strtoul(strstr(r->path, "cut/") + 4, NULL, 10);
    const bool has_tail = strstr(r->path, "tail=") != NULL;
    const bool is_first = strstr(r->path, "tailed") ? has_tail && r->nth == 0 : r->nth == 0;
    const size_t from = with_ids ? last_id_of(r) : has_tail ? OLD - TAIL : 0;
    struct buf body = body_of(with_ids, from, is_first ? OLD : ALL);
    tiny_puts(s, fd, EVENT_STREAM "\r\n");
    if (is_first) {
        tiny_send(s, fd, body.p, cut < body.n ? cut : body.n);
        buf_done(&body);
        return false;
    }
    tiny_send(s, fd, body.p, body.n);
    buf_done(&body);
    return stay_silent(fd);
}

static bool answer_cuts(struct tiny *s, int fd, const struct tiny_request *r)
{
    return answer_cut(s, fd, r, strstr(r->path, "ids") != NULL);
}

/* ---- every byte ---- */

enum { AT_ONCE = 40 };

static void cut_everywhere(enum hub_follow_kind kind, const char *name, uint64_t tail,
                           const char *wanted, uint64_t events)
{
    struct buf whole = body_of(kind == HUB_FOLLOW_IDS, tail ? OLD - TAIL : 0, OLD);
    for (size_t at = 0; at <= whole.n; at += AT_ONCE) {
        struct crew *c = crew_start(answer_cuts, 0);
        uint64_t ids[AT_ONCE];
        for (size_t i = 0; i < AT_ONCE; i++) {
            char path[64];
            snprintf(path, sizeof path, "/%s/cut/%zu", name, at + i);
            ids[i] = follow_path(c, kind, path, tail);
        }
        for (size_t i = 0; i < AT_ONCE; i++) {
            wait_events(c, ids[i], events);
        }
        clock_sleep_ms(2); /* for what would be too much */
        for (size_t i = 0; i < AT_ONCE; i++) {
            expect_text(c, ids[i], wanted);
        }
        crew_stop(c);
    }
    buf_done(&whole);
}

static void test_log_cut_at_every_byte(void **state)
{
    (void)state;
    cut_everywhere(HUB_FOLLOW_LOG, "log", 0, TEXT_ALL, ALL);
}

static void test_tail_cut_at_every_byte(void **state)
{
    (void)state;
    cut_everywhere(HUB_FOLLOW_LOG, "tailed", TAIL, TEXT_OLD_TAIL TEXT_NEW, TAIL + 2);
}

static void test_ids_cut_at_every_byte(void **state)
{
    (void)state;
    cut_everywhere(HUB_FOLLOW_IDS, "ids", 0,
                   "{\"id\":1}|{\"id\":2}|{\"id\":3}|{\"id\":4}|{\"id\":5}|{\"id\":6}|{\"id\":7}|"
                   "{\"id\":8}|",
                   ALL);
}

/* ---- servers of all kinds ---- */

static void put_line(struct buf *b, size_t i, bool with_time)
{
    buf_printf(b, "data: {\"data\":\"%zu\"", i);
    if (with_time) {
        buf_printf(b, ",\"timestamp\":\"2026-01-02T%02zu:%02zu:%02zu.000Z\"", i / 3600, i / 60 % 60, i % 60);
    }
    buf_puts(b, "}\n\n");
}

/* "/close/N": all so far and 100 more, up to 1000; with "repeat" all again under their ids. */
static bool answer_close(struct tiny *s, int fd, const struct tiny_request *r)
{
    const bool with_ids = strstr(r->path, "ids") != NULL;
    const size_t last = strstr(r->path, "repeat") ? 0 : last_id_of(r);
    const size_t end = 100 * ((size_t)r->nth + 1);
    struct buf b = BUF_INIT;
    for (size_t i = with_ids ? last : 0; i < end && i < 1000; i++) {
        if (with_ids) {
            buf_printf(&b, "id: %zu\n", i + 1);
        }
        put_line(&b, i, strstr(r->path, "times") != NULL);
    }
    buf_puts(&b, "data: {\"data\":\"half a li");
    tiny_puts(s, fd, EVENT_STREAM "\r\n");
    tiny_send(s, fd, b.p, b.n);
    buf_done(&b);
    return end < 1000 ? false : stay_silent(fd);
}

/* Another log, or the end of the old one, from the second connection on. */
static bool answer_changed(struct tiny *s, int fd, const struct tiny_request *r)
{
    struct buf b = BUF_INIT;
    const bool is_first = r->nth == 0;
    const bool with_time = strstr(r->path, "times") != NULL;
    const bool is_trimmed = strstr(r->path, "trimmed") != NULL;
    const size_t from = is_first ? 0 : is_trimmed ? 10 : 50;
    for (size_t i = from; i < (is_first ? 20u : is_trimmed ? 30u : 55u); i++) {
        put_line(&b, i, with_time);
    }
    tiny_puts(s, fd, EVENT_STREAM "\r\n");
    tiny_send(s, fd, b.p, b.n);
    buf_done(&b);
    return is_first ? false : stay_silent(fd);
}

static bool answer_state(struct tiny *s, int fd, const struct tiny_request *r)
{
    tiny_puts(s, fd, EVENT_STREAM "\r\nevent: stage\ndata: RUNNING\n\n");
    if (strstr(r->path, "closes")) {
        return false;
    }
    return stay_silent(fd);
}

static bool answer_huge(struct tiny *s, int fd)
{
    static char xs[1024 * 1024];
    memset(xs, 'x', sizeof xs);
    tiny_puts(s, fd, EVENT_STREAM "\r\ndata: {\"data\":\"");
    for (int i = 0; i < 60; i++) {
        tiny_send(s, fd, xs, sizeof xs);
    }
    tiny_puts(s, fd, "\"}\n\ndata: {\"data\":\"after\"}\n\n");
    return stay_silent(fd);
}

static bool answer_refusal(struct tiny *s, int fd, const struct tiny_request *r)
{
    static const char JSON[] = "Content-Type: application/json\r\n";
    if (strstr(r->path, "404")) {
        return tiny_reply(s, fd, 404, "X-Error-Code: RepoNotFound\r\n", "{\"error\":\"no\"}", 14);
    }
    if (strstr(r->path, "501") || strstr(r->path, "503")) {
        return tiny_reply(s, fd, strstr(r->path, "501") ? 501 : 503, JSON, "{}", 2);
    }
    if (strstr(r->path, "429")) {
        return tiny_reply(s, fd, 429, "Retry-After: 7\r\n", "slow", 4);
    }
    if (strstr(r->path, "page")) {
        return tiny_reply(s, fd, 200, "Content-Type: text/html\r\n", "<html>pay first</html>", 22);
    }
    if (strstr(r->path, "204")) {
        return tiny_puts(s, fd, "HTTP/1.1 204 No Content\r\n\r\n");
    }
    if (strstr(r->path, "trickle")) {
        tiny_puts(s, fd, "HTTP/1.1 403 Forbidden\r\nContent-Length: 10\r\n\r\n{");
        return stay_silent(fd);
    }
    return tiny_reply(s, fd, 200, JSON, "[]", 2);
}

static bool answer_flood(struct tiny *s, int fd)
{
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < 10000; i++) {
        put_line(&b, i, true);
    }
    tiny_puts(s, fd, EVENT_STREAM "\r\n");
    for (int k = 0; k < 40; k++) {
        tiny_send(s, fd, b.p, b.n);
    }
    buf_done(&b);
    return stay_silent(fd);
}

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (strstr(r->path, "/close/")) {
        return answer_close(s, fd, r);
    }
    if (strstr(r->path, "/changed/")) {
        return answer_changed(s, fd, r);
    }
    if (strstr(r->path, "/state")) {
        return answer_state(s, fd, r);
    }
    if (strstr(r->path, "/huge")) {
        return answer_huge(s, fd);
    }
    if (strstr(r->path, "/flood")) {
        return answer_flood(s, fd);
    }
    if (strstr(r->path, "/no-head")) {
        return stay_silent(fd);
    }
    if (strstr(r->path, "/stall")) {
        tiny_puts(s, fd, EVENT_STREAM "\r\n" LINE("one", "01.000"));
        if (r->nth > 0) {
            tiny_puts(s, fd, LINE("two", "02.000"));
        }
        return stay_silent(fd);
    }
    return answer_refusal(s, fd, r);
}

/* ---- lines ---- */

static void expect_thousand(const char *path, enum hub_follow_kind kind)
{
    struct crew *c = crew_start(answer, 0);
    const uint64_t id = follow_path(c, kind, path, 0);
    const struct heard h = wait_events(c, id, 1000);
    assert_int_equal(h.events, 1000);
    assert_int_equal(h.waits, 9);
    struct buf wanted = BUF_INIT;
    for (size_t i = 0; i < 1000; i++) {
        if (kind == HUB_FOLLOW_LOG) {
            buf_printf(&wanted, "%zu|", i);
        } else {
            buf_printf(&wanted, "{\"data\":\"%zu\"}|", i);
        }
    }
    expect_text(c, id, wanted.p);
    buf_done(&wanted);
    crew_stop(c);
}

static void test_closed_every_100_lines(void **state)
{
    (void)state;
    expect_thousand("/close/plain", HUB_FOLLOW_LOG);
    expect_thousand("/close/times", HUB_FOLLOW_LOG);
    expect_thousand("/close/ids", HUB_FOLLOW_IDS);
    expect_thousand("/close/ids-repeat", HUB_FOLLOW_IDS);
}

static void test_another_log(void **state)
{
    (void)state;
    struct crew *c = crew_start(answer, 0);
    /* A restarted program: its log begins otherwise. */
    const uint64_t plain = follow_path(c, HUB_FOLLOW_LOG, "/changed/plain", 0);
    const uint64_t timed = follow_path(c, HUB_FOLLOW_LOG, "/changed/times", 0);
    /* A server that forgot its oldest lines. */
    const uint64_t trimmed = follow_path(c, HUB_FOLLOW_LOG, "/changed/times/trimmed", 0);
    assert_int_equal(wait_events(c, plain, 25).events, 25);
    assert_int_equal(wait_events(c, timed, 25).events, 25);
    assert_int_equal(wait_events(c, trimmed, 30).events, 30);
    clock_sleep_ms(20);
    pthread_mutex_lock(&c->lock);
    assert_true(str_ends(c->heard[plain].text.p, "|19|50|51|52|53|54|"));
    assert_true(str_ends(c->heard[timed].text.p, "|19|50|51|52|53|54|"));
    assert_true(str_ends(c->heard[trimmed].text.p, "|18|19|20|21|22|23|24|25|26|27|28|29|"));
    pthread_mutex_unlock(&c->lock);
    crew_stop(c);
}

static void test_a_line_without_end(void **state)
{
    (void)state;
    struct crew *c = crew_start(answer, 0);
    const uint64_t id = follow_path(c, HUB_FOLLOW_LOG, "/huge", 0);
    const struct heard h = wait_events(c, id, 2);
    assert_int_equal(h.events, 2);
    assert_int_equal(h.cut, 1);
    assert_true(h.bytes > 1024 * 1024 - 100 && h.bytes < 1024 * 1024 + 100);
    expect_text(c, id, "after|");
    const uint64_t state_id = follow_path(c, HUB_FOLLOW_STATE, "/huge", 0);
    const struct heard one = wait_events(c, state_id, 1);
    assert_true(one.cut > 0 && one.bytes < 1024 * 1024);
    crew_stop(c);
}

static void test_stall(void **state)
{
    (void)state;
    struct crew *c = crew_start(answer, 100);
    const uint64_t id = follow_path(c, HUB_FOLLOW_LOG, "/stall", 0);
    struct heard h = wait_events(c, id, 2);
    assert_int_equal(h.events, 2);
    assert_int_equal(h.lives, 2);
    assert_int_equal(h.last.code, ERR_NETWORK);
    assert_non_null(strstr(h.last.msg, "/stall: 127.0.0.1"));
    assert_non_null(strstr(h.last.msg, "sent nothing for 0.1 s"));
    h = wait_end(c, id); /* silence is all that comes now */
    assert_int_equal(h.last.code, ERR_NETWORK);
    expect_text(c, id, "one\n|two\n|");
    crew_stop(c);
}

/* ---- the end ---- */

static void test_attempts_of_a_log(void **state)
{
    (void)state;
    struct crew *c = crew_start(answer, 0);
    const struct heard h = wait_end(c, follow_path(c, HUB_FOLLOW_LOG, "/refuse/503", 0));
    assert_int_equal(h.waits, 5);
    assert_int_equal(h.wait_ms, 10);
    assert_int_equal(h.last.code, ERR_SERVER);
    assert_int_equal(h.last.http, 503);
    assert_int_equal(c->server->requests, 6);
    /* It says all it has, and closes, again and again: that is its end, and no failure. */
    const struct heard closed = wait_end(c, follow_path(c, HUB_FOLLOW_LOG, "/state/closes", 0));
    assert_true(closed.has_ended);
    assert_int_equal(closed.last.code, ERR_NONE);
    assert_int_equal(closed.lives, 6);
    crew_stop(c);
}

static void test_a_state_is_followed_on(void **state)
{
    (void)state;
    struct crew *c = crew_start(answer, 0);
    const uint64_t busy = follow_path(c, HUB_FOLLOW_STATE, "/refuse/503", 0);
    const uint64_t page = follow_path(c, HUB_FOLLOW_STATE, "/refuse/page", 0);
    const uint64_t closes = follow_path(c, HUB_FOLLOW_STATE, "/state/closes", 0);
    assert_int_equal(wait_events(c, closes, 8).events, 8); /* the state at each connection */
    while (look(c, busy).waits < 8 || look(c, page).waits < 8) {
        clock_sleep_ms(5);
    }
    assert_int_equal(look(c, busy).wait_ms, 60);
    assert_false(look(c, busy).has_ended || look(c, page).has_ended || look(c, closes).has_ended);
    assert_int_equal(look(c, page).last.code, ERR_SERVER);
    crew_stop(c);
}

static void test_refusals(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        enum err_code code;
    } CASES[] = {
        {"/refuse/404", ERR_NOT_FOUND},
        {"/refuse/501", ERR_UNSUPPORTED},
        {"/refuse/json", ERR_UNSUPPORTED},
        {"/refuse/204", ERR_NONE},
        {"/not a path", ERR_USAGE},
    };
    struct crew *c = crew_start(answer, 0);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct heard h = wait_end(c, follow_path(c, HUB_FOLLOW_STATE, CASES[i].path, 0));
        assert_true(h.has_ended);
        assert_int_equal(h.last.code, CASES[i].code);
        assert_int_equal(h.waits, 0);
        assert_true(h.last.code == ERR_NONE || h.last.msg[0]);
    }
    const uint64_t limited = follow_path(c, HUB_FOLLOW_STATE, "/refuse/429", 0);
    while (look(c, limited).waits == 0) {
        clock_sleep_ms(2);
    }
    assert_in_range(look(c, limited).wait_ms, 7000, 9000);
    assert_int_equal(look(c, limited).last.code, ERR_RATE_LIMIT);
    crew_stop(c);
}

static void test_cancel_in_every_state(void **state)
{
    (void)state;
    static const char *const PATHS[] = {NULL,      "/no-head",        "/state", "/refuse/trickle",
                                        "/flood", "/refuse/429", "/huge",  "/refuse/404"};
    for (size_t i = 0; i < sizeof PATHS / sizeof *PATHS; i++) {
        struct crew *c = crew_start(answer, 0);
        if (PATHS[i]) {
            follow_path(c, HUB_FOLLOW_STATE, PATHS[i], 0);
        }
        int64_t best_ms = INT64_MAX;
        for (int k = 0; k < 3; k++) {
            clock_sleep_ms(30 * k);
            const int64_t ms = crew_cancel(c);
            best_ms = ms < best_ms ? ms : best_ms;
            crew_run(c); /* and goes on as if nothing had been */
        }
        assert_true(best_ms < 50);
        crew_stop(c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_log_cut_at_every_byte),
        cmocka_unit_test(test_tail_cut_at_every_byte),
        cmocka_unit_test(test_ids_cut_at_every_byte),
        cmocka_unit_test(test_closed_every_100_lines),
        cmocka_unit_test(test_another_log),
        cmocka_unit_test(test_a_line_without_end),
        cmocka_unit_test(test_stall),
        cmocka_unit_test(test_attempts_of_a_log),
        cmocka_unit_test(test_a_state_is_followed_on),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_cancel_in_every_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
