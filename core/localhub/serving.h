/* SPDX-License-Identifier: Apache-2.0 */
/* serving.h - a running hub from inside: its loop, its connections, its requests. Internal.
 *
 * One thread, the loop's, owns libmicrohttpd and every connection: it reads requests, sends
 * answers, keeps the time, and never waits for a file's contents or for a client. A request is
 * answered on a worker (work.h) while its connection is suspended; a connection that has to wait,
 * for a fault's delay or for news on a stream, is suspended too and costs nothing.
 *
 * Threads: everything here belongs to the loop's thread, except where a comment says otherwise.
 */
#ifndef HFTERM_CORE_LOCALHUB_SERVING_H
#define HFTERM_CORE_LOCALHUB_SERVING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/err.h"
#include "core/base/hash.h"
#include "core/localhub/call.h"
#include "core/localhub/fault.h"
#include "core/localhub/hostile.h"
#include "core/localhub/hosts.h"
#include "core/localhub/mhd_api.h"
#include "core/localhub/work.h"

enum { LH_PORTS = 2 };

struct localhub;

struct lh_port {
    struct localhub *hub;
    struct MHD_Daemon *daemon;
    int listen_fd; /* -1: this port is not served, or libmicrohttpd closes it */
    bool is_ipv6, is_storage;
    unsigned n_connections, max_connections;
};

/* One request between libmicrohttpd's callbacks. While a worker has it, nobody else looks at it. */
struct lh_exchange {
    struct lh_work work; /* first */
    struct lh_conn *conn;
    struct lh_request req;
    struct lh_reply reply;
    struct lh_effects effects;
    char method[8];
    int64_t began_ms;
    const char *refusal; /* NULL, or why it is not answered. Static */
    bool is_bad;         /* the target could not be parsed */
    bool has_begun, is_answered, is_loopback;
    bool may_lack_host; /* HTTP/1.0 */
};

enum lh_conn_state {
    LH_CONN_IDLE,   /* kept alive, nothing asked */
    LH_CONN_HEAD,   /* due_ms: a request line or headers have to be there by then */
    LH_CONN_BODY,   /* the same for the body */
    LH_CONN_LATE,   /* the fault "latency": answered when it is due */
    LH_CONN_WORK,   /* at a worker, or on its way back */
    LH_CONN_SEND,   /* the answer goes out; suspended: goes on when due */
    LH_CONN_ENDING, /* was shut down, libmicrohttpd has yet to notice */
};

struct lh_conn {
    struct lh_conn *older, *newer;
    struct lh_port *port;
    struct MHD_Connection *mhd;
    int fd;
    enum lh_conn_state state;
    int64_t since_ms; /* in this state */
    int64_t due_ms;   /* INT64_MAX: never */
    bool is_suspended;
    bool is_watched;       /* the loop is told when the client hangs up */
    bool is_gone;          /* it did */
    bool follows_requests; /* a stream of the journal */
};

struct localhub {
    struct lh_site site;
    struct lh_faults *faults;
    struct lh_hosts *hosts;
    struct lh_hostile hostile;
    char *dir;
    bool with_hostile_repo;
    int64_t head_ms;
    char *url, *storage_url;
    char secret[HASH_SHA256_HEX];
    char run_id[9];
    _Atomic unsigned long long n_requests;
    _Atomic bool is_stopping; /* set by any thread */

    const struct mhd_api *mhd;
    struct lh_port ports[LH_PORTS];
    struct lh_workers *workers;
    struct lh_conn *oldest, *newest;
    int64_t next_due_ms; /* no connection is due before */
    bool has_news;       /* the journal has more than its followers were told */
    int epoll_fd;
    int event_fd; /* written by any thread: look at done and is_stopping */

    pthread_t thread;
    bool has_thread;
    pthread_mutex_t lock;   /* of the members below: any thread */
    pthread_cond_t changed; /* is_ready, has_failed */
    bool is_ready, has_failed;
    struct err failure;
    struct lh_work *done; /* answered by workers, newest first */
};

/* ---- loop.c ---- */

/* Starts the thread; the sockets are open already. ERR_IO. */
bool lh_loop_start(struct localhub *hub, struct err *e);
/* Ends it. Streams and answers under way are cut. */
void lh_loop_stop(struct localhub *hub);

/* Waits until the folder was looked at and requests are answered; ERR_* when that failed. Any
 * thread. */
bool lh_loop_wait(struct localhub *hub, struct err *e);

/* A worker is done with it. Any thread. */
void lh_loop_give_back(struct localhub *hub, struct lh_exchange *x);

/* ---- conn.c ---- */

void lh_conn_set(struct lh_conn *c, enum lh_conn_state state, int64_t wait_ms); /* -1: for ever */
/* Suspends it for wait_ms, -1: until lh_conn_resume. */
void lh_conn_pause(struct lh_conn *c, int64_t wait_ms);
void lh_conn_resume(struct lh_conn *c);
/* Has the loop notice when the client hangs up while the connection is suspended. */
void lh_conn_watch(struct lh_conn *c);

/* What is due; sets hub->next_due_ms. */
void lh_conns_tick(struct localhub *hub);
/* The connections that follow the journal go on when there is news. */
void lh_conns_tell(struct localhub *hub);
/* At the limit the connection that has been idle longest makes room. */
void lh_conns_make_room(struct localhub *hub);

void lh_on_connection(void *port, struct MHD_Connection *mhd, void **context,
                      enum MHD_ConnectionNotificationCode code);
struct lh_conn *lh_conn_of(struct localhub *hub, struct MHD_Connection *mhd);

/* ---- exchange.c ---- */

void *lh_on_target(void *port, const char *target, struct MHD_Connection *mhd);
enum MHD_Result lh_on_request(void *port, struct MHD_Connection *mhd, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **context);
void lh_on_completed(void *port, struct MHD_Connection *mhd, void **context,
                     enum MHD_RequestTerminationCode code);

/* Hands a request to a worker. */
void lh_exchange_give(struct lh_exchange *x);

#endif
