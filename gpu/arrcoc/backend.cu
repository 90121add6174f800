/* SPDX-License-Identifier: Apache-2.0 */
/* The table that libhfterm_cuda.so exports: opening a device, and each op between a begin and an
 * end that leave the stream idle whatever happened.
 */
#include <stdio.h>
#include <stdlib.h>

#include "gpu/arrcoc/resize.h"

enum { SM_MIN = 75 }; /* the oldest the kernels are compiled for */

/* ---- opening and closing ---- */

static void gpu_close(void *state)
{
    struct arr_gpu *gpu = (struct arr_gpu *)state;
    if (!gpu) {
        return;
    }
    /* On a lost device all of these fail; there is nobody left to tell. */
    (void)cudaSetDevice(gpu->device);
    if (gpu->stream) {
        (void)cudaStreamSynchronize(gpu->stream);
    }
    gpu_resize_done(&gpu->resize);
    gpu_score_done(gpu->score);
    gpu_array_done(gpu->array);
    for (int i = 0; i < GPU_STAGES; i++) {
        if (gpu->stage[i].p) {
            (void)cudaFreeHost(gpu->stage[i].p);
        }
        if (gpu->stage[i].read) {
            (void)cudaEventDestroy(gpu->stage[i].read);
        }
    }
    gpu_release(&gpu->input);
    gpu_release(&gpu->output);
    gpu_release_pinned(&gpu->result);
    if (gpu->stream) {
        (void)cudaStreamDestroy(gpu->stream);
    }
    (void)cudaGetLastError();
    free(gpu);
}

static enum arr_status init(struct arr_gpu *gpu)
{
    GPU_TRY(gpu, cudaStreamCreateWithFlags(&gpu->stream, cudaStreamNonBlocking));
    for (int i = 0; i < GPU_STAGES; i++) {
        void *p = NULL;
        GPU_TRY(gpu, cudaMallocHost(&p, GPU_STAGE_BYTES));
        gpu->stage[i].p = (char *)p;
        GPU_TRY(gpu, cudaEventCreateWithFlags(&gpu->stage[i].read, cudaEventDisableTiming));
    }
    return ARR_OK;
}

/* Whether there is such a device and our kernels run on it. */
static bool is_usable(int device, char *why, size_t n_why)
{
    int n = 0;
    const cudaError_t e = cudaGetDeviceCount(&n);
    (void)cudaGetLastError();
    if (e == cudaErrorInsufficientDriver) {
        snprintf(why, n_why, "the NVIDIA driver is missing or too old for this build of CUDA");
    } else if (e == cudaErrorNoDevice || (e == cudaSuccess && n == 0)) {
        snprintf(why, n_why, "this machine has no CUDA device");
    } else if (e != cudaSuccess) {
        snprintf(why, n_why, "looking for CUDA devices: %s", cudaGetErrorString(e));
    } else if (device < 0 || device >= n) {
        snprintf(why, n_why, "there is no CUDA device %d; this machine has %d", device, n);
    } else {
        return true;
    }
    return false;
}

static void *gpu_open(int device, int threads, char *why, size_t n_why)
{
    (void)threads;
    if (!is_usable(device, why, n_why)) {
        return NULL;
    }
    struct cudaDeviceProp prop;
    cudaError_t e = cudaSetDevice(device);
    e = e == cudaSuccess ? cudaGetDeviceProperties(&prop, device) : e;
    if (e != cudaSuccess) {
        (void)cudaGetLastError();
        snprintf(why, n_why, "opening CUDA device %d: %s", device, cudaGetErrorString(e));
        return NULL;
    }
    if (prop.major * 10 + prop.minor < SM_MIN) {
        snprintf(why, n_why, "CUDA device %d (%s) has compute capability %d.%d; 7.5 is needed",
                 device, prop.name, prop.major, prop.minor);
        return NULL;
    }
    struct arr_gpu *gpu = (struct arr_gpu *)calloc(1, sizeof *gpu);
    if (!gpu) {
        snprintf(why, n_why, "not enough memory");
        return NULL;
    }
    char reason[128] = "";
    gpu->device = device;
    gpu->why = reason;
    gpu->n_why = sizeof reason;
    if (init(gpu) != ARR_OK) {
        snprintf(why, n_why, "opening CUDA device %d: %s", device, reason);
        gpu_close(gpu);
        return NULL;
    }
    gpu->why = NULL;
    return gpu;
}

