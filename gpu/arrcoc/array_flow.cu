/* SPDX-License-Identifier: Apache-2.0 */
/* Motion between two frames: how much each cell changed, and where its blocks came from. */
#include "gpu/arrcoc/array.h"

enum {
    THREADS = 256,
    PX = ARR_CELL_PX * ARR_CELL_PX,
    BLOCK = ARR_MID / ARR_FLOW_BLOCKS,
    REACH = ARR_FLOW_MAX,
    STEPS = 2 * REACH + 1,
    WINDOW = BLOCK + 2 * REACH,
};

/* A warp a cell. */
static __global__ void __launch_bounds__(THREADS) motion_kernel(gpu_room *room)
{
    const int cell = (int)(blockIdx.x * THREADS + threadIdx.x) / 32, lane = (int)threadIdx.x % 32;
    int sum = 0;
    for (int i = lane; i < PX; i += 32) {
        const int x = cell % ARR_GRID * ARR_CELL_PX + i % ARR_CELL_PX;
        const int y = cell / ARR_GRID * ARR_CELL_PX + i / ARR_CELL_PX;
        const int at = (y * ARR_DENSE + x) * 3;
        int squares = 0;
        for (int c = 0; c < 3; c++) {
            const int d = room->rgb[at + c] - room->before[at + c];
            squares += d * d;
        }
        sum += arr_motion_q(squares);
    }
    sum = gpu_warp_sum(sum);
    if (lane == 0) {
        room->out.c[ARR_C_MOTION][cell] = (float)(sum / ((double)ARR_UNIT * PX));
    }
}

/* ---- block matching ---- */

struct match_shared {
    uint8_t now[BLOCK][BLOCK], before[WINDOW][WINDOW];
    unsigned best, rest;
};

/* Smaller difference, then shorter, then less down, then less to the right, as one number. */
static __device__ __forceinline__ unsigned match_key(int sad, int dx, int dy)
{
    return (unsigned)sad << 15 | (unsigned)(dx * dx + dy * dy) << 8 | (unsigned)(dy + REACH) << 4 |
           (unsigned)(dx + REACH);
}

static __device__ int difference(const match_shared &s, int dx, int dy)
{
    int sum = 0;
    for (int y = 0; y < BLOCK; y++) {
        for (int x = 0; x < BLOCK; x++) {
            const int d = s.now[y][x] - s.before[y + REACH - dy][x + REACH - dx];
            sum += d < 0 ? -d : d;
        }
    }
    return sum;
}

/* A block of the picture; a thread a candidate. Motion has to explain a tenth more than rest. */
static __global__ void __launch_bounds__(THREADS) match_kernel(gpu_room *room)
{
    __shared__ match_shared s;
    const int i = (int)threadIdx.x, index = (int)blockIdx.x;
    const int x0 = index % ARR_FLOW_BLOCKS * BLOCK, y0 = index / ARR_FLOW_BLOCKS * BLOCK;
    for (int k = i; k < WINDOW * WINDOW; k += THREADS) {
        const int x = gpu_inside(x0 - REACH + k % WINDOW, ARR_MID);
        const int y = gpu_inside(y0 - REACH + k / WINDOW, ARR_MID);
        s.before[k / WINDOW][k % WINDOW] = room->mid_before[y * ARR_MID + x];
    }
    if (i < BLOCK * BLOCK) {
        s.now[i / BLOCK][i % BLOCK] = room->mid_gray[(y0 + i / BLOCK) * ARR_MID + x0 + i % BLOCK];
    }
    if (i == 0) {
        s.best = 0xffffffffU;
    }
    __syncthreads();
    if (i < STEPS * STEPS) {
        const int dx = i % STEPS - REACH, dy = i / STEPS - REACH;
        const int sad = difference(s, dx, dy);
        if (dx == 0 && dy == 0) {
            s.rest = (unsigned)sad;
        }
        atomicMin(&s.best, match_key(sad, dx, dy));
    }
    __syncthreads();
    if (i == 0) {
        const unsigned best = s.best >> 15;
        const bool moves = 10 * best < 9 * s.rest;
        room->found[index][0] = (int8_t)(moves ? (int)(s.best & 15U) - REACH : 0);
        room->found[index][1] = (int8_t)(moves ? (int)(s.best >> 4 & 15U) - REACH : 0);
        room->sad[index] = (int)(moves ? best : s.rest);
    }
}

/* ---- median ---- */

static __device__ int8_t median_at(const int8_t (*flow)[2], int x, int y, int axis)
{
    int v[9];
    for (int k = 0; k < 9; k++) {
        const int in_x = gpu_inside(x - 1 + k % 3, ARR_FLOW_BLOCKS);
        const int in_y = gpu_inside(y - 1 + k / 3, ARR_FLOW_BLOCKS);
        v[k] = flow[in_y * ARR_FLOW_BLOCKS + in_x][axis];
    }
    /* The value that has four others before it; equal ones count by their place. */
    int median = 0;
    for (int k = 0; k < 9; k++) {
        int before = 0;
        for (int j = 0; j < 9; j++) {
            before += v[j] < v[k] || (v[j] == v[k] && j < k);
        }
        median = before == 4 ? v[k] : median;
    }
    return (int8_t)median;
}

static __global__ void __launch_bounds__(GPU_BLOCKS) median_kernel(gpu_room *room)
{
    __shared__ int total;
    const int i = (int)threadIdx.x;
    if (i == 0) {
        total = 0;
    }
    __syncthreads();
    for (int axis = 0; axis < 2; axis++) {
        room->out.flow[i][axis] =
            median_at(room->found, i % ARR_FLOW_BLOCKS, i / ARR_FLOW_BLOCKS, axis);
    }
    atomicAdd(&total, room->sad[i]);
    __syncthreads();
    if (i == 0) {
        room->out.mean_sad = (float)total / (float)ARR_MID_PX;
    }
}

cudaError_t gpu_motion_launch(struct arr_gpu *gpu, struct gpu_room *room)
{
    cudaError_t e = gpu_launch(gpu, motion_kernel, ARR_CELLS * 32 / THREADS, THREADS, 0, room);
    e = e == cudaSuccess ? gpu_launch(gpu, match_kernel, GPU_BLOCKS, THREADS, 0, room) : e;
    return e == cudaSuccess ? gpu_launch(gpu, median_kernel, 1, GPU_BLOCKS, 0, room) : e;
}
