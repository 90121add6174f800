/* SPDX-License-Identifier: Apache-2.0 */
/* viewer.h - reading one file: text, JSON as a tree, or bytes as hex, over bytes that grow.
 *
 * The viewer holds the bytes, a position and what is folded; viewer_rows makes the visible rows
 * and nothing else, at a cost that does not depend on the file. Work that does (finding line
 * starts, checking JSON, searching) is done in slices by viewer_work, which a pane calls when it
 * is idle; what a move needs is done at once.
 *
 * A row is a line, a part of one (wrapping, lines over 16 KiB), a node of the tree or 16 or 8
 * bytes. A line longer than 16 KiB is shown as several rows, marked, even without wrapping.
 *
 * Text:      UTF-8; UTF-16 with a byte order mark is converted; bad bytes are shown as U+FFFD.
 * Units:     lines and columns shown to people count from 1, everything here from 0.
 * Ownership: bytes are copied in. Rows are borrowed until the next call that takes a non-const
 *            viewer.
 * Threads:   one thread at a time.
 */
#ifndef HFTERM_TUI_WIDGET_VIEWER_H
#define HFTERM_TUI_WIDGET_VIEWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/doc/rich.h"
#include "tui/widget/move.h"

struct err;
struct viewer;

enum viewer_mode { VIEWER_TEXT, VIEWER_JSON, VIEWER_HEX };
const char *viewer_mode_name(enum viewer_mode mode); /* "text", "json", "hex" */

/* name: to guess the kind from its end (".json"), may be NULL. Owned: viewer_free. */
struct viewer *viewer_new(const char *name);
void viewer_free(struct viewer *v); /* NULL is fine */

/* ---- bytes ---- */

/* Append bytes. ERR_LIMIT above 256 MiB or when memory is gone; what was there is kept. */
bool viewer_append(struct viewer *v, const void *bytes, size_t n, struct err *e);
/* No more bytes will come. JSON can be shown only after this. */
void viewer_finish(struct viewer *v);
uint64_t viewer_bytes(const struct viewer *v); /* in all, with those dropped */
/* Append the bytes that are here as text without anything that a terminal obeys. */
void viewer_put_text(const struct viewer *v, struct buf *out);
/* True when the rows shown last reached the end of the bytes and viewer_finish was not called:
 * time to fetch more. */
bool viewer_wants_more(const struct viewer *v);
/* Keep at most `bytes` of what is appended, 64 KiB at least (0: all, up to 256 MiB): above that the older
 * half is dropped, up to the end of a line where one ends. Line numbers and offsets go on counting what
 * was dropped. For a log that never ends; what lost its beginning is not shown as JSON. */
void viewer_limit(struct viewer *v, size_t bytes);
/* Keep the end in sight while bytes are appended. Moving up from the last row stops that, and so does a
 * match that was found; moving to the end goes on with it. */
void viewer_follow(struct viewer *v, bool follows);
/* True while the next bytes will move the view. */
bool viewer_is_following(struct viewer *v);
/* "UTF-8", "UTF-8, CRLF", "UTF-16LE", "bytes": for a title. */
const char *viewer_encoding(const struct viewer *v);

/* ---- modes and looks ---- */

/* Text at first; hex for what is no text, JSON when a finished file parses as such, unless a mode
 * was set by hand. */
enum viewer_mode viewer_mode(const struct viewer *v);
/* ERR_UNSUPPORTED says why a mode is not possible (not JSON: line and reason; over 64 MiB). */
bool viewer_set_mode(struct viewer *v, enum viewer_mode mode, struct err *e);

/* True when the file is likely to be JSON: by the end of its name, or because it begins like JSON and has no line
 * end in its first megabyte. Worth reading to its end, then. */
bool viewer_expects_json(const struct viewer *v);

struct viewer_look {
    bool wrap;          /* text mode */
    bool hide_numbers;  /* text mode: no line numbers */
    bool is_ascii;
    int tab_cols;       /* 0: 8 */
};
void viewer_set_look(struct viewer *v, const struct viewer_look *look);
struct viewer_look viewer_look(const struct viewer *v);
/* Size of the window in cells. */
void viewer_set_size(struct viewer *v, int width, int height);

