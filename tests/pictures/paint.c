/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/pictures/paint.h"

#include <math.h>
#include <stdlib.h>

#include "core/base/mem.h"

static float clamp(float v, float low, float high)
{
    return v < low ? low : v > high ? high : v;
}

static float smooth(float t)
{
    const float s = clamp(t, 0, 1);
    return s * s * (3 - 2 * s);
}

/* ---- noise ---- */

float noise_dot(int x, int y, uint32_t seed)
{
    uint32_t h = (uint32_t)x * 0x9E3779B1U ^ (uint32_t)y * 0x85EBCA77U ^ seed * 0xC2B2AE3DU;
    h = (h ^ h >> 15) * 0x2C1B3C6DU;
    h = (h ^ h >> 12) * 0x297A2D39U;
    h ^= h >> 15;
    return (float)(h >> 8) / 16777216.0F;
}

float noise_smooth(float x, float y, uint32_t seed)
{
    const float fx = floorf(x);
    const float fy = floorf(y);
    const int ix = (int)fx;
    const int iy = (int)fy;
    const float tx = smooth(x - fx);
    const float ty = smooth(y - fy);
    const float top = noise_dot(ix, iy, seed) * (1 - tx) + noise_dot(ix + 1, iy, seed) * tx;
    const float low = noise_dot(ix, iy + 1, seed) * (1 - tx) + noise_dot(ix + 1, iy + 1, seed) * tx;
    return top * (1 - ty) + low * ty;
}

float noise_cloud(float x, float y, uint32_t seed)
{
    float sum = 0;
    float weight = 0.5F;
    for (uint32_t octave = 0; octave < 4; octave++) {
        sum += weight * noise_smooth(x, y, seed + octave);
        x *= 2.1F;
        y *= 2.1F;
        weight *= 0.5F;
    }
    return sum / 0.9375F;
}

/* -1 to 1: how much lighter or darker a texture is at a place. */
static float texture_at(enum texture texture, float x, float y, uint32_t seed)
{
    float v = 0;
    switch (texture) {
    case TEXTURE_NONE:
        return 0;
    case TEXTURE_GRAIN:
        return 1.4F * (noise_cloud(x * 0.35F, y * 0.35F, seed) - 0.5F);
    case TEXTURE_WOOD:
        v = noise_cloud(x * 0.07F, y * 0.006F, seed);
        v = 0.6F * sinf(v * 38) + 1.2F * (noise_smooth(x * 0.9F, y * 0.03F, seed + 9) - 0.5F);
        return v;
    case TEXTURE_STONE:
        v = 0.8F * (noise_cloud(x * 0.05F, y * 0.09F, seed) - 0.5F);
        v += noise_smooth(x * 0.6F, y * 0.8F, seed + 5) > 0.86F ? 0.7F : 0;
        v -= noise_smooth(x * 0.5F, y * 0.7F, seed + 6) > 0.87F ? 0.9F : 0;
        return v;
    case TEXTURE_CLOTH:
        v = 0.75F * sinf(x * 0.21F + 3 * noise_smooth(x * 0.02F, y * 0.008F, seed));
        return v + 0.3F * (noise_smooth(x * 0.7F, y * 0.7F, seed + 3) - 0.5F);
    }
    return v;
}

/* ---- the canvas ---- */

void canvas_forget(struct canvas *c)
{
    c->touched = (struct box){c->width, c->height, 0, 0};
}

static int between(int v, int low, int high)
{
    return v < low ? low : v > high ? high : v;
}

void canvas_clip(struct canvas *c, struct box clip)
{
    c->clip = (struct box){between(clip.x0, 0, c->width), between(clip.y0, 0, c->height),
                           between(clip.x1, 0, c->width), between(clip.y1, 0, c->height)};
}

void canvas_unclip(struct canvas *c)
{
    c->clip = (struct box){0, 0, c->width, c->height};
}

void canvas_init(struct canvas *c, int width, int height)
{
    *c = (struct canvas){.width = width, .height = height};
    c->px = xcalloc((size_t)width * (size_t)height, sizeof *c->px);
    canvas_forget(c);
    canvas_unclip(c);
}

void canvas_done(struct canvas *c)
{
    free(c->px);
    c->px = NULL;
}

static struct rgb pixel(const struct canvas *c, int x, int y)
{
    const int column = x < 0 ? 0 : x >= c->width ? c->width - 1 : x;
    const int row = y < 0 ? 0 : y >= c->height ? c->height - 1 : y;
    return c->px[(size_t)row * (size_t)c->width + (size_t)column];
}

