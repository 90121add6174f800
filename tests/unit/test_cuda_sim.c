/* SPDX-License-Identifier: Apache-2.0 */
/* The CUDA back end on a simulated device (tests/cudasim): its kernels and its host code against
 * the CPU, in three orders of threads, and with every call failing once. Loaded as the program
 * loads the real one.
 */
#include <dlfcn.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "core/arrcoc/backend.h"

/* ---- the library and what it is asked ---- */

struct sim {
    const struct arr_backend_ops *ops;
    void *library;
    const char *(*trouble)(void);
    void (*forget)(void);
    void (*set_order)(unsigned order);
    void (*fail_at)(const char *call, int nth, int error);
    long (*calls)(void);
    int (*live)(void);
    int (*faulty)(int which, unsigned order, unsigned *out);
    void *cpu; /* a state of the CPU's table */
};

enum { OUT_OF_MEMORY = 2, ILLEGAL_ADDRESS = 700, LAUNCH_FAILURE = 719 };

static void *symbol(void *library, const char *name)
{
    void *p = dlsym(library, name);
    if (!p) {
        fail_msg("%s is missing", name);
    }
    return p;
}

#define FIND(sim, member, name)                                                                    \
    do {                                                                                           \
        void *found = symbol((sim)->library, name);                                                \
        memcpy(&(sim)->member, &found, sizeof found);                                              \
    } while (0)

static int setup(void **state)
{
    char path[PATH_MAX + 64], folder[PATH_MAX];
    const ssize_t n = readlink("/proc/self/exe", folder, sizeof folder - 1);
    assert_true(n > 0);
    folder[n] = '\0';
    *strrchr(folder, '/') = '\0';
    snprintf(path, sizeof path, "%s/libhfterm_cuda_sim.so", folder);
    *state = NULL;
    if (access(path, F_OK) != 0) {
        return 0; /* without a C++ compiler it was not built */
    }
    static struct sim sim;
    char why[256] = "";
    setenv("HFTERM_CUDA_LIB", path, 1);
    sim.ops = arr_backend_load_cuda(why, sizeof why);
    if (!sim.ops) {
        print_error("%s\n", why);
        return -1;
    }
    sim.library = dlopen(path, RTLD_NOW);
    FIND(&sim, trouble, "cudasim_trouble");
    FIND(&sim, forget, "cudasim_forget");
    FIND(&sim, set_order, "cudasim_set_order");
    FIND(&sim, fail_at, "cudasim_fail_at");
    FIND(&sim, calls, "cudasim_calls");
    FIND(&sim, live, "cudasim_live");
    FIND(&sim, faulty, "cudasim_faulty");
    sim.cpu = ARR_BACKEND_CPU.open(0, 1, why, sizeof why);
    *state = &sim;
    return 0;
}

static int teardown(void **state)
{
    struct sim *sim = *state;
    if (sim) {
        ARR_BACKEND_CPU.close(sim->cpu);
        dlclose(sim->library);
    }
    return 0;
}

/* The simulator of this test, or the end of the test where there is none. */
static struct sim *sim_of(void **state)
{
    struct sim *sim = *state;
    if (!sim) {
        print_message("no C++ compiler, no simulated device\n");
        skip();
    }
    sim->forget();
    sim->set_order(0);
    return sim;
}

static void *open_gpu(const struct sim *sim)
{
    char why[160] = "";
    void *gpu = sim->ops->open(0, 1, why, sizeof why);
    if (!gpu) {
        fail_msg("%s", why);
    }
    return gpu;
}

static void assert_quiet(const struct sim *sim)
{
    if (*sim->trouble()) {
        fail_msg("%s", sim->trouble());
    }
}

/* ---- pictures ---- */

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15U);
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
    z = (z ^ z >> 27) * 0x94d049bb133111ebU;
    return z ^ z >> 31;
}

/* Noise, its rows `extra` bytes apart, in a block that ends with the picture. */
static struct arr_image noise8(int w, int h, size_t extra, uint64_t seed)
{
    const size_t stride = (size_t)w * 3 + extra;
    const size_t n = stride * (size_t)(h - 1) + (size_t)w * 3;
    uint8_t *p = malloc(n);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint8_t)(next_random(&seed) >> 56);
    }
    return (struct arr_image){
        .format = ARR_RGB8, .pixels = p, .width = w, .height = h, .stride_bytes = stride, .id = 1};
}

static struct arr_image noise_planar(int w, int h, uint64_t seed)
{
    const size_t n = (size_t)w * (size_t)h * 3;
    float *p = malloc(n * sizeof *p);
    assert_non_null(p);
    for (size_t i = 0; i < n; i++) {
        p[i] = (float)(next_random(&seed) >> 40) / 16777215.0F;
    }
    return (struct arr_image){.format = ARR_RGB_PLANAR,
                              .pixels = p,
                              .width = w,
                              .height = h,
                              .stride_bytes = (size_t)w * sizeof *p,
                              .id = 1};
}

