/* SPDX-License-Identifier: Apache-2.0 */
/* journal.h - what was asked of a running hub: a line each on stderr, and a stream of them for
 * followers on the same machine (GET /api/hfterm/requests, docs/localhub.md).
 *
 * Tokens and signatures are masked and controls made visible before anything is kept. The last
 * LH_JOURNAL_MAX requests are kept; a follower who reads too slowly is told how many it lost.
 *
 * Ownership: lh_journal_free. Threads: lh_journal_follow from any; the rest, the streams' own
 * functions included, on the loop's thread.
 */
#ifndef HFTERM_CORE_LOCALHUB_JOURNAL_H
#define HFTERM_CORE_LOCALHUB_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

struct lh_journal;
struct lh_stream;

enum { LH_JOURNAL_MAX = 500 };

struct lh_told {
    const char *method;
    const char *target; /* as it came; NULL when it could not be read */
    const char *agent;  /* User-Agent as it came; NULL */
    unsigned status;
    int64_t ms;     /* from the request line to the answer, sending not counted */
    uint64_t bytes; /* of the answer's body; 0 for a stream */
};

/* prints: a line a request on stderr as well. */
struct lh_journal *lh_journal_new(bool prints);
void lh_journal_free(struct lh_journal *j);

/* False: a request for the journal itself, which is not told. */
bool lh_journal_add(struct lh_journal *j, const struct lh_told *told);

/* last_event_id: the header, "0" for all that is kept; NULL or no number: only what comes from now
 * on. Owned: the stream's free. */
struct lh_stream *lh_journal_follow(struct lh_journal *j, const char *last_event_id);

#endif
