/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/safetensors_parts.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { NESTING_MAX = 64 }; /* of values in fields we do not know */

struct scan {
    const char *p;
    size_t n, at;
    struct safetensors *out;
    const char *tensor; /* whose entry is being read, NULL: none's */
    struct err *e;
};

static bool broken(const struct scan *s, const char *what)
{
    if (s->tensor) {
        return err_set(s->e, ERR_DAMAGED, "invalid header: tensor \"%.100s\": %s at byte %zu",
                       s->tensor, what, ST_PREFIX + s->at);
    }
    return err_set(s->e, ERR_DAMAGED, "invalid header: %s at byte %zu", what, ST_PREFIX + s->at);
}

static bool no_memory(const struct scan *s)
{
    return err_set(s->e, ERR_LIMIT, "no memory for the tensors of a header of %zu bytes", s->n);
}

/* ---- the pieces of JSON ---- */

static char peek(const struct scan *s)
{
    return s->at < s->n ? s->p[s->at] : '\0';
}

static void skip_blanks(struct scan *s)
{
    while (s->at < s->n && memchr(" \t\r\n", s->p[s->at], 4)) {
        s->at++;
    }
}

/* Blanks, then c when it is there. */
static bool has(struct scan *s, char c)
{
    skip_blanks(s);
    if (s->at == s->n || s->p[s->at] != c) {
        return false;
    }
    s->at++;
    return true;
}

static bool scan_hex4(struct scan *s, uint32_t *out)
{
    *out = 0;
    for (int i = 0; i < 4; i++) {
        const char c = peek(s);
        uint32_t digit = 0;
        if (c >= '0' && c <= '9') {
            digit = (uint32_t)(c - '0');
        } else if (c >= 'a' && c <= 'f') {
            digit = (uint32_t)(c - 'a') + 10;
        } else if (c >= 'A' && c <= 'F') {
            digit = (uint32_t)(c - 'A') + 10;
        } else {
            return broken(s, "\\u without four hexadecimal digits");
        }
        *out = *out << 4 | digit;
        s->at++;
    }
    return true;
}

static void put_code_point(struct safetensors *out, uint32_t cp)
{
    char *to = out->text + out->text_used;
    size_t n = 0;
    if (cp < 0x80) {
        to[n++] = (char)cp;
    } else if (cp < 0x800) {
        to[n++] = (char)(0xC0 | cp >> 6);
        to[n++] = (char)(0x80 | (cp & 0x3F));
    } else {
        if (cp < 0x10000) {
            to[n++] = (char)(0xE0 | cp >> 12);
        } else {
            to[n++] = (char)(0xF0 | cp >> 18);
            to[n++] = (char)(0x80 | (cp >> 12 & 0x3F));
        }
        to[n++] = (char)(0x80 | (cp >> 6 & 0x3F));
        to[n++] = (char)(0x80 | (cp & 0x3F));
    }
    out->text_used += n;
}

/* Behind "\u". */
static bool scan_unicode(struct scan *s)
{
    uint32_t cp = 0;
    uint32_t low = 0;
    if (!scan_hex4(s, &cp)) {
        return false;
    }
    if (cp >= 0xD800 && cp <= 0xDBFF) {
        if (s->n - s->at < 2 || memcmp(s->p + s->at, "\\u", 2) != 0) {
            return broken(s, "half of a surrogate pair");
        }
        s->at += 2;
        if (!scan_hex4(s, &low)) {
            return false;
        }
        if (low < 0xDC00 || low > 0xDFFF) {
            return broken(s, "half of a surrogate pair");
        }
        cp = 0x10000 + ((cp - 0xD800) << 10) + (low - 0xDC00);
    } else if (cp >= 0xDC00 && cp <= 0xDFFF) {
        return broken(s, "half of a surrogate pair");
    }
    if (cp == 0) {
        return broken(s, "a NUL in a string");
    }
    put_code_point(s->out, cp);
    return true;
}

/* Behind a backslash. */
static bool scan_escape(struct scan *s)
{
    static const char NAMES[] = "\"\\/bfnrt";
    static const char VALUES[] = "\"\\/\b\f\n\r\t";
    const char c = peek(s);
    if (c == 'u') {
        s->at++;
        return scan_unicode(s);
    }
    const char *found = c ? strchr(NAMES, c) : NULL;
    if (!found) {
        return broken(s, "an unknown escape");
    }
    s->at++;
    s->out->text[s->out->text_used++] = VALUES[found - NAMES];
    return true;
}

