/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of panels: where everything stands, and the text around it. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/resample.h"
#include "core/arrcoc/view_parts.h"
#include "core/base/err.h"
#include "core/base/mem.h"

const struct arr_color ARR_PAGE = {23, 25, 30, 255}, ARR_PLATE = {33, 36, 43, 255};
const struct arr_color ARR_RULE = {58, 62, 72, 255}, ARR_TEXT = {226, 229, 235, 255};
const struct arr_color ARR_MUTED = {150, 157, 168, 255};
const struct arr_color ARR_GOOD = {102, 194, 132, 255}, ARR_BAD = {229, 110, 100, 255};
const struct arr_color ARR_ACCENT = {97, 163, 240, 255}, ARR_MARK = {240, 186, 92, 255};
const struct arr_color ARR_CHOSEN = {102, 194, 132, 255}, ARR_REJECTED = {78, 84, 97, 255};
const struct arr_color ARR_LOD_COLOR[3] = {
    {66, 133, 214, 255}, {64, 190, 150, 255}, {247, 160, 62, 255}};

/* In font pixels. */
enum {
    MARGIN = 16,
    LINE = 15,
    TITLE = ARR_FONT_CAPS + 8,
    HEADING = LINE + 12,
    HEADER = LINE + 6 + LINE + 8,
    FOOT_GAP = 7,
    BAR_GAP = 8,
    BAR = 10,
    BAR_ALL = BAR_GAP + BAR + 5 + 34,
    BAR_LEAST = 44, /* high enough for three numbers, however flat the picture is */
    ROOM = 150,
};

/* ---- fonts and numbers ---- */

struct arr_font arr_font_text(const struct arr_view_job *job)
{
    return (struct arr_font){job->scale, false, ARR_TEXT};
}

struct arr_font arr_font_muted(const struct arr_view_job *job)
{
    return (struct arr_font){job->scale, false, ARR_MUTED};
}

struct arr_font arr_font_bold(const struct arr_view_job *job)
{
    return (struct arr_font){job->scale, true, ARR_TEXT};
}

const char *arr_number(char out[24], double v, double range)
{
    const int digits = range >= 50.0 ? 0 : range >= 5.0 ? 1 : range >= 0.05 ? 2 : 3;
    if (range > 0.0 && range < 0.005) {
        snprintf(out, 24, "%.1e", v);
    } else {
        /* No minus before what rounds to 0. */
        const bool is_zero = fabs(v) * pow(10.0, digits) < 0.5;
        snprintf(out, 24, "%.*f", digits, is_zero ? 0.0 : v);
    }
    return out;
}

/* ---- the picture ---- */

void arr_view_fit_size(const struct arr_view_job *job, int side, int *w, int *h)
{
    const int longer = job->width > job->height ? job->width : job->height;
    if (longer <= side) {
        *w = job->width * (side / longer);
        *h = job->height * (side / longer);
        return;
    }
    const double factor = (double)side / longer;
    *w = (int)(job->width * factor + 0.5);
    *h = (int)(job->height * factor + 0.5);
    *w = *w < 1 ? 1 : *w;
    *h = *h < 1 ? 1 : *h;
}

static void enlarge(const struct arr_view_job *job, const struct arr_view_picture *out)
{
    const int factor = out->w / job->width;
    for (int y = 0; y < out->h; y++) {
        const uint8_t *row = job->rgb + (size_t)(y / factor) * (size_t)job->width * 3;
        uint8_t *to = out->rgb + (size_t)y * (size_t)out->w * 3;
        for (int x = 0; x < out->w; x++) {
            memcpy(to + (size_t)x * 3, row + (size_t)(x / factor) * 3, 3);
        }
    }
}

