/* SPDX-License-Identifier: Apache-2.0 */
/* gfm_got.h - the blocks of a page of ours in the form of gfm_want.h, read from the lines that a reader
 * sees: from their styles, marks and columns. */
#ifndef HFTERM_TESTS_UNIT_GFM_GOT_H
#define HFTERM_TESTS_UNIT_GFM_GOT_H

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/doc/rich.h"
#include "tests/unit/gfm_want.h"

struct gfm_got {
    struct buf out;
    const struct rich *r;
    bool after_gap;
    bool in_table; /* below the rule of a table */
};

static struct str gfm_span(const struct rich_line *l, size_t i)
{
    return (struct str){l->text + l->spans[i].at, l->spans[i].n};
}

static bool gfm_is_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i] != ' ') {
            return false;
        }
    }
    return true;
}

/* The marks of the containers; returns the first span behind them. */
static size_t gfm_read_marks(const struct rich_line *l, struct buf *marks, int *cols, bool *is_item)
{
    size_t i = 0;
    for (; i < l->n_spans; i++) {
        const struct str s = gfm_span(l, i);
        const enum rich_style style = (enum rich_style)l->spans[i].style;
        if (style == RICH_QUOTE_BAR) {
            for (size_t k = 0; k + 2 < s.n; k++) { /* several may be one span */
                buf_puts(marks, memcmp(s.p + k, "\u258C", 3) == 0 ? ">" : "");
            }
        } else if (style == RICH_BULLET) {
            for (size_t k = 0; k < s.n;) {
                size_t n = 0;
                while (k + n < s.n && s.p[k + n] != ' ') {
                    n++;
                }
                if (n > 0 && isdigit((unsigned char)s.p[k])) {
                    buf_append(marks, s.p + k, n);
                } else if (n > 0) {
                    buf_putc(marks, '*');
                }
                k += n + 1;
            }
            *is_item = true;
        } else if (style == RICH_TASK_DONE || style == RICH_TASK_OPEN) {
            buf_puts(marks, style == RICH_TASK_DONE ? "[x]" : "[ ]");
            *is_item = true;
        } else if (!gfm_is_blank(s) || style != RICH_TEXT) {
            /* the indentation may be one span with the text behind it */
            *cols += style == RICH_TEXT ? (int)strspn(s.p, " ") : 0;
            break;
        }
        *cols += l->spans[i].cols;
    }
    return i;
}

/* Is all of the line from span i on of these styles? */
static bool gfm_all(const struct rich_line *l, size_t i, enum rich_style a, enum rich_style b)
{
    for (; i < l->n_spans; i++) {
        const bool is_it = l->spans[i].style == a || l->spans[i].style == b;
        if (!is_it && !gfm_is_blank(gfm_span(l, i))) {
            return false;
        }
    }
    return true;
}

static bool gfm_has(const struct rich_line *l, size_t i, enum rich_style style)
{
    for (; i < l->n_spans; i++) {
        if (l->spans[i].style == style) {
            return true;
        }
    }
    return false;
}

/* Text without what only we write: numbers of links, the mark of a picture, the way back of a note.
 * A raised number is "^". */
static void gfm_put_span(struct buf *out, const struct rich_line *l, size_t i)
{
    static const char *const RAISED[] = {"\u2070", "\u00B9", "\u00B2", "\u00B3", "\u2074",
                                         "\u2075", "\u2076", "\u2077", "\u2078", "\u2079"};
    struct str s = gfm_span(l, i);
    if (l->spans[i].style == RICH_LINK_NO) {
        return;
    }
    const bool is_link = l->spans[i].style == RICH_LINK;
    if (is_link && s.n == 3 && memcmp(s.p, "\u21A9", 3) == 0) {
        return;
    }
    for (size_t k = 0; k < s.n; k++) {
        size_t digit = 0;
        while (is_link && digit < 10 && strncmp(s.p + k, RAISED[digit], strlen(RAISED[digit])) != 0) {
            digit++;
        }
        const bool is_image = l->spans[i].style == RICH_IMAGE;
        if (is_image && s.n - k >= 5 && memcmp(s.p + k, "\u25A8\u00A0", 5) == 0) {
            buf_putc(out, ' ');
            k += 4;
        } else if (is_image && s.n - k >= 2 && memcmp(s.p + k, "\u00A0", 2) == 0) {
            k++;
        } else if (is_link && digit < 10) { /* only numbers of one digit are tried */
            buf_putc(out, '^');
            k += strlen(RAISED[digit]) - 1;
        } else {
            buf_putc(out, s.p[k]);
        }
    }
}

