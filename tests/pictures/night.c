/* SPDX-License-Identifier: Apache-2.0 */
/* A street at night after rain: dark houses, lit windows, lamps, a neon sign, a white car, and a
 * puddle that shows what is above it. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tests/pictures/font.h"
#include "tests/pictures/scenes.h"

enum { PAVEMENT = 500, KERB = 540 }; /* y where they begin; behind the kerb is the road */

static const struct house {
    int x0, x1, roof;
    int r, g, b;
    int columns, rows;
    unsigned lit; /* a bit for each window, from the upper left */
} HOUSES[] = {
    {-10, 236, 150, 44, 40, 52, 3, 4, 0x212},   {236, 470, 206, 54, 42, 44, 3, 3, 0x054},
    {470, 800, 120, 40, 44, 58, 5, 2, 0x048},   {800, 1018, 232, 58, 48, 46, 3, 3, 0x062},
    {1018, 1290, 168, 42, 38, 48, 3, 4, 0x888},
};
enum { N_HOUSES = sizeof HOUSES / sizeof *HOUSES };

static void draw_sky(struct canvas *c)
{
    canvas_paint(c, box_at(0, 0, 1280, PAVEMENT, 0),
                 down(rgb_of(8, 10, 30), rgb_of(58, 44, 76), 0, 420));
    for (int i = 0; i < 90; i++) {
        const float x = 1280 * noise_dot(i, 1, 3);
        const float y = 230 * noise_dot(i, 2, 3);
        const float glow = noise_dot(i, 3, 3);
        canvas_paint(c, ellipse_at(x, y, 1.1F, 1.1F),
                     faint(solid(rgb_of(236, 236, 255)), 0.15F + 0.6F * glow * glow));
    }
    canvas_paint(c, ellipse_at(1120, 84, 190, 190), light(rgb_of(46, 46, 58), 1120, 84, 190));
    canvas_paint(c, ellipse_at(1120, 84, 33, 33),
                 textured(ball(rgb_of(250, 248, 232), rgb_of(216, 212, 196), 1112, 76, 44),
                          TEXTURE_GRAIN, 0.06F, 14));
}

static void draw_window(struct canvas *c, struct box b, bool is_lit, uint32_t seed)
{
    const float x0 = (float)b.x0;
    const float y0 = (float)b.y0;
    const float x1 = (float)b.x1;
    const float y1 = (float)b.y1;
    const float x = (x0 + x1) / 2;
    canvas_paint(c, box_at(x0 - 4, y0 - 4, x1 + 4, y1 + 4, 1), solid(rgb_of(26, 24, 30)));
    if (is_lit) {
        canvas_paint(c, box_at(x0, y0, x1, y1, 0),
                     down(rgb_of(255, 226, 150), rgb_of(236, 160, 74), y0, y1));
        canvas_paint(c, box_at(x0, y0, x0 + 9, y1, 0), faint(solid(rgb_of(190, 104, 50)), 0.7F));
        canvas_paint(c, box_at(x1 - 9, y0, x1, y1, 0), faint(solid(rgb_of(190, 104, 50)), 0.7F));
    } else {
        canvas_paint(c, box_at(x0, y0, x1, y1, 0),
                     textured(fade(rgb_of(30, 34, 52), rgb_of(16, 17, 26), x0, y0, x1, y1),
                              TEXTURE_GRAIN, 0.2F, seed));
    }
    canvas_paint(c, box_at(x - 1.5F, y0, x + 1.5F, y1, 0), solid(rgb_of(34, 30, 34)));
    canvas_paint(c, box_at(x0, (y0 + y1) / 2 - 10, x1, (y0 + y1) / 2 - 7, 0),
                 solid(rgb_of(34, 30, 34)));
    canvas_paint(c, box_at(x0 - 8, y1 + 3, x1 + 8, y1 + 8, 1), solid(rgb_of(70, 64, 68)));
    if (is_lit) {
        canvas_paint(c, ellipse_at(x, (y0 + y1) / 2, 80, 80),
                     light(rgb_of(44, 28, 12), x, (y0 + y1) / 2, 80));
    }
}

