/* SPDX-License-Identifier: Apache-2.0 */
/* Participatory knowing by the reference's trained scorer. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/knowing.h"
#include "core/arrcoc/simd.h"

/* Cells at a time: what a strip's hidden layer needs (8 KiB) stays in the first cache, and its sums
 * in vector registers. */
enum { STRIP = 32 };

/* The reference's normalize divides by no less. */
static const double NORM_MIN = 1e-12;

/* ---- once a checkpoint, once a query ---- */

/* A = W2' W2, u = W2' b2, k = b2 . b2, row by row of W2. */
ARR_CLONES
static void accumulate_gram(const struct arr_scorer *s, double (*restrict gram)[ARR_HIDDEN],
                            double *restrict u, double *k)
{
    for (size_t d = 0; d < (size_t)s->dim; d++) {
        const float *restrict row = s->w2 + d * ARR_HIDDEN;
        const double bias = (double)s->b2[d];
        double wide[ARR_HIDDEN];
        for (size_t j = 0; j < ARR_HIDDEN; j++) {
            wide[j] = (double)row[j];
            u[j] += wide[j] * bias;
        }
        for (size_t i = 0; i < ARR_HIDDEN; i++) {
            for (size_t j = 0; j < ARR_HIDDEN; j++) {
                gram[i][j] += wide[i] * wide[j];
            }
        }
        *k += bias * bias;
    }
}

void arr_scorer_prepare(struct arr_scorer *s)
{
    double gram[ARR_HIDDEN][ARR_HIDDEN] = {{0}}, u[ARR_HIDDEN] = {0}, k = 0;
    accumulate_gram(s, gram, u, &k);
    for (size_t i = 0; i < ARR_HIDDEN; i++) {
        for (size_t j = 0; j < ARR_HIDDEN; j++) {
            s->gram[i][j] = (float)gram[i][j];
        }
        s->u[i] = (float)u[i];
    }
    s->k = (float)k;
}

void arr_scorer_done(struct arr_scorer *s)
{
    free(s->w2);
    free(s->b2);
    s->w2 = NULL;
    s->b2 = NULL;
}

static double norm_of(const float *q, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += (double)q[i] * (double)q[i];
    }
    return fmax(sqrt(sum), NORM_MIN);
}

/* v and s of q / norm. */
static void project(const struct arr_scorer *s, const float *q, double norm,
                    struct arr_scorer_query *out)
{
    const size_t dim = (size_t)s->dim;
    double v[ARR_HIDDEN] = {0}, bias = 0;
    for (size_t d = 0; d < dim; d++) {
        const float *restrict row = s->w2 + d * ARR_HIDDEN;
        const double unit = (double)q[d] / norm;
        for (size_t j = 0; j < ARR_HIDDEN; j++) {
            v[j] += (double)row[j] * unit;
        }
        bias += (double)s->b2[d] * unit;
    }
    for (size_t j = 0; j < ARR_HIDDEN; j++) {
        out->v[j] = (float)v[j];
    }
    out->s = (float)bias;
}

void arr_scorer_set_query(const struct arr_scorer *s, const float *q, struct arr_scorer_query *out)
{
    project(s, q, norm_of(q, (size_t)s->dim), out);
}

void arr_scorer_set_unit_query(const struct arr_scorer *s, const float *unit,
                               struct arr_scorer_query *out)
{
    project(s, unit, 1, out);
}

/* ---- a strip of cells ---- */

typedef float strip_hidden[ARR_HIDDEN][STRIP];

/* h = ReLU(W0 t + b0) */
static inline void strip_layer(const struct arr_scorer *s, const struct arr_texture *t,
                               size_t first, strip_hidden h)
{
    for (size_t j = 0; j < ARR_HIDDEN; j++) {
        float sum[STRIP];
        for (size_t n = 0; n < STRIP; n++) {
            sum[n] = s->b0[j];
        }
        for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
            const float w = s->w0[j][c];
            const float *restrict v = &t->t[c][first];
            for (size_t n = 0; n < STRIP; n++) {
                sum[n] += w * v[n];
            }
        }
        for (size_t n = 0; n < STRIP; n++) {
            h[j][n] = sum[n] > 0.0f ? sum[n] : 0.0f;
        }
    }
}

