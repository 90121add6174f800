/* SPDX-License-Identifier: Apache-2.0 */
/* md_parse.h - Markdown read by md4c and written to a page. */
#ifndef HFTERM_CORE_DOC_MD_PARSE_H
#define HFTERM_CORE_DOC_MD_PARSE_H

#include "core/base/buf.h"

struct page;

/* Parse one piece of a card. What its HTML leaves open stays open on the page. */
void md_parse_piece(struct page *p, struct str piece);

#endif