/* ---- rows ---- */

/* The rows of the window, at most its height; fewer at the end of the file. */
const struct rich *viewer_rows(struct viewer *v);
/* Which of them holds the cursor. */
int viewer_cursor_row(struct viewer *v);

/* Do up to budget_ns of pending work; true when more is left. */
bool viewer_work(struct viewer *v, int64_t budget_ns);

/* ---- moving: the cursor moves, the window follows ---- */

void viewer_move(struct viewer *v, int64_t rows);
/* Every move there is; a page is a window less one row. False for MOVE_NONE. */
bool viewer_apply(struct viewer *v, enum move move);
void viewer_home(struct viewer *v);
void viewer_end(struct viewer *v);
/* Sideways by columns, when lines are not wrapped. */
void viewer_shift(struct viewer *v, int cols);
/* Move the cursor to a row of the window (mouse). */
void viewer_click(struct viewer *v, int row);
/* Scroll the window, the cursor stays where it is as long as it is visible (wheel). */
void viewer_scroll(struct viewer *v, int rows);

/* Text: line number from 1. JSON: line of the source. Hex: offset of the byte. Clamped; false when
 * it was beyond the end of the bytes that are here. */
bool viewer_goto(struct viewer *v, uint64_t n);

struct viewer_place {
    uint64_t line;     /* text and JSON: line of the source, from 1; hex: 0 */
    uint64_t n_lines;  /* known so far, with those dropped */
    bool is_exact;     /* n_lines is final */
    uint64_t offset;   /* byte at the cursor */
    uint64_t n_bytes;
    int left;          /* columns shifted */
    int percent;       /* of the bytes above the end of the window, 0 to 100 */
};
struct viewer_place viewer_place(struct viewer *v);

/* The current line for copying: text without its line end, the source of a JSON value, the bytes of
 * a row in hex. Raw bytes as in the file (text: UTF-8): not to be drawn. Appends. */
void viewer_copy(struct viewer *v, struct buf *out);

/* ---- JSON ---- */

/* Fold or unfold the node at the cursor, or the one around it. False: nothing to fold. */
bool viewer_fold(struct viewer *v);
/* Show the tree to this depth: 0 folds the root, a large number shows all. */
void viewer_fold_all(struct viewer *v, int depth);
/* Move to the node around the cursor's. False at the root. */
bool viewer_parent(struct viewer *v);
/* ".model.layers[3].name" of the node at the cursor, "." for the root; "" in other modes. Made
 * harmless for drawing. Appends. */
void viewer_path(struct viewer *v, struct buf *out);

/* ---- search ---- */

enum viewer_find {
    VIEWER_NO_SEARCH, /* no pattern set */
    VIEWER_FOUND,     /* the cursor is on a match */
    VIEWER_SEARCHING, /* viewer_work goes on with it */
    VIEWER_NOT_FOUND,
};

/* Set what to look for and highlight. Case counts only when the pattern has a capital letter. What
 * stands behind a leading "\v" is a PCRE2 expression, matched a line at a time. "" ends the search.
 * ERR_USAGE with the reason and the place of a bad expression; the old pattern stays. The cursor does
 * not move. */
bool viewer_search(struct viewer *v, const char *pattern, struct err *e);
/* Next (1) or previous (-1) match from the cursor; wraps around. 0: next, the cursor included. */
enum viewer_find viewer_next(struct viewer *v, int step);

struct viewer_matches {
    enum viewer_find state;
    uint64_t count;  /* so far; at most 1,000,000 are counted */
    uint64_t index;  /* of the match at the cursor, from 1; 0 when it is on none */
    bool is_exact;   /* counting has come to the end */
    bool has_wrapped; /* the last step went over an end of the file */
    bool has_skipped; /* the expression took too long on some lines: they may hold more */
};
struct viewer_matches viewer_matches(const struct viewer *v);

#endif
