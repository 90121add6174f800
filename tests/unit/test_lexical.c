/* SPDX-License-Identifier: Apache-2.0 */
/* Golden case 29: questions about a chart of colour patches, what is understood of them, where
 * they point, and what is honestly not understood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/arrcoc/lexical.h"
#include "core/arrcoc/texture.h"
#include "core/base/buf.h"
#include "core/base/err.h"

/* 8 x 8 slots of 4 x 4 cells on mid gray; t is black and white stripes. */
static const char *const CHART[8] = {
    "r..b..g.", "..l.....", ".y..w..o", "...k....", "p....m.c", "..n.....", "...r..b.", "t......d",
};

static const struct {
    char letter;
    uint8_t rgb[3];
} PATCHES[] = {
    {'.', {120, 120, 120}}, {'r', {220, 20, 20}},  {'b', {30, 70, 200}},   {'g', {30, 140, 40}},
    {'l', {131, 153, 225}}, {'y', {245, 220, 30}}, {'w', {245, 245, 245}}, {'o', {245, 140, 20}},
    {'k', {20, 20, 20}},    {'p', {120, 40, 160}}, {'m', {240, 130, 170}}, {'c', {40, 200, 210}},
    {'n', {120, 75, 40}},   {'d', {16, 38, 110}},
};

struct room {
    struct arr_lexicon *lexicon;
    struct arr_texture texture, seed; /* grids 32 and 14 */
};

static void patch_colour(char letter, uint8_t *rgb)
{
    for (size_t i = 0; i < sizeof PATCHES / sizeof *PATCHES; i++) {
        if (PATCHES[i].letter == letter) {
            memcpy(rgb, PATCHES[i].rgb, 3);
        }
    }
}

static void draw_texture(int grid, struct arr_texture *t)
{
    const int side = 16 * grid;
    uint8_t *rgb = malloc((size_t)side * (size_t)side * 3);
    assert_non_null(rgb);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
            uint8_t *p = rgb + (y * side + x) * 3;
            const char letter = CHART[y * 8 / side][x * 8 / side];
            if (letter == 't') {
                memset(p, x / 2 % 2 ? 255 : 0, 3);
            } else {
                patch_colour(letter, p);
            }
        }
    }
    const struct arr_image image = {.format = ARR_RGB8,
                                    .pixels = rgb,
                                    .width = side,
                                    .height = side,
                                    .stride_bytes = (size_t)side * 3};
    struct err e = ERR_INIT;
    assert_true(arr_texture_sample(&image, grid, t, &e));
    const struct arr_texture_finish how = {0};
    arr_texture_finish(&t, 1, &how);
    free(rgb);
}

static int set_up(void **state)
{
    struct room *room = calloc(1, sizeof *room);
    assert_non_null(room);
    room->lexicon = arr_lexicon_builtin();
    draw_texture(32, &room->texture);
    draw_texture(14, &room->seed);
    *state = room;
    return 0;
}

static int tear_down(void **state)
{
    struct room *room = *state;
    arr_lexicon_free(room->lexicon);
    free(room);
    return 0;
}

/* "!red/colour ?left of/relation | mug": ! negated, ~ absent, ? unanchored, @ anchor. */
static void put_reading(const struct arr_reading *r, struct buf *out)
{
    buf_clear(out);
    for (size_t i = 0; i < r->n_hits; i++) {
        const struct arr_hit *h = &r->hits[i];
        buf_printf(out, "%s%s%s%s%s%s/%s", i ? " " : "", h->is_negated ? "!" : "",
                   h->is_absent ? "~" : "", h->is_unanchored ? "?" : "", h->is_anchor ? "@" : "",
                   h->words, h->group);
    }
    buf_puts(out, " |");
    for (size_t i = 0; i < r->n_ignored; i++) {
        buf_printf(out, " %s", r->ignored[i]);
    }
}

static void read_query(const struct room *room, const char *query, float *map,
                       struct arr_reading *reading)
{
    const struct arr_evidence evidence = {.texture = &room->texture};
    arr_lexical(room->lexicon, query, &evidence, map, reading);
}

