/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/http_stats.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/net/http_head.h"
#include "core/net/http_url.h"

enum { LOG_LEN = 200, HOSTS = 16, SLOTS = 10, SLOT_MS = 100 };

struct entry {
    struct http_log_entry shown;
    int64_t started_ms, asked_ms; /* monotonic: of the attempt, of the whole request */
    int64_t retry_at_ms;          /* 0: no other attempt is waited for */
    char before[64];              /* why the attempt before failed */
    bool is_long;
};

struct host_rate {
    char host[128];
    struct http_rate rate;
    int64_t told_ms; /* monotonic, 0: free */
};

struct http_stats {
    pthread_mutex_t lock;
    struct entry log[LOG_LEN]; /* request id at [id % LOG_LEN]; ids start at 1 */
    uint64_t last_id;
    struct http_log_detail details[LOG_LEN]; /* of the request with this id, at its place */
    uint64_t detail_ids[LOG_LEN];
    struct host_rate hosts[HOSTS];
    uint64_t slot_bytes[SLOTS]; /* received in the SLOT_MS that began at slot_no * SLOT_MS */
    int64_t slot_no[SLOTS];
};

struct http_stats *http_stats_new(void)
{
    struct http_stats *s = xcalloc(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    return s;
}

void http_stats_free(struct http_stats *s)
{
    if (s) {
        for (size_t i = 0; i < LOG_LEN; i++) {
            http_log_detail_done(&s->details[i]);
        }
        pthread_mutex_destroy(&s->lock);
        free(s);
    }
}

/* What b holds, harmless, masked and cut to the field. b is done with. */
static void copy_clean(char *field, size_t size, struct buf *b)
{
    char *raw = buf_steal(b);
    secret_mask(raw);
    char *clean = text_clean(raw);
    size_t n = strlen(clean);
    if (n > size - 1) {
        n = size - 1;
        while (n > 0 && ((unsigned char)clean[n] & 0xc0) == 0x80) {
            n--; /* not inside of a UTF-8 sequence */
        }
    }
    memcpy(field, clean, n);
    field[n] = '\0';
    free(clean);
    free(raw);
}

uint64_t http_stats_begin(struct http_stats *s, const struct http_try *what)
{
    struct entry entry = {
        .started_ms = clock_mono_ms(), .asked_ms = what->asked_ms, .is_long = what->is_long};
    struct http_log_entry *shown = &entry.shown;
    struct buf b = BUF_INIT;
    buf_puts(&b, what->method);
    copy_clean(shown->method, sizeof shown->method, &b);
    http_url_put_host(&b, what->url);
    copy_clean(shown->host, sizeof shown->host, &b);
    http_url_put_path(&b, what->url);
    copy_clean(shown->path, sizeof shown->path, &b);
    shown->started_unix_s = clock_unix_s();
    shown->took_ms = -1;
    shown->attempt = what->attempt;
    shown->tries = what->tries;
    snprintf(entry.before, sizeof entry.before, "%s", what->why);
    pthread_mutex_lock(&s->lock);
    shown->id = ++s->last_id;
    s->log[shown->id % LOG_LEN] = entry;
    pthread_mutex_unlock(&s->lock);
    return shown->id;
}

void http_stats_end(struct http_stats *s, uint64_t id, long status, enum err_code code,
                    uint64_t bytes)
{
    pthread_mutex_lock(&s->lock);
    struct entry *entry = &s->log[id % LOG_LEN];
    if (entry->shown.id == id) {
        entry->shown.status = status;
        entry->shown.err = code;
        entry->shown.bytes = bytes;
        entry->shown.took_ms = clock_mono_ms() - entry->started_ms;
    }
    pthread_mutex_unlock(&s->lock);
}

void http_stats_retry(struct http_stats *s, uint64_t id, int64_t wait_ms, const char *why)
{
    struct buf b = BUF_INIT;
    char clean[sizeof s->log->shown.why];
    buf_puts(&b, why);
    copy_clean(clean, sizeof clean, &b);
    pthread_mutex_lock(&s->lock);
    struct entry *entry = &s->log[id % LOG_LEN];
    if (entry->shown.id == id) {
        entry->retry_at_ms = wait_ms < 0 ? 0 : clock_mono_ms() + wait_ms;
        memcpy(entry->shown.why, clean, sizeof clean);
    }
    pthread_mutex_unlock(&s->lock);
}

static int64_t retry_ms(const struct entry *entry, int64_t now_ms)
{
    return entry->retry_at_ms > now_ms ? entry->retry_at_ms - now_ms : -1;
}

static bool is_waiting(const struct entry *entry, int64_t now_ms)
{
    return entry->shown.id > 0 && !entry->is_long &&
           (entry->shown.took_ms < 0 || retry_ms(entry, now_ms) >= 0);
}

bool http_stats_waiting(struct http_stats *s, struct http_wait *out)
{
    const int64_t now_ms = clock_mono_ms();
    const struct entry *longest = NULL;
    pthread_mutex_lock(&s->lock);
    for (const struct entry *entry = s->log; entry < s->log + LOG_LEN; entry++) {
        if (is_waiting(entry, now_ms) && (!longest || entry->asked_ms < longest->asked_ms)) {
            longest = entry;
        }
    }
    if (longest) {
        const struct http_log_entry *shown = &longest->shown;
        const int64_t until_ms = retry_ms(longest, now_ms);
        *out = (struct http_wait){.waited_ms = now_ms - longest->asked_ms,
                                  .attempt = shown->attempt + (until_ms >= 0),
                                  .tries = shown->tries,
                                  .retry_ms = until_ms};
        memcpy(out->host, shown->host, sizeof out->host);
        memcpy(out->why, until_ms >= 0 ? shown->why : longest->before, sizeof out->why);
    }
    pthread_mutex_unlock(&s->lock);
    return longest != NULL;
}

void http_stats_keep(struct http_stats *s, uint64_t id, struct http_log_detail *d)
{
    pthread_mutex_lock(&s->lock);
    http_log_detail_done(&s->details[id % LOG_LEN]);
    s->details[id % LOG_LEN] = *d;
    s->detail_ids[id % LOG_LEN] = id;
    pthread_mutex_unlock(&s->lock);
    *d = (struct http_log_detail){0};
}

bool http_stats_detail(struct http_stats *s, uint64_t id, struct http_log_detail *out)
{
    pthread_mutex_lock(&s->lock);
    const struct http_log_detail *d = &s->details[id % LOG_LEN];
    const bool is_kept = id && s->detail_ids[id % LOG_LEN] == id;
    *out = (struct http_log_detail){0};
    if (is_kept) {
        *out = (struct http_log_detail){xstrdup(d->url),       xstrdup(d->sent),     xstrdup(d->got),
                                        xstrdup(d->sent_body), xstrdup(d->got_body), d->has_token};
    }
    pthread_mutex_unlock(&s->lock);
    return is_kept;
}

void http_stats_received(struct http_stats *s, size_t n)
{
    const int64_t no = clock_mono_ms() / SLOT_MS;
    pthread_mutex_lock(&s->lock);
    const size_t at = (size_t)(no % SLOTS);
    if (s->slot_no[at] != no) {
        s->slot_no[at] = no;
        s->slot_bytes[at] = 0;
    }
    s->slot_bytes[at] += n;
    pthread_mutex_unlock(&s->lock);
}

uint64_t http_stats_speed(struct http_stats *s)
{
    const int64_t no = clock_mono_ms() / SLOT_MS;
    uint64_t sum = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < SLOTS; i++) {
        sum += s->slot_no[i] > no - SLOTS ? s->slot_bytes[i] : 0;
    }
    pthread_mutex_unlock(&s->lock);
    return sum * 1000 / (SLOTS * SLOT_MS);
}

