/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Calls that write: sent once and as given, refused when read-only, errors in words, and what was
 * stored of the repo is forgotten. Against a small server and the demo's local hub. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/paths.h"
#include "core/hub/hub.h"
#include "core/localhub/localhub.h"
#include "core/net/http.h"
#include "core/net/httpcache.h"
#include "core/task/task.h"
#include "tests/unit/tiny_server.h"

#define TOKEN "hf_secret_of_alice"

struct room {
    struct tiny *server;
    struct http *http;
    struct httpcache *cache;
    struct hub *hub;
    char *dir, *endpoint;
};

static bool reply(struct tiny *s, int fd, int status, const char *headers, const char *text)
{
    return tiny_reply(s, fd, status, headers, text, strlen(text));
}

static bool answer_post(struct tiny *s, int fd, const struct tiny_request *r)
{
    const char *name = strrchr(r->path, '/') + 1;
    if (strcmp(name, "echo") == 0) {
        struct buf out = BUF_INIT;
        buf_printf(&out, "{\"method\":\"%s\",\"body\":\"%.*s\"}", r->method, (int)r->body_len,
                   r->body);
        const bool ok = reply(s, fd, 200, "Content-Type: application/json\r\n", buf_str(&out));
        buf_done(&out);
        return ok;
    }
    if (strcmp(name, "empty") == 0) {
        return tiny_puts(s, fd, "HTTP/1.1 204 No Content\r\n\r\n");
    }
    if (strcmp(name, "text") == 0) {
        return reply(s, fd, 200, "Content-Type: text/plain\r\n", "OK");
    }
    if (strcmp(name, "moved") == 0) {
        return reply(s, fd, 307, "Location: /api/models/new/name/echo\r\n", "");
    }
    if (strcmp(name, "portal") == 0) {
        return reply(s, fd, 200, "Content-Type: text/html\r\n", "<html>log in</html>");
    }
    if (strcmp(name, "busy") == 0) {
        return reply(s, fd, 503, "", "busy");
    }
    if (strcmp(name, "denied") == 0) {
        return reply(s, fd, 403, "X-Error-Message: no right\r\nX-Request-Id: id9\r\n", "");
    }
    if (strcmp(name, "conflict") == 0) {
        return reply(s, fd, 412, "", "{\"error\":\"the branch moved\"}");
    }
    if (strcmp(name, "slow") == 0) {
        char c;
        recv(fd, &c, 1, 0); /* until the client goes away */
    }
    return false; /* "close": the connection breaks after the request came */
}

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (strcmp(r->method, "GET") != 0) {
        return answer_post(s, fd, r);
    }
    if (strstr(r->path, "/refs")) {
        return reply(s, fd, 200, "", "{\"branches\":[],\"tags\":[],\"converts\":[]}");
    }
    if (strstr(r->path, "/resolve/")) {
        return reply(s, fd, 200, "X-Repo-Commit: c0ffee\r\n", "text");
    }
    return reply(s, fd, 200, "", "{\"id\":\"o/r\"}");
}

static int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    const char *tmp = getenv("TMPDIR");
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    room->dir = xasprintf("%s/hfterm-send-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(room->dir)) {
        return -1;
    }
    room->server = tiny_start(answer);
    room->endpoint = xasprintf("http://127.0.0.1:%d", room->server->port);
    room->http = http_new(&(struct http_options){.retry_ms = 1}, NULL);
    room->cache = httpcache_new(room->dir, 1024 * 1024);
    const struct hub_options options = {.endpoint = room->endpoint, .token = TOKEN};
    room->hub = hub_new(room->http, room->cache, &options, NULL);
    *state = room;
    return room->hub ? 0 : -1;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    hub_free(room->hub);
    http_free(room->http);
    httpcache_free(room->cache);
    tiny_stop(room->server);
    file_remove_tree(room->dir, NULL);
    free(room->dir);
    free(room->endpoint);
    free(room);
    return 0;
}

static bool send_to(struct room *room, const char *name, struct hub_written *out, struct err *e)
{
    char *path = xasprintf("/api/models/o/r/%s", name);
    const struct hub_write w = {.method = "POST",
                                .what = "changing it",
                                .kind = HUB_MODEL,
                                .id = "o/r",
                                .path = path,
                                .body = "b=1",
                                .body_len = 3};
    *e = (struct err)ERR_INIT;
    const bool ok = hub_send(room->hub, &w, out, e);
    free(path);
    return ok;
}

/* ---- what goes over the wire ---- */

