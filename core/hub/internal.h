/* SPDX-License-Identifier: Apache-2.0 */
/* internal.h - what the files of core/hub share: the client, building URLs, asking for JSON.
 *
 * A request is described by struct hub_call, answered by a decoder (pure: JSON and header lines in,
 * an owned result out), and the cache policy of struct hub_get sits between the two in hub_ask. An
 * answer is stored only after its decoder accepted it, so the cache never repeats a damaged one.
 *
 * Threads: struct hub is immutable after hub_new, but for is_readonly, which only ever becomes
 * true; every function may run on several threads.
 */
#ifndef HFTERM_CORE_HUB_INTERNAL_H
#define HFTERM_CORE_HUB_INTERNAL_H

#include <stdatomic.h>

#include "core/base/secret.h"
#include "core/hub/hub.h"

enum {
    HUB_FRESH_S = 60,         /* an answer younger than this is not asked for again */
    HUB_TAGS_FRESH_S = 86400, /* the tag catalogues are large and change slowly */
    HUB_RETRIES = 3,          /* 1 + 2 + 4 s: somebody is waiting in front of the screen */
    HUB_WAIT_MAX_S = 5,       /* a longer wait is told, not sat out */
    HUB_HEAD_MS = 60 * 1000,  /* from a question to the head of its answer, retries included */
    HUB_TOTAL_MS = 120 * 1000, /* and to the end of it */
    HUB_ANSWER_MAX = 8 * 1000 * 1000, /* bytes of JSON */
    HUB_TREE_MAX = 48 * 1000 * 1000,  /* of memory for what is made of them: with the bytes below 64 MiB */
    HUB_ERROR_MAX = 64 * 1024,        /* of an error's body that are looked at */
    HUB_CACHED_FILE_MAX = 1024 * 1024,
    HUB_FILE_MAX = 64 * 1024 * 1024,
};

struct hub {
    struct http *http;       /* borrowed */
    struct httpcache *cache; /* borrowed; NULL */
    char *endpoint;          /* no trailing slash */
    char *origin;            /* scheme, host, port: where the token may go */
    const char *host;        /* the part of endpoint behind "://" */
    struct secret token;
    char *token_source;
    char *token_fault; /* NULL: none */
    char account[17]; /* fingerprint: keeps accounts apart in the cache */
    atomic_bool is_readonly;
};

/* ---- tokens (token.c) ---- */

/* The token the official client would send, and where it was found: HF_TOKEN,
 * HUGGING_FACE_HUB_TOKEN, then the token file. stored_tokens is not read: it holds the tokens that
 * are not in use. *source is owned ("none" without a token). */
void hub_token_find(struct secret *out, char **source);
/* What is odd about a token, and what to do: "it stands in quotes; leave them out". NULL when nothing is.
 * *is_unfit: it cannot stand in a header, or is certain to be no token. */
const char *hub_token_oddity(const struct secret *token, bool *is_unfit);

/* ---- URLs (url.c) ---- */

/* ENDPOINT/api/models */
void hub_url_list(struct buf *url, const struct hub *hub, enum hub_kind kind);
/* ENDPOINT/api/models/ns/name */
void hub_url_repo(struct buf *url, const struct hub *hub, enum hub_kind kind, const char *id);
/* The address of a file's bytes: ENDPOINT/datasets/ns/name/resolve/REV/PATH. */
void hub_url_resolve(struct buf *url, const struct hub *hub, enum hub_kind kind, const char *id,
                     const char *revision, const char *path);
/* "/" and text, percent-encoded; slashes become %2F unless kept. */
void hub_url_part(struct buf *url, const char *text, bool keep_slash);
/* "?key=value" or "&key=value"; nothing when value is NULL. */
void hub_url_param(struct buf *url, const char *key, const char *value);

/* ERR_USAGE for what can be no revision ("a..b", ".", control characters) or no path of a repo
 * ("../x", "/x"); NULL is fine for both. */
bool hub_check_revision(const char *revision, struct err *e);
bool hub_check_path(const char *path, struct err *e);

/* Value of a header (name in lower case) in "name: value\n" lines; repeated headers are joined with
 * ", ". NULL when absent. Owned. */
char *hub_header(const char *headers, const char *name);
/* The target of rel="next" in a Link header, NULL when there is none. Owned. */
char *hub_link_next(const char *link);
/* A URL the server named, made one of this endpoint: relative ones are completed, the public Hub's
 * origin is replaced by the endpoint's (mirrors copy its Link headers). Others are unchanged.
 * Owned. */
char *hub_link_rewrite(const struct hub *hub, const char *url);
/* Link: rel="next" of an answer, rewritten; NULL on the last page. Owned. */
char *hub_next_of(const struct hub *hub, const char *headers);
/* X-Total-Count. */
bool hub_total_of(const char *headers, uint64_t *total);
/* ERR_SERVER unless url has the endpoint's origin. what: "the next page". */
bool hub_check_own(const struct hub *hub, const char *url, const char *what, struct err *e);

