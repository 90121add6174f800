/* SPDX-License-Identifier: Apache-2.0 */
/* The distance of every pixel to the nearest edge, by jump flooding. */
#include "gpu/arrcoc/array.h"

enum { THREADS = 256, SIDE = ARR_DENSE, PX = ARR_CELL_PX * ARR_CELL_PX };

static __global__ void __launch_bounds__(THREADS) flood_kernel(const int *from, int *to, int step)
{
    const int x = (int)(blockIdx.x * THREADS + threadIdx.x) % SIDE, y = (int)blockIdx.y;
    int best = from[y * SIDE + x], best_d = arr_seed_distance(best, x, y);
#pragma unroll
    for (int j = 0; j < 9; j++) {
        const int sx = x + (j % 3 - 1) * step, sy = y + (j / 3 - 1) * step;
        if (j != 4 && sx >= 0 && sx < SIDE && sy >= 0 && sy < SIDE) {
            const int seed = from[sy * SIDE + sx], d = arr_seed_distance(seed, x, y);
            best = arr_seed_is_better(d, seed, best_d, best) ? seed : best;
            best_d = d < best_d ? d : best_d;
        }
    }
    to[y * SIDE + x] = best;
}

/* Nearest seeds, in seeds[0], become squared distances in seeds[1]. */
static __global__ void __launch_bounds__(THREADS) measure_kernel(gpu_room *room)
{
    __shared__ int most;
    const int i = (int)(blockIdx.x * THREADS + threadIdx.x);
    if (threadIdx.x == 0) {
        most = 0;
    }
    __syncthreads();
    int d = arr_seed_distance(room->seeds[0][i], i % SIDE, i / SIDE);
    room->seeds[1][i] = d;
#pragma unroll
    for (int k = 16; k; k /= 2) {
        d = max(d, __shfl_xor_sync(0xffffffffU, d, k));
    }
    if (threadIdx.x % 32 == 0) {
        atomicMax(&most, d);
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        atomicMax(&room->most, most);
    }
}

/* A warp a cell. */
static __global__ void __launch_bounds__(THREADS) distance_kernel(gpu_room *room)
{
    const int cell = (int)(blockIdx.x * THREADS + threadIdx.x) / 32, lane = (int)threadIdx.x % 32;
    const bool no_edges = room->seeds[0][0] == ARR_NO_SEED; /* then no pixel knows one */
    const int most = room->most;
    int sum = 0;
    for (int i = lane; i < PX && most > 0 && !no_edges; i += 32) {
        const int x = cell % ARR_GRID * ARR_CELL_PX + i % ARR_CELL_PX;
        const int y = cell / ARR_GRID * ARR_CELL_PX + i / ARR_CELL_PX;
        sum += arr_distance_q(room->seeds[1][y * SIDE + x], most);
    }
    sum = gpu_warp_sum(sum);
    if (lane == 0) {
        room->out.c[ARR_C_DISTANCE][cell] =
            no_edges ? 1.0f : (float)(sum / ((double)ARR_UNIT * PX));
    }
    if (cell == 0 && lane == 0 && no_edges) {
        atomicOr(&room->out.flags, (unsigned)ARR_NO_EDGES);
    }
}

cudaError_t gpu_distance_launch(struct arr_gpu *gpu, struct gpu_room *room)
{
    static const int steps[] = {256, 128, 64, 32, 16, 8, 4, 2, 1, 1};
    char *planes = (char *)room + offsetof(gpu_room, seeds);
    int *from = (int *)planes, *to = from + ARR_DENSE_PX;
    cudaError_t e = cudaSuccess;
    for (size_t i = 0; i < sizeof steps / sizeof *steps && e == cudaSuccess; i++) {
        e = gpu_launch(gpu, flood_kernel, dim3(SIDE / THREADS, SIDE), THREADS, 0, from, to,
                       steps[i]);
        int *const result = to;
        to = from;
        from = result;
    }
    e = e == cudaSuccess ? gpu_launch(gpu, measure_kernel, ARR_DENSE_PX / THREADS, THREADS, 0, room)
                         : e;
    return e == cudaSuccess
               ? gpu_launch(gpu, distance_kernel, ARR_CELLS * 32 / THREADS, THREADS, 0, room)
               : e;
}
