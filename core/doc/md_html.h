/* SPDX-License-Identifier: Apache-2.0 */
/* md_html.h - the HTML inside Markdown cards: tags, attributes, entities. No tree, no repair.
 *
 * Cost is linear in the input whatever it holds: the search for the end of a tag is bounded.
 */
#ifndef HFTERM_CORE_DOC_MD_HTML_H
#define HFTERM_CORE_DOC_MD_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

enum html_kind { HTML_TEXT, HTML_OPEN, HTML_CLOSE };

struct html_token {
    enum html_kind kind;
    char name[16];    /* of a tag, lower case, cut */
    struct str attrs; /* what is between the name and '>' */
    struct str text;  /* HTML_TEXT: as in the source, entities included */
};

struct html_reader {
    struct str rest;
    size_t plain; /* bytes to take as text before a tag is looked for again */
};

/* Next text or tag; comments, declarations and instructions are skipped. False at the end. Tokens
 * are views of the source. */
bool html_next(struct html_reader *h, struct html_token *t);

/* Append the value of an attribute, entities decoded; false when it is absent. name: lower case. */
bool html_attr(struct str attrs, const char *name, struct buf *out);

/* Append s with entities decoded; unknown ones stay as they are. */
void html_put_decoded(struct buf *out, const char *s, size_t n);

#endif
