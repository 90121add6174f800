/* SPDX-License-Identifier: Apache-2.0 */
/* How far each channel of a texture goes along with the relevance that came out. */
#include <math.h>

#include "core/arrcoc/metrics.h"

/* Two-sided, of no correlation. Student's t with n - 2 degrees of freedom is the normal
 * distribution to within a thousandth for every grid there is. */
static double p_of(double r, int n)
{
    const double rest = 1.0 - r * r;
    if (n < 3 || !(rest > 0.0)) {
        return n < 3 ? 1.0 : 0.0;
    }
    return erfc(fabs(r) * sqrt((n - 2) / rest) / sqrt(2.0));
}

static bool comes_before(const struct arr_attribution *all, int a, int b)
{
    if (all[a].is_defined != all[b].is_defined) {
        return all[a].is_defined;
    }
    const double x = fabs(all[a].pearson), y = fabs(all[b].pearson);
    return x > y || (!(x < y) && a < b);
}

void arr_attribution_make(const float *planes, int n_channels, const float *relevance, int cells,
                          struct arr_attribution *out)
{
    for (int c = 0; c < n_channels; c++) {
        const float *plane = planes + (size_t)c * ARR_CELLS;
        out[c] = (struct arr_attribution){.p_value = 1.0};
        out[c].is_defined = arr_pearson(plane, relevance, (size_t)cells, &out[c].pearson) &&
                            arr_spearman(plane, relevance, (size_t)cells, &out[c].spearman);
        if (out[c].is_defined) {
            out[c].p_value = p_of(out[c].pearson, cells);
        }
    }
    for (int c = 0; c < n_channels; c++) {
        for (int other = 0; other < n_channels; other++) {
            out[c].rank += other != c && comes_before(out, other, c);
        }
    }
}

void arr_attribution_groups(const struct arr_attribution *a,
                            struct arr_attribution_group out[ARR_ATTRIBUTION_GROUPS])
{
    static const struct arr_attribution_group GROUPS[ARR_ATTRIBUTION_GROUPS] = {
        {.name = "Color", .first = ARR_T_R, .last = ARR_T_A},
        {.name = "Edges", .first = ARR_T_SOBEL_X, .last = ARR_T_EDGES},
        {.name = "Spatial", .first = ARR_T_Y, .last = ARR_T_ECC},
        {.name = "Derived", .first = ARR_T_SALIENCY, .last = ARR_T_LUMINANCE},
    };
    for (int g = 0; g < ARR_ATTRIBUTION_GROUPS; g++) {
        double sum = 0.0;
        out[g] = GROUPS[g];
        for (int c = out[g].first; c <= out[g].last; c++) {
            const double r = a[c].is_defined ? fabs(a[c].pearson) : 0.0;
            sum += r;
            out[g].max_abs = fmax(out[g].max_abs, r);
        }
        out[g].mean_abs = sum / (out[g].last - out[g].first + 1);
    }
}
