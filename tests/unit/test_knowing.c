/* SPDX-License-Identifier: Apache-2.0 */
/* The three ways of knowing against their formulas in double. */
#include "core/arrcoc/knowing.h"
#include "core/base/mem.h"
#include "tests/unit/score_help.h"

/* ---- information ---- */

static double entropy_of(const struct arr_texture *t, size_t n)
{
    double sum = 0, entropy = 0;
    for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        sum += exp((double)t->t[c][n]);
    }
    for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
        const double p = exp((double)t->t[c][n]) / sum;
        entropy -= p * log(p + 1e-10);
    }
    return entropy;
}

static void check_information(uint64_t seed, int grid)
{
    const size_t cells = (size_t)grid * (size_t)grid;
    struct arr_texture t;
    float info[ARR_CELLS], raw[ARR_CELLS], again[ARR_CELLS];
    double want[ARR_CELLS];
    random_texture(&seed, grid, &t);
    for (size_t n = 0; n < cells; n++) {
        want[n] = entropy_of(&t, n);
    }
    for (size_t n = cells; n < ARR_CELLS; n++) {
        info[n] = raw[n] = -7.0f;
    }
    arr_information(&t, info, raw);
    assert_near("entropy", raw, want, cells, 6e-7);
    oracle_min_max(want, cells);
    assert_near("information", info, want, cells, 1e-5);
    for (size_t n = cells; n < ARR_CELLS; n++) {
        assert_true(info[n] == -7.0f && raw[n] == -7.0f);
    }
    arr_information(&t, again, NULL);
    assert_memory_equal(again, info, cells * sizeof *info);
}

static void test_information(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        check_information(seed, ARR_GRID);
        check_information(seed, ARR_GRID_SEED);
    }
}

/* One channel at 1 and the rest at 0 is the least entropy there is; all equal the most, ln 13. */
static void test_information_extremes(void **state)
{
    (void)state;
    struct arr_texture t = {.grid = ARR_GRID};
    float info[ARR_CELLS], raw[ARR_CELLS];
    for (size_t n = 0; n < ARR_CELLS; n++) {
        for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
            const float one_hot = n / 2 % ARR_TEXTURE_CHANNELS == c ? 1.0f : 0.0f;
            t.t[c][n] = n % 2 == 1 ? 0.25f : one_hot;
        }
    }
    arr_information(&t, info, raw);
    const double least = entropy_of(&t, 0);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        const bool is_equal = n % 2 == 1;
        assert_near_one("entropy", (double)raw[n], is_equal ? log(13.0) : least, 5e-7);
        assert_near_one("information", (double)info[n], is_equal ? 1.0 : 0.0, 1e-5);
    }
    for (size_t n = 0; n < ARR_CELLS; n += 2) {
        for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
            t.t[c][n] = 0.25f;
        }
    }
    arr_information(&t, info, NULL);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        assert_true(info[n] == 0.0f);
    }
}

static void test_information_batch(void **state)
{
    (void)state;
    float raw[3][196], info[3][196];
    double want[3 * 196];
    uint64_t seed = 5;
    for (size_t i = 0; i < 3; i++) {
        random_fill(&seed, raw[i], 196, 2.4f - 0.1f * (float)i, 2.5f);
        for (size_t n = 0; n < 196; n++) {
            want[i * 196 + n] = (double)raw[i][n];
        }
    }
    oracle_min_max(want, sizeof want / sizeof *want);
    arr_information_batch((float *const[]){raw[0], raw[1], raw[2]}, 3, 196,
                          (float *const[]){info[0], info[1], info[2]});
    for (size_t i = 0; i < 3; i++) {
        assert_near("batch", info[i], want + i * 196, 196, 2e-6);
    }
}

static void test_perspectival(void **state)
{
    (void)state;
    struct arr_texture t;
    uint64_t seed = 3;
    random_texture(&seed, ARR_GRID_SEED, &t);
    float persp[ARR_CELLS] = {0};
    arr_perspectival(&t, persp);
    assert_memory_equal(persp, t.t[7], 196 * sizeof *persp);
    assert_true(persp[196] == 0.0f);
}

/* ---- participatory ---- */

static void random_scorer(uint64_t *seed, int dim, struct arr_scorer *s)
{
    *s = (struct arr_scorer){.dim = dim};
    s->w2 = xcalloc((size_t)dim * ARR_HIDDEN, sizeof(float));
    s->b2 = xcalloc((size_t)dim, sizeof(float));
    random_fill(seed, s->w0[0], (size_t)ARR_HIDDEN * ARR_TEXTURE_CHANNELS, -0.28f, 0.28f);
    random_fill(seed, s->b0, ARR_HIDDEN, -0.28f, 0.28f);
    random_fill(seed, s->w2, (size_t)dim * ARR_HIDDEN, -0.125f, 0.125f);
    random_fill(seed, s->b2, (size_t)dim, -0.125f, 0.125f);
    arr_scorer_prepare(s);
}

static double cosine_of(const struct arr_scorer *s, const float *q, const struct arr_texture *t,
                        size_t n)
{
    double h[ARR_HIDDEN], zz = 0, qq = 0, zq = 0;
    for (size_t j = 0; j < ARR_HIDDEN; j++) {
        h[j] = (double)s->b0[j];
        for (size_t c = 0; c < ARR_TEXTURE_CHANNELS; c++) {
            h[j] += (double)s->w0[j][c] * (double)t->t[c][n];
        }
        h[j] = fmax(h[j], 0.0);
    }
    for (size_t d = 0; d < (size_t)s->dim; d++) {
        double z = (double)s->b2[d];
        for (size_t j = 0; j < ARR_HIDDEN; j++) {
            z += (double)s->w2[d * ARR_HIDDEN + j] * h[j];
        }
        zz += z * z;
        zq += z * (double)q[d];
        qq += (double)q[d] * (double)q[d];
    }
    return zq / (fmax(sqrt(zz), 1e-12) * fmax(sqrt(qq), 1e-12));
}

