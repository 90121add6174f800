/* SPDX-License-Identifier: Apache-2.0 */
#include <complex.h>

#include "core/arrcoc/color.h"
#include "tests/unit/dense_help.h"

static struct arr_array *saliency_of(const uint8_t *rgb, enum arr_saliency how)
{
    return array_of(rgb, NULL,
                    &(struct arr_array_options){.want = ARR_WANT_ARRAY, .saliency = how});
}

/* ---- centre and surround, by the book and in double ---- */

static double *halve(const double *src, int side)
{
    static const double tap[5] = {1 / 16.0, 4 / 16.0, 6 / 16.0, 4 / 16.0, 1 / 16.0};
    const int half = side / 2;
    double *out = xcalloc((size_t)half * (size_t)half, sizeof *out);
    double *across = xcalloc((size_t)half * (size_t)side, sizeof *across);
    for (int i = 0; i < half * side; i++) {
        for (int k = 0; k < 5; k++) {
            const int x = dense_inside(i % half * 2 + k - 2, side);
            across[i] += tap[k] * src[i / half * side + x];
        }
    }
    for (int i = 0; i < half * half; i++) {
        for (int k = 0; k < 5; k++) {
            const int y = dense_inside(i / half * 2 + k - 2, side);
            out[i] += tap[k] * across[y * half + i % half];
        }
    }
    free(across);
    return out;
}

static double at_size(const double *src, int side, int x, int y, int size)
{
    const double sx = fmax(0, (x + 0.5) * side / size - 0.5);
    const double sy = fmax(0, (y + 0.5) * side / size - 0.5);
    const int x0 = (int)sx, y0 = (int)sy, x1 = dense_inside(x0 + 1, side);
    const int y1 = dense_inside(y0 + 1, side);
    const double wx = sx - x0, wy = sy - y0;
    return (1 - wy) * ((1 - wx) * src[y0 * side + x0] + wx * src[y0 * side + x1]) +
           wy * ((1 - wx) * src[y1 * side + x0] + wx * src[y1 * side + x1]);
}

static void add_pair(double *level[7][3], int c, int s, double *map)
{
    static const double range[3] = {100, 255, 255};
    const int side = ARR_DENSE >> c;
    double *d = xcalloc((size_t)side * (size_t)side, sizeof *d);
    for (int i = 0; i < side * side; i++) {
        for (int k = 0; k < 3; k++) {
            const double far = at_size(level[s][k], ARR_DENSE >> s, i % side, i / side, side);
            d[i] += fabs(level[c][k][i] - far) / range[k];
        }
    }
    for (int i = 0; i < ARR_MID_PX; i++) {
        map[i] += at_size(d, side, i % ARR_MID, i / ARR_MID, ARR_MID) / 6;
    }
    free(d);
}

static void book_contrast(const uint8_t *rgb, double *cells)
{
    float *lab = xmalloc(3 * ARR_DENSE_PX * sizeof *lab);
    arr_lab_rgb8(rgb, lab, lab + ARR_DENSE_PX, lab + 2 * ARR_DENSE_PX, ARR_DENSE_PX);
    double *level[7][3];
    for (int k = 0; k < 3; k++) {
        level[0][k] = xmalloc(ARR_DENSE_PX * sizeof(double));
        for (int i = 0; i < ARR_DENSE_PX; i++) {
            level[0][k][i] = (double)lab[k * ARR_DENSE_PX + i];
        }
        for (int n = 1; n < 7; n++) {
            level[n][k] = halve(level[n - 1][k], ARR_DENSE >> (n - 1));
        }
    }
    double *map = xcalloc(ARR_MID_PX, sizeof *map), low = 1e9, high = 0;
    for (int c = 2; c <= 4; c++) {
        add_pair(level, c, 5, map);
        add_pair(level, c, 6, map);
    }
    for (int i = 0; i < ARR_MID_PX; i++) {
        low = fmin(low, map[i]);
        high = fmax(high, map[i]);
    }
    for (int i = 0; i < ARR_CELLS; i++) {
        cells[i] = 0;
        for (int k = 0; k < 16; k++) {
            const int at = (i / ARR_GRID * 4 + k / 4) * ARR_MID + i % ARR_GRID * 4 + k % 4;
            cells[i] += (map[at] - low) / (high - low + 1e-8) / 16;
        }
    }
    for (int k = 0; k < 21; k++) {
        free(level[k / 3][k % 3]);
    }
    free(map);
    free(lab);
}

