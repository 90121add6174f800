/* SPDX-License-Identifier: Apache-2.0 */
/* The balancers against their formulas in double, and what sliders may and may not change. */
#include "core/arrcoc/balance.h"
#include "core/base/mem.h"
#include "tests/unit/score_help.h"

struct maps {
    int grid;
    size_t cells;
    float way[ARR_WAYS][ARR_CELLS];
};

static void random_maps(uint64_t *seed, int grid, struct maps *m)
{
    m->grid = grid;
    m->cells = (size_t)grid * (size_t)grid;
    for (size_t w = 0; w < ARR_WAYS; w++) {
        random_fill(seed, m->way[w], ARR_CELLS, 0.1f * (float)w, 1.0f);
    }
}

static struct arr_balance_in in_of(const struct maps *m, float info, float persp, float partic)
{
    return (struct arr_balance_in){.grid = m->grid,
                                   .way = {m->way[0], m->way[1], m->way[2]},
                                   .scale = {info, persp, partic},
                                   .explore = -1.0f};
}

/* ---- oracles ---- */

/* Distance to the nearest of the best, one by one. */
static void oracle_novelty(const double *v, int grid, double *out)
{
    const int cells = grid * grid, fifth = cells / 5;
    const int n_tops = fifth < 1 ? 1 : fifth > 50 ? 50 : fifth;
    bool is_top[ARR_CELLS] = {false};
    double most = 0;
    for (int i = 0; i < n_tops; i++) {
        int best = -1;
        for (int n = 0; n < cells; n++) {
            best = !is_top[n] && (best < 0 || v[n] > v[best]) ? n : best;
        }
        is_top[best] = true;
    }
    for (int n = 0; n < cells; n++) {
        out[n] = 10;
        for (int m = 0; m < cells; m++) {
            if (is_top[m]) {
                const double d = hypot(n % grid - m % grid, n / grid - m / grid) / grid;
                out[n] = fmin(out[n], d);
            }
        }
        most = fmax(most, out[n]);
    }
    for (int n = 0; n < cells; n++) {
        out[n] /= most + 1e-8;
    }
}

static void oracle_explore(double *r, const float *persp, int grid, double x)
{
    double d[ARR_CELLS];
    const int cells = grid * grid;
    oracle_novelty(r, grid, d);
    for (int n = 0; n < cells; n++) {
        const double unknown = persp ? 0.5 * (1.0 - (double)persp[n]) + 0.5 * d[n] : d[n];
        r[n] = (1.0 - x) * r[n] + x * unknown;
    }
    oracle_min_max(r, (size_t)cells);
}

static void oracle_summaries(const double *const ways[ARR_WAYS], size_t cells, double *out)
{
    for (size_t w = 0; w < ARR_WAYS; w++) {
        double sum = 0, squares = 0, high = ways[w][0];
        for (size_t n = 0; n < cells; n++) {
            sum += ways[w][n];
            high = fmax(high, ways[w][n]);
        }
        for (size_t n = 0; n < cells; n++) {
            squares += (ways[w][n] - sum / (double)cells) * (ways[w][n] - sum / (double)cells);
        }
        out[3 * w] = sum / (double)cells;
        out[3 * w + 1] = high;
        out[3 * w + 2] = sqrt(squares / (double)(cells - 1));
    }
}

/* out = W x + b */
static void oracle_layer(const float *w, const float *b, size_t n_out, size_t n_in, const double *x,
                         bool is_relu, double *out)
{
    for (size_t i = 0; i < n_out; i++) {
        out[i] = (double)b[i];
        for (size_t j = 0; j < n_in; j++) {
            out[i] += (double)w[i * n_in + j] * x[j];
        }
        out[i] = is_relu ? fmax(out[i], 0.0) : out[i];
    }
}

/* ---- statistics, novelty ---- */

