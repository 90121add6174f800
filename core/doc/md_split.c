/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_split.h"

#include <ctype.h>
#include <string.h>

#include "core/doc/md_defs.h"
#include "core/doc/md_math.h"
#include "core/doc/md_open.h"
#include "core/doc/md_wide.h"

enum {
    SOFT_BYTES = 16 * 1024,
    TEXT_BYTES = 16 * 1024, /* of one run of text: older parsers take quadratic time for some */
    LIST_BYTES = 48 * 1024, /* from here on a list is cut between two of its items */
    HARD_BYTES = 64 * 1024,
    MAX_ROW_BYTES = 512 * 1024,
    MAX_REOPEN_BYTES = 256 * 1024,
    MAX_EMPTY_CELLS = 256 * 1024, /* that rows shorter than their head may leave in a card */
    MAX_QUOTES = 64,              /* quotes inside each other */
    MIN_DATA_BYTES = 512,   /* a "data:" address longer than this is cut */
    KEPT_DATA_BYTES = 32,
};

/* ---- tables and quotes ---- */

/* The bytes of quote marks and blanks before a line's own text. */
static size_t skip_quotes(struct str line)
{
    size_t i = 0;
    while (i < line.n && (line.p[i] == '>' || line.p[i] == ' ')) {
        i++;
    }
    return i;
}

static bool is_delimiter_row(struct str line)
{
    size_t dashes = 0;
    for (size_t i = skip_quotes(line); i < line.n; i++) {
        if (!strchr("|-: \t\r\n", line.p[i]) || line.p[i] == '\0') {
            return false;
        }
        dashes += line.p[i] == '-';
    }
    return dashes > 0 && memchr(line.p, '|', line.n) != NULL;
}

static size_t count_bars(struct str line)
{
    size_t n = 0;
    for (size_t i = 0; i < line.n; i++) {
        n += line.p[i] == '|';
    }
    return n;
}

/* Scanning one piece line by line. */
struct scan {
    size_t start, at;      /* of the piece, of the line */
    struct md_open open;
    bool after_blank;
    bool in_list;
    bool is_text;          /* the lines at hand are text: no HTML, no table */
    bool in_math;          /* between "$$" */
    size_t text_bytes;     /* of them so far */
    struct str before;     /* the line before */
    struct str next;       /* the line behind, when it makes the one at hand the head of a table */
    struct str table_head; /* head and delimiter rows, one behind the other; n = 0: no table */
    size_t table_bars;
};

/* Take note of tables, which end at a blank line. */
static void follow_table(struct split *sp, struct scan *sc, struct str line)
{
    if (sc->open.kind != OPEN_NOTHING || md_line_is_blank(line)) {
        sc->table_head.n = 0;
    } else if (sc->table_head.n > 0) {
        const size_t bars = count_bars(line);
        const size_t missing = bars < sc->table_bars ? sc->table_bars - bars : 0;
        sp->empty_cells += missing;
        if (missing > 0 && sp->empty_cells > MAX_EMPTY_CELLS) {
            sc->table_head.n = 0;
            buf_putc(&sp->piece, '\n');
        }
    } else if (sc->before.n > 0 && memchr(sc->before.p, '|', sc->before.n) &&
               is_delimiter_row(line)) {
        sc->table_head = (struct str){sc->before.p, sc->before.n + line.n};
        sc->table_bars = count_bars(line);
    }
}

/* The line, of more quotes inside each other than anyone reads those that are drawn. */
static void put_quoted(struct buf *out, struct str line)
{
    size_t quotes = 0;
    size_t i = 0;
    while (i < line.n && quotes < MAX_QUOTES && (line.p[i] == '>' || line.p[i] == ' ')) {
        quotes += line.p[i++] == '>';
    }
    buf_append(out, line.p, i);
    const struct str rest = {line.p + i, line.n - i};
    const size_t skip = quotes == MAX_QUOTES ? skip_quotes(rest) : 0;
    buf_append(out, rest.p + skip, rest.n - skip);
}

