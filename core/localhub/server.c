/* SPDX-License-Identifier: Apache-2.0 */
/* localhub_start and libmicrohttpd: one thread a connection, so that a request that hashes
 * gigabytes or sleeps for a test holds up nobody else. */
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/localhub/call.h"
#include "core/localhub/fault.h"
#include "core/localhub/hashes.h"
#include "core/localhub/hostile.h"
#include "core/localhub/listen.h"
#include "core/localhub/localhub.h"
#include "core/localhub/routes.h"
#include "core/localhub/send.h"
#include "core/localhub/store.h"

enum { CONNECTIONS_DEFAULT = 64, IDLE_S = 120, CONNECTION_BYTES = 64 * 1024 };

struct port {
    struct localhub *hub;
    struct MHD_Daemon *daemon;
    bool is_storage;
};

struct localhub {
    struct lh_site site;
    struct lh_faults *faults;
    struct lh_hostile hostile;
    char *url, *storage_url;
    char secret[HASH_SHA256_HEX];
    char run_id[9];
    struct port ports[2];
    bool log_requests;
    _Atomic bool is_stopping;
    _Atomic unsigned long long n_requests;
};

/* One request between libmicrohttpd's callbacks. */
struct exchange {
    struct lh_request req;
    int64_t began_ms;
    bool is_bad;    /* the target could not be parsed */
    bool has_begun; /* headers were seen */
};

/* ---- reading a request ---- */

/* The raw target, before anything is decoded. Its result comes back as the request's context. */
static void *on_target(void *cls, const char *target, struct MHD_Connection *connection)
{
    (void)cls;
    (void)connection;
    struct exchange *x = xcalloc(1, sizeof *x);
    x->began_ms = clock_mono_ms();
    x->is_bad = !lh_request_parse(&x->req, target);
    return x;
}

static void on_completed(void *cls, struct MHD_Connection *connection, void **context,
                         enum MHD_RequestTerminationCode code)
{
    (void)cls;
    (void)connection;
    (void)code;
    struct exchange *x = *context;
    if (x) {
        lh_request_done(&x->req);
        free(x);
        *context = NULL;
    }
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

static void read_headers(struct MHD_Connection *connection, struct lh_request *req)
{
    const struct {
        const char *name;
        const char **to;
    } WANTED[] = {
        {"Authorization", &req->authorization}, {"Range", &req->range},
        {"If-Range", &req->if_range},           {"If-None-Match", &req->if_none_match},
        {"Content-Type", &req->content_type},   {"Host", &req->host},
    };
    for (size_t i = 0; i < sizeof WANTED / sizeof *WANTED; i++) {
        *WANTED[i].to = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, WANTED[i].name);
    }
}

/* ---- answering it ---- */

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

static void write_log(const struct exchange *x, const char *method, unsigned status)
{
    char *target = text_clean(x->req.target ? x->req.target : "?");
    secret_mask(target);
    fprintf(stderr, "%s %s %u %lld ms\n", method, target, status,
            (long long)(clock_mono_ms() - x->began_ms));
    free(target);
}

static void answer(const struct port *port, struct exchange *x, struct lh_effects *effects,
                   struct lh_reply *reply)
{
    struct localhub *hub = port->hub;
    lh_reply_header(reply, "X-Request-Id", "lh-%s-%llu", hub->run_id,
                    atomic_fetch_add(&hub->n_requests, 1) + 1);
    if (x->is_bad || !x->req.method) {
        lh_reply_error(reply, 400, NULL, "This is not a request that a hub understands");
        return;
    }
    lh_faults_take(hub->faults, x->req.target, effects);
    for (int64_t left = effects->value[LOCALHUB_LATENCY]; left > 0 && !hub->is_stopping;
         left -= 20) {
        clock_sleep_ms(left < 20 ? left : 20);
    }
    const struct lh_route_options options = {port->is_storage, effects->has[LOCALHUB_NO_RANGE]};
    lh_route(&hub->site, &x->req, reply, &options);
    lh_effects_apply(effects, reply);
    add_etag(&x->req, reply);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *upload,
                                  size_t *upload_size, void **context)
{
    (void)url;
    (void)version;
    const struct port *port = cls;
    struct exchange *x = *context;
    if (!x) {
        return MHD_NO;
    }
    if (!x->has_begun) {
        x->has_begun = true;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        x->req.is_too_large = x->req.is_too_large ||
                              !buf_append_limited(&x->req.body, upload, *upload_size, LH_BODY_MAX);
        *upload_size = 0;
        return MHD_YES;
    }
    x->req.method = method_of(method);
    read_headers(connection, &x->req);
    struct lh_effects effects = {0};
    struct lh_reply reply;
    lh_reply_init(&reply);
    answer(port, x, &effects, &reply);
    if (port->hub->log_requests) {
        write_log(x, method, reply.status);
    }
    const struct lh_sending sending = {&effects, x->req.method == LH_HEAD, &port->hub->is_stopping};
    const bool ok = lh_send(connection, &reply, &sending);
    lh_reply_done(&reply);
    return ok ? MHD_YES : MHD_NO;
}

