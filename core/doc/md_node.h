/* SPDX-License-Identifier: Apache-2.0 */
/* md_node.h - one node of the parser's tree after the other, written to a page. */
#ifndef HFTERM_CORE_DOC_MD_NODE_H
#define HFTERM_CORE_DOC_MD_NODE_H

#include <cmark-gfm.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/doc/md_tags.h"

struct page;

struct md_node {
    struct page *p;
    struct tags tags;
    int image_depth; /* pictures around the text: their text is the description */
    struct buf alt, src;
    const uint8_t *aligns; /* of the table at hand */
    size_t n_aligns, col;
    unsigned back; /* the footnote that is written: its last paragraph links back; 0: none */
    const cmark_node *last;
};

/* Returns where the walk goes on, NULL: at the next node. */
cmark_node *md_node_enter(struct md_node *m, cmark_node *node, cmark_node_type type);
void md_node_leave(struct md_node *m, cmark_node *node, cmark_node_type type);
/* The tree is written: forget what it left open in the text. */
void md_node_done(struct md_node *m);

#endif
