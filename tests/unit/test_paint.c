/* SPDX-License-Identifier: Apache-2.0 */
/* The building stones of the views: colour maps, cells, heat, false colour, canvas and font. */
#include "core/arrcoc/paint.h"

#include "core/arrcoc/canvas.h"
#include "core/arrcoc/resample.h"
#include "tests/unit/view_help.h"

/* ---- colour maps ---- */

static void test_lut_index(void **state)
{
    (void)state;
    assert_int_equal(arr_lut_index(0.0), 0);
    assert_int_equal(arr_lut_index(0.00390624), 0);
    assert_int_equal(arr_lut_index(0.00390625), 1); /* 1 / 256 */
    assert_int_equal(arr_lut_index(0.5), 128);
    assert_int_equal(arr_lut_index(0.99609375), 255); /* 255 / 256 */
    assert_int_equal(arr_lut_index(1.0), 255);
    assert_int_equal(arr_lut_index(7.0), 255);
    assert_int_equal(arr_lut_index(-0.1), 0);
    assert_int_equal(arr_lut_index((double)NAN), 0);
}

/* matplotlib 3.11's bytes. */
static void test_lut_values(void **state)
{
    (void)state;
    static const struct {
        enum arr_lut lut;
        int i, r, g, b;
    } SPOTS[] = {
        {ARR_LUT_HOT, 0, 10, 0, 0},           {ARR_LUT_HOT, 128, 255, 91, 0},
        {ARR_LUT_HOT, 255, 255, 255, 255},    {ARR_LUT_VIRIDIS, 0, 68, 1, 84},
        {ARR_LUT_VIRIDIS, 128, 32, 144, 140}, {ARR_LUT_VIRIDIS, 255, 253, 231, 36},
        {ARR_LUT_PLASMA, 100, 174, 39, 145},  {ARR_LUT_INFERNO, 200, 251, 157, 6},
        {ARR_LUT_RDYLGN, 64, 248, 142, 82},   {ARR_LUT_RDBU_R, 0, 5, 48, 97},
        {ARR_LUT_RDBU_R, 255, 103, 0, 31},    {ARR_LUT_SEISMIC, 127, 253, 253, 255},
        {ARR_LUT_REDS, 255, 103, 0, 12},      {ARR_LUT_GREENS, 128, 115, 195, 117},
        {ARR_LUT_BLUES, 128, 106, 173, 213},  {ARR_LUT_GRAY, 77, 77, 77, 77},
        {ARR_LUT_YLORRD, 30, 255, 238, 162},
    };
    for (size_t i = 0; i < sizeof SPOTS / sizeof *SPOTS; i++) {
        view_expect("colour map", ARR_LUT[SPOTS[i].lut][SPOTS[i].i], SPOTS[i].r, SPOTS[i].g,
                    SPOTS[i].b);
    }
    /* hot by its definition: red rises from 0.0416 to 1 until 0.365079 and so on. */
    for (int i = 0; i < 256; i++) {
        const double v = i / 255.0;
        const double red = v < 0.365079 ? 0.0416 + v / 0.365079 * (1 - 0.0416) : 1;
        const double green = fmin(fmax((v - 0.365079) / (0.746032 - 0.365079), 0), 1);
        const double blue = fmax((v - 0.746032) / (1 - 0.746032), 0);
        const uint8_t *const c = ARR_LUT[ARR_LUT_HOT][i];
        assert_true(fabs(c[0] - red * 255) <= 1.01 && fabs(c[1] - green * 255) <= 1.01 &&
                    fabs(c[2] - blue * 255) <= 1.01);
    }
}

/* ---- cells ---- */

static void check_cells(int w, int h, int grid)
{
    const size_t pixels = (size_t)w * (size_t)h;
    uint8_t *const rgba = xcalloc(pixels, 4);
    const struct arr_paint to = {rgba, (size_t)w * 4, w, h};
    for (int i = 0; i < grid * grid; i++) {
        const struct arr_rect r = arr_paint_rect(&to, grid, i % grid, i / grid);
        assert_int_equal(r.x, i % grid * w / grid);
        assert_int_equal(r.y, i / grid * h / grid);
        for (int y = r.y; y < r.y + r.h; y++) {
            for (int x = r.x; x < r.x + r.w; x++) {
                rgba[((size_t)y * (size_t)w + (size_t)x) * 4]++;
            }
        }
    }
    size_t once = 0;
    for (size_t i = 0; i < pixels; i++) {
        once += rgba[i * 4] == 1;
    }
    assert_int_equal(once, pixels);
    free(rgba);
}

