/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/dense_help.h"

/* ---- by the book: sums over whole rectangles ---- */

struct plane {
    int side;
    double *g, *like;
};

/* Sums from the corner on, of n planes of one pixel after the other. */
static double *integral(const double *px, int w, int h)
{
    double *sum = xcalloc((size_t)(w + 1) * (size_t)(h + 1), sizeof *sum);
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w; x++) {
            sum[(y + 1) * (w + 1) + x + 1] = px[y * w + x] + sum[y * (w + 1) + x + 1] +
                                             sum[(y + 1) * (w + 1) + x] - sum[y * (w + 1) + x];
        }
    }
    return sum;
}

/* The mean over (2 rx + 1) x (2 ry + 1) pixels, borders replicated. Owned: free. */
static double *box(const double *px, int side, int rx, int ry)
{
    const int w = side + 2 * rx, h = side + 2 * ry;
    double *padded = xmalloc((size_t)w * (size_t)h * sizeof *padded);
    for (int i = 0; i < w * h; i++) {
        padded[i] = px[dense_inside(i / w - ry, side) * side + dense_inside(i % w - rx, side)];
    }
    double *sum = integral(padded, w, h);
    double *out = xmalloc((size_t)side * (size_t)side * sizeof *out);
    for (int i = 0; i < side * side; i++) {
        const int x = i % side, y = i / side, x1 = x + 2 * rx + 1, y1 = y + 2 * ry + 1;
        out[i] = (sum[y1 * (w + 1) + x1] - sum[y * (w + 1) + x1] - sum[y1 * (w + 1) + x] +
                  sum[y * (w + 1) + x]) /
                 ((2 * rx + 1) * (2 * ry + 1));
    }
    free(padded);
    free(sum);
    return out;
}

static double clamp(double v)
{
    return fmin(fmax(v, 0), 1);
}

static void book_strokes(const double *g, const double *mean, int side, int sign, double *stroke)
{
    for (int y = 0; y < side; y++) {
        double *row = stroke + y * side;
        for (int x = 0; x < side; x++) {
            row[x] = sign * (mean[y * side + x] - g[y * side + x]) > 0.04;
        }
        for (int x = 0, end; x < side; x = end + 1) {
            for (end = x; end < side && row[end] > 0; end++) {
            }
            for (int i = x; end - x > 12 && i < end; i++) {
                row[i] = 0;
            }
        }
    }
}

static double slope_x(const double *g, int side, int x, int y)
{
    double sum = 0;
    for (int k = -1; k <= 1; k++) {
        const double *row = g + dense_inside(y + k, side) * side;
        sum += (k == 0 ? 2 : 1) * (row[dense_inside(x + 1, side)] - row[dense_inside(x - 1, side)]);
    }
    return fabs(sum / 8);
}

static void book_polarity(struct plane *p, const double *mean, const double *steep, int sign)
{
    const int n = p->side * p->side;
    double *stroke = xmalloc((size_t)n * sizeof *stroke);
    double *change = xmalloc((size_t)n * sizeof *change);
    book_strokes(p->g, mean, p->side, sign, stroke);
    for (int i = 0; i < n; i++) {
        change[i] = i % p->side < p->side - 1 && stroke[i] != stroke[i + 1];
    }
    double *b = box(stroke, p->side, 15, 4), *t = box(change, p->side, 15, 4);
    for (int i = 0; i < n; i++) {
        const double like = clamp((t[i] - 0.05) / 0.10) * clamp(steep[i] / 0.03) *
                            clamp((b[i] - 0.05) / 0.10) * clamp((0.70 - b[i]) / 0.15);
        p->like[i] = fmax(p->like[i], like);
    }
    free(stroke);
    free(change);
    free(b);
    free(t);
}

static void book_scale(struct plane *p)
{
    const int n = p->side * p->side;
    double *slope = xmalloc((size_t)n * sizeof *slope);
    for (int i = 0; i < n; i++) {
        slope[i] = slope_x(p->g, p->side, i % p->side, i / p->side);
    }
    double *mean = box(p->g, p->side, 7, 7), *steep = box(slope, p->side, 15, 4);
    book_polarity(p, mean, steep, 1);
    book_polarity(p, mean, steep, -1);
    free(slope);
    free(mean);
    free(steep);
}

