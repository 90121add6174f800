/* SPDX-License-Identifier: Apache-2.0 */
/* One item of a listing or the answer about one repo to struct hub_repo. A member of the wrong type
 * is absent; only an item without an id is none. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

bool hub_date(const cJSON *obj, const char *key, int64_t *out)
{
    const char *text = json_str(obj, key);
    return text && clock_parse_iso(text, out);
}

const char *hub_copy(struct arena *arena, const cJSON *obj, const char *key)
{
    const char *text = json_str(obj, key);
    return text ? arena_strdup(arena, text) : NULL;
}

/* The strings of an array, or of the member `key` of its objects. */
static const char **strings_of(struct arena *arena, const cJSON *list, const char *key, size_t *n)
{
    *n = 0;
    const int size = list ? cJSON_GetArraySize(list) : 0;
    if (size <= 0) {
        return NULL;
    }
    const char **out = arena_alloc(arena, (size_t)size, sizeof *out);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        const char *text = key ? json_str(item, key) : cJSON_GetStringValue(item);
        if (text) {
            out[(*n)++] = text;
        }
    }
    return out;
}

static const char *tag_value(const struct hub_repo *r, const char *prefix)
{
    for (size_t i = 0; i < r->n_tags; i++) {
        if (str_starts(r->tags[i], prefix)) {
            return r->tags[i] + strlen(prefix);
        }
    }
    return NULL;
}

/* `license: mit` or `license: [mit, apache-2.0]`. */
static const char *card_license(const cJSON *card)
{
    const cJSON *list = json_arr(card, "license");
    return list ? cJSON_GetStringValue(cJSON_GetArrayItem(list, 0)) : json_str(card, "license");
}

static enum hub_gated gated_of(const cJSON *item)
{
    const char *word = json_str(item, "gated");
    bool flag = false;
    if (word && strcmp(word, "manual") == 0) {
        return HUB_GATED_MANUAL;
    }
    if ((word && strcmp(word, "auto") == 0) || (json_bool(item, "gated", &flag) && flag)) {
        return HUB_GATED_AUTO;
    }
    return HUB_GATED_NO;
}

static void parse_dtypes(const cJSON *parameters, struct arena *arena, struct hub_repo *r)
{
    const int size = parameters ? cJSON_GetArraySize(parameters) : 0;
    if (size <= 0) {
        return;
    }
    r->dtypes = arena_alloc(arena, (size_t)size, sizeof *r->dtypes);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, parameters)
    {
        const double d = cJSON_IsNumber(item) ? item->valuedouble : -1;
        if (item->string && d >= 0 && d <= 9007199254740992.0) {
            r->dtypes[r->n_dtypes++] = (struct hub_dtype_count){item->string, (uint64_t)d};
        }
    }
}

/* Elements, not bytes: safetensors' own total, else the sum over dtypes, else what a GGUF tells. */
static void parse_params(const cJSON *item, struct arena *arena, struct hub_repo *r)
{
    const cJSON *safetensors = json_obj(item, "safetensors");
    const cJSON *gguf = json_obj(item, "gguf");
    parse_dtypes(json_obj(safetensors, "parameters"), arena, r);
    r->gguf_arch = json_str(gguf, "architecture");
    r->has_params = json_u64(safetensors, "total", &r->params);
    if (!r->has_params && r->n_dtypes > 0) {
        for (size_t i = 0; i < r->n_dtypes; i++) {
            r->params += r->dtypes[i].params;
        }
        r->has_params = true;
    }
    if (!r->has_params) {
        r->has_params = json_u64(gguf, "total", &r->params);
    }
}

static void parse_space(const cJSON *item, struct hub_repo *r)
{
    const cJSON *runtime = json_obj(item, "runtime");
    const cJSON *hardware = json_obj(runtime, "hardware");
    r->sdk = json_str(item, "sdk");
    r->stage = json_str(runtime, "stage");
    r->hardware = json_str(hardware, "current");
    if (!r->hardware) {
        r->hardware = json_str(hardware, "requested");
    }
    if (!r->hardware) {
        r->hardware = json_str(runtime, "hardware");
    }
}

static void parse_counts(const cJSON *item, struct hub_repo *r)
{
    r->has_modified = hub_date(item, "lastModified", &r->modified_s);
    r->has_created = hub_date(item, "createdAt", &r->created_s);
    r->has_downloads = json_u64(item, "downloads", &r->downloads);
    r->has_downloads_all = json_u64(item, "downloadsAllTime", &r->downloads_all);
    r->has_likes = json_u64(item, "likes", &r->likes);
    r->has_trending = json_num(item, "trendingScore", &r->trending);
    r->has_used_storage = json_u64(item, "usedStorage", &r->used_storage);
    r->has_main_size = json_u64(item, "mainSize", &r->main_size);
    r->has_private = json_bool(item, "private", &r->is_private);
    json_bool(item, "disabled", &r->is_disabled);
}

