/* SPDX-License-Identifier: Apache-2.0 */
/* The microscope's numbers, against values worked out by hand or by numpy and scipy. The same
 * figures against the reference's own output: test_golden_views.c. */
#include "core/arrcoc/metrics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "core/arrcoc/attend.h"
#include "core/arrcoc/texture.h"

static void near_to(const char *what, double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("%s: %.17g, not %.17g", what, got, want);
    }
}

/* ---- statistics ---- */

static void test_pearson(void **state)
{
    (void)state;
    const float a[] = {1, 2, 3, 4, 5}, b[] = {2, 1, 4, 3, 5}, flat[] = {7, 7, 7, 7, 7};
    const float back[] = {10, 8, 6, 4, 2};
    double r = -9;
    /* Deviations -2 -1 0 1 2 and -1 -2 1 0 2: 8 / sqrt(10 * 10). */
    assert_true(arr_pearson(a, b, 5, &r));
    near_to("r", r, 0.8, 1e-15);
    assert_true(arr_pearson(a, back, 5, &r));
    near_to("r of a falling line", r, -1.0, 1e-15);
    r = -9;
    assert_false(arr_pearson(a, flat, 5, &r));
    assert_false(arr_pearson(flat, a, 5, &r));
    assert_false(arr_pearson(a, b, 1, &r));
    assert_false(arr_pearson(a, b, 0, &r));
    assert_true(r == -9);
}

static void test_spearman(void **state)
{
    (void)state;
    const float a[] = {1, 2, 2, 3}, b[] = {1, 2, 3, 4}, cubes[] = {1, 8, 27, 64};
    const float flat[] = {0, 0, 0, 0};
    double rho = -9;
    /* Ranks 1 2.5 2.5 4 against 1 2 3 4: 4.5 / sqrt(4.5 * 5). */
    assert_true(arr_spearman(a, b, 4, &rho));
    near_to("rho with a tie", rho, 4.5 / sqrt(4.5 * 5.0), 1e-15);
    assert_true(arr_spearman(b, cubes, 4, &rho));
    near_to("rho of a rising curve", rho, 1.0, 1e-15);
    assert_false(arr_spearman(flat, b, 4, &rho));
    double sensitivity = -9;
    const float back[] = {4, 3, 2, 1};
    assert_true(arr_query_sensitivity(b, cubes, 4, &sensitivity));
    near_to("of maps in the same order", sensitivity, 0.0, 1e-15);
    assert_true(arr_query_sensitivity(b, back, 4, &sensitivity));
    near_to("of opposite maps", sensitivity, 2.0, 1e-15);
    assert_false(arr_query_sensitivity(b, flat, 4, &sensitivity));
}

static void test_percentiles(void **state)
{
    (void)state;
    const float v[] = {1, 2, 3, 4}, one[] = {5};
    /* Places 0.75, 1.5, 2.25 of 0 to 3. */
    near_to("quarter", arr_percentile(v, 4, 25), 1.75, 0);
    near_to("half", arr_percentile(v, 4, 50), 2.5, 0);
    near_to("three quarters", arr_percentile(v, 4, 75), 3.25, 0);
    near_to("least", arr_percentile(v, 4, 0), 1, 0);
    near_to("most", arr_percentile(v, 4, 100), 4, 0);
    near_to("below 0", arr_percentile(v, 4, -3), 1, 0);
    near_to("above 100", arr_percentile(v, 4, 300), 4, 0);
    near_to("of one", arr_percentile(one, 1, 25), 5, 0);
    near_to("of none", arr_percentile(one, 0, 25), 0, 0);
}

/* ---- baselines ---- */

static void test_splitmix(void **state)
{
    (void)state;
    /* From 0: the generator's published first values. */
    uint64_t s = 0;
    assert_true(arr_splitmix64(&s) == 0xe220a8397b1dcdafU);
    assert_true(arr_splitmix64(&s) == 0x6e789e6aa1b965f4U);
    assert_true(arr_splitmix64(&s) == 0x06c45d188009454fU);
    s = ARR_RANDOM_SEED;
    assert_true(arr_splitmix64(&s) == 0xc37f740838ac450fU);
    assert_true(arr_splitmix64(&s) == 0x4f7cb82df7df8caaU);
}