static void test_method_and_body(void **state)
{
    static const char *const METHODS[] = {"POST", "PUT", "PATCH", "DELETE"};
    struct room *room = *state;
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        struct err e = ERR_INIT;
        struct hub_written out;
        const struct hub_write w = {.method = METHODS[i],
                                    .what = "trying",
                                    .path = "/api/echo",
                                    .type = i == 1 ? "application/x-www-form-urlencoded" : NULL,
                                    .body = "a=1&b=2",
                                    .body_len = 7};
        assert_true(hub_send(room->hub, &w, &out, &e));
        assert_int_equal(out.status, 200);
        assert_string_equal(json_str(out.json, "method"), METHODS[i]);
        assert_string_equal(json_str(out.json, "body"), "a=1&b=2");
        hub_written_done(&out);
    }
    assert_int_equal(tiny_count_seen(room->server, "Content-Type: application/json\r\n"), 3);
    assert_int_equal(
        tiny_count_seen(room->server, "Content-Type: application/x-www-form-urlencoded\r\n"), 1);
    assert_int_equal(tiny_count_seen(room->server, "Authorization: Bearer " TOKEN), 4);
}

static void test_answers_without_json(void **state)
{
    struct room *room = *state;
    struct err e;
    struct hub_written out;
    assert_true(send_to(room, "empty", &out, &e));
    assert_int_equal(out.status, 204);
    assert_null(out.json);
    hub_written_done(&out);
    assert_true(send_to(room, "text", &out, &e));
    assert_null(out.json);
    hub_written_done(&out);
}

static void test_failures(void **state)
{
    static const struct {
        const char *name;
        enum err_code code;
        long http;
        const char *says, *remedy;
    } CASES[] = {
        {"busy", ERR_SERVER, 503, "HTTP 503", ""},
        {"denied", ERR_FORBIDDEN, 403, "no right", "settings/tokens"},
        {"conflict", ERR_CONFLICT, 412, "the branch moved", ""},
        {"moved", ERR_CONFLICT, 307, "nothing was changed", "/api/models/new/name/echo"},
        {"portal", ERR_SERVER, 0, "web page", ""},
        {"close", ERR_NETWORK, 0, "changing it: ", "not known"},
    };
    struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e;
        struct hub_written out;
        const int before = atomic_load(&room->server->requests);
        assert_false(send_to(room, CASES[i].name, &out, &e));
        if (e.code != CASES[i].code || e.http != CASES[i].http || !strstr(e.msg, CASES[i].says) ||
            !strstr(e.remedy, CASES[i].remedy) || !str_starts(e.msg, "changing it: ")) {
            fail_msg("%s: %s: %s / %s", CASES[i].name, err_name(e.code), e.msg, e.remedy);
        }
        assert_int_equal(atomic_load(&room->server->requests), before + 1); /* never repeated */
    }
}

/* A connection that was kept and turns out to be closed is where HTTP libraries repeat unasked. */
static void test_not_repeated_on_a_kept_connection(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_written out;
    for (int i = 0; i < 5; i++) {
        struct hub_page *p = hub_repo_info(room->hub, HUB_MODEL, "o/r", NULL,
                                           &(struct hub_get){.fresh = HUB_RELOAD}, &e);
        assert_non_null(p);
        hub_page_free(p);
        assert_false(send_to(room, "close", &out, &e));
    }
    assert_int_equal(tiny_count_seen(room->server, "POST /api/models/o/r/close HTTP"), 5);
}

static void test_nonsense(void **state)
{
    static const struct hub_write CASES[] = {
        {.method = "GET", .what = "x", .path = "/api/x"},
        {.method = "POST", .what = "x", .path = "http://elsewhere/api/x"},
        {.method = "POST", .what = "x", .path = ".evil/api/x"},
        {.method = "POST", .what = "x", .path = "/api/x", .id = "../x"},
        {.method = "POST", .what = "x", .path = "/api/x y"},
    };
    struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        struct hub_written out;
        assert_false(hub_send(room->hub, &CASES[i], &out, &e));
        if (e.code != ERR_USAGE) {
            fail_msg("case %zu: %s", i, e.msg);
        }
    }
    assert_int_equal(atomic_load(&room->server->requests), 0);
}

