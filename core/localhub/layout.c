/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/layout.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/localhub/store.h"

enum { PLACES_MAX = 100000 };

static void watch(struct lh_layout *l, const char *path)
{
    void *array = l->watches;
    if (!mem_grow(&array, &l->cap_watches, l->n_watches + 1, sizeof *l->watches)) {
        return;
    }
    l->watches = array;
    struct lh_watch *w = &l->watches[l->n_watches++];
    *w = (struct lh_watch){.path = arena_strdup(&l->arena, path)};
    lh_watch_look(w);
}

static void add_place(struct lh_layout *l, const char *root, enum lh_kind kind, const char *id,
                      const char *path, bool is_cache)
{
    void *array = l->places;
    if (!lh_is_repo_id(id) || l->n_places >= PLACES_MAX ||
        !mem_grow(&array, &l->cap_places, l->n_places + 1, sizeof *l->places)) {
        return;
    }
    l->places = array;
    l->places[l->n_places++] = (struct lh_place){
        .kind = kind,
        .id = xstrdup(id),
        .path = xstrdup(path),
        .sidecar = xasprintf("%s/.hub/%s/%s.json", root, lh_kind_plural(kind), id),
        .is_cache = is_cache,
    };
}

/* Calls on_entry for the names in a folder, hidden ones left out; the folder is watched. */
struct visit {
    struct lh_layout *layout;
    const char *root, *folder, *ns;
    enum lh_kind kind;
};

static void each_name(const struct visit *v, void (*on_entry)(const struct visit *, const char *))
{
    watch(v->layout, v->folder);
    DIR *dir = opendir(v->folder);
    struct dirent *entry = NULL;
    while (dir && (entry = readdir(dir)) != NULL) {
        if (entry->d_name[0] != '.') {
            on_entry(v, entry->d_name);
        }
    }
    if (dir) {
        closedir(dir);
    }
}

/* ---- NS/NAME ---- */

static void on_name(const struct visit *v, const char *name)
{
    char *path = xasprintf("%s/%s", v->folder, name);
    char *id = xasprintf("%s/%s", v->ns, name);
    if (file_is_dir(path)) {
        add_place(v->layout, v->root, v->kind, id, path, false);
    }
    free(id);
    free(path);
}

static void on_namespace(const struct visit *v, const char *name)
{
    char *path = xasprintf("%s/%s", v->folder, name);
    struct visit below = *v;
    below.folder = path;
    below.ns = name;
    if (file_is_dir(path)) {
        each_name(&below, on_name);
    }
    free(path);
}

/* A sidecar without a folder is an empty repo: git does not keep empty folders. */
static void on_sidecar(const struct visit *v, const char *leaf)
{
    if (!str_ends(leaf, ".json")) {
        return;
    }
    char *name = xstrndup(leaf, strlen(leaf) - strlen(".json"));
    char *id = xasprintf("%s/%s", v->ns, name);
    char *path = xasprintf("%s/%s/%s", v->root, lh_kind_plural(v->kind), id);
    if (!file_is_dir(path)) {
        add_place(v->layout, v->root, v->kind, id, path, false);
    }
    free(path);
    free(id);
    free(name);
}

static void on_sidecar_namespace(const struct visit *v, const char *name)
{
    char *path = xasprintf("%s/%s", v->folder, name);
    struct visit below = *v;
    below.folder = path;
    below.ns = name;
    if (file_is_dir(path)) {
        each_name(&below, on_sidecar);
    }
    free(path);
}

/* ---- the folder itself ---- */

/* "models--NS--NAME"; a bare name has no NS. */
static void on_top(const struct visit *v, const char *name)
{
    for (enum lh_kind kind = 0; kind < LH_KINDS; kind++) {
        const char *plural = lh_kind_plural(kind);
        const size_t n = strlen(plural);
        if (!str_starts(name, plural) || strncmp(name + n, "--", 2) != 0) {
            continue;
        }
        char *path = xasprintf("%s/%s", v->folder, name);
        char *id = xstrdup(name + n + 2);
        char *between = strstr(id, "--");
        if (between) {
            *between = '/';
            memmove(between + 1, between + 2, strlen(between + 2) + 1);
        }
        if (file_is_dir(path)) {
            add_place(v->layout, v->root, kind, id, path, true);
        }
        free(id);
        free(path);
    }
}

static bool has(const char *root, const char *leaf)
{
    char *path = xasprintf("%s/%s", root, leaf);
    const bool found = file_exists(path);
    free(path);
    return found;
}

/* One repo, called local/FOLDER with what an id cannot hold made into "-". */
static void add_single(struct lh_layout *l, const char *root)
{
    char *real = realpath(root, NULL);
    const char *slash = real ? strrchr(real, '/') : NULL;
    struct buf id = BUF_INIT;
    buf_puts(&id, "local/");
    for (const char *c = slash ? slash + 1 : ""; *c; c++) {
        const bool is_fine = isalnum((unsigned char)*c) || *c == '_';
        if (is_fine || !strchr("-./", id.p[id.n - 1])) {
            buf_putc(&id, is_fine || *c == '.' ? *c : '-');
        }
    }
    while (strchr("-.", id.p[id.n - 1])) {
        id.p[--id.n] = '\0';
    }
    const char *name = lh_is_repo_id(buf_str(&id)) ? buf_str(&id) : "local/folder";
    add_place(l, root, LH_MODEL, name, root, false);
    watch(l, root);
    buf_done(&id);
    free(real);
}

static bool find_kinds(struct lh_layout *l, const char *root)
{
    bool found = false;
    for (enum lh_kind kind = 0; kind < LH_KINDS; kind++) {
        char *folder = xasprintf("%s/%s", root, lh_kind_plural(kind));
        char *sidecars = xasprintf("%s/.hub/%s", root, lh_kind_plural(kind));
        const struct visit v = {l, root, folder, "", kind};
        const struct visit beside = {l, root, sidecars, "", kind};
        if (file_is_dir(folder) || file_is_dir(sidecars)) {
            found = true;
            each_name(&v, on_namespace);
            each_name(&beside, on_sidecar_namespace);
        }
        free(sidecars);
        free(folder);
    }
    return found;
}

void lh_layout_find(struct lh_layout *l, const char *root)
{
    const bool has_kinds = find_kinds(l, root);
    const size_t before = l->n_places;
    const struct visit top = {l, root, root, "", LH_MODEL};
    each_name(&top, on_top);
    if (has_kinds || l->n_places > before) {
        return;
    }
    if (has(root, "config.json") || has(root, "README.md")) {
        add_single(l, root);
    } else {
        each_name(&top, on_namespace);
    }
}

static int by_kind_and_id(const void *a, const void *b)
{
    const struct lh_place *x = a;
    const struct lh_place *y = b;
    return x->kind != y->kind ? (x->kind < y->kind ? -1 : 1) : strcmp(x->id, y->id);
}

void lh_layout_sort(struct lh_layout *l)
{
    if (l->n_places) {
        qsort(l->places, l->n_places, sizeof *l->places, by_kind_and_id);
    }
}

void lh_layout_done(struct lh_layout *l)
{
    for (size_t i = 0; i < l->n_places; i++) {
        lh_repo_release(l->places[i].repo);
        free(l->places[i].id);
        free(l->places[i].path);
        free(l->places[i].sidecar);
    }
    free(l->places);
    free(l->watches);
    arena_done(&l->arena);
    *l = (struct lh_layout){0};
}
