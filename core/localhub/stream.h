/* SPDX-License-Identifier: Apache-2.0 */
/* stream.h - server-sent events for one follower: text that is asked for when the connection can
 * take some, and not before, so that a follower who does not read costs nothing.
 *
 * Whoever makes a stream embeds struct lh_stream first. The handler that makes it runs on a worker;
 * fill and wait_ms are called on the loop's thread, free on either.
 */
#ifndef HFTERM_CORE_LOCALHUB_STREAM_H
#define HFTERM_CORE_LOCALHUB_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/buf.h"

enum { LH_STREAM_FILL_MAX = 64 * 1024, LH_KEEP_ALIVE_MS = 30 * 1000 };

struct lh_stream {
    /* Appends what is new, about LH_STREAM_FILL_MAX bytes at most; nothing when nothing is. */
    void (*fill)(struct lh_stream *s, struct buf *out);
    /* Milliseconds until time alone makes something new; -1: it never does. NULL: never. */
    int64_t (*wait_ms)(const struct lh_stream *s);
    void (*free)(struct lh_stream *s);
    bool follows_requests; /* woken by every request that is told */
};

/* "event: NAME\ndata: TEXT\n\n"; text must be one line. id 0: none. */
void lh_put_event(struct buf *out, const char *name, uint64_t id, const char *text);

#endif
