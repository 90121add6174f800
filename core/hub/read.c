/* SPDX-License-Identifier: Apache-2.0 */
/* Part of a file: the cache around resolve.h, for the first bytes of files and small whole ones. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/hub/blob.h"
#include "core/hub/policy.h"
#include "core/net/http.h"
#include "core/net/httpcache.h"

/* A slower line than 32 kB a second is not waited for. */
enum { SLOW_BYTES_A_MS = 32 };

struct read_call {
    struct hub *hub;
    struct hub_get *get;
    struct hub_want file;
    char *url;   /* the key of the cache */
    char *range; /* "bytes=0-99"; NULL for the whole file */
    struct blob_want want;
    struct httpcache_entry entry;
    bool has_entry;
    struct hub_policy policy;
};

/* ---- one exchange ---- */

/* True with *not_modified set: the stored copy is still right. */
static bool read_once(const struct read_call *c, struct hub_blob *b, bool *not_modified,
                      struct err *e)
{
    struct hub_opened o;
    if (!hub_open_file(c->hub, &c->file, &o, e)) {
        return false;
    }
    bool ok = true;
    *not_modified = o.head.status == 304 && c->has_entry;
    if (!*not_modified) {
        blob_take_facts(b, &o.facts);
        const enum blob_taken taken = blob_take_body(&c->want, &o, b, e);
        ok = taken == BLOB_TAKEN ||
             (taken == BLOB_REFUSED && hub_opened_fail(c->hub, &c->file, &o, e));
    }
    hub_opened_done(&o);
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
    struct hub_facts facts;
    hub_facts_read(&facts, c->entry.headers, false);
    blob_take_facts(b, &facts);
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

static void set_policy(struct read_call *c)
{
    const char *revision = c->file.revision;
    c->policy = (struct hub_policy){
        .fresh = c->get->fresh,
        .is_offline = http_is_offline(c->hub->http),
        .has_entry = c->has_entry,
        .age_s = c->has_entry ? clock_unix_s() - c->entry.fetched_unix_s : 0,
        .fresh_s = HUB_FRESH_S,
        .is_fixed = revision && hub_is_hex(revision, 40),
    };
}

static struct hub_blob *from_network(const struct read_call *c, struct err *e)
{
    bool not_modified = false;
    struct hub_blob *b = xcalloc(1, sizeof *b);
    b->offset = c->want.offset;
    if (!read_once(c, b, &not_modified, e) || (!not_modified && !blob_check(b, e))) {
        hub_blob_free(b);
        return NULL;
    }
    if (not_modified) {
        hub_blob_free(b);
        httpcache_touch(c->hub->cache, c->hub->account, c->url);
        b = from_entry(c, false, NULL);
    } else {
        store(c, b);
    }
    c->get->fetched_s = clock_unix_s();
    return b;
}

static struct hub_blob *read_all(const struct read_call *c, struct err *e)
{
    switch (hub_policy_first(&c->policy)) {
    case HUB_STEP_STORED:
        return from_entry(c, !hub_policy_is_young(&c->policy), NULL);
    case HUB_STEP_REFUSE:
        hub_policy_refuse(&c->policy, "the file is not", e);
        return NULL;
    case HUB_STEP_ASK:
        break;
    }
    struct err why = ERR_INIT;
    struct hub_blob *b = from_network(c, &why);
    if (!b && hub_policy_may_be_stale(&c->policy, why.code)) {
        b = from_entry(c, true, &why);
    }
    if (!b && e) {
        *e = why;
    }
    return b;
}

/* Everything of the call but what is stored. False with e set for what cannot be asked for. */
static bool read_begin(struct read_call *c, uint64_t offset, uint64_t len, struct err *e)
{
    if (!hub_want_check(&c->file, e)) {
        return false;
    }
    if (len > HUB_FILE_MAX || offset > 1ULL << 62) {
        return err_set(e, ERR_LIMIT, "at most %d MiB are read at once", HUB_FILE_MAX >> 20);
    }
    struct buf url = BUF_INIT;
    hub_url_resolve(&url, c->hub, c->file.kind, c->file.id, c->file.revision, c->file.path);
    c->url = buf_steal(&url);
    c->want = (struct blob_want){c->file.path, offset, len == 0 && offset > 0 ? HUB_FILE_MAX : len};
    c->file.total_ms = HUB_TOTAL_MS + (int64_t)(c->want.len ? c->want.len : HUB_FILE_MAX) / SLOW_BYTES_A_MS;
    if (c->want.len) {
        c->range = xasprintf("bytes=%llu-%llu", (unsigned long long)offset,
                             (unsigned long long)(offset + c->want.len - 1));
        c->file.range = c->range;
    }
    return true;
}

struct hub_blob *hub_read(struct hub *hub, enum hub_kind kind, const char *id, const char *revision,
                          const char *path, uint64_t offset, uint64_t len, struct hub_get *get,
                          struct err *e)
{
    struct hub_get own = {0};
    struct read_call c = {
        .hub = hub,
        .get = get ? get : &own,
        .file = {.kind = kind,
                 .id = id,
                 .revision = revision,
                 .path = path,
                 .max_retries = HUB_RETRIES},
    };
    if (!read_begin(&c, offset, len, e)) {
        return NULL;
    }
    hub_get_begin(c.get);
    c.file.task = c.get->task;
    c.has_entry = hub->cache && httpcache_get(hub->cache, hub->account, c.url, &c.entry);
    c.file.stored_etag = c.has_entry ? c.entry.etag : NULL;
    set_policy(&c);
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
