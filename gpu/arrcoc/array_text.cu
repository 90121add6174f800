/* SPDX-License-Identifier: Apache-2.0 */
/* Text-like texture: long runs dropped, then windows of 31 x 9 at two scales. A block looks at 32 x
 * 16 pixels, which at the fine scale are two whole cells.
 */
#include "gpu/arrcoc/array.h"

enum {
    THREADS = 256,
    WIDTH = 32,
    HEIGHT = 16,
    COLUMNS = WIDTH + ARR_TEXT_W - 1,
    REACH_X = ARR_TEXT_W / 2,
    REACH_Y = ARR_TEXT_H / 2,
    HALF_BLOCKS = GPU_HALF_PX / THREADS,
};

/* ---- runs ---- */

/* Of each polarity, how many marked pixels follow in one direction: dark in the low half. */
static __device__ __forceinline__ int run_from(const uint8_t *row, int x, int step, int side,
                                               int bits)
{
    int lengths = 0;
    for (int k = 0; k < ARR_STROKE_RUN && bits; k++) {
        x += step;
        bits &= x >= 0 && x < side ? row[x] : 0;
        lengths += (bits & 1) + (bits >> 1 << 16);
    }
    return lengths;
}

static __device__ __forceinline__ void drop_run(const uint8_t *marks, uint8_t *stroke, int side,
                                                int i)
{
    const int x = i % side, bits = marks[i];
    const uint8_t *row = marks + (i - x);
    const int n = run_from(row, x, -1, side, bits) + run_from(row, x, 1, side, bits);
    const int long_dark = (n & 0xffff) >= ARR_STROKE_RUN ? (int)ARR_STROKE_DARK : 0;
    const int long_light = n >> 16 >= ARR_STROKE_RUN ? (int)ARR_STROKE_LIGHT : 0;
    stroke[i] = (uint8_t)(bits & ~(long_dark | long_light));
}

static __global__ void __launch_bounds__(THREADS) runs_kernel(gpu_room *room)
{
    const int block = (int)blockIdx.x - HALF_BLOCKS;
    if (block < 0) {
        drop_run(room->half_marks, room->half_stroke, GPU_HALF,
                 (int)blockIdx.x * THREADS + (int)threadIdx.x);
    } else {
        drop_run(room->marks, room->stroke, ARR_DENSE, block * THREADS + (int)threadIdx.x);
    }
}

/* ---- windows ---- */

/* Counts of two polarities side by side, 16 bits each; they go up to 279. */
struct counts {
    int strokes, changes, steep;
};

struct text_shared {
    counts columns[HEIGHT][COLUMNS]; /* of nine rows */
    int cells[WIDTH / ARR_CELL_PX];
};

static __device__ __forceinline__ counts column_at(const uint8_t *stroke, const uint16_t *steep,
                                                   int side, int x, int y)
{
    x = gpu_inside(x, side);
    counts sum = {};
    for (int k = -REACH_Y; k <= REACH_Y; k++) {
        const int at = gpu_inside(y + k, side) * side + x;
        const int s = stroke[at];
        const int change = x < side - 1 ? s ^ stroke[at + 1] : 0; /* at the pixel before it */
        sum.strokes += (s & 1) | s >> 1 << 16;
        sum.changes += (change & 1) | change >> 1 << 16;
        sum.steep += steep[at];
    }
    return sum;
}

static __device__ __forceinline__ int likelihood(const counts *row)
{
    counts sum = {};
    for (int k = 0; k < ARR_TEXT_W; k++) {
        sum.strokes += row[k].strokes;
        sum.changes += row[k].changes;
        sum.steep += row[k].steep;
    }
    return arr_text_q(arr_text_strokes(sum.strokes & 0xffff, sum.changes & 0xffff),
                      arr_text_strokes(sum.strokes >> 16, sum.changes >> 16), sum.steep);
}

static __device__ void load_columns(text_shared &s, const uint8_t *stroke, const uint16_t *steep,
                                    int side, int x0, int y0)
{
    for (int i = (int)threadIdx.x; i < COLUMNS * HEIGHT; i += THREADS) {
        s.columns[i / COLUMNS][i % COLUMNS] =
            column_at(stroke, steep, side, x0 - REACH_X + i % COLUMNS, y0 + i / COLUMNS);
    }
    __syncthreads();
}

static __global__ void __launch_bounds__(THREADS) half_text_kernel(gpu_room *room)
{
    __shared__ text_shared s;
    const int x0 = (int)blockIdx.x * WIDTH, y0 = (int)blockIdx.y * HEIGHT;
    load_columns(s, room->half_stroke, room->half_steep, GPU_HALF, x0, y0);
    for (int i = (int)threadIdx.x; i < WIDTH * HEIGHT; i += THREADS) {
        const int x = i % WIDTH, y = i / WIDTH;
        room->half_text[(y0 + y) * GPU_HALF + x0 + x] = (uint16_t)likelihood(&s.columns[y][x]);
    }
}

static __device__ __forceinline__ int coarse_at(const uint16_t *half, int x, int y)
{
    const int near_y = y / 2, far_y = gpu_inside(near_y + (y % 2 ? 1 : -1), GPU_HALF);
    const int i = x / 2, j = gpu_inside(i + (x % 2 ? 1 : -1), GPU_HALF);
    const uint16_t *near_row = half + near_y * GPU_HALF, *far_row = half + far_y * GPU_HALF;
    return arr_text_up(near_row[i], near_row[j], far_row[i], far_row[j]);
}

static __global__ void __launch_bounds__(THREADS) text_kernel(gpu_room *room)
{
    __shared__ text_shared s;
    const int x0 = (int)blockIdx.x * WIDTH, y0 = (int)blockIdx.y * HEIGHT;
    if (threadIdx.x < WIDTH / ARR_CELL_PX) {
        s.cells[threadIdx.x] = 0;
    }
    load_columns(s, room->stroke, room->steep, ARR_DENSE, x0, y0);
    for (int i = (int)threadIdx.x; i < WIDTH * HEIGHT; i += THREADS) {
        const int x = i % WIDTH, y = i / WIDTH;
        const int fine = likelihood(&s.columns[y][x]);
        const int coarse = coarse_at(room->half_text, x0 + x, y0 + y);
        atomicAdd(&s.cells[x / ARR_CELL_PX], fine > coarse ? fine : coarse);
    }
    __syncthreads();
    if (threadIdx.x < WIDTH / ARR_CELL_PX) {
        const int cell = y0 / ARR_CELL_PX * ARR_GRID + x0 / ARR_CELL_PX + (int)threadIdx.x;
        room->out.c[ARR_C_TEXT][cell] =
            (float)(s.cells[threadIdx.x] / ((double)ARR_UNIT * ARR_CELL_PX * ARR_CELL_PX));
    }
}

cudaError_t gpu_text_launch(struct arr_gpu *gpu, struct gpu_room *room)
{
    const unsigned blocks = HALF_BLOCKS + ARR_DENSE_PX / THREADS;
    const dim3 half(GPU_HALF / WIDTH, GPU_HALF / HEIGHT),
        whole(ARR_DENSE / WIDTH, ARR_DENSE / HEIGHT);
    cudaError_t e = gpu_launch(gpu, runs_kernel, blocks, THREADS, 0, room);
    e = e == cudaSuccess ? gpu_launch(gpu, half_text_kernel, half, THREADS, 0, room) : e;
    return e == cudaSuccess ? gpu_launch(gpu, text_kernel, whole, THREADS, 0, room) : e;
}
