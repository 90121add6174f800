/* SPDX-License-Identifier: Apache-2.0 */
/* lexicon.h - the inside of a lexicon, for lexicon*.c and lexical*.c; nobody else includes it.
 *
 * Every term is a row of words behind its key: the words in lower case with one space between.
 * A term may have several entries (sky is at the top and is smooth); they stand side by side.
 */
#ifndef HFTERM_CORE_ARRCOC_LEXICON_H
#define HFTERM_CORE_ARRCOC_LEXICON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/arrcoc/lexical.h"

/* lexicon.txt, line by line, compiled in (see Makefile). */
extern const char *const ARR_LEXICON_LINES[];
extern const size_t ARR_LEXICON_LINE_COUNT;

/* ---- words ---- */

enum { LEX_QUERY_MAX = 4096, LEX_WORDS_MAX = LEX_QUERY_MAX / 2 + 1 };

/* Words of a text, in lower case. */
struct lex_words {
    char bytes[LEX_QUERY_MAX + 3]; /* " where is the mug ": a space on either side of every word */
    size_t n;
    struct {
        uint16_t at, len;
        bool after_stop; /* a comma, a full stop or the like stands before it */
    } word[LEX_WORDS_MAX];
    bool is_cut; /* the text went on */
};

/* ASCII capitals become small; letters beyond ASCII stay as they are; apostrophes inside words
 * vanish, with a final s behind one ("mug's" is "mug", "isn't" is "isnt"); all else parts words,
 * invalid UTF-8 too. */
void lex_split(const char *text, size_t n, struct lex_words *out);

/* Joins words [first, first + n) with spaces; false when that takes ARR_WORD_MAX bytes
 * or more. */
bool lex_join(const struct lex_words *words, size_t first, size_t n, char key[ARR_WORD_MAX]);
/* One word, cut at a letter when it is longer than that. */
void lex_copy_word(const struct lex_words *words, size_t i, char out[ARR_WORD_MAX]);

bool lex_is_utf8(const char *text, size_t n);

/* ---- entries ---- */

enum { LEX_TERM_WORDS = 3, LEX_RULE_WORDS = 6, LEX_SENSES_MAX = 8, LEX_GROUP_MAX = 24 };

enum lex_kind {
    LEX_MAP,
    LEX_COLOUR,
    LEX_SHADE,
    LEX_RELATION,
    LEX_NEGATION,
    LEX_STOP,  /* says nothing about a place, and is not worth reporting */
    LEX_BREAK, /* ends the object of a relation */
};

enum lex_map {
    LEX_BRIGHT,
    LEX_DARK,
    LEX_VIVID,
    LEX_LEFT,
    LEX_RIGHT,
    LEX_TOP,
    LEX_BOTTOM,
    LEX_CENTRE,
    LEX_CORNER,
    LEX_EDGE,
    LEX_BACKGROUND,
    LEX_FOREGROUND,
    LEX_TEXT,
    LEX_FINE,
    LEX_LARGE,
    LEX_MOTION,
    LEX_TEXTURE,
    LEX_SMOOTH,
    LEX_SALIENT,
    LEX_MAPS,
};
/* A place in the picture, or (depth) half of one: no thing that a relation could point from. */
bool lex_map_is_spatial(enum lex_map map);

enum lex_relation { LEX_LEFT_OF, LEX_RIGHT_OF, LEX_ABOVE, LEX_BELOW, LEX_BESIDE, LEX_RELATIONS };

struct lex_entry {
    const char *key;
    enum lex_kind kind;
    int line;
    union {
        enum lex_map map;
        enum lex_relation relation;
        float rgb[3]; /* 0 to 255 */
        float shade;  /* share of white, or of black when negative */
    } u;
    char group[LEX_GROUP_MAX]; /* maps and colours */
};

/* A value below 0 leaves the tension as it is. */
struct lex_rule {
    const char *key; /* the words, NULL for a group */
    char group[LEX_GROUP_MAX];
    int line;
    struct arr_tensions tensions;
};

struct arr_lexicon {
    struct lex_entry *entry; /* by key, then by line */
    size_t n_entries, cap_entries;
    struct lex_rule *rule; /* in the order of the file: later ones override */
    size_t n_rules, cap_rules;
    char *keys; /* NUL behind each; allocated once, so that entries can point into it */
    size_t n_keys;
};

/* The entries of a key, NULL and 0 when it is unknown. */
const struct lex_entry *lex_find(const struct arr_lexicon *lexicon, const char *key, size_t *n);

/* ---- maps ---- */

/* v, one value in [0, 1] a cell; false when the evidence has no such channel. */
bool lex_map_make(enum lex_map map, const struct arr_evidence *evidence, float *v);
/* How near each cell's colour is to an sRGB colour of 0 to 255. */
void lex_colour_make(const float rgb[3], const struct arr_evidence *evidence, float *v);
/* Where a relation to something at (x, y), 0 to 1 each, holds. */
void lex_relation_make(enum lex_relation relation, const struct arr_texture *t, float x, float y,
                       float *v);
/* The half of the picture that a relation names when its object is unknown; false for beside. */
bool lex_half_plane(enum lex_relation relation, const struct arr_texture *t, float *v);

#endif
