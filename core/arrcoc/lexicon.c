/* SPDX-License-Identifier: Apache-2.0 */
#include "core/arrcoc/lexicon.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

enum { FILE_MAX_BYTES = 1 << 20, HEAD_WORDS = 5, HEAD_MAX = 128, TERM_MAX = 256 };

static const char *const MAP_NAMES[LEX_MAPS] = {
    [LEX_BRIGHT] = "bright",
    [LEX_DARK] = "dark",
    [LEX_VIVID] = "vivid",
    [LEX_LEFT] = "left",
    [LEX_RIGHT] = "right",
    [LEX_TOP] = "top",
    [LEX_BOTTOM] = "bottom",
    [LEX_CENTRE] = "centre",
    [LEX_CORNER] = "corner",
    [LEX_EDGE] = "edge",
    [LEX_BACKGROUND] = "background",
    [LEX_FOREGROUND] = "foreground",
    [LEX_TEXT] = "text",
    [LEX_FINE] = "fine",
    [LEX_LARGE] = "large",
    [LEX_MOTION] = "motion",
    [LEX_TEXTURE] = "texture",
    [LEX_SMOOTH] = "smooth",
    [LEX_SALIENT] = "salient",
};

static const char *const RELATION_NAMES[LEX_RELATIONS] = {
    [LEX_LEFT_OF] = "left", [LEX_RIGHT_OF] = "right", [LEX_ABOVE] = "above",
    [LEX_BELOW] = "below",  [LEX_BESIDE] = "beside",
};

/* What stands before the colon. */
struct head {
    char bytes[HEAD_MAX];
    const char *word[HEAD_WORDS];
    size_t n;
};

struct reader {
    struct arr_lexicon *lexicon;
    const char *name;
    int line;
    struct lex_entry entry; /* of the line: every term gets a copy */
    struct lex_rule rule;
    bool is_rule;
    struct err *e;
};

static bool fault(const struct reader *r, int line, const char *what, const char *on)
{
    err_set(r->e, ERR_DAMAGED, "%s:%d: %s%s%s", r->name, line, what, on[0] ? ": " : "", on);
    return err_remedy(r->e, "The head of core/arrcoc/lexicon.txt describes the form.");
}

/* ---- arguments ---- */

/* "-12.5": digits with at most one point, whatever the locale says. */
static bool read_number(const char *s, float *out)
{
    const bool is_negative = *s == '-';
    s += is_negative;
    double v = 0, unit = 1;
    size_t digits = 0;
    for (; *s >= '0' && *s <= '9'; s++, digits++) {
        v = 10 * v + (*s - '0');
    }
    if (*s == '.') {
        for (s++; *s >= '0' && *s <= '9'; s++, digits++) {
            unit /= 10;
            v += unit * (*s - '0');
        }
    }
    *out = (float)(is_negative ? -v : v);
    return *s == '\0' && digits > 0 && digits < 10;
}

static bool read_numbers(const struct reader *r, const struct head *h, float least, float most,
                         float *out)
{
    for (size_t i = 1; i < h->n; i++) {
        if (!read_number(h->word[i], &out[i - 1]) || out[i - 1] < least || out[i - 1] > most) {
            return fault(r, r->line, "not a number, or out of range", h->word[i]);
        }
    }
    return true;
}

static bool read_map(struct reader *r, const struct head *h)
{
    const char *group = h->word[1];
    const size_t len = strlen(group);
    if (len >= LEX_GROUP_MAX || strspn(group, "abcdefghijklmnopqrstuvwxyz0123456789_-") != len) {
        return fault(r, r->line, "a group is at most 23 small letters, digits, - and _", group);
    }
    if (strcmp(group, "relation") == 0) {
        return fault(r, r->line, "this group is made by relations", group);
    }
    memcpy(r->entry.group, group, len + 1);
    for (int i = 0; i < LEX_MAPS; i++) {
        if (strcmp(h->word[2], MAP_NAMES[i]) == 0) {
            r->entry.u.map = (enum lex_map)i;
            return true;
        }
    }
    return fault(r, r->line, "no such map", h->word[2]);
}

static bool read_colour(struct reader *r, const struct head *h)
{
    memcpy(r->entry.group, "colour", sizeof "colour");
    return read_numbers(r, h, 0, 255, r->entry.u.rgb);
}

