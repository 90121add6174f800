/* SPDX-License-Identifier: Apache-2.0 */
/* From raw channels to the finished 13: min-max, flat guard, coordinates, batches, the v2 set. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/arrcoc/texture.h"
#include "core/base/mem.h"
#include "tests/unit/golden_pictures.h"

static const struct arr_texture_finish PLAIN = {0};

static struct arr_texture *sampled(const uint8_t *rgb, int w, int h, int grid)
{
    struct arr_texture *t = xcalloc(1, sizeof *t);
    const struct arr_image image = {ARR_RGB8, rgb, w, h, (size_t)w * 3, 0};
    assert_true(arr_texture_sample(&image, grid, t, NULL));
    return t;
}

/* Noise of low contrast, so that batches have different ranges. */
static struct arr_texture *noise(uint64_t seed, int divisor, int grid)
{
    uint8_t *rgb = golden_noise(seed, 400, 300);
    for (int i = 0; i < 400 * 300 * 3; i++) {
        rgb[i] = (uint8_t)(rgb[i] / divisor);
    }
    struct arr_texture *t = sampled(rgb, 400, 300, grid);
    free(rgb);
    return t;
}

/* ---- min-max ---- */

static void test_min_max(void **state)
{
    (void)state;
    float v[19];
    for (size_t n = 2; n <= 19; n++) { /* the extremes in every place of a vector */
        for (size_t at = 0; at < n; at++) {
            for (size_t i = 0; i < n; i++) {
                v[i] = 1.0f + (float)(i % 3);
            }
            v[at] = 9.0f;
            v[(at + 1) % n] = -7.0f;
            assert_false(arr_min_max(v, n, true));
            for (size_t i = 0; i < n; i++) {
                const float raw = i == at             ? 9.0f
                                  : i == (at + 1) % n ? -7.0f
                                                      : 1.0f + (float)(i % 3);
                assert_true(v[i] == (raw + 7.0f) / (16.0f + 1e-8f));
            }
        }
    }
}

static void test_flat_guard(void **state)
{
    (void)state;
    float v[40];
    for (int i = 0; i < 40; i++) {
        v[i] = 0.5f + (i % 2 == 0 ? 0.0f : 1.9e-6f);
    }
    assert_true(arr_min_max(v, 40, true));
    for (int i = 0; i < 40; i++) {
        assert_true(v[i] == 0.0f);
        v[i] = 0.5f + (i % 2 == 0 ? 0.0f : 1.9e-6f);
    }
    assert_false(arr_min_max(v, 40, false));
    assert_true(v[0] == 0.0f && v[1] > 0.99f);
    v[3] = 0.6f;
    assert_false(arr_min_max(v, 40, true));
    assert_true(arr_min_max(v, 0, false));
}

static void test_flat_picture(void **state)
{
    (void)state;
    uint8_t rgb[3] = {76, 76, 76};
    struct arr_texture *t = sampled(rgb, 1, 1, ARR_GRID);
    arr_texture_finish(&t, 1, &PLAIN);
    assert_true(t->is_flat[0] && t->is_flat[1] && t->is_flat[2]);
    for (int n = 0; n < ARR_CELLS; n++) {
        assert_true(t->t[ARR_T_SOBEL_X][n] == 0.0f && t->t[ARR_T_SALIENCY][n] == 0.0f);
        assert_true(fabsf(t->raw_edges[2][n] - 1e-4f) < 1e-9f);
        assert_true(t->t[ARR_T_LUMINANCE][n] == t->t[ARR_T_L][n]);
    }
    arr_texture_finish(&t, 1, &(struct arr_texture_finish){.no_flat_guard = true});
    assert_false(t->is_flat[0] || t->is_flat[1] || t->is_flat[2]);
    free(t);
}

/* Horizontal stripes have no gradient across: one channel is flat, the others are not. */
static void test_one_flat_channel(void **state)
{
    (void)state;
    uint8_t *rgb = golden_new_rgb8(512, 512);
    for (int i = 0; i < 512 * 512; i++) {
        memset(rgb + i * 3, i / 512 / 24 % 2 == 0 ? 40 : 200, 3);
    }
    struct arr_texture *t = sampled(rgb, 512, 512, ARR_GRID);
    arr_texture_finish(&t, 1, &PLAIN);
    assert_true(t->is_flat[0]);
    assert_false(t->is_flat[1] || t->is_flat[2]);
    free(t);
    free(rgb);
}

/* ---- everything ---- */

static void check_finished(const struct arr_texture *t)
{
    const int cells = t->grid * t->grid;
    for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        for (int n = 0; n < cells; n++) {
            assert_true(t->t[c][n] >= 0.0f && t->t[c][n] <= 1.0f);
        }
    }
    const size_t bytes = (size_t)cells * sizeof(float);
    assert_memory_equal(t->t[ARR_T_SALIENCY], t->t[ARR_T_EDGES], bytes);
    assert_memory_equal(t->t[ARR_T_LUMINANCE], t->t[ARR_T_L], bytes);
    for (int c = 0; c < 3; c++) {
        float v[ARR_CELLS];
        memcpy(v, t->raw_edges[c], bytes);
        arr_min_max(v, (size_t)cells, true);
        assert_memory_equal(t->t[ARR_T_SOBEL_X + c], v, bytes);
    }
}

