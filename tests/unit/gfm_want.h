/* SPDX-License-Identifier: Apache-2.0 */
/* gfm_want.h - the blocks of a document as cmark-gfm's program reads them: its XML as one line a
 * block, "gap kind columns marks|text".
 *
 * gap:     '+' a blank line stands before, '-' none; '?' it does not matter (all but items that
 *          follow another one)
 * kind:    P, H1 to H6, CODE, LANG, HR, TH, TR (cells parted by " | "), E (an item without text)
 * columns: those left of the text that its containers take; 0 for TH and TR
 * marks:   ">" for each quote around, "*", "3." or "[x]" for each item that begins in this line
 * The text has its blanks collapsed; "^" is a reference to a footnote.
 */
#ifndef HFTERM_TESTS_UNIT_GFM_WANT_H
#define HFTERM_TESTS_UNIT_GFM_WANT_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

enum { GFM_MAX_BOXES = 64 };

struct gfm_box {
    char mark[16]; /* "" for a list */
    int cols;
    bool is_fresh, is_first, is_tight, is_ordered;
    int number;
};

struct gfm_want {
    struct buf out;
    struct gfm_box boxes[GFM_MAX_BOXES];
    size_t n_boxes;
    struct buf text;     /* of the leaf at hand */
    struct buf row;
    char kind[8];
    char info[64];
    char image[256];     /* its address */
    size_t image_from;   /* where its text begins */
    bool is_literal;     /* code or HTML: text as it is */
    int notes;
};

/* Append text of the XML, entities decoded. */
static void gfm_put_decoded(struct buf *out, const char *s, size_t n)
{
    static const char *const ENTITIES[] = {"&lt;", "<", "&gt;", ">", "&amp;", "&", "&quot;", "\""};
    for (size_t i = 0; i < n;) {
        size_t k = 0;
        while (k < 8 && strncmp(s + i, ENTITIES[k], strlen(ENTITIES[k])) != 0) {
            k += 2;
        }
        if (s[i] == '&' && k < 8) {
            buf_puts(out, ENTITIES[k + 1]);
            i += strlen(ENTITIES[k]);
        } else {
            buf_putc(out, s[i++]);
        }
    }
}

/* Blanks collapsed and trimmed. */
static void gfm_put_collapsed(struct buf *out, const char *s)
{
    bool is_due = false;
    bool has_any = false;
    for (; *s; s++) {
        if (*s == ' ' || *s == '\n' || *s == '\t') {
            is_due = has_any;
            continue;
        }
        buf_puts(out, is_due ? " " : "");
        buf_putc(out, *s);
        is_due = false;
        has_any = true;
    }
}

static void gfm_put_line_at(struct gfm_want *w, const char *kind, int cols, const char *text)
{
    char gap = '?';
    struct buf marks = BUF_INIT;
    for (size_t i = 0; i < w->n_boxes; i++) {
        struct gfm_box *b = &w->boxes[i];
        if (b->mark[0] == '>') {
            buf_putc(&marks, '>');
        } else if (b->is_fresh) {
            buf_puts(&marks, b->mark);
            gap = b->is_first ? '?' : b->is_tight ? '-' : '+';
            b->is_fresh = false;
        }
    }
    buf_printf(&w->out, "%c %s %d %s|%s\n", gap, kind, cols, buf_str(&marks), text);
    buf_done(&marks);
}

static void gfm_put_line(struct gfm_want *w, const char *kind, const char *text)
{
    int cols = 0;
    for (size_t i = 0; i < w->n_boxes; i++) {
        cols += w->boxes[i].cols;
    }
    gfm_put_line_at(w, kind, cols, text);
}

/* The text so far as a line; nothing when there is none. */
static void gfm_put_text(struct gfm_want *w)
{
    struct buf clean = BUF_INIT;
    struct buf line = BUF_INIT;
    text_sanitize(&clean, buf_str(&w->text), w->text.n, TEXT_LINE);
    gfm_put_collapsed(&line, buf_str(&clean));
    if (line.n > 0) {
        gfm_put_line(w, w->kind, buf_str(&line));
    }
    buf_clear(&w->text);
    buf_done(&clean);
    buf_done(&line);
}

static void gfm_put_code(struct gfm_want *w)
{
    struct buf clean = BUF_INIT;
    w->info[strcspn(w->info, " \t")] = '\0';
    if (w->info[0] != '\0') {
        gfm_put_line(w, "LANG", w->info);
    }
    text_sanitize(&clean, buf_str(&w->text), w->text.n, TEXT_KEEP_NEWLINES);
    while (clean.n > 0 && clean.p[clean.n - 1] == '\n') {
        clean.p[--clean.n] = '\0';
    }
    char *line = clean.n > 0 ? clean.p : NULL;
    if (!line && w->info[0] == '\0') {
        gfm_put_line(w, "CODE", "");
    }
    while (line) {
        char *end = strchr(line, '\n');
        if (end) {
            *end++ = '\0';
        }
        gfm_put_line(w, "CODE", line);
        line = end;
    }
    buf_clear(&w->text);
    buf_done(&clean);
}

