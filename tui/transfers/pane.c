/* SPDX-License-Identifier: Apache-2.0 */
/* pane.c - the list of files being saved, and those that were. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
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
    if (!list_apply(&of(p)->table.list, move)) {
        return REACT_NONE;
    }
    app_bar_dirty(p->app); /* what can be done with this row */
    return REACT_MOVED;
}

static unsigned pane_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    bool again = false;
    (void)col;
    if (!table_mouse(&of(p)->table, what, row, &again)) {
        return REACT_HANDLED;
    }
    app_bar_dirty(p->app);
    return REACT_DIRTY;
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

static const char *label_of_pause(struct pane *p)
{
    const struct transfers_item *item = selected(p);
    return item && item->state == TRANSFERS_RUNS ? "pause" : "go on";
}

static const char *label_of_drop(struct pane *p)
{
    const struct transfers_item *item = selected(p);
    return item && item->state == TRANSFERS_DONE ? "take off" : "cancel";
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
    {.id = "transfers.pause", .keys = "Space p", .label = "pause", .help = "Pause, or go on where it stopped",
     .label_of = label_of_pause, .disabled = needs_unfinished, .run = do_pause},
    ACTION("transfers.retry", "r F5", "try again", "Try again after a failure, from where it stopped", needs_failed, do_retry),
    ACTION("transfers.replace", "w", "overwrite", "Replace the file that has its name", needs_taken, do_replace),
    {.id = "transfers.cancel", .keys = "x Delete", .label = "cancel", .label_of = label_of_drop,
     .help = "Cancel it and remove what was fetched; take a finished one off the list", .disabled = needs_row,
     .run = do_drop},
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