static void test_cells(void **state)
{
    (void)state;
    static const int SIDES[] = {1, 2, 13, 31, 32, 33, 100, 257};
    enum { N = sizeof SIDES / sizeof *SIDES };
    for (int i = 0; i < N * N; i++) {
        check_cells(SIDES[i / N], SIDES[i % N], ARR_GRID);
        check_cells(SIDES[i / N], SIDES[i % N], ARR_GRID_SEED);
    }
}

/* ---- heat ---- */

static void random_map(float *map, int cells)
{
    uint64_t seed = 3;
    for (int i = 0; i < cells; i++) {
        map[i] = (float)(arr_splitmix64(&seed) >> 40) / 16777216.0f * 3.0f - 1.0f;
    }
}

static void stretch(const float *map, int cells, double *out)
{
    double low = (double)map[0], high = low;
    for (int i = 1; i < cells; i++) {
        low = fmin(low, (double)map[i]);
        high = fmax(high, (double)map[i]);
    }
    for (int i = 0; i < cells; i++) {
        out[i] = ((double)map[i] - low) / (high - low + 1e-8);
    }
}

/* Half-pixel centres, clamped at the border, in double. */
static double bilinear(const double *map, int grid, int w, int h, int x, int y)
{
    const double fx = fmin(fmax((x + 0.5) * grid / w - 0.5, 0), grid - 1);
    const double fy = fmin(fmax((y + 0.5) * grid / h - 0.5, 0), grid - 1);
    const int x0 = (int)fx, y0 = (int)fy;
    const int x1 = x0 + 1 < grid ? x0 + 1 : x0, y1 = y0 + 1 < grid ? y0 + 1 : y0;
    const double tx = fx - x0, ty = fy - y0;
    const double top = (1 - tx) * map[y0 * grid + x0] + tx * map[y0 * grid + x1];
    const double low = (1 - tx) * map[y1 * grid + x0] + tx * map[y1 * grid + x1];
    return (1 - ty) * top + ty * low;
}

static void check_alone(int w, int h, int grid, bool is_bilinear)
{
    struct err e = ERR_INIT;
    float map[ARR_CELLS];
    uint8_t *const rgba = xcalloc((size_t)w * (size_t)h, 4);
    double even[ARR_CELLS];
    random_map(map, grid * grid);
    stretch(map, grid * grid, even);
    assert_true(arr_heat_alone(map, grid, ARR_LUT_GRAY, is_bilinear, w, h, rgba, &e));
    int off = 0;
    for (int i = 0; i < w * h; i++) {
        const int x = i % w, y = i / w;
        const int cell = ((y + 1) * grid - 1) / h * grid + ((x + 1) * grid - 1) / w;
        const double v = is_bilinear ? bilinear(even, grid, w, h, x, y) : even[cell];
        const int want = arr_lut_index(v);
        const uint8_t gray = rgba[i * 4];
        /* Float may fall on the other side of a step. */
        assert_in_range(gray, ARR_LUT[ARR_LUT_GRAY][want > 0 ? want - 1 : 0][0],
                        ARR_LUT[ARR_LUT_GRAY][want < 255 ? want + 1 : 255][0]);
        assert_int_equal(rgba[i * 4 + 1], gray);
        assert_int_equal(rgba[i * 4 + 3], 255);
        off += gray != ARR_LUT[ARR_LUT_GRAY][want][0];
    }
    assert_true(off <= w * h / 200);
    free(rgba);
}

static void test_heat_alone(void **state)
{
    (void)state;
    static const int SIZES[][2] = {{32, 32}, {512, 512}, {1, 1}, {3, 200}, {200, 3}, {100, 77}};
    for (size_t i = 0; i < sizeof SIZES / sizeof *SIZES; i++) {
        for (int is_bilinear = 0; is_bilinear < 2; is_bilinear++) {
            check_alone(SIZES[i][0], SIZES[i][1], ARR_GRID, is_bilinear);
            check_alone(SIZES[i][0], SIZES[i][1], ARR_GRID_SEED, is_bilinear);
        }
    }
}

