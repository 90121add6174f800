/* SPDX-License-Identifier: Apache-2.0 */
/* block.h - one block of 1024 threads, a cell each: reductions over the map and its ranking.
 *
 * All threads of the block call these together; threads beyond the last cell bring what changes
 * nothing. Sums are trees over the thread index in double: always the same, and so near to the
 * CPU's that both give the same float.
 */
#ifndef HFTERM_GPU_ARRCOC_BLOCK_H
#define HFTERM_GPU_ARRCOC_BLOCK_H

#include <cuda_runtime.h>

extern "C" {
#include "core/arrcoc/types.h"
}

enum { BLOCK_THREADS = ARR_CELLS, BLOCK_WARPS = BLOCK_THREADS / 32 };

struct range {
    float low, high;
};

/* Two of everything that passes through: the next call may begin while the slowest thread still
 * reads this one's. */
struct block_shared {
    range ranges[2][BLOCK_WARPS];
    double sums[2][ARR_WAYS][BLOCK_WARPS];
    float highs[2][ARR_WAYS][BLOCK_WARPS];
    unsigned long long keys[2][BLOCK_THREADS];
};

struct block {
    block_shared *s;
    int n, cells; /* this thread's cell; how many there are */
    int turn;
};

static __device__ __forceinline__ bool is_cell(const block &b)
{
    return b.n < b.cells;
}

static __device__ __forceinline__ range range_join(range a, float low, float high)
{
    return range{low < a.low ? low : a.low, high > a.high ? high : a.high};
}

static __device__ __forceinline__ range range_of_warp(range r)
{
#pragma unroll
    for (int d = 16; d; d /= 2) {
        const float low = __shfl_xor_sync(0xffffffffU, r.low, d);
        const float high = __shfl_xor_sync(0xffffffffU, r.high, d);
        r = range_join(r, low, high);
    }
    return r;
}

static __device__ inline range range_of(block &b, float v)
{
    const float inf = __uint_as_float(0x7f800000U);
    const range mine = range_of_warp(is_cell(b) ? range{v, v} : range{inf, -inf});
    range *all = b.s->ranges[b.turn ^= 1];
    if (b.n % 32 == 0) {
        all[b.n / 32] = mine;
    }
    __syncthreads();
    return range_of_warp(all[b.n % 32]);
}

/* Sums and largest values of three maps at once: their shuffles fill each other's waiting. */
static __device__ inline void sums_of(block &b, double v[ARR_WAYS])
{
    double(*all)[BLOCK_WARPS] = b.s->sums[b.turn ^= 1];
#pragma unroll
    for (int d = 16; d; d /= 2) {
#pragma unroll
        for (int w = 0; w < ARR_WAYS; w++) {
            v[w] += __shfl_xor_sync(0xffffffffU, v[w], d);
        }
    }
    if (b.n % 32 < ARR_WAYS) { /* every lane has the sums */
        all[b.n % 32][b.n / 32] = b.n % 32 == 0 ? v[0] : b.n % 32 == 1 ? v[1] : v[2];
    }
    __syncthreads();
#pragma unroll
    for (int w = 0; w < ARR_WAYS; w++) {
        v[w] = all[w][b.n % 32];
    }
#pragma unroll
    for (int d = 16; d; d /= 2) {
#pragma unroll
        for (int w = 0; w < ARR_WAYS; w++) {
            v[w] += __shfl_xor_sync(0xffffffffU, v[w], d);
        }
    }
}

static __device__ inline void highs_of(block &b, float v[ARR_WAYS])
{
    float(*all)[BLOCK_WARPS] = b.s->highs[b.turn ^= 1];
#pragma unroll
    for (int d = 16; d; d /= 2) {
#pragma unroll
        for (int w = 0; w < ARR_WAYS; w++) {
            const float other = __shfl_xor_sync(0xffffffffU, v[w], d);
            v[w] = other > v[w] ? other : v[w];
        }
    }
    if (b.n % 32 < ARR_WAYS) {
        all[b.n % 32][b.n / 32] = b.n % 32 == 0 ? v[0] : b.n % 32 == 1 ? v[1] : v[2];
    }
    __syncthreads();
#pragma unroll
    for (int w = 0; w < ARR_WAYS; w++) {
        v[w] = all[w][b.n % 32];
    }
#pragma unroll
    for (int d = 16; d; d /= 2) {
#pragma unroll
        for (int w = 0; w < ARR_WAYS; w++) {
            const float other = __shfl_xor_sync(0xffffffffU, v[w], d);
            v[w] = other > v[w] ? other : v[w];
        }
    }
}

/* As arr_top_key: a larger float, then a lower index, is a larger key. Threads without a cell have
 * the smallest. */
static __device__ __forceinline__ unsigned long long rank_key(const block &b, float value)
{
    const unsigned bits = __float_as_uint(value + 0.0f);
    const unsigned ordered = bits & 0x80000000U ? ~bits : bits | 0x80000000U;
    const unsigned long long key =
        (unsigned long long)ordered << 32 | (0xffffffffU - (unsigned)b.n);
    return is_cell(b) ? key : 0ULL;
}

/* The cell of rank n, for thread n: a bitonic sort of one key a thread. Partners in the same warp
 * trade by shuffle, the others through shared memory. */
static __device__ inline int rank_cells(block &b, float value)
{
    unsigned long long key = rank_key(b, value);
    for (int size = 2; size <= BLOCK_THREADS; size *= 2) {
        for (int stride = size / 2; stride; stride /= 2) {
            unsigned long long other;
            if (stride < 32) {
                other = __shfl_xor_sync(0xffffffffU, key, stride);
            } else {
                unsigned long long *keys = b.s->keys[b.turn ^= 1];
                keys[b.n] = key;
                __syncthreads();
                other = keys[b.n ^ stride];
            }
            const bool takes_larger = ((b.n & stride) == 0) == ((b.n & size) == 0);
            key = (other > key) == takes_larger ? other : key;
        }
    }
    return (int)(0xffffffffU - (unsigned)key);
}

#endif
