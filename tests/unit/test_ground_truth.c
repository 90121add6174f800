/* SPDX-License-Identifier: Apache-2.0 */
/* The demo pictures, whose things we know the place of: does the map of a question lie on what was
 * asked for, better than maps that know nothing? Run from the root of the source tree.
 *
 * With HFTERM_TEST_TABLE set, the figures of docs/engine.md are printed as comments. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/arrcoc/arrcoc.h"
#include "core/arrcoc/metrics.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/format/picture.h"

#define FOLDER "tests/fixtures/pictures/"

enum { TOP = ARR_CELLS / 10, MAPS = 4 };

static const char *const MAP_NAME[MAPS] = {"ours", "random", "uniform", "centre"};

/* Sums over the questions of one mode. */
struct score {
    int n, n_top;        /* questions; those whose best cell is in the top 10 % */
    double recall[MAPS]; /* share of the asked cells in the top 10 % */
    double area[MAPS];   /* probability that an asked cell beats another */
    int n_worse[MAPS];   /* questions where the baseline's recall was better */
};

struct thing {
    bool cell[ARR_CELLS]; /* whose centre lies in the box */
    int n;
};

static struct thing thing_of(const cJSON *box, int width, int height)
{
    struct thing t = {.n = 0};
    int b[4];
    for (int i = 0; i < 4; i++) {
        b[i] = cJSON_GetArrayItem(box, i)->valueint;
    }
    for (int i = 0; i < ARR_CELLS; i++) {
        const int x = (2 * (i % ARR_GRID) + 1) * width / (2 * ARR_GRID);
        const int y = (2 * (i / ARR_GRID) + 1) * height / (2 * ARR_GRID);
        t.cell[i] = x >= b[0] && x < b[2] && y >= b[1] && y < b[3];
        t.n += t.cell[i];
    }
    assert_true(t.n > 0);
    return t;
}

static double recall(const float *map, const struct thing *t)
{
    uint16_t order[ARR_CELLS];
    int n = 0;
    arr_top_k(map, ARR_CELLS, TOP, order);
    for (int i = 0; i < TOP; i++) {
        n += t->cell[order[i]];
    }
    const int most = t->n < TOP ? t->n : TOP;
    return (double)n / most;
}

static double area(const float *map, const struct thing *t)
{
    double wins = 0.0;
    for (int i = 0; i < ARR_CELLS; i++) {
        for (int j = 0; t->cell[i] && j < ARR_CELLS; j++) {
            if (!t->cell[j]) {
                wins += map[i] > map[j] ? 1.0 : map[i] < map[j] ? 0.0 : 0.5;
            }
        }
    }
    return wins / ((double)t->n * (ARR_CELLS - t->n));
}

static void compare(const float *ours, const struct thing *t, struct score *s)
{
    static const enum arr_baseline WHICH[] = {ARR_RANDOM, ARR_UNIFORM, ARR_CENTRE};
    float map[ARR_CELLS];
    const double own = recall(ours, t);
    s->recall[0] += own;
    s->area[0] += area(ours, t);
    for (int i = 1; i < MAPS; i++) {
        arr_baseline_map(WHICH[i - 1], ARR_GRID, TOP, map);
        const double other = recall(map, t);
        s->recall[i] += other;
        s->area[i] += area(map, t);
        s->n_worse[i] += other > own;
    }
}

static bool is_in_top(const struct arr_result *r, const struct thing *t)
{
    for (int i = 0; i < TOP && i < r->k; i++) {
        if (t->cell[r->order[i]]) {
            return true;
        }
    }
    return false;
}

/* ---- one question ---- */

struct room {
    struct arr *a;
    struct arr_options o;
    struct arr_result *r, *without;
    struct score score;
    int n_unknown;
    bool prints;
};

