/* SPDX-License-Identifier: Apache-2.0 */
/* detail_files.c - the files of a repo as a tree whose folders are fetched when they are opened. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/screen.h"

static void free_node(struct hub_screen *h, struct file_node *node)
{
    ask_begin(h->app, &node->loading);
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        free_node(h, &node->nodes[i]);
    }
    free(node->nodes);
    node->nodes = NULL;
    hub_tree_free(node->children);
    node->children = NULL;
    free(node->path);
    node->path = NULL;
}

void files_done(struct hub_screen *h)
{
    struct files *f = &h->detail.files;
    free_node(h, &f->root);
    uint32_t generation = f->root.loading.generation; /* must go on counting */
    free(f->rows);
    *f = (struct files){.root = {.loading = {.generation = generation}}};
}

void files_open(struct hub_screen *h)
{
    struct file_node *root = &h->detail.files.root;
    free(root->path);
    root->path = xstrdup("");
    root->depth = -1;
    root->is_open = true;
    job_tree(h, root);
}

/* ---- visible rows ---- */

static void add_row(struct files *f, struct file_node *node)
{
    void *rows = f->rows;
    if (mem_grow(&rows, &f->cap, f->n + 1, sizeof *f->rows)) {
        f->rows = rows;
        f->rows[f->n++] = node;
    }
}

static void add_open(struct files *f, struct file_node *node)
{
    for (size_t i = 0; node->is_open && node->children && i < node->children->n_files; i++) {
        add_row(f, &node->nodes[i]);
        add_open(f, &node->nodes[i]);
    }
}

static void rebuild(struct files *f)
{
    f->n = 0;
    add_open(f, &f->root);
    list_set(&f->list, f->n);
}

static struct file_node *find_loading(struct file_node *node, uint64_t id)
{
    if (node->loading.task && task_id(node->loading.task) == id) {
        return node;
    }
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        struct file_node *found = find_loading(&node->nodes[i], id);
        if (found) {
            return found;
        }
    }
    return NULL;
}

