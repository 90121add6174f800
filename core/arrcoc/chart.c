/* SPDX-License-Identifier: Apache-2.0 */
/* Axes, bars and curves inside a panel of a sheet. */
#include <math.h>

#include "core/arrcoc/view_parts.h"

/* In font pixels: what axes take of the panel. */
enum { LEFT = 38, RIGHT = 10, TOP = 10, BOTTOM = 22 };

/* The smallest of 1, 2, 5 times a power of ten that divides the range into at most `most` parts. */
static double round_step(double range, int most)
{
    const double least = range / most, power = pow(10.0, floor(log10(least)));
    const double digit = least / power;
    return power * (digit <= 1.0 ? 1.0 : digit <= 2.0 ? 2.0 : digit <= 5.0 ? 5.0 : 10.0);
}

double arr_chart_x(const struct arr_chart *c, double v)
{
    return c->plot.x + (v - c->x0) / (c->x1 - c->x0) * (c->plot.w - 1);
}

double arr_chart_y(const struct arr_chart *c, double v)
{
    return c->plot.y + (1.0 - (v - c->y0) / (c->y1 - c->y0)) * (c->plot.h - 1);
}

static int whole(double v)
{
    return (int)floor(v + 0.5);
}

static void ticks_y(const struct arr_chart *c)
{
    const struct arr_view_job *job = c->sheet->job;
    const struct arr_font font = arr_font_muted(job);
    const double step = round_step(c->y1 - c->y0, 5);
    char text[24];
    for (double v = ceil(c->y0 / step - 1e-9) * step; v <= c->y1 + step * 1e-6; v += step) {
        const int y = whole(arr_chart_y(c, v));
        arr_canvas_fill(c->canvas, (struct arr_rect){c->plot.x, y, c->plot.w, 1}, ARR_RULE);
        arr_text(c->canvas, &font, c->plot.x - 6 * job->scale, y - ARR_FONT_CAPS * job->scale / 2,
                 ARR_RIGHT, arr_number(text, v, step * 5.0));
    }
}

static void ticks_x(const struct arr_chart *c)
{
    const double step = round_step(c->x1 - c->x0, 5);
    char text[24];
    for (double v = ceil(c->x0 / step - 1e-9) * step; v <= c->x1 + step * 1e-6; v += step) {
        const int x = whole(arr_chart_x(c, v));
        arr_canvas_fill(c->canvas, (struct arr_rect){x, c->plot.y, 1, c->plot.h}, ARR_RULE);
        arr_chart_word(c, v, arr_number(text, v, step * 5.0));
    }
}

struct arr_chart arr_chart_open(const struct arr_sheet *s, int i, const double x[2],
                                const double y[2], bool no_x)
{
    const int scale = s->job->scale;
    const struct arr_rect at = s->at[i];
    const struct arr_chart c = {
        .sheet = s,
        .canvas = s->canvas,
        .plot = {at.x + LEFT * scale, at.y + TOP * scale, at.w - (LEFT + RIGHT) * scale,
                 at.h - (TOP + BOTTOM) * scale},
        .x0 = x[0],
        .x1 = x[1] > x[0] ? x[1] : x[0] + 1.0,
        .y0 = y[0],
        .y1 = y[1] > y[0] ? y[1] : y[0] + 1.0,
    };
    arr_canvas_fill(s->canvas, at, ARR_PLATE);
    ticks_y(&c);
    if (!no_x) {
        ticks_x(&c);
    }
    return c;
}

void arr_chart_area(const struct arr_chart *c, const double x[2], const double y[2],
                    struct arr_color color)
{
    const int left = whole(arr_chart_x(c, fmin(x[0], x[1])));
    const int right = whole(arr_chart_x(c, fmax(x[0], x[1])));
    const int top = whole(arr_chart_y(c, fmax(y[0], y[1])));
    const int bottom = whole(arr_chart_y(c, fmin(y[0], y[1])));
    arr_canvas_fill(c->canvas, (struct arr_rect){left, top, right - left, bottom - top + 1}, color);
}

void arr_chart_line(const struct arr_chart *c, double x0, double y0, double x1, double y1,
                    struct arr_color color)
{
    arr_canvas_line(c->canvas, arr_chart_x(c, x0), arr_chart_y(c, y0), arr_chart_x(c, x1),
                    arr_chart_y(c, y1), 1.6 * c->sheet->job->scale, color);
}

void arr_chart_vertical(const struct arr_chart *c, double x, struct arr_color color)
{
    const int scale = c->sheet->job->scale, at = whole(arr_chart_x(c, x)) - scale;
    const struct arr_rect line = {at, c->plot.y, 2 * scale, c->plot.h};
    arr_canvas_dashes(c->canvas, line, scale, color);
}

void arr_chart_horizontal(const struct arr_chart *c, double y, struct arr_color color)
{
    const int scale = c->sheet->job->scale, at = whole(arr_chart_y(c, y)) - scale;
    const struct arr_rect line = {c->plot.x, at, c->plot.w, 2 * scale};
    arr_canvas_dashes(c->canvas, line, scale, color);
}

void arr_chart_word(const struct arr_chart *c, double x, const char *word)
{
    const struct arr_view_job *job = c->sheet->job;
    const struct arr_font font = arr_font_muted(job);
    arr_text(c->canvas, &font, whole(arr_chart_x(c, x)), c->plot.y + c->plot.h + 7 * job->scale,
             ARR_CENTRE_ALIGN, word);
}
