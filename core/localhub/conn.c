/* SPDX-License-Identifier: Apache-2.0 */
/* Connections: what each waits for, until when, and which goes when there are too many. */
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/localhub/serving.h"

struct lh_conn *lh_conn_of(struct localhub *hub, struct MHD_Connection *mhd)
{
    const union MHD_ConnectionInfo *info =
        hub->mhd->get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return info ? info->socket_context : NULL;
}

static void set_due(struct lh_conn *c, int64_t wait_ms)
{
    struct localhub *hub = c->port->hub;
    c->due_ms = wait_ms < 0 ? INT64_MAX : clock_mono_ms() + wait_ms;
    if (c->due_ms < hub->next_due_ms) {
        hub->next_due_ms = c->due_ms;
    }
}

void lh_conn_set(struct lh_conn *c, enum lh_conn_state state, int64_t wait_ms)
{
    c->state = state;
    c->since_ms = clock_mono_ms();
    set_due(c, wait_ms);
}

void lh_conn_pause(struct lh_conn *c, int64_t wait_ms)
{
    set_due(c, wait_ms);
    if (!c->is_suspended) {
        c->is_suspended = true;
        c->port->hub->mhd->suspend_connection(c->mhd);
    }
}

void lh_conn_resume(struct lh_conn *c)
{
    set_due(c, -1);
    if (c->is_suspended) {
        c->is_suspended = false;
        c->port->hub->mhd->resume_connection(c->mhd);
    }
}

void lh_conn_watch(struct lh_conn *c)
{
    struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.ptr = c};
    if (!c->is_watched) {
        c->is_watched = epoll_ctl(c->port->hub->epoll_fd, EPOLL_CTL_ADD, c->fd, &event) == 0;
    }
}

/* ---- time ---- */

static void end(struct lh_conn *c)
{
    lh_conn_set(c, LH_CONN_ENDING, -1);
    shutdown(c->fd, SHUT_RDWR);
}

void lh_conns_tick(struct localhub *hub)
{
    const int64_t now = clock_mono_ms();
    if (now < hub->next_due_ms) {
        return;
    }
    hub->next_due_ms = INT64_MAX;
    for (struct lh_conn *c = hub->newest; c; c = c->older) {
        const bool is_due = c->due_ms <= now;
        if (is_due && (c->state == LH_CONN_HEAD || c->state == LH_CONN_BODY)) {
            end(c);
        } else if (is_due) {
            lh_conn_resume(c);
        } else if (c->due_ms < hub->next_due_ms) {
            hub->next_due_ms = c->due_ms;
        }
    }
}

void lh_conns_tell(struct localhub *hub)
{
    if (!hub->has_news) {
        return;
    }
    hub->has_news = false;
    for (struct lh_conn *c = hub->newest; c; c = c->older) {
        if (c->follows_requests) {
            lh_conn_resume(c);
        }
    }
}

void lh_conns_make_room(struct localhub *hub)
{
    for (size_t i = 0; i < LH_PORTS; i++) {
        const struct lh_port *port = &hub->ports[i];
        struct lh_conn *found = NULL;
        if (port->n_connections < port->max_connections) {
            continue;
        }
        for (struct lh_conn *c = hub->oldest; c; c = c->newer) {
            if (c->port == port && c->state == LH_CONN_ENDING) {
                found = NULL;
                break;
            }
            if (c->port == port && c->state == LH_CONN_IDLE &&
                (!found || c->since_ms < found->since_ms)) {
                found = c;
            }
        }
        if (found) {
            end(found);
        }
    }
}

/* ---- coming and going ---- */

static struct lh_conn *add(struct lh_port *port, struct MHD_Connection *mhd)
{
    struct localhub *hub = port->hub;
    const union MHD_ConnectionInfo *info =
        hub->mhd->get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct lh_conn *c = xcalloc(1, sizeof *c);
    c->port = port;
    c->mhd = mhd;
    c->fd = info ? info->connect_fd : -1;
    c->older = hub->newest;
    if (c->older) {
        c->older->newer = c;
    } else {
        hub->oldest = c;
    }
    hub->newest = c;
    port->n_connections++;
    lh_conn_set(c, LH_CONN_HEAD, hub->head_ms);
    return c;
}

static void drop(struct lh_conn *c)
{
    struct localhub *hub = c->port->hub;
    if (c->is_watched) {
        epoll_ctl(hub->epoll_fd, EPOLL_CTL_DEL, c->fd, NULL);
    }
    *(c->older ? &c->older->newer : &hub->oldest) = c->newer;
    *(c->newer ? &c->newer->older : &hub->newest) = c->older;
    c->port->n_connections--;
    free(c);
}

void lh_on_connection(void *port, struct MHD_Connection *mhd, void **context,
                      enum MHD_ConnectionNotificationCode code)
{
    if (code == MHD_CONNECTION_NOTIFY_STARTED) {
        *context = add(port, mhd);
    } else if (*context) {
        drop(*context);
        *context = NULL;
    }
}
