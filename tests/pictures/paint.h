/* SPDX-License-Identifier: Apache-2.0 */
/* paint.h - soft-edged shapes, gradients and textures on a canvas of floats.
 *
 * A shape is a signed distance, negative inside; its edge is as soft as its paint says. Everything
 * is computed from coordinates and fixed seeds, so that a picture is the same each time.
 *
 * Units: pixels, colours 0 to 255. Pixel (0, 0) has its centre at (0.5, 0.5).
 */
#ifndef HFTERM_TESTS_PICTURES_PAINT_H
#define HFTERM_TESTS_PICTURES_PAINT_H

#include <stdbool.h>
#include <stdint.h>

struct rgb {
    float r, g, b;
};

struct box {
    int x0, y0, x1, y1; /* x1 and y1 are outside; empty when x1 <= x0 */
};

struct canvas {
    int width, height;
    struct rgb *px;
    struct box clip;    /* where may be painted; at first everywhere */
    struct box touched; /* what was painted well visibly since the last canvas_forget */
};

void canvas_init(struct canvas *c, int width, int height); /* owned: canvas_done */
void canvas_done(struct canvas *c);
void canvas_forget(struct canvas *c);
void canvas_clip(struct canvas *c, struct box clip);
void canvas_unclip(struct canvas *c);
struct rgb canvas_at(const struct canvas *c, float x, float y); /* bilinear, clamped */
/* Tight rows of 3 bytes a pixel. */
void canvas_to_bytes(const struct canvas *c, uint8_t *rgb);

/* ---- shapes ---- */

enum shape_kind { SHAPE_BOX, SHAPE_ELLIPSE, SHAPE_LINE, SHAPE_POLYGON };

struct shape {
    enum shape_kind kind;
    float x, y;   /* the centre; of a line one end */
    float a, b;   /* half the sides; of a line the other end */
    float round;  /* radius of a box's corners; half the width of a line */
    float angle;  /* radians, of a box or an ellipse */
    float stroke; /* above 0: the outline alone, that wide */
    const float (*points)[2];
    int n_points;
};

struct shape box_at(float x0, float y0, float x1, float y1, float round);
struct shape ellipse_at(float x, float y, float a, float b);
struct shape line_at(float x0, float y0, float x1, float y1, float width);
struct shape polygon_of(const float (*points)[2], int n); /* borrowed */
struct shape turned(struct shape s, float angle);
struct shape outline(struct shape s, float width);

/* ---- paints ---- */

enum paint_kind {
    PAINT_LINEAR,   /* from at (x0, y0) to at (x1, y1) */
    PAINT_RADIAL,   /* from at (x0, y0) to at the distance x1 and beyond */
    PAINT_CYLINDER, /* from along x = x0, to at the distance x1 to either side */
};
enum texture { TEXTURE_NONE, TEXTURE_GRAIN, TEXTURE_WOOD, TEXTURE_STONE, TEXTURE_CLOTH };

struct paint {
    enum paint_kind kind;
    struct rgb from, to;
    float x0, y0, x1, y1;
    float opacity;
    float edge;    /* pixels over which the edge fades; 1 is crisp */
    bool is_light; /* added to what is there */
    enum texture texture;
    float amount;  /* of the texture: 0.1 is 10 % lighter or darker */
    uint32_t seed; /* of the texture */
};

struct rgb rgb_of(int r, int g, int b);
struct rgb rgb_mix(struct rgb a, struct rgb b, float t);
struct paint solid(struct rgb colour);
struct paint fade(struct rgb from, struct rgb to, float x0, float y0, float x1, float y1);
struct paint down(struct rgb from, struct rgb to, float y0, float y1);
struct paint ball(struct rgb from, struct rgb to, float x, float y, float radius);
struct paint tube(struct rgb from, struct rgb to, float x, float radius);
struct paint light(struct rgb colour, float x, float y, float radius);
struct paint faint(struct paint p, float opacity);
struct paint blurred(struct paint p, float edge);
struct paint textured(struct paint p, enum texture texture, float amount, uint32_t seed);

void canvas_paint(struct canvas *c, struct shape s, struct paint p);
/* A dark, blurred spot under something. */
void canvas_shadow(struct canvas *c, float x, float y, float a, float b, float opacity);

/* ---- noise: 0 to 1 ---- */

float noise_dot(int x, int y, uint32_t seed);
float noise_smooth(float x, float y, uint32_t seed);
float noise_cloud(float x, float y, uint32_t seed);

/* What a camera adds: a little blur, darker corners, grain of so many steps of brightness. */
void canvas_develop(struct canvas *c, float blur, float corners, float grain, uint32_t seed);

#endif
