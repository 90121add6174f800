/* SPDX-License-Identifier: Apache-2.0 */
/* mem.h - allocation that cannot fail for small things, and growth with overflow checks.
 *
 * The x family prints one line and aborts when memory is gone: use it for what the program
 * itself sizes. Anything sized by remote data or a model uses mem_grow or try_alloc and
 * reports an error instead.
 */
#ifndef HFTERM_CORE_BASE_MEM_H
#define HFTERM_CORE_BASE_MEM_H

#include <stdbool.h>
#include <stddef.h>

void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull, nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull, nonnull));
char *xasprintf(const char *fmt, ...)
    __attribute__((format(printf, 1, 2), malloc, returns_nonnull, nonnull(1)));

/* xstrdup that keeps NULL. */
char *xstrdup_opt(const char *s);

/* Make room for `need` elements of `size` bytes in a growing array (doubling). False when the
 * byte count overflows or memory is gone; the array is then unchanged. */
bool mem_grow(void **array, size_t *cap, size_t need, size_t size);

/* n * size, NULL on overflow or when memory is gone. Zeroed. Owned: free. */
void *try_alloc(size_t n, size_t size);

#endif
