/* SPDX-License-Identifier: Apache-2.0 */
/* The balancer of the reference's design dialogues: statistics decide tensions, and a small network
 * makes one value of the three maps' weighted values, cell by cell. */
#include <assert.h>
#include <string.h>

#include "core/arrcoc/balance_parts.h"
#include "core/arrcoc/simd.h"
#include "core/arrcoc/vecmath.h"

enum { STRIP = 32, WIDE = 64, NARROW = 32 };

/* out = W x + b, by rows; ReLU where asked. */
static void layer(const float *w, const float *b, size_t n_out, size_t n_in, size_t stride,
                  const float *x, bool is_relu, float *out)
{
    for (size_t i = 0; i < n_out; i++) {
        float sum = b[i];
        for (size_t j = 0; j < n_in; j++) {
            sum += w[i * stride + j] * x[j];
        }
        out[i] = is_relu && !(sum > 0.0f) ? 0.0f : sum;
    }
}

/* The context is mean and deviation of each map, and 122 zeros that need no multiplication. */
static void policy(const struct arr_contextual *b, const float *summaries, float *tensions)
{
    float context[2 * ARR_WAYS], wide[WIDE], narrow[NARROW], logits[ARR_WAYS];
    for (size_t w = 0; w < ARR_WAYS; w++) {
        context[2 * w] = summaries[3 * w];
        context[2 * w + 1] = summaries[3 * w + 2];
    }
    layer(b->p0[0], b->pb0, WIDE, 2 * ARR_WAYS, ARR_POLICY_IN, context, true, wide);
    layer(b->p2[0], b->pb2, NARROW, WIDE, WIDE, wide, true, narrow);
    layer(b->p4[0], b->pb4, ARR_WAYS, NARROW, NARROW, narrow, false, logits);
    for (size_t w = 0; w < ARR_WAYS; w++) {
        tensions[w] = 1.0f / (1.0f + arr_expf(-logits[w]));
    }
}

static inline void strip_combine(const struct arr_contextual *b, const struct arr_scaled *x,
                                 size_t first, float *restrict out)
{
    float wide[WIDE][STRIP], sum[STRIP];
    for (size_t i = 0; i < WIDE; i++) {
        for (size_t n = 0; n < STRIP; n++) {
            float v = b->cb0[i];
            for (size_t w = 0; w < ARR_WAYS; w++) {
                v += b->c0[i][w] * x->way[w][first + n];
            }
            wide[i][n] = v > 0.0f ? v : 0.0f;
        }
    }
    for (size_t n = 0; n < STRIP; n++) {
        sum[n] = b->cb4[0];
    }
    for (size_t i = 0; i < NARROW; i++) {
        float v[STRIP];
        for (size_t n = 0; n < STRIP; n++) {
            v[n] = b->cb2[i];
        }
        for (size_t j = 0; j < WIDE; j++) {
            const float w = b->c2[i][j];
            for (size_t n = 0; n < STRIP; n++) {
                v[n] += w * wide[j][n];
            }
        }
        const float w = b->c4[0][i];
        for (size_t n = 0; n < STRIP; n++) {
            sum[n] += w * (v[n] > 0.0f ? v[n] : 0.0f);
        }
    }
    memcpy(out + first, sum, sizeof sum);
}

/* The last strip overlaps the one before where cells are not a multiple of it. */
ARR_CLONES
static void combine(const struct arr_contextual *b, const struct arr_scaled *x, size_t cells,
                    float *restrict out)
{
    for (size_t first = 0; first < cells; first += STRIP) {
        strip_combine(b, x, first + STRIP <= cells ? first : cells - STRIP, out);
    }
}

void arr_balance_contextual(const struct arr_contextual *b, const struct arr_balance_in *in,
                            struct arr_balance_out *out)
{
    if (arr_balance_begin(in, out)) {
        return;
    }
    const size_t cells = arr_balance_cells(in);
    assert(cells >= STRIP);
    struct arr_scaled x;
    float tensions[ARR_WAYS];
    arr_scale_ways(in, 1.0f, &x, out);
    policy(b, out->summaries, tensions);
    out->tensions = (struct arr_tensions){tensions[0], tensions[1], tensions[2]};
    out->has_tensions = true;
    for (size_t w = 0; w < ARR_WAYS; w++) {
        for (size_t n = 0; n < cells; n++) {
            x.way[w][n] *= tensions[w];
        }
    }
    combine(b, &x, cells, out->raw);
    arr_balance_finish(in, in->explore, out);
}
