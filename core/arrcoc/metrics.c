/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of one selection. */
#include "core/arrcoc/metrics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/texture.h"

static double square(double v)
{
    return v * v;
}

/* ---- of the map ---- */

static int by_float(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return x < y ? -1 : x > y;
}

static void score_figures(const float *relevance, size_t cells, struct arr_metrics *m)
{
    float sorted[ARR_CELLS];
    memcpy(sorted, relevance, cells * sizeof *sorted);
    qsort(sorted, cells, sizeof *sorted, by_float);
    double sum = 0.0, squares = 0.0;
    for (size_t i = 0; i < cells; i++) {
        sum += (double)relevance[i];
    }
    m->mean = sum / (double)cells;
    for (size_t i = 0; i < cells; i++) {
        squares += square((double)relevance[i] - m->mean);
    }
    m->std = sqrt(squares / (double)cells);
    m->min = (double)sorted[0];
    m->max = (double)sorted[cells - 1];
    m->q25 = arr_percentile(sorted, cells, 25.0);
    m->q50 = arr_percentile(sorted, cells, 50.0);
    m->q75 = arr_percentile(sorted, cells, 75.0);
}

static void selected_figures(const float *relevance, const uint16_t *order, int k,
                             struct arr_metrics *m)
{
    if (k == 0) {
        return;
    }
    double sum = 0.0, squares = 0.0;
    for (int i = 0; i < k; i++) {
        sum += (double)relevance[order[i]];
    }
    m->selected_mean = sum / k;
    for (int i = 0; i < k; i++) {
        squares += square((double)relevance[order[i]] - m->selected_mean);
    }
    m->selected_std = sqrt(squares / k);
}

/* Neighbours by the four sides, each pair once: its number is 2 G (G - 1). */
static double moran(const float *relevance, int grid, double mean)
{
    double pairs = 0.0, squares = 0.0;
    for (int y = 0; y < grid; y++) {
        for (int x = 0; x < grid; x++) {
            const float *here = relevance + y * grid + x;
            const double d = (double)*here - mean;
            squares += d * d;
            pairs += x + 1 < grid ? d * ((double)here[1] - mean) : 0.0;
            pairs += y + 1 < grid ? d * ((double)here[grid] - mean) : 0.0;
        }
    }
    const double n = grid * grid, n_pairs = 2.0 * grid * (grid - 1);
    return squares > 0.0 ? n / n_pairs * pairs / squares : 0.0;
}

static bool centre_bias(const float *relevance, int grid, double *out)
{
    float y[ARR_CELLS], x[ARR_CELLS], centre[ARR_CELLS];
    const size_t cells = (size_t)grid * (size_t)grid;
    arr_coordinates(grid, y, x, centre);
    for (size_t i = 0; i < cells; i++) {
        centre[i] = 1.0F - centre[i];
    }
    return arr_pearson(relevance, centre, cells, out);
}

/* ---- of the selection's layout ---- */

/* How many selected cells each of n x n equal parts of the grid holds. */
static void count_parts(const uint16_t *order, int k, int grid, int n, int *count)
{
    memset(count, 0, (size_t)(n * n) * sizeof *count);
    for (int i = 0; i < k; i++) {
        const int y = order[i] / grid, x = order[i] % grid;
        count[(y * n / grid) * n + x * n / grid]++;
    }
}

static double coverage(const uint16_t *order, int k, int grid)
{
    int count[4 * 4], covered = 0;
    count_parts(order, k, grid, 4, count);
    for (int i = 0; i < 4 * 4; i++) {
        covered += count[i] > 0;
    }
    return covered / 16.0;
}

static double layout_entropy(const uint16_t *order, int k, int grid)
{
    int count[8 * 8];
    double bits = 0.0;
    count_parts(order, k, grid, 8, count);
    for (int i = 0; i < 8 * 8; i++) {
        if (count[i] > 0) {
            const double p = (double)count[i] / k;
            bits -= p * log2(p);
        }
    }
    return bits;
}

static int distance2(int a, int b, int grid)
{
    const int dy = a / grid - b / grid, dx = a % grid - b % grid;
    return dy * dy + dx * dx;
}

static double mean_nearest(const uint16_t *order, int k, int grid)
{
    double sum = 0.0;
    for (int i = 0; i < k; i++) {
        int nearest = 2 * grid * grid;
        for (int j = 0; j < k; j++) {
            const int d = distance2(order[i], order[j], grid);
            nearest = j != i && d < nearest ? d : nearest;
        }
        sum += sqrt((double)nearest);
    }
    return sum / k;
}

