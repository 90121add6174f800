/* SPDX-License-Identifier: Apache-2.0 */
/* md_table.h - a table of running text, fitted to the width of a pane.
 *
 * Columns are as wide as their text when there is room; else the widest are shrunk to one common
 * width and their cells wrap. When that width would be below 8 columns the table is written as
 * records: one "header: value" line a cell, a blank line between rows.
 *
 * Usage: table_begin, then for each row table_row and for each cell table_cell, whose text goes
 * into t->flow; table_emit draws it; table_done.
 */
#ifndef HFTERM_CORE_DOC_MD_TABLE_H
#define HFTERM_CORE_DOC_MD_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/doc/md_flow.h"

enum { TABLE_MAX_COLS = 64 }; /* cells further right are dropped */

enum table_align { TABLE_LEFT, TABLE_CENTER, TABLE_RIGHT };

struct table_cell {
    uint32_t from; /* first byte in the flow; ends where the next cell starts */
    uint16_t row, col;
    enum table_align align;
};

struct table {
    struct flow flow;
    struct table_cell *cells;
    size_t n_cells, cap_cells;
    size_t n_rows; /* at most 65,535 */
    size_t n_cols;
    size_t n_head; /* rows that are head */
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
/* False when the table is full: emit it and start another. */
bool table_row(struct table *t, bool is_head);
void table_cell(struct table *t, enum table_align align);
void table_emit(const struct table *t, const struct table_frame *frame, struct rich *r);

#endif
