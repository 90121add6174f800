/* SPDX-License-Identifier: Apache-2.0 */
/* The sparse texture against an oracle that does what the reference does: the whole intermediate
 * picture in double, everything converted, then the second bilinear step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/arrcoc/texture.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "tests/unit/golden_pictures.h"

/* ---- the oracle ---- */

enum { PLANES = 9, O_R = 0, O_L = 3, O_A, O_B, O_GX, O_GY, O_MAG };

/* The first source and the weight of the second, computed in float as torch does: in a wide picture
 * the last bit of a coordinate moves a weight by more than what we want to see. */
static int oracle_axis(int n_in, int n_out, int o, double *w1)
{
    const float scale = (float)n_in / (float)n_out;
    const float x = fmaxf(0.0f, scale * ((float)o + 0.5f) - 0.5f);
    const int i = (int)fminf(floorf(x), (float)(n_in - 1));
    *w1 = (double)fminf(1.0f, x - (float)i);
    return i;
}

static double oracle_bilinear(const double *p, int w, int h, int side, int x, int y)
{
    double wx, wy;
    const int x0 = oracle_axis(w, side, x, &wx), y0 = oracle_axis(h, side, y, &wy);
    const int x1 = x0 + (x0 < w - 1), y1 = y0 + (y0 < h - 1);
    const double top = (1 - wx) * p[y0 * w + x0] + wx * p[y0 * w + x1];
    const double bottom = (1 - wx) * p[y1 * w + x0] + wx * p[y1 * w + x1];
    return (1 - wy) * top + wy * bottom;
}

static double linear(double v)
{
    return v > 0.04045 ? pow((v + 0.055) / 1.055, 2.4) : v / 12.92;
}

static double lab_f(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 4.0 / 29.0;
}

