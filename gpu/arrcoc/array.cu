/* SPDX-License-Identifier: Apache-2.0 */
/* The 40-channel array: the host's side. The labels of the clusters come back half way, are cleaned
 * here while the device goes on with everything else, and return.
 */
#include "gpu/arrcoc/array.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

extern "C" {
#include "core/arrcoc/array_parts.h"
}

struct gpu_array {
    struct gpu_room *room; /* device */
    bool has_tables;
    cudaEvent_t labels_are_back;
    uint8_t *labels; /* pinned */
    struct arr_components components;
};

/* Address of a member of the room: computed, never followed, by the host. */
#define ROOM_AT(a, member) ((char *)(a)->room + offsetof(struct gpu_room, member))

/* ---- once a device ---- */

void gpu_tables_fill(struct gpu_tables *t)
{
    for (int v = 0; v < 256; v++) {
        const float gamma = (float)v / 255.0f;
        t->linear[v] = gamma > 0.04045f ? arr_powf_2_4((gamma + 0.055f) / 1.055f) : gamma / 12.92f;
    }
    t->surprise[0] = 0.0f;
    for (int n = 1; n <= 256; n++) {
        const double h = (double)n / 256;
        t->surprise[n] = (float)(-h * log2(h) / 4);
    }
}

static enum arr_status send(struct arr_gpu *gpu, void *to, const void *from, size_t n)
{
    struct gpu_writer w = gpu_write(gpu, to);
    GPU_PASS(gpu_put(&w, from, n));
    return gpu_flush(&w);
}

static enum arr_status open_room(struct arr_gpu *gpu, struct gpu_array *a)
{
    void *p = NULL;
    if (!a->labels) {
        GPU_TRY(gpu, cudaMallocHost(&p, ARR_MID_PX));
        a->labels = (uint8_t *)p;
    }
    if (!a->labels_are_back) {
        GPU_TRY(gpu, cudaEventCreateWithFlags(&a->labels_are_back, cudaEventDisableTiming));
    }
    if (!a->room) {
        GPU_TRY(gpu, cudaMalloc(&p, sizeof *a->room));
        a->room = (struct gpu_room *)p;
    }
    if (!a->has_tables) {
        struct gpu_tables tables;
        gpu_tables_fill(&tables);
        GPU_PASS(send(gpu, ROOM_AT(a, tables), &tables, sizeof tables));
        a->has_tables = true;
    }
    return ARR_OK;
}

/* ---- a picture ---- */

static enum arr_status start(struct arr_gpu *gpu, struct gpu_array *a, const uint8_t *rgb,
                             const struct arr_previous *previous)
{
    const size_t cleared = offsetof(struct gpu_room, sums);
    GPU_TRY(gpu,
            cudaMemsetAsync((char *)a->room + cleared, 0, sizeof *a->room - cleared, gpu->stream));
    GPU_PASS(send(gpu, ROOM_AT(a, rgb), rgb, (size_t)ARR_DENSE_PX * 3));
    if (previous) {
        GPU_PASS(send(gpu, ROOM_AT(a, before), previous->rgb, sizeof previous->rgb));
    }
    GPU_TRY(gpu, gpu_planes_launch(gpu, a->room, previous != NULL));
    return ARR_OK;
}

static enum arr_status make_channels(struct arr_gpu *gpu, struct gpu_array *a, unsigned want,
                                     bool literal, bool has_before)
{
    GPU_TRY(gpu, gpu_slic_launch(gpu, a->room));
    GPU_TRY(gpu, cudaMemcpyAsync(a->labels, ROOM_AT(a, label), ARR_MID_PX, cudaMemcpyDeviceToHost,
                                 gpu->stream));
    GPU_TRY(gpu, cudaEventRecord(a->labels_are_back, gpu->stream));
    GPU_TRY(gpu, gpu_cells_launch(gpu, a->room, want, literal));
    GPU_TRY(gpu, gpu_text_launch(gpu, a->room));
    GPU_TRY(gpu, gpu_distance_launch(gpu, a->room));
    GPU_TRY(gpu, gpu_saliency_launch(gpu, a->room));
    if (has_before) {
        GPU_TRY(gpu, gpu_motion_launch(gpu, a->room));
    }
    GPU_TRY(gpu, cudaEventSynchronize(a->labels_are_back));
    arr_slic_clean(a->labels, &a->components);
    GPU_TRY(gpu, cudaMemcpyAsync(ROOM_AT(a, label), a->labels, ARR_MID_PX, cudaMemcpyHostToDevice,
                                 gpu->stream));
    GPU_TRY(gpu, gpu_clusters_launch(gpu, a->room));
    return ARR_OK;
}

static void set_present(struct arr_array *out, int first, int last)
{
    memset(out->state + first, ARR_PRESENT, (size_t)(last - first + 1));
}

static void set_states(struct arr_array *out, bool has_before)
{
    set_present(out, ARR_C_R, ARR_C_LOW_PASS);
    set_present(out, ARR_C_SALIENCY, ARR_C_CLUSTER_SIZE);
    set_present(out, ARR_C_DISTANCE, ARR_C_DISTANCE);
    set_present(out, ARR_C_BOUNDARIES, ARR_C_TEXT);
    if (has_before) {
        set_present(out, ARR_C_MOTION, ARR_C_MOTION);
        out->flags |= arr_is_scene_cut(out->mean_sad) ? (unsigned)ARR_SCENE_CUT : 0U;
    }
}

/* The spectral saliency and motion by gradients are the CPU's, and with them the array they belong
 * to. */
enum arr_status gpu_array_make(struct arr_gpu *gpu, const uint8_t *dense_rgb,
                               const struct arr_previous *previous,
                               const struct arr_array_options *options, struct arr_array *out)
{
    const bool has_array = options->want & ARR_WANT_ARRAY;
    if (has_array && (options->saliency != ARR_CENTRE_SURROUND ||
                      (previous && options->flow != ARR_FLOW_MATCH))) {
        return ARR_NOT_DONE;
    }
    if (!gpu->array) {
        gpu->array = (struct gpu_array *)calloc(1, sizeof *gpu->array);
        if (!gpu->array) {
            return ARR_NOT_DONE;
        }
    }
    struct gpu_array *a = gpu->array;
    const struct arr_previous *before = has_array ? previous : NULL;
    GPU_PASS(open_room(gpu, a));
    GPU_PASS(gpu_grow_pinned(gpu, &gpu->result, sizeof *out));
    GPU_PASS(start(gpu, a, dense_rgb, before));
    if (has_array) {
        GPU_PASS(make_channels(gpu, a, options->want, options->literal_edges, before != NULL));
    } else {
        GPU_TRY(gpu, gpu_cells_launch(gpu, a->room, options->want, false));
    }
    GPU_TRY(gpu, cudaMemcpyAsync(gpu->result.p, ROOM_AT(a, out), sizeof *out,
                                 cudaMemcpyDeviceToHost, gpu->stream));
    GPU_TRY(gpu, cudaStreamSynchronize(gpu->stream));
    memcpy(out, gpu->result.p, sizeof *out);
    out->have = options->want;
    if (has_array) {
        set_states(out, before != NULL);
    }
    return ARR_OK;
}

void gpu_array_done(struct gpu_array *a)
{
    if (!a) {
        return;
    }
    (void)cudaFree(a->room);
    (void)cudaFreeHost(a->labels);
    if (a->labels_are_back) {
        (void)cudaEventDestroy(a->labels_are_back);
    }
    free(a);
}