static void image_free(struct arr_image *im)
{
    union {
        const void *seen;
        void *owned;
    } p = {.seen = im->pixels};
    free(p.owned);
}

/* ---- the simulator itself ---- */

static void simulator_finds_mistakes(void **state)
{
    struct sim *sim = sim_of(state);
    unsigned a[64], b[64];
    for (unsigned order = 0; order < 4; order++) {
        assert_int_equal(sim->faulty(0, order, a), 0);
        assert_int_equal(a[5], 496);
        assert_int_equal(a[40], 1520);
        assert_int_equal(sim->faulty(6, order, a), 0);
        assert_int_equal(a[63], 0);
        assert_int_equal(a[7], 24);
        assert_quiet(sim);
    }
    /* A missing barrier: what comes out depends on the order. */
    assert_int_equal(sim->faulty(1, 0, a), 0);
    assert_int_equal(sim->faulty(1, 1, b), 0);
    assert_memory_not_equal(a, b, sizeof a);
    assert_quiet(sim);
    /* A barrier for half the block; lanes that do not come; a lane outside the mask; a write
     * beyond the end. */
    const struct {
        int which, error;
        const char *says;
    } cases[] = {{2, LAUNCH_FAILURE, "wait at __syncthreads"},
                 {4, LAUNCH_FAILURE, "for lanes of their warp"},
                 {3, 0, "not in the mask"},
                 {5, 0, "behind a block"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(sim->faulty(cases[i].which, 0, a), cases[i].error);
        assert_non_null(strstr(sim->trouble(), cases[i].says));
        sim->forget();
    }
    assert_int_equal(sim->live(), 0);
}

/* ---- opening ---- */

static void opening_says_what_is_missing(void **state)
{
    struct sim *sim = sim_of(state);
    char why[160] = "";
    assert_null(sim->ops->open(3, 1, why, sizeof why));
    assert_string_equal(why, "there is no CUDA device 3; this machine has 1");
    sim->fail_at("cudaGetDeviceCount", 1, 100);
    assert_null(sim->ops->open(0, 1, why, sizeof why));
    assert_string_equal(why, "this machine has no CUDA device");
    sim->fail_at("cudaGetDeviceCount", 1, 35);
    assert_null(sim->ops->open(0, 1, why, sizeof why));
    assert_non_null(strstr(why, "driver"));
    for (int nth = 1;; nth++) {
        sim->forget();
        sim->fail_at("*", nth, OUT_OF_MEMORY);
        void *gpu = sim->ops->open(0, 1, why, sizeof why);
        if (gpu) {
            sim->ops->close(gpu);
            assert_true(nth > 6);
            break;
        }
        assert_non_null(strstr(why, "out of memory"));
        assert_int_equal(sim->live(), 0);
    }
    assert_int_equal(sim->live(), 0);
}

static void loader_says_what_is_missing(void **state)
{
    struct sim *sim = sim_of(state);
    char why[256] = "";
    char *path = strdup(getenv("HFTERM_CUDA_LIB"));
    setenv("HFTERM_CUDA_LIB", "/nowhere/at/all.so", 1);
    assert_null(arr_backend_load_cuda(why, sizeof why));
    assert_non_null(strstr(why, "/nowhere/at/all.so"));
    /* A library, but not one of ours. */
    if (dlopen("libc.so.6", RTLD_NOW | RTLD_NOLOAD)) {
        setenv("HFTERM_CUDA_LIB", "libc.so.6", 1);
        assert_null(arr_backend_load_cuda(why, sizeof why));
        assert_string_equal(why, "libc.so.6 is not a back end of hfterm");
    }
    unsetenv("HFTERM_CUDA_LIB");
    if (!arr_backend_load_cuda(why, sizeof why)) {
        assert_string_equal(why, "libhfterm_cuda.so is not installed");
    }
    setenv("HFTERM_CUDA_LIB", path, 1);
    free(path);
    assert_ptr_equal(arr_backend_load_cuda(why, sizeof why), sim->ops);
}

static void about_names_the_device(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    struct arr_backend_about about;
    sim->ops->about(gpu, &about);
    assert_string_equal(about.device, "simulated device");
    assert_string_equal(about.version, "CUDA 13.0, driver 13.0");
    assert_int_equal(about.sm, 75);
    assert_true(about.memory_bytes > 0);
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

/* ---- resize ---- */

enum { MANY = 12 };

static void resize_both(struct sim *sim, void *gpu, const struct arr_image *images, size_t n,
                        int grid)
{
    const size_t bytes = (size_t)(grid * grid) * 256 * 3;
    uint8_t *a[MANY], *b[MANY];
    char why[160] = "";
    for (size_t i = 0; i < n; i++) {
        a[i] = malloc(bytes);
        b[i] = calloc(bytes, 1);
    }
    assert_int_equal(ARR_BACKEND_CPU.resize(sim->cpu, images, n, grid, a, why, sizeof why), ARR_OK);
    const enum arr_status status = sim->ops->resize(gpu, images, n, grid, b, why, sizeof why);
    if (status != ARR_OK) {
        fail_msg("resize: %d, %s", (int)status, why);
    }
    assert_quiet(sim);
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < bytes; k++) {
            if (a[i][k] != b[i][k]) {
                fail_msg("picture %zu, %d x %d, grid %d: byte %zu is %d, not %d", i,
                         images[i].width, images[i].height, grid, k, b[i][k], a[i][k]);
            }
        }
        free(a[i]);
        free(b[i]);
    }
}

