/* SPDX-License-Identifier: Apache-2.0 */
/* The heads of pictures: size, depth and colours, from the chunks in front of the pixels. */
#include <string.h>

#include "core/base/err.h"
#include "core/format/picture_parts.h"
#include "core/format/source.h"

enum { FIRST_READ = 4096, LARGEST_READ = 64 * 1024, PARTS_MAX = 4096, MARK_BYTES = 32 };

struct head_job {
    struct format_window window;
    uint64_t size;
    struct picture_head *out;
    struct err *e;
};

static bool broken(const struct head_job *job, const char *why)
{
    return err_set(job->e, ERR_DAMAGED, "the %s is broken: %s", job->out->format, why);
}

static bool take(struct head_job *job, uint64_t at, uint8_t *dst, size_t n)
{
    return (at <= job->size && n <= job->size - at)
               ? format_window_take(&job->window, at, dst, n, job->e)
               : broken(job, "the file ends within its head");
}

static uint32_t big(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    for (size_t i = 0; i < n; i++) {
        v = v << 8 | p[i];
    }
    return v;
}

static uint32_t little(const uint8_t *p, size_t n)
{
    uint32_t v = 0;
    while (n-- > 0) {
        v = v << 8 | p[n];
    }
    return v;
}

static bool has_size(const struct head_job *job)
{
    return (job->out->width > 0 && job->out->height > 0) || broken(job, "it says it has no pixels");
}

/* ---- PNG ---- */

/* An animation says so before its pixels. */
static bool find_animation(struct head_job *job)
{
    uint64_t at = 33;
    uint8_t head[8];
    for (int i = 0; i < PARTS_MAX && at <= job->size && job->size - at >= sizeof head; i++) {
        if (!take(job, at, head, sizeof head)) {
            return false;
        }
        if (memcmp(head + 4, "acTL", 4) == 0) {
            job->out->is_animated = true;
        }
        if (memcmp(head + 4, "IDAT", 4) == 0 || job->out->is_animated) {
            break;
        }
        at += 12 + (uint64_t)big(head, 4);
    }
    return true;
}

static bool read_png(struct head_job *job)
{
    static const char *const COLOURS[] = {"gray",           NULL, "RGB", "palette",
                                          "gray and alpha", NULL, "RGBA"};
    struct picture_head *out = job->out;
    uint8_t head[29];
    if (!take(job, 0, head, sizeof head)) {
        return false;
    }
    const uint8_t bits = head[24], colours = head[25];
    if (memcmp(head + 12, "IHDR", 4) != 0 || big(head + 8, 4) != 13) {
        return broken(job, "it does not begin with its header");
    }
    if (colours > 6 || !COLOURS[colours] ||
        (bits != 1 && bits != 2 && bits != 4 && bits != 8 && bits != 16)) {
        return broken(job, "its colours make no sense");
    }
    out->width = big(head + 16, 4);
    out->height = big(head + 20, 4);
    out->bits = bits;
    out->colours = COLOURS[colours];
    out->is_progressive = head[28] == 1;
    out->is_lossless = true;
    return has_size(job) && find_animation(job);
}

/* ---- JPEG ---- */

static bool read_frame(struct head_job *job, uint64_t at, uint8_t marker)
{
    static const char *const COLOURS[] = {NULL, "gray", NULL, "YCbCr", "CMYK"};
    struct picture_head *out = job->out;
    uint8_t head[6];
    if (!take(job, at, head, sizeof head)) {
        return false;
    }
    out->bits = head[0];
    out->height = big(head + 1, 2);
    out->width = big(head + 3, 2);
    out->colours = head[5] <= 4 && COLOURS[head[5]] ? COLOURS[head[5]] : "unknown colours";
    out->is_progressive = (marker & 3) == 2;
    out->is_lossless = (marker & 3) == 3;
    return has_size(job);
}

static bool read_jpeg(struct head_job *job)
{
    uint64_t at = 2;
    uint8_t head[4];
    for (int i = 0; i < PARTS_MAX; i++) {
        if (!take(job, at, head, sizeof head)) {
            return false;
        }
        const uint8_t marker = head[1];
        const bool is_frame =
            marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
        if (head[0] != 0xFF || marker == 0xDA || marker == 0xD9) {
            return broken(job, "its pixels come before its size");
        }
        if (is_frame) {
            return read_frame(job, at + 4, marker);
        }
        const bool is_bare = marker == 0xFF || marker == 0x01 || (marker >= 0xD0 && marker <= 0xD8);
        at += marker == 0xFF ? 1 : is_bare ? 2 : 2 + (uint64_t)big(head + 2, 2);
    }
    return broken(job, "it has no frame");
}

/* ---- WebP ---- */

static bool read_webp(struct head_job *job)
{
    struct picture_head *out = job->out;
    uint8_t head[30] = {0};
    if (!take(job, 0, head, job->size >= 25 && job->size < sizeof head ? 25 : sizeof head)) {
        return false;
    }
    out->bits = 8;
    if (memcmp(head + 12, "VP8X", 4) == 0) {
        out->width = little(head + 24, 3) + 1;
        out->height = little(head + 27, 3) + 1;
        out->is_animated = head[20] & 0x02;
        out->colours = head[20] & 0x10 ? "RGBA" : "RGB";
    } else if (memcmp(head + 12, "VP8L", 4) == 0 && head[20] == 0x2F) {
        const uint32_t v = little(head + 21, 4);
        out->width = (v & 0x3FFF) + 1;
        out->height = (v >> 14 & 0x3FFF) + 1;
        out->colours = v >> 28 & 1 ? "RGBA" : "RGB";
        out->is_lossless = true;
    } else if (memcmp(head + 12, "VP8 ", 4) == 0 && memcmp(head + 23, "\x9d\x01\x2a", 3) == 0) {
        out->width = little(head + 26, 2) & 0x3FFF;
        out->height = little(head + 28, 2) & 0x3FFF;
        out->colours = "YCbCr";
    } else {
        return broken(job, "it does not begin with a picture");
    }
    return has_size(job);
}

bool picture_read_head(const struct format_source *source, struct picture_head *out, struct err *e)
{
    uint8_t mark[MARK_BYTES];
    struct head_job job = {.size = source->size, .out = out, .e = e};
    const size_t n = source->size < sizeof mark ? (size_t)source->size : sizeof mark;
    *out = (struct picture_head){.colours = ""};
    format_window_init(&job.window, source, FIRST_READ, LARGEST_READ);
    bool ok = format_window_take(&job.window, 0, mark, n, e);
    out->format = ok ? picture_format_of(mark, n, e) : NULL;
    ok = out->format && (strcmp(out->format, "PNG") == 0    ? read_png(&job)
                         : strcmp(out->format, "JPEG") == 0 ? read_jpeg(&job)
                                                            : read_webp(&job));
    format_window_done(&job.window);
    return ok;
}
