/* SPDX-License-Identifier: Apache-2.0 */
/* arena.h - memory that is released all at once: parse results, a page of a listing.
 *
 * Ownership: everything handed out lives until arena_done. Alignment is that of max_align_t.
 * Small requests abort when memory is gone (as xmalloc).
 */
#ifndef HFTERM_CORE_BASE_ARENA_H
#define HFTERM_CORE_BASE_ARENA_H

#include <stddef.h>

struct arena_block;

struct arena {
    struct arena_block *head;
    size_t total; /* bytes handed out */
};

#define ARENA_INIT {0}

void arena_done(struct arena *a);
/* Zeroed. */
void *arena_alloc(struct arena *a, size_t n, size_t size) __attribute__((returns_nonnull));
char *arena_strdup(struct arena *a, const char *s) __attribute__((returns_nonnull));
char *arena_strndup(struct arena *a, const char *s, size_t n) __attribute__((returns_nonnull));

#endif