static void assert_reading(const struct room *room, const char *query, const char *want)
{
    float map[ARR_CELLS];
    struct arr_reading reading;
    struct buf got = BUF_INIT;
    read_query(room, query, map, &reading);
    put_reading(&reading, &got);
    if (strcmp(buf_str(&got), want) != 0) {
        fail_msg("\"%s\" is \"%s\", not \"%s\"", query, buf_str(&got), want);
    }
    buf_done(&got);
}

static int best_cell(const float *map, int cells)
{
    int best = 0;
    for (int i = 1; i < cells; i++) {
        best = map[i] > map[best] ? i : best;
    }
    return best;
}

/* ---- forty questions ---- */

static const struct {
    const char *query, *reading;
    int row, col; /* of the slot with the best cell, -1: no evidence */
} QUESTIONS[] = {
    {"Where is the red mug?", "red/colour | mug", 0, 0},
    {"where is the red patch at the bottom", "red/colour bottom/vertical | patch", 6, 3},
    {"BLUE", "blue/colour |", 0, 3},
    {"the blue one on the right", "blue/colour right/horizontal |", 6, 6},
    {"Is there anything green?", "green/colour |", 0, 6},
    {"yellow", "yellow/colour |", 2, 1},
    {"find the white paper", "white/colour | paper", 2, 4},
    {"black cat", "black/colour | cat", 3, 3},
    {"the orange fruit", "orange/colour | fruit", 2, 7},
    {"violet flowers", "violet/colour | flowers", 4, 0},
    {"pink", "pink/colour |", 4, 5},
    {"turquoise", "turquoise/colour |", 4, 7},
    {"brown dog", "brown/colour | dog", 5, 2},
    {"the dark blue car", "dark blue/colour | car", 7, 7},
    {"light-blue shirt", "light blue/colour | shirt", 1, 2},
    {"something reddish", "reddish/colour |", 0, 0},
    {"the red light", "red/colour | light", 0, 0},
    {"red or blue things on the right", "red/colour blue/colour right/horizontal |", 6, 6},
    {"What is left of the yellow patch?", "left of/relation @yellow/colour | patch", 2, 0},
    {"the patch to the right of the black one", "right of/relation @black/colour | patch", 3, 4},
    {"above the brown square", "above/relation @brown/colour | square", 0, 2},
    {"below white", "below/relation @white/colour |", 3, 4},
    {"what is next to the green patch", "next to/relation @green/colour | patch", 0, 6},
    {"left of the sink", "?left of/relation | sink", 0, 0},
    {"next to the sink", "?next to/relation | sink", -1, -1},
    {"top left corner", "top/vertical left/horizontal corner/place |", 0, 0},
    {"bottom right", "bottom/vertical right/horizontal |", 7, 7},
    {"in the middle of the picture", "middle/place |", 3, 3},
    {"Read the label's text", "read/text label/text text/text |", 7, 0},
    {"what does the small print say", "small/small print/text say/text |", 7, 0},
    {"describe the image", " |", -1, -1},
    {"how many objects are there", "objects/salient |", 7, 0},
    {"the sky", "sky/vertical sky/smooth |", 0, 0},
    {"is the moving car red", "~moving/motion red/colour | car", 0, 0},
    {"the big dog", "~big/large | dog", -1, -1},
    {"bright", "bright/brightness |", 2, 4},
    {"in the shadow", "shadow/brightness |", 3, 3},
    {"colorful", "colorful/vividness |", 0, 0},
    {"who is in front", "who/salient in front/depth |", 7, 0},
    {"far away", "far away/depth |", 0, 0},
    {"fuzzy wuzzy was a bear", " | fuzzy wuzzy bear", -1, -1},
};

static void questions_about_a_chart(void **state)
{
    const struct room *room = *state;
    assert_true(sizeof QUESTIONS / sizeof *QUESTIONS >= 40);
    for (size_t i = 0; i < sizeof QUESTIONS / sizeof *QUESTIONS; i++) {
        float map[ARR_CELLS];
        struct arr_reading reading;
        assert_reading(room, QUESTIONS[i].query, QUESTIONS[i].reading);
        read_query(room, QUESTIONS[i].query, map, &reading);
        assert_int_equal(reading.has_evidence, QUESTIONS[i].row >= 0);
        const int best = best_cell(map, ARR_CELLS);
        if (QUESTIONS[i].row < 0) {
            for (int c = 0; c < ARR_CELLS; c++) {
                assert_true(map[c] >= 0.5f && map[c] <= 0.5f);
            }
        } else if (best / 128 != QUESTIONS[i].row || best % 32 / 4 != QUESTIONS[i].col) {
            fail_msg("\"%s\" points to slot %d, %d", QUESTIONS[i].query, best / 128, best % 32 / 4);
        } else {
            assert_true(map[best] > 0.999f && map[best] <= 1);
        }
    }
}

