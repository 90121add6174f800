/* SPDX-License-Identifier: Apache-2.0 */
/* The CUDA back end on this machine's device against the CPU: random pictures, sizes and settings.
 * Bytes and integers must be equal; floats may differ by half of what the engine may differ from
 * the reference (docs/engine.md). Every line says how far apart the worst pair was. TAP.
 *
 *     check_gpu [ROUNDS]
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/backend.h"
#include "core/base/mem.h"

struct check {
    const struct arr_backend_ops *ops;
    void *gpu, *cpu;
    uint64_t seed;
    int n_tests, n_failed, rounds;
};

static void tell(struct check *c, bool ok, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void tell(struct check *c, bool ok, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("%s %d - ", ok ? "ok" : "not ok", ++c->n_tests);
    vprintf(format, args);
    printf("\n");
    va_end(args);
    c->n_failed += !ok;
}

/* ---- random things ---- */

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

static int pick(struct check *c, int n)
{
    return (int)(next_random(&c->seed) >> 33) % n;
}

static float real(struct check *c, float low, float high)
{
    return low + (high - low) * ((float)(next_random(&c->seed) >> 40) / 16777215.0F);
}

static void fill(struct check *c, float *v, size_t n, float low, float high)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = real(c, low, high);
    }
}

/* A side from 1 to 4000, small ones as likely as large ones. */
static int side(struct check *c)
{
    return (int)exp2((double)real(c, 0.0F, 11.97F));
}

/* Noise over a few slopes and edges, so that there is something to see at every scale. */
static uint8_t value_at(struct check *c, int x, int y, int channel, const int *shape)
{
    const int slope = (x * shape[channel] + y * shape[channel + 3]) / 64;
    const int step = x > shape[6] && y > shape[7] ? 90 : 0;
    return (uint8_t)(slope + step + pick(c, 24));
}

static struct arr_image picture8(struct check *c, int w, int h)
{
    int shape[8];
    for (int i = 0; i < 8; i++) {
        shape[i] = pick(c, i < 6 ? 20 : (w < h ? w : h) + 1);
    }
    const size_t stride = (size_t)w * 3 + (size_t)pick(c, 2) * 5;
    uint8_t *p = xcalloc(stride * (size_t)h, 1);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w * 3; x++) {
            p[(size_t)y * stride + (size_t)x] = value_at(c, x / 3, y, x % 3, shape);
        }
    }
    return (struct arr_image){
        .format = ARR_RGB8, .pixels = p, .width = w, .height = h, .stride_bytes = stride};
}

static struct arr_image picture_planar(struct check *c, int w, int h)
{
    const size_t n = (size_t)w * (size_t)h * 3;
    float *p = xcalloc(n, sizeof *p);
    fill(c, p, n, 0.0F, 1.0F);
    return (struct arr_image){.format = ARR_RGB_PLANAR,
                              .pixels = p,
                              .width = w,
                              .height = h,
                              .stride_bytes = (size_t)w * sizeof *p};
}

static void image_free(struct arr_image *im)
{
    void *owned;
    memcpy(&owned, &im->pixels, sizeof owned);
    free(owned);
}

/* ---- distances ---- */

/* NaN is farther than anything. */
static void widen(double *worst, const float *a, const float *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const double d = fabs((double)a[i] - (double)b[i]);
        *worst = d <= *worst ? *worst : isnan(d) ? HUGE_VAL : d;
    }
}

static bool run_failed(struct check *c, const char *what, enum arr_status status, const char *why)
{
    if (status != ARR_OK) {
        tell(c, false, "%s: status %d, %s", what, (int)status, why);
    }
    return status != ARR_OK;
}

/* ---- resize ---- */

