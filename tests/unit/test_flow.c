/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/texture.h"
#include "tests/unit/dense_help.h"

enum { SIDE = ARR_MID, BLOCKS = ARR_FLOW_BLOCKS, BLOCK = SIDE / BLOCKS };

struct frames {
    uint8_t now[ARR_MID_PX], before[ARR_MID_PX];
    int8_t flow[BLOCKS * BLOCKS][2];
    float mean_sad;
};

static void mid_noise(uint8_t *px, uint64_t seed)
{
    struct dense_random r = {seed};
    for (int i = 0; i < ARR_MID_PX; i++) {
        px[i] = (uint8_t)(dense_next(&r) >> 56);
    }
}

/* What moves in at the border is new noise. */
static void shift(struct frames *f, int dx, int dy)
{
    mid_noise(f->before, 1);
    mid_noise(f->now, 2);
    for (int i = 0; i < ARR_MID_PX; i++) {
        const int x = i % SIDE - dx, y = i / SIDE - dy;
        if (x >= 0 && x < SIDE && y >= 0 && y < SIDE) {
            f->now[i] = f->before[y * SIDE + x];
        }
    }
}

static void find(struct frames *f)
{
    f->mean_sad = arr_flow(f->now, f->before, f->flow);
}

static void test_shifted_noise(void **state)
{
    (void)state;
    static const int by[][2] = {{0, 0}, {1, 0},  {0, -1}, {3, 5},   {-4, 2},
                                {7, 7}, {-7, 7}, {7, -7}, {-7, -7}, {-1, -6}};
    struct frames *f = xmalloc(sizeof *f);
    for (size_t k = 0; k < sizeof by / sizeof *by; k++) {
        shift(f, by[k][0], by[k][1]);
        find(f);
        /* Blocks at the border have lost some of their pixels, the median sees them one block
         * further in. */
        for (int i = 0; i < BLOCKS * BLOCKS; i++) {
            const int x = i % BLOCKS, y = i / BLOCKS;
            if (x > 1 && x < BLOCKS - 2 && y > 1 && y < BLOCKS - 2) {
                assert_int_equal(f->flow[i][0], by[k][0]);
                assert_int_equal(f->flow[i][1], by[k][1]);
            }
        }
    }
    free(f);
}

static void test_rest(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    mid_noise(f->before, 9);
    memcpy(f->now, f->before, sizeof f->now);
    find(f);
    assert_true(f->mean_sad == 0.0f);
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        assert_int_equal(f->flow[i][0], 0);
        assert_int_equal(f->flow[i][1], 0);
    }
    memset(f->before, 0, sizeof f->before); /* flat frames: every place matches as well */
    memset(f->now, 255, sizeof f->now);
    find(f);
    assert_true(f->mean_sad == 255.0f);
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        assert_int_equal(f->flow[i][0], 0);
        assert_int_equal(f->flow[i][1], 0);
    }
    free(f);
}

/* Columns of period 2 shifted by one: one to the left and one to the right match exactly, so do
 * places above. The shorter way counts, then the smaller one. */
static void test_ties(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    for (int i = 0; i < ARR_MID_PX; i++) {
        f->before[i] = i % 2 ? 200 : 20;
        f->now[i] = i % 2 ? 20 : 200;
    }
    find(f);
    for (int y = 0; y < BLOCKS; y++) {
        for (int x = 1; x < BLOCKS - 1; x++) {
            assert_int_equal(f->flow[y * BLOCKS + x][0], -1);
            assert_int_equal(f->flow[y * BLOCKS + x][1], 0);
        }
    }
    for (int i = 0; i < ARR_MID_PX; i++) {
        f->before[i] = i / SIDE % 2 ? 200 : 20;
        f->now[i] = i / SIDE % 2 ? 20 : 200;
    }
    find(f);
    for (int y = 1; y < BLOCKS - 1; y++) {
        assert_int_equal(f->flow[y * BLOCKS + 3][0], 0);
        assert_int_equal(f->flow[y * BLOCKS + 3][1], -1);
    }
    free(f);
}

/* A ramp of one level a column that became brighter by `up`: the farthest move to the left leaves
 * up - 7 of up. Nine tenths are not enough. */
static void test_motion_has_to_pay(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    for (int up = 69; up <= 70; up++) {
        for (int i = 0; i < ARR_MID_PX; i++) {
            f->before[i] = (uint8_t)(i % SIDE);
            f->now[i] = (uint8_t)(i % SIDE + up);
        }
        find(f);
        for (int i = 0; i < BLOCKS * BLOCKS; i++) {
            if (i % BLOCKS < BLOCKS - 2) { /* the ramp ends at the right */
                assert_int_equal(f->flow[i][0], up == 69 ? -7 : 0);
                assert_int_equal(f->flow[i][1], 0);
            }
        }
    }
    free(f);
}

