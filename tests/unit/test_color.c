/* SPDX-License-Identifier: Apache-2.0 */
/* sRGB to LAB and gray, against kornia's values and against the formulas in double. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/arrcoc/color.h"
#include "core/base/mem.h"

/* Printed by kornia.color.rgb_to_lab (0.9.0, torch on the CPU). */
static const struct known {
    uint8_t rgb[3];
    float lab[3];
} KNOWN[] = {
    {{0, 0, 0}, {0.0F, 0.0F, 0.0F}},
    {{255, 255, 255}, {100.0F, -0.002444F, 0.004649F}},
    {{255, 0, 0}, {53.240585F, 80.092308F, 67.202744F}},
    {{0, 255, 0}, {87.7351F, -86.183044F, 83.179703F}},
    {{0, 0, 255}, {32.29567F, 79.185593F, -107.8573F}},
    {{10, 10, 10}, {2.741734F, -0.000171F, 0.000328F}},
    {{11, 11, 11}, {3.0229F, -0.000194F, 0.000364F}},
    {{10, 11, 12}, {2.984613F, -0.117198F, -0.505519F}},
    {{128, 128, 128}, {53.585014F, -0.00146F, 0.002778F}},
    {{1, 2, 3}, {0.509825F, -0.122488F, -0.470498F}},
    {{200, 100, 50}, {53.629509F, 36.305191F, 45.380463F}},
    {{20, 24, 22}, {7.767464F, -2.351925F, 0.736761F}},
    {{25, 26, 25}, {9.121115F, -0.738621F, 0.531462F}},
};

static void test_known_colors(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        const uint8_t *rgb = KNOWN[i].rgb;
        float lab[3];
        arr_lab_one(rgb[0], rgb[1], rgb[2], lab);
        for (int c = 0; c < 3; c++) {
            assert_true(fabsf(lab[c] - KNOWN[i].lab[c]) < 5e-5f);
        }
    }
}

/* ---- the formulas in double ---- */

static double linear(double v)
{
    return v > 0.04045 ? pow((v + 0.055) / 1.055, 2.4) : v / 12.92;
}

static double lab_f(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 4.0 / 29.0;
}

static void lab_in_double(const double rgb[3], double lab[3])
{
    const double r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
    const double x = lab_f((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047);
    const double y = lab_f(0.212671 * r + 0.715160 * g + 0.072169 * b);
    const double z = lab_f((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

/* 35 x 35 x 35 colours, in one call so that chunks end in the middle. */
enum { SIDE = 35, COLORS = SIDE * SIDE * SIDE };

struct colors {
    uint8_t rgb8[COLORS][3];
    float plane[3][COLORS], lab[3][COLORS], lab8[3][COLORS];
};

static struct colors *all_colors(void)
{
    struct colors *c = xcalloc(1, sizeof *c);
    for (int i = 0; i < COLORS; i++) {
        const int level[3] = {i % SIDE, i / SIDE % SIDE, i / SIDE / SIDE};
        for (int k = 0; k < 3; k++) {
            c->rgb8[i][k] = (uint8_t)(level[k] * 15 / 2);
            c->plane[k][i] = (float)c->rgb8[i][k] / 255.0f;
        }
    }
    arr_lab(c->plane[0], c->plane[1], c->plane[2], c->lab[0], c->lab[1], c->lab[2], COLORS);
    return c;
}

static void test_against_double(void **state)
{
    (void)state;
    struct colors *c = all_colors();
    for (int i = 0; i < COLORS; i++) {
        const double rgb[3] = {(double)c->plane[0][i], (double)c->plane[1][i],
                               (double)c->plane[2][i]};
        double want[3];
        lab_in_double(rgb, want);
        /* 500 and 200 times the difference of two roots, each with an error of its last bit. */
        assert_true(fabs((double)c->lab[0][i] - want[0]) < 3e-5);
        assert_true(fabs((double)c->lab[1][i] - want[1]) < 2e-4);
        assert_true(fabs((double)c->lab[2][i] - want[2]) < 1e-4);
    }
    free(c);
}

static void test_bytes_as_floats(void **state)
{
    (void)state;
    struct colors *c = all_colors();
    arr_lab_rgb8(c->rgb8[0], c->lab8[0], c->lab8[1], c->lab8[2], COLORS);
    assert_memory_equal(c->lab, c->lab8, sizeof c->lab);
    uint8_t gray8[256][3];
    float gray[256], lab[3][256], lab8[3][256];
    for (int v = 0; v < 256; v++) {
        memset(gray8[v], v, 3);
        gray[v] = (float)v / 255.0f;
    }
    arr_lab(gray, gray, gray, lab[0], lab[1], lab[2], 256);
    arr_lab_rgb8(gray8[0], lab8[0], lab8[1], lab8[2], 256);
    assert_memory_equal(lab, lab8, sizeof lab);
    for (int v = 1; v < 256; v++) {
        assert_true(lab[0][v] > lab[0][v - 1]);
    }
    free(c);
}

/* Any split and any place gives the same bits; outputs may be the inputs. */
static void test_splits_and_in_place(void **state)
{
    (void)state;
    struct colors *c = all_colors();
    for (size_t n = 0; n < 20; n++) {
        const size_t at = n * 97;
        float out[3][20];
        arr_lab(c->plane[0] + at, c->plane[1] + at, c->plane[2] + at, out[0], out[1], out[2], n);
        for (int k = 0; k < 3; k++) {
            assert_memory_equal(out[k], c->lab[k] + at, n * sizeof(float));
        }
    }
    arr_lab(c->plane[0], c->plane[1], c->plane[2], c->plane[0], c->plane[1], c->plane[2], COLORS);
    assert_memory_equal(c->plane, c->lab, sizeof c->lab);
    free(c);
}

static void test_gray(void **state)
{
    (void)state;
    static const float R[] = {0, 1, 1, 0, 0, 0.25f}, G[] = {0, 1, 0, 1, 0, 0.5f},
                       B[] = {0, 1, 0, 0, 1, 0.75f};
    static const double WANT[] = {0, 1, 0.299, 0.587, 0.114, 0.45375};
    float out[6];
    arr_gray(R, G, B, out, 6);
    for (int i = 0; i < 6; i++) {
        assert_true(fabs((double)out[i] - WANT[i]) < 1e-7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known_colors),
        cmocka_unit_test(test_against_double),
        cmocka_unit_test(test_bytes_as_floats),
        cmocka_unit_test(test_splits_and_in_place),
        cmocka_unit_test(test_gray),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
