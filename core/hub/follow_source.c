/* SPDX-License-Identifier: Apache-2.0 */
/* One source: its connection, and what becomes of it when the connection ends. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/hub/follow_internal.h"
#include "core/hub/internal.h"
#include "core/net/http_group.h"
#include "core/net/sse.h"

enum {
    IDLE_MS = 120 * 1000,
    RETRY_MS = 1000,
    RETRIES = 5,            /* of a log, in a row */
    STEADY = 10,            /* a state that lasted so many first waits had come about */
    WAIT_MAX_MS = 60 * 1000, /* by the server's "retry:" */
    WAIT_MAX_S = 600,       /* by its Retry-After */
    REFUSAL_MS = 5 * 1000,
    REFUSAL_MAX = 64 * 1024,
    DRAINED_MS = 5 * 1000,
};

struct follow_source *follow_source_new(struct hub *hub, const struct hub_follow_options *options,
                                        const struct hub_follow_source *source, uint64_t id)
{
    struct follow_source *s = xcalloc(1, sizeof *s);
    s->id = id;
    s->hub = hub;
    s->options.idle_ms = options->idle_ms ? options->idle_ms : IDLE_MS;
    s->options.retry_ms = options->retry_ms ? options->retry_ms : RETRY_MS;
    s->path = xstrdup(source->path);
    s->what = xstrdup(source->what ? source->what : source->path);
    s->tail = source->kind == HUB_FOLLOW_LOG ? source->tail : 0;
    s->resume.kind = source->kind;
    s->resume.has_tail = s->tail > 0;
    if (source->kind == HUB_FOLLOW_IDS && source->from_start) {
        memcpy(s->resume.last_id, "0", sizeof "0");
    }
    return s;
}

void follow_source_pause(struct follow_source *s)
{
    http_stream_close(s->stream);
    s->stream = NULL;
    http_response_done(&s->head);
    buf_done(&s->body);
    sse_free(s->sse);
    s->sse = NULL;
    if (s->state != FOLLOW_OVER) {
        s->state = FOLLOW_DUE;
    }
}

void follow_source_free(struct follow_source *s)
{
    follow_source_pause(s);
    free(s->path);
    free(s->what);
    free(s->url);
    free(s);
}

/* ---- how it ends ---- */

/* err: NULL or the reason, which gets the source's name. */
static void say(struct follow_source *s, struct follow_out *out, enum hub_follow_news news,
                int64_t wait_ms, const struct err *err)
{
    struct err e = ERR_INIT;
    if (err && err->code != ERR_NONE) {
        e = *err;
        err_wrap(&e, "%s", s->what);
        log_line("hub", "%s (%s)", e.msg, err_name(e.code));
    }
    follow_out_news(out, s->id, news, wait_ms, &e);
}

static void end(struct follow_source *s, struct follow_out *out, const struct err *err)
{
    follow_source_pause(s);
    s->state = FOLLOW_OVER;
    say(s, out, HUB_FOLLOW_ENDED, 0, err);
}

static bool was_of_use(const struct follow_source *s)
{
    if (s->resume.kind != HUB_FOLLOW_STATE) {
        return s->has_news;
    }
    /* Its first burst comes with every connection, so only time tells. */
    return s->live_ms && clock_mono_ms() - s->live_ms >= STEADY * s->options.retry_ms;
}

static int64_t wait_of(const struct follow_source *s, const struct err *err)
{
    static const int64_t TIMES[] = {1, 2, 4, 8, 10, 20, 40, 60};
    const size_t last = sizeof TIMES / sizeof *TIMES - 1;
    const size_t at = (size_t)s->failures - 1;
    int64_t wait_ms = TIMES[at < last ? at : last] * s->options.retry_ms;
    const int64_t wish_ms = s->sse ? sse_retry_ms(s->sse) : -1;
    if (wish_ms > wait_ms) {
        wait_ms = wish_ms < WAIT_MAX_MS ? wish_ms : WAIT_MAX_MS;
    }
    if (err && err->retry_after_s > 0) {
        const int64_t asked_s = err->retry_after_s < WAIT_MAX_S ? err->retry_after_s : WAIT_MAX_S;
        wait_ms = asked_s * 1000 > wait_ms ? asked_s * 1000 : wait_ms;
    }
    return wait_ms;
}

