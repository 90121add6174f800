/* SPDX-License-Identifier: Apache-2.0 */
/* arr_texture_sample: 16 lanes a cell, each one pixel of its 4 x 4 patch of the intermediate
 * picture, which never exists as a whole. The four lanes in the middle convert the colour and take
 * the gradient from their neighbours' gray.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu/arrcoc/lerp.h"
#include "gpu/arrcoc/pixel.h"
#include "gpu/arrcoc/sample.h"

enum {
    FIRST = 6, /* of a cell's 16 intermediate rows and columns, 6 to 9 are read */
    PATCH = 4,
    LANES = PATCH * PATCH,
    THREADS = 256,
    CELLS_A_BLOCK = THREADS / LANES,
};
static const unsigned WARP = 0xffffffffU;
/* Batches go through the device in parts of at most so many pictures and bytes. */
static const size_t PART_IMAGES = 256, PART_BYTES = (size_t)512 << 20;

/* ---- the kernel ---- */

struct colour {
    float r, g, b;
};

static __device__ __forceinline__ colour read_pixel(const gpu_picture &im, int row, int x,
                                                    bool *is_bad)
{
    const char *base = (const char *)im.pixels;
    if (im.format == ARR_RGB8) {
        const uint8_t *p = (const uint8_t *)base + (size_t)row * im.pitch + (size_t)x * 3;
        return colour{(float)p[0] / 255.0f, (float)p[1] / 255.0f, (float)p[2] / 255.0f};
    }
    const size_t rows = im.is_compact ? 0 : (size_t)im.height;
    float v[3];
    for (int c = 0; c < 3; c++) {
        /* Compact pictures have the three channels' rows side by side. */
        const size_t r = im.is_compact ? (size_t)row * 3 + (size_t)c : (size_t)row + rows * c;
        v[c] = ((const float *)(base + r * im.pitch))[x];
        *is_bad = *is_bad || !(v[c] >= 0.0f && v[c] <= 1.0f);
    }
    return colour{v[0], v[1], v[2]};
}

static __device__ __forceinline__ colour mix(float w0, colour a, float w1, colour b)
{
    return colour{w0 * a.r + w1 * b.r, w0 * a.g + w1 * b.g, w0 * a.b + w1 * b.b};
}

/* k_y, k_x: which of the 4 G intermediate rows and columns that are read. */
static __device__ __forceinline__ colour sample(const gpu_picture &im, int side, int k_y, int k_x,
                                                bool *is_bad)
{
    const gpu_lerp y =
        gpu_lerp_of(im.height, side, k_y / PATCH * ARR_CELL_PX + FIRST + k_y % PATCH);
    const gpu_lerp x = gpu_lerp_of(im.width, side, k_x / PATCH * ARR_CELL_PX + FIRST + k_x % PATCH);
    const int top = im.is_compact ? 2 * k_y : y.i0, bottom = im.is_compact ? 2 * k_y + 1 : y.i1;
    const colour a = read_pixel(im, top, x.i0, is_bad);
    if (im.width == side && im.height == side) {
        return a; /* nothing to interpolate, so the neighbours are not even looked at */
    }
    const float w0 = 1.0f - x.w1, h0 = 1.0f - y.w1;
    const colour upper = mix(w0, a, x.w1, read_pixel(im, top, x.i1, is_bad));
    const colour lower =
        mix(w0, read_pixel(im, bottom, x.i0, is_bad), x.w1, read_pixel(im, bottom, x.i1, is_bad));
    return mix(h0, upper, y.w1, lower);
}

/* Gray of the lane dy rows down and dx columns to the right. */
static __device__ __forceinline__ float near(float gray, int lane, int dy, int dx)
{
    return __shfl_sync(WARP, gray, (lane + dy * PATCH + dx + LANES) % LANES, LANES);
}

/* In the lane of the upper left middle pixel: the mean of the four, as the bilinear rule at one
 * half forms it. */
static __device__ __forceinline__ float mean4(float v)
{
    const float pair = 0.5f * v + 0.5f * __shfl_down_sync(WARP, v, 1, LANES);
    return 0.5f * pair + 0.5f * __shfl_down_sync(WARP, pair, PATCH, LANES);
}

