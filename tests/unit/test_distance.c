/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dense_help.h"

enum { SIDE = ARR_DENSE, FAR = 100000000 };

static int32_t seed_at(int x, int y)
{
    return y << 16 | x;
}

static void clear_seeds(int32_t *seeds)
{
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        seeds[i] = ARR_NO_SEED;
    }
}

static void put_seed(int32_t *seeds, int x, int y)
{
    seeds[y * SIDE + x] = seed_at(x, y);
}

/* Exact squared distances: along columns first, then every row against every column. */
static void exact(const int32_t *seeds, int32_t *d2)
{
    int32_t *down = xmalloc(ARR_DENSE_PX * sizeof *down);
    for (int x = 0; x < SIDE; x++) {
        int32_t d = 10000;
        for (int y = 0; y < SIDE; y++) {
            d = seeds[y * SIDE + x] != ARR_NO_SEED ? 0 : d + 1;
            down[y * SIDE + x] = d;
        }
        d = 10000;
        for (int y = SIDE - 1; y >= 0; y--) {
            d = seeds[y * SIDE + x] != ARR_NO_SEED ? 0 : d + 1;
            down[y * SIDE + x] = d < down[y * SIDE + x] ? d : down[y * SIDE + x];
        }
    }
    for (int y = 0; y < SIDE; y++) {
        int32_t row[SIDE];
        for (int x = 0; x < SIDE; x++) {
            row[x] = down[y * SIDE + x] * down[y * SIDE + x];
        }
        for (int x = 0; x < SIDE; x++) {
            int32_t best = FAR;
            for (int k = 0; k < SIDE; k++) {
                const int32_t d = row[k] + (x - k) * (x - k);
                best = d < best ? d : best;
            }
            d2[y * SIDE + x] = best;
        }
    }
    free(down);
}

struct planes {
    int32_t seeds[ARR_DENSE_PX], first[ARR_DENSE_PX], second[ARR_DENSE_PX], d2[ARR_DENSE_PX];
};

static const int32_t *flood(struct planes *p)
{
    memcpy(p->first, p->seeds, sizeof p->first);
    memset(p->second, 0x5a, sizeof p->second); /* nothing may be read from it */
    return arr_jump_flood(p->first, p->second);
}

static void check_against_exact(struct planes *p)
{
    const int32_t *found = flood(p);
    exact(p->seeds, p->d2);
    int wrong = 0;
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        const int32_t s = found[i];
        assert_int_equal(p->seeds[(s >> 16) * SIDE + (s & 0xffff)], s);
        const int32_t d2 = arr_seed_distance(s, i % SIDE, i / SIDE);
        assert_true(d2 >= p->d2[i]);
        if (d2 != p->d2[i]) {
            wrong++;
            assert_true(sqrt(d2) - sqrt(p->d2[i]) <= 1.0);
        }
    }
    assert_true(wrong < ARR_DENSE_PX / 1000);
}

static void test_against_exact(void **state)
{
    (void)state;
    static const int counts[] = {2, 40, 700, 20000};
    struct planes *p = xmalloc(sizeof *p);
    struct dense_random r = {30};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++) {
        clear_seeds(p->seeds);
        for (int i = 0; i < counts[k]; i++) {
            const int x = dense_below(&r, SIDE);
            put_seed(p->seeds, x, dense_below(&r, SIDE));
        }
        check_against_exact(p);
    }
    free(p);
}

static void test_one_seed_reaches_all(void **state)
{
    (void)state;
    static const int at[][2] = {{0, 0}, {511, 511}, {511, 0}, {255, 256}, {17, 400}};
    struct planes *p = xmalloc(sizeof *p);
    for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
        clear_seeds(p->seeds);
        put_seed(p->seeds, at[k][0], at[k][1]);
        const int32_t *found = flood(p);
        for (int i = 0; i < ARR_DENSE_PX; i++) {
            assert_int_equal(found[i], seed_at(at[k][0], at[k][1]));
        }
    }
    free(p);
}

