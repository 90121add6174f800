/* SPDX-License-Identifier: Apache-2.0 */
/* The verb realize as a script sees it: what is printed and what is refused. */
#include "tests/unit/realize_help.h"

#include "core/base/text.h"
#include "core/format/picture.h"
#include "core/format/safetensors.h"

/* ---- what is printed ---- */

static void test_json(void **state)
{
    const struct room *room = *state;
    struct result r = RUN(room, KITCHEN, "-q", "where is the red mug", "--json");
    cJSON *j = parse(&r);
    const double cells = number(j, "High Relevance Patches") +
                         number(j, "Medium Relevance Patches") + number(j, "Low Relevance Patches");
    assert_int_equal((int)cells, 200);
    assert_int_equal((int)number(j, "selected"), 200);
    assert_int_equal((int)number(j, "dropped"), 824);
    assert_non_null(strchr(json_str(j, "Compression Ratio"), 'x'));
    assert_non_null(json_str(j, "Processing Time"));
    assert_string_equal(json_str(j, "image"), KITCHEN);
    assert_string_equal(json_str(j, "backend"), "cpu");
    const cJSON *partic = json_obj(j, "participatory");
    assert_string_equal(json_str(partic, "mode"), "lexical");
    assert_string_equal(json_str(cJSON_GetArrayItem(json_arr(partic, "hits"), 0), "words"), "red");
    assert_string_equal(cJSON_GetArrayItem(json_arr(partic, "ignored"), 0)->valuestring, "mug");
    double sum = 0.0;
    const cJSON *cell = NULL;
    cJSON_ArrayForEach(cell, json_arr(j, "cells"))
    {
        sum += cJSON_GetArrayItem(cell, 1)->valuedouble;
    }
    assert_true(sum == number(j, "Total Tokens"));
    const cJSON *plan = json_obj(j, "plan"), *region = NULL;
    double tokens = number(json_obj(plan, "overview"), "tokens");
    cJSON_ArrayForEach(region, json_arr(plan, "regions"))
    {
        tokens += number(region, "tokens");
        assert_true(number(region, "width") * number(region, "height") ==
                    number(region, "tokens") * 32 * 32);
    }
    assert_true(tokens == number(plan, "tokens"));
    const cJSON *shares = json_obj(json_obj(j, "balance"), "shares");
    const double share = number(shares, "information") + number(shares, "perspectival") +
                         number(shares, "participatory");
    assert_true(share > 0.999 && share < 1.001);
    cJSON_Delete(j);
    done(&r);
}

static void test_text(void **state)
{
    const struct room *room = *state;
    struct result r = RUN(room, KITCHEN, "-q", "where is the red mug");
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "question\twhere is the red mug\n"));
    assert_non_null(strstr(r.out, "ignored: mug"));
    assert_non_null(strstr(r.out, "overview\trows 0-100 %, columns 0-100 %"));
    assert_non_null(strstr(r.out, "cells\t200 of 1024 chosen"));
    assert_null(strstr(r.out, "\x1b"));
    assert_string_equal(r.err, "");
    done(&r);
    r = RUN(room, "tests/fixtures/pictures/ball-1.png", "-q", "the orange ball");
    assert_non_null(strstr(r.out, "best cell\trows "));
    done(&r);
    r = RUN(room, KITCHEN, "--total", "100");
    assert_non_null(strstr(r.out, "cells\t1 of 1024 chosen"));
    done(&r);
    r = RUN(room, KITCHEN, "-q", "where is the zorb");
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "note\tNo word of the question"));
    assert_non_null(strstr(r.out, "no English word known; ignored: zorb"));
    done(&r);
    static const char *const NOTHING[] = {"1", "10", "63"}; /* hub.md 37: an empty plan is no success */
    for (size_t i = 0; i < sizeof NOTHING / sizeof *NOTHING; i++) {
        r = RUN(room, KITCHEN, "-q", "red", "--total", NOTHING[i]);
        assert_int_equal(r.code, 1);
        assert_non_null(strstr(r.out, "No regions: "));
        done(&r);
    }
}

static void test_total_is_exact(void **state)
{
    const struct room *room = *state;
    static const char *const TOTAL[] = {"700", "2000", "20000"};
    for (size_t i = 0; i < sizeof TOTAL / sizeof *TOTAL; i++) {
        struct result r = RUN(room, KITCHEN, "-q", "red", "--total", TOTAL[i], "--json");
        cJSON *j = parse(&r);
        assert_true(number(j, "Total Tokens") == strtod(TOTAL[i], NULL));
        assert_true(number(json_obj(j, "plan"), "tokens") <= strtod(TOTAL[i], NULL));
        cJSON_Delete(j);
        done(&r);
    }
}

