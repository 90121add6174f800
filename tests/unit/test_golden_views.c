/* SPDX-License-Identifier: Apache-2.0 */
/* The microscope's numbers and pictures against the Python reference (tests/golden/arrcoc): cases
 * 21 to 23, and colour maps against matplotlib. */
#include "core/arrcoc/metrics.h"
#include "core/arrcoc/views.h"
#include "tests/unit/golden_help.h"
#include "tests/unit/golden_pictures.h"

/* ---- summary metrics: case 21 ---- */

static void check_metrics(const struct safetensors *s, const float *r, const char *name, size_t k)
{
    enum { NUMBERS = 17 };
    char tensor[32];
    uint16_t order[ARR_CELLS] = {0};
    struct arr_metrics m;
    if (k > 0) {
        snprintf(tensor, sizeof tensor, "chosen.%s", name);
        int32_t *const chosen = golden_ints(s, tensor, k);
        for (size_t i = 0; i < k; i++) {
            order[i] = (uint16_t)chosen[i];
        }
        free(chosen);
    }
    arr_metrics_make(r, ARR_GRID, order, (int)k, NULL, &m);
    const double got[NUMBERS] = {
        m.k,
        m.selection_ratio,
        m.compression_ratio,
        m.mean,
        m.std,
        m.min,
        m.max,
        m.q25,
        m.q50,
        m.q75,
        m.selected_mean,
        m.selected_std,
        m.spatial_coverage,
        m.spatial_entropy,
        m.mean_nn_distance,
        m.clustering_coef,
        m.n_clusters,
    };
    snprintf(tensor, sizeof tensor, "metrics.%s", name);
    double *const want = golden_doubles(s, tensor, NUMBERS);
    for (size_t i = 0; i < NUMBERS; i++) {
        char what[48];
        snprintf(what, sizeof what, "%s, number %zu", name, i);
        golden_near_one(what, got[i], want[i], 1e-9);
    }
    free(want);
}

static void test_metrics(void **state)
{
    (void)state;
    struct safetensors *const s = golden_open("case21");
    float *const r = golden_floats(s, "R", ARR_CELLS);
    check_metrics(s, r, "block", 256);
    check_metrics(s, r, "stride", 200);
    check_metrics(s, r, "random", 200);
    check_metrics(s, r, "none", 0);
    check_metrics(s, r, "one", 1);
    check_metrics(s, r, "two", 2);
    free(r);
    safetensors_close(s);
}

/* ---- query impact and attribution: case 22 ---- */

struct maps { /* of the reference: case 13 */
    float *info, *persp, *partic, *balanced;
};

static struct maps read_maps(void)
{
    struct safetensors *const texture = golden_open("case07");
    struct safetensors *const scores = golden_open("case13");
    const struct maps m = {
        .info = golden_floats(texture, "I", ARR_CELLS),
        .persp = golden_floats(texture, "P", ARR_CELLS),
        .partic = golden_floats(scores, "Q", ARR_CELLS),
        .balanced = golden_floats(scores, "R", ARR_CELLS),
    };
    safetensors_close(scores);
    safetensors_close(texture);
    return m;
}

static void free_maps(struct maps *m)
{
    free(m->info);
    free(m->persp);
    free(m->partic);
    free(m->balanced);
}

static void test_impact(void **state)
{
    (void)state;
    enum { NUMBERS = 10 };
    struct maps m = read_maps();
    struct safetensors *const s = golden_open("case22");
    double *const want = golden_doubles(s, "impact", NUMBERS);
    struct arr_impact i;
    arr_impact_make(m.info, m.persp, m.partic, m.balanced, ARR_GRID, 200, false, &i);
    const double got[NUMBERS] = {
        i.overlap,    i.overlap_percent, i.shift_percent, i.mean_baseline, i.std_baseline,
        i.mean_query, i.std_query,       i.mean_shift,    i.max_abs_shift, i.mean_partic};
    for (size_t n = 0; n < NUMBERS; n++) {
        char what[32];
        snprintf(what, sizeof what, "impact, number %zu", n);
        /* Maps are floats, the reference's were given to it as doubles. */
        golden_near_one(what, got[n], want[n], n < 3 ? 0 : 1e-6);
    }
    int only_with = 0, only_without = 0;
    for (size_t n = 0; n < ARR_CELLS; n++) {
        only_with += i.change[n] == 1;
        only_without += i.change[n] == -1;
    }
    assert_int_equal(only_with, 200 - i.overlap);
    assert_int_equal(only_without, 200 - i.overlap);
    free(want);
    safetensors_close(s);
    free_maps(&m);
}

