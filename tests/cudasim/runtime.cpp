/* SPDX-License-Identifier: Apache-2.0 */
/* The host's calls: memory, streams, events, graphs, and errors on demand. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

#include <deque>
#include <map>
#include <vector>

#include "tests/cudasim/cudasim.h"
#include "tests/cudasim/parts.h"

struct cudasim_graph {
    std::vector<std::function<void()>> nodes;
};
struct cudasim_stream {
    std::deque<std::function<void()>> queue;
    cudasim_graph *capture;
    bool captures;
};
struct cudasim_event {
    cudasim_stream *stream;
    bool is_pending;
};

namespace
{

enum : size_t { ARENA_BYTES = (size_t)1 << 30, RED_BYTES = 256, ALIGN_BYTES = 256 };

struct state {
    char trouble[512];
    cudaError_t last, sticky;
    char fail_call[64];
    int fail_nth;
    cudaError_t fail_error;
    long calls;
    char *arena;
    size_t used;                     /* bytes of the arena that were ever given out */
    std::map<size_t, size_t> blocks; /* offset to size */
    std::map<const char *, size_t> pinned;
    std::map<const void *, int> shared_limit;
    int live;
};
state sim;

/* A call that can fail: the number it returns. */
cudaError_t enter(const char *name)
{
    sim.calls++;
    if (sim.sticky != cudaSuccess) {
        return sim.last = sim.sticky;
    }
    const bool is_it = !strcmp(sim.fail_call, name) || !strcmp(sim.fail_call, "*");
    if (sim.fail_nth > 0 && is_it && --sim.fail_nth == 0) {
        sim.last = sim.fail_error;
        sim.sticky = sim.fail_error >= 700 ? sim.fail_error : cudaSuccess;
        return sim.last;
    }
    return cudaSuccess;
}

cudaError_t refuse(cudaError_t e)
{
    return sim.last = e;
}

#define ENTER(name)                                                                                \
    do {                                                                                           \
        const cudaError_t entered = enter(name);                                                   \
        if (entered != cudaSuccess) {                                                              \
            return entered;                                                                        \
        }                                                                                          \
    } while (0)

/* ---- device memory ---- */

void arena_open(bool is_open)
{
    if (sim.used) {
        mprotect(sim.arena, sim.used, is_open ? PROT_READ | PROT_WRITE : PROT_NONE);
    }
}

void arena_init()
{
    if (!sim.arena) {
        void *p = mmap(nullptr, ARENA_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                       -1, 0);
        sim.arena = static_cast<char *>(p);
    }
}

bool in_arena(const void *p)
{
    const char *c = static_cast<const char *>(p);
    return sim.arena && c >= sim.arena && c < sim.arena + ARENA_BYTES;
}

/* The arena is open: every byte behind a block must be as it was left. */
void check_red_zones()
{
    for (const auto &b : sim.blocks) {
        const unsigned char *red =
            reinterpret_cast<unsigned char *>(sim.arena + b.first + b.second);
        const size_t end = (b.second + RED_BYTES + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
        for (size_t i = 0; i < end - b.second; i++) {
            if (red[i] != 0xfb) {
                cudasim_trouble_note("a write %zu bytes behind a block of %zu device bytes", i,
                                     b.second);
                memset(sim.arena + b.first + b.second, 0xfb, end - b.second);
                return;
            }
        }
    }
}

/* Whether [p, p + n) lies in one block of device memory. */
bool is_device(const void *p, size_t n)
{
    if (!in_arena(p)) {
        return false;
    }
    const size_t at = (size_t)(static_cast<const char *>(p) - sim.arena);
    auto b = sim.blocks.upper_bound(at);
    if (b == sim.blocks.begin()) {
        return false;
    }
    --b;
    return at + n <= b->first + b->second;
}

bool is_pinned(const void *p, size_t n)
{
    const char *c = static_cast<const char *>(p);
    auto b = sim.pinned.upper_bound(c);
    if (b == sim.pinned.begin()) {
        return false;
    }
    --b;
    return c + n <= b->first + b->second;
}

/* ---- streams ---- */

void run_first(cudasim_stream *s)
{
    const std::function<void()> op = std::move(s->queue.front());
    s->queue.pop_front();
    if (sim.sticky == cudaSuccess) {
        op();
    }
}

void drain(cudasim_stream *s)
{
    while (!s->queue.empty()) {
        run_first(s);
    }
}

void submit(cudasim_stream *s, std::function<void()> op)
{
    if (s->captures) {
        s->capture->nodes.push_back(std::move(op));
    } else {
        s->queue.push_back(std::move(op));
    }
}

void copy_bytes(void *dst, const void *src, size_t n)
{
    arena_open(true);
    memcpy(dst, src, n);
    arena_open(false);
}

} // namespace

