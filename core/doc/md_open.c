/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_open.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

/* ---- lines ---- */

size_t md_line_end(struct str s, size_t at)
{
    const char *newline = memchr(s.p + at, '\n', s.n - at);
    return newline ? (size_t)(newline - s.p) + 1 : s.n;
}

size_t md_line_indent(struct str line)
{
    size_t i = 0;
    while (i < line.n && line.p[i] == ' ') {
        i++;
    }
    return i;
}

bool md_line_is_blank(struct str line)
{
    for (size_t i = 0; i < line.n; i++) {
        if (!isspace((unsigned char)line.p[i])) {
            return false;
        }
    }
    return true;
}

bool md_line_is_item(struct str line)
{
    size_t i = md_line_indent(line);
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

static const char *const RAW_TAGS[] = {"pre", "script", "style", "textarea"};

/* Length of a run of fence characters that starts the line, 0 when it is no fence. */
static size_t fence_run(struct str line, char *fence)
{
    const size_t start = md_line_indent(line);
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

static bool closes_fence(const struct md_open *o, struct str line)
{
    char fence = 0;
    const size_t run = fence_run(line, &fence);
    if (run < o->n_fence || fence != o->fence) {
        return false;
    }
    const size_t at = md_line_indent(line) + run;
    return md_line_is_blank((struct str){line.p + at, line.n - at});
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

static void open_html(struct md_open *o, struct str line)
{
    const size_t at = md_line_indent(line);
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

static bool closes_raw(const struct md_open *o, struct str line)
{
    char close[16] = "</";
    memcpy(close + 2, o->raw, strlen(o->raw) + 1);
    return find_in(line, close) != NULL;
}

void md_open_follow(struct md_open *o, struct str line)
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
        *o = (struct md_open){0};
    }
}


void md_open_put_end(const struct md_open *o, struct buf *out)
{
    buf_putc(out, '\n');
    if (o->kind == OPEN_FENCE) {
        buf_pad(out, o->fence, o->n_fence);
    } else if (o->kind == OPEN_COMMENT) {
        buf_puts(out, "-->");
    } else if (o->kind == OPEN_RAW) {
        buf_printf(out, "</%s>", o->raw);
    }
    buf_puts(out, "\n\n");
}
