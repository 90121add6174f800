/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_defs.h"

#include <ctype.h>
#include <string.h>

enum {
    MAX_DEF_BYTES = 4096,
    MAX_LABEL_BYTES = 999, /* CommonMark */
};

static size_t skip_spaces(struct str line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] == ' ') {
        i++;
    }
    return i;
}

static bool is_blank(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        if (!isspace((unsigned char)s.p[i])) {
            return false;
        }
    }
    return true;
}

/* The bytes of "[label]:" at the start of the line, 0 when it is none. */
static size_t def_label(struct str line, size_t at)
{
    if (at >= line.n || line.p[at] != '[') {
        return 0;
    }
    const size_t start = at + 1;
    for (size_t i = start; i + 1 < line.n && i - start <= MAX_LABEL_BYTES; i++) {
        if (line.p[i] == '\\') {
            i++;
        } else if (line.p[i] == '[') {
            return 0;
        } else if (line.p[i] == ']') {
            return i > start && line.p[i + 1] == ':' ? i + 2 : 0;
        }
    }
    return 0;
}

static size_t skip_blanks(struct str line, size_t i)
{
    while (i < line.n && (line.p[i] == ' ' || line.p[i] == '\t')) {
        i++;
    }
    return i;
}

/* A title in quotes or parentheses that ends the line, or nothing. */
static bool is_title(struct str s)
{
    while (s.n > 0 && isspace((unsigned char)s.p[s.n - 1])) {
        s.n--;
    }
    if (s.n == 0) {
        return true;
    }
    const char close = s.p[0] == '(' ? ')' : s.p[0];
    if (s.n < 2 || !strchr("\"')", close) || s.p[s.n - 1] != close) {
        return false;
    }
    return memchr(s.p + 1, close, s.n - 2) == NULL && memchr(s.p + 1, '\\', s.n - 2) == NULL;
}

bool md_is_definition(struct str line)
{
    const size_t indent = skip_spaces(line);
    if (indent > 3 || line.n > MAX_DEF_BYTES || memchr(line.p, '\0', line.n)) {
        return false;
    }
    size_t i = def_label(line, indent);
    if (i == 0 || is_blank((struct str){line.p + indent + 1, i - indent - 3})) {
        return false;
    }
    i = skip_blanks(line, i);
    const size_t start = i;
    while (i < line.n && !isspace((unsigned char)line.p[i])) {
        const char c = line.p[i];
        if (strchr("<>()\\", c) || iscntrl((unsigned char)c)) {
            return false;
        }
        i++;
    }
    return i > start && is_title((struct str){line.p + i, line.n - i});
}
