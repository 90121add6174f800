/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub/blob.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"

enum {
    /* Bytes we are willing to read and drop when a server ignores Range. */
    SKIP_MAX = 64 * 1024 * 1024,
    CHUNK = 64 * 1024,
};

void hub_blob_free(struct hub_blob *b)
{
    if (b) {
        buf_done(&b->bytes);
        free(b->commit);
        free(b->etag);
        free(b);
    }
}

void blob_take_facts(struct hub_blob *b, struct hub_facts *f)
{
    b->commit = f->commit;
    b->etag = f->etag;
    b->has_size = f->has_size;
    b->size = f->size;
    f->commit = f->etag = NULL;
}

/* ---- the body ---- */

/* Append at most max bytes of the stream (out NULL: drop them); *at_end when it ended before. */
static bool drain(struct http_stream *s, struct buf *out, uint64_t max, bool *at_end, struct err *e)
{
    char *chunk = xmalloc(CHUNK);
    uint64_t got = 0;
    bool ok = true;
    *at_end = false;
    while (ok && got < max && !*at_end) {
        const uint64_t want = max - got < CHUNK ? max - got : CHUNK;
        const int64_t n = http_stream_read(s, chunk, (size_t)want, e);
        ok = n >= 0;
        *at_end = n == 0;
        if (n > 0 && out && !buf_append_limited(out, chunk, (size_t)n, HUB_FILE_MAX)) {
            ok = err_set(e, ERR_LIMIT, "more than %d MiB at once", HUB_FILE_MAX >> 20);
        }
        got += n > 0 ? (uint64_t)n : 0;
    }
    free(chunk);
    return ok;
}

static bool fail_large(const struct blob_want *want, struct err *e)
{
    err_set(e, ERR_LIMIT, "%s is larger than the %d MiB that are read at once", want->path,
            HUB_FILE_MAX >> 20);
    return err_remedy(e, "Read a part of it.");
}

/* 206: the part that was asked for, or an error. */
static bool take_part(const struct blob_want *want, const struct hub_opened *o, struct hub_blob *b,
                      struct err *e)
{
    if (!o->has_part || o->first != want->offset) {
        return err_set(e, ERR_SERVER, "the server sent another part of the file than asked for");
    }
    const uint64_t promised = o->last - o->first + 1;
    const uint64_t most = promised < want->len ? promised : want->len;
    bool at_end = false;
    if (!drain(o->stream, &b->bytes, most, &at_end, e)) {
        return false;
    }
    if (b->bytes.n < most) {
        err_set(e, ERR_NETWORK, "the connection ended after %zu of %llu bytes", b->bytes.n,
                (unsigned long long)most);
        return err_remedy(e, "Try again.");
    }
    return true;
}

/* 200: the whole file comes, also when only a part was asked for. */
static bool take_whole(const struct blob_want *want, struct http_stream *s, struct hub_blob *b,
                       struct err *e)
{
    if (want->len == 0 && b->has_size && b->size > HUB_FILE_MAX) {
        return fail_large(want, e);
    }
    if (want->offset > SKIP_MAX) {
        err_set(e, ERR_UNSUPPORTED,
                "the server sends files only from their beginning, and the part "
                "asked for is too far behind");
        return err_remedy(e, "Download the file to look into it.");
    }
    bool at_end = false;
    const uint64_t most = want->len ? want->len : (uint64_t)HUB_FILE_MAX + 1;
    if (!drain(s, NULL, want->offset, &at_end, e)) {
        return false;
    }
    if (!at_end && !drain(s, &b->bytes, most, &at_end, e)) {
        return e && e->code == ERR_LIMIT ? fail_large(want, e) : false;
    }
    const uint64_t seen = want->offset + b->bytes.n;
    if (at_end && b->has_size && seen < b->size && b->bytes.n > 0) {
        err_set(e, ERR_NETWORK, "the connection ended after %llu of %llu bytes",
                (unsigned long long)seen, (unsigned long long)b->size);
        return err_remedy(e, "Try again.");
    }
    if (at_end && !b->has_size && (b->bytes.n > 0 || want->offset == 0)) {
        b->has_size = true;
        b->size = seen;
    }
    return true;
}

enum blob_taken blob_take_body(const struct blob_want *want, const struct hub_opened *o,
                               struct hub_blob *b, struct err *e)
{
    bool ok = false;
    if (o->head.status == 206 && want->len) {
        ok = take_part(want, o, b, e);
    } else if (o->head.status == 200) {
        ok = take_whole(want, o->stream, b, e);
    } else if (o->head.status == 416 && b->has_size && want->offset >= b->size) {
        ok = true; /* bytes behind the end: an empty part and no error */
    } else {
        return BLOB_REFUSED;
    }
    return ok ? BLOB_TAKEN : BLOB_FAILED;
}

/* ---- what arrived is checked before it is believed ---- */

bool blob_is_whole(const struct hub_blob *b)
{
    return b->offset == 0 && b->has_size && b->bytes.n == b->size;
}

/* The etag of a regular file is its git sha1, of a large one its sha256. */
static bool check_hash(const struct hub_blob *b, struct err *e)
{
    char hex[HASH_SHA256_HEX];
    if (!b->etag || !blob_is_whole(b)) {
        return true;
    }
    if (hub_is_hex(b->etag, 64)) {
        hash_sha256(buf_str(&b->bytes), b->bytes.n, hex);
    } else if (hub_is_hex(b->etag, 40)) {
        hash_git_blob(buf_str(&b->bytes), b->bytes.n, hex);
    } else {
        return true;
    }
    if (strcmp(hex, b->etag) != 0) {
        err_set(e, ERR_DAMAGED, "the bytes that came do not have the checksum the Hub names");
        return err_remedy(e, "Try again; if it happens again, a proxy on the way changes files.");
    }
    return true;
}

bool blob_check(const struct hub_blob *b, struct err *e)
{
    if (blob_is_whole(b) && hub_is_lfs_pointer(buf_str(&b->bytes), b->bytes.n)) {
        return hub_fail_lfs_pointer(e);
    }
    return check_hash(b, e);
}
