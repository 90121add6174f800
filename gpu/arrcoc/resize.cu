/* SPDX-License-Identifier: Apache-2.0 */
/* Path B's first half: arr_resize_rgb8 with the triangle filter, bit for bit.
 *
 * A block makes 64 x 16 pixels of the result. It walks down the source rows that these need, a few
 * at a time: copies their part of the picture to shared memory as it lies, sums across (a thread a
 * column) into rows of 8-bit values, and adds those to the sums downwards, which stay in registers.
 * Nothing goes through device memory in between, and source rows are read once but for the overlap
 * of blocks.
 *
 * Across, four pixels of three channels are three words. Their bytes are sorted by channel and
 * multiplied four at a time; the weights, 23 bits, are cut into bytes for that. All integers.
 */
#include <stdlib.h>
#include <string.h>

#include "gpu/arrcoc/resize.h"

enum {
    COLS = 64, /* of the result, a block */
    ROWS = 16,
    ROW_LANES = 4, /* threads that share a column */
    THREADS = COLS * ROW_LANES,
    OWN_ROWS = ROWS / ROW_LANES, /* of the result, a thread */
    CHANNELS = 3,
    GROUP = 4, /* pixels in three words */
    WEIGHT_BITS = 22,
    WEIGHT_PARTS = 3, /* bytes of a weight */
    CHUNK_ROWS = 16,  /* source rows at a time, at most */
    RAW_BYTES = 32 * 1024,
    SHARED_BYTES = 48 * 1024, /* what every device gives a block */
};
/* Batches go through the device in parts of at most so many pictures and bytes. */
enum { PART_IMAGES = 64 };
static const size_t PART_BYTES = (size_t)512 << 20;

/* ---- weights, made by the host ---- */

/* An axis: output o reads [first, first + count) with weight[o * taps + t]. */
struct axis {
    int n_in, n_out, taps;
    int *first, *count, *weight;
};

static void axis_done(struct axis *a)
{
    free(a->first);
    free(a->count);
    free(a->weight);
    *a = axis{};
}

/* The same operations as arr_taps_init, in double: the last bit of a weight counts. */
static void axis_fill(struct axis *a, int o, double centre, double per_px, double *w)
{
    const int n = a->count[o];
    double sum = 0.0;
    for (int i = 0; i < n; i++) {
        const double x = ((double)(i + a->first[o]) - centre + 0.5) * per_px;
        const double d = x < 0.0 ? -x : x;
        w[i] = d < 1.0 ? 1.0 - d : 0.0;
        sum += w[i];
    }
    for (int i = 0; i < n; i++) {
        const double v = (sum != 0.0 ? w[i] / sum : w[i]) * (double)(1 << WEIGHT_BITS);
        a->weight[(size_t)o * (size_t)a->taps + (size_t)i] = (int)(v + 0.5);
    }
}

static bool axis_init(struct axis *a, int n_in, int n_out)
{
    const double scale = (double)n_in / (double)n_out;
    const double support = scale < 1.0 ? 1.0 : scale;
    const int taps = (int)support * 2 + 3;
    const size_t n = (size_t)n_out;
    *a = axis{n_in,
              n_out,
              taps,
              (int *)calloc(n, sizeof(int)),
              (int *)calloc(n, sizeof(int)),
              (int *)calloc(n * (size_t)taps, sizeof(int))};
    double *w = (double *)calloc((size_t)taps, sizeof(double));
    const bool ok = a->first && a->count && a->weight && w;
    for (int o = 0; ok && o < n_out; o++) {
        const double centre = ((double)o + 0.5) * scale;
        const int low = (int)(centre - support + 0.5), high = (int)(centre + support + 0.5);
        a->first[o] = low < 0 ? 0 : low;
        a->count[o] = (high > n_in ? n_in : high) - a->first[o];
        axis_fill(a, o, centre, 1.0 / support, w);
    }
    free(w);
    if (!ok) {
        axis_done(a);
    }
    return ok;
}

/* Groups of four pixels, from a multiple of four on, that hold every output's taps. */
static int axis_groups(const struct axis *a)
{
    int most = 1;
    for (int o = 0; o < a->n_out; o++) {
        const int first = a->first[o] / GROUP * GROUP;
        const int n = (a->first[o] + a->count[o] - first + GROUP - 1) / GROUP;
        most = n > most ? n : most;
    }
    return most;
}

/* Bytes of a source row that the widest block of columns copies: from a multiple of 16 pixels on,
 * which is a multiple of 16 bytes. */
