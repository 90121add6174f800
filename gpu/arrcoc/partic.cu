/* SPDX-License-Identifier: Apache-2.0 */
/* Participatory knowing by the trained scorer: a block for 32 cells, eight threads a cell. Each
 * thread takes eight of the 64 hidden units and of the rows of h'Ah; the rows are then added up in
 * the order of arr_participatory, so that the result is the same bits.
 */
#include "gpu/arrcoc/score.h"

enum { CELLS = 32, PARTS = 8, THREADS = CELLS * PARTS, UNITS = ARR_HIDDEN / PARTS };

struct partic_shared {
    float gram[ARR_HIDDEN][ARR_HIDDEN];
    float h[ARR_HIDDEN][CELLS];
    float row[ARR_HIDDEN][CELLS]; /* what row i adds to |z|^2 */
    float t[ARR_TEXTURE_CHANNELS][CELLS];
};

static __device__ __forceinline__ void load(const gpu_score_params &p, int first, int cells,
                                            partic_shared &s)
{
    for (int i = (int)threadIdx.x; i < ARR_HIDDEN * ARR_HIDDEN; i += THREADS) {
        s.gram[i / ARR_HIDDEN][i % ARR_HIDDEN] = p.scorer->gram[i / ARR_HIDDEN][i % ARR_HIDDEN];
    }
    for (int i = (int)threadIdx.x; i < ARR_TEXTURE_CHANNELS * CELLS; i += THREADS) {
        const int n = first + i % CELLS;
        s.t[i / CELLS][i % CELLS] = p.texture[i / CELLS][n < cells ? n : cells - 1];
    }
}

static __device__ __forceinline__ void hidden(const gpu_score_params &p, int cell, int part,
                                              partic_shared &s)
{
    for (int i = 0; i < UNITS; i++) {
        const int j = part * UNITS + i;
        float sum = p.scorer->b0[j];
        for (int c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
            sum += p.scorer->w0[j][c] * s.t[c][cell];
        }
        s.h[j][cell] = sum > 0.0f ? sum : 0.0f;
    }
}

/* Rows part, part + 8, ...: the long ones and the short ones are shared out evenly. */
static __device__ __forceinline__ void rows(const gpu_score_params &p, int cell, int part,
                                            partic_shared &s)
{
    for (int i = part; i < ARR_HIDDEN; i += PARTS) {
        float sum = p.scorer->u[i];
        for (int j = 0; j < i; j++) {
            sum += s.gram[i][j] * s.h[j][cell];
        }
        const float h = s.h[i][cell];
        s.row[i][cell] = h * (2.0f * sum + s.gram[i][i] * h);
    }
}

static __device__ __forceinline__ float cosine(const gpu_score_params &p, int cell,
                                               const partic_shared &s)
{
    float squares = p.scorer->k, dot = p.scorer_query.s;
    for (int i = 0; i < ARR_HIDDEN; i++) {
        squares += s.row[i][cell];
        dot += p.scorer_query.v[i] * s.h[i][cell];
    }
    const float norm = sqrtf(squares > 0.0f ? squares : 0.0f);
    return (dot / (norm > 1e-12f ? norm : 1e-12f) + 1.0f) / 2.0f;
}

static __global__ void __launch_bounds__(THREADS) partic_kernel(const gpu_score_params *params)
{
    __shared__ partic_shared s;
    const gpu_score_params &p = params[blockIdx.y];
    const int cells = p.grid * p.grid, first = (int)blockIdx.x * CELLS;
    if (p.way[ARR_PARTIC] != GPU_WAY_COMPUTE || first >= cells) {
        return; /* the whole block */
    }
    const int cell = (int)threadIdx.x % CELLS, part = (int)threadIdx.x / CELLS;
    load(p, first, cells, s);
    __syncthreads();
    hidden(p, cell, part, s);
    __syncthreads();
    rows(p, cell, part, s);
    __syncthreads();
    if (part == 0 && first + cell < cells) {
        p.out->way[ARR_PARTIC][first + cell] = cosine(p, cell, s);
    }
}

cudaError_t gpu_partic_launch(struct arr_gpu *gpu, const struct gpu_score_params *params, size_t n)
{
    return gpu_launch(gpu, partic_kernel, dim3(ARR_CELLS / CELLS, (unsigned)n), THREADS, 0, params);
}