static void test_summaries(void **state)
{
    (void)state;
    static const int GRIDS[] = {ARR_GRID, ARR_GRID_SEED, 3};
    uint64_t seed = 1;
    for (size_t g = 0; g < 3; g++) {
        struct maps m;
        double wide[ARR_WAYS][ARR_CELLS], want[ARR_SUMMARIES];
        float got[ARR_SUMMARIES];
        random_maps(&seed, GRIDS[g], &m);
        for (size_t w = 0; w < ARR_WAYS; w++) {
            for (size_t n = 0; n < m.cells; n++) {
                m.way[w][n] -= 0.5f; /* negative values count too */
                wide[w][n] = (double)m.way[w][n];
            }
        }
        oracle_summaries((const double *const[]){wide[0], wide[1], wide[2]}, m.cells, want);
        arr_summaries((const float *const[]){m.way[0], m.way[1], m.way[2]}, m.cells, got);
        assert_near("summaries", got, want, ARR_SUMMARIES, 5e-8);
    }
}

static void test_novelty(void **state)
{
    (void)state;
    static const int GRIDS[] = {ARR_GRID, ARR_GRID_SEED, 5, 2};
    uint64_t seed = 2;
    for (size_t g = 0; g < 4; g++) {
        struct maps m;
        double wide[ARR_CELLS], want[ARR_CELLS];
        float got[ARR_CELLS];
        random_maps(&seed, GRIDS[g], &m);
        for (size_t n = 0; n < m.cells; n++) {
            /* Few values: among equal ones the first cells are the best. */
            m.way[0][n] = floorf(m.way[0][n] * 8.0f);
            wide[n] = (double)m.way[0][n];
        }
        oracle_novelty(wide, m.grid, want);
        arr_novelty(m.way[0], m.grid, got);
        assert_near("novelty", got, want, m.cells, 3e-7);
    }
}

/* With the best cells in one corner the other corner is the newest. */
static void test_novelty_corner(void **state)
{
    (void)state;
    float v[ARR_CELLS], d[ARR_CELLS];
    for (int n = 0; n < ARR_CELLS; n++) {
        v[n] = n / 32 < 8 && n % 32 < 8 ? 1.0f : 0.0f;
    }
    arr_novelty(v, ARR_GRID, d);
    for (int n = 0; n < ARR_CELLS; n++) {
        /* 64 cells are equal: the first 50 are six rows of eight and two cells. */
        assert_true(n / 32 < 6 && n % 32 < 8 ? d[n] == 0.0f : true);
        assert_true(d[n] <= d[1023]);
    }
    assert_near_one("corner", (double)d[1023], 1.0, 1e-6);
    for (int n = 0; n < ARR_CELLS; n++) {
        v[n] = 0.7f;
    }
    arr_novelty(v, ARR_GRID, d);
    for (int n = 0; n < ARR_CELLS; n++) {
        assert_true(d[n] == 0.0f);
    }
}

static void test_explore(void **state)
{
    (void)state;
    static const float XS[] = {0.1f, 0.3f, 1.0f};
    uint64_t seed = 3;
    struct maps m;
    random_maps(&seed, ARR_GRID, &m);
    for (size_t i = 0; i < 6; i++) {
        float r[ARR_CELLS];
        double want[ARR_CELLS];
        const float *persp = i % 2 ? m.way[ARR_PERSP] : NULL;
        for (size_t n = 0; n < ARR_CELLS; n++) {
            r[n] = m.way[0][n];
            want[n] = (double)r[n];
        }
        assert_false(arr_explore(r, persp, ARR_GRID, XS[i / 2]));
        oracle_explore(want, persp, ARR_GRID, (double)XS[i / 2]);
        assert_near("explore", r, want, ARR_CELLS, 1e-6);
    }
    float r[ARR_CELLS];
    memcpy(r, m.way[0], sizeof r);
    assert_false(arr_explore(r, m.way[ARR_PERSP], ARR_GRID, 0.0f));
    assert_memory_equal(r, m.way[0], sizeof r);
}

/* ---- adaptive ---- */

