/* SPDX-License-Identifier: Apache-2.0 */
/* golden_help.h - tensors out of tests/golden/arrcoc, and comparing with them.
 *
 * Every comparison prints its largest difference, so that the output of a test says how near the
 * engine is, not only that it is near enough.
 */
#ifndef HFTERM_TESTS_UNIT_GOLDEN_HELP_H
#define HFTERM_TESTS_UNIT_GOLDEN_HELP_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arrcoc/types.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/safetensors.h"

/* Owned: free. */
static inline char *golden_path(const char *name)
{
    return xasprintf("tests/golden/arrcoc/%s.safetensors", name);
}

static inline struct safetensors *golden_open(const char *name)
{
    struct err e = {0};
    char *const path = golden_path(name);
    struct safetensors *const s = safetensors_open(path, &e);
    if (!s) {
        fail_msg("%s: %s", path, e.msg);
    }
    free(path);
    return s;
}

/* The tensor as it lies in the file: n elements of this type, owned: free. */
static inline void *golden_raw(const struct safetensors *s, const char *name, enum st_dtype dtype,
                               size_t n)
{
    struct err e = {0};
    const struct st_tensor *const t = safetensors_find(s, name);
    if (!t || t->dtype != dtype || t->elements != n) {
        fail_msg("golden tensor %s of %zu elements is not there", name, n);
    }
    const size_t bytes = (size_t)(t->end - t->begin);
    void *const out = xmalloc(bytes);
    if (!safetensors_read(s, t, 0, out, bytes, &e)) {
        fail_msg("%s: %s", name, e.msg);
    }
    return out;
}

static inline float *golden_floats(const struct safetensors *s, const char *name, size_t n)
{
    return golden_raw(s, name, ST_F32, n);
}

static inline double *golden_doubles(const struct safetensors *s, const char *name, size_t n)
{
    return golden_raw(s, name, ST_F64, n);
}

static inline int32_t *golden_ints(const struct safetensors *s, const char *name, size_t n)
{
    return golden_raw(s, name, ST_I32, n);
}

static inline uint8_t *golden_bytes(const struct safetensors *s, const char *name, size_t n)
{
    return golden_raw(s, name, ST_U8, n);
}

/* max - min */
static inline float golden_range(const float *v, size_t n)
{
    float low = v[0], high = v[0];
    for (size_t i = 1; i < n; i++) {
        low = v[i] < low ? v[i] : low;
        high = v[i] > high ? v[i] : high;
    }
    return high - low;
}

static inline void golden_near(const char *what, const float *got, const float *want, size_t n,
                               double tolerance)
{
    double worst = -1;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)got[i] - (double)want[i]);
        if (!(d <= worst)) { /* a NaN is the worst of all */
            worst = d;
            at = i;
        }
        if (isnan(d)) {
            break;
        }
    }
    print_message("# %s: %.3g of %.3g\n", what, worst, tolerance);
    if (!(worst <= tolerance)) {
        fail_msg("%s[%zu]: %.9g, the reference has %.9g: %.3g apart, allowed are %.3g", what, at,
                 (double)got[at], (double)want[at], worst, tolerance);
    }
}

static inline void golden_near_one(const char *what, double got, double want, double tolerance)
{
    if (!(fabs(got - want) <= tolerance)) {
        fail_msg("%s: %.17g, the reference has %.17g: %.3g apart, allowed are %.3g", what, got,
                 want, fabs(got - want), tolerance);
    }
}

static inline void golden_near_bytes(const char *what, const uint8_t *got, const uint8_t *want,
                                     size_t n, int tolerance)
{
    int worst = 0;
    size_t differ = 0;
    for (size_t i = 0; i < n; i++) {
        const int d = abs(got[i] - want[i]);
        differ += d != 0;
        worst = d > worst ? d : worst;
        if (d > tolerance) {
            fail_msg("%s[%zu]: %d, the reference has %d; allowed are %d", what, i, got[i], want[i],
                     tolerance);
        }
    }
    print_message("# %s: %d of %d, in %zu of %zu bytes\n", what, worst, tolerance, differ, n);
}

/* The k best cells as sets. Where the sets differ, the cells must be as good as equal: within 1e-4
 * of the reference's k-th value. */
static inline void golden_same_cells(const char *what, const uint16_t *got, const int32_t *want,
                                     size_t k, const float *relevance, size_t cells)
{
    bool is_got[ARR_CELLS] = {false}, is_wanted[ARR_CELLS] = {false};
    for (size_t i = 0; i < k; i++) {
        assert_true(got[i] < cells && want[i] >= 0 && (size_t)want[i] < cells);
        assert_false(is_got[got[i]]);
        is_got[got[i]] = true;
        is_wanted[want[i]] = true;
    }
    const float last = relevance[want[k - 1]];
    size_t differ = 0;
    for (size_t n = 0; n < cells; n++) {
        if (is_got[n] != is_wanted[n]) {
            differ++;
            golden_near_one(what, (double)relevance[n], (double)last, 1e-4);
        }
    }
    print_message("# %s: %zu cells differ of %zu\n", what, differ / 2, k);
}

/* The reference's texture into the engine's struct: raw and aux stay 0. */
static inline void golden_texture(const struct safetensors *s, struct arr_texture *out)
{
    float *const t = golden_floats(s, "T", ARR_TEXTURE_CHANNELS * ARR_CELLS);
    *out = (struct arr_texture){.grid = ARR_GRID};
    memcpy(out->t, t, sizeof out->t);
    free(t);
}

#endif