static void check_participatory(uint64_t seed, int dim, int grid)
{
    const size_t cells = (size_t)grid * (size_t)grid;
    struct arr_scorer s;
    struct arr_texture t;
    struct arr_scorer_query query;
    float *q = xcalloc((size_t)dim, sizeof *q);
    float gram[ARR_CELLS], direct[ARR_CELLS];
    double want[ARR_CELLS];
    random_scorer(&seed, dim, &s);
    random_texture(&seed, grid, &t);
    random_fill(&seed, q, (size_t)dim, -2.0f, 2.0f);
    arr_scorer_set_query(&s, q, &query);
    gram[cells % ARR_CELLS] = -7.0f;
    arr_participatory(&s, &query, &t, gram);
    assert_true(cells == ARR_CELLS || gram[cells] == -7.0f);
    arr_participatory_direct(&s, q, &t, direct);
    for (size_t n = 0; n < cells; n++) {
        want[n] = (cosine_of(&s, q, &t, n) + 1.0) / 2.0;
        assert_true(fabsf(gram[n] - direct[n]) <= 4e-6f);
    }
    assert_near("direct", direct, want, cells, 2e-6);
    assert_near("Gram", gram, want, cells, 4e-6);
    arr_scorer_done(&s);
    free(q);
}

static void test_participatory(void **state)
{
    (void)state;
    check_participatory(1, 512, ARR_GRID);
    check_participatory(2, 1536, ARR_GRID_SEED);
    check_participatory(3, 65, ARR_GRID_SEED);
}

/* Only the direction of the query counts, and no query at all is at a right angle to everything. */
static void test_query_length(void **state)
{
    (void)state;
    enum { DIM = 48 };
    struct arr_scorer s;
    struct arr_texture t;
    struct arr_scorer_query query;
    uint64_t seed = 9;
    float q[DIM], first[ARR_CELLS], second[ARR_CELLS];
    random_scorer(&seed, DIM, &s);
    random_texture(&seed, ARR_GRID, &t);
    random_fill(&seed, q, DIM, -1.0f, 1.0f);
    arr_scorer_set_query(&s, q, &query);
    arr_participatory(&s, &query, &t, first);
    for (size_t i = 0; i < DIM; i++) {
        q[i] *= 1024.0f;
    }
    arr_scorer_set_query(&s, q, &query);
    arr_participatory(&s, &query, &t, second);
    assert_memory_equal(first, second, sizeof first);
    memset(q, 0, sizeof q);
    arr_scorer_set_query(&s, q, &query);
    arr_participatory(&s, &query, &t, first);
    arr_participatory_direct(&s, q, &t, second);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        assert_true(first[n] == 0.5f && second[n] == 0.5f);
    }
    arr_scorer_done(&s);
}

/* A network that answers nothing has no direction; |z| is then not divided by. */
static void test_empty_answer(void **state)
{
    (void)state;
    enum { DIM = 16 };
    struct arr_scorer s;
    struct arr_texture t;
    struct arr_scorer_query query;
    uint64_t seed = 10;
    float q[DIM], partic[ARR_CELLS];
    random_scorer(&seed, DIM, &s);
    random_texture(&seed, ARR_GRID, &t);
    random_fill(&seed, q, DIM, -1.0f, 1.0f);
    memset(s.b2, 0, DIM * sizeof *s.b2);
    for (size_t i = 0; i < ARR_HIDDEN; i++) {
        s.b0[i] = -100.0f; /* ReLU closes everywhere */
    }
    arr_scorer_prepare(&s);
    arr_scorer_set_query(&s, q, &query);
    arr_participatory(&s, &query, &t, partic);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        assert_true(partic[n] == 0.5f);
    }
    arr_participatory_direct(&s, q, &t, partic);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        assert_true(partic[n] == 0.5f);
    }
    arr_scorer_done(&s);
}

static void test_gram(void **state)
{
    (void)state;
    enum { DIM = 37 };
    struct arr_scorer s;
    uint64_t seed = 11;
    random_scorer(&seed, DIM, &s);
    double k = 0;
    for (size_t i = 0; i < ARR_HIDDEN; i++) {
        double u = 0;
        for (size_t d = 0; d < DIM; d++) {
            u += (double)s.w2[d * ARR_HIDDEN + i] * (double)s.b2[d];
        }
        assert_near_one("u", (double)s.u[i], u, 1e-8);
        for (size_t j = 0; j < ARR_HIDDEN; j++) {
            double a = 0;
            for (size_t d = 0; d < DIM; d++) {
                a += (double)s.w2[d * ARR_HIDDEN + i] * (double)s.w2[d * ARR_HIDDEN + j];
            }
            assert_near_one("A", (double)s.gram[i][j], a, 2e-8);
            assert_true(s.gram[i][j] == s.gram[j][i]);
        }
    }
    for (size_t d = 0; d < DIM; d++) {
        k += (double)s.b2[d] * (double)s.b2[d];
    }
    assert_near_one("k", (double)s.k, k, 1e-8);
    arr_scorer_done(&s);
    arr_scorer_done(&s); /* twice is fine */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_information),       cmocka_unit_test(test_information_extremes),
        cmocka_unit_test(test_information_batch), cmocka_unit_test(test_perspectival),
        cmocka_unit_test(test_participatory),     cmocka_unit_test(test_query_length),
        cmocka_unit_test(test_empty_answer),      cmocka_unit_test(test_gram),
    };
    return cmocka_run_group_tests_name("knowing", tests, NULL, NULL);
}
