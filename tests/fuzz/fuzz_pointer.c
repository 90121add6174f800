/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a git-lfs pointer; what is taken for one reads the same when it is written anew. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/localhub/pointer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    char oid[HASH_SHA256_HEX];
    char again[HASH_SHA256_HEX];
    uint64_t size = 0;
    uint64_t same = 0;
    if (lh_pointer_parse((const char *)data, n, oid, &size)) {
        struct buf text = BUF_INIT;
        lh_pointer_text(&text, oid, size);
        if (!lh_pointer_parse(text.p, text.n, again, &same) || same != size ||
            strcmp(oid, again) != 0) {
            abort();
        }
        buf_done(&text);
    }
    return 0;
}
