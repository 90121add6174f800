/* SPDX-License-Identifier: Apache-2.0 */
/* discussions.c - the Discussions view: what people ask and propose, page by page. */
#include <string.h>

#include "core/base/buf.h"
#include "tui/hub/hub.h"

enum { FETCH_MARGIN = 10, TITLE_COLS = 20 };

struct discussions {
    struct table table;
    struct paged pages; /* rows are struct hub_discussion */
    size_t page;        /* the number of the one that is asked for */
    struct waiting loading;
    size_t n_skipped; /* rows that could not be read */
};

static void ask(struct pane *p)
{
    struct discussions *k = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_DISCUSSIONS);
    k->page = k->pages.n_pages;
    want.page = (unsigned)k->page;
    hub_ask_start(p, &k->loading, &want);
}

static void discussions_show(struct pane *p)
{
    struct discussions *k = p->state;
    if (hub_is_unasked(&k->loading)) {
        ask(p);
    }
}

static void free_page(void *page)
{
    hub_discussions_free(page);
}

static void discussions_forget(struct pane *p)
{
    struct discussions *k = p->state;
    ask_begin(p->app, &k->loading);
    k->pages.free_page = free_page;
    paged_drop(&k->pages);
    k->table.list = (struct list){0};
    k->n_skipped = 0;
}

static void discussions_summary(const struct pane *p, struct buf *out)
{
    const struct discussions *k = p->state;
    hub_put_skipped(k->n_skipped, out);
}

static unsigned discussions_result(struct pane *p, struct task_result *t)
{
    struct discussions *k = p->state;
    if (!ask_take(&k->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_discussions *page = ask_value(t);
    if (page) {
        struct paged_page next = {
            .page = page,
            .rows = page->items,
            .n = page->n_items,
            .size = sizeof *page->items,
            .has_more = page->n_items + page->n_skipped > 0 && page->start + page->n_items + page->n_skipped < page->total,
        };
        k->n_skipped = page->n_skipped + (k->page ? k->n_skipped : 0);
        pane_dirty(hub_screen_of(p)->header_pane);
        paged_put(&k->pages, k->page, &next);
        list_set(&k->table.list, k->pages.n);
        hub_detail_resume(p);
    }
    return REACT_DIRTY;
}

/* ---- drawing ---- */

static const struct hub_discussion *discussion_at(const void *ctx, size_t row)
{
    const struct discussions *k = ctx;
    return k->pages.rows[row];
}

static void put_num(const void *ctx, size_t row, struct buf *out)
{
    buf_printf(out, "#%llu", (unsigned long long)discussion_at(ctx, row)->num);
}

static void put_status(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(discussion_at(ctx, row)->status, out);
}

static enum style status_style(const void *ctx, size_t row)
{
    const char *status = discussion_at(ctx, row)->status;
    if (status && strcmp(status, "open") == 0) {
        return STYLE_OK;
    }
    return status && strcmp(status, "merged") == 0 ? STYLE_ACCENT : STYLE_DIM;
}

static void put_pull(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, discussion_at(ctx, row)->is_pull ? "PR" : "");
}

static void put_title(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(discussion_at(ctx, row)->title, out);
}

static void put_author(const void *ctx, size_t row, struct buf *out)
{
    const char *author = discussion_at(ctx, row)->author;
    hub_put_clean(author ? author : "(deleted)", out);
}

static void put_age(const void *ctx, size_t row, struct buf *out)
{
    hub_put_age(discussion_at(ctx, row)->has_date, discussion_at(ctx, row)->date_s, out);
}

static void say_pull(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, discussion_at(ctx, row)->is_pull ? "pull request" : "");
}

static void say_author(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, "by ");
    put_author(ctx, row, out);
}

static void say_age(const void *ctx, size_t row, struct buf *out)
{
    hub_say_age("begun", discussion_at(ctx, row)->has_date, discussion_at(ctx, row)->date_s, out);
}

static const struct table_column COLUMNS[] = {
    {.cols = 6, .is_bare = true, .style = STYLE_NUMBER, .put = put_num},
    {.cols = 7, .style_of = status_style, .put = put_status},
    {.cols = 2, .gap = 1, .is_bare = true, .style = STYLE_BADGE, .put = put_pull, .say = say_pull},
    {.gap = 1, .style = STYLE_TEXT, .put = put_title, .leads = true},
    {.cols = 15, .gap = 1, .rank = 1, .style = STYLE_DIM, .put = put_author, .say = say_author},
    {.cols = 4, .gap = 2, .is_right = true, .style = STYLE_DIM, .put = put_age, .say = say_age},
};

