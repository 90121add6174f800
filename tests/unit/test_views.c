/* SPDX-License-Identifier: Apache-2.0 */
/* Every view at every kind of size, what they refuse, and pixels at places one can name. */
#include "core/arrcoc/views.h"

#include "core/arrcoc/paint.h"
#include "core/arrcoc/resample.h"
#include "tests/unit/view_help.h"

/* ---- the table ---- */

static void test_names(void **state)
{
    (void)state;
    for (int i = 0; i < ARR_VIEWS; i++) {
        enum arr_view found = ARR_VIEWS;
        assert_true(arr_view_find(arr_view_name((enum arr_view)i), &found));
        assert_int_equal(found, i);
        assert_true(strlen(arr_view_about((enum arr_view)i)) > 10);
    }
    enum arr_view found;
    assert_false(arr_view_find("nothing", &found));
    assert_false(arr_view_find("", &found));
    assert_string_equal(arr_view_name(ARR_VIEWS), "");
    assert_string_equal(arr_view_about(ARR_VIEWS), "");
    assert_string_equal(arr_view_name(ARR_VIEW_TOKENS), "tokens");
}

/* ---- every view ---- */

static void check_canvas(const struct arr_canvas *c)
{
    assert_true(c->width > 0 && c->height > 0);
    for (size_t i = 0; i < (size_t)c->width * (size_t)c->height; i++) {
        if (c->rgba[i * 4 + 3] != 255) {
            fail_msg("pixel %zu is not opaque", i);
        }
    }
}

static void draw_all(const struct arr_result *r, const struct arr_view_options *o)
{
    uint8_t *const rgb = view_photo(r->width, r->height);
    for (int view = 0; view < ARR_VIEWS; view++) {
        struct arr_canvas c = view_draw((enum arr_view)view, r, rgb, o);
        check_canvas(&c);
        arr_canvas_done(&c);
    }
    free(rgb);
}

static void test_sizes(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{1, 1}, {3, 2000}, {2000, 3}, {31, 17}, {200, 150}, {640, 480}};
    static const int SIDES[] = {32, 0};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        struct arr_result *const r = view_result(SIZES[i][0], SIZES[i][1], ARR_GRID, 200);
        for (size_t s = 0; s < sizeof SIDES / sizeof *SIDES; s++) {
            draw_all(r, &(struct arr_view_options){.max_side = SIDES[s], .cell = -1});
            draw_all(r, &(struct arr_view_options){
                            .max_side = SIDES[s], .cell = r->cells - 1, .no_captions = true});
        }
        arr_result_free(r);
    }
}

static void test_large(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(1000, 900, ARR_GRID, 200);
    draw_all(r, &(struct arr_view_options){.max_side = 1000, .cell = 5});
    arr_result_free(r);
}

static void test_small_grid(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(300, 400, ARR_GRID_SEED, 196);
    draw_all(r, NULL);
    arr_result_free(r);
}

static void test_extremes(void **state)
{
    (void)state;
    static const int KS[] = {0, 1, ARR_CELLS};
    for (size_t i = 0; i < sizeof KS / sizeof *KS; i++) {
        struct arr_result *const r = view_result(120, 80, ARR_GRID, KS[i]);
        draw_all(r, NULL);
        /* Maps without a range, nothing in the reading, no plan. */
        memset(r->balance.balanced, 0, sizeof r->balance.balanced);
        memset(r->way, 0, sizeof r->way);
        memset(r->texture.t, 0, sizeof r->texture.t);
        view_select(r, KS[i]);
        r->ladder = ARR_PARTIC_TRAINED;
        r->balancer = ARR_BALANCE_CONTEXTUAL;
        r->flags = ARR_R_NO_EVIDENCE | ARR_R_FLAT;
        r->has_plan = false;
        snprintf(r->plan_why, sizeof r->plan_why, "because");
        draw_all(r, NULL);
        arr_result_free(r);
    }
}

static void test_styles(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(150, 100, ARR_GRID, 77);
    r->options.texture = ARR_TEXTURE_V2;
    r->balance.has_tensions = true;
    for (int style = 0; style <= ARR_FALSE_CUSTOM; style++) {
        const struct arr_view_options o = {.cell = 0,
                                           .homunculus = style % 3,
                                           .false_color = (enum arr_false_color)style,
                                           .triple = {12, 0, 11},
                                           .alpha = 0.3f};
        draw_all(r, &o);
    }
    arr_result_free(r);
}

