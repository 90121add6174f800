/* SPDX-License-Identifier: Apache-2.0 */
#include "core/doc/md_html.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"

enum {
    MAX_TAG_BYTES = 4096,
    PLAIN_AFTER_BAD_TAG = 256,
    MAX_ENTITY_BYTES = 32,
};

/* ---- entities ---- */

struct entity {
    const char *name;
    uint32_t cp;
};

/* HTML 4 names that cards use, sorted by byte value for bsearch. */
static const struct entity ENTITIES[] = {
    {"AElig", 0xC6},     {"Aacute", 0xC1},   {"Agrave", 0xC0},   {"Aring", 0xC5},
    {"Auml", 0xC4},      {"Ccedil", 0xC7},   {"Delta", 0x394},   {"Eacute", 0xC9},
    {"Gamma", 0x393},    {"Lambda", 0x39B},  {"Ntilde", 0xD1},   {"Omega", 0x3A9},
    {"Ouml", 0xD6},      {"Phi", 0x3A6},     {"Pi", 0x3A0},      {"Psi", 0x3A8},
    {"Sigma", 0x3A3},    {"Theta", 0x398},   {"Uuml", 0xDC},     {"aacute", 0xE1},
    {"aelig", 0xE6},     {"agrave", 0xE0},   {"alpha", 0x3B1},   {"amp", '&'},
    {"apos", '\''},      {"aring", 0xE5},    {"asymp", 0x2248},  {"auml", 0xE4},
    {"beta", 0x3B2},     {"bull", 0x2022},   {"ccedil", 0xE7},   {"cent", 0xA2},
    {"check", 0x2713},   {"chi", 0x3C7},     {"copy", 0xA9},     {"cross", 0x2717},
    {"dagger", 0x2020},  {"darr", 0x2193},   {"deg", 0xB0},      {"delta", 0x3B4},
    {"divide", 0xF7},    {"eacute", 0xE9},   {"ecirc", 0xEA},    {"egrave", 0xE8},
    {"emsp", 0x2003},    {"ensp", 0x2002},   {"epsilon", 0x3B5}, {"equiv", 0x2261},
    {"eta", 0x3B7},      {"euml", 0xEB},     {"euro", 0x20AC},   {"exist", 0x2203},
    {"forall", 0x2200},  {"frac12", 0xBD},   {"frac14", 0xBC},   {"frac34", 0xBE},
    {"gamma", 0x3B3},    {"ge", 0x2265},     {"gt", '>'},        {"harr", 0x2194},
    {"hearts", 0x2665},  {"hellip", 0x2026}, {"iacute", 0xED},   {"iexcl", 0xA1},
    {"infin", 0x221E},   {"int", 0x222B},    {"iquest", 0xBF},   {"isin", 0x2208},
    {"kappa", 0x3BA},    {"lambda", 0x3BB},  {"laquo", 0xAB},    {"larr", 0x2190},
    {"lbrace", '{'},     {"lbrack", '['},    {"ldquo", 0x201C},  {"le", 0x2264},
    {"lowbar", '_'},     {"lsquo", 0x2018},  {"lt", '<'},        {"mdash", 0x2014},
    {"micro", 0xB5},     {"middot", 0xB7},   {"minus", 0x2212},  {"mu", 0x3BC},
    {"nabla", 0x2207},   {"nbsp", 0xA0},     {"ndash", 0x2013},  {"ne", 0x2260},
    {"not", 0xAC},       {"ntilde", 0xF1},   {"nu", 0x3BD},      {"oacute", 0xF3},
    {"omega", 0x3C9},    {"ouml", 0xF6},     {"para", 0xB6},     {"part", 0x2202},
    {"phi", 0x3C6},      {"pi", 0x3C0},      {"plusmn", 0xB1},   {"pound", 0xA3},
    {"prime", 0x2032},   {"prod", 0x220F},   {"psi", 0x3C8},     {"quot", '"'},
    {"radic", 0x221A},   {"raquo", 0xBB},    {"rarr", 0x2192},   {"rbrace", '}'},
    {"rbrack", ']'},     {"rdquo", 0x201D},  {"reg", 0xAE},      {"rho", 0x3C1},
    {"rsquo", 0x2019},   {"sect", 0xA7},     {"shy", 0xAD},      {"sigma", 0x3C3},
    {"star", 0x2606},    {"starf", 0x2605},  {"sub", 0x2282},    {"sum", 0x2211},
    {"sup2", 0xB2},      {"sup3", 0xB3},     {"szlig", 0xDF},    {"tau", 0x3C4},
    {"theta", 0x3B8},    {"thinsp", 0x2009}, {"times", 0xD7},    {"trade", 0x2122},
    {"uacute", 0xFA},    {"uarr", 0x2191},   {"uuml", 0xFC},     {"vert", '|'},
    {"xi", 0x3BE},       {"yen", 0xA5},      {"zeta", 0x3B6},    {"zwj", 0x200D},
    {"zwnj", 0x200C},
};

