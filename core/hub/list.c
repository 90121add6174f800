/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/hub/internal.h"

enum {
    DEFAULT_PAGE = 50,
    SIFTED_PAGE = 100, /* of which rows are left out here */
    SIFTED_PAGES = 5,  /* asked for in a row without finding any */
};

/* What stands between the address of a next page and the licences that it is sifted by. */
static const char ANY_MARK[] = "#any-license=";

static const struct {
    const char *name, *wire;
} SORTS[] = {
    [HUB_SORT_TRENDING] = {"trending", "trendingScore"},
    [HUB_SORT_DOWNLOADS] = {"downloads", "downloads"},
    [HUB_SORT_LIKES] = {"likes", "likes"},
    [HUB_SORT_MODIFIED] = {"modified", "lastModified"},
    [HUB_SORT_CREATED] = {"created", "createdAt"},
    [HUB_SORT_LIKES30D] = {"likes30d", "likes30d"},
    [HUB_SORT_PARAMS] = {"params", "num_parameters"},
    [HUB_SORT_SIZE] = {"size", "mainSize"},
};

/* The columns hfterm shows. `expand` names the exact members wanted, which keeps a page of 50
 * models at some 30 kB instead of 300 kB; it may not be combined with `full`. */
static const char *const MODEL_COLUMNS[] = {
    "author",  "createdAt",    "disabled",     "downloads",     "gated",
    "gguf",    "lastModified", "library_name", "likes",         "pipeline_tag",
    "private", "safetensors",  "tags",         "trendingScore", "usedStorage", NULL,
};
static const char *const DATASET_COLUMNS[] = {
    "author", "createdAt", "disabled", "downloads",     "gated", "lastModified",
    "likes",  "private",   "tags",     "trendingScore", "usedStorage", NULL,
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

const char *hub_sort_refusal(enum hub_kind kind, enum hub_sort sort)
{
    if (kind == HUB_SPACE && sort == HUB_SORT_DOWNLOADS) {
        return "Spaces have no downloads";
    }
    return kind != HUB_MODEL && sort == HUB_SORT_PARAMS ? "only models have parameters" : NULL;
}

/* What a kind does not have is refused in words: the Hub would ignore some of it in silence. */
static bool check_query(const struct hub_query *q, struct err *e)
{
    const char *kind = hub_kind_plural(q->kind);
    const bool model_only = q->params || q->library || q->inference || q->inference_provider ||
                            q->apps || q->trained_on;
    const char *unsorted = hub_sort_refusal(q->kind, q->sort);
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
    if (q->inference && q->inference_provider) {
        return err_set(e, ERR_USAGE, "inference and a provider cannot both be asked for: who names "
                                     "a provider asks for what it serves already");
    }
    if (unsorted) {
        err_set(e, ERR_USAGE, "%s to sort by: %s", hub_sort_name(q->sort), unsorted);
        return err_remedy(e, "Sort by trending, likes, modified, created, likes30d or size.");
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
    put_filter(url, "license:", q->n_licenses == 1 ? q->licenses[0] : NULL);
    put_filter(url, "", q->library);
    put_filter(url, "dataset:", q->trained_on);
    if (q->kind == HUB_MODEL) {
        hub_url_param(url, "pipeline_tag", q->pipeline_tag);
    } else {
        put_filter(url, "task_categories:", q->pipeline_tag);
    }
    hub_url_param(url, "num_parameters", q->params);
    hub_url_param(url, "gated", q->gated);
    hub_url_param(url, "inference", q->inference);
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
    if (q->kind == HUB_DATASET && q->sort == HUB_SORT_SIZE) {
        hub_url_param(url, "expand", "mainSize");
    }
}

static unsigned page_size(const struct hub_query *q)
{
    const unsigned n = q->limit ? q->limit : DEFAULT_PAGE;
    return q->n_licenses > 1 && n < SIFTED_PAGE ? SIFTED_PAGE : n;
}

static void put_query(struct buf *url, const struct hub_query *q)
{
    char limit[16];
    snprintf(limit, sizeof limit, "%u", page_size(q));
    hub_url_param(url, "search", q->search && *q->search ? q->search : NULL);
    hub_url_param(url, "author", q->author && *q->author ? q->author : NULL);
    put_filters(url, q);
    hub_url_param(url, "sort", SORTS[q->sort].wire);
    /* Descending is the default and current clients send nothing; 1 turns it round. */
    hub_url_param(url, "direction", q->is_ascending ? "1" : NULL);
    hub_url_param(url, "limit", limit);
    put_columns(url, q);
}

/* "mit,apache-2.0" of several licences, NULL when there is nothing to sift. Owned. */
static char *any_of(const struct hub_query *q)
{
    if (q->n_licenses < 2) {
        return NULL;
    }
    struct buf any = BUF_INIT;
    for (size_t i = 0; i < q->n_licenses; i++) {
        buf_puts(&any, i ? "," : "");
        buf_put_url(&any, q->licenses[i], false);
    }
    return buf_steal(&any);
}

/* The next page of a sifted list is to be sifted too, so its address carries by what. */
static void mark_next(struct hub_page *page, const char *any)
{
    if (page && page->next && any) {
        char *marked = xasprintf("%s%s%s", page->next, ANY_MARK, any);
        free(page->next);
        page->next = marked;
    }
}

static struct hub_page *ask_page(struct hub *hub, const char *url, const struct hub_listing *listing,
                                 const char *what, struct hub_get *get, struct err *e)
{
    const struct hub_call call = {.url = url, .subject = {.what = what, .kind = listing->kind}};
    return hub_ask(hub, &call, get, hub_decode_list, listing, e);
}

/* A page, of a sifted list the first one with a row. What a failure behind a page without rows says is
 * said when that page is asked for again. */
static struct hub_page *find_page(struct hub *hub, const char *url, const struct hub_listing *listing,
                                  const char *what, struct hub_get *get, struct err *e)
{
    struct hub_page *page = ask_page(hub, url, listing, what, get, e);
    for (int i = 1; i < SIFTED_PAGES && listing->any_license && page && page->n_repos == 0 &&
                    page->next && hub_check_own(hub, page->next, "the next page", NULL);
         i++) {
        struct hub_page *next = ask_page(hub, page->next, listing, what, get, NULL);
        if (!next) {
            break;
        }
        next->n_seen += page->n_seen;
        next->n_skipped += page->n_skipped;
        hub_page_free(page);
        page = next;
    }
    mark_next(page, listing->any_license);
    return page;
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
    char *any = any_of(q);
    const struct hub_listing listing = {q->kind, any};
    struct hub_page *page = find_page(hub, buf_str(&url), &listing, what, get, e);
    free(any);
    free(what);
    buf_done(&url);
    return page;
}

struct hub_page *hub_list_next(struct hub *hub, enum hub_kind kind, const char *next,
                               struct hub_get *get, struct err *e)
{
    const char *mark = strstr(next, ANY_MARK);
    char *url = xstrndup(next, mark ? (size_t)(mark - next) : strlen(next));
    const struct hub_listing listing = {kind, mark ? mark + strlen(ANY_MARK) : NULL};
    struct hub_page *page = NULL;
    if (hub_check_own(hub, url, "the next page", e)) {
        char *what = xasprintf("listing more %s", hub_kind_plural(kind));
        page = find_page(hub, url, &listing, what, get, e);
        free(what);
    }
    free(url);
    return page;
}