static void test_same_twice(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(97, 61, ARR_GRID, 100);
    uint8_t *const rgb = view_photo(97, 61);
    for (int view = 0; view < ARR_VIEWS; view++) {
        struct arr_canvas a = view_draw((enum arr_view)view, r, rgb, NULL);
        struct arr_canvas b = view_draw((enum arr_view)view, r, rgb, NULL);
        assert_int_equal(a.width, b.width);
        assert_int_equal(a.height, b.height);
        assert_memory_equal(a.rgba, b.rgba, (size_t)a.width * (size_t)a.height * 4);
        arr_canvas_done(&a);
        arr_canvas_done(&b);
    }
    free(rgb);
    arr_result_free(r);
}

/* ---- what is refused ---- */

static void refuse(enum arr_view view, const struct arr_result *r, const uint8_t *rgb,
                   const struct arr_view_options *o, const char *word)
{
    struct err e = ERR_INIT;
    struct arr_canvas c = {9, 9, NULL};
    assert_false(arr_view_draw(view, r, rgb, r->width, r->height, o, &c, &e));
    assert_int_equal(e.code, ERR_USAGE);
    assert_null(c.rgba);
    if (strstr(e.msg, word) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", e.msg, word);
    }
}

static void test_refusals(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(40, 30, ARR_GRID, 50);
    struct arr_result *const empty = arr_result_new();
    uint8_t *const rgb = view_photo(40, 30);
    const enum arr_view any = ARR_VIEW_BALANCED;
    refuse(any, empty, rgb, NULL, "picture");
    empty->width = empty->height = 30;
    refuse(any, empty, rgb, NULL, "nothing has been computed");
    refuse(any, r, NULL, NULL, "needs the picture");
    refuse(ARR_VIEWS, r, rgb, NULL, "no view number");
    refuse(any, r, rgb, &(struct arr_view_options){.max_side = 31}, "31 pixels");
    refuse(any, r, rgb, &(struct arr_view_options){.max_side = 4097}, "4097 pixels");
    refuse(any, r, rgb, &(struct arr_view_options){.max_side = -1}, "-1 pixels");
    refuse(any, r, rgb, &(struct arr_view_options){.alpha = 1.5f}, "alpha is 1.5");
    refuse(any, r, rgb, &(struct arr_view_options){.alpha = NAN}, "alpha");
    refuse(any, r, rgb, &(struct arr_view_options){.homunculus = 3}, "style");
    refuse(any, r, rgb, &(struct arr_view_options){.false_color = 4}, "style");
    refuse(ARR_VIEW_FALSE_COLOR, r, rgb,
           &(struct arr_view_options){.false_color = ARR_FALSE_CUSTOM, .triple = {0, 13, 0}},
           "no channel 13");
    refuse(ARR_VIEW_INSPECTOR, r, rgb, &(struct arr_view_options){.cell = 1024}, "cell 1024");
    r->ladder = ARR_PARTIC_NONE;
    refuse(ARR_VIEW_QUERY_IMPACT, r, rgb, NULL, "there is none");
    r->flags = ARR_R_NO_LEXICAL;
    refuse(ARR_VIEW_QUERY_IMPACT, r, rgb, NULL, "no word of it is known");
    free(rgb);
    arr_result_free(empty);
    arr_result_free(r);
}

/* ---- sizes ---- */

static void expect_size(const struct arr_result *r, enum arr_view view, int side, int w, int h)
{
    uint8_t *const rgb = view_photo(r->width, r->height);
    const struct arr_view_options o = {.max_side = side, .no_captions = true};
    struct arr_canvas c = view_draw(view, r, rgb, &o);
    assert_int_equal(c.width, w);
    assert_int_equal(c.height, h);
    arr_canvas_done(&c);
    free(rgb);
}

