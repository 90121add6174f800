/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/paint.h"

#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/resample.h"
#include "core/arrcoc/texture.h"
#include "core/base/err.h"
#include "core/base/mem.h"

void arr_map_range(const float *map, int cells, float *low, float *high)
{
    *low = *high = map[0];
    for (int i = 1; i < cells; i++) {
        *low = map[i] < *low ? map[i] : *low;
        *high = map[i] > *high ? map[i] : *high;
    }
}

void arr_selection_mask(const uint16_t *order, int k, int grid, bool *is_in)
{
    memset(is_in, 0, (size_t)(grid * grid) * sizeof *is_in);
    for (int i = 0; i < k; i++) {
        is_in[order[i]] = true;
    }
}

/* ---- cells ---- */

static int cell_start(int i, int grid, int pixels)
{
    return (int)((int64_t)i * pixels / grid);
}

/* The cell whose pixels p is one of: the last that starts at or before it. */
static int cell_of(int p, int grid, int pixels)
{
    return (int)((((int64_t)p + 1) * grid - 1) / pixels);
}

struct arr_rect arr_paint_rect(const struct arr_paint *to, int grid, int cell_x, int cell_y)
{
    const int x = cell_start(cell_x, grid, to->w), y = cell_start(cell_y, grid, to->h);
    return (struct arr_rect){x, y, cell_start(cell_x + 1, grid, to->w) - x,
                             cell_start(cell_y + 1, grid, to->h) - y};
}

static uint8_t mix(unsigned below, unsigned above, unsigned alpha)
{
    return (uint8_t)((below * (255U - alpha) + above * alpha + 127U) / 255U);
}

static void paint_rect(const struct arr_paint *to, struct arr_rect r, struct arr_color color,
                       unsigned alpha)
{
    for (int y = r.y; y < r.y + r.h; y++) {
        uint8_t *p = to->rgba + (size_t)y * to->stride + (size_t)r.x * 4;
        for (int x = 0; x < r.w; x++, p += 4) {
            p[0] = mix(p[0], color.r, alpha);
            p[1] = mix(p[1], color.g, alpha);
            p[2] = mix(p[2], color.b, alpha);
            p[3] = 255;
        }
    }
}

void arr_paint_cell(const struct arr_paint *to, int grid, int cell, struct arr_color color,
                    unsigned alpha)
{
    paint_rect(to, arr_paint_rect(to, grid, cell % grid, cell / grid), color, alpha);
}

void arr_paint_cells(const struct arr_paint *to, int grid, const uint8_t *rgb_cells)
{
    for (int i = 0; i < grid * grid; i++) {
        const uint8_t *p = rgb_cells + (size_t)i * 3;
        arr_paint_cell(to, grid, i, (struct arr_color){p[0], p[1], p[2], 255}, 255);
    }
}

void arr_paint_picture(const struct arr_paint *to, const uint8_t *rgb)
{
    for (int y = 0; y < to->h; y++) {
        const uint8_t *from = rgb + (size_t)y * (size_t)to->w * 3;
        uint8_t *p = to->rgba + (size_t)y * to->stride;
        for (int x = 0; x < to->w; x++) {
            p[x * 4] = from[x * 3];
            p[x * 4 + 1] = from[x * 3 + 1];
            p[x * 4 + 2] = from[x * 3 + 2];
            p[x * 4 + 3] = 255;
        }
    }
}

/* ---- heat ---- */

enum { ONE = 65536 };

struct heat_work {
    float cells[ARR_CELLS];  /* scaled to [0, 1] */
    uint32_t colors[256][3]; /* of the LUT, times alpha in 1 / 65536 */
    uint32_t below;          /* weight of the picture */
    struct arr_lerp *across, *down;
    float *stretched; /* each row of cells, as wide as the target */
    uint8_t *index;   /* of the LUT, a row of the target */
};

static void prepare_colors(struct heat_work *work, const struct arr_heat *heat, float alpha)
{
    const float a = alpha >= 1.0F ? 1.0F : alpha > 0.0F ? alpha : 0.0F;
    const uint32_t weight = (uint32_t)(a * (float)ONE + 0.5F);
    work->below = ONE - weight;
    for (int i = 0; i < 256; i++) {
        for (int c = 0; c < 3; c++) {
            work->colors[i][c] = ARR_LUT[heat->lut][heat->is_reversed ? 255 - i : i][c] * weight;
        }
    }
}

