/* SPDX-License-Identifier: Apache-2.0 */
/* One file each: GGUF, Parquet, pictures. */
#include <inttypes.h>
#include <stdio.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/gguf.h"
#include "core/format/parquet.h"
#include "core/format/picture.h"
#include "core/peek/peek_parts.h"

/* ---- GGUF ---- */

static struct peek_value value_of_key(struct peek *p, const struct gguf_key *k)
{
    struct buf text = BUF_INIT;
    struct peek_value v = {.type = PEEK_TEXT};
    buf_puts(&text, k->value);
    if (!k->is_text && !k->is_array) {
        v.type = PEEK_JSON;
    } else if (k->is_cut) {
        buf_printf(&text, " ... %" PRIu64 " %s", k->count, k->is_text ? "bytes in all" : "in all");
    }
    v.text = arena_strdup(&p->arena, buf_str(&text));
    buf_done(&text);
    return v;
}

static void put_keys(struct peek *p, const struct gguf *g)
{
    static const struct peek_column COLUMNS[] = {{"key", "key", false},
                                                 {"value", "value", false},
                                                 {"type", "type", false},
                                                 {"count", "items", true}};
    struct peek_table *t = peek_table(p, "keys", "keys", "key", COLUMNS, 4);
    for (size_t i = 0; i < g->n_keys; i++) {
        const struct gguf_key *k = &g->keys[i];
        struct peek_value *row = peek_row(t);
        if (row) {
            row[0] = peek_of_text(p, k->name);
            row[1] = value_of_key(p, k);
            row[2] = peek_of_text(p, k->type);
            row[3] = (struct peek_value){.type = PEEK_COUNT, .n = k->is_array ? k->count : 1};
        }
    }
}

static const struct peek_column TENSOR_COLUMNS[] = {
    {"type", "type", false}, {"shape", "shape", false},          {"name", "name", false},
    {"bytes", "size", true}, {"parameters", "parameters", true},
};

static void put_tensors(struct peek *p, const struct gguf *g)
{
    struct peek_sums sums = {0};
    for (size_t i = 0; i < g->n_tensors; i++) {
        peek_sum(&sums, g->tensors[i].type, g->tensors[i].elements, g->tensors[i].bytes);
    }
    peek_put_sums(p, peek_sums_table(p), &sums);
    put_keys(p, g);
    struct peek_table *t = peek_table(p, "tensors", "tensors", "tensor", TENSOR_COLUMNS, 5);
    for (size_t i = 0; i < g->n_tensors; i++) {
        const struct gguf_tensor *tensor = &g->tensors[i];
        struct peek_value *row = peek_row(t);
        if (row) {
            row[0] = peek_of_text(p, tensor->type);
            row[1] = peek_of_shape(p, tensor->dims, tensor->rank, true);
            row[2] = peek_of_text(p, tensor->name);
            row[3].type = tensor->has_bytes ? PEEK_BYTES : PEEK_NOTHING;
            row[3].n = tensor->bytes;
            row[4] = (struct peek_value){.type = PEEK_COUNT, .n = tensor->elements};
        }
    }
}

bool peek_gguf(struct peek *p, const struct format_source *source, struct err *e)
{
    struct gguf *g = gguf_open(source, e);
    if (!g) {
        return false;
    }
    const struct gguf_key *arch = gguf_find(g, "general.architecture");
    p->format = "GGUF";
    peek_text(p, "format", "format", "GGUF");
    peek_problem(p, g->problem);
    peek_count(p, "version", "version", g->version);
    peek_text(p, "byte_order", g->is_big_endian ? "byte order" : NULL,
              g->is_big_endian ? "big" : "little");
    if (arch && arch->is_text) {
        peek_text(p, "architecture", "architecture", arch->value);
    }
    peek_count(p, "n_tensors", "tensors", g->n_tensors);
    peek_count(p, "parameters", "parameters", g->elements);
    peek_bytes(p, "tensor_bytes", "in tensors", g->tensor_bytes);
    peek_bytes(p, "header_bytes", "header", g->header_bytes);
    peek_bytes(p, "file_bytes", "file", source->size);
    put_tensors(p, g);
    gguf_free(g);
    return true;
}

/* ---- Parquet ---- */

static const char *codecs_of(struct peek *p, uint32_t codecs)
{
    struct buf text = BUF_INIT;
    for (int i = 0; i < 32; i++) {
        if (codecs >> i & 1) {
            buf_puts(&text, text.n ? ", " : "");
            if (parquet_codec_name(i)) {
                buf_puts(&text, parquet_codec_name(i));
            } else {
                buf_printf(&text, "codec %d", i);
            }
        }
    }
    const char *kept = arena_strdup(&p->arena, buf_str(&text));
    buf_done(&text);
    return kept;
}

/* "words.list.element": path is that of the node before, cut back to what both share. */
static void put_path(struct buf *path, size_t *ends, const struct parquet_node *n)
{
    const size_t keep = n->depth > 0 ? ends[n->depth - 1] : 0;
    struct buf grown = BUF_INIT;
    buf_append(&grown, buf_str(path), keep);
    buf_puts(&grown, n->depth > 0 ? "." : "");
    buf_puts(&grown, n->name);
    buf_done(path);
    *path = grown;
    ends[n->depth] = path->n;
}

