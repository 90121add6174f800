/* SPDX-License-Identifier: Apache-2.0 */
#include "core/card/yaml_tree.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/card/yaml_keys.h"
#include "core/card/yaml_scalar.h"

enum {
    DEPTH_MAX = 100,    /* of the stack below; limits->max_depth is cut to it */
    ANCHORS_MAX = 10000 /* names are searched one by one */
};

#define CORE "tag:yaml.org,2002:"

struct level {
    cJSON *node;
    char *key;           /* owned: a mapping's key that waits for its value */
    bool is_merge;       /* the key is a merge key */
    bool is_pairs;       /* !!pairs */
    size_t anchor;       /* index + 1, 0: none */
    struct frontmatter_place at, key_at;
};

struct anchor {
    const char *name; /* in the arena */
    cJSON *node;
    bool is_open; /* still being filled: an alias to it would be endless */
};

struct yaml_tree {
    struct frontmatter_limits max;
    size_t nodes, bytes;
    cJSON *root;
    cJSON *loose; /* an array of what anchors stand for and the tree does not hold */
    struct level stack[DEPTH_MAX];
    size_t depth;
    struct anchor *anchors;
    size_t n_anchors, cap_anchors;
    struct yaml_keys keys;
    struct arena arena;
    struct frontmatter_place place;
};

bool yaml_fail(struct frontmatter_place at, enum err_code code, const char *what, struct err *e)
{
    return at.line > 0
               ? err_set(e, code, "line %d of the metadata block: %s", at.line, what)
               : err_set(e, code, "the metadata block: %s", what);
}

static bool fail_at(struct yaml_tree *t, struct frontmatter_place at, enum err_code code,
                    const char *what, struct err *e)
{
    t->place = at;
    return yaml_fail(at, code, what, e);
}

static bool take(struct yaml_tree *t, struct frontmatter_place at, size_t nodes, size_t bytes,
                 struct err *e)
{
    if (nodes > t->max.max_nodes - t->nodes) {
        return fail_at(t, at, ERR_LIMIT, "too many entries", e);
    }
    if (bytes > t->max.max_bytes - t->bytes) {
        return fail_at(t, at, ERR_LIMIT, "its text grows too large", e);
    }
    t->nodes += nodes;
    t->bytes += bytes;
    return true;
}

static struct level *top_of(struct yaml_tree *t)
{
    return t->depth > 0 ? &t->stack[t->depth - 1] : NULL;
}

static bool wants_key(struct yaml_tree *t)
{
    const struct level *top = top_of(t);
    return top && cJSON_IsObject(top->node) && !top->key;
}

/* ---- merge keys ---- */

