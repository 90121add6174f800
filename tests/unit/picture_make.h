/* SPDX-License-Identifier: Apache-2.0 */
/* picture_make.h - picture files of every kind, made by the libraries' own encoders. */
#ifndef HFTERM_TESTS_UNIT_PICTURE_MAKE_H
#define HFTERM_TESTS_UNIT_PICTURE_MAKE_H

#include "tests/unit/format_help.h"

#include <jpeglib.h>
#include <png.h>
#include <webp/encode.h>

/* An EXIF block with an orientation and nothing else, in either byte order. */
static inline void put_exif(struct buf *b, int orientation, bool is_big_endian)
{
    const char big[] = {'M', 'M',  0, 42, 0, 0, 0, 8, 0, 1,
                        1,   0x12, 0, 3,  0, 0, 0, 1, 0, (char)orientation,
                        0,   0,    0, 0,  0, 0};
    const char little[] = {
        'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, (char)orientation,
        0,   0,   0,  0, 0, 0, 0};
    buf_append(b, is_big_endian ? big : little, sizeof big);
}

/* ---- PNG ---- */

struct png_kind {
    int width, height, type, depth;
    bool is_interlaced;
    int n_palette; /* colours i: (255 - i, i * 7 % 256, i) */
    int n_trns;    /* of a palette: alpha of colour i is i * 10 % 256 */
    int key;       /* the transparent gray or colour (key, key, key); 0: none */
    int orientation;
};

static inline void png_to_buf(png_structp png, png_bytep bytes, size_t n)
{
    buf_append(png_get_io_ptr(png), bytes, n);
}

static inline void png_no_flush(png_structp png)
{
    (void)png;
}

static inline void put_png_colours(png_structp png, png_infop info, const struct png_kind *kind)
{
    png_color palette[256];
    png_byte alpha[256];
    for (int i = 0; i < 256; i++) {
        palette[i] = (png_color){(png_byte)(255 - i), (png_byte)(i * 7 % 256), (png_byte)i};
        alpha[i] = (png_byte)(i * 10 % 256);
    }
    const png_uint_16 v = (png_uint_16)kind->key;
    const png_color_16 key = {0, v, v, v, v};
    if (kind->n_palette > 0) {
        png_set_PLTE(png, info, palette, kind->n_palette);
    }
    if (kind->n_trns > 0) {
        png_set_tRNS(png, info, alpha, kind->n_trns, NULL);
    } else if (kind->key > 0) {
        png_set_tRNS(png, info, NULL, 0, &key);
    }
}

/* rows: packed as PNG packs them, `stride` bytes each. */
static inline void make_png(struct buf *out, const struct png_kind *kind, const uint8_t *rows,
                            size_t stride)
{
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    struct buf exif = BUF_INIT;
    png_set_write_fn(png, out, png_to_buf, png_no_flush);
    png_set_IHDR(png, info, (png_uint_32)kind->width, (png_uint_32)kind->height, kind->depth,
                 kind->type, kind->is_interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    put_png_colours(png, info, kind);
    if (kind->orientation > 0) {
        put_exif(&exif, kind->orientation, kind->orientation % 2 == 0);
        png_set_eXIf_1(png, info, (png_uint_32)exif.n, (png_bytep)exif.p);
    }
    png_write_info(png, info);
    const int passes = png_set_interlace_handling(png);
    for (int pass = 0; pass < passes; pass++) {
        for (int y = 0; y < kind->height; y++) {
            png_write_row(png, rows + (size_t)y * stride);
        }
    }
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    buf_done(&exif);
}

/* ---- JPEG ---- */

struct jpeg_kind {
    int width, height, channels; /* 1 gray, 3 RGB, 4 CMYK */
    J_COLOR_SPACE stored;
    bool is_progressive, has_no_adobe, is_444;
    int orientation, restart;
};

static inline void make_jpeg(struct buf *out, const struct jpeg_kind *kind, const uint8_t *pixels)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long n = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &n);
    jpeg.image_width = (JDIMENSION)kind->width;
    jpeg.image_height = (JDIMENSION)kind->height;
    jpeg.input_components = kind->channels;
    jpeg.in_color_space = kind->channels == 1   ? JCS_GRAYSCALE
                          : kind->channels == 3 ? JCS_RGB
                                                : JCS_CMYK;
    jpeg_set_defaults(&jpeg);
    jpeg_set_colorspace(&jpeg, kind->stored);
    jpeg_set_quality(&jpeg, 95, TRUE);
    jpeg.restart_interval = (unsigned)kind->restart;
    if (kind->is_444) {
        jpeg.comp_info[0].h_samp_factor = 1;
        jpeg.comp_info[0].v_samp_factor = 1;
    }
    if (kind->has_no_adobe) {
        jpeg.write_Adobe_marker = FALSE;
    }
    if (kind->is_progressive) {
        jpeg_simple_progression(&jpeg);
    }
    jpeg_start_compress(&jpeg, TRUE);
    if (kind->orientation > 0) {
        struct buf exif = BUF_INIT;
        buf_append(&exif, "Exif\0\0", 6);
        put_exif(&exif, kind->orientation, kind->orientation % 2 == 0);
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, (const JOCTET *)"http://ns.adobe.com/xap/1.0/", 29);
        jpeg_write_marker(&jpeg, JPEG_APP0 + 1, (const JOCTET *)exif.p, (unsigned)exif.n);
        buf_done(&exif);
    }
    JSAMPROW row = xmalloc((size_t)kind->width * (size_t)kind->channels);
    const size_t stride = (size_t)kind->width * (size_t)kind->channels;
    while (jpeg.next_scanline < jpeg.image_height) {
        memcpy(row, pixels + jpeg.next_scanline * stride, stride);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    free(row);
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    buf_append(out, bytes, n);
    free(bytes);
}