static size_t axis_strip(const struct axis *a, int groups)
{
    size_t most = 0;
    for (int o = 0; o < a->n_out; o += COLS) {
        const int last = o + COLS < a->n_out ? o + COLS - 1 : a->n_out - 1;
        const int from = a->first[o] / 16 * 16;
        const int to = a->first[last] / GROUP * GROUP + groups * GROUP;
        const size_t n = gpu_round_up((size_t)(to - from) * CHANNELS, 16);
        most = n > most ? n : most;
    }
    return most;
}

/* ---- what the kernel sees ---- */

struct view_x { /* offsets from the start of the tables, in words */
    int first;  /* [n_out] */
    int weight; /* [groups][3 parts][n_out], a byte for each of four pixels */
    int groups;
    int strip_bytes;
    int chunk_rows;
};
struct view_y {
    int first, count; /* [n_out] */
    int weight;       /* [n_out][taps] */
    int taps;
};
struct picture {
    const uint8_t *src;
    uint8_t *dst;
    int pitch; /* a multiple of 16; src is aligned to 16 too */
    view_x x;
    view_y y;
};

/* Four pixels of one channel out of twelve bytes. */
static __device__ __forceinline__ unsigned pick(unsigned a, unsigned b, unsigned c, unsigned two,
                                                unsigned last)
{
    return __byte_perm(__byte_perm(a, b, two), c, last);
}

/* Sums of one group: red, green, blue by the parts of the weights. */
static __device__ __forceinline__ void add_group(const unsigned *p, const unsigned *w,
                                                 unsigned sum[CHANNELS][WEIGHT_PARTS])
{
    const unsigned a = p[0], b = p[1], c = p[2];
    const unsigned v[CHANNELS] = {pick(a, b, c, 0x0630, 0x5210), pick(a, b, c, 0x0741, 0x6210),
                                  pick(a, b, c, 0x0052, 0x7410)};
#pragma unroll
    for (int i = 0; i < CHANNELS; i++) {
#pragma unroll
        for (int part = 0; part < WEIGHT_PARTS; part++) {
            sum[i][part] = __dp4a(v[i], w[part], sum[i][part]);
        }
    }
}

/* The picture's part [from, from + strip) of some rows, as it lies. */
static __device__ __forceinline__ void copy_rows(const picture &im, size_t from_byte, int y0,
                                                 int n_rows, uint4 *raw)
{
    const int pieces = im.x.strip_bytes / 16;
    const int in_row = (int)((im.pitch - (int)from_byte) / 16);
    const int n = pieces < in_row ? pieces : in_row;
    for (int r = (int)threadIdx.x / COLS; r < n_rows; r += ROW_LANES) {
        const uint4 *src =
            (const uint4 *)(im.src + (size_t)(y0 + r) * (size_t)im.pitch + from_byte);
        for (int i = (int)threadIdx.x % COLS; i < n; i += COLS) {
            raw[r * pieces + i] = __ldg(src + i);
        }
    }
}

/* G: groups of a column when the number is known, so that its weights stay in registers; 0: any. */
template <int G>
static __device__ __forceinline__ void
sum_across(const picture &im, const unsigned *tables, int n_out, int col, int offset, int n_rows,
           const unsigned char *raw, uint8_t *mid, const unsigned (&kept)[(G ? G : 1) * 3])
{
    for (int r = (int)threadIdx.x / COLS; r < n_rows; r += ROW_LANES) {
        const unsigned *p = (const unsigned *)(raw + r * im.x.strip_bytes + offset);
        unsigned sum[CHANNELS][WEIGHT_PARTS] = {};
        if (G) {
#pragma unroll
            for (int g = 0; g < G; g++) {
                add_group(p + 3 * g, kept + 3 * g, sum);
            }
        } else {
            const unsigned *w = tables + im.x.weight + col;
            for (int g = 0; g < im.x.groups; g++, w += 3 * n_out) {
                const unsigned parts[WEIGHT_PARTS] = {w[0], w[n_out], w[2 * n_out]};
                add_group(p + 3 * g, parts, sum);
            }
        }
#pragma unroll
        for (int c = 0; c < CHANNELS; c++) {
            const unsigned v = (sum[c][2] << 16) + (sum[c][1] << 8) + sum[c][0];
            mid[(r * CHANNELS + c) * COLS + (int)threadIdx.x % COLS] =
                (uint8_t)((v + (1U << (WEIGHT_BITS - 1))) >> WEIGHT_BITS);
        }
    }
}

