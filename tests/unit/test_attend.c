/* SPDX-License-Identifier: Apache-2.0 */
/* Ranks against a plain sort, budgets against the definition. */
#include <float.h>

#include "core/arrcoc/attend.h"
#include "core/base/err.h"
#include "tests/unit/score_help.h"

/* ---- top k ---- */

/* Insertion, which never moves a cell past an equal one. */
static void sort_cells(const float *v, int cells, uint16_t *order)
{
    for (int i = 0; i < cells; i++) {
        int at = i;
        while (at > 0 && v[order[at - 1]] < v[i]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = (uint16_t)i;
    }
}

static void check_top(const float *v, int cells)
{
    static const int KS[] = {-3, 0, 1, 2, 50, 195, 196, 200, 1023, 1024, 2000};
    uint16_t want[ARR_CELLS], got[ARR_CELLS + 1];
    sort_cells(v, cells, want);
    for (size_t i = 0; i < sizeof KS / sizeof *KS; i++) {
        const int k = KS[i] < 0 ? 0 : KS[i] < cells ? KS[i] : cells;
        memset(got, 0xFF, sizeof got);
        assert_int_equal(arr_top_k(v, cells, KS[i], got), k);
        assert_memory_equal(got, want, (size_t)k * sizeof *got);
        assert_int_equal(got[k], 0xFFFF); /* nothing behind */
    }
    for (int i = 1; i < cells; i++) {
        assert_true(arr_top_key(v[want[i - 1]], want[i - 1]) > arr_top_key(v[want[i]], want[i]));
    }
}

static void test_top_random(void **state)
{
    (void)state;
    float v[ARR_CELLS];
    uint64_t seed = 1;
    for (int i = 0; i < 30; i++) {
        random_fill(&seed, v, ARR_CELLS, i % 2 == 0 ? 0.0f : -1.0f, 1.0f);
        check_top(v, ARR_CELLS);
        check_top(v, 196);
        check_top(v, 1);
    }
}

/* 4, 16, 64 and 256 different values: the lower index comes first. */
static void test_top_ties(void **state)
{
    (void)state;
    float v[ARR_CELLS];
    uint64_t seed = 2;
    for (int levels = 1; levels <= 256; levels *= 4) {
        for (size_t n = 0; n < ARR_CELLS; n++) {
            v[n] = (float)(random_below(&seed, levels) - levels / 2) / 64.0f;
        }
        check_top(v, ARR_CELLS);
        check_top(v, 196);
    }
}

/* -0 is 0, and every kind of number has its place. */
static void test_top_zeros_and_extremes(void **state)
{
    (void)state;
    static const float KINDS[] = {
        0.0f,  -0.0f,   FLT_TRUE_MIN, -FLT_TRUE_MIN, FLT_MIN,  -FLT_MIN,  1.0f,
        -1.0f, FLT_MAX, -FLT_MAX,     0.5f,          INFINITY, -INFINITY, 1.0f - FLT_EPSILON / 2};
    float v[ARR_CELLS];
    uint64_t seed = 3;
    for (size_t n = 0; n < ARR_CELLS; n++) {
        v[n] = KINDS[random_below(&seed, (int)(sizeof KINDS / sizeof *KINDS))];
    }
    check_top(v, ARR_CELLS);
    for (size_t n = 0; n < ARR_CELLS; n++) {
        v[n] = n % 3 == 0 ? -0.0f : 0.0f;
    }
    check_top(v, ARR_CELLS);
    assert_true(arr_top_key(-0.0f, 7) == arr_top_key(0.0f, 7));
    assert_true(arr_top_key(0.5f, 3) > arr_top_key(0.5f, 4));
}

/* ---- the curve ---- */

static struct arr_budget_options options(enum arr_policy policy, long total)
{
    return (struct arr_budget_options){
        .min_lod = 64, .max_lod = 400, .kappa = 3.2, .policy = policy, .total = total};
}

static void spread(float *scores, int k)
{
    for (int i = 0; i < k; i++) {
        scores[i] = (float)(k - 1 - i) / (float)(k - 1);
    }
}

static struct arr_budgets make(const float *scores, int k, const struct arr_budget_options *o)
{
    struct arr_budgets out = {0};
    struct err e = ERR_INIT;
    if (!arr_budgets_make(scores, k, o, &out, &e)) {
        fail_msg("%s", e.msg);
    }
    long sum = 0;
    for (int i = 0; i < out.k; i++) {
        sum += out.tokens[i];
    }
    assert_int_equal(sum, out.sum);
    return out;
}

static void test_curve(void **state)
{
    (void)state;
    float scores[ARR_CELLS];
    const struct arr_budget_options o = options(ARR_CURVE, 0);
    spread(scores, 200);
    const struct arr_budgets b = make(scores, 200, &o);
    assert_int_equal(b.k, 200);
    assert_int_equal(b.flags, 0);
    assert_int_equal(b.tokens[0], 400);
    assert_int_equal(b.tokens[199], 64);
    for (int i = 0; i < 200; i++) {
        const double s = (double)scores[i];
        assert_int_equal(b.tokens[i], (int)floor(64.0 + 336.0 * pow(s, 3.2) + 0.5));
        assert_near_one("curve", arr_budget_curve(s, &o), 64.0 + 336.0 * pow(s, 3.2), 1e-9);
    }
    /* Rounding each moves the sum of 28888 by no more than a few. */
    assert_in_range(b.sum, 28888 - 20, 28888 + 20);
    struct arr_lod lod;
    arr_lod_count(&b, &o, ARR_CELLS, &lod);
    assert_int_equal(lod.high, 24);
    assert_int_equal(lod.medium, 35); /* one of them by rounding 175.6 up */
    assert_int_equal(lod.low, 141);
    assert_int_equal(lod.dropped, 824);
    assert_near_one("compression", lod.compression, 1024.0 * 400.0 / (double)b.sum, 1e-9);
    assert_near_one("selection", lod.selection, 5.12, 1e-12);
}

/* 0.5 rounds up; scores need not reach from 0 to 1. */
static void test_curve_rounding(void **state)
{
    (void)state;
    const float scores[3] = {0.75f, 0.5f, 0.25f};
    const struct arr_budget_options o = {
        .min_lod = 10, .max_lod = 15, .kappa = 1.0, .policy = ARR_CURVE};
    const struct arr_budgets b = make(scores, 3, &o);
    assert_int_equal(b.tokens[0], 15);
    assert_int_equal(b.tokens[1], 13); /* 12.5 */
    assert_int_equal(b.tokens[2], 10);
}

static void test_curve_without_range(void **state)
{
    (void)state;
    const float scores[4] = {0.3f, 0.3f, 0.3f, 0.3f};
    const struct arr_budget_options o = options(ARR_CURVE, 0);
    const int middle = (int)floor(64.0 + 336.0 * pow(0.5, 3.2) + 0.5);
    for (int k = 0; k <= 4; k++) {
        const struct arr_budgets b = make(scores, k, &o);
        assert_int_equal(b.k, k);
        assert_int_equal(b.sum, k * middle);
        for (int i = 0; i < k; i++) {
            assert_int_equal(b.tokens[i], middle);
        }
    }
}

/* ---- exact ---- */

/* Descending; every fourth case has few different values, so that many are equal. */
static void random_scores(uint64_t *seed, float *scores, int k)
{
    const int levels = random_below(seed, 4) == 0 ? 1 + random_below(seed, 5) : 1 << 20;
    for (int i = 0; i < k; i++) {
        const float v = (float)random_below(seed, levels) / (float)levels;
        int at = i;
        while (at > 0 && scores[at - 1] < v) {
            scores[at] = scores[at - 1];
            at--;
        }
        scores[at] = v;
    }
}

static struct arr_budget_options random_options(uint64_t *seed, int k)
{
    struct arr_budget_options o = {.policy = ARR_EXACT};
    o.min_lod = 1 + random_below(seed, 128);
    o.max_lod = o.min_lod + 1 + random_below(seed, 400);
    o.kappa = (double)random_between(seed, 0.2f, 6.0f);
    /* From nothing to more than everybody can take. */
    o.total = (long)(random_bits(seed) % ((uint64_t)k * (uint64_t)o.max_lod * 5 / 4 + 2));
    return o;
}

static void check_invariants(const float *scores, int k, const struct arr_budget_options *o,
                             const struct arr_budgets *b)
{
    const bool is_dropped = o->total < (long)k * o->min_lod;
    assert_int_equal(b->k, is_dropped ? o->total / o->min_lod : k);
    assert_int_equal((b->flags & ARR_BUDGET_DROPPED) != 0, is_dropped);
    const bool is_capped = b->k > 0 && o->total > (long)b->k * o->max_lod;
    assert_int_equal((b->flags & ARR_BUDGET_CAPPED) != 0, is_capped);
    assert_int_equal(b->sum, b->k == 0 ? 0 : is_capped ? (long)b->k * o->max_lod : o->total);
    for (int i = 0; i < b->k; i++) {
        assert_in_range(b->tokens[i], o->min_lod, o->max_lod);
        if (i > 0) {
            assert_true(b->tokens[i] <= b->tokens[i - 1]);
            assert_true(scores[i] != scores[i - 1] || b->tokens[i] >= b->tokens[i - 1] - 1);
        }
    }
}

static void test_exact_invariants(void **state)
{
    (void)state;
    uint64_t seed = 4;
    float scores[ARR_CELLS];
    for (int i = 0; i < 10000; i++) {
        const int k = 1 + random_below(&seed, i % 50 == 0 ? ARR_CELLS : 60);
        random_scores(&seed, scores, k);
        const struct arr_budget_options o = random_options(&seed, k);
        const struct arr_budgets b = make(scores, k, &o);
        check_invariants(scores, k, &o, &b);
    }
}

/* The definition another way: lambda by bisection, then equal parts for those left at the minimum.
 */
static void oracle_shares(const float *scores, int k, const struct arr_budget_options *o,
                          double total, double *x)
{
    double t[ARR_CELLS], low = 0, high = 1e280, sum = 0;
    const double first = (double)scores[0], last = (double)scores[k - 1];
    const double span = o->max_lod - o->min_lod, extra = total - (double)k * o->min_lod;
    int zeros = 0, positive = 0;
    for (int i = 0; i < k; i++) {
        t[i] = pow(first > last ? ((double)scores[i] - last) / (first - last) : 0.5, o->kappa);
        zeros += t[i] == 0.0;
        positive += t[i] > 0.0;
    }
    const bool is_more = extra > span * positive;
    for (int step = 0; step < 2000 && !is_more; step++) {
        const double middle = step < 1000 ? sqrt(fmax(low, 1e-280) * high) : (low + high) / 2;
        sum = 0;
        for (int i = 0; i < k; i++) {
            sum += fmin(middle * t[i], span);
        }
        *(sum < extra ? &low : &high) = middle;
    }
    for (int i = 0; i < k; i++) {
        x[i] = is_more ? (t[i] > 0.0 ? span : (extra - span * positive) / zeros)
                       : fmin(high * t[i], span);
    }
}

/* How far the last that gets a token is from the first that does not. */
static double fraction_gap(const double *x, int k, double extra, int *got_one)
{
    double left = extra;
    for (int i = 0; i < k; i++) {
        left -= floor(x[i]);
        got_one[i] = 0;
    }
    double lowest_in = 1.0, highest_out = 0.0;
    for (int n = (int)lround(left); n > 0; n--) {
        int best = -1;
        for (int i = 0; i < k; i++) {
            if (!got_one[i] && (best < 0 || x[i] - floor(x[i]) > x[best] - floor(x[best]) + 1e-7)) {
                best = i;
            }
        }
        got_one[best] = 1;
        lowest_in = x[best] - floor(x[best]);
    }
    for (int i = 0; i < k; i++) {
        highest_out = got_one[i] ? highest_out : fmax(highest_out, x[i] - floor(x[i]));
    }
    return lowest_in - highest_out;
}

static void test_exact_oracle(void **state)
{
    (void)state;
    uint64_t seed = 5;
    int compared = 0;
    for (int i = 0; i < 1000; i++) {
        float scores[40];
        double x[40];
        int got_one[40];
        const int k = 1 + random_below(&seed, 40);
        random_scores(&seed, scores, k);
        struct arr_budget_options o = random_options(&seed, k);
        const long least = (long)k * o.min_lod, most = (long)k * o.max_lod;
        o.total = o.total < least ? least : o.total > most ? most : o.total;
        const struct arr_budgets b = make(scores, k, &o);
        oracle_shares(scores, k, &o, (double)o.total, x);
        bool is_clear = fraction_gap(x, k, (double)(o.total - least), got_one) > 1e-6;
        for (int j = 0; j < k; j++) {
            assert_true(fabs(b.tokens[j] - o.min_lod - x[j]) < 1.0 + 1e-6);
            const bool is_at_end = x[j] == 0.0 || x[j] == (double)(o.max_lod - o.min_lod);
            is_clear = is_clear && (is_at_end || fabs(x[j] - nearbyint(x[j])) > 1e-6);
        }
        for (int j = 0; j < k && is_clear; j++) {
            assert_int_equal(b.tokens[j], o.min_lod + (int)floor(x[j]) + got_one[j]);
            compared++;
        }
    }
    assert_true(compared > 1000); /* the comparison was one */
}

/* All alike: equal parts, and the better ranks get what does not divide. */
static void test_exact_equal_scores(void **state)
{
    (void)state;
    float scores[7];
    for (int i = 0; i < 7; i++) {
        scores[i] = 0.125f;
    }
    const struct arr_budget_options o = options(ARR_EXACT, 703);
    const struct arr_budgets b = make(scores, 7, &o);
    static const int WANT[7] = {101, 101, 101, 100, 100, 100, 100};
    assert_memory_equal(b.tokens, WANT, sizeof WANT);
}

static void test_exact_edges(void **state)
{
    (void)state;
    float scores[5] = {0.9f, 0.8f, 0.5f, 0.2f, 0.1f};
    static const struct {
        int k;
        long total;
        int want_k;
        long want_sum;
        unsigned flags;
    } CASES[] = {
        {1, 64, 1, 64, 0},
        {1, 100, 1, 100, 0},
        {1, 400, 1, 400, 0},
        {1, 401, 1, 400, ARR_BUDGET_CAPPED},
        {1, 63, 0, 0, ARR_BUDGET_DROPPED},
        {1, 0, 0, 0, ARR_BUDGET_DROPPED},
        {5, 319, 4, 319, ARR_BUDGET_DROPPED},
        {5, 320, 5, 320, 0},
        {5, 2000, 5, 2000, 0},
        {5, 2001, 5, 2000, ARR_BUDGET_CAPPED},
        {5, 100000, 5, 2000, ARR_BUDGET_CAPPED},
        {0, 500, 0, 0, 0},
        {0, 0, 0, 0, 0},
    };
    for (size_t i = 0; i < sizeof CASES / sizeof *CASES; i++) {
        const struct arr_budget_options o = options(ARR_EXACT, CASES[i].total);
        const struct arr_budgets b = make(scores, CASES[i].k, &o);
        assert_int_equal(b.k, CASES[i].want_k);
        assert_int_equal(b.sum, CASES[i].want_sum);
        assert_int_equal(b.flags, CASES[i].flags);
    }
}

/* Those at the end of the curve get more than the minimum only when all others are full. */
static void test_exact_rest(void **state)
{
    (void)state;
    const float scores[4] = {1.0f, 0.001f, 0.0f, 0.0f};
    struct arr_budget_options o = options(ARR_EXACT, 2 * 400 + 2 * 64);
    struct arr_budgets b = make(scores, 4, &o);
    static const int FULL[4] = {400, 400, 64, 64};
    assert_memory_equal(b.tokens, FULL, sizeof FULL);
    o.total += 11;
    b = make(scores, 4, &o);
    static const int MORE[4] = {400, 400, 70, 69};
    assert_memory_equal(b.tokens, MORE, sizeof MORE);
}

/* The seed variant: every patch of 14 x 14 selected, 200 tokens a patch on average. */
static void test_seed_variant(void **state)
{
    (void)state;
    float scores[196];
    uint64_t seed = 6;
    random_scores(&seed, scores, 196);
    const struct arr_budget_options o = options(ARR_EXACT, 196 * 200);
    const struct arr_budgets b = make(scores, 196, &o);
    assert_int_equal(b.k, 196);
    assert_int_equal(b.sum, 39200);
    check_invariants(scores, 196, &o, &b);
}

static void test_refused(void **state)
{
    (void)state;
    const float scores[3] = {0.9f, 0.5f, 0.1f}, rising[2] = {0.1f, 0.2f}, broken[1] = {NAN};
    const struct arr_budget_options good = options(ARR_EXACT, 500);
    struct arr_budget_options bad[6] = {good, good, good, good, good, good};
    bad[0].min_lod = 0;
    bad[1].max_lod = 64;
    bad[2].kappa = 0.0;
    bad[3].kappa = (double)NAN;
    bad[4].kappa = (double)INFINITY;
    bad[5].total = -1;
    struct arr_budgets out;
    for (size_t i = 0; i < 6; i++) {
        struct err e = ERR_INIT;
        assert_false(arr_budgets_make(scores, 3, &bad[i], &out, &e));
        assert_int_equal(e.code, ERR_USAGE);
        assert_non_null(strstr(e.msg, "budgets"));
    }
    struct err e = ERR_INIT;
    assert_false(arr_budgets_make(scores, -1, &good, &out, &e));
    assert_false(arr_budgets_make(scores, ARR_CELLS + 1, &good, &out, &e));
    assert_non_null(strstr(e.msg, "1025 regions"));
    assert_false(arr_budgets_make(rising, 2, &good, &out, &e));
    assert_non_null(strstr(e.msg, "rank 1"));
    assert_false(arr_budgets_make(broken, 1, &good, &out, &e));
    assert_int_equal(e.code, ERR_USAGE);
}

/* ---- classes ---- */

static void test_classes(void **state)
{
    (void)state;
    const struct arr_budget_options o = options(ARR_CURVE, 0);
    assert_int_equal(arr_lod_class(64, &o), 0);
    assert_int_equal(arr_lod_class(175, &o), 0);
    assert_int_equal(arr_lod_class(176, &o), 1);
    assert_int_equal(arr_lod_class(287, &o), 1);
    assert_int_equal(arr_lod_class(288, &o), 2);
    assert_int_equal(arr_lod_class(400, &o), 2);
    const struct arr_budgets none = {0};
    struct arr_lod lod;
    arr_lod_count(&none, &o, 196, &lod);
    assert_int_equal(lod.dropped, 196);
    assert_int_equal(lod.high + lod.medium + lod.low, 0);
    assert_true(lod.compression == 0.0 && lod.selection == 0.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_top_random),
        cmocka_unit_test(test_top_ties),
        cmocka_unit_test(test_top_zeros_and_extremes),
        cmocka_unit_test(test_curve),
        cmocka_unit_test(test_curve_rounding),
        cmocka_unit_test(test_curve_without_range),
        cmocka_unit_test(test_exact_invariants),
        cmocka_unit_test(test_exact_oracle),
        cmocka_unit_test(test_exact_equal_scores),
        cmocka_unit_test(test_exact_edges),
        cmocka_unit_test(test_exact_rest),
        cmocka_unit_test(test_seed_variant),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_classes),
    };
    return cmocka_run_group_tests_name("attend", tests, NULL, NULL);
}
