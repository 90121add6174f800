/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/arrcoc/array.h"
#include "core/arrcoc/pixel_math.h"

static const enum arr_array_channel HISTORY[] = {ARR_C_PREV_RELEVANCE, ARR_C_PREV_SALIENCY,
                                                 ARR_C_FIXATIONS};
enum { N_HISTORY = sizeof HISTORY / sizeof *HISTORY };

/* ---- warping ---- */

static float clamp_to_map(float v)
{
    const float last = ARR_GRID - 1;
    v = v > 0.0f ? v : 0.0f;
    return v < last ? v : last;
}

/* Bilinear, borders replicated. */
static float sample(const float *map, float y, float x)
{
    y = clamp_to_map(y);
    x = clamp_to_map(x);
    const int y0 = (int)y, x0 = (int)x;
    const int y1 = y0 < ARR_GRID - 1 ? y0 + 1 : y0, x1 = x0 < ARR_GRID - 1 ? x0 + 1 : x0;
    const float wy = y - (float)y0, wx = x - (float)x0;
    const float *a = map + y0 * ARR_GRID, *b = map + y1 * ARR_GRID;
    return (1.0f - wy) * ((1.0f - wx) * a[x0] + wx * a[x1]) +
           wy * ((1.0f - wx) * b[x0] + wx * b[x1]);
}

/* A cell shows what its block showed where it came from. */
static void warp(const float *map, const struct arr_array *array, float *out)
{
    const int cells_a_block = ARR_GRID / ARR_FLOW_BLOCKS;
    for (int y = 0; y < ARR_GRID; y++) {
        for (int x = 0; x < ARR_GRID; x++) {
            const int8_t *moved =
                array->flow[y / cells_a_block * ARR_FLOW_BLOCKS + x / cells_a_block];
            const float px = ARR_MID / ARR_GRID;
            out[y * ARR_GRID + x] =
                sample(map, (float)y - (float)moved[1] / px, (float)x - (float)moved[0] / px);
        }
    }
}

/* ---- frames ---- */

void arr_temporal_apply(struct arr_temporal *t, struct arr_array *array)
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
}

void arr_temporal_keep(struct arr_temporal *t, const uint8_t *dense_rgb,
                       const struct arr_array *array, const float *balanced)
{
    const bool was_new = array->state[ARR_C_FIXATIONS] != ARR_PRESENT;
    memcpy(t->previous.rgb, dense_rgb, sizeof t->previous.rgb);
    memcpy(t->relevance, balanced, sizeof t->relevance);
    memcpy(t->saliency, array->c[ARR_C_SALIENCY], sizeof t->saliency);
    /* Channel 17 is the history warped to this frame, 0 where it starts. */
    for (int i = 0; i < ARR_CELLS; i++) {
        t->fixations[i] = 0.9f * array->c[ARR_C_FIXATIONS][i] + 0.1f * balanced[i];
    }
    t->since_keyframe = was_new ? 1 : t->since_keyframe + 1;
    t->has_previous = true;
}
