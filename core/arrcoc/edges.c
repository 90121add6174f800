/* SPDX-License-Identifier: Apache-2.0 */
/* One walk over the rows of the gray plane gives everything that looks at a pixel's neighbours. */
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/simd.h"
#include "core/arrcoc/texture.h"

struct edge_columns { /* sums over the rows of a cell */
    int32_t dark[ARR_DENSE], light[ARR_DENSE], high[ARR_DENSE];
};

ARR_CLONES static void add_edges(const int32_t *restrict gx, const int32_t *restrict gy,
                                 const int32_t *restrict diff, int32_t *restrict dark,
                                 int32_t *restrict light)
{
    for (int i = 0; i < ARR_DENSE; i++) {
        const float m = arr_edge_magnitude(gx[i], gy[i]), share = arr_dark_share(diff[i]);
        dark[i] += arr_quantise(m * share);
        light[i] += arr_quantise(m * (1.0f - share));
    }
}

/* As the first dialogue's text has it: both polarities are the whole edge. */
ARR_CLONES static void add_whole_edges(const int32_t *restrict gx, const int32_t *restrict gy,
                                       int32_t *restrict dark, int32_t *restrict light)
{
    for (int i = 0; i < ARR_DENSE; i++) {
        const int32_t m = arr_quantise(arr_edge_magnitude(gx[i], gy[i]));
        dark[i] += m;
        light[i] += m;
    }
}

ARR_CLONES static void add_high_pass(const uint16_t *above, const uint16_t *row,
                                     const uint16_t *below, int32_t *restrict high)
{
    for (int i = 0; i < ARR_DENSE; i++) {
        const int32_t v = 4 * row[i] - above[i] - below[i] - row[i - 1] - row[i + 1];
        high[i] += v < 0 ? -v : v;
    }
}

ARR_CLONES static void put_seeds(const int32_t *restrict gx, const int32_t *restrict gy, int y,
                                 int32_t *restrict seeds)
{
    for (int i = 0; i < ARR_DENSE; i++) {
        seeds[i] = arr_is_edge(gx[i], gy[i]) ? y << 16 | i : ARR_NO_SEED;
    }
}

/* ---- low-pass ---- */

/* The mean over a cell of a 5 x 5 Gaussian is a weighted sum of 20 x 20 pixels; along each axis the
 * weights rise over four pixels to 1. Times 2^16, sigma 1: 0.0544887, 0.2442013, 0.4026199. */
enum { LOW_TAPS = ARR_CELL_PX + 4, LOW_ONE = 65536 };

static uint64_t low_weight(int tap)
{
    static const int32_t rise[4] = {3571, 19575, 45961, 61965};
    const int from_end = tap < LOW_TAPS / 2 ? tap : LOW_TAPS - 1 - tap;
    return from_end < 4 ? (uint64_t)rise[from_end] : (uint64_t)LOW_ONE;
}

ARR_CLONES static void add_weighted(const uint16_t *restrict row, uint64_t weight,
                                    uint64_t *restrict sums)
{
    for (int i = 0; i < ARR_GRAY_STRIDE; i++) {
        sums[i] += weight * row[i];
    }
}

static void low_pass(const struct arr_gray_plane *gray, int cell_row, float *cells)
{
    uint64_t sums[ARR_GRAY_STRIDE] = {0};
    for (int t = 0; t < LOW_TAPS; t++) {
        add_weighted(arr_gray_line(gray, cell_row * ARR_CELL_PX + t - 2) - ARR_PAD, low_weight(t),
                     sums);
    }
    const double whole = (double)ARR_UNIT * ARR_CELL_PX * ARR_CELL_PX * LOW_ONE * LOW_ONE;
    for (int c = 0; c < ARR_GRID; c++) {
        const uint64_t *p = sums + ARR_PAD + c * ARR_CELL_PX - 2;
        uint64_t sum = 0;
        for (int t = 0; t < LOW_TAPS; t++) {
            sum += low_weight(t) * p[t];
        }
        cells[c] = (float)((double)sum / whole);
    }
}

/* ---- the walk ---- */

static void edge_row(struct arr_room *room, bool literal, struct arr_columns *columns,
                     struct edge_columns *sums)
{
    const int y = columns->y;
    int32_t gx[ARR_DENSE], gy[ARR_DENSE], diff[ARR_DENSE];
    arr_sobel_row(&room->gray, y, gx, gy);
    arr_columns_next(&room->gray, columns, diff);
    if (literal) {
        add_whole_edges(gx, gy, sums->dark, sums->light);
    } else {
        add_edges(gx, gy, diff, sums->dark, sums->light);
    }
    add_high_pass(arr_gray_line(&room->gray, y - 1), arr_gray_line(&room->gray, y),
                  arr_gray_line(&room->gray, y + 1), sums->high);
    put_seeds(gx, gy, y, room->seeds[0] + (size_t)y * ARR_DENSE);
    arr_marks_row(&room->marks, y, diff, gx);
}

unsigned arr_edges(struct arr_room *room, bool literal, struct arr_array *out)
{
    const double whole = (double)ARR_UNIT * ARR_CELL_PX * ARR_CELL_PX;
    float polarity[2][ARR_CELLS];
    struct arr_columns columns;
    arr_columns_start(&room->gray, 0, &columns);
    for (int row = 0; row < ARR_GRID; row++) {
        struct edge_columns sums;
        memset(&sums, 0, sizeof sums);
        for (int i = 0; i < ARR_CELL_PX; i++) {
            edge_row(room, literal, &columns, &sums);
        }
        const int at = row * ARR_GRID;
        arr_cells_of_columns(sums.dark, whole, polarity[0] + at);
        arr_cells_of_columns(sums.light, whole, polarity[1] + at);
        arr_cells_of_columns(sums.high, 4 * whole, out->c[ARR_C_HIGH_PASS] + at);
        low_pass(&room->gray, row, out->c[ARR_C_LOW_PASS] + at);
    }
    const bool is_flat = arr_min_max(polarity[0], 2 * ARR_CELLS, true); /* both on one range */
    memcpy(out->c[ARR_C_EDGES_DARK], polarity[0], sizeof polarity[0]);
    memcpy(out->c[ARR_C_EDGES_LIGHT], polarity[1], sizeof polarity[1]);
    return is_flat ? ARR_FLAT_EDGES : 0U;
}
