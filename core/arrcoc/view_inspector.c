/* SPDX-License-Identifier: Apache-2.0 */
/* One cell: where it is, what is in it, its numbers and what became of them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/view_parts.h"
#include "core/base/err.h"

enum { PHOTO, CLOSE_UP, BARS, FACTS, NO_RANK = -1 };
enum { SMALL = 192, WIDE = 340, TALL = 260, PITCH = 18 }; /* sides of panels, in font pixels */

static bool pick_cell(const struct arr_view_job *job, int *cell, struct err *e)
{
    const struct arr_result *r = job->r;
    *cell = job->o.cell;
    if (*cell >= r->cells) {
        return err_set(e, ERR_USAGE, "cell %d is not there: this grid's last is %d", *cell,
                       r->cells - 1);
    }
    if (*cell < 0) {
        *cell = 0;
        for (int i = 1; i < r->cells; i++) {
            const float *map = r->balance.balanced;
            *cell = map[i] > map[*cell] ? i : *cell;
        }
    }
    return true;
}

static int rank_of(const struct arr_result *r, int cell)
{
    for (int i = 0; i < r->k; i++) {
        if (r->order[i] == cell) {
            return i;
        }
    }
    return NO_RANK;
}

static void draw_photo(const struct arr_sheet *s, const struct arr_view_picture *p, int cell)
{
    const struct arr_paint to = arr_sheet_paint(s, PHOTO);
    const int grid = s->job->r->grid, scale = s->job->scale;
    const struct arr_rect at = arr_paint_rect(&to, grid, cell % grid, cell / grid);
    const struct arr_rect frame = {s->at[PHOTO].x + at.x - 2 * scale,
                                   s->at[PHOTO].y + at.y - 2 * scale, at.w + 4 * scale,
                                   at.h + 4 * scale};
    const struct arr_rect edge = {frame.x - scale, frame.y - scale, frame.w + 2 * scale,
                                  frame.h + 2 * scale};
    arr_paint_picture(&to, p->rgb);
    arr_canvas_frame(s->canvas, edge, scale, (struct arr_color){0, 0, 0, 200});
    arr_canvas_frame(s->canvas, frame, 2 * scale, (struct arr_color){0, 255, 0, 255});
    arr_sheet_title(s, PHOTO, "Picture");
    arr_sheet_foot(s, PHOTO, 0, "cell %d: row %d, column %d of %d x %d", cell, cell / grid,
                   cell % grid, grid, grid);
}

/* ---- the cell and its neighbours, enlarged ---- */

struct crop {
    int x0, y0, x1, y1; /* of the picture, half-open, never empty */
};

static int edge_of(int cell, int grid, int pixels)
{
    const int bounded = cell < 0 ? 0 : cell > grid ? grid : cell;
    return (int)((int64_t)bounded * pixels / grid);
}

static struct crop crop_cells(const struct arr_view_job *job, int x0, int y0, int x1, int y1)
{
    const int grid = job->r->grid;
    struct crop c = {edge_of(x0, grid, job->width), edge_of(y0, grid, job->height),
                     edge_of(x1, grid, job->width), edge_of(y1, grid, job->height)};
    c.x0 -= c.x0 == c.x1 && c.x0 == job->width;
    c.y0 -= c.y0 == c.y1 && c.y0 == job->height;
    c.x1 += c.x0 == c.x1;
    c.y1 += c.y0 == c.y1;
    return c;
}

static void close_up_size(const struct crop *c, int side, int *w, int *h)
{
    const double cw = c->x1 - c->x0, ch = c->y1 - c->y0, factor = side / (cw > ch ? cw : ch);
    *w = (int)(cw * factor + 0.5) < 1 ? 1 : (int)(cw * factor + 0.5);
    *h = (int)(ch * factor + 0.5) < 1 ? 1 : (int)(ch * factor + 0.5);
}

static void draw_close_up(const struct arr_sheet *s, const struct crop *around,
                          const struct crop *cell)
{
    const struct arr_view_job *job = s->job;
    const struct arr_paint to = arr_sheet_paint(s, CLOSE_UP);
    const int cw = around->x1 - around->x0, ch = around->y1 - around->y0;
    for (int y = 0; y < to.h; y++) {
        const int from_y = around->y0 + (int)((int64_t)y * ch / to.h);
        for (int x = 0; x < to.w; x++) {
            const int from_x = around->x0 + (int)((int64_t)x * cw / to.w);
            const size_t from = (size_t)from_y * (size_t)job->width + (size_t)from_x;
            memcpy(to.rgba + (size_t)y * to.stride + (size_t)x * 4, job->rgb + from * 3, 3);
        }
    }
    const double fx = (double)to.w / cw, fy = (double)to.h / ch;
    const struct arr_rect frame = {s->at[CLOSE_UP].x + (int)((cell->x0 - around->x0) * fx),
                                   s->at[CLOSE_UP].y + (int)((cell->y0 - around->y0) * fy),
                                   (int)((cell->x1 - cell->x0) * fx + 0.5),
                                   (int)((cell->y1 - cell->y0) * fy + 0.5)};
    arr_canvas_frame(s->canvas, frame, 2 * job->scale, (struct arr_color){0, 255, 0, 255});
    arr_sheet_title(s, CLOSE_UP, "Close up");
    arr_sheet_foot(s, CLOSE_UP, 0, "%d x %d pixels", cell->x1 - cell->x0, cell->y1 - cell->y0);
}

/* ---- numbers ---- */

