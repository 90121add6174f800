/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* The verbs against a server that answers by a table: what they print, and say, of odd answers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/base/json.h"
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_rows),
    };
    return cmocka_run_group_tests_name("verb_answers", tests, open_script, close_script);
}
