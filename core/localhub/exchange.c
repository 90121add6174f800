/* SPDX-License-Identifier: Apache-2.0 */
/* A request from libmicrohttpd's callbacks to a worker and back. */
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/localhub/journal.h"
#include "core/localhub/routes.h"
#include "core/localhub/send.h"
#include "core/localhub/serving.h"
#include "core/localhub/stream.h"

enum { BODY_MS = 120 * 1000 };

/* ---- reading ---- */

/* The raw target, before anything is decoded. Its result comes back as the request's context. */
void *lh_on_target(void *port, const char *target, struct MHD_Connection *mhd)
{
    struct lh_conn *conn = lh_conn_of(((struct lh_port *)port)->hub, mhd);
    struct lh_exchange *x = xcalloc(1, sizeof *x);
    lh_reply_init(&x->reply);
    x->conn = conn;
    x->began_ms = clock_mono_ms();
    x->is_bad = !lh_request_parse(&x->req, target);
    if (conn->state == LH_CONN_IDLE) { /* of a new one the time has begun with the connection */
        lh_conn_set(conn, LH_CONN_HEAD, conn->port->hub->head_ms);
    }
    return x;
}

void lh_on_completed(void *port, struct MHD_Connection *mhd, void **context,
                     enum MHD_RequestTerminationCode code)
{
    (void)port;
    (void)mhd;
    (void)code;
    struct lh_exchange *x = *context;
    if (!x) {
        return;
    }
    x->conn->follows_requests = false;
    if (x->conn->state != LH_CONN_ENDING) {
        lh_conn_set(x->conn, LH_CONN_IDLE, -1);
    }
    lh_request_done(&x->req);
    lh_reply_done(&x->reply);
    free(x);
    *context = NULL;
}

static enum lh_method method_of(const char *word)
{
    static const struct {
        const char *word;
        enum lh_method method;
    } METHODS[] = {
        {"GET", LH_GET}, {"HEAD", LH_HEAD},   {"POST", LH_POST},
        {"PUT", LH_PUT}, {"PATCH", LH_PATCH}, {"DELETE", LH_DELETE},
    };
    for (size_t i = 0; i < sizeof METHODS / sizeof *METHODS; i++) {
        if (strcmp(METHODS[i].word, word) == 0) {
            return METHODS[i].method;
        }
    }
    return 0;
}

static void read_headers(const struct mhd_api *api, struct MHD_Connection *mhd,
                         struct lh_request *req)
{
    const struct {
        const char *name;
        const char **to;
    } WANTED[] = {
        {"Authorization", &req->authorization}, {"Range", &req->range},
        {"If-Range", &req->if_range},           {"If-None-Match", &req->if_none_match},
        {"Content-Type", &req->content_type},   {"Host", &req->host},
        {"User-Agent", &req->user_agent},       {"Last-Event-ID", &req->last_event_id},
    };
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++) {
        *WANTED[i].to = api->lookup_connection_value(mhd, MHD_HEADER_KIND, WANTED[i].name);
    }
}

static enum MHD_Result count_names(void *ctx, enum MHD_ValueKind kind, const char *key,
                                   const char *value)
{
    struct lh_called *called = ctx;
    (void)kind;
    if (strcasecmp(key, "Host") == 0) {
        called->n_hosts++;
        called->host = value ? value : "";
    } else if (strcasecmp(key, "Origin") == 0) {
        called->n_origins++;
        called->origin = value ? value : "";
    }
    return MHD_YES;
}

static const char *refusal_of(const struct lh_exchange *x, struct MHD_Connection *mhd)
{
    const struct localhub *hub = x->conn->port->hub;
    struct lh_called called = {.may_lack_host = x->may_lack_host};
    hub->mhd->get_connection_values(mhd, MHD_HEADER_KIND, count_names, &called);
    return lh_hosts_refuse(hub->hosts, &called);
}

static bool is_loopback(const struct mhd_api *api, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        api->get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    const struct sockaddr *peer = info ? info->client_addr : NULL;
    if (peer && peer->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, peer, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    if (peer && peer->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, peer, sizeof v6);
        return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr) ||
               (IN6_IS_ADDR_V4MAPPED(&v6.sin6_addr) && v6.sin6_addr.s6_addr[12] == 127);
    }
    return false;
}

/* ---- answering, on a worker ---- */

/* A listing that did not change is not sent again: a strong ETag of the bytes. */
static void add_etag(const struct lh_request *req, struct lh_reply *reply)
{
    const bool is_read = req->method == LH_GET || req->method == LH_HEAD;
    if (!is_read || reply->status != 200 || reply->fd >= 0 || lh_reply_get(reply, "ETag") ||
        !reply->type || !str_starts(reply->type, "application/json")) {
        return;
    }
    char hex[HASH_SHA1_HEX];
    hash_sha1(buf_str(&reply->body), reply->body.n, hex);
    lh_reply_header(reply, "ETag", "\"%s\"", hex);
    if (req->if_none_match && strstr(req->if_none_match, hex)) {
        reply->status = 304;
        buf_clear(&reply->body);
    }
}

