/* SPDX-License-Identifier: Apache-2.0 */
#include "core/transfer/fetch.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/hub/resolve.h"
#include "core/net/http.h"
#include "core/task/task.h"

void fetch_tell(const struct fetch *f, uint64_t done)
{
    task_progress(f->task, done, f->out->has_size ? f->out->size : 0);
}

bool fetch_rewind(struct fetch *f, struct err *e)
{
    sums_end(&f->sums, NULL);
    free(f->etag);
    f->etag = NULL;
    f->out->found = 0;
    f->out->has_size = false;
    return part_cut(&f->part, 0, e);
}

static enum fetch_outcome fail_or_retry(const struct err *e)
{
    const bool is_server = e->code == ERR_SERVER &&
                           (e->http >= 500 || e->http == 408 || e->http == 403 || e->http == 400);
    return e->code == ERR_NETWORK || e->code == ERR_RATE_LIMIT || is_server ? FETCH_BROKEN
                                                                            : FETCH_FAILED;
}

/* Is what comes the rest of what we have? */
static bool is_same(const struct fetch *f, const struct hub_facts *facts)
{
    return facts->etag && f->etag && strcmp(facts->etag, f->etag) == 0;
}

/* The first answer, or one that begins anew: everything it says holds from here on. */
static bool begin(struct fetch *f, struct hub_facts *facts, struct err *e)
{
    if (!fetch_rewind(f, e)) {
        return false;
    }
    f->etag = xstrdup_opt(facts->etag);
    sums_begin(&f->sums, f->etag, facts->has_size, facts->size);
    const struct part_note note = {
        .url = f->url, .etag = f->etag, .has_size = facts->has_size, .size = facts->size};
    return !f->etag || part_write_note(&f->part, &note, e);
}

static void take_facts(struct fetch *f, struct hub_facts *facts)
{
    if (facts->has_size) {
        f->out->has_size = true;
        f->out->size = facts->size;
    }
    if (facts->commit) {
        free(f->out->commit);
        f->out->commit = facts->commit;
        facts->commit = NULL;
    }
}

/* What the status means here. FETCH_DONE: its body is to be read. */
static enum fetch_outcome judge(struct fetch *f, const struct hub_want *want, struct hub_opened *o,
                                bool *is_whole, struct err *e)
{
    const long status = o->head.status;
    const bool is_rest = status == 206 && want->range;
    *is_whole = false;
    if (status == 200) {
        return begin(f, &o->facts, e) ? FETCH_DONE : FETCH_FAILED;
    }
    if (status == 416 && is_same(f, &o->facts) && o->facts.has_size &&
        o->facts.size == f->part.size) {
        *is_whole = true;
        return FETCH_DONE;
    }
    if ((is_rest && !is_same(f, &o->facts)) || (status == 416 && f->part.size > 0)) {
        log_line("download", "%s has changed: from the beginning", f->spec->path);
        return fetch_rewind(f, e) ? FETCH_AGAIN : FETCH_FAILED;
    }
    if (is_rest && o->has_part && o->first == f->part.size) {
        return FETCH_DONE;
    }
    if (status == 206) {
        err_set(e, ERR_SERVER, "the server sent another part of the file than asked for");
        return FETCH_FAILED;
    }
    hub_opened_fail(f->hub, want, o, e);
    return fail_or_retry(e);
}

static enum fetch_outcome end_of_body(struct fetch *f, struct err *e)
{
    if (f->out->has_size && f->part.size < f->out->size) {
        err_set(e, ERR_NETWORK, "the connection ended after %llu of %llu bytes",
                (unsigned long long)f->part.size, (unsigned long long)f->out->size);
        return FETCH_BROKEN;
    }
    return FETCH_DONE;
}

static enum fetch_outcome read_body(struct fetch *f, struct http_stream *s, struct err *e)
{
    for (;;) {
        const int64_t n = http_stream_read(s, f->chunk, FETCH_CHUNK, e);
        if (n < 0) {
            return fail_or_retry(e);
        }
        if (n == 0) {
            return end_of_body(f, e);
        }
        if (f->out->has_size && f->part.size + (uint64_t)n > f->out->size) {
            err_set(e, ERR_DAMAGED, "more bytes came than the file has");
            err_remedy(e, "Try again; if it stays, a proxy on the way changes files.");
            return FETCH_FAILED;
        }
        const uint64_t before = f->part.size;
        const bool ok = part_write(&f->part, f->chunk, (size_t)n, e);
        sums_add(&f->sums, f->chunk, (size_t)(f->part.size - before));
        if (!ok) {
            return FETCH_FAILED;
        }
        fetch_tell(f, f->part.size);
        if (f->part.size > f->best) {
            f->best = f->part.size;
            f->attempt = 0;
        }
    }
}

enum fetch_outcome fetch_once(struct fetch *f, struct err *e)
{
    struct hub_opened o;
    bool is_whole = false;
    char *range =
        f->part.size == 0 ? NULL : xasprintf("bytes=%llu-", (unsigned long long)f->part.size);
    const struct hub_want want = {.kind = f->spec->kind,
                                  .id = f->spec->id,
                                  .revision = f->spec->revision,
                                  .path = f->spec->path,
                                  .range = range,
                                  .is_download = true,
                                  .task = f->task};
    enum fetch_outcome outcome = FETCH_FAILED;
    if (!hub_open_file(f->hub, &want, &o, e)) {
        outcome = fail_or_retry(e);
    } else {
        outcome = judge(f, &want, &o, &is_whole, e);
        if (outcome == FETCH_DONE) {
            take_facts(f, &o.facts);
            fetch_tell(f, f->part.size);
            outcome = is_whole ? FETCH_DONE : read_body(f, o.stream, e);
        }
        hub_opened_done(&o);
    }
    free(range);
    return outcome;
}
