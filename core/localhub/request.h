/* SPDX-License-Identifier: Apache-2.0 */
/* request.h - one HTTP request, taken apart; and the answer to it, before it is sent.
 *
 * The target is split at "/" before it is percent-decoded, so that "refs%2Fpr%2F3" stays one
 * segment. Ownership: a request owns its arena, in which all its strings live; a reply owns its
 * body and headers. Threads: one request, one thread.
 */
#ifndef HFTERM_CORE_LOCALHUB_REQUEST_H
#define HFTERM_CORE_LOCALHUB_REQUEST_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

struct lh_stream;

enum lh_method { LH_GET = 1, LH_HEAD = 2, LH_POST = 4, LH_PUT = 8, LH_PATCH = 16, LH_DELETE = 32 };

struct lh_pair {
    const char *key, *value;
};

struct lh_request {
    struct arena arena;
    enum lh_method method; /* 0: none we know */
    const char *target;    /* as it came, path and query */
    const char **segments; /* decoded; none is empty, except after a doubled slash */
    size_t n_segments;
    struct lh_pair *query; /* decoded */
    size_t n_query;
    const char *authorization, *range, *if_range, *if_none_match, *content_type, *host; /* NULL */
    const char *user_agent, *last_event_id;                                             /* NULL */
    struct buf body;
    bool is_too_large; /* the body went over the limit and was dropped */
};

enum { LH_SEGMENTS_MAX = 64, LH_QUERY_MAX = 512, LH_BODY_MAX = 2 << 20 };

/* False for a target that no client sends: control bytes, a NUL, a broken escape, too many parts.
 */
bool lh_request_parse(struct lh_request *r, const char *target);
void lh_request_done(struct lh_request *r);

/* First value of a key, NULL when absent. "key[]" counts as key. */
const char *lh_request_query(const struct lh_request *r, const char *key);
bool lh_request_flag(const struct lh_request *r, const char *key); /* true, True or 1 */
/* [low, high], or otherwise when absent; false for a value that is no number or out of range. */
bool lh_request_number(const struct lh_request *r, const char *key, uint64_t low, uint64_t high,
                       uint64_t otherwise, uint64_t *out);

/* The value at index of a repeated key; NULL past the last one. */
const char *lh_request_nth(const struct lh_request *r, const char *key, size_t index);

/* "a=b&c=d" into pairs; for a form's body. False above LH_QUERY_MAX or for a broken escape. */
bool lh_parse_pairs(struct arena *arena, const char *text, size_t n, size_t max,
                    struct lh_pair **pairs, size_t *n_pairs);

/* ---- the answer ---- */

struct lh_reply {
    unsigned status;
    struct buf body;
    const char *type; /* static; NULL: none */
    int fd;           /* a file's bytes instead of the body; -1 */
    uint64_t offset, length;
    struct lh_stream *stream; /* owned: server-sent events instead of the body; NULL */
    struct lh_header {
        char *name, *value;
    } * headers;
    size_t n_headers, cap_headers;
    bool is_json_list; /* an array: what the fault "huge" may pad */
};

void lh_reply_init(struct lh_reply *reply);
void lh_reply_done(struct lh_reply *reply);
/* What was there is dropped, the request id kept. */
void lh_reply_clear(struct lh_reply *reply);

/* Bytes that a header cannot carry become "?". Replaces a header of that name. */
void lh_reply_header(struct lh_reply *reply, const char *name, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
const char *lh_reply_get(const struct lh_reply *reply, const char *name);

/* Takes the stream; 200. */
void lh_reply_stream(struct lh_reply *reply, struct lh_stream *stream);

/* Takes json. */
void lh_reply_json(struct lh_reply *reply, unsigned status, cJSON *json);
/* A JSON list written element by element, so that a long one never stands in memory as a tree as
 * well: begin, add for each (takes json), end. */
void lh_reply_list_begin(struct lh_reply *reply);
void lh_reply_list_add(struct lh_reply *reply, cJSON *json);
void lh_reply_list_end(struct lh_reply *reply);
void lh_reply_text(struct lh_reply *reply, unsigned status, const char *text);

/* An error as the Hub words it: X-Error-Code (NULL: none), X-Error-Message and {"error": message}.
 */
void lh_reply_error(struct lh_reply *reply, unsigned status, const char *code, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

#endif