static void draw_house(struct canvas *c, const struct house *h, uint32_t seed)
{
    const float x0 = (float)h->x0;
    const float x1 = (float)h->x1;
    const float top = (float)h->roof;
    const float roof[][2] = {
        {x0 - 6, top}, {x0 + 26, top - 46}, {x1 - 26, top - 46}, {x1 + 6, top}};
    const struct rgb wall = rgb_of(h->r, h->g, h->b);
    const struct rgb foot = rgb_of(h->r + 22, h->g + 16, h->b + 8);
    canvas_paint(c, polygon_of(roof, 4),
                 textured(down(rgb_of(24, 22, 30), rgb_of(36, 32, 40), top - 46, top),
                          TEXTURE_GRAIN, 0.2F, seed));
    canvas_paint(c, box_at(x0, top, x1, PAVEMENT + 4, 0),
                 textured(down(wall, foot, top, PAVEMENT), TEXTURE_GRAIN, 0.16F, seed + 1));
    for (int y = h->roof + 9; y < PAVEMENT; y += 9) {
        canvas_paint(c, box_at(x0, (float)y, x1, (float)y + 1, 0),
                     faint(solid(rgb_of(12, 10, 14)), 0.22F));
    }
    canvas_paint(c, box_at(x0 - 4, top - 3, x1 + 4, top + 6, 0), solid(rgb_of(66, 60, 66)));
    canvas_paint(c, box_at(x1 - 2, top, x1 + 2, PAVEMENT, 0), faint(solid(rgb_of(8, 7, 10)), 0.8F));
    const int wide = (h->x1 - h->x0) / h->columns;
    for (int i = 0; i < h->columns * h->rows; i++) {
        const int x = h->x0 + i % h->columns * wide + wide / 2;
        const int y = h->roof + 26 + i / h->columns * 84;
        const struct box b = {x - 20, y, x + 20, y + 54};
        draw_window(c, b, h->lit >> i & 1, seed + 10 + (uint32_t)i);
    }
}

static void draw_shop(struct canvas *c)
{
    static const float AWNING[][2] = {{500, 398}, {770, 398}, {786, 424}, {484, 424}};
    canvas_paint(c, box_at(506, 420, 690, 492, 2),
                 down(rgb_of(250, 214, 160), rgb_of(190, 122, 70), 420, 492));
    for (int i = 0; i < 7; i++) {
        const float x = 520 + 25 * (float)i;
        const float height = 18 + 22 * noise_dot(i, 4, 9);
        canvas_paint(c, box_at(x, 492 - height, x + 16, 492, 5),
                     faint(solid(rgb_of(92, 54, 38)), 0.75F));
    }
    canvas_paint(c, outline(box_at(506, 420, 690, 492, 2), 5), solid(rgb_of(30, 24, 26)));
    canvas_paint(c, box_at(706, 420, 766, PAVEMENT, 2),
                 down(rgb_of(96, 48, 40), rgb_of(58, 28, 26), 420, PAVEMENT));
    canvas_paint(c, box_at(716, 430, 756, 468, 2),
                 down(rgb_of(240, 190, 128), rgb_of(186, 120, 70), 430, 468));
    canvas_paint(
        c, polygon_of(AWNING, 4),
        textured(down(rgb_of(122, 36, 40), rgb_of(78, 20, 26), 398, 424), TEXTURE_CLOTH, 0.3F, 7));
    canvas_paint(c, ellipse_at(600, 470, 170, 90), light(rgb_of(46, 30, 14), 600, 470, 170));
}