/* ---- the maps against their formulas, in double ---- */

static double linear(double v)
{
    return v > 0.04045 ? pow((v + 0.055) / 1.055, 2.4) : v / 12.92;
}

static double lab_f(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 4.0 / 29;
}

static void to_lab(const double rgb[3], double lab[3])
{
    const double r = linear(rgb[0] / 255), g = linear(rgb[1] / 255), b = linear(rgb[2] / 255);
    const double x = lab_f((0.412453 * r + 0.357580 * g + 0.180423 * b) / 0.95047);
    const double y = lab_f(0.212671 * r + 0.715160 * g + 0.072169 * b);
    const double z = lab_f((0.019334 * r + 0.119193 * g + 0.950227 * b) / 1.08883);
    lab[0] = 116 * y - 16;
    lab[1] = 500 * (x - y);
    lab[2] = 200 * (y - z);
}

static void cell_lab(int cell, double lab[3])
{
    uint8_t rgb[3] = {0};
    patch_colour(CHART[cell / 128][cell % 32 / 4], rgb);
    const double wide[] = {rgb[0], rgb[1], rgb[2]};
    to_lab(wide, lab);
}

static double colour_match(int cell, double r, double g, double b)
{
    const double rgb[] = {r, g, b};
    double t[3], c[3];
    to_lab(rgb, t);
    cell_lab(cell, c);
    const bool has_hue = hypot(t[1], t[2]) >= 20;
    const double wl = has_hue ? 0.35 : 1, wab = has_hue ? 1 : 2;
    const double d2 =
        pow(wl * (c[0] - t[0]), 2) + pow(wab * (c[1] - t[1]), 2) + pow(wab * (c[2] - t[2]), 2);
    const double fade = has_hue ? fmin(1, hypot(c[1], c[2]) / 12) : 1;
    return fade * exp(-d2 / (2 * 28 * 28));
}

static double across(int cell)
{
    return cell % 32 / 31.0;
}

static double down(int cell)
{
    return cell / 32 / 31.0;
}

static double blue_right(int cell)
{
    return (0.15 + 0.85 * colour_match(cell, 30, 70, 200)) *
           (0.15 + 0.85 * across(cell) * across(cell));
}

static double black_or_white_not_at_the_top(int cell)
{
    const double black = colour_match(cell, 20, 20, 20), white = colour_match(cell, 245, 245, 245);
    const double top = (1 - down(cell)) * (1 - down(cell));
    return (0.15 + 0.85 * fmax(black, white)) * (0.15 + 0.85 * (1 - top));
}

static double light_green(int cell)
{
    return colour_match(cell, 0.55 * 30 + 0.45 * 255, 0.55 * 140 + 0.45 * 255,
                        0.55 * 40 + 0.45 * 255);
}

static double corner_or_edge(int cell)
{
    const double x = across(cell), y = down(cell);
    const double ecc = hypot(x - 0.5, y - 0.5) / sqrt(0.5);
    return fmax(ecc * ecc, pow(fmax(fabs(2 * x - 1), fabs(2 * y - 1)), 4));
}

static double vivid_and_dark(int cell)
{
    double c[3];
    cell_lab(cell, c);
    return (0.15 + 0.85 * fmin(1, hypot(c[1], c[2]) / 80)) * (0.15 + 0.85 * (1 - c[0] / 100));
}

