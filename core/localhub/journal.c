/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/journal.h"

#include <cjson/cJSON.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"
#include "core/localhub/stream.h"

static const char OWN_PATH[] = "/api/hfterm/requests";
enum { TARGET_COLS = 600, AGENT_COLS = 120 };

struct entry {
    int64_t unix_s, ms;
    char method[8];
    char *path, *agent; /* owned, masked and clean; agent NULL: none was named */
    unsigned status;
    uint64_t bytes;
    char *event; /* owned: as followers get it; NULL until the first of them does */
};

struct lh_journal {
    bool prints;
    uint64_t last_id; /* of the newest entry; ids begin at 1 */
    struct entry ring[LH_JOURNAL_MAX];
};

struct lh_journal *lh_journal_new(bool prints)
{
    struct lh_journal *j = xcalloc(1, sizeof *j);
    j->prints = prints;
    return j;
}

static void entry_done(struct entry *x)
{
    free(x->path);
    free(x->agent);
    free(x->event);
    *x = (struct entry){0};
}

void lh_journal_free(struct lh_journal *j)
{
    for (size_t i = 0; j && i < LH_JOURNAL_MAX; i++) {
        entry_done(&j->ring[i]);
    }
    free(j);
}

/* ---- making it safe to show ---- */

static bool is_secret_key(const char *key, size_t n)
{
    static const char *const WORDS[] = {"token", "signature", "secret", "password", "credential"};
    char *name = xstrndup(key, n);
    bool is_secret = strcmp(name, "key") == 0 || strcmp(name, "sig") == 0;
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++) {
        is_secret = is_secret || str_casestr(name, WORDS[i]);
    }
    free(name);
    return is_secret;
}

/* The values of a query's secret keys become "****". */
static void put_query_masked(struct buf *out, const char *query)
{
    while (*query) {
        const size_t n = strcspn(query, "&");
        const size_t key = strcspn(query, "=&");
        if (key < n && is_secret_key(query, key)) {
            buf_append(out, query, key);
            buf_puts(out, "=****");
        } else {
            buf_append(out, query, n);
        }
        query += n;
        if (*query) {
            buf_putc(out, *query++);
        }
    }
}

static char *clean_cut(const char *text, int cols)
{
    struct buf out = BUF_INIT;
    char *clean = text_clean(text);
    secret_mask(clean);
    text_cut_end(&out, clean, cols, false);
    free(clean);
    return buf_steal(&out);
}

static char *clean_target(const char *target)
{
    struct buf masked = BUF_INIT;
    const size_t path = strcspn(target, "?");
    buf_append(&masked, target, path);
    if (target[path]) {
        buf_putc(&masked, '?');
        put_query_masked(&masked, target + path + 1);
    }
    char *out = clean_cut(buf_str(&masked), TARGET_COLS);
    buf_done(&masked);
    return out;
}

static bool is_own(const char *target)
{
    const size_t n = sizeof OWN_PATH - 1;
    return target && strncmp(target, OWN_PATH, n) == 0 && (!target[n] || strchr("?/", target[n]));
}

bool lh_journal_add(struct lh_journal *j, const struct lh_told *told)
{
    if (is_own(told->target)) {
        return false;
    }
    struct entry *x = &j->ring[++j->last_id % LH_JOURNAL_MAX];
    entry_done(x);
    x->unix_s = clock_unix_s();
    x->ms = told->ms;
    x->status = told->status;
    x->bytes = told->bytes;
    for (size_t i = 0; told->method[i] && i < sizeof x->method - 1; i++) {
        x->method[i] = isalnum((unsigned char)told->method[i]) ? told->method[i] : '?';
    }
    x->path = clean_target(told->target ? told->target : "?");
    x->agent = told->agent ? clean_cut(told->agent, AGENT_COLS) : NULL;
    if (j->prints) {
        fprintf(stderr, "%s %s %u %lld ms\n", x->method, x->path, x->status, (long long)x->ms);
    }
    return true;
}

/* ---- followers ---- */

struct follower {
    struct lh_stream stream;
    struct lh_journal *journal;
    uint64_t told; /* id of the last one that was sent */
    bool has_begun, has_last;
};

static char *event_of(const struct entry *x, uint64_t id)
{
    struct buf out = BUF_INIT;
    struct buf time = BUF_INIT;
    cJSON *json = cJSON_CreateObject();
    clock_put_iso(&time, x->unix_s);
    cJSON_AddNumberToObject(json, "id", (double)id);
    cJSON_AddStringToObject(json, "time", buf_str(&time));
    cJSON_AddStringToObject(json, "method", x->method);
    cJSON_AddStringToObject(json, "path", x->path);
    cJSON_AddNumberToObject(json, "status", x->status);
    cJSON_AddNumberToObject(json, "ms", (double)x->ms);
    cJSON_AddNumberToObject(json, "bytes", (double)x->bytes);
    if (x->agent) {
        cJSON_AddStringToObject(json, "agent", x->agent);
    }
    char *text = json_print(json, false);
    lh_put_event(&out, "request", id, text);
    free(text);
    cJSON_Delete(json);
    buf_done(&time);
    return buf_steal(&out);
}

static void begin(struct follower *f, struct buf *out)
{
    f->has_begun = true;
    if (!f->has_last || f->told > f->journal->last_id) { /* an id of another run */
        f->told = f->journal->last_id;
    }
    buf_puts(out, ": requests of this hub\n\n");
}

static void fill(struct lh_stream *s, struct buf *out)
{
    struct follower *f = (struct follower *)s;
    struct lh_journal *j = f->journal;
    if (!f->has_begun) {
        begin(f, out);
    }
    const uint64_t oldest = j->last_id > LH_JOURNAL_MAX ? j->last_id - LH_JOURNAL_MAX + 1 : 1;
    if (f->told + 1 < oldest) {
        char count[48];
        snprintf(count, sizeof count, "{\"lost\":%llu}", (unsigned long long)(oldest - f->told - 1));
        lh_put_event(out, "lost", 0, count);
        f->told = oldest - 1;
    }
    while (f->told < j->last_id && out->n < LH_STREAM_FILL_MAX) {
        struct entry *x = &j->ring[++f->told % LH_JOURNAL_MAX];
        if (!x->event) {
            x->event = event_of(x, f->told);
        }
        buf_puts(out, x->event);
    }
}

static void follower_free(struct lh_stream *s)
{
    free(s);
}

struct lh_stream *lh_journal_follow(struct lh_journal *j, const char *last_event_id)
{
    struct follower *f = xcalloc(1, sizeof *f);
    unsigned long long last = 0;
    f->stream = (struct lh_stream){.fill = fill, .free = follower_free, .follows_requests = true};
    f->journal = j;
    f->has_last = last_event_id && str_to_u64(last_event_id, INT64_MAX, &last);
    f->told = last;
    return &f->stream;
}
