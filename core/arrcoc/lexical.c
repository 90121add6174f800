/* SPDX-License-Identifier: Apache-2.0 */
/* A query is read in four steps: words; terms (longest first, left to right); meanings, with what
 * shades, negations and relations do to their neighbours; maps. What a word means is never guessed:
 * a word is a term of the lexicon, a word that a rule of tensions used, or it is ignored, and said
 * to be. */
#include "core/arrcoc/lexical.h"

#include <stdlib.h>
#include <string.h>

#include "core/arrcoc/lexicon.h"
#include "core/arrcoc/texture.h"
#include "core/arrcoc/vecmath.h"
#include "core/base/mem.h"

enum { NOBODY = -1, NEGATION_REACH = 2 };

/* A term found in the query, or a word that is none (n_senses 0). */
struct item {
    uint16_t first, n; /* words */
    uint16_t n_senses;
    const struct lex_entry *sense;
};

/* What a hit of the reading stands for, beside it. */
struct meaning {
    const struct lex_entry *entry;
    float rgb[3];
    int owner; /* the hit of the relation whose object this is, NOBODY otherwise */
};

struct query {
    const struct arr_lexicon *lexicon;
    const struct arr_evidence *evidence;
    struct arr_reading *reading;
    struct lex_words words;
    bool is_used[LEX_WORDS_MAX]; /* by a rule of tensions */
    struct item item[LEX_WORDS_MAX];
    size_t n_items;
    struct meaning meaning[ARR_HITS_MAX];
};

/* ---- terms ---- */

static const struct lex_entry *sense_of(const struct item *it, enum lex_kind kind)
{
    for (size_t i = 0; i < it->n_senses; i++) {
        if (it->sense[i].kind == kind) {
            return &it->sense[i];
        }
    }
    return NULL;
}

static bool names_place_or_look(const struct item *it)
{
    return sense_of(it, LEX_MAP) || sense_of(it, LEX_COLOUR);
}

static bool after_stop(const struct query *q, const struct item *it)
{
    return q->words.word[it->first].after_stop;
}

/* The longest term that starts at a word and that no comma or full stop divides. */
static struct item longest_term(const struct query *q, size_t first)
{
    size_t most = 1;
    while (most < LEX_TERM_WORDS && first + most < q->words.n &&
           !q->words.word[first + most].after_stop) {
        most++;
    }
    for (size_t n = most; n > 0; n--) {
        char key[ARR_WORD_MAX];
        size_t n_senses = 0;
        const struct lex_entry *sense =
            lex_join(&q->words, first, n, key) ? lex_find(q->lexicon, key, &n_senses) : NULL;
        if (sense) {
            return (struct item){(uint16_t)first, (uint16_t)n, (uint16_t)n_senses, sense};
        }
    }
    return (struct item){.first = (uint16_t)first, .n = 1};
}

static void find_terms(struct query *q)
{
    q->n_items = 0;
    for (size_t i = 0; i < q->words.n;) {
        const struct item it = longest_term(q, i);
        q->item[q->n_items++] = it;
        i += it.n;
    }
}

/* ---- tensions ---- */

/* Where the words of a key stand in the query, with their neighbours' spaces; NULL behind the
 * last. */
static const char *next_place(const struct query *q, const char *from, const char *key)
{
    const size_t len = strlen(key);
    for (const char *p = from; (p = strstr(p, key)) != NULL; p++) {
        if (p > q->words.bytes && p[-1] == ' ' && p[len] == ' ') {
            return p;
        }
    }
    return NULL;
}

static void mark_used(struct query *q)
{
    for (size_t r = 0; r < q->lexicon->n_rules; r++) {
        const char *key = q->lexicon->rule[r].key;
        const char *p = key ? next_place(q, q->words.bytes, key) : NULL;
        for (size_t w = 0; p; p = next_place(q, p + 1, key)) {
            const size_t begin = (size_t)(p - q->words.bytes), end = begin + strlen(key);
            for (; w < q->words.n && q->words.word[w].at < end; w++) {
                q->is_used[w] |= q->words.word[w].at >= begin;
            }
        }
    }
}

/* The words that make a rule speak, NULL when it is silent. */
static const char *words_of_rule(const struct query *q, const struct lex_rule *rule)
{
    if (rule->key) {
        return next_place(q, q->words.bytes, rule->key) ? rule->key : NULL;
    }
    const struct arr_reading *r = q->reading;
    for (size_t i = 0; i < r->n_hits; i++) {
        const struct arr_hit *h = &r->hits[i];
        if (!h->is_negated && !h->is_anchor && strcmp(h->group, rule->group) == 0) {
            return h->words;
        }
    }
    return NULL;
}

