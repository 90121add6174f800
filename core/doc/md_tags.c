/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_tags.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/doc/md_html.h"
#include "core/doc/md_page.h"

enum { MAX_LIST_START = 999999 };

void tags_done(struct tags *t)
{
    buf_done(&t->pre);
    *t = (struct tags){0};
}

static void count(int *level, bool opens)
{
    *level += opens ? 1 : *level > 0 ? -1 : 0;
}

/* ---- one function for each kind of tag ---- */

typedef void (*tag_fn)(struct tags *t, struct page *p, const struct html_token *tag, bool opens);

static void tag_bold(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    count(&p->tags.bold, opens);
}

static void tag_italic(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    count(&p->tags.italic, opens);
}

static void tag_strike(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    count(&p->tags.strike, opens);
}

static void tag_code(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    count(&p->tags.code, opens);
}

static void tag_block(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    (void)opens;
    page_flush(p);
}

/* A term of a list of terms: a paragraph of its own, in bold. */
static void tag_term(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    tag_block(t, p, tag, opens);
    count(&p->tags.bold, opens);
}

static void tag_heading(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    if (opens) {
        page_heading_open(p, tag->name[1] - '0');
    } else {
        page_heading_close(p);
    }
}

static void tag_break(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    (void)opens;
    page_hard_break(p);
}

static void tag_rule(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    if (opens) {
        page_rule(p);
    }
}

static void put_picture(struct page *p, const struct html_token *tag, const char *what)
{
    struct buf alt = BUF_INIT;
    struct buf src = BUF_INIT;
    if (!html_attr(tag->attrs, "alt", &alt) && !html_attr(tag->attrs, "title", &alt)) {
        buf_clear(&alt);
    }
    const bool has_src = html_attr(tag->attrs, "src", &src);
    if (has_src || alt.n > 0) {
        page_image(p, (struct str){buf_str(&alt), alt.n}, (struct str){buf_str(&src), src.n}, what);
    }
    buf_done(&alt);
    buf_done(&src);
}

static void tag_image(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    if (opens) {
        put_picture(p, tag, "");
    }
}

static void tag_media(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    if (opens) {
        put_picture(p, tag, strcmp(tag->name, "iframe") == 0 ? "page" : tag->name);
    }
}

static void tag_link(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    if (!opens) {
        page_link_close(p);
        return;
    }
    struct buf value = BUF_INIT;
    if (html_attr(tag->attrs, "id", &value) || html_attr(tag->attrs, "name", &value)) {
        rich_add_anchor(p->r, buf_str(&value), value.n);
    }
    buf_clear(&value);
    if (html_attr(tag->attrs, "href", &value)) {
        page_link_open(p, buf_str(&value), value.n);
    }
    buf_done(&value);
}

static void tag_list(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    if (!opens) {
        page_box_close(p, PAGE_LIST, true);
        return;
    }
    const bool is_ordered = strcmp(tag->name, "ol") == 0;
    unsigned long long first = 1;
    struct buf value = BUF_INIT;
    if (is_ordered && html_attr(tag->attrs, "start", &value) &&
        !str_to_u64(buf_str(&value), MAX_LIST_START, &first)) {
        first = 1;
    }
    buf_done(&value);
    page_list_open(p, is_ordered, (uint32_t)first, true, true);
}

static bool is_html_item(const struct page *p)
{
    return p->n_boxes > 0 && p->boxes[p->n_boxes - 1].kind == PAGE_ITEM &&
           p->boxes[p->n_boxes - 1].is_html;
}

static void tag_item(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    if (!opens || is_html_item(p)) { /* an <li> ends the one before it */
        page_box_close(p, PAGE_ITEM, true);
    }
    if (opens) {
        page_item_open(p, 0, true);
    }
}

static void tag_quote(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    if (opens) {
        page_quote_open(p, true);
    } else {
        page_box_close(p, PAGE_QUOTE, true);
    }
}

static void tag_table(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    if (opens) {
        page_table_open(p, true);
    } else {
        page_table_close(p, true);
    }
}

static void tag_row(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    if (p->is_html_table && p->table_depth == 1) {
        page_cell_close(p);
        p->is_row_due = opens;
    }
}

static enum table_align cell_align(struct str attrs)
{
    struct buf value = BUF_INIT;
    enum table_align align = TABLE_LEFT;
    if (html_attr(attrs, "align", &value)) {
        align = strcmp(buf_str(&value), "right") == 0    ? TABLE_RIGHT
                : strcmp(buf_str(&value), "center") == 0 ? TABLE_CENTER
                                                         : TABLE_LEFT;
    }
    buf_done(&value);
    return align;
}

/* A number from 0 to max of an attribute, 1 when there is none. */
static uint32_t span_of(struct str attrs, const char *name, uint32_t max)
{
    struct buf value = BUF_INIT;
    unsigned long long n = 1;
    if (html_attr(attrs, name, &value)) {
        const char *digits = buf_str(&value);
        while (*digits == ' ') {
            digits++;
        }
        char *end = NULL;
        n = digits[0] >= '0' && digits[0] <= '9' ? strtoull(digits, &end, 10) : 1;
        n = n < max ? n : max;
    }
    buf_done(&value);
    return (uint32_t)n;
}

/* <thead>, <tbody>, <tfoot>: what a row is, is known by the part it stands in. */
static void tag_rows(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    if (p->is_html_table && p->table_depth == 1) {
        page_cell_close(p);
        p->in_head_rows = opens && strcmp(tag->name, "thead") == 0;
    }
}

