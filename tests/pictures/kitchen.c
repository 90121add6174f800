/* SPDX-License-Identifier: Apache-2.0 */
/* A kitchen in daylight: cupboards, a window, a worktop with a sink right of the middle, a red mug
 * left of it, and things that are not the mug. */
#include <math.h>

#include "tests/pictures/scenes.h"

static const float PI = 3.14159265F;

enum { WALL_END = 452, TOP_END = 562, EDGE_END = 588 }; /* y of wall, worktop and its front edge */

static void draw_wall(struct canvas *c)
{
    const struct paint plaster = down(rgb_of(236, 228, 212), rgb_of(212, 201, 182), 0, WALL_END);
    canvas_paint(c, box_at(0, 0, 1024, WALL_END + 4, 0),
                 textured(plaster, TEXTURE_GRAIN, 0.05F, 3));
    canvas_paint(c, box_at(0, 322, 1024, WALL_END + 4, 0), solid(rgb_of(186, 186, 178)));
    for (int row = 0; row < 3; row++) {
        for (int column = -1; column < 16; column++) {
            const float x = (float)(column * 70 + row % 2 * 35);
            const float y = 325 + (float)row * 44;
            const int tone = (int)(18 * noise_dot(column, row, 77));
            const struct rgb light_side = rgb_of(226 - tone, 232 - tone, 226 - tone);
            const struct rgb dark_side = rgb_of(200 - tone, 209 - tone, 204 - tone);
            canvas_paint(c, box_at(x, y, x + 67, y + 41, 3),
                         fade(light_side, dark_side, x, y, x + 60, y + 41));
            canvas_paint(c, box_at(x + 3, y + 2, x + 64, y + 5, 1),
                         faint(solid(rgb_of(255, 255, 255)), 0.35F));
        }
    }
}

static void draw_panel(struct canvas *c, struct box b, uint32_t seed)
{
    const float x0 = (float)b.x0;
    const float y0 = (float)b.y0;
    const float x1 = (float)b.x1;
    const float y1 = (float)b.y1;
    const struct paint wood = fade(rgb_of(196, 152, 102), rgb_of(170, 124, 78), x0, y0, x1, y1);
    canvas_paint(c, box_at(x0, y0, x1, y1, 4), textured(wood, TEXTURE_WOOD, 0.06F, seed));
    canvas_paint(c, outline(box_at(x0, y0, x1, y1, 4), 2), faint(solid(rgb_of(84, 56, 32)), 0.7F));
    const struct paint inner = fade(rgb_of(182, 137, 88), rgb_of(190, 146, 98), x0, y0, x1, y1);
    canvas_paint(c, box_at(x0 + 26, y0 + 26, x1 - 26, y1 - 26, 2),
                 textured(inner, TEXTURE_WOOD, 0.06F, seed + 40));
    canvas_paint(c, line_at(x0 + 26, y0 + 26, x1 - 26, y0 + 26, 3),
                 faint(solid(rgb_of(96, 64, 36)), 0.7F));
    canvas_paint(c, line_at(x0 + 26, y0 + 26, x0 + 26, y1 - 26, 3),
                 faint(solid(rgb_of(96, 64, 36)), 0.6F));
    canvas_paint(c, line_at(x0 + 26, y1 - 26, x1 - 26, y1 - 26, 2),
                 faint(solid(rgb_of(232, 196, 150)), 0.8F));
}

static void draw_knob(struct canvas *c, float x, float y)
{
    canvas_shadow(c, x + 4, y + 6, 8, 7, 0.4F);
    canvas_paint(c, ellipse_at(x, y, 7, 7),
                 ball(rgb_of(238, 236, 230), rgb_of(96, 96, 98), x - 2, y - 3, 11));
}

static void draw_cupboards(struct scene *s)
{
    static const struct box DOORS[] = {
        {14, 12, 172, 292}, {174, 12, 332, 292}, {712, 12, 864, 292}, {866, 12, 1012, 292}};
    struct canvas *c = &s->canvas;
    canvas_shadow(c, 180, 306, 190, 16, 0.5F);
    canvas_shadow(c, 864, 306, 180, 16, 0.5F);
    for (int i = 0; i < 4; i++) {
        if (i % 2 == 0) {
            scene_thing(s);
        }
        draw_panel(c, DOORS[i], (uint32_t)(100 + i * 7));
        draw_knob(c, (float)(i % 2 ? DOORS[i].x0 + 13 : DOORS[i].x1 - 13), 262);
        if (i == 1) {
            scene_mark(s, "left cupboard", QUERIES("the wooden cupboard left of the window"));
        } else if (i == 3) {
            scene_mark(s, "right cupboard", QUERIES("the wooden cupboard right of the window"));
        }
    }
}

