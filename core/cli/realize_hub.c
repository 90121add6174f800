/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of an embedding table on the Hub, by ranges: a table of 600 MB is never loaded for a few
 * words. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/cli/realize.h"
#include "core/cli/session.h"
#include "core/format/safetensors.h"
#include "core/format/source.h"
#include "core/hub/address.h"
#include "core/hub/hub.h"

/* The first request takes as much as nearly every header needs. */
enum { HEAD_BYTES = 128 * 1024 };

struct remote {
    struct hub *hub;
    struct hub_address file;
    struct hub_blob *head;
};

static bool read_range(void *ctx, uint64_t offset, void *dst, size_t n, struct err *e)
{
    const struct remote *r = ctx;
    if (offset + n <= r->head->bytes.n) {
        memcpy(dst, r->head->bytes.p + offset, n);
        return true;
    }
    struct hub_get get = {0};
    struct hub_blob *b = hub_read(r->hub, r->file.kind, r->file.id, r->file.revision, r->file.path, offset, n, &get, e);
    const bool ok =
        b && (b->bytes.n == n || err_set(e, ERR_DAMAGED, "%s: %zu bytes of %zu came from byte %llu",
                                         r->file.path, b->bytes.n, n, (unsigned long long)offset));
    if (ok) {
        memcpy(dst, b->bytes.p, n);
    }
    hub_blob_free(b);
    return ok;
}

/* "hf://[datasets/|spaces/]OWNER/NAME[@REVISION]/PATH" */
static bool parse_address(const char *address, struct remote *r, struct err *e)
{
    if (!hub_address_parse(address, "", &r->file, e)) {
        return false;
    }
    if (!r->file.path) {
        err_set(e, ERR_USAGE, "%s names no file", address);
        return err_remedy(e, "Write hf://OWNER/NAME/FILE.safetensors.");
    }
    return true;
}

static float *embed(struct remote *r, const uint32_t *ids, size_t n, enum arr_query_dtype dtype,
                    int *dim, struct err *e)
{
    struct hub_get get = {0};
    r->head = hub_read(r->hub, r->file.kind, r->file.id, r->file.revision, r->file.path, 0, HEAD_BYTES, &get, e);
    if (!r->head) {
        return NULL;
    }
    if (!r->head->has_size) {
        err_set(e, ERR_SERVER, "%s: the server does not say how large the file is", r->file.path);
        return NULL;
    }
    const struct format_source source = {r->file.path, r->head->size, read_range, r};
    struct safetensors *s = safetensors_open_source(&source, e);
    float *vector = s ? arr_query_embed_from(s, ids, n, dtype, dim, e) : NULL;
    safetensors_close(s);
    return vector;
}

float *realize_hub_embed(const struct cli_globals *g, const char *address, const uint32_t *ids,
                         size_t n, enum arr_query_dtype dtype, int *dim, struct err *e)
{
    struct cli_session session = {0};
    struct remote r = {0};
    float *vector = NULL;
    if (parse_address(address, &r, e) && cli_session_open(g, &session, e)) {
        cli_session_wait(&session, 4 + n);
        r.hub = session.hub;
        vector = embed(&r, ids, n, dtype, dim, e);
        hub_blob_free(r.head);
        cli_session_close(&session);
    }
    if (!vector) {
        err_wrap(e, "reading embeddings from %s", address);
    }
    hub_address_done(&r.file);
    return vector;
}
