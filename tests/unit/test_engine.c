/* SPDX-License-Identifier: Apache-2.0 */
/* Threads: run under ThreadSanitizer too. */
/* The handle: what is kept between runs, batches, devices that fail, options and bad
 * input, and several threads on one handle. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/engine_help.h"
#include "tests/unit/stub_backend.h"

/* ---- pictures ---- */

/* Gray with a red square around the cell (24, 8). */
static struct made red_square(int w, int h)
{
    struct made m = {w, h, xmalloc((size_t)w * (size_t)h * 3)};
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            uint8_t *p = m.rgb + ((size_t)y * (size_t)w + (size_t)x) * 3;
            const bool is_red = abs(x - w * 49 / 64) < w / 20 && abs(y - h * 17 / 64) < h / 20;
            p[0] = is_red ? 220 : (uint8_t)(120 + (x * 7 + y * 3) % 16);
            p[1] = is_red ? 20 : p[0];
            p[2] = is_red ? 20 : p[0];
        }
    }
    return m;
}

/* ---- stages are kept ---- */

static void check_computed(const struct arr_result *r, unsigned want)
{
    for (int s = 0; s < ARR_STAGE_BUDGET; s++) {
        if (r->was_computed[s] != ((want >> s) & 1U)) {
            fail_msg("stage %s was %scomputed", arr_stage_name((enum arr_stage)s),
                     r->was_computed[s] ? "" : "not ");
        }
    }
}

