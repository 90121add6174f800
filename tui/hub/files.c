/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - the Files view: a tree whose folders are fetched when they are opened. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

enum { NAME_COLS = 25, TITLE_COLS = 10, MARGIN = 3, TITLE = 1, N_COLUMNS = 5, SHARD_DIGITS = 4, SHARD_END = 5 };

struct node {
    const struct hub_file *file; /* NULL: the root */
    char *path; /* owned copy: the folder's tree may be replaced; NULL: the root */
    int depth;
    bool is_open;
    struct hub_tree *children; /* owned, NULL until fetched */
    struct node *nodes;        /* one for each of children's files */
    struct waiting loading;
};

struct files {
    struct table table;
    struct node root;
    struct node **rows; /* visible nodes in order */
    size_t n, cap;
    int longest; /* columns that the longest name of them takes */
    struct table_column columns[N_COLUMNS];
    struct app *app; /* for the spinner of a folder */
};

static void free_node(struct app *app, struct node *node)
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

static void ask(struct pane *p, struct node *node)
{
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_TREE);
    want.path = node->path ? node->path : "";
    ask_begin(p->app, &node->loading);
    hub_ask_start(p, &node->loading, &want);
}

static void files_show(struct pane *p)
{
    struct files *f = p->state;
    if (hub_is_unasked(&f->root.loading)) {
        ask(p, &f->root);
    }
}

static void files_forget(struct pane *p)
{
    struct files *f = p->state;
    free_node(p->app, &f->root);
    uint32_t generation = f->root.loading.generation; /* must go on counting */
    free(f->rows);
    *f = (struct files){
        .root = {.depth = -1, .is_open = true, .loading = {.generation = generation}},
        .app = p->app,
    };
}

static void ask_open(struct pane *p, struct node *node)
{
    ask(p, node);
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        if (node->nodes[i].is_open) {
            ask_open(p, &node->nodes[i]);
        }
    }
}

/* What is open is asked for anew; the rows stay until the answers come. */
static void files_reload(struct pane *p)
{
    struct files *f = p->state;
    ask_open(p, &f->root);
}

/* ---- visible rows ---- */

static void add_row(struct files *f, struct node *node)
{
    void *rows = f->rows;
    if (mem_grow(&rows, &f->cap, f->n + 1, sizeof *f->rows)) {
        f->rows = rows;
        f->rows[f->n++] = node;
    }
}

static void add_open(struct files *f, struct node *node)
{
    for (size_t i = 0; node->is_open && node->children && i < node->children->n_files; i++) {
        add_row(f, &node->nodes[i]);
        add_open(f, &node->nodes[i]);
    }
}

static const char *leaf_of(const struct node *node)
{
    const char *slash = strrchr(node->path, '/');
    return slash ? slash + 1 : node->path;
}

/* Columns in front of a name. */
static int indent_of(const struct node *node)
{
    return node->depth * 2 + 3;
}

static void rebuild(struct files *f)
{
    f->n = 0;
    f->longest = 0;
    add_open(f, &f->root);
    for (size_t i = 0; i < f->n; i++) {
        const int cols = indent_of(f->rows[i]) + text_width(leaf_of(f->rows[i])) + f->rows[i]->file->is_dir;
        f->longest = cols > f->longest ? cols : f->longest;
    }
    list_set(&f->table.list, f->n);
}

static void select_path(struct files *f, const char *path)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->rows[i]->path, path) == 0) {
            list_goto(&f->table.list, i);
            return;
        }
    }
}

static struct node *find_loading(struct node *node, uint64_t id)
{
    if (node->loading.task && task_id(node->loading.task) == id) {
        return node;
    }
    for (size_t i = 0; node->children && i < node->children->n_files; i++) {
        struct node *found = find_loading(&node->nodes[i], id);
        if (found) {
            return found;
        }
    }
    return NULL;
}

/* What a folder of this path holds moves from an old node to a new one. */
static void keep_folder(struct node *old, size_t n_old, struct node *now)
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