static void tag_cell(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    if (!p->is_html_table) {
        return;
    }
    if (!opens) {
        page_cell_close(p);
        return;
    }
    const bool is_head = strcmp(tag->name, "th") == 0;
    if (p->table_depth == 1 && p->is_row_due) {
        const bool may_be_head = p->table.n_rows == 0 || table_head_goes_on(&p->table);
        page_row(p, p->in_head_rows || (is_head && may_be_head));
        p->is_row_due = false;
    }
    if (p->table_depth == 1 && !is_head && !p->in_head_rows) { /* <th>s alone make a head */
        table_row_is_body(&p->table);
    }
    page_cell_open(p, cell_align(tag->attrs), span_of(tag->attrs, "rowspan", UINT16_MAX),
                   span_of(tag->attrs, "colspan", TABLE_MAX_SPAN));
    p->tags.bold = is_head ? 1 : 0;
}

static void tag_pre(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)tag;
    if (t->is_pre && t->pre.n > 0) {
        const size_t skip = t->pre.p[0] == '\n' ? 1 : 0; /* a line end behind <pre> is not text */
        page_code_block(p, (struct str){t->pre.p + skip, t->pre.n - skip}, (struct str){"", 0});
    }
    buf_clear(&t->pre);
    t->is_pre = opens;
}

static void tag_summary(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)t;
    (void)tag;
    if (opens) {
        page_summary_open(p);
    } else {
        page_summary_close(p);
    }
}

static void tag_skip(struct tags *t, struct page *p, const struct html_token *tag, bool opens)
{
    (void)p;
    if (opens) {
        memcpy(t->skip, tag->name, sizeof t->skip);
    }
}

struct tag_row {
    const char *name;
    tag_fn fn;
};

/* Sorted for bsearch. */
static const struct tag_row TAGS[] = {
    {"a", tag_link},            {"address", tag_block},     {"article", tag_block},
    {"aside", tag_block},       {"audio", tag_media},       {"b", tag_bold},
    {"blockquote", tag_quote},  {"br", tag_break},          {"center", tag_block},
    {"cite", tag_italic},       {"code", tag_code},         {"dd", tag_block},
    {"del", tag_strike},        {"details", tag_block},     {"dfn", tag_italic},
    {"div", tag_block},         {"dl", tag_block},          {"dt", tag_term},
    {"em", tag_italic},         {"embed", tag_media},       {"figcaption", tag_block},
    {"figure", tag_block},      {"footer", tag_block},      {"form", tag_block},
    {"h1", tag_heading},        {"h2", tag_heading},        {"h3", tag_heading},
    {"h4", tag_heading},        {"h5", tag_heading},        {"h6", tag_heading},
    {"header", tag_block},      {"hr", tag_rule},           {"i", tag_italic},
    {"iframe", tag_media},      {"img", tag_image},         {"kbd", tag_code},
    {"li", tag_item},           {"main", tag_block},        {"nav", tag_block},
    {"ol", tag_list},           {"p", tag_block},           {"pre", tag_pre},
    {"s", tag_strike},          {"samp", tag_code},         {"script", tag_skip},
    {"section", tag_block},     {"strike", tag_strike},     {"strong", tag_bold},
    {"style", tag_skip},        {"summary", tag_summary},   {"table", tag_table},
    {"tbody", tag_rows},        {"td", tag_cell},           {"template", tag_skip},
    {"textarea", tag_pre},      {"tfoot", tag_rows},        {"th", tag_cell},
    {"thead", tag_rows},        {"tr", tag_row},            {"tt", tag_code},
    {"ul", tag_list},           {"var", tag_italic},        {"video", tag_media},
};

static int compare_tag(const void *key, const void *row)
{
    return strcmp(key, ((const struct tag_row *)row)->name);
}

static void write_tag(struct tags *t, struct page *p, const struct html_token *tag)
{
    const struct tag_row *row =
        bsearch(tag->name, TAGS, sizeof TAGS / sizeof *TAGS, sizeof *TAGS, compare_tag);
    if (row && (!t->is_pre || row->fn == tag_pre)) {
        row->fn(t, p, tag, tag->kind == HTML_OPEN);
    }
}

/* ---- text between tags ---- */

static void write_text(struct tags *t, struct page *p, struct str s)
{
    if (t->is_pre) {
        html_put_decoded(&t->pre, s.p, s.n);
        return;
    }
    size_t at = 0;
    while (at < s.n) { /* a line end is a blank, and none between wide characters */
        const char *newline = memchr(s.p + at, '\n', s.n - at);
        const size_t end = newline ? (size_t)(newline - s.p) : s.n;
        page_entity(p, s.p + at, end - at);
        if (newline) {
            page_soft_break(p);
        }
        at = end + 1;
    }
}

void tags_write(struct tags *t, struct page *p, struct str html)
{
    struct html_reader reader = {.rest = html};
    struct html_token token;
    while (html_next(&reader, &token)) {
        if (t->skip[0] != '\0') {
            if (token.kind == HTML_CLOSE && strcmp(token.name, t->skip) == 0) {
                t->skip[0] = '\0';
            }
        } else if (token.kind == HTML_TEXT) {
            write_text(t, p, token.text);
        } else {
            write_tag(t, p, &token);
        }
    }
}

void tags_end_block(struct tags *t, struct page *p)
{
    tag_pre(t, p, NULL, false);
    t->skip[0] = '\0';
    page_flush(p);
    page_link_close(p);
}