static void random_balancer(uint64_t *seed, int dim, struct arr_balancer *b)
{
    *b = (struct arr_balancer){.dim = dim};
    b->wq = xcalloc(ARR_MLP * (size_t)dim, sizeof(float));
    random_fill(seed, b->ws[0], (size_t)ARR_MLP * ARR_SUMMARIES, -0.5f, 0.5f);
    random_fill(seed, b->wq, ARR_MLP * (size_t)dim, -0.1f, 0.1f);
    random_fill(seed, b->b0, ARR_MLP, -0.1f, 0.1f);
    random_fill(seed, b->w2[0], (size_t)ARR_MLP * ARR_MLP, -0.2f, 0.2f);
    random_fill(seed, b->b2, ARR_MLP, -0.1f, 0.1f);
    random_fill(seed, b->w4[0], (size_t)ARR_WAYS * ARR_MLP, -0.2f, 0.2f);
    random_fill(seed, b->b4, ARR_WAYS, -0.1f, 0.1f);
}

static void oracle_weights(const struct arr_balancer *b, const float *q, const double *summaries,
                           double *w)
{
    double first[ARR_MLP], second[ARR_MLP], sum = 0;
    for (size_t i = 0; i < ARR_MLP; i++) {
        first[i] = (double)b->b0[i];
        for (size_t j = 0; j < ARR_SUMMARIES; j++) {
            first[i] += (double)b->ws[i][j] * summaries[j];
        }
        for (size_t j = 0; j < (size_t)b->dim; j++) {
            first[i] += (double)b->wq[i * (size_t)b->dim + j] * (double)q[j];
        }
        first[i] = fmax(first[i], 0.0);
    }
    oracle_layer(b->w2[0], b->b2, ARR_MLP, ARR_MLP, first, true, second);
    oracle_layer(b->w4[0], b->b4, ARR_WAYS, ARR_MLP, second, false, w);
    for (size_t i = 0; i < ARR_WAYS; i++) {
        w[i] = exp(w[i]);
        sum += w[i];
    }
    for (size_t i = 0; i < ARR_WAYS; i++) {
        w[i] /= sum;
    }
}

static void scale_maps(const struct arr_balance_in *in, const struct maps *m,
                       double (*x)[ARR_CELLS])
{
    for (size_t w = 0; w < ARR_WAYS; w++) {
        for (size_t n = 0; n < m->cells; n++) {
            x[w][n] = (double)in->scale[w] * (double)m->way[w][n];
        }
    }
}

static void check_adaptive(const struct arr_balancer *b, const float *q, const struct maps *m,
                           struct arr_balance_in in)
{
    static struct arr_balance_out out;
    static double x[ARR_WAYS][ARR_CELLS];
    double summaries[ARR_SUMMARIES], w[ARR_WAYS], share[ARR_WAYS], want[ARR_CELLS];
    float part[ARR_MLP];
    scale_maps(&in, m, x);
    oracle_summaries((const double *const[]){x[0], x[1], x[2]}, m->cells, summaries);
    oracle_weights(b, q, summaries, w);
    double sum = 0;
    for (size_t i = 0; i < ARR_WAYS; i++) {
        share[i] = w[i] * summaries[3 * i];
        sum += share[i];
    }
    for (size_t i = 0; i < ARR_WAYS; i++) {
        share[i] /= sum;
    }
    for (size_t n = 0; n < m->cells; n++) {
        want[n] = w[0] * x[0][n] + w[1] * x[1][n] + w[2] * x[2][n];
    }
    memset(&out, 0x55, sizeof out);
    arr_balancer_set_query(b, q, part);
    arr_balance_adaptive(b, part, &in, &out);
    const double most = fmax(1.0, (double)fmaxf(in.scale[0], fmaxf(in.scale[1], in.scale[2])));
    assert_near("summaries", out.summaries, summaries, ARR_SUMMARIES, 1e-7 * most);
    assert_near("weights", out.weights, w, ARR_WAYS, 2e-6);
    assert_near("share", out.share, share, ARR_WAYS, 2e-6);
    assert_near("raw", out.raw, want, m->cells, 4e-6 * most);
    oracle_min_max(want, m->cells);
    if (in.explore > 0.0f) {
        oracle_explore(want, in.scale[ARR_PERSP] > 0 ? m->way[ARR_PERSP] : NULL, m->grid,
                       (double)in.explore);
    }
    assert_near("R", out.balanced, want, m->cells, 1e-5);
    assert_true(out.has_weights && !out.has_tensions && out.flags == 0);
}