/* Tags, comments and what is in <script> and <style> are no text. */
static void gfm_put_html(struct gfm_want *w, bool is_block)
{
    struct buf html = w->text;
    w->text = (struct buf)BUF_INIT;
    const char *skip = NULL;
    for (const char *p = buf_str(&html); *p;) {
        const char *end = strncmp(p, "<!--", 4) == 0 ? strstr(p, "-->") : strchr(p, '>');
        if (*p != '<' || !end) {
            if (!skip) {
                buf_putc(&w->text, *p);
            }
            p++;
            continue;
        }
        skip = strncasecmp(p, "<style", 6) == 0 || strncasecmp(p, "<script", 7) == 0 ? "" : skip;
        skip = strncasecmp(p, "</s", 3) == 0 ? NULL : skip;
        p = end + (strncmp(end, "-->", 3) == 0 ? 3 : 1);
    }
    const bool is_pre = strncasecmp(buf_str(&html), "<pre", 4) == 0;
    if (is_block && is_pre) {
        w->info[0] = '\0';
        if (w->text.n > 0 && w->text.p[0] == '\n') {
            buf_consume(&w->text, 1);
        }
        gfm_put_code(w);
    } else if (is_block) {
        struct buf text = w->text;
        w->text = (struct buf)BUF_INIT;
        gfm_put_decoded(&w->text, buf_str(&text), text.n);
        gfm_put_text(w);
        buf_done(&text);
    }
    buf_done(&html);
}

/* The value of an attribute, "" when it is absent. */
static void gfm_attr(const char *attrs, const char *name, char *out, size_t size)
{
    char key[32];
    struct buf value = BUF_INIT;
    snprintf(key, sizeof key, " %s=\"", name);
    const char *at = strstr(attrs, key);
    if (at) {
        at += strlen(key);
        gfm_put_decoded(&value, at, strcspn(at, "\""));
    }
    snprintf(out, size, "%s", buf_str(&value));
    buf_done(&value);
}

static void gfm_push(struct gfm_want *w, struct gfm_box box)
{
    if (w->n_boxes < GFM_MAX_BOXES) {
        w->boxes[w->n_boxes++] = box;
    }
}

static void gfm_open_item(struct gfm_want *w, const char *name, const char *attrs)
{
    struct gfm_box *list = &w->boxes[w->n_boxes - 1];
    struct gfm_box item = {.is_fresh = true, .is_first = list->is_first, .is_tight = list->is_tight};
    char done[8];
    list->is_first = false;
    item.cols = 2;
    if (list->is_ordered) {
        item.cols = snprintf(item.mark, sizeof item.mark, "%d.", list->number++) + 1;
    } else {
        snprintf(item.mark, sizeof item.mark, "*");
    }
    if (strcmp(name, "tasklist") == 0) {
        gfm_attr(attrs, "completed", done, sizeof done);
        snprintf(item.mark, sizeof item.mark, "[%c]", strcmp(done, "true") == 0 ? 'x' : ' ');
        item.cols = 2;
    }
    gfm_push(w, item);
}

static void gfm_open_list(struct gfm_want *w, const char *attrs)
{
    char value[32];
    struct gfm_box list = {.is_first = true, .number = 1};
    gfm_attr(attrs, "type", value, sizeof value);
    list.is_ordered = strcmp(value, "ordered") == 0;
    gfm_attr(attrs, "tight", value, sizeof value);
    list.is_tight = strcmp(value, "true") == 0;
    gfm_attr(attrs, "start", value, sizeof value);
    list.number = value[0] != '\0' ? (int)strtol(value, NULL, 10) : 1;
    gfm_push(w, list);
}

static void gfm_open_note(struct gfm_want *w)
{
    struct gfm_box item = {.is_fresh = true, .is_first = w->notes == 0, .is_tight = true};
    if (w->notes++ == 0) {
        gfm_put_line(w, "HR", "");
    }
    item.cols = snprintf(item.mark, sizeof item.mark, "%d.", w->notes) + 1;
    gfm_push(w, item);
}

static void gfm_close_box(struct gfm_want *w)
{
    if (w->boxes[w->n_boxes - 1].is_fresh) {
        gfm_put_line(w, "E", "");
    }
    w->n_boxes--;
}

/* A picture without a description is called as its file. */
static void gfm_close_image(struct gfm_want *w)
{
    bool has_text = false;
    for (size_t i = w->image_from; i < w->text.n; i++) {
        has_text = has_text || w->text.p[i] != ' ';
    }
    if (!has_text) {
        w->image[strcspn(w->image, "?#")] = '\0';
        const char *slash = strrchr(w->image, '/');
        const char *name = slash ? slash + 1 : w->image;
        buf_puts(&w->text, name[0] != '\0' ? name : "image");
    }
}