static void ask(struct room *room, const char *query, const struct thing *t)
{
    struct err e = ERR_INIT;
    if (!arr_set_query(room->a, query, &e) || !arr_run(room->a, &room->o, room->r, &e)) {
        fail_msg("%s", e.msg);
    }
    if (room->r->flags & ARR_R_NO_LEXICAL) {
        room->n_unknown++;
        assert_memory_equal(room->r->balance.balanced, room->without->balance.balanced,
                            sizeof room->r->balance.balanced);
        return;
    }
    const bool is_top = is_in_top(room->r, t);
    struct score one = {.n = 0};
    compare(room->r->balance.balanced, t, &one);
    compare(room->r->balance.balanced, t, &room->score);
    room->score.n++;
    room->score.n_top += is_top;
    if (room->prints) {
        print_message("# %-40s top %d recall %.2f area %.3f\n", query, is_top, one.recall[0],
                      one.area[0]);
    }
}

static void ask_all(struct room *room, const cJSON *picture)
{
    struct picture p;
    struct err e = ERR_INIT;
    char *path = xasprintf(FOLDER "%s", json_str(picture, "file"));
    if (!picture_read(path, &p, &e)) {
        fail_msg("%s", e.msg);
    }
    free(path);
    const struct arr_image image = {.format = ARR_RGB8,
                                    .pixels = p.rgb,
                                    .width = p.width,
                                    .height = p.height,
                                    .stride_bytes = (size_t)p.width * 3};
    assert_true(arr_set_image(room->a, &image, NULL));
    assert_true(arr_set_query(room->a, NULL, NULL));
    assert_true(arr_run(room->a, &room->o, room->without, NULL));
    const cJSON *one = NULL, *query = NULL;
    cJSON_ArrayForEach(one, json_arr(picture, "things"))
    {
        const struct thing t = thing_of(json_arr(one, "box"), p.width, p.height);
        cJSON_ArrayForEach(query, json_arr(one, "queries"))
        {
            ask(room, query->valuestring, &t);
        }
    }
    picture_done(&p);
}

static void print_score(const struct score *s, int n_unknown)
{
    print_message("# %d questions understood, %d not; best asked cell in the top 10 %%: %d\n", s->n,
                  n_unknown, s->n_top);
    for (int i = 0; i < MAPS; i++) {
        print_message("# %-8s recall %.3f  area %.3f  better than ours in %d\n", MAP_NAME[i],
                      s->recall[i] / s->n, s->area[i] / s->n, s->n_worse[i]);
    }
}

static void run_mode(enum arr_texture_kind texture)
{
    struct buf text = BUF_INIT;
    assert_true(file_read(FOLDER "truth.json", &text, 1 << 20, NULL));
    cJSON *truth = json_parse(buf_str(&text), text.n, NULL);
    assert_non_null(truth);
    const struct arr_setup setup = {.backend = ARR_CPU};
    struct room room = {.a = arr_new(&setup, NULL),
                        .o = ARR_OPTIONS_INIT,
                        .r = arr_result_new(),
                        .without = arr_result_new(),
                        .prints = getenv("HFTERM_TEST_TABLE") != NULL};
    room.o.texture = texture;
    const cJSON *picture = NULL;
    cJSON_ArrayForEach(picture, json_arr(truth, "pictures"))
    {
        ask_all(&room, picture);
    }
    const struct score *s = &room.score;
    if (room.prints) {
        print_score(s, room.n_unknown);
    }
    assert_true(s->n >= 20);
    assert_true(10 * s->n_top >= 9 * s->n); /* the others name a place by a word that is unknown */
    for (int i = 1; i < MAPS; i++) {
        assert_true(s->recall[0] > 2.0 * s->recall[i]);
        assert_true(s->area[0] > s->area[i]);
    }
    arr_result_free(room.r);
    arr_result_free(room.without);
    arr_free(room.a);
    cJSON_Delete(truth);
    buf_done(&text);
}

static void test_13_channels(void **state)
{
    (void)state;
    run_mode(ARR_TEXTURE_13);
}

static void test_40_channels(void **state)
{
    (void)state;
    run_mode(ARR_TEXTURE_40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_13_channels),
        cmocka_unit_test(test_40_channels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