static void test_adaptive(void **state)
{
    (void)state;
    static const float SCALES[][ARR_WAYS] = {{1, 1, 1},  {0, 1, 1},    {1, 0, 1}, {1, 1, 0},
                                             {30, 1, 1}, {0.5f, 2, 3}, {0, 0, 1}, {0, 0.5f, 0.0f}};
    static const int DIMS[] = {64, 1, 77};
    uint64_t seed = 4;
    for (size_t d = 0; d < 3; d++) {
        struct arr_balancer b;
        struct maps m;
        float q[77];
        random_balancer(&seed, DIMS[d], &b);
        random_fill(&seed, q, (size_t)DIMS[d], -1.0f, 1.0f);
        random_maps(&seed, d == 1 ? ARR_GRID_SEED : ARR_GRID, &m);
        for (size_t i = 0; i < sizeof SCALES / sizeof *SCALES; i++) {
            struct arr_balance_in in = in_of(&m, SCALES[i][0], SCALES[i][1], SCALES[i][2]);
            in.explore = i % 2 ? 0.3f : 0.0f;
            check_adaptive(&b, q, &m, in);
        }
        arr_balancer_done(&b);
        arr_balancer_done(&b); /* twice is fine */
    }
}

/* ---- contextual ---- */

static void random_contextual(uint64_t *seed, struct arr_contextual *b)
{
    float *const all = (float *)b;
    random_fill(seed, all, sizeof *b / sizeof *all, -0.3f, 0.3f);
}

static void oracle_contextual(const struct arr_contextual *b, double (*x)[ARR_CELLS], size_t cells,
                              double *tensions, double *raw)
{
    double summaries[ARR_SUMMARIES], context[ARR_POLICY_IN] = {0}, wide[64], narrow[32];
    oracle_summaries((const double *const[]){x[0], x[1], x[2]}, cells, summaries);
    for (size_t w = 0; w < ARR_WAYS; w++) {
        context[2 * w] = summaries[3 * w];
        context[2 * w + 1] = summaries[3 * w + 2];
    }
    oracle_layer(b->p0[0], b->pb0, 64, ARR_POLICY_IN, context, true, wide);
    oracle_layer(b->p2[0], b->pb2, 32, 64, wide, true, narrow);
    oracle_layer(b->p4[0], b->pb4, 3, 32, narrow, false, tensions);
    for (size_t w = 0; w < ARR_WAYS; w++) {
        tensions[w] = 1.0 / (1.0 + exp(-tensions[w]));
    }
    for (size_t n = 0; n < cells; n++) {
        const double cell[3] = {x[0][n] * tensions[0], x[1][n] * tensions[1],
                                x[2][n] * tensions[2]};
        oracle_layer(b->c0[0], b->cb0, 64, 3, cell, true, wide);
        oracle_layer(b->c2[0], b->cb2, 32, 64, wide, true, narrow);
        oracle_layer(b->c4[0], b->cb4, 1, 32, narrow, false, &raw[n]);
    }
}

static void test_contextual(void **state)
{
    (void)state;
    static struct arr_contextual b;
    static struct arr_balance_out out;
    static double x[ARR_WAYS][ARR_CELLS];
    uint64_t seed = 5;
    for (int i = 0; i < 4; i++) {
        struct maps m;
        double tensions[ARR_WAYS], want[ARR_CELLS];
        random_contextual(&seed, &b);
        random_maps(&seed, i < 2 ? ARR_GRID : ARR_GRID_SEED, &m);
        struct arr_balance_in in = in_of(&m, i == 1 ? 0.0f : 1.0f, 2.0f, 0.5f);
        in.explore = i == 3 ? 0.3f : 0.0f;
        scale_maps(&in, &m, x);
        oracle_contextual(&b, x, m.cells, tensions, want);
        memset(&out, 0x55, sizeof out);
        arr_balance_contextual(&b, &in, &out);
        const float got[3] = {out.tensions.compress, out.tensions.exploit, out.tensions.focus};
        assert_near("tensions", got, tensions, 3, 1e-6);
        assert_near("raw", out.raw, want, m.cells, 2e-6);
        oracle_min_max(want, m.cells);
        if (in.explore > 0.0f) {
            oracle_explore(want, m.way[ARR_PERSP], m.grid, 0.3);
        }
        assert_near("R", out.balanced, want, m.cells, 2e-5);
        assert_true(out.has_tensions && !out.has_weights && out.flags == 0);
    }
}

