/* SPDX-License-Identifier: Apache-2.0 */
/* What the balancers share: statistics, min-max, novelty and the explore term. */
#include "core/arrcoc/balance.h"

#include <math.h>
#include <string.h>

#include "core/arrcoc/attend.h"
#include "core/arrcoc/balance_parts.h"
#include "core/arrcoc/simd.h"

/* ---- statistics ---- */

/* Sums run in eight lanes, cell n in lane n mod 8, added up in order: fixed, and fit for vectors.
 */
enum { LANES = 8 };

static double lanes_sum(const double *lane)
{
    double sum = 0;
    for (size_t i = 0; i < LANES; i++) {
        sum += lane[i];
    }
    return sum;
}

ARR_CLONES
static double sum_of(const float *restrict v, size_t n)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            lane[j] += (double)v[i + j];
        }
    }
    for (size_t j = 0; i + j < n; j++) {
        lane[j] += (double)v[i + j];
    }
    return lanes_sum(lane);
}

ARR_CLONES
static double squares_from(const float *restrict v, size_t n, double mean)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            const double d = (double)v[i + j] - mean;
            lane[j] += d * d;
        }
    }
    for (size_t j = 0; i + j < n; j++) {
        const double d = (double)v[i + j] - mean;
        lane[j] += d * d;
    }
    return lanes_sum(lane);
}

struct range {
    float low, high;
};

ARR_CLONES
static struct range range_of(const float *restrict v, size_t n)
{
    float low[LANES], high[LANES];
    for (size_t j = 0; j < LANES; j++) {
        low[j] = high[j] = v[0];
    }
    size_t i = 0;
    for (; i + LANES <= n; i += LANES) {
        for (size_t j = 0; j < LANES; j++) {
            low[j] = v[i + j] < low[j] ? v[i + j] : low[j];
            high[j] = v[i + j] > high[j] ? v[i + j] : high[j];
        }
    }
    for (; i < n; i++) {
        low[0] = v[i] < low[0] ? v[i] : low[0];
        high[0] = v[i] > high[0] ? v[i] : high[0];
    }
    struct range r = {low[0], high[0]};
    for (size_t j = 1; j < LANES; j++) {
        r.low = low[j] < r.low ? low[j] : r.low;
        r.high = high[j] > r.high ? high[j] : r.high;
    }
    return r;
}

void arr_summaries(const float *const ways[ARR_WAYS], size_t cells, float out[ARR_SUMMARIES])
{
    for (size_t w = 0; w < ARR_WAYS; w++) {
        const double mean = sum_of(ways[w], cells) / (double)cells;
        out[w * 3] = (float)mean;
        out[w * 3 + 1] = range_of(ways[w], cells).high;
        out[w * 3 + 2] =
            (float)sqrt(squares_from(ways[w], cells, mean) / (double)(cells > 1 ? cells - 1 : 1));
    }
}

/* ---- min-max ---- */

static bool has_range(struct range r)
{
    const float low = fabsf(r.low), high = fabsf(r.high);
    return r.high - r.low > 1e-6f * (low > high ? low : high);
}

ARR_CLONES
static void stretch(const float *v, size_t n, struct range r, float *out)
{
    const float range = r.high - r.low + 1e-8f;
    for (size_t i = 0; i < n; i++) {
        out[i] = (v[i] - r.low) / range;
    }
}

/* v may be out. False: no range, out is 0. */
static bool min_max(const float *v, size_t n, float *out)
{
    const struct range r = range_of(v, n);
    if (!has_range(r)) {
        memset(out, 0, n * sizeof *out);
        return false;
    }
    stretch(v, n, r, out);
    return true;
}

/* ---- novelty and the explore term ---- */

enum { TOPS_MAX = 50 };

/* Squared distances in cells are small integers, exact in float. */
ARR_CLONES
static void nearest_top(const uint16_t *tops, size_t n_tops, size_t grid, float *restrict out)
{
    float top_x[TOPS_MAX], top_y[TOPS_MAX];
    for (size_t m = 0; m < n_tops; m++) {
        top_x[m] = (float)(tops[m] % grid);
        top_y[m] = (float)(tops[m] / grid);
    }
    for (size_t y = 0; y < grid; y++) {
        float nearest[ARR_GRID];
        for (size_t x = 0; x < ARR_GRID; x++) {
            nearest[x] = 2.0f * ARR_GRID * ARR_GRID;
        }
        for (size_t m = 0; m < n_tops; m++) {
            const float dy = (float)y - top_y[m];
            for (int x = 0; x < ARR_GRID; x++) {
                const float dx = (float)x - top_x[m];
                const float d = dx * dx + dy * dy;
                nearest[x] = d < nearest[x] ? d : nearest[x];
            }
        }
        for (size_t x = 0; x < grid; x++) {
            out[y * grid + x] = sqrtf(nearest[x]) / (float)grid;
        }
    }
}

