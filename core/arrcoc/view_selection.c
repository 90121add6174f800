/* SPDX-License-Identifier: Apache-2.0 */
/* Which cells were kept, beside the picture and beside selections that know nothing of it. */
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/attend.h"
#include "core/arrcoc/metrics.h"
#include "core/arrcoc/view_parts.h"
#include "core/base/err.h"
#include "core/base/mem.h"

/* ---- homunculus ---- */

static bool draw_styled(const struct arr_sheet *s, int i, const struct arr_view_picture *p,
                        struct err *e)
{
    const struct arr_result *r = s->job->r;
    uint8_t *rgba = try_alloc((size_t)p->w * (size_t)p->h, 4);
    if (rgba == NULL) {
        return err_set(e, ERR_LIMIT, "no memory to mark the cells of %d x %d pixels", p->w, p->h);
    }
    const bool ok = arr_homunculus_draw(p->rgb, p->w, p->h, r->grid, r->order, r->k,
                                        s->job->o.homunculus, rgba, e);
    const struct arr_paint to = arr_sheet_paint(s, i);
    for (int y = 0; ok && y < p->h; y++) {
        memcpy(to.rgba + (size_t)y * to.stride, rgba + (size_t)y * (size_t)p->w * 4,
               (size_t)p->w * 4);
    }
    free(rgba);
    return ok;
}

static void caption_homunculus(const struct arr_sheet *s)
{
    static const char *const MEANING[] = {
        [ARR_HOMUNCULUS_DIM] = "red: rejected cells",
        [ARR_HOMUNCULUS_BORDERS] = "green frames: selected cells",
        [ARR_HOMUNCULUS_HEATMAP] = "light: selected cells, dark: rejected",
    };
    const struct arr_result *r = s->job->r;
    arr_sheet_title(s, 0, "Picture");
    arr_sheet_foot(s, 0, 0, "%d x %d pixels", s->job->width, s->job->height);
    arr_sheet_title(s, 1, "Top %d selected", r->k);
    arr_sheet_foot(s, 1, 0, "%s", MEANING[s->job->o.homunculus]);
    arr_sheet_foot(s, 1, 1, "%d / %d cells, coverage %.1f %%, selection %.2fx", r->k, r->cells,
                   100.0 * r->k / r->cells, r->k > 0 ? (double)r->cells / r->k : 0.0);
}

bool arr_view_homunculus(const struct arr_view_job *job, struct err *e)
{
    struct arr_view_picture p;
    struct arr_sheet s;
    if (!arr_view_fit(job, job->o.max_side, &p, e)) {
        return false;
    }
    const struct arr_panel panel = {.w = p.w, .h = p.h, .feet = 2, .room = 270};
    arr_sheet_init(&s, job);
    arr_sheet_add_grid(&s, &panel, 2, p.w > 2 * p.h ? 1 : 2);
    bool ok = arr_sheet_open(&s, "Homunculus", e);
    if (ok) {
        const struct arr_paint photo = arr_sheet_paint(&s, 0);
        arr_paint_picture(&photo, p.rgb);
        caption_homunculus(&s);
        ok = draw_styled(&s, 1, &p, e);
    }
    free(p.rgb);
    return ok;
}

/* ---- comparison ---- */

enum { RIVALS = 4 };

struct rival {
    const char *name;
    const float *map;
    float own[ARR_CELLS];
    uint16_t order[ARR_CELLS];
    struct arr_metrics metrics;
};

static void make_rivals(const struct arr_result *r, struct rival rivals[RIVALS])
{
    static const char *const NAMES[RIVALS] = {"ARR-COC", "Random", "Uniform", "Centre"};
    static const enum arr_baseline BASELINES[RIVALS] = {ARR_RANDOM, ARR_RANDOM, ARR_UNIFORM,
                                                        ARR_CENTRE};
    for (int i = 0; i < RIVALS; i++) {
        struct rival *rival = &rivals[i];
        rival->name = NAMES[i];
        rival->map = i == 0 ? r->balance.balanced : rival->own;
        if (i == 0) {
            memcpy(rival->order, r->order, (size_t)r->k * sizeof *rival->order);
        } else {
            arr_baseline_map(BASELINES[i], r->grid, r->k, rival->own);
            arr_top_k(rival->own, r->cells, r->k, rival->order);
        }
        arr_metrics_make(rival->map, r->grid, rival->order, r->k, NULL, &rival->metrics);
    }
}

/* What a rival's selection has of R: how much relevance it would have kept. */
static double kept(const struct arr_result *r, const struct rival *rival)
{
    double sum = 0.0;
    for (int i = 0; i < r->k; i++) {
        sum += (double)r->balance.balanced[rival->order[i]];
    }
    return r->k > 0 ? sum / r->k : 0.0;
}

static bool draw_rival(const struct arr_sheet *s, int i, const struct rival *rival,
                       const float range[2], const struct arr_view_picture *p, struct err *e)
{
    const struct arr_result *r = s->job->r;
    const struct arr_metrics *m = &rival->metrics;
    const struct arr_heat heat = {.map = rival->map,
                                  .grid = r->grid,
                                  .lut = ARR_LUT_HOT,
                                  .is_bilinear = true,
                                  .has_range = true,
                                  .low = range[0],
                                  .high = range[1]};
    const int below = RIVALS + i;
    arr_sheet_title(s, i, "%s", rival->name);
    arr_sheet_title(s, below, "%s: top %d", rival->name, r->k);
    arr_sheet_selection(s, below, p, rival->order, r->k);
    arr_sheet_foot(s, below, 0, "mean R of its cells %.3f", kept(r, rival));
    arr_sheet_foot(s, below, 1, "regions reached %.0f %%, entropy %.2f bits",
                   100.0 * m->spatial_coverage, m->spatial_entropy);
    arr_sheet_foot(s, below, 2, "joins %.2f of chance, Moran's I %.2f", m->join_count, m->moran_i);
    return arr_sheet_heat(s, i, &heat, NULL, e);
}

bool arr_view_comparison(const struct arr_view_job *job, struct err *e)
{
    const struct arr_result *r = job->r;
    struct arr_view_picture p;
    struct arr_sheet s;
    if (!arr_view_fit(job, job->o.max_side / 2, &p, e)) {
        return false;
    }
    struct arr_panel panel = {.w = p.w, .h = p.h, .has_bar = true, .room = 250};
    arr_sheet_init(&s, job);
    arr_sheet_add_grid(&s, &panel, RIVALS, RIVALS);
    panel = (struct arr_panel){.row = 1, .w = p.w, .h = p.h, .feet = 3, .room = 250};
    panel.has_bar = true; /* the same width as above: columns stay in line */
    arr_sheet_add_grid(&s, &panel, RIVALS, RIVALS);
    struct rival *rivals = xcalloc(RIVALS, sizeof *rivals);
    make_rivals(r, rivals);
    float range[2] = {0.0F, 0.0F};
    arr_map_range(rivals[0].map, r->cells, &range[0], &range[1]);
    for (int i = 1; i < RIVALS; i++) {
        float low, high;
        arr_map_range(rivals[i].map, r->cells, &low, &high);
        range[0] = low < range[0] ? low : range[0];
        range[1] = high > range[1] ? high : range[1];
    }
    bool ok = arr_sheet_open(&s, "Comparison with selections that look at nothing", e);
    for (int i = 0; ok && i < RIVALS; i++) {
        ok = draw_rival(&s, i, &rivals[i], range, &p, e);
    }
    free(rivals);
    free(p.rgb);
    return ok;
}
