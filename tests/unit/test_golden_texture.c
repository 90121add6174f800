/* SPDX-License-Identifier: Apache-2.0 */
/* The 13-channel texture against the Python reference (tests/golden/arrcoc): cases 1 to 12 and 24,
 * and colours against kornia. */
#include "core/arrcoc/color.h"
#include "core/arrcoc/knowing.h"
#include "core/arrcoc/resample.h"
#include "core/arrcoc/texture.h"
#include "tests/unit/golden_help.h"
#include "tests/unit/golden_pictures.h"

static const double TOLERANCE[ARR_TEXTURE_CHANNELS] = {1e-6, 1e-6, 1e-6, 2e-6, 2e-6, 1e-5, 1e-5,
                                                       1e-5, 1e-6, 1e-6, 1e-6, 1e-5, 2e-6};
static const double TOLERANCE_RAW = 2e-7;
static const double TOLERANCE_INFO = 5e-5;
/* Below this range of the raw values, min-max shows rounding noise. */
static const float RANGE_MIN = 1e-3f;

static void make_texture(const struct arr_image *image, int grid, bool no_guard,
                         struct arr_texture *out)
{
    struct err e = {0};
    if (!arr_texture_sample(image, grid, out, &e)) {
        fail_msg("texture: %s", e.msg);
    }
    arr_texture_finish(&out, 1, &(struct arr_texture_finish){.no_flat_guard = no_guard});
}

/* Of 8-bit pixels; the same as floats must give the same, bit for bit. */
static void make_both(const uint8_t *rgb, int width, int height, int grid, struct arr_texture *out)
{
    struct arr_image image = golden_rgb8(rgb, width, height);
    make_texture(&image, grid, false, out);
    float *const planes = golden_to_planes(rgb, width, height);
    struct arr_texture *const other = xmalloc(sizeof *other);
    image = golden_planar(planes, width, height);
    make_texture(&image, grid, false, other);
    const size_t bytes = (size_t)(grid * grid) * sizeof(float);
    for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        assert_memory_equal(out->t[c], other->t[c], bytes);
    }
    free(other);
    free(planes);
}

/* ---- comparing ---- */

static void compare_channels(const struct arr_texture *t, const float *want, int first, int last)
{
    const size_t cells = (size_t)(t->grid * t->grid);
    for (int c = first; c <= last; c++) {
        char what[32];
        snprintf(what, sizeof what, "T %d", c);
        golden_near(what, t->t[c], &want[(size_t)(c - first) * cells], cells, TOLERANCE[c]);
    }
}

static void compare_raw(const struct arr_texture *t, const float *want, bool is_wide)
{
    const size_t cells = (size_t)(t->grid * t->grid);
    for (size_t c = 0; c < 3; c++) {
        char what[32];
        snprintf(what, sizeof what, "raw %zu", c + 5);
        golden_near(what, t->raw_edges[c], &want[c * cells], cells, TOLERANCE_RAW);
        assert_int_equal(golden_range(&want[c * cells], cells) > RANGE_MIN, is_wide);
    }
}

static void compare_info(const struct arr_texture *t, const float *want)
{
    float info[ARR_CELLS];
    arr_information(t, info, NULL);
    golden_near("I", info, want, (size_t)(t->grid * t->grid), TOLERANCE_INFO);
}

enum parts { RAW = 1, INFO = 2, PERSP = 4, AUX_B = 8 };

/* All 13 channels, and what else the case holds. */
static void compare_case(const char *name, const struct arr_texture *t, unsigned parts)
{
    const size_t cells = (size_t)(t->grid * t->grid);
    struct safetensors *const s = golden_open(name);
    float *const want = golden_floats(s, "T", ARR_TEXTURE_CHANNELS * cells);
    compare_channels(t, want, 0, ARR_TEXTURE_CHANNELS - 1);
    free(want);
    if (parts & RAW) {
        float *const raw = golden_floats(s, "raw", 3 * cells);
        compare_raw(t, raw, true);
        free(raw);
    }
    if (parts & INFO) {
        float *const info = golden_floats(s, "I", cells);
        compare_info(t, info);
        free(info);
    }
    if (parts & PERSP) {
        float persp[ARR_CELLS];
        float *const p = golden_floats(s, "P", cells);
        arr_perspectival(t, persp);
        golden_near("P", persp, p, cells, 1e-5);
        free(p);
    }
    if (parts & AUX_B) {
        float *const b = golden_floats(s, "b", cells);
        golden_near("b*", t->aux_b, b, cells, TOLERANCE[ARR_T_A]);
        free(b);
    }
    safetensors_close(s);
}

