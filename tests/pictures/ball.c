/* SPDX-License-Identifier: Apache-2.0 */
/* A ball that bounces over a lawn from left to right, one frame at a time. */
#include <math.h>

#include "tests/pictures/scenes.h"

enum { GROUND = 84 };

static void draw_garden(struct canvas *c)
{
    canvas_paint(c, box_at(0, 0, 160, GROUND, 0),
                 down(rgb_of(126, 180, 230), rgb_of(222, 236, 244), 0, GROUND));
    canvas_paint(c, ellipse_at(42, 22, 20, 6),
                 blurred(faint(solid(rgb_of(255, 255, 255)), 0.85F), 6));
    for (int i = 0; i < 14; i++) {
        const float x = 12 * (float)i + 4 * noise_dot(i, 1, 8);
        const float r = 9 + 7 * noise_dot(i, 2, 8);
        const int tone = (int)(40 * noise_dot(i, 3, 8));
        canvas_paint(c, ellipse_at(x, GROUND - 5, r, r),
                     blurred(solid(rgb_of(50 + tone, 96 + tone, 52 + tone)), 4));
    }
    canvas_paint(c, box_at(0, GROUND, 160, 120, 0),
                 textured(down(rgb_of(112, 158, 72), rgb_of(76, 124, 46), GROUND, 120),
                          TEXTURE_GRAIN, 0.3F, 6));
}

void draw_ball(struct scene *s, int frame)
{
    struct canvas *c = &s->canvas;
    const float t = (float)frame / (BALL_FRAMES - 1);
    const float x = 18 + 124 * t;
    const float bounce = fabsf(cosf(3.14159265F * 1.5F * t));
    const float y = 98 - 62 * bounce;
    draw_garden(c);
    canvas_shadow(c, x + 3, 110, 13 - 4 * bounce, 4, 0.6F - 0.25F * bounce);
    scene_thing(s);
    canvas_paint(c, ellipse_at(x, y, 12, 12),
                 ball(rgb_of(255, 176, 80), rgb_of(186, 64, 8), x - 4, y - 5, 18));
    canvas_paint(c, ellipse_at(x - 4, y - 5, 3.5F, 3),
                 blurred(faint(solid(rgb_of(255, 244, 224)), 0.9F), 3));
    scene_mark(s, "ball", QUERIES("where is the ball", "the orange ball", "what moves"));
    canvas_develop(c, 0.1F, 0.1F, 1.5F, (uint32_t)(40 + 3 * frame));
}
