/* SPDX-License-Identifier: Apache-2.0 */
/* follow_internal.h - what the files of following share; private to core/hub. */
#ifndef HFTERM_CORE_HUB_FOLLOW_INTERNAL_H
#define HFTERM_CORE_HUB_FOLLOW_INTERNAL_H

#include "core/hub/follow.h"
#include "core/net/http.h"

struct sse;
struct sse_event;

/* ---- what of a replay is new (follow_resume.c); pure ---- */

enum { FOLLOW_KNOWN = 256, FOLLOW_ID_MAX = 128 };

/* Hashes of the last events, newest at (n - 1) % FOLLOW_KNOWN. */
struct follow_ring {
    uint64_t hash[FOLLOW_KNOWN];
    uint64_t n; /* ever put in */
};

enum follow_mode {
    FOLLOW_PASS,  /* everything is new */
    FOLLOW_COUNT, /* pass over as many as were seen */
    FOLLOW_MATCH, /* pass over up to the last event seen, or by time */
};

struct follow_resume {
    enum hub_follow_kind kind;
    bool has_tail; /* a LOG of which only the last events are wanted */
    struct follow_ring seen;     /* handed on */
    struct follow_ring replayed; /* of this connection, while it is passed over */
    enum follow_mode mode;
    bool knows_place;    /* place counts from the log's first event */
    uint64_t place;      /* events of the log up to the last seen */
    uint64_t first_hash; /* of the log's first event, with knows_place; IDS: of the first seen */
    int64_t last_us;     /* the latest time seen, 0: none was told */
    bool is_repeat;      /* IDS: this connection begins with what was seen first */
    uint64_t arrived;    /* events of this connection */
    char last_id[FOLLOW_ID_MAX];
};

/* Whether the next connection is to ask for a tail: nothing has been seen yet. */
bool follow_resume_asks_tail(const struct follow_resume *r);
/* A connection begins. */
void follow_resume_connect(struct follow_resume *r);
/* True when the event is to be handed on. time_us: of a LOG, 0 when not told. */
bool follow_resume_take(struct follow_resume *r, const struct sse_event *event, int64_t time_us);
/* The server has been silent for a while: a replay without times is over. */
void follow_resume_drained(struct follow_resume *r);

/* "2026-01-02T03:04:05.123Z" to Unix microseconds, 0 for anything else. */
int64_t follow_time_us(const char *iso);

/* ---- batches (follow_batch.c) ---- */

enum {
    FOLLOW_BATCH_BYTES = 64 * 1024,
    FOLLOW_BATCH_MS = 33,
    /* One event: a line of a log is cut there, a state that is longer is none. Each of many sources may hold one. */
    FOLLOW_LINE_MAX = 1024 * 1024,
    FOLLOW_STATE_MAX = 128 * 1024,
};

struct follow_out {
    char piece[FOLLOW_BATCH_BYTES]; /* what is read at once */
    struct hub_follow_batch *batch; /* NULL: nothing is waiting */
    size_t bytes;
    int64_t emitted_ms; /* when the last one went */
    hub_follow_emit *emit;
    void *ctx;
};
void follow_out_event(struct follow_out *out, const struct hub_follow_event *event);
/* NULL err: ERR_NONE. */
void follow_out_news(struct follow_out *out, uint64_t source, enum hub_follow_news news,
                     int64_t wait_ms, const struct err *err);
void follow_out_flush(struct follow_out *out);

/* ---- one source (follow_source.c) ---- */

enum follow_state {
    FOLLOW_DUE,     /* connects at due_ms */
    FOLLOW_OPENING, /* the head is under way */
    FOLLOW_READING,
    FOLLOW_REFUSED, /* the body says why */
    FOLLOW_OVER,
};

struct follow_source {
    struct follow_source *next;
    uint64_t id;
    struct hub *hub; /* borrowed */
    struct hub_follow_options options;
    char *path, *what, *url;
    uint64_t tail;
    enum follow_state state;
    struct follow_resume resume;
    int64_t due_ms, live_ms, heard_ms; /* live_ms 0: not yet */
    int failures;     /* in a row */
    bool has_news;    /* this connection brought some */
    struct http_request req;
    struct http_header headers[2]; /* of req, as long as it is under way */
    char last_id[FOLLOW_ID_MAX];
    struct http_stream *stream;
    struct http_response head;
    struct buf body; /* of a refusal */
    struct sse *sse;
};

struct follow_source *follow_source_new(struct hub *hub, const struct hub_follow_options *options,
                                        const struct hub_follow_source *source, uint64_t id);
/* Closes its connection. */
void follow_source_free(struct follow_source *s);

/* Close the connection; the next step begins another. */
void follow_source_pause(struct follow_source *s);

struct http_group;
/* Do what can be done without waiting, one piece of reading at most. True: there is more to do. */
bool follow_source_step(struct follow_source *s, struct http_group *group, struct follow_out *out);
/* When it needs a step although no stream has news (clock_mono_ms), INT64_MAX: not by itself. */
int64_t follow_source_due_ms(const struct follow_source *s);

#endif