/* Copies of the members that map has not yet; the explicit ones of map win, whenever they come. */
static bool merge_one(struct yaml_tree *t, cJSON *map, const cJSON *from,
                      struct frontmatter_place at, struct err *e)
{
    if (!cJSON_IsObject(from)) {
        return fail_at(t, at, ERR_DAMAGED, "\"<<\" merges mappings only", e);
    }
    for (const cJSON *member = from->child; member; member = member->next) {
        if (yaml_keys_find(&t->keys, map, member->string)) {
            continue;
        }
        cJSON *copy = cJSON_Duplicate(member, true);
        if (!copy) {
            return err_set(e, ERR_LIMIT, "the metadata block: no memory left");
        }
        cJSON_AddItemToObject(map, member->string, copy);
        yaml_keys_add(&t->keys, map, member->string, copy);
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

/* The value of a merge key has come whole: its members go into the mapping. */
static bool merge(struct yaml_tree *t, struct level *top, cJSON *value, struct err *e)
{
    size_t nodes = 0;
    size_t bytes = 0;
    size_t deepest = 0;
    measure(value, 0, &nodes, &bytes, &deepest);
    if (!take(t, top->key_at, nodes, bytes, e)) {
        return false;
    }
    if (!cJSON_IsArray(value)) {
        return merge_one(t, top->node, value, top->key_at, e);
    }
    for (const cJSON *item = value->child; item; item = item->next) {
        if (!merge_one(t, top->node, item, top->key_at, e)) {
            return false;
        }
    }
    return true;
}

/* ---- the tree ---- */

/* Moves node into the open list or mapping, or makes it the root. */
static bool attach(struct yaml_tree *t, cJSON *node, struct err *e)
{
    struct level *top = top_of(t);
    if (!node) {
        return err_set(e, ERR_LIMIT, "the metadata block: no memory left");
    }
    if (!top) {
        cJSON_Delete(t->root);
        t->root = node;
        return true;
    }
    if (cJSON_IsArray(top->node)) {
        return cJSON_AddItemToArray(top->node, node);
    }
    if (top->is_merge) {
        cJSON_AddItemToArray(t->loose, node); /* an anchor may stand for it */
        return true;
    }
    cJSON_AddItemToObject(top->node, top->key, node);
    free(top->key);
    top->key = NULL;
    return true;
}

/* The value that was attached last is whole. */
static bool finish_value(struct yaml_tree *t, cJSON *value, struct err *e)
{
    struct level *top = top_of(t);
    if (!top || !top->is_merge) {
        return true;
    }
    const bool ok = merge(t, top, value, e);
    free(top->key);
    top->key = NULL;
    top->is_merge = false;
    return ok;
}

static bool note_anchor(struct yaml_tree *t, const struct yaml_node *what, cJSON *node,
                        bool is_open, struct err *e)
{
    if (!what->anchor) {
        return true;
    }
    void *array = t->anchors;
    if (t->n_anchors >= ANCHORS_MAX ||
        !mem_grow(&array, &t->cap_anchors, t->n_anchors + 1, sizeof *t->anchors)) {
        return fail_at(t, what->at, ERR_LIMIT, "too many anchors", e);
    }
    t->anchors = array;
    t->anchors[t->n_anchors++] =
        (struct anchor){arena_strdup(&t->arena, what->anchor), node, is_open};
    return true;
}

/* Borrows value. */
static bool add_key(struct yaml_tree *t, const cJSON *value, bool is_merge,
                    struct frontmatter_place at, struct err *e)
{
    struct level *top = top_of(t);
    top->key = yaml_scalar_key(value);
    top->key_at = at;
    top->is_merge = is_merge;
    if (is_merge) {
        return true;
    }
    struct yaml_key *known = yaml_keys_find(&t->keys, top->node, top->key);
    if (!known) {
        yaml_keys_add(&t->keys, top->node, top->key, NULL);
        return true;
    }
    if (!known->merged) {
        return fail_at(t, at, ERR_DAMAGED, "the same key stands there twice", e);
    }
    cJSON_Delete(cJSON_DetachItemViaPointer(top->node, known->merged));
    known->merged = NULL;
    return true;
}

/* Text as a C string of valid UTF-8; a NUL, which cJSON cannot hold, becomes U+FFFD. */
static char *clean_text(const char *s, size_t n)
{
    struct buf out = BUF_INIT;
    for (size_t i = 0; i < n;) {
        uint32_t cp = 0;
        char utf8[4];
        i += text_decode(s + i, n - i, &cp);
        buf_append(&out, utf8, text_encode(cp ? cp : 0xFFFD, utf8));
    }
    return buf_steal(&out);
}

/* The value of a scalar event. NULL on error. */
static cJSON *value_of(struct yaml_tree *t, const struct yaml_node *what, const char *text,
                       bool is_plain, struct err *e)
{
    /* "!" alone: text, but nothing stays nothing. */
    const bool has_tag = what->tag && strcmp(what->tag, "!") != 0;
    const bool is_any = is_plain && (!what->tag || !*text);
    const char *tag = has_tag ? what->tag : is_any ? NULL : CORE "str";
    cJSON *value = yaml_scalar(text, tag);
    if (!value && yaml_scalar_has_tag(tag)) {
        fail_at(t, what->at, ERR_DAMAGED, "the value is not what its \"!!\" tag says", e);
    } else if (!value) {
        fail_at(t, what->at, ERR_DAMAGED, "a \"!\" tag that cards do not know", e);
    }
    return value;
}

bool yaml_tree_scalar(struct yaml_tree *t, const struct yaml_node *what, const char *text, size_t n,
                      bool is_plain, struct err *e)
{
    if (!take(t, what->at, 1, n, e)) {
        return false;
    }
    char *clean = clean_text(text, n);
    cJSON *value = value_of(t, what, clean, is_plain, e);
    const bool is_merge = strcmp(clean, "<<") == 0 &&
                          (what->tag ? strcmp(what->tag, CORE "merge") == 0 : is_plain);
    free(clean);
    if (!value) {
        return false;
    }
    if (!wants_key(t)) {
        return attach(t, value, e) && note_anchor(t, what, value, false, e) &&
               finish_value(t, value, e);
    }
    cJSON_AddItemToArray(t->loose, value);
    const bool ok = add_key(t, value, is_merge, what->at, e) && note_anchor(t, what, value, false, e);
    if (!what->anchor) {
        cJSON_Delete(cJSON_DetachItemViaPointer(t->loose, value));
    }
    return ok;
}

bool yaml_tree_alias(struct yaml_tree *t, const char *name, struct frontmatter_place at,
                     struct err *e)
{
    const struct anchor *found = NULL;
    for (size_t i = t->n_anchors; i-- > 0 && !found;) {
        found = strcmp(t->anchors[i].name, name) == 0 ? &t->anchors[i] : NULL;
    }
    if (!found || found->is_open) {
        return fail_at(t, at, ERR_DAMAGED, "an alias that stands for nothing", e);
    }
    if (wants_key(t)) {
        return cJSON_IsArray(found->node) || cJSON_IsObject(found->node)
                   ? fail_at(t, at, ERR_DAMAGED, "a key must be a word, not a list or mapping", e)
                   : add_key(t, found->node, false, at, e);
    }
    size_t nodes = 0;
    size_t bytes = 0;
    size_t deepest = 0;
    measure(found->node, 0, &nodes, &bytes, &deepest);
    if (t->depth + deepest > t->max.max_depth) {
        return fail_at(t, at, ERR_LIMIT, "too many lists or mappings inside each other", e);
    }
    if (!take(t, at, nodes, bytes, e)) {
        return false;
    }
    cJSON *copy = cJSON_Duplicate(found->node, true);
    return attach(t, copy, e) && finish_value(t, copy, e);
}

static bool knows_tag(const char *tag, bool is_map)
{
    static const char *const MAPS[] = {CORE "map", CORE "set"};
    static const char *const LISTS[] = {CORE "seq", CORE "omap", CORE "pairs"};
    const char *const *tags = is_map ? MAPS : LISTS;
    const size_t n = is_map ? sizeof MAPS / sizeof *MAPS : sizeof LISTS / sizeof *LISTS;
    bool is_known = !tag || strcmp(tag, "!") == 0;
    for (size_t i = 0; i < n && !is_known; i++) {
        is_known = strcmp(tags[i], tag) == 0;
    }
    return is_known;
}

bool yaml_tree_open(struct yaml_tree *t, const struct yaml_node *what, bool is_map, struct err *e)
{
    if (wants_key(t)) {
        return fail_at(t, what->at, ERR_DAMAGED, "a key must be a word, not a list or mapping", e);
    }
    if (!knows_tag(what->tag, is_map)) {
        return fail_at(t, what->at, ERR_DAMAGED, "a \"!\" tag that cards do not know", e);
    }
    if (t->depth >= t->max.max_depth) {
        return fail_at(t, what->at, ERR_LIMIT, "too many lists or mappings inside each other", e);
    }
    if (!take(t, what->at, 1, 0, e)) {
        return false;
    }
    cJSON *node = is_map ? cJSON_CreateObject() : cJSON_CreateArray();
    if (!attach(t, node, e) || !note_anchor(t, what, node, true, e)) {
        return false;
    }
    t->stack[t->depth++] = (struct level){
        .node = node,
        .anchor = what->anchor ? t->n_anchors : 0,
        .is_pairs = what->tag && strcmp(what->tag, CORE "pairs") == 0,
        .at = what->at,
    };
    return true;
}

/* [{a: 1}, {b: 2}] becomes [[a, 1], [b, 2]]. */
static bool make_pairs(struct yaml_tree *t, const struct level *list, struct err *e)
{
    for (cJSON *item = list->node->child; item; item = item->next) {
        cJSON *value = cJSON_IsObject(item) ? item->child : NULL;
        if (!value || value->next) {
            return fail_at(t, list->at, ERR_DAMAGED, "\"!!pairs\" is a list of single keys", e);
        }
        cJSON *key = cJSON_CreateString(value->string);
        if (!key) {
            return err_set(e, ERR_LIMIT, "the metadata block: no memory left");
        }
        item->type = cJSON_Array;
        cJSON_InsertItemInArray(item, 0, key);
    }
    return true;
}

bool yaml_tree_close(struct yaml_tree *t, struct err *e)
{
    const struct level closed = t->stack[--t->depth];
    if (closed.anchor) {
        t->anchors[closed.anchor - 1].is_open = false;
    }
    return (!closed.is_pairs || make_pairs(t, &closed, e)) && finish_value(t, closed.node, e);
}

/* ---- whole trees ---- */

struct yaml_tree *yaml_tree_new(const struct frontmatter_limits *limits)
{
    struct yaml_tree *t = xcalloc(1, sizeof *t);
    t->max = *limits;
    t->max.max_depth = t->max.max_depth < DEPTH_MAX ? t->max.max_depth : DEPTH_MAX;
    t->loose = cJSON_CreateArray();
    return t;
}

void yaml_tree_free(struct yaml_tree *t)
{
    for (size_t i = 0; i < t->depth; i++) {
        free(t->stack[i].key);
    }
    cJSON_Delete(t->root);
    cJSON_Delete(t->loose);
    free(t->anchors);
    yaml_keys_done(&t->keys);
    arena_done(&t->arena);
    free(t);
}

struct frontmatter_place yaml_tree_place(const struct yaml_tree *t)
{
    return t->place;
}

cJSON *yaml_tree_take(struct yaml_tree *t)
{
    cJSON *root = t->root;
    t->root = NULL;
    return root;
}
