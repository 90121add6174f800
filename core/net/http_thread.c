/* SPDX-License-Identifier: Apache-2.0 */
/* The thread of a lane: it alone drives the lane's multi handle, so that no transfer waits for
 * another. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/net/http_detail.h"
#include "core/net/http_transfer.h"
#include "core/net/http_url.h"
#include "core/task/pool.h"

enum { POLL_MAX_MS = 1000, IDLE_MS = 60 * 1000 };

/* The thread's own view. */
struct net {
    struct http_lane *lane;
    struct http *http;
    const struct curl_api *curl;
    struct transfer *active;
    bool is_stopping;
};

static void remove_active(struct net *net, struct transfer *t)
{
    struct transfer **at = &net->active;
    while (*at != t) {
        at = &(*at)->next;
    }
    *at = t->next;
}

/* Hand t back to its caller. t must not be touched afterwards. */
static void finish(struct net *net, struct transfer *t)
{
    remove_active(net, t);
    if (t->easy) {
        net->curl->easy_cleanup(t->easy);
        t->easy = NULL;
    }
    pthread_mutex_lock(&t->lock);
    t->is_done = true;
    transfer_tell(t, true);
    pthread_mutex_unlock(&t->lock);
}

static void start(struct net *net, struct transfer *t)
{
    if (!transfer_prepare(t)) {
        finish(net, t);
        return;
    }
    t->log_id = http_stats_begin(net->http->stats,
                                 &(struct http_try){.method = t->method,
                                                    .url = t->url,
                                                    .attempt = t->attempt,
                                                    .tries = t->tries,
                                                    .asked_ms = t->started_ms,
                                                    .why = t->why,
                                                    .is_long = net->lane->kind == HTTP_LANE_LONG});
    t->is_running = true;
    const CURLMcode code = net->curl->multi_add_handle(net->lane->multi, t->easy);
    if (code != CURLM_OK) {
        t->is_running = false;
        err_set(&t->err, ERR_LIMIT, "cannot start a request: %s", net->curl->multi_strerror(code));
        http_stats_end(net->http->stats, t->log_id, 0, ERR_LIMIT, 0);
        finish(net, t);
    }
}

static void write_log(const struct transfer *t, enum err_code code)
{
    if (log_is_open()) {
        struct buf what = BUF_INIT;
        http_url_put_host(&what, t->url);
        http_url_put_path(&what, t->url);
        log_line("net", "%s %s -> %ld %s, %llu bytes, attempt %d", t->method, buf_str(&what),
                 t->head.status, err_name(code), (unsigned long long)t->received, t->attempt);
        buf_done(&what);
    }
}

/* Take t out of the multi and close its line in the log. */
static void stop(struct net *net, struct transfer *t, enum err_code code)
{
    if (t->is_running) {
        net->curl->multi_remove_handle(net->lane->multi, t->easy);
        t->is_running = false;
        struct http_log_detail detail;
        http_detail_make(t, &detail);
        http_stats_keep(net->http->stats, t->log_id, &detail);
        http_stats_end(net->http->stats, t->log_id, t->head.status, code, t->received);
        write_log(t, code);
    }
    transfer_wipe(t);
}

static void fail(struct net *net, struct transfer *t, CURLcode code)
{
    if (!t->is_running && t->log_id) {
        http_stats_retry(net->http->stats, t->log_id, -1, "");
    }
    transfer_explain(t, code); /* asks the easy handle, so before it is let go */
    stop(net, t, t->err.code);
    finish(net, t);
}

static void retry_later(struct net *net, struct transfer *t, int64_t wait_ms, enum err_code code,
                        CURLcode why)
{
    transfer_note_why(t, why);
    stop(net, t, code);
    http_stats_retry(net->http->stats, t->log_id, wait_ms, t->why);
    transfer_rewind(t);
    t->due_ms = clock_mono_ms() + wait_ms;
}

/* What a stream's reader has in hands cannot be begun again. (Its request may be gone as well.) */
static bool has_attempts(const struct transfer *t)
{
    return !(t->is_stream && t->is_head_ready) && t->attempt <= t->req->max_retries;
}

