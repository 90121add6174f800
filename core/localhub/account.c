/* SPDX-License-Identifier: Apache-2.0 */
/* People and organisations: whoami, overviews. */
#include <string.h>

#include "core/base/json.h"
#include "core/localhub/call.h"
#include "core/localhub/store.h"

static void put_member(cJSON *to, const char *key, const cJSON *from, const char *name)
{
    const cJSON *member = cJSON_GetObjectItemCaseSensitive(from, name);
    if (member) {
        cJSON_AddItemToObject(to, key, cJSON_Duplicate(member, true));
    }
}

static void put_id(cJSON *json, const char *kind, const char *name)
{
    char id[25];
    lh_stable_id(kind, name, id);
    cJSON_AddStringToObject(json, "id", id);
}

/* The user's organisations, with full names from the folder's list. */
static void put_orgs(struct lh_call *c, cJSON *json, const cJSON *user)
{
    cJSON *list = cJSON_AddArrayToObject(json, "orgs");
    const cJSON *entry = NULL;
    cJSON_ArrayForEach(entry, json_arr(user, "orgs"))
    {
        const char *name = json_str(entry, "name");
        if (!name) {
            continue;
        }
        cJSON *org = cJSON_CreateObject();
        cJSON_AddItemToArray(list, org);
        cJSON_AddStringToObject(org, "type", "org");
        put_id(org, "org", name);
        cJSON_AddStringToObject(org, "name", name);
        put_member(org, "fullname", lh_accounts_org(c->site->accounts, name), "fullname");
        put_member(org, "roleInOrg", entry, "role");
    }
}

void lh_answer_whoami(struct lh_call *c)
{
    const struct lh_viewer *v = &c->viewer;
    if (!v->user) {
        const bool any = lh_accounts_any(c->site->accounts);
        lh_reply_error(c->reply, 401, NULL, "%s",
                       any ? "Invalid username or password."
                           : "This local hub has no accounts: its folder defines no tokens.");
        return;
    }
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "type", "user");
    put_id(json, "user", v->user);
    cJSON_AddStringToObject(json, "name", v->user);
    put_member(json, "fullname", v->account, "fullname");
    put_member(json, "email", v->account, "email");
    put_member(json, "isPro", v->account, "isPro");
    put_orgs(c, json, v->account);
    cJSON *auth = cJSON_AddObjectToObject(json, "auth");
    cJSON_AddStringToObject(auth, "type", "access_token");
    cJSON *token = cJSON_AddObjectToObject(auth, "accessToken");
    cJSON_AddStringToObject(token, "displayName", v->token_name ? v->token_name : "");
    cJSON_AddStringToObject(token, "role", v->role ? v->role : "read");
    lh_reply_json(c->reply, 200, json);
}

/* Repos of a namespace that the viewer may see. */
static size_t count_repos(struct lh_call *c, enum lh_kind kind, const char *ns)
{
    struct lh_repo_list list;
    size_t n = 0;
    lh_store_list(c->site->store, kind, &list);
    for (size_t i = 0; i < list.n; i++) {
        n += strcmp(list.items[i]->ns, ns) == 0 && lh_may_see(&c->viewer, list.items[i]);
    }
    lh_repo_list_done(&list);
    return n;
}

static size_t put_counts(struct lh_call *c, cJSON *json, const char *ns)
{
    const size_t models = count_repos(c, LH_MODEL, ns);
    const size_t datasets = count_repos(c, LH_DATASET, ns);
    const size_t spaces = count_repos(c, LH_SPACE, ns);
    cJSON_AddNumberToObject(json, "numModels", (double)models);
    cJSON_AddNumberToObject(json, "numDatasets", (double)datasets);
    cJSON_AddNumberToObject(json, "numSpaces", (double)spaces);
    return models + datasets + spaces;
}

/* A namespace with repos is a person unless the folder says otherwise. */
void lh_answer_user(struct lh_call *c)
{
    const cJSON *user = lh_accounts_user(c->site->accounts, c->arg);
    cJSON *json = cJSON_CreateObject();
    put_id(json, "user", c->arg);
    cJSON_AddStringToObject(json, "user", c->arg);
    cJSON_AddStringToObject(json, "type", "user");
    put_member(json, "fullname", user, "fullname");
    put_member(json, "isPro", user, "isPro");
    const size_t n = put_counts(c, json, c->arg);
    put_orgs(c, json, user);
    if (!user && (n == 0 || lh_accounts_org(c->site->accounts, c->arg))) {
        cJSON_Delete(json);
        lh_reply_error(c->reply, 404, NULL, "There is no user %s here", c->arg);
        return;
    }
    lh_reply_json(c->reply, 200, json);
}

static size_t count_members(struct lh_call *c, const char *org)
{
    size_t n = 0;
    const cJSON *user = NULL;
    cJSON_ArrayForEach(user, lh_accounts_users(c->site->accounts))
    {
        const cJSON *entry = NULL;
        cJSON_ArrayForEach(entry, json_arr(user, "orgs"))
        {
            const char *name = json_str(entry, "name");
            n += name && strcmp(name, org) == 0;
        }
    }
    return n;
}

void lh_answer_org(struct lh_call *c)
{
    const cJSON *org = lh_accounts_org(c->site->accounts, c->arg);
    if (!org) {
        lh_reply_error(c->reply, 404, NULL, "There is no organisation %s here", c->arg);
        return;
    }
    cJSON *json = cJSON_CreateObject();
    put_id(json, "org", c->arg);
    cJSON_AddStringToObject(json, "name", c->arg);
    cJSON_AddStringToObject(json, "type", "org");
    put_member(json, "fullname", org, "fullname");
    cJSON_AddNumberToObject(json, "numUsers", (double)count_members(c, c->arg));
    put_counts(c, json, c->arg);
    lh_reply_json(c->reply, 200, json);
}
