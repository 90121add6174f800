/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/scan.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/localhub/attributes.h"
#include "core/localhub/blobs.h"
#include "core/localhub/paths.h"
#include "core/localhub/pointer.h"

struct scan {
    struct lh_tree *tree;
    char *root;     /* real path */
    char *links_to; /* real path or NULL */
    char *shared;   /* the store of a cache, real path or NULL */
};

static int64_t mtime_of(const struct stat *st)
{
    return (int64_t)st->st_mtim.tv_sec * 1000000000 + st->st_mtim.tv_nsec;
}

void lh_watch_look(struct lh_watch *w)
{
    struct stat st;
    w->exists = stat(w->path, &st) == 0;
    w->mtime_ns = w->exists ? mtime_of(&st) : 0;
    w->size = w->exists ? (uint64_t)st.st_size : 0;
    w->inode = w->exists ? (uint64_t)st.st_ino : 0;
}

bool lh_watch_is_same(const struct lh_watch *w)
{
    struct lh_watch now = {.path = w->path};
    lh_watch_look(&now);
    return now.exists == w->exists && now.mtime_ns == w->mtime_ns && now.size == w->size &&
           now.inode == w->inode;
}

void lh_tree_watch(struct lh_tree *tree, const char *path)
{
    void *array = tree->watches;
    if (!mem_grow(&array, &tree->cap_watches, tree->n_watches + 1, sizeof *tree->watches)) {
        return;
    }
    tree->watches = array;
    struct lh_watch *w = &tree->watches[tree->n_watches++];
    *w = (struct lh_watch){.path = arena_strdup(&tree->arena, path)};
    lh_watch_look(w);
}

static bool is_hidden(const char *name, const char *prefix)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, ".git") == 0 ||
           strcmp(name, ".hub") == 0 || (*prefix == '\0' && strcmp(name, ".cache") == 0) ||
           !text_is_utf8(name, strlen(name), NULL);
}

static bool is_below(const char *path, const char *folder)
{
    const size_t n = folder ? strlen(folder) : 0;
    return n > 0 && strncmp(path, folder, n) == 0 && path[n] == '/';
}

/* A link's target when it may be served, as an owned real path. *blob: its name when it is a cache's,
 * owned. */
static char *follow(const struct scan *s, const char *path, struct stat *st, char **blob)
{
    char *real = realpath(path, NULL);
    *blob = real && s->links_to ? lh_blob_name(path, s->links_to) : NULL;
    const bool is_blob =
        *blob && (is_below(real, s->links_to) || lh_is_shared_blob(s->shared, real));
    const bool is_inside = real && (is_blob || is_below(real, s->root));
    if (!is_inside || strstr(real, "/.git/") || strstr(real, "/.hub/") || stat(real, st) != 0 ||
        !S_ISREG(st->st_mode)) {
        free(*blob);
        free(real);
        *blob = NULL;
        return NULL;
    }
    return real;
}

/* What a file of the folder is called in the repo. A tree of repos that lies in a git repository of its
 * own keeps its .gitattributes under another name, or they would act there. */
static const char *served_name(const char *path)
{
    return strcmp(path, "dot-gitattributes") == 0 ? ".gitattributes" : path;
}

/* A clone without git-lfs has pointers where the files should be, and so has a cache that was filled
 * from such a one. */
static void find_pointer(struct lh_tree *tree, struct lh_file *file)
{
    char sha256[HASH_SHA256_HEX];
    struct buf text = BUF_INIT;
    if (file->size >= LH_POINTER_MIN && file->size <= LH_POINTER_MAX &&
        file_read(file->real, &text, LH_POINTER_MAX, NULL) &&
        lh_pointer_parse(buf_str(&text), text.n, sha256, &file->size)) {
        file->absent = arena_strdup(&tree->arena, sha256);
        file->is_lfs = true;
    }
    buf_done(&text);
}

