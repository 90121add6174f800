/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/layout.h"

#include <ctype.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/localhub/paths.h"
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

/* What is being looked through: a folder of names. All paths are real ones. */
struct visit {
    struct lh_layout *layout;
    const char *root, *folder, *ns;
    enum lh_kind kind;
    bool is_bare; /* root/NS/NAME: every folder is an owner's */
};

/* ---- what is left out ---- */

static void note(const struct visit *v, const char *path, const char *why)
{
    struct lh_layout *l = v->layout;
    void *array = l->notes;
    if (l->n_notes >= LH_NOTES_MAX ||
        !mem_grow(&array, &l->cap_notes, l->n_notes + 1, sizeof *l->notes)) {
        return;
    }
    const size_t n = strlen(v->root);
    char *line = xasprintf("%s %s", path[n] ? path + n + 1 : "the folder", why);
    l->notes = array;
    l->notes[l->n_notes++] = arena_strdup(&l->arena, line);
    free(line);
}

/* Whether a folder below the root is where repos lie, or their owners. */
static bool is_of_repos(const struct visit *v, const char *below)
{
    bool is = v->is_bare;
    for (enum lh_kind kind = 0; !is && kind < LH_KINDS; kind++) {
        const char *plural = lh_kind_plural(kind);
        const char *rest = str_starts(below, plural) ? below + strlen(plural) : "none";
        is = !*rest || *rest == '/' || strncmp(rest, "--", 2) == 0;
    }
    return is;
}

/* The real path of a folder that may be entered, owned. NULL: there is none, or it is left out. A
 * repo may be a link to the one beside it. */
static char *enter(const struct visit *v, const char *path, bool is_repo)
{
    struct stat st;
    if (!file_is_dir(path)) {
        return NULL;
    }
    if (lstat(path, &st) == 0 && !S_ISLNK(st.st_mode)) {
        return xstrdup(path);
    }
    char *real = realpath(path, NULL);
    if (!real || !lh_is_plainly_below(real, v->root)) {
        note(v, path, "is a link that leads out of the served folder; it is not followed");
    } else if (!(is_repo && lh_is_beside(path, real)) && is_of_repos(v, real + strlen(v->root) + 1)) {
        note(v, path, "is a link to where other repositories lie; it is not followed");
    } else {
        return real;
    }
    free(real);
    return NULL;
}

/* ---- places ---- */

static void push_place(const struct visit *v, const struct lh_place *place)
{
    struct lh_layout *l = v->layout;
    void *array = l->places;
    if (l->n_places < PLACES_MAX &&
        mem_grow(&array, &l->cap_places, l->n_places + 1, sizeof *l->places)) {
        l->places = array;
        l->places[l->n_places++] = *place;
        return;
    }
    free(place->id);
    free(place->path);
    free(place->sidecar);
}

/* path: as it was found, for the notes. real: the folder. sidecar_id: whose sidecar holds for it.
 * What a sidecar elsewhere would forbid, nobody may read because it is not read. */
static void add_place(const struct visit *v, const char *id, const char *path, const char *real,
                      const char *sidecar_id, bool is_cache)
{
    struct stat st;
    if (!lh_is_repo_id(id)) {
        note(v, path, "has a name that the Hub does not allow; it is left out");
        return;
    }
    char *sidecar = xasprintf("%s/.hub/%s/%s.json", v->root, lh_kind_plural(v->kind), sidecar_id);
    if (lstat(sidecar, &st) == 0 && !lh_is_inside(v->root, sidecar)) {
        note(v, path, "is left out: its file below .hub is behind a link that leads elsewhere");
        free(sidecar);
        return;
    }
    push_place(v, &(struct lh_place){.kind = v->kind,
                                     .id = xstrdup(id),
                                     .path = xstrdup(real),
                                     .sidecar = sidecar,
                                     .is_cache = is_cache});
}

/* Calls on_entry for the names in a folder, hidden ones left out; the folder is watched. */
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
    char *real = enter(v, path, true);
    if (real) {
        char *target = xasprintf("%s/%s", v->ns, strrchr(real, '/') + 1);
        add_place(v, id, path, real, lh_is_beside(path, real) ? target : id, false);
        free(target);
    }
    free(real);
    free(id);
    free(path);
}

