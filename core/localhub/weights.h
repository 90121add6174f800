/* SPDX-License-Identifier: Apache-2.0 */
/* weights.h - how many parameters a model's files hold, from their headers alone.
 *
 * safetensors: 8 bytes little-endian length, then JSON; sharded models through their index.
 * GGUF 2 and 3: metadata key by key, then the tensors' shapes. Nothing is believed: lengths are
 * checked against the file, counts against limits, products against overflow.
 *
 * Units: parameters are elements (packed types count packed elements). Threads: no shared state.
 * Source: safetensors format page; ggml gguf page.
 */
#ifndef HFTERM_CORE_LOCALHUB_WEIGHTS_H
#define HFTERM_CORE_LOCALHUB_WEIGHTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

enum { LH_DTYPES_MAX = 24 };

struct lh_weights {
    size_t n_dtypes; /* 0: no safetensors */
    struct lh_dtype {
        char name[16];
        uint64_t count;
    } dtypes[LH_DTYPES_MAX];
    uint64_t total;
    bool has_gguf, has_gguf_context;
    char gguf_arch[64]; /* "" when the file does not say */
    uint64_t gguf_total, gguf_context;
};

/* Adds one file's tensors. False (ERR_DAMAGED, ERR_LIMIT, ERR_IO) leaves w as it was. */
bool lh_weights_add_safetensors(struct lh_weights *w, const char *path, struct err *e);
bool lh_weights_read_gguf(struct lh_weights *w, const char *path, struct err *e);

/* The JSON header of a safetensors file, n bytes, owned; not looked at. NULL: ERR_DAMAGED, ERR_IO. */
char *lh_safetensors_header(const char *path, size_t *n, struct err *e);

/* The JSON header of a safetensors file of file_bytes; for the file reader and the fuzz target. */
bool lh_weights_add_header(struct lh_weights *w, const char *json, size_t n, struct err *e);

#endif
