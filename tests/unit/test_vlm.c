/* SPDX-License-Identifier: Apache-2.0 */
/* Golden case 25: what an image costs a model, against the formula, the published code's outputs
 * (tests/golden/arrcoc/smart_resize.tsv) and figures worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/arrcoc/realize.h"
#include "core/base/err.h"

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The published formula, straight. nearbyint rounds half to even. */
static void formula(int h, int w, double f, double min_px, double max_px, int out[2])
{
    double hh = fmax(f, nearbyint(h / f) * f), ww = fmax(f, nearbyint(w / f) * f);
    if (hh * ww > max_px) {
        const double beta = sqrt((double)h * w / max_px);
        hh = fmax(f, floor(h / beta / f) * f);
        ww = fmax(f, floor(w / beta / f) * f);
    } else if (hh * ww < min_px) {
        const double beta = sqrt(min_px / ((double)h * w));
        hh = ceil(h * beta / f) * f;
        ww = ceil(w * beta / f) * f;
    }
    out[0] = (int)hh;
    out[1] = (int)ww;
}

static void sizes_follow_the_formula(void **state)
{
    (void)state;
    static const long limits[][2] = {{4, 16384}, {64, 16384}, {4, 1280},
                                     {64, 256},  {1, 65536},  {256, 1280}};
    uint64_t seed = 25;
    int enlarged = 0, reduced = 0;
    for (int i = 0; i < 500; i++) {
        const int h = 1 + (int)(next_random(&seed) % (1u << (1 + i % 13)));
        const int least = (h + 199) / 200, most = h * 200 < 8192 ? h * 200 : 8192;
        const int w = least + (int)(next_random(&seed) % (uint64_t)(most - least + 1));
        for (int f = 28; f <= 32; f += 4) {
            for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
                const struct arr_vlm vlm = {.name = "test",
                                            .factor = f,
                                            .min_pixels = limits[l][0] * f * f,
                                            .max_pixels = limits[l][1] * f * f,
                                            .max_aspect = 200};
                int want[2], hh = 0, ww = 0;
                formula(h, w, f, (double)vlm.min_pixels, (double)vlm.max_pixels, want);
                struct err e = ERR_INIT;
                assert_true(arr_smart_resize(&vlm, h, w, &hh, &ww, &e));
                assert_int_equal(hh, want[0]);
                assert_int_equal(ww, want[1]);
                long tokens = 0;
                assert_true(arr_vlm_tokens(&vlm, h, w, &tokens, &e));
                assert_int_equal(tokens, (hh / f) * (ww / f));
                enlarged += hh > h + f && ww > w + f;
                reduced += hh < h - f && ww < w - f;
            }
        }
    }
    assert_true(enlarged > 500 && reduced > 500);
}

static void halves_go_to_even(void **state)
{
    (void)state;
    const struct arr_vlm vlm = {
        .name = "test", .factor = 32, .max_pixels = 1 << 24, .max_aspect = 200};
    static const int cases[][2] = {{48, 64},   {80, 64},   {112, 128}, {144, 128},
                                   {176, 192}, {208, 192}, {16, 32},   {17, 32}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int h = 0, w = 0;
        assert_true(arr_smart_resize(&vlm, cases[i][0], 320, &h, &w, NULL));
        assert_int_equal(h, cases[i][1]);
        assert_int_equal(w, 320);
    }
}

static void published_code_agrees(void **state)
{
    (void)state;
    FILE *f = fopen("tests/golden/arrcoc/smart_resize.tsv", "r");
    assert_non_null(f);
    char line[160], name[32];
    int rows = 0, refused = 0;
    while (fgets(line, sizeof line, f)) {
        int h, w, want_h, want_w, hh = 0, ww = 0;
        if (line[0] == '#') {
            continue;
        }
        assert_int_equal(sscanf(line, "%31s %d %d %d %d", name, &h, &w, &want_h, &want_w), 5);
        const struct arr_vlm *vlm = arr_vlm_find(name);
        assert_non_null(vlm);
        struct err e = ERR_INIT;
        const bool ok = arr_smart_resize(vlm, h, w, &hh, &ww, &e);
        assert_int_equal(ok, want_h > 0);
        if (ok && (hh != want_h || ww != want_w)) {
            fail_msg("%s %dx%d: %dx%d, not %dx%d", name, h, w, hh, ww, want_h, want_w);
        }
        if (!ok) {
            assert_int_equal(e.code, ERR_USAGE);
            assert_true(e.remedy[0]);
            refused++;
        }
        rows++;
    }
    fclose(f);
    assert_int_equal(rows, 510);
    assert_int_equal(refused, 125);
}