bool arr_view_fit(const struct arr_view_job *job, int side, struct arr_view_picture *out,
                  struct err *e)
{
    arr_view_fit_size(job, side, &out->w, &out->h);
    const size_t pixels = (size_t)out->w * (size_t)out->h;
    out->rgb = try_alloc(pixels, 3);
    if (out->rgb == NULL) {
        return err_set(e, ERR_LIMIT, "no memory to show the picture at %d x %d", out->w, out->h);
    }
    if (out->w == job->width && out->h == job->height) {
        memcpy(out->rgb, job->rgb, pixels * 3);
        return true;
    }
    if (out->w > job->width) {
        enlarge(job, out);
        return true;
    }
    if (!arr_resize_rgb8(job->rgb, job->width, job->height, (size_t)job->width * 3, out->rgb,
                         out->w, out->h, ARR_TRIANGLE, 1, e)) {
        free(out->rgb);
        out->rgb = NULL;
        return false;
    }
    return true;
}

/* ---- layout ---- */

void arr_sheet_init(struct arr_sheet *s, const struct arr_view_job *job)
{
    *s = (struct arr_sheet){.job = job, .canvas = job->out};
}

void arr_sheet_add(struct arr_sheet *s, const struct arr_panel *panel)
{
    s->panel[s->n++] = *panel;
}

void arr_sheet_add_grid(struct arr_sheet *s, const struct arr_panel *panel, int n, int columns)
{
    for (int i = 0; i < n; i++) {
        arr_sheet_add(s, panel);
        s->panel[s->n - 1].row += i / columns;
    }
}

int arr_sheet_columns(const struct arr_view_job *job, int n, int w, int h)
{
    const double across = w > ROOM * job->scale ? w : ROOM * job->scale;
    double best = INFINITY;
    int columns = 1;
    for (int c = 1; c <= n; c++) {
        const int rows = (n + c - 1) / c;
        const double off = fabs(log(c * across / (rows * (h + 40.0)) / 1.5)) + 0.4 * (rows * c - n);
        if (off < best) {
            best = off;
            columns = c;
        }
    }
    return columns;
}

/* How much wider and higher than its content a panel is; room for text. */
static int panel_width(const struct arr_sheet *s, const struct arr_panel *p, int *room)
{
    const int scale = s->job->scale;
    if (s->job->o.no_captions) {
        *room = 0;
        return p->w;
    }
    const int least = (p->room > 0 ? p->room : ROOM) * scale;
    const int width = p->w + (p->has_bar ? BAR_ALL * scale : 0);
    *room = width > least ? width : least;
    return *room;
}

/* How far down a row's panels reach at least: as far as its colour bars. */
static int least_depth(const struct arr_sheet *s, int first, int last)
{
    for (int i = first; i < last; i++) {
        if (s->panel[i].has_bar && !s->job->o.no_captions) {
            return BAR_LEAST * s->job->scale;
        }
    }
    return 0;
}

/* Places the panels of one row from y on; returns the row's width. *next: where the next begins. */
static int place_row(struct arr_sheet *s, int first, int last, int y, int *next)
{
    const bool is_bare = s->job->o.no_captions;
    const int scale = s->job->scale, gap = is_bare ? 0 : ARR_GAP * scale;
    const int least = least_depth(s, first, last);
    int x = 0, bottom = y;
    const bool has_heading = s->panel[first].heading != NULL;
    y += is_bare ? 0 : (TITLE + (has_heading ? HEADING : 0)) * scale;
    for (int i = first; i < last; i++) {
        const struct arr_panel *p = &s->panel[i];
        s->at[i] = (struct arr_rect){x, y, p->w, p->h};
        s->depth[i] = p->h > least ? p->h : least;
        x += panel_width(s, p, &s->room[i]) + gap;
        const int feet = is_bare || p->feet == 0 ? 0 : FOOT_GAP + p->feet * LINE;
        const int end = y + s->depth[i] + feet * scale;
        bottom = end > bottom ? end : bottom;
    }
    *next = bottom + gap * 3 / 4;
    return x - gap;
}

