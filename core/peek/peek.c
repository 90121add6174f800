/* SPDX-License-Identifier: Apache-2.0 */
/* Facts and tables as they are collected. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/peek/peek_parts.h"

void peek_free(struct peek *p)
{
    if (p) {
        for (size_t i = 0; i < p->n_tables; i++) {
            free(p->tables[i].cells);
        }
        arena_done(&p->arena);
        free(p);
    }
}

/* ---- facts ---- */

static void add(struct peek *p, const char *key, const char *name, struct peek_value value)
{
    if (p->n_facts < PEEK_FACTS_MAX) {
        p->facts[p->n_facts++] = (struct peek_fact){key, name, value};
    }
}

struct peek_value peek_of_text(struct peek *p, const char *text)
{
    return (struct peek_value){PEEK_TEXT, arena_strdup(&p->arena, text), 0};
}

void peek_text(struct peek *p, const char *key, const char *name, const char *text)
{
    add(p, key, name, peek_of_text(p, text));
}

void peek_count(struct peek *p, const char *key, const char *name, uint64_t n)
{
    add(p, key, name, (struct peek_value){.type = PEEK_COUNT, .n = n});
}

void peek_bytes(struct peek *p, const char *key, const char *name, uint64_t n)
{
    add(p, key, name, (struct peek_value){.type = PEEK_BYTES, .n = n});
}

void peek_problem(struct peek *p, const char *text)
{
    if (*text) {
        peek_text(p, "problem", "problem", text);
    }
}

/* ---- tables ---- */

struct peek_table *peek_table(struct peek *p, const char *key, const char *title, const char *row,
                              const struct peek_column *columns, size_t n_columns)
{
    struct peek_table *t = &p->tables[p->n_tables++];
    *t = (struct peek_table){
        .key = key, .title = title, .row = row, .columns = columns, .n_columns = n_columns};
    return t;
}

struct peek_value *peek_row(struct peek_table *t)
{
    const size_t need = (t->n_rows + 1) * t->n_columns;
    if (t->n_rows == PEEK_ROWS_MAX ||
        !mem_grow((void **)&t->cells, &t->cap_cells, need, sizeof *t->cells)) {
        t->left_out++;
        return NULL;
    }
    struct peek_value *row = t->cells + t->n_rows * t->n_columns;
    memset(row, 0, t->n_columns * sizeof *row);
    t->n_rows++;
    return row;
}

struct peek_value peek_of_shape(struct peek *p, const uint64_t *dims, int rank, bool is_reversed)
{
    struct buf text = BUF_INIT;
    buf_putc(&text, '[');
    for (int i = 0; i < rank; i++) {
        buf_printf(&text, "%s%" PRIu64, i ? ", " : "", dims[is_reversed ? rank - 1 - i : i]);
    }
    buf_putc(&text, ']');
    const struct peek_value v = {PEEK_JSON, arena_strdup(&p->arena, buf_str(&text)), 0};
    buf_done(&text);
    return v;
}

/* ---- sums by type ---- */

void peek_sum(struct peek_sums *s, const char *type, uint64_t elements, uint64_t bytes)
{
    size_t i = 0;
    while (i < s->n && strcmp(s->sums[i].type, type) != 0) {
        i++;
    }
    if (i == PEEK_SUMS_MAX) {
        return;
    }
    if (i == s->n) {
        s->sums[s->n++] = (struct peek_sum){.type = type};
    }
    s->sums[i].tensors++;
    s->sums[i].elements += elements; /* their sum over all types was checked by the reader */
    s->sums[i].bytes += bytes;
}

static int larger_first(const void *a, const void *b)
{
    const struct peek_sum *x = a, *y = b;
    return x->bytes != y->bytes ? (x->bytes < y->bytes) - (x->bytes > y->bytes)
                                : strcmp(x->type, y->type);
}

struct peek_table *peek_sums_table(struct peek *p)
{
    static const struct peek_column COLUMNS[] = {
        {"type", "type", false},
        {"tensors", "tensors", true},
        {"parameters", "parameters", true},
        {"bytes", "size", true},
    };
    return peek_table(p, "types", "types", "type", COLUMNS, 4);
}

void peek_put_sums(struct peek *p, struct peek_table *t, struct peek_sums *s)
{
    qsort(s->sums, s->n, sizeof *s->sums, larger_first);
    for (size_t i = 0; i < s->n; i++) {
        struct peek_value *row = peek_row(t);
        if (row) {
            row[0] = peek_of_text(p, s->sums[i].type);
            row[1] = (struct peek_value){.type = PEEK_COUNT, .n = s->sums[i].tensors};
            row[2] = (struct peek_value){.type = PEEK_COUNT, .n = s->sums[i].elements};
            row[3] = (struct peek_value){.type = PEEK_BYTES, .n = s->sums[i].bytes};
        }
    }
}