template <int G>
static __global__ void __launch_bounds__(THREADS)
    resize_kernel(const picture *pictures, const unsigned *tables, int n_out)
{
    GPU_SHARED(raw);
    const picture im = pictures[blockIdx.z];
    uint8_t *mid = raw + im.x.chunk_rows * im.x.strip_bytes;
    const int lane = (int)threadIdx.x % COLS, row_lane = (int)threadIdx.x / COLS;
    const int col0 = (int)blockIdx.x * COLS, row0 = (int)blockIdx.y * ROWS;
    const int col = col0 + lane < n_out ? col0 + lane : n_out - 1;

    const int *first_x = (const int *)tables + im.x.first;
    const int *first_y = (const int *)tables + im.y.first;
    const int *count_y = (const int *)tables + im.y.count;
    const int from = first_x[col0] / 16 * 16;
    const int offset = (first_x[col] / GROUP * GROUP - from) * CHANNELS;
    unsigned kept[(G ? G : 1) * WEIGHT_PARTS];
#pragma unroll
    for (int i = 0; i < G * WEIGHT_PARTS; i++) {
        kept[i] = tables[im.x.weight + i * n_out + col];
    }

    int first[OWN_ROWS], last[OWN_ROWS];
    unsigned sum[OWN_ROWS][CHANNELS];
#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++) {
        const int row = row0 + row_lane * OWN_ROWS + i;
        first[i] = row < n_out ? first_y[row] : 0;
        last[i] = row < n_out ? first[i] + count_y[row] : 0;
        for (int c = 0; c < CHANNELS; c++) {
            sum[i][c] = 1U << (WEIGHT_BITS - 1);
        }
    }

    const int bottom = row0 + ROWS < n_out ? row0 + ROWS - 1 : n_out - 1;
    const int y_end = first_y[bottom] + count_y[bottom];
    for (int y0 = first_y[row0]; y0 < y_end; y0 += im.x.chunk_rows) {
        const int n = y_end - y0 < im.x.chunk_rows ? y_end - y0 : im.x.chunk_rows;
        copy_rows(im, (size_t)from * CHANNELS, y0, n, (uint4 *)raw);
        __syncthreads();
        sum_across<G>(im, tables, n_out, col, offset, n, raw, mid, kept);
        __syncthreads();
#pragma unroll
        for (int i = 0; i < OWN_ROWS; i++) {
            const int row = row0 + row_lane * OWN_ROWS + i;
            const unsigned *w = tables + im.y.weight + row * im.y.taps;
            const int lo = first[i] > y0 ? first[i] : y0;
            const int hi = last[i] < y0 + n ? last[i] : y0 + n;
            for (int y = lo; y < hi; y++) {
                const unsigned weight = w[y - first[i]];
                const uint8_t *v = mid + (y - y0) * CHANNELS * COLS + lane;
                for (int c = 0; c < CHANNELS; c++) {
                    sum[i][c] += weight * v[c * COLS];
                }
            }
        }
    }

#pragma unroll
    for (int i = 0; i < OWN_ROWS; i++) {
        const int row = row0 + row_lane * OWN_ROWS + i;
        for (int c = 0; c < CHANNELS && row < n_out && col0 + lane < n_out; c++) {
            im.dst[((size_t)row * (size_t)n_out + (size_t)col) * CHANNELS + (size_t)c] =
                (uint8_t)(sum[i][c] >> WEIGHT_BITS);
        }
    }
}

/* ---- a plan ---- */

struct table {
    unsigned *word;
    size_t n, room;
};

static unsigned *table_add(struct table *t, size_t n)
{
    if (t->n + n > t->room) {
        const size_t room = (t->n + n) * 2;
        unsigned *p = (unsigned *)realloc(t->word, room * sizeof *p);
        if (!p) {
            return NULL;
        }
        t->word = p;
        t->room = room;
    }
    unsigned *p = t->word + t->n;
    memset(p, 0, n * sizeof *p);
    t->n += n;
    return p;
}

