/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

enum { DEFAULT_MAX_FILES = 100000 };

void hub_tree_free(struct hub_tree *t)
{
    if (t) {
        free(t->files);
        arena_done(&t->arena);
        free(t);
    }
}

void hub_tree_part_free(struct hub_tree_part *part)
{
    if (part) {
        cJSON_Delete(part->json);
        free(part->next);
        free(part);
    }
}

void *hub_decode_tree(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    if (!cJSON_IsArray(reply->json)) {
        return hub_damaged(e, "a list of files");
    }
    struct hub_tree_part *part = xcalloc(1, sizeof *part);
    part->next = hub_next_of(reply->hub, reply->headers);
    part->json = reply->json;
    reply->json = NULL;
    return part;
}

static bool parse_file(const cJSON *item, struct arena *arena, struct hub_file *f)
{
    const char *type = json_str(item, "type");
    const char *path = json_str(item, "path");
    if (!type || !path || !*path) {
        return false;
    }
    const cJSON *lfs = json_obj(item, "lfs");
    const cJSON *commit = json_obj(item, "lastCommit");
    f->path = arena_strdup(arena, path);
    f->is_dir = strcmp(type, "directory") == 0;
    /* The size of an LFS file is the content's; some servers put it into `lfs` alone. */
    if (!json_u64(item, "size", &f->size)) {
        json_u64(lfs, "size", &f->size);
    }
    f->oid = hub_copy(arena, item, "oid");
    f->lfs_sha256 = hub_copy(arena, lfs, "oid");
    f->is_xet = json_str(item, "xetHash") != NULL;
    f->commit_title = hub_copy(arena, commit, "title");
    f->has_commit_date = hub_date(commit, "date", &f->commit_date_s);
    f->security = hub_copy(arena, json_obj(item, "securityFileStatus"), "status");
    return true;
}

bool hub_tree_add(struct hub_tree *t, size_t *cap, const cJSON *page, size_t max_files,
                  struct err *e)
{
    const cJSON *item = NULL;
    const size_t before = t->n_files;
    cJSON_ArrayForEach(item, page)
    {
        if (t->n_files >= max_files) {
            t->is_truncated = true;
            return true;
        }
        if (!mem_grow((void **)&t->files, cap, t->n_files + 1, sizeof *t->files)) {
            return err_set(e, ERR_LIMIT, "no memory for %zu files", t->n_files + 1);
        }
        struct hub_file f = {0};
        if (parse_file(item, &t->arena, &f)) {
            t->files[t->n_files++] = f;
        } else {
            t->n_skipped++;
        }
    }
    return t->n_files > before || !page->child || hub_damaged(e, "a file with a path");
}

/* Folders first, then by name, at every depth: compares part by part. */
static int by_path(const void *pa, const void *pb)
{
    const struct hub_file *a = pa, *b = pb;
    const char *x = a->path, *y = b->path;
    for (;;) {
        const size_t nx = strcspn(x, "/"), ny = strcspn(y, "/");
        const bool x_dir = x[nx] == '/' || a->is_dir, y_dir = y[ny] == '/' || b->is_dir;
        const size_t n = nx < ny ? nx : ny;
        const int order = memcmp(x, y, n);
        const bool same = order == 0 && nx == ny;
        if (x_dir != y_dir) {
            return x_dir ? -1 : 1;
        }
        if (!same) {
            return order ? order : nx < ny ? -1 : 1;
        }
        if (x[nx] != '/' || y[ny] != '/') {
            return (x[nx] == '/') - (y[ny] == '/');
        }
        x += nx + 1;
        y += ny + 1;
    }
}

static void tree_url(struct buf *url, const struct hub *hub, const struct hub_tree_query *q)
{
    hub_url_repo(url, hub, q->kind, q->id);
    buf_puts(url, "/tree");
    hub_url_part(url, q->revision ? q->revision : "main", false);
    if (q->path && *q->path) {
        hub_url_part(url, q->path, true);
    }
    hub_url_param(url, "recursive", q->is_recursive ? "true" : "false");
    hub_url_param(url, "expand", q->expand ? "true" : "false");
}

static bool read_pages(struct hub *hub, const struct hub_tree_query *q, struct hub_get *get,
                       struct hub_tree *t, struct err *e)
{
    struct buf first = BUF_INIT;
    tree_url(&first, hub, q);
    char *url = buf_steal(&first);
    char *what = xasprintf("listing the files of %s", q->id);
    const size_t max_files = q->max_files ? q->max_files : DEFAULT_MAX_FILES;
    size_t cap = 0;
    bool ok = true;
    for (bool is_first = true; ok && url && !t->is_truncated; is_first = false) {
        struct hub_get one = {.fresh = get ? get->fresh : HUB_NORMAL,
                              .task = get ? get->task : NULL};
        const struct hub_call call = {
            .url = url,
            .subject = {what, q->kind, q->id, q->revision, q->path},
        };
        struct hub_tree_part *part = NULL;
        if (is_first || hub_check_own(hub, url, "the rest of the list", e)) {
            part = hub_ask(hub, &call, &one, hub_decode_tree, NULL, e);
        }
        const size_t before = t->n_files;
        ok = part && hub_tree_add(t, &cap, part->json, max_files, e);
        free(url);
        url = part ? part->next : NULL;
        if (part) {
            part->next = NULL;
            hub_get_join(get, &one, is_first);
        }
        hub_tree_part_free(part);
        /* A page without entries that names another one would never end. */
        t->is_truncated =
            t->is_truncated || (url && (t->n_files >= max_files || t->n_files == before));
    }
    free(url);
    free(what);
    return ok;
}

struct hub_tree *hub_tree(struct hub *hub, const struct hub_tree_query *q, struct hub_get *get,
                          struct err *e)
{
    if (!hub_check_repo_id(q->id, e) || !hub_check_revision(q->revision, e) ||
        !hub_check_path(q->path, e)) {
        return NULL;
    }
    struct hub_tree *t = xcalloc(1, sizeof *t);
    if (!read_pages(hub, q, get, t, e)) {
        hub_tree_free(t);
        return NULL;
    }
    if (t->n_files) {
        qsort(t->files, t->n_files, sizeof *t->files, by_path);
    }
    return t;
}
