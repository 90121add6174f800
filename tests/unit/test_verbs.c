/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs on the demo hub, as a script sees them: exit codes, tab-separated lines, JSON whose
 * keys docs/verbs.md describes. Run from the root of the source tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "tests/unit/verb_help.h"

#define MODEL "lumen-labs/Aurora-VL-Nano-Instruct"

static size_t count_char(const char *s, char c)
{
    size_t n = 0;
    for (; *s; s++) {
        n += *s == c;
    }
    return n;
}

static cJSON *run_json(const struct room *room, const char *line)
{
    struct err e = ERR_INIT;
    struct result r = run(room, line);
    cJSON *json = json_parse(r.out, strlen(r.out), &e);
    if (r.code != 0 || !json || r.err[0]) {
        fail_msg("%s: code %d, %s%s", line, r.code, e.msg, r.err);
    }
    assert_int_equal(count_char(r.out, '\n'), 1);
    result_done(&r);
    return json;
}

/* ---- exit codes ---- */

static void test_exit_codes(void **state)
{
    static const struct {
        const char *line;
        int code;
        const char *out, *err; /* must be in there; NULL: must be empty */
    } CASES[] = {
        {"--version", 0, "hfterm " HFTERM_VERSION "\n", NULL},
        {"--help", 0, "Verbs:", NULL},
        {"models --help", 0, "--trained-on", NULL},
        {"completion fish", 0, "complete -c hfterm", NULL},
        {"nonsense", 2, NULL, "no verb \"nonsense\""},
        {"--nonsense", 2, NULL, "--nonsense"},
        {"models --sort stars", 2, NULL, "trending downloads"},
        {"models --limit 0", 2, NULL, "from 1 to"},
        {"completion tcsh", 2, NULL, "tcsh"},
        {"--demo spaces --sort downloads", 2, NULL, "downloads"},
        {"--demo show a/b/c", 2, NULL, "is a file"},
        {"--demo show hf.co/bob/norn-chat-GGUF/blob/main/norn-chat-Q4_K_M.gguf", 0, "format\tGGUF", NULL},
        {"--demo show hf.co/" MODEL "/blob/main/config.json", 0, "Aurora", "hfterm get saves its file"},
        {"--demo show a//c", 2, NULL, "not a repository name"},
        {"--demo show " MODEL "@nope", 4, NULL, "no revision \"nope\""},
        {"--demo show hf.co/" MODEL "/tree/nope --files", 4, NULL, "no revision \"nope\""},
        {"--demo show hf://" MODEL "/", 0, "Aurora", NULL},
        {"--demo show hf.co/" MODEL ":Q4_K_M", 0, "Aurora", "quantizations"},
        {"--demo show " MODEL " --files --commits", 2, NULL, "only one of"},
        {"--demo show " MODEL " --file config.json", 1, NULL, "has no header that is read here"},
        {"--demo show " MODEL " --file no/such.gguf", 4, NULL, "no \"no/such.gguf\""},
        {"--demo show " MODEL " --raw --json", 2, NULL, "--raw"},
        {"--demo show nobody/nothing", 4, NULL, "not found, or it is private"},
        {"--demo show " MODEL " --revision nope", 4, NULL, "no revision \"nope\""},
        {"--demo --offline models", 5, NULL, "offline"},
        {"--endpoint http://127.0.0.1:1 models", 5, NULL, "listing models"},
        {"--endpoint ftp://x models", 2, NULL, "ftp://x"},
        {"serve /no/such/folder", 4, NULL, "/no/such/folder"},
        {"serve . --fault nonsense", 2, NULL, "nonsense"},
        {"--demo models no-such-model-anywhere", 0, NULL, "no models match"},
        {"--demo spaces no-such-space-anywhere", 0, NULL, "no spaces match"},
    };
    const struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct result r = run(room, CASES[i].line);
        const bool out_ok = CASES[i].out ? strstr(r.out, CASES[i].out) != NULL : !r.out[0];
        const bool err_ok = CASES[i].err ? strstr(r.err, CASES[i].err) != NULL : !r.err[0];
        if (r.code != CASES[i].code || !out_ok || !err_ok) {
            fail_msg("%s: code %d, out \"%s\", err \"%s\"", CASES[i].line, r.code, r.out, r.err);
        }
        result_done(&r);
    }
}

/* ---- lines ---- */

