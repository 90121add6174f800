/* SPDX-License-Identifier: Apache-2.0 */
/* filter_match.c - the words of search and filter asked of rows that are here. What a row does not tell (who runs a
 * model, what a Space uses) it cannot fail: the Hub decides that. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/hub/licenses.h"
#include "tui/hub/filter.h"

struct word {
    const char *key; /* NULL: a bare word */
    char *value;     /* of size: as parsed, "min:1B,max:8B" */
    bool is_open;    /* still being typed: what begins with it will do */
};

struct hub_match {
    enum hub_kind kind;
    char *search; /* words with a zero behind each, an empty one at the end */
    struct word *words;
    size_t n, cap;
};

/* ---- values ---- */

static bool fits(const struct word *w, const char *text)
{
    return text && (w->is_open ? strncasecmp(text, w->value, strlen(w->value)) == 0 : strcmp(text, w->value) == 0);
}

static bool has_tag(const struct hub_repo *r, const char *prefix, const struct word *w)
{
    const size_t n = strlen(prefix);
    for (size_t i = 0; i < r->n_tags; i++) {
        if (strncmp(r->tags[i], prefix, n) == 0 && fits(w, r->tags[i] + n)) {
            return true;
        }
    }
    return false;
}

/* One licence of a list; the last one is open when the word is. */
static bool is_under(const struct hub_repo *r, const char *id, bool is_open)
{
    const struct word w = {.value = (char *)(uintptr_t)id, .is_open = is_open};
    static const char PREFIX[] = "license:";
    if (strcmp(id, HUB_FILTER_OPEN) != 0) {
        return fits(&w, r->license) || has_tag(r, PREFIX, &w);
    }
    for (size_t i = 0; i < r->n_tags; i++) {
        if (str_starts(r->tags[i], PREFIX) && hub_license_is_open(r->tags[i] + strlen(PREFIX))) {
            return true;
        }
    }
    return r->license && hub_license_is_open(r->license);
}

static bool is_licensed(const struct hub_repo *r, const struct word *w)
{
    bool is_any = false;
    for (const char *at = w->value; *at && !is_any;) {
        const size_t n = strcspn(at, ",");
        char *id = xstrndup(at, n);
        is_any = n > 0 && is_under(r, id, w->is_open && !at[n]);
        free(id);
        at += n + (at[n] == ',');
    }
    return is_any;
}

static double amount(const char *s)
{
    static const char UNITS[] = "kmbt";
    char *end = NULL;
    double v = strtod(s, &end);
    const char *unit = *end ? strchr(UNITS, tolower((unsigned char)*end)) : NULL;
    for (const char *u = UNITS; unit && u <= unit; u++) {
        v *= 1000;
    }
    return v;
}

static bool has_size(const struct hub_repo *r, const struct word *w)
{
    const char *min = strstr(w->value, "min:");
    const char *max = strstr(w->value, "max:");
    const double n = (double)r->params;
    return r->has_params && (!min || n >= amount(min + 4)) && (!max || n <= amount(max + 4));
}

static bool is_by(const struct hub_repo *r, const struct word *w)
{
    const size_t n = strlen(w->value);
    return strncasecmp(r->id, w->value, n) == 0 && (w->is_open || r->id[n] == '/');
}

/* Of a word that is being typed any part will do. */
static bool has_word(const struct hub_repo *r, const struct word *w)
{
    if (!w->is_open) {
        return has_tag(r, "", w) || fits(w, r->pipeline_tag) || fits(w, r->library);
    }
    for (size_t i = 0; i < r->n_tags; i++) {
        if (str_casestr(r->tags[i], w->value)) {
            return true;
        }
    }
    return (r->pipeline_tag && str_casestr(r->pipeline_tag, w->value)) || (r->sdk && str_casestr(r->sdk, w->value));
}

static bool has_task(const struct hub_repo *r, const struct word *w)
{
    return r->kind == HUB_MODEL ? fits(w, r->pipeline_tag) : has_tag(r, "task_categories:", w);
}

static bool has_library(const struct hub_repo *r, const struct word *w)
{
    return fits(w, r->library) || has_tag(r, r->kind == HUB_MODEL ? "" : "library:", w);
}

