/* SPDX-License-Identifier: Apache-2.0 */
/* From selected cells to crops: what holds for any selection, then cases one can check by eye. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/arrcoc/attend.h"
#include "core/arrcoc/realize.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"

static const struct arr_region_options DEFAULTS = {
    .max_regions = 4, .overview = 256, .min_lod = 64, .max_lod = 400, .kappa = 3.2};

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int below(uint64_t *state, int n)
{
    return (int)(next_random(state) % (uint64_t)n);
}

static double unit(uint64_t *state)
{
    return (double)(next_random(state) >> 40) / (double)(1 << 24);
}

static void assert_near(double a, double b, double tolerance)
{
    if (!(fabs(a - b) <= tolerance)) {
        fail_msg("%.12g is not %.12g", a, b);
    }
}

struct picture {
    int grid, width, height, k;
    float map[ARR_CELLS];
    uint16_t order[ARR_CELLS];
};

/* A few blobs, or scattered cells, of a picture of any size. */
static void make_picture(struct picture *p, uint64_t *seed)
{
    static const int sides[] = {1, 2, 5, 31, 32, 33, 100, 640, 1080, 1920, 3840};
    p->grid = below(seed, 3) ? 32 : 14;
    p->width = sides[below(seed, 11)];
    p->height = sides[below(seed, 11)];
    while (p->width > 200 * p->height || p->height > 200 * p->width) {
        p->height = sides[below(seed, 11)];
    }
    const int blobs = below(seed, 6), n = p->grid * p->grid;
    for (int i = 0; i < n; i++) {
        p->map[i] = (float)(0.2 * unit(seed));
    }
    for (int b = 0; b < blobs; b++) {
        const double cx = unit(seed) * p->grid, cy = unit(seed) * p->grid, r = 1 + 4 * unit(seed);
        for (int i = 0; i < n; i++) {
            const double dx = i % p->grid - cx, dy = i / p->grid - cy;
            p->map[i] += (float)exp(-(dx * dx + dy * dy) / (2 * r * r));
        }
    }
    p->k = arr_top_k(p->map, n, 1 + below(seed, below(seed, 2) ? 30 : n), p->order);
}

static long area(struct arr_box b)
{
    return b.x1 > b.x0 && b.y1 > b.y0 ? (long)(b.x1 - b.x0) * (b.y1 - b.y0) : 0;
}

static void check_apart(const struct arr_box a, const struct arr_box b)
{
    const struct arr_box c = {a.x0 > b.x0 ? a.x0 : b.x0, a.y0 > b.y0 ? a.y0 : b.y0,
                              a.x1 < b.x1 ? a.x1 : b.x1, a.y1 < b.y1 ? a.y1 : b.y1};
    const long smaller = area(a) < area(b) ? area(a) : area(b);
    assert_true((double)area(c) <= 0.3 * (double)smaller + 1e-9);
}

static void check_inside(const struct arr_box b, int w, int h)
{
    assert_true(b.x0 >= 0 && b.y0 >= 0 && b.x0 < b.x1 && b.y0 < b.y1 && b.x1 <= w && b.y1 <= h);
}

/* One crop: whole tokens that the server neither adds to nor takes from. */
static void check_crop(const struct arr_vlm *vlm, const struct arr_region *r)
{
    const int h = r->rows * vlm->factor, w = r->cols * vlm->factor;
    int new_h = 0, new_w = 0;
    assert_true(arr_smart_resize(vlm, h, w, &new_h, &new_w, NULL));
    assert_int_equal(new_h, h);
    assert_int_equal(new_w, w);
    assert_int_equal(r->tokens, r->rows * r->cols);
    const double native = (double)area(r->pixels);
    assert_near(r->zoom, sqrt((double)h * w / native), 1e-9);
    if (!r->is_raised) {
        assert_true(r->tokens <= r->asked);
        assert_true((double)h * w <= 4 * native);
    }
    assert_true(!r->is_capped || r->is_raised || r->tokens < r->asked);
}

