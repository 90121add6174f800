/* SPDX-License-Identifier: Apache-2.0 */
/* md_defs.h - what holds in all pieces of a card: link definitions ("[label]: address") and the order
 * of its footnotes.
 *
 * A piece begins with the link definitions of the whole card and a paragraph that refers to its
 * footnotes in the order of their first references, so that they have the same numbers in every
 * piece; it ends with a stub (MD_DEFS_STUB) for each, which counts where the note itself stands in
 * another piece.
 */
#ifndef HFTERM_CORE_DOC_MD_DEFS_H
#define HFTERM_CORE_DOC_MD_DEFS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

#define MD_DEFS_STUB "\uE0FF"

struct md_defs {
    struct buf links;        /* a line each */
    struct buf marks, stubs; /* "[^a][^b]", "[^a]: stub" */
    struct str *labels;      /* of footnotes, views of the source */
    size_t n_labels, cap_labels;
};

void md_defs_done(struct md_defs *d);
/* Is the line a link definition that stands alone, by rules stricter than the parser's? Only then may
 * it be repeated in other pieces of a card without showing up there. True when it was one. */
bool md_defs_link(struct md_defs *d, struct str line);
/* Does the line begin a footnote? */
bool md_defs_note(struct md_defs *d, struct str line);
/* When all lines were seen: find the first references. Notes of more than 64 kB of labels are left
 * out: they count in the piece where they stand. */
void md_defs_refer(struct md_defs *d, struct str source);

#endif
