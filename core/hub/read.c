/* SPDX-License-Identifier: Apache-2.0 */
/* Part of a file by the resolve route. Redirects within the endpoint are followed with the token
 * (the Hub sends small files to its resolve-cache), one to another host is followed by a second
 * request that carries none; what the Hub says about the file is on the answer before that jump. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/hash.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"
#include "core/net/http.h"
#include "core/net/http_url.h"
#include "core/net/httpcache.h"

enum {
    ERROR_BODY_MAX = 64 * 1024,
    /* Bytes we are willing to read and drop when a server ignores Range. */
    SKIP_MAX = 64 * 1024 * 1024,
    POINTER_MAX = 1024,
    CHUNK = 64 * 1024,
};

struct read_call {
    struct hub *hub;
    struct hub_subject subject;
    struct hub_get *get;
    char *url;
    char *range;          /* "bytes=0-99"; NULL for the whole file */
    uint64_t offset, len; /* len as asked, 0: the whole file */
    struct httpcache_entry entry;
    bool has_entry;
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
static void read_facts(struct hub_blob *b, const char *headers, bool is_redirect)
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

/* "bytes 5-9/20", "bytes 5-9/ *" (without the blank) or "bytes * /20". first and last stay unset in
 * the last form. False when it is none of these. */
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
        }
    }
    *first = a;
    *last = b;
    free(copy);
    return ok;
}

/* ---- one exchange ---- */

static struct http_stream *open_url(const struct read_call *c, const char *url, bool is_own,
                                    struct http_response *head, struct err *e)
{
    struct http_header headers[2];
    size_t n = 0;
    if (c->range) {
        headers[n++] = (struct http_header){"Range", c->range};
    }
    if (is_own && c->has_entry && c->entry.etag) {
        headers[n++] = (struct http_header){"If-None-Match", c->entry.etag};
    }
    const bool with_token = is_own && secret_present(&c->hub->token);
    const struct http_request req = {
        .url = url,
        .headers = headers,
        .n_headers = n,
        .token = with_token ? &c->hub->token : NULL,
        .token_origin = c->hub->origin,
        .same_origin_redirects = is_own,
        .want_identity = true,
        .max_retries = HUB_RETRIES,
        .max_wait_s = HUB_WAIT_MAX_S,
    };
    return http_open(c->hub->http, &req, c->get->task, head, e);
}

/* Append at most max bytes of the stream; *at_end when it ended before. */
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

static bool fail(const struct read_call *c, struct http_stream *s, const struct http_response *head,
                 struct err *e)
{
    struct buf body = BUF_INIT;
    bool at_end = false;
    drain(s, &body, ERROR_BODY_MAX, &at_end, NULL);
    const struct hub_failure f = {
        .status = head->status,
        .headers = head->headers,
        .body = buf_str(&body),
        .body_len = body.n,
        .url = c->url,
        .range = c->range,
        .endpoint = c->hub->endpoint,
        .token_source = hub_has_token(c->hub) ? c->hub->token_source : NULL,
        .subject = c->subject,
    };
    hub_decode_failure(&f, e);
    buf_done(&body);
    return false;
}

static bool fail_large(const struct read_call *c, struct err *e)
{
    err_set(e, ERR_LIMIT, "%s is larger than the %d MiB that are read at once", c->subject.path,
            HUB_FILE_MAX >> 20);
    return err_remedy(e, "Read a part of it.");
}

/* 206: the part that was asked for, or an error. */
static bool take_part(const struct read_call *c, struct http_stream *s, const char *headers,
                      struct hub_blob *b, struct err *e)
{
    char *range = hub_header(headers, "content-range");
    uint64_t first = 0, last = 0, total = 0;
    bool has_total = false;
    bool ok = parse_content_range(range, &first, &last, &has_total, &total) && first == c->offset;
    free(range);
    if (!ok) {
        return err_set(e, ERR_SERVER, "the server sent another part of the file than asked for");
    }
    if (has_total) {
        b->has_size = true;
        b->size = total;
    }
    const uint64_t promised = last - first + 1;
    const uint64_t want = promised < c->len ? promised : c->len;
    bool at_end = false;
    if (!drain(s, &b->bytes, want, &at_end, e)) {
        return false;
    }
    if (b->bytes.n < want) {
        err_set(e, ERR_NETWORK, "the connection ended after %zu of %llu bytes", b->bytes.n,
                (unsigned long long)want);
        return err_remedy(e, "Try again.");
    }
    return true;
}

