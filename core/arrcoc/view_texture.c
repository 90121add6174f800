/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine measures: the channels of the texture and of the array. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/arrcoc/array.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/view_parts.h"

static bool draw_channel(const struct arr_sheet *s, int i, const float *plane, enum arr_lut lut,
                         bool is_bilinear, struct err *e)
{
    const struct arr_heat heat = {
        .map = plane, .grid = s->job->r->grid, .lut = lut, .is_bilinear = is_bilinear};
    return arr_sheet_heat(s, i, &heat, NULL, e);
}

/* ---- by meaning ---- */

enum { ACROSS = 6 };

/* A row a group, more where a row would be too long. */
static void add_groups(struct arr_sheet *s, const struct arr_channel_set *set)
{
    struct arr_panel panel = {.row = -1, .has_bar = true, .room = 130};
    int place = 0;
    arr_view_fit_size(s->job, s->job->o.max_side / 2, &panel.w, &panel.h);
    for (int i = 0; i < set->n; i++) {
        const bool is_first = i == 0 || set->group[i] != set->group[i - 1];
        place = is_first ? 0 : place + 1;
        panel.row += place % ACROSS == 0;
        panel.heading = is_first ? set->group_name[set->group[i]] : NULL;
        arr_sheet_add(s, &panel);
    }
}

bool arr_view_textures(const struct arr_view_job *job, struct err *e)
{
    struct arr_channel_set set;
    struct arr_sheet s;
    arr_channel_set_of(job->r, false, &set);
    arr_sheet_init(&s, job);
    add_groups(&s, &set);
    bool ok = arr_sheet_open(&s, set.is_array ? "The array by meaning" : "Texture by meaning", e);
    for (int i = 0; ok && i < set.n; i++) {
        arr_sheet_title(&s, i, "%d  %s", set.channel[i], set.name[i]);
        ok = draw_channel(&s, i, set.map[i], ARR_LUT_GRAY, true, e);
    }
    return ok;
}

/* ---- all channels ---- */

static void draw_composite(const struct arr_sheet *s, int i)
{
    const struct arr_texture *t = &s->job->r->texture;
    const struct arr_paint to = arr_sheet_paint(s, i);
    uint8_t cells[ARR_CELLS * 3];
    for (int n = 0; n < s->job->r->cells; n++) {
        for (int c = 0; c < 3; c++) {
            cells[n * 3 + c] = (uint8_t)(fminf(fmaxf(t->t[c][n], 0.0F), 1.0F) * 255.0F + 0.5F);
        }
    }
    arr_paint_cells(&to, t->grid, cells);
    arr_sheet_title(s, i, "RGB together");
}

/* a* of the reference's RdYlGn is red where things are green, and on its own range in a picture
 * without anything green the least red is green. Here green is green, red is red, and yellow has
 * neither. */
static bool draw_a(const struct arr_sheet *s, int i, const float *plane, struct err *e)
{
    const float zero = 128.0F / 255.0F;
    float low, high;
    arr_map_range(plane, s->job->r->cells, &low, &high);
    const float most = fmaxf(fmaxf(high - zero, zero - low), 0.01F);
    const struct arr_heat heat = {.map = plane,
                                  .grid = s->job->r->grid,
                                  .lut = ARR_LUT_RDYLGN,
                                  .is_reversed = true,
                                  .has_range = true,
                                  .low = zero - most,
                                  .high = zero + most};
    return arr_sheet_heat(s, i, &heat, NULL, e);
}

static bool draw_13(const struct arr_view_job *job, struct err *e)
{
    static const enum arr_lut LUTS[ARR_TEXTURE_CHANNELS] = {
        ARR_LUT_REDS,    ARR_LUT_GREENS,  ARR_LUT_BLUES, ARR_LUT_GRAY,    ARR_LUT_RDYLGN,
        ARR_LUT_SEISMIC, ARR_LUT_SEISMIC, ARR_LUT_HOT,   ARR_LUT_VIRIDIS, ARR_LUT_PLASMA,
        ARR_LUT_YLORRD,  ARR_LUT_HOT,     ARR_LUT_GRAY};
    struct arr_sheet s;
    int w, h;
    arr_view_fit_size(job, job->o.max_side / 2, &w, &h);
    const struct arr_panel panel = {.w = w, .h = h, .has_bar = true, .room = 130};
    arr_sheet_init(&s, job);
    arr_sheet_add_grid(&s, &panel, ARR_TEXTURE_CHANNELS + 1, 4);
    bool ok = arr_sheet_open(&s, "The 13 channels of the texture", e);
    for (int c = 0; ok && c < ARR_TEXTURE_CHANNELS; c++) {
        arr_sheet_title(&s, c, "%d  %s", c, arr_channel_name(job->r, c));
        const float *plane = job->r->texture.t[c];
        ok = c == ARR_T_A ? draw_a(&s, c, plane, e) : draw_channel(&s, c, plane, LUTS[c], false, e);
    }
    if (ok) {
        draw_composite(&s, ARR_TEXTURE_CHANNELS);
    }
    return ok;
}

static enum arr_lut array_lut(int channel)
{
    static const struct {
        int first;
        enum arr_lut lut;
    } RANGES[] = {
        {ARR_C_PREV_QUERY, ARR_LUT_HOT},  {ARR_C_DISTANCE, ARR_LUT_YLORRD},
        {ARR_C_CLIP, ARR_LUT_SEISMIC},    {ARR_C_PREV_RELEVANCE, ARR_LUT_HOT},
        {ARR_C_CLUSTER, ARR_LUT_VIRIDIS}, {ARR_C_ECC, ARR_LUT_YLORRD},
        {ARR_C_X, ARR_LUT_PLASMA},        {ARR_C_MOTION, ARR_LUT_HOT},
        {ARR_C_EDGES_DARK, ARR_LUT_GRAY}, {ARR_C_B, ARR_LUT_BLUES},
        {ARR_C_G, ARR_LUT_GREENS},        {ARR_C_R, ARR_LUT_REDS},
    };
    size_t i = 0;
    while (channel < RANGES[i].first) {
        i++;
    }
    return RANGES[i].lut;
}

