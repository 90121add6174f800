/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http_url.h"

#include <ctype.h>
#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/net/http.h"

/* NULL unless url parses as http or https without a user. */
static CURLU *parse(const char *url)
{
    CURLU *u = url ? curl_url() : NULL;
    if (!u) {
        return NULL;
    }
    char *scheme = NULL;
    const bool is_ok = curl_url_set(u, CURLUPART_URL, url, CURLU_DISALLOW_USER) == CURLUE_OK &&
                       curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                       (strcasecmp(scheme, "http") == 0 || strcasecmp(scheme, "https") == 0);
    curl_free(scheme);
    if (!is_ok) {
        curl_url_cleanup(u);
        return NULL;
    }
    return u;
}

static void put_lower(struct buf *out, const char *s)
{
    for (; *s; s++) {
        buf_putc(out, (char)tolower((unsigned char)*s));
    }
}

static void put_part(struct buf *out, CURLU *u, CURLUPart part, const char *before, unsigned flags)
{
    char *text = NULL;
    if (curl_url_get(u, part, &text, flags) == CURLUE_OK) {
        buf_puts(out, before);
        if (part == CURLUPART_SCHEME || part == CURLUPART_HOST) {
            put_lower(out, text);
        } else {
            buf_puts(out, text);
        }
    }
    curl_free(text);
}

static void put_host(struct buf *out, CURLU *u)
{
    put_part(out, u, CURLUPART_HOST, "", 0);
    put_part(out, u, CURLUPART_PORT, ":", CURLU_NO_DEFAULT_PORT);
}

bool http_origin(const char *url, struct buf *out)
{
    CURLU *u = parse(url);
    if (!u) {
        return false;
    }
    put_part(out, u, CURLUPART_SCHEME, "", 0);
    buf_puts(out, "://");
    put_host(out, u);
    curl_url_cleanup(u);
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
    CURLU *u = parse(url);
    if (!u) {
        err_set(e, ERR_USAGE, "not an http or https URL: %.200s", strchr(url, '@') ? "(hidden)" : url);
        return err_remedy(e, "it has to look like https://huggingface.co/..., without user and "
                             "password");
    }
    curl_url_cleanup(u);
    return true;
}

char *http_url_join(const char *base, const char *location)
{
    CURLU *u = parse(base);
    if (!u) {
        return NULL;
    }
    char *joined = NULL;
    if (curl_url_set(u, CURLUPART_URL, location, CURLU_DISALLOW_USER | CURLU_URLENCODE) ==
        CURLUE_OK) {
        curl_url_set(u, CURLUPART_FRAGMENT, NULL, 0);
        curl_url_get(u, CURLUPART_URL, &joined, 0);
    }
    curl_url_cleanup(u);
    char *out = joined && http_url_check(joined, NULL) ? xstrdup(joined) : NULL;
    curl_free(joined);
    return out;
}

void http_url_put_host(struct buf *out, const char *url)
{
    CURLU *u = parse(url);
    if (u) {
        put_host(out, u);
        curl_url_cleanup(u);
    }
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
    char *query = NULL;
    if (curl_url_get(u, CURLUPART_QUERY, &query, 0) == CURLUE_OK) {
        put_query(out, query);
    }
    curl_free(query);
    curl_url_cleanup(u);
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
    curl_url_cleanup(u);
    return is_loopback;
}
