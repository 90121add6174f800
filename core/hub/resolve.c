/* SPDX-License-Identifier: Apache-2.0 */
#include "core/hub/resolve.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/hub/internal.h"
#include "core/net/http_url.h"

enum { POINTER_MAX = 1024 };

bool hub_is_hex(const char *s, size_t n)
{
    return strlen(s) == n && strspn(s, "0123456789abcdef") == n;
}

/* ---- headers ---- */

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

void hub_facts_read(struct hub_facts *f, const char *headers, bool is_redirect)
{
    char *etag = hub_header(headers, "x-linked-etag");
    if (!etag && !is_redirect) {
        etag = hub_header(headers, "etag");
    }
    char *size = hub_header(headers, "x-linked-size");
    unsigned long long n = 0;
    *f = (struct hub_facts){.commit = hub_header(headers, "x-repo-commit"),
                            .etag = etag ? normal_etag(etag) : NULL};
    if (size && str_to_u64(size, 1ULL << 62, &n)) {
        f->has_size = true;
        f->size = n;
    }
    free(etag);
    free(size);
}

void hub_facts_done(struct hub_facts *f)
{
    free(f->commit);
    free(f->etag);
    *f = (struct hub_facts){0};
}

bool hub_parse_content_range(const char *text, uint64_t *first, uint64_t *last, bool *has_total,
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

/* The length as the answer with the body has it. It has to be the one that was promised, unless a
 * checksum will tell more. */
static bool take_size(struct hub_opened *o, uint64_t size, struct err *e)
{
    const char *etag = o->facts.etag;
    const bool has_sum = etag && (hub_is_hex(etag, 40) || hub_is_hex(etag, 64));
    const bool has_file = o->head.status == 200 || o->has_part;
    if (has_file && !has_sum && o->facts.has_size && o->facts.size != size) {
        err_set(e, ERR_SERVER, "the server names %llu bytes for this file and sends one of %llu",
                (unsigned long long)o->facts.size, (unsigned long long)size);
        return err_remedy(e, "Try again; if it stays, a proxy on the way changes files, or the "
                             "server is broken.");
    }
    o->facts.has_size = true;
    o->facts.size = size;
    return true;
}

/* Which part comes, and how long the file is. */
static bool read_part(struct hub_opened *o, struct err *e)
{
    char *range = http_response_header(&o->head, "content-range");
    char *length = http_response_header(&o->head, "content-length");
    unsigned long long n = 0;
    uint64_t total = 0;
    bool has_total = false;
    const bool has_range = hub_parse_content_range(range, &o->first, &o->last, &has_total, &total);
    o->has_part = o->head.status == 206 && has_range && o->first <= o->last;
    bool ok = true;
    if ((o->head.status == 206 || o->head.status == 416) && has_range && has_total) {
        ok = take_size(o, total, e);
    } else if (o->head.status == 200 && length && str_to_u64(length, 1ULL << 62, &n)) {
        ok = take_size(o, n, e);
    }
    free(range);
    free(length);
    return ok;
}

/* ---- opening ---- */

static char *resolve_url(const struct hub *hub, const struct hub_want *want)
{
    struct buf url = BUF_INIT;
    hub_url_resolve(&url, hub, want->kind, want->id, want->revision, want->path);
    return buf_steal(&url);
}

static bool open_url(const struct hub *hub, const struct hub_want *want, const char *url,
                     bool is_own, struct hub_opened *out, struct err *e)
{
    struct http_header headers[3];
    size_t n = 0;
    if (want->range) {
        headers[n++] = (struct http_header){"Range", want->range};
    }
    if (is_own && want->stored_etag) {
        headers[n++] = (struct http_header){"If-None-Match", want->stored_etag};
    }
    if (is_own && want->is_download) {
        headers[n++] = (struct http_header){"X-HF-Download-Counter", "1"};
    }
    const struct http_request req = {
        .url = url,
        .headers = headers,
        .n_headers = n,
        .token = is_own && secret_present(&hub->token) ? &hub->token : NULL,
        .token_origin = hub->origin,
        .base = is_own ? hub->endpoint : NULL,
        .same_origin_redirects = is_own,
        .want_identity = true,
        .is_silent = want->is_download,
        .is_long = want->is_download, /* it may last for hours: questions go on beside it */
        .head_ms = HUB_HEAD_MS,
        .total_ms = want->total_ms,
        .max_retries = want->max_retries,
        .max_wait_s = HUB_WAIT_MAX_S,
    };
    out->is_foreign = !is_own;
    out->stream = http_open(hub->http, &req, want->task, &out->head, e);
    if (!out->stream) {
        http_response_done(&out->head);
    }
    return out->stream != NULL;
}

static void close_answer(struct hub_opened *o)
{
    http_stream_close(o->stream);
    http_response_done(&o->head);
    o->stream = NULL;
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/* Where a redirect of url leads. Owned; NULL with e set when it may not be followed. */
static char *target_of(const char *url, const struct http_response *head, struct err *e)
{
    char *location = http_response_header(head, "location");
    char *target = location ? http_url_join(url, location) : NULL;
    free(location);
    if (!target) {
        err_set(e, ERR_SERVER, "the server redirects to an address that is none");
        err_remedy(e, "It or a proxy in between is set up wrongly: tell who runs it.");
    } else if (http_url_is_https(url) && !http_url_is_https(target)) {
        err_set(e, ERR_SERVER, "the server redirects from https to http; it was not followed");
        err_remedy(e, "Is a captive portal or a proxy in between?");
        free(target);
        target = NULL;
    }
    return target;
}

/* A web page where a file was asked for: without the Hub's mark it is somebody else's. */
static bool is_portal(const struct hub_want *want, const struct hub_opened *o)
{
    return o->head.status == 200 && !o->facts.commit && hub_is_html(o->head.headers, "", 0) &&
           !str_ends(want->path, ".html");
}

/* One pass over both requests. */
static bool open_once(const struct hub *hub, const struct hub_want *want, const char *url,
                      struct hub_opened *out, struct err *e)
{
    *out = (struct hub_opened){0};
    if (!open_url(hub, want, url, true, out, e)) {
        return false;
    }
    const bool leads_away = is_redirect(out->head.status);
    hub_facts_read(&out->facts, out->head.headers, leads_away);
    bool ok = true;
    if (leads_away) {
        char *target = target_of(out->head.url, &out->head, e);
        close_answer(out);
        ok = target && open_url(hub, want, target, false, out, e);
        free(target);
    } else if (is_portal(want, out)) {
        ok = hub_fail_html(hub->endpoint, e);
    }
    ok = ok && read_part(out, e);
    if (!ok) {
        hub_opened_done(out);
    }
    return ok;
}

bool hub_want_check(const struct hub_want *want, struct err *e)
{
    if (!want->path || !*want->path) {
        err_set(e, ERR_USAGE, "no file of the repository is named");
        return err_remedy(e, "Name one as its list of files has it (show REPO --files).");
    }
    return hub_check_repo_id(want->id, e) && hub_check_revision(want->revision, e) &&
           hub_check_path(want->path, e);
}

bool hub_open_file(struct hub *hub, const struct hub_want *want, struct hub_opened *out,
                   struct err *e)
{
    char *url = resolve_url(hub, want);
    bool ok = open_once(hub, want, url, out, e);
    if (ok && out->is_foreign && (out->head.status == 403 || out->head.status == 400)) {
        hub_opened_done(out); /* the signature ran out */
        ok = open_once(hub, want, url, out, e);
    }
    free(url);
    return ok;
}

void hub_opened_done(struct hub_opened *o)
{
    close_answer(o);
    hub_facts_done(&o->facts);
}

/* ---- failures ---- */

static void read_error_body(struct http_stream *s, struct buf *out)
{
    char chunk[4096];
    int64_t n = 0;
    while (out->n < HUB_ERROR_MAX && (n = http_stream_read(s, chunk, sizeof chunk, NULL)) > 0) {
        buf_append(out, chunk, (size_t)n);
    }
}

static bool fail_foreign(const struct hub_opened *o, struct err *e)
{
    struct buf origin = BUF_INIT;
    http_origin(o->head.url, &origin);
    err_set(e, ERR_SERVER, "the storage behind the Hub (%s) answered HTTP %ld", buf_str(&origin),
            o->head.status);
    err_remedy(e, "Try again in a moment.");
    buf_done(&origin);
    if (e) {
        e->http = o->head.status;
    }
    return false;
}

bool hub_opened_fail(const struct hub *hub, const struct hub_want *want, struct hub_opened *o,
                     struct err *e)
{
    if (o->is_foreign) {
        return fail_foreign(o, e);
    }
    struct buf body = BUF_INIT;
    char *url = resolve_url(hub, want);
    read_error_body(o->stream, &body);
    const struct hub_failure f = {
        .status = o->head.status,
        .headers = o->head.headers,
        .body = buf_str(&body),
        .body_len = body.n,
        .url = url,
        .range = want->range,
        .endpoint = hub->endpoint,
        .token_source = hub_has_token(hub) ? hub->token_source : NULL,
        .token_fault = hub_token_fault(hub),
        .subject = {NULL, want->kind, want->id, want->revision, want->path},
    };
    hub_decode_failure(&f, e);
    free(url);
    buf_done(&body);
    return false;
}

bool hub_is_lfs_pointer(const char *bytes, size_t n)
{
    return n < POINTER_MAX && str_starts(bytes, "version https://git-lfs.github.com/spec/") &&
           strstr(bytes, "\noid sha256:") && strstr(bytes, "\nsize ");
}

bool hub_fail_lfs_pointer(struct err *e)
{
    err_set(e, ERR_SERVER, "the server has only the pointer to this large file, not its content");
    return err_remedy(e, "A mirror or a local folder without LFS content does this; ask the Hub "
                         "itself.");
}
