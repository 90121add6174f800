/* SPDX-License-Identifier: Apache-2.0 */
/* repo.h - one repo of the served folder as it was when it was last looked at.
 *
 * A struct lh_repo never changes once the store hands it out; when the folder changes, the store
 * makes a new one and drops its reference to the old. What costs time to find out (the commit of a
 * folder, parameters of weights, an older snapshot of a cache) is found on first use, under the
 * repo's lock.
 *
 * Ownership: counted references; lh_repo_release drops one. All strings live as long as the repo.
 * Threads:   all functions from any thread.
 */
#ifndef HFTERM_CORE_LOCALHUB_REPO_H
#define HFTERM_CORE_LOCALHUB_REPO_H

#include <cjson/cJSON.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/hash.h"
#include "core/localhub/weights.h"

struct buf;
struct err;
struct lh_hashes;

/* Of a file whose content is not here. */
#define LH_ABSENT                                                                                  \
    "only its git-lfs pointer is in this folder, not the content; `git lfs pull` there fetches it"

enum lh_kind { LH_MODEL, LH_DATASET, LH_SPACE, LH_KINDS };
const char *lh_kind_name(enum lh_kind kind);   /* "model" */
const char *lh_kind_plural(enum lh_kind kind); /* "models" */

/* A file or folder whose change makes the repo stale. */
struct lh_watch {
    const char *path;
    bool exists;
    int64_t mtime_ns;
    uint64_t size, inode;
};
void lh_watch_look(struct lh_watch *w); /* fills all but path */
bool lh_watch_is_same(const struct lh_watch *w);

struct lh_file {
    const char *path; /* from the root, valid UTF-8 */
    const char *real; /* absolute, links resolved */
    uint64_t size;    /* of the content */
    uint64_t stored, inode; /* what lies on the disk */
    int64_t mtime_ns;
    bool is_lfs;
    const char *absent; /* the SHA-256 of a file in LFS of which only the pointer is here; else NULL */
    const char *blob; /* cache layout: the blob's name is its hash; else NULL */
};

/* What the card and config.json say, made into the Hub's words. */
struct lh_about {
    cJSON *card;   /* front matter; NULL when there is none or it cannot be read */
    cJSON *config; /* what the Hub keeps of config.json; NULL */
    /* Why the card or config is NULL though the file is there; NULL. The line is one of README.md,
     * 0 when the error has no place. */
    const char *card_error, *config_error;
    int card_error_line;
    bool has_readme;
    const char **tags;
    size_t n_tags, cap_tags;
    const char *pipeline_tag, *library, *license, *sdk; /* NULL */
};

struct lh_tree {
    struct arena arena;
    char commit[HASH_SHA1_HEX]; /* "": not known yet, see lh_tree_commit */
    char *root;                 /* owned: the folder */
    bool is_loaded;
    struct lh_file *files; /* by path, as strcmp orders: git's order, too */
    size_t n_files, cap_files;
    struct lh_watch *watches;
    size_t n_watches, cap_watches;
    size_t n_links_left; /* links that were not followed; link_left is one of them */
    const char *link_left;
    uint64_t total_bytes;
    int64_t oldest_s, newest_s; /* of the files; 0 without files */
    struct lh_about about;
    bool weights_read;
    struct lh_weights weights;
};

struct lh_ref {
    const char *name, *ref, *commit; /* "main", "refs/heads/main", 40 hex ("": the head) */
};
enum lh_ref_list { LH_BRANCHES, LH_TAGS, LH_CONVERTS, LH_PULLS, LH_REF_LISTS };

struct lh_repo {
    _Atomic unsigned references;
    pthread_mutex_t lock;
    struct arena arena;
    enum lh_kind kind;
    const char *id, *ns, *name; /* ns "" for a bare name */
    const char *path;           /* the repo's folder */
    bool is_cache;
    cJSON *sidecar;           /* without what lh_repo_history reads; NULL */
    const char *sidecar_path;
    const char *sidecar_error; /* why it is NULL though the file is there; NULL */
    struct lh_watch *watches; /* sidecar, refs: beside those of the trees */
    size_t n_watches;
    struct lh_tree **trees; /* [0] is the head; others are snapshots of a cache, newest first */
    size_t n_trees;
    struct lh_ref *refs[LH_REF_LISTS];
    size_t n_refs[LH_REF_LISTS];
    int64_t loaded_ns; /* wall clock */
};

void lh_repo_retain(struct lh_repo *repo);
void lh_repo_release(struct lh_repo *repo);

/* Anything watched that changed since. */
bool lh_repo_is_stale(const struct lh_repo *repo);

/* The whole sidecar, read anew: "commits", "lastCommits", "discussions". Owned: cJSON_Delete; NULL
 * when there is none. */
cJSON *lh_repo_history(const struct lh_repo *repo);

/* A branch, tag, full or short (7 and more digits) commit to its tree, loaded. NULL: no such
 * revision, or one that is known but has no files here (*is_known then). */
struct lh_tree *lh_repo_tree(struct lh_repo *repo, const char *revision, struct lh_hashes *hashes,
                             bool *is_known);

/* The commit of a tree. In a folder without a sidecar it is made from paths and oids, so that it
 * changes with the files; a file above 16 MiB then counts with size and time instead, lest asking
 * for a repo's name reads gigabytes. */
const char *lh_tree_commit(struct lh_repo *repo, struct lh_tree *tree, struct lh_hashes *hashes);

const struct lh_weights *lh_tree_weights(struct lh_repo *repo, struct lh_tree *tree);

/* For the store. Owned by the caller. */
struct lh_repo *lh_repo_new(enum lh_kind kind, const char *id, const char *path, bool is_cache,
                            const char *sidecar_path);

/* A file's content up to max bytes; false when it cannot be read or is not here. */
bool lh_file_read(const struct lh_file *file, struct buf *out, size_t max, struct err *e);

/* NULL when there is none. */
const struct lh_file *lh_tree_find(const struct lh_tree *tree, const char *path);
/* The files below a folder: files[*first, *end). False when there are none and path is not the root
 * (""), which always exists. */
bool lh_tree_range(const struct lh_tree *tree, const char *path, size_t *first, size_t *end);

bool lh_repo_is_private(const struct lh_repo *repo);
bool lh_repo_is_disabled(const struct lh_repo *repo);
const char *lh_repo_gated(const struct lh_repo *repo); /* "auto", "manual", NULL */

/* Unix seconds from the sidecar, else from the files. */
int64_t lh_repo_created(const struct lh_repo *repo, const struct lh_tree *tree);
int64_t lh_repo_modified(const struct lh_repo *repo, const struct lh_tree *tree);

#endif
