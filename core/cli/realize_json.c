/* SPDX-License-Identifier: Apache-2.0 */
/* The result as JSON: the Space's own keys first, then ours. docs/verbs.md names them all. */
#include <math.h>
#include <stdio.h>

#include "core/arrcoc/metrics.h"
#include "core/base/buf.h"
#include "core/cli/realize.h"

static void add_number(cJSON *o, const char *key, double v)
{
    if (isfinite(v)) {
        cJSON_AddNumberToObject(o, key, v);
    } else {
        cJSON_AddNullToObject(o, key);
    }
}

/* Figures that are floats inside: what they mean is not in their 17th digit. */
static void add_short(cJSON *o, const char *key, double v)
{
    add_number(o, key, isfinite(v) ? round(v * 1e6) / 1e6 : v);
}

/* The keys of the Space's JSON, spelled as there. */
static void add_space_keys(cJSON *o, const struct arr_result *r)
{
    char text[48];
    cJSON_AddNumberToObject(o, "Total Tokens", (double)r->budgets.sum);
    cJSON_AddNumberToObject(o, "High Relevance Patches", r->lod.high);
    cJSON_AddNumberToObject(o, "Medium Relevance Patches", r->lod.medium);
    cJSON_AddNumberToObject(o, "Low Relevance Patches", r->lod.low);
    snprintf(text, sizeof text, "%.2fx", r->lod.compression);
    cJSON_AddStringToObject(o, "Compression Ratio", text);
    snprintf(text, sizeof text, "%.3f ms", (double)r->total_ns / 1e6);
    cJSON_AddStringToObject(o, "Processing Time", text);
}

static cJSON *box_json(const struct arr_box *b)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddNumberToObject(o, "x0", b->x0);
    cJSON_AddNumberToObject(o, "y0", b->y0);
    cJSON_AddNumberToObject(o, "x1", b->x1);
    cJSON_AddNumberToObject(o, "y1", b->y1);
    return o;
}

static cJSON *region_json(const struct arr_region *g, int factor)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddItemToObject(o, "pixels", box_json(&g->pixels));
    cJSON_AddItemToObject(o, "cells", box_json(&g->cells));
    cJSON_AddNumberToObject(o, "selected_cells", g->n_selected);
    add_short(o, "score", g->score);
    cJSON_AddNumberToObject(o, "tokens_asked", g->asked);
    cJSON_AddNumberToObject(o, "tokens", g->tokens);
    cJSON_AddNumberToObject(o, "width", g->cols * factor);
    cJSON_AddNumberToObject(o, "height", g->rows * factor);
    add_short(o, "zoom", g->zoom);
    cJSON_AddBoolToObject(o, "raised", g->is_raised);
    cJSON_AddBoolToObject(o, "capped", g->is_capped);
    return o;
}

static void add_plan(cJSON *o, const struct arr_result *r)
{
    if (!r->has_plan) {
        cJSON_AddNullToObject(o, "plan");
        cJSON_AddStringToObject(o, "plan_missing", r->plan_why);
        return;
    }
    const struct arr_plan *p = &r->plan;
    cJSON *plan = cJSON_AddObjectToObject(o, "plan");
    cJSON_AddStringToObject(plan, "vlm", p->vlm->name);
    cJSON_AddNumberToObject(plan, "factor", p->vlm->factor);
    cJSON_AddNumberToObject(plan, "min_pixels", (double)p->vlm->min_pixels);
    cJSON_AddNumberToObject(plan, "max_pixels", (double)p->vlm->max_pixels);
    cJSON_AddNumberToObject(plan, "tokens", (double)p->total);
    cJSON_AddNumberToObject(plan, "plain_tokens", (double)p->plain_tokens);
    add_short(plan, "vlm_ratio", p->vlm_ratio);
    cJSON_AddNumberToObject(plan, "dropped_regions", p->n_dropped);
    cJSON_AddItemToObject(plan, "overview", region_json(&p->overview, p->vlm->factor));
    cJSON *regions = cJSON_AddArrayToObject(plan, "regions");
    for (size_t i = 0; i < p->n_regions; i++) {
        cJSON_AddItemToArray(regions, region_json(&p->regions[i], p->vlm->factor));
    }
}

static void add_reading(cJSON *o, const struct arr_result *r)
{
    static const char *const LADDER[] = {[ARR_PARTIC_NONE] = "none",
                                         [ARR_PARTIC_LEXICAL] = "lexical",
                                         [ARR_PARTIC_TRAINED] = "trained",
                                         [ARR_PARTIC_MAP] = "map"};
    cJSON *reading = cJSON_AddObjectToObject(o, "participatory");
    cJSON_AddStringToObject(reading, "mode", LADDER[r->ladder]);
    cJSON *hits = cJSON_AddArrayToObject(reading, "hits");
    for (size_t i = 0; i < r->reading.n_hits; i++) {
        const struct arr_hit *h = &r->reading.hits[i];
        cJSON *hit = cJSON_CreateObject();
        cJSON_AddStringToObject(hit, "words", h->words);
        cJSON_AddStringToObject(hit, "group", h->group);
        cJSON_AddBoolToObject(hit, "negated", h->is_negated);
        cJSON_AddBoolToObject(hit, "absent", h->is_absent);
        cJSON_AddBoolToObject(hit, "faint", h->is_faint);
        cJSON_AddBoolToObject(hit, "unanchored", h->is_unanchored);
        cJSON_AddItemToArray(hits, hit);
    }
    cJSON *ignored = cJSON_AddArrayToObject(reading, "ignored");
    for (size_t i = 0; i < r->reading.n_ignored; i++) {
        cJSON_AddItemToArray(ignored, cJSON_CreateString(r->reading.ignored[i]));
    }
}

