/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/repo.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/about.h"
#include "core/localhub/oids.h"
#include "core/localhub/scan.h"
#include "core/localhub/sidecar.h"

/* Larger files count with size and time in a folder's commit; see lh_tree_commit. */
static const uint64_t COMMIT_READS_MAX = 16 << 20;
enum { SHORT_COMMIT_MIN = 7, SHARDS_MAX = 500 };

const char *lh_kind_name(enum lh_kind kind)
{
    static const char *const NAMES[] = {"model", "dataset", "space"};
    return NAMES[kind];
}

const char *lh_kind_plural(enum lh_kind kind)
{
    static const char *const NAMES[] = {"models", "datasets", "spaces"};
    return NAMES[kind];
}

void lh_repo_retain(struct lh_repo *repo)
{
    atomic_fetch_add(&repo->references, 1);
}

static void tree_free(struct lh_tree *tree)
{
    lh_about_done(&tree->about);
    free(tree->files);
    free(tree->watches);
    free(tree->root);
    arena_done(&tree->arena);
    free(tree);
}

void lh_repo_release(struct lh_repo *repo)
{
    if (!repo || atomic_fetch_sub(&repo->references, 1) != 1) {
        return;
    }
    for (size_t i = 0; i < repo->n_trees; i++) {
        tree_free(repo->trees[i]);
    }
    for (size_t list = 0; list < LH_REF_LISTS; list++) {
        free(repo->refs[list]);
    }
    free(repo->trees);
    free(repo->watches);
    cJSON_Delete(repo->sidecar);
    pthread_mutex_destroy(&repo->lock);
    arena_done(&repo->arena);
    free(repo);
}

/* ---- trees ---- */

static bool is_same_file(const struct lh_file *f)
{
    struct lh_watch w = {f->real, true, f->mtime_ns, f->stored, f->inode};
    return f->blob || lh_watch_is_same(&w);
}

/* A change within the clock's grain of our look may not show in the time: look again. */
static bool is_racy(int64_t mtime_ns, int64_t looked_ns)
{
    const int64_t grain_ns = 20 * 1000000;
    return mtime_ns > looked_ns - grain_ns && mtime_ns <= looked_ns;
}

