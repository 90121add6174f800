/* SPDX-License-Identifier: Apache-2.0 */
/* Ways of knowing, balance and ranks: one block a picture, one thread a cell. Every value is formed
 * by the operations of core/arrcoc (knowing.c, balance*.c, attend.c) in their order.
 */
#include "core/arrcoc/vecmath.h"
#include "gpu/arrcoc/block.h"
#include "gpu/arrcoc/score.h"

enum { TOPS_MAX = 50, WIDE = 64, NARROW = 32, MLP_LANES = 16 };

struct score_shared {
    block_shared block;
    float first[ARR_MLP], second[ARR_MLP]; /* of the networks */
    float logits[ARR_WAYS];
    float columns[WIDE][NARROW]; /* the combiner's second layer, by columns */
    int top_x[TOPS_MAX], top_y[TOPS_MAX];
};

/* What this thread's cell has. */
struct cell {
    float way[ARR_WAYS];
    float x[ARR_WAYS]; /* scaled */
    float raw, balanced;
};

/* The small members of a result; every thread holds the same. */
struct facts {
    float weights[ARR_WAYS], share[ARR_WAYS], summaries[ARR_SUMMARIES];
    arr_tensions tensions;
    bool has_weights, has_tensions;
    unsigned flags;
};

/* ---- the three ways ---- */

static __device__ float entropy(const gpu_score_params &p, int n)
{
    float t[ARR_TEXTURE_CHANNELS];
#pragma unroll
    for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        t[c] = p.texture[c][n];
    }
    float high = t[0], sum = 0.0f, weighted = 0.0f;
#pragma unroll
    for (int c = 1; c < ARR_TEXTURE_CHANNELS; c++) {
        high = t[c] > high ? t[c] : high;
    }
#pragma unroll
    for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        const float x = t[c] - high;
        const float e = arr_expf(x);
        sum += e;
        weighted += e * x;
    }
    return arr_logf(sum) - weighted / sum;
}

static __device__ float stretch(float v, range r)
{
    return (v - r.low) / (r.high - r.low + 1e-8f);
}

static __device__ void know(block &b, const gpu_score_params &p, cell &c)
{
#pragma unroll
    for (int w = 0; w < ARR_WAYS; w++) {
        c.way[w] = 0.5f;
        if (is_cell(b) && p.way[w] == GPU_WAY_GIVEN) {
            c.way[w] = p.given[w][b.n];
        } else if (is_cell(b) &&
                   (p.way[w] == GPU_WAY_KEEP || (w == ARR_PARTIC && p.way[w] == GPU_WAY_COMPUTE))) {
            c.way[w] = p.out->way[w][b.n];
        }
    }
    if (p.way[ARR_INFO] == GPU_WAY_COMPUTE) {
        const float raw = is_cell(b) ? entropy(p, b.n) : 0.0f;
        c.way[ARR_INFO] = stretch(raw, range_of(b, raw));
    }
    if (p.way[ARR_PERSP] == GPU_WAY_COMPUTE && is_cell(b)) {
        c.way[ARR_PERSP] = p.texture[ARR_T_EDGES][b.n];
    }
}

/* ---- min-max, novelty, explore ---- */

static __device__ bool has_range(range r)
{
    const float low = fabsf(r.low), high = fabsf(r.high);
    return r.high - r.low > 1e-6f * (low > high ? low : high);
}

static __device__ float min_max(block &b, float v, bool *is_flat)
{
    const range r = range_of(b, v);
    *is_flat = !has_range(r);
    return *is_flat ? 0.0f : stretch(v, r);
}

/* Distance to the nearest of the best cells of a map. */
static __device__ float novelty_of(block &b, score_shared &s, float v, int grid)
{
    if (!has_range(range_of(b, v))) {
        return 0.0f; /* the whole block */
    }
    const int fifth = b.cells / 5;
    const int n_tops = fifth < 1 ? 1 : fifth > TOPS_MAX ? (int)TOPS_MAX : fifth;
    const int ranked = rank_cells(b, v);
    if (b.n < n_tops) {
        s.top_x[b.n] = ranked % grid;
        s.top_y[b.n] = ranked / grid;
    }
    __syncthreads();
    const int x = b.n % grid, y = b.n / grid;
    int nearest = 2 * ARR_CELLS;
    for (int i = 0; i < n_tops; i++) {
        const int dx = x - s.top_x[i], dy = y - s.top_y[i];
        nearest = min(nearest, dx * dx + dy * dy);
    }
    const float d = sqrtf((float)nearest) / (float)grid;
    return stretch(d, range{0.0f, range_of(b, d).high});
}

static __device__ bool is_missing(const gpu_score_params &p, int way)
{
    return p.scale[way] == 0.0f;
}

