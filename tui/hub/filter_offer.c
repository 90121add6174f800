/* SPDX-License-Identifier: Apache-2.0 */
/* filter_offer.c - what a word of the filter may become: keys, the values of a key, and for a bare word the values of
 * all keys. What begins with the word comes first, then what holds it, then what holds its letters; of those that are
 * equal in that, what more rows have. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/fuzzy.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/filter.h"

struct offer {
    const char *key, *value, *label; /* borrowed */
    enum fuzzy_rank rank;
    size_t rows;
    size_t order; /* in which it came */
};

struct offers {
    struct offer *items;
    size_t n, cap;
    const char *key;   /* of the values being offered */
    const char *typed; /* behind the key */
};

static void add(struct offers *all, const char *value, const char *label, size_t rows)
{
    const enum fuzzy_rank by_value = fuzzy_rank(all->typed, value);
    const enum fuzzy_rank by_label = label ? fuzzy_rank(all->typed, label) : FUZZY_NOT;
    const enum fuzzy_rank rank = by_label < by_value ? by_label : by_value;
    void *items = all->items;
    if (rank == FUZZY_NOT || !mem_grow(&items, &all->cap, all->n + 1, sizeof *all->items)) {
        return;
    }
    all->items = items;
    all->items[all->n] = (struct offer){all->key, value, label, rank, rows, all->n};
    all->n++;
}

static int by_rank(const void *a, const void *b)
{
    const struct offer *x = a;
    const struct offer *y = b;
    if (x->rank != y->rank) {
        return x->rank < y->rank ? -1 : 1;
    }
    if (x->rows != y->rows) {
        return x->rows < y->rows ? 1 : -1;
    }
    return x->order < y->order ? -1 : x->order > y->order;
}

/* ---- rows that have a value ---- */

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

struct counted {
    const char **tags; /* of all rows, sorted */
    size_t n;
};

static struct counted count_tags(const struct hub_filter_rows *rows)
{
    size_t n = 0;
    for (size_t i = 0; i < rows->n; i++) {
        const struct hub_repo *r = rows->at[i];
        n += r->n_tags + 2;
    }
    struct counted c = {xcalloc(n + 1, sizeof *c.tags), 0};
    for (size_t i = 0; i < rows->n; i++) {
        const struct hub_repo *r = rows->at[i];
        for (size_t k = 0; k < r->n_tags; k++) {
            c.tags[c.n++] = r->tags[k];
        }
    }
    qsort(c.tags, c.n, sizeof *c.tags, by_text);
    return c;
}

static size_t first_at(const struct counted *c, const char *tag, bool is_behind)
{
    size_t low = 0;
    size_t high = c->n;
    while (low < high) {
        const size_t middle = (low + high) / 2;
        const int order = strcmp(c->tags[middle], tag);
        if (order < 0 || (is_behind && order == 0)) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static size_t rows_with(const struct counted *c, const char *tag)
{
    return first_at(c, tag, true) - first_at(c, tag, false);
}

/* ---- what there is ---- */

static const struct {
    const char *key, *value;
    unsigned kinds; /* 1 models, 2 datasets, 4 Spaces */
    const char *label;
} FIXED[] = {
    {"license:", HUB_FILTER_OPEN, 7, "any open licence"},
    {"size:", "<1B", 1, NULL}, {"size:", "<3B", 1, NULL}, {"size:", "<8B", 1, NULL}, {"size:", "<15B", 1, NULL},
    {"size:", "<40B", 1, NULL}, {"size:", ">40B", 1, NULL},
    {"gated:", "no", 3, NULL}, {"gated:", "yes", 3, NULL},
    {"inference:", "warm", 1, "some provider serves it now"},
    {"app:", "vllm", 1, NULL}, {"app:", "llama.cpp", 1, NULL}, {"app:", "ollama", 1, NULL}, {"app:", "lmstudio", 1, NULL},
    {"app:", "sglang", 1, NULL}, {"app:", "tgi", 1, NULL},
};

/* key: as in hub_filter_keys; shown_key: as typed. */
static void add_values(struct offers *all, enum hub_kind kind, const char *key, const char *type,
                       const struct hub_tags *tags, const struct counted *counted)
{
    for (size_t i = 0; i < sizeof FIXED / sizeof *FIXED; i++) {
        if (strcmp(FIXED[i].key, key) == 0 && (FIXED[i].kinds >> kind & 1)) {
            add(all, FIXED[i].value, FIXED[i].label, SIZE_MAX); /* few, and the first */
        }
    }
    for (size_t i = 0; tags && type && i < tags->n_items; i++) {
        const struct hub_tag *t = &tags->items[i];
        if (strcmp(t->type, type) == 0) {
            const char *value = hub_filter_tag_value(t);
            const bool is_same = !t->label || strcmp(t->label, value) == 0;
            add(all, value, is_same ? NULL : t->label, rows_with(counted, t->id));
        }
    }
}

static void give(struct offers *all, bool has_more, struct input_candidates *out)
{
    if (all->n) {
        qsort(all->items, all->n, sizeof *all->items, by_rank);
    }
    for (size_t i = 0; i < all->n && out->n < INPUT_MAX_CANDIDATES; i++) {
        const struct offer *o = &all->items[i];
        char count[32] = "";
        if (o->rows > 0 && o->rows != SIZE_MAX) {
            snprintf(count, sizeof count, "%zu%s", o->rows, has_more ? "+" : "");
        }
        char *note = xasprintf("%s%s%s", o->label ? o->label : "", o->label && *count ? "  " : "", count);
        char *word = xasprintf("%s%s", o->key, o->value);
        char *clean = text_clean(word);
        char *clean_note = text_clean(note);
        input_offer(out, clean, *clean_note ? clean_note : NULL);
        free(clean_note);
        free(clean);
        free(note);
        free(word);
    }
    free(all->items);
    *all = (struct offers){0};
}

void hub_filter_offer(enum hub_kind kind, const char *word, const struct hub_tags *tags,
                      const struct hub_filter_rows *rows, struct input_candidates *out)
{
    const struct hub_filter_word w = hub_filter_word(kind, word);
    const char *comma = w.key ? strrchr(w.value, ',') : NULL;
    const char *typed = comma ? comma + 1 : w.value;
    char *before = xstrndup(word, w.key ? (size_t)(typed - word) : 0);
    struct counted counted = count_tags(rows);
    struct offers all = {.key = before, .typed = typed};
    if (w.key) {
        add_values(&all, kind, w.key, w.type, tags, &counted);
    } else {
        for (const char *const *k = hub_filter_keys(kind); *k; k++) {
            if (str_starts(*k, word) || (*word && str_starts("licence:", word) && strcmp(*k, "license:") == 0)) {
                input_offer(out, *k, hub_filter_key_help(*k));
            }
        }
        for (const char *const *k = hub_filter_keys(kind); *word && *k; k++) {
            all.key = strcmp(*k, "tag:") == 0 ? "" : *k;
            add_values(&all, kind, *k, hub_filter_word(kind, *k).type, tags, &counted);
        }
    }
    give(&all, rows->has_more, out);
    free(counted.tags);
    free(before);
}
