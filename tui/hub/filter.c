/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/hub/filter.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/hub/licenses.h"

enum { MAX_FILTERS = 32, MAX_LICENSES = 128, FOR_MODELS = 1, FOR_DATASETS = 2, FOR_SPACES = 4 };

struct parser {
    struct hub_query *q;
    struct arena *arena;
    const char *filters[MAX_FILTERS];
    size_t n;
    const char *licenses[MAX_LICENSES];
    size_t n_licenses;
};

static bool add_tag(struct parser *p, const char *prefix, const char *value, struct err *e)
{
    if (p->n == MAX_FILTERS) {
        return err_set(e, ERR_USAGE, "more than %d filters", MAX_FILTERS);
    }
    size_t size = strlen(prefix) + strlen(value) + 1;
    char *tag = arena_alloc(p->arena, size, 1);
    snprintf(tag, size, "%s%s", prefix, value);
    p->filters[p->n++] = tag;
    return true;
}

static bool set_task(struct parser *p, const char *v, struct err *e)
{
    (void)e;
    p->q->pipeline_tag = v;
    return true;
}

static bool set_library(struct parser *p, const char *v, struct err *e)
{
    if (p->q->kind == HUB_MODEL) {
        p->q->library = v;
        return true;
    }
    return add_tag(p, "library:", v, e);
}

static bool add_license(struct parser *p, const char *id, struct err *e)
{
    for (size_t i = 0; i < p->n_licenses; i++) {
        if (strcmp(p->licenses[i], id) == 0) {
            return true;
        }
    }
    if (p->n_licenses == MAX_LICENSES) {
        return err_set(e, ERR_USAGE, "more than %d licences", MAX_LICENSES);
    }
    p->licenses[p->n_licenses++] = id;
    return true;
}

/* "mit", "mit,gemma", "open": any one of them; also of several words. */
static bool set_license(struct parser *p, const char *v, struct err *e)
{
    char *list = arena_strdup(p->arena, v);
    char *save = NULL;
    size_t n = 0;
    const char *const *open = hub_licenses_open(&n);
    bool ok = true;
    for (char *id = strtok_r(list, ",", &save); id && ok; id = strtok_r(NULL, ",", &save)) {
        const bool is_open = strcmp(id, HUB_FILTER_OPEN) == 0;
        for (size_t i = 0; is_open && i < n && ok; i++) {
            ok = add_license(p, open[i], e);
        }
        ok = ok && (is_open || add_license(p, id, e));
    }
    return ok && (p->n_licenses > 0 || err_set(e, ERR_USAGE, "license: needs a value: mit, or several: mit,apache-2.0"));
}

static bool set_language(struct parser *p, const char *v, struct err *e)
{
    /* The Hub tags models with the bare code and datasets with the prefix. */
    return add_tag(p, p->q->kind == HUB_MODEL ? "" : "language:", v, e);
}

static bool set_author(struct parser *p, const char *v, struct err *e)
{
    (void)e;
    p->q->author = v;
    return true;
}

static bool set_gated(struct parser *p, const char *v, struct err *e)
{
    bool is_yes = strcmp(v, "yes") == 0 || strcmp(v, "true") == 0;
    bool is_no = strcmp(v, "no") == 0 || strcmp(v, "false") == 0;
    p->q->gated = is_yes ? "true" : "false";
    return is_yes || is_no || err_set(e, ERR_USAGE, "gated: is yes or no, not \"%s\"", v);
}

static bool set_tag(struct parser *p, const char *v, struct err *e)
{
    return add_tag(p, "", v, e);
}

static bool set_dataset(struct parser *p, const char *v, struct err *e)
{
    (void)e;
    if (p->q->kind == HUB_SPACE) {
        p->q->uses_dataset = v;
    } else {
        p->q->trained_on = v;
    }
    return true;
}

static bool set_model(struct parser *p, const char *v, struct err *e)
{
    (void)e;
    p->q->uses_model = v;
    return true;
}

static bool set_app(struct parser *p, const char *v, struct err *e)
{
    (void)e;
    p->q->apps = v;
    return true;
}

static bool set_inference(struct parser *p, const char *v, struct err *e)
{
    p->q->inference = v;
    return strcmp(v, "warm") == 0 ||
           err_set(e, ERR_USAGE, "inference: is warm (some provider serves it now), not \"%s\"", v);
}

static bool set_provider(struct parser *p, const char *v, struct err *e)
{
    (void)e;
    p->q->inference_provider = v;
    return true;
}

