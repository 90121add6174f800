/* SPDX-License-Identifier: Apache-2.0 */
/* Everything that looks at a pixel's neighbours in gray, and the statistics of cells: a block for
 * four cells side by side, 64 threads a cell, four pixels of a row a thread.
 */
#include "gpu/arrcoc/array.h"
#include "gpu/arrcoc/pixel.h"

enum {
    CELLS = 4, /* of a block */
    CELL_THREADS = 64,
    THREADS = CELLS * CELL_THREADS,
    RUN = 4, /* pixels of a thread */
    MARGIN = ARR_BOX_SIDE / 2,
    WIDTH = CELLS * ARR_CELL_PX,
    TILE_W = WIDTH + 2 * MARGIN,
    TILE_H = ARR_CELL_PX + 2 * MARGIN,
    LOW_TAPS = ARR_CELL_PX + 4,
    BINS = 16,
    CELL_AREA = ARR_CELL_PX * ARR_CELL_PX,
};
typedef unsigned long long wide;

/* ---- a tile of gray with its surroundings ---- */

struct tile {
    int gray[TILE_H][TILE_W];
    int columns[ARR_CELL_PX][TILE_W]; /* sums of 15 rows */
};

static __device__ void tile_load(tile &t, const uint16_t *plane, int side, int x0, int y0)
{
    for (int i = (int)threadIdx.x; i < TILE_W * TILE_H; i += THREADS) {
        const int x = gpu_inside(x0 - MARGIN + i % TILE_W, side);
        const int y = gpu_inside(y0 - MARGIN + i / TILE_W, side);
        t.gray[i / TILE_W][i % TILE_W] = plane[y * side + x];
    }
    __syncthreads();
    for (int i = (int)threadIdx.x; i < TILE_W * ARR_CELL_PX; i += THREADS) {
        int sum = 0;
        for (int k = 0; k < ARR_BOX_SIDE; k++) {
            sum += t.gray[i / TILE_W + k][i % TILE_W];
        }
        t.columns[i / TILE_W][i % TILE_W] = sum;
    }
    __syncthreads();
}

/* 225 (local mean - pixel) of four pixels from (x, y) of the tile's inside on. */
static __device__ __forceinline__ void differences(const tile &t, int x, int y, int diff[RUN])
{
    int sum = 0;
    for (int k = 0; k < ARR_BOX_SIDE; k++) {
        sum += t.columns[y][x + k];
    }
#pragma unroll
    for (int i = 0; i < RUN; i++) {
        diff[i] = sum - ARR_BOX_PX * t.gray[y + MARGIN][x + MARGIN + i];
        if (i < RUN - 1) {
            sum += t.columns[y][x + i + ARR_BOX_SIDE] - t.columns[y][x + i];
        }
    }
}

struct slope {
    int x, y;
};

static __device__ __forceinline__ slope slope_at(const tile &t, int x, int y)
{
    const int *a = &t.gray[y + MARGIN - 1][x + MARGIN], *b = &t.gray[y + MARGIN][x + MARGIN];
    const int *c = &t.gray[y + MARGIN + 1][x + MARGIN];
    return slope{a[1] - a[-1] + 2 * (b[1] - b[-1]) + c[1] - c[-1],
                 c[-1] - a[-1] + 2 * (c[0] - a[0]) + c[1] - a[1]};
}

static __device__ __forceinline__ int high_pass_at(const tile &t, int x, int y)
{
    const int *b = &t.gray[y + MARGIN][x + MARGIN];
    const int v = 4 * b[0] - t.gray[y + MARGIN - 1][x + MARGIN] -
                  t.gray[y + MARGIN + 1][x + MARGIN] - b[-1] - b[1];
    return v < 0 ? -v : v;
}

/* ---- the half plane: marks only ---- */

static __global__ void __launch_bounds__(THREADS) half_marks_kernel(gpu_room *room)
{
    __shared__ tile t;
    const int x0 = (int)blockIdx.x * WIDTH, y0 = (int)blockIdx.y * ARR_CELL_PX;
    tile_load(t, room->half, GPU_HALF, x0, y0);
    const int x = (int)threadIdx.x % (WIDTH / RUN) * RUN, y = (int)threadIdx.x / (WIDTH / RUN);
    int diff[RUN];
    differences(t, x, y, diff);
#pragma unroll
    for (int i = 0; i < RUN; i++) {
        const int at = (y0 + y) * GPU_HALF + x0 + x + i;
        room->half_marks[at] = arr_stroke_bits(diff[i]);
        room->half_steep[at] = arr_steepness(slope_at(t, x + i, y).x);
    }
}

/* ---- sums of a cell ---- */

struct cell_sums {
    int dark, light, high, gray;
    wide squares;
    long long xx, yy, xy;
};

static __device__ __forceinline__ void add_edges(cell_sums &s, slope d, int diff, bool literal)
{
    const float m = arr_edge_magnitude(d.x, d.y);
    const float share = arr_dark_share(diff);
    s.dark += arr_quantise(literal ? m : m * share);
    s.light += arr_quantise(literal ? m : m * (1.0f - share));
}

