/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a selection: distribution, selected against rejected, layout, decay. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/metrics.h"
#include "core/arrcoc/view_parts.h"

enum { HISTOGRAM, BOXES, GRID, SCORES, LAYOUT, CURVE, PANELS };
enum { BINS = 50, CURVE_MAX = 500, CHART_W = 330, CHART_H = 240, FACTS = 15 };

struct figures {
    struct arr_metrics m;
    float sorted[ARR_CELLS]; /* R, descending */
};

static int descending(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return x > y ? -1 : x < y;
}

static void make_figures(const struct arr_result *r, struct figures *f)
{
    const bool has_tokens = r->budgets.k == r->k;
    arr_metrics_make(r->balance.balanced, r->grid, r->order, r->k,
                     has_tokens ? r->budgets.tokens : NULL, &f->m);
    memcpy(f->sorted, r->balance.balanced, (size_t)r->cells * sizeof *f->sorted);
    qsort(f->sorted, (size_t)r->cells, sizeof *f->sorted, descending);
}

/* ---- histogram ---- */

static void draw_histogram(const struct arr_sheet *s, const struct figures *f)
{
    int count[BINS] = {0}, most = 1;
    const double low = f->m.min, high = f->m.max > low ? f->m.max : low + 1.0;
    for (int i = 0; i < f->m.cells; i++) {
        const int bin = (int)(((double)f->sorted[i] - low) / (high - low) * BINS);
        most = ++count[bin < BINS ? bin : BINS - 1] > most ? most + 1 : most;
    }
    /* Quieter than the lines over them. */
    const struct arr_color quiet = {72, 108, 158, 255};
    char text[40];
    int x = 0;
    const struct arr_chart c = arr_chart_open(s, HISTOGRAM, (const double[]){low, high},
                                              (const double[]){0.0, most * 1.06}, false);
    for (int i = 0; i < BINS; i++) {
        const double width = (high - low) / BINS;
        const double bar[2] = {low + i * width, low + (i + 0.88) * width};
        if (count[i] > 0) {
            arr_chart_area(&c, bar, (const double[]){0.0, count[i]}, quiet);
        }
    }
    arr_chart_vertical(&c, f->m.mean, ARR_MARK);
    arr_chart_vertical(&c, f->m.q50, ARR_TEXT);
    arr_sheet_title(s, HISTOGRAM, "Distribution of R over all cells");
    snprintf(text, sizeof text, "mean %.3f", f->m.mean);
    arr_sheet_key(s, HISTOGRAM, 0, &x, ARR_MARK, text);
    snprintf(text, sizeof text, "median %.3f", f->m.q50);
    arr_sheet_key(s, HISTOGRAM, 0, &x, ARR_TEXT, text);
}

/* ---- box plot ---- */

/* Quartiles, whiskers at the last values within 1.5 box heights, what is beyond as dots. values:
 * ascending. */
static void draw_box(const struct arr_chart *c, double x, const float *values, int n,
                     struct arr_color color)
{
    if (n == 0) {
        return;
    }
    const double q1 = arr_percentile(values, (size_t)n, 25.0);
    const double q2 = arr_percentile(values, (size_t)n, 50.0);
    const double q3 = arr_percentile(values, (size_t)n, 75.0), reach = 1.5 * (q3 - q1);
    double low = q1, high = q3;
    for (int i = 0; i < n; i++) {
        const double v = (double)values[i];
        low = v >= q1 - reach && v < low ? v : low;
        high = v <= q3 + reach && v > high ? v : high;
    }
    for (int i = 0; i < n; i++) {
        const double v = (double)values[i];
        if (v < low || v > high) {
            arr_chart_line(c, x, v, x, v, color);
        }
    }
    arr_chart_line(c, x, low, x, q1, ARR_TEXT);
    arr_chart_line(c, x, q3, x, high, ARR_TEXT);
    arr_chart_line(c, x - 0.12, low, x + 0.12, low, ARR_TEXT);
    arr_chart_line(c, x - 0.12, high, x + 0.12, high, ARR_TEXT);
    arr_chart_area(c, (const double[]){x - 0.25, x + 0.25}, (const double[]){q1, q3}, color);
    arr_chart_line(c, x - 0.25, q2, x + 0.25, q2, ARR_PAGE);
}