static void draw_view(struct canvas *c)
{
    canvas_clip(c, (struct box){390, 42, 654, 306});
    canvas_paint(c, box_at(392, 44, 652, 304, 0),
                 down(rgb_of(142, 192, 236), rgb_of(228, 240, 246), 44, 250));
    canvas_paint(c, ellipse_at(470, 104, 60, 14),
                 blurred(faint(solid(rgb_of(255, 255, 255)), 0.8F), 18));
    canvas_paint(c, ellipse_at(586, 78, 44, 11),
                 blurred(faint(solid(rgb_of(255, 255, 255)), 0.7F), 16));
    for (int i = 0; i < 26; i++) {
        const float x = 386 + 274 * noise_dot(i, 1, 5);
        const float y = 214 + 34 * noise_dot(i, 2, 5);
        const float r = 18 + 20 * noise_dot(i, 3, 5);
        const int tone = (int)(50 * noise_dot(i, 4, 5));
        canvas_paint(c, ellipse_at(x, y, r, r * 0.8F),
                     blurred(solid(rgb_of(96 + tone, 140 + tone, 92 + tone / 2)), 14));
    }
    canvas_paint(c, box_at(380, 236, 664, 316, 0),
                 blurred(down(rgb_of(150, 186, 110), rgb_of(186, 210, 140), 236, 304), 16));
    canvas_unclip(c);
}

static void draw_frame(struct canvas *c)
{
    static const struct box BARS[] = {{376, 28, 668, 46},  {376, 300, 668, 318},
                                      {376, 28, 394, 318}, {650, 28, 668, 318},
                                      {516, 40, 528, 306}, {390, 164, 654, 174}};
    for (int i = 0; i < 6; i++) {
        const struct box b = BARS[i];
        const struct shape bar = box_at((float)b.x0, (float)b.y0, (float)b.x1, (float)b.y1, 1);
        canvas_paint(c, bar,
                     fade(rgb_of(250, 249, 246), rgb_of(214, 212, 206), (float)b.x0, (float)b.y0,
                          (float)b.x1, (float)b.y1));
        canvas_paint(c, outline(bar, 1), faint(solid(rgb_of(140, 138, 130)), 0.4F));
    }
    canvas_paint(c, box_at(362, 312, 682, 326, 3),
                 down(rgb_of(252, 250, 246), rgb_of(196, 192, 184), 312, 326));
}

static void draw_window(struct scene *s)
{
    struct canvas *c = &s->canvas;
    scene_thing(s);
    draw_view(c);
    draw_frame(c);
    scene_mark(s, "window", QUERIES("where is the window", "the window between the cupboards"));
    canvas_paint(c, ellipse_at(522, 172, 420, 340), light(rgb_of(34, 34, 30), 522, 172, 420));
}

static void draw_worktop(struct canvas *c)
{
    canvas_paint(c, box_at(0, WALL_END, 1024, TOP_END, 0),
                 textured(down(rgb_of(118, 116, 114), rgb_of(166, 163, 158), WALL_END, TOP_END),
                          TEXTURE_STONE, 0.14F, 11));
    canvas_paint(c, box_at(0, WALL_END - 10, 1024, WALL_END + 12, 0),
                 blurred(faint(solid(rgb_of(40, 38, 36)), 0.35F), 18));
    canvas_paint(c, ellipse_at(520, 505, 300, 46), light(rgb_of(30, 30, 28), 520, 505, 300));
    canvas_paint(c, box_at(0, TOP_END, 1024, EDGE_END, 0),
                 textured(down(rgb_of(142, 139, 134), rgb_of(92, 90, 87), TOP_END, EDGE_END),
                          TEXTURE_STONE, 0.14F, 12));
    canvas_paint(c, box_at(0, TOP_END - 2, 1024, TOP_END + 3, 0),
                 faint(solid(rgb_of(224, 221, 216)), 0.8F));
}

