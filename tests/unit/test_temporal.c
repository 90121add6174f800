/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dense_help.h"

static const int HISTORY[] = {ARR_C_PREV_RELEVANCE, ARR_C_PREV_SALIENCY, ARR_C_FIXATIONS};

struct sequence {
    struct arr_temporal t;
    struct arr_array array;
    uint8_t rgb[DENSE_BYTES];
    float balanced[ARR_CELLS];
};

static struct sequence *sequence_new(void)
{
    struct sequence *s = xcalloc(1, sizeof *s);
    s->array.have = ARR_WANT_ARRAY;
    return s;
}

static void fill(float *map, float v)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        map[i] = v;
    }
}

/* A frame whose saliency and balanced map are given; everything moved by (dx, dy) mid pixels. */
static void frame(struct sequence *s, float saliency, float balanced, int dx, int dy)
{
    memset(&s->array, 0, sizeof s->array);
    fill(s->array.c[ARR_C_SALIENCY], saliency);
    fill(s->balanced, balanced);
    for (int i = 0; i < ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS; i++) {
        s->array.flow[i][0] = (int8_t)dx;
        s->array.flow[i][1] = (int8_t)dy;
    }
}

static void apply(struct sequence *s)
{
    arr_temporal_apply(&s->t, &s->array, false);
}

static void keep(struct sequence *s)
{
    arr_temporal_keep(&s->t, s->rgb, &s->array, s->balanced);
}

static void assert_history(const struct sequence *s, enum arr_state state)
{
    for (int k = 0; k < 3; k++) {
        assert_int_equal(s->array.state[HISTORY[k]], state);
        for (int i = 0; state != ARR_PRESENT && i < ARR_CELLS; i++) {
            assert_true(s->array.c[HISTORY[k]][i] == 0.0f);
        }
    }
}

static void test_first_frame(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    frame(s, 0.5f, 0.25f, 0, 0);
    fill(s->array.c[ARR_C_FIXATIONS], 9); /* what stood there before must go */
    apply(s);
    assert_history(s, ARR_FIRST_FRAME);
    assert_int_equal(s->array.state[ARR_C_MOTION], ARR_FIRST_FRAME);
    memset(s->rgb, 77, sizeof s->rgb);
    keep(s);
    assert_true(s->t.has_previous);
    assert_memory_equal(s->t.previous.rgb, s->rgb, sizeof s->rgb);
    free(s);
}

static void test_fixations_decay(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    double expected = 0;
    for (int n = 0; n < ARR_KEYFRAME; n++) {
        const float balanced = n < 3 ? 1.0f : 0.0f;
        frame(s, 0.1f * (float)n, balanced, n % 5, -n % 3);
        apply(s);
        if (n > 0) {
            assert_history(s, ARR_PRESENT);
            for (int i = 0; i < ARR_CELLS; i++) {
                assert_near(s->array.c[ARR_C_PREV_RELEVANCE][i], n <= 3 ? 1 : 0, 1e-6);
                assert_near(s->array.c[ARR_C_PREV_SALIENCY][i], 0.1 * (n - 1), 1e-6);
                assert_near(s->array.c[ARR_C_FIXATIONS][i], expected, 1e-5);
            }
        }
        /* A second look at the same frame, with other options, must not move history again. */
        apply(s);
        keep(s);
        expected = 0.9 * expected + (n < 3 ? 0.1 : 0);
    }
    free(s);
}

/* A bright cell moves with the picture: 4 mid pixels are one cell. */
static void test_warp(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    frame(s, 0, 0, 0, 0);
    apply(s);
    s->balanced[10 * ARR_GRID + 12] = 1;
    s->array.c[ARR_C_SALIENCY][5 * ARR_GRID + 5] = 1;
    keep(s);
    frame(s, 0, 0, 4, -4);
    apply(s);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(s->array.c[ARR_C_PREV_RELEVANCE][i] == (i == 9 * ARR_GRID + 13 ? 1.0f : 0.0f));
        assert_true(s->array.c[ARR_C_PREV_SALIENCY][i] == (i == 4 * ARR_GRID + 6 ? 1.0f : 0.0f));
        assert_near(s->array.c[ARR_C_FIXATIONS][i], i == 9 * ARR_GRID + 13 ? 0.1 : 0, 1e-7);
    }
    frame(s, 0, 0, 2, 1); /* half a cell and a quarter */
    apply(s);
    const float *map = s->array.c[ARR_C_PREV_RELEVANCE];
    assert_near(map[10 * ARR_GRID + 12], 0.5 * 0.75, 1e-6);
    assert_near(map[10 * ARR_GRID + 13], 0.5 * 0.75, 1e-6);
    assert_near(map[11 * ARR_GRID + 12], 0.5 * 0.25, 1e-6);
    assert_near(map[11 * ARR_GRID + 13], 0.5 * 0.25, 1e-6);
    free(s);
}