static __global__ void __launch_bounds__(THREADS)
    sample_kernel(const gpu_picture *pictures, int grid, gpu_raw *raw)
{
    const gpu_picture im = pictures[blockIdx.y];
    const int lane = (int)threadIdx.x % LANES, cells = grid * grid;
    const int n = (int)blockIdx.x * CELLS_A_BLOCK + (int)threadIdx.x / LANES;
    const int cell = n < cells ? n : cells - 1; /* lanes without a cell help a warp to be whole */
    const int row = lane / PATCH, col = lane % PATCH;

    bool is_bad = false;
    const colour p = sample(im, grid * ARR_CELL_PX, cell / grid * PATCH + row,
                            cell % grid * PATCH + col, &is_bad);
    if (is_bad) {
        raw[blockIdx.y].is_bad = 1;
    }
    const float gray = gpu_gray(p.r, p.g, p.b);
    const float nw = near(gray, lane, -1, -1), no = near(gray, lane, -1, 0);
    const float ne = near(gray, lane, -1, 1), we = near(gray, lane, 0, -1);
    const float ea = near(gray, lane, 0, 1), sw = near(gray, lane, 1, -1);
    const float so = near(gray, lane, 1, 0), se = near(gray, lane, 1, 1);
    const float gx = 0.125f * (((ne - nw) + 2.0f * (ea - we)) + (se - sw));
    const float gy = 0.125f * (((sw - nw) + 2.0f * (so - no)) + (se - ne));
    const float edge = sqrtf((gx * gx + gy * gy) + 1e-8f);
    gpu_lab lab = {};
    if ((row == 1 || row == 2) && (col == 1 || col == 2)) {
        lab = gpu_lab_of(gpu_linear(p.r), gpu_linear(p.g), gpu_linear(p.b));
    }

    const float out[GPU_PLANES] = {mean4(p.r),
                                   mean4(p.g),
                                   mean4(p.b),
                                   mean4(lab.l) / 100.0f,
                                   (mean4(lab.a) + 128.0f) / 255.0f,
                                   mean4(gx),
                                   mean4(gy),
                                   mean4(edge),
                                   (mean4(lab.b) + 128.0f) / 255.0f};
    if (n < cells && lane == PATCH + 1) {
#pragma unroll
        for (int i = 0; i < GPU_PLANES; i++) {
            raw[blockIdx.y].plane[i][n] = out[i];
        }
    }
}

cudaError_t gpu_sample_launch(struct arr_gpu *gpu, const struct gpu_picture *pictures, size_t n,
                              int grid, struct gpu_raw *raw)
{
    const unsigned blocks = (unsigned)(grid * grid + CELLS_A_BLOCK - 1) / CELLS_A_BLOCK;
    return gpu_launch(gpu, sample_kernel, dim3(blocks, (unsigned)n), THREADS, 0, pictures, grid,
                      raw);
}

/* ---- one part of a batch ---- */

static bool is_possible(const struct arr_image *im)
{
    const bool is_rgb8 = im->format == ARR_RGB8;
    const size_t row = (size_t)(im->width > 0 ? im->width : 0) * (is_rgb8 ? 3 : sizeof(float));
    return (is_rgb8 || im->format == ARR_RGB_PLANAR) && im->pixels && im->width >= 1 &&
           im->height >= 1 && im->width <= ARR_SIDE_MAX && im->height <= ARR_SIDE_MAX &&
           im->stride_bytes >= row && (is_rgb8 || (uintptr_t)im->pixels % sizeof(float) == 0) &&
           (is_rgb8 || im->stride_bytes % sizeof(float) == 0);
}

static void describe(const struct arr_image *im, int grid, struct gpu_picture *out)
{
    *out = gpu_picture{};
    out->width = im->width;
    out->height = im->height;
    out->format = im->format;
    out->pitch = (unsigned)im->width * (im->format == ARR_RGB8 ? 3U : (unsigned)sizeof(float));
    out->is_compact = im->height > 2 * PATCH * grid;
}

static size_t picture_bytes(const struct gpu_picture *p, int grid)
{
    const size_t rows = p->is_compact ? (size_t)(2 * PATCH * grid) : (size_t)p->height;
    return gpu_round_up(rows * p->pitch * (p->format == ARR_RGB8 ? 1 : 3), 256);
}

static enum arr_status put_row(struct gpu_writer *w, const struct arr_image *im, unsigned pitch,
                               size_t row)
{
    return gpu_put(w, (const char *)im->pixels + row * im->stride_bytes, pitch);
}

