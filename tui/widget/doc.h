/* SPDX-License-Identifier: Apache-2.0 */
/* doc.h - a scrolling document: Markdown that renders as it is read, or ready styled lines.
 *
 * Keeps its place when the width changes. Search highlights and walks the matches; while there is one, the last row
 * says which of how many this is.
 */
#ifndef HFTERM_TUI_WIDGET_DOC_H
#define HFTERM_TUI_WIDGET_DOC_H

#include <stdbool.h>
#include <stddef.h>

#include "core/doc/markdown.h"
#include "core/doc/rich.h"
#include "tui/term/draw.h"
#include "tui/widget/move.h"

struct err;
struct finder;

struct doc {
    struct markdown *markdown; /* NULL: rich is shown */
    struct rich rich;
    size_t top;
    int height, width;
    bool is_ascii, wrap_code;
    char *needle; /* NULL: no search */
    struct finder *finder; /* of the needle */
    bool has_match;
    size_t match_line;
    size_t match, n_matches; /* lines that match: the current one, from 1, of so many; 0: none */
};

void doc_done(struct doc *d);
/* Copies the text. */
void doc_set_markdown(struct doc *d, const char *text, size_t n, int width, bool is_ascii);
/* Empty, for the caller to fill d->rich. */
struct rich *doc_begin_rich(struct doc *d);
/* Size of the window; renders what it needs. */
void doc_layout(struct doc *d, int width, int height);
void doc_draw(struct doc *d, const struct canvas *c);
/* False for moves that a document has not (sideways). */
bool doc_apply(struct doc *d, enum move move);
/* Wrap long lines of code, or cut them again. False: there is no code that could be wrapped. */
bool doc_toggle_wrap(struct doc *d);
void doc_scroll(struct doc *d, long lines);
void doc_goto(struct doc *d, size_t line);
/* Search as in viewer_search and go to the first line from here that matches. False: none does
 * (ERR_NOT_FOUND), or a bad expression (ERR_USAGE; the old search stays). NULL or "" ends it: true. */
bool doc_search(struct doc *d, const char *needle, struct err *e);
/* The next (1) or previous (-1) line that matches, around the ends; 0: the first from here. False: none. */
bool doc_next(struct doc *d, int step);
/* Headings: next (1) or previous (-1). */
void doc_section(struct doc *d, int step);
/* Render a slice ahead; true when more is left. */
bool doc_work(struct doc *d);
const struct rich *doc_lines(const struct doc *d);
/* Lines in all: guessed while a long document is not rendered to its end. */
size_t doc_total(const struct doc *d);

/* The theme's style for a span. */
enum style doc_style(enum rich_style style);
/* Draw one line of a rich at a row. */
void doc_draw_line(const struct canvas *c, int row, const struct rich_line *line);

#endif
