/* SPDX-License-Identifier: Apache-2.0 */
/* Which channels the relevance goes along with. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/metrics.h"
#include "core/arrcoc/view_parts.h"
#include "core/base/mem.h"

enum { TOP = 5, MAP = 5, BARS = 6, GROUPS = 7, SCATTER = 8, SCATTERS = 3, FACTS = 11, PANELS };
enum { SMALL = 150, FACT_LINES = 12, CHARTS = 260, PITCH = 18 };

struct group {
    const char *name;
    double mean_abs, max_abs;
};

struct ranked {
    struct arr_channel_set set;
    struct arr_attribution a[ARR_ARRAY_CHANNELS];
    int n_groups; /* that have a channel */
    struct group groups[ARR_CHANNEL_GROUPS];
    int by_rank[ARR_ARRAY_CHANNELS];
};

static void make_groups(struct ranked *out)
{
    const struct arr_channel_set *set = &out->set;
    for (int first = 0, last; first < set->n; first = last) {
        struct group group = {.name = set->group_name[set->group[first]]};
        double sum = 0.0;
        for (last = first; last < set->n && set->group[last] == set->group[first]; last++) {
            const double r = out->a[last].is_defined ? fabs(out->a[last].pearson) : 0.0;
            sum += r;
            group.max_abs = fmax(group.max_abs, r);
        }
        group.mean_abs = sum / (last - first);
        out->groups[out->n_groups++] = group;
    }
}

static void make_ranked(const struct arr_result *r, struct ranked *out)
{
    float(*planes)[ARR_CELLS] = xcalloc(ARR_ARRAY_CHANNELS, sizeof *planes);
    *out = (struct ranked){0};
    arr_channel_set_of(r, true, &out->set);
    for (int i = 0; i < out->set.n; i++) {
        memcpy(planes[i], out->set.map[i], sizeof planes[i]);
    }
    arr_attribution_make(planes[0], out->set.n, r->balance.balanced, r->cells, out->a);
    for (int i = 0; i < out->set.n; i++) {
        out->by_rank[out->a[i].rank] = i;
    }
    make_groups(out);
    free(planes);
}

/* "+0.42", or "-" where a correlation is not defined. */
static const char *r_text(char out[24], const struct arr_attribution *a)
{
    if (a->is_defined) {
        snprintf(out, 24, "%+.3f", a->pearson);
    } else {
        snprintf(out, 24, "-");
    }
    return out;
}

static bool draw_top(const struct arr_sheet *s, const struct ranked *ranked, struct err *e)
{
    const struct arr_result *r = s->job->r;
    char text[24];
    struct arr_heat heat = {.grid = r->grid, .lut = ARR_LUT_GRAY, .is_bilinear = true};
    for (int i = 0; i < TOP && i < ranked->set.n; i++) {
        const int c = ranked->by_rank[i];
        heat.map = ranked->set.map[c];
        arr_sheet_title(s, i, "%d. %s", i + 1, ranked->set.name[c]);
        arr_sheet_foot(s, i, 0, "r %s", r_text(text, &ranked->a[c]));
        if (!arr_sheet_heat(s, i, &heat, NULL, e)) {
            return false;
        }
    }
    heat.map = r->balance.balanced;
    heat.lut = ARR_LUT_HOT;
    arr_sheet_title(s, MAP, "Relevance R");
    return arr_sheet_heat(s, MAP, &heat, NULL, e);
}