static void put_line(struct split *sp, struct scan *sc, struct str line)
{
    follow_table(sp, sc, line);
    const bool is_code = md_line_indent(line) > 3 || line.p[0] == '\t';
    if (sc->is_text && sc->table_head.n == 0 && (sc->in_math || !is_code) &&
        (sc->in_math || memchr(line.p, '$', line.n))) {
        md_math_put(&sp->piece, line, &sc->in_math);
    } else if (sc->open.kind == OPEN_NOTHING) {
        put_quoted(&sp->piece, line);
    } else {
        buf_append(&sp->piece, line.p, line.n);
    }
    md_open_follow(&sc->open, line);
    sc->before = line;
}

/* ---- what holds in the whole card ---- */

static void collect(struct split *sp)
{
    struct md_open open = {0};
    bool may_start = true; /* a definition cannot interrupt a paragraph */
    for (size_t at = 0; at < sp->source.n;) {
        const size_t end = md_line_end(sp->source, at);
        const struct str line = {sp->source.p + at, end - at};
        const bool was_open = open.kind != OPEN_NOTHING;
        md_open_follow(&open, line);
        if (!was_open && md_defs_note(&sp->defs, line)) {
            may_start = false;
        } else if (was_open || !may_start || !md_defs_link(&sp->defs, line)) {
            may_start = was_open || open.kind != OPEN_NOTHING ? false : md_line_is_blank(line);
        }
        at = end;
    }
    md_defs_refer(&sp->defs, sp->source);
}

/* ---- pieces ---- */

void split_begin(struct split *sp, const char *s, size_t n)
{
    *sp = (struct split){.source = {s, n}};
}

void split_done(struct split *sp)
{
    md_defs_done(&sp->defs);
    buf_done(&sp->reopen);
    buf_done(&sp->piece);
    buf_done(&sp->whole);
    *sp = (struct split){0};
}

void split_rewind(struct split *sp)
{
    sp->at = 0;
    sp->in_wide = false;
    sp->empty_cells = 0;
    buf_clear(&sp->reopen);
}

/* Does a block begin here that has nothing to do with what is above? */
static bool can_cut(const struct scan *sc, struct str line)
{
    return sc->after_blank && sc->open.kind == OPEN_NOTHING && line.n > 0 &&
           !isspace((unsigned char)line.p[0]) && !(sc->in_list && md_line_is_item(line));
}

/* Bytes after which a piece ends whatever is open. */
static size_t hard_limit(const struct scan *sc)
{
    return HARD_BYTES + 2 * sc->table_head.n;
}

static bool must_cut(const struct scan *sc, struct str line, size_t done)
{
    const bool is_head = sc->next.n > 0;
    const bool is_delimiter = sc->table_head.n == 0 && is_delimiter_row(line) &&
                              memchr(sc->before.p, '|', sc->before.n);
    if (done == 0 || is_delimiter) {
        return false;
    }
    if (sc->is_text && sc->text_bytes > 0 && sc->text_bytes + line.n > TEXT_BYTES && !is_head) {
        return true;
    }
    if (done >= LIST_BYTES && sc->open.kind == OPEN_NOTHING && md_line_indent(line) == 0 &&
        md_line_is_item(line)) {
        return true;
    }
    return done + line.n + sc->next.n > hard_limit(sc);
}

/* Remember what the next piece has to begin with when this one ends inside a block. */
static void set_reopen(struct split *sp, const struct scan *sc)
{
    switch (sc->open.kind) {
    case OPEN_FENCE:
    case OPEN_RAW:
        if (sc->open.line.n <= MAX_REOPEN_BYTES) {
            buf_append(&sp->reopen, sc->open.line.p, sc->open.line.n);
        }
        break;
    case OPEN_COMMENT:
        buf_puts(&sp->reopen, "<!--\n");
        break;
    case OPEN_NOTHING:
        if (sc->table_head.n <= MAX_REOPEN_BYTES) {
            buf_append(&sp->reopen, sc->table_head.p, sc->table_head.n);
        }
        break;
    }
}

