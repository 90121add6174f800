/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* What an answer may cost, what is said of one that costs more or is cut, and how soon one is given up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/task/task.h"
#include "tests/unit/hub_script.h"

static char *many(const char *open, const char *piece, size_t n, const char *close)
{
    struct buf text = BUF_INIT;
    buf_puts(&text, open);
    while (text.n < n) {
        buf_puts(&text, piece);
    }
    buf_puts(&text, close);
    return buf_steal(&text);
}

enum call { LIST, TREE, COMMITS, REFS, TALK, INFO };

static void *call_hub(struct hub *hub, enum call call, struct err *e)
{
    const struct hub_query q = {.kind = HUB_DATASET};
    const struct hub_tree_query files = {.kind = HUB_MODEL, .id = "a/b"};
    switch (call) {
    case LIST:
        return hub_list(hub, &q, NULL, e);
    case TREE:
        return hub_tree(hub, &files, NULL, e);
    case COMMITS:
        return hub_commits(hub, HUB_MODEL, "a/b", NULL, NULL, NULL, e);
    case REFS:
        return hub_refs(hub, HUB_MODEL, "a/b", NULL, e);
    case TALK:
        return hub_discussions(hub, HUB_MODEL, "a/b", 0, NULL, e);
    default:
        return hub_repo_info(hub, HUB_MODEL, "a/b", NULL, NULL, e);
    }
}

static struct err failure_of(struct script_room *room, enum call call, const char *headers, const char *body)
{
    const struct script_row rows[] = {{"/api/", 200, headers, body}, {.text = NULL}};
    struct err e = ERR_INIT;
    atomic_store(&script_rows, rows);
    assert_null(call_hub(room->hub, call, &e));
    atomic_store(&script_rows, NULL);
    assert_true(e.remedy[0] != '\0');
    return e;
}

/* robustness R2: what would swell is refused before it is parsed, of every kind of answer. */
static void test_swelling(void **state)
{
    static const struct {
        enum call call;
        const char *open, *piece, *close;
    } CASES[] = {
        {LIST, "[{}", ",{}", "]"},
        {TREE, "[0", ",\"\"", "]"},
        {COMMITS, "[", "[],", "0]"},
        {REFS, "{\"branches\":[0", ",{\"name\":\"\",\"ref\":\"\"}", "]}"},
        {TALK, "{\"discussions\":[0", ",{\"num\":1}", "]}"},
        {INFO, "{\"id\":\"a/b\",\"tags\":[0", ",null", "]}"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *body = many(CASES[i].open, CASES[i].piece, 6000000, CASES[i].close);
        const struct err e = failure_of(*state, CASES[i].call, "X-Request-Id: swell\r\n", body);
        assert_int_equal(e.code, ERR_LIMIT);
        assert_non_null(strstr(e.msg, "more than 48 MB of memory"));
        assert_string_equal(e.request_id, "swell");
        free(body);
    }
}

/* robustness R2: a long answer is refused in words, whatever stands in it. */
static void test_long(void **state)
{
    char *text = many("[{\"id\":\"", "long name ", 8000001, "\"}]"), *blank = many("", " ", 8000001, "[]");
    const struct err e = failure_of(*state, LIST, NULL, text), f = failure_of(*state, TREE, NULL, blank);
    assert_int_equal(e.code, ERR_LIMIT);
    assert_int_equal(f.code, ERR_LIMIT);
    assert_non_null(strstr(e.msg, "larger than 8 MB"));
    assert_non_null(strstr(f.msg, "larger than 8 MB"));
    free(text);
    free(blank);
}

/* A real repository of many files is none of these. */
static void test_large_and_fine(void **state)
{
    struct script_room *room = *state;
    struct err e = ERR_INIT;
    char *body = many("{\"id\":\"a/b\",\"siblings\":[{}", ",{\"rfilename\":\"data/train-00000-of-99999.parquet\"}", 6000000, "]}");
    const struct script_row rows[] = {{"/api/", 200, NULL, body}, {.text = NULL}};
    atomic_store(&script_rows, rows);
    struct hub_page *p = call_hub(room->hub, INFO, &e);
    assert_non_null(p);
    assert_true(p->repos[0].n_files > 100000);
    hub_page_free(p);
    atomic_store(&script_rows, NULL);
    free(body);
}

/* robustness B7, and "a malformed answer carries its request id". */
static void test_cut_and_damaged(void **state)
{
    static const struct {
        const char *headers, *body, *says, *id;
    } CASES[] = {
        {"X-Request-Id: r1\r\n", "", "the answer is empty", "r1"},
        {"X-Request-Id: r2\r\n", "[{\"id\":\"a/b", "cut off after 11 bytes", "r2"},
        {"X-Amzn-Trace-Id: r3\r\n", "{", "cut off after 1 byte", "r3"},
        {"X-Amz-Cf-Id: r4\r\n", "[1,]", "damaged: not valid JSON", "r4"},
        {"X-Request-Id: r5\r\n", "[] []", "text after the end", "r5"},
        {"X-Request-Id: r6\r\n", "{}", "expected a list", "r6"},
        {"X-Request-Id: r7\r\nContent-Type: text/html\r\n", "<p>", "web page", "r7"},
        {NULL, "{\"a\":", "cut off after 5 bytes", ""},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct err e = failure_of(*state, LIST, CASES[i].headers, CASES[i].body);
        if (!strstr(e.msg, CASES[i].says)) {
            fail_msg("'%s' does not say '%s'", e.msg, CASES[i].says);
        }
        assert_string_equal(e.request_id, CASES[i].id);
    }
}

/* ---- giving up ---- */

static bool answer_drop_by_drop(struct tiny *s, int fd, const struct tiny_request *r)
{
    tiny_puts(s, fd, strstr(r->path, "/api/models") ? "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n["
                                                     : "HTTP/1.1 200 OK\r\n");
    while (tiny_puts(s, fd, strstr(r->path, "/api/models") ? " " : "X: y\r\n")) {
        clock_sleep_ms(20);
    }
    return false;
}

struct given_up {
    struct hub *hub;
    enum hub_kind kind;
    struct task *task;
    struct err err;
    pthread_t thread;
};

static void *ask_for_ever(void *arg)
{
    struct given_up *g = arg;
    const struct hub_query q = {.kind = g->kind};
    struct hub_get get = {.task = g->task};
    assert_null(hub_list(g->hub, &q, &get, &g->err));
    return NULL;
}

static void test_cancel(void **state)
{
    struct script_room *room = *state;
    atomic_store(&script_other, answer_drop_by_drop);
    for (int kind = HUB_MODEL; kind <= HUB_DATASET; kind++) {
        struct given_up g = {.hub = room->hub, .kind = (enum hub_kind)kind,
                             .task = task_new(&(struct job){.name = "test"}, NULL)};
        assert_int_equal(pool_spawn(&g.thread, "test", ask_for_ever, &g), 0);
        clock_sleep_ms(100);
        const int64_t from_ms = clock_mono_ms();
        task_cancel(g.task);
        pthread_join(g.thread, NULL);
        assert_true(clock_mono_ms() - from_ms < 500); /* 50 on a machine that has nothing else to do */
        assert_int_equal(g.err.code, ERR_CANCELLED);
        task_unref(g.task);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRIPT_TEST(test_swelling),        SCRIPT_TEST(test_long),   SCRIPT_TEST(test_large_and_fine),
        SCRIPT_TEST(test_cut_and_damaged), SCRIPT_TEST(test_cancel),
    };
    return cmocka_run_group_tests_name("hub_limits", tests, NULL, NULL);
}