void cudasim_trouble_note(const char *format, ...)
{
    if (sim.trouble[0]) {
        return;
    }
    va_list args;
    va_start(args, format);
    vsnprintf(sim.trouble, sizeof sim.trouble, format, args);
    va_end(args);
}

/* ---- errors, device ---- */

const char *cudaGetErrorString(cudaError_t e)
{
    switch (e) {
    case cudaSuccess:
        return "no error";
    case cudaErrorMemoryAllocation:
        return "out of memory";
    case cudaErrorInsufficientDriver:
        return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorNoDevice:
        return "no CUDA-capable device is detected";
    case cudaErrorIllegalAddress:
        return "an illegal memory access was encountered";
    case cudaErrorLaunchFailure:
        return "unspecified launch failure";
    default:
        return "an error of the simulated device";
    }
}

cudaError_t cudaGetLastError(void)
{
    const cudaError_t e = sim.last;
    sim.last = sim.sticky;
    return e;
}

cudaError_t cudaPeekAtLastError(void)
{
    return sim.last;
}

cudaError_t cudaGetDeviceCount(int *n)
{
    ENTER("cudaGetDeviceCount");
    *n = 1;
    return cudaSuccess;
}

cudaError_t cudaSetDevice(int device)
{
    ENTER("cudaSetDevice");
    return device == 0 ? cudaSuccess : refuse(cudaErrorInvalidDevice);
}

cudaError_t cudaGetDeviceProperties(cudaDeviceProp *p, int device)
{
    ENTER("cudaGetDeviceProperties");
    if (device != 0) {
        return refuse(cudaErrorInvalidDevice);
    }
    *p = cudaDeviceProp{};
    snprintf(p->name, sizeof p->name, "simulated device");
    p->totalGlobalMem = ARENA_BYTES;
    p->major = 7;
    p->minor = 5;
    p->multiProcessorCount = 1;
    return cudaSuccess;
}

cudaError_t cudaDriverGetVersion(int *v)
{
    ENTER("cudaDriverGetVersion");
    *v = 13000;
    return cudaSuccess;
}

cudaError_t cudaRuntimeGetVersion(int *v)
{
    ENTER("cudaRuntimeGetVersion");
    *v = 13000;
    return cudaSuccess;
}

/* ---- memory ---- */

/* What gives something back does so even when it fails: a lost device takes its memory along.
 *
 * Freed memory is not used again: whoever still writes there hits a red zone's byte. */
cudaError_t cudaMalloc(void **p, size_t n)
{
    ENTER("cudaMalloc");
    arena_init();
    const size_t whole = (n + RED_BYTES + ALIGN_BYTES - 1) / ALIGN_BYTES * ALIGN_BYTES;
    if (!n || whole > ARENA_BYTES - sim.used) {
        return refuse(n ? cudaErrorMemoryAllocation : cudaErrorInvalidValue);
    }
    const size_t at = sim.used;
    sim.used += whole;
    arena_open(true);
    memset(sim.arena + at, 0xff, n);
    memset(sim.arena + at + n, 0xfb, whole - n);
    arena_open(false);
    sim.blocks[at] = n;
    sim.live++;
    *p = sim.arena + at;
    return cudaSuccess;
}

cudaError_t cudaFree(void *p)
{
    if (!p) {
        return enter("cudaFree");
    }
    const size_t at = (size_t)(static_cast<char *>(p) - sim.arena);
    if (!in_arena(p) || !sim.blocks.count(at)) {
        cudasim_trouble_note("cudaFree of what is not the start of a block");
        return refuse(cudaErrorInvalidValue);
    }
    arena_open(true);
    check_red_zones();
    arena_open(false);
    sim.blocks.erase(at);
    sim.live--;
    if (sim.blocks.empty()) {
        sim.used = 0;
    }
    return enter("cudaFree");
}