static void oracle_lab(double *const *plane, int n)
{
    const double r = linear(plane[0][n]), g = linear(plane[1][n]), b = linear(plane[2][n]);
    const double x = lab_f((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047);
    const double y = lab_f(0.212671 * r + 0.715160 * g + 0.072169 * b);
    const double z = lab_f((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
    plane[O_L][n] = 116 * y - 16;
    plane[O_A][n] = 500 * (x - y);
    plane[O_B][n] = 200 * (y - z);
}

static double gray_at(double *const *plane, int side, int x, int y)
{
    x = x < 0 ? 0 : x >= side ? side - 1 : x;
    y = y < 0 ? 0 : y >= side ? side - 1 : y;
    const int n = y * side + x;
    return 0.299 * plane[0][n] + 0.587 * plane[1][n] + 0.114 * plane[2][n];
}

static void oracle_sobel(double *const *plane, int side, int x, int y)
{
    static const int K[3][3] = {{-1, 0, 1}, {-2, 0, 2}, {-1, 0, 1}};
    double gx = 0, gy = 0;
    for (int j = 0; j < 3; j++) {
        for (int i = 0; i < 3; i++) {
            const double g = gray_at(plane, side, x + i - 1, y + j - 1);
            gx += K[j][i] / 8.0 * g;
            gy += K[i][j] / 8.0 * g;
        }
    }
    plane[O_GX][y * side + x] = gx;
    plane[O_GY][y * side + x] = gy;
    plane[O_MAG][y * side + x] = sqrt(gx * gx + gy * gy + 1e-8);
}

struct oracle {
    double rgb[3][ARR_CELLS], l[ARR_CELLS], a[ARR_CELLS], b[ARR_CELLS], edges[3][ARR_CELLS];
};

static void oracle_cells(double *const *plane, int grid, struct oracle *o)
{
    double *const out[PLANES] = {o->rgb[0], o->rgb[1],   o->rgb[2],   o->l,       o->a,
                                 o->b,      o->edges[0], o->edges[1], o->edges[2]};
    const int side = grid * 16;
    for (int n = 0; n < grid * grid; n++) {
        for (int p = 0; p < PLANES; p++) {
            out[p][n] = oracle_bilinear(plane[p], side, side, grid, n % grid, n / grid);
        }
        o->l[n] /= 100;
        o->a[n] = (o->a[n] + 128) / 255;
        o->b[n] = (o->b[n] + 128) / 255;
    }
}

static void oracle_make(const uint8_t *rgb, int w, int h, int grid, struct oracle *o)
{
    const int side = grid * 16;
    double *source = xcalloc((size_t)(w * h), sizeof *source);
    double *plane[PLANES];
    for (int p = 0; p < PLANES; p++) {
        plane[p] = xcalloc((size_t)(side * side), sizeof **plane);
    }
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < w * h; i++) {
            source[i] = (double)((float)rgb[(size_t)i * 3 + (size_t)c] / 255.0f);
        }
        for (int n = 0; n < side * side; n++) {
            plane[c][n] = oracle_bilinear(source, w, h, side, n % side, n / side);
        }
    }
    for (int n = 0; n < side * side; n++) {
        oracle_sobel(plane, side, n % side, n / side);
        oracle_lab(plane, n);
    }
    oracle_cells(plane, grid, o);
    for (int p = 0; p < PLANES; p++) {
        free(plane[p]);
    }
    free(source);
}

/* ---- the engine ---- */

static struct arr_image image_of(const uint8_t *rgb, int w, int h)
{
    return (struct arr_image){ARR_RGB8, rgb, w, h, (size_t)w * 3, 0};
}

/* Rows three floats longer than the picture, so that a stride is not a width. */
static float *planes_of(const uint8_t *rgb, int w, int h, struct arr_image *image)
{
    const size_t stride = (size_t)w + 3;
    float *p = xcalloc(stride * (size_t)h * 3, sizeof *p);
    for (int c = 0; c < 3; c++) {
        for (int y = 0; y < h; y++) {
            for (int x = 0; x < w; x++) {
                p[((size_t)c * (size_t)h + (size_t)y) * stride + (size_t)x] =
                    (float)rgb[(y * w + x) * 3 + c] / 255.0f;
            }
        }
    }
    *image = (struct arr_image){ARR_RGB_PLANAR, p, w, h, stride * sizeof *p, 0};
    return p;
}

static struct arr_texture *sampled(const struct arr_image *image, int grid)
{
    struct arr_texture *t = xcalloc(1, sizeof *t);
    struct err e = ERR_INIT;
    if (!arr_texture_sample(image, grid, t, &e)) {
        fail_msg("%s", e.msg);
    }
    return t;
}

static void near(const char *what, const float *got, const double *want, int n, double limit)
{
    for (int i = 0; i < n; i++) {
        if (!(fabs((double)got[i] - want[i]) <= limit)) {
            fail_msg("%s of cell %d: %.9g, not %.9g", what, i, (double)got[i], want[i]);
        }
    }
}

static void check_against(const struct arr_texture *t, const struct oracle *o)
{
    const int n = t->grid * t->grid;
    for (int c = 0; c < 3; c++) {
        near("colour", t->t[c], o->rgb[c], n, 3e-7);
        near("edge", t->raw_edges[c], o->edges[c], n, 2e-7);
    }
    near("L*", t->t[ARR_T_L], o->l, n, 1e-6);
    near("a*", t->t[ARR_T_A], o->a, n, 1e-6);
    near("b*", t->aux_b, o->b, n, 1e-6);
}

static void check_picture(const uint8_t *rgb, int w, int h, int grid)
{
    struct oracle *o = xcalloc(1, sizeof *o);
    oracle_make(rgb, w, h, grid, o);
    const struct arr_image image = image_of(rgb, w, h);
    struct arr_texture *t = sampled(&image, grid);
    check_against(t, o);
    struct arr_image planar;
    float *planes = planes_of(rgb, w, h, &planar);
    struct arr_texture *u = sampled(&planar, grid);
    assert_memory_equal(t, u, sizeof *t);
    free(planes);
    free(t);
    free(u);
    free(o);
}

/* ---- sizes ---- */

static void test_sizes(void **state)
{
    (void)state;
    static const int SIZES[][3] = {
        {512, 512, 32}, {640, 480, 32}, {333, 177, 32}, {31, 17, 32},   {1, 1, 32},
        {2, 2, 32},     {1, 3000, 32},  {5000, 3, 32},  {513, 511, 32}, {512, 300, 32},
        {224, 224, 14}, {100, 300, 14}, {1100, 40, 14}, {64, 48, 2},    {111, 97, 7},
    };
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        uint8_t *rgb = golden_noise(100 + i, SIZES[i][0], SIZES[i][1]);
        check_picture(rgb, SIZES[i][0], SIZES[i][1], SIZES[i][2]);
        free(rgb);
    }
}

