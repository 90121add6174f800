/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* openpty */
/* Threads: run under ThreadSanitizer too. */
/* The verbs against a server that answers by a table: what they print, and say, of odd answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pty.h>

#include "core/base/json.h"
#include "core/cli/session.h"
#include "core/cli/watch.h"
#include "tests/unit/hub_script.h"
#include "tests/unit/verb_help.h"

static struct script_room *script;

static int open_script(void **state)
{
    void *room = NULL;
    const int status = set_up(state);
    if (status != 0 || script_set_up(&room) != 0) {
        return -1;
    }
    script = room;
    setenv("HF_ENDPOINT", script->endpoint, 1);
    return 0;
}

static int close_script(void **state)
{
    void *room = script;
    unsetenv("HF_ENDPOINT");
    script_tear_down(&room);
    return tear_down(state);
}

static void says(const char *where, const char *text)
{
    if (!strstr(where, text)) {
        fail_msg("'%s' does not say '%s'", where, text);
    }
}

/* robustness R5: the rows that can be read are printed, the others are counted and told. */
static void test_bad_rows(void **state)
{
    static const struct {
        const char *line, *body, *out, *err;
        int skipped;
    } CASES[] = {
        {"datasets", "[{\"id\":\"a/b\"},{\"id\":\"\"},[],{\"id\":\"c/d\"}]", "c/d\t", "2 rows", 2},
        {"spaces", "[{\"name\":\"x\"},{\"id\":\"c/d\"}]", "c/d\t", "1 row of", 1},
        {"show a/b --files", "[{\"type\":\"file\",\"path\":null},{\"type\":\"file\",\"path\":\"ok\",\"size\":3}]",
         "3\tok\t", "1 row of", 1},
        {"show a/b --commits", "[{\"id\":7},{\"id\":\"c0ffee\",\"title\":\"one\"},null,3]", "c0ffee\t", "3 rows", 3},
        {"show a/b --refs", "{\"branches\":[{\"name\":\"main\",\"ref\":\"refs/heads/main\"}],\"tags\":[{\"ref\":\"r\"}]}",
         "branch\tmain\t", "1 row of", 1},
        {"show a/b --discussions", "{\"discussions\":[{\"num\":1.5},{\"num\":4,\"title\":\"four\"}]}", "four", "1 row of", 1},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct script_row rows[] = {{"/api/", 200, NULL, CASES[i].body}, {.text = NULL}};
        atomic_store(&script_rows, rows);
        struct result r = run(*state, CASES[i].line);
        assert_int_equal(r.code, 0);
        says(r.out, CASES[i].out);
        says(r.err, CASES[i].err);
        result_done(&r);
        char *line = xasprintf("%s --json", CASES[i].line);
        r = run(*state, line);
        cJSON *json = json_parse(r.out, strlen(r.out), NULL);
        uint64_t skipped = 0;
        assert_true(json_u64(cJSON_GetArrayItem(json, cJSON_GetArraySize(json) - 1), "skipped", &skipped));
        assert_int_equal(skipped, CASES[i].skipped);
        says(r.err, "left out");
        cJSON_Delete(json);
        result_done(&r);
        free(line);
    }
    atomic_store(&script_rows, NULL);
}

/* hub.md F6: a token that is set and cannot be sent is told, and is what a refusal is put down to. */
static void test_unfit_token(void **state)
{
    static const struct script_row ROWS[] = {
        {"/api/models/lab/gated", 401, "X-Error-Code: GatedRepo\r\n", "{}"}, {"/api/", 200, NULL, "[{\"id\":\"a/b\"}]"}, {.text = NULL}};
    static const char *const TOKENS[] = {"hf_abcdefghijk  # work", "BEARER hf_abcdefghijk", "hf_abc defghijk"};
    atomic_store(&script_rows, ROWS);
    for (size_t i = 0; i < sizeof TOKENS / sizeof *TOKENS; i++) {
        setenv("HF_TOKEN", TOKENS[i], 1);
        struct result r = run(*state, "models unfit");
        assert_int_equal(r.code, 0);
        says(r.err, "the token from HF_TOKEN is not sent");
        assert_null(strstr(r.err, "hf_abc"));
        result_done(&r);
        r = run(*state, "show lab/gated");
        assert_int_equal(r.code, 3);
        says(r.err, "The token from HF_TOKEN is not sent");
        assert_null(strstr(r.err, "Log in"));
        result_done(&r);
    }
    unsetenv("HF_TOKEN");
    assert_int_equal(tiny_count_seen(script->server, "Authorization"), 0);
    atomic_store(&script_rows, NULL);
}

