/* SPDX-License-Identifier: Apache-2.0 */
/* Discussions and pull requests, read from the sidecar. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/json.h"
#include "core/localhub/call.h"

enum { PAGE = 10 };

/* Sidecars name people; the API has objects, and no member for people who are gone. */
static void put_author(cJSON *json)
{
    cJSON *author = cJSON_GetObjectItemCaseSensitive(json, "author");
    if (cJSON_IsNull(author)) {
        cJSON_DeleteItemFromObjectCaseSensitive(json, "author");
        return;
    }
    if (!cJSON_IsString(author)) {
        return;
    }
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "name", author->valuestring);
    cJSON_ReplaceItemInObjectCaseSensitive(json, "author", object);
}

static cJSON *head_json(const struct lh_repo *repo, const cJSON *known)
{
    static const char *const KEYS[] = {"num",    "title",     "status",
                                       "author", "createdAt", "isPullRequest"};
    cJSON *json = cJSON_CreateObject();
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        const cJSON *member = cJSON_GetObjectItemCaseSensitive(known, KEYS[i]);
        if (member) {
            cJSON_AddItemToObject(json, KEYS[i], cJSON_Duplicate(member, true));
        }
    }
    bool is_pull = false;
    if (!json_bool(json, "isPullRequest", &is_pull)) {
        cJSON_DeleteItemFromObjectCaseSensitive(json, "isPullRequest");
        cJSON_AddFalseToObject(json, "isPullRequest");
    }
    put_author(json);
    cJSON *where = cJSON_AddObjectToObject(json, "repo");
    cJSON_AddStringToObject(where, "name", repo->id);
    cJSON_AddStringToObject(where, "type", lh_kind_name(repo->kind));
    return json;
}

static bool is_wanted(const struct lh_call *c, const cJSON *d)
{
    const char *type = lh_request_query(c->req, "type");
    const char *status = lh_request_query(c->req, "status");
    const char *author = lh_request_query(c->req, "author");
    const char *by = json_str(d, "author");
    const char *is = json_str(d, "status");
    bool is_pull = false;
    json_bool(d, "isPullRequest", &is_pull);
    if (type && strcmp(type, "all") != 0 && is_pull != (strcmp(type, "pull_request") == 0)) {
        return false;
    }
    const bool is_open = is && (strcmp(is, "open") == 0 || strcmp(is, "draft") == 0);
    if (status && strcmp(status, "all") != 0 && is_open != (strcmp(status, "open") == 0)) {
        return false;
    }
    return !author || (by && strcmp(by, author) == 0);
}

void lh_answer_discussions(struct lh_call *c)
{
    uint64_t page = 0;
    if (!lh_request_number(c->req, "p", 0, 1000000, 0, &page)) {
        lh_reply_error(c->reply, 400, NULL, "\"p\" must be a page number");
        return;
    }
    cJSON *json = cJSON_CreateObject();
    cJSON *list = cJSON_AddArrayToObject(json, "discussions");
    uint64_t count = 0;
    const cJSON *d = NULL;
    cJSON_ArrayForEach(d, json_arr(lh_call_history(c), "discussions"))
    {
        if (!is_wanted(c, d)) {
            continue;
        }
        if (count / PAGE == page) {
            cJSON_AddItemToArray(list, head_json(c->repo, d));
        }
        count++;
    }
    cJSON_AddNumberToObject(json, "count", (double)count);
    cJSON_AddNumberToObject(json, "start", (double)(page * PAGE));
    lh_reply_json(c->reply, 200, json);
}

/* ---- one of them ---- */

static void put_events(cJSON *json, const cJSON *known)
{
    cJSON *events = cJSON_AddArrayToObject(json, "events");
    const cJSON *event = NULL;
    int index = 0;
    cJSON_ArrayForEach(event, json_arr(known, "events"))
    {
        cJSON *copy = cJSON_Duplicate(event, true);
        cJSON_AddItemToArray(events, copy);
        put_author(copy);
        index++;
        if (cJSON_IsObject(copy) && !json_str(copy, "id")) {
            char id[25];
            char number[16];
            snprintf(number, sizeof number, "%d", index);
            lh_stable_id("event", number, id);
            cJSON_AddStringToObject(copy, "id", id);
        }
    }
}

/* What clients read of every pull request, when the sidecar does not have it. */
static void put_pull(cJSON *json, const cJSON *known)
{
    const cJSON *changes = json_obj(known, "changes");
    const cJSON *conflicts = json_arr(known, "filesWithConflicts");
    const char *diff = json_str(known, "diff");
    if (changes) {
        cJSON_AddItemToObject(json, "changes", cJSON_Duplicate(changes, true));
    } else {
        cJSON *made = cJSON_AddObjectToObject(json, "changes");
        cJSON_AddStringToObject(made, "base", "refs/heads/main");
    }
    cJSON_AddItemToObject(json, "filesWithConflicts",
                          conflicts ? cJSON_Duplicate(conflicts, true) : cJSON_CreateArray());
    if (diff) {
        cJSON_AddStringToObject(json, "diff", diff);
    }
}

void lh_answer_discussion(struct lh_call *c)
{
    unsigned long long want = 0;
    const cJSON *d = NULL;
    const cJSON *found = NULL;
    const bool is_number = str_to_u64(c->arg, INT32_MAX, &want);
    cJSON_ArrayForEach(d, json_arr(lh_call_history(c), "discussions"))
    {
        uint64_t num = 0;
        if (is_number && json_u64(d, "num", &num) && num == want) {
            found = d;
        }
    }
    if (!found) {
        lh_reply_error(c->reply, 404, NULL, "%s has no discussion %s", c->repo->id, c->arg);
        return;
    }
    cJSON *json = head_json(c->repo, found);
    bool is_pull = false;
    json_bool(found, "isPullRequest", &is_pull);
    put_events(json, found);
    if (is_pull) {
        put_pull(json, found);
    }
    lh_reply_json(c->reply, 200, json);
}