static void on_namespace(const struct visit *v, const char *name)
{
    char *path = xasprintf("%s/%s", v->folder, name);
    char *real = enter(v, path, false);
    if (real) {
        struct visit below = *v;
        below.folder = real;
        below.ns = name;
        each_name(&below, on_name);
    }
    free(real);
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
        add_place(v, id, path, path, id, false);
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
    if (file_is_dir(path) && lh_is_inside(v->root, path)) {
        each_name(&below, on_sidecar);
    }
    free(path);
}

/* ---- the folder itself ---- */

/* Whether two ids have the same owner. */
static bool is_same_owner(const char *a, const char *b)
{
    const char *slash = strchr(a, '/');
    const size_t n = slash ? (size_t)(slash - a) + 1 : 0;
    return slash ? strncmp(a, b, n) == 0 : !strchr(b, '/');
}

static void add_cached(const struct visit *v, const char *id, const char *path, const char *real)
{
    enum lh_kind kind = LH_MODEL;
    char *target = lh_is_beside(path, real) ? lh_id_of_cache_folder(strrchr(real, '/') + 1, &kind) : NULL;
    if (!target) {
        add_place(v, id, path, real, id, true);
    } else if (kind == v->kind && is_same_owner(id, target)) {
        add_place(v, id, path, real, target, true);
    } else {
        note(v, path, "is a link to another owner's repository; it is not followed");
    }
    free(target);
}

static void on_top(const struct visit *v, const char *name)
{
    struct visit cached = *v;
    char *id = lh_id_of_cache_folder(name, &cached.kind);
    if (!id) {
        return;
    }
    char *path = xasprintf("%s/%s", v->folder, name);
    char *real = enter(v, path, true);
    if (real) {
        add_cached(&cached, id, path, real);
    }
    free(real);
    free(path);
    free(id);
}

static bool has(const char *root, const char *leaf)
{
    char *path = xasprintf("%s/%s", root, leaf);
    const bool found = file_exists(path);
    free(path);
    return found;
}

/* One repo, called local/FOLDER with what an id cannot hold made into "-". */
static void add_single(const struct visit *v)
{
    const char *slash = strrchr(v->root, '/');
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
    add_place(v, name, v->root, v->root, name, false);
    watch(v->layout, v->root);
    buf_done(&id);
}

static bool find_kind(const struct visit *v)
{
    char *folder = xasprintf("%s/%s", v->root, lh_kind_plural(v->kind));
    char *sidecars = xasprintf("%s/.hub/%s", v->root, lh_kind_plural(v->kind));
    char *real = enter(v, folder, false);
    const bool has_sidecars = file_is_dir(sidecars) && lh_is_inside(v->root, sidecars);
    const bool found = file_is_dir(folder) || has_sidecars;
    struct visit at = *v;
    at.folder = real ? real : folder;
    if (real || (found && !file_exists(folder))) {
        each_name(&at, on_namespace);
    }
    at.folder = sidecars;
    if (has_sidecars) {
        each_name(&at, on_sidecar_namespace);
    }
    free(real);
    free(sidecars);
    free(folder);
    return found;
}

static void find_all(struct visit *v)
{
    bool has_kinds = false;
    for (v->kind = 0; v->kind < LH_KINDS; v->kind++) {
        has_kinds = find_kind(v) || has_kinds;
    }
    v->kind = LH_MODEL;
    const size_t before = v->layout->n_places + v->layout->n_notes;
    each_name(v, on_top);
    if (has_kinds || v->layout->n_places + v->layout->n_notes > before) {
        return;
    }
    if (has(v->root, "config.json") || has(v->root, "README.md")) {
        add_single(v);
    } else {
        v->is_bare = true;
        each_name(v, on_namespace);
    }
}

void lh_layout_find(struct lh_layout *l, const char *root)
{
    char *real = realpath(root, NULL);
    if (real) {
        struct visit top = {.layout = l, .root = real, .folder = real, .ns = ""};
        find_all(&top);
        free(real);
    } else {
        watch(l, root);
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
    free(l->notes);
    arena_done(&l->arena);
    *l = (struct lh_layout){0};
}
