/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/doc/md_html.h"

enum {
    MIN_WIDTH = 20,
    MAX_ALT_BYTES = 200,
};

void page_init(struct page *p, struct rich *r, int width, const struct markdown_options *opts)
{
    *p = (struct page){.r = r, .width = width > MIN_WIDTH ? width : MIN_WIDTH};
    if (opts) {
        p->opts = *opts;
    }
}

void page_done(struct page *p)
{
    flow_done(&p->flow);
    table_done(&p->table);
    buf_done(&p->scratch);
    free(p->block_lines);
    *p = (struct page){0};
}

const char *page_glyph(const struct page *p, const char *unicode, const char *ascii)
{
    return p->opts.is_ascii ? ascii : unicode;
}

static int indent(const struct page *p)
{
    int cols = 0;
    for (size_t i = 0; i < p->n_boxes; i++) {
        cols += p->boxes[i].cols;
    }
    return cols;
}

int page_room(const struct page *p)
{
    return p->width - indent(p);
}

/* ---- running text ---- */

static struct flow *target(struct page *p)
{
    return p->in_cell ? &p->table.flow : &p->flow;
}

static bool in_quote(const struct page *p)
{
    for (size_t i = 0; i < p->n_boxes; i++) {
        if (p->boxes[i].kind == PAGE_QUOTE) {
            return true;
        }
    }
    return false;
}

static enum rich_style base_style(const struct page *p)
{
    static const enum rich_style HEADINGS[] = {RICH_H1, RICH_H2, RICH_H3,
                                               RICH_H4, RICH_H4, RICH_H4};
    if (p->in_head) {
        return RICH_TABLE_HEAD;
    }
    if (p->heading > 0) {
        return p->in_cell ? RICH_BOLD : HEADINGS[p->heading - 1];
    }
    if (p->is_summary) {
        return RICH_H4;
    }
    return in_quote(p) ? RICH_QUOTE : RICH_TEXT;
}

static enum rich_style text_style(const struct page *p)
{
    const bool is_bold = p->spans.bold + p->tags.bold > 0;
    const bool is_italic = p->spans.italic + p->tags.italic > 0;
    if (p->link) {
        return RICH_LINK;
    }
    if (p->spans.code + p->tags.code > 0) {
        return RICH_CODE;
    }
    if (p->spans.strike + p->tags.strike > 0) {
        return RICH_STRIKE;
    }
    const enum rich_style base = base_style(p);
    if (base != RICH_TEXT && base != RICH_QUOTE) {
        return base;
    }
    return is_bold && is_italic ? RICH_BOLD_ITALIC
           : is_bold            ? RICH_BOLD
           : is_italic          ? RICH_ITALIC
                                : base;
}

void page_text(struct page *p, const char *s, size_t n)
{
    flow_put(target(p), text_style(p), p->link, s, n);
}

void page_code_text(struct page *p, const char *s, size_t n)
{
    const enum rich_style style = p->link ? RICH_LINK : RICH_CODE;
    flow_put_code(target(p), style, p->link, s, n);
}

void page_entity(struct page *p, const char *s, size_t n)
{
    buf_clear(&p->scratch);
    html_put_decoded(&p->scratch, s, n);
    page_text(p, buf_str(&p->scratch), p->scratch.n);
}

void page_soft_break(struct page *p)
{
    flow_soft_break(target(p));
}

void page_hard_break(struct page *p)
{
    flow_hard_break(target(p));
}

static bool is_data_url(const char *url, size_t n)
{
    return n >= 5 && memcmp(url, "data:", 5) == 0;
}

void page_link_open(struct page *p, const char *url, size_t n)
{
    page_link_close(p);
    const bool is_dropped = is_data_url(url, n) || (p->opts.no_anchors && n > 0 && url[0] == '#');
    p->link = is_dropped ? 0 : rich_add_link(p->r, url, n, false);
    p->link_flow = target(p);
    p->link_from = p->link_flow->text.n;
}

static void put_link_number(struct page *p, uint32_t number)
{
    char text[16];
    snprintf(text, sizeof text, "[%u]", number);
    flow_puts(target(p), RICH_LINK_NO, number, text);
}

void page_link_close(struct page *p)
{
    const uint32_t number = p->link;
    p->link = 0;
    if (number == 0 || p->link_flow != target(p)) {
        return;
    }
    const struct buf *text = &p->link_flow->text;
    size_t from = p->link_from < text->n ? p->link_from : text->n;
    while (from < text->n && (text->p[from] == ' ' || text->p[from] == '\n')) {
        from++;
    }
    if (from < text->n) {
        rich_set_link_text(p->r, number, text->p + from, text->n - from);
        put_link_number(p, number);
    }
}

