/* SPDX-License-Identifier: Apache-2.0 */
/* tiny_server.h - an HTTP/1.1 server on a free port of 127.0.0.1 that misbehaves on request.
 *
 * One thread a connection, plain sockets: what goes over the wire, and what does not, is in the
 * hands of the test. Included by one .c file a program.
 */
#ifndef HFTERM_TESTS_UNIT_TINY_SERVER_H
#define HFTERM_TESTS_UNIT_TINY_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/task/pool.h"

enum { TINY_CONNECTIONS = 128 };

struct tiny;

struct tiny_request {
    const char *head; /* request line and headers, NUL-terminated */
    const char *path; /* with the query */
    const char *method;
    const char *body;
    size_t body_len;
    int nth; /* how often this path was asked for before */
};

/* Answers; false closes the connection. */
typedef bool tiny_answer(struct tiny *s, int fd, const struct tiny_request *r);

struct tiny_connection {
    struct tiny *server;
    pthread_t thread;
    int fd;
};

struct tiny {
    tiny_answer *answer;
    const struct tiny *other; /* where /elsewhere leads */
    int fd, port;
    pthread_t thread;
    struct tiny_connection connections[TINY_CONNECTIONS];
    pthread_mutex_t lock;
    int n_connections;
    struct buf seen; /* every request head */
    atomic_int requests, open, most_open;
    atomic_ullong sent;
    atomic_bool is_stopping;
};

static inline bool tiny_send(struct tiny *s, int fd, const void *bytes, size_t n)
{
    const char *p = bytes;
    while (n > 0) {
        const ssize_t put = send(fd, p, n, MSG_NOSIGNAL);
        if (put <= 0) {
            return false;
        }
        atomic_fetch_add(&s->sent, (unsigned long long)put);
        p += put;
        n -= (size_t)put;
    }
    return true;
}

static inline bool tiny_puts(struct tiny *s, int fd, const char *text)
{
    return tiny_send(s, fd, text, strlen(text));
}

/* A whole answer; headers are further header lines, each with its "\r\n". */
static inline bool tiny_reply(struct tiny *s, int fd, int status, const char *headers,
                              const void *body, size_t n)
{
    struct buf out = BUF_INIT;
    buf_printf(&out, "HTTP/1.1 %d Some words\r\nContent-Length: %zu\r\n%s\r\n", status, n, headers);
    buf_append(&out, body, n);
    const bool is_sent = tiny_send(s, fd, out.p, out.n);
    buf_done(&out);
    return is_sent;
}

/* How often `text` stands in what all requests brought. */
static inline int tiny_count_seen(struct tiny *s, const char *text)
{
    int n = 0;
    pthread_mutex_lock(&s->lock);
    for (const char *p = buf_str(&s->seen); (p = strstr(p, text)) != NULL; p++) {
        n++;
    }
    pthread_mutex_unlock(&s->lock);
    return n;
}

static inline void tiny_forget(struct tiny *s)
{
    pthread_mutex_lock(&s->lock);
    buf_clear(&s->seen);
    pthread_mutex_unlock(&s->lock);
}

/* Read until the head is whole; what follows it stays in `in`. Length of the head, 0 at the end. */
static inline size_t tiny_read_head(int fd, struct buf *in)
{
    for (;;) {
        const char *end = in->n ? strstr(in->p, "\r\n\r\n") : NULL;
        if (end) {
            return (size_t)(end + 4 - in->p);
        }
        char chunk[4096];
        const ssize_t got = recv(fd, chunk, sizeof chunk, 0);
        if (got <= 0) {
            return 0;
        }
        buf_append(in, chunk, (size_t)got);
    }
}

static inline bool tiny_read_more(int fd, struct buf *in, size_t need)
{
    while (in->n < need) {
        char chunk[65536];
        const ssize_t got = recv(fd, chunk, sizeof chunk, 0);
        if (got <= 0) {
            return false;
        }
        buf_append(in, chunk, (size_t)got);
    }
    return true;
}

static inline bool tiny_serve_one(struct tiny *s, int fd, struct buf *in)
{
    const size_t head_len = tiny_read_head(fd, in);
    if (head_len == 0) {
        return false;
    }
    char *head = xstrndup(in->p, head_len);
    const char *length = str_casestr(head, "\r\nContent-Length: ");
    const size_t body_len = length ? strtoul(length + 18, NULL, 10) : 0;
    char method[16] = "";
    char path[1024] = "";
    bool goes_on = sscanf(head, "%15s %1023s", method, path) == 2 &&
                   tiny_read_more(fd, in, head_len + body_len);
    if (goes_on) {
        char *line = xasprintf("%s %s HTTP", method, path);
        const int nth = tiny_count_seen(s, line);
        free(line);
        pthread_mutex_lock(&s->lock);
        buf_puts(&s->seen, head);
        pthread_mutex_unlock(&s->lock);
        atomic_fetch_add(&s->requests, 1);
        goes_on = s->answer(s, fd, &(struct tiny_request){.head = head, .path = path,
                                                          .method = method,
                                                          .body = in->p + head_len,
                                                          .body_len = body_len, .nth = nth});
        buf_consume(in, head_len + body_len);
    }
    free(head);
    return goes_on;
}

static inline void *tiny_connection_main(void *arg)
{
    struct tiny_connection *c = arg;
    struct tiny *s = c->server;
    const int now_open = atomic_fetch_add(&s->open, 1) + 1;
    int most = atomic_load(&s->most_open);
    while (now_open > most && !atomic_compare_exchange_weak(&s->most_open, &most, now_open)) {
    }
    struct buf in = BUF_INIT;
    while (tiny_serve_one(s, c->fd, &in)) {
    }
    buf_done(&in);
    shutdown(c->fd, SHUT_RDWR);
    atomic_fetch_sub(&s->open, 1);
    return NULL;
}

static inline void *tiny_main(void *arg)
{
    struct tiny *s = arg;
    for (;;) {
        const int fd = accept(s->fd, NULL, NULL);
        if (fd < 0) {
            return NULL;
        }
        pthread_mutex_lock(&s->lock);
        struct tiny_connection *c = &s->connections[s->n_connections];
        if (s->n_connections == TINY_CONNECTIONS || atomic_load(&s->is_stopping)) {
            close(fd);
        } else {
            *c = (struct tiny_connection){.server = s, .fd = fd};
            s->n_connections++;
            pool_spawn(&c->thread, "tiny", tiny_connection_main, c);
        }
        pthread_mutex_unlock(&s->lock);
    }
}

static inline struct tiny *tiny_start(tiny_answer *answer)
{
    struct tiny *s = xcalloc(1, sizeof *s);
    s->answer = answer;
    pthread_mutex_init(&s->lock, NULL);
    s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    if (bind(s->fd, (struct sockaddr *)&at, len) != 0 || listen(s->fd, 64) != 0 ||
        getsockname(s->fd, (struct sockaddr *)&at, &len) != 0 ||
        pool_spawn(&s->thread, "tiny", tiny_main, s) != 0) {
        perror("tiny server");
        abort();
    }
    s->port = ntohs(at.sin_port);
    return s;
}

static inline void tiny_stop(struct tiny *s)
{
    atomic_store(&s->is_stopping, true);
    shutdown(s->fd, SHUT_RDWR);
    pthread_join(s->thread, NULL);
    close(s->fd);
    for (int i = 0; i < s->n_connections; i++) {
        shutdown(s->connections[i].fd, SHUT_RDWR);
        pthread_join(s->connections[i].thread, NULL);
        close(s->connections[i].fd);
    }
    buf_done(&s->seen);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

#endif
