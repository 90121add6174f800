/* SPDX-License-Identifier: Apache-2.0 */
/* One map a term: where in the picture the thing named by a word is likely, from 0 to 1.
 *
 * With the 40-channel array the maps use what it knows (quarters of cells, text-like texture,
 * saliency); from the 13 channels alone gradient magnitude stands in for all of these, smoothed
 * where an area is meant rather than a line.
 */
#include <math.h>
#include <string.h>

#include "core/arrcoc/color.h"
#include "core/arrcoc/lexicon.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/vecmath.h"

/* An array is made for grid 32 only; a texture of another grid cannot use it. */
static const struct arr_array *array_with(const struct arr_evidence *evidence, unsigned want)
{
    const struct arr_array *a = evidence->array;
    const bool fits = a && evidence->texture->grid == ARR_GRID && (a->have & want) == want;
    return fits ? a : NULL;
}

static const float *channel(const struct arr_evidence *evidence, enum arr_array_channel c)
{
    const struct arr_array *a = array_with(evidence, ARR_WANT_ARRAY);
    return a && a->state[c] == ARR_PRESENT ? a->c[c] : NULL;
}

static size_t cells_of(const struct arr_texture *t)
{
    return (size_t)t->grid * (size_t)t->grid;
}

/* 3 x 3 means; the border cells count again outside. */
static void smooth_edges(const struct arr_texture *t, float *restrict v)
{
    const int g = t->grid;
    const float *restrict in = t->t[ARR_T_EDGES];
    for (int y = 0; y < g; y++) {
        const float *rows[3] = {in + (y > 0 ? y - 1 : 0) * g, in + y * g,
                                in + (y < g - 1 ? y + 1 : y) * g};
        for (int x = 0; x < g; x++) {
            const int left = x > 0 ? x - 1 : 0, right = x < g - 1 ? x + 1 : x;
            float sum = 0;
            for (int i = 0; i < 3; i++) {
                sum += rows[i][left] + rows[i][x] + rows[i][right];
            }
            v[y * g + x] = sum / 9.0f;
        }
    }
}

static void saliency(const struct arr_evidence *evidence, float *v)
{
    const float *c = channel(evidence, ARR_C_SALIENCY);
    if (c) {
        memcpy(v, c, cells_of(evidence->texture) * sizeof *v);
    } else {
        smooth_edges(evidence->texture, v);
    }
}

/* A channel of the array on its own range, or the edges. */
static void channel_or_edges(const struct arr_evidence *evidence, enum arr_array_channel c,
                             bool scale, float *v)
{
    const float *from = channel(evidence, c);
    const size_t n = cells_of(evidence->texture);
    memcpy(v, from ? from : evidence->texture->t[ARR_T_EDGES], n * sizeof *v);
    if (from && scale) {
        arr_min_max(v, n, true);
    }
}

static void roughness(const struct arr_evidence *evidence, float *v)
{
    const struct arr_array *a = array_with(evidence, ARR_WANT_QUADS);
    const size_t n = cells_of(evidence->texture);
    if (a) {
        memcpy(v, a->roughness, n * sizeof *v);
        arr_min_max(v, n, true);
    } else {
        smooth_edges(evidence->texture, v);
    }
}

static bool largest_clusters(const struct arr_evidence *evidence, float *v)
{
    const float *size = channel(evidence, ARR_C_CLUSTER_SIZE);
    if (!size) {
        return false;
    }
    const size_t n = cells_of(evidence->texture);
    float most = 0;
    for (size_t i = 0; i < n; i++) {
        most = size[i] > most ? size[i] : most;
    }
    for (size_t i = 0; i < n; i++) {
        v[i] = most > 0 ? size[i] / most : 0;
    }
    return true;
}

