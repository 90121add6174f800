/* SPDX-License-Identifier: Apache-2.0 */
/* frontmatter_parse: libfyaml's events into cJSON, with every limit checked before memory is taken.
 */
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/card/frontmatter.h"
#include "core/card/yaml_api.h"

enum {
    DEPTH_MAX = 64,    /* of the stack below; limits->max_depth is cut to it */
    ANCHORS_MAX = 1000 /* names are searched one by one */
};

struct level {
    cJSON *node;
    char *key;     /* owned: a mapping's key that waits for its value */
    size_t anchor; /* index + 1, 0: none */
};

struct anchor {
    const char *name; /* in the arena */
    cJSON *node;
    bool is_open; /* still being filled: an alias to it would be endless */
};

/* Keys already seen, so that a duplicate is found without walking the mapping. */
struct key_slot {
    const cJSON *map;
    const char *key;
};

struct reader {
    const struct yaml_api *lib;
    struct frontmatter_limits max;
    size_t nodes, bytes;
    cJSON *root;
    struct level stack[DEPTH_MAX];
    size_t depth;
    struct anchor *anchors;
    size_t n_anchors, cap_anchors;
    struct key_slot *keys; /* open addressing, a power of two */
    size_t n_keys, cap_keys;
    struct arena arena;
    struct frontmatter_place place;
    struct err *e;
};

static bool fail_at(struct reader *r, struct fy_token *token, enum err_code code, const char *what)
{
    const struct fy_mark *mark = token ? r->lib->token_start_mark(token) : NULL;
    if (!mark) {
        return err_set(r->e, code, "the metadata block: %s", what);
    }
    r->place = (struct frontmatter_place){mark->line + 1, mark->column + 1};
    return err_set(r->e, code, "line %d of the metadata block: %s", mark->line + 1, what);
}

static bool take(struct reader *r, struct fy_token *token, size_t nodes, size_t bytes)
{
    if (nodes > r->max.max_nodes - r->nodes) {
        return fail_at(r, token, ERR_LIMIT, "too many entries");
    }
    if (bytes > r->max.max_bytes - r->bytes) {
        return fail_at(r, token, ERR_LIMIT, "its text grows too large");
    }
    r->nodes += nodes;
    r->bytes += bytes;
    return true;
}

/* ---- keys ---- */

static size_t slot_of(const struct reader *r, const cJSON *map, const char *key)
{
    uint64_t h = 1469598103934665603ULL ^ (uint64_t)(uintptr_t)map;
    for (const char *c = key; *c; c++) {
        h = (h ^ (unsigned char)*c) * 1099511628211ULL;
    }
    size_t i = (size_t)(h ^ h >> 32) & (r->cap_keys - 1);
    while (r->keys[i].key && (r->keys[i].map != map || strcmp(r->keys[i].key, key) != 0)) {
        i = (i + 1) & (r->cap_keys - 1);
    }
    return i;
}

static void grow_keys(struct reader *r)
{
    struct key_slot *old = r->keys;
    const size_t n = r->cap_keys;
    r->cap_keys = n ? 2 * n : 64;
    r->keys = xcalloc(r->cap_keys, sizeof *r->keys);
    for (size_t i = 0; i < n; i++) {
        if (old[i].key) {
            r->keys[slot_of(r, old[i].map, old[i].key)] = old[i];
        }
    }
    free(old);
}

/* False when the mapping has the key already. */
static bool remember_key(struct reader *r, const cJSON *map, const char *key)
{
    if (2 * (r->n_keys + 1) > r->cap_keys) {
        grow_keys(r);
    }
    struct key_slot *slot = &r->keys[slot_of(r, map, key)];
    if (slot->key) {
        return false;
    }
    *slot = (struct key_slot){map, arena_strdup(&r->arena, key)};
    r->n_keys++;
    return true;
}

/* ---- scalars ---- */

/* The token's text as a C string of valid UTF-8; a NUL, which cJSON cannot hold, becomes U+FFFD. */
static char *token_text(const struct reader *r, struct fy_token *token)
{
    size_t n = 0;
    const char *s = token ? r->lib->token_get_text(token, &n) : NULL;
    struct buf out = BUF_INIT;
    for (size_t i = 0; s && i < n;) {
        uint32_t cp = 0;
        char utf8[4];
        i += text_decode(s + i, n - i, &cp);
        buf_append(&out, utf8, text_encode(cp ? cp : 0xFFFD, utf8));
    }
    return buf_steal(&out);
}

