/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/canvas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/views.h"
#include "core/base/err.h"
#include "core/base/mem.h"

bool arr_canvas_init(struct arr_canvas *c, int width, int height, struct arr_color background,
                     struct err *e)
{
    *c = (struct arr_canvas){0};
    const size_t pixels = (size_t)width * (size_t)height;
    uint8_t *rgba = pixels <= ARR_CANVAS_PX_MAX ? try_alloc(pixels, 4) : NULL;
    if (rgba == NULL) {
        err_set(e, ERR_LIMIT, "a view of %d x %d pixels does not fit into memory", width, height);
        return err_remedy(e, "Ask for a smaller picture in it.");
    }
    *c = (struct arr_canvas){width, height, rgba};
    background.a = 255;
    for (int x = 0; x < width; x++) {
        memcpy(rgba + (size_t)x * 4, &background, 4);
    }
    for (int y = 1; y < height; y++) {
        memcpy(rgba + (size_t)y * (size_t)width * 4, rgba, (size_t)width * 4);
    }
    return true;
}

void arr_canvas_done(struct arr_canvas *c)
{
    free(c->rgba);
    *c = (struct arr_canvas){0};
}

uint8_t *arr_canvas_at(const struct arr_canvas *c, int x, int y)
{
    return c->rgba + ((size_t)y * (size_t)c->width + (size_t)x) * 4;
}

static uint8_t mix(uint8_t below, uint8_t above, unsigned alpha)
{
    return (uint8_t)((below * (255U - alpha) + above * alpha + 127U) / 255U);
}

static void blend(uint8_t *p, struct arr_color color, unsigned alpha)
{
    p[0] = mix(p[0], color.r, alpha);
    p[1] = mix(p[1], color.g, alpha);
    p[2] = mix(p[2], color.b, alpha);
}

static int clamp_int(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

void arr_canvas_fill(struct arr_canvas *c, struct arr_rect r, struct arr_color color)
{
    const int x0 = clamp_int(r.x, 0, c->width), x1 = clamp_int(r.x + r.w, 0, c->width);
    const int y0 = clamp_int(r.y, 0, c->height), y1 = clamp_int(r.y + r.h, 0, c->height);
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
            blend(arr_canvas_at(c, x, y), color, color.a);
        }
    }
}

void arr_canvas_frame(struct arr_canvas *c, struct arr_rect r, int thick, struct arr_color color)
{
    if (2 * thick >= r.w || 2 * thick >= r.h) {
        arr_canvas_fill(c, r, color);
        return;
    }
    arr_canvas_fill(c, (struct arr_rect){r.x, r.y, r.w, thick}, color);
    arr_canvas_fill(c, (struct arr_rect){r.x, r.y + r.h - thick, r.w, thick}, color);
    const int inner = r.h - 2 * thick;
    arr_canvas_fill(c, (struct arr_rect){r.x, r.y + thick, thick, inner}, color);
    arr_canvas_fill(c, (struct arr_rect){r.x + r.w - thick, r.y + thick, thick, inner}, color);
}

void arr_canvas_picture(struct arr_canvas *c, int x, int y, const uint8_t *rgb, int w, int h)
{
    const int rows = y + h < c->height ? h : c->height - y;
    const int columns = x + w < c->width ? w : c->width - x;
    for (int row = 0; row < rows; row++) {
        const uint8_t *from = rgb + (size_t)row * (size_t)w * 3;
        uint8_t *to = arr_canvas_at(c, x, y + row);
        for (int i = 0; i < columns; i++) {
            to[i * 4] = from[i * 3];
            to[i * 4 + 1] = from[i * 3 + 1];
            to[i * 4 + 2] = from[i * 3 + 2];
        }
    }
}

/* ---- lines ---- */

static double distance_to(double px, double py, double x0, double y0, double x1, double y1)
{
    const double dx = x1 - x0, dy = y1 - y0, length2 = dx * dx + dy * dy;
    double t = length2 > 0.0 ? ((px - x0) * dx + (py - y0) * dy) / length2 : 0.0;
    t = fmin(fmax(t, 0.0), 1.0);
    return hypot(px - (x0 + t * dx), py - (y0 + t * dy));
}

