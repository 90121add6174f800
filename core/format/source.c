/* SPDX-License-Identifier: Apache-2.0 */
#include "core/format/source.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"

bool format_read_memory(void *ctx, uint64_t offset, void *dst, size_t n, struct err *e)
{
    const struct str *bytes = ctx;
    if (offset > bytes->n || n > bytes->n - offset) {
        return err_set(e, ERR_DAMAGED, "the bytes end before what is read");
    }
    if (n > 0) {
        memcpy(dst, bytes->p + offset, n);
    }
    return true;
}

void format_window_init(struct format_window *w, const struct format_source *source, size_t step,
                        size_t most)
{
    *w = (struct format_window){.source = source, .step = step, .most = most};
}

void format_window_done(struct format_window *w)
{
    free(w->bytes);
    *w = (struct format_window){0};
}

/* The window begins at offset, which lies in the file. */
static bool fetch(struct format_window *w, uint64_t offset, struct err *e)
{
    const uint64_t left = w->source->size - offset;
    const size_t n = left < w->step ? (size_t)left : w->step;
    if (n > w->cap) {
        w->bytes = xrealloc(w->bytes, n);
        w->cap = n;
    }
    w->n = 0;
    if (!w->source->read(w->source->ctx, offset, w->bytes, n, e)) {
        return false;
    }
    w->start = offset;
    w->n = n;
    w->step = w->step > w->most / 2 ? w->most : w->step * 2;
    return true;
}

bool format_window_take(struct format_window *w, uint64_t offset, void *dst, size_t n,
                        struct err *e)
{
    if (offset > w->source->size || n > w->source->size - offset) {
        return err_set(e, ERR_DAMAGED, "%s ends within its header", w->source->name);
    }
    for (size_t have = 0; have < n;) {
        const uint64_t at = offset + have;
        if (w->n == 0 || at < w->start || at - w->start >= w->n) {
            if (!fetch(w, at, e)) {
                return false;
            }
        }
        const size_t from = (size_t)(at - w->start);
        const size_t part = w->n - from < n - have ? w->n - from : n - have;
        memcpy((unsigned char *)dst + have, w->bytes + from, part);
        have += part;
    }
    return true;
}
