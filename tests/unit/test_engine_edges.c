/* SPDX-License-Identifier: Apache-2.0 */
/* The handle where inputs are at their limits, and after calls that failed: what was refused leaves
 * no trace. */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/engine_help.h"
#include "tests/unit/stub_backend.h"

#include "core/arrcoc/weights.h"

#define GOLDEN "tests/golden/arrcoc/"

/* ---- what was refused ---- */

/* The value stands where the 13 channels do not look, and is found every time. */
static void test_bad_float_stays_bad(void **state)
{
    (void)state;
    enum { SIDE = 512 };
    float *pixels = xcalloc((size_t)SIDE * SIDE * 3, sizeof *pixels);
    const struct arr_image image = {.format = ARR_RGB_PLANAR,
                                    .pixels = pixels,
                                    .width = SIDE,
                                    .height = SIDE,
                                    .stride_bytes = SIDE * sizeof *pixels};
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    pixels[SIDE * SIDE] = 7.0F;
    assert_true(arr_set_image(a, &image, NULL));
    for (int i = 0; i < 3; i++) {
        struct err e = ERR_INIT;
        assert_false(arr_run(a, &ARR_OPTIONS_INIT, r, &e));
        assert_int_equal(e.code, ERR_DAMAGED);
    }
    arr_result_free(r);
    arr_free(a);
    free(pixels);
}

