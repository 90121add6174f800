/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/hub/files_tree.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

static void free_node(struct app *app, struct hub_node *node)
{
    ask_begin(app, &node->loading);
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        free_node(app, &node->nodes[i]);
    }
    free(node->nodes);
    node->nodes = NULL;
    hub_tree_free(node->children);
    node->children = NULL;
    free(node->path);
    node->path = NULL;
}

void hub_files_ask(struct pane *p, struct hub_node *node)
{
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_TREE);
    want.path = node->path ? node->path : "";
    ask_begin(p->app, &node->loading);
    hub_ask_start(p, &node->loading, &want);
}

void hub_files_forget(struct pane *p)
{
    struct hub_files *f = p->state;
    free_node(p->app, &f->root);
    ask_begin(p->app, &f->whole);
    uint32_t generation = f->root.loading.generation; /* must go on counting */
    uint32_t whole = f->whole.generation;
    free(f->rows);
    *f = (struct hub_files){
        .root = {.depth = -1, .is_open = true, .loading = {.generation = generation}},
        .whole = {.generation = whole},
    };
}

void hub_files_ask_open(struct pane *p, struct hub_node *node)
{
    hub_files_ask(p, node);
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        if (node->nodes[i].is_open) {
            hub_files_ask_open(p, &node->nodes[i]);
        }
    }
}

/* ---- totals ---- */

void hub_files_count(struct hub_files *f, const struct hub_tree *tree)
{
    f->has_totals = true;
    f->is_cut = tree->is_truncated;
    f->n_files = 0;
    f->n_skipped = tree->n_skipped;
    f->bytes = 0;
    for (size_t i = 0; i < tree->n_files; i++) {
        f->n_files += !tree->files[i].is_dir;
        f->bytes += tree->files[i].is_dir ? 0 : tree->files[i].size;
    }
}

void hub_files_ask_totals(struct pane *p)
{
    struct hub_files *f = p->state;
    const struct hub_tree *root = f->root.children;
    bool has_folders = false;
    for (size_t i = 0; i < root->n_files && !has_folders; i++) {
        has_folders = root->files[i].is_dir;
    }
    if (!has_folders) {
        hub_files_count(f, root);
    } else if (!f->whole.task) {
        struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_TREE);
        want.path = "";
        want.is_whole = true;
        hub_ask_start(p, &f->whole, &want);
    }
}

/* ---- visible rows ---- */

static void add_row(struct hub_files *f, struct hub_node *node)
{
    void *rows = f->rows;
    if (mem_grow(&rows, &f->cap, f->n + 1, sizeof *f->rows)) {
        f->rows = rows;
        f->rows[f->n++] = node;
    }
}

static void add_open(struct hub_files *f, struct hub_node *node)
{
    for (size_t i = 0; node->is_open && node->children && i < node->children->n_files; i++) {
        add_row(f, &node->nodes[i]);
        add_open(f, &node->nodes[i]);
    }
}

const char *hub_files_leaf(const struct hub_node *node)
{
    const char *slash = strrchr(node->path, '/');
    return slash ? slash + 1 : node->path;
}

/* Columns in front of a name. */
int hub_files_indent(const struct hub_node *node)
{
    return node->depth * 2 + 3;
}

void hub_files_rebuild(struct hub_files *f)
{
    f->n = 0;
    f->longest = 0;
    add_open(f, &f->root);
    for (size_t i = 0; i < f->n; i++) {
        const int cols = hub_files_indent(f->rows[i]) + text_width(hub_files_leaf(f->rows[i])) + f->rows[i]->file->is_dir;
        f->longest = cols > f->longest ? cols : f->longest;
    }
    list_set(&f->table.list, f->n);
}

void hub_files_select(struct hub_files *f, const char *path)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->rows[i]->path, path) == 0) {
            list_goto(&f->table.list, i);
            return;
        }
    }
}

bool hub_files_unfold(struct pane *p, const char *path)
{
    struct hub_files *f = p->state;
    size_t i = 0;
    while (i < f->n && strcmp(f->rows[i]->path, path) != 0) {
        i++;
    }
    struct hub_node *node = i < f->n ? f->rows[i] : NULL;
    if (!node || !node->file->is_dir || node->is_open || node->loading.err.code != ERR_NONE) {
        return !node || !node->is_open || node->children; /* one that cannot be opened is not waited for */
    }
    node->is_open = true;
    if (!node->children && !node->loading.task) {
        hub_files_ask(p, node);
    }
    hub_files_rebuild(f);
    return node->children != NULL;
}

static struct hub_node *find_loading(struct hub_node *node, uint64_t id)
{
    if (node->loading.task && task_id(node->loading.task) == id) {
        return node;
    }
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        struct hub_node *found = find_loading(&node->nodes[i], id);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* What a folder of this path holds moves from an old node to a new one. */
static void keep_folder(struct hub_node *old, size_t n_old, struct hub_node *now)
{
    for (size_t i = 0; now->file->is_dir && i < n_old; i++) {
        if (old[i].file->is_dir && strcmp(old[i].path, now->path) == 0) {
            now->is_open = old[i].is_open;
            now->children = old[i].children;
            now->nodes = old[i].nodes;
            now->loading = old[i].loading;
            old[i].children = NULL;
            old[i].nodes = NULL;
            old[i].loading = (struct waiting){0};
        }
    }
}

static bool is_same_listing(const struct hub_tree *a, const struct hub_tree *b)
{
    if (!a || a->n_files != b->n_files) {
        return false;
    }
    for (size_t i = 0; i < a->n_files; i++) {
        const char *x = a->files[i].oid;
        const char *y = b->files[i].oid;
        if (strcmp(a->files[i].path, b->files[i].path) != 0 || strcmp(x ? x : "", y ? y : "") != 0) {
            return false;
        }
    }
    return true;
}

static void set_children(struct pane *p, struct hub_node *node, struct hub_tree *tree)
{
    struct hub_node *old = node->nodes;
    struct hub_tree *old_tree = node->children;
    const size_t n_old = old_tree ? old_tree->n_files : 0;
    node->children = tree;
    node->nodes = xcalloc(tree->n_files, sizeof *node->nodes);
    for (size_t i = 0; i < tree->n_files; i++) {
        node->nodes[i] = (struct hub_node){
            .file = &tree->files[i],
            .path = xstrdup(tree->files[i].path),
            .depth = node->depth + 1,
        };
        keep_folder(old, n_old, &node->nodes[i]);
    }
    for (size_t i = 0; i < n_old; i++) {
        free_node(p->app, &old[i]);
    }
    free(old);
    hub_tree_free(old_tree);
    if (tree->is_truncated) {
        pane_say(p, APP_WARN, "only the first %zu entries of this folder are listed", tree->n_files);
    }
}

void hub_files_put(struct pane *p, struct hub_node *folder, struct hub_tree *tree)
{
    if (is_same_listing(folder->children, tree)) {
        hub_tree_free(tree); /* the Hub confirms the cache: keep what is open below */
    } else {
        set_children(p, folder, tree);
    }
}

struct hub_node *hub_files_asker(struct hub_files *f, uint64_t task)
{
    return find_loading(&f->root, task);
}
