/* SPDX-License-Identifier: Apache-2.0 */
/* What stands around the views' pictures, and which channels they show. */
#include "core/arrcoc/views.h"

#include "tests/unit/view_help.h"

/* ---- tags of the regions ---- */

/* How much of a picture its captions hide: pixels of the panel at 16, 77 that differ. */
static int hidden_pixels(const struct arr_result *r, int w, int h)
{
    uint8_t *const rgb = view_photo(r->width, r->height);
    struct arr_view_options o = {.max_side = 512};
    struct arr_canvas with = view_draw(ARR_VIEW_TOKENS, r, rgb, &o);
    o.no_captions = true;
    struct arr_canvas bare = view_draw(ARR_VIEW_TOKENS, r, rgb, &o);
    int n = 0;
    assert_int_equal(bare.width, w);
    assert_int_equal(bare.height, h);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            n += memcmp(view_pixel(&with, 16 + x, 77 + y), view_pixel(&bare, x, y), 4) != 0;
        }
    }
    arr_canvas_done(&bare);
    arr_canvas_done(&with);
    free(rgb);
    return n;
}

/* Flat and narrow pictures have their numbers beside them: only the lines to them are inside. */
static void test_tags_beside(void **state)
{
    (void)state;
    static const int SIZES[][4] = {{6000, 300, 512, 26}, {300, 6000, 26, 512}};
    for (int i = 0; i < 2; i++) {
        struct arr_result *const r = view_result(SIZES[i][0], SIZES[i][1], ARR_GRID, 2);
        memset(r->balance.balanced, 0, sizeof r->balance.balanced);
        r->balance.balanced[10 * 32 + 10] = 1.0f;
        r->balance.balanced[25 * 32 + 25] = 0.5f;
        view_select(r, 2);
        assert_int_equal(r->plan.n_regions, 2);
        assert_in_range(hidden_pixels(r, SIZES[i][2], SIZES[i][3]), 1, 26 * 2 * 3);
        arr_result_free(r);
    }
}

/* With room for it a number stands outside its region, and its tokens in a line more below. */
static void test_tags_small(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(512, 384, ARR_GRID, 1);
    uint8_t *const rgb = view_photo(512, 384);
    const struct arr_view_options o = {.max_side = 512};
    int heights[2];
    for (int i = 0; i < 2; i++) {
        struct arr_region *const region = &r->plan.regions[0];
        region->cells = i ? (struct arr_box){10, 10, 12, 12} : (struct arr_box){8, 8, 18, 18};
        struct arr_canvas c = view_draw(ARR_VIEW_TOKENS, r, rgb, &o);
        heights[i] = c.height;
        /* The number of the small one ends where its region, 160, 120, begins. */
        const uint8_t *const p = view_pixel(&c, 16 + 162, 77 + 120 - 3);
        assert_true(i == 0 || (p[0] > 220 && p[1] > 220 && p[2] > 220));
        arr_canvas_done(&c);
    }
    assert_int_equal(heights[1] - heights[0], 15);
    free(rgb);
    arr_result_free(r);
}

/* ---- the header ---- */

static void expect_header(struct arr_result *r, const uint8_t *rgb, const char *query,
                          const struct arr_canvas *other, bool is_same)
{
    snprintf(r->query, sizeof r->query, "%s", query);
    struct arr_canvas c = view_draw(ARR_VIEW_BALANCED, r, rgb, NULL);
    const size_t header = 4 * (size_t)c.width * 31, all = 4 * (size_t)c.width * (size_t)c.height;
    assert_int_equal(c.width, other->width);
    assert_int_equal(c.height, other->height);
    assert_int_equal(memcmp(c.rgba, other->rgba, header) == 0, is_same);
    assert_memory_equal(c.rgba + header, other->rgba + header, all - header);
    arr_canvas_done(&c);
}

/* The question is shown and moves nothing, however long it is and whatever is in it. */
static void test_question(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 240, ARR_GRID, 50);
    uint8_t *const rgb = view_photo(320, 240);
    char full[sizeof r->query];
    memset(full, 'W', sizeof full - 1);
    full[sizeof full - 1] = '\0';
    snprintf(r->query, sizeof r->query, "the mug");
    struct arr_canvas c = view_draw(ARR_VIEW_BALANCED, r, rgb, NULL);
    expect_header(r, rgb, "the mug", &c, true);
    expect_header(r, rgb, "the\nmug", &c, true); /* a line break is a space */
    expect_header(r, rgb, "the jug", &c, false);
    expect_header(r, rgb, full, &c, false);
    expect_header(r, rgb, "\xc3\xbc\xff\xff\xf0", &c, false);
    expect_header(r, rgb, "", &c, false);
    r->flags |= ARR_R_NO_LEXICAL;
    expect_header(r, rgb, "the mug", &c, false);
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

/* The engine passes it on, cut at the end of a character. */
static void test_question_kept(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct arr *const a = arr_new(&(struct arr_setup){.threads = 1}, &e);
    struct arr_result *const r = arr_result_new();
    uint8_t *const rgb = view_photo(64, 64);
    char query[300] = "red ";
    const struct arr_image image = {
        .pixels = rgb, .width = 64, .height = 64, .stride_bytes = (size_t)64 * 3};
    assert_non_null(a);
    assert_true(arr_set_image(a, &image, &e));
    assert_true(arr_run(a, &ARR_OPTIONS_INIT, r, &e));
    assert_string_equal(r->query, "");
    for (size_t i = 4; i + 3 < sizeof query; i += 3) {
        memcpy(&query[i], "\xe2\x82\xac", 4);
    }
    assert_true(arr_set_query(a, query, &e) && arr_run(a, &ARR_OPTIONS_INIT, r, &e));
    assert_int_equal(strlen(r->query), 4 + 65 * 3); /* 199 bytes have room, 196 end a character */
    assert_memory_equal(r->query, query, strlen(r->query));
    assert_true(arr_set_query(a, "red", &e) && arr_run(a, &ARR_OPTIONS_INIT, r, &e));
    assert_string_equal(r->query, "red");
    free(rgb);
    arr_result_free(r);
    arr_free(a);
}

