/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/hub/internal.h"

enum { DEFAULT_PAGE = 50 };

static const struct {
    const char *name, *wire;
} SORTS[] = {
    [HUB_SORT_TRENDING] = {"trending", "trendingScore"},
    [HUB_SORT_DOWNLOADS] = {"downloads", "downloads"},
    [HUB_SORT_LIKES] = {"likes", "likes"},
    [HUB_SORT_MODIFIED] = {"modified", "lastModified"},
    [HUB_SORT_CREATED] = {"created", "createdAt"},
};

/* The columns hfterm shows. `expand` names the exact members wanted, which keeps a page of 50
 * models at some 30 kB instead of 300 kB; it may not be combined with `full`. */
static const char *const MODEL_COLUMNS[] = {
    "author",  "createdAt",    "disabled",     "downloads",     "gated",
    "gguf",    "lastModified", "library_name", "likes",         "pipeline_tag",
    "private", "safetensors",  "tags",         "trendingScore", NULL,
};
static const char *const DATASET_COLUMNS[] = {
    "author", "createdAt", "disabled", "downloads",     "gated", "lastModified",
    "likes",  "private",   "tags",     "trendingScore", NULL,
};
static const char *const SPACE_COLUMNS[] = {
    "author",  "createdAt", "disabled", "lastModified",  "likes", "private",
    "runtime", "sdk",       "tags",     "trendingScore", NULL,
};
static const char *const *const COLUMNS[] = {
    [HUB_MODEL] = MODEL_COLUMNS,
    [HUB_DATASET] = DATASET_COLUMNS,
    [HUB_SPACE] = SPACE_COLUMNS,
};

const char *hub_sort_name(enum hub_sort sort)
{
    return SORTS[sort].name;
}

bool hub_sort_parse(const char *word, enum hub_sort *out)
{
    for (size_t i = 0; i < sizeof SORTS / sizeof *SORTS; i++) {
        if (strcmp(word, SORTS[i].name) == 0 || strcmp(word, SORTS[i].wire) == 0) {
            *out = (enum hub_sort)i;
            return true;
        }
    }
    return false;
}

/* What a kind does not have is refused in words: the Hub would ignore some of it in silence. */
static bool check_query(const struct hub_query *q, struct err *e)
{
    const char *kind = hub_kind_plural(q->kind);
    const bool model_only =
        q->params || q->library || q->inference_provider || q->apps || q->trained_on;
    if (q->kind != HUB_MODEL && model_only) {
        return err_set(e, ERR_USAGE,
                       "%s cannot be filtered by library, size, provider, app or "
                       "training data: only models can",
                       kind);
    }
    if (q->kind != HUB_SPACE && (q->uses_model || q->uses_dataset)) {
        return err_set(e, ERR_USAGE,
                       "only spaces can be filtered by the model or dataset they use");
    }
    if (q->kind == HUB_SPACE && q->pipeline_tag) {
        return err_set(e, ERR_USAGE, "spaces have no task to filter by");
    }
    if (q->kind == HUB_SPACE && q->sort == HUB_SORT_DOWNLOADS) {
        err_set(e, ERR_USAGE, "spaces have no downloads to sort by");
        return err_remedy(e, "Sort by trending, likes, modified or created.");
    }
    return true;
}

static void put_filter(struct buf *url, const char *prefix, const char *value)
{
    if (value && *value) {
        char *tag = xasprintf("%s%s", prefix, value);
        hub_url_param(url, "filter", tag);
        free(tag);
    }
}

static void put_filters(struct buf *url, const struct hub_query *q)
{
    for (size_t i = 0; i < q->n_filters; i++) {
        put_filter(url, "", q->filters[i]);
    }
    put_filter(url, "", q->library);
    put_filter(url, "dataset:", q->trained_on);
    if (q->kind == HUB_MODEL) {
        hub_url_param(url, "pipeline_tag", q->pipeline_tag);
    } else {
        put_filter(url, "task_categories:", q->pipeline_tag);
    }
    hub_url_param(url, "num_parameters", q->params);
    hub_url_param(url, "gated", q->gated);
    hub_url_param(url, "inference_provider", q->inference_provider);
    hub_url_param(url, "apps", q->apps);
    hub_url_param(url, "models", q->uses_model);
    hub_url_param(url, "datasets", q->uses_dataset);
}

static void put_columns(struct buf *url, const struct hub_query *q)
{
    if (q->full) {
        hub_url_param(url, "full", "true");
        hub_url_param(url, "cardData", q->kind == HUB_MODEL ? "true" : NULL);
        hub_url_param(url, "config", q->kind == HUB_MODEL ? "true" : NULL);
        return;
    }
    for (const char *const *c = COLUMNS[q->kind]; *c; c++) {
        hub_url_param(url, "expand", *c);
    }
}

static void put_query(struct buf *url, const struct hub_query *q)
{
    char limit[16];
    snprintf(limit, sizeof limit, "%u", q->limit ? q->limit : DEFAULT_PAGE);
    hub_url_param(url, "search", q->search && *q->search ? q->search : NULL);
    hub_url_param(url, "author", q->author && *q->author ? q->author : NULL);
    put_filters(url, q);
    hub_url_param(url, "sort", SORTS[q->sort].wire);
    /* Descending is the default and current clients send nothing; 1 turns it round. */
    hub_url_param(url, "direction", q->is_ascending ? "1" : NULL);
    hub_url_param(url, "limit", limit);
    put_columns(url, q);
}

struct hub_page *hub_list(struct hub *hub, const struct hub_query *q, struct hub_get *get,
                          struct err *e)
{
    if (!check_query(q, e)) {
        return NULL;
    }
    struct buf url = BUF_INIT;
    hub_url_list(&url, hub, q->kind);
    put_query(&url, q);
    char *what = xasprintf("listing %s", hub_kind_plural(q->kind));
    const struct hub_call call = {
        .url = buf_str(&url),
        .subject = {.what = what, .kind = q->kind},
    };
    struct hub_page *page = hub_ask(hub, &call, get, hub_decode_list, &q->kind, e);
    free(what);
    buf_done(&url);
    return page;
}

struct hub_page *hub_list_next(struct hub *hub, enum hub_kind kind, const char *next,
                               struct hub_get *get, struct err *e)
{
    if (!hub_check_own(hub, next, "the next page", e)) {
        return NULL;
    }
    char *what = xasprintf("listing more %s", hub_kind_plural(kind));
    const struct hub_call call = {.url = next, .subject = {.what = what, .kind = kind}};
    struct hub_page *page = hub_ask(hub, &call, get, hub_decode_list, &kind, e);
    free(what);
    return page;
}
