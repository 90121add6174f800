/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/y4m.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/picture.h"

static const char SIGNATURE[] = "YUV4MPEG2 ";
enum {
    LINE_MAX_BYTES = 1024, /* of a header; real ones have under 100 */
    FIXED = 16,            /* bits behind the point of the gains */
};

/* Sampling of the chroma planes: one sample for 1 << shift pixels. */
struct sampling {
    const char *name;
    int x_shift, y_shift;
    bool has_chroma;
};
static const struct sampling SAMPLINGS[] = {
    {"420jpeg", 1, 1, true}, {"420mpeg2", 1, 1, true}, {"420paldv", 1, 1, true},
    {"420", 1, 1, true},     {"422", 1, 0, true},      {"444", 0, 0, true},
    {"411", 2, 0, true},     {"mono", 0, 0, false},
};

/* red = y * (Y - base) + red_v * (V - 128), and so on, in units of 2^-16. */
struct gains {
    int32_t base, y, red_v, green_u, green_v, blue_u;
};

struct y4m {
    FILE *in;
    char *path;
    uint64_t at; /* bytes read */
    int width, height;
    const struct sampling *sampling;
    bool is_full_range;
    struct gains gains;
    size_t luma_bytes, chroma_width, chroma_bytes;
    uint8_t *planes;
};

bool y4m_is(const uint8_t *head, size_t n)
{
    return n >= sizeof SIGNATURE - 1 && memcmp(head, SIGNATURE, sizeof SIGNATURE - 1) == 0;
}

/* ---- the header ---- */

/* A line without its newline. 1: a line, 0: the end of the file in front of it, -1: an error. */
static int read_line(struct y4m *y, char line[LINE_MAX_BYTES], struct err *e)
{
    size_t n = 0;
    const uint64_t start = y->at;
    for (int c = getc(y->in); c != '\n'; c = getc(y->in)) {
        if (c == EOF && ferror(y->in)) {
            err_set_sys(e, ERR_IO, errno, "%s", y->path);
            return -1;
        }
        if (c == EOF && n == 0) {
            return 0;
        }
        if (c == EOF || c == '\0' || n == LINE_MAX_BYTES - 1) {
            err_set(e, ERR_DAMAGED, "%s: the header at byte %" PRIu64 " does not end", y->path,
                    start);
            return -1;
        }
        line[n++] = (char)c;
        y->at++;
    }
    y->at++;
    line[n] = '\0';
    return 1;
}

static bool read_side(const struct y4m *y, const char *digits, int *out, struct err *e)
{
    char *end = NULL;
    errno = 0;
    const long v = digits[0] >= '0' && digits[0] <= '9' ? strtol(digits, &end, 10) : 0;
    if (v < 1 || *end != '\0' || errno != 0) {
        return err_set(e, ERR_DAMAGED, "%s: \"%.20s\" is no number of pixels", y->path, digits);
    }
    if (v > PICTURE_SIDE_MAX) {
        return err_set(e, ERR_LIMIT, "%s: %ld pixels a side; the limit is %d", y->path, v,
                       PICTURE_SIDE_MAX);
    }
    *out = (int)v;
    return true;
}

static bool read_sampling(struct y4m *y, const char *name, struct err *e)
{
    for (size_t i = 0; i < sizeof SAMPLINGS / sizeof *SAMPLINGS; i++) {
        if (strcmp(SAMPLINGS[i].name, name) == 0) {
            y->sampling = &SAMPLINGS[i];
            return true;
        }
    }
    err_set(e, ERR_UNSUPPORTED, "%s: pixels of the kind \"%.20s\" are not read", y->path, name);
    return err_remedy(e, "Convert the film to 8 bits and 4:2:0 (C420jpeg).");
}

/* The tags a decoder needs; rate, interlacing and aspect change no pixel. */
static bool read_tag(struct y4m *y, const char *tag, struct err *e)
{
    switch (tag[0]) {
    case 'W':
        return read_side(y, tag + 1, &y->width, e);
    case 'H':
        return read_side(y, tag + 1, &y->height, e);
    case 'C':
        return read_sampling(y, tag + 1, e);
    default:
        y->is_full_range = y->is_full_range || strcmp(tag, "XCOLORRANGE=FULL") == 0;
        return true;
    }
}

static bool read_tags(struct y4m *y, char *tags, struct err *e)
{
    y->sampling = &SAMPLINGS[0];
    for (char *tag = tags; *tag;) {
        char *end = tag + strcspn(tag, " ");
        char *next = *end ? end + 1 : end;
        *end = '\0';
        if (!read_tag(y, tag, e)) {
            return false;
        }
        tag = next;
    }
    if (y->width == 0 || y->height == 0) {
        return err_set(e, ERR_DAMAGED, "%s: the header at byte 0 has no width or height", y->path);
    }
    return true;
}

static struct gains find_gains(int height, bool is_full_range)
{
    const double red = height > 576 ? 0.2126 : 0.299;
    const double blue = height > 576 ? 0.0722 : 0.114;
    const double green = 1 - red - blue;
    const double one = 1 << FIXED;
    const double luma = is_full_range ? one : one * 255 / 219;
    const double chroma = is_full_range ? one : one * 255 / 224;
    return (struct gains){
        .base = is_full_range ? 0 : 16,
        .y = (int32_t)lround(luma),
        .red_v = (int32_t)lround(chroma * 2 * (1 - red)),
        .green_u = -(int32_t)lround(chroma * 2 * (1 - blue) * blue / green),
        .green_v = -(int32_t)lround(chroma * 2 * (1 - red) * red / green),
        .blue_u = (int32_t)lround(chroma * 2 * (1 - blue)),
    };
}

