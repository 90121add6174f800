/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/color.h"
#include "core/arrcoc/simd.h"

enum { CELL_PX = ARR_CELL_PX * ARR_CELL_PX, BINS = 16 };

/* ---- colours ---- */

/* Sum of n x n mid pixels from (x, y) on. */
static int32_t mid_sum(const uint16_t *mid, int x, int y, int n)
{
    int32_t sum = 0;
    for (int j = 0; j < n; j++) {
        for (int i = 0; i < n; i++) {
            sum += mid[(y + j) * ARR_MID + x + i];
        }
    }
    return sum;
}

void arr_cells_rgb(const struct arr_room *room, struct arr_array *out)
{
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < ARR_CELLS; i++) {
            const int x = i % ARR_GRID * ARR_MID_CELL, y = i / ARR_GRID * ARR_MID_CELL;
            out->c[ARR_C_R + c][i] =
                (float)mid_sum(room->mid_rgb[c], x, y, ARR_MID_CELL) / (float)(255 * CELL_PX);
        }
    }
}

void arr_cells_quads(const struct arr_room *room, struct arr_array *out)
{
    const int n = ARR_MID_CELL / 2;
    for (int q = 0; q < 4; q++) {
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < ARR_CELLS; i++) {
                const int x = i % ARR_GRID * ARR_MID_CELL + q % 2 * n;
                const int y = i / ARR_GRID * ARR_MID_CELL + q / 2 * n;
                out->quads[c][q][i] =
                    (float)mid_sum(room->mid_rgb[c], x, y, n) / (float)(255 * CELL_PX / 4);
            }
        }
        float *l = out->quads[0][q], *a = out->quads[1][q], *b = out->quads[2][q];
        arr_lab(l, a, b, l, a, b, ARR_CELLS);
    }
}

/* ---- gray ---- */

/* The bin of g is floor(16 g / 65535), at most 15: its four upper bits. */
static float entropy_of(const float surprise[CELL_PX + 1], const uint16_t *px)
{
    uint16_t bins[BINS] = {0};
    for (int y = 0; y < ARR_CELL_PX; y++, px += ARR_GRAY_STRIDE) {
        for (int x = 0; x < ARR_CELL_PX; x++) {
            bins[px[x] >> 12]++;
        }
    }
    float sum = 0;
    for (int i = 0; i < BINS; i++) {
        sum += surprise[bins[i]];
    }
    return sum < 1 ? sum : 1;
}

/* Of gray in [0, 1]; the sums are exact. */
static double deviation_of(const uint16_t *px)
{
    uint64_t sum = 0, squares = 0;
    for (int y = 0; y < ARR_CELL_PX; y++, px += ARR_GRAY_STRIDE) {
        for (int x = 0; x < ARR_CELL_PX; x++) {
            const uint32_t v = px[x];
            sum += v;
            squares += v * v;
        }
    }
    return sqrt((double)(squares * CELL_PX - sum * sum)) / (CELL_PX * (double)ARR_UNIT);
}

struct tensor { /* sums of gx gx, gy gy, gx gy */
    int64_t xx[ARR_DENSE], yy[ARR_DENSE], xy[ARR_DENSE];
};

ARR_CLONES static void add_tensor(const int32_t *restrict gx, const int32_t *restrict gy,
                                  int64_t *restrict xx, int64_t *restrict yy, int64_t *restrict xy)
{
    for (int i = 0; i < ARR_DENSE; i++) {
        xx[i] += (int64_t)gx[i] * gx[i];
        yy[i] += (int64_t)gy[i] * gy[i];
        xy[i] += (int64_t)gx[i] * gy[i];
    }
}

/* sqrt((Jxx - Jyy)^2 + 4 Jxy^2) / (Jxx + Jyy + 1e-8) over a cell. */
static float coherence_of(const struct tensor *t, int cell)
{
    int64_t xx = 0, yy = 0, xy = 0;
    for (int i = cell * ARR_CELL_PX; i < (cell + 1) * ARR_CELL_PX; i++) {
        xx += t->xx[i];
        yy += t->yy[i];
        xy += t->xy[i];
    }
    const double unit = 1.0 / (8.0 * ARR_UNIT * 8.0 * ARR_UNIT);
    const double difference = (double)(xx - yy) * unit, twice = 2.0 * (double)xy * unit;
    const double whole = (double)(xx + yy) * unit;
    const double v = sqrt(difference * difference + twice * twice) / (whole + 1e-8);
    return (float)(v < 1.0 ? v : 1.0);
}

static void coherence_row(const struct arr_gray_plane *gray, int row, float *cells)
{
    struct tensor t;
    memset(&t, 0, sizeof t);
    int32_t gx[ARR_DENSE], gy[ARR_DENSE];
    for (int i = 0; i < ARR_CELL_PX; i++) {
        arr_sobel_row(gray, row * ARR_CELL_PX + i, gx, gy);
        add_tensor(gx, gy, t.xx, t.yy, t.xy);
    }
    for (int c = 0; c < ARR_GRID; c++) {
        cells[row * ARR_GRID + c] = coherence_of(&t, c);
    }
}

static const uint16_t *cell_px(const struct arr_gray_plane *gray, int cell)
{
    return arr_gray_line(gray, cell / ARR_GRID * ARR_CELL_PX) + cell % ARR_GRID * ARR_CELL_PX;
}

void arr_cells_entropy(const struct arr_room *room, struct arr_array *out)
{
    float surprise[CELL_PX + 1] = {0}; /* -h log2 h / 4 of a bin with so many of the pixels */
    for (int n = 1; n <= CELL_PX; n++) {
        const double h = (double)n / CELL_PX;
        surprise[n] = (float)(-h * log2(h) / 4);
    }
    for (int i = 0; i < ARR_CELLS; i++) {
        out->visual_info[i] = entropy_of(surprise, cell_px(&room->gray, i));
    }
}

void arr_cells_roughness(const struct arr_room *room, struct arr_array *out)
{
    for (int i = 0; i < ARR_CELLS; i++) {
        const double deviation = deviation_of(cell_px(&room->gray, i));
        out->roughness[i] = (float)deviation;
        out->contrast[i] = (float)(2 * deviation < 1 ? 2 * deviation : 1);
    }
}

void arr_cells_coherence(const struct arr_room *room, struct arr_array *out)
{
    for (int row = 0; row < ARR_GRID; row++) {
        coherence_row(&room->gray, row, out->coherence);
    }
}