static void gfm_open(struct gfm_want *w, const char *name, const char *attrs)
{
    if (strcmp(name, "block_quote") == 0) {
        gfm_push(w, (struct gfm_box){.mark = ">", .cols = 2});
    } else if (strcmp(name, "list") == 0) {
        gfm_open_list(w, attrs);
    } else if (strcmp(name, "item") == 0 || strcmp(name, "tasklist") == 0) {
        gfm_open_item(w, name, attrs);
    } else if (strcmp(name, "note") == 0) {
        gfm_open_note(w);
    } else if (strcmp(name, "paragraph") == 0) {
        snprintf(w->kind, sizeof w->kind, "P");
    } else if (strcmp(name, "heading") == 0) {
        char level[4];
        gfm_attr(attrs, "level", level, sizeof level);
        snprintf(w->kind, sizeof w->kind, "H%s", level);
    } else if (strcmp(name, "code_block") == 0) {
        gfm_attr(attrs, "info", w->info, sizeof w->info);
        w->is_literal = true;
    } else if (strcmp(name, "html_block") == 0) {
        snprintf(w->kind, sizeof w->kind, "P");
        w->is_literal = true;
    } else if (strcmp(name, "image") == 0) {
        gfm_attr(attrs, "destination", w->image, sizeof w->image);
        buf_putc(&w->text, ' ');
        w->image_from = w->text.n;
    } else if (strcmp(name, "softbreak") == 0) {
        buf_putc(&w->text, ' ');
    } else if (strcmp(name, "linebreak") == 0) {
        gfm_put_text(w);
    } else if (strcmp(name, "thematic_break") == 0) {
        gfm_put_line(w, "HR", "");
    } else if (strcmp(name, "ref") == 0) {
        buf_putc(&w->text, '^');
    } else if (strncmp(name, "table_", 6) == 0 && strcmp(name, "table_cell") != 0) {
        snprintf(w->kind, sizeof w->kind, "%s", strcmp(name, "table_header") == 0 ? "TH" : "TR");
        buf_clear(&w->row);
    }
}

/* Where the first cell begins depends on its alignment, so the columns are not compared. */
static void gfm_put_row(struct gfm_want *w)
{
    gfm_put_line_at(w, w->kind, 0, buf_str(&w->row));
}

static void gfm_close(struct gfm_want *w, const char *name)
{
    if (strcmp(name, "paragraph") == 0 || strcmp(name, "heading") == 0) {
        gfm_put_text(w);
    } else if (strcmp(name, "code_block") == 0) {
        gfm_put_code(w);
        w->is_literal = false;
    } else if (strcmp(name, "html_block") == 0) {
        gfm_put_html(w, true);
        w->is_literal = false;
    } else if (strcmp(name, "html_inline") == 0) {
        w->is_literal = false;
    } else if (strcmp(name, "image") == 0) {
        gfm_close_image(w);
    } else if (strcmp(name, "table_cell") == 0) {
        buf_puts(&w->row, w->row.n > 0 ? " | " : "| ");
        gfm_put_collapsed(&w->row, buf_str(&w->text));
        buf_clear(&w->text);
    } else if (strcmp(name, "table_header") == 0 || strcmp(name, "table_row") == 0) {
        gfm_put_row(w);
    } else if (strcmp(name, "block_quote") == 0 || strcmp(name, "list") == 0 ||
               strcmp(name, "item") == 0 || strcmp(name, "tasklist") == 0 ||
               strcmp(name, "note") == 0) {
        gfm_close_box(w);
    }
}

/* One tag, from behind its '<'; sets whether what follows is text. */
static void gfm_tag(struct gfm_want *w, const char *tag, size_t n, bool *has_text)
{
    char name[32];
    char attrs[512];
    const bool closes = tag[0] == '/';
    const char *start = tag + (closes ? 1 : 0);
    size_t k = strcspn(start, " />");
    snprintf(name, sizeof name, "%.*s", (int)k, start);
    snprintf(attrs, sizeof attrs, "%.*s", (int)(n - (size_t)(start - tag) - k), start + k);
    *has_text = !closes && strstr(attrs, "xml:space") != NULL;
    if (closes) {
        gfm_close(w, name);
    } else if (strcmp(name, "html_inline") != 0) {
        gfm_open(w, name, attrs);
    } else {
        *has_text = false; /* a tag in running text */
        if (strncmp(tag + n + 1, "&lt;br", 6) == 0) {
            gfm_put_text(w);
        }
    }
    if (!closes && tag[n - 1] == '/') {
        gfm_close(w, name);
    }
}

/* xml: changed. Owned. */
static char *gfm_want_lines(char *xml)
{
    struct gfm_want w = {0};
    bool has_text = false;
    for (char *p = strstr(xml, "<document"); p && *p;) {
        if (*p == '<') {
            char *end = strchr(p, '>');
            gfm_tag(&w, p + 1, (size_t)(end - p - 1), &has_text);
            p = end + 1;
            continue;
        }
        const size_t n = strcspn(p, "<");
        if (has_text) {
            gfm_put_decoded(&w.text, p, n);
        }
        p += n;
    }
    buf_done(&w.text);
    buf_done(&w.row);
    return buf_steal(&w.out);
}

#endif
