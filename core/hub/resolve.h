/* SPDX-License-Identifier: Apache-2.0 */
/* resolve.h - the bytes of one file of a repo as an open stream: what reading a part (read.c) and
 * downloading (core/transfer) share.
 *
 * Redirects within the endpoint are followed with the token (the Hub sends small files to its
 * resolve-cache), one to another host is followed by a second request that carries none. What the
 * Hub says about the file is on the answer before that jump. A signed address that ran out between
 * the two requests is asked for anew, once.
 *
 * Threads: any; one thread a stream.
 */
#ifndef HFTERM_CORE_HUB_RESOLVE_H
#define HFTERM_CORE_HUB_RESOLVE_H

#include "core/hub/hub.h"
#include "core/net/http.h"

/* What the Hub tells about a file in headers. */
struct hub_facts {
    char *commit; /* owned; X-Repo-Commit; NULL */
    char *etag;   /* owned; git sha1 or LFS sha256 where it is the Hub's; without quotes; NULL */
    bool has_size;
    uint64_t size; /* of the whole file */
};

struct hub_want {
    enum hub_kind kind;
    const char *id, *revision, *path; /* checked by hub_want_check; revision NULL: main */
    const char *range;                /* "bytes=5-"; NULL: no Range is sent */
    const char *stored_etag;          /* for If-None-Match, as it was received; NULL */
    bool is_download;                 /* counted by the Hub; the caller tells the progress */
    int max_retries;                  /* before the head is there */
    int64_t total_ms;                 /* for the whole of it; 0: no limit */
    struct task *task;
};

/* ERR_USAGE for what can be no repo, revision or path of a file; "" is the path of none. */
bool hub_want_check(const struct hub_want *want, struct err *e);

/* An answer whose head is there. status 200, 206, 304 and 416 are as in HTTP; any other means that
 * there is no file to read: hub_opened_fail says why. */
struct hub_opened {
    struct http_stream *stream;
    struct http_response head;
    struct hub_facts facts; /* has_size also from Content-Length and Content-Range */
    bool is_foreign;        /* another host than the endpoint answers */
    bool has_part;          /* 206 with a sane Content-Range: first to last, both included */
    uint64_t first, last;
};

/* Waits for the head. False with e set when none came (network, cancelled, offline), or when the
 * answer is a login page of somebody else, or has another length than was promised and no checksum
 * (ERR_SERVER); out needs hub_opened_done only after true. */
bool hub_open_file(struct hub *hub, const struct hub_want *want, struct hub_opened *out,
                   struct err *e);
void hub_opened_done(struct hub_opened *o);

/* Why this answer is no file, in words; e.http is the status. Reads the body. Always false. */
bool hub_opened_fail(const struct hub *hub, const struct hub_want *want, struct hub_opened *o,
                     struct err *e);

/* Facts of "name: value\n" lines. The etag and length of a redirect are its own, not the file's. */
void hub_facts_read(struct hub_facts *f, const char *headers, bool is_redirect);
void hub_facts_done(struct hub_facts *f);

/* "bytes 5-9/20", "bytes 5-9/ *" (without the blank) or "bytes * /20", where first is above last.
 * False when it is none of these. text may be NULL. */
bool hub_parse_content_range(const char *text, uint64_t *first, uint64_t *last, bool *has_total,
                             uint64_t *total);

/* Are these n bytes and a NUL, a whole file, the pointer of a large file instead of the file? */
bool hub_is_lfs_pointer(const char *bytes, size_t n);
/* Always false. */
bool hub_fail_lfs_pointer(struct err *e);

/* n lower-case hex digits and nothing else. */
bool hub_is_hex(const char *s, size_t n);

#endif