static void draw_sign(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct type tube_type = {8, REGULAR, rgb_of(255, 88, 170)};
    const struct type core = {8, THIN, rgb_of(255, 226, 240)};
    const struct shape border = outline(box_at(522, 302, 748, 384, 18), 5);
    canvas_paint(c, box_at(512, 292, 758, 394, 20), solid(rgb_of(18, 14, 22)));
    font_glow(c, 541, 314, 8, "CAFE", rgb_of(9, 2, 6), 60);
    canvas_paint(c, ellipse_at(635, 343, 230, 150), light(rgb_of(40, 10, 32), 635, 343, 230));
    scene_thing(s);
    canvas_paint(c, border, solid(rgb_of(70, 226, 246)));
    font_draw(c, 541, 314, &tube_type, "CAFE");
    scene_mark(s, "neon sign",
               QUERIES("where is the neon sign", "bright neon sign", "what does the sign say"));
    font_draw(c, 541, 314, &core, "CAFE");
    canvas_paint(c, outline(box_at(522, 302, 748, 384, 18), 1.5F), solid(rgb_of(224, 252, 255)));
    canvas_paint(c, outline(box_at(522, 302, 748, 384, 18), 34),
                 blurred(faint(light(rgb_of(40, 110, 124), 635, 343, 300), 0.6F), 40));
}

static void draw_street(struct canvas *c)
{
    canvas_paint(c, box_at(0, PAVEMENT, 1280, KERB, 0),
                 textured(down(rgb_of(60, 56, 66), rgb_of(78, 72, 78), PAVEMENT, KERB),
                          TEXTURE_STONE, 0.16F, 31));
    for (int i = 0; i < 17; i++) {
        const float x = (float)(i * 80 - 20);
        canvas_paint(c, line_at(x + 20 + (640 - x) * 0.05F, PAVEMENT, x, KERB, 1.5F),
                     faint(solid(rgb_of(24, 22, 28)), 0.6F));
    }
    canvas_paint(c, box_at(0, KERB, 1280, KERB + 9, 0),
                 down(rgb_of(104, 98, 102), rgb_of(46, 42, 48), KERB, KERB + 9));
    canvas_paint(c, box_at(0, KERB + 9, 1280, 720, 0),
                 textured(down(rgb_of(34, 33, 42), rgb_of(17, 17, 24), KERB + 9, 720),
                          TEXTURE_STONE, 0.3F, 32));
    for (int i = 0; i < 5; i++) {
        const float x = 40 + 270 * (float)i;
        const float dash[][2] = {{x + 14, 664}, {x + 128, 664}, {x + 120, 674}, {x, 674}};
        canvas_paint(c, polygon_of(dash, 4),
                     faint(textured(solid(rgb_of(170, 168, 160)), TEXTURE_STONE, 0.4F, 33), 0.6F));
    }
}

/* The wet road draws every light out into a streak. */
static void draw_streak(struct canvas *c, float x, struct rgb colour, float width)
{
    for (int i = 0; i < 22; i++) {
        const float y = KERB + 14 + 8 * (float)i;
        const float shift = 12 * (noise_dot(i, (int)x, 5) - 0.5F);
        const float w = width * (0.5F + noise_dot(i, (int)x, 6));
        canvas_paint(c, ellipse_at(x + shift, y, w, 8),
                     blurred(faint(light(colour, x + shift, y, w), 0.8F - 0.03F * (float)i), 8));
    }
}

