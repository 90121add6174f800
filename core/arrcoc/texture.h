/* SPDX-License-Identifier: Apache-2.0 */
/* texture.h - the 13-channel texture array of the reference (ARR_COC/texture.py), sparse.
 *
 * The reference resizes to S x S (S = 16 G, bilinear without antialias), converts everything, then
 * takes G x G by the same bilinear rule. That second step reads only the central 2 x 2 pixels of
 * each 16 x 16 block, so with the Sobel halo a cell needs 4 x 4 intermediate pixels: rows and
 * columns 16 i + 6 to 16 i + 9. Only those are computed here.
 *
 * Sobel: cross-correlation with (-1 0 1; -2 0 2; -1 0 1) / 8 and its transpose on gray;
 * magnitude sqrt(gx^2 + gy^2 + 1e-8). L, a, b, gx, gy, magnitude are computed at the four central
 * pixels and averaged afterwards, as 0.5 (0.5 p + 0.5 q) + 0.5 (0.5 r + 0.5 s).
 *
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_ARRCOC_TEXTURE_H
#define HFTERM_CORE_ARRCOC_TEXTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/types.h"

struct err;

/* Size, stride and pixel type make sense; floats are finite and in [0, 1] (looked at only where
 * read: the sampled pixels). ERR_USAGE, ERR_DAMAGED. */
bool arr_image_check(const struct arr_image *image, struct err *e);

/* A picture with alpha as RGB over white, by Pillow's rule for pasting; another one as it is.
 * *owned is what to free, NULL for a picture that was passed through. Errors of arr_image_check,
 * ERR_LIMIT. */
bool arr_image_flatten(const struct arr_image *image, struct arr_image *out, void **owned,
                       struct err *e);

/* Path B's first half: the picture as 16 G x 16 G RGB by arr_resize_rgb8 with ARR_TRIANGLE. dst has
 * room for (16 G)^2 * 3 bytes. ERR_USAGE for float pictures (they take path A). */
bool arr_resize_dense(const struct arr_image *image, int grid, uint8_t *dst, int n_threads,
                      struct err *e);

/* Path A, raw: channels 0 to 4, raw_edges and aux_b of one picture of any size. A picture of
 * 16 G x 16 G is sampled without interpolation, which is path B's second half. ERR_DAMAGED when a
 * float that is read is not finite or out of range. */
bool arr_texture_sample(const struct arr_image *image, int grid, struct arr_texture *out,
                        struct err *e);

struct arr_texture_finish {
    /* Min-max of channels 5 to 7 over all n pictures together, as the reference does; otherwise
     * over each picture, which makes results independent of the neighbours in a batch. */
    bool batch_statistics;
    /* Leave amplified rounding noise in: otherwise a channel whose range is below 2e-6 is set to 0
     * and is_flat says so. */
    bool no_flat_guard;
};
/* The rest: channels 5 to 12 from what arr_texture_sample left. All of one grid. */
void arr_texture_finish(struct arr_texture *const *textures, size_t n,
                        const struct arr_texture_finish *how);

/* Replaces channels 11 and 12 by the v2 set: orientation coherence and contrast of the whole cell.
 * Never use it with reference weights. */
void arr_texture_set_v2(struct arr_texture *t, const struct arr_array *array);

/* Rows y, x, eccentricity of a grid: the coordinates of torch.linspace (step = 1 / (G - 1) in
 * float, the upper half counted down from 1); eccentricity is 1 at the corners. */
void arr_coordinates(int grid, float *y, float *x, float *ecc);

/* (v - min) / (max - min + 1e-8), in place; with guard and max - min < 2e-6 all 0 and true. */
bool arr_min_max(float *v, size_t n, bool guard);

const char *arr_texture_channel_name(int channel); /* "R", "L*", "Sobel x", ... */

#endif