/* Connected components where cells nearer than the limit are joined. */
static int count_clusters(const uint16_t *order, int k, int grid, double limit)
{
    int stack[ARR_CELLS], clusters = 0, limit2 = 0;
    bool is_seen[ARR_CELLS] = {false};
    /* Distances are roots of whole numbers: comparing those is exact and needs no root. */
    while (sqrt((double)(limit2 + 1)) < limit) {
        limit2++;
    }
    for (int i = 0; i < k; i++) {
        int n = 0;
        if (is_seen[i]) {
            continue;
        }
        clusters++;
        is_seen[i] = true;
        stack[n++] = i;
        while (n > 0) {
            const int at = stack[--n];
            for (int j = i + 1; j < k; j++) {
                if (!is_seen[j] && distance2(order[at], order[j], grid) <= limit2) {
                    is_seen[j] = true;
                    stack[n++] = j;
                }
            }
        }
    }
    return clusters;
}

static double join_count(const uint16_t *order, int k, int grid)
{
    bool is_in[ARR_CELLS] = {false};
    int pairs = 0;
    for (int i = 0; i < k; i++) {
        is_in[order[i]] = true;
    }
    for (int i = 0; i < k; i++) {
        const int n = order[i];
        pairs += n % grid + 1 < grid && is_in[n + 1];
        pairs += n / grid + 1 < grid && is_in[n + grid];
    }
    const double cells = grid * grid;
    const double chance = (double)k * (k - 1) / (cells * (cells - 1.0)) * 2.0 * grid * (grid - 1);
    return chance > 0.0 ? pairs / chance : 0.0;
}

static void layout_figures(const uint16_t *order, int k, int grid, struct arr_metrics *m)
{
    m->n_clusters = k;
    if (k == 0) {
        return;
    }
    m->spatial_coverage = coverage(order, k, grid);
    m->spatial_entropy = layout_entropy(order, k, grid);
    m->join_count = join_count(order, k, grid);
    if (k >= 2) {
        m->mean_nn_distance = mean_nearest(order, k, grid);
        m->clustering_coef = fmax(0.0, 1.0 - m->mean_nn_distance / (sqrt(2.0) * grid));
        m->n_clusters = count_clusters(order, k, grid, 2.0 * m->mean_nn_distance);
    }
}

/* ---- of the budgets ---- */

static int by_int(const void *a, const void *b)
{
    const int x = *(const int *)a, y = *(const int *)b;
    return x < y ? -1 : x > y;
}

/* One budget alone is as even as can be: its normalised entropy is 1. */
static void budget_figures(const int *tokens, int k, struct arr_metrics *m)
{
    int sorted[ARR_CELLS];
    double sum = 0.0, weighted = 0.0, nats = 0.0;
    memcpy(sorted, tokens, (size_t)k * sizeof *sorted);
    qsort(sorted, (size_t)k, sizeof *sorted, by_int);
    for (int i = 0; i < k; i++) {
        sum += sorted[i];
        weighted += (2.0 * (i + 1) - k - 1.0) * sorted[i];
    }
    if (!(sum > 0.0)) {
        return;
    }
    for (int i = 0; i < k; i++) {
        const double p = sorted[i] / sum;
        nats -= p > 0.0 ? p * log(p) : 0.0;
    }
    m->budget_gini = weighted / (k * sum);
    m->budget_entropy = k > 1 ? nats / log((double)k) : 1.0;
    m->effective_cells = exp(nats);
}

/* ---- public ---- */

void arr_metrics_make(const float *relevance, int grid, const uint16_t *order, int k,
                      const int *tokens, struct arr_metrics *out)
{
    const int cells = grid * grid;
    *out = (struct arr_metrics){.cells = cells, .k = k};
    out->selection_ratio = (double)k / cells;
    out->compression_ratio = k > 0 ? (double)cells / k : 0.0;
    score_figures(relevance, (size_t)cells, out);
    selected_figures(relevance, order, k, out);
    layout_figures(order, k, grid, out);
    out->moran_i = moran(relevance, grid, out->mean);
    out->has_centre_bias = centre_bias(relevance, grid, &out->centre_bias);
    if (tokens != NULL && k > 0) {
        budget_figures(tokens, k, out);
    }
}

const char *arr_clustering_word(double clustering_coef)
{
    return clustering_coef > 0.7   ? "highly clustered"
           : clustering_coef > 0.4 ? "moderately clustered"
                                   : "scattered";
}