static int ascending(const void *a, const void *b)
{
    return descending(b, a);
}

static void draw_boxes(const struct arr_sheet *s, const struct figures *f)
{
    const struct arr_result *r = s->job->r;
    float part[2][ARR_CELLS]; /* rejected, selected */
    int n[2] = {0, 0};
    bool is_in[ARR_CELLS];
    arr_selection_mask(r->order, r->k, r->grid, is_in);
    for (int i = 0; i < r->cells; i++) {
        part[is_in[i]][n[is_in[i]]++] = r->balance.balanced[i];
    }
    qsort(part[0], (size_t)n[0], sizeof *part[0], ascending);
    qsort(part[1], (size_t)n[1], sizeof *part[1], ascending);
    const double high = f->m.max > f->m.min ? f->m.max : f->m.min + 1.0;
    const double pad = (high - f->m.min) * 0.04;
    const struct arr_chart c = arr_chart_open(s, BOXES, (const double[]){0.0, 2.0},
                                              (const double[]){f->m.min - pad, high + pad}, true);
    draw_box(&c, 0.5, part[1], n[1], ARR_CHOSEN);
    draw_box(&c, 1.5, part[0], n[0], ARR_REJECTED);
    arr_chart_word(&c, 0.5, "selected");
    arr_chart_word(&c, 1.5, "rejected");
    arr_sheet_title(s, BOXES, "Selected against rejected");
    arr_sheet_foot(s, BOXES, 0, "%d selected, %d rejected", n[1], n[0]);
}

/* ---- layout ---- */

static void draw_grid(const struct arr_sheet *s, const struct figures *f)
{
    arr_sheet_chosen(s, GRID, 0);
    arr_sheet_foot(s, GRID, 1, "%.1f %% of the 4 x 4 regions reached",
                   100.0 * f->m.spatial_coverage);
}

/* ---- decay ---- */

static void draw_curve(const struct arr_sheet *s, const struct figures *f)
{
    const int n = f->m.cells < CURVE_MAX ? f->m.cells : CURVE_MAX;
    const double high = f->m.max > f->m.min ? f->m.max : f->m.min + 1.0;
    const double low = (double)f->sorted[n - 1], pad = (high - low) * 0.04 + 1e-9;
    const struct arr_chart c = arr_chart_open(s, CURVE, (const double[]){0.0, n},
                                              (const double[]){low - pad, high + pad}, false);
    for (int i = 1; i < n; i++) {
        arr_chart_line(&c, i, (double)f->sorted[i - 1], i + 1, (double)f->sorted[i], ARR_ACCENT);
    }
    char text[40];
    int x = 0;
    if (f->m.k > 0 && f->m.k <= n) {
        arr_chart_vertical(&c, f->m.k, ARR_BAD);
    }
    snprintf(text, sizeof text, "K %d%s", f->m.k, f->m.k > n ? ", beyond" : "");
    arr_sheet_key(s, CURVE, 0, &x, ARR_BAD, text);
    if (f->m.k > 0 && f->m.selected_mean >= low) {
        arr_chart_horizontal(&c, f->m.selected_mean, ARR_CHOSEN);
    }
    snprintf(text, sizeof text, "mean of selected %.3f", f->m.selected_mean);
    arr_sheet_key(s, CURVE, 0, &x, ARR_CHOSEN, text);
    arr_sheet_title(s, CURVE, "R by rank");
}

/* ---- tables ---- */

