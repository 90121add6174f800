/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as the footer of a Parquet file, and as a whole file. What is accepted must keep what the reader
 * promises. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/format/parquet.h"
#include "core/format/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void check(const struct parquet *p, size_t n)
{
    size_t leaves = 0;
    uint64_t compressed = 0;
    for (size_t i = 0; i < p->n_nodes; i++) {
        const struct parquet_node *node = &p->nodes[i];
        const int above = i ? p->nodes[i - 1].depth : -1;
        if (node->depth < 0 || node->depth > above + 1 || !node->name || !node->type || !node->logical ||
            (node->depth == above + 1 && i && p->nodes[i - 1].is_leaf)) {
            abort();
        }
        leaves += node->is_leaf;
        compressed += node->compressed;
    }
    if (leaves != p->n_leaves || compressed != p->compressed || p->n_nodes + p->n_groups + p->n_keys > n) {
        abort();
    }
}

static void judge(struct parquet *p, size_t n, const struct err *e)
{
    if (p) {
        check(p, n);
    } else if (e->code == ERR_NONE || !e->msg[0]) {
        abort();
    }
    parquet_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    struct err e = ERR_INIT;
    struct str bytes = {(const char *)data, n};
    const struct format_source source = {"file", n, format_read_memory, &bytes};
    judge(parquet_open(&source, &e), n, &e);
    e = (struct err)ERR_INIT;
    judge(parquet_parse(data, n, n, &e), n, &e);
    return 0;
}
