/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/card_text.h"

#include <md4c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/out.h"

enum {
    MAX_DEPTH = 16,
    MAX_WIDTH = 100, /* longer lines are hard to read */
    MIN_WIDTH = 20,
    MAX_LINKS = 500,
    MAX_TABLE_COLS = 32,
    CELL_GAP = 2,
    MAX_BYTES = 1 << 28,
};

/* A list item or a quote that is open. */
struct level {
    char first[12]; /* what stands before its first line */
    bool is_used;   /* the first line is out */
    bool is_list;   /* the list itself: draws nothing */
    bool is_ordered;
    unsigned number;
};

struct render {
    struct buf *out;
    const struct cli_out *style;
    int cols;
    struct buf text; /* of the block that is open; '\n' is a hard break */
    struct level levels[MAX_DEPTH];
    int depth; /* may exceed MAX_DEPTH: deeper levels draw nothing of their own */
    bool in_code, needs_gap;
    int hidden; /* inside something that is not shown */
    struct buf links;
    unsigned n_links;
    struct arena cells_arena;
    const char **cells;
    size_t n_cells, cap_cells;
    unsigned n_columns;
    bool right[MAX_TABLE_COLS];
};

/* ---- lines ---- */

static struct level *level_at(struct render *r, int depth)
{
    return depth >= 1 && depth <= MAX_DEPTH ? &r->levels[depth - 1] : NULL;
}

/* Marks of the first line of an item, or blanks of the same width. */
static void put_prefix(struct render *r, struct buf *line)
{
    const int depth = r->depth < MAX_DEPTH ? r->depth : MAX_DEPTH;
    for (int i = 0; i < depth; i++) {
        struct level *l = &r->levels[i];
        if (l->is_list) {
            continue;
        }
        if (!l->is_used || l->first[0] == '>') {
            buf_puts(line, l->first);
        } else {
            buf_pad(line, ' ', strlen(l->first));
        }
        l->is_used = true;
    }
}

static void gap(struct render *r)
{
    if (r->needs_gap && r->out->n > 0) {
        buf_putc(r->out, '\n');
    }
    r->needs_gap = false;
}

static void put_line(struct render *r, const char *text, size_t n, enum cli_style style,
                     bool is_styled)
{
    struct buf line = BUF_INIT;
    put_prefix(r, &line);
    buf_puts(&line, is_styled ? cli_style(r->style, style) : "");
    buf_append(&line, text, n);
    buf_puts(&line, is_styled ? cli_style_end(r->style) : "");
    while (line.n && line.p[line.n - 1] == ' ') {
        line.n--;
    }
    buf_append(r->out, line.p ? line.p : "", line.n);
    buf_putc(r->out, '\n');
    buf_done(&line);
}

static int room(const struct render *r)
{
    int used = 0;
    const int depth = r->depth < MAX_DEPTH ? r->depth : MAX_DEPTH;
    for (int i = 0; i < depth; i++) {
        used += r->levels[i].is_list ? 0 : (int)strlen(r->levels[i].first);
    }
    return r->cols - used > MIN_WIDTH ? r->cols - used : MIN_WIDTH;
}

/* Bytes of s that go onto one line: to the last blank that fits, else to the last column. */
static size_t line_break(const char *s, size_t n, int cols)
{
    const char *newline = memchr(s, '\n', n);
    const size_t len = newline ? (size_t)(newline - s) : n;
    char *line = xstrndup(s, len);
    size_t fits = text_fit(line, cols, NULL);
    free(line);
    if (fits < len && s[fits] != ' ') {
        size_t at = fits;
        while (at > 0 && s[at - 1] != ' ') {
            at--;
        }
        fits = at > 0 ? at : fits;
    }
    return fits > 0 || len == 0 ? fits : 1;
}

static void wrap(struct render *r, const char *s, size_t n, bool is_heading)
{
    do {
        const size_t fits = line_break(s, n, room(r));
        put_line(r, s, fits, CLI_BOLD, is_heading);
        s += fits;
        n -= fits;
        if (n > 0 && *s == '\n') {
            s++;
            n--;
        }
        while (n > 0 && *s == ' ') {
            s++;
            n--;
        }
    } while (n > 0);
}

static void flush_text(struct render *r, bool is_heading)
{
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, buf_str(&r->text), r->text.n, TEXT_KEEP_NEWLINES);
    buf_clear(&r->text);
    size_t from = 0;
    while (from < clean.n && (clean.p[from] == ' ' || clean.p[from] == '\n')) {
        from++;
    }
    if (from < clean.n) {
        gap(r);
        wrap(r, clean.p + from, clean.n - from, is_heading);
    }
    buf_done(&clean);
}