/* 200: the whole file comes, also when only a part was asked for. */
static bool take_whole(const struct read_call *c, struct http_stream *s, const char *headers,
                       struct hub_blob *b, struct err *e)
{
    char *length = hub_header(headers, "content-length");
    unsigned long long n = 0;
    if (length && str_to_u64(length, 1ULL << 62, &n)) {
        b->has_size = true;
        b->size = n;
    }
    free(length);
    if (c->len == 0 && b->has_size && b->size > HUB_FILE_MAX) {
        return fail_large(c, e);
    }
    if (c->offset > SKIP_MAX) {
        err_set(e, ERR_UNSUPPORTED,
                "the server sends files only from their beginning, and the part "
                "asked for is too far behind");
        return err_remedy(e, "Download the file to look into it.");
    }
    bool at_end = false;
    const uint64_t want = c->len ? c->len : (uint64_t)HUB_FILE_MAX + 1;
    if (!drain(s, NULL, c->offset, &at_end, e)) {
        return false;
    }
    if (!at_end && !drain(s, &b->bytes, want, &at_end, e)) {
        return e && e->code == ERR_LIMIT ? fail_large(c, e) : false;
    }
    const uint64_t seen = c->offset + b->bytes.n;
    if (at_end && b->has_size && seen < b->size && b->bytes.n > 0) {
        err_set(e, ERR_NETWORK, "the connection ended after %llu of %llu bytes",
                (unsigned long long)seen, (unsigned long long)b->size);
        return err_remedy(e, "Try again.");
    }
    if (at_end && !b->has_size && (b->bytes.n > 0 || c->offset == 0)) {
        b->has_size = true;
        b->size = seen;
    }
    return true;
}

/* 416: asked for bytes behind the end, which is an empty part and no error. */
static bool take_nothing(const struct read_call *c, const char *headers, struct hub_blob *b)
{
    char *range = hub_header(headers, "content-range");
    uint64_t first = 0, last = 0, total = 0;
    bool has_total = false;
    const bool ok = parse_content_range(range, &first, &last, &has_total, &total) && has_total &&
                    c->offset >= total;
    free(range);
    if (ok) {
        b->has_size = true;
        b->size = total;
    }
    return ok;
}

static bool take_body(const struct read_call *c, struct http_stream *s,
                      const struct http_response *head, struct hub_blob *b, struct err *e)
{
    if (head->status == 206 && c->range) {
        return take_part(c, s, head->headers, b, e);
    }
    if (head->status == 200) {
        return take_whole(c, s, head->headers, b, e);
    }
    if (head->status == 416 && take_nothing(c, head->headers, b)) {
        return true;
    }
    return fail(c, s, head, e);
}

