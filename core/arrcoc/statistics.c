/* SPDX-License-Identifier: Apache-2.0 */
/* Correlations and percentiles. Everything is summed in double, in order. */
#include <math.h>
#include <stdlib.h>

#include "core/arrcoc/metrics.h"
#include "core/base/mem.h"

static double mean_of(const double *v, size_t n)
{
    double sum = 0.0;
    for (size_t i = 0; i < n; i++) {
        sum += v[i];
    }
    return sum / (double)n;
}

/* Equal values are the only constant there is: a tiny range is still a range. */
static bool is_constant(const double *v, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (v[i] < v[0] || v[i] > v[0]) {
            return false;
        }
    }
    return true;
}

static bool correlate(const double *a, const double *b, size_t n, double *out)
{
    if (n < 2 || is_constant(a, n) || is_constant(b, n)) {
        return false;
    }
    const double ma = mean_of(a, n), mb = mean_of(b, n);
    double ab = 0.0, aa = 0.0, bb = 0.0;
    for (size_t i = 0; i < n; i++) {
        const double da = a[i] - ma, db = b[i] - mb;
        ab += da * db;
        aa += da * da;
        bb += db * db;
    }
    const double r = ab / sqrt(aa * bb); /* exactly 1 for equal maps */
    *out = r > 1.0 ? 1.0 : r < -1.0 ? -1.0 : r;
    return true;
}

bool arr_pearson(const float *a, const float *b, size_t n, double *out)
{
    double *x = xcalloc(2 * n + 1, sizeof *x);
    for (size_t i = 0; i < n; i++) {
        x[i] = (double)a[i];
        x[n + i] = (double)b[i];
    }
    const bool ok = correlate(x, x + n, n, out);
    free(x);
    return ok;
}

struct place {
    float value;
    size_t index;
};

static int by_value(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->value < y->value || x->value > y->value) {
        return x->value < y->value ? -1 : 1;
    }
    return x->index < y->index ? -1 : 1;
}

/* Ranks from 1; equal values share the mean of the ranks they take. */
static void rank_all(const float *v, size_t n, struct place *sorted, double *ranks)
{
    for (size_t i = 0; i < n; i++) {
        sorted[i] = (struct place){v[i], i};
    }
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t first = 0, last; first < n; first = last) {
        for (last = first + 1; last < n && sorted[last].value <= sorted[first].value; last++) {
        }
        for (size_t i = first; i < last; i++) {
            ranks[sorted[i].index] = 0.5 * (double)(first + 1 + last);
        }
    }
}

bool arr_spearman(const float *a, const float *b, size_t n, double *out)
{
    double *ranks = xcalloc(2 * n + 1, sizeof *ranks);
    struct place *sorted = xcalloc(n + 1, sizeof *sorted);
    rank_all(a, n, sorted, ranks);
    rank_all(b, n, sorted, ranks + n);
    const bool ok = correlate(ranks, ranks + n, n, out);
    free(sorted);
    free(ranks);
    return ok;
}

double arr_percentile(const float *sorted, size_t n, double q)
{
    if (n == 0) {
        return 0.0;
    }
    const double at = fmin(fmax(q, 0.0), 100.0) / 100.0 * (double)(n - 1);
    const size_t i = (size_t)at;
    const double low = (double)sorted[i], high = (double)sorted[i + 1 < n ? i + 1 : n - 1];
    const double t = at - (double)i, d = high - low;
    /* From the nearer end, as numpy does, so that t = 1 gives high exactly. */
    return t >= 0.5 ? high - d * (1.0 - t) : low + d * t;
}

bool arr_query_sensitivity(const float *a, const float *b, size_t n, double *out)
{
    double rho;
    if (!arr_spearman(a, b, n, &rho)) {
        return false;
    }
    *out = 1.0 - rho;
    return true;
}