static double right_of_brown(int cell)
{
    double sum = 0, x = 0, y = 0;
    for (int i = 0; i < ARR_CELLS; i++) {
        const double w =
            CHART[i / 128][i % 32 / 4] == 't' ? 0 : pow(colour_match(i, 120, 75, 40), 4);
        sum += w;
        x += w * across(i);
        y += w * down(i);
    }
    x /= sum;
    y /= sum;
    return fmax(0, fmin(1, (across(cell) - x) / 0.25 + 0.5)) *
           exp(-pow(down(cell) - y, 2) / (2 * 0.25 * 0.25));
}

static void maps_follow_their_formulas(void **state)
{
    const struct room *room = *state;
    static const struct {
        const char *query;
        double (*formula)(int cell);
    } cases[] = {
        {"blue on the right", blue_right},
        {"black or white, not at top", black_or_white_not_at_the_top},
        {"light green", light_green},
        {"corner or edge", corner_or_edge},
        {"vivid, and dark", vivid_and_dark},
        {"right of the brown one", right_of_brown},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float map[ARR_CELLS];
        struct arr_reading reading;
        double want[ARR_CELLS], low = INFINITY, high = -INFINITY;
        read_query(room, cases[i].query, map, &reading);
        /* Stripes are neither black nor white to an oracle that knows whole patches only. */
        for (int c = 0; c < ARR_CELLS; c++) {
            want[c] = cases[i].formula(c);
            if (CHART[c / 128][c % 32 / 4] != 't') {
                low = fmin(low, want[c]);
                high = fmax(high, want[c]);
            }
        }
        for (int c = 0; c < ARR_CELLS; c++) {
            const double v = (want[c] - low) / (high - low + 1e-8);
            if (CHART[c / 128][c % 32 / 4] != 't' && fabs(v - (double)map[c]) > 2e-5) {
                fail_msg("\"%s\", cell %d: %g, not %g", cases[i].query, c, (double)map[c], v);
            }
        }
    }
}

/* ---- grammar ---- */

static void negation_turns_round(void **state)
{
    const struct room *room = *state;
    assert_reading(room, "not red", "!red/colour |");
    assert_reading(room, "not the red", "!red/colour |");
    assert_reading(room, "not in the red", "red/colour |");
    assert_reading(room, "without labels", "!labels/text |");
    assert_reading(room, "anything except blue", "!blue/colour |");
    assert_reading(room, "it isn't green", "!green/colour |");
    assert_reading(room, "it isn\xe2\x80\x99t green", "!green/colour |");
    assert_reading(room, "no, the red one", "red/colour |");
    assert_reading(room, "not left of the yellow one", "!left of/relation @yellow/colour |");
    float red[ARR_CELLS], not_red[ARR_CELLS];
    struct arr_reading reading;
    read_query(room, "red", red, &reading);
    read_query(room, "not red", not_red, &reading);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(fabsf(red[i] + not_red[i] - 1) < 1e-5f);
    }
}

static void relations_know_their_object(void **state)
{
    const struct room *room = *state;
    /* The object ends at a comma, at "and", at the next relation. */
    assert_reading(room, "left of yellow, red", "left of/relation @yellow/colour red/colour |");
    assert_reading(room, "left of yellow and red", "left of/relation @yellow/colour red/colour |");
    assert_reading(room, "left of yellow above white",
                   "left of/relation @yellow/colour above/relation @white/colour |");
    assert_reading(room, "red left of the yellow", "red/colour left of/relation @yellow/colour |");
    /* Without an object these words are places. */
    assert_reading(room, "what is above", "above/vertical |");
    assert_reading(room, "what is below?", "below/vertical |");
    assert_reading(room, "what is above, red", "above/vertical red/colour |");
    assert_reading(room, "what is under", "?under/relation |");
    assert_reading(room, "the left side of the red one", "left side of/relation @red/colour |");
    assert_reading(room, "on the left side", "left side/horizontal |");
    assert_reading(room, "near the red one", "near the/relation @red/colour |");
    assert_reading(room, "near", "near/depth |");
    /* A place alone is nothing to point from, and is looked for itself. */
    assert_reading(room, "right of the center", "?right of/relation center/place |");
    assert_reading(room, "next to the moving one", "?next to/relation ~@moving/motion |");
}

