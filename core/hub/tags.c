/* SPDX-License-Identifier: Apache-2.0 */
/* The catalogues behind the filter pickers: tag type -> list of {id, label}. */
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

void hub_tags_free(struct hub_tags *t)
{
    if (t) {
        arena_done(&t->arena);
        free(t);
    }
}

static size_t count_tags(const cJSON *json)
{
    size_t n = 0;
    const cJSON *group = NULL;
    cJSON_ArrayForEach(group, json)
    {
        n += cJSON_IsArray(group) ? (size_t)cJSON_GetArraySize(group) : 0;
    }
    return n;
}

static void add_group(struct hub_tags *t, const cJSON *group)
{
    const char *type = arena_strdup(&t->arena, group->string);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, group)
    {
        const char *id = hub_copy(&t->arena, item, "id");
        const char *label = hub_copy(&t->arena, item, "label");
        if (id && *id) {
            t->items[t->n_items++] = (struct hub_tag){type, id, label ? label : id};
        }
    }
}

void *hub_decode_tags(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    if (!cJSON_IsObject(reply->json)) {
        return hub_damaged(e, "a catalogue of tags");
    }
    struct hub_tags *t = xcalloc(1, sizeof *t);
    const size_t n = count_tags(reply->json);
    t->items = n ? arena_alloc(&t->arena, n, sizeof *t->items) : NULL;
    const cJSON *group = NULL;
    cJSON_ArrayForEach(group, reply->json)
    {
        if (cJSON_IsArray(group) && group->string) {
            add_group(t, group);
        }
    }
    return t;
}

struct hub_tags *hub_tags(struct hub *hub, enum hub_kind kind, struct hub_get *get, struct err *e)
{
    if (kind == HUB_SPACE) {
        err_set(e, ERR_UNSUPPORTED, "the Hub has no catalogue of tags for spaces");
        return NULL;
    }
    char *url = xasprintf("%s/api/%s-tags-by-type", hub->endpoint, hub_kind_plural(kind));
    const struct hub_call call = {
        .url = url,
        .subject = {.what = "reading the catalogue of tags", .kind = kind},
        .fresh_s = HUB_TAGS_FRESH_S,
    };
    struct hub_tags *t = hub_ask(hub, &call, get, hub_decode_tags, NULL, e);
    free(url);
    return t;
}
