/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong with a transfer, in words, and what the user can do about it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/net/http_transfer.h"
#include "core/net/http_url.h"

/* The proxy variable that counts for a URL, as libcurl looks for it. */
struct proxy {
    const char *name;  /* of the variable; the one to set when none is */
    const char *value; /* NULL: no proxy */
};

static bool is_exempt(const char *host)
{
    const char *list = getenv("no_proxy");
    list = list ? list : getenv("NO_PROXY");
    if (!list) {
        return false;
    }
    const size_t host_len = strcspn(host, ":");
    for (const char *p = list; *p;) {
        p += strspn(p, ", ");
        size_t n = strcspn(p, ", ");
        const char *name = *p == '.' && n > 0 ? p + 1 : p;
        const size_t len = n - (size_t)(name - p);
        if (len == 1 && *name == '*') {
            return true;
        }
        if (len > 0 && len <= host_len && strncasecmp(host + host_len - len, name, len) == 0 &&
            (len == host_len || host[host_len - len - 1] == '.')) {
            return true;
        }
        p += n;
    }
    return false;
}

static struct proxy find_proxy(const char *url, const char *host)
{
    static const char *const HTTPS[] = {"https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
    static const char *const HTTP[] = {"http_proxy", "http_proxy", "all_proxy", "ALL_PROXY"};
    const bool is_https = http_url_is_https(url);
    const char *const *names = is_https ? HTTPS : HTTP;
    for (size_t i = 0; i < sizeof HTTPS / sizeof *HTTPS && !is_exempt(host); i++) {
        const char *value = getenv(names[i]);
        if (value && *value) {
            return (struct proxy){names[i], value};
        }
    }
    return (struct proxy){is_https ? "HTTPS_PROXY" : "http_proxy", NULL};
}

/* "HTTPS_PROXY is http://proxy:3128" without the password in it, or "HTTPS_PROXY is not set". */
static void put_proxy(struct buf *out, const struct proxy *proxy)
{
    if (!proxy->value) {
        buf_printf(out, "%s is not set", proxy->name);
        return;
    }
    const char *at = strrchr(proxy->value, '@');
    char *host = text_clean(at ? at + 1 : proxy->value);
    buf_printf(out, "%s is %s", proxy->name, host);
    free(host);
}

/* libcurl's own words, made harmless: they may quote the server. */
static char *detail(const struct transfer *t, CURLcode code)
{
    char *text = text_clean(t->message[0] ? t->message : t->curl->easy_strerror(code));
    secret_mask(text);
    return text;
}

/* "8 MB", or bytes when it is no round number of them. */
static void put_limit(struct buf *out, size_t bytes)
{
    if (bytes > 0 && bytes % 1000000 == 0) {
        buf_printf(out, "%zu MB", bytes / 1000000);
    } else {
        buf_printf(out, "%zu bytes", bytes);
    }
}

static void explain_head_limit(struct transfer *t, const char *host)
{
    err_set(&t->err, ERR_LIMIT, "the headers of %s are larger than %d kB, or a line of them is far too long", host,
            HTTP_HEAD_MAX / 1024);
    err_remedy(&t->err, "the server or a proxy in between is set up wrongly: tell who runs it");
}

/* "127.0.0.1 did not answer in 60 s (3 tries; before: HTTP 503)" */
static void explain_time(struct transfer *t, const char *host)
{
    const int64_t took_ms = clock_mono_ms() - t->started_ms;
    struct buf tries = BUF_INIT;
    if (t->attempt > 1) {
        buf_printf(&tries, " (%d tries; before: %s)", t->attempt, t->why);
    }
    err_set(&t->err, ERR_NETWORK, "%s %s in %.1f s%s", host,
            t->is_head_ready ? "did not send all of its answer" : "did not answer", (double)took_ms / 1000,
            buf_str(&tries));
    err_remedy(&t->err, "the network or the server is slow or stuck; try again");
    buf_done(&tries);
}

void transfer_note_why(struct transfer *t, CURLcode code)
{
    if (code == CURLE_OK) {
        snprintf(t->why, sizeof t->why, "HTTP %ld", t->head.status);
    } else if (code == CURLE_OPERATION_TIMEDOUT && t->active_ms > 0) {
        snprintf(t->why, sizeof t->why, "it sent nothing for %.1f s", (double)t->stall_ms / 1000);
    } else {
        snprintf(t->why, sizeof t->why, "%s", t->curl->easy_strerror(code));
    }
}

static void explain_own(struct transfer *t, const char *host)
{
    struct err *e = &t->err;
    struct buf most = BUF_INIT;
    switch (t->failure) {
    case FAILURE_CANCEL:
        err_set(e, ERR_CANCELLED, "cancelled");
        break;
    case FAILURE_BODY_LIMIT:
        put_limit(&most, t->max_body);
        err_set(e, ERR_LIMIT, "the answer of %s is larger than %s", host, buf_str(&most));
        break;
    case FAILURE_HEAD_LIMIT:
        explain_head_limit(t, host);
        break;
    case FAILURE_MEMORY:
        err_set(e, ERR_LIMIT, "no memory for the answer of %s", host);
        break;
    case FAILURE_STALL:
        err_set(e, ERR_NETWORK, "%s sent nothing for %.1f s", host, (double)t->stall_ms / 1000);
        err_remedy(e, "the network or the server is slow or stuck; try again");
        break;
    case FAILURE_TIME:
        explain_time(t, host);
        break;
    case FAILURE_NO_CONNECTION:
        err_set(e, ERR_NETWORK, "no connection to %s was free for %.1f s: other requests hold all %d",
                host, (double)t->http->wait_ms / 1000,
                t->lane->kind == HTTP_LANE_LONG ? HTTP_LONG_CONNECTIONS : HTTP_HOST_CONNECTIONS);
        err_remedy(e, "try again when they have ended");
        break;
    case FAILURE_HOPS:
        err_set(e, ERR_SERVER, "%s redirects in circles (more than %d times)", host, HTTP_HOPS_MAX);
        err_remedy(e, "the server or a proxy in between is set up wrongly: tell who runs it");
        break;
    case FAILURE_DOWNGRADE:
        err_set(e, ERR_SERVER, "%s redirects from https to unencrypted http: not followed", host);
        err_remedy(e, "is a captive portal or a proxy in between?");
        break;
    case FAILURE_LOCATION:
    default:
        err_set(e, ERR_SERVER, "%s redirects to something that is no http or https URL", host);
        err_remedy(e, "the server or a proxy in between is set up wrongly: tell who runs it");
        break;
    }
    buf_done(&most);
}

static void explain_connect(struct transfer *t, const char *host, const char *proxy_words)
{
    long sys = 0;
    t->curl->easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &sys);
    if (sys) {
        err_set_sys(&t->err, ERR_NETWORK, (int)sys, "cannot connect to %s", host);
    } else {
        err_set(&t->err, ERR_NETWORK, "cannot connect to %s", host);
    }
    err_remedy(&t->err, "is the server running and no firewall in between? %s", proxy_words);
}

