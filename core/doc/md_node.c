/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_node.h"

#include <cmark-gfm-core-extensions.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/doc/md_notes.h"
#include "core/doc/md_page.h"

/* The types of the extensions get their numbers when they are registered; none of them is in a
 * header. */
enum extra { EXTRA_NONE, EXTRA_TABLE, EXTRA_ROW, EXTRA_CELL, EXTRA_STRIKE };

static enum extra extra_of(cmark_node *node)
{
    static const struct {
        const char *name;
        enum extra extra;
    } NAMES[] = {
        {"table_cell", EXTRA_CELL},   {"table_row", EXTRA_ROW}, {"table_header", EXTRA_ROW},
        {"strikethrough", EXTRA_STRIKE}, {"table", EXTRA_TABLE},
    };
    const char *name = cmark_node_get_type_string(node);
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++) {
        if (strcmp(name, NAMES[i].name) == 0) {
            return NAMES[i].extra;
        }
    }
    return EXTRA_NONE;
}

static struct str literal(cmark_node *node)
{
    const char *s = cmark_node_get_literal(node);
    return str_of(s ? s : "");
}

/* ---- blocks ---- */

/* "[!NOTE]" as the first line of a quote is its title on the Hub. Writes the title and returns the
 * end of that line, NULL when there is none. */
static cmark_node *put_alert(struct md_node *m, cmark_node *paragraph)
{
    static const struct {
        const char *mark, *title;
    } ALERTS[] = {
        {"[!NOTE]", "Note"},       {"[!TIP]", "Tip"},         {"[!IMPORTANT]", "Important"},
        {"[!WARNING]", "Warning"}, {"[!CAUTION]", "Caution"},
    };
    cmark_node *quote = cmark_node_parent(paragraph);
    if (!quote || cmark_node_get_type(quote) != CMARK_NODE_BLOCK_QUOTE ||
        cmark_node_first_child(quote) != paragraph) {
        return NULL;
    }
    char line[16] = "";
    size_t n = 0;
    cmark_node *end = cmark_node_first_child(paragraph);
    for (; end && cmark_node_get_type(end) == CMARK_NODE_TEXT; end = cmark_node_next(end)) {
        const struct str text = literal(end);
        if (n + text.n >= sizeof line) {
            return NULL;
        }
        memcpy(line + n, text.p, text.n + 1);
        n += text.n;
    }
    if (end && cmark_node_get_type(end) != CMARK_NODE_SOFTBREAK &&
        cmark_node_get_type(end) != CMARK_NODE_LINEBREAK) {
        return NULL;
    }
    for (size_t i = 0; i < sizeof ALERTS / sizeof *ALERTS; i++) {
        if (strcasecmp(line, ALERTS[i].mark) == 0) {
            m->p->spans.bold++;
            page_text(m->p, ALERTS[i].title, strlen(ALERTS[i].title));
            m->p->spans.bold--;
            page_hard_break(m->p);
            return end ? end : cmark_node_last_child(paragraph);
        }
    }
    return NULL;
}

static void enter_list(struct md_node *m, cmark_node *node)
{
    const int start = cmark_node_get_list_start(node);
    page_list_open(m->p, cmark_node_get_list_type(node) == CMARK_ORDERED_LIST,
                   start > 0 ? (uint32_t)start : 0, cmark_node_get_list_tight(node) != 0, false);
}

static void enter_item(struct md_node *m, cmark_node *node)
{
    char task = 0;
    if (strcmp(cmark_node_get_type_string(node), "tasklist") == 0) {
        task = cmark_gfm_extensions_get_tasklist_item_checked(node) ? 'x' : ' ';
    }
    page_item_open(m->p, task, false);
}

static void write_html(struct md_node *m, struct str html)
{
    tags_write(&m->tags, m->p, html);
}

static void put_code_block(struct md_node *m, cmark_node *node)
{
    const char *info = cmark_node_get_fence_info(node);
    const struct str lang = {info ? info : "", info ? strcspn(info, " \t\n\v\f\r") : 0};
    page_code_block(m->p, literal(node), lang);
}