void page_own_link(struct page *p, const char *text, const char *name, const char *url)
{
    uint32_t link = p->link;
    if (link == 0 && !p->opts.no_anchors) {
        link = rich_add_link(p->r, url, strlen(url), false);
    }
    flow_puts(target(p), link > 0 ? RICH_LINK : text_style(p), link, text);
    if (p->link == 0 && link > 0) {
        rich_set_link_text(p->r, link, name, strlen(name));
        put_link_number(p, link);
    }
}

/* What to call a picture without a description: the last part of its address. */
static struct str name_from_url(struct str url)
{
    size_t end = 0;
    while (end < url.n && url.p[end] != '?' && url.p[end] != '#') {
        end++;
    }
    size_t from = end;
    while (from > 0 && url.p[from - 1] != '/') {
        from--;
    }
    if (from == end || is_data_url(url.p, url.n)) {
        return str_of("image");
    }
    return (struct str){url.p + from, end - from};
}

static bool is_all_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ' && s.p[i] != '\n' && s.p[i] != '\t') {
            return false;
        }
    }
    return true;
}

void page_image(struct page *p, struct str alt, struct str url, const char *what)
{
    struct flow *f = target(p);
    const bool is_data = is_data_url(url.p, url.n);
    const uint32_t number =
        p->link ? p->link : is_data ? 0 : rich_add_link(p->r, url.p, url.n, true);
    struct str name = is_all_blank(alt) ? name_from_url(url) : alt;
    while (name.n > MAX_ALT_BYTES || (name.n > 0 && name.n < alt.n &&
                                      ((unsigned char)name.p[name.n] & 0xC0) == 0x80)) {
        name.n--;
    }
    flow_put(f, text_style(p), p->link, " ", 1);
    flow_puts(f, RICH_IMAGE, number, page_glyph(p, "\u25A8\u00A0", "image: "));
    if (what[0] != '\0') {
        flow_puts(f, RICH_IMAGE, number, what);
        flow_puts(f, RICH_IMAGE, number, " ");
    }
    const size_t from = f->text.n;
    flow_put(f, RICH_IMAGE, number, name.p, name.n);
    if (!p->link && number > 0) {
        rich_set_link_text(p->r, number, buf_str(&f->text) + from, f->text.n - from);
        flow_puts(f, RICH_IMAGE, number, page_glyph(p, "\u00A0", " "));
        put_link_number(p, number);
    }
}

/* ---- lines ---- */

/* Marks of the containers; the mark of a fresh item is drawn once. */
void page_put_prefix(void *arg, struct rich *r)
{
    struct page *p = arg;
    for (size_t i = 0; i < p->n_boxes; i++) {
        struct page_box *b = &p->boxes[i];
        if (b->cols > 0 && (b->kind == PAGE_QUOTE || b->is_fresh)) {
            const int pad = b->cols - text_width(b->mark);
            rich_puts(r, b->style, b->mark);
            rich_repeat(r, RICH_TEXT, " ", pad);
        } else {
            rich_repeat(r, RICH_TEXT, " ", b->cols);
        }
        b->is_fresh = false;
    }
}

void page_put_gap(struct page *p)
{
    if (!p->wants_gap || p->r->n_lines == 0) {
        return;
    }
    p->wants_gap = false;
    size_t n = p->gap_boxes < p->n_boxes ? p->gap_boxes : p->n_boxes;
    while (n > 0 && p->boxes[n - 1].kind != PAGE_QUOTE) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        const struct page_box *b = &p->boxes[i];
        if (b->kind == PAGE_QUOTE && b->cols > 0) {
            const size_t blank = i + 1 == n ? 1 : 0; /* none at the end of the line */
            rich_put(p->r, b->style, 0, b->mark, strlen(b->mark) - blank);
        } else {
            rich_repeat(p->r, RICH_TEXT, " ", b->cols);
        }
    }
    if (p->n_blocks > 0 && p->block_lines[p->n_blocks - 1] == p->r->n_lines) {
        p->block_lines[p->n_blocks - 1]++; /* the blank line belongs to the block above */
    }
    rich_end_line(p->r);
}

void page_want_gap(struct page *p)
{
    p->wants_gap = true;
    p->gap_boxes = p->n_boxes;
}

void page_forget_tags(struct page *p)
{
    p->tags = (struct page_spans){0};
    p->is_summary = false;
}