static bool tree_is_stale(const struct lh_tree *tree, int64_t looked_ns)
{
    for (size_t i = 0; i < tree->n_watches; i++) {
        if (is_racy(tree->watches[i].mtime_ns, looked_ns) || !lh_watch_is_same(&tree->watches[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < tree->n_files; i++) {
        if (is_racy(tree->files[i].mtime_ns, looked_ns) || !is_same_file(&tree->files[i])) {
            return true;
        }
    }
    return false;
}

bool lh_repo_is_stale(const struct lh_repo *repo)
{
    for (size_t i = 0; i < repo->n_watches; i++) {
        if (is_racy(repo->watches[i].mtime_ns, repo->loaded_ns) ||
            !lh_watch_is_same(&repo->watches[i])) {
            return true;
        }
    }
    return tree_is_stale(repo->trees[0], repo->loaded_ns);
}

static void tree_load(struct lh_repo *repo, struct lh_tree *tree)
{
    char *blobs = repo->is_cache ? xasprintf("%s/blobs", repo->path) : NULL;
    lh_scan(tree, tree->root, blobs);
    lh_about_load(tree, repo->kind);
    tree->is_loaded = true;
    free(blobs);
}

static struct lh_tree *loaded(struct lh_repo *repo, struct lh_tree *tree)
{
    pthread_mutex_lock(&repo->lock);
    if (!tree->is_loaded) {
        tree_load(repo, tree);
    }
    pthread_mutex_unlock(&repo->lock);
    return tree;
}

/* ---- commits ---- */

static void compute_commit(struct lh_tree *tree, struct lh_hashes *hashes)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < tree->n_files; i++) {
        const struct lh_file *f = &tree->files[i];
        struct lh_oid oid;
        if ((f->absent || f->size <= COMMIT_READS_MAX) && lh_oid_of_file(f, hashes, &oid, NULL)) {
            buf_puts(&text, oid.git_sha1);
        } else {
            buf_printf(&text, "%" PRIu64 " %" PRId64, f->size, f->mtime_ns);
        }
        buf_putc(&text, ' ');
        buf_append(&text, f->path, strlen(f->path) + 1);
    }
    hash_sha1(buf_str(&text), text.n, tree->commit);
    buf_done(&text);
}

const char *lh_tree_commit(struct lh_repo *repo, struct lh_tree *tree, struct lh_hashes *hashes)
{
    pthread_mutex_lock(&repo->lock);
    if (!tree->commit[0]) {
        compute_commit(tree, hashes);
    }
    pthread_mutex_unlock(&repo->lock);
    return tree->commit;
}

static bool names_commit(const char *commit, const char *revision)
{
    const size_t n = strlen(revision);
    return n >= SHORT_COMMIT_MIN && n <= 40 && strncmp(commit, revision, n) == 0;
}

static struct lh_tree *tree_of_commit(struct lh_repo *repo, const char *revision,
                                      struct lh_hashes *hashes)
{
    for (size_t i = 0; i < repo->n_trees; i++) {
        if (names_commit(lh_tree_commit(repo, repo->trees[i], hashes), revision)) {
            return repo->trees[i];
        }
    }
    return NULL;
}

static const char *commit_of_ref(const struct lh_repo *repo, const char *revision)
{
    for (size_t list = 0; list < LH_REF_LISTS; list++) {
        for (size_t i = 0; i < repo->n_refs[list]; i++) {
            const struct lh_ref *ref = &repo->refs[list][i];
            if (strcmp(ref->ref, revision) == 0 ||
                (list <= LH_TAGS && strcmp(ref->name, revision) == 0)) {
                return ref->commit;
            }
        }
    }
    return NULL;
}

cJSON *lh_repo_history(const struct lh_repo *repo)
{
    return lh_sidecar_read(repo->sidecar_path, NULL);
}

static bool is_listed_commit(const struct lh_repo *repo, const char *revision)
{
    cJSON *history = lh_repo_history(repo);
    const cJSON *commit = NULL;
    bool is_listed = false;
    cJSON_ArrayForEach(commit, json_arr(history, "commits"))
    {
        const char *id = json_str(commit, "id");
        is_listed = is_listed || (id && names_commit(id, revision));
    }
    cJSON_Delete(history);
    return is_listed;
}

struct lh_tree *lh_repo_tree(struct lh_repo *repo, const char *revision, struct lh_hashes *hashes,
                             bool *is_known)
{
    *is_known = false;
    const char *commit = commit_of_ref(repo, revision);
    if ((commit && !*commit) || strcmp(revision, "HEAD") == 0 || strcmp(revision, "main") == 0) {
        return loaded(repo, repo->trees[0]);
    }
    struct lh_tree *tree = tree_of_commit(repo, commit ? commit : revision, hashes);
    if (tree) {
        return loaded(repo, tree);
    }
    *is_known = commit || is_listed_commit(repo, revision);
    return NULL;
}

/* ---- weights ---- */

static void read_shards(struct lh_weights *w, const struct lh_tree *tree,
                        const struct lh_file *index)
{
    struct buf text = BUF_INIT;
    struct lh_weights sum = {0};
    cJSON *json = lh_file_read(index, &text, 16 << 20, NULL)
                      ? json_parse(buf_str(&text), text.n, NULL)
                      : NULL;
    cJSON *seen = cJSON_CreateObject();
    const cJSON *shard = NULL;
    bool ok = json != NULL;
    size_t n = 0;
    cJSON_ArrayForEach(shard, json_obj(json, "weight_map"))
    {
        const char *name = cJSON_GetStringValue(shard);
        if (!ok || !name || cJSON_GetObjectItemCaseSensitive(seen, name)) {
            continue;
        }
        const struct lh_file *file = lh_tree_find(tree, name);
        ok = file && !file->absent && ++n <= SHARDS_MAX &&
             lh_weights_add_safetensors(&sum, file->real, NULL);
        cJSON_AddTrueToObject(seen, name);
    }
    if (ok) {
        *w = sum;
    }
    cJSON_Delete(seen);
    cJSON_Delete(json);
    buf_done(&text);
}

static void read_weights(struct lh_weights *w, const struct lh_tree *tree)
{
    const struct lh_file *index = lh_tree_find(tree, "model.safetensors.index.json");
    const struct lh_file *single = lh_tree_find(tree, "model.safetensors");
    single = single ? single : lh_tree_find(tree, "adapter_model.safetensors");
    if (index) {
        read_shards(w, tree, index);
    } else if (single && !single->absent) {
        lh_weights_add_safetensors(w, single->real, NULL);
    }
    for (size_t i = 0; i < tree->n_files && !w->has_gguf; i++) {
        if (str_ends(tree->files[i].path, ".gguf") && !tree->files[i].absent) {
            lh_weights_read_gguf(w, tree->files[i].real, NULL);
        }
    }
}

const struct lh_weights *lh_tree_weights(struct lh_repo *repo, struct lh_tree *tree)
{
    pthread_mutex_lock(&repo->lock);
    if (!tree->weights_read) {
        read_weights(&tree->weights, tree);
        tree->weights_read = true;
    }
    pthread_mutex_unlock(&repo->lock);
    return &tree->weights;
}

/* ---- looking things up ---- */

/* Index of the first file whose path is not before `path`. */
static size_t lower_bound(const struct lh_tree *tree, const char *path)
{
    size_t low = 0;
    size_t high = tree->n_files;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        if (strcmp(tree->files[mid].path, path) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low;
}

bool lh_file_read(const struct lh_file *file, struct buf *out, size_t max, struct err *e)
{
    if (file->absent) {
        return err_set(e, ERR_NOT_FOUND, "%s", LH_ABSENT);
    }
    return file_read(file->real, out, max, e);
}

const struct lh_file *lh_tree_find(const struct lh_tree *tree, const char *path)
{
    const size_t i = lower_bound(tree, path);
    return i < tree->n_files && strcmp(tree->files[i].path, path) == 0 ? &tree->files[i] : NULL;
}

bool lh_tree_range(const struct lh_tree *tree, const char *path, size_t *first, size_t *end)
{
    *first = 0;
    *end = tree->n_files;
    if (!*path) {
        return true;
    }
    char *prefix = xasprintf("%s/", path);
    const size_t n = strlen(prefix);
    *first = lower_bound(tree, prefix);
    prefix[n - 1] = '/' + 1; /* the first path that sorts behind all that begin with "path/" */
    *end = lower_bound(tree, prefix);
    free(prefix);
    return *first < *end;
}

/* Anything but false and null sets a restriction: a slip in a sidecar must not open a repo. */
static bool is_set(const struct lh_repo *repo, const char *key)
{
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(repo->sidecar, key);
    return value && !cJSON_IsFalse(value) && !cJSON_IsNull(value);
}

bool lh_repo_is_private(const struct lh_repo *repo)
{
    return is_set(repo, "private");
}

bool lh_repo_is_disabled(const struct lh_repo *repo)
{
    return is_set(repo, "disabled");
}

const char *lh_repo_gated(const struct lh_repo *repo)
{
    const char *how = json_str(repo->sidecar, "gated");
    return how && *how ? how : is_set(repo, "gated") ? "manual" : NULL;
}

static int64_t date_of(const struct lh_repo *repo, const char *key, int64_t otherwise)
{
    int64_t at = 0;
    const char *text = json_str(repo->sidecar, key);
    return text && clock_parse_iso(text, &at) ? at : otherwise;
}

int64_t lh_repo_created(const struct lh_repo *repo, const struct lh_tree *tree)
{
    return date_of(repo, "createdAt", tree->oldest_s);
}

int64_t lh_repo_modified(const struct lh_repo *repo, const struct lh_tree *tree)
{
    return date_of(repo, "lastModified", tree->newest_s);
}
