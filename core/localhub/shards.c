/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors-metadata: the headers of all shards of an index, in one answer. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"
#include "core/localhub/weights.h"

enum { SHARDS_MAX = 500 };
static const size_t INDEX_MAX = 16 << 20;
static const size_t HEADERS_MAX = 32 << 20; /* of all shards together */

struct shards {
    struct lh_call *call;
    cJSON *headers;
    size_t n, bytes;
};

/* Names in an index are meant from where it lies. */
static const struct lh_file *shard_file(const struct lh_call *c, const char *name)
{
    const char *slash = strrchr(c->path, '/');
    char *path =
        slash ? xasprintf("%.*s/%s", (int)(slash - c->path), c->path, name) : xstrdup(name);
    const struct lh_file *file = lh_tree_find(c->tree, path);
    free(path);
    return file;
}

static bool add_header(struct shards *s, const char *name)
{
    size_t n = 0;
    const struct lh_file *file = shard_file(s->call, name);
    if (!file || file->absent) {
        lh_reply_error(s->call->reply, 404, NULL, "%s: %s", name,
                       file ? LH_ABSENT : "the index names it, but it is not in this folder");
        return false;
    }
    char *text = lh_safetensors_header(file->real, &n, NULL);
    s->bytes += n;
    if (++s->n > SHARDS_MAX || s->bytes > HEADERS_MAX) {
        lh_reply_error(s->call->reply, 413, NULL, "The headers are larger than this hub sends.");
        free(text);
        return false;
    }
    cJSON *header = text ? json_parse(text, n, NULL) : NULL;
    free(text);
    if (!cJSON_IsObject(header)) {
        lh_reply_error(s->call->reply, 422, NULL, "%s has no safetensors header", name);
        cJSON_Delete(header);
        return false;
    }
    cJSON_AddItemToObject(s->headers, name, header);
    return true;
}

/* Takes index. Without its map of names: the headers say the same. */
static void answer(struct lh_call *c, cJSON *index)
{
    struct shards s = {.call = c, .headers = cJSON_CreateObject()};
    bool ok = true;
    const char *last = "";
    const cJSON *shard = NULL;
    cJSON_ArrayForEach(shard, json_obj(index, "weight_map"))
    {
        const char *name = cJSON_GetStringValue(shard);
        if (ok && name && strcmp(name, last) != 0) {
            ok = cJSON_GetObjectItemCaseSensitive(s.headers, name) || add_header(&s, name);
            last = name;
        }
    }
    cJSON *json = cJSON_CreateObject();
    cJSON_DeleteItemFromObjectCaseSensitive(index, "weight_map");
    cJSON_AddItemToObject(json, "index", index);
    cJSON_AddItemToObject(json, "headers", s.headers);
    if (ok) {
        lh_reply_json(c->reply, 200, json);
    } else {
        cJSON_Delete(json);
    }
}

void lh_answer_shards(struct lh_call *c)
{
    struct buf text = BUF_INIT;
    const struct lh_file *file = lh_tree_find(c->tree, c->path);
    cJSON *index = NULL;
    if (!file) {
        lh_answer_no_entry(c, c->path);
        return;
    }
    if (lh_file_read(file, &text, INDEX_MAX, NULL)) {
        index = json_parse(buf_str(&text), text.n, NULL);
    }
    buf_done(&text);
    if (json_obj(index, "weight_map")) {
        answer(c, index);
        return;
    }
    cJSON_Delete(index);
    lh_reply_error(c->reply, 422, NULL, "%s is no index of safetensors files", c->path);
}
