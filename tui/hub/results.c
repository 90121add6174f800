/* SPDX-License-Identifier: Apache-2.0 */
/* results.c - the list of models, datasets or Spaces. Fetches the next page before the end is reached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/screen.h"

enum {
    FETCH_MARGIN = 20,     /* rows from the end at which the next page is asked for */
    FOLLOW_DELAY_MS = 200, /* the detail follows the selection when it rests */
};

const struct hub_repo *results_selected(const struct hub_screen *h)
{
    return h->results.n ? h->results.rows[h->results.list.sel] : NULL;
}

static void drop_pages(struct results *r)
{
    for (size_t i = 0; i < r->n_pages; i++) {
        hub_page_free(r->pages[i]);
    }
    r->n_pages = 0;
    r->n = 0;
    free(r->next);
    r->next = NULL;
    r->has_total = false;
}

void results_done(struct results *r)
{
    drop_pages(r);
    free(r->pages);
    free(r->rows);
}

void results_load(struct hub_screen *h, bool reload)
{
    struct results *r = &h->results;
    ask_begin(h->app, &r->more);
    ask_begin(h->app, &r->first);
    r->opens_first = false;
    r->keeps_place = reload;
    job_list(h, reload);
    pane_dirty(h->results_pane);
}

static void add_page(struct results *r, struct hub_page *page)
{
    void *pages = r->pages;
    void *rows = r->rows;
    if (!mem_grow(&pages, &r->cap_pages, r->n_pages + 1, sizeof *r->pages)) {
        hub_page_free(page);
        return;
    }
    r->pages = pages;
    if (!mem_grow(&rows, &r->cap, r->n + page->n_repos, sizeof *r->rows)) {
        hub_page_free(page);
        return;
    }
    r->rows = rows;
    r->pages[r->n_pages++] = page;
    for (size_t i = 0; i < page->n_repos; i++) {
        r->rows[r->n++] = &page->repos[i];
    }
    free(r->next);
    r->next = xstrdup_opt(page->next);
    if (page->has_total) {
        r->has_total = true;
        r->total = page->total;
    }
    list_set(&r->list, r->n);
}

/* ---- the detail follows ---- */

static void follow_now(void *arg)
{
    struct hub_screen *h = arg;
    h->results.follow_timer = 0;
    const struct hub_repo *repo = results_selected(h);
    /* Not when the reader has gone into the detail or a menu meanwhile. */
    if (repo && h->is_wide && h->results_pane->has_focus) {
        detail_show(h, repo->kind, repo->id);
    }
}

static void follow(struct hub_screen *h)
{
    app_cancel_timer(h->app, &h->results.follow_timer);
    if (h->is_wide && h->results.n) {
        h->results.follow_timer = app_timer(h->app, FOLLOW_DELAY_MS, follow_now, h);
    }
}

static void open_selected(struct hub_screen *h)
{
    const struct hub_repo *repo = results_selected(h);
    screen_visit(h, repo->kind, repo->id);
    screen_focus_detail(h);
}

static void fetch_more(struct hub_screen *h)
{
    struct results *r = &h->results;
    if (r->next && !r->more.task && !r->first.task && r->more.err.code == ERR_NONE &&
        list_near_end(&r->list, FETCH_MARGIN)) {
        job_more(h);
    }
}

static unsigned take_first(struct hub_screen *h, struct task_result *t)
{
    struct results *r = &h->results;
    bool keeps_place = r->first.is_ready || r->keeps_place; /* the same question once more */
    if (!ask_take(&r->first, t)) {
        return REACT_HANDLED;
    }
    struct hub_page *page = ask_value(t);
    if (page) {
        const struct hub_repo *was = results_selected(h);
        char *id = was && keeps_place ? xstrdup(was->id) : NULL;
        enum hub_kind kind = was ? was->kind : HUB_MODEL;
        size_t top = r->list.top;
        drop_pages(r);
        add_page(r, page);
        size_t sel = 0;
        for (size_t i = 0; id && i < r->n; i++) {
            if (r->rows[i]->kind == kind && strcmp(r->rows[i]->id, id) == 0) {
                sel = i;
            }
        }
        r->list.top = sel ? top : 0;
        list_goto(&r->list, sel);
        free(id);
        follow(h);
        fetch_more(h);
        if (r->opens_first && r->n > 0) {
            open_selected(h);
        }
        r->opens_first = false;
    }
    if (!t->value && t->err.code != ERR_NONE && t->err.code != ERR_CANCELLED && !r->first.is_ready) {
        drop_pages(r); /* old rows would answer another question */
        list_set(&r->list, 0);
    }
    pane_dirty(h->query_pane);
    return REACT_DIRTY;
}