static void set_children(struct pane *p, struct node *node, struct hub_tree *tree)
{
    struct node *old = node->nodes;
    struct hub_tree *old_tree = node->children;
    const size_t n_old = old_tree ? old_tree->n_files : 0;
    node->children = tree;
    node->nodes = xcalloc(tree->n_files, sizeof *node->nodes);
    for (size_t i = 0; i < tree->n_files; i++) {
        node->nodes[i] = (struct node){
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

static unsigned files_result(struct pane *p, struct task_result *t)
{
    struct files *f = p->state;
    struct node *node = find_loading(&f->root, task_id(t->task));
    if (!node || !ask_take(&node->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_tree *tree = ask_value(t);
    char *path = f->n ? xstrdup(f->rows[f->table.list.sel]->path) : NULL;
    if (tree && is_same_listing(node->children, tree)) {
        hub_tree_free(tree); /* the Hub confirms the cache: keep what is open below */
    } else if (tree) {
        set_children(p, node, tree);
    }
    const struct err *e = &node->loading.err;
    if (e->code != ERR_NONE && !node->loading.is_ready && (node != &f->root || node->children)) {
        pane_say(p, APP_ERROR, "%s%s%s%s%s", node->path ? node->path : "", node->path ? ": " : "", e->msg,
                 e->remedy[0] ? ". " : "", e->remedy);
        node->is_open = node->children != NULL; /* what is known stays */
    }
    rebuild(f);
    if (path) {
        select_path(f, path);
    }
    free(path);
    return REACT_DIRTY;
}

static bool files_waits(const struct pane *p)
{
    const struct files *f = p->state;
    bool waits = f->n == 0 && f->root.loading.task;
    for (size_t i = 0; i < f->n && !waits; i++) {
        waits = f->rows[i]->loading.task != NULL;
    }
    return waits;
}

/* ---- drawing ---- */

static const struct node *node_at(const void *ctx, size_t row)
{
    const struct files *f = ctx;
    return f->rows[row];
}

/* Parts of one file are told apart by the number in the middle: "model-00001…tensors". */
static void cut_name(struct buf *out, const char *name, int cols, bool is_ascii)
{
    size_t n = strcspn(name, "0123456789");
    size_t digits = strspn(name + n, "0123456789");
    while (digits > 0 && digits < SHARD_DIGITS) {
        n += digits + strcspn(name + n + digits, "0123456789");
        digits = strspn(name + n, "0123456789");
    }
    struct buf head = BUF_INIT;
    buf_append(&head, name, n + digits);
    const int used = text_width(buf_str(&head));
    const bool is_shard = digits > 0 && text_width(name) > cols && used + SHARD_END <= cols;
    buf_append(out, buf_str(&head), is_shard ? head.n : 0);
    text_cut_middle(out, name + (is_shard ? head.n : 0), cols - (is_shard ? used : 0), is_ascii);
    buf_done(&head);
}

static void draw_name_cell(const void *ctx, size_t row, const struct canvas *cell, enum style base)
{
    const struct files *f = ctx;
    const struct node *node = f->rows[row];
    const struct hub_file *file = node->file;
    char *name = text_clean(leaf_of(node));
    const int indent = indent_of(node);
    const int cols = cell->rect.cols - indent;
    const char *mark = !file->is_dir ? " " : node->loading.task ? app_spinner(f->app) : node->is_open ? "▾" : "▸";
    draw_text(cell, 0, indent - 2, 1, base, mark);
    struct buf label = BUF_INIT;
    buf_printf(&label, "%s%s", name, file->is_dir ? "/" : "");
    struct buf cut = BUF_INIT;
    cut_name(&cut, buf_str(&label), cols, cell->is_ascii);
    draw_text(cell, 0, indent, cols, base, buf_str(&cut));
    buf_done(&cut);
    buf_done(&label);
    free(name);
}

static void say_name(const void *ctx, size_t row, struct buf *out)
{
    const struct node *node = node_at(ctx, row);
    hub_put_clean(node->path, out);
    if (node->file->is_dir) {
        buf_printf(out, ", folder, %s", node->loading.task ? "asked for" : node->is_open ? "open" : "closed");
    }
}

static void put_title(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(node_at(ctx, row)->file->commit_title, out);
}

static void put_age(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_file *file = node_at(ctx, row)->file;
    hub_put_age(file->has_commit_date, file->commit_date_s, out);
}

static void say_age(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_file *file = node_at(ctx, row)->file;
    hub_say_age("changed", file->has_commit_date, file->commit_date_s, out);
}

static bool is_unsafe(const struct hub_file *file)
{
    return file->security && strcmp(file->security, "safe") != 0;
}

static enum style store_style(const void *ctx, size_t row)
{
    return is_unsafe(node_at(ctx, row)->file) ? STYLE_ERROR : STYLE_BADGE;
}

static void put_store(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_file *file = node_at(ctx, row)->file;
    buf_puts(out, is_unsafe(file) ? "!" : file->is_xet ? "xet" : file->lfs_sha256 ? "lfs" : "");
}

static void say_store(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_file *file = node_at(ctx, row)->file;
    if (is_unsafe(file)) {
        buf_puts(out, "security check: ");
        hub_put_clean(file->security, out);
    } else {
        put_store(ctx, row, out);
    }
}

static void put_size(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_file *file = node_at(ctx, row)->file;
    if (!file->is_dir) {
        text_bytes(out, file->size);
    }
}

static const struct table_column COLUMNS[N_COLUMNS] = {
    {.style = STYLE_TEXT, .draw = draw_name_cell, .say = say_name},
    {.cols = TITLE_COLS, .gap = 1, .tail = 1, .rank = 1, .style = STYLE_DIM, .put = put_title},
    {.cols = 4, .gap = 1, .is_right = true, .style = STYLE_DIM, .put = put_age, .say = say_age},
    {.cols = 4, .gap = 1, .style_of = store_style, .put = put_store, .say = say_store},
    {.cols = 9, .is_right = true, .style = STYLE_NUMBER, .put = put_size},
};

/* Half of the room is the title's of the last commit, less where a name needs it. */
static void share_room(struct files *f, int width)
{
    int room = width - MARGIN;
    for (size_t i = 0; i < N_COLUMNS; i++) {
        f->columns[i] = COLUMNS[i];
        room -= COLUMNS[i].gap + COLUMNS[i].tail + (i == TITLE ? 0 : COLUMNS[i].cols);
    }
    const int left = room - f->longest;
    const int half = (room + COLUMNS[TITLE].gap + COLUMNS[TITLE].tail) / 2;
    f->columns[TITLE].cols = half < left ? half : left;
    f->table.columns = f->columns;
    f->table.n_columns = N_COLUMNS;
    if (f->columns[TITLE].cols < TITLE_COLS) {
        memmove(&f->columns[TITLE], &f->columns[TITLE + 1], (N_COLUMNS - TITLE - 1) * sizeof *f->columns);
        f->table.n_columns--;
    }
}

static void files_draw(struct pane *p, const struct canvas *c)
{
    struct files *f = p->state;
    struct table *t = &f->table;
    share_room(f, c->rect.cols);
    t->ctx = f;
    t->least = NAME_COLS;
    t->margin = MARGIN;
    t->has_focus = p->has_focus;
    table_draw(t, c, p->only_moved);
    if (f->n > 0) {
        return;
    }
    if (f->root.loading.is_ready) {
        draw_text(c, 1, 2, -1, STYLE_DIM, "This repo has no files.");
    } else {
        ask_draw(p->app, c, &f->root.loading, "listing files");
    }
}

/* ---- moves and keys ---- */

static struct node *selected(const struct pane *p)
{
    const struct files *f = p->state;
    return f->n ? f->rows[f->table.list.sel] : NULL;
}

/* What can be done differs between files and folders: the key bar follows. */
static unsigned moved(struct pane *p, const struct node *before)
{
    const struct node *now = selected(p);
    if (before && now && before->file->is_dir != now->file->is_dir) {
        app_bar_dirty(p->app);
    }
    return REACT_MOVED;
}

static unsigned files_move(struct pane *p, enum move move)
{
    struct files *f = p->state;
    const struct node *before = selected(p);
    return list_apply(&f->table.list, move) ? moved(p, before) : REACT_NONE;
}

static bool files_cursor(const struct pane *p, int *row, int *col)
{
    const struct files *f = p->state;
    return hub_table_cursor(&f->table, row, col);
}

static bool files_place(const struct pane *p, size_t *at, size_t *of)
{
    const struct files *f = p->state;
    return hub_table_place(&f->table, at, of);
}

static void files_say(const struct pane *p, struct buf *out)
{
    const struct files *f = p->state;
    struct table whole = f->table; /* with the column that found no room */
    whole.columns = COLUMNS;
    whole.n_columns = N_COLUMNS;
    table_say(&whole, whole.list.sel, out);
}

static const char *needs_row(struct pane *p)
{
    return selected(p) ? NULL : "the list is empty";
}

static const char *needs_file(struct pane *p)
{
    const struct node *node = selected(p);
    return !node ? "the list is empty" : node->file->is_dir ? "this is a folder" : NULL;
}

static unsigned do_open(struct pane *p)
{
    struct files *f = p->state;
    struct node *node = selected(p);
    if (!node->file->is_dir) {
        hub_file_open(hub_screen_of(p), node->path, NULL, 0);
        return REACT_HANDLED;
    }
    node->is_open = !node->is_open;
    if (node->is_open && !node->children && !node->loading.task) {
        ask(p, node);
    }
    rebuild(f);
    return REACT_DIRTY;
}

static unsigned do_up(struct pane *p)
{
    struct files *f = p->state;
    struct node *node = selected(p);
    if (!node) {
        return REACT_HANDLED;
    }
    if (node->is_open) {
        node->is_open = false;
        rebuild(f);
        return REACT_DIRTY;
    }
    for (size_t i = f->table.list.sel; i-- > 0;) {
        if (f->rows[i]->depth < node->depth) {
            list_goto(&f->table.list, i);
            break;
        }
    }
    return REACT_DIRTY;
}

static unsigned do_save(struct pane *p)
{
    const struct hub_detail *d = &hub_screen_of(p)->detail;
    const char *prefix = d->kind == HUB_DATASET ? "datasets/" : d->kind == HUB_SPACE ? "spaces/" : "";
    char *name = xasprintf("%s%s/%s", prefix, d->id, selected(p)->path);
    struct buf line = BUF_INIT;
    buf_puts(&line, "get ");
    words_quote(&line, name);
    app_command(p->app, buf_str(&line));
    buf_done(&line);
    free(name);
    return REACT_HANDLED;
}

static unsigned files_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct files *f = p->state;
    const struct node *before = selected(p);
    bool is_again = false;
    (void)col;
    if (!table_mouse(&f->table, what, row, &is_again)) {
        return REACT_HANDLED;
    }
    return is_again ? do_open(p) : moved(p, before);
}

static const struct action ACTIONS[] = {
    ACTION("files.open", "Enter l Right", "open", "Open the file or folder", needs_row, do_open),
    ACTION("files.up-level", "h Left Backspace", NULL, "Close the folder, or go to the one around", needs_row, do_up),
    ACTION("hub.save", "d", "save", "Save the file here, in the background", needs_file, do_save),
};
const struct action_set HUB_FILES_ACTIONS = {"hub.files", "Hub: files", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

static const struct pane_ops OPS = {
    .sets = {&HUB_FILES_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = files_draw,
    .move = files_move,
    .result = files_result,
    .mouse = files_mouse,
    .waits = files_waits,
    .cursor = files_cursor,
    .place = files_place,
    .say = files_say,
    .close = hub_view_close,
};

const struct hub_view HUB_FILES_VIEW = {
    .title = "Files",
    .ops = &OPS,
    .size = sizeof(struct files),
    .show = files_show,
    .forget = files_forget,
    .reload = files_reload,
};
