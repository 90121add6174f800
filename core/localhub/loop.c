/* SPDX-License-Identifier: Apache-2.0 */
/* The hub's thread: it opens what can wait until after the start, then turns until it is told to
 * stop. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/localhub/serving.h"
#include "core/localhub/store.h"

enum { CONNECTION_BYTES = 64 * 1024, SILENCE_S = 120, EVENTS_MAX = 64, FILES_KEPT = 64 };

/* ---- opening ---- */

static const char *make_hostile(void *arg)
{
    struct localhub *hub = arg;
    struct err e = ERR_INIT;
    if (!lh_hostile_new(&hub->hostile, &e)) {
        log_line("localhub", "the hostile repos are left out: %s", e.msg);
        return NULL;
    }
    return hub->hostile.dir;
}

static void on_mhd_log(void *cls, const char *fmt, va_list ap)
{
    (void)cls;
    struct buf line = BUF_INIT;
    buf_vprintf(&line, fmt, ap);
    log_line("localhub", "libmicrohttpd: %s", buf_str(&line));
    buf_done(&line);
}

static bool watch_fd(struct localhub *hub, int fd, void *ptr)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = ptr};
    return fd >= 0 && epoll_ctl(hub->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
}

/* Every answer may have a file open besides its connection. */
static unsigned connections_for(unsigned wanted)
{
    struct rlimit files;
    if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) {
        return wanted;
    }
    const rlim_t kept = files.rlim_cur > 2 * FILES_KEPT ? files.rlim_cur - FILES_KEPT : FILES_KEPT;
    return kept / 2 < wanted ? (unsigned)(kept / 2) : wanted;
}

static bool open_port(struct localhub *hub, struct lh_port *port, struct err *e)
{
    if (port->listen_fd < 0) {
        return true;
    }
    port->max_connections = connections_for(port->max_connections);
    const unsigned flags = MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG |
                           (port->is_ipv6 ? (unsigned)MHD_USE_IPv6 : 0U);
    port->daemon = hub->mhd->start_daemon(
        flags, 0, NULL, NULL, lh_on_request, port, MHD_OPTION_EXTERNAL_LOGGER, on_mhd_log, NULL,
        MHD_OPTION_LISTEN_SOCKET, port->listen_fd, MHD_OPTION_URI_LOG_CALLBACK, lh_on_target, port,
        MHD_OPTION_NOTIFY_COMPLETED, lh_on_completed, port, MHD_OPTION_NOTIFY_CONNECTION,
        lh_on_connection, port, MHD_OPTION_CONNECTION_LIMIT, port->max_connections,
        MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)SILENCE_S, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)CONNECTION_BYTES, MHD_OPTION_END);
    port->listen_fd = -1; /* libmicrohttpd's to close, also when it fails */
    const union MHD_DaemonInfo *info =
        port->daemon ? hub->mhd->get_daemon_info(port->daemon, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info || !watch_fd(hub, info->epoll_fd, port)) {
        return err_set(e, ERR_IO, "the server on %s did not start", hub->url);
    }
    return true;
}

static bool open_all(struct localhub *hub, struct err *e)
{
    const struct lh_store_extra extra = {.ns = "hostile",
                                         .kinds = 1U << LH_MODEL | 1U << LH_DATASET,
                                         .make = make_hostile,
                                         .ctx = hub};
    hub->mhd = lh_mhd(e);
    if (!hub->mhd) {
        return false;
    }
    hub->site.store = lh_store_new(hub->dir, hub->with_hostile_repo ? &extra : NULL, e);
    /* The second port first: once the first answers, its redirects must work. */
    return hub->site.store && open_port(hub, &hub->ports[1], e) && open_port(hub, &hub->ports[0], e);
}

/* ---- turning ---- */

static int wait_ms(const struct localhub *hub)
{
    int64_t ms = INT32_MAX;
    if (hub->next_due_ms != INT64_MAX) {
        const int64_t left = hub->next_due_ms - clock_mono_ms();
        ms = left < 0 ? 0 : left < ms ? left : ms;
    }
    for (size_t i = 0; i < LH_PORTS; i++) {
        MHD_UNSIGNED_LONG_LONG own = 0;
        if (hub->ports[i].daemon &&
            hub->mhd->get_timeout(hub->ports[i].daemon, &own) == MHD_YES && (int64_t)own < ms) {
            ms = (int64_t)own;
        }
    }
    return ms == INT32_MAX ? -1 : (int)ms;
}

static void take_answered(struct localhub *hub)
{
    uint64_t count = 0;
    (void)!read(hub->event_fd, &count, sizeof count);
    pthread_mutex_lock(&hub->lock);
    struct lh_work *work = hub->done;
    hub->done = NULL;
    pthread_mutex_unlock(&hub->lock);
    for (struct lh_work *next = NULL; work; work = next) {
        struct lh_exchange *x = (struct lh_exchange *)work;
        next = work->next;
        x->is_answered = true;
        lh_conn_resume(x->conn);
    }
}

/* libmicrohttpd listens again at the start of the run after the one in which a place became free. */
static void run_port(struct lh_port *port)
{
    const bool was_full = port->n_connections >= port->max_connections;
    port->hub->mhd->run(port->daemon);
    if (was_full && port->n_connections < port->max_connections) {
        port->hub->mhd->run(port->daemon);
    }
}

