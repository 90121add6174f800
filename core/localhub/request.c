/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/request.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/localhub/sidecar.h"
#include "core/localhub/stream.h"

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const int low = tolower((unsigned char)c);
    return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

/* NULL for a broken escape, a NUL, or what is not UTF-8: it could not be told in JSON. */
static char *decode(struct arena *arena, const char *s, size_t n, bool plus_is_space)
{
    char *out = arena_alloc(arena, n + 1, 1);
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        char c = s[i];
        if (c == '%') {
            const int high = i + 2 < n ? hex_value(s[i + 1]) : -1;
            const int low = i + 2 < n ? hex_value(s[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return NULL;
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && plus_is_space) {
            c = ' ';
        }
        if (c == '\0') {
            return NULL;
        }
        out[used++] = c;
    }
    out[used] = '\0';
    return text_is_utf8(out, used, NULL) ? out : NULL;
}

bool lh_parse_pairs(struct arena *arena, const char *text, size_t n, size_t max,
                    struct lh_pair **pairs, size_t *n_pairs)
{
    size_t count = n > 0;
    for (size_t i = 0; i < n; i++) {
        count += text[i] == '&';
    }
    *n_pairs = 0;
    if (count > max) {
        return false;
    }
    *pairs = arena_alloc(arena, count + 1, sizeof **pairs);
    for (size_t at = 0; at < n;) {
        const char *amp = memchr(text + at, '&', n - at);
        const size_t len = amp ? (size_t)(amp - text) - at : n - at;
        const char *eq = memchr(text + at, '=', len);
        const size_t key_len = eq ? (size_t)(eq - text) - at : len;
        char *key = decode(arena, text + at, key_len, true);
        char *value = eq ? decode(arena, eq + 1, len - key_len - 1, true) : arena_strdup(arena, "");
        if (!key || !value) {
            return false;
        }
        if (str_ends(key, "[]")) {
            key[strlen(key) - 2] = '\0';
        }
        if (*key) {
            (*pairs)[(*n_pairs)++] = (struct lh_pair){key, value};
        }
        at += len + 1;
    }
    return true;
}

static bool parse_path(struct lh_request *r, const char *path, size_t n)
{
    r->segments = arena_alloc(&r->arena, LH_SEGMENTS_MAX, sizeof *r->segments);
    for (size_t at = 1; at < n;) {
        const char *slash = memchr(path + at, '/', n - at);
        const size_t len = slash ? (size_t)(slash - path) - at : n - at;
        char *segment = decode(&r->arena, path + at, len, false);
        if (!segment || r->n_segments == LH_SEGMENTS_MAX) {
            return false;
        }
        r->segments[r->n_segments++] = segment;
        at += len + 1;
    }
    return true;
}

bool lh_request_parse(struct lh_request *r, const char *target)
{
    r->target = arena_strdup(&r->arena, target);
    const char *mark = strchr(r->target, '?');
    const size_t path_len = mark ? (size_t)(mark - r->target) : strlen(r->target);
    for (const char *c = r->target; *c; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7F) {
            return false;
        }
    }
    return r->target[0] == '/' && parse_path(r, r->target, path_len) &&
           lh_parse_pairs(&r->arena, mark ? mark + 1 : "", mark ? strlen(mark + 1) : 0,
                          LH_QUERY_MAX, &r->query, &r->n_query);
}

void lh_request_done(struct lh_request *r)
{
    arena_done(&r->arena);
    buf_done(&r->body);
}

const char *lh_request_nth(const struct lh_request *r, const char *key, size_t index)
{
    for (size_t i = 0; i < r->n_query; i++) {
        if (strcmp(r->query[i].key, key) == 0 && index-- == 0) {
            return r->query[i].value;
        }
    }
    return NULL;
}

const char *lh_request_query(const struct lh_request *r, const char *key)
{
    return lh_request_nth(r, key, 0);
}

bool lh_request_flag(const struct lh_request *r, const char *key)
{
    const char *value = lh_request_query(r, key);
    return value && (strcasecmp(value, "true") == 0 || strcmp(value, "1") == 0);
}

bool lh_request_number(const struct lh_request *r, const char *key, uint64_t low, uint64_t high,
                       uint64_t otherwise, uint64_t *out)
{
    const char *value = lh_request_query(r, key);
    unsigned long long number = 0;
    *out = otherwise;
    if (!value) {
        return true;
    }
    if (!str_to_u64(value, high, &number) || number < low) {
        return false;
    }
    *out = number;
    return true;
}

/* ---- the answer ---- */

void lh_reply_init(struct lh_reply *reply)
{
    *reply = (struct lh_reply){.status = 200, .fd = -1};
}