static bool read_shade(struct reader *r, const struct head *h)
{
    return read_numbers(r, h, -1, 1, &r->entry.u.shade);
}

static bool read_relation(struct reader *r, const struct head *h)
{
    memcpy(r->entry.group, "relation", sizeof "relation");
    for (int i = 0; i < LEX_RELATIONS; i++) {
        if (strcmp(h->word[1], RELATION_NAMES[i]) == 0) {
            r->entry.u.relation = (enum lex_relation)i;
            return true;
        }
    }
    return fault(r, r->line, "no such relation", h->word[1]);
}

static bool read_tension(struct reader *r, const struct head *h)
{
    float *const to[] = {&r->rule.tensions.compress, &r->rule.tensions.exploit,
                         &r->rule.tensions.focus};
    for (size_t i = 0; i < 3; i++) {
        *to[i] = -1;
        const char *word = h->word[1 + i];
        if (strcmp(word, "-") != 0 && (!read_number(word, to[i]) || *to[i] < 0 || *to[i] > 1)) {
            return fault(r, r->line, "a tension is a number from 0 to 1, or -", word);
        }
    }
    r->is_rule = true;
    return true;
}

static bool read_nothing(struct reader *r, const struct head *h)
{
    (void)r;
    (void)h;
    return true;
}

static const struct {
    const char *name;
    size_t n_args;
    enum lex_kind kind;
    bool (*read)(struct reader *r, const struct head *h);
} KEYWORDS[] = {
    {"map", 2, LEX_MAP, read_map},
    {"colour", 3, LEX_COLOUR, read_colour},
    {"color", 3, LEX_COLOUR, read_colour},
    {"shade", 1, LEX_SHADE, read_shade},
    {"relation", 1, LEX_RELATION, read_relation},
    {"not", 0, LEX_NEGATION, read_nothing},
    {"stop", 0, LEX_STOP, read_nothing},
    {"break", 0, LEX_BREAK, read_nothing},
    {"tension", 3, LEX_STOP, read_tension},
};

static bool read_head(struct reader *r, const char *text, size_t n)
{
    struct head h = {.n = 0};
    if (n >= sizeof h.bytes || memchr(text, '\0', n)) {
        return fault(r, r->line, "too much before the colon", "");
    }
    memcpy(h.bytes, text, n);
    h.bytes[n] = '\0';
    char *p = h.bytes;
    for (;;) {
        p += strspn(p, " \t");
        if (!*p) {
            break;
        }
        if (h.n == HEAD_WORDS) {
            return fault(r, r->line, "too many arguments", p);
        }
        h.word[h.n++] = p;
        p += strcspn(p, " \t");
        if (*p) {
            *p++ = '\0';
        }
    }
    for (size_t i = 0; h.n > 0 && i < sizeof KEYWORDS / sizeof *KEYWORDS; i++) {
        if (strcmp(h.word[0], KEYWORDS[i].name) == 0) {
            if (h.n != 1 + KEYWORDS[i].n_args) {
                return fault(r, r->line, "wrong number of arguments", h.word[0]);
            }
            r->entry = (struct lex_entry){.kind = KEYWORDS[i].kind, .line = r->line};
            r->rule = (struct lex_rule){.line = r->line};
            r->is_rule = false;
            return KEYWORDS[i].read(r, &h);
        }
    }
    return fault(r, r->line, "no such keyword", h.n ? h.word[0] : "nothing before the colon");
}

/* ---- terms ---- */

static bool keep(struct reader *r)
{
    struct arr_lexicon *x = r->lexicon;
    if (r->is_rule) {
        if (!mem_grow((void **)&x->rule, &x->cap_rules, x->n_rules + 1, sizeof *x->rule)) {
            return err_set(r->e, ERR_LIMIT, "reading %s: no memory for its rules", r->name);
        }
        x->rule[x->n_rules++] = r->rule;
        return true;
    }
    if (!mem_grow((void **)&x->entry, &x->cap_entries, x->n_entries + 1, sizeof *x->entry)) {
        return err_set(r->e, ERR_LIMIT, "reading %s: no memory for its terms", r->name);
    }
    x->entry[x->n_entries++] = r->entry;
    return true;
}

