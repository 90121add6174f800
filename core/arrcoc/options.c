/* SPDX-License-Identifier: Apache-2.0 */
/* Options of a run: defaults, limits, and what a run has to compute for them. */
#include <math.h>

#include "core/arrcoc/engine_parts.h"

const struct arr_options ARR_OPTIONS_INIT = {
    .grid = ARR_GRID,
    .scale = {1.0F, 1.0F, 1.0F},
    .explore = -1.0F,
    .tensions = {-1.0F, -1.0F, -1.0F},
    .cull = 1.0F,
    .k = 200,
    .budget = {.min_lod = 64, .max_lod = 400, .kappa = 3.2, .policy = ARR_CURVE},
    .region = {.max_regions = 4, .overview = 256, .min_lod = 64, .max_lod = 400, .kappa = 3.2},
};

/* 196 patches of 200 tokens on average. */
const struct arr_options ARR_OPTIONS_SEED = {
    .grid = ARR_GRID_SEED,
    .scale = {1.0F, 1.0F, 1.0F},
    .explore = -1.0F,
    .tensions = {-1.0F, -1.0F, -1.0F},
    .cull = 1.0F,
    .k = ARR_GRID_SEED * ARR_GRID_SEED,
    .budget = {.min_lod = 64,
               .max_lod = 400,
               .kappa = 3.2,
               .policy = ARR_EXACT,
               .total = (long)ARR_GRID_SEED * ARR_GRID_SEED * 200},
    .region = {.max_regions = 4, .overview = 256, .min_lod = 64, .max_lod = 400, .kappa = 3.2},
};

static bool check_range(const char *name, float v, float max, bool may_be_unset, struct err *e)
{
    if (may_be_unset && v < 0.0F) {
        return true;
    }
    if (!(v >= 0.0F && v <= max)) {
        return err_set(e, ERR_USAGE, "%s is %g; it goes from 0 to %g", name, (double)v,
                       (double)max);
    }
    return true;
}

static bool check_lods(const char *what, int min_lod, int max_lod, double kappa, struct err *e)
{
    if (min_lod < 1 || max_lod <= min_lod || max_lod > 1000000) {
        err_set(e, ERR_USAGE, "%s from %d to %d tokens make no sense", what, min_lod, max_lod);
        return err_remedy(e, "The least must be at least 1 and below the most.");
    }
    if (!(kappa > 0.0 && kappa <= 100.0)) {
        return err_set(e, ERR_USAGE, "the curve's exponent is %g; it goes from above 0 to 100",
                       kappa);
    }
    return true;
}

static bool check_numbers(const struct arr_options *o, struct err *e)
{
    static const char *const WAY[ARR_WAYS] = {"the scale of information",
                                              "the scale of perspectival salience",
                                              "the scale of participatory coupling"};
    for (int i = 0; i < ARR_WAYS; i++) {
        if (!check_range(WAY[i], o->scale[i], 30.0F, false, e)) {
            return false;
        }
    }
    return check_range("explore", o->explore, 1.0F, true, e) &&
           check_range("compress", o->tensions.compress, 1.0F, true, e) &&
           check_range("exploit", o->tensions.exploit, 1.0F, true, e) &&
           check_range("focus", o->tensions.focus, 1.0F, true, e) &&
           check_range("cull", o->cull, 1.0F, false, e);
}

bool arr_options_check(struct arr_options *o, struct err *e)
{
    if (o->grid != ARR_GRID && o->grid != ARR_GRID_SEED) {
        return err_set(e, ERR_USAGE, "a grid of %d is not known; there are 32 and 14", o->grid);
    }
    if (o->grid != ARR_GRID && (o->texture != ARR_TEXTURE_13 || o->info != ARR_INFO_REFERENCE)) {
        return err_set(e, ERR_USAGE, "the 14 x 14 grid has the reference's 13 channels only");
    }
    if (o->k < 1) {
        return err_set(e, ERR_USAGE, "%d cells cannot be chosen; at least 1", o->k);
    }
    const int cells = o->grid * o->grid;
    o->k = o->k > cells ? cells : o->k;
    if (o->region.max_regions < 1 || o->region.max_regions > ARR_REGIONS_MAX) {
        return err_set(e, ERR_USAGE, "%d regions are not possible; 1 to %d", o->region.max_regions,
                       ARR_REGIONS_MAX);
    }
    if (!o->vlm) {
        o->vlm = arr_vlm_find("qwen3-vl");
    }
    return check_numbers(o, e) &&
           check_lods("cells", o->budget.min_lod, o->budget.max_lod, o->budget.kappa, e) &&
           check_lods("regions", o->region.min_lod, o->region.max_lod, o->region.kappa, e);
}

static bool choose_balancer(const struct arr *a, const struct arr_options *o, struct arr_job *job,
                            struct err *e)
{
    const bool has_adaptive = a->weights && a->weights->has_balancer && a->query_vector;
    switch (o->balancer) {
    case ARR_BALANCER_TENSION:
        job->balancer = ARR_BALANCE_TENSION;
        break;
    case ARR_BALANCER_AUTO:
        job->balancer = has_adaptive && o->texture == ARR_TEXTURE_13 ? ARR_BALANCE_ADAPTIVE
                                                                     : ARR_BALANCE_TENSION;
        break;
    case ARR_BALANCER_ADAPTIVE:
        if (!has_adaptive) {
            err_set(e, ERR_USAGE, "the learned balancer needs weights and a query vector");
            return err_remedy(
                e, "Give --weights FILE and --query-embedding FILE, or use the tensions.");
        }
        if (o->texture != ARR_TEXTURE_13) {
            return err_set(e, ERR_USAGE,
                           "the learned balancer knows the reference's 13 channels only");
        }
        job->balancer = ARR_BALANCE_ADAPTIVE;
        break;
    case ARR_BALANCER_CONTEXTUAL:
        if (!a->weights || !a->weights->has_contextual) {
            return err_set(e, ERR_USAGE, "the contextual balancer needs its weights");
        }
        job->balancer = ARR_BALANCE_CONTEXTUAL;
        break;
    }
    return true;
}

bool arr_job_init(const struct arr *a, const struct arr_options *o, struct arr_job *job,
                  struct err *e)
{
    *job = (struct arr_job){.o = o, .grid = o->grid, .cells = o->grid * o->grid};
    const bool has_map = a->map_grid == o->grid;
    job->has_scorer = a->weights && a->weights->has_scorer && a->query_vector &&
                      o->texture == ARR_TEXTURE_13 && !has_map;
    const bool is_full_grid = o->grid == ARR_GRID;
    job->want = (o->texture == ARR_TEXTURE_40 ? ARR_WANT_ARRAY | ARR_WANT_QUADS : 0U) |
                (o->texture == ARR_TEXTURE_V2 ? ARR_WANT_V2 : 0U) |
                (o->info == ARR_INFO_VISUAL ? ARR_WANT_VISUAL : 0U);
    const bool has_dense = o->resize == ARR_PATH_B || job->want;
    if (has_dense && is_full_grid && a->query && !has_map && !job->has_scorer) {
        job->want |= ARR_WANT_QUADS; /* the lexical colours see small things by them */
    }
    job->wants_dense = has_dense;
    return choose_balancer(a, o, job, e);
}