static __device__ void finish(block &b, score_shared &s, const gpu_score_params &p, float explore,
                              cell &c, unsigned *flags)
{
    bool is_flat;
    c.balanced = min_max(b, c.raw, &is_flat);
    if (explore != 0.0f) {
        const float d = novelty_of(b, s, c.balanced, p.grid);
        const float unknown =
            is_missing(p, ARR_PERSP) ? d : 0.5f * (1.0f - c.way[ARR_PERSP]) + 0.5f * d;
        c.balanced = min_max(b, (1.0f - explore) * c.balanced + explore * unknown, &is_flat);
    }
    *flags |= is_flat ? (unsigned)ARR_FLAT_BALANCE : 0U;
}

/* ---- what every balancer begins with ---- */

/* Scales the ways; mean, max and deviation of each. Threads without a cell bring nothing: scaled
 * ways are never negative. */
static __device__ void scale_ways(block &b, const gpu_score_params &p, float ratio, cell &c,
                                  float *summaries)
{
    double mean[ARR_WAYS], squares[ARR_WAYS];
    float high[ARR_WAYS];
#pragma unroll
    for (int w = 0; w < ARR_WAYS; w++) {
        c.x[w] = is_missing(p, w) ? 0.0f : p.scale[w] * ratio * c.way[w];
        mean[w] = is_cell(b) ? (double)c.x[w] : 0.0;
        high[w] = is_cell(b) ? c.x[w] : 0.0f;
    }
    sums_of(b, mean);
    highs_of(b, high);
#pragma unroll
    for (int w = 0; w < ARR_WAYS; w++) {
        mean[w] /= (double)b.cells;
        const double d = (double)c.x[w] - mean[w];
        squares[w] = is_cell(b) ? d * d : 0.0;
    }
    sums_of(b, squares);
#pragma unroll
    for (int w = 0; w < ARR_WAYS; w++) {
        summaries[w * 3] = (float)mean[w];
        summaries[w * 3 + 1] = high[w];
        summaries[w * 3 + 2] = (float)sqrt(squares[w] / (double)(b.cells > 1 ? b.cells - 1 : 1));
    }
}

static __device__ void note_share(const float *weights, const float *summaries, float *share)
{
    double part[ARR_WAYS], sum = 0.0;
    for (int w = 0; w < ARR_WAYS; w++) {
        part[w] = fabs((double)weights[w]) * (double)summaries[w * 3];
        sum += part[w];
    }
    for (int w = 0; w < ARR_WAYS; w++) {
        share[w] = sum > 0.0 ? (float)(part[w] / sum) : 0.0f;
    }
}

/* ---- the learned balancer ---- */

/* Row i of a layer over 128 inputs, by 16 lanes. The sum is in the first of them. */
static __device__ float dot_mlp(const float *w, const float *x, int lane)
{
    float sum = 0.0f;
#pragma unroll
    for (int i = 0; i < ARR_MLP; i += MLP_LANES) {
        sum += w[i + lane] * x[i + lane];
    }
#pragma unroll
    for (int d = MLP_LANES / 2; d; d /= 2) {
        sum += __shfl_down_sync(0xffffffffU, sum, (unsigned)d, MLP_LANES);
    }
    return sum;
}

static __device__ void predict_weights(block &b, score_shared &s, const gpu_score_params &p,
                                       const float *summaries, float *weights)
{
    const arr_balancer &net = *p.adaptive;
    const int lane = b.n % MLP_LANES, row = b.n / MLP_LANES;
    const int rows = BLOCK_THREADS / MLP_LANES;
    if (b.n < ARR_MLP) {
        float sum = p.query_part[b.n];
        for (int j = 0; j < ARR_SUMMARIES; j++) {
            sum += net.ws[b.n][j] * summaries[j];
        }
        s.first[b.n] = sum > 0.0f ? sum : 0.0f;
    }
    __syncthreads();
    for (int i = row; i < ARR_MLP; i += rows) {
        const float sum = dot_mlp(net.w2[i], s.first, lane) + net.b2[i];
        if (lane == 0) {
            s.second[i] = sum > 0.0f ? sum : 0.0f;
        }
    }
    __syncthreads();
    if (row < 4) { /* whole warps; the fourth row is computed in vain */
        const int i = row < ARR_WAYS ? row : 0;
        const float sum = dot_mlp(net.w4[i], s.second, lane) + net.b4[i];
        if (lane == 0 && row < ARR_WAYS) {
            s.logits[row] = sum;
        }
    }
    __syncthreads();
    float high = s.logits[0], sum = 0.0f;
    for (int w = 1; w < ARR_WAYS; w++) {
        high = s.logits[w] > high ? s.logits[w] : high;
    }
    for (int w = 0; w < ARR_WAYS; w++) {
        weights[w] = arr_expf(s.logits[w] - high);
        sum += weights[w];
    }
    for (int w = 0; w < ARR_WAYS; w++) {
        weights[w] /= sum;
    }
}