static void test_readonly(void **state)
{
    struct room *room = *state;
    struct err e;
    struct hub_written out;
    const struct hub_options options = {
        .endpoint = room->endpoint, .token = "", .is_readonly = true};
    struct hub *other = hub_new(room->http, NULL, &options, NULL);
    assert_true(hub_is_readonly(other));
    hub_free(other);
    assert_false(hub_is_readonly(room->hub));
    hub_set_readonly(room->hub);
    assert_true(hub_is_readonly(room->hub));
    assert_false(send_to(room, "echo", &out, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_non_null(strstr(e.msg, "read-only: changing it was not sent"));
    assert_non_null(strstr(e.remedy, "--readonly"));
    assert_int_equal(atomic_load(&room->server->requests), 0);
    struct hub_page *p = hub_repo_info(room->hub, HUB_MODEL, "o/r", NULL, NULL, &e);
    assert_non_null(p); /* reading goes on */
    hub_page_free(p);
}

/* ---- the cache ---- */

static void fill_cache(struct room *room)
{
    struct err e = ERR_INIT;
    static const char *const IDS[] = {"o/r", "o/r2"};
    for (int i = 0; i < 2; i++) {
        struct hub_page *p = hub_repo_info(room->hub, HUB_MODEL, IDS[i], NULL, NULL, &e);
        struct hub_refs *refs = hub_refs(room->hub, HUB_MODEL, IDS[i], NULL, &e);
        struct hub_blob *b =
            hub_read(room->hub, HUB_MODEL, IDS[i], NULL, "README.md", 0, 0, NULL, &e);
        assert_true(p && refs && b);
        hub_page_free(p);
        hub_refs_free(refs);
        hub_blob_free(b);
    }
}

static uint64_t stored(struct room *room)
{
    return httpcache_info(room->cache).entries;
}

static void test_forgets_the_repo(void **state)
{
    struct room *room = *state;
    struct err e;
    struct hub_written out;
    fill_cache(room);
    assert_int_equal(stored(room), 6);
    assert_false(send_to(room, "denied", &out, &e));
    assert_int_equal(stored(room), 6); /* refused: nothing changed */
    assert_true(send_to(room, "echo", &out, &e));
    hub_written_done(&out);
    assert_int_equal(stored(room), 3);
    fill_cache(room);
    assert_int_equal(stored(room), 6);
    assert_false(send_to(room, "close", &out, &e));
    assert_int_equal(stored(room), 3); /* it may have been done */
}

/* ---- the rest ---- */

static void *cancel_later(void *arg)
{
    clock_sleep_ms(100);
    task_cancel(arg);
    return NULL;
}

static void test_cancel(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_written out;
    pthread_t thread;
    struct task *t = task_new(&(struct job){.name = "send"}, NULL);
    const struct hub_write w = {
        .method = "POST", .what = "waiting", .path = "/api/slow", .task = t};
    assert_int_equal(pool_spawn(&thread, "cancel", cancel_later, t), 0);
    assert_false(hub_send(room->hub, &w, &out, &e));
    assert_int_equal(e.code, ERR_CANCELLED);
    pthread_join(thread, NULL);
    task_unref(t);
}

static void test_local_hub(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_written out;
    char *demo = paths_data("demo");
    struct localhub *local = localhub_start(&(struct localhub_options){.dir = demo}, &e);
    assert_non_null(local);
    const struct hub_options options = {.endpoint = localhub_url(local),
                                        .token = localhub_demo_token(local)};
    struct hub *hub = hub_new(room->http, NULL, &options, &e);
    const struct hub_write w = {.method = "POST",
                                .what = "liking the model",
                                .kind = HUB_MODEL,
                                .id = "lumen-labs/Aurora-VL-Nano-Instruct",
                                .path = "/api/models/lumen-labs/Aurora-VL-Nano-Instruct/like"};
    assert_false(hub_send(hub, &w, &out, &e));
    assert_int_equal(e.code, ERR_SERVER);
    assert_int_equal(e.http, 501);
    assert_non_null(strstr(e.msg, "liking the model: "));
    assert_non_null(strstr(e.msg, "A local hub does not offer likes."));
    hub_free(hub);
    localhub_stop(local);
    free(demo);
}

static void test_offline(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_written out;
    struct http *offline = http_new(&(struct http_options){.is_offline = true}, NULL);
    const struct hub_options options = {.endpoint = room->endpoint, .token = ""};
    fill_cache(room);
    struct hub *hub = hub_new(offline, room->cache, &options, &e);
    const struct hub_write w = {.method = "POST", .what = "x", .id = "o/r", .path = "/api/x"};
    assert_false(hub_send(hub, &w, &out, &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    assert_int_equal(stored(room), 6);
    hub_free(hub);
    http_free(offline);
}

#define ROOM_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_method_and_body),  ROOM_TEST(test_answers_without_json),
        ROOM_TEST(test_failures),         ROOM_TEST(test_not_repeated_on_a_kept_connection),
        ROOM_TEST(test_nonsense),         ROOM_TEST(test_readonly),
        ROOM_TEST(test_forgets_the_repo), ROOM_TEST(test_cancel),
        ROOM_TEST(test_local_hub),        ROOM_TEST(test_offline),
    };
    return cmocka_run_group_tests_name("hub_send", tests, NULL, NULL);
}