static void flush_code(struct render *r)
{
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, buf_str(&r->text), r->text.n, TEXT_KEEP_NEWLINES);
    buf_clear(&r->text);
    gap(r);
    for (const char *line = buf_str(&clean); *line;) {
        const size_t n = strcspn(line, "\n");
        struct buf indented = BUF_INIT;
        buf_puts(&indented, "    ");
        buf_append(&indented, line, n);
        put_line(r, indented.p, indented.n, CLI_DIM, false);
        buf_done(&indented);
        line += n + (line[n] == '\n');
    }
    buf_done(&clean);
    r->needs_gap = true;
}

/* ---- tables ---- */

static void keep_cell(struct render *r)
{
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, buf_str(&r->text), r->text.n, TEXT_LINE);
    buf_clear(&r->text);
    if (mem_grow((void **)&r->cells, &r->cap_cells, r->n_cells + 1, sizeof *r->cells)) {
        r->cells[r->n_cells++] = arena_strdup(&r->cells_arena, buf_str(&clean));
    }
    buf_done(&clean);
}

static void measure_table(const struct render *r, int *widths)
{
    int total = -CELL_GAP;
    for (size_t i = 0; i < r->n_cells; i++) {
        const int w = text_width(r->cells[i]);
        int *width = &widths[i % r->n_columns];
        *width = w > *width ? w : *width;
    }
    for (unsigned c = 0; c < r->n_columns; c++) {
        total += widths[c] + CELL_GAP;
    }
    for (; total > room(r); total--) {
        unsigned widest = 0;
        for (unsigned c = 1; c < r->n_columns; c++) {
            widest = widths[c] > widths[widest] ? c : widest;
        }
        if (widths[widest] <= 3) {
            break;
        }
        widths[widest]--;
    }
}

static void flush_table(struct render *r)
{
    int widths[MAX_TABLE_COLS] = {0};
    if (r->n_columns > 0 && r->n_columns <= MAX_TABLE_COLS) {
        gap(r);
        measure_table(r, widths);
        for (size_t i = 0; i + r->n_columns <= r->n_cells; i += r->n_columns) {
            struct buf line = BUF_INIT;
            for (unsigned c = 0; c < r->n_columns; c++) {
                struct buf cut = BUF_INIT;
                text_cut_end(&cut, r->cells[i + c], widths[c], r->style->is_ascii);
                text_pad(&line, buf_str(&cut), widths[c], r->right[c]);
                buf_pad(&line, ' ', c + 1 < r->n_columns ? CELL_GAP : 0);
                buf_done(&cut);
            }
            put_line(r, line.p, line.n, CLI_BOLD, i == 0);
            buf_done(&line);
        }
    }
    r->needs_gap = true;
    r->n_cells = 0;
    arena_done(&r->cells_arena);
}

/* ---- md4c's calls ---- */

static void open_level(struct render *r, const char *first)
{
    r->depth++;
    struct level *l = level_at(r, r->depth);
    if (l) {
        *l = (struct level){0};
        snprintf(l->first, sizeof l->first, "%s", first);
    }
}

static void open_list(struct render *r, bool is_ordered, unsigned start)
{
    if (r->text.n) {
        flush_text(r, false); /* the text of the item this list stands in */
    }
    open_level(r, "");
    struct level *l = level_at(r, r->depth);
    if (l) {
        l->is_list = true;
        l->is_ordered = is_ordered;
        l->number = start;
    }
}

static void open_item(struct render *r, const MD_BLOCK_LI_DETAIL *d)
{
    char mark[12] = "- ";
    struct level *list = level_at(r, r->depth);
    if (d->is_task) {
        snprintf(mark, sizeof mark, "[%c] ", d->task_mark == ' ' ? ' ' : 'x');
    } else if (list && list->is_ordered) {
        snprintf(mark, sizeof mark, "%u. ", list->number++ % 100000000);
    }
    open_level(r, mark);
}

static int enter_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct render *r = arg;
    switch (type) {
    case MD_BLOCK_UL:
        open_list(r, false, 0);
        break;
    case MD_BLOCK_OL:
        open_list(r, true, ((MD_BLOCK_OL_DETAIL *)detail)->start);
        break;
    case MD_BLOCK_LI:
        open_item(r, detail);
        break;
    case MD_BLOCK_QUOTE:
        gap(r);
        open_level(r, "> ");
        break;
    case MD_BLOCK_CODE:
        r->in_code = true;
        break;
    case MD_BLOCK_HTML:
        r->hidden++;
        break;
    case MD_BLOCK_TABLE:
        r->n_columns = ((MD_BLOCK_TABLE_DETAIL *)detail)->col_count;
        memset(r->right, 0, sizeof r->right);
        break;
    case MD_BLOCK_TH:
        if (r->n_columns <= MAX_TABLE_COLS && r->n_cells < r->n_columns) {
            r->right[r->n_cells] = ((MD_BLOCK_TD_DETAIL *)detail)->align == MD_ALIGN_RIGHT;
        }
        break;
    default:
        break;
    }
    return 0;
}

static void put_rule(struct render *r)
{
    struct buf rule = BUF_INIT;
    gap(r);
    buf_pad(&rule, '-', (size_t)room(r) / 2);
    put_line(r, rule.p, rule.n, CLI_DIM, true);
    buf_done(&rule);
    r->needs_gap = true;
}

