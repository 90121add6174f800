/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/views.h"

#include <string.h>

#include "core/arrcoc/view_parts.h"
#include "core/base/err.h"

enum { SIDE = 512, SIDE_MIN = 32, LEGIBLE = 450 };

static const struct {
    const char *name, *about;
    bool (*draw)(const struct arr_view_job *job, struct err *e);
} VIEWS[ARR_VIEWS] = {
    [ARR_VIEW_OVERVIEW] = {"overview", "the picture, its relevance, the selected cells",
                           arr_view_overview},
    [ARR_VIEW_HOMUNCULUS] = {"homunculus", "selected and rejected cells over the picture",
                             arr_view_homunculus},
    [ARR_VIEW_HEATMAPS] = {"heatmaps", "the three ways and R as heat over the picture",
                           arr_view_heatmaps},
    [ARR_VIEW_THREE_WAYS] = {"three-ways", "the three ways and R, cell by cell",
                             arr_view_three_ways},
    [ARR_VIEW_TEXTURES] = {"textures", "the channels grouped by meaning", arr_view_textures},
    [ARR_VIEW_CHANNELS] = {"channels", "all 13 channels, or all 40 with the array",
                           arr_view_channels},
    [ARR_VIEW_FALSE_COLOR] = {"false-color", "three channels as red, green and blue",
                              arr_view_false_color},
    [ARR_VIEW_COMPARISON] = {"comparison", "beside random, uniform and central selections",
                             arr_view_comparison},
    [ARR_VIEW_METRICS] = {"metrics", "distribution, layout and budgets of the selection",
                          arr_view_metrics},
    [ARR_VIEW_QUERY_IMPACT] = {"query-impact", "what the query changed", arr_view_query_impact},
    [ARR_VIEW_ATTRIBUTION] = {"attribution", "which channels the relevance goes along with",
                              arr_view_attribution},
    [ARR_VIEW_INSPECTOR] = {"inspector", "one cell: its values and its fate", arr_view_inspector},
    [ARR_VIEW_BALANCED] = {"balanced", "relevance as heat over the picture", arr_view_balanced},
    [ARR_VIEW_TOKENS] = {"tokens", "token budgets and the regions that will be sent",
                         arr_view_tokens},
};

static bool is_view(enum arr_view view)
{
    return (unsigned)view < ARR_VIEWS;
}

const char *arr_view_name(enum arr_view view)
{
    return is_view(view) ? VIEWS[view].name : "";
}

const char *arr_view_about(enum arr_view view)
{
    return is_view(view) ? VIEWS[view].about : "";
}

bool arr_view_find(const char *name, enum arr_view *out)
{
    for (int i = 0; i < ARR_VIEWS; i++) {
        if (strcmp(VIEWS[i].name, name) == 0) {
            *out = (enum arr_view)i;
            return true;
        }
    }
    return false;
}

/* ---- what is asked for makes sense ---- */

static bool check_options(struct arr_view_options *o, struct err *e)
{
    o->max_side = o->max_side == 0 ? SIDE : o->max_side;
    o->alpha = o->alpha == 0.0F ? 0.6F : o->alpha;
    if (o->max_side < SIDE_MIN || o->max_side > ARR_VIEW_SIDE_MAX) {
        return err_set(e, ERR_USAGE, "a panel of %d pixels is not drawn; they have %d to %d",
                       o->max_side, SIDE_MIN, ARR_VIEW_SIDE_MAX);
    }
    if (!(o->alpha > 0.0F && o->alpha <= 1.0F)) {
        return err_set(e, ERR_USAGE, "alpha is %g; it goes from above 0 to 1", (double)o->alpha);
    }
    if ((unsigned)o->homunculus > ARR_HOMUNCULUS_HEATMAP ||
        (unsigned)o->false_color > ARR_FALSE_CUSTOM) {
        return err_set(e, ERR_USAGE, "there is no such style of a view");
    }
    for (int i = 0; o->false_color == ARR_FALSE_CUSTOM && i < 3; i++) {
        if (o->triple[i] < 0 || o->triple[i] >= ARR_TEXTURE_CHANNELS) {
            return err_set(e, ERR_USAGE, "there is no channel %d; they go from 0 to %d",
                           o->triple[i], ARR_TEXTURE_CHANNELS - 1);
        }
    }
    return true;
}

static bool check_input(enum arr_view view, const struct arr_result *r, const uint8_t *rgb,
                        int width, int height, struct err *e)
{
    if (!is_view(view)) {
        return err_set(e, ERR_USAGE, "there is no view number %d", (int)view);
    }
    if (rgb == NULL || width < 1 || height < 1 || width > ARR_SIDE_MAX || height > ARR_SIDE_MAX) {
        return err_set(e, ERR_USAGE, "the view %s needs the picture", VIEWS[view].name);
    }
    if (r->grid < 2 || r->grid > ARR_GRID || r->cells != r->grid * r->grid || r->k < 0 ||
        r->k > r->cells || r->texture.grid != r->grid) {
        err_set(e, ERR_USAGE, "the view %s needs a result, and nothing has been computed",
                VIEWS[view].name);
        return err_remedy(e, "Run the engine on the picture first.");
    }
    return true;
}

bool arr_view_draw(enum arr_view view, const struct arr_result *result, const uint8_t *rgb,
                   int width, int height, const struct arr_view_options *options,
                   struct arr_canvas *out, struct err *e)
{
    *out = (struct arr_canvas){0};
    struct arr_view_job job = {
        .r = result, .rgb = rgb, .width = width, .height = height, .o = {.cell = -1}, .out = out};
    if (options != NULL) {
        job.o = *options;
    }
    if (!check_input(view, result, rgb, width, height, e) || !check_options(&job.o, e)) {
        return false;
    }
    /* Text grows with the panels, so that a large picture shown small stays legible. */
    int w, h;
    arr_view_fit_size(&job, job.o.max_side, &w, &h);
    job.scale = w > h ? w / LEGIBLE : h / LEGIBLE;
    job.scale = job.scale < 1 ? 1 : job.scale;
    if (!VIEWS[view].draw(&job, e)) {
        arr_canvas_done(out);
        return err_wrap(e, "drawing the view %s", VIEWS[view].name);
    }
    return true;
}