static void test_finished(void **state)
{
    (void)state;
    static const int GRIDS[] = {ARR_GRID, ARR_GRID_SEED, 2};
    for (int i = 0; i < 3; i++) {
        struct arr_texture *t = noise(3, 1, GRIDS[i]);
        arr_texture_finish(&t, 1, &PLAIN);
        check_finished(t);
        free(t);
    }
    arr_texture_finish(NULL, 0, &PLAIN);
}

/* ---- batches ---- */

static void test_batch(void **state)
{
    (void)state;
    struct arr_texture *batch[3], *alone[3];
    for (int i = 0; i < 3; i++) {
        batch[i] = noise((uint64_t)i + 20, i + 1, ARR_GRID);
        alone[i] = noise((uint64_t)i + 20, i + 1, ARR_GRID);
        arr_texture_finish(&alone[i], 1, &PLAIN);
    }
    arr_texture_finish(batch, 3, &PLAIN);
    for (int i = 0; i < 3; i++) {
        assert_memory_equal(batch[i], alone[i], sizeof *batch[i]);
    }
    arr_texture_finish(batch, 3, &(struct arr_texture_finish){.batch_statistics = true});
    for (int c = 0; c < 3; c++) {
        float all[3 * ARR_CELLS];
        for (int i = 0; i < 3; i++) {
            memcpy(all + i * ARR_CELLS, batch[i]->raw_edges[c], ARR_CELLS * sizeof *all);
        }
        arr_min_max(all, 3 * ARR_CELLS, true);
        for (int i = 0; i < 3; i++) {
            assert_memory_equal(batch[i]->t[ARR_T_SOBEL_X + c], all + i * ARR_CELLS,
                                ARR_CELLS * sizeof *all);
        }
    }
    for (int i = 0; i < 3; i++) {
        free(batch[i]);
        free(alone[i]);
    }
}

/* ---- coordinates ---- */

static void check_coordinates(int grid, double centre)
{
    float y[ARR_CELLS], x[ARR_CELLS], ecc[ARR_CELLS];
    arr_coordinates(grid, y, x, ecc);
    const int last = grid - 1;
    for (int n = 0; n < grid * grid; n++) {
        const int row = n / grid, col = n % grid;
        assert_true(fabs((double)y[n] - (double)row / last) < 1e-7);
        assert_true(fabs((double)x[n] - (double)col / last) < 1e-7);
        const double dy = (double)row / last - 0.5, dx = (double)col / last - 0.5;
        assert_true(fabs((double)ecc[n] - sqrt((dy * dy + dx * dx) * 2)) < 3e-7);
    }
    assert_true(y[0] == 0.0f && x[0] == 0.0f && ecc[0] == 1.0f && ecc[last] == 1.0f);
    assert_true(y[grid * grid - 1] == 1.0f && x[grid * grid - 1] == 1.0f);
    assert_true(ecc[grid * grid - 1] == 1.0f);
    assert_true(fabs((double)ecc[grid / 2 * grid + grid / 2] - centre) < 1e-6);
}

static void test_coordinates(void **state)
{
    (void)state;
    check_coordinates(32, 1.0 / 31);
    check_coordinates(14, 1.0 / 13);
    check_coordinates(3, 0.0);
    check_coordinates(2, 1.0);
}

/* ---- v2, names ---- */

static void test_v2(void **state)
{
    (void)state;
    struct arr_array *array = xcalloc(1, sizeof *array);
    for (int n = 0; n < ARR_CELLS; n++) {
        array->coherence[n] = (float)n / 2048.0f;
        array->contrast[n] = 1.0f - (float)n / 1024.0f;
    }
    struct arr_texture *t = noise(6, 1, ARR_GRID);
    arr_texture_finish(&t, 1, &PLAIN);
    struct arr_texture *before = xmalloc(sizeof *before);
    memcpy(before, t, sizeof *t);
    arr_texture_set_v2(t, array);
    assert_memory_equal(t->t[ARR_T_SALIENCY], array->coherence, sizeof array->coherence);
    assert_memory_equal(t->t[ARR_T_LUMINANCE], array->contrast, sizeof array->contrast);
    assert_memory_equal(t->t, before->t, ARR_T_SALIENCY * sizeof t->t[0]);
    free(before);
    free(array);
    free(t);
}

static void test_names(void **state)
{
    (void)state;
    assert_string_equal(arr_texture_channel_name(ARR_T_R), "R");
    assert_string_equal(arr_texture_channel_name(ARR_T_SOBEL_X), "Sobel x");
    assert_string_equal(arr_texture_channel_name(ARR_T_LUMINANCE), "luminance");
    assert_string_equal(arr_texture_channel_name(-1), "");
    assert_string_equal(arr_texture_channel_name(ARR_TEXTURE_CHANNELS), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_min_max),      cmocka_unit_test(test_flat_guard),
        cmocka_unit_test(test_flat_picture), cmocka_unit_test(test_one_flat_channel),
        cmocka_unit_test(test_finished),     cmocka_unit_test(test_batch),
        cmocka_unit_test(test_coordinates),  cmocka_unit_test(test_v2),
        cmocka_unit_test(test_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