static void test_slider_recomputes_what_it_touches(void **state)
{
    (void)state;
    struct made m = noise(640, 480, 1);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    look_at(a, &m);
    arr_set_query(a, "the red thing", NULL);
    run(a, &o, r);
    check_computed(r, 1U << ARR_STAGE_RESIZE | 1U << ARR_STAGE_TEXTURE | 1U << ARR_STAGE_ARRAY |
                          1U << ARR_STAGE_PARTIC | 1U << ARR_STAGE_SCORE);
    run(a, &o, r);
    check_computed(r, 0);
    o.scale[ARR_INFO] = 2.0F;
    run(a, &o, r);
    check_computed(r, 1U << ARR_STAGE_SCORE);
    o.budget.max_lod = 300;
    o.region.max_regions = 2;
    run(a, &o, r);
    check_computed(r, 0);
    arr_set_query(a, "the blue thing", NULL);
    run(a, &o, r);
    check_computed(r, 1U << ARR_STAGE_PARTIC | 1U << ARR_STAGE_SCORE);
    o.texture = ARR_TEXTURE_40;
    run(a, &o, r);
    check_computed(r, 1U << ARR_STAGE_ARRAY | 1U << ARR_STAGE_PARTIC | 1U << ARR_STAGE_SCORE);
    assert_true(r->array.have & ARR_WANT_ARRAY);
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

/* What was kept must be what a fresh handle computes. */
static void test_kept_equals_fresh(void **state)
{
    (void)state;
    struct made m = red_square(500, 400);
    struct arr *kept = open_cpu();
    struct arr_result *r = arr_result_new(), *f = arr_result_new();
    static const char *const QUERY[] = {NULL, "where is the red square", "top left", "zzz"};
    look_at(kept, &m);
    for (int i = 0; i < 24; i++) {
        struct arr_options o = ARR_OPTIONS_INIT;
        o.texture = i % 5 == 3 ? ARR_TEXTURE_40 : i % 5 == 4 ? ARR_TEXTURE_V2 : ARR_TEXTURE_13;
        o.resize = i % 3 ? ARR_PATH_B : ARR_PATH_A;
        o.info = i % 7 == 2 ? ARR_INFO_VISUAL : ARR_INFO_REFERENCE;
        o.scale[i % 3] = (float)(i % 4);
        o.k = 50 + i * 30;
        struct arr *fresh = open_cpu();
        look_at(fresh, &m);
        arr_set_query(fresh, QUERY[i % 4], NULL);
        arr_set_query(kept, QUERY[i % 4], NULL);
        run(kept, &o, r);
        run(fresh, &o, f);
        assert_memory_equal(r->balance.balanced, f->balance.balanced, sizeof r->balance.balanced);
        assert_memory_equal(&r->texture, &f->texture, sizeof r->texture);
        assert_int_equal(r->k, f->k);
        assert_memory_equal(r->order, f->order, (size_t)r->k * sizeof *r->order);
        assert_int_equal(r->budgets.sum, f->budgets.sum);
        assert_int_equal(r->flags, f->flags);
        assert_int_equal(r->has_plan, f->has_plan);
        assert_int_equal(r->plan.total, f->plan.total);
        arr_free(fresh);
    }
    arr_result_free(r);
    arr_result_free(f);
    arr_free(kept);
    free(m.rgb);
}

/* ---- what it says ---- */

static void test_finds_the_red_square(void **state)
{
    (void)state;
    struct made m = red_square(800, 600);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    look_at(a, &m);
    arr_set_query(a, "where is the red zorb", NULL);
    for (int texture = ARR_TEXTURE_13; texture <= ARR_TEXTURE_40; texture++) {
        struct arr_options o = ARR_OPTIONS_INIT;
        o.texture = (enum arr_texture_kind)texture;
        run(a, &o, r);
        assert_int_equal(r->ladder, ARR_PARTIC_LEXICAL);
        assert_int_equal(r->reading.n_ignored, 1);
        assert_string_equal(r->reading.ignored[0], "zorb");
        const int x = r->order[0] % 32, y = r->order[0] / 32;
        assert_in_range(x, 22, 26);
        assert_in_range(y, 6, 10);
    }
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

static void test_unknown_words_change_nothing(void **state)
{
    (void)state;
    struct made m = noise(300, 200, 5);
    struct arr *a = open_cpu();
    struct arr_result *without = arr_result_new(), *with = arr_result_new();
    const struct arr_options o = ARR_OPTIONS_INIT;
    look_at(a, &m);
    run(a, &o, without);
    assert_false(without->flags & ARR_R_NO_LEXICAL);
    arr_set_query(a, "where is the zorb", NULL);
    run(a, &o, with);
    assert_true(with->flags & ARR_R_NO_LEXICAL);
    assert_int_equal(with->ladder, ARR_PARTIC_NONE);
    assert_memory_equal(with->balance.balanced, without->balance.balanced,
                        sizeof with->balance.balanced);
    assert_memory_equal(with->order, without->order, (size_t)with->k * sizeof *with->order);
    arr_result_free(with);
    arr_result_free(without);
    arr_free(a);
    free(m.rgb);
}

/* Scaling up the little that looks purple in a picture without purple would show noise. */
static void test_colour_that_is_nowhere(void **state)
{
    (void)state;
    struct made m = red_square(300, 200);
    struct arr *a = open_cpu();
    struct arr_result *without = arr_result_new(), *with = arr_result_new();
    const struct arr_options o = ARR_OPTIONS_INIT;
    look_at(a, &m);
    run(a, &o, without);
    arr_set_query(a, "where is the purple one", NULL);
    run(a, &o, with);
    assert_true(with->reading.hits[0].is_faint);
    assert_true(with->flags & ARR_R_NO_LEXICAL);
    assert_memory_equal(with->order, without->order, (size_t)with->k * sizeof *with->order);
    arr_set_query(a, "describe the scene", NULL);
    run(a, &o, with);
    assert_false(with->flags & ARR_R_NO_LEXICAL);
    assert_true(with->balance.tensions.compress > 0.8F);
    arr_result_free(with);
    arr_result_free(without);
    arr_free(a);
    free(m.rgb);
}

static void test_no_evidence(void **state)
{
    (void)state;
    struct made m = noise(64, 64, 6);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    float map[ARR_CELLS];
    uint16_t order[ARR_CELLS];
    look_at(a, &m);
    o.scale[0] = o.scale[1] = o.scale[2] = 0.0F;
    for (int random = 0; random < 2; random++) {
        o.ablate_random = random;
        run(a, &o, r);
        assert_true(r->flags & ARR_R_NO_EVIDENCE);
        assert_true(r->balance.balanced[17] == 0.5F);
        arr_baseline_map(random ? ARR_RANDOM : ARR_UNIFORM, ARR_GRID, o.k, map);
        assert_int_equal(arr_top_k(map, ARR_CELLS, o.k, order), r->k);
        assert_memory_equal(order, r->order, (size_t)r->k * sizeof *order);
    }
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

static void test_seed_grid(void **state)
{
    (void)state;
    struct made m = noise(300, 500, 8);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    look_at(a, &m);
    run(a, &ARR_OPTIONS_SEED, r);
    assert_int_equal(r->cells, 196);
    assert_int_equal(r->k, 196);
    assert_int_equal(r->budgets.sum, 39200);
    for (int i = 0; i < r->budgets.k; i++) {
        assert_in_range(r->budgets.tokens[i], 64, 400);
    }
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

static void test_given_map(void **state)
{
    (void)state;
    struct made m = noise(300, 300, 9);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    float map[ARR_CELLS] = {0};
    map[777] = 1.0F;
    look_at(a, &m);
    o.scale[ARR_INFO] = o.scale[ARR_PERSP] = 0.0F;
    assert_true(arr_set_partic_map(a, map, ARR_GRID, NULL));
    run(a, &o, r);
    assert_int_equal(r->ladder, ARR_PARTIC_MAP);
    assert_int_equal(r->order[0], 777);
    assert_true(arr_set_partic_map(a, NULL, 0, NULL));
    run(a, &o, r);
    assert_int_equal(r->ladder, ARR_PARTIC_NONE);
    assert_true(r->flags & ARR_R_NO_EVIDENCE);
    map[3] = NAN;
    assert_false(arr_set_partic_map(a, map, ARR_GRID, NULL));
    assert_false(arr_set_partic_map(a, map, 31, NULL));
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

/* ---- many ---- */

static void test_batch_is_one_by_one(void **state)
{
    (void)state;
    enum { N = 9 };
    struct made m[N];
    struct arr_image images[N];
    struct arr_result *together[N], *r = arr_result_new();
    struct arr *a = open_cpu();
    arr_set_query(a, "bright red at the top", NULL);
    for (int i = 0; i < N; i++) {
        m[i] = noise(20 + i * 61, 700 - i * 70, (uint64_t)i);
        images[i] = image_of(&m[i]);
        together[i] = arr_result_new();
    }
    for (int texture = ARR_TEXTURE_13; texture <= ARR_TEXTURE_40; texture += 2) {
        struct arr_options o = ARR_OPTIONS_INIT;
        o.texture = (enum arr_texture_kind)texture;
        assert_true(arr_run_batch(a, images, N, &o, together, NULL));
        for (int i = 0; i < N; i++) {
            look_at(a, &m[i]);
            run(a, &o, r);
            assert_memory_equal(r->balance.balanced, together[i]->balance.balanced,
                                sizeof r->balance.balanced);
            assert_memory_equal(r->order, together[i]->order, (size_t)r->k * sizeof *r->order);
            assert_int_equal(r->plan.total, together[i]->plan.total);
        }
    }
    for (int i = 0; i < N; i++) {
        free(m[i].rgb);
        arr_result_free(together[i]);
    }
    arr_result_free(r);
    arr_free(a);
}

static void test_history_channels(void **state)
{
    (void)state;
    struct made m = noise(200, 200, 4);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    o.texture = ARR_TEXTURE_40;
    look_at(a, &m);
    arr_set_query(a, "red", NULL);
    run(a, &o, r);
    assert_int_equal(r->array.state[ARR_C_PREV_QUERY], ARR_ABSENT);
    assert_int_equal(r->array.state[ARR_C_BALANCED], ARR_PRESENT);
    assert_int_equal(r->array.state[ARR_C_GAZE], ARR_ABSENT);
    float before[ARR_CELLS];
    memcpy(before, r->balance.balanced, sizeof before);
    arr_set_query(a, "blue", NULL);
    arr_mark_gaze(a, 5, 7);
    run(a, &o, r);
    assert_int_equal(r->array.state[ARR_C_PREV_QUERY], ARR_PRESENT);
    assert_memory_equal(r->array.c[ARR_C_PREV_QUERY], before, sizeof before);
    assert_int_equal(r->array.state[ARR_C_GAZE], ARR_PRESENT);
    assert_true(r->array.c[ARR_C_GAZE][7 * 32 + 5] == 1.0F);
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

/* ---- a device that fails ---- */

static void test_device_fails(void **state)
{
    (void)state;
    static const enum arr_status STATUS[] = {ARR_NO_MEMORY, ARR_LOST, ARR_NOT_DONE};
    struct made m = red_square(256, 256);
    struct arr_result *want = arr_result_new(), *got = arr_result_new();
    const struct arr_options o = ARR_OPTIONS_INIT;
    struct arr *healthy = open_cpu();
    look_at(healthy, &m);
    run(healthy, &o, want);
    for (size_t i = 0; i < sizeof STATUS / sizeof *STATUS; i++) {
        struct stub stub = {.status = STATUS[i]};
        struct arr *a = open_cpu();
        a->device = &STUB_BACKEND;
        a->device_state = &stub;
        look_at(a, &m);
        run(a, &o, got);
        assert_memory_equal(got->order, want->order, (size_t)want->k * sizeof *want->order);
        assert_int_equal(got->flags & ARR_R_FELL_BACK,
                         STATUS[i] == ARR_NOT_DONE ? 0 : ARR_R_FELL_BACK);
        assert_int_equal(stub.n_closed, STATUS[i] == ARR_LOST);
        assert_string_equal(got->backend, STATUS[i] == ARR_LOST ? "cpu" : "stub");
        if (STATUS[i] != ARR_NOT_DONE) {
            assert_non_null(strstr(a->notice, "it broke"));
        }
        arr_free(a);
        assert_int_equal(stub.n_closed, 1);
    }
    arr_result_free(want);
    arr_result_free(got);
    arr_free(healthy);
    free(m.rgb);
}

/* ---- bad input ---- */

static void expect_refusal(struct arr *a, const struct arr_options *o, const char *words)
{
    struct arr_result *r = arr_result_new();
    struct err e = ERR_INIT;
    assert_false(arr_run(a, o, r, &e));
    assert_int_equal(e.code, ERR_USAGE);
    if (!strstr(e.msg, words)) {
        fail_msg("\"%s\" does not say \"%s\"", e.msg, words);
    }
    arr_result_free(r);
}

static void test_options_refused(void **state)
{
    (void)state;
    struct made m = noise(40, 40, 1);
    struct arr *a = open_cpu();
    struct arr_options o = ARR_OPTIONS_INIT;
    expect_refusal(a, &o, "no picture");
    look_at(a, &m);
#define REFUSED(change, words)                                                                     \
    o = ARR_OPTIONS_INIT;                                                                          \
    change;                                                                                        \
    expect_refusal(a, &o, words)
    REFUSED(o.grid = 31, "grid");
    REFUSED(o.k = 0, "at least 1");
    REFUSED(o.scale[1] = -0.5F, "perspectival");
    REFUSED(o.scale[2] = NAN, "participatory");
    REFUSED(o.scale[0] = 31.0F, "information");
    REFUSED(o.explore = 1.5F, "explore");
    REFUSED(o.tensions.focus = 2.0F, "focus");
    REFUSED(o.budget.min_lod = 400, "make no sense");
    REFUSED(o.budget.kappa = 0.0, "exponent");
    REFUSED(o.region.max_regions = 0, "regions");
    REFUSED(o.balancer = ARR_BALANCER_ADAPTIVE, "needs weights");
    REFUSED(o.balancer = ARR_BALANCER_CONTEXTUAL, "needs its weights");
    REFUSED((o.grid = 14, o.texture = ARR_TEXTURE_40), "14 x 14");
    arr_free(a);
    free(m.rgb);
}

static void test_odd_pictures(void **state)
{
    (void)state;
    static const int SIZE[][2] = {{1, 1}, {1, 10000}, {10000, 1}, {2, 3}, {20000, 2}};
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    for (size_t i = 0; i < sizeof SIZE / sizeof *SIZE; i++) {
        struct made m = noise(SIZE[i][0], SIZE[i][1], 7);
        look_at(a, &m);
        for (int texture = ARR_TEXTURE_13; texture <= ARR_TEXTURE_40; texture++) {
            struct arr_options o = ARR_OPTIONS_INIT;
            o.texture = (enum arr_texture_kind)texture;
            run(a, &o, r);
            for (int j = 0; j < ARR_CELLS; j++) {
                assert_true(r->balance.balanced[j] >= 0.0F && r->balance.balanced[j] <= 1.0F);
            }
            assert_true(r->has_plan || r->plan_why[0]);
        }
        free(m.rgb);
    }
    arr_result_free(r);
    arr_free(a);
}

static void test_floats(void **state)
{
    (void)state;
    enum { SIDE = 40 };
    float *pixels = xcalloc((size_t)SIDE * SIDE * 3, sizeof *pixels);
    struct arr_image image = {.format = ARR_RGB_PLANAR,
                              .pixels = pixels,
                              .width = SIDE,
                              .height = SIDE,
                              .stride_bytes = SIDE * sizeof *pixels};
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    struct arr_options o = ARR_OPTIONS_INIT;
    for (int i = 0; i < SIDE * SIDE * 3; i++) {
        pixels[i] = (float)(i % 97) / 96.0F;
    }
    assert_true(arr_set_image(a, &image, NULL));
    run(a, &o, r);
    o.texture = ARR_TEXTURE_40;
    run(a, &o, r);
    for (int i = 0; i < SIDE * SIDE * 3; i++) {
        pixels[i] = i % 2 ? NAN : 0.5F;
    }
    assert_true(arr_set_image(a, &image, NULL));
    struct err e = ERR_INIT;
    assert_false(arr_run(a, &o, r, &e));
    assert_int_equal(e.code, ERR_DAMAGED);
    image.width = 0;
    assert_false(arr_set_image(a, &image, NULL));
    arr_result_free(r);
    arr_free(a);
    free(pixels);
}

/* Alpha is put over white, alone and in a batch; what is opaque is what it was. */
static void test_alpha(void **state)
{
    (void)state;
    enum { SIDE = 64 };
    struct made m = noise(SIDE, SIDE, 21), flat = noise(SIDE, SIDE, 21);
    uint8_t *rgba = xmalloc((size_t)SIDE * SIDE * 4);
    for (size_t i = 0; i < (size_t)SIDE * SIDE; i++) {
        const unsigned alpha = i % 3 == 0 ? 255U : (unsigned)(i % 256);
        rgba[4 * i + 3] = (uint8_t)alpha;
        for (size_t c = 0; c < 3; c++) {
            const double v = m.rgb[3 * i + c];
            rgba[4 * i + c] = m.rgb[3 * i + c];
            flat.rgb[3 * i + c] = (uint8_t)floor((v * alpha + 255.0 * (255 - alpha)) / 255.0 + 0.5);
        }
    }
    const struct arr_image image = {.format = ARR_RGBA8,
                                    .pixels = rgba,
                                    .width = SIDE,
                                    .height = SIDE,
                                    .stride_bytes = SIDE * 4};
    struct arr *a = open_cpu();
    struct arr_result *want = arr_result_new(), *got = arr_result_new();
    const struct arr_options o = ARR_OPTIONS_INIT;
    look_at(a, &flat);
    run(a, &o, want);
    assert_true(arr_set_image(a, &image, NULL));
    run(a, &o, got);
    assert_memory_equal(got->texture.t, want->texture.t, sizeof got->texture.t);
    assert_true(arr_run_batch(a, &image, 1, &o, &got, NULL));
    assert_memory_equal(got->order, want->order, (size_t)want->k * sizeof *want->order);
    arr_result_free(want);
    arr_result_free(got);
    arr_free(a);
    free(rgba);
    free(m.rgb);
    free(flat.rgb);
}

static void test_long_query(void **state)
{
    (void)state;
    struct made m = noise(50, 50, 2);
    struct arr *a = open_cpu();
    struct arr_result *r = arr_result_new();
    const struct arr_options o = ARR_OPTIONS_INIT;
    char *query = xmalloc(100001);
    for (size_t i = 0; i < 100000; i++) {
        query[i] = i % 4 == 3 ? ' ' : "red"[i % 4];
    }
    query[100000] = '\0';
    look_at(a, &m);
    assert_true(arr_set_query(a, query, NULL));
    run(a, &o, r);
    assert_true(r->reading.is_cut);
    free(query);
    arr_result_free(r);
    arr_free(a);
    free(m.rgb);
}

/* ---- threads ---- */

struct worker {
    struct arr *a;
    const struct made *m;
    bool ok;
};

static void *work(void *arg)
{
    struct worker *w = arg;
    struct arr_result *r = arr_result_new();
    const struct arr_image image = image_of(w->m);
    w->ok = true;
    for (int i = 0; i < 6; i++) {
        struct arr_options o = ARR_OPTIONS_INIT;
        o.scale[i % 3] = 1.0F + (float)i;
        w->ok = w->ok && arr_set_image(w->a, &image, NULL) &&
                arr_set_query(w->a, i % 2 ? "red" : "left", NULL) && arr_run(w->a, &o, r, NULL) &&
                r->k == 200;
    }
    arr_result_free(r);
    return NULL;
}

static void test_threads_share_a_handle(void **state)
{
    (void)state;
    enum { N = 3 };
    struct made m = noise(90, 70, 11);
    struct arr *a = open_cpu();
    struct worker w[N];
    pthread_t t[N];
    for (int i = 0; i < N; i++) {
        w[i] = (struct worker){a, &m, false};
        assert_int_equal(pthread_create(&t[i], NULL, work, &w[i]), 0);
    }
    for (int i = 0; i < N; i++) {
        pthread_join(t[i], NULL);
        assert_true(w[i].ok);
    }
    arr_free(a);
    free(m.rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slider_recomputes_what_it_touches),
        cmocka_unit_test(test_kept_equals_fresh),
        cmocka_unit_test(test_finds_the_red_square),
        cmocka_unit_test(test_unknown_words_change_nothing),
        cmocka_unit_test(test_colour_that_is_nowhere),
        cmocka_unit_test(test_no_evidence),
        cmocka_unit_test(test_seed_grid),
        cmocka_unit_test(test_given_map),
        cmocka_unit_test(test_batch_is_one_by_one),
        cmocka_unit_test(test_history_channels),
        cmocka_unit_test(test_device_fails),
        cmocka_unit_test(test_options_refused),
        cmocka_unit_test(test_odd_pictures),
        cmocka_unit_test(test_floats),
        cmocka_unit_test(test_alpha),
        cmocka_unit_test(test_long_query),
        cmocka_unit_test(test_threads_share_a_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
