/* SPDX-License-Identifier: Apache-2.0 */
/* http_transfer.h - one request on its way, with its redirects and retries; private to core/net.
 *
 * A transfer is made by the caller's thread, handed to the net thread by http_thread_submit and
 * back by is_done. In between the net thread alone touches it, except for what stands under
 * `lock`. The caller frees it, always after is_done.
 */
#ifndef HFTERM_CORE_NET_HTTP_TRANSFER_H
#define HFTERM_CORE_NET_HTTP_TRANSFER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/net/curl_api.h"
#include "core/net/http.h"
#include "core/net/http_group.h"
#include "core/net/http_head.h"
#include "core/net/http_stats.h"

enum {
    HTTP_STREAM_BUFFER = 256 * 1024,
    HTTP_HOPS_MAX = 10,
    HTTP_HOST_CONNECTIONS = 6, /* of the questions' lane */
    HTTP_LONG_CONNECTIONS = 256, /* of the lane of long streams, all hosts together */
    HTTP_WAIT_MAX_S = 600, /* longer waits are the caller's business: it gets the 429 */
};

/* Questions and long streams have connections and a thread each, so that no number of open streams
 * makes a question wait. A lane starts with its first request. */
enum http_lane_kind { HTTP_LANE_ASK, HTTP_LANE_LONG, HTTP_LANES };

struct http_lane {
    struct http *http;
    enum http_lane_kind kind;
    CURLM *multi; /* the lane's thread's; others only call multi_wakeup. NULL: not started */
    pthread_t thread;
    struct transfer *submitted; /* newest first; under the lock of http */
};

struct http {
    bool is_offline;
    char *ca_bundle;       /* file or folder; NULL: libcurl's own */
    bool is_ca_folder;
    char *ca_dir;          /* folders of hashed certificates, ':' between them; NULL: libcurl's own */
    const char *ca_source; /* the variable it came from, NULL when none */
    int64_t connect_ms, retry_ms, wait_ms;
    struct http_stats *stats;

    pthread_mutex_t lock; /* of what follows; what a lane reads was set before its thread began */
    const struct curl_api *curl; /* NULL before the first request */
    char user_agent[80];
    struct http_lane lanes[HTTP_LANES];
    bool is_stopping;
    atomic_llong end_ms; /* monotonic: when everything ends; 0: never */
};

/* What the head of an answer means for the transfer. */
enum http_verdict {
    VERDICT_NONE,     /* no complete head yet */
    VERDICT_DELIVER,  /* the caller's answer */
    VERDICT_REDIRECT, /* go on at next_url */
    VERDICT_RETRY,    /* again after wait_ms */
};

/* Why we ended a transfer ourselves. */
enum http_failure {
    FAILURE_NONE,
    FAILURE_BODY_LIMIT,
    FAILURE_HEAD_LIMIT,
    FAILURE_MEMORY,
    FAILURE_STALL,
    FAILURE_TIME,
    FAILURE_NO_CONNECTION,
    FAILURE_HOPS,
    FAILURE_LOCATION,
    FAILURE_DOWNGRADE,
    FAILURE_CANCEL,
};

struct transfer {
    struct transfer *next; /* in `submitted` or in the net thread's list */
    struct http *http;
    const struct curl_api *curl;
    struct http_lane *lane;
    struct http_group *group; /* borrowed, NULL: told of bytes, the head and the end */
    const struct http_request *req; /* borrowed; for a stream only until the head is delivered */
    struct task *task;              /* borrowed, may be NULL */
    bool is_stream, is_silent;
    const void *body; /* of the request */
    struct buf body_copy; /* a stream's own, as it outlives the call */
    size_t body_len, max_body;
    int64_t stall_ms, head_ms, total_ms;
    int tries;
    char why[64]; /* the last attempt is repeated for */

    CURL *easy; /* NULL before the first attempt and when done */
    struct curl_slist *headers;
    bool is_running; /* in the multi */
    char *url;       /* of this hop */
    char *next_url;
    char method[16];
    bool has_body;
    bool has_left_origin; /* a redirect led away: the token is not used any more */
    int hops, attempt;
    int64_t started_ms;
    int64_t begun_ms, active_ms; /* of the hop; active_ms 0: still waiting for a connection */
    int64_t due_ms;                /* of the next attempt while !is_running */
    int64_t wait_ms;
    int64_t uploaded;
    uint64_t log_id, received, total, dropped;
    uint64_t lines; /* bytes of every line of the hop that is no body: of 1xx answers, the head, trailers */
    enum http_verdict verdict;
    enum http_failure failure;
    struct http_head head;
    char message[CURL_ERROR_SIZE];

    atomic_bool is_cancelled;
    atomic_bool wants_resume;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct buf answer; /* the body; under lock for a stream */
    size_t answer_at;  /* read so far by a stream */
    bool is_paused;
    bool is_head_ready; /* the head and url stay as they are from here on */
    bool is_done;       /* the net thread has forgotten this transfer */
    struct err err;     /* ERR_NONE when it worked */
};

/* Make one for req, which has been checked; libcurl is loaded. Owned: transfer_free, after is_done. */
struct transfer *transfer_new(struct http *h, const struct http_request *req, struct task *task,
                              bool is_stream);
void transfer_free(struct transfer *t);

/* Cancel from any thread; the argument is a struct transfer *. */
void transfer_cancel(void *arg);

/* Net thread: set the easy handle up for the present url and attempt. False with t->err set. */
bool transfer_prepare(struct transfer *t);
/* Net thread: forget the headers of the last hop, wiping them. */
void transfer_wipe(struct transfer *t);
/* Net thread: go on at next_url. */
void transfer_follow(struct transfer *t);
/* Net thread: back to the request's own URL for another attempt. */
void transfer_rewind(struct transfer *t);
/* The wait before the attempt after this one. */
int64_t transfer_backoff_ms(const struct transfer *t);

/* Say in t->err why it failed: our own reason or libcurl's code. */
void transfer_explain(struct transfer *t, CURLcode code);
/* Why the present attempt is to be repeated, in short, into t->why: its status or libcurl's code. */
void transfer_note_why(struct transfer *t, CURLcode code);
/* A failure that another attempt may cure. */
bool transfer_may_retry(const struct transfer *t, CURLcode code);

/* Wake who waits for t. Its lock is held. */
void transfer_tell(struct transfer *t, bool is_urgent);

/* ---- http_thread.c ---- */

/* Hand t to its lane, which is started when this is its first. False with t->err set: libcurl has no
 * memory, no thread could be made, or the network is about to stop. */
bool http_thread_submit(struct transfer *t);
/* Cancel what runs in every lane, and join the threads. */
void http_thread_stop(struct http *h);

#endif
