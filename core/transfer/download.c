/* SPDX-License-Identifier: Apache-2.0 */
#include "core/transfer/download.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/hub/resolve.h"
#include "core/net/http.h"
#include "core/task/task.h"
#include "core/transfer/part.h"
#include "core/transfer/sums.h"
#include "core/transfer/target.h"

enum {
    ATTEMPTS = 5,          /* that bring no new byte */
    RETRY_MS = 1000,       /* then 2, 4, 8, 8 s */
    WAIT_MAX_S = 15 * 60,  /* a longer wait is told, not sat out */
    SLICE_MS = 20,         /* how often a wait looks for a cancel */
    CHUNK = 256 * 1024,
    POINTER_BYTES = 1024,
};

struct run {
    struct hub *hub;
    const struct download_spec *spec;
    struct task *task;
    struct download_result *out;
    struct part part;
    struct sums sums; /* of the bytes in the part */
    char *chunk;
    char *url;  /* of the note */
    char *etag; /* of what the part is a part of; NULL: not known */
    uint64_t best; /* the furthest that any attempt came */
    int attempt;
};

const char *download_proof_name(enum download_proof proof)
{
    static const char *const NAMES[] = {[DOWNLOAD_UNPROVEN] = "none",
                                        [DOWNLOAD_BY_SIZE] = "size",
                                        [DOWNLOAD_BY_GIT] = "git",
                                        [DOWNLOAD_BY_SHA256] = "sha256"};
    return NAMES[proof];
}

void download_result_done(struct download_result *r)
{
    free(r->path);
    free(r->commit);
    *r = (struct download_result){0};
}

static void tell_progress(const struct run *r, uint64_t done)
{
    task_progress(r->task, done, r->out->has_size ? r->out->size : 0);
}

/* ---- what an earlier run left ---- */

/* The part goes on only for the same content: git's and LFS's etags name it, others only together
 * with the address. */
static bool fits(const struct run *r, const struct part_note *note)
{
    return hub_is_hex(note->etag, 40) || hub_is_hex(note->etag, 64) ||
           strcmp(note->url, r->url) == 0;
}

/* Start over: no byte is there. */
static bool rewind_part(struct run *r, struct err *e)
{
    sums_end(&r->sums, NULL);
    free(r->etag);
    r->etag = NULL;
    r->out->found = 0;
    r->out->has_size = false;
    return part_cut(&r->part, 0, e);
}

static void take_note(struct run *r)
{
    struct part_note note;
    if (r->part.size == 0 || !part_read_note(&r->part, &note)) {
        return;
    }
    if (fits(r, &note) && (!note.has_size || r->part.size <= note.size)) {
        r->etag = note.etag;
        note.etag = NULL;
        r->out->has_size = note.has_size;
        r->out->size = note.size;
    }
    part_note_done(&note);
}

/* Read the part once, for its checksums. */
static bool sum_part(struct run *r, struct sums *sums, struct err *e)
{
    uint64_t at = 0;
    while (at < r->part.size) {
        const int64_t n = part_read(&r->part, at, r->chunk, CHUNK, e);
        if (task_is_cancelled(r->task)) {
            return err_set(e, ERR_CANCELLED, "cancelled");
        }
        if (n <= 0) {
            return n < 0 ? false : err_set(e, ERR_IO, "%s became shorter", r->part.path);
        }
        sums_add(sums, r->chunk, (size_t)n);
        at += (uint64_t)n;
        tell_progress(r, at);
    }
    return true;
}

static bool resume(struct run *r, struct err *e)
{
    take_note(r);
    if (!r->etag) {
        return rewind_part(r, e);
    }
    /* The last byte of a whole part is asked for again, since the Hub has to be asked for something. */
    if (r->out->has_size && r->part.size == r->out->size &&
        !part_cut(&r->part, r->part.size - 1, e)) {
        return false;
    }
    r->out->found = r->part.size;
    sums_begin(&r->sums, r->etag, r->out->has_size, r->out->size);
    return sum_part(r, &r->sums, e);
}

/* ---- one connection ---- */

enum outcome {
    DONE,
    BROKEN, /* e says why; what may help is trying again */
    AGAIN,  /* at once, from the beginning */
    FAILED, /* e is set */
};

static enum outcome fail_or_retry(const struct err *e)
{
    const bool is_server = e->code == ERR_SERVER && (e->http >= 500 || e->http == 408 ||
                                                     e->http == 403 || e->http == 400);
    return e->code == ERR_NETWORK || e->code == ERR_RATE_LIMIT || is_server ? BROKEN : FAILED;
}

/* Is what comes the rest of what we have? */
static bool is_same(const struct run *r, const struct hub_facts *facts)
{
    return facts->etag && r->etag && strcmp(facts->etag, r->etag) == 0;
}

/* The first answer, or one that begins anew: everything it says holds from here on. */
static bool begin(struct run *r, struct hub_facts *facts, struct err *e)
{
    if (!rewind_part(r, e)) {
        return false;
    }
    r->etag = xstrdup_opt(facts->etag);
    sums_begin(&r->sums, r->etag, facts->has_size, facts->size);
    const struct part_note note = {
        .url = r->url, .etag = r->etag, .has_size = facts->has_size, .size = facts->size};
    return !r->etag || part_write_note(&r->part, &note, e);
}

