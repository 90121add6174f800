/* SPDX-License-Identifier: Apache-2.0 */
/* The maps of relevance: alone, over the picture, side by side. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/view_parts.h"
#include "core/base/buf.h"

static const char *const WAY_TITLE[ARR_WAYS] = {"Information (propositional)",
                                                "Salience (perspectival)",
                                                "Coupling with the query (participatory)"};

static double mean_of(const float *map, int cells)
{
    double sum = 0.0;
    for (int i = 0; i < cells; i++) {
        sum += (double)map[i];
    }
    return sum / cells;
}

static const char *balancer_name(enum arr_balancer_kind kind)
{
    static const char *const NAMES[] = {[ARR_BALANCE_TENSION] = "balanced by the closed form",
                                        [ARR_BALANCE_ADAPTIVE] = "balanced by trained weights",
                                        [ARR_BALANCE_CONTEXTUAL] = "balanced by tensions learned"};
    return NAMES[kind];
}

/* "red: colour, left: horizontal; not known: mug" */
static void describe_reading(const struct arr_reading *reading, struct buf *out)
{
    for (size_t i = 0; i < reading->n_hits; i++) {
        const struct arr_hit *hit = &reading->hits[i];
        buf_printf(out, "%s%s%s: %s%s", i > 0 ? ", " : "", hit->is_negated ? "not " : "",
                   hit->words, hit->group, hit->is_absent ? " (not there)" : "");
    }
    for (size_t i = 0; i < reading->n_ignored; i++) {
        const char *before = i > 0 ? ", " : out->n > 0 ? "; not known: " : "not known: ";
        buf_printf(out, "%s%s", before, reading->ignored[i]);
    }
}

static void foot_partic(const struct arr_sheet *s, int i, int line)
{
    const struct arr_result *r = s->job->r;
    struct buf words = BUF_INIT;
    switch (r->ladder) {
    case ARR_PARTIC_NONE:
        buf_puts(&words, r->flags & ARR_R_NO_LEXICAL ? "no word of the query is known"
                                                     : "no query: left out");
        break;
    case ARR_PARTIC_LEXICAL:
        describe_reading(&r->reading, &words);
        break;
    case ARR_PARTIC_TRAINED:
        buf_puts(&words, "trained scorer");
        break;
    case ARR_PARTIC_MAP:
        buf_puts(&words, "a map given from outside");
        break;
    }
    arr_sheet_foot(s, i, line, "%s", buf_str(&words));
    buf_done(&words);
}

static void caption_way(const struct arr_sheet *s, int i, enum arr_way way)
{
    const struct arr_result *r = s->job->r;
    const float scale = r->options.scale[way];
    arr_sheet_title(s, i, "%s", WAY_TITLE[way]);
    if (scale > 0.0F) {
        arr_sheet_foot(s, i, 0, "share %.0f %%, scale %g, mean %.2f",
                       100.0 * (double)r->balance.share[way], (double)scale,
                       mean_of(r->way[way], r->cells));
    } else {
        arr_sheet_foot(s, i, 0, "switched off");
    }
    if (way == ARR_PARTIC) {
        foot_partic(s, i, 1);
    }
}

static void caption_balanced(const struct arr_sheet *s, int i, const char *title)
{
    const struct arr_result *r = s->job->r;
    arr_sheet_title(s, i, "%s", title);
    arr_sheet_foot(s, i, 0, "%s, mean %.2f", balancer_name(r->balancer),
                   mean_of(r->balance.balanced, r->cells));
    if (r->balance.has_tensions) {
        const struct arr_tensions t = r->balance.tensions;
        arr_sheet_foot(s, i, 1, "compress %.2f   exploit %.2f   focus %.2f", (double)t.compress,
                       (double)t.exploit, (double)t.focus);
    }
    if (r->flags & ARR_R_NO_EVIDENCE) {
        arr_sheet_foot(s, i, 0, "no evidence: every way is switched off");
    }
}

/* The three ways and R, in four panels of maps that are painted alike. */
static bool draw_four(const struct arr_sheet *s, const enum arr_lut luts[ARR_WAYS + 1],
                      bool is_bilinear, const struct arr_view_picture *under, struct err *e)
{
    const struct arr_result *r = s->job->r;
    for (int i = 0; i <= ARR_WAYS; i++) {
        const struct arr_heat heat = {.map = i < ARR_WAYS ? r->way[i] : r->balance.balanced,
                                      .grid = r->grid,
                                      .lut = luts[i],
                                      .is_bilinear = is_bilinear};
        if (!arr_sheet_heat(s, i, &heat, under, e)) {
            return false;
        }
        if (i < ARR_WAYS) {
            caption_way(s, i, (enum arr_way)i);
        } else {
            caption_balanced(s, i, "Relevance R");
        }
    }
    return true;
}

