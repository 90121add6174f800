/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/access.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/localhub/paths.h"
#include "core/localhub/sidecar.h"

struct lh_accounts {
    cJSON *json; /* NULL: no accounts */
};

struct lh_accounts *lh_accounts_new(const char *dir)
{
    struct lh_accounts *a = xcalloc(1, sizeof *a);
    struct err e = ERR_INIT;
    char *path = xasprintf("%s/.hub/hub.json", dir);
    if (file_exists(path) && !lh_is_inside(dir, path)) {
        err_set(&e, ERR_FORBIDDEN, "%s is behind a link that leads out of the folder", path);
    } else {
        a->json = lh_sidecar_read(path, &e);
    }
    if (!a->json && e.code != ERR_NOT_FOUND) {
        log_line("localhub", "no accounts: %s", e.msg);
    }
    free(path);
    return a;
}

void lh_accounts_free(struct lh_accounts *a)
{
    if (a) {
        cJSON_Delete(a->json);
        free(a);
    }
}

bool lh_accounts_any(const struct lh_accounts *a)
{
    return cJSON_GetArraySize(json_arr(a->json, "tokens")) > 0;
}

const char *lh_accounts_first_token(const struct lh_accounts *a)
{
    const char *first = json_str(cJSON_GetArrayItem(json_arr(a->json, "users"), 0), "name");
    const cJSON *token = NULL;
    cJSON_ArrayForEach(token, json_arr(a->json, "tokens"))
    {
        const char *user = json_str(token, "user");
        if (first && user && strcmp(user, first) == 0) {
            return json_str(token, "token");
        }
    }
    return NULL;
}

static const cJSON *by_name(const cJSON *list, const char *key, const char *name)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        const char *has = json_str(item, key);
        if (has && strcmp(has, name) == 0) {
            return item;
        }
    }
    return NULL;
}

const cJSON *lh_accounts_users(const struct lh_accounts *a)
{
    return json_arr(a->json, "users");
}

const cJSON *lh_accounts_orgs(const struct lh_accounts *a)
{
    return json_arr(a->json, "orgs");
}

const cJSON *lh_accounts_user(const struct lh_accounts *a, const char *name)
{
    return by_name(lh_accounts_users(a), "name", name);
}

const cJSON *lh_accounts_org(const struct lh_accounts *a, const char *name)
{
    return by_name(lh_accounts_orgs(a), "name", name);
}

bool lh_accounts_viewer(const struct lh_accounts *a, const char *authorization,
                        struct lh_viewer *out)
{
    *out = (struct lh_viewer){0};
    if (!authorization || !lh_accounts_any(a)) {
        return true;
    }
    if (strncasecmp(authorization, "Bearer ", 7) != 0) {
        return false;
    }
    const char *given = authorization + 7;
    given += strspn(given, " ");
    const cJSON *token = by_name(json_arr(a->json, "tokens"), "token", given);
    const char *user = json_str(token, "user");
    out->account = user ? lh_accounts_user(a, user) : NULL;
    if (!out->account) {
        return false;
    }
    out->user = user;
    out->role = json_str(token, "role");
    out->token_name = json_str(token, "displayName");
    return true;
}

const char *lh_viewer_role(const struct lh_viewer *v, const char *ns)
{
    if (!v->user) {
        return NULL;
    }
    if (strcmp(v->user, ns) == 0) {
        return "owner";
    }
    const cJSON *org = by_name(json_arr(v->account, "orgs"), "name", ns);
    const char *role = json_str(org, "role");
    return org ? (role ? role : "read") : NULL;
}

bool lh_may_see(const struct lh_viewer *v, const struct lh_repo *repo)
{
    return !lh_repo_is_private(repo) || lh_viewer_role(v, repo->ns);
}

bool lh_may_read_files(const struct lh_viewer *v, const struct lh_repo *repo)
{
    if (!lh_repo_gated(repo) || lh_viewer_role(v, repo->ns)) {
        return true;
    }
    const cJSON *name = NULL;
    cJSON_ArrayForEach(name, json_arr(repo->sidecar, "granted"))
    {
        if (v->user && cJSON_IsString(name) && strcmp(name->valuestring, v->user) == 0) {
            return true;
        }
    }
    return false;
}

bool lh_may_write(const struct lh_viewer *v, const struct lh_repo *repo)
{
    const char *role = lh_viewer_role(v, repo->ns);
    const bool token_writes =
        v->role && (strcmp(v->role, "write") == 0 || strcmp(v->role, "admin") == 0);
    return role && token_writes && strcmp(role, "read") != 0;
}
