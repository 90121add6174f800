/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* The client against a server that answers as told: cache policy, redirects, parts of files, bad
 * answers. Time is moved with HFTERM_TEST_NOW. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/hub/internal.h"
#include "core/net/http.h"
#include "core/net/httpcache.h"
#include "tests/unit/tiny_server.h"

enum { START_S = 1787218200, FILE_BYTES = 20 };

static const char FILE_TEXT[] = "0123456789abcdefghij";
static const char POINTER[] =
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n"
    "size 5\n";

struct room {
    struct tiny *server, *storage;
    struct http *http;
    struct httpcache *cache;
    struct hub *hub;
    char *dir, *endpoint;
};

/* What the server does next; set by the tests, read by its threads between requests. */
static atomic_bool is_down;
static _Atomic(const char *) list_body;

static bool reply(struct tiny *s, int fd, int status, const char *headers, const char *text)
{
    return tiny_reply(s, fd, status, headers, text, strlen(text));
}

/* ---- files ---- */

static bool wanted_part(const char *head, unsigned long *from, unsigned long *to)
{
    const char *range = str_casestr(head, "\r\nRange: bytes=");
    return range && sscanf(range + 15, "%lu-%lu", from, to) == 2;
}

static bool reply_file(struct tiny *s, int fd, const struct tiny_request *r, const char *headers)
{
    unsigned long from = 0, to = 0;
    struct buf all = BUF_INIT;
    bool ok;
    if (!wanted_part(r->head, &from, &to)) {
        return reply(s, fd, 200, headers, FILE_TEXT);
    }
    if (from >= FILE_BYTES) {
        buf_printf(&all, "Content-Range: bytes */%d\r\n", FILE_BYTES);
        ok = reply(s, fd, 416, buf_str(&all), "");
    } else {
        to = to < FILE_BYTES - 1 ? to : FILE_BYTES - 1;
        buf_printf(&all, "Content-Range: bytes %lu-%lu/%d\r\n%s", from, to, FILE_BYTES, headers);
        ok = tiny_reply(s, fd, 206, buf_str(&all), FILE_TEXT + from, to - from + 1);
    }
    buf_done(&all);
    return ok;
}

static bool reply_small(struct tiny *s, int fd, const struct tiny_request *r, const char *name)
{
    char oid[HASH_SHA1_HEX];
    char headers[200];
    hash_git_blob(FILE_TEXT, FILE_BYTES, oid);
    snprintf(headers, sizeof headers, "ETag: \"%s\"\r\nX-Repo-Commit: c0ffee\r\n", oid);
    if (strcmp(name, "norange") == 0) {
        return reply(s, fd, 200, headers, FILE_TEXT);
    }
    if (strcmp(name, "nolength") == 0) {
        char head[400];
        snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\n%sConnection: close\r\n\r\n%s", headers,
                 FILE_TEXT);
        tiny_puts(s, fd, head);
        return false;
    }
    if (strcmp(name, "etag") == 0 && strstr(r->head, "If-None-Match")) {
        return tiny_puts(s, fd, "HTTP/1.1 304 Not Modified\r\n\r\n");
    }
    if (strcmp(name, "changed") == 0) {
        return reply(s, fd, 200, headers, "other bytes than said");
    }
    return reply_file(s, fd, r, headers);
}

static bool reply_large(struct tiny *s, int fd, const char *name)
{
    char sha[HASH_SHA256_HEX];
    char headers[400];
    hash_sha256(FILE_TEXT, FILE_BYTES, sha);
    snprintf(headers, sizeof headers,
             "Location: http://127.0.0.1:%d/%s?sig=1\r\nX-Linked-Etag: \"%s\"\r\n"
             "X-Linked-Size: %d\r\nETag: \"other\"\r\nX-Repo-Commit: c0ffee\r\n",
             s->other->port, name, sha, FILE_BYTES);
    return reply(s, fd, 302, headers, "moved");
}

