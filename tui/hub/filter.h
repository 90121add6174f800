/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - the words of the filter bar ("task:translation license:mit size:<8B") and a Hub query.
 *
 *   task: library: license: language: author: gated:yes|no tag: dataset: (trained on)
 *   model: (Spaces that use it) app: provider:  size:<8B size:>1B size:1B-8B
 *
 * A word without a key is a tag as the Hub has it ("region:us", "arxiv:1910.01108", "gguf"). Words that can match
 * nothing, a key that nobody knows above all, are refused; "tag:" takes any word.
 */
#ifndef HFTERM_TUI_HUB_FILTER_H
#define HFTERM_TUI_HUB_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/hub/hub.h"

struct err;

/* Fill the filter members of q (kind, search, sort and limit stay). Strings live in the arena.
 * ERR_USAGE names the word that makes no sense for this kind. */
bool hub_filter_parse(const char *text, struct hub_query *q, struct arena *arena, struct err *e);

/* False when a key has a value that the catalogue of the Hub has not, where its list is closed (tasks). tags NULL:
 * nothing is known. ERR_USAGE. */
bool hub_filter_check(const char *text, enum hub_kind kind, const struct hub_tags *tags, struct err *e);

/* Keys that make sense for a kind, "task:" and so on, NULL at the end. */
const char *const *hub_filter_keys(enum hub_kind kind);
/* One line of help for a key. */
const char *hub_filter_key_help(const char *key);
/* The tag type of the Hub's catalogue that holds a key's values, NULL when none does. */
const char *hub_filter_key_type(enum hub_kind kind, const char *key, size_t n);

#endif
