/* SPDX-License-Identifier: Apache-2.0 */
/* The reference's learned balancer: statistics of the three maps and the query decide how much
 * each of them counts. */
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/balance_parts.h"
#include "core/arrcoc/simd.h"
#include "core/arrcoc/vecmath.h"

void arr_balancer_done(struct arr_balancer *b)
{
    free(b->wq);
    b->wq = NULL;
}

/* Products run in lanes, element i in lane i mod LANES, added up in order. */
enum { LANES = 16, WIDE_LANES = 8 };

ARR_CLONES
static void query_rows(const struct arr_balancer *b, const float *restrict q, float *restrict out)
{
    const size_t dim = (size_t)b->dim;
    for (size_t row = 0; row < ARR_MLP; row++) {
        const float *restrict w = b->wq + row * dim;
        double lane[WIDE_LANES] = {0};
        size_t i = 0;
        for (; i + WIDE_LANES <= dim; i += WIDE_LANES) {
            for (size_t j = 0; j < WIDE_LANES; j++) {
                lane[j] += (double)w[i + j] * (double)q[i + j];
            }
        }
        for (size_t j = 0; i + j < dim; j++) {
            lane[j] += (double)w[i + j] * (double)q[i + j];
        }
        double sum = (double)b->b0[row];
        for (size_t j = 0; j < WIDE_LANES; j++) {
            sum += lane[j];
        }
        out[row] = (float)sum;
    }
}

void arr_balancer_set_query(const struct arr_balancer *b, const float *q, float *out)
{
    query_rows(b, q, out);
}

static float dot_mlp(const float *restrict w, const float *restrict x)
{
    float lane[LANES] = {0};
    for (size_t i = 0; i < ARR_MLP; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += w[i + j] * x[i + j];
        }
    }
    for (size_t half = LANES / 2; half > 0; half /= 2) {
        for (size_t j = 0; j < half; j++) {
            lane[j] += lane[j + half];
        }
    }
    return lane[0];
}

ARR_CLONES
static void mlp(const struct arr_balancer *b, const float *restrict query_part,
                const float *restrict summaries, float *restrict logits)
{
    float first[ARR_MLP], second[ARR_MLP];
    for (size_t i = 0; i < ARR_MLP; i++) {
        float sum = query_part[i];
        for (size_t j = 0; j < ARR_SUMMARIES; j++) {
            sum += b->ws[i][j] * summaries[j];
        }
        first[i] = sum > 0.0f ? sum : 0.0f;
    }
    for (size_t i = 0; i < ARR_MLP; i++) {
        const float sum = dot_mlp(b->w2[i], first) + b->b2[i];
        second[i] = sum > 0.0f ? sum : 0.0f;
    }
    for (size_t i = 0; i < ARR_WAYS; i++) {
        logits[i] = dot_mlp(b->w4[i], second) + b->b4[i];
    }
}

void arr_balancer_weights(const struct arr_balancer *b, const float *query_part,
                          const float summaries[ARR_SUMMARIES], float w[ARR_WAYS])
{
    float logits[ARR_WAYS];
    mlp(b, query_part, summaries, logits);
    float high = logits[0], sum = 0;
    for (size_t i = 1; i < ARR_WAYS; i++) {
        high = logits[i] > high ? logits[i] : high;
    }
    for (size_t i = 0; i < ARR_WAYS; i++) {
        w[i] = arr_expf(logits[i] - high);
        sum += w[i];
    }
    for (size_t i = 0; i < ARR_WAYS; i++) {
        w[i] /= sum;
    }
}

ARR_CLONES
static void weigh(const struct arr_scaled *x, const float *restrict w, size_t cells,
                  float *restrict raw)
{
    for (size_t n = 0; n < cells; n++) {
        raw[n] = w[ARR_INFO] * x->way[ARR_INFO][n] + w[ARR_PERSP] * x->way[ARR_PERSP][n] +
                 w[ARR_PARTIC] * x->way[ARR_PARTIC][n];
    }
}

void arr_balance_adaptive(const struct arr_balancer *b, const float *query_part,
                          const struct arr_balance_in *in, struct arr_balance_out *out)
{
    if (arr_balance_begin(in, out)) {
        return;
    }
    struct arr_scaled x;
    arr_scale_ways(in, 1.0f, &x, out);
    arr_balancer_weights(b, query_part, out->summaries, out->weights);
    out->has_weights = true;
    arr_balance_share(out);
    weigh(&x, out->weights, arr_balance_cells(in), out->raw);
    arr_balance_finish(in, in->explore, out);
}
