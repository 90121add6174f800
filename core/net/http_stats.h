/* SPDX-License-Identifier: Apache-2.0 */
/* http_stats.h - what the network did: the request log, rate limits by host, speed; private to
 * core/net.
 *
 * Threads: all functions from any thread.
 */
#ifndef HFTERM_CORE_NET_HTTP_STATS_H
#define HFTERM_CORE_NET_HTTP_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "core/net/http.h"

struct http_stats;

struct http_stats *http_stats_new(void); /* owned: http_stats_free */
void http_stats_free(struct http_stats *s);

/* One attempt of a request. */
struct http_try {
    const char *method, *url;
    int attempt, tries;
    int64_t asked_ms; /* monotonic, of the whole request */
    const char *why;  /* the one before failed with; "" */
    bool is_long;
};
/* It goes out; returns its id in the log. */
uint64_t http_stats_begin(struct http_stats *s, const struct http_try *what);
/* It ended; nothing happens when the log has forgotten it. */
void http_stats_end(struct http_stats *s, uint64_t id, long status, enum err_code code,
                    uint64_t bytes);

/* It will be repeated wait_ms from now; -1: after all not. */
void http_stats_retry(struct http_stats *s, uint64_t id, int64_t wait_ms, const char *why);

/* What it said and was told; moves d. */
void http_stats_keep(struct http_stats *s, uint64_t id, struct http_log_detail *d);
/* A copy of it. False when it is not kept. */
bool http_stats_detail(struct http_stats *s, uint64_t id, struct http_log_detail *out);

/* Body bytes came in now. */
void http_stats_received(struct http_stats *s, size_t n);
/* Keep the rate limit told in the head of an answer of url. */
void http_stats_rate(struct http_stats *s, const char *url, const char *lines);

bool http_stats_waiting(struct http_stats *s, struct http_wait *out);
size_t http_stats_log(struct http_stats *s, struct http_log_entry *out, size_t max);
struct http_rate http_stats_get_rate(struct http_stats *s, const char *host);
uint64_t http_stats_speed(struct http_stats *s);

#endif