static void check_plan(const struct picture *p, const struct arr_region_options *o,
                       const struct arr_plan *plan)
{
    check_inside(plan->overview.pixels, p->width, p->height);
    assert_int_equal(area(plan->overview.pixels), (long)p->width * p->height);
    check_crop(plan->vlm, &plan->overview);
    assert_true((int)plan->n_regions + plan->n_dropped + plan->n_covered <= o->max_regions);
    assert_true(o->total > 0 ? plan->total <= o->total
                             : plan->total <= plan->plain_tokens || plan->n_regions == 0);
    long total = plan->overview.tokens, asked = 0;
    int selected = 0;
    double weight = 0;
    for (size_t i = 0; i < plan->n_regions; i++) {
        const struct arr_region *r = &plan->regions[i];
        check_inside(r->cells, p->grid, p->grid);
        check_inside(r->pixels, p->width, p->height);
        check_crop(plan->vlm, r);
        assert_true(r->asked >= o->min_lod && r->asked <= o->max_lod);
        assert_near(r->score, r->weight / r->n_selected, 1e-12);
        assert_true(r->zoom >= 1.25 * plan->overview.zoom);
        assert_true(i == 0 || plan->regions[i - 1].weight >= r->weight);
        for (size_t j = 0; j < i; j++) {
            check_apart(plan->regions[j].cells, r->cells);
            if (p->width < p->grid || p->height < p->grid) {
                check_apart(plan->regions[j].pixels, r->pixels);
            }
        }
        total += r->tokens;
        asked += r->asked;
        selected += r->n_selected;
        weight += r->weight;
    }
    assert_int_equal(plan->total, total);
    assert_near(plan->vlm_ratio, (double)plan->plain_tokens / (double)total, 1e-12);
    assert_int_equal(plan->overview.n_selected, p->k);
    const bool is_whole = plan->n_dropped == 0 && plan->n_covered == 0;
    if (is_whole) {
        assert_int_equal(selected, p->k);
        assert_near(weight, plan->overview.weight, 1e-6);
    }
    const long left = o->total - plan->overview.tokens;
    const long n = (long)plan->n_regions;
    if (o->total > 0 && is_whole && left >= n * o->min_lod) {
        assert_int_equal(asked, left < n * o->max_lod ? left : n * o->max_lod);
    }
}

static void any_selection_makes_a_sound_plan(void **state)
{
    (void)state;
    uint64_t seed = 66;
    int made = 0, dropped = 0, covered = 0, raised = 0, capped = 0, short_of = 0;
    for (int i = 0; i < 1000; i++) {
        struct picture p;
        make_picture(&p, &seed);
        struct arr_region_options o = DEFAULTS;
        o.max_regions = 1 + below(&seed, below(&seed, 4) ? 6 : ARR_REGIONS_MAX);
        o.total = below(&seed, 2) ? 0 : 1 + below(&seed, below(&seed, 4) ? 2000 : 80);
        o.small = below(&seed, 2) ? ARR_SMALL_RAISE : ARR_SMALL_DROP;
        o.min_lod = below(&seed, 2) ? 64 : 8;
        struct arr_plan plan, again;
        struct err e = ERR_INIT;
        const struct arr_vlm *vlm = arr_vlm_at((size_t)below(&seed, 5));
        if (!arr_plan_make(vlm, p.width, p.height, p.grid, p.map, p.order, p.k, &o, &plan, &e)) {
            assert_int_equal(e.code, ERR_USAGE);
            assert_non_null(strstr(e.msg, "do not reach for the overview"));
            short_of++;
            continue;
        }
        check_plan(&p, &o, &plan);
        assert_true(
            arr_plan_make(vlm, p.width, p.height, p.grid, p.map, p.order, p.k, &o, &again, &e));
        assert_memory_equal(&plan, &again, sizeof plan);
        made++;
        dropped += plan.n_dropped > 0;
        covered += plan.n_covered > 0;
        for (size_t r = 0; r < plan.n_regions; r++) {
            raised += plan.regions[r].is_raised;
            capped += plan.regions[r].is_capped;
        }
    }
    assert_true(made > 500 && dropped > 50 && covered > 50 && raised > 5 && capped > 50 &&
                short_of > 5);
}

/* ---- boxes ---- */

static void plan_cells(struct arr_plan *plan, const char *const *rows, size_t n_rows,
                       const struct arr_region_options *o)
{
    float map[ARR_CELLS] = {0};
    uint16_t order[ARR_CELLS];
    int k = 0;
    for (size_t y = 0; y < n_rows; y++) {
        for (size_t x = 0; rows[y][x]; x++) {
            if (rows[y][x] != '.') {
                map[y * 32 + x] = (float)(rows[y][x] - '0') / 10;
                k++;
            }
        }
    }
    assert_int_equal(arr_top_k(map, 1024, k, order), k);
    struct err e = ERR_INIT;
    assert_true(
        arr_plan_make(arr_vlm_find("qwen3-vl"), 3200, 3200, 32, map, order, k, o, plan, &e));
}

