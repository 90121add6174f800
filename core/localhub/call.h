/* SPDX-License-Identifier: Apache-2.0 */
/* call.h - one request on its way through its route: what every handler gets. Internal.
 *
 * Threads: a call belongs to the thread of its connection; what it points to is safe to share.
 */
#ifndef HFTERM_CORE_LOCALHUB_CALL_H
#define HFTERM_CORE_LOCALHUB_CALL_H

#include <stdbool.h>

#include "core/localhub/access.h"
#include "core/localhub/repo.h"
#include "core/localhub/request.h"

struct lh_hashes;
struct lh_journal;
struct lh_spaces;
struct lh_store;

/* What the routes need of the running server. */
struct lh_site {
    struct lh_store *store;
    struct lh_accounts *accounts;
    struct lh_hashes *hashes;
    struct lh_spaces *spaces;
    struct lh_journal *journal;
    const char *url;         /* "http://127.0.0.1:8123" */
    const char *storage_url; /* of the second port; NULL: LFS content comes from the first */
    const char *secret;      /* signs storage addresses; new in every process */
};

struct lh_call {
    const struct lh_site *site;
    struct lh_request *req;
    struct lh_reply *reply;
    struct lh_viewer viewer;
    const char *origin; /* "http://HOST": how the client calls us */
    enum lh_kind kind;
    const char *repo_id;
    const char *revision, *path, *arg; /* "" when the route has none */
    struct lh_repo *repo;              /* when the route needs it; released by the router */
    struct lh_tree *tree;
    cJSON *history;    /* see lh_call_history; released by the router */
    bool ignore_range; /* the fault "no-range" */
    bool is_loopback;  /* the client is on this machine and calls it so */
};

/* ---- handlers, one family a file; all answer through call->reply ---- */

void lh_answer_list(struct lh_call *c);        /* list.c */
void lh_answer_quicksearch(struct lh_call *c); /* catalog.c */
void lh_answer_tags(struct lh_call *c);
void lh_answer_info(struct lh_call *c); /* info.c */
void lh_answer_runtime(struct lh_call *c);
void lh_answer_events(struct lh_call *c);
void lh_answer_auth_check(struct lh_call *c);
void lh_answer_auth_check_write(struct lh_call *c);
void lh_answer_shards(struct lh_call *c); /* shards.c */
void lh_answer_tree(struct lh_call *c); /* files.c */
void lh_answer_paths_info(struct lh_call *c);
void lh_answer_refs(struct lh_call *c); /* history.c */
void lh_answer_commits(struct lh_call *c);
void lh_answer_compare(struct lh_call *c);     /* compare.c */
void lh_answer_discussions(struct lh_call *c); /* discussions.c */
void lh_answer_discussion(struct lh_call *c);
void lh_answer_resolve(struct lh_call *c); /* resolve.c */
void lh_answer_resolve_cache(struct lh_call *c);
void lh_answer_storage(struct lh_call *c);
void lh_answer_raw(struct lh_call *c);
void lh_answer_whoami(struct lh_call *c); /* account.c */
void lh_answer_user(struct lh_call *c);
void lh_answer_org(struct lh_call *c);
void lh_answer_requests(struct lh_call *c);
void lh_answer_home(struct lh_call *c); /* pages.c */
void lh_answer_repo_page(struct lh_call *c);

/* ---- what several of them need ---- */

#define LH_NOTHING_HERE "A local hub has nothing at this address."

/* A repo that is not there for this viewer, in the Hub's words. */
void lh_answer_no_repo(struct lh_call *c);
void lh_answer_no_entry(struct lh_call *c, const char *path);

/* The repo's whole sidecar, read at the first call; NULL when there is none. Borrowed. */
const cJSON *lh_call_history(struct lh_call *c);

const char *lh_call_commit(struct lh_call *c); /* of call->tree */

/* Link: next with the request's query, `key` set to value. */
void lh_call_link_next(struct lh_call *c, const char *key, const char *value);

/* 24 hex digits that stay the same for the same words: _id and the like. */
void lh_stable_id(const char *a, const char *b, char out[25]);
void lh_json_add_date(cJSON *object, const char *key, int64_t unix_s);

/* For a gated repo whose files the viewer may not read: 401 or 403. */
void lh_answer_gated(struct lh_call *c);

/* Opens a file of the tree for reading, checked to be still what was scanned. -1: answered. */
int lh_call_open(struct lh_call *c, const struct lh_file *file);

#endif
