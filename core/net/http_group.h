/* SPDX-License-Identifier: Apache-2.0 */
/* http_group.h - one wait for many streams, so that twenty of them cost their reader one thread.
 *
 * Streams begun with http_stream_start(..., group, ...) tell the group when their head is there,
 * bytes came in or they ended. The reader asks every stream what it has (http_stream_head,
 * http_stream_read_now: a lock each), and waits on the group when all have said HTTP_HEAD_PENDING or
 * HTTP_NOTHING_YET, not before: a stream tells once, and its last bytes may come with its end.
 *
 * Units: milliseconds, bytes. Threads: one thread waits; telling and waking from any thread.
 */
#ifndef HFTERM_CORE_NET_HTTP_GROUP_H
#define HFTERM_CORE_NET_HTTP_GROUP_H

#include <stdbool.h>
#include <stdint.h>

struct http_group;
struct task;

/* A stream that holds so much is worth reading at once. */
enum { HTTP_GROUP_PIECE = 64 * 1024 };

enum http_group_until {
    HTTP_GROUP_ANY,    /* anything new */
    HTTP_GROUP_URGENT, /* HTTP_GROUP_PIECE of one stream, a head, an end, http_group_wake */
};

struct http_group *http_group_new(void); /* owned: http_group_free */
/* After its streams were closed. NULL is fine. */
void http_group_free(struct http_group *g);

/* Sleep until that has happened since the last wait returned, t (may be NULL) is cancelled, or max_ms
 * are over (-1: no limit). Whatever woke it, look at every stream afterwards. */
void http_group_wait(struct http_group *g, enum http_group_until until, int64_t max_ms,
                     struct task *t);

/* End the wait under way, or the next one. */
void http_group_wake(struct http_group *g);

/* A stream of the group has something new; for core/net. */
void http_group_tell(struct http_group *g, bool is_urgent);

#endif
