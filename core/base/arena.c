/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

/* Blocks grow, so that an arena of a few names does not take the room of a long listing. */
enum { FIRST_BLOCK = 1024, LARGEST_BLOCK = 16 * 1024 };

struct arena_block {
    struct arena_block *next;
    size_t used, cap;
    alignas(max_align_t) unsigned char bytes[];
};

void arena_done(struct arena *a)
{
    for (struct arena_block *b = a->head; b;) {
        struct arena_block *next = b->next;
        free(b);
        b = next;
    }
    *a = (struct arena)ARENA_INIT;
}

void *arena_alloc(struct arena *a, size_t n, size_t size)
{
    size_t align = alignof(max_align_t);
    if (size && n > (SIZE_MAX - sizeof(struct arena_block) - align) / size) {
        xmalloc(SIZE_MAX); /* prints and aborts */
    }
    size_t want = (n * size + align - 1) / align * align;
    struct arena_block *b = a->head;
    if (!b || b->cap - b->used < want) {
        size_t cap = a->total < FIRST_BLOCK ? FIRST_BLOCK : a->total;
        cap = cap > LARGEST_BLOCK ? LARGEST_BLOCK : cap;
        cap = want > cap ? want : cap;
        b = xcalloc(1, sizeof *b + cap);
        b->cap = cap;
        b->next = a->head;
        a->head = b;
    }
    void *p = b->bytes + b->used;
    b->used += want;
    a->total += want;
    return p;
}

char *arena_strdup(struct arena *a, const char *s)
{
    return arena_strndup(a, s, strlen(s));
}

char *arena_strndup(struct arena *a, const char *s, size_t n)
{
    char *p = arena_alloc(a, n + 1, 1);
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}
