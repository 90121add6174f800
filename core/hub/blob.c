/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub/blob.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/net/http.h"

enum {
    /* Bytes we are willing to read and drop when a server ignores Range. */
    SKIP_MAX = 64 * 1024 * 1024,
    POINTER_MAX = 1024,
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

/* W/"abc" -> abc. Owned. */
static char *normal_etag(const char *etag)
{
    const char *p = etag;
    while (*p == 'W' || *p == '/') {
        p++;
    }
    size_t n = strlen(p);
    if (n >= 2 && p[0] == '"' && p[n - 1] == '"') {
        p++;
        n -= 2;
    }
    return xstrndup(p, n);
}

/* What the Hub says about the file, from the answer of the endpoint itself. */
void blob_read_facts(struct hub_blob *b, const char *headers, bool is_redirect)
{
    char *etag = hub_header(headers, "x-linked-etag");
    if (!etag && !is_redirect) {
        etag = hub_header(headers, "etag");
    }
    char *size = hub_header(headers, "x-linked-size");
    unsigned long long n = 0;
    b->commit = hub_header(headers, "x-repo-commit");
    b->etag = etag ? normal_etag(etag) : NULL;
    if (size && str_to_u64(size, 1ULL << 62, &n)) {
        b->has_size = true;
        b->size = n;
    }
    free(etag);
    free(size);
}

/* "bytes 5-9/20", "bytes 5-9/ *" (without the blank) or "bytes * /20", where first is above last.
 * False when it is none of these. */
static bool parse_content_range(const char *text, uint64_t *first, uint64_t *last, bool *has_total,
                                uint64_t *total)
{
    if (!text || strncmp(text, "bytes ", 6) != 0) {
        return false;
    }
    char *copy = xstrdup(text + 6);
    char *slash = strchr(copy, '/');
    char *dash = strchr(copy, '-');
    unsigned long long a = 0, b = 0, n = 0;
    bool ok = slash != NULL;
    if (ok) {
        *slash = '\0';
        *has_total = str_to_u64(slash + 1, 1ULL << 62, &n);
        *total = n;
        if (dash && dash < slash) {
            *dash = '\0';
            ok = str_to_u64(copy, 1ULL << 62, &a) && str_to_u64(dash + 1, 1ULL << 62, &b) && a <= b;
        } else {
            ok = strcmp(copy, "*") == 0;
            a = 1;
        }
    }
    *first = a;
    *last = b;
    free(copy);
    return ok;
}

/* ---- the body ---- */

/* Append at most max bytes of the stream; *at_end when it ended before. */
bool blob_drain(struct http_stream *s, struct buf *out, uint64_t max, bool *at_end, struct err *e)
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
static bool take_part(const struct blob_want *want, struct http_stream *s, const char *headers,
                      struct hub_blob *b, struct err *e)
{
    char *range = hub_header(headers, "content-range");
    uint64_t first = 0, last = 0, total = 0;
    bool has_total = false;
    bool ok = parse_content_range(range, &first, &last, &has_total, &total) &&
              first == want->offset && first <= last;
    free(range);
    if (!ok) {
        return err_set(e, ERR_SERVER, "the server sent another part of the file than asked for");
    }
    if (has_total) {
        b->has_size = true;
        b->size = total;
    }
    const uint64_t promised = last - first + 1;
    const uint64_t most = promised < want->len ? promised : want->len;
    bool at_end = false;
    if (!blob_drain(s, &b->bytes, most, &at_end, e)) {
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
static bool take_whole(const struct blob_want *want, struct http_stream *s, const char *headers,
                       struct hub_blob *b, struct err *e)
{
    char *length = hub_header(headers, "content-length");
    unsigned long long n = 0;
    if (length && str_to_u64(length, 1ULL << 62, &n)) {
        b->has_size = true;
        b->size = n;
    }
    free(length);
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
    if (!blob_drain(s, NULL, want->offset, &at_end, e)) {
        return false;
    }
    if (!at_end && !blob_drain(s, &b->bytes, most, &at_end, e)) {
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

/* 416: asked for bytes behind the end, which is an empty part and no error. */
static bool take_nothing(const struct blob_want *want, const char *headers, struct hub_blob *b)
{
    char *range = hub_header(headers, "content-range");
    uint64_t first = 0, last = 0, total = 0;
    bool has_total = false;
    const bool ok = parse_content_range(range, &first, &last, &has_total, &total) && has_total &&
                    want->offset >= total;
    free(range);
    if (ok) {
        b->has_size = true;
        b->size = total;
    }
    return ok;
}

enum blob_taken blob_take_body(const struct blob_want *want, struct http_stream *s,
                               const struct http_response *head, struct hub_blob *b, struct err *e)
{
    bool ok = false;
    if (head->status == 206 && want->len) {
        ok = take_part(want, s, head->headers, b, e);
    } else if (head->status == 200) {
        ok = take_whole(want, s, head->headers, b, e);
    } else if (head->status == 416 && take_nothing(want, head->headers, b)) {
        ok = true;
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

/* The bytes of a large file's pointer instead of the file. */
static bool is_lfs_pointer(const struct hub_blob *b)
{
    const char *text = buf_str(&b->bytes);
    return blob_is_whole(b) && b->bytes.n < POINTER_MAX &&
           str_starts(text, "version https://git-lfs.github.com/spec/") &&
           strstr(text, "\noid sha256:") && strstr(text, "\nsize ");
}

bool blob_is_hex(const char *s, size_t n)
{
    return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

/* The etag of a regular file is its git sha1, of a large one its sha256. */
static bool check_hash(const struct hub_blob *b, struct err *e)
{
    char hex[HASH_SHA256_HEX];
    if (!b->etag || !blob_is_whole(b)) {
        return true;
    }
    if (blob_is_hex(b->etag, 64)) {
        hash_sha256(buf_str(&b->bytes), b->bytes.n, hex);
    } else if (blob_is_hex(b->etag, 40)) {
        hash_git_blob(buf_str(&b->bytes), b->bytes.n, hex);
    } else {
        return true;
    }
    if (strcmp(hex, b->etag) != 0) {
        err_set(e, ERR_DAMAGED, "the bytes that came do not have the checksum the Hub names");
        return err_remedy(e, "Try again; if it stays, a proxy on the way changes files.");
    }
    return true;
}

bool blob_check(const struct hub_blob *b, struct err *e)
{
    if (is_lfs_pointer(b)) {
        err_set(e, ERR_SERVER,
                "the server has only the pointer to this large file, not its content");
        return err_remedy(e,
                          "A mirror or a local folder without LFS content does this; ask the Hub "
                          "itself.");
    }
    return check_hash(b, e);
}