static void test_tabs(void **state)
{
    static const struct {
        const char *line;
        size_t rows, columns;
    } CASES[] = {
        {"--demo models -n 5", 5, 8},
        {"--demo datasets -n 3", 3, 6},
        {"--demo spaces -n 4", 4, 7},
        {"--demo show " MODEL " --commits -n 3", 3, 4},
        {"--demo show " MODEL " --discussions -n 2", 2, 6},
    };
    const struct room *room = *state;
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct result r = run(room, CASES[i].line);
        assert_int_equal(r.code, 0);
        assert_int_equal(count_char(r.out, '\n'), CASES[i].rows);
        assert_int_equal(count_char(r.out, '\t'), CASES[i].rows * (CASES[i].columns - 1));
        result_done(&r);
    }
}

/* More than a page of a hundred is followed to the end, without a repo twice. */
static void test_limit(void **state)
{
    const struct room *room = *state;
    cJSON *few = run_json(room, "--demo models --limit 7 --json");
    cJSON *all = run_json(room, "--demo models --limit 5000 --json");
    assert_int_equal(cJSON_GetArraySize(few), 7);
    assert_true(cJSON_GetArraySize(all) > 40);
    for (const cJSON *a = all->child; a; a = a->next) {
        for (const cJSON *b = a->next; b; b = b->next) {
            assert_string_not_equal(json_str(a, "id"), json_str(b, "id"));
        }
    }
    cJSON_Delete(few);
    cJSON_Delete(all);
}

static void test_raw_card_is_exact(void **state)
{
    const struct room *room = *state;
    struct buf stored = BUF_INIT;
    struct result r = run(room, "--demo show " MODEL " --raw");
    assert_int_equal(r.code, 0);
    assert_true(
        file_read("tests/fixtures/demo/models/" MODEL "/README.md", &stored, 1 << 20, NULL));
    assert_string_equal(r.out, buf_str(&stored));
    buf_done(&stored);
    result_done(&r);
}

/* Nothing that a terminal obeys leaves a verb, whatever the repository holds. */
static void test_hostile_repo(void **state)
{
    static const char *const LINES[] = {
        "--demo models escape",
        "--demo models escape --json --full",
        "--demo show hostile/escape-artist",
        "--demo show hostile/escape-artist --json",
        "--demo show hostile/escape-artist --files",
        "--demo show hostile/escape-artist --files --json",
        "--demo show hostile/escape-artist --commits",
        "--demo show hostile/escape-artist --discussions",
        "--demo show bob/norn-chat-GGUF --file norn-chat-Q4_K_M.gguf",
        "--demo show hostile/escape-artist --discussion 1",
    };
    const struct room *room = *state;
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        struct result r = run(room, LINES[i]);
        assert_int_equal(r.code, 0);
        assert_true(r.out[0] != '\0');
        for (const char *p = r.out; *p; p++) {
            const unsigned char c = (unsigned char)*p;
            const bool is_c1 =
                c == 0xc2 && ((unsigned char)p[1] & 0xe0) == 0x80 && (unsigned char)p[1] < 0xa0;
            if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f || is_c1) {
                fail_msg("%s lets byte %02x through", LINES[i], c);
            }
        }
        result_done(&r);
    }
}

/* ---- JSON ---- */

/* Keys of an object, and of the objects in an array, stand in the document as `key`. */
static void expect_described(const char *doc, const cJSON *json, const char *line)
{
    const cJSON *item = cJSON_IsArray(json) ? json->child : json;
    assert_non_null(item);
    for (; item; item = cJSON_IsArray(json) ? item->next : NULL) {
        for (const cJSON *member = item->child; member; member = member->next) {
            char *word = xasprintf("`%s`", member->string);
            if (!strstr(doc, word)) {
                fail_msg("%s: docs/verbs.md does not describe the key %s", line, member->string);
            }
            free(word);
        }
    }
}

static void test_json_is_described(void **state)
{
    static const char *const LINES[] = {
        "--demo models --json --full -n 3",
        "--demo datasets --json -n 3",
        "--demo spaces --json -n 3",
        "--demo show " MODEL " --json",
        "--demo show " MODEL " --files --json",
        "--demo show " MODEL " --commits --json",
        "--demo show " MODEL " --refs --json",
        "--demo show " MODEL " --discussions --json",
        "--demo show " MODEL " --file model.safetensors.index.json --json",
        "--demo show " MODEL " --file assets/results.png --json",
        "--demo show nordlicht/norn-chat --file model.safetensors --json",
        "--demo show bob/Aurora-Text-Nano-Instruct-GGUF --file Aurora-Text-Nano-Instruct-MXFP4.gguf --json",
        "--demo show datasets/tidewater/tide-gauges --file parquet/gauges-brotli.parquet --json",
        "--demo show " MODEL " --discussion 1 --json",
    };
    const struct room *room = *state;
    struct buf doc = BUF_INIT;
    assert_true(file_read("docs/verbs.md", &doc, 1 << 20, NULL));
    for (size_t i = 0; i < sizeof LINES / sizeof *LINES; i++) {
        cJSON *json = run_json(room, LINES[i]);
        expect_described(buf_str(&doc), json, LINES[i]);
        cJSON_Delete(json);
    }
    buf_done(&doc);
}

