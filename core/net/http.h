/* SPDX-License-Identifier: Apache-2.0 */
/* http.h - HTTP over a network thread (libcurl multi): keep-alive, HTTP/2, compression,
 * proxies from the environment, retries, rate limits, and a token that stays at home.
 *
 * Callers on pool threads block in http_perform or http_stream_read; the transfer itself runs on
 * the net thread. Cancelling the task returns the call within milliseconds with ERR_CANCELLED.
 * Streams that stay open (is_long) run on a second thread with connections of their own, so that no
 * number of them makes a question wait. One thread can read many of them: http_group.h.
 *
 * libcurl is loaded, and each thread started, by the first request that needs it. Without libcurl a
 * request fails with ERR_UNSUPPORTED and a remedy.
 *
 * The token is sent only to the origin (scheme, host, port) named with it: not to another URL and
 * not after a redirect elsewhere. Tested by tests/unit/test_http.c.
 *
 * Units: milliseconds, bytes. Threads: all functions from any thread except new/free.
 */
#ifndef HFTERM_CORE_NET_HTTP_H
#define HFTERM_CORE_NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"

struct http;
struct http_group;
struct http_stream;
struct secret;
struct task;

struct http_options {
    bool is_offline;        /* every request fails at once with ERR_OFFLINE, no socket is made */
    const char *ca_bundle;  /* NULL: libcurl's default and the usual variables (SSL_CERT_FILE,
                               REQUESTS_CA_BUNDLE, CURL_CA_BUNDLE). SSL_CERT_DIR counts beside them */
    int64_t connect_ms;     /* 0: 10 s */
    int64_t retry_ms;       /* the wait before the first retry, doubled up to three times; 0: 1 s */
    int64_t wait_ms;        /* the most a request waits for a connection, 0: 60 s. There are 6 to a
                               host for questions, and 256 in all for long streams */
};

/* Makes no socket and no thread, and so cannot fail. Owned: http_free. */
struct http *http_new(const struct http_options *options, struct err *e);
/* Cancels what runs and joins the threads. Streams have to be closed before. */
void http_free(struct http *h);
bool http_is_offline(const struct http *h);

struct http_header {
    const char *name, *value;
};

struct http_request {
    const char *method; /* NULL: GET */
    const char *url;    /* http or https, percent-encoded */
    const struct http_header *headers;
    size_t n_headers;
    const void *body; /* NULL: none. Borrowed until the call returns */
    size_t body_len;
    const struct secret *token; /* NULL: none */
    const char *token_origin;   /* "https://huggingface.co": where the token may go */
    const char *base;           /* "https://host/hub": a server that is reached under a path (a proxy in
                                   between) does not know it; redirects that lost it get it back. NULL: none */
    bool no_redirects;          /* hand 3xx back (the resolve HEAD) */
    bool same_origin_redirects; /* follow only within the origin, hand others back */
    bool want_identity;         /* Accept-Encoding: identity */
    bool is_sent_once;          /* on a connection of its own: a kept one that turns out to be closed
                                   is tried again by libcurl, unasked */
    bool is_silent;             /* the task gets no progress: the caller tells its own */
    bool is_long;               /* a stream that stays open: its connection is none of those of
                                   questions. http_perform takes no notice */
    size_t max_body;            /* 0: 32 MiB, for a stream no limit; above it ERR_LIMIT */
    int64_t stall_ms;           /* give up when no byte came for so long; 0: 30 s */
    int64_t head_ms, total_ms;  /* from the call to the head of the answer, and to its end, attempts and
                                   the waits between them included; 0: no limit. What a stream's reader
                                   takes its time for does not count */
    int max_retries;            /* on 408 429 5xx and broken connections; only sane for calls that
                                   may be repeated. Waits 1, 2, 4, 8, 8 s or what the server says */
    int64_t max_wait_s; /* an answer that asks for a longer wait is handed back at once; 0: 600 */
};

struct http_response {
    long status;
    struct buf body;
    char *headers;  /* owned, "name: value\n" lines of the last answer, names in lower case */
    char *url;      /* owned, the URL that answered */
    int64_t took_ms;
};

void http_response_done(struct http_response *r);

/* First value of a header (name in lower case), NULL when absent. Owned: free. */
char *http_response_header(const struct http_response *r, const char *name);

