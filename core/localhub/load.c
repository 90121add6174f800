/* SPDX-License-Identifier: Apache-2.0 */
/* lh_repo_new: a repo from its folder, its sidecar, or a cache's refs and snapshots. */
#include <dirent.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/localhub/about.h"
#include "core/localhub/paths.h"
#include "core/localhub/repo.h"
#include "core/localhub/scan.h"
#include "core/localhub/sidecar.h"

enum { REFS_MAX = 10000, REF_DEPTH_MAX = 6, SNAPSHOTS_MAX = 1000 };

static bool is_commit(const char *s)
{
    return s && strlen(s) == 40 && strspn(s, "0123456789abcdef") == 40;
}

static void watch(struct lh_repo *repo, const char *path)
{
    struct lh_watch *all = xrealloc(repo->watches, (repo->n_watches + 1) * sizeof *all);
    repo->watches = all;
    all[repo->n_watches] = (struct lh_watch){.path = arena_strdup(&repo->arena, path)};
    lh_watch_look(&all[repo->n_watches++]);
}

static struct lh_tree *add_tree(struct lh_repo *repo, const char *root, const char *commit)
{
    struct lh_tree *tree = xcalloc(1, sizeof *tree);
    tree->root = xstrdup(root);
    if (commit) {
        memcpy(tree->commit, commit, 40);
    }
    repo->trees = xrealloc(repo->trees, (repo->n_trees + 1) * sizeof *repo->trees);
    repo->trees[repo->n_trees++] = tree;
    return tree;
}

static void add_ref(struct lh_repo *repo, enum lh_ref_list list, const char *name, const char *ref,
                    const char *commit)
{
    const size_t n = repo->n_refs[list];
    if (n >= REFS_MAX) {
        return;
    }
    repo->refs[list] = xrealloc(repo->refs[list], (n + 1) * sizeof *repo->refs[list]);
    repo->refs[list][n] =
        (struct lh_ref){arena_strdup(&repo->arena, name), arena_strdup(&repo->arena, ref),
                        arena_strdup(&repo->arena, commit)};
    repo->n_refs[list]++;
}

/* ---- a plain folder ---- */

static void add_sidecar_refs(struct lh_repo *repo, enum lh_ref_list list, const char *key,
                             const char *prefix)
{
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, json_arr(json_obj(repo->sidecar, "refs"), key))
    {
        const char *name = json_str(item, "name");
        const char *commit = json_str(item, "commit");
        const char *given = json_str(item, "ref");
        if (!name || !is_commit(commit)) {
            continue;
        }
        char *ref = given                       ? xstrdup(given)
                    : str_starts(name, "refs/") ? xstrdup(name)
                                                : xasprintf("%s%s", prefix, name);
        const char *head = repo->trees[0]->commit;
        add_ref(repo, list, name, ref, strcmp(commit, head) == 0 ? "" : commit);
        free(ref);
    }
}

static bool has_main(const struct lh_repo *repo)
{
    for (size_t i = 0; i < repo->n_refs[LH_BRANCHES]; i++) {
        if (strcmp(repo->refs[LH_BRANCHES][i].name, "main") == 0) {
            return true;
        }
    }
    return false;
}

static void open_folder(struct lh_repo *repo)
{
    const cJSON *newest = cJSON_GetArrayItem(json_arr(repo->sidecar, "commits"), 0);
    const char *commit = json_str(newest, "id");
    add_tree(repo, repo->path, is_commit(commit) ? commit : NULL);
    add_sidecar_refs(repo, LH_BRANCHES, "branches", "refs/heads/");
    add_sidecar_refs(repo, LH_TAGS, "tags", "refs/tags/");
    add_sidecar_refs(repo, LH_CONVERTS, "converts", "refs/convert/");
    add_sidecar_refs(repo, LH_PULLS, "pullRequests", "refs/pr/");
    if (!has_main(repo)) {
        add_ref(repo, LH_BRANCHES, "main", "refs/heads/main", "");
    }
}

/* ---- a cache ---- */

static void read_ref(struct lh_repo *repo, const char *path, const char *name)
{
    struct buf text = BUF_INIT;
    if (!file_read(path, &text, 64, NULL) || !is_commit(buf_str(&text))) {
        buf_done(&text);
        return;
    }
    if (str_starts(name, "refs/pr/")) {
        add_ref(repo, LH_PULLS, name, name, text.p);
    } else if (str_starts(name, "refs/convert/")) {
        add_ref(repo, LH_CONVERTS, name + strlen("refs/convert/"), name, text.p);
    } else if (!is_commit(name)) {
        /* A cache does not tell branches from tags. */
        char *ref = xasprintf("refs/heads/%s", name);
        add_ref(repo, LH_BRANCHES, name, ref, text.p);
        free(ref);
    }
    buf_done(&text);
}

/* Folders and files; links are nothing the client makes here. */
static void read_refs(struct lh_repo *repo, const char *folder, const char *prefix, int depth)
{
    struct stat st;
    watch(repo, folder);
    DIR *dir = depth <= REF_DEPTH_MAX ? opendir(folder) : NULL;
    struct dirent *entry = NULL;
    while (dir && (entry = readdir(dir)) != NULL) {
        const char *leaf = entry->d_name;
        if (leaf[0] == '.' || str_ends(leaf, ".tmp") || !text_is_utf8(leaf, strlen(leaf), NULL)) {
            continue;
        }
        char *path = xasprintf("%s/%s", folder, leaf);
        char *name = xasprintf("%s%s", prefix, leaf);
        const bool is_there = lstat(path, &st) == 0;
        if (is_there && S_ISDIR(st.st_mode)) {
            char *below = xasprintf("%s/", name);
            read_refs(repo, path, below, depth + 1);
            free(below);
        } else if (is_there && S_ISREG(st.st_mode)) {
            watch(repo, path);
            read_ref(repo, path, name);
        }
        free(name);
        free(path);
    }
    if (dir) {
        closedir(dir);
    }
}