bool hub_parse_repo(const cJSON *item, enum hub_kind kind, struct arena *arena,
                    struct hub_repo *out)
{
    struct hub_repo r = {.kind = kind, .raw = item};
    r.id = json_str(item, "id");
    if (!r.id) {
        r.id = json_str(item, "modelId");
    }
    if (!r.id || !*r.id) {
        return false;
    }
    r.author = json_str(item, "author");
    r.sha = json_str(item, "sha");
    r.gated = gated_of(item);
    parse_counts(item, &r);
    r.tags = strings_of(arena, json_arr(item, "tags"), NULL, &r.n_tags);
    r.files = strings_of(arena, json_arr(item, "siblings"), "rfilename", &r.n_files);
    r.card_data = json_obj(item, "cardData");
    r.license = tag_value(&r, "license:");
    if (!r.license) {
        r.license = card_license(r.card_data);
    }
    if (kind == HUB_MODEL) {
        r.pipeline_tag = json_str(item, "pipeline_tag");
        r.library = json_str(item, "library_name");
        parse_params(item, arena, &r);
    } else if (kind == HUB_SPACE) {
        parse_space(item, &r);
    }
    *out = r;
    return true;
}

bool hub_card_fault(const struct hub_repo *repo, struct buf *why)
{
    const cJSON *fault = json_obj(repo->raw, "cardError");
    const char *message = json_str(fault, "message");
    uint64_t line = 0;
    if (!message) {
        return false;
    }
    if (json_u64(fault, "line", &line) && line > 0) {
        buf_printf(why, "README.md, line %llu: %s", (unsigned long long)line, message);
    } else {
        buf_printf(why, "README.md: %s", message);
    }
    return true;
}

/* ---- pages ---- */

void hub_page_free(struct hub_page *p)
{
    if (p) {
        cJSON_Delete(p->json);
        arena_done(&p->arena);
        free(p->next);
        free(p);
    }
}

/* One of "mit,apache-2.0". */
static bool is_among(const char *license, const char *any)
{
    struct buf encoded = BUF_INIT;
    buf_put_url(&encoded, license, false);
    bool found = false;
    for (const char *p = any; *p && !found;) {
        const size_t n = strcspn(p, ",");
        found = n == encoded.n && strncmp(p, buf_str(&encoded), n) == 0;
        p += n + (p[n] == ',');
    }
    buf_done(&encoded);
    return found;
}

static bool is_wanted(const struct hub_repo *r, const char *any)
{
    static const char PREFIX[] = "license:";
    bool found = !any || (r->license && is_among(r->license, any));
    for (size_t i = 0; i < r->n_tags && !found; i++) {
        found = str_starts(r->tags[i], PREFIX) && is_among(r->tags[i] + strlen(PREFIX), any);
    }
    return found;
}

static struct hub_page *page_of(struct hub_reply *reply, const cJSON *first, size_t n,
                                const struct hub_listing *listing, struct err *e)
{
    struct hub_page *page = xcalloc(1, sizeof *page);
    page->repos = n ? arena_alloc(&page->arena, n, sizeof *page->repos) : NULL;
    const cJSON *item = first;
    for (size_t i = 0; i < n; i++, item = item->next) {
        struct hub_repo *r = &page->repos[page->n_repos];
        if (!hub_parse_repo(item, listing->kind, &page->arena, r)) {
            page->n_skipped++;
        } else if (is_wanted(r, listing->any_license)) {
            page->n_repos++;
        }
    }
    if (n > 0 && page->n_skipped == n) {
        hub_page_free(page);
        return hub_damaged(e, "a repository with an id");
    }
    page->n_seen = n;
    page->json = reply->json;
    reply->json = NULL;
    return page;
}

void *hub_decode_list(struct hub_reply *reply, const void *arg, struct err *e)
{
    if (!cJSON_IsArray(reply->json)) {
        return hub_damaged(e, "a list of repositories");
    }
    const struct hub_listing *listing = arg;
    struct hub_page *page = page_of(reply, reply->json->child,
                                    (size_t)cJSON_GetArraySize(reply->json), listing, e);
    if (page) {
        page->next = hub_next_of(reply->hub, reply->headers);
        page->has_total = !listing->any_license && hub_total_of(reply->headers, &page->total);
    }
    return page;
}

void *hub_decode_info(struct hub_reply *reply, const void *arg, struct err *e)
{
    if (!cJSON_IsObject(reply->json)) {
        return hub_damaged(e, "a repository");
    }
    const struct hub_listing one = {*(const enum hub_kind *)arg, NULL};
    return page_of(reply, reply->json, 1, &one, e);
}

struct hub_page *hub_repo_info(struct hub *hub, enum hub_kind kind, const char *id,
                               const char *revision, struct hub_get *get, struct err *e)
{
    if (!hub_check_repo_id(id, e) || !hub_check_revision(revision, e)) {
        return NULL;
    }
    struct buf url = BUF_INIT;
    hub_url_repo(&url, hub, kind, id);
    if (revision) {
        buf_puts(&url, "/revision");
        hub_url_part(&url, revision, false);
    }
    char *what = xasprintf("reading about %s", id);
    const struct hub_call call = {
        .url = buf_str(&url),
        .subject = {.what = what, .kind = kind, .id = id, .revision = revision},
    };
    struct hub_page *page = hub_ask(hub, &call, get, hub_decode_info, &kind, e);
    free(what);
    buf_done(&url);
    return page;
}
