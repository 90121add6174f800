/* SPDX-License-Identifier: Apache-2.0 */
/* cuda_runtime.h - as much of CUDA as gpu/arrcoc uses, for g++ and a machine without a device.
 *
 * With this folder on the include path the very same .cu files compile as C++. It is not an
 * emulator of the hardware but a strict reading of the rules, made to find mistakes:
 *
 *   - A block's threads are fibers. They switch only where CUDA lets them meet: at barriers and
 *     shuffles. Their order and that of the blocks is ascending, descending or shuffled
 *     (cudasim_set_order): results that change with it are races.
 *   - A barrier that some threads of a block or lanes of a mask never reach is reported, so is a
 *     shuffle that reads a lane outside its mask.
 *   - Shared memory and fresh device memory are filled with 0xff, a NaN in every float.
 *   - Device memory cannot be touched by host code: its pages are closed while no kernel or copy
 *     runs. Each block of it ends with a red zone that is looked at after every kernel.
 *   - Streams do nothing until somebody waits for them, so results read too early are poison and
 *     pinned memory that is reused too early is noticed.
 *   - Any call can be made to fail (cudasim_fail_at).
 *
 * Threads: one host thread at a time.
 */
#ifndef HFTERM_TESTS_CUDASIM_CUDA_RUNTIME_H
#define HFTERM_TESTS_CUDASIM_CUDA_RUNTIME_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <functional>
#include <tuple>
#include <utility>

#define __global__
#define __device__
#define __host__
#define __forceinline__ inline
#define __launch_bounds__(...)
#define __align__(n) alignas(n)
/* One block runs at a time, so a static is its shared memory; the section lets us poison it. */
#define __shared__ static __attribute__((section("cudasim_shared")))

/* ---- vectors ---- */

struct uint2 {
    unsigned x, y;
};
struct uint3 {
    unsigned x, y, z;
};
struct alignas(16) uint4 {
    unsigned x, y, z, w;
};
struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct dim3 {
    unsigned x, y, z;
    constexpr dim3(unsigned a = 1, unsigned b = 1, unsigned c = 1) : x(a), y(b), z(c)
    {
    }
};
inline float4 make_float4(float x, float y, float z, float w)
{
    return float4{x, y, z, w};
}
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w)
{
    return uint4{x, y, z, w};
}

/* ---- inside a kernel ---- */

extern uint3 cudasim_thread_idx, cudasim_block_idx;
extern dim3 cudasim_block_dim, cudasim_grid_dim;
#define threadIdx cudasim_thread_idx
#define blockIdx cudasim_block_idx
#define blockDim cudasim_block_dim
#define gridDim cudasim_grid_dim
enum { warpSize = 32 };

void *cudasim_dynamic_shared(void);
void cudasim_sync_block(void);
/* Waits for all lanes of the mask and returns what lane `source` brought; CUDASIM_BALLOT: a bit for
 * each lane that brought 1. */
enum { CUDASIM_BALLOT = 32 };
uint64_t cudasim_meet(unsigned mask, uint64_t value, unsigned source);
unsigned cudasim_lane(void);
void cudasim_trouble_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

#define __syncthreads() cudasim_sync_block()
inline void __syncwarp(unsigned mask = 0xffffffffU)
{
    (void)cudasim_meet(mask, 0, CUDASIM_BALLOT);
}
inline void __threadfence(void)
{
}

