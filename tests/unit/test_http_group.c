/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Streams beside questions, and many streams read by one thread. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/net/http_group.h"
#include "core/task/task.h"
#include "tests/unit/http_room.h"

enum { MANY = 20, ROOM = 64 };

struct streams {
    struct http_group *group;
    char url[256];
    struct http_request req;
    struct http_stream *s[ROOM];
    bool has_head[ROOM];
    size_t n;
};

/* n streams of one path, begun and not waited for. */
static void start_streams(struct streams *all, struct room *room, const char *path, size_t n)
{
    *all = (struct streams){.group = http_group_new(), .n = n};
    snprintf(all->url, sizeof all->url, "%s%s", room->origin, path);
    all->req = (struct http_request){.url = all->url, .is_long = true, .want_identity = true};
    for (size_t i = 0; i < n; i++) {
        all->s[i] = http_stream_start(room->http, &all->req, all->group, NULL);
        assert_non_null(all->s[i]);
    }
}

static void close_streams(struct streams *all)
{
    for (size_t i = 0; i < all->n; i++) {
        http_stream_close(all->s[i]);
    }
    http_group_free(all->group);
}

/* Until every stream has its head: status of the last. */
static void wait_heads(struct streams *all, int64_t max_ms)
{
    const int64_t end_ms = clock_mono_ms() + max_ms;
    for (size_t ready = 0; ready < all->n && clock_mono_ms() < end_ms;) {
        http_group_wait(all->group, HTTP_GROUP_ANY, end_ms - clock_mono_ms(), NULL);
        ready = 0;
        for (size_t i = 0; i < all->n; i++) {
            struct http_response head;
            struct err e = ERR_INIT;
            const enum http_head_state state = http_stream_head(all->s[i], &head, &e);
            if (state == HTTP_HEAD_FAILED) {
                fail_msg("stream %zu: %s", i, e.msg);
            }
            all->has_head[i] = state == HTTP_HEAD_READY;
            ready += all->has_head[i];
            http_response_done(&head);
        }
    }
    for (size_t i = 0; i < all->n; i++) {
        assert_true(all->has_head[i]);
    }
}

static int64_t ask_ms(struct room *room)
{
    const int64_t start_ms = clock_mono_ms();
    expect_body(room, "/hello", (struct http_request){0}, 200, "hello");
    return clock_mono_ms() - start_ms;
}

static int64_t fastest_of_3(struct room *room)
{
    int64_t best = INT64_MAX;
    for (int i = 0; i < 3; i++) {
        const int64_t ms = ask_ms(room);
        best = ms < best ? ms : best;
    }
    return best;
}

static void expect_question_beside(struct room *room, size_t n)
{
    struct streams all;
    start_streams(&all, room, "/announced", n);
    wait_heads(&all, 10000);
    assert_true(fastest_of_3(room) < 100);
    close_streams(&all);
}

static void test_question_beside_silent_streams(void **state)
{
    expect_question_beside(*state, 6);
    expect_question_beside(*state, MANY);
}

struct asker {
    struct room *room;
    struct task *task;
    pthread_t thread;
};

static void *ask_silent(void *arg)
{
    struct asker *a = arg;
    char url[256];
    snprintf(url, sizeof url, "%s/silent", a->room->origin);
    struct http_response r;
    const struct http_request req = {.url = url};
    http_perform(a->room->http, &req, a->task, &r, NULL);
    http_response_done(&r);
    return NULL;
}

/* Six silent answers hold every connection of questions; the seventh says so. */
static void test_no_connection_is_free(void **state)
{
    struct room *room = *state;
    http_free(room->http);
    room->http = http_new(&(struct http_options){.wait_ms = 300}, NULL);
    struct asker askers[6];
    for (size_t i = 0; i < 6; i++) {
        askers[i] = (struct asker){.room = room,
                                   .task = task_new(&(struct job){.name = "silent"}, NULL)};
        pool_spawn(&askers[i].thread, "asker", ask_silent, &askers[i]);
    }
    while (atomic_load(&room->server->requests) < 6) {
        clock_sleep_ms(5);
    }
    const int64_t start_ms = clock_mono_ms();
    expect_failure(room, "/hello", (struct http_request){.max_retries = 3}, ERR_NETWORK,
                   "was free for 0.3 s: other requests hold all 6");
    const int64_t took_ms = clock_mono_ms() - start_ms;
    assert_true(took_ms >= 290 && took_ms < 3000);
    for (size_t i = 0; i < 6; i++) {
        task_cancel(askers[i].task);
        pthread_join(askers[i].thread, NULL);
        task_unref(askers[i].task);
    }
    expect_body(room, "/hello", (struct http_request){0}, 200, "hello");
}

