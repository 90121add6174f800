/* SPDX-License-Identifier: Apache-2.0 */
/* array.h - the 40-channel array on the device: its planes, and the launches of each file.
 *
 * The steps are those of core/arrcoc (planes.c, edges.c, cells.c, textlike.c, distance.c,
 * saliency.c, slic.c, clusters.c, flow.c) with the formulas of pixel_math.h, so that both give the
 * same bits. Results go straight into the room's struct arr_array.
 */
#ifndef HFTERM_GPU_ARRCOC_ARRAY_H
#define HFTERM_GPU_ARRCOC_ARRAY_H

#include "core/arrcoc/pixel_math.h"
#include "gpu/arrcoc/device.h"

enum {
    GPU_HALF = ARR_DENSE / 2,
    GPU_HALF_PX = GPU_HALF * GPU_HALF,
    GPU_MID_CELL = ARR_MID / ARR_GRID,
    GPU_FEATURES = 5,
    GPU_LEVELS = 7,
    GPU_BLOCKS = ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS,
    /* Pixels of the pyramid's levels 1 to 6, and of 2 to 4, where contrasts are. */
    GPU_PYRAMID_PX = 65536 + 16384 + 4096 + 1024 + 256 + 64,
    GPU_CONTRAST_PX = 16384 + 4096 + 1024,
};

/* What of the pixels one cluster is made of; sums of 16-bit values over the plane fit 32 bits. */
struct gpu_sums {
    int feature[GPU_FEATURES], count;
};

struct gpu_tables {
    float linear[256];   /* linear light of an 8-bit value */
    float surprise[257]; /* of a bin of a histogram with so many of 256 pixels */
};

struct gpu_room {
    /* Written by the host. */
    uint8_t rgb[ARR_DENSE_PX * 3], before[ARR_DENSE_PX * 3];
    uint8_t label[ARR_MID_PX];
    gpu_tables tables;
    /* Planes. */
    uint16_t gray[ARR_DENSE_PX], half[GPU_HALF_PX];
    uint16_t steep[ARR_DENSE_PX], half_steep[GPU_HALF_PX], half_text[GPU_HALF_PX];
    uint8_t marks[ARR_DENSE_PX], half_marks[GPU_HALF_PX]; /* strokes before long runs are dropped */
    uint8_t stroke[ARR_DENSE_PX], half_stroke[GPU_HALF_PX];
    uint16_t mid_rgb[3][ARR_MID_PX];
    uint8_t mid_gray[ARR_MID_PX], mid_before[ARR_MID_PX];
    int16_t mid_lab[3][ARR_MID_PX];
    int seeds[2][ARR_DENSE_PX];
    float pyramid[3][GPU_PYRAMID_PX], contrast[GPU_CONTRAST_PX];
    float polarity[2][ARR_CELLS];
    int centres[ARR_SLIC_ITERATIONS][ARR_CLUSTERS][GPU_FEATURES];
    int8_t found[GPU_BLOCKS][2];
    int sad[GPU_BLOCKS];
    /* Cleared before every run. */
    gpu_sums sums[ARR_SLIC_ITERATIONS][ARR_CLUSTERS];
    int most; /* the largest squared distance to an edge */
    struct arr_array out;
};

void gpu_tables_fill(struct gpu_tables *t); /* by the host */

/* ---- launches, in this order ---- */

cudaError_t gpu_planes_launch(struct arr_gpu *gpu, struct gpu_room *room, bool has_before);
cudaError_t gpu_slic_launch(struct arr_gpu *gpu, struct gpu_room *room);
/* After the labels were cleaned. */
cudaError_t gpu_clusters_launch(struct arr_gpu *gpu, struct gpu_room *room);
/* want: enum arr_want. */
cudaError_t gpu_cells_launch(struct arr_gpu *gpu, struct gpu_room *room, unsigned want,
                             bool literal);
cudaError_t gpu_text_launch(struct arr_gpu *gpu, struct gpu_room *room);
cudaError_t gpu_distance_launch(struct arr_gpu *gpu, struct gpu_room *room);
/* And what is scaled over the whole map: channels 3, 4 and 8. */
cudaError_t gpu_saliency_launch(struct arr_gpu *gpu, struct gpu_room *room);
cudaError_t gpu_motion_launch(struct arr_gpu *gpu, struct gpu_room *room);

/* ---- small things ---- */

static __device__ __forceinline__ int gpu_inside(int v, int side)
{
    return v < 0 ? 0 : v >= side ? side - 1 : v;
}

template <typename T> static __device__ __forceinline__ T gpu_warp_sum(T v)
{
#pragma unroll
    for (int d = 16; d; d /= 2) {
        v += __shfl_xor_sync(0xffffffffU, v, d);
    }
    return v;
}

#endif
