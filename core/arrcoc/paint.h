/* SPDX-License-Identifier: Apache-2.0 */
/* paint.h - maps and selections as pixels; for the views only.
 *
 * Targets are RGBA with rows of `stride` bytes; what is painted becomes opaque. Cell (x, y) of a
 * grid covers columns floor(x W / G) to floor((x + 1) W / G) - 1 and rows likewise, so that every
 * pixel belongs to exactly one cell.
 */
#ifndef HFTERM_CORE_ARRCOC_PAINT_H
#define HFTERM_CORE_ARRCOC_PAINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/canvas.h"
#include "core/arrcoc/views.h"

struct arr_paint {
    uint8_t *rgba;
    size_t stride;
    int w, h;
};

struct arr_heat {
    const float *map;
    int grid;
    enum arr_lut lut;
    bool is_bilinear;
    bool is_reversed; /* the lut's last colour is the lowest value's */
    bool has_range;   /* low and high hold; otherwise the map's own */
    float low, high;
};

/* rgb: tight rows under the heat, NULL: none. alpha: of the heat, 1 without a picture. */
bool arr_paint_heat(const struct arr_paint *to, const struct arr_heat *heat, const uint8_t *rgb,
                    float alpha, struct err *e);

void arr_paint_picture(const struct arr_paint *to, const uint8_t *rgb);
/* A colour over a cell; alpha as it is, color.a is not looked at. Exact to rounding. */
void arr_paint_cell(const struct arr_paint *to, int grid, int cell, struct arr_color color,
                    unsigned alpha);
/* The three bytes of each cell, not interpolated. */
void arr_paint_cells(const struct arr_paint *to, int grid, const uint8_t *rgb_cells);
/* Pixels of a cell; may be empty in a picture smaller than the grid. */
struct arr_rect arr_paint_rect(const struct arr_paint *to, int grid, int cell_x, int cell_y);

void arr_map_range(const float *map, int cells, float *low, float *high);
/* is_in: one a cell. */
void arr_selection_mask(const uint16_t *order, int k, int grid, bool *is_in);

#endif