static void draw_lower(struct canvas *c)
{
    canvas_paint(c, box_at(0, EDGE_END, 1024, 768, 0), solid(rgb_of(58, 40, 24)));
    for (int i = 0; i < 4; i++) {
        const struct box door = {8 + i * 254, EDGE_END + 8, 254 + i * 254, 790};
        draw_panel(c, door, (uint32_t)(200 + i * 11));
    }
    canvas_paint(c, box_at(0, EDGE_END - 2, 1024, EDGE_END + 26, 0),
                 blurred(faint(solid(rgb_of(20, 14, 8)), 0.6F), 30));
    for (int i = 0; i < 4; i++) {
        const float x = 86 + 254 * (float)i;
        canvas_paint(c, line_at(x + 2, 616, x + 92, 616, 9),
                     blurred(faint(solid(rgb_of(24, 16, 10)), 0.5F), 6));
        canvas_paint(c, line_at(x, 610, x + 90, 610, 8), solid(rgb_of(132, 134, 138)));
        canvas_paint(c, line_at(x, 609, x + 90, 609, 4),
                     fade(rgb_of(248, 248, 246), rgb_of(190, 192, 196), x, 0, x + 90, 0));
    }
}

static void draw_sink(struct scene *s)
{
    struct canvas *c = &s->canvas;
    canvas_shadow(c, 700, 548, 142, 14, 0.3F);
    scene_thing(s);
    canvas_paint(c, box_at(566, 470, 834, 552, 20),
                 fade(rgb_of(232, 235, 238), rgb_of(164, 170, 176), 566, 470, 834, 552));
    canvas_paint(c, outline(box_at(567, 471, 833, 551, 19), 2),
                 faint(solid(rgb_of(255, 255, 255)), 0.7F));
    canvas_paint(c, box_at(582, 480, 818, 543, 16),
                 down(rgb_of(74, 80, 86), rgb_of(176, 182, 187), 480, 543));
    canvas_paint(c, box_at(600, 496, 800, 536, 14),
                 blurred(down(rgb_of(120, 127, 133), rgb_of(190, 195, 199), 496, 536), 12));
    canvas_paint(c, ellipse_at(650, 514, 40, 9), light(rgb_of(60, 62, 64), 650, 514, 40));
    canvas_paint(c, ellipse_at(704, 518, 15, 6), solid(rgb_of(70, 74, 78)));
    canvas_paint(c, ellipse_at(704, 517, 10, 4), solid(rgb_of(28, 30, 32)));
    scene_mark(s, "sink", QUERIES("where is the sink", "the steel sink"));
}

static void draw_pipe(struct canvas *c, float x0, float y0, float x1, float y1)
{
    canvas_paint(c, line_at(x0, y0, x1, y1, 15), solid(rgb_of(96, 102, 108)));
    canvas_paint(c, line_at(x0 - 1, y0 - 1, x1 - 1, y1 - 1, 11), solid(rgb_of(168, 174, 180)));
    canvas_paint(c, line_at(x0 - 2, y0 - 2, x1 - 2, y1 - 2, 4), solid(rgb_of(246, 248, 250)));
}

static void draw_tap(struct scene *s)
{
    struct canvas *c = &s->canvas;
    enum { STEPS = 24 };
    static const int WIDTHS[] = {15, 11, 4};
    static const int TONES[][3] = {{96, 102, 108}, {168, 174, 180}, {246, 248, 250}};
    scene_thing(s);
    draw_pipe(c, 756, 470, 756, 398);
    for (int layer = 0; layer < 3; layer++) {
        for (int i = 0; i < STEPS; i++) {
            const float from = PI * (float)i / STEPS;
            const float to = PI * (float)(i + 1) / STEPS;
            const float shift = (float)layer;
            canvas_paint(c,
                         line_at(718 + 38 * cosf(from) - shift, 398 - 38 * sinf(from) - shift,
                                 718 + 38 * cosf(to) - shift, 398 - 38 * sinf(to) - shift,
                                 (float)WIDTHS[layer]),
                         solid(rgb_of(TONES[layer][0], TONES[layer][1], TONES[layer][2])));
        }
    }
    draw_pipe(c, 680, 398, 680, 420);
    canvas_paint(c, box_at(738, 458, 774, 476, 7),
                 tube(rgb_of(226, 230, 234), rgb_of(92, 98, 104), 750, 24));
    draw_pipe(c, 790, 446, 764, 456);
    scene_mark(s, "tap", QUERIES("the tap above the sink"));
}

