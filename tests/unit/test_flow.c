/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/texture.h"
#include "tests/unit/dense_help.h"

enum { SIDE = ARR_MID, BLOCKS = ARR_FLOW_BLOCKS, BLOCK = SIDE / BLOCKS };

struct frames {
    uint8_t now[ARR_MID_PX], before[ARR_MID_PX];
    int8_t flow[BLOCKS * BLOCKS][2];
    float part[BLOCKS * BLOCKS][2];
    float mean_sad;
    struct arr_flow_levels levels;
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

/* ---- Lucas-Kanade ---- */

static void track(struct frames *f)
{
    f->mean_sad = arr_flow_lk(f->now, f->before, &f->levels, f->flow, f->part);
}

static double moved(const struct frames *f, int block, int axis)
{
    assert_true(f->part[block][axis] >= -0.5f && f->part[block][axis] <= 0.5f);
    return (double)f->flow[block][axis] + (double)f->part[block][axis];
}

/* Blocks that nothing moves into. */
static void assert_inner_moved(const struct frames *f, double dx, double dy, double tolerance)
{
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        const int x = i % BLOCKS, y = i / BLOCKS;
        if (x > 1 && x < BLOCKS - 2 && y > 1 && y < BLOCKS - 2) {
            assert_near((float)moved(f, i, 0), dx, tolerance);
            assert_near((float)moved(f, i, 1), dy, tolerance);
        }
    }
}

static void assert_rests(const struct frames *f)
{
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        assert_true(moved(f, i, 0) == 0.0 && moved(f, i, 1) == 0.0);
    }
}

static double wave(double x, double y)
{
    return 0.40 * sin(0.31 * x + 0.7 * sin(0.11 * y)) + 0.35 * sin(0.27 * y - 0.05 * x) +
           0.25 * sin(0.17 * (x + y) + 1.0);
}

static void shift_waves(struct frames *f, double dx, double dy, double amplitude)
{
    for (int i = 0; i < ARR_MID_PX; i++) {
        const int x = i % SIDE, y = i / SIDE;
        f->before[i] = (uint8_t)(128.5 + amplitude * wave(x, y));
        f->now[i] = (uint8_t)(128.5 + amplitude * wave(x - dx, y - dy));
    }
}

static void test_parts_of_a_pixel(void **state)
{
    (void)state;
    static const double by[][2] = {{0.25, 0},   {0.5, -0.5},  {-0.75, 0.1}, {1.3, 0.7},
                                   {-2.6, 1.4}, {3.3, -3.75}, {5.2, 4.1},   {-6.5, 6.25}};
    struct frames *f = xmalloc(sizeof *f);
    for (size_t k = 0; k < sizeof by / sizeof *by; k++) {
        shift_waves(f, by[k][0], by[k][1], 100);
        track(f);
        assert_inner_moved(f, by[k][0], by[k][1], 0.1);
        assert_true(f->mean_sad < 5.0f);
    }
    free(f);
}

/* Noise smoothed once: on the coarse levels white noise is another picture after every shift. */
static void smooth_noise(uint8_t *px, uint64_t seed)
{
    uint8_t noise[ARR_MID_PX];
    mid_noise(noise, seed);
    for (int i = 0; i < ARR_MID_PX; i++) {
        int sum = 0;
        for (int k = 0; k < 9; k++) {
            const int x = dense_inside(i % SIDE + k % 3 - 1, SIDE);
            const int y = dense_inside(i / SIDE + k / 3 - 1, SIDE);
            sum += noise[y * SIDE + x] * (k % 3 == 1 ? 2 : 1) * (k / 3 == 1 ? 2 : 1);
        }
        px[i] = (uint8_t)(sum / 16);
    }
}

static void test_tracked_noise(void **state)
{
    (void)state;
    static const int by[][2] = {{1, -1}, {2, 1}, {-3, 3}, {4, 2}, {-1, -4}, {6, 3}};
    struct frames *f = xmalloc(sizeof *f);
    smooth_noise(f->before, 21);
    for (size_t k = 0; k < sizeof by / sizeof *by; k++) {
        for (int i = 0; i < ARR_MID_PX; i++) {
            const int x = dense_inside(i % SIDE - by[k][0], SIDE);
            const int y = dense_inside(i / SIDE - by[k][1], SIDE);
            f->now[i] = f->before[y * SIDE + x];
        }
        track(f);
        assert_inner_moved(f, by[k][0], by[k][1], 0.05);
    }
    free(f);
}

