/* SPDX-License-Identifier: Apache-2.0 */
/* Information and salience; participatory.c has the third way. */
#include "core/arrcoc/knowing.h"

#include <assert.h>
#include <string.h>

#include "core/arrcoc/simd.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/vecmath.h"

/* Cells at a time: few enough that their state stays in vector registers while the channels pass.
 */
enum { STRIP = 32 };

static size_t cells_of(const struct arr_texture *t)
{
    return (size_t)t->grid * (size_t)t->grid;
}

/* With p = e^x / S, -sum p ln p = ln S - (sum x e^x) / S: one logarithm a cell instead of thirteen,
 * and nearer to the formula in double. The 1e-10 of the definition cannot be seen in float:
 * channels lie within 1 of each other, so that p is at least 0.03. */
static inline void strip_entropy(const struct arr_texture *t, size_t first, float *restrict out)
{
    float high[STRIP], sum[STRIP] = {0}, weighted[STRIP] = {0};
    memcpy(high, &t->t[0][first], sizeof high);
    for (size_t c = 1; c < ARR_TEXTURE_CHANNELS; c++) {
        const float *restrict v = &t->t[c][first];
        for (size_t n = 0; n < STRIP; n++) {
            high[n] = v[n] > high[n] ? v[n] : high[n];
        }
    }
    for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        const float *restrict v = &t->t[c][first];
        for (size_t n = 0; n < STRIP; n++) {
            const float x = v[n] - high[n];
            const float e = arr_expf(x);
            sum[n] += e;
            weighted[n] += e * x;
        }
    }
    for (size_t n = 0; n < STRIP; n++) {
        out[first + n] = arr_logf(sum[n]) - weighted[n] / sum[n];
    }
}

/* The last strip overlaps the one before where cells are not a multiple of it. */
ARR_CLONES
static void entropy(const struct arr_texture *t, size_t cells, float *restrict out)
{
    for (size_t first = 0; first < cells; first += STRIP) {
        strip_entropy(t, first + STRIP <= cells ? first : cells - STRIP, out);
    }
}

void arr_information(const struct arr_texture *t, float *info, float *raw)
{
    const size_t cells = cells_of(t);
    assert(cells >= STRIP);
    entropy(t, cells, info);
    if (raw) {
        memcpy(raw, info, cells * sizeof *raw);
    }
    arr_min_max(info, cells, false);
}

void arr_information_batch(float *const *raw, size_t n, size_t cells, float *const *info)
{
    float low = raw[0][0], high = raw[0][0];
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < cells; j++) {
            low = raw[i][j] < low ? raw[i][j] : low;
            high = raw[i][j] > high ? raw[i][j] : high;
        }
    }
    const float range = high - low + 1e-8f;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < cells; j++) {
            info[i][j] = (raw[i][j] - low) / range;
        }
    }
}

void arr_perspectival(const struct arr_texture *t, float *persp)
{
    memcpy(persp, t->t[ARR_T_EDGES], cells_of(t) * sizeof *persp);
}
