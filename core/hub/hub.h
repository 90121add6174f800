/* SPDX-License-Identifier: Apache-2.0 */
/* hub.h - the Hugging Face Hub: account, lists, repos, files, history, discussions; and one door
 * for calls that write.
 *
 * Every call blocks (run it on a pool thread), can be cancelled through its task, and answers from
 * the HTTP cache as struct hub_get says. Result trees are allocated in the arena of the result and
 * freed with it. All strings are as the server sent them: sanitise before drawing.
 *
 * Errors: ERR_AUTH, ERR_GATED, ERR_FORBIDDEN, ERR_NOT_FOUND, ERR_RATE_LIMIT, ERR_SERVER,
 * ERR_DAMAGED, ERR_NETWORK, ERR_OFFLINE, ERR_CANCELLED; each with request id and remedy where
 * known. Source: docs/hub-protocol.md lists every route used and where its shape was checked.
 */
#ifndef HFTERM_CORE_HUB_HUB_H
#define HFTERM_CORE_HUB_HUB_H

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

struct http;
struct httpcache;
struct hub;
struct task;

/* ---- the client ---- */

struct hub_options {
    const char *endpoint;     /* NULL: HF_ENDPOINT, staging, else https://huggingface.co */
    const char *token;        /* NULL: looked up as the official client does; "" = none */
    const char *token_source; /* how to name it in messages: "--token-file", NULL when looked up */
    bool is_readonly;         /* hub_send refuses */
};

/* Borrows http and cache (cache may be NULL). Owned: hub_free. */
struct hub *hub_new(struct http *http, struct httpcache *cache, const struct hub_options *options,
                    struct err *e);
void hub_free(struct hub *hub);

const char *hub_endpoint(const struct hub *hub); /* no trailing slash */
bool hub_is_public(const struct hub *hub);       /* the Hub of everybody, no mirror or local one */
const char *hub_host(const struct hub *hub);     /* "huggingface.co", for the title line */
bool hub_has_token(const struct hub *hub);
/* "HF_TOKEN", "~/.cache/huggingface/token", "none": where the token came from. Never the token. */
const char *hub_token_source(const struct hub *hub);
/* What is wrong with the token that was found, as a sentence with its source and what to do ("the token from
 * HF_TOKEN is not sent: it begins with \"Bearer\"; leave that out"); NULL when nothing is. */
const char *hub_token_fault(const struct hub *hub);

/* From now on hub_send refuses, and there is no way back. Any thread. */
void hub_set_readonly(struct hub *hub);
bool hub_is_readonly(const struct hub *hub);

/* ---- common ---- */

enum hub_kind { HUB_MODEL, HUB_DATASET, HUB_SPACE };
const char *hub_kind_name(enum hub_kind kind);   /* "model" */
const char *hub_kind_plural(enum hub_kind kind); /* "models": the API path and the verb */

/* A row of an answer that cannot be read (an item without an id, a file without a path) is left out and
 * counted in n_skipped, so that it can be told and the other rows are there. An answer in which no row
 * can be read is ERR_DAMAGED. */

/* Where an answer may come from. */
enum hub_fresh {
    HUB_NORMAL, /* cache when younger than 60 s, else the network (with ETag); a network failure
                   falls back to the cache, marked stale */
    HUB_CACHED, /* cache only, any age; ERR_OFFLINE when absent. No socket */
    HUB_RELOAD, /* network only (still with ETag); updates the cache */
};

/* Passed to and filled by every reading call. */
struct hub_get {
    enum hub_fresh fresh; /* in */
    struct task *task;    /* in, may be NULL */
    bool from_cache;      /* out: the body came from the cache */
    bool is_stale;        /* out: and the network could not confirm it; why says why */
    int64_t fetched_s;    /* out: Unix time of the body */
    struct err why;       /* out: the failure behind is_stale */
};

/* One of the reading calls below, made with get; ctx is the caller's. Returns its owned result. */
typedef void *hub_question(void *ctx, struct hub_get *get, struct err *e);
/* Takes over a value that is shown until the final one comes; get tells its age. */
typedef void hub_early(void *ctx, void *value, const struct hub_get *get);

/* As a screen asks: what is stored at once, then what the Hub says. With HUB_NORMAL in get the
 * question is put with HUB_CACHED first. A young answer is the final one, and nothing more is
 * asked; an older one goes to early, and then the Hub is asked. early is called at most once, on
 * this thread. With HUB_CACHED and HUB_RELOAD the question is put once, as it is. Returns the final
 * answer, get filled; NULL with e set (what early got may stay in view). */
void *hub_ask_twice(hub_question *ask, hub_early *early, void *ctx, struct hub_get *get,
                    struct err *e);