struct rgb canvas_at(const struct canvas *c, float x, float y)
{
    const float fx = floorf(x - 0.5F);
    const float fy = floorf(y - 0.5F);
    const int ix = (int)fx;
    const int iy = (int)fy;
    const float tx = x - 0.5F - fx;
    const struct rgb top = rgb_mix(pixel(c, ix, iy), pixel(c, ix + 1, iy), tx);
    const struct rgb low = rgb_mix(pixel(c, ix, iy + 1), pixel(c, ix + 1, iy + 1), tx);
    return rgb_mix(top, low, y - 0.5F - fy);
}

static uint8_t to_byte(float v)
{
    return (uint8_t)(clamp(v, 0, 255) + 0.5F);
}

void canvas_to_bytes(const struct canvas *c, uint8_t *rgb)
{
    const size_t n = (size_t)c->width * (size_t)c->height;
    for (size_t i = 0; i < n; i++) {
        rgb[3 * i] = to_byte(c->px[i].r);
        rgb[3 * i + 1] = to_byte(c->px[i].g);
        rgb[3 * i + 2] = to_byte(c->px[i].b);
    }
}

/* ---- shapes ---- */

struct shape box_at(float x0, float y0, float x1, float y1, float round)
{
    return (struct shape){.kind = SHAPE_BOX,
                          .x = (x0 + x1) / 2,
                          .y = (y0 + y1) / 2,
                          .a = (x1 - x0) / 2,
                          .b = (y1 - y0) / 2,
                          .round = round};
}

struct shape ellipse_at(float x, float y, float a, float b)
{
    return (struct shape){.kind = SHAPE_ELLIPSE, .x = x, .y = y, .a = a, .b = b};
}

struct shape line_at(float x0, float y0, float x1, float y1, float width)
{
    return (struct shape){
        .kind = SHAPE_LINE, .x = x0, .y = y0, .a = x1, .b = y1, .round = width / 2};
}

struct shape polygon_of(const float (*points)[2], int n)
{
    return (struct shape){.kind = SHAPE_POLYGON, .points = points, .n_points = n};
}

struct shape turned(struct shape s, float angle)
{
    s.angle = angle;
    return s;
}

struct shape outline(struct shape s, float width)
{
    s.stroke = width;
    return s;
}

static float distance_to_line(float px, float py, float ax, float ay, float bx, float by)
{
    const float dx = bx - ax;
    const float dy = by - ay;
    const float length = dx * dx + dy * dy;
    const float t = length > 0 ? clamp(((px - ax) * dx + (py - ay) * dy) / length, 0, 1) : 0;
    const float ex = px - ax - t * dx;
    const float ey = py - ay - t * dy;
    return sqrtf(ex * ex + ey * ey);
}

static float distance_to_polygon(const struct shape *s, float px, float py)
{
    float nearest = 1e9F;
    bool is_inside = false;
    for (int i = 0, k = s->n_points - 1; i < s->n_points; k = i++) {
        const float *a = s->points[k];
        const float *b = s->points[i];
        nearest = fminf(nearest, distance_to_line(px, py, a[0], a[1], b[0], b[1]));
        if ((a[1] > py) != (b[1] > py) && px < (b[0] - a[0]) * (py - a[1]) / (b[1] - a[1]) + a[0]) {
            is_inside = !is_inside;
        }
    }
    return is_inside ? -nearest : nearest;
}

static float distance_to_box(const struct shape *s, float x, float y)
{
    const float qx = fabsf(x) - s->a + s->round;
    const float qy = fabsf(y) - s->b + s->round;
    const float ox = fmaxf(qx, 0);
    const float oy = fmaxf(qy, 0);
    return sqrtf(ox * ox + oy * oy) + fminf(fmaxf(qx, qy), 0) - s->round;
}

/* Exact on the edge, which is all that is seen. */
static float distance_to_ellipse(const struct shape *s, float x, float y)
{
    const float k = sqrtf(x * x / (s->a * s->a) + y * y / (s->b * s->b));
    const float gx = x / (s->a * s->a);
    const float gy = y / (s->b * s->b);
    const float slope = sqrtf(gx * gx + gy * gy);
    return slope > 0 ? k * (k - 1) / slope : -fminf(s->a, s->b);
}

