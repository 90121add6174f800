/* SPDX-License-Identifier: Apache-2.0 */
/* md_split.h - cutting a Markdown source into pieces that can be rendered one after the other.
 *
 * A source of up to 64 kB is one piece. A piece of a larger one is at least 16 kB and ends before a
 * line at column 0 behind a blank line, outside fences, HTML comments, <pre>, <script>, <style> and
 * lists. A block without such a line is cut at the end of a line after 64 kB at the latest (a list
 * between two items, running text after 16 kB, a table not before its head stands twice in the
 * piece); the next piece then begins with what opens that block again: the fence, the comment, the
 * tag, or the head of a table.
 *
 * Bounds, so that time and memory stay linear: quotes deeper than 64 are taken as 64 deep; after
 * 256 K cells that rows shorter than their head leave empty a table ends at the next such row.
 *
 * Ownership: the source is borrowed.
 */
#ifndef HFTERM_CORE_DOC_MD_SPLIT_H
#define HFTERM_CORE_DOC_MD_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"
#include "core/doc/md_defs.h"

struct split {
    struct str source;
    size_t at;            /* start of the next piece */
    size_t empty_cells;   /* so far */
    size_t wide_at;       /* the head of a table of very many columns (md_wide.h) */
    bool in_wide;         /* which goes on in the next piece */
    bool has_defs;        /* defs are collected */
    struct md_defs defs;
    struct buf reopen;    /* what the next piece begins with after a hard cut */
    struct buf piece;
    struct buf whole;     /* the piece with what it needs from the others */
};

struct split_piece {
    struct str text; /* borrowed until the next call */
    bool has_marks;  /* its first block is not the card's: it refers to all footnotes in order */
};

/* s must stay where it is. split_done. */
void split_begin(struct split *sp, const char *s, size_t n);
void split_done(struct split *sp);
/* Start from the top again. */
void split_rewind(struct split *sp);
/* The next piece. False at the end. */
bool split_next(struct split *sp, struct split_piece *piece);

/* Append s with long "data:" addresses cut: pictures inside the text are not for a terminal. */
void split_drop_data(struct buf *out, const char *s, size_t n);

#endif