template <typename T> T cudasim_take(unsigned mask, T value, unsigned source, int width)
{
    static_assert(sizeof(T) <= sizeof(uint64_t), "shuffles move at most 8 bytes");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof value);
    const unsigned lane = cudasim_lane(), w = (unsigned)width;
    const bool is_near = source < 32 && source / w == lane / w;
    const uint64_t theirs = cudasim_meet(mask, bits, is_near ? source : lane);
    T out;
    memcpy(&out, &theirs, sizeof out);
    return out;
}
template <typename T> T __shfl_sync(unsigned mask, T v, int source, int width = 32)
{
    const unsigned w = (unsigned)width, first = cudasim_lane() / w * w;
    return cudasim_take(mask, v, first + (unsigned)source % w, width);
}
template <typename T> T __shfl_xor_sync(unsigned mask, T v, int lanes, int width = 32)
{
    return cudasim_take(mask, v, cudasim_lane() ^ (unsigned)lanes, width);
}
template <typename T> T __shfl_down_sync(unsigned mask, T v, unsigned delta, int width = 32)
{
    return cudasim_take(mask, v, cudasim_lane() + delta, width);
}
template <typename T> T __shfl_up_sync(unsigned mask, T v, unsigned delta, int width = 32)
{
    const unsigned lane = cudasim_lane();
    return cudasim_take(mask, v, lane >= delta ? lane - delta : lane, width);
}
inline unsigned __ballot_sync(unsigned mask, int is_true)
{
    return (unsigned)cudasim_meet(mask, is_true ? 1 : 0, CUDASIM_BALLOT);
}
inline int __any_sync(unsigned mask, int is_true)
{
    return __ballot_sync(mask, is_true) != 0;
}
inline int __all_sync(unsigned mask, int is_true)
{
    return __ballot_sync(mask, is_true) == mask;
}
/* Fibers do not interrupt each other: plain operations are atomic. */
inline int __syncthreads_or(int is_true)
{
    static int any;
    cudasim_sync_block();
    any = 0;
    cudasim_sync_block();
    any |= is_true;
    cudasim_sync_block();
    return any != 0;
}

template <typename T> T atomicAdd(T *p, T v)
{
    const T old = *p;
    *p = old + v;
    return old;
}
template <typename T> T atomicMin(T *p, T v)
{
    const T old = *p;
    *p = v < old ? v : old;
    return old;
}
template <typename T> T atomicMax(T *p, T v)
{
    const T old = *p;
    *p = v > old ? v : old;
    return old;
}
template <typename T> T atomicOr(T *p, T v)
{
    const T old = *p;
    *p = old | v;
    return old;
}
template <typename T> T atomicCAS(T *p, T expected, T v)
{
    const T old = *p;
    *p = old == expected ? v : old;
    return old;
}

template <typename T> T __ldg(const T *p)
{
    return *p;
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned c)
{
    for (int i = 0; i < 32; i += 8) {
        c += (a >> i & 255U) * (b >> i & 255U);
    }
    return c;
}
/* Bytes of y:x by the low three bits of each nibble; the fourth would repeat a sign. */
inline unsigned __byte_perm(unsigned x, unsigned y, unsigned selector)
{
    const uint64_t both = (uint64_t)y << 32 | x;
    unsigned out = 0;
    for (int i = 0; i < 4; i++) {
        out |= (unsigned)(both >> (selector >> 4 * i & 7U) * 8 & 255U) << 8 * i;
    }
    return out;
}
inline unsigned __funnelshift_r(unsigned lo, unsigned hi, unsigned shift)
{
    return (unsigned)(((uint64_t)hi << 32 | lo) >> (shift & 31U));
}
/* The sum of the absolute differences of four unsigned bytes. */
inline unsigned __vsadu4(unsigned a, unsigned b)
{
    unsigned sum = 0;
    for (int i = 0; i < 32; i += 8) {
        const int d = (int)(a >> i & 255U) - (int)(b >> i & 255U);
        sum += (unsigned)(d < 0 ? -d : d);
    }
    return sum;
}
inline int __popc(unsigned v)
{
    return __builtin_popcount(v);
}
inline int __ffs(int v)
{
    return __builtin_ffs(v);
}
inline int __clz(int v)
{
    return v ? __builtin_clz((unsigned)v) : 32;
}
inline unsigned __float_as_uint(float v)
{
    unsigned out;
    memcpy(&out, &v, sizeof out);
    return out;
}
inline float __uint_as_float(unsigned v)
{
    float out;
    memcpy(&out, &v, sizeof out);
    return out;
}
#define CUDASIM_MIN_MAX(T)                                                                         \
    inline T min(T a, T b)                                                                         \
    {                                                                                              \
        return b < a ? b : a;                                                                      \
    }                                                                                              \
    inline T max(T a, T b)                                                                         \
    {                                                                                              \
        return a < b ? b : a;                                                                      \
    }
