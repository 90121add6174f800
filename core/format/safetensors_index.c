/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/safetensors_index.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"

enum { VALUES_MAX = 2000000 };

/* A value costs far more memory than the comma in front of it: count before anything is built. */
static bool has_sane_size(const char *json, size_t n, struct err *e)
{
    size_t values = 0;
    for (size_t i = 0; i < n; i++) {
        values += json[i] == ',' || json[i] == '[' || json[i] == '{';
    }
    return (n <= ST_INDEX_MAX && values <= VALUES_MAX) ||
           err_set(e, ERR_LIMIT, "an index of more than %d MiB or two million values",
                   ST_INDEX_MAX >> 20);
}

static bool is_inside(const char *file)
{
    const bool climbs = strcmp(file, "..") == 0 || str_starts(file, "../") ||
                        strstr(file, "/../") || str_ends(file, "/..");
    return file[0] && file[0] != '/' && !climbs;
}

static int by_name(const void *a, const void *b)
{
    const char *const *x = a, *const *y = b;
    return strcmp(*x, *y);
}

/* The names of all files, one a tensor, sorted; borrowed from map. */
static const char **file_names(const cJSON *map, size_t n, struct err *e)
{
    const char **names = xcalloc(n + 1, sizeof *names);
    size_t i = 0;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, map)
    {
        const char *name = cJSON_GetStringValue(item);
        if (!name || !is_inside(name)) {
            err_set(e, ERR_DAMAGED,
                    "the index puts a tensor into something that is no file of the repo");
            free(names);
            return NULL;
        }
        names[i++] = name;
    }
    qsort(names, n, sizeof *names, by_name);
    return names;
}

static bool fill(struct st_index *x, const cJSON *map, struct err *e)
{
    size_t cap = 0;
    for (const cJSON *item = map->child; item; item = item->next) {
        x->tensors++;
    }
    const size_t n = (size_t)x->tensors;
    const char **names = file_names(map, n, e);
    bool ok = names != NULL;
    for (size_t i = 0; ok && i < n; i++) {
        if (i == 0 || strcmp(names[i], names[i - 1]) != 0) {
            ok = x->n_shards < ST_SHARDS_MAX &&
                 mem_grow((void **)&x->shards, &cap, x->n_shards + 1, sizeof *x->shards);
            if (!ok) {
                err_set(e, ERR_LIMIT, "an index of more than %d files", ST_SHARDS_MAX);
                break;
            }
            x->shards[x->n_shards++] = (struct st_shard){.file = xstrdup(names[i])};
        }
        x->shards[x->n_shards - 1].tensors++;
    }
    free(names);
    return ok;
}

struct st_index *st_index_parse(const char *json, size_t n, struct err *e)
{
    cJSON *root = has_sane_size(json, n, e) ? json_parse(json, n, e) : NULL;
    if (!root) {
        return NULL;
    }
    const cJSON *map = json_obj(root, "weight_map");
    const cJSON *meta = json_obj(root, "metadata");
    struct st_index *x = xcalloc(1, sizeof *x);
    x->has_total_size = json_u64(meta, "total_size", &x->total_size);
    x->has_total_parameters = json_u64(meta, "total_parameters", &x->total_parameters);
    const bool ok = map ? fill(x, map, e)
                        : err_set(e, ERR_DAMAGED,
                                  "this is no index of safetensors files: it has no weight_map");
    cJSON_Delete(root);
    if (!ok) {
        st_index_free(x);
        return NULL;
    }
    return x;
}

void st_index_free(struct st_index *x)
{
    for (size_t i = 0; x && i < x->n_shards; i++) {
        free(x->shards[i].file);
    }
    if (x) {
        free(x->shards);
        free(x);
    }
}