/* A decoded string is no longer than its quoted form, so the text never outgrows the header. */
static bool scan_string(struct scan *s, const char **out)
{
    if (!has(s, '"')) {
        return broken(s, "a string is missing");
    }
    *out = s->out->text + s->out->text_used;
    for (;;) {
        if (s->at == s->n) {
            return broken(s, "a string without an end");
        }
        const char c = s->p[s->at];
        if ((unsigned char)c < 0x20) {
            return broken(s, "a control character in a string");
        }
        s->at++;
        if (c == '"') {
            s->out->text[s->out->text_used++] = '\0';
            return true;
        }
        if (c != '\\') {
            s->out->text[s->out->text_used++] = c;
        } else if (!scan_escape(s)) {
            return false;
        }
    }
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool scan_u64(struct scan *s, uint64_t *out)
{
    skip_blanks(s);
    const size_t start = s->at;
    *out = 0;
    while (is_digit(peek(s))) {
        if (__builtin_mul_overflow(*out, 10U, out) ||
            __builtin_add_overflow(*out, (uint64_t)(peek(s) - '0'), out)) {
            return broken(s, "a number above 2^64");
        }
        s->at++;
    }
    const bool is_plain = s->at > start && !(s->p[start] == '0' && s->at > start + 1) &&
                          (!peek(s) || !strchr(".eE", peek(s)));
    return is_plain || broken(s, "a number that is not a whole one from 0 on");
}

/* A number of any form, in a field that is not ours. */
static bool skip_number(struct scan *s)
{
    s->at += peek(s) == '-';
    const size_t whole = s->at;
    while (is_digit(peek(s))) {
        s->at++;
    }
    bool ok = s->at > whole && !(s->p[whole] == '0' && s->at > whole + 1);
    if (ok && peek(s) == '.') {
        const size_t part = ++s->at;
        while (is_digit(peek(s))) {
            s->at++;
        }
        ok = s->at > part;
    }
    if (ok && (peek(s) == 'e' || peek(s) == 'E')) {
        s->at++;
        s->at += peek(s) == '+' || peek(s) == '-';
        const size_t power = s->at;
        while (is_digit(peek(s))) {
            s->at++;
        }
        ok = s->at > power;
    }
    return ok || broken(s, "not a JSON value");
}

static bool has_word(struct scan *s, const char *word)
{
    const size_t n = strlen(word);
    if (s->n - s->at < n || memcmp(s->p + s->at, word, n) != 0) {
        return false;
    }
    s->at += n;
    return true;
}

static bool skip_value(struct scan *s, int depth);

/* Behind '{' or '['. */
static bool skip_items(struct scan *s, char close, int depth)
{
    const char *key = NULL;
    if (depth == NESTING_MAX) {
        return broken(s, "values nested too deeply");
    }
    if (has(s, close)) {
        return true;
    }
    do {
        if (close == '}' && !(scan_string(s, &key) && (has(s, ':') || broken(s, "no colon")))) {
            return false;
        }
        if (!skip_value(s, depth + 1)) {
            return false;
        }
    } while (has(s, ','));
    return has(s, close) || broken(s, "neither a comma nor an end");
}

static bool skip_value(struct scan *s, int depth)
{
    const char *text = NULL;
    skip_blanks(s);
    if (peek(s) == '"') {
        return scan_string(s, &text);
    }
    if (has(s, '{')) {
        return skip_items(s, '}', depth);
    }
    if (has(s, '[')) {
        return skip_items(s, ']', depth);
    }
    return has_word(s, "true") || has_word(s, "false") || has_word(s, "null") || skip_number(s);
}

/* ---- what a header holds ---- */

/* An array of whole numbers, max of them at most. */
static bool scan_numbers(struct scan *s, uint64_t *out, int max, int *n)
{
    *n = 0;
    if (!has(s, '[')) {
        return broken(s, "an array of numbers is missing");
    }
    if (has(s, ']')) {
        return true;
    }
    do {
        if (*n == max) {
            return broken(s, "more numbers than there may be");
        }
        if (!scan_u64(s, &out[*n])) {
            return false;
        }
        ++*n;
    } while (has(s, ','));
    return has(s, ']') || broken(s, "neither a comma nor the end of the array");
}

static bool keep_shape(struct scan *s, struct st_tensor *t, const uint64_t *shape)
{
    struct st_dims *block = s->out->dims;
    const size_t room = sizeof block->dims / sizeof *block->dims;
    if (!block || room - block->used < (size_t)t->rank) {
        block = try_alloc(1, sizeof *block);
        if (!block) {
            return no_memory(s);
        }
        block->next = s->out->dims;
        s->out->dims = block;
    }
    memcpy(block->dims + block->used, shape, (size_t)t->rank * sizeof *shape);
    t->shape = block->dims + block->used;
    block->used += (size_t)t->rank;
    return true;
}

static bool scan_dtype(struct scan *s, struct st_tensor *t)
{
    const char *name = NULL;
    if (!scan_string(s, &name)) {
        return false;
    }
    return st_dtype_find(name, strlen(name), &t->dtype) || broken(s, "an unknown dtype");
}

static bool scan_offsets(struct scan *s, struct st_tensor *t)
{
    uint64_t offsets[2];
    int n = 0;
    if (!scan_numbers(s, offsets, 2, &n)) {
        return false;
    }
    if (n != 2) {
        return broken(s, "data_offsets that are not two numbers");
    }
    t->begin = offsets[0];
    t->end = offsets[1];
    return true;
}

enum { HAS_DTYPE = 1, HAS_SHAPE = 2, HAS_OFFSETS = 4, HAS_ALL = 7 };

static bool scan_field(struct scan *s, struct st_tensor *t, unsigned *seen)
{
    const char *key = NULL;
    if (!scan_string(s, &key)) {
        return false;
    }
    if (!has(s, ':')) {
        return broken(s, "no colon behind a field's name");
    }
    const unsigned field = strcmp(key, "dtype") == 0          ? HAS_DTYPE
                           : strcmp(key, "shape") == 0        ? HAS_SHAPE
                           : strcmp(key, "data_offsets") == 0 ? HAS_OFFSETS
                                                              : 0;
    if (*seen & field) {
        return broken(s, "a field that is there twice");
    }
    *seen |= field;
    uint64_t shape[ST_RANK_MAX];
    switch (field) {
    case HAS_DTYPE:
        return scan_dtype(s, t);
    case HAS_SHAPE:
        return scan_numbers(s, shape, ST_RANK_MAX, &t->rank) && keep_shape(s, t, shape);
    case HAS_OFFSETS:
        return scan_offsets(s, t);
    default:
        return skip_value(s, 0);
    }
}

static bool scan_tensor(struct scan *s, const char *name)
{
    struct st_tensor t = {.name = name};
    unsigned seen = 0;
    s->tensor = name;
    if (!has(s, '{')) {
        return broken(s, "an object is missing");
    }
    if (!has(s, '}')) {
        do {
            if (!scan_field(s, &t, &seen)) {
                return false;
            }
        } while (has(s, ','));
        if (!has(s, '}')) {
            return broken(s, "neither a comma nor the end of the object");
        }
    }
    if (seen != HAS_ALL) {
        return broken(s, !(seen & HAS_DTYPE)   ? "no dtype"
                         : !(seen & HAS_SHAPE) ? "no shape"
                                               : "no data_offsets");
    }
    s->tensor = NULL;
    struct safetensors *out = s->out;
    void *array = out->tensors;
    if (!mem_grow(&array, &out->cap_tensors, out->n_tensors + 1, sizeof t)) {
        return no_memory(s);
    }
    out->tensors = array;
    out->tensors[out->n_tensors++] = t;
    return true;
}

/* Behind the key "__metadata__": strings by name, or null. */
static bool scan_metadata(struct scan *s)
{
    skip_blanks(s);
    if (has_word(s, "null")) {
        return true;
    }
    if (!has(s, '{')) {
        return broken(s, "__metadata__ is not an object");
    }
    if (has(s, '}')) {
        return true;
    }
    do {
        struct st_meta m = {NULL, NULL};
        if (!scan_string(s, &m.key) || !(has(s, ':') || broken(s, "no colon")) ||
            !scan_string(s, &m.value)) {
            return false;
        }
        struct safetensors *out = s->out;
        void *array = out->meta;
        if (!mem_grow(&array, &out->cap_meta, out->n_meta + 1, sizeof m)) {
            return no_memory(s);
        }
        out->meta = array;
        out->meta[out->n_meta++] = m;
    } while (has(s, ','));
    return has(s, '}') || broken(s, "neither a comma nor the end of __metadata__");
}

static bool scan_entries(struct scan *s)
{
    bool has_metadata = false;
    do {
        const char *name = NULL;
        if (!scan_string(s, &name)) {
            return false;
        }
        if (!has(s, ':')) {
            return broken(s, "no colon behind a name");
        }
        if (strcmp(name, "__metadata__") != 0) {
            if (!scan_tensor(s, name)) {
                return false;
            }
        } else if (has_metadata) {
            return broken(s, "__metadata__ is there twice");
        } else if (!scan_metadata(s)) {
            return false;
        } else {
            has_metadata = true;
        }
    } while (has(s, ','));
    return true;
}

bool st_scan_header(struct safetensors *out, const char *json, size_t n, struct err *e)
{
    struct scan s = {.p = json, .n = n, .out = out, .e = e};
    const size_t good = st_utf8_prefix(json, n);
    if (good < n) {
        return err_set(e, ERR_DAMAGED, "invalid header: not UTF-8 at byte %zu", ST_PREFIX + good);
    }
    out->text = try_alloc(n, 1);
    if (!out->text) {
        return no_memory(&s);
    }
    if (!has(&s, '{')) {
        return broken(&s, "not a JSON object");
    }
    if (!has(&s, '}')) {
        if (!scan_entries(&s)) {
            return false;
        }
        if (!has(&s, '}')) {
            return broken(&s, "neither a comma nor the end of the header");
        }
    }
    skip_blanks(&s);
    return s.at == n || broken(&s, "something behind the end of the header");
}
