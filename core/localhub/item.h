/* SPDX-License-Identifier: Apache-2.0 */
/* item.h - a repo as the Hub's JSON: one table of properties serves lists, infos and expand=.
 *
 * A key that a local hub cannot know is left out, never made up.
 */
#ifndef HFTERM_CORE_LOCALHUB_ITEM_H
#define HFTERM_CORE_LOCALHUB_ITEM_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/localhub/call.h"

/* Which properties: a bit for each row of the table in item.c. */
struct lh_selection {
    uint64_t bits;
    bool blobs; /* siblings with size and ids: reads every file once */
};

enum lh_selection_set { LH_SET_LIST, LH_SET_FULL, LH_SET_INFO };
struct lh_selection lh_select(enum lh_kind kind, enum lh_selection_set set);

/* Adds one by name; false for a name that this kind does not have. */
bool lh_select_add(struct lh_selection *s, enum lh_kind kind, const char *name);

/* The properties of the request's query (expand, full, cardData, config, blobs). False: answered
 * with 400. */
bool lh_select_for(struct lh_call *c, enum lh_selection_set set, struct lh_selection *out);

/* Owned: cJSON_Delete. NULL: a file could not be read while hashing; answered with 500. */
cJSON *lh_item(struct lh_call *c, struct lh_repo *repo, struct lh_tree *tree,
               const struct lh_selection *selection);

/* A card's member holds word, as a string or in a list. */
bool lh_card_names(const cJSON *card, const char *key, const char *word);

#endif
