/* SPDX-License-Identifier: Apache-2.0 */
/* Knowing, balancing and attending against the Python reference (tests/golden/arrcoc): cases 12 to
 * 19, and against the same formulas in double. */
#include "core/arrcoc/arrcoc.h"
#include "core/arrcoc/attend.h"
#include "core/arrcoc/balance.h"
#include "core/arrcoc/knowing.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/weights.h"
#include "tests/unit/golden_help.h"
#include "tests/unit/golden_pictures.h"

static const double TOLERANCE_INFO = 5e-5;
static const double TOLERANCE_PERSP = 1e-5;
static const double TOLERANCE_DIRECT = 2e-6;
static const double TOLERANCE_GRAM = 4e-6;
static const double TOLERANCE_WEIGHTS = 1e-5;

/* Min-max divides by the range of the raw map, and multiplies its errors. */
static double tolerance_balanced(float raw_range)
{
    return raw_range < 0.2f ? 5e-5 * 0.2 / (double)raw_range : 5e-5;
}

/* ---- the engine's chain from the picture on ---- */

struct chain {
    struct arr_texture texture;
    float way[ARR_WAYS][ARR_CELLS];
    struct arr_weights *weights;
    float *query;
    int dim;
    float query_part[ARR_MLP];
    struct arr_balance_out out;
};

static struct arr_weights *load_weights(const char *name)
{
    struct err e = {0};
    char *const path = golden_path(name);
    struct arr_weights *const w = arr_weights_load(path, &e);
    if (!w) {
        fail_msg("%s", e.msg);
    }
    free(path);
    return w;
}

static void load_learned(struct chain *c, int dim)
{
    struct err e = {0};
    char name[32];
    snprintf(name, sizeof name, "weights%d", dim);
    c->weights = load_weights(name);
    assert_true(c->weights->has_scorer && c->weights->has_balancer);
    assert_int_equal(c->weights->scorer.dim, dim);
    assert_int_equal(c->weights->balancer.dim, dim);
    snprintf(name, sizeof name, "query%d", dim);
    char *const path = golden_path(name);
    c->query = arr_query_read(path, &c->dim, &e);
    if (!c->query) {
        fail_msg("%s", e.msg);
    }
    free(path);
    assert_int_equal(c->dim, dim);
    arr_balancer_set_query(&c->weights->balancer, c->query, c->query_part);
}

static void score(struct chain *c)
{
    struct arr_scorer_query q;
    arr_information(&c->texture, c->way[ARR_INFO], NULL);
    arr_perspectival(&c->texture, c->way[ARR_PERSP]);
    arr_scorer_set_query(&c->weights->scorer, c->query, &q);
    arr_participatory(&c->weights->scorer, &q, &c->texture, c->way[ARR_PARTIC]);
}

static void balance(struct chain *c, float info, float persp, float partic)
{
    const struct arr_balance_in in = {.grid = c->texture.grid,
                                      .way = {c->way[0], c->way[1], c->way[2]},
                                      .scale = {info, persp, partic}};
    arr_balance_adaptive(&c->weights->balancer, c->query_part, &in, &c->out);
}

/* Case 7's picture. */
static struct chain *chain_new(int dim, int grid)
{
    struct err e = {0};
    struct chain *const c = xcalloc(1, sizeof *c);
    uint8_t *const rgb = golden_smooth(7, 640, 480);
    const struct arr_image image = golden_rgb8(rgb, 640, 480);
    assert_true(arr_texture_sample(&image, grid, &c->texture, &e));
    struct arr_texture *texture = &c->texture;
    arr_texture_finish(&texture, 1, &(struct arr_texture_finish){0});
    free(rgb);
    load_learned(c, dim);
    score(c);
    balance(c, 1, 1, 1);
    return c;
}

static void chain_free(struct chain *c)
{
    arr_weights_free(c->weights);
    free(c->query);
    free(c);
}

/* ---- comparing ---- */

