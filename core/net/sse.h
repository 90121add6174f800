/* SPDX-License-Identifier: Apache-2.0 */
/* sse.h - incremental parser of Server-Sent Events (WHATWG HTML, section 9.2).
 *
 * Feed bytes in any split; get whole events out. Knows nothing of HTTP or curl.
 *
 * Units:     lengths in bytes; retry in milliseconds.
 * Ownership: the parser owns its buffers; event fields are borrowed until the next call.
 * Errors:    an event above max_event_bytes is dropped whole and counted in sse_dropped, or cut there
 *            and marked after sse_keep_cut.
 * Threads:   one parser per thread, no locking.
 */
#ifndef HFTERM_CORE_NET_SSE_H
#define HFTERM_CORE_NET_SSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sse;

struct sse_event {
    const char *name; /* "message" when the stream names none */
    const char *data; /* NUL-terminated; may hold NUL bytes before data_len */
    size_t data_len;
    const char *id; /* the last id seen, "" when none */
    bool is_cut;    /* data is but the beginning of a longer event */
};

struct sse *sse_new(size_t max_event_bytes); /* owned: sse_free */
void sse_free(struct sse *s);                /* NULL is fine */

/* From now on hand out the beginning of an event that is too long instead of dropping it. */
void sse_keep_cut(struct sse *s);

/* Append len bytes. Does not block and cannot fail. */
void sse_feed(struct sse *s, const void *bytes, size_t len);

/* Take the next complete event; false when none is complete yet. */
bool sse_next(struct sse *s, struct sse_event *out);

/* The server's wish for the reconnect delay, -1 when it named none. */
int64_t sse_retry_ms(const struct sse *s);
uint64_t sse_dropped(const struct sse *s);

#endif
