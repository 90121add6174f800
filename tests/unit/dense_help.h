/* SPDX-License-Identifier: Apache-2.0 */
/* dense_help.h - dense pictures for the tests of the 40-channel array. */
#ifndef HFTERM_TESTS_DENSE_HELP_H
#define HFTERM_TESTS_DENSE_HELP_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <math.h>

#include "core/arrcoc/array_parts.h"
#include "core/base/err.h"
#include "core/base/mem.h"

enum { DENSE_BYTES = ARR_DENSE_PX * 3 };

struct dense_random {
    uint64_t state;
};

static inline uint64_t dense_next(struct dense_random *r)
{
    r->state += 0x9e3779b97f4a7c15U;
    uint64_t z = r->state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

/* 0 to n - 1 */
static inline int dense_below(struct dense_random *r, int n)
{
    return (int)(dense_next(r) >> 33) % n;
}

static inline uint8_t *dense_new(void)
{
    return xcalloc(DENSE_BYTES, 1);
}

static inline void dense_fill(uint8_t *rgb, int x, int y, int w, int h, const uint8_t color[3])
{
    for (int j = y; j < y + h; j++) {
        for (int i = x; i < x + w; i++) {
            memcpy(rgb + (j * ARR_DENSE + i) * 3, color, 3);
        }
    }
}

static inline void dense_flat(uint8_t *rgb, uint8_t r, uint8_t g, uint8_t b)
{
    dense_fill(rgb, 0, 0, ARR_DENSE, ARR_DENSE, (const uint8_t[3]){r, g, b});
}

static inline void dense_noise(uint8_t *rgb, uint64_t seed)
{
    struct dense_random r = {seed};
    for (int i = 0; i < DENSE_BYTES; i++) {
        rgb[i] = (uint8_t)(dense_next(&r) >> 56);
    }
}

static inline void dense_ramp(uint8_t *rgb)
{
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        memset(rgb + i * 3, i % ARR_DENSE / 2, 3);
    }
}

/* A smooth ground, rectangles of any colour, a little noise: as uneven as a photograph. */
static inline void dense_scene(uint8_t *rgb, uint64_t seed)
{
    struct dense_random r = {seed};
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        const int x = i % ARR_DENSE, y = i / ARR_DENSE;
        rgb[3 * i] = (uint8_t)(60 + x / 4);
        rgb[3 * i + 1] = (uint8_t)(200 - y / 4);
        rgb[3 * i + 2] = (uint8_t)(90 + (x + y) / 16);
    }
    for (int k = 0; k < 30; k++) {
        const int w = 8 + dense_below(&r, 120), h = 8 + dense_below(&r, 120);
        const uint64_t c = dense_next(&r);
        const uint8_t color[3] = {(uint8_t)c, (uint8_t)(c >> 8), (uint8_t)(c >> 16)};
        dense_fill(rgb, dense_below(&r, ARR_DENSE - w), dense_below(&r, ARR_DENSE - h), w, h,
                   color);
    }
    for (int i = 0; i < DENSE_BYTES; i++) {
        const int v = rgb[i] + dense_below(&r, 7) - 3;
        rgb[i] = (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
    }
}

static inline struct arr_array *array_of(const uint8_t *rgb, const struct arr_previous *previous,
                                         const struct arr_array_options *options)
{
    struct arr_array *a = xmalloc(sizeof *a);
    struct err e = ERR_INIT;
    assert_true(arr_array_make(rgb, previous, options, a, &e));
    assert_int_equal(a->have, options->want);
    return a;
}

static inline struct arr_array *array_still(const uint8_t *rgb)
{
    return array_of(rgb, NULL, &(struct arr_array_options){.want = ARR_WANT_ARRAY});
}

/* A room with the planes of a picture. Owned: free. */
static inline struct arr_room *room_of(const uint8_t *rgb)
{
    struct arr_room *room = xcalloc(1, sizeof *room);
    room->rgb = rgb;
    arr_planes_make(room);
    return room;
}

static inline int dense_inside(int v, int side)
{
    return v < 0 ? 0 : v >= side ? side - 1 : v;
}

/* Gray in [0, 1], with replicated borders. */
static inline double dense_gray(const uint8_t *rgb, int x, int y)
{
    const uint8_t *p =
        rgb + (dense_inside(y, ARR_DENSE) * ARR_DENSE + dense_inside(x, ARR_DENSE)) * 3;
    return (0.299 * p[0] + 0.587 * p[1] + 0.114 * p[2]) / 255.0;
}

/* Mean over the cell of a plane of 512 x 512. */
static inline double cell_mean(const double *plane, int cell)
{
    double sum = 0;
    for (int y = 0; y < ARR_CELL_PX; y++) {
        for (int x = 0; x < ARR_CELL_PX; x++) {
            sum += plane[(cell / ARR_GRID * ARR_CELL_PX + y) * ARR_DENSE +
                         cell % ARR_GRID * ARR_CELL_PX + x];
        }
    }
    return sum / (ARR_CELL_PX * ARR_CELL_PX);
}

static inline void assert_near(float is, double expected, double tolerance)
{
    if (!(fabs((double)is - expected) <= tolerance)) {
        fail_msg("%.9g is not within %g of %.9g", (double)is, tolerance, expected);
    }
}

#endif
