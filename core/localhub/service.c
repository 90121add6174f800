/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/service.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"

static const char MAPPING[] = "inferenceProviderMapping";

bool lh_is_served_by(const struct lh_repo *repo, const char *provider)
{
    const cJSON *mapping = NULL;
    cJSON_ArrayForEach(mapping, json_arr(repo->sidecar, MAPPING))
    {
        const char *name = json_str(mapping, "provider");
        const char *status = json_str(mapping, "status");
        if (name && status && strcmp(status, "live") == 0 &&
            (!provider || strcmp(provider, name) == 0)) {
            return true;
        }
    }
    return false;
}

cJSON *lh_service_providers(const struct lh_repo *repo, bool in_list)
{
    const cJSON *mappings = json_arr(repo->sidecar, MAPPING);
    if (!mappings || in_list) {
        return mappings ? cJSON_Duplicate(mappings, true) : NULL;
    }
    cJSON *object = cJSON_CreateObject();
    const cJSON *mapping = NULL;
    cJSON_ArrayForEach(mapping, mappings)
    {
        const char *name = json_str(mapping, "provider");
        if (name && !cJSON_GetObjectItemCaseSensitive(object, name)) {
            cJSON *copy = cJSON_Duplicate(mapping, true);
            cJSON_DeleteItemFromObjectCaseSensitive(copy, "provider");
            cJSON_AddItemToObject(object, name, copy);
        }
    }
    return object;
}

/* "a,b" as one client sends it; others repeat the key. */
static bool is_served_by_one_of(const struct lh_repo *repo, const char *names)
{
    bool is_served = false;
    while (!is_served && *names) {
        const size_t n = strcspn(names, ",");
        char *name = xstrndup(names, n);
        is_served = lh_is_served_by(repo, strcmp(name, "all") == 0 ? NULL : name);
        free(name);
        names += n + (names[n] == ',');
    }
    return is_served;
}

bool lh_service_matches(const struct lh_call *c, const struct lh_repo *repo)
{
    const char *state = lh_request_query(c->req, "inference");
    if (state && (strcmp(state, "warm") != 0 || !lh_is_served_by(repo, NULL))) {
        return false;
    }
    const char *names = NULL;
    bool is_served = lh_request_query(c->req, "inference_provider") == NULL;
    for (size_t i = 0; (names = lh_request_nth(c->req, "inference_provider", i)); i++) {
        is_served = is_served || is_served_by_one_of(repo, names);
    }
    return is_served;
}