static void test_heat_over(void **state)
{
    (void)state;
    enum { W = 90, H = 60, PX = W * H };
    struct err e = ERR_INIT;
    float map[ARR_CELLS];
    uint8_t *const photo = view_photo(W, H);
    uint8_t *const alone = xcalloc(PX, 4), *const over = xcalloc(PX, 4);
    random_map(map, ARR_CELLS);
    assert_true(arr_heat_alone(map, 32, ARR_LUT_HOT, true, W, H, alone, &e));
    assert_true(arr_heat_over(map, 32, ARR_LUT_HOT, 1.0f, photo, W, H, over, &e));
    assert_memory_equal(alone, over, PX * 4);
    assert_true(arr_heat_over(map, 32, ARR_LUT_HOT, 0.0f, photo, W, H, over, &e));
    for (int i = 0; i < PX; i++) {
        view_expect("alpha 0", &over[i * 4], photo[i * 3], photo[i * 3 + 1], photo[i * 3 + 2]);
    }
    assert_true(arr_heat_over(map, 32, ARR_LUT_HOT, 0.6f, photo, W, H, over, &e));
    for (int i = 0; i < PX * 3; i++) {
        const double below = photo[i], above = alone[i / 3 * 4 + i % 3];
        assert_true(fabs(over[i / 3 * 4 + i % 3] - floor(below + 0.6 * (above - below))) <= 1);
    }
    free(over);
    free(alone);
    free(photo);
}

/* A map without a range is all at the lower end, not somewhere at random. */
static void test_heat_flat(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    float map[ARR_CELLS];
    uint8_t rgba[16 * 16 * 4];
    for (int i = 0; i < ARR_CELLS; i++) {
        map[i] = 0.7f;
    }
    assert_true(arr_heat_alone(map, 32, ARR_LUT_VIRIDIS, true, 16, 16, rgba, &e));
    for (int i = 0; i < 16 * 16; i++) {
        view_expect_lut("flat", &rgba[i * 4], ARR_LUT_VIRIDIS, 0);
    }
}

/* ---- homunculus ---- */

static void test_homunculus(void **state)
{
    (void)state;
    enum { SIDE = 512 };
    struct err e = ERR_INIT;
    const uint16_t order[] = {33}; /* row 1, column 1: pixels 16 to 31 both ways */
    uint8_t *const photo = xmalloc((size_t)SIDE * SIDE * 3);
    struct arr_canvas c = {SIDE, SIDE, xcalloc((size_t)SIDE * SIDE, 4)};
    for (int i = 0; i < SIDE * SIDE; i++) {
        memcpy(&photo[i * 3], (const uint8_t[]){200, 100, 50}, 3);
    }
    assert_true(
        arr_homunculus_draw(photo, SIDE, SIDE, 32, order, 1, ARR_HOMUNCULUS_DIM, c.rgba, &e));
    /* 155/255 of the photo and 100/255 of red: 221.57, 60.78, 30.39. */
    view_expect("rejected", view_pixel(&c, 15, 15), 222, 61, 30);
    view_expect("rejected below", view_pixel(&c, 16, 32), 222, 61, 30);
    view_expect("selected", view_pixel(&c, 16, 16), 200, 100, 50);
    view_expect("selected to the end", view_pixel(&c, 31, 31), 200, 100, 50);
    assert_true(
        arr_homunculus_draw(photo, SIDE, SIDE, 32, order, 1, ARR_HOMUNCULUS_HEATMAP, c.rgba, &e));
    view_expect("darkened", view_pixel(&c, 0, 0), 82, 41, 21);       /* 105/255 of it */
    view_expect("lightened", view_pixel(&c, 20, 20), 226, 173, 146); /* 135/255, 120 of white */
    assert_true(
        arr_homunculus_draw(photo, SIDE, SIDE, 32, order, 1, ARR_HOMUNCULUS_BORDERS, c.rgba, &e));
    view_expect("frame", view_pixel(&c, 16, 16), 0, 255, 0);
    view_expect("frame, third", view_pixel(&c, 18, 24), 0, 255, 0);
    view_expect("frame, lower end", view_pixel(&c, 24, 29), 0, 255, 0);
    view_expect("inside", view_pixel(&c, 19, 24), 200, 100, 50);
    view_expect("outside", view_pixel(&c, 15, 24), 200, 100, 50);
    assert_false(
        arr_homunculus_draw(photo, SIDE, SIDE, 64, order, 1, ARR_HOMUNCULUS_DIM, c.rgba, &e));
    assert_int_equal(e.code, ERR_USAGE);
    free(c.rgba);
    free(photo);
}

