/* SPDX-License-Identifier: Apache-2.0 */
/* pixel_math.h - the formulas of the 40-channel array for one pixel, the same source for the CPU
 * and for CUDA devices.
 *
 * Gray values are integers of 1/65535 (g below), made from 8-bit colours without rounding twice.
 * What is averaged over cells is rounded to 1/65535 first, so that sums are integers and do not
 * depend on their order. Floats are products, sums and square roots only: built without
 * contraction, every machine gives the same bits.
 *
 *   Sobel        gx, gy as sums of g with weights 1 2 1: times 1 / (8 * 65535) they are gradients
 *   diff         225 (mean of g over 15 x 15 - g), an integer
 *   LAB          in fixed point: round(LAB * 256)
 */
#ifndef HFTERM_CORE_ARRCOC_PIXEL_MATH_H
#define HFTERM_CORE_ARRCOC_PIXEL_MATH_H

#include <math.h>
#include <stdint.h>

#include "core/arrcoc/vecmath.h"

enum {
    ARR_UNIT = 65535,
    ARR_BOX_SIDE = 15, /* of the local mean */
    ARR_BOX_PX = ARR_BOX_SIDE * ARR_BOX_SIDE,
};

/* round(65535 (0.299 r + 0.587 g + 0.114 b) / 255): the weights times 257 * 2^16, whose sum is
 * exactly that, so that grays come out as 257 v. Their rounding moves no sum by more than 0.006. */
ARR_FN uint32_t arr_gray_q(uint32_t r, uint32_t g, uint32_t b)
{
    return (r * 5035983u + g * 9886695u + b * 1920074u + 32768u) >> 16;
}

/* 0 to 255 from the sum of a 4 x 4 block of g. */
ARR_FN uint8_t arr_gray_mid(uint32_t sum)
{
    return (uint8_t)((sum + 2056u) / 4112u);
}

/* v in [0, 1] */
ARR_FN int32_t arr_quantise(float v)
{
    return (int32_t)(v * 65535.0f + 0.5f);
}

ARR_FN float arr_clamp01(float v)
{
    v = v > 0.0f ? v : 0.0f;
    return v < 1.0f ? v : 1.0f;
}

/* ---- edges ---- */

ARR_FN float arr_edge_magnitude(int32_t gx, int32_t gy)
{
    const float x = (float)gx * (1.0f / 524280.0f);
    const float y = (float)gy * (1.0f / 524280.0f);
    return sqrtf(x * x + y * y + 1e-8f);
}

/* How much of an edge's strength belongs to its dark side: clamp(0.5 + (mean - g) / (2 tau)),
 * tau = 0.02. */
ARR_FN float arr_dark_share(int32_t diff)
{
    return arr_clamp01(0.5f + (float)diff * (1.0f / (225.0f * 65535.0f * 0.04f)));
}

/* magnitude > 0.0225, which is gx^2 + gy^2 > (0.0225^2 - 1e-8) (8 * 65535)^2. Steeper than 16384 in
 * one direction is an edge in any case; clamped there the squares fit. */
ARR_FN int32_t arr_is_edge(int32_t gx, int32_t gy)
{
    const int32_t ax = gx < 0 ? -gx : gx, ay = gy < 0 ? -gy : gy;
    const int32_t x = ax < 16384 ? ax : 16384, y = ay < 16384 ? ay : 16384;
    return x * x + y * y > 139149944;
}

/* ---- motion: sum of the squared differences of three 8-bit values ---- */

ARR_FN int32_t arr_motion_q(int32_t sum)
{
    return (int32_t)(sqrtf((float)sum * (1.0f / 3.0f)) * 257.0f + 0.5f);
}

/* mean_sad: grey levels a pixel, after the best motion. */
ARR_FN int32_t arr_is_scene_cut(float mean_sad)
{
    return mean_sad > 38.0f;
}

/* ---- distance to the nearest edge: jump flooding ---- */

/* A seed is y << 16 | x. Where none is known yet stands this one, farther than any other. */
enum { ARR_NO_SEED = 0x40004000 };

ARR_FN int32_t arr_seed_distance(int32_t seed, int32_t x, int32_t y)
{
    const int32_t dx = (seed & 0xffff) - x, dy = (seed >> 16) - y;
    return dx * dx + dy * dy;
}

/* Of equally near seeds the smaller one is taken. */
ARR_FN int32_t arr_seed_is_better(int32_t d, int32_t seed, int32_t best_d, int32_t best)
{
    return (d < best_d) | ((d == best_d) & (seed < best));
}