static void check_resize(struct check *c)
{
    enum { BATCH = 4 };
    size_t wrong = 0, pictures = 0;
    char why[160] = "";
    for (int round = 0; round < c->rounds; round++) {
        const int grid = round % 3 == 2 ? ARR_GRID_SEED : ARR_GRID;
        const size_t bytes = (size_t)(grid * grid) * 256 * 3;
        struct arr_image im[BATCH];
        uint8_t *a[BATCH], *b[BATCH];
        for (int i = 0; i < BATCH; i++) {
            im[i] = round == 0 && i == 0 ? picture8(c, 3840, 2160) : picture8(c, side(c), side(c));
            a[i] = xcalloc(bytes, 1);
            b[i] = xcalloc(bytes, 1);
        }
        const enum arr_status s = c->ops->resize(c->gpu, im, BATCH, grid, b, why, sizeof why);
        ARR_BACKEND_CPU.resize(c->cpu, im, BATCH, grid, a, why, sizeof why);
        const bool failed = run_failed(c, "resize", s, why);
        for (int i = 0; i < BATCH; i++) {
            for (size_t k = 0; k < bytes; k++) {
                wrong += a[i][k] != b[i][k];
            }
            pictures++;
            free(a[i]);
            free(b[i]);
            image_free(&im[i]);
        }
        if (failed) {
            return;
        }
    }
    tell(c, wrong == 0, "resize: %zu pictures, %zu wrong bytes", pictures, wrong);
}

/* ---- sample ---- */

struct texture_worst {
    double colour, lab, edges;
};

static void compare_textures(const struct arr_texture *a, const struct arr_texture *b,
                             struct texture_worst *w)
{
    const size_t n = (size_t)(a->grid * a->grid);
    for (int ch = 0; ch < 3; ch++) {
        widen(&w->colour, a->t[ch], b->t[ch], n);
        widen(&w->edges, a->raw_edges[ch], b->raw_edges[ch], n);
    }
    widen(&w->lab, a->t[ARR_T_L], b->t[ARR_T_L], n);
    widen(&w->lab, a->t[ARR_T_A], b->t[ARR_T_A], n);
    widen(&w->lab, a->aux_b, b->aux_b, n);
}

static void check_sample(struct check *c)
{
    enum { BATCH = 4 };
    struct texture_worst worst = {0};
    char why[160] = "";
    for (int round = 0; round < c->rounds; round++) {
        const int grid = round % 3 == 2 ? ARR_GRID_SEED : ARR_GRID;
        struct arr_image im[BATCH];
        struct arr_texture *a[BATCH], *b[BATCH];
        for (int i = 0; i < BATCH; i++) {
            const int w = i ? side(c) : grid * 16, h = i ? side(c) : grid * 16;
            im[i] = (round + i) % 3 ? picture8(c, w, h) : picture_planar(c, w, h);
            a[i] = xcalloc(1, sizeof **a);
            b[i] = xcalloc(1, sizeof **b);
        }
        const enum arr_status s = c->ops->sample(c->gpu, im, BATCH, grid, b, why, sizeof why);
        ARR_BACKEND_CPU.sample(c->cpu, im, BATCH, grid, a, why, sizeof why);
        const bool failed = run_failed(c, "sample", s, why);
        for (int i = 0; i < BATCH; i++) {
            compare_textures(a[i], b[i], &worst);
            free(a[i]);
            free(b[i]);
            image_free(&im[i]);
        }
        if (failed) {
            return;
        }
    }
    tell(c, worst.colour <= 5e-7, "sample: colours differ by at most %.2g", worst.colour);
    tell(c, worst.lab <= 1e-6, "sample: L*a*b* differs by at most %.2g", worst.lab);
    tell(c, worst.edges <= 1e-7, "sample: raw edges differ by at most %.2g", worst.edges);
}

/* ---- score ---- */

enum { DIM = 256, SCENES = 5 };

struct scene {
    struct arr_texture texture[SCENES];
    struct arr_scorer scorer;
    struct arr_scorer_query scorer_query;
    struct arr_balancer balancer;
    struct arr_contextual contextual;
    float query_part[ARR_MLP], map[ARR_WAYS][ARR_CELLS];
    struct arr_score_out a[SCENES], b[SCENES];
};

