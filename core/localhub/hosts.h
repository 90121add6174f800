/* SPDX-License-Identifier: Apache-2.0 */
/* hosts.h - by which names a hub may be called, and from which pages. Internal.
 *
 * A page of elsewhere can have its own name pointed at this machine, and its visitor's browser then
 * reads the hub for it; what such a request cannot hide is the name it was meant for. So every
 * request is held against the names here before anything else looks at it.
 *
 * Threads: read only once it was made.
 */
#ifndef HFTERM_CORE_LOCALHUB_HOSTS_H
#define HFTERM_CORE_LOCALHUB_HOSTS_H

#include <stdbool.h>
#include <stddef.h>

struct lh_hosts;

/* bind: the address or name that is listened on. is_loopback: it is one of this machine's own, so
 * only names for that are good; otherwise every address is, and this machine's name. names: more
 * that are good, copied. Owned. */
struct lh_hosts *lh_hosts_new(const char *bind, bool is_loopback, const char *const *names,
                              size_t n_names);
void lh_hosts_free(struct lh_hosts *hosts); /* NULL is fine */

/* What a request says of itself. */
struct lh_called {
    const char *host;   /* NULL: none */
    const char *origin; /* of the page that asks; NULL: none */
    size_t n_hosts, n_origins;
    bool may_lack_host; /* HTTP/1.0 */
};

/* NULL: the request may be answered. Otherwise why not, in words. Static. */
const char *lh_hosts_refuse(const struct lh_hosts *hosts, const struct lh_called *called);

/* "localhost", "127.1.2.3", "[::1]", with a port or without. NULL is none. */
bool lh_host_is_loopback(const char *host);

/* Whether a name can be meant by --name: no port, no address in brackets, no odd characters. */
bool lh_host_is_name(const char *name);

#endif
