/* SPDX-License-Identifier: Apache-2.0 */
/* markdown.h - a Markdown card (GitHub dialect and the HTML that cards carry) as styled lines.
 *
 * Large cards are rendered piece by piece: markdown_begin splits nothing and draws nothing, each
 * step renders one piece of about 16 kB (a few milliseconds) and appends its lines. A pane asks
 * with markdown_need for the lines it is about to show and steps on when it is idle.
 *
 * Where a piece ends: before a line at column 0 behind a blank line, outside fences, HTML comments
 * and lists. A block without such a place is cut hard after 64 kB: a fence is opened again, a table
 * repeats its head. Link definitions are collected first and hold in all pieces.
 *
 * Text:      the source is cut off its front matter by the caller. Everything is sanitised.
 *            Right-to-left text stays in logical order; the terminal may reorder it.
 * Units:     width in columns, 20 at least (less is taken as 20).
 * Limits:    nesting is drawn 12 deep; source beyond 16 MiB is not shown and a note says so.
 * Ownership: the source is copied. Threads: one thread at a time.
 */
#ifndef HFTERM_CORE_DOC_MARKDOWN_H
#define HFTERM_CORE_DOC_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/doc/rich.h"

struct markdown;

struct markdown_options {
    bool is_ascii;   /* + - | = instead of line drawing, * instead of bullets */
    bool wrap_code;  /* wrap code lines; else they are cut with a mark */
    bool no_anchors; /* "#part" is no link: for where nobody can follow it */
};

/* opts may be NULL: all false. Owned: markdown_free. */
struct markdown *markdown_begin(const char *text, size_t n, int width,
                                const struct markdown_options *opts);
void markdown_free(struct markdown *md); /* NULL is fine */

/* Render one piece. Returns false when nothing was left to do. */
bool markdown_step(struct markdown *md);
/* Step until line `line` is there or the end is reached; true when it is there. */
bool markdown_need(struct markdown *md, size_t line);
/* Step to the end: small cards, tests, `show`. */
void markdown_finish(struct markdown *md);

bool markdown_is_done(const struct markdown *md);
/* Final lines so far; a line that is ready does not change. */
size_t markdown_lines_ready(const struct markdown *md);
/* The lines that are ready to be shown when all are, guessed from the bytes done: scroll bars. */
size_t markdown_lines_guess(const struct markdown *md);
/* Lines, links, headings. Borrowed until the next step, layout or free. */
const struct rich *markdown_rich(const struct markdown *md);

/* Start anew with another width or options, from the same source. *line (may be NULL) is moved to
 * the line that shows the same block of text, rendering up to there. */
void markdown_layout(struct markdown *md, int width, const struct markdown_options *opts,
                     size_t *line);

/* The whole card at once. Replaces what is in out (RICH_INIT or filled before); rich_done. */
void markdown_render(struct rich *out, const char *text, size_t n, int width,
                     const struct markdown_options *opts);

#endif
