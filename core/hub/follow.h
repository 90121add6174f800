/* SPDX-License-Identifier: Apache-2.0 */
/* follow.h - event streams of the Hub, followed: reconnected when they break, nothing lost, nothing
 * twice. One task thread reads all of them (and the thread of core/net's long streams).
 *
 * The ui thread makes one set of followers, adds and removes sources whenever it likes, and starts
 * one LANE_LONG job that calls hub_followers_run. What comes in is handed to a callback in batches,
 * each at most 64 KiB (but a single longer event comes whole) or 33 ms old. A source that has more is
 * read on at once; only when all are empty the thread sleeps.
 *
 * Units: milliseconds unless a name says otherwise. Threads: see each function. The hub must outlive
 * the run. Protocol: docs/hub-protocol.md, "Following".
 */
#ifndef HFTERM_CORE_HUB_FOLLOW_H
#define HFTERM_CORE_HUB_FOLLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/err.h"

struct hub;
struct hub_followers;
struct task;

enum hub_follow_kind {
    /* A log (/api/spaces/ID/logs/run): JSON events with data and timestamp, replayed from the start
     * by every connection. What was seen is passed over: by count, after a tail or when the log begins
     * otherwise than before up to the last event seen, else by time. Equal lines are kept. At most 5
     * attempts in a row that bring nothing new, then it has ended. */
    HUB_FOLLOW_LOG,
    /* A state (/api/spaces/ID/events): a connection begins with the present state, so every event is
     * handed on. Reconnected for as long as it is followed. */
    HUB_FOLLOW_STATE,
    /* Events with ids (/api/hfterm/requests): resumed by Last-Event-ID, ids seen are dropped.
     * Reconnected for as long as it is followed. */
    HUB_FOLLOW_IDS,
};

struct hub_follow_source {
    enum hub_follow_kind kind;
    const char *path; /* below the endpoint, percent-encoded: "/api/spaces/a/b/events" */
    uint64_t tail;    /* LOG: only so many of the lines there are, 0: all of them */
    bool from_start;  /* IDS: begin with what the server still has, not with what comes next */
    const char *what; /* for messages: "the run log of a/b"; NULL: the path */
};

enum hub_follow_news {
    HUB_FOLLOW_EVENT,
    HUB_FOLLOW_LIVE,  /* the server answers: what follows is of a new connection */
    HUB_FOLLOW_WAITS, /* the connection is gone, err (ERR_NONE: closed) says why; again in wait_ms */
    HUB_FOLLOW_ENDED, /* nothing more will come. err: ERR_NONE, the log is at its end; ERR_NOT_FOUND or
                         ERR_UNSUPPORTED (404, 501, no event stream): ask in another way; or what the
                         Hub says, in words */
};

struct hub_follow_event {
    uint64_t source; /* the id hub_followers_add gave */
    enum hub_follow_news news;
    /* EVENT. As the server sent them: sanitise before drawing. */
    const char *name; /* "message" when it has none */
    const char *data; /* NUL-terminated; LOG: the member "data" of the JSON, its newline kept */
    size_t len;
    int64_t time_us; /* LOG: the timestamp, Unix microseconds; 0: not told */
    bool is_cut;     /* longer than 1 MiB (not of a LOG: 128 KiB): this is the beginning, for a LOG as raw JSON */
    /* WAITS and ENDED */
    int64_t wait_ms;
    struct err *err;
};

/* Plain data for the receiver; owned: hub_follow_batch_free. */
struct hub_follow_batch {
    struct hub_follow_event *events;
    size_t n;
    struct arena arena; /* holds what the events point to */
    size_t cap;
};
void hub_follow_batch_free(void *batch); /* a struct hub_follow_batch *; NULL is fine */

struct hub_follow_options {
    int64_t idle_ms;  /* a connection without a byte for so long is given up; 0: 120 s */
    int64_t retry_ms; /* the first wait of 1, 2, 4, 8, 10 such; 0: 1 s */
};

/* Owned: hub_followers_unref. options: NULL for the defaults. */
struct hub_followers *hub_followers_new(struct hub *hub, const struct hub_follow_options *options);
/* One more owner: the job that runs it. */
struct hub_followers *hub_followers_ref(struct hub_followers *f);
void hub_followers_unref(void *f); /* a struct hub_followers *; NULL is fine */

/* Any thread, at any time, without blocking. Copies what source points to. The id is never 0 and
 * never used again; a source that is bad from the start says so by HUB_FOLLOW_ENDED. */
uint64_t hub_followers_add(struct hub_followers *f, const struct hub_follow_source *source);
/* Nothing of it is read any more; batches that are under way may still name it. Unknown ids are fine. */
void hub_followers_remove(struct hub_followers *f, uint64_t id);

/* Takes the batch. It may block while the receiver is behind: the streams then wait too. */
typedef void hub_follow_emit(void *ctx, struct hub_follow_batch *batch);

/* Follow until t is cancelled: one thread, which sleeps while nothing comes. Ends within 50 ms of a
 * cancel, with every connection closed; sources stay in the set, and a later run begins them again
 * where they were. t may not be NULL. */
void hub_followers_run(struct hub_followers *f, struct task *t, hub_follow_emit *emit, void *ctx);

#endif