static void take_facts(struct run *r, struct hub_facts *facts)
{
    if (facts->has_size) {
        r->out->has_size = true;
        r->out->size = facts->size;
    }
    if (facts->commit) {
        free(r->out->commit);
        r->out->commit = facts->commit;
        facts->commit = NULL;
    }
}

/* What the status means here. DONE: its body is to be read. */
static enum outcome judge(struct run *r, const struct hub_want *want, struct hub_opened *o,
                          bool *is_whole, struct err *e)
{
    const long status = o->head.status;
    const bool is_rest = status == 206 && want->range;
    *is_whole = false;
    if (status == 200) {
        return begin(r, &o->facts, e) ? DONE : FAILED;
    }
    if (status == 416 && is_same(r, &o->facts) && o->facts.has_size &&
        o->facts.size == r->part.size) {
        *is_whole = true;
        return DONE;
    }
    if ((is_rest && !is_same(r, &o->facts)) || (status == 416 && r->part.size > 0)) {
        log_line("download", "%s has changed: from the beginning", r->spec->path);
        return rewind_part(r, e) ? AGAIN : FAILED;
    }
    if (is_rest && o->has_part && o->first == r->part.size) {
        return DONE;
    }
    if (status == 206) {
        err_set(e, ERR_SERVER, "the server sent another part of the file than asked for");
        return FAILED;
    }
    hub_opened_fail(r->hub, want, o, e);
    return fail_or_retry(e);
}

static enum outcome end_of_body(struct run *r, struct err *e)
{
    if (r->out->has_size && r->part.size < r->out->size) {
        err_set(e, ERR_NETWORK, "the connection ended after %llu of %llu bytes",
                (unsigned long long)r->part.size, (unsigned long long)r->out->size);
        return BROKEN;
    }
    return DONE;
}

static enum outcome read_body(struct run *r, struct http_stream *s, struct err *e)
{
    for (;;) {
        const int64_t n = http_stream_read(s, r->chunk, CHUNK, e);
        if (n < 0) {
            return fail_or_retry(e);
        }
        if (n == 0) {
            return end_of_body(r, e);
        }
        if (r->out->has_size && r->part.size + (uint64_t)n > r->out->size) {
            err_set(e, ERR_DAMAGED, "more bytes came than the file has");
            err_remedy(e, "Try again; if it stays, a proxy on the way changes files.");
            return FAILED;
        }
        const uint64_t before = r->part.size;
        const bool ok = part_write(&r->part, r->chunk, (size_t)n, e);
        sums_add(&r->sums, r->chunk, (size_t)(r->part.size - before));
        if (!ok) {
            return FAILED;
        }
        tell_progress(r, r->part.size);
        if (r->part.size > r->best) {
            r->best = r->part.size;
            r->attempt = 0;
        }
    }
}

static enum outcome fetch(struct run *r, struct err *e)
{
    struct hub_opened o;
    bool is_whole = false;
    char *range = r->part.size == 0
                      ? NULL
                      : xasprintf("bytes=%llu-", (unsigned long long)r->part.size);
    const struct hub_want want = {.kind = r->spec->kind,
                                  .id = r->spec->id,
                                  .revision = r->spec->revision,
                                  .path = r->spec->path,
                                  .range = range,
                                  .is_download = true,
                                  .task = r->task};
    enum outcome outcome = FAILED;
    if (!hub_open_file(r->hub, &want, &o, e)) {
        outcome = fail_or_retry(e);
    } else {
        outcome = judge(r, &want, &o, &is_whole, e);
        if (outcome == DONE) {
            take_facts(r, &o.facts);
            tell_progress(r, r->part.size);
            outcome = is_whole ? DONE : read_body(r, o.stream, e);
        }
        hub_opened_done(&o);
    }
    free(range);
    return outcome;
}

/* ---- until it is there ---- */

static bool wait_ms(const struct run *r, int64_t ms, struct err *e)
{
    const int64_t until = clock_mono_ms() + ms;
    for (int64_t left = ms; left > 0; left = until - clock_mono_ms()) {
        if (task_is_cancelled(r->task)) {
            return err_set(e, ERR_CANCELLED, "cancelled");
        }
        clock_sleep_ms(left < SLICE_MS ? left : SLICE_MS);
    }
    return true;
}

/* False when that was the last attempt; e keeps saying why. */
static bool wait_to_retry(struct run *r, struct err *e)
{
    const int64_t first = r->spec->retry_ms ? r->spec->retry_ms : RETRY_MS;
    const int64_t asked_ms = e->retry_after_s * 1000;
    if (++r->attempt >= ATTEMPTS || e->retry_after_s > WAIT_MAX_S) {
        return false;
    }
    const int64_t backoff = first << (r->attempt > 4 ? 3 : r->attempt - 1);
    log_line("download", "%s: attempt %d: %s", r->spec->path, r->attempt, e->msg);
    return wait_ms(r, asked_ms > backoff ? asked_ms : backoff, e);
}