static void test_fit(void **state)
{
    (void)state;
    struct arr_result *r = view_result(640, 480, ARR_GRID, 200);
    expect_size(r, ARR_VIEW_BALANCED, 320, 320, 240);
    expect_size(r, ARR_VIEW_BALANCED, 0, 512, 384);
    expect_size(r, ARR_VIEW_BALANCED, 640, 640, 480);
    expect_size(r, ARR_VIEW_BALANCED, 1279, 640, 480);
    expect_size(r, ARR_VIEW_BALANCED, 1280, 1280, 960); /* twice */
    expect_size(r, ARR_VIEW_HOMUNCULUS, 320, 640, 240);
    expect_size(r, ARR_VIEW_HEATMAPS, 320, 640, 480);
    expect_size(r, ARR_VIEW_OVERVIEW, 320, 960, 240);
    expect_size(r, ARR_VIEW_FALSE_COLOR, 320, 320, 240);
    expect_size(r, ARR_VIEW_COMPARISON, 320, 640, 240); /* four across, half the size */
    arr_result_free(r);
    r = view_result(1, 1, ARR_GRID, 200);
    expect_size(r, ARR_VIEW_BALANCED, 0, 512, 512);
    arr_result_free(r);
    r = view_result(3, 2000, ARR_GRID, 200);
    expect_size(r, ARR_VIEW_BALANCED, 500, 1, 500);
    arr_result_free(r);
}

/* ---- bare pictures are the building stones' ---- */

static void test_bare_balanced(void **state)
{
    (void)state;
    enum { W = 320, H = 240, BYTES = W * H * 4 };
    struct err e = ERR_INIT;
    struct arr_result *const r = view_result(640, 480, ARR_GRID, 200);
    uint8_t *const rgb = view_photo(640, 480), *const small = xmalloc((size_t)W * H * 3);
    uint8_t *const want = xmalloc(BYTES);
    const struct arr_view_options o = {.max_side = 320, .no_captions = true, .alpha = 0.4f};
    struct arr_canvas c = view_draw(ARR_VIEW_BALANCED, r, rgb, &o);
    assert_true(arr_resize_rgb8(rgb, 640, 480, 640 * 3, small, W, H, ARR_TRIANGLE, 1, &e));
    assert_true(arr_heat_over(r->balance.balanced, 32, ARR_LUT_HOT, 0.4f, small, W, H, want, &e));
    assert_memory_equal(c.rgba, want, BYTES);
    arr_canvas_done(&c);
    free(want);
    free(small);
    free(rgb);
    arr_result_free(r);
}

static void test_bare_homunculus(void **state)
{
    (void)state;
    enum { W = 90, H = 70 };
    struct err e = ERR_INIT;
    struct arr_result *const r = view_result(W, H, ARR_GRID, 100);
    uint8_t *const rgb = view_photo(W, H), *const want = xmalloc((size_t)W * H * 4);
    const struct arr_view_options o = {.max_side = 90, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_HOMUNCULUS, r, rgb, &o);
    assert_int_equal(c.width, 2 * W);
    assert_true(arr_homunculus_draw(rgb, W, H, 32, r->order, r->k, ARR_HOMUNCULUS_DIM, want, &e));
    for (int y = 0; y < H; y++) {
        assert_memory_equal(view_pixel(&c, W, y), &want[(size_t)y * W * 4], (size_t)W * 4);
        const uint8_t *const p = &rgb[(size_t)y * W * 3];
        view_expect("the photo beside it", view_pixel(&c, 0, y), p[0], p[1], p[2]);
    }
    arr_canvas_done(&c);
    free(want);
    free(rgb);
    arr_result_free(r);
}

static void test_bare_false_color(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 320, ARR_GRID, 100);
    uint8_t *const rgb = view_photo(320, 320);
    uint8_t cells[ARR_CELLS * 3];
    const struct arr_view_options o = {.max_side = 320, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_FALSE_COLOR, r, rgb, &o);
    arr_false_color_cells(&r->texture, ARR_FALSE_SEMANTIC, NULL, cells);
    for (int i = 0; i < ARR_CELLS; i++) {
        const uint8_t *const p = &cells[i * 3];
        view_expect("first pixel", view_pixel(&c, i % 32 * 10, i / 32 * 10), p[0], p[1], p[2]);
        view_expect("last", view_pixel(&c, i % 32 * 10 + 9, i / 32 * 10 + 9), p[0], p[1], p[2]);
    }
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

/* ---- pixels at known places ---- */

