/* SPDX-License-Identifier: Apache-2.0 */
/* A bar chart, as a program draws it: flat colours, thin lines, small text. */
#include <stdio.h>

#include "tests/pictures/font.h"
#include "tests/pictures/scenes.h"

enum { LEFT = 110, RIGHT = 760, TOP = 120, BOTTOM = 580, MOST = 50 }; /* MOST tonnes at the top */

static const struct {
    const char *name, *thing;
    int tonnes;
    int r, g, b;
    const char *queries[SCENE_QUERIES_MAX];
} BARS[] = {
    {"Apples", "red bar", 42, 208, 58, 52, {"the red bar", "how many apples"}},
    {"Pears",
     "green bar",
     27,
     70,
     158,
     84,
     {"the green bar", "where is the green bar", "how many pears"}},
    {"Plums", "purple bar", 18, 126, 82, 166, {"the purple bar", "how many plums"}},
    {"Cherries", "orange bar", 34, 236, 142, 46, {"the orange bar", "how many cherries"}},
    {"Quinces", "blue bar", 9, 58, 116, 190, {"the blue bar", "the lowest bar"}},
};
enum { N_BARS = sizeof BARS / sizeof *BARS };

static float height_of(int tonnes)
{
    return (float)BOTTOM - (float)(BOTTOM - TOP) * (float)tonnes / MOST;
}

static void draw_axes(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct type small = {2, REGULAR, rgb_of(70, 74, 82)};
    for (int v = 0; v <= MOST; v += 10) {
        const float y = height_of(v);
        canvas_paint(c, box_at(LEFT, y - 0.5F, RIGHT, y + 0.5F, 0), solid(rgb_of(222, 225, 230)));
    }
    scene_thing(s);
    for (int v = 0; v <= MOST; v += 10) {
        char text[16];
        snprintf(text, sizeof text, "%d", v);
        font_draw_right(c, LEFT - 14, height_of(v) - 7, &small, text);
    }
    scene_mark(s, "scale", QUERIES("the numbers on the axis"));
    canvas_paint(c, box_at(LEFT - 1, TOP - 10, LEFT + 1, BOTTOM + 1, 0),
                 solid(rgb_of(90, 94, 102)));
    canvas_paint(c, box_at(LEFT - 1, BOTTOM - 1, RIGHT, BOTTOM + 1, 0), solid(rgb_of(90, 94, 102)));
    font_draw(c, LEFT - 60, TOP - 42, &small, "tonnes");
}

static void draw_bars(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct type small = {2, REGULAR, rgb_of(70, 74, 82)};
    const struct type value = {2.2F, BOLD, rgb_of(40, 44, 52)};
    for (int i = 0; i < N_BARS; i++) {
        const float x = LEFT + 26 + 126 * (float)i;
        const float y = height_of(BARS[i].tonnes);
        const struct rgb colour = rgb_of(BARS[i].r, BARS[i].g, BARS[i].b);
        char text[16];
        scene_thing(s);
        canvas_paint(c, box_at(x, y, x + 84, BOTTOM, 0),
                     fade(rgb_mix(colour, rgb_of(255, 255, 255), 0.14F), colour, x, 0, x + 84, 0));
        scene_mark(s, BARS[i].thing, BARS[i].queries);
        snprintf(text, sizeof text, "%d", BARS[i].tonnes);
        font_draw(c, x + 42 - font_width(&value, text) / 2, y - 24, &value, text);
        font_draw(c, x + 42 - font_width(&small, BARS[i].name) / 2, BOTTOM + 18, &small,
                  BARS[i].name);
    }
}

static void draw_legend(struct scene *s)
{
    struct canvas *c = &s->canvas;
    const struct type small = {2, REGULAR, rgb_of(54, 58, 66)};
    scene_thing(s);
    canvas_paint(c, box_at(800, 130, 968, 330, 4), solid(rgb_of(247, 248, 250)));
    canvas_paint(c, outline(box_at(800, 130, 968, 330, 4), 1.5F), solid(rgb_of(186, 190, 198)));
    for (int i = 0; i < N_BARS; i++) {
        const float y = 150 + 36 * (float)i;
        canvas_paint(c, box_at(818, y, 836, y + 18, 2),
                     solid(rgb_of(BARS[i].r, BARS[i].g, BARS[i].b)));
        font_draw(c, 848, y + 2, &small, BARS[i].name);
    }
    scene_mark(s, "legend", QUERIES("where is the legend", "which colour stands for which fruit"));
}

void draw_chart(struct scene *s, int frame)
{
    struct canvas *c = &s->canvas;
    const struct type title = {4, BOLD, rgb_of(36, 40, 48)};
    const struct type small = {1.6F, REGULAR, rgb_of(120, 124, 132)};
    (void)frame;
    canvas_paint(c, box_at(0, 0, 1000, 700, 0),
                 down(rgb_of(255, 255, 255), rgb_of(246, 248, 251), 0, 700));
    scene_thing(s);
    font_draw(c, 50, 28, &title, "Fruit picked this year");
    scene_mark(s, "title", QUERIES("the title of the chart", "what does the chart show"));
    draw_axes(s);
    draw_bars(s);
    draw_legend(s);
    scene_thing(s);
    font_draw(
        c, 50, 656, &small,
        "Source: the orchard's own scales, weighed every evening (made up for this picture).");
    scene_mark(s, "source", QUERIES("small text", "where do the numbers come from"));
}
