/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/picture_parts.h"
#include "core/format/png_api.h"

/* All that lives across a longjmp of libpng, so that nothing of it is a local variable. */
struct png_state {
    const struct png_api *lib;
    png_structp png;
    png_infop info;
    jmp_buf escape;
    char why[128];
    bool is_limit; /* our own refusal: the error is set already */

    struct picture_job *job; /* reading */
    size_t at;
    png_bytepp rows;
    int channels;

    struct buf *to; /* writing */
};

static void on_error(png_structp png, png_const_charp message)
{
    struct png_state *s = png_api(NULL)->get_error_ptr(png);
    snprintf(s->why, sizeof s->why, "%s", message);
    longjmp(s->escape, 1);
}

/* Warnings are about colour profiles and the like; libpng would print them. */
static void on_warning(png_structp png, png_const_charp message)
{
    (void)png;
    (void)message;
}

/* ---- reading ---- */

static void on_read(png_structp png, png_bytep to, size_t n)
{
    struct png_state *s = png_api(NULL)->get_io_ptr(png);
    if (n > s->job->n - s->at) {
        s->lib->error(png, "the file ends too early");
    }
    memcpy(to, s->job->bytes + s->at, n);
    s->at += n;
}

static void note_mode(struct picture *out, int type, int depth, bool has_trns)
{
    const char *name = type == PNG_COLOR_TYPE_GRAY         ? "gray"
                       : type == PNG_COLOR_TYPE_GRAY_ALPHA ? "gray with alpha"
                       : type == PNG_COLOR_TYPE_PALETTE    ? "palette"
                       : type == PNG_COLOR_TYPE_RGB        ? "RGB"
                                                           : "RGBA";
    if (depth == 8 || type == PNG_COLOR_TYPE_PALETTE) {
        snprintf(out->mode, sizeof out->mode, "%s", name);
    } else {
        snprintf(out->mode, sizeof out->mode, "%s %d-bit", name, depth);
    }
    out->had_alpha = (type & PNG_COLOR_MASK_ALPHA) != 0 || has_trns;
}

/* 8 bits a channel, RGB or RGBA, whatever the file has. */
static void ask_for_rgb(struct png_state *s, int type)
{
    s->lib->set_expand(s->png); /* palette, few bits, tRNS */
    s->lib->set_scale_16(s->png);
    if (!(type & PNG_COLOR_MASK_COLOR)) {
        s->lib->set_gray_to_rgb(s->png);
    }
    s->lib->set_interlace_handling(s->png);
}

/* Runs between setjmp and longjmp: all its state is in s. */
static void read_picture(struct png_state *s)
{
    struct picture *out = s->job->out;
    png_uint_32 width = 0;
    png_uint_32 height = 0;
    int depth = 0;
    int type = 0;
    s->lib->set_read_fn(s->png, s, on_read);
    s->lib->set_user_limits(s->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* ours say more */
    s->lib->set_keep_unknown_chunks(s->png, PNG_HANDLE_CHUNK_NEVER,
                                    (png_const_bytep) "iCCP\0tEXt\0zTXt\0iTXt\0sPLT\0eXIf", 6);
    s->lib->read_info(s->png, s->info);
    s->lib->get_IHDR(s->png, s->info, &width, &height, &depth, &type, NULL, NULL, NULL);
    note_mode(out, type, depth, s->lib->get_valid(s->png, s->info, PNG_INFO_tRNS) != 0);
    ask_for_rgb(s, type);
    s->lib->read_update_info(s->png, s->info);
    s->channels = s->lib->get_channels(s->png, s->info);
    if (!picture_begin(s->job, width, height, s->channels)) {
        s->is_limit = true;
        longjmp(s->escape, 1);
    }
    s->rows = try_alloc(height, sizeof *s->rows);
    if (!s->rows) {
        s->is_limit = true;
        err_set(s->job->e, ERR_LIMIT, "no memory for the rows of a picture");
        longjmp(s->escape, 1);
    }
    for (size_t y = 0; y < height; y++) {
        s->rows[y] = out->rgb + y * width * (size_t)s->channels;
    }
    s->lib->read_image(s->png, s->rows);
    s->lib->read_end(s->png, NULL);
}

static bool read_guarded(struct png_state *s)
{
    if (setjmp(s->escape)) {
        return false;
    }
    s->png = s->lib->create_read_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);
    s->info = s->png ? s->lib->create_info_struct(s->png) : NULL;
    if (!s->info) {
        snprintf(s->why, sizeof s->why, "libpng does not start");
        return false;
    }
    read_picture(s);
    return true;
}

