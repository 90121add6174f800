/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/item.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/about.h"
#include "core/localhub/hashes.h"
#include "core/localhub/oids.h"
#include "core/localhub/service.h"
#include "core/localhub/spaces.h"
#include "core/localhub/store.h"

struct item {
    struct lh_call *call;
    struct lh_repo *repo;
    struct lh_tree *tree;
    const struct lh_about *about;
    cJSON *json;
    bool blobs;
    struct err e; /* set by what could not be read */
};

bool lh_card_names(const cJSON *card, const char *key, const char *word)
{
    const char *one = json_str(card, key);
    if (one && strcmp(one, word) == 0) {
        return true;
    }
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_arr(card, key))
    {
        if (cJSON_IsString(item) && strcmp(item->valuestring, word) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- one function a property ---- */

static void put_string(struct item *it, const char *key, const char *value)
{
    if (value && *value) {
        cJSON_AddStringToObject(it->json, key, value);
    }
}

static void put_copy(struct item *it, const char *key, const cJSON *value)
{
    if (value) {
        cJSON_AddItemToObject(it->json, key, cJSON_Duplicate(value, true));
    }
}

static void put_number(struct item *it, const char *key)
{
    double value = 0;
    if (json_num(it->repo->sidecar, key, &value)) {
        cJSON_AddNumberToObject(it->json, key, value);
    }
}

static void put_author(struct item *it)
{
    put_string(it, "author", it->repo->ns);
}

/* No member of the Hub's: why a card says nothing, wherever it would say something. */
static void put_card_error(struct item *it)
{
    const struct lh_about *about = it->about;
    if (!about->card_error || cJSON_GetObjectItemCaseSensitive(it->json, "cardError")) {
        return;
    }
    cJSON *error = cJSON_AddObjectToObject(it->json, "cardError");
    if (about->card_error_line) {
        cJSON_AddNumberToObject(error, "line", about->card_error_line);
    }
    cJSON_AddStringToObject(error, "message", about->card_error);
}

static void put_card_data(struct item *it)
{
    put_copy(it, "cardData", it->about->card);
    put_card_error(it);
}

static void put_card_exists(struct item *it)
{
    cJSON_AddBoolToObject(it->json, "cardExists", it->about->has_readme);
}

static void put_config(struct item *it)
{
    put_copy(it, "config", it->about->config);
}

static void put_created(struct item *it)
{
    const int64_t at = lh_repo_created(it->repo, it->tree);
    if (at > 0) {
        lh_json_add_date(it->json, "createdAt", at);
    }
}

static void put_modified(struct item *it)
{
    const int64_t at = lh_repo_modified(it->repo, it->tree);
    if (at > 0) {
        lh_json_add_date(it->json, "lastModified", at);
    }
}

static void put_disabled(struct item *it)
{
    cJSON_AddBoolToObject(it->json, "disabled", lh_repo_is_disabled(it->repo));
}

static void put_downloads(struct item *it)
{
    put_number(it, "downloads");
}

static void put_downloads_all(struct item *it)
{
    put_number(it, "downloadsAllTime");
}

static void put_gated(struct item *it)
{
    const char *gated = lh_repo_gated(it->repo);
    if (gated) {
        cJSON_AddStringToObject(it->json, "gated", gated);
    } else {
        cJSON_AddFalseToObject(it->json, "gated");
    }
}

static void put_gguf(struct item *it)
{
    const struct lh_weights *w = lh_tree_weights(it->repo, it->tree);
    if (!w->has_gguf) {
        return;
    }
    cJSON *gguf = cJSON_AddObjectToObject(it->json, "gguf");
    cJSON_AddNumberToObject(gguf, "total", (double)w->gguf_total);
    if (w->gguf_arch[0]) {
        cJSON_AddStringToObject(gguf, "architecture", w->gguf_arch);
    }
    if (w->has_gguf_context) {
        cJSON_AddNumberToObject(gguf, "context_length", (double)w->gguf_context);
    }
}

static void put_inference(struct item *it)
{
    put_string(it, "inference", lh_is_served_by(it->repo, NULL) ? "warm" : NULL);
}

static void put_providers(struct item *it)
{
    cJSON *providers = lh_service_providers(it->repo, it->call->repo == NULL);
    if (providers) {
        cJSON_AddItemToObject(it->json, "inferenceProviderMapping", providers);
    }
}

static void put_library(struct item *it)
{
    put_string(it, "library_name", it->about->library);
}

static void put_likes(struct item *it)
{
    put_number(it, "likes");
}

static void put_mask_token(struct item *it)
{
    put_string(it, "mask_token", json_str(it->about->card, "mask_token"));
}

static void put_model_id(struct item *it)
{
    put_string(it, "modelId", it->repo->id);
}

static void put_model_index(struct item *it)
{
    put_copy(it, "model-index", json_arr(it->about->card, "model-index"));
}

static void put_pipeline_tag(struct item *it)
{
    put_string(it, "pipeline_tag", it->about->pipeline_tag);
}

static void put_private(struct item *it)
{
    cJSON_AddBoolToObject(it->json, "private", lh_repo_is_private(it->repo));
}

static void put_safetensors(struct item *it)
{
    const struct lh_weights *w = lh_tree_weights(it->repo, it->tree);
    if (w->n_dtypes == 0) {
        return;
    }
    cJSON *object = cJSON_AddObjectToObject(it->json, "safetensors");
    cJSON *parameters = cJSON_AddObjectToObject(object, "parameters");
    for (size_t i = 0; i < w->n_dtypes; i++) {
        cJSON_AddNumberToObject(parameters, w->dtypes[i].name, (double)w->dtypes[i].count);
    }
    cJSON_AddNumberToObject(object, "total", (double)w->total);
}

static void put_sha(struct item *it)
{
    put_string(it, "sha", lh_tree_commit(it->repo, it->tree, it->call->site->hashes));
}

static void put_blob(struct item *it, cJSON *sibling, const struct lh_file *file)
{
    struct lh_oid oid;
    if (!lh_oid_of_file(file, it->call->site->hashes, &oid, &it->e)) {
        return;
    }
    cJSON_AddNumberToObject(sibling, "size", (double)file->size);
    cJSON_AddStringToObject(sibling, "blobId", oid.git_sha1);
    if (file->is_lfs) {
        cJSON *lfs = cJSON_AddObjectToObject(sibling, "lfs");
        cJSON_AddStringToObject(lfs, "sha256", oid.sha256);
        cJSON_AddNumberToObject(lfs, "size", (double)file->size);
        cJSON_AddNumberToObject(lfs, "pointerSize", (double)oid.pointer_bytes);
    }
}

static void put_siblings(struct item *it)
{
    cJSON *list = cJSON_AddArrayToObject(it->json, "siblings");
    for (size_t i = 0; i < it->tree->n_files && it->e.code == ERR_NONE; i++) {
        cJSON *sibling = cJSON_CreateObject();
        cJSON_AddStringToObject(sibling, "rfilename", it->tree->files[i].path);
        if (it->blobs) {
            put_blob(it, sibling, &it->tree->files[i]);
        }
        cJSON_AddItemToArray(list, sibling);
    }
}

/* Spaces of this folder whose card names the model. */
static void put_spaces(struct item *it)
{
    cJSON *list = cJSON_AddArrayToObject(it->json, "spaces");
    struct lh_repo_list spaces;
    lh_store_list(it->call->site->store, LH_SPACE, &spaces);
    for (size_t i = 0; i < spaces.n; i++) {
        const struct lh_repo *space = spaces.items[i];
        if (lh_may_see(&it->call->viewer, space) &&
            lh_card_names(space->trees[0]->about.card, "models", it->repo->id)) {
            cJSON_AddItemToArray(list, cJSON_CreateString(space->id));
        }
    }
    lh_repo_list_done(&spaces);
}

static void put_tags(struct item *it)
{
    cJSON *list = cJSON_AddArrayToObject(it->json, "tags");
    for (size_t i = 0; i < it->about->n_tags; i++) {
        cJSON_AddItemToArray(list, cJSON_CreateString(it->about->tags[i]));
    }
    put_card_error(it);
}

static void put_transformers(struct item *it)
{
    const char *task = NULL;
    const char *auto_model = lh_about_auto_model(it->about, &task);
    const bool is_ours = it->about->library && strcmp(it->about->library, "transformers") == 0;
    if (!auto_model || !is_ours) {
        return;
    }
    cJSON *info = cJSON_AddObjectToObject(it->json, "transformersInfo");
    cJSON_AddStringToObject(info, "auto_model", auto_model);
    if (it->about->pipeline_tag) {
        cJSON_AddStringToObject(info, "pipeline_tag", it->about->pipeline_tag);
    }
    if (lh_tree_find(it->tree, "tokenizer_config.json")) {
        cJSON_AddStringToObject(info, "processor", "AutoTokenizer");
    }
}

static void put_trending(struct item *it)
{
    put_number(it, "trendingScore");
}

static void put_used_storage(struct item *it)
{
    cJSON_AddNumberToObject(it->json, "usedStorage", (double)it->tree->total_bytes);
}

static void put_main_size(struct item *it)
{
    cJSON_AddNumberToObject(it->json, "mainSize", (double)it->tree->total_bytes);
}

static void put_widget(struct item *it)
{
    put_copy(it, "widgetData", json_arr(it->about->card, "widget"));
}

static void put_description(struct item *it)
{
    put_string(it, "description", json_str(it->about->card, "description"));
}

static void put_papers(struct item *it)
{
    put_string(it, "paperswithcode_id", json_str(it->about->card, "paperswithcode_id"));
}

static void put_models(struct item *it)
{
    put_copy(it, "models", json_arr(it->about->card, "models"));
}

static void put_datasets(struct item *it)
{
    put_copy(it, "datasets", json_arr(it->about->card, "datasets"));
}

static void put_sdk(struct item *it)
{
    put_string(it, "sdk", it->about->sdk);
}

static void put_subdomain(struct item *it)
{
    char *text = xasprintf("%s-%s", it->repo->ns, it->repo->name);
    for (char *c = text; *c; c++) {
        *c = isalnum((unsigned char)*c) ? (char)tolower((unsigned char)*c) : '-';
    }
    put_string(it, "subdomain", text);
    free(text);
}

static void put_runtime(struct item *it)
{
    cJSON_AddItemToObject(it->json, "runtime", lh_spaces_runtime(it->call->site->spaces, it->repo));
}

/* ---- the table ---- */

enum { M = 1, D = 2, S = 4, IN_LIST = 1, IN_FULL = 2, IN_INFO = 4, ALL = 7, MORE = 6 };

static const struct property {
    const char *name;
    unsigned kinds, sets;
    void (*put)(struct item *); /* NULL: asked for by clients, unknowable here */
    bool is_hidden;             /* no value of expand= */
} PROPERTIES[] = {
    {"author", M | D | S, MORE, put_author, false},
    {"baseModels", M, 0, NULL, false},
    {"cardData", M | D | S, IN_INFO, put_card_data, false},
    {"cardExists", M | D | S, IN_INFO, put_card_exists, true},
    {"childrenModelCount", M, 0, NULL, false},
    {"citation", D, 0, NULL, false},
    {"config", M, IN_INFO, put_config, false},
    {"createdAt", M | D | S, ALL, put_created, false},
    {"datasets", S, IN_INFO, put_datasets, false},
    {"description", D, MORE, put_description, false},
    {"disabled", M | D | S, MORE, put_disabled, false},
    {"downloads", M | D, ALL, put_downloads, false},
    {"downloadsAllTime", M | D, 0, put_downloads_all, false},
    {"evalResults", M, 0, NULL, false},
    {"gated", M | D | S, MORE, put_gated, false},
    {"gguf", M, IN_INFO, put_gguf, false},
    {"gitalyUid", M | D | S, 0, NULL, false},
    {"inference", M, 0, put_inference, false},
    {"inferenceProviderMapping", M, 0, put_providers, false},
    {"lastModified", M | D | S, MORE, put_modified, false},
    {"library_name", M, ALL, put_library, false},
    {"likes", M | D | S, ALL, put_likes, false},
    {"mainSize", D, 0, put_main_size, false},
    {"mask_token", M, IN_INFO, put_mask_token, false},
    {"model-index", M, IN_INFO, put_model_index, false},
    {"modelId", M, ALL, put_model_id, true},
    {"models", S, IN_INFO, put_models, false},
    {"paperswithcode_id", D, MORE, put_papers, false},
    {"pipeline_tag", M, ALL, put_pipeline_tag, false},
    {"private", M | D | S, ALL, put_private, false},
    {"region", S, 0, NULL, false},
    {"resourceGroup", M | D | S, 0, NULL, false},
    {"runtime", S, IN_INFO, put_runtime, false},
    {"safetensors", M, IN_INFO, put_safetensors, false},
    {"sdk", S, ALL, put_sdk, false},
    {"sha", M | D | S, MORE, put_sha, false},
    {"siblings", M | D | S, MORE, put_siblings, false},
    {"spaces", M, IN_INFO, put_spaces, false},
    {"subdomain", S, IN_INFO, put_subdomain, false},
    {"tags", M | D | S, ALL, put_tags, false},
    {"transformersInfo", M, IN_INFO, put_transformers, false},
    {"trendingScore", M | D | S, IN_LIST | IN_FULL, put_trending, false},
    {"usedStorage", M | D | S, IN_INFO, put_used_storage, false},
    {"widgetData", M, IN_INFO, put_widget, false},
};

enum { N_PROPERTIES = sizeof PROPERTIES / sizeof *PROPERTIES };
_Static_assert(N_PROPERTIES <= 64, "a selection has 64 bits");

struct lh_selection lh_select(enum lh_kind kind, enum lh_selection_set set)
{
    struct lh_selection s = {0};
    for (size_t i = 0; i < N_PROPERTIES; i++) {
        if ((PROPERTIES[i].kinds & 1U << kind) && (PROPERTIES[i].sets & 1U << set)) {
            s.bits |= (uint64_t)1 << i;
        }
    }
    return s;
}

bool lh_select_add(struct lh_selection *s, enum lh_kind kind, const char *name)
{
    for (size_t i = 0; i < N_PROPERTIES; i++) {
        if (strcmp(PROPERTIES[i].name, name) == 0 && (PROPERTIES[i].kinds & 1U << kind) &&
            !PROPERTIES[i].is_hidden) {
            s->bits |= (uint64_t)1 << i;
            return true;
        }
    }
    return false;
}

bool lh_select_for(struct lh_call *c, enum lh_selection_set set, struct lh_selection *out)
{
    *out = (struct lh_selection){0};
    const char *name = NULL;
    for (size_t i = 0; (name = lh_request_nth(c->req, "expand", i)); i++) {
        if (!lh_select_add(out, c->kind, name)) {
            lh_reply_error(c->reply, 400, NULL, "\"expand\" does not know \"%s\" for %s", name,
                           lh_kind_plural(c->kind));
            return false;
        }
    }
    if (lh_request_query(c->req, "expand")) {
        return true;
    }
    const bool is_full = set == LH_SET_LIST && lh_request_flag(c->req, "full");
    *out = lh_select(c->kind, is_full ? LH_SET_FULL : set);
    if (lh_request_flag(c->req, "cardData")) {
        lh_select_add(out, c->kind, "cardData");
    }
    if (lh_request_flag(c->req, "config")) {
        lh_select_add(out, c->kind, "config");
    }
    out->blobs = lh_request_flag(c->req, "blobs");
    return true;
}

cJSON *lh_item(struct lh_call *c, struct lh_repo *repo, struct lh_tree *tree,
               const struct lh_selection *selection)
{
    struct item it = {.call = c, .repo = repo, .tree = tree, .about = &tree->about};
    it.blobs = selection->blobs;
    it.json = cJSON_CreateObject();
    char id[25];
    lh_stable_id(lh_kind_name(repo->kind), repo->id, id);
    cJSON_AddStringToObject(it.json, "_id", id);
    cJSON_AddStringToObject(it.json, "id", repo->id);
    for (size_t i = 0; i < N_PROPERTIES && it.e.code == ERR_NONE; i++) {
        if ((selection->bits >> i & 1) && PROPERTIES[i].put) {
            PROPERTIES[i].put(&it);
        }
    }
    if (it.e.code != ERR_NONE) {
        cJSON_Delete(it.json);
        lh_reply_error(c->reply, 500, NULL, "%s could not be read; ask again", repo->id);
        return NULL;
    }
    return it.json;
}