/* A pixel is covered as far as the line's edge has passed its centre: round ends, and a line of no
 * length is a disc. */
void arr_canvas_line(struct arr_canvas *c, double x0, double y0, double x1, double y1, double width,
                     struct arr_color color)
{
    const double reach = width / 2.0 + 1.0;
    const int left = clamp_int((int)floor(fmin(x0, x1) - reach), 0, c->width);
    const int right = clamp_int((int)ceil(fmax(x0, x1) + reach) + 1, 0, c->width);
    const int top = clamp_int((int)floor(fmin(y0, y1) - reach), 0, c->height);
    const int bottom = clamp_int((int)ceil(fmax(y0, y1) + reach) + 1, 0, c->height);
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
            const double inside = width / 2.0 + 0.5 - distance_to(x, y, x0, y0, x1, y1);
            if (inside > 0.0) {
                const double alpha = fmin(inside, 1.0) * color.a;
                blend(arr_canvas_at(c, x, y), color, (unsigned)(alpha + 0.5));
            }
        }
    }
}

void arr_canvas_dashes(struct arr_canvas *c, struct arr_rect line, int scale,
                       struct arr_color color)
{
    const int step = 4 * scale, length = line.w > line.h ? line.w : line.h;
    for (int at = 0; at < length; at += 2 * step) {
        const int n = length - at < step ? length - at : step;
        const struct arr_rect across = {line.x + at, line.y, n, line.h};
        const struct arr_rect down = {line.x, line.y + at, line.w, n};
        arr_canvas_fill(c, line.w > line.h ? across : down, color);
    }
}

/* ---- text ---- */

/* The next character as the font has it; 127 for all of UTF-8 beyond ASCII. */
static unsigned char next_glyph(const char **text)
{
    const unsigned char c = (unsigned char)*(*text)++;
    if (c < 0x80) {
        return c;
    }
    while (((unsigned char)**text & 0xc0) == 0x80) {
        (*text)++;
    }
    return 127;
}

static int advance(const struct arr_font *f, unsigned char glyph)
{
    return (arr_glyph_width(glyph) + (f->is_bold ? 2 : 1)) * f->scale;
}

int arr_text_width(const struct arr_font *f, const char *text)
{
    int width = 0;
    while (*text != '\0') {
        width += advance(f, next_glyph(&text));
    }
    return width > 0 ? width - f->scale : 0;
}

static void draw_glyph(struct arr_canvas *c, const struct arr_font *f, int x, int y,
                       unsigned char glyph)
{
    const int width = arr_glyph_width(glyph) + (f->is_bold ? 1 : 0);
    for (int row = 0; row < ARR_FONT_HEIGHT; row++) {
        for (int column = 0; column < width; column++) {
            const bool is_set = arr_glyph_pixel(glyph, column, row) ||
                                (f->is_bold && arr_glyph_pixel(glyph, column - 1, row));
            if (is_set) {
                const struct arr_rect dot = {x + column * f->scale, y + row * f->scale, f->scale,
                                             f->scale};
                arr_canvas_fill(c, dot, f->color);
            }
        }
    }
}

void arr_text(struct arr_canvas *c, const struct arr_font *f, int x, int y, enum arr_align align,
              const char *text)
{
    const int width = align == ARR_LEFT ? 0 : arr_text_width(f, text);
    x -= align == ARR_RIGHT ? width : align == ARR_CENTRE_ALIGN ? width / 2 : 0;
    while (*text != '\0') {
        const unsigned char glyph = next_glyph(&text);
        draw_glyph(c, f, x, y, glyph);
        x += advance(f, glyph);
    }
}

void arr_text_cut(struct arr_canvas *c, const struct arr_font *f, int x, int y, int room,
                  const char *text)
{
    if (arr_text_width(f, text) <= room) {
        arr_text(c, f, x, y, ARR_LEFT, text);
        return;
    }
    const int end = x + room - arr_text_width(f, "..") - f->scale;
    while (*text != '\0') {
        const unsigned char glyph = next_glyph(&text);
        if (x + advance(f, glyph) > end) {
            break;
        }
        draw_glyph(c, f, x, y, glyph);
        x += advance(f, glyph);
    }
    if (x <= end) {
        arr_text(c, f, x, y, ARR_LEFT, "..");
    }
}
