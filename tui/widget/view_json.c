/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/widget/view_json.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum {
    MAX_NODES = 4 * 1024 * 1024,
    GOOD_ROWS = 400,
    MAX_PATH_STEPS = 256,
};

enum state {
    WANT_VALUE,
    WANT_VALUE_OR_END, /* behind '[' */
    WANT_KEY,
    WANT_KEY_OR_END, /* behind '{' */
    WANT_COLON,
    WANT_COMMA_OR_END,
    WANT_NOTHING,
};

void tree_done(struct tree *t)
{
    free(t->nodes);
    free(t->rows);
    *t = (struct tree){0};
}

bool tree_begin(struct tree *t, struct str source, struct err *e)
{
    *t = (struct tree){.source = source, .state = WANT_VALUE};
    if (source.n > JSON_TREE_MAX_BYTES) {
        return err_set(e, ERR_LIMIT, "a JSON tree is made of files up to 64 MiB");
    }
    if (source.n >= 3 && memcmp(source.p, "\xEF\xBB\xBF", 3) == 0) {
        t->at = 3;
    }
    return true;
}

/* ---- reading ---- */

static bool fail(const struct tree *t, struct err *e, const char *reason)
{
    size_t line = 1;
    const char *const end = t->source.p + t->at;
    for (const char *p = t->source.p; p < end; line++) {
        p = memchr(p, '\n', (size_t)(end - p));
        if (!p) {
            break;
        }
        p++;
    }
    return err_set(e, ERR_DAMAGED, "not JSON: %s in line %zu", reason, line);
}

static int peek(const struct tree *t, size_t ahead)
{
    return t->at + ahead < t->source.n ? (unsigned char)t->source.p[t->at + ahead] : -1;
}

static void skip_blanks(struct tree *t)
{
    while (t->at < t->source.n && strchr(" \t\r\n", t->source.p[t->at]) &&
           t->source.p[t->at] != '\0') {
        t->at++;
    }
}

/* Behind a backslash: the bytes of the escape, 0 when it is none. */
static size_t escape_bytes(const struct tree *t, size_t i)
{
    const char c = i < t->source.n ? t->source.p[i] : '\0';
    if (c != '\0' && strchr("\"\\/bfnrt", c)) {
        return 1;
    }
    if (c != 'u') {
        return 0;
    }
    for (size_t k = 1; k <= 4; k++) {
        if (i + k >= t->source.n || !isxdigit((unsigned char)t->source.p[i + k])) {
            return 0;
        }
    }
    return 5;
}

/* At a quote: moves behind the string. */
static bool read_string(struct tree *t, struct err *e)
{
    size_t i = t->at + 1;
    while (i < t->source.n) {
        const unsigned char c = (unsigned char)t->source.p[i];
        if (c == '"') {
            t->at = i + 1;
            return true;
        }
        if (c < 0x20) {
            t->at = i;
            return fail(t, e, "a control character in a string");
        }
        i++;
        if (c == '\\') {
            const size_t n = escape_bytes(t, i);
            if (n == 0) {
                t->at = i < t->source.n ? i : t->source.n;
                return fail(t, e, "an unknown escape in a string");
            }
            i += n;
        }
    }
    return fail(t, e, "a string that does not end");
}

static size_t count_digits(const struct tree *t, size_t from)
{
    size_t n = 0;
    while (isdigit(peek(t, from + n))) {
        n++;
    }
    return n;
}

static bool read_number(struct tree *t, struct err *e)
{
    size_t i = peek(t, 0) == '-' ? 1 : 0;
    const size_t whole = count_digits(t, i);
    bool is_good = whole > 0 && (whole == 1 || peek(t, i) != '0');
    i += whole;
    if (is_good && peek(t, i) == '.') {
        const size_t digits = count_digits(t, i + 1);
        is_good = digits > 0;
        i += 1 + digits;
    }
    if (is_good && (peek(t, i) == 'e' || peek(t, i) == 'E')) {
        i += peek(t, i + 1) == '+' || peek(t, i + 1) == '-' ? 2 : 1;
        const size_t digits = count_digits(t, i);
        is_good = digits > 0;
        i += digits;
    }
    if (!is_good) {
        return fail(t, e, "a malformed number");
    }
    t->at += i;
    return true;
}

static bool read_word(struct tree *t, struct err *e)
{
    static const char *const WORDS[] = {"true", "false", "null", "NaN", "Infinity", "-Infinity"};
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        const size_t n = strlen(WORDS[i]);
        if (t->source.n - t->at >= n && memcmp(t->source.p + t->at, WORDS[i], n) == 0 &&
            !isalnum(peek(t, n))) {
            t->at += n;
            return true;
        }
    }
    return fail(t, e, t->at < t->source.n ? "an unexpected character" : "an unexpected end");
}

