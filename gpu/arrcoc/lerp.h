/* SPDX-License-Identifier: Apache-2.0 */
/* lerp.h - one axis of the bilinear rule of core/arrcoc/resample.h (arr_lerp_axis), output by
 * output.
 */
#ifndef HFTERM_GPU_ARRCOC_LERP_H
#define HFTERM_GPU_ARRCOC_LERP_H

#include <cuda_runtime.h>

struct gpu_lerp {
    int i0, i1;
    float w1; /* of i1; i0 has 1 - w1 */
};

static __host__ __device__ __forceinline__ gpu_lerp gpu_lerp_of(int n_in, int n_out, int o)
{
    float x = (float)n_in / (float)n_out * ((float)o + 0.5f) - 0.5f;
    x = x < 0.0f ? 0.0f : x;
    const int floor_x = (int)x;
    const int i0 = floor_x < n_in - 1 ? floor_x : n_in - 1;
    float w1 = x - (float)i0;
    w1 = w1 < 0.0f ? 0.0f : w1 > 1.0f ? 1.0f : w1;
    return gpu_lerp{i0, i0 < n_in - 1 ? i0 + 1 : i0, w1};
}

#endif
