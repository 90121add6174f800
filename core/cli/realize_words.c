/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine understood and what people should know, in words. */
#include <string.h>

#include "core/base/buf.h"
#include "core/cli/realize.h"

static void put_hit(const struct arr_hit *h, bool is_ascii, struct buf *out)
{
    buf_printf(out, "%s%s %s %s", h->is_negated ? "not " : "", h->words,
               is_ascii ? "->" : "\xe2\x86\x92", h->group);
    if (h->is_absent) {
        buf_puts(out, " (needs frames and --mode 40)");
    }
    if (h->is_anchor) {
        buf_puts(out, " (seen from there)");
    }
    if (h->is_faint) {
        buf_puts(out, " (nowhere)");
    }
    if (h->is_unanchored) {
        buf_puts(out, " (unanchored)");
    }
}

void realize_reading(const struct arr_result *result, bool is_ascii, struct buf *out)
{
    const struct arr_reading *r = &result->reading;
    static const char *const LADDER[] = {[ARR_PARTIC_NONE] = "no English word known",
                                         [ARR_PARTIC_LEXICAL] = "lexical",
                                         [ARR_PARTIC_TRAINED] = "trained scorer",
                                         [ARR_PARTIC_MAP] = "given map"};
    buf_puts(out, LADDER[result->ladder]);
    const bool by_words = result->ladder == ARR_PARTIC_LEXICAL || result->ladder == ARR_PARTIC_NONE;
    if (!by_words) {
        return;
    }
    for (size_t i = 0; i < r->n_hits; i++) {
        buf_puts(out, i ? ", " : ": ");
        put_hit(&r->hits[i], is_ascii, out);
    }
    for (size_t i = 0; i < r->n_ignored; i++) {
        buf_printf(out, "%s%s", i ? ", " : "; ignored: ", r->ignored[i]);
    }
    if (r->is_cut) {
        buf_puts(out, ", and more");
    }
}

static void plan_remarks(const struct arr_result *result, struct buf *out)
{
    const struct arr_plan *p = &result->plan;
    const bool has_total = result->options.region.total > 0;
    if (!result->has_plan) {
        buf_printf(out, "No regions: %s.\n", result->plan_why);
        return;
    }
    if (p->n_regions == 0 && p->total >= p->plain_tokens) {
        buf_puts(out, "The picture costs no more than an overview of it: send it as it is.\n");
    } else if (p->total > p->plain_tokens) {
        buf_printf(out, "This costs more than the picture as it is, %ld tokens.\n",
                   p->plain_tokens);
    }
    if (p->n_dropped > 0 && (has_total || result->options.region.small == ARR_SMALL_DROP)) {
        buf_printf(out, "%d region%s left out: %s.\n", p->n_dropped,
                   p->n_dropped == 1 ? " was" : "s were",
                   has_total ? "the total does not reach" : "below the model's minimum");
    }
}

void realize_remarks(const struct arr_result *result, struct buf *out)
{
    const unsigned f = result->flags;
    if (f & ARR_R_NO_LEXICAL) {
        buf_puts(out, result->reading.n_hits
                          ? "Nothing in the picture looks like what the question names: the result "
                            "is that without a question.\n"
                          : "No word of the question names something the lexicon can see: the "
                            "result is that without a question.\n");
    }
    if (f & ARR_R_NO_EVIDENCE) {
        buf_puts(out, result->options.ablate_random
                          ? "All three ways are off: the cells are the fixed random ones.\n"
                          : "All three ways are off: the cells are spread evenly.\n");
    }
    if (f & ARR_R_FLAT) {
        buf_puts(out, "The picture gives no ground for preferring any cell.\n");
    }
    if (f & ARR_R_FLAT_EDGES) {
        buf_puts(out, "The picture has almost no edges in one direction; that channel is 0.\n");
    }
    if (f & ARR_R_OUT_OF_RANGE) {
        buf_puts(out, "A scale above 3 is outside what the learned balancer was trained on.\n");
    }
    if (f & ARR_R_CULLED && result->k < result->options.k) {
        buf_printf(out, "Only %d of the %d cells asked for are within %g of an edge.\n", result->k,
                   result->options.k, (double)result->options.cull);
    }
    if (f & ARR_R_FELL_BACK) {
        buf_puts(out, "The device failed; the CPU took over.\n");
    }
    plan_remarks(result, out);
    if (result->budgets.flags & ARR_BUDGET_DROPPED) {
        buf_printf(out, "The total is enough for %d of the %d cells at the minimum of %d tokens.\n",
                   result->budgets.k, result->k, result->options.budget.min_lod);
    }
    if (result->budgets.flags & ARR_BUDGET_CAPPED) {
        buf_printf(out, "The total is more than the cells can take; each has its maximum of %d.\n",
                   result->options.budget.max_lod);
    }
}
