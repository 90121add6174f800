/* SPDX-License-Identifier: Apache-2.0 */
/* view_json.h - a JSON text as a tree of places in it, with folding; no values are built.
 *
 * Reads RFC 8259 and the NaN, Infinity and -Infinity that Python writes. A tree row is a node: key
 * or index, value, or the number of children.
 *
 * Units:     offsets in bytes of the source, rows from 0 over what is not folded away.
 * Limits:    64 MiB of source, four million nodes (36 bytes each). Nesting is not limited: nothing recurses.
 * Ownership: the tree owns its arrays and borrows the source, which must stay the same.
 */
#ifndef HFTERM_TUI_WIDGET_VIEW_JSON_H
#define HFTERM_TUI_WIDGET_VIEW_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

struct err;

enum { JSON_TREE_MAX_BYTES = 64 * 1024 * 1024 };

enum tree_type { TREE_OBJECT, TREE_ARRAY, TREE_STRING, TREE_NUMBER, TREE_WORD };

struct tree_node {
    uint32_t key, n_key;     /* the quotes included; n_key = 0 in arrays and at the root */
    uint32_t value, n_value; /* from the first to behind the last byte */
    uint32_t parent;         /* of the root: itself */
    uint32_t end;            /* the node behind its last descendant */
    uint32_t n_children;
    uint32_t index; /* among its siblings */
    uint16_t depth; /* 65,535 for deeper ones */
    uint8_t type;   /* enum tree_type */
    bool is_folded;
};

struct tree {
    struct tree_node *nodes; /* in the order of the source */
    size_t n, cap;
    uint32_t *rows; /* the nodes that are shown */
    size_t n_rows, cap_rows;

    /* private: the reader */
    struct str source;
    size_t at;
    uint32_t open;      /* the container being read */
    uint32_t key, n_key; /* read, its value not yet */
    int state;
};

void tree_done(struct tree *t);
/* Start reading. ERR_LIMIT when the source is too large. */
bool tree_begin(struct tree *t, struct str source, struct err *e);

enum tree_progress { TREE_MORE, TREE_READY, TREE_FAILED };
/* Read about `budget` more bytes. ERR_DAMAGED names line and reason; ERR_LIMIT: too many nodes. */
enum tree_progress tree_read(struct tree *t, size_t budget, struct err *e);

/* Fold what lies deeper than depth (0: the root), unfold the rest. */
void tree_fold_all(struct tree *t, int depth);
/* A depth that shows a few screens at most. */
int tree_good_depth(const struct tree *t);
bool tree_is_container(const struct tree *t, uint32_t node);
void tree_set_folded(struct tree *t, uint32_t node, bool is_folded);
/* Unfold all around the node. */
void tree_reveal(struct tree *t, uint32_t node);
/* Row of a node, or of the folded one it is in. */
size_t tree_row_of(const struct tree *t, uint32_t node);
/* The node whose text holds this byte, or begins last before it. */
uint32_t tree_node_at(const struct tree *t, size_t byte);
/* ".a.b[3]", ".["odd key"]", "." for the root. Raw text of the source. Appends. */
void tree_put_path(const struct tree *t, uint32_t node, struct buf *out);

#endif
