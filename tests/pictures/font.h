/* SPDX-License-Identifier: Apache-2.0 */
/* font.h - a font of 5 x 9 dots, drawn with smooth edges at any size. ASCII letters, digits and the
 * signs that labels need. */
#ifndef HFTERM_TESTS_PICTURES_FONT_H
#define HFTERM_TESTS_PICTURES_FONT_H

#include "tests/pictures/paint.h"

enum { FONT_WIDTH = 5, FONT_ADVANCE = 6, FONT_CAPITALS = 7, FONT_HEIGHT = 9 }; /* in dots */

enum weight { THIN, REGULAR, BOLD };

struct type {
    float size; /* pixels a dot */
    enum weight weight;
    struct rgb colour;
};

/* x, y: the upper left corner of the first capital. */
void font_draw(struct canvas *c, float x, float y, const struct type *type, const char *text);
/* The same, ending at x. */
void font_draw_right(struct canvas *c, float x, float y, const struct type *type, const char *text);
float font_width(const struct type *type, const char *text);
/* Light from every dot, as a neon tube gives it. */
void font_glow(struct canvas *c, float x, float y, float size, const char *text, struct rgb colour,
               float radius);

#endif