/* Repo id rules of the Hub (protocol 1.7). e: ERR_USAGE with the rule that is broken. */
bool hub_check_repo_id(const char *id, struct err *e);

/* "https://huggingface.co/datasets/a/b": the page of a repo, for people. Appends. */
void hub_web_url(const struct hub *hub, enum hub_kind kind, const char *id, struct buf *out);

/* ---- account ---- */

struct hub_org {
    const char *name, *fullname, *role; /* role NULL when not told */
};

struct hub_account {
    struct arena arena;
    const char *name, *fullname, *type; /* type: user, org, app */
    const char *email;                  /* NULL when not told */
    bool is_pro;
    const char *token_name, *token_role; /* NULL when not told */
    struct hub_org *orgs;
    size_t n_orgs;
};
/* ERR_AUTH without a token. */
struct hub_account *hub_whoami(struct hub *hub, struct hub_get *get, struct err *e);
void hub_account_free(struct hub_account *a);

/* ---- repos ---- */

enum hub_gated { HUB_GATED_NO, HUB_GATED_AUTO, HUB_GATED_MANUAL };

struct hub_dtype_count {
    const char *dtype;
    uint64_t params; /* elements */
};

/* A member that the server did not send is absent: NULL, or its has_ flag is false. */
struct hub_repo {
    enum hub_kind kind;
    const char *id;     /* "ns/name", or a bare name for old models */
    const char *author; /* NULL */
    const char *sha;
    bool has_modified, has_created, has_downloads, has_downloads_all, has_likes, has_trending;
    bool has_params, has_used_storage, has_private;
    int64_t modified_s, created_s; /* Unix seconds */
    uint64_t downloads, downloads_all, likes;
    double trending;
    bool is_private, is_disabled;
    enum hub_gated gated;
    const char **tags;
    size_t n_tags;
    const char *pipeline_tag, *library; /* models */
    const char *sdk, *stage, *hardware; /* Spaces */
    const char *license;                /* from the tag license:* or cardData */
    uint64_t params;                    /* elements of safetensors, or gguf total */
    struct hub_dtype_count *dtypes;     /* from safetensors */
    size_t n_dtypes;
    const char *gguf_arch;
    uint64_t used_storage; /* bytes */
    bool has_main_size;
    uint64_t main_size; /* bytes of the default branch; lists sorted by size tell it */
    const char **files;    /* siblings */
    size_t n_files;
    const cJSON *card_data; /* front matter as JSON, borrowed from raw; NULL */
    const cJSON *raw;       /* the whole item: the Metadata tab and --json show it */
};

struct hub_page {
    struct arena arena;
    cJSON *json; /* owned: what the raw pointers point into */
    struct hub_repo *repos;
    size_t n_repos;
    size_t n_skipped;
    char *next;     /* where the next page is, for hub_list_next; NULL on the last. The public Hub's
                       origin is replaced by the endpoint's; another one is refused when followed */
    size_t n_seen;  /* rows that the server sent: more than n_repos when licenses left some out */
    bool has_total; /* from X-Total-Count, when the server counts */
    uint64_t total;
};

enum hub_sort {
    HUB_SORT_TRENDING, /* the default */
    HUB_SORT_DOWNLOADS,
    HUB_SORT_LIKES,
    HUB_SORT_MODIFIED,
    HUB_SORT_CREATED,
    HUB_SORT_LIKES30D, /* likes of the last 30 days */
    HUB_SORT_PARAMS,   /* number of parameters; models */
    HUB_SORT_SIZE,     /* bytes of the default branch */
};
enum { HUB_SORTS = HUB_SORT_SIZE + 1 };
const char *hub_sort_name(enum hub_sort sort); /* "downloads": command line and key help */
/* Why a kind cannot be sorted by it ("Spaces have no downloads"), NULL when it can. */
const char *hub_sort_refusal(enum hub_kind kind, enum hub_sort sort);
/* False for an unknown word. Takes our names and the protocol's (lastModified, createdAt...). */
bool hub_sort_parse(const char *word, enum hub_sort *out);

struct hub_query {
    enum hub_kind kind;
    const char *search;   /* substring; NULL */
    const char *author;   /* NULL */
    const char **filters; /* tags, all must match: "license:mit", "language:de", "region:us",... */
    size_t n_filters;
    const char **licenses; /* "mit": under any one of these. The Hub itself knows only all-of, so of
                              several the rows under another one are left out here: hub_page.n_seen */
    size_t n_licenses;
    const char *pipeline_tag;       /* models; for datasets sent as filter=task_categories:<x> */
    const char *library;            /* models; sent as filter= */
    const char *params;             /* "min:6B,max:8B"; models; NULL */
    const char *gated;              /* "true", "false", NULL */
    const char *inference;          /* "warm": served by at least one provider; models; NULL */
    const char *inference_provider; /* "all" or one's name; NULL. Not with inference */
    const char *apps;               /* NULL */
    const char *trained_on;         /* dataset id; models */
    const char *uses_model, *uses_dataset; /* Spaces */
    enum hub_sort sort;
    bool is_ascending;
    unsigned limit; /* page size, 0: 50 */
    bool full;      /* everything the server has, for --json; else the columns we show */
};

