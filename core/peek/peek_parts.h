/* SPDX-License-Identifier: Apache-2.0 */
/* peek_parts.h - how the files of core/peek fill a peek; for them alone, and for tests. */
#ifndef HFTERM_CORE_PEEK_PEEK_PARTS_H
#define HFTERM_CORE_PEEK_PEEK_PARTS_H

#include "core/format/source.h"
#include "core/peek/peek.h"

/* ---- peek.c ---- */

/* Facts beyond PEEK_FACTS_MAX are dropped. key and name are static, text is copied. */
void peek_text(struct peek *p, const char *key, const char *name, const char *text);
void peek_count(struct peek *p, const char *key, const char *name, uint64_t n);
void peek_bytes(struct peek *p, const char *key, const char *name, uint64_t n);
/* A fact in which something is wrong; nothing for "". */
void peek_problem(struct peek *p, const char *text);

struct peek_table *peek_table(struct peek *p, const char *key, const char *title, const char *row,
                              const struct peek_column *columns, size_t n_columns);
/* A new row, n_columns empty cells; NULL when there are PEEK_ROWS_MAX, or memory is gone. */
struct peek_value *peek_row(struct peek_table *t);
struct peek_value peek_of_text(struct peek *p, const char *text);
/* "[3, 4]", reversed when the fastest dimension stands first. */
struct peek_value peek_of_shape(struct peek *p, const uint64_t *dims, int rank, bool is_reversed);

/* Sums by type, for a table of them. */
enum { PEEK_SUMS_MAX = 64 };
struct peek_sums {
    size_t n;
    struct peek_sum {
        const char *type; /* borrowed */
        uint64_t tensors, elements, bytes;
    } sums[PEEK_SUMS_MAX];
};
void peek_sum(struct peek_sums *s, const char *type, uint64_t elements, uint64_t bytes);
/* The table "types", and its rows, the largest first. */
struct peek_table *peek_sums_table(struct peek *p);
void peek_put_sums(struct peek *p, struct peek_table *t, struct peek_sums *s);

/* ---- a file each: what its header says, added to p ---- */

bool peek_safetensors(struct peek *p, const struct format_source *source, struct err *e);
bool peek_gguf(struct peek *p, const struct format_source *source, struct err *e);
bool peek_parquet(struct peek *p, const struct format_source *source, struct err *e);
bool peek_picture(struct peek *p, const struct format_source *source, struct err *e);

/* ---- shards ---- */

struct safetensors;

/* How the header of a shard is had: by its name in the index. NULL with e set. */
struct peek_shard_source {
    struct safetensors *(*open)(void *ctx, const char *file, struct err *e);
    void *ctx;
};
/* index: n bytes of JSON. */
bool peek_shards(struct peek *p, const char *index, size_t n,
                 const struct peek_shard_source *source, struct err *e);

#endif