static bool has_language(const struct hub_repo *r, const struct word *w)
{
    return has_tag(r, r->kind == HUB_MODEL ? "" : "language:", w);
}

static bool is_gated(const struct hub_repo *r, const struct word *w)
{
    const bool wants_gated = *w->value == 'y' || *w->value == 't';
    return (r->gated != HUB_GATED_NO) == wants_gated;
}

static bool is_trained_on(const struct hub_repo *r, const struct word *w)
{
    return r->kind != HUB_MODEL || has_tag(r, "dataset:", w);
}

static const struct {
    const char *key;
    bool (*has)(const struct hub_repo *r, const struct word *w);
} KEYS[] = {
    {"task:", has_task},         {"library:", has_library}, {"license:", is_licensed},    {"language:", has_language},
    {"author:", is_by},          {"size:", has_size},       {"gated:", is_gated},         {"tag:", has_word},
    {"dataset:", is_trained_on},
};

/* ---- a whole text ---- */

/* A word that may still become a key says nothing yet. */
static bool begins_key(enum hub_kind kind, const char *word)
{
    for (const char *const *k = hub_filter_keys(kind); *k; k++) {
        if (str_starts(*k, word)) {
            return true;
        }
    }
    return str_starts("licence:", word);
}

static char *size_of(enum hub_kind kind, const char *text)
{
    struct arena arena = ARENA_INIT;
    struct hub_query q = {.kind = kind};
    char *range = hub_filter_parse(text, &q, &arena, NULL) && q.params ? xstrdup(q.params) : NULL;
    arena_done(&arena);
    return range;
}

static void add_word(struct hub_match *m, const char *text, bool is_open)
{
    const struct hub_filter_word w = hub_filter_word(m->kind, text);
    const bool is_size = w.key && strcmp(w.key, "size:") == 0;
    char *value = is_size ? size_of(m->kind, text) : xstrdup(w.value);
    const bool says_nothing = !value || !*value || (!w.key && (!hub_filter_is_tag(text) || (is_open && begins_key(m->kind, text))));
    void *words = m->words;
    if (says_nothing || !mem_grow(&words, &m->cap, m->n + 1, sizeof *m->words)) {
        free(value);
        return;
    }
    m->words = words;
    m->words[m->n++] = (struct word){w.key, value, is_open};
}

struct hub_match *hub_match_new(enum hub_kind kind, const char *search, const char *filter)
{
    struct hub_match *m = xcalloc(1, sizeof *m);
    m->kind = kind;
    m->search = xcalloc(1, strlen(search) + 2);
    char *at = m->search;
    char *copy = xstrdup(search);
    char *save = NULL;
    for (char *w = strtok_r(copy, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
        memcpy(at, w, strlen(w));
        at += strlen(w) + 1;
    }
    free(copy);
    const size_t length = strlen(filter);
    const bool ends_open = length > 0 && !strchr(" \t", filter[length - 1]);
    copy = xstrdup(filter);
    for (char *w = strtok_r(copy, " \t", &save); w;) {
        char *next = strtok_r(NULL, " \t", &save);
        add_word(m, w, !next && ends_open);
        w = next;
    }
    free(copy);
    return m;
}

void hub_match_free(struct hub_match *m)
{
    for (size_t i = 0; m && i < m->n; i++) {
        free(m->words[i].value);
    }
    if (m) {
        free(m->words);
        free(m->search);
        free(m);
    }
}

bool hub_match_row(const struct hub_match *m, const struct hub_repo *r)
{
    for (const char *s = m->search; *s; s += strlen(s) + 1) {
        if (!str_casestr(r->id, s)) {
            return false;
        }
    }
    for (size_t i = 0; i < m->n; i++) {
        const struct word *w = &m->words[i];
        bool has = w->key || has_word(r, w);
        for (size_t k = 0; w->key && k < sizeof KEYS / sizeof *KEYS; k++) {
            has = strcmp(KEYS[k].key, w->key) == 0 ? KEYS[k].has(r, w) : has;
        }
        if (!has) {
            return false;
        }
    }
    return true;
}