static void read_texture(struct arr_texture *t)
{
    struct safetensors *const s = golden_open("case07");
    golden_texture(s, t);
    safetensors_close(s);
}

/* Which of the channels that are copies of each other comes first is left open. */
static int without_copies(int channel)
{
    return channel == ARR_T_SALIENCY ? ARR_T_EDGES : channel == ARR_T_LUMINANCE ? ARR_T_L : channel;
}

static void check_ranking(const struct safetensors *s, const struct arr_attribution *a)
{
    int32_t *const want = golden_ints(s, "ranking", ARR_TEXTURE_CHANNELS);
    for (int channel = 0; channel < ARR_TEXTURE_CHANNELS; channel++) {
        assert_in_range(a[channel].rank, 0, ARR_TEXTURE_CHANNELS - 1);
        assert_int_equal(without_copies(want[a[channel].rank]), without_copies(channel));
    }
    assert_int_equal(a[ARR_T_SALIENCY].rank, a[ARR_T_EDGES].rank + 1);
    assert_int_equal(a[ARR_T_LUMINANCE].rank, a[ARR_T_L].rank + 1);
    free(want);
}

static void check_groups(const struct safetensors *s, const struct arr_attribution *a)
{
    struct arr_attribution_group groups[ARR_ATTRIBUTION_GROUPS];
    double *const want = golden_doubles(s, "groups", 2 * (size_t)ARR_ATTRIBUTION_GROUPS);
    arr_attribution_groups(a, groups);
    for (size_t g = 0; g < ARR_ATTRIBUTION_GROUPS; g++) {
        golden_near_one(groups[g].name, groups[g].mean_abs, want[2 * g], 1e-9);
        golden_near_one(groups[g].name, groups[g].max_abs, want[2 * g + 1], 1e-9);
    }
    free(want);
}

static void test_attribution(void **state)
{
    (void)state;
    struct maps m = read_maps();
    struct arr_texture t;
    struct arr_attribution a[ARR_TEXTURE_CHANNELS];
    struct safetensors *const s = golden_open("case22");
    double *const r = golden_doubles(s, "r", ARR_TEXTURE_CHANNELS);
    double *const p = golden_doubles(s, "p", ARR_TEXTURE_CHANNELS);
    double *const rho = golden_doubles(s, "rho", ARR_TEXTURE_CHANNELS);
    read_texture(&t);
    arr_attribution_make(&t.t[0][0], ARR_TEXTURE_CHANNELS, m.balanced, ARR_CELLS, a);
    for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        assert_true(a[c].is_defined);
        golden_near_one("Pearson", a[c].pearson, r[c], 1e-9);
        golden_near_one("Spearman", a[c].spearman, rho[c], 1e-9);
        /* The reference's p is of Student's t with 1022 degrees, ours of the normal. */
        golden_near_one("p", a[c].p_value, p[c], 1e-3);
    }
    check_ranking(s, a);
    check_groups(s, a);
    free(rho);
    free(p);
    free(r);
    safetensors_close(s);
    free_maps(&m);
}

/* ---- pictures: case 23 ---- */

enum { SIDE = 256, CELL = SIDE / ARR_GRID };

static void test_luts(void **state)
{
    (void)state;
    static const char *const NAMES[ARR_LUTS] = {"hot",    "viridis", "plasma",  "inferno",
                                                "RdYlGn", "RdBu_r",  "seismic", "Reds",
                                                "Greens", "Blues",   "gray",    "YlOrRd"};
    struct safetensors *const s = golden_open("case23");
    for (size_t i = 0; i < ARR_LUTS; i++) {
        char name[32];
        snprintf(name, sizeof name, "lut.%s", NAMES[i]);
        uint8_t *const want = golden_bytes(s, name, sizeof ARR_LUT[i]);
        golden_near_bytes(name, &ARR_LUT[i][0][0], want, sizeof ARR_LUT[i], 0);
        free(want);
    }
    safetensors_close(s);
}

