/* SPDX-License-Identifier: Apache-2.0 */
/* device.h - the CUDA back end's own tools: checked calls, memory that grows, uploads.
 *
 * Everything hangs on struct arr_gpu, the state of one opened device: one stream, on which all work
 * of a state is done in order. Functions return enum arr_status; the first failure writes its
 * reason to gpu->why. Host code touches device memory through copies only.
 *
 * Threads: one state, one thread at a time (core/arrcoc/backend.h).
 */
#ifndef HFTERM_GPU_ARRCOC_DEVICE_H
#define HFTERM_GPU_ARRCOC_DEVICE_H

#include <cuda_runtime.h>

extern "C" {
#include "core/arrcoc/backend.h"
}

/* ---- the state ---- */

/* Memory of the device, or pinned memory of the host: grows, never shrinks. */
struct gpu_buffer {
    char *p;
    size_t n;
};

enum { GPU_STAGES = 2, GPU_STAGE_BYTES = 4 << 20 };
/* Pinned memory on its way to the device. `read` happens when the device has read it. */
struct gpu_stage {
    char *p;
    cudaEvent_t read;
    bool is_sent;
};

/* Weights and descriptions of pictures to resize (resize.h). */
struct gpu_resize_plan {
    struct gpu_buffer memory; /* device; owned: gpu_resize_done */
    void *host;               /* the descriptions again */
    size_t n, tables_at;
    int n_out;
};

struct gpu_score; /* of score.cu: what it keeps between calls */
struct gpu_array; /* of array.cu */

struct arr_gpu {
    int device;
    cudaStream_t stream;
    struct gpu_stage stage[GPU_STAGES];
    int next_stage;
    struct gpu_buffer input, output; /* on the device, of the op that runs */
    struct gpu_buffer result;        /* pinned: results on their way back */
    struct gpu_resize_plan resize;
    struct gpu_score *score;
    struct gpu_array *array;
    char *why; /* of the op that runs */
    size_t n_why;
};

/* ---- errors ---- */

/* Out of memory is the call's own; everything else means that the device or this code is broken. */
enum arr_status gpu_failed(struct arr_gpu *gpu, cudaError_t error, const char *what);

enum arr_status gpu_bad_picture(struct arr_gpu *gpu, const char *what);

#define GPU_TRY(gpu, call)                                                                         \
    do {                                                                                           \
        const cudaError_t gpu_error = (call);                                                      \
        if (gpu_error != cudaSuccess) {                                                            \
            return gpu_failed((gpu), gpu_error, #call);                                            \
        }                                                                                          \
    } while (0)

#define GPU_PASS(status)                                                                           \
    do {                                                                                           \
        const enum arr_status gpu_status = (status);                                               \
        if (gpu_status != ARR_OK) {                                                                \
            return gpu_status;                                                                     \
        }                                                                                          \
    } while (0)

/* ---- launches ---- */

template <typename... P, typename... A>
static inline cudaError_t gpu_launch(struct arr_gpu *gpu, void (*kernel)(P...), dim3 grid,
                                     dim3 block, size_t shared_bytes, A... args)
{
    cudaLaunchConfig_t config = {};
    config.gridDim = grid;
    config.blockDim = block;
    config.dynamicSmemBytes = shared_bytes;
    config.stream = gpu->stream;
    return cudaLaunchKernelEx(&config, kernel, args...);
}

/* A kernel's shared memory whose size is given at the launch. */
#ifdef __CUDACC__
#define GPU_SHARED(name) extern __shared__ __align__(16) unsigned char name[]
#else
#define GPU_SHARED(name) unsigned char *const name = (unsigned char *)cudasim_dynamic_shared()
#endif

/* ---- memory ---- */

static inline size_t gpu_round_up(size_t n, size_t step)
{
    return (n + step - 1) / step * step;
}

enum arr_status gpu_grow(struct arr_gpu *gpu, struct gpu_buffer *b, size_t n);
enum arr_status gpu_grow_pinned(struct arr_gpu *gpu, struct gpu_buffer *b, size_t n);
void gpu_release(struct gpu_buffer *b);
void gpu_release_pinned(struct gpu_buffer *b);

/* Bytes to the device one after the other, through the pinned stages: the host fills one while the
 * device reads the other. Finish with gpu_flush. */
struct gpu_writer {
    struct arr_gpu *gpu;
    char *dst;
    size_t at; /* bytes put so far */
    struct gpu_stage *stage;
    size_t staged;
};
struct gpu_writer gpu_write(struct arr_gpu *gpu, void *dst);
enum arr_status gpu_put(struct gpu_writer *w, const void *src, size_t n);
/* Fills up with bytes of no meaning to a multiple of step. */
enum arr_status gpu_pad(struct gpu_writer *w, size_t step);
enum arr_status gpu_flush(struct gpu_writer *w);

/* ---- the ops, a file each ---- */

enum arr_status gpu_resize(struct arr_gpu *gpu, const struct arr_image *images, size_t n, int grid,
                           uint8_t *const *dst);
enum arr_status gpu_sample(struct arr_gpu *gpu, const struct arr_image *images, size_t n, int grid,
                           struct arr_texture *const *out);
enum arr_status gpu_array_make(struct arr_gpu *gpu, const uint8_t *dense_rgb,
                               const struct arr_previous *previous,
                               const struct arr_array_options *options, struct arr_array *out);
enum arr_status gpu_score_all(struct arr_gpu *gpu, const struct arr_score_in *in, size_t n,
                              struct arr_score_out *const *out);
void gpu_score_done(struct gpu_score *s);
void gpu_array_done(struct gpu_array *a);

#endif
