/* SPDX-License-Identifier: Apache-2.0 */
/* card.h - a card printed on a terminal: the lines that the screens show, and the addresses of its
 * links at the end, by their numbers. */
#ifndef HFTERM_CORE_CLI_CARD_H
#define HFTERM_CORE_CLI_CARD_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct cli_out;
struct hub_blob;
struct hub_repo;

/* Appends n bytes of Markdown as lines of out->cols columns (20 at least); only addresses may be
 * longer. Styled when out has colours. The text is made harmless. */
void cli_put_card(struct buf *text, const char *markdown, size_t n, const struct cli_out *out);

/* Why the metadata of a repo's card cannot be read, as one line: what the server says of it, else
 * what the card itself does. False when nothing is wrong. card may be NULL. */
bool cli_card_fault(const struct hub_repo *repo, const struct hub_blob *card, struct buf *why);
/* The same of a row of a list, as a line on stderr; *n counts them, after the fifth it only counts. */
void cli_note_card_fault(const struct hub_repo *repo, size_t *n);
/* After the list: how many more there were. */
void cli_note_card_faults(size_t n);

#endif