static void put_columns(struct peek *p, const struct parquet *q)
{
    static const struct peek_column COLUMNS[] = {
        {"name", "name", false},         {"type", "type", false},
        {"logical", "logical", false},   {"repetition", "", false},
        {"codec", "codec", false},       {"compressed", "compressed", true},
        {"uncompressed", "plain", true},
    };
    size_t ends[PARQUET_DEPTH_MAX] = {0};
    struct buf path = BUF_INIT;
    struct peek_table *t = peek_table(p, "schema", "schema", "column", COLUMNS, 7);
    for (size_t i = 0; i < q->n_nodes; i++) {
        const struct parquet_node *n = &q->nodes[i];
        struct peek_value *row = peek_row(t);
        put_path(&path, ends, n);
        if (row) {
            row[0] = peek_of_text(p, buf_str(&path));
            row[1] = peek_of_text(p, n->type);
            row[2] = *n->logical ? peek_of_text(p, n->logical) : row[2];
            row[3] = peek_of_text(p, n->repetition);
        }
        if (row && n->is_leaf) {
            row[4] =
                n->codecs ? (struct peek_value){PEEK_TEXT, codecs_of(p, n->codecs), 0} : row[4];
            row[5] = (struct peek_value){.type = PEEK_BYTES, .n = n->compressed};
            row[6] = (struct peek_value){.type = PEEK_BYTES, .n = n->uncompressed};
        }
    }
    buf_done(&path);
}

static void put_groups(struct peek *p, const struct parquet *q)
{
    static const struct peek_column GROUPS[] = {
        {"rows", "rows", true}, {"bytes", "plain", true}, {"compressed", "compressed", true}};
    static const struct peek_column KEYS[] = {
        {"key", "key", false}, {"value", "value", false}, {"bytes", "size", true}};
    struct peek_table *t = peek_table(p, "row_groups", "row groups", "row_group", GROUPS, 3);
    for (size_t i = 0; i < q->n_groups; i++) {
        struct peek_value *row = peek_row(t);
        if (row) {
            row[0] = (struct peek_value){.type = PEEK_COUNT, .n = q->groups[i].rows};
            row[1] = (struct peek_value){.type = PEEK_BYTES, .n = q->groups[i].bytes};
            row[2].type = q->groups[i].has_compressed ? PEEK_BYTES : PEEK_NOTHING;
            row[2].n = q->groups[i].compressed;
        }
    }
    t = peek_table(p, "keys", "keys", "key", KEYS, 3);
    for (size_t i = 0; i < q->n_keys; i++) {
        struct peek_value *row = peek_row(t);
        if (row) {
            row[0] = peek_of_text(p, q->keys[i].name);
            row[1] = peek_of_text(p, q->keys[i].value);
            row[2] = (struct peek_value){.type = PEEK_BYTES, .n = q->keys[i].bytes};
        }
    }
}

bool peek_parquet(struct peek *p, const struct format_source *source, struct err *e)
{
    struct parquet *q = parquet_open(source, e);
    if (!q) {
        return false;
    }
    p->format = "Parquet";
    peek_text(p, "format", "format", "Parquet");
    peek_problem(p, q->problem);
    peek_count(p, "rows", "rows", q->rows);
    peek_count(p, "columns", "columns", q->n_leaves);
    peek_count(p, "n_row_groups", "row groups", q->n_groups);
    peek_text(p, "codec", "codec", codecs_of(p, q->codecs));
    peek_bytes(p, "compressed_bytes", "in columns", q->compressed);
    peek_bytes(p, "uncompressed_bytes", "unpacked", q->uncompressed);
    peek_bytes(p, "header_bytes", "footer", q->footer_bytes);
    peek_bytes(p, "file_bytes", "file", source->size);
    peek_text(p, "created_by", "written by", q->created_by);
    put_columns(p, q);
    put_groups(p, q);
    parquet_free(q);
    return true;
}

/* ---- pictures ---- */

bool peek_picture(struct peek *p, const struct format_source *source, struct err *e)
{
    struct picture_head h;
    char pixels[48];
    if (!picture_read_head(source, &h, e)) {
        return e && e->code == ERR_CANCELLED ? false : err_wrap(e, "%s", source->name);
    }
    p->format = h.format;
    snprintf(pixels, sizeof pixels, "%" PRIu32 "x%" PRIu32, h.width, h.height);
    peek_text(p, "format", "format", h.format);
    peek_text(p, NULL, "pixels", pixels);
    peek_count(p, "width", NULL, h.width);
    peek_count(p, "height", NULL, h.height);
    peek_text(p, "colours", "colours", h.colours);
    peek_count(p, "bits", "bits", (uint64_t)h.bits);
    peek_text(p, "kind", "kind",
              h.is_animated      ? "an animation"
              : h.is_progressive ? "progressive"
              : h.is_lossless    ? "lossless"
                                 : "plain");
    peek_bytes(p, "file_bytes", "file", source->size);
    return true;
}