static void test_false_color(void **state)
{
    (void)state;
    static const char *const NAMES[4] = {"false.semantic", "false.edges", "false.spatial",
                                         "false.custom"};
    static const enum arr_false_color MODES[4] = {ARR_FALSE_SEMANTIC, ARR_FALSE_EDGES,
                                                  ARR_FALSE_SPATIAL, ARR_FALSE_CUSTOM};
    static const int TRIPLE[3] = {0, 7, 10};
    struct arr_texture t;
    uint8_t cells[3 * ARR_CELLS];
    struct safetensors *const s = golden_open("case23");
    read_texture(&t);
    for (size_t i = 0; i < 4; i++) {
        uint8_t *const want = golden_bytes(s, NAMES[i], sizeof cells);
        arr_false_color_cells(&t, MODES[i], TRIPLE, cells);
        golden_near_bytes(NAMES[i], cells, want, sizeof cells, 1);
        free(want);
    }
    safetensors_close(s);
}

static uint8_t *without_alpha(const uint8_t *rgba)
{
    uint8_t *const rgb = golden_new_rgb8(SIDE, SIDE);
    for (size_t i = 0; i < (size_t)SIDE * SIDE; i++) {
        memcpy(&rgb[i * 3], &rgba[i * 4], 3);
        assert_int_equal(rgba[i * 4 + 3], 255);
    }
    return rgb;
}

static void check_heat(const struct safetensors *s, const char *name, const float *map,
                       enum arr_lut lut)
{
    struct err e = {0};
    const size_t bytes = (size_t)SIDE * SIDE * 3;
    uint8_t *const picture = golden_smooth(7, SIDE, SIDE);
    uint8_t *const rgba = xmalloc((size_t)SIDE * SIDE * 4);
    uint8_t *const want = golden_bytes(s, name, bytes);
    if (!arr_heat_over(map, ARR_GRID, lut, 0.6f, picture, SIDE, SIDE, rgba, &e)) {
        fail_msg("%s: %s", name, e.msg);
    }
    uint8_t *const got = without_alpha(rgba);
    golden_near_bytes(name, got, want, bytes, 1);
    free(got);
    free(want);
    free(rgba);
    free(picture);
}

static void test_heat(void **state)
{
    (void)state;
    struct maps m = read_maps();
    struct safetensors *const s = golden_open("case23");
    check_heat(s, "heat.I", m.info, ARR_LUT_VIRIDIS);
    check_heat(s, "heat.R", m.balanced, ARR_LUT_HOT);
    safetensors_close(s);
    free_maps(&m);
}

/* The reference's rectangles include their right and lower end, so that each covers one column and
 * one row of its neighbours too. Those two lines of every cell are left out. */
static void compare_inside(const char *name, uint8_t *got, uint8_t *want)
{
    for (size_t i = 0; i < (size_t)SIDE * SIDE; i++) {
        if (i % SIDE % CELL == 0 || i / SIDE % CELL == 0) {
            memset(&got[i * 3], 0, 3);
            memset(&want[i * 3], 0, 3);
        }
    }
    golden_near_bytes(name, got, want, (size_t)SIDE * SIDE * 3, 0);
}

static void check_homunculus(const struct safetensors *s, const char *name,
                             enum arr_homunculus style, const uint16_t *order)
{
    struct err e = {0};
    uint8_t *const picture = golden_smooth(7, SIDE, SIDE);
    uint8_t *const rgba = xmalloc((size_t)SIDE * SIDE * 4);
    uint8_t *const want = golden_bytes(s, name, (size_t)SIDE * SIDE * 3);
    if (!arr_homunculus_draw(picture, SIDE, SIDE, ARR_GRID, order, 200, style, rgba, &e)) {
        fail_msg("%s: %s", name, e.msg);
    }
    uint8_t *const got = without_alpha(rgba);
    compare_inside(name, got, want);
    free(got);
    free(want);
    free(rgba);
    free(picture);
}

static void test_homunculus(void **state)
{
    (void)state;
    uint16_t order[200];
    struct safetensors *const scores = golden_open("case13");
    struct safetensors *const s = golden_open("case23");
    int32_t *const top = golden_ints(scores, "top", 200);
    for (size_t i = 0; i < 200; i++) {
        order[i] = (uint16_t)top[i];
    }
    check_homunculus(s, "homunculus.overlay", ARR_HOMUNCULUS_DIM, order);
    check_homunculus(s, "homunculus.heatmap", ARR_HOMUNCULUS_HEATMAP, order);
    free(top);
    safetensors_close(s);
    safetensors_close(scores);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_metrics),     cmocka_unit_test(test_impact),
        cmocka_unit_test(test_attribution), cmocka_unit_test(test_luts),
        cmocka_unit_test(test_false_color), cmocka_unit_test(test_heat),
        cmocka_unit_test(test_homunculus),
    };
    return cmocka_run_group_tests_name("golden views", tests, NULL, NULL);
}
