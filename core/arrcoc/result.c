/* SPDX-License-Identifier: Apache-2.0 */
/* From a scored slot to a result: selection, budgets, classes, regions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/engine_parts.h"
#include "core/arrcoc/metrics.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

struct arr_result *arr_result_new(void)
{
    return xcalloc(1, sizeof(struct arr_result));
}

void arr_result_free(struct arr_result *r)
{
    free(r);
}

const char *arr_stage_name(enum arr_stage s)
{
    static const char *const NAME[ARR_STAGES] = {
        [ARR_STAGE_RESIZE] = "resize",   [ARR_STAGE_TEXTURE] = "texture",
        [ARR_STAGE_ARRAY] = "array",     [ARR_STAGE_PARTIC] = "participatory",
        [ARR_STAGE_SCORE] = "score",     [ARR_STAGE_BUDGET] = "budget",
        [ARR_STAGE_REALIZE] = "realize",
    };
    return NAME[s];
}

/* ---- which cells ---- */

static void choose_cells(const struct arr_job *job, const struct arr_slot *slot,
                         struct arr_result *out)
{
    const struct arr_score_out *s = &slot->score;
    if (s->balance.flags & ARR_NO_EVIDENCE) {
        float map[ARR_CELLS];
        arr_baseline_map(job->o->ablate_random ? ARR_RANDOM : ARR_UNIFORM, job->grid, job->o->k,
                         map);
        out->k = arr_top_k(map, job->cells, job->o->k, out->order);
        return;
    }
    const bool culls = job->o->cull < 1.0F && job->o->texture == ARR_TEXTURE_40;
    out->k = 0;
    for (int i = 0; i < s->k && out->k < job->o->k; i++) {
        if (culls && slot->array.c[ARR_C_DISTANCE][s->order[i]] > job->o->cull) {
            out->flags |= ARR_R_CULLED;
            continue;
        }
        out->order[out->k++] = s->order[i];
    }
}

/* ---- flags ---- */

static unsigned slot_flags(const struct arr *a, const struct arr_job *job,
                           const struct arr_slot *slot, enum arr_ladder ladder)
{
    const unsigned balance = slot->score.balance.flags;
    unsigned flags = 0;
    flags |= balance & ARR_NO_EVIDENCE ? ARR_R_NO_EVIDENCE : 0;
    flags |= balance & ARR_FLAT_BALANCE ? ARR_R_FLAT : 0;
    flags |=
        a->query && ladder == ARR_PARTIC_NONE && !arr_slot_understood(slot) ? ARR_R_NO_LEXICAL : 0;
    for (int i = 0; i < 3; i++) {
        flags |= slot->texture.is_flat[i] ? ARR_R_FLAT_EDGES : 0;
    }
    for (int i = 0; job->balancer == ARR_BALANCE_ADAPTIVE && i < ARR_WAYS; i++) {
        flags |= job->o->scale[i] > 3.0F ? ARR_R_OUT_OF_RANGE : 0;
    }
    return flags | (a->fell_back ? ARR_R_FELL_BACK : 0U);
}

/* ---- tokens ---- */

static bool fill_budgets(const struct arr_job *job, struct arr_slot *slot, struct arr_result *out,
                         struct err *e)
{
    const int64_t start = clock_mono_ns();
    float scores[ARR_CELLS];
    for (int i = 0; i < out->k; i++) {
        scores[i] = out->balance.balanced[out->order[i]];
    }
    const bool ok = arr_budgets_make(scores, out->k, &job->o->budget, &out->budgets, e);
    if (ok) {
        arr_lod_count(&out->budgets, &job->o->budget, job->cells, &out->lod);
    }
    slot->stage_ns[ARR_STAGE_BUDGET] = clock_mono_ns() - start;
    slot->was_computed[ARR_STAGE_BUDGET] = true;
    return ok;
}

