/* SPDX-License-Identifier: Apache-2.0 */
/* metrics.h - the microscope's numbers: of a selection, of a query's impact, of each channel, and
 * the baselines they are compared with. Definitions, and where the reference's figures mislead,
 * stand in docs/engine.md.
 */
#ifndef HFTERM_CORE_ARRCOC_METRICS_H
#define HFTERM_CORE_ARRCOC_METRICS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/types.h"

struct arr_metrics {
    int cells, k;
    double selection_ratio;                    /* k / cells */
    double compression_ratio;                  /* cells / k; 0 when k is 0 */
    double mean, std, min, max, q25, q50, q75; /* of R; population std, linear percentiles */
    double selected_mean, selected_std;        /* 0 when k is 0 */
    double spatial_coverage;                   /* share of the 4 x 4 regions with a selected cell */
    double spatial_entropy;  /* bits, of selected cells over 8 x 8 regions; at most 6 */
    double mean_nn_distance; /* cells */
    double clustering_coef;  /* the reference's; saturated for any large k, shown for parity only */
    int n_clusters;
    double join_count; /* neighbouring pairs over what chance expects; 1 is random */
    double moran_i;
    double budget_gini;    /* 0 uniform */
    double budget_entropy; /* 0 to 1; of one cell 1 */
    double effective_cells;
    double centre_bias;   /* Pearson of R and 1 - eccentricity */
    bool has_centre_bias; /* false when R is constant */
};

/* order: k cells by rank; tokens: their budgets by rank, NULL for none (budget figures 0). */
void arr_metrics_make(const float *relevance, int grid, const uint16_t *order, int k,
                      const int *tokens, struct arr_metrics *out);
/* "highly clustered", "moderately clustered", "scattered": the reference's words for its figure. */
const char *arr_clustering_word(double clustering_coef);

struct arr_impact { /* what the query changed */
    int overlap;    /* cells in the top k of both */
    double overlap_percent, shift_percent;
    double mean_baseline, std_baseline, mean_query, std_query;
    double mean_shift, max_abs_shift; /* of R - B */
    double mean_partic;
    int8_t change[ARR_CELLS]; /* -1 only without the query, +1 only with it, 0 */
    float shift[ARR_CELLS];   /* R - B */
};
/* B = 0.5 info + 0.5 persp, min-max scaled when `scaled` (the reference's is not). */
void arr_impact_make(const float *info, const float *persp, const float *partic,
                     const float *balanced, int grid, int k, bool scaled, struct arr_impact *out);

/* 1 - Spearman of two maps; false when one is constant. */
bool arr_query_sensitivity(const float *a, const float *b, size_t n, double *out);

struct arr_attribution {
    double pearson, p_value, spearman;
    bool is_defined; /* false: the channel is constant */
    int rank;        /* 0 first: |pearson| descending, the lower channel first, undefined last */
};
/* planes: n_channels maps with stride ARR_CELLS. */
void arr_attribution_make(const float *planes, int n_channels, const float *relevance, int cells,
                          struct arr_attribution *out);
struct arr_attribution_group {
    const char *name; /* Color, Edges, Spatial, Derived */
    int first, last;
    double mean_abs, max_abs;
};
enum { ARR_ATTRIBUTION_GROUPS = 4 };
/* Of the 13 channels. */
void arr_attribution_groups(const struct arr_attribution *a,
                            struct arr_attribution_group out[ARR_ATTRIBUTION_GROUPS]);

/* ---- statistics, also used by the views ---- */

bool arr_pearson(const float *a, const float *b, size_t n, double *out);  /* false: constant */
bool arr_spearman(const float *a, const float *b, size_t n, double *out); /* ties: mean rank */
double arr_percentile(const float *sorted, size_t n, double q); /* q 0 to 100, numpy's linear */

/* ---- baselines ---- */

enum arr_baseline { ARR_RANDOM, ARR_UNIFORM, ARR_CENTRE };
/* splitmix64 from this seed: the top 24 bits of each value / 2^24. */
#define ARR_RANDOM_SEED 0x41525243u
/* A map whose top k is the baseline's selection of k cells. */
void arr_baseline_map(enum arr_baseline which, int grid, int k, float *out);
uint64_t arr_splitmix64(uint64_t *state);

#endif
