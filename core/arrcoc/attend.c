/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/attend.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/base/err.h"

/* ---- the best of many ---- */

/* A larger float has a larger number: negative ones have all their bits turned round. */
static uint32_t ordered_bits(float value)
{
    const float plain = value + 0.0f; /* -0 becomes 0 */
    uint32_t bits;
    memcpy(&bits, &plain, sizeof bits);
    return bits & 0x80000000u ? ~bits : bits | 0x80000000u;
}

uint64_t arr_top_key(float value, uint32_t index)
{
    assert(!isnan(value));
    return (uint64_t)ordered_bits(value) << 32 | (0xFFFFFFFFu - index);
}

/* Of n keys, the indices of those whose upper bits are among the best, at least k, in ascending
 * order: what the sort that follows has to look at. */
enum { CUT_BITS = 12, CUTS = 1 << CUT_BITS };

static size_t candidates(const uint32_t *keys, size_t n, size_t k, uint16_t *out)
{
    uint16_t count[CUTS] = {0};
    uint32_t best = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t cut = keys[i] >> (32 - CUT_BITS);
        count[cut]++;
        best = cut > best ? cut : best;
    }
    uint32_t last = best;
    for (size_t reached = count[best]; reached < k; reached += count[last]) {
        last--;
    }
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        out[found] = (uint16_t)i;
        found += keys[i] >> (32 - CUT_BITS) >= last;
    }
    return found;
}

enum { DIGIT_BITS = 8, DIGITS = 1 << DIGIT_BITS, PASSES = 32 / DIGIT_BITS };

/* The larger comes first. */
static size_t digit_of(uint32_t key, size_t pass)
{
    return DIGITS - 1 - (key >> (pass * DIGIT_BITS) & (DIGITS - 1));
}

static void count_to_start(uint16_t *slot)
{
    uint16_t sum = 0;
    for (size_t d = 0; d < DIGITS; d++) {
        const uint16_t count = slot[d];
        slot[d] = sum;
        sum = (uint16_t)(sum + count);
    }
}

/* The k largest keys of n in descending order, equal ones by ascending index. Sorting by digits
 * keeps the order of equals, so that indices need not be compared. */
static void select_top(const uint32_t *keys, size_t n, size_t k, uint16_t *order)
{
    uint16_t place[2][ARR_CELLS + 1];
    uint16_t start[PASSES][DIGITS] = {{0}};
    const size_t found = candidates(keys, n, k, place[0]);
    for (size_t i = 0; i < found; i++) {
        for (size_t p = 0; p < PASSES; p++) {
            start[p][digit_of(keys[place[0][i]], p)]++;
        }
    }
    size_t from = 0;
    for (size_t p = 0; p < PASSES; p++) {
        if (start[p][digit_of(keys[place[0][0]], p)] == found) {
            continue; /* all alike */
        }
        count_to_start(start[p]);
        for (size_t i = 0; i < found; i++) {
            const uint16_t index = place[from][i];
            place[1 - from][start[p][digit_of(keys[index], p)]++] = index;
        }
        from = 1 - from;
    }
    memcpy(order, place[from], k * sizeof *order);
}

int arr_top_k(const float *relevance, int cells, int k, uint16_t *order)
{
    assert(cells >= 0 && cells <= ARR_CELLS);
    const int wanted = k < cells ? k : cells;
    if (wanted <= 0) {
        return 0;
    }
    uint32_t keys[ARR_CELLS];
    for (int i = 0; i < cells; i++) {
        assert(!isnan(relevance[i]));
        keys[i] = ordered_bits(relevance[i]);
    }
    select_top(keys, (size_t)cells, (size_t)wanted, order);
    return wanted;
}

/* ---- budgets ---- */

static bool check_options(const float *scores, int k, const struct arr_budget_options *o,
                          struct err *e)
{
    if (o->min_lod < 1 || o->max_lod <= o->min_lod) {
        err_set(e, ERR_USAGE, "budgets from %d to %d tokens a region make no sense", o->min_lod,
                o->max_lod);
        return err_remedy(e, "give a minimum of at least 1 and a maximum above it, as 64 and 400");
    }
    if (!(o->kappa > 0.0 && o->kappa <= 100.0)) {
        err_set(e, ERR_USAGE, "budgets with an exponent of %g make no sense", o->kappa);
        return err_remedy(e, "give an exponent above 0 and up to 100; 3.2 is usual");
    }
    if (o->policy == ARR_EXACT && o->total < 0) {
        return err_set(e, ERR_USAGE, "budgets cannot add up to %ld tokens", o->total);
    }
    if (k < 0 || k > ARR_CELLS) {
        return err_set(e, ERR_USAGE, "budgets for %d regions: a grid has 0 to %d", k, ARR_CELLS);
    }
    for (int i = 0; i < k; i++) {
        if (!isfinite(scores[i]) || (i > 0 && scores[i] > scores[i - 1])) {
            return err_set(e, ERR_USAGE, "budgets from scores that do not descend: rank %d has %g",
                           i, (double)scores[i]);
        }
    }
    return true;
}

double arr_budget_curve(double s, const struct arr_budget_options *options)
{
    return options->min_lod + (options->max_lod - options->min_lod) * pow(s, options->kappa);
}

