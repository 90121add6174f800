/* SPDX-License-Identifier: Apache-2.0 */
/* score_help.h - random maps, textures and networks for the tests of scores, and comparing floats
 * with what double arithmetic says. */
#ifndef HFTERM_TESTS_UNIT_SCORE_HELP_H
#define HFTERM_TESTS_UNIT_SCORE_HELP_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arrcoc/types.h"

/* splitmix64 */
static inline uint64_t random_bits(uint64_t *state)
{
    uint64_t z = *state += 0x9E3779B97F4A7C15u;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static inline int random_below(uint64_t *state, int n)
{
    return (int)(random_bits(state) % (uint64_t)n);
}

/* [low, high) */
static inline float random_between(uint64_t *state, float low, float high)
{
    return low + (high - low) * ((float)(random_bits(state) >> 40) / 16777216.0f);
}

static inline void random_fill(uint64_t *state, float *v, size_t n, float low, float high)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = random_between(state, low, high);
    }
}

/* Cells that the grid does not use hold NaN, which would show in any result they enter. */
static inline void random_texture(uint64_t *state, int grid, struct arr_texture *t)
{
    const size_t cells = (size_t)grid * (size_t)grid;
    *t = (struct arr_texture){.grid = grid};
    for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        random_fill(state, t->t[c], cells, 0.0f, 1.0f);
        for (size_t n = cells; n < ARR_CELLS; n++) {
            t->t[c][n] = NAN;
        }
    }
}

/* (v - min) / (max - min + 1e-8) */
static inline void oracle_min_max(double *v, size_t n)
{
    double low = v[0], high = v[0];
    for (size_t i = 1; i < n; i++) {
        low = fmin(low, v[i]);
        high = fmax(high, v[i]);
    }
    for (size_t i = 0; i < n; i++) {
        v[i] = (v[i] - low) / (high - low + 1e-8);
    }
}

static inline void assert_near(const char *what, const float *got, const double *want, size_t n,
                               double tolerance)
{
    for (size_t i = 0; i < n; i++) {
        if (!(fabs((double)got[i] - want[i]) <= tolerance)) {
            fail_msg("%s[%zu]: %.9g instead of %.9g, %.3g apart; allowed are %.3g", what, i,
                     (double)got[i], want[i], fabs((double)got[i] - want[i]), tolerance);
        }
    }
}

static inline void assert_near_one(const char *what, double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("%s: %.12g instead of %.12g, %.3g apart; allowed are %.3g", what, got, want,
                 fabs(got - want), tolerance);
    }
}

#endif
