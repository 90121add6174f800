/* SPDX-License-Identifier: Apache-2.0 */
/* What the query changed: the selection without it, with it, and the difference. */
#include <stdio.h>
#include <stdlib.h>

#include "core/arrcoc/attend.h"
#include "core/arrcoc/metrics.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/view_parts.h"
#include "core/base/err.h"

enum { WITHOUT, WITH, CHANGE, SHIFT, NUMBERS, SCALED, FACTS = 8, ROOM = 200 };

static bool has_query(const struct arr_result *r, struct err *e)
{
    if (r->ladder != ARR_PARTIC_NONE) {
        return true;
    }
    err_set(e, ERR_USAGE, "the impact of a query cannot be drawn: %s",
            r->flags & ARR_R_NO_LEXICAL ? "no word of it is known" : "there is none");
    return err_remedy(e, "Ask for something one can see at a place: a colour, a side, text.");
}

static void draw_selections(const struct arr_sheet *s, const struct arr_view_picture *p)
{
    const struct arr_result *r = s->job->r;
    float baseline[ARR_CELLS];
    uint16_t order[ARR_CELLS];
    for (int i = 0; i < r->cells; i++) {
        baseline[i] = 0.5F * r->way[ARR_INFO][i] + 0.5F * r->way[ARR_PERSP][i];
    }
    arr_top_k(baseline, r->cells, r->k, order);
    arr_sheet_title(s, WITHOUT, "Without the query: B");
    arr_sheet_foot(s, WITHOUT, 0, "half information, half salience");
    arr_sheet_selection(s, WITHOUT, p, order, r->k);
    arr_sheet_title(s, WITH, "With the query: R");
    arr_sheet_foot(s, WITH, 0, "top %d of %d cells", r->k, r->cells);
    arr_sheet_selection(s, WITH, p, r->order, r->k);
}

static bool draw_changes(const struct arr_sheet *s, const struct arr_impact *impact, struct err *e)
{
    const struct arr_result *r = s->job->r;
    float change[ARR_CELLS];
    int x = 0;
    for (int i = 0; i < r->cells; i++) {
        change[i] = (float)impact->change[i];
    }
    const struct arr_heat changed = {.map = change,
                                     .grid = r->grid,
                                     .lut = ARR_LUT_RDYLGN,
                                     .has_range = true,
                                     .low = -1.0F,
                                     .high = 1.0F};
    /* White is no shift: the range reaches as far down as up. */
    const float most = (float)impact->max_abs_shift;
    const struct arr_heat shift = {.map = impact->shift,
                                   .grid = r->grid,
                                   .lut = ARR_LUT_RDBU_R,
                                   .is_bilinear = true,
                                   .has_range = true,
                                   .low = -most,
                                   .high = most};
    const uint8_t *lost = ARR_LUT[ARR_LUT_RDYLGN][0], *won = ARR_LUT[ARR_LUT_RDYLGN][255];
    arr_sheet_title(s, CHANGE, "What changed");
    arr_sheet_key(s, CHANGE, 0, &x, (struct arr_color){won[0], won[1], won[2], 255}, "added");
    arr_sheet_key(s, CHANGE, 0, &x, (struct arr_color){lost[0], lost[1], lost[2], 255}, "removed");
    arr_sheet_title(s, SHIFT, "Shift of the score: R - B");
    arr_sheet_foot(s, SHIFT, 0, "B stretched to the range of R");
    return arr_sheet_heat(s, CHANGE, &changed, NULL, e) &&
           arr_sheet_heat(s, SHIFT, &shift, NULL, e);
}

static void draw_numbers(const struct arr_sheet *s, int i, const char *title,
                         const struct arr_impact *m)
{
    arr_canvas_fill(s->canvas, s->at[i], ARR_PLATE);
    arr_sheet_fact(s, i, 0, title, NULL);
    arr_sheet_fact(s, i, 1, "cells in both selections", "%d (%.1f %%)", m->overlap,
                   m->overlap_percent);
    arr_sheet_fact(s, i, 2, "moved by the query", "%.1f %%", m->shift_percent);
    arr_sheet_fact(s, i, 3, "B: mean, deviation", "%.3f   %.3f", m->mean_baseline, m->std_baseline);
    arr_sheet_fact(s, i, 4, "R: mean, deviation", "%.3f   %.3f", m->mean_query, m->std_query);
    arr_sheet_fact(s, i, 5, "mean shift", "%+.3f", m->mean_shift);
    arr_sheet_fact(s, i, 6, "largest shift", "%.3f", m->max_abs_shift);
    arr_sheet_fact(s, i, 7, "mean of the coupling", "%.3f", m->mean_partic);
}

static bool draw_all(const struct arr_sheet *s, const struct arr_view_picture *p, struct err *e)
{
    const struct arr_result *r = s->job->r;
    struct arr_impact plain, scaled;
    arr_impact_make(r->way[ARR_INFO], r->way[ARR_PERSP], r->way[ARR_PARTIC], r->balance.balanced,
                    r->grid, r->k, false, &plain);
    arr_impact_make(r->way[ARR_INFO], r->way[ARR_PERSP], r->way[ARR_PARTIC], r->balance.balanced,
                    r->grid, r->k, true, &scaled);
    draw_selections(s, p);
    draw_numbers(s, NUMBERS, "B as the reference has it", &plain);
    draw_numbers(s, SCALED, "B stretched to the range of R", &scaled);
    return draw_changes(s, &scaled, e);
}

bool arr_view_query_impact(const struct arr_view_job *job, struct err *e)
{
    struct arr_view_picture p;
    struct arr_sheet s;
    if (!has_query(job->r, e) || !arr_view_fit(job, job->o.max_side / 2, &p, e)) {
        return false;
    }
    const struct arr_panel plain = {.w = p.w, .h = p.h, .feet = 1, .room = ROOM};
    struct arr_panel with_bar = plain;
    with_bar.has_bar = true;
    /* As wide as two panels above. */
    const int column = p.w > ROOM * job->scale ? p.w : ROOM * job->scale;
    const struct arr_panel facts = {
        .row = 1, .w = 2 * column + ARR_GAP * job->scale, .h = arr_sheet_facts_height(job, FACTS)};
    arr_sheet_init(&s, job);
    arr_sheet_add_grid(&s, &plain, 3, 3);
    arr_sheet_add(&s, &with_bar);
    arr_sheet_add_grid(&s, &facts, 2, 2);
    const bool ok = arr_sheet_open(&s, "Impact of the query", e) && draw_all(&s, &p, e);
    free(p.rgb);
    return ok;
}
