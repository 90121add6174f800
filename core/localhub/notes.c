/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/notes.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/paths.h"
#include "core/localhub/store.h"

static const size_t TREE_MAX = 64 << 20;

/* A file by what it is on the disk, so that what has several names counts once. */
struct content {
    uint64_t inode, stored;
    int64_t mtime_ns;
};

struct look {
    const struct localhub_listener *listener;
    const struct lh_repo *repo;
    struct content *contents;
    size_t n_contents, cap_contents, n_files, n_repos;
};

static void tell(const struct look *look, const char *sentence)
{
    char *line = xasprintf("%s %s: %s", lh_kind_name(look->repo->kind), look->repo->id, sentence);
    look->listener->tell(look->listener->ctx, line);
    free(line);
}

static void tell_texts(const struct look *look, const struct lh_about *about)
{
    if (look->repo->sidecar_error) {
        tell(look, look->repo->sidecar_error);
    }
    if (about->card_error) {
        char *line = about->card_error_line
                         ? xasprintf("the metadata of its README.md cannot be read, line %d: %s",
                                     about->card_error_line, about->card_error)
                         : xasprintf("the metadata of its README.md cannot be read: %s",
                                     about->card_error);
        tell(look, line);
        free(line);
    }
    if (about->config_error) {
        char *line = xasprintf("its config.json cannot be read: %s", about->config_error);
        tell(look, line);
        free(line);
    }
}

static void tell_files(const struct look *look, const struct lh_tree *tree)
{
    size_t n_absent = 0;
    const char *first = NULL;
    for (size_t i = 0; i < tree->n_files; i++) {
        first = tree->files[i].absent && !first ? tree->files[i].path : first;
        n_absent += tree->files[i].absent != NULL;
    }
    if (first) {
        char *line = n_absent == 1 ? xasprintf("%s: " LH_ABSENT, first)
                                   : xasprintf("%zu files, %s the first: " LH_ABSENT, n_absent, first);
        tell(look, line);
        free(line);
    }
    if (tree->n_links_left) {
        char *line = tree->n_links_left == 1
                         ? xasprintf("%s is a link that leads out of it, or to no file; it is left "
                                     "out",
                                     tree->link_left)
                         : xasprintf("%zu links, %s one of them, lead out of it, or to no file; they "
                                     "are left out",
                                     tree->n_links_left, tree->link_left);
        tell(look, line);
        free(line);
    }
}

/* The client notes beside a snapshot which files its commit has; a filtered download leaves some out.
 */
static void tell_part(const struct look *look, const struct lh_tree *tree)
{
    struct buf text = BUF_INIT;
    char *path = xasprintf("%s/trees/%s.json", look->repo->path, tree->commit);
    cJSON *json = look->repo->is_cache && lh_is_real(path) && file_read(path, &text, TREE_MAX, NULL)
                      ? json_parse(buf_str(&text), text.n, NULL)
                      : NULL;
    const size_t all = (size_t)cJSON_GetArraySize(json_obj(json, "files"));
    if (all > tree->n_files) {
        char *line = xasprintf("%zu of its %zu files were downloaded; the others are not listed",
                               tree->n_files, all);
        tell(look, line);
        free(line);
    }
    cJSON_Delete(json);
    free(path);
    buf_done(&text);
}

static void count(struct look *look, const struct lh_tree *tree)
{
    void *array = look->contents;
    if (!mem_grow(&array, &look->cap_contents, look->n_contents + tree->n_files,
                  sizeof *look->contents)) {
        return;
    }
    look->contents = array;
    for (size_t i = 0; i < tree->n_files; i++) {
        const struct lh_file *f = &tree->files[i];
        look->contents[look->n_contents++] = (struct content){f->inode, f->stored, f->mtime_ns};
    }
}

static int by_content(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct content));
}

static uint64_t bytes_on_disk(struct look *look)
{
    uint64_t bytes = 0;
    if (look->n_contents) {
        qsort(look->contents, look->n_contents, sizeof *look->contents, by_content);
    }
    for (size_t i = 0; i < look->n_contents; i++) {
        const struct content *c = &look->contents[i];
        bytes += i == 0 || by_content(c, c - 1) != 0 ? c->stored : 0;
    }
    return bytes;
}

/* The head is what is listed; the older snapshots of a cache only take room. */
static void look_at(struct look *look, struct lh_repo *repo, struct lh_hashes *hashes)
{
    struct lh_tree *head = repo->trees[0];
    bool is_known = false;
    look->repo = repo;
    look->n_repos++;
    look->n_files += head->n_files;
    tell_texts(look, &head->about);
    tell_files(look, head);
    tell_part(look, head);
    count(look, head);
    for (size_t i = 1; i < repo->n_trees; i++) {
        const struct lh_tree *tree = lh_repo_tree(repo, repo->trees[i]->commit, hashes, &is_known);
        if (tree) {
            count(look, tree);
        }
    }
}

static bool is_over(const struct localhub_listener *l)
{
    return l->is_over && l->is_over(l->ctx);
}

void lh_look_through(struct lh_store *store, struct lh_hashes *hashes,
                     const struct localhub_listener *listener, struct localhub_total *out)
{
    struct look look = {.listener = listener};
    struct lh_names notes = lh_store_notes(store);
    for (size_t i = 0; i < notes.n; i++) {
        listener->tell(listener->ctx, notes.items[i]);
    }
    lh_names_done(&notes);
    for (enum lh_kind kind = 0; kind < LH_KINDS; kind++) {
        struct lh_names ids = lh_store_ids(store, kind);
        for (size_t i = 0; i < ids.n && !is_over(listener); i++) {
            struct lh_repo *repo = lh_store_repo(store, kind, ids.items[i]);
            if (repo) {
                look_at(&look, repo, hashes);
            }
            lh_repo_release(repo);
        }
        lh_names_done(&ids);
    }
    *out = (struct localhub_total){look.n_repos, look.n_files, bytes_on_disk(&look)};
    free(look.contents);
}
