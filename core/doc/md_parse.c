/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_parse.h"

#include <limits.h>
#include <md4c.h>
#include <string.h>

#include "core/doc/md_html.h"
#include "core/doc/md_page.h"
#include "core/doc/md_tags.h"

struct parse {
    struct page *p;
    struct tags tags;
    struct buf html;      /* raw HTML not written yet */
    bool in_html_block;
    bool in_code_block;
    struct buf code, lang;
    int image_depth;      /* pictures around the text: their text is the description */
    struct buf alt, src;
    int depth;            /* blocks around, the document not counted */
};

/* Attributes come in parts of text, entities and NUL. */
static void put_attribute(struct buf *out, const MD_ATTRIBUTE *a)
{
    for (size_t i = 0; a->text && a->substr_offsets[i] < a->size; i++) {
        const MD_OFFSET from = a->substr_offsets[i];
        const size_t n = a->substr_offsets[i + 1] - from;
        if (a->substr_types[i] == MD_TEXT_ENTITY) {
            html_put_decoded(out, a->text + from, n);
        } else if (a->substr_types[i] == MD_TEXT_NORMAL) {
            buf_append(out, a->text + from, n);
        }
    }
}

static void write_html(struct parse *m)
{
    if (m->html.n > 0) {
        struct buf html = m->html; /* taken away first: writing may come back here */
        m->html = (struct buf)BUF_INIT;
        tags_write(&m->tags, m->p, (struct str){buf_str(&html), html.n});
        buf_done(&html);
    }
}

/* ---- blocks ---- */

static void enter_list(struct parse *m, MD_BLOCKTYPE type, const void *detail)
{
    if (type == MD_BLOCK_UL) {
        const MD_BLOCK_UL_DETAIL *ul = detail;
        page_list_open(m->p, false, 0, ul->is_tight, false);
    } else {
        const MD_BLOCK_OL_DETAIL *ol = detail;
        page_list_open(m->p, true, ol->start, ol->is_tight, false);
    }
}

static void enter_code(struct parse *m, const MD_BLOCK_CODE_DETAIL *detail)
{
    m->in_code_block = true;
    buf_clear(&m->code);
    buf_clear(&m->lang);
    put_attribute(&m->lang, &detail->lang);
}

static void enter_cell(struct parse *m, const MD_BLOCK_TD_DETAIL *detail)
{
    page_cell_open(m->p, detail->align == MD_ALIGN_RIGHT    ? TABLE_RIGHT
                         : detail->align == MD_ALIGN_CENTER ? TABLE_CENTER
                                                            : TABLE_LEFT);
}

static void enter_item(struct parse *m, const MD_BLOCK_LI_DETAIL *detail)
{
    const char mark = detail->task_mark == ' ' ? ' ' : 'x';
    page_item_open(m->p, detail->is_task ? mark : 0, false);
}

static int on_enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct parse *m = arg;
    write_html(m);
    if (type == MD_BLOCK_DOC) {
        return 0;
    }
    if (m->depth++ == 0) {
        page_flush(m->p);
        page_mark_block(m->p);
    }
    switch (type) {
    case MD_BLOCK_QUOTE:
        page_quote_open(m->p, false);
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        enter_list(m, type, detail);
        break;
    case MD_BLOCK_LI:
        enter_item(m, detail);
        break;
    case MD_BLOCK_H:
        page_heading_open(m->p, (int)((MD_BLOCK_H_DETAIL *)detail)->level);
        break;
    case MD_BLOCK_CODE:
        enter_code(m, detail);
        break;
    case MD_BLOCK_HTML:
        page_flush(m->p);
        m->in_html_block = true;
        break;
    case MD_BLOCK_TABLE:
        page_table_open(m->p, false);
        break;
    case MD_BLOCK_THEAD:
        m->p->in_head = m->p->table_depth == 1;
        break;
    case MD_BLOCK_TR:
        page_row(m->p, m->p->in_head);
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        enter_cell(m, detail);
        break;
    default:
        page_flush(m->p);
        break;
    }
    return 0;
}

static void leave_code(struct parse *m)
{
    m->in_code_block = false;
    page_code_block(m->p, (struct str){buf_str(&m->code), m->code.n},
                    (struct str){buf_str(&m->lang), m->lang.n});
}

static int on_leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    (void)detail;
    struct parse *m = arg;
    write_html(m);
    m->depth -= type == MD_BLOCK_DOC ? 0 : 1;
    switch (type) {
    case MD_BLOCK_QUOTE:
        page_box_close(m->p, PAGE_QUOTE, false);
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
        page_box_close(m->p, PAGE_LIST, false);
        break;
    case MD_BLOCK_LI:
        page_box_close(m->p, PAGE_ITEM, false);
        break;
    case MD_BLOCK_H:
        page_heading_close(m->p);
        break;
    case MD_BLOCK_CODE:
        leave_code(m);
        break;
    case MD_BLOCK_HR:
        page_rule(m->p);
        break;
    case MD_BLOCK_HTML:
        m->in_html_block = false;
        tags_end_block(&m->tags, m->p);
        break;
    case MD_BLOCK_TABLE:
        page_table_close(m->p, false);
        break;
    case MD_BLOCK_THEAD:
        m->p->in_head = false;
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        page_cell_close(m->p);
        break;
    case MD_BLOCK_P:
        tags_end_block(&m->tags, m->p);
        break;
    default:
        break;
    }
    return 0;
}

/* ---- spans ---- */

static void enter_image(struct parse *m, const MD_SPAN_IMG_DETAIL *detail)
{
    if (m->image_depth++ == 0) {
        buf_clear(&m->alt);
        buf_clear(&m->src);
        put_attribute(&m->src, &detail->src);
    }
}