static void drop_headers(struct lh_reply *reply, const char *keep)
{
    size_t kept = 0;
    for (size_t i = 0; i < reply->n_headers; i++) {
        struct lh_header h = reply->headers[i];
        if (keep && strcasecmp(h.name, keep) == 0) {
            reply->headers[kept++] = h;
        } else {
            free(h.name);
            free(h.value);
        }
    }
    reply->n_headers = kept;
}

void lh_reply_clear(struct lh_reply *reply)
{
    drop_headers(reply, "X-Request-Id");
    if (reply->fd >= 0) {
        close(reply->fd);
    }
    if (reply->stream) {
        reply->stream->free(reply->stream);
        reply->stream = NULL;
    }
    buf_clear(&reply->body);
    reply->status = 200;
    reply->fd = -1;
    reply->offset = reply->length = 0;
    reply->type = NULL;
    reply->is_json_list = false;
}

void lh_reply_done(struct lh_reply *reply)
{
    lh_reply_clear(reply);
    drop_headers(reply, NULL);
    free(reply->headers);
    buf_done(&reply->body);
}

void lh_reply_header(struct lh_reply *reply, const char *name, const char *fmt, ...)
{
    struct buf value = BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&value, fmt, ap);
    va_end(ap);
    for (size_t i = 0; i < value.n; i++) {
        const unsigned char c = (unsigned char)value.p[i];
        value.p[i] = c < 0x20 || c >= 0x7F ? '?' : (char)c;
    }
    for (size_t i = 0; i < reply->n_headers; i++) {
        if (strcasecmp(reply->headers[i].name, name) == 0) {
            free(reply->headers[i].value);
            reply->headers[i].value = buf_steal(&value);
            return;
        }
    }
    void *array = reply->headers;
    if (mem_grow(&array, &reply->cap_headers, reply->n_headers + 1, sizeof *reply->headers)) {
        reply->headers = array;
        reply->headers[reply->n_headers++] = (struct lh_header){xstrdup(name), buf_steal(&value)};
    }
    buf_done(&value);
}

const char *lh_reply_get(const struct lh_reply *reply, const char *name)
{
    for (size_t i = 0; i < reply->n_headers; i++) {
        if (strcasecmp(reply->headers[i].name, name) == 0) {
            return reply->headers[i].value;
        }
    }
    return NULL;
}

static void put_json(struct buf *out, cJSON *json)
{
    char *text = json_print(json, false);
    cJSON_Delete(json);
    struct buf printed = {.p = text, .n = strlen(text), .cap = strlen(text) + 1};
    lh_sidecar_show_nul(&printed);
    if (out->n == 0) {
        buf_done(out);
        *out = printed;
        return;
    }
    buf_append(out, printed.p, printed.n);
    buf_done(&printed);
}

static void set_json(struct lh_reply *reply, unsigned status, bool is_list)
{
    reply->status = status;
    reply->type = "application/json; charset=utf-8";
    reply->is_json_list = is_list;
    buf_clear(&reply->body);
}

void lh_reply_json(struct lh_reply *reply, unsigned status, cJSON *json)
{
    set_json(reply, status, cJSON_IsArray(json));
    put_json(&reply->body, json);
}

void lh_reply_list_begin(struct lh_reply *reply)
{
    set_json(reply, 200, true);
    buf_putc(&reply->body, '[');
}

void lh_reply_list_add(struct lh_reply *reply, cJSON *json)
{
    if (reply->body.n > 1) {
        buf_putc(&reply->body, ',');
    }
    put_json(&reply->body, json);
}

void lh_reply_list_end(struct lh_reply *reply)
{
    buf_putc(&reply->body, ']');
}

void lh_reply_stream(struct lh_reply *reply, struct lh_stream *stream)
{
    buf_clear(&reply->body);
    reply->stream = stream;
    reply->status = 200;
    reply->type = "text/event-stream; charset=utf-8";
    lh_reply_header(reply, "Cache-Control", "no-cache");
}

void lh_reply_text(struct lh_reply *reply, unsigned status, const char *text)
{
    buf_clear(&reply->body);
    buf_puts(&reply->body, text);
    reply->status = status;
    reply->type = "text/plain; charset=utf-8";
}

void lh_reply_error(struct lh_reply *reply, unsigned status, const char *code, const char *fmt, ...)
{
    struct buf message = BUF_INIT;
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(&message, fmt, ap);
    va_end(ap);
    if (code) {
        lh_reply_header(reply, "X-Error-Code", "%s", code);
    }
    lh_reply_header(reply, "X-Error-Message", "%s", buf_str(&message));
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "error", buf_str(&message));
    lh_reply_json(reply, status, json);
    buf_done(&message);
}
