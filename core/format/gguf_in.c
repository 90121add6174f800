/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/gguf_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"

bool gguf_damaged(const struct gguf_in *in, const char *what)
{
    return err_set(in->e, ERR_DAMAGED, "%s: %s at byte %" PRIu64 " of the GGUF header",
                   in->window.source->name, what, in->at);
}

void gguf_note(struct gguf *g, const char *text)
{
    if (!g->problem[0]) {
        snprintf(g->problem, sizeof g->problem, "%s", text);
    }
}

bool gguf_skip(struct gguf_in *in, uint64_t n)
{
    if (n > in->end - in->at) {
        return in->end == GGUF_HEADER_MAX
                   ? err_set(in->e, ERR_LIMIT, "%s: a GGUF header of more than %d MiB",
                             in->window.source->name, GGUF_HEADER_MAX >> 20)
                   : gguf_damaged(in, "the file ends");
    }
    in->at += n;
    return true;
}

bool gguf_take(struct gguf_in *in, void *dst, size_t n)
{
    const uint64_t at = in->at;
    return gguf_skip(in, n) && format_window_take(&in->window, at, dst, n, in->e);
}

bool gguf_take_number(struct gguf_in *in, size_t bytes, uint64_t *out)
{
    unsigned char raw[8];
    if (!gguf_take(in, raw, bytes)) {
        return false;
    }
    *out = 0;
    for (size_t i = 0; i < bytes; i++) {
        *out = *out << 8 | raw[in->is_big_endian ? i : bytes - 1 - i];
    }
    return true;
}

bool gguf_take_text(struct gguf_in *in, size_t keep, struct buf *out, uint64_t *n)
{
    char chunk[512];
    if (!gguf_take_number(in, in->wide, n)) {
        return false;
    }
    if (*n > in->end - in->at) {
        return gguf_skip(in, *n);
    }
    uint64_t left = *n < keep ? *n : keep;
    const uint64_t rest = *n - left;
    while (left > 0) {
        const size_t part = left < sizeof chunk ? (size_t)left : sizeof chunk;
        if (!gguf_take(in, chunk, part)) {
            return false;
        }
        buf_append(out, chunk, part);
        left -= part;
    }
    return gguf_skip(in, rest);
}

const char *gguf_keep(const struct gguf_in *in, const struct buf *text)
{
    struct buf clean = BUF_INIT;
    for (size_t i = 0; i < text->n; i++) {
        if (text->p[i]) {
            buf_putc(&clean, text->p[i]);
        } else {
            buf_puts(&clean, "\xEF\xBF\xBD");
        }
    }
    const char *kept = NULL;
    if (in->g->arena.total > (size_t)GGUF_KEPT_MAX - clean.n) {
        err_set(in->e, ERR_LIMIT, "%s: more than %d MiB of text in a GGUF header",
                in->window.source->name, GGUF_KEPT_MAX >> 20);
    } else {
        kept = arena_strndup(&in->g->arena, buf_str(&clean), clean.n);
    }
    buf_done(&clean);
    return kept;
}

const char *gguf_take_name(struct gguf_in *in)
{
    struct buf text = BUF_INIT;
    uint64_t n = 0;
    const char *name = NULL;
    if (gguf_take_text(in, GGUF_NAME_MAX, &text, &n)) {
        if (n > GGUF_NAME_MAX) {
            gguf_damaged(in, "a name of more than 65,535 bytes");
        } else {
            name = gguf_keep(in, &text);
        }
    }
    buf_done(&text);
    return name;
}