static void words_are_told_apart(void **state)
{
    const struct room *room = *state;
    assert_reading(room, "mug's mugs\xe2\x80\x99 o'clock", " | mug mugs oclock");
    assert_reading(room, "red/green\tblue\nyellow_pink",
                   "red/colour green/colour blue/colour yellow/colour pink/colour |");
    assert_reading(room,
                   "\xc3\x9c"
                   "ber Stra\xc3\x9f"
                   "e \xe8\x8c\xb6",
                   " | \xc3\x9c"
                   "ber stra\xc3\x9f"
                   "e \xe8\x8c\xb6");
    assert_reading(room, "\xe2\x80\x9cred\xe2\x80\x9d\xe2\x80\x94mug\xc2\xa0tea",
                   "red/colour | mug tea");
    /* Marks that turn text round must not get to a screen. */
    assert_reading(room,
                   "abc\xe2\x80\xae"
                   "def",
                   " | abc def");
    assert_reading(room, "mug mug MUG", " | mug");
    assert_reading(room, "red red Red", "red/colour |");
    assert_reading(room, "navy blue", "navy blue/colour |");
    assert_reading(room, "license plates", "license plates/text |");
    assert_reading(room, "colour colourful colorful",
                   "colourful/vividness colorful/vividness | colour");
    assert_reading(room, "grey gray", "grey/colour gray/colour |");
}

static void shades_belong_to_colours(void **state)
{
    const struct room *room = *state;
    assert_reading(room, "pale", " | pale");
    assert_reading(room, "light", "light/brightness |");
    assert_reading(room, "light, blue", "light/brightness blue/colour |");
    assert_reading(room, "a light and a blue one", "light/brightness blue/colour |");
    assert_reading(room, "bright red", "bright red/colour |");
    assert_reading(room, "not dark green", "!dark green/colour |");
    assert_reading(room, "green dark blue", "green/colour dark blue/colour |");
    float bright[ARR_CELLS], plain[ARR_CELLS];
    struct arr_reading reading;
    read_query(room, "bright red", bright, &reading);
    read_query(room, "red", plain, &reading);
    assert_memory_equal(bright, plain, sizeof plain);
}

static void questions_set_tensions(void **state)
{
    const struct room *room = *state;
    static const struct {
        const char *query, *rule;
        double compress, exploit, focus;
    } cases[] = {
        {"", "", 0.5, 0.5, 0.5},
        {"red", "", 0.5, 0.5, 0.5},
        {"describe the scene", "scene", 0.85, 0.40, 0.30},
        {"What do you see?", "what do you see", 0.85, 0.40, 0.30},
        {"give me an overview", "overview", 0.85, 0.40, 0.30},
        {"summarize", "summarize", 0.85, 0.40, 0.30},
        {"what objects are in the room", "what objects", 0.55, 0.45, 0.30},
        {"list all of them", "all", 0.55, 0.45, 0.30},
        {"how many are there", "how many", 0.55, 0.45, 0.30},
        {"where is the red car", "where", 0.30, 0.75, 0.80},
        {"find the mug", "find", 0.30, 0.75, 0.80},
        {"any anomalies", "anomalies", 0.45, 0.20, 0.30},
        {"is there anything unusual", "unusual", 0.45, 0.20, 0.30},
        {"read box 3", "read", 0.20, 0.70, 0.85},
        {"what is the small text", "small", 0.15, 0.70, 0.85},
        {"where is the tiny red dot", "tiny", 0.15, 0.75, 0.80},
        {"describe the detail", "detail", 0.15, 0.40, 0.30},
        /* Later rules override: text over where. */
        {"where is the label", "label", 0.20, 0.70, 0.85},
        /* Text that is not wanted, or only a landmark, is not read. */
        {"find the one without text", "find", 0.30, 0.75, 0.80},
        {"what is left of the sign", "", 0.5, 0.5, 0.5},
        /* Whole words only. */
        {"allow", "", 0.5, 0.5, 0.5},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float map[ARR_CELLS];
        struct arr_reading r;
        read_query(room, cases[i].query, map, &r);
        if (fabs((double)r.tensions.compress - cases[i].compress) > 1e-6 ||
            fabs((double)r.tensions.exploit - cases[i].exploit) > 1e-6 ||
            fabs((double)r.tensions.focus - cases[i].focus) > 1e-6 ||
            strcmp(r.tension_rule, cases[i].rule) != 0) {
            fail_msg("\"%s\": %g %g %g by \"%s\"", cases[i].query, (double)r.tensions.compress,
                     (double)r.tensions.exploit, (double)r.tensions.focus, r.tension_rule);
        }
    }
    /* A word that a rule used was understood. */
    assert_reading(room, "an overview of the scene, please", " |");
}

