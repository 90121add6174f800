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

static char *url_of(int fd, const char *address, bool *is_ipv6)
{
    struct sockaddr_storage bound = {0};
    socklen_t n = sizeof bound;
    char host[128] = "";
    char port[16] = "";
    getsockname(fd, (struct sockaddr *)&bound, &n);
    getnameinfo((struct sockaddr *)&bound, n, host, sizeof host, port, sizeof port,
                NI_NUMERICHOST | NI_NUMERICSERV);
    *is_ipv6 = bound.ss_family == AF_INET6;
    const bool is_any = strcmp(host, "0.0.0.0") == 0 || strcmp(host, "::") == 0;
    if (strcmp(address, "localhost") == 0) {
        return xasprintf("http://localhost:%s", port);
    }
    if (*is_ipv6) {
        return xasprintf("http://[%s]:%s", is_any ? "::1" : host, port);
    }
    return xasprintf("http://%s:%s", is_any ? "127.0.0.1" : host, port);
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
    bool ok = out->fd >= 0 &&
              setsockopt(out->fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
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
        out->url = url_of(out->fd, address, &out->is_ipv6);
    }
    return ok;
}
