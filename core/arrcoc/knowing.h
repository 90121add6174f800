/* SPDX-License-Identifier: Apache-2.0 */
/* knowing.h - three ways of knowing what matters (ARR_COC/knowing.py), a map each.
 *
 *   information    propositional: softmax entropy over the 13 channels, min-max over the map
 *   perspectival   salience: channel 7
 *   participatory  coupling of the query with a cell: h = ReLU(W0 t + b0), z = W2 h + b2,
 *                  Q = (cos(z, q) + 1) / 2
 *
 * Participatory uses the Gram form: A = W2'W2, u = W2'b2, k = b2.b2 once a checkpoint (in double),
 * v = W2'q/|q|, s = b2.q/|q| once a query; then z.q = h.v + s and |z|^2 = h'Ah + 2 h.u + k.
 * Where |z| is small against the terms of that sum it loses digits to the direct form; with D of 64
 * and more it is not.
 *
 * Threads: no shared state; a scorer is constant after loading.
 */
#ifndef HFTERM_CORE_ARRCOC_KNOWING_H
#define HFTERM_CORE_ARRCOC_KNOWING_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arrcoc/types.h"

struct err;

/* How the query's vector is rounded: not, or as the reference's model does on its way. */
enum arr_query_dtype { ARR_QUERY_F32, ARR_QUERY_BF16 };

enum { ARR_HIDDEN = 64, ARR_QUERY_MAX = 16384 };

/* E = -sum p ln(p + 1e-10), p = softmax over channels in order 0 to 12; then min-max. raw, when not
 * NULL, gets E before min-max. */
void arr_information(const struct arr_texture *t, float *info, float *raw);
/* Batch-wide min-max over n maps of E, for the compatibility switch. */
void arr_information_batch(float *const *raw, size_t n, size_t cells, float *const *info);

void arr_perspectival(const struct arr_texture *t, float *persp);

struct arr_scorer { /* owned arrays: arr_scorer_done */
    int dim;        /* D */
    float w0[ARR_HIDDEN][ARR_TEXTURE_CHANNELS];
    float b0[ARR_HIDDEN];
    float *w2; /* [D][64] */
    float *b2; /* [D] */
    /* the Gram form */
    float gram[ARR_HIDDEN][ARR_HIDDEN];
    float u[ARR_HIDDEN];
    float k;
};
/* w2, b2 are moved in. Computes the Gram form. */
void arr_scorer_prepare(struct arr_scorer *s);
void arr_scorer_done(struct arr_scorer *s);

struct arr_scorer_query {
    float v[ARR_HIDDEN];
    float s;
};
/* q: D floats, not normalised. */
void arr_scorer_set_query(const struct arr_scorer *s, const float *q, struct arr_scorer_query *out);
/* unit: taken as it is. What bf16 rounded is not of length 1, and the reference leaves it so. */
void arr_scorer_set_unit_query(const struct arr_scorer *s, const float *unit,
                               struct arr_scorer_query *out);
void arr_participatory(const struct arr_scorer *s, const struct arr_scorer_query *q,
                       const struct arr_texture *t, float *partic);
/* The direct form, D x 64 multiplications a cell: for tests. */
void arr_participatory_direct(const struct arr_scorer *s, const float *q,
                              const struct arr_texture *t, float *partic);

#endif