static void set_tensions(struct query *q)
{
    struct arr_reading *r = q->reading;
    r->tensions = (struct arr_tensions){0.5f, 0.5f, 0.5f};
    for (size_t i = 0; i < q->lexicon->n_rules; i++) {
        const struct lex_rule *rule = &q->lexicon->rule[i];
        const char *words = words_of_rule(q, rule);
        if (words) {
            const struct arr_tensions *t = &rule->tensions;
            r->tensions.compress = t->compress < 0 ? r->tensions.compress : t->compress;
            r->tensions.exploit = t->exploit < 0 ? r->tensions.exploit : t->exploit;
            r->tensions.focus = t->focus < 0 ? r->tensions.focus : t->focus;
            memcpy(r->tension_rule, words, strlen(words) + 1);
        }
    }
}

/* ---- meanings ---- */

static void ignore_words(struct query *q, const struct item *it)
{
    struct arr_reading *r = q->reading;
    for (size_t w = it->first; w < (size_t)it->first + it->n; w++) {
        char word[ARR_WORD_MAX];
        lex_copy_word(&q->words, w, word);
        bool is_told = q->is_used[w];
        for (size_t i = 0; !is_told && i < r->n_ignored; i++) {
            is_told = strcmp(r->ignored[i], word) == 0;
        }
        if (is_told) {
            continue;
        }
        if (r->n_ignored == ARR_HITS_MAX) {
            r->is_cut = true;
            return;
        }
        memcpy(r->ignored[r->n_ignored++], word, sizeof word);
    }
}

/* "not", at most two words before and with nothing like a comma between. */
static bool is_negated(const struct query *q, size_t first)
{
    for (size_t d = 1; d <= NEGATION_REACH && d <= first; d++) {
        if (q->words.word[first - d + 1].after_stop) {
            return false;
        }
        char key[ARR_WORD_MAX];
        size_t n = 0;
        if (lex_join(&q->words, first - d, 1, key)) {
            const struct lex_entry *e = lex_find(q->lexicon, key, &n);
            for (size_t i = 0; i < n; i++) {
                if (e[i].kind == LEX_NEGATION) {
                    return true;
                }
            }
        }
    }
    return false;
}

/* Returns the hit's index, NOBODY when it was there already or there is no room. */
static int add_hit(struct query *q, size_t first, size_t n, const struct lex_entry *entry,
                   int owner)
{
    struct arr_reading *r = q->reading;
    struct arr_hit hit = {.is_negated = is_negated(q, first), .is_anchor = owner != NOBODY};
    if (!lex_join(&q->words, first, n, hit.words)) {
        /* A shade and a colour of more than that: the colour has fewer. */
        lex_copy_word(&q->words, first + n - 1, hit.words);
    }
    memcpy(hit.group, entry->group, sizeof hit.group);
    for (size_t i = 0; i < r->n_hits && entry->kind != LEX_RELATION; i++) {
        const struct arr_hit *h = &r->hits[i];
        if (q->meaning[i].entry == entry && q->meaning[i].owner == owner &&
            h->is_negated == hit.is_negated && strcmp(h->words, hit.words) == 0) {
            return NOBODY;
        }
    }
    if (r->n_hits == ARR_HITS_MAX) {
        r->is_cut = true;
        return NOBODY;
    }
    q->meaning[r->n_hits] = (struct meaning){.entry = entry, .owner = owner};
    if (entry->kind == LEX_COLOUR) {
        memcpy(q->meaning[r->n_hits].rgb, entry->u.rgb, sizeof entry->u.rgb);
    }
    r->hits[r->n_hits] = hit;
    return (int)r->n_hits++;
}

/* A shade is what it is by the colour straight behind it; straight before it ("the red light") it
 * is most often a lamp, and in no case brightness. */
static bool shades_next(const struct query *q, size_t i)
{
    return sense_of(&q->item[i], LEX_SHADE) && i + 1 < q->n_items &&
           sense_of(&q->item[i + 1], LEX_COLOUR) && !after_stop(q, &q->item[i + 1]);
}

static bool follows_colour(const struct query *q, size_t i)
{
    return sense_of(&q->item[i], LEX_SHADE) && i > 0 && sense_of(&q->item[i - 1], LEX_COLOUR) &&
           !after_stop(q, &q->item[i]);
}

static void mix(float rgb[3], float shade)
{
    const float share = shade < 0 ? -shade : shade, with = shade < 0 ? 0.0f : 255.0f;
    for (int c = 0; c < 3; c++) {
        rgb[c] = (1 - share) * rgb[c] + share * with;
    }
}

