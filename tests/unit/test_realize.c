/* SPDX-License-Identifier: Apache-2.0 */
/* The verb realize as a script sees it: what is printed, written and refused. Run from the root of
 * the source tree. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arrcoc/weights.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/realize.h"
#include "core/format/picture.h"
#include "core/format/safetensors.h"

#define KITCHEN "tests/fixtures/pictures/kitchen.png"
#define FILM "tests/fixtures/pictures/ball.y4m"
#define WEIGHTS "tests/golden/arrcoc/weights2048.safetensors"
#define VECTOR "tests/golden/arrcoc/query2048.safetensors"

#define TABLE "lumen-labs/Aurora-Text-Nano"

enum { MAX_WORDS = 24 };

struct result {
    int code;
    char *out, *err;
};

struct room {
    char *home;
};

static int set_up(void **state)
{
    struct room *room = xcalloc(1, sizeof *room);
    const char *tmp = getenv("TMPDIR");
    room->home = xasprintf("%s/hfterm-realize-XXXXXX", tmp ? tmp : "/tmp");
    if (!mkdtemp(room->home)) {
        return -1;
    }
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    file_remove_tree(room->home, NULL);
    free(room->home);
    free(room);
    return 0;
}

static int redirect(FILE *stream, const char *path)
{
    fflush(stream);
    const int old = dup(fileno(stream));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    dup2(fileno(file), fileno(stream));
    fclose(file);
    return old;
}

static char *restore(FILE *stream, int old, const char *path)
{
    struct buf text = BUF_INIT;
    fflush(stream);
    dup2(old, fileno(stream));
    close(old);
    assert_true(file_read(path, &text, 64 * 1024 * 1024, NULL));
    return buf_steal(&text);
}

/* The words behind "hfterm realize", NULL at the end. A leading @ stands for the test's folder. */
static struct result run(const struct room *room, const char *const *words)
{
    char *argv[MAX_WORDS + 2];
    int n = 0;
    argv[n++] = xstrdup("realize");
    for (; words[n - 1]; n++) {
        const char *w = words[n - 1];
        assert_true(n < MAX_WORDS);
        argv[n] = *w == '@' ? xasprintf("%s/%s", room->home, w + 1) : xstrdup(w);
    }
    argv[n] = NULL;
    char *out_path = xasprintf("%s/stdout", room->home),
         *err_path = xasprintf("%s/stderr", room->home);
    const int out = redirect(stdout, out_path), err = redirect(stderr, err_path);
    const struct cli_globals globals = {0};
    struct result r = {.code = cli_main(&globals, n, argv)};
    r.out = restore(stdout, out, out_path);
    r.err = restore(stderr, err, err_path);
    for (int i = 0; i < n; i++) {
        free(argv[i]);
    }
    free(out_path);
    free(err_path);
    return r;
}

#define RUN(room, ...) run(room, (const char *const[]){__VA_ARGS__, NULL})

static void done(struct result *r)
{
    free(r->out);
    free(r->err);
}

static cJSON *parse(const struct result *r)
{
    if (r->code) {
        fail_msg("exit code %d: %s", r->code, r->err);
    }
    cJSON *j = json_parse(r->out, strlen(r->out), NULL);
    assert_non_null(j);
    return j;
}

static double number(const cJSON *o, const char *key)
{
    double v = 0.0;
    if (!json_num(o, key, &v)) {
        fail_msg("there is no number \"%s\"", key);
    }
    return v;
}

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
    done(&r);
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

static char *line_with(const char *text, const char *words)
{
    char *at = strstr(text, words);
    assert_non_null(at);
    return at;
}

/* Frames stand in the order people number them. */
static void test_folder_order(void **state)
{
    const struct room *room = *state;
    static const char *const NAME[] = {"f2.png", "f10.png", "f1.png", "f010a.png"};
    char *folder = xasprintf("%s/frames", room->home);
    assert_true(file_mkdirs(folder, 0700, NULL));
    for (size_t i = 0; i < sizeof NAME / sizeof *NAME; i++) {
        const uint8_t rgb[] = {1, 2, 3};
        char *path = xasprintf("%s/%s", folder, NAME[i]);
        assert_true(picture_write_png(path, rgb, 1, 1, 3, NULL));
        free(path);
    }
    struct result r = RUN(room, "@frames");
    assert_int_equal(r.code, 0);
    assert_true(line_with(r.out, "/f1.png") < line_with(r.out, "/f2.png"));
    assert_true(line_with(r.out, "/f2.png") < line_with(r.out, "/f10.png"));
    assert_true(line_with(r.out, "/f10.png") < line_with(r.out, "/f010a.png"));
    free(folder);
    done(&r);
}

