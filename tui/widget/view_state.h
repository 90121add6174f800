/* SPDX-License-Identifier: Apache-2.0 */
/* view_state.h - what the files of the viewer share: viewer.c (bytes, modes), view_move.c
 * (positions), view_rows.c (making rows) and view_search.c (finding). Not for panes.
 */
#ifndef HFTERM_TUI_WIDGET_VIEW_STATE_H
#define HFTERM_TUI_WIDGET_VIEW_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/doc/md_flow.h"
#include "core/doc/rich.h"
#include "tui/widget/view_find.h"
#include "tui/widget/view_json.h"
#include "tui/widget/view_lines.h"
#include "tui/widget/viewer.h"

/* A row: text: piece and wrapped row of it; JSON: row of the tree; hex: row of bytes. */
struct view_pos {
    size_t row;
    uint32_t sub; /* 0 in all other cases */
};

enum view_encoding { ENC_UTF8, ENC_UTF16LE, ENC_UTF16BE, ENC_BYTES };

struct view_match {
    uint64_t at; /* byte: of the text, in hex of the file */
    uint32_t n;
};

struct view_search {
    char *pattern; /* NULL: none */
    struct finder *finder;
    struct view_match *matches; /* in order */
    size_t n, cap;
    size_t next_block;    /* pieces or blocks scanned */
    bool is_full;         /* counting stopped at the limit */
    bool has_skipped;
    size_t now;           /* byte of the match at the cursor, SIZE_MAX = none */
    int wanted;           /* a step not done yet: 1, -1; 0 = none */
    size_t wanted_from;   /* the byte it starts from */
    bool includes_from;   /* a match at that byte counts */
    bool has_wrapped;
    enum viewer_find state;
};

struct viewer {
    char *name;
    struct buf raw;  /* the file */
    struct buf text; /* UTF-16 converted; not used otherwise */
    size_t converted; /* bytes of raw in it */
    enum view_encoding encoding;
    bool has_crlf;
    bool is_finished;

    bool follows;
    size_t limit;        /* bytes of raw, 0: none */
    uint64_t dropped;    /* bytes that raw lost at its beginning */
    uint64_t dropped_text; /* and the text shown */

    enum viewer_mode mode;
    bool is_mode_chosen; /* by hand */
    bool is_kind_known;  /* text or bytes was decided */
    struct viewer_look look;
    int width, height;
    int left; /* columns shifted */

    struct lines lines;
    struct tree tree;
    enum { TREE_NONE, TREE_READING, TREE_DONE, TREE_BAD } tree_state;
    struct err tree_err;

    struct view_pos top, cursor;
    bool saw_end; /* the rows shown last reached the end of the bytes */

    struct view_search search;
    struct rich rows;
    struct flow flow; /* of the row being made */
};

/* The text shown: UTF-8. */
static inline struct str view_text(const struct viewer *v)
{
    const bool is_utf16 = v->encoding == ENC_UTF16LE || v->encoding == ENC_UTF16BE;
    const struct buf *b = is_utf16 ? &v->text : &v->raw;
    return (struct str){buf_str(b), b->n};
}
/* Bytes in a row of hex, by width. */
size_t view_hex_bytes(const struct viewer *v);

/* ---- view_rows.c ---- */

/* Rows that a piece takes, 1 when lines are not wrapped. */
uint32_t view_piece_rows(struct viewer *v, size_t piece);
/* Where a byte of a piece is drawn: its wrapped row and the column in the line. */
void view_byte_place(struct viewer *v, size_t piece, size_t byte, uint32_t *sub, int *col);
/* Byte of the piece that a wrapped row starts with. */
size_t view_row_byte(struct viewer *v, struct view_pos pos);
/* Columns of the gutter with line numbers. */
int view_gutter(const struct viewer *v);
/* Columns left for text. */
int view_text_cols(const struct viewer *v);
/* Fill v->rows from v->top. */
void view_make_rows(struct viewer *v);

/* Column of a byte in the row of its node, indentation included. */
int view_tree_col(const struct viewer *v, uint32_t node, size_t byte);

/* ---- view_move.c ---- */

/* Is there such a row? Indexes what it needs. */
bool view_row_exists(struct viewer *v, size_t row);
/* The cursor was moved by hand: it is on no match any more; keep it in the window. */
void view_moved(struct viewer *v);
/* Put the cursor where this byte of the text (hex: of the file) is shown, and make it visible. */
void view_show_byte(struct viewer *v, size_t byte);
/* First byte of the cursor's row. */
size_t view_cursor_byte(struct viewer *v);

/* Is there no row behind the cursor's? */
bool view_is_at_end(struct viewer *v);

/* ---- view_follow.c ---- */

/* Bytes were appended: drop what is too much, and show the end when the cursor was there. */
void view_grown(struct viewer *v, bool was_at_end);

/* ---- view_search.c ---- */

void view_search_done(struct viewer *v);
/* Bytes were appended: what was scanned to an open end has to be scanned again. */
void view_search_grow(struct viewer *v);
/* The text lost its first bytes (hex: the file), which were its first `pieces`. */
void view_search_drop(struct viewer *v, size_t bytes, size_t pieces);
/* The mode changed: other bytes are searched. */
void view_search_restart(struct viewer *v);
/* Scan until the time is over; true when more is left. */
bool view_search_work(struct viewer *v, int64_t deadline_ns);
/* Index of the first match that ends behind byte. */
size_t view_match_at(const struct view_search *s, uint64_t byte);

#endif