static bool answer_resolve(struct tiny *s, int fd, const struct tiny_request *r)
{
    const char *name = strrchr(r->path, '/') + 1;
    if (strcmp(name, "moved") == 0) {
        return reply(s, fd, 307, "Location: /api/resolve-cache/models/o/r/c0ffee/x?etag=1\r\n", "");
    }
    if (str_starts(name, "large") || strcmp(name, "expired") == 0) {
        return reply_large(s, fd, name);
    }
    if (strcmp(name, "pointer") == 0) {
        return reply(s, fd, 200, "X-Repo-Commit: c0ffee\r\n", POINTER);
    }
    if (strcmp(name, "portal") == 0) {
        return reply(s, fd, 200, "Content-Type: text/html\r\n", "<html>log in</html>");
    }
    if (strcmp(name, "missing") == 0) {
        return reply(s, fd, 404, "X-Error-Code: EntryNotFound\r\nX-Request-Id: id7\r\n",
                     "Entry not found");
    }
    if (strcmp(name, "wrongpart") == 0) {
        return reply(s, fd, 206, "Content-Range: bytes 0-3/20\r\n", "0123");
    }
    return reply_small(s, fd, r, name);
}

/* The storage: must never see a token. */
static bool answer_storage(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (strstr(r->head, "Authorization")) {
        return reply(s, fd, 400, "", "token seen");
    }
    if (strstr(r->path, "expired") && r->nth == 0) {
        return reply(s, fd, 403, "", "signature expired");
    }
    return reply_file(s, fd, r, "");
}

/* ---- the API ---- */

static bool answer_api(struct tiny *s, int fd, const struct tiny_request *r)
{
    char headers[300];
    if (str_starts(r->path, "/api/models?")) {
        if (strstr(r->head, "If-None-Match: \"v1\"")) {
            return tiny_puts(s, fd, "HTTP/1.1 304 Not Modified\r\n\r\n");
        }
        snprintf(headers, sizeof headers,
                 "ETag: \"v1\"\r\nContent-Type: application/json\r\nX-Total-Count: 2\r\n"
                 "Link: <https://huggingface.co/api/models?cursor=2>; rel=\"next\"\r\n");
        if (strstr(r->path, "cursor=2")) {
            headers[0] = '\0';
        }
        return reply(s, fd, 200, headers, atomic_load(&list_body));
    }
    if (str_starts(r->path, "/api/datasets?")) {
        return reply(s, fd, 200, "Link: <http://evil.example/api/datasets?p=2>; rel=\"next\"\r\n",
                     "[{\"id\":\"a/d\"}]");
    }
    if (str_starts(r->path, "/api/spaces?")) {
        return reply(s, fd, 200, "Content-Type: text/html\r\n", "<!doctype html><p>log in");
    }
    if (strcmp(r->path, "/api/models/old/name") == 0) {
        return reply(s, fd, 307, "Location: /api/models/new/name\r\n", "");
    }
    if (strcmp(r->path, "/api/models/new/name") == 0) {
        return reply(s, fd, 200, "", "{\"id\":\"new/name\"}");
    }
    if (strcmp(r->path, "/api/models/o/limited") == 0) {
        return reply(s, fd, 429, "RateLimit: \"api\";r=0;t=200\r\nX-Request-Id: rl\r\n", "{}");
    }
    if (strcmp(r->path, "/api/whoami-v2") == 0) {
        return reply(s, fd, 200, "", "{\"name\":\"alice\"}");
    }
    if (strstr(r->path, "/compare/4b825dc")) {
        return reply(s, fd, 404, "", "no diff");
    }
    if (strstr(r->path, "/compare/b2..a1")) {
        return tiny_reply(s, fd, 200, "ETag: \"d\"\r\nContent-Type: text/plain\r\n", "-old\n+n\0w\n", 10);
    }
    if (strstr(r->path, "/tree/")) {
        return reply(s, fd, 200, "",
                     "[{\"type\":\"file\",\"path\":\"b\"},{\"type\":\"file\",\"path\":\"a/z\"},"
                     "{\"type\":\"directory\",\"path\":\"a\"},{\"type\":\"file\",\"path\":\"A\"},"
                     "{\"type\":\"directory\",\"path\":\"a/k\"}]");
    }
    return reply(s, fd, 404, "X-Error-Code: RepoNotFound\r\n",
                 "{\"error\":\"Repository not found\"}");
}