static __device__ void add_pixels(gpu_room *room, const tile &t, int x0, int y0, int x, int y,
                                  bool has_array, bool literal, cell_sums &s)
{
    int diff[RUN];
    differences(t, x, y, diff);
#pragma unroll
    for (int i = 0; i < RUN; i++) {
        const int v = t.gray[y + MARGIN][x + MARGIN + i];
        const slope d = slope_at(t, x + i, y);
        s.gray += v;
        s.squares += (wide)((unsigned)v * (unsigned)v);
        s.xx += (long long)d.x * d.x;
        s.yy += (long long)d.y * d.y;
        s.xy += (long long)d.x * d.y;
        if (has_array) {
            const int at = (y0 + y) * ARR_DENSE + x0 + x + i;
            add_edges(s, d, diff[i], literal);
            s.high += high_pass_at(t, x + i, y);
            room->seeds[0][at] =
                arr_is_edge(d.x, d.y) ? (y0 + y) << 16 | (x0 + x + i) : (int)ARR_NO_SEED;
            room->marks[at] = arr_stroke_bits(diff[i]);
            room->steep[at] = arr_steepness(d.x);
        }
    }
}

/* Each of a cell's two warps adds up, the first thread of the cell adds the two. */
static __device__ void sum_warps(cell_sums &s, cell_sums *warps)
{
    s = cell_sums{gpu_warp_sum(s.dark), gpu_warp_sum(s.light),   gpu_warp_sum(s.high),
                  gpu_warp_sum(s.gray), gpu_warp_sum(s.squares), gpu_warp_sum(s.xx),
                  gpu_warp_sum(s.yy),   gpu_warp_sum(s.xy)};
    if (threadIdx.x % 32 == 0) {
        warps[threadIdx.x / 32] = s;
    }
    __syncthreads();
    const cell_sums &o = warps[threadIdx.x / 32 ^ 1U];
    s = cell_sums{s.dark + o.dark,       s.light + o.light, s.high + o.high, s.gray + o.gray,
                  s.squares + o.squares, s.xx + o.xx,       s.yy + o.yy,     s.xy + o.xy};
}

/* ---- low-pass: 20 x 20 pixels with weights that rise over four to 1, times 2^16 ---- */

static __device__ __forceinline__ wide low_weight(int tap)
{
    const int from_end = tap < LOW_TAPS / 2 ? tap : LOW_TAPS - 1 - tap;
    return from_end == 0   ? 3571ULL
           : from_end == 1 ? 19575ULL
           : from_end == 2 ? 45961ULL
           : from_end == 3 ? 61965ULL
                           : 65536ULL;
}

static __device__ wide low_column(const tile &t, int x)
{
    wide sum = 0;
    for (int k = 0; k < LOW_TAPS; k++) {
        sum += low_weight(k) * (wide)(unsigned)t.gray[MARGIN - 2 + k][x + MARGIN - 2];
    }
    return sum;
}

/* ---- what becomes of the sums ---- */

static __device__ void put_edges(gpu_room *room, int cell, const cell_sums &s, const wide *low)
{
    const double whole = (double)ARR_UNIT * CELL_AREA;
    room->polarity[0][cell] = (float)(s.dark / whole);
    room->polarity[1][cell] = (float)(s.light / whole);
    room->out.c[ARR_C_HIGH_PASS][cell] = (float)(s.high / (4 * whole));
    wide sum = 0;
    for (int k = 0; k < LOW_TAPS; k++) {
        sum += low_weight(k) * low[k];
    }
    room->out.c[ARR_C_LOW_PASS][cell] = (float)((double)sum / (whole * 65536.0 * 65536.0));
}

static __device__ void put_place(gpu_room *room, int cell)
{
    const float step = 1.0f / (float)(ARR_GRID - 1);
    const int at[2] = {cell % ARR_GRID, cell / ARR_GRID};
    float v[2];
    for (int i = 0; i < 2; i++) {
        v[i] = at[i] < ARR_GRID / 2 ? step * (float)at[i]
                                    : 1.0f - step * (float)(ARR_GRID - 1 - at[i]);
    }
    const float dx = v[0] - 0.5f, dy = v[1] - 0.5f;
    room->out.c[ARR_C_X][cell] = v[0];
    room->out.c[ARR_C_Y][cell] = v[1];
    room->out.c[ARR_C_ECC][cell] = sqrtf(dy * dy + dx * dx) / sqrtf(0.5f);
}

static __device__ void put_deviation(gpu_room *room, int cell, const cell_sums &s)
{
    const wide sum = (wide)(unsigned)s.gray;
    const double deviation =
        sqrt((double)(s.squares * CELL_AREA - sum * sum)) / (CELL_AREA * (double)ARR_UNIT);
    room->out.roughness[cell] = (float)deviation;
    room->out.contrast[cell] = (float)(2 * deviation < 1 ? 2 * deviation : 1);
}

