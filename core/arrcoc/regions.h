/* SPDX-License-Identifier: Apache-2.0 */
/* regions.h - the selected cells as a few boxes; for plan.c only.
 *
 * 8-connected components of the selection become boxes, grown by a cell on every side, and on until
 * they have the pixels that a server's minimum is worth: what is around a small thing tells more
 * than its own pixels enlarged. Boxes that overlap by more than 0.3 of the smaller are merged,
 * then, while there are too many, the two whose common box adds the least area. Ties go to the
 * boxes of more weight, then to the earlier ones.
 */
#ifndef HFTERM_CORE_ARRCOC_REGIONS_H
#define HFTERM_CORE_ARRCOC_REGIONS_H

#include "core/arrcoc/realize.h"

struct arr_cluster {
    struct arr_box cells;
    int n_selected;
    double weight; /* sum of R over the selected cells */
    int first;     /* its lowest cell index, for order */
};

struct arr_raster {
    int grid, width, height; /* cells a side; pixels: boxes of other cells can be the same pixels */
    int64_t least_px;        /* of a box */
};

/* out: room for max; in descending weight. Returns their number. */
size_t arr_regions_find(const struct arr_raster *p, const float *relevance, const uint16_t *order,
                        int k, size_t max, struct arr_cluster *out);

/* The pixels of a box of cells: at least one each way, also where a cell is less than a pixel. */
struct arr_box arr_box_pixels(struct arr_box cells, int grid, int width, int height);

#endif
