/* SPDX-License-Identifier: Apache-2.0 */
/* The containers, tables and code blocks of a page (md_page.h). */
#include "core/doc/md_page.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

enum {
    MIN_TEXT_COLS = 12, /* containers that would leave less are not indented any more */
    MAX_LANG_BYTES = 40,
};

static struct page_box *push(struct page *p, enum page_box_kind kind, bool is_html)
{
    if (p->n_boxes == PAGE_MAX_BOXES || p->n_ignored > 0) {
        p->n_ignored += is_html ? 0 : 1; /* a tag's end finds no box and is dropped as well */
        return NULL;
    }
    struct page_box *b = &p->boxes[p->n_boxes++];
    *b = (struct page_box){.kind = kind, .is_html = is_html};
    return b;
}

static void set_mark(struct page *p, struct page_box *b, enum rich_style style, const char *mark)
{
    const int cols = text_width(mark);
    b->style = style;
    if (page_room(p) - cols >= MIN_TEXT_COLS) {
        snprintf(b->mark, sizeof b->mark, "%s", mark);
        b->cols = cols;
    }
}

static struct page_box *innermost(struct page *p, enum page_box_kind kind)
{
    for (size_t i = p->n_boxes; i > 0; i--) {
        if (p->boxes[i - 1].kind == kind) {
            return &p->boxes[i - 1];
        }
    }
    return NULL;
}

void page_list_open(struct page *p, bool is_ordered, uint32_t first, bool is_tight, bool is_html)
{
    page_flush(p);
    const struct page_box *around = p->n_boxes > 0 ? &p->boxes[p->n_boxes - 1] : NULL;
    if (around && around->kind == PAGE_ITEM && around->is_tight) {
        p->wants_gap = false;
    }
    struct page_box *b = push(p, PAGE_LIST, is_html);
    if (b) {
        b->is_ordered = is_ordered;
        b->number = first;
        b->is_tight = is_tight;
        b->is_first = true;
    }
}

static const char *bullet(const struct page *p)
{
    static const char *const BULLETS[] = {"\u2022 ", "\u25E6 ", "\u25AA "};
    static const char *const ASCII_BULLETS[] = {"* ", "- ", "+ "};
    size_t level = 0;
    for (size_t i = 0; i < p->n_boxes; i++) {
        level += p->boxes[i].kind == PAGE_LIST && !p->boxes[i].is_ordered;
    }
    level = level > 0 ? (level - 1) % 3 : 0;
    return p->opts.is_ascii ? ASCII_BULLETS[level] : BULLETS[level];
}

void page_item_open(struct page *p, char task, bool is_html)
{
    page_flush(p);
    struct page_box *list = innermost(p, PAGE_LIST);
    char number[16] = "";
    bool is_tight = true;
    if (list) {
        is_tight = list->is_tight;
        if (is_tight && !list->is_first) {
            p->wants_gap = false;
        }
        list->is_first = false;
        if (list->is_ordered) {
            snprintf(number, sizeof number, "%u. ", list->number++);
        }
    }
    const char *plain = bullet(p);
    struct page_box *b = push(p, PAGE_ITEM, is_html);
    if (!b) {
        return;
    }
    b->is_tight = is_tight;
    enum rich_style style = RICH_BULLET;
    const char *mark = number[0] != '\0' ? number : plain;
    if (task == ' ') {
        style = RICH_TASK_OPEN;
        mark = page_glyph(p, "\u2610 ", "[ ] ");
    } else if (task != 0) {
        style = RICH_TASK_DONE;
        mark = page_glyph(p, "\u2611 ", "[x] ");
    }
    if (p->in_cell) {
        flow_puts(&p->table.flow, style, 0, mark);
        p->item_text = p->table.flow.text.n;
    } else {
        b->is_fresh = true;
        set_mark(p, b, style, mark);
    }
}

void page_quote_open(struct page *p, bool is_html)
{
    page_flush(p);
    struct page_box *b = push(p, PAGE_QUOTE, is_html);
    if (b && !p->in_cell) {
        set_mark(p, b, RICH_QUOTE_BAR, page_glyph(p, "\u258C ", "> "));
    }
}

static void pop(struct page *p)
{
    const struct page_box *b = &p->boxes[p->n_boxes - 1];
    if (b->kind == PAGE_ITEM && b->is_fresh) { /* an empty item still has its mark */
        page_put_gap(p);
        page_put_prefix(p, p->r);
        rich_end_line(p->r);
        page_want_gap(p);
    }
    p->n_boxes--;
    p->gap_boxes = p->gap_boxes < p->n_boxes ? p->gap_boxes : p->n_boxes;
}

void page_box_close(struct page *p, enum page_box_kind kind, bool is_html)
{
    page_flush(p);
    if (p->n_ignored > 0 && !is_html) {
        p->n_ignored--;
        return;
    }
    size_t i = p->n_boxes;
    while (i > 0 && (is_html ? p->boxes[i - 1].is_html && p->boxes[i - 1].kind != kind
                             : p->boxes[i - 1].is_html)) {
        i--;
    }
    if (i == 0 || p->boxes[i - 1].kind != kind || p->boxes[i - 1].is_html != is_html) {
        return;
    }
    if (!is_html && p->is_html_table && i <= p->table_boxes) {
        page_table_close(p, true); /* it was opened inside this container */
    }
    while (p->n_boxes >= i) {
        pop(p);
    }
}

/* ---- tables ---- */

static void emit_table(struct page *p)
{
    p->in_cell = false;
    page_flush(p);
    if (p->table.n_cells > 0) {
        const struct table_frame frame = {
            .width = page_room(p),
            .is_ascii = p->opts.is_ascii,
            .put_prefix = page_put_prefix,
            .arg = p,
        };
        page_put_gap(p);
        table_emit(&p->table, &frame, p->r);
        page_want_gap(p);
    }
}