/* What does not depend on the min-max of the edges. */
static void compare_plain(const char *name, const struct arr_texture *t, bool has_coordinates)
{
    struct safetensors *const s = golden_open(name);
    float *const color = golden_floats(s, "T0-4", 5 * ARR_CELLS);
    compare_channels(t, color, 0, 4);
    free(color);
    if (has_coordinates) {
        float *const coordinates = golden_floats(s, "T8-10", 3 * ARR_CELLS);
        compare_channels(t, coordinates, 8, 10);
        free(coordinates);
    }
    safetensors_close(s);
}

static void compare_narrow_raw(const char *name, const struct arr_texture *t)
{
    struct safetensors *const s = golden_open(name);
    float *const raw = golden_floats(s, "raw", 3 * ARR_CELLS);
    compare_raw(t, raw, false);
    free(raw);
    safetensors_close(s);
}

/* ---- noise of every size: cases 1 to 6 ---- */

static void check_noise(const char *name, uint64_t seed, int width, int height, unsigned parts)
{
    uint8_t *const rgb = golden_noise(seed, width, height);
    struct arr_texture t;
    make_both(rgb, width, height, ARR_GRID, &t);
    compare_case(name, &t, parts);
    free(rgb);
}

static void test_same_size(void **state)
{
    (void)state;
    check_noise("case01", 1, 512, 512, RAW | INFO | PERSP | AUX_B);
}

static void test_fractional_scale(void **state)
{
    (void)state;
    check_noise("case02", 2, 640, 480, RAW | INFO | PERSP | AUX_B);
}

static void test_up_and_down(void **state)
{
    (void)state;
    check_noise("case03", 3, 333, 777, RAW);
}

static void test_much_larger(void **state)
{
    (void)state;
    check_noise("case04", 4, 31, 17, RAW);
}

static void test_one_and_two_pixels(void **state)
{
    (void)state;
    for (int side = 1; side <= 2; side++) {
        char name[32];
        snprintf(name, sizeof name, "case05-%d", side);
        uint8_t *const rgb = golden_noise(5, side, side);
        struct arr_texture t;
        make_both(rgb, side, side, ARR_GRID, &t);
        compare_plain(name, &t, true);
        free(rgb);
    }
}

static void test_4k(void **state)
{
    (void)state;
    uint8_t *const rgb = golden_noise(6, 3840, 2160);
    const struct arr_image image = golden_rgb8(rgb, 3840, 2160);
    struct arr_texture t;
    make_texture(&image, ARR_GRID, false, &t);
    compare_case("case06", &t, RAW | INFO);
    free(rgb);
}

/* ---- the smooth picture: case 7 ---- */

static void test_smooth(void **state)
{
    (void)state;
    uint8_t *const rgb = golden_smooth(7, 640, 480);
    struct arr_texture t;
    make_both(rgb, 640, 480, ARR_GRID, &t);
    compare_case("case07", &t, RAW | INFO | PERSP | AUX_B);
    make_both(rgb, 640, 480, ARR_GRID_SEED, &t);
    compare_case("case07-14", &t, RAW | INFO);
    free(rgb);
}

static void test_smooth_path_b(void **state)
{
    (void)state;
    struct err e = {0};
    uint8_t *const rgb = golden_smooth(7, 640, 480);
    uint8_t *const dense = golden_new_rgb8(ARR_DENSE, ARR_DENSE);
    const struct arr_image image = golden_rgb8(rgb, 640, 480);
    if (!arr_resize_dense(&image, ARR_GRID, dense, 1, &e)) {
        fail_msg("resize: %s", e.msg);
    }
    struct arr_texture t;
    make_both(dense, ARR_DENSE, ARR_DENSE, ARR_GRID, &t);
    compare_case("case07-b", &t, RAW | INFO);
    free(dense);
    free(rgb);
}

/* ---- flat pictures: cases 8 and 9 ---- */

