/* SPDX-License-Identifier: Apache-2.0 */
/* scenes.h - the demo pictures and where in them the things lie that one may ask for.
 *
 * A scene is drawn the same every time. The place of a thing is measured while it is drawn.
 */
#ifndef HFTERM_TESTS_PICTURES_SCENES_H
#define HFTERM_TESTS_PICTURES_SCENES_H

#include <stddef.h>

#include "tests/pictures/paint.h"

struct buf;

enum { SCENE_MARKS_MAX = 16, SCENE_QUERIES_MAX = 4, BALL_FRAMES = 6 };

struct mark {
    const char *name;
    struct box box;
    const char *queries[SCENE_QUERIES_MAX]; /* what it is the answer to; NULL-filled */
};

struct scene {
    struct canvas canvas;
    struct mark marks[SCENE_MARKS_MAX];
    int n_marks;
};

/* From here to scene_mark, what is painted is one thing. */
void scene_thing(struct scene *s);
void scene_mark(struct scene *s, const char *name, const char *const queries[SCENE_QUERIES_MAX]);
#define QUERIES(...) ((const char *const[SCENE_QUERIES_MAX]){__VA_ARGS__})

struct scene_kind {
    const char *file;
    int width, height;
    void (*draw)(struct scene *s, int frame);
    int frame;
};
extern const struct scene_kind SCENES[];
extern const size_t SCENES_COUNT;

void scene_draw(const struct scene_kind *kind, struct scene *out); /* owned: scene_done */
void scene_done(struct scene *s);

void draw_kitchen(struct scene *s, int frame);
void draw_label(struct scene *s, int frame);
void draw_night(struct scene *s, int frame);
void draw_chart(struct scene *s, int frame);
void draw_ball(struct scene *s, int frame);

/* All things of all scenes, as JSON. scenes: SCENES_COUNT of them, drawn. */
void scenes_put_truth(struct buf *out, const struct scene *scenes);
/* The frames of the ball as one film. */
void scenes_put_film(struct buf *out, const struct scene *scenes);

#endif