static void add_looks(struct query *q, size_t i, int owner)
{
    const struct item *it = &q->item[i];
    const bool is_shaded = i > 0 && shades_next(q, i - 1);
    for (size_t s = 0; s < it->n_senses; s++) {
        const struct lex_entry *entry = &it->sense[s];
        if (entry->kind == LEX_MAP) {
            add_hit(q, it->first, it->n, entry, owner);
        } else if (entry->kind == LEX_COLOUR) {
            const struct item *from = is_shaded ? it - 1 : it;
            const size_t n = (size_t)(it->first + it->n - from->first);
            const int hit = add_hit(q, from->first, n, entry, owner);
            if (is_shaded && hit != NOBODY) {
                mix(q->meaning[hit].rgb, sense_of(from, LEX_SHADE)->u.shade);
            }
        }
    }
}

/* The object of a relation: up to a comma, a word like "and", or the next relation. */
static bool ends_object(const struct query *q, size_t i)
{
    const struct item *it = &q->item[i];
    return after_stop(q, it) || sense_of(it, LEX_BREAK) || sense_of(it, LEX_RELATION);
}

static bool has_object(const struct query *q, size_t i)
{
    for (size_t j = i + 1; j < q->n_items && !ends_object(q, j); j++) {
        if (!sense_of(&q->item[j], LEX_STOP) && !sense_of(&q->item[j], LEX_NEGATION)) {
            return true;
        }
    }
    return false;
}

static void find_meanings(struct query *q)
{
    int owner = NOBODY;
    for (size_t i = 0; i < q->n_items && !q->reading->is_cut; i++) {
        const struct item *it = &q->item[i];
        const struct lex_entry *relation = sense_of(it, LEX_RELATION);
        owner = ends_object(q, i) ? NOBODY : owner;
        if (relation && (has_object(q, i) || !names_place_or_look(it))) {
            owner = add_hit(q, it->first, it->n, relation, NOBODY);
        } else if (shades_next(q, i)) {
            continue;
        } else if (follows_colour(q, i)) {
            ignore_words(q, it);
        } else if (names_place_or_look(it)) {
            add_looks(q, i, owner);
        } else if (it->n_senses == 0 || sense_of(it, LEX_SHADE)) {
            ignore_words(q, it);
        }
    }
    q->reading->is_cut |= q->words.is_cut;
}

/* ---- maps ---- */

static size_t cells_of(const struct query *q)
{
    return (size_t)q->evidence->texture->grid * (size_t)q->evidence->texture->grid;
}

/* False when there is nothing to make it from. Relations are made by make_relation. */
static bool make_look(const struct query *q, size_t hit, float *v)
{
    const struct meaning *m = &q->meaning[hit];
    if (m->entry->kind == LEX_COLOUR) {
        lex_colour_make(m->rgb, q->evidence, v);
    } else if (!lex_map_make(m->entry->u.map, q->evidence, v)) {
        return false;
    }
    if (q->reading->hits[hit].is_negated) {
        for (size_t i = 0; i < cells_of(q); i++) {
            v[i] = 1 - v[i];
        }
    }
    return true;
}

/* Below this nothing in the picture looks so, and scaling up what is left would show noise. */
static const float SEEN_FROM = 0.1f;

static bool is_seen(const struct query *q, const float *v)
{
    float most = 0;
    for (size_t i = 0; i < cells_of(q); i++) {
        most = v[i] > most ? v[i] : most;
    }
    return most >= SEEN_FROM;
}

/* The map of one look, or false with the reason in its hit. */
static bool make_hit(const struct query *q, size_t hit, float *v)
{
    struct arr_hit *h = &q->reading->hits[hit];
    h->is_absent = !make_look(q, hit, v);
    h->is_faint = !h->is_absent && q->meaning[hit].entry->kind == LEX_COLOUR && !is_seen(q, v);
    return !h->is_absent && !h->is_faint;
}

/* All looks of an owner in one: the larger within a group, the product across groups, each of them
 * at least `floor`. Returns how many groups there were. */
static size_t combine(struct query *q, int owner, float floor, float *restrict product)
{
    struct arr_reading *r = q->reading;
    bool is_done[ARR_HITS_MAX] = {false};
    size_t n_groups = 0;
    for (size_t i = 0; i < r->n_hits; i++) {
        float group[ARR_CELLS], v[ARR_CELLS];
        size_t n = 0;
        for (size_t j = i; j < r->n_hits; j++) {
            const struct meaning *m = &q->meaning[j];
            if (is_done[j] || m->owner != owner || m->entry->kind == LEX_RELATION ||
                strcmp(r->hits[j].group, r->hits[i].group) != 0) {
                continue;
            }
            is_done[j] = true;
            if (!make_hit(q, j, v)) {
                continue;
            }
            for (size_t c = 0; c < cells_of(q); c++) {
                group[c] = n > 0 && group[c] > v[c] ? group[c] : v[c];
            }
            n++;
        }
        for (size_t c = 0; n > 0 && c < cells_of(q); c++) {
            product[c] *= floor + (1 - floor) * group[c];
        }
        n_groups += n > 0;
    }
    return n_groups;
}