static bool is_one_of(const char *s, const char *const *words)
{
    for (; *words; words++) {
        if (strcmp(s, *words) == 0) {
            return true;
        }
    }
    return false;
}

/* [-+]? digits, 0o..., 0x...: the whole numbers of YAML's core schema. */
static bool is_integer(const char *s, int *base)
{
    *base = str_starts(s, "0x") ? 16 : str_starts(s, "0o") ? 8 : 10;
    const char *digits = *base != 10 ? s + 2 : s + (*s == '-' || *s == '+');
    const char *set = *base == 16  ? "0123456789abcdefABCDEF"
                      : *base == 8 ? "01234567"
                                   : "0123456789";
    return *digits && strspn(digits, set) == strlen(digits);
}

static bool is_float(const char *s)
{
    s += *s == '-' || *s == '+';
    const size_t whole = strspn(s, "0123456789");
    s += whole;
    size_t part = 0;
    if (*s == '.') {
        part = strspn(++s, "0123456789");
        s += part;
    }
    if (whole + part == 0) {
        return false;
    }
    if (*s == 'e' || *s == 'E') {
        s++;
        s += *s == '-' || *s == '+';
        const size_t power = strspn(s, "0123456789");
        s += power;
        return power > 0 && *s == '\0';
    }
    return *s == '\0';
}

static cJSON *plain_value(const char *s)
{
    static const char *const NULLS[] = {"", "~", "null", "Null", "NULL", NULL};
    static const char *const TRUES[] = {"true", "True", "TRUE", NULL};
    static const char *const FALSES[] = {"false", "False", "FALSE", NULL};
    if (is_one_of(s, NULLS)) {
        return cJSON_CreateNull();
    }
    if (is_one_of(s, TRUES) || is_one_of(s, FALSES)) {
        return cJSON_CreateBool(is_one_of(s, TRUES));
    }
    int base = 10;
    double value = 0;
    if (is_integer(s, &base)) {
        errno = 0;
        value = (double)strtoll(base == 8 ? s + 2 : s, NULL, base);
        if (errno || fabs(value) > 9007199254740992.0) {
            return cJSON_CreateString(s);
        }
        return cJSON_CreateNumber(value);
    }
    if (is_float(s)) {
        value = strtod(s, NULL);
        return isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateString(s);
    }
    return cJSON_CreateString(s);
}

/* ---- the tree ---- */

/* Moves node into the open list or mapping, or makes it the root. */
static bool attach(struct reader *r, cJSON *node)
{
    if (!node) {
        return err_set(r->e, ERR_LIMIT, "the metadata block: no memory left");
    }
    if (r->depth == 0) {
        cJSON_Delete(r->root);
        r->root = node;
        return true;
    }
    struct level *top = &r->stack[r->depth - 1];
    if (cJSON_IsArray(top->node)) {
        return cJSON_AddItemToArray(top->node, node);
    }
    cJSON_AddItemToObject(top->node, top->key, node);
    free(top->key);
    top->key = NULL;
    return true;
}

static bool wants_key(const struct reader *r)
{
    return r->depth > 0 && cJSON_IsObject(r->stack[r->depth - 1].node) &&
           !r->stack[r->depth - 1].key;
}

static bool note_anchor(struct reader *r, struct fy_token *token, cJSON *node, bool is_open)
{
    if (!token) {
        return true;
    }
    if (r->n_anchors >= ANCHORS_MAX) {
        return fail_at(r, token, ERR_LIMIT, "too many anchors");
    }
    char *name = token_text(r, token);
    void *array = r->anchors;
    if (!mem_grow(&array, &r->cap_anchors, r->n_anchors + 1, sizeof *r->anchors)) {
        xmalloc(SIZE_MAX);
    }
    r->anchors = array;
    r->anchors[r->n_anchors++] = (struct anchor){arena_strdup(&r->arena, name), node, is_open};
    free(name);
    return true;
}