static void test_contrast_by_the_book(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    double cells[ARR_CELLS];
    for (int k = 0; k < 2; k++) {
        if (k) {
            dense_noise(rgb, 3);
        } else {
            dense_scene(rgb, 8);
        }
        book_contrast(rgb, cells);
        struct arr_array *a = saliency_of(rgb, ARR_CENTRE_SURROUND);
        for (int i = 0; i < ARR_CELLS; i++) {
            assert_near(a->c[ARR_C_SALIENCY][i], cells[i], 3e-5);
        }
        free(a);
    }
    free(rgb);
}

/* ---- spectral residual, by the book: sums over all waves ---- */

enum { N = 64 };
typedef double complex wave;

/* sign -1: to the spectrum; 1: back, without the division. */
static void dft(const wave *in, wave *out, int sign)
{
    wave *rows = xmalloc(N * N * sizeof *rows), turn[N];
    for (int k = 0; k < N; k++) {
        turn[k] = cexp((wave)I * (sign * 2 * 3.14159265358979323846 * k / N));
    }
    for (int i = 0; i < N * N; i++) {
        rows[i] = 0;
        for (int x = 0; x < N; x++) {
            rows[i] += in[i / N * N + x] * turn[x * (i % N) % N];
        }
    }
    for (int i = 0; i < N * N; i++) {
        out[i] = 0;
        for (int y = 0; y < N; y++) {
            out[i] += rows[y * N + i % N] * turn[y * (i / N) % N];
        }
    }
    free(rows);
}

static void book_gaussian(const double *map, double *out)
{
    for (int i = 0; i < N * N; i++) {
        double sum = 0, weights = 0;
        for (int dy = -8; dy <= 8; dy++) {
            for (int dx = -8; dx <= 8; dx++) {
                const double w = exp(-(dx * dx + dy * dy) / 12.5);
                const int x = dense_inside(i % N + dx, N), y = dense_inside(i / N + dy, N);
                sum += w * map[y * N + x];
                weights += w;
            }
        }
        out[i] = sum / weights;
    }
}

static void book_spectral(const uint8_t *rgb, double *cells)
{
    wave *g = xcalloc(N * N, sizeof *g), *f = xmalloc(N * N * sizeof *f);
    double *size = xmalloc(N * N * sizeof *size), *map = xmalloc(N * N * sizeof *map);
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        const int x = i % ARR_DENSE, y = i / ARR_DENSE;
        g[y / 8 * N + x / 8] += dense_gray(rgb, x, y) / 64;
    }
    dft(g, f, -1);
    for (int i = 0; i < N * N; i++) {
        size[i] = log(cabs(f[i]) + 1e-8);
    }
    for (int i = 0; i < N * N; i++) {
        double mean = 0;
        for (int k = 0; k < 9; k++) {
            const int x = (i % N + k % 3 + N - 1) % N, y = (i / N + k / 3 + N - 1) % N;
            mean += size[y * N + x] / 9;
        }
        g[i] = cexp(size[i] - mean + (wave)I * carg(f[i]));
    }
    dft(g, f, 1);
    for (int i = 0; i < N * N; i++) {
        size[i] = cabs(f[i]) * cabs(f[i]);
    }
    book_gaussian(size, map);
    double low = map[0], high = map[0];
    for (int i = 0; i < N * N; i++) {
        low = fmin(low, map[i]);
        high = fmax(high, map[i]);
    }
    for (int i = 0; i < ARR_CELLS; i++) {
        const double *p = map + i / ARR_GRID * 2 * N + i % ARR_GRID * 2;
        cells[i] = ((p[0] + p[1] + p[N] + p[N + 1]) / 4 - low) / (high - low);
    }
    free(map);
    free(size);
    free(f);
    free(g);
}

