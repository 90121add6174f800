/* SPDX-License-Identifier: Apache-2.0 */
/* The closed-form balancer: three tensions, no learned parts. */
#include <string.h>

#include "core/arrcoc/balance_parts.h"
#include "core/arrcoc/simd.h"

static const float TENSION_PART[3] = {0.4f, 0.3f, 0.3f}; /* of t1, t2, t3 */
static const float NOVELTY_PART = 0.3f;

/* What a map X' is multiplied with in t1 and t2, and the maximum of P' that t2 turns round. */
struct mixture {
    float info, partic; /* t1 */
    float persp, top;   /* t2 = persp P' + top */
    float mean;         /* 1 / n: raw = mean (I' + P' + Q') */
    float novelty;      /* of d in R */
};

/* Of two partners the one that is there takes the weight of both. */
static struct mixture mix(const struct arr_balance_in *in, const struct arr_tensions *t,
                          float persp_max, int n_ways)
{
    const bool no_info = arr_way_missing(in, ARR_INFO);
    const bool no_partic = arr_way_missing(in, ARR_PARTIC);
    struct mixture m = {.info = t->compress, .partic = 1.0f - t->compress};
    if (no_info || no_partic) {
        m.info = no_info ? 0.0f : 1.0f;
        m.partic = no_partic ? 0.0f : 1.0f;
    }
    if (!arr_way_missing(in, ARR_PERSP)) {
        m.persp = t->exploit - (1.0f - t->exploit);
        m.top = (1.0f - t->exploit) * persp_max;
    }
    m.mean = 1.0f / (float)n_ways;
    m.novelty = TENSION_PART[2] * NOVELTY_PART * (1.0f - t->focus);
    return m;
}

ARR_CLONES
static void mean_map(const struct arr_scaled *x, size_t cells, float mean, float *restrict raw)
{
    for (size_t n = 0; n < cells; n++) {
        raw[n] = (x->way[ARR_INFO][n] + x->way[ARR_PERSP][n] + x->way[ARR_PARTIC][n]) * mean;
    }
}

/* raw holds the weighted mean and becomes the map of all three tensions. */
ARR_CLONES
static void combine(const struct arr_scaled *x, const float *restrict novelty, size_t cells,
                    const struct mixture *m, float *restrict raw)
{
    for (size_t n = 0; n < cells; n++) {
        const float t1 = m->info * x->way[ARR_INFO][n] + m->partic * x->way[ARR_PARTIC][n];
        const float t2 = m->persp * x->way[ARR_PERSP][n] + m->top;
        raw[n] = TENSION_PART[0] * t1 + TENSION_PART[1] * t2 + TENSION_PART[2] * raw[n] +
                 m->novelty * novelty[n];
    }
}

/* Factors of the scaled maps s X: those of X' times what makes X' of s X. */
static void note_weights(const struct arr_balance_in *in, const struct mixture *m, float ratio,
                         struct arr_balance_out *out)
{
    const float raw = TENSION_PART[2] * m->mean;
    const float factor[ARR_WAYS] = {[ARR_INFO] = TENSION_PART[0] * m->info + raw,
                                    [ARR_PERSP] = TENSION_PART[1] * m->persp + raw,
                                    [ARR_PARTIC] = TENSION_PART[0] * m->partic + raw};
    for (size_t w = 0; w < ARR_WAYS; w++) {
        out->weights[w] = arr_way_missing(in, w) ? 0.0f : ratio * factor[w];
    }
    out->has_weights = true;
    arr_balance_share(out);
}

void arr_balance_tension(struct arr_tensions tensions, const struct arr_balance_in *in,
                         struct arr_balance_out *out)
{
    const bool is_done = arr_balance_begin(in, out);
    if (in->explore >= 0.0f) {
        tensions.exploit = 1.0f - in->explore;
    }
    out->tensions = tensions;
    out->has_tensions = true;
    if (is_done) {
        return;
    }
    const size_t cells = arr_balance_cells(in);
    struct arr_scaled x;
    float novelty[ARR_CELLS] = {0};
    float sum = 0;
    int n_ways = 0;
    for (size_t w = 0; w < ARR_WAYS; w++) {
        if (!arr_way_missing(in, w)) {
            sum += in->scale[w];
            n_ways++;
        }
    }
    const float ratio = (float)n_ways / sum;
    arr_scale_ways(in, ratio, &x, out);
    const struct mixture m = mix(in, &tensions, out->summaries[ARR_PERSP * 3 + 1], n_ways);
    mean_map(&x, cells, m.mean, out->raw);
    if (m.novelty != 0.0f) {
        arr_novelty(out->raw, in->grid, novelty);
    }
    combine(&x, novelty, cells, &m, out->raw);
    note_weights(in, &m, ratio, out);
    arr_balance_finish(in, 0.0f, out);
}
