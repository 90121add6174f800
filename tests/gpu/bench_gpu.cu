/* SPDX-License-Identifier: Apache-2.0 */
/* How long the CUDA back end takes, beside what this device could do at best, measured in the same
 * run. Prints "name TAB value TAB unit TAB goal TAB floor and note" for each figure.
 *
 * Kernels are timed by events around a graph, the median of many replays; what a caller waits for
 * by the host's clock. Pictures are noise, never zeros, and batches are larger than the caches.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "gpu/arrcoc/array.h"
#include "gpu/arrcoc/resize.h"
#include "gpu/arrcoc/sample.h"
#include "gpu/arrcoc/score.h"

extern "C" const struct arr_backend_ops *hfterm_arr_backend(unsigned abi);

enum { W = 3840, H = 2160, BATCH = 512, REPLAYS = 200, TRIES = 7, DIM = 2048, CALLS = 300 };
static const size_t PICTURE = (size_t)W * H * 3, COPY_BYTES = (size_t)2 << 30;
static const double SPARSE = 256.0 * 96 * 32; /* bytes of a 4K picture that path A touches */

/* ---- small things ---- */

#define MUST(call)                                                                                 \
    do {                                                                                           \
        const cudaError_t must = (call);                                                           \
        if (must != cudaSuccess) {                                                                 \
            printf("# %s: %s\n", #call, cudaGetErrorString(must));                                 \
            exit(1);                                                                               \
        }                                                                                          \
    } while (0)

static void need(enum arr_status status, const char *what)
{
    if (status != ARR_OK) {
        printf("# %s: status %d\n", what, (int)status);
        exit(1);
    }
}

static void *device(size_t n)
{
    void *p = NULL;
    MUST(cudaMalloc(&p, n));
    return p;
}

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec * 1e-3;
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *v, int n)
{
    qsort(v, (size_t)n, sizeof *v, by_size);
    return v[n / 2];
}

static void row(const char *name, double value, const char *unit, const char *goal,
                const char *note)
{
    printf("%s\t%.4g\t%s\t%s\t%s\n", name, value, unit, goal, note);
}

static __global__ void noise_kernel(unsigned *p, size_t words)
{
    const size_t step = (size_t)gridDim.x * blockDim.x;
    for (size_t i = blockIdx.x * (size_t)blockDim.x + threadIdx.x; i < words; i += step) {
        unsigned v = (unsigned)(i * 2654435761U) ^ (unsigned)(i >> 7);
        v ^= v >> 15;
        v *= 0x85ebca6bU;
        p[i] = v ^ v >> 13;
    }
}

static void fill_noise(struct arr_gpu *gpu, void *p, size_t bytes)
{
    MUST(gpu_launch(gpu, noise_kernel, 4096, 256, 0, (unsigned *)p, bytes / 4));
    MUST(cudaStreamSynchronize(gpu->stream));
}

/* ---- timing ---- */

typedef void (*work)(struct arr_gpu *gpu, void *arg);

/* Microseconds on the device of one replay of what `run` puts on the stream. */
static double graph_us(struct arr_gpu *gpu, work run, void *arg, int replays)
{
    cudaGraph_t graph;
    cudaGraphExec_t exec;
    cudaEvent_t from, to;
    double us[REPLAYS];
    MUST(cudaStreamBeginCapture(gpu->stream, cudaStreamCaptureModeThreadLocal));
    run(gpu, arg);
    MUST(cudaStreamEndCapture(gpu->stream, &graph));
    MUST(cudaGraphInstantiateWithFlags(&exec, graph, 0));
    MUST(cudaEventCreate(&from));
    MUST(cudaEventCreate(&to));
    for (int i = -3; i < replays; i++) {
        float ms = 0.0f;
        MUST(cudaEventRecord(from, gpu->stream));
        MUST(cudaGraphLaunch(exec, gpu->stream));
        MUST(cudaEventRecord(to, gpu->stream));
        MUST(cudaEventSynchronize(to));
        MUST(cudaEventElapsedTime(&ms, from, to));
        if (i >= 0) {
            us[i] = (double)ms * 1e3;
        }
    }
    MUST(cudaEventDestroy(from));
    MUST(cudaEventDestroy(to));
    MUST(cudaGraphExecDestroy(exec));
    MUST(cudaGraphDestroy(graph));
    return median(us, replays);
}

