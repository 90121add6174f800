/* SPDX-License-Identifier: Apache-2.0 */
/* gguf.h - the header of a GGUF file (versions 1 to 3, both byte orders): its keys and tensors.
 *
 * Only the header is read, front to back, by a window that grows; arrays of numbers are skipped,
 * not read. Of a long array or text the beginning is kept. Nothing is believed: lengths are checked
 * against the file, counts against limits, products against overflow.
 *
 * Units:     bytes (u64); dims as the file has them, the row length first.
 * Memory:    at most GGUF_KEPT_MAX of text beside GGUF_TENSORS_MAX tensors.
 * Ownership: gguf_free; all strings are borrowed from it. A NUL inside a text is kept as U+FFFD.
 * Errors:    ERR_UNSUPPORTED: no GGUF, or a version of the future; ERR_DAMAGED; ERR_LIMIT; else
 * what the source said. What is wrong and still can be shown is told in problem. Threads:   no
 * shared state. Source:    the ggml project's gguf.md; block sizes from its ggml-common.h.
 */
#ifndef HFTERM_CORE_FORMAT_GGUF_H
#define HFTERM_CORE_FORMAT_GGUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

struct err;
struct format_source;

enum {
    GGUF_KEYS_MAX = 100000,
    GGUF_TENSORS_MAX = 250000,
    GGUF_DIMS_MAX = 8,
    GGUF_NESTING_MAX = 4,
    GGUF_NAME_MAX = 65535,              /* bytes of a key's or a tensor's name */
    GGUF_TEXT_MAX = 4096,               /* of a value that are kept */
    GGUF_FIRST_MAX = 8,                 /* of an array that are kept */
    GGUF_KEPT_MAX = 64 * 1024 * 1024,   /* in all */
    GGUF_HEADER_MAX = 128 * 1024 * 1024 /* vocabularies are in it */
};

struct gguf_key {
    const char *name;
    const char *type;  /* "u32", "string", "string[]": static */
    const char *value; /* a text as it is, else JSON: 32, true, ["a", "b"], "NaN" */
    bool is_text;
    bool is_array;
    uint64_t count; /* of an array's items; of a text's bytes */
    bool is_cut;    /* value is the beginning only */
};

struct gguf_tensor {
    const char *name;
    const char *type; /* "Q4_K"; "type 99" when it is not known */
    uint32_t type_id;
    int rank;
    uint64_t dims[GGUF_DIMS_MAX];
    uint64_t elements;
    bool has_bytes; /* the type is known */
    uint64_t bytes;
    uint64_t offset; /* behind data_start */
};

struct gguf {
    uint32_t version;
    bool is_big_endian;
    struct gguf_key *keys; /* in file order */
    size_t n_keys, cap_keys;
    struct gguf_tensor *tensors; /* in file order */
    size_t n_tensors, cap_tensors;
    uint64_t elements, tensor_bytes; /* sums */
    uint64_t header_bytes, data_start, alignment;
    char problem[200]; /* the first thing that is wrong with it, "" when nothing is */
    struct arena arena;
};

struct gguf *gguf_open(const struct format_source *source, struct err *e);
void gguf_free(struct gguf *g); /* NULL is fine */

/* The key of this name, or NULL. */
const struct gguf_key *gguf_find(const struct gguf *g, const char *name);

/* Name of a ggml type, and what a block of it takes; NULL and zeros for one that is not known. */
const char *gguf_type_name(uint32_t id, uint64_t *elements, uint64_t *bytes);

#endif
