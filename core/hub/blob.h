/* SPDX-License-Identifier: Apache-2.0 */
/* blob.h - the body of a resolve answer: taking the wanted part out of it, and checking what came.
 * Private to core/hub. */
#ifndef HFTERM_CORE_HUB_BLOB_H
#define HFTERM_CORE_HUB_BLOB_H

#include "core/hub/internal.h"
#include "core/hub/resolve.h"

struct blob_want {
    const char *path; /* for messages */
    uint64_t offset;
    uint64_t len; /* 0: the whole file, no Range was sent */
};

/* Moves commit and etag out of f. */
void blob_take_facts(struct hub_blob *b, struct hub_facts *f);

enum blob_taken {
    BLOB_TAKEN,
    BLOB_FAILED,  /* e is set */
    BLOB_REFUSED, /* no answer with a body of the file: the status says why */
};

/* 200, 206 and 416 behind the end; everything else is refused. b has the facts of o. */
enum blob_taken blob_take_body(const struct blob_want *want, const struct hub_opened *o,
                               struct hub_blob *b, struct err *e);

/* Is this the file from its first to its last byte? */
bool blob_is_whole(const struct hub_blob *b);

/* Refuses pointers of large files and bytes that do not have the checksum of their etag. */
bool blob_check(const struct hub_blob *b, struct err *e);

#endif