static bool add_scalar(struct reader *r, const struct fy_event *event)
{
    struct fy_token *token = event->scalar.value;
    size_t n = 0;
    if (token) {
        r->lib->token_get_text(token, &n);
    }
    if (!take(r, token, 1, n)) {
        return false;
    }
    char *text = token_text(r, token);
    bool ok = true;
    if (wants_key(r)) {
        struct level *top = &r->stack[r->depth - 1];
        ok = remember_key(r, top->node, text) ||
             fail_at(r, token, ERR_DAMAGED, "the same key stands there twice");
        if (ok) {
            top->key = text;
            text = NULL;
        }
    } else {
        const bool is_plain = !token || r->lib->token_scalar_style(token) == FYSS_PLAIN;
        cJSON *node = is_plain && !event->scalar.tag ? plain_value(text) : cJSON_CreateString(text);
        ok = attach(r, node) && note_anchor(r, event->scalar.anchor, node, false);
    }
    free(text);
    return ok;
}

static bool open_level(struct reader *r, bool is_map, struct fy_token *anchor, struct fy_token *at)
{
    if (wants_key(r)) {
        return fail_at(r, at, ERR_DAMAGED, "a key must be a word, not a list or mapping");
    }
    if (r->depth >= r->max.max_depth) {
        return fail_at(r, at, ERR_LIMIT, "too many lists or mappings inside each other");
    }
    if (!take(r, at, 1, 0)) {
        return false;
    }
    cJSON *node = is_map ? cJSON_CreateObject() : cJSON_CreateArray();
    if (!attach(r, node) || !note_anchor(r, anchor, node, true)) {
        return false;
    }
    r->stack[r->depth++] = (struct level){node, NULL, anchor ? r->n_anchors : 0};
    return true;
}

static bool close_level(struct reader *r)
{
    const size_t anchor = r->stack[--r->depth].anchor;
    if (anchor) {
        r->anchors[anchor - 1].is_open = false;
    }
    return true;
}

/* Nodes, bytes and depth of a finished subtree; the tree is no deeper than max_depth. */
static void measure(const cJSON *node, size_t depth, size_t *nodes, size_t *bytes, size_t *deepest)
{
    *nodes += 1;
    *bytes += node->valuestring ? strlen(node->valuestring) : 0;
    *bytes += node->string ? strlen(node->string) : 0;
    if ((cJSON_IsArray(node) || cJSON_IsObject(node)) && depth + 1 > *deepest) {
        *deepest = depth + 1;
    }
    for (const cJSON *child = node->child; child; child = child->next) {
        measure(child, depth + 1, nodes, bytes, deepest);
    }
}

static bool add_alias(struct reader *r, struct fy_token *token)
{
    if (wants_key(r)) {
        return fail_at(r, token, ERR_DAMAGED, "an alias cannot be a key");
    }
    char *name = token_text(r, token);
    const struct anchor *found = NULL;
    for (size_t i = r->n_anchors; i-- > 0 && !found;) {
        found = strcmp(r->anchors[i].name, name) == 0 ? &r->anchors[i] : NULL;
    }
    free(name);
    if (!found || found->is_open) {
        return fail_at(r, token, ERR_DAMAGED, "an alias that stands for nothing");
    }
    size_t nodes = 0;
    size_t bytes = 0;
    size_t deepest = 0;
    measure(found->node, 0, &nodes, &bytes, &deepest);
    if (r->depth + deepest > r->max.max_depth) {
        return fail_at(r, token, ERR_LIMIT, "too many lists or mappings inside each other");
    }
    return take(r, token, nodes, bytes) && attach(r, cJSON_Duplicate(found->node, true));
}

static bool on_event(struct reader *r, const struct fy_event *event, int *documents)
{
    switch (event->type) {
    case FYET_DOCUMENT_START:
        if (++*documents > 1) {
            return fail_at(r, NULL, ERR_DAMAGED, "more than one YAML document");
        }
        return true;
    case FYET_SCALAR:
        return add_scalar(r, event);
    case FYET_ALIAS:
        return add_alias(r, event->alias.anchor);
    case FYET_MAPPING_START:
        return open_level(r, true, event->mapping_start.anchor, event->mapping_start.mapping_start);
    case FYET_SEQUENCE_START:
        return open_level(r, false, event->sequence_start.anchor,
                          event->sequence_start.sequence_start);
    case FYET_MAPPING_END:
    case FYET_SEQUENCE_END:
        return close_level(r);
    default:
        return true;
    }
}