/* t = s^kappa of every rank; one power for equal scores. */
static void powers(const float *scores, int k, double kappa, double *restrict t)
{
    const double last = (double)scores[k - 1], range = (double)scores[0] - last;
    for (int i = 0; i < k; i++) {
        if (i > 0 && scores[i] == scores[i - 1]) {
            t[i] = t[i - 1];
        } else {
            t[i] = pow(range > 0.0 ? ((double)scores[i] - last) / range : 0.5, kappa);
        }
    }
}

static void curve_budgets(const double *t, const struct arr_budget_options *o,
                          struct arr_budgets *out)
{
    const double span = o->max_lod - o->min_lod;
    for (int i = 0; i < out->k; i++) {
        out->tokens[i] = (int)floor(o->min_lod + span * t[i] + 0.5);
    }
}

/* Shares `extra` tokens above the minimum in proportion to t, none more than span. As t descends,
 * the ranks that are full are the first ones: with j of them, the others take factor t each. Where
 * all t that are left are 0, the rest goes in equal parts. x: tokens above the minimum. */
static void share_extra(const double *t, int k, double extra, double span, double *restrict x)
{
    double left[ARR_CELLS + 1]; /* sum of t from a rank on */
    left[k] = 0.0;
    for (int i = k - 1; i >= 0; i--) {
        left[i] = left[i + 1] + t[i];
    }
    int full = 0;
    double rest = extra;
    while (full < k && left[full] > 0.0 && rest / left[full] * t[full] >= span) {
        rest -= span;
        full++;
    }
    for (int i = 0; i < k; i++) {
        const double part =
            full < k && left[full] > 0.0 ? rest / left[full] * t[i] : rest / (k - full);
        x[i] = i < full ? span : fmin(fmax(part, 0.0), span);
    }
}

/* Rounds down, then gives the tokens that are left to the largest fractions, equal ones to the
 * better rank. Fractions are compared in steps of 2^-32; a rank that is full takes no more. */
static void round_to_sum(const double *x, long total, const struct arr_budget_options *o,
                         struct arr_budgets *out)
{
    uint32_t keys[ARR_CELLS];
    uint16_t order[ARR_CELLS];
    const int span = o->max_lod - o->min_lod;
    long left = total;
    for (int i = 0; i < out->k; i++) {
        const double whole = floor(x[i]);
        out->tokens[i] = o->min_lod + (int)whole;
        left -= out->tokens[i];
        keys[i] = (int)whole < span ? 1u + (uint32_t)((x[i] - whole) * 4294967294.0) : 0u;
    }
    if (left <= 0) {
        return;
    }
    assert(left <= out->k);
    select_top(keys, (size_t)out->k, (size_t)left, order);
    for (long i = 0; i < left; i++) {
        out->tokens[order[i]]++;
    }
}

/* Drops ranks, or lowers the total, until it can be reached. */
static long reachable_total(int k, const struct arr_budget_options *o, struct arr_budgets *out)
{
    long total = o->total;
    out->k = k;
    if (total < (long)k * o->min_lod) {
        out->k = (int)(total / o->min_lod);
        out->flags |= ARR_BUDGET_DROPPED;
    }
    if (out->k > 0 && total > (long)out->k * o->max_lod) {
        total = (long)out->k * o->max_lod;
        out->flags |= ARR_BUDGET_CAPPED;
    }
    return total;
}

static void exact_budgets(const float *scores, int k, const struct arr_budget_options *o,
                          struct arr_budgets *out)
{
    const long total = reachable_total(k, o, out);
    if (out->k == 0) {
        return;
    }
    double t[ARR_CELLS], x[ARR_CELLS];
    powers(scores, out->k, o->kappa, t);
    share_extra(t, out->k, (double)(total - (long)out->k * o->min_lod), o->max_lod - o->min_lod, x);
    round_to_sum(x, total, o, out);
}

bool arr_budgets_make(const float *scores, int k, const struct arr_budget_options *options,
                      struct arr_budgets *out, struct err *e)
{
    if (!check_options(scores, k, options, e)) {
        return false;
    }
    out->k = k;
    out->sum = 0;
    out->flags = 0;
    if (options->policy == ARR_EXACT) {
        exact_budgets(scores, k, options, out);
    } else if (k > 0) {
        double t[ARR_CELLS];
        powers(scores, k, options->kappa, t);
        curve_budgets(t, options, out);
    }
    for (int i = 0; i < out->k; i++) {
        out->sum += out->tokens[i];
    }
    return true;
}

/* ---- classes ---- */

int arr_lod_class(int tokens, const struct arr_budget_options *options)
{
    const long above = 3 * ((long)tokens - options->min_lod);
    const long span = (long)options->max_lod - options->min_lod;
    return above >= 2 * span ? 2 : above >= span ? 1 : 0;
}

void arr_lod_count(const struct arr_budgets *b, const struct arr_budget_options *options, int cells,
                   struct arr_lod *out)
{
    int count[3] = {0};
    for (int i = 0; i < b->k; i++) {
        count[arr_lod_class(b->tokens[i], options)]++;
    }
    *out = (struct arr_lod){
        .high = count[2],
        .medium = count[1],
        .low = count[0],
        .dropped = cells - b->k,
        .compression = b->sum > 0 ? (double)cells * options->max_lod / (double)b->sum : 0.0,
        .selection = b->k > 0 ? (double)cells / b->k : 0.0,
    };
}