/* Sides far beyond the intermediate picture: no oracle fits, but a constant has to come back. */
static void test_huge_sides(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{1, 10000}, {20000, 2}, {ARR_SIDE_MAX, 1}, {1, ARR_SIDE_MAX}};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        const int w = SIZES[i][0], h = SIZES[i][1];
        uint8_t *rgb = golden_new_rgb8(w, h);
        memset(rgb, 51, (size_t)w * (size_t)h * 3);
        const struct arr_image image = image_of(rgb, w, h);
        struct arr_texture *t = sampled(&image, ARR_GRID);
        for (int n = 0; n < ARR_CELLS; n++) {
            assert_true(fabsf(t->t[ARR_T_G][n] - 0.2f) < 1e-7f);
            assert_true(fabsf(t->raw_edges[0][n]) < 1e-7f);
        }
        free(t);
        free(rgb);
    }
}

/* ---- what a cell looks at ---- */

/* A vertical step at every phase of a cell: the gradient shows only where the step meets columns 6
 * to 9 of a cell, positive when the right side is brighter. */
static void test_steps_at_every_phase(void **state)
{
    (void)state;
    uint8_t *rgb = golden_new_rgb8(512, 512);
    for (int phase = 0; phase < 16; phase++) {
        for (int i = 0; i < 512 * 512; i++) {
            memset(rgb + i * 3, i % 512 % 32 >= phase && i % 512 % 32 < phase + 16 ? 255 : 0, 3);
        }
        check_picture(rgb, 512, 512, ARR_GRID);
        const struct arr_image image = image_of(rgb, 512, 512);
        struct arr_texture *t = sampled(&image, ARR_GRID);
        /* Sobel of a step is 1/2 in the columns left and right of it. */
        const float want = phase == 8 ? 0.5f : phase == 7 || phase == 9 ? 0.25f : 0.0f;
        assert_true(fabsf(t->raw_edges[0][0] - want) < 1e-6f);
        assert_true(fabsf(t->raw_edges[0][1] + want) < 1e-6f);
        assert_true(fabsf(t->raw_edges[1][0]) < 1e-6f);
        free(t);
    }
    free(rgb);
}

static uint8_t *mirrored(const uint8_t *rgb, int w, int h)
{
    uint8_t *out = golden_new_rgb8(w, h);
    for (int i = 0; i < w * h; i++) {
        memcpy(out + (i / w * w + w - 1 - i % w) * 3, rgb + i * 3, 3);
    }
    return out;
}

static void test_mirror(void **state)
{
    (void)state;
    enum { W = 700, H = 450 };
    uint8_t *rgb = golden_noise(77, W, H), *other = mirrored(rgb, W, H);
    const struct arr_image a = image_of(rgb, W, H), b = image_of(other, W, H);
    struct arr_texture *t = sampled(&a, ARR_GRID), *u = sampled(&b, ARR_GRID);
    for (int n = 0; n < ARR_CELLS; n++) {
        const int m = n / 32 * 32 + 31 - n % 32;
        for (int c = ARR_T_R; c <= ARR_T_A; c++) {
            assert_true(fabsf(t->t[c][n] - u->t[c][m]) < 1e-4f);
        }
        assert_true(fabsf(t->raw_edges[0][n] + u->raw_edges[0][m]) < 1e-4f);
        assert_true(fabsf(t->raw_edges[1][n] - u->raw_edges[1][m]) < 1e-4f);
        assert_true(fabsf(t->raw_edges[2][n] - u->raw_edges[2][m]) < 1e-4f);
    }
    free(t);
    free(u);
    free(rgb);
    free(other);
}

/* Path B: the dense picture is sampled without interpolation. */
static void test_dense(void **state)
{
    (void)state;
    static const int GRIDS[] = {ARR_GRID, ARR_GRID_SEED};
    uint8_t *rgb = golden_noise(9, 300, 700);
    for (int i = 0; i < 2; i++) {
        const int side = GRIDS[i] * 16;
        const struct arr_image image = image_of(rgb, 300, 700);
        uint8_t *one = golden_new_rgb8(side, side), *two = golden_new_rgb8(side, side);
        assert_true(arr_resize_dense(&image, GRIDS[i], one, 1, NULL));
        assert_true(arr_resize_dense(&image, GRIDS[i], two, 3, NULL));
        assert_memory_equal(one, two, (size_t)(side * side * 3));
        check_picture(one, side, side, GRIDS[i]);
        free(one);
        free(two);
    }
    free(rgb);
}

