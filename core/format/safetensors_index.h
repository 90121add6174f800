/* SPDX-License-Identifier: Apache-2.0 */
/* safetensors_index.h - the index of a model whose tensors lie in several safetensors files
 * ("model.safetensors.index.json"): which files, and how many tensors it names in each.
 *
 * Limits:    32 MiB of JSON, two million values, 100,000 files; a file's name is a path inside the
 *            repo, without "..".
 * Ownership: st_index_free.
 * Errors:    ERR_DAMAGED, ERR_LIMIT. Threads: no shared state.
 */
#ifndef HFTERM_CORE_FORMAT_SAFETENSORS_INDEX_H
#define HFTERM_CORE_FORMAT_SAFETENSORS_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { ST_INDEX_MAX = 32 * 1024 * 1024, ST_SHARDS_MAX = 100000 };

struct st_shard {
    char *file;       /* as the index names it: beside the index */
    uint64_t tensors; /* that the index puts there */
};

struct st_index {
    struct st_shard *shards; /* by name */
    size_t n_shards;
    uint64_t tensors;
    bool has_total_size; /* metadata.total_size: bytes of all tensors */
    uint64_t total_size;
    bool has_total_parameters;
    uint64_t total_parameters;
};

struct st_index *st_index_parse(const char *json, size_t n, struct err *e);
void st_index_free(struct st_index *x); /* NULL is fine */

#endif
