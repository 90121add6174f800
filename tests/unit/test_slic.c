/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/color.h"
#include "tests/unit/dense_help.h"

enum { SIDE = ARR_MID, SEEDS = 7 };

/* ---- the same by the book: every pixel looks at all centres ---- */

struct book {
    const int16_t *lab;
    int64_t centre[ARR_CLUSTERS][5];
};

static int64_t feature(const struct book *b, int i, int f)
{
    return f < 3 ? b->lab[f * ARR_MID_PX + i] : 140 * (f == 3 ? i % SIDE : i / SIDE);
}

static int64_t floor_div(int64_t a, int64_t n)
{
    return a >= 0 ? a / n : -((-a + n - 1) / n);
}

static int64_t square(int64_t d)
{
    const int64_t q = floor_div(d, 4);
    return q * q;
}

static int64_t slope(const struct book *b, int x, int y)
{
    int64_t sum = 0;
    for (int f = 0; f < 3; f++) {
        const int l = dense_inside(x - 1, SIDE), r = dense_inside(x + 1, SIDE);
        const int u = dense_inside(y - 1, SIDE), d = dense_inside(y + 1, SIDE);
        sum += square(feature(b, y * SIDE + r, f) - feature(b, y * SIDE + l, f)) +
               square(feature(b, d * SIDE + x, f) - feature(b, u * SIDE + x, f));
    }
    return sum;
}

static void book_start(struct book *b, uint8_t *label)
{
    for (int id = 0; id < ARR_CLUSTERS; id++) {
        const int x0 = (int)((id % SEEDS + 0.5) * SIDE / SEEDS);
        const int y0 = (int)((id / SEEDS + 0.5) * SIDE / SEEDS);
        int best = -1;
        for (int k = 0; k < 9; k++) {
            const int x = x0 + k % 3 - 1, y = y0 + k / 3 - 1;
            if (best < 0 || slope(b, x, y) < slope(b, best % SIDE, best / SIDE)) {
                best = y * SIDE + x;
            }
        }
        for (int f = 0; f < 5; f++) {
            b->centre[id][f] = feature(b, best, f);
        }
    }
    for (int i = 0; i < ARR_MID_PX; i++) {
        label[i] = (uint8_t)(i / SIDE * SEEDS / SIDE * SEEDS + i % SIDE * SEEDS / SIDE);
    }
}

static void book_assign(const struct book *b, uint8_t *label)
{
    for (int i = 0; i < ARR_MID_PX; i++) {
        int64_t best = INT64_MAX;
        for (int id = 0; id < ARR_CLUSTERS; id++) {
            int64_t d = 0;
            for (int f = 0; f < 5; f++) {
                d += square(feature(b, i, f) - b->centre[id][f]);
            }
            const double dx = (double)(feature(b, i, 3) - b->centre[id][3]) / 140;
            const double dy = (double)(feature(b, i, 4) - b->centre[id][4]) / 140;
            const double reach = 2.0 * SIDE / SEEDS + 1e-9;
            if (fabs(dx) <= reach && fabs(dy) <= reach && d < best) {
                best = d;
                label[i] = (uint8_t)id;
            }
        }
    }
}

static void book_run(const int16_t *lab, uint8_t *label)
{
    struct book b = {.lab = lab};
    book_start(&b, label);
    for (int round = 0; round < 10; round++) {
        book_assign(&b, label);
        int64_t sum[ARR_CLUSTERS][5] = {0}, n[ARR_CLUSTERS] = {0};
        for (int i = 0; i < ARR_MID_PX; i++) {
            n[label[i]]++;
            for (int f = 0; f < 5; f++) {
                sum[label[i]][f] += feature(&b, i, f);
            }
        }
        for (int id = 0; id < ARR_CLUSTERS; id++) {
            for (int f = 0; f < 5 && n[id] > 0; f++) {
                b.centre[id][f] = floor_div(2 * sum[id][f] + n[id], 2 * n[id]);
            }
        }
    }
}

