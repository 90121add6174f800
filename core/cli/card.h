/* SPDX-License-Identifier: Apache-2.0 */
/* card.h - a card printed on a terminal: the lines that the screens show, and the addresses of its
 * links at the end, by their numbers. */
#ifndef HFTERM_CORE_CLI_CARD_H
#define HFTERM_CORE_CLI_CARD_H

#include <stddef.h>

struct buf;
struct cli_out;

/* Appends n bytes of Markdown as lines of out->cols columns (20 at least); only addresses may be
 * longer. Styled when out has colours. The text is made harmless. */
void cli_put_card(struct buf *text, const char *markdown, size_t n, const struct cli_out *out);

#endif
