/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/picture.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/format/picture_parts.h"

/* ---- what a file looks like ---- */

static bool has_at(const uint8_t *bytes, size_t n, size_t at, const char *mark, size_t length)
{
    return n >= at + length && memcmp(bytes + at, mark, length) == 0;
}

static const struct {
    const char *name;
    bool (*decode)(struct picture_job *job);
    size_t at, length;
    const char *mark;
} FORMATS[] = {
    {"PNG", png_decode, 0, 8, "\x89PNG\r\n\x1a\n"},
    {"JPEG", jpeg_decode, 0, 3, "\xff\xd8\xff"},
    {"WebP", webp_decode, 8, 4, "WEBP"},
};
enum { N_FORMATS = sizeof FORMATS / sizeof *FORMATS };

static const char AS_PNG[] = "Convert it to PNG, JPEG or WebP first.";

/* What people have in their folders beside those. */
static const struct {
    size_t at, length;
    const char *mark, *name, *remedy;
} OTHERS[] = {
    {0, 4, "GIF8", "a GIF", "Save one frame of it as PNG."},
    {0, 4, "II*\0", "a TIFF", AS_PNG},
    {0, 4, "MM\0*", "a TIFF", AS_PNG},
    {4, 8, "ftypavif", "an AVIF picture", AS_PNG},
    {4, 8, "ftypavis", "an AVIF picture", AS_PNG},
    {4, 7, "ftyphei", "a HEIC picture", AS_PNG},
    {4, 7, "ftyphev", "a HEIC picture", AS_PNG},
    {4, 8, "ftypmif1", "a HEIF picture", AS_PNG},
    {4, 8, "ftypmsf1", "a HEIF picture", AS_PNG},
    {4, 4, "ftyp", "a film (MP4)", "Save one picture of it as PNG, or the film as Y4M."},
    {0, 4, "\x1a\x45\xdf\xa3", "a film (Matroska)",
     "Save one picture of it as PNG, or the film as Y4M."},
    {0, 10, "YUV4MPEG2 ", "a film (Y4M)", "Give it where a film is asked for."},
    {0, 12, "\0\0\0\x0cJXL \r\n\x87\n", "a JPEG XL picture", AS_PNG},
    {0, 2, "\xff\x0a", "a JPEG XL picture", AS_PNG},
    {0, 12, "\0\0\0\x0cjP  \r\n\x87\n", "a JPEG 2000 picture", AS_PNG},
    {0, 4, "8BPS", "a Photoshop file", AS_PNG},
    {0, 4, "\0\0\1\0", "an icon (ICO)", AS_PNG},
    {0, 4, "qoif", "a QOI picture", AS_PNG},
    {0, 4, "%PDF", "a PDF", "Save a page of it as PNG."},
    {0, 2, "BM", "a BMP", AS_PNG},
    {0, 24, "version https://git-lfs.", "a Git LFS pointer, not the picture itself",
     "Fetch the file it points to: git lfs pull."},
    {0, 9, "<!DOCTYPE", "a web page", "Give the address of the picture itself."},
    {0, 5, "<html", "a web page", "Give the address of the picture itself."},
};

static bool is_svg(const uint8_t *bytes, size_t n)
{
    const size_t head = n < 1024 ? n : 1024;
    for (size_t i = 0; i + 4 <= head; i++) {
        if (memcmp(bytes + i, "<svg", 4) == 0) {
            return true;
        }
    }
    return false;
}

static bool refuse_format(const uint8_t *bytes, size_t n, struct err *e)
{
    if (n == 0) {
        return err_set(e, ERR_DAMAGED, "the file is empty");
    }
    const char *name = NULL;
    const char *remedy = AS_PNG;
    for (size_t i = 0; !name && i < sizeof OTHERS / sizeof *OTHERS; i++) {
        if (has_at(bytes, n, OTHERS[i].at, OTHERS[i].mark, OTHERS[i].length)) {
            name = OTHERS[i].name;
            remedy = OTHERS[i].remedy;
        }
    }
    if (is_svg(bytes, n)) {
        name = "an SVG drawing";
        remedy = "Draw it into a PNG first.";
    }
    if (name) {
        err_set(e, ERR_UNSUPPORTED, "this looks like %s; PNG, JPEG and WebP are read", name);
    } else {
        err_set(e, ERR_UNSUPPORTED,
                "this is no picture that is known here; PNG, JPEG and WebP are");
    }
    return err_remedy(e, "%s", remedy);
}

static int find_format(const uint8_t *bytes, size_t n)
{
    for (int i = 0; i < N_FORMATS; i++) {
        if (has_at(bytes, n, FORMATS[i].at, FORMATS[i].mark, FORMATS[i].length) &&
            (FORMATS[i].at == 0 || has_at(bytes, n, 0, "RIFF", 4))) {
            return i;
        }
    }
    return -1;
}

