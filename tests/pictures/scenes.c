/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/pictures/scenes.h"

#include <assert.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

const struct scene_kind SCENES[] = {
    {"kitchen.png", 1024, 768, draw_kitchen, 0}, {"label.png", 900, 1200, draw_label, 0},
    {"night.png", 1280, 720, draw_night, 0},     {"chart.png", 1000, 700, draw_chart, 0},
    {"ball-1.png", 160, 120, draw_ball, 0},      {"ball-2.png", 160, 120, draw_ball, 1},
    {"ball-3.png", 160, 120, draw_ball, 2},      {"ball-4.png", 160, 120, draw_ball, 3},
    {"ball-5.png", 160, 120, draw_ball, 4},      {"ball-6.png", 160, 120, draw_ball, 5},
};
const size_t SCENES_COUNT = sizeof SCENES / sizeof *SCENES;

void scene_thing(struct scene *s)
{
    canvas_forget(&s->canvas);
}

void scene_mark(struct scene *s, const char *name, const char *const queries[SCENE_QUERIES_MAX])
{
    assert(s->n_marks < SCENE_MARKS_MAX);
    struct mark *m = &s->marks[s->n_marks++];
    m->name = name;
    m->box = s->canvas.touched;
    for (int i = 0; i < SCENE_QUERIES_MAX; i++) {
        m->queries[i] = queries[i];
    }
}

void scene_draw(const struct scene_kind *kind, struct scene *out)
{
    *out = (struct scene){.n_marks = 0};
    canvas_init(&out->canvas, kind->width, kind->height);
    kind->draw(out, kind->frame);
}

void scene_done(struct scene *s)
{
    canvas_done(&s->canvas);
}

/* ---- the truth ---- */

/* Names and queries are ours: nothing in them needs an escape. */
static void put_mark(struct buf *out, const struct mark *m)
{
    buf_printf(out, "      {\"name\": \"%s\", \"box\": [%d, %d, %d, %d],\n       \"queries\": [",
               m->name, m->box.x0, m->box.y0, m->box.x1, m->box.y1);
    for (int i = 0; i < SCENE_QUERIES_MAX && m->queries[i]; i++) {
        buf_printf(out, "%s\"%s\"", i ? ", " : "", m->queries[i]);
    }
    buf_puts(out, "]}");
}

void scenes_put_truth(struct buf *out, const struct scene *scenes)
{
    buf_puts(out,
             "{\n  \"about\": \"Where the named things lie: box is [left, top, right, bottom] in "
             "pixels, right and bottom outside; each is the answer to its queries. Written by "
             "tests/pictures.\",\n  \"pictures\": [\n");
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        const struct scene *s = &scenes[i];
        buf_printf(out, "    {\"file\": \"%s\", \"width\": %d, \"height\": %d, \"things\": [\n",
                   SCENES[i].file, s->canvas.width, s->canvas.height);
        for (int k = 0; k < s->n_marks; k++) {
            put_mark(out, &s->marks[k]);
            buf_puts(out, k + 1 < s->n_marks ? ",\n" : "\n");
        }
        buf_puts(out, i + 1 < SCENES_COUNT ? "    ]},\n" : "    ]}\n");
    }
    buf_puts(out, "  ]\n}\n");
}

/* ---- the film ---- */

/* One plane in BT.601 limited range; step 2: every sample is the mean of four pixels. */
static void put_plane(struct buf *out, const struct canvas *c, const uint8_t *rgb,
                      const double gains[3], int base, int step)
{
    for (int y = 0; y < c->height; y += step) {
        for (int x = 0; x < c->width; x += step) {
            double sum = 0;
            for (int i = 0; i < step * step; i++) {
                const uint8_t *px = rgb + 3 * ((y + i / step) * c->width + x + i % step);
                sum += gains[0] * px[0] + gains[1] * px[1] + gains[2] * px[2];
            }
            buf_putc(out, (char)(int)(base + sum / (step * step) + 0.5));
        }
    }
}

void scenes_put_film(struct buf *out, const struct scene *scenes)
{
    static const double Y[3] = {65.481 / 255, 128.553 / 255, 24.966 / 255};
    static const double U[3] = {-37.797 / 255, -74.203 / 255, 112.0 / 255};
    static const double V[3] = {112.0 / 255, -93.786 / 255, -18.214 / 255};
    bool has_header = false;
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        const struct canvas *c = &scenes[i].canvas;
        if (SCENES[i].draw != draw_ball) {
            continue;
        }
        if (!has_header) {
            buf_printf(out, "YUV4MPEG2 W%d H%d F6:1 Ip A1:1 C420jpeg\n", c->width, c->height);
            has_header = true;
        }
        uint8_t *rgb = xmalloc((size_t)c->width * (size_t)c->height * 3);
        canvas_to_bytes(c, rgb);
        buf_puts(out, "FRAME\n");
        put_plane(out, c, rgb, Y, 16, 1);
        put_plane(out, c, rgb, U, 128, 2);
        put_plane(out, c, rgb, V, 128, 2);
        free(rgb);
    }
}