static void answer(struct lh_work *work)
{
    struct lh_exchange *x = (struct lh_exchange *)work;
    struct localhub *hub = x->conn->port->hub;
    lh_reply_header(&x->reply, "X-Request-Id", "lh-%s-%llu", hub->run_id,
                    atomic_fetch_add(&hub->n_requests, 1) + 1);
    if (x->refusal) {
        lh_reply_error(&x->reply, 403, NULL, "%s", x->refusal);
    } else if (x->is_bad || !x->req.method) {
        lh_reply_error(&x->reply, 400, NULL, "This is not a request that a hub understands");
    } else {
        const struct lh_route_options options = {.is_storage_port = x->conn->port->is_storage,
                                                 .ignore_range = x->effects.has[LOCALHUB_NO_RANGE],
                                                 .is_loopback = x->is_loopback};
        lh_route(&hub->site, &x->req, &x->reply, &options);
        lh_effects_apply(&x->effects, &x->reply);
        add_etag(&x->req, &x->reply);
    }
    lh_loop_give_back(hub, x);
}

/* ---- both ---- */

void lh_exchange_give(struct lh_exchange *x)
{
    lh_conn_set(x->conn, LH_CONN_WORK, -1);
    x->work.run = answer;
    lh_workers_give(x->conn->port->hub->workers, &x->work);
}

/* The request is whole: it waits for its time or for a worker. */
static void take(struct lh_exchange *x, struct MHD_Connection *mhd, const char *method)
{
    struct localhub *hub = x->conn->port->hub;
    strncpy(x->method, method, sizeof x->method - 1);
    x->req.method = method_of(method);
    x->is_loopback = is_loopback(hub->mhd, mhd);
    read_headers(hub->mhd, mhd, &x->req);
    x->refusal = refusal_of(x, mhd);
    if (!x->refusal && !x->is_bad && x->req.method) {
        lh_faults_take(hub->faults, x->req.target, &x->effects);
    }
    const int64_t late_ms = x->effects.value[LOCALHUB_LATENCY];
    if (late_ms > 0) {
        lh_conn_set(x->conn, LH_CONN_LATE, -1);
        lh_conn_pause(x->conn, late_ms);
    } else {
        lh_conn_pause(x->conn, -1);
        lh_exchange_give(x);
    }
}

static void tell(const struct lh_exchange *x)
{
    struct localhub *hub = x->conn->port->hub;
    const struct lh_reply *reply = &x->reply;
    const bool has_body = x->req.method != LH_HEAD && !reply->stream;
    const struct lh_told told = {
        .method = x->method,
        .target = x->req.target,
        .agent = x->req.user_agent,
        .status = reply->status,
        .ms = clock_mono_ms() - x->began_ms,
        .bytes = !has_body        ? 0
                 : reply->fd >= 0 ? reply->length
                                  : reply->body.n,
    };
    hub->has_news = lh_journal_add(hub->site.journal, &told) || hub->has_news;
}

static enum MHD_Result send_answer(struct lh_exchange *x)
{
    struct lh_conn *conn = x->conn;
    const bool is_head = x->req.method == LH_HEAD;
    tell(x);
    lh_conn_set(conn, LH_CONN_SEND, -1);
    conn->follows_requests = !is_head && x->reply.stream && x->reply.stream->follows_requests;
    return lh_send(conn, &x->reply, &x->effects, is_head) ? MHD_YES : MHD_NO;
}

enum MHD_Result lh_on_request(void *port, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **context)
{
    (void)port;
    (void)url;
    struct lh_exchange *x = *context;
    if (!x) {
        return MHD_NO;
    }
    if (!x->has_begun) {
        x->has_begun = true;
        x->may_lack_host = strcmp(version, "HTTP/1.0") == 0;
        lh_conn_set(x->conn, LH_CONN_BODY, BODY_MS);
        return MHD_YES;
    }
    if (*upload_size > 0) {
        x->req.is_too_large = x->req.is_too_large ||
                              !buf_append_limited(&x->req.body, upload, *upload_size, LH_BODY_MAX);
        *upload_size = 0;
        return MHD_YES;
    }
    if (x->is_answered) {
        return send_answer(x);
    }
    if (x->conn->state == LH_CONN_LATE) {
        lh_conn_pause(x->conn, -1);
        lh_exchange_give(x);
    } else if (x->conn->state == LH_CONN_BODY) {
        take(x, mhd, method);
    }
    return MHD_YES;
}
