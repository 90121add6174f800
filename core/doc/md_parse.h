/* SPDX-License-Identifier: Apache-2.0 */
/* md_parse.h - Markdown read by libcmark-gfm and written to a page.
 *
 * What is a table, a list, a quote, a footnote is decided by the library alone: it is the dialect's
 * reference, and tests/unit/test_markdown_gfm.c holds pages against its program.
 *
 * Threads: the library keeps the characters that its extensions look for in one table of the
 * process, so parsing happens under a lock in here; a page belongs to one thread.
 */
#ifndef HFTERM_CORE_DOC_MD_PARSE_H
#define HFTERM_CORE_DOC_MD_PARSE_H

struct md_notes;
struct page;
struct split_piece;

/* Parse one piece of a card. What its HTML leaves open stays open on the page. The footnotes of the
 * piece are moved to notes. */
void md_parse_piece(struct page *p, struct md_notes *notes, const struct split_piece *piece);
/* Write the text of a footnote that md_parse_piece put into the notes. */
void md_parse_note(struct page *p, unsigned number, void *node);
void md_parse_free_note(void *node);

#endif