static void check_by_book(const int16_t *lab)
{
    uint8_t label[ARR_MID_PX], again[ARR_MID_PX], book[ARR_MID_PX];
    arr_slic_run(lab, label);
    memset(again, 7, sizeof again);
    arr_slic_run(lab, again);
    book_run(lab, book);
    assert_memory_equal(label, again, sizeof label);
    assert_memory_equal(label, book, sizeof label);
}

static void test_by_the_book(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    for (int k = 0; k < 3; k++) {
        if (k == 0) {
            dense_noise(rgb, 5);
        } else if (k == 1) {
            dense_scene(rgb, 6);
        } else {
            dense_flat(rgb, 120, 10, 60);
        }
        struct arr_room *room = room_of(rgb);
        arr_planes_lab(room);
        check_by_book(room->mid_lab);
        free(room);
    }
    free(rgb);
}

/* No colour has such features; a caller's mistake must not overflow. */
static void test_extreme_features(void **state)
{
    (void)state;
    int16_t *lab = xmalloc(3 * ARR_MID_PX * sizeof *lab);
    struct dense_random r = {77};
    for (int i = 0; i < 3 * ARR_MID_PX; i++) {
        lab[i] = dense_next(&r) >> 63 ? INT16_MAX : INT16_MIN;
    }
    check_by_book(lab);
    free(lab);
}

static void test_mean_rounds_halves_up(void **state)
{
    (void)state;
    assert_int_equal(arr_slic_mean(7, 2), 4);
    assert_int_equal(arr_slic_mean(-7, 2), -3);
    assert_int_equal(arr_slic_mean(-8, 3), -3);
    assert_int_equal(arr_slic_mean(-7, 3), -2);
    assert_int_equal(arr_slic_mean(0, 5), 0);
    assert_int_equal(arr_lab_q(0.001953125f), 1);
    assert_int_equal(arr_lab_q(-0.001953125f), -1);
    assert_int_equal(arr_lab_q(100.0f), 25600);
}

/* ---- clean-up ---- */

static void fill_labels(uint8_t *label, int x, int y, int w, int h, uint8_t id)
{
    for (int j = y; j < y + h; j++) {
        memset(label + j * SIDE + x, id, (size_t)w);
    }
}

static void clean(uint8_t *label)
{
    struct arr_components *c = xmalloc(sizeof *c);
    memset(c, 0x5a, sizeof *c);
    arr_slic_clean(label, c);
    free(c);
}

static void test_clean_small_pieces(void **state)
{
    (void)state;
    uint8_t label[ARR_MID_PX];
    memset(label, 3, sizeof label);
    fill_labels(label, 10, 10, 82, 1, 5);  /* 82 pixels: too small */
    fill_labels(label, 10, 20, 83, 1, 6);  /* just large enough */
    fill_labels(label, 64, 64, 64, 64, 9); /* a corner */
    fill_labels(label, 61, 90, 7, 4, 1);   /* 10 sides with 3, 12 with 9 */
    clean(label);
    assert_int_equal(label[10 * SIDE + 10], 3);
    assert_int_equal(label[20 * SIDE + 10], 6);
    assert_int_equal(label[20 * SIDE + 92], 6);
    for (int y = 90; y < 94; y++) {
        for (int x = 60; x < 69; x++) {
            assert_int_equal(label[y * SIDE + x], x < 61 ? 3 : 9);
        }
    }
}

/* As many sides with 2 as with 8: the lower id, whatever the order of the pieces. */
static void test_clean_ties(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        uint8_t label[ARR_MID_PX];
        fill_labels(label, 0, 0, 64, SIDE, k ? 8 : 2);
        fill_labels(label, 64, 0, 64, SIDE, k ? 2 : 8);
        fill_labels(label, 62, 40, 4, 4, 30);
        clean(label);
        for (int y = 40; y < 44; y++) {
            for (int x = 62; x < 66; x++) {
                assert_int_equal(label[y * SIDE + x], 2);
            }
        }
    }
}