static void resize_is_the_same_bytes(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    /* Enlarged, as it is, every number of groups of four pixels, and long thin ones. */
    const int sizes[MANY][2] = {{1, 1},     {3, 700},   {31, 17},   {333, 777},
                                {640, 480}, {224, 224}, {512, 512}, {700, 512},
                                {1921, 40}, {3840, 33}, {9001, 9},  {40000, 2}};
    struct arr_image images[MANY];
    for (size_t i = 0; i < MANY; i++) {
        images[i] = noise8(sizes[i][0], sizes[i][1], i % 3 * 5, i + 1);
    }
    resize_both(sim, gpu, images, MANY, ARR_GRID);
    sim->set_order(1);
    resize_both(sim, gpu, images, MANY, ARR_GRID_SEED);
    sim->set_order(7);
    for (size_t i = 0; i < 5; i++) {
        resize_both(sim, gpu, &images[i], 1, ARR_GRID_SEED);
    }
    for (size_t i = 0; i < MANY; i++) {
        image_free(&images[i]);
    }
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

static void resize_leaves_the_impossible_to_the_cpu(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    struct arr_image floats = noise_planar(4, 4, 1), broken = floats;
    broken.format = ARR_RGB8;
    broken.width = 0;
    uint8_t *dst = malloc(ARR_DENSE_PX * 3);
    char why[160];
    assert_int_equal(sim->ops->resize(gpu, &floats, 1, ARR_GRID, &dst, why, sizeof why),
                     ARR_NOT_DONE);
    assert_int_equal(sim->ops->resize(gpu, &broken, 1, ARR_GRID, &dst, why, sizeof why),
                     ARR_NOT_DONE);
    struct arr_image wide = noise8(ARR_SIDE_MAX, 1, 0, 1);
    assert_int_equal(sim->ops->resize(gpu, &wide, 1, ARR_GRID_SEED, &dst, why, sizeof why),
                     ARR_NOT_DONE);
    assert_int_equal(sim->ops->resize(gpu, &wide, 1, ARR_GRID, &dst, why, sizeof why), ARR_OK);
    assert_quiet(sim);
    free(dst);
    image_free(&floats);
    image_free(&wide);
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

/* ---- sample ---- */

static void sample_both(struct sim *sim, void *gpu, const struct arr_image *images, size_t n,
                        int grid)
{
    struct arr_texture *a[MANY], *b[MANY];
    char why[160] = "";
    for (size_t i = 0; i < n; i++) {
        a[i] = calloc(1, sizeof *a[i]);
        b[i] = calloc(1, sizeof *b[i]);
        memset(b[i], 0x77, sizeof *b[i]);
    }
    assert_int_equal(ARR_BACKEND_CPU.sample(sim->cpu, images, n, grid, a, why, sizeof why), ARR_OK);
    const enum arr_status status = sim->ops->sample(gpu, images, n, grid, b, why, sizeof why);
    if (status != ARR_OK) {
        fail_msg("sample: %d, %s", (int)status, why);
    }
    assert_quiet(sim);
    for (size_t i = 0; i < n; i++) {
        /* The same operations in the same order: the same bits. */
        if (memcmp(a[i], b[i], sizeof *a[i]) != 0) {
            fail_msg("picture %zu, %d x %d, grid %d differs", i, images[i].width, images[i].height,
                     grid);
        }
        free(a[i]);
        free(b[i]);
    }
}

static void sample_is_the_same_bits(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    const int sizes[MANY][2] = {{1, 1},     {2, 2},     {31, 17},   {333, 777},
                                {640, 480}, {512, 512}, {224, 224}, {5, 1200},
                                {100, 90},  {512, 512}, {640, 480}, {31, 300}};
    struct arr_image images[MANY];
    for (size_t i = 0; i < MANY; i++) {
        images[i] = i < 8 ? noise8(sizes[i][0], sizes[i][1], i % 3 * 7, i + 40)
                          : noise_planar(sizes[i][0], sizes[i][1], i + 40);
    }
    for (unsigned order = 0; order < 3; order++) {
        sim->set_order(order);
        sample_both(sim, gpu, images, MANY, order == 1 ? ARR_GRID_SEED : ARR_GRID);
    }
    for (size_t i = 0; i < MANY; i++) {
        image_free(&images[i]);
    }
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

static void sample_refuses_what_is_no_colour(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    struct arr_image images[2] = {noise_planar(40, 30, 1), noise_planar(512, 512, 2)};
    struct arr_texture *out[2] = {calloc(1, sizeof **out), calloc(1, sizeof **out)};
    char why[160] = "";
    const float bad[] = {-0.5F, 1.0001F, __builtin_nanf(""), __builtin_inff()};
    float *seen;
    memcpy(&seen, &images[1].pixels, sizeof seen);
    /* Row 7, column 7 is one of those that are read; row 0, column 0 is not. */
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        seen[0] = bad[i];
        seen[7 * 512 + 7] = 0.5F;
        assert_int_equal(sim->ops->sample(gpu, images, 2, ARR_GRID, out, why, sizeof why), ARR_OK);
        seen[7 * 512 + 7] = bad[i];
        assert_int_equal(sim->ops->sample(gpu, images, 2, ARR_GRID, out, why, sizeof why),
                         ARR_BAD_PICTURE);
        assert_non_null(strstr(why, "not 0 to 1"));
    }
    assert_quiet(sim);
    for (int i = 0; i < 2; i++) {
        image_free(&images[i]);
        free(out[i]);
    }
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

/* ---- score ---- */

/* Everything that scoring reads, of random numbers: pictures, weights, a query. */
struct scene {
    struct arr_texture texture[MANY];
    struct arr_scorer scorer;
    struct arr_scorer_query scorer_query[2];
    struct arr_balancer balancer;
    struct arr_contextual contextual;
    float query_part[2][ARR_MLP];
    float map[ARR_WAYS][ARR_CELLS];
    struct arr_score_out cpu[MANY], gpu[MANY];
};

enum { DIM = 96 };

static void fill_random(float *v, size_t n, float low, float high, uint64_t *seed)
{
    for (size_t i = 0; i < n; i++) {
        v[i] = low + (high - low) * ((float)(next_random(seed) >> 40) / 16777216.0F);
    }
}

static void scene_weights(struct scene *s, uint64_t *seed)
{
    float q[DIM];
    s->scorer.dim = DIM;
    s->scorer.w2 = malloc(DIM * ARR_HIDDEN * sizeof(float));
    s->scorer.b2 = malloc(DIM * sizeof(float));
    fill_random(s->scorer.w0[0], ARR_HIDDEN * ARR_TEXTURE_CHANNELS, -0.28F, 0.28F, seed);
    fill_random(s->scorer.b0, ARR_HIDDEN, -0.28F, 0.28F, seed);
    fill_random(s->scorer.w2, DIM * ARR_HIDDEN, -0.125F, 0.125F, seed);
    fill_random(s->scorer.b2, DIM, -0.125F, 0.125F, seed);
    arr_scorer_prepare(&s->scorer);
    fill_random(s->balancer.ws[0], ARR_MLP * ARR_SUMMARIES, -0.3F, 0.3F, seed);
    fill_random(s->balancer.w2[0], ARR_MLP * ARR_MLP, -0.09F, 0.09F, seed);
    fill_random(s->balancer.b2, ARR_MLP, -0.09F, 0.09F, seed);
    fill_random(s->balancer.w4[0], ARR_WAYS * ARR_MLP, -0.3F, 0.3F, seed);
    fill_random(s->balancer.b4, ARR_WAYS, -0.3F, 0.3F, seed);
    fill_random(s->contextual.p0[0], sizeof s->contextual / sizeof(float), -0.3F, 0.3F, seed);
    for (int i = 0; i < 2; i++) {
        fill_random(q, DIM, -1.0F, 1.0F, seed);
        arr_scorer_set_query(&s->scorer, q, &s->scorer_query[i]);
        fill_random(s->query_part[i], ARR_MLP, -0.5F, 0.5F, seed);
    }
}

static struct scene *scene_new(const int *grids, size_t n)
{
    struct scene *s = calloc(1, sizeof *s);
    uint64_t seed = 77;
    assert_non_null(s);
    scene_weights(s, &seed);
    fill_random(s->map[0], ARR_WAYS * ARR_CELLS, 0.0F, 1.0F, &seed);
    for (size_t i = 0; i < n; i++) {
        struct arr_texture *t = &s->texture[i];
        fill_random(t->t[0], ARR_TEXTURE_CHANNELS * ARR_CELLS, 0.0F, 1.0F, &seed);
        fill_random(t->raw_edges[0], 3 * ARR_CELLS, -0.4F, 0.4F, &seed);
        t->grid = grids[i];
        const struct arr_texture_finish how = {0};
        struct arr_texture *const one[] = {t};
        arr_texture_finish(one, 1, &how);
    }
    return s;
}

static void scene_free(struct scene *s)
{
    arr_scorer_done(&s->scorer);
    free(s);
}

static void assert_same_map(const float *a, const float *b, size_t n, const char *what)
{
    for (size_t i = 0; i < n; i++) {
        if (!(a[i] == b[i])) {
            fail_msg("%s of cell %zu is %.9g, not %.9g", what, i, (double)b[i], (double)a[i]);
        }
    }
}

/* Equal, not near: no operation is done in another order on the device. */
static void assert_same_score(const struct arr_score_out *a, const struct arr_score_out *b,
                              int grid)
{
    const size_t cells = (size_t)(grid * grid);
    const struct arr_balance_out *x = &a->balance, *y = &b->balance;
    assert_same_map(a->way[ARR_INFO], b->way[ARR_INFO], cells, "information");
    assert_same_map(a->way[ARR_PERSP], b->way[ARR_PERSP], cells, "salience");
    assert_same_map(a->way[ARR_PARTIC], b->way[ARR_PARTIC], cells, "participatory");
    assert_same_map(x->summaries, y->summaries, ARR_SUMMARIES, "summaries");
    assert_same_map(x->weights, y->weights, ARR_WAYS, "weights");
    assert_same_map(x->share, y->share, ARR_WAYS, "share");
    assert_same_map(x->raw, y->raw, cells, "raw");
    assert_same_map(x->balanced, y->balanced, cells, "balanced");
    assert_int_equal(x->has_weights, y->has_weights);
    assert_int_equal(x->has_tensions, y->has_tensions);
    assert_true(x->tensions.compress == y->tensions.compress &&
                x->tensions.exploit == y->tensions.exploit &&
                x->tensions.focus == y->tensions.focus);
    assert_int_equal(x->flags, y->flags);
    assert_int_equal(a->k, b->k);
    assert_memory_equal(a->order, b->order, (size_t)a->k * sizeof *a->order);
}

static void score_both(struct sim *sim, void *gpu, struct scene *s, const struct arr_score_in *in,
                       size_t n)
{
    struct arr_score_out *a[MANY], *b[MANY];
    char why[160] = "";
    memset(s->cpu, 0x55, sizeof s->cpu);
    memset(s->gpu, 0x66, sizeof s->gpu);
    for (size_t i = 0; i < n; i++) {
        a[i] = &s->cpu[i];
        b[i] = &s->gpu[i];
    }
    assert_int_equal(ARR_BACKEND_CPU.score(sim->cpu, in, n, a, why, sizeof why), ARR_OK);
    const enum arr_status status = sim->ops->score(gpu, in, n, b, why, sizeof why);
    if (status != ARR_OK) {
        fail_msg("score: %d, %s", (int)status, why);
    }
    assert_quiet(sim);
    for (size_t i = 0; i < n; i++) {
        assert_same_score(a[i], b[i], in[i].texture->grid);
    }
}

/* A picture and its settings; which: a balancer, and how the ways are come by. */
static struct arr_score_in scene_in(struct scene *s, size_t picture, size_t which)
{
    struct arr_score_in in = {.texture = &s->texture[picture],
                              .texture_id = 100 + picture,
                              .weights_id = 1,
                              .query_id = 1,
                              .balancer = (enum arr_balancer_kind)(which % 3),
                              .adaptive = &s->balancer,
                              .query_part = s->query_part[0],
                              .contextual = &s->contextual,
                              .tensions = {0.3F, 0.8F, 0.45F},
                              .scale = {1, 1, 1},
                              .explore = which % 3 == ARR_BALANCE_TENSION ? -1.0F : 0.0F,
                              .k = 200};
    if (which / 3 % 3 == 1) {
        in.scorer = &s->scorer;
        in.scorer_query = &s->scorer_query[0];
    } else if (which / 3 % 3 == 2) {
        in.given[ARR_PARTIC] = s->map[ARR_PARTIC];
    }
    return in;
}

static void score_is_the_same_floats(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    const int grids[] = {32, 14, 9};
    struct scene *s = scene_new(grids, 3);
    for (size_t which = 0; which < 9; which++) {
        sim->set_order(which % 4);
        struct arr_score_in in = scene_in(s, which % 3, which);
        score_both(sim, gpu, s, &in, 1);
        in.explore = 0.3F;
        in.scale[which % 3] = 0.0F;
        in.k = 5000;
        if (which > 2) {
            score_both(sim, gpu, s, &in, 1);
            continue;
        }
        in.scale[(which + 1) % 3] = 2.5F;
        in.given[ARR_INFO] = s->map[ARR_INFO];
        in.k = 1;
        score_both(sim, gpu, s, &in, 1);
    }
    scene_free(s);
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

static void score_of_nothing(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    const int grids[] = {32};
    struct scene *s = scene_new(grids, 1);
    for (size_t which = 0; which < 3; which++) {
        /* No evidence, then maps without a range. */
        struct arr_score_in in = scene_in(s, 0, which);
        in.scale[0] = in.scale[1] = in.scale[2] = 0.0F;
        score_both(sim, gpu, s, &in, 1);
        assert_int_equal(s->gpu[0].balance.flags, ARR_NO_EVIDENCE);
        static const float zeros[ARR_CELLS];
        in.scale[0] = in.scale[1] = in.scale[2] = 1.0F;
        in.given[ARR_INFO] = in.given[ARR_PERSP] = zeros;
        in.explore = 0.5F;
        score_both(sim, gpu, s, &in, 1);
    }
    /* What cannot be is left to the CPU. */
    struct arr_score_in in = scene_in(s, 0, ARR_BALANCE_ADAPTIVE);
    in.adaptive = NULL;
    char why[160];
    struct arr_score_out *out = &s->gpu[0];
    assert_int_equal(sim->ops->score(gpu, &in, 1, &out, why, sizeof why), ARR_NOT_DONE);
    scene_free(s);
    sim->ops->close(gpu);
}

/* What is kept on the device between calls must never be the wrong thing. */
static void score_keeps_what_is_still_true(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    const int grids[] = {32, 32, 14};
    struct scene *s = scene_new(grids, 3);
    uint64_t seed = 5;
    long calls = 0;
    for (int step = 0; step < 15; step++) {
        struct arr_score_in in = scene_in(s, 0, 4);
        in.scale[step % 3] = 0.25F * (float)step;
        if (step < 3) { /* from the second step on nothing but a slider moves */
            const long before = sim->calls();
            score_both(sim, gpu, s, &in, 1);
            calls = sim->calls() - before;
            continue;
        }
        if (step == 3) { /* the device is chosen, a graph replayed, its end awaited */
            assert_int_equal(calls, 3);
        }
        const uint64_t dice = next_random(&seed) >> 40;
        in.texture = &s->texture[dice % 3];
        in.texture_id = dice % 7 == 0 ? 0 : 100 + dice % 3;
        in.scorer = dice % 5 == 1 ? NULL : in.scorer;
        in.scorer_query = &s->scorer_query[dice / 16 % 2];
        in.query_part = s->query_part[dice / 32 % 2];
        in.weights_id = dice / 64 % 3;
        in.balancer = (enum arr_balancer_kind)(dice / 256 % 3);
        s->map[ARR_INFO][dice % 100] = (float)(dice % 10) / 10.0F;
        in.given[ARR_INFO] = dice / 1024 % 2 ? s->map[ARR_INFO] : NULL;
        in.given[ARR_PERSP] = dice / 2048 % 4 == 0 ? s->map[ARR_PERSP] : NULL;
        in.given[ARR_PARTIC] = dice / 8192 % 3 == 0 ? s->map[ARR_PARTIC] : NULL;
        score_both(sim, gpu, s, &in, 1);
    }
    scene_free(s);
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

static void score_of_a_batch(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    const int grids[] = {32, 14, 32, 14, 8};
    struct scene *s = scene_new(grids, 5);
    struct arr_score_in in[5];
    for (size_t i = 0; i < 5; i++) {
        in[i] = scene_in(s, i, i * 2);
        in[i].scorer = i % 2 ? &s->scorer : NULL;
        in[i].scorer_query = &s->scorer_query[i % 2];
    }
    score_both(sim, gpu, s, in, 5); /* weights that differ: one by one */
    for (size_t i = 0; i < 5; i++) {
        in[i].scorer = &s->scorer;
    }
    sim->set_order(3);
    score_both(sim, gpu, s, in, 5);
    scene_free(s);
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

/* ---- array ---- */

/* Slopes, edges, lines like letters, and noise: every stage of the array has something to see. */
static void draw_dense(uint8_t *rgb, int shift, uint64_t seed)
{
    for (int y = 0; y < ARR_DENSE; y++) {
        for (int x = 0; x < ARR_DENSE; x++) {
            const int u = x + shift;
            const bool is_text = y / 96 % 2 && (u / 3 % 3 == 0 || y / 5 % 3 == 0);
            const int base = u > 200 && y > 130 ? 170 : u / 8 + y / 6;
            uint8_t *p = rgb + ((size_t)y * ARR_DENSE + (size_t)x) * 3;
            for (int c = 0; c < 3; c++) {
                const int noise = (int)(next_random(&seed) >> 60);
                const int v = (is_text ? 20 : base + 15 * c * (u / 120 % 2)) + noise;
                p[c] = (uint8_t)(v > 255 ? 255 : v);
            }
        }
    }
}

struct arrays {
    struct arr_array cpu, gpu;
    struct arr_previous now, before;
};

static void array_both(struct sim *sim, void *gpu, struct arrays *s, bool has_before,
                       const struct arr_array_options *o)
{
    char why[160] = "";
    const struct arr_previous *before = has_before ? &s->before : NULL;
    memset(&s->gpu, 0x66, sizeof s->gpu);
    assert_int_equal(
        ARR_BACKEND_CPU.array(sim->cpu, s->now.rgb, before, o, &s->cpu, why, sizeof why), ARR_OK);
    const enum arr_status status =
        sim->ops->array(gpu, s->now.rgb, before, o, &s->gpu, why, sizeof why);
    if (status != ARR_OK) {
        fail_msg("array: %d, %s", (int)status, why);
    }
    assert_quiet(sim);
    for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
        assert_same_map(s->cpu.c[c], s->gpu.c[c], ARR_CELLS, arr_array_channel_name(c));
        assert_int_equal(s->cpu.state[c], s->gpu.state[c]);
    }
    assert_same_map(s->cpu.visual_info, s->gpu.visual_info, ARR_CELLS, "visual information");
    assert_same_map(s->cpu.coherence, s->gpu.coherence, ARR_CELLS, "coherence");
    assert_same_map(s->cpu.contrast, s->gpu.contrast, ARR_CELLS, "contrast");
    assert_same_map(s->cpu.roughness, s->gpu.roughness, ARR_CELLS, "roughness");
    assert_same_map(s->cpu.quads[0][0], s->gpu.quads[0][0], sizeof s->cpu.quads / sizeof(float),
                    "quarters");
    assert_memory_equal(s->cpu.cluster, s->gpu.cluster, sizeof s->cpu.cluster);
    assert_memory_equal(s->cpu.flow, s->gpu.flow, sizeof s->cpu.flow);
    assert_memory_equal(s->cpu.flow_part, s->gpu.flow_part, sizeof s->cpu.flow_part);
    assert_true(s->cpu.mean_sad == s->gpu.mean_sad);
    assert_int_equal(s->cpu.flags, s->gpu.flags);
    assert_int_equal(s->cpu.have, s->gpu.have);
}

static void array_is_the_same_bits(void **state)
{
    struct sim *sim = sim_of(state);
    void *gpu = open_gpu(sim);
    struct arrays *s = calloc(1, sizeof *s);
    const unsigned all = ARR_WANT_ARRAY | ARR_WANT_VISUAL | ARR_WANT_V2 | ARR_WANT_QUADS;
    struct arr_array_options o = {.want = all, .n_threads = 1};
    draw_dense(s->before.rgb, 0, 1);
    draw_dense(s->now.rgb, 8, 1);
    array_both(sim, gpu, s, true, &o);
    assert_int_not_equal(s->gpu.flow[17][0], 0); /* something moved */
    /* One spot in a corner, so that distances go all the way. */
    sim->set_order(1);
    memset(&s->now, 60, sizeof s->now);
    memset(s->now.rgb + (size_t)(500 * ARR_DENSE + 490) * 3, 150, 30);
    o.literal_edges = true;
    o.want = ARR_WANT_ARRAY;
    array_both(sim, gpu, s, false, &o);
    sim->set_order(9);
    draw_dense(s->now.rgb, 3, 2);
    o.want = ARR_WANT_V2; /* statistics alone */
    array_both(sim, gpu, s, true, &o);
    /* One colour: no edges, no range, nothing that moves, and another scene than before. */
    memset(&s->now, 90, sizeof s->now);
    memset(&s->before, 200, sizeof s->before);
    o.want = all;
    array_both(sim, gpu, s, true, &o);
    assert_int_equal(s->gpu.flags,
                     ARR_NO_EDGES | ARR_FLAT_EDGES | ARR_FLAT_SALIENCY | ARR_SCENE_CUT);
    /* The spectral saliency and motion by gradients are the CPU's. */
    char why[160];
    o.flow = ARR_FLOW_LK;
    assert_int_equal(sim->ops->array(gpu, s->now.rgb, &s->before, &o, &s->gpu, why, sizeof why),
                     ARR_NOT_DONE);
    o.flow = ARR_FLOW_MATCH;
    o.saliency = ARR_SPECTRAL;
    assert_int_equal(sim->ops->array(gpu, s->now.rgb, NULL, &o, &s->gpu, why, sizeof why),
                     ARR_NOT_DONE);
    free(s);
    sim->ops->close(gpu);
    assert_int_equal(sim->live(), 0);
}

static void array_may_fail(void **state)
{
    struct sim *sim = sim_of(state);
    struct arrays *s = calloc(1, sizeof *s);
    const struct arr_array_options o = {.want = ARR_WANT_ARRAY, .n_threads = 1};
    char why[160] = "";
    draw_dense(s->now.rgb, 0, 1);
    /* A failure in any call; what was under way before it is not computed again for each. */
    for (int nth = 2; nth < 200; nth += nth < 12 ? 1 : 13) {
        void *gpu = open_gpu(sim);
        sim->fail_at("*", nth, nth % 2 ? ILLEGAL_ADDRESS : OUT_OF_MEMORY);
        const enum arr_status status =
            sim->ops->array(gpu, s->now.rgb, NULL, &o, &s->gpu, why, sizeof why);
        assert_quiet(sim);
        sim->ops->close(gpu);
        sim->forget();
        if (status == ARR_OK) {
            assert_true(nth > 40);
            break;
        }
        assert_int_equal(status, nth % 2 ? ARR_LOST : ARR_NO_MEMORY);
        assert_true(*why != '\0');
    }
    free(s);
    assert_int_equal(sim->live(), 0);
}

/* ---- failures ---- */

struct trial {
    struct arr_image images[2];
    uint8_t *dense[2];
    struct arr_texture *textures[2];
    struct scene *scene;
};

enum { SMALL = 2 }; /* a grid that costs little */

static enum arr_status run_trial(const struct sim *sim, void *gpu, struct trial *t)
{
    char why[160] = "";
    enum arr_status s = sim->ops->resize(gpu, t->images, 2, SMALL, t->dense, why, sizeof why);
    if (s == ARR_OK) {
        s = sim->ops->sample(gpu, t->images, 2, SMALL, t->textures, why, sizeof why);
    }
    struct arr_score_out *const out[] = {&t->scene->gpu[0], &t->scene->gpu[1]};
    struct arr_score_in in[] = {scene_in(t->scene, 0, 4), scene_in(t->scene, 1, 4)};
    for (int w = 0; w < ARR_WAYS; w++) { /* no evidence is soonest balanced */
        in[0].scale[w] = in[1].scale[w] = 0.0F;
    }
    if (s == ARR_OK) {
        s = sim->ops->score(gpu, in, 1, out, why, sizeof why);
    }
    if (s == ARR_OK) {
        s = sim->ops->score(gpu, in, 2, out, why, sizeof why);
    }
    assert_true(s == ARR_OK || *why);
    return s;
}

static void every_call_may_fail(void **state)
{
    struct sim *sim = sim_of(state);
    const int grids[] = {14, 14};
    struct trial t = {.images = {noise8(33, 20, 0, 1), noise8(20, 500, 0, 2)},
                      .scene = scene_new(grids, 2)};
    for (int i = 0; i < 2; i++) {
        t.dense[i] = malloc(224 * 224 * 3);
        t.textures[i] = malloc(sizeof **t.textures);
    }
    const struct {
        int error;
        enum arr_status status;
    } kinds[] = {{OUT_OF_MEMORY, ARR_NO_MEMORY}, {ILLEGAL_ADDRESS, ARR_LOST}};
    for (size_t kind = 0; kind < 2; kind++) {
        int nth = 1;
        for (;; nth += kind == 0 ? 1 : 7) {
            void *gpu = open_gpu(sim);
            sim->fail_at("*", nth, kinds[kind].error);
            const enum arr_status s = run_trial(sim, gpu, &t);
            assert_true(s == ARR_OK || s == kinds[kind].status);
            if (s == ARR_NO_MEMORY) {
                /* Nothing is broken: the next call works. */
                sim->forget();
                assert_int_equal(run_trial(sim, gpu, &t), ARR_OK);
            }
            assert_quiet(sim);
            sim->ops->close(gpu);
            sim->forget();
            if (s == ARR_OK) {
                break;
            }
        }
        assert_true(nth > 20);
    }
    assert_int_equal(sim->live(), 0);
    scene_free(t.scene);
    for (int i = 0; i < 2; i++) {
        image_free(&t.images[i]);
        free(t.dense[i]);
        free(t.textures[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(simulator_finds_mistakes),
        cmocka_unit_test(opening_says_what_is_missing),
        cmocka_unit_test(loader_says_what_is_missing),
        cmocka_unit_test(about_names_the_device),
        cmocka_unit_test(resize_is_the_same_bytes),
        cmocka_unit_test(resize_leaves_the_impossible_to_the_cpu),
        cmocka_unit_test(sample_is_the_same_bits),
        cmocka_unit_test(sample_refuses_what_is_no_colour),
        cmocka_unit_test(score_is_the_same_floats),
        cmocka_unit_test(score_of_nothing),
        cmocka_unit_test(score_keeps_what_is_still_true),
        cmocka_unit_test(score_of_a_batch),
        cmocka_unit_test(array_is_the_same_bits),
        cmocka_unit_test(array_may_fail),
        cmocka_unit_test(every_call_may_fail),
    };
    return cmocka_run_group_tests_name("cuda_sim", tests, setup, teardown);
}
