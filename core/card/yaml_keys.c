/* SPDX-License-Identifier: Apache-2.0 */
#include "core/card/yaml_keys.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* Of the key, or of the free slot where it belongs. */
static size_t slot_of(const struct yaml_keys *keys, const cJSON *map, const char *key)
{
    uint64_t h = 1469598103934665603ULL ^ (uint64_t)(uintptr_t)map;
    for (const char *c = key; *c; c++) {
        h = (h ^ (unsigned char)*c) * 1099511628211ULL;
    }
    size_t i = (size_t)(h ^ h >> 32) & (keys->cap - 1);
    while (keys->slots[i].key &&
           (keys->slots[i].map != map || strcmp(keys->slots[i].key, key) != 0)) {
        i = (i + 1) & (keys->cap - 1);
    }
    return i;
}

static void grow(struct yaml_keys *keys)
{
    struct yaml_key *old = keys->slots;
    const size_t n = keys->cap;
    keys->cap = n ? 2 * n : 64;
    keys->slots = xcalloc(keys->cap, sizeof *keys->slots);
    for (size_t i = 0; i < n; i++) {
        if (old[i].key) {
            keys->slots[slot_of(keys, old[i].map, old[i].key)] = old[i];
        }
    }
    free(old);
}

struct yaml_key *yaml_keys_find(const struct yaml_keys *keys, const cJSON *map, const char *key)
{
    struct yaml_key *slot = keys->cap > 0 ? &keys->slots[slot_of(keys, map, key)] : NULL;
    return slot && slot->key ? slot : NULL;
}

void yaml_keys_add(struct yaml_keys *keys, const cJSON *map, const char *key, cJSON *merged)
{
    if (2 * (keys->n + 1) > keys->cap) {
        grow(keys);
    }
    keys->slots[slot_of(keys, map, key)] =
        (struct yaml_key){map, arena_strdup(&keys->arena, key), merged};
    keys->n++;
}

void yaml_keys_done(struct yaml_keys *keys)
{
    free(keys->slots);
    arena_done(&keys->arena);
    *keys = (struct yaml_keys){0};
}