static __device__ void balance_adaptive(block &b, score_shared &s, const gpu_score_params &p,
                                        cell &c, facts &out)
{
    scale_ways(b, p, 1.0f, c, out.summaries);
    predict_weights(b, s, p, out.summaries, out.weights);
    out.has_weights = true;
    note_share(out.weights, out.summaries, out.share);
    const float *w = out.weights;
    c.raw = w[ARR_INFO] * c.x[ARR_INFO] + w[ARR_PERSP] * c.x[ARR_PERSP] +
            w[ARR_PARTIC] * c.x[ARR_PARTIC];
    finish(b, s, p, p.explore, c, &out.flags);
}

/* ---- the contextual balancer ---- */

static __device__ void decide_tensions(block &b, score_shared &s, const arr_contextual &net,
                                       const float *summaries, float *tensions)
{
    if (b.n < WIDE) {
        float sum = net.pb0[b.n];
        for (int w = 0; w < ARR_WAYS; w++) {
            sum += net.p0[b.n][2 * w] * summaries[3 * w];
            sum += net.p0[b.n][2 * w + 1] * summaries[3 * w + 2];
        }
        s.first[b.n] = sum > 0.0f ? sum : 0.0f;
    }
    __syncthreads();
    if (b.n < NARROW) {
        float sum = net.pb2[b.n];
        for (int j = 0; j < WIDE; j++) {
            sum += net.p2[b.n][j] * s.first[j];
        }
        s.second[b.n] = sum > 0.0f ? sum : 0.0f;
    }
    __syncthreads();
    if (b.n < ARR_WAYS) {
        float sum = net.pb4[b.n];
        for (int j = 0; j < NARROW; j++) {
            sum += net.p4[b.n][j] * s.second[j];
        }
        s.logits[b.n] = sum;
    }
    __syncthreads();
    for (int w = 0; w < ARR_WAYS; w++) {
        tensions[w] = 1.0f / (1.0f + arr_expf(-s.logits[w]));
    }
}

/* 3 -> 64 -> 32 -> 1. The hidden layer is formed unit by unit as the next one takes it up, half of
 * that at a time: 64 values a thread would not fit into registers. */
static __device__ float combine_contextual(const score_shared &s, const arr_contextual &net,
                                           const float *x)
{
    enum { HALF = NARROW / 2 };
    float out = net.cb4[0];
    for (int first = 0; first < NARROW; first += HALF) {
        float sum[HALF];
#pragma unroll
        for (int i = 0; i < HALF; i++) {
            sum[i] = net.cb2[first + i];
        }
        for (int j = 0; j < WIDE; j++) {
            float h = net.cb0[j];
            for (int w = 0; w < ARR_WAYS; w++) {
                h += net.c0[j][w] * x[w];
            }
            h = h > 0.0f ? h : 0.0f;
#pragma unroll
            for (int i = 0; i < HALF; i++) {
                sum[i] += s.columns[j][first + i] * h;
            }
        }
#pragma unroll
        for (int i = 0; i < HALF; i++) {
            out += net.c4[0][first + i] * (sum[i] > 0.0f ? sum[i] : 0.0f);
        }
    }
    return out;
}

static __device__ void balance_contextual(block &b, score_shared &s, const gpu_score_params &p,
                                          cell &c, facts &out)
{
    const arr_contextual &net = *p.contextual;
    for (int i = b.n; i < WIDE * NARROW; i += BLOCK_THREADS) {
        s.columns[i % WIDE][i / WIDE] = net.c2[i / WIDE][i % WIDE];
    }
    scale_ways(b, p, 1.0f, c, out.summaries);
    float tensions[ARR_WAYS];
    decide_tensions(b, s, net, out.summaries, tensions);
    out.tensions = arr_tensions{tensions[0], tensions[1], tensions[2]};
    out.has_tensions = true;
    for (int w = 0; w < ARR_WAYS; w++) {
        c.x[w] *= tensions[w];
    }
    c.raw = combine_contextual(s, net, c.x);
    finish(b, s, p, p.explore, c, &out.flags);
}

/* ---- the closed form ---- */

