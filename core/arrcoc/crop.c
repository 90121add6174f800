/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/arrcoc/realize.h"
#include "core/arrcoc/resample.h"
#include "core/base/err.h"
#include "core/base/mem.h"

uint8_t *arr_crop(const uint8_t *rgb, int width, int height, const struct arr_vlm *vlm,
                  const struct arr_region *region, int *w, int *h, struct err *e)
{
    const struct arr_box box = region->pixels;
    const int most = ARR_SIDE_MAX / vlm->factor;
    if (box.x0 < 0 || box.y0 < 0 || box.x1 <= box.x0 || box.y1 <= box.y0 || box.x1 > width ||
        box.y1 > height || region->rows < 1 || region->cols < 1 || region->rows > most ||
        region->cols > most) {
        err_set(e, ERR_USAGE,
                "cropping %d x %d tokens from (%d, %d) to (%d, %d): no such part of %d x %d pixels",
                region->cols, region->rows, box.x0, box.y0, box.x1, box.y1, width, height);
        return NULL;
    }
    *w = region->cols * vlm->factor;
    *h = region->rows * vlm->factor;
    uint8_t *crop = try_alloc((size_t)*w * (size_t)*h, 3);
    if (!crop) {
        err_set(e, ERR_LIMIT, "cropping to %d x %d pixels: no memory", *w, *h);
        return NULL;
    }
    const size_t stride = (size_t)width * 3;
    const uint8_t *from = rgb + (size_t)box.y0 * stride + (size_t)box.x0 * 3;
    if (!arr_resize_rgb8(from, box.x1 - box.x0, box.y1 - box.y0, stride, crop, *w, *h, ARR_BICUBIC,
                         1, e)) {
        free(crop);
        return NULL;
    }
    return crop;
}
