/* SPDX-License-Identifier: Apache-2.0 */
/* Every block of tests/yaml/cases.json: what PyYAML and js-yaml both read, and equal, we read so
 * (hub.md F2, F12, F14); what neither reads is an error with its line (F2b); the rest is as
 * wants.json says, by the case's name: {"value": ...} or {"line": N}. HFTERM_GOLDEN=write writes
 * that one again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/card/frontmatter.h"

static const char CASES_FILE[] = "tests/yaml/cases.json";
static const char WANTS_FILE[] = "tests/yaml/wants.json";

static cJSON *read_json(const char *path)
{
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    if (!file_read(path, &text, 4 << 20, &e)) {
        fail_msg("%s", e.msg);
    }
    cJSON *cases = json_parse(text.p, text.n, &e);
    buf_done(&text);
    assert_non_null(cases);
    return cases;
}

/* As cJSON_Compare, whose time doubles with every level of mappings. */
static bool is_same(const cJSON *a, const cJSON *b)
{
    if (!cJSON_IsObject(a) && !cJSON_IsArray(a)) {
        return cJSON_Compare(a, b, true);
    }
    if (a->type != b->type || cJSON_GetArraySize(a) != cJSON_GetArraySize(b)) {
        return false;
    }
    const cJSON *other = b->child;
    for (const cJSON *one = a->child; one; one = one->next, other = other->next) {
        const cJSON *pair =
            cJSON_IsArray(a) ? other : cJSON_GetObjectItemCaseSensitive(b, one->string);
        if (!pair || !is_same(one, pair)) {
            return false;
        }
    }
    return true;
}

/* What a witness made of it, when that is a mapping or nothing at all. */
static const cJSON *mapping_of(const cJSON *one, const char *witness)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(json_obj(one, witness), "value");
    return cJSON_IsObject(value) || cJSON_IsNull(value) ? value : NULL;
}

static const cJSON *both(const cJSON *one)
{
    const cJSON *py = mapping_of(one, "py");
    const cJSON *js = mapping_of(one, "js");
    return py && js && is_same(py, js) ? js : NULL;
}

/* Ours as its JSON text, read again; NULL with *line. */
static cJSON *ours(const char *yaml, int *line, struct err *e)
{
    struct frontmatter_place place;
    cJSON *json = frontmatter_parse(yaml, strlen(yaml), NULL, &place, e);
    *line = place.line;
    if (!json) {
        return NULL;
    }
    char *text = json_print(json, false);
    cJSON *again = json_parse(text, strlen(text), NULL);
    free(text);
    cJSON_Delete(json);
    assert_non_null(again);
    return again;
}

static void explain(const cJSON *one, const cJSON *got, const struct err *e, const char *what)
{
    char *text = got ? json_print(got, false) : NULL;
    char *all = json_print(one, false);
    print_error("%s: %s: %s\n", what, text ? text : e->msg, all);
    free(text);
    free(all);
}

/* 1 when it is not as both read it. */
static int judge_both(const cJSON *one, const cJSON *want)
{
    int line = 0;
    struct err e = ERR_INIT;
    cJSON *got = ours(json_str(one, "yaml"), &line, &e);
    const bool is_empty = cJSON_IsNull(want) && cJSON_IsObject(got) && !got->child;
    const bool ok = got && (is_empty || is_same(got, want));
    if (!ok) {
        explain(one, got, &e, "both read it, and equal");
    }
    cJSON_Delete(got);
    return !ok;
}

static int judge_want(const cJSON *one, const cJSON *wants)
{
    int line = 0;
    struct err e = ERR_INIT;
    uint64_t want_line = 0;
    const cJSON *want = json_obj(wants, json_str(one, "name"));
    cJSON *got = ours(json_str(one, "yaml"), &line, &e);
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(want, "value");
    const bool ok = got ? value && is_same(got, value)
                        : json_u64(want, "line", &want_line) && (int)want_line == line &&
                              e.code == ERR_DAMAGED && e.msg[0];
    if (!ok) {
        explain(one, got, &e, "not as wanted");
    }
    cJSON_Delete(got);
    return !ok;
}

static void what_both_read_we_read_equal(void **state)
{
    (void)state;
    cJSON *cases = read_json(CASES_FILE);
    int n = 0;
    int wrong = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cases)
    {
        const cJSON *want = both(one);
        if (want) {
            n++;
            wrong += judge_both(one, want);
        }
    }
    cJSON_Delete(cases);
    assert_int_equal(wrong, 0);
    assert_in_range(n, 350, 10000);
}

static void what_they_differ_in_is_decided(void **state)
{
    (void)state;
    cJSON *cases = read_json(CASES_FILE);
    cJSON *wants = read_json(WANTS_FILE);
    int wrong = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cases)
    {
        wrong += !both(one) && judge_want(one, wants);
    }
    cJSON_Delete(cases);
    cJSON_Delete(wants);
    assert_int_equal(wrong, 0);
}

static void what_nobody_reads_names_its_line(void **state)
{
    (void)state;
    cJSON *cases = read_json(CASES_FILE);
    int wrong = 0;
    int n = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cases)
    {
        if (json_str(json_obj(one, "py"), "error") && json_str(json_obj(one, "js"), "error")) {
            int line = 0;
            struct err e = ERR_INIT;
            cJSON *got = ours(json_str(one, "yaml"), &line, &e);
            char words[40];
            snprintf(words, sizeof words, "line %d of the metadata block: ", line);
            if (got || line < 1 || !strstr(e.msg, words)) {
                explain(one, got, &e, "nobody reads it");
                wrong++;
            }
            n++;
            cJSON_Delete(got);
        }
    }
    cJSON_Delete(cases);
    assert_int_equal(wrong, 0);
    assert_in_range(n, 50, 10000);
}

static void write_wants(void)
{
    cJSON *cases = read_json(CASES_FILE);
    FILE *f = fopen(WANTS_FILE, "w");
    assert_non_null(f);
    const char *before = "{\n";
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cases)
    {
        if (!both(one)) {
            int line = 0;
            cJSON *want = cJSON_CreateObject();
            cJSON *got = ours(json_str(one, "yaml"), &line, NULL);
            cJSON_AddItemToObject(want, got ? "value" : "line",
                                  got ? got : cJSON_CreateNumber(line));
            char *text = json_print(want, false);
            fprintf(f, "%s\"%s\": %s", before, json_str(one, "name"), text);
            free(text);
            cJSON_Delete(want);
            before = ",\n";
        }
    }
    fputs("\n}\n", f);
    fclose(f);
    cJSON_Delete(cases);
}

int main(void)
{
    const char *golden = getenv("HFTERM_GOLDEN");
    if (golden && strcmp(golden, "write") == 0) {
        write_wants();
    }
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_both_read_we_read_equal),
        cmocka_unit_test(what_they_differ_in_is_decided),
        cmocka_unit_test(what_nobody_reads_names_its_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
