/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/table.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

/* Where the columns of a table of one width stand. */
struct fit {
    int at[TABLE_MAX_COLUMNS];
    int cols[TABLE_MAX_COLUMNS]; /* -1: it has left */
};

/* ---- who gets how much room ---- */

static bool takes_rest(const struct table_column *col)
{
    return col->cols == 0 && col->share == 0;
}

/* What a name wants beside its neighbours, by the width of the table. */
static int least_of(const struct table *t, int width)
{
    return t->least ? t->least : width >= 70 ? 34 : width >= 44 ? 25 : 16;
}

/* A column for the mark, where the first one leaves none. */
static int lead_of(const struct table *t)
{
    return t->n_columns && t->columns[0].gap == 0 && !t->columns[0].draw ? 1 : 0;
}

/* Give every column that has not left its width; returns that of the one that takes the rest. */
static int give_room(const struct table *t, int width, struct fit *f)
{
    int room = width - t->margin - lead_of(t);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *col = &t->columns[i];
        if (f->cols[i] >= 0 && !col->share) {
            f->cols[i] = col->cols;
            room -= col->gap + col->cols + col->tail;
        }
    }
    int rest = room;
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *col = &t->columns[i];
        if (f->cols[i] >= 0 && col->share) {
            f->cols[i] = room > 0 ? room * col->share / 100 : 0;
            rest -= col->gap + f->cols[i] + col->tail;
        }
    }
    return rest;
}

/* The shown column that leaves next; n_columns when all that are left stay. */
static size_t next_to_leave(const struct table *t, const struct fit *f)
{
    size_t next = t->n_columns;
    int rank = 0;
    for (size_t i = 0; i < t->n_columns; i++) {
        if (f->cols[i] >= 0 && t->columns[i].rank > rank) {
            rank = t->columns[i].rank;
            next = i;
        }
    }
    return next;
}

static void fit_columns(const struct table *t, int width, struct fit *f)
{
    *f = (struct fit){0};
    int rest = give_room(t, width, f);
    size_t leaving = next_to_leave(t, f);
    while (rest < least_of(t, width) && leaving < t->n_columns) {
        f->cols[leaving] = -1;
        rest = give_room(t, width, f);
        leaving = next_to_leave(t, f);
    }
    int at = lead_of(t);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *col = &t->columns[i];
        if (f->cols[i] < 0) {
            continue;
        }
        if (takes_rest(col)) {
            f->cols[i] = rest > 0 ? rest : 0;
        }
        f->at[i] = at + col->gap;
        at += col->gap + f->cols[i] + col->tail;
    }
}

/* ---- drawing ---- */

/* One cell; text is emptied for the next. */
static void draw_column(const struct canvas *c, int row, int at, int cols, const struct table_column *col,
                        enum style style, struct buf *text)
{
    if (col->is_bare) {
        draw_textn(c, row, at, cols, style, buf_str(text), text->n);
    } else if (col->is_name) {
        draw_name(c, row, at, cols, style, buf_str(text));
    } else {
        draw_cell(c, row, at, cols, style, buf_str(text), col->is_right);
    }
    buf_clear(text);
}

/* Draws the badge at the right end of a cell; returns what is left of the cell's columns. */
static int draw_badge(const struct table *t, const struct canvas *c, size_t at_row, int at, int cols,
                      enum style style)
{
    const char *badge = t->badge ? t->badge(t->ctx, at_row) : NULL;
    const int used = badge ? text_width(badge) : 0;
    if (used == 0 || used + 1 >= cols) {
        return cols;
    }
    draw_text(c, (int)(at_row - t->list.top), at + cols - used, used, style, badge);
    return cols - used - 1;
}

static void draw_row(const struct table *t, const struct canvas *c, const struct fit *f, size_t at_row)
{
    const int row = (int)(at_row - t->list.top);
    const bool is_selected = at_row == t->list.sel;
    const enum style base = !is_selected ? STYLE_TEXT : t->has_focus ? STYLE_SELECTED : STYLE_SELECTED_DIM;
    struct buf text = BUF_INIT;
    draw_blank(c, row, 0, c->rect.cols, base);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *col = &t->columns[i];
        if (f->cols[i] <= 0) {
            continue;
        }
        if (col->draw) {
            const struct canvas cell = canvas_sub(c, (struct rect){row, f->at[i], 1, f->cols[i]});
            col->draw(t->ctx, at_row, &cell, base);
            continue;
        }
        int cols = f->cols[i];
        if (col->is_name) {
            cols = draw_badge(t, c, at_row, f->at[i], cols, is_selected ? base : STYLE_BADGE);
        }
        const enum style style = is_selected     ? base
                                 : col->style_of ? col->style_of(t->ctx, at_row)
                                                 : col->style;
        col->put(t->ctx, at_row, &text);
        draw_column(c, row, f->at[i], cols, col, style, &text);
    }
    if (is_selected) {
        draw_text(c, row, 0, 1, base, "▌");
    }
    buf_done(&text);
}

