/* SPDX-License-Identifier: Apache-2.0 */
/* buf.h - growing bytes (struct buf) and views of bytes (struct str).
 *
 * A buf is always NUL-terminated behind its n bytes, so p can be used as a C string once it is
 * not NULL. Appending small, program-sized things cannot fail; buf_append_limited is for bytes
 * from outside.
 *
 * Ownership: struct buf owns p; buf_done frees, buf_steal hands it over. struct str owns nothing.
 */
#ifndef HFTERM_CORE_BASE_BUF_H
#define HFTERM_CORE_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

struct str {
    const char *p;
    size_t n;
};

struct buf {
    char *p;
    size_t n;   /* bytes used */
    size_t cap; /* bytes allocated */
};

#define BUF_INIT {0}

void buf_done(struct buf *b);
void buf_clear(struct buf *b);

void buf_append(struct buf *b, const void *bytes, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_pad(struct buf *b, char c, size_t count);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);

/* Append unless the result would exceed max bytes or memory is gone; then false, unchanged. */
bool buf_append_limited(struct buf *b, const void *bytes, size_t n, size_t max);

/* Drop the first n bytes. */
void buf_consume(struct buf *b, size_t n);

/* The bytes as an owned C string, never NULL; the buf is empty afterwards. */
char *buf_steal(struct buf *b);

/* The contents as a C string, "" when nothing was appended. Borrowed until the next change. */
const char *buf_str(const struct buf *b);

/* Percent-encode s for a URL. keep_slash leaves '/' as it is (paths); else it becomes %2F. */
void buf_put_url(struct buf *b, const char *s, bool keep_slash);

struct str str_of(const char *s);
bool str_eq(struct str a, const char *b);
/* Case-insensitive (ASCII) search; NULL when absent. needle "" matches at the start. */
const char *str_casestr(const char *hay, const char *needle);
bool str_starts(const char *s, const char *prefix);
bool str_ends(const char *s, const char *suffix);

/* Whole string as a decimal number in [0, max]; false on anything else. */
bool str_to_u64(const char *s, unsigned long long max, unsigned long long *out);

#endif