/* The host's place, or the one that was told of the longest ago. The lock is held. */
static struct host_rate *place_of(struct http_stats *s, const char *host)
{
    struct host_rate *oldest = &s->hosts[0];
    for (size_t i = 0; i < HOSTS; i++) {
        if (s->hosts[i].told_ms && strcmp(s->hosts[i].host, host) == 0) {
            return &s->hosts[i];
        }
        oldest = s->hosts[i].told_ms < oldest->told_ms ? &s->hosts[i] : oldest;
    }
    return oldest;
}

void http_stats_rate(struct http_stats *s, const char *url, const char *lines)
{
    struct http_rate rate;
    if (!http_head_rate(lines, &rate)) {
        return;
    }
    struct host_rate told = {.rate = rate, .told_ms = clock_mono_ms()};
    struct buf host = BUF_INIT;
    http_url_put_host(&host, url);
    snprintf(told.host, sizeof told.host, "%s", buf_str(&host));
    buf_done(&host);
    pthread_mutex_lock(&s->lock);
    *place_of(s, told.host) = told;
    pthread_mutex_unlock(&s->lock);
}

/* "h:1" is asked for as "h:1", "h" or "http://h:1". */
static bool is_host(const char *stored, const char *asked)
{
    const char *scheme_end = strstr(asked, "://");
    const char *host = scheme_end ? scheme_end + 3 : asked;
    const size_t n = strcspn(host, "/");
    if (strncmp(stored, host, n) != 0) {
        return false;
    }
    return stored[n] == '\0' || (stored[n] == ':' && !strchr(stored + n, ']'));
}

struct http_rate http_stats_get_rate(struct http_stats *s, const char *host)
{
    struct http_rate rate = {.remaining = -1, .quota = -1, .reset_s = -1};
    int64_t told_ms = 0;
    pthread_mutex_lock(&s->lock);
    for (size_t i = 0; i < HOSTS; i++) {
        const struct host_rate *known = &s->hosts[i];
        if (known->told_ms > told_ms && is_host(known->host, host)) {
            rate = known->rate;
            told_ms = known->told_ms;
        }
    }
    pthread_mutex_unlock(&s->lock);
    if (rate.reset_s >= 0) {
        const int64_t left = rate.reset_s - (clock_mono_ms() - told_ms) / 1000;
        rate.reset_s = left > 0 ? left : 0;
    }
    return rate;
}

size_t http_stats_log(struct http_stats *s, struct http_log_entry *out, size_t max)
{
    const int64_t now_ms = clock_mono_ms();
    size_t n = 0;
    pthread_mutex_lock(&s->lock);
    for (uint64_t id = s->last_id; id > 0 && n < max && n < LOG_LEN; id--) {
        const struct entry *entry = &s->log[id % LOG_LEN];
        out[n] = entry->shown;
        out[n++].retry_ms = retry_ms(entry, now_ms);
    }
    pthread_mutex_unlock(&s->lock);
    return n;
}