static bool fetch_all(struct run *r, struct err *e)
{
    for (;;) {
        err_clear(e);
        const enum outcome outcome = fetch(r, e);
        if (outcome == DONE) {
            return true;
        }
        if (outcome == FAILED || (outcome == BROKEN && !wait_to_retry(r, e))) {
            return false;
        }
    }
}

/* ---- is it right? ---- */

static bool check_pointer(struct run *r, struct err *e)
{
    char text[POINTER_BYTES + 1] = "";
    if (r->part.size >= POINTER_BYTES) {
        return true;
    }
    const int64_t n = part_read(&r->part, 0, text, POINTER_BYTES, e);
    return n >= 0 && (!hub_is_lfs_pointer(text, (size_t)n) || hub_fail_lfs_pointer(e));
}

static bool fail_sum(const struct run *r, struct err *e)
{
    err_set(e, ERR_DAMAGED, "the bytes that came do not have the checksum the Hub names");
    return err_remedy(e, r->out->found ? "They were removed. Start it again: it begins anew."
                                       : "They were removed. Try again; if it stays, a proxy on the "
                                         "way changes files.");
}

static bool check(struct run *r, struct err *e)
{
    struct sums_hex hex;
    if (!sums_fit(&r->sums, r->etag, r->part.size)) {
        struct sums again = {0}; /* the size was not known when the first byte came */
        sums_begin(&again, r->etag, true, r->part.size);
        if (!sum_part(r, &again, e)) {
            sums_end(&again, NULL);
            return false;
        }
        sums_end(&r->sums, NULL);
        r->sums = again;
    }
    sums_end(&r->sums, &hex);
    memcpy(r->out->sha256, hex.sha256, sizeof hex.sha256);
    r->out->proof = r->out->has_size ? DOWNLOAD_BY_SIZE : DOWNLOAD_UNPROVEN;
    if (r->etag && hub_is_hex(r->etag, 64)) {
        r->out->proof = DOWNLOAD_BY_SHA256;
        return strcmp(hex.sha256, r->etag) == 0 || fail_sum(r, e);
    }
    if (r->etag && hub_is_hex(r->etag, 40)) {
        r->out->proof = DOWNLOAD_BY_GIT;
        return strcmp(hex.git, r->etag) == 0 || fail_sum(r, e);
    }
    return true;
}

static bool run_part(struct run *r, struct err *e)
{
    if (!resume(r, e)) {
        return false;
    }
    const bool is_there = fetch_all(r, e);
    if (!is_there || !check_pointer(r, e) || !check(r, e)) {
        const bool is_wrong = e->code == ERR_DAMAGED || (is_there && e->code == ERR_SERVER);
        if (is_wrong && !part_cut(&r->part, 0, NULL)) {
            log_line("download", "%s could not be emptied", r->part.path);
        }
        return false;
    }
    const uint64_t bytes = r->part.size;
    if (!part_finish(&r->part, r->spec->may_replace, e)) {
        return false;
    }
    r->out->bytes = bytes;
    return true;
}

static bool run_all(struct run *r, struct err *e)
{
    const struct hub_want want = {
        .id = r->spec->id, .revision = r->spec->revision, .path = r->spec->path};
    if (!hub_want_check(&want, e)) {
        return false;
    }
    r->out->path = target_of(r->spec->to, r->spec->path);
    if (!target_check(r->out->path, r->spec->may_replace, e) ||
        !part_open(&r->part, r->out->path, e)) {
        return false;
    }
    r->chunk = xmalloc(CHUNK);
    const bool ok = run_part(r, e);
    if (!ok) {
        r->out->bytes = r->part.size;
        part_close(&r->part);
    }
    sums_end(&r->sums, NULL);
    free(r->chunk);
    return ok;
}

bool download_run(struct hub *hub, const struct download_spec *spec, struct task *t,
                  struct download_result *out, struct err *e)
{
    *out = (struct download_result){0};
    struct buf url = BUF_INIT;
    struct run r = {.hub = hub, .spec = spec, .task = t, .out = out};
    struct err why = ERR_INIT;
    hub_web_url(hub, spec->kind, spec->id, &url);
    buf_printf(&url, "/resolve/%s/%s", spec->revision ? spec->revision : "main", spec->path);
    r.url = buf_steal(&url);
    const bool ok = run_all(&r, &why);
    if (!ok) {
        if (why.code != ERR_CANCELLED) {
            err_wrap(&why, "downloading %s/%s", spec->id, spec->path);
            if (out->bytes && !why.remedy[0]) {
                err_remedy(&why, "What came is kept: start it again, and it goes on there.");
            }
        }
        log_line("download", "%s (%s)", why.msg, err_name(why.code));
        if (e) {
            *e = why;
        }
    }
    free(r.url);
    free(r.etag);
    return ok;
}

bool download_forget(const struct download_spec *spec, struct err *e)
{
    char *target = target_of(spec->to, spec->path);
    struct part part;
    bool ok = true;
    if (part_exists(target)) {
        ok = part_open(&part, target, e);
        if (ok) {
            part_drop(&part);
        }
    }
    free(target);
    return ok;
}