static void discussions_draw(struct pane *p, const struct canvas *c)
{
    struct discussions *k = p->state;
    struct table *t = &k->table;
    t->columns = COLUMNS;
    t->n_columns = sizeof COLUMNS / sizeof *COLUMNS;
    t->ctx = k;
    t->least = TITLE_COLS;
    t->margin = 1;
    t->has_focus = p->has_focus;
    table_draw(t, c, p->only_moved);
    if (k->pages.n > 0) {
        ask_draw_failure(c, &k->loading);
    } else if (k->loading.is_ready && !k->loading.task) {
        draw_text(c, 1, 2, -1, STYLE_DIM, "Nobody has started a discussion here.");
    } else {
        ask_draw(c, &k->loading, "reading discussions");
    }
}

/* ---- moves and keys ---- */

static void fetch_more(struct pane *p)
{
    struct discussions *k = p->state;
    if (!k->loading.task && k->loading.err.code == ERR_NONE &&
        paged_wants_more(&k->pages, &k->table.list, FETCH_MARGIN)) {
        ask(p);
    }
}

static unsigned discussions_move(struct pane *p, enum move move)
{
    struct discussions *k = p->state;
    if (!list_apply(&k->table.list, move)) {
        return REACT_NONE;
    }
    fetch_more(p);
    return REACT_MOVED;
}

static void discussions_row_text(const struct pane *p, size_t row, struct buf *out)
{
    static void (*const PARTS[])(const void *, size_t, struct buf *) = {put_num, put_status, put_pull, put_title, put_author};
    for (size_t i = 0; i < sizeof PARTS / sizeof *PARTS; i++) {
        PARTS[i](p->state, row, out);
        buf_putc(out, ' ');
    }
}

static void discussions_spot(const struct pane *p, struct hub_spot *spot)
{
    const struct discussions *k = p->state;
    hub_table_spot(&k->table, spot);
}

static bool discussions_go(struct pane *p, const struct hub_spot *spot)
{
    struct discussions *k = p->state;
    const bool is_there = hub_table_go(&k->table, spot);
    pane_dirty(p);
    fetch_more(p);
    return is_there || (k->pages.n > 0 && !k->loading.task); /* further than the list is long now */
}

static bool discussions_cursor(const struct pane *p, int *row, int *col)
{
    const struct discussions *k = p->state;
    return hub_table_cursor(&k->table, row, col);
}

static bool discussions_place(const struct pane *p, size_t *at, size_t *of)
{
    const struct discussions *k = p->state;
    return hub_table_place(&k->table, at, of);
}

static void discussions_say(const struct pane *p, struct buf *out)
{
    const struct discussions *k = p->state;
    table_say(&k->table, k->table.list.sel, out);
}

static const char *needs_row(struct pane *p)
{
    const struct discussions *k = p->state;
    return k->pages.n ? NULL : "the list is empty";
}

static unsigned do_open(struct pane *p)
{
    const struct discussions *k = p->state;
    hub_thread_open(hub_screen_of(p), discussion_at(k, k->table.list.sel)->num);
    return REACT_HANDLED;
}

static unsigned discussions_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct discussions *k = p->state;
    bool is_again = false;
    (void)col;
    if (!table_mouse(&k->table, what, row, &is_again)) {
        return REACT_HANDLED;
    }
    fetch_more(p);
    return is_again ? do_open(p) : REACT_MOVED;
}

static const struct action ACTIONS[] = {
    ACTION("discussions.open", "Enter l Right", "open", "Open the discussion", needs_row, do_open),
};
const struct action_set HUB_DISCUSSIONS_ACTIONS = {"hub.discussions", "Hub: discussions", ACTIONS,
                                                   sizeof ACTIONS / sizeof *ACTIONS};

static const struct pane_ops OPS = {
    .sets = {&HUB_DISCUSSIONS_ACTIONS, &HUB_LIST_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = discussions_draw,
    .move = discussions_move,
    .result = discussions_result,
    .mouse = discussions_mouse,
    .cursor = discussions_cursor,
    .place = discussions_place,
    .say = discussions_say,
    .close = hub_view_close,
};

const struct hub_view HUB_DISCUSSIONS_VIEW = {
    .title = "Discussions",
    .ops = &OPS,
    .size = sizeof(struct discussions),
    .show = discussions_show,
    .forget = discussions_forget,
    .named = HUB_NAMED_DISCUSSIONS,
    .summary = discussions_summary,
    .row_text = discussions_row_text,
    .spot = discussions_spot,
    .go = discussions_go,
};
