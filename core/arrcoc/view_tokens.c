/* SPDX-License-Identifier: Apache-2.0 */
/* Budgets over the picture: the selected cells in the colours of their classes, the regions that
 * will be sent outlined and numbered. */
#include <stdio.h>
#include <stdlib.h>

#include "core/arrcoc/view_parts.h"

/* In font pixels. */
enum {
    TAG = ARR_FONT_CAPS + 8,
    BADGE = ARR_FONT_CAPS + 6,
    GUTTER_GAP = 5,
    COLUMN = 92,
    ROOM = 330
};
enum { THIN = 4 * BADGE }; /* a picture whose sides are less has its numbers beside it */

/* Where a region is in the panel, what its tag says and where that stands; both from the panel's
 * upper left. A tag without a width found no place. */
struct tag {
    struct arr_rect region, at;
    char text[48];
    bool is_number; /* the tokens stand in the legend */
};

struct tags {
    const struct arr_view_job *job;
    int w, h; /* of the picture */
    int n;
    bool has_legend, is_beside;
    struct tag tag[ARR_REGIONS_MAX];
};

/* ---- cells ---- */

/* Low cells are hardly more than the darkened picture: regions are made from those that stand
 * out. */
static void shade_cells(const struct arr_sheet *s, const struct arr_view_picture *p)
{
    static const unsigned DARK[3] = {120, 0, 0}, TINT[3] = {44, 120, 120};
    const struct arr_color dark = {10, 12, 16, 255};
    const struct arr_result *r = s->job->r;
    const struct arr_paint to = arr_sheet_paint(s, 0);
    bool has_budget[ARR_CELLS];
    arr_selection_mask(r->order, r->budgets.k, r->grid, has_budget);
    arr_paint_picture(&to, p->rgb);
    for (int i = 0; i < r->cells; i++) {
        if (!has_budget[i]) {
            arr_paint_cell(&to, r->grid, i, dark, 150);
        }
    }
    for (int i = 0; i < r->budgets.k; i++) {
        const int class = arr_lod_class(r->budgets.tokens[i], &r->options.budget);
        arr_paint_cell(&to, r->grid, r->order[i], dark, DARK[class]);
        arr_paint_cell(&to, r->grid, r->order[i], ARR_LOD_COLOR[class], TINT[class]);
    }
}

/* White with a dark edge, so that it shows on any picture; thinner round what is small. */
static void outline(const struct arr_sheet *s, struct arr_rect r)
{
    const int scale = s->job->scale, side = r.w < r.h ? r.w : r.h;
    const int edge = side < 16 * scale ? 0 : scale, white = side < 16 * scale ? scale : 2 * scale;
    arr_canvas_frame(s->canvas, r, 2 * edge + white, (struct arr_color){0, 0, 0, 190});
    const struct arr_rect inner = {r.x + edge, r.y + edge, r.w - 2 * edge, r.h - 2 * edge};
    arr_canvas_frame(s->canvas, inner, white, (struct arr_color){255, 255, 255, 255});
}

/* ---- tags: "2   300 tokens" inside, or a number beside ---- */

static bool meet(struct arr_rect a, struct arr_rect b)
{
    return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}

/* Whether a tag may stand there: it covers none of those before, and no outline when asked. */
static bool is_free(const struct tags *t, int i, struct arr_rect at, bool avoids_regions)
{
    for (int other = 0; other < t->n; other++) {
        if ((other < i && meet(at, t->tag[other].at)) ||
            (avoids_regions && meet(at, t->tag[other].region))) {
            return false;
        }
    }
    return true;
}

/* The free place in the zone that is nearest to where it is wanted; at: size and wish. */
static bool find_place(const struct tags *t, int i, struct arr_rect zone, bool avoids_regions,
                       struct arr_rect *at)
{
    const struct arr_rect wish = *at;
    const int step = 2 * t->job->scale;
    int64_t best = INT64_MAX;
    for (int y = zone.y; y + wish.h <= zone.y + zone.h; y += step) {
        for (int x = zone.x; x + wish.w <= zone.x + zone.w; x += step) {
            const int64_t dx = x - wish.x, dy = y - wish.y, far = dx * dx + dy * dy;
            const struct arr_rect here = {x, y, wish.w, wish.h};
            if (far < best && is_free(t, i, here, avoids_regions)) {
                best = far;
                *at = here;
            }
        }
    }
    return best < INT64_MAX;
}

