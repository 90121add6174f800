/* SPDX-License-Identifier: Apache-2.0 */
/* picture.h - pictures from files: PNG, JPEG and WebP by their libraries, to 8-bit RGB; and back to
 * PNG.
 *
 * Whatever the file holds, the result is interleaved sRGB, 3 bytes a pixel: gray is repeated, 16
 * bits are rounded to 8, palettes expanded, CMYK and YCCK converted, alpha is put over white, the
 * EXIF orientation applied, of an animation the first frame taken. What was done is in the facts.
 * Gamma and colour profiles (gAMA, ICC) are ignored: the numbers are taken as sRGB.
 *
 * The format is found by content, not by name. Limits hold before anything is allocated.
 *
 * Ownership: a picture owns rgb: picture_done.
 * Errors:    ERR_NOT_FOUND, ERR_IO; ERR_UNSUPPORTED for other formats; ERR_DAMAGED for broken files
 * (a file cut short is damaged, not half a picture); ERR_LIMIT above the limits. The libraries
 * never print. Threads: no shared state.
 */
#ifndef HFTERM_CORE_FORMAT_PICTURE_H
#define HFTERM_CORE_FORMAT_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buf;
struct err;
struct format_source;

enum {
    PICTURE_FILE_MAX = 512 * 1024 * 1024, /* bytes of a file */
    PICTURE_SIDE_MAX = 65535,
    PICTURE_PX_MAX = 128 * 1024 * 1024, /* pixels: 384 MiB as RGB */
};

struct picture {
    int width, height;  /* after orientation */
    uint8_t *rgb;       /* width * height * 3, tight rows */
    const char *format; /* "PNG", "JPEG", "WebP" */
    char mode[24];      /* of the file: "RGB", "gray", "gray 16-bit", "RGBA", "palette", "CMYK" */
    bool had_alpha;
    int orientation; /* EXIF 1 to 8; 1 when the file says nothing */
    int frames;      /* 1; more: an animation of which this is the first */
};

bool picture_read(const char *path, struct picture *out, struct err *e);
bool picture_decode(const uint8_t *bytes, size_t n, struct picture *out, struct err *e);
void picture_done(struct picture *p);

/* Size (as stored, the orientation not applied) and format from the head of a file, nothing
 * decoded. False when the head is too short or no picture's. */
bool picture_probe(const uint8_t *bytes, size_t n, int *width, int *height, const char **format);

/* What the head of a file says, read by small steps from a source of any length; no library is
 * needed. */
struct picture_head {
    const char *format;     /* "PNG", "JPEG", "WebP" */
    uint32_t width, height; /* as stored */
    int bits;               /* of one channel, 1 to 16 */
    const char *colours;    /* "gray", "RGB", "RGBA", "palette", "YCbCr", "CMYK", ... */
    bool is_animated;
    bool is_progressive; /* JPEG: progressive; PNG: interlaced */
    bool is_lossless;    /* PNG, and WebP when it says so */
};
/* ERR_UNSUPPORTED for other formats, in the words of picture_decode; ERR_DAMAGED; else what the
 * source said. */
bool picture_read_head(const struct format_source *source, struct picture_head *out, struct err *e);

/* Appends a PNG of tight rows with 3 (RGB) or 4 (RGBA) channels. */
bool picture_encode_png(const uint8_t *pixels, int width, int height, int channels, struct buf *out,
                        struct err *e);
/* The same to a file, atomically (core/base/file.h). */
bool picture_write_png(const char *path, const uint8_t *pixels, int width, int height, int channels,
                       struct err *e);

#endif
