/* SPDX-License-Identifier: Apache-2.0 */
/* fetch.h - one connection of a download: asking for the rest, judging the answer, taking its body.
 * Private to core/transfer. */
#ifndef HFTERM_CORE_TRANSFER_FETCH_H
#define HFTERM_CORE_TRANSFER_FETCH_H

#include "core/transfer/download.h"
#include "core/transfer/part.h"
#include "core/transfer/sums.h"

enum { FETCH_CHUNK = 256 * 1024 };

/* A download on its way. */
struct fetch {
    struct hub *hub;
    const struct download_spec *spec;
    struct task *task;
    struct download_result *out;
    struct part part;
    struct sums sums; /* of the bytes in the part */
    char *chunk;      /* FETCH_CHUNK bytes to work with */
    char *url;        /* of the note */
    char *etag;       /* of what the part is a part of; NULL: not known */
    uint64_t best;    /* the furthest that any attempt came */
    int attempt;      /* since the last byte that was new */
};

enum fetch_outcome {
    FETCH_DONE,   /* every byte is in the part */
    FETCH_BROKEN, /* e says why; trying again may help */
    FETCH_AGAIN,  /* at once, from the beginning */
    FETCH_FAILED, /* e is set */
};
enum fetch_outcome fetch_once(struct fetch *f, struct err *e);

/* Start over: no byte is there, nothing is known of the file. */
bool fetch_rewind(struct fetch *f, struct err *e);
/* Bytes in place to the task, and the whole size when it is known. */
void fetch_tell(const struct fetch *f, uint64_t done);

#endif