static void test_spectral_by_the_book(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    double cells[ARR_CELLS];
    dense_scene(rgb, 5);
    book_spectral(rgb, cells);
    struct arr_array *a = saliency_of(rgb, ARR_SPECTRAL);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_near(a->c[ARR_C_SALIENCY][i], cells[i], 1e-3);
    }
    free(a);
    free(rgb);
}

/* ---- what it is for ---- */

static int brightest(const float *map)
{
    int best = 0;
    for (int i = 1; i < ARR_CELLS; i++) {
        best = map[i] > map[best] ? i : best;
    }
    return best;
}

static void assert_peak_at_patch(const uint8_t *rgb, enum arr_saliency how)
{
    struct arr_array *a = saliency_of(rgb, how);
    const int best = brightest(a->c[ARR_C_SALIENCY]);
    assert_in_range(best % ARR_GRID, 21, 22);
    assert_in_range(best / ARR_GRID, 13, 14);
    assert_int_equal(a->flags & ARR_FLAT_SALIENCY, 0);
    assert_int_equal(a->state[ARR_C_SALIENCY], ARR_PRESENT);
    free(a);
}

/* One red patch among gray ones that are as bright. */
static void test_odd_patch(void **state)
{
    (void)state;
    static const uint8_t plain[3] = {150, 150, 150}, odd[3] = {240, 100, 130};
    uint8_t *rgb = dense_new();
    dense_flat(rgb, 120, 120, 120);
    for (int k = 0; k < 64; k++) {
        dense_fill(rgb, k % 8 * 64 + 24, k / 8 * 64 + 24, 16, 16, k == 29 ? odd : plain);
    }
    assert_peak_at_patch(rgb, ARR_CENTRE_SURROUND);
    free(rgb);
}

/* One patch in an even texture. */
static void test_patch_in_texture(void **state)
{
    (void)state;
    uint8_t *rgb = dense_new();
    struct dense_random r = {1};
    for (int i = 0; i < ARR_DENSE_PX; i++) {
        memset(rgb + 3 * i, 90 + dense_below(&r, 60), 3);
    }
    dense_fill(rgb, 344, 216, 16, 16, (const uint8_t[3]){255, 255, 255});
    assert_peak_at_patch(rgb, ARR_SPECTRAL);
    assert_peak_at_patch(rgb, ARR_CENTRE_SURROUND);
    free(rgb);
}

static void test_flat(void **state)
{
    (void)state;
    static const uint8_t colors[][3] = {{0, 0, 0}, {255, 255, 255}, {17, 130, 201}, {200, 3, 3}};
    uint8_t *rgb = dense_new();
    for (size_t k = 0; k < sizeof colors / sizeof *colors; k++) {
        dense_flat(rgb, colors[k][0], colors[k][1], colors[k][2]);
        for (int how = 0; how < 2; how++) {
            struct arr_array *a = saliency_of(rgb, how ? ARR_SPECTRAL : ARR_CENTRE_SURROUND);
            assert_true(a->flags & ARR_FLAT_SALIENCY);
            for (int i = 0; i < ARR_CELLS; i++) {
                assert_true(a->c[ARR_C_SALIENCY][i] == 0.0f);
            }
            free(a);
        }
    }
    free(rgb);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_contrast_by_the_book),
        cmocka_unit_test(test_spectral_by_the_book),
        cmocka_unit_test(test_odd_patch),
        cmocka_unit_test(test_patch_in_texture),
        cmocka_unit_test(test_flat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