static void assert_box(struct arr_box b, int x0, int y0, int x1, int y1)
{
    assert_int_equal(b.x0, x0);
    assert_int_equal(b.y0, y0);
    assert_int_equal(b.x1, x1);
    assert_int_equal(b.y1, y1);
}

static void corners_touch_and_boxes_grow(void **state)
{
    (void)state;
    static const char *const rows[] = {"....................", ".9..................",
                                       "..8.........99......", "...7........99......"};
    struct arr_plan plan;
    plan_cells(&plan, rows, 4, &DEFAULTS);
    assert_int_equal(plan.n_regions, 2);
    assert_box(plan.regions[0].cells, 11, 1, 15, 5); /* the heavier one */
    assert_int_equal(plan.regions[0].n_selected, 4);
    assert_near(plan.regions[0].weight, 3.6, 1e-6);
    assert_box(plan.regions[1].cells, 0, 0, 5, 5); /* a diagonal is one region */
    assert_int_equal(plan.regions[1].n_selected, 3);
    assert_near(plan.regions[1].score, 0.8, 1e-6);
    assert_box(plan.regions[0].pixels, 1100, 100, 1500, 500);
    /* By the curve the better of two is at the most and the other at the least. */
    assert_int_equal(plan.regions[0].asked, 400);
    assert_int_equal(plan.regions[1].asked, 64);
}

static void overlapping_boxes_are_merged(void **state)
{
    (void)state;
    /* Grown boxes of 3 x 3 cells: one column in common is 3 of 9, more than 0.3. */
    static const char *const near[] = {"......", ".9.9..", "......"};
    static const char *const far[] = {"......", ".9..9.", "......"};
    struct arr_plan plan;
    plan_cells(&plan, near, 3, &DEFAULTS);
    assert_int_equal(plan.n_regions, 1);
    assert_box(plan.regions[0].cells, 0, 0, 5, 3);
    plan_cells(&plan, far, 3, &DEFAULTS);
    assert_int_equal(plan.n_regions, 2);
    /* Of equals the earlier one comes first. */
    assert_box(plan.regions[0].cells, 0, 0, 3, 3);
}

static void the_nearest_are_merged_when_there_are_too_many(void **state)
{
    (void)state;
    static const char *const rows[] = {"...............", ".9...........9.", "...............",
                                       "...............", "...............", "...............",
                                       ".9.............", "..............."};
    struct arr_region_options o = DEFAULTS;
    o.max_regions = 2;
    struct arr_plan plan;
    plan_cells(&plan, rows, 8, &o);
    assert_int_equal(plan.n_regions, 2);
    assert_box(plan.regions[0].cells, 0, 0, 3, 8); /* the two on the left, 6 cells added */
    assert_box(plan.regions[1].cells, 12, 0, 15, 3);
    o.max_regions = 1;
    plan_cells(&plan, rows, 8, &o);
    assert_int_equal(plan.n_regions, 1);
    assert_box(plan.regions[0].cells, 0, 0, 15, 8);
    assert_int_equal(plan.regions[0].n_selected, 3);
    assert_int_equal(plan.regions[0].asked, 400); /* alone: nothing to share with */
}

static void cells_tile_the_picture(void **state)
{
    (void)state;
    static const int sides[] = {14, 32, 33, 100, 1079, 65535};
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        int at = 0;
        for (int c = 0; c < 14; c++) {
            const struct arr_box b = arr_cell_pixels(c, 13, 14, sides[i], sides[i]);
            assert_int_equal(b.x0, at);
            assert_true(b.x1 > b.x0);
            assert_int_equal(b.y1, sides[i]);
            at = b.x1;
        }
        assert_int_equal(at, sides[i]);
    }
    assert_box(arr_cell_pixels(31, 0, 32, 1, 1), 0, 0, 1, 1);
    assert_box(arr_cell_pixels(31, 17, 32, 3, 2), 2, 1, 3, 2);
}

/* ---- tokens ---- */

