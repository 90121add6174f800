/* SPDX-License-Identifier: Apache-2.0 */
/* Draws the demo pictures into a folder: make pictures. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/format/picture.h"
#include "tests/pictures/scenes.h"

static bool write_picture(const char *folder, const struct scene_kind *kind, const struct canvas *c,
                          struct err *e)
{
    char *path = xasprintf("%s/%s", folder, kind->file);
    uint8_t *rgb = xmalloc((size_t)c->width * (size_t)c->height * 3);
    canvas_to_bytes(c, rgb);
    const bool ok = picture_write_png(path, rgb, c->width, c->height, 3, e);
    free(rgb);
    free(path);
    return ok;
}

static bool write_text(const char *folder, const char *name, const struct buf *text, struct err *e)
{
    char *path = xasprintf("%s/%s", folder, name);
    const bool ok = file_write_atomic(path, text->p, text->n, 0644, e);
    free(path);
    return ok;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s FOLDER\n", argv[0]);
        return 2;
    }
    struct err e = ERR_INIT;
    struct buf truth = BUF_INIT;
    struct buf film = BUF_INIT;
    struct scene *scenes = xcalloc(SCENES_COUNT, sizeof *scenes);
    bool ok = file_mkdirs(argv[1], 0755, &e);
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        scene_draw(&SCENES[i], &scenes[i]);
        ok = ok && write_picture(argv[1], &SCENES[i], &scenes[i].canvas, &e);
    }
    scenes_put_truth(&truth, scenes);
    scenes_put_film(&film, scenes);
    ok = ok && write_text(argv[1], "truth.json", &truth, &e) &&
         write_text(argv[1], "ball.y4m", &film, &e);
    if (!ok) {
        fprintf(stderr, "%s\n", e.msg);
    }
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        scene_done(&scenes[i]);
    }
    free(scenes);
    buf_done(&film);
    buf_done(&truth);
    return ok ? 0 : 1;
}