static void turn(struct localhub *hub)
{
    struct epoll_event events[EVENTS_MAX];
    const int n = epoll_wait(hub->epoll_fd, events, EVENTS_MAX, wait_ms(hub));
    for (int i = 0; i < n; i++) {
        void *ptr = events[i].data.ptr;
        if (ptr == hub) {
            take_answered(hub);
        } else if (ptr != &hub->ports[0] && ptr != &hub->ports[1]) {
            struct lh_conn *c = ptr;
            c->is_gone = true;
            lh_conn_resume(c);
        }
    }
    lh_conns_tick(hub);
    for (size_t i = 0; i < LH_PORTS; i++) {
        if (hub->ports[i].daemon) {
            run_port(&hub->ports[i]);
        }
    }
    lh_conns_make_room(hub);
    lh_conns_tell(hub);
}

/* ---- the thread ---- */

/* Nothing can be served: whoever comes is told why. */
static void refuse(struct localhub *hub)
{
    struct pollfd fds[2] = {{.fd = hub->event_fd, .events = POLLIN},
                            {.fd = hub->ports[0].listen_fd, .events = POLLIN}};
    struct buf text = BUF_INIT;
    char *why = xasprintf("%s; %s", hub->failure.msg, hub->failure.remedy);
    buf_printf(&text,
               "HTTP/1.1 501 Not Implemented\r\nContent-Type: text/plain; charset=utf-8\r\n"
               "Content-Length: %zu\r\nX-Error-Message: %s\r\nConnection: close\r\n\r\n%s",
               strlen(why), why, why);
    free(why);
    while (!atomic_load(&hub->is_stopping)) {
        if (poll(fds, 2, -1) > 0 && fds[1].revents) {
            const int fd = accept(fds[1].fd, NULL, NULL);
            char request[4096];
            if (fd >= 0) {
                const struct timeval second = {.tv_sec = 1};
                setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof second);
                (void)!recv(fd, request, sizeof request, 0);
                send(fd, text.p, text.n, MSG_NOSIGNAL);
                shutdown(fd, SHUT_WR);
                close(fd);
            }
        }
    }
    buf_done(&text);
}

static void close_all(struct localhub *hub)
{
    lh_workers_free(hub->workers);
    hub->workers = NULL;
    for (struct lh_conn *c = hub->newest; c; c = c->older) {
        lh_conn_resume(c); /* libmicrohttpd wants none suspended */
    }
    for (size_t i = 0; i < LH_PORTS; i++) {
        if (hub->ports[i].daemon) {
            hub->mhd->stop_daemon(hub->ports[i].daemon);
            hub->ports[i].daemon = NULL;
        }
    }
}

static void *run_loop(void *arg)
{
    struct localhub *hub = arg;
    struct err e = ERR_INIT;
    const bool ok = open_all(hub, &e);
    pthread_mutex_lock(&hub->lock);
    hub->is_ready = ok;
    hub->has_failed = !ok;
    hub->failure = e;
    pthread_cond_broadcast(&hub->changed);
    pthread_mutex_unlock(&hub->lock);
    if (!ok) {
        log_line("localhub", "%s", e.msg);
        if (hub->ports[0].listen_fd >= 0) {
            refuse(hub);
        }
    }
    while (ok && !atomic_load(&hub->is_stopping)) {
        turn(hub);
    }
    close_all(hub);
    return NULL;
}

static void wake(struct localhub *hub)
{
    const uint64_t one = 1;
    (void)!write(hub->event_fd, &one, sizeof one);
}

bool lh_loop_start(struct localhub *hub, struct err *e)
{
    hub->next_due_ms = INT64_MAX;
    hub->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    hub->event_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (hub->epoll_fd < 0 || !watch_fd(hub, hub->event_fd, hub)) {
        return err_set_sys(e, ERR_IO, errno, "the local hub cannot wait for connections");
    }
    hub->workers = lh_workers_new();
    /* The threads inherit this mask: signals are for the program's own threads. */
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    const int rc = pthread_create(&hub->thread, NULL, run_loop, hub);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    hub->has_thread = rc == 0;
    return rc == 0 || err_set_sys(e, ERR_IO, rc, "the local hub cannot start a thread");
}

void lh_loop_stop(struct localhub *hub)
{
    if (hub->has_thread) {
        atomic_store(&hub->is_stopping, true);
        wake(hub);
        pthread_join(hub->thread, NULL);
    } else {
        lh_workers_free(hub->workers);
    }
    for (size_t i = 0; i < LH_PORTS; i++) {
        if (hub->ports[i].listen_fd >= 0) {
            close(hub->ports[i].listen_fd);
        }
    }
    close(hub->event_fd);
    close(hub->epoll_fd);
}

bool lh_loop_wait(struct localhub *hub, struct err *e)
{
    pthread_mutex_lock(&hub->lock);
    while (!hub->is_ready && !hub->has_failed) {
        pthread_cond_wait(&hub->changed, &hub->lock);
    }
    const bool ok = hub->is_ready;
    if (!ok && e) {
        *e = hub->failure;
    }
    pthread_mutex_unlock(&hub->lock);
    return ok;
}

void lh_loop_give_back(struct localhub *hub, struct lh_exchange *x)
{
    pthread_mutex_lock(&hub->lock);
    x->work.next = hub->done;
    hub->done = &x->work;
    pthread_mutex_unlock(&hub->lock);
    wake(hub);
}
