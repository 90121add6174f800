/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_table.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum {
    GAP_COLS = 3,         /* " | " between two columns */
    MIN_SHRUNK_COLS = 8,  /* below this a table is hard to read: records */
    MAX_ROWS = UINT16_MAX,
};

void table_done(struct table *t)
{
    flow_done(&t->flow);
    free(t->cells);
    *t = (struct table){0};
}

void table_clear(struct table *t)
{
    flow_clear(&t->flow);
    t->n_cells = t->n_rows = t->n_cols = t->n_head = 0;
}

bool table_row(struct table *t, bool is_head)
{
    if (t->n_rows >= MAX_ROWS) {
        return false;
    }
    if (is_head && t->n_head == t->n_rows) {
        t->n_head++;
    }
    t->n_rows++;
    return true;
}

void table_cell(struct table *t, enum table_align align)
{
    const uint16_t row = (uint16_t)(t->n_rows > 0 ? t->n_rows - 1 : 0);
    size_t col = 0;
    if (t->n_cells > 0 && t->cells[t->n_cells - 1].row == row) {
        col = (size_t)t->cells[t->n_cells - 1].col + 1;
    }
    if (col > UINT16_MAX) {
        return;
    }
    void *cells = t->cells;
    if (!mem_grow(&cells, &t->cap_cells, t->n_cells + 1, sizeof *t->cells)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    t->cells = cells;
    flow_hard_break(&t->flow); /* no blank and no soft break reaches over a cell's border */
    t->cells[t->n_cells++] = (struct table_cell){
        .from = (uint32_t)t->flow.text.n,
        .row = row,
        .col = (uint16_t)col,
        .align = align,
    };
    if (col < TABLE_MAX_COLS && col + 1 > t->n_cols) {
        t->n_cols = col + 1;
    }
}

/* The bytes of a cell: up to the break that the next one starts with. */
static size_t cell_end(const struct table *t, size_t cell)
{
    return cell + 1 < t->n_cells ? t->cells[cell + 1].from : t->flow.text.n;
}

/* A table being drawn. Arrays of n_cols. */
struct drawing {
    const struct table *t;
    const struct table_frame *frame;
    struct rich *r;
    int cols[TABLE_MAX_COLS];
    struct flow_cuts cuts[TABLE_MAX_COLS]; /* of the row at hand */
    enum table_align aligns[TABLE_MAX_COLS];
    bool has_wrapped;
};

static void measure(struct drawing *d)
{
    for (size_t i = 0; i < d->t->n_cells; i++) {
        const struct table_cell *c = &d->t->cells[i];
        if (c->col >= TABLE_MAX_COLS) {
            continue;
        }
        const int cols = flow_natural_cols(&d->t->flow, c->from, cell_end(d->t, i));
        d->cols[c->col] = cols > d->cols[c->col] ? cols : d->cols[c->col];
        if (c->row == 0) {
            d->aligns[c->col] = c->align;
        }
    }
    for (size_t i = 0; i < d->t->n_cols; i++) {
        d->cols[i] = d->cols[i] > 0 ? d->cols[i] : 1;
    }
}

static int sum_capped(const struct drawing *d, int cap)
{
    int sum = 0;
    for (size_t i = 0; i < d->t->n_cols; i++) {
        sum += d->cols[i] < cap ? d->cols[i] : cap;
    }
    return sum;
}

/* Shrink the widest columns to one width so that all fit; false when they would get too narrow. */
static bool fit(struct drawing *d)
{
    const int n_cols = (int)d->t->n_cols;
    const int room = d->frame->width - GAP_COLS * (n_cols - 1);
    int low = 0; /* the largest cap that fits lies in [low, high) */
    int high = UINT16_MAX;
    if (sum_capped(d, high) <= room) {
        return true;
    }
    while (high - low > 1) {
        const int mid = low + (high - low) / 2;
        if (sum_capped(d, mid) <= room) {
            low = mid;
        } else {
            high = mid;
        }
    }
    if (low < MIN_SHRUNK_COLS) {
        return false;
    }
    int spare = room - sum_capped(d, low);
    for (size_t i = 0; i < d->t->n_cols; i++) {
        if (d->cols[i] > low) {
            d->cols[i] = low + (spare > 0 ? 1 : 0);
            spare--;
        }
    }
    return true;
}

static void put_rule(struct drawing *d, enum rich_style style)
{
    d->frame->put_prefix(d->frame->arg, d->r);
    const char *line = d->frame->is_ascii ? "-" : "\u2500";
    const char *cross = d->frame->is_ascii ? "-+-" : "\u2500\u253C\u2500";
    for (size_t i = 0; i < d->t->n_cols; i++) {
        if (i > 0) {
            rich_puts(d->r, style, cross);
        }
        rich_repeat(d->r, style, line, d->cols[i]);
    }
    rich_end_line(d->r);
}

static void put_cell_line(struct drawing *d, size_t col, size_t line, bool is_last)
{
    const struct flow_cuts *cuts = &d->cuts[col];
    const struct flow_cut none = {0};
    const struct flow_cut *cut = line < cuts->n ? &cuts->cuts[line] : &none;
    const int spare = d->cols[col] > cut->cols ? d->cols[col] - cut->cols : 0;
    const int before = d->aligns[col] == TABLE_RIGHT    ? spare
                       : d->aligns[col] == TABLE_CENTER ? spare / 2
                                                        : 0;
    if (is_last && cut->n == 0) {
        return;
    }
    rich_repeat(d->r, RICH_TEXT, " ", before);
    flow_emit(&d->t->flow, cut, d->r);
    if (!is_last) {
        rich_repeat(d->r, RICH_TEXT, " ", spare - before);
    }
}

/* Cells [first, last) are those of one row. */
static void put_row(struct drawing *d, size_t first, size_t last)
{
    const char *border = d->frame->is_ascii ? " | " : " \u2502 ";
    size_t n_lines = 1;
    for (size_t i = 0; i < d->t->n_cols; i++) {
        d->cuts[i].n = 0;
    }
    for (size_t i = first; i < last; i++) {
        const size_t col = d->t->cells[i].col;
        if (col < d->t->n_cols) {
            flow_wrap(&d->t->flow, d->t->cells[i].from, cell_end(d->t, i), d->cols[col],
                      &d->cuts[col]);
            n_lines = d->cuts[col].n > n_lines ? d->cuts[col].n : n_lines;
        }
    }
    for (size_t line = 0; line < n_lines; line++) {
        d->frame->put_prefix(d->frame->arg, d->r);
        for (size_t col = 0; col < d->t->n_cols; col++) {
            const bool is_end = col + 1 == d->t->n_cols && line >= d->cuts[col].n;
            if (col > 0) { /* no blank at the end of a line */
                rich_put(d->r, RICH_TABLE_BORDER, 0, border, strlen(border) - (is_end ? 1 : 0));
            }
            put_cell_line(d, col, line, col + 1 == d->t->n_cols);
        }
        rich_end_line(d->r);
    }
}

static size_t row_end(const struct table *t, size_t first)
{
    size_t i = first;
    while (i < t->n_cells && t->cells[i].row == t->cells[first].row) {
        i++;
    }
    return i;
}

static bool any_wraps(const struct drawing *d)
{
    for (size_t i = 0; i < d->t->n_cells; i++) {
        const struct table_cell *c = &d->t->cells[i];
        const size_t end = cell_end(d->t, i);
        if (c->row >= d->t->n_head && c->col < d->t->n_cols &&
            flow_natural_cols(&d->t->flow, c->from, end) > d->cols[c->col]) {
            return true;
        }
    }
    return false;
}

static void put_grid(struct drawing *d)
{
    const bool has_rules = any_wraps(d); /* rows of several lines need a border between them */
    for (size_t first = 0; first < d->t->n_cells;) {
        const size_t last = row_end(d->t, first);
        const size_t row = d->t->cells[first].row;
        if (has_rules && row > d->t->n_head) {
            put_rule(d, RICH_DIM);
        }
        put_row(d, first, last);
        if (row + 1 == d->t->n_head) {
            put_rule(d, RICH_TABLE_BORDER);
        }
        first = last;
    }
}

/* The head of a cell in a record; returns the columns that its value is indented by, and whether
 * it stands in the same line. A long head has lines of its own. */
static int put_record_head(struct drawing *d, size_t head, bool *same_line)
{
    const struct table *t = d->t;
    *same_line = false;
    if (head == SIZE_MAX) {
        return 0;
    }
    const int cols = flow_natural_cols(&t->flow, t->cells[head].from, cell_end(t, head));
    struct flow_cuts cuts = {0};
    flow_wrap(&t->flow, t->cells[head].from, cell_end(t, head), d->frame->width - 1, &cuts);
    *same_line = cuts.n == 1 && cols + 2 <= d->frame->width / 2;
    for (size_t i = 0; i < cuts.n; i++) {
        d->frame->put_prefix(d->frame->arg, d->r);
        flow_emit(&t->flow, &cuts.cuts[i], d->r);
        rich_puts(d->r, RICH_TABLE_BORDER, *same_line ? ": " : i + 1 == cuts.n ? ":" : "");
        if (!*same_line) {
            rich_end_line(d->r);
        }
    }
    const int indent = *same_line ? cols + 2 : cuts.n > 0 ? 2 : 0;
    flow_cuts_done(&cuts);
    return indent;
}

/* "head: value" wrapped to the width; nothing for an empty value. */
static void put_record_cell(struct drawing *d, size_t head, size_t cell)
{
    const struct table *t = d->t;
    struct flow_cuts *value = &d->cuts[0];
    const size_t from = t->cells[cell].from;
    bool same_line = false;
    if (flow_natural_cols(&t->flow, from, cell_end(t, cell)) == 0) {
        return;
    }
    const int indent = put_record_head(d, head, &same_line);
    value->n = 0;
    flow_wrap(&t->flow, from, cell_end(t, cell), d->frame->width - indent, value);
    for (size_t i = 0; i < value->n; i++) {
        if (i > 0 || !same_line) {
            d->frame->put_prefix(d->frame->arg, d->r);
            rich_repeat(d->r, RICH_TEXT, " ", indent);
        }
        flow_emit(&t->flow, &value->cuts[i], d->r);
        rich_end_line(d->r);
    }
}

static void put_records(struct drawing *d)
{
    /* A head without rows is shown as if it were a row. */
    const size_t n_head = d->t->n_head < d->t->n_rows ? d->t->n_head : 0;
    size_t heads[TABLE_MAX_COLS];
    for (size_t i = 0; i < TABLE_MAX_COLS; i++) {
        heads[i] = SIZE_MAX;
    }
    size_t row = SIZE_MAX;
    for (size_t i = 0; i < d->t->n_cells; i++) {
        const struct table_cell *c = &d->t->cells[i];
        if (c->col >= TABLE_MAX_COLS) {
            continue;
        }
        if (c->row < n_head) {
            heads[c->col] = i;
            continue;
        }
        if (row != SIZE_MAX && row != c->row) {
            d->frame->put_prefix(d->frame->arg, d->r);
            rich_end_line(d->r);
        }
        row = c->row;
        put_record_cell(d, heads[c->col], i);
    }
}

void table_emit(const struct table *t, const struct table_frame *frame, struct rich *r)
{
    if (t->n_cols == 0) {
        return;
    }
    struct drawing d = {.t = t, .frame = frame, .r = r};
    measure(&d);
    if (fit(&d)) {
        put_grid(&d);
    } else {
        put_records(&d);
    }
    for (size_t i = 0; i < TABLE_MAX_COLS; i++) {
        flow_cuts_done(&d.cuts[i]);
    }
}