static uint32_t big_endian(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* Orientation and number of frames lie in chunks that libpng may not know, anywhere in the file. */
static void read_chunks(const struct picture_job *job)
{
    enum { SIGNATURE = 8, FRAME = 12 }; /* length, name and CRC of a chunk */
    for (size_t at = SIGNATURE; job->n - at >= FRAME;) {
        const uint8_t *chunk = job->bytes + at;
        const size_t length = big_endian(chunk);
        if (length > job->n - at - FRAME) {
            return;
        }
        if (memcmp(chunk + 4, "eXIf", 4) == 0) {
            job->out->orientation = picture_exif_orientation(chunk + 8, length);
        } else if (memcmp(chunk + 4, "acTL", 4) == 0 && length == 8) {
            const uint32_t frames = big_endian(chunk + 8);
            job->out->frames = frames >= 1 && frames <= INT32_MAX ? (int)frames : 1;
        }
        at += FRAME + length;
    }
}

bool png_decode(struct picture_job *job)
{
    struct png_state s = {.lib = png_api(job->e), .job = job};
    if (!s.lib) {
        return false;
    }
    const bool ok = read_guarded(&s);
    s.lib->destroy_read_struct(&s.png, &s.info, NULL);
    free(s.rows);
    if (!ok) {
        return !s.is_limit && err_set(job->e, ERR_DAMAGED, "the PNG is broken: %s", s.why);
    }
    if (s.channels == 4) {
        picture_flatten(job->out);
    }
    read_chunks(job);
    return true;
}

/* ---- writing ---- */

static void on_write(png_structp png, png_bytep bytes, size_t n)
{
    struct png_state *s = png_api(NULL)->get_io_ptr(png);
    if (!buf_append_limited(s->to, bytes, n, SIZE_MAX / 2)) {
        s->lib->error(png, "no memory");
    }
}

static void on_flush(png_structp png)
{
    (void)png;
}

static bool write_guarded(struct png_state *s, const uint8_t *pixels, const struct picture *size)
{
    if (setjmp(s->escape)) {
        return false;
    }
    s->png = s->lib->create_write_struct(PNG_LIBPNG_VER_STRING, s, on_error, on_warning);
    s->info = s->png ? s->lib->create_info_struct(s->png) : NULL;
    if (!s->info) {
        snprintf(s->why, sizeof s->why, "libpng does not start");
        return false;
    }
    s->lib->set_write_fn(s->png, s, on_write, on_flush);
    s->lib->set_IHDR(s->png, s->info, (png_uint_32)size->width, (png_uint_32)size->height, 8,
                     s->channels == 4 ? PNG_COLOR_TYPE_RGB_ALPHA : PNG_COLOR_TYPE_RGB,
                     PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    s->lib->write_info(s->png, s->info);
    for (size_t y = 0; y < (size_t)size->height; y++) {
        s->lib->write_row(s->png, pixels + y * (size_t)size->width * (size_t)s->channels);
    }
    s->lib->write_end(s->png, NULL);
    return true;
}

bool picture_encode_png(const uint8_t *pixels, int width, int height, int channels, struct buf *out,
                        struct err *e)
{
    if (width < 1 || height < 1 || width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
        (int64_t)width * height > PICTURE_PX_MAX || (channels != 3 && channels != 4)) {
        return err_set(e, ERR_USAGE, "%d x %d pixels of %d channels cannot be written as PNG",
                       width, height, channels);
    }
    struct png_state s = {.lib = png_api(e), .to = out, .channels = channels};
    if (!s.lib) {
        return false;
    }
    const struct picture size = {.width = width, .height = height};
    const size_t before = out->n;
    const bool ok = write_guarded(&s, pixels, &size);
    s.lib->destroy_write_struct(&s.png, &s.info);
    if (!ok) {
        out->n = before;
        return err_set(e, ERR_LIMIT, "a PNG of %d x %d pixels: %s", width, height, s.why);
    }
    return true;
}