static struct arr_color bar_color(int group)
{
    static const struct arr_color COLORS[ARR_CHANNEL_GROUPS] = {
        {97, 163, 240, 255},  {240, 186, 92, 255},  {102, 194, 132, 255},
        {188, 140, 232, 255}, {229, 110, 100, 255}, {112, 205, 214, 255}};
    return COLORS[group];
}

static void draw_bars(const struct arr_sheet *s, const struct arr_channel_set *set, int cell)
{
    const struct arr_view_job *job = s->job;
    const struct arr_font name = arr_font_muted(job), value = arr_font_text(job);
    const int scale = job->scale, pad = 12 * scale;
    const struct arr_rect at = s->at[BARS];
    const int pitch = set->n > 0 ? (at.h - 2 * pad) / set->n : 0, h = pitch - 5 * scale;
    const int least = 70 * scale, widest = arr_channel_name_width(set, &name);
    const int before = (widest > least ? widest : least) + 8 * scale;
    const int left = at.x + pad + before, room = at.w - 2 * pad - before - 40 * scale;
    arr_canvas_fill(s->canvas, at, ARR_PLATE);
    for (int i = 0; i < set->n; i++) {
        const float v = set->map[i][cell], part = arr_channel_part(set, i, v);
        const int y = at.y + pad + i * pitch;
        const int text_y = y + (h - ARR_FONT_CAPS * scale) / 2;
        char number[24];
        snprintf(number, sizeof number, "%.3f", (double)v);
        arr_text(s->canvas, &name, left - 8 * scale, text_y, ARR_RIGHT, set->name[i]);
        arr_canvas_fill(s->canvas, (struct arr_rect){left, y, room, h}, ARR_PAGE);
        arr_canvas_fill(s->canvas, (struct arr_rect){left, y, (int)((float)room * part + 0.5F), h},
                        bar_color(set->group[i]));
        arr_text(s->canvas, &value, at.x + at.w - pad, text_y, ARR_RIGHT, number);
    }
    arr_sheet_title(s, BARS,
                    set->is_array ? "Its values in the array: %d of the 40 channels"
                                  : "The %d values of the cell",
                    set->n);
}

static void draw_facts(const struct arr_sheet *s, int cell)
{
    const struct arr_result *r = s->job->r;
    const int rank = rank_of(r, cell);
    arr_canvas_fill(s->canvas, s->at[FACTS], ARR_PLATE);
    arr_sheet_title(s, FACTS, "What became of it");
    arr_sheet_fact(s, FACTS, 0, "Three ways", NULL);
    arr_sheet_fact(s, FACTS, 1, "information", "%.3f", (double)r->way[ARR_INFO][cell]);
    arr_sheet_fact(s, FACTS, 2, "salience", "%.3f", (double)r->way[ARR_PERSP][cell]);
    arr_sheet_fact(s, FACTS, 3, "coupling", "%.3f", (double)r->way[ARR_PARTIC][cell]);
    arr_sheet_fact(s, FACTS, 5, "Outcome", NULL);
    arr_sheet_fact(s, FACTS, 6, "relevance R", "%.3f", (double)r->balance.balanced[cell]);
    if (rank == NO_RANK) {
        arr_sheet_fact(s, FACTS, 7, "rank", "below the top %d", r->k);
        return;
    }
    arr_sheet_fact(s, FACTS, 7, "rank", "%d of %d", rank + 1, r->k);
    if (rank < r->budgets.k) {
        static const char *const CLASS[] = {"low", "medium", "high"};
        const int tokens = r->budgets.tokens[rank];
        arr_sheet_fact(s, FACTS, 8, "budget", "%d tokens", tokens);
        arr_sheet_fact(s, FACTS, 9, "class", "%s",
                       CLASS[arr_lod_class(tokens, &r->options.budget)]);
    }
}

bool arr_view_inspector(const struct arr_view_job *job, struct err *e)
{
    const int scale = job->scale, grid = job->r->grid;
    struct arr_view_picture p;
    struct arr_channel_set set;
    struct arr_sheet s;
    int cell, w, h;
    if (!pick_cell(job, &cell, e) || !arr_view_fit(job, job->o.max_side, &p, e)) {
        return false;
    }
    const int x = cell % grid, y = cell / grid;
    const struct crop own = crop_cells(job, x, y, x + 1, y + 1);
    const struct crop around = crop_cells(job, x - 1, y - 1, x + 2, y + 2);
    close_up_size(&around, SMALL * scale, &w, &h);
    const int column = p.w > WIDE * scale ? p.w : WIDE * scale;
    arr_channel_set_of(job->r, false, &set);
    const int bars = set.n * PITCH + 24, tall = (bars > TALL ? bars : TALL) * scale;
    arr_sheet_init(&s, job);
    arr_sheet_add(&s, &(struct arr_panel){.w = p.w, .h = p.h, .feet = 1, .room = column / scale});
    arr_sheet_add(&s, &(struct arr_panel){.w = w, .h = h, .feet = 1});
    arr_sheet_add(&s, &(struct arr_panel){.row = 1, .w = column, .h = tall});
    arr_sheet_add(&s, &(struct arr_panel){.row = 1, .w = SMALL * scale, .h = tall});
    const bool ok = arr_sheet_open(&s, "Cell inspector", e);
    if (ok) {
        draw_photo(&s, &p, cell);
        draw_close_up(&s, &around, &own);
        draw_bars(&s, &set, cell);
        draw_facts(&s, cell);
    }
    free(p.rgb);
    return ok;
}
