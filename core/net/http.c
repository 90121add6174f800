/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/net/http_transfer.h"
#include "core/net/http_url.h"
#include "core/task/task.h"

enum { CONNECT_MS = 10 * 1000, RETRY_MS = 1000, WAIT_MS = 60 * 1000 };

struct http_stream {
    struct transfer *transfer;
};

static void choose_ca(struct http *h, const char *ca_bundle)
{
    static const char *const VARIABLES[] = {"SSL_CERT_FILE", "REQUESTS_CA_BUNDLE",
                                            "CURL_CA_BUNDLE"};
    h->ca_bundle = xstrdup_opt(ca_bundle);
    for (size_t i = 0; i < sizeof VARIABLES / sizeof *VARIABLES && !h->ca_bundle; i++) {
        const char *value = getenv(VARIABLES[i]);
        if (value && *value) {
            h->ca_bundle = xstrdup(value);
            h->ca_source = VARIABLES[i];
        }
    }
    h->is_ca_folder = h->ca_bundle && file_is_dir(h->ca_bundle);
    const char *dir = getenv("SSL_CERT_DIR");
    if (!ca_bundle && dir && *dir) {
        h->ca_dir = h->is_ca_folder ? xasprintf("%s:%s", h->ca_bundle, dir) : xstrdup(dir);
    } else if (h->is_ca_folder) {
        h->ca_dir = xstrdup(h->ca_bundle);
    }
}

struct http *http_new(const struct http_options *options, struct err *e)
{
    (void)e;
    struct http *h = xcalloc(1, sizeof *h);
    h->is_offline = options->is_offline;
    h->connect_ms = options->connect_ms ? options->connect_ms : CONNECT_MS;
    h->retry_ms = options->retry_ms ? options->retry_ms : RETRY_MS;
    h->wait_ms = options->wait_ms ? options->wait_ms : WAIT_MS;
    h->stats = http_stats_new();
    pthread_mutex_init(&h->lock, NULL);
    choose_ca(h, options->ca_bundle);
    for (int i = 0; i < HTTP_LANES; i++) {
        h->lanes[i] = (struct http_lane){.http = h, .kind = (enum http_lane_kind)i};
    }
    return h;
}

void http_free(struct http *h)
{
    if (!h) {
        return;
    }
    http_thread_stop(h);
    http_stats_free(h->stats);
    pthread_mutex_destroy(&h->lock);
    free(h->ca_bundle);
    free(h->ca_dir);
    free(h);
}

bool http_is_offline(const struct http *h)
{
    return h->is_offline;
}

void http_response_done(struct http_response *r)
{
    buf_done(&r->body);
    free(r->headers);
    free(r->url);
    *r = (struct http_response){0};
}

char *http_response_header(const struct http_response *r, const char *name)
{
    return http_head_get(r->headers, name);
}

/* A header that ends its line early could smuggle another one in. */
static bool is_header_sane(const struct http_header *header)
{
    for (const unsigned char *c = (const unsigned char *)header->name; *c; c++) {
        if (!isalnum(*c) && *c != '-' && *c != '_') {
            return false;
        }
    }
    for (const unsigned char *c = (const unsigned char *)header->value; *c; c++) {
        if ((*c < ' ' && *c != '\t') || *c == 0x7f) {
            return false;
        }
    }
    return header->name[0] != '\0';
}

static bool check_request(const struct http *h, const struct http_request *req, struct err *e)
{
    if (!http_url_check(req->url, e)) {
        return false;
    }
    const char *method = req->method ? req->method : "GET";
    const size_t len = strlen(method);
    if (len == 0 || len > 15 || strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != len) {
        return err_set(e, ERR_USAGE, "not an HTTP method: %.20s", method);
    }
    for (size_t i = 0; i < req->n_headers; i++) {
        if (!is_header_sane(&req->headers[i])) {
            return err_set(e, ERR_USAGE, "header %zu of the request holds a byte that may not be "
                                         "in a header", i + 1);
        }
    }
    if (h->is_offline) {
        struct buf host = BUF_INIT;
        http_url_put_host(&host, req->url);
        err_set(e, ERR_OFFLINE, "offline: %s was not asked", buf_str(&host));
        buf_done(&host);
        return err_remedy(e, "leave out --offline, or unset HF_HUB_OFFLINE");
    }
    return curl_api_load(e) != NULL;
}