/* The same colours in every view that tells them apart. */
static void expect_chosen(const uint8_t *pixel, bool is_in)
{
    if (is_in) {
        view_expect("selected", pixel, 102, 194, 132);
    } else {
        view_expect("rejected", pixel, 78, 84, 97);
    }
}

static void test_overview(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 320, ARR_GRID, 300);
    uint8_t *const rgb = view_photo(320, 320);
    const struct arr_view_options o = {.max_side = 320, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_OVERVIEW, r, rgb, &o);
    bool is_in[ARR_CELLS];
    arr_selection_mask(r->order, r->k, 32, is_in);
    for (int i = 0; i < ARR_CELLS; i++) {
        expect_chosen(view_cell_pixel(&c, 640, 0, i), is_in[i]);
    }
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

static void test_three_ways(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 320, ARR_GRID, 300);
    uint8_t *const rgb = view_photo(320, 320);
    const struct arr_view_options o = {.max_side = 320, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_THREE_WAYS, r, rgb, &o);
    static const enum arr_lut LUTS[] = {ARR_LUT_HOT, ARR_LUT_VIRIDIS, ARR_LUT_PLASMA,
                                        ARR_LUT_INFERNO};
    for (int panel = 0; panel < 4; panel++) {
        const float *const map = panel < 3 ? r->way[panel] : r->balance.balanced;
        int low = 0, high = 0;
        for (int i = 1; i < ARR_CELLS; i++) {
            low = map[i] < map[low] ? i : low;
            high = map[i] > map[high] ? i : high;
        }
        const int x = panel % 2 * 320, y = panel / 2 * 320;
        view_expect_lut("least", view_cell_pixel(&c, x, y, low), LUTS[panel], 0);
        view_expect_lut("most", view_cell_pixel(&c, x, y, high), LUTS[panel], 255);
    }
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

static uint8_t mixed(int below, int above, int alpha)
{
    return (uint8_t)((below * (255 - alpha) + above * alpha + 127) / 255);
}

