/* SPDX-License-Identifier: Apache-2.0 */
/* localhub: what a commit changed (hub.md 13, the hub's half). */
#include "tests/unit/localhub_help.h"

static void commits_say_what_they_changed(void **state)
{
    (void)state;
    char *root = new_folder();
    put_accounts(root);
    static const char DIFF[] = "diff --git a/a b/a\\n--- a/a\\n+++ b/a\\n@@ -1 +1 @@\\n-old\\n+new \\u00e9\\n";
    char *sidecar = xasprintf(
        "{\"commits\":[{\"id\":\"" HEAD_SHA "\",\"title\":\"Two\",\"diff\":\"%s\"},{\"id\":\"" OLD_SHA
        "\",\"title\":\"One\",\"message\":\"A body.\\n\\nWith two parts.\"},{\"id\":\"cccccccccccccccccccccccc"
        "cccccccccccccccc\",\"title\":\"Zero\",\"diff\":\"first\"}],\"refs\":{\"tags\":[{\"name\":\"v1\","
        "\"commit\":\"" OLD_SHA "\"}]}}",
        DIFF);
    put(root, "models/lab/diffs/a", "new");
    put(root, ".hub/models/lab/diffs.json", sidecar);
    put(root, "models/lab/closed/a", "new");
    put(root, ".hub/models/lab/closed.json",
        "{\"gated\":\"auto\",\"commits\":[{\"id\":\"" HEAD_SHA "\",\"diff\":\"secret\"}]}");
    const struct localhub_options options = {.dir = root};
    struct localhub *hub = serve(&options);
    static const struct {
        const char *range;
        long status;
        const char *has;
    } CASES[] = {
        {OLD_SHA ".." HEAD_SHA, 200, "+new \xC3\xA9\n"},
        {"bbbbbbb..aaaaaaa", 200, "--- a/a\n"},
        {"aaaaaaaa%5E..aaaaaaaa", 200, "-old\n"},
        {"v1..main", 200, "-old\n"},
        {"HEAD~1..HEAD", 200, "-old\n"},
        {"refs%2Ftags%2Fv1...refs%2Fheads%2Fmain", 200, "-old\n"},
        {"main", 200, "-old\n"},
        {"4b825dc642cb6eb9a060e54bf8d69288fbee4904..ccccccc", 200, "first"},
        {"main..main", 200, ""},
        {"ccccccc..bbbbbbb", 404, "does not tell what commit bbbbbbb changed"},
        {"ccccccc..aaaaaaa", 404, "one commit"},
        {"aaaaaaa..bbbbbbb", 404, "one commit"},
        {"ddddddd..aaaaaaa", 404, "Invalid rev id"},
        {"..", 404, "Invalid rev id"},
        {"aaa..bbb", 404, "Invalid rev id"},
        {"ccccccc%5E%5E..ccccccc", 404, "Invalid rev id"},
        {"bbbbbbb..aaaaaaa?raw=true", 501, "raw"},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        char *target = xasprintf("/api/models/lab/diffs/compare/%s", CASES[i].range);
        struct answer a = http_get(hub, target);
        if (a.status != CASES[i].status || !strstr(buf_str(&a.body), CASES[i].has)) {
            fail_msg("%s: %ld %s", target, a.status, buf_str(&a.body));
        }
        answer_done(&a);
        free(target);
    }
    assert_int_equal(status_of(hub, "/api/models/lab/closed/compare/main", BOB), 403);
    cJSON *commits = json_of(hub, "/api/models/lab/diffs/commits/main");
    char *parent = words_of(json_arr(cJSON_GetArrayItem(commits, 0), "parents"), NULL);
    assert_string_equal(parent, OLD_SHA);
    assert_null(json_str(cJSON_GetArrayItem(commits, 0), "diff"));
    assert_string_equal(json_str(cJSON_GetArrayItem(commits, 1), "message"),
                        "A body.\n\nWith two parts.");
    assert_int_equal(cJSON_GetArraySize(json_arr(cJSON_GetArrayItem(commits, 2), "parents")), 0);
    cJSON_Delete(commits);
    free(parent);
    free(sidecar);
    localhub_stop(hub);
    remove_folder(root);
}

/* The demo's newest commits have something to show, bodies of several lines among them. */
static void the_demo_has_changes_to_show(void **state)
{
    (void)state;
    const struct localhub_options options = {.dir = "tests/fixtures/demo"};
    struct localhub *hub = serve(&options);
    cJSON *commits = json_of(hub, "/api/models/lumen-labs/Aurora-VL-Nano-Instruct/commits/main");
    size_t n_diffs = 0;
    size_t n_bodies = 0;
    for (int i = 0; i < 4; i++) {
        const cJSON *commit = cJSON_GetArrayItem(commits, i);
        const cJSON *parents = json_arr(commit, "parents");
        char *target = xasprintf("/api/models/lumen-labs/Aurora-VL-Nano-Instruct/compare/%s..%s",
                                 cJSON_GetStringValue(cJSON_GetArrayItem(parents, 0)),
                                 json_str(commit, "id"));
        struct answer a = http_get(hub, target);
        n_diffs += a.status == 200 && str_starts(buf_str(&a.body), "diff --git a/") &&
                   strstr(a.body.p, "\n@@ -");
        n_bodies += strchr(json_str(commit, "message"), '\n') != NULL;
        answer_done(&a);
        free(target);
    }
    assert_true(n_diffs >= 2);
    assert_true(n_bodies >= 1);
    cJSON_Delete(commits);
    cJSON *pull = json_of(hub, "/api/models/lumen-labs/Aurora-VL-Nano-Instruct/discussions/6?diff=1");
    assert_true(str_starts(json_str(pull, "diff"), "diff --git a/README.md b/README.md\n"));
    cJSON_Delete(pull);
    localhub_stop(hub);
}

int main(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commits_say_what_they_changed),
        cmocka_unit_test(the_demo_has_changes_to_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