/* Regions are made of the cells that stand out among the chosen ones: all of them together cover
 * most of a picture, and the overview shows the rest as well. The border is Otsu's: where the
 * variance between the two classes is largest. Cells of equal relevance are all taken. */
static int cells_for_regions(const struct arr_result *r)
{
    const float *v = r->balance.balanced;
    double all = 0.0, sum = 0.0, best = -1.0;
    int n = r->k;
    for (int i = 0; i < r->k; i++) {
        all += (double)v[r->order[i]];
    }
    for (int i = 0; i + 1 < r->k; i++) {
        sum += (double)v[r->order[i]];
        const double above = i + 1, below = r->k - above;
        const double apart = sum / above - (all - sum) / below;
        const double between = above * below * apart * apart;
        if (v[r->order[i]] > v[r->order[i + 1]] && between > best) {
            best = between;
            n = i + 1;
        }
    }
    return n;
}

static void fill_plan(const struct arr_job *job, struct arr_slot *slot, struct arr_result *out)
{
    const int64_t start = clock_mono_ns();
    struct err e = ERR_INIT;
    out->has_plan =
        arr_plan_make(job->o->vlm, out->width, out->height, job->grid, out->balance.balanced,
                      out->order, cells_for_regions(out), &job->o->region, &out->plan, &e);
    snprintf(out->plan_why, sizeof out->plan_why, "%s", out->has_plan ? "" : e.msg);
    slot->stage_ns[ARR_STAGE_REALIZE] = clock_mono_ns() - start;
    slot->was_computed[ARR_STAGE_REALIZE] = true;
}

/* The large parts only when this result does not hold them already. */
static void copy_large(const struct arr *a, const struct arr_slot *slot, struct arr_result *out)
{
    if (out->filled_by != a->born_ns || out->filled_texture != slot->texture_id) {
        out->texture = slot->texture;
    }
    if (out->filled_by != a->born_ns || out->filled_array != slot->array_id) {
        if (slot->array.have) {
            out->array = slot->array;
        } else {
            out->array.have = 0;
        }
    }
    out->filled_by = a->born_ns;
    out->filled_texture = slot->texture_id;
    out->filled_array = slot->array_id;
    for (int c = ARR_C_PREV_QUERY; out->array.have && c <= ARR_C_GAZE; c++) {
        memcpy(out->array.c[c], slot->array.c[c], sizeof out->array.c[c]);
        out->array.state[c] = slot->array.state[c];
    }
}

static void copy_query(const char *query, struct arr_result *out)
{
    size_t n = query ? strlen(query) : 0;
    if (n >= sizeof out->query) {
        n = sizeof out->query - 1;
        while (n > 0 && ((unsigned char)query[n] & 0xc0) == 0x80) {
            n--;
        }
    }
    memcpy(out->query, query ? query : "", n);
    out->query[n] = '\0';
}

bool arr_result_fill(struct arr *a, const struct arr_job *job, struct arr_slot *slot,
                     struct arr_result *out, struct err *e)
{
    out->grid = job->grid;
    out->cells = job->cells;
    out->width = slot->image.width;
    out->height = slot->image.height;
    copy_query(a->query, out);
    out->options = *job->o;
    out->balancer = job->balancer;
    out->ladder = arr_slot_ladder(a, job, slot);
    out->flags = slot_flags(a, job, slot, out->ladder);
    out->reading = slot->reading;
    out->balance = slot->score.balance;
    memcpy(out->way, slot->score.way, sizeof out->way);
    copy_large(a, slot, out);
    choose_cells(job, slot, out);
    if (!fill_budgets(job, slot, out, e)) {
        return false;
    }
    fill_plan(job, slot, out);
    memcpy(out->stage_ns, slot->stage_ns, sizeof out->stage_ns);
    memcpy(out->was_computed, slot->was_computed, sizeof out->was_computed);
    out->backend = a->device ? a->device->name : a->cpu->name;
    return true;
}
