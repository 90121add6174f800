/* SPDX-License-Identifier: Apache-2.0 */
/* picture_samples.h - one test picture, and a file of it in each kind that matters. */
#ifndef HFTERM_TESTS_UNIT_PICTURE_SAMPLES_H
#define HFTERM_TESTS_UNIT_PICTURE_SAMPLES_H

#include "tests/unit/picture_make.h"

#include "core/format/picture.h"
#include "core/format/picture_parts.h"

enum { SIDE = 33 }; /* of the test picture; no multiple of 8 */

/* Smooth, so that lossy codecs keep it, with a corner of each colour. */
static inline uint8_t sample(int x, int y, int c)
{
    return (uint8_t)(c == 0   ? x * 7
                     : c == 1 ? y * 7
                     : c == 2 ? 255 - 4 * (x + y) / 2
                              : 255 - x * 3);
}

static inline uint8_t *make_pixels(int channels)
{
    uint8_t *p = xmalloc((size_t)SIDE * SIDE * (size_t)channels);
    uint8_t *to = p;
    for (int y = 0; y < SIDE; y++) {
        for (int x = 0; x < SIDE; x++) {
            for (int c = 0; c < channels; c++) {
                *to++ = sample(x, y, c);
            }
        }
    }
    return p;
}

static inline struct picture decode(const struct buf *b)
{
    struct picture p;
    struct err e = ERR_INIT;
    if (!picture_decode((const uint8_t *)b->p, b->n, &p, &e)) {
        fail_msg("%s", e.msg);
    }
    return p;
}

static inline enum err_code refusal(const void *bytes, size_t n, struct err *e)
{
    struct picture p;
    err_clear(e);
    if (picture_decode(bytes, n, &p, e)) {
        picture_done(&p);
        return ERR_NONE;
    }
    assert_null(p.rgb);
    return e->code;
}

static inline int difference(const uint8_t *a, const uint8_t *b, size_t n)
{
    int most = 0;
    for (size_t i = 0; i < n; i++) {
        const int d = abs(a[i] - b[i]);
        most = d > most ? d : most;
    }
    return most;
}

enum { N_FILES = 10 };

static inline void make_files(struct buf files[N_FILES])
{
    uint8_t *rgb = make_pixels(3);
    uint8_t *rgba = make_pixels(4);
    const struct png_kind png[] = {
        {SIDE, SIDE, PNG_COLOR_TYPE_RGB, 8, false, 0, 0, 0, 6},
        {SIDE, SIDE, PNG_COLOR_TYPE_RGB_ALPHA, 8, true, 0, 0, 0, 0},
        {SIDE, SIDE, PNG_COLOR_TYPE_PALETTE, 8, true, 256, 9, 0, 0},
    };
    const struct jpeg_kind jpeg[] = {
        {SIDE, SIDE, 3, JCS_YCbCr, .orientation = 8},
        {SIDE, SIDE, 3, JCS_YCbCr, .is_progressive = true, .restart = 3},
        {SIDE, SIDE, 4, JCS_YCCK, .restart = 1},
    };
    for (size_t i = 0; i < 3; i++) {
        make_png(&files[i], &png[i], rgba, (size_t)SIDE * (i == 2 ? 1 : i + 3));
        make_jpeg(&files[3 + i], &jpeg[i], rgba);
    }
    make_webp(&files[6], rgba, SIDE, SIDE, true);
    make_webp(&files[7], rgba, SIDE, SIDE, false);
    make_webp_with_exif(&files[8], &files[6], SIDE, SIDE, 5);
    make_webp_film(&files[9], &files[6], SIDE, SIDE, SIDE + 3, SIDE + 4);
    free(rgb);
    free(rgba);
}

#endif