static void enter_table(struct md_node *m, cmark_node *node)
{
    m->aligns = cmark_gfm_extensions_get_table_alignments(node);
    m->n_aligns = cmark_gfm_extensions_get_table_columns(node);
    page_table_open(m->p, false);
}

static void enter_row(struct md_node *m, cmark_node *node)
{
    m->col = 0;
    m->p->in_head = m->p->table_depth == 1 && cmark_gfm_extensions_get_table_row_is_header(node);
    page_row(m->p, m->p->in_head);
}

static void enter_cell(struct md_node *m)
{
    const uint8_t align = m->aligns && m->col < m->n_aligns ? m->aligns[m->col] : 0;
    m->col++;
    page_cell_open(m->p, align == 'r'   ? TABLE_RIGHT
                         : align == 'c' ? TABLE_CENTER
                                        : TABLE_LEFT,
                   1, 1);
}

static void on_extra(struct md_node *m, cmark_node *node)
{
    switch (extra_of(node)) {
    case EXTRA_TABLE:
        enter_table(m, node);
        break;
    case EXTRA_ROW:
        enter_row(m, node);
        break;
    case EXTRA_CELL:
        enter_cell(m);
        break;
    default:
        break;
    }
}

static void on_extra_end(struct md_node *m, cmark_node *node)
{
    switch (extra_of(node)) {
    case EXTRA_TABLE:
        page_table_close(m->p, false);
        break;
    case EXTRA_ROW:
        m->p->in_head = false;
        break;
    case EXTRA_CELL:
        page_cell_close(m->p);
        break;
    default:
        break;
    }
}

static void on_block(struct md_node *m, cmark_node *node, cmark_node_type type)
{
    switch (type) {
    case CMARK_NODE_BLOCK_QUOTE:
        page_quote_open(m->p, false);
        break;
    case CMARK_NODE_LIST:
        enter_list(m, node);
        break;
    case CMARK_NODE_ITEM:
        enter_item(m, node);
        break;
    case CMARK_NODE_HEADING:
        page_heading_open(m->p, cmark_node_get_heading_level(node));
        break;
    case CMARK_NODE_CODE_BLOCK:
        put_code_block(m, node);
        break;
    case CMARK_NODE_THEMATIC_BREAK:
        page_rule(m->p);
        break;
    case CMARK_NODE_HTML_BLOCK:
        page_flush(m->p);
        write_html(m, literal(node));
        tags_end_block(&m->tags, m->p);
        break;
    case CMARK_NODE_PARAGRAPH:
        page_flush(m->p);
        break;
    default:
        on_extra(m, node);
        break;
    }
}

static void on_block_end(struct md_node *m, cmark_node *node, cmark_node_type type)
{
    switch (type) {
    case CMARK_NODE_BLOCK_QUOTE:
        page_box_close(m->p, PAGE_QUOTE, false);
        break;
    case CMARK_NODE_LIST:
        page_box_close(m->p, PAGE_LIST, false);
        break;
    case CMARK_NODE_ITEM:
        page_box_close(m->p, PAGE_ITEM, false);
        break;
    case CMARK_NODE_HEADING:
        page_heading_close(m->p);
        break;
    case CMARK_NODE_PARAGRAPH:
        tags_end_block(&m->tags, m->p);
        break;
    default:
        on_extra_end(m, node);
        break;
    }
}

/* ---- spans ---- */

static void enter_image(struct md_node *m, cmark_node *node)
{
    if (m->image_depth++ == 0) {
        const char *url = cmark_node_get_url(node);
        buf_clear(&m->alt);
        buf_clear(&m->src);
        buf_puts(&m->src, url ? url : "");
    }
}

static void leave_image(struct md_node *m)
{
    if (--m->image_depth == 0) {
        page_image(m->p, (struct str){buf_str(&m->alt), m->alt.n},
                   (struct str){buf_str(&m->src), m->src.n}, "");
    }
}