static void scene_fill(struct check *c, struct scene *s)
{
    float q[DIM];
    s->scorer.dim = DIM;
    s->scorer.w2 = xcalloc(DIM * ARR_HIDDEN, sizeof(float));
    s->scorer.b2 = xcalloc(DIM, sizeof(float));
    fill(c, s->scorer.w0[0], sizeof s->scorer.w0 / sizeof(float), -0.28F, 0.28F);
    fill(c, s->scorer.b0, ARR_HIDDEN, -0.28F, 0.28F);
    fill(c, s->scorer.w2, DIM * ARR_HIDDEN, -0.125F, 0.125F);
    fill(c, s->scorer.b2, DIM, -0.125F, 0.125F);
    arr_scorer_prepare(&s->scorer);
    fill(c, q, DIM, -1.0F, 1.0F);
    arr_scorer_set_query(&s->scorer, q, &s->scorer_query);
    fill(c, s->balancer.ws[0], sizeof s->balancer.ws / sizeof(float), -0.3F, 0.3F);
    fill(c, s->balancer.w2[0], sizeof s->balancer.w2 / sizeof(float), -0.09F, 0.09F);
    fill(c, s->balancer.b2, ARR_MLP, -0.09F, 0.09F);
    fill(c, s->balancer.w4[0], sizeof s->balancer.w4 / sizeof(float), -0.3F, 0.3F);
    fill(c, s->balancer.b4, ARR_WAYS, -0.3F, 0.3F);
    fill(c, s->contextual.p0[0], sizeof s->contextual / sizeof(float), -0.3F, 0.3F);
    fill(c, s->query_part, ARR_MLP, -0.5F, 0.5F);
    fill(c, s->map[0], sizeof s->map / sizeof(float), 0.0F, 1.0F);
    for (int i = 0; i < SCENES; i++) {
        struct arr_texture *t = &s->texture[i];
        fill(c, t->t[0], sizeof t->t / sizeof(float), 0.0F, 1.0F);
        fill(c, t->raw_edges[0], sizeof t->raw_edges / sizeof(float), -0.4F, 0.4F);
        t->grid = i % 3 == 2 ? ARR_GRID_SEED : ARR_GRID;
        arr_texture_finish((struct arr_texture *const[]){t}, 1, &(struct arr_texture_finish){0});
    }
}

static struct arr_score_in scene_in(struct check *c, const struct scene *s, int i)
{
    struct arr_score_in in = {.texture = &s->texture[i],
                              .texture_id = (uint64_t)(pick(c, 2) * (i + 1)),
                              .weights_id = 1,
                              .query_id = 1,
                              .balancer = (enum arr_balancer_kind)pick(c, 3),
                              .scorer = &s->scorer,
                              .scorer_query = &s->scorer_query,
                              .adaptive = &s->balancer,
                              .query_part = s->query_part,
                              .contextual = &s->contextual,
                              .k = pick(c, 4) ? pick(c, 1200) : 200};
    in.tensions = (struct arr_tensions){real(c, 0, 1), real(c, 0, 1), real(c, 0, 1)};
    in.explore = pick(c, 2) ? real(c, 0, 1) : in.balancer == ARR_BALANCE_TENSION ? -1.0F : 0.0F;
    for (int w = 0; w < ARR_WAYS; w++) {
        in.scale[w] = pick(c, 4) ? real(c, 0.0F, 3.0F) : (float)pick(c, 2);
        in.given[w] = pick(c, 3) == 0 ? s->map[w] : NULL;
    }
    return in;
}

struct score_worst {
    double info, persp, partic, weights, balanced;
    size_t sets; /* top-k sets that differ by more than near ties */
};