/* The lines of the flow; returns the columns of the widest. */
static int put_flow_lines(struct page *p)
{
    struct flow_cuts cuts = {0};
    int widest = 0;
    flow_wrap(&p->flow, 0, p->flow.text.n, page_room(p), &cuts);
    for (size_t i = 0; i < cuts.n; i++) {
        page_put_prefix(p, p->r);
        flow_emit(&p->flow, &cuts.cuts[i], p->r);
        rich_end_line(p->r);
        widest = cuts.cuts[i].cols > widest ? cuts.cuts[i].cols : widest;
    }
    flow_cuts_done(&cuts);
    return widest;
}

static bool has_text(const struct flow *f)
{
    return !is_all_blank((struct str){buf_str(&f->text), f->text.n});
}

/* Is the line at the end of a cell begun? The mark of an item alone does not count. */
static bool cell_needs_break(const struct page *p)
{
    const struct buf *text = &p->table.flow.text;
    const bool has_text =
        p->table.n_cells > 0 && text->n > p->table.cells[p->table.n_cells - 1].from;
    return has_text && text->p[text->n - 1] != '\n' && text->n != p->item_text;
}

/* <a><div>: a block opens inside a link. The link goes on in there if nothing was said yet. */
static void keep_empty_link(struct page *p)
{
    const struct flow *f = target(p);
    if (p->link == 0) {
        return;
    }
    if (p->link_flow != f || p->link_from < f->text.n) {
        page_link_close(p);
    }
}

void page_flush(struct page *p)
{
    keep_empty_link(p);
    if (p->in_cell) {
        if (cell_needs_break(p)) {
            flow_hard_break(&p->table.flow);
        }
        p->link_from = p->table.flow.text.n;
        page_forget_tags(p);
        return;
    }
    if (p->heading > 0) {
        if (has_text(&p->flow)) {
            page_heading_close(p);
        }
        return;
    }
    p->link_from = 0;
    if (has_text(&p->flow)) {
        page_put_gap(p);
        put_flow_lines(p);
        page_want_gap(p);
    }
    flow_clear(&p->flow);
    page_forget_tags(p);
}

void page_mark_block(struct page *p)
{
    void *lines = p->block_lines;
    if (!mem_grow(&lines, &p->cap_blocks, p->n_blocks + 1, sizeof *p->block_lines)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    p->block_lines = lines;
    p->block_lines[p->n_blocks++] = (uint32_t)p->r->n_lines;
}

void page_heading_open(struct page *p, int level)
{
    page_flush(p);
    p->heading = level < 1 ? 1 : level > 6 ? 6 : level;
}

/* The text of a heading for the outline: without the numbers of links. */
static void plain_heading(const struct flow *f, struct buf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < f->n_runs; i++) {
        const size_t end = f->runs[i].end;
        if (f->runs[i].style != RICH_LINK_NO) {
            buf_append(out, f->text.p + at, end - at);
        }
        at = end;
    }
    while (out->n > 0 && (out->p[out->n - 1] == ' ' || out->p[out->n - 1] == '\n')) {
        out->p[--out->n] = '\0';
    }
    for (size_t i = 0; i < out->n; i++) {
        out->p[i] = out->p[i] == '\n' ? ' ' : out->p[i];
    }
}

void page_heading_close(struct page *p)
{
    const int level = p->heading;
    if (level == 0) {
        return;
    }
    page_link_close(p);
    p->heading = 0;
    if (p->in_cell) {
        page_flush(p);
        return;
    }
    if (has_text(&p->flow)) {
        struct buf plain = BUF_INIT;
        plain_heading(&p->flow, &plain);
        page_put_gap(p);
        rich_add_heading(p->r, level, buf_str(&plain), plain.n);
        const int cols = put_flow_lines(p);
        if (level <= 2) {
            page_put_prefix(p, p->r);
            const char *const lines[] = {
                page_glyph(p, "\u2550", "="),
                page_glyph(p, "\u2500", "-"),
            };
            rich_repeat(p->r, RICH_H_LINE, lines[level - 1], cols);
            rich_end_line(p->r);
        }
        buf_done(&plain);
        page_want_gap(p);
    }
    flow_clear(&p->flow);
    page_forget_tags(p);
}

void page_summary_open(struct page *p)
{
    page_flush(p);
    if (!p->in_cell) {
        p->is_summary = true;
        flow_puts(&p->flow, RICH_H4, 0, page_glyph(p, "\u25BE ", "v "));
    }
}

void page_summary_close(struct page *p)
{
    page_flush(p);
}

void page_rule(struct page *p)
{
    page_flush(p);
    if (p->in_cell) {
        return;
    }
    page_put_gap(p);
    page_put_prefix(p, p->r);
    rich_repeat(p->r, RICH_RULE, page_glyph(p, "\u2500", "-"), page_room(p));
    rich_end_line(p->r);
    page_want_gap(p);
}
