/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/arrcoc/array_parts.h"

static const enum arr_array_channel HISTORY[] = {ARR_C_PREV_RELEVANCE, ARR_C_PREV_SALIENCY,
                                                 ARR_C_FIXATIONS};
enum { N_HISTORY = sizeof HISTORY / sizeof *HISTORY };

/* What the picture alone decides. Places never move, motion is against the frame before. */
static const enum arr_array_channel REUSED[ARR_REUSED] = {ARR_C_R,
                                                          ARR_C_G,
                                                          ARR_C_B,
                                                          ARR_C_EDGES_DARK,
                                                          ARR_C_EDGES_LIGHT,
                                                          ARR_C_HIGH_PASS,
                                                          ARR_C_LOW_PASS,
                                                          ARR_C_SALIENCY,
                                                          ARR_C_CLUSTER,
                                                          ARR_C_CLUSTER_DISTANCE,
                                                          ARR_C_CLUSTER_SIZE,
                                                          ARR_C_DISTANCE,
                                                          ARR_C_BOUNDARIES,
                                                          ARR_C_TEXT};

/* ---- warping ---- */

struct place {
    float y, x;
};

/* Where a cell's block was in the frame before, in cells. */
static struct place came_from(const struct arr_array *array, int cell)
{
    const int cells_a_block = ARR_GRID / ARR_FLOW_BLOCKS;
    const int y = cell / ARR_GRID, x = cell % ARR_GRID;
    const int block = y / cells_a_block * ARR_FLOW_BLOCKS + x / cells_a_block;
    const float dx = (float)array->flow[block][0] + array->flow_part[block][0];
    const float dy = (float)array->flow[block][1] + array->flow_part[block][1];
    const float px = ARR_MID_CELL;
    return (struct place){(float)y - dy / px, (float)x - dx / px};
}

static void warp(const float *map, const struct arr_array *array, float *out)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        const struct place p = came_from(array, i);
        out[i] = arr_sample(map, ARR_GRID, p.y, p.x);
    }
}

static int nearest(float v)
{
    const int i = (int)(v > 0.0f ? v + 0.5f : 0.0f);
    return i < ARR_GRID - 1 ? i : ARR_GRID - 1;
}

/* Cells that were relevant show what they showed then. */
static void reuse(const struct arr_temporal *t, struct arr_array *array)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        if (array->c[ARR_C_PREV_RELEVANCE][i] < 0.3f) {
            continue;
        }
        const struct place p = came_from(array, i);
        for (int k = 0; k < ARR_REUSED; k++) {
            array->c[REUSED[k]][i] = REUSED[k] == ARR_C_CLUSTER
                                         ? t->reused[k][nearest(p.y) * ARR_GRID + nearest(p.x)]
                                         : arr_sample(t->reused[k], ARR_GRID, p.y, p.x);
        }
    }
}

/* ---- frames ---- */

void arr_temporal_apply(const struct arr_temporal *t, struct arr_array *array, bool reuses)
{
    const bool is_cut = t->has_previous && arr_is_scene_cut(array->mean_sad);
    if (is_cut) {
        array->flags |= ARR_SCENE_CUT;
    }
    if (!t->has_previous) {
        array->state[ARR_C_MOTION] = ARR_FIRST_FRAME;
    }
    /* A keyframe starts anew, so no frame depends on more than ARR_KEYFRAME before it. */
    const bool is_new = !t->has_previous || is_cut || t->since_keyframe >= ARR_KEYFRAME;
    const float *const before[N_HISTORY] = {t->relevance, t->saliency, t->fixations};
    for (int i = 0; i < N_HISTORY; i++) {
        float *map = array->c[HISTORY[i]];
        array->state[HISTORY[i]] = is_new ? ARR_FIRST_FRAME : ARR_PRESENT;
        if (is_new) {
            memset(map, 0, sizeof array->c[0]);
        } else {
            warp(before[i], array, map);
        }
    }
    if (reuses) {
        reuse(t, array); /* nothing where history starts: channel 15 is 0 */
    }
}

void arr_temporal_keep(struct arr_temporal *t, const uint8_t *dense_rgb,
                       const struct arr_array *array, const float *balanced)
{
    const bool was_new = array->state[ARR_C_FIXATIONS] != ARR_PRESENT;
    memcpy(t->previous.rgb, dense_rgb, sizeof t->previous.rgb);
    memcpy(t->relevance, balanced, sizeof t->relevance);
    memcpy(t->saliency, array->c[ARR_C_SALIENCY], sizeof t->saliency);
    for (int k = 0; k < ARR_REUSED; k++) {
        memcpy(t->reused[k], array->c[REUSED[k]], sizeof t->reused[k]);
    }
    /* Channel 17 is the history warped to this frame, 0 where it starts. */
    for (int i = 0; i < ARR_CELLS; i++) {
        t->fixations[i] = 0.9f * array->c[ARR_C_FIXATIONS][i] + 0.1f * balanced[i];
    }
    t->since_keyframe = was_new ? 1 : t->since_keyframe + 1;
    t->has_previous = true;
}