/* What comes in at the border is what stood there. */
static void test_warp_at_borders(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    frame(s, 0, 0, 0, 0);
    apply(s);
    for (int i = 0; i < ARR_CELLS; i++) {
        s->balanced[i] = (float)(i % ARR_GRID) / 31.0f;
    }
    keep(s);
    frame(s, 0, 0, 7, 7);
    apply(s);
    for (int i = 0; i < ARR_CELLS; i++) {
        const double x = fmax(i % ARR_GRID - 7 / 4.0, 0);
        assert_near(s->array.c[ARR_C_PREV_RELEVANCE][i], x / 31, 1e-6);
    }
    free(s);
}

static void test_scene_cut(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    for (int n = 0; n < 4; n++) {
        frame(s, 0.5f, 1, 0, 0);
        s->array.mean_sad = n == 2 ? 38.5f : 38.0f;
        apply(s);
        assert_history(s, n == 0 || n == 2 ? ARR_FIRST_FRAME : ARR_PRESENT);
        assert_int_equal((s->array.flags & ARR_SCENE_CUT) != 0, n == 2);
        keep(s);
    }
    /* History began again with frame 2. */
    assert_near(s->t.fixations[0], 0.9 * 0.1 + 0.1, 1e-6);
    free(s);
}

/* Every 30 frames history begins anew; a cut in between begins the count anew too. */
static void test_keyframes(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    for (int n = 0; n < 4 * ARR_KEYFRAME; n++) {
        frame(s, 0.5f, 1, 0, 0);
        s->array.mean_sad = n == 70 ? 90.0f : 0.0f;
        apply(s);
        const bool is_new = n == 0 || n == 30 || n == 60 || n == 70 || n == 100;
        assert_history(s, is_new ? ARR_FIRST_FRAME : ARR_PRESENT);
        keep(s);
    }
    free(s);
}

/* Parts of a mid pixel count as well. */
static void test_warp_by_parts(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    frame(s, 0, 0, 0, 0);
    apply(s);
    s->balanced[10 * ARR_GRID + 12] = 1;
    keep(s);
    frame(s, 0, 0, 2, -1);
    for (int i = 0; i < ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS; i++) {
        s->array.flow_part[i][0] = -0.5f;
        s->array.flow_part[i][1] = 0.25f;
    }
    apply(s); /* 3/8 of a cell to the right, 3/16 up */
    const float *map = s->array.c[ARR_C_PREV_RELEVANCE];
    assert_near(map[10 * ARR_GRID + 12], 0.625 * 0.8125, 1e-6);
    assert_near(map[10 * ARR_GRID + 13], 0.375 * 0.8125, 1e-6);
    assert_near(map[9 * ARR_GRID + 12], 0.625 * 0.1875, 1e-6);
    assert_near(map[9 * ARR_GRID + 13], 0.375 * 0.1875, 1e-6);
    free(s);
}

/* ---- channels taken over ---- */

static bool may_be_reused(int channel)
{
    return channel <= ARR_C_LOW_PASS || channel == ARR_C_SALIENCY ||
           (channel >= ARR_C_CLUSTER && channel <= ARR_C_CLUSTER_SIZE) ||
           channel == ARR_C_DISTANCE || channel == ARR_C_BOUNDARIES || channel == ARR_C_TEXT;
}

static float value(int frame_number, int channel, int cell)
{
    return (float)(frame_number * 100000 + channel * ARR_CELLS + cell);
}

/* A frame where every channel and cell has a value of its own. */
static void numbered_frame(struct sequence *s, int number, float balanced, int dx, int dy)
{
    frame(s, 0, balanced, dx, dy);
    for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
        for (int i = 0; i < ARR_CELLS; i++) {
            s->array.c[c][i] = value(number, c, i);
        }
    }
}

static void apply_reusing(struct sequence *s)
{
    arr_temporal_apply(&s->t, &s->array, true);
}

static bool is_history(int channel)
{
    return channel >= ARR_C_PREV_RELEVANCE && channel <= ARR_C_FIXATIONS;
}

static void assert_all_new(const struct sequence *s, int number)
{
    for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
        for (int i = 0; !is_history(c) && i < ARR_CELLS; i++) {
            assert_true(s->array.c[c][i] == value(number, c, i));
        }
    }
}