static void test_json_of_a_repo(void **state)
{
    const struct room *room = *state;
    cJSON *one = run_json(room, "--demo show " MODEL " --json");
    assert_string_equal(json_str(one, "id"), MODEL);
    assert_string_equal(json_str(one, "type"), "model");
    assert_true(str_starts(json_str(one, "card"), "---\n"));
    assert_non_null(json_obj(one, "raw"));
    assert_true(cJSON_GetArraySize(json_arr(one, "files")) > 10);
    uint64_t params = 0;
    assert_true(json_u64(one, "params", &params) && params == 31816);
    cJSON_Delete(one);
    cJSON *none = run_json(room, "--demo models no-such-model-anywhere --json");
    assert_true(cJSON_IsArray(none) && !none->child);
    cJSON_Delete(none);
}

static void test_doctor(void **state)
{
    const struct room *room = *state;
    setenv("TERM", "xterm", 1);
    unsetenv("TMUX");
    unsetenv("STY");
    unsetenv("VTE_VERSION");
    unsetenv("TERM_PROGRAM");
    struct result r = run(room, "--demo doctor --json");
    cJSON *rows = json_parse(r.out, strlen(r.out), NULL);
    bool has_endpoint = false, has_missing = false;
    assert_true(cJSON_IsArray(rows));
    for (const cJSON *row = rows->child; row; row = row->next) {
        const char *check = json_str(row, "check"), *word = json_str(row, "state");
        assert_true(check && word && json_str(row, "detail"));
        has_missing = has_missing || strcmp(word, "missing") == 0;
        has_endpoint = has_endpoint || (strcmp(check, "endpoint") == 0 && strcmp(word, "ok") == 0);
        if (strcmp(word, "ok") != 0) {
            assert_non_null(json_str(row, "remedy"));
        }
    }
    assert_true(has_endpoint);
    assert_int_equal(r.code, has_missing ? 1 : 0);
    cJSON_Delete(rows);
    result_done(&r);
    /* hub.md 1: the clipboard, as far as the environment tells */
    static const char *const CLIPBOARDS[][3] = {
        {"TERM", "xterm-256color", "clipboard\tok\tsent to the terminal"},
        {"STY", "1.pts", "clipboard\twarning\tGNU screen"},
        {"VTE_VERSION", "7000", "clipboard\twarning\tterminals of VTE"},
        {"TERM_PROGRAM", "Apple_Terminal", "clipboard\twarning\tTerminal.app"},
        {"TERM", "vt100", "clipboard\twarning\tthis terminal has no"},
        {"TERM", "linux", "clipboard\twarning\tthis terminal has no"},
        {"TMUX", "/tmp/x,1,0", "clipboard\t"},
    };
    for (size_t i = 0; i < sizeof CLIPBOARDS / sizeof *CLIPBOARDS; i++) {
        setenv("TERM", "xterm", 1);
        setenv(CLIPBOARDS[i][0], CLIPBOARDS[i][1], 1);
        r = run(room, "--demo doctor");
        assert_non_null(strstr(r.out, CLIPBOARDS[i][2]));
        assert_int_equal(strstr(r.out, "tmux") != NULL, strcmp(CLIPBOARDS[i][0], "TMUX") == 0);
        result_done(&r);
        unsetenv(CLIPBOARDS[i][0]);
    }
    r = run(room, "--endpoint http://127.0.0.1:1 doctor");
    assert_int_equal(r.code, 1);
    assert_non_null(strstr(r.out, "endpoint\tmissing\t"));
    result_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_exit_codes),     cmocka_unit_test(test_tabs),
        cmocka_unit_test(test_limit),          cmocka_unit_test(test_raw_card_is_exact),
        cmocka_unit_test(test_hostile_repo),   cmocka_unit_test(test_json_is_described),
        cmocka_unit_test(test_json_of_a_repo), cmocka_unit_test(test_doctor),
    };
    return cmocka_run_group_tests_name("verbs", tests, set_up, tear_down);
}