static void tokens_follow_the_aspect(void **state)
{
    (void)state;
    static const int cases[][5] = {
        {64, 100, 100, 8, 8},   {400, 500, 500, 20, 20},  {256, 1080, 1920, 12, 21},
        {1, 10, 1000, 1, 1},    {2, 100, 100, 1, 2},      {64, 1000, 10, 64, 1},
        {64, 10, 1000, 1, 64},  {200, 1, 100000, 1, 200}, {4, 4000, 10, 4, 1},
        {100, 300, 400, 9, 11},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int rows = 0, cols = 0;
        arr_fit_tokens(cases[i][0], cases[i][1], cases[i][2], &rows, &cols);
        assert_int_equal(rows, cases[i][3]);
        assert_int_equal(cols, cases[i][4]);
    }
    uint64_t seed = 5;
    for (int i = 0; i < 2000; i++) {
        const int budget = 1 + below(&seed, 2000);
        const int h = 1 + below(&seed, 4000), w = 1 + below(&seed, 4000);
        int rows = 0, cols = 0;
        arr_fit_tokens(budget, h, w, &rows, &cols);
        assert_true(rows >= 1 && cols >= 1 && rows * cols <= budget);
        assert_true(rows * (cols + 1) > budget); /* nothing is left over for another column */
    }
}

/* One cell selected, in the middle. */
static bool plan_one(const struct arr_vlm *vlm, int width, int height,
                     const struct arr_region_options *o, struct arr_plan *plan, struct err *e)
{
    float map[ARR_CELLS] = {0};
    map[16 * 32 + 16] = 1;
    const uint16_t order[] = {16 * 32 + 16};
    return arr_plan_make(vlm, width, height, 32, map, order, 1, o, plan, e);
}