/* Pieces that are small even after one merge go on growing. */
static void test_clean_chains(void **state)
{
    (void)state;
    uint8_t label[ARR_MID_PX];
    for (int i = 0; i < ARR_MID_PX; i++) {
        label[i] = (uint8_t)((i % SIDE / 2 + i / SIDE / 2) % 2 ? 11 : 12);
    }
    clean(label);
    uint8_t again[ARR_MID_PX];
    memcpy(again, label, sizeof again);
    clean(again);
    assert_memory_equal(label, again, sizeof label);
}

static int piece_size(const uint8_t *label, uint8_t *seen, int start)
{
    static int stack[ARR_MID_PX];
    int n = 0, size = 0;
    stack[n++] = start;
    seen[start] = 1;
    while (n > 0) {
        const int i = stack[--n];
        size++;
        for (int k = 0; k < 4; k++) {
            const int x = i % SIDE + (k == 0) - (k == 1), y = i / SIDE + (k == 2) - (k == 3);
            const int j = y * SIDE + x;
            if (x >= 0 && x < SIDE && y >= 0 && y < SIDE && !seen[j] && label[j] == label[i]) {
                seen[j] = 1;
                stack[n++] = j;
            }
        }
    }
    return size;
}

static void test_no_small_piece_is_left(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    for (int k = 0; k < 2; k++) {
        if (k) {
            dense_scene(rgb, 12);
        } else {
            dense_noise(rgb, 11);
        }
        struct arr_array *a = array_still(rgb);
        uint8_t seen[ARR_MID_PX] = {0};
        for (int i = 0; i < ARR_MID_PX; i++) {
            assert_true(a->cluster[i] < ARR_CLUSTERS);
            assert_true(seen[i] || piece_size(a->cluster, seen, i) >= ARR_SLIC_SMALLEST);
        }
        free(a);
    }
    free(rgb);
}

/* ---- channels ---- */

static void test_clusters_keep_to_objects(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_flat(rgb, 250, 250, 250);
    dense_fill(rgb, 0, 0, 200, ARR_DENSE, (const uint8_t[3]){20, 20, 60});
    struct arr_array *a = array_still(rgb);
    int side_of[ARR_CLUSTERS] = {0};
    for (int i = 0; i < ARR_MID_PX; i++) {
        side_of[a->cluster[i]] |= i % SIDE < 50 ? 1 : 2;
    }
    for (int id = 0; id < ARR_CLUSTERS; id++) {
        assert_int_not_equal(side_of[id], 3);
    }
    /* The only boundary lies left of mid column 50, in the cells of column 12. */
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_near(a->c[ARR_C_BOUNDARIES][i], i % ARR_GRID == 12 ? 0.25 : 0.0, 0);
    }
    free(a);
    free(rgb);
}

/* Four quarters: boundaries go across and down, and belong to the pixel left of or above them. */
static void test_boundaries(void **state)
{
    (void)state;
    static const uint8_t colors[4][3] = {
        {250, 250, 250}, {200, 20, 20}, {20, 20, 60}, {20, 200, 40}};
    uint8_t *rgb = dense_new();
    for (int q = 0; q < 4; q++) {
        dense_fill(rgb, q % 2 * 256, q / 2 * 256, 256, 256, colors[q]);
    }
    struct arr_array *a = array_still(rgb);
    for (int i = 0; i < ARR_CELLS; i++) {
        const int left = i % ARR_GRID == 15, above = i / ARR_GRID == 15;
        assert_near(a->c[ARR_C_BOUNDARIES][i], (4 * left + 4 * above - left * above) / 16.0, 0);
    }
    free(a);
    free(rgb);
}