static void scale_cells(const struct arr_heat *heat, float *cells)
{
    float low = heat->low, high = heat->high;
    const int n = heat->grid * heat->grid;
    if (!heat->has_range) {
        arr_map_range(heat->map, n, &low, &high);
    }
    const float range = high - low + 1e-8F;
    for (int i = 0; i < n; i++) {
        cells[i] = (heat->map[i] - low) / range;
    }
}

static bool open_work(struct heat_work *work, const struct arr_heat *heat,
                      const struct arr_paint *to, struct err *e)
{
    const size_t w = (size_t)to->w, h = (size_t)to->h, grid = (size_t)heat->grid;
    work->across = try_alloc(w, sizeof *work->across);
    work->down = try_alloc(h, sizeof *work->down);
    work->stretched = try_alloc(w * grid, sizeof *work->stretched);
    work->index = try_alloc(w, 1);
    if (work->across == NULL || work->down == NULL || work->stretched == NULL ||
        work->index == NULL) {
        return err_set(e, ERR_LIMIT, "no memory to paint a map on %d x %d pixels", to->w, to->h);
    }
    scale_cells(heat, work->cells);
    arr_lerp_axis(heat->grid, to->w, work->across);
    arr_lerp_axis(heat->grid, to->h, work->down);
    return true;
}

static void stretch_rows(struct heat_work *work, int grid, int w)
{
    for (int y = 0; y < grid; y++) {
        const float *row = work->cells + y * grid;
        float *out = work->stretched + (size_t)y * (size_t)w;
        for (int x = 0; x < w; x++) {
            const struct arr_lerp l = work->across[x];
            out[x] = (1.0F - l.w1) * row[l.i0] + l.w1 * row[l.i1];
        }
    }
}

static void index_row(const struct heat_work *work, int y, int w)
{
    const struct arr_lerp l = work->down[y];
    const float *restrict above = work->stretched + (size_t)l.i0 * (size_t)w;
    const float *restrict under = work->stretched + (size_t)l.i1 * (size_t)w;
    uint8_t *restrict index = work->index;
    const float w1 = l.w1, w0 = 1.0F - l.w1;
    for (int x = 0; x < w; x++) {
        float v = (w0 * above[x] + w1 * under[x]) * 256.0F;
        v = v < 0.0F ? 0.0F : v;
        v = v > 255.0F ? 255.0F : v;
        index[x] = (uint8_t)(int)v;
    }
}

static void index_row_nearest(const struct heat_work *work, int grid, int y, int w, int h)
{
    const float *row = work->cells + cell_of(y, grid, h) * grid;
    for (int cell = 0; cell < grid; cell++) {
        const int first = cell_start(cell, grid, w), last = cell_start(cell + 1, grid, w);
        memset(work->index + first, arr_lut_index((double)row[cell]), (size_t)(last - first));
    }
}

static void color_row(const struct heat_work *work, const uint8_t *restrict rgb,
                      uint8_t *restrict out, int w)
{
    for (int x = 0; x < w; x++) {
        const uint32_t *color = work->colors[work->index[x]];
        const uint8_t *p = rgb != NULL ? rgb + (size_t)x * 3 : NULL;
        for (int c = 0; c < 3; c++) {
            const uint32_t below = p != NULL ? p[c] * work->below : 0;
            out[x * 4 + c] = (uint8_t)((below + color[c]) >> 16);
        }
        out[x * 4 + 3] = 255;
    }
}

bool arr_paint_heat(const struct arr_paint *to, const struct arr_heat *heat, const uint8_t *rgb,
                    float alpha, struct err *e)
{
    struct heat_work *work = xcalloc(1, sizeof *work);
    const bool ok = open_work(work, heat, to, e);
    if (ok) {
        prepare_colors(work, heat, rgb != NULL ? alpha : 1.0F);
        stretch_rows(work, heat->grid, to->w);
    }
    for (int y = 0; ok && y < to->h; y++) {
        if (heat->is_bilinear) {
            index_row(work, y, to->w);
        } else {
            index_row_nearest(work, heat->grid, y, to->w, to->h);
        }
        const uint8_t *picture = rgb != NULL ? rgb + (size_t)y * (size_t)to->w * 3 : NULL;
        color_row(work, picture, to->rgba + (size_t)y * to->stride, to->w);
    }
    free(work->across);
    free(work->down);
    free(work->stretched);
    free(work->index);
    free(work);
    return ok;
}

/* ---- the building stones of views.h ---- */

static struct arr_paint tight(uint8_t *rgba, int w, int h)
{
    return (struct arr_paint){rgba, (size_t)w * 4, w, h};
}

