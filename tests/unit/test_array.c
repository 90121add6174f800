/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/color.h"
#include "core/arrcoc/texture.h"
#include "tests/unit/dense_help.h"

enum { WANT_ALL = ARR_WANT_ARRAY | ARR_WANT_VISUAL | ARR_WANT_V2 | ARR_WANT_QUADS };

static struct arr_array *array_all(const uint8_t *rgb)
{
    return array_of(rgb, NULL, &(struct arr_array_options){.want = WANT_ALL});
}

/* ---- by the book ---- */

static double box_gray(const uint8_t *rgb, int x, int y)
{
    double sum = 0;
    for (int j = y - 7; j <= y + 7; j++) {
        for (int i = x - 7; i <= x + 7; i++) {
            sum += dense_gray(rgb, i, j);
        }
    }
    return sum / 225;
}

static void gradient(const uint8_t *rgb, int x, int y, double *gx, double *gy)
{
    *gx = *gy = 0;
    for (int k = -1; k <= 1; k++) {
        const int w = k == 0 ? 2 : 1;
        *gx += w * (dense_gray(rgb, x + 1, y + k) - dense_gray(rgb, x - 1, y + k)) / 8;
        *gy += w * (dense_gray(rgb, x + k, y + 1) - dense_gray(rgb, x + k, y - 1)) / 8;
    }
}

static double low_at(const uint8_t *rgb, int x, int y)
{
    static const double w[5] = {0.0544887, 0.2442013, 0.4026199, 0.2442013, 0.0544887};
    double sum = 0;
    for (int j = -2; j <= 2; j++) {
        for (int i = -2; i <= 2; i++) {
            sum += w[i + 2] * w[j + 2] * dense_gray(rgb, x + i, y + j);
        }
    }
    return sum;
}

struct book { /* of the cells looked at */
    double dark, light, whole, high, low, mean, deviation, coherence;
};

static void book_cell(const uint8_t *rgb, int cell, struct book *b)
{
    double xx = 0, yy = 0, xy = 0, squares = 0;
    *b = (struct book){0};
    for (int k = 0; k < 256; k++) {
        const int x = cell % ARR_GRID * 16 + k % 16, y = cell / ARR_GRID * 16 + k / 16;
        const double g = dense_gray(rgb, x, y);
        double gx, gy;
        gradient(rgb, x, y, &gx, &gy);
        const double m = sqrt(gx * gx + gy * gy + 1e-8);
        const double s = fmin(fmax(0.5 + (box_gray(rgb, x, y) - g) / 0.04, 0), 1);
        b->dark += m * s / 256;
        b->light += m * (1 - s) / 256;
        b->whole += m / 256;
        b->high += fabs(4 * g - dense_gray(rgb, x - 1, y) - dense_gray(rgb, x + 1, y) -
                        dense_gray(rgb, x, y - 1) - dense_gray(rgb, x, y + 1)) /
                   1024;
        b->low += low_at(rgb, x, y) / 256;
        b->mean += g / 256;
        squares += g * g / 256;
        xx += gx * gx;
        yy += gy * gy;
        xy += gx * gy;
    }
    b->deviation = sqrt(fmax(squares - b->mean * b->mean, 0));
    b->coherence = hypot(xx - yy, 2 * xy) / (xx + yy + 1e-8);
}

static double range_of(const struct book *books, double *low)
{
    double high = 0;
    *low = 1;
    for (int i = 0; i < ARR_CELLS; i++) {
        *low = fmin(*low, fmin(books[i].dark, books[i].light));
        high = fmax(high, fmax(books[i].dark, books[i].light));
    }
    return high - *low + 1e-8;
}

