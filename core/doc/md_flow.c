/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_flow.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

void flow_done(struct flow *f)
{
    buf_done(&f->text);
    buf_done(&f->scratch);
    free(f->runs);
    *f = (struct flow)FLOW_INIT;
}

void flow_clear(struct flow *f)
{
    buf_clear(&f->text);
    f->n_runs = 0;
    f->has_soft_break = false;
}

void flow_cuts_done(struct flow_cuts *c)
{
    free(c->cuts);
    *c = (struct flow_cuts){0};
}

/* Let the last run reach the end of the text, or start one. */
static void extend_run(struct flow *f, enum rich_style style, uint32_t link)
{
    const uint32_t end = (uint32_t)f->text.n;
    struct flow_run *last = f->n_runs > 0 ? &f->runs[f->n_runs - 1] : NULL;
    if (last && last->style == style && last->link == link) {
        last->end = end;
        return;
    }
    void *runs = f->runs;
    if (!mem_grow(&runs, &f->cap_runs, f->n_runs + 1, sizeof *f->runs)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    f->runs = runs;
    f->runs[f->n_runs++] = (struct flow_run){.end = end, .link = link, .style = style};
}

static bool ends_blank(const struct flow *f)
{
    const size_t n = f->text.n;
    return n == 0 || f->text.p[n - 1] == ' ' || f->text.p[n - 1] == '\n';
}

static int width_of_first(const char *s, size_t n)
{
    uint32_t cp = 0;
    text_decode(s, n, &cp);
    return text_cp_width(cp);
}

static int width_of_last(const char *s, size_t n)
{
    size_t at = n;
    while (at > 0) {
        at--;
        const bool is_lead = ((unsigned char)s[at] & 0xC0) != 0x80;
        const int width = is_lead ? width_of_first(s + at, n - at) : 0;
        if (width > 0 || n - at > 16) {
            return width;
        }
    }
    return 0;
}

/* A line end inside Chinese or Japanese text is no blank. */
static void settle_soft_break(struct flow *f, enum rich_style style, uint32_t link,
                              const char *next, size_t n)
{
    if (!f->has_soft_break) {
        return;
    }
    f->has_soft_break = false;
    const bool is_cjk =
        n > 0 && width_of_first(next, n) == 2 && width_of_last(buf_str(&f->text), f->text.n) == 2;
    if (!is_cjk && !ends_blank(f)) {
        buf_putc(&f->text, ' ');
        extend_run(f, style, link);
    }
}

void flow_put(struct flow *f, enum rich_style style, uint32_t link, const char *s, size_t n)
{
    buf_clear(&f->scratch);
    text_sanitize(&f->scratch, s, n, TEXT_LINE);
    const char *p = buf_str(&f->scratch);
    const char *const end = p + f->scratch.n;
    settle_soft_break(f, style, link, p, f->scratch.n);
    while (p < end) {
        if (*p == ' ') {
            if (!ends_blank(f)) {
                buf_putc(&f->text, ' ');
            }
            p++;
            continue;
        }
        const char *blank = memchr(p, ' ', (size_t)(end - p));
        const char *stop = blank ? blank : end;
        buf_append(&f->text, p, (size_t)(stop - p));
        p = stop;
    }
    extend_run(f, style, link);
}

void flow_put_code(struct flow *f, enum rich_style style, uint32_t link, const char *s, size_t n)
{
    buf_clear(&f->scratch);
    text_sanitize(&f->scratch, s, n, TEXT_LINE);
    settle_soft_break(f, style, link, buf_str(&f->scratch), f->scratch.n);
    buf_append(&f->text, buf_str(&f->scratch), f->scratch.n);
    extend_run(f, style, link);
}

void flow_puts(struct flow *f, enum rich_style style, uint32_t link, const char *s)
{
    settle_soft_break(f, style, link, s, strlen(s));
    buf_puts(&f->text, s);
    extend_run(f, style, link);
}

/* The first run that ends behind byte at. */
static size_t first_run(const struct flow *f, size_t at)
{
    size_t low = 0;
    size_t high = f->n_runs;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (f->runs[mid].end > at) {
            high = mid;
        } else {
            low = mid + 1;
        }
    }
    return low;
}