static bool add_node(struct tree *t, enum tree_type type, size_t start, struct err *e)
{
    void *nodes = t->nodes;
    if (t->n >= MAX_NODES) {
        return err_set(e, ERR_LIMIT, "a JSON tree is made of up to four million values");
    }
    if (!mem_grow(&nodes, &t->cap, t->n + 1, sizeof *t->nodes)) {
        return err_set(e, ERR_LIMIT, "no memory for the JSON tree");
    }
    t->nodes = nodes;
    struct tree_node *parent = t->n > 0 ? &t->nodes[t->open] : NULL;
    t->nodes[t->n] = (struct tree_node){
        .key = t->key,
        .n_key = t->n_key,
        .value = (uint32_t)start,
        .parent = t->open,
        .end = (uint32_t)t->n + 1,
        .index = parent ? parent->n_children : 0,
        .depth = (uint16_t)(!parent ? 0 : parent->depth < UINT16_MAX ? parent->depth + 1
                                                                     : UINT16_MAX),
        .type = (uint8_t)type,
    };
    if (parent) {
        parent->n_children++;
    }
    t->n++;
    t->n_key = 0;
    return true;
}

/* What is wanted behind a complete value of the open container. */
static int state_after(const struct tree *t)
{
    return t->n > 0 && t->nodes[t->open].n_value == 0 && tree_is_container(t, t->open)
               ? WANT_COMMA_OR_END
               : WANT_NOTHING;
}

static bool read_value(struct tree *t, struct err *e)
{
    const size_t start = t->at;
    const int c = peek(t, 0);
    if (c == '{' || c == '[') {
        if (!add_node(t, c == '{' ? TREE_OBJECT : TREE_ARRAY, start, e)) {
            return false;
        }
        t->open = (uint32_t)t->n - 1;
        t->at++;
        t->state = c == '{' ? WANT_KEY_OR_END : WANT_VALUE_OR_END;
        return true;
    }
    const bool is_number = isdigit(c) || (c == '-' && peek(t, 1) != 'I');
    const enum tree_type type = c == '"' ? TREE_STRING : is_number ? TREE_NUMBER : TREE_WORD;
    const bool is_good = type == TREE_STRING   ? read_string(t, e)
                         : type == TREE_NUMBER ? read_number(t, e)
                                               : read_word(t, e);
    if (!is_good || !add_node(t, type, start, e)) {
        return false;
    }
    t->nodes[t->n - 1].n_value = (uint32_t)(t->at - start);
    t->state = state_after(t);
    return true;
}

static void close_container(struct tree *t)
{
    struct tree_node *node = &t->nodes[t->open];
    t->at++;
    node->n_value = (uint32_t)t->at - node->value;
    node->end = (uint32_t)t->n;
    t->open = node->parent;
    t->state = state_after(t);
}

static bool read_key(struct tree *t, struct err *e)
{
    if (peek(t, 0) != '"') {
        return fail(t, e, "no key in quotes");
    }
    const size_t start = t->at;
    if (!read_string(t, e)) {
        return false;
    }
    t->key = (uint32_t)start;
    t->n_key = (uint32_t)(t->at - start);
    t->state = WANT_COLON;
    return true;
}

static bool read_comma_or_end(struct tree *t, struct err *e)
{
    const bool is_object = t->nodes[t->open].type == TREE_OBJECT;
    const int c = peek(t, 0);
    if (c == (is_object ? '}' : ']')) {
        close_container(t);
        return true;
    }
    if (c != ',') {
        return fail(t, e, "no comma between two values");
    }
    t->at++;
    t->state = is_object ? WANT_KEY : WANT_VALUE;
    return true;
}

static bool read_token(struct tree *t, struct err *e)
{
    const int c = peek(t, 0);
    switch ((enum state)t->state) {
    case WANT_VALUE_OR_END:
        if (c == ']') {
            close_container(t);
            return true;
        }
        return read_value(t, e);
    case WANT_VALUE:
        return read_value(t, e);
    case WANT_KEY_OR_END:
        if (c == '}') {
            close_container(t);
            return true;
        }
        return read_key(t, e);
    case WANT_KEY:
        return read_key(t, e);
    case WANT_COLON:
        if (c != ':') {
            return fail(t, e, "no colon behind a key");
        }
        t->at++;
        t->state = WANT_VALUE;
        return true;
    case WANT_COMMA_OR_END:
        return read_comma_or_end(t, e);
    case WANT_NOTHING:
        break;
    }
    return fail(t, e, "more text behind the end");
}

