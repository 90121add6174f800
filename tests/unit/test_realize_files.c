/* SPDX-License-Identifier: Apache-2.0 */
/* The files that the verb realize reads and writes: folders, films, rows on the Hub; views, crops,
 * tensors. */
#include "tests/unit/realize_help.h"

#include "core/arrcoc/weights.h"
#include "core/base/err.h"
#include "core/cli/realize.h"
#include "core/format/picture.h"
#include "core/format/safetensors.h"

#define TABLE "lumen-labs/Aurora-Text-Nano"

/* ---- what is read ---- */

static int count(const char *text, const char *words)
{
    int n = 0;
    for (const char *p = strstr(text, words); p; p = strstr(p + 1, words)) {
        n++;
    }
    return n;
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_folder_order),
        cmocka_unit_test(test_old_crops_go),
        cmocka_unit_test(test_picture_is_not_overwritten),
        cmocka_unit_test(test_views),
        cmocka_unit_test(test_crops),
        cmocka_unit_test(test_dump),
        cmocka_unit_test(test_frames),
        cmocka_unit_test(test_frame_options_of_stills),
        cmocka_unit_test(test_frames_are_written_once),
        cmocka_unit_test(test_film_that_is_cut_off),
        cmocka_unit_test(test_film_without_frames),
        cmocka_unit_test(test_hub_rows),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
