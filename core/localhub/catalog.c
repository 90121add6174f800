/* SPDX-License-Identifier: Apache-2.0 */
/* What can be filtered by, collected from the repos that are here; and the search over all kinds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"
#include "core/localhub/item.h"
#include "core/localhub/store.h"

struct found {
    char *type, *id, *label; /* owned */
};

struct catalog {
    struct found *items;
    size_t n, cap;
};

static void add(struct catalog *list, const char *type, size_t type_len, const char *id,
                const char *label)
{
    void *array = list->items;
    if (mem_grow(&array, &list->cap, list->n + 1, sizeof *list->items)) {
        list->items = array;
        list->items[list->n++] =
            (struct found){xstrndup(type, type_len), xstrdup(id), xstrdup(label)};
    }
}

/* "license:mit" says its type itself; a model's plain tag is told by where it came from. */
static void add_tag(struct catalog *list, const struct lh_tree *head, const char *tag)
{
    const struct lh_about *about = &head->about;
    const char *colon = strchr(tag, ':');
    const char *type = "other";
    if (colon && colon > tag && colon[1]) {
        add(list, tag, (size_t)(colon - tag), tag, colon + 1);
        return;
    }
    if (about->pipeline_tag && strcmp(tag, about->pipeline_tag) == 0) {
        type = "pipeline_tag";
    } else if (about->library && strcmp(tag, about->library) == 0) {
        type = "library";
    } else if (lh_card_names(about->card, "language", tag)) {
        type = "language";
    }
    add(list, type, strlen(type), tag, tag);
}

static int by_type_and_id(const void *a, const void *b)
{
    const struct found *x = a;
    const struct found *y = b;
    const int order = strcmp(x->type, y->type);
    return order ? order : strcmp(x->id, y->id);
}

static cJSON *catalog_json(struct catalog *list)
{
    cJSON *json = cJSON_CreateObject();
    cJSON *group = NULL;
    if (list->n) {
        qsort(list->items, list->n, sizeof *list->items, by_type_and_id);
    }
    for (size_t i = 0; i < list->n; i++) {
        const struct found *f = &list->items[i];
        const bool is_new_type = i == 0 || strcmp(f->type, f[-1].type) != 0;
        if (is_new_type) {
            group = cJSON_AddArrayToObject(json, f->type);
        }
        if (is_new_type || strcmp(f->id, f[-1].id) != 0) {
            cJSON *tag = cJSON_CreateObject();
            cJSON_AddStringToObject(tag, "id", f->id);
            cJSON_AddStringToObject(tag, "label", f->label);
            cJSON_AddStringToObject(tag, "type", f->type);
            cJSON_AddItemToArray(group, tag);
        }
    }
    return json;
}

void lh_answer_tags(struct lh_call *c)
{
    const bool is_models = strcmp(c->req->segments[1], "models-tags-by-type") == 0;
    struct catalog list = {0};
    struct lh_repo_list repos;
    lh_store_list(c->site->store, is_models ? LH_MODEL : LH_DATASET, &repos);
    for (size_t i = 0; i < repos.n; i++) {
        const struct lh_tree *head = repos.items[i]->trees[0];
        for (size_t k = 0; !lh_repo_is_private(repos.items[i]) && k < head->about.n_tags; k++) {
            add_tag(&list, head, head->about.tags[k]);
        }
    }
    lh_repo_list_done(&repos);
    lh_reply_json(c->reply, 200, catalog_json(&list));
    for (size_t i = 0; i < list.n; i++) {
        free(list.items[i].type);
        free(list.items[i].id);
        free(list.items[i].label);
    }
    free(list.items);
}

/* ---- quicksearch ---- */

static bool wants_type(const struct lh_call *c, const char *type)
{
    const char *asked = NULL;
    size_t i = 0;
    for (; (asked = lh_request_nth(c->req, "type", i)); i++) {
        if (strcmp(asked, type) == 0) {
            return true;
        }
    }
    return i == 0;
}

static void search_repos(struct lh_call *c, cJSON *json, enum lh_kind kind, const char *q,
                         uint64_t limit)
{
    char count_key[24];
    snprintf(count_key, sizeof count_key, "%sCount", lh_kind_plural(kind));
    if (!wants_type(c, lh_kind_name(kind))) {
        return;
    }
    cJSON *list = cJSON_AddArrayToObject(json, lh_kind_plural(kind));
    struct lh_repo_list repos;
    uint64_t n = 0;
    lh_store_list(c->site->store, kind, &repos);
    for (size_t i = 0; i < repos.n; i++) {
        const struct lh_repo *repo = repos.items[i];
        if (!lh_may_see(&c->viewer, repo) || !str_casestr(repo->id, q)) {
            continue;
        }
        if (n++ < limit) {
            char id[25];
            cJSON *item = cJSON_CreateObject();
            lh_stable_id(lh_kind_name(kind), repo->id, id);
            cJSON_AddStringToObject(item, "_id", id);
            cJSON_AddStringToObject(item, "id", repo->id);
            cJSON_AddItemToArray(list, item);
        }
    }
    lh_repo_list_done(&repos);
    cJSON_AddNumberToObject(json, count_key, (double)n);
}

static void search_names(cJSON *json, const char *key, const char *name_key, const cJSON *from,
                         const char *q, uint64_t limit)
{
    cJSON *list = cJSON_AddArrayToObject(json, key);
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, from)
    {
        const char *name = json_str(entry, "name");
        const char *fullname = json_str(entry, "fullname");
        if (!name || (uint64_t)cJSON_GetArraySize(list) >= limit ||
            (!str_casestr(name, q) && !(fullname && str_casestr(fullname, q)))) {
            continue;
        }
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, name_key, name);
        cJSON_AddStringToObject(item, "fullname", fullname ? fullname : name);
        cJSON_AddItemToArray(list, item);
    }
}

void lh_answer_quicksearch(struct lh_call *c)
{
    const char *q = lh_request_query(c->req, "q");
    uint64_t limit = 0;
    if (!q || !lh_request_number(c->req, "limit", 1, 100, 10, &limit)) {
        lh_reply_error(c->reply, 400, NULL, "\"q\" is missing, or \"limit\" is not 1 to 100");
        return;
    }
    cJSON *json = cJSON_CreateObject();
    for (enum lh_kind kind = 0; kind < LH_KINDS; kind++) {
        search_repos(c, json, kind, q, limit);
    }
    if (wants_type(c, "user")) {
        search_names(json, "users", "user", lh_accounts_users(c->site->accounts), q, limit);
    }
    if (wants_type(c, "org")) {
        search_names(json, "orgs", "name", lh_accounts_orgs(c->site->accounts), q, limit);
    }
    lh_reply_json(c->reply, 200, json);
}
