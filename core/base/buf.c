/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/buf.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/mem.h"

static bool reserve(struct buf *b, size_t extra)
{
    if (extra > SIZE_MAX - b->n - 1) {
        return false;
    }
    void *p = b->p;
    if (!mem_grow(&p, &b->cap, b->n + extra + 1, 1)) {
        return false;
    }
    b->p = p;
    return true;
}

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf)BUF_INIT;
}

void buf_clear(struct buf *b)
{
    b->n = 0;
    if (b->p) {
        b->p[0] = '\0';
    }
}

void buf_append(struct buf *b, const void *bytes, size_t n)
{
    if (!buf_append_limited(b, bytes, n, SIZE_MAX)) {
        xmalloc(SIZE_MAX); /* prints and aborts: the one place that says out of memory */
    }
}

bool buf_append_limited(struct buf *b, const void *bytes, size_t n, size_t max)
{
    if (b->n > max || n > max - b->n || !reserve(b, n)) {
        return false;
    }
    if (n) {
        memcpy(b->p + b->n, bytes, n);
    }
    b->n += n;
    b->p[b->n] = '\0';
    return true;
}

void buf_puts(struct buf *b, const char *s)
{
    buf_append(b, s, strlen(s));
}

void buf_putc(struct buf *b, char c)
{
    buf_append(b, &c, 1);
}

void buf_pad(struct buf *b, char c, size_t count)
{
    if (!reserve(b, count)) {
        xmalloc(SIZE_MAX); /* as buf_append */
    }
    memset(b->p + b->n, c, count);
    b->n += count;
    b->p[b->n] = '\0';
}

void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    if (n > 0) {
        if (!reserve(b, (size_t)n)) {
            xmalloc(SIZE_MAX);
        }
        vsnprintf(b->p + b->n, (size_t)n + 1, fmt, again);
        b->n += (size_t)n;
    }
    va_end(again);
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    buf_vprintf(b, fmt, ap);
    va_end(ap);
}

void buf_consume(struct buf *b, size_t n)
{
    if (n > b->n) {
        n = b->n;
    }
    if (n == 0) {
        return;
    }
    memmove(b->p, b->p + n, b->n - n + 1);
    b->n -= n;
}

char *buf_steal(struct buf *b)
{
    char *p = b->p ? b->p : xstrdup("");
    *b = (struct buf)BUF_INIT;
    return p;
}

const char *buf_str(const struct buf *b)
{
    return b->p ? b->p : "";
}

void buf_put_url(struct buf *b, const char *s, bool keep_slash)
{
    static const char HEX[] = "0123456789ABCDEF";
    for (const unsigned char *c = (const unsigned char *)s; *c; c++) {
        if ((*c < 0x80 && isalnum(*c)) || strchr("-._~", *c) || (*c == '/' && keep_slash)) {
            buf_putc(b, (char)*c);
        } else {
            char esc[3] = {'%', HEX[*c >> 4], HEX[*c & 15]};
            buf_append(b, esc, sizeof esc);
        }
    }
}

struct str str_of(const char *s)
{
    return (struct str){s, s ? strlen(s) : 0};
}

bool str_eq(struct str a, const char *b)
{
    return a.n == strlen(b) && memcmp(a.p, b, a.n) == 0;
}

const char *str_casestr(const char *hay, const char *needle)
{
    size_t n = strlen(needle);
    for (;; hay++) {
        if (strncasecmp(hay, needle, n) == 0) {
            return hay;
        }
        if (!*hay) {
            return NULL;
        }
    }
}

bool str_starts(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *s, const char *suffix)
{
    size_t n = strlen(s);
    size_t m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

bool str_to_u64(const char *s, unsigned long long max, unsigned long long *out)
{
    if (!s || !isdigit((unsigned char)*s)) {
        return false;
    }
    char *end = NULL;
    errno = 0;
    unsigned long long v = strtoull(s, &end, 10);
    if (errno || *end || v > max) {
        return false;
    }
    *out = v;
    return true;
}