static void check_constant(const char *name, float value, int width, int height)
{
    float *const planes = golden_constant(value, width, height);
    const struct arr_image image = golden_planar(planes, width, height);
    struct arr_texture t;
    make_texture(&image, ARR_GRID, false, &t);
    compare_plain(name, &t, true);
    compare_narrow_raw(name, &t);
    for (size_t c = 0; c < 3; c++) {
        assert_true(t.is_flat[c]);
        for (size_t n = 0; n < ARR_CELLS; n++) {
            assert_true(t.t[ARR_T_SOBEL_X + c][n] == 0.0f);
        }
    }
    make_texture(&image, ARR_GRID, true, &t);
    for (size_t c = 0; c < 3; c++) {
        assert_false(t.is_flat[c]);
    }
    free(planes);
}

static void test_constants(void **state)
{
    (void)state;
    static const struct {
        int tenths;
        float value;
    } FLAT[] = {{0, 0.0f}, {3, 0.3f}, {5, 0.5f}, {10, 1.0f}};
    for (size_t i = 0; i < sizeof FLAT / sizeof *FLAT; i++) {
        char name[32];
        snprintf(name, sizeof name, "case08-%02d-512", FLAT[i].tenths);
        check_constant(name, FLAT[i].value, 512, 512);
        snprintf(name, sizeof name, "case08-%02d-640", FLAT[i].tenths);
        check_constant(name, FLAT[i].value, 640, 480);
    }
}

static void test_ramp(void **state)
{
    (void)state;
    float *const planes = golden_ramp(640, 480);
    const struct arr_image image = golden_planar(planes, 640, 480);
    struct arr_texture t;
    make_texture(&image, ARR_GRID, false, &t);
    compare_plain("case09", &t, false);
    compare_narrow_raw("case09", &t);
    free(planes);
}

/* ---- kornia's colours: case 10 ---- */

/* Tolerances of the scaled channels, for values as kornia has them. */
static void compare_lab(const char *what, const float *const lab[3], const float *want, size_t n)
{
    const double tolerance[3] = {TOLERANCE[ARR_T_L] * 100, TOLERANCE[ARR_T_A] * 255,
                                 TOLERANCE[ARR_T_A] * 255};
    for (size_t c = 0; c < 3; c++) {
        char name[48];
        snprintf(name, sizeof name, "%s %c", what, "Lab"[c]);
        golden_near(name, lab[c], &want[c * n], n, tolerance[c]);
    }
}

static void test_colours(void **state)
{
    (void)state;
    enum { N = 4096 };
    float out[3][N], gray[N], table[3][N];
    uint8_t *const rgb = golden_colours();
    float *const planes = golden_to_planes(rgb, 64, 64);
    struct safetensors *const s = golden_open("case10");
    float *const lab = golden_floats(s, "lab", 3 * N);
    float *const want_gray = golden_floats(s, "gray", N);
    arr_lab(planes, planes + N, planes + 2 * N, out[0], out[1], out[2], N);
    compare_lab("colours", (const float *const[3]){out[0], out[1], out[2]}, lab, N);
    arr_lab_rgb8(rgb, table[0], table[1], table[2], N);
    assert_memory_equal(table, out, sizeof out);
    arr_gray(planes, planes + N, planes + 2 * N, gray, N);
    golden_near("gray", gray, want_gray, N, TOLERANCE_RAW);
    free(want_gray);
    free(lab);
    safetensors_close(s);
    free(planes);
    free(rgb);
}

static void test_thresholds(void **state)
{
    (void)state;
    enum { N = 64 };
    float out[3][N];
    struct safetensors *const s = golden_open("case10");
    float *const near = golden_floats(s, "near", N);
    float *const lab = golden_floats(s, "near_lab", 3 * N);
    arr_lab(near, near, near, out[0], out[1], out[2], N);
    compare_lab("thresholds", (const float *const[3]){out[0], out[1], out[2]}, lab, N);
    free(lab);
    free(near);
    safetensors_close(s);
}

/* ---- edges at every phase: case 11 ---- */

static void test_steps(void **state)
{
    (void)state;
    uint8_t *const rgb = golden_steps();
    struct arr_texture t;
    make_both(rgb, 512, 512, ARR_GRID, &t);
    compare_case("case11", &t, RAW);
    /* Only columns 6 to 9 of a cell count: of 16 phases those with the edge before 7 to 9. */
    int seen = 0;
    for (int phase = 0; phase < 16; phase++) {
        const size_t column = (size_t)phase;
        seen += fabsf(t.raw_edges[0][column]) > 0.01f;
    }
    assert_int_equal(seen, 3);
    free(rgb);
}

/* ---- a batch: case 12 ---- */