static enum arr_status upload(struct gpu_writer *w, const struct arr_image *im,
                              const struct gpu_picture *p, int grid)
{
    const int planes = im->format == ARR_RGB8 ? 1 : 3;
    if (!p->is_compact) {
        for (int y = 0; y < im->height * planes; y++) {
            GPU_PASS(put_row(w, im, p->pitch, (size_t)y));
        }
        return gpu_pad(w, 256);
    }
    for (int k = 0; k < PATCH * grid; k++) {
        const gpu_lerp y = gpu_lerp_of(im->height, grid * ARR_CELL_PX,
                                       k / PATCH * ARR_CELL_PX + FIRST + k % PATCH);
        for (int i = 0; i < 2; i++) {
            for (int c = 0; c < planes; c++) {
                const int row = (i ? y.i1 : y.i0) + c * im->height;
                GPU_PASS(put_row(w, im, p->pitch, (size_t)row));
            }
        }
    }
    return gpu_pad(w, 256);
}

static void unpack(const struct gpu_raw *raw, int grid, struct arr_texture *out)
{
    const size_t bytes = (size_t)grid * (size_t)grid * sizeof(float);
    memset(out, 0, sizeof *out);
    out->grid = grid;
    for (int i = 0; i < 5; i++) {
        memcpy(out->t[ARR_T_R + i], raw->plane[GPU_P_R + i], bytes);
    }
    for (int i = 0; i < 3; i++) {
        memcpy(out->raw_edges[i], raw->plane[GPU_P_SOBEL_X + i], bytes);
    }
    memcpy(out->aux_b, raw->plane[GPU_P_AUX_B], bytes);
}

static enum arr_status run_part(struct arr_gpu *gpu, const struct arr_image *images, size_t n,
                                int grid, struct arr_texture *const *out,
                                struct gpu_picture *pictures)
{
    size_t total = gpu_round_up(n * sizeof *pictures, 256);
    const size_t head = total;
    for (size_t i = 0; i < n; i++) {
        describe(&images[i], grid, &pictures[i]);
        total += picture_bytes(&pictures[i], grid);
    }
    GPU_PASS(gpu_grow(gpu, &gpu->input, total));
    GPU_PASS(gpu_grow(gpu, &gpu->output, n * sizeof(gpu_raw)));
    GPU_PASS(gpu_grow_pinned(gpu, &gpu->result, n * sizeof(gpu_raw)));
    size_t at = head;
    for (size_t i = 0; i < n; i++) {
        pictures[i].pixels = gpu->input.p + at;
        at += picture_bytes(&pictures[i], grid);
    }
    struct gpu_writer w = gpu_write(gpu, gpu->input.p);
    GPU_PASS(gpu_put(&w, pictures, n * sizeof *pictures));
    GPU_PASS(gpu_pad(&w, 256));
    for (size_t i = 0; i < n; i++) {
        GPU_PASS(upload(&w, &images[i], &pictures[i], grid));
    }
    GPU_PASS(gpu_flush(&w));

    struct gpu_raw *raw = (struct gpu_raw *)gpu->output.p;
    GPU_TRY(gpu, cudaMemsetAsync(raw, 0, n * sizeof *raw, gpu->stream));
    GPU_TRY(gpu, gpu_sample_launch(gpu, (const struct gpu_picture *)gpu->input.p, n, grid, raw));
    GPU_TRY(gpu, cudaMemcpyAsync(gpu->result.p, raw, n * sizeof *raw, cudaMemcpyDeviceToHost,
                                 gpu->stream));
    GPU_TRY(gpu, cudaStreamSynchronize(gpu->stream));
    const struct gpu_raw *back = (const struct gpu_raw *)gpu->result.p;
    for (size_t i = 0; i < n; i++) {
        if (back[i].is_bad) {
            return gpu_bad_picture(gpu, "a picture of floats with a value that is not 0 to 1");
        }
        unpack(&back[i], grid, out[i]);
    }
    return ARR_OK;
}

enum arr_status gpu_sample(struct arr_gpu *gpu, const struct arr_image *images, size_t n, int grid,
                           struct arr_texture *const *out)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_possible(&images[i])) {
            return ARR_NOT_DONE; /* the CPU says what is wrong with it */
        }
    }
    struct gpu_picture *pictures =
        (struct gpu_picture *)calloc(n < PART_IMAGES ? n : PART_IMAGES, sizeof *pictures);
    enum arr_status status = pictures ? ARR_OK : ARR_NOT_DONE;
    for (size_t i = 0, part; status == ARR_OK && i < n; i += part) {
        size_t bytes = 0;
        for (part = 0; part < PART_IMAGES && i + part < n; part++) {
            struct gpu_picture p;
            describe(&images[i + part], grid, &p);
            bytes += picture_bytes(&p, grid);
            if (part && bytes > PART_BYTES) {
                break;
            }
        }
        status = run_part(gpu, images + i, part, grid, out + i, pictures);
    }
    free(pictures);
    return status;
}
