/* SPDX-License-Identifier: Apache-2.0 */
/* One safetensors file, and a model whose tensors lie in several. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/safetensors.h"
#include "core/format/safetensors_index.h"
#include "core/peek/peek_parts.h"

/* Names are long: what has to be seen beside them in a narrow window comes first. */
static const struct peek_column TENSORS[] = {
    {"dtype", "dtype", false}, {"shape", "shape", false},          {"name", "name", false},
    {"bytes", "size", true},   {"parameters", "parameters", true},
};
static const struct peek_column SHARD_TENSORS[] = {
    {"dtype", "dtype", false}, {"shape", "shape", false},          {"name", "name", false},
    {"bytes", "size", true},   {"parameters", "parameters", true}, {"shard", "shard", true},
};

enum { SHARDS_READ_MAX = 1000, TENSORS_MAX = 1000000 };

struct totals {
    struct peek_sums sums;
    uint64_t tensors, elements, bytes;
};

/* Sums that overflow are those of a liar: nothing a disk holds comes near. */
static bool add_up(struct totals *all, const struct safetensors *s, struct err *e)
{
    for (size_t i = 0; i < safetensors_count(s); i++) {
        const struct st_tensor *t = safetensors_at(s, i);
        if (__builtin_add_overflow(all->elements, t->elements, &all->elements) ||
            __builtin_add_overflow(all->bytes, t->end - t->begin, &all->bytes)) {
            return err_set(e, ERR_DAMAGED, "its tensors are larger than any file");
        }
        if (all->tensors++ == TENSORS_MAX) {
            return err_set(e, ERR_LIMIT, "more than a million tensors");
        }
        peek_sum(&all->sums, st_dtype_name(t->dtype), t->elements, t->end - t->begin);
    }
    return true;
}

/* shard 0: no column for it. */
static void put_tensors(struct peek *p, struct peek_table *t, const struct safetensors *s,
                        uint64_t shard)
{
    for (size_t i = 0; i < safetensors_count(s); i++) {
        const struct st_tensor *tensor = safetensors_at(s, i);
        struct peek_value *row = peek_row(t);
        if (!row) {
            continue; /* it is counted */
        }
        row[0] = (struct peek_value){PEEK_TEXT, st_dtype_name(tensor->dtype), 0};
        row[1] = peek_of_shape(p, tensor->shape, tensor->rank, false);
        row[2] = peek_of_text(p, tensor->name);
        row[3] = (struct peek_value){.type = PEEK_BYTES, .n = tensor->end - tensor->begin};
        row[4] = (struct peek_value){.type = PEEK_COUNT, .n = tensor->elements};
        if (shard) {
            row[5] = (struct peek_value){.type = PEEK_COUNT, .n = shard};
        }
    }
}

static void put_metadata(struct peek *p, const struct safetensors *s)
{
    static const struct peek_column COLUMNS[] = {{"key", "key", false}, {"value", "value", false}};
    struct peek_table *t = peek_table(p, "metadata", "metadata", "metadata", COLUMNS, 2);
    for (size_t i = 0; i < safetensors_meta_count(s); i++) {
        struct peek_value *row = peek_row(t);
        if (row) {
            row[0] = peek_of_text(p, safetensors_meta_at(s, i).key);
            row[1] = peek_of_text(p, safetensors_meta_at(s, i).value);
        }
    }
}

static void put_totals(struct peek *p, const struct totals *all)
{
    peek_count(p, "n_tensors", "tensors", all->tensors);
    peek_count(p, "parameters", "parameters", all->elements);
    peek_bytes(p, "tensor_bytes", "in tensors", all->bytes);
}

bool peek_safetensors(struct peek *p, const struct format_source *source, struct err *e)
{
    struct totals all = {0};
    struct safetensors *s = safetensors_open_source(source, e);
    const bool ok = s && add_up(&all, s, e);
    if (ok) {
        p->format = "safetensors";
        peek_text(p, "format", "format", "safetensors");
        put_totals(p, &all);
        peek_bytes(p, "header_bytes", "header", safetensors_data_start(s));
        peek_bytes(p, "file_bytes", "file", source->size);
        peek_put_sums(p, peek_sums_table(p), &all.sums);
        put_metadata(p, s);
        put_tensors(p, peek_table(p, "tensors", "tensors", "tensor", TENSORS, 5), s, 0);
    }
    safetensors_close(s);
    return ok;
}

