/* SPDX-License-Identifier: Apache-2.0 */
/* download.h - one file of a repo saved to a local path: resumed, checked, and put in place whole.
 *
 * The bytes go to a partial file beside the target (".NAME.hfterm-part", 0600, locked while in use)
 * with a note of what it is a part of (".NAME.hfterm-part.json"). A connection that breaks is made
 * again and goes on where it stopped; so does a later run. The target is never opened for writing:
 * the part takes its name when its checksum is right, with the mode that the umask asks for.
 *
 * Pause: cancel the task and start anew later. Checksums are made while bytes arrive; only what an
 * earlier run left is read again at the start.
 *
 * Threads: any; a call blocks (make it the job of a task of its own, as it may take hours). A
 * cancel ends it within 50 ms in every state but the last one: while the disk takes the end of the
 * file.
 */
#ifndef HFTERM_CORE_TRANSFER_DOWNLOAD_H
#define HFTERM_CORE_TRANSFER_DOWNLOAD_H

#include "core/base/hash.h"
#include "core/hub/hub.h"

struct task;

struct download_spec {
    enum hub_kind kind;
    const char *id, *revision; /* revision NULL: main */
    const char *path;          /* in the repo */
    const char *to;            /* a file, or a folder to put it into; NULL: the current folder */
    bool may_replace;          /* what the target is now, unless that is a folder */
    int64_t retry_ms;          /* wait after the first broken connection, then doubled; 0: 1 s */
};

/* What the bytes were compared with. */
enum download_proof {
    DOWNLOAD_UNPROVEN, /* the server told neither checksum nor size */
    DOWNLOAD_BY_SIZE,  /* no checksum known */
    DOWNLOAD_BY_GIT,   /* the git object id of a regular file */
    DOWNLOAD_BY_SHA256 /* of a large file */
};
const char *download_proof_name(enum download_proof proof); /* "none", "size", "git", "sha256" */

struct download_result {
    char *path;     /* owned; the target; NULL when it could not be told */
    uint64_t bytes; /* of the target; after a failure those kept in the part */
    uint64_t found; /* of them an earlier run had left */
    bool has_size;
    uint64_t size; /* of the whole file */
    char *commit;  /* owned; NULL */
    char sha256[HASH_SHA256_HEX];
    enum download_proof proof;
};
void download_result_done(struct download_result *r);

/* t (may be NULL) gets bytes in place and the whole size, 0 while that is unknown. out is filled in
 * both cases and needs download_result_done.
 *
 * False: what reading a file may give (hub.h); ERR_NETWORK after 5 attempts that brought no new
 * byte; ERR_DAMAGED for a wrong checksum (the part is removed) or more bytes than announced;
 * ERR_SERVER when the server names two lengths and no checksum, or sends another file each time;
 * ERR_CONFLICT when another run saves the same file now; ERR_IO for the disk, sys says why: EEXIST,
 * EISDIR, ENOSPC, EACCES,... The part is kept in all cases but the named one and when it is empty.
 */
bool download_run(struct hub *hub, const struct download_spec *spec, struct task *t,
                  struct download_result *out, struct err *e);

/* What a run would go on with: the bytes that an earlier one left, and the size of the whole file as
 * far as it is known. Looks at the disk only, also while another run is at it. False, and zeros,
 * when a run would begin anew (it still does so when the file has changed on the Hub). */
bool download_peek(const struct download_spec *spec, uint64_t *bytes, bool *has_size, uint64_t *size);

/* Remove the part that a download of this file to this place has left. Nothing there is fine.
 * ERR_CONFLICT while it is in use, ERR_IO. */
bool download_forget(const struct download_spec *spec, struct err *e);

#endif
