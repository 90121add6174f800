/* SPDX-License-Identifier: Apache-2.0 */
/* md_tags.h - the HTML of a card written to a page: common tags are honoured, the rest is dropped
 * without a trace and its text kept. */
#ifndef HFTERM_CORE_DOC_MD_TAGS_H
#define HFTERM_CORE_DOC_MD_TAGS_H

#include <stdbool.h>

#include "core/base/buf.h"

struct page;

/* What is open between two pieces of HTML of one block. */
struct tags {
    char skip[16];   /* name of a tag whose content is not text (<style>), "" = none */
    bool is_pre;     /* inside <pre>: its text is collected */
    struct buf pre;
};

void tags_done(struct tags *t);
/* A block or an inline part of HTML, comments included. */
void tags_write(struct tags *t, struct page *p, struct str html);
/* The Markdown block is over: forget what was not closed. */
void tags_end_block(struct tags *t, struct page *p);

#endif