static void test_by_the_book(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_scene(rgb, 1);
    struct book *books = xmalloc(ARR_CELLS * sizeof *books);
    struct arr_array *a = array_all(rgb);
    for (int i = 0; i < ARR_CELLS; i++) {
        book_cell(rgb, i, &books[i]);
    }
    double low;
    const double range = range_of(books, &low);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_near(a->c[ARR_C_EDGES_DARK][i], (books[i].dark - low) / range, 3e-4);
        assert_near(a->c[ARR_C_EDGES_LIGHT][i], (books[i].light - low) / range, 3e-4);
        assert_near(a->c[ARR_C_HIGH_PASS][i], books[i].high, 2e-5);
        assert_near(a->c[ARR_C_LOW_PASS][i], books[i].low, 2e-5);
        assert_near(a->roughness[i], books[i].deviation, 2e-5);
        assert_near(a->contrast[i], fmin(2 * books[i].deviation, 1), 4e-5);
        assert_near(a->coherence[i], books[i].coherence, 1e-3);
    }
    free(a);
    free(books);
    free(rgb);
}

static void test_colours(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_noise(rgb, 2);
    dense_fill(rgb, 64, 64, 200, 100, (const uint8_t[3]){220, 20, 20});
    struct arr_array *a = array_all(rgb);
    for (int i = 0; i < ARR_CELLS; i++) {
        double quads[4][3] = {{0}};
        for (int k = 0; k < 256; k++) {
            const int x = i % ARR_GRID * 16 + k % 16, y = i / ARR_GRID * 16 + k / 16;
            for (int c = 0; c < 3; c++) {
                quads[k / 128 * 2 + k % 16 / 8][c] += rgb[(y * ARR_DENSE + x) * 3 + c] / 64.0;
            }
        }
        for (int c = 0; c < 3; c++) {
            const double sum = quads[0][c] + quads[1][c] + quads[2][c] + quads[3][c];
            assert_near(a->c[ARR_C_R + c][i], sum / 4 / 255, 1e-6);
        }
        for (int q = 0; q < 4; q++) {
            float lab[3];
            arr_lab_one((float)quads[q][0], (float)quads[q][1], (float)quads[q][2], lab);
            for (int c = 0; c < 3; c++) {
                assert_near(a->quads[c][q][i], (double)lab[c], 1e-3);
            }
        }
    }
    free(a);
    free(rgb);
}

static void test_entropy(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_noise(rgb, 3);
    dense_fill(rgb, 0, 0, 16, 16, (const uint8_t[3]){9, 9, 9}); /* cell 0: one value */
    for (int i = 0; i < 256; i++) {                             /* cell 1: two, cell 2: all 16 */
        memset(rgb + (i / 16 * ARR_DENSE + 16 + i % 16) * 3, i % 2 ? 255 : 0, 3);
        memset(rgb + (i / 16 * ARR_DENSE + 32 + i % 16) * 3, i, 3);
    }
    struct arr_array *a = array_all(rgb);
    assert_true(a->visual_info[0] == 0.0f);
    assert_near(a->visual_info[1], 0.25, 1e-6);
    assert_near(a->visual_info[2], 1, 1e-6);
    for (int i = 3; i < ARR_CELLS; i++) {
        int bins[16] = {0};
        for (int k = 0; k < 256; k++) {
            const int x = i % ARR_GRID * 16 + k % 16, y = i / ARR_GRID * 16 + k / 16;
            const uint8_t *p = rgb + (y * ARR_DENSE + x) * 3;
            const double g = arr_gray_q(p[0], p[1], p[2]) / 65535.0;
            bins[(int)fmin(g * 16, 15)]++;
        }
        double h = 0;
        for (int k = 0; k < 16; k++) {
            h -= bins[k] ? bins[k] / 256.0 * log2(bins[k] / 256.0) / 4 : 0;
        }
        assert_near(a->visual_info[i], h, 1e-5);
    }
    free(a);
    free(rgb);
}

/* ---- gray ---- */