const char *picture_format_of(const uint8_t *bytes, size_t n, struct err *e)
{
    const int format = find_format(bytes, n);
    if (format < 0) {
        refuse_format(bytes, n, e);
    }
    return format < 0 ? NULL : FORMATS[format].name;
}

/* ---- what the codecs share ---- */

bool picture_begin(struct picture_job *job, uint64_t width, uint64_t height, int channels)
{
    uint64_t px = 0;
    if (width == 0 || height == 0) {
        return err_set(job->e, ERR_DAMAGED, "the picture says it has no pixels");
    }
    if (width > PICTURE_SIDE_MAX || height > PICTURE_SIDE_MAX ||
        __builtin_mul_overflow(width, height, &px) || px > job->max_px) {
        err_set(job->e, ERR_LIMIT,
                "the picture has %" PRIu64 " x %" PRIu64 " pixels; the limit is %" PRIu64
                " pixels (%" PRIu64 " Mi) and %d a side",
                width, height, job->max_px, job->max_px >> 20, PICTURE_SIDE_MAX);
        return err_remedy(job->e, "Scale it down first.");
    }
    job->out->rgb = try_alloc((size_t)px, (size_t)channels);
    if (!job->out->rgb) {
        return err_set(job->e, ERR_LIMIT,
                       "no memory for a picture of %" PRIu64 " x %" PRIu64 " pixels", width,
                       height);
    }
    job->out->width = (int)width;
    job->out->height = (int)height;
    return true;
}

uint8_t picture_scale(unsigned a, unsigned b)
{
    const unsigned t = a * b + 128;
    return (uint8_t)(((t >> 8) + t) >> 8);
}

/* One rounding for the sum, as Pillow's paste does it. */
uint8_t picture_over_white(unsigned v, unsigned a)
{
    const unsigned t = v * a + 255 * (255 - a) + 128;
    return (uint8_t)(((t >> 8) + t) >> 8);
}

void picture_flatten(struct picture *p)
{
    const size_t n = (size_t)p->width * (size_t)p->height;
    const uint8_t *from = p->rgb;
    uint8_t *to = p->rgb;
    for (size_t i = 0; i < n; i++, from += 4, to += 3) {
        const unsigned a = from[3];
        to[0] = picture_over_white(from[0], a);
        to[1] = picture_over_white(from[1], a);
        to[2] = picture_over_white(from[2], a);
    }
    uint8_t *less = realloc(p->rgb, n * 3);
    if (less) {
        p->rgb = less;
    }
}

/* ---- orientation ---- */

struct exif {
    const uint8_t *p;
    size_t n;
    bool is_big_endian;
};

static uint32_t exif_number(const struct exif *x, size_t at, size_t bytes)
{
    uint32_t v = 0;
    for (size_t i = 0; i < bytes; i++) {
        v = v << 8 | x->p[at + (x->is_big_endian ? i : bytes - 1 - i)];
    }
    return v;
}

int picture_exif_orientation(const uint8_t *exif, size_t n)
{
    enum { TAG_ORIENTATION = 0x0112, TYPE_SHORT = 3, ENTRY = 12 };
    if (has_at(exif, n, 0, "Exif\0\0", 6)) {
        exif += 6;
        n -= 6;
    }
    const struct exif x = {exif, n, has_at(exif, n, 0, "MM\0*", 4)};
    if (n < 8 || !(x.is_big_endian || has_at(exif, n, 0, "II*\0", 4))) {
        return 1;
    }
    const size_t directory = exif_number(&x, 4, 4);
    if (directory > n - 2) {
        return 1;
    }
    const size_t entries = exif_number(&x, directory, 2);
    for (size_t i = 0; i < entries; i++) {
        const size_t at = directory + 2 + i * ENTRY;
        if (n < ENTRY || at > n - ENTRY) {
            return 1;
        }
        if (exif_number(&x, at, 2) == TAG_ORIENTATION) {
            const uint32_t v = exif_number(&x, at + 8, 2);
            const bool is_sound = exif_number(&x, at + 2, 2) == TYPE_SHORT && v >= 1 && v <= 8;
            return is_sound ? (int)v : 1;
        }
    }
    return 1;
}

/* The first pixel to take, and the steps to the next one along a row and down a column of the
 * upright picture, counted in pixels of the stored one. */
static void find_steps(const struct picture *p, ptrdiff_t *start, ptrdiff_t *along, ptrdiff_t *down)
{
    const ptrdiff_t w = p->width;
    const ptrdiff_t h = p->height;
    const bool from_right =
        p->orientation == 2 || p->orientation == 3 || p->orientation == 7 || p->orientation == 8;
    const bool from_bottom =
        p->orientation == 3 || p->orientation == 4 || p->orientation == 6 || p->orientation == 7;
    const ptrdiff_t x_step = from_right ? -1 : 1;
    const ptrdiff_t y_step = from_bottom ? -w : w;
    *start = (from_right ? w - 1 : 0) + (from_bottom ? (h - 1) * w : 0);
    *along = p->orientation >= 5 ? y_step : x_step;
    *down = p->orientation >= 5 ? x_step : y_step;
}

