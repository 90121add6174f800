/* SPDX-License-Identifier: Apache-2.0 */
/* md_notes.h - footnotes: numbered in the order in which the text refers to them, written behind the
 * card, with links there and back.
 *
 * "Text[^a]" shows a raised number that is a link to "#footnote-1"; the note ends with a link to
 * "#footnote-1-text", the line of the first reference. With no_anchors there are numbers alone.
 */
#ifndef HFTERM_CORE_DOC_MD_NOTES_H
#define HFTERM_CORE_DOC_MD_NOTES_H

#include <stddef.h>

struct page;

struct md_note {
    unsigned number; /* from 1 */
    size_t order;    /* in which it came */
    void *node;      /* of the parser, owned */
};

struct md_notes {
    struct md_note *notes;
    size_t n, cap;
};

void md_notes_done(struct md_notes *notes);
/* Takes the node. A number that is there already keeps its first text. */
void md_notes_add(struct md_notes *notes, unsigned number, void *node);
/* Write all of them, when the text of the card is closed (page_end), and let them go. */
void md_notes_write(struct md_notes *notes, struct page *p);

/* In running text: a reference; the link at the end of a note to the text that refers to it. */
void md_note_mark(struct page *p, unsigned number);
void md_note_back(struct page *p, unsigned number);

#endif
