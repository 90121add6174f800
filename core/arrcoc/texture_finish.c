/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/texture.h"

#include <math.h>
#include <string.h>

#include "core/arrcoc/simd.h"

/* Sixteen ulp of a gray value of 1: a range below is rounding noise, not edges. */
static const float FLAT_RANGE = 2e-6f;

struct range {
    float min, max;
};

enum { LANES = 8 };

ARR_CLONES static struct range range_of(const float *v, size_t n)
{
    float low[LANES], high[LANES];
    for (int k = 0; k < LANES; k++) {
        low[k] = high[k] = v[0];
    }
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (int k = 0; k < LANES; k++) {
            const float x = v[i + (size_t)k];
            low[k] = x < low[k] ? x : low[k];
            high[k] = x > high[k] ? x : high[k];
        }
    }
    for (; i < n; i++) {
        low[0] = v[i] < low[0] ? v[i] : low[0];
        high[0] = v[i] > high[0] ? v[i] : high[0];
    }
    struct range r = {low[0], high[0]};
    for (int k = 1; k < LANES; k++) {
        r.min = low[k] < r.min ? low[k] : r.min;
        r.max = high[k] > r.max ? high[k] : r.max;
    }
    return r;
}

/* True: the range is flat and everything became 0. */
ARR_CLONES static bool scale_to(struct range r, float *v, size_t n, bool guard)
{
    if (guard && r.max - r.min < FLAT_RANGE) {
        memset(v, 0, n * sizeof *v);
        return true;
    }
    const float divisor = r.max - r.min + 1e-8f;
    for (size_t i = 0; i < n; i++) {
        v[i] = (v[i] - r.min) / divisor;
    }
    return false;
}

bool arr_min_max(float *v, size_t n, bool guard)
{
    return n == 0 || scale_to(range_of(v, n), v, n, guard);
}

void arr_coordinates(int grid, float *y, float *x, float *ecc)
{
    float line[ARR_GRID];
    const float step = 1.0f / (float)(grid - 1);
    for (int i = 0; i < grid; i++) {
        line[i] = i < grid / 2 ? step * (float)i : 1.0f - step * (float)(grid - 1 - i);
    }
    const float corner = sqrtf(0.5f);
    for (int row = 0; row < grid; row++) {
        const float dy = line[row] - 0.5f;
        for (int col = 0; col < grid; col++) {
            const int n = row * grid + col;
            const float dx = line[col] - 0.5f;
            y[n] = line[row];
            x[n] = line[col];
            ecc[n] = sqrtf(dy * dy + dx * dx) / corner;
        }
    }
}

static struct range range_of_batch(struct arr_texture *const *textures, size_t n, size_t cells,
                                   int edge)
{
    struct range all = range_of(textures[0]->raw_edges[edge], cells);
    for (size_t i = 1; i < n; i++) {
        const struct range r = range_of(textures[i]->raw_edges[edge], cells);
        all.min = r.min < all.min ? r.min : all.min;
        all.max = r.max > all.max ? r.max : all.max;
    }
    return all;
}

static void finish_edges(struct arr_texture *t, size_t cells, const struct range *given, bool guard)
{
    for (int c = 0; c < 3; c++) {
        float *plane = t->t[ARR_T_SOBEL_X + c];
        memcpy(plane, t->raw_edges[c], cells * sizeof *plane);
        const struct range r = given != NULL ? given[c] : range_of(plane, cells);
        t->is_flat[c] = scale_to(r, plane, cells, guard);
    }
}

void arr_texture_finish(struct arr_texture *const *textures, size_t n,
                        const struct arr_texture_finish *how)
{
    if (n == 0) {
        return;
    }
    const int grid = textures[0]->grid;
    const size_t cells = (size_t)grid * (size_t)grid, bytes = cells * sizeof(float);
    struct range batch[3] = {0};
    for (int c = 0; how->batch_statistics && c < 3; c++) {
        batch[c] = range_of_batch(textures, n, cells, c);
    }
    for (size_t i = 0; i < n; i++) {
        struct arr_texture *t = textures[i];
        finish_edges(t, cells, how->batch_statistics ? batch : NULL, !how->no_flat_guard);
        arr_coordinates(grid, t->t[ARR_T_Y], t->t[ARR_T_X], t->t[ARR_T_ECC]);
        memcpy(t->t[ARR_T_SALIENCY], t->t[ARR_T_EDGES], bytes);
        memcpy(t->t[ARR_T_LUMINANCE], t->t[ARR_T_L], bytes);
    }
}

void arr_texture_set_v2(struct arr_texture *t, const struct arr_array *array)
{
    const size_t bytes = (size_t)t->grid * (size_t)t->grid * sizeof(float);
    memcpy(t->t[ARR_T_SALIENCY], array->coherence, bytes);
    memcpy(t->t[ARR_T_LUMINANCE], array->contrast, bytes);
}

const char *arr_texture_channel_name(int channel)
{
    static const char *const NAMES[ARR_TEXTURE_CHANNELS] = {
        "R",     "G", "B", "L*",           "a*",       "Sobel x",  "Sobel y",
        "edges", "y", "x", "eccentricity", "saliency", "luminance"};
    return channel >= 0 && channel < ARR_TEXTURE_CHANNELS ? NAMES[channel] : "";
}