static void compare_floats(const struct safetensors *s, const char *name, const float *got,
                           size_t n, double tolerance)
{
    float *const want = golden_floats(s, name, n);
    golden_near(name, got, want, n, tolerance);
    free(want);
}

static void compare_top(const struct safetensors *s, const char *name, const float *balanced)
{
    uint16_t order[ARR_CELLS];
    int32_t *const want = golden_ints(s, name, 200);
    assert_int_equal(arr_top_k(balanced, ARR_CELLS, 200, order), 200);
    golden_same_cells(name, order, want, 200, balanced, ARR_CELLS);
    free(want);
}

static void compare_direct(const struct safetensors *s, const struct chain *c)
{
    float *const direct = xmalloc(sizeof(float) * ARR_CELLS);
    arr_participatory_direct(&c->weights->scorer, c->query, &c->texture, direct);
    print_message("# direct ");
    compare_floats(s, "Q", direct, ARR_CELLS, TOLERANCE_DIRECT);
    free(direct);
}

/* ---- the chain: cases 13, 14, 7 with a grid of 14 ---- */

static void test_chain(void **state)
{
    (void)state;
    struct chain *const c = chain_new(2048, ARR_GRID);
    struct safetensors *const texture = golden_open("case07");
    compare_floats(texture, "I", c->way[ARR_INFO], ARR_CELLS, TOLERANCE_INFO);
    compare_floats(texture, "P", c->way[ARR_PERSP], ARR_CELLS, TOLERANCE_PERSP);
    safetensors_close(texture);
    struct safetensors *const s = golden_open("case13");
    compare_direct(s, c);
    compare_floats(s, "Q", c->way[ARR_PARTIC], ARR_CELLS, TOLERANCE_GRAM);
    compare_floats(s, "summaries", c->out.summaries, ARR_SUMMARIES, TOLERANCE_INFO);
    compare_floats(s, "weights", c->out.weights, ARR_WAYS, TOLERANCE_WEIGHTS);
    const float range = golden_range(c->out.raw, ARR_CELLS);
    compare_floats(s, "raw", c->out.raw, ARR_CELLS, 5e-5);
    compare_floats(s, "R", c->out.balanced, ARR_CELLS, tolerance_balanced(range));
    compare_top(s, "top", c->out.balanced);
    assert_true(c->out.has_weights);
    assert_int_equal(c->out.flags, 0);
    safetensors_close(s);
    chain_free(c);
}

/* From the reference's own texture and maps, so that no error is carried from stage to stage. */
static void test_stages_alone(void **state)
{
    (void)state;
    struct chain *const c = chain_new(2048, ARR_GRID);
    struct safetensors *const texture = golden_open("case07");
    struct safetensors *const s = golden_open("case13");
    golden_texture(texture, &c->texture);
    score(c);
    compare_floats(texture, "I", c->way[ARR_INFO], ARR_CELLS, TOLERANCE_INFO);
    compare_floats(texture, "P", c->way[ARR_PERSP], ARR_CELLS, 0);
    compare_direct(s, c);
    compare_floats(s, "Q", c->way[ARR_PARTIC], ARR_CELLS, TOLERANCE_GRAM);
    float *const info = golden_floats(texture, "I", ARR_CELLS);
    float *const partic = golden_floats(s, "Q", ARR_CELLS);
    memcpy(c->way[ARR_INFO], info, sizeof c->way[ARR_INFO]);
    memcpy(c->way[ARR_PARTIC], partic, sizeof c->way[ARR_PARTIC]);
    balance(c, 1, 1, 1);
    compare_floats(s, "summaries", c->out.summaries, ARR_SUMMARIES, 1e-6);
    compare_floats(s, "weights", c->out.weights, ARR_WAYS, 1e-6);
    compare_floats(s, "R", c->out.balanced, ARR_CELLS, 2e-6);
    free(partic);
    free(info);
    safetensors_close(s);
    safetensors_close(texture);
    chain_free(c);
}

