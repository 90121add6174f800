/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/arrcoc/array_parts.h"
#include "core/arrcoc/color.h"
#include "core/arrcoc/simd.h"

enum { MID_STEP = ARR_DENSE / ARR_MID }; /* 4 */

/* ---- gray ---- */

ARR_CLONES void arr_gray_row(const uint8_t *rgb, uint16_t *gray, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        gray[i] = (uint16_t)arr_gray_q(rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]);
    }
}

static void pad_row(uint16_t *row, int side)
{
    for (int i = 1; i <= ARR_PAD; i++) {
        row[-i] = row[0];
        row[side - 1 + i] = row[side - 1];
    }
}

ARR_CLONES static void half_row(const uint16_t *restrict a, const uint16_t *restrict b,
                                uint16_t *restrict half)
{
    for (int i = 0; i < ARR_HALF; i++) {
        half[i] = (uint16_t)((a[2 * i] + a[2 * i + 1] + b[2 * i] + b[2 * i + 1] + 2) >> 2);
    }
}

/* ---- the mid plane ---- */

ARR_CLONES void arr_add_fours(const uint16_t *row, uint32_t *sums, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const uint16_t *p = row + 4 * i;
        sums[i] += (uint32_t)p[0] + p[1] + p[2] + p[3];
    }
}

/* Adds the bytes of a row of pixels, channels side by side as they come. */
ARR_CLONES static void add_bytes(const uint8_t *restrict rgb, uint16_t *restrict sums)
{
    for (int i = 0; i < 3 * ARR_DENSE; i++) {
        sums[i] = (uint16_t)(sums[i] + rgb[i]);
    }
}

ARR_CLONES static void fours_of_rgb(const uint16_t *restrict sums, uint16_t *restrict r,
                                    uint16_t *restrict g, uint16_t *restrict b)
{
    for (int i = 0; i < ARR_MID; i++) {
        const uint16_t *p = sums + 12 * i;
        r[i] = (uint16_t)(p[0] + p[3] + p[6] + p[9]);
        g[i] = (uint16_t)(p[1] + p[4] + p[7] + p[10]);
        b[i] = (uint16_t)(p[2] + p[5] + p[8] + p[11]);
    }
}

/* Four rows of pixels make one of the mid plane and two of the half plane. */
static void mid_row(struct arr_room *room, size_t m)
{
    uint16_t rgb[3 * ARR_DENSE] = {0};
    uint32_t gray[ARR_MID] = {0};
    for (size_t i = 0; i < MID_STEP; i++) {
        const size_t y = MID_STEP * m + i;
        const uint8_t *pixels = room->rgb + y * 3 * ARR_DENSE;
        uint16_t *row = room->gray.px + y * room->gray.stride;
        arr_gray_row(pixels, row, ARR_DENSE);
        pad_row(row, ARR_DENSE);
        arr_add_fours(row, gray, ARR_MID);
        add_bytes(pixels, rgb);
        if (i % 2 == 1) {
            uint16_t *half = room->half.px + y / 2 * room->half.stride;
            half_row(row - room->gray.stride, row, half);
            pad_row(half, ARR_HALF);
        }
    }
    const size_t at = m * ARR_MID;
    fours_of_rgb(rgb, room->mid_rgb[0] + at, room->mid_rgb[1] + at, room->mid_rgb[2] + at);
    for (size_t i = 0; i < ARR_MID; i++) {
        room->mid_gray[at + i] = arr_gray_mid(gray[i]);
    }
}

void arr_planes_make(struct arr_room *room)
{
    room->gray = (struct arr_gray_plane){ARR_DENSE, ARR_GRAY_STRIDE, room->gray_px + ARR_PAD};
    room->half = (struct arr_gray_plane){ARR_HALF, ARR_HALF_STRIDE, room->half_px + ARR_PAD};
    room->marks = (struct arr_marks){ARR_DENSE, room->stroke, room->steep};
    room->half_marks = (struct arr_marks){ARR_HALF, room->half_stroke, room->half_steep};
    for (size_t m = 0; m < ARR_MID; m++) {
        mid_row(room, m);
    }
}