/* Bars to both sides of zero, one a channel. */
static void draw_bars(const struct arr_sheet *s, const struct ranked *ranked)
{
    const struct arr_view_job *job = s->job;
    const struct arr_font name = arr_font_muted(job), value = arr_font_text(job);
    const int scale = job->scale, pad = 12 * scale;
    const struct arr_rect at = s->at[BARS];
    const int pitch = ranked->set.n > 0 ? (at.h - 2 * pad) / ranked->set.n : 0;
    const int before = arr_channel_name_width(&ranked->set, &name) + 8 * scale;
    const int left = at.x + pad + before, width = at.w - 2 * pad - before - 48 * scale;
    const int middle = left + width / 2;
    arr_canvas_fill(s->canvas, at, ARR_PLATE);
    for (int c = 0; c < ranked->set.n; c++) {
        const struct arr_attribution *a = &ranked->a[c];
        const int y = at.y + pad + c * pitch, h = pitch - 5 * scale;
        const int length = (int)(fabs(a->pearson) * width / 2.0 + 0.5);
        const int text_y = y + (h - ARR_FONT_CAPS * scale) / 2;
        char text[24];
        arr_text(s->canvas, &name, left - 8 * scale, text_y, ARR_RIGHT, ranked->set.name[c]);
        arr_canvas_fill(s->canvas, (struct arr_rect){left, y, width, h}, ARR_PAGE);
        arr_canvas_fill(
            s->canvas, (struct arr_rect){a->pearson < 0.0 ? middle - length : middle, y, length, h},
            a->pearson < 0.0 ? ARR_BAD : ARR_GOOD);
        arr_text(s->canvas, &value, at.x + at.w - pad, text_y, ARR_RIGHT, r_text(text, a));
    }
    arr_canvas_fill(s->canvas, (struct arr_rect){middle, at.y + pad, scale, at.h - 2 * pad},
                    ARR_MUTED);
    arr_sheet_title(s, BARS, "Correlation with R (Pearson)");
}

static void draw_groups(const struct arr_sheet *s, const struct ranked *ranked)
{
    const struct arr_font font = arr_font_text(s->job);
    double most = 0.1;
    for (int g = 0; g < ranked->n_groups; g++) {
        most = fmax(most, ranked->groups[g].max_abs);
    }
    const struct arr_chart c = arr_chart_open(s, GROUPS, (const double[]){0.0, ranked->n_groups},
                                              (const double[]){0.0, most * 1.15}, true);
    for (int g = 0; g < ranked->n_groups; g++) {
        const struct group *group = &ranked->groups[g];
        const double x[2] = {g + 0.22, g + 0.78};
        char text[24];
        arr_chart_area(&c, x, (const double[]){0.0, group->max_abs}, ARR_RULE);
        arr_chart_area(&c, x, (const double[]){0.0, group->mean_abs}, ARR_ACCENT);
        snprintf(text, sizeof text, "%.2f", group->mean_abs);
        const int y = (int)arr_chart_y(&c, group->max_abs) - 13 * s->job->scale;
        arr_text(s->canvas, &font, (int)arr_chart_x(&c, g + 0.5), y, ARR_CENTRE_ALIGN, text);
        arr_chart_word(&c, g + 0.5, group->name);
    }
    arr_sheet_title(s, GROUPS, "By group: mean of |r|; grey: the largest");
}

/* ---- scatter plots ---- */

static void draw_fit(const struct arr_chart *chart, const float *x, const float *y, int n)
{
    double mx = 0.0, my = 0.0, xx = 0.0, xy = 0.0;
    for (int i = 0; i < n; i++) {
        mx += (double)x[i] / n;
        my += (double)y[i] / n;
    }
    for (int i = 0; i < n; i++) {
        xx += ((double)x[i] - mx) * ((double)x[i] - mx);
        xy += ((double)x[i] - mx) * ((double)y[i] - my);
    }
    if (xx > 0.0) {
        const double slope = xy / xx;
        arr_chart_line(chart, chart->x0, my + slope * (chart->x0 - mx), chart->x1,
                       my + slope * (chart->x1 - mx), ARR_MARK);
    }
}

static void draw_scatter(const struct arr_sheet *s, const struct ranked *ranked, int place)
{
    const struct arr_result *r = s->job->r;
    const int channel = ranked->by_rank[place], panel = SCATTER + place;
    const float *x = ranked->set.map[channel], *y = r->balance.balanced;
    const struct arr_color dot = {ARR_ACCENT.r, ARR_ACCENT.g, ARR_ACCENT.b, 110};
    float x_low, x_high, y_low, y_high;
    arr_map_range(x, r->cells, &x_low, &x_high);
    arr_map_range(y, r->cells, &y_low, &y_high);
    const struct arr_chart c =
        arr_chart_open(s, panel, (const double[]){(double)x_low, (double)x_high},
                       (const double[]){(double)y_low, (double)y_high}, false);
    for (int i = 0; i < r->cells; i++) {
        arr_chart_line(&c, (double)x[i], (double)y[i], (double)x[i], (double)y[i], dot);
    }
    draw_fit(&c, x, y, r->cells);
    arr_sheet_title(s, panel, "R over %s", ranked->set.name[channel]);
}