static void test_modes(void **state)
{
    const struct room *room = *state;
    struct result r = RUN(room, KITCHEN, "-q", "red", "--mode", "40", "--json");
    cJSON *j = parse(&r);
    assert_int_equal((int)number(j, "channels"), 40);
    cJSON_Delete(j);
    done(&r);
    r = RUN(room, KITCHEN, "--mode", "reference", "--weights", WEIGHTS, "--query-embedding", VECTOR,
            "--resize", "torch", "--json");
    j = parse(&r);
    assert_string_equal(json_str(json_obj(j, "participatory"), "mode"), "trained");
    assert_string_equal(json_str(json_obj(j, "balance"), "kind"), "reference");
    cJSON_Delete(j);
    done(&r);
    r = RUN(room, KITCHEN, "--seed-grid", "--json");
    j = parse(&r);
    assert_int_equal((int)number(j, "Total Tokens"), 39200);
    cJSON_Delete(j);
    done(&r);
}

static void test_many(void **state)
{
    const struct room *room = *state;
    struct result r = RUN(room, "tests/fixtures/pictures", "-q", "red");
    int lines = 0;
    assert_int_equal(r.code, 0);
    for (const char *p = r.out; *p; p++) {
        lines += *p == '\n';
    }
    assert_true(lines >= 4);
    assert_non_null(strstr(r.out, KITCHEN "\t1024 x 768\t"));
    done(&r);
    r = RUN(room, "tests/fixtures/pictures", "-q", "red", "--json");
    assert_int_equal(r.code, 0);
    for (const char *p = r.out; *p;) {
        const size_t n = strcspn(p, "\n");
        cJSON *j = json_parse(p, n, NULL);
        assert_non_null(j);
        cJSON_Delete(j);
        p += n + (p[n] == '\n');
    }
    done(&r);
}

static void test_compare(void **state)
{
    const struct room *room = *state;
    struct result r =
        RUN(room, KITCHEN, "-q", "red", "-q", "blue", "-q", "red", "--compare-queries", "--json");
    cJSON *j = parse(&r);
    assert_int_equal(cJSON_GetArraySize(json_arr(j, "queries")), 3);
    const cJSON *pairs = json_arr(j, "pairs");
    assert_int_equal(cJSON_GetArraySize(pairs), 3);
    assert_true(number(cJSON_GetArrayItem(pairs, 0), "sensitivity") > 0.01); /* red, blue */
    assert_true(number(cJSON_GetArrayItem(pairs, 1), "sensitivity") < 1e-9); /* red, red */
    assert_int_equal((int)number(cJSON_GetArrayItem(pairs, 1), "shared_cells"), 200);
    cJSON_Delete(j);
    done(&r);
}

static void test_bench(void **state)
{
    const struct room *room = *state;
    struct result r = RUN(room, KITCHEN, "--bench", "2", "--json");
    cJSON *j = parse(&r);
    assert_true(number(json_obj(j, "score"), "min") > 0.0);
    assert_true(number(json_obj(j, "whole picture"), "p99") > 0.0);
    cJSON_Delete(j);
    done(&r);
}

/* ---- what is odd ---- */

/* Questions and file names can be any bytes; what is written is text. */
static void test_question_of_any_bytes(void **state)
{
    const struct room *room = *state;
    struct result r = RUN(room, KITCHEN, "-q", "red \xff\x1b[31m", "--crops", "@bytes", "--dump",
                          "@bytes.safetensors");
    assert_int_equal(r.code, 0);
    assert_null(strchr(r.out, '\x1b'));
    assert_true(text_is_utf8(r.out, strlen(r.out), NULL));
    done(&r);
    struct buf prompt = BUF_INIT;
    char *path = xasprintf("%s/bytes/prompt.json", room->home);
    assert_true(file_read(path, &prompt, 1 << 20, NULL));
    assert_true(text_is_utf8(buf_str(&prompt), prompt.n, NULL));
    free(path);
    buf_done(&prompt);
    path = xasprintf("%s/bytes.safetensors", room->home);
    struct safetensors *s = safetensors_open(path, NULL);
    assert_non_null(s);
    safetensors_close(s);
    free(path);
}

