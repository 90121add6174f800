/* SPDX-License-Identifier: Apache-2.0 */
/* picture_parts.h - what the codecs share; for core/format/{picture,png,jpeg,webp}.c and the fuzz
 * target. */
#ifndef HFTERM_CORE_FORMAT_PICTURE_PARTS_H
#define HFTERM_CORE_FORMAT_PICTURE_PARTS_H

#include "core/format/picture.h"

/* One picture on its way from bytes to pixels. */
struct picture_job {
    const uint8_t *bytes;
    size_t n;
    uint64_t max_px; /* PICTURE_PX_MAX; less in the fuzz target */
    struct picture *out;
    struct err *e;
};

/* Pixels as the file has them: before the orientation, which goes to out->orientation. On failure
 * the caller does picture_done. */
bool png_decode(struct picture_job *job);
bool jpeg_decode(struct picture_job *job);
bool webp_decode(struct picture_job *job);
/* The size that the head of a WebP says. False also when nothing here can read one. */
bool webp_probe(const uint8_t *bytes, size_t n, int *width, int *height);

/* Which of the formats the first bytes belong to: "PNG", "JPEG", "WebP"; NULL with e set: none. */
const char *picture_format_of(const uint8_t *bytes, size_t n, struct err *e);

/* Takes the size, within the limits, and makes room for that many pixels of 3 or 4 bytes. */
bool picture_begin(struct picture_job *job, uint64_t width, uint64_t height, int channels);
/* RGBA over white, in place: rgb is left with 3 bytes a pixel. */
void picture_flatten(struct picture *p);
/* a * b / 255, rounded. */
uint8_t picture_scale(unsigned a, unsigned b);
/* v over white with the coverage a. */
uint8_t picture_over_white(unsigned v, unsigned a);

/* 1 to 8 from an EXIF block, with or without "Exif\0\0" in front; 1 when it says nothing. */
int picture_exif_orientation(const uint8_t *exif, size_t n);

/* picture_decode with a limit of its own. */
bool picture_decode_within(const uint8_t *bytes, size_t n, uint64_t max_px, struct picture *out,
                           struct err *e);

#endif