/* The connection is gone: err, or closed by the server (NULL). Again later, or enough of it. */
static void broke(struct follow_source *s, struct follow_out *out, const struct err *err)
{
    s->failures = was_of_use(s) ? 1 : s->failures + 1;
    if (s->resume.kind == HUB_FOLLOW_LOG && s->failures > RETRIES) {
        end(s, out, err);
        return;
    }
    const int64_t wait_ms = wait_of(s, err);
    follow_source_pause(s);
    s->due_ms = clock_mono_ms() + wait_ms;
    say(s, out, HUB_FOLLOW_WAITS, wait_ms, err);
}

/* ---- connecting ---- */

static void build_request(struct follow_source *s)
{
    free(s->url);
    s->url = xasprintf("%s%s", s->hub->endpoint, s->path);
    if (follow_resume_asks_tail(&s->resume)) {
        char *plain = s->url;
        s->url = xasprintf("%s%ctail=%" PRIu64, plain, strchr(s->path, '?') ? '&' : '?', s->tail);
        free(plain);
    }
    size_t n = 0;
    s->headers[n++] = (struct http_header){"Accept", "text/event-stream"};
    if (s->resume.last_id[0]) {
        memcpy(s->last_id, s->resume.last_id, sizeof s->last_id);
        s->headers[n++] = (struct http_header){"Last-Event-ID", s->last_id};
    }
    s->req = (struct http_request){
        .url = s->url,
        .headers = s->headers,
        .n_headers = n,
        .token = secret_present(&s->hub->token) ? &s->hub->token : NULL,
        .token_origin = s->hub->origin,
        .base = s->hub->endpoint,
        .want_identity = true,
        .is_long = true,
        .stall_ms = s->options.idle_ms,
    };
}

static void connect_now(struct follow_source *s, struct http_group *group, struct follow_out *out)
{
    build_request(s);
    s->has_news = false;
    s->live_ms = 0;
    struct err e = ERR_INIT;
    s->stream = http_stream_start(s->hub->http, &s->req, group, &e);
    if (s->stream) {
        s->state = FOLLOW_OPENING;
    } else if (e.code == ERR_USAGE || e.code == ERR_OFFLINE || e.code == ERR_UNSUPPORTED) {
        end(s, out, &e);
    } else {
        broke(s, out, &e);
    }
}

static bool is_event_stream(const struct http_response *head)
{
    char *type = http_response_header(head, "content-type");
    const bool is_one = type && str_casestr(type, "text/event-stream") == type;
    free(type);
    return is_one;
}

/* The head says whether there will be events. True: read on. */
static bool take_head(struct follow_source *s, struct follow_out *out)
{
    struct err e = ERR_INIT;
    switch (http_stream_head(s->stream, &s->head, &e)) {
    case HTTP_HEAD_PENDING:
        return false;
    case HTTP_HEAD_FAILED:
        broke(s, out, &e);
        return false;
    case HTTP_HEAD_READY:
    default:
        break;
    }
    s->heard_ms = clock_mono_ms();
    if (s->head.status == 204) { /* the protocol's way to say: no more, do not come again */
        end(s, out, NULL);
        return false;
    }
    if (s->head.status == 200 && is_event_stream(&s->head)) {
        s->state = FOLLOW_READING;
        s->live_ms = s->heard_ms;
        s->sse = sse_new(s->resume.kind == HUB_FOLLOW_LOG ? FOLLOW_LINE_MAX : FOLLOW_STATE_MAX);
        sse_keep_cut(s->sse);
        follow_resume_connect(&s->resume);
        say(s, out, HUB_FOLLOW_LIVE, 0, NULL);
    } else {
        s->state = FOLLOW_REFUSED;
        s->due_ms = s->heard_ms + REFUSAL_MS;
    }
    return true;
}

/* ---- a refusal ---- */

static void explain(const struct follow_source *s, struct err *e)
{
    const struct hub_failure f = {
        .status = s->head.status,
        .headers = s->head.headers,
        .body = buf_str(&s->body),
        .body_len = s->body.n,
        .url = s->url,
        .endpoint = s->hub->endpoint,
        .token_source = hub_has_token(s->hub) ? s->hub->token_source : NULL,
        .token_fault = hub_token_fault(s->hub),
    };
    hub_decode_failure(&f, e);
}

