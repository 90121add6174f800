/* SPDX-License-Identifier: Apache-2.0 */
/* pane.c - the list of files being saved, and those that were. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/frame/command.h"
#include "tui/transfers/transfers.h"

static struct transfers *of(const struct pane *p)
{
    return p->state;
}

static struct transfers_item *selected(const struct pane *p)
{
    const struct transfers *t = of(p);
    return t->n ? t->items[t->table.list.sel] : NULL;
}

/* ---- cells ---- */

static const struct transfers_item *at(const void *ctx, size_t row)
{
    return ((const struct transfers *)ctx)->items[row];
}

static void put_clean(struct buf *out, const char *text)
{
    text_sanitize(out, text, strlen(text), TEXT_LINE);
}

static void put_file(const void *ctx, size_t row, struct buf *out)
{
    put_clean(out, at(ctx, row)->file);
}

static void put_repo(const void *ctx, size_t row, struct buf *out)
{
    put_clean(out, at(ctx, row)->repo);
}

static void put_size(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    if (item->total > 0 || item->done > 0) {
        text_bytes(out, item->total > 0 ? item->total : item->done);
    }
}

static void put_share(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    if (item->total > 0) {
        buf_printf(out, "%d %%", (int)((double)item->done * 100 / (double)item->total));
    } else if (item->done > 0) {
        buf_puts(out, "?");
    }
}

static void put_rate(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    if (item->state == TRANSFERS_RUNS && item->rate > 0) {
        text_bytes(out, item->rate);
        buf_puts(out, "/s");
    }
}

static void put_state(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    switch (item->state) {
    case TRANSFERS_RUNS:
        buf_puts(out, item->is_dropped ? "ending" : item->done ? "saving" : "asking");
        break;
    case TRANSFERS_PAUSED:
        buf_puts(out, "paused: Space goes on");
        break;
    case TRANSFERS_DONE:
        buf_printf(out, "done, %s", strcmp(item->proof, "none") == 0 ? "not checked" : "checked by ");
        buf_puts(out, strcmp(item->proof, "none") == 0 ? "" : item->proof);
        break;
    case TRANSFERS_FAILED:
        put_clean(out, item->err.msg);
        break;
    }
}

static enum style style_of_state(const void *ctx, size_t row)
{
    switch (at(ctx, row)->state) {
    case TRANSFERS_DONE:
        return STYLE_OK;
    case TRANSFERS_FAILED:
        return STYLE_ERROR;
    default:
        return STYLE_TEXT;
    }
}

static const struct table_column COLUMNS[] = {
    {.title = "file", .share = 35, .gap = 2, .is_name = true, .put = put_file, .style = STYLE_TEXT},
    {.title = "repo", .share = 30, .gap = 1, .rank = 2, .put = put_repo, .style = STYLE_DIM},
    {.title = "size", .cols = 9, .gap = 1, .is_right = true, .put = put_size, .style = STYLE_NUMBER},
    {.title = "done", .cols = 6, .gap = 1, .is_right = true, .put = put_share, .word = "done", .style = STYLE_NUMBER},
    {.title = "rate", .cols = 11, .gap = 1, .rank = 1, .is_right = true, .put = put_rate, .style = STYLE_NUMBER},
    {.title = "state", .gap = 2, .put = put_state, .style_of = style_of_state},
};

void transfers_table(struct transfers *t)
{
    t->table = (struct table){
        .columns = COLUMNS,
        .n_columns = sizeof COLUMNS / sizeof *COLUMNS,
        .ctx = t,
        .margin = 1,
        .least = 18,
        .has_header = true,
        .has_mark = true,
    };
}

static void pane_draw(struct pane *p, const struct canvas *c)
{
    struct transfers *t = of(p);
    t->table.has_focus = p->has_focus;
    table_draw(&t->table, c, p->only_moved);
    if (t->n == 0) {
        struct canvas body = table_body(&t->table, c);
        draw_text(&body, 1, 2, -1, STYLE_TEXT, "Nothing is being saved.");
        draw_text(&body, 2, 2, -1, STYLE_DIM, "d on a file of a repo saves it; so does  :get OWNER/NAME/FILE [TO]");
    }
}

static unsigned pane_move(struct pane *p, enum move move)
{
    return list_apply(&of(p)->table.list, move) ? REACT_MOVED : REACT_NONE;
}

