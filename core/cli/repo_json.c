/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/repo_json.h"

#include <stdio.h>

#include "core/base/clock.h"

void cli_json_text(cJSON *obj, const char *key, const char *text)
{
    cJSON_AddItemToObject(obj, key, text ? cJSON_CreateString(text) : cJSON_CreateNull());
}

void cli_json_count(cJSON *obj, const char *key, bool has, uint64_t n)
{
    /* As text: cJSON prints 15 digits of a double. */
    char digits[24];
    snprintf(digits, sizeof digits, "%llu", (unsigned long long)n);
    cJSON_AddItemToObject(obj, key, has ? cJSON_CreateRaw(digits) : cJSON_CreateNull());
}

void cli_json_date(cJSON *obj, const char *key, bool has, int64_t unix_s)
{
    struct buf text = BUF_INIT;
    if (has) {
        clock_put_iso(&text, unix_s);
    }
    cli_json_text(obj, key, has ? buf_str(&text) : NULL);
    buf_done(&text);
}

static void put_gated(cJSON *obj, const struct hub_repo *r)
{
    if (r->gated == HUB_GATED_NO) {
        cJSON_AddFalseToObject(obj, "gated");
    } else {
        cJSON_AddStringToObject(obj, "gated", r->gated == HUB_GATED_AUTO ? "auto" : "manual");
    }
}

static void put_model(cJSON *obj, const struct hub_repo *r)
{
    cli_json_text(obj, "task", r->pipeline_tag);
    cli_json_text(obj, "library", r->library);
    cli_json_count(obj, "params", r->has_params, r->params);
    cJSON *dtypes = cJSON_AddObjectToObject(obj, "dtypes");
    for (size_t i = 0; i < r->n_dtypes; i++) {
        cli_json_count(dtypes, r->dtypes[i].dtype, true, r->dtypes[i].params);
    }
    cli_json_text(obj, "gguf_architecture", r->gguf_arch);
}

static void put_space(cJSON *obj, const struct hub_repo *r)
{
    cli_json_text(obj, "sdk", r->sdk);
    cli_json_text(obj, "stage", r->stage);
    cli_json_text(obj, "hardware", r->hardware);
}

static void put_numbers(cJSON *obj, const struct hub_repo *r)
{
    if (r->kind != HUB_SPACE) {
        cli_json_count(obj, "downloads", r->has_downloads, r->downloads);
        cli_json_count(obj, "downloads_all_time", r->has_downloads_all, r->downloads_all);
    }
    cli_json_count(obj, "likes", r->has_likes, r->likes);
    cJSON_AddItemToObject(obj, "trending_score",
                          r->has_trending ? cJSON_CreateNumber(r->trending) : cJSON_CreateNull());
    cli_json_date(obj, "created_at", r->has_created, r->created_s);
    cli_json_date(obj, "last_modified", r->has_modified, r->modified_s);
    cli_json_count(obj, "used_storage_bytes", r->has_used_storage, r->used_storage);
}

static cJSON *strings_json(const char *const *items, size_t n)
{
    cJSON *list = cJSON_CreateArray();
    for (size_t i = 0; i < n; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(items[i]));
    }
    return list;
}

cJSON *cli_repo_json(const struct hub *hub, const struct hub_repo *r, bool with_raw)
{
    cJSON *obj = cJSON_CreateObject();
    struct buf url = BUF_INIT;
    hub_web_url(hub, r->kind, r->id, &url);
    cli_json_text(obj, "type", hub_kind_name(r->kind));
    cli_json_text(obj, "id", r->id);
    cli_json_text(obj, "author", r->author);
    cli_json_text(obj, "url", buf_str(&url));
    cli_json_text(obj, "sha", r->sha);
    if (r->kind == HUB_MODEL) {
        put_model(obj, r);
    } else if (r->kind == HUB_SPACE) {
        put_space(obj, r);
    }
    put_numbers(obj, r);
    cJSON_AddItemToObject(obj, "private",
                          r->has_private ? cJSON_CreateBool(r->is_private) : cJSON_CreateNull());
    put_gated(obj, r);
    cJSON_AddBoolToObject(obj, "disabled", r->is_disabled);
    cli_json_text(obj, "license", r->license);
    cJSON_AddItemToObject(obj, "tags", strings_json(r->tags, r->n_tags));
    if (with_raw) {
        cJSON_AddItemToObject(obj, "raw", cJSON_Duplicate(r->raw, true));
    }
    buf_done(&url);
    return obj;
}

const char *cli_storage_of(const struct hub_file *f)
{
    return f->is_xet ? "xet" : f->lfs_sha256 ? "lfs" : "git";
}

cJSON *cli_file_json(const struct hub_file *f)
{
    cJSON *obj = cJSON_CreateObject();
    cli_json_text(obj, "path", f->path);
    cli_json_count(obj, "size", true, f->size);
    cli_json_text(obj, "storage", cli_storage_of(f));
    cli_json_text(obj, "oid", f->oid);
    cli_json_text(obj, "sha256", f->lfs_sha256);
    return obj;
}

cJSON *cli_commit_json(const struct hub_commit *c)
{
    cJSON *obj = cJSON_CreateObject();
    cli_json_text(obj, "id", c->id);
    cli_json_text(obj, "title", c->title);
    cli_json_text(obj, "message", c->message);
    cli_json_text(obj, "author", c->author);
    cli_json_date(obj, "date", c->has_date, c->date_s);
    return obj;
}

cJSON *cli_discussion_json(const struct hub_discussion *d)
{
    cJSON *obj = cJSON_CreateObject();
    cli_json_count(obj, "num", true, d->num);
    cli_json_text(obj, "title", d->title);
    cli_json_text(obj, "status", d->status);
    cli_json_text(obj, "author", d->author);
    cJSON_AddBoolToObject(obj, "is_pull_request", d->is_pull);
    cli_json_date(obj, "created_at", d->has_date, d->date_s);
    return obj;
}

cJSON *cli_ref_json(const struct hub_ref *r, const char *kind)
{
    cJSON *obj = cJSON_CreateObject();
    cli_json_text(obj, "kind", kind);
    cli_json_text(obj, "name", r->name);
    cli_json_text(obj, "ref", r->ref);
    cli_json_text(obj, "commit", r->commit);
    return obj;
}

void cli_access_marks(const struct hub_repo *r, struct buf *out)
{
    if (r->gated != HUB_GATED_NO) {
        buf_puts(out, "gated");
    }
    if (r->has_private && r->is_private) {
        buf_printf(out, "%sprivate", out->n ? " " : "");
    }
    if (r->is_disabled) {
        buf_printf(out, "%sdisabled", out->n ? " " : "");
    }
}