struct snapshot {
    char commit[HASH_SHA1_HEX];
    int64_t mtime_ns;
    bool is_head;
};

static int head_then_newest(const void *a, const void *b)
{
    const struct snapshot *x = a;
    const struct snapshot *y = b;
    if (x->is_head != y->is_head) {
        return x->is_head ? -1 : 1;
    }
    if (x->mtime_ns != y->mtime_ns) {
        return x->mtime_ns > y->mtime_ns ? -1 : 1;
    }
    return strcmp(x->commit, y->commit);
}

static const char *main_commit(const struct lh_repo *repo)
{
    for (size_t i = 0; i < repo->n_refs[LH_BRANCHES]; i++) {
        if (strcmp(repo->refs[LH_BRANCHES][i].name, "main") == 0) {
            return repo->refs[LH_BRANCHES][i].commit;
        }
    }
    return "";
}

static void read_snapshots(struct lh_repo *repo, const char *folder)
{
    watch(repo, folder);
    struct snapshot *found = NULL;
    size_t n = 0;
    DIR *dir = opendir(folder);
    struct dirent *entry = NULL;
    while (dir && n < SNAPSHOTS_MAX && (entry = readdir(dir)) != NULL) {
        char *path = xasprintf("%s/%s", folder, entry->d_name);
        if (is_commit(entry->d_name) && file_is_dir(path) && lh_is_real(path)) {
            struct lh_watch look = {.path = path};
            lh_watch_look(&look);
            found = xrealloc(found, (n + 1) * sizeof *found);
            found[n] = (struct snapshot){.mtime_ns = look.mtime_ns};
            memcpy(found[n].commit, entry->d_name, 40);
            found[n].is_head = strcmp(entry->d_name, main_commit(repo)) == 0;
            n++;
        }
        free(path);
    }
    if (dir) {
        closedir(dir);
    }
    if (n) {
        qsort(found, n, sizeof *found, head_then_newest);
    }
    for (size_t i = 0; i < n; i++) {
        char *root = xasprintf("%s/%s", folder, found[i].commit);
        add_tree(repo, root, found[i].commit);
        free(root);
    }
    free(found);
}

static void open_cache(struct lh_repo *repo)
{
    char *refs = xasprintf("%s/refs", repo->path);
    char *snapshots = xasprintf("%s/snapshots", repo->path);
    if (!file_exists(refs) || lh_is_real(refs)) {
        read_refs(repo, refs, "", 0);
    }
    read_snapshots(repo, snapshots);
    if (repo->n_trees == 0) {
        add_tree(repo, snapshots, NULL); /* nothing was downloaded yet: an empty repo */
    }
    if (!has_main(repo)) {
        add_ref(repo, LH_BRANCHES, "main", "refs/heads/main", "");
    }
    free(snapshots);
    free(refs);
}

/* ---- both ---- */

static void read_sidecar(struct lh_repo *repo, const char *path)
{
    struct err e = ERR_INIT;
    watch(repo, path);
    repo->sidecar_path = arena_strdup(&repo->arena, path);
    repo->sidecar = lh_sidecar_read(path, &e);
    if (!repo->sidecar && e.code != ERR_NOT_FOUND) {
        log_line("localhub", "a sidecar is left out: %s", e.msg);
        char *why = xasprintf("its sidecar cannot be read: %s", e.msg);
        repo->sidecar_error = arena_strdup(&repo->arena, why);
        free(why);
    }
}

/* What only a repo's own page shows is read again when somebody looks: for a list of repos it would
 * be most of their memory. */
static void keep_light(struct lh_repo *repo)
{
    static const char *const HEAVY[] = {"commits", "discussions", "lastCommits", "refs"};
    for (size_t i = 0; i < sizeof HEAVY / sizeof *HEAVY; i++) {
        cJSON_DeleteItemFromObjectCaseSensitive(repo->sidecar, HEAVY[i]);
    }
}

struct lh_repo *lh_repo_new(enum lh_kind kind, const char *id, const char *path, bool is_cache,
                            const char *sidecar_path)
{
    struct lh_repo *repo = xcalloc(1, sizeof *repo);
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    atomic_store(&repo->references, 1);
    pthread_mutex_init(&repo->lock, NULL);
    const char *slash = strchr(id, '/');
    repo->kind = kind;
    repo->id = arena_strdup(&repo->arena, id);
    repo->ns = arena_strndup(&repo->arena, id, slash ? (size_t)(slash - id) : 0);
    repo->name = arena_strdup(&repo->arena, slash ? slash + 1 : id);
    repo->path = arena_strdup(&repo->arena, path);
    repo->is_cache = is_cache;
    repo->loaded_ns = (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
    read_sidecar(repo, sidecar_path);
    if (is_cache) {
        open_cache(repo);
    } else {
        open_folder(repo);
    }
    keep_light(repo);
    struct lh_tree *head = repo->trees[0];
    char *blobs = is_cache ? xasprintf("%s/blobs", path) : NULL;
    lh_scan(head, head->root, blobs);
    lh_about_load(head, kind);
    head->is_loaded = true;
    free(blobs);
    return repo;
}