CUDASIM_MIN_MAX(int)
CUDASIM_MIN_MAX(unsigned)
CUDASIM_MIN_MAX(long long)
#undef CUDASIM_MIN_MAX

/* ---- the host's side ---- */

enum cudaError_t {
    cudaSuccess = 0,
    cudaErrorInvalidValue = 1,
    cudaErrorMemoryAllocation = 2,
    cudaErrorInsufficientDriver = 35,
    cudaErrorNoDevice = 100,
    cudaErrorInvalidDevice = 101,
    cudaErrorIllegalAddress = 700,
    cudaErrorLaunchFailure = 719,
    cudaErrorStreamCaptureUnsupported = 900,
};
enum cudaMemcpyKind {
    cudaMemcpyHostToDevice = 1,
    cudaMemcpyDeviceToHost = 2,
    cudaMemcpyDeviceToDevice = 3,
};
enum cudaStreamCaptureMode { cudaStreamCaptureModeThreadLocal = 1 };
enum cudaFuncAttribute { cudaFuncAttributeMaxDynamicSharedMemorySize = 8 };
enum { cudaStreamNonBlocking = 1, cudaEventDisableTiming = 2 };
/* The most dynamic shared memory of a kernel that did not ask for more. */
enum { CUDASIM_SHARED_PLAIN = 48 * 1024, CUDASIM_SHARED_MAX = 99 * 1024 };

typedef struct cudasim_stream *cudaStream_t;
typedef struct cudasim_event *cudaEvent_t;
typedef struct cudasim_graph *cudaGraph_t;
typedef struct cudasim_graph *cudaGraphExec_t;

struct cudaDeviceProp {
    char name[256];
    size_t totalGlobalMem;
    int major, minor, multiProcessorCount;
};
struct cudaLaunchAttribute;
struct cudaLaunchConfig_t {
    dim3 gridDim, blockDim;
    size_t dynamicSmemBytes;
    cudaStream_t stream;
    cudaLaunchAttribute *attrs;
    unsigned numAttrs;
};

cudaError_t cudaGetDeviceCount(int *n);
cudaError_t cudaSetDevice(int device);
cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device);
cudaError_t cudaDriverGetVersion(int *v);
cudaError_t cudaRuntimeGetVersion(int *v);
const char *cudaGetErrorString(cudaError_t e);
cudaError_t cudaGetLastError(void);
cudaError_t cudaPeekAtLastError(void);
cudaError_t cudaMalloc(void **p, size_t n);
cudaError_t cudaFree(void *p);
cudaError_t cudaMallocHost(void **p, size_t n);
cudaError_t cudaFreeHost(void *p);
cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t n, cudaMemcpyKind kind,
                            cudaStream_t stream);
cudaError_t cudaMemsetAsync(void *p, int byte, size_t n, cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned flags);
cudaError_t cudaStreamDestroy(cudaStream_t s);
cudaError_t cudaStreamSynchronize(cudaStream_t s);
cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t *graph);
cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *exec, cudaGraph_t graph,
                                          unsigned long long flags);
cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t s);
cudaError_t cudaGraphDestroy(cudaGraph_t graph);
cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec);
cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned flags);
cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s);
cudaError_t cudaEventSynchronize(cudaEvent_t e);
cudaError_t cudaEventDestroy(cudaEvent_t e);
cudaError_t cudasim_func_set_shared(const void *kernel, int n);
cudaError_t cudasim_launch(const cudaLaunchConfig_t *config, const void *kernel,
                           std::function<void()> thread);

template <typename K> cudaError_t cudaFuncSetAttribute(K kernel, cudaFuncAttribute, int n)
{
    return cudasim_func_set_shared(reinterpret_cast<const void *>(kernel), n);
}

template <typename... P, typename... A>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t *config, void (*kernel)(P...), A &&...args)
{
    /* Copied now, as CUDA does. */
    std::tuple<P...> copy(std::forward<A>(args)...);
    return cudasim_launch(config, reinterpret_cast<const void *>(kernel),
                          [kernel, copy]() { std::apply(kernel, copy); });
}

#endif
