/* SPDX-License-Identifier: Apache-2.0 */
/* lexical.h - participatory knowing without weights: words of the query that name something one can
 * see at a place, and nothing else.
 *
 * The lexicon (lexicon.txt, compiled in; a user's file of the same form can replace it) names
 * terms, their group and the map they stand for, colours as sRGB, relations, negations, and the
 * rules by which a query sets the three tensions. Words it does not know are reported, never
 * guessed at; a query without a known word gives no map at all.
 *
 * Ownership: a lexicon is constant after loading and may be shared by threads. A reading owns its
 * words.
 */
#ifndef HFTERM_CORE_ARRCOC_LEXICAL_H
#define HFTERM_CORE_ARRCOC_LEXICAL_H

#include <stdbool.h>
#include <stddef.h>

#include "core/arrcoc/types.h"

struct err;

struct arr_lexicon; /* opaque */

/* The one compiled in. Owned: arr_lexicon_free. */
struct arr_lexicon *arr_lexicon_builtin(void);
/* ERR_DAMAGED names line and fault. */
struct arr_lexicon *arr_lexicon_parse(const char *text, size_t n, const char *name, struct err *e);
struct arr_lexicon *arr_lexicon_load(const char *path, struct err *e);
void arr_lexicon_free(struct arr_lexicon *lexicon);

enum { ARR_HITS_MAX = 64, ARR_WORD_MAX = 48 };

struct arr_hit {
    char words[ARR_WORD_MAX]; /* as in the query, lower case: "on top of" */
    char group[24];           /* "colour", "horizontal", "relation", ... */
    bool is_negated;
    bool is_absent;     /* its channel is not there (motion in a still): the hit was left out */
    bool is_faint;      /* no cell has that colour: the hit was left out, not blown up to a map */
    /* A relation whose object is no known word, or is nowhere to be seen: the plain half-plane map
     * (nothing for "next to": the hit was left out). */
    bool is_unanchored;
    bool is_anchor; /* of a relation's object: where it points from, not looked for itself */
};

/* What was understood. */
struct arr_reading {
    size_t n_hits;
    struct arr_hit hits[ARR_HITS_MAX];
    size_t n_ignored;
    char ignored[ARR_HITS_MAX][ARR_WORD_MAX];
    bool is_cut;                     /* more words than that: the rest was not read */
    bool has_evidence;               /* a map was made */
    struct arr_tensions tensions;    /* 0.5 each when no rule spoke */
    char tension_rule[ARR_WORD_MAX]; /* words of the last rule that spoke, "" */
};

/* What maps can be made from. */
struct arr_evidence {
    const struct arr_texture *texture;
    /* NULL, or an array with any of `have`: quads for colours, channels for the rest. What is
     * missing is replaced as docs/engine.md says (cell colours, smoothed edges), or the hit is
     * absent. */
    const struct arr_array *array;
};

/* query: UTF-8 of any length (the first 4096 bytes are read). partic gets G * G values; 0.5
 * everywhere without evidence. */
void arr_lexical(const struct arr_lexicon *lexicon, const char *query,
                 const struct arr_evidence *evidence, float *partic, struct arr_reading *reading);

#endif