/* hub.md 34: a repo of another kind is named. */
static void test_other_kind(void **state)
{
#define MISSING 404, "X-Error-Code: RepoNotFound\r\n", "{}"
    static const struct script_row ROWS[] = {
        {"/api/datasets/lab/rows", 200, NULL, "{\"id\":\"lab/rows\"}"},
        {"/api/spaces/lab/demo", 200, NULL, "{\"id\":\"lab/demo\"}"},
        {"/api/models/lab/both/tree", 404, "X-Error-Code: RevisionNotFound\r\n", "{}"},
        {"/api/models/lab/both", 200, NULL, "{\"id\":\"lab/both\"}"},
        {"/api/datasets/lab/both", 200, NULL, "{\"id\":\"lab/both\"}"},
        {"", MISSING},
        {.text = NULL}};
    static const struct {
        const char *line, *says; /* NULL: nothing of the kind */
    } CASES[] = {
        {"show lab/rows", "A dataset has this name: hfterm show datasets/lab/rows"},
        {"show lab/rows --files", "hfterm show datasets/lab/rows"},
        {"show datasets/lab/demo --commits", "A space has this name: hfterm show spaces/lab/demo"},
        {"get lab/demo app.py /nonexistent/x", NULL}, /* it did not come that far */
        {"get lab/demo app.py", "hfterm get spaces/lab/demo"},
        {"show lab/none", NULL},
        {"show lab/both --files -r gone", NULL},
    };
    atomic_store(&script_rows, ROWS);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct result r = run(*state, CASES[i].line);
        assert_true(r.code != 0);
        if (CASES[i].says) {
            says(r.err, CASES[i].says);
        } else {
            assert_null(strstr(r.err, "has this name"));
        }
        result_done(&r);
    }
    atomic_store(&script_rows, NULL);
#undef MISSING
}

/* A discussion by its number and by its page; what is hidden or cannot be read is told. */
static void test_discussion(void **state)
{
    static const struct script_row ROWS[] = {
        {"/api/datasets/lab/rows/discussions/7", 200, NULL,
         "{\"num\":7,\"title\":\"t\",\"status\":\"open\",\"isPullRequest\":true,\"diff\":\"-a\\n+b\\n\",\"events\":["
         "{\"type\":\"comment\",\"author\":{\"name\":\"eve\"},\"data\":{\"latest\":{\"raw\":\"one\\ttwo\\u001b[2J\"}}},9,"
         "{\"type\":\"status-change\",\"data\":{\"status\":\"closed\"}}]}"},
        {.text = NULL}};
    atomic_store(&script_rows, ROWS);
    static const char *const LINES[] = {"show datasets/lab/rows --discussion 7", "show hf.co/datasets/lab/rows/discussions/7"};
    for (size_t i = 0; i < 2; i++) {
        struct result r = run(*state, LINES[i]);
        assert_int_equal(r.code, 0);
        says(r.out, "\teve\tcomment\tone two");
        says(r.out, "\tstatus-change\tclosed\n");
        assert_null(strchr(r.out, 0x1b));
        says(r.err, "1 row");
        result_done(&r);
    }
    struct result r = run(*state, "show datasets/lab/rows --discussion 7 --json");
    cJSON *json = json_parse(r.out, strlen(r.out), NULL);
    assert_string_equal(json_str(json, "diff"), "-a\n+b\n");
    assert_int_equal(cJSON_GetArraySize(json_arr(json, "events")), 3); /* with {"skipped":1} */
    cJSON_Delete(json);
    result_done(&r);
    r = run(*state, "show a/b --discussion 0");
    assert_int_equal(r.code, 2);
    result_done(&r);
    r = run(*state, "show a/b --discussion 3 --files");
    assert_int_equal(r.code, 2);
    result_done(&r);
    atomic_store(&script_rows, NULL);
}

/* Part 7: licences as any-of, inference, and the orders, by the verbs; hub.md 35. */
static void test_list_options(void **state)
{
    static const struct script_row ROWS[] = {
        {"/api/", 200, NULL, "[{\"id\":\"a/1\",\"tags\":[\"license:mit\"]},{\"id\":\"a/2\",\"tags\":[\"license:x\"]}]"}, {.text = NULL}};
    static const struct {
        const char *line;
        int code;
        const char *asked, *out, *err; /* NULL: nothing to look at */
    } CASES[] = {
        {"models --license mit,bsd", 0, "limit=100", "a/1\t", NULL},
        {"datasets --license bsd --license x", 0, "/api/datasets?sort=trendingScore&limit=100", "a/2\t", NULL},
        {"models --license mit", 0, "filter=license%3Amit", "a/2\t", NULL},
        {"spaces --license open", 0, "/api/spaces?sort=trendingScore&limit=100", "a/1\t", NULL},
        {"spaces --license open,x -n 1", 0, NULL, "a/1\t", NULL},
        {"models --params 1B-8B", 0, "num_parameters=min%3A1B%2Cmax%3A8B", NULL, NULL},
        {"models --params max:8X", 2, NULL, NULL, "\"max:8X\" is no range"},
        {"models --params 12", 2, NULL, NULL, "is no range"},
        {"models --inference warm --sort params", 0, "sort=num_parameters", NULL, NULL},
        {"models --inference all", 0, "inference_provider=all", NULL, NULL},
        {"models --inference cohere", 0, "inference_provider=cohere", NULL, NULL},
        {"spaces --sort likes30d", 0, "sort=likes30d", NULL, NULL},
        {"datasets --sort params", 2, NULL, NULL, "params"},
    };
    atomic_store(&script_rows, ROWS);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        tiny_forget(script->server);
        struct result r = run(*state, CASES[i].line);
        if (r.code != CASES[i].code) {
            fail_msg("%s: %d: %s", CASES[i].line, r.code, r.err);
        }
        assert_true(!CASES[i].asked || tiny_count_seen(script->server, CASES[i].asked) == 1);
        says(r.out, CASES[i].out ? CASES[i].out : "");
        says(r.err, CASES[i].err ? CASES[i].err : "");
        result_done(&r);
    }
    atomic_store(&script_rows, NULL);
}