static void test_query_impact(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(640, 640, ARR_GRID, 300);
    uint8_t *const rgb = view_photo(640, 640);
    for (int i = 0; i < 640 * 640; i++) { /* one colour: shrinking does not change it */
        memcpy(&rgb[i * 3], (const uint8_t[]){200, 100, 50}, 3);
    }
    const struct arr_view_options o = {.max_side = 640, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_QUERY_IMPACT, r, rgb, &o);
    struct arr_impact m;
    bool is_in[ARR_CELLS];
    arr_impact_make(r->way[0], r->way[1], r->way[2], r->balance.balanced, 32, 300, true, &m);
    arr_selection_mask(r->order, r->k, 32, is_in);
    for (int i = 0; i < ARR_CELLS; i++) {
        view_expect_lut("change", view_cell_pixel(&c, 640, 0, i), ARR_LUT_RDYLGN,
                        m.change[i] > 0   ? 255
                        : m.change[i] < 0 ? 0
                                          : 128);
        /* 30 % of the rejected: alpha 179 of 255. */
        const int alpha = is_in[i] ? 0 : 179;
        view_expect("with the query", view_cell_pixel(&c, 320, 0, i), mixed(200, 0, alpha),
                    mixed(100, 0, alpha), mixed(50, 0, alpha));
    }
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

/* Two far corners are selected: two regions, outlined in white, their cells in the colours of their
 * classes, everything else darkened. */
static void test_tokens(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 320, ARR_GRID, 2);
    uint8_t *const rgb = view_photo(320, 320);
    memset(rgb, 100, (size_t)320 * 320 * 3);
    memset(r->balance.balanced, 0, sizeof r->balance.balanced);
    r->balance.balanced[10 * 32 + 10] = 1.0f;
    r->balance.balanced[25 * 32 + 25] = 0.5f;
    view_select(r, 2);
    assert_int_equal(r->plan.n_regions, 2);
    const struct arr_view_options o = {.max_side = 320, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_TOKENS, r, rgb, &o);
    view_expect("high", view_cell_pixel(&c, 0, 0, 10 * 32 + 10), mixed(100, 247, 120),
                mixed(100, 160, 120), mixed(100, 62, 120));
    /* Low: darkened, and hardly tinted. */
    view_expect("low", view_cell_pixel(&c, 0, 0, 25 * 32 + 25), mixed(mixed(100, 10, 120), 66, 44),
                mixed(mixed(100, 12, 120), 133, 44), mixed(mixed(100, 16, 120), 214, 44));
    view_expect("without budget", view_cell_pixel(&c, 0, 0, 0), mixed(100, 10, 150),
                mixed(100, 12, 150), mixed(100, 16, 150));
    const struct arr_box box = r->plan.regions[0].cells;
    assert_true(box.x0 < 10 && box.x1 > 10 && box.y0 < 10 && box.y1 > 10);
    view_expect("outline", view_pixel(&c, box.x0 * 10 + 1, box.y0 * 10 + 15), 255, 255, 255);
    view_expect("outline, right", view_pixel(&c, box.x1 * 10 - 2, box.y0 * 10 + 15), 255, 255, 255);
    arr_canvas_done(&c);
    /* With captions a tag stands in the corner of the region. */
    c = view_draw(ARR_VIEW_TOKENS, r, rgb, &(struct arr_view_options){.max_side = 320});
    int light = 0;
    for (int i = 0; i < c.width * c.height; i++) {
        light += c.rgba[i * 4] > 240 && c.rgba[i * 4 + 2] > 240;
    }
    assert_true(light > 2 * 20 * 15); /* two tags of at least that size */
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

static void test_inspector(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 320, ARR_GRID, 10);
    uint8_t *const rgb = view_photo(320, 320);
    const int cell = 5 * 32 + 7;
    const struct arr_view_options o = {.max_side = 320, .no_captions = true, .cell = cell};
    for (int i = 0; i < ARR_TEXTURE_CHANNELS; i++) {
        r->texture.t[i][cell] = i % 2 ? 1.0f : 0.0f;
    }
    struct arr_canvas c = view_draw(ARR_VIEW_INSPECTOR, r, rgb, &o);
    view_expect("frame", view_pixel(&c, 69, 55), 0, 255, 0);
    view_expect("its edge", view_pixel(&c, 75, 48), 0, 255, 0);
    const uint8_t *const inside = &rgb[(55 * 320 + 75) * 3];
    view_expect("inside", view_pixel(&c, 75, 55), inside[0], inside[1], inside[2]);
    /* The bars begin 90 font pixels from the panel's left; 18 a channel. */
    view_expect("a full bar", view_pixel(&c, 91, 320 + 12 + 18 + 5), 97, 163, 240);
    const uint8_t *const none = view_pixel(&c, 91, 320 + 12 + 5);
    assert_true(none[0] < 40 && none[2] < 50);
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

static void test_metrics(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(64, 64, ARR_GRID, 200);
    uint8_t *const rgb = view_photo(64, 64);
    const struct arr_view_options o = {.no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_METRICS, r, rgb, &o);
    bool is_in[ARR_CELLS];
    arr_selection_mask(r->order, r->k, 32, is_in);
    for (int i = 0; i < ARR_CELLS; i++) { /* the third panel, 240 pixels for 32 cells */
        const int x = 660 + i % 32 * 240 / 32 + 3, y = i / 32 * 240 / 32 + 3;
        expect_chosen(view_pixel(&c, x, y), is_in[i]);
    }
    /* The dashes of K stand at 200 of 500 of the plot of the last panel. */
    int red = 0;
    const int x = 660 + 38 + (int)(200.0 / 500 * (330 - 48 - 1) + 0.5) - 1;
    for (int y = 240; y < 480; y++) {
        red += view_pixel(&c, x, y)[0] == 229 && view_pixel(&c, x, y)[1] == 110;
    }
    assert_in_range(red, 80, 130);
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_large),
        cmocka_unit_test(test_small_grid),
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_styles),
        cmocka_unit_test(test_same_twice),
        cmocka_unit_test(test_refusals),
        cmocka_unit_test(test_fit),
        cmocka_unit_test(test_bare_balanced),
        cmocka_unit_test(test_bare_homunculus),
        cmocka_unit_test(test_bare_false_color),
        cmocka_unit_test(test_overview),
        cmocka_unit_test(test_three_ways),
        cmocka_unit_test(test_query_impact),
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_inspector),
        cmocka_unit_test(test_metrics),
    };
    return cmocka_run_group_tests_name("views", tests, NULL, NULL);
}
