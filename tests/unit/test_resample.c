/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* Resizing against Pillow's own bytes (as hashes) and against a plain form of the same rules;
 * bilinear maps against torch's rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/arrcoc/resample.h"
#include "core/base/err.h"
#include "tests/unit/golden_pictures.h"

static uint8_t *resized(const uint8_t *rgb, int w, int h, int out_w, int out_h,
                        enum arr_filter filter, int n_threads)
{
    uint8_t *out = golden_new_rgb8(out_w, out_h);
    struct err e = ERR_INIT;
    assert_true(
        arr_resize_rgb8(rgb, w, h, (size_t)w * 3, out, out_w, out_h, filter, n_threads, &e));
    return out;
}

/* ---- Pillow ---- */

static uint64_t fnv1a(const uint8_t *p, size_t n)
{
    uint64_t h = 0xcbf29ce484222325U;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * 0x100000001b3U;
    }
    return h;
}

/* FNV-1a of Image.resize of golden_noise(seed), made with Pillow 12.0.0. (From 13.0 on Pillow does
 * the vertical pass first where that is cheaper, so seeds 26 and 30 come out differently there.) */
static const struct pillow {
    uint64_t seed;
    int w, h, out_w, out_h;
    enum arr_filter filter;
    uint64_t hash;
} PILLOW[] = {
    {24, 640, 480, 512, 512, ARR_TRIANGLE, 0x6366eb4520022a24U},
    {25, 200, 300, 512, 512, ARR_TRIANGLE, 0xfd932e06de667f0aU},
    {26, 333, 777, 512, 512, ARR_TRIANGLE, 0xbc3c8fde8735b602U},
    {27, 512, 700, 512, 512, ARR_TRIANGLE, 0xcaa286abaf30227bU},
    {28, 1500, 40, 224, 224, ARR_TRIANGLE, 0x916414e8ac731628U},
    {29, 97, 61, 64, 80, ARR_BICUBIC, 0x9f5e569d63226f74U},
    {30, 31, 200, 300, 20, ARR_BICUBIC, 0x454978c189339379U},
    {31, 100, 100, 37, 100, ARR_LANCZOS, 0xc1dbdca31d638c66U},
    {32, 257, 129, 128, 256, ARR_LANCZOS, 0x23a1657b5931527bU},
    {33, 1, 1, 5, 3, ARR_LANCZOS, 0x4586a1524cbc2ce2U},
};

static void test_pillow_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof PILLOW / sizeof *PILLOW; i++) {
        const struct pillow *p = &PILLOW[i];
        uint8_t *in = golden_noise(p->seed, p->w, p->h);
        uint8_t *out = resized(in, p->w, p->h, p->out_w, p->out_h, p->filter, 1 + (int)(i % 3));
        const uint64_t hash = fnv1a(out, (size_t)p->out_w * (size_t)p->out_h * 3);
        if (hash != p->hash) {
            fail_msg("seed %d: other bytes than Pillow's", (int)p->seed);
        }
        free(in);
        free(out);
    }
}

/* ---- the same rules, one pixel after the other ---- */

static double kernel(enum arr_filter filter, double x)
{
    const double pi = acos(-1.0);
    x = fabs(x);
    switch (filter) {
    case ARR_TRIANGLE:
        return x < 1 ? 1 - x : 0;
    case ARR_BICUBIC:
        return x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
    default:
        return x >= 3 ? 0 : x == 0 ? 1 : sin(pi * x) / (pi * x) * sin(pi * x / 3) / (pi * x / 3);
    }
}

/* Whether got is the output o of an axis, as exactly as weights of 22 bits can tell. */
static bool is_value(uint8_t got, int n_in, int n_out, int o, enum arr_filter filter,
                     const uint8_t *line, size_t step)
{
    const double scale = (double)n_in / n_out, f = scale > 1 ? scale : 1;
    const double support = f * (filter == ARR_TRIANGLE ? 1 : filter == ARR_BICUBIC ? 2 : 3);
    const double c = (o + 0.5) * scale;
    int first = (int)(c - support + 0.5), last = (int)(c + support + 0.5);
    first = first < 0 ? 0 : first;
    last = last > n_in ? n_in : last;
    double sum = 0, weights = 0;
    for (int i = first; i < last; i++) {
        const double w = kernel(filter, (i - c + 0.5) / f);
        sum += w * line[(size_t)i * step];
        weights += w;
    }
    const double v = sum / weights, rounding = (last - first) * 255.0 * 0.5 / (1 << 22);
    const double clipped = v < 0 ? 0 : v > 255 ? 255 : v;
    return fabs(clipped - got) <= 0.5 + rounding + 1e-9;
}