/* ---- evidence ---- */

static void quarters_keep_small_things(void **state)
{
    const struct room *room = *state;
    struct arr_array *array = calloc(1, sizeof *array);
    assert_non_null(array);
    /* A gray picture whose cell 500 has one red quarter. */
    for (int q = 0; q < 4; q++) {
        for (int i = 0; i < ARR_CELLS; i++) {
            array->quads[0][q][i] = 50;
        }
    }
    const double red[] = {220, 20, 20};
    double lab[3];
    to_lab(red, lab);
    for (int c = 0; c < 3; c++) {
        array->quads[c][2][500] = (float)lab[c];
    }
    const struct arr_evidence evidence = {.texture = &room->texture, .array = array};
    float map[ARR_CELLS];
    struct arr_reading reading;
    array->have = ARR_WANT_QUADS;
    arr_lexical(room->lexicon, "red", &evidence, map, &reading);
    assert_int_equal(best_cell(map, ARR_CELLS), 500);
    assert_true(map[499] < 0.01f);
    /* Known, but nowhere in the picture: nothing to point from. */
    arr_lexical(room->lexicon, "left of the blue one", &evidence, map, &reading);
    assert_true(reading.hits[0].is_unanchored && reading.hits[1].is_anchor);
    arr_lexical(room->lexicon, "left of the red one", &evidence, map, &reading);
    assert_false(reading.hits[0].is_unanchored);
    array->have = 0; /* not computed: the texture's own cells count */
    arr_lexical(room->lexicon, "red", &evidence, map, &reading);
    assert_int_equal(best_cell(map, ARR_CELLS), 0);
    free(array);
}

static void channels_of_the_array_are_used(void **state)
{
    const struct room *room = *state;
    static const struct {
        const char *query;
        enum arr_array_channel channel;
    } cases[] = {{"read", ARR_C_TEXT},          {"tiny", ARR_C_HIGH_PASS},
                 {"large", ARR_C_CLUSTER_SIZE}, {"moving", ARR_C_MOTION},
                 {"object", ARR_C_SALIENCY},    {"foreground", ARR_C_SALIENCY}};
    struct arr_array *array = calloc(1, sizeof *array);
    assert_non_null(array);
    array->have = ARR_WANT_ARRAY | ARR_WANT_QUADS;
    const struct arr_evidence evidence = {.texture = &room->texture, .array = array};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float map[ARR_CELLS];
        struct arr_reading reading;
        const int cell = 600 + (int)i;
        array->c[cases[i].channel][cell] = 0.9f;
        array->state[cases[i].channel] = ARR_PRESENT;
        arr_lexical(room->lexicon, cases[i].query, &evidence, map, &reading);
        assert_true(reading.has_evidence);
        assert_int_equal(best_cell(map, ARR_CELLS), cell);
        array->c[cases[i].channel][cell] = 0;
        array->state[cases[i].channel] = ARR_FIRST_FRAME;
        arr_lexical(room->lexicon, cases[i].query, &evidence, map, &reading);
        assert_int_not_equal(best_cell(map, ARR_CELLS), cell);
        const bool has_other =
            cases[i].channel != ARR_C_MOTION && cases[i].channel != ARR_C_CLUSTER_SIZE;
        assert_int_equal(reading.has_evidence, has_other);
        assert_int_equal(reading.hits[0].is_absent, !has_other);
    }
    array->roughness[77] = 0.3f;
    float rough[ARR_CELLS], smooth[ARR_CELLS];
    struct arr_reading reading;
    arr_lexical(room->lexicon, "rough", &evidence, rough, &reading);
    arr_lexical(room->lexicon, "smooth", &evidence, smooth, &reading);
    assert_int_equal(best_cell(rough, ARR_CELLS), 77);
    assert_true(smooth[77] <= 0 && smooth[78] >= 0.999f);
    free(array);
}