/* "8B", "1.5b", "500M": a count as the Hub takes it. */
static bool is_count(const char *s, size_t n)
{
    size_t digits = 0;
    while (digits < n && (isdigit((unsigned char)s[digits]) || s[digits] == '.')) {
        digits++;
    }
    bool has_unit = digits + 1 == n && strchr("kKmMbBtT", s[digits]);
    return digits > 0 && (has_unit || digits == n);
}

/* "<8B", ">1B", "1B-8B", "8B" (up to) to "min:1B,max:8B". */
static bool set_size(struct parser *p, const char *v, struct err *e)
{
    const char *dash = strchr(v, '-');
    const char *low = NULL;
    const char *high = NULL;
    size_t n_low = 0;
    if (*v == '>') {
        low = v + 1 + (v[1] == '=');
        n_low = strlen(low);
    } else if (dash) {
        low = v;
        n_low = (size_t)(dash - v);
        high = dash + 1;
    } else {
        high = v + strspn(v, "<=");
    }
    bool ok = (!low || is_count(low, n_low)) && (!high || is_count(high, strlen(high)));
    if (!ok) {
        return err_set(e, ERR_USAGE, "size: is a count such as <8B, >1B or 1B-8B, not \"%s\"", v);
    }
    char text[96];
    snprintf(text, sizeof text, "%s%.*s%s%s%s", low ? "min:" : "", (int)(low ? n_low : 0), low ? low : "",
             low && high ? "," : "", high ? "max:" : "", high ? high : "");
    p->q->params = arena_strdup(p->arena, text);
    return true;
}

static const struct {
    const char *key; /* with the colon */
    int kinds;
    const char *type_model, *type_dataset; /* of the tag catalogue */
    const char *help;
    bool (*set)(struct parser *p, const char *value, struct err *e);
} KEYS[] = {
    {"task:", FOR_MODELS | FOR_DATASETS, "pipeline_tag", "task_categories", "what it does: translation, text-generation", set_task},
    {"library:", FOR_MODELS | FOR_DATASETS, "library", "library", "transformers, gguf, diffusers", set_library},
    {"license:", FOR_MODELS | FOR_DATASETS | FOR_SPACES, "license", "license", "apache-2.0, or any of several: mit,gemma, or open", set_license},
    {"language:", FOR_MODELS | FOR_DATASETS, "language", "language", "code of a language: en, de, ja", set_language},
    {"author:", FOR_MODELS | FOR_DATASETS | FOR_SPACES, NULL, NULL, "user or organisation", set_author},
    {"size:", FOR_MODELS, NULL, NULL, "parameters: <8B, >1B, 1B-8B", set_size},
    {"gated:", FOR_MODELS | FOR_DATASETS, NULL, NULL, "yes or no", set_gated},
    {"dataset:", FOR_MODELS | FOR_SPACES, "dataset", NULL, "trained on it (models), uses it (Spaces)", set_dataset},
    {"model:", FOR_SPACES, NULL, NULL, "Spaces that use this model", set_model},
    {"tag:", FOR_MODELS | FOR_DATASETS | FOR_SPACES, "other", "other", "any tag", set_tag},
    {"app:", FOR_MODELS, NULL, NULL, "runs in: vllm, ollama, llama.cpp", set_app},
    {"inference:", FOR_MODELS, NULL, NULL, "warm: some provider serves it now", set_inference},
    {"provider:", FOR_MODELS, NULL, NULL, "inference provider, or all", set_provider},
};
enum { N_KEYS = sizeof KEYS / sizeof *KEYS };

static int kind_bit(enum hub_kind kind)
{
    return kind == HUB_MODEL ? FOR_MODELS : kind == HUB_DATASET ? FOR_DATASETS : FOR_SPACES;
}

/* What stands before the first colon of tags that the Hub makes itself. */
static bool is_tag_prefix(const char *word, size_t n)
{
    static const char *const ALL[] = {
        "annotations_creators", "arxiv", "base_model", "benchmark", "deploy", "diffusers", "doi", "format",
        "language_creators", "modality", "multilinguality", "region", "size_categories", "source_datasets",
        "task_categories", "task_ids", "template",
    };
    for (size_t i = 0; i < sizeof ALL / sizeof *ALL; i++) {
        if (strlen(ALL[i]) == n && strncmp(ALL[i], word, n) == 0) {
            return true;
        }
    }
    return false;
}

