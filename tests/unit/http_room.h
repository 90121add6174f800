/* SPDX-License-Identifier: Apache-2.0 */
/* http_room.h - what the tests of core/net/http share: two servers with every kind of answer, and
 * a client. Included by one .c file a program.
 */
#ifndef HFTERM_TESTS_UNIT_HTTP_ROOM_H
#define HFTERM_TESTS_UNIT_HTTP_ROOM_H

#include <zlib.h>

#include "core/base/clock.h"
#include "core/net/http.h"
#include "tests/unit/tiny_server.h"

struct room {
    struct tiny *server, *other;
    struct http *http;
    char origin[64];
};

static inline bool reply_text(struct tiny *s, int fd, int status, const char *headers, const char *text)
{
    return tiny_reply(s, fd, status, headers, text, strlen(text));
}

static inline bool answer_gzip(struct tiny *s, int fd, const struct tiny_request *r)
{
    static const char TEXT[] = "packed packed packed packed";
    if (!strstr(r->head, "gzip")) {
        return reply_text(s, fd, 200, "", "not asked for");
    }
    unsigned char packed[200];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)TEXT, .avail_in = sizeof TEXT - 1,
                  .next_out = packed, .avail_out = sizeof packed};
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    const size_t n = z.total_out;
    deflateEnd(&z);
    return tiny_reply(s, fd, 200, "Content-Encoding: gzip\r\n", packed, n);
}

