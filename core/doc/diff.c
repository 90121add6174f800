/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/diff.h"

#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

enum { LEAST_COLS = 4 };

/* Where in a diff one is: a hunk says how many lines it has, so that a removed "-- x" is no file's name. */
struct scan {
    const char *at, *end;
    size_t old_left, new_left; /* lines of the hunk that are to come */
    bool has_git;              /* a "diff --git" named the file whose "---" comes */
};

enum line { LINE_FILE, LINE_ABOUT, LINE_HUNK, LINE_ADDED, LINE_REMOVED, LINE_SAME };

static bool begins(struct str line, const char *prefix)
{
    const size_t n = strlen(prefix);
    return line.n >= n && memcmp(line.p, prefix, n) == 0;
}

/* The digits at *at, which is moved behind them. */
static size_t number(struct str line, size_t *at)
{
    size_t value = 0;
    for (; *at < line.n && line.p[*at] >= '0' && line.p[*at] <= '9'; (*at)++) {
        value = value < SIZE_MAX / 100 ? value * 10 + (size_t)(line.p[*at] - '0') : value;
    }
    return value;
}

/* "-12,7" or "-12", which is one line. False: it is neither. */
static bool side(struct str line, size_t *at, char sign, size_t *left)
{
    if (*at >= line.n || line.p[*at] != sign) {
        return false;
    }
    (*at)++;
    number(line, at);
    *left = 1;
    if (*at < line.n && line.p[*at] == ',') {
        (*at)++;
        *left = number(line, at);
    }
    return true;
}

static bool begin_hunk(struct scan *s, struct str line)
{
    size_t at = 3;
    size_t old_left = 0;
    size_t new_left = 0;
    if (!begins(line, "@@ ") || !side(line, &at, '-', &old_left) || at >= line.n || line.p[at++] != ' ' ||
        !side(line, &at, '+', &new_left)) {
        return false;
    }
    s->old_left = old_left;
    s->new_left = new_left;
    return true;
}

static enum line in_hunk(struct scan *s, struct str line)
{
    const char sign = line.n ? line.p[0] : ' ';
    if (sign == '\\') {
        return LINE_ABOUT; /* "\\ No newline at end of file" */
    }
    s->old_left -= sign != '+' && s->old_left;
    s->new_left -= sign != '-' && s->new_left;
    return sign == '+' ? LINE_ADDED : sign == '-' ? LINE_REMOVED : LINE_SAME;
}

static enum line outside(struct scan *s, struct str line)
{
    static const char *const ABOUT[] = {"index ", "old mode ", "new mode ", "new file ", "deleted file ", "similarity ",
                                        "rename ", "copy ", "+++ ", "--- ", "\\ ", "GIT binary patch", "Binary files "};
    if (begin_hunk(s, line)) {
        return LINE_HUNK;
    }
    if (begins(line, "diff --git ") || (begins(line, "--- ") && !s->has_git)) {
        s->has_git = line.p[0] == 'd';
        return LINE_FILE;
    }
    s->has_git = s->has_git && !begins(line, "--- ");
    for (size_t i = 0; i < sizeof ABOUT / sizeof *ABOUT; i++) {
        if (begins(line, ABOUT[i])) {
            return LINE_ABOUT;
        }
    }
    return LINE_SAME;
}

/* The next line without its end; false: there is none. */
static bool next(struct scan *s, struct str *line, enum line *what)
{
    if (s->at >= s->end) {
        return false;
    }
    const char *newline = memchr(s->at, '\n', (size_t)(s->end - s->at));
    const char *end = newline ? newline : s->end;
    *line = (struct str){s->at, (size_t)(end - s->at)};
    s->at = newline ? newline + 1 : s->end;
    line->n -= line->n && line->p[line->n - 1] == '\r';
    *what = s->old_left || s->new_left ? in_hunk(s, *line) : outside(s, *line);
    return true;
}

struct rich_diff_size rich_diff_count(const char *text, size_t n)
{
    struct scan s = {.at = text, .end = text + n};
    struct rich_diff_size size = {0};
    struct str line;
    enum line what = LINE_SAME;
    while (next(&s, &line, &what)) {
        size.files += what == LINE_FILE;
        size.added += what == LINE_ADDED;
        size.removed += what == LINE_REMOVED;
    }
    return size;
}

/* Bytes of a row of at most cols: up to the last blank when there is one, else as many as fit. */
static size_t row_bytes(const char *text, int cols, bool at_blanks)
{
    const size_t fits = text_fit(text, cols, NULL);
    size_t n = fits;
    if (!text[n] || !at_blanks) {
        return n;
    }
    while (n > 0 && text[n] != ' ') {
        n--;
    }
    return n ? n : fits;
}

static void put_rows(struct rich *r, enum rich_style style, const char *text, int cols, bool at_blanks)
{
    cols = cols > LEAST_COLS ? cols : LEAST_COLS;
    do {
        const size_t n = row_bytes(text, cols, at_blanks);
        rich_put(r, style, 0, text, n);
        rich_end_line(r);
        text += n ? n : strlen(text); /* a character that has no room anywhere */
        text += at_blanks ? strspn(text, " ") : 0;
    } while (*text);
}

void rich_put_diff(struct rich *r, const char *text, size_t n, int cols)
{
    static const enum rich_style STYLES[] = {
        [LINE_FILE] = RICH_H3,      [LINE_ABOUT] = RICH_DIM,        [LINE_HUNK] = RICH_KEY,
        [LINE_ADDED] = RICH_ADDED, [LINE_REMOVED] = RICH_REMOVED, [LINE_SAME] = RICH_TEXT,
    };
    struct scan s = {.at = text, .end = text + n};
    struct str line;
    enum line what = LINE_SAME;
    struct buf shown = BUF_INIT;
    for (bool is_first = true; next(&s, &line, &what); is_first = false) {
        buf_clear(&shown);
        text_sanitize(&shown, line.p, line.n, TEXT_KEEP_NEWLINES); /* for its tabs */
        if (what == LINE_FILE) {
            if (!is_first) {
                rich_end_line(r);
            }
            rich_add_heading(r, 2, buf_str(&shown), shown.n);
        }
        put_rows(r, STYLES[what], buf_str(&shown), cols, false);
    }
    buf_done(&shown);
}

void rich_put_wrapped(struct rich *r, enum rich_style style, const char *text, size_t n, int cols)
{
    struct buf shown = BUF_INIT;
    for (const char *end = text + n; text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        const char *stop = newline ? newline : end;
        buf_clear(&shown);
        text_sanitize(&shown, text, (size_t)(stop - text), TEXT_KEEP_NEWLINES);
        put_rows(r, style, buf_str(&shown), cols, true);
        text = newline ? newline + 1 : end;
    }
    buf_done(&shown);
}
