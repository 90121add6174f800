/* SPDX-License-Identifier: Apache-2.0 */
#include "core/transfer/download.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/hub/resolve.h"
#include "core/task/task.h"
#include "core/transfer/fetch.h"
#include "core/transfer/target.h"

enum {
    ATTEMPTS = 5,         /* that bring no new byte */
    ANEW = 5,             /* beginnings from the first byte because the file had changed */
    RETRY_MS = 1000,      /* then 2, 4, 8, 8 s */
    WAIT_MAX_S = 15 * 60, /* a longer wait is told, not sat out */
    POINTER_BYTES = 1024,
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

/* ---- what an earlier run left ---- */

/* The part goes on only for the same content: git's and LFS's etags name it, others only together
 * with the address. */
static bool fits(const struct fetch *f, const struct part_note *note)
{
    return hub_is_hex(note->etag, 40) || hub_is_hex(note->etag, 64) ||
           strcmp(note->url, f->url) == 0;
}

static void take_note(struct fetch *f)
{
    struct part_note note;
    if (f->part.size == 0 || !part_read_note(&f->part, &note)) {
        return;
    }
    if (fits(f, &note) && (!note.has_size || f->part.size <= note.size)) {
        f->etag = note.etag;
        note.etag = NULL;
        f->out->has_size = note.has_size;
        f->out->size = note.size;
    }
    part_note_done(&note);
}

/* Read the part once, for its checksums. */
static bool sum_part(struct fetch *f, struct sums *sums, struct err *e)
{
    uint64_t at = 0;
    while (at < f->part.size) {
        const int64_t n = part_read(&f->part, at, f->chunk, FETCH_CHUNK, e);
        if (task_is_cancelled(f->task)) {
            return err_set(e, ERR_CANCELLED, "cancelled");
        }
        if (n <= 0) {
            return n < 0 ? false : err_set(e, ERR_IO, "%s became shorter", f->part.path);
        }
        sums_add(sums, f->chunk, (size_t)n);
        at += (uint64_t)n;
        fetch_tell(f, at);
    }
    return true;
}

static bool resume(struct fetch *f, struct err *e)
{
    take_note(f);
    if (!f->etag) {
        return fetch_rewind(f, e);
    }
    /* The last byte of a whole part is asked for again, since the Hub has to be asked for
     * something. */
    if (f->out->has_size && f->part.size == f->out->size &&
        !part_cut(&f->part, f->part.size - 1, e)) {
        return false;
    }
    f->out->found = f->part.size;
    sums_begin(&f->sums, f->etag, f->out->has_size, f->out->size);
    return sum_part(f, &f->sums, e);
}

/* ---- until it is there ---- */

/* False when that was the last attempt; e keeps saying why. */
static bool wait_to_retry(struct fetch *f, struct err *e)
{
    const int64_t first = f->spec->retry_ms ? f->spec->retry_ms : RETRY_MS;
    const int64_t asked_ms = e->retry_after_s * 1000;
    if (++f->attempt >= ATTEMPTS || e->retry_after_s > WAIT_MAX_S) {
        return false;
    }
    const int64_t backoff = first << (f->attempt > 4 ? 3 : f->attempt - 1);
    log_line("download", "%s: attempt %d: %s", f->spec->path, f->attempt, e->msg);
    return task_sleep(f->task, asked_ms > backoff ? asked_ms : backoff) ||
           err_set(e, ERR_CANCELLED, "cancelled");
}

static bool fail_changing(struct err *e)
{
    err_set(e, ERR_SERVER, "the file changed %d times while it came", ANEW + 1);
    return err_remedy(e, "Try again later, or name a commit with --revision.");
}

static bool fetch_all(struct fetch *f, struct err *e)
{
    int anew = 0;
    for (;;) {
        err_clear(e);
        const enum fetch_outcome outcome = fetch_once(f, e);
        if (outcome == FETCH_DONE) {
            return true;
        }
        if (outcome == FETCH_FAILED || (outcome == FETCH_BROKEN && !wait_to_retry(f, e))) {
            return false;
        }
        if (outcome == FETCH_AGAIN && ++anew > ANEW) {
            return fail_changing(e);
        }
    }
}

/* ---- is it right? ---- */

static bool check_pointer(struct fetch *f, struct err *e)
{
    char text[POINTER_BYTES + 1] = "";
    if (f->part.size >= POINTER_BYTES) {
        return true;
    }
    const int64_t n = part_read(&f->part, 0, text, POINTER_BYTES, e);
    return n >= 0 && (!hub_is_lfs_pointer(text, (size_t)n) || hub_fail_lfs_pointer(e));
}

static bool fail_sum(const struct fetch *f, struct err *e)
{
    err_set(e, ERR_DAMAGED, "the bytes that came do not have the checksum the Hub names");
    return err_remedy(e, f->out->found
                             ? "They were removed. Start it again: it begins anew."
                             : "They were removed. Try again; if it stays, a proxy on the "
                               "way changes files.");
}

static bool check(struct fetch *f, struct err *e)
{
    struct sums_hex hex;
    if (!sums_fit(&f->sums, f->etag, f->part.size)) {
        struct sums again = {0}; /* the size was not known when the first byte came */
        sums_begin(&again, f->etag, true, f->part.size);
        if (!sum_part(f, &again, e)) {
            sums_end(&again, NULL);
            return false;
        }
        sums_end(&f->sums, NULL);
        f->sums = again;
    }
    sums_end(&f->sums, &hex);
    memcpy(f->out->sha256, hex.sha256, sizeof hex.sha256);
    f->out->proof = f->out->has_size ? DOWNLOAD_BY_SIZE : DOWNLOAD_UNPROVEN;
    if (f->etag && hub_is_hex(f->etag, 64)) {
        f->out->proof = DOWNLOAD_BY_SHA256;
        return strcmp(hex.sha256, f->etag) == 0 || fail_sum(f, e);
    }
    if (f->etag && hub_is_hex(f->etag, 40)) {
        f->out->proof = DOWNLOAD_BY_GIT;
        return strcmp(hex.git, f->etag) == 0 || fail_sum(f, e);
    }
    return true;
}

static bool run_part(struct fetch *f, struct err *e)
{
    if (!resume(f, e)) {
        return false;
    }
    const bool is_there = fetch_all(f, e);
    if (!is_there || !check_pointer(f, e) || !check(f, e)) {
        const bool is_wrong = e->code == ERR_DAMAGED || (is_there && e->code == ERR_SERVER);
        if (is_wrong && !part_cut(&f->part, 0, NULL)) {
            log_line("download", "%s could not be emptied", f->part.path);
        }
        return false;
    }
    const uint64_t bytes = f->part.size;
    if (!part_finish(&f->part, f->spec->may_replace, e)) {
        return false;
    }
    f->out->bytes = bytes;
    return true;
}

static bool run_all(struct fetch *f, struct err *e)
{
    const struct hub_want want = {
        .id = f->spec->id, .revision = f->spec->revision, .path = f->spec->path};
    if (!hub_want_check(&want, e)) {
        return false;
    }
    f->out->path = target_of(f->spec->to, f->spec->path);
    if (!target_check(f->out->path, f->spec->may_replace, e) ||
        !part_open(&f->part, f->out->path, e)) {
        return false;
    }
    f->chunk = xmalloc(FETCH_CHUNK);
    const bool ok = run_part(f, e);
    if (!ok) {
        f->out->bytes = f->part.size;
        part_close(&f->part);
    }
    sums_end(&f->sums, NULL);
    free(f->chunk);
    return ok;
}

bool download_run(struct hub *hub, const struct download_spec *spec, struct task *t,
                  struct download_result *out, struct err *e)
{
    *out = (struct download_result){0};
    struct buf url = BUF_INIT;
    struct fetch f = {.hub = hub, .spec = spec, .task = t, .out = out};
    struct err why = ERR_INIT;
    hub_web_url(hub, spec->kind, spec->id, &url);
    buf_printf(&url, "/resolve/%s/%s", spec->revision ? spec->revision : "main", spec->path);
    f.url = buf_steal(&url);
    const bool ok = run_all(&f, &why);
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
    free(f.url);
    free(f.etag);
    return ok;
}

bool download_peek(const struct download_spec *spec, uint64_t *bytes, bool *has_size, uint64_t *size)
{
    char *target = target_of(spec->to, spec->path);
    struct part_note note = {0};
    const bool ok = part_peek(target, bytes, &note) && (!note.has_size || *bytes <= note.size);
    *bytes = ok ? *bytes : 0;
    *has_size = ok && note.has_size;
    *size = *has_size ? note.size : 0;
    part_note_done(&note);
    free(target);
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
