/* SPDX-License-Identifier: Apache-2.0 */
/* Kernels with one mistake each, and one without: what the simulator must notice, and must not. */
#include <cuda_runtime.h>

#include "tests/cudasim/cudasim.h"

enum { THREADS = 64 };

/* Each thread takes its neighbour's value; how: what is wrong. */
static __global__ void shift_kernel(unsigned *out, int is_missing_barrier)
{
    __shared__ unsigned v[THREADS];
    const unsigned i = threadIdx.x;
    v[i] = i * 3;
    if (!is_missing_barrier) {
        __syncthreads();
    }
    out[i] = v[(i + 1) % THREADS];
}

static __global__ void half_barrier_kernel(unsigned *out)
{
    if (threadIdx.x < THREADS / 2) {
        __syncthreads();
    }
    out[threadIdx.x] = 1;
}

static __global__ void lane_kernel(unsigned *out, int beyond_mask)
{
    const unsigned lane = threadIdx.x % 32;
    unsigned v = lane;
    if (lane < 16) {
        v = __shfl_down_sync(0x0000ffffU, v, beyond_mask ? 4 : 0, 32);
    }
    out[threadIdx.x] = v;
}

static __global__ void half_mask_kernel(unsigned *out)
{
    if (threadIdx.x % 32 < 16) {
        out[threadIdx.x] = __ballot_sync(0xffffffffU, 1);
    }
}

static __global__ void beyond_kernel(unsigned *out)
{
    out[threadIdx.x + 1] = 1;
}

/* Sums over lanes that belong to different threads' order: right whatever the order. */
static __global__ void sum_kernel(unsigned *out)
{
    unsigned v = threadIdx.x;
    for (int d = 16; d; d /= 2) {
        v += __shfl_xor_sync(0xffffffffU, v, d);
    }
    out[threadIdx.x] = v;
}

template <typename... P, typename... A>
static void launch(cudaStream_t s, void (*kernel)(P...), A... args)
{
    cudaLaunchConfig_t c = {};
    c.gridDim = 1;
    c.blockDim = THREADS;
    c.stream = s;
    (void)cudaLaunchKernelEx(&c, kernel, args...);
}

/* Runs mistake number `which` with an order of threads; out: 64 results. The CUDA error. */
extern "C" __attribute__((visibility("default"))) int cudasim_faulty(int which, unsigned order,
                                                                     unsigned *out)
{
    cudaStream_t s;
    void *p = NULL;
    cudasim_set_order(order);
    (void)cudaStreamCreateWithFlags(&s, cudaStreamNonBlocking);
    (void)cudaMalloc(&p, THREADS * sizeof(unsigned));
    unsigned *device = (unsigned *)p;
    switch (which) {
    case 0:
        launch(s, sum_kernel, device);
        break;
    case 1:
        launch(s, shift_kernel, device, 1);
        break;
    case 2:
        launch(s, half_barrier_kernel, device);
        break;
    case 3:
        launch(s, lane_kernel, device, 1);
        break;
    case 4:
        launch(s, half_mask_kernel, device);
        break;
    case 5:
        launch(s, beyond_kernel, device);
        break;
    case 6:
        launch(s, shift_kernel, device, 0);
        break;
    }
    const cudaError_t e = cudaStreamSynchronize(s);
    if (e == cudaSuccess) {
        (void)cudaMemcpyAsync(out, device, THREADS * sizeof *out, cudaMemcpyDeviceToHost, s);
    }
    (void)cudaFree(p);
    (void)cudaStreamDestroy(s);
    cudasim_set_order(0);
    return (int)e;
}