void arr_planes_lab(struct arr_room *room)
{
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < ARR_MID_PX; i++) {
            room->lab[c][i] = (float)room->mid_rgb[c][i] / 4080.0f;
        }
    }
    arr_lab(room->lab[0], room->lab[1], room->lab[2], room->lab[0], room->lab[1], room->lab[2],
            ARR_MID_PX);
    for (int c = 0; c < 3; c++) {
        int16_t *out = room->mid_lab + c * ARR_MID_PX;
        for (int i = 0; i < ARR_MID_PX; i++) {
            out[i] = arr_lab_q(room->lab[c][i]);
        }
    }
}

/* ---- rows of filters ---- */

ARR_CLONES static void slide(int32_t *restrict sums, const uint16_t *restrict in,
                             const uint16_t *restrict out, int n)
{
    for (int i = 0; i < n; i++) {
        sums[i] += in[i] - out[i];
    }
}

void arr_columns_start(const struct arr_gray_plane *p, int y, struct arr_columns *c)
{
    memset(c->sum, 0, sizeof c->sum);
    c->y = y;
    for (int k = -(ARR_BOX_SIDE / 2); k <= ARR_BOX_SIDE / 2; k++) {
        const uint16_t *row = arr_gray_line(p, y + k) - ARR_PAD;
        for (int i = 0; i < p->side + 2 * ARR_PAD; i++) {
            c->sum[i] += row[i];
        }
    }
}

/* Sums of 15 neighbours out of sums of 2, 4 and 8. */
ARR_CLONES static void fifteen(const int32_t *restrict sums, const uint16_t *restrict row,
                               int32_t *restrict diff, int side)
{
    int32_t two[ARR_GRAY_STRIDE], four[ARR_GRAY_STRIDE];
    const int n = side + 2 * ARR_PAD;
    for (int i = 0; i < n - 1; i++) {
        two[i] = sums[i] + sums[i + 1];
    }
    for (int i = 0; i < n - 3; i++) {
        four[i] = two[i] + two[i + 2];
    }
    for (int i = 0; i < side; i++) {
        const int first = i + ARR_PAD - ARR_BOX_SIDE / 2;
        diff[i] = four[first] + four[first + 4] + four[first + 8] + two[first + 12] +
                  sums[first + 14] - ARR_BOX_PX * row[i];
    }
}

void arr_columns_next(const struct arr_gray_plane *p, struct arr_columns *c, int32_t *diff)
{
    fifteen(c->sum, arr_gray_line(p, c->y), diff, p->side);
    const int reach = ARR_BOX_SIDE / 2;
    slide(c->sum, arr_gray_line(p, c->y + reach + 1) - ARR_PAD,
          arr_gray_line(p, c->y - reach) - ARR_PAD, p->side + 2 * ARR_PAD);
    c->y++;
}

ARR_CLONES static void sobel(const uint16_t *above, const uint16_t *row, const uint16_t *below,
                             int32_t *restrict gx, int32_t *restrict gy, int side)
{
    for (int i = 0; i < side; i++) {
        gx[i] = above[i + 1] - above[i - 1] + 2 * (row[i + 1] - row[i - 1]) + below[i + 1] -
                below[i - 1];
        gy[i] =
            below[i - 1] - above[i - 1] + 2 * (below[i] - above[i]) + below[i + 1] - above[i + 1];
    }
}

void arr_sobel_row(const struct arr_gray_plane *p, int y, int32_t *gx, int32_t *gy)
{
    sobel(arr_gray_line(p, y - 1), arr_gray_line(p, y), arr_gray_line(p, y + 1), gx, gy, p->side);
}

/* ---- from planes to cells ---- */

void arr_cells_of_columns(const int32_t *columns, double whole, float *cells)
{
    for (int c = 0; c < ARR_GRID; c++) {
        int32_t sum = 0;
        for (int i = 0; i < ARR_CELL_PX; i++) {
            sum += columns[c * ARR_CELL_PX + i];
        }
        cells[c] = (float)(sum / whole);
    }
}

void arr_cells_of_mid(const int32_t *mid, double whole, float *cells)
{
    for (int c = 0; c < ARR_CELLS; c++) {
        const int32_t *p =
            mid + c / ARR_GRID * ARR_MID_CELL * ARR_MID + c % ARR_GRID * ARR_MID_CELL;
        int32_t sum = 0;
        for (int y = 0; y < ARR_MID_CELL; y++) {
            for (int x = 0; x < ARR_MID_CELL; x++) {
                sum += p[y * ARR_MID + x];
            }
        }
        cells[c] = (float)(sum / whole);
    }
}