void flow_copy(struct flow *f, const struct flow *src, size_t from, size_t to)
{
    while (to > from && (src->text.p[to - 1] == '\n' || src->text.p[to - 1] == ' ')) {
        to--; /* the break that the next cell starts with */
    }
    size_t at = from;
    for (size_t i = first_run(src, from); i < src->n_runs && at < to; i++) {
        const struct flow_run *run = &src->runs[i];
        const size_t stop = run->end < to ? run->end : to;
        if (stop > at) {
            buf_append(&f->text, src->text.p + at, stop - at);
            extend_run(f, run->style, run->link);
            at = stop;
        }
    }
}

void flow_truncate(struct flow *f, size_t n)
{
    if (n < f->text.n) {
        f->text.n = n;
        f->text.p[n] = '\0';
    }
    f->has_soft_break = false;
    while (f->n_runs > 0 && (f->n_runs > 1 ? f->runs[f->n_runs - 2].end >= n : n == 0)) {
        f->n_runs--;
    }
    if (f->n_runs > 0 && f->runs[f->n_runs - 1].end > n) {
        f->runs[f->n_runs - 1].end = (uint32_t)n;
    }
}

void flow_soft_break(struct flow *f)
{
    f->has_soft_break = true;
}

void flow_hard_break(struct flow *f)
{
    f->has_soft_break = false;
    while (f->text.n > 0 && f->text.p[f->text.n - 1] == ' ') {
        f->text.p[--f->text.n] = '\0';
    }
    while (f->n_runs > 0 && f->runs[f->n_runs - 1].end > f->text.n) {
        f->runs[f->n_runs - 1].end = (uint32_t)f->text.n;
        if (f->n_runs < 2 || f->runs[f->n_runs - 2].end < f->text.n) {
            break;
        }
        f->n_runs--;
    }
    buf_putc(&f->text, '\n');
    extend_run(f, RICH_TEXT, 0);
}

/* ---- breaking lines ---- */

/* Punctuation that must not start a line, sorted: brackets, stops, marks, small kana, ... */
static bool is_closing(uint32_t cp)
{
    static const uint32_t CLOSING[] = {
        '!',    ')',    ',',    '.',    ':',    ';',    '?',    ']',    '}',    0x2019, 0x201D,
        0x2026, 0x3001, 0x3002, 0x3005, 0x3009, 0x300B, 0x300D, 0x300F, 0x3011, 0x3015, 0x3017,
        0x3041, 0x3043, 0x3045, 0x3047, 0x3049, 0x3063, 0x3083, 0x3085, 0x3087, 0x30A1, 0x30A3,
        0x30A5, 0x30A7, 0x30A9, 0x30C3, 0x30E3, 0x30E5, 0x30E7, 0x30FC, 0xFF01, 0xFF09, 0xFF0C,
        0xFF0E, 0xFF1A, 0xFF1B, 0xFF1F, 0xFF3D, 0xFF5D,
    };
    for (size_t i = 0; i < sizeof CLOSING / sizeof *CLOSING && CLOSING[i] <= cp; i++) {
        if (CLOSING[i] == cp) {
            return true;
        }
    }
    return false;
}

static bool is_opening(uint32_t cp)
{
    static const uint32_t OPENING[] = {
        '(',    '[',    '{',    0x2018, 0x201C, 0x3008, 0x300A, 0x300C, 0x300E,
        0x3010, 0x3014, 0x3016, 0xFF08, 0xFF3B, 0xFF5B,
    };
    for (size_t i = 0; i < sizeof OPENING / sizeof *OPENING; i++) {
        if (OPENING[i] == cp) {
            return true;
        }
    }
    return false;
}

static bool is_alnum(uint32_t cp)
{
    return (cp >= '0' && cp <= '9') || (cp >= 'a' && cp <= 'z') || (cp >= 'A' && cp <= 'Z') ||
           cp >= 0xC0;
}

/* One code point and what the wrapper must know of it. */
struct glyph {
    uint32_t cp;
    uint32_t n;
    int cols;
};

static struct glyph glyph_at(const char *s, size_t n)
{
    struct glyph g;
    const unsigned char c = (unsigned char)s[0];
    if (c >= 0x20 && c < 0x7F) {
        return (struct glyph){c, 1, 1};
    }
    g.n = (uint32_t)text_decode(s, n, &g.cp);
    const int width = text_cp_width(g.cp);
    g.cols = width > 0 ? width : 0;
    return g;
}