static void add_balance(cJSON *o, const struct arr_result *r)
{
    static const char *const KIND[] = {[ARR_BALANCE_TENSION] = "tension",
                                       [ARR_BALANCE_ADAPTIVE] = "reference",
                                       [ARR_BALANCE_CONTEXTUAL] = "contextual"};
    static const char *const WAY[ARR_WAYS] = {"information", "perspectival", "participatory"};
    const struct arr_balance_out *b = &r->balance;
    cJSON *balance = cJSON_AddObjectToObject(o, "balance");
    cJSON_AddStringToObject(balance, "kind", KIND[r->balancer]);
    if (b->has_tensions) {
        add_short(balance, "compress", (double)b->tensions.compress);
        add_short(balance, "exploit", (double)b->tensions.exploit);
        add_short(balance, "focus", (double)b->tensions.focus);
    }
    cJSON *shares = cJSON_AddObjectToObject(balance, "shares");
    cJSON *weights = b->has_weights ? cJSON_AddObjectToObject(balance, "weights") : NULL;
    for (int i = 0; i < ARR_WAYS; i++) {
        add_short(shares, WAY[i], (double)b->share[i]);
        if (weights) {
            add_short(weights, WAY[i], (double)b->weights[i]);
        }
    }
}

static void add_metrics(cJSON *o, const struct arr_result *r)
{
    struct arr_metrics m;
    arr_metrics_make(r->balance.balanced, r->grid, r->order, r->k,
                     r->budgets.k == r->k ? r->budgets.tokens : NULL, &m);
    cJSON *j = cJSON_AddObjectToObject(o, "metrics");
    add_short(j, "selection_ratio", m.selection_ratio);
    add_short(j, "score_mean", m.mean);
    add_short(j, "score_std", m.std);
    add_short(j, "selected_score_mean", m.selected_mean);
    add_short(j, "selected_score_std", m.selected_std);
    add_short(j, "spatial_coverage", m.spatial_coverage);
    add_short(j, "spatial_entropy", m.spatial_entropy);
    add_short(j, "mean_nn_distance", m.mean_nn_distance);
    add_short(j, "join_count", m.join_count);
    add_short(j, "moran_i", m.moran_i);
    add_short(j, "budget_gini", m.budget_gini);
    add_short(j, "budget_entropy", m.budget_entropy);
    add_short(j, "effective_cells", m.effective_cells);
    add_short(j, "centre_bias", m.has_centre_bias ? m.centre_bias : (double)NAN);
}

/* [index, tokens] by rank. */
static void add_cells(cJSON *o, const struct arr_result *r)
{
    cJSON *cells = cJSON_AddArrayToObject(o, "cells");
    for (int i = 0; i < r->budgets.k; i++) {
        cJSON *one = cJSON_CreateArray();
        cJSON_AddItemToArray(one, cJSON_CreateNumber(r->order[i]));
        cJSON_AddItemToArray(one, cJSON_CreateNumber(r->budgets.tokens[i]));
        cJSON_AddItemToArray(cells, one);
    }
}

static void add_times(cJSON *o, const struct arr_result *r)
{
    cJSON *t = cJSON_AddObjectToObject(o, "microseconds");
    for (int s = 0; s < ARR_STAGES; s++) {
        if (r->was_computed[s]) {
            add_number(t, arr_stage_name((enum arr_stage)s), round((double)r->stage_ns[s]) / 1e3);
        }
    }
    add_number(t, "total", round((double)r->total_ns) / 1e3);
}

cJSON *realize_json(const struct realize *r, const struct realize_item *item, const char *query,
                    const struct arr_result *result)
{
    (void)r;
    cJSON *o = cJSON_CreateObject();
    struct buf remarks = BUF_INIT;
    add_space_keys(o, result);
    cJSON_AddStringToObject(o, "image", item->name);
    cJSON_AddNumberToObject(o, "width", item->picture.width);
    cJSON_AddNumberToObject(o, "height", item->picture.height);
    cJSON_AddStringToObject(o, "format", item->picture.format);
    cJSON_AddStringToObject(o, "query", query ? query : "");
    cJSON_AddStringToObject(o, "backend", result->backend);
    cJSON_AddNumberToObject(o, "grid", result->grid);
    cJSON_AddNumberToObject(o, "channels", result->array.have & ARR_WANT_ARRAY ? 40 : 13);
    cJSON_AddNumberToObject(o, "selected", result->k);
    cJSON_AddNumberToObject(o, "dropped", result->lod.dropped);
    add_short(o, "selection_ratio", result->lod.selection);
    add_reading(o, result);
    add_balance(o, result);
    add_plan(o, result);
    add_metrics(o, result);
    add_cells(o, result);
    add_times(o, result);
    realize_remarks(result, &remarks);
    cJSON_AddStringToObject(o, "remarks", buf_str(&remarks));
    buf_done(&remarks);
    return o;
}