static void refuse(struct follow_source *s, struct follow_out *out)
{
    struct err e = ERR_INIT;
    const long status = s->head.status;
    const bool is_success = status >= 200 && status < 300;
    if (is_success && hub_is_html(s->head.headers, buf_str(&s->body), s->body.n)) {
        hub_fail_html(s->hub->endpoint, &e); /* a captive portal: it may open */
        broke(s, out, &e);
    } else if (is_success || status == 405 || status == 501) {
        err_set(&e, ERR_UNSUPPORTED, "this server has no event stream here (HTTP %ld)", status);
        err_remedy(&e, "It can still be asked again and again.");
        e.http = status;
        end(s, out, &e);
    } else {
        explain(s, &e);
        if (status == 408 || status == 429 || status >= 500) {
            broke(s, out, &e);
        } else {
            end(s, out, &e);
        }
    }
}

static bool read_refusal(struct follow_source *s, struct follow_out *out)
{
    int64_t got = 0;
    while (s->body.n < REFUSAL_MAX &&
           (got = http_stream_read_now(s->stream, out->piece, sizeof out->piece, NULL)) > 0) {
        buf_append(&s->body, out->piece, (size_t)got);
    }
    if (got == HTTP_NOTHING_YET && clock_mono_ms() < s->due_ms) {
        return false;
    }
    refuse(s, out);
    return false;
}

/* ---- reading ---- */

static void take_log_event(struct follow_source *s, const struct sse_event *event,
                           struct follow_out *out)
{
    if (event->data[0] != '{') {
        return; /* an empty event is a sign of life */
    }
    cJSON *json = event->is_cut ? NULL : json_parse(event->data, event->data_len, NULL);
    const char *text = json_str(json, "data");
    const int64_t time_us = follow_time_us(json_str(json, "timestamp"));
    if (follow_resume_take(&s->resume, event, time_us)) {
        s->has_news = true;
        follow_out_event(out, &(struct hub_follow_event){
                                  .source = s->id,
                                  .name = event->name,
                                  .data = text ? text : event->data,
                                  .len = text ? strlen(text) : event->data_len,
                                  .time_us = time_us,
                                  .is_cut = event->is_cut,
                              });
    }
    cJSON_Delete(json);
}

static void take_event(struct follow_source *s, const struct sse_event *event,
                       struct follow_out *out)
{
    if (event->data_len == 0 || !follow_resume_take(&s->resume, event, 0)) {
        return;
    }
    s->has_news = true;
    follow_out_event(out, &(struct hub_follow_event){
                              .source = s->id,
                              .name = event->name,
                              .data = event->data,
                              .len = event->data_len,
                              .is_cut = event->is_cut,
                          });
}

static bool read_piece(struct follow_source *s, struct follow_out *out)
{
    struct err e = ERR_INIT;
    size_t n = 0;
    int64_t got = 0;
    while (n < sizeof out->piece &&
           (got = http_stream_read_now(s->stream, out->piece + n, sizeof out->piece - n, &e)) > 0) {
        n += (size_t)got;
    }
    const bool is_full = n == sizeof out->piece;
    if (n > 0) {
        s->heard_ms = clock_mono_ms();
        sse_feed(s->sse, out->piece, n);
        for (struct sse_event event; sse_next(s->sse, &event);) {
            if (s->resume.kind == HUB_FOLLOW_LOG) {
                take_log_event(s, &event, out);
            } else {
                take_event(s, &event, out);
            }
        }
    } else if (got == HTTP_NOTHING_YET && clock_mono_ms() - s->heard_ms >= DRAINED_MS) {
        follow_resume_drained(&s->resume);
    }
    if (!is_full && got == 0) {
        broke(s, out, NULL);
    } else if (got == -1) {
        broke(s, out, &e);
    }
    return is_full;
}

bool follow_source_step(struct follow_source *s, struct http_group *group, struct follow_out *out)
{
    switch (s->state) {
    case FOLLOW_DUE:
        if (clock_mono_ms() >= s->due_ms) {
            connect_now(s, group, out);
        }
        return false;
    case FOLLOW_OPENING:
        return take_head(s, out);
    case FOLLOW_READING:
        return read_piece(s, out);
    case FOLLOW_REFUSED:
        return read_refusal(s, out);
    case FOLLOW_OVER:
    default:
        return false;
    }
}

int64_t follow_source_due_ms(const struct follow_source *s)
{
    if (s->state == FOLLOW_DUE || s->state == FOLLOW_REFUSED) {
        return s->due_ms;
    }
    const bool may_drain = s->state == FOLLOW_READING && s->resume.mode == FOLLOW_MATCH &&
                           s->resume.last_us == 0;
    return may_drain ? s->heard_ms + DRAINED_MS : INT64_MAX;
}
