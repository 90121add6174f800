/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/hub/files_rows.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

enum { NAME_COLS = 25, TITLE_COLS = 10, MARGIN = 3, TITLE = 1, SHARD_DIGITS = 4, SHARD_END = 5 };

static const struct hub_node *node_at(const void *ctx, size_t row)
{
    const struct hub_files *f = ctx;
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
    const struct hub_files *f = ctx;
    const struct hub_node *node = f->rows[row];
    const struct hub_file *file = node->file;
    char *name = text_clean(hub_files_leaf(node));
    const int indent = hub_files_indent(node);
    const int cols = cell->rect.cols - indent;
    const char *mark = !file->is_dir ? " " : node->loading.task ? "…" : node->is_open ? "▾" : "▸";
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
    const struct hub_node *node = node_at(ctx, row);
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

static const struct table_column COLUMNS[HUB_FILES_COLUMNS] = {
    {.style = STYLE_TEXT, .draw = draw_name_cell, .say = say_name},
    {.cols = TITLE_COLS, .gap = 1, .tail = 1, .rank = 1, .style = STYLE_DIM, .put = put_title},
    {.cols = 4, .gap = 1, .is_right = true, .style = STYLE_DIM, .put = put_age, .say = say_age},
    {.cols = 4, .gap = 1, .style_of = store_style, .put = put_store, .say = say_store},
    {.cols = 9, .is_right = true, .style = STYLE_NUMBER, .put = put_size},
};

/* Half of the room is the title's of the last commit, less where a name needs it. */
static void share_room(struct hub_files *f, int width)
{
    int room = width - MARGIN;
    for (size_t i = 0; i < HUB_FILES_COLUMNS; i++) {
        f->columns[i] = COLUMNS[i];
        room -= COLUMNS[i].gap + COLUMNS[i].tail + (i == TITLE ? 0 : COLUMNS[i].cols);
    }
    const int left = room - f->longest;
    const int half = (room + COLUMNS[TITLE].gap + COLUMNS[TITLE].tail) / 2;
    f->columns[TITLE].cols = half < left ? half : left;
    f->table.columns = f->columns;
    f->table.n_columns = HUB_FILES_COLUMNS;
    if (f->columns[TITLE].cols < TITLE_COLS) {
        memmove(&f->columns[TITLE], &f->columns[TITLE + 1], (HUB_FILES_COLUMNS - TITLE - 1) * sizeof *f->columns);
        f->table.n_columns--;
    }
}

void hub_files_draw_rows(struct hub_files *f, const struct canvas *c, bool has_focus, bool only_moved)
{
    struct table *t = &f->table;
    share_room(f, c->rect.cols);
    t->ctx = f;
    t->least = NAME_COLS;
    t->margin = MARGIN;
    t->has_focus = has_focus;
    table_draw(t, c, only_moved);
}

void hub_files_say_row(const struct hub_files *f, struct buf *out)
{
    struct table whole = f->table; /* with the column that found no room */
    whole.columns = COLUMNS;
    whole.n_columns = HUB_FILES_COLUMNS;
    table_say(&whole, whole.list.sel, out);
}