static void draw_mug(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct rgb bright = rgb_of(226, 46, 40);
    const struct rgb dark = rgb_of(120, 12, 16);
    canvas_shadow(c, 500, 536, 56, 12, 0.6F);
    scene_thing(s);
    canvas_paint(c, outline(ellipse_at(438, 492, 19, 23), 11),
                 fade(rgb_of(206, 34, 32), dark, 420, 470, 450, 520));
    canvas_paint(c, outline(ellipse_at(437, 491, 19, 23), 3),
                 faint(solid(rgb_of(255, 140, 130)), 0.45F));
    canvas_paint(c, box_at(444, 456, 516, 536, 8), tube(bright, dark, 470, 56));
    canvas_paint(c, ellipse_at(480, 533, 36, 9), tube(bright, dark, 470, 56));
    canvas_paint(c, ellipse_at(480, 457, 36, 11),
                 tube(rgb_of(242, 84, 74), rgb_of(160, 28, 28), 462, 60));
    canvas_paint(c, ellipse_at(480, 458, 31, 8),
                 down(rgb_of(60, 14, 12), rgb_of(110, 44, 30), 450, 466));
    canvas_paint(c, ellipse_at(480, 461, 27, 5),
                 down(rgb_of(64, 36, 22), rgb_of(96, 60, 38), 456, 466));
    canvas_paint(c, line_at(461, 474, 461, 522, 6),
                 blurred(faint(solid(rgb_of(255, 206, 200)), 0.55F), 5));
    scene_mark(s, "red mug",
               QUERIES("where is the red mug", "the red mug left of the sink", "a small red mug"));
}

static void draw_leaf(struct canvas *c, int i)
{
    const float angle = -PI * (0.04F + 0.92F * (float)((i * 7) % 30) / 29);
    const float length = 56 + 62 * noise_dot(i, 1, 31);
    const float x = 116 + (length * 0.62F) * cosf(angle);
    const float y = 436 + (length * 0.86F) * sinf(angle) * 1.1F;
    const int tone = (int)(70 * noise_dot(i, 2, 31));
    const struct rgb near = rgb_of(30 + tone, 96 + tone, 34 + tone / 2);
    const struct rgb tip = rgb_of(66 + tone, 148 + tone, 52 + tone / 2);
    const float reach = length * 0.42F;
    const float tilt = angle + 0.5F * (noise_dot(i, 3, 31) - 0.5F);
    canvas_paint(c, line_at(116, 440, x, y, 3), solid(rgb_of(52, 92, 40)));
    canvas_paint(c, turned(ellipse_at(x, y, reach, 13), tilt),
                 fade(near, tip, x - reach * cosf(tilt), y - reach * sinf(tilt),
                      x + reach * cosf(tilt), y + reach * sinf(tilt)));
    canvas_paint(c,
                 line_at(x - 0.9F * reach * cosf(tilt), y - 0.9F * reach * sinf(tilt),
                         x + 0.9F * reach * cosf(tilt), y + 0.9F * reach * sinf(tilt), 1.5F),
                 faint(solid(rgb_of(196, 224, 150)), 0.5F));
}

static void draw_plant(struct scene *s)
{
    static const float POT[][2] = {{76, 448}, {158, 448}, {146, 532}, {88, 532}};
    struct canvas *c = &s->canvas;
    canvas_shadow(c, 132, 532, 62, 12, 0.55F);
    scene_thing(s);
    for (int i = 0; i < 30; i++) {
        draw_leaf(c, i);
    }
    canvas_paint(c, polygon_of(POT, 4),
                 textured(tube(rgb_of(206, 116, 74), rgb_of(112, 52, 30), 106, 62), TEXTURE_GRAIN,
                          0.08F, 8));
    canvas_paint(c, ellipse_at(117, 532, 29, 5), solid(rgb_of(130, 66, 40)));
    canvas_paint(c, box_at(70, 436, 164, 456, 4),
                 tube(rgb_of(222, 132, 88), rgb_of(124, 60, 36), 104, 70));
    scene_mark(s, "green plant", QUERIES("where is the green plant", "the plant in the clay pot"));
}

static void draw_board(struct canvas *c)
{
    static const float BOARD[][2] = {{232, 502}, {376, 502}, {398, 546}, {214, 546}};
    static const float SIDE[][2] = {{214, 546}, {398, 546}, {398, 554}, {214, 554}};
    canvas_shadow(c, 312, 554, 104, 10, 0.5F);
    canvas_paint(c, polygon_of(SIDE, 4), solid(rgb_of(150, 108, 64)));
    canvas_paint(c, polygon_of(BOARD, 4),
                 textured(down(rgb_of(214, 172, 116), rgb_of(228, 190, 138), 502, 546),
                          TEXTURE_WOOD, 0.07F, 55));
}