/* Q from |z|^2 = h'Ah + 2 h.u + k and z.q = h.v + s. A is symmetric: row i needs only what is left
 * of its diagonal, twice. */
static inline void strip_cosine(const struct arr_scorer *s, const struct arr_scorer_query *q,
                                strip_hidden h, float *restrict out)
{
    float squares[STRIP], dot[STRIP];
    for (size_t n = 0; n < STRIP; n++) {
        squares[n] = s->k;
        dot[n] = q->s;
    }
    for (size_t i = 0; i < ARR_HIDDEN; i++) {
        float row[STRIP];
        for (size_t n = 0; n < STRIP; n++) {
            row[n] = s->u[i];
        }
        for (size_t j = 0; j < i; j++) {
            const float a = s->gram[i][j];
            for (size_t n = 0; n < STRIP; n++) {
                row[n] += a * h[j][n];
            }
        }
        const float diagonal = s->gram[i][i], v = q->v[i];
        for (size_t n = 0; n < STRIP; n++) {
            squares[n] += h[i][n] * (2.0f * row[n] + diagonal * h[i][n]);
            dot[n] += v * h[i][n];
        }
    }
    for (size_t n = 0; n < STRIP; n++) {
        const float norm = sqrtf(squares[n] > 0.0f ? squares[n] : 0.0f);
        out[n] = (dot[n] / (norm > 1e-12f ? norm : 1e-12f) + 1.0f) / 2.0f;
    }
}

ARR_CLONES
static void score(const struct arr_scorer *s, const struct arr_scorer_query *q,
                  const struct arr_texture *t, size_t cells, float *restrict out)
{
    strip_hidden h;
    for (size_t first = 0; first < cells; first += STRIP) {
        const size_t at = first + STRIP <= cells ? first : cells - STRIP;
        strip_layer(s, t, at, h);
        strip_cosine(s, q, h, out + at);
    }
}

void arr_participatory(const struct arr_scorer *s, const struct arr_scorer_query *q,
                       const struct arr_texture *t, float *partic)
{
    const size_t cells = (size_t)t->grid * (size_t)t->grid;
    assert(cells >= STRIP);
    score(s, q, t, cells, partic);
}

/* ---- the direct form ---- */

ARR_CLONES
static void score_direct(const struct arr_scorer *s, const float *q, double q_norm,
                         const struct arr_texture *t, size_t cells, float *restrict out)
{
    strip_hidden h;
    for (size_t first = 0; first < cells; first += STRIP) {
        const size_t at = first + STRIP <= cells ? first : cells - STRIP;
        double squares[STRIP] = {0}, dot[STRIP] = {0};
        strip_layer(s, t, at, h);
        for (size_t d = 0; d < (size_t)s->dim; d++) {
            const float *restrict w = s->w2 + d * ARR_HIDDEN;
            const double unit = (double)q[d] / q_norm;
            float z[STRIP] = {0};
            for (size_t j = 0; j < ARR_HIDDEN; j++) {
                for (size_t n = 0; n < STRIP; n++) {
                    z[n] += w[j] * h[j][n];
                }
            }
            for (size_t n = 0; n < STRIP; n++) {
                const double full = (double)(z[n] + s->b2[d]);
                squares[n] += full * full;
                dot[n] += full * unit;
            }
        }
        for (size_t n = 0; n < STRIP; n++) {
            const double norm = sqrt(squares[n]);
            out[at + n] = (float)((dot[n] / (norm > NORM_MIN ? norm : NORM_MIN) + 1.0) / 2.0);
        }
    }
}

void arr_participatory_direct(const struct arr_scorer *s, const float *q,
                              const struct arr_texture *t, float *partic)
{
    const size_t cells = (size_t)t->grid * (size_t)t->grid;
    assert(cells >= STRIP);
    score_direct(s, q, norm_of(q, (size_t)s->dim), t, cells, partic);
}
