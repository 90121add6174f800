/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - transfers that were not finished are there again at the next start, paused. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/store/store.h"
#include "tui/transfers/transfers.h"

static char *scope_of(struct app *app)
{
    return xasprintf("transfers %s", app_place(app));
}

/* Repo, file and place name a transfer: the same one is not kept twice. */
static char *key_of(const struct transfers_item *item)
{
    return xasprintf("%s %s %s\n%s", hub_kind_name(item->kind), item->repo, item->file, item->to);
}

static void tell_trouble(struct transfers *t)
{
    struct err e = ERR_INIT;
    if (store_trouble(t->store, &e)) {
        pane_say(t->pane, APP_WARN, "%s%s%s", e.msg, e.remedy[0] ? ". " : "", e.remedy);
    }
}

void transfers_keep(struct transfers *t, const struct transfers_item *item, bool is_kept)
{
    char *scope = scope_of(t->app);
    char *key = key_of(item);
    if (is_kept) {
        cJSON *json = cJSON_CreateObject();
        cJSON_AddStringToObject(json, "kind", hub_kind_name(item->kind));
        cJSON_AddStringToObject(json, "repo", item->repo);
        cJSON_AddStringToObject(json, "file", item->file);
        cJSON_AddStringToObject(json, "to", item->to);
        char *text = json_print(json, false);
        store_set(t->store, scope, key, text);
        free(text);
        cJSON_Delete(json);
    } else {
        store_unset(t->store, scope, key);
    }
    tell_trouble(t);
    free(key);
    free(scope);
}

static bool visit(void *ctx, const char *key, const char *value)
{
    struct transfers *t = ctx;
    cJSON *json = json_parse(value, strlen(value), NULL);
    const char *kind_name = json ? json_str(json, "kind") : NULL;
    const char *repo = json ? json_str(json, "repo") : NULL;
    const char *file = json ? json_str(json, "file") : NULL;
    const char *to = json ? json_str(json, "to") : NULL;
    (void)key;
    for (int k = HUB_MODEL; kind_name && k <= HUB_SPACE; k++) {
        bool is_whole = strcmp(kind_name, hub_kind_name((enum hub_kind)k)) == 0 && repo && file && to;
        if (is_whole && hub_check_repo_id(repo, NULL)) {
            transfers_add(t, (enum hub_kind)k, repo, file, to);
        }
    }
    cJSON_Delete(json);
    return true;
}

void transfers_recall(struct transfers *t)
{
    char *scope = scope_of(t->app);
    t->store = store_open(NULL);
    store_each(t->store, scope, visit, t);
    tell_trouble(t);
    free(scope);
}