/* The end of a line that is too long for one piece: at a blank, or else before a character. */
static size_t cut_long_line(struct str s, size_t at, size_t limit)
{
    for (size_t i = limit; i > at && limit - i < 1024; i--) {
        if (s.p[i - 1] == ' ') {
            return i;
        }
    }
    size_t i = limit;
    while (i > at + 1 && ((unsigned char)s.p[i] & 0xC0) == 0x80) {
        i--;
    }
    return i;
}

/* Bytes that a line may have before it is cut. */
static size_t line_limit(const struct scan *sc, struct str line)
{
    const bool is_row = sc->open.kind == OPEN_NOTHING &&
                        (sc->table_head.n > 0 || sc->next.n > 0 || is_delimiter_row(line));
    return is_row ? MAX_ROW_BYTES : sc->is_text ? TEXT_BYTES : HARD_BYTES;
}

/* The open block as the last piece left it, found again from its first line. */
static void resume(struct split *sp, struct scan *sc, struct str reopen)
{
    for (size_t at = 0; at < reopen.n;) {
        const size_t end = md_line_end(reopen, at);
        put_line(sp, sc, (struct str){reopen.p + at, end - at});
        at = end;
    }
}

/* What the line is, before anything is decided about it. */
static void look_at(struct scan *sc, struct str s, struct str line, bool is_blank_line)
{
    const size_t end = sc->at + line.n;
    sc->next = (struct str){s.p + end, 0};
    if (sc->open.kind != OPEN_NOTHING || is_blank_line) {
        sc->is_text = sc->in_math = false;
        sc->text_bytes = 0;
        return;
    }
    if (sc->table_head.n == 0 && end < s.n && memchr(line.p, '|', line.n)) {
        const struct str next = {s.p + end, md_line_end(s, end) - end};
        sc->next.n = is_delimiter_row(next) ? next.n : 0;
    }
    const char first = line.p[skip_quotes(line)];
    const bool starts = sc->text_bytes == 0 || md_line_is_item(line) || first == '#';
    if (starts) {
        sc->is_text = first != '<';
        sc->text_bytes = 0;
    }
    if (sc->table_head.n > 0) {
        sc->is_text = false;
    }
}

static void follow_lists(struct scan *sc, struct str line)
{
    const bool at_margin = !isspace((unsigned char)line.p[0]);
    sc->in_list = md_line_is_item(line) || (sc->in_list && !(at_margin && sc->after_blank));
}

/* A table of very many columns, from its head on or where the last piece left it: as many rows as
 * make a piece. Returns where it ends. */
static size_t put_wide(struct split *sp, size_t at)
{
    const struct str s = sp->source;
    const size_t head_end = md_line_end(s, sp->wide_at);
    const size_t rows_at = md_line_end(s, head_end);
    at = at < rows_at ? rows_at : at;
    size_t end = at;
    while (end < s.n && (end == at || end - at < rows_at - sp->wide_at)) {
        end = md_line_end(s, end);
    }
    const struct str head = {s.p + sp->wide_at, head_end - sp->wide_at};
    const struct str delimiter = {s.p + head_end, rows_at - head_end};
    const size_t taken = md_wide_put(&sp->piece, head, delimiter, (struct str){s.p + at, end - at});
    sp->in_wide = taken > 0 && at + taken == end && end < s.n;
    return at + taken;
}