/* ---- what the memory can do ---- */

struct copy {
    void *from, *to;
};

static void run_copy(struct arr_gpu *gpu, void *arg)
{
    const struct copy *c = (const struct copy *)arg;
    MUST(cudaMemcpyAsync(c->to, c->from, COPY_BYTES, cudaMemcpyDeviceToDevice, gpu->stream));
}

/* Bytes a microsecond, read and written counted. */
static double copy_rate(struct arr_gpu *gpu)
{
    struct copy c = {device(COPY_BYTES), device(COPY_BYTES)};
    fill_noise(gpu, c.from, COPY_BYTES);
    const double rate = 2.0 * (double)COPY_BYTES / graph_us(gpu, run_copy, &c, TRIES);
    MUST(cudaFree(c.from));
    MUST(cudaFree(c.to));
    row("copy", rate / 1e6, "TB/s", "", "2 GiB, bytes read and written");
    return rate;
}

/* ---- 13 channels: sample, finish, score ---- */

struct chain {
    size_t n;
    struct gpu_picture *pictures; /* device from here on */
    struct gpu_raw *raw;
    float (*textures)[ARR_TEXTURE_CHANNELS][ARR_CELLS];
    struct gpu_score_params *params;
    struct arr_score_out *out;
    const struct gpu_resize_plan *plan; /* NULL: path A */
    bool has_partic;
};

/* arr_texture_finish, which the engine does on the host: here so that nothing leaves the device. A
 * block a picture, a thread a cell. */
static __global__ void finish_kernel(const struct gpu_raw *raw,
                                     float (*textures)[ARR_TEXTURE_CHANNELS][ARR_CELLS])
{
    __shared__ int low[3], high[3];
    const struct gpu_raw &r = raw[blockIdx.x];
    float(*t)[ARR_CELLS] = textures[blockIdx.x];
    const int n = (int)threadIdx.x, x = n % ARR_GRID, y = n / ARR_GRID;
    if (n < 3) {
        low[n] = 0x7fffffff;
        high[n] = (int)0x80000000;
    }
    __syncthreads();
    for (int i = 0; i < 3; i++) { /* floats that order as integers: negative ones turned round */
        const int bits = __float_as_int(r.plane[GPU_P_SOBEL_X + i][n]);
        const int key = bits < 0 ? bits ^ 0x7fffffff : bits;
        int least = key, most = key;
        for (int d = 16; d > 0; d /= 2) {
            least = min(least, __shfl_xor_sync(0xffffffffU, least, d));
            most = max(most, __shfl_xor_sync(0xffffffffU, most, d));
        }
        if (n % 32 == 0) {
            atomicMin(&low[i], least);
            atomicMax(&high[i], most);
        }
    }
    __syncthreads();
    for (int i = 0; i < 5; i++) {
        t[ARR_T_R + i][n] = r.plane[GPU_P_R + i][n];
    }
    for (int i = 0; i < 3; i++) {
        const float a = __int_as_float(low[i] < 0 ? low[i] ^ 0x7fffffff : low[i]);
        const float b = __int_as_float(high[i] < 0 ? high[i] ^ 0x7fffffff : high[i]);
        t[ARR_T_SOBEL_X + i][n] =
            b - a < 2e-6f ? 0.0f : (r.plane[GPU_P_SOBEL_X + i][n] - a) / (b - a + 1e-8f);
    }
    const float step = 1.0f / (ARR_GRID - 1);
    const float fy = y < ARR_GRID / 2 ? step * y : 1.0f - step * (ARR_GRID - 1 - y);
    const float fx = x < ARR_GRID / 2 ? step * x : 1.0f - step * (ARR_GRID - 1 - x);
    t[ARR_T_Y][n] = fy;
    t[ARR_T_X][n] = fx;
    t[ARR_T_ECC][n] = sqrtf((fy - 0.5f) * (fy - 0.5f) + (fx - 0.5f) * (fx - 0.5f)) / sqrtf(0.5f);
    t[ARR_T_SALIENCY][n] = t[ARR_T_EDGES][n];
    t[ARR_T_LUMINANCE][n] = t[ARR_T_L][n];
}

