/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http_transfer.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/net/http_url.h"
#include "core/task/task.h"

enum {
    BODY_MAX = 32 * 1024 * 1024,
    STALL_MS = 30 * 1000,
    DROP_MAX = 64 * 1024,
    /* libcurl reads 16 KiB at a time. More saves system calls on downloads; on packed bodies it
     * would also multiply what libcurl holds unpacked while a stream is paused. */
    IDENTITY_BUFFER = 128 * 1024,
};

static void set_request_line(struct transfer *t)
{
    free(t->url);
    t->url = http_url_join(t->req->url, t->req->url); /* without a fragment */
    snprintf(t->method, sizeof t->method, "%s", t->req->method ? t->req->method : "GET");
    t->has_body = t->body != NULL || strcmp(t->method, "POST") == 0 ||
                  strcmp(t->method, "PUT") == 0 || strcmp(t->method, "PATCH") == 0;
    t->hops = 0;
    t->has_left_origin = false;
}

struct transfer *transfer_new(struct http *h, const struct http_request *req, struct task *task,
                              bool is_stream)
{
    struct transfer *t = xcalloc(1, sizeof *t);
    t->http = h;
    t->curl = curl_api_load(NULL);
    t->lane = &h->lanes[is_stream && req->is_long ? HTTP_LANE_LONG : HTTP_LANE_ASK];
    t->req = req;
    t->task = task;
    t->is_stream = is_stream;
    t->is_silent = req->is_silent;
    t->body = req->body;
    t->body_len = req->body ? req->body_len : 0;
    if (is_stream && t->body_len) {
        buf_append(&t->body_copy, req->body, req->body_len);
        t->body = t->body_copy.p;
    }
    t->max_body = req->max_body ? req->max_body : is_stream ? SIZE_MAX - 1 : BODY_MAX;
    t->stall_ms = req->stall_ms ? req->stall_ms : STALL_MS;
    t->head_ms = req->head_ms;
    t->total_ms = req->total_ms;
    t->tries = 1 + (req->max_retries > 0 ? req->max_retries : 0);
    t->attempt = 1;
    t->started_ms = clock_mono_ms();
    pthread_mutex_init(&t->lock, NULL);
    pthread_cond_init(&t->changed, NULL);
    set_request_line(t);
    return t;
}

void transfer_free(struct transfer *t)
{
    transfer_wipe(t);
    free(t->url);
    free(t->next_url);
    http_head_done(&t->head);
    buf_done(&t->body_copy);
    buf_done(&t->answer);
    pthread_cond_destroy(&t->changed);
    pthread_mutex_destroy(&t->lock);
    free(t);
}

void transfer_cancel(void *arg)
{
    struct transfer *t = arg;
    pthread_mutex_lock(&t->lock);
    atomic_store(&t->is_cancelled, true);
    if (!t->is_done) { /* else the multi may be gone */
        t->curl->multi_wakeup(t->lane->multi);
    }
    pthread_mutex_unlock(&t->lock);
}

void transfer_tell(struct transfer *t, bool is_urgent)
{
    pthread_cond_broadcast(&t->changed);
    if (t->group) {
        http_group_tell(t->group, is_urgent);
    }
}

void transfer_wipe(struct transfer *t)
{
    for (struct curl_slist *s = t->headers; s; s = s->next) {
        OPENSSL_cleanse(s->data, strlen(s->data));
    }
    t->curl->slist_free_all(t->headers);
    t->headers = NULL;
}

int64_t transfer_backoff_ms(const struct transfer *t)
{
    return t->http->retry_ms << (t->attempt > 4 ? 3 : t->attempt - 1);
}

