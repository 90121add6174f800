/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a safetensors header, a safetensors file and a GGUF file. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/localhub/weights.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* One file for the whole run; the readers take a path. */
static char path[64];

static void remove_file(void)
{
    unlink(path);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    if (!path[0]) {
        snprintf(path, sizeof path, "/tmp/hfterm-fuzz-%ld", (long)getpid());
        atexit(remove_file);
    }
    FILE *out = fopen(path, "wb");
    if (!out || fwrite(data, 1, n, out) != n || fclose(out) != 0) {
        abort();
    }
    struct lh_weights w = {0};
    struct err e = ERR_INIT;
    lh_weights_add_header(&w, (const char *)data, n, &e);
    lh_weights_add_safetensors(&w, path, &e);
    lh_weights_read_gguf(&w, path, &e);
    if (w.n_dtypes > LH_DTYPES_MAX) {
        abort();
    }
    return 0;
}