enum tree_progress tree_read(struct tree *t, size_t budget, struct err *e)
{
    const size_t stop = t->source.n - t->at > budget ? t->at + budget : t->source.n;
    do {
        skip_blanks(t);
        if (t->state == WANT_NOTHING && t->at >= t->source.n) {
            tree_fold_all(t, tree_good_depth(t));
            return TREE_READY;
        }
        if (!read_token(t, e)) {
            return TREE_FAILED;
        }
    } while (t->at < stop || t->at >= t->source.n);
    return TREE_MORE;
}

/* ---- folding ---- */

bool tree_is_container(const struct tree *t, uint32_t node)
{
    return t->nodes[node].type == TREE_OBJECT || t->nodes[node].type == TREE_ARRAY;
}

static void rebuild_rows(struct tree *t)
{
    t->n_rows = 0;
    for (uint32_t i = 0; i < t->n; i = t->nodes[i].is_folded ? t->nodes[i].end : i + 1) {
        void *rows = t->rows;
        if (!mem_grow(&rows, &t->cap_rows, t->n_rows + 1, sizeof *t->rows)) {
            return; /* the rows that fit */
        }
        t->rows = rows;
        t->rows[t->n_rows++] = i;
    }
}

void tree_fold_all(struct tree *t, int depth)
{
    for (uint32_t i = 0; i < t->n; i++) {
        struct tree_node *node = &t->nodes[i];
        node->is_folded = tree_is_container(t, i) && node->n_children > 0 && node->depth >= depth;
    }
    rebuild_rows(t);
}

int tree_good_depth(const struct tree *t)
{
    enum { DEPTHS = 32 };
    size_t counts[DEPTHS] = {0};
    for (size_t i = 0; i < t->n; i++) {
        if (t->nodes[i].depth < DEPTHS) {
            counts[t->nodes[i].depth]++;
        }
    }
    size_t rows = 0;
    int depth = 0;
    while (depth < DEPTHS && (depth <= 1 || rows + counts[depth] <= GOOD_ROWS)) {
        rows += counts[depth++];
    }
    return depth - 1;
}

void tree_set_folded(struct tree *t, uint32_t node, bool is_folded)
{
    if (tree_is_container(t, node) && t->nodes[node].n_children > 0) {
        t->nodes[node].is_folded = is_folded;
        rebuild_rows(t);
    }
}

void tree_reveal(struct tree *t, uint32_t node)
{
    bool has_changed = false;
    for (uint32_t i = node; i != t->nodes[i].parent; i = t->nodes[i].parent) {
        struct tree_node *parent = &t->nodes[t->nodes[i].parent];
        has_changed |= parent->is_folded;
        parent->is_folded = false;
    }
    if (has_changed) {
        rebuild_rows(t);
    }
}

size_t tree_row_of(const struct tree *t, uint32_t node)
{
    size_t low = 0;
    size_t high = t->n_rows;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (t->rows[mid] <= node) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low > 0 ? low - 1 : 0;
}

static size_t first_byte(const struct tree_node *node)
{
    return node->n_key > 0 ? node->key : node->value;
}

uint32_t tree_node_at(const struct tree *t, size_t byte)
{
    size_t low = 0;
    size_t high = t->n;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (first_byte(&t->nodes[mid]) <= byte) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return (uint32_t)(low > 0 ? low - 1 : 0);
}

/* ---- paths ---- */

static bool is_plain_key(const char *key, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!isalnum((unsigned char)key[i]) && key[i] != '_') {
            return false;
        }
    }
    return n > 0 && !isdigit((unsigned char)key[0]);
}

void tree_put_path(const struct tree *t, uint32_t node, struct buf *out)
{
    uint32_t steps[MAX_PATH_STEPS];
    size_t n = 0;
    uint32_t i = node;
    for (; i != t->nodes[i].parent && n < MAX_PATH_STEPS; i = t->nodes[i].parent) {
        steps[n++] = i;
    }
    if (i != t->nodes[i].parent) {
        buf_puts(out, "...");
    } else if (n == 0) {
        buf_puts(out, ".");
    }
    while (n > 0) {
        const struct tree_node *step = &t->nodes[steps[--n]];
        const char *key = t->source.p + step->key;
        if (step->n_key == 0) {
            buf_printf(out, out->n > 0 ? "[%u]" : ".[%u]", step->index);
        } else if (is_plain_key(key + 1, step->n_key - 2)) {
            buf_putc(out, '.');
            buf_append(out, key + 1, step->n_key - 2);
        } else {
            buf_puts(out, ".[");
            buf_append(out, key, step->n_key);
            buf_putc(out, ']');
        }
    }
}
