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
    script->server->answer = answer_at_last;
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
    script->server->answer = script_answer;
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
        cmocka_unit_test(test_other_kind),
        cmocka_unit_test(test_trying_again),
        cmocka_unit_test(test_words_of_waiting),
    };
    return cmocka_run_group_tests_name("verb_answers", tests, open_script, close_script);
}
