/* SPDX-License-Identifier: Apache-2.0 */
/* The label of a packet of oats on a table: a title, a table of small text, and plain paper. */
#include <math.h>

#include "tests/pictures/font.h"
#include "tests/pictures/scenes.h"

static const struct {
    const char *name, *amount;
} ROWS[] = {
    {"Energy", "1830 kJ / 437 kcal"},
    {"Fat", "14.2 g"},
    {" of which saturates", "1.9 g"},
    {"Carbohydrate", "61.0 g"},
    {" of which sugars", "18.3 g"},
    {"Fibre", "8.1 g"},
    {"Protein", "10.4 g"},
    {"Salt", "0.12 g"},
    {"Iron", "4.1 mg"},
};
enum { N_ROWS = sizeof ROWS / sizeof *ROWS };

static void draw_table(struct canvas *c)
{
    canvas_paint(c, box_at(0, 0, 900, 1200, 0),
                 textured(fade(rgb_of(112, 76, 48), rgb_of(78, 50, 32), 0, 0, 900, 1200),
                          TEXTURE_WOOD, 0.1F, 4));
    canvas_paint(c, box_at(62, 66, 852, 1162, 14),
                 blurred(faint(solid(rgb_of(10, 6, 4)), 0.7F), 30));
}

static void draw_paper(struct canvas *c)
{
    canvas_paint(c, box_at(50, 46, 846, 1150, 12),
                 fade(rgb_of(252, 248, 238), rgb_of(236, 229, 213), 50, 46, 846, 1150));
    canvas_paint(c, outline(box_at(51, 47, 845, 1149, 11), 2),
                 faint(solid(rgb_of(200, 186, 160)), 0.6F));
}

static void draw_grain(struct canvas *c, float x, float y, float angle)
{
    canvas_paint(c, turned(ellipse_at(x, y, 20, 7), angle),
                 fade(rgb_of(250, 222, 150), rgb_of(206, 150, 62), x - 14, y - 8, x + 14, y + 8));
    canvas_paint(c,
                 line_at(x - 13 * cosf(angle), y - 13 * sinf(angle), x + 13 * cosf(angle),
                         y + 13 * sinf(angle), 1.5F),
                 faint(solid(rgb_of(140, 90, 30)), 0.5F));
}

/* An ear of oats, lying across the band. */
static void draw_ear(struct canvas *c, float x, float y)
{
    canvas_paint(c, line_at(x, y, x + 250, y - 26, 4), solid(rgb_of(232, 196, 120)));
    for (int i = 0; i < 9; i++) {
        const float sx = x + 70 + 20 * (float)i;
        const float sy = y - 7 - 2.1F * (float)i;
        draw_grain(c, sx + 8, sy - 12, -0.75F);
        draw_grain(c, sx + 8, sy + 10, 0.55F);
    }
    draw_grain(c, x + 262, y - 28, -0.1F);
}

static void draw_title(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct type big = {11.5F, BOLD, rgb_of(255, 250, 238)};
    const struct type shade = {11.5F, BOLD, rgb_of(120, 48, 8)};
    const struct type small = {4.2F, REGULAR, rgb_of(255, 236, 206)};
    canvas_paint(c, box_at(50, 46, 846, 330, 12),
                 fade(rgb_of(222, 122, 40), rgb_of(176, 74, 22), 50, 46, 846, 330));
    canvas_paint(c, box_at(50, 318, 846, 340, 0), solid(rgb_of(88, 116, 52)));
    draw_ear(c, 490, 300);
    font_draw(c, 97, 93, &shade, "OAT CRUNCH");
    scene_thing(s);
    font_draw(c, 94, 90, &big, "OAT CRUNCH");
    scene_mark(s, "title",
               QUERIES("what is the product called", "the title", "the large white letters"));
    scene_thing(s);
    font_draw(c, 96, 206, &small, "with honey & almonds");
    scene_mark(s, "subtitle", QUERIES("what is in it besides oats", "the line below the title"));
}

static void draw_nutrition(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct rgb ink = rgb_of(44, 38, 32);
    const struct type head = {3, BOLD, ink};
    const struct type small = {2, REGULAR, ink};
    const struct paint rule = faint(solid(ink), 0.85F);
    scene_thing(s);
    canvas_paint(c, outline(box_at(92, 694, 568, 1082, 4), 3), rule);
    font_draw(c, 110, 714, &head, "NUTRITION");
    font_draw_right(c, 550, 720, &small, "per 100 g");
    canvas_paint(c, box_at(104, 748, 556, 752, 0), rule);
    for (int i = 0; i < N_ROWS; i++) {
        const float y = 770 + 34 * (float)i;
        font_draw(c, 110, y, &small, ROWS[i].name);
        font_draw_right(c, 550, y, &small, ROWS[i].amount);
        if (i + 1 < N_ROWS) {
            canvas_paint(c, box_at(104, y + 23, 556, y + 24.5F, 0), faint(rule, 0.7F));
        }
    }
    scene_mark(s, "nutrition table",
               QUERIES("read the nutrition label", "small text", "how much sugar is in it",
                       "how much salt does it have"));
}

static void draw_weight(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct type type = {5, BOLD, rgb_of(88, 116, 52)};
    scene_thing(s);
    font_draw_right(c, 806, 1096, &type, "500 g");
    scene_mark(s, "weight", QUERIES("how heavy is the packet", "the weight in green letters"));
}

void draw_label(struct scene *s, int frame)
{
    (void)frame;
    draw_table(&s->canvas);
    draw_paper(&s->canvas);
    draw_title(s);
    draw_nutrition(s);
    draw_weight(s);
    canvas_paint(&s->canvas, ellipse_at(240, 200, 700, 700),
                 light(rgb_of(14, 13, 10), 240, 200, 700));
    canvas_develop(&s->canvas, 0.1F, 0.22F, 0.5F, 2);
}