/* The storage a redirect names. A 403 or 400 from there is an expired signature: *is_expired. */
static bool read_foreign(const struct read_call *c, const char *location, struct hub_blob *b,
                         bool *is_expired, struct err *e)
{
    struct http_response head = {0};
    struct http_stream *s = open_url(c, location, false, &head, e);
    bool ok = false;
    *is_expired = s && (head.status == 403 || head.status == 400);
    if (s && (head.status == 200 || head.status == 206 || head.status == 416)) {
        ok = take_body(c, s, &head, b, e);
    } else if (s) {
        struct buf origin = BUF_INIT;
        http_origin(location, &origin);
        err_set(e, ERR_SERVER, "the storage behind the Hub (%s) answered HTTP %ld",
                buf_str(&origin), head.status);
        err_remedy(e, "Try again in a moment.");
        buf_done(&origin);
    }
    http_stream_close(s);
    http_response_done(&head);
    return ok;
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Where a redirect leads. Owned; NULL with e set when it may not be followed. */
static char *target_of(const struct read_call *c, const struct http_response *head, struct err *e)
{
    char *location = http_response_header(head, "location");
    char *url = location ? http_url_join(c->url, location) : NULL;
    free(location);
    if (!url) {
        err_set(e, ERR_SERVER, "the server redirects to an address that is none");
    } else if (http_url_is_https(c->url) && !http_url_is_https(url)) {
        err_set(e, ERR_SERVER, "the server redirects from https to http; it was not followed");
        free(url);
        url = NULL;
    }
    return url;
}

/* A web page where a file was asked for: without the Hub's mark it is somebody else's. */
static bool is_portal(const struct read_call *c, const struct http_response *head)
{
    char *commit = hub_header(head->headers, "x-repo-commit");
    const bool is_page = head->status == 200 && !commit && hub_is_html(head->headers, "", 0) &&
                         !str_ends(c->subject.path, ".html");
    free(commit);
    return is_page;
}

/* True with *not_modified set: the stored copy is still right. */
static bool read_once(const struct read_call *c, struct hub_blob *b, bool *not_modified,
                      bool *is_expired, struct err *e)
{
    struct http_response head = {0};
    struct http_stream *s = open_url(c, c->url, true, &head, e);
    bool ok = false;
    if (s && head.status == 304 && c->has_entry) {
        *not_modified = true;
        ok = true;
    } else if (s && is_redirect(head.status)) {
        char *location = target_of(c, &head, e);
        read_facts(b, head.headers, true);
        http_stream_close(s);
        s = NULL;
        ok = location && read_foreign(c, location, b, is_expired, e);
        free(location);
    } else if (s && is_portal(c, &head)) {
        ok = hub_fail_html(c->hub->endpoint, e);
    } else if (s) {
        read_facts(b, head.headers, false);
        ok = take_body(c, s, &head, b, e);
    }
    http_stream_close(s);
    http_response_done(&head);
    return ok;
}

/* ---- what arrived is checked before it is believed ---- */

static bool is_whole(const struct hub_blob *b)
{
    return b->offset == 0 && b->has_size && b->bytes.n == b->size;
}

/* The bytes of a large file's pointer instead of the file. */
static bool is_lfs_pointer(const struct hub_blob *b)
{
    const char *text = buf_str(&b->bytes);
    return is_whole(b) && b->bytes.n < POINTER_MAX &&
           str_starts(text, "version https://git-lfs.github.com/spec/") &&
           strstr(text, "\noid sha256:") && strstr(text, "\nsize ");
}

static bool is_hex(const char *s, size_t n)
{
    return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

/* The etag of a regular file is its git sha1, of a large one its sha256. */
static bool check_hash(const struct hub_blob *b, struct err *e)
{
    char hex[HASH_SHA256_HEX];
    if (!b->etag || !is_whole(b)) {
        return true;
    }
    if (is_hex(b->etag, 64)) {
        hash_sha256(buf_str(&b->bytes), b->bytes.n, hex);
    } else if (is_hex(b->etag, 40)) {
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

static bool check_blob(const struct hub_blob *b, struct err *e)
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

/* ---- the cache ---- */

static void store(const struct read_call *c, const struct hub_blob *b)
{
    if (!c->hub->cache || !is_whole(b) || b->bytes.n > HUB_CACHED_FILE_MAX) {
        return;
    }
    struct buf headers = BUF_INIT;
    if (b->etag) {
        buf_printf(&headers, "etag: \"%s\"\n", b->etag);
    }
    if (b->commit) {
        buf_printf(&headers, "x-repo-commit: %s\n", b->commit);
    }
    httpcache_put(c->hub->cache, c->hub->account, c->url, buf_str(&headers), buf_str(&b->bytes),
                  b->bytes.n);
    buf_done(&headers);
}

/* The part asked for, cut from the stored whole. */
static struct hub_blob *from_entry(const struct read_call *c, bool is_stale, const struct err *why)
{
    if (!c->has_entry) {
        return NULL;
    }
    struct hub_blob *b = xcalloc(1, sizeof *b);
    const size_t n = c->entry.body.n;
    read_facts(b, c->entry.headers, false);
    b->offset = c->offset;
    b->has_size = true;
    b->size = n;
    if (c->offset < n) {
        const size_t rest = n - (size_t)c->offset;
        buf_append(&b->bytes, c->entry.body.p + c->offset,
                   c->len && c->len < rest ? (size_t)c->len : rest);
    }
    c->get->from_cache = true;
    c->get->is_stale = is_stale;
    c->get->fetched_s = c->entry.fetched_unix_s;
    if (why) {
        c->get->why = *why;
    }
    return b;
}

static bool is_young(const struct read_call *c)
{
    const int64_t age = clock_unix_s() - c->entry.fetched_unix_s;
    /* What a commit holds never changes. */
    const bool is_fixed = c->subject.revision && is_hex(c->subject.revision, 40);
    return c->has_entry && age >= 0 && (is_fixed || age < HUB_FRESH_S);
}

static struct hub_blob *from_network(const struct read_call *c, struct err *e)
{
    for (int attempt = 0;; attempt++) {
        bool not_modified = false, is_expired = false;
        struct hub_blob *b = xcalloc(1, sizeof *b);
        b->offset = c->offset;
        const bool ok = read_once(c, b, &not_modified, &is_expired, e);
        if (ok && not_modified) {
            hub_blob_free(b);
            httpcache_touch(c->hub->cache, c->hub->account, c->url);
            b = from_entry(c, false, NULL);
            c->get->fetched_s = clock_unix_s();
            return b;
        }
        if (ok && check_blob(b, e)) {
            c->get->fetched_s = clock_unix_s();
            store(c, b);
            return b;
        }
        hub_blob_free(b);
        /* A signed address may have run out between the two requests: ask for a new one, once. */
        if (!is_expired || attempt > 0) {
            return NULL;
        }
    }
}

static struct hub_blob *read_all(const struct read_call *c, struct err *e)
{
    const bool is_offline = http_is_offline(c->hub->http);
    const bool is_cached_only = c->get->fresh == HUB_CACHED;
    if (c->has_entry && (is_cached_only || (c->get->fresh == HUB_NORMAL && is_young(c)))) {
        return from_entry(c, is_cached_only && !is_young(c), NULL);
    }
    if (is_cached_only || (is_offline && !c->has_entry)) {
        err_set(e, ERR_OFFLINE, "the file is not stored from earlier%s",
                is_offline ? " and hfterm is offline" : "");
        err_remedy(e, "%s",
                   is_offline ? "Start without --offline (and without HF_HUB_OFFLINE) to ask "
                                "the Hub."
                              : "Reload to ask the Hub.");
        return NULL;
    }
    struct err why = ERR_INIT;
    struct hub_blob *b = from_network(c, &why);
    const bool is_outage = why.code == ERR_NETWORK || why.code == ERR_OFFLINE ||
                           why.code == ERR_RATE_LIMIT || why.code == ERR_SERVER;
    if (!b && is_outage && c->get->fresh == HUB_NORMAL) {
        b = from_entry(c, true, &why);
    }
    if (!b && e) {
        *e = why;
    }
    return b;
}

static char *resolve_url(const struct hub *hub, enum hub_kind kind, const char *id,
                         const char *revision, const char *path)
{
    struct buf url = BUF_INIT;
    hub_web_url(hub, kind, id, &url);
    buf_puts(&url, "/resolve");
    hub_url_part(&url, revision ? revision : "main", false);
    hub_url_part(&url, path, true);
    return buf_steal(&url);
}

struct hub_blob *hub_read(struct hub *hub, enum hub_kind kind, const char *id, const char *revision,
                          const char *path, uint64_t offset, uint64_t len, struct hub_get *get,
                          struct err *e)
{
    if (!hub_check_repo_id(id, e) || !hub_check_revision(revision, e) || !hub_check_path(path, e)) {
        return NULL;
    }
    if (len > HUB_FILE_MAX || offset > 1ULL << 62) {
        err_set(e, ERR_LIMIT, "at most %d MiB are read at once", HUB_FILE_MAX >> 20);
        return NULL;
    }
    struct hub_get own = {0};
    struct read_call c = {
        .hub = hub,
        .subject = {NULL, kind, id, revision, path},
        .get = get ? get : &own,
        .url = resolve_url(hub, kind, id, revision, path),
        .offset = offset,
        .len = len      ? len
               : offset ? HUB_FILE_MAX
                        : 0,
    };
    c.get->from_cache = false;
    c.get->is_stale = false;
    c.get->fetched_s = 0;
    err_clear(&c.get->why);
    if (c.len) {
        c.range = xasprintf("bytes=%llu-%llu", (unsigned long long)offset,
                            (unsigned long long)(offset + c.len - 1));
    }
    c.has_entry = hub->cache && httpcache_get(hub->cache, hub->account, c.url, &c.entry);
    struct hub_blob *b = read_all(&c, e);
    if (!b && e && e->code != ERR_CANCELLED) {
        err_wrap(e, "reading %s/%s", id, path);
    }
    if (c.has_entry) {
        httpcache_entry_done(&c.entry);
    }
    free(c.range);
    free(c.url);
    return b;
}
