/* SPDX-License-Identifier: Apache-2.0 */
/* canvas.h - drawing on RGBA pixels: areas, lines, text; for the views only.
 *
 * Everything is cut off at the canvas's edges, so that callers need not care where a label ends.
 * Pixels stay opaque: colours with alpha are blended into them.
 */
#ifndef HFTERM_CORE_ARRCOC_CANVAS_H
#define HFTERM_CORE_ARRCOC_CANVAS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arr_canvas;
struct err;

struct arr_color {
    uint8_t r, g, b, a;
};

struct arr_rect {
    int x, y, w, h;
};

/* ERR_LIMIT without memory or above ARR_CANVAS_PX_MAX. Owned: arr_canvas_done. */
enum { ARR_CANVAS_PX_MAX = 1 << 28 };
bool arr_canvas_init(struct arr_canvas *c, int width, int height, struct arr_color background,
                     struct err *e);
/* The bytes of a pixel that lies inside. */
uint8_t *arr_canvas_at(const struct arr_canvas *c, int x, int y);

void arr_canvas_fill(struct arr_canvas *c, struct arr_rect r, struct arr_color color);
/* A border of `thick` pixels inside the rectangle. */
void arr_canvas_frame(struct arr_canvas *c, struct arr_rect r, int thick, struct arr_color color);
/* Tight RGB rows. */
void arr_canvas_picture(struct arr_canvas *c, int x, int y, const uint8_t *rgb, int w, int h);
/* Antialiased; coordinates name pixel centres. */
void arr_canvas_line(struct arr_canvas *c, double x0, double y0, double x1, double y1, double width,
                     struct arr_color color);
/* Of dashes 4 wide and 4 apart, straight down or across; lengths times scale. */
void arr_canvas_dashes(struct arr_canvas *c, struct arr_rect line, int scale,
                       struct arr_color color);

/* ---- text: the built-in font, proportional ---- */

enum {
    ARR_FONT_CAPS = 9,    /* height of capitals and digits */
    ARR_FONT_HEIGHT = 12, /* with descenders */
};

struct arr_font { /* of one text */
    int scale;    /* pixels a font pixel */
    bool is_bold;
    struct arr_color color;
};

enum arr_align { ARR_LEFT, ARR_CENTRE_ALIGN, ARR_RIGHT };

int arr_text_width(const struct arr_font *f, const char *text);
/* One line whose capitals begin at y; x is its left end, middle or right end. UTF-8: what the font
 * lacks is drawn as a box. */
void arr_text(struct arr_canvas *c, const struct arr_font *f, int x, int y, enum arr_align align,
              const char *text);
/* At most `room` pixels wide: what is more is cut and ends in two dots. */
void arr_text_cut(struct arr_canvas *c, const struct arr_font *f, int x, int y, int room,
                  const char *text);

/* font.c: columns of a glyph of the code point, and whether a pixel of it is set. */
int arr_glyph_width(unsigned char ascii);
bool arr_glyph_pixel(unsigned char ascii, int x, int y);

#endif
