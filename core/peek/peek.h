/* SPDX-License-Identifier: Apache-2.0 */
/* peek.h - what a file of the Hub is, told from its header: facts and tables, for the screen and
 * the verb `show`.
 *
 * Kinds: safetensors, the index of safetensors shards (with totals over all of them), GGUF,
 * Parquet, PNG, JPEG and WebP. Only the bytes of headers are fetched, by ranges.
 *
 * Ownership: peek_free; everything in a peek is borrowed from it.
 * Threads:   peek_read blocks, so it runs on a pool thread; a peek is constant afterwards.
 * Errors:    those of hub_read and of the readers in core/format. What is wrong with a file and
 * still can be shown stands in a fact called "problem".
 */
#ifndef HFTERM_CORE_PEEK_PEEK_H
#define HFTERM_CORE_PEEK_PEEK_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/hub/hub.h"

struct buf;
struct err;

/* Does a file of this name have a header that peek_read reads? By its ending, any case. */
bool peek_knows(const char *path);

enum peek_type {
    PEEK_NOTHING, /* not known: JSON null */
    PEEK_TEXT,
    PEEK_COUNT, /* "7,615,616" */
    PEEK_BYTES, /* "15.2 GB" */
    PEEK_JSON,  /* text is JSON: a shape, a number */
};

struct peek_value {
    enum peek_type type;
    const char *text;
    uint64_t n;
};

struct peek_fact {
    const char *key;  /* of --json, and before a tab; NULL: for people alone */
    const char *name; /* for people; NULL: for programs alone */
    struct peek_value value;
};

struct peek_column {
    const char *key, *title;
    bool is_right;
};

struct peek_table {
    const char *key, *title; /* "tensors" */
    const char *row;         /* what one is called, before a tab: "tensor" */
    const struct peek_column *columns;
    size_t n_columns;
    struct peek_value *cells; /* n_rows * n_columns */
    size_t n_rows, cap_cells;
    size_t left_out; /* rows beyond PEEK_ROWS_MAX; facts and sums count them */
};

enum { PEEK_FACTS_MAX = 24, PEEK_TABLES_MAX = 4, PEEK_ROWS_MAX = 200000 };

struct peek {
    const char *format;  /* "safetensors", "GGUF", ... */
    uint64_t file_bytes; /* of the file that was asked for */
    struct peek_fact facts[PEEK_FACTS_MAX];
    size_t n_facts;
    struct peek_table tables[PEEK_TABLES_MAX];
    size_t n_tables;
    struct arena arena;
};

struct peek_want {
    enum hub_kind kind;
    const char *id, *revision, *path; /* revision NULL: main */
};

/* get as for hub_read; its task cancels. ERR_UNSUPPORTED for a file of another kind. */
struct peek *peek_read(struct hub *hub, const struct peek_want *want, struct hub_get *get,
                       struct err *e);
void peek_free(struct peek *p); /* NULL is fine */

/* For people: facts, then each table under its title, columns aligned; harmless to show. Appends.
 */
void peek_put_text(const struct peek *p, struct buf *out);
/* For programs: "key<TAB>value" a fact, "row<TAB>cell<TAB>..." a row; exact numbers. Appends. */
void peek_put_tabs(const struct peek *p, struct buf *out);
/* One object: facts by their keys, tables as arrays of objects. Owned: cJSON_Delete. */
cJSON *peek_json(const struct peek *p);

#endif
