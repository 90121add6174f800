/* SPDX-License-Identifier: Apache-2.0 */
/* Weights and query vectors out of files that the test writes, good ones and bad ones. */
#include <stdio.h>
#include <unistd.h>

#include "core/arrcoc/weights.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/format/safetensors.h"
#include "tests/unit/score_help.h"

static char folder[64], path[96];

static int set_up(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/hfterm-weights-XXXXXX");
    if (!mkdtemp(folder)) {
        return -1;
    }
    snprintf(path, sizeof path, "%s/w.safetensors", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    return file_remove_tree(folder, NULL) ? 0 : -1;
}

/* ---- making files ---- */

enum { TENSORS_MAX = 32, D = 5 };

/* Values are small multiples of 1/64, which all three types hold exactly. */
struct made {
    size_t n;
    struct st_out out[TENSORS_MAX];
    char names[TENSORS_MAX][96];
    float *values[TENSORS_MAX]; /* what a reader should get */
};

static void *encode(const float *v, size_t n, enum st_dtype dtype)
{
    uint16_t *half = xcalloc(n + 1, sizeof *half);
    for (size_t i = 0; i < n; i++) {
        half[i] = dtype == ST_F16 ? st_f32_to_f16(v[i]) : st_f32_to_bf16(v[i]);
    }
    return half;
}

/* cols 0: a vector. is_conv: with two more extents of 1. */
static void put(struct made *m, const char *prefix, const char *name, enum st_dtype dtype,
                uint64_t rows, uint64_t cols, bool is_conv)
{
    const size_t i = m->n++, n = (size_t)(rows * (cols ? cols : 1));
    uint64_t seed = i + 1;
    assert_true(i < TENSORS_MAX);
    float *v = xcalloc(n + 1, sizeof *v);
    for (size_t j = 0; j < n; j++) {
        v[j] = (float)(random_below(&seed, 129) - 64) / 64.0f;
    }
    snprintf(m->names[i], sizeof m->names[i], "%s%s", prefix, name);
    m->values[i] = v;
    m->out[i] = (struct st_out){.name = m->names[i],
                                .dtype = dtype,
                                .rank = is_conv ? 4
                                        : cols  ? 2
                                                : 1,
                                .shape = {rows, cols, 1, 1},
                                .data = dtype == ST_F32 ? v : encode(v, n, dtype)};
}

static void put_scorer(struct made *m, const char *prefix, enum st_dtype dtype, bool is_conv)
{
    put(m, prefix, "participatory_scorer.texture_proj.0.weight", dtype, 64, 13, is_conv);
    put(m, prefix, "participatory_scorer.texture_proj.0.bias", dtype, 64, 0, false);
    put(m, prefix, "participatory_scorer.texture_proj.2.weight", dtype, D, 64, is_conv);
    put(m, prefix, "participatory_scorer.texture_proj.2.bias", dtype, D, 0, false);
}

static void put_balancer(struct made *m, const char *prefix, enum st_dtype dtype)
{
    put(m, prefix, "balancer.weight_predictor.0.weight", dtype, 128, 9 + D, false);
    put(m, prefix, "balancer.weight_predictor.0.bias", dtype, 128, 0, false);
    put(m, prefix, "balancer.weight_predictor.2.weight", dtype, 128, 128, false);
    put(m, prefix, "balancer.weight_predictor.2.bias", dtype, 128, 0, false);
    put(m, prefix, "balancer.weight_predictor.4.weight", dtype, 3, 128, false);
    put(m, prefix, "balancer.weight_predictor.4.bias", dtype, 3, 0, false);
}

static void put_contextual(struct made *m, const char *prefix, enum st_dtype dtype)
{
    static const uint64_t SIZES[2][3][2] = {{{64, 128}, {32, 64}, {3, 32}},
                                            {{64, 3}, {32, 64}, {1, 32}}};
    for (size_t i = 0; i < 6; i++) {
        char name[64];
        const uint64_t *size = SIZES[i / 3][i % 3];
        const char *part = i < 3 ? "tension_policy" : "combiner";
        snprintf(name, sizeof name, "%s.%zu.weight", part, i % 3 * 2);
        put(m, prefix, name, dtype, size[0], size[1], false);
        snprintf(name, sizeof name, "%s.%zu.bias", part, i % 3 * 2);
        put(m, prefix, name, dtype, size[0], 0, false);
    }
}

static void write_made(const struct made *m)
{
    struct err e = ERR_INIT;
    if (!safetensors_write(path, m->out, m->n, NULL, 0, &e)) {
        fail_msg("%s", e.msg);
    }
}

static void made_done(struct made *m)
{
    for (size_t i = 0; i < m->n; i++) {
        if (m->out[i].data != m->values[i]) {
            union {
                const void *borrowed;
                void *owned;
            } data = {m->out[i].data};
            free(data.owned);
        }
        free(m->values[i]);
    }
    *m = (struct made){0};
}

static struct arr_weights *load(void)
{
    struct err e = ERR_INIT;
    struct arr_weights *w = arr_weights_load(path, &e);
    if (!w) {
        fail_msg("%s", e.msg);
    }
    return w;
}

static void assert_same(const float *got, const float *want, size_t n)
{
    assert_memory_equal(got, want, n * sizeof *got);
}

/* ---- good files ---- */

static void check_scorer(const struct arr_scorer *s, float *const *v)
{
    assert_int_equal(s->dim, D);
    assert_same(s->w0[0], v[0], 64 * 13);
    assert_same(s->b0, v[1], 64);
    assert_same(s->w2, v[2], (size_t)D * 64);
    assert_same(s->b2, v[3], D);
    double corner = 0, k = 0;
    for (size_t d = 0; d < D; d++) {
        corner += (double)v[2][d * 64] * (double)v[2][d * 64 + 63];
        k += (double)v[3][d] * (double)v[3][d];
    }
    assert_true(s->gram[0][63] == (float)corner && s->k == (float)k);
}

static void check_balancer(const struct arr_balancer *b, float *const *v)
{
    assert_int_equal(b->dim, D);
    for (size_t i = 0; i < 128; i++) {
        assert_same(b->ws[i], v[0] + i * (9 + D), 9);
        assert_same(b->wq + i * D, v[0] + i * (9 + D) + 9, D);
    }
    assert_same(b->b0, v[1], 128);
    assert_same(b->w2[0], v[2], (size_t)128 * 128);
    assert_same(b->b2, v[3], 128);
    assert_same(b->w4[0], v[4], (size_t)3 * 128);
    assert_same(b->b4, v[5], 3);
}

static void check_contextual(const struct arr_contextual *c, float *const *v)
{
    assert_same(c->p0[0], v[0], (size_t)64 * 128);
    assert_same(c->pb0, v[1], 64);
    assert_same(c->p2[0], v[2], (size_t)32 * 64);
    assert_same(c->pb2, v[3], 32);
    assert_same(c->p4[0], v[4], (size_t)3 * 32);
    assert_same(c->pb4, v[5], 3);
    assert_same(c->c0[0], v[6], (size_t)64 * 3);
    assert_same(c->cb0, v[7], 64);
    assert_same(c->c2[0], v[8], (size_t)32 * 64);
    assert_same(c->cb2, v[9], 32);
    assert_same(c->c4[0], v[10], 32);
    assert_same(c->cb4, v[11], 1);
}

static void test_whole(void **state)
{
    (void)state;
    static const enum st_dtype DTYPES[] = {ST_F32, ST_F16, ST_BF16};
    static const char *const PREFIXES[] = {"",       "module.",           "_orig_mod.",
                                           "model.", "module._orig_mod.", "model.module."};
    struct made m = {0};
    for (size_t i = 0; i < 6; i++) {
        put(&m, "base_model.", "visual.blocks.0.weight", ST_BF16, 3, 4, false);
        put_scorer(&m, PREFIXES[i], DTYPES[i % 3], i % 2 == 0);
        put_balancer(&m, PREFIXES[i], DTYPES[(i + 1) % 3]);
        put_contextual(&m, PREFIXES[i], DTYPES[(i + 2) % 3]);
        write_made(&m);
        struct arr_weights *w = load();
        assert_true(w->has_scorer && w->has_balancer && w->has_contextual);
        check_scorer(&w->scorer, m.values + 1);
        check_balancer(&w->balancer, m.values + 5);
        check_contextual(&w->contextual, m.values + 11);
        arr_weights_free(w);
        made_done(&m);
    }
    arr_weights_free(NULL);
}

static void test_parts_alone(void **state)
{
    (void)state;
    struct made m = {0};
    for (int part = 0; part < 3; part++) {
        if (part == 0) {
            put_scorer(&m, "", ST_F32, true);
        } else if (part == 1) {
            put_balancer(&m, "", ST_F32);
        } else {
            put_contextual(&m, "", ST_F32);
        }
        write_made(&m);
        struct arr_weights *w = load();
        assert_true(w->has_scorer == (part == 0));
        assert_true(w->has_balancer == (part == 1));
        assert_true(w->has_contextual == (part == 2));
        arr_weights_free(w);
        made_done(&m);
    }
}

/* ---- bad files ---- */

static void assert_refused(const struct made *m, const char *first, const char *second)
{
    struct err e = ERR_INIT;
    write_made(m);
    assert_null(arr_weights_load(path, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    if (!strstr(e.msg, first) || !strstr(e.msg, second) || !strstr(e.msg, path)) {
        fail_msg("\"%s\" names not both \"%s\" and \"%s\"", e.msg, first, second);
    }
}

static void test_shapes_refused(void **state)
{
    (void)state;
    static const struct {
        size_t tensor;
        int rank;
        uint64_t shape[5];
        const char *wanted, *found;
    } CASES[] = {
        {0, 4, {64, 13, 1, 2}, "expected the shape [64, 13, 1, 1]", "found [64, 13, 1, 2]"},
        {0, 2, {64, 12}, "expected the shape [64, 13, 1, 1]", "found [64, 12]"},
        {0, 2, {13, 64}, "expected the shape [64, 13, 1, 1]", "found [13, 64]"},
        {0, 1, {832}, "expected the shape [64, 13, 1, 1]", "found [832]"},
        {1, 2, {64, 1}, "expected the shape [64]", "found [64, 1]"},
        {1, 0, {0}, "expected the shape [64]", "found []"},
        {2, 2, {5, 63}, "expected the shape [D, 64, 1, 1]", "found [5, 63]"},
        {2, 2, {0, 64}, "no query vector of 1 to 16384", "of shape [0, 64]"},
        {2, 2, {16385, 64}, "no query vector of 1 to 16384", "of shape [16385, 64]"},
        {3, 1, {6}, "expected the shape [5]", "found [6]"},
        {4, 2, {128, 9}, "no query vector of 1 to 16384", "of shape [128, 9]"},
        {4, 1, {128}, "no query vector of 1 to 16384", "of shape [128]"},
        {4, 2, {127, 14}, "expected the shape [128, 14]", "found [127, 14]"},
        {6, 2, {128, 127}, "expected the shape [128, 128]", "found [128, 127]"},
        {8, 4, {3, 128, 1, 1}, "expected the shape [3, 128]", "found [3, 128, 1, 1]"},
        {9, 1, {4}, "expected the shape [3]", "found [4]"},
    };
    float *zeros = xcalloc((size_t)16385 * 64, sizeof *zeros);
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        struct made m = {0};
        put_scorer(&m, "", ST_F32, true);
        put_balancer(&m, "", ST_F32);
        const struct st_out kept = m.out[CASES[i].tensor];
        struct st_out *changed = &m.out[CASES[i].tensor];
        changed->rank = CASES[i].rank;
        memcpy(changed->shape, CASES[i].shape, sizeof CASES[i].shape);
        changed->data = zeros;
        assert_refused(&m, CASES[i].wanted, CASES[i].found);
        assert_refused(&m, kept.name, "tensor");
        m.out[CASES[i].tensor] = kept;
        made_done(&m);
    }
    free(zeros);
}

static void test_missing(void **state)
{
    (void)state;
    for (size_t part = 0; part < 3; part++) {
        struct made m = {0};
        if (part == 0) {
            put_scorer(&m, "model.", ST_F16, true);
        } else if (part == 1) {
            put_balancer(&m, "", ST_F32);
        } else {
            put_contextual(&m, "", ST_F32);
        }
        const size_t whole = m.n;
        for (size_t i = 0; i < whole; i++) {
            struct made without = m;
            memmove(&without.out[i], &without.out[i + 1], (whole - 1 - i) * sizeof *without.out);
            without.n = whole - 1;
            assert_refused(&without, "is missing",
                           part == 0 ? m.names[i] + strlen("model.") : m.names[i]);
        }
        made_done(&m);
    }
}

static void test_nothing(void **state)
{
    (void)state;
    struct made m = {0};
    put(&m, "", "model.embed_tokens.weight", ST_F32, 3, 4, false);
    assert_refused(&m, "no tensor of a scorer or balancer", "reading weights");
    struct err e = ERR_INIT;
    assert_null(arr_weights_load(path, &e));
    assert_non_null(strstr(e.remedy, "participatory_scorer"));
    made_done(&m);
    char nowhere[128];
    snprintf(nowhere, sizeof nowhere, "%s/nothing.safetensors", folder);
    assert_null(arr_weights_load(nowhere, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
}

static void test_twice(void **state)
{
    (void)state;
    struct made m = {0};
    put_scorer(&m, "", ST_F32, true);
    put(&m, "module.", "participatory_scorer.texture_proj.0.bias", ST_F32, 64, 0, false);
    assert_refused(&m, "texture_proj.0.bias", "twice");
    made_done(&m);
}

static void test_dtype_refused(void **state)
{
    (void)state;
    static const enum st_dtype BAD[] = {ST_F64, ST_I32, ST_U8};
    double *zeros = xcalloc((size_t)128 * 128, sizeof *zeros);
    for (size_t i = 0; i < 12; i++) {
        struct made m = {0};
        put_balancer(&m, "", ST_F32);
        const struct st_out kept = m.out[i % 6];
        m.out[i % 6].dtype = BAD[i % 3];
        m.out[i % 6].data = zeros;
        assert_refused(&m, m.names[i % 6], st_dtype_name(BAD[i % 3]));
        m.out[i % 6] = kept;
        made_done(&m);
    }
    free(zeros);
}

static void test_not_finite(void **state)
{
    (void)state;
    static const float BAD[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 10; i++) {
        struct made m = {0};
        put_scorer(&m, "", ST_F32, false);
        put_balancer(&m, "", ST_F32);
        const size_t at = i == 4 ? 20 : 2; /* row 1 of the layer that is read in two parts */
        char element[32];
        snprintf(element, sizeof element, "element %zu is not finite", at);
        m.values[i][at] = BAD[i % 3];
        assert_refused(&m, m.names[i], element);
        made_done(&m);
    }
    struct made m = {0};
    put_scorer(&m, "", ST_F32, true);
    m.values[0][0] = 3e38f;
    m.out[0].dtype = ST_F16; /* too large for it: infinite */
    m.out[0].data = encode(m.values[0], 64 * 13, ST_F16);
    assert_refused(&m, m.names[0], "element 0 is not finite");
    made_done(&m);
}

static void test_too_large(void **state)
{
    (void)state;
    static const float BAD[] = {1.5e6f, -3e38f};
    for (size_t i = 0; i < 10; i++) {
        struct made m = {0};
        put_scorer(&m, "", ST_F32, false);
        put_balancer(&m, "", ST_F32);
        m.values[i][1] = BAD[i % 2];
        assert_refused(&m, m.names[i], "they go to 1000000");
        made_done(&m);
    }
}

static void test_different_widths(void **state)
{
    (void)state;
    struct made m = {0};
    put_scorer(&m, "", ST_F32, true);
    put(&m, "", "balancer.weight_predictor.0.weight", ST_F32, 128, 9 + D + 1, false);
    struct made rest = {0};
    put_balancer(&rest, "", ST_F32);
    for (size_t i = 1; i < 6; i++) {
        m.out[m.n++] = rest.out[i];
    }
    assert_refused(&m, "6 numbers", "for 5");
    m.n = 5;
    made_done(&m);
    made_done(&rest);
}

/* ---- query vectors ---- */

static float *read_query(int *dim)
{
    struct err e = ERR_INIT;
    float *q = arr_query_read(path, dim, &e);
    if (!q) {
        fail_msg("%s", e.msg);
    }
    return q;
}

static void test_query(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        struct made m = {0};
        const enum st_dtype dtype = i % 3 == 0 ? ST_F32 : i % 3 == 1 ? ST_F16 : ST_BF16;
        int dim = 0;
        put(&m, "", i < 3 ? "query" : "something", dtype, i % 2 ? 1 : 33, i % 2 ? 33 : 0, false);
        if (i < 3) {
            put(&m, "", "another", ST_F32, 4, 0, false);
        }
        write_made(&m);
        float *q = read_query(&dim);
        assert_int_equal(dim, 33);
        assert_same(q, m.values[0], 33);
        free(q);
        made_done(&m);
    }
}

static void assert_query_refused(const struct made *m, const char *first, const char *second)
{
    struct err e = ERR_INIT;
    int dim = 0;
    write_made(m);
    assert_null(arr_query_read(path, &dim, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_non_null(strstr(e.msg, first));
    assert_non_null(strstr(e.msg, second));
}

static void test_query_refused(void **state)
{
    (void)state;
    struct made m = {0};
    put(&m, "", "a", ST_F32, 4, 0, false);
    put(&m, "", "b", ST_F32, 4, 0, false);
    assert_query_refused(&m, "\"query\"", "2");
    made_done(&m);
    put(&m, "", "query", ST_F32, 2, 4, false);
    assert_query_refused(&m, "[D] or [1, D]", "found [2, 4]");
    made_done(&m);
    put(&m, "", "query", ST_F32, 0, 0, false);
    assert_query_refused(&m, "[D] or [1, D]", "found [0]");
    made_done(&m);
    put(&m, "", "query", ST_F32, ARR_QUERY_MAX + 1, 0, false);
    assert_query_refused(&m, "16384", "found [16385]");
    made_done(&m);
    put(&m, "", "query", ST_F32, 4, 0, false);
    m.values[0][3] = NAN;
    assert_query_refused(&m, "\"query\"", "element 3");
    made_done(&m);
}

/* ---- embeddings ---- */

static const char *const TABLES[] = {
    "model.language_model.embed_tokens.weight",
    "model.embed_tokens.weight",
    "language_model.model.embed_tokens.weight",
    "embed_tokens.weight",
    "base_model.model.language_model.embed_tokens.weight",
    "base_model.embed_tokens.weight",
};

static void test_embed(void **state)
{
    (void)state;
    static const uint32_t IDS[] = {6, 0, 6, 3, 5}; /* the last row, the first, one twice */
    enum { ROWS = 7, WIDTH = 40, N = sizeof IDS / sizeof *IDS };
    for (size_t i = 0; i < 6; i++) {
        struct made m = {0};
        struct err e = ERR_INIT;
        const enum arr_query_dtype dtype = i % 2 ? ARR_QUERY_BF16 : ARR_QUERY_F32;
        int dim = 0;
        put(&m, "", "visual.weight", ST_F32, 5, 3, false);
        put(&m, "", TABLES[i], i % 3 ? ST_BF16 : ST_F32, ROWS, WIDTH, false);
        write_made(&m);
        float *q = arr_query_embed(path, IDS, N, dtype, &dim, &e);
        if (!q) {
            fail_msg("%s", e.msg);
        }
        assert_int_equal(dim, WIDTH);
        for (size_t j = 0; j < WIDTH; j++) {
            double sum = 0;
            for (size_t k = 0; k < N; k++) {
                sum += (double)m.values[1][IDS[k] * WIDTH + j];
            }
            float mean = (float)(sum / (double)N);
            mean = dtype == ARR_QUERY_BF16 ? st_bf16_to_f32(st_f32_to_bf16(mean)) : mean;
            assert_true(q[j] == mean);
        }
        free(q);
        made_done(&m);
    }
}

/* A row that is not asked for is not read: it may hold anything. */
static void test_embed_reads_rows_only(void **state)
{
    (void)state;
    struct made m = {0};
    struct err e = ERR_INIT;
    int dim = 0;
    const uint32_t good[] = {0, 2}, bad[] = {0, 1};
    put(&m, "", TABLES[0], ST_F32, 3, 8, false);
    m.values[0][8 + 5] = NAN;
    write_made(&m);
    float *q = arr_query_embed(path, good, 2, ARR_QUERY_F32, &dim, &e);
    assert_non_null(q);
    free(q);
    assert_null(arr_query_embed(path, bad, 2, ARR_QUERY_F32, &dim, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_non_null(strstr(e.msg, "element 13"));
    made_done(&m);
}

static void test_embed_refused(void **state)
{
    (void)state;
    struct made m = {0};
    struct err e = ERR_INIT;
    int dim = 0;
    const uint32_t ids[] = {1, 3, 0};
    put(&m, "", TABLES[1], ST_F32, 3, 8, false);
    write_made(&m);
    assert_null(arr_query_embed(path, ids, 3, ARR_QUERY_F32, &dim, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_non_null(strstr(e.msg, "token 3 is beyond"));
    assert_non_null(strstr(e.msg, "of 3 rows"));
    assert_null(arr_query_embed(path, ids, 0, ARR_QUERY_F32, &dim, &e));
    assert_int_equal(e.code, ERR_USAGE);
    made_done(&m);
    put(&m, "", TABLES[1], ST_F32, 8, 0, false);
    write_made(&m);
    assert_null(arr_query_embed(path, ids, 1, ARR_QUERY_F32, &dim, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    assert_non_null(strstr(e.msg, "found [8]"));
    made_done(&m);
    put(&m, "", "lm_head.weight", ST_F32, 3, 8, false);
    write_made(&m);
    assert_null(arr_query_embed(path, ids, 1, ARR_QUERY_F32, &dim, &e));
    assert_int_equal(e.code, ERR_NOT_FOUND);
    assert_non_null(strstr(e.msg, "embed_tokens"));
    made_done(&m);
}

/* ---- bf16 ---- */

/* bf16 keeps 8 significant bits: steps of 1/128 from 1 to 2. */
static void test_round(void **state)
{
    (void)state;
    float v[] = {1.0f,
                 1.0f + 1.0f / 256.0f,         /* halfway: to even, down */
                 1.0f + 3.0f / 256.0f,         /* halfway: to even, up */
                 1.0f + 1.0f / 256.0f + 1e-6f, /* above half: up */
                 1.0f + 3.0f / 256.0f - 1e-6f, /* below half: down */
                 -1.0f - 3.0f / 256.0f,        /* the same with a sign */
                 1.99999f,                     /* into the next binade */
                 0.0f,
                 3.3895313892515355e38f}; /* the largest bf16 */
    static const float WANT[] = {1.0f,       1.0f,       1.015625f,
                                 1.0078125f, 1.0078125f, -1.015625f,
                                 2.0f,       0.0f,       3.3895313892515355e38f};
    arr_round_bf16(v, sizeof v / sizeof *v);
    assert_memory_equal(v, WANT, sizeof WANT);
}

static void test_round_unit(void **state)
{
    (void)state;
    float exact[] = {3.0f, 4.0f, 0.0f};
    /* |v| = 5; 3/5 = 0.6 lies between 0.59765625 and 0.6015625, nearer to the second; 0.8 between
     * 0.796875 and 0.80078125, nearer to the second. */
    static const float WANT[] = {0.6015625f, 0.80078125f, 0.0f};
    arr_round_unit_bf16(exact, 3);
    assert_memory_equal(exact, WANT, sizeof WANT);
    /* |v| = sqrt(34) = 5.8310, as bf16 5.84375, and 5 / 5.84375 = 0.85562, 3 / 5.84375 = 0.51337 in
     * steps of 1/256. Without rounding the norm they would be 0.859375 and 0.515625. */
    float root[] = {5.0f, 3.0f};
    static const float WANT_ROOT[] = {0.85546875f, 0.51171875f};
    arr_round_unit_bf16(root, 2);
    assert_memory_equal(root, WANT_ROOT, sizeof WANT_ROOT);
    float zeros[] = {0.0f, 0.0f};
    arr_round_unit_bf16(zeros, 2);
    assert_true(zeros[0] == 0.0f && zeros[1] == 0.0f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_whole),          cmocka_unit_test(test_parts_alone),
        cmocka_unit_test(test_shapes_refused), cmocka_unit_test(test_missing),
        cmocka_unit_test(test_nothing),        cmocka_unit_test(test_twice),
        cmocka_unit_test(test_dtype_refused),  cmocka_unit_test(test_not_finite),
        cmocka_unit_test(test_too_large),      cmocka_unit_test(test_different_widths),
        cmocka_unit_test(test_query),          cmocka_unit_test(test_query_refused),
        cmocka_unit_test(test_embed),          cmocka_unit_test(test_embed_reads_rows_only),
        cmocka_unit_test(test_embed_refused),  cmocka_unit_test(test_round),
        cmocka_unit_test(test_round_unit),
    };
    return cmocka_run_group_tests_name("weights", tests, set_up, tear_down);
}