/* In a corner of its region when it leaves most of it to be seen. */
static bool place_inside(struct tags *t, int i, const char *text)
{
    const int scale = t->job->scale;
    const struct arr_font font = arr_font_bold(t->job);
    const struct arr_rect region = t->tag[i].region;
    const int w = arr_text_width(&font, text) + 10 * scale, h = TAG * scale;
    if (w > region.w || 5 * h > 2 * region.h) {
        return false;
    }
    for (int corner = 0; corner < 4; corner++) {
        const struct arr_rect at = {corner & 1 ? region.x + region.w - w : region.x,
                                    corner & 2 ? region.y + region.h - h : region.y, w, h};
        if (is_free(t, i, at, false)) {
            t->tag[i].at = at;
            snprintf(t->tag[i].text, sizeof t->tag[i].text, "%s", text);
            return true;
        }
    }
    return false;
}

/* Above its region, or near that; beside the picture when that is thin. */
static void place_number(struct tags *t, int i)
{
    const int scale = t->job->scale, h = BADGE * scale, gap = GUTTER_GAP * scale;
    const struct arr_font font = arr_font_bold(t->job);
    struct tag *tag = &t->tag[i];
    const struct arr_rect region = tag->region;
    tag->is_number = t->has_legend = true;
    snprintf(tag->text, sizeof tag->text, "%d", i + 1);
    const int w = arr_text_width(&font, tag->text) + 8 * scale;
    const bool is_below = t->is_beside && t->w >= t->h, is_right = t->is_beside && !is_below;
    const struct arr_rect zone = {is_right ? t->w + gap : 0, is_below ? t->h + gap : 0,
                                  is_right                          ? w
                                  : t->w < ROOM * scale && is_below ? ROOM * scale
                                                                    : t->w,
                                  is_below ? h : t->h};
    struct arr_rect at = {region.x, region.y - h, w, h};
    if (t->is_beside) {
        at.x = region.x + (region.w - w) / 2;
        at.y = region.y + (region.h - h) / 2;
    }
    if (find_place(t, i, zone, true, &at) || find_place(t, i, zone, false, &at)) {
        tag->at = at;
    }
}

static void make_tags(const struct arr_view_job *job, const struct arr_view_picture *p,
                      struct tags *t)
{
    const struct arr_plan *plan = &job->r->plan;
    const struct arr_paint panel = {.w = p->w, .h = p->h};
    const int grid = job->r->grid, shorter = p->w < p->h ? p->w : p->h;
    *t = (struct tags){.job = job, .w = p->w, .h = p->h};
    t->n = job->r->has_plan ? (int)plan->n_regions : 0;
    t->is_beside = shorter < THIN * job->scale;
    for (int i = 0; i < t->n; i++) {
        const struct arr_box *cells = &plan->regions[i].cells;
        const struct arr_rect first = arr_paint_rect(&panel, grid, cells->x0, cells->y0);
        const struct arr_rect last = arr_paint_rect(&panel, grid, cells->x1 - 1, cells->y1 - 1);
        t->tag[i].region = (struct arr_rect){first.x, first.y, last.x + last.w - first.x,
                                             last.y + last.h - first.y};
    }
    for (int i = 0; i < t->n && !job->o.no_captions; i++) {
        char full[48], brief[32];
        snprintf(full, sizeof full, "%d   %d tokens", i + 1, plan->regions[i].tokens);
        snprintf(brief, sizeof brief, "%d   %d", i + 1, plan->regions[i].tokens);
        if (!place_inside(t, i, full) && !place_inside(t, i, brief)) {
            place_number(t, i);
        }
    }
}

/* From a region to its number beside the picture. */
static void draw_leader(const struct arr_sheet *s, const struct arr_rect region,
                        const struct arr_rect at, bool is_below)
{
    const struct arr_color white = {255, 255, 255, 170};
    const double x = region.x + region.w / 2.0, y = region.y + region.h / 2.0;
    if (is_below) {
        arr_canvas_line(s->canvas, x, region.y + region.h, at.x + at.w / 2.0, at.y, s->job->scale,
                        white);
    } else {
        arr_canvas_line(s->canvas, region.x + region.w, y, at.x, at.y + at.h / 2.0, s->job->scale,
                        white);
    }
}

