/* SPDX-License-Identifier: Apache-2.0 */
/* tree and paths-info: files and folders with the ids git would give them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/localhub/call.h"
#include "core/localhub/oids.h"

enum { PAGE_PLAIN = 1000, PAGE_EXPANDED = 50, PATHS_MAX = 1000 };

/* One line of a listing: a file, or a folder with the files[first, end) below it. */
struct entry {
    bool is_folder;
    size_t path_len; /* of files[first].path */
    size_t first, end;
};

struct entries {
    struct entry *items;
    size_t n, cap;
};

static void push(struct entries *list, struct entry entry)
{
    void *array = list->items;
    if (mem_grow(&array, &list->cap, list->n + 1, sizeof *list->items)) {
        list->items = array;
        list->items[list->n++] = entry;
    }
}

static bool is_below(const char *path, const char *prefix, size_t n)
{
    return strncmp(path, prefix, n) == 0;
}

/* What lies in the folder whose files are [first, end), all of whose paths begin with skip bytes.
 * Folders come first when the listing is flat, before their content when it is recursive. */
static void collect(const struct lh_tree *tree, size_t first, size_t end, size_t skip,
                    bool is_recursive, struct entries *folders, struct entries *files)
{
    for (size_t i = first; i < end;) {
        const char *path = tree->files[i].path;
        const char *slash = strchr(path + skip, '/');
        if (!slash) {
            push(files, (struct entry){false, strlen(path), i, i + 1});
            i++;
            continue;
        }
        const size_t len = (size_t)(slash - path);
        size_t next = i + 1;
        while (next < end && is_below(tree->files[next].path, path, len + 1)) {
            next++;
        }
        push(folders, (struct entry){true, len, i, next});
        if (is_recursive) {
            collect(tree, i, next, len + 1, true, folders, files);
        }
        i = next;
    }
}

/* ---- lastCommit, from the sidecar ---- */

/* The newest commit that touched a path; for a folder, any path below it. */
static size_t commit_index(struct lh_call *c, const char *path, const struct entry *entry)
{
    const cJSON *map = json_obj(lh_call_history(c), "lastCommits");
    uint64_t best = 0;
    if (json_u64(map, path, &best) || !entry->is_folder) {
        return (size_t)best;
    }
    bool has = false;
    for (size_t i = entry->first; i < entry->end; i++) {
        uint64_t index = 0;
        if (json_u64(map, c->tree->files[i].path, &index) && (!has || index < best)) {
            best = index;
            has = true;
        }
    }
    return (size_t)best;
}

static void put_last_commit(struct lh_call *c, cJSON *json, const char *path,
                            const struct entry *entry)
{
    cJSON *out = cJSON_AddObjectToObject(json, "lastCommit");
    const cJSON *list = json_arr(lh_call_history(c), "commits");
    const size_t index = commit_index(c, path, entry);
    const cJSON *commit = index < 100000 ? cJSON_GetArrayItem(list, (int)index) : NULL;
    const char *id = json_str(commit, "id");
    const char *title = json_str(commit, "title");
    const char *date = json_str(commit, "date");
    cJSON_AddStringToObject(out, "id", id ? id : lh_call_commit(c));
    cJSON_AddStringToObject(out, "title", title ? title : "Files of a folder");
    if (date) {
        cJSON_AddStringToObject(out, "date", date);
    } else {
        lh_json_add_date(out, "date", lh_repo_modified(c->repo, c->tree));
    }
}

/* ---- entries as JSON ---- */

static bool put_file(struct lh_call *c, cJSON *json, const struct lh_file *file, struct err *e)
{
    struct lh_oid oid;
    if (!lh_oid_of_file(file, c->site->hashes, &oid, e)) {
        return false;
    }
    cJSON_AddStringToObject(json, "oid", oid.git_sha1);
    cJSON_AddNumberToObject(json, "size", (double)file->size);
    if (file->is_lfs) {
        cJSON *lfs = cJSON_AddObjectToObject(json, "lfs");
        cJSON_AddStringToObject(lfs, "oid", oid.sha256);
        cJSON_AddNumberToObject(lfs, "size", (double)file->size);
        cJSON_AddNumberToObject(lfs, "pointerSize", (double)oid.pointer_bytes);
    }
    return true;
}

static bool put_folder(struct lh_call *c, cJSON *json, const struct entry *entry, struct err *e)
{
    char oid[HASH_SHA1_HEX];
    if (!lh_oid_of_folder(c->tree, entry->first, entry->end, entry->path_len + 1, c->site->hashes,
                          oid, e)) {
        return false;
    }
    cJSON_AddStringToObject(json, "oid", oid);
    cJSON_AddNumberToObject(json, "size", 0);
    return true;
}

static bool add_entry(struct lh_call *c, const struct entry *entry, bool expand)
{
    struct err e = ERR_INIT;
    const struct lh_file *file = &c->tree->files[entry->first];
    char *path = xstrndup(file->path, entry->path_len);
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "type", entry->is_folder ? "directory" : "file");
    const bool ok = entry->is_folder ? put_folder(c, json, entry, &e) : put_file(c, json, file, &e);
    cJSON_AddStringToObject(json, "path", path);
    if (ok && expand) {
        put_last_commit(c, json, path, entry);
    }
    free(path);
    if (ok) {
        lh_reply_list_add(c->reply, json);
        return true;
    }
    cJSON_Delete(json);
    lh_reply_error(c->reply, 500, NULL, "%s could not be read; ask again", file->path);
    return false;
}

