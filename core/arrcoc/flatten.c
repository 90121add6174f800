/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/arrcoc/texture.h"
#include "core/base/err.h"
#include "core/base/mem.h"

static uint8_t over_white(unsigned v, unsigned alpha)
{
    const unsigned t = v * alpha + 255 * (255 - alpha) + 128;
    return (uint8_t)(((t >> 8) + t) >> 8);
}

bool arr_image_flatten(const struct arr_image *image, struct arr_image *out, void **owned,
                       struct err *e)
{
    *owned = NULL;
    *out = *image;
    if (!arr_image_check(image, e)) {
        return false;
    }
    if (image->format != ARR_RGBA8) {
        return true;
    }
    const size_t w = (size_t)image->width, h = (size_t)image->height;
    uint8_t *rgb = try_alloc(w * h, 3);
    if (!rgb) {
        return err_set(e, ERR_LIMIT, "no memory for a picture of %zu x %zu", w, h);
    }
    for (size_t y = 0; y < h; y++) {
        const uint8_t *row = (const uint8_t *)image->pixels + y * image->stride_bytes;
        for (size_t x = 0; x < w; x++) {
            for (size_t c = 0; c < 3; c++) {
                rgb[(y * w + x) * 3 + c] = over_white(row[4 * x + c], row[4 * x + 3]);
            }
        }
    }
    out->format = ARR_RGB8;
    out->pixels = rgb;
    out->stride_bytes = w * 3;
    *owned = rgb;
    return true;
}