/* ---- tension ---- */

/* What X' is: the scale over the mean of those that are not 0. */
static void oracle_ratios(const struct arr_balance_in *in, double *a, int *n_ways)
{
    double sum = 0;
    *n_ways = 0;
    for (size_t w = 0; w < ARR_WAYS; w++) {
        sum += (double)in->scale[w];
        *n_ways += in->scale[w] > 0;
    }
    for (size_t w = 0; w < ARR_WAYS; w++) {
        a[w] = (double)in->scale[w] * *n_ways / sum;
    }
}

static void oracle_tension(const struct arr_tensions *t, const struct arr_balance_in *in,
                           const struct maps *m, double *out)
{
    double a[ARR_WAYS], raw[ARR_CELLS], d[ARR_CELLS], top = 0;
    int n_ways;
    oracle_ratios(in, a, &n_ways);
    for (size_t n = 0; n < m->cells; n++) {
        raw[n] = 0;
        for (size_t w = 0; w < ARR_WAYS; w++) {
            raw[n] += a[w] * (double)m->way[w][n] / n_ways;
        }
        top = fmax(top, a[1] * (double)m->way[1][n]);
    }
    oracle_novelty(raw, m->grid, d);
    const double c = a[2] == 0 ? 1 : a[0] == 0 ? 0 : (double)t->compress;
    const double e = in->explore >= 0 ? 1.0 - (double)in->explore : (double)t->exploit;
    const double f = (double)t->focus;
    for (size_t n = 0; n < m->cells; n++) {
        const double i = a[0] * (double)m->way[0][n], p = a[1] * (double)m->way[1][n];
        const double q = a[2] * (double)m->way[2][n];
        const double t1 = c * i + (1 - c) * q;
        const double t2 = a[1] == 0 ? 0 : e * p + (1 - e) * (top - p);
        const double t3 = f * raw[n] + (1 - f) * (raw[n] + 0.3 * d[n]);
        out[n] = 0.4 * t1 + 0.3 * t2 + 0.3 * t3;
    }
}

static void check_tension(struct arr_tensions t, const struct maps *m,
                          const struct arr_balance_in *in)
{
    static struct arr_balance_out out;
    double want[ARR_CELLS];
    memset(&out, 0x55, sizeof out);
    arr_balance_tension(t, in, &out);
    oracle_tension(&t, in, m, want);
    assert_near("raw", out.raw, want, m->cells, 1e-6);
    oracle_min_max(want, m->cells);
    assert_near("R", out.balanced, want, m->cells, 5e-6);
    assert_true(out.has_tensions && out.has_weights && out.flags == 0);
    assert_true(out.tensions.compress == t.compress && out.tensions.focus == t.focus);
    assert_true(out.tensions.exploit == (in->explore >= 0 ? 1.0f - in->explore : t.exploit));
    double share = 0;
    for (size_t w = 0; w < ARR_WAYS; w++) {
        assert_true(out.share[w] >= 0 && (in->scale[w] > 0 || out.share[w] == 0));
        assert_true(in->scale[w] > 0 || out.weights[w] == 0);
        share += (double)out.share[w];
    }
    assert_near_one("sum of shares", share, 1.0, 1e-6);
}