static struct plane plane_new(int side)
{
    const size_t n = (size_t)side * (size_t)side;
    return (struct plane){side, xcalloc(n, sizeof(double)), xcalloc(n, sizeof(double))};
}

static double half_at(const struct plane *half, int x, int y)
{
    return half->like[dense_inside(y, half->side) * half->side + dense_inside(x, half->side)];
}

static void book_text(const uint8_t *rgb, double *cells)
{
    struct plane fine = plane_new(ARR_DENSE), half = plane_new(ARR_HALF);
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        fine.g[i] = dense_gray(rgb, i % ARR_DENSE, i / ARR_DENSE);
    }
    for (int i = 0; i < ARR_HALF * ARR_HALF; i++) {
        const double *p = fine.g + i / ARR_HALF * 2 * ARR_DENSE + i % ARR_HALF * 2;
        half.g[i] = (p[0] + p[1] + p[ARR_DENSE] + p[ARR_DENSE + 1]) / 4;
    }
    book_scale(&fine);
    book_scale(&half);
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        const int x = i % ARR_DENSE, y = i / ARR_DENSE;
        const int xn = x / 2 + (x % 2 ? 1 : -1), yn = y / 2 + (y % 2 ? 1 : -1);
        const double up = (9 * half_at(&half, x / 2, y / 2) + 3 * half_at(&half, xn, y / 2) +
                           3 * half_at(&half, x / 2, yn) + half_at(&half, xn, yn)) /
                          16;
        fine.like[i] = fmax(fine.like[i], up);
    }
    for (int i = 0; i < ARR_CELLS; i++) {
        cells[i] = cell_mean(fine.like, i);
    }
    free(fine.g);
    free(fine.like);
    free(half.g);
    free(half.like);
}

/* ---- pictures ---- */

/* A line of made-up letters: stems, bars and gaps of `unit` pixels, 5 x 7 units a letter. */
static void write_line(uint8_t *rgb, int x, int y, int letters, int unit, const uint8_t ink[3],
                       struct dense_random *r)
{
    for (int k = 0; k < letters; k++) {
        const int left = x + k * 6 * unit;
        dense_fill(rgb, left, y, unit, 7 * unit, ink);
        if (dense_below(r, 2)) {
            dense_fill(rgb, left + 3 * unit, y, unit, 7 * unit, ink);
        }
        dense_fill(rgb, left, y + dense_below(r, 7) * unit, 4 * unit, unit, ink);
    }
}

/* Three lines within cells 8 to 23 across and 12 to 15 down. */
static void write_page(uint8_t *rgb, uint8_t paper, uint8_t ink, int unit)
{
    const uint8_t color[3] = {ink, ink, ink};
    struct dense_random r = {2};
    dense_flat(rgb, paper, paper, paper);
    for (int y = 192; y + 7 * unit <= 256; y += 10 * unit) {
        write_line(rgb, 128, y, 256 / (6 * unit), unit, color, &r);
    }
}

static double mean_of(const struct arr_array *a, bool on_text)
{
    double sum = 0;
    int n = 0;
    for (int i = 0; i < ARR_CELLS; i++) {
        const int x = i % ARR_GRID, y = i / ARR_GRID;
        const bool inside = x >= 9 && x < 22 && y >= 12 && y < 15;
        const bool outside = x < 5 || x > 26 || y < 9 || y > 18;
        if (on_text ? inside : outside) {
            sum += (double)a->c[ARR_C_TEXT][i];
            n++;
        }
    }
    return sum / n;
}

static double mean_over_all(const uint8_t *rgb)
{
    struct arr_array *a = array_still(rgb);
    double sum = 0;
    for (int i = 0; i < ARR_CELLS; i++) {
        sum += (double)a->c[ARR_C_TEXT][i] / ARR_CELLS;
    }
    free(a);
    return sum;
}

/* ---- tests ---- */