static void check_width(const char *name, int dim, int grid)
{
    struct chain *const c = chain_new(dim, grid);
    struct safetensors *const s = golden_open(name);
    const size_t cells = (size_t)(grid * grid);
    compare_floats(s, "Q", c->way[ARR_PARTIC], cells, TOLERANCE_GRAM);
    compare_floats(s, "weights", c->out.weights, ARR_WAYS, TOLERANCE_WEIGHTS);
    compare_floats(s, "R", c->out.balanced, cells,
                   tolerance_balanced(golden_range(c->out.raw, cells)));
    if (grid == ARR_GRID) {
        compare_direct(s, c);
    }
    safetensors_close(s);
    chain_free(c);
}

static void test_other_widths(void **state)
{
    (void)state;
    check_width("case14-1536", 1536, ARR_GRID);
    check_width("case14-64", 64, ARR_GRID);
    check_width("case07-14", 64, ARR_GRID_SEED);
}

/* ---- in double ---- */

struct oracle {
    double info[ARR_CELLS], balanced[ARR_CELLS];
};

static void oracle_min_max(double *v, size_t n)
{
    double low = v[0], high = v[0];
    for (size_t i = 1; i < n; i++) {
        low = fmin(low, v[i]);
        high = fmax(high, v[i]);
    }
    for (size_t i = 0; i < n; i++) {
        v[i] = (v[i] - low) / (high - low + 1e-8);
    }
}

static double oracle_entropy(const struct arr_texture *t, size_t n)
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

/* Entropy from the texture given; the balanced map from that and the other two maps as they are. */
static void oracle_make(const struct chain *c, struct oracle *o)
{
    for (size_t n = 0; n < ARR_CELLS; n++) {
        o->info[n] = oracle_entropy(&c->texture, n);
    }
    oracle_min_max(o->info, ARR_CELLS);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        o->balanced[n] = (double)c->out.weights[ARR_INFO] * o->info[n] +
                         (double)c->out.weights[ARR_PERSP] * (double)c->way[ARR_PERSP][n] +
                         (double)c->out.weights[ARR_PARTIC] * (double)c->way[ARR_PARTIC][n];
    }
    oracle_min_max(o->balanced, ARR_CELLS);
}

static double worst_from(const double *oracle, const float *v)
{
    double worst = 0;
    for (size_t n = 0; n < ARR_CELLS; n++) {
        worst = fmax(worst, fabs((double)v[n] - oracle[n]));
    }
    return worst;
}

/* Two correct programs in float differ by more than 1e-5 here; what both must keep to is the same
 * formula in double. */
static void test_oracle(void **state)
{
    (void)state;
    struct chain *const c = chain_new(2048, ARR_GRID);
    struct oracle *const o = xcalloc(1, sizeof *o);
    struct safetensors *const texture = golden_open("case07");
    float *const info = golden_floats(texture, "I", ARR_CELLS);
    oracle_make(c, o);
    const double ours = worst_from(o->info, c->way[ARR_INFO]);
    const double balanced = worst_from(o->balanced, c->out.balanced);
    /* The reference's own map against the formula on its own texture. */
    golden_texture(texture, &c->texture);
    oracle_make(c, o);
    const double theirs = worst_from(o->info, info);
    print_message("# from the formula in double: I %.3g, the reference's %.3g, R %.3g\n", ours,
                  theirs, balanced);
    assert_true(ours <= TOLERANCE_INFO);
    assert_true(theirs <= TOLERANCE_INFO);
    assert_true(balanced <= tolerance_balanced(golden_range(c->out.raw, ARR_CELLS)));
    free(info);
    safetensors_close(texture);
    free(o);
    chain_free(c);
}

/* ---- bf16: case 15 ---- */

static void test_bf16(void **state)
{
    (void)state;
    struct chain *const c = chain_new(2048, ARR_GRID);
    struct safetensors *const s = golden_open("case15");
    struct arr_scorer_query q;
    arr_round_bf16(c->query, 2048);
    arr_round_unit_bf16(c->query, 2048);
    compare_floats(s, "unit", c->query, 2048, 0);
    arr_scorer_set_unit_query(&c->weights->scorer, c->query, &q);
    arr_participatory(&c->weights->scorer, &q, &c->texture, c->way[ARR_PARTIC]);
    compare_floats(s, "Q", c->way[ARR_PARTIC], ARR_CELLS, TOLERANCE_GRAM);
    safetensors_close(s);
    chain_free(c);
}

