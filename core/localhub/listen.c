/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/listen.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/err.h"
#include "core/base/mem.h"

enum { BACKLOG = 4096 }; /* the system takes less where it wants less */

static bool is_loopback(const struct sockaddr_storage *bound)
{
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
    if (bound->ss_family == AF_INET) {
        memcpy(&v4, bound, sizeof v4);
        return ntohl(v4.sin_addr.s_addr) >> 24 == 127;
    }
    memcpy(&v6, bound, sizeof v6);
    return bound->ss_family == AF_INET6 && IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

/* Fills what the socket says of itself. */
static void look_at(struct lh_socket *out, const char *address)
{
    struct sockaddr_storage bound = {0};
    socklen_t n = sizeof bound;
    char host[128] = "";
    char port[16] = "";
    getsockname(out->fd, (struct sockaddr *)&bound, &n);
    getnameinfo((struct sockaddr *)&bound, n, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    out->is_ipv6 = bound.ss_family == AF_INET6;
    out->is_loopback = is_loopback(&bound);
    const bool is_any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    if (strcmp(address, "localhost") == 0) {
        out->url = xasprintf("http://localhost:%s", port);
    } else if (out->is_ipv6) {
        out->url = xasprintf("http://[%s]:%s", is_any ? "::1" : host, port);
    } else {
        out->url = xasprintf("http://%s:%s", is_any ? "127.0.0.1" : host, port);
    }
}

bool lh_listen(const char *address, uint16_t port, struct lh_socket *out, struct err *e)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    char number[8];
    snprintf(number, sizeof number, "%u", (unsigned)port);
    const int rc = getaddrinfo(address, number, &hints, &found);
    if (rc != 0) {
        return err_set(e, ERR_USAGE, "\"%s\" is no address of this machine: %s", address,
                       gai_strerror(rc));
    }
    const int one = 1;
    out->fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
    bool ok =
        out->fd >= 0 && setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
        bind(out->fd, found->ai_addr, found->ai_addrlen) == 0 && listen(out->fd, BACKLOG) == 0;
    if (!ok) {
        err_set_sys(e, ERR_IO, errno, "cannot listen on %s port %s", address, number);
        err_remedy(e, "port 0 takes any free one");
        if (out->fd >= 0) {
            close(out->fd);
        }
    }
    freeaddrinfo(found);
    if (ok) {
        look_at(out, address);
    }
    return ok;
}