static void add_file(struct scan *s, const char *path, const char *real, const struct stat *st,
                     const char *blob)
{
    struct lh_tree *tree = s->tree;
    void *array = tree->files;
    if (tree->n_files >= LH_SCAN_FILES || access(real, R_OK) != 0 ||
        !mem_grow(&array, &tree->cap_files, tree->n_files + 1, sizeof *tree->files)) {
        return;
    }
    tree->files = array;
    tree->files[tree->n_files++] = (struct lh_file){
        .path = arena_strdup(&tree->arena, path),
        .real = arena_strdup(&tree->arena, real),
        .size = (uint64_t)st->st_size,
        .stored = (uint64_t)st->st_size,
        .inode = (uint64_t)st->st_ino,
        .mtime_ns = mtime_of(st),
        .blob = blob ? arena_strdup(&tree->arena, blob) : NULL,
    };
    struct lh_file *file = &tree->files[tree->n_files - 1];
    find_pointer(tree, file);
    const int64_t seconds = (int64_t)st->st_mtim.tv_sec;
    if (tree->n_files == 1 || seconds < tree->oldest_s) {
        tree->oldest_s = seconds;
    }
    if (tree->n_files == 1 || seconds > tree->newest_s) {
        tree->newest_s = seconds;
    }
    tree->total_bytes += file->size;
}

static void add_link(struct scan *s, const char *path, const char *full)
{
    struct stat st;
    char *blob = NULL;
    char *real = follow(s, full, &st, &blob);
    if (real) {
        add_file(s, path, real, &st, blob);
    } else if (s->tree->n_links_left++ == 0) {
        s->tree->link_left = arena_strdup(&s->tree->arena, path);
    }
    free(blob);
    free(real);
}

/* prefix: the folder's path from the root, "" or ending in "/". */
static void walk(struct scan *s, const char *prefix, int depth)
{
    char *folder = *prefix ? xasprintf("%s/%s", s->root, prefix) : xstrdup(s->root);
    lh_tree_watch(s->tree, folder);
    DIR *dir = depth <= LH_SCAN_DEPTH ? opendir(folder) : NULL;
    struct dirent *entry = NULL;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (is_hidden(entry->d_name, prefix) ||
            (s->links_to && lh_is_staged_name(entry->d_name))) {
            continue;
        }
        char *path = xasprintf("%s%s", prefix, entry->d_name);
        char *full = xasprintf("%s/%s", s->root, path);
        struct stat st;
        if (lstat(full, &st) != 0) {
            /* gone meanwhile */
        } else if (S_ISDIR(st.st_mode)) {
            char *below = xasprintf("%s/", path);
            walk(s, below, depth + 1);
            free(below);
        } else if (S_ISREG(st.st_mode)) {
            add_file(s, served_name(path), full, &st, NULL);
        } else if (S_ISLNK(st.st_mode)) {
            add_link(s, path, full);
        }
        free(full);
        free(path);
    }
    if (dir) {
        closedir(dir);
    }
    free(folder);
}

static int by_path(const void *a, const void *b)
{
    const struct lh_file *x = a;
    const struct lh_file *y = b;
    return strcmp(x->path, y->path);
}

/* A cache's blob is named by what it is: 64 digits are a SHA-256, so LFS; 40 a git blob. */
static void decide_lfs(struct lh_tree *tree)
{
    struct buf text = BUF_INIT;
    const struct lh_file *file = lh_tree_find(tree, ".gitattributes");
    const bool has = file && lh_file_read(file, &text, 1 << 20, NULL);
    struct lh_attributes attributes;
    lh_attributes_init(&attributes, has ? buf_str(&text) : NULL, text.n);
    for (size_t i = 0; i < tree->n_files; i++) {
        struct lh_file *f = &tree->files[i];
        if (f->absent) {
            continue;
        }
        if (f->blob && (lh_is_hex(f->blob, 64) || lh_is_hex(f->blob, 40))) {
            f->is_lfs = lh_is_hex(f->blob, 64);
        } else {
            f->blob = NULL;
            f->is_lfs = lh_attributes_is_lfs(&attributes, f->path, f->size);
        }
    }
    lh_attributes_done(&attributes);
    buf_done(&text);
}

void lh_scan(struct lh_tree *tree, const char *root, const char *links_to)
{
    struct scan s = {.tree = tree, .root = realpath(root, NULL)};
    s.links_to = links_to && lh_is_real(links_to) ? xstrdup(links_to) : NULL;
    s.shared = s.links_to ? lh_shared_store(s.links_to) : NULL;
    if (s.root && strcmp(s.root, root) == 0) {
        walk(&s, "", 0);
    } else {
        lh_tree_watch(tree, root);
    }
    if (tree->n_files) {
        qsort(tree->files, tree->n_files, sizeof *tree->files, by_path);
    }
    decide_lfs(tree);
    free(s.root);
    free(s.links_to);
    free(s.shared);
}