/* One request, whole answer. True for every complete HTTP answer, 4xx and 5xx included: status says.
 * False: ERR_NETWORK (in words: DNS, refused, TLS and CA, time-out, cut), ERR_CANCELLED, ERR_OFFLINE,
 * ERR_LIMIT, ERR_USAGE for a bad URL. out is to be done with http_response_done in both cases; after a
 * failure it has the head of the answer when that was there, and no body.
 * t may be NULL; it gets body bytes as progress. */
bool http_perform(struct http *h, const struct http_request *req, struct task *t,
                  struct http_response *out, struct err *e);

/* A body read while it arrives. Waits for the answer's headers: head gets status, headers and url.
 * At most 256 KiB are buffered; then the transfer is paused until they are read. */
struct http_stream *http_open(struct http *h, const struct http_request *req, struct task *t,
                              struct http_response *head, struct err *e);
/* Bytes read (at most n), 0 at the end, -1 with e set. */
int64_t http_stream_read(struct http_stream *s, void *bytes, size_t n, struct err *e);
/* Begin a stream without waiting for its head; group (NULL: none) is told whenever there is
 * something to read. req, and what it points to, is borrowed until the head is there or the stream
 * is closed. NULL with e set when the request cannot be sent at all. */
struct http_stream *http_stream_start(struct http *h, const struct http_request *req,
                                      struct http_group *group, struct err *e);
enum http_head_state { HTTP_HEAD_PENDING, HTTP_HEAD_READY, HTTP_HEAD_FAILED };
/* READY: head is the caller's, as of http_open. FAILED: there will be none, e says why. */
enum http_head_state http_stream_head(struct http_stream *s, struct http_response *head,
                                      struct err *e);
/* As http_stream_read, but HTTP_NOTHING_YET where that would wait. Read only after the head. */
enum { HTTP_NOTHING_YET = -2 };
int64_t http_stream_read_now(struct http_stream *s, void *bytes, size_t n, struct err *e);

/* Stops the transfer when it still runs. NULL is fine. */
void http_stream_close(struct http_stream *s);

/* The last requests, newest first, for the request log. Texts are masked and sanitised. */
struct http_log_entry {
    uint64_t id; /* of this attempt */
    int64_t started_unix_s;
    char method[8];
    char path[200];       /* path and query, no host */
    char host[64];
    long status;          /* 0: no answer; err says why */
    enum err_code err;
    int64_t took_ms;      /* -1 while it runs */
    uint64_t bytes;
    int attempt;          /* 1 for the first */
    int tries;            /* how many there may be */
    int64_t retry_ms;     /* until the next attempt begins; -1: none is waited for */
    char why[64];         /* it is repeated for: "HTTP 503"; "" */
};
size_t http_log(struct http *h, struct http_log_entry *out, size_t max);

/* The question (no long stream) that somebody has waited for the longest. False when nobody waits. */
struct http_wait {
    char host[64];
    int64_t waited_ms; /* since it was asked */
    int attempt;       /* that is on its way; with retry_ms, that comes next */
    int tries;
    int64_t retry_ms;  /* until that begins; -1: it is on its way */
    char why[64];      /* the attempt before failed with; "" of the first */
};
bool http_waiting(struct http *h, struct http_wait *out);

/* Whatever is still going on, or is begun, ms from now fails with ERR_NETWORK; 0: no such limit. For a
 * program that does one thing and ends. Any thread. */
void http_end_within(struct http *h, int64_t ms);

/* What an ended request of the log said and was told: owned strings, harmless, lines with newlines. Tokens, cookies
 * and what signs an address are masked; of a body the beginning is kept, of one that is no text its length. */
struct http_log_detail {
    char *url;
    char *sent, *got; /* header lines */
    char *sent_body, *got_body;
    bool has_token; /* it went out with one */
};
/* False while it runs, and when the log has forgotten it. */
bool http_log_get(struct http *h, uint64_t id, struct http_log_detail *out);
void http_log_detail_done(struct http_log_detail *d);

/* The last RateLimit / RateLimit-Policy of a host. remaining -1 = never told. */
struct http_rate {
    int64_t remaining, quota, reset_s;
};
/* host: "huggingface.co", with ":port" where it matters; a whole origin will do too. */
struct http_rate http_rate(struct http *h, const char *host);

/* Bytes per second received over the last second, all transfers together. */
uint64_t http_speed(struct http *h);

/* "https://host:port" of a URL, default ports left out, lower case; false for anything but http(s). */
bool http_origin(const char *url, struct buf *out);

#endif