static void leave_image(struct parse *m)
{
    if (--m->image_depth == 0) {
        page_image(m->p, (struct str){buf_str(&m->alt), m->alt.n},
                   (struct str){buf_str(&m->src), m->src.n}, "");
    }
}

static void enter_link(struct parse *m, const MD_ATTRIBUTE *target)
{
    struct buf url = BUF_INIT;
    put_attribute(&url, target);
    page_link_open(m->p, buf_str(&url), url.n);
    buf_done(&url);
}

static void put_math_mark(struct parse *m, MD_SPANTYPE type)
{
    const char *mark = type == MD_SPAN_LATEXMATH ? "$" : "$$";
    page_code_text(m->p, mark, strlen(mark));
}

static int on_enter_span(MD_SPANTYPE type, void *detail, void *arg)
{
    struct parse *m = arg;
    write_html(m);
    if (m->image_depth > 0 && type != MD_SPAN_IMG) {
        return 0;
    }
    switch (type) {
    case MD_SPAN_EM:
        m->p->spans.italic++;
        break;
    case MD_SPAN_STRONG:
        m->p->spans.bold++;
        break;
    case MD_SPAN_DEL:
        m->p->spans.strike++;
        break;
    case MD_SPAN_CODE:
        m->p->spans.code++;
        break;
    case MD_SPAN_A:
        enter_link(m, &((MD_SPAN_A_DETAIL *)detail)->href);
        break;
    case MD_SPAN_IMG:
        enter_image(m, detail);
        break;
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
        put_math_mark(m, type);
        break;
    default:
        break;
    }
    return 0;
}

static int on_leave_span(MD_SPANTYPE type, void *detail, void *arg)
{
    (void)detail;
    struct parse *m = arg;
    write_html(m);
    if (m->image_depth > 0 && type != MD_SPAN_IMG) {
        return 0;
    }
    switch (type) {
    case MD_SPAN_EM:
        m->p->spans.italic--;
        break;
    case MD_SPAN_STRONG:
        m->p->spans.bold--;
        break;
    case MD_SPAN_DEL:
        m->p->spans.strike--;
        break;
    case MD_SPAN_CODE:
        m->p->spans.code--;
        break;
    case MD_SPAN_A:
        page_link_close(m->p);
        break;
    case MD_SPAN_IMG:
        leave_image(m);
        break;
    case MD_SPAN_LATEXMATH:
    case MD_SPAN_LATEXMATH_DISPLAY:
        put_math_mark(m, type);
        break;
    default:
        break;
    }
    return 0;
}

/* ---- text ---- */

/* Text inside a picture's description. */
static void put_alt(struct parse *m, MD_TEXTTYPE type, const char *s, size_t n)
{
    switch (type) {
    case MD_TEXT_BR:
    case MD_TEXT_SOFTBR:
        buf_putc(&m->alt, ' ');
        break;
    case MD_TEXT_ENTITY:
        html_put_decoded(&m->alt, s, n);
        break;
    case MD_TEXT_HTML:
    case MD_TEXT_NULLCHAR:
        break;
    default:
        buf_append(&m->alt, s, n);
        break;
    }
}

/* Code in a table writes a bar as "\\|". */
static void put_code(struct parse *m, const char *s, size_t n)
{
    const bool in_table = m->p->table_depth > 0 && !m->p->is_html_table;
    size_t from = 0;
    for (size_t i = 0; in_table && i + 1 < n; i++) {
        if (s[i] == '\\' && s[i + 1] == '|') {
            page_code_text(m->p, s + from, i - from);
            from = i + 1;
        }
    }
    page_code_text(m->p, s + from, n - from);
}

static void put_text(struct parse *m, MD_TEXTTYPE type, const char *s, size_t n)
{
    switch (type) {
    case MD_TEXT_NULLCHAR:
        page_text(m->p, "\uFFFD", 3);
        break;
    case MD_TEXT_BR:
        page_hard_break(m->p);
        break;
    case MD_TEXT_SOFTBR:
        page_soft_break(m->p);
        break;
    case MD_TEXT_ENTITY:
        page_entity(m->p, s, n);
        break;
    case MD_TEXT_CODE:
        put_code(m, s, n);
        break;
    case MD_TEXT_LATEXMATH:
        page_code_text(m->p, s, n);
        break;
    default:
        page_text(m->p, s, n);
        break;
    }
}

static int on_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *arg)
{
    struct parse *m = arg;
    if (m->in_code_block) {
        buf_append(&m->code, s, n);
    } else if (m->image_depth > 0) {
        put_alt(m, type, s, n);
    } else if (type == MD_TEXT_HTML || m->in_html_block) {
        buf_append(&m->html, s, n);
    } else {
        write_html(m);
        if (m->tags.skip[0] == '\0') {
            put_text(m, type, s, n);
        }
    }
    return 0;
}

void md_parse_piece(struct page *p, struct str piece)
{
    struct parse m = {.p = p};
    const MD_PARSER parser = {
        .flags = MD_DIALECT_GITHUB | MD_FLAG_LATEXMATHSPANS,
        .enter_block = on_enter_block,
        .leave_block = on_leave_block,
        .enter_span = on_enter_span,
        .leave_span = on_leave_span,
        .text = on_text,
    };
    const size_t n = piece.n < UINT_MAX / 2 ? piece.n : UINT_MAX / 2;
    md_parse(piece.p, (MD_SIZE)n, &parser, &m);
    p->spans = (struct page_spans){0};
    p->in_head = false;
    tags_done(&m.tags);
    buf_done(&m.html);
    buf_done(&m.code);
    buf_done(&m.lang);
    buf_done(&m.alt);
    buf_done(&m.src);
}