/* Returns the size of all rows; they begin at 0, 0. */
static void place_rows(struct arr_sheet *s, int *width, int *height)
{
    int y = 0;
    *width = *height = 0;
    for (int first = 0, last; first < s->n; first = last) {
        for (last = first + 1; last < s->n && s->panel[last].row == s->panel[first].row; last++) {
        }
        int next;
        const int row = place_row(s, first, last, y, &next);
        *width = row > *width ? row : *width;
        *height = next - (s->job->o.no_captions ? 0 : ARR_GAP * s->job->scale * 3 / 4);
        y = next;
    }
}

const char *arr_thousands(char out[32], long v)
{
    char digits[24];
    const int n = snprintf(digits, sizeof digits, "%ld", v);
    char *to = out;
    for (int i = 0; i < n; i++) {
        const bool is_group = i > 0 && digits[i - 1] != '-' && (n - i) % 3 == 0;
        if (is_group) {
            *to++ = ',';
        }
        *to++ = digits[i];
    }
    *to = '\0';
    return out;
}

/* Tokens are those of the plan: the sum of the cells' budgets is never sent. */
static void selection_line(const struct arr_result *r, char *out, size_t n)
{
    char sent[32], plain[32];
    if (r->k == 0) {
        snprintf(out, n, "no cell selected of %d", r->cells);
        return;
    }
    const int end = snprintf(out, n, "K %d / %d cells   coverage %.1f %%   selection %.2fx", r->k,
                             r->cells, 100.0 * r->k / r->cells, (double)r->cells / r->k);
    if (r->has_plan) {
        const bool is_more = r->plan.total > r->plan.plain_tokens;
        snprintf(out + end, n - (size_t)end,
                 is_more ? "   %s tokens sent, %s as it is" : "   %s of %s tokens sent",
                 arr_thousands(sent, r->plan.total), arr_thousands(plain, r->plan.plain_tokens));
    }
}

/* The question in quotes on one line. Beyond ASCII the font draws boxes. */
static void query_line(const struct arr_result *r, char *out, size_t n)
{
    if (r->query[0] == '\0') {
        snprintf(out, n, "%s", r->ladder == ARR_PARTIC_NONE ? "no question" : "");
        return;
    }
    snprintf(out, n, "%s\"%s\"", r->flags & ARR_R_NO_LEXICAL ? "no known word in " : "", r->query);
    for (char *c = out; *c != '\0'; c++) {
        *c = (unsigned char)*c < ' ' || *c == 127 ? ' ' : *c;
    }
}

/* Title and question, below them the selection's figures. */
static void draw_header(const struct arr_sheet *s, const char *title, const char *figures,
                        int width)
{
    const int scale = s->job->scale, margin = MARGIN * scale;
    const struct arr_font bold = arr_font_bold(s->job), muted = arr_font_muted(s->job);
    const struct arr_font question = {scale, false,
                                      s->job->r->query[0] != '\0' ? ARR_MARK : ARR_MUTED};
    const int taken = arr_text_width(&bold, title) + 14 * scale;
    char query[sizeof s->job->r->query + 32];
    query_line(s->job->r, query, sizeof query);
    arr_text_cut(s->canvas, &bold, margin, margin, width, title);
    if (width - taken > ROOM / 3 * scale) {
        arr_text_cut(s->canvas, &question, margin + taken, margin, width - taken, query);
    }
    arr_text(s->canvas, &muted, margin, margin + (LINE + 3) * scale, ARR_LEFT, figures);
}

static void draw_headings(const struct arr_sheet *s)
{
    const int scale = s->job->scale;
    const struct arr_font font = {scale, true, ARR_MARK};
    for (int i = 0; i < s->n; i++) {
        if (s->panel[i].heading != NULL) {
            const struct arr_rect at = s->at[i];
            const int y = at.y - (TITLE + LINE + 6) * scale;
            arr_text(s->canvas, &font, at.x, y, ARR_LEFT, s->panel[i].heading);
        }
    }
}

