/* SPDX-License-Identifier: Apache-2.0 */
/* files.c - the Files view: a tree whose folders are fetched when they are opened. */
#include "tui/hub/files_rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

static void files_show(struct pane *p)
{
    struct hub_files *f = p->state;
    if (hub_is_unasked(&f->root.loading)) {
        hub_files_ask(p, &f->root);
    }
}

/* What is open is asked for anew; the rows stay until the answers come. */
static void files_reload(struct pane *p)
{
    struct hub_files *f = p->state;
    hub_files_ask_open(p, &f->root);
}

static unsigned take_totals(struct pane *p, struct task_result *t)
{
    struct hub_files *f = p->state;
    if (ask_take(&f->whole, t)) {
        struct hub_tree *tree = ask_value(t);
        if (tree) {
            hub_files_count(f, tree);
            pane_dirty(hub_screen_of(p)->header_pane);
        }
        hub_tree_free(tree);
    }
    return REACT_HANDLED;
}

static void files_summary(const struct pane *p, struct buf *out)
{
    const struct hub_files *f = p->state;
    if (f->has_totals) {
        buf_printf(out, "%zu%s file%s, ", f->n_files, f->is_cut ? " and more" : "", f->n_files == 1 ? "" : "s");
        text_bytes(out, f->bytes);
        buf_puts(out, f->n_skipped ? ", " : "");
        hub_put_skipped(f->n_skipped, out);
    }
}

