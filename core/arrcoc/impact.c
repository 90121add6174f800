/* SPDX-License-Identifier: Apache-2.0 */
/* What a query changed: the selection with it against the one from the other two ways alone. */
#include <math.h>

#include "core/arrcoc/attend.h"
#include "core/arrcoc/metrics.h"
#include "core/arrcoc/texture.h"

static double mean_of(const float *v, int n)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++) {
        sum += (double)v[i];
    }
    return sum / n;
}

static double std_of(const float *v, int n, double mean)
{
    double sum = 0.0;
    for (int i = 0; i < n; i++) {
        const double d = (double)v[i] - mean;
        sum += d * d;
    }
    return sqrt(sum / n);
}

static void compare_selections(const float *baseline, const float *balanced, int cells, int k,
                               struct arr_impact *out)
{
    uint16_t without[ARR_CELLS], with[ARR_CELLS];
    k = arr_top_k(baseline, cells, k, without);
    arr_top_k(balanced, cells, k, with);
    for (int i = 0; i < k; i++) {
        out->change[without[i]]--;
        out->change[with[i]]++;
    }
    int left = 0;
    for (int i = 0; i < cells; i++) {
        left += out->change[i] < 0;
    }
    out->overlap = k - left;
    out->overlap_percent = k > 0 ? 100.0 * out->overlap / k : 0.0;
    out->shift_percent = k > 0 ? 100.0 - out->overlap_percent : 0.0;
}

void arr_impact_make(const float *info, const float *persp, const float *partic,
                     const float *balanced, int grid, int k, bool scaled, struct arr_impact *out)
{
    const int cells = grid * grid;
    float baseline[ARR_CELLS];
    *out = (struct arr_impact){0};
    for (int i = 0; i < cells; i++) {
        baseline[i] = 0.5F * info[i] + 0.5F * persp[i];
    }
    if (scaled) {
        arr_min_max(baseline, (size_t)cells, false);
    }
    compare_selections(baseline, balanced, cells, k, out);
    for (int i = 0; i < cells; i++) {
        out->shift[i] = balanced[i] - baseline[i];
        out->max_abs_shift = fmax(out->max_abs_shift, fabs((double)out->shift[i]));
    }
    out->mean_baseline = mean_of(baseline, cells);
    out->std_baseline = std_of(baseline, cells, out->mean_baseline);
    out->mean_query = mean_of(balanced, cells);
    out->std_query = std_of(balanced, cells, out->mean_query);
    out->mean_shift = mean_of(out->shift, cells);
    out->mean_partic = mean_of(partic, cells);
}