/* Text inside a picture's description. */
static void put_alt(struct md_node *m, cmark_node *node, cmark_node_type type)
{
    if (type == CMARK_NODE_SOFTBREAK || type == CMARK_NODE_LINEBREAK) {
        buf_putc(&m->alt, ' ');
    } else if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE) {
        const struct str s = literal(node);
        buf_append(&m->alt, s.p, s.n);
    }
}

/* What is inside <style> and the like is not text. */
static bool is_skipped(const struct md_node *m)
{
    return m->tags.skip[0] != '\0';
}

static void on_leaf(struct md_node *m, cmark_node *node, cmark_node_type type)
{
    const struct str s = literal(node);
    if (type == CMARK_NODE_HTML_INLINE) {
        write_html(m, s);
        return;
    }
    if (is_skipped(m)) {
        return;
    }
    switch (type) {
    case CMARK_NODE_TEXT:
        page_text(m->p, s.p, s.n);
        break;
    case CMARK_NODE_CODE:
        page_code_text(m->p, s.p, s.n);
        break;
    case CMARK_NODE_SOFTBREAK:
        page_soft_break(m->p);
        break;
    case CMARK_NODE_LINEBREAK:
        page_hard_break(m->p);
        break;
    case CMARK_NODE_FOOTNOTE_REFERENCE:
        md_note_mark(m->p, (unsigned)strtoul(s.p, NULL, 10));
        break;
    default:
        break;
    }
}

static void on_link(struct md_node *m, cmark_node *node, bool enters)
{
    const char *url = cmark_node_get_url(node);
    if (enters) {
        page_link_open(m->p, url ? url : "", url ? strlen(url) : 0);
    } else {
        page_link_close(m->p);
    }
}

static void on_image(struct md_node *m, cmark_node *node, bool enters)
{
    if (enters) {
        enter_image(m, node);
    } else {
        leave_image(m);
    }
}

static void on_span(struct md_node *m, cmark_node *node, cmark_node_type type, bool enters)
{
    const int step = enters ? 1 : -1;
    if (type == CMARK_NODE_IMAGE) {
        on_image(m, node, enters);
        return;
    }
    if (m->image_depth > 0) {
        put_alt(m, node, type);
        return;
    }
    switch (type) {
    case CMARK_NODE_EMPH:
        m->p->spans.italic += step;
        break;
    case CMARK_NODE_STRONG:
        m->p->spans.bold += step;
        break;
    case CMARK_NODE_LINK:
        on_link(m, node, enters);
        break;
    case CMARK_NODE_TEXT:
    case CMARK_NODE_SOFTBREAK:
    case CMARK_NODE_LINEBREAK:
    case CMARK_NODE_CODE:
    case CMARK_NODE_HTML_INLINE:
    case CMARK_NODE_FOOTNOTE_REFERENCE:
        if (enters) {
            on_leaf(m, node, type);
        }
        break;
    default:
        m->p->spans.strike += extra_of(node) == EXTRA_STRIKE ? step : 0;
        break;
    }
}

static bool is_inline(cmark_node_type type)
{
    return (type & CMARK_NODE_TYPE_MASK) == CMARK_NODE_TYPE_INLINE;
}

cmark_node *md_node_enter(struct md_node *m, cmark_node *node, cmark_node_type type)
{
    if (is_inline(type)) {
        on_span(m, node, type, true);
    } else {
        on_block(m, node, type);
    }
    return type == CMARK_NODE_PARAGRAPH ? put_alert(m, node) : NULL;
}

void md_node_leave(struct md_node *m, cmark_node *node, cmark_node_type type)
{
    if (is_inline(type)) {
        on_span(m, node, type, false);
        return;
    }
    if (type == CMARK_NODE_PARAGRAPH && m->back > 0 && node == m->last) {
        md_note_back(m->p, m->back);
        m->back = 0;
    }
    on_block_end(m, node, type);
}

void md_node_done(struct md_node *m)
{
    m->p->spans = (struct page_spans){0};
    m->p->in_head = false;
    tags_done(&m->tags);
    buf_done(&m->alt);
    buf_done(&m->src);
}