/* ---- shards ---- */

struct shards {
    struct peek *p;
    const struct st_index *index;
    const struct peek_shard_source *source;
    struct totals all;
    struct peek_table *files, *tensors;
    struct buf problem; /* the first one */
};

static void note(struct shards *x, const char *file, const char *text)
{
    if (x->problem.n == 0) {
        buf_printf(&x->problem, "%s%s%s", strstr(text, file) ? "" : file,
                   strstr(text, file) ? "" : ": ", text);
    }
}

/* False when the reading was cancelled; what is wrong with one shard does not end it. */
static bool read_shard(struct shards *x, size_t i, struct err *e)
{
    const struct st_shard *shard = &x->index->shards[i];
    struct err why = ERR_INIT;
    struct totals before = x->all;
    struct safetensors *s = x->source->open(x->source->ctx, shard->file, &why);
    struct peek_value *row = peek_row(x->files);
    const bool is_read = s && add_up(&x->all, s, &why);
    if (row) {
        row[0] = (struct peek_value){.type = PEEK_COUNT, .n = i + 1};
        row[1] = (struct peek_value){.type = PEEK_COUNT, .n = shard->tensors};
        row[3] = peek_of_text(x->p, shard->file);
    }
    if (row && is_read) {
        row[2] = (struct peek_value){.type = PEEK_BYTES, .n = x->all.bytes - before.bytes};
        row[4] = (struct peek_value){.type = PEEK_COUNT, .n = x->all.elements - before.elements};
        put_tensors(x->p, x->tensors, s, i + 1);
    }
    if (!is_read) {
        note(x, shard->file, why.msg);
    } else if (safetensors_count(s) != shard->tensors) {
        char text[120];
        snprintf(text, sizeof text, "it holds %zu tensors, the index names %" PRIu64,
                 safetensors_count(s), shard->tensors);
        note(x, shard->file, text);
    }
    safetensors_close(s);
    if (why.code == ERR_CANCELLED) {
        *e = why;
    }
    return why.code != ERR_CANCELLED;
}

static void put_shard_facts(struct shards *x, bool is_whole)
{
    struct peek *p = x->p;
    peek_text(p, "format", "format", "index of safetensors files");
    if (x->index->has_total_size && is_whole && x->index->total_size != x->all.bytes) {
        note(x, "the index", "its total_size is not what the tensors take");
    }
    peek_problem(p, buf_str(&x->problem));
    peek_count(p, "n_shards", "shards", x->index->n_shards);
    if (is_whole) {
        put_totals(p, &x->all);
    } else {
        peek_count(p, "n_tensors", "tensors", x->index->tensors);
    }
    if (x->index->has_total_size) {
        peek_bytes(p, "index_total_size", "index says", x->index->total_size);
    }
}

static bool read_shards(struct shards *x, struct err *e)
{
    static const struct peek_column FILES[] = {
        {"shard", "shard", true}, {"tensors", "tensors", true},       {"bytes", "size", true},
        {"file", "file", false},  {"parameters", "parameters", true},
    };
    x->files = peek_table(x->p, "shards", "shards", "shard", FILES, 5);
    struct peek_table *types = peek_sums_table(x->p);
    x->tensors = peek_table(x->p, "tensors", "tensors", "tensor", SHARD_TENSORS, 6);
    const size_t n = x->index->n_shards;
    bool ok = true, is_whole = n <= SHARDS_READ_MAX;
    if (!is_whole) {
        note(x, "the index", "it names more than 1,000 files: their headers are not read");
    }
    for (size_t i = 0; ok && is_whole && i < n; i++) {
        ok = read_shard(x, i, e);
    }
    for (size_t i = 0; i < x->files->n_rows; i++) {
        is_whole = is_whole && x->files->cells[i * 5 + 2].type != PEEK_NOTHING;
    }
    if (ok) {
        put_shard_facts(x, is_whole);
        peek_put_sums(x->p, types, &x->all.sums);
    }
    return ok;
}

bool peek_shards(struct peek *p, const char *index, size_t n,
                 const struct peek_shard_source *source, struct err *e)
{
    struct st_index *parsed = st_index_parse(index, n, e);
    if (!parsed) {
        return false;
    }
    struct shards x = {.p = p, .index = parsed, .source = source};
    p->format = "safetensors index";
    const bool ok = read_shards(&x, e);
    buf_done(&x.problem);
    st_index_free(parsed);
    return ok;
}