cudaError_t cudaMallocHost(void **p, size_t n)
{
    ENTER("cudaMallocHost");
    void *m = malloc(n);
    if (!m) {
        return refuse(cudaErrorMemoryAllocation);
    }
    memset(m, 0xff, n);
    sim.pinned[static_cast<char *>(m)] = n;
    sim.live++;
    *p = m;
    return cudaSuccess;
}

cudaError_t cudaFreeHost(void *p)
{
    if (!p) {
        return enter("cudaFreeHost");
    }
    if (!sim.pinned.erase(static_cast<char *>(p))) {
        cudasim_trouble_note("cudaFreeHost of memory that is not pinned");
        return refuse(cudaErrorInvalidValue);
    }
    free(p);
    sim.live--;
    return enter("cudaFreeHost");
}

cudaError_t cudaMemcpyAsync(void *dst, const void *src, size_t n, cudaMemcpyKind kind,
                            cudaStream_t stream)
{
    ENTER("cudaMemcpyAsync");
    const bool reads_device = kind != cudaMemcpyHostToDevice;
    const bool writes_device = kind != cudaMemcpyDeviceToHost;
    if ((reads_device && !is_device(src, n)) || (writes_device && !is_device(dst, n)) ||
        (!reads_device && in_arena(src)) || (!writes_device && in_arena(dst))) {
        cudasim_trouble_note("cudaMemcpyAsync of %zu bytes, kind %d: an address is on the wrong "
                             "side or beyond its block",
                             n, (int)kind);
        return refuse(cudaErrorInvalidValue);
    }
    const bool is_deferred =
        (reads_device || is_pinned(src, n)) && (writes_device || is_pinned(dst, n));
    if (is_deferred) {
        submit(stream, [=] { copy_bytes(dst, src, n); });
        return cudaSuccess;
    }
    if (stream->captures) {
        cudasim_trouble_note("a graph copies to or from memory that is not pinned");
        return refuse(cudaErrorStreamCaptureUnsupported);
    }
    if (!reads_device) { /* staged: the source may change when this returns */
        const std::vector<char> staged(static_cast<const char *>(src),
                                       static_cast<const char *>(src) + n);
        submit(stream, [=] { copy_bytes(dst, staged.data(), n); });
        return cudaSuccess;
    }
    drain(stream);
    copy_bytes(dst, src, n);
    return sim.sticky;
}

cudaError_t cudaMemsetAsync(void *p, int byte, size_t n, cudaStream_t stream)
{
    ENTER("cudaMemsetAsync");
    if (!is_device(p, n)) {
        cudasim_trouble_note("cudaMemsetAsync of %zu bytes beyond a block", n);
        return refuse(cudaErrorInvalidValue);
    }
    submit(stream, [=] {
        arena_open(true);
        memset(p, byte, n);
        arena_open(false);
    });
    return cudaSuccess;
}

/* ---- streams, events, graphs ---- */

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *s, unsigned)
{
    ENTER("cudaStreamCreateWithFlags");
    *s = new cudasim_stream();
    sim.live++;
    return cudaSuccess;
}

cudaError_t cudaStreamDestroy(cudaStream_t s)
{
    if (sim.sticky == cudaSuccess) {
        drain(s);
    }
    delete s;
    sim.live--;
    return enter("cudaStreamDestroy");
}

cudaError_t cudaStreamSynchronize(cudaStream_t s)
{
    ENTER("cudaStreamSynchronize");
    drain(s);
    return sim.last = sim.sticky;
}

cudaError_t cudaStreamBeginCapture(cudaStream_t s, cudaStreamCaptureMode)
{
    ENTER("cudaStreamBeginCapture");
    s->captures = true;
    s->capture = new cudasim_graph();
    sim.live++;
    return cudaSuccess;
}

/* As on a device, a capture also ends when something in it failed. */
cudaError_t cudaStreamEndCapture(cudaStream_t s, cudaGraph_t *graph)
{
    s->captures = false;
    *graph = s->capture;
    s->capture = nullptr;
    const cudaError_t e = enter("cudaStreamEndCapture");
    if (e != cudaSuccess && *graph) {
        delete *graph;
        sim.live--;
        *graph = nullptr;
    }
    return e;
}

cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t *exec, cudaGraph_t graph,
                                          unsigned long long)
{
    ENTER("cudaGraphInstantiateWithFlags");
    *exec = new cudasim_graph(*graph);
    sim.live++;
    return cudaSuccess;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t exec, cudaStream_t s)
{
    ENTER("cudaGraphLaunch");
    for (const auto &node : exec->nodes) {
        s->queue.push_back(node);
    }
    return cudaSuccess;
}

cudaError_t cudaGraphDestroy(cudaGraph_t graph)
{
    delete graph;
    sim.live--;
    return enter("cudaGraphDestroy");
}

cudaError_t cudaGraphExecDestroy(cudaGraphExec_t exec)
{
    delete exec;
    sim.live--;
    return enter("cudaGraphExecDestroy");
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *e, unsigned)
{
    ENTER("cudaEventCreateWithFlags");
    *e = new cudasim_event();
    sim.live++;
    return cudaSuccess;
}

cudaError_t cudaEventRecord(cudaEvent_t e, cudaStream_t s)
{
    ENTER("cudaEventRecord");
    e->stream = s;
    e->is_pending = true;
    submit(s, [e] { e->is_pending = false; });
    return cudaSuccess;
}

cudaError_t cudaEventSynchronize(cudaEvent_t e)
{
    ENTER("cudaEventSynchronize");
    while (e->is_pending && !e->stream->queue.empty()) {
        run_first(e->stream);
    }
    return sim.last = sim.sticky;
}

cudaError_t cudaEventDestroy(cudaEvent_t e)
{
    delete e;
    sim.live--;
    return enter("cudaEventDestroy");
}

/* ---- kernels ---- */

cudaError_t cudasim_func_set_shared(const void *kernel, int n)
{
    ENTER("cudaFuncSetAttribute");
    if (n > CUDASIM_SHARED_MAX) {
        return refuse(cudaErrorInvalidValue);
    }
    sim.shared_limit[kernel] = n;
    return cudaSuccess;
}

cudaError_t cudasim_launch(const cudaLaunchConfig_t *c, const void *kernel,
                           std::function<void()> thread)
{
    ENTER("cudaLaunchKernelEx");
    const auto limit = sim.shared_limit.find(kernel);
    const size_t shared_max =
        limit == sim.shared_limit.end() ? (size_t)CUDASIM_SHARED_PLAIN : (size_t)limit->second;
    const dim3 g = c->gridDim, b = c->blockDim;
    const unsigned threads = b.x * b.y * b.z;
    if (!g.x || !g.y || !g.z || g.y > 65535 || g.z > 65535 || threads == 0 || threads > 1024 ||
        c->dynamicSmemBytes > shared_max) {
        cudasim_trouble_note("a launch of %u x %u x %u blocks of %u threads with %zu bytes of "
                             "shared memory",
                             g.x, g.y, g.z, threads, c->dynamicSmemBytes);
        return refuse(cudaErrorInvalidValue);
    }
    const size_t shared_bytes = c->dynamicSmemBytes;
    submit(c->stream, [=] {
        arena_open(true);
        if (!cudasim_run_grid(g, b, shared_bytes, thread)) {
            sim.sticky = sim.last = cudaErrorLaunchFailure;
        }
        check_red_zones();
        arena_open(false);
    });
    return cudaSuccess;
}

/* ---- what a test asks ---- */

extern "C" const char *cudasim_trouble(void)
{
    return sim.trouble;
}

extern "C" void cudasim_forget(void)
{
    sim.trouble[0] = '\0';
    sim.last = sim.sticky = cudaSuccess;
    sim.fail_nth = 0;
}

extern "C" void cudasim_fail_at(const char *call, int nth, int error)
{
    snprintf(sim.fail_call, sizeof sim.fail_call, "%s", call);
    sim.fail_nth = nth;
    sim.fail_error = static_cast<cudaError_t>(error);
}

extern "C" long cudasim_calls(void)
{
    return sim.calls;
}

extern "C" int cudasim_live(void)
{
    return sim.live;
}