void page_table_open(struct page *p, bool is_html)
{
    if (is_html && p->table_depth > 0 && !p->is_html_table) {
        return; /* a tag in a cell of a Markdown table */
    }
    page_flush(p);
    p->table_depth++;
    if (p->table_depth == 1) {
        p->is_html_table = is_html;
        p->in_head_rows = false;
        p->table_boxes = p->n_boxes;
        table_clear(&p->table);
    }
}

void page_table_close(struct page *p, bool is_html)
{
    if (p->table_depth == 0 || (is_html && !p->is_html_table)) {
        return;
    }
    if (p->table_depth > 1) {
        p->table_depth--;
        page_flush(p);
        return;
    }
    if (p->is_html_table == is_html) {
        page_link_close(p);
        p->table_depth = 0;
        p->is_html_table = false;
        emit_table(p);
        table_clear(&p->table);
    }
}

void page_row(struct page *p, bool is_head)
{
    if (p->table_depth != 1) {
        page_flush(p);
        return;
    }
    page_cell_close(p);
    if (table_is_full(&p->table)) {
        emit_table(p);
        table_restart(&p->table);
    }
    table_row(&p->table, is_head);
}

void page_cell_open(struct page *p, enum table_align align, uint32_t rows, uint32_t cols)
{
    if (p->table_depth != 1) {
        if (p->table_depth > 1 && p->in_cell) {
            flow_put(&p->table.flow, RICH_TEXT, 0, " ", 1);
        }
        return;
    }
    page_cell_close(p);
    if (p->table.n_rows == 0) {
        page_row(p, false);
    }
    table_cell(&p->table, align, rows, cols);
    p->in_cell = true;
}

void page_cell_close(struct page *p)
{
    if (p->table_depth == 1 && p->in_cell) {
        page_link_close(p);
        page_forget_tags(p);
        p->heading = 0;
        p->in_cell = false;
    }
}

/* ---- code ---- */

/* One source line, cut or wrapped to cols. */
static void put_code_line(struct page *p, const char *s, size_t n, int cols)
{
    const char *const bars[] = {page_glyph(p, "\u2502 ", "| "), page_glyph(p, "\u250A ", ": ")};
    size_t at = 0;
    bool is_more = false;
    do {
        int used = 0;
        size_t fits = 0;
        buf_clear(&p->scratch);
        buf_append(&p->scratch, s + at, n - at < (size_t)cols * 16 ? n - at : (size_t)cols * 16);
        fits = text_fit(buf_str(&p->scratch), cols, &used);
        const bool is_cut = at + fits < n;
        if (is_cut && !p->opts.wrap_code) {
            fits = text_fit(buf_str(&p->scratch), cols - 1, &used);
        }
        page_put_prefix(p, p->r);
        rich_put(p->r, RICH_CODE_BAR, 0, bars[is_more], strlen(bars[is_more]) - (n == 0 ? 1 : 0));
        rich_put(p->r, RICH_CODE_BLOCK, 0, s + at, fits);
        if (is_cut && !p->opts.wrap_code) {
            rich_puts(p->r, RICH_DIM, page_glyph(p, "\u2026", "~"));
        }
        rich_end_line(p->r);
        at += fits > 0 ? fits : n - at;
        is_more = true;
    } while (p->opts.wrap_code && at < n);
}

static void put_code_lines(struct page *p, const struct buf *code)
{
    const int cols = page_room(p) - 2;
    const char *s = buf_str(code);
    for (size_t at = 0; at < code->n;) {
        const char *newline = memchr(s + at, '\n', code->n - at);
        const size_t end = newline ? (size_t)(newline - s) : code->n;
        put_code_line(p, s + at, end - at, cols);
        at = end + 1;
    }
}

static void put_code_in_cell(struct page *p, const struct buf *code)
{
    const char *s = buf_str(code);
    for (size_t at = 0; at < code->n;) {
        const char *newline = memchr(s + at, '\n', code->n - at);
        const size_t end = newline ? (size_t)(newline - s) : code->n;
        page_code_text(p, s + at, end - at);
        page_hard_break(p);
        at = end + 1;
    }
}

void page_code_block(struct page *p, struct str code, struct str lang)
{
    page_flush(p);
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, code.p, code.n, TEXT_KEEP_NEWLINES);
    while (clean.n > 0 && clean.p[clean.n - 1] == '\n') {
        clean.p[--clean.n] = '\0';
    }
    if (p->in_cell) {
        put_code_in_cell(p, &clean);
    } else {
        page_put_gap(p);
        if (lang.n > 0) {
            struct buf label = BUF_INIT;
            text_sanitize(&label, lang.p, lang.n < MAX_LANG_BYTES ? lang.n : MAX_LANG_BYTES,
                          TEXT_LINE);
            page_put_prefix(p, p->r);
            rich_puts(p->r, RICH_CODE_BAR, page_glyph(p, "\u250C ", "+ "));
            rich_put(p->r, RICH_CODE_LANG, 0, buf_str(&label),
                     text_fit(buf_str(&label), page_room(p) - 2, NULL));
            rich_end_line(p->r);
            buf_done(&label);
        }
        put_code_lines(p, &clean);
        if (lang.n == 0 && clean.n == 0) {
            put_code_line(p, "", 0, page_room(p) - 2);
        }
        page_want_gap(p);
    }
    buf_done(&clean);
}

void page_end(struct page *p)
{
    if (p->table_depth > 0) {
        p->table_depth = 1;
        page_table_close(p, p->is_html_table);
    }
    page_flush(p);
    p->n_ignored = 0;
    while (p->n_boxes > 0) {
        pop(p);
    }
}