static void test_random_baseline(void **state)
{
    (void)state;
    float u[ARR_CELLS], other[ARR_CELLS];
    arr_baseline_map(ARR_RANDOM, ARR_GRID, 200, u);
    /* 0xc37f74 / 2^24 and so on: the top 24 bits above. */
    assert_true(u[0] == 0.7636635303497314f && u[1] == 0.31049680709838867f);
    assert_true(u[2] == 0.8629857897758484f && u[3] == 0.02772468328475952f);
    arr_baseline_map(ARR_RANDOM, ARR_GRID, 3, other);
    assert_memory_equal(u, other, sizeof u);
}

static void test_uniform_baseline(void **state)
{
    (void)state;
    float map[ARR_CELLS];
    arr_baseline_map(ARR_UNIFORM, ARR_GRID, 1, map);
    assert_true(map[512] == 1.0f); /* floor(0.5 * 1024): row 16, which runs to the right */
    arr_baseline_map(ARR_UNIFORM, ARR_GRID, 3, map);
    /* 170, 512, 853: row 5, column 10 from the right; row 16; row 26, column 21. */
    assert_true(map[5 * 32 + 21] == 1.0f && map[512] == 1.0f && map[26 * 32 + 21] == 1.0f);
    for (int k = 0; k <= ARR_CELLS + 5; k += 41) {
        const int want = k < ARR_CELLS ? k : ARR_CELLS;
        int n = 0;
        arr_baseline_map(ARR_UNIFORM, ARR_GRID, k, map);
        for (int i = 0; i < ARR_CELLS; i++) {
            assert_true(map[i] == 0.0f || map[i] == 1.0f);
            n += map[i] == 1.0f;
        }
        assert_int_equal(n, want);
    }
}

static void test_centre_baseline(void **state)
{
    (void)state;
    float map[ARR_CELLS];
    uint16_t order[4];
    arr_baseline_map(ARR_CENTRE, ARR_GRID_SEED, 4, map);
    assert_int_equal(arr_top_k(map, 14 * 14, 4, order), 4);
    assert_int_equal(order[0], 6 * 14 + 6);
    assert_int_equal(order[3], 7 * 14 + 7);
    near_to("corner", (double)map[0], 0.0, 1e-7);
}

/* ---- metrics of a selection ---- */

/* Column / 31. */
static void ramp(float *map)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        map[i] = (float)(i % 32) / 31.0f;
    }
}

static void test_block(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    uint16_t order[256];
    struct arr_metrics m;
    ramp(r);
    for (int i = 0; i < 256; i++) {
        order[i] = (uint16_t)(i / 16 * 32 + i % 16);
    }
    arr_metrics_make(r, ARR_GRID, order, 256, NULL, &m);
    assert_int_equal(m.cells, 1024);
    assert_int_equal(m.k, 256);
    near_to("ratio", m.selection_ratio, 0.25, 0);
    near_to("compression", m.compression_ratio, 4.0, 0);
    /* 0 to 31 evenly: mean 15.5, variance (32^2 - 1) / 12; the left half: 7.5, (16^2 - 1) / 12. */
    near_to("mean", m.mean, 0.5, 1e-7);
    near_to("std", m.std, sqrt(1023.0 / 12.0) / 31.0, 1e-7);
    near_to("min", m.min, 0, 0);
    near_to("max", m.max, 1, 0);
    /* Places 255.75, 511.5, 767.25 in rows of 32 equal values: 3/4 from 7 to 8, 1/2 from 15 to 16,
     * 1/4 from 23 to 24. */
    near_to("q25", m.q25, 7.75 / 31.0, 1e-7);
    near_to("q50", m.q50, 15.5 / 31.0, 1e-7);
    near_to("q75", m.q75, 23.25 / 31.0, 1e-7);
    near_to("selected mean", m.selected_mean, 7.5 / 31.0, 1e-7);
    near_to("selected std", m.selected_std, sqrt(255.0 / 12.0) / 31.0, 1e-7);
    /* A quarter of the grid: 4 of 16 regions, 16 of 64 parts equally full. */
    near_to("coverage", m.spatial_coverage, 0.25, 0);
    near_to("entropy", m.spatial_entropy, 4.0, 1e-12);
    near_to("nearest", m.mean_nn_distance, 1.0, 0);
    near_to("coefficient", m.clustering_coef, 1.0 - 1.0 / (32.0 * sqrt(2.0)), 1e-12);
    assert_int_equal(m.n_clusters, 1);
    /* 2 * 16 * 15 pairs; by chance 256 * 255 / (1024 * 1023) of 2 * 32 * 31. */
    near_to("joins", m.join_count, 66.0 / 17.0, 1e-12);
    near_to("no budgets", m.budget_gini + m.budget_entropy + m.effective_cells, 0, 0);
}

