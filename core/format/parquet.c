/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/parquet.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/parquet_parts.h"
#include "core/format/source.h"

enum { MARK = 4, TAIL = 8, FIRST_READ = 64 * 1024 };

const char *parquet_codec_name(int codec)
{
    static const char *const NAMES[PARQUET_CODECS] = {"none",   "SNAPPY", "GZIP", "LZO",
                                                      "BROTLI", "LZ4",    "ZSTD", "LZ4_RAW"};
    return codec >= 0 && codec < PARQUET_CODECS ? NAMES[codec] : NULL;
}

void parquet_note(struct parquet *p, const char *text)
{
    if (!p->problem[0]) {
        snprintf(p->problem, sizeof p->problem, "%s", text);
    }
}

const char *parquet_keep(struct parquet *p, struct str s)
{
    struct buf clean = BUF_INIT;
    for (size_t i = 0; i < s.n; i++) {
        if (s.p[i]) {
            buf_putc(&clean, s.p[i]);
        } else {
            buf_puts(&clean, "\xEF\xBF\xBD");
        }
    }
    const char *kept = arena_strndup(&p->arena, buf_str(&clean), clean.n);
    buf_done(&clean);
    return kept;
}

uint64_t parquet_size(struct thrift *t, const struct thrift_field *f)
{
    const int64_t v = thrift_int(t, f);
    if (v < 0) {
        thrift_fail(t, "a size is below zero");
        return 0;
    }
    return (uint64_t)v;
}

void parquet_add(struct thrift *t, uint64_t *sum, uint64_t n)
{
    if (__builtin_add_overflow(*sum, n, sum)) {
        thrift_fail(t, "the sizes make no sense");
    }
}

/* ---- row groups ---- */

struct chunk {
    bool has_facts;
    int64_t codec;
    uint64_t values, compressed, uncompressed;
};

static void take_chunk_facts(struct thrift *t, struct chunk *c)
{
    struct thrift_field f = {0};
    c->has_facts = true;
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 4:
            c->codec = thrift_int(t, &f);
            break;
        case 5:
            c->values = parquet_size(t, &f);
            break;
        case 6:
            c->uncompressed = parquet_size(t, &f);
            break;
        case 7:
            c->compressed = parquet_size(t, &f);
            break;
        default:
            thrift_skip(t, f.type);
            break;
        }
    }
}

static void take_chunk(struct parquet *p, struct thrift *t, struct parquet_node *leaf)
{
    struct chunk c = {0};
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        if (f.id == 3 && thrift_is_struct(t, &f)) {
            take_chunk_facts(t, &c);
        } else {
            thrift_skip(t, f.type);
        }
    }
    if (!c.has_facts) {
        parquet_note(p, "a column is encrypted: what it takes is not known");
        return;
    }
    const uint32_t bit = c.codec >= 0 && c.codec < 32 ? 1U << c.codec : 0;
    leaf->codecs |= bit;
    p->codecs |= bit;
    parquet_add(t, &leaf->values, c.values);
    parquet_add(t, &leaf->compressed, c.compressed);
    parquet_add(t, &leaf->uncompressed, c.uncompressed);
    parquet_add(t, &p->compressed, c.compressed);
    parquet_add(t, &p->uncompressed, c.uncompressed);
}

static void take_chunks(struct parquet *p, struct thrift *t, const struct thrift_field *f)
{
    enum thrift_type of = THRIFT_STOP;
    const size_t n = thrift_list(t, f, &of);
    size_t node = 0;
    for (size_t i = 0; i < n && !t->failed; i++, node++) {
        while (node < p->n_nodes && !p->nodes[node].is_leaf) {
            node++;
        }
        if (of != THRIFT_STRUCT || node == p->n_nodes) {
            thrift_fail(t, "a row group has more columns than the schema");
            return;
        }
        take_chunk(p, t, &p->nodes[node]);
    }
    if (n != p->n_leaves) {
        thrift_fail(t, "a row group has fewer columns than the schema");
    }
}

static void take_group(struct parquet *p, struct thrift *t)
{
    struct parquet_group g = {0};
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1:
            take_chunks(p, t, &f);
            break;
        case 2:
            g.bytes = parquet_size(t, &f);
            break;
        case 3:
            g.rows = parquet_size(t, &f);
            break;
        case 6:
            g.compressed = parquet_size(t, &f);
            g.has_compressed = true;
            break;
        default:
            thrift_skip(t, f.type);
            break;
        }
    }
    if (p->n_groups == PARQUET_GROUPS_MAX ||
        !mem_grow((void **)&p->groups, &p->cap_groups, p->n_groups + 1, sizeof *p->groups)) {
        thrift_fail(t, "it has more row groups than are read");
        return;
    }
    p->groups[p->n_groups++] = g;
}

/* ---- keys ---- */

static void take_key(struct parquet *p, struct thrift *t)
{
    struct str name = {"", 0}, value = {"", 0};
    struct thrift_field f = {0};
    while (thrift_next(t, &f)) {
        if (f.id == 1) {
            name = thrift_bytes(t, &f);
        } else if (f.id == 2) {
            value = thrift_bytes(t, &f);
        } else {
            thrift_skip(t, f.type);
        }
    }
    if (p->n_keys == PARQUET_KEYS_MAX || name.n > PARQUET_TEXT_MAX ||
        !mem_grow((void **)&p->keys, &p->cap_keys, p->n_keys + 1, sizeof *p->keys)) {
        thrift_fail(t, "it has more keys, or longer ones, than are read");
        return;
    }
    const bool is_cut = value.n > PARQUET_TEXT_MAX;
    p->keys[p->n_keys++] = (struct parquet_key){
        .name = parquet_keep(p, name),
        .bytes = value.n,
        .is_cut = is_cut,
        .value = parquet_keep(p, (struct str){value.p, is_cut ? PARQUET_TEXT_MAX : value.n}),
    };
}

