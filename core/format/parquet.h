/* SPDX-License-Identifier: Apache-2.0 */
/* parquet.h - the footer of a Parquet file: schema, rows, row groups, codecs.
 *
 * Read from the end: 64 kB, and the rest of the footer when it is longer. No page is read. Nothing
 * is believed: the footer's length is checked against the file, every list against the bytes that
 * follow it, the tree of columns against its list.
 *
 * Units:     bytes and rows (u64).
 * Memory:    the footer while it is read (64 MiB at most); then one entry a column and a row group.
 * Ownership: parquet_free; texts are borrowed from it, NULs in them are U+FFFD.
 * Errors:    ERR_UNSUPPORTED: no Parquet file, or its footer is encrypted; ERR_DAMAGED; ERR_LIMIT;
 *            else what the source said. What is wrong and still can be shown is told in problem.
 * Threads:   no shared state.
 * Source:    the Parquet project's parquet.thrift.
 */
#ifndef HFTERM_CORE_FORMAT_PARQUET_H
#define HFTERM_CORE_FORMAT_PARQUET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

struct err;
struct format_source;

enum {
    PARQUET_FOOTER_MAX = 64 * 1024 * 1024,
    PARQUET_NODES_MAX = 200000,  /* columns and groups of columns */
    PARQUET_GROUPS_MAX = 200000, /* of rows */
    PARQUET_KEYS_MAX = 10000,
    PARQUET_TEXT_MAX = 4096, /* bytes of a key's value that are kept */
    PARQUET_DEPTH_MAX = 64,
};

/* A node of the schema, in its order: what stands in a group follows it, one deeper. */
struct parquet_node {
    const char *name;
    int depth;              /* 0: a column of the table */
    bool is_leaf;           /* it has bytes in the file */
    const char *type;       /* "INT64", "FIXED_LEN_BYTE_ARRAY(16)"; "group" */
    const char *logical;    /* "STRING", "TIMESTAMP(us, UTC)", "LIST"; "" */
    const char *repetition; /* "required", "optional", "repeated" */
    /* Of a leaf, summed over the row groups. */
    uint64_t values, compressed, uncompressed;
    uint32_t codecs; /* bit i: codec i */
};

struct parquet_group {
    uint64_t rows, bytes, compressed;
    bool has_compressed;
};

struct parquet_key {
    const char *name, *value; /* value "" when there is none */
    uint64_t bytes;           /* of the whole value */
    bool is_cut;
};

struct parquet {
    int version;
    uint64_t rows, footer_bytes;
    const char *created_by; /* "" */
    struct parquet_node *nodes;
    size_t n_nodes, cap_nodes, n_leaves;
    struct parquet_group *groups;
    size_t n_groups, cap_groups;
    struct parquet_key *keys;
    size_t n_keys, cap_keys;
    uint64_t compressed, uncompressed; /* sums over the leaves */
    uint32_t codecs;
    char problem[200]; /* the first thing that is wrong with it, "" when nothing is */
    struct arena arena;
};

struct parquet *parquet_open(const struct format_source *source, struct err *e);
/* The n bytes of a footer alone, without its length and mark; file_bytes: of the whole file. */
struct parquet *parquet_parse(const void *footer, size_t n, uint64_t file_bytes, struct err *e);
void parquet_free(struct parquet *p); /* NULL is fine */

enum { PARQUET_CODECS = 8 };
const char *parquet_codec_name(int codec); /* "SNAPPY"; NULL for one that is not known */

#endif
