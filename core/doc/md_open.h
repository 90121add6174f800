/* SPDX-License-Identifier: Apache-2.0 */
/* md_open.h - a Markdown source line by line: what a line is, and which block without an end of its own
 * is open at it (a fence, a comment, <pre> and the like). */
#ifndef HFTERM_CORE_DOC_MD_OPEN_H
#define HFTERM_CORE_DOC_MD_OPEN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/* Behind the end of the line that starts at byte at. */
size_t md_line_end(struct str s, size_t at);
size_t md_line_indent(struct str line); /* blanks before its text */
bool md_line_is_blank(struct str line);
bool md_line_is_item(struct str line); /* begins with the mark of a list */

enum open_kind { OPEN_NOTHING, OPEN_FENCE, OPEN_COMMENT, OPEN_RAW };

/* All 0: nothing is open. */
struct md_open {
    enum open_kind kind;
    char fence;      /* '`' or '~' */
    size_t n_fence;  /* at least that many close it */
    const char *raw; /* "pre": closed by "</pre" */
    struct str line; /* that opened it */
};

/* Take note of one line. */
void md_open_follow(struct md_open *o, struct str line);
/* What ends the open block for the parser. */
void md_open_put_end(const struct md_open *o, struct buf *out);

#endif