/* Everything all streams bring, as fast as it comes; bytes. */
static uint64_t read_all_streams(struct streams *all, bool check)
{
    static char piece[HTTP_GROUP_PIECE];
    size_t at[ROOM] = {0};
    bool is_done[ROOM] = {false};
    uint64_t bytes = 0;
    for (size_t left = all->n; left > 0;) {
        bool is_empty = true;
        for (size_t i = 0; i < all->n; i++) {
            if (is_done[i]) {
                continue;
            }
            const int64_t got = http_stream_read_now(all->s[i], piece, sizeof piece, NULL);
            assert_int_not_equal(got, -1);
            for (size_t k = 0; check && got > 0 && k < (size_t)got; k++) {
                assert_true(piece[k] == flood_byte(at[i] + k));
            }
            is_done[i] = got == 0;
            left -= got == 0;
            at[i] += got > 0 ? (size_t)got : 0;
            bytes += got > 0 ? (uint64_t)got : 0;
            is_empty = is_empty && got == HTTP_NOTHING_YET;
        }
        if (is_empty) {
            http_group_wait(all->group, HTTP_GROUP_ANY, 5000, NULL);
        }
    }
    return bytes;
}

/* One stream on loopback: 17 MB/s have to pass. Another program may have had the processor at the first
 * attempt, and a sanitizer takes its own time. */
static void test_many_streams_whole(void **state)
{
    struct streams all;
    start_streams(&all, *state, "/flood", 4);
    wait_heads(&all, 10000);
    assert_int_equal(read_all_streams(&all, true), 4ULL * FLOOD);
    close_streams(&all);
}

/* Bytes that come one at a time are no reason to hurry; a wake is. */
static void test_urgent(void **state)
{
    struct streams all;
    start_streams(&all, *state, "/drip", 2);
    wait_heads(&all, 5000);
    http_group_wait(all.group, HTTP_GROUP_ANY, 5000, NULL);
    int64_t start_ms = clock_mono_ms();
    http_group_wait(all.group, HTTP_GROUP_URGENT, 100, NULL);
    assert_true(clock_mono_ms() - start_ms >= 99);
    start_ms = clock_mono_ms();
    http_group_wake(all.group);
    http_group_wait(all.group, HTTP_GROUP_URGENT, 5000, NULL);
    http_group_wait(all.group, HTTP_GROUP_ANY, 5000, NULL);
    assert_true(clock_mono_ms() - start_ms < 1000);
    struct task *t = task_new(&(struct job){.name = "reading"}, NULL);
    task_cancel(t);
    start_ms = clock_mono_ms();
    http_group_wait(all.group, HTTP_GROUP_URGENT, 5000, t);
    assert_true(clock_mono_ms() - start_ms < 100);
    task_unref(t);
    close_streams(&all);
}

static void test_heads_and_failures(void **state)
{
    struct streams all;
    start_streams(&all, *state, "/close", 3);
    for (size_t failed = 0; failed < 3;) {
        http_group_wait(all.group, HTTP_GROUP_ANY, 5000, NULL);
        failed = 0;
        for (size_t i = 0; i < 3; i++) {
            struct http_response head;
            struct err e = ERR_INIT;
            const enum http_head_state s = http_stream_head(all.s[i], &head, &e);
            assert_int_not_equal(s, HTTP_HEAD_READY);
            failed += s == HTTP_HEAD_FAILED && e.code == ERR_NETWORK;
        }
    }
    close_streams(&all);
    const struct http_request bad = {.url = "ftp://a.b"};
    struct err e = ERR_INIT;
    assert_null(http_stream_start(((struct room *)*state)->http, &bad, NULL, &e));
    assert_int_equal(e.code, ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_question_beside_silent_streams),
        ROOM_TEST(test_no_connection_is_free),
        ROOM_TEST(test_many_streams_whole),
        ROOM_TEST(test_urgent),
        ROOM_TEST(test_heads_and_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