bool arr_sheet_open(struct arr_sheet *s, const char *title, struct err *e)
{
    const struct arr_view_job *job = s->job;
    const int scale = job->scale, margin = job->o.no_captions ? 0 : MARGIN * scale;
    const int header = job->o.no_captions ? 0 : HEADER * scale;
    const struct arr_font muted = arr_font_muted(job);
    char line[200];
    int width, height;
    place_rows(s, &width, &height);
    selection_line(job->r, line, sizeof line);
    if (!job->o.no_captions) {
        const int least = arr_text_width(&muted, line);
        width = width > least ? width : least;
    }
    if (!arr_canvas_init(s->canvas, width + 2 * margin, height + header + 2 * margin, ARR_PAGE,
                         e)) {
        return false;
    }
    for (int i = 0; i < s->n; i++) {
        s->at[i].x += margin;
        s->at[i].y += margin + header;
    }
    if (!job->o.no_captions) {
        draw_header(s, title, line, width);
        draw_headings(s);
    }
    return true;
}

struct arr_paint arr_sheet_paint(const struct arr_sheet *s, int i)
{
    const struct arr_rect at = s->at[i];
    return (struct arr_paint){arr_canvas_at(s->canvas, at.x, at.y), (size_t)s->canvas->width * 4,
                              at.w, at.h};
}

/* ---- text around panels ---- */

void arr_sheet_title(const struct arr_sheet *s, int i, const char *fmt, ...)
{
    if (s->job->o.no_captions) {
        return;
    }
    char text[160];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const struct arr_font font = arr_font_text(s->job);
    const int y = s->at[i].y - TITLE * s->job->scale;
    arr_text_cut(s->canvas, &font, s->at[i].x, y, s->room[i], text);
}

static int foot_y(const struct arr_sheet *s, int i, int line)
{
    return s->at[i].y + s->depth[i] + (FOOT_GAP + line * LINE) * s->job->scale;
}

void arr_sheet_foot(const struct arr_sheet *s, int i, int line, const char *fmt, ...)
{
    if (s->job->o.no_captions) {
        return;
    }
    char text[400];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const struct arr_font font = arr_font_muted(s->job);
    arr_text_cut(s->canvas, &font, s->at[i].x, foot_y(s, i, line), s->room[i], text);
}

void arr_sheet_word(const struct arr_sheet *s, int i, int line, int x, const char *word)
{
    if (!s->job->o.no_captions) {
        const struct arr_font font = arr_font_muted(s->job);
        arr_text(s->canvas, &font, s->at[i].x + x, foot_y(s, i, line), ARR_LEFT, word);
    }
}

void arr_sheet_key(const struct arr_sheet *s, int i, int line, int *x, struct arr_color color,
                   const char *word)
{
    if (s->job->o.no_captions) {
        return;
    }
    const struct arr_font font = arr_font_muted(s->job);
    const int scale = s->job->scale, y = foot_y(s, i, line), side = ARR_FONT_CAPS * scale;
    const int left = s->at[i].x + *x;
    arr_canvas_fill(s->canvas, (struct arr_rect){left, y, side, side}, color);
    arr_text(s->canvas, &font, left + side + 5 * scale, y, ARR_LEFT, word);
    *x += side + arr_text_width(&font, word) + 19 * scale;
}

enum { FACT_PAD = 12 };

int arr_sheet_facts_height(const struct arr_view_job *job, int n)
{
    return (n * LINE + 2 * FACT_PAD - 6) * job->scale;
}

void arr_sheet_fact(const struct arr_sheet *s, int i, int line, const char *name, const char *fmt,
                    ...)
{
    const struct arr_rect at = s->at[i];
    const int pad = FACT_PAD * s->job->scale, y = at.y + pad + line * LINE * s->job->scale;
    if (fmt == NULL) {
        const struct arr_font heading = {s->job->scale, true, ARR_MARK};
        arr_text_cut(s->canvas, &heading, at.x + pad, y, at.w - 2 * pad, name);
        return;
    }
    char text[64];
    va_list ap;
    va_start(ap, fmt);
    vsnprintf(text, sizeof text, fmt, ap);
    va_end(ap);
    const struct arr_font left = arr_font_muted(s->job), right = arr_font_text(s->job);
    const int taken = arr_text_width(&right, text) + 8 * s->job->scale;
    arr_text_cut(s->canvas, &left, at.x + pad, y, at.w - 2 * pad - taken, name);
    arr_text(s->canvas, &right, at.x + at.w - pad, y, ARR_RIGHT, text);
}