/* The picture moves by one cell to the right and one up. */
static void test_reuse(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    numbered_frame(s, 0, 0, 0, 0);
    apply_reusing(s);
    assert_all_new(s, 0);
    for (int i = 0; i < ARR_CELLS; i++) {
        s->balanced[i] = i % 3 == 0 ? 0.3f : i % 3 == 1 ? 0.2999f : 1.0f;
    }
    keep(s);
    numbered_frame(s, 1, 0, 4, -4);
    apply_reusing(s);
    for (int i = 0; i < ARR_CELLS; i++) {
        const int x = dense_inside(i % ARR_GRID - 1, ARR_GRID);
        const int y = dense_inside(i / ARR_GRID + 1, ARR_GRID), from = y * ARR_GRID + x;
        for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
            const bool is_kept = from % 3 != 1 && may_be_reused(c);
            if (!is_history(c)) {
                assert_true(s->array.c[c][i] == (is_kept ? value(0, c, from) : value(1, c, i)));
            }
        }
    }
    keep(s); /* what was taken over is taken over again */
    numbered_frame(s, 2, 0, 0, 0);
    fill(s->t.relevance, 1);
    apply_reusing(s);
    const int at = 7 * ARR_GRID + 9, from = 8 * ARR_GRID + 8;
    assert_int_equal(from % 3, 0);
    assert_true(s->array.c[ARR_C_TEXT][at] == value(0, ARR_C_TEXT, from));
    assert_true(s->array.c[ARR_C_MOTION][at] == value(2, ARR_C_MOTION, at));
    free(s);
}

/* Between two cells channels are mixed, but not the numbers of clusters. */
static void test_reuse_between_cells(void **state)
{
    (void)state;
    static const struct {
        int dx;
        double back; /* of the cluster, in cells */
    } moves[] = {{1, 0}, {2, 0}, {3, 1}, {-1, 0}, {-2, -1}, {-3, -1}};
    struct sequence *s = sequence_new();
    for (size_t k = 0; k < sizeof moves / sizeof *moves; k++) {
        s->t.has_previous = false;
        numbered_frame(s, 0, 1, 0, 0);
        apply_reusing(s);
        keep(s);
        numbered_frame(s, 1, 1, moves[k].dx, 0);
        apply_reusing(s);
        for (int x = 1; x < ARR_GRID - 1; x++) {
            const int i = 20 * ARR_GRID + x;
            assert_near(s->array.c[ARR_C_SALIENCY][i],
                        (double)value(0, ARR_C_SALIENCY, i) - moves[k].dx / 4.0, 1e-2);
            assert_true((double)s->array.c[ARR_C_CLUSTER][i] ==
                        (double)value(0, ARR_C_CLUSTER, i) - moves[k].back);
        }
    }
    free(s);
}

static void test_reuse_ends(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    for (int n = 0; n < 2 * ARR_KEYFRAME; n++) {
        numbered_frame(s, n, 1, 0, 0);
        s->array.mean_sad = n == 10 ? 39.0f : 0.0f;
        apply_reusing(s);
        const int start = n < 10 ? 0 : n < 40 ? 10 : 40;
        if (n == start) {
            assert_all_new(s, n);
        }
        for (int i = 0; i < ARR_CELLS; i++) {
            assert_true(s->array.c[ARR_C_R][i] == value(start, ARR_C_R, i));
        }
        keep(s);
    }
    numbered_frame(s, 0, 1, 0, 0); /* only when it is asked for */
    apply(s);
    assert_all_new(s, 0);
    free(s);
}

/* Two real frames: what is found relevant follows the picture. */
static void test_with_pictures(void **state)
{
    (void)state;
    struct sequence *s = sequence_new();
    dense_scene(s->rgb, 31);
    struct arr_array *a = array_still(s->rgb);
    arr_temporal_apply(&s->t, a, false);
    s->balanced[16 * ARR_GRID + 16] = 1;
    arr_temporal_keep(&s->t, s->rgb, a, s->balanced);
    free(a);
    uint8_t *moved = dense_new();
    for (int y = 0; y < ARR_DENSE; y++) { /* 16 pixels, one cell, to the right */
        memcpy(moved + (y * ARR_DENSE + 16) * 3, s->rgb + y * ARR_DENSE * 3, (ARR_DENSE - 16) * 3);
    }
    a = array_of(moved, &s->t.previous, &(struct arr_array_options){.want = ARR_WANT_ARRAY});
    arr_temporal_apply(&s->t, a, false);
    assert_int_equal(a->state[ARR_C_MOTION], ARR_PRESENT);
    assert_near(a->c[ARR_C_PREV_RELEVANCE][16 * ARR_GRID + 17], 1, 0);
    assert_near(a->c[ARR_C_FIXATIONS][16 * ARR_GRID + 17], 0.1, 1e-6);
    free(moved);
    free(a);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_first_frame),
        cmocka_unit_test(test_fixations_decay),
        cmocka_unit_test(test_warp),
        cmocka_unit_test(test_warp_at_borders),
        cmocka_unit_test(test_scene_cut),
        cmocka_unit_test(test_keyframes),
        cmocka_unit_test(test_warp_by_parts),
        cmocka_unit_test(test_reuse),
        cmocka_unit_test(test_reuse_between_cells),
        cmocka_unit_test(test_reuse_ends),
        cmocka_unit_test(test_with_pictures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
