/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* sync_file_range */
#include "core/transfer/part.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/hash.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/transfer/target.h"

enum {
    NAME_MAX_BYTES = 200, /* of a file name that leaves room for what is added to it */
    NOTE_MAX = 16 * 1024,
    OPEN_TRIES = 3,
    WRITE_BACK = 32 * 1024 * 1024,
};

/* FOLDER/.NAME.SUFFIX; a name too long for that is stood for by its hash. Owned. */
static char *beside(const char *target, const char *suffix)
{
    char *folder = target_folder(target);
    const char *slash = strrchr(target, '/');
    const char *name = slash ? slash + 1 : target;
    char hex[HASH_SHA1_HEX];
    hash_sha1(name, strlen(name), hex);
    char *path = xasprintf("%s/.%s.%s", folder, strlen(name) > NAME_MAX_BYTES ? hex : name, suffix);
    free(folder);
    return path;
}

/* ---- opening ---- */

/* What to do about e, an ERR_IO about the part or its note at path. Always false. */
static bool advise(const char *path, struct err *e)
{
    const int sys = e ? e->sys : 0;
    if (file_is_dir(path)) {
        return err_remedy(e, "A folder has the name %.150s: move it away.", path);
    }
    if (sys == ELOOP) {
        return err_remedy(e, "%.150s is a link, which is not followed: remove it.", path);
    }
    if (sys == ENOSPC || sys == EDQUOT) {
        return err_remedy(e, "Make room there, or name another place.");
    }
    return err_remedy(e, "Name another place, or ask its owner for the right to write there.");
}

static bool fail_open(const struct part *p, int sys, struct err *e)
{
    char *folder = target_folder(p->target);
    err_set_sys(e, ERR_IO, sys, "cannot write in the folder %s", folder);
    free(folder);
    return advise(p->path, e);
}

static bool fail_in_use(const char *target, struct err *e)
{
    err_set(e, ERR_CONFLICT, "%s is being downloaded already", target);
    return err_remedy(e, "Wait until that is done, or name another place.");
}

static bool is_ours(const struct stat *st)
{
    return S_ISREG(st->st_mode) && st->st_uid == geteuid() && st->st_nlink == 1;
}

/* *is_stale: another run has put the file that was opened in its place, or removed it. */
static bool open_once(struct part *p, bool *is_stale, struct err *e)
{
    struct stat st, named;
    p->fd = open(p->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, 0600);
    if (p->fd < 0) {
        return fail_open(p, errno, e);
    }
    /* File systems without locks have no other guard than the checksum at the end. */
    if (flock(p->fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return fail_in_use(p->target, e);
    }
    const bool is_known = fstat(p->fd, &st) == 0;
    if (!is_known || (st.st_nlink > 0 && !is_ours(&st))) {
        err_set_sys(e, ERR_IO, EPERM, "%s is not a part that hfterm has made", p->path);
        return err_remedy(e, "Remove it, or name another place.");
    }
    *is_stale =
        lstat(p->path, &named) != 0 || named.st_ino != st.st_ino || named.st_dev != st.st_dev;
    p->size = p->on_way = (uint64_t)st.st_size;
    return true;
}

static void forget_names(struct part *p)
{
    if (p->fd >= 0) {
        close(p->fd);
    }
    free(p->target);
    free(p->path);
    free(p->note_path);
    *p = (struct part){.fd = -1};
}

bool part_open(struct part *p, const char *target, struct err *e)
{
    *p = (struct part){.target = xstrdup(target),
                       .path = beside(target, "hfterm-part"),
                       .note_path = beside(target, "hfterm-part.json"),
                       .fd = -1};
    bool is_stale = true;
    bool ok = true;
    for (int i = 0; ok && is_stale && i < OPEN_TRIES; i++) {
        if (p->fd >= 0) {
            close(p->fd);
        }
        ok = open_once(p, &is_stale, e);
    }
    if (ok && is_stale) {
        ok = fail_in_use(target, e);
    }
    if (!ok) {
        forget_names(p);
    }
    return ok;
}

void part_drop(struct part *p)
{
    unlink(p->note_path);
    unlink(p->path);
    forget_names(p);
}

void part_close(struct part *p)
{
    if (p->size == 0) {
        part_drop(p);
    } else {
        forget_names(p);
    }
}

bool part_exists(const char *target)
{
    char *path = beside(target, "hfterm-part");
    struct stat st;
    const bool exists = lstat(path, &st) == 0;
    free(path);
    return exists;
}

/* ---- the note ---- */

void part_note_done(struct part_note *note)
{
    free(note->url);
    free(note->etag);
    *note = (struct part_note){0};
}

bool part_parse_note(const char *bytes, size_t n, struct part_note *out)
{
    *out = (struct part_note){0};
    uint64_t format = 0;
    cJSON *json = json_parse(bytes, n, NULL);
    const char *url = json_str(json, "url");
    const char *etag = json_str(json, "etag");
    const bool ok = json_u64(json, "hfterm_part", &format) && format == 1 && url && etag && *etag;
    if (ok) {
        out->url = xstrdup(url);
        out->etag = xstrdup(etag);
        out->has_size = json_u64(json, "size", &out->size);
    }
    cJSON_Delete(json);
    return ok;
}

bool part_read_note(const struct part *p, struct part_note *out)
{
    struct buf text = BUF_INIT;
    struct stat st;
    const bool ok = lstat(p->note_path, &st) == 0 && is_ours(&st) &&
                    file_read(p->note_path, &text, NOTE_MAX, NULL) &&
                    part_parse_note(buf_str(&text), text.n, out);
    buf_done(&text);
    return ok;
}

bool part_peek(const char *target, uint64_t *bytes, struct part_note *note)
{
    struct part p = {.path = beside(target, "hfterm-part"),
                     .note_path = beside(target, "hfterm-part.json"),
                     .fd = -1};
    struct stat st;
    const bool ok = lstat(p.path, &st) == 0 && is_ours(&st) && st.st_size > 0 &&
                    part_read_note(&p, note);
    *bytes = ok ? (uint64_t)st.st_size : 0;
    forget_names(&p);
    return ok;
}

bool part_write_note(const struct part *p, const struct part_note *note, struct err *e)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "hfterm_part", 1);
    cJSON_AddStringToObject(json, "url", note->url);
    cJSON_AddStringToObject(json, "etag", note->etag);
    if (note->has_size && note->size < 1ULL << 53) {
        cJSON_AddNumberToObject(json, "size", (double)note->size);
    }
    char *text = json_print(json, false);
    const bool ok =
        file_write_atomic(p->note_path, text, strlen(text), 0600, e) || advise(p->note_path, e);
    free(text);
    cJSON_Delete(json);
    return ok;
}

