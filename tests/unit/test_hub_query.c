/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* What a list can be asked for beyond the plain filters: any of several licences, inference, orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/hub_script.h"

static const char *const OPEN[] = {"mit", "apache-2.0"};

static struct hub_query any_of(enum hub_kind kind, const char **licenses, size_t n)
{
    return (struct hub_query){.kind = kind, .licenses = licenses, .n_licenses = n, .limit = 20};
}

static void test_one_licence(void **state)
{
    struct script_room *room = *state;
    static const struct script_row ROWS[] = {{"/api/models", 200, NULL, "[{\"id\":\"a/b\"}]"}, {.text = NULL}};
    atomic_store(&script_rows, ROWS);
    const char *one[] = {"bsd-3-clause"};
    const struct hub_query q = any_of(HUB_MODEL, one, 1);
    struct hub_page *p = hub_list(room->hub, &q, NULL, NULL);
    assert_int_equal(p->n_repos, 1); /* the server sifted */
    assert_int_equal(tiny_count_seen(room->server, "filter=license%3Absd-3-clause"), 1);
    assert_int_equal(tiny_count_seen(room->server, "limit=20"), 1);
    hub_page_free(p);
}

/* hub.md 14: any of, by tag or by the card; the rest is left out and counted. */
static void test_any_licence(void **state)
{
    struct script_room *room = *state;
    static const struct script_row ROWS[] = {
        {"cursor=2", 200, NULL, "[{\"id\":\"a/5\",\"tags\":[\"license:mit\"]},{\"id\":\"a/6\",\"tags\":[\"license:gpl\"]}]"},
        {"/api/datasets", 200, "Link: </api/datasets?cursor=2>; rel=\"next\"\r\nX-Total-Count: 900\r\n",
         "[{\"id\":\"a/1\",\"tags\":[\"license:mit-0\"]},{\"id\":\"a/2\",\"tags\":[\"x\",\"license:other\",\"license:mit\"]},"
         "{\"id\":\"a/3\"},{\"id\":\"a/4\",\"cardData\":{\"license\":\"apache-2.0\"}}]"},
        {.text = NULL}};
    atomic_store(&script_rows, ROWS);
    const char *open[] = {OPEN[0], OPEN[1]};
    const struct hub_query q = any_of(HUB_DATASET, open, 2);
    struct hub_page *p = hub_list(room->hub, &q, NULL, NULL);
    assert_int_equal(p->n_repos, 2);
    assert_string_equal(p->repos[0].id, "a/2");
    assert_string_equal(p->repos[1].id, "a/4");
    assert_int_equal(p->n_seen, 4);
    assert_false(p->has_total); /* 900 are not all under these */
    struct hub_page *next = hub_list_next(room->hub, HUB_DATASET, p->next, NULL, NULL);
    assert_int_equal(next->n_repos, 1);
    assert_string_equal(next->repos[0].id, "a/5");
    assert_null(next->next);
    assert_int_equal(tiny_count_seen(room->server, "license"), 0);
    assert_int_equal(tiny_count_seen(room->server, "limit=100"), 1);
    hub_page_free(next);
    hub_page_free(p);
}

/* Pages without a row are passed, but not for ever. */
static void test_rare_licence(void **state)
{
    struct script_room *room = *state;
    static const struct script_row ROWS[] = {
        {"/api/models", 200, "Link: </api/models?again=1>; rel=\"next\"\r\n", "[{\"id\":\"a/1\"},{\"id\":\"a/2\"}]"},
        {.text = NULL}};
    atomic_store(&script_rows, ROWS);
    const char *odd[] = {"a,b", "c d"};
    const struct hub_query q = any_of(HUB_MODEL, odd, 2);
    struct hub_page *p = hub_list(room->hub, &q, NULL, NULL);
    assert_int_equal(p->n_repos, 0);
    assert_int_equal(p->n_seen, 10);
    assert_true(str_ends(p->next, "#any-license=a%2Cb,c%20d"));
    assert_int_equal(atomic_load(&room->server->requests), 5);
    hub_page_free(p);
}

static void test_inference_and_orders(void **state)
{
    struct script_room *room = *state;
    struct err e = ERR_INIT;
    static const struct script_row ROWS[] = {{"/api/", 200, NULL, "[{\"id\":\"a/b\",\"mainSize\":77}]"}, {.text = NULL}};
    atomic_store(&script_rows, ROWS);
    const struct hub_query good[] = {
        {.kind = HUB_MODEL, .inference = "warm", .sort = HUB_SORT_PARAMS},
        {.kind = HUB_SPACE, .sort = HUB_SORT_LIKES30D},
        {.kind = HUB_DATASET, .sort = HUB_SORT_SIZE},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct hub_page *p = hub_list(room->hub, &good[i], NULL, &e);
        assert_true(p->repos[0].has_main_size && p->repos[0].main_size == 77);
        hub_page_free(p);
    }
    assert_int_equal(tiny_count_seen(room->server, "inference=warm&sort=num_parameters"), 1);
    assert_int_equal(tiny_count_seen(room->server, "/api/spaces?sort=likes30d"), 1);
    assert_int_equal(tiny_count_seen(room->server, "sort=mainSize"), 1);
    assert_int_equal(tiny_count_seen(room->server, "expand=mainSize"), 1);
    const struct hub_query bad[] = {
        {.kind = HUB_SPACE, .inference = "warm"},
        {.kind = HUB_MODEL, .inference = "warm", .inference_provider = "cohere"},
        {.kind = HUB_DATASET, .sort = HUB_SORT_PARAMS},
        {.kind = HUB_SPACE, .sort = HUB_SORT_PARAMS},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_null(hub_list(room->hub, &bad[i], NULL, &e));
        assert_int_equal(e.code, ERR_USAGE);
    }
    assert_int_equal(atomic_load(&room->server->requests), 3);
}