/* ---- sliders: case 16 ---- */

static void check_scales(const struct safetensors *s, struct chain *c, const int scale[ARR_WAYS])
{
    char name[32];
    balance(c, (float)scale[0], (float)scale[1], (float)scale[2]);
    snprintf(name, sizeof name, "weights.%d-%d-%d", scale[0], scale[1], scale[2]);
    compare_floats(s, name, c->out.weights, ARR_WAYS, TOLERANCE_WEIGHTS);
    snprintf(name, sizeof name, "R.%d-%d-%d", scale[0], scale[1], scale[2]);
    compare_floats(s, name, c->out.balanced, ARR_CELLS,
                   tolerance_balanced(golden_range(c->out.raw, ARR_CELLS)));
    snprintf(name, sizeof name, "top.%d-%d-%d", scale[0], scale[1], scale[2]);
    compare_top(s, name, c->out.balanced);
}

static void test_scales(void **state)
{
    (void)state;
    static const int SCALES[4][ARR_WAYS] = {{0, 1, 1}, {1, 0, 1}, {1, 1, 0}, {30, 1, 1}};
    struct chain *const c = chain_new(2048, ARR_GRID);
    struct safetensors *const s = golden_open("case16");
    for (size_t i = 0; i < 4; i++) {
        check_scales(s, c, SCALES[i]);
    }
    safetensors_close(s);
    chain_free(c);
}

/* The reference divides 0 by 1e-8 and selects whatever its sort leaves; the engine says so. */
static void test_no_evidence(void **state)
{
    (void)state;
    struct chain *const c = chain_new(2048, ARR_GRID);
    struct safetensors *const s = golden_open("case16");
    float *const reference = golden_floats(s, "R.0-0-0", ARR_CELLS);
    balance(c, 0, 0, 0);
    assert_true((c->out.flags & ARR_NO_EVIDENCE) != 0);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        assert_true(isfinite(reference[n]));
        assert_true(c->out.balanced[n] == 0.5f);
    }
    free(reference);
    safetensors_close(s);
    chain_free(c);
}

/* ---- a batch: case 12 ---- */

static void batch_ways(struct chain *const c[2])
{
    struct arr_texture *const textures[2] = {&c[0]->texture, &c[1]->texture};
    float *const info[2] = {c[0]->way[ARR_INFO], c[1]->way[ARR_INFO]};
    float *const raw = xmalloc(sizeof(float) * 2 * ARR_CELLS);
    struct err e = {0};
    for (uint64_t i = 0; i < 2; i++) {
        uint8_t *const rgb = golden_noise(12 + i, 512, 512);
        const struct arr_image image = golden_rgb8(rgb, 512, 512);
        assert_true(arr_texture_sample(&image, ARR_GRID, textures[i], &e));
        free(rgb);
    }
    arr_texture_finish(textures, 2, &(struct arr_texture_finish){.batch_statistics = true});
    for (size_t i = 0; i < 2; i++) {
        score(c[i]);
        arr_information(textures[i], info[i], &raw[i * ARR_CELLS]);
    }
    arr_information_batch((float *const[2]){raw, raw + ARR_CELLS}, 2, ARR_CELLS, info);
    free(raw);
}