static int leave_block(MD_BLOCKTYPE type, void *detail, void *arg)
{
    struct render *r = arg;
    (void)detail;
    switch (type) {
    case MD_BLOCK_H:
    case MD_BLOCK_P:
        flush_text(r, type == MD_BLOCK_H);
        r->needs_gap = true;
        break;
    case MD_BLOCK_LI:
        flush_text(r, false); /* tight items hold their text without a paragraph */
        r->depth--;
        break;
    case MD_BLOCK_UL:
    case MD_BLOCK_OL:
    case MD_BLOCK_QUOTE:
        r->depth--;
        r->needs_gap = true;
        break;
    case MD_BLOCK_CODE:
        r->in_code = false;
        flush_code(r);
        break;
    case MD_BLOCK_HTML:
        r->hidden--;
        break;
    case MD_BLOCK_HR:
        put_rule(r);
        break;
    case MD_BLOCK_TH:
    case MD_BLOCK_TD:
        keep_cell(r);
        break;
    case MD_BLOCK_TABLE:
        flush_table(r);
        break;
    default:
        break;
    }
    return 0;
}

static int enter_span(MD_SPANTYPE type, void *detail, void *arg)
{
    struct render *r = arg;
    (void)detail;
    if (type == MD_SPAN_IMG) {
        buf_puts(&r->text, "[image: ");
    }
    return 0;
}

/* A target that the text already shows needs no number. */
static void number_link(struct render *r, const MD_SPAN_A_DETAIL *a)
{
    const MD_ATTRIBUTE *href = &a->href;
    const bool is_anchor = href->size > 0 && href->text[0] == '#';
    const bool is_shown = r->text.n >= href->size &&
                          memcmp(r->text.p + r->text.n - href->size, href->text, href->size) == 0;
    if (href->size == 0 || is_anchor || is_shown || r->n_links >= MAX_LINKS) {
        return;
    }
    r->n_links++;
    buf_printf(&r->text, " [%u]", r->n_links);
    buf_printf(&r->links, "[%u] ", r->n_links);
    text_sanitize(&r->links, href->text, href->size, TEXT_LINE);
    buf_putc(&r->links, '\n');
}

static int leave_span(MD_SPANTYPE type, void *detail, void *arg)
{
    struct render *r = arg;
    if (type == MD_SPAN_IMG) {
        buf_putc(&r->text, ']');
    } else if (type == MD_SPAN_A && !r->hidden) {
        number_link(r, detail);
    }
    return 0;
}

/* The few entities people write; others stay as they are. */
static void put_entity(struct buf *out, const char *s, size_t n)
{
    static const struct {
        const char *name, *text;
    } KNOWN[] = {
        {"&amp;", "&"}, {"&lt;", "<"},   {"&gt;", ">"},          {"&quot;", "\""},
        {"&#39;", "'"}, {"&nbsp;", " "}, {"&copy;", "\xc2\xa9"}, {"&mdash;", "\xe2\x80\x94"},
    };
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++) {
        if (strlen(KNOWN[i].name) == n && memcmp(KNOWN[i].name, s, n) == 0) {
            buf_puts(out, KNOWN[i].text);
            return;
        }
    }
    buf_append(out, s, n);
}

static int take_text(MD_TEXTTYPE type, const MD_CHAR *s, MD_SIZE n, void *arg)
{
    struct render *r = arg;
    if (r->hidden) {
        return 0;
    }
    switch (type) {
    case MD_TEXT_HTML:
        break;
    case MD_TEXT_BR:
        buf_putc(&r->text, '\n');
        break;
    case MD_TEXT_SOFTBR:
        buf_putc(&r->text, ' ');
        break;
    case MD_TEXT_ENTITY:
        put_entity(&r->text, s, n);
        break;
    default:
        buf_append(&r->text, s, n);
        break;
    }
    return 0;
}

void cli_render_card(struct buf *out, const char *markdown, size_t n, const struct cli_out *style)
{
    struct render r = {.out = out, .style = style};
    r.cols = style->cols < MAX_WIDTH ? style->cols : MAX_WIDTH;
    const MD_PARSER parser = {
        .flags = MD_DIALECT_GITHUB,
        .enter_block = enter_block,
        .leave_block = leave_block,
        .enter_span = enter_span,
        .leave_span = leave_span,
        .text = take_text,
    };
    /* md4c 0.4.8 looks at the byte behind the text, and goes astray by what it finds there. */
    struct buf ended = BUF_INIT;
    buf_append(&ended, markdown, n);
    if (n && n < MAX_BYTES && md_parse(ended.p, (MD_SIZE)n, &parser, &r) == 0 && r.n_links) {
        buf_printf(out, "\n%s", buf_str(&r.links));
    }
    buf_done(&ended);
    buf_done(&r.text);
    buf_done(&r.links);
    arena_done(&r.cells_arena);
    free(r.cells);
}
