/* SPDX-License-Identifier: Apache-2.0 */
/* pixel.h - one pixel's colour on the device: what core/arrcoc/color.c does, in the same order of
 * operations, so that the results are the same bits.
 */
#ifndef HFTERM_GPU_ARRCOC_PIXEL_H
#define HFTERM_GPU_ARRCOC_PIXEL_H

#include <cuda_runtime.h>

#include "core/arrcoc/vecmath.h"

static __device__ __forceinline__ float gpu_gray(float r, float g, float b)
{
    return (0.299f * r + 0.587f * g) + 0.114f * b;
}

static __device__ __forceinline__ float gpu_linear(float v)
{
    return v > 0.04045f ? arr_powf_2_4((v + 0.055f) / 1.055f) : v / 12.92f;
}

static __device__ __forceinline__ float gpu_lab_f(float t)
{
    return t > 0.008856f ? arr_cbrtf(t) : 7.787f * t + 4.0f / 29.0f;
}

struct gpu_lab {
    float l, a, b;
};

/* From linear light. */
static __device__ __forceinline__ gpu_lab gpu_lab_of(float r, float g, float b)
{
    const float x = gpu_lab_f(((0.412453f * r + 0.357580f * g) + 0.180423f * b) / 0.95047f);
    const float y = gpu_lab_f((0.212671f * r + 0.715160f * g) + 0.072169f * b);
    const float z = gpu_lab_f(((0.019334f * r + 0.119193f * g) + 0.950227f * b) / 1.08883f);
    return gpu_lab{116.0f * y - 16.0f, 500.0f * (x - y), 200.0f * (y - z)};
}

#endif
