/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http_url.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/net/curl_api.h"
#include "core/net/http.h"

enum { PLAIN_MAX = 64 * 1024, HOST_MAX = 253 };

/* A URL in the plain form that nearly all have: scheme, a name or an IPv4 address, perhaps a port,
 * perhaps a path with a query. */
struct plain {
    bool is_https;
    const char *host;
    size_t host_len;
    int port; /* 0: the scheme's own */
};

static bool is_host_byte(char c)
{
    return isalnum((unsigned char)c) || c == '-' || c == '.';
}

/* Four decimal numbers without leading zeros: what no parser writes in another way. */
static bool is_ipv4(const char *s, size_t n)
{
    int dots = 0;
    for (size_t i = 0; i < n; dots += i < n, i++) {
        const size_t first = i;
        int value = 0;
        for (; i < n && s[i] != '.'; i++) {
            if (!isdigit((unsigned char)s[i]) || i - first >= 3) {
                return false;
            }
            value = value * 10 + (s[i] - '0');
        }
        if (i == first || value > 255 || (s[first] == '0' && i - first > 1)) {
            return false;
        }
    }
    return dots == 3 && s[n - 1] != '.';
}

/* Names that libcurl takes as they are: labels of letters, digits and inner '-', the first with a
 * letter at its start, since what begins with a digit may be an address in some odd writing. */
static bool is_plain_host(const char *s, size_t n)
{
    if (n == 0 || n > HOST_MAX) {
        return false;
    }
    if (isdigit((unsigned char)s[0])) {
        return is_ipv4(s, n);
    }
    for (size_t i = 0; i < n; i++) {
        const bool is_inner = i > 0 && i + 1 < n;
        if (s[i] == '-' ? !is_inner
                        : s[i] == '.' && (!is_inner || !isalnum((unsigned char)s[i - 1]) ||
                                          !isalnum((unsigned char)s[i + 1]))) {
            return false;
        }
    }
    return true;
}

/* What follows the host and port is a path and query of harmless bytes: nothing here could move the
 * end of the host, and no control character, blank or fragment needs a decision. */
