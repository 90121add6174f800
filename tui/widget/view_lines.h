/* SPDX-License-Identifier: Apache-2.0 */
/* view_lines.h - where the lines of a growing text start.
 *
 * The index holds pieces: a line, or a part of at most 16 KiB of a longer one, so that the cost of
 * one row is bounded whatever the file holds. It is built as far as somebody needs it.
 *
 * Units:     offsets in bytes, pieces from 0, line numbers from 1. 8 bytes of memory a piece.
 * Limits:    32 million pieces; what follows is not indexed.
 * Ownership: the index owns its arrays; the text stays with the caller.
 */
#ifndef HFTERM_TUI_WIDGET_VIEW_LINES_H
#define HFTERM_TUI_WIDGET_VIEW_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

struct lines {
    uint64_t *starts; /* offset * 2 + 1 when the piece goes on with the line before */
    size_t n, cap;
    uint64_t *marks; /* line number of every 1024th piece */
    size_t n_marks, cap_marks;
    uint64_t n_lines;
    size_t next;        /* offset where the next piece starts; it is added when it has a byte */
    bool next_goes_on;
    bool is_full;
    bool is_complete; /* all bytes are indexed and no more will come */
};

void lines_done(struct lines *l);
/* Index about `budget` more bytes of text. is_final: no bytes follow it. True: more is left. */
bool lines_extend(struct lines *l, struct str text, bool is_final, size_t budget);
/* Index until piece exists; false when the text ends before. */
bool lines_need(struct lines *l, struct str text, bool is_final, size_t piece);
/* Index until the piece with this byte is there. */
void lines_need_byte(struct lines *l, struct str text, bool is_final, size_t byte);

/* The text loses the bytes before a piece: so does the index. Line numbers stay what they were. */
void lines_drop(struct lines *l, size_t piece);

size_t lines_start(const struct lines *l, size_t piece);
/* True when the piece is not the first of its line. */
bool lines_goes_on(const struct lines *l, size_t piece);
/* Bytes of a piece with its line end (a piece still growing: up to the end of text). */
size_t lines_end(const struct lines *l, struct str text, size_t piece);
/* Bytes of a piece without "\n" or "\r\n". */
struct str lines_text(const struct lines *l, struct str text, size_t piece);
/* The indexed piece that holds a byte, 0 when there is none. */
size_t lines_piece_at(const struct lines *l, size_t byte);
uint64_t lines_number(const struct lines *l, size_t piece);
/* First piece of a line; false when it is beyond what is indexed, or was dropped. */
bool lines_find_number(const struct lines *l, uint64_t number, size_t *piece);

#endif