/* ---- maps in panels ---- */

static void draw_bar(const struct arr_sheet *s, int i, const struct arr_heat *heat, double low,
                     double high)
{
    const int scale = s->job->scale;
    const struct arr_rect at = s->at[i];
    const struct arr_rect bar = {at.x + at.w + BAR_GAP * scale, at.y, BAR * scale, s->depth[i]};
    for (int y = 0; y < bar.h; y++) {
        const double up = bar.h > 1 ? 1.0 - (double)y / (bar.h - 1) : 1.0;
        const int index = arr_lut_index(up);
        const uint8_t *c = ARR_LUT[heat->lut][heat->is_reversed ? 255 - index : index];
        arr_canvas_fill(s->canvas, (struct arr_rect){bar.x, bar.y + y, bar.w, 1},
                        (struct arr_color){c[0], c[1], c[2], 255});
    }
    arr_canvas_frame(s->canvas, bar, 1, ARR_RULE);
    const struct arr_font font = arr_font_muted(s->job);
    const int x = bar.x + bar.w + 5 * scale, caps = ARR_FONT_CAPS * scale;
    char text[24];
    for (int tick = 0; tick < 3; tick++) {
        const double v = high + (low - high) * tick / 2.0;
        const int y = bar.y + (bar.h - caps) * tick / 2;
        arr_text(s->canvas, &font, x, y, ARR_LEFT, arr_number(text, v, high - low));
    }
}

bool arr_sheet_heat(const struct arr_sheet *s, int i, const struct arr_heat *heat,
                    const struct arr_view_picture *under, struct err *e)
{
    const struct arr_paint to = arr_sheet_paint(s, i);
    float low = heat->low, high = heat->high;
    if (!heat->has_range) {
        arr_map_range(heat->map, heat->grid * heat->grid, &low, &high);
    }
    if (!arr_paint_heat(&to, heat, under != NULL ? under->rgb : NULL, s->job->o.alpha, e)) {
        return false;
    }
    if (s->panel[i].has_bar && !s->job->o.no_captions) {
        draw_bar(s, i, heat, (double)low, (double)high);
    }
    return true;
}

void arr_sheet_selection(const struct arr_sheet *s, int i, const struct arr_view_picture *p,
                         const uint16_t *order, int k)
{
    const struct arr_paint to = arr_sheet_paint(s, i);
    const int grid = s->job->r->grid;
    bool is_in[ARR_CELLS];
    arr_selection_mask(order, k, grid, is_in);
    arr_paint_picture(&to, p->rgb);
    for (int n = 0; n < grid * grid; n++) {
        if (!is_in[n]) {
            arr_paint_cell(&to, grid, n, (struct arr_color){0, 0, 0, 255}, 179);
        }
    }
}

void arr_sheet_chosen(const struct arr_sheet *s, int i, int line)
{
    const struct arr_result *r = s->job->r;
    const struct arr_paint to = arr_sheet_paint(s, i);
    bool is_in[ARR_CELLS];
    char word[40];
    int x = 0;
    arr_selection_mask(r->order, r->k, r->grid, is_in);
    for (int n = 0; n < r->cells; n++) {
        arr_paint_cell(&to, r->grid, n, is_in[n] ? ARR_CHOSEN : ARR_REJECTED, 255);
    }
    arr_sheet_title(s, i, "Selected cells");
    snprintf(word, sizeof word, "selected %d", r->k);
    arr_sheet_key(s, i, line, &x, ARR_CHOSEN, word);
    snprintf(word, sizeof word, "rejected %d", r->cells - r->k);
    arr_sheet_key(s, i, line, &x, ARR_REJECTED, word);
}