static void test_batch(void **state)
{
    (void)state;
    struct chain *const c[2] = {chain_new(64, ARR_GRID), chain_new(64, ARR_GRID)};
    struct safetensors *const s = golden_open("case12");
    float *const partic = golden_floats(s, "Q", 2 * ARR_CELLS);
    float *const weights = golden_floats(s, "weights", 2 * ARR_WAYS);
    float *const both = xmalloc(sizeof(float) * 2 * ARR_CELLS);
    batch_ways(c);
    for (size_t i = 0; i < 2; i++) {
        balance(c[i], 1, 1, 1);
        golden_near("batch Q", c[i]->way[ARR_PARTIC], &partic[i * ARR_CELLS], ARR_CELLS,
                    TOLERANCE_GRAM);
        golden_near("batch weights", c[i]->out.weights, &weights[i * ARR_WAYS], ARR_WAYS,
                    TOLERANCE_WEIGHTS);
        memcpy(&both[i * ARR_CELLS], c[i]->out.raw, sizeof c[i]->out.raw);
    }
    const float range = golden_range(both, 2 * (size_t)ARR_CELLS);
    (void)arr_min_max(both, 2 * (size_t)ARR_CELLS, false);
    compare_floats(s, "R", both, 2 * (size_t)ARR_CELLS, tolerance_balanced(range));
    free(both);
    free(weights);
    free(partic);
    safetensors_close(s);
    chain_free(c[0]);
    chain_free(c[1]);
}

/* The engine's own batch with the reference's statistics over both pictures. */
static void test_batch_of_engine(void **state)
{
    (void)state;
    struct chain *const c = chain_new(64, ARR_GRID);
    struct safetensors *const s = golden_open("case12");
    const struct arr_setup setup = {.backend = ARR_CPU, .threads = 2};
    struct arr *const a = arr_new(&setup, NULL);
    struct arr_options o = ARR_OPTIONS_INIT;
    struct arr_result *r[2] = {arr_result_new(), arr_result_new()};
    struct arr_image images[2];
    uint8_t *rgb[2];
    float both[2 * ARR_CELLS];
    o.compat_batch_norm = true;
    for (uint64_t i = 0; i < 2; i++) {
        rgb[i] = golden_noise(12 + i, 512, 512);
        images[i] = golden_rgb8(rgb[i], 512, 512);
    }
    assert_true(arr_set_weights(a, c->weights, c->query, 64, ARR_QUERY_F32, NULL));
    assert_true(arr_run_batch(a, images, 2, &o, r, NULL));
    for (size_t i = 0; i < 2; i++) {
        memcpy(&both[i * ARR_CELLS], r[i]->balance.balanced, sizeof r[i]->balance.balanced);
        free(rgb[i]);
    }
    const float range = golden_range(r[0]->balance.raw, ARR_CELLS);
    compare_floats(s, "R", both, 2 * (size_t)ARR_CELLS, tolerance_balanced(range));
    arr_result_free(r[0]);
    arr_result_free(r[1]);
    arr_free(a);
    safetensors_close(s);
    chain_free(c);
}

/* ---- top k among equals: case 17 ---- */

static void check_top(const struct safetensors *s, const float *r, int asked)
{
    uint16_t order[ARR_CELLS];
    char name[32];
    const int k = asked < ARR_CELLS ? asked : ARR_CELLS;
    snprintf(name, sizeof name, "top.%d", asked);
    int32_t *const want = golden_ints(s, name, (size_t)k);
    assert_int_equal(arr_top_k(r, ARR_CELLS, asked, order), k);
    for (int i = 0; i < k; i++) {
        /* Rank by rank the same values, whichever of equal cells torch took. */
        assert_true(r[order[i]] == r[want[i]]);
        if (i > 0) {
            const size_t a = order[i - 1], b = order[i];
            assert_true(r[a] > r[b] || (r[a] == r[b] && a < b));
            assert_true(arr_top_key(r[a], (uint32_t)a) > arr_top_key(r[b], (uint32_t)b));
        }
    }
    for (size_t n = 0; n < ARR_CELLS; n++) {
        const bool is_better =
            r[n] > r[order[k - 1]] || (r[n] == r[order[k - 1]] && n < order[k - 1]);
        bool is_there = false;
        for (int i = 0; i < k; i++) {
            is_there |= order[i] == n;
        }
        assert_true(is_there == (is_better || n == order[k - 1]));
    }
    free(want);
}

