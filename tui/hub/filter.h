/* SPDX-License-Identifier: Apache-2.0 */
/* filter.h - the words of the filter bar ("task:translation license:mit size:<8B") and a Hub query.
 *
 *   task: library: license: language: author: gated:yes|no tag: dataset: (trained on)
 *   model: (Spaces that use it) app: provider: inference:warm  size:<8B size:>1B size:1B-8B, or <8B alone
 *
 * "licence:" is "license:"; of several licences ("license:mit,gemma", or in words of their own) any one will do,
 * and "license:open" is every open one. A word without a key is a tag as the Hub has it ("region:us", "arxiv:1910.01108",
 * "gguf"). Words that can match nothing, a key that nobody knows above all, are refused, with what was meant
 * where that can be guessed; "tag:" takes any word.
 *
 * filter.c words to a query; filter_check.c what no list knows; filter_match.c rows that are here;
 * filter_offer.c completion.
 */
#ifndef HFTERM_TUI_HUB_FILTER_H
#define HFTERM_TUI_HUB_FILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/hub/hub.h"
#include "tui/term/input.h"

struct err;

#define HUB_FILTER_OPEN "open" /* behind license: every licence of core/hub/licenses.h that is open */

/* Fill the filter members of q (kind, search, sort and limit stay). Strings live in the arena.
 * ERR_USAGE names the word that makes no sense for this kind. */
bool hub_filter_parse(const char *text, struct hub_query *q, struct arena *arena, struct err *e);

/* A word taken apart. */
struct hub_filter_word {
    const char *key;   /* static, as hub_filter_keys has it; NULL: a bare word */
    const char *value; /* what is behind the key, the whole bare word; in the word that was given */
    const char *type;  /* of the tags of the Hub's catalogue that are its values; NULL: it has no list */
};
struct hub_filter_word hub_filter_word(enum hub_kind kind, const char *word);
/* A bare word that may be a tag: it has no key, or one that the Hub itself puts before tags. */
bool hub_filter_is_tag(const char *word);

/* Keys that make sense for a kind, "task:" and so on, NULL at the end. */
const char *const *hub_filter_keys(enum hub_kind kind);
/* One line of help for a key. */
const char *hub_filter_key_help(const char *key);

/* ---- filter_check.c ---- */

/* False when a word has a value that no list knows: tasks, libraries, licences and languages of the catalogue (and
 * the licences that a card may name), bare words among all its tags. tags NULL, or without any of that type:
 * nothing is known, so nothing is refused. ERR_USAGE, with what was meant where it can be guessed. */
bool hub_filter_check(const char *text, enum hub_kind kind, const struct hub_tags *tags, struct err *e);
/* The value of a tag of the catalogue: "mit" of "license:mit". */
const char *hub_filter_tag_value(const struct hub_tag *t);
/* Say that there is no filter or value of this word. Always false, ERR_USAGE. tags may be NULL. */
bool hub_filter_refuse(enum hub_kind kind, const char *word, const struct hub_tags *tags, struct err *e);
/* The last word is as it shall be although no blank follows: the lists know its value, or it can have no other end. */
bool hub_filter_is_settled(const char *word, enum hub_kind kind, const struct hub_tags *tags);

/* ---- filter_match.c ---- */

/* What was typed, to be asked of rows. The last word of the filter, when no blank follows, is still being typed: what
 * begins with its value will do. Words that make no sense ask nothing. Owned: hub_match_free. */
struct hub_match *hub_match_new(enum hub_kind kind, const char *search, const char *filter);
void hub_match_free(struct hub_match *m);
/* False when the Hub would leave the row out, as far as the row tells. */
bool hub_match_row(const struct hub_match *m, const struct hub_repo *repo);

/* ---- filter_offer.c ---- */

/* The rows that are counted beside a value. */
struct hub_filter_rows {
    const void *const *at; /* struct hub_repo */
    size_t n;
    bool has_more; /* the Hub has more of them: "12+" */
};
/* Candidates for one word of a filter, the best first. tags may be NULL. */
void hub_filter_offer(enum hub_kind kind, const char *word, const struct hub_tags *tags,
                      const struct hub_filter_rows *rows, struct input_candidates *out);

#endif