static unsigned pane_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    bool again = false;
    (void)col;
    return table_mouse(&of(p)->table, what, row, &again) ? REACT_DIRTY : REACT_HANDLED;
}

static bool pane_cursor(const struct pane *p, int *row, int *col)
{
    const struct list *l = &of(p)->table.list;
    *row = 1 + (int)(l->sel - l->top);
    *col = 0;
    return l->n > 0;
}

static bool pane_place(const struct pane *p, size_t *row, size_t *total)
{
    const struct list *l = &of(p)->table.list;
    *row = l->sel;
    *total = l->n;
    return l->n > 0;
}

static void pane_say_row(const struct pane *p, struct buf *out)
{
    table_say(&of(p)->table, of(p)->table.list.sel, out);
}

/* ---- actions ---- */

static const char *needs_row(struct pane *p)
{
    return selected(p) ? NULL : "the list is empty";
}

static const char *needs_unfinished(struct pane *p)
{
    const struct transfers_item *item = selected(p);
    return !item ? "the list is empty" : item->state == TRANSFERS_DONE ? "it is done" : NULL;
}

static unsigned do_pause(struct pane *p)
{
    struct transfers_item *item = selected(p);
    if (item->state == TRANSFERS_RUNS) {
        transfers_pause(of(p), item);
    } else {
        transfers_resume(of(p), item);
    }
    return REACT_DIRTY;
}

static const char *needs_failed(struct pane *p)
{
    const struct transfers_item *item = selected(p);
    return item && item->state == TRANSFERS_FAILED ? NULL : "this is for one that failed";
}

static unsigned do_retry(struct pane *p)
{
    transfers_resume(of(p), selected(p));
    return REACT_DIRTY;
}

static const char *needs_taken(struct pane *p)
{
    const struct transfers_item *item = selected(p);
    return item && item->state == TRANSFERS_FAILED && item->err.sys == EEXIST
               ? NULL
               : "this is for one whose name is taken";
}

static unsigned do_replace(struct pane *p)
{
    struct transfers_item *item = selected(p);
    item->may_replace = true;
    transfers_resume(of(p), item);
    return REACT_DIRTY;
}

static unsigned do_drop(struct pane *p)
{
    transfers_drop(of(p), selected(p));
    return REACT_DIRTY;
}

static const char *needs_done(struct pane *p)
{
    const struct transfers_item *item = selected(p);
    return item && item->path ? NULL : "it is not done yet";
}

static unsigned do_open(struct pane *p)
{
    struct buf line = BUF_INIT;
    const char *path = selected(p)->path;
    buf_puts(&line, "open ");
    char *full = *path == '/' ? xstrdup(path) : xasprintf("./%s", path);
    words_quote(&line, full);
    app_command(p->app, buf_str(&line));
    free(full);
    buf_done(&line);
    return REACT_HANDLED;
}

static unsigned do_copy(struct pane *p)
{
    app_copy(p->app, selected(p)->path, "the path");
    return REACT_HANDLED;
}

static const struct action ACTIONS[] = {
    ACTION("transfers.pause", "Space p", "pause", "Pause, or go on where it stopped", needs_unfinished, do_pause),
    ACTION("transfers.retry", "r F5", "try again", "Try again after a failure, from where it stopped", needs_failed, do_retry),
    ACTION("transfers.replace", "w", "overwrite", "Replace the file that has its name", needs_taken, do_replace),
    ACTION("transfers.cancel", "x Delete", "cancel", "Cancel it and remove what was fetched; take a finished one off the list",
           needs_row, do_drop),
    ACTION("transfers.open", "Enter", "open", "Look into the file", needs_done, do_open),
    ACTION("transfers.copy", "y", NULL, "Copy the path of the file", needs_done, do_copy),
};
const struct action_set TRANSFERS_ACTIONS = {"transfers", "Transfers", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

const struct pane_ops TRANSFERS_PANE_OPS = {
    .sets = {&TRANSFERS_ACTIONS},
    .draw = pane_draw,
    .move = pane_move,
    .result = transfers_result,
    .mouse = pane_mouse,
    .cursor = pane_cursor,
    .place = pane_place,
    .say = pane_say_row,
};