static void test_batch(void **state)
{
    (void)state;
    struct arr_texture two[2];
    struct arr_texture *const textures[2] = {&two[0], &two[1]};
    float info[2][ARR_CELLS], raw[2][ARR_CELLS];
    struct err e = {0};
    for (uint64_t i = 0; i < 2; i++) {
        uint8_t *const rgb = golden_noise(12 + i, 512, 512);
        const struct arr_image image = golden_rgb8(rgb, 512, 512);
        assert_true(arr_texture_sample(&image, ARR_GRID, &two[i], &e));
        free(rgb);
    }
    arr_texture_finish(textures, 2, &(struct arr_texture_finish){.batch_statistics = true});
    struct safetensors *const s = golden_open("case12");
    const size_t per_texture = (size_t)ARR_TEXTURE_CHANNELS * ARR_CELLS;
    float *const want = golden_floats(s, "T", 2 * per_texture);
    float *const want_raw = golden_floats(s, "raw", 6 * ARR_CELLS);
    float *const want_info = golden_floats(s, "I", 2 * ARR_CELLS);
    for (size_t i = 0; i < 2; i++) {
        compare_channels(&two[i], &want[i * per_texture], 0, ARR_TEXTURE_CHANNELS - 1);
        compare_raw(&two[i], &want_raw[i * 3 * ARR_CELLS], true);
        arr_information(&two[i], info[i], raw[i]);
    }
    arr_information_batch((float *const[2]){raw[0], raw[1]}, 2, ARR_CELLS,
                          (float *const[2]){info[0], info[1]});
    golden_near("batch I", info[0], want_info, 2 * ARR_CELLS, TOLERANCE_INFO);
    free(want_info);
    free(want_raw);
    free(want);
    safetensors_close(s);
}

/* ---- Pillow's resize: case 24 ---- */

static uint64_t fnv1a(const uint8_t *bytes, size_t n)
{
    uint64_t h = 0xCBF29CE484222325u;
    for (size_t i = 0; i < n; i++) {
        h = (h ^ bytes[i]) * 0x100000001B3u;
    }
    return h;
}

static void check_resize(const struct safetensors *s, uint64_t seed, int width, int height,
                         int n_threads)
{
    struct err e = {0};
    char name[32];
    uint8_t *const rgb = golden_noise(seed, width, height);
    uint8_t *const dense = golden_new_rgb8(ARR_DENSE, ARR_DENSE);
    const struct arr_image image = golden_rgb8(rgb, width, height);
    assert_true(arr_resize_dense(&image, ARR_GRID, dense, n_threads, &e));
    snprintf(name, sizeof name, "sample.%dx%d", width, height);
    uint8_t *const sample = golden_bytes(s, name, 64 * 64 * 3);
    for (size_t i = 0; i < 64 * 64; i++) {
        const size_t at = ((i / 64 * 8 + 4) * ARR_DENSE + i % 64 * 8 + 4) * 3;
        golden_near_one(name, dense[at], sample[i * 3], 0);
        assert_memory_equal(&dense[at], &sample[i * 3], 3);
    }
    snprintf(name, sizeof name, "hash.%dx%d", width, height);
    uint64_t *const hash = golden_raw(s, name, ST_U64, 1);
    assert_true(fnv1a(dense, (size_t)ARR_DENSE_PX * 3) == *hash);
    free(hash);
    free(sample);
    free(dense);
    free(rgb);
}

static void test_pillow(void **state)
{
    (void)state;
    struct safetensors *const s = golden_open("case24");
    check_resize(s, 24, 640, 480, 1);
    check_resize(s, 25, 200, 300, 1);
    check_resize(s, 26, 1920, 1080, 3);
    check_resize(s, 27, 512, 700, 2);
    safetensors_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_size),
        cmocka_unit_test(test_fractional_scale),
        cmocka_unit_test(test_up_and_down),
        cmocka_unit_test(test_much_larger),
        cmocka_unit_test(test_one_and_two_pixels),
        cmocka_unit_test(test_4k),
        cmocka_unit_test(test_smooth),
        cmocka_unit_test(test_smooth_path_b),
        cmocka_unit_test(test_constants),
        cmocka_unit_test(test_ramp),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_thresholds),
        cmocka_unit_test(test_steps),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_pillow),
    };
    return cmocka_run_group_tests_name("golden texture", tests, NULL, NULL);
}