/* libcurl is through with a hop. What the head said counts even when the rest broke off. */
static void end_hop(struct net *net, struct transfer *t, CURLcode code)
{
    if (code == CURLE_OK && !t->head.is_complete) {
        code = CURLE_PARTIAL_FILE; /* libcurl takes the end of a connection for the end of a head */
    }
    if (t->failure != FAILURE_NONE) {
        fail(net, t, code);
    } else if (t->verdict == VERDICT_REDIRECT) {
        stop(net, t, ERR_NONE);
        transfer_follow(t);
        start(net, t);
    } else if (t->verdict == VERDICT_RETRY) {
        retry_later(net, t, t->wait_ms, ERR_NONE, CURLE_OK);
    } else if (code == CURLE_OK) {
        stop(net, t, ERR_NONE);
        finish(net, t);
    } else if (transfer_may_retry(t, code) && has_attempts(t)) {
        retry_later(net, t, transfer_backoff_ms(t), ERR_NETWORK, code);
    } else {
        fail(net, t, code);
    }
}

static void read_messages(struct net *net)
{
    int left = 0;
    const CURLMsg *m = NULL;
    while ((m = net->curl->multi_info_read(net->lane->multi, &left)) != NULL) {
        if (m->msg == CURLMSG_DONE) {
            struct transfer *t = NULL;
            const CURLcode code = m->data.result;
            net->curl->easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &t);
            end_hop(net, t, code);
        }
    }
}

static void take_submitted(struct net *net)
{
    struct http *h = net->http;
    pthread_mutex_lock(&h->lock);
    struct transfer *first = net->lane->submitted;
    net->lane->submitted = NULL;
    net->is_stopping = h->is_stopping;
    pthread_mutex_unlock(&h->lock);
    struct transfer *oldest_first = NULL;
    while (first) {
        struct transfer *t = first;
        first = t->next;
        t->next = oldest_first;
        oldest_first = t;
    }
    while (oldest_first) {
        struct transfer *t = oldest_first;
        oldest_first = t->next;
        t->next = net->active;
        net->active = t;
        t->due_ms = clock_mono_ms();
    }
}

static bool is_paused(struct transfer *t)
{
    if (!t->is_stream) {
        return false;
    }
    pthread_mutex_lock(&t->lock);
    const bool paused = t->is_paused;
    pthread_mutex_unlock(&t->lock);
    return paused;
}

static void resume(struct transfer *t)
{
    pthread_mutex_lock(&t->lock);
    t->is_paused = false;
    pthread_mutex_unlock(&t->lock);
    t->active_ms = clock_mono_ms();
    /* Calls on_body at once, which may pause again. */
    t->curl->easy_pause(t->easy, CURLPAUSE_CONT);
}

static int64_t sooner(int64_t a_ms, int64_t begun_ms, int64_t after_ms)
{
    const bool counts = after_ms > 0 && after_ms < INT64_MAX - begun_ms;
    return counts && begun_ms + after_ms < a_ms ? begun_ms + after_ms : a_ms;
}

/* When the whole of t, whatever it does, has taken too long. */
static int64_t end_of(struct transfer *t)
{
    const int64_t program_ms = atomic_load(&t->http->end_ms);
    int64_t end_ms = program_ms > 0 ? program_ms : INT64_MAX;
    if (!t->is_head_ready) {
        end_ms = sooner(end_ms, t->started_ms, t->head_ms);
    }
    return is_paused(t) ? end_ms : sooner(end_ms, t->started_ms, t->total_ms);
}

/* When t needs us next without libcurl knowing: its next attempt, or the end of our patience. */
static int64_t due_of(struct transfer *t)
{
    if (!t->is_running) {
        return t->due_ms;
    }
    if (t->active_ms == 0) {
        return t->begun_ms + t->http->wait_ms;
    }
    if (is_paused(t) || t->stall_ms > INT64_MAX - t->active_ms) {
        return INT64_MAX;
    }
    return t->active_ms + t->stall_ms;
}

static void tend(struct net *net, struct transfer *t, int64_t now_ms)
{
    if (net->is_stopping || atomic_load(&t->is_cancelled)) {
        t->failure = FAILURE_CANCEL;
        fail(net, t, CURLE_OK);
        return;
    }
    if (t->is_running && atomic_exchange(&t->wants_resume, false)) {
        resume(t);
    }
    if (end_of(t) <= now_ms) {
        t->failure = FAILURE_TIME;
        fail(net, t, CURLE_OPERATION_TIMEDOUT);
        return;
    }
    if (due_of(t) > now_ms) {
        return;
    }
    if (!t->is_running) {
        start(net, t);
    } else if (t->active_ms == 0) {
        t->failure = FAILURE_NO_CONNECTION;
        fail(net, t, CURLE_OPERATION_TIMEDOUT);
    } else if (has_attempts(t)) {
        retry_later(net, t, transfer_backoff_ms(t), ERR_NETWORK, CURLE_OPERATION_TIMEDOUT);
    } else {
        t->failure = FAILURE_STALL;
        fail(net, t, CURLE_OPERATION_TIMEDOUT);
    }
}