static void run_sample(struct arr_gpu *gpu, void *arg)
{
    const struct chain *c = (const struct chain *)arg;
    MUST(gpu_sample_launch(gpu, c->pictures, c->n, ARR_GRID, c->raw));
    MUST(gpu_launch(gpu, finish_kernel, (unsigned)c->n, ARR_CELLS, 0,
                    (const struct gpu_raw *)c->raw, c->textures));
}

static void run_score(struct arr_gpu *gpu, void *arg)
{
    const struct chain *c = (const struct chain *)arg;
    if (c->has_partic) {
        MUST(gpu_partic_launch(gpu, c->params, c->n));
    }
    MUST(gpu_score_launch(gpu, c->params, c->n));
}

static void run_resize(struct arr_gpu *gpu, void *arg)
{
    const struct chain *c = (const struct chain *)arg;
    need(gpu_resize_launch(gpu, c->plan), "resize");
}

static void run_chain(struct arr_gpu *gpu, void *arg)
{
    const struct chain *c = (const struct chain *)arg;
    if (c->plan) {
        run_resize(gpu, arg);
    }
    run_sample(gpu, arg);
    run_score(gpu, arg);
}

struct nets { /* of random numbers */
    struct arr_scorer scorer;
    struct arr_scorer_query scorer_query;
    struct arr_balancer balancer;
    float query_part[ARR_MLP];
};

static void fill_random(float *v, size_t n, float reach)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = reach * (2.0f * (float)rand() / (float)RAND_MAX - 1.0f);
    }
}

static void nets_fill(struct nets *t)
{
    fill_random(t->scorer.w0[0], ARR_HIDDEN * ARR_TEXTURE_CHANNELS, 0.28f);
    fill_random(t->scorer.b0, ARR_HIDDEN, 0.28f);
    t->scorer.dim = DIM;
    for (int i = 0; i < ARR_HIDDEN; i++) { /* a Gram matrix: positive definite */
        t->scorer.gram[i][i] = 1.0f + (float)i / ARR_HIDDEN;
    }
    t->scorer.k = 1.0f;
    fill_random(t->scorer_query.v, ARR_HIDDEN, 0.5f);
    fill_random(t->balancer.ws[0], ARR_MLP * ARR_SUMMARIES, 0.3f);
    fill_random(t->balancer.w2[0], ARR_MLP * ARR_MLP, 0.09f);
    fill_random(t->balancer.b2, ARR_MLP, 0.09f);
    fill_random(t->balancer.w4[0], ARR_WAYS * ARR_MLP, 0.3f);
    fill_random(t->balancer.b4, ARR_WAYS, 0.3f);
    fill_random(t->query_part, ARR_MLP, 0.5f);
}

static void *to_device(const void *p, size_t n)
{
    void *d = device(n);
    MUST(cudaMemcpy(d, p, n, cudaMemcpyHostToDevice));
    return d;
}

