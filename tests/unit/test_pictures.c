/* SPDX-License-Identifier: Apache-2.0 */
/* The demo pictures in tests/fixtures/pictures are what tests/pictures draws, and their truth.json
 * says where things are. */
#include "tests/unit/format_help.h"

#include "core/format/picture.h"
#include "core/format/y4m.h"
#include "tests/pictures/scenes.h"

#define FOLDER "tests/fixtures/pictures/"

/* Another C library may round the last bit of a sine differently: one step of brightness. */
enum { ROUNDING = 1, TOTAL_MAX = 2500000 };

static int draw_scenes(void **state)
{
    struct scene *scenes = xcalloc(SCENES_COUNT, sizeof *scenes);
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        scene_draw(&SCENES[i], &scenes[i]);
    }
    *state = scenes;
    return 0;
}

static int free_scenes(void **state)
{
    struct scene *scenes = *state;
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        scene_done(&scenes[i]);
    }
    free(scenes);
    return 0;
}

static int difference(const uint8_t *a, const uint8_t *b, size_t n)
{
    int most = 0;
    for (size_t i = 0; i < n; i++) {
        const int d = abs(a[i] - b[i]);
        most = d > most ? d : most;
    }
    return most;
}

static struct picture read_picture(const char *file)
{
    struct picture p;
    struct err e = ERR_INIT;
    char *path = xasprintf(FOLDER "%s", file);
    if (!picture_read(path, &p, &e)) {
        fail_msg("%s; make pictures draws it", e.msg);
    }
    free(path);
    return p;
}

static void the_files_are_what_is_drawn(void **state)
{
    const struct scene *scenes = *state;
    size_t total = 0;
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        const struct canvas *c = &scenes[i].canvas;
        const size_t n = (size_t)c->width * (size_t)c->height * 3;
        struct picture p = read_picture(SCENES[i].file);
        uint8_t *drawn = xmalloc(n);
        canvas_to_bytes(c, drawn);
        assert_int_equal(p.width, c->width);
        assert_int_equal(p.height, c->height);
        if (difference(p.rgb, drawn, n) > ROUNDING) {
            fail_msg("%s is not what is drawn; make pictures draws it again", SCENES[i].file);
        }
        free(drawn);
        picture_done(&p);
        struct buf file = BUF_INIT;
        char *path = xasprintf(FOLDER "%s", SCENES[i].file);
        assert_true(file_read(path, &file, TOTAL_MAX, NULL));
        total += file.n;
        buf_done(&file);
        free(path);
    }
    assert_in_range(total, 1, TOTAL_MAX);
}

static void the_truth_is_what_is_drawn(void **state)
{
    struct buf file = BUF_INIT;
    struct buf drawn = BUF_INIT;
    assert_true(file_read(FOLDER "truth.json", &file, 1 << 20, NULL));
    scenes_put_truth(&drawn, *state);
    assert_string_equal(file.p, drawn.p);
    buf_done(&drawn);
    buf_done(&file);
}

static const struct mark *find(const struct scene *s, const char *name)
{
    for (int i = 0; i < s->n_marks; i++) {
        if (strcmp(s->marks[i].name, name) == 0) {
            return &s->marks[i];
        }
    }
    fail_msg("no %s", name);
    return NULL;
}

static void things_lie_where_their_queries_say(void **state)
{
    const struct scene *scenes = *state;
    for (size_t i = 0; i < SCENES_COUNT; i++) {
        assert_true(scenes[i].n_marks > 0);
        for (int k = 0; k < scenes[i].n_marks; k++) {
            const struct mark *m = &scenes[i].marks[k];
            assert_true(m->queries[0] != NULL);
            assert_true(m->box.x0 >= 0 && m->box.y0 >= 0 && m->box.x0 < m->box.x1 &&
                        m->box.y0 < m->box.y1 && m->box.x1 <= scenes[i].canvas.width &&
                        m->box.y1 <= scenes[i].canvas.height);
        }
    }
    const struct scene *kitchen = &scenes[0];
    const struct box sink = find(kitchen, "sink")->box;
    assert_true(find(kitchen, "red mug")->box.x1 < sink.x0);
    assert_true(sink.x0 + sink.x1 > kitchen->canvas.width);
    assert_true(find(kitchen, "steel kettle")->box.x0 > sink.x1);
    const struct scene *night = &scenes[2];
    assert_true(find(night, "white car")->box.x0 > find(night, "neon sign")->box.x1);
    const struct scene *first = &scenes[SCENES_COUNT - BALL_FRAMES];
    for (int i = 1; i < BALL_FRAMES; i++) {
        assert_true(first[i].marks[0].box.x0 > first[i - 1].marks[0].box.x0);
    }
}

static void the_film_shows_the_ball(void **state)
{
    struct err e = ERR_INIT;
    struct buf file = BUF_INIT;
    struct buf drawn = BUF_INIT;
    scenes_put_film(&drawn, *state);
    assert_true(file_read(FOLDER "ball.y4m", &file, 1 << 20, &e));
    assert_int_equal(file.n, drawn.n);
    assert_in_range(difference((const uint8_t *)file.p, (const uint8_t *)drawn.p, file.n), 0,
                    ROUNDING);
    buf_done(&drawn);
    buf_done(&file);
    struct y4m *film = y4m_open(FOLDER "ball.y4m", &e);
    assert_non_null(film);
    static uint8_t rgb[160 * 120 * 3];
    for (size_t i = SCENES_COUNT - BALL_FRAMES; i < SCENES_COUNT; i++) {
        struct picture p = read_picture(SCENES[i].file);
        long sum = 0;
        assert_int_equal(y4m_next(film, rgb, &e), 1);
        for (size_t k = 0; k < sizeof rgb; k++) {
            sum += abs(rgb[k] - p.rgb[k]);
        }
        assert_in_range(sum / (long)sizeof rgb, 0, 3); /* the colours are at half the size */
        picture_done(&p);
    }
    assert_int_equal(y4m_next(film, rgb, &e), 0);
    y4m_close(film);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_files_are_what_is_drawn),
        cmocka_unit_test(the_truth_is_what_is_drawn),
        cmocka_unit_test(things_lie_where_their_queries_say),
        cmocka_unit_test(the_film_shows_the_ball),
    };
    return cmocka_run_group_tests(tests, draw_scenes, free_scenes);
}