static bool is_redirect(long status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static bool is_worth_retrying(long status)
{
    return status == 408 || status == 429 || status == 500 || (status >= 502 && status <= 504);
}

/* A redirect with a Location: follow, deliver or fail. */
static enum http_verdict judge_redirect(struct transfer *t, const char *location)
{
    char *joined = http_url_join(t->url, location);
    free(t->next_url);
    t->next_url = joined ? http_url_rebase(joined, t->req->base, location[0] == '/' && location[1] != '/') : NULL;
    free(joined);
    const bool is_home = t->next_url && http_url_same_origin(t->url, t->next_url);
    if (t->req->same_origin_redirects && !is_home) {
        return VERDICT_DELIVER;
    }
    if (!t->next_url) {
        t->failure = FAILURE_LOCATION;
    } else if (http_url_is_https(t->url) && !http_url_is_https(t->next_url)) {
        t->failure = FAILURE_DOWNGRADE;
    } else if (t->hops >= HTTP_HOPS_MAX) {
        t->failure = FAILURE_HOPS;
    }
    return VERDICT_REDIRECT;
}

static enum http_verdict judge_retry(struct transfer *t)
{
    if (t->attempt > t->req->max_retries) {
        return VERDICT_DELIVER;
    }
    const int64_t wait_s = http_head_wait_s(buf_str(&t->head.lines), t->head.status);
    if (wait_s > (t->req->max_wait_s ? t->req->max_wait_s : HTTP_WAIT_MAX_S)) {
        return VERDICT_DELIVER;
    }
    t->wait_ms = wait_s >= 0 ? wait_s * 1000 : transfer_backoff_ms(t);
    return VERDICT_RETRY;
}

static enum http_verdict judge(struct transfer *t)
{
    if (is_redirect(t->head.status) && !t->req->no_redirects) {
        char *location = http_head_get(buf_str(&t->head.lines), "location");
        const enum http_verdict verdict =
            location && *location ? judge_redirect(t, location) : VERDICT_DELIVER;
        free(location);
        return verdict;
    }
    return is_worth_retrying(t->head.status) ? judge_retry(t) : VERDICT_DELIVER;
}

/* Content-Length, 0 when unknown or when the body is not what comes out of the decoder. */
static uint64_t announced_length(const struct transfer *t)
{
    const char *lines = buf_str(&t->head.lines);
    char *encoding = t->req->want_identity ? NULL : http_head_get(lines, "content-encoding");
    char *length = encoding ? NULL : http_head_get(lines, "content-length");
    unsigned long long n = 0;
    if (length) {
        (void)str_to_u64(length, UINT64_MAX, &n);
    }
    free(encoding);
    free(length);
    return n;
}

/* The answer is the caller's. False when its body is announced above the limit. */
static bool deliver_head(struct transfer *t)
{
    t->total = announced_length(t);
    if (t->total > t->max_body && strcmp(t->method, "HEAD") != 0) {
        t->failure = FAILURE_BODY_LIMIT;
        return false;
    }
    pthread_mutex_lock(&t->lock);
    t->is_head_ready = true;
    transfer_tell(t, true);
    pthread_mutex_unlock(&t->lock);
    return true;
}

static size_t on_header(char *line, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    n *= size;
    t->active_ms = clock_mono_ms();
    const bool was_complete = t->head.is_complete;
    t->lines += n; /* libcurl keeps each of them */
    if (t->lines > HTTP_HEAD_MAX) {
        t->failure = FAILURE_HEAD_LIMIT;
        return 0;
    }
    if (t->is_head_ready) { /* trailers: read past; the caller may be reading the head by now */
        return n;
    }
    if (!http_head_line(&t->head, line, n)) {
        t->failure = FAILURE_HEAD_LIMIT;
        return 0;
    }
    if (was_complete || !t->head.is_complete) {
        return n;
    }
    http_stats_rate(t->http->stats, t->url, buf_str(&t->head.lines));
    t->verdict = judge(t);
    if (t->failure != FAILURE_NONE || (t->verdict == VERDICT_DELIVER && !deliver_head(t))) {
        return 0;
    }
    return n;
}

/* Body bytes into the stream's buffer. False: full, the transfer is to pause. */
static bool put_stream(struct transfer *t, const char *bytes, size_t n)
{
    pthread_mutex_lock(&t->lock);
    const size_t held = t->answer.n - t->answer_at;
    /* A single piece above the whole buffer cannot come (libcurl's are 16 KiB); if it did, waiting
     * for room would wait for ever. */
    t->is_paused = held > 0 && held + n > HTTP_STREAM_BUFFER;
    if (!t->is_paused) {
        if (t->answer_at > 0 && t->answer.n + n >= t->answer.cap) {
            buf_consume(&t->answer, t->answer_at);
            t->answer_at = 0;
        }
        buf_append(&t->answer, bytes, n);
        transfer_tell(t, held + n >= HTTP_GROUP_PIECE);
    }
    const bool is_taken = !t->is_paused;
    pthread_mutex_unlock(&t->lock);
    return is_taken;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *arg)
{
    struct transfer *t = arg;
    n *= size;
    t->active_ms = clock_mono_ms();
    if (t->verdict != VERDICT_DELIVER) {
        /* Small bodies are read to the end to keep the connection, others are not worth it. */
        t->dropped += n;
        return t->dropped > DROP_MAX ? 0 : n;
    }
    if (n > t->max_body || t->received > t->max_body - n) {
        t->failure = FAILURE_BODY_LIMIT;
        return 0;
    }
    if (t->is_stream) {
        if (!put_stream(t, bytes, n)) {
            return CURL_WRITEFUNC_PAUSE;
        }
    } else if (!buf_append_limited(&t->answer, bytes, n, t->max_body)) {
        t->failure = FAILURE_MEMORY;
        return 0;
    }
    t->received += n;
    http_stats_received(t->http->stats, n);
    if (t->body_len == 0 && !t->is_silent) {
        task_progress(t->task, t->received, t->total);
    }
    return n;
}

static int on_progress(void *arg, curl_off_t down_total, curl_off_t down, curl_off_t up_total,
                       curl_off_t up)
{
    struct transfer *t = arg;
    (void)down_total;
    (void)down;
    if (up != t->uploaded) {
        t->uploaded = up;
        t->active_ms = clock_mono_ms();
        task_progress(t->task, (uint64_t)up, (uint64_t)up_total);
    }
    return 0;
}

/* The connection stands and the request goes out: only from here on silence counts. Before, the
 * transfer may wait its turn for one of the connections to the host, and connecting has its own
 * limit. */
static int on_connected(void *arg, char *ip, char *local_ip, int port, int local_port)
{
    struct transfer *t = arg;
    (void)ip;
    (void)local_ip;
    (void)port;
    (void)local_port;
    t->active_ms = clock_mono_ms();
    return CURL_PREREQFUNC_OK;
}

static void add_header(struct transfer *t, const char *name, const char *separator,
                       const char *value)
{
    char *line = xasprintf("%s%s%s", name, separator, value);
    struct curl_slist *longer = t->curl->slist_append(t->headers, line);
    if (!longer) {
        xmalloc(SIZE_MAX);
    }
    t->headers = longer;
    OPENSSL_cleanse(line, strlen(line));
    free(line);
}

static bool is_body_header(const char *name)
{
    return strncasecmp(name, "Content-", 8) == 0;
}

/* The caller's own credentials stay where they were meant for, and the token goes before them. */
static bool is_withheld(const struct transfer *t, const char *name, bool has_token)
{
    const bool is_authorization = strcasecmp(name, "Authorization") == 0;
    return (is_authorization && has_token) ||
           (t->has_left_origin && (is_authorization || strcasecmp(name, "Cookie") == 0));
}

static bool may_send_token(const struct transfer *t)
{
    const struct http_request *req = t->req;
    return req->token && secret_present(req->token) && req->token_origin && !t->has_left_origin &&
           http_url_same_origin(t->url, req->token_origin);
}

static void build_headers(struct transfer *t)
{
    transfer_wipe(t);
    const bool has_token = may_send_token(t);
    bool has_type = false;
    for (size_t i = 0; i < t->req->n_headers; i++) {
        const struct http_header *header = &t->req->headers[i];
        if ((is_body_header(header->name) && !t->has_body) ||
            is_withheld(t, header->name, has_token)) {
            continue;
        }
        has_type = has_type || strcasecmp(header->name, "Content-Type") == 0;
        /* libcurl sends a header without a value only in this form. */
        add_header(t, header->name, *header->value ? ": " : ";", header->value);
    }
    if (has_token) {
        add_header(t, "Authorization", ": Bearer ", secret_reveal(t->req->token));
    }
    if (t->has_body) {
        add_header(t, "Expect", ":", "");
        if (!has_type) {
            add_header(t, "Content-Type", ":", ""); /* libcurl's own guess would be a form */
        }
    }
    if (t->req->want_identity) {
        add_header(t, "Accept-Encoding", ": ", "identity");
    }
}

static void set_limits(const struct curl_api *curl, CURL *c)
{
#if LIBCURL_VERSION_NUM >= 0x075500
    curl->easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl->easy_setopt(c, CURLOPT_PROTOCOLS, (long)(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
#if LIBCURL_VERSION_NUM >= 0x075700
    /* Do not wait for the resolver's thread when a transfer is cancelled: name servers take
     * seconds to give up. */
    curl->easy_setopt(c, CURLOPT_QUICK_EXIT, 1L);
#endif
    curl->easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl->easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L); /* by hand, see judge_redirect */
    curl->easy_setopt(c, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    curl->easy_setopt(c, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl->easy_setopt(c, CURLOPT_TCP_KEEPALIVE, 1L);
    curl->easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
}

static void set_trust(const struct curl_api *curl, CURL *c, const struct http *h)
{
    if (h->ca_bundle && !h->is_ca_folder) {
        curl->easy_setopt(c, CURLOPT_CAINFO, h->ca_bundle);
    }
    if (h->ca_dir) {
        curl->easy_setopt(c, CURLOPT_CAPATH, h->ca_dir);
    }
}

static void set_callbacks(CURL *c, struct transfer *t)
{
    const struct curl_api *curl = t->curl;
    curl->easy_setopt(c, CURLOPT_PRIVATE, t);
    curl->easy_setopt(c, CURLOPT_ERRORBUFFER, t->message);
    curl->easy_setopt(c, CURLOPT_HEADERFUNCTION, on_header);
    curl->easy_setopt(c, CURLOPT_HEADERDATA, t);
    curl->easy_setopt(c, CURLOPT_WRITEFUNCTION, on_body);
    curl->easy_setopt(c, CURLOPT_WRITEDATA, t);
    curl->easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl->easy_setopt(c, CURLOPT_XFERINFODATA, t);
    curl->easy_setopt(c, CURLOPT_PREREQFUNCTION, on_connected);
    curl->easy_setopt(c, CURLOPT_PREREQDATA, t);
}

static void set_request(CURL *c, struct transfer *t)
{
    const struct curl_api *curl = t->curl;
    curl->easy_setopt(c, CURLOPT_URL, t->url);
    /* A proxy cannot reach what listens on this machine: the demo, hfterm serve. */
    curl->easy_setopt(c, CURLOPT_NOPROXY, http_url_is_loopback(t->url) ? "*" : NULL);
    curl->easy_setopt(c, CURLOPT_USERAGENT, t->http->user_agent);
    if (t->req->want_identity) {
        curl->easy_setopt(c, CURLOPT_BUFFERSIZE, (long)IDENTITY_BUFFER);
    } else {
        curl->easy_setopt(c, CURLOPT_ACCEPT_ENCODING, ""); /* all that this libcurl can decode */
    }
    if (strcmp(t->method, "HEAD") == 0) {
        curl->easy_setopt(c, CURLOPT_NOBODY, 1L);
    } else if (t->has_body) {
        curl->easy_setopt(c, CURLOPT_POST, 1L);
        curl->easy_setopt(c, CURLOPT_POSTFIELDS, t->body ? (const char *)t->body : "");
        curl->easy_setopt(c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)t->body_len);
        curl->easy_setopt(c, CURLOPT_CUSTOMREQUEST, t->method);
    } else if (strcmp(t->method, "GET") != 0) {
        curl->easy_setopt(c, CURLOPT_CUSTOMREQUEST, t->method);
    }
    if (t->req->is_sent_once) {
        curl->easy_setopt(c, CURLOPT_FRESH_CONNECT, 1L);
    } else if (http_url_is_https(t->url)) {
        curl->easy_setopt(c, CURLOPT_PIPEWAIT, 1L); /* one HTTP/2 connection, not six */
    }
}

bool transfer_prepare(struct transfer *t)
{
    const struct curl_api *curl = t->curl;
    if (!t->easy) {
        t->easy = curl->easy_init();
        if (!t->easy) {
            return err_set(&t->err, ERR_LIMIT, "no memory for another request");
        }
    }
    http_head_clear(&t->head);
    if (!t->is_stream) { /* a stream is not begun again once its head is out */
        buf_clear(&t->answer);
        t->is_head_ready = false;
    }
    t->verdict = VERDICT_NONE;
    t->message[0] = '\0';
    t->received = t->total = t->dropped = t->lines = 0;
    t->uploaded = 0;
    t->active_ms = 0;
    t->begun_ms = clock_mono_ms();
    curl->easy_reset(t->easy);
    set_limits(curl, t->easy);
    set_trust(curl, t->easy, t->http);
    set_callbacks(t->easy, t);
    curl->easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)t->http->connect_ms);
    set_request(t->easy, t);
    build_headers(t);
    curl->easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
    return true;
}

void transfer_follow(struct transfer *t)
{
    const long status = t->head.status;
    const bool is_head = strcmp(t->method, "HEAD") == 0;
    if ((status == 303 && !is_head) || (status < 303 && strcmp(t->method, "POST") == 0)) {
        snprintf(t->method, sizeof t->method, "GET");
        t->has_body = false;
    }
    t->has_left_origin = t->has_left_origin || !http_url_same_origin(t->url, t->next_url);
    t->hops++;
    free(t->url);
    t->url = t->next_url;
    t->next_url = NULL;
}

void transfer_rewind(struct transfer *t)
{
    t->attempt++;
    set_request_line(t);
}