/* nets NULL: no weights, the closed form. pixels: n pictures behind each other. */
static struct chain chain_new(size_t n, const void *pixels, int w, int h, const struct nets *nets)
{
    struct chain c = {};
    struct gpu_picture *pictures = (struct gpu_picture *)calloc(n, sizeof *pictures);
    struct gpu_score_params *params = (struct gpu_score_params *)calloc(n, sizeof *params);
    const void *scorer = nets ? to_device(&nets->scorer, sizeof nets->scorer) : NULL;
    const void *balancer = nets ? to_device(&nets->balancer, sizeof nets->balancer) : NULL;
    c.n = n;
    c.has_partic = nets != NULL;
    c.raw = (struct gpu_raw *)device(n * sizeof *c.raw);
    MUST(cudaMemset(c.raw, 0, n * sizeof *c.raw));
    c.textures = (float(*)[ARR_TEXTURE_CHANNELS][ARR_CELLS])device(n * sizeof *c.textures);
    c.out = (struct arr_score_out *)device(n * sizeof *c.out);
    for (size_t i = 0; i < n; i++) {
        pictures[i].pixels = (const char *)pixels + i * (size_t)w * (size_t)h * 3;
        pictures[i].width = w;
        pictures[i].height = h;
        pictures[i].pitch = (unsigned)w * 3;
        pictures[i].format = ARR_RGB8;
        struct gpu_score_params *p = &params[i];
        p->grid = ARR_GRID;
        p->k = 200;
        p->way[ARR_PARTIC] = nets ? GPU_WAY_COMPUTE : GPU_WAY_HALF;
        p->balancer = nets ? ARR_BALANCE_ADAPTIVE : ARR_BALANCE_TENSION;
        p->texture = c.textures[i];
        p->out = &c.out[i];
        p->tensions = arr_tensions{0.5f, 0.5f, 0.5f};
        p->explore = nets ? 0.0f : -1.0f;
        p->scorer = (const struct arr_scorer *)scorer;
        p->adaptive = (const struct arr_balancer *)balancer;
        for (int k = 0; k < ARR_WAYS; k++) {
            p->scale[k] = 1.0f;
        }
        if (nets) {
            p->scorer_query = nets->scorer_query;
            memcpy(p->query_part, nets->query_part, sizeof p->query_part);
        }
    }
    c.pictures = (struct gpu_picture *)to_device(pictures, n * sizeof *pictures);
    c.params = (struct gpu_score_params *)to_device(params, n * sizeof *params);
    free(pictures);
    free(params);
    return c;
}

static void bench_one(struct arr_gpu *gpu, const void *pixels, double rate, const struct nets *nets)
{
    char note[96];
    struct chain c = chain_new(1, pixels, W, H, NULL);
    snprintf(note, sizeof note, "4K on the device, no weights; floor %.2f us of bytes",
             SPARSE / rate);
    row("13 channels to ranks", graph_us(gpu, run_chain, &c, REPLAYS), "us", "25", note);
    row("  sample and finish", graph_us(gpu, run_sample, &c, REPLAYS), "us", "", "");
    row("  score", graph_us(gpu, run_score, &c, REPLAYS), "us", "", "");
    struct chain t = chain_new(1, pixels, W, H, nets);
    row("13 channels to ranks, trained", graph_us(gpu, run_chain, &t, REPLAYS), "us", "25",
        "scorer of D = 2048 and learned balancer");
    row("  score", graph_us(gpu, run_score, &t, REPLAYS), "us", "", "");
}

/* ---- path B ---- */

static void plan_for(struct arr_gpu *gpu, const void *pixels, void *dense, size_t n,
                     struct gpu_resize_plan *plan)
{
    struct gpu_resize_job *jobs = (struct gpu_resize_job *)calloc(n, sizeof *jobs);
    for (size_t i = 0; i < n; i++) {
        jobs[i] = gpu_resize_job{(const char *)pixels + i * PICTURE, W, H, W * 3,
                                 (char *)dense + i * ARR_DENSE_PX * 3};
    }
    need(gpu_resize_prepare(gpu, jobs, n, ARR_GRID, plan), "planning the resize");
    MUST(cudaStreamSynchronize(gpu->stream));
    free(jobs);
}

