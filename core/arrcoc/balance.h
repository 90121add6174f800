/* SPDX-License-Identifier: Apache-2.0 */
/* balance.h - one map out of three: the reference's learned balancer, the contextual one, and the
 * closed form for use without weights.
 *
 * Each takes X' = scale * X of every way (the sliders) and ends with a min-max over the map.
 * When all three scales are 0 there is no evidence: R = 0.5 everywhere and ARR_NO_EVIDENCE is set.
 * A way whose scale is 0, or whose map is NULL, is missing: it contributes nothing anywhere. (The
 * learned balancers still see it, as the reference does: a map of zeros among the statistics.)
 *
 * A map whose max - min is at most 1e-6 of its largest magnitude has no range: what is left is
 * rounding. Min-max of it is 0 everywhere, and nothing in it is known, so that novelty is 0 too.
 *
 * Threads: no shared state; weights are constant after loading.
 */
#ifndef HFTERM_CORE_ARRCOC_BALANCE_H
#define HFTERM_CORE_ARRCOC_BALANCE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arrcoc/types.h"

enum { ARR_SUMMARIES = 9, ARR_MLP = 128, ARR_POLICY_IN = 128 };

enum arr_balance_flag {
    ARR_NO_EVIDENCE = 1 << 0,  /* every scale is 0 */
    ARR_FLAT_BALANCE = 1 << 1, /* the weighted map has no range: R is 0 everywhere */
};

/* mean, max, standard deviation (divisor N - 1) of info, persp, partic, in this order. */
void arr_summaries(const float *const ways[ARR_WAYS], size_t cells, float out[ARR_SUMMARIES]);

struct arr_balancer { /* AdaptiveTensionBalancer: 9 + D -> 128 -> 128 -> 3, softmax */
    int dim;          /* D */
    float ws[ARR_MLP][ARR_SUMMARIES]; /* the first layer's columns of the summaries */
    float *wq;                        /* [128][D]: its columns of the query; owned */
    float b0[ARR_MLP];
    float w2[ARR_MLP][ARR_MLP], b2[ARR_MLP];
    float w4[ARR_WAYS][ARR_MLP], b4[ARR_WAYS];
};
void arr_balancer_done(struct arr_balancer *b);

/* The per-query constant of the first layer: wq q + b0; q raw, D floats. out: 128 floats. */
void arr_balancer_set_query(const struct arr_balancer *b, const float *q, float *out);
/* w: softmax weights of the three ways. */
void arr_balancer_weights(const struct arr_balancer *b, const float *query_part,
                          const float summaries[ARR_SUMMARIES], float w[ARR_WAYS]);

struct arr_contextual { /* ContextualTensionBalancer */
    float p0[64][ARR_POLICY_IN], pb0[64], p2[32][64], pb2[32], p4[3][32],
        pb4[3];                                                       /* tension_policy */
    float c0[64][3], cb0[64], c2[32][64], cb2[32], c4[1][32], cb4[1]; /* combiner */
};

struct arr_balance_in {
    int grid;
    const float *way[ARR_WAYS]; /* maps, not scaled; NULL: missing */
    float scale[ARR_WAYS];      /* the sliders, 0 to 30 */
    float explore;              /* x in [0, 1]; see arr_explore */
};

struct arr_balance_out {
    float balanced[ARR_CELLS];
    float raw[ARR_CELLS]; /* the weighted map before min-max and explore */
    /* What s_k X_k of each way was multiplied with. Adaptive: the softmax, sum 1. Tension: the
     * factor in the weighted map, novelty apart; below 0 for salience when exploring. Contextual:
     * none. */
    float weights[ARR_WAYS];
    bool has_weights;
    /* |w_k| s_k mean(X_k) / sum: what each way contributes; sum 1, or all 0 */
    float share[ARR_WAYS];
    struct arr_tensions tensions;
    bool has_tensions;
    float summaries[ARR_SUMMARIES];
    unsigned flags;
};

/* R = minmax(w0 I' + w1 P' + w2 Q'), then arr_explore. query_part of arr_balancer_set_query. */
void arr_balance_adaptive(const struct arr_balancer *b, const float *query_part,
                          const struct arr_balance_in *in, struct arr_balance_out *out);
/* Tensions of the policy, R = minmax(combiner((I', P', Q') * tensions)), then arr_explore. */
void arr_balance_contextual(const struct arr_contextual *b, const struct arr_balance_in *in,
                            struct arr_balance_out *out);
/* The closed form. Only the ratios of the scales s count: with n ways not missing,
 * X' = s_k n / (sum of s) X, so that equal scales leave every map as it is.
 *
 *   raw = (I' + P' + Q') / n
 *   t1  = c I' + (1 - c) Q'            of two with one missing, the other takes the whole weight
 *   t2  = e P' + (1 - e)(max P' - P')  0 when P is missing
 *   t3  = raw + 0.3 (1 - f) d          d = novelty of raw
 *   R   = minmax(0.4 t1 + 0.3 t2 + 0.3 t3)
 *
 * in->explore >= 0 replaces e by 1 - explore; negative leaves e. out->tensions says what was used.
 */
void arr_balance_tension(struct arr_tensions tensions, const struct arr_balance_in *in,
                         struct arr_balance_out *out);

/* R <- minmax((1 - x) R + x N), N = 0.5 (1 - P) + 0.5 d, d = novelty of R. x = 0 changes no bit.
 * persp NULL: N = d. True when the result has no range. */
bool arr_explore(float *balanced, const float *persp, int grid, float x);

/* d: distance of every cell to the nearest of the top M = max(1, min(50, N / 5)) cells of v (in the
 * order of arr_top_k), coordinates / G, scaled by its maximum + 1e-8. 0 where v has no range. */
void arr_novelty(const float *v, int grid, float *out);

#endif
