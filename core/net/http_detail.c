/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http_detail.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/net/http_url.h"

enum { HEADS_MAX = 8192, BODY_SHOWN = 2048 };

void http_log_detail_done(struct http_log_detail *d)
{
    free(d->url);
    free(d->sent);
    free(d->got);
    free(d->sent_body);
    free(d->got_body);
    *d = (struct http_log_detail){0};
}

/* Harmless and masked; raw is done with. */
static char *clean(struct buf *raw)
{
    struct buf out = BUF_INIT;
    char *text = buf_steal(raw);
    secret_mask(text);
    text_sanitize(&out, text, strlen(text), TEXT_KEEP_NEWLINES);
    free(text);
    return buf_steal(&out);
}

static void put_url(struct buf *out, const char *url)
{
    buf_puts(out, strncasecmp(url, "http:", 5) == 0 ? "http://" : "https://");
    http_url_put_host(out, url);
    http_url_put_path(out, url);
}

static bool is_named(const char *line, size_t n, const char *name)
{
    return strlen(name) == n && strncasecmp(line, name, n) == 0;
}

/* One header line without its end: what authorises is masked whole, an address keeps its path. */
static void put_header(struct buf *out, const char *line, size_t n)
{
    static const char *const SECRET[] = {"authorization", "cookie", "set-cookie", "proxy-authorization"};
    const char *colon = memchr(line, ':', n);
    const size_t name = colon ? (size_t)(colon - line) : n;
    for (size_t i = 0; i < sizeof SECRET / sizeof *SECRET; i++) {
        if (is_named(line, name, SECRET[i])) {
            buf_append(out, line, name);
            buf_puts(out, ": ****\n");
            return;
        }
    }
    const char *value = line + name + (colon != NULL);
    value += strspn(value, " ");
    if (is_named(line, name, "location") && (strncasecmp(value, "http:", 5) == 0 || strncasecmp(value, "https:", 6) == 0)) {
        char *url = xstrndup(value, (size_t)(line + n - value));
        buf_puts(out, "location: ");
        put_url(out, url);
        free(url);
    } else {
        buf_append(out, line, n);
    }
    buf_putc(out, '\n');
}

static char *sent_lines(const struct transfer *t, bool *has_token)
{
    struct buf out = BUF_INIT;
    for (const struct curl_slist *s = t->headers; s && out.n < HEADS_MAX; s = s->next) {
        *has_token = *has_token || strncasecmp(s->data, "authorization:", 14) == 0;
        put_header(&out, s->data, strlen(s->data));
    }
    return clean(&out);
}

static char *got_lines(const struct transfer *t)
{
    struct buf out = BUF_INIT;
    for (const char *p = buf_str(&t->head.lines); *p && out.n < HEADS_MAX;) {
        const size_t n = strcspn(p, "\n");
        put_header(&out, p, n);
        p += n + (p[n] == '\n');
    }
    return clean(&out);
}

static char *body_start(const void *bytes, size_t n)
{
    struct buf out = BUF_INIT;
    size_t shown = n < BODY_SHOWN ? n : BODY_SHOWN;
    size_t bad = shown;
    if (!bytes || n == 0) {
        return xstrdup("");
    }
    if (!text_is_utf8(bytes, shown, &bad) && bad + 4 > shown) {
        shown = bad; /* cut inside of a character */
        bad = shown;
    }
    if (bad < shown || memchr(bytes, '\0', shown)) {
        buf_printf(&out, "(%zu bytes that are no text)", n);
        return buf_steal(&out);
    }
    buf_append(&out, bytes, shown);
    if (shown < n) {
        buf_printf(&out, "\n(%zu more bytes)", n - shown);
    }
    return clean(&out);
}

void http_detail_make(const struct transfer *t, struct http_log_detail *out)
{
    struct buf url = BUF_INIT;
    *out = (struct http_log_detail){0};
    put_url(&url, t->url);
    out->url = clean(&url);
    out->sent = sent_lines(t, &out->has_token);
    out->got = got_lines(t);
    out->sent_body = body_start(t->is_stream ? NULL : t->body, t->body_len);
    out->got_body = body_start(t->is_stream ? NULL : t->answer.p, t->is_stream ? 0 : t->answer.n);
}
