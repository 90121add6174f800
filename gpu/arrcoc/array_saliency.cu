/* SPDX-License-Identifier: Apache-2.0 */
/* Saliency as contrast between a place and what surrounds it, over a pyramid of L*a*b*; and what is
 * scaled over the whole map at the end.
 */
#include "gpu/arrcoc/array.h"
#include "gpu/arrcoc/block.h"
#include "gpu/arrcoc/lerp.h"
#include "gpu/arrcoc/pixel.h"

enum {
    TILE = 16, /* pixels of the smaller level a block makes, per side */
    THREADS = TILE * TILE,
    SOURCE = 2 * TILE + 3,
    CENTRE_FIRST = 2, /* centres are levels 2 to 4, surrounds 5 and 6 */
    CENTRE_LAST = 4,
    SURROUND_LAST = 6,
};

/* ---- levels ---- */

static __host__ __device__ __forceinline__ int side_of(int level)
{
    return ARR_DENSE >> level;
}

/* Where a level lies in a plane of the pyramid that begins with level `first`. */
static __device__ __forceinline__ int start_of(int first, int level)
{
    int at = 0;
    for (int k = first; k < level; k++) {
        at += side_of(k) * side_of(k);
    }
    return at;
}

struct halve_shared {
    float source[3][SOURCE][SOURCE];
    float across[3][SOURCE][TILE];
    float linear[256];
};

/* Level 0 is never stored: its part is converted here. */
static __device__ void load_dense(const gpu_room *room, halve_shared &s, int x0, int y0)
{
    s.linear[threadIdx.x] = room->tables.linear[threadIdx.x];
    __syncthreads();
    for (int i = (int)threadIdx.x; i < SOURCE * SOURCE; i += THREADS) {
        const int x = gpu_inside(x0 + i % SOURCE, ARR_DENSE);
        const int y = gpu_inside(y0 + i / SOURCE, ARR_DENSE);
        const uint8_t *p = room->rgb + (size_t)(y * ARR_DENSE + x) * 3;
        const gpu_lab lab = gpu_lab_of(s.linear[p[0]], s.linear[p[1]], s.linear[p[2]]);
        s.source[0][i / SOURCE][i % SOURCE] = lab.l;
        s.source[1][i / SOURCE][i % SOURCE] = lab.a;
        s.source[2][i / SOURCE][i % SOURCE] = lab.b;
    }
    __syncthreads();
}

static __device__ void load_level(const gpu_room *room, halve_shared &s, int level, int x0, int y0)
{
    const int side = side_of(level), at = start_of(1, level);
    for (int i = (int)threadIdx.x; i < 3 * SOURCE * SOURCE; i += THREADS) {
        const int c = i / (SOURCE * SOURCE), k = i % (SOURCE * SOURCE);
        const int x = gpu_inside(x0 + k % SOURCE, side), y = gpu_inside(y0 + k / SOURCE, side);
        s.source[c][k / SOURCE][k % SOURCE] = room->pyramid[c][at + y * side + x];
    }
    __syncthreads();
}

static __device__ __forceinline__ float smooth(float a, float b, float c, float d, float e)
{
    return ((a + e) + 4.0f * (b + d) + 6.0f * c) * (1.0f / 16.0f);
}

/* 1-4-6-4-1 along both axes, then every other pixel. */
static __global__ void __launch_bounds__(THREADS) halve_kernel(gpu_room *room, int level)
{
    __shared__ halve_shared s;
    const int x0 = (int)blockIdx.x * TILE, y0 = (int)blockIdx.y * TILE;
    if (level == 0) {
        load_dense(room, s, 2 * x0 - 2, 2 * y0 - 2);
    } else {
        load_level(room, s, level, 2 * x0 - 2, 2 * y0 - 2);
    }
    for (int i = (int)threadIdx.x; i < 3 * SOURCE * TILE; i += THREADS) {
        const int c = i / (SOURCE * TILE), y = i / TILE % SOURCE, x = i % TILE;
        const float *p = &s.source[c][y][2 * x];
        s.across[c][y][x] = smooth(p[0], p[1], p[2], p[3], p[4]);
    }
    __syncthreads();
    const int x = (int)threadIdx.x % TILE, y = (int)threadIdx.x / TILE;
    const int side = side_of(level + 1), at = start_of(1, level + 1);
    for (int c = 0; c < 3 && x0 + x < side && y0 + y < side; c++) {
        const float(*p)[TILE] = &s.across[c][2 * y];
        room->pyramid[c][at + (y0 + y) * side + x0 + x] =
            smooth(p[0][x], p[1][x], p[2][x], p[3][x], p[4][x]);
    }
}

/* ---- contrast ---- */

static __device__ float bilinear(const float *src, int n_in, int n_out, int ox, int oy)
{
    const gpu_lerp x = gpu_lerp_of(n_in, n_out, ox), y = gpu_lerp_of(n_in, n_out, oy);
    const float *a = src + y.i0 * n_in, *b = src + y.i1 * n_in;
    const float h0 = 1.0f - y.w1, w0 = 1.0f - x.w1;
    return h0 * (w0 * a[x.i0] + x.w1 * a[x.i1]) + y.w1 * (w0 * b[x.i0] + x.w1 * b[x.i1]);
}