static void test_tension(void **state)
{
    (void)state;
    static const float EXPLORE[] = {-1.0f, 0.0f, 0.3f, 1.0f};
    uint64_t seed = 6;
    for (int i = 0; i < 60; i++) {
        struct maps m;
        random_maps(&seed, i % 3 ? ARR_GRID : ARR_GRID_SEED, &m);
        const struct arr_tensions t = {random_between(&seed, 0, 1), random_between(&seed, 0, 1),
                                       random_between(&seed, 0, 1)};
        struct arr_balance_in in = in_of(&m, 1, 1, 1);
        for (size_t w = 0; i >= 20 && w < ARR_WAYS; w++) {
            in.scale[w] = random_below(&seed, 3) == 0 ? 0 : random_between(&seed, 0.1f, 30.0f);
        }
        /* Information always counts here, so that something varies. */
        in.scale[ARR_INFO] += 0.5f;
        in.explore = EXPLORE[i % 4];
        check_tension(t, &m, &in);
    }
}

/* The factors told are those of the map: with focus 1 there is nothing else in it. */
static void test_tension_weights(void **state)
{
    (void)state;
    static struct arr_balance_out out;
    uint64_t seed = 7;
    struct maps m;
    random_maps(&seed, ARR_GRID, &m);
    const struct arr_balance_in in = in_of(&m, 3, 1, 0.5f);
    arr_balance_tension((struct arr_tensions){0.3f, 0.1f, 1.0f}, &in, &out);
    assert_true(out.weights[ARR_PERSP] < 0); /* exploring */
    double constant = 0;
    for (size_t n = 0; n < m.cells; n++) {
        double sum = 0;
        for (size_t w = 0; w < ARR_WAYS; w++) {
            sum += (double)out.weights[w] * (double)in.scale[w] * (double)m.way[w][n];
        }
        constant = n == 0 ? (double)out.raw[n] - sum : constant;
        assert_near_one("factors", (double)out.raw[n] - sum, constant, 5e-7);
    }
}

static void test_only_ratios_count(void **state)
{
    (void)state;
    static struct arr_balance_out one, two;
    uint64_t seed = 8;
    for (int i = 0; i < 30; i++) {
        struct maps m;
        random_maps(&seed, ARR_GRID, &m);
        struct arr_balance_in in = in_of(&m, 1, 0, 0);
        in.scale[1] = random_between(&seed, 0, 15);
        in.scale[2] = i % 5 ? random_between(&seed, 0, 15) : 0;
        const struct arr_tensions t = {0.2f, 0.7f, 0.4f};
        arr_balance_tension(t, &in, &one);
        const float factor = i % 2 ? 2.0f : 1.37f;
        for (size_t w = 0; w < ARR_WAYS; w++) {
            in.scale[w] *= factor;
        }
        arr_balance_tension(t, &in, &two);
        for (size_t n = 0; n < m.cells; n++) {
            assert_true(fabsf(one.balanced[n] - two.balanced[n]) <= 1e-6f);
        }
    }
}

/* ---- what is missing ---- */

struct balancers {
    struct arr_balancer adaptive;
    struct arr_contextual contextual;
    float part[ARR_MLP];
};

static void balance(const struct balancers *b, int which, const struct arr_balance_in *in,
                    struct arr_balance_out *out)
{
    memset(out, 0, sizeof *out);
    if (which == 0) {
        arr_balance_tension((struct arr_tensions){0.3f, 0.2f, 0.4f}, in, out);
    } else if (which == 1) {
        arr_balance_adaptive(&b->adaptive, b->part, in, out);
    } else {
        arr_balance_contextual(&b->contextual, in, out);
    }
}

static void make_balancers(uint64_t *seed, struct balancers *b)
{
    float q[8];
    random_balancer(seed, 8, &b->adaptive);
    random_contextual(seed, &b->contextual);
    random_fill(seed, q, 8, -1.0f, 1.0f);
    arr_balancer_set_query(&b->adaptive, q, b->part);
}