static void gfm_put_cells(struct buf *out, const struct rich_line *l, size_t i)
{
    struct buf cell = BUF_INIT;
    buf_puts(out, "| ");
    for (; i < l->n_spans; i++) {
        if (l->spans[i].style == RICH_TABLE_BORDER) {
            gfm_put_collapsed(out, buf_str(&cell));
            buf_puts(out, " | ");
            buf_clear(&cell);
        } else {
            gfm_put_span(&cell, l, i);
        }
    }
    gfm_put_collapsed(out, buf_str(&cell));
    buf_done(&cell);
}

static int gfm_heading(const struct rich *r, size_t line)
{
    for (size_t i = 0; i < r->n_headings; i++) {
        if (r->headings[i].line == line) {
            return r->headings[i].level;
        }
    }
    return 0;
}

/* The kind and the text of a line whose marks are read; false when it is none of its own. */
static bool gfm_read_block(struct gfm_got *g, size_t line, size_t i, char kind[8], struct buf *text)
{
    const struct rich_line *l = &g->r->lines[line];
    const int level = gfm_heading(g->r, line);
    if (i >= l->n_spans) {
        snprintf(kind, 8, "E");
    } else if (gfm_all(l, i, RICH_H_LINE, RICH_H_LINE)) {
        return false;
    } else if (gfm_all(l, i, RICH_TABLE_BORDER, RICH_TABLE_BORDER) && !gfm_has(l, i, RICH_TEXT)) {
        g->in_table = true;
        return false;
    } else if (gfm_has(l, i, RICH_CODE_LANG)) {
        snprintf(kind, 8, "LANG");
        buf_append(text, gfm_span(l, i + 1).p, gfm_span(l, i + 1).n);
    } else if (l->spans[i].style == RICH_CODE_BAR) {
        snprintf(kind, 8, "CODE");
        buf_puts(text, i + 1 < l->n_spans ? l->text + l->spans[i + 1].at : "");
    } else if (l->spans[i].style == RICH_RULE) {
        snprintf(kind, 8, "HR");
    } else if (g->in_table || gfm_has(l, i, RICH_TABLE_HEAD) || gfm_has(l, i, RICH_TABLE_BORDER)) {
        snprintf(kind, 8, "%s", g->in_table ? "TR" : "TH");
        gfm_put_cells(text, l, i);
    } else {
        struct buf raw = BUF_INIT;
        snprintf(kind, 8, level > 0 ? "H%d" : "P", level);
        for (; i < l->n_spans; i++) {
            gfm_put_span(&raw, l, i);
        }
        gfm_put_collapsed(text, buf_str(&raw));
        buf_done(&raw);
        return text->n > 0;
    }
    return true;
}

static void gfm_read_line(struct gfm_got *g, size_t line)
{
    const struct rich_line *l = &g->r->lines[line];
    struct buf marks = BUF_INIT;
    struct buf text = BUF_INIT;
    char kind[8] = "";
    int cols = 0;
    bool is_item = false;
    const size_t i = gfm_read_marks(l, &marks, &cols, &is_item);
    if (i >= l->n_spans && !is_item) {
        g->after_gap = true;
        g->in_table = false;
    } else {
        if (is_item) {
            g->in_table = false;
        }
        if (gfm_read_block(g, line, i, kind, &text)) {
            cols = kind[0] == 'T' ? 0 : cols;
            buf_printf(&g->out, "%c %s %d %s|%s\n", g->after_gap ? '+' : '-', kind, cols,
                       buf_str(&marks), buf_str(&text));
        }
        g->after_gap = false;
    }
    buf_done(&marks);
    buf_done(&text);
}

/* Owned. */
static char *gfm_got_lines(const struct rich *r)
{
    struct gfm_got g = {.r = r};
    for (size_t i = 0; i < r->n_lines; i++) {
        gfm_read_line(&g, i);
    }
    return buf_steal(&g.out);
}

#endif