static bool add_x(struct table *t, int n_in, int n_out, struct view_x *out)
{
    struct axis a;
    if (!axis_init(&a, n_in, n_out)) {
        return false;
    }
    const int groups = axis_groups(&a);
    const size_t n = (size_t)n_out;
    const size_t at = t->n;
    const size_t strip = axis_strip(&a, groups);
    unsigned *p = table_add(t, n + (size_t)groups * WEIGHT_PARTS * n);
    for (int o = 0; p && o < n_out; o++) {
        p[o] = (unsigned)a.first[o];
        for (int i = 0; i < a.count[o]; i++) {
            const int px = a.first[o] % GROUP + i; /* from the first group on */
            const unsigned w = (unsigned)a.weight[(size_t)o * (size_t)a.taps + (size_t)i];
            for (int part = 0; part < WEIGHT_PARTS; part++) {
                p[n + (size_t)(px / GROUP * WEIGHT_PARTS + part) * n + (size_t)o] |=
                    (w >> 8 * part & 255U) << 8 * (px % GROUP);
            }
        }
    }
    axis_done(&a);
    const size_t rows = RAW_BYTES / strip;
    *out = view_x{(int)at, (int)(at + n), groups, (int)strip,
                  rows < 1            ? 1
                  : rows > CHUNK_ROWS ? (int)CHUNK_ROWS
                                      : (int)rows};
    return p != NULL;
}

static bool add_y(struct table *t, int n_in, int n_out, struct view_y *out)
{
    struct axis a;
    if (!axis_init(&a, n_in, n_out)) {
        return false;
    }
    const size_t n = (size_t)n_out, at = t->n;
    unsigned *p = table_add(t, 2 * n + n * (size_t)a.taps);
    if (p) {
        memcpy(p, a.first, n * sizeof(int));
        memcpy(p + n, a.count, n * sizeof(int));
        memcpy(p + 2 * n, a.weight, n * (size_t)a.taps * sizeof(int));
    }
    *out = view_y{(int)at, (int)(at + n), (int)(at + 2 * n), a.taps};
    axis_done(&a);
    return p != NULL;
}

static size_t shared_bytes(const struct view_x *v)
{
    return (size_t)v->chunk_rows * ((size_t)v->strip_bytes + CHANNELS * COLS);
}

/* Pictures of the same size share their tables. False: no memory, or a picture so wide that a block
 * cannot hold its part of a row. */
static bool describe(const struct gpu_resize_job *jobs, size_t n, int n_out, struct table *t,
                     struct picture *out)
{
    for (size_t i = 0; i < n; i++) {
        size_t x = 0, y = 0;
        while (x < i && jobs[x].width != jobs[i].width) {
            x++;
        }
        while (y < i && jobs[y].height != jobs[i].height) {
            y++;
        }
        out[i] = picture{(const uint8_t *)jobs[i].src, (uint8_t *)jobs[i].dst, jobs[i].pitch,
                         out[x].x, out[y].y};
        if ((x == i && !add_x(t, jobs[i].width, n_out, &out[i].x)) ||
            (y == i && !add_y(t, jobs[i].height, n_out, &out[i].y)) ||
            shared_bytes(&out[i].x) > SHARED_BYTES) {
            return false;
        }
    }
    return true;
}

static enum arr_status send_plan(struct arr_gpu *gpu, const struct table *t,
                                 struct gpu_resize_plan *plan)
{
    const size_t bytes = plan->n * sizeof(struct picture);
    plan->tables_at = gpu_round_up(bytes, 256);
    GPU_PASS(gpu_grow(gpu, &plan->memory, plan->tables_at + t->n * sizeof *t->word));
    struct gpu_writer w = gpu_write(gpu, plan->memory.p);
    GPU_PASS(gpu_put(&w, plan->host, bytes));
    GPU_PASS(gpu_pad(&w, 256));
    GPU_PASS(gpu_put(&w, t->word, t->n * sizeof *t->word));
    return gpu_flush(&w);
}

enum arr_status gpu_resize_prepare(struct arr_gpu *gpu, const struct gpu_resize_job *jobs, size_t n,
                                   int grid, struct gpu_resize_plan *plan)
{
    struct table t = {};
    struct picture *pictures = (struct picture *)realloc(plan->host, n * sizeof *pictures);
    enum arr_status status = ARR_NOT_DONE;
    if (pictures) {
        plan->host = pictures;
        plan->n = n;
        plan->n_out = grid * ARR_CELL_PX;
        if (describe(jobs, n, plan->n_out, &t, pictures)) {
            status = send_plan(gpu, &t, plan);
        }
    }
    free(t.word);
    return status;
}