static bool is_plain_rest(const char *s)
{
    static const char BYTES[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "/-._~%=&+,:?";
    return *s == '\0' || (*s == '/' && s[strspn(s, BYTES)] == '\0');
}

/* ":8080" at *p, which moves behind it. False for what is no plain port. */
static bool take_port(const char **p, int *port)
{
    if (**p != ':') {
        return true;
    }
    const char *digits = *p + 1;
    const size_t n = strspn(digits, "0123456789");
    if (n == 0 || n > 5 || digits[0] == '0') {
        return false;
    }
    *port = (int)strtol(digits, NULL, 10);
    *p = digits + n;
    return *port <= 65535;
}

/* True when url has the plain form: what out says of it is then what libcurl would say, and libcurl
 * need not be loaded to know. Every other URL, odd or wrong, is for libcurl to judge. */
static bool read_plain(const char *url, struct plain *out)
{
    *out = (struct plain){0};
    if (!url || strlen(url) > PLAIN_MAX || strncasecmp(url, "http", 4) != 0) {
        return false;
    }
    const char *p = url + 4;
    out->is_https = *p == 's' || *p == 'S';
    p += out->is_https;
    if (strncmp(p, "://", 3) != 0) {
        return false;
    }
    out->host = p + 3;
    for (p = out->host; is_host_byte(*p); p++) {
    }
    out->host_len = (size_t)(p - out->host);
    if (!is_plain_host(out->host, out->host_len) || !take_port(&p, &out->port) ||
        !is_plain_rest(p)) {
        return false;
    }
    if (out->port == (out->is_https ? 443 : 80)) {
        out->port = 0;
    }
    return true;
}

/* NULL unless url parses as http or https without a user. */
static CURLU *parse(const char *url)
{
    const struct curl_api *curl = url ? curl_api_load(NULL) : NULL;
    CURLU *u = curl ? curl->url() : NULL;
    if (!u) {
        return NULL;
    }
    char *scheme = NULL;
    const bool is_ok = curl->url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK &&
                       curl->url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                       (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl->free(scheme);
    if (!is_ok) {
        curl->url_cleanup(u);
        return NULL;
    }
    return u;
}

/* What parse gave. */
static void done(CURLU *u)
{
    curl_api_load(NULL)->url_cleanup(u);
}

static void put_lower(struct buf *out, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        buf_putc(out, (char)tolower((unsigned char)s[i]));
    }
}

static void put_plain_host(struct buf *out, const struct plain *plain)
{
    put_lower(out, plain->host, plain->host_len);
    if (plain->port) {
        buf_printf(out, ":%d", plain->port);
    }
}

static void put_part(struct buf *out, CURLU *u, CURLUPart part, const char *before, unsigned flags)
{
    const struct curl_api *curl = curl_api_load(NULL);
    char *text = NULL;
    if (curl->url_get(u, part, &text, flags) == CURLUE_OK) {
        buf_puts(out, before);
        if (part == CURLUPART_SCHEME || part == CURLUPART_HOST) {
            put_lower(out, text, strlen(text));
        } else {
            buf_puts(out, text);
        }
    }
    curl->free(text);
}

static void put_host(struct buf *out, CURLU *u)
{
    put_part(out, u, CURLUPART_HOST, "", 0);
    put_part(out, u, CURLUPART_PORT, ":", CURLU_NO_DEFAULT_PORT);
}

bool http_origin(const char *url, struct buf *out)
{
    struct plain plain;
    if (read_plain(url, &plain)) {
        buf_puts(out, plain.is_https ? "https://" : "http://");
        put_plain_host(out, &plain);
        return true;
    }
    return http_url_curl_origin(url, out);
}

bool http_url_curl_origin(const char *url, struct buf *out)
{
    CURLU *u = parse(url);
    if (!u) {
        return false;
    }
    put_part(out, u, CURLUPART_SCHEME, "", 0);
    buf_puts(out, "://");
    put_host(out, u);
    done(u);
    return true;
}

bool http_url_check(const char *url, struct err *e)
{
    if (!url || !*url) {
        return err_set(e, ERR_USAGE, "no URL was given");
    }
    for (const unsigned char *c = (const unsigned char *)url; *c; c++) {
        if (*c <= ' ' || *c >= 0x7f) {
            return err_set(e, ERR_USAGE, "the URL holds a byte that must be percent-encoded (0x%02x)",
                           (unsigned)*c);
        }
    }
    struct plain plain;
    if (read_plain(url, &plain)) {
        return true;
    }
    CURLU *u = curl_api_load(e) ? parse(url) : NULL;
    if (!u && curl_api_is_loaded()) {
        err_set(e, ERR_USAGE, "not an http or https URL: %.200s", strchr(url, '@') ? "(hidden)" : url);
        return err_remedy(e, "it has to look like https://huggingface.co/..., without user and "
                             "password");
    }
    if (!u) {
        return false;
    }
    done(u);
    return true;
}

char *http_url_join(const char *base, const char *location)
{
    CURLU *u = parse(base);
    if (!u) {
        return NULL;
    }
    const struct curl_api *curl = curl_api_load(NULL);
    char *joined = NULL;
    if (curl->url_set(u, CURLUPART_URL, location, CURLU_DISALLOW_USER | CURLU_URLENCODE) ==
        CURLUE_OK) {
        curl->url_set(u, CURLUPART_FRAGMENT, NULL, 0);
        curl->url_get(u, CURLUPART_URL, &joined, 0);
    }
    done(u);
    char *out = joined && http_url_check(joined, NULL) ? xstrdup(joined) : NULL;
    curl->free(joined);
    return out;
}

/* "/hub/x?y" of "https://host/hub/x?y", "" without a path. */
static const char *path_of(const char *url)
{
    const char *scheme_end = strstr(url, "://");
    const char *host = scheme_end ? scheme_end + 3 : url;
    return host + strcspn(host, "/?#");
}

static bool is_hub_path(const char *path)
{
    static const char *const WORDS[] = {"/api/", "/resolve/", "/resolve-cache/", "/raw/"};
    const size_t n = strcspn(path, "?#");
    bool found = false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        const char *at = strstr(path, WORDS[i]);
        found = found || (at && (size_t)(at - path) < n);
    }
    return found;
}