/* d2, most: squared distances, most > 0. */
ARR_FN int32_t arr_distance_q(int32_t d2, int32_t most)
{
    return arr_quantise(sqrtf((float)d2) / sqrtf((float)most));
}

/* ---- clusters: SLIC ---- */

/* The distance of SLIC with compactness 10 on 7 x 7 seeds of a 128 x 128 plane is
 * dL^2 + da^2 + db^2 + (10 * 7 / 128)^2 (dx^2 + dy^2). In units of 1/256 LAB a pixel's step weighs
 * 256 * 70 / 128 = 140 exactly, so a feature is five integers: 256 L, 256 a, 256 b, 140 x, 140 y.
 * Differences are squared in 1/64 (shifted right by two, rounding down) so that the sum of five
 * fits 31 bits for whatever 16-bit features. */
enum {
    ARR_SLIC_PX = 140,
    ARR_SLIC_REACH = 5120, /* 2 S = 256 / 7 pixels: how far a centre is looked for */
    ARR_SLIC_ITERATIONS = 10,
    ARR_SLIC_SMALLEST = 83, /* S^2 / 4 pixels: smaller pieces are given to a neighbour */
};

ARR_FN int32_t arr_slic_square(int32_t difference)
{
    const int32_t d = difference >> 2;
    return d * d;
}

ARR_FN int32_t arr_slic_distance(int32_t l, int32_t a, int32_t b, int32_t x, int32_t y)
{
    return arr_slic_square(l) + arr_slic_square(a) + arr_slic_square(b) + arr_slic_square(x) +
           arr_slic_square(y);
}

/* sum / n, halves rounded up; also of negative sums. n > 0. */
ARR_FN int32_t arr_slic_mean(int64_t sum, int32_t n)
{
    const int64_t twice = 2 * sum + n, whole = 2 * (int64_t)n;
    const int64_t q = twice / whole;
    return (int32_t)(q * whole > twice ? q - 1 : q);
}

/* round(LAB * 256), halves away from zero. */
ARR_FN int16_t arr_lab_q(float v)
{
    const float x = v * 256.0f;
    return (int16_t)(int32_t)(x + (x < 0.0f ? -0.5f : 0.5f));
}

/* ---- text-like texture ---- */

enum {
    ARR_STROKE_DARK = 1, /* bits of a pixel that is part of a stroke */
    ARR_STROKE_LIGHT = 2,
    ARR_STROKE_RUN = 12, /* longer horizontal runs are no strokes */
    ARR_TEXT_W = 31,
    ARR_TEXT_H = 9,
    ARR_TEXT_PX = ARR_TEXT_W * ARR_TEXT_H,
};

/* More than 0.04 below or above the local mean: 225 * 65535 * 0.04 = 589815. */
ARR_FN uint8_t arr_stroke_bits(int32_t diff)
{
    return (uint8_t)((diff > 589815 ? ARR_STROKE_DARK : 0) |
                     (diff < -589815 ? ARR_STROKE_LIGHT : 0));
}

/* |gx| in 1/65535 */
ARR_FN uint16_t arr_steepness(int32_t gx)
{
    return (uint16_t)(((gx < 0 ? -gx : gx) + 4) >> 3);
}

/* Of one polarity, from counts in the 31 x 9 window: strokes b = 0.05 to 0.70 of the pixels, t =
 * 0.05 to 0.15 changes a pixel; the falling flank of b is 0.15 wide. */
ARR_FN float arr_text_strokes(int32_t strokes, int32_t changes)
{
    const float b = (float)strokes * (1.0f / 279.0f), t = (float)changes * (1.0f / 279.0f);
    return arr_clamp01((t - 0.05f) * 10.0f) * arr_clamp01((b - 0.05f) * 10.0f) *
           arr_clamp01((0.70f - b) * (1.0f / 0.15f));
}

/* Of both: steep is the sum of arr_steepness. */
ARR_FN int32_t arr_text_q(float dark, float light, int32_t steep)
{
    const float e = (float)steep * (1.0f / (279.0f * 65535.0f * 0.03f));
    return arr_quantise(arr_clamp01(e) * (dark > light ? dark : light));
}

/* The coarse scale at a fine pixel: bilinear with weights 1/4 and 3/4, in whole numbers. near and
 * far are rows of the coarse plane, i and j the columns next to the pixel. */
ARR_FN int32_t arr_text_up(int32_t near_i, int32_t near_j, int32_t far_i, int32_t far_j)
{
    return (9 * near_i + 3 * near_j + 3 * far_i + far_j + 8) >> 4;
}

#endif