static unsigned take_more(struct hub_screen *h, struct task_result *t)
{
    if (!ask_take(&h->results.more, t)) {
        return REACT_HANDLED;
    }
    struct hub_page *page = ask_value(t);
    if (page) {
        add_page(&h->results, page);
    }
    pane_dirty(h->query_pane);
    return REACT_DIRTY;
}

static unsigned take_tags(struct hub_screen *h, struct task_result *t)
{
    if (!ask_take(&h->tags_loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_tags *tags = ask_value(t);
    if (tags) {
        size_t at = h->tags_kind == HUB_DATASET;
        hub_tags_free(h->tags[at]);
        h->tags[at] = tags;
    }
    return REACT_HANDLED;
}

static unsigned results_result(struct pane *p, struct task_result *t)
{
    struct hub_screen *h = hub_screen_of(p);
    switch (t->kind) {
    case JOB_LIST:
        return take_first(h, t);
    case JOB_MORE:
        return take_more(h, t);
    default:
        return take_tags(h, t);
    }
}

/* ---- drawing ---- */

static const char *badge(const struct hub_screen *h, const struct hub_repo *repo)
{
    if (repo->is_disabled) {
        return "disabled";
    }
    if (repo->has_private && repo->is_private) {
        return "private";
    }
    if (repo->gated != HUB_GATED_NO) {
        return "gated";
    }
    return screen_is_bookmarked(h, repo->kind, repo->id) ? "★" : NULL;
}

static void draw_row(struct hub_screen *h, const struct canvas *c, int row, const struct hub_repo *repo,
                     bool is_selected)
{
    size_t n = 0;
    const struct column *columns = columns_of(repo->kind, &n);
    int name_cols = 0;
    size_t shown = columns_fit(columns, n, c->rect.cols, &name_cols);
    enum style base = !is_selected ? STYLE_TEXT : h->results_pane->has_focus ? STYLE_SELECTED : STYLE_SELECTED_DIM;
    draw_blank(c, row, 0, c->rect.cols, base);
    if (is_selected) {
        draw_text(c, row, 0, 1, base, "▌");
    }
    const char *mark = badge(h, repo);
    int mark_cols = mark ? text_width(mark) + 1 : 0;
    char *name = text_clean(repo->id);
    draw_name(c, row, 2, name_cols - 2 - mark_cols, base, name);
    free(name);
    if (mark) {
        draw_text(c, row, 2 + name_cols - 2 - mark_cols + 1, -1, is_selected ? base : STYLE_BADGE, mark);
    }
    int at = name_cols;
    for (size_t i = 0; i < shown; i++) {
        struct buf cell = BUF_INIT;
        columns[i].put(repo, &cell);
        enum style style = is_selected ? base : columns[i].is_number ? STYLE_NUMBER : STYLE_DIM;
        draw_cell(c, row, at + COLUMN_GAP, columns[i].cols, style, buf_str(&cell), columns[i].is_number);
        buf_done(&cell);
        at += columns[i].cols + COLUMN_GAP;
    }
}

static void draw_header(struct hub_screen *h, const struct canvas *c)
{
    size_t n = 0;
    const struct column *columns = columns_of(h->query.kind, &n);
    int name_cols = 0;
    size_t shown = columns_fit(columns, n, c->rect.cols, &name_cols);
    draw_blank(c, 0, 0, c->rect.cols, STYLE_HEADER);
    draw_text(c, 0, 2, -1, STYLE_HEADER, "repo");
    int at = name_cols;
    for (size_t i = 0; i < shown; i++) {
        draw_cell(c, 0, at + COLUMN_GAP, columns[i].cols, STYLE_HEADER, columns[i].title, columns[i].is_number);
        at += columns[i].cols + COLUMN_GAP;
    }
}

static void draw_empty(struct hub_screen *h, const struct canvas *c)
{
    struct results *r = &h->results;
    if (r->first.task || r->first.err.code != ERR_NONE) {
        ask_draw(h->app, c, &r->first, "asking the Hub");
        return;
    }
    draw_printf(c, 1, 2, -1, STYLE_TEXT, "No %s match.", hub_kind_plural(h->query.kind));
    if (h->search[0] || h->filter[0]) {
        draw_text(c, 2, 2, -1, STYLE_DIM, "x clears the search and the filter");
    }
}

static struct canvas frame(struct hub_screen *h, struct pane *p, const struct canvas *c)
{
    if (!h->is_wide) {
        return *c;
    }
    const char *right = h->results.more.err.code != ERR_NONE ? "next page failed: r" : NULL;
    return draw_box(c, "results", right, p->has_focus);
}

static void results_draw(struct pane *p, const struct canvas *c)
{
    struct hub_screen *h = hub_screen_of(p);
    struct results *r = &h->results;
    struct canvas in = frame(h, p, c);
    draw_clear(&in);
    draw_header(h, &in);
    struct canvas rows = canvas_sub(&in, (struct rect){1, 0, in.rect.rows - 1, in.rect.cols});
    list_height(&r->list, rows.rect.rows);
    for (int i = 0; i < rows.rect.rows && r->list.top + (size_t)i < r->n; i++) {
        size_t at = r->list.top + (size_t)i;
        draw_row(h, &rows, i, r->rows[at], at == r->list.sel);
    }
    if (r->n == 0) {
        draw_empty(h, &rows);
    } else {
        ask_draw_failure(&rows, r->first.err.code != ERR_NONE ? &r->first : &r->more);
    }
    draw_scrollbar(&rows, r->list.top, (size_t)rows.rect.rows, r->n);
}

/* ---- actions ---- */

static unsigned moved(struct hub_screen *h)
{
    follow(h);
    fetch_more(h);
    return REACT_DIRTY;
}

static unsigned results_move(struct pane *p, enum move move)
{
    struct hub_screen *h = hub_screen_of(p);
    return list_apply(&h->results.list, move) ? moved(h) : REACT_NONE;
}

static const char *needs_row(struct pane *p)
{
    return results_selected(hub_screen_of(p)) ? NULL : "the list is empty";
}

/* The rows of the last question are still shown while a new one is asked. */
static bool is_awaiting(const struct hub_screen *h)
{
    return h->results.first.task && !h->results.first.is_ready;
}

static const char *needs_open(struct pane *p)
{
    return is_awaiting(hub_screen_of(p)) ? NULL : needs_row(p);
}

static unsigned do_open(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    if (is_awaiting(h)) {
        h->results.opens_first = true;
        return REACT_HANDLED;
    }
    open_selected(h);
    return REACT_LAYOUT;
}

static unsigned do_search(struct pane *p)
{
    query_begin_search(hub_screen_of(p));
    return REACT_LAYOUT;
}

static unsigned do_filter(struct pane *p)
{
    query_begin_filter(hub_screen_of(p));
    return REACT_LAYOUT;
}

static const char *needs_query(struct pane *p)
{
    const struct hub_screen *h = hub_screen_of(p);
    return h->search[0] || h->filter[0] ? NULL : "nothing is searched or filtered";
}

static unsigned do_clear(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    query_set_search(h, "");
    query_set_filter(h, "", NULL);
    query_run(h);
    return REACT_DIRTY;
}

static void set_sort(void *ctx, int index)
{
    struct hub_screen *h = ctx;
    if (index < 0) {
        return;
    }
    if (index > (int)HUB_SORT_CREATED) {
        h->query.is_ascending = !h->query.is_ascending;
    } else {
        h->query.sort = (enum hub_sort)index;
    }
    query_run(h);
}

static unsigned do_sort(struct pane *p)
{
    static const struct menu_item ITEMS[] = {
        {.label = "trending", .keys = "t"},       {.label = "downloads, last 30 days", .keys = "d"},
        {.label = "likes", .keys = "l"},          {.label = "last modified", .keys = "m"},
        {.label = "created", .keys = "c"},        {.label = "turn the order around", .keys = "r"},
    };
    struct hub_screen *h = hub_screen_of(p);
    struct menu_spec spec = {
        .title = "Sort by", .use_shortcuts = true, .selected = (size_t)h->query.sort, .done = set_sort, .ctx = h};
    app_menu(h->app, &spec, ITEMS, sizeof ITEMS / sizeof *ITEMS);
    return REACT_HANDLED;
}

static unsigned do_kind(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    query_set_kind(h, (enum hub_kind)((h->query.kind + 1) % 3));
    list_goto(&h->results.list, 0);
    query_run(h);
    return REACT_LAYOUT;
}

static unsigned do_reload(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    if (h->results.more.err.code != ERR_NONE) {
        err_clear(&h->results.more.err);
        fetch_more(h);
    } else {
        results_load(h, true);
    }
    return REACT_DIRTY;
}

static unsigned do_copy(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    const struct hub_repo *repo = results_selected(h);
    detail_show(h, repo->kind, repo->id);
    copy_menu(h);
    return REACT_HANDLED;
}

static unsigned do_bookmark(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    const struct hub_repo *repo = results_selected(h);
    detail_show(h, repo->kind, repo->id);
    screen_toggle_bookmark(h);
    return REACT_DIRTY;
}

static unsigned do_bookmarks(struct pane *p)
{
    screen_bookmarks_menu(hub_screen_of(p));
    return REACT_HANDLED;
}

static unsigned do_detail(struct pane *p)
{
    screen_focus_detail(hub_screen_of(p));
    return REACT_LAYOUT;
}

static const char *needs_detail(struct pane *p)
{
    const struct hub_screen *h = hub_screen_of(p);
    return h->results.n == 0 ? "the list is empty" : h->detail.has_repo ? NULL : "no repo is shown yet";
}

static const struct action ACTIONS[] = {
    ACTION("hub.search", "/", "search", "Search by name as you type", NULL, do_search),
    ACTION("hub.filter", "f", "filter", "Narrow by task, library, licence, size ... with completion", NULL, do_filter),
    ACTION("hub.sort", "o", "sort", "Choose the order", NULL, do_sort),
    ACTION("hub.open", "Enter l Right", "open", "Open the selected repo", needs_open, do_open),
    ACTION("hub.kind", "t", "kind", "Models, datasets, Spaces in turn", NULL, do_kind),
    ACTION("hub.copy", "y", "copy", "Copy the id, a snippet or the address", needs_row, do_copy),
    ACTION("hub.bookmark", "b", "mark", "Set or remove a bookmark", needs_row, do_bookmark),
    ACTION("hub.bookmarks", "B", NULL, "List the bookmarks", NULL, do_bookmarks),
    ACTION("hub.clear", "x", NULL, "Clear search and filter", needs_query, do_clear),
    ACTION("hub.reload", "r F5", NULL, "Ask the Hub again", NULL, do_reload),
    ACTION("hub.to-detail", "Tab", NULL, "Focus the repo at the right", needs_detail, do_detail),
};
const struct action_set HUB_RESULTS_ACTIONS = {"hub.results", "Hub: results", ACTIONS,
                                               sizeof ACTIONS / sizeof *ACTIONS};

static unsigned results_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct hub_screen *h = hub_screen_of(p);
    (void)col;
    if (what == TERM_MOUSE_WHEEL_UP || what == TERM_MOUSE_WHEEL_DOWN) {
        list_scroll(&h->results.list, what == TERM_MOUSE_WHEEL_UP ? -3 : 3);
        return moved(h);
    }
    int first = h->is_wide ? 2 : 1;
    size_t at = h->results.list.top + (size_t)(row - first);
    if (row < first || at >= h->results.n) {
        return REACT_HANDLED;
    }
    bool is_again = at == h->results.list.sel;
    list_goto(&h->results.list, at);
    if (is_again) {
        return do_open(p);
    }
    return moved(h);
}

const struct pane_ops HUB_RESULTS_OPS = {
    .sets = {&HUB_RESULTS_ACTIONS},
    .draw = results_draw,
    .move = results_move,
    .result = results_result,
    .mouse = results_mouse,
};