static bool answer_hub(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (atomic_load(&is_down)) {
        return false;
    }
    if (strstr(r->path, "/resolve-cache/")) {
        return strstr(r->path, "?etag=1") ? reply_small(s, fd, r, "x") : reply(s, fd, 404, "", "");
    }
    return strstr(r->path, "/resolve/") ? answer_resolve(s, fd, r) : answer_api(s, fd, r);
}

/* ---- set-up ---- */

static void set_time(int64_t unix_s)
{
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)unix_s);
    setenv("HFTERM_TEST_NOW", text, 1);
}

static struct hub *client(const struct room *room, struct http *http, const char *token)
{
    const struct hub_options options = {
        .endpoint = room->endpoint, .token = token, .token_source = "HF_TOKEN"};
    return hub_new(http, room->cache, &options, NULL);
}

static int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    const char *tmp = getenv("TMPDIR");
    unsetenv("http_proxy");
    unsetenv("all_proxy");
    unsetenv("ALL_PROXY");
    set_time(START_S);
    atomic_store(&is_down, false);
    atomic_store(&list_body, "[{\"id\":\"a/one\"},{\"id\":\"a/two\"}]");
    room->dir = xasprintf("%s/hfterm-client-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(room->dir)) {
        return -1;
    }
    room->server = tiny_start(answer_hub);
    room->storage = tiny_start(answer_storage);
    room->server->other = room->storage;
    room->endpoint = xasprintf("http://127.0.0.1:%d", room->server->port);
    room->http = http_new(&(struct http_options){.retry_ms = 1}, NULL);
    room->cache = httpcache_new(room->dir, 1024 * 1024);
    room->hub = client(room, room->http, "hf_secret_of_alice");
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
    tiny_stop(room->storage);
    file_remove_tree(room->dir, NULL);
    free(room->dir);
    free(room->endpoint);
    free(room);
    unsetenv("HFTERM_TEST_NOW");
    return 0;
}

static int asked(const struct room *room)
{
    return atomic_load(&room->server->requests);
}

static struct hub_page *list(struct room *room, enum hub_fresh fresh, struct hub_get *get,
                             struct err *e)
{
    const struct hub_query q = {.kind = HUB_MODEL};
    *get = (struct hub_get){.fresh = fresh};
    return hub_list(room->hub, &q, get, e);
}

static void expect_list(struct room *room, enum hub_fresh fresh, bool from_cache, bool is_stale,
                        int requests)
{
    struct err e = ERR_INIT;
    struct hub_get get;
    const int before = asked(room);
    struct hub_page *p = list(room, fresh, &get, &e);
    if (!p) {
        fail_msg("%s", e.msg);
    }
    assert_int_equal(p->n_repos, 2);
    assert_int_equal(get.from_cache, from_cache);
    assert_int_equal(get.is_stale, is_stale);
    assert_int_equal(asked(room) - before, requests);
    hub_page_free(p);
}

/* ---- the cache policy ---- */

