/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/send.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/localhub/serving.h"
#include "core/localhub/stream.h"

enum { BLOCK_BYTES = 32 * 1024, EVENT_BLOCK_BYTES = 4096, SLICE_MS = 20 };
static const uint64_t MISSING_BYTES = 7; /* of the fault "wrong-length" */

/* Bytes that are made while they are sent: a body or file that is cut, slow or padded. */
struct stream {
    struct lh_conn *conn;
    struct buf body;
    int fd;          /* -1: body */
    uint64_t offset; /* of the file */
    uint64_t length; /* of what is sent, padding included */
    uint64_t padding;
    uint64_t stop_after; /* bytes; UINT64_MAX: at the end */
    bool ends_badly;     /* fewer bytes than announced: the connection has to be closed */
    int64_t bytes_per_s; /* 0: at once */
    int64_t began_ms;
};

/* How many of max bytes may go now. 0: none, the connection was paused until some may. */
static size_t allowance(const struct stream *s, uint64_t position, size_t max)
{
    if (s->bytes_per_s <= 0) {
        return max;
    }
    const uint64_t rate = (uint64_t)s->bytes_per_s;
    const uint64_t due = (uint64_t)(clock_mono_ms() - s->began_ms) * rate / 1000;
    if (due > position) {
        return due - position < max ? (size_t)(due - position) : max;
    }
    const uint64_t next_ms = (position + 1 - due) * 1000 / rate;
    lh_conn_pause(s->conn, next_ms > SLICE_MS ? (int64_t)next_ms : SLICE_MS);
    return 0;
}

/* The body with spaces before its last byte, the "]" of a list. */
static ssize_t copy_body(const struct stream *s, uint64_t position, char *to, size_t max)
{
    const uint64_t head = s->body.n > 0 && s->padding ? s->body.n - 1 : s->body.n;
    if (position < head) {
        const size_t n = head - position < max ? (size_t)(head - position) : max;
        memcpy(to, s->body.p + position, n);
        return (ssize_t)n;
    }
    if (position < head + s->padding) {
        const uint64_t left = head + s->padding - position;
        const size_t n = left < max ? (size_t)left : max;
        memset(to, ' ', n);
        return (ssize_t)n;
    }
    *to = s->body.p[s->body.n - 1];
    return 1;
}

static ssize_t on_read(void *cls, uint64_t position, char *to, size_t max)
{
    const struct stream *s = cls;
    const uint64_t end = s->stop_after < s->length ? s->stop_after : s->length;
    if (position >= end) {
        return s->ends_badly ? MHD_CONTENT_READER_END_WITH_ERROR : MHD_CONTENT_READER_END_OF_STREAM;
    }
    max = max < end - position ? max : (size_t)(end - position);
    max = allowance(s, position, max);
    if (max == 0) {
        return 0;
    }
    if (s->fd < 0) {
        return copy_body(s, position, to, max);
    }
    ssize_t got = -1;
    do {
        got = pread(s->fd, to, max, (off_t)(s->offset + position));
    } while (got < 0 && errno == EINTR);
    return got > 0 ? got : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void on_free(void *cls)
{
    struct stream *s = cls;
    if (s->fd >= 0) {
        close(s->fd);
    }
    buf_done(&s->body);
    free(s);
}

static bool needs_stream(const struct lh_effects *effects)
{
    static const enum localhub_fault_kind KINDS[] = {
        LOCALHUB_CUT, LOCALHUB_SLOW, LOCALHUB_WRONG_LENGTH, LOCALHUB_NO_LENGTH, LOCALHUB_HUGE};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++) {
        if (effects->has[KINDS[i]]) {
            return true;
        }
    }
    return false;
}

static struct MHD_Response *make_stream(struct lh_conn *conn, struct lh_reply *reply,
                                        const struct lh_effects *fx, bool is_head)
{
    struct stream *s = xcalloc(1, sizeof *s);
    s->conn = conn;
    s->body = reply->body;
    s->fd = reply->fd;
    s->offset = reply->offset;
    s->length = reply->fd >= 0 ? reply->length : reply->body.n;
    s->stop_after = UINT64_MAX;
    s->began_ms = clock_mono_ms();
    reply->body = (struct buf)BUF_INIT;
    reply->fd = -1;
    const uint64_t huge = (uint64_t)fx->value[LOCALHUB_HUGE];
    if (fx->has[LOCALHUB_HUGE] && reply->is_json_list && s->length >= 2 && s->length < huge) {
        s->padding = huge - s->length;
        s->length = huge;
    }
    uint64_t announced = s->length;
    if (fx->has[LOCALHUB_CUT]) {
        s->stop_after = (uint64_t)fx->value[LOCALHUB_CUT];
        s->ends_badly = true;
    }
    if (fx->has[LOCALHUB_WRONG_LENGTH]) {
        announced += MISSING_BYTES;
        s->ends_badly = true;
    }
    if (fx->has[LOCALHUB_SLOW]) {
        s->bytes_per_s = fx->value[LOCALHUB_SLOW] > 0 ? fx->value[LOCALHUB_SLOW] : 1;
    }
    if (fx->has[LOCALHUB_NO_LENGTH] && is_head) {
        announced = MHD_SIZE_UNKNOWN;
    }
    struct MHD_Response *response = conn->port->hub->mhd->create_response_from_callback(
        announced, BLOCK_BYTES, on_read, s, on_free);
    if (!response) {
        on_free(s);
    }
    return response;
}

