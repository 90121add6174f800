/* SPDX-License-Identifier: Apache-2.0 */
/* Saliency as contrast between a place and what surrounds it, over a pyramid of L*a*b*. */
#include <math.h>
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/color.h"
#include "core/arrcoc/resample.h"
#include "core/arrcoc/simd.h"
#include "core/arrcoc/texture.h"

enum {
    TAPS = 5,
    CENTRE_FIRST = 2, /* centres are levels 2 to 4, surrounds 5 and 6 */
    CENTRE_LAST = 4,
    SURROUND_LAST = 6,
};

/* ---- halving: 1-4-6-4-1 along both axes, then every other pixel ---- */

/* row: 2 n pixels with two more at each end. */
ARR_CLONES static void halve_across(const float *restrict row, float *restrict out, int n)
{
    for (int i = 0; i < n; i++) {
        const float *p = row + 2 * i;
        out[i] = ((p[-2] + p[2]) + 4.0f * (p[-1] + p[1]) + 6.0f * p[0]) * (1.0f / 16.0f);
    }
}

ARR_CLONES static void halve_down(const float *const rows[TAPS], float *restrict out, int n)
{
    const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3], *e = rows[4];
    for (int i = 0; i < n; i++) {
        out[i] = ((a[i] + e[i]) + 4.0f * (b[i] + d[i]) + 6.0f * c[i]) * (1.0f / 16.0f);
    }
}

static void halve_row(const float *src, float *out, int side)
{
    float padded[ARR_DENSE + 4];
    memcpy(padded + 2, src, (size_t)side * sizeof *src);
    padded[0] = padded[1] = src[0];
    padded[side + 2] = padded[side + 3] = src[side - 1];
    halve_across(padded + 2, out, side / 2);
}

static int inside(int y, int side)
{
    return y < 0 ? 0 : y >= side ? side - 1 : y;
}

void arr_halve_plane(const float *src, int side, float *across, float *out)
{
    const int half = side / 2;
    for (int y = 0; y < side; y++) {
        halve_row(src + y * side, across + y * half, side);
    }
    for (int y = 0; y < half; y++) {
        const float *rows[TAPS];
        for (int t = 0; t < TAPS; t++) {
            rows[t] = across + inside(2 * y + t - 2, side) * half;
        }
        halve_down(rows, out + y * half, half);
    }
}

/* ---- the pyramid ---- */

/* Level 0 is never stored: five rows of it, halved across, are all that level 1 looks at. */
static void first_level(struct arr_room *room)
{
    float lab[3][ARR_DENSE], ring[3][TAPS][ARR_HALF];
    int next = 0;
    for (int y = 0; y < ARR_HALF; y++) {
        for (const int end = inside(2 * y + 2, ARR_DENSE); next <= end; next++) {
            arr_lab_rgb8(room->rgb + (size_t)next * 3 * ARR_DENSE, lab[0], lab[1], lab[2],
                         ARR_DENSE);
            for (int c = 0; c < 3; c++) {
                halve_row(lab[c], ring[c][next % TAPS], ARR_DENSE);
            }
        }
        for (int c = 0; c < 3; c++) {
            const float *rows[TAPS];
            for (int t = 0; t < TAPS; t++) {
                rows[t] = ring[c][inside(2 * y + t - 2, ARR_DENSE) % TAPS];
            }
            halve_down(rows, room->pyramid.level1[c] + y * ARR_HALF, ARR_HALF);
        }
    }
}

static int side_of(int level)
{
    return ARR_DENSE >> level;
}

/* Levels 1 to 6. */
static float *level_of(struct arr_pyramid *p, int level, int c)
{
    if (level == 1) {
        return p->level1[c];
    }
    size_t at = 0;
    for (int k = 2; k < level; k++) {
        at += (size_t)side_of(k) * (size_t)side_of(k);
    }
    return p->below[c] + at;
}

static void make_pyramid(struct arr_room *room)
{
    struct arr_pyramid *p = &room->pyramid;
    first_level(room);
    for (int c = 0; c < 3; c++) {
        for (int k = 1; k < SURROUND_LAST; k++) {
            arr_halve_plane(level_of(p, k, c), side_of(k), p->across, level_of(p, k + 1, c));
        }
    }
}

/* ---- contrast ---- */

ARR_CLONES static void add_difference(const float *restrict a, const float *restrict b, float scale,
                                      float *restrict sum, int n)
{
    for (int i = 0; i < n; i++) {
        sum[i] += fabsf(a[i] - b[i]) * scale;
    }
}

/* Adds |dL| / 100 + |da| / 255 + |db| / 255 of one centre against both surrounds, at the centre's
 * size. */
static bool contrast_at(struct arr_pyramid *p, int centre, struct err *e)
{
    const int side = side_of(centre), n = side * side;
    memset(p->contrast, 0, (size_t)n * sizeof *p->contrast);
    for (int surround = CENTRE_LAST + 1; surround <= SURROUND_LAST; surround++) {
        const int small = side_of(surround);
        for (int c = 0; c < 3; c++) {
            if (!arr_bilinear(level_of(p, surround, c), small, small, p->up, side, side, e)) {
                return false;
            }
            const float scale = c == 0 ? 1.0f / 100.0f : 1.0f / 255.0f;
            add_difference(level_of(p, centre, c), p->up, scale, p->contrast, n);
        }
    }
    return true;
}

/* Sums at the mid plane's size what the centres see: six pairs. */
static bool sum_contrasts(struct arr_pyramid *p, struct err *e)
{
    memset(p->map, 0, sizeof p->map);
    for (int centre = CENTRE_FIRST; centre <= CENTRE_LAST; centre++) {
        if (!contrast_at(p, centre, e)) {
            return false;
        }
        const float *at_mid = p->contrast;
        if (side_of(centre) != ARR_MID) {
            const int side = side_of(centre);
            if (!arr_bilinear(p->contrast, side, side, p->up, ARR_MID, ARR_MID, e)) {
                return false;
            }
            at_mid = p->up;
        }
        for (int i = 0; i < ARR_MID_PX; i++) {
            p->map[i] += at_mid[i] * (1.0f / 6.0f);
        }
    }
    return true;
}

bool arr_saliency_contrast(struct arr_room *room, struct arr_array *out, unsigned *flags,
                           struct err *e)
{
    struct arr_pyramid *p = &room->pyramid;
    make_pyramid(room);
    if (!sum_contrasts(p, e)) {
        return false;
    }
    if (arr_min_max(p->map, ARR_MID_PX, true)) {
        *flags |= ARR_FLAT_SALIENCY;
    }
    int32_t quantised[ARR_MID_PX];
    for (int i = 0; i < ARR_MID_PX; i++) {
        quantised[i] = arr_quantise(p->map[i]);
    }
    arr_cells_of_mid(quantised, ARR_UNIT * 16.0, out->c[ARR_C_SALIENCY]);
    return true;
}