/* ---- bytes ---- */

static bool fail_write(const struct part *p, int sys, struct err *e)
{
    struct buf done = BUF_INIT;
    text_bytes(&done, p->size);
    err_set_sys(e, ERR_IO, sys, "cannot write to the disk; %s of %s are there", buf_str(&done),
                p->target);
    if (sys == ENOSPC || sys == EDQUOT || sys == EFBIG) {
        err_remedy(e, "Make room and start it again: it goes on where it stopped.");
    } else {
        err_remedy(e, "When the disk works again, start it again: it goes on where it stopped.");
    }
    buf_done(&done);
    return false;
}

/* Let the disk begin with what is there, so that the last fsync, which nothing can stop, finds
 * little to do. Only a hint: systems without it are right, too. */
static void start_write_back(struct part *p)
{
#ifdef SYNC_FILE_RANGE_WRITE
    if (p->size - p->on_way >= WRITE_BACK) {
        (void)sync_file_range(p->fd, (off_t)p->on_way, (off_t)(p->size - p->on_way),
                              SYNC_FILE_RANGE_WRITE);
        p->on_way = p->size;
    }
#endif
}

bool part_write(struct part *p, const void *bytes, size_t n, struct err *e)
{
    const char *at = bytes;
    while (n > 0) {
        const ssize_t put = pwrite(p->fd, at, n, (off_t)p->size);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return fail_write(p, errno, e);
        }
        at += put;
        n -= (size_t)put;
        p->size += (uint64_t)put;
    }
    start_write_back(p);
    return true;
}

int64_t part_read(const struct part *p, uint64_t offset, void *bytes, size_t n, struct err *e)
{
    ssize_t got = -1;
    do {
        got = pread(p->fd, bytes, n, (off_t)offset);
    } while (got < 0 && errno == EINTR);
    if (got < 0) {
        err_set_sys(e, ERR_IO, errno, "cannot read %s", p->path);
    }
    return got;
}

bool part_cut(struct part *p, uint64_t size, struct err *e)
{
    if (ftruncate(p->fd, (off_t)size) != 0) {
        return err_set_sys(e, ERR_IO, errno, "cannot shorten %s", p->path);
    }
    p->size = size;
    p->on_way = size < p->on_way ? size : p->on_way;
    return true;
}

/* ---- the end ---- */

/* What the umask (or the folder) makes of a new file; 0600 when that cannot be told. */
static mode_t mode_of_new(const struct part *p)
{
    char *path = beside(p->target, "hfterm-mode");
    struct stat st;
    mode_t mode = 0600;
    unlink(path); /* of a run that was killed here */
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd >= 0) {
        mode = fstat(fd, &st) == 0 ? st.st_mode & 0666 : mode;
        close(fd);
        unlink(path);
    }
    free(path);
    return mode;
}

static void sync_folder(const struct part *p)
{
    char *folder = target_folder(p->target);
    const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd); /* the file itself is safe; file systems that cannot do this say so, no more */
        close(fd);
    }
    free(folder);
}

/* Take the target's name. Without the right to replace, by a link: that fails when one has come. */
static bool take_name(struct part *p, bool may_replace, struct err *e)
{
    if (!may_replace && link(p->path, p->target) == 0) {
        unlink(p->path);
        return true;
    }
    if (!may_replace && errno == EEXIST) {
        return target_check(p->target, false, e);
    }
    /* Some file systems have no links; then a look before the rename has to do. */
    if (!target_check(p->target, may_replace, e)) {
        return false;
    }
    if (rename(p->path, p->target) != 0) {
        return err_set_sys(e, ERR_IO, errno, "cannot save as %s", p->target);
    }
    return true;
}

bool part_finish(struct part *p, bool may_replace, struct err *e)
{
    if (fsync(p->fd) != 0 && errno != EINVAL) {
        return fail_write(p, errno, e);
    }
    /* Some file systems have no modes. */
    if (fchmod(p->fd, mode_of_new(p)) != 0 && errno != EPERM && errno != ENOTSUP) {
        return err_set_sys(e, ERR_IO, errno, "cannot set the mode of %s", p->path);
    }
    if (!take_name(p, may_replace, e)) {
        (void)fchmod(p->fd, 0600);
        return false;
    }
    sync_folder(p);
    unlink(p->note_path);
    forget_names(p);
    return true;
}
