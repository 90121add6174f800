/* SPDX-License-Identifier: Apache-2.0 */
/* http_head.h - the head of an answer: collecting its lines, and what they say about waiting;
 * private to core/net.
 *
 * Threads: no shared state.
 */
#ifndef HFTERM_CORE_NET_HTTP_HEAD_H
#define HFTERM_CORE_NET_HTTP_HEAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/net/http.h"

/* The whole head may take so much; servers send 2 to 8 KiB. */
enum { HTTP_HEAD_MAX = 256 * 1024 };

struct http_head {
    struct buf lines; /* "name: value\n", names in lower case */
    long status;      /* of the answer under way, 0 before its first line */
    bool is_complete; /* the blank line of a final (not 1xx) answer has come */
};

void http_head_done(struct http_head *head);
void http_head_clear(struct http_head *head);

/* Take one line as libcurl hands it over, line end included. Lines after the end of the head
 * (trailers) are dropped. False when the head grows above HTTP_HEAD_MAX. */
bool http_head_line(struct http_head *head, const char *line, size_t n);

/* First value of a header in "name: value\n" lines; owned, NULL when absent. */
char *http_head_get(const char *lines, const char *name);

/* RateLimit and RateLimit-Policy (IETF draft 9); what is missing stays -1. False when neither
 * header says anything. */
bool http_head_rate(const char *lines, struct http_rate *out);

/* Seconds the server asks us to wait after this status (hub.md 1.5), -1 when it does not say. */
int64_t http_head_wait_s(const char *lines, long status);

#endif
