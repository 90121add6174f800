/* SPDX-License-Identifier: Apache-2.0 */
/* md_page.h - where the blocks of a card become lines: containers, paragraphs, headings, code.
 *
 * Two sources write to one page, the Markdown parser (md_parse.c) and the HTML inside the card
 * (md_tags.c), so that <ul> inside a quote or Markdown inside <details> come out right. Text goes
 * to the flow of the current paragraph or table cell; page_flush turns it into lines with the
 * marks of the containers before them.
 *
 * Ownership: the page owns its buffers and borrows the rich it writes to.
 */
#ifndef HFTERM_CORE_DOC_MD_PAGE_H
#define HFTERM_CORE_DOC_MD_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/doc/markdown.h"
#include "core/doc/md_flow.h"
#include "core/doc/md_table.h"
#include "core/doc/rich.h"

enum { PAGE_MAX_BOXES = 24 };

enum page_box_kind { PAGE_LIST, PAGE_ITEM, PAGE_QUOTE };

/* A container around what is written. Lists take no columns themselves. */
struct page_box {
    enum page_box_kind kind;
    bool is_html;  /* closed by a tag, or by the end of the Markdown container around it */
    bool is_fresh; /* an item whose mark is not drawn yet */
    bool is_tight;
    bool is_ordered;
    bool is_first; /* a list without an item yet */
    uint32_t number;
    enum rich_style style; /* of the mark */
    int cols;
    char mark[16];
};

/* What surrounds the text at hand. Markdown's own spans nest properly; tags may not, so they are
 * counted apart and forgotten at the end of a block. */
struct page_spans {
    int bold, italic, strike, code;
};

struct page {
    struct rich *r;
    int width;
    struct markdown_options opts;

    struct page_box boxes[PAGE_MAX_BOXES];
    size_t n_boxes;
    size_t n_ignored; /* containers beyond that */
    bool wants_gap;   /* a blank line before the next block */
    size_t gap_boxes; /* containers around that line */

    struct flow flow;
    struct table table;
    int table_depth;    /* tables around the text; only the outermost is drawn as one */
    bool is_html_table; /* the outermost */
    bool in_cell;
    bool in_head;       /* of a Markdown table */
    bool is_row_due;    /* <tr> was seen; the row starts with its first cell */
    bool in_head_rows;  /* <thead>: its rows are head */
    size_t table_boxes; /* containers around the outermost table */
    size_t item_text;   /* in a cell: where the text behind the mark of an item starts */

    struct page_spans spans, tags;
    int heading;       /* level, 0 = none */
    bool is_summary;   /* the line of a folded part */
    uint32_t link;     /* around the text */
    size_t link_from;  /* first byte of its text in the flow */
    struct flow *link_flow;
    struct buf scratch;

    uint32_t *block_lines; /* first line of each top-level block */
    size_t n_blocks, cap_blocks;
};

void page_init(struct page *p, struct rich *r, int width, const struct markdown_options *opts);
void page_done(struct page *p);

/* ---- running text ---- */

void page_text(struct page *p, const char *s, size_t n);
void page_code_text(struct page *p, const char *s, size_t n);
/* s as in the source: entities are decoded. */
void page_entity(struct page *p, const char *s, size_t n);
void page_soft_break(struct page *p);
void page_hard_break(struct page *p);
void page_link_open(struct page *p, const char *url, size_t n);
void page_link_close(struct page *p);
/* A link of our own: text as it is, its number behind it; name is what a list of links calls it.
 * Inside another link: the text alone. */
void page_own_link(struct page *p, const char *text, const char *name, const char *url);
/* alt and url in UTF-8 as in the source, entities decoded. what: "" or "video". */
void page_image(struct page *p, struct str alt, struct str url, const char *what);

/* ---- blocks: each flushes what is open before it ---- */

/* End the paragraph. In a table cell: a line break. */
void page_flush(struct page *p);
/* Note the start of a top-level block: lines of the same block are found again at other widths. */
void page_mark_block(struct page *p);
void page_heading_open(struct page *p, int level);
void page_heading_close(struct page *p);
void page_summary_open(struct page *p);
void page_summary_close(struct page *p);
void page_code_block(struct page *p, struct str code, struct str lang);
void page_rule(struct page *p);

void page_list_open(struct page *p, bool is_ordered, uint32_t first, bool is_tight, bool is_html);
/* task: 0 = none, ' ' = open, anything else = done. */
void page_item_open(struct page *p, char task, bool is_html);
void page_quote_open(struct page *p, bool is_html);
/* Close the innermost container of the kind. Markdown's close HTML's inside them; a closing tag
 * finds its own only while no Markdown container is in between. */
void page_box_close(struct page *p, enum page_box_kind kind, bool is_html);

void page_table_open(struct page *p, bool is_html);
void page_table_close(struct page *p, bool is_html);
void page_row(struct page *p, bool is_head);
/* rows, cols: as of table_cell. */
void page_cell_open(struct page *p, enum table_align align, uint32_t rows, uint32_t cols);
void page_cell_close(struct page *p);

/* Close what the document left open. */
void page_end(struct page *p);

/* ---- for md_page.c and md_boxes.c ---- */

const char *page_glyph(const struct page *p, const char *unicode, const char *ascii);
/* Columns left of the width inside the containers. */
int page_room(const struct page *p);
/* arg: struct page. Marks of the containers; the mark of a fresh item is drawn once. */
void page_put_prefix(void *arg, struct rich *r);
void page_put_gap(struct page *p);
void page_want_gap(struct page *p);
void page_forget_tags(struct page *p);

#endif
