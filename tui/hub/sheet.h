/* SPDX-License-Identifier: Apache-2.0 */
/* sheet.h - a text of labelled facts, as wide as a view: what Metadata is made of. */
#ifndef HFTERM_TUI_HUB_SHEET_H
#define HFTERM_TUI_HUB_SHEET_H

#include "tui/hub/hub.h"

enum { HUB_SHEET_LABEL_COLS = 16 };

struct hub_sheet {
    struct rich *r;
    int width; /* in columns */
    const struct hub_screen *h;
    enum hub_kind kind; /* of the repo */
};

/* ---- sheet.c ---- */

/* At the beginning of a line; "" indents it. */
void hub_sheet_label(struct hub_sheet *s, const char *label);
/* One line of sanitised text; what does not fit goes on at column indent. Ends its last line. */
void hub_sheet_wrapped(struct hub_sheet *s, enum rich_style style, uint32_t link, const char *p,
                       int indent);
/* One fact; long values go on under themselves. Absent and empty values make no line. */
void hub_sheet_fact(struct hub_sheet *s, const char *label, enum rich_style style, const char *value);
void hub_sheet_fact_linked(struct hub_sheet *s, const char *label, enum rich_style style,
                           uint32_t link, const char *value);
/* "1,284,906" */
void hub_sheet_put_grouped(struct buf *out, uint64_t n);
void hub_sheet_number(struct hub_sheet *s, const char *label, bool has, uint64_t n);
void hub_sheet_date(struct hub_sheet *s, const char *label, bool has, int64_t when);
/* A blank line and a heading. */
void hub_sheet_section(struct hub_sheet *s, const char *title);
/* A link to a repo; 0 when id is no name of one. */
uint32_t hub_sheet_link_repo(struct hub_sheet *s, enum hub_kind kind, const char *id);
/* A link to the list of the repo's kind, narrowed by key:word and called "all models TEXT WORD"; 0 when a
 * filter cannot say the word. */
uint32_t hub_sheet_link_list(struct hub_sheet *s, const char *key, const char *word, const char *text);

/* ---- front_matter.c ---- */

/* The members of a card's metadata, with a heading. */
void hub_sheet_front_matter(struct hub_sheet *s, const cJSON *card);
/* Why there is none, when that is a fault; else nothing. */
void hub_sheet_card_fault(struct hub_sheet *s, const struct hub_repo *repo);

#endif