static void add_four(struct arr_sheet *s, int w, int h)
{
    const struct arr_panel panel = {.w = w, .h = h, .has_bar = true, .feet = 2, .room = 240};
    const int columns = arr_sheet_columns(s->job, 4, w, h);
    arr_sheet_add_grid(s, &panel, 4, columns == 3 ? 2 : columns);
}

bool arr_view_heatmaps(const struct arr_view_job *job, struct err *e)
{
    static const enum arr_lut LUTS[] = {ARR_LUT_HOT, ARR_LUT_HOT, ARR_LUT_HOT, ARR_LUT_HOT};
    struct arr_view_picture p;
    struct arr_sheet s;
    if (!arr_view_fit(job, job->o.max_side, &p, e)) {
        return false;
    }
    arr_sheet_init(&s, job);
    add_four(&s, p.w, p.h);
    const bool ok =
        arr_sheet_open(&s, "Heat maps over the picture", e) && draw_four(&s, LUTS, true, &p, e);
    free(p.rgb);
    return ok;
}

bool arr_view_three_ways(const struct arr_view_job *job, struct err *e)
{
    static const enum arr_lut LUTS[] = {ARR_LUT_HOT, ARR_LUT_VIRIDIS, ARR_LUT_PLASMA,
                                        ARR_LUT_INFERNO};
    struct arr_sheet s;
    int w, h;
    arr_view_fit_size(job, job->o.max_side, &w, &h);
    arr_sheet_init(&s, job);
    add_four(&s, w, h);
    return arr_sheet_open(&s, "Three ways of knowing", e) && draw_four(&s, LUTS, false, NULL, e);
}

bool arr_view_balanced(const struct arr_view_job *job, struct err *e)
{
    const struct arr_result *r = job->r;
    const struct arr_heat heat = {
        .map = r->balance.balanced, .grid = r->grid, .lut = ARR_LUT_HOT, .is_bilinear = true};
    struct arr_view_picture p;
    struct arr_sheet s;
    if (!arr_view_fit(job, job->o.max_side, &p, e)) {
        return false;
    }
    arr_sheet_init(&s, job);
    arr_sheet_add(&s,
                  &(struct arr_panel){.w = p.w, .h = p.h, .has_bar = true, .feet = 2, .room = 280});
    const bool ok = arr_sheet_open(&s, "Relevance", e) && arr_sheet_heat(&s, 0, &heat, &p, e);
    if (ok) {
        caption_balanced(&s, 0, "R over the picture");
    }
    free(p.rgb);
    return ok;
}

static bool draw_overview(const struct arr_sheet *s, const struct arr_view_picture *p,
                          struct err *e)
{
    const struct arr_result *r = s->job->r;
    const struct arr_heat relevance = {
        .map = r->balance.balanced, .grid = r->grid, .lut = ARR_LUT_HOT, .is_bilinear = true};
    const struct arr_paint photo = arr_sheet_paint(s, 0);
    arr_paint_picture(&photo, p->rgb);
    arr_sheet_title(s, 0, "Picture");
    arr_sheet_foot(s, 0, 0, "%d x %d pixels, %d x %d cells", s->job->width, s->job->height, r->grid,
                   r->grid);
    caption_balanced(s, 1, "Relevance R");
    arr_sheet_chosen(s, 2, 0);
    arr_sheet_foot(s, 2, 1, "%d high, %d medium, %d low budgets", r->lod.high, r->lod.medium,
                   r->lod.low);
    return arr_sheet_heat(s, 1, &relevance, NULL, e);
}

bool arr_view_overview(const struct arr_view_job *job, struct err *e)
{
    struct arr_view_picture p;
    struct arr_sheet s;
    if (!arr_view_fit(job, job->o.max_side, &p, e)) {
        return false;
    }
    const struct arr_panel plain = {.w = p.w, .h = p.h, .feet = 2, .room = 200};
    struct arr_panel with_bar = plain;
    with_bar.has_bar = true;
    arr_sheet_init(&s, job);
    arr_sheet_add(&s, &plain);
    arr_sheet_add(&s, &with_bar);
    arr_sheet_add(&s, &plain);
    const bool ok = arr_sheet_open(&s, "Overview", e) && draw_overview(&s, &p, e);
    free(p.rgb);
    return ok;
}