static void explain_timeout(struct transfer *t, const char *host, const char *proxy_words)
{
    curl_off_t looked_up_us = 0;
    t->curl->easy_getinfo(t->easy, CURLINFO_NAMELOOKUP_TIME_T, &looked_up_us);
    const double seconds = (double)t->http->connect_ms / 1000;
    if (looked_up_us == 0) {
        err_set(&t->err, ERR_NETWORK, "cannot resolve %s: the name server did not answer in %.1f s",
                host, seconds);
    } else {
        err_set(&t->err, ERR_NETWORK, "no connection to %s in %.1f s", host, seconds);
    }
    err_remedy(&t->err, "is the network up and no firewall in between? %s", proxy_words);
}

static void explain_certificate(struct transfer *t, const char *host, const char *words)
{
    const struct http *h = t->http;
    err_set(&t->err, ERR_NETWORK, "the certificate of %s is not trusted: %s", host, words);
    if (h->ca_bundle) {
        err_remedy(&t->err, "the trusted authorities come from %s%s%s; is that the right bundle?",
                   h->ca_source ? h->ca_source : "", h->ca_source ? "=" : "", h->ca_bundle);
    } else if (h->ca_dir) {
        err_remedy(&t->err, "SSL_CERT_DIR=%s names trusted authorities, too; are they there by their hashes "
                            "(openssl rehash)?", h->ca_dir);
    } else {
        err_remedy(&t->err, "behind an inspecting proxy set SSL_CERT_FILE to its CA bundle (PEM); "
                            "else check this machine's clock and ca-certificates");
    }
}

static void explain_bad_bundle(struct transfer *t)
{
    const struct http *h = t->http;
    err_set(&t->err, ERR_NETWORK, "cannot read the CA bundle %s",
            h->ca_bundle ? h->ca_bundle : "of this machine");
    if (h->ca_source) {
        err_remedy(&t->err, "%s names it: correct it, or unset it for the system's own",
                   h->ca_source);
    } else {
        err_remedy(&t->err, "install ca-certificates, or set SSL_CERT_FILE to a CA bundle (PEM)");
    }
}

