/* SPDX-License-Identifier: Apache-2.0 */
/* A table as records: one "header: value" line a cell (md_table.h). */
#include <stdlib.h>

#include "core/base/mem.h"
#include "core/doc/md_table.h"

enum { MAX_HEADS = 4 }; /* rows of a head that name a column */

struct records {
    const struct table *t;
    const struct table_frame *frame;
    struct rich *r;
    uint32_t *heads; /* MAX_HEADS for each column: cell + 1, 0: none */
    uint32_t *above; /* for each column: the cell + 1 that reached into it last */
    struct flow head;
    struct flow_cuts cuts;
    size_t row; /* that the lines so far are of */
};

static size_t cell_end(const struct table *t, size_t cell)
{
    return cell + 1 < t->n_cells ? t->cells[cell + 1].from : t->flow.text.n;
}

/* Each head cell is noted for all columns that it reaches over, below the heads above it. */
static void note_head(struct records *d, size_t cell)
{
    const struct table_cell *c = &d->t->cells[cell];
    for (size_t col = c->col; col < (size_t)c->col + c->cols; col++) {
        for (size_t i = 0; i < MAX_HEADS; i++) {
            if (d->heads[col * MAX_HEADS + i] == 0) {
                d->heads[col * MAX_HEADS + i] = (uint32_t)cell + 1;
                break;
            }
        }
    }
}

/* The names of a column, one behind the other, into d->head. */
static void join_heads(struct records *d, size_t col)
{
    flow_clear(&d->head);
    for (size_t i = 0; i < MAX_HEADS; i++) {
        const uint32_t cell = d->heads[col * MAX_HEADS + i];
        if (cell > 0) {
            flow_puts(&d->head, RICH_TABLE_HEAD, 0, d->head.text.n > 0 ? " " : "");
            flow_copy(&d->head, &d->t->flow, d->t->cells[cell - 1].from,
                      cell_end(d->t, cell - 1));
        }
    }
}

/* The name of a column; returns the columns that its value is indented by, and whether it stands in
 * the same line. A long name has lines of its own. */
static int put_head(struct records *d, size_t col, bool *same_line)
{
    *same_line = false;
    join_heads(d, col);
    const size_t n = d->head.text.n;
    const int cols = flow_natural_cols(&d->head, 0, n);
    d->cuts.n = 0;
    flow_wrap(&d->head, 0, n, d->frame->width - 1, &d->cuts);
    *same_line = d->cuts.n == 1 && cols + 2 <= d->frame->width / 2;
    for (size_t i = 0; i < d->cuts.n; i++) {
        d->frame->put_prefix(d->frame->arg, d->r);
        flow_emit(&d->head, &d->cuts.cuts[i], d->r);
        rich_puts(d->r, RICH_TABLE_BORDER, *same_line ? ": " : i + 1 == d->cuts.n ? ":" : "");
        if (!*same_line) {
            rich_end_line(d->r);
        }
    }
    return *same_line ? cols + 2 : d->cuts.n > 0 ? 2 : 0;
}

/* "head: value" wrapped to the width; nothing for an empty value. */
static void put_cell(struct records *d, size_t col, size_t cell)
{
    const struct table *t = d->t;
    const size_t from = t->cells[cell].from;
    const size_t end = cell_end(t, cell);
    bool same_line = false;
    if (flow_natural_cols(&t->flow, from, end) == 0) {
        return;
    }
    const int indent = put_head(d, col, &same_line);
    d->cuts.n = 0;
    flow_wrap(&t->flow, from, end, d->frame->width - indent, &d->cuts);
    for (size_t i = 0; i < d->cuts.n; i++) {
        if (i > 0 || !same_line) {
            d->frame->put_prefix(d->frame->arg, d->r);
            rich_repeat(d->r, RICH_TEXT, " ", indent);
        }
        flow_emit(&t->flow, &d->cuts.cuts[i], d->r);
        rich_end_line(d->r);
    }
}

/* Cells from above that reach into columns [col, end) of a row. */
static void put_from_above(struct records *d, size_t row, size_t col, size_t end)
{
    for (; col < end && col < d->t->n_taken; col++) {
        const uint32_t cell = d->above[col];
        if (cell > 0 && d->t->cells[cell - 1].end_row > row && d->t->cells[cell - 1].col == col) {
            put_cell(d, col, cell - 1);
        }
    }
}

static void begin_record(struct records *d, size_t row)
{
    if (d->row != SIZE_MAX) {
        d->frame->put_prefix(d->frame->arg, d->r);
        rich_end_line(d->r);
    }
    d->row = row;
}

/* Cells [first, last) are those of one row. */
static void put_record(struct records *d, size_t first, size_t last)
{
    const struct table *t = d->t;
    const size_t row = t->cells[first].row;
    size_t col = 0;
    begin_record(d, row);
    for (size_t i = first; i < last; i++) {
        const struct table_cell *c = &t->cells[i];
        put_from_above(d, row, col, c->col);
        put_cell(d, c->col, i);
        col = (size_t)c->col + c->cols;
        if (c->end_row > row + 1) {
            d->above[c->col] = (uint32_t)i + 1;
        }
    }
    put_from_above(d, row, col, t->n_cols);
}

void table_emit_records(const struct table *t, const struct table_frame *frame, struct rich *r)
{
    /* A head without rows is shown as if it were a row. */
    const size_t n_head = t->n_head < t->n_rows ? t->n_head : 0;
    struct records d = {.t = t, .frame = frame, .r = r, .row = SIZE_MAX};
    d.heads = xcalloc(t->n_cols * MAX_HEADS, sizeof *d.heads);
    d.above = xcalloc(t->n_cols, sizeof *d.above);
    for (size_t first = 0; first < t->n_cells;) {
        size_t last = first;
        while (last < t->n_cells && t->cells[last].row == t->cells[first].row) {
            if (t->cells[last].row < n_head) {
                note_head(&d, last);
            }
            last++;
        }
        if (t->cells[first].row >= n_head) {
            put_record(&d, first, last);
        }
        first = last;
    }
    flow_done(&d.head);
    flow_cuts_done(&d.cuts);
    free(d.heads);
    free(d.above);
}