static float distance_to(const struct shape *s, float px, float py)
{
    float d = 0;
    if (s->kind == SHAPE_LINE) {
        d = distance_to_line(px, py, s->x, s->y, s->a, s->b) - s->round;
    } else if (s->kind == SHAPE_POLYGON) {
        d = distance_to_polygon(s, px, py);
    } else {
        const float x = px - s->x;
        const float y = py - s->y;
        const float turn_cos = s->angle < 0 || s->angle > 0 ? cosf(s->angle) : 1;
        const float turn_sin = s->angle < 0 || s->angle > 0 ? sinf(s->angle) : 0;
        const float tx = x * turn_cos + y * turn_sin;
        const float ty = y * turn_cos - x * turn_sin;
        d = s->kind == SHAPE_BOX ? distance_to_box(s, tx, ty) : distance_to_ellipse(s, tx, ty);
    }
    return s->stroke > 0 ? fabsf(d) - s->stroke / 2 : d;
}

static void extent(const struct shape *s, float *x0, float *y0, float *x1, float *y1)
{
    if (s->kind == SHAPE_LINE) {
        *x0 = fminf(s->x, s->a) - s->round;
        *x1 = fmaxf(s->x, s->a) + s->round;
        *y0 = fminf(s->y, s->b) - s->round;
        *y1 = fmaxf(s->y, s->b) + s->round;
    } else if (s->kind == SHAPE_POLYGON) {
        *x0 = *x1 = s->points[0][0];
        *y0 = *y1 = s->points[0][1];
        for (int i = 1; i < s->n_points; i++) {
            *x0 = fminf(*x0, s->points[i][0]);
            *x1 = fmaxf(*x1, s->points[i][0]);
            *y0 = fminf(*y0, s->points[i][1]);
            *y1 = fmaxf(*y1, s->points[i][1]);
        }
    } else {
        const bool is_turned = s->angle < 0 || s->angle > 0;
        const float reach = sqrtf(s->a * s->a + s->b * s->b);
        *x0 = s->x - (is_turned ? reach : s->a);
        *x1 = s->x + (is_turned ? reach : s->a);
        *y0 = s->y - (is_turned ? reach : s->b);
        *y1 = s->y + (is_turned ? reach : s->b);
    }
}

/* ---- paints ---- */

struct rgb rgb_of(int r, int g, int b)
{
    return (struct rgb){(float)r, (float)g, (float)b};
}

struct rgb rgb_mix(struct rgb a, struct rgb b, float t)
{
    return (struct rgb){a.r + (b.r - a.r) * t, a.g + (b.g - a.g) * t, a.b + (b.b - a.b) * t};
}

struct paint solid(struct rgb colour)
{
    return (struct paint){.from = colour, .to = colour, .x1 = 1, .opacity = 1, .edge = 1};
}

struct paint fade(struct rgb from, struct rgb to, float x0, float y0, float x1, float y1)
{
    struct paint p = solid(from);
    p.to = to;
    p.x0 = x0;
    p.y0 = y0;
    p.x1 = x1;
    p.y1 = y1;
    return p;
}

struct paint down(struct rgb from, struct rgb to, float y0, float y1)
{
    return fade(from, to, 0, y0, 0, y1);
}

struct paint ball(struct rgb from, struct rgb to, float x, float y, float radius)
{
    struct paint p = fade(from, to, x, y, radius, 0);
    p.kind = PAINT_RADIAL;
    return p;
}

struct paint tube(struct rgb from, struct rgb to, float x, float radius)
{
    struct paint p = fade(from, to, x, 0, radius, 0);
    p.kind = PAINT_CYLINDER;
    return p;
}

struct paint light(struct rgb colour, float x, float y, float radius)
{
    struct paint p = ball(colour, rgb_of(0, 0, 0), x, y, radius);
    p.is_light = true;
    return p;
}

struct paint faint(struct paint p, float opacity)
{
    p.opacity = opacity;
    return p;
}

struct paint blurred(struct paint p, float edge)
{
    p.edge = edge;
    return p;
}

struct paint textured(struct paint p, enum texture texture, float amount, uint32_t seed)
{
    p.texture = texture;
    p.amount = amount;
    p.seed = seed;
    return p;
}