/* Every fourth cell both ways: each part holds one, no two are neighbours. */
static void test_lattice(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    uint16_t order[64];
    struct arr_metrics m;
    ramp(r);
    for (int i = 0; i < 64; i++) {
        order[i] = (uint16_t)((i / 8 * 4 + 1) * 32 + i % 8 * 4 + 2);
    }
    arr_metrics_make(r, ARR_GRID, order, 64, NULL, &m);
    near_to("coverage", m.spatial_coverage, 1.0, 0);
    near_to("entropy", m.spatial_entropy, 6.0, 1e-12);
    near_to("nearest", m.mean_nn_distance, 4.0, 0);
    near_to("joins", m.join_count, 0.0, 0);
    assert_int_equal(m.n_clusters, 1); /* all within 2 * 4 of a neighbour */
}

/* Components are joined below twice the mean distance, not at it. */
static void test_clusters(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    struct arr_metrics m;
    ramp(r);
    /* Pairs at distance 1, the pairs 2 apart: the mean is 1, the limit 2 is not reached. */
    const uint16_t apart[] = {0, 1, 3, 4};
    arr_metrics_make(r, ARR_GRID, apart, 4, NULL, &m);
    near_to("nearest", m.mean_nn_distance, 1.0, 0);
    assert_int_equal(m.n_clusters, 2);
    /* 33 and 34 touch 0 1 by a corner: sqrt 2 is below the limit. */
    const uint16_t corner[] = {0, 1, 34, 35};
    arr_metrics_make(r, ARR_GRID, corner, 4, NULL, &m);
    assert_int_equal(m.n_clusters, 1);
    /* A chain is one component although its ends are far apart, whatever its order. */
    const uint16_t chain[] = {5, 0, 4, 1, 3, 2};
    arr_metrics_make(r, ARR_GRID, chain, 6, NULL, &m);
    assert_int_equal(m.n_clusters, 1);
}

static void test_few(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    struct arr_metrics m;
    const uint16_t two[] = {0, 3 * 32 + 4};
    ramp(r);
    arr_metrics_make(r, ARR_GRID, two, 0, NULL, &m);
    near_to("nothing selected",
            m.selection_ratio + m.compression_ratio + m.selected_mean + m.selected_std +
                m.spatial_coverage + m.spatial_entropy + m.mean_nn_distance + m.clustering_coef +
                m.join_count,
            0, 0);
    assert_int_equal(m.n_clusters, 0);
    near_to("mean of all", m.mean, 0.5, 1e-7);
    const int budget = 64;
    arr_metrics_make(r, ARR_GRID, two, 1, &budget, &m);
    assert_int_equal(m.n_clusters, 1);
    near_to("nearest of one", m.mean_nn_distance + m.clustering_coef + m.join_count, 0, 0);
    near_to("coverage of one", m.spatial_coverage, 1.0 / 16.0, 0);
    near_to("entropy of one", m.spatial_entropy, 0, 0);
    near_to("gini of one", m.budget_gini, 0, 0);
    near_to("budget entropy of one", m.budget_entropy, 1, 0);
    near_to("effective cells of one", m.effective_cells, 1, 0);
    arr_metrics_make(r, ARR_GRID, two, 2, NULL, &m);
    near_to("nearest of two", m.mean_nn_distance, 5.0, 0); /* 3 down, 4 across */
    near_to("coefficient of two", m.clustering_coef, 1.0 - 5.0 / (32.0 * sqrt(2.0)), 1e-12);
    assert_int_equal(m.n_clusters, 1);
}