static int compare_entity(const void *key, const void *row)
{
    return strcmp(key, ((const struct entity *)row)->name);
}

/* s starts with '&'. Returns the bytes of the entity and its code point, 0 when it is none. */
static size_t decode_entity(const char *s, size_t n, uint32_t *cp)
{
    const size_t limit = n < MAX_ENTITY_BYTES ? n : MAX_ENTITY_BYTES;
    const char *semicolon = memchr(s, ';', limit);
    if (!semicolon || semicolon == s + 1) {
        return 0;
    }
    char name[MAX_ENTITY_BYTES];
    const size_t n_name = (size_t)(semicolon - s) - 1;
    memcpy(name, s + 1, n_name);
    name[n_name] = '\0';
    if (name[0] != '#') {
        const struct entity *e = bsearch(name, ENTITIES, sizeof ENTITIES / sizeof *ENTITIES,
                                         sizeof *ENTITIES, compare_entity);
        *cp = e ? e->cp : 0;
        return e ? n_name + 2 : 0;
    }
    const bool is_hex = name[1] == 'x' || name[1] == 'X';
    const char *digits = name + (is_hex ? 2 : 1);
    if (digits[0] == '\0' || digits[strspn(digits, is_hex ? "0123456789abcdefABCDEF"
                                                          : "0123456789")] != '\0') {
        return 0;
    }
    const unsigned long value = strtoul(digits, NULL, is_hex ? 16 : 10);
    *cp = value > 0 && value <= 0x10FFFF ? (uint32_t)value : 0xFFFD;
    return n_name + 2;
}

void html_put_decoded(struct buf *out, const char *s, size_t n)
{
    size_t i = 0;
    while (i < n) {
        const char *amp = memchr(s + i, '&', n - i);
        const size_t stop = amp ? (size_t)(amp - s) : n;
        buf_append(out, s + i, stop - i);
        i = stop;
        if (i == n) {
            break;
        }
        uint32_t cp = 0;
        const size_t used = decode_entity(s + i, n - i, &cp);
        if (used == 0) {
            buf_putc(out, '&');
            i++;
            continue;
        }
        char bytes[4];
        buf_append(out, bytes, text_encode(cp, bytes));
        i += used;
    }
}

/* ---- tags ---- */

static struct str str_tail(struct str s, size_t n)
{
    return (struct str){s.p + n, s.n - n};
}

/* s starts with "<!" or "<?": the bytes up to its end, all of s when it has none. */
static size_t skip_declaration(struct str s)
{
    const bool is_comment = s.n >= 4 && memcmp(s.p, "<!--", 4) == 0;
    if (!is_comment) {
        const char *end = memchr(s.p, '>', s.n);
        return end ? (size_t)(end - s.p) + 1 : s.n;
    }
    for (size_t i = 4; i + 2 < s.n; i++) {
        if (s.p[i] == '-' && s.p[i + 1] == '-' && s.p[i + 2] == '>') {
            return i + 3;
        }
    }
    return s.n;
}

/* s starts with "<x" or "</x": bytes up to and with its '>', which quotes may hide; 0 when it is
 * not found near. */
static size_t tag_bytes(struct str s)
{
    const size_t limit = s.n < MAX_TAG_BYTES ? s.n : MAX_TAG_BYTES;
    char quote = 0;
    size_t first_end = 0;
    for (size_t i = 1; i < limit; i++) {
        const char c = s.p[i];
        if (c == '>') {
            if (!quote) {
                return i + 1;
            }
            first_end = first_end ? first_end : i + 1;
        } else if (quote) {
            quote = c == quote ? 0 : quote;
        } else if ((c == '"' || c == '\'') && s.p[i - 1] == '=') {
            quote = c;
        }
    }
    return first_end; /* a quote that was never closed */
}