static void test_few_tokens_and_cells(void **state)
{
    const struct room *room = *state;
    const uint8_t gray[] = {9, 9, 9};
    char *path = xasprintf("%s/gray.png", room->home);
    assert_true(picture_write_png(path, gray, 1, 1, 3, NULL));
    struct result r = RUN(room, "@gray.png", "--mode", "40", "--cull", "0");
    assert_int_equal(r.code, 0);
    assert_non_null(strstr(r.out, "note\tOnly 0 of the 200 cells"));
    done(&r);
    /* One token is the least there is. */
    r = RUN(room, KITCHEN, "--min-pixels", "1", "--max-pixels", "1", "--crops", "@one", "--json");
    cJSON *j = parse(&r);
    assert_int_equal((int)number(json_obj(json_obj(j, "plan"), "overview"), "tokens"), 1);
    cJSON_Delete(j);
    done(&r);
    r = RUN(room, KITCHEN, "--min-lod", "390", "--max-lod", "400", "--bench", "1");
    assert_int_equal(r.code, 0);
    done(&r);
    free(path);
}

/* ---- what is refused ---- */

static void expect(struct result r, int code, const char *words)
{
    if (r.code != code || !strstr(r.err, words)) {
        fail_msg("exit code %d, not %d: \"%s\" should say \"%s\"", r.code, code, r.err, words);
    }
    done(&r);
}

static void test_refused(void **state)
{
    const struct room *room = *state;
    expect(RUN(room, "nowhere.png"), 4, "nowhere.png");
    expect(RUN(room, "README.md"), 1, "README.md");
    expect(RUN(room, "tests/unit"), 4, "no picture");
    expect(RUN(room, KITCHEN, "--scale", "1,2"), 2, "three numbers");
    expect(RUN(room, KITCHEN, "--scale", "99"), 2, "0 to 30");
    expect(RUN(room, KITCHEN, "--tensions", "0.5,0.5,2"), 2, "focus");
    expect(RUN(room, KITCHEN, "--min-lod", "500"), 2, "make no sense");
    expect(RUN(room, KITCHEN, "--mode", "reference"), 2, "needs weights");
    expect(RUN(room, KITCHEN, "--view", "tokens"), 2, "needs a place");
    expect(RUN(room, KITCHEN, "-q", "a", "-q", "b"), 2, "more than one question");
    expect(RUN(room, KITCHEN, "--explore", "0.5", "--tensions=-1,0,0"), 2, "a tension");
    expect(RUN(room, KITCHEN, "--mode", "40", "--v2"), 2, "13 channels");
    expect(RUN(room, KITCHEN, "--crops="), 2, "name of a folder");
    expect(RUN(room, KITCHEN, "--bench", "1", "-o", "@x.png"), 2, "nothing is written");
    expect(RUN(room, KITCHEN, "--bench", "1", "--compare-queries", "-q", "a", "-q", "b"), 2,
           "exclude each other");
    expect(RUN(room, FILM, "--bench", "1"), 2, "one picture");
    expect(
        RUN(room, KITCHEN, "--query-embedding", VECTOR, "--embeddings", VECTOR, "--token-ids", "1"),
        2, "not from both");
    assert_false(file_mkdirs("", 0700, NULL));
    expect(RUN(room, KITCHEN, "--compare-queries"), 2, "two questions");
    expect(RUN(room, KITCHEN, "--triple", "0,1,13", "-o", "@x.png"), 2, "0 to 12");
    expect(RUN(room, KITCHEN, "--cull", "0.5"), 2, "--cull is about the 40 channels");
    expect(RUN(room, KITCHEN, "--saliency", "spectral"), 2, "--saliency is about");
    expect(RUN(room, KITCHEN, "--literal-edges"), 2, "--literal-edges is about");
    expect(RUN(room, KITCHEN, "--flow", "lk"), 2, "--flow is about");
    expect(RUN(room, KITCHEN, "--flow", "optical"), 2, "blocks lk");
    expect(RUN(room, KITCHEN, "--temporal", "always"), 2, "plain reuse");
    expect(RUN(room, KITCHEN, "--query-embedding", VECTOR), 2, "without the scorer");
    expect(RUN(room, KITCHEN, "--token-ids", "1"), 2, "belong together");
    expect(RUN(room, KITCHEN, "--weights", WEIGHTS), 2, "as a vector");
    expect(RUN(room, KITCHEN, "-o", "@x.jpg"), 2, "PNG");
    expect(RUN(room, KITCHEN, "--weights", VECTOR), 6, "");
    expect(RUN(room, KITCHEN, "--weights", WEIGHTS, "--query-embedding",
               "tests/golden/arrcoc/query64.safetensors"),
           2, "64 numbers");
    expect(RUN(room, KITCHEN, "tests/fixtures/pictures/chart.png", "-o", "@x.png"), 2,
           "one picture");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_json),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_total_is_exact),
        cmocka_unit_test(test_modes),
        cmocka_unit_test(test_many),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_bench),
        cmocka_unit_test(test_question_of_any_bytes),
        cmocka_unit_test(test_few_tokens_and_cells),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
