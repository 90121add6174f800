/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/hosts.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

struct lh_hosts {
    bool is_loopback;
    char **names;
    size_t n;
};

enum { NAME_MAX_BYTES = 255, PORT_MAX = 65535 };

/* ---- a Host header's parts ---- */

static bool port_is_fine(const char *text)
{
    unsigned long long port = 0;
    return !*text || (*text == ':' && str_to_u64(text + 1, PORT_MAX, &port));
}

/* The name or address without brackets and port; false for what is no host. */
static bool split(const char *host, char name[NAME_MAX_BYTES + 1], bool *is_bracketed)
{
    const char *from = host;
    size_t n = strcspn(host, ":");
    const char *rest = host + n;
    *is_bracketed = *host == '[';
    if (*is_bracketed) {
        from = host + 1;
        n = strcspn(from, "]");
        if (!from[n]) {
            return false;
        }
        rest = from + n + 1;
    }
    if (n == 0 || n > NAME_MAX_BYTES || !port_is_fine(rest)) {
        return false;
    }
    memcpy(name, from, n);
    name[n] = '\0';
    return true;
}

enum address { NO_ADDRESS, ADDRESS, LOOPBACK };

/* An address in numbers cannot be pointed elsewhere. */
static enum address address_of(const char *name, bool is_bracketed)
{
    struct in_addr v4;
    struct in6_addr v6;
    if (!is_bracketed && inet_pton(AF_INET, name, &v4) == 1) {
        return ntohl(v4.s_addr) >> 24 == 127 ? LOOPBACK : ADDRESS;
    }
    if (is_bracketed && inet_pton(AF_INET6, name, &v6) == 1) {
        return IN6_IS_ADDR_LOOPBACK(&v6) ? LOOPBACK : ADDRESS;
    }
    return NO_ADDRESS;
}

bool lh_host_is_loopback(const char *host)
{
    char name[NAME_MAX_BYTES + 1];
    bool is_bracketed = false;
    return host && split(host, name, &is_bracketed) &&
           (address_of(name, is_bracketed) == LOOPBACK ||
            (!is_bracketed && strcasecmp(name, "localhost") == 0));
}

bool lh_host_is_name(const char *name)
{
    static const char CHARS[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    const size_t n = strlen(name);
    return n > 0 && n <= NAME_MAX_BYTES && strspn(name, CHARS) == n;
}

/* ---- the names ---- */

static void add(struct lh_hosts *hosts, char *name)
{
    hosts->names = xrealloc(hosts->names, (hosts->n + 1) * sizeof *hosts->names);
    hosts->names[hosts->n++] = name;
}

struct lh_hosts *lh_hosts_new(const char *bind, bool is_loopback, const char *const *names,
                              size_t n_names)
{
    struct lh_hosts *hosts = xcalloc(1, sizeof *hosts);
    char own[NAME_MAX_BYTES + 1] = "";
    hosts->is_loopback = is_loopback;
    add(hosts, xstrdup(bind));
    for (size_t i = 0; i < n_names; i++) {
        add(hosts, xstrdup(names[i]));
    }
    if (!is_loopback && gethostname(own, sizeof own - 1) == 0 && *own) {
        add(hosts, xstrdup(own));
        add(hosts, xasprintf("%s.local", own));
    }
    return hosts;
}

void lh_hosts_free(struct lh_hosts *hosts)
{
    if (!hosts) {
        return;
    }
    for (size_t i = 0; i < hosts->n; i++) {
        free(hosts->names[i]);
    }
    free(hosts->names);
    free(hosts);
}

/* ---- the rule ---- */

static bool is_ours(const struct lh_hosts *hosts, const char *host)
{
    char name[NAME_MAX_BYTES + 1];
    bool is_bracketed = false;
    if (lh_host_is_loopback(host)) {
        return true;
    }
    if (!split(host, name, &is_bracketed)) {
        return false;
    }
    if (!hosts->is_loopback && address_of(name, is_bracketed) != NO_ADDRESS) {
        return true;
    }
    for (size_t i = 0; !is_bracketed && i < hosts->n; i++) {
        if (strcasecmp(hosts->names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Of a page that this hub itself sent; a proxy before it may speak TLS. */
static bool is_own_page(const struct lh_called *called)
{
    const char *colon = strstr(called->origin, "://");
    const size_t n = colon ? (size_t)(colon - called->origin) : 0;
    const bool is_web = (n == 4 && strncasecmp(called->origin, "http", n) == 0) ||
                        (n == 5 && strncasecmp(called->origin, "https", n) == 0);
    return is_web && called->host && strcasecmp(colon + 3, called->host) == 0;
}

const char *lh_hosts_refuse(const struct lh_hosts *hosts, const struct lh_called *called)
{
    if (called->n_hosts > 1 || called->n_origins > 1) {
        return "A request names one Host and one Origin at most.";
    }
    if (!called->host && !called->may_lack_host) {
        return "The request has no Host header.";
    }
    if (called->host && !is_ours(hosts, called->host)) {
        return hosts->is_loopback
                   ? "This hub answers to localhost, 127.0.0.1 and [::1] only, not to the name in "
                     "the "
                     "Host header. `hfterm serve --name NAME` lets it answer to one more."
                   : "This hub answers to its addresses and its machine's name only, not to the "
                     "name in "
                     "the Host header. `hfterm serve --name NAME` lets it answer to one more.";
    }
    if (called->origin && !is_own_page(called)) {
        return "This hub does not answer pages of other places (the Origin header).";
    }
    return NULL;
}
