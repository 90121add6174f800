/* SPDX-License-Identifier: Apache-2.0 */
/* views.h - the microscope's pictures, as RGBA bytes; no terminal in sight.
 *
 * Ownership: a canvas owns its pixels: arr_canvas_done. Sizes follow the picture given, fitted into
 * max_side; panels are put side by side with captions in a small built-in bitmap font.
 */
#ifndef HFTERM_CORE_ARRCOC_VIEWS_H
#define HFTERM_CORE_ARRCOC_VIEWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/types.h"

struct arr_result;
struct err;

struct arr_canvas {
    int width, height;
    uint8_t *rgba; /* tight rows, never premultiplied */
};
void arr_canvas_done(struct arr_canvas *c);

/* ---- colour maps: 256 entries, index min(255, floor(256 v)) ---- */

enum arr_lut {
    ARR_LUT_HOT,
    ARR_LUT_VIRIDIS,
    ARR_LUT_PLASMA,
    ARR_LUT_INFERNO,
    ARR_LUT_RDYLGN,
    ARR_LUT_RDBU_R,
    ARR_LUT_SEISMIC,
    ARR_LUT_REDS,
    ARR_LUT_GREENS,
    ARR_LUT_BLUES,
    ARR_LUT_GRAY,
    ARR_LUT_YLORRD,
    ARR_LUTS,
};
extern const uint8_t ARR_LUT[ARR_LUTS][256][3];
int arr_lut_index(double v);

/* ---- the views ---- */

enum arr_view {
    ARR_VIEW_OVERVIEW,
    ARR_VIEW_HOMUNCULUS,
    ARR_VIEW_HEATMAPS,
    ARR_VIEW_THREE_WAYS,
    ARR_VIEW_TEXTURES,
    ARR_VIEW_CHANNELS, /* the 4 x 4 grid of the 13 channels; all 40 with an array */
    ARR_VIEW_FALSE_COLOR,
    ARR_VIEW_COMPARISON,
    ARR_VIEW_METRICS,
    ARR_VIEW_QUERY_IMPACT,
    ARR_VIEW_ATTRIBUTION,
    ARR_VIEW_INSPECTOR,
    ARR_VIEW_BALANCED, /* R over the picture: what a terminal shows first */
    ARR_VIEW_TOKENS,   /* budgets over the picture, regions outlined */
    ARR_VIEWS,
};
const char *arr_view_name(enum arr_view view);  /* "homunculus", as --view takes it */
const char *arr_view_about(enum arr_view view); /* one line */
bool arr_view_find(const char *name, enum arr_view *out);

enum arr_homunculus { ARR_HOMUNCULUS_DIM, ARR_HOMUNCULUS_BORDERS, ARR_HOMUNCULUS_HEATMAP };
enum arr_false_color { ARR_FALSE_SEMANTIC, ARR_FALSE_EDGES, ARR_FALSE_SPATIAL, ARR_FALSE_CUSTOM };

enum { ARR_VIEW_SIDE_MAX = 4096 };

struct arr_view_options {
    /* Of the picture inside one panel, 32 to ARR_VIEW_SIDE_MAX; 0: 512. Larger pictures are shrunk
     * to it, smaller ones enlarged by a whole factor. Views of many panels draw them smaller. */
    int max_side;
    bool no_captions;
    enum arr_homunculus homunculus;
    enum arr_false_color false_color;
    int triple[3];    /* ARR_FALSE_CUSTOM: channels for red, green, blue */
    int cell;         /* inspector: the cell, row-major; -1: the best one */
    enum arr_way way; /* unused by most */
    float alpha;      /* of heat maps over the picture; 0: 0.6 */
};

/* rgb: the original picture, tight rows. ERR_USAGE when the result lacks what the view needs,
 * ERR_LIMIT without memory. */
bool arr_view_draw(enum arr_view view, const struct arr_result *result, const uint8_t *rgb,
                   int width, int height, const struct arr_view_options *options,
                   struct arr_canvas *out, struct err *e);

/* Building stones, also for a live picture: */
/* A map over a picture: min-max, bilinear, lut, blended with alpha. dst: RGBA of w x h. */
bool arr_heat_over(const float *map, int grid, enum arr_lut lut, float alpha, const uint8_t *rgb,
                   int w, int h, uint8_t *dst_rgba, struct err *e);
/* A map alone, nearest or bilinear, on its own range. */
bool arr_heat_alone(const float *map, int grid, enum arr_lut lut, bool bilinear, int w, int h,
                    uint8_t *dst_rgba, struct err *e);
/* Rejected cells blended with red at 100/255 (or the other two styles). */
bool arr_homunculus_draw(const uint8_t *rgb, int w, int h, int grid, const uint16_t *order, int k,
                         enum arr_homunculus style, uint8_t *dst_rgba, struct err *e);
/* Three planes min-max scaled, times 255, truncated: 3 bytes a cell. Semantic: red is the mean of
 * channels 0 to 2. */
void arr_false_color_cells(const struct arr_texture *t, enum arr_false_color mode,
                           const int triple[3], uint8_t *rgb_cells);

#endif
