/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

void hub_shards_free(struct hub_shards *s)
{
    if (s) {
        arena_done(&s->arena);
        free(s);
    }
}

/* Where the last tensor of a header ends. */
static uint64_t data_bytes_of(const cJSON *header)
{
    uint64_t most = 0;
    const cJSON *tensor = NULL;
    cJSON_ArrayForEach(tensor, header)
    {
        const cJSON *end = cJSON_GetArrayItem(json_arr(tensor, "data_offsets"), 1);
        const double v = cJSON_IsNumber(end) ? end->valuedouble : 0;
        if (v > (double)most && v < 9e15) {
            most = (uint64_t)v;
        }
    }
    return most;
}

/* The numbers of a header are offsets and sizes below 2^53, which cJSON prints as they were. */
void *hub_decode_shards(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    const cJSON *headers = json_obj(reply->json, "headers");
    if (!headers || !json_obj(reply->json, "index")) {
        return hub_damaged(e, "an index and the headers of its files");
    }
    struct hub_shards *s = xcalloc(1, sizeof *s);
    s->items = arena_alloc(&s->arena, (size_t)cJSON_GetArraySize(headers) + 1, sizeof *s->items);
    const cJSON *header = NULL;
    cJSON_ArrayForEach(header, headers)
    {
        char *text = cJSON_IsObject(header) ? json_print(header, false) : NULL;
        if (text) {
            s->items[s->n_items++] = (struct hub_shard){
                .file = arena_strdup(&s->arena, header->string),
                .header = arena_strdup(&s->arena, text),
                .data_bytes = data_bytes_of(header),
            };
        }
        free(text);
    }
    return s;
}

struct hub_shards *hub_shard_headers(struct hub *hub, const char *id, const char *index,
                                     struct hub_get *get, struct err *e)
{
    struct buf url = BUF_INIT;
    if (!hub_check_repo_id(id, e) || !hub_check_path(index, e)) {
        return NULL;
    }
    hub_url_repo(&url, hub, HUB_MODEL, id);
    buf_puts(&url, "/safetensors-metadata");
    hub_url_part(&url, index, true);
    const struct hub_call call = {
        .url = buf_str(&url),
        .subject = {.what = "reading the headers of the shards",
                    .kind = HUB_MODEL,
                    .id = id,
                    .path = index},
    };
    struct hub_shards *s = hub_ask(hub, &call, get, hub_decode_shards, NULL, e);
    buf_done(&url);
    return s;
}