/* Where the object of a relation is: the centroid of its map to the fourth. False when no word of
 * it names a look, or when nothing in the picture looks so. */
static bool find_anchor(struct query *q, size_t relation, float *x, float *y)
{
    const struct arr_texture *t = q->evidence->texture;
    bool has_look = false;
    for (size_t i = 0; i < q->reading->n_hits; i++) {
        const struct meaning *m = &q->meaning[i];
        has_look |= m->owner == (int)relation &&
                    (m->entry->kind == LEX_COLOUR || !lex_map_is_spatial(m->entry->u.map));
    }
    float v[ARR_CELLS];
    double most = 0, sum = 0, sum_x = 0, sum_y = 0;
    for (size_t i = 0; i < cells_of(q); i++) {
        v[i] = 1;
    }
    if (!has_look || combine(q, (int)relation, 0, v) == 0) {
        return false;
    }
    for (size_t i = 0; i < cells_of(q); i++) {
        const double w = (double)v[i] * (double)v[i] * (double)v[i] * (double)v[i];
        most = (double)v[i] > most ? (double)v[i] : most;
        sum += w;
        sum_x += w * (double)t->t[ARR_T_X][i];
        sum_y += w * (double)t->t[ARR_T_Y][i];
    }
    if (most < (double)SEEN_FROM) {
        return false;
    }
    *x = (float)(sum_x / sum);
    *y = (float)(sum_y / sum);
    return true;
}

/* Places that stand in the object of an unanchored relation are looked for themselves. */
static void release_places(struct query *q, size_t relation)
{
    for (size_t i = 0; i < q->reading->n_hits; i++) {
        struct meaning *m = &q->meaning[i];
        if (m->owner == (int)relation && m->entry->kind == LEX_MAP &&
            lex_map_is_spatial(m->entry->u.map)) {
            m->owner = NOBODY;
            q->reading->hits[i].is_anchor = false;
        }
    }
}

static bool make_relation(struct query *q, size_t hit, float *v)
{
    const struct arr_texture *t = q->evidence->texture;
    const enum lex_relation relation = q->meaning[hit].entry->u.relation;
    float x = 0, y = 0;
    q->reading->hits[hit].is_unanchored = !find_anchor(q, hit, &x, &y);
    if (q->reading->hits[hit].is_unanchored) {
        release_places(q, hit);
        if (!lex_half_plane(relation, t, v)) {
            return false;
        }
    } else {
        lex_relation_make(relation, t, x, y, v);
    }
    if (q->reading->hits[hit].is_negated) {
        for (size_t i = 0; i < cells_of(q); i++) {
            v[i] = 1 - v[i];
        }
    }
    return true;
}

static void make_map(struct query *q, float *partic)
{
    const float floor = 0.15f; /* one absent property must not rule a cell out */
    const size_t n = cells_of(q);
    size_t factors = 0;
    for (size_t i = 0; i < n; i++) {
        partic[i] = 1;
    }
    for (size_t h = 0; h < q->reading->n_hits; h++) {
        float v[ARR_CELLS];
        if (q->meaning[h].entry->kind == LEX_RELATION && make_relation(q, h, v)) {
            for (size_t i = 0; i < n; i++) {
                partic[i] *= floor + (1 - floor) * v[i];
            }
            factors++;
        }
    }
    factors += combine(q, NOBODY, floor, partic);
    q->reading->has_evidence = factors > 0;
    if (factors > 0) {
        arr_min_max(partic, n, true);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        partic[i] = 0.5f;
    }
}

void arr_lexical(const struct arr_lexicon *lexicon, const char *query,
                 const struct arr_evidence *evidence, float *partic, struct arr_reading *reading)
{
    struct query *q = xcalloc(1, sizeof *q);
    memset(reading, 0, sizeof *reading);
    q->lexicon = lexicon;
    q->evidence = evidence;
    q->reading = reading;
    lex_split(query, strlen(query), &q->words);
    find_terms(q);
    mark_used(q);
    find_meanings(q);
    set_tensions(q);
    make_map(q, partic);
    free(q);
}
