/* SPDX-License-Identifier: Apache-2.0 */
/* refs and commits: from the sidecar, from a cache's snapshots, or the one commit of a folder. */
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/localhub/call.h"

enum { PAGE_DEFAULT = 50, PAGE_MAX = 1000 };

static void add_refs(struct lh_call *c, cJSON *json, enum lh_ref_list list, const char *key)
{
    cJSON *array = cJSON_AddArrayToObject(json, key);
    for (size_t i = 0; i < c->repo->n_refs[list]; i++) {
        const struct lh_ref *ref = &c->repo->refs[list][i];
        const char *commit = *ref->commit
                                 ? ref->commit
                                 : lh_tree_commit(c->repo, c->repo->trees[0], c->site->hashes);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", ref->name);
        cJSON_AddStringToObject(item, "ref", ref->ref);
        cJSON_AddStringToObject(item, "targetCommit", commit);
        cJSON_AddItemToArray(array, item);
    }
}

void lh_answer_refs(struct lh_call *c)
{
    cJSON *json = cJSON_CreateObject();
    add_refs(c, json, LH_BRANCHES, "branches");
    add_refs(c, json, LH_TAGS, "tags");
    add_refs(c, json, LH_CONVERTS, "converts");
    if (lh_request_flag(c->req, "include_prs")) {
        add_refs(c, json, LH_PULLS, "pullRequests");
    }
    lh_reply_json(c->reply, 200, json);
}

/* ---- commits ---- */

static cJSON *commit_json(const char *id, const char *title, const char *message)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "id", id);
    cJSON_AddStringToObject(json, "title", title ? title : "");
    cJSON_AddStringToObject(json, "message", message ? message : "");
    return json;
}

static cJSON *from_sidecar(const cJSON *entry)
{
    cJSON *json =
        commit_json(json_str(entry, "id"), json_str(entry, "title"), json_str(entry, "message"));
    const char *date = json_str(entry, "date");
    const cJSON *authors = json_arr(entry, "authors");
    if (date) {
        cJSON_AddStringToObject(json, "date", date);
    } else {
        lh_json_add_date(json, "date", 0);
    }
    cJSON_AddItemToObject(json, "authors",
                          authors ? cJSON_Duplicate(authors, true) : cJSON_CreateArray());
    cJSON *parents = cJSON_AddArrayToObject(json, "parents");
    if (json_str(entry->next, "id")) {
        cJSON_AddItemToArray(parents, cJSON_CreateString(json_str(entry->next, "id")));
    }
    return json;
}

/* A folder or a snapshot: nobody noted who made it, or why. */
static cJSON *from_tree(struct lh_call *c, struct lh_tree *tree)
{
    const char *id = lh_tree_commit(c->repo, tree, c->site->hashes);
    const char *title = c->repo->is_cache ? "Snapshot in the local cache" : "Files of a folder";
    cJSON *json = commit_json(id, title, "");
    bool is_known = false;
    lh_repo_tree(c->repo, id, c->site->hashes, &is_known); /* loads an older snapshot */
    lh_json_add_date(json, "date", lh_repo_modified(c->repo, tree));
    cJSON_AddArrayToObject(json, "authors");
    return json;
}

/* All commits from the asked revision on, newest first. */
static cJSON *history(struct lh_call *c)
{
    cJSON *list = cJSON_CreateArray();
    const cJSON *known = json_arr(lh_call_history(c), "commits");
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, known)
    {
        if (json_str(entry, "id")) {
            cJSON_AddItemToArray(list, from_sidecar(entry));
        }
    }
    if (cJSON_GetArraySize(list) > 0) {
        return list;
    }
    bool has_begun = false;
    for (size_t i = 0; i < c->repo->n_trees; i++) {
        has_begun = has_begun || c->repo->trees[i] == c->tree;
        if (has_begun) {
            cJSON_AddItemToArray(list, from_tree(c, c->repo->trees[i]));
        }
    }
    return list;
}

static void add_formatted(cJSON *commit)
{
    cJSON *formatted = cJSON_AddObjectToObject(commit, "formatted");
    const char *title = json_str(commit, "title");
    const char *message = json_str(commit, "message");
    cJSON_AddStringToObject(formatted, "title", title ? title : "");
    cJSON_AddStringToObject(formatted, "message", message ? message : "");
}

void lh_answer_commits(struct lh_call *c)
{
    uint64_t limit = 0;
    uint64_t page = 0;
    if (!lh_request_number(c->req, "limit", 1, UINT32_MAX, PAGE_DEFAULT, &limit) ||
        !lh_request_number(c->req, "p", 0, 1000000, 0, &page)) {
        lh_reply_error(c->reply, 400, NULL, "\"limit\" or \"p\" is not a number of ours");
        return;
    }
    limit = limit < PAGE_MAX ? limit : PAGE_MAX;
    const char *expand = lh_request_query(c->req, "expand");
    const bool is_formatted = expand && strcmp(expand, "formatted") == 0;
    cJSON *all = history(c);
    cJSON *list = cJSON_CreateArray();
    const uint64_t total = (uint64_t)cJSON_GetArraySize(all);
    uint64_t index = 0;
    for (cJSON *next = NULL, *commit = all->child; commit; commit = next, index++) {
        next = commit->next;
        if (index / limit == page) {
            cJSON_DetachItemViaPointer(all, commit);
            cJSON_AddItemToArray(list, commit);
            if (is_formatted) {
                add_formatted(commit);
            }
        }
    }
    cJSON_Delete(all);
    lh_reply_json(c->reply, 200, list);
    lh_reply_header(c->reply, "X-Total-Count", "%llu", (unsigned long long)total);
    lh_reply_header(c->reply, "X-Repo-Commit", "%s", lh_call_commit(c));
    if ((page + 1) * limit < total) {
        char number[24];
        snprintf(number, sizeof number, "%llu", (unsigned long long)page + 1);
        lh_call_link_next(c, "p", number);
    }
}