static void check_plain(int w, int h, int out_w, int out_h, enum arr_filter filter)
{
    uint8_t *in = golden_noise((uint64_t)(w * 7 + h), w, h);
    uint8_t *mid = resized(in, w, h, out_w, h, filter, 1);
    uint8_t *out = resized(in, w, h, out_w, out_h, filter, 2);
    for (int y = 0; y < h && w != out_w; y++) {
        for (int i = 0; i < out_w * 3; i++) {
            const uint8_t *line = in + (size_t)y * (size_t)w * 3 + i % 3;
            assert_true(is_value(mid[y * out_w * 3 + i], w, out_w, i / 3, filter, line, 3));
        }
    }
    for (int y = 0; y < out_h && h != out_h; y++) {
        for (int i = 0; i < out_w * 3; i++) {
            assert_true(
                is_value(out[y * out_w * 3 + i], h, out_h, y, filter, mid + i, (size_t)out_w * 3));
        }
    }
    if (w == out_w && h == out_h) {
        assert_memory_equal(in, out, (size_t)w * (size_t)h * 3);
    }
    free(in);
    free(mid);
    free(out);
}

static void test_plain_rules(void **state)
{
    (void)state;
    static const int SIZES[][4] = {
        {1, 1, 7, 4},      {2, 2, 1, 1},      {3, 50, 40, 50},  {40, 3, 40, 9},
        {33, 17, 33, 17},  {100, 60, 31, 59}, {61, 90, 130, 7}, {5, 5, 33, 64},
        {129, 31, 32, 31}, {700, 2, 3, 5},    {2, 700, 5, 3},
    };
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        for (int filter = ARR_TRIANGLE; filter <= ARR_LANCZOS; filter++) {
            check_plain(SIZES[i][0], SIZES[i][1], SIZES[i][2], SIZES[i][3],
                        (enum arr_filter)filter);
        }
    }
}

/* ---- shapes ---- */

static void check_constant(int w, int h, int out_w, int out_h, enum arr_filter filter)
{
    uint8_t *in = golden_new_rgb8(w, h);
    memset(in, 201, (size_t)w * (size_t)h * 3);
    uint8_t *out = resized(in, w, h, out_w, out_h, filter, 2);
    for (int i = 0; i < out_w * out_h * 3; i++) {
        assert_int_equal(out[i], 201);
    }
    free(in);
    free(out);
}

static void test_long_and_thin(void **state)
{
    (void)state;
    for (int filter = ARR_TRIANGLE; filter <= ARR_LANCZOS; filter++) {
        check_constant(1, 1, 512, 512, (enum arr_filter)filter);
        check_constant(1, 10000, 512, 512, (enum arr_filter)filter);
        check_constant(20000, 3, 512, 512, (enum arr_filter)filter);
        check_constant(ARR_SIDE_MAX, 1, 1, 1, (enum arr_filter)filter);
        check_constant(1, ARR_SIDE_MAX, 2, 1, (enum arr_filter)filter);
    }
}

/* Rows with something between them; the last one ends where the memory does. */
static void test_stride(void **state)
{
    (void)state;
    enum { W = 37, H = 23, STRIDE = 150 };
    uint8_t *tight = golden_noise(5, W, H);
    uint8_t *loose = xmalloc((H - 1) * STRIDE + W * 3);
    memset(loose, 255, (H - 1) * STRIDE + W * 3);
    for (int y = 0; y < H; y++) {
        memcpy(loose + y * STRIDE, tight + y * W * 3, W * 3);
    }
    static const int OUT[][2] = {{16, 16}, {64, 64}, {W, 9}, {9, H}, {W, H}};
    for (size_t i = 0; i < sizeof OUT / sizeof *OUT; i++) {
        const int w = OUT[i][0], h = OUT[i][1];
        uint8_t *a = resized(tight, W, H, w, h, ARR_BICUBIC, 1);
        uint8_t *b = golden_new_rgb8(w, h);
        assert_true(arr_resize_rgb8(loose, W, H, STRIDE, b, w, h, ARR_BICUBIC, 4, NULL));
        assert_memory_equal(a, b, (size_t)(w * h * 3));
        free(a);
        free(b);
    }
    free(tight);
    free(loose);
}

