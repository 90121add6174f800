/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a GGUF file. What is accepted must keep what the reader promises. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/gguf.h"
#include "core/format/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct gguf *g, size_t n)
{
    uint64_t elements = 0, bytes = 0;
    size_t text = 0;
    if (g->header_bytes > n || g->version < 1 || g->version > 3) {
        abort();
    }
    for (size_t i = 0; i < g->n_keys; i++) {
        const struct gguf_key *k = &g->keys[i];
        text += strlen(k->name) + strlen(k->type);
        if (k->is_text && strlen(k->value) > 3 * (size_t)GGUF_TEXT_MAX) {
            abort();
        }
    }
    for (size_t i = 0; i < g->n_tensors; i++) {
        const struct gguf_tensor *t = &g->tensors[i];
        uint64_t product = 1;
        for (int d = 0; d < t->rank; d++) {
            product *= t->dims[d];
        }
        if (product != t->elements || !t->type || (!t->has_bytes && t->bytes)) {
            abort();
        }
        elements += t->elements;
        bytes += t->bytes;
    }
    if (elements != g->elements || bytes != g->tensor_bytes || text > 100 * n) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct str bytes = {(const char *)data, n};
    const struct format_source source = {"file", n, format_read_memory, &bytes};
    struct gguf *g = gguf_open(&source, &e);
    if (g) {
        check(g, n);
    } else if (e.code == ERR_NONE || !e.msg[0]) {
        abort();
    }
    gguf_free(g);
    return 0;
}