static void explain_cut(struct transfer *t, CURLcode code, const char *host, const char *words)
{
    if (code == CURLE_GOT_NOTHING) {
        err_set(&t->err, ERR_NETWORK, "%s closed the connection without an answer", host);
    } else if (code == CURLE_SEND_ERROR || t->head.status == 0) {
        err_set(&t->err, ERR_NETWORK, "the connection to %s broke before the answer: %s", host,
                words);
    } else if (!t->head.is_complete) {
        err_set(&t->err, ERR_NETWORK, "the connection to %s ended inside the headers of the answer", host);
    } else {
        err_set(&t->err, ERR_NETWORK, "the answer of %s was cut off after %llu bytes: %s", host,
                (unsigned long long)t->received, words);
    }
    err_remedy(&t->err, "try again; when it happens every time, a proxy or firewall may be cutting "
                        "connections");
}

/* The proxy itself said no to our CONNECT. */
static bool explain_tunnel(struct transfer *t, const char *host, const char *proxy_words)
{
    long status = 0;
    t->curl->easy_getinfo(t->easy, CURLINFO_HTTP_CONNECTCODE, &status);
    if (status < 400) {
        return false;
    }
    err_set(&t->err, ERR_NETWORK, "the proxy refused the way to %s: HTTP %ld", host, status);
    err_remedy(&t->err, status == 407 ? "%s: it asks for user and password (http://user:pass@...)"
                                      : "%s: does it allow this host? NO_PROXY goes around it",
               proxy_words);
    return true;
}

/* libcurl's own limits of a line: 100 kB in a head, 4 kB behind a body. Its words for both speak of
 * memory, or of a broken connection. */
static bool is_oversized(const struct transfer *t, CURLcode code)
{
#if LIBCURL_VERSION_NUM >= 0x080600
    if (code == CURLE_TOO_LARGE) {
        return true;
    }
#endif
    return code == CURLE_OUT_OF_MEMORY ||
           (code == CURLE_RECV_ERROR && (strstr(t->message, "Out of memory in chunked-encoding") ||
                                         strstr(t->message, "Too large response headers")));
}

static void explain_curl(struct transfer *t, CURLcode code, const char *host, const char *words,
                         const char *proxy_words)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        err_set(&t->err, ERR_NETWORK, "cannot resolve %s", host);
        err_remedy(&t->err, "is the network up and the name right? %s", proxy_words);
        break;
    case CURLE_COULDNT_RESOLVE_PROXY:
        err_set(&t->err, ERR_NETWORK, "cannot resolve the proxy on the way to %s", host);
        err_remedy(&t->err, "%s: is that name right?", proxy_words);
        break;
    case CURLE_COULDNT_CONNECT:
        explain_connect(t, host, proxy_words);
        break;
    case CURLE_OPERATION_TIMEDOUT:
        explain_timeout(t, host, proxy_words);
        break;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        explain_certificate(t, host, words);
        break;
    case CURLE_SSL_CACERT_BADFILE:
        explain_bad_bundle(t);
        break;
    case CURLE_SSL_CONNECT_ERROR:
        err_set(&t->err, ERR_NETWORK, "no TLS connection to %s: %s", host, words);
        err_remedy(&t->err, "does this port speak https? %s", proxy_words);
        break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_WEIRD_SERVER_REPLY:
        err_set(&t->err, ERR_NETWORK, "what %s answers is not HTTP: %s", host, words);
        break;
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        explain_cut(t, code, host, words);
        break;
    default:
        err_set(&t->err, ERR_NETWORK, "the request to %s failed: %s", host, words);
        break;
    }
}

void transfer_explain(struct transfer *t, CURLcode code)
{
    struct buf host = BUF_INIT;
    http_url_put_host(&host, t->url);
    if (t->failure != FAILURE_NONE) {
        explain_own(t, buf_str(&host));
        buf_done(&host);
        return;
    }
    const struct proxy proxy = find_proxy(t->url, buf_str(&host));
    struct buf proxy_words = BUF_INIT;
    put_proxy(&proxy_words, &proxy);
    char *words = detail(t, code);
    if (is_oversized(t, code)) {
        explain_head_limit(t, buf_str(&host));
    } else if (!explain_tunnel(t, buf_str(&host), buf_str(&proxy_words))) {
        explain_curl(t, code, buf_str(&host), words, buf_str(&proxy_words));
    }
    free(words);
    buf_done(&proxy_words);
    buf_done(&host);
}

bool transfer_may_retry(const struct transfer *t, CURLcode code)
{
    if (is_oversized(t, code)) {
        return false;
    }
    /* Not a name that does not resolve nor a host that refuses: without a network somebody would look
     * at a spinner for seconds instead of at the reason. */
    switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        return true;
    default:
        return false;
    }
}
