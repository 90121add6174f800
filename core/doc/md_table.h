/* SPDX-License-Identifier: Apache-2.0 */
/* md_table.h - a table of running text, fitted to the width of a pane.
 *
 * Columns are as wide as their text when there is room; else the widest are shrunk to one common
 * width and their cells wrap. When that width would be below 8 columns, or there are more columns
 * than the pane could hold, the table is written as records: one "header: value" line a cell, a blank
 * line between rows. A cell over several rows or columns keeps its place free in them; in records it
 * is repeated in each of its rows.
 *
 * Usage: for each row table_row and for each cell table_cell, whose text goes
 * into t->flow; table_emit draws it; table_done.
 */
#ifndef HFTERM_CORE_DOC_MD_TABLE_H
#define HFTERM_CORE_DOC_MD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/doc/md_flow.h"

enum {
    TABLE_MAX_COLS = 65535, /* cells further right are written into the last one */
    TABLE_MAX_SPAN = 1000,  /* columns of one cell, as in browsers */
};

enum table_align { TABLE_LEFT, TABLE_CENTER, TABLE_RIGHT };

struct table_cell {
    uint32_t from; /* first byte in the flow; ends where the next cell starts */
    uint32_t row, end_row; /* it reaches up to end_row, exclusive */
    uint16_t col;
    uint16_t cols;
    enum table_align align;
};

struct table {
    struct flow flow;
    struct table_cell *cells; /* by row, then by column */
    size_t n_cells, cap_cells;
    size_t n_rows;
    size_t n_cols;
    size_t n_head; /* rows that are head */
    uint32_t *taken; /* for each column: the row up to which a cell from above reaches, exclusive */
    size_t n_taken, cap_taken;
};

/* How lines of a table begin and what they are made of. */
struct table_frame {
    int width; /* columns for the table itself */
    bool is_ascii;
    /* Put what stands left of the table (quote bars, indentation) into the line. */
    void (*put_prefix)(void *arg, struct rich *r);
    void *arg;
};

void table_done(struct table *t);
void table_clear(struct table *t);
/* So large that it should be emitted before another row is begun. */
bool table_is_full(const struct table *t);
/* Behind table_emit: go on with the same table, of which the head stays. */
void table_restart(struct table *t);
void table_row(struct table *t, bool is_head);
/* Do only rows of the head stand so far, and does a cell of them reach into the next row? */
bool table_head_goes_on(const struct table *t);
/* The row at hand is no head after all. */
void table_row_is_body(struct table *t);
/* rows, cols: how many it reaches over, 1 at least; rows 0: all that follow. */
void table_cell(struct table *t, enum table_align align, uint32_t rows, uint32_t cols);
void table_emit(const struct table *t, const struct table_frame *frame, struct rich *r);
/* For md_table.c: the same as records. */
void table_emit_records(const struct table *t, const struct table_frame *frame, struct rich *r);

#endif