/* ---- errors (error.c) ---- */

/* What a call is about, for messages. Members may be NULL. */
struct hub_subject {
    const char *what; /* "listing models": the words before the colon */
    enum hub_kind kind;
    const char *id, *revision, *path;
};

struct hub_failure {
    long status;
    const char *headers; /* "name: value\n" lines */
    const char *body;
    size_t body_len;
    const char *url;   /* the one that was asked */
    const char *range; /* the Range header sent, NULL */
    const char *endpoint;
    const char *token_source; /* NULL: no token was sent */
    const char *token_fault;  /* hub_token_fault */
    struct hub_subject subject;
};

/* Turns an answer that is no success into words and a remedy (protocol 1.4). Always false. */
bool hub_decode_failure(const struct hub_failure *f, struct err *e);

/* The server's own id of the request, out of the headers of its answer (NULL is fine), into e. */
void hub_put_request_id(const char *headers, struct err *e);

/* The answer is a web page: a captive portal or a wrong endpoint. Always false. */
bool hub_fail_html(const char *endpoint, struct err *e);
bool hub_is_html(const char *headers, const char *body, size_t n);

/* ---- asking (request.c) ---- */

struct hub_call {
    const char *url;
    struct hub_subject subject;
    int64_t fresh_s; /* HUB_NORMAL: no network below this age; 0: HUB_FRESH_S */
    bool no_stale;   /* never answer with what is older than fresh_s */
    bool is_text;    /* the answer is text: struct hub_reply.json is a string of it */
};

struct hub_reply {
    cJSON *json; /* a decoder that keeps the tree sets this to NULL */
    const char *headers;
    const struct hub *hub;
};

/* Returns the owned result, or NULL with ERR_DAMAGED. arg is the caller's. */
typedef void *hub_decoder(struct hub_reply *reply, const void *arg, struct err *e);

/* GET url as JSON under the policy of get (NULL: HUB_NORMAL), decoded. NULL with e set. */
void *hub_ask(struct hub *hub, const struct hub_call *call, struct hub_get *get,
              hub_decoder *decode, const void *arg, struct err *e);

/* Forgets what an earlier call has left in the out members. */
void hub_get_begin(struct hub_get *get);
/* Join what several answers of one call told about their origin: cached only when all were. */
void hub_get_join(struct hub_get *all, const struct hub_get *one, bool is_first);

/* JSON of a server, within HUB_TREE_MAX. Owned; ERR_DAMAGED, ERR_LIMIT, in words for people. */
cJSON *hub_parse(const char *bytes, size_t n, struct err *e);

/* ERR_DAMAGED: "expected a list of X". Always NULL. */
void *hub_damaged(struct err *e, const char *expected);

/* What of a list is wanted. */
struct hub_listing {
    enum hub_kind kind;
    const char *any_license; /* "mit,apache-2.0", percent-encoded between the commas: rows under none
                                of them are left out. NULL: every row */
};

/* ---- decoders (pure; struct hub_reply.hub may be NULL in tests) ---- */

/* arg: const struct hub_listing *. */
void *hub_decode_list(struct hub_reply *reply, const void *arg, struct err *e); /* hub_page */
/* arg: const enum hub_kind *. */
void *hub_decode_info(struct hub_reply *reply, const void *arg, struct err *e); /* hub_page */
/* No arg. */
void *hub_decode_account(struct hub_reply *reply, const void *arg, struct err *e);
void *hub_decode_tree(struct hub_reply *reply, const void *arg, struct err *e); /* hub_tree_part */
void *hub_decode_commits(struct hub_reply *reply, const void *arg, struct err *e);
void *hub_decode_refs(struct hub_reply *reply, const void *arg, struct err *e);
void *hub_decode_diff(struct hub_reply *reply, const void *arg, struct err *e);
void *hub_decode_discussions(struct hub_reply *reply, const void *arg, struct err *e);
void *hub_decode_thread(struct hub_reply *reply, const void *arg, struct err *e);
void *hub_decode_tags(struct hub_reply *reply, const void *arg, struct err *e);
void *hub_decode_shards(struct hub_reply *reply, const void *arg, struct err *e); /* hub_shards */

/* One page of a tree: entries as the server ordered them. */
struct hub_tree_part {
    cJSON *json; /* owned */
    char *next;  /* owned */
};
void hub_tree_part_free(struct hub_tree_part *part);
/* Appends the entries of a page to files, strings copied into the arena of t. */
bool hub_tree_add(struct hub_tree *t, size_t *cap, const cJSON *page, size_t max_files,
                  struct err *e);

/* One item of a list or a repo answer. arena holds arrays; strings are borrowed from item. */
bool hub_parse_repo(const cJSON *item, enum hub_kind kind, struct arena *arena,
                    struct hub_repo *out);

/* ISO date of a member to Unix seconds. */
bool hub_date(const cJSON *obj, const char *key, int64_t *out);
/* A member's text copied into the arena; NULL when absent. */
const char *hub_copy(struct arena *arena, const cJSON *obj, const char *key);

#endif
