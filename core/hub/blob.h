/* SPDX-License-Identifier: Apache-2.0 */
/* blob.h - the body of a resolve answer: taking the wanted part out of it, and checking what came.
 * Private to core/hub. */
#ifndef HFTERM_CORE_HUB_BLOB_H
#define HFTERM_CORE_HUB_BLOB_H

#include "core/hub/internal.h"

struct http_response;
struct http_stream;

struct blob_want {
    const char *path; /* for messages */
    uint64_t offset;
    uint64_t len; /* 0: the whole file, no Range was sent */
};

/* What the Hub says about the file, from the answer of the endpoint itself. The etag and length of
 * a redirect are its own and no news of the file. */
void blob_read_facts(struct hub_blob *b, const char *headers, bool is_redirect);

/* Append at most max bytes of the stream (out NULL: drop them); *at_end when it ended before. */
bool blob_drain(struct http_stream *s, struct buf *out, uint64_t max, bool *at_end, struct err *e);

enum blob_taken {
    BLOB_TAKEN,
    BLOB_FAILED,  /* e is set */
    BLOB_REFUSED, /* no answer with a body of the file: the status says why */
};

/* 200, 206 and 416 behind the end; everything else is refused. */
enum blob_taken blob_take_body(const struct blob_want *want, struct http_stream *s,
                               const struct http_response *head, struct hub_blob *b, struct err *e);

/* Is this the file from its first to its last byte? */
bool blob_is_whole(const struct hub_blob *b);
/* n lower-case hex digits and nothing else. */
bool blob_is_hex(const char *s, size_t n);

/* Refuses pointers of large files and bytes that do not have the checksum of their etag. */
bool blob_check(const struct hub_blob *b, struct err *e);

#endif