static void test_by_the_book(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    double cells[ARR_CELLS];
    for (int k = 0; k < 3; k++) {
        if (k == 0) {
            dense_scene(rgb, 4);
        } else if (k == 1) {
            write_page(rgb, 230, 25, 2);
        } else {
            dense_noise(rgb, 4);
        }
        book_text(rgb, cells);
        struct arr_array *a = array_still(rgb);
        for (int i = 0; i < ARR_CELLS; i++) {
            assert_near(a->c[ARR_C_TEXT][i], cells[i], 5e-4);
        }
        free(a);
    }
    free(rgb);
}

/* Small and large print, dark and light. */
static void test_text_stands_out(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    for (int k = 0; k < 6; k++) {
        const int unit = 1 + k / 2;
        write_page(rgb, k % 2 ? 30 : 225, k % 2 ? 225 : 30, unit);
        struct arr_array *a = array_still(rgb);
        assert_true(mean_of(a, true) > 0.5);
        assert_true(mean_of(a, false) == 0.0);
        free(a);
    }
    free(rgb);
}

static void test_other_things_do_not(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    dense_flat(rgb, 128, 128, 128);
    assert_true(mean_over_all(rgb) == 0.0);
    dense_ramp(rgb);
    assert_true(mean_over_all(rgb) == 0.0);
    /* Horizontal bars are runs longer than any stroke. */
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        memset(rgb + 3 * i, i / ARR_DENSE / 3 % 2 ? 220 : 30, 3);
    }
    assert_true(mean_over_all(rgb) == 0.0);
    /* Sensor noise stays below the contrast of a stroke. */
    struct dense_random r = {6};
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        memset(rgb + 3 * i, 120 + dense_below(&r, 15), 3);
    }
    assert_true(mean_over_all(rgb) == 0.0);
    free(rgb);
}

static void test_formula(void **state)
{
    (void)state;
    for (int b = 0; b <= ARR_TEXT_PX; b++) {
        for (int t = 0; t <= ARR_TEXT_PX; t += 3) {
            const double share = b / 279.0, changes = t / 279.0;
            const double expected = clamp((changes - 0.05) / 0.10) * clamp((share - 0.05) / 0.10) *
                                    clamp((0.70 - share) / 0.15);
            assert_near(arr_text_strokes(b, t), expected, 1e-5);
        }
    }
    const int32_t steep = (int32_t)(0.015 * 279 * 65535);
    assert_in_range(arr_text_q(0.5f, 0.25f, steep), 16380, 16388);
    assert_in_range(arr_text_q(0.25f, 1.0f, 4 * steep), 65535, 65535);
}

static void test_runs(void **state)
{
    (void)state;
    struct dense_random r = {8};
    uint8_t stroke[ARR_DENSE];
    uint16_t steep[ARR_DENSE];
    const struct arr_marks m = {ARR_DENSE, stroke, steep};
    int32_t diff[ARR_DENSE], gx[ARR_DENSE] = {0};
    for (int round = 0; round < 50; round++) {
        for (int i = 0, n; i < ARR_DENSE; i += n) {
            n = 1 + dense_below(&r, 26);
            n = n > ARR_DENSE - i ? ARR_DENSE - i : n;
            const int kind = dense_below(&r, 3);
            for (int k = i; k < i + n; k++) {
                diff[k] = (kind - 1) * 589816;
            }
        }
        arr_marks_row(&m, 0, diff, gx);
        for (int i = 0, end; i < ARR_DENSE; i = end) {
            for (end = i; end < ARR_DENSE && diff[end] == diff[i]; end++) {
            }
            const int expected = end - i > 12  ? 0
                                 : diff[i] > 0 ? ARR_STROKE_DARK
                                 : diff[i] < 0 ? ARR_STROKE_LIGHT
                                               : 0;
            for (int k = i; k < end; k++) {
                assert_int_equal(stroke[k], expected);
            }
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_the_book),
        cmocka_unit_test(test_text_stands_out),
        cmocka_unit_test(test_other_things_do_not),
        cmocka_unit_test(test_formula),
        cmocka_unit_test(test_runs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