struct baseline_case {
    enum arr_baseline which;
    double selected_mean, selected_std, entropy, nearest, coefficient, joins;
    int clusters;
};

/* The reference's own compute_summary_metrics over the random map, for its top 200 and for the
 * uniform selection; neighbouring pairs (71 and 90) counted by numpy. */
static void test_against_reference(void **state)
{
    (void)state;
    static const struct baseline_case CASES[] = {
        {ARR_RANDOM, 0.8949230480194091, 0.061292501050800294, 5.847176868586155,
         1.3452611963032075, 0.9702736464258398, 0.9419095477386935, 16},
        {ARR_UNIFORM, 0.5019529113173484, 0.279220629656147, 5.933660689688186, 1.126568593486211,
         0.9751061158773159, 1.1939698492462312, 22},
    };
    float u[ARR_CELLS], map[ARR_CELLS];
    uint16_t order[200];
    arr_baseline_map(ARR_RANDOM, ARR_GRID, 200, u);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct baseline_case *c = &CASES[i];
        struct arr_metrics m;
        arr_baseline_map(c->which, ARR_GRID, 200, map);
        assert_int_equal(arr_top_k(map, ARR_CELLS, 200, order), 200);
        arr_metrics_make(u, ARR_GRID, order, 200, NULL, &m);
        near_to("mean", m.mean, 0.4877168957609683, 1e-12);
        near_to("std", m.std, 0.2887363698376383, 1e-12);
        near_to("q25", m.q25, 0.23050284385681152, 1e-12);
        near_to("q50", m.q50, 0.4944689869880676, 1e-12);
        near_to("q75", m.q75, 0.738482192158699, 1e-12);
        near_to("selected mean", m.selected_mean, c->selected_mean, 1e-12);
        near_to("selected std", m.selected_std, c->selected_std, 1e-12);
        near_to("coverage", m.spatial_coverage, 1.0, 0);
        near_to("entropy", m.spatial_entropy, c->entropy, 1e-12);
        near_to("nearest", m.mean_nn_distance, c->nearest, 1e-12);
        near_to("coefficient", m.clustering_coef, c->coefficient, 1e-12);
        near_to("joins", m.join_count, c->joins, 1e-12);
        near_to("Moran's I", m.moran_i, -0.020616577392960935, 1e-12);
        near_to("centre bias", m.centre_bias, 0.011845992402687175, 1e-6);
        assert_int_equal(m.n_clusters, c->clusters);
    }
}

static void test_moran(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    struct arr_metrics m;
    for (int i = 0; i < ARR_CELLS; i++) {
        r[i] = (float)((i / 32 + i % 32) % 2);
    }
    arr_metrics_make(r, ARR_GRID, NULL, 0, NULL, &m);
    near_to("chess board", m.moran_i, -1.0, 1e-12);
    for (int i = 0; i < ARR_CELLS; i++) {
        r[i] = i % 32 < 16 ? 0.0f : 1.0f;
    }
    arr_metrics_make(r, ARR_GRID, NULL, 0, NULL, &m);
    /* 1984 pairs, 32 of them across the border: (1984 - 64) / 1984. */
    near_to("two halves", m.moran_i, 30.0 / 31.0, 1e-12);
    memset(r, 0, sizeof r);
    arr_metrics_make(r, ARR_GRID, NULL, 0, NULL, &m);
    near_to("constant", m.moran_i, 0, 0);
    near_to("std of a constant", m.std, 0, 0);
}

