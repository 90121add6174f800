/* SPDX-License-Identifier: Apache-2.0 */
/* commits.c - the Commits view: the history of a repo, page by page. */
#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/hub/commit.h"

enum { FETCH_MARGIN = 10, TITLE_COLS = 26, ID_COLS = 8 };

struct commits {
    struct table table;
    struct paged pages; /* rows are struct hub_commit */
    size_t page;        /* the number of the one that is asked for */
    struct waiting loading;
    size_t n_skipped; /* rows that could not be read */
};

static void ask(struct pane *p)
{
    struct commits *m = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_COMMITS);
    want.next = m->pages.next;
    m->page = m->pages.n_pages;
    hub_ask_start(p, &m->loading, &want);
}

static void commits_show(struct pane *p)
{
    struct commits *m = p->state;
    if (hub_is_unasked(&m->loading)) {
        ask(p);
    }
}

static void free_page(void *page)
{
    hub_commits_free(page);
}

static void commits_forget(struct pane *p)
{
    struct commits *m = p->state;
    ask_begin(p->app, &m->loading);
    m->pages.free_page = free_page;
    paged_drop(&m->pages);
    m->table.list = (struct list){0};
    m->n_skipped = 0;
}

static void commits_summary(const struct pane *p, struct buf *out)
{
    const struct commits *m = p->state;
    hub_put_skipped(m->n_skipped, out);
}