/* ---- WebP ---- */

static inline void put_riff_chunk(struct buf *b, const char *name, const void *bytes, size_t n)
{
    buf_puts(b, name);
    put_le(b, n, 4);
    buf_append(b, bytes, n);
    buf_pad(b, '\0', n % 2);
}

static inline void put_riff(struct buf *out, const struct buf *chunks)
{
    buf_puts(out, "RIFF");
    put_le(out, chunks->n + 4, 4);
    buf_puts(out, "WEBP");
    buf_append(out, chunks->p, chunks->n);
}

static inline void make_webp(struct buf *out, const uint8_t *rgba, int width, int height,
                             bool is_lossless)
{
    uint8_t *bytes = NULL;
    const size_t n = is_lossless ? WebPEncodeLosslessRGBA(rgba, width, height, width * 4, &bytes)
                                 : WebPEncodeRGBA(rgba, width, height, width * 4, 95, &bytes);
    assert_true(n > 0);
    buf_append(out, bytes, n);
    WebPFree(bytes);
}

enum { WEBP_HAS_ANIMATION = 2, WEBP_HAS_EXIF = 8, WEBP_HAS_ALPHA = 16 };

static inline void put_vp8x(struct buf *chunks, unsigned flags, int width, int height)
{
    struct buf b = BUF_INIT;
    put_le(&b, flags, 4);
    put_le(&b, (uint64_t)width - 1, 3);
    put_le(&b, (uint64_t)height - 1, 3);
    put_riff_chunk(chunks, "VP8X", b.p, b.n);
    buf_done(&b);
}

/* simple: a file of make_webp. Its picture chunk, with an orientation. */
static inline void make_webp_with_exif(struct buf *out, const struct buf *simple, int width,
                                       int height, int orientation)
{
    struct buf chunks = BUF_INIT;
    struct buf exif = BUF_INIT;
    put_exif(&exif, orientation, orientation % 2 == 0);
    put_vp8x(&chunks, WEBP_HAS_EXIF | WEBP_HAS_ALPHA, width, height);
    buf_append(&chunks, simple->p + 12, simple->n - 12);
    put_riff_chunk(&chunks, "EXIF", exif.p, exif.n);
    put_riff(out, &chunks);
    buf_done(&exif);
    buf_done(&chunks);
}

/* Two frames that are the same picture, at (2, 4) of a canvas. */
static inline void make_webp_film(struct buf *out, const struct buf *simple, int width, int height,
                                  int canvas_width, int canvas_height)
{
    struct buf chunks = BUF_INIT;
    put_vp8x(&chunks, WEBP_HAS_ANIMATION | WEBP_HAS_ALPHA, canvas_width, canvas_height);
    put_riff_chunk(&chunks, "ANIM", "\xff\0\0\xff\0\0", 6);
    for (int i = 0; i < 2; i++) {
        struct buf frame = BUF_INIT;
        put_le(&frame, 1, 3);
        put_le(&frame, 2, 3);
        put_le(&frame, (uint64_t)width - 1, 3);
        put_le(&frame, (uint64_t)height - 1, 3);
        put_le(&frame, 100, 3);
        put_le(&frame, 0, 1);
        buf_append(&frame, simple->p + 12, simple->n - 12);
        put_riff_chunk(&chunks, "ANMF", frame.p, frame.n);
        buf_done(&frame);
    }
    put_riff(out, &chunks);
    buf_done(&chunks);
}

#endif
