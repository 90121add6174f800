/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/doc.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/widget/view_find.h"

void doc_done(struct doc *d)
{
    markdown_free(d->markdown);
    rich_done(&d->rich);
    free(d->needle);
    finder_free(d->finder);
    *d = (struct doc){0};
}

static struct markdown_options look(const struct doc *d)
{
    return (struct markdown_options){.is_ascii = d->is_ascii, .wrap_code = d->wrap_code};
}

void doc_set_markdown(struct doc *d, const char *text, size_t n, int width, bool is_ascii)
{
    markdown_free(d->markdown);
    d->is_ascii = is_ascii;
    d->width = width;
    struct markdown_options options = look(d);
    d->markdown = markdown_begin(text, n, width, &options);
    d->has_match = false;
}

struct rich *doc_begin_rich(struct doc *d)
{
    markdown_free(d->markdown);
    d->markdown = NULL;
    rich_clear(&d->rich);
    return &d->rich;
}

const struct rich *doc_lines(const struct doc *d)
{
    return d->markdown ? markdown_rich(d->markdown) : &d->rich;
}

size_t doc_total(const struct doc *d)
{
    return d->markdown ? markdown_lines_guess(d->markdown) : d->rich.n_lines;
}

/* Lines that can be shown now. */
static size_t ready(const struct doc *d)
{
    return d->markdown ? markdown_lines_ready(d->markdown) : d->rich.n_lines;
}

static void need(struct doc *d, size_t line)
{
    if (d->markdown) {
        markdown_need(d->markdown, line);
    }
}

static void settle(struct doc *d)
{
    size_t height = d->height > 0 ? (size_t)d->height : 1;
    need(d, d->top + height);
    size_t n = ready(d);
    size_t last = n > height ? n - height : 0;
    if (d->top > last) {
        d->top = last;
    }
}

/* The next place in a line, from byte *at on. */
static bool match_in(const struct doc *d, const struct rich_line *line, size_t from, size_t *at, size_t *n)
{
    const struct str text = {line->text, line->n_text};
    return finder_match(d->finder, text, from, true, at, n) == FINDER_MATCH;
}

static void count_matches(struct doc *d)
{
    d->match = d->n_matches = 0;
    if (!d->needle) {
        return;
    }
    if (d->markdown) {
        markdown_finish(d->markdown);
    }
    const struct rich *r = doc_lines(d);
    for (size_t i = 0; i < r->n_lines; i++) {
        size_t at = 0;
        size_t n = 0;
        if (match_in(d, &r->lines[i], 0, &at, &n)) {
            d->n_matches++;
            d->match = d->has_match && d->match_line == i ? d->n_matches : d->match;
        }
    }
}

void doc_layout(struct doc *d, int width, int height)
{
    d->height = d->needle && height > 1 ? height - 1 : height; /* the last row tells of the search */
    if (d->markdown && width != d->width) {
        struct markdown_options options = look(d);
        markdown_layout(d->markdown, width, &options, &d->top);
        d->has_match = false;
        count_matches(d);
    }
    d->width = width;
    settle(d);
}

void doc_scroll(struct doc *d, long lines)
{
    d->top = lines < 0 && (size_t)-lines > d->top ? 0 : d->top + (size_t)lines;
    settle(d);
}

void doc_goto(struct doc *d, size_t line)
{
    need(d, line);
    d->top = line;
    settle(d);
}

bool doc_apply(struct doc *d, enum move move)
{
    const long rows = move_rows(move, d->height > 2 ? d->height - 2 : 1);
    if (rows) {
        doc_scroll(d, rows);
    } else if (move == MOVE_TOP) {
        doc_goto(d, 0);
    } else if (move == MOVE_BOTTOM) {
        if (d->markdown) {
            markdown_finish(d->markdown);
        }
        doc_goto(d, ready(d));
    } else {
        return false;
    }
    return true;
}

bool doc_toggle_wrap(struct doc *d)
{
    if (!d->markdown) {
        return false;
    }
    d->wrap_code = !d->wrap_code;
    struct markdown_options options = look(d);
    markdown_layout(d->markdown, d->width, &options, &d->top);
    settle(d);
    return true;
}

/* ---- search ---- */

bool doc_next(struct doc *d, int step)
{
    if (d->markdown) {
        markdown_finish(d->markdown);
    }
    const size_t n = doc_lines(d)->n_lines;
    if (!d->needle || n == 0) {
        return false;
    }
    size_t line = d->has_match ? d->match_line : d->top;
    line = step == 0 ? line : (line + (step > 0 ? 1 : n - 1)) % n;
    d->has_match = false;
    for (size_t i = 0; i < n && !d->has_match; i++) {
        size_t at = 0;
        size_t length = 0;
        d->has_match = match_in(d, &doc_lines(d)->lines[line], 0, &at, &length);
        d->match_line = line;
        line = (line + (step < 0 ? n - 1 : 1)) % n;
    }
    count_matches(d);
    const size_t height = d->height > 0 ? (size_t)d->height : 1;
    if (d->has_match && (d->match_line < d->top || d->match_line >= d->top + height)) {
        doc_goto(d, d->match_line > height / 3 ? d->match_line - height / 3 : 0);
    }
    return d->has_match;
}

bool doc_search(struct doc *d, const char *needle, struct err *e)
{
    const bool is_end = !needle || !*needle;
    struct finder *finder = is_end ? NULL : finder_new(needle, true, e);
    if (!is_end && !finder) {
        return false;
    }
    free(d->needle);
    finder_free(d->finder);
    d->needle = is_end ? NULL : xstrdup(needle);
    d->finder = finder;
    d->has_match = false;
    d->match = d->n_matches = 0;
    return is_end || doc_next(d, 0) || err_set(e, ERR_NOT_FOUND, "not found: %s", needle);
}

