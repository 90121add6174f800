/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/gguf.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/format/gguf_parts.h"

enum { FIRST_READ = 128 * 1024, LARGEST_READ = 4 * 1024 * 1024, DEFAULT_ALIGNMENT = 32 };

static bool size_of(struct gguf_in *in, struct gguf_tensor *t)
{
    uint64_t block = 0, bytes = 0;
    const char *name = gguf_type_name(t->type_id, &block, &bytes);
    t->has_bytes = name != NULL;
    if (!name) {
        char text[32];
        snprintf(text, sizeof text, "type %" PRIu32, t->type_id);
        t->type = arena_strdup(&in->g->arena, text);
        gguf_note(in->g, "it has tensors of a type that is not known here");
        return true;
    }
    t->type = name;
    const uint64_t row = t->rank > 0 ? t->dims[0] : 1;
    if (row % block != 0) {
        gguf_note(in->g, "rows of a tensor do not fill its blocks");
        t->has_bytes = false;
        return true;
    }
    if (__builtin_mul_overflow(t->elements / block, bytes, &t->bytes)) {
        return gguf_damaged(in, "a tensor larger than any file");
    }
    return true;
}

static bool take_tensor(struct gguf_in *in)
{
    struct gguf *g = in->g;
    struct gguf_tensor t = {.name = gguf_take_name(in), .elements = 1};
    uint64_t rank = 0, type = 0;
    if (!t.name || !gguf_take_number(in, 4, &rank)) {
        return false;
    }
    if (rank > GGUF_DIMS_MAX) {
        return gguf_damaged(in, "a tensor of more than 8 dimensions");
    }
    for (t.rank = 0; t.rank < (int)rank; t.rank++) {
        if (!gguf_take_number(in, in->wide, &t.dims[t.rank])) {
            return false;
        }
        if (__builtin_mul_overflow(t.elements, t.dims[t.rank], &t.elements)) {
            return gguf_damaged(in, "a tensor larger than any file");
        }
    }
    if (!gguf_take_number(in, 4, &type) || !gguf_take_number(in, 8, &t.offset)) {
        return false;
    }
    t.type_id = (uint32_t)type;
    if (!size_of(in, &t)) {
        return false;
    }
    if (__builtin_add_overflow(g->elements, t.elements, &g->elements) ||
        __builtin_add_overflow(g->tensor_bytes, t.bytes, &g->tensor_bytes)) {
        return gguf_damaged(in, "tensors larger than any file");
    }
    if (!mem_grow((void **)&g->tensors, &g->cap_tensors, g->n_tensors + 1, sizeof *g->tensors)) {
        return err_set(in->e, ERR_LIMIT, "no memory for the tensors of %s",
                       in->window.source->name);
    }
    g->tensors[g->n_tensors++] = t;
    return true;
}

/* Where the data begins, and whether all of it is there. */
static void check_data(struct gguf *g, uint64_t size)
{
    const bool is_sound = g->alignment > 0 && (g->alignment & (g->alignment - 1)) == 0;
    if (!is_sound) {
        gguf_note(g, "general.alignment is no power of two");
    }
    const uint64_t unit = is_sound ? g->alignment : 1;
    g->data_start = g->n_tensors ? (g->header_bytes + unit - 1) / unit * unit : g->header_bytes;
    for (size_t i = 0; i < g->n_tensors; i++) {
        const struct gguf_tensor *t = &g->tensors[i];
        uint64_t end = 0;
        if (t->offset % unit != 0) {
            gguf_note(g, "a tensor does not begin at a multiple of the alignment");
        }
        if (__builtin_add_overflow(t->offset, t->bytes, &end) ||
            __builtin_add_overflow(end, g->data_start, &end) || end > size) {
            gguf_note(g, "the file ends before its tensors do: it is cut short");
        }
    }
}

/* ---- the header ---- */

static bool take_version(struct gguf_in *in)
{
    char magic[4];
    uint64_t version = 0;
    if (!gguf_take(in, magic, sizeof magic) || memcmp(magic, "GGUF", sizeof magic) != 0) {
        return err_set(in->e, ERR_UNSUPPORTED, "%s is no GGUF file: it does not begin with GGUF",
                       in->window.source->name);
    }
    if (!gguf_take_number(in, 4, &version)) {
        return false;
    }
    if ((version & 0xFFFF) == 0) {
        in->is_big_endian = in->g->is_big_endian = true;
        version = version >> 24 | (version >> 8 & 0xFF00);
    }
    if (version < 1 || version > 3) {
        return err_set(in->e, ERR_UNSUPPORTED,
                       "%s is a GGUF file of version %" PRIu64 "; 1 to 3 are read",
                       in->window.source->name, version);
    }
    in->g->version = (uint32_t)version;
    in->wide = version == 1 ? 4 : 8;
    return true;
}

static bool take_header(struct gguf_in *in)
{
    uint64_t tensors = 0, keys = 0;
    if (!take_version(in) || !gguf_take_number(in, in->wide, &tensors) ||
        !gguf_take_number(in, in->wide, &keys)) {
        return false;
    }
    if (tensors > GGUF_TENSORS_MAX || keys > GGUF_KEYS_MAX) {
        return err_set(in->e, ERR_LIMIT,
                       "%s says it has %" PRIu64 " tensors and %" PRIu64
                       " keys; up to %d and %d are read",
                       in->window.source->name, tensors, keys, GGUF_TENSORS_MAX, GGUF_KEYS_MAX);
    }
    bool ok = true;
    for (uint64_t i = 0; ok && i < keys; i++) {
        ok = gguf_take_key(in);
    }
    for (uint64_t i = 0; ok && i < tensors; i++) {
        ok = take_tensor(in);
    }
    return ok;
}

struct gguf *gguf_open(const struct format_source *source, struct err *e)
{
    struct gguf *g = xcalloc(1, sizeof *g);
    g->alignment = DEFAULT_ALIGNMENT;
    struct gguf_in in = {.g = g, .e = e, .end = source->size};
    in.end = in.end < GGUF_HEADER_MAX ? in.end : GGUF_HEADER_MAX;
    format_window_init(&in.window, source, FIRST_READ, LARGEST_READ);
    const bool ok = take_header(&in);
    g->header_bytes = in.at;
    format_window_done(&in.window);
    if (!ok) {
        gguf_free(g);
        return NULL;
    }
    check_data(g, source->size);
    return g;
}

void gguf_free(struct gguf *g)
{
    if (g) {
        free(g->keys);
        free(g->tensors);
        arena_done(&g->arena);
        free(g);
    }
}

const struct gguf_key *gguf_find(const struct gguf *g, const char *name)
{
    for (size_t i = 0; i < g->n_keys; i++) {
        if (strcmp(g->keys[i].name, name) == 0) {
            return &g->keys[i];
        }
    }
    return NULL;
}