/* Two grays side by side, parted where two columns of clusters meet. */
static double boundary_between(uint8_t left, uint8_t right, double *difference)
{
    float a[3], b[3];
    arr_lab_one(left, left, left, a);
    arr_lab_one(right, right, right, b);
    *difference = fabs((double)(a[0] - b[0]));
    uint8_t *rgb = dense_new();
    dense_flat(rgb, left, left, left);
    dense_fill(rgb, 292, 0, ARR_DENSE - 292, ARR_DENSE, (const uint8_t[3]){right, right, right});
    struct arr_array *array = array_still(rgb);
    double sum = 0;
    for (int i = 0; i < ARR_CELLS; i++) {
        sum += (double)array->c[ARR_C_BOUNDARIES][i];
    }
    free(array);
    free(rgb);
    return sum;
}

static void test_what_is_alike(void **state)
{
    (void)state;
    double difference;
    assert_true(boundary_between(100, 130, &difference) == 0);
    assert_true(difference > 11 && difference < 12);
    assert_true(boundary_between(100, 132, &difference) == 32 * 0.25);
    assert_true(difference > 12 && difference < 13);
}

static void test_channels_of_clusters(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_scene(rgb, 21);
    struct arr_array *a = array_still(rgb);
    double x[ARR_CLUSTERS] = {0}, y[ARR_CLUSTERS] = {0}, n[ARR_CLUSTERS] = {0};
    for (int i = 0; i < ARR_MID_PX; i++) {
        x[a->cluster[i]] += i % SIDE;
        y[a->cluster[i]] += i / SIDE;
        n[a->cluster[i]]++;
    }
    double *d = xmalloc(ARR_MID_PX * sizeof *d), most = 0;
    for (int i = 0; i < ARR_MID_PX; i++) {
        const int id = a->cluster[i];
        d[i] = hypot(i % SIDE - x[id] / n[id], i / SIDE - y[id] / n[id]);
        most = d[i] > most ? d[i] : most;
    }
    for (int c = 0; c < ARR_CELLS; c++) {
        const int at = c / ARR_GRID * 4 * SIDE + c % ARR_GRID * 4;
        double distance = 0, size = 0;
        for (int k = 0; k < 16; k++) {
            const int i = at + k / 4 * SIDE + k % 4;
            distance += d[i] / most / 16;
            size += n[a->cluster[i]] / ARR_MID_PX / 16;
        }
        assert_int_equal(a->c[ARR_C_CLUSTER][c], a->cluster[at + 2 * SIDE + 2]);
        assert_near(a->c[ARR_C_CLUSTER_DISTANCE][c], distance, 3e-4);
        assert_near(a->c[ARR_C_CLUSTER_SIZE][c], size, 1e-6);
    }
    free(d);
    free(a);
    free(rgb);
}

/* Ten gray levels from one cluster to the next: neighbours are alike, so all are one object. */
static void test_soft_ramps_have_no_boundaries(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        memset(rgb + 3 * i, 80 + i % ARR_DENSE / 8, 3);
    }
    struct arr_array *a = array_still(rgb);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(a->c[ARR_C_BOUNDARIES][i] == 0.0f);
        assert_true(a->c[ARR_C_CLUSTER_SIZE][i] > 0.0f);
    }
    free(a);
    free(rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_the_book),
        cmocka_unit_test(test_extreme_features),
        cmocka_unit_test(test_mean_rounds_halves_up),
        cmocka_unit_test(test_clean_small_pieces),
        cmocka_unit_test(test_clean_ties),
        cmocka_unit_test(test_clean_chains),
        cmocka_unit_test(test_no_small_piece_is_left),
        cmocka_unit_test(test_clusters_keep_to_objects),
        cmocka_unit_test(test_boundaries),
        cmocka_unit_test(test_what_is_alike),
        cmocka_unit_test(test_channels_of_clusters),
        cmocka_unit_test(test_soft_ramps_have_no_boundaries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