static void bench_path_b(struct arr_gpu *gpu, const void *pixels, double rate)
{
    char note[96];
    void *dense = device((size_t)BATCH * ARR_DENSE_PX * 3);
    struct gpu_resize_plan one = {}, all = {};
    plan_for(gpu, pixels, dense, 1, &one);
    plan_for(gpu, pixels, dense, BATCH, &all);
    struct chain single = chain_new(1, dense, ARR_DENSE, ARR_DENSE, NULL);
    struct chain batch = chain_new(BATCH, dense, ARR_DENSE, ARR_DENSE, NULL);
    single.plan = &one;
    batch.plan = &all;
    snprintf(note, sizeof note, "one 4K picture on the device; floor %.2f us of bytes",
             (double)PICTURE / rate);
    row("resize to 512 x 512", graph_us(gpu, run_resize, &single, REPLAYS), "us", "", note);
    row("path B to ranks", graph_us(gpu, run_chain, &single, REPLAYS), "us", "", "one 4K picture");
    const double bytes = (double)PICTURE * BATCH;
    const double resize = graph_us(gpu, run_resize, &batch, TRIES);
    const double whole = graph_us(gpu, run_chain, &batch, TRIES);
    snprintf(note, sizeof note, "%d pictures in %.0f us, floor %.0f us", (int)BATCH, whole,
             bytes / rate);
    row("path B to ranks, batch", 100.0 * bytes / whole / rate, "% of the copy rate", ">= 60",
        note);
    row("  pictures", BATCH / whole * 1e6, "/s", "", "4K, on the device");
    snprintf(note, sizeof note, "%.0f us", resize);
    row("  resize alone", 100.0 * bytes / resize / rate, "% of the copy rate", "", note);
    gpu_resize_done(&one);
    gpu_resize_done(&all);
    MUST(cudaFree(dense));
}

/* ---- 40 channels ---- */

static void run_array(struct arr_gpu *gpu, void *arg)
{
    struct gpu_room *room = (struct gpu_room *)arg;
    const size_t cleared = offsetof(struct gpu_room, sums);
    MUST(cudaMemsetAsync((char *)room + cleared, 0, sizeof *room - cleared, gpu->stream));
    MUST(gpu_planes_launch(gpu, room, true));
    MUST(gpu_slic_launch(gpu, room));
    MUST(gpu_cells_launch(gpu, room, ARR_WANT_ARRAY, false));
    MUST(gpu_text_launch(gpu, room));
    MUST(gpu_distance_launch(gpu, room));
    MUST(gpu_saliency_launch(gpu, room));
    MUST(gpu_motion_launch(gpu, room));
    MUST(gpu_clusters_launch(gpu, room));
}

static void bench_array(struct arr_gpu *gpu, const void *pixels)
{
    struct gpu_room *room = (struct gpu_room *)device(sizeof *room);
    struct gpu_tables tables;
    gpu_tables_fill(&tables);
    MUST(cudaMemcpy((char *)room + offsetof(struct gpu_room, tables), &tables, sizeof tables,
                    cudaMemcpyHostToDevice));
    const size_t frame = (size_t)ARR_DENSE_PX * 3;
    MUST(cudaMemcpy((char *)room + offsetof(struct gpu_room, rgb), pixels, frame,
                    cudaMemcpyDeviceToDevice));
    MUST(cudaMemcpy((char *)room + offsetof(struct gpu_room, before), (const char *)pixels + frame,
                    frame, cudaMemcpyDeviceToDevice));
    row("40 channels, kernels", graph_us(gpu, run_array, room, REPLAYS), "us", "250",
        "512 x 512 on the device, with motion, labels not cleaned");
    MUST(cudaFree(room));
}

/* ---- what a caller waits for ---- */