enum arr_status gpu_resize_launch(struct arr_gpu *gpu, const struct gpu_resize_plan *plan)
{
    const struct picture *host = (const struct picture *)plan->host;
    const struct picture *device = (const struct picture *)plan->memory.p;
    const unsigned *tables = (const unsigned *)(plan->memory.p + plan->tables_at);
    const unsigned cols = (unsigned)(plan->n_out + COLS - 1) / COLS;
    const unsigned rows = (unsigned)(plan->n_out + ROWS - 1) / ROWS;
    for (size_t i = 0, run; i < plan->n; i += run) {
        const int groups = host[i].x.groups;
        size_t shared = 0;
        for (run = 0; i + run < plan->n && host[i + run].x.groups == groups; run++) {
            const size_t need = shared_bytes(&host[i + run].x);
            shared = need > shared ? need : shared;
        }
        const auto kernel = groups == 1   ? resize_kernel<1>
                            : groups == 2 ? resize_kernel<2>
                            : groups == 3 ? resize_kernel<3>
                            : groups == 5 ? resize_kernel<5>
                                          : resize_kernel<0>;
        GPU_TRY(gpu, gpu_launch(gpu, kernel, dim3(cols, rows, (unsigned)run), THREADS, shared,
                                device + i, tables, plan->n_out));
    }
    return ARR_OK;
}

void gpu_resize_done(struct gpu_resize_plan *plan)
{
    gpu_release(&plan->memory);
    free(plan->host);
    *plan = gpu_resize_plan{};
}

/* ---- one part of a batch ---- */

static bool is_possible(const struct arr_image *im)
{
    return im->format == ARR_RGB8 && im->pixels && im->width >= 1 && im->height >= 1 &&
           im->width <= ARR_SIDE_MAX && im->height <= ARR_SIDE_MAX &&
           im->stride_bytes >= (size_t)im->width * CHANNELS;
}

static size_t pitch_of(const struct arr_image *im)
{
    return gpu_round_up((size_t)im->width * CHANNELS, 16);
}

static size_t bytes_of(const struct arr_image *im)
{
    return gpu_round_up(pitch_of(im) * (size_t)im->height, 256);
}

static enum arr_status upload_picture(struct gpu_writer *w, const struct arr_image *im)
{
    const uint8_t *row = (const uint8_t *)im->pixels;
    for (int y = 0; y < im->height; y++, row += im->stride_bytes) {
        GPU_PASS(gpu_put(w, row, (size_t)im->width * CHANNELS));
        GPU_PASS(gpu_pad(w, 16));
    }
    return gpu_pad(w, 256);
}

static enum arr_status run_part(struct arr_gpu *gpu, const struct arr_image *images, size_t n,
                                int grid, uint8_t *const *dst)
{
    const size_t side = (size_t)grid * ARR_CELL_PX, out_bytes = side * side * CHANNELS;
    struct gpu_resize_job jobs[PART_IMAGES] = {};
    size_t total = 0;
    for (size_t i = 0; i < n; i++) {
        total += bytes_of(&images[i]);
    }
    GPU_PASS(gpu_grow(gpu, &gpu->input, total));
    GPU_PASS(gpu_grow(gpu, &gpu->output, n * out_bytes));
    GPU_PASS(gpu_grow_pinned(gpu, &gpu->result, n * out_bytes));
    struct gpu_writer w = gpu_write(gpu, gpu->input.p);
    for (size_t i = 0; i < n; i++) {
        jobs[i] = gpu_resize_job{gpu->input.p + w.at, images[i].width, images[i].height,
                                 (int)pitch_of(&images[i]), gpu->output.p + i * out_bytes};
        GPU_PASS(upload_picture(&w, &images[i]));
    }
    GPU_PASS(gpu_flush(&w));
    GPU_PASS(gpu_resize_prepare(gpu, jobs, n, grid, &gpu->resize));
    GPU_PASS(gpu_resize_launch(gpu, &gpu->resize));
    GPU_TRY(gpu, cudaMemcpyAsync(gpu->result.p, gpu->output.p, n * out_bytes,
                                 cudaMemcpyDeviceToHost, gpu->stream));
    GPU_TRY(gpu, cudaStreamSynchronize(gpu->stream));
    for (size_t i = 0; i < n; i++) {
        memcpy(dst[i], gpu->result.p + i * out_bytes, out_bytes);
    }
    return ARR_OK;
}

enum arr_status gpu_resize(struct arr_gpu *gpu, const struct arr_image *images, size_t n, int grid,
                           uint8_t *const *dst)
{
    for (size_t i = 0; i < n; i++) {
        if (!is_possible(&images[i])) {
            return ARR_NOT_DONE; /* the CPU says what is wrong with it */
        }
    }
    for (size_t i = 0, part; i < n; i += part) {
        size_t bytes = 0;
        for (part = 0; part < PART_IMAGES && i + part < n; part++) {
            bytes += bytes_of(&images[i + part]);
            if (part && bytes > PART_BYTES) {
                break;
            }
        }
        GPU_PASS(run_part(gpu, images + i, part, grid, dst + i));
    }
    return ARR_OK;
}
