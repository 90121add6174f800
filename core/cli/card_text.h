/* SPDX-License-Identifier: Apache-2.0 */
/* card_text.h - a card as plain text for a terminal: headings, wrapped paragraphs, lists, quotes,
 * code, tables; links numbered with their targets at the end, images as their alt text, HTML left
 * out. */
#ifndef HFTERM_CORE_CLI_CARD_TEXT_H
#define HFTERM_CORE_CLI_CARD_TEXT_H

#include <stddef.h>

struct buf;
struct cli_out;

/* Appends the rendering of n bytes of Markdown; everything in it is sanitised. Width, colours and
 * ASCII are those of style. */
void cli_render_card(struct buf *out, const char *markdown, size_t n, const struct cli_out *style);

#endif
