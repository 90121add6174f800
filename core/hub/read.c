/* SPDX-License-Identifier: Apache-2.0 */
/* Part of a file by the resolve route. Redirects within the endpoint are followed with the token
 * (the Hub sends small files to its resolve-cache), one to another host is followed by a second
 * request that carries none; what the Hub says about the file is on the answer before that jump. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/hub/blob.h"
#include "core/net/http.h"
#include "core/net/http_url.h"
#include "core/net/httpcache.h"

enum { ERROR_BODY_MAX = 64 * 1024 };

struct read_call {
    struct hub *hub;
    struct hub_subject subject;
    struct hub_get *get;
    char *url;
    char *range; /* "bytes=0-99"; NULL for the whole file */
    struct blob_want want;
    struct httpcache_entry entry;
    bool has_entry;
};

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

static bool fail(const struct read_call *c, struct http_stream *s, const struct http_response *head,
                 struct err *e)
{
    struct buf body = BUF_INIT;
    bool at_end = false;
    blob_drain(s, &body, ERROR_BODY_MAX, &at_end, NULL);
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

/* The storage a redirect names. A 403 or 400 from there is an expired signature: *is_expired. */
static bool read_foreign(const struct read_call *c, const char *location, struct hub_blob *b,
                         bool *is_expired, struct err *e)
{
    struct http_response head = {0};
    struct http_stream *s = open_url(c, location, false, &head, e);
    *is_expired = s && (head.status == 403 || head.status == 400);
    const enum blob_taken taken = s ? blob_take_body(&c->want, s, &head, b, e) : BLOB_FAILED;
    if (taken == BLOB_REFUSED) {
        struct buf origin = BUF_INIT;
        http_origin(location, &origin);
        err_set(e, ERR_SERVER, "the storage behind the Hub (%s) answered HTTP %ld",
                buf_str(&origin), head.status);
        err_remedy(e, "Try again in a moment.");
        buf_done(&origin);
    }
    http_stream_close(s);
    http_response_done(&head);
    return taken == BLOB_TAKEN;
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
        blob_read_facts(b, head.headers, true);
        http_stream_close(s);
        s = NULL;
        ok = location && read_foreign(c, location, b, is_expired, e);
        free(location);
    } else if (s && is_portal(c, &head)) {
        ok = hub_fail_html(c->hub->endpoint, e);
    } else if (s) {
        blob_read_facts(b, head.headers, false);
        const enum blob_taken taken = blob_take_body(&c->want, s, &head, b, e);
        ok = taken == BLOB_TAKEN || (taken == BLOB_REFUSED && fail(c, s, &head, e));
    }
    http_stream_close(s);
    http_response_done(&head);
    return ok;
}

/* ---- the cache ---- */

static void store(const struct read_call *c, const struct hub_blob *b)
{
    if (!c->hub->cache || !blob_is_whole(b) || b->bytes.n > HUB_CACHED_FILE_MAX) {
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
    blob_read_facts(b, c->entry.headers, false);
    b->offset = c->want.offset;
    b->has_size = true;
    b->size = n;
    if (c->want.offset < n) {
        const size_t rest = n - (size_t)c->want.offset;
        buf_append(&b->bytes, c->entry.body.p + c->want.offset,
                   c->want.len && c->want.len < rest ? (size_t)c->want.len : rest);
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
    const bool is_fixed = c->subject.revision && blob_is_hex(c->subject.revision, 40);
    return c->has_entry && age >= 0 && (is_fixed || age < HUB_FRESH_S);
}

static struct hub_blob *from_network(const struct read_call *c, struct err *e)
{
    for (int attempt = 0;; attempt++) {
        bool not_modified = false, is_expired = false;
        struct hub_blob *b = xcalloc(1, sizeof *b);
        b->offset = c->want.offset;
        const bool ok = read_once(c, b, &not_modified, &is_expired, e);
        if (ok && not_modified) {
            hub_blob_free(b);
            httpcache_touch(c->hub->cache, c->hub->account, c->url);
            b = from_entry(c, false, NULL);
            c->get->fetched_s = clock_unix_s();
            return b;
        }
        if (ok && blob_check(b, e)) {
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
        .want = {path, offset, len == 0 && offset > 0 ? HUB_FILE_MAX : len},
    };
    c.get->from_cache = false;
    c.get->is_stale = false;
    c.get->fetched_s = 0;
    err_clear(&c.get->why);
    if (c.want.len) {
        c.range = xasprintf("bytes=%llu-%llu", (unsigned long long)offset,
                            (unsigned long long)(offset + c.want.len - 1));
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