void doc_section(struct doc *d, int step)
{
    if (d->markdown) {
        markdown_finish(d->markdown);
    }
    const struct rich *r = doc_lines(d);
    if (step > 0) {
        for (size_t i = 0; i < r->n_headings; i++) {
            if (r->headings[i].line > d->top) {
                doc_goto(d, r->headings[i].line);
                return;
            }
        }
        return;
    }
    for (size_t i = r->n_headings; i-- > 0;) {
        if (r->headings[i].line < d->top) {
            doc_goto(d, r->headings[i].line);
            return;
        }
    }
    doc_goto(d, 0);
}

bool doc_work(struct doc *d)
{
    return d->markdown && !markdown_is_done(d->markdown) && markdown_step(d->markdown);
}

/* ---- drawing ---- */

enum style doc_style(enum rich_style style)
{
    static const enum style MAP[RICH_N_STYLES] = {
        [RICH_TEXT] = STYLE_TEXT,
        [RICH_BOLD] = STYLE_BOLD,
        [RICH_ITALIC] = STYLE_ITALIC,
        [RICH_BOLD_ITALIC] = STYLE_BOLD_ITALIC,
        [RICH_STRIKE] = STYLE_STRIKE,
        [RICH_CODE] = STYLE_CODE,
        [RICH_CODE_BLOCK] = STYLE_CODE_BLOCK,
        [RICH_CODE_BAR] = STYLE_RULE,
        [RICH_CODE_LANG] = STYLE_DIM,
        [RICH_H1] = STYLE_H1,
        [RICH_H2] = STYLE_H2,
        [RICH_H3] = STYLE_H3,
        [RICH_H4] = STYLE_H4,
        [RICH_H_LINE] = STYLE_RULE,
        [RICH_LINK] = STYLE_LINK,
        [RICH_LINK_NO] = STYLE_DIM,
        [RICH_QUOTE] = STYLE_QUOTE,
        [RICH_QUOTE_BAR] = STYLE_RULE,
        [RICH_RULE] = STYLE_RULE,
        [RICH_BULLET] = STYLE_ACCENT,
        [RICH_TASK_DONE] = STYLE_OK,
        [RICH_TASK_OPEN] = STYLE_DIM,
        [RICH_TABLE_BORDER] = STYLE_TABLE_BORDER,
        [RICH_TABLE_HEAD] = STYLE_TABLE_HEAD,
        [RICH_IMAGE] = STYLE_IMAGE,
        [RICH_DIM] = STYLE_DIM,
        [RICH_LINE_NO] = STYLE_GUTTER,
        [RICH_ADDED] = STYLE_OK,
        [RICH_REMOVED] = STYLE_ERROR,
        [RICH_KEY] = STYLE_JSON_KEY,
        [RICH_STRING] = STYLE_JSON_STRING,
        [RICH_NUMBER] = STYLE_NUMBER,
        [RICH_WORD] = STYLE_ACCENT,
        [RICH_PUNCT] = STYLE_DIM,
        [RICH_CONTROL] = STYLE_WARN,
        [RICH_MATCH] = STYLE_MATCH,
        [RICH_MATCH_NOW] = STYLE_MATCH_NOW,
    };
    return MAP[style];
}

void doc_draw_line(const struct canvas *c, int row, const struct rich_line *line)
{
    int col = 0;
    for (size_t i = 0; i < line->n_spans && col < c->rect.cols; i++) {
        const struct rich_span *s = &line->spans[i];
        draw_textn(c, row, col, -1, doc_style((enum rich_style)s->style), line->text + s->at, s->n);
        col += s->cols;
    }
}

/* Lay the match style over every place in a drawn line that matches. */
static void mark_matches(const struct doc *d, const struct canvas *c, int row, const struct rich_line *line,
                         bool is_current)
{
    size_t at = 0;
    size_t n = 0;
    for (size_t from = 0; match_in(d, line, from, &at, &n); from = at + n) {
        draw_restyle(c, row, text_width_n(line->text, at), text_width_n(line->text + at, n),
                     is_current ? STYLE_MATCH_NOW : STYLE_MATCH);
    }
}

/* "match 2 of 7: seaworthy" */
static void draw_search(const struct doc *d, const struct canvas *c, int row)
{
    draw_blank(c, row, 0, c->rect.cols, STYLE_DIM);
    int at = 0;
    if (d->match) {
        at = draw_printf(c, row, 0, -1, STYLE_DIM, "match %zu of %zu", d->match, d->n_matches);
    } else {
        at = draw_printf(c, row, 0, -1, STYLE_DIM, "%zu match%s", d->n_matches, d->n_matches == 1 ? "" : "es");
    }
    char *needle = text_clean(d->needle);
    draw_printf(c, row, at, -1, STYLE_DIM, ": %s", needle);
    free(needle);
}

void doc_draw(struct doc *d, const struct canvas *c)
{
    doc_layout(d, c->rect.cols - 1, c->rect.rows); /* one column for the scroll mark */
    const struct rich *r = doc_lines(d);
    for (int row = 0; row < d->height && d->top + (size_t)row < r->n_lines; row++) {
        const struct rich_line *line = &r->lines[d->top + (size_t)row];
        doc_draw_line(c, row, line);
        if (d->needle) {
            mark_matches(d, c, row, line, d->has_match && d->match_line == d->top + (size_t)row);
        }
    }
    if (d->height < c->rect.rows) {
        draw_search(d, c, d->height);
    }
    const struct canvas rows = canvas_sub(c, (struct rect){0, 0, d->height, c->rect.cols});
    draw_scrollbar(&rows, d->top, (size_t)rows.rect.rows, doc_total(d));
}