/* ---- false colour ---- */

static void test_false_color(void **state)
{
    (void)state;
    struct arr_texture *const t = xcalloc(1, sizeof *t);
    uint8_t cells[ARR_CELLS * 3];
    t->grid = ARR_GRID_SEED;
    for (int i = 0; i < 14 * 14; i++) {
        t->t[ARR_T_R][i] = 0.3f;
        t->t[ARR_T_G][i] = 0.6f;
        t->t[ARR_T_B][i] = i == 0 ? 0.0f : 0.9f; /* mean 0.3 in the first cell, 0.6 elsewhere */
        t->t[ARR_T_EDGES][i] = (float)i;
        t->t[ARR_T_X][i] = 2.0f; /* flat: 0 everywhere */
        t->t[ARR_T_Y][i] = -(float)i;
    }
    arr_false_color_cells(t, ARR_FALSE_SEMANTIC, NULL, cells);
    view_expect("first", cells, 0, 0, 0);
    view_expect("second", cells + 3, 255, 1, 0); /* 255 / 195 is cut */
    view_expect("last", cells + 195 * 3, 255, 255, 0);
    const int triple[3] = {ARR_T_Y, ARR_T_X, ARR_T_EDGES};
    arr_false_color_cells(t, ARR_FALSE_CUSTOM, triple, cells);
    view_expect("custom, first", cells, 255, 0, 0);
    view_expect("custom, last", cells + 195 * 3, 0, 0, 255);
    arr_false_color_cells(t, ARR_FALSE_SPATIAL, NULL, cells);
    view_expect("spatial, first", cells, 255, 0, 0);
    free(t);
}

/* ---- canvas ---- */

static const struct arr_color BLACK = {0, 0, 0, 255}, WHITE = {255, 255, 255, 255};

static void test_fill(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct arr_canvas c;
    assert_true(arr_canvas_init(&c, 10, 6, (struct arr_color){10, 20, 30, 0}, &e));
    view_expect("background", view_pixel(&c, 9, 5), 10, 20, 30);
    assert_int_equal(view_pixel(&c, 0, 0)[3], 255);
    arr_canvas_fill(&c, (struct arr_rect){-5, -5, 7, 8}, WHITE);
    view_expect("cut at the left", view_pixel(&c, 1, 2), 255, 255, 255);
    view_expect("its end", view_pixel(&c, 2, 2), 10, 20, 30);
    arr_canvas_fill(&c, (struct arr_rect){8, 4, 100, 100}, (struct arr_color){255, 255, 255, 51});
    view_expect("a fifth", view_pixel(&c, 9, 5), 59, 67, 75);
    arr_canvas_fill(&c, (struct arr_rect){4, 4, -3, 2}, WHITE);
    view_expect("no width", view_pixel(&c, 3, 4), 10, 20, 30);
    arr_canvas_frame(&c, (struct arr_rect){3, 0, 5, 4}, 1, BLACK);
    view_expect("frame", view_pixel(&c, 7, 3), 0, 0, 0);
    view_expect("inside it", view_pixel(&c, 4, 1), 10, 20, 30);
    arr_canvas_done(&c);
    assert_null(c.rgba);
    assert_false(arr_canvas_init(&c, 65535, 65535, BLACK, &e));
    assert_int_equal(e.code, ERR_LIMIT);
    assert_true(e.remedy[0] != '\0');
    arr_canvas_done(&c);
}

static void test_line(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct arr_canvas c;
    assert_true(arr_canvas_init(&c, 20, 20, BLACK, &e));
    arr_canvas_line(&c, 4, 10, 14, 10, 1.0, WHITE);
    view_expect("on the line", view_pixel(&c, 9, 10), 255, 255, 255);
    view_expect("beside it", view_pixel(&c, 9, 11), 0, 0, 0);
    view_expect("before it", view_pixel(&c, 3, 10), 0, 0, 0);
    arr_canvas_line(&c, 4, 14, 14, 14, 2.0, WHITE);
    view_expect("half covered", view_pixel(&c, 9, 15), 128, 128, 128);
    arr_canvas_line(&c, -100, -100, 200, 200, 1.0, WHITE);
    view_expect("through the corner", view_pixel(&c, 0, 0), 255, 255, 255);
    arr_canvas_done(&c);
}