static unsigned commits_result(struct pane *p, struct task_result *t)
{
    struct commits *m = p->state;
    if (!ask_take(&m->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_commits *page = ask_value(t);
    if (page) {
        struct paged_page next = {
            .page = page,
            .rows = page->items,
            .n = page->n_items,
            .size = sizeof *page->items,
            .has_more = page->next != NULL,
            .next = page->next,
        };
        m->n_skipped = page->n_skipped + (m->page ? m->n_skipped : 0);
        pane_dirty(hub_screen_of(p)->header_pane);
        paged_put(&m->pages, m->page, &next);
        list_set(&m->table.list, m->pages.n);
        hub_detail_resume(p);
    }
    return REACT_DIRTY;
}

/* ---- drawing ---- */

static const struct hub_commit *commit_at(const void *ctx, size_t row)
{
    const struct commits *m = ctx;
    return m->pages.rows[row];
}

static void put_age(const void *ctx, size_t row, struct buf *out)
{
    hub_put_age(commit_at(ctx, row)->has_date, commit_at(ctx, row)->date_s, out);
}

static void say_age(const void *ctx, size_t row, struct buf *out)
{
    hub_say_age("made", commit_at(ctx, row)->has_date, commit_at(ctx, row)->date_s, out);
}

static void put_id(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(commit_at(ctx, row)->id, out);
}

static void say_id(const void *ctx, size_t row, struct buf *out)
{
    struct buf id = BUF_INIT;
    put_id(ctx, row, &id);
    buf_append(out, buf_str(&id), text_fit(buf_str(&id), ID_COLS, NULL)); /* as git shortens it; y copies all */
    buf_done(&id);
}

static void put_title(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(commit_at(ctx, row)->title, out);
}

static void put_author(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(commit_at(ctx, row)->author, out);
}

static const struct table_column COLUMNS[] = {
    {.cols = 4, .is_right = true, .style = STYLE_DIM, .put = put_age, .say = say_age},
    {.cols = ID_COLS, .gap = 2, .is_bare = true, .style = STYLE_NUMBER, .put = put_id, .say = say_id},
    {.gap = 2, .style = STYLE_TEXT, .put = put_title, .leads = true},
    {.cols = 15, .gap = 1, .rank = 1, .style = STYLE_DIM, .put = put_author},
};

static void commits_draw(struct pane *p, const struct canvas *c)
{
    struct commits *m = p->state;
    struct table *t = &m->table;
    t->columns = COLUMNS;
    t->n_columns = sizeof COLUMNS / sizeof *COLUMNS;
    t->ctx = m;
    t->least = TITLE_COLS;
    t->margin = 2;
    t->has_focus = p->has_focus;
    table_draw(t, c, p->only_moved);
    if (m->pages.n == 0) {
        ask_draw(c, &m->loading, "reading the history");
    } else {
        ask_draw_failure(c, &m->loading);
    }
}

/* ---- moves and keys ---- */

static void fetch_more(struct pane *p)
{
    struct commits *m = p->state;
    if (!m->loading.task && m->loading.err.code == ERR_NONE &&
        paged_wants_more(&m->pages, &m->table.list, FETCH_MARGIN)) {
        ask(p);
    }
}

static unsigned commits_move(struct pane *p, enum move move)
{
    struct commits *m = p->state;
    if (!list_apply(&m->table.list, move)) {
        return REACT_NONE;
    }
    fetch_more(p);
    return REACT_MOVED;
}

static void commits_row_text(const struct pane *p, size_t row, struct buf *out)
{
    put_title(p->state, row, out);
    buf_putc(out, ' ');
    put_author(p->state, row, out);
    buf_putc(out, ' ');
    put_id(p->state, row, out);
}

static void commits_spot(const struct pane *p, struct hub_spot *spot)
{
    const struct commits *m = p->state;
    hub_table_spot(&m->table, spot);
}

static bool commits_go(struct pane *p, const struct hub_spot *spot)
{
    struct commits *m = p->state;
    const bool is_there = hub_table_go(&m->table, spot);
    pane_dirty(p);
    fetch_more(p);
    return is_there || (m->pages.n > 0 && !m->loading.task); /* further than the list is long now */
}

static bool commits_cursor(const struct pane *p, int *row, int *col)
{
    const struct commits *m = p->state;
    return hub_table_cursor(&m->table, row, col);
}

static bool commits_place(const struct pane *p, size_t *at, size_t *of)
{
    const struct commits *m = p->state;
    return hub_table_place(&m->table, at, of);
}

static void commits_say(const struct pane *p, struct buf *out)
{
    const struct commits *m = p->state;
    table_say(&m->table, m->table.list.sel, out);
}

static const char *needs_row(struct pane *p)
{
    const struct commits *m = p->state;
    return m->pages.n ? NULL : "the list is empty";
}

/* The Hub's history is a line: what stands below a commit is what it was made from, where nobody says. */
static const char *parent_of(const struct commits *m, size_t row)
{
    const char *told = commit_at(m, row)->parent;
    const bool is_last = row + 1 >= m->pages.n;
    return told ? told : !is_last ? commit_at(m, row + 1)->id : m->pages.has_more ? NULL : "";
}

static unsigned do_open(struct pane *p)
{
    struct commits *m = p->state;
    const size_t row = m->table.list.sel;
    hub_commit_open(hub_screen_of(p), commit_at(m, row), parent_of(m, row));
    return REACT_HANDLED;
}

static unsigned do_copy(struct pane *p)
{
    struct commits *m = p->state;
    app_copy(p->app, commit_at(m, m->table.list.sel)->id, "the commit id");
    return REACT_HANDLED;
}

static unsigned commits_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct commits *m = p->state;
    bool is_again = false;
    (void)col;
    if (!table_mouse(&m->table, what, row, &is_again)) {
        return REACT_HANDLED;
    }
    fetch_more(p);
    return is_again ? do_open(p) : REACT_MOVED;
}

static const struct action ACTIONS[] = {
    ACTION("commits.open", "Enter l Right", "open", "Show message, author and what it changed", needs_row, do_open),
    ACTION("commits.copy", "y", NULL, "Copy the id of the commit", needs_row, do_copy),
};
const struct action_set HUB_COMMITS_ACTIONS = {"hub.commits", "Hub: commits", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

static const struct pane_ops OPS = {
    .sets = {&HUB_COMMITS_ACTIONS, &HUB_LIST_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = commits_draw,
    .move = commits_move,
    .result = commits_result,
    .mouse = commits_mouse,
    .cursor = commits_cursor,
    .place = commits_place,
    .say = commits_say,
    .close = hub_view_close,
};

const struct hub_view HUB_COMMITS_VIEW = {
    .title = "Commits",
    .ops = &OPS,
    .size = sizeof(struct commits),
    .show = commits_show,
    .forget = commits_forget,
    .summary = commits_summary,
    .row_text = commits_row_text,
    .spot = commits_spot,
    .go = commits_go,
};
