/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/bench/stream_hub.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "tests/unit/tiny_server.h"

enum {
    SMALL_LIST = 100,
    TICKS_PER_S = 50,
    TRICKLE_MS = 20,
    SILENT_MS = 100,   /* how soon a silent stream sees the end */
    FULL_LINES = 1200, /* some 64 KiB in one write */
};

static const char LINE[] = "data: 12:03:58 INFO loading shard 3 of 12 of a model\n";

struct stream_hub {
    struct tiny *server;
    char *url;
};

/* tiny_server hands its answers no context of ours, and a benchmark has one such hub at a time. */
static int list_repos;
static atomic_int streams;
static atomic_ullong lines, bytes;

static bool send_lines(struct tiny *s, int fd, const struct buf *part, int n)
{
    if (!tiny_send(s, fd, part->p, part->n)) {
        return false;
    }
    atomic_fetch_add(&lines, (unsigned)n);
    atomic_fetch_add(&bytes, part->n);
    return true;
}

static void put_lines(struct buf *out, int n)
{
    buf_clear(out);
    for (int i = 0; i < n; i++) {
        buf_puts(out, LINE);
    }
}

static bool goes_on(const struct tiny *s)
{
    return !atomic_load(&s->is_stopping);
}

/* So many lines a second, in ticks of 20 ms. */
static void stream_paced(struct tiny *s, int fd, int per_s)
{
    struct buf part = BUF_INIT;
    int64_t start = clock_mono_ms();
    bool is_sent = true;
    long long done = 0;
    for (long long tick = 1; is_sent && goes_on(s); tick++) {
        int n = (int)(tick * per_s / TICKS_PER_S - done);
        done += n;
        put_lines(&part, n);
        is_sent = send_lines(s, fd, &part, n);
        clock_sleep_ms(start + tick * 1000 / TICKS_PER_S - clock_mono_ms());
    }
    buf_done(&part);
}

static void stream_full(struct tiny *s, int fd)
{
    struct buf part = BUF_INIT;
    put_lines(&part, FULL_LINES);
    while (goes_on(s) && send_lines(s, fd, &part, FULL_LINES)) {
    }
    buf_done(&part);
}

static void stream_silent(struct tiny *s, int fd)
{
    char byte;
    tiny_puts(s, fd, LINE);
    while (goes_on(s)) {
        clock_sleep_ms(SILENT_MS);
        if (recv(fd, &byte, 1, MSG_DONTWAIT | MSG_PEEK) == 0) {
            return;
        }
    }
}

static bool stream(struct tiny *s, int fd, const char *what)
{
    if (!tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")) {
        return false;
    }
    atomic_fetch_add(&streams, 1);
    unsigned long long per_s = 0;
    if (str_starts(what, "lines/") && str_to_u64(what + strlen("lines/"), 1000000, &per_s)) {
        stream_paced(s, fd, (int)per_s);
    } else if (str_starts(what, "full")) {
        stream_full(s, fd);
    } else {
        stream_silent(s, fd);
    }
    atomic_fetch_sub(&streams, 1);
    return false;
}

/* ---- the list ---- */

static void put_repos(struct buf *out, int n)
{
    buf_putc(out, '[');
    for (int i = 0; i < n; i++) {
        buf_printf(out,
                   "%s{\"id\":\"owner%d/model-%06d\",\"downloads\":%d,\"likes\":%d,\"tags\":[]}",
                   i ? "," : "", i % 97, i, n - i, i % 1000);
    }
    buf_putc(out, ']');
}

/* A page whose bytes keep coming and never make a whole. */
static bool trickle(struct tiny *s, int fd)
{
    bool is_sent = tiny_puts(s, fd,
                             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                             "Content-Length: 1000000\r\n\r\n[");
    while (is_sent && goes_on(s)) {
        clock_sleep_ms(TRICKLE_MS);
        is_sent = tiny_puts(s, fd, " ");
    }
    return false;
}

static bool list(struct tiny *s, int fd)
{
    char *head = list_repos >= SMALL_LIST
                     ? xstrdup("Content-Type: application/json\r\n")
                     : xasprintf("Content-Type: application/json\r\n"
                                 "Link: <http://127.0.0.1:%d/api/models?page=2>; rel=\"next\"\r\n",
                                 s->port);
    struct buf body = BUF_INIT;
    put_repos(&body, list_repos);
    bool is_sent = tiny_reply(s, fd, 200, head, body.p, body.n);
    buf_done(&body);
    free(head);
    return is_sent;
}

static bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (str_starts(r->path, "/stream/")) {
        return stream(s, fd, r->path + strlen("/stream/"));
    }
    if (strstr(r->path, "page=2")) {
        return trickle(s, fd);
    }
    if (str_starts(r->path, "/api/models?")) {
        return list(s, fd);
    }
    return tiny_reply(s, fd, 404, "Content-Type: application/json\r\n", "{}", 2);
}

struct stream_hub *stream_hub_start(int repos)
{
    struct stream_hub *h = xcalloc(1, sizeof *h);
    list_repos = repos;
    atomic_store(&lines, 0);
    atomic_store(&bytes, 0);
    h->server = tiny_start(answer);
    h->url = xasprintf("http://127.0.0.1:%d", h->server->port);
    return h;
}

void stream_hub_stop(struct stream_hub *h)
{
    tiny_stop(h->server);
    free(h->url);
    free(h);
}

const char *stream_hub_url(const struct stream_hub *h)
{
    return h->url;
}

int stream_hub_open(const struct stream_hub *h)
{
    (void)h;
    return atomic_load(&streams);
}

unsigned long long stream_hub_lines(const struct stream_hub *h)
{
    (void)h;
    return atomic_load(&lines);
}

unsigned long long stream_hub_bytes(const struct stream_hub *h)
{
    (void)h;
    return atomic_load(&bytes);
}
