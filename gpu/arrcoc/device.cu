/* SPDX-License-Identifier: Apache-2.0 */
#include "gpu/arrcoc/device.h"

#include <stdio.h>
#include <string.h>

enum arr_status gpu_failed(struct arr_gpu *gpu, cudaError_t error, const char *what)
{
    int n = 0;
    while (what[n] && what[n] != '(') {
        n++;
    }
    if (gpu->why && gpu->n_why) {
        snprintf(gpu->why, gpu->n_why, "%.*s: %s", n, what, cudaGetErrorString(error));
    }
    (void)cudaGetLastError(); /* so that the next op does not see this one's */
    return error == cudaErrorMemoryAllocation ? ARR_NO_MEMORY : ARR_LOST;
}

enum arr_status gpu_bad_picture(struct arr_gpu *gpu, const char *what)
{
    if (gpu->why && gpu->n_why) {
        snprintf(gpu->why, gpu->n_why, "%s", what);
    }
    return ARR_BAD_PICTURE;
}

/* ---- memory ---- */

static size_t grown(size_t have, size_t need)
{
    const size_t half_more = have + have / 2;
    return gpu_round_up(need > half_more ? need : half_more, 4096);
}

enum arr_status gpu_grow(struct arr_gpu *gpu, struct gpu_buffer *b, size_t n)
{
    if (n <= b->n) {
        return ARR_OK;
    }
    n = grown(b->n, n);
    /* Work that still uses the old memory comes first. */
    GPU_TRY(gpu, cudaStreamSynchronize(gpu->stream));
    char *old = b->p;
    *b = gpu_buffer{};
    GPU_TRY(gpu, cudaFree(old));
    void *p = NULL;
    GPU_TRY(gpu, cudaMalloc(&p, n));
    *b = gpu_buffer{(char *)p, n};
    return ARR_OK;
}

enum arr_status gpu_grow_pinned(struct arr_gpu *gpu, struct gpu_buffer *b, size_t n)
{
    if (n <= b->n) {
        return ARR_OK;
    }
    n = grown(b->n, n);
    GPU_TRY(gpu, cudaStreamSynchronize(gpu->stream));
    char *old = b->p;
    *b = gpu_buffer{};
    GPU_TRY(gpu, cudaFreeHost(old));
    void *p = NULL;
    GPU_TRY(gpu, cudaMallocHost(&p, n));
    *b = gpu_buffer{(char *)p, n};
    return ARR_OK;
}

/* Called when a state is closed: nobody is left to tell of a failure. */
void gpu_release(struct gpu_buffer *b)
{
    (void)cudaFree(b->p);
    *b = gpu_buffer{};
}

void gpu_release_pinned(struct gpu_buffer *b)
{
    (void)cudaFreeHost(b->p);
    *b = gpu_buffer{};
}

/* ---- uploads ---- */

struct gpu_writer gpu_write(struct arr_gpu *gpu, void *dst)
{
    gpu_writer w = {};
    w.gpu = gpu;
    w.dst = (char *)dst;
    return w;
}

static enum arr_status stage_take(struct arr_gpu *gpu, struct gpu_stage **out)
{
    struct gpu_stage *s = &gpu->stage[gpu->next_stage];
    gpu->next_stage = (gpu->next_stage + 1) % GPU_STAGES;
    if (s->is_sent) {
        GPU_TRY(gpu, cudaEventSynchronize(s->read));
        s->is_sent = false;
    }
    *out = s;
    return ARR_OK;
}

enum arr_status gpu_flush(struct gpu_writer *w)
{
    if (w->staged) {
        GPU_TRY(w->gpu, cudaMemcpyAsync(w->dst + w->at - w->staged, w->stage->p, w->staged,
                                        cudaMemcpyHostToDevice, w->gpu->stream));
        GPU_TRY(w->gpu, cudaEventRecord(w->stage->read, w->gpu->stream));
        w->stage->is_sent = true;
    }
    w->stage = NULL;
    w->staged = 0;
    return ARR_OK;
}

/* src NULL: bytes of no meaning. */
static enum arr_status put(struct gpu_writer *w, const char *src, size_t n)
{
    while (n) {
        if (!w->stage) {
            GPU_PASS(stage_take(w->gpu, &w->stage));
        }
        const size_t room = GPU_STAGE_BYTES - w->staged;
        const size_t some = n < room ? n : room;
        if (src) {
            memcpy(w->stage->p + w->staged, src, some);
            src += some;
        }
        w->staged += some;
        w->at += some;
        n -= some;
        if (w->staged == GPU_STAGE_BYTES) {
            GPU_PASS(gpu_flush(w));
        }
    }
    return ARR_OK;
}

enum arr_status gpu_put(struct gpu_writer *w, const void *src, size_t n)
{
    return put(w, (const char *)src, n);
}

enum arr_status gpu_pad(struct gpu_writer *w, size_t step)
{
    return put(w, NULL, gpu_round_up(w->at, step) - w->at);
}