/* hub.md 35: one syntax for the verb and the screen, checked before anything is asked. */
static void test_ranges(void **state)
{
    (void)state;
    static const struct {
        const char *text, *wire; /* NULL: refused */
    } CASES[] = {
        {"<8B", "max:8B"}, {"<=8b", "max:8b"}, {">1.5B", "min:1.5B"}, {">=350M", "min:350M"}, {"1B-8B", "min:1B,max:8B"},
        {"1B-", "min:1B"}, {"-70B", "max:70B"}, {"min:1B", "min:1B"}, {"max:8B,min:1B", "min:1B,max:8B"},
        {"7000000000-1T", "min:7000000000,max:1T"}, {"0-0", "min:0,max:0"},
        {"8B", "max:8B"}, {"350m", "max:350m"}, {"5", NULL}, {"", NULL}, {"-", NULL}, {"<", NULL}, {"max:8X", NULL}, {"8B-1B", NULL}, {"min:1B,min:2B", NULL},
        {"min:1B,", NULL}, {"1..2B-3B", NULL}, {".5B-1B", NULL}, {"<8B>1B", NULL}, {"min:2G,max:3G", NULL}, {"1B - 2B", NULL}, {"max:-3B", NULL},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct buf wire = BUF_INIT;
        struct err e = ERR_INIT;
        const bool ok = hub_params_parse(CASES[i].text, &wire, &e);
        if (ok != (CASES[i].wire != NULL) || (ok && strcmp(buf_str(&wire), CASES[i].wire) != 0)) {
            fail_msg("%s: %s", CASES[i].text, ok ? buf_str(&wire) : e.msg);
        }
        assert_true(ok || e.code == ERR_USAGE);
        buf_done(&wire);
    }
}

/* hub.md F9: a proxy that serves the Hub under a path and passes redirects on unchanged. */
static void test_endpoint_with_a_path(void **state)
{
    struct script_room *room = *state;
    static char absolute[200];
    struct err e = ERR_INIT;
    snprintf(absolute, sizeof absolute, "Location: %s/api/resolve-cache/models/o/r/c0ffee/big?etag=1\r\n", room->endpoint);
    const struct script_row rows[] = {
        {"/hub/public/api/resolve-cache/", 200, "X-Repo-Commit: c0ffee\r\n", "the file"},
        {"/hub/public/o/r/resolve/main/small", 307, "Location: /api/resolve-cache/models/o/r/c0ffee/small\r\n", ""},
        {"/hub/public/o/r/resolve/main/big", 302, absolute, ""},
        {"/hub/public/api/models/old/name", 307, "Location: /api/models/new/name\r\n", ""},
        {"/hub/public/api/models/new/name", 200, NULL, "{\"id\":\"new/name\"}"},
        {"/hub/public/api/models?cursor=2", 200, NULL, "[{\"id\":\"a/2\"}]"},
        {"/hub/public/api/models?", 200, "Link: </api/models?cursor=2>; rel=\"next\"\r\n", "[{\"id\":\"a/1\"}]"},
        {.text = NULL}};
    atomic_store(&script_rows, rows);
    char *endpoint = xasprintf("%s/hub/public/", room->endpoint);
    struct hub *hub = hub_new(room->http, NULL, &(struct hub_options){.endpoint = endpoint, .token = ""}, &e);
    static const char *const FILES[] = {"small", "big"};
    for (size_t i = 0; i < 2; i++) {
        struct hub_blob *b = hub_read(hub, HUB_MODEL, "o/r", NULL, FILES[i], 0, 0, NULL, &e);
        if (!b) {
            fail_msg("%s: %s", FILES[i], e.msg);
        }
        assert_string_equal(buf_str(&b->bytes), "the file");
        hub_blob_free(b);
    }
    struct hub_page *p = hub_repo_info(hub, HUB_MODEL, "old/name", NULL, NULL, &e);
    assert_string_equal(p->repos[0].id, "new/name");
    hub_page_free(p);
    p = hub_list(hub, &(struct hub_query){.kind = HUB_MODEL}, NULL, &e);
    struct hub_page *next = hub_list_next(hub, HUB_MODEL, p->next, NULL, &e);
    assert_string_equal(next->repos[0].id, "a/2");
    hub_page_free(next);
    hub_page_free(p);
    hub_free(hub);
    free(endpoint);
    atomic_store(&script_rows, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRIPT_TEST(test_one_licence),
        SCRIPT_TEST(test_any_licence),
        SCRIPT_TEST(test_rare_licence),
        SCRIPT_TEST(test_inference_and_orders),
        cmocka_unit_test(test_ranges),
        SCRIPT_TEST(test_endpoint_with_a_path),
    };
    return cmocka_run_group_tests_name("hub_query", tests, NULL, NULL);
}