static void on_mhd_log(void *cls, const char *fmt, va_list ap)
{
    (void)cls;
    struct buf line = BUF_INIT;
    buf_vprintf(&line, fmt, ap);
    log_line("localhub", "libmicrohttpd: %s", buf_str(&line));
    buf_done(&line);
}

/* ---- start and stop ---- */

static bool start_port(struct localhub *hub, struct port *port, const struct localhub_options *o,
                       uint16_t number, char **url, struct err *e)
{
    struct lh_socket listening;
    if (!lh_listen(o->bind ? o->bind : "127.0.0.1", number, &listening, e)) {
        return false;
    }
    port->hub = hub;
    *url = listening.url;
    if (!port->is_storage) {
        hub->site.url = listening.url; /* before the first request can come */
    }
    const unsigned flags = MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD |
                           MHD_USE_POLL | MHD_USE_ERROR_LOG |
                           (listening.is_ipv6 ? (unsigned)MHD_USE_IPv6 : 0U);
    const unsigned connections =
        o->max_connections > 0 ? (unsigned)o->max_connections : CONNECTIONS_DEFAULT;
    /* The threads inherit this mask: signals are for the program's own threads. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    port->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, on_request, port, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, listening.fd, MHD_OPTION_URI_LOG_CALLBACK, on_target, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_CONNECTION_LIMIT, connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_END);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (!port->daemon) { /* the socket was libmicrohttpd's to close */
        return err_set(e, ERR_IO, "the server on %s did not start", *url);
    }
    return true;
}

static bool make_secret(struct localhub *hub, struct err *e)
{
    unsigned char noise[32];
    FILE *source = fopen("/dev/urandom", "rb");
    const bool ok = source && fread(noise, 1, sizeof noise, source) == sizeof noise;
    if (source) {
        fclose(source);
    }
    if (!ok) {
        return err_set(e, ERR_IO, "no random numbers from /dev/urandom");
    }
    hash_sha256(noise, sizeof noise, hub->secret);
    noise[0] ^= 1; /* so that the ids that everybody sees tell nothing of the secret */
    char other[HASH_SHA256_HEX];
    hash_sha256(noise, sizeof noise, other);
    memcpy(hub->run_id, other, sizeof hub->run_id - 1);
    return true;
}

struct localhub *localhub_start(const struct localhub_options *options, struct err *e)
{
    struct localhub *hub = xcalloc(1, sizeof *hub);
    hub->log_requests = options->log_requests;
    hub->faults = lh_faults_new(options->faults, options->n_faults);
    hub->site.hashes = lh_hashes_new();
    if (!make_secret(hub, e)) {
        goto fail;
    }
    if (options->with_hostile_repo && !lh_hostile_new(&hub->hostile, e)) {
        goto fail;
    }
    hub->site.secret = hub->secret;
    hub->site.store = lh_store_new(options->dir, hub->hostile.dir, e);
    if (!hub->site.store) {
        goto fail;
    }
    hub->site.accounts = lh_accounts_new(options->dir);
    hub->ports[1].is_storage = true;
    /* The second port first: once the first answers, its redirects must work. */
    if (options->split_storage &&
        !start_port(hub, &hub->ports[1], options, 0, &hub->storage_url, e)) {
        goto fail;
    }
    hub->site.storage_url = hub->storage_url;
    if (!start_port(hub, &hub->ports[0], options, options->port, &hub->url, e)) {
        goto fail;
    }
    return hub;
fail:
    localhub_stop(hub);
    return NULL;
}

void localhub_stop(struct localhub *hub)
{
    if (!hub) {
        return;
    }
    atomic_store(&hub->is_stopping, true);
    for (size_t i = 0; i < 2; i++) {
        if (hub->ports[i].daemon) {
            MHD_stop_daemon(hub->ports[i].daemon);
        }
    }
    lh_store_free(hub->site.store);
    lh_accounts_free(hub->site.accounts);
    lh_hashes_free(hub->site.hashes);
    lh_faults_free(hub->faults);
    lh_hostile_free(&hub->hostile);
    free(hub->url);
    free(hub->storage_url);
    free(hub);
}

const char *localhub_url(const struct localhub *hub)
{
    return hub->url;
}

const char *localhub_demo_token(const struct localhub *hub)
{
    return lh_accounts_first_token(hub->site.accounts);
}

size_t localhub_repo_count(const struct localhub *hub)
{
    return lh_store_count(hub->site.store);
}