static void draw_tags(const struct arr_sheet *s, const struct tags *t)
{
    const int scale = s->job->scale, x = s->at[0].x, y = s->at[0].y;
    const struct arr_font font = {scale, true, {20, 20, 22, 255}};
    for (int i = 0; i < t->n; i++) {
        const struct arr_rect r = t->tag[i].region;
        outline(s, (struct arr_rect){x + r.x, y + r.y, r.w, r.h});
    }
    for (int i = 0; i < t->n; i++) {
        const struct tag *tag = &t->tag[i];
        if (tag->at.w == 0) {
            continue;
        }
        const struct arr_rect at = {x + tag->at.x, y + tag->at.y, tag->at.w, tag->at.h};
        if (tag->is_number && t->is_beside) {
            const struct arr_rect region = {x + tag->region.x, y + tag->region.y, tag->region.w,
                                            tag->region.h};
            draw_leader(s, region, at, t->w >= t->h);
        }
        arr_canvas_fill(s->canvas, at, (struct arr_color){255, 255, 255, 235});
        arr_text(s->canvas, &font, at.x + at.w / 2, at.y + (at.h - ARR_FONT_CAPS * scale) / 2,
                 ARR_CENTRE_ALIGN, tag->text);
    }
}

/* ---- text below ---- */

static int legend_columns(const struct tags *t)
{
    const int room = t->w > ROOM * t->job->scale ? t->w : ROOM * t->job->scale;
    return room / (COLUMN * t->job->scale);
}

/* Lines above the keys: numbers under a flat picture, then the legend. */
static int lines_before(const struct tags *t)
{
    const int columns = legend_columns(t);
    const bool is_below = t->is_beside && t->w >= t->h;
    return t->has_legend ? (is_below ? 1 : 0) + (t->n + columns - 1) / columns : 0;
}

static void draw_legend(const struct arr_sheet *s, const struct tags *t)
{
    const int columns = legend_columns(t), lines = (t->n + columns - 1) / columns;
    for (int i = 0; i < t->n; i++) {
        char text[48];
        int x = i % columns * COLUMN * s->job->scale;
        snprintf(text, sizeof text, "%d: %d tokens", i + 1, s->job->r->plan.regions[i].tokens);
        arr_sheet_word(s, 0, lines_before(t) - lines + i / columns, x, text);
    }
}

static void draw_keys(const struct arr_sheet *s, int line)
{
    static const char *const NAMES[] = {"low", "medium", "high"};
    const struct arr_lod *lod = &s->job->r->lod;
    const int counts[] = {lod->low, lod->medium, lod->high};
    int x = 0;
    for (int class = 2; class >= 0; class --) {
        char word[64];
        const bool is_covered = class == 0 && s->job->r->has_plan;
        snprintf(word, sizeof word, "%s %d%s", NAMES[class], counts[class],
                 is_covered ? ": covered by the overview" : "");
        arr_sheet_key(s, 0, line, &x, ARR_LOD_COLOR[class], word);
    }
}

static void caption(const struct arr_sheet *s, const struct tags *t)
{
    const struct arr_result *r = s->job->r;
    const struct arr_plan *plan = &r->plan;
    const int line = lines_before(t);
    char sent[32], plain[32];
    draw_keys(s, line);
    if (!r->has_plan) {
        arr_sheet_title(s, 0, "Budgets of the selected cells");
        arr_sheet_foot(s, 0, line + 1, "no regions: %s", r->plan_why);
        return;
    }
    if (t->has_legend) {
        draw_legend(s, t);
    }
    if (t->n == 0) {
        arr_sheet_title(s, 0, "Overview alone for %s", plan->vlm->name);
    } else {
        arr_sheet_title(s, 0, "Overview and %d region%s for %s", t->n, t->n == 1 ? "" : "s",
                        plan->vlm->name);
    }
    arr_sheet_foot(s, 0, line + 1, "sent: %s tokens, %d of them the overview",
                   arr_thousands(sent, plan->total), plan->overview.tokens);
    arr_sheet_foot(s, 0, line + 2, "the picture as it is: %s tokens, %.2fx as many",
                   arr_thousands(plain, plan->plain_tokens), plan->vlm_ratio);
}

bool arr_view_tokens(const struct arr_view_job *job, struct err *e)
{
    struct arr_view_picture p;
    struct arr_sheet s;
    struct tags tags;
    if (!arr_view_fit(job, job->o.max_side, &p, e)) {
        return false;
    }
    make_tags(job, &p, &tags);
    arr_sheet_init(&s, job);
    arr_sheet_add(&s, &(struct arr_panel){.w = p.w,
                                          .h = p.h,
                                          .feet = lines_before(&tags) + 3,
                                          .room = job->r->has_plan ? ROOM : 480});
    const bool ok = arr_sheet_open(&s, "Visual tokens", e);
    if (ok) {
        shade_cells(&s, &p);
        draw_tags(&s, &tags);
        caption(&s, &tags);
    }
    free(p.rgb);
    return ok;
}