static float in_unit(float v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

/* a* and b* of a cell, from their channels in [0, 1]. */
static float chroma_of(const struct arr_texture *t, size_t i)
{
    const float a = t->t[ARR_T_A][i] * 255.0f - 128.0f;
    const float b = t->aux_b[i] * 255.0f - 128.0f;
    return sqrtf(a * a + b * b);
}

/* What depends on the place, and on lightness and colourfulness of the cell itself. */
static float of_cell(enum lex_map map, const struct arr_texture *t, size_t i)
{
    const float x = t->t[ARR_T_X][i], y = t->t[ARR_T_Y][i], ecc = t->t[ARR_T_ECC][i];
    const float across = fabsf(2 * x - 1), along = fabsf(2 * y - 1);
    const float far = across > along ? across : along;
    switch (map) {
    case LEX_BRIGHT:
        return in_unit(t->t[ARR_T_L][i]);
    case LEX_DARK:
        return 1 - in_unit(t->t[ARR_T_L][i]);
    case LEX_VIVID:
        return in_unit(chroma_of(t, i) / 80);
    case LEX_LEFT:
        return (1 - x) * (1 - x);
    case LEX_RIGHT:
        return x * x;
    case LEX_TOP:
        return (1 - y) * (1 - y);
    case LEX_BOTTOM:
        return y * y;
    case LEX_CENTRE:
        return 1 - ecc;
    case LEX_CORNER:
        return ecc * ecc;
    default: /* LEX_EDGE */
        return far * far * far * far;
    }
}

bool lex_map_is_spatial(enum lex_map map)
{
    return map >= LEX_LEFT && map <= LEX_FOREGROUND;
}

bool lex_map_make(enum lex_map map, const struct arr_evidence *evidence, float *v)
{
    const struct arr_texture *t = evidence->texture;
    const size_t n = cells_of(t);
    switch (map) {
    case LEX_BACKGROUND:
    case LEX_FOREGROUND:
        saliency(evidence, v);
        for (size_t i = 0; i < n; i++) {
            const float near = 0.5f * t->t[ARR_T_Y][i] + 0.5f * v[i];
            v[i] = in_unit(map == LEX_FOREGROUND ? near : 1 - near);
        }
        return true;
    case LEX_TEXT:
        channel_or_edges(evidence, ARR_C_TEXT, false, v);
        return true;
    case LEX_FINE:
        channel_or_edges(evidence, ARR_C_HIGH_PASS, true, v);
        return true;
    case LEX_LARGE:
        return largest_clusters(evidence, v);
    case LEX_MOTION: {
        const float *motion = channel(evidence, ARR_C_MOTION);
        if (motion) {
            memcpy(v, motion, n * sizeof *v);
        }
        return motion != NULL;
    }
    case LEX_TEXTURE:
        roughness(evidence, v);
        return true;
    case LEX_SMOOTH:
        roughness(evidence, v);
        for (size_t i = 0; i < n; i++) {
            v[i] = 1 - v[i];
        }
        return true;
    case LEX_SALIENT:
        saliency(evidence, v);
        return true;
    default:
        for (size_t i = 0; i < n; i++) {
            v[i] = of_cell(map, t, i);
        }
        return true;
    }
}

/* ---- colours ---- */

/* Gray cells have a hue by chance only, so for a colour with a hue their match fades with their
 * chroma; for white, gray and black any hue counts double against them. */
static void match_colour(const float target[3], const float *restrict l, const float *restrict a,
                         const float *restrict b, size_t n, float *restrict v)
{
    const bool has_hue = target[1] * target[1] + target[2] * target[2] >= 20.0f * 20.0f;
    const float weight_l = has_hue ? 0.35f : 1.0f, weight_ab = has_hue ? 1.0f : 2.0f;
    for (size_t i = 0; i < n; i++) {
        const float dl = weight_l * (l[i] - target[0]);
        const float da = weight_ab * (a[i] - target[1]);
        const float db = weight_ab * (b[i] - target[2]);
        const float chroma = sqrtf(a[i] * a[i] + b[i] * b[i]) / 12.0f;
        const float fade = !has_hue || chroma > 1.0f ? 1.0f : chroma;
        const float match = fade * arr_expf(-(dl * dl + da * da + db * db) / (2 * 28.0f * 28.0f));
        v[i] = match > v[i] ? match : v[i];
    }
}

void lex_colour_make(const float rgb[3], const struct arr_evidence *evidence, float *v)
{
    float target[3];
    arr_lab_one(rgb[0], rgb[1], rgb[2], target);
    const struct arr_texture *t = evidence->texture;
    const size_t n = cells_of(t);
    memset(v, 0, n * sizeof *v);
    const struct arr_array *array = array_with(evidence, ARR_WANT_QUADS);
    if (array) {
        /* A small red mug must not be averaged away: the best quarter of the cell counts. */
        for (int q = 0; q < 4; q++) {
            match_colour(target, array->quads[0][q], array->quads[1][q], array->quads[2][q], n, v);
        }
        return;
    }
    float l[ARR_CELLS], a[ARR_CELLS], b[ARR_CELLS];
    for (size_t i = 0; i < n; i++) {
        l[i] = 100.0f * t->t[ARR_T_L][i];
        a[i] = 255.0f * t->t[ARR_T_A][i] - 128.0f;
        b[i] = 255.0f * t->aux_b[i] - 128.0f;
    }
    match_colour(target, l, a, b, n, v);
}

/* ---- relations ---- */

void lex_relation_make(enum lex_relation relation, const struct arr_texture *t, float x, float y,
                       float *v)
{
    const size_t n = cells_of(t);
    for (size_t i = 0; i < n; i++) {
        const float dx = t->t[ARR_T_X][i] - x, dy = t->t[ARR_T_Y][i] - y;
        if (relation == LEX_BESIDE) {
            v[i] = arr_expf(-(dx * dx + dy * dy) / (2 * 0.2f * 0.2f));
            continue;
        }
        const bool is_across = relation == LEX_LEFT_OF || relation == LEX_RIGHT_OF;
        const float along = is_across ? dx : dy, off = is_across ? dy : dx;
        const bool is_before = relation == LEX_LEFT_OF || relation == LEX_ABOVE;
        const float ahead = is_before ? -along : along;
        v[i] = in_unit(ahead / 0.25f + 0.5f) * arr_expf(-(off * off) / (2 * 0.25f * 0.25f));
    }
}

bool lex_half_plane(enum lex_relation relation, const struct arr_texture *t, float *v)
{
    static const enum lex_map halves[] = {[LEX_LEFT_OF] = LEX_LEFT,
                                          [LEX_RIGHT_OF] = LEX_RIGHT,
                                          [LEX_ABOVE] = LEX_TOP,
                                          [LEX_BELOW] = LEX_BOTTOM};
    if (relation == LEX_BESIDE) {
        return false;
    }
    const struct arr_evidence evidence = {.texture = t};
    return lex_map_make(halves[relation], &evidence, v);
}