static void worked_values_hold(void **state)
{
    (void)state;
    static const struct {
        int h, w;
        long qwen2, qwen2_class, qwen3, utils32;
    } cases[] = {
        {1080, 1920, 2691, 1222, 2040, 2040}, {2160, 3840, 10549, 1222, 8160, 8160},
        {480, 640, 391, 391, 300, 300},       {512, 512, 324, 324, 256, 256},
        {224, 224, 64, 64, 64, 49},           {100, 100, 16, 16, 64, 9},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *const names[] = {"qwen2-vl", "qwen2-vl-class", "qwen3-vl", "qwen-utils-32"};
        const long want[] = {cases[i].qwen2, cases[i].qwen2_class, cases[i].qwen3,
                             cases[i].utils32};
        for (size_t m = 0; m < 4; m++) {
            long tokens = 0;
            assert_true(
                arr_vlm_tokens(arr_vlm_find(names[m]), cases[i].h, cases[i].w, &tokens, NULL));
            assert_int_equal(tokens, want[m]);
        }
    }
}

static void the_table_is_whole(void **state)
{
    (void)state;
    assert_string_equal(arr_vlm_at(0)->name, "qwen3-vl");
    assert_null(arr_vlm_find("gpt"));
    size_t n = 0;
    for (const struct arr_vlm *v; (v = arr_vlm_at(n)) != NULL; n++) {
        assert_ptr_equal(arr_vlm_find(v->name), v);
        assert_true(v->about[0]);
        assert_int_equal(v->delimiters, 2);
        assert_int_equal(v->min_pixels % ((long)v->factor * v->factor), 0);
        assert_int_equal(v->max_pixels % ((long)v->factor * v->factor), 0);
    }
    assert_int_equal(n, 5);
    /* The processor's minimum is the smallest budget there is: a crop of 64 tokens goes 1:1. */
    assert_int_equal(arr_vlm_at(0)->min_pixels, 64 * 32 * 32);
}

static void what_is_refused_says_why(void **state)
{
    (void)state;
    const struct arr_vlm *vlm = arr_vlm_find("qwen3-vl");
    int h = 0, w = 0;
    struct err e = ERR_INIT;
    assert_false(arr_smart_resize(vlm, 1, 10000, &h, &w, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_non_null(strstr(e.msg, "10000 x 1"));
    assert_non_null(strstr(e.remedy, "at least 50 pixels"));
    assert_true(arr_smart_resize(vlm, 50, 10000, &h, &w, &e));
    assert_false(arr_smart_resize(vlm, 49, 10000, &h, &w, &e));
    assert_false(arr_smart_resize(vlm, 0, 10, &h, &w, &e));
    assert_false(arr_smart_resize(vlm, 10, -1, &h, &w, &e));
    assert_false(arr_smart_resize(vlm, 10, ARR_SIDE_MAX + 1, &h, &w, &e));
    const struct arr_vlm early = {.name = "early",
                                  .factor = 28,
                                  .min_pixels = 3136,
                                  .max_pixels = 1003520,
                                  .min_side = 10,
                                  .max_aspect = 200};
    assert_false(arr_smart_resize(&early, 9, 100, &h, &w, &e));
    assert_non_null(strstr(e.msg, "below 10"));
    assert_true(arr_smart_resize(&early, 10, 100, &h, &w, &e));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_follow_the_formula), cmocka_unit_test(halves_go_to_even),
        cmocka_unit_test(published_code_agrees),    cmocka_unit_test(worked_values_hold),
        cmocka_unit_test(the_table_is_whole),       cmocka_unit_test(what_is_refused_says_why),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