/* |dL| / 100 + |da| / 255 + |db| / 255 of a centre's pixel against both surrounds. */
static __global__ void __launch_bounds__(THREADS) contrast_kernel(gpu_room *room)
{
    const int i = (int)(blockIdx.x * THREADS + threadIdx.x);
    int centre = CENTRE_FIRST;
    while (i >= start_of(CENTRE_FIRST, centre + 1)) {
        centre++;
    }
    const int side = side_of(centre), at = i - start_of(CENTRE_FIRST, centre);
    float sum = 0.0f;
    for (int surround = CENTRE_LAST + 1; surround <= SURROUND_LAST; surround++) {
        for (int c = 0; c < 3; c++) {
            const float *plane = room->pyramid[c];
            const float up = bilinear(plane + start_of(1, surround), side_of(surround), side,
                                      at % side, at / side);
            const float scale = c == 0 ? 1.0f / 100.0f : 1.0f / 255.0f;
            sum += fabsf(plane[start_of(1, centre) + at] - up) * scale;
        }
    }
    room->contrast[i] = sum;
}

/* Of a pixel of the mid plane: what the three centres see, six pairs. */
static __device__ float saliency_at(const gpu_room *room, int x, int y)
{
    float sum = 0.0f;
    for (int centre = CENTRE_FIRST; centre <= CENTRE_LAST; centre++) {
        const float *plane = room->contrast + start_of(CENTRE_FIRST, centre);
        const int side = side_of(centre);
        const float v =
            side == ARR_MID ? plane[y * side + x] : bilinear(plane, side, ARR_MID, x, y);
        sum += v * (1.0f / 6.0f);
    }
    return sum;
}

/* ---- over the whole map: one block, a cell a thread ---- */

/* As arr_min_max with its guard. */
static __device__ bool is_flat(range r)
{
    return r.high - r.low < 2e-6f;
}

static __device__ float scaled(float v, range r)
{
    return is_flat(r) ? 0.0f : (v - r.low) / (r.high - r.low + 1e-8f);
}

static __device__ range range_with(block &b, float low, float high)
{
    const range a = range_of(b, low), c = range_of(b, high);
    return range_join(a, c.low, c.high);
}

static __device__ void put_saliency(gpu_room *room, block &b)
{
    float v[GPU_MID_CELL * GPU_MID_CELL], low = 0.0f, high = 0.0f;
    int sum = 0;
#pragma unroll
    for (int k = 0; k < GPU_MID_CELL * GPU_MID_CELL; k++) {
        v[k] = saliency_at(room, b.n % ARR_GRID * GPU_MID_CELL + k % GPU_MID_CELL,
                           b.n / ARR_GRID * GPU_MID_CELL + k / GPU_MID_CELL);
        low = k == 0 || v[k] < low ? v[k] : low;
        high = k == 0 || v[k] > high ? v[k] : high;
    }
    const range r = range_with(b, low, high);
#pragma unroll
    for (int k = 0; k < GPU_MID_CELL * GPU_MID_CELL; k++) {
        sum += arr_quantise(scaled(v[k], r));
    }
    room->out.c[ARR_C_SALIENCY][b.n] = (float)(sum / (ARR_UNIT * 16.0));
    if (b.n == 0 && is_flat(r)) {
        atomicOr(&room->out.flags, (unsigned)ARR_FLAT_SALIENCY);
    }
}

/* Both polarities on one range. */
static __device__ void put_polarity(gpu_room *room, block &b)
{
    const float dark = room->polarity[0][b.n], light = room->polarity[1][b.n];
    const range r = range_with(b, dark < light ? dark : light, dark > light ? dark : light);
    room->out.c[ARR_C_EDGES_DARK][b.n] = scaled(dark, r);
    room->out.c[ARR_C_EDGES_LIGHT][b.n] = scaled(light, r);
    if (b.n == 0 && is_flat(r)) {
        atomicOr(&room->out.flags, (unsigned)ARR_FLAT_EDGES);
    }
}

static __global__ void __launch_bounds__(BLOCK_THREADS) finish_kernel(gpu_room *room)
{
    __shared__ block_shared s;
    block b = {&s, (int)threadIdx.x, ARR_CELLS, 0};
    put_saliency(room, b);
    put_polarity(room, b);
}

cudaError_t gpu_saliency_launch(struct arr_gpu *gpu, struct gpu_room *room)
{
    cudaError_t e = cudaSuccess;
    for (int level = 0; level < SURROUND_LAST && e == cudaSuccess; level++) {
        const unsigned blocks = (unsigned)(side_of(level + 1) + TILE - 1) / TILE;
        e = gpu_launch(gpu, halve_kernel, dim3(blocks, blocks), THREADS, 0, room, level);
    }
    e = e == cudaSuccess
            ? gpu_launch(gpu, contrast_kernel, GPU_CONTRAST_PX / THREADS, THREADS, 0, room)
            : e;
    return e == cudaSuccess ? gpu_launch(gpu, finish_kernel, 1, BLOCK_THREADS, 0, room) : e;
}
