/* SPDX-License-Identifier: Apache-2.0 */
/* Gray, the half and the mid plane: a thread for each pixel of the mid plane, 4 x 4 dense ones. */
#include "gpu/arrcoc/array.h"
#include "gpu/arrcoc/pixel.h"

enum { STEP = ARR_DENSE / ARR_MID, THREADS = 128 };

struct four { /* pixels of a row */
    unsigned r[STEP], g[STEP], b[STEP];
};

static __device__ __forceinline__ four read_four(const uint8_t *rgb, int x, int y)
{
    const unsigned *p = (const unsigned *)(const void *)(rgb + ((size_t)y * ARR_DENSE + x) * 3);
    const unsigned word[3] = {p[0], p[1], p[2]};
    unsigned byte[12];
#pragma unroll
    for (int i = 0; i < 12; i++) {
        byte[i] = word[i / 4] >> 8 * (i % 4) & 255U;
    }
    four out;
#pragma unroll
    for (int i = 0; i < STEP; i++) {
        out.r[i] = byte[3 * i];
        out.g[i] = byte[3 * i + 1];
        out.b[i] = byte[3 * i + 2];
    }
    return out;
}

static __global__ void __launch_bounds__(THREADS) planes_kernel(gpu_room *room)
{
    const int i = (int)blockIdx.x * THREADS + (int)threadIdx.x;
    const int x = i % ARR_MID * STEP, y = i / ARR_MID * STEP;
    unsigned r = 0, g = 0, b = 0, sum = 0, gray[STEP][STEP];
#pragma unroll
    for (int j = 0; j < STEP; j++) {
        const four p = read_four(room->rgb, x, y + j);
#pragma unroll
        for (int k = 0; k < STEP; k++) {
            gray[j][k] = arr_gray_q(p.r[k], p.g[k], p.b[k]);
            r += p.r[k];
            g += p.g[k];
            b += p.b[k];
            sum += gray[j][k];
            room->gray[(y + j) * ARR_DENSE + x + k] = (uint16_t)gray[j][k];
        }
    }
#pragma unroll
    for (int j = 0; j < STEP; j += 2) {
#pragma unroll
        for (int k = 0; k < STEP; k += 2) {
            const unsigned v =
                gray[j][k] + gray[j][k + 1] + gray[j + 1][k] + gray[j + 1][k + 1] + 2;
            room->half[(y + j) / 2 * GPU_HALF + (x + k) / 2] = (uint16_t)(v >> 2);
        }
    }
    room->mid_rgb[0][i] = (uint16_t)r;
    room->mid_rgb[1][i] = (uint16_t)g;
    room->mid_rgb[2][i] = (uint16_t)b;
    room->mid_gray[i] = arr_gray_mid(sum);
    const gpu_lab lab = gpu_lab_of(gpu_linear((float)r / 4080.0f), gpu_linear((float)g / 4080.0f),
                                   gpu_linear((float)b / 4080.0f));
    room->mid_lab[0][i] = arr_lab_q(lab.l);
    room->mid_lab[1][i] = arr_lab_q(lab.a);
    room->mid_lab[2][i] = arr_lab_q(lab.b);
}

static __global__ void __launch_bounds__(THREADS) before_kernel(gpu_room *room)
{
    const int i = (int)blockIdx.x * THREADS + (int)threadIdx.x;
    unsigned sum = 0;
#pragma unroll
    for (int j = 0; j < STEP; j++) {
        const four p = read_four(room->before, i % ARR_MID * STEP, i / ARR_MID * STEP + j);
#pragma unroll
        for (int k = 0; k < STEP; k++) {
            sum += arr_gray_q(p.r[k], p.g[k], p.b[k]);
        }
    }
    room->mid_before[i] = arr_gray_mid(sum);
}

cudaError_t gpu_planes_launch(struct arr_gpu *gpu, struct gpu_room *room, bool has_before)
{
    const unsigned blocks = ARR_MID_PX / THREADS;
    const cudaError_t e = gpu_launch(gpu, planes_kernel, blocks, THREADS, 0, room);
    return e == cudaSuccess && has_before ? gpu_launch(gpu, before_kernel, blocks, THREADS, 0, room)
                                          : e;
}