char *http_url_rebase(const char *url, const char *base, bool was_relative)
{
    const char *path = path_of(url);
    const char *prefix = base ? path_of(base) : "";
    const size_t n = strlen(prefix);
    const bool has_prefix = strncmp(path, prefix, n) == 0 && (path[n] == '\0' || strchr("/?#", path[n]));
    if (n == 0 || has_prefix || !http_url_same_origin(url, base) || !(was_relative || is_hub_path(path))) {
        return xstrdup(url);
    }
    return xasprintf("%.*s%s%s", (int)(path - url), url, prefix, path);
}

void http_url_put_host(struct buf *out, const char *url)
{
    struct plain plain;
    if (read_plain(url, &plain)) {
        put_plain_host(out, &plain);
        return;
    }
    CURLU *u = parse(url);
    if (u) {
        put_host(out, u);
        done(u);
    }
}

void http_url_put_masked(struct buf *out, const char *text)
{
    const char *scheme_end = strstr(text, "://");
    const char *host = scheme_end ? scheme_end + 3 : text;
    const char *at = strrchr(host, '@'); /* the last one: a password may hold any of "@/?#" */
    struct buf shown = BUF_INIT;
    buf_append(&shown, text, (size_t)(host - text));
    buf_puts(&shown, at ? "****@" : "");
    host = at ? at + 1 : host;
    buf_append(&shown, host, strcspn(host, "?#"));
    char *masked = buf_steal(&shown);
    secret_mask(masked);
    buf_puts(out, masked);
    free(masked);
}

/* Pre-signed storage URLs carry their permission in the query. */
static bool is_secret_key(const char *pair, size_t key_len)
{
    static const char *const WORDS[] = {"sig", "token", "policy", "credential", "key", "secret"};
    char *key = xstrndup(pair, key_len);
    bool is_secret = false;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        is_secret = is_secret || str_casestr(key, WORDS[i]);
    }
    free(key);
    return is_secret;
}

static void put_query(struct buf *out, const char *query)
{
    char before = '?';
    for (const char *p = query; *p;) {
        const size_t len = strcspn(p, "&");
        const size_t key_len = strcspn(p, "=&");
        buf_putc(out, before);
        if (key_len < len && is_secret_key(p, key_len)) {
            buf_append(out, p, key_len + 1);
            buf_puts(out, "****");
        } else {
            buf_append(out, p, len);
        }
        before = '&';
        p += len + (p[len] == '&');
    }
}

void http_url_put_path(struct buf *out, const char *url)
{
    CURLU *u = parse(url);
    if (!u) {
        return;
    }
    put_part(out, u, CURLUPART_PATH, "", 0);
    const struct curl_api *curl = curl_api_load(NULL);
    char *query = NULL;
    if (curl->url_get(u, CURLUPART_QUERY, &query, 0) == CURLUE_OK) {
        put_query(out, query);
    }
    curl->free(query);
    done(u);
}

bool http_url_same_origin(const char *a, const char *b)
{
    struct buf left = BUF_INIT;
    struct buf right = BUF_INIT;
    const bool is_same = http_origin(a, &left) && http_origin(b, &right) &&
                         strcmp(buf_str(&left), buf_str(&right)) == 0;
    buf_done(&left);
    buf_done(&right);
    return is_same;
}

bool http_url_is_https(const char *url)
{
    return strncasecmp(url, "https:", 6) == 0;
}

bool http_url_is_loopback(const char *url)
{
    CURLU *u = parse(url);
    if (!u) {
        return false;
    }
    struct buf host = BUF_INIT;
    put_part(&host, u, CURLUPART_HOST, "", 0);
    const char *name = buf_str(&host);
    const bool is_number = name[strspn(name, "0123456789.")] == '\0';
    const bool is_loopback = strcmp(name, "localhost") == 0 || strcmp(name, "[::1]") == 0 ||
                             (is_number && str_starts(name, "127."));
    buf_done(&host);
    done(u);
    return is_loopback;
}