static void draw_header(const struct table *t, const struct canvas *c, const struct fit *f)
{
    draw_blank(c, 0, 0, c->rect.cols, STYLE_HEADER);
    for (size_t i = 0; i < t->n_columns; i++) {
        const struct table_column *col = &t->columns[i];
        if (f->cols[i] > 0 && col->title) {
            const char *title = c->is_ascii && col->ascii_title ? col->ascii_title : col->title;
            draw_cell(c, 0, f->at[i], f->cols[i], STYLE_HEADER, title, col->is_right);
        }
    }
}

static void draw_all(const struct table *t, const struct canvas *c, const struct canvas *rows,
                     const struct fit *f)
{
    if (t->has_header && c->is_plain && t->list.n == 0) {
        draw_blank(c, 0, 0, c->rect.cols, STYLE_TEXT); /* titles of nothing would be read before the reason */
    } else if (t->has_header) {
        draw_header(t, c, f);
    }
    for (int i = 0; i < rows->rect.rows; i++) {
        const size_t at = t->list.top + (size_t)i;
        if (at < t->list.n) {
            draw_row(t, rows, f, at);
        } else {
            draw_blank(rows, i, 0, rows->rect.cols, STYLE_TEXT);
        }
    }
}

static bool stands_still(const struct table *t, const struct canvas *c)
{
    return t->drawn.columns == t->columns && t->drawn.n == t->list.n && t->drawn.top == t->list.top &&
           memcmp(&t->drawn.rect, &c->rect, sizeof c->rect) == 0;
}

struct canvas table_body(const struct table *t, const struct canvas *c)
{
    const int header = t->has_header ? 1 : 0;
    return canvas_sub(c, (struct rect){header, 0, c->rect.rows - header, c->rect.cols});
}

void table_draw(struct table *t, const struct canvas *c, bool only_moved)
{
    const struct canvas rows = table_body(t, c);
    struct fit fit;
    list_height(&t->list, rows.rect.rows);
    fit_columns(t, c->rect.cols, &fit);
    if (!only_moved || !stands_still(t, c)) {
        draw_all(t, c, &rows, &fit);
    } else if (t->list.n > 0) {
        if (t->drawn.sel != t->list.sel) {
            draw_row(t, &rows, &fit, t->drawn.sel);
        }
        draw_row(t, &rows, &fit, t->list.sel);
    }
    if (t->failure && t->list.n > 0) {
        draw_blank(&rows, rows.rect.rows - 1, 0, rows.rect.cols, STYLE_TEXT);
        draw_text(&rows, rows.rect.rows - 1, 1, -1, STYLE_WARN, t->failure);
    }
    draw_scrollbar(&rows, t->list.top, (size_t)rows.rect.rows, t->list.n);
    t->drawn.columns = t->columns;
    t->drawn.rect = c->rect;
    t->drawn.top = t->list.top;
    t->drawn.sel = t->list.sel;
    t->drawn.n = t->list.n;
}

size_t table_column_at(const struct table *t, int col)
{
    struct fit fit;
    fit_columns(t, t->drawn.rect.cols, &fit);
    for (size_t i = 0; i < t->n_columns && t->drawn.columns == t->columns; i++) {
        if (fit.cols[i] > 0 && col >= fit.at[i] && col < fit.at[i] + fit.cols[i]) {
            return i;
        }
    }
    return t->n_columns;
}

/* ---- in words ---- */

static size_t first_said(const struct table *t)
{
    size_t i = 0;
    while (i < t->n_columns && !t->columns[i].leads) {
        i++;
    }
    return i < t->n_columns ? i : 0;
}

static void say_text(struct buf *out, size_t start, const char *text, const char *word)
{
    if (*text) {
        buf_printf(out, "%s%s%s%s", out->n > start ? ", " : "", text, word ? " " : "", word ? word : "");
    }
}

static void say_column(const struct table *t, size_t row, const struct table_column *col, size_t start,
                       struct buf *out)
{
    void (*say)(const void *ctx, size_t at, struct buf *text) = col->say ? col->say : col->put;
    struct buf text = BUF_INIT;
    if (say) {
        say(t->ctx, row, &text);
    }
    say_text(out, start, buf_str(&text), col->word);
    buf_done(&text);
}

void table_say(const struct table *t, size_t row, struct buf *out)
{
    if (row >= t->list.n || t->n_columns == 0) {
        return;
    }
    const size_t start = out->n;
    const size_t first = first_said(t);
    const char *badge = t->badge ? t->badge(t->ctx, row) : NULL;
    say_column(t, row, &t->columns[first], start, out);
    say_text(out, start, badge ? badge : "", NULL);
    for (size_t i = 0; i < t->n_columns; i++) {
        if (i != first) {
            say_column(t, row, &t->columns[i], start, out);
        }
    }
}

bool table_mouse(struct table *t, enum term_mouse what, int row, bool *again)
{
    return list_mouse(&t->list, what, row - (t->has_header ? 1 : 0), again);
}
