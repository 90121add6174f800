/* SPDX-License-Identifier: Apache-2.0 */
/* array_parts.h - the inside of arr_array_make: its planes and its stages. For array.c, the files
 * of the stages and their tests; nobody else includes it.
 *
 * Each stage reads planes of the room and leaves planes or whole channels of its own. After the
 * gray planes and the edges come three strands that share nothing they write: they may run on
 * threads of their own. Nothing is split finer: the stages take a tenth of a millisecond to three,
 * and starting a thread for each would cost as much as it gains.
 */
#ifndef HFTERM_CORE_ARRCOC_ARRAY_PARTS_H
#define HFTERM_CORE_ARRCOC_ARRAY_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/array.h"
#include "core/arrcoc/pixel_math.h"

struct err;

enum {
    ARR_HALF = ARR_DENSE / 2,
    ARR_PAD = 8, /* replicated pixels at both ends of a gray row: the largest filter needs 7 */
    ARR_GRAY_STRIDE = ARR_DENSE + 2 * ARR_PAD,
    ARR_HALF_STRIDE = ARR_HALF + 2 * ARR_PAD,
    ARR_MID_CELL = ARR_MID / ARR_GRID, /* a cell's side in the mid plane */
};

/* ---- planes.c: gray, halves, the mid plane ---- */

/* Gray in 1/65535. px is pixel (0, 0); ARR_PAD replicated pixels stand left and right of a row. */
struct arr_gray_plane {
    int side;
    size_t stride;
    uint16_t *px;
};

/* Rows above and below the picture are its first and last one. */
static inline const uint16_t *arr_gray_line(const struct arr_gray_plane *p, int y)
{
    const int inside = y < 0 ? 0 : y >= p->side ? p->side - 1 : y;
    return p->px + (size_t)inside * p->stride;
}

/* What the text stage reads: strokes after long runs were dropped, and |gx|. */
struct arr_marks {
    int side;
    uint8_t *stroke; /* ARR_STROKE_ bits */
    uint16_t *steep;
};

struct arr_components { /* of labels, while they are cleaned */
    uint16_t of[ARR_MID_PX], next[ARR_MID_PX];
    uint16_t head[ARR_MID_PX], tail[ARR_MID_PX], size[ARR_MID_PX], parent[ARR_MID_PX];
    uint16_t border[ARR_MID_PX];
    uint8_t label[ARR_MID_PX];
};

/* Levels 1 to 6 of the pyramid: 256 to 8 pixels a side, planes of L, a, b. */
enum { ARR_LEVELS = 7 };
struct arr_pyramid {
    float level1[3][ARR_HALF * ARR_HALF];
    float below[3][ARR_MID_PX * 2]; /* levels 2 to 6 behind each other */
    float across[ARR_HALF * ARR_MID];
    float up[ARR_MID_PX], contrast[ARR_MID_PX], map[ARR_MID_PX];
};

/* Gray levels of two frames at 128, 64 and 32 pixels a side, behind each other. */
enum { ARR_LK_LEVELS = 3, ARR_LK_PX = ARR_MID_PX + ARR_MID_PX / 4 + ARR_MID_PX / 16 };
struct arr_flow_levels {
    float now[ARR_LK_PX], before[ARR_LK_PX];
    float across[ARR_MID_PX / 2];
};

struct arr_room {
    const uint8_t *rgb;
    struct arr_gray_plane gray, half;
    struct arr_marks marks, half_marks;
    uint16_t gray_px[ARR_DENSE * ARR_GRAY_STRIDE];
    uint16_t half_px[ARR_HALF * ARR_HALF_STRIDE];
    uint8_t stroke[ARR_DENSE_PX], half_stroke[ARR_HALF * ARR_HALF];
    uint16_t steep[ARR_DENSE_PX], half_steep[ARR_HALF * ARR_HALF];
    uint16_t half_text[ARR_HALF * ARR_HALF];
    uint16_t mid_rgb[3][ARR_MID_PX]; /* sums of 4 x 4 pixels */
    uint8_t mid_gray[ARR_MID_PX], mid_gray_before[ARR_MID_PX];
    int16_t mid_lab[3 * ARR_MID_PX]; /* arr_lab_q of the mean colours */
    float lab[3][ARR_MID_PX];
    struct arr_pyramid pyramid;
    struct arr_components components;
    struct arr_flow_levels flow_levels;
    int32_t seeds[2][ARR_DENSE_PX];
};

/* Gray of n pixels. */
void arr_gray_row(const uint8_t *rgb, uint16_t *gray, size_t n);
/* Adds n sums of 4 values to sums. */
void arr_add_fours(const uint16_t *row, uint32_t *sums, size_t n);
/* Gray, half, mid_rgb, mid_gray of room->rgb. */
void arr_planes_make(struct arr_room *room);
/* mid_lab out of mid_rgb. */
void arr_planes_lab(struct arr_room *room);