static inline bool answer_broken(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (strcmp(r->path, "/cut") == 0 || (strcmp(r->path, "/cut-once") == 0 && r->nth == 0)) {
        tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this");
        return false;
    }
    if (strcmp(r->path, "/cut-once") == 0) {
        return reply_text(s, fd, 200, "", "whole");
    }
    if (strcmp(r->path, "/longer") == 0) {
        tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nfive!and more than five");
        return false;
    }
    if (strcmp(r->path, "/not-http") == 0) {
        tiny_puts(s, fd, "SSH-2.0-OpenSSH_9.2\r\n");
        return false;
    }
    if (strcmp(r->path, "/long-line") == 0 || strcmp(r->path, "/long-status") == 0) {
        char *line = xmalloc(300001);
        memset(line, 'a', 300000);
        line[300000] = '\0';
        tiny_puts(s, fd, strcmp(r->path, "/long-line") == 0 ? "HTTP/1.1 200 OK\r\nX: " : "HTTP/1.1 200 ");
        tiny_puts(s, fd, line);
        free(line);
        return tiny_puts(s, fd, "\r\nContent-Length: 0\r\n\r\n");
    }
    if (strcmp(r->path, "/long-trailer") == 0) {
        tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX: ");
        while (tiny_puts(s, fd, "0123456789012345678901234567890123456789012345678901234567890123")) {
        }
        return false;
    }
    if (strcmp(r->path, "/hints") == 0) {
        while (tiny_puts(s, fd, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n")) {
        }
        return false;
    }
    if (str_starts(r->path, "/drip-")) { /* a line now and then, of a head or of other heads before it */
        const bool is_head = strcmp(r->path, "/drip-head") == 0;
        tiny_puts(s, fd, is_head ? "HTTP/1.1 200 OK\r\n" : "");
        while (tiny_puts(s, fd, is_head ? "X: y\r\n" : "HTTP/1.1 103 Hints\r\n\r\n")) {
            clock_sleep_ms(20);
        }
        return false;
    }
    if (str_starts(r->path, "/in-head")) { /* the connection ends inside the headers */
        tiny_puts(s, fd, strcmp(r->path, "/in-head-1") == 0 ? "HTTP/1.1 200 OK\r\n"
                                                            : "HTTP/1.1 500 Oh\r\nContent-Length: 2\r\nX-Re");
        return false;
    }
    if (strcmp(r->path, "/close") == 0) {
        return false;
    }
    if (strcmp(r->path, "/long-head") == 0) {
        tiny_puts(s, fd, "HTTP/1.1 200 OK\r\n");
        while (tiny_puts(s, fd, "X-More: 0123456789012345678901234567890123456789012345678\r\n")) {
        }
        return false;
    }
    if (strcmp(r->path, "/silent") == 0) {
        char c;
        recv(fd, &c, 1, 0); /* until the client goes away */
        return false;
    }
    return reply_text(s, fd, 404, "", "no such thing");
}

/* A body followed by lines without end. */
static inline bool answer_trailers(struct tiny *s, int fd)
{
    tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n");
    while (tiny_puts(s, fd, "X-More: 0123456789012345678901234567890123456789012345678\r\n")) {
    }
    return false;
}

static inline bool answer_endless(struct tiny *s, int fd, const struct tiny_request *r)
{
    const bool is_drip = strcmp(r->path, "/drip") == 0;
    static char chunk[20000] = "4e18\r\n"; /* 19992 bytes */
    memcpy(chunk + sizeof chunk - 2, "\r\n", 2);
    tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    while (is_drip ? tiny_puts(s, fd, "1\r\n.\r\n") : tiny_send(s, fd, chunk, sizeof chunk)) {
        clock_sleep_ms(is_drip ? 20 : 0);
    }
    return false;
}

/* FLOOD bytes, each the low byte of its position divided by 1000, in chunks; with "gzip" packed. */
enum { FLOOD = 20 * 1000 * 1000 };

static inline char flood_byte(size_t at)
{
    return (char)(at / 1000 % 251);
}

static inline void send_chunk(struct tiny *s, int fd, const void *bytes, size_t n)
{
    char size[24];
    snprintf(size, sizeof size, "%zx\r\n", n);
    if (n > 0) {
        tiny_puts(s, fd, size);
        tiny_send(s, fd, bytes, n);
        tiny_puts(s, fd, "\r\n");
    }
}

static inline bool answer_flood(struct tiny *s, int fd, const struct tiny_request *r)
{
    const bool is_packed = strstr(r->path, "packed") != NULL;
    static const int SMALL = 64 * 1024;
    setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &SMALL, sizeof SMALL);
    tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n");
    tiny_puts(s, fd, is_packed ? "Content-Encoding: gzip\r\n\r\n" : "\r\n");
    char plain[50000];
    unsigned char packed[60000];
    z_stream z = {0};
    deflateInit2(&z, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    for (size_t at = 0; at < FLOOD; at += sizeof plain) {
        for (size_t i = 0; i < sizeof plain; i++) {
            plain[i] = flood_byte(at + i);
        }
        if (!is_packed) {
            send_chunk(s, fd, plain, sizeof plain);
            continue;
        }
        z.next_in = (Bytef *)plain;
        z.avail_in = sizeof plain;
        z.next_out = packed;
        z.avail_out = sizeof packed;
        deflate(&z, at + sizeof plain == FLOOD ? Z_FINISH : Z_NO_FLUSH);
        send_chunk(s, fd, packed, sizeof packed - z.avail_out);
    }
    deflateEnd(&z);
    return tiny_puts(s, fd, "0\r\n\r\n");
}

static inline bool answer_redirect(struct tiny *s, int fd, const struct tiny_request *r)
{
    const char *kind = r->path + strlen("/redirect/");
    char headers[256] = "Location: /redirect/loop\r\n";
    int status = 302;
    if (sscanf(kind, "%3d/", &status) == 1) { /* /redirect/307/echo */
        snprintf(headers, sizeof headers, "Location: ../../echo?from=%d\r\n", status);
    } else if (strcmp(kind, "elsewhere") == 0) {
        snprintf(headers, sizeof headers, "Location: http://127.0.0.1:%d/echo?a=1\r\n",
                 s->other->port);
    } else if (strcmp(kind, "there-and-back") == 0) {
        snprintf(headers, sizeof headers, "Location: http://127.0.0.1:%d/back?to=%d\r\n",
                 s->other->port, s->port);
    } else if (strcmp(kind, "file") == 0) {
        snprintf(headers, sizeof headers, "Location: file:///etc/passwd\r\n");
    } else if (strcmp(kind, "nowhere") == 0) {
        headers[0] = '\0';
    } else if (strcmp(kind, "large") == 0) {
        static char body[400000];
        return tiny_reply(s, fd, 302, "Location: /hello\r\n", body, sizeof body);
    }
    return reply_text(s, fd, status, headers, "moved");
}

static inline bool answer_busy(struct tiny *s, int fd, const struct tiny_request *r)
{
    if (strcmp(r->path, "/busy-twice") == 0 && r->nth < 2) {
        return reply_text(s, fd, 503, "", "busy");
    }
    if (strcmp(r->path, "/limit-once") == 0 && r->nth == 0) {
        return reply_text(s, fd, 429, "Retry-After: 0\r\n", "slow down");
    }
    if (strcmp(r->path, "/window-once") == 0 && r->nth == 0) {
        return reply_text(s, fd, 429, "RateLimit: \"api\";r=0;t=0\r\nRetry-After: 500\r\n", "wait");
    }
    if (strcmp(r->path, "/limit") == 0) {
        return reply_text(s, fd, 429, "Retry-After: 86400\r\n", "come back tomorrow");
    }
    if (strcmp(r->path, "/limit-minutes") == 0) {
        return reply_text(s, fd, 429, "Retry-After: 200\r\n", "later");
    }
    return reply_text(s, fd, strcmp(r->path, "/busy") == 0 ? 503 : 200, "", "served");
}

static inline bool answer_echo(struct tiny *s, int fd, const struct tiny_request *r)
{
    struct buf out = BUF_INIT;
    buf_puts(&out, r->head);
    buf_append(&out, r->body, r->body_len);
    const bool is_sent = tiny_reply(s, fd, 200, "", out.p, out.n);
    buf_done(&out);
    return is_sent;
}

static inline bool answer(struct tiny *s, int fd, const struct tiny_request *r)
{
    int port = 0;
    if (str_starts(r->path, "/hello")) {
        return strcmp(r->method, "HEAD") == 0
                   ? tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 99000000000\r\n\r\n")
                   : reply_text(s, fd, 200, "ETag: \"x\"\r\nX-Folded: a\r\n b\r\n", "hello");
    }
    if (str_starts(r->path, "/echo")) {
        return answer_echo(s, fd, r);
    }
    if (strcmp(r->path, "/packed") == 0) {
        return answer_gzip(s, fd, r);
    }
    if (strcmp(r->path, "/endless") == 0 || strcmp(r->path, "/drip") == 0) {
        return answer_endless(s, fd, r);
    }
    if (str_starts(r->path, "/flood")) {
        return answer_flood(s, fd, r);
    }
    if (strcmp(r->path, "/trailers") == 0) {
        return answer_trailers(s, fd);
    }
    if (strcmp(r->path, "/announced") == 0) {
        return tiny_puts(s, fd, "HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n...");
    }
    if (strcmp(r->path, "/rate") == 0) {
        return reply_text(s, fd, 200, "RateLimit: \"api\";r=499;t=120\r\n"
                                      "RateLimit-Policy: \"fixed window\";\"api\";q=500;w=300\r\n",
                          "x");
    }
    if (strcmp(r->path, "/early") == 0) {
        return tiny_puts(s, fd, "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
                                "HTTP/1.1 200 OK\r\nX-Final: yes\r\nContent-Length: 2\r\n\r\nok");
    }
    if (str_starts(r->path, "/redirect/")) {
        return answer_redirect(s, fd, r);
    }
    if (sscanf(r->path, "/back?to=%d", &port) == 1) {
        char headers[128];
        snprintf(headers, sizeof headers, "Location: http://127.0.0.1:%d/echo\r\n", port);
        return reply_text(s, fd, 302, headers, "");
    }
    if (str_starts(r->path, "/busy") || strstr(r->path, "limit") || strstr(r->path, "window")) {
        return answer_busy(s, fd, r);
    }
    if (str_starts(r->path, "/slow")) {
        clock_sleep_ms(30);
        return reply_text(s, fd, 200, "", "slow");
    }
    return answer_broken(s, fd, r);
}

static inline int set_up(void **state)
{
    static const char *const PROXIES[] = {"http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy",
                                          "ALL_PROXY", "no_proxy", "NO_PROXY"};
    for (size_t i = 0; i < sizeof PROXIES / sizeof *PROXIES; i++) {
        unsetenv(PROXIES[i]);
    }
    struct room *room = xcalloc(1, sizeof *room);
    room->server = tiny_start(answer);
    room->other = tiny_start(answer);
    room->server->other = room->other;
    snprintf(room->origin, sizeof room->origin, "http://127.0.0.1:%d", room->server->port);
    room->http = http_new(&(struct http_options){.retry_ms = 10, .connect_ms = 5000}, NULL);
    assert_non_null(room->http);
    *state = room;
    return 0;
}

static inline int tear_down(void **state)
{
    struct room *room = *state;
    http_free(room->http);
    tiny_stop(room->server);
    tiny_stop(room->other);
    free(room);
    return 0;
}

/* One request with whatever else stands in `req`; false as http_perform. */
static inline bool ask(struct room *room, const char *path, struct http_request req,
                struct http_response *out, struct err *e)
{
    char url[256];
    snprintf(url, sizeof url, "%s%s", room->origin, path);
    req.url = url;
    return http_perform(room->http, &req, NULL, out, e);
}

/* The body of a request that must work, owned. */
static inline char *body_of(struct room *room, const char *path, struct http_request req, long status)
{
    struct http_response r;
    struct err e = ERR_INIT;
    if (!ask(room, path, req, &r, &e)) {
        fail_msg("%s: %s", path, e.msg);
    }
    assert_int_equal(r.status, status);
    char *body = buf_steal(&r.body);
    http_response_done(&r);
    return body;
}

static inline void expect_body(struct room *room, const char *path, struct http_request req, long status,
                        const char *text)
{
    char *body = body_of(room, path, req, status);
    assert_string_equal(body, text);
    free(body);
}

static inline void expect_failure(struct room *room, const char *path, struct http_request req,
                           enum err_code code, const char *words)
{
    struct http_response r;
    struct err e = ERR_INIT;
    assert_false(ask(room, path, req, &r, &e));
    assert_int_equal(e.code, code);
    if (!strstr(e.msg, words)) {
        fail_msg("'%s' does not say '%s'", e.msg, words);
    }
    http_response_done(&r);
}

#define ROOM_TEST(fn) cmocka_unit_test_setup_teardown(fn, set_up, tear_down)

#endif