/* ---- channels ---- */

/* All 40 when there is an array; what is absent is a plate. */
static void test_channels_40(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 320, ARR_GRID, 20);
    uint8_t *const rgb = view_photo(320, 320);
    r->array.have = ARR_WANT_ARRAY;
    for (int channel = 0; channel < ARR_ARRAY_CHANNELS; channel++) {
        memcpy(r->array.c[channel], r->texture.t[channel % 13], sizeof r->array.c[0]);
        r->array.state[channel] = channel % 2 ? ARR_ABSENT : ARR_PRESENT;
    }
    r->array.state[ARR_C_MOTION] = ARR_FIRST_FRAME;
    const struct arr_view_options o = {.max_side = 960, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_CHANNELS, r, rgb, &o);
    assert_int_equal(c.width, 8 * 320);
    assert_int_equal(c.height, 5 * 320);
    view_expect("absent", view_pixel(&c, 320 + 20, 20), 33, 36, 43);
    int best = 0;
    for (int i = 1; i < ARR_CELLS; i++) {
        best = r->array.c[0][i] > r->array.c[0][best] ? i : best;
    }
    view_expect_lut("red", view_cell_pixel(&c, 0, 0, best), ARR_LUT_REDS, 255);
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

/* a* of a picture that is green at the left, grey, and red at the right. */
static void test_channel_a(void **state)
{
    (void)state;
    struct arr_result *const r = view_result(320, 320, ARR_GRID, 20);
    uint8_t *const rgb = view_photo(320, 320);
    for (int i = 0; i < ARR_CELLS; i++) {
        const float away = i % 32 < 8 ? -0.1f : i % 32 < 16 ? 0.0f : 0.2f;
        r->texture.t[ARR_T_A][i] = 128.0f / 255.0f + away;
    }
    const struct arr_view_options o = {.max_side = 640, .no_captions = true};
    struct arr_canvas c = view_draw(ARR_VIEW_CHANNELS, r, rgb, &o);
    view_expect_lut("red", view_cell_pixel(&c, 0, 320, 30), ARR_LUT_RDYLGN, 0);
    view_expect_lut("neither", view_cell_pixel(&c, 0, 320, 10), ARR_LUT_RDYLGN, 127);
    view_expect_lut("half as far to green", view_cell_pixel(&c, 0, 320, 0), ARR_LUT_RDYLGN, 191);
    arr_canvas_done(&c);
    free(rgb);
    arr_result_free(r);
}

static void expect_same_picture(struct arr_result *r, enum arr_view view, bool is_same)
{
    uint8_t *const rgb = view_photo(r->width, r->height);
    struct arr_canvas a = view_draw(view, r, rgb, NULL);
    for (int i = 0; i < r->cells; i++) {
        r->texture.t[ARR_T_EDGES][i] = 1.0f - r->texture.t[ARR_T_EDGES][i];
        r->array.c[ARR_C_MOTION][i] += 0.25f;
        r->array.c[ARR_C_BALANCED][i] += 0.25f;
    }
    struct arr_canvas b = view_draw(view, r, rgb, NULL);
    const bool alike = a.width == b.width && a.height == b.height &&
                       !memcmp(a.rgba, b.rgba, (size_t)a.width * (size_t)a.height * 4);
    if (alike != is_same) {
        fail_msg("%s: %s", arr_view_name(view), alike ? "nothing changed" : "something changed");
    }
    arr_canvas_done(&b);
    arr_canvas_done(&a);
    free(rgb);
}

/* With an array the 13 channels, and what is absent or R itself, show nowhere. */
static void test_made_from(void **state)
{
    (void)state;
    static const enum arr_view VIEWS[] = {ARR_VIEW_INSPECTOR, ARR_VIEW_ATTRIBUTION,
                                          ARR_VIEW_TEXTURES};
    struct arr_result *const r = view_result(320, 240, ARR_GRID, 20);
    for (int channel = 0; channel < ARR_ARRAY_CHANNELS; channel++) {
        memcpy(r->array.c[channel], r->texture.t[channel % 13], sizeof r->array.c[0]);
        r->array.state[channel] = channel == ARR_C_MOTION ? ARR_FIRST_FRAME : ARR_PRESENT;
    }
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        r->array.have = 0;
        expect_same_picture(r, VIEWS[i], false);
        r->array.have = ARR_WANT_ARRAY;
        expect_same_picture(r, VIEWS[i], true);
    }
    /* Nothing but R: pages without a channel. */
    memset(r->array.state, ARR_ABSENT, sizeof r->array.state);
    r->array.state[ARR_C_BALANCED] = ARR_PRESENT;
    uint8_t *const rgb = view_photo(320, 240);
    for (size_t i = 0; i < sizeof VIEWS / sizeof *VIEWS; i++) {
        struct arr_canvas c = view_draw(VIEWS[i], r, rgb, NULL);
        assert_in_range(c.height, 60, 1200);
        arr_canvas_done(&c);
    }
    free(rgb);
    arr_result_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tags_beside), cmocka_unit_test(test_tags_small),
        cmocka_unit_test(test_question),    cmocka_unit_test(test_question_kept),
        cmocka_unit_test(test_channels_40), cmocka_unit_test(test_channel_a),
        cmocka_unit_test(test_made_from),
    };
    return cmocka_run_group_tests_name("view captions", tests, NULL, NULL);
}