static void draw_absent(const struct arr_sheet *s, int i, const char *word)
{
    const struct arr_font font = arr_font_muted(s->job);
    const struct arr_rect at = s->at[i];
    arr_canvas_fill(s->canvas, at, ARR_PLATE);
    arr_canvas_frame(s->canvas, at, s->job->scale, ARR_RULE);
    if (at.w > arr_text_width(&font, word) && at.h > ARR_FONT_HEIGHT * font.scale) {
        arr_text(s->canvas, &font, at.x + at.w / 2, at.y + (at.h - ARR_FONT_CAPS * font.scale) / 2,
                 ARR_CENTRE_ALIGN, word);
    }
}

static bool draw_array_channel(const struct arr_sheet *s, int channel, struct err *e)
{
    /* The embedding has a sign: white is 0. */
    const struct arr_heat heat = {.map = s->job->r->array.c[channel],
                                  .grid = s->job->r->grid,
                                  .lut = array_lut(channel),
                                  .has_range = channel >= ARR_C_CLIP && channel < ARR_C_DISTANCE,
                                  .low = -1.0F,
                                  .high = 1.0F};
    return arr_sheet_heat(s, channel, &heat, NULL, e);
}

static bool draw_40(const struct arr_view_job *job, struct err *e)
{
    const struct arr_array *array = &job->r->array;
    struct arr_sheet s;
    int w, h;
    arr_view_fit_size(job, job->o.max_side / 3, &w, &h);
    const struct arr_panel panel = {.w = w, .h = h, .has_bar = true, .room = 130};
    arr_sheet_init(&s, job);
    arr_sheet_add_grid(&s, &panel, ARR_ARRAY_CHANNELS, 8);
    bool ok = arr_sheet_open(&s, "The 40 channels of the array", e);
    for (int c = 0; ok && c < ARR_ARRAY_CHANNELS; c++) {
        arr_sheet_title(&s, c, "%d  %s", c, arr_array_channel_name(c));
        if (array->state[c] == ARR_PRESENT) {
            ok = draw_array_channel(&s, c, e);
        } else {
            draw_absent(&s, c, array->state[c] == ARR_FIRST_FRAME ? "first frame" : "absent");
        }
    }
    return ok;
}

bool arr_view_channels(const struct arr_view_job *job, struct err *e)
{
    return job->r->array.have & ARR_WANT_ARRAY ? draw_40(job, e) : draw_13(job, e);
}

/* ---- false colour ---- */

static void caption_false(const struct arr_sheet *s, int i, int composite)
{
    static const struct arr_color RED = {235, 70, 70, 255}, GREEN = {80, 200, 100, 255},
                                  BLUE = {80, 130, 245, 255};
    static const char *const NAMES[] = {
        [ARR_FALSE_SEMANTIC] = "By meaning",
        [ARR_FALSE_EDGES] = "Edges",
        [ARR_FALSE_SPATIAL] = "Position",
        [ARR_FALSE_CUSTOM] = "Your three channels",
    };
    static const char *const WORDS[][3] = {
        [ARR_FALSE_SEMANTIC] = {"mean of RGB", "edges", "eccentricity"},
        [ARR_FALSE_EDGES] = {"Sobel x", "Sobel y", "edges"},
        [ARR_FALSE_SPATIAL] = {"y", "x", "eccentricity"},
    };
    const enum arr_false_color mode = s->job->o.false_color;
    const struct arr_color colors[3] = {RED, GREEN, BLUE};
    int x = 0;
    arr_sheet_title(s, i, "%s", NAMES[mode]);
    for (int c = 0; c < 3; c++) {
        const char *word = mode == ARR_FALSE_CUSTOM
                               ? arr_channel_name(s->job->r, s->job->o.triple[c])
                               : WORDS[mode][c];
        arr_sheet_key(s, i, 0, &x, colors[c], word);
    }
    if (composite >= 0) {
        draw_composite(s, composite);
        arr_sheet_foot(s, composite, 0, "each cell as the engine sees it");
    }
}

/* The RGB cells stand beside it for orientation; without captions it stands alone. */
bool arr_view_false_color(const struct arr_view_job *job, struct err *e)
{
    struct arr_sheet s;
    uint8_t cells[ARR_CELLS * 3];
    int w, h;
    const bool is_alone = job->o.no_captions;
    arr_view_fit_size(job, job->o.max_side, &w, &h);
    const struct arr_panel panel = {.w = w, .h = h, .feet = 1, .room = 280};
    arr_sheet_init(&s, job);
    arr_sheet_add_grid(&s, &panel, is_alone ? 1 : 2, w > 2 * h ? 1 : 2);
    if (!arr_sheet_open(&s, "False colour of the 13 channels", e)) {
        return false;
    }
    const int last = is_alone ? 0 : 1;
    const struct arr_paint to = arr_sheet_paint(&s, last);
    arr_false_color_cells(&job->r->texture, job->o.false_color, job->o.triple, cells);
    arr_paint_cells(&to, job->r->grid, cells);
    caption_false(&s, last, is_alone ? -1 : 0);
    return true;
}
