/* SPDX-License-Identifier: Apache-2.0 */
/* err.h - one error value: what was tried, on what, why it failed and what to do about it.
 *
 * Functions that can fail return bool (true = ok) or a pointer (NULL = failed) and take a
 * struct err * last. The pointer may be NULL when the caller does not care.
 *
 * Ownership: a struct err is plain data, copied by assignment. Nothing to free.
 * Threads:   no shared state.
 */
#ifndef HFTERM_CORE_BASE_ERR_H
#define HFTERM_CORE_BASE_ERR_H

#include <stdbool.h>
#include <stdint.h>

enum err_code {
    ERR_NONE = 0,
    ERR_USAGE,       /* the user asked for something that makes no sense */
    ERR_AUTH,        /* no token, wrong token, expired token */
    ERR_GATED,       /* the repo exists; access must be requested */
    ERR_FORBIDDEN,   /* the token is known and may not do this */
    ERR_NOT_FOUND,   /* repo, revision, file or local path */
    ERR_NETWORK,     /* DNS, connect, TLS, time-out, cut connection */
    ERR_RATE_LIMIT,  /* HTTP 429; retry_after_s says when */
    ERR_OFFLINE,     /* --offline and nothing cached */
    ERR_SERVER,      /* 5xx or an answer that is not the Hub's */
    ERR_CONFLICT,    /* HTTP 409 and 412 */
    ERR_DAMAGED,     /* bytes that are not what they claim to be */
    ERR_LIMIT,       /* larger than we are willing to take */
    ERR_IO,          /* local files and descriptors; sys holds errno */
    ERR_CANCELLED,   /* the user or a newer request stopped it */
    ERR_UNSUPPORTED, /* not built in, not on this machine */
};

struct err {
    enum err_code code;
    int sys;               /* errno, 0 when there is none */
    long http;             /* HTTP status, 0 when there is none */
    int64_t retry_after_s; /* seconds until a retry makes sense, 0 = unknown */
    char request_id[80];   /* the server's id of the failed request, "" when none */
    char msg[384];         /* what failed and why, one sentence, no newline */
    char remedy[256];      /* what the user can do, "" when we know nothing */
};

#define ERR_INIT {.code = ERR_NONE}

/* Set code and message; clears what was there. Always returns false, to be returned at once. */
bool err_set(struct err *e, enum err_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* As err_set with errno: appends ": " and its text, keeps it in sys. */
bool err_set_sys(struct err *e, enum err_code code, int sys, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Prefix the message with context ("reading config.json: ..."). Returns false. */
bool err_wrap(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Say what the user can do about it. Returns false. */
bool err_remedy(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void err_clear(struct err *e);

/* The process exit code of a verb that ended with this error (docs/verbs.md). */
int err_exit_code(const struct err *e);

/* A stable lower-case word for --json and the log: "auth", "not_found", ... */
const char *err_name(enum err_code code);

#endif