static void test_gray_is_rounded_once(void **state)
{
    (void)state;
    for (unsigned r = 0; r < 256; r += 3) {
        for (unsigned g = 0; g < 256; g++) {
            const unsigned b = (r * 7 + g * 13) % 256;
            const double exact = 257 * (0.299 * r + 0.587 * g + 0.114 * b);
            assert_near((float)arr_gray_q(r, g, b), exact, 0.51);
        }
    }
    for (unsigned v = 0; v < 256; v++) {
        assert_int_equal(arr_gray_q(v, v, v), 257 * v);
        assert_int_equal(arr_gray_mid(16 * 257 * v), v);
        assert_int_equal(arr_gray_mid(16 * 257 * v + 2055), v);
        assert_int_equal(v < 1 ? 0 : arr_gray_mid(16 * 257 * v - 2056), v);
    }
    assert_int_equal(arr_quantise(0.0f), 0);
    assert_int_equal(arr_quantise(1.0f), 65535);
    assert_int_equal(arr_motion_q(3 * 255 * 255), 65535);
}

/* ---- polarity ---- */

static double sum_of(const float *map)
{
    double sum = 0;
    for (int i = 0; i < ARR_CELLS; i++) {
        sum += (double)map[i];
    }
    return sum;
}

/* Bars of three cells' width whose flanks lie between two cells. */
static void draw_bars(uint8_t *rgb, uint8_t paper, uint8_t ink)
{
    dense_flat(rgb, paper, paper, paper);
    for (int x = 64; x < 480; x += 128) {
        dense_fill(rgb, x, 0, 48, ARR_DENSE, (const uint8_t[3]){ink, ink, ink});
    }
}

/* The flanks of dark bars show in channel 3 on the bar and in channel 4 beside it; those of bright
 * bars the other way round. */
static void assert_sides(const float *on_bar, const float *beside)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        const int at = i % ARR_GRID % 8;
        assert_near(on_bar[i], at == 4 || at == 6 ? 1 : 0, 1e-2);
        assert_near(beside[i], at == 3 || at == 7 ? 1 : 0, 1e-2);
    }
}

static void test_polarity(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    draw_bars(rgb, 220, 30);
    struct arr_array *a = array_still(rgb);
    assert_sides(a->c[ARR_C_EDGES_DARK], a->c[ARR_C_EDGES_LIGHT]);
    free(a);
    draw_bars(rgb, 30, 220);
    a = array_still(rgb);
    assert_sides(a->c[ARR_C_EDGES_LIGHT], a->c[ARR_C_EDGES_DARK]);
    free(a);
    free(rgb);
}

static void test_literal_edges(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_scene(rgb, 9);
    struct arr_array *a = array_of(
        rgb, NULL, &(struct arr_array_options){.want = ARR_WANT_ARRAY, .literal_edges = true});
    assert_memory_equal(a->c[ARR_C_EDGES_DARK], a->c[ARR_C_EDGES_LIGHT], sizeof a->c[0]);
    double low = 1, high = 0, *whole = xmalloc(ARR_CELLS * sizeof *whole);
    for (int i = 0; i < ARR_CELLS; i++) {
        struct book b;
        book_cell(rgb, i, &b);
        whole[i] = b.whole;
        low = fmin(low, b.whole);
        high = fmax(high, b.whole);
    }
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_near(a->c[ARR_C_EDGES_DARK][i], (whole[i] - low) / (high - low), 3e-4);
    }
    free(whole);
    free(a);
    free(rgb);
}

/* ---- states, flags, ranges ---- */

static void test_states(void **state)
{
    (void)state;
    static const int absent[] = {7,  15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25,
                                 26, 27, 28, 29, 30, 31, 32, 33, 35, 36, 37};
    uint8_t *rgb = dense_new();
    dense_scene(rgb, 10);
    struct arr_array *a = array_still(rgb);
    int n_absent = 0;
    for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
        const bool is_absent =
            n_absent < (int)(sizeof absent / sizeof *absent) && absent[n_absent] == c;
        n_absent += is_absent;
        assert_int_equal(a->state[c], is_absent ? ARR_ABSENT : ARR_PRESENT);
        for (int i = 0; is_absent && i < ARR_CELLS; i++) {
            assert_true(a->c[c][i] == 0.0f);
        }
    }
    free(a);
    a = array_of(rgb, NULL, &(struct arr_array_options){.want = ARR_WANT_VISUAL});
    for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
        assert_int_equal(a->state[c], ARR_ABSENT);
    }
    assert_true(sum_of(a->visual_info) > 0);
    assert_true(sum_of(a->roughness) == 0);
    free(a);
    free(rgb);
}