/* May a line end between a and b, when neither is a blank? */
static bool can_break(struct glyph before, struct glyph a, struct glyph b)
{
    if (b.cols == 0) {
        return false;
    }
    if (a.cols == 2 || b.cols == 2) {
        return !is_closing(b.cp) && !is_opening(a.cp) && a.cp != 0xA0 && b.cp != 0xA0;
    }
    return a.cp == '-' && is_alnum(before.cp) && is_alnum(b.cp);
}

static void add_cut(struct flow_cuts *out, const struct flow *f, size_t at, size_t end)
{
    while (end > at && f->text.p[end - 1] == ' ') {
        end--;
    }
    void *cuts = out->cuts;
    if (!mem_grow(&cuts, &out->cap, out->n + 1, sizeof *out->cuts)) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    out->cuts = cuts;
    out->cuts[out->n++] = (struct flow_cut){
        .at = (uint32_t)at,
        .n = (uint32_t)(end - at),
        .cols = text_width_n(f->text.p + at, end - at),
    };
}

static size_t skip_blanks(const struct flow *f, size_t at, size_t to)
{
    while (at < to && f->text.p[at] == ' ') {
        at++;
    }
    return at;
}

/* One line starting at `at`, no '\n' inside [at, to): returns where the next one starts. */
static size_t wrap_line(const struct flow *f, size_t at, size_t to, int width,
                        struct flow_cuts *out)
{
    struct glyph before = {0};
    struct glyph last = {0};
    size_t break_at = 0; /* 0: none yet; a break is never at the start of the line */
    int cols = 0;
    size_t i = at;
    const size_t text = skip_blanks(f, at, to); /* behind the blanks that code begins with */
    while (i < to) {
        const struct glyph g = glyph_at(f->text.p + i, to - i);
        if (i > text && (g.cp == ' ' || (last.cp != ' ' && can_break(before, last, g)))) {
            break_at = i;
        }
        if (cols + g.cols > width && g.cp != ' ') {
            const size_t end = break_at ? break_at : i > at ? i : i + g.n;
            add_cut(out, f, at, end);
            return skip_blanks(f, end, to);
        }
        cols += g.cols;
        i += g.n;
        if (g.cols > 0) {
            before = last;
            last = g;
        }
        if (last.cp == ' ' && i > text && i < to && f->text.p[i] != ' ') {
            break_at = i;
        }
    }
    add_cut(out, f, at, to);
    return to;
}

void flow_wrap(const struct flow *f, size_t from, size_t to, int width, struct flow_cuts *out)
{
    const int room = width > 0 ? width : 1;
    size_t at = from;
    while (to > from && (f->text.p[to - 1] == ' ' || f->text.p[to - 1] == '\n')) {
        to--;
    }
    while (at < to) {
        const char *newline = memchr(f->text.p + at, '\n', to - at);
        const size_t end = newline ? (size_t)(newline - f->text.p) : to;
        size_t next = at;
        if (skip_blanks(f, at, end) == end) {
            next = end;
            if (out->n > 0 || end > from) {
                add_cut(out, f, end, end);
            }
        }
        while (next < end) {
            next = wrap_line(f, next, end, room, out);
        }
        at = end + (newline ? 1 : 0);
    }
}

int flow_natural_cols(const struct flow *f, size_t from, size_t to)
{
    int widest = 0;
    while (from < to) {
        const char *newline = memchr(f->text.p + from, '\n', to - from);
        const size_t end = newline ? (size_t)(newline - f->text.p) : to;
        size_t stop = end;
        while (stop > from && f->text.p[stop - 1] == ' ') {
            stop--;
        }
        const int cols = text_width_n(f->text.p + from, stop - from);
        widest = cols > widest ? cols : widest;
        from = end + 1;
    }
    return widest;
}

void flow_emit(const struct flow *f, const struct flow_cut *cut, struct rich *r)
{
    const size_t end = (size_t)cut->at + cut->n;
    size_t at = cut->at;
    for (size_t i = first_run(f, at); i < f->n_runs && at < end; i++) {
        const size_t stop = f->runs[i].end < end ? f->runs[i].end : end;
        rich_put(r, f->runs[i].style, f->runs[i].link, f->text.p + at, stop - at);
        at = stop;
    }
}