static void test_nothing_to_track(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    smooth_noise(f->before, 22);
    memcpy(f->now, f->before, sizeof f->now);
    track(f);
    assert_true(f->mean_sad == 0.0f);
    assert_rests(f);
    memset(f->before, 0, sizeof f->before);
    memset(f->now, 255, sizeof f->now);
    track(f);
    assert_true(f->mean_sad == 255.0f);
    assert_rests(f);
    /* Along stripes nothing but noise tells how far they moved. */
    struct dense_random r = {24};
    for (int i = 0; i < ARR_MID_PX; i++) {
        f->before[i] = (uint8_t)(128.5 + 100 * sin(0.3 * (i % SIDE)) + dense_below(&r, 2));
        f->now[i] = (uint8_t)(128.5 + 100 * sin(0.3 * (i % SIDE - 1)) + dense_below(&r, 2));
    }
    track(f);
    assert_rests(f);
    shift_waves(f, 1, 1, 3); /* a level or two of contrast is noise */
    track(f);
    assert_rests(f);
    free(f);
}

/* Brighter by 100 with a texture of five levels: whatever the motion, 96 to 104 are left. */
static void test_tracks_have_to_pay(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    mid_noise(f->before, 23);
    for (int i = 0; i < ARR_MID_PX; i++) {
        f->before[i] = (uint8_t)(50 + f->before[i] % 5);
        f->now[i] = (uint8_t)(f->before[i] + 100);
    }
    track(f);
    assert_rests(f);
    assert_true(f->mean_sad == 100.0f);
    free(f);
}

/* One block that moves alone. */
static void test_tracked_median(void **state)
{
    (void)state;
    struct frames *f = xmalloc(sizeof *f);
    shift_waves(f, 0, 0, 100);
    for (int y = 40; y < 48; y++) {
        for (int x = 40; x < 48; x++) {
            f->now[y * SIDE + x] = (uint8_t)(128.5 + 100 * wave(x - 1.5, y));
        }
    }
    track(f);
    assert_rests(f);
    assert_true(f->mean_sad > 0.0f && f->mean_sad < 0.1f);
    free(f);
}

/* ---- channel 7 ---- */

static struct arr_array *frame_by(const uint8_t *now, const uint8_t *before,
                                  const struct arr_array_options *options)
{
    struct arr_previous *p = xmalloc(sizeof *p);
    memcpy(p->rgb, before, sizeof p->rgb);
    struct arr_array *a = array_of(now, p, options);
    free(p);
    assert_int_equal(a->state[ARR_C_MOTION], ARR_PRESENT);
    return a;
}

static struct arr_array *frame(const uint8_t *now, const uint8_t *before)
{
    return frame_by(now, before, &(struct arr_array_options){.want = ARR_WANT_ARRAY});
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

/* The dense picture moves by 6 and 9: a mid pixel and a half, two and a quarter. */
static void test_tracks_of_pictures(void **state)
{
    (void)state;
    uint8_t *now = dense_new(), *before = dense_new();
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        const double x = i % ARR_DENSE / 4.0, y = i / ARR_DENSE / 4.0;
        memset(before + 3 * i, (int)(128.5 + 100 * wave(x, y)), 3);
        memset(now + 3 * i, (int)(128.5 + 100 * wave(x - 1.5, y + 2.25)), 3);
    }
    struct arr_array_options o = {.want = ARR_WANT_ARRAY, .flow = ARR_FLOW_LK, .n_threads = 1};
    struct arr_array *a = frame_by(now, before, &o), *matched = frame(now, before);
    int n = 0;
    for (int i = 0; i < BLOCKS * BLOCKS; i++) {
        const double x = a->flow[i][0] + (double)a->flow_part[i][0];
        const double y = a->flow[i][1] + (double)a->flow_part[i][1];
        n += fabs(x - 1.5) < 0.1 && fabs(y + 2.25) < 0.1;
        assert_true(matched->flow_part[i][0] == 0.0f && matched->flow_part[i][1] == 0.0f);
    }
    assert_true(n > BLOCKS * BLOCKS * 3 / 4);
    assert_true(a->mean_sad < matched->mean_sad);
    for (o.n_threads = 2; o.n_threads <= 3; o.n_threads++) {
        struct arr_array *other = frame_by(now, before, &o);
        assert_memory_equal(other, a, sizeof *a);
        free(other);
    }
    free(matched);
    free(a);
    free(now);
    free(before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shifted_noise),
        cmocka_unit_test(test_rest),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_motion_has_to_pay),
        cmocka_unit_test(test_median),
        cmocka_unit_test(test_median_is_the_middle),
        cmocka_unit_test(test_parts_of_a_pixel),
        cmocka_unit_test(test_tracked_noise),
        cmocka_unit_test(test_nothing_to_track),
        cmocka_unit_test(test_tracks_have_to_pay),
        cmocka_unit_test(test_tracked_median),
        cmocka_unit_test(test_motion),
        cmocka_unit_test(test_flow_of_pictures),
        cmocka_unit_test(test_tracks_of_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
