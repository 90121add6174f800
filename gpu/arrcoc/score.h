/* SPDX-License-Identifier: Apache-2.0 */
/* score.h - from texture to ranks on the device: what a block is told, and the launches. */
#ifndef HFTERM_GPU_ARRCOC_SCORE_H
#define HFTERM_GPU_ARRCOC_SCORE_H

#include "gpu/arrcoc/device.h"

enum gpu_way {
    GPU_WAY_COMPUTE, /* from the texture; participatory: by the participatory kernel, before */
    GPU_WAY_GIVEN,
    GPU_WAY_HALF, /* nothing is known: 0.5 everywhere */
    GPU_WAY_KEEP, /* as the last run left it in out->way */
};

/* One picture's. All pointers are device memory; those that are not needed may be NULL. */
struct gpu_score_params {
    int grid, k;
    enum gpu_way way[ARR_WAYS];
    enum arr_balancer_kind balancer;
    const float (*texture)[ARR_CELLS];
    const float *given[ARR_WAYS];
    const struct arr_scorer *scorer; /* its pointers are the host's: not for the device */
    const struct arr_balancer *adaptive;
    const struct arr_contextual *contextual;
    struct arr_score_out *out;
    struct arr_scorer_query scorer_query;
    float query_part[ARR_MLP];
    struct arr_tensions tensions;
    float scale[ARR_WAYS];
    float explore;
};

/* Participatory knowing of the pictures whose way[ARR_PARTIC] is GPU_WAY_COMPUTE, to out->way. */
cudaError_t gpu_partic_launch(struct arr_gpu *gpu, const struct gpu_score_params *params, size_t n);
/* Everything else. */
cudaError_t gpu_score_launch(struct arr_gpu *gpu, const struct gpu_score_params *params, size_t n);

#endif