static void draw_lamp(struct scene *s, float x, bool is_named)
{
    struct canvas *c = &s->canvas;
    if (is_named) {
        scene_thing(s);
    }
    canvas_paint(c, line_at(x, 300, x, 520, 7),
                 tube(rgb_of(60, 58, 62), rgb_of(14, 13, 16), x - 1, 5));
    canvas_paint(c, box_at(x - 9, 508, x + 9, 526, 3), solid(rgb_of(22, 21, 25)));
    canvas_paint(c, line_at(x, 302, x + 34, 284, 6), solid(rgb_of(26, 25, 30)));
    canvas_paint(c, box_at(x + 20, 280, x + 62, 292, 5), solid(rgb_of(30, 29, 34)));
    canvas_paint(c, ellipse_at(x + 41, 293, 18, 6), solid(rgb_of(255, 240, 196)));
    if (is_named) {
        scene_mark(s, "street lamp",
                   QUERIES("the street lamp on the left", "a lamp left of the sign"));
    }
    canvas_paint(c, ellipse_at(x + 41, 294, 230, 230), light(rgb_of(42, 32, 17), x + 41, 294, 230));
    canvas_paint(c, ellipse_at(x + 41, 294, 60, 60), light(rgb_of(110, 92, 54), x + 41, 294, 60));
    canvas_paint(c, ellipse_at(x + 41, 528, 150, 22), light(rgb_of(56, 44, 24), x + 41, 528, 150));
    draw_streak(c, x + 41, rgb_of(74, 58, 30), 20);
}

static void draw_wheel(struct canvas *c, float x)
{
    canvas_paint(c, ellipse_at(x, 596, 27, 27),
                 ball(rgb_of(30, 30, 34), rgb_of(10, 10, 12), x, 590, 30));
    canvas_paint(c, ellipse_at(x, 596, 15, 15),
                 ball(rgb_of(180, 184, 192), rgb_of(84, 88, 96), x - 4, 590, 20));
    for (int i = 0; i < 5; i++) {
        const float angle = 1.2566F * (float)i + 0.3F;
        canvas_paint(c,
                     line_at(x + 4 * cosf(angle), 596 + 4 * sinf(angle), x + 12 * cosf(angle),
                             596 + 12 * sinf(angle), 3),
                     solid(rgb_of(60, 62, 70)));
    }
}

static void draw_body(struct canvas *c)
{
    static const float CABIN[][2] = {{884, 530},  {918, 488},  {934, 480},
                                     {1036, 480}, {1054, 487}, {1098, 532}};
    static const float FRONT_PANE[][2] = {
        {900, 528}, {926, 493}, {938, 488}, {976, 488}, {976, 528}};
    static const float REAR_PANE[][2] = {
        {986, 488}, {1032, 488}, {1046, 493}, {1078, 528}, {986, 528}};
    static const float BODY[][2] = {{812, 562},  {818, 546},  {846, 534},  {890, 527},
                                    {1096, 527}, {1140, 536}, {1152, 552}, {1154, 586},
                                    {1146, 596}, {820, 596},  {810, 584}};
    const struct paint pane = fade(rgb_of(74, 82, 108), rgb_of(18, 20, 30), 900, 488, 1000, 528);
    canvas_paint(c, polygon_of(CABIN, 6),
                 down(rgb_of(240, 240, 246), rgb_of(206, 208, 218), 480, 530));
    canvas_paint(c, polygon_of(FRONT_PANE, 5), pane);
    canvas_paint(c, polygon_of(REAR_PANE, 5), pane);
    canvas_paint(c, polygon_of(BODY, 11),
                 down(rgb_of(244, 244, 250), rgb_of(140, 143, 158), 527, 596));
    canvas_paint(c, box_at(814, 572, 1152, 580, 2), faint(solid(rgb_of(60, 62, 74)), 0.35F));
    canvas_paint(c, line_at(981, 530, 981, 590, 1.5F), faint(solid(rgb_of(40, 42, 52)), 0.7F));
    canvas_paint(c, line_at(890, 532, 896, 588, 1.5F), faint(solid(rgb_of(40, 42, 52)), 0.6F));
    canvas_paint(c, line_at(1088, 532, 1076, 588, 1.5F), faint(solid(rgb_of(40, 42, 52)), 0.6F));
    canvas_paint(c, line_at(958, 547, 972, 547, 4), solid(rgb_of(96, 98, 108)));
    canvas_paint(c, line_at(1054, 547, 1068, 547, 4), solid(rgb_of(96, 98, 108)));
    canvas_paint(c, ellipse_at(828, 556, 12, 7), solid(rgb_of(255, 250, 226)));
    canvas_paint(c, box_at(1138, 544, 1152, 556, 3), solid(rgb_of(214, 30, 34)));
}

