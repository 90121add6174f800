/* SPDX-License-Identifier: Apache-2.0 */
/* yaml_keys.h - the keys that the mappings of a block have so far, found without walking a mapping.
 *
 * Ownership: zeroed is empty; yaml_keys_done. Keys are copied. Threads: no shared state.
 */
#ifndef HFTERM_CORE_CARD_YAML_KEYS_H
#define HFTERM_CORE_CARD_YAML_KEYS_H

#include <cjson/cJSON.h>

#include "core/base/arena.h"

struct yaml_key {
    const cJSON *map;
    const char *key;
    cJSON *merged; /* the member, when a merge key brought it; else NULL */
};

struct yaml_keys {
    struct yaml_key *slots; /* open addressing, a power of two */
    size_t n, cap;
    struct arena arena;
};

/* NULL when the mapping has no such key. Valid until the next yaml_keys_add. */
struct yaml_key *yaml_keys_find(const struct yaml_keys *keys, const cJSON *map, const char *key);
/* The mapping must not have it yet. */
void yaml_keys_add(struct yaml_keys *keys, const cJSON *map, const char *key, cJSON *merged);
void yaml_keys_done(struct yaml_keys *keys);

#endif