static void test_ties(void **state)
{
    (void)state;
    struct safetensors *const s = golden_open("case17");
    float *const r = golden_floats(s, "R", ARR_CELLS);
    check_top(s, r, 1);
    check_top(s, r, 200);
    check_top(s, r, 1024);
    check_top(s, r, 2000);
    free(r);
    safetensors_close(s);
}

/* ---- the contextual balancer: case 18 ---- */

static void test_contextual(void **state)
{
    (void)state;
    struct arr_weights *const w = load_weights("weights-contextual");
    struct safetensors *const texture = golden_open("case07");
    struct safetensors *const scores = golden_open("case13");
    struct safetensors *const s = golden_open("case18");
    float *const info = golden_floats(texture, "I", ARR_CELLS);
    float *const persp = golden_floats(texture, "P", ARR_CELLS);
    float *const partic = golden_floats(scores, "Q", ARR_CELLS);
    struct arr_balance_out *const out = xcalloc(1, sizeof *out);
    const struct arr_balance_in in = {
        .grid = ARR_GRID, .way = {info, persp, partic}, .scale = {1, 1, 1}};
    assert_true(w->has_contextual && !w->has_scorer && !w->has_balancer);
    arr_balance_contextual(&w->contextual, &in, out);
    assert_true(out->has_tensions);
    const float tensions[3] = {out->tensions.compress, out->tensions.exploit, out->tensions.focus};
    compare_floats(s, "tensions", tensions, 3, 1e-6);
    compare_floats(s, "raw", out->raw, ARR_CELLS, 1e-6);
    float *const r = golden_floats(s, "raw", ARR_CELLS);
    (void)arr_min_max(r, ARR_CELLS, false);
    golden_near("R", out->balanced, r, ARR_CELLS, 5e-5);
    free(r);
    free(out);
    free(partic);
    free(persp);
    free(info);
    safetensors_close(s);
    safetensors_close(scores);
    safetensors_close(texture);
    arr_weights_free(w);
}

/* ---- the curve of budgets: case 19 ---- */

static void check_curve(const struct safetensors *g, size_t k, const char *tensor, double kappa,
                        long sum)
{
    struct err e = {0};
    char name[32];
    float scores[ARR_CELLS];
    const struct arr_budget_options o = {
        .min_lod = 64, .max_lod = 400, .kappa = kappa, .policy = ARR_CURVE};
    snprintf(name, sizeof name, "s.%zu", k);
    double *const s = golden_doubles(g, name, k);
    double *const want = golden_doubles(g, tensor, k);
    double total = 0;
    for (size_t i = 0; i < k; i++) {
        const double b = arr_budget_curve(s[i], &o);
        golden_near_one(tensor, b, want[i], 1e-9);
        total += b;
        scores[i] = (float)s[i];
    }
    assert_int_equal(lround(total), sum);
    struct arr_budgets *const out = xcalloc(1, sizeof *out);
    assert_true(arr_budgets_make(scores, (int)k, &o, out, &e));
    for (size_t i = 0; i < k; i++) {
        assert_int_equal(out->tokens[i], (int)floor(want[i] + 0.5));
    }
    free(out);
    free(want);
    free(s);
}

static void test_curve(void **state)
{
    (void)state;
    struct safetensors *const s = golden_open("case19");
    check_curve(s, 200, "b.200.1", 1.0, 46400);
    check_curve(s, 200, "b.200.2", 2.0, 35256);
    check_curve(s, 200, "b.200.3.2", 3.2, 28888);
    check_curve(s, 273, "b.273.3.2", 3.2, 39400);
    safetensors_close(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_chain),
        cmocka_unit_test(test_stages_alone),
        cmocka_unit_test(test_other_widths),
        cmocka_unit_test(test_oracle),
        cmocka_unit_test(test_bf16),
        cmocka_unit_test(test_scales),
        cmocka_unit_test(test_no_evidence),
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_batch_of_engine),
        cmocka_unit_test(test_ties),
        cmocka_unit_test(test_contextual),
        cmocka_unit_test(test_curve),
    };
    return cmocka_run_group_tests_name("golden scores", tests, NULL, NULL);
}
