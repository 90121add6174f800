/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets over the picture: every selected cell in the colour of its class, the regions that will
 * be sent outlined with what they cost. */
#include <stdio.h>
#include <stdlib.h>

#include "core/arrcoc/view_parts.h"

static void shade_cells(const struct arr_sheet *s, const struct arr_view_picture *p)
{
    const struct arr_result *r = s->job->r;
    const struct arr_paint to = arr_sheet_paint(s, 0);
    bool has_budget[ARR_CELLS];
    arr_selection_mask(r->order, r->budgets.k, r->grid, has_budget);
    arr_paint_picture(&to, p->rgb);
    for (int i = 0; i < r->cells; i++) {
        if (!has_budget[i]) {
            arr_paint_cell(&to, r->grid, i, (struct arr_color){10, 12, 16, 255}, 150);
        }
    }
    for (int i = 0; i < r->budgets.k; i++) {
        const int class = arr_lod_class(r->budgets.tokens[i], &r->options.budget);
        arr_paint_cell(&to, r->grid, r->order[i], ARR_LOD_COLOR[class], 120);
    }
}

static struct arr_rect box_in_panel(const struct arr_sheet *s, const struct arr_box *cells)
{
    const struct arr_paint to = arr_sheet_paint(s, 0);
    const int grid = s->job->r->grid;
    const struct arr_rect first = arr_paint_rect(&to, grid, cells->x0, cells->y0);
    const struct arr_rect last = arr_paint_rect(&to, grid, cells->x1 - 1, cells->y1 - 1);
    return (struct arr_rect){s->at[0].x + first.x, s->at[0].y + first.y, last.x + last.w - first.x,
                             last.y + last.h - first.y};
}

/* White with a dark edge, so that it shows on any picture. */
static void outline(const struct arr_sheet *s, struct arr_rect r)
{
    const int scale = s->job->scale;
    const struct arr_color edge = {0, 0, 0, 190}, white = {255, 255, 255, 255};
    arr_canvas_frame(s->canvas, r, 4 * scale, edge);
    const struct arr_rect inner = {r.x + scale, r.y + scale, r.w - 2 * scale, r.h - 2 * scale};
    if (inner.w > 0 && inner.h > 0) {
        arr_canvas_frame(s->canvas, inner, 2 * scale, white);
    }
}

/* ---- tags: "2   300 tokens" in a corner of each outline ---- */

static bool meet(struct arr_rect a, struct arr_rect b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/* A corner of the region where the tag meets no other tag; the last is taken as it is. */
static struct arr_rect place_tag(struct arr_rect panel, struct arr_rect region, int w, int h,
                                 const struct arr_rect *placed, size_t n_placed)
{
    struct arr_rect r = {0, 0, w, h};
    for (int corner = 0; corner < 4; corner++) {
        r.x = corner & 1 ? region.x + region.w - w : region.x;
        r.y = corner & 2 ? region.y + region.h - h : region.y;
        r.x = r.x + w > panel.x + panel.w ? panel.x + panel.w - w : r.x;
        r.y = r.y + h > panel.y + panel.h ? panel.y + panel.h - h : r.y;
        r.x = r.x < panel.x ? panel.x : r.x;
        r.y = r.y < panel.y ? panel.y : r.y;
        size_t i = 0;
        while (i < n_placed && !meet(r, placed[i])) {
            i++;
        }
        if (i == n_placed) {
            break;
        }
    }
    return r;
}

/* Shorter where the region is too narrow for the whole; nothing where even that finds no room. */
static struct arr_rect draw_tag(const struct arr_sheet *s, size_t i, struct arr_rect region,
                                const struct arr_rect *placed)
{
    const int scale = s->job->scale, pad = 5 * scale, tokens = s->job->r->plan.regions[i].tokens;
    const struct arr_rect panel = s->at[0];
    const struct arr_font font = {scale, true, {20, 20, 22, 255}};
    char text[48];
    snprintf(text, sizeof text, "%zu   %d tokens", i + 1, tokens);
    if (arr_text_width(&font, text) + 2 * pad > region.w) {
        snprintf(text, sizeof text, "%zu   %d", i + 1, tokens);
    }
    const int w = arr_text_width(&font, text) + 2 * pad, h = (ARR_FONT_CAPS + 8) * scale;
    if (w > panel.w || h > panel.h) {
        return (struct arr_rect){0};
    }
    const struct arr_rect at = place_tag(panel, region, w, h, placed, i);
    arr_canvas_fill(s->canvas, at, (struct arr_color){255, 255, 255, 235});
    arr_text(s->canvas, &font, at.x + pad, at.y + 4 * scale, ARR_LEFT, text);
    return at;
}

static void draw_regions(const struct arr_sheet *s)
{
    const struct arr_plan *plan = &s->job->r->plan;
    struct arr_rect placed[ARR_REGIONS_MAX];
    for (size_t i = 0; i < plan->n_regions; i++) {
        outline(s, box_in_panel(s, &plan->regions[i].cells));
    }
    for (size_t i = 0; i < plan->n_regions && !s->job->o.no_captions; i++) {
        placed[i] = draw_tag(s, i, box_in_panel(s, &plan->regions[i].cells), placed);
    }
}

static void draw_keys(const struct arr_sheet *s)
{
    static const char *const NAMES[] = {"low", "medium", "high"};
    const struct arr_lod *lod = &s->job->r->lod;
    const int counts[] = {lod->low, lod->medium, lod->high};
    int x = 0;
    for (int class = 2; class >= 0; class --) {
        char word[40];
        snprintf(word, sizeof word, "%s %d", NAMES[class], counts[class]);
        arr_sheet_key(s, 0, 0, &x, ARR_LOD_COLOR[class], word);
    }
}

static void caption(const struct arr_sheet *s)
{
    const struct arr_result *r = s->job->r;
    const struct arr_plan *plan = &r->plan;
    char sent[32], plain[32];
    draw_keys(s);
    if (!r->has_plan) {
        arr_sheet_title(s, 0, "Budgets of the selected cells");
        arr_sheet_foot(s, 0, 1, "no regions: %s", r->plan_why);
        return;
    }
    arr_sheet_title(s, 0, "Overview and %zu region%s for %s", plan->n_regions,
                    plan->n_regions == 1 ? "" : "s", plan->vlm->name);
    arr_sheet_foot(s, 0, 1, "sent: %s tokens, %d of them the overview",
                   arr_thousands(sent, plan->total), plan->overview.tokens);
    arr_sheet_foot(s, 0, 2, "the picture as it is: %s tokens, %.2fx as many",
                   arr_thousands(plain, plan->plain_tokens), plan->vlm_ratio);
}

bool arr_view_tokens(const struct arr_view_job *job, struct err *e)
{
    struct arr_view_picture p;
    struct arr_sheet s;
    if (!arr_view_fit(job, job->o.max_side, &p, e)) {
        return false;
    }
    arr_sheet_init(&s, job);
    arr_sheet_add(&s, &(struct arr_panel){
                          .w = p.w, .h = p.h, .feet = 3, .room = job->r->has_plan ? 300 : 480});
    const bool ok = arr_sheet_open(&s, "Visual tokens", e);
    if (ok) {
        shade_cells(&s, &p);
        if (job->r->has_plan) {
            draw_regions(&s);
        }
        caption(&s);
    }
    free(p.rgb);
    return ok;
}
