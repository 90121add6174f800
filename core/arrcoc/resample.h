/* SPDX-License-Identifier: Apache-2.0 */
/* resample.h - changing the size of pictures and maps, in the two ways that results depend on.
 *
 * 8-bit pictures: the antialiased two-pass resampling of the Pillow library, bit for bit: per axis
 * s = n_in / n_out, f = max(s, 1), support = radius * f, taps from trunc(c - support + 0.5) to
 * trunc(c + support + 0.5) around c = (o + 0.5) s, weights normalised and rounded to 2^-22
 * (PRECISION_BITS = 32 - 8 - 2), horizontal pass first with 8-bit result, an axis of equal size
 * skipped. This is Pillow to 12; from 13 on it does the vertical pass first where that is cheaper
 * (tall pictures made much lower), which changes what the pass between rounds and
 * clips.
 *
 * Maps: bilinear as torch.nn.functional.interpolate(align_corners=False, antialias=False), in
 * float: x = max(0, s (o + 0.5) - 0.5), value h0 (w0 v00 + w1 v01) + h1 (w0 v10 + w1 v11).
 *
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_ARRCOC_RESAMPLE_H
#define HFTERM_CORE_ARRCOC_RESAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum arr_filter {
    ARR_TRIANGLE, /* Pillow's BILINEAR, radius 1 */
    ARR_BICUBIC,  /* a = -0.5, radius 2 */
    ARR_LANCZOS,  /* radius 3 */
};

/* One axis. weight[o * taps + t] belongs to source index first[o] + t; t < count[o]. */
struct arr_taps {
    int n_out, taps;
    int *first, *count;
    int32_t *weight; /* times 2^22 */
};
bool arr_taps_init(struct arr_taps *t, int n_in, int n_out, enum arr_filter filter, struct err *e);
void arr_taps_done(struct arr_taps *t);

/* src: width x height interleaved RGB with rows of stride bytes. dst: out_w x out_h, tight rows.
 * Sides 1 to ARR_SIDE_MAX. n_threads >= 1. ERR_LIMIT without memory. */
bool arr_resize_rgb8(const uint8_t *src, int width, int height, size_t stride, uint8_t *dst,
                     int out_w, int out_h, enum arr_filter filter, int n_threads, struct err *e);

/* One axis of the bilinear rule: for output o the two sources and the weight of the second. */
struct arr_lerp {
    int i0, i1;
    float w1; /* w0 = 1 - w1 */
};
void arr_lerp_axis(int n_in, int n_out, struct arr_lerp *out);

/* src [h][w] to dst [out_h][out_w], tight rows, all sides >= 1. */
bool arr_bilinear(const float *src, int w, int h, float *dst, int out_w, int out_h, struct err *e);

#endif