void arr_novelty(const float *v, int grid, float *out)
{
    const size_t side = (size_t)grid, cells = side * side;
    if (!has_range(range_of(v, cells))) {
        memset(out, 0, cells * sizeof *out);
        return;
    }
    uint16_t tops[TOPS_MAX];
    const int fifth = (int)(cells / 5);
    const int wanted = fifth < 1 ? 1 : fifth > TOPS_MAX ? TOPS_MAX : fifth;
    const int n_tops = arr_top_k(v, (int)cells, wanted, tops);
    nearest_top(tops, (size_t)n_tops, side, out);
    stretch(out, cells, (struct range){0.0f, range_of(out, cells).high}, out);
}

bool arr_explore(float *balanced, const float *persp, int grid, float x)
{
    const size_t cells = (size_t)grid * (size_t)grid;
    if (x == 0.0f) {
        return !has_range(range_of(balanced, cells));
    }
    float novelty[ARR_CELLS];
    arr_novelty(balanced, grid, novelty);
    for (size_t n = 0; n < cells; n++) {
        const float unknown = persp ? 0.5f * (1.0f - persp[n]) + 0.5f * novelty[n] : novelty[n];
        balanced[n] = (1.0f - x) * balanced[n] + x * unknown;
    }
    return !min_max(balanced, cells, balanced);
}

/* ---- the beginning and the end of every balancer ---- */

bool arr_balance_begin(const struct arr_balance_in *in, struct arr_balance_out *out)
{
    memset(out->weights, 0, sizeof out->weights);
    memset(out->share, 0, sizeof out->share);
    memset(out->summaries, 0, sizeof out->summaries);
    out->has_weights = false;
    out->has_tensions = false;
    out->tensions = (struct arr_tensions){0};
    out->flags = 0;
    for (size_t w = 0; w < ARR_WAYS; w++) {
        if (!arr_way_missing(in, w)) {
            return false;
        }
    }
    out->flags = ARR_NO_EVIDENCE;
    for (size_t n = 0; n < arr_balance_cells(in); n++) {
        out->raw[n] = 0.0f;
        out->balanced[n] = 0.5f;
    }
    return true;
}

void arr_scale_ways(const struct arr_balance_in *in, float ratio, struct arr_scaled *x,
                    struct arr_balance_out *out)
{
    const size_t cells = arr_balance_cells(in);
    for (size_t w = 0; w < ARR_WAYS; w++) {
        if (arr_way_missing(in, w)) {
            memset(x->way[w], 0, cells * sizeof(float));
            continue;
        }
        const float *restrict v = in->way[w];
        const float factor = in->scale[w] * ratio;
        for (size_t n = 0; n < cells; n++) {
            x->way[w][n] = factor * v[n];
        }
    }
    arr_summaries((const float *const[ARR_WAYS]){x->way[0], x->way[1], x->way[2]}, cells,
                  out->summaries);
}

void arr_balance_finish(const struct arr_balance_in *in, float x, struct arr_balance_out *out)
{
    bool is_flat = !min_max(out->raw, arr_balance_cells(in), out->balanced);
    if (x != 0.0f) {
        const float *persp = arr_way_missing(in, ARR_PERSP) ? NULL : in->way[ARR_PERSP];
        is_flat = arr_explore(out->balanced, persp, in->grid, x);
    }
    out->flags |= is_flat ? ARR_FLAT_BALANCE : 0u;
}

void arr_balance_share(struct arr_balance_out *out)
{
    double part[ARR_WAYS], sum = 0;
    for (size_t w = 0; w < ARR_WAYS; w++) {
        part[w] = fabs((double)out->weights[w]) * (double)out->summaries[w * 3];
        sum += part[w];
    }
    for (size_t w = 0; w < ARR_WAYS; w++) {
        out->share[w] = sum > 0 ? (float)(part[w] / sum) : 0.0f;
    }
}