/* Sets may differ only in cells whose value is next to that of the last one chosen. */
static bool same_set(const struct arr_score_out *a, const struct arr_score_out *b)
{
    bool in_a[ARR_CELLS] = {false}, in_b[ARR_CELLS] = {false};
    for (int i = 0; i < a->k && a->k == b->k; i++) {
        in_a[a->order[i]] = true;
        in_b[b->order[i]] = true;
    }
    const float last = a->k ? a->balance.balanced[a->order[a->k - 1]] : 0.0F;
    for (int i = 0; i < ARR_CELLS; i++) {
        if (in_a[i] != in_b[i] && fabsf(a->balance.balanced[i] - last) > 1e-4F) {
            return false;
        }
    }
    return a->k == b->k;
}

static void compare_scores(const struct arr_score_out *a, const struct arr_score_out *b, int grid,
                           struct score_worst *w)
{
    const size_t n = (size_t)(grid * grid);
    widen(&w->info, a->way[ARR_INFO], b->way[ARR_INFO], n);
    widen(&w->persp, a->way[ARR_PERSP], b->way[ARR_PERSP], n);
    widen(&w->partic, a->way[ARR_PARTIC], b->way[ARR_PARTIC], n);
    widen(&w->weights, a->balance.weights, b->balance.weights, ARR_WAYS);
    widen(&w->balanced, a->balance.balanced, b->balance.balanced, n);
    w->sets += !same_set(a, b) || a->balance.flags != b->balance.flags;
}

static void check_score(struct check *c)
{
    struct score_worst worst = {0};
    struct scene *s = xcalloc(1, sizeof *s);
    struct arr_score_out *a[SCENES], *b[SCENES];
    char why[160] = "";
    scene_fill(c, s);
    for (int i = 0; i < SCENES; i++) {
        a[i] = &s->a[i];
        b[i] = &s->b[i];
    }
    for (int round = 0; round < c->rounds * 10; round++) {
        struct arr_score_in in[SCENES];
        for (int i = 0; i < SCENES; i++) {
            in[i] = scene_in(c, s, i);
        }
        const size_t n = round % 4 == 3 ? SCENES : 1;
        const enum arr_status status = c->ops->score(c->gpu, in, n, b, why, sizeof why);
        ARR_BACKEND_CPU.score(c->cpu, in, n, a, why, sizeof why);
        if (run_failed(c, "score", status, why)) {
            break;
        }
        for (size_t i = 0; i < n; i++) {
            compare_scores(a[i], b[i], in[i].texture->grid, &worst);
        }
    }
    tell(c, worst.info <= 2.5e-5, "score: information differs by at most %.2g", worst.info);
    tell(c, worst.persp <= 5e-6, "score: salience differs by at most %.2g", worst.persp);
    tell(c, worst.partic <= 2e-6, "score: participatory differs by at most %.2g", worst.partic);
    tell(c, worst.weights <= 5e-6, "score: weights differ by at most %.2g", worst.weights);
    tell(c, worst.balanced <= 2.5e-5, "score: relevance differs by at most %.2g", worst.balanced);
    tell(c, worst.sets == 0, "score: %zu selections differ by more than near ties", worst.sets);
    arr_scorer_done(&s->scorer);
    free(s);
}

/* ---- array ---- */

struct array_worst {
    double channel[ARR_ARRAY_CHANNELS], statistics;
    size_t integers; /* labels, vectors, states and flags that differ */
};