static void draw_car(struct scene *s)
{
    struct canvas *c = &s->canvas;
    static const float BEAM[][2] = {{824, 556}, {640, 590}, {560, 612}, {640, 626}, {826, 600}};
    canvas_paint(c, polygon_of(BEAM, 5), blurred(light(rgb_of(96, 90, 70), 826, 572, 250), 30));
    canvas_shadow(c, 984, 618, 190, 15, 0.85F);
    canvas_shadow(c, 984, 614, 170, 10, 0.8F);
    scene_thing(s);
    draw_body(c);
    draw_wheel(c, 882);
    draw_wheel(c, 1088);
    scene_mark(s, "white car",
               QUERIES("where is the car", "the white car", "the car right of the sign"));
    canvas_paint(c, ellipse_at(826, 556, 34, 34), light(rgb_of(90, 84, 64), 826, 556, 34));
    canvas_paint(c, ellipse_at(1152, 552, 44, 32), light(rgb_of(80, 8, 10), 1150, 550, 44));
    draw_streak(c, 1150, rgb_of(46, 4, 6), 12);
}

/* What is above the kerb, upside down, stretched and drawn apart by the waves. */
static struct rgb reflection(const struct canvas *above, float x, float y)
{
    const float wave = noise_smooth(x * 0.03F, y * 0.3F, 72) - 0.5F;
    const float mirror = KERB - 1.75F * (y - KERB - 16) + 10 * wave;
    struct rgb sum = {0, 0, 0};
    for (int i = -3; i <= 3; i++) {
        const struct rgb part =
            canvas_at(above, x + 9 * wave + 0.6F * (float)i, mirror + 3 * (float)i);
        sum = (struct rgb){sum.r + part.r / 7, sum.g + part.g / 7, sum.b + part.b / 7};
    }
    return rgb_mix(sum, rgb_of(20, 22, 34), 0.18F);
}

static void draw_puddle(struct scene *s)
{
    struct canvas *c = &s->canvas;
    struct canvas above;
    canvas_init(&above, c->width, c->height);
    memcpy(above.px, c->px, (size_t)c->width * (size_t)c->height * sizeof *c->px);
    scene_thing(s);
    for (int row = KERB + 20; row < 716; row++) {
        for (int column = 240; column < 900; column++) {
            const float x = (float)column;
            const float y = (float)row;
            const float shore = noise_cloud(x * 0.011F, y * 0.022F, 71) - 0.5F;
            const float dx = (x - 566) / (255 + 150 * shore);
            const float dy = (y - 638) / (54 + 44 * shore);
            const float depth = 9 * (1 - dx * dx - dy * dy);
            if (depth > 0) {
                const struct shape px = box_at(x, y, x + 1, y + 1, 0);
                const float cover = depth < 1 ? depth : 1;
                canvas_paint(c, px, faint(solid(reflection(&above, x, y)), cover));
            }
        }
    }
    scene_mark(s, "puddle", QUERIES("where is the puddle", "the reflection on the road"));
    canvas_done(&above);
}

void draw_night(struct scene *s, int frame)
{
    struct canvas *c = &s->canvas;
    (void)frame;
    draw_sky(c);
    draw_street(c);
    for (int i = 0; i < N_HOUSES; i++) {
        draw_house(c, &HOUSES[i], (uint32_t)(400 + 20 * i));
    }
    draw_shop(c);
    draw_sign(s);
    draw_streak(c, 600, rgb_of(54, 10, 34), 40);
    draw_streak(c, 660, rgb_of(18, 44, 50), 40);
    draw_lamp(s, 150, true);
    draw_lamp(s, 800, false);
    draw_lamp(s, 1180, false);
    draw_puddle(s);
    draw_car(s);
    canvas_develop(c, 0.14F, 0.3F, 0.9F, 3);
}
