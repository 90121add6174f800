/* SPDX-License-Identifier: Apache-2.0 */
/* md_split.h - cutting a Markdown source into pieces that can be rendered one after the other.
 *
 * A piece is at least 16 kB and ends before a line at column 0 behind a blank line, outside
 * fences, HTML comments, <pre>, <script>, <style> and lists. A block without such a line is cut at
 * the end of a line after 64 kB at the latest; the next piece then begins with what opens that
 * block again: the fence, the comment, the tag, or the head of a table.
 *
 * Ownership: the source is borrowed.
 */
#ifndef HFTERM_CORE_DOC_MD_SPLIT_H
#define HFTERM_CORE_DOC_MD_SPLIT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

struct split {
    struct str source;
    size_t at;           /* start of the next piece */
    struct buf defs;     /* link definitions of the whole source, a line each */
    struct buf reopen;   /* what the next piece begins with after a hard cut */
    struct buf piece;
};

/* s must stay where it is. split_done. */
void split_begin(struct split *sp, const char *s, size_t n);
void split_done(struct split *sp);
/* Start from the top again. */
void split_rewind(struct split *sp);
/* The next piece with definitions and reopened block before it; borrowed until the next call. False
 * at the end. */
bool split_next(struct split *sp, struct str *piece);

/* Append s with long "data:" addresses cut: pictures inside the text are not for a terminal. */
void split_drop_data(struct buf *out, const char *s, size_t n);

#endif
