/* SPDX-License-Identifier: Apache-2.0 */
/* attend.h - which cells are kept, and how many visual tokens each deserves.
 *
 * Integers: the results are the same on every machine. Budgets are computed in double.
 */
#ifndef HFTERM_CORE_ARRCOC_ATTEND_H
#define HFTERM_CORE_ARRCOC_ATTEND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/types.h"

struct err;

/* The min(k, cells) largest, descending; equal values: the lower index first. -0 counts as 0; no
 * value may be NaN. Returns how many were written to order. */
int arr_top_k(const float *relevance, int cells, int k, uint16_t *order);
/* The 64-bit key whose descending order is that order. */
uint64_t arr_top_key(float value, uint32_t index);

enum arr_policy { ARR_CURVE, ARR_EXACT };

struct arr_budget_options {
    int min_lod, max_lod; /* 0 < m < M */
    double kappa;         /* 3.2 */
    enum arr_policy policy;
    long total; /* ARR_EXACT: the sum to reach */
};

enum arr_budget_flag {
    ARR_BUDGET_DROPPED = 1 << 0, /* total < k m: the lowest ranks were dropped */
    ARR_BUDGET_CAPPED = 1 << 1,  /* total > k M: everything is at M */
};

struct arr_budgets {
    int k;                 /* cells that got a budget: at most the k given */
    int tokens[ARR_CELLS]; /* by rank */
    long sum;
    unsigned flags;
};

/* scores: descending, k of them. s = (r - r_last) / (r_first - r_last), 0.5 where all are equal.
 *
 * ARR_CURVE: m + (M - m) s^kappa, rounded half up.
 *
 * ARR_EXACT: the sum is exactly total, by these steps. 1 A total below k m drops the lowest ranks
 * until the rest fit, one above k M is lowered; flags say so. s is that of the ranks which are
 * left. 2 Everybody gets m; what is above that is shared in proportion to s^kappa, nobody above M;
 * when only ranks with s = 0 are not full, they share the rest equally. 3 Rounded down; the tokens
 * left over go one each to the largest fractions (compared in steps of 2^-32), equal ones to the
 * better rank.
 *
 * ERR_USAGE for limits that make no sense and for scores that do not descend. */
bool arr_budgets_make(const float *scores, int k, const struct arr_budget_options *options,
                      struct arr_budgets *out, struct err *e);
/* The curve before rounding, for one score. */
double arr_budget_curve(double s, const struct arr_budget_options *options);

struct arr_lod {
    int high, medium, low, dropped;
    double compression; /* cells M / tokens: against every cell at the most; 0 without tokens */
    double selection;   /* cells / k */
};
/* High from m + 2 (M - m) / 3, medium from m + (M - m) / 3. */
void arr_lod_count(const struct arr_budgets *b, const struct arr_budget_options *options, int cells,
                   struct arr_lod *out);
/* 0 low, 1 medium, 2 high */
int arr_lod_class(int tokens, const struct arr_budget_options *options);

#endif
