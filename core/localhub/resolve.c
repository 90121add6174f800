/* SPDX-License-Identifier: Apache-2.0 */
/* Content of files: resolve with its two redirect styles, raw, and the addresses they lead to.
 *
 * A regular file asked for by branch is answered with 307 to /api/resolve-cache, as on the Hub; by
 * its full commit with the bytes at once. An LFS file is answered with 302 to a signed, absolute
 * storage address. So both ways of every client are walked.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"
#include "core/localhub/oids.h"
#include "core/localhub/pointer.h"
#include "core/localhub/range.h"
#include "core/localhub/store.h"

static const int64_t SIGNED_FOR_S = 3600;

/* ---- headers ---- */

static const char *type_of(const struct lh_file *file, bool *is_inline)
{
    static const struct {
        const char *suffix, *type;
    } PICTURES[] = {
        {".png", "image/png"}, {".jpg", "image/jpeg"},  {".jpeg", "image/jpeg"},
        {".gif", "image/gif"}, {".webp", "image/webp"},
    };
    *is_inline = true;
    for (size_t i = 0; i < sizeof PICTURES / sizeof *PICTURES; i++) {
        if (str_ends(file->path, PICTURES[i].suffix)) {
            return PICTURES[i].type;
        }
    }
    *is_inline = !file->is_lfs;
    /* Never HTML or SVG: a page of a stranger's repo must not run in this server's name. */
    return file->is_lfs ? "application/octet-stream" : "text/plain; charset=utf-8";
}

static void put_disposition(struct lh_call *c, const struct lh_file *file, bool is_inline)
{
    const char *slash = strrchr(file->path, '/');
    const char *name = slash ? slash + 1 : file->path;
    struct buf encoded = BUF_INIT;
    buf_put_url(&encoded, name, false);
    char *plain = xstrdup(name);
    for (char *p = plain; *p; p++) {
        const unsigned char byte = (unsigned char)*p;
        *p = byte < 0x20 || byte >= 0x7F || byte == '"' || byte == '\\' ? '_' : *p;
    }
    if (lh_request_flag(c->req, "download")) {
        is_inline = false;
    }
    lh_reply_header(c->reply, "Content-Disposition", "%s; filename*=UTF-8''%s; filename=\"%s\";",
                    is_inline ? "inline" : "attachment", buf_str(&encoded), plain);
    free(plain);
    buf_done(&encoded);
}

static void put_file_headers(struct lh_call *c, const struct lh_file *file,
                             const struct lh_oid *oid)
{
    bool is_inline = false;
    type_of(file, &is_inline);
    lh_reply_header(c->reply, "X-Repo-Commit", "%s", lh_call_commit(c));
    lh_reply_header(c->reply, "ETag", "\"%s\"", oid->etag);
    lh_reply_header(c->reply, "Accept-Ranges", "bytes");
    put_disposition(c, file, is_inline);
}

static void put_linked_headers(struct lh_call *c, const struct lh_file *file,
                               const struct lh_oid *oid)
{
    lh_reply_header(c->reply, "X-Linked-Size", "%" PRIu64, file->size);
    lh_reply_header(c->reply, "X-Linked-Etag", "\"%s\"", oid->etag);
}

/* ---- bytes ---- */

/* If-None-Match: a list of quoted tags, or "*". */
static bool has_etag(const char *list, const char *etag)
{
    if (!list) {
        return false;
    }
    char *quoted = xasprintf("\"%s\"", etag);
    const bool has = strcmp(list, "*") == 0 || strstr(list, quoted);
    free(quoted);
    return has;
}

static void send_bytes(struct lh_call *c, const struct lh_file *file, const struct lh_oid *oid)
{
    bool is_inline = false;
    put_file_headers(c, file, oid);
    if (has_etag(c->req->if_none_match, oid->etag)) {
        c->reply->status = 304;
        return;
    }
    const bool same = !c->req->if_range || has_etag(c->req->if_range, oid->etag);
    const char *range = same && !c->ignore_range ? c->req->range : NULL;
    uint64_t offset = 0;
    uint64_t length = 0;
    switch (lh_range_parse(range, file->size, &offset, &length)) {
    case LH_RANGE_BAD:
        lh_reply_header(c->reply, "Content-Range", "bytes */%" PRIu64, file->size);
        lh_reply_error(c->reply, 416, NULL, "%s has %" PRIu64 " bytes", file->path, file->size);
        return;
    case LH_RANGE_PART:
        c->reply->status = 206;
        lh_reply_header(c->reply, "Content-Range", "bytes %" PRIu64 "-%" PRIu64 "/%" PRIu64, offset,
                        offset + length - 1, file->size);
        break;
    case LH_RANGE_NONE:
        break;
    }
    /* Of a file that is not here only the head is sent. */
    const int fd =
        file->absent ? open("/dev/null", O_RDONLY | O_CLOEXEC) : lh_call_open(c, file);
    if (fd >= 0) {
        c->reply->fd = fd;
        c->reply->offset = offset;
        c->reply->length = length;
        c->reply->type = type_of(file, &is_inline);
    }
}

/* The file of the call's path with its ids; NULL: answered. */
static const struct lh_file *find(struct lh_call *c, struct lh_oid *oid)
{
    struct err e = ERR_INIT;
    const struct lh_file *file = lh_tree_find(c->tree, c->path);
    if (!file) {
        lh_answer_no_entry(c, c->path);
        return NULL;
    }
    if (!lh_oid_of_file(file, c->site->hashes, oid, &e)) {
        lh_reply_header(c->reply, "Retry-After", "1");
        lh_reply_error(c->reply, 503, NULL, "%s is being changed; ask again", file->path);
        return NULL;
    }
    return file;
}