static void bench_calls(const struct arr_backend_ops *ops, struct arr_gpu *gpu,
                        const struct nets *nets)
{
    static struct arr_score_out out;
    static struct arr_texture texture;
    static struct arr_array array;
    struct arr_score_out *outs[] = {&out};
    char why[160] = "";
    double us[CALLS];
    texture.grid = ARR_GRID;
    fill_random(texture.t[0], ARR_TEXTURE_CHANNELS * ARR_CELLS, 1.0f);
    struct arr_score_in in = {};
    in.texture = &texture;
    in.texture_id = in.weights_id = in.query_id = 1;
    in.scorer = &nets->scorer;
    in.scorer_query = &nets->scorer_query;
    in.adaptive = &nets->balancer;
    in.query_part = nets->query_part;
    in.balancer = ARR_BALANCE_ADAPTIVE;
    in.k = 200;
    for (int i = -5; i < CALLS; i++) {
        for (int w = 0; w < ARR_WAYS; w++) {
            in.scale[w] = 0.5f + 0.01f * (float)((i + 5 + w) % 100);
        }
        const double from = now_us();
        need(ops->score(gpu, &in, 1, outs, why, sizeof why), why);
        us[i < 0 ? 0 : i] = now_us() - from;
    }
    row("slider to ranks on the host", median(us, CALLS), "us", "1000", "copies included");

    uint8_t *picture = (uint8_t *)malloc(PICTURE), *dense = (uint8_t *)malloc(ARR_DENSE_PX * 3);
    for (size_t i = 0; i < PICTURE; i++) {
        picture[i] = (uint8_t)rand();
    }
    const struct arr_image im = {ARR_RGB8, picture, W, H, (size_t)W * 3, 1};
    struct arr_texture *textures[] = {&texture};
    uint8_t *denses[] = {dense};
    for (int i = -1; i < TRIES; i++) {
        const double from = now_us();
        need(ops->resize(gpu, &im, 1, ARR_GRID, denses, why, sizeof why), why);
        us[i < 0 ? 0 : i] = now_us() - from;
    }
    row("resize of a 4K picture from the host", median(us, TRIES), "us", "", "24.9 MB uploaded");
    for (int i = -1; i < TRIES; i++) {
        const double from = now_us();
        need(ops->sample(gpu, &im, 1, ARR_GRID, textures, why, sizeof why), why);
        us[i < 0 ? 0 : i] = now_us() - from;
    }
    row("sampling a 4K picture from the host", median(us, TRIES), "us", "",
        "the 256 rows that are read uploaded");
    struct arr_array_options o = {};
    o.want = ARR_WANT_ARRAY;
    o.n_threads = 1;
    for (int i = -1; i < 50; i++) {
        const double from = now_us();
        need(ops->array(gpu, dense, NULL, &o, &array, why, sizeof why), why);
        us[i < 0 ? 0 : i] = now_us() - from;
    }
    row("40 channels from and to the host", median(us, 50), "us", "",
        "labels cleaned by the host on the way");
    free(picture);
    free(dense);
}

int main(void)
{
    char why[160] = "";
    const struct arr_backend_ops *ops = hfterm_arr_backend(ARR_BACKEND_ABI);
    struct arr_gpu *gpu = (struct arr_gpu *)ops->open(0, 1, why, sizeof why);
    if (!gpu) {
        printf("# skipped: %s\n", why);
        return 0;
    }
    struct arr_backend_about about;
    ops->about(gpu, &about);
    printf("# %s, %s\n", about.device, about.version);
    static struct nets nets;
    nets_fill(&nets);
    const double rate = copy_rate(gpu);
    size_t room = 0, all = 0;
    MUST(cudaMemGetInfo(&room, &all));
    const size_t want = PICTURE * BATCH;
    void *pixels = device(want < room / 2 ? want : PICTURE);
    fill_noise(gpu, pixels, want < room / 2 ? want : PICTURE);
    bench_one(gpu, pixels, rate, &nets);
    if (want < room / 2) {
        bench_path_b(gpu, pixels, rate);
    } else {
        printf("# path B in batches skipped: %zu MB of device memory are not enough\n", room >> 20);
    }
    bench_array(gpu, pixels);
    bench_calls(ops, gpu, &nets);
    MUST(cudaFree(pixels));
    ops->close(gpu);
    return 0;
}
