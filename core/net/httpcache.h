/* SPDX-License-Identifier: Apache-2.0 */
/* httpcache.h - a small on-disk cache of GET answers with their ETag and age.
 *
 * What was seen once opens at once and works offline. Keyed by URL and account fingerprint, so that
 * one account never sees what another may read. Files are 0600 under
 * $XDG_CACHE_HOME/hfterm/http/, written atomically, oldest removed above max_bytes.
 * No token and no request header is stored.
 *
 * Threads: any; two processes may share the folder.
 */
#ifndef HFTERM_CORE_NET_HTTPCACHE_H
#define HFTERM_CORE_NET_HTTPCACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

struct err;
struct httpcache;

struct httpcache_entry {
    struct buf body;
    char *etag;    /* owned, NULL when the answer had none */
    char *headers; /* owned, as in struct http_response */
    int64_t fetched_unix_s;
};

/* dir NULL: the default folder. A folder that cannot be made gives a cache that stores nothing. */
struct httpcache *httpcache_new(const char *dir, uint64_t max_bytes);
void httpcache_free(struct httpcache *c);

void httpcache_entry_done(struct httpcache_entry *entry);

/* False when absent or damaged (a damaged file is removed). */
bool httpcache_get(struct httpcache *c, const char *account, const char *url,
                   struct httpcache_entry *out);
void httpcache_put(struct httpcache *c, const char *account, const char *url, const char *headers,
                   const void *body, size_t n);
/* The server said 304: the entry is as good as new. */
void httpcache_touch(struct httpcache *c, const char *account, const char *url);

/* Remove what is stored of this URL and of everything below it (prefix, "prefix/...", "prefix?..."),
 * of every account. Reads the first bytes of every file: for calls that write, which are few. */
void httpcache_forget(struct httpcache *c, const char *prefix);

struct httpcache_info {
    uint64_t bytes, entries;
};
struct httpcache_info httpcache_info(struct httpcache *c);
bool httpcache_clear(struct httpcache *c, struct err *e);

#endif