static void small_crops_are_raised_or_dropped(void **state)
{
    (void)state;
    const struct arr_vlm *vlm = arr_vlm_find("qwen3-vl");
    struct arr_plan plan;
    struct arr_region_options o = DEFAULTS;
    struct err e = ERR_INIT;
    /* 3 x 3 cells of 10 x 10 pixels would be enlarged 8 times to the processor's 64 tokens: what is
     * around them comes along, until twice the size is enough. */
    o.total = 1000;
    assert_true(plan_one(vlm, 320, 320, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 1);
    assert_int_equal(area(plan.regions[0].pixels), 130 * 130);
    assert_true(plan.regions[0].is_capped && !plan.regions[0].is_raised);
    assert_true(plan.regions[0].tokens >= 64 && plan.regions[0].zoom <= 2);
    /* Without a total that would cost more than the picture as it is. */
    o.total = 0;
    assert_true(plan_one(vlm, 320, 320, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 0);
    assert_int_equal(plan.total, plan.plain_tokens);
    /* A picture too small for that is the overview already. */
    o.total = 1000;
    assert_true(plan_one(vlm, 60, 60, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 0);
    assert_int_equal(plan.n_covered, 1);
    assert_near(plan.overview.zoom, 256.0 / 60, 1e-9);
    o.small = ARR_SMALL_DROP;
    assert_true(plan_one(vlm, 60, 60, &o, &plan, &e));
    assert_int_equal(plan.n_dropped, 1);
    assert_int_equal(plan.total, plan.overview.tokens);
    o.total = 0;
    /* Of a 4K picture the same cells are 360 x 202 pixels: 284 tokens at most. */
    assert_true(plan_one(vlm, 3840, 2160, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 1);
    assert_true(plan.regions[0].is_capped && !plan.regions[0].is_raised);
    assert_true(plan.regions[0].tokens <= 284 && plan.regions[0].tokens > 250);
    assert_true(plan.regions[0].zoom <= 2);
}

static void a_total_that_does_not_reach_says_so(void **state)
{
    (void)state;
    const struct arr_vlm *vlm = arr_vlm_find("qwen3-vl");
    struct arr_plan plan;
    struct arr_region_options o = DEFAULTS;
    struct err e = ERR_INIT;
    o.total = 256 + 64;
    assert_true(plan_one(vlm, 2048, 2048, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 1);
    assert_int_equal(plan.total, 320);
    o.total = 256 + 63; /* the overview gives way */
    assert_true(plan_one(vlm, 2048, 2048, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 1);
    assert_true(plan.overview.tokens < 160 && plan.total <= o.total);
    o.total = 2 * 64 - 1; /* not enough for two pictures: it gets what there is */
    assert_true(plan_one(vlm, 2048, 2048, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 0);
    assert_int_equal(plan.n_dropped, 1);
    assert_true(plan.overview.tokens > 120);
    o.total = 63;
    assert_false(plan_one(vlm, 2048, 2048, &o, &plan, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_non_null(strstr(e.remedy, "at least 64 tokens"));
}

static void strange_pictures(void **state)
{
    (void)state;
    const struct arr_vlm *vlm = arr_vlm_find("qwen3-vl");
    struct arr_plan plan;
    struct err e = ERR_INIT;
    assert_false(plan_one(vlm, 10000, 1, &DEFAULTS, &plan, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_true(e.remedy[0]);
    /* The widest there is: its middle is 1 x 900 pixels, more than 200:1, and is trimmed. */
    assert_true(plan_one(vlm, 10000, 50, &DEFAULTS, &plan, &e));
    check_crop(vlm, &plan.regions[0]);
    check_crop(vlm, &plan.overview);
    /* One pixel. */
    assert_true(plan_one(vlm, 1, 1, &DEFAULTS, &plan, &e));
    assert_int_equal(plan.n_regions, 0);
    assert_box(plan.overview.pixels, 0, 0, 1, 1);
    assert_int_equal(plan.overview.tokens, 64);
    /* More regions than pixels: those that are the same pixels are one. */
    float map[ARR_CELLS];
    uint16_t order[ARR_CELLS];
    int k = 0;
    for (int i = 0; i < ARR_CELLS; i++) {
        map[i] = i % 32 % 8 == 0 && i / 32 % 8 == 0 ? 1 : 0;
        k += map[i] > 0;
    }
    assert_int_equal(arr_top_k(map, ARR_CELLS, k, order), 16);
    struct arr_region_options o = DEFAULTS;
    o.max_regions = ARR_REGIONS_MAX;
    assert_true(arr_plan_make(vlm, 3200, 3200, 32, map, order, k, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 16);
    assert_true(arr_plan_make(vlm, 2, 2, 32, map, order, k, &o, &plan, &e));
    assert_true(plan.n_regions <= 4);
    /* Nothing selected: the overview alone. */
    assert_true(arr_plan_make(vlm, 640, 480, 32, map, order, 0, &o, &plan, &e));
    assert_int_equal(plan.n_regions, 0);
    assert_int_equal(plan.n_dropped, 0);
    assert_int_equal(plan.plain_tokens, 300);
}

static void options_that_make_no_sense(void **state)
{
    (void)state;
    struct arr_region_options bad[8];
    for (size_t i = 0; i < 8; i++) {
        bad[i] = DEFAULTS;
    }
    bad[0].max_regions = 0;
    bad[1].max_regions = ARR_REGIONS_MAX + 1;
    bad[2].min_lod = 0;
    bad[3].max_lod = 64;
    bad[4].kappa = 0;
    bad[5].kappa = (double)NAN;
    bad[6].overview = 0;
    bad[7].total = -1;
    struct arr_plan plan;
    for (size_t i = 0; i < 8; i++) {
        struct err e = ERR_INIT;
        assert_false(plan_one(arr_vlm_at(0), 640, 480, &bad[i], &plan, &e));
        assert_int_equal(e.code, ERR_USAGE);
    }
    const float map[ARR_CELLS] = {0};
    const uint16_t order[] = {200};
    struct err e = ERR_INIT;
    assert_false(arr_plan_make(arr_vlm_at(0), 640, 480, 14, map, order, 1, &DEFAULTS, &plan, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_false(arr_plan_make(arr_vlm_at(0), 640, 480, 33, map, order, 1, &DEFAULTS, &plan, &e));
    assert_false(arr_plan_make(arr_vlm_at(0), 640, 480, 14, map, order, -1, &DEFAULTS, &plan, &e));
}

/* ---- pictures and words ---- */

static void crops_show_their_box(void **state)
{
    (void)state;
    enum { W = 400, H = 300 };
    uint8_t *rgb = calloc(W * H, 3);
    assert_non_null(rgb);
    for (size_t y = 100; y < 200; y++) {
        for (size_t x = 50; x < 250; x++) {
            uint8_t *p = rgb + (y * W + x) * 3;
            p[0] = 200;
            p[1] = x < 150 ? 10 : 90;
            p[2] = y < 150 ? 20 : 120;
        }
    }
    const struct arr_vlm *vlm = arr_vlm_find("qwen2-vl");
    struct arr_region r = {.pixels = {50, 100, 250, 200}, .rows = 4, .cols = 8};
    int w = 0, h = 0;
    struct err e = ERR_INIT;
    uint8_t *crop = arr_crop(rgb, W, H, vlm, &r, &w, &h, &e);
    assert_non_null(crop);
    assert_int_equal(w, 224);
    assert_int_equal(h, 112);
    const size_t corner[] = {0, (size_t)w - 1, (size_t)(w * (h - 1)), (size_t)(w * h) - 1};
    for (size_t i = 0; i < 4; i++) {
        const uint8_t *p = crop + 3 * corner[i];
        assert_int_equal(p[0], 200);
        assert_int_equal(p[1], i % 2 ? 90 : 10);
        assert_int_equal(p[2], i / 2 ? 120 : 20);
    }
    free(crop);
    r.pixels.x1 = W + 1;
    assert_null(arr_crop(rgb, W, H, vlm, &r, &w, &h, &e));
    assert_int_equal(e.code, ERR_USAGE);
    r.pixels.x1 = 250;
    r.rows = 0;
    assert_null(arr_crop(rgb, W, H, vlm, &r, &w, &h, &e));
    free(rgb);
}

static void a_plan_for_words(struct arr_plan *plan)
{
    static const struct arr_box boxes[] = {
        {12, 20, 20, 25}, {3, 10, 13, 18}, {0, 20, 8, 30}, {30, 10, 32, 12}};
    *plan = (struct arr_plan){.width = 320, .height = 333, .n_regions = 4};
    for (size_t i = 0; i < 4; i++) {
        const struct arr_box b = boxes[i];
        plan->regions[i].cells = b;
        plan->regions[i].pixels =
            (struct arr_box){b.x0 * 10, b.y0 * 10, b.x1 * 10, b.y1 * 10 + (i == 2)};
    }
}

static void captions_and_reading_order(void **state)
{
    (void)state;
    struct arr_plan plan;
    a_plan_for_words(&plan);
    size_t order[ARR_REGIONS_MAX];
    arr_plan_reading_order(&plan, order);
    static const size_t want[] = {1, 3, 2, 0};
    assert_memory_equal(order, want, sizeof want);
    struct buf b = BUF_INIT;
    arr_region_caption(&plan, 1, &b);
    assert_string_equal(buf_str(&b), "region 2: rows 30-55 %, columns 9-41 %");
    buf_clear(&b);
    arr_region_caption(&plan, 3, &b);
    assert_string_equal(buf_str(&b), "region 4: rows 30-37 %, columns 93-100 %");
    buf_done(&b);
}

static const char *part_text(const cJSON *content, int i)
{
    const cJSON *part = cJSON_GetArrayItem(content, i);
    const char *type = json_str(part, "type");
    assert_non_null(type);
    if (strcmp(type, "text") == 0) {
        return json_str(part, "text");
    }
    assert_string_equal(type, "image_url");
    return json_str(json_obj(part, "image_url"), "url");
}

static void the_prompt_reads_back(void **state)
{
    (void)state;
    static const char *const urls[] = {"data:0", "data:1", "data:2", "data:3", "data:4"};
    const char *question = "What does the \"sign\" say?\nÜber \\ all";
    struct arr_plan plan;
    a_plan_for_words(&plan);
    struct buf b = BUF_INIT;
    arr_plan_prompt(&plan, urls, question, &b);
    struct err e = ERR_INIT;
    cJSON *message = json_parse(b.p, b.n, &e);
    assert_non_null(message);
    assert_string_equal(json_str(message, "role"), "user");
    const cJSON *content = json_arr(message, "content");
    static const char *const want[] = {
        "overview: the whole picture",
        "data:0",
        "region 2: rows 30-55 %, columns 9-41 %",
        "data:2",
        "region 4: rows 30-37 %, columns 93-100 %",
        "data:4",
        "region 3: rows 60-91 %, columns 0-25 %",
        "data:3",
        "region 1: rows 60-76 %, columns 37-63 %",
        "data:1",
    };
    const int n = (int)(sizeof want / sizeof *want);
    assert_int_equal(cJSON_GetArraySize(content), n + 1);
    for (int i = 0; i < n; i++) {
        assert_string_equal(part_text(content, i), want[i]);
    }
    assert_string_equal(part_text(content, n), question);
    cJSON_Delete(message);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_selection_makes_a_sound_plan),
        cmocka_unit_test(corners_touch_and_boxes_grow),
        cmocka_unit_test(overlapping_boxes_are_merged),
        cmocka_unit_test(the_nearest_are_merged_when_there_are_too_many),
        cmocka_unit_test(cells_tile_the_picture),
        cmocka_unit_test(tokens_follow_the_aspect),
        cmocka_unit_test(small_crops_are_raised_or_dropped),
        cmocka_unit_test(a_total_that_does_not_reach_says_so),
        cmocka_unit_test(strange_pictures),
        cmocka_unit_test(options_that_make_no_sense),
        cmocka_unit_test(crops_show_their_box),
        cmocka_unit_test(captions_and_reading_order),
        cmocka_unit_test(the_prompt_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
