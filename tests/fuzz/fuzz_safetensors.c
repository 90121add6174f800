/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a safetensors header with 8 bytes in front: the size of the data behind it. What is
 * accepted must keep what the reader promises. The same bytes as an index of shards. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/err.h"
#include "core/format/safetensors.h"
#include "core/format/safetensors_index.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct safetensors *s, uint64_t data_bytes)
{
    uint64_t at = 0;
    for (size_t i = 0; i < safetensors_count(s); i++) {
        const struct st_tensor *t = safetensors_at(s, i);
        uint64_t bits = (uint64_t)st_dtype_bits(t->dtype);
        for (int d = 0; d < t->rank; d++) {
            bits *= t->shape[d];
        }
        if (t->begin != at || (t->end - t->begin) * 8 != bits ||
            safetensors_find(s, t->name) != t) {
            abort();
        }
        at = t->end;
    }
    size_t text = 0;
    for (size_t i = 0; i < safetensors_meta_count(s); i++) {
        text += strlen(safetensors_meta_at(s, i).key) + strlen(safetensors_meta_at(s, i).value);
    }
    if (at != data_bytes || text > safetensors_data_start(s)) {
        abort();
    }
}

static void check_index(const char *json, size_t n)
{
    struct err e = ERR_INIT;
    uint64_t tensors = 0;
    struct st_index *x = st_index_parse(json, n, &e);
    if (!x && (e.code == ERR_NONE || !e.msg[0])) {
        abort();
    }
    for (size_t i = 0; x && i < x->n_shards; i++) {
        tensors += x->shards[i].tensors;
        if (!x->shards[i].file[0] || x->shards[i].tensors == 0) {
            abort();
        }
    }
    if (x && tensors != x->tensors) {
        abort();
    }
    st_index_free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    uint64_t data_bytes = 0;
    if (n < sizeof data_bytes) {
        return 0;
    }
    memcpy(&data_bytes, data, sizeof data_bytes);
    const char *json = (const char *)data + sizeof data_bytes;
    struct safetensors *s = safetensors_parse(json, n - sizeof data_bytes, data_bytes, &e);
    if (s) {
        check(s, data_bytes);
    } else if (e.code == ERR_NONE || !e.msg[0]) {
        abort();
    }
    safetensors_close(s);
    check_index(json, n - sizeof data_bytes);
    return 0;
}