/* ---- text ---- */

static void test_glyphs(void **state)
{
    (void)state;
    for (int a = 33; a < 128; a++) {
        int n = 0;
        const int width = arr_glyph_width((unsigned char)a);
        assert_in_range(width, 1, 7);
        for (int i = 0; i < 7 * ARR_FONT_HEIGHT; i++) {
            const bool is_set = arr_glyph_pixel((unsigned char)a, i % 7, i / 7);
            n += is_set;
            assert_false(is_set && i % 7 >= width);
        }
        assert_true(n >= 2);
        for (int b = 33; b < a; b++) {
            bool is_same = true;
            for (int i = 0; i < 7 * ARR_FONT_HEIGHT; i++) {
                is_same = is_same && arr_glyph_pixel((unsigned char)a, i % 7, i / 7) ==
                                         arr_glyph_pixel((unsigned char)b, i % 7, i / 7);
            }
            if (is_same) {
                fail_msg("%c and %c look the same", a, b);
            }
        }
    }
    for (char digit = '0'; digit <= '9'; digit++) { /* columns of numbers stay in line */
        assert_int_equal(arr_glyph_width((unsigned char)digit), 5);
    }
    assert_int_equal(arr_glyph_width(5), arr_glyph_width(127));
    assert_false(arr_glyph_pixel('A', -1, 0) || arr_glyph_pixel('A', 0, -1));
    assert_false(arr_glyph_pixel('A', 9, 0) || arr_glyph_pixel('A', 0, 99));
}

static int rightmost(const struct arr_canvas *c)
{
    for (int x = c->width - 1; x >= 0; x--) {
        for (int y = 0; y < c->height; y++) {
            if (view_pixel(c, x, y)[0] != 0) {
                return x;
            }
        }
    }
    return -1;
}

static void test_text(void **state)
{
    (void)state;
    struct err e = ERR_INIT;
    struct arr_canvas c;
    struct arr_font f = {1, false, WHITE};
    assert_int_equal(arr_text_width(&f, ""), 0);
    assert_int_equal(arr_text_width(&f, "l"), 1);
    assert_int_equal(arr_text_width(&f, "ll"), 3);
    assert_int_equal(arr_text_width(&f, "00"), 11);
    /* Two characters of UTF-8 are two boxes, however many bytes they have. */
    assert_int_equal(arr_text_width(&f, "\xc3\xa9\xe2\x82\xac"), 11);
    f.scale = 3;
    assert_int_equal(arr_text_width(&f, "00"), 33);
    f.scale = 1;
    assert_true(arr_canvas_init(&c, 60, 14, BLACK, &e));
    arr_text(&c, &f, 0, 1, ARR_LEFT, "H");
    view_expect("its first stroke", view_pixel(&c, 0, 1), 255, 255, 255);
    view_expect("its bar", view_pixel(&c, 3, 5), 255, 255, 255);
    view_expect("below the baseline", view_pixel(&c, 0, 10), 0, 0, 0);
    arr_canvas_done(&c);
    assert_true(arr_canvas_init(&c, 60, 14, BLACK, &e));
    arr_text(&c, &f, 60, 1, ARR_RIGHT, "HH");
    assert_int_equal(rightmost(&c), 59);
    arr_canvas_done(&c);
    for (int room = 0; room < 60; room++) {
        assert_true(arr_canvas_init(&c, 60, 14, BLACK, &e));
        arr_text_cut(&c, &f, 0, 1, room, "Hamburgefonstiv");
        assert_true(rightmost(&c) < room);
        arr_canvas_done(&c);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_lut_index),  cmocka_unit_test(test_lut_values),
        cmocka_unit_test(test_cells),      cmocka_unit_test(test_heat_alone),
        cmocka_unit_test(test_heat_over),  cmocka_unit_test(test_heat_flat),
        cmocka_unit_test(test_homunculus), cmocka_unit_test(test_false_color),
        cmocka_unit_test(test_fill),       cmocka_unit_test(test_line),
        cmocka_unit_test(test_glyphs),     cmocka_unit_test(test_text),
    };
    return cmocka_run_group_tests_name("paint", tests, NULL, NULL);
}