static void draw_lemon(struct scene *s)
{
    struct canvas *c = &s->canvas;
    draw_board(c);
    canvas_shadow(c, 318, 536, 42, 9, 0.55F);
    scene_thing(s);
    canvas_paint(c, turned(ellipse_at(341, 504, 13, 8), 0.3F),
                 fade(rgb_of(240, 206, 48), rgb_of(196, 150, 20), 330, 498, 352, 512));
    canvas_paint(c, turned(ellipse_at(307, 512, 36, 25), -0.15F),
                 textured(ball(rgb_of(255, 236, 96), rgb_of(190, 140, 10), 296, 500, 52),
                          TEXTURE_GRAIN, 0.1F, 21));
    canvas_paint(c, ellipse_at(294, 501, 10, 6),
                 blurred(faint(solid(rgb_of(255, 252, 214)), 0.8F), 8));
    scene_mark(s, "yellow lemon", QUERIES("where is the lemon", "the yellow lemon on the board"));
}

static void draw_towel(struct scene *s)
{
    static const float TOWEL[][2] = {{866, 556}, {962, 556}, {964, 640}, {961, 716}, {936, 722},
                                     {912, 715}, {888, 723}, {864, 716}, {867, 640}};
    struct canvas *c = &s->canvas;
    canvas_paint(c, box_at(872, 570, 978, 728, 8),
                 blurred(faint(solid(rgb_of(16, 12, 10)), 0.45F), 16));
    scene_thing(s);
    canvas_paint(c, polygon_of(TOWEL, 9),
                 textured(fade(rgb_of(70, 128, 206), rgb_of(36, 78, 150), 866, 560, 950, 720),
                          TEXTURE_CLOTH, 0.24F, 66));
    for (int i = 0; i < 3; i++) {
        const float y = 664 + 14 * (float)i;
        canvas_paint(c, box_at(866, y, 962, y + 7, 1),
                     faint(textured(solid(rgb_of(236, 240, 246)), TEXTURE_CLOTH, 0.2F, 66), 0.92F));
    }
    canvas_paint(c, box_at(866, 556, 962, 562, 2), faint(solid(rgb_of(150, 190, 236)), 0.7F));
    scene_mark(s, "blue towel", QUERIES("where is the blue towel", "the towel with white stripes"));
}

static void draw_kettle(struct scene *s)
{
    static const float SPOUT[][2] = {{868, 446}, {846, 424}, {854, 418}, {884, 436}};
    struct canvas *c = &s->canvas;
    canvas_shadow(c, 934, 524, 66, 12, 0.55F);
    scene_thing(s);
    canvas_paint(c, polygon_of(SPOUT, 4),
                 fade(rgb_of(220, 224, 228), rgb_of(110, 116, 122), 848, 418, 880, 446));
    canvas_paint(c, outline(ellipse_at(918, 420, 40, 42), 9), solid(rgb_of(34, 34, 38)));
    canvas_paint(c, box_at(866, 424, 970, 524, 34),
                 tube(rgb_of(246, 248, 250), rgb_of(92, 98, 106), 900, 72));
    canvas_paint(c, box_at(872, 506, 964, 526, 8),
                 tube(rgb_of(90, 92, 96), rgb_of(26, 28, 30), 900, 70));
    canvas_paint(c, ellipse_at(918, 428, 38, 9),
                 tube(rgb_of(230, 234, 238), rgb_of(118, 124, 130), 900, 50));
    canvas_paint(c, ellipse_at(918, 418, 9, 8),
                 ball(rgb_of(110, 110, 114), rgb_of(18, 18, 20), 915, 414, 12));
    canvas_paint(c, box_at(942, 452, 950, 500, 3), faint(solid(rgb_of(58, 66, 76)), 0.5F));
    scene_mark(s, "steel kettle", QUERIES("where is the kettle", "the kettle right of the sink"));
}

void draw_kitchen(struct scene *s, int frame)
{
    struct canvas *c = &s->canvas;
    (void)frame;
    draw_wall(c);
    draw_cupboards(s);
    draw_window(s);
    draw_worktop(c);
    draw_lower(c);
    draw_tap(s);
    draw_sink(s);
    draw_plant(s);
    draw_lemon(s);
    draw_mug(s);
    draw_kettle(s);
    draw_towel(s);
    canvas_develop(c, 0.13F, 0.28F, 1.0F, 1);
}