/* The sums of 15 rows, one for each column, for row y; slides down a plane. */
struct arr_columns {
    int y;
    int32_t sum[ARR_GRAY_STRIDE];
};
void arr_columns_start(const struct arr_gray_plane *p, int y, struct arr_columns *c);
/* 225 (mean of the 15 x 15 pixels around - pixel) of row c->y; moves on to the next row. */
void arr_columns_next(const struct arr_gray_plane *p, struct arr_columns *c, int32_t *diff);
void arr_sobel_row(const struct arr_gray_plane *p, int y, int32_t *gx, int32_t *gy);

/* Of a square plane, bilinear, borders replicated. */
static inline float arr_sample(const float *plane, int side, float y, float x)
{
    const float last = (float)(side - 1);
    y = y > 0.0f ? y : 0.0f;
    x = x > 0.0f ? x : 0.0f;
    y = y < last ? y : last;
    x = x < last ? x : last;
    const int y0 = (int)y, x0 = (int)x;
    const int y1 = y0 < side - 1 ? y0 + 1 : y0, x1 = x0 < side - 1 ? x0 + 1 : x0;
    const float wy = y - (float)y0, wx = x - (float)x0;
    const float *a = plane + y0 * side, *b = plane + y1 * side;
    return (1.0f - wy) * ((1.0f - wx) * a[x0] + wx * a[x1]) +
           wy * ((1.0f - wx) * b[x0] + wx * b[x1]);
}

/* Sums of the 16 columns of each cell, as a share of `whole`: one row of cells of a map. */
void arr_cells_of_columns(const int32_t *columns, double whole, float *cells);
/* Means of the 4 x 4 mid pixels of each cell, quantised ones. */
void arr_cells_of_mid(const int32_t *mid, double whole, float *cells);

/* ---- cells.c: statistics of each cell ---- */

void arr_cells_rgb(const struct arr_room *room, struct arr_array *out);
void arr_cells_quads(const struct arr_room *room, struct arr_array *out);
void arr_cells_entropy(const struct arr_room *room, struct arr_array *out);
void arr_cells_roughness(const struct arr_room *room, struct arr_array *out); /* and contrast */
void arr_cells_coherence(const struct arr_room *room, struct arr_array *out);

/* ---- edges.c: channels 3 to 6, the strokes and the seeds of the distance ---- */

/* Flags. */
unsigned arr_edges(struct arr_room *room, bool literal, struct arr_array *out);

/* ---- textlike.c: channel 39 ---- */

void arr_marks_row(const struct arr_marks *m, int y, const int32_t *diff, const int32_t *gx);
void arr_text_like(struct arr_room *room, struct arr_array *out);

/* ---- distance.c: channel 34 ---- */

/* Jump flooding over seeds with `other` as its double: returns the one that holds the result,
 * the nearest seed of every pixel (ARR_NO_SEED everywhere when there is none). */
int32_t *arr_jump_flood(int32_t *seeds, int32_t *other);
/* Flags. */
unsigned arr_distance(struct arr_room *room, struct arr_array *out);

/* ---- saliency.c: channel 8 ---- */

/* Filter 1-4-6-4-1 both ways, then even pixels: side / 2 of out. across: side * side / 2. */
void arr_halve_plane(const float *src, int side, float *across, float *out);
bool arr_saliency_contrast(struct arr_room *room, struct arr_array *out, unsigned *flags,
                           struct err *e);
bool arr_saliency_spectral(const struct arr_room *room, struct arr_array *out, unsigned *flags,
                           struct err *e);

/* ---- slic.c, slic_clean.c and clusters.c: channels 12 to 14 and 38 ---- */

/* lab: three planes of ARR_MID_PX. Labels 0 to 48. */
void arr_slic_run(const int16_t *lab, uint8_t *label);
/* Gives pieces of fewer than ARR_SLIC_SMALLEST pixels to a neighbour. */
void arr_slic_clean(uint8_t *label, struct arr_components *c);
/* Cluster, its distance and size, and boundaries of out->cluster. */
void arr_clusters(const struct arr_room *room, struct arr_array *out);

/* ---- flow.c, flow_lk.c: motion ---- */

/* Channel 7 and mid_gray_before. */
void arr_motion(struct arr_room *room, const uint8_t *before, struct arr_array *out);
/* Where each block of `now` comes from in `before`, both ARR_MID_PX; the mean absolute difference
 * that is left. */
float arr_flow(const uint8_t *now, const uint8_t *before,
               int8_t flow[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2]);
/* The same to parts of a pixel: flow + part. */
float arr_flow_lk(const uint8_t *now, const uint8_t *before, struct arr_flow_levels *levels,
                  int8_t flow[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2],
                  float part[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2]);
/* 3 x 3 blocks, each axis of its own. */
void arr_flow_median(float found[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2],
                     float out[ARR_FLOW_BLOCKS * ARR_FLOW_BLOCKS][2]);

#endif
