/* SPDX-License-Identifier: Apache-2.0 */
/* Motion to parts of a pixel: pyramidal Lucas-Kanade at the centre of each block.
 *
 * A block that moved by d looks like the frame before at p - d. From coarse to fine, d follows the
 * difference of the two along the gradients of the block, five steps a level. Where the gradients
 * of a level do not tell both directions apart, the level is passed over; on the finest one the
 * block is given up and rests. */
#include <math.h>

#include "core/arrcoc/array_parts.h"

enum {
    BLOCKS = ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS,
    BLOCK = ARR_MID / ARR_FLOW_BLOCKS,
    WINDOW = 5,
    WINDOW_PX = WINDOW * WINDOW,
    AROUND = WINDOW + 2, /* gradients look one pixel further */
    ITERATIONS = 5,
};

/* 1e-4 of gray from 0 to 1, summed over the window; the planes hold gray levels. */
static const float LEAST_EIGENVALUE = 1e-4f * 255.0f * 255.0f;

struct vector {
    float x, y;
};

/* ---- levels ---- */

static int side_of(int level)
{
    return ARR_MID >> level;
}

static const float *level_of(const float *levels, int level)
{
    for (int i = 0; i < level; i++) {
        levels += side_of(i) * side_of(i);
    }
    return levels;
}

static void make_levels(const uint8_t *plane, float *levels, float *across)
{
    for (int i = 0; i < ARR_MID_PX; i++) {
        levels[i] = (float)plane[i];
    }
    for (int i = 0; i + 1 < ARR_LK_LEVELS; i++) {
        const int side = side_of(i);
        arr_halve_plane(levels, side, across, levels + side * side);
        levels += side * side;
    }
}

/* ---- one window on one level ---- */

struct window {
    struct vector centre;
    float px[WINDOW_PX], gx[WINDOW_PX], gy[WINDOW_PX];
    float xx, xy, yy; /* sums of products of the gradients */
};

static void take_window(const float *plane, int side, struct vector centre, struct window *w)
{
    float around[AROUND][AROUND];
    for (int y = 0; y < AROUND; y++) {
        for (int x = 0; x < AROUND; x++) {
            around[y][x] = arr_sample(plane, side, centre.y + (float)(y - AROUND / 2),
                                      centre.x + (float)(x - AROUND / 2));
        }
    }
    *w = (struct window){.centre = centre};
    for (int i = 0; i < WINDOW_PX; i++) {
        const int y = i / WINDOW + 1, x = i % WINDOW + 1;
        const float gx = 0.5f * (around[y][x + 1] - around[y][x - 1]);
        const float gy = 0.5f * (around[y + 1][x] - around[y - 1][x]);
        w->px[i] = around[y][x];
        w->gx[i] = gx;
        w->gy[i] = gy;
        w->xx += gx * gx;
        w->xy += gx * gy;
        w->yy += gy * gy;
    }
}

static float smaller_eigenvalue(const struct window *w)
{
    const float apart = w->xx - w->yy;
    return 0.5f * (w->xx + w->yy - sqrtf(apart * apart + 4.0f * w->xy * w->xy));
}

static float clamp_to(float v, float most)
{
    v = v > -most ? v : -most;
    return v < most ? v : most;
}

/* The determinant is at least the square of the least eigenvalue. No step leads further than to
 * the other end of the plane. */
static struct vector step(const struct window *w, const float *before, int side, struct vector d)
{
    float x = 0.0f, y = 0.0f;
    for (int i = 0; i < WINDOW_PX; i++) {
        const float at_x = w->centre.x - d.x + (float)(i % WINDOW - WINDOW / 2);
        const float at_y = w->centre.y - d.y + (float)(i / WINDOW - WINDOW / 2);
        const float left = w->px[i] - arr_sample(before, side, at_y, at_x);
        x += left * w->gx[i];
        y += left * w->gy[i];
    }
    const float scale = 1.0f / (w->xx * w->yy - w->xy * w->xy), most = (float)(side - 1);
    return (struct vector){clamp_to(d.x - scale * (w->yy * x - w->xy * y), most),
                           clamp_to(d.y - scale * (w->xx * y - w->xy * x), most)};
}

/* ---- blocks ---- */

static struct vector track(const struct arr_flow_levels *l, struct vector centre)
{
    struct vector d = {0.0f, 0.0f};
    for (int level = ARR_LK_LEVELS - 1; level >= 0; level--) {
        const int side = side_of(level);
        const float scale = 1.0f / (float)(1 << level);
        const float *before = level_of(l->before, level);
        struct window w;
        take_window(level_of(l->now, level), side,
                    (struct vector){centre.x * scale, centre.y * scale}, &w);
        d = (struct vector){2.0f * d.x, 2.0f * d.y};
        if (smaller_eigenvalue(&w) >= LEAST_EIGENVALUE) {
            for (int i = 0; i < ITERATIONS; i++) {
                d = step(&w, before, side, d);
            }
        } else if (level == 0) {
            return (struct vector){0.0f, 0.0f};
        }
    }
    return d;
}

/* Of the block whose first pixel is (x, y). */
static float difference(const struct arr_flow_levels *l, int x, int y, struct vector d)
{
    float sum = 0.0f;
    for (int i = 0; i < BLOCK * BLOCK; i++) {
        const int px = x + i % BLOCK, py = y + i / BLOCK;
        const float before = arr_sample(l->before, ARR_MID, (float)py - d.y, (float)px - d.x);
        sum += fabsf(l->now[py * ARR_MID + px] - before);
    }
    return sum;
}

/* As for block matching, motion has to explain a tenth more than rest does. The difference that is
 * left. */
static float track_block(const struct arr_flow_levels *l, int index, float found[2])
{
    const int x = index % ARR_FLOW_BLOCKS * BLOCK, y = index / ARR_FLOW_BLOCKS * BLOCK;
    const float half = 0.5f * (float)(BLOCK - 1);
    const struct vector d = track(l, (struct vector){(float)x + half, (float)y + half});
    const float rest = difference(l, x, y, (struct vector){0.0f, 0.0f});
    const float moved = difference(l, x, y, d);
    const bool moves = 10.0f * moved < 9.0f * rest;
    found[0] = moves ? d.x : 0.0f;
    found[1] = moves ? d.y : 0.0f;
    return moves ? moved : rest;
}

float arr_flow_lk(const uint8_t *now, const uint8_t *before, struct arr_flow_levels *levels,
                  int8_t flow[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2],
                  float part[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2])
{
    float found[BLOCKS][2], smooth[BLOCKS][2], sum = 0.0f;
    make_levels(now, levels->now, levels->across);
    make_levels(before, levels->before, levels->across);
    for (int i = 0; i < BLOCKS; i++) {
        sum += track_block(levels, i, found[i]);
    }
    arr_flow_median(found, smooth);
    for (int i = 0; i < BLOCKS; i++) {
        for (int axis = 0; axis < 2; axis++) {
            const float v = smooth[i][axis];
            flow[i][axis] = (int8_t)(v + (v < 0.0f ? -0.5f : 0.5f));
            part[i][axis] = v - (float)flow[i][axis];
        }
    }
    return sum / (float)ARR_MID_PX;
}