/* Index of the key that the word begins with, N_KEYS when it begins with none. */
static size_t key_of(const char *word, const char **value)
{
    static const char ALSO[] = "licence:"; /* as most of the world writes it */
    if (str_starts(word, ALSO)) {
        *value = word + strlen(ALSO);
        word = "license:";
    } else {
        *value = NULL;
    }
    size_t i = 0;
    while (i < N_KEYS && !str_starts(word, KEYS[i].key)) {
        i++;
    }
    if (i < N_KEYS && !*value) {
        *value = word + strlen(KEYS[i].key);
    }
    return i;
}

struct hub_filter_word hub_filter_word(enum hub_kind kind, const char *word)
{
    const char *value = word;
    const size_t i = key_of(word, &value);
    if (i == N_KEYS) {
        const bool is_size = kind == HUB_MODEL && (*word == '<' || *word == '>');
        return (struct hub_filter_word){is_size ? "size:" : NULL, word, NULL};
    }
    return (struct hub_filter_word){KEYS[i].key, value, kind == HUB_DATASET ? KEYS[i].type_dataset : KEYS[i].type_model};
}

bool hub_filter_is_tag(const char *word)
{
    const size_t n = strcspn(word, ":=<>");
    return !word[n] || (word[n] == ':' && is_tag_prefix(word, n));
}

static bool add_bare(struct parser *p, const char *word, struct err *e)
{
    return hub_filter_is_tag(word) ? add_tag(p, "", word, e) : hub_filter_refuse(p->q->kind, word, NULL, e);
}

static bool parse_word(struct parser *p, const char *word, struct err *e)
{
    const struct hub_filter_word w = hub_filter_word(p->q->kind, word);
    size_t i = 0;
    while (w.key && strcmp(KEYS[i].key, w.key) != 0) {
        i++;
    }
    if (!w.key) {
        return add_bare(p, word, e);
    }
    if (!(KEYS[i].kinds & kind_bit(p->q->kind))) {
        return err_set(e, ERR_USAGE, "%s does not apply to %s", KEYS[i].key, hub_kind_plural(p->q->kind));
    }
    if (!*w.value) {
        return err_set(e, ERR_USAGE, "%s needs a value: %s", KEYS[i].key, KEYS[i].help);
    }
    return KEYS[i].set(p, w.value, e);
}

bool hub_filter_parse(const char *text, struct hub_query *q, struct arena *arena, struct err *e)
{
    struct hub_query fresh = {
        .kind = q->kind, .search = q->search, .sort = q->sort, .is_ascending = q->is_ascending, .limit = q->limit};
    struct parser p = {.q = &fresh, .arena = arena};
    char *copy = arena_strdup(arena, text);
    char *save = NULL;
    for (char *w = strtok_r(copy, " \t", &save); w; w = strtok_r(NULL, " \t", &save)) {
        if (!parse_word(&p, w, e)) {
            return false;
        }
    }
    fresh.filters = arena_alloc(arena, p.n + 1, sizeof *fresh.filters);
    memcpy(fresh.filters, p.filters, p.n * sizeof *fresh.filters);
    fresh.n_filters = p.n;
    fresh.licenses = arena_alloc(arena, p.n_licenses + 1, sizeof *fresh.licenses);
    memcpy(fresh.licenses, p.licenses, p.n_licenses * sizeof *fresh.licenses);
    fresh.n_licenses = p.n_licenses;
    if (fresh.inference && fresh.inference_provider) {
        return err_set(e, ERR_USAGE, "inference: and provider: go one at a time: a provider is asked for what it serves");
    }
    *q = fresh;
    return true;
}

const char *const *hub_filter_keys(enum hub_kind kind)
{
    static const char *const MODEL[] = {"task:",  "library:", "license:", "language:", "author:", "size:",
                                        "gated:", "dataset:", "tag:",     "app:",      "inference:", "provider:", NULL};
    static const char *const DATASET[] = {"task:", "library:", "license:", "language:", "author:", "gated:", "tag:", NULL};
    static const char *const SPACE[] = {"license:", "author:", "model:", "dataset:", "tag:", NULL};
    return kind == HUB_MODEL ? MODEL : kind == HUB_DATASET ? DATASET : SPACE;
}

const char *hub_filter_key_help(const char *key)
{
    for (size_t i = 0; i < N_KEYS; i++) {
        if (strcmp(KEYS[i].key, key) == 0) {
            return KEYS[i].help;
        }
    }
    return NULL;
}
