/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_split.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "core/doc/md_defs.h"

enum {
    SOFT_BYTES = 16 * 1024,
    HARD_BYTES = 64 * 1024,
    MAX_DEFS_BYTES = 64 * 1024, /* they are parsed again in every piece */
    MAX_REOPEN_BYTES = 4096,
    MIN_DATA_BYTES = 512,   /* a "data:" address longer than this is cut */
    KEPT_DATA_BYTES = 32,
};

/* ---- lines ---- */

static size_t line_end(struct str s, size_t at)
{
    const char *newline = memchr(s.p + at, '\n', s.n - at);
    return newline ? (size_t)(newline - s.p) + 1 : s.n;
}

static size_t indent_of(struct str line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] == ' ') {
        i++;
    }
    return i;
}

static bool is_blank(struct str line)
{
    for (size_t i = 0; i < line.n; i++) {
        if (!isspace((unsigned char)line.p[i])) {
            return false;
        }
    }
    return true;
}

static bool is_list_mark(struct str line)
{
    size_t i = indent_of(line);
    if (i < line.n && strchr("-*+", line.p[i]) && line.p[i] != '\0') {
        return i + 1 < line.n && isspace((unsigned char)line.p[i + 1]);
    }
    const size_t digits = i;
    while (i < line.n && isdigit((unsigned char)line.p[i]) && i - digits < 9) {
        i++;
    }
    return i > digits && i + 1 < line.n && (line.p[i] == '.' || line.p[i] == ')') &&
           isspace((unsigned char)line.p[i + 1]);
}

/* ---- what is open at a line ---- */

enum open_kind { OPEN_NOTHING, OPEN_FENCE, OPEN_COMMENT, OPEN_RAW };

struct open {
    enum open_kind kind;
    char fence;       /* '`' or '~' */
    size_t n_fence;   /* at least that many close it */
    const char *raw;  /* "pre": closed by "</pre" */
    struct str line;  /* that opened it */
};

static const char *const RAW_TAGS[] = {"pre", "script", "style", "textarea"};

/* Length of a run of fence characters that starts the line, 0 when it is no fence. */
static size_t fence_run(struct str line, char *fence)
{
    const size_t start = indent_of(line);
    if (start >= line.n || (line.p[start] != '`' && line.p[start] != '~')) {
        return 0;
    }
    *fence = line.p[start];
    size_t i = start;
    while (i < line.n && line.p[i] == *fence) {
        i++;
    }
    const bool is_inline = *fence == '`' && memchr(line.p + i, '`', line.n - i);
    return i - start >= 3 && !is_inline ? i - start : 0;
}

static bool closes_fence(const struct open *o, struct str line)
{
    char fence = 0;
    const size_t run = fence_run(line, &fence);
    if (run < o->n_fence || fence != o->fence) {
        return false;
    }
    const size_t at = indent_of(line) + run;
    return is_blank((struct str){line.p + at, line.n - at});
}

static const char *find_in(struct str s, const char *needle)
{
    const size_t n = strlen(needle);
    for (size_t i = 0; i + n <= s.n; i++) {
        const char *p = memchr(s.p + i, needle[0], s.n - n - i + 1);
        if (!p) {
            return NULL;
        }
        if (strncasecmp(p, needle, n) == 0) {
            return p;
        }
        i = (size_t)(p - s.p);
    }
    return NULL;
}

static void open_html(struct open *o, struct str line)
{
    const size_t at = indent_of(line);
    const struct str s = {line.p + at, line.n - at};
    if (at > 3 || s.n < 4 || s.p[0] != '<') {
        return;
    }
    if (strncmp(s.p, "<!--", 4) == 0) {
        if (!find_in(s, "-->")) {
            o->kind = OPEN_COMMENT;
        }
        return;
    }
    for (size_t i = 0; i < sizeof RAW_TAGS / sizeof *RAW_TAGS; i++) {
        const size_t n = strlen(RAW_TAGS[i]);
        char close[16] = "</";
        memcpy(close + 2, RAW_TAGS[i], n + 1);
        if (s.n > n + 1 && strncasecmp(s.p + 1, RAW_TAGS[i], n) == 0 &&
            !isalnum((unsigned char)s.p[n + 1]) && !find_in(s, close)) {
            o->kind = OPEN_RAW;
            o->raw = RAW_TAGS[i];
        }
    }
}