/* ---- server-sent events ---- */

struct events {
    struct lh_conn *conn;
    struct lh_stream *source;
    struct buf pending;
    size_t sent;         /* of pending */
    uint64_t stop_after; /* bytes: the fault "cut"; UINT64_MAX: never */
    int64_t last_ms;     /* when something was sent */
};

/* Until the source or the next keep-alive has something. */
static void pause_events(const struct events *s, int64_t now_ms)
{
    const int64_t source_ms = s->source->wait_ms ? s->source->wait_ms(s->source) : -1;
    int64_t left_ms = s->last_ms + LH_KEEP_ALIVE_MS - now_ms;
    if (source_ms >= 0 && source_ms < left_ms) {
        left_ms = source_ms;
    }
    lh_conn_watch(s->conn);
    lh_conn_pause(s->conn, left_ms > 0 ? left_ms : 1);
}

static ssize_t on_read_events(void *cls, uint64_t position, char *to, size_t max)
{
    struct events *s = cls;
    const int64_t now_ms = clock_mono_ms();
    if (s->conn->is_gone || position >= s->stop_after) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    if (s->sent == s->pending.n) {
        buf_clear(&s->pending);
        s->sent = 0;
        s->source->fill(s->source, &s->pending);
    }
    if (s->pending.n == 0 && now_ms - s->last_ms >= LH_KEEP_ALIVE_MS) {
        buf_puts(&s->pending, ": keep-alive\n\n");
    }
    if (s->pending.n == 0) {
        buf_done(&s->pending);
        pause_events(s, now_ms);
        return 0;
    }
    size_t n = s->pending.n - s->sent;
    n = n < max ? n : max;
    n = n < s->stop_after - position ? n : (size_t)(s->stop_after - position);
    memcpy(to, s->pending.p + s->sent, n);
    s->sent += n;
    s->last_ms = now_ms;
    return (ssize_t)n;
}

static void on_free_events(void *cls)
{
    struct events *s = cls;
    s->source->free(s->source);
    buf_done(&s->pending);
    free(s);
}

static struct MHD_Response *make_events(struct lh_conn *conn, struct lh_reply *reply,
                                        const struct lh_effects *effects)
{
    struct events *s = xcalloc(1, sizeof *s);
    s->conn = conn;
    s->source = reply->stream;
    s->last_ms = clock_mono_ms();
    s->stop_after =
        effects->has[LOCALHUB_CUT] ? (uint64_t)effects->value[LOCALHUB_CUT] : UINT64_MAX;
    reply->stream = NULL;
    struct MHD_Response *response = conn->port->hub->mhd->create_response_from_callback(
        MHD_SIZE_UNKNOWN, EVENT_BLOCK_BYTES, on_read_events, s, on_free_events);
    if (!response) {
        on_free_events(s);
    }
    return response;
}

/* ---- every reply ---- */

static struct MHD_Response *make_response(struct lh_conn *conn, struct lh_reply *reply,
                                          const struct lh_effects *effects, bool is_head)
{
    const struct mhd_api *api = conn->port->hub->mhd;
    if (reply->stream) {
        return make_events(conn, reply, effects);
    }
    if (needs_stream(effects)) {
        return make_stream(conn, reply, effects, is_head);
    }
    struct MHD_Response *response = NULL;
    if (reply->fd >= 0) {
        response = api->create_response_from_fd_at_offset64(reply->length, reply->fd, reply->offset);
        reply->fd = response ? -1 : reply->fd; /* closed with the response */
        return response;
    }
    const size_t n = reply->body.n;
    char *bytes = buf_steal(&reply->body);
    response = api->create_response_from_buffer(n, bytes, MHD_RESPMEM_MUST_FREE);
    if (!response) {
        free(bytes);
    }
    return response;
}

bool lh_send(struct lh_conn *conn, struct lh_reply *reply, const struct lh_effects *effects,
             bool is_head)
{
    const struct mhd_api *api = conn->port->hub->mhd;
    struct MHD_Response *response = make_response(conn, reply, effects, is_head);
    if (!response) {
        return false;
    }
    if (reply->type && reply->status != 304) {
        api->add_response_header(response, "Content-Type", reply->type);
    }
    api->add_response_header(response, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < reply->n_headers; i++) {
        api->add_response_header(response, reply->headers[i].name, reply->headers[i].value);
    }
    const bool ok = api->queue_response(conn->mhd, reply->status, response) == MHD_YES;
    api->destroy_response(response);
    return ok;
}
