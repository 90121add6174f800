/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http_head.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

void http_head_done(struct http_head *head)
{
    buf_done(&head->lines);
    head->status = 0;
    head->is_complete = false;
}

void http_head_clear(struct http_head *head)
{
    buf_clear(&head->lines);
    head->status = 0;
    head->is_complete = false;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". 0 when there is no number in it. */
static long parse_status(const char *line, size_t n)
{
    const char *blank = memchr(line, ' ', n);
    const size_t at = blank ? (size_t)(blank - line) + 1 : n;
    long status = 0;
    for (size_t i = at; i < n && i < at + 3; i++) {
        if (!isdigit((unsigned char)line[i])) {
            return 0;
        }
        status = status * 10 + (line[i] - '0');
    }
    return status;
}

/* Header values are shown and compared as lines: no control character may survive in them. */
static void put_value(struct buf *out, const char *p, size_t n)
{
    while (n > 0 && (*p == ' ' || *p == '\t')) {
        p++;
        n--;
    }
    while (n > 0 && (p[n - 1] == ' ' || p[n - 1] == '\t')) {
        n--;
    }
    for (size_t i = 0; i < n; i++) {
        buf_putc(out, (unsigned char)p[i] < ' ' || p[i] == 0x7f ? ' ' : p[i]);
    }
}

static void put_line(struct buf *lines, const char *line, size_t n)
{
    if ((*line == ' ' || *line == '\t') && lines->n > 0) {
        lines->p[lines->n - 1] = ' '; /* an old folded header goes on: over the last newline */
        put_value(lines, line, n);
        buf_putc(lines, '\n');
        return;
    }
    const char *colon = memchr(line, ':', n);
    if (!colon || colon == line) {
        return;
    }
    const size_t name_len = (size_t)(colon - line);
    for (size_t i = 0; i < name_len; i++) {
        const unsigned char c = (unsigned char)line[i];
        buf_putc(lines, c <= ' ' || c == 0x7f ? '_' : (char)tolower(c));
    }
    buf_puts(lines, ": ");
    put_value(lines, colon + 1, n - name_len - 1);
    buf_putc(lines, '\n');
}

bool http_head_line(struct http_head *head, const char *line, size_t n)
{
    while (n > 0 && (line[n - 1] == '\n' || line[n - 1] == '\r')) {
        n--;
    }
    if (n >= 5 && memcmp(line, "HTTP/", 5) == 0) {
        http_head_clear(head);
        head->status = parse_status(line, n);
        return true;
    }
    if (head->is_complete) {
        return true;
    }
    if (n == 0) {
        head->is_complete = head->status >= 200;
        return true;
    }
    if (n > HTTP_HEAD_MAX - 4 || head->lines.n > HTTP_HEAD_MAX - 4 - n) {
        return false;
    }
    put_line(&head->lines, line, n);
    return true;
}

char *http_head_get(const char *lines, const char *name)
{
    const size_t name_len = strlen(name);
    for (const char *p = lines; p && *p;) {
        const char *end = strchr(p, '\n');
        const size_t n = end ? (size_t)(end - p) : strlen(p);
        if (n >= name_len + 2 && memcmp(p, name, name_len) == 0 && p[name_len] == ':') {
            return xstrndup(p + name_len + 2, n - name_len - 2);
        }
        p = end ? end + 1 : NULL;
    }
    return NULL;
}

/* The number of parameter `key` in `"api";r=12;t=30`, outside of quotes; -1 when absent. */
static int64_t parameter(const char *value, char key)
{
    bool is_quoted = false;
    for (const char *p = value; *p; p++) {
        is_quoted = is_quoted != (*p == '"');
        if (is_quoted || *p != ';') {
            continue;
        }
        p += 1 + strspn(p + 1, " ");
        if (*p == key && p[1] == '=' && isdigit((unsigned char)p[2])) {
            const long long number = strtoll(p + 2, NULL, 10);
            return number < INT64_C(1) << 40 ? number : -1;
        }
        p--;
    }
    return -1;
}

static int64_t header_parameter(const char *lines, const char *name, char key)
{
    char *value = http_head_get(lines, name);
    const int64_t number = value ? parameter(value, key) : -1;
    free(value);
    return number;
}

bool http_head_rate(const char *lines, struct http_rate *out)
{
    out->remaining = header_parameter(lines, "ratelimit", 'r');
    out->reset_s = header_parameter(lines, "ratelimit", 't');
    out->quota = header_parameter(lines, "ratelimit-policy", 'q');
    return out->remaining >= 0 || out->quota >= 0;
}

int64_t http_head_wait_s(const char *lines, long status)
{
    struct http_rate rate;
    /* With requests remaining, this 429 is some other limit than the one the header tells of. */
    if (status == 429 && http_head_rate(lines, &rate) && rate.remaining == 0 && rate.reset_s >= 0) {
        return rate.reset_s + 1;
    }
    char *value = http_head_get(lines, "retry-after");
    unsigned long long seconds = 0;
    /* The other form, a date, is ignored as the official client does. */
    const bool is_told = value && str_to_u64(value, 1ULL << 40, &seconds);
    free(value);
    return is_told ? (int64_t)seconds + 1 : -1;
}