/* ---- the parser ---- */

static bool report_syntax(struct reader *r, struct fy_diag *diag)
{
    void *iterator = NULL;
    const struct fy_diag_error *first = r->lib->diag_errors_iterate(diag, &iterator);
    if (!first) {
        return err_set(r->e, ERR_DAMAGED, "the metadata block is not valid YAML");
    }
    r->place = (struct frontmatter_place){first->line, first->column};
    char *why = text_clean(first->msg);
    err_set(r->e, ERR_DAMAGED, "line %d of the metadata block: %s", first->line, why);
    free(why);
    return false;
}

static void ignore_output(struct fy_diag *diag, void *user, const char *text, size_t n)
{
    (void)diag;
    (void)user;
    (void)text;
    (void)n;
}

static bool run(struct reader *r, const char *yaml, size_t n)
{
    r->lib = yaml_api(r->e);
    if (!r->lib) {
        return false;
    }
    const struct fy_diag_cfg quiet = {
        .output_fn = ignore_output, .level = FYET_ERROR, .module_mask = ~0U};
    struct fy_diag *diag = r->lib->diag_create(&quiet);
    const struct fy_parse_cfg cfg = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
                                              FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
                                     .diag = diag};
    struct fy_parser *parser = diag ? r->lib->parser_create(&cfg) : NULL;
    bool ok = parser && r->lib->parser_set_string(parser, yaml, n) == 0;
    if (!ok) {
        err_set(r->e, ERR_DAMAGED, "the YAML reader did not start");
        goto done;
    }
    r->lib->diag_set_collect_errors(diag, true);
    int documents = 0;
    bool ended = false;
    while (ok && !ended) {
        struct fy_event *event = r->lib->parser_parse(parser);
        if (!event) {
            ok = report_syntax(r, diag);
            break;
        }
        ended = event->type == FYET_STREAM_END;
        ok = on_event(r, event, &documents);
        r->lib->parser_event_free(parser, event);
    }
done:
    if (parser) {
        r->lib->parser_destroy(parser);
    }
    if (diag) {
        r->lib->diag_destroy(diag);
    }
    return ok;
}

static void reader_done(struct reader *r)
{
    for (size_t i = 0; i < r->depth; i++) {
        free(r->stack[i].key);
    }
    free(r->anchors);
    free(r->keys);
    arena_done(&r->arena);
}

cJSON *frontmatter_parse(const char *yaml, size_t n, const struct frontmatter_limits *limits,
                         struct frontmatter_place *place, struct err *e)
{
    struct reader r = {.e = e, .max = limits ? *limits : (struct frontmatter_limits){0}};
    r.max.max_bytes = r.max.max_bytes ? r.max.max_bytes : (size_t)1 << 20;
    r.max.max_nodes = r.max.max_nodes ? r.max.max_nodes : 50000;
    r.max.max_depth = r.max.max_depth ? r.max.max_depth : 32;
    r.max.max_depth = r.max.max_depth < DEPTH_MAX ? r.max.max_depth : DEPTH_MAX;
    size_t bad_at = 0;
    bool ok = true;
    if (n > r.max.max_bytes) {
        ok = err_set(e, ERR_LIMIT, "the metadata block is larger than %zu bytes", r.max.max_bytes);
    } else if (!text_is_utf8(yaml, n, &bad_at)) {
        ok = err_set(e, ERR_DAMAGED, "the metadata block is not UTF-8 (byte %zu)", bad_at);
    }
    ok = ok && run(&r, yaml, n);
    if (ok && (!r.root || cJSON_IsNull(r.root))) {
        cJSON_Delete(r.root);
        r.root = cJSON_CreateObject();
    }
    if (ok && !cJSON_IsObject(r.root)) {
        ok = err_set(e, ERR_DAMAGED, "the metadata block is not a list of \"key: value\" lines");
    }
    if (!ok) {
        cJSON_Delete(r.root);
        r.root = NULL;
    }
    reader_done(&r);
    if (place) {
        *place = r.place;
    }
    return r.root;
}
