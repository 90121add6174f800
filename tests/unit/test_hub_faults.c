/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* The verbs' session against local hubs that misbehave: every fault has its own words, a code and a
 * remedy, and the healthy hub answers every reading call. Needs the demo content of the tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/cli/cli.h"
#include "core/cli/session.h"
#include "core/hub/hub.h"
#include "core/localhub/localhub.h"
#include "core/net/http.h"

#define MODEL "lumen-labs/Aurora-VL-Nano-Instruct"

struct room {
    char *cache_home;
    char *demo; /* folder of the demo content */
};

static int set_up(void **state)
{
    static const char *const VARIABLES[] = {
        "http_proxy",           "all_proxy", "ALL_PROXY",  "HF_HUB_OFFLINE",
        "TRANSFORMERS_OFFLINE", "HF_TOKEN",  "HF_ENDPOINT"};
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES; i++) {
        unsetenv(VARIABLES[i]);
    }
    struct room *room = xcalloc(1, sizeof *room);
    const char *tmp = getenv("TMPDIR");
    room->cache_home = xasprintf("%s/hfterm-faults-XXXXXX", tmp ? tmp : "/tmp");
    room->demo = paths_data("demo");
    if (!mkdtemp(room->cache_home) || !room->demo) {
        return -1;
    }
    setenv("XDG_CACHE_HOME", room->cache_home, 1);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    file_remove_tree(room->cache_home, NULL);
    free(room->cache_home);
    free(room->demo);
    free(room);
    return 0;
}

/* ---- the demo session ---- */

static void test_demo_answers_everything(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct cli_session s;
    const struct cli_globals g = {.is_demo = true};
    setenv("HF_TOKEN", "hf_of_the_user_not_of_the_demo", 1);
    assert_true(cli_session_open(&g, &s, &e));
    assert_string_equal(hub_token_source(s.hub), "the demo");
    struct hub_account *account = hub_whoami(s.hub, NULL, &e);
    assert_non_null(account);
    hub_account_free(account);
    for (int kind = HUB_MODEL; kind <= HUB_SPACE; kind++) {
        const struct hub_query q = {.kind = (enum hub_kind)kind, .limit = 5};
        struct hub_page *p = hub_list(s.hub, &q, NULL, &e);
        assert_non_null(p);
        assert_int_equal(p->n_repos, 5);
        assert_non_null(p->next);
        struct hub_page *next = hub_list_next(s.hub, q.kind, p->next, NULL, &e);
        assert_non_null(next);
        assert_string_not_equal(next->repos[0].id, p->repos[0].id);
        hub_page_free(next);
        hub_page_free(p);
    }
    struct hub_commits *commits = hub_commits(s.hub, HUB_MODEL, MODEL, NULL, NULL, NULL, &e);
    struct hub_refs *refs = hub_refs(s.hub, HUB_MODEL, MODEL, NULL, &e);
    struct hub_discussions *talk = hub_discussions(s.hub, HUB_MODEL, MODEL, 0, NULL, &e);
    struct hub_thread *thread = hub_thread(s.hub, HUB_MODEL, MODEL, 1, NULL, &e);
    struct hub_tags *tags = hub_tags(s.hub, HUB_MODEL, NULL, &e);
    assert_true(commits && refs && talk && thread && tags);
    assert_true(commits->n_items > 0 && refs->n_branches > 0 && talk->n_items > 0);
    assert_true(thread->n_events > 0 && tags->n_items > 0);
    hub_commits_free(commits);
    hub_refs_free(refs);
    hub_discussions_free(talk);
    hub_thread_free(thread);
    hub_tags_free(tags);
    cli_session_close(&s);
    unsetenv("HF_TOKEN");
}

/* Every file of a repo, read through its own redirect, has the size the tree tells. */
static void test_every_file(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct cli_session s;
    const struct cli_globals g = {.is_demo = true};
    assert_true(cli_session_open(&g, &s, &e));
    const struct hub_tree_query q = {.kind = HUB_MODEL, .id = MODEL, .is_recursive = true};
    struct hub_tree *t = hub_tree(s.hub, &q, NULL, &e);
    assert_non_null(t);
    assert_true(t->n_files > 10);
    for (size_t i = 0; i < t->n_files; i++) {
        if (t->files[i].is_dir) {
            continue;
        }
        struct hub_blob *b =
            hub_read(s.hub, HUB_MODEL, MODEL, NULL, t->files[i].path, 0, 0, NULL, &e);
        if (!b) {
            fail_msg("%s", e.msg);
        }
        assert_int_equal(b->bytes.n, t->files[i].size);
        hub_blob_free(b);
    }
    hub_tree_free(t);
    cli_session_close(&s);
}

/* A proxy of the office cannot reach what listens here. */
static void test_demo_behind_a_proxy(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct cli_session s;
    const struct cli_globals g = {.is_demo = true};
    const struct hub_query q = {.kind = HUB_MODEL, .limit = 1};
    setenv("http_proxy", "http://127.0.0.1:1", 1);
    assert_true(cli_session_open(&g, &s, &e));
    struct hub_page *p = hub_list(s.hub, &q, NULL, &e);
    assert_non_null(p);
    hub_page_free(p);
    cli_session_close(&s);
    unsetenv("http_proxy");
}

