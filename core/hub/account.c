/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

void hub_account_free(struct hub_account *a)
{
    if (a) {
        arena_done(&a->arena);
        free(a);
    }
}

static void parse_orgs(const cJSON *list, struct hub_account *a)
{
    const size_t n = list ? (size_t)cJSON_GetArraySize(list) : 0;
    a->orgs = n ? arena_alloc(&a->arena, n, sizeof *a->orgs) : NULL;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        const char *name = hub_copy(&a->arena, item, "name");
        if (name) {
            a->orgs[a->n_orgs++] = (struct hub_org){
                .name = name,
                .fullname = hub_copy(&a->arena, item, "fullname"),
                .role = hub_copy(&a->arena, item, "roleInOrg"),
            };
        }
    }
}

void *hub_decode_account(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    const cJSON *token = json_obj(json_obj(reply->json, "auth"), "accessToken");
    if (!json_str(reply->json, "name")) {
        return hub_damaged(e, "an account with a name");
    }
    struct hub_account *a = xcalloc(1, sizeof *a);
    a->name = hub_copy(&a->arena, reply->json, "name");
    a->fullname = hub_copy(&a->arena, reply->json, "fullname");
    a->type = hub_copy(&a->arena, reply->json, "type");
    a->email = hub_copy(&a->arena, reply->json, "email");
    json_bool(reply->json, "isPro", &a->is_pro);
    a->token_name = hub_copy(&a->arena, token, "displayName");
    a->token_role = hub_copy(&a->arena, token, "role");
    parse_orgs(json_arr(reply->json, "orgs"), a);
    return a;
}

struct hub_account *hub_whoami(struct hub *hub, struct hub_get *get, struct err *e)
{
    if (!hub_has_token(hub)) {
        err_set(e, ERR_AUTH, "nobody is logged in: no token was found");
        if (hub->token_fault) {
            err_set(e, ERR_AUTH, "nobody is logged in: %s", hub->token_fault);
            return NULL;
        }
        err_remedy(e,
                   "Log in with hf auth login, or set HF_TOKEN. Tokens are made at "
                   "%s/settings/tokens",
                   hub->endpoint);
        return NULL;
    }
    char *url = xasprintf("%s/api/whoami-v2", hub->endpoint);
    /* Who the token belongs to must be known, not remembered: never older than a minute. The route
     * has a strict rate limit of its own, so it is not asked more often either. */
    const struct hub_call call = {
        .url = url,
        .subject = {.what = "asking who the token belongs to"},
        .no_stale = true,
    };
    struct hub_account *a = hub_ask(hub, &call, get, hub_decode_account, NULL, e);
    free(url);
    return a;
}
