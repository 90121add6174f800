/* SPDX-License-Identifier: Apache-2.0 */
/* source.h - bytes that come from elsewhere, such as ranges of a file on the Hub, and a window over
 * them for readers that go forward in small steps.
 *
 * Ownership: name and ctx are the caller's and outlive every reader that was given the source.
 * Threads:   read is called from the thread that reads; a window is for one thread.
 */
#ifndef HFTERM_CORE_FORMAT_SOURCE_H
#define HFTERM_CORE_FORMAT_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;

struct format_source {
    const char *name; /* for messages */
    uint64_t size;    /* of the whole file, bytes */
    /* All n bytes from offset (within size), or an error. */
    bool (*read)(void *ctx, uint64_t offset, void *dst, size_t n, struct err *e);
    void *ctx;
};

/* A source over bytes in memory: ctx is a const struct str *. */
bool format_read_memory(void *ctx, uint64_t offset, void *dst, size_t n, struct err *e);

/* The bytes around the place where one reads. Every miss fetches the next stretch, twice as long as
 * the one before, up to most: a header of 8 kB costs one small read, one of 12 MB a few large ones.
 */
struct format_window {
    const struct format_source *source;
    unsigned char *bytes; /* owned */
    uint64_t start;       /* of bytes in the file */
    size_t n, cap;
    size_t step, most; /* bytes of the next read; of the largest */
};

void format_window_init(struct format_window *w, const struct format_source *source, size_t step,
                        size_t most);
void format_window_done(struct format_window *w);
/* n bytes from offset. ERR_DAMAGED beyond the end of the file; else what read said. */
bool format_window_take(struct format_window *w, uint64_t offset, void *dst, size_t n,
                        struct err *e);

#endif
