/* SPDX-License-Identifier: Apache-2.0 */
/* listen.h - a listening TCP socket with its address in words. */
#ifndef HFTERM_CORE_LOCALHUB_LISTEN_H
#define HFTERM_CORE_LOCALHUB_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

struct err;

struct lh_socket {
    int fd;
    bool is_ipv6;
    bool is_loopback; /* only this machine can reach it */
    char *url; /* owned: "http://127.0.0.1:8123"; a wildcard address becomes the loopback one */
};

/* port 0: any free one. ERR_USAGE for an address that is none, ERR_IO with the port when it is
 * taken. */
bool lh_listen(const char *address, uint16_t port, struct lh_socket *out, struct err *e);

#endif