/* ---- faults ---- */

enum call { LIST, INFO, READ };

static struct err call_with_fault(const struct room *room, const char *fault, enum call call)
{
    struct err e = ERR_INIT;
    struct localhub_fault parsed;
    char *text = xstrdup(fault);
    assert_true(localhub_fault_parse(text, &parsed, &e));
    const struct localhub_options served = {.dir = room->demo, .faults = &parsed, .n_faults = 1};
    struct localhub *local = localhub_start(&served, &e);
    assert_non_null(local);
    struct http *http = http_new(&(struct http_options){.retry_ms = 1}, &e);
    const struct hub_options options = {.endpoint = localhub_url(local), .token = ""};
    struct hub *hub = hub_new(http, NULL, &options, &e);
    const struct hub_query q = {.kind = HUB_MODEL, .limit = 3};
    if (call == LIST) {
        struct hub_page *p = hub_list(hub, &q, NULL, &e);
        if (p && p->next) { /* a page can be fine and its link not */
            hub_page_free(hub_list_next(hub, HUB_MODEL, p->next, NULL, &e));
        }
        hub_page_free(p);
    } else if (call == INFO) {
        hub_page_free(hub_repo_info(hub, HUB_MODEL, MODEL, NULL, NULL, &e));
    } else {
        struct hub_blob *b = hub_read(hub, HUB_MODEL, MODEL, NULL, "README.md", 10, 100, NULL, &e);
        assert_true(!b || b->bytes.n == 100);
        hub_blob_free(b);
    }
    hub_free(hub);
    http_free(http);
    localhub_stop(local);
    free(text);
    return e;
}

static void test_faults(void **state)
{
    static const struct {
        const char *fault;
        enum call call;
        enum err_code code;
        const char *says;
    } CASES[] = {
        {"latency=20", LIST, ERR_NONE, ""},
        {"status-429=100", LIST, ERR_RATE_LIMIT, "rate limit"},
        {"rate-limit=100", INFO, ERR_RATE_LIMIT, "rate limit"},
        {"status-500", LIST, ERR_SERVER, "HTTP 500"},
        {"status-503 count=2", LIST, ERR_NONE, ""}, /* retried */
        {"status-503", INFO, ERR_SERVER, "HTTP 503"},
        {"cut=40", LIST, ERR_NETWORK, ""},
        {"bad-json", LIST, ERR_DAMAGED, "the answer is"},
        {"bad-json", INFO, ERR_DAMAGED, "the answer is"},
        {"wrong-length", INFO, ERR_NETWORK, ""},
        {"wrong-types", LIST, ERR_DAMAGED, "expected"},
        {"html", LIST, ERR_SERVER, "web page"},
        {"html", READ, ERR_SERVER, "web page"},
        {"no-range", READ, ERR_NONE, ""},
        {"no-length", READ, ERR_NONE, ""},
        {"foreign-link", LIST, ERR_SERVER, "not followed"},
        {"slow=2000000", LIST, ERR_NONE, ""},
        {"huge=3000000", LIST, ERR_NONE, ""},
        {"huge=40000000", LIST, ERR_LIMIT, "listing models"},
    };
    const struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct err e = call_with_fault(room, CASES[i].fault, CASES[i].call);
        if (e.code != CASES[i].code || !strstr(e.msg, CASES[i].says)) {
            fail_msg("%s: %s: %s", CASES[i].fault, err_name(e.code), e.msg);
        }
        if (e.code != ERR_NONE && !e.remedy[0]) {
            fail_msg("%s: no remedy: %s", CASES[i].fault, e.msg);
        }
    }
}

/* ---- sessions that cannot be opened ---- */

static void test_bad_sessions(void **state)
{
    (void)state;
    static const struct {
        struct cli_globals globals;
        enum err_code code;
    } CASES[] = {
        {{.endpoint = "ftp://x"}, ERR_USAGE},
        {{.token_file = "/no/such/file"}, ERR_NOT_FOUND},
        {{.log = "/no/such/folder/log"}, ERR_IO},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct err e = ERR_INIT;
        struct cli_session s;
        assert_false(cli_session_open(&CASES[i].globals, &s, &e));
        assert_int_equal(e.code, CASES[i].code);
        assert_null(s.hub);
        assert_null(s.http);
    }
}

static void test_token_file(void **state)
{
    const struct room *room = *state;
    struct err e = ERR_INIT;
    struct cli_session s;
    char *path = xasprintf("%s/token", room->cache_home);
    assert_true(file_write_atomic(path, "hf_from_the_file\n", 17, 0600, NULL));
    const struct cli_globals g = {.endpoint = "http://127.0.0.1:1", .token_file = path};
    assert_true(cli_session_open(&g, &s, &e));
    assert_true(hub_has_token(s.hub));
    assert_true(str_starts(hub_token_source(s.hub), "--token-file "));
    assert_null(strstr(hub_token_source(s.hub), "hf_from"));
    cli_session_close(&s);
    free(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_demo_answers_everything),
        cmocka_unit_test(test_every_file),
        cmocka_unit_test(test_demo_behind_a_proxy),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_bad_sessions),
        cmocka_unit_test(test_token_file),
    };
    return cmocka_run_group_tests_name("hub_faults", tests, set_up, tear_down);
}