static bool add_term(struct reader *r, const char *text, size_t n)
{
    static const char *const too_long[] = {"a term has at most three words",
                                           "a term of a tension has at most six words"};
    struct lex_words words;
    lex_split(text, n, &words);
    char key[ARR_WORD_MAX] = "";
    if (words.n == 0) {
        return fault(r, r->line, "a term without a letter", "");
    }
    const size_t most = r->is_rule ? LEX_RULE_WORDS : LEX_TERM_WORDS;
    if (words.n > most) {
        return fault(r, r->line, too_long[r->is_rule], "");
    }
    if (!lex_join(&words, 0, words.n, key)) {
        return fault(r, r->line, "a term has at most 47 bytes", "");
    }
    const size_t len = strlen(key);
    char *kept = r->lexicon->keys + r->lexicon->n_keys;
    memcpy(kept, key, len + 1);
    r->lexicon->n_keys += len + 1;
    r->entry.key = kept;
    r->rule.key = kept;
    return keep(r);
}

static bool add_group_rule(struct reader *r, const char *text, size_t n)
{
    if (!r->is_rule || n == 0 || n >= LEX_GROUP_MAX) {
        return fault(r, r->line, "@ names a group, in tensions only", "");
    }
    memset(r->rule.group, 0, sizeof r->rule.group);
    memcpy(r->rule.group, text, n);
    r->rule.key = NULL;
    return keep(r);
}

/* "label(s)" is two terms. */
static bool add_spellings(struct reader *r, const char *text, size_t n)
{
    if (n > 0 && text[0] == '@') {
        return add_group_rule(r, text + 1, n - 1);
    }
    if (n > TERM_MAX) {
        return fault(r, r->line, "a term has at most 47 bytes", "");
    }
    const char *open = n ? memchr(text, '(', n) : NULL;
    if (!open) {
        return add_term(r, text, n);
    }
    const size_t before = (size_t)(open - text);
    const char *close = memchr(open, ')', n - before);
    if (!close) {
        return fault(r, r->line, "a ( without )", "");
    }
    const size_t inside = (size_t)(close - open) - 1, after = n - before - inside - 2;
    char spelling[TERM_MAX];
    memcpy(spelling, text, before);
    memcpy(spelling + before, close + 1, after);
    if (!add_term(r, spelling, before + after)) {
        return false;
    }
    memcpy(spelling + before, open + 1, inside);
    memcpy(spelling + before + inside, close + 1, after);
    return add_term(r, spelling, before + inside + after);
}

static void trim(const char **p, size_t *n)
{
    while (*n > 0 && strchr(" \t\r", (*p)[0]) && (*p)[0]) {
        (*p)++;
        (*n)--;
    }
    while (*n > 0 && strchr(" \t\r", (*p)[*n - 1]) && (*p)[*n - 1]) {
        (*n)--;
    }
}

static bool read_line(struct reader *r, const char *p, size_t n)
{
    const char *comment = n ? memchr(p, '#', n) : NULL;
    n = comment ? (size_t)(comment - p) : n;
    trim(&p, &n);
    if (n == 0) {
        return true;
    }
    if (!lex_is_utf8(p, n)) {
        return fault(r, r->line, "not UTF-8", "");
    }
    const char *colon = memchr(p, ':', n);
    if (!colon) {
        return fault(r, r->line, "no colon", "");
    }
    if (!read_head(r, p, (size_t)(colon - p))) {
        return false;
    }
    n -= (size_t)(colon + 1 - p);
    p = colon + 1;
    for (;;) {
        const char *comma = n ? memchr(p, ',', n) : NULL;
        size_t len = comma ? (size_t)(comma - p) : n;
        const char *term = p;
        size_t term_len = len;
        trim(&term, &term_len);
        if (!add_spellings(r, term, term_len)) {
            return false;
        }
        if (!comma) {
            return true;
        }
        p += len + 1;
        n -= len + 1;
    }
}

/* ---- the whole ---- */