/* ---- addresses ---- */

static void sign(const struct lh_call *c, const char *commit, const char *expires,
                 char hex[HASH_SHA256_HEX])
{
    char *words = xasprintf("%s\n%s\n%s\n%s\n%s\n%s", c->site->secret, lh_kind_plural(c->kind),
                            c->repo_id, commit, c->path, expires);
    hash_sha256(words, strlen(words), hex);
    free(words);
}

static void put_address(struct buf *out, struct lh_call *c, const char *prefix)
{
    buf_printf(out, "%s/%s/%s/%s/", prefix, lh_kind_plural(c->kind), c->repo_id, lh_call_commit(c));
    buf_put_url(out, c->path, true);
}

static void redirect_to_storage(struct lh_call *c, const struct lh_file *file,
                                const struct lh_oid *oid)
{
    char expires[32];
    char signature[HASH_SHA256_HEX];
    snprintf(expires, sizeof expires, "%" PRId64, clock_unix_s() + SIGNED_FOR_S);
    sign(c, lh_call_commit(c), expires, signature);
    struct buf url = BUF_INIT;
    buf_puts(&url, c->site->storage_url ? c->site->storage_url : c->origin);
    put_address(&url, c, "/storage");
    buf_printf(&url, "?expires=%s&signature=%s", expires, signature);
    put_file_headers(c, file, oid);
    put_linked_headers(c, file, oid);
    lh_reply_header(c->reply, "Cache-Control", "no-store");
    lh_reply_header(c->reply, "Location", "%s", url.p);
    lh_reply_text(c->reply, 302, "Found. The content is at the address in Location.\n");
    buf_done(&url);
}

static void redirect_to_cache(struct lh_call *c, const struct lh_file *file,
                              const struct lh_oid *oid)
{
    struct buf url = BUF_INIT;
    put_address(&url, c, "/api/resolve-cache");
    /* The query matters: clients that drop it lose the download flag. */
    buf_printf(&url, "?etag=%%22%s%%22", oid->etag);
    buf_puts(&url, lh_request_flag(c->req, "download") ? "&download=true" : "");
    put_file_headers(c, file, oid);
    put_linked_headers(c, file, oid);
    lh_reply_header(c->reply, "Location", "%s", url.p);
    lh_reply_text(c->reply, 307, "Temporary Redirect. Redirecting to the address in Location.\n");
    buf_done(&url);
}

/* Who asks what a file is, by HEAD, is told as if it were here: a client that has it goes on. */
static bool answer_absent(struct lh_call *c, const struct lh_file *file)
{
    if (!file->absent || c->req->method == LH_HEAD) {
        return false;
    }
    lh_reply_header(c->reply, "X-Repo-Commit", "%s", lh_call_commit(c));
    lh_reply_error(c->reply, 404, NULL, "%s: " LH_ABSENT, file->path);
    return true;
}

/* ---- routes ---- */

void lh_answer_resolve(struct lh_call *c)
{
    struct lh_oid oid;
    const struct lh_file *file = find(c, &oid);
    if (!file || answer_absent(c, file)) {
        return;
    }
    if (file->is_lfs) {
        redirect_to_storage(c, file, &oid);
    } else if (strcmp(c->revision, lh_call_commit(c)) == 0) {
        send_bytes(c, file, &oid);
    } else {
        redirect_to_cache(c, file, &oid);
    }
}

void lh_answer_resolve_cache(struct lh_call *c)
{
    struct lh_oid oid;
    const struct lh_file *file = find(c, &oid);
    if (file && !answer_absent(c, file)) {
        send_bytes(c, file, &oid);
    }
}

void lh_answer_raw(struct lh_call *c)
{
    struct lh_oid oid;
    const struct lh_file *file = find(c, &oid);
    if (!file) {
        return;
    }
    if (!file->is_lfs) {
        send_bytes(c, file, &oid);
        return;
    }
    struct buf pointer = BUF_INIT;
    lh_pointer_text(&pointer, oid.sha256, file->size);
    lh_reply_header(c->reply, "X-Repo-Commit", "%s", lh_call_commit(c));
    lh_reply_header(c->reply, "ETag", "\"%s\"", oid.git_sha1);
    lh_reply_text(c->reply, 200, pointer.p);
    buf_done(&pointer);
}

/* Anybody who has the address may read, as with a storage's signed links; only this process made
 * it. */
void lh_answer_storage(struct lh_call *c)
{
    const char *expires = lh_request_query(c->req, "expires");
    const char *given = lh_request_query(c->req, "signature");
    char want[HASH_SHA256_HEX];
    unsigned long long until = 0;
    sign(c, c->revision, expires ? expires : "", want);
    if (!expires || !given || strcmp(given, want) != 0 || !str_to_u64(expires, INT64_MAX, &until) ||
        (int64_t)until < clock_unix_s()) {
        lh_reply_error(c->reply, 403, NULL, "This storage address is not valid, or no longer");
        return;
    }
    bool is_known = false;
    struct lh_oid oid;
    c->repo = lh_store_repo(c->site->store, c->kind, c->repo_id);
    c->tree = c->repo ? lh_repo_tree(c->repo, c->revision, c->site->hashes, &is_known) : NULL;
    if (!c->tree) {
        lh_reply_error(c->reply, 404, NULL, "The content is no longer there");
        return;
    }
    const struct lh_file *file = find(c, &oid);
    if (file && !answer_absent(c, file)) {
        put_linked_headers(c, file, &oid);
        send_bytes(c, file, &oid);
    }
}