/* A range of parameters as people write it, in the form that hub_query.params takes: "<8B", "8B" (up to), ">=1B",
 * "1B-8B", "1B-", "-8B", "min:1B,max:8B". Appends; ERR_USAGE. */
bool hub_params_parse(const char *text, struct buf *wire, struct err *e);

/* First page. With several licenses it may hold fewer rows than asked for, none after a few hundred
 * without one, and still have a next. */
struct hub_page *hub_list(struct hub *hub, const struct hub_query *q, struct hub_get *get,
                          struct err *e);
/* The page behind hub_page.next, under the same licenses. */
struct hub_page *hub_list_next(struct hub *hub, enum hub_kind kind, const char *next,
                               struct hub_get *get, struct err *e);
void hub_page_free(struct hub_page *p);

/* Why the metadata of the card cannot be read, when the server says so: "README.md, line 3: ...",
 * appended, not yet made harmless. False when it does not. */
bool hub_card_fault(const struct hub_repo *repo, struct buf *why);

/* One repo with everything; a hub_page of exactly one. revision NULL: the default branch. After a
 * rename the repo's id is the new one. */
struct hub_page *hub_repo_info(struct hub *hub, enum hub_kind kind, const char *id,
                               const char *revision, struct hub_get *get, struct err *e);

/* ---- files ---- */

struct hub_file {
    const char *path; /* from the root */
    bool is_dir;
    uint64_t size;          /* real size, also of LFS files; 0 for folders */
    const char *oid;        /* git sha1 (of the pointer for LFS files) */
    const char *lfs_sha256; /* NULL: not in LFS */
    bool is_xet;
    const char *commit_title; /* with expand; NULL */
    bool has_commit_date;
    int64_t commit_date_s;
    const char *security; /* "safe", "unsafe", ...; NULL when not told */
};

struct hub_tree {
    struct arena arena;
    struct hub_file *files; /* folders first, then by name */
    size_t n_files;
    size_t n_skipped;
    bool is_truncated; /* more than max_files: said, not hidden */
};

struct hub_tree_query {
    enum hub_kind kind;
    const char *id, *revision; /* revision NULL: main */
    const char *path;          /* folder; NULL or "": the root */
    bool is_recursive;
    bool expand;      /* last commits and security, slower */
    size_t max_files; /* 0: 100,000 */
};
struct hub_tree *hub_tree(struct hub *hub, const struct hub_tree_query *q, struct hub_get *get,
                          struct err *e);
void hub_tree_free(struct hub_tree *t);

struct hub_blob {
    struct buf bytes;
    uint64_t offset; /* of bytes in the file */
    bool has_size;
    uint64_t size; /* of the whole file */
    char *commit;  /* X-Repo-Commit; NULL */
    char *etag;    /* normalised; NULL */
};
/* len bytes of a file from offset by Range (LFS followed; a foreign host never sees the token).
 * A server that ignores Range is handled. len 0: the whole file, at most 64 MiB. */
struct hub_blob *hub_read(struct hub *hub, enum hub_kind kind, const char *id, const char *revision,
                          const char *path, uint64_t offset, uint64_t len, struct hub_get *get,
                          struct err *e);
void hub_blob_free(struct hub_blob *b);

/* The headers of all shards that an index of safetensors files on main names, in one answer. A
 * server that has not this route says ERR_NOT_FOUND: read each shard then. */
struct hub_shard {
    const char *file;   /* as the index names it */
    const char *header; /* JSON, NUL-terminated */
    uint64_t data_bytes;
};
struct hub_shards {
    struct arena arena;
    struct hub_shard *items;
    size_t n_items;
};
struct hub_shards *hub_shard_headers(struct hub *hub, const char *id, const char *index,
                                     struct hub_get *get, struct err *e);
void hub_shards_free(struct hub_shards *s);

/* ---- history and talk ---- */

