/* SPDX-License-Identifier: Apache-2.0 */
#include "core/card/frontmatter.h"

#include <string.h>

#include "core/base/err.h"

static bool is_line_end(char c)
{
    return c == '\n' || c == '\r';
}

/* Length of the line end at s[at], 0 when there is none. */
static size_t line_end_at(const char *s, size_t n, size_t at)
{
    if (at >= n || !is_line_end(s[at])) {
        return 0;
    }
    return s[at] == '\r' && at + 1 < n && s[at + 1] == '\n' ? 2 : 1;
}

/* A line "---" with blanks behind it begins at s[at]. *after gets the start of the next line. A
 * lone CR does not end the closing line: the Hub's expression does not take it either. */
static bool closes_at(const char *s, size_t n, size_t at, size_t *after)
{
    if (n - at < 3 || memcmp(s + at, "---", 3) != 0) {
        return false;
    }
    at += 3;
    while (at < n && (s[at] == ' ' || s[at] == '\t')) {
        at++;
    }
    const size_t end = line_end_at(s, n, at);
    if (at < n && (end == 0 || (end == 1 && s[at] == '\r'))) {
        return false;
    }
    *after = at + end;
    return true;
}

static bool find_close(const char *s, size_t n, size_t from, struct frontmatter *out)
{
    for (size_t at = from; at < n; at++) {
        const size_t end = line_end_at(s, n, at);
        size_t after = 0;
        if (end && closes_at(s, n, at + end, &after)) {
            out->has_block = true;
            out->yaml_at = from;
            out->yaml_len = at - from;
            out->body_at = after;
            out->body_len = n - after;
            return true;
        }
    }
    return false;
}

static enum frontmatter_eol detect_eol(const char *s, size_t n)
{
    size_t lf = 0;
    size_t cr = 0;
    size_t crlf = 0;
    if (!memchr(s, '\r', n)) {
        return FRONTMATTER_LF; /* nearly always, and cards can be long */
    }
    for (size_t i = 0; i < n; i++) {
        lf += s[i] == '\n';
        cr += s[i] == '\r';
        crlf += s[i] == '\r' && i + 1 < n && s[i + 1] == '\n';
    }
    if (crlf > 0 && crlf == lf && crlf == cr) {
        return FRONTMATTER_CRLF;
    }
    return cr > lf ? FRONTMATTER_CR : FRONTMATTER_LF;
}

void frontmatter_split(const char *text, size_t n, struct frontmatter *out)
{
    *out = (struct frontmatter){.eol = detect_eol(text, n)};
    size_t at = 0;
    if (n >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0) {
        out->has_bom = true;
        at = 3;
    }
    out->body_at = at;
    out->body_len = n - at;
    while (at < n && (text[at] == ' ' || (text[at] >= '\t' && text[at] <= '\r'))) {
        at++;
    }
    if (n - at < 4 || memcmp(text + at, "---", 3) != 0) {
        return;
    }
    at += 3;
    const size_t end = line_end_at(text, n, at);
    if (end == 0 || find_close(text, n, at + end, out)) {
        return;
    }
    /* "---\r\n---": the Hub's expression then takes the CR for the opener and the LF for the
     * closer. */
    if (end == 2) {
        find_close(text, n, at + 1, out);
    }
}

cJSON *frontmatter_read(const char *text, size_t n, int *line, struct err *e)
{
    static const char BLOCK[] = "metadata block: "; /* a line of the block is named before it */
    struct frontmatter fm;
    struct frontmatter_place place = {0, 0};
    struct err why = ERR_INIT;
    err_clear(e);
    *line = 0;
    frontmatter_split(text, n, &fm);
    cJSON *json = fm.has_block
                      ? frontmatter_parse(text + fm.yaml_at, fm.yaml_len, NULL, &place, &why)
                      : NULL;
    if (json || !fm.has_block) {
        return json;
    }
    const char *rest = strstr(why.msg, BLOCK);
    err_set(e, why.code, "%s", rest ? rest + strlen(BLOCK) : why.msg);
    err_remedy(e, "%s", why.remedy);
    if (place.line > 0) {
        *line = place.line;
        for (size_t at = 0; at < fm.yaml_at; at++) {
            *line += text[at] == '\n' || (text[at] == '\r' && text[at + 1] != '\n');
        }
    }
    return NULL;
}

bool frontmatter_check(const char *text, size_t n, struct err *e)
{
    int line = 0;
    cJSON_Delete(frontmatter_read(text, n, &line, e));
    if (e->code == ERR_NONE) {
        return true;
    }
    return line > 0 ? err_wrap(e, "README.md, line %d", line) : err_wrap(e, "README.md");
}