/* Whatever the map of a way with scale 0 holds, and whether there is one, no bit changes. */
static void test_zero_scale(void **state)
{
    (void)state;
    static struct balancers b;
    static struct arr_balance_out first, other, none;
    uint64_t seed = 9;
    make_balancers(&seed, &b);
    for (int i = 0; i < 18; i++) {
        struct maps m;
        const int which = i / 6, missing = i % 3;
        random_maps(&seed, ARR_GRID, &m);
        struct arr_balance_in in = in_of(&m, 2, 2, 2);
        in.scale[missing] = 0;
        in.explore = i / 3 % 2 ? 0.3f : 0.0f;
        balance(&b, which, &in, &first);
        random_fill(&seed, m.way[missing], ARR_CELLS, -5.0f, 5.0f);
        balance(&b, which, &in, &other);
        assert_memory_equal(&first, &other, sizeof first);
        in.way[missing] = NULL;
        balance(&b, which, &in, &none);
        assert_memory_equal(&first, &none, sizeof first);
        in.scale[missing] = 1.0f; /* no map: missing whatever its slider says */
        balance(&b, which, &in, &none);
        assert_memory_equal(&first, &none, sizeof first);
    }
    arr_balancer_done(&b.adaptive);
}

static void test_no_evidence(void **state)
{
    (void)state;
    static struct balancers b;
    static struct arr_balance_out out;
    uint64_t seed = 10;
    struct maps m;
    make_balancers(&seed, &b);
    random_maps(&seed, ARR_GRID, &m);
    struct arr_balance_in in = in_of(&m, 0, 0, 0);
    in.explore = 0.3f;
    for (int which = 0; which < 3; which++) {
        balance(&b, which, &in, &out);
        assert_int_equal(out.flags, ARR_NO_EVIDENCE);
        for (size_t n = 0; n < m.cells; n++) {
            assert_true(out.balanced[n] == 0.5f);
        }
        assert_true(out.share[0] == 0 && out.share[1] == 0 && out.share[2] == 0);
    }
    arr_balancer_done(&b.adaptive);
}

/* Constant maps, but for noise in the last bits: nothing to rank. */
static void test_flat(void **state)
{
    (void)state;
    static struct balancers b;
    static struct arr_balance_out out;
    uint64_t seed = 11;
    struct maps m;
    make_balancers(&seed, &b);
    random_maps(&seed, ARR_GRID, &m);
    for (size_t w = 0; w < ARR_WAYS; w++) {
        for (size_t n = 0; n < m.cells; n++) {
            m.way[w][n] = 0.5f + (float)random_below(&seed, 2) * 6e-8f;
        }
    }
    struct arr_balance_in in = in_of(&m, 1, 1, 1);
    in.explore = 0.0f;
    for (int which = 0; which < 3; which++) {
        balance(&b, which, &in, &out);
        assert_int_equal(out.flags, ARR_FLAT_BALANCE);
        for (size_t n = 0; n < m.cells; n++) {
            assert_true(out.balanced[n] == 0.0f);
        }
    }
    in.explore = 0.5f; /* what salience leaves is then all there is, and that is flat too */
    balance(&b, 1, &in, &out);
    assert_int_equal(out.flags, ARR_FLAT_BALANCE);
    random_fill(&seed, m.way[ARR_PERSP], ARR_CELLS, 0.0f, 1.0f);
    float r[ARR_CELLS] = {0};
    double want[ARR_CELLS];
    for (size_t n = 0; n < m.cells; n++) {
        want[n] = 1.0 - (double)m.way[ARR_PERSP][n];
    }
    oracle_min_max(want, m.cells);
    assert_false(arr_explore(r, m.way[ARR_PERSP], ARR_GRID, 0.5f));
    assert_near("explore alone", r, want, m.cells, 1e-6);
    arr_balancer_done(&b.adaptive);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_summaries),         cmocka_unit_test(test_novelty),
        cmocka_unit_test(test_novelty_corner),    cmocka_unit_test(test_explore),
        cmocka_unit_test(test_adaptive),          cmocka_unit_test(test_contextual),
        cmocka_unit_test(test_tension),           cmocka_unit_test(test_tension_weights),
        cmocka_unit_test(test_only_ratios_count), cmocka_unit_test(test_zero_scale),
        cmocka_unit_test(test_no_evidence),       cmocka_unit_test(test_flat),
    };
    return cmocka_run_group_tests_name("balance", tests, NULL, NULL);
}
