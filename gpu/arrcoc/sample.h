/* SPDX-License-Identifier: Apache-2.0 */
/* sample.h - the 13 channels' raw values on the device: what sample.cu leaves and score.cu reads.
 */
#ifndef HFTERM_GPU_ARRCOC_SAMPLE_H
#define HFTERM_GPU_ARRCOC_SAMPLE_H

#include "gpu/arrcoc/device.h"

enum gpu_plane {
    GPU_P_R,
    GPU_P_G,
    GPU_P_B,
    GPU_P_L,
    GPU_P_A,
    GPU_P_SOBEL_X, /* before min-max */
    GPU_P_SOBEL_Y,
    GPU_P_EDGES,
    GPU_P_AUX_B,
    GPU_PLANES,
};

struct gpu_raw {
    float plane[GPU_PLANES][ARR_CELLS];
    int is_bad; /* a float that was read is no value from 0 to 1 */
};

/* A picture on the device. */
struct gpu_picture {
    const void *pixels;
    int width, height;
    unsigned pitch; /* bytes of a row */
    enum arr_pixels format;
    /* Only the rows that are read are here: 2 k and 2 k + 1 are those of intermediate row k. */
    bool is_compact;
};

/* pictures and raw: device memory, n of each. raw[i].is_bad must be 0. */
cudaError_t gpu_sample_launch(struct arr_gpu *gpu, const struct gpu_picture *pictures, size_t n,
                              int grid, struct gpu_raw *raw);

#endif
