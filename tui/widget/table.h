/* SPDX-License-Identifier: Apache-2.0 */
/* table.h - rows of columns over rows that somebody else owns.
 *
 * A table knows how wide columns are, which of them leave when there is little room, how a selected
 * row looks and what a move has to draw again; what stands in a cell is asked of the caller, for the
 * rows in sight only.
 *
 * Exactly one column has neither cols nor share: it takes the room that is left. The selected row has a mark in the
 * first column of the table: the gap of the first column, or one more where it has none and
 * does not draw itself.
 * Ownership: everything in struct table is borrowed. Nothing to free.
 * Threads:   ui.
 */
#ifndef HFTERM_TUI_WIDGET_TABLE_H
#define HFTERM_TUI_WIDGET_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/term/draw.h"
#include "tui/widget/list.h"

struct buf;

enum { TABLE_MAX_COLUMNS = 16 };

/* From left to right. */
struct table_column {
    const char *title; /* in the header, may be NULL */
    const char *ascii_title; /* instead, where only ASCII can be drawn; NULL: title */
    int cols;
    int share;     /* percent of the room that is left, instead of cols */
    int gap, tail; /* blanks before and behind it */
    int rank;      /* leaves while the column without a width has less than struct table's least; the
                    * highest first; 0: stays */
    bool is_right; /* numbers, ages */
    bool is_name;  /* cut in the middle instead of the end */
    bool is_bare;  /* the style is laid under the text only, not under the blanks that pad it */
    enum style style; /* of rows that are not selected */
    enum style (*style_of)(const void *ctx, size_t row); /* instead of style; may be NULL */
    /* Append the text, sanitised, one line. */
    void (*put)(const void *ctx, size_t row, struct buf *out);
    /* Instead of put: draw into the cell, which is blank. base: STYLE_TEXT, or the selected row's style,
     * which then goes for everything in it. */
    void (*draw)(const void *ctx, size_t row, const struct canvas *cell, enum style base);
    /* In words what put or draw show in signs, one line; NULL: as put; nothing where there is
     * neither, and where nothing is appended. */
    void (*say)(const void *ctx, size_t row, struct buf *out);
    bool leads;       /* said before the others: what tells this row from the next */
    const char *word; /* said behind a text that says too little alone: "likes"; NULL: nothing */
};

struct table {
    struct list list;
    const struct table_column *columns;
    size_t n_columns; /* at most TABLE_MAX_COLUMNS */
    const void *ctx;  /* given to every function */
    /* A word beside the name, at the right end of the is_name column; NULL: none. May be NULL. */
    const char *(*badge)(const void *ctx, size_t row);
    int least;        /* columns that the one without a width wants; 0: by the width of the table */
    int margin;       /* blanks at the right; the last holds the scroll mark */
    bool has_header;  /* a row with the titles on top */
    bool has_focus;
    const char *failure; /* over the last row: why there are no more rows; NULL: nothing failed */

    /* private: what stands on the screen */
    struct {
        const struct table_column *columns;
        struct rect rect;
        size_t top, sel, n;
    } drawn;
};

/* Draw header and rows over the whole canvas. only_moved: nothing but the selection changed since the
 * last call, and what that call drew still stands there; then two rows are drawn, unless the window had to
 * move. Sets the height of the list. Without rows all is blank: the caller says why. */
void table_draw(struct table *t, const struct canvas *c, bool only_moved);
/* Append a row in words: every column that has something to say, in full and whether or not there is room
 * to draw it, ", " between them. The column that leads (else the first) is the first, the badge behind it.
 * Nothing when there is no such row, or before the columns are set. */
void table_say(const struct table *t, size_t row, struct buf *out);
/* The part of the canvas below the header. */
struct canvas table_body(const struct table *t, const struct canvas *c);
/* The column whose cell or head was drawn last at this column of the canvas; n_columns when none was. */
size_t table_column_at(const struct table *t, int col);
/* As list_mouse, row counted from the canvas. */
bool table_mouse(struct table *t, enum term_mouse what, int row, bool *again);

#endif