static struct rgb colour_at(const struct paint *p, float x, float y)
{
    float t = 0;
    if (p->kind == PAINT_LINEAR) {
        const float dx = p->x1 - p->x0;
        const float dy = p->y1 - p->y0;
        t = clamp(((x - p->x0) * dx + (y - p->y0) * dy) / (dx * dx + dy * dy), 0, 1);
    } else if (p->kind == PAINT_RADIAL) {
        const float dx = x - p->x0;
        const float dy = y - p->y0;
        t = smooth(sqrtf(dx * dx + dy * dy) / p->x1);
    } else {
        t = smooth(fabsf(x - p->x0) / p->x1);
    }
    struct rgb colour = rgb_mix(p->from, p->to, t);
    if (p->texture != TEXTURE_NONE) {
        const float k = 1 + p->amount * texture_at(p->texture, x, y, p->seed);
        colour = (struct rgb){colour.r * k, colour.g * k, colour.b * k};
    }
    return colour;
}

static void touch(struct canvas *c, int x, int y)
{
    struct box *t = &c->touched;
    t->x0 = x < t->x0 ? x : t->x0;
    t->y0 = y < t->y0 ? y : t->y0;
    t->x1 = x >= t->x1 ? x + 1 : t->x1;
    t->y1 = y >= t->y1 ? y + 1 : t->y1;
}

static void blend(struct canvas *c, int x, int y, const struct paint *p, float cover)
{
    struct rgb *to = &c->px[(size_t)y * (size_t)c->width + (size_t)x];
    const struct rgb colour = colour_at(p, (float)x + 0.5F, (float)y + 0.5F);
    if (p->is_light) {
        *to = (struct rgb){to->r + cover * colour.r, to->g + cover * colour.g,
                           to->b + cover * colour.b};
        return;
    }
    *to = rgb_mix(*to, colour, cover);
    if (cover >= 0.5F) {
        touch(c, x, y);
    }
}

void canvas_paint(struct canvas *c, struct shape s, struct paint p)
{
    float x0 = 0;
    float y0 = 0;
    float x1 = 0;
    float y1 = 0;
    extent(&s, &x0, &y0, &x1, &y1);
    const float margin = p.edge / 2 + s.stroke / 2 + 1;
    const struct box clip = c->clip;
    const int left = between((int)floorf(x0 - margin), clip.x0, clip.x1);
    const int right = between((int)ceilf(x1 + margin), clip.x0, clip.x1);
    const int top = between((int)floorf(y0 - margin), clip.y0, clip.y1);
    const int bottom = between((int)ceilf(y1 + margin), clip.y0, clip.y1);
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
            const float d = distance_to(&s, (float)x + 0.5F, (float)y + 0.5F) / p.edge;
            const float cover = p.edge > 1.5F ? smooth(0.5F - d) : clamp(0.5F - d, 0, 1);
            if (cover > 0) {
                blend(c, x, y, &p, cover * p.opacity);
            }
        }
    }
}

void canvas_shadow(struct canvas *c, float x, float y, float a, float b, float opacity)
{
    const struct box keep = c->touched;
    canvas_paint(c, ellipse_at(x, y, a, b),
                 blurred(faint(solid(rgb_of(20, 16, 14)), opacity), b * 2));
    c->touched = keep;
}

/* ---- the camera ---- */

static void blur_line(struct rgb *px, int n, size_t step, float side)
{
    struct rgb before = px[0];
    for (int i = 0; i < n; i++) {
        struct rgb *here = px + (size_t)i * step;
        const struct rgb after = i + 1 < n ? here[step] : *here;
        const struct rgb keep = *here;
        here->r += side * (before.r + after.r - 2 * keep.r);
        here->g += side * (before.g + after.g - 2 * keep.g);
        here->b += side * (before.b + after.b - 2 * keep.b);
        before = keep;
    }
}

void canvas_develop(struct canvas *c, float blur, float corners, float grain, uint32_t seed)
{
    const size_t width = (size_t)c->width;
    for (int y = 0; y < c->height; y++) {
        blur_line(c->px + (size_t)y * width, c->width, 1, blur);
    }
    for (int x = 0; x < c->width; x++) {
        blur_line(c->px + x, c->height, width, blur);
    }
    for (int y = 0; y < c->height; y++) {
        for (int x = 0; x < c->width; x++) {
            const float dx = 2 * ((float)x + 0.5F) / (float)c->width - 1;
            const float dy = 2 * ((float)y + 0.5F) / (float)c->height - 1;
            const float k = 1 - corners * (dx * dx + dy * dy) / 2;
            const float n = grain * (noise_dot(x, y, seed) + noise_dot(x, y, seed + 1) - 1);
            struct rgb *p = &c->px[(size_t)y * width + (size_t)x];
            *p = (struct rgb){p->r * k + n, p->g * k + n, p->b * k + n};
        }
    }
}