static void test_flat(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_flat(rgb, 3, 77, 250);
    struct arr_array *a = array_all(rgb);
    assert_int_equal(a->flags, ARR_NO_EDGES | ARR_FLAT_EDGES | ARR_FLAT_SALIENCY);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(a->c[ARR_C_EDGES_DARK][i] == 0.0f && a->c[ARR_C_EDGES_LIGHT][i] == 0.0f);
        assert_true(a->c[ARR_C_HIGH_PASS][i] == 0.0f && a->c[ARR_C_TEXT][i] == 0.0f);
        assert_near(a->c[ARR_C_LOW_PASS][i], dense_gray(rgb, 0, 0), 1e-5);
        assert_true(a->roughness[i] == 0.0f && a->coherence[i] == 0.0f);
    }
    free(a);
    free(rgb);
}

static void assert_within(const float *map, double low, double high)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(isfinite(map[i]) && (double)map[i] >= low && (double)map[i] <= high);
    }
}

static void assert_ranges(const uint8_t *rgb, const struct arr_previous *previous,
                          enum arr_saliency saliency)
{
    struct arr_array *a = array_of(
        rgb, previous, &(struct arr_array_options){.want = WANT_ALL, .saliency = saliency});
    for (int c = 0; c < ARR_ARRAY_CHANNELS; c++) {
        assert_within(a->c[c], 0, c == ARR_C_CLUSTER ? ARR_CLUSTERS - 1 : 1);
    }
    assert_within(a->visual_info, 0, 1);
    assert_within(a->coherence, 0, 1);
    assert_within(a->contrast, 0, 1);
    assert_within(a->roughness, 0, 0.5);
    for (int q = 0; q < 4; q++) {
        assert_within(a->quads[0][q], 0, 100.001);
        assert_within(a->quads[1][q], -128, 128);
        assert_within(a->quads[2][q], -128, 128);
    }
    for (int i = 0; i < ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS; i++) {
        assert_in_range(a->flow[i][0] + ARR_FLOW_MAX, 0, 2 * ARR_FLOW_MAX);
        assert_in_range(a->flow[i][1] + ARR_FLOW_MAX, 0, 2 * ARR_FLOW_MAX);
    }
    assert_true(a->mean_sad >= 0 && a->mean_sad <= 255);
    free(a);
}

static void draw_extreme(uint8_t *rgb, int k)
{
    static const uint8_t corners[4][3] = {{255, 0, 0}, {0, 255, 0}, {0, 0, 255}, {255, 255, 0}};
    if (k < 2) {
        dense_noise(rgb, (uint64_t)k);
    } else if (k < 4) {
        dense_flat(rgb, k == 2 ? 0 : 255, k == 2 ? 0 : 255, k == 2 ? 0 : 255);
    } else if (k == 4) { /* checkerboard */
        for (int i = 0; i < ARR_DENSE_PX; i++) {
            memset(rgb + 3 * i, (i % ARR_DENSE + i / ARR_DENSE) % 2 ? 255 : 0, 3);
        }
    } else if (k == 5) { /* black and white noise */
        dense_noise(rgb, 55);
        for (int i = 0; i < ARR_DENSE_PX; i++) {
            memset(rgb + 3 * i, rgb[3 * i] > 127 ? 255 : 0, 3);
        }
    } else { /* strong colours side by side, one bright pixel */
        for (int q = 0; q < 4; q++) {
            dense_fill(rgb, q % 2 * 256, q / 2 * 256, 256, 256, corners[q]);
        }
        memset(rgb, 255, 3);
    }
}