/* Hand t to its lane and wait until it is done, or has its head. */
static void run_transfer(struct transfer *t)
{
    if (!http_thread_submit(t)) {
        t->is_done = true;
        return;
    }
    task_set_wake(t->task, transfer_cancel, t);
    pthread_mutex_lock(&t->lock);
    while (!t->is_done && !(t->is_stream && t->is_head_ready)) {
        pthread_cond_wait(&t->changed, &t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    task_set_wake(t->task, NULL, NULL);
}

/* The head as the caller's own copy. */
static void copy_head(const struct transfer *t, struct http_response *out)
{
    out->status = t->head.status;
    out->headers = xstrdup(buf_str(&t->head.lines));
    out->url = xstrdup(t->url);
    out->took_ms = clock_mono_ms() - t->started_ms;
}

static bool give_err(const struct transfer *t, struct err *e)
{
    if (e) {
        *e = t->err;
    }
    return t->err.code == ERR_NONE;
}

bool http_perform(struct http *h, const struct http_request *req, struct task *task,
                  struct http_response *out, struct err *e)
{
    *out = (struct http_response){0};
    if (!check_request(h, req, e)) {
        return false;
    }
    struct transfer *t = transfer_new(h, req, task, false);
    run_transfer(t);
    const bool is_ok = give_err(t, e);
    if (t->head.is_complete) {
        copy_head(t, out);
    }
    if (is_ok) {
        out->body = t->answer;
        t->answer = (struct buf)BUF_INIT;
    }
    transfer_free(t);
    return is_ok;
}

struct http_stream *http_open(struct http *h, const struct http_request *req, struct task *task,
                              struct http_response *head, struct err *e)
{
    *head = (struct http_response){0};
    if (!check_request(h, req, e)) {
        return NULL;
    }
    struct transfer *t = transfer_new(h, req, task, true);
    run_transfer(t);
    /* With a head the answer is the caller's, even if it broke off meanwhile: reading says so. */
    if (!t->is_head_ready) {
        give_err(t, e);
        transfer_free(t);
        return NULL;
    }
    copy_head(t, head);
    struct http_stream *s = xcalloc(1, sizeof *s);
    s->transfer = t;
    return s;
}

/* Move up to n bytes out of the buffer and let a paused transfer go on once there is room for a
 * good piece. The lock is held. */
static size_t take_bytes(struct transfer *t, void *bytes, size_t n)
{
    const size_t held = t->answer.n - t->answer_at;
    const size_t took = n < held ? n : held;
    if (took == 0) {
        return 0;
    }
    memcpy(bytes, t->answer.p + t->answer_at, took);
    t->answer_at += took;
    if (took == held) {
        buf_clear(&t->answer);
        t->answer_at = 0;
    }
    if (t->is_paused && !t->is_done && held - took <= HTTP_STREAM_BUFFER / 2) {
        if (!atomic_exchange(&t->wants_resume, true)) {
            t->curl->multi_wakeup(t->lane->multi);
        }
    }
    return took;
}

/* What reading has to say now; HTTP_NOTHING_YET when that is nothing. The lock is held. */
static int64_t read_locked(struct transfer *t, void *bytes, size_t n, struct err *e)
{
    if (atomic_load(&t->is_cancelled)) {
        err_set(e, ERR_CANCELLED, "cancelled");
        return -1;
    }
    if (t->answer.n == t->answer_at && !t->is_done) {
        return HTTP_NOTHING_YET;
    }
    const size_t got = take_bytes(t, bytes, n);
    return got == 0 && n > 0 && !give_err(t, e) ? -1 : (int64_t)got;
}

int64_t http_stream_read(struct http_stream *s, void *bytes, size_t n, struct err *e)
{
    struct transfer *t = s->transfer;
    task_set_wake(t->task, transfer_cancel, t);
    pthread_mutex_lock(&t->lock);
    while (t->answer.n == t->answer_at && !t->is_done) {
        pthread_cond_wait(&t->changed, &t->lock);
    }
    const int64_t got = read_locked(t, bytes, n, e);
    pthread_mutex_unlock(&t->lock);
    task_set_wake(t->task, NULL, NULL);
    return got;
}

struct http_stream *http_stream_start(struct http *h, const struct http_request *req,
                                      struct http_group *group, struct err *e)
{
    if (!check_request(h, req, e)) {
        return NULL;
    }
    struct transfer *t = transfer_new(h, req, NULL, true);
    t->group = group;
    if (!http_thread_submit(t)) {
        give_err(t, e);
        transfer_free(t);
        return NULL;
    }
    struct http_stream *s = xcalloc(1, sizeof *s);
    s->transfer = t;
    return s;
}

enum http_head_state http_stream_head(struct http_stream *s, struct http_response *head,
                                      struct err *e)
{
    struct transfer *t = s->transfer;
    *head = (struct http_response){0};
    enum http_head_state state = HTTP_HEAD_PENDING;
    pthread_mutex_lock(&t->lock);
    if (t->is_head_ready) {
        copy_head(t, head);
        state = HTTP_HEAD_READY;
    } else if (t->is_done) {
        give_err(t, e);
        state = HTTP_HEAD_FAILED;
    }
    pthread_mutex_unlock(&t->lock);
    return state;
}

int64_t http_stream_read_now(struct http_stream *s, void *bytes, size_t n, struct err *e)
{
    pthread_mutex_lock(&s->transfer->lock);
    const int64_t got = read_locked(s->transfer, bytes, n, e);
    pthread_mutex_unlock(&s->transfer->lock);
    return got;
}

void http_stream_close(struct http_stream *s)
{
    if (!s) {
        return;
    }
    struct transfer *t = s->transfer;
    transfer_cancel(t);
    pthread_mutex_lock(&t->lock);
    while (!t->is_done) {
        pthread_cond_wait(&t->changed, &t->lock);
    }
    pthread_mutex_unlock(&t->lock);
    transfer_free(t);
    free(s);
}

size_t http_log(struct http *h, struct http_log_entry *out, size_t max)
{
    return http_stats_log(h->stats, out, max);
}

bool http_waiting(struct http *h, struct http_wait *out)
{
    return http_stats_waiting(h->stats, out);
}

void http_end_within(struct http *h, int64_t ms)
{
    atomic_store(&h->end_ms, ms > 0 ? clock_mono_ms() + ms : 0);
}

bool http_log_get(struct http *h, uint64_t id, struct http_log_detail *out)
{
    return http_stats_detail(h->stats, id, out);
}

struct http_rate http_rate(struct http *h, const char *host)
{
    return http_stats_get_rate(h->stats, host);
}

uint64_t http_speed(struct http *h)
{
    return http_stats_speed(h->stats);
}