static void compare_arrays(const struct arr_array *a, const struct arr_array *b,
                           struct array_worst *w)
{
    for (int i = 0; i < ARR_ARRAY_CHANNELS; i++) {
        widen(&w->channel[i], a->c[i], b->c[i], ARR_CELLS);
        w->integers += a->state[i] != b->state[i];
    }
    widen(&w->statistics, a->visual_info, b->visual_info, ARR_CELLS);
    widen(&w->statistics, a->coherence, b->coherence, ARR_CELLS);
    widen(&w->statistics, a->contrast, b->contrast, ARR_CELLS);
    widen(&w->statistics, a->roughness, b->roughness, ARR_CELLS);
    double lab = 0;
    widen(&lab, a->quads[0][0], b->quads[0][0], sizeof a->quads / sizeof(float));
    w->statistics = lab / 100.0 > w->statistics ? lab / 100.0 : w->statistics;
    w->integers += memcmp(a->cluster, b->cluster, sizeof a->cluster) != 0;
    w->integers += memcmp(a->flow, b->flow, sizeof a->flow) != 0;
    w->integers += a->flags != b->flags || a->have != b->have;
    w->integers += a->mean_sad < b->mean_sad || a->mean_sad > b->mean_sad;
}

static void check_array(struct check *c)
{
    struct array_worst worst = {0};
    struct arr_array *a = xcalloc(1, sizeof *a), *b = xcalloc(1, sizeof *b);
    struct arr_previous *before = xcalloc(1, sizeof *before);
    char why[160] = "";
    enum arr_status status = ARR_OK;
    for (int round = 0; round < c->rounds && status == ARR_OK; round++) {
        struct arr_image im = picture8(c, ARR_DENSE, ARR_DENSE);
        uint8_t *dense = xcalloc(ARR_DENSE_PX, 3);
        ARR_BACKEND_CPU.resize(c->cpu, &im, 1, ARR_GRID, &dense, why, sizeof why);
        const struct arr_array_options o = {
            .want = 1U + (unsigned)pick(c, 15), .literal_edges = round % 4 == 3, .n_threads = 3};
        const struct arr_previous *previous = round % 2 ? before : NULL;
        status = c->ops->array(c->gpu, dense, previous, &o, b, why, sizeof why);
        if (status == ARR_OK) {
            ARR_BACKEND_CPU.array(c->cpu, dense, previous, &o, a, why, sizeof why);
            compare_arrays(a, b, &worst);
        }
        memcpy(before->rgb, dense, sizeof before->rgb);
        memmove(before->rgb, before->rgb + 9,
                sizeof before->rgb - 9); /* three pixels to the left */
        free(dense);
        image_free(&im);
    }
    if (status == ARR_NOT_DONE) {
        tell(c, true, "array # SKIP left to the CPU");
    } else if (!run_failed(c, "array", status, why)) {
        double channels = 0;
        for (int i = 0; i < ARR_ARRAY_CHANNELS; i++) {
            channels = worst.channel[i] > channels ? worst.channel[i] : channels;
        }
        tell(c, channels <= 5e-6, "array: channels differ by at most %.2g", channels);
        tell(c, worst.statistics <= 5e-6, "array: statistics differ by at most %.2g",
             worst.statistics);
        tell(c, worst.integers == 0, "array: %zu labels, vectors or flags differ", worst.integers);
    }
    free(a);
    free(b);
    free(before);
}

int main(int argc, char **argv)
{
    struct check c = {.seed = 1, .rounds = argc > 1 ? (int)strtol(argv[1], NULL, 10) : 12};
    char why[256] = "";
    c.ops = arr_backend_load_cuda(why, sizeof why);
    c.gpu = c.ops ? c.ops->open(0, 1, why, sizeof why) : NULL;
    if (!c.gpu) {
        printf("1..0 # SKIP %s\n", why);
        return 0;
    }
    c.cpu = ARR_BACKEND_CPU.open(0, 0, why, sizeof why);
    struct arr_backend_about about;
    c.ops->about(c.gpu, &about);
    printf("# %s, %s, sm_%d\n", about.device, about.version, about.sm);
    check_resize(&c);
    check_sample(&c);
    check_score(&c);
    check_array(&c);
    c.ops->close(c.gpu);
    ARR_BACKEND_CPU.close(c.cpu);
    printf("1..%d\n", c.n_tests);
    return c.n_failed != 0;
}
