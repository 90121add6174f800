/* SPDX-License-Identifier: Apache-2.0 */
#include "core/card/yaml_mend.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

/* U+10FFFD, U+10FFFC and U+10FFFB. */
#define STAND_IN "\xF4\x8F\xBF"
#define FOR_ESCAPE STAND_IN "\xBD" /* and the escape without its "\" */
#define FOR_TAB STAND_IN "\xBC"
#define FOR_COLON STAND_IN "\xBB"

enum { STAND_IN_LEN = 4 };
static const size_t WORK_MAX = (size_t)32 << 20;

/* ---- half characters ---- */

/* The value of the "uXXXX" or "UXXXXXXXX" at s, its length in *len; 0 when it is none. */
static uint32_t escape_at(const char *s, size_t n, size_t *len)
{
    *len = n > 0 && s[0] == 'u' ? 5 : n > 0 && s[0] == 'U' ? 9 : 0;
    uint32_t cp = 0;
    if (*len == 0 || n < *len) {
        return 0;
    }
    for (size_t i = 1; i < *len; i++) {
        const char c = s[i];
        const char low = (char)(c | 0x20);
        const bool is_digit = c >= '0' && c <= '9';
        if (!is_digit && (low < 'a' || low > 'f')) {
            return 0;
        }
        cp = cp << 4 | (uint32_t)(is_digit ? c - '0' : low - 'a' + 10);
    }
    return cp;
}

static bool is_half(uint32_t cp)
{
    return cp >= 0xD800 && cp <= 0xDFFF;
}

/* Escapes that are half a character get a stand-in for their "\". */
static void replace_halves(struct yaml_mend *m, const char *yaml, size_t n)
{
    size_t from = 0;
    for (size_t at = 0; at < n; at++) {
        if (yaml[at] != '\\') {
            continue;
        }
        size_t len = 0;
        if (is_half(escape_at(yaml + at + 1, n - at - 1, &len))) {
            buf_append(&m->text, yaml + from, at - from);
            buf_puts(&m->text, FOR_ESCAPE);
            from = at + 1;
            m->is_used = true;
        } else if (at + 1 < n && yaml[at + 1] == '\\') {
            at++; /* the second one begins nothing */
        }
    }
    buf_append(&m->text, yaml + from, n - from);
}

/* In double quotes: the character that one or two escapes at s stand for; *used gets their length. */
static uint32_t whole_at(const char *s, size_t n, size_t *used)
{
    size_t len = 0;
    const uint32_t high = escape_at(s, n, used);
    const size_t next = *used + STAND_IN_LEN;
    if (high > 0xDBFF || next >= n || memcmp(s + *used, FOR_ESCAPE, STAND_IN_LEN) != 0) {
        return 0xFFFD;
    }
    const uint32_t low = escape_at(s + next, n - next, &len);
    if (low < 0xDC00 || low > 0xDFFF) {
        return 0xFFFD;
    }
    *used = next + len;
    return 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
}

/* ---- where libyaml stopped ---- */

size_t yaml_mend_offset(const struct yaml_mend *m, yaml_mark_t mark)
{
    size_t at = 0;
    for (size_t left = mark.index; at < m->text.n && left > 0; left--) {
        uint32_t cp = 0;
        at += text_decode(m->text.p + at, m->text.n - at, &cp);
    }
    return at;
}

static bool says(const yaml_parser_t *parser, const char *problem)
{
    return parser->problem && str_starts(parser->problem, problem);
}

/* n bytes at an offset become with. */
static void replace(struct yaml_mend *m, size_t at, size_t n, const char *with)
{
    struct buf text = BUF_INIT;
    buf_append(&text, m->text.p, at);
    buf_puts(&text, with);
    buf_append(&text, m->text.p + at + n, m->text.n - at - n);
    buf_done(&m->text);
    m->text = text;
}