static bool closes_raw(const struct open *o, struct str line)
{
    char close[16] = "</";
    memcpy(close + 2, o->raw, strlen(o->raw) + 1);
    return find_in(line, close) != NULL;
}

/* Take note of one line. */
static void follow(struct open *o, struct str line)
{
    bool closes = false;
    switch (o->kind) {
    case OPEN_FENCE:
        closes = closes_fence(o, line);
        break;
    case OPEN_COMMENT:
        closes = find_in(line, "-->") != NULL;
        break;
    case OPEN_RAW:
        closes = closes_raw(o, line);
        break;
    case OPEN_NOTHING:
        o->line = line;
        o->n_fence = fence_run(line, &o->fence);
        if (o->n_fence > 0) {
            o->kind = OPEN_FENCE;
        } else {
            open_html(o, line);
        }
        break;
    }
    if (closes) {
        *o = (struct open){0};
    }
}

/* ---- link definitions ---- */

static void collect_definitions(struct split *sp)
{
    struct open open = {0};
    bool may_start = true; /* a definition cannot interrupt a paragraph */
    for (size_t at = 0; at < sp->source.n;) {
        const size_t end = line_end(sp->source, at);
        const struct str line = {sp->source.p + at, end - at};
        const bool was_open = open.kind != OPEN_NOTHING;
        follow(&open, line);
        if (!was_open && may_start && md_is_definition(line)) {
            if (sp->defs.n + line.n + 2 <= MAX_DEFS_BYTES) {
                const bool has_end = line.p[line.n - 1] == '\n';
                buf_append(&sp->defs, line.p, line.n);
                buf_puts(&sp->defs, has_end ? "" : "\n");
            }
        } else {
            may_start = was_open || open.kind != OPEN_NOTHING ? false : is_blank(line);
        }
        at = end;
    }
}

/* ---- pieces ---- */

void split_begin(struct split *sp, const char *s, size_t n)
{
    *sp = (struct split){.source = {s, n}};
    if (n > SOFT_BYTES) {
        collect_definitions(sp);
    }
}

void split_done(struct split *sp)
{
    buf_done(&sp->defs);
    buf_done(&sp->reopen);
    buf_done(&sp->piece);
    *sp = (struct split){0};
}

void split_rewind(struct split *sp)
{
    sp->at = 0;
    buf_clear(&sp->reopen);
}

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

/* md4c wants three dashes a column, the Hub is content with one. */
static void put_delimiter_row(struct buf *out, struct str line)
{
    for (size_t i = 0; i < line.n;) {
        size_t run = 0;
        while (i + run < line.n && line.p[i + run] == '-') {
            run++;
        }
        if (run > 0) {
            buf_pad(out, '-', run < 3 ? 3 : run);
        } else {
            buf_putc(out, line.p[i]);
        }
        i += run > 0 ? run : 1;
    }
}

/* Scanning one piece line by line. */
struct scan {
    size_t start, at;      /* of the piece, of the line */
    struct open open;
    bool after_blank;
    bool in_list;
    struct str before;     /* the line before */
    struct str table_head; /* head and delimiter rows, one behind the other; n = 0: no table */
};

/* Take note of tables; true when the line is the one under a table's head. */
static bool follow_table(struct scan *sc, struct str line)
{
    const bool is_row = sc->open.kind == OPEN_NOTHING && memchr(line.p, '|', line.n) != NULL;
    if (!is_row) {
        sc->table_head.n = 0;
    } else if (sc->table_head.n == 0 && sc->before.n > 0 && is_delimiter_row(line) &&
               memchr(sc->before.p, '|', sc->before.n)) {
        sc->table_head = (struct str){sc->before.p, sc->before.n + line.n};
        return true;
    }
    return false;
}

/* md4c sees no cell between two bars that touch. */
static void put_row(struct buf *out, struct str line)
{
    size_t from = 0;
    for (size_t i = 1; i < line.n; i++) {
        if (line.p[i] == '|' && line.p[i - 1] == '|') {
            buf_append(out, line.p + from, i - from);
            buf_putc(out, ' ');
            from = i;
        }
    }
    buf_append(out, line.p + from, line.n - from);
}

/* "> [!NOTE]", a quote with a title on the Hub: the title in bold on a line of its own. False when
 * the line is none. */