static unsigned files_result(struct pane *p, struct task_result *t)
{
    struct hub_files *f = p->state;
    if (f->whole.task && task_id(f->whole.task) == task_id(t->task)) {
        return take_totals(p, t);
    }
    struct hub_node *node = hub_files_asker(f, task_id(t->task));
    if (!node || !ask_take(&node->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_tree *tree = ask_value(t);
    char *path = f->n ? xstrdup(f->rows[f->table.list.sel]->path) : NULL;
    if (tree) {
        hub_files_put(p, node, tree);
    }
    if (tree && node == &f->root) {
        hub_files_ask_totals(p);
        pane_dirty(hub_screen_of(p)->header_pane);
    }
    const struct err *e = &node->loading.err;
    if (e->code != ERR_NONE && !node->loading.is_ready && (node != &f->root || node->children)) {
        pane_say(p, APP_ERROR, "%s%s%s%s%s", node->path ? node->path : "", node->path ? ": " : "", e->msg,
                 e->remedy[0] ? ". " : "", e->remedy);
        node->is_open = node->children != NULL; /* what is known stays */
    }
    hub_files_rebuild(f);
    if (path) {
        hub_files_select(f, path);
    }
    free(path);
    hub_detail_resume(p);
    return REACT_DIRTY;
}

static void files_spot(const struct pane *p, struct hub_spot *spot)
{
    const struct hub_files *f = p->state;
    hub_table_spot(&f->table, spot);
    spot->name = f->n ? xstrdup(f->rows[f->table.list.sel]->path) : NULL;
    for (size_t i = 0; i < f->n; i++) {
        if (f->rows[i]->is_open) {
            buf_append(&spot->words, f->rows[i]->path, strlen(f->rows[i]->path) + 1);
        }
    }
}

static bool files_go(struct pane *p, const struct hub_spot *spot)
{
    struct hub_files *f = p->state;
    bool is_there = f->root.children != NULL;
    for (size_t at = 0; at < spot->words.n; at += strlen(spot->words.p + at) + 1) {
        is_there = hub_files_unfold(p, spot->words.p + at) && is_there;
    }
    if (is_there) {
        f->table.list.top = spot->top;
        list_goto(&f->table.list, (size_t)spot->at);
        hub_files_select(f, spot->name ? spot->name : "");
    }
    pane_dirty(p);
    return is_there;
}

static void files_row_text(const struct pane *p, size_t row, struct buf *out)
{
    const struct hub_files *f = p->state;
    hub_put_clean(f->rows[row]->path, out);
}

static void files_draw(struct pane *p, const struct canvas *c)
{
    struct hub_files *f = p->state;
    hub_files_draw_rows(f, c, p->has_focus, p->only_moved);
    if (f->n > 0) {
        return;
    }
    if (f->root.loading.is_ready) {
        draw_text(c, 1, 2, -1, STYLE_DIM, "This repo has no files.");
    } else {
        ask_draw(c, &f->root.loading, "listing files");
    }
}

/* ---- moves and keys ---- */

static struct hub_node *selected(const struct pane *p)
{
    const struct hub_files *f = p->state;
    return f->n ? f->rows[f->table.list.sel] : NULL;
}

/* What can be done differs between files and folders: the key bar follows. */
static unsigned moved(struct pane *p, const struct hub_node *before)
{
    const struct hub_node *now = selected(p);
    if (before && now && before->file->is_dir != now->file->is_dir) {
        app_bar_dirty(p->app);
    }
    return REACT_MOVED;
}

static unsigned files_move(struct pane *p, enum move move)
{
    struct hub_files *f = p->state;
    const struct hub_node *before = selected(p);
    return list_apply(&f->table.list, move) ? moved(p, before) : REACT_NONE;
}

static bool files_cursor(const struct pane *p, int *row, int *col)
{
    const struct hub_files *f = p->state;
    return hub_table_cursor(&f->table, row, col);
}

static bool files_place(const struct pane *p, size_t *at, size_t *of)
{
    const struct hub_files *f = p->state;
    return hub_table_place(&f->table, at, of);
}

static void files_say(const struct pane *p, struct buf *out)
{
    const struct hub_files *f = p->state;
    hub_files_say_row(f, out);
}

static const char *needs_row(struct pane *p)
{
    return selected(p) ? NULL : "the list is empty";
}

static const char *needs_file(struct pane *p)
{
    if (hub_screen_of(p)->detail.revision) {
        return "only files of main can be saved from here; y copies a command for this one";
    }
    const struct hub_node *node = selected(p);
    return !node ? "the list is empty" : node->file->is_dir ? "this is a folder" : NULL;
}

static unsigned do_open(struct pane *p)
{
    struct hub_files *f = p->state;
    struct hub_node *node = selected(p);
    if (!node->file->is_dir) {
        hub_file_open(hub_screen_of(p), node->path, hub_screen_of(p)->detail.revision, 0);
        return REACT_HANDLED;
    }
    node->is_open = !node->is_open;
    if (node->is_open && !node->children && !node->loading.task) {
        hub_files_ask(p, node);
    }
    hub_files_rebuild(f);
    return REACT_DIRTY;
}

static unsigned do_up(struct pane *p)
{
    struct hub_files *f = p->state;
    struct hub_node *node = selected(p);
    if (!node) {
        return REACT_HANDLED;
    }
    if (node->is_open) {
        node->is_open = false;
        hub_files_rebuild(f);
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

static unsigned do_copy(struct pane *p)
{
    const struct hub_node *node = selected(p);
    hub_copy_file_menu(hub_screen_of(p), node->path, node->file->is_dir);
    return REACT_HANDLED;
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
    struct hub_files *f = p->state;
    const struct hub_node *before = selected(p);
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
    ACTION("files.copy", "y", NULL, "Copy the path, the address or a download command of the file", needs_row, do_copy),
    ACTION("hub.save", "d", "save", "Save the file here, in the background", needs_file, do_save),
};
const struct action_set HUB_FILES_ACTIONS = {"hub.files", "Hub: files", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

static const struct pane_ops OPS = {
    .sets = {&HUB_FILES_ACTIONS, &HUB_LIST_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = files_draw,
    .move = files_move,
    .result = files_result,
    .mouse = files_mouse,
    .cursor = files_cursor,
    .place = files_place,
    .say = files_say,
    .close = hub_view_close,
};

const struct hub_view HUB_FILES_VIEW = {
    .title = "Files",
    .ops = &OPS,
    .size = sizeof(struct hub_files),
    .show = files_show,
    .forget = hub_files_forget,
    .reload = files_reload,
    .summary = files_summary,
    .row_text = files_row_text,
    .named = HUB_NAMED_FILES,
    .spot = files_spot,
    .go = files_go,
};