/* Crops of an earlier run do not stay beside those of this one. */
static void test_old_crops_go(void **state)
{
    const struct room *room = *state;
    char *path = xasprintf("%s/crops/region-07.png", room->home);
    const uint8_t rgb[] = {1, 2, 3};
    struct result r = RUN(room, KITCHEN, "-q", "red", "--crops", "@crops");
    assert_int_equal(r.code, 0);
    done(&r);
    assert_true(picture_write_png(path, rgb, 1, 1, 3, NULL));
    r = RUN(room, KITCHEN, "-q", "red", "--crops", "@crops");
    assert_int_equal(r.code, 0);
    assert_false(file_exists(path));
    done(&r);
    free(path);
}

static void test_picture_is_not_overwritten(void **state)
{
    const struct room *room = *state;
    const uint8_t rgb[] = {9, 9, 9};
    static const char *const NAME[] = {"own/region-03.png", "own/overview.png", "own/seen.png"};
    char *folder = xasprintf("%s/own", room->home);
    assert_true(file_mkdirs(folder, 0700, NULL));
    for (size_t i = 0; i < 3; i++) {
        char *path = xasprintf("%s/%s", room->home, NAME[i]), *at = xasprintf("@%s", NAME[i]);
        assert_true(picture_write_png(path, rgb, 1, 1, 3, NULL));
        struct result r = i < 2 ? RUN(room, at, "--crops", "@own") : RUN(room, at, "-o", at);
        if (r.code != 2 || !strstr(r.err, "is the picture itself")) {
            fail_msg("%s: code %d, %s", NAME[i], r.code, r.err);
        }
        assert_true(file_exists(path));
        done(&r);
        free(path);
        free(at);
    }
    free(folder);
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

/* ---- what is written ---- */

static void test_views(void **state)
{
    const struct room *room = *state;
    static const char *const VIEW[] = {"overview", "homunculus",   "heatmaps",    "three-ways",
                                       "textures", "channels",     "false-color", "comparison",
                                       "metrics",  "query-impact", "attribution", "inspector",
                                       "balanced", "tokens"};
    char *path = xasprintf("%s/view.png", room->home);
    for (size_t i = 0; i < sizeof VIEW / sizeof *VIEW; i++) {
        struct picture p;
        struct result r = RUN(room, KITCHEN, "-q", "red", "--view", VIEW[i], "-o", "@view.png");
        if (r.code) {
            fail_msg("--view %s: %s", VIEW[i], r.err);
        }
        assert_true(picture_read(path, &p, NULL));
        assert_true(p.width > 100 && p.height > 100);
        picture_done(&p);
        unlink(path);
        done(&r);
    }
    static const char *const STYLE[][4] = {{"homunculus", "--style", "borders"},
                                           {"homunculus", "--style", "heatmap"},
                                           {"false-color", "--style", "spatial"},
                                           {"false-color", "--triple", "0,7,10"}};
    for (size_t i = 0; i < sizeof STYLE / sizeof *STYLE; i++) {
        struct result r =
            RUN(room, KITCHEN, "--view", STYLE[i][0], "-o", "@view.png", STYLE[i][1], STYLE[i][2]);
        assert_int_equal(r.code, 0);
        assert_true(file_exists(path));
        unlink(path);
        done(&r);
    }
    free(path);
}

static void test_crops(void **state)
{
    const struct room *room = *state;
    struct result r =
        RUN(room, KITCHEN, "-q", "red mug", "--total", "800", "--crops", "@crops", "--json");
    cJSON *j = parse(&r);
    const cJSON *region = NULL;
    int i = 0;
    cJSON_ArrayForEach(region, json_arr(json_obj(j, "plan"), "regions"))
    {
        struct picture p;
        char *path = xasprintf("%s/crops/region-%02d.png", room->home, ++i);
        assert_true(picture_read(path, &p, NULL));
        assert_int_equal(p.width, (int)number(region, "width"));
        assert_int_equal(p.height, (int)number(region, "height"));
        picture_done(&p);
        free(path);
    }
    assert_true(i > 0);
    struct buf prompt = BUF_INIT;
    char *path = xasprintf("%s/crops/prompt.json", room->home);
    assert_true(file_read(path, &prompt, 1 << 20, NULL));
    cJSON *message = json_parse(buf_str(&prompt), prompt.n, NULL);
    assert_non_null(message);
    assert_non_null(strstr(buf_str(&prompt), "region-01.png"));
    assert_non_null(strstr(buf_str(&prompt), "red mug"));
    cJSON_Delete(message);
    buf_done(&prompt);
    free(path);
    cJSON_Delete(j);
    done(&r);
}

static void test_dump(void **state)
{
    const struct room *room = *state;
    static const char *const NAME[] = {
        "texture",  "raw_edges", "info",    "persp",      "partic",          "balanced",
        "tensions", "topk",      "budgets", "channels40", "channels40_state"};
    struct result r =
        RUN(room, KITCHEN, "-q", "red", "--mode", "40", "--dump", "@dump.safetensors", "--json");
    cJSON *j = parse(&r);
    char *path = xasprintf("%s/dump.safetensors", room->home);
    struct safetensors *s = safetensors_open(path, NULL);
    assert_non_null(s);
    for (size_t i = 0; i < sizeof NAME / sizeof *NAME; i++) {
        if (!safetensors_find(s, NAME[i])) {
            fail_msg("the dump has no %s", NAME[i]);
        }
    }
    const struct st_tensor *topk = safetensors_find(s, "topk");
    int32_t order[200];
    assert_int_equal((int)topk->elements, 200);
    assert_true(safetensors_read(s, topk, 0, order, sizeof order, NULL));
    const cJSON *first = cJSON_GetArrayItem(json_arr(j, "cells"), 0);
    assert_int_equal(order[0], (int)cJSON_GetArrayItem(first, 0)->valuedouble);
    safetensors_close(s);
    free(path);
    cJSON_Delete(j);
    done(&r);
}

/* The 40 channels of the last frame, as --dump leaves them. */
static void last_frame(const struct room *room, float channels[40][1024], const char *flow,
                       const char *temporal)
{
    struct result r = RUN(room, "tests/fixtures/pictures/ball.y4m", "--mode", "40", "--flow", flow,
                          "--temporal", temporal, "--dump", "@dump.safetensors");
    if (r.code) {
        fail_msg("exit code %d: %s", r.code, r.err);
    }
    char *path = xasprintf("%s/dump.safetensors", room->home);
    struct safetensors *s = safetensors_open(path, NULL);
    assert_non_null(s);
    const size_t size = 40 * sizeof *channels;
    assert_true(safetensors_read(s, safetensors_find(s, "channels40"), 0, channels[0], size, NULL));
    safetensors_close(s);
    free(path);
    done(&r);
}

/* By gradients the relevance of the frame before comes from elsewhere, the picture's own channels
 * do not change; kept channels change where that relevance was high. */
static void test_frames(void **state)
{
    const struct room *room = *state;
    enum { RED = 0, BEFORE = 15 };
    static float plain[40][1024], other[40][1024];
    last_frame(room, plain, "blocks", "plain");
    last_frame(room, other, "lk", "plain");
    assert_memory_equal(other[RED], plain[RED], sizeof *plain);
    assert_memory_not_equal(other[BEFORE], plain[BEFORE], sizeof *plain);
    last_frame(room, other, "blocks", "reuse");
    int n_kept = 0;
    for (int i = 0; i < 1024; i++) {
        n_kept += other[RED][i] != plain[RED][i];
        assert_true(other[RED][i] == plain[RED][i] || other[BEFORE][i] >= 0.3F);
    }
    assert_true(n_kept > 0);
}

/* Neither means anything to a still. */
static void test_frame_options_of_stills(void **state)
{
    const struct room *room = *state;
    struct result plain = RUN(room, KITCHEN, "--mode", "40");
    struct result r = RUN(room, KITCHEN, "--mode", "40", "--flow", "lk", "--temporal", "reuse");
    assert_int_equal(r.code, 0);
    const char *end = strstr(plain.out, "engine\t"); /* where the time stands */
    assert_non_null(end);
    assert_memory_equal(r.out, plain.out, (size_t)(end - plain.out));
    done(&plain);
    done(&r);
}

/* Rows of a table on the Hub are those of the file. */
static void test_hub_rows(void **state)
{
    (void)state;
    const struct cli_globals globals = {.is_demo = true};
    setenv("HFTERM_DATA_DIR", "tests/fixtures", 1);
    static const uint32_t ids[] = {3, 1, 200, 3};
    int near_dim = 0, far_dim = 0;
    struct err e = ERR_INIT;
    float *near = arr_query_embed("tests/fixtures/demo/models/" TABLE "/model.safetensors", ids, 4,
                                  ARR_QUERY_F32, &near_dim, &e);
    float *far = realize_hub_embed(&globals, "hf://" TABLE "/model.safetensors", ids, 4,
                                   ARR_QUERY_F32, &far_dim, &e);
    if (!near || !far) {
        fail_msg("%s", e.msg);
    }
    assert_int_equal(near_dim, far_dim);
    assert_memory_equal(near, far, (size_t)near_dim * sizeof *near);
    free(near);
    free(far);
    assert_null(realize_hub_embed(&globals, "hf://" TABLE, ids, 4, ARR_QUERY_F32, &far_dim, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_null(realize_hub_embed(&globals, "hf://" TABLE "/none.safetensors", ids, 4,
                                  ARR_QUERY_F32, &far_dim, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    unsetenv("HFTERM_DATA_DIR");
}

/* ---- what is odd ---- */

static int count(const char *text, const char *words)
{
    int n = 0;
    for (const char *p = strstr(text, words); p; p = strstr(p + 1, words)) {
        n++;
    }
    return n;
}

/* Of six frames the last one is drawn, and what is wrong with the options is said once. */
static void test_frames_are_written_once(void **state)
{
    const struct room *room = *state;
    struct result r = RUN(room, FILM, "-o", "@none/x.png");
    assert_int_equal(r.code, 1);
    assert_int_equal(count(r.err, "hfterm:"), 1);
    assert_int_equal(count(r.out, "ball.y4m#"), 6);
    done(&r);
    r = RUN(room, FILM, "--kappa", "0");
    assert_int_equal(r.code, 2);
    assert_int_equal(count(r.err, "hfterm:"), 1);
    done(&r);
}

/* A frame that is cut off does not take the picture of the one before it along. */
static void test_film_that_is_cut_off(void **state)
{
    const struct room *room = *state;
    struct buf film = BUF_INIT;
    char *path = xasprintf("%s/cut.y4m", room->home), *drawn = xasprintf("%s/cut.png", room->home);
    assert_true(file_read(FILM, &film, 64 * 1024 * 1024, NULL));
    assert_true(file_write_atomic(path, film.p, film.n - 1, 0600, NULL));
    struct result r = RUN(room, "@cut.y4m", "-o", "@cut.png");
    assert_int_equal(r.code, 6);
    assert_int_equal(count(r.out, "cut.y4m#"), 5);
    assert_true(file_exists(drawn));
    done(&r);
    free(path);
    free(drawn);
    buf_done(&film);
}

static void test_film_without_frames(void **state)
{
    const struct room *room = *state;
    static const char FILM_HEAD[] = "YUV4MPEG2 W4 H4\n";
    char *path = xasprintf("%s/empty.y4m", room->home);
    assert_true(file_write_atomic(path, FILM_HEAD, sizeof FILM_HEAD - 1, 0600, NULL));
    struct result r = RUN(room, "@empty.y4m", "-q", "red");
    assert_int_equal(r.code, 6);
    assert_non_null(strstr(r.err, "no frames"));
    assert_string_equal(r.out, ""); /* nothing was understood of the question either */
    done(&r);
    free(path);
}

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
        cmocka_unit_test(test_folder_order),
        cmocka_unit_test(test_old_crops_go),
        cmocka_unit_test(test_picture_is_not_overwritten),
        cmocka_unit_test(test_compare),
        cmocka_unit_test(test_bench),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_crops),
        cmocka_unit_test(test_dump),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_frame_options_of_stills),
        cmocka_unit_test(test_frames_are_written_once),
        cmocka_unit_test(test_film_that_is_cut_off),
        cmocka_unit_test(test_film_without_frames),
        cmocka_unit_test(test_question_of_any_bytes),
        cmocka_unit_test(test_few_tokens_and_cells),
        cmocka_unit_test(test_hub_rows),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