/* ---- tree ---- */

/* A cursor is the place in the listing: the tree of a commit does not change. */
static void answer_entries(struct lh_call *c, const struct entries *list)
{
    const bool expand = lh_request_flag(c->req, "expand");
    const uint64_t most = expand ? PAGE_EXPANDED : PAGE_PLAIN;
    uint64_t limit = 0;
    uint64_t first = 0;
    if (!lh_request_number(c->req, "limit", 1, UINT32_MAX, most, &limit) ||
        !lh_request_number(c->req, "cursor", 0, UINT32_MAX, 0, &first)) {
        lh_reply_error(c->reply, 400, NULL, "\"limit\" or \"cursor\" is not a number of ours");
        return;
    }
    limit = limit < most ? limit : most;
    first = first < list->n ? first : list->n;
    const size_t end = list->n - first > limit ? (size_t)(first + limit) : list->n;
    lh_reply_list_begin(c->reply);
    for (size_t i = (size_t)first; i < end; i++) {
        if (!add_entry(c, &list->items[i], expand)) {
            return;
        }
    }
    lh_reply_list_end(c->reply);
    if (end < list->n) {
        char cursor[24];
        snprintf(cursor, sizeof cursor, "%zu", end);
        lh_call_link_next(c, "cursor", cursor);
    }
}

void lh_answer_tree(struct lh_call *c)
{
    char *path = xstrdup(c->path);
    const size_t len = strlen(path);
    if (len > 0 && path[len - 1] == '/') {
        path[len - 1] = '\0';
    }
    size_t first = 0;
    size_t end = 0;
    lh_reply_header(c->reply, "X-Repo-Commit", "%s", lh_call_commit(c));
    if (!lh_tree_range(c->tree, path, &first, &end)) {
        lh_answer_no_entry(c, path);
        free(path);
        return;
    }
    struct entries folders = {0};
    struct entries files = {0};
    const bool is_recursive = lh_request_flag(c->req, "recursive");
    collect(c->tree, first, end, *path ? strlen(path) + 1 : 0, is_recursive, &folders,
            is_recursive ? &folders : &files);
    for (size_t i = 0; i < files.n; i++) {
        push(&folders, files.items[i]);
    }
    answer_entries(c, &folders);
    free(files.items);
    free(folders.items);
    free(path);
}

/* ---- paths-info ---- */

static bool add_path(struct lh_call *c, const char *path, bool expand)
{
    const struct lh_file *file = lh_tree_find(c->tree, path);
    struct entry entry = {.path_len = strlen(path)};
    if (file) {
        entry.first = (size_t)(file - c->tree->files);
        entry.end = entry.first + 1;
        return add_entry(c, &entry, expand);
    }
    entry.is_folder = true;
    if (*path && lh_tree_range(c->tree, path, &entry.first, &entry.end)) {
        return add_entry(c, &entry, expand);
    }
    return true;
}

struct wanted {
    const char **paths;
    size_t n;
    bool expand, is_too_many;
};

static bool read_json_body(struct lh_call *c, struct wanted *w)
{
    cJSON *json = json_parse(buf_str(&c->req->body), c->req->body.n, NULL);
    const cJSON *list = json_arr(json, "paths");
    const int n = cJSON_GetArraySize(list);
    w->is_too_many = n > PATHS_MAX;
    w->paths = arena_alloc(&c->req->arena, (size_t)n + 1, sizeof *w->paths);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        if (cJSON_IsString(item) && !w->is_too_many) {
            w->paths[w->n++] = arena_strdup(&c->req->arena, item->valuestring);
        }
    }
    json_bool(json, "expand", &w->expand);
    const bool ok = cJSON_IsObject(json);
    cJSON_Delete(json);
    return ok;
}

static bool read_form_body(struct lh_call *c, struct wanted *w)
{
    struct lh_pair *pairs = NULL;
    size_t n = 0;
    if (!lh_parse_pairs(&c->req->arena, buf_str(&c->req->body), c->req->body.n,
                        (size_t)2 * PATHS_MAX, &pairs, &n)) {
        w->is_too_many = true;
        return true;
    }
    w->paths = arena_alloc(&c->req->arena, n + 1, sizeof *w->paths);
    for (size_t i = 0; i < n; i++) {
        if (strcmp(pairs[i].key, "paths") == 0) {
            w->paths[w->n++] = pairs[i].value;
        } else if (strcmp(pairs[i].key, "expand") == 0) {
            w->expand = strcasecmp(pairs[i].value, "true") == 0;
        }
    }
    w->is_too_many = w->n > PATHS_MAX;
    return true;
}

void lh_answer_paths_info(struct lh_call *c)
{
    struct wanted w = {0};
    const char *type = c->req->content_type ? c->req->content_type : "";
    const bool is_json = str_starts(type, "application/json");
    if (!(is_json ? read_json_body(c, &w) : read_form_body(c, &w))) {
        lh_reply_error(c->reply, 400, NULL, "The body must be {\"paths\": [...]} or a form");
        return;
    }
    if (w.is_too_many) {
        lh_reply_error(c->reply, 413, NULL, "too many parameters: at most %d paths", PATHS_MAX);
        return;
    }
    lh_reply_list_begin(c->reply);
    for (size_t i = 0; i < w.n; i++) {
        if (!add_path(c, w.paths[i], w.expand)) {
            return;
        }
    }
    lh_reply_list_end(c->reply);
}