static void test_centre_bias(void **state)
{
    (void)state;
    float y[ARR_CELLS], x[ARR_CELLS], ecc[ARR_CELLS];
    struct arr_metrics m;
    arr_coordinates(ARR_GRID_SEED, y, x, ecc);
    arr_metrics_make(ecc, ARR_GRID_SEED, NULL, 0, NULL, &m);
    assert_true(m.has_centre_bias);
    near_to("eccentricity", m.centre_bias, -1.0, 1e-12);
    for (int i = 0; i < 14 * 14; i++) {
        ecc[i] = 3.0f - 2.0f * ecc[i];
    }
    arr_metrics_make(ecc, ARR_GRID_SEED, NULL, 0, NULL, &m);
    near_to("its opposite", m.centre_bias, 1.0, 1e-6);
    for (int i = 0; i < 14 * 14; i++) {
        ecc[i] = 0.25f;
    }
    arr_metrics_make(ecc, ARR_GRID_SEED, NULL, 0, NULL, &m);
    assert_false(m.has_centre_bias);
}

static void test_budgets(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    const uint16_t order[] = {0, 1, 2, 3};
    const int even[] = {64, 64, 64, 64}, one[] = {0, 4, 0, 0}, rising[] = {3, 1, 4, 2};
    const int none[] = {0, 0, 0, 0};
    struct arr_metrics m;
    ramp(r);
    arr_metrics_make(r, ARR_GRID, order, 4, even, &m);
    near_to("gini, even", m.budget_gini, 0, 0);
    near_to("entropy, even", m.budget_entropy, 1, 1e-15);
    near_to("effective, even", m.effective_cells, 4, 1e-14);
    /* All to one: (2 * 4 - 5) * 4 / (4 * 4). */
    arr_metrics_make(r, ARR_GRID, order, 4, one, &m);
    near_to("gini, one", m.budget_gini, 0.75, 0);
    near_to("entropy, one", m.budget_entropy, 0, 0);
    near_to("effective, one", m.effective_cells, 1, 0);
    /* 1 2 3 4: (-3 - 2 + 3 + 12) / (4 * 10); p = 0.1 0.2 0.3 0.4 by numpy. */
    arr_metrics_make(r, ARR_GRID, order, 4, rising, &m);
    near_to("gini, rising", m.budget_gini, 0.25, 1e-15);
    near_to("entropy, rising", m.budget_entropy, 0.9232196723355078, 1e-14);
    near_to("effective, rising", m.effective_cells, 3.5961154666243225, 1e-13);
    arr_metrics_make(r, ARR_GRID, order, 4, none, &m);
    near_to("nothing to share", m.budget_gini + m.budget_entropy + m.effective_cells, 0, 0);
}

/* Grid 14 has no parts of equal size: the formula i * n / G still puts every cell into one. */
static void test_small_grid(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    uint16_t order[14 * 14];
    struct arr_metrics m;
    for (int i = 0; i < 14 * 14; i++) {
        r[i] = (float)i;
        order[i] = (uint16_t)i;
    }
    arr_metrics_make(r, ARR_GRID_SEED, order, 14 * 14, NULL, &m);
    assert_int_equal(m.cells, 196);
    near_to("coverage", m.spatial_coverage, 1.0, 0);
    near_to("joins", m.join_count, 1.0, 1e-12);
    assert_in_range((int)(m.spatial_entropy * 1000), 5800, 6000);
    /* One cell in each corner: 4 of the 16 regions. */
    const uint16_t corners[] = {0, 13, 13 * 14, 14 * 14 - 1};
    arr_metrics_make(r, ARR_GRID_SEED, corners, 4, NULL, &m);
    near_to("coverage of corners", m.spatial_coverage, 0.25, 0);
}

static void test_words(void **state)
{
    (void)state;
    assert_string_equal(arr_clustering_word(0.71), "highly clustered");
    assert_string_equal(arr_clustering_word(0.7), "moderately clustered");
    assert_string_equal(arr_clustering_word(0.4), "scattered");
}

