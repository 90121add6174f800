/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_table.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum {
    GAP_COLS = 3,        /* " | " between two columns */
    MIN_SHRUNK_COLS = 8, /* below this a table is hard to read: records */
    MAX_TEXT_BYTES = 512 * 1024,
    MAX_CELLS = 64 * 1024,
    MAX_HEAD_ROWS = 8, /* outside of <thead> */
    MAX_TAKEN = 1024, /* columns that cells over several rows can take: looked through in each row */
};

void table_done(struct table *t)
{
    flow_done(&t->flow);
    free(t->cells);
    free(t->taken);
    *t = (struct table){0};
}

void table_clear(struct table *t)
{
    flow_clear(&t->flow);
    t->n_cells = t->n_rows = t->n_cols = t->n_head = t->n_taken = 0;
}

bool table_is_full(const struct table *t)
{
    return t->flow.text.n > MAX_TEXT_BYTES || t->n_cells > MAX_CELLS;
}

void table_restart(struct table *t)
{
    size_t kept = 0;
    while (kept < t->n_cells && t->cells[kept].row < t->n_head) {
        kept++;
    }
    if (t->n_head == 0 || kept == t->n_cells) { /* nothing, or all of it */
        table_clear(t);
        return;
    }
    const uint32_t gone = (uint32_t)(t->n_rows - t->n_head);
    for (size_t i = 0; i < t->n_taken; i++) {
        t->taken[i] = t->taken[i] > gone ? t->taken[i] - gone : 0;
    }
    flow_truncate(&t->flow, t->cells[kept].from);
    t->n_cells = kept;
    t->n_rows = t->n_head;
}

void table_row(struct table *t, bool is_head)
{
    if (is_head && t->n_head == t->n_rows) {
        t->n_head++;
    }
    t->n_rows++;
}

bool table_head_goes_on(const struct table *t)
{
    bool reaches = false;
    const bool is_head = t->n_head == t->n_rows && t->n_rows < MAX_HEAD_ROWS;
    for (size_t i = 0; is_head && i < t->n_cells && !reaches; i++) {
        reaches = t->cells[i].end_row > t->n_rows;
    }
    return reaches;
}

void table_row_is_body(struct table *t)
{
    if (t->n_rows > 0 && t->n_head == t->n_rows) {
        t->n_head--;
    }
}

/* Columns [col, end) belong to a cell above in all rows before end_row. */
static void reserve(struct table *t, size_t col, size_t end, uint32_t end_row)
{
    void *taken = t->taken;
    if (!mem_grow(&taken, &t->cap_taken, end, sizeof *t->taken)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    t->taken = taken;
    while (t->n_taken < end) {
        t->taken[t->n_taken++] = 0;
    }
    for (size_t i = col; i < end; i++) {
        t->taken[i] = end_row;
    }
}

/* The first column of the row that is free behind the last cell. */
static size_t free_column(const struct table *t, uint32_t row)
{
    size_t col = 0;
    if (t->n_cells > 0 && t->cells[t->n_cells - 1].row == row) {
        const struct table_cell *last = &t->cells[t->n_cells - 1];
        col = (size_t)last->col + last->cols;
    }
    while (col < t->n_taken && t->taken[col] > row) {
        col++;
    }
    return col;
}

void table_cell(struct table *t, enum table_align align, uint32_t rows, uint32_t cols)
{
    const uint32_t row = (uint32_t)(t->n_rows > 0 ? t->n_rows - 1 : 0);
    const size_t col = free_column(t, row);
    if (col >= TABLE_MAX_COLS) {
        flow_soft_break(&t->flow);
        return;
    }
    cols = cols < 1 ? 1 : cols > TABLE_MAX_SPAN ? TABLE_MAX_SPAN : cols;
    const size_t end = col + cols < TABLE_MAX_COLS ? col + cols : TABLE_MAX_COLS;
    const uint32_t end_row = rows == 0 || rows > UINT32_MAX - row ? UINT32_MAX : row + rows;
    if (rows != 1 && end <= MAX_TAKEN) {
        reserve(t, col, end, end_row);
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
        .end_row = end_row,
        .col = (uint16_t)col,
        .cols = (uint16_t)(end - col),
        .align = align,
    };
    t->n_cols = end > t->n_cols ? end : t->n_cols;
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
    int *cols;
    struct flow_cuts *cuts; /* of the row at hand */
    enum table_align *aligns;
};

static void measure(struct drawing *d)
{
    for (size_t i = 0; i < d->t->n_cells; i++) {
        const struct table_cell *c = &d->t->cells[i];
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
        flow_wrap(&d->t->flow, d->t->cells[i].from, cell_end(d->t, i), d->cols[col], &d->cuts[col]);
        n_lines = d->cuts[col].n > n_lines ? d->cuts[col].n : n_lines;
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
        if (c->row >= d->t->n_head &&
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

/* False when the columns have no room beside each other; nothing is drawn then. */
static bool draw_grid(const struct table *t, const struct table_frame *frame, struct rich *r)
{
    if (frame->width < 1 || t->n_cols > (size_t)frame->width) {
        return false;
    }
    struct drawing d = {.t = t, .frame = frame, .r = r};
    d.cols = xcalloc(t->n_cols, sizeof *d.cols);
    d.aligns = xcalloc(t->n_cols, sizeof *d.aligns);
    d.cuts = xcalloc(t->n_cols, sizeof *d.cuts);
    measure(&d);
    const bool fits = fit(&d);
    if (fits) {
        put_grid(&d);
    }
    for (size_t i = 0; i < t->n_cols; i++) {
        flow_cuts_done(&d.cuts[i]);
    }
    free(d.cols);
    free(d.aligns);
    free(d.cuts);
    return fits;
}

void table_emit(const struct table *t, const struct table_frame *frame, struct rich *r)
{
    if (t->n_cols > 0 && !draw_grid(t, frame, r)) {
        table_emit_records(t, frame, r);
    }
}
