/* SPDX-License-Identifier: Apache-2.0 */
/* localhub_wire.h - many plain connections to a hub at once, for the tests of localhub. */
#ifndef HFTERM_TESTS_UNIT_LOCALHUB_WIRE_H
#define HFTERM_TESTS_UNIT_LOCALHUB_WIRE_H

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "tests/unit/localhub_help.h"

/* Sanitizers slow everything down; the limits then only catch what is wrong by an order. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SLACK = 20 };
#else
enum { SLACK = 4 };
#endif

static inline int wire_to(const struct localhub *hub, const char *address)
{
    struct sockaddr_in to = {.sin_family = AF_INET};
    to.sin_port = htons((uint16_t)strtoul(strrchr(localhub_url(hub), ':') + 1, NULL, 10));
    assert_int_equal(inet_pton(AF_INET, address, &to.sin_addr), 1);
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static inline void wire_put(int fd, const char *text)
{
    assert_int_equal(send(fd, text, strlen(text), MSG_NOSIGNAL), strlen(text));
}

static inline int wire_get(const struct localhub *hub, const char *target, const char *headers)
{
    const int fd = wire_to(hub, "127.0.0.1");
    char *text =
        xasprintf("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\n%s\r\n", target, headers ? headers : "");
    wire_put(fd, text);
    free(text);
    return fd;
}

/* Reads until needle was seen in what came so far; false at the end of the stream or after ms. */
static inline bool wire_until(int fd, struct buf *got, const char *needle, int64_t ms)
{
    const int64_t end = clock_mono_ms() + ms;
    while (!strstr(buf_str(got), needle)) {
        char part[4096];
        struct pollfd p = {.fd = fd, .events = POLLIN};
        const int64_t left = end - clock_mono_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0) {
            return false;
        }
        const ssize_t n = read(fd, part, sizeof part);
        if (n <= 0) {
            return false;
        }
        buf_append(got, part, (size_t)n);
    }
    return true;
}

/* Until the server closes; false after ms. */
static inline bool wire_ends(int fd, struct buf *got, int64_t ms)
{
    const int64_t end = clock_mono_ms() + ms;
    for (;;) {
        char part[4096];
        struct pollfd p = {.fd = fd, .events = POLLIN};
        const int64_t left = end - clock_mono_ms();
        if (left <= 0 || poll(&p, 1, (int)left) <= 0) {
            return false;
        }
        const ssize_t n = read(fd, part, sizeof part);
        if (n <= 0) {
            return true;
        }
        buf_append(got, part, (size_t)n);
    }
}

static inline void wire_files(rlim_t n)
{
    struct rlimit files;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &files), 0);
    if (files.rlim_cur < n) {
        files.rlim_cur = files.rlim_max < n ? files.rlim_max : n;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
    }
}

#endif