/* ---- query impact ---- */

static void test_impact(void **state)
{
    (void)state;
    static float info[ARR_CELLS], persp[ARR_CELLS], partic[ARR_CELLS], r[ARR_CELLS];
    struct arr_impact m;
    for (int i = 0; i < ARR_CELLS; i++) {
        info[i] = i < 10 ? 1.0f : 0.0f;
        partic[i] = 0.25f;
        r[i] = i >= 5 && i < 15 ? 1.0f : 0.0f;
    }
    /* B is 0.5 in the first ten cells. */
    arr_impact_make(info, persp, partic, r, ARR_GRID, 10, false, &m);
    assert_int_equal(m.overlap, 5);
    near_to("overlap", m.overlap_percent, 50, 0);
    near_to("shift", m.shift_percent, 50, 0);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_int_equal(m.change[i], i < 5 ? -1 : i >= 10 && i < 15 ? 1 : 0);
        assert_true(m.shift[i] == (i < 5 ? -0.5f : i < 10 ? 0.5f : i < 15 ? 1.0f : 0.0f));
    }
    near_to("mean of B", m.mean_baseline, 5.0 / 1024, 0);
    near_to("mean of R", m.mean_query, 10.0 / 1024, 0);
    /* p (1 - p) for a share p of ones; half of it for B. */
    near_to("std of R", m.std_query, sqrt(10.0 / 1024 * 1014.0 / 1024), 1e-12);
    near_to("std of B", m.std_baseline, 0.5 * sqrt(10.0 / 1024 * 1014.0 / 1024), 1e-12);
    near_to("mean shift", m.mean_shift, 5.0 / 1024, 0);
    near_to("largest shift", m.max_abs_shift, 1, 0);
    near_to("mean of Q", m.mean_partic, 0.25, 0);
    arr_impact_make(info, persp, partic, r, ARR_GRID, 10, true, &m);
    assert_int_equal(m.overlap, 5);
    near_to("mean of B, scaled", m.mean_baseline, 10.0 / 1024, 1e-9);
    near_to("mean shift, scaled", m.mean_shift, 0, 1e-9);
    assert_true(fabsf(m.shift[0] + 1.0f) < 1e-6f && fabsf(m.shift[7]) < 1e-6f);
    arr_impact_make(info, persp, partic, r, ARR_GRID, 0, false, &m);
    assert_int_equal(m.overlap, 0);
    near_to("K = 0", m.overlap_percent + m.shift_percent, 0, 0);
    arr_impact_make(info, persp, partic, r, ARR_GRID, 5000, false, &m);
    assert_int_equal(m.overlap, ARR_CELLS);
    near_to("K above N", m.overlap_percent, 100, 0);
}

/* ---- attribution ---- */

static float texture[ARR_TEXTURE_CHANNELS][ARR_CELLS];

/* Channels 7 and 11, 3 and 12 are copies; 4 is constant; the rest is random or a coordinate. */
static void fill_texture(float *relevance)
{
    uint64_t s = 5;
    for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        for (int i = 0; i < ARR_CELLS; i++) {
            texture[c][i] = (float)(arr_splitmix64(&s) >> 40) / 16777216.0f;
        }
    }
    memcpy(texture[11], texture[7], sizeof texture[7]);
    memcpy(texture[12], texture[3], sizeof texture[3]);
    for (int i = 0; i < ARR_CELLS; i++) {
        texture[4][i] = 0.5f;
        relevance[i] = 0.75f * texture[7][i] - 0.25f * texture[3][i];
    }
}