static __device__ void put_coherence(gpu_room *room, int cell, const cell_sums &s)
{
    const double unit = 1.0 / (8.0 * ARR_UNIT * 8.0 * ARR_UNIT);
    const double difference = (double)(s.xx - s.yy) * unit, twice = 2.0 * (double)s.xy * unit;
    const double whole = (double)(s.xx + s.yy) * unit;
    const double v = sqrt(difference * difference + twice * twice) / (whole + 1e-8);
    room->out.coherence[cell] = (float)(v < 1.0 ? v : 1.0);
}

static __device__ void put_entropy(gpu_room *room, int cell, const int *bins)
{
    float sum = 0.0f;
    for (int i = 0; i < BINS; i++) {
        sum += room->tables.surprise[bins[i]];
    }
    room->out.visual_info[cell] = sum < 1 ? sum : 1;
}

/* Sum of n x n mid pixels of a cell, from (dx, dy) on. */
static __device__ int mid_sum(const uint16_t *mid, int cell, int dx, int dy, int n)
{
    const int x = cell % ARR_GRID * GPU_MID_CELL + dx, y = cell / ARR_GRID * GPU_MID_CELL + dy;
    int sum = 0;
    for (int i = 0; i < n * n; i++) {
        sum += mid[(y + i / n) * ARR_MID + x + i % n];
    }
    return sum;
}

static __device__ void put_quad(gpu_room *room, int cell, int q)
{
    const int n = GPU_MID_CELL / 2;
    float v[3];
    for (int c = 0; c < 3; c++) {
        v[c] = (float)mid_sum(room->mid_rgb[c], cell, q % 2 * n, q / 2 * n, n) /
               (float)(255 * CELL_AREA / 4);
    }
    const gpu_lab lab = gpu_lab_of(gpu_linear(v[0]), gpu_linear(v[1]), gpu_linear(v[2]));
    room->out.quads[0][q][cell] = lab.l;
    room->out.quads[1][q][cell] = lab.a;
    room->out.quads[2][q][cell] = lab.b;
}

/* ---- the kernel ---- */

struct cells_shared {
    tile t;
    cell_sums warps[THREADS / 32];
    wide low[CELLS][LOW_TAPS];
    int bins[CELLS][BINS];
};

static __device__ void put_cell(gpu_room *room, unsigned want, int cell, int k, const cell_sums &s,
                                const wide *low, const int *bins)
{
    const bool has_array = want & ARR_WANT_ARRAY;
    if (k == 0 && has_array) {
        put_edges(room, cell, s, low);
        put_place(room, cell);
    }
    if (k == 1 && want & (ARR_WANT_V2 | ARR_WANT_QUADS)) {
        put_deviation(room, cell, s);
    }
    if (k == 2 && want & ARR_WANT_V2) {
        put_coherence(room, cell, s);
    }
    if (k == 3 && want & ARR_WANT_VISUAL) {
        put_entropy(room, cell, bins);
    }
    if (k >= 4 && k < 8 && want & ARR_WANT_QUADS) {
        put_quad(room, cell, k - 4);
    }
    if (k >= 8 && k < 11 && has_array) {
        const int c = k - 8;
        room->out.c[ARR_C_R + c][cell] =
            (float)mid_sum(room->mid_rgb[c], cell, 0, 0, GPU_MID_CELL) / (float)(255 * CELL_AREA);
    }
}

static __global__ void __launch_bounds__(THREADS)
    cells_kernel(gpu_room *room, unsigned want, bool literal)
{
    __shared__ cells_shared s;
    const int own = (int)threadIdx.x / CELL_THREADS, k = (int)threadIdx.x % CELL_THREADS;
    const int x0 = (int)blockIdx.x * WIDTH, y0 = (int)blockIdx.y * ARR_CELL_PX;
    if (k < BINS) {
        s.bins[own][k] = 0;
    }
    tile_load(s.t, room->gray, ARR_DENSE, x0, y0);
    const int x = own * ARR_CELL_PX + k % RUN * RUN, y = k / RUN;
    cell_sums sums = {};
    add_pixels(room, s.t, x0, y0, x, y, want & ARR_WANT_ARRAY, literal, sums);
    if (want & ARR_WANT_VISUAL) {
        for (int i = 0; i < RUN; i++) {
            atomicAdd(&s.bins[own][s.t.gray[y + MARGIN][x + MARGIN + i] >> 12], 1);
        }
    }
    if (k < LOW_TAPS) {
        s.low[own][k] = low_column(s.t, own * ARR_CELL_PX + k);
    }
    sum_warps(sums, s.warps);
    const int cell = (int)blockIdx.y * ARR_GRID + (int)blockIdx.x * CELLS + own;
    put_cell(room, want, cell, k, sums, s.low[own], s.bins[own]);
}

cudaError_t gpu_cells_launch(struct arr_gpu *gpu, struct gpu_room *room, unsigned want,
                             bool literal)
{
    const cudaError_t e = gpu_launch(gpu, cells_kernel, dim3(ARR_GRID / CELLS, ARR_GRID), THREADS,
                                     0, room, want, literal);
    const dim3 half(GPU_HALF / WIDTH, GPU_HALF / ARR_CELL_PX);
    return e == cudaSuccess && want & ARR_WANT_ARRAY
               ? gpu_launch(gpu, half_marks_kernel, half, THREADS, 0, room)
               : e;
}