/* One block that moves alone is an outlier; the median takes it out, its difference is counted. */
static void test_median(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    mid_noise(f->before, 4);
    memcpy(f->now, f->before, sizeof f->now);
    for (int y = 40; y < 48; y++) {
        memcpy(f->now + y * SIDE + 40, f->before + (y - 2) * SIDE + 37, BLOCK);
    }
    find(f);
    assert_true(f->mean_sad == 0.0f);
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        assert_int_equal(f->flow[i][0], 0);
        assert_int_equal(f->flow[i][1], 0);
    }
    free(f);
}

/* Three quarters of the blocks move, the last one rests. Its corner sees five that move and four
 * that rest. */
static void test_median_is_the_middle(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    mid_noise(f->before, 14);
    for (int i = 0; i < ARR_MID_PX; i++) {
        const int x = i % SIDE, y = i / SIDE, rests = x >= SIDE / 2 && y >= SIDE / 2;
        f->now[i] = f->before[dense_inside(y - (rests ? 0 : -1), SIDE) * SIDE +
                              dense_inside(x - (rests ? 0 : 2), SIDE)];
    }
    find(f);
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        const int x = i % BLOCKS, y = i / BLOCKS;
        const bool rests = x >= 8 && y >= 8 && !(x == 8 && y == 8);
        assert_int_equal(f->flow[i][0], rests ? 0 : 2);
        assert_int_equal(f->flow[i][1], rests ? 0 : -1);
    }
    free(f);
}

/* ---- channel 7 ---- */

static struct arr_array *frame(const uint8_t *now, const uint8_t *before)
{
    struct arr_previous *p = xmalloc(sizeof *p);
    memcpy(p->rgb, before, sizeof p->rgb);
    struct arr_array *a = array_of(now, p, &(struct arr_array_options){.want = ARR_WANT_ARRAY});
    free(p);
    assert_int_equal(a->state[ARR_C_MOTION], ARR_PRESENT);
    return a;
}

static void test_motion(void **state)
{
    (void)state;
    uint8_t *now = dense_new(), *before = dense_new();
    dense_noise(now, 1);
    dense_noise(before, 2);
    struct arr_array *a = frame(now, before);
    double *plane = xmalloc(ARR_DENSE_PX * sizeof *plane);
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        double sum = 0;
        for (int c = 0; c < 3; c++) {
            const double d = (now[3 * i + c] - before[3 * i + c]) / 255.0;
            sum += d * d / 3;
        }
        plane[i] = sqrt(sum);
    }
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_near(a->c[ARR_C_MOTION][i], cell_mean(plane, i), 2e-5);
    }
    free(plane);
    free(a);
    a = frame(now, now);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(a->c[ARR_C_MOTION][i] == 0.0f);
    }
    assert_int_equal(a->flags & ARR_SCENE_CUT, 0);
    free(a);
    dense_flat(now, 255, 255, 255);
    dense_flat(before, 0, 0, 0);
    a = frame(now, before);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(a->c[ARR_C_MOTION][i] == 1.0f);
    }
    assert_true(a->flags & ARR_SCENE_CUT);
    free(a);
    free(now);
    free(before);
}

/* The dense picture moves by 8, the mid plane by 2. */
static void test_flow_of_pictures(void **state)
{
    (void)state;
    uint8_t *now = dense_new(), *before = dense_new();
    dense_scene(before, 3);
    memcpy(now, before, DENSE_BYTES);
    for (int y = 12; y < ARR_DENSE; y++) {
        memcpy(now + (y * ARR_DENSE + 8) * 3, before + (y - 12) * ARR_DENSE * 3,
               (ARR_DENSE - 8) * 3);
    }
    struct arr_array *a = frame(now, before);
    int n = 0;
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        n += a->flow[i][0] == 2 && a->flow[i][1] == 3;
    }
    assert_true(n > BLOCKS * BLOCKS * 3 / 4);
    assert_int_equal(a->flags & ARR_SCENE_CUT, 0);
    free(a);
    free(now);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shifted_noise), cmocka_unit_test(test_rest),
        cmocka_unit_test(test_ties),          cmocka_unit_test(test_motion_has_to_pay),
        cmocka_unit_test(test_median),        cmocka_unit_test(test_median_is_the_middle),
        cmocka_unit_test(test_motion),        cmocka_unit_test(test_flow_of_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
