/* SPDX-License-Identifier: Apache-2.0 */
/* regions.h - the selected cells as a few boxes; for plan.c only.
 *
 * 8-connected components of the selection become boxes, grown by a cell on every side. Boxes that
 * overlap by more than 0.3 of the smaller are merged, then, while there are too many, the two whose
 * common box adds the least area. Ties go to the boxes of more weight, then to the earlier ones.
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

/* out: room for max; in descending weight. width and height of the picture, for boxes that are the
 * same pixels although they are other cells. Returns their number. */
size_t arr_regions_find(const float *relevance, const uint16_t *order, int k, int grid, int width,
                        int height, size_t max, struct arr_cluster *out);

/* The pixels of a box of cells: at least one each way, also where a cell is less than a pixel. */
struct arr_box arr_box_pixels(struct arr_box cells, int grid, int width, int height);

#endif
