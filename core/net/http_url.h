/* SPDX-License-Identifier: Apache-2.0 */
/* http_url.h - the parts of http and https URLs that core/net and core/hub need.
 *
 * URLs of the plain form https?://name-or-ipv4(:port)?(/path and query of harmless bytes)? are read
 * here; all others by libcurl's own parser, which is loaded for them. So what is compared here is what
 * libcurl connects to: tests/unit/test_http_url.c holds the two against each other. URLs with a user
 * name or password are refused everywhere.
 *
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_NET_HTTP_URL_H
#define HFTERM_CORE_NET_HTTP_URL_H

#include <stdbool.h>

struct buf;
struct err;

/* http_origin by libcurl alone, for the test of the plain form. */
bool http_url_curl_origin(const char *url, struct buf *out);

/* ERR_USAGE unless url is http or https with a host, and percent-encoded. */
bool http_url_check(const char *url, struct err *e);

/* The absolute URL that `location` means on a page at `base`, query kept, fragment dropped.
 * Owned; NULL when it is no http or https URL. */
char *http_url_join(const char *base, const char *location);

/* The URL, with the path of base before its own when it has base's origin and lost that path on the way:
 * always for what was_relative ("/api/x"), else when the path is one of the Hub's. base has no slash at its
 * end; NULL is fine. Owned. */
char *http_url_rebase(const char *url, const char *base, bool was_relative);

/* "host" or "host:port" when the port is not the scheme's own; appends nothing for a bad URL. */
void http_url_put_host(struct buf *out, const char *url);

/* Path and query; the values of query keys that sign or authorise become "****". */
void http_url_put_path(struct buf *out, const char *url);

/* What somebody gave for an address, to be named in an error: user and password, a query, a fragment and what
 * looks like a token are hidden, whatever else the text is. */
void http_url_put_masked(struct buf *out, const char *text);

/* Same scheme, host and port; false when either is no http or https URL. */
bool http_url_same_origin(const char *a, const char *b);

bool http_url_is_https(const char *url);

/* localhost, 127.0.0.0/8 or ::1: this machine itself. */
bool http_url_is_loopback(const char *url);

#endif