static void tend_all(struct net *net)
{
    const int64_t now_ms = clock_mono_ms();
    struct transfer *next = NULL;
    for (struct transfer *t = net->active; t; t = next) {
        next = t->next;
        tend(net, t, now_ms);
    }
}

static int poll_ms(const struct net *net)
{
    const int64_t now_ms = clock_mono_ms();
    int64_t wait_ms = net->active ? POLL_MAX_MS : IDLE_MS;
    for (struct transfer *t = net->active; t; t = t->next) {
        const int64_t end_ms = end_of(t), next_ms = due_of(t);
        const int64_t due_ms = end_ms < next_ms ? end_ms : next_ms;
        if (due_ms - now_ms < wait_ms) {
            wait_ms = due_ms > now_ms ? due_ms - now_ms : 0;
        }
    }
    return (int)wait_ms;
}

static void *net_main(void *arg)
{
    struct http_lane *lane = arg;
    struct net net = {.lane = lane, .http = lane->http, .curl = lane->http->curl};
    for (;;) {
        take_submitted(&net);
        tend_all(&net);
        if (net.is_stopping && !net.active) {
            return NULL;
        }
        int running = 0;
        net.curl->multi_perform(lane->multi, &running);
        read_messages(&net);
        net.curl->multi_poll(lane->multi, NULL, 0, poll_ms(&net), NULL);
    }
}

static void limit_connections(const struct http_lane *lane)
{
    const struct curl_api *curl = lane->http->curl;
    if (lane->kind == HTTP_LANE_LONG) {
        curl->multi_setopt(lane->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)HTTP_LONG_CONNECTIONS);
    } else {
        curl->multi_setopt(lane->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)HTTP_HOST_CONNECTIONS);
    }
}

/* The lock is held. */
static bool start_lane(struct http_lane *lane, struct err *e)
{
    struct http *h = lane->http;
    if (!h->curl) {
        h->curl = curl_api_load(e);
        if (!h->curl) {
            return false;
        }
        snprintf(h->user_agent, sizeof h->user_agent, "hfterm/%s; libcurl/%s", HFTERM_VERSION,
                 h->curl->version_info(CURLVERSION_NOW)->version);
    }
    lane->multi = h->curl->multi_init();
    if (!lane->multi) {
        return err_set(e, ERR_LIMIT, "cannot start the network: libcurl has no memory");
    }
    limit_connections(lane);
    const int sys = pool_spawn(&lane->thread, lane->kind == HTTP_LANE_LONG ? "net-long" : "net",
                               net_main, lane);
    if (sys != 0) {
        h->curl->multi_cleanup(lane->multi);
        lane->multi = NULL;
        return err_set_sys(e, ERR_IO, sys, "cannot start the network thread");
    }
    return true;
}

bool http_thread_submit(struct transfer *t)
{
    struct http *h = t->http;
    struct http_lane *lane = t->lane;
    pthread_mutex_lock(&h->lock);
    bool is_taken = false;
    if (h->is_stopping) {
        err_set(&t->err, ERR_CANCELLED, "cancelled: the network is shutting down");
    } else if (lane->multi || start_lane(lane, &t->err)) {
        t->next = lane->submitted;
        lane->submitted = t;
        is_taken = true;
    }
    pthread_mutex_unlock(&h->lock);
    if (is_taken) {
        h->curl->multi_wakeup(lane->multi);
    }
    return is_taken;
}

void http_thread_stop(struct http *h)
{
    pthread_mutex_lock(&h->lock);
    h->is_stopping = true;
    pthread_mutex_unlock(&h->lock);
    for (struct http_lane *lane = h->lanes; lane < h->lanes + HTTP_LANES; lane++) {
        if (lane->multi) {
            h->curl->multi_wakeup(lane->multi);
            pthread_join(lane->thread, NULL);
            h->curl->multi_cleanup(lane->multi);
            lane->multi = NULL;
        }
    }
}