static bool put_alert(struct buf *out, struct str line)
{
    static const struct {
        const char *mark, *title;
    } ALERTS[] = {
        {"[!NOTE]", "Note"},       {"[!TIP]", "Tip"},         {"[!IMPORTANT]", "Important"},
        {"[!WARNING]", "Warning"}, {"[!CAUTION]", "Caution"},
    };
    const size_t at = skip_quotes(line);
    const struct str rest = {line.p + at, line.n - at};
    for (size_t i = 0; memchr(line.p, '>', at) && i < sizeof ALERTS / sizeof *ALERTS; i++) {
        const size_t n = strlen(ALERTS[i].mark);
        if (rest.n >= n && strncasecmp(rest.p, ALERTS[i].mark, n) == 0 &&
            is_blank((struct str){rest.p + n, rest.n - n})) {
            buf_append(out, line.p, at);
            buf_printf(out, "**%s**\\\n", ALERTS[i].title);
            return true;
        }
    }
    return false;
}

/* all: where the line lies in, to see whether the next one makes it the head of a table. */
static void put_line(struct split *sp, struct scan *sc, struct str all, struct str line)
{
    const size_t end = (size_t)(line.p - all.p) + line.n;
    struct str next = {line.p + line.n, 0};
    if (memchr(line.p, '|', line.n) && end < all.n) {
        next.n = line_end(all, end) - end;
    }
    if (follow_table(sc, line)) {
        put_delimiter_row(&sp->piece, line);
    } else if (sc->table_head.n > 0 ||
               (sc->open.kind == OPEN_NOTHING && is_delimiter_row(next))) {
        put_row(&sp->piece, line);
    } else if (sc->open.kind != OPEN_NOTHING || !put_alert(&sp->piece, line)) {
        buf_append(&sp->piece, line.p, line.n);
    }
    follow(&sc->open, line);
    sc->before = line;
}

static bool can_cut(const struct scan *sc, struct str line)
{
    return sc->after_blank && sc->open.kind == OPEN_NOTHING && line.n > 0 &&
           !isspace((unsigned char)line.p[0]) && !(sc->in_list && is_list_mark(line));
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

/* The open block as the last piece left it, found again from its first line. */
static void resume(struct split *sp, struct scan *sc, struct str reopen)
{
    for (size_t at = 0; at < reopen.n;) {
        const size_t end = line_end(reopen, at);
        put_line(sp, sc, reopen, (struct str){reopen.p + at, end - at});
        at = end;
    }
}

/* Copy lines up to the end of the piece; returns where that is. */
static size_t put_piece(struct split *sp, struct scan *sc)
{
    const struct str s = sp->source;
    while (sc->at < s.n) {
        const size_t end = line_end(s, sc->at);
        const struct str line = {s.p + sc->at, end - sc->at};
        const size_t done = sc->at - sc->start;
        if (done >= SOFT_BYTES && can_cut(sc, line)) {
            return sc->at;
        }
        if (done > 0 && done + line.n > HARD_BYTES) {
            set_reopen(sp, sc);
            return sc->at;
        }
        if (line.n > HARD_BYTES) {
            const size_t cut = cut_long_line(s, sc->at, sc->at + HARD_BYTES);
            set_reopen(sp, sc);
            buf_append(&sp->piece, line.p, cut - sc->at);
            return cut;
        }
        const bool blank = is_blank(line);
        if (!blank && sc->open.kind == OPEN_NOTHING) {
            const bool at_margin = !isspace((unsigned char)line.p[0]);
            sc->in_list = is_list_mark(line) || (sc->in_list && !(at_margin && sc->after_blank));
        }
        put_line(sp, sc, s, line);
        sc->after_blank = blank;
        sc->at = end;
    }
    return s.n;
}

bool split_next(struct split *sp, struct str *piece)
{
    if (sp->at >= sp->source.n) {
        return false;
    }
    buf_clear(&sp->piece);
    buf_append(&sp->piece, buf_str(&sp->defs), sp->defs.n);
    if (sp->defs.n > 0) {
        buf_putc(&sp->piece, '\n');
    }
    struct buf reopen = sp->reopen;
    sp->reopen = (struct buf)BUF_INIT;
    struct scan sc = {.start = sp->at, .at = sp->at};
    resume(sp, &sc, (struct str){buf_str(&reopen), reopen.n});
    sp->at = put_piece(sp, &sc);
    buf_done(&reopen);
    *piece = (struct str){buf_str(&sp->piece), sp->piece.n};
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
