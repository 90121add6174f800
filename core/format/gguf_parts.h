/* SPDX-License-Identifier: Apache-2.0 */
/* gguf_parts.h - what gguf.c (header, tensors), gguf_in.c (bytes) and gguf_values.c (keys) share;
 * for them alone. Every function returns false, or NULL, with e set. */
#ifndef HFTERM_CORE_FORMAT_GGUF_PARTS_H
#define HFTERM_CORE_FORMAT_GGUF_PARTS_H

#include "core/format/gguf.h"
#include "core/format/source.h"

struct buf;

/* A place in the header, and how numbers are written there. */
struct gguf_in {
    struct gguf *g;
    struct format_window window;
    uint64_t at, end;
    size_t wide; /* bytes of a length: 8, in version 1 4 */
    bool is_big_endian;
    struct err *e;
};

/* ERR_DAMAGED: what, and at which byte. */
bool gguf_damaged(const struct gguf_in *in, const char *what);
/* The first thing that is wrong and can still be shown. */
void gguf_note(struct gguf *g, const char *text);

bool gguf_skip(struct gguf_in *in, uint64_t n);
bool gguf_take(struct gguf_in *in, void *dst, size_t n);
bool gguf_take_number(struct gguf_in *in, size_t bytes, uint64_t *out);
/* Appends the first bytes of a text, at most keep of them; *n: how long it is. */
bool gguf_take_text(struct gguf_in *in, size_t keep, struct buf *out, uint64_t *n);
/* A text that lives as long as the header, NULs made visible. */
const char *gguf_keep(const struct gguf_in *in, const struct buf *text);
const char *gguf_take_name(struct gguf_in *in);

/* One key with its value, added to the header. */
bool gguf_take_key(struct gguf_in *in);

#endif