bool arr_heat_over(const float *map, int grid, enum arr_lut lut, float alpha, const uint8_t *rgb,
                   int w, int h, uint8_t *dst_rgba, struct err *e)
{
    const struct arr_paint to = tight(dst_rgba, w, h);
    const struct arr_heat heat = {.map = map, .grid = grid, .lut = lut, .is_bilinear = true};
    return arr_paint_heat(&to, &heat, rgb, alpha, e);
}

bool arr_heat_alone(const float *map, int grid, enum arr_lut lut, bool bilinear, int w, int h,
                    uint8_t *dst_rgba, struct err *e)
{
    const struct arr_paint to = tight(dst_rgba, w, h);
    const struct arr_heat heat = {.map = map, .grid = grid, .lut = lut, .is_bilinear = bilinear};
    return arr_paint_heat(&to, &heat, NULL, 1.0F, e);
}

/* Three pixels wide, less where that would leave nothing of the cell to see. */
static void outline(const struct arr_paint *to, struct arr_rect r)
{
    const struct arr_color lime = {0, 255, 0, 255};
    const int side = r.w < r.h ? r.w : r.h;
    const int thick = side >= 12 ? 3 : side >= 8 ? 2 : 1;
    if (side <= 2 * thick) {
        paint_rect(to, r, lime, 255);
        return;
    }
    const int inner = r.h - 2 * thick, right = r.x + r.w - thick, bottom = r.y + r.h - thick;
    paint_rect(to, (struct arr_rect){r.x, r.y, r.w, thick}, lime, 255);
    paint_rect(to, (struct arr_rect){r.x, bottom, r.w, thick}, lime, 255);
    paint_rect(to, (struct arr_rect){r.x, r.y + thick, thick, inner}, lime, 255);
    paint_rect(to, (struct arr_rect){right, r.y + thick, thick, inner}, lime, 255);
}

bool arr_homunculus_draw(const uint8_t *rgb, int w, int h, int grid, const uint16_t *order, int k,
                         enum arr_homunculus style, uint8_t *dst_rgba, struct err *e)
{
    if (grid < 1 || grid > ARR_GRID || k < 0 || k > grid * grid) {
        return err_set(e, ERR_USAGE, "%d cells of a grid of %d cannot be shown", k, grid);
    }
    const struct arr_paint to = tight(dst_rgba, w, h);
    bool is_in[ARR_CELLS];
    arr_selection_mask(order, k, grid, is_in);
    arr_paint_picture(&to, rgb);
    for (int i = 0; i < grid * grid; i++) {
        if (style == ARR_HOMUNCULUS_BORDERS && is_in[i]) {
            outline(&to, arr_paint_rect(&to, grid, i % grid, i / grid));
        } else if (style == ARR_HOMUNCULUS_HEATMAP) {
            const uint8_t light = is_in[i] ? 255 : 0;
            arr_paint_cell(&to, grid, i, (struct arr_color){light, light, light, 255},
                           is_in[i] ? 120 : 150);
        } else if (style == ARR_HOMUNCULUS_DIM && !is_in[i]) {
            arr_paint_cell(&to, grid, i, (struct arr_color){255, 0, 0, 255}, 100);
        }
    }
    return true;
}

void arr_false_color_cells(const struct arr_texture *t, enum arr_false_color mode,
                           const int triple[3], uint8_t *rgb_cells)
{
    static const int CHANNELS[][3] = {
        [ARR_FALSE_SEMANTIC] = {ARR_T_R, ARR_T_EDGES, ARR_T_ECC},
        [ARR_FALSE_EDGES] = {ARR_T_SOBEL_X, ARR_T_SOBEL_Y, ARR_T_EDGES},
        [ARR_FALSE_SPATIAL] = {ARR_T_Y, ARR_T_X, ARR_T_ECC},
    };
    const int *channels = mode == ARR_FALSE_CUSTOM ? triple : CHANNELS[mode];
    const int n = t->grid * t->grid;
    for (int c = 0; c < 3; c++) {
        float plane[ARR_CELLS];
        memcpy(plane, t->t[channels[c]], (size_t)n * sizeof *plane);
        for (int i = 0; mode == ARR_FALSE_SEMANTIC && c == 0 && i < n; i++) {
            plane[i] = (t->t[ARR_T_R][i] + t->t[ARR_T_G][i] + t->t[ARR_T_B][i]) / 3.0F;
        }
        arr_min_max(plane, (size_t)n, false);
        for (int i = 0; i < n; i++) {
            rgb_cells[i * 3 + c] = (uint8_t)(plane[i] * 255.0F);
        }
    }
}
