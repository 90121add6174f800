/* SPDX-License-Identifier: Apache-2.0 */
#include "core/task/tail.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

enum { CAP_FIRST = 4096 };

void tail_init(struct tail *t, size_t max)
{
    *t = (struct tail){.max = max};
}

void tail_done(struct tail *t)
{
    free(t->ring);
    *t = (struct tail){.max = t->max};
}

static size_t min(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Copy n of the oldest bytes; they stay. */
static void copy_out(const struct tail *t, char *out, size_t n)
{
    const size_t first = min(n, t->cap - t->start);
    if (n > 0) {
        memcpy(out, t->ring + t->start, first);
        memcpy(out + first, t->ring, n - first);
    }
}

static void grow(struct tail *t, size_t need)
{
    size_t cap = t->cap ? t->cap : CAP_FIRST;
    while (cap < need) {
        cap *= 2;
    }
    cap = min(cap, t->max);
    if (cap > t->cap) {
        char *ring = xmalloc(cap);
        copy_out(t, ring, t->n);
        free(t->ring);
        t->ring = ring;
        t->cap = cap;
        t->start = 0;
    }
}

static void drop(struct tail *t, size_t n)
{
    if (n > 0) {
        t->start = (t->start + n) % t->cap;
        t->n -= n;
    }
}

void tail_append(struct tail *t, const void *bytes, size_t n)
{
    const char *p = bytes;
    const size_t skip = n > t->max ? n - t->max : 0; /* would push out itself */
    p += skip;
    n -= skip;
    if (n == 0) {
        return;
    }
    grow(t, min(t->n + n, t->max));
    const size_t over = t->n + n > t->max ? t->n + n - t->max : 0;
    drop(t, over);
    t->dropped += skip + over;
    const size_t end = (t->start + t->n) % t->cap;
    const size_t first = min(n, t->cap - end);
    memcpy(t->ring + end, p, first);
    memcpy(t->ring, p + first, n - first);
    t->n += n;
}

size_t tail_take(struct tail *t, void *out, size_t size, uint64_t *dropped)
{
    const size_t n = min(size, t->n);
    copy_out(t, out, n);
    drop(t, n);
    *dropped = t->dropped;
    t->dropped = 0;
    return n;
}