/* Copy lines up to the end of the piece; returns where that is. */
static size_t put_piece(struct split *sp, struct scan *sc)
{
    const struct str s = sp->source;
    const bool is_small = s.n <= HARD_BYTES; /* one piece, unless its text is too long */
    while (sc->at < s.n) {
        const size_t end = md_line_end(s, sc->at);
        const struct str line = {s.p + sc->at, end - sc->at};
        const size_t done = sc->at - sc->start;
        const bool blank = md_line_is_blank(line);
        look_at(sc, s, line, blank);
        if (sc->next.n > 0 && md_wide_is_head(line, sc->next)) {
            if (done > 0) {
                return sc->at;
            }
            sp->wide_at = sc->at;
            return put_wide(sp, sc->at);
        }
        if (!is_small && done >= SOFT_BYTES && can_cut(sc, line)) {
            return sc->at;
        }
        if (must_cut(sc, line, done)) {
            set_reopen(sp, sc);
            return sc->at;
        }
        if (line.n > line_limit(sc, line)) {
            const size_t cut = cut_long_line(s, sc->at, sc->at + line_limit(sc, line));
            set_reopen(sp, sc);
            put_quoted(&sp->piece, (struct str){line.p, cut - sc->at});
            return cut;
        }
        if (!blank && sc->open.kind == OPEN_NOTHING) {
            follow_lists(sc, line);
        }
        put_line(sp, sc, line);
        sc->text_bytes += line.n;
        sc->after_blank = blank;
        sc->at = end;
    }
    return s.n;
}

/* The piece between what it needs from the others. */
static void put_defs(struct split *sp, const struct md_open *open)
{
    if (!sp->has_defs) {
        collect(sp);
        sp->has_defs = true;
    }
    buf_clear(&sp->whole);
    buf_append(&sp->whole, buf_str(&sp->defs.links), sp->defs.links.n);
    buf_putc(&sp->whole, '\n');
    buf_append(&sp->whole, buf_str(&sp->defs.marks), sp->defs.marks.n);
    buf_puts(&sp->whole, "\n\n");
    buf_append(&sp->whole, buf_str(&sp->piece), sp->piece.n);
    if (sp->defs.stubs.n > 0) {
        md_open_put_end(open, &sp->whole);
        buf_append(&sp->whole, buf_str(&sp->defs.stubs), sp->defs.stubs.n);
    }
}

bool split_next(struct split *sp, struct split_piece *piece)
{
    if (sp->at >= sp->source.n) {
        return false;
    }
    buf_clear(&sp->piece);
    struct buf reopen = sp->reopen;
    sp->reopen = (struct buf)BUF_INIT;
    struct scan sc = {.start = sp->at, .at = sp->at, .before = {"", 0}};
    resume(sp, &sc, (struct str){buf_str(&reopen), reopen.n});
    const bool is_first = sp->at == 0;
    sp->at = sp->in_wide ? put_wide(sp, sp->at) : put_piece(sp, &sc);
    buf_done(&reopen);
    if (is_first && sp->at >= sp->source.n) {
        *piece = (struct split_piece){{buf_str(&sp->piece), sp->piece.n}, false};
    } else {
        put_defs(sp, &sc.open);
        *piece = (struct split_piece){{buf_str(&sp->whole), sp->whole.n}, sp->defs.marks.n > 0};
    }
    return true;
}

static bool is_data_byte(char c)
{
    return isalnum((unsigned char)c) || (c != '\0' && strchr("+/=;,%:._-", c) != NULL);
}

void split_drop_data(struct buf *out, const char *s, size_t n)
{
    const struct str all = {s, n};
    size_t from = 0;
    size_t at = 0;
    while (at < n) {
        const char *colon = memchr(all.p + at, ':', n - at);
        if (!colon) {
            break;
        }
        at = (size_t)(colon - all.p) + 1;
        if (at < 5 || memcmp(colon - 4, "data", 4) != 0) {
            continue;
        }
        size_t end = at;
        while (end < n && is_data_byte(s[end])) {
            end++;
        }
        if (end - at > MIN_DATA_BYTES) {
            buf_append(out, s + from, at + KEPT_DATA_BYTES - from);
            from = end;
        }
        at = end;
    }
    buf_append(out, s + from, n - from);
}