static int by_key(const void *a, const void *b)
{
    const struct lex_entry *x = a, *y = b;
    const int order = strcmp(x->key, y->key);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

/* A term must not say two things that contradict each other. Neighbours of one key are few. */
static bool check_pair(const struct reader *r, const struct lex_entry *a, const struct lex_entry *b)
{
    char why[ARR_WORD_MAX + 48];
    const bool is_same = a->kind == b->kind || (a->kind <= LEX_COLOUR && b->kind <= LEX_COLOUR);
    if (is_same && strcmp(a->group, b->group) == 0) {
        snprintf(why, sizeof why, "%s (first in line %d)", b->key, a->line);
        return fault(r, b->line, "a term is listed twice", why);
    }
    const bool is_stop = a->kind == LEX_STOP || b->kind == LEX_STOP;
    const bool is_break = a->kind == LEX_BREAK || b->kind == LEX_BREAK;
    if (is_stop && !is_break) {
        snprintf(why, sizeof why, "%s (first in line %d)", b->key, a->line);
        return fault(r, b->line, "a stop word cannot mean something too", why);
    }
    return true;
}

static bool check_whole(const struct reader *r)
{
    const struct arr_lexicon *x = r->lexicon;
    for (size_t i = 0; i < x->n_entries; i++) {
        for (size_t j = i + 1; j < x->n_entries; j++) {
            if (strcmp(x->entry[i].key, x->entry[j].key) != 0) {
                break;
            }
            if (j - i == LEX_SENSES_MAX) {
                return fault(r, x->entry[j].line, "a term has too many meanings", x->entry[j].key);
            }
            if (!check_pair(r, &x->entry[i], &x->entry[j])) {
                return false;
            }
        }
    }
    for (size_t i = 0; i < x->n_rules; i++) {
        bool is_known = x->rule[i].key != NULL;
        for (size_t j = 0; !is_known && j < x->n_entries; j++) {
            is_known = strcmp(x->entry[j].group, x->rule[i].group) == 0;
        }
        if (!is_known) {
            return fault(r, x->rule[i].line, "no term is in this group", x->rule[i].group);
        }
    }
    return true;
}

struct arr_lexicon *arr_lexicon_parse(const char *text, size_t n, const char *name, struct err *e)
{
    struct arr_lexicon *x = try_alloc(1, sizeof *x);
    /* Both spellings of a term and their ends take at most twice the bytes of the term. */
    char *keys = n < SIZE_MAX ? try_alloc(n + 1, 2) : NULL;
    if (!x || !keys) {
        free(x);
        free(keys);
        err_set(e, ERR_LIMIT, "reading %s: no memory for %zu bytes of terms", name, n);
        return NULL;
    }
    x->keys = keys;
    struct reader r = {.lexicon = x, .name = name, .e = e};
    bool ok = true;
    for (size_t at = 0; ok && at < n;) {
        const char *end = memchr(text + at, '\n', n - at);
        const size_t len = end ? (size_t)(end - text) - at : n - at;
        r.line++;
        ok = read_line(&r, text + at, len);
        at += len + 1;
    }
    if (ok && x->n_entries > 0) {
        qsort(x->entry, x->n_entries, sizeof *x->entry, by_key);
    }
    if (!ok || !check_whole(&r)) {
        arr_lexicon_free(x);
        return NULL;
    }
    return x;
}

struct arr_lexicon *arr_lexicon_load(const char *path, struct err *e)
{
    struct buf b = BUF_INIT;
    struct arr_lexicon *x = NULL;
    if (!file_read_any(path, &b, FILE_MAX_BYTES, e)) {
        err_wrap(e, "reading the lexicon");
    } else {
        x = arr_lexicon_parse(buf_str(&b), b.n, path, e);
    }
    buf_done(&b);
    return x;
}

struct arr_lexicon *arr_lexicon_builtin(void)
{
    struct buf b = BUF_INIT;
    for (size_t i = 0; i < ARR_LEXICON_LINE_COUNT; i++) {
        buf_puts(&b, ARR_LEXICON_LINES[i]);
    }
    struct err e = ERR_INIT;
    struct arr_lexicon *x = arr_lexicon_parse(buf_str(&b), b.n, "the built-in lexicon", &e);
    assert(x);
    buf_done(&b);
    return x;
}

void arr_lexicon_free(struct arr_lexicon *lexicon)
{
    if (lexicon) {
        free(lexicon->entry);
        free(lexicon->rule);
        free(lexicon->keys);
        free(lexicon);
    }
}

const struct lex_entry *lex_find(const struct arr_lexicon *lexicon, const char *key, size_t *n)
{
    size_t low = 0, high = lexicon->n_entries;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (strcmp(lexicon->entry[mid].key, key) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    *n = 0;
    while (low + *n < lexicon->n_entries && strcmp(lexicon->entry[low + *n].key, key) == 0) {
        (*n)++;
    }
    return *n ? lexicon->entry + low : NULL;
}