struct hub_commit {
    const char *id, *title, *message, *author; /* author NULL: e-mail not linked to a user */
    const char *parent; /* the commit before it; "": it is the first; NULL: the server does not tell */
    bool has_date;
    int64_t date_s;
};
struct hub_commits {
    struct arena arena;
    struct hub_commit *items;
    size_t n_items;
    size_t n_skipped;
    char *next; /* as in hub_page */
    bool has_total;
    uint64_t total;
};
/* next NULL: the first page of the revision (NULL: main). */
struct hub_commits *hub_commits(struct hub *hub, enum hub_kind kind, const char *id,
                                const char *revision, const char *next, struct hub_get *get,
                                struct err *e);
void hub_commits_free(struct hub_commits *c);

/* What changed between two revisions. */
struct hub_diff {
    struct arena arena;
    const char *text; /* as git diff prints it, "" for nothing; a NUL in it is a "?" */
};
/* from "": nothing, which is what the first commit of a repo is compared with. At most 8 MB: ERR_LIMIT. That a
 * server gives no diff is ERR_NOT_FOUND, or what it says. */
struct hub_diff *hub_compare(struct hub *hub, enum hub_kind kind, const char *id, const char *from,
                             const char *to, struct hub_get *get, struct err *e);
void hub_diff_free(struct hub_diff *d);

struct hub_ref {
    const char *name, *ref, *commit;
};
struct hub_refs {
    struct arena arena;
    struct hub_ref *branches, *tags, *converts, *pulls;
    size_t n_branches, n_tags, n_converts, n_pulls;
    size_t n_skipped;
};
struct hub_refs *hub_refs(struct hub *hub, enum hub_kind kind, const char *id, struct hub_get *get,
                          struct err *e);
void hub_refs_free(struct hub_refs *r);

struct hub_discussion {
    uint64_t num;
    const char *title, *status, *author; /* author NULL: deleted */
    bool is_pull;
    bool has_date;
    int64_t date_s;
};
struct hub_discussions {
    struct arena arena;
    struct hub_discussion *items;
    size_t n_items;
    size_t n_skipped;
    uint64_t start, total; /* p-paged: more when start + n_items + n_skipped < total */
};
struct hub_discussions *hub_discussions(struct hub *hub, enum hub_kind kind, const char *id,
                                        unsigned page, struct hub_get *get, struct err *e);
void hub_discussions_free(struct hub_discussions *d);

struct hub_event {
    const char *type;   /* comment, status-change, commit, title-change */
    const char *author; /* NULL */
    const char *text;   /* comment: markdown; commit: subject; title-change: new title; status */
    const char *oid;    /* commit */
    bool is_hidden;
    bool has_date;
    int64_t date_s;
};
struct hub_thread {
    struct arena arena;
    struct hub_discussion head;
    struct hub_event *events;
    size_t n_events;
    size_t n_skipped; /* events that are no objects or have no type */
    const char *diff; /* unified text of a pull request; NULL */
};
struct hub_thread *hub_thread(struct hub *hub, enum hub_kind kind, const char *id, uint64_t num,
                              struct hub_get *get, struct err *e);
void hub_thread_free(struct hub_thread *t);

/* ---- writing ---- */

struct hub_write {
    const char *method; /* POST, PUT, PATCH, DELETE */
    const char *what;   /* "restarting the Space": how messages begin */
    enum hub_kind kind;
    const char *id;   /* the repo that it changes; NULL: none */
    const char *path; /* behind the endpoint, percent-encoded: "/api/spaces/a/b/restart" */
    const char *type; /* of the body; NULL: application/json */
    const void *body; /* NULL: none */
    size_t body_len;
    struct task *task;
};
struct hub_written {
    long status; /* 2xx */
    cJSON *json; /* owned; NULL when the answer brought no JSON */
};
/* One request and never a second one: nothing is repeated and no redirect is followed, as the Hub
 * may have done what was asked even when no answer came. Not cached; what is stored of the repo is
 * forgotten, unless the Hub refused (lists keep their answers until they are old). ERR_USAGE
 * "read-only: ..." without a request when the client is read-only; a 3xx is ERR_CONFLICT; other
 * answers as in reading. ERR_NETWORK: whether it was done is not known. out needs hub_written_done
 * after true. */
bool hub_send(struct hub *hub, const struct hub_write *w, struct hub_written *out, struct err *e);
void hub_written_done(struct hub_written *w);

/* ---- completion ---- */

struct hub_tag {
    const char *type;  /* pipeline_tag, library, language, license, region, other, dataset,... */
    const char *id;    /* what filter= takes */
    const char *label; /* for people */
};
struct hub_tags {
    struct arena arena;
    struct hub_tag *items;
    size_t n_items;
};
/* The catalogue of models or datasets; kept a day. */
struct hub_tags *hub_tags(struct hub *hub, enum hub_kind kind, struct hub_get *get, struct err *e);
void hub_tags_free(struct hub_tags *t);

#endif