static void take_structs(struct parquet *p, struct thrift *t, const struct thrift_field *f,
                         void (*take)(struct parquet *p, struct thrift *t))
{
    enum thrift_type of = THRIFT_STOP;
    const size_t n = thrift_list(t, f, &of);
    if (n > 0 && of != THRIFT_STRUCT) {
        thrift_fail(t, "a list holds something else than it should");
    }
    for (size_t i = 0; i < n && !t->failed; i++) {
        take(p, t);
    }
}

/* ---- the footer ---- */

static void take_footer(struct parquet *p, struct thrift *t)
{
    struct thrift_field f = {0};
    bool has_schema = false;
    while (thrift_next(t, &f)) {
        switch (f.id) {
        case 1:
            p->version = (int)thrift_int(t, &f);
            break;
        case 2:
            parquet_take_schema(p, t, &f);
            has_schema = true;
            break;
        case 3:
            p->rows = parquet_size(t, &f);
            break;
        case 4:
            take_structs(p, t, &f, take_group);
            break;
        case 5:
            take_structs(p, t, &f, take_key);
            break;
        case 6:
            p->created_by = parquet_keep(p, thrift_bytes(t, &f));
            break;
        default:
            thrift_skip(t, f.type);
            break;
        }
    }
    if (!has_schema) {
        thrift_fail(t, "it has no schema");
    }
}

static void check_sums(struct parquet *p, uint64_t file_bytes)
{
    uint64_t rows = 0;
    for (size_t i = 0; i < p->n_groups; i++) {
        if (__builtin_add_overflow(rows, p->groups[i].rows, &rows)) {
            break;
        }
    }
    if (rows != p->rows) {
        parquet_note(p, "the rows of the row groups do not add up to those of the file");
    }
    if (p->compressed > file_bytes) {
        parquet_note(p, "its columns take more bytes than the file has: it is cut short");
    }
}

struct parquet *parquet_parse(const void *footer, size_t n, uint64_t file_bytes, struct err *e)
{
    struct parquet *p = xcalloc(1, sizeof *p);
    struct thrift t;
    p->created_by = "";
    p->footer_bytes = n;
    thrift_init(&t, footer, n);
    take_footer(p, &t);
    if (t.failed) {
        err_set(e, ERR_DAMAGED, "the Parquet footer is broken at its byte %zu: %s", t.at, t.failed);
        parquet_free(p);
        return NULL;
    }
    check_sums(p, file_bytes);
    return p;
}

void parquet_free(struct parquet *p)
{
    if (p) {
        free(p->nodes);
        free(p->groups);
        free(p->keys);
        arena_done(&p->arena);
        free(p);
    }
}

/* ---- from a file ---- */

/* Length of the footer, from the last bytes of the file. */
static bool take_length(const struct format_source *source, const unsigned char *tail, uint64_t *n,
                        struct err *e)
{
    if (memcmp(tail + 4, "PARE", MARK) == 0) {
        return err_set(e, ERR_UNSUPPORTED, "the footer of %s is encrypted", source->name);
    }
    if (memcmp(tail + 4, "PAR1", MARK) != 0) {
        return err_set(e, ERR_UNSUPPORTED,
                       "%s is no Parquet file, or it is cut short: it does not end with PAR1",
                       source->name);
    }
    *n = (uint64_t)tail[0] | (uint64_t)tail[1] << 8 | (uint64_t)tail[2] << 16 |
         (uint64_t)tail[3] << 24;
    if (*n > source->size - TAIL - MARK) {
        return err_set(e, ERR_DAMAGED, "the footer of %s is longer than the file", source->name);
    }
    return *n <= PARQUET_FOOTER_MAX ||
           err_set(e, ERR_LIMIT, "the footer of %s has more than %d MiB", source->name,
                   PARQUET_FOOTER_MAX >> 20);
}

/* The n bytes before the tail; the last `have` bytes of the file are in end. */
static bool take_rest(const struct format_source *source, uint64_t n, const unsigned char *end,
                      size_t have, struct buf *footer, struct err *e)
{
    if (n + TAIL <= have) {
        buf_append(footer, end + have - TAIL - n, (size_t)n);
        return true;
    }
    const size_t more = (size_t)n + TAIL - have;
    char *bytes = try_alloc(more, 1);
    const bool ok = bytes ? source->read(source->ctx, source->size - TAIL - n, bytes, more, e)
                          : err_set(e, ERR_LIMIT, "no memory for a footer of %" PRIu64 " bytes", n);
    if (ok) {
        buf_append(footer, bytes, more);
        buf_append(footer, end, have - TAIL);
    }
    free(bytes);
    return ok;
}

struct parquet *parquet_open(const struct format_source *source, struct err *e)
{
    if (source->size < MARK + TAIL) {
        err_set(e, ERR_UNSUPPORTED, "%s is too short for a Parquet file", source->name);
        return NULL;
    }
    const size_t have = source->size < FIRST_READ ? (size_t)source->size : FIRST_READ;
    unsigned char *end = xmalloc(have);
    struct buf footer = BUF_INIT;
    struct parquet *p = NULL;
    uint64_t n = 0;
    if (source->read(source->ctx, source->size - have, end, have, e) &&
        take_length(source, end + have - TAIL, &n, e) &&
        take_rest(source, n, end, have, &footer, e)) {
        p = parquet_parse(buf_str(&footer), footer.n, source->size, e);
    }
    buf_done(&footer);
    free(end);
    return p;
}