static void gpu_about(void *state, struct arr_backend_about *out)
{
    const struct arr_gpu *gpu = (const struct arr_gpu *)state;
    *out = arr_backend_about{};
    struct cudaDeviceProp prop;
    int driver = 0, runtime = 0;
    if (cudaGetDeviceProperties(&prop, gpu->device) != cudaSuccess ||
        cudaDriverGetVersion(&driver) != cudaSuccess ||
        cudaRuntimeGetVersion(&runtime) != cudaSuccess) {
        (void)cudaGetLastError();
        return;
    }
    snprintf(out->device, sizeof out->device, "%.*s", (int)sizeof out->device - 1, prop.name);
    snprintf(out->version, sizeof out->version, "CUDA %d.%d, driver %d.%d", runtime / 1000,
             runtime % 1000 / 10, driver / 1000, driver % 1000 / 10);
    out->sm = prop.major * 10 + prop.minor;
    out->memory_bytes = prop.totalGlobalMem;
}

/* ---- ops ---- */

static struct arr_gpu *begin(void *state, char *why, size_t n_why, enum arr_status *status)
{
    struct arr_gpu *gpu = (struct arr_gpu *)state;
    gpu->why = why;
    gpu->n_why = n_why;
    const cudaError_t e = cudaSetDevice(gpu->device); /* it belongs to the calling thread */
    *status = e == cudaSuccess ? ARR_OK : gpu_failed(gpu, e, "cudaSetDevice");
    return gpu;
}

/* After a failure work may still be under way on memory that the next op will use. */
static enum arr_status end(struct arr_gpu *gpu, enum arr_status status)
{
    if (status != ARR_OK && cudaStreamSynchronize(gpu->stream) != cudaSuccess) {
        (void)cudaGetLastError();
        status = ARR_LOST;
    }
    gpu->why = NULL;
    gpu->n_why = 0;
    return status;
}

static enum arr_status op_resize(void *state, const struct arr_image *images, size_t n, int grid,
                                 uint8_t *const *dst, char *why, size_t n_why)
{
    enum arr_status status;
    struct arr_gpu *gpu = begin(state, why, n_why, &status);
    status = status == ARR_OK ? gpu_resize(gpu, images, n, grid, dst) : status;
    return end(gpu, status);
}

static enum arr_status op_sample(void *state, const struct arr_image *images, size_t n, int grid,
                                 struct arr_texture *const *out, char *why, size_t n_why)
{
    enum arr_status status;
    struct arr_gpu *gpu = begin(state, why, n_why, &status);
    status = status == ARR_OK ? gpu_sample(gpu, images, n, grid, out) : status;
    return end(gpu, status);
}

static enum arr_status op_array(void *state, const uint8_t *dense_rgb,
                                const struct arr_previous *previous,
                                const struct arr_array_options *options, struct arr_array *out,
                                char *why, size_t n_why)
{
    enum arr_status status;
    struct arr_gpu *gpu = begin(state, why, n_why, &status);
    status = status == ARR_OK ? gpu_array_make(gpu, dense_rgb, previous, options, out) : status;
    return end(gpu, status);
}

static enum arr_status op_score(void *state, const struct arr_score_in *in, size_t n,
                                struct arr_score_out *const *out, char *why, size_t n_why)
{
    enum arr_status status;
    struct arr_gpu *gpu = begin(state, why, n_why, &status);
    status = status == ARR_OK ? gpu_score_all(gpu, in, n, out) : status;
    return end(gpu, status);
}

static const struct arr_backend_ops OPS = {
    ARR_BACKEND_ABI, "cuda",    gpu_open, gpu_close, gpu_about,
    op_resize,       op_sample, op_array, op_score,
};

extern "C" __attribute__((visibility("default"))) const struct arr_backend_ops *
hfterm_arr_backend(unsigned abi);

extern "C" const struct arr_backend_ops *hfterm_arr_backend(unsigned abi)
{
    return abi == ARR_BACKEND_ABI ? &OPS : NULL;
}