static void the_seed_grid_works_too(void **state)
{
    const struct room *room = *state;
    struct arr_array *array = calloc(1, sizeof *array);
    assert_non_null(array);
    array->have = ARR_WANT_ARRAY | ARR_WANT_QUADS; /* of grid 32: must not be looked at */
    const struct arr_evidence evidence = {.texture = &room->seed, .array = array};
    float map[ARR_CELLS];
    struct arr_reading reading;
    arr_lexical(room->lexicon, "yellow", &evidence, map, &reading);
    const int best = best_cell(map, 196);
    assert_int_equal(best / 14 * 8 / 14, 2);
    assert_int_equal((best % 14 * 8 + 4) / 14, 1);
    arr_lexical(room->lexicon, "bottom right", &evidence, map, &reading);
    assert_int_equal(best_cell(map, 196), 195);
    free(array);
}

/* ---- hostile queries ---- */

static void odd_queries_do_no_harm(void **state)
{
    const struct room *room = *state;
    float map[ARR_CELLS];
    struct arr_reading reading;
    assert_reading(room, "", " |");
    assert_reading(room, "  ?!,.  ", " |");
    assert_reading(room, "'", " |");
    assert_reading(room, "''s 's s's", " | s");
    /* Broken bytes part words and get no further. */
    assert_reading(room,
                   "red\xff"
                   "blue\xc3",
                   "red/colour blue/colour |");
    assert_reading(room, "mug\xed\xa0\x80tea\xf5\xc0\x80", " | mug tea");
    assert_reading(room, "\xe2\x82", " |");
    read_query(room, "the red mug", map, &reading);
    assert_false(reading.is_cut);
}

static void long_queries_are_cut(void **state)
{
    const struct room *room = *state;
    struct buf b = BUF_INIT;
    float map[ARR_CELLS];
    struct arr_reading r;
    while (b.n < 100000) {
        buf_puts(&b, "the a of ");
    }
    memcpy(b.p, "red", 3);
    memcpy(b.p + 90000, "blue ", 5);
    read_query(room, buf_str(&b), map, &r);
    assert_true(r.is_cut);
    assert_int_equal(r.n_hits, 1);
    /* One word of 100 kB, of letters of three bytes: cut between letters. */
    buf_clear(&b);
    while (b.n < 100000) {
        buf_puts(&b, "\xe8\x8c\xb6");
    }
    read_query(room, buf_str(&b), map, &r);
    assert_true(r.is_cut);
    assert_int_equal(r.n_ignored, 1);
    assert_int_equal(strlen(r.ignored[0]), 45);
    /* More words than a reading holds. */
    buf_clear(&b);
    for (int i = 0; i < 65; i++) {
        buf_printf(&b, "word%d ", i);
    }
    buf_puts(&b, "red");
    read_query(room, buf_str(&b), map, &r);
    assert_true(r.is_cut);
    assert_int_equal(r.n_ignored, ARR_HITS_MAX);
    buf_done(&b);
}

static void the_same_again(void **state)
{
    const struct room *room = *state;
    float a[ARR_CELLS], b[ARR_CELLS];
    struct arr_reading ra, rb;
    read_query(room, "the small red label left of the dark green wall", a, &ra);
    read_query(room, "the small red label left of the dark green wall", b, &rb);
    assert_memory_equal(a, b, sizeof a);
    assert_memory_equal(&ra, &rb, sizeof ra);
    for (int i = 0; i < ARR_CELLS; i++) {
        assert_true(a[i] >= 0 && a[i] <= 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(questions_about_a_chart),
        cmocka_unit_test(maps_follow_their_formulas),
        cmocka_unit_test(negation_turns_round),
        cmocka_unit_test(relations_know_their_object),
        cmocka_unit_test(words_are_told_apart),
        cmocka_unit_test(shades_belong_to_colours),
        cmocka_unit_test(questions_set_tensions),
        cmocka_unit_test(quarters_keep_small_things),
        cmocka_unit_test(channels_of_the_array_are_used),
        cmocka_unit_test(the_seed_grid_works_too),
        cmocka_unit_test(odd_queries_do_no_harm),
        cmocka_unit_test(long_queries_are_cut),
        cmocka_unit_test(the_same_again),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