/* ---- what is refused ---- */

static void refuse(const struct arr_image *image, int grid, enum err_code code)
{
    struct arr_texture *t = xcalloc(1, sizeof *t);
    struct err e = ERR_INIT;
    assert_false(arr_texture_sample(image, grid, t, &e));
    assert_int_equal(e.code, code);
    assert_true(e.msg[0] != '\0');
    free(t);
}

static void test_pictures_that_make_no_sense(void **state)
{
    (void)state;
    float pixels[12] = {0};
    uint8_t dense[32 * 32 * 3];
    const struct arr_image good = {ARR_RGB8, pixels, 2, 2, 6, 0};
    const struct arr_image bad[] = {
        {ARR_RGB8, NULL, 2, 2, 6, 0},
        {ARR_RGB8, pixels, 0, 2, 6, 0},
        {ARR_RGB8, pixels, 2, -1, 6, 0},
        {ARR_RGB8, pixels, ARR_SIDE_MAX + 1, 1, 1 << 20, 0},
        {ARR_RGB8, pixels, 2, 2, 5, 0},
        {ARR_RGB8, pixels, 2, 2, SIZE_MAX, 0},
        {(enum arr_pixels)7, pixels, 2, 2, 6, 0},
        {ARR_RGB_PLANAR, pixels, 2, 2, 7, 0},
        {ARR_RGB_PLANAR, pixels, 2, 2, 9, 0},
        {ARR_RGB_PLANAR, (const uint8_t *)pixels + 1, 1, 1, 4, 0},
    };
    assert_true(arr_image_check(&good, NULL));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        refuse(&bad[i], ARR_GRID, ERR_USAGE);
        assert_false(arr_resize_dense(&bad[i], 2, dense, 1, NULL));
    }
    refuse(&good, 1, ERR_USAGE);
    refuse(&good, 33, ERR_USAGE);
    const struct arr_image planar = {ARR_RGB_PLANAR, pixels, 2, 2, 8, 0};
    struct err e = ERR_INIT;
    assert_false(arr_resize_dense(&planar, 2, dense, 1, &e));
    assert_int_equal(e.code, ERR_USAGE);
}

static void check_float(float value, enum err_code code)
{
    static const int SIDES[] = {512, 300};
    for (int i = 0; i < 2; i++) {
        const int side = SIDES[i];
        struct arr_image image;
        uint8_t *rgb = golden_noise(4, side, side);
        float *p = planes_of(rgb, side, side, &image);
        const size_t stride = image.stride_bytes / sizeof *p;
        /* Intermediate pixel 16 * 3 + 7 is read, in the last plane too. */
        const size_t at = (size_t)(55 * side / 512);
        p[((size_t)(2 * side) + at) * stride + at] = value;
        if (code != ERR_NONE) {
            refuse(&image, ARR_GRID, code);
        } else {
            free(sampled(&image, ARR_GRID));
        }
        free(rgb);
        free(p);
    }
}

static void test_floats_out_of_range(void **state)
{
    (void)state;
    check_float(0.0f, ERR_NONE);
    check_float(1.0f, ERR_NONE);
    check_float(-0.001f, ERR_DAMAGED);
    check_float(1.0000001f, ERR_DAMAGED);
    check_float(NAN, ERR_DAMAGED);
    check_float(INFINITY, ERR_DAMAGED);
    /* What is not read is not looked at: pixel 0 is in no cell's patch. */
    struct arr_image image;
    uint8_t *rgb = golden_noise(4, 512, 512);
    float *p = planes_of(rgb, 512, 512, &image);
    p[0] = NAN;
    free(sampled(&image, ARR_GRID));
    free(rgb);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_huge_sides),
        cmocka_unit_test(test_steps_at_every_phase),
        cmocka_unit_test(test_mirror),
        cmocka_unit_test(test_dense),
        cmocka_unit_test(test_pictures_that_make_no_sense),
        cmocka_unit_test(test_floats_out_of_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