static void test_ties(void **state)
{
    (void)state;
    struct planes *p = xmalloc(sizeof *p);
    clear_seeds(p->seeds);
    put_seed(p->seeds, 100, 200);
    put_seed(p->seeds, 140, 200);
    put_seed(p->seeds, 120, 180);
    put_seed(p->seeds, 120, 220);
    assert_int_equal(flood(p)[200 * SIDE + 120], seed_at(120, 180));
    clear_seeds(p->seeds);
    put_seed(p->seeds, 300, 64);
    put_seed(p->seeds, 304, 64);
    const int32_t *found = flood(p);
    for (int y = 0; y < SIDE; y++) {
        assert_int_equal(found[y * SIDE + 302], seed_at(300, 64));
        assert_int_equal(found[y * SIDE + 303], seed_at(304, 64));
    }
    free(p);
}

static void test_no_seed(void **state)
{
    (void)state;
    struct planes *p = xmalloc(sizeof *p);
    clear_seeds(p->seeds);
    const int32_t *found = flood(p);
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        assert_int_equal(found[i], ARR_NO_SEED);
    }
    free(p);
}

/* ---- the channel ---- */

static void test_threshold(void **state)
{
    (void)state;
    for (int gx = 0; gx < 30000; gx += 7) {
        for (int gy = -30000; gy < 30000; gy += 997) {
            const double x = gx / 524280.0, y = gy / 524280.0;
            const bool is_edge = sqrt(x * x + y * y + 1e-8) > 0.0225;
            assert_int_equal(arr_is_edge(gx, gy) != 0, is_edge);
            assert_int_equal(arr_is_edge(gy, -gx) != 0, is_edge);
        }
    }
    assert_true(arr_is_edge(262140, -262140));
    /* The largest squares that are no edge, and the smallest that are. */
    assert_false(arr_is_edge(11796, 0));
    assert_true(arr_is_edge(11797, 0));
}

static void test_channel(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_flat(rgb, 40, 40, 40);
    dense_fill(rgb, 0, 0, 128, ARR_DENSE, (const uint8_t[3]){200, 200, 200});
    struct arr_array *a = array_still(rgb);
    assert_int_equal(a->flags & ARR_NO_EDGES, 0);
    /* Columns 127 and 128 see the step; the right border is 383 away, the left one 127. */
    for (int i = 0; i < ARR_CELLS; i++) {
        double sum = 0;
        for (int x = i % ARR_GRID * ARR_CELL_PX; x < (i % ARR_GRID + 1) * ARR_CELL_PX; x++) {
            sum += x < 127 ? 127 - x : x > 128 ? x - 128 : 0;
        }
        assert_near(a->c[ARR_C_DISTANCE][i], sum / (ARR_CELL_PX * 383.0), 1e-5);
    }
    free(a);
    free(rgb);
}

static void test_flat_has_no_edges(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_flat(rgb, 90, 130, 20);
    struct arr_array *a = array_still(rgb);
    assert_true(a->flags & ARR_NO_EDGES);
    assert_int_equal(a->state[ARR_C_DISTANCE], ARR_PRESENT);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(a->c[ARR_C_DISTANCE][i] == 1.0f);
    }
    free(a);
    free(rgb);
}

/* Stripes two pixels wide: every pixel is an edge, no distance is left to scale by. */
static void test_edges_everywhere(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        memset(rgb + 3 * i, i % ARR_DENSE / 2 % 2 ? 255 : 0, 3);
    }
    struct arr_array *a = array_still(rgb);
    assert_int_equal(a->flags & ARR_NO_EDGES, 0);
    for (int i = 0; i < ARR_CELLS; i++) {
        const bool at_border = i % ARR_GRID == 0 || i % ARR_GRID == ARR_GRID - 1;
        assert_true(at_border || a->c[ARR_C_DISTANCE][i] == 0.0f);
    }
    free(a);
    free(rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_against_exact),
        cmocka_unit_test(test_one_seed_reaches_all),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_no_seed),
        cmocka_unit_test(test_threshold),
        cmocka_unit_test(test_channel),
        cmocka_unit_test(test_flat_has_no_edges),
        cmocka_unit_test(test_edges_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