static bool make_upright(struct picture *p, struct err *e)
{
    if (p->orientation == 1) {
        return true;
    }
    const int width = p->orientation >= 5 ? p->height : p->width;
    const int height = p->orientation >= 5 ? p->width : p->height;
    uint8_t *upright = try_alloc((size_t)width * (size_t)height, 3);
    if (!upright) {
        return err_set(e, ERR_LIMIT, "no memory to turn a picture of %d x %d pixels", width,
                       height);
    }
    ptrdiff_t start = 0;
    ptrdiff_t along = 0;
    ptrdiff_t down = 0;
    find_steps(p, &start, &along, &down);
    uint8_t *to = upright;
    for (ptrdiff_t y = 0; y < height; y++) {
        for (ptrdiff_t x = 0; x < width; x++, to += 3) {
            memcpy(to, p->rgb + 3 * (start + x * along + y * down), 3);
        }
    }
    free(p->rgb);
    p->rgb = upright;
    p->width = width;
    p->height = height;
    return true;
}

/* ---- the public side ---- */

bool picture_decode_within(const uint8_t *bytes, size_t n, uint64_t max_px, struct picture *out,
                           struct err *e)
{
    *out = (struct picture){.orientation = 1, .frames = 1};
    const int format = find_format(bytes, n);
    if (format < 0) {
        return refuse_format(bytes, n, e);
    }
    struct picture_job job = {bytes, n, max_px, out, e};
    out->format = FORMATS[format].name;
    if (!FORMATS[format].decode(&job) || !make_upright(out, e)) {
        picture_done(out);
        return false;
    }
    return true;
}

bool picture_decode(const uint8_t *bytes, size_t n, struct picture *out, struct err *e)
{
    return picture_decode_within(bytes, n, PICTURE_PX_MAX, out, e);
}

bool picture_read(const char *path, struct picture *out, struct err *e)
{
    struct buf bytes = BUF_INIT;
    *out = (struct picture){.orientation = 1, .frames = 1};
    if (!file_read_any(path, &bytes, PICTURE_FILE_MAX, e)) {
        buf_done(&bytes);
        return false;
    }
    const bool ok = picture_decode((const uint8_t *)bytes.p, bytes.n, out, e);
    buf_done(&bytes);
    if (!ok && e && e->code == ERR_DAMAGED) {
        err_remedy(e, "Fetch the file again, or save it anew.");
    }
    return ok || err_wrap(e, "%s", path);
}

void picture_done(struct picture *p)
{
    free(p->rgb);
    *p = (struct picture){.orientation = 1, .frames = 1};
}

static int big_endian(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }
    return v > INT32_MAX ? 0 : (int)v;
}

/* Over the segments to the first that starts a frame. */
static bool probe_jpeg(const uint8_t *bytes, size_t n, int *width, int *height)
{
    for (size_t at = 2; at + 9 <= n;) {
        if (bytes[at] != 0xFF) {
            return false;
        }
        const uint8_t marker = bytes[at + 1];
        const bool is_frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (is_frame) {
            *height = big_endian(bytes + at + 5, 2);
            *width = big_endian(bytes + at + 7, 2);
            return *width > 0 && *height > 0;
        }
        if (marker == 0xFF) {
            at++; /* padding */
        } else {
            at += 2 + (size_t)big_endian(bytes + at + 2, 2);
        }
    }
    return false;
}

bool picture_probe(const uint8_t *bytes, size_t n, int *width, int *height, const char **format)
{
    const int found = find_format(bytes, n);
    *width = 0;
    *height = 0;
    *format = found < 0 ? NULL : FORMATS[found].name;
    if (found < 0) {
        return false;
    }
    if (FORMATS[found].decode == png_decode && has_at(bytes, n, 12, "IHDR", 4) && n >= 24) {
        *width = big_endian(bytes + 16, 4);
        *height = big_endian(bytes + 20, 4);
    } else if (FORMATS[found].decode == jpeg_decode) {
        return probe_jpeg(bytes, n, width, height);
    } else if (FORMATS[found].decode == webp_decode) {
        return webp_probe(bytes, n, width, height);
    }
    return *width > 0 && *height > 0;
}

bool picture_write_png(const char *path, const uint8_t *pixels, int width, int height, int channels,
                       struct err *e)
{
    struct buf png = BUF_INIT;
    const bool ok = picture_encode_png(pixels, width, height, channels, &png, e) &&
                    file_write_atomic(path, png.p, png.n, 0644, e);
    buf_done(&png);
    return ok || err_wrap(e, "writing the picture %s", path);
}