static void test_sides_that_make_no_sense(void **state)
{
    (void)state;
    uint8_t pixel[3] = {0};
    struct err e = ERR_INIT;
    assert_false(arr_resize_rgb8(pixel, 0, 1, 3, pixel, 1, 1, ARR_TRIANGLE, 1, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_false(arr_resize_rgb8(pixel, 1, 1, 3, pixel, 1, ARR_SIDE_MAX + 1, ARR_TRIANGLE, 1, &e));
    assert_int_equal(e.code, ERR_USAGE);
}

static void test_taps(void **state)
{
    (void)state;
    struct arr_taps t;
    assert_true(arr_taps_init(&t, 1000, 77, ARR_LANCZOS, NULL));
    for (int o = 0; o < t.n_out; o++) {
        int32_t sum = 0;
        assert_true(t.first[o] >= 0 && t.count[o] > 0 && t.count[o] <= t.taps);
        assert_true(t.first[o] + t.count[o] <= 1000);
        for (int i = 0; i < t.taps; i++) {
            sum += t.weight[o * t.taps + i];
        }
        assert_in_range(sum, (1 << 22) - t.taps, (1 << 22) + t.taps);
    }
    arr_taps_done(&t);
    assert_null(t.weight);
}

/* ---- maps ---- */

static void test_lerp_axis(void **state)
{
    (void)state;
    struct arr_lerp l[512];
    arr_lerp_axis(512, 32, l);
    for (int o = 0; o < 32; o++) {
        assert_true(l[o].i0 == 16 * o + 7 && l[o].i1 == 16 * o + 8 && l[o].w1 == 0.5f);
    }
    arr_lerp_axis(512, 512, l);
    for (int o = 0; o < 512; o++) {
        assert_true(l[o].i0 == o && l[o].w1 == 0.0f);
    }
    arr_lerp_axis(2, 4, l);
    assert_true(l[0].i0 == 0 && l[0].w1 == 0.0f);
    assert_true(l[1].i0 == 0 && l[1].i1 == 1 && l[1].w1 == 0.25f);
    assert_true(l[2].i0 == 0 && l[2].w1 == 0.75f);
    assert_true(l[3].i0 == 1 && l[3].i1 == 1);
    arr_lerp_axis(1, 3, l);
    assert_true(l[2].i0 == 0 && l[2].i1 == 0);
}

static void test_bilinear(void **state)
{
    (void)state;
    static const float SRC[] = {0, 1, 2, 4};
    static const float WANT[] = {0,    0.25f,   0.75f,   1,     0.5f, 0.8125f, 1.4375f, 1.75f,
                                 1.5f, 1.9375f, 2.8125f, 3.25f, 2,    2.5f,    3.5f,    4};
    float out[16];
    assert_true(arr_bilinear(SRC, 2, 2, out, 4, 4, NULL));
    assert_memory_equal(out, WANT, sizeof out);
    float one[6], row[5] = {3, 1, 4, 1, 5}, same[5];
    assert_true(arr_bilinear(row + 2, 1, 1, one, 3, 2, NULL));
    for (int i = 0; i < 6; i++) {
        assert_true(one[i] == 4.0f);
    }
    assert_true(arr_bilinear(row, 5, 1, same, 5, 1, NULL));
    assert_memory_equal(same, row, sizeof row);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pillow_bytes),
        cmocka_unit_test(test_plain_rules),
        cmocka_unit_test(test_long_and_thin),
        cmocka_unit_test(test_stride),
        cmocka_unit_test(test_sides_that_make_no_sense),
        cmocka_unit_test(test_taps),
        cmocka_unit_test(test_lerp_axis),
        cmocka_unit_test(test_bilinear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