static bool make_room(struct y4m *y, struct err *e)
{
    const struct sampling *s = y->sampling;
    const size_t width = (size_t)y->width;
    const size_t height = (size_t)y->height;
    if (width * height > PICTURE_PX_MAX) {
        return err_set(e, ERR_LIMIT, "%s: frames of %zu x %zu pixels; the limit is %d pixels",
                       y->path, width, height, PICTURE_PX_MAX);
    }
    y->luma_bytes = width * height;
    y->chroma_width = (width + ((size_t)1 << s->x_shift) - 1) >> s->x_shift;
    const size_t chroma_height = (height + ((size_t)1 << s->y_shift) - 1) >> s->y_shift;
    y->chroma_bytes = s->has_chroma ? y->chroma_width * chroma_height : 0;
    y->planes = try_alloc(y->luma_bytes + 2 * y->chroma_bytes, 1);
    return y->planes ||
           err_set(e, ERR_LIMIT, "%s: no memory for frames of %zu x %zu", y->path, width, height);
}

static bool read_header(struct y4m *y, struct err *e)
{
    char line[LINE_MAX_BYTES];
    const int got = read_line(y, line, e);
    if (got < 0) {
        return false;
    }
    if (got == 0 || !y4m_is((const uint8_t *)line, strlen(line))) {
        return err_set(e, ERR_DAMAGED, "%s: no Y4M film: no \"YUV4MPEG2\" at byte 0", y->path);
    }
    if (!read_tags(y, line + sizeof SIGNATURE - 1, e) || !make_room(y, e)) {
        return false;
    }
    y->gains = find_gains(y->height, y->is_full_range);
    return true;
}

/* ---- pixels ---- */

static uint8_t clip(int32_t v)
{
    const int32_t rounded = (v + (1 << (FIXED - 1))) >> FIXED;
    return (uint8_t)(rounded < 0 ? 0 : rounded > 255 ? 255 : rounded);
}

static void convert_row(const struct y4m *y, size_t row, uint8_t *rgb)
{
    const struct sampling *s = y->sampling;
    const struct gains *g = &y->gains;
    const size_t width = (size_t)y->width;
    const size_t chroma_at = y->luma_bytes + (row >> s->y_shift) * y->chroma_width;
    const uint8_t *luma = y->planes + row * width;
    const uint8_t *us = s->has_chroma ? y->planes + chroma_at : NULL;
    const uint8_t *vs = s->has_chroma ? us + y->chroma_bytes : NULL;
    for (size_t x = 0; x < width; x++, rgb += 3) {
        const int32_t light = g->y * (luma[x] - g->base);
        const int32_t u = us ? us[x >> s->x_shift] - 128 : 0;
        const int32_t v = vs ? vs[x >> s->x_shift] - 128 : 0;
        rgb[0] = clip(light + g->red_v * v);
        rgb[1] = clip(light + g->green_u * u + g->green_v * v);
        rgb[2] = clip(light + g->blue_u * u);
    }
}

/* ---- the public side ---- */

struct y4m *y4m_open(const char *path, struct err *e)
{
    struct y4m *y = xcalloc(1, sizeof *y);
    y->path = xstrdup(path);
    y->in = fopen(path, "rbe");
    if (!y->in) {
        err_set_sys(e, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, errno, "%s", path);
    }
    if (!y->in || !read_header(y, e)) {
        y4m_close(y);
        return NULL;
    }
    return y;
}

void y4m_close(struct y4m *y)
{
    if (!y) {
        return;
    }
    if (y->in) {
        fclose(y->in);
    }
    free(y->planes);
    free(y->path);
    free(y);
}

void y4m_size(const struct y4m *y, int *width, int *height)
{
    *width = y->width;
    *height = y->height;
}

int y4m_next(struct y4m *y, uint8_t *rgb, struct err *e)
{
    char line[LINE_MAX_BYTES];
    const uint64_t start = y->at;
    const int got = read_line(y, line, e);
    if (got <= 0) {
        return got;
    }
    if (strncmp(line, "FRAME", 5) != 0 || (line[5] != '\0' && line[5] != ' ')) {
        err_set(e, ERR_DAMAGED, "%s: no frame begins at byte %" PRIu64, y->path, start);
        return -1;
    }
    const size_t need = y->luma_bytes + 2 * y->chroma_bytes;
    const size_t have = fread(y->planes, 1, need, y->in);
    y->at += have;
    if (have < need) {
        if (ferror(y->in)) {
            err_set_sys(e, ERR_IO, errno, "%s", y->path);
        } else {
            err_set(e, ERR_DAMAGED, "%s: the frame at byte %" PRIu64 " is cut off at byte %" PRIu64,
                    y->path, start, y->at);
        }
        return -1;
    }
    for (size_t row = 0; row < (size_t)y->height; row++) {
        convert_row(y, row, rgb + row * (size_t)y->width * 3);
    }
    return 1;
}