static void test_attribution(void **state)
{
    (void)state;
    float r[ARR_CELLS];
    struct arr_attribution a[ARR_TEXTURE_CHANNELS];
    struct arr_attribution_group groups[ARR_ATTRIBUTION_GROUPS];
    fill_texture(r);
    arr_attribution_make(&texture[0][0], ARR_TEXTURE_CHANNELS, r, ARR_CELLS, a);
    assert_int_equal(a[7].rank, 0);
    assert_int_equal(a[11].rank, 1);
    assert_int_equal(a[3].rank, 2);
    assert_int_equal(a[12].rank, 3);
    assert_int_equal(a[4].rank, ARR_TEXTURE_CHANNELS - 1);
    assert_false(a[4].is_defined);
    assert_true(a[4].p_value == 1.0 && a[4].pearson == 0.0);
    assert_true(a[7].pearson > 0.9 && a[3].pearson < -0.2);
    assert_true(a[7].pearson == a[11].pearson && a[7].p_value < 1e-100);
    unsigned seen = 0;
    for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        seen |= 1u << a[c].rank;
    }
    assert_int_equal(seen, (1u << ARR_TEXTURE_CHANNELS) - 1);
    arr_attribution_groups(a, groups);
    assert_string_equal(groups[0].name, "Color");
    assert_string_equal(groups[3].name, "Derived");
    near_to("Color, most", groups[0].max_abs, fabs(a[3].pearson), 0);
    near_to("Derived, mean", groups[3].mean_abs, (a[7].pearson - a[3].pearson) / 2, 1e-15);
    near_to("Color, mean: the constant one counts as 0", groups[0].mean_abs,
            (fabs(a[0].pearson) + fabs(a[1].pearson) + fabs(a[2].pearson) + fabs(a[3].pearson)) / 5,
            1e-15);
}

/* scipy's pearsonr of the random map with 1 - eccentricity and with x, spearmanr of the first. Its
 * p is of Student's t, ours of the normal distribution. */
static void test_attribution_values(void **state)
{
    (void)state;
    static float planes[3][ARR_CELLS];
    float u[ARR_CELLS], y[ARR_CELLS];
    struct arr_attribution a[3];
    arr_baseline_map(ARR_RANDOM, ARR_GRID, 1, u);
    arr_baseline_map(ARR_CENTRE, ARR_GRID, 1, planes[0]);
    arr_coordinates(ARR_GRID, y, planes[1], planes[2]);
    memcpy(planes[2], u, sizeof u);
    arr_attribution_make(&planes[0][0], 3, u, ARR_CELLS, a);
    near_to("r", a[0].pearson, 0.01184599877080672, 1e-12);
    near_to("p", a[0].p_value, 0.7049683966148019, 5e-4);
    near_to("rho", a[0].spearman, 0.01172869254328775, 1e-12);
    near_to("r of x", a[1].pearson, 0.03192211671085738, 1e-7);
    near_to("p of x", a[1].p_value, 0.3074818341695353, 5e-4);
    assert_true(a[2].pearson == 1.0 && a[2].p_value == 0.0 && a[2].rank == 0);
    for (int i = 0; i < ARR_CELLS; i++) {
        u[i] = 1.0f;
    }
    arr_attribution_make(&planes[0][0], 3, u, ARR_CELLS, a);
    for (int c = 0; c < 3; c++) { /* a constant map goes along with nothing */
        assert_false(a[c].is_defined);
        assert_int_equal(a[c].rank, c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pearson),
        cmocka_unit_test(test_spearman),
        cmocka_unit_test(test_percentiles),
        cmocka_unit_test(test_splitmix),
        cmocka_unit_test(test_random_baseline),
        cmocka_unit_test(test_uniform_baseline),
        cmocka_unit_test(test_centre_baseline),
        cmocka_unit_test(test_block),
        cmocka_unit_test(test_lattice),
        cmocka_unit_test(test_clusters),
        cmocka_unit_test(test_few),
        cmocka_unit_test(test_against_reference),
        cmocka_unit_test(test_moran),
        cmocka_unit_test(test_centre_bias),
        cmocka_unit_test(test_budgets),
        cmocka_unit_test(test_small_grid),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_impact),
        cmocka_unit_test(test_attribution),
        cmocka_unit_test(test_attribution_values),
    };
    return cmocka_run_group_tests_name("metrics", tests, NULL, NULL);
}
