/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_math.h"

#include <ctype.h>
#include <string.h>

/* Bytes [from, to) so that the parser leaves them as they are. */
static void put_kept(struct buf *out, struct str line, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (line.p[i] != '\0' && strchr("\\*_~[]<&", line.p[i])) {
            buf_putc(out, '\\');
        }
        buf_putc(out, line.p[i]);
    }
}

/* Where the next "$$" begins, n when there is none. */
static size_t find_double(struct str line, size_t from)
{
    for (size_t i = from; i + 1 < line.n; i++) {
        if (line.p[i] == '$' && line.p[i + 1] == '$') {
            return i;
        }
    }
    return line.n;
}

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '\\' || c == '$';
}

/* The dollar that closes the one at byte at; 0: it opens no formula, as in "$5 or $10". */
static size_t find_single(struct str line, size_t at)
{
    const bool opens = (at == 0 || !is_word(line.p[at - 1])) && at + 1 < line.n &&
                       !isspace((unsigned char)line.p[at + 1]);
    for (size_t i = at + 2; opens && i < line.n; i++) {
        if (line.p[i] == '\\') {
            i++;
        } else if (line.p[i] == '$') {
            const bool closes = !isspace((unsigned char)line.p[i - 1]) &&
                                (i + 1 == line.n || !is_word(line.p[i + 1]));
            return closes ? i : 0;
        }
    }
    return 0;
}

/* A formula that begins at the dollar at byte at; returns where it ends, 0 when there is none. */
static size_t formula_end(struct str line, size_t at, bool *is_open)
{
    if (at + 1 < line.n && line.p[at + 1] == '$') {
        const size_t end = find_double(line, at + 2);
        size_t first = 0;
        while (first < at && line.p[first] == ' ') {
            first++;
        }
        *is_open = end == line.n && first == at;
        return end < line.n ? end + 2 : *is_open ? line.n : 0;
    }
    const size_t end = find_single(line, at);
    return end > 0 ? end + 1 : 0;
}

void md_math_put(struct buf *out, struct str line, bool *is_open)
{
    size_t at = 0;
    if (*is_open) {
        const size_t end = find_double(line, 0);
        *is_open = end == line.n;
        put_kept(out, line, 0, end);
        at = end;
        if (!*is_open) {
            buf_puts(out, "$$");
            at += 2;
        }
    }
    const bool has_code = memchr(line.p, '`', line.n) || memchr(line.p, '<', line.n);
    while (at < line.n) { /* beside code and tags it is not sure whose dollars they are */
        const char *dollar = has_code ? NULL : memchr(line.p + at, '$', line.n - at);
        const size_t start = dollar ? (size_t)(dollar - line.p) : line.n;
        buf_append(out, line.p + at, start - at);
        at = start;
        if (dollar) {
            const size_t end = formula_end(line, start, is_open);
            const size_t stop = end > 0 ? end : start + 1;
            put_kept(out, line, start, stop);
            at = stop;
        }
    }
}
