/* SPDX-License-Identifier: Apache-2.0 */
/* tail.h - the last bytes of a stream that may come faster than it is read.
 *
 * Holds at most `max` bytes; what comes above that pushes out the oldest, which are counted.
 *
 * Ownership: struct tail owns its bytes; tail_done frees them.
 * Threads:   no lock of its own.
 */
#ifndef HFTERM_CORE_TASK_TAIL_H
#define HFTERM_CORE_TASK_TAIL_H

#include <stddef.h>
#include <stdint.h>

struct tail {
    char *ring;       /* grows up to max */
    size_t cap;
    size_t start;     /* of the oldest byte in ring */
    size_t n;         /* bytes held */
    size_t max;       /* > 0 */
    uint64_t dropped; /* bytes pushed out since the last tail_take */
};

void tail_init(struct tail *t, size_t max);
void tail_done(struct tail *t);

void tail_append(struct tail *t, const void *bytes, size_t n);

/* Moves up to size of the oldest bytes to out and returns how many. *dropped: how many bytes were
 * lost just before them. */
size_t tail_take(struct tail *t, void *out, size_t size, uint64_t *dropped);

#endif