/* A directive that readers pass over, the one at an offset, becomes one that says nothing. */
static bool replace_directive(struct yaml_mend *m, const yaml_parser_t *parser, size_t at)
{
    const char *rest = buf_str(&m->text) + at;
    const size_t n = strcspn(rest, "\r\n");
    char with[64] = "%YAML 1.2";
    if (*rest != '%') {
        return false;
    }
    if (says(parser, "found unknown directive name")) {
        snprintf(with, sizeof with, "%%TAG !at%zu! tag:", at);
    } else if (!str_starts(rest, "%YAML 1.")) {
        return false;
    }
    replace(m, at, n, with);
    return true;
}

/* What to write for the character at an offset; NULL: this fault is not one that can be mended. */
static const char *better(const struct yaml_mend *m, const yaml_parser_t *parser, size_t at)
{
    const char *rest = buf_str(&m->text) + at;
    if (*rest == '\t' && says(parser, "found a tab character") && parser->context &&
        str_starts(parser->context, "while scanning a block scalar")) {
        return FOR_TAB;
    }
    if (*rest == ':' && says(parser, "found unexpected ':'")) {
        return rest[1] == '?' ? FOR_COLON : ": ";
    }
    return NULL;
}

bool yaml_mend_after(struct yaml_mend *m, const yaml_parser_t *parser)
{
    m->work += m->text.n;
    if (m->is_off || m->work > WORK_MAX) {
        return false;
    }
    if (says(parser, "found unknown directive name")) {
        return replace_directive(m, parser, yaml_mend_offset(m, parser->context_mark));
    }
    const size_t at = yaml_mend_offset(m, parser->problem_mark);
    if (says(parser, "found incompatible YAML document")) {
        return replace_directive(m, parser, at);
    }
    const char *with = at < m->text.n ? better(m, parser, at) : NULL;
    if (!with) {
        return false;
    }
    m->is_used = m->is_used || str_starts(with, STAND_IN);
    replace(m, at, 1, with);
    return true;
}

/* ---- start and end ---- */

void yaml_mend_start(struct yaml_mend *m, const char *yaml, size_t n)
{
    *m = (struct yaml_mend){.text = BUF_INIT};
    const char *found = NULL;
    for (size_t at = 0; at < n && !found; at++) {
        const char *c = memchr(yaml + at, STAND_IN[0], n - at);
        at = c ? (size_t)(c - yaml) : n;
        found = c && n - at >= 3 && memcmp(c, STAND_IN, 3) == 0 ? c : NULL;
    }
    m->is_off = found != NULL;
    if (m->is_off) {
        buf_append(&m->text, yaml, n);
    } else {
        replace_halves(m, yaml, n);
    }
}

bool yaml_mend_value(const struct yaml_mend *m, const char *s, size_t n, yaml_scalar_style_t style,
                     struct buf *out)
{
    const bool is_block = style == YAML_LITERAL_SCALAR_STYLE || style == YAML_FOLDED_SCALAR_STYLE;
    for (size_t at = 0; at < n;) {
        const char *c = m->is_used ? memchr(s + at, STAND_IN[0], n - at) : NULL;
        const size_t plain = c ? (size_t)(c - s) - at : n - at;
        buf_append(out, s + at, plain);
        at += plain;
        if (at == n) {
            break;
        }
        if (n - at < STAND_IN_LEN || memcmp(s + at, STAND_IN, 3) != 0) {
            buf_putc(out, s[at++]);
            continue;
        }
        const char kind = s[at + 3];
        at += STAND_IN_LEN;
        if (kind == FOR_TAB[3] && !is_block) {
            return false;
        }
        if (kind == FOR_ESCAPE[3] && style == YAML_DOUBLE_QUOTED_SCALAR_STYLE) {
            size_t used = 0;
            char utf8[4];
            buf_append(out, utf8, text_encode(whole_at(s + at, n - at, &used), utf8));
            at += used;
        } else {
            buf_putc(out, kind == FOR_TAB[3] ? '\t' : kind == FOR_COLON[3] ? ':' : '\\');
        }
    }
    return true;
}

void yaml_mend_done(struct yaml_mend *m)
{
    buf_done(&m->text);
}