static void test_cache_policy(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get;
    assert_null(list(room, HUB_CACHED, &get, &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    assert_int_equal(asked(room), 0);
    expect_list(room, HUB_NORMAL, false, false, 1);
    expect_list(room, HUB_NORMAL, true, false, 0);
    expect_list(room, HUB_CACHED, true, false, 0);
    expect_list(room, HUB_RELOAD, true, false, 1); /* 304 */
    set_time(START_S + 59);
    expect_list(room, HUB_NORMAL, true, false, 0);
    set_time(START_S + 61);
    expect_list(room, HUB_CACHED, true, true, 0);
    expect_list(room, HUB_NORMAL, true, false, 1);
    set_time(START_S + 120); /* the 304 made it young again */
    expect_list(room, HUB_NORMAL, true, false, 0);
    assert_int_equal(tiny_count_seen(room->server, "If-None-Match: \"v1\""), 2);
}

static void *ask_for_list(void *ctx, struct hub_get *get, struct err *e)
{
    const struct hub_query q = {.kind = HUB_MODEL};
    return hub_list(((struct room *)ctx)->hub, &q, get, e);
}

static void *early_page;

static void take_early(void *ctx, void *value, const struct hub_get *get)
{
    (void)ctx;
    assert_true(get->from_cache && get->is_stale);
    assert_null(early_page);
    early_page = value;
}

/* Stored first, then the Hub: an answer that is young is asked for and decoded once. */
static void test_asking_twice(void **state)
{
    static const struct {
        int64_t age_s;
        int asked;
        bool from_cache, has_early;
    } CASES[] = {{0, 1, false, false}, {30, 0, true, false}, {61, 1, true, true}};
    struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        struct hub_get get = {.fresh = HUB_NORMAL};
        const int before = asked(room);
        set_time(START_S + CASES[i].age_s);
        struct hub_page *p = hub_ask_twice(ask_for_list, take_early, room, &get, &e);
        assert_non_null(p);
        assert_int_equal(asked(room) - before, CASES[i].asked);
        assert_int_equal(get.from_cache, CASES[i].from_cache);
        assert_false(get.is_stale);
        assert_int_equal(early_page != NULL, CASES[i].has_early);
        hub_page_free(early_page);
        early_page = NULL;
        hub_page_free(p);
    }
}

static void test_outage(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get;
    expect_list(room, HUB_NORMAL, false, false, 1);
    set_time(START_S + 1000);
    atomic_store(&is_down, true);
    struct hub_page *p = list(room, HUB_NORMAL, &get, &e);
    assert_non_null(p);
    assert_true(get.from_cache && get.is_stale);
    assert_int_equal(get.fetched_s, START_S);
    assert_int_equal(get.why.code, ERR_NETWORK);
    hub_page_free(p);
    assert_null(list(room, HUB_RELOAD, &get, &e)); /* asked for the network: is told the truth */
    assert_int_equal(e.code, ERR_NETWORK);
    assert_true(str_starts(e.msg, "listing models: "));
}

static void test_offline(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get = {0};
    struct http *offline = http_new(&(struct http_options){.is_offline = true}, NULL);
    struct hub *hub = client(room, offline, "hf_secret_of_alice");
    const struct hub_query q = {.kind = HUB_MODEL};
    assert_null(hub_list(hub, &q, &get, &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    assert_non_null(strstr(e.remedy, "--offline"));
    expect_list(room, HUB_NORMAL, false, false, 1);
    set_time(START_S + 1000);
    struct hub_page *p = hub_list(hub, &q, &get, &e);
    assert_non_null(p);
    assert_true(get.is_stale);
    assert_int_equal(get.why.code, ERR_OFFLINE);
    assert_int_equal(asked(room), 1);
    hub_page_free(p);
    hub_free(hub);
    http_free(offline);
}

/* One account never sees what another one fetched. */
static void test_accounts_apart(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get = {.fresh = HUB_CACHED};
    const struct hub_query q = {.kind = HUB_MODEL};
    expect_list(room, HUB_NORMAL, false, false, 1);
    struct hub *nobody = client(room, room->http, "");
    assert_null(hub_list(nobody, &q, &get, &e));
    assert_int_equal(e.code, ERR_OFFLINE);
    hub_free(nobody);
}

static void test_damaged_is_not_kept(void **state)
{
    static const char *const BAD[] = {"[{\"id\":\"a/o", "", "{}", "[{\"id\":5}]", "[] []"};
    struct room *room = *state;
    for (size_t i = 0; i < sizeof BAD / sizeof *BAD; i++) {
        struct err e = ERR_INIT;
        struct hub_get get;
        atomic_store(&list_body, BAD[i]);
        assert_null(list(room, HUB_NORMAL, &get, &e));
        if (e.code != ERR_DAMAGED || !e.remedy[0]) {
            fail_msg("\"%s\": %s: %s", BAD[i], err_name(e.code), e.msg);
        }
    }
    atomic_store(&list_body, "[{\"id\":\"a/one\"},{\"id\":\"a/two\"}]");
    expect_list(room, HUB_NORMAL, false, false, 1);
}

static void test_whoami(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get = {0};
    struct hub_account *a = hub_whoami(room->hub, &get, &e);
    assert_string_equal(a->name, "alice");
    hub_account_free(a);
    a = hub_whoami(room->hub, &get, &e);
    assert_true(get.from_cache);
    hub_account_free(a);
    assert_int_equal(asked(room), 1);
    set_time(START_S + 61);
    get.fresh = HUB_CACHED;
    assert_null(hub_whoami(room->hub, &get, &e)); /* who it was a minute ago is not who it is */
    atomic_store(&is_down, true);
    get.fresh = HUB_NORMAL;
    assert_null(hub_whoami(room->hub, &get, &e));
    assert_int_equal(e.code, ERR_NETWORK);
    struct hub *nobody = client(room, room->http, "");
    assert_null(hub_whoami(nobody, &get, &e));
    assert_int_equal(e.code, ERR_AUTH);
    hub_free(nobody);
}

/* ---- lists ---- */

static void test_pages(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get;
    struct hub_page *p = list(room, HUB_NORMAL, &get, &e);
    char *expected = xasprintf("%s/api/models?cursor=2", room->endpoint);
    assert_string_equal(p->next, expected); /* the mirror's origin, not the public Hub's */
    assert_true(p->has_total);
    struct hub_page *second = hub_list_next(room->hub, HUB_MODEL, p->next, &get, &e);
    assert_non_null(second);
    assert_null(second->next);
    hub_page_free(second);
    hub_page_free(p);
    free(expected);
}

/* hub.md 13: a text, kept like any answer; a range is two revisions and nothing else. */
static void test_compare(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get = {.fresh = HUB_NORMAL};
    for (int i = 0; i < 2; i++) {
        struct hub_diff *d = hub_compare(room->hub, HUB_MODEL, "o/r", "b2", "a1", &get, &e);
        assert_non_null(d);
        assert_string_equal(d->text, "-old\n+n?w\n");
        assert_int_equal(get.from_cache, i == 1);
        hub_diff_free(d);
    }
    assert_null(hub_compare(room->hub, HUB_MODEL, "o/r", "", "a1", &get, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    static const char *const WRONG[] = {"a..b", "/x", "a\x1b[2J", "."};
    for (size_t i = 0; i < sizeof WRONG / sizeof *WRONG; i++) {
        assert_null(hub_compare(room->hub, HUB_MODEL, "o/r", WRONG[i], "a1", &get, &e));
        assert_int_equal(e.code, ERR_USAGE);
        assert_null(hub_compare(room->hub, HUB_MODEL, "o/r", "a1", WRONG[i], &get, &e));
        assert_int_equal(e.code, ERR_USAGE);
    }
}

/* The first page is not lost over a bad link; following it is refused before any request. */
static void test_foreign_page(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get = {0};
    const struct hub_query q = {.kind = HUB_DATASET};
    struct hub_page *p = hub_list(room->hub, &q, &get, &e);
    assert_int_equal(p->n_repos, 1);
    const int before = asked(room);
    assert_null(hub_list_next(room->hub, HUB_DATASET, p->next, &get, &e));
    assert_int_equal(e.code, ERR_SERVER);
    assert_non_null(strstr(e.msg, "evil.example"));
    assert_int_equal(asked(room), before);
    hub_page_free(p);
}

static void test_queries(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    const char *filters[] = {"license:mit", "de"};
    const struct hub_query all = {.kind = HUB_MODEL,
                                  .search = "a b",
                                  .author = "org",
                                  .filters = filters,
                                  .n_filters = 2,
                                  .pipeline_tag = "text-generation",
                                  .library = "gguf",
                                  .params = "min:1B,max:8B",
                                  .gated = "true",
                                  .trained_on = "org/d",
                                  .sort = HUB_SORT_MODIFIED,
                                  .is_ascending = true,
                                  .limit = 7,
                                  .full = true};
    hub_page_free(hub_list(room->hub, &all, NULL, &e));
    assert_int_equal(
        tiny_count_seen(
            room->server,
            "GET /api/models?search=a%20b&author=org&filter=license%3Amit&filter=de&filter=gguf"
            "&filter=dataset%3Aorg%2Fd&pipeline_tag=text-generation&num_parameters=min%3A1B%2Cmax%"
            "3A8B"
            "&gated=true&sort=lastModified&direction=1&limit=7&full=true&cardData=true&config=true "
            "HTTP"),
        1);
    const struct hub_query columns = {.kind = HUB_DATASET, .pipeline_tag = "summarization"};
    hub_page_free(hub_list(room->hub, &columns, NULL, &e));
    assert_int_equal(tiny_count_seen(room->server, "filter=task_categories%3Asummarization"), 1);
    assert_int_equal(tiny_count_seen(room->server, "sort=trendingScore&limit=50&expand=author"), 1);
    const struct hub_query bad[] = {
        {.kind = HUB_SPACE, .sort = HUB_SORT_DOWNLOADS},
        {.kind = HUB_SPACE, .pipeline_tag = "x"},
        {.kind = HUB_DATASET, .library = "x"},
        {.kind = HUB_MODEL, .uses_model = "x"},
    };
    const int before = asked(room);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(hub_list(room->hub, &bad[i], NULL, &e));
        assert_int_equal(e.code, ERR_USAGE);
    }
    assert_int_equal(asked(room), before);
}

static void test_sort_words(void **state)
{
    (void)state;
    enum hub_sort sort = HUB_SORT_TRENDING;
    assert_true(hub_sort_parse("downloads", &sort) && sort == HUB_SORT_DOWNLOADS);
    assert_true(hub_sort_parse("lastModified", &sort) && sort == HUB_SORT_MODIFIED);
    assert_true(hub_sort_parse(hub_sort_name(HUB_SORT_CREATED), &sort) && sort == HUB_SORT_CREATED);
    assert_true(hub_sort_parse("size", &sort) && sort == HUB_SORT_SIZE);
    assert_true(hub_sort_parse("num_parameters", &sort) && sort == HUB_SORT_PARAMS);
    assert_true(hub_sort_parse("likes30d", &sort) && sort == HUB_SORT_LIKES30D);
    for (int k = 0; k < HUB_SORTS; k++) {
        assert_true(hub_sort_parse(hub_sort_name((enum hub_sort)k), &sort) && (int)sort == k);
    }
    assert_false(hub_sort_parse("stars", &sort));
}

static void test_bad_answers(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    const struct hub_query spaces = {.kind = HUB_SPACE};
    assert_null(hub_list(room->hub, &spaces, NULL, &e));
    assert_int_equal(e.code, ERR_SERVER);
    assert_non_null(strstr(e.msg, "web page"));
    assert_null(hub_repo_info(room->hub, HUB_MODEL, "o/limited", NULL, NULL, &e));
    assert_int_equal(e.code, ERR_RATE_LIMIT); /* at once: nobody sits out 200 s */
    assert_int_equal(e.retry_after_s, 201);
    assert_string_equal(e.request_id, "rl");
    assert_null(hub_repo_info(room->hub, HUB_MODEL, "o/none", NULL, NULL, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_true(str_starts(e.msg, "reading about o/none: "));
}

static void test_renamed(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_page *p = hub_repo_info(room->hub, HUB_MODEL, "old/name", NULL, NULL, &e);
    assert_non_null(p);
    assert_string_equal(p->repos[0].id, "new/name");
    hub_page_free(p);
    assert_int_equal(tiny_count_seen(room->server, "Authorization: Bearer hf_secret_of_alice"), 2);
}

static void test_tree_order(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    const struct hub_tree_query q = {.kind = HUB_MODEL, .id = "o/r", .is_recursive = true};
    struct hub_tree *t = hub_tree(room->hub, &q, NULL, &e);
    static const char *const ORDER[] = {"a", "a/k", "a/z", "A", "b"};
    assert_int_equal(t->n_files, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(t->files[i].path, ORDER[i]);
    }
    hub_tree_free(t);
    const struct hub_tree_query deep = {
        .kind = HUB_SPACE, .id = "o/r", .revision = "refs/pr/3", .path = "a/b c"};
    hub_tree_free(hub_tree(room->hub, &deep, NULL, &e));
    assert_int_equal(
        tiny_count_seen(room->server, "GET /api/spaces/o/r/tree/refs%2Fpr%2F3/a/b%20c?"), 1);
    const struct hub_tree_query bad = {.kind = HUB_SPACE, .id = "o/r", .path = "../x"};
    assert_null(hub_tree(room->hub, &bad, NULL, &e));
    assert_int_equal(e.code, ERR_USAGE);
}

/* ---- files ---- */

static struct hub_blob *read_part(struct room *room, const char *name, uint64_t offset,
                                  uint64_t len, struct err *e)
{
    *e = (struct err)ERR_INIT;
    struct hub_get get = {.fresh = HUB_RELOAD};
    return hub_read(room->hub, HUB_MODEL, "o/r", NULL, name, offset, len, &get, e);
}

static void expect_part(struct room *room, const char *name, uint64_t offset, uint64_t len,
                        const char *text)
{
    struct err e;
    struct hub_blob *b = read_part(room, name, offset, len, &e);
    if (!b) {
        fail_msg("%s from %d: %s", name, (int)offset, e.msg);
    }
    assert_string_equal(buf_str(&b->bytes), text);
    assert_int_equal(b->offset, offset);
    if (strcmp(name, "nolength") != 0 || len == 0) {
        assert_true(b->has_size);
        assert_int_equal(b->size, FILE_BYTES);
    }
    hub_blob_free(b);
}

static void test_parts(void **state)
{
    static const char *const NAMES[] = {"plain",   "moved",    "large",
                                        "norange", "nolength", "expired"};
    struct room *room = *state;
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        expect_part(room, NAMES[i], 0, 0, FILE_TEXT);
        expect_part(room, NAMES[i], 0, 4, "0123");
        expect_part(room, NAMES[i], 5, 3, "567");
        expect_part(room, NAMES[i], 18, 100, "ij");
    }
    expect_part(room, "plain", 30, 5, "");
    expect_part(room, "large", 30, 5, "");
    assert_int_equal(tiny_count_seen(room->storage, "Authorization"), 0);
    assert_int_equal(tiny_count_seen(room->storage, "hf_secret"), 0);
    assert_true(tiny_count_seen(room->server, "Authorization: Bearer hf_secret_of_alice") > 10);
}

static void test_facts(void **state)
{
    struct room *room = *state;
    struct err e;
    char oid[HASH_SHA256_HEX];
    hash_git_blob(FILE_TEXT, FILE_BYTES, oid);
    struct hub_blob *b = read_part(room, "moved", 0, 4, &e);
    assert_string_equal(b->commit, "c0ffee");
    assert_string_equal(b->etag, oid);
    hub_blob_free(b);
    hash_sha256(FILE_TEXT, FILE_BYTES, oid);
    b = read_part(room, "large", 0, 4, &e);
    assert_string_equal(b->commit, "c0ffee"); /* from the Hub's answer, not the storage's */
    assert_string_equal(b->etag, oid);
    hub_blob_free(b);
}

static void test_file_errors(void **state)
{
    static const struct {
        const char *name;
        uint64_t offset, len;
        enum err_code code;
        const char *says;
    } CASES[] = {
        {"missing", 0, 0, ERR_NOT_FOUND,
         "reading o/r/missing: model o/r has no \"missing\" at main"},
        {"pointer", 0, 0, ERR_SERVER, "only the pointer"},
        {"portal", 0, 0, ERR_SERVER, "web page"},
        {"changed", 0, 0, ERR_DAMAGED, "checksum"},
        {"wrongpart", 4, 4, ERR_SERVER, "another part"},
        {"plain", 0, 1ULL << 40, ERR_LIMIT, "at most 64 MiB"},
    };
    struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e;
        assert_null(read_part(room, CASES[i].name, CASES[i].offset, CASES[i].len, &e));
        if (e.code != CASES[i].code || !strstr(e.msg, CASES[i].says)) {
            fail_msg("%s: %s: %s", CASES[i].name, err_name(e.code), e.msg);
        }
    }
    struct err e;
    assert_null(read_part(room, "missing", 0, 0, &e));
    assert_string_equal(e.request_id, "id7");
}

static void test_file_cache(void **state)
{
    struct room *room = *state;
    struct err e = ERR_INIT;
    struct hub_get get = {0};
    expect_part(room, "etag", 0, 100, FILE_TEXT); /* the whole of it, though asked as a part */
    const int before = asked(room);
    struct hub_blob *b = hub_read(room->hub, HUB_MODEL, "o/r", NULL, "etag", 4, 3, &get, &e);
    assert_true(get.from_cache);
    assert_string_equal(buf_str(&b->bytes), "456");
    assert_string_equal(b->commit, "c0ffee");
    assert_int_equal(b->size, FILE_BYTES);
    hub_blob_free(b);
    assert_int_equal(asked(room), before);
    set_time(START_S + 100);
    b = hub_read(room->hub, HUB_MODEL, "o/r", NULL, "etag", 0, 0, &get, &e);
    assert_true(get.from_cache && !get.is_stale);
    assert_string_equal(buf_str(&b->bytes), FILE_TEXT);
    hub_blob_free(b);
    assert_int_equal(asked(room), before + 1); /* 304 */
    atomic_store(&is_down, true);
    set_time(START_S + 1000);
    b = hub_read(room->hub, HUB_MODEL, "o/r", NULL, "etag", 0, 0, &get, &e);
    assert_true(get.is_stale);
    hub_blob_free(b);
}

#define ROOM_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROOM_TEST(test_cache_policy),
        ROOM_TEST(test_asking_twice),
        ROOM_TEST(test_outage),
        ROOM_TEST(test_offline),
        ROOM_TEST(test_accounts_apart),
        ROOM_TEST(test_damaged_is_not_kept),
        ROOM_TEST(test_whoami),
        ROOM_TEST(test_pages),
        ROOM_TEST(test_compare),
        ROOM_TEST(test_foreign_page),
        ROOM_TEST(test_queries),
        ROOM_TEST(test_bad_answers),
        ROOM_TEST(test_renamed),
        ROOM_TEST(test_tree_order),
        ROOM_TEST(test_parts),
        ROOM_TEST(test_facts),
        ROOM_TEST(test_file_errors),
        ROOM_TEST(test_file_cache),
        cmocka_unit_test(test_sort_words),
    };
    return cmocka_run_group_tests_name("hub_client", tests, NULL, NULL);
}
