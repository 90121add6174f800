/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_tree.h - the tree of a metadata block, built from the events of a YAML parser in the order in
 * which they come: limits, anchors and aliases, merge keys, tags. For core/card/yaml_json.c alone.
 *
 * Limits are checked before memory is taken. The first error stays: what is added after it is
 * undefined, so a caller stops there.
 *
 * Ownership: strings are copied. Threads: no shared state.
 */
#ifndef HFTERM_CORE_CARD_YAML_TREE_H
#define HFTERM_CORE_CARD_YAML_TREE_H

#include "core/base/err.h"
#include "core/card/frontmatter.h"

struct yaml_tree;

/* What an event says of its node. */
struct yaml_node {
    const char *anchor, *tag; /* NULL: none */
    struct frontmatter_place at;
};

struct yaml_tree *yaml_tree_new(const struct frontmatter_limits *limits);
void yaml_tree_free(struct yaml_tree *t);

/* All false on error. is_plain: not in quotes, no block of text. */
bool yaml_tree_scalar(struct yaml_tree *t, const struct yaml_node *node, const char *text, size_t n,
                      bool is_plain, struct err *e);
bool yaml_tree_alias(struct yaml_tree *t, const char *name, struct frontmatter_place at,
                     struct err *e);
bool yaml_tree_open(struct yaml_tree *t, const struct yaml_node *node, bool is_map, struct err *e);
bool yaml_tree_close(struct yaml_tree *t, struct err *e);

/* Where the error is; line 0: none. */
struct frontmatter_place yaml_tree_place(const struct yaml_tree *t);

/* The root, owned by the caller; NULL: there was no node. */
cJSON *yaml_tree_take(struct yaml_tree *t);

/* Sets e: "line 3 of the metadata block: what". Returns false. */
bool yaml_fail(struct frontmatter_place at, enum err_code code, const char *what, struct err *e);

#endif