/* A dense picture of the small grid must not be taken for the frame before. */
static void test_frame_after_a_failed_resize(void **state)
{
    (void)state;
    struct stub refusing = {.status = ARR_BAD_PICTURE};
    struct made m = noise(300, 200, 1);
    const struct arr_image image = image_of(&m);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    for (int i = 0; i < 2; i++) { /* the 40 channels belong to a sequence */
        assert_true(arr_set_frame(a, &image, NULL));
        run(a, &o, r);
    }
    a->device = &STUB_BACKEND;
    a->device_state = &refusing;
    assert_false(arr_run(a, &ARR_OPTIONS_SEED, r, NULL));
    a->device = NULL;
    assert_true(arr_set_frame(a, &image, NULL));
    run(a, &o, r); /* the frame before it was not seen whole */
    assert_int_equal(r->array.state[ARR_C_MOTION], ARR_FIRST_FRAME);
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

/* Two frames, then the second one again with other options, as it is after a frame that could not
 * be taken. */
static void second_frame(const struct made *m, bool tries_third, struct arr_result *r)
{
    struct arr *a = open_cpu();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    for (int i = 0; i < 2; i++) {
        const struct arr_image image = image_of(&m[i]);
        assert_true(arr_set_frame(a, &image, NULL));
        run(a, &o, r);
    }
    if (tries_third) {
        struct arr_image image = image_of(&m[0]);
        image.width = 0;
        assert_false(arr_set_frame(a, &image, NULL));
    }
    o.saliency = ARR_SPECTRAL;
    run(a, &o, r);
    arr_free(a);
}

static void test_refused_frame_leaves_no_trace(void **state)
{
    (void)state;
    struct made m[2] = {noise(512, 512, 3), noise(512, 512, 4)};
    struct arr_result *want = arr_result_new(), *got = arr_result_new();
    second_frame(m, false, want);
    second_frame(m, true, got);
    assert_true(want->array.mean_sad > 0.0F);
    assert_true(got->array.mean_sad == want->array.mean_sad);
    assert_memory_equal(got->array.c, want->array.c, sizeof want->array.c);
    arr_result_free(want);
    arr_result_free(got);
    free(m[0].rgb);
    free(m[1].rgb);
}

/* ---- two grids ---- */

/* A map for one grid says nothing about the other. */
static void test_map_of_the_other_grid(void **state)
{
    (void)state;
    struct made m = noise(100, 100, 5);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    float map[ARR_CELLS] = {0};
    int dim = 0;
    struct arr_weights *w = arr_weights_load(GOLDEN "weights64.safetensors", NULL);
    float *query = arr_query_read(GOLDEN "query64.safetensors", &dim, NULL);
    look_at(a, &m);
    assert_true(arr_set_weights(a, w, query, dim, ARR_QUERY_F32, NULL));
    assert_true(arr_set_partic_map(a, map, ARR_GRID_SEED, NULL));
    run(a, &ARR_OPTIONS_INIT, r);
    assert_int_equal(r->ladder, ARR_PARTIC_TRAINED);
    run(a, &ARR_OPTIONS_SEED, r);
    assert_int_equal(r->ladder, ARR_PARTIC_MAP);
    arr_result_free(r);
    arr_free(a);
    arr_weights_free(w);
    free(query);
    free(m.rgb);
}

/* The map of a 14 x 14 run is not what channel 35 shows. */
static void test_previous_query_of_the_other_grid(void **state)
{
    (void)state;
    struct made m = noise(100, 100, 6);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    look_at(a, &m);
    run(a, &ARR_OPTIONS_SEED, r);
    assert_true(arr_set_query(a, "red", NULL));
    run(a, &o, r);
    assert_int_equal(r->array.state[ARR_C_PREV_QUERY], ARR_ABSENT);
    assert_true(arr_set_query(a, "blue", NULL));
    run(a, &o, r);
    assert_int_equal(r->array.state[ARR_C_PREV_QUERY], ARR_PRESENT);
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

/* ---- batches ---- */

/* Statistics over a batch are the entropy's of the 13 channels, which this is not. */
static void test_visual_information_of_a_batch(void **state)
{
    (void)state;
    struct made m[2] = {noise(200, 100, 7), noise(90, 300, 8)};
    const struct arr_image images[2] = {image_of(&m[0]), image_of(&m[1])};
    struct arr_result *both[2] = {arr_result_new(), arr_result_new()}, *one = arr_result_new();
    struct arr *a = open_cpu();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.info = ARR_INFO_VISUAL;
    o.compat_batch_norm = true;
    assert_true(arr_run_batch(a, images, 2, &o, both, NULL));
    for (int i = 0; i < 2; i++) {
        look_at(a, &m[i]);
        run(a, &o, one);
        assert_memory_equal(both[i]->way[ARR_INFO], one->way[ARR_INFO], sizeof one->way[ARR_INFO]);
        arr_result_free(both[i]);
        free(m[i].rgb);
    }
    arr_result_free(one);
    arr_free(a);
}

/* ---- limits ---- */

/* The lower right of a larger picture: what lies behind its last row is not read. */
static void test_part_of_a_picture(void **state)
{
    (void)state;
    enum { SIDE = 60, PART = 40, STRIDE = SIDE * 3 };
    struct made m = noise(SIDE, SIDE, 9), tight = {PART, PART, xmalloc((size_t)PART * PART * 3)};
    const size_t first = (SIDE - PART) * STRIDE + (SIDE - PART) * 3, size = SIDE * STRIDE - first;
    uint8_t *exact = xmalloc(size);
    memcpy(exact, m.rgb + first, size);
    for (size_t y = 0; y < PART; y++) {
        memcpy(tight.rgb + y * PART * 3, exact + y * STRIDE, (size_t)PART * 3);
    }
    struct arr_image image = image_of(&tight);
    struct arr_result *want = arr_result_new(), *got = arr_result_new();
    struct arr *a = open_cpu();
    look_at(a, &tight);
    run(a, &ARR_OPTIONS_INIT, want);
    image.pixels = exact;
    image.stride_bytes = STRIDE;
    assert_true(arr_set_image(a, &image, NULL));
    run(a, &ARR_OPTIONS_INIT, got);
    assert_memory_equal(got->order, want->order, (size_t)want->k * sizeof *want->order);
    arr_result_free(want);
    arr_result_free(got);
    arr_free(a);
    free(exact);
    free(tight.rgb);
    free(m.rgb);
}

static void test_extreme_numbers(void **state)
{
    (void)state;
    static const int FAR[] = {INT_MIN, -1000000, 1000000, INT_MAX};
    struct made m = noise(50, 50, 10);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    float map[1] = {0};
    o.texture = ARR_TEXTURE_40;
    look_at(a, &m);
    for (size_t i = 0; i < sizeof FAR / sizeof *FAR; i++) {
        arr_mark_gaze(a, FAR[i], FAR[3 - i]);
        assert_false(arr_set_partic_map(a, map, FAR[i], NULL));
    }
    run(a, &o, r);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(r->array.c[ARR_C_GAZE][i] == 0.0F);
    }
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

/* Sums of products of such numbers are infinite, and the picture would be blamed for it. */
static void test_huge_query_vector(void **state)
{
    (void)state;
    struct arr *a = open_cpu();
    int dim = 0;
    struct err e = ERR_INIT;
    struct arr_weights *w = arr_weights_load(GOLDEN "weights64.safetensors", NULL);
    float *query = arr_query_read(GOLDEN "query64.safetensors", &dim, NULL);
    query[3] = -1e30F;
    assert_false(arr_set_weights(a, w, query, dim, ARR_QUERY_F32, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_non_null(strstr(e.msg, "number 3"));
    query[3] = NAN;
    assert_false(arr_set_weights(a, w, query, dim, ARR_QUERY_F32, &e));
    query[3] = (float)ARR_WEIGHT_MAX;
    assert_true(arr_set_weights(a, w, query, dim, ARR_QUERY_F32, NULL));
    arr_free(a);
    arr_weights_free(w);
    free(query);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bad_float_stays_bad),
        cmocka_unit_test(test_frame_after_a_failed_resize),
        cmocka_unit_test(test_refused_frame_leaves_no_trace),
        cmocka_unit_test(test_map_of_the_other_grid),
        cmocka_unit_test(test_previous_query_of_the_other_grid),
        cmocka_unit_test(test_visual_information_of_a_batch),
        cmocka_unit_test(test_part_of_a_picture),
        cmocka_unit_test(test_extreme_numbers),
        cmocka_unit_test(test_huge_query_vector),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