static void test_ranges(void **state)
{
    (void)state;
    struct arr_previous *before = xcalloc(1, sizeof *before);
    uint8_t *rgb = dense_new();
    for (int k = 0; k < 7; k++) {
        draw_extreme(rgb, k);
        assert_ranges(rgb, k % 2 ? before : NULL, ARR_CENTRE_SURROUND);
        assert_ranges(rgb, k % 2 ? NULL : before, ARR_SPECTRAL);
        memcpy(before->rgb, rgb, sizeof before->rgb);
    }
    free(rgb);
    free(before);
}

static void test_threads_change_nothing(void **state)
{
    (void)state;
    struct arr_previous *before = xmalloc(sizeof *before);
    uint8_t *rgb = dense_new();
    dense_scene(before->rgb, 40);
    dense_scene(rgb, 41);
    struct arr_array *one = array_of(rgb, before, &(struct arr_array_options){.want = WANT_ALL});
    static const int threads[] = {1, 2, 3, 16};
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        const struct arr_array_options o = {.want = WANT_ALL, .n_threads = threads[i]};
        struct arr_array *many = array_of(rgb, before, &o);
        assert_memory_equal(one, many, sizeof *one);
        free(many);
    }
    free(one);
    free(rgb);
    free(before);
}

static void test_coordinates(void **state)
{
    (void)state;
    float x[ARR_CELLS], y[ARR_CELLS], ecc[ARR_CELLS];
    uint8_t *rgb = dense_new();
    struct arr_array *a = array_still(rgb);
    arr_coordinates(ARR_GRID, y, x, ecc);
    assert_memory_equal(a->c[ARR_C_X], x, sizeof x);
    assert_memory_equal(a->c[ARR_C_Y], y, sizeof y);
    assert_memory_equal(a->c[ARR_C_ECC], ecc, sizeof ecc);
    assert_true(x[31] == 1.0f && x[0] == 0.0f && y[31] == 0.0f && ecc[0] == 1.0f);
    free(a);
    free(rgb);
}

/* ---- names and orders ---- */

static void test_names_and_orders(void **state)
{
    (void)state;
    int seen[ARR_ARRAY_CHANNELS] = {0}, reserved = 0;
    for (int i = 0; i < ARR_ARRAY_CHANNELS; i++) {
        assert_true(arr_array_channel_name(i)[0] != '\0');
        for (int k = 0; k < i; k++) {
            assert_string_not_equal(arr_array_channel_name(i), arr_array_channel_name(k));
        }
        if (ARR_D28_ORDER[i] < 0) {
            reserved++;
        } else {
            seen[ARR_D28_ORDER[i]]++;
        }
    }
    assert_int_equal(reserved, 1);
    for (int i = 0; i < ARR_ARRAY_CHANNELS; i++) { /* the second dialogue has no boundaries */
        assert_int_equal(seen[i], i == ARR_C_BOUNDARIES ? 0 : 1);
    }
    assert_int_equal(ARR_D28_ORDER[3], ARR_C_X);
    assert_int_equal(ARR_D28_ORDER[12], ARR_C_DISTANCE);
    assert_int_equal(ARR_D28_ORDER[16], ARR_C_TEXT);
    for (int i = 0; i < 16; i++) {
        assert_int_equal(ARR_D28_ORDER[17 + i], ARR_C_CLIP + i);
    }
    assert_int_equal(ARR_D28_ORDER[33], ARR_C_PREV_RELEVANCE);
    assert_int_equal(ARR_D28_ORDER[38], ARR_C_GAZE);
    assert_string_equal(arr_array_channel_name(ARR_C_TEXT), "text-like");
    assert_string_equal(arr_array_channel_name(-1), "");
    assert_string_equal(arr_array_channel_name(40), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_the_book), cmocka_unit_test(test_colours),
        cmocka_unit_test(test_entropy),     cmocka_unit_test(test_gray_is_rounded_once),
        cmocka_unit_test(test_polarity),    cmocka_unit_test(test_literal_edges),
        cmocka_unit_test(test_states),      cmocka_unit_test(test_flat),
        cmocka_unit_test(test_ranges),      cmocka_unit_test(test_threads_change_nothing),
        cmocka_unit_test(test_coordinates), cmocka_unit_test(test_names_and_orders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