static __device__ void balance_tension(block &b, score_shared &s, const gpu_score_params &p,
                                       cell &c, facts &out)
{
    const arr_tensions &t = out.tensions;
    float scales = 0.0f;
    int n_ways = 0;
    for (int w = 0; w < ARR_WAYS; w++) {
        scales += is_missing(p, w) ? 0.0f : p.scale[w];
        n_ways += is_missing(p, w) ? 0 : 1;
    }
    const float ratio = (float)n_ways / scales;
    scale_ways(b, p, ratio, c, out.summaries);

    const bool no_info = is_missing(p, ARR_INFO), no_partic = is_missing(p, ARR_PARTIC);
    const bool no_persp = is_missing(p, ARR_PERSP), is_lone = no_info || no_partic;
    const float info = is_lone ? (no_info ? 0.0f : 1.0f) : t.compress;
    const float partic = is_lone ? (no_partic ? 0.0f : 1.0f) : 1.0f - t.compress;
    const float persp = no_persp ? 0.0f : t.exploit - (1.0f - t.exploit);
    const float top = no_persp ? 0.0f : (1.0f - t.exploit) * out.summaries[ARR_PERSP * 3 + 1];
    const float mean = 1.0f / (float)n_ways;
    const float novelty = 0.3f * 0.3f * (1.0f - t.focus);

    c.raw = (c.x[ARR_INFO] + c.x[ARR_PERSP] + c.x[ARR_PARTIC]) * mean;
    const float d = novelty != 0.0f ? novelty_of(b, s, c.raw, p.grid) : 0.0f;
    const float t1 = info * c.x[ARR_INFO] + partic * c.x[ARR_PARTIC];
    const float t2 = persp * c.x[ARR_PERSP] + top;
    c.raw = 0.4f * t1 + 0.3f * t2 + 0.3f * c.raw + novelty * d;

    const float raw = 0.3f * mean;
    const float factor[ARR_WAYS] = {0.4f * info + raw, 0.3f * persp + raw, 0.4f * partic + raw};
    for (int w = 0; w < ARR_WAYS; w++) {
        out.weights[w] = is_missing(p, w) ? 0.0f : ratio * factor[w];
    }
    out.has_weights = true;
    note_share(out.weights, out.summaries, out.share);
    finish(b, s, p, 0.0f, c, &out.flags);
}

/* ---- the kernel ---- */

static __device__ void balance(block &b, score_shared &s, const gpu_score_params &p, cell &c,
                               facts &f)
{
    if (p.balancer == ARR_BALANCE_TENSION) {
        f.tensions = p.tensions;
        f.tensions.exploit = p.explore >= 0.0f ? 1.0f - p.explore : p.tensions.exploit;
        f.has_tensions = true;
    }
    if (is_missing(p, ARR_INFO) && is_missing(p, ARR_PERSP) && is_missing(p, ARR_PARTIC)) {
        f.flags = ARR_NO_EVIDENCE;
        c.raw = 0.0f;
        c.balanced = 0.5f;
    } else if (p.balancer == ARR_BALANCE_TENSION) {
        balance_tension(b, s, p, c, f);
    } else if (p.balancer == ARR_BALANCE_ADAPTIVE) {
        balance_adaptive(b, s, p, c, f);
    } else {
        balance_contextual(b, s, p, c, f);
    }
}

static __device__ void write_facts(const facts &f, arr_balance_out &out)
{
    for (int w = 0; w < ARR_WAYS; w++) {
        out.weights[w] = f.weights[w];
        out.share[w] = f.share[w];
    }
    for (int i = 0; i < ARR_SUMMARIES; i++) {
        out.summaries[i] = f.summaries[i];
    }
    out.has_weights = f.has_weights;
    out.tensions = f.tensions;
    out.has_tensions = f.has_tensions;
    out.flags = f.flags;
}

static __global__ void __launch_bounds__(BLOCK_THREADS) score_kernel(const gpu_score_params *params)
{
    __shared__ score_shared s;
    const gpu_score_params &p = params[blockIdx.x];
    block b = {&s.block, (int)threadIdx.x, p.grid * p.grid, 0};
    arr_score_out &out = *p.out;
    cell c = {};
    facts f = {};
    know(b, p, c);
    balance(b, s, p, c, f);
    const int k = p.k < 0 ? 0 : p.k < b.cells ? p.k : b.cells;
    const int ranked = rank_cells(b, c.balanced);
    if (is_cell(b)) {
        for (int w = 0; w < ARR_WAYS; w++) {
            out.way[w][b.n] = c.way[w];
        }
        out.balance.raw[b.n] = c.raw;
        out.balance.balanced[b.n] = c.balanced;
    }
    if (b.n < k) {
        out.order[b.n] = (uint16_t)ranked;
    }
    if (b.n == 0) {
        out.k = k;
        write_facts(f, out.balance);
    }
}

cudaError_t gpu_score_launch(struct arr_gpu *gpu, const struct gpu_score_params *params, size_t n)
{
    return gpu_launch(gpu, score_kernel, (unsigned)n, BLOCK_THREADS, 0, params);
}