static void draw_scores(const struct arr_sheet *s, const struct figures *f)
{
    const struct arr_metrics *m = &f->m;
    arr_canvas_fill(s->canvas, s->at[SCORES], ARR_PLATE);
    arr_sheet_title(s, SCORES, "Selection and scores");
    arr_sheet_fact(s, SCORES, 0, "Selection", NULL);
    arr_sheet_fact(s, SCORES, 1, "cells selected", "%d of %d", m->k, m->cells);
    arr_sheet_fact(s, SCORES, 2, "share", "%.1f %%", 100.0 * m->selection_ratio);
    arr_sheet_fact(s, SCORES, 3, "selection", "%.2fx", m->compression_ratio);
    arr_sheet_fact(s, SCORES, 5, "R", NULL);
    arr_sheet_fact(s, SCORES, 6, "mean", "%.3f", m->mean);
    arr_sheet_fact(s, SCORES, 7, "standard deviation", "%.3f", m->std);
    arr_sheet_fact(s, SCORES, 8, "range", "%.3f to %.3f", m->min, m->max);
    arr_sheet_fact(s, SCORES, 9, "quartiles", "%.3f  %.3f  %.3f", m->q25, m->q50, m->q75);
    arr_sheet_fact(s, SCORES, 10, "mean of selected", "%.3f", m->selected_mean);
    arr_sheet_fact(s, SCORES, 11, "deviation of selected", "%.3f", m->selected_std);
    arr_sheet_fact(s, SCORES, 12, "Moran's I", "%.3f", m->moran_i);
    if (m->has_centre_bias) {
        arr_sheet_fact(s, SCORES, 13, "centre bias", "%+.3f", m->centre_bias);
    } else {
        arr_sheet_fact(s, SCORES, 13, "centre bias", "-");
    }
}

static void draw_layout(const struct arr_sheet *s, const struct figures *f)
{
    const struct arr_metrics *m = &f->m;
    char sum[32];
    arr_canvas_fill(s->canvas, s->at[LAYOUT], ARR_PLATE);
    arr_sheet_title(s, LAYOUT, "Layout and budgets");
    arr_sheet_fact(s, LAYOUT, 0, "Layout", NULL);
    arr_sheet_fact(s, LAYOUT, 1, "regions reached", "%.1f %%", 100.0 * m->spatial_coverage);
    arr_sheet_fact(s, LAYOUT, 2, "entropy over 8 x 8 (of 6)", "%.2f bits", m->spatial_entropy);
    arr_sheet_fact(s, LAYOUT, 3, "neighbours, 1 = chance", "%.2f", m->join_count);
    arr_sheet_fact(s, LAYOUT, 4, "nearest selected", "%.2f cells", m->mean_nn_distance);
    arr_sheet_fact(s, LAYOUT, 5, "groups", "%d", m->n_clusters);
    arr_sheet_fact(s, LAYOUT, 6, "reference's coefficient", "%.3f", m->clustering_coef);
    arr_sheet_fact(s, LAYOUT, 7, "its word (nearly always so)", "%s",
                   arr_clustering_word(m->clustering_coef));
    arr_sheet_fact(s, LAYOUT, 9, "Budgets", NULL);
    if (s->job->r->budgets.k == m->k && m->k > 0) {
        arr_sheet_fact(s, LAYOUT, 10, "Gini, 0 = even", "%.3f", m->budget_gini);
        arr_sheet_fact(s, LAYOUT, 11, "entropy, 1 = even", "%.3f", m->budget_entropy);
        arr_sheet_fact(s, LAYOUT, 12, "as if so many cells", "%.1f", m->effective_cells);
        arr_sheet_fact(s, LAYOUT, 13, "sum over cells, never sent", "%s",
                       arr_thousands(sum, s->job->r->budgets.sum));
    } else {
        arr_sheet_fact(s, LAYOUT, 10, "not for every selected cell", "-");
    }
}

bool arr_view_metrics(const struct arr_view_job *job, struct err *e)
{
    const int w = CHART_W * job->scale, h = CHART_H * job->scale;
    const struct arr_panel chart = {.w = w, .h = h, .feet = 1};
    const struct arr_panel square = {.w = h, .h = h, .feet = 2, .room = 250};
    const struct arr_panel facts = {.row = 1, .w = w, .h = h};
    struct arr_panel curve = chart;
    curve.row = 1;
    struct figures f;
    struct arr_sheet s;
    make_figures(job->r, &f);
    arr_sheet_init(&s, job);
    arr_sheet_add(&s, &chart);
    arr_sheet_add(&s, &chart);
    arr_sheet_add(&s, &square);
    arr_sheet_add(&s, &facts);
    arr_sheet_add(&s, &facts);
    arr_sheet_add(&s, &curve);
    if (!arr_sheet_open(&s, "Metrics", e)) {
        return false;
    }
    draw_grid(&s, &f);
    draw_histogram(&s, &f);
    draw_boxes(&s, &f);
    draw_scores(&s, &f);
    draw_layout(&s, &f);
    draw_curve(&s, &f);
    return true;
}
