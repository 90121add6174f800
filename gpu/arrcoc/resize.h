/* SPDX-License-Identifier: Apache-2.0 */
/* resize.h - path B's resize of pictures that are on the device already. */
#ifndef HFTERM_GPU_ARRCOC_RESIZE_H
#define HFTERM_GPU_ARRCOC_RESIZE_H

#include "gpu/arrcoc/device.h"

/* A picture on the device: RGB, rows of `pitch` bytes; src and pitch are multiples of 16. */
struct gpu_resize_job {
    const void *src;
    int width, height, pitch;
    void *dst; /* (16 grid)^2 * 3 bytes, tight */
};

/* Makes a plan that can be launched any number of times. plan: zeros, or one made before.
 * ARR_NOT_DONE without host memory,
 * or for a picture that is too wide for these kernels: 16,000 pixels at least. */
enum arr_status gpu_resize_prepare(struct arr_gpu *gpu, const struct gpu_resize_job *jobs, size_t n,
                                   int grid, struct gpu_resize_plan *plan);
enum arr_status gpu_resize_launch(struct arr_gpu *gpu, const struct gpu_resize_plan *plan);
void gpu_resize_done(struct gpu_resize_plan *plan);

#endif
