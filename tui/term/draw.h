/* SPDX-License-Identifier: Apache-2.0 */
/* draw.h - putting styled text into a rectangle of the screen. Nothing here can leave its canvas.
 *
 * Text given to these functions is sanitised already. With is_ascii every character above 126 is
 * replaced by an ASCII one that means the same. With is_plain, for screen readers, nothing is drawn that
 * would be read aloud as noise: lines, blocks and marks are blanks, and titles say what they are.
 * Units: rows and columns from the canvas' upper left corner.
 */
#ifndef HFTERM_TUI_TERM_DRAW_H
#define HFTERM_TUI_TERM_DRAW_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/term/theme.h"

struct buf;

struct rect {
    int row, col, rows, cols;
};

struct canvas {
    void *win; /* ncurses WINDOW * */
    struct rect rect;
    const struct theme *theme;
    bool is_ascii, is_plain;
};

bool rect_contains(struct rect r, int row, int col);

/* How two share a rectangle. Sizes are columns side by side, rows one above the other. */
struct rect_share {
    bool is_stacked;  /* the first above the second; else at its left */
    int percent;      /* of the first, 0 to 100 */
    int least, most;  /* of the first; most 0: no limit */
    int least_second; /* of the second; where both cannot have their least, the first has its own */
};
/* Together they cover r; one may be empty. */
void rect_split(struct rect r, const struct rect_share *share, struct rect *first, struct rect *second);

/* The part of outer that lies r inside it (r is relative to outer). */
struct canvas canvas_sub(const struct canvas *outer, struct rect r);

void draw_clear(const struct canvas *c);
/* One row filled with blanks of a style. */
void draw_blank(const struct canvas *c, int row, int col, int cols, enum style style);
/* At most max_cols columns (-1: to the edge). Returns the columns used. */
int draw_text(const struct canvas *c, int row, int col, int max_cols, enum style style, const char *text);
int draw_textn(const struct canvas *c, int row, int col, int max_cols, enum style style,
               const char *text, size_t n);
int draw_printf(const struct canvas *c, int row, int col, int max_cols, enum style style,
                const char *fmt, ...) __attribute__((format(printf, 6, 7)));
/* Exactly cols columns: padded, or cut at the end with a mark. */
void draw_cell(const struct canvas *c, int row, int col, int cols, enum style style, const char *text,
               bool right_align);
/* Cut in the middle: names of repos and paths. */
void draw_name(const struct canvas *c, int row, int col, int cols, enum style style, const char *text);
/* Right-aligned at the end of the row; returns its first column. */
int draw_right(const struct canvas *c, int row, enum style style, const char *text);

void draw_hline(const struct canvas *c, int row, int col, int cols, enum style style);
void draw_vline(const struct canvas *c, int row, int col, int rows, enum style style);

/* A border around the canvas with a title at the left and one at the right (NULL: none). Two boxes side by side
 * share a column: the one at the left draws it, with the ends that both need (meets_right), the other leaves it
 * alone (meets_left). It is as bright as the one that has the focus (is_lit: the neighbour has it). */
struct draw_box {
    const char *title, *right;
    bool has_focus;
    bool meets_left, meets_right, is_lit;
};
/* Returns the canvas inside, the same with is_plain, where the border is blank and the title says "(focused)". */
struct canvas draw_box_of(const struct canvas *c, const struct draw_box *b);
/* The upper border of such a box alone: its words changed. */
void draw_box_top(const struct canvas *c, const struct draw_box *b);
/* A box that stands alone. */
struct canvas draw_box(const struct canvas *c, const char *title, const char *right, bool has_focus);

/* A scroll mark on the canvas' last column: where [top, top+shown) of total lies. Nothing when all
 * is shown. */
void draw_scrollbar(const struct canvas *c, size_t top, size_t shown, size_t total);

/* The hardware cursor, until something else is drawn. */
void draw_place_cursor(const struct canvas *c, int row, int col);
/* The words on a row of the canvas as it stands, one blank apart. Appends. */
void draw_read(const struct canvas *c, int row, struct buf *out);

/* Lay a style over n columns that are drawn already (a selection over coloured cells). */
void draw_restyle(const struct canvas *c, int row, int col, int cols, enum style style);

#endif