static void set_children(struct hub_screen *h, struct file_node *node, struct hub_tree *tree)
{
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        free_node(h, &node->nodes[i]);
    }
    free(node->nodes);
    hub_tree_free(node->children);
    node->children = tree;
    node->nodes = xcalloc(tree->n_files, sizeof *node->nodes);
    for (size_t i = 0; i < tree->n_files; i++) {
        node->nodes[i] = (struct file_node){
            .file = &tree->files[i],
            .path = xstrdup(tree->files[i].path),
            .depth = node->depth + 1,
        };
    }
    if (tree->is_truncated) {
        pane_say(h->detail_pane, APP_WARN, "only the first %zu entries of this folder are listed", tree->n_files);
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

unsigned files_result(struct hub_screen *h, struct task_result *t)
{
    struct files *f = &h->detail.files;
    struct file_node *node = find_loading(&f->root, task_id(t->task));
    if (!node || !ask_take(&node->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_tree *tree = ask_value(t);
    if (tree && is_same_listing(node->children, tree)) {
        hub_tree_free(tree); /* the Hub confirms the cache: keep what is open below */
    } else if (tree) {
        set_children(h, node, tree);
    }
    if (node->loading.err.code != ERR_NONE && !node->loading.is_ready && node != &f->root) {
        pane_say(h->detail_pane, APP_ERROR, "%s: %s", node->path, node->loading.err.msg);
        node->is_open = false;
    }
    rebuild(f);
    return REACT_DIRTY;
}

/* ---- actions ---- */

unsigned files_enter(struct hub_screen *h)
{
    struct files *f = &h->detail.files;
    struct file_node *node = f->rows[f->list.sel];
    if (!node->file->is_dir) {
        view_open(h, node->path);
        detail_update_ops(h);
        return REACT_DIRTY;
    }
    node->is_open = !node->is_open;
    if (node->is_open && !node->children && !node->loading.task) {
        job_tree(h, node);
    }
    rebuild(f);
    return REACT_DIRTY;
}

unsigned files_up(struct hub_screen *h)
{
    struct files *f = &h->detail.files;
    if (f->n == 0) {
        return REACT_HANDLED;
    }
    struct file_node *node = f->rows[f->list.sel];
    if (node->is_open) {
        node->is_open = false;
        rebuild(f);
        return REACT_DIRTY;
    }
    for (size_t i = f->list.sel; i-- > 0;) {
        if (f->rows[i]->depth < node->depth) {
            list_goto(&f->list, i);
            break;
        }
    }
    return REACT_DIRTY;
}

/* ---- drawing ---- */

enum { SIZE_COLS = 9, MARK_COLS = 4, AGE_COLS = 5 };

static void draw_row(struct hub_screen *h, const struct canvas *c, int row, const struct file_node *node,
                     bool is_selected)
{
    const struct hub_file *file = node->file;
    enum style base = !is_selected ? STYLE_TEXT : h->detail_pane->has_focus ? STYLE_SELECTED : STYLE_SELECTED_DIM;
    draw_blank(c, row, 0, c->rect.cols, base);
    bool has_room = c->rect.cols >= 76;
    int name_cols = c->rect.cols - SIZE_COLS - MARK_COLS - AGE_COLS - 4;
    int title_cols = has_room ? name_cols / 2 : 0;
    name_cols -= title_cols ? title_cols + 2 : 0;

    const char *leaf = strrchr(node->path, '/');
    char *name = text_clean(leaf ? leaf + 1 : node->path);
    int indent = node->depth * 2 + 1;
    const char *mark = !file->is_dir ? " " : node->loading.task ? app_spinner(h->app) : node->is_open ? "▾" : "▸";
    draw_text(c, row, indent, 1, base, mark);
    struct buf label = BUF_INIT;
    buf_printf(&label, "%s%s", name, file->is_dir ? "/" : "");
    draw_name(c, row, indent + 2, name_cols - indent - 2, base, buf_str(&label));
    buf_done(&label);
    free(name);

    int at = name_cols + 1;
    if (title_cols && file->commit_title) {
        char *title = text_clean(file->commit_title);
        draw_cell(c, row, at, title_cols, is_selected ? base : STYLE_DIM, title, false);
        free(title);
    }
    at += title_cols ? title_cols + 2 : 0;
    struct buf cell = BUF_INIT;
    if (file->has_commit_date) {
        text_age_short(&cell, file->commit_date_s, clock_unix_s());
    }
    draw_cell(c, row, at, AGE_COLS - 1, is_selected ? base : STYLE_DIM, buf_str(&cell), true);
    at += AGE_COLS;
    bool is_unsafe = file->security && strcmp(file->security, "safe") != 0;
    draw_cell(c, row, at, MARK_COLS, is_selected ? base : is_unsafe ? STYLE_ERROR : STYLE_BADGE,
              is_unsafe        ? "!"
              : file->is_xet   ? "xet"
              : file->lfs_sha256 ? "lfs"
                                 : "",
              false);
    at += MARK_COLS;
    buf_clear(&cell);
    if (!file->is_dir) {
        text_bytes(&cell, file->size);
    }
    draw_cell(c, row, at, SIZE_COLS, is_selected ? base : STYLE_NUMBER, buf_str(&cell), true);
    buf_done(&cell);
}

void files_draw(struct hub_screen *h, const struct canvas *c)
{
    struct files *f = &h->detail.files;
    list_height(&f->list, c->rect.rows);
    if (f->n == 0) {
        if (f->root.loading.is_ready) {
            draw_text(c, 1, 2, -1, STYLE_DIM, "This repo has no files.");
        } else {
            ask_draw(h->app, c, &f->root.loading, "listing files");
        }
        return;
    }
    for (int i = 0; i < c->rect.rows && f->list.top + (size_t)i < f->n; i++) {
        size_t at = f->list.top + (size_t)i;
        draw_row(h, c, i, f->rows[at], at == f->list.sel);
    }
    draw_scrollbar(c, f->list.top, (size_t)c->rect.rows, f->n);
}