/* hub.md 36: a list with nothing in it says so, and prints no head of a table. */
static void test_empty_lists(void **state)
{
    static const struct script_row ROWS[] = {
        {"/refs", 200, NULL, "{\"branches\":[]}"}, {"/discussions", 200, NULL, "{\"discussions\":[],\"count\":0}"}, {"/api/", 200, NULL, "[]"}, {.text = NULL}};
    static const struct {
        const char *line, *says;
    } CASES[] = {{"show e/empty --discussions", "e/empty has no discussions"}, {"show datasets/e/empty --commits", "has no commits"},
                 {"show spaces/e/empty --files", "has no files"}, {"show e/empty --refs", "has no branches or tags"}, {"datasets zzz-none", "no datasets match"}};
    atomic_store(&script_rows, ROWS);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct result r = run(*state, CASES[i].line);
        assert_int_equal(r.code, 0);
        assert_string_equal(r.out, "");
        says(r.err, CASES[i].says);
        result_done(&r);
    }
    struct result r = run(*state, "show e/empty --discussions --json");
    assert_string_equal(r.out, "[]\n");
    assert_string_equal(r.err, "");
    result_done(&r);
    atomic_store(&script_rows, NULL);
}

/* ---- while it waits ---- */

static bool answer_at_last(struct tiny *s, int fd, const struct tiny_request *r)
{
    return r->nth == 0 ? tiny_reply(s, fd, 503, "", "{}", 2) : tiny_reply(s, fd, 200, "", "[{\"id\":\"a/b\"}]", 14);
}

/* robustness R4: on a terminal, what is tried again is said. */
static void test_trying_again(void **state)
{
    (void)state;
    int master = -1, slave = -1;
    assert_int_equal(openpty(&master, &slave, NULL, NULL, NULL), 0);
    atomic_store(&script_other, answer_at_last);
    fflush(stderr);
    const int kept = dup(STDERR_FILENO);
    dup2(slave, STDERR_FILENO);
    struct cli_globals g = {.endpoint = script->endpoint};
    struct cli_session session;
    struct err e = ERR_INIT;
    assert_true(cli_session_open(&g, &session, &e));
    cli_session_wait(&session, 1);
    const struct hub_query q = {.kind = HUB_SPACE, .author = "nobody-asked-before"};
    struct hub_page *page = hub_list(session.hub, &q, NULL, &e);
    cli_session_close(&session);
    fflush(stderr);
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(slave);
    atomic_store(&script_other, NULL);
    assert_non_null(page);
    hub_page_free(page);
    char text[400];
    const ssize_t n = read(master, text, sizeof text - 1);
    text[n > 0 ? n : 0] = '\0';
    close(master);
    says(text, ": HTTP 503; trying again (2 of 4)");
}

static void expect_said(struct cli_watch_said *said, const struct http_wait *wait, const char *text)
{
    struct buf out = BUF_INIT;
    cli_watch_say(said, wait, &out);
    assert_string_equal(buf_str(&out), text);
    buf_done(&out);
}

static void test_words_of_waiting(void **state)
{
    (void)state;
    struct cli_watch_said said = {0};
    struct http_wait w = {.host = "h", .attempt = 1, .tries = 4, .retry_ms = -1, .waited_ms = 4900};
    expect_said(&said, NULL, "");
    expect_said(&said, &w, "");
    w.waited_ms = 5100;
    expect_said(&said, &w, "waiting for h (5 s)");
    expect_said(&said, &w, "");
    w.waited_ms = 9900;
    expect_said(&said, &w, "");
    w.waited_ms = 10100;
    expect_said(&said, &w, "waiting for h (10 s)");
    w = (struct http_wait){.host = "h", .attempt = 3, .tries = 4, .retry_ms = 90, .waited_ms = 15000, .why = "x"};
    expect_said(&said, &w, "h: x; trying again (3 of 4)");
    w.retry_ms = -1;
    expect_said(&said, &w, "");
    expect_said(&said, NULL, "");
    w.attempt = 2; /* another question */
    w.waited_ms = 3000;
    expect_said(&said, &w, "h: x; trying again (2 of 4)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_rows),
        cmocka_unit_test(test_unfit_token),
        cmocka_unit_test(test_other_kind),
        cmocka_unit_test(test_empty_lists),
        cmocka_unit_test(test_discussion),
        cmocka_unit_test(test_list_options),
        cmocka_unit_test(test_trying_again),
        cmocka_unit_test(test_words_of_waiting),
    };
    return cmocka_run_group_tests_name("verb_answers", tests, open_script, close_script);
}