static const char *strength(double r)
{
    return fabs(r) > 0.5 ? "strong" : fabs(r) > 0.3 ? "moderate" : "weak";
}

static void draw_facts(const struct arr_sheet *s, const struct ranked *ranked)
{
    const struct group *first = &ranked->groups[0];
    char text[24];
    arr_canvas_fill(s->canvas, s->at[FACTS], ARR_PLATE);
    arr_sheet_fact(s, FACTS, 0, "Strongest channels", NULL);
    for (int i = 0; i < SCATTERS && i < ranked->set.n; i++) {
        const struct arr_attribution *a = &ranked->a[ranked->by_rank[i]];
        arr_sheet_fact(s, FACTS, 1 + i, ranked->set.name[ranked->by_rank[i]], "%s   %s",
                       r_text(text, a), a->is_defined ? strength(a->pearson) : "");
    }
    for (int g = 1; g < ranked->n_groups; g++) {
        first = ranked->groups[g].mean_abs > first->mean_abs ? &ranked->groups[g] : first;
    }
    const struct arr_attribution *best = &ranked->a[ranked->by_rank[0]];
    if (ranked->n_groups > 0) {
        arr_sheet_fact(s, FACTS, 5, "strongest group", "%s (%.3f)", first->name, first->mean_abs);
    }
    if (best->is_defined) {
        arr_sheet_fact(s, FACTS, 6, "Spearman of the first", "%+.3f", best->spearman);
        arr_sheet_fact(s, FACTS, 7, "p of the first", "%.2g", best->p_value);
    }
    arr_sheet_fact(s, FACTS, 9, "How to read it", NULL);
    arr_sheet_fact(s, FACTS, 10, "|r| above 0.3", "moderate");
    arr_sheet_fact(s, FACTS, 11, "|r| above 0.5", "strong");
}

/* ---- the page ---- */

static void add_panels(struct arr_sheet *s, int n_channels)
{
    const int scale = s->job->scale, side = SMALL * scale;
    int w, h;
    arr_view_fit_size(s->job, side, &w, &h);
    const struct arr_panel small = {.w = w, .h = h, .feet = 1, .room = SMALL};
    /* Two charts, then four, under six small maps. */
    const int six = 6 * SMALL * scale + 5 * ARR_GAP * scale;
    const int bars = n_channels * PITCH + 24;
    const struct arr_panel half = {
        .row = 1, .w = (six - ARR_GAP * scale) / 2, .h = (bars > CHARTS ? bars : CHARTS) * scale};
    arr_sheet_add_grid(s, &small, TOP + 1, TOP + 1);
    arr_sheet_add_grid(s, &half, 2, 2);
    const struct arr_panel quarter = {.row = 2,
                                      .w = (six - 3 * ARR_GAP * scale) / 4,
                                      .h = arr_sheet_facts_height(s->job, FACT_LINES)};
    arr_sheet_add_grid(s, &quarter, SCATTERS + 1, SCATTERS + 1);
}

bool arr_view_attribution(const struct arr_view_job *job, struct err *e)
{
    struct ranked ranked;
    struct arr_sheet s;
    make_ranked(job->r, &ranked);
    arr_sheet_init(&s, job);
    add_panels(&s, ranked.set.n);
    if (!arr_sheet_open(&s,
                        ranked.set.is_array ? "Attribution to the array's channels"
                                            : "Attribution to the 13 channels",
                        e) ||
        !draw_top(&s, &ranked, e)) {
        return false;
    }
    draw_bars(&s, &ranked);
    draw_groups(&s, &ranked);
    for (int i = 0; i < SCATTERS && i < ranked.set.n; i++) {
        draw_scatter(&s, &ranked, i);
    }
    draw_facts(&s, &ranked);
    return true;
}