static bool looks_like_tag(struct str s)
{
    const size_t at = s.n > 1 && s.p[1] == '/' ? 2 : 1;
    return s.n > at && isalpha((unsigned char)s.p[at]);
}

static void read_tag(struct str tag, struct html_token *t)
{
    size_t i = 1;
    t->kind = HTML_OPEN;
    if (tag.p[1] == '/') {
        t->kind = HTML_CLOSE;
        i = 2;
    }
    size_t n_name = 0;
    while (i < tag.n && (isalnum((unsigned char)tag.p[i]) || tag.p[i] == '-')) {
        if (n_name + 1 < sizeof t->name) {
            t->name[n_name++] = (char)tolower((unsigned char)tag.p[i]);
        }
        i++;
    }
    t->name[n_name] = '\0';
    t->attrs = (struct str){tag.p + i, tag.n - 1 - i};
}

bool html_next(struct html_reader *h, struct html_token *t)
{
    *t = (struct html_token){.kind = HTML_TEXT};
    while (h->rest.n > 1 && h->plain == 0 && h->rest.p[0] == '<' &&
           (h->rest.p[1] == '!' || h->rest.p[1] == '?')) {
        h->rest = str_tail(h->rest, skip_declaration(h->rest));
    }
    if (h->rest.n == 0) {
        return false;
    }
    if (h->plain == 0 && h->rest.p[0] == '<' && looks_like_tag(h->rest)) {
        const size_t n = tag_bytes(h->rest);
        if (n > 0) {
            read_tag((struct str){h->rest.p, n}, t);
            h->rest = str_tail(h->rest, n);
            return true;
        }
        h->plain = PLAIN_AFTER_BAD_TAG;
    }
    size_t from = h->plain > 0 ? h->plain : 1;
    from = from < h->rest.n ? from : h->rest.n;
    const char *next = memchr(h->rest.p + from, '<', h->rest.n - from);
    const size_t n = next ? (size_t)(next - h->rest.p) : h->rest.n;
    t->text = (struct str){h->rest.p, n};
    h->rest = str_tail(h->rest, n);
    h->plain = 0;
    return true;
}

static size_t skip_space(struct str s, size_t i)
{
    while (i < s.n && (isspace((unsigned char)s.p[i]) || s.p[i] == '/')) {
        i++;
    }
    return i;
}

/* The value behind '=' at i: a view of it and the index behind it. */
static size_t read_value(struct str s, size_t i, struct str *value)
{
    while (i < s.n && isspace((unsigned char)s.p[i])) {
        i++;
    }
    if (i < s.n && (s.p[i] == '"' || s.p[i] == '\'')) {
        const char *end = memchr(s.p + i + 1, s.p[i], s.n - i - 1);
        const size_t stop = end ? (size_t)(end - s.p) : s.n;
        *value = (struct str){s.p + i + 1, stop - i - 1};
        return end ? stop + 1 : stop;
    }
    const size_t start = i;
    while (i < s.n && !isspace((unsigned char)s.p[i])) {
        i++;
    }
    *value = (struct str){s.p + start, i - start};
    return i;
}

bool html_attr(struct str attrs, const char *name, struct buf *out)
{
    const size_t n_name = strlen(name);
    size_t i = skip_space(attrs, 0);
    while (i < attrs.n) {
        const size_t start = i;
        while (i < attrs.n && attrs.p[i] != '=' && !isspace((unsigned char)attrs.p[i])) {
            i++;
        }
        const bool is_it = i - start == n_name && strncasecmp(attrs.p + start, name, n_name) == 0;
        struct str value = {"", 0};
        while (i < attrs.n && isspace((unsigned char)attrs.p[i])) {
            i++;
        }
        if (i < attrs.n && attrs.p[i] == '=') {
            i = read_value(attrs, i + 1, &value);
        }
        if (is_it) {
            html_put_decoded(out, value.p, value.n);
            return true;
        }
        i = skip_space(attrs, i);
    }
    return false;
}
