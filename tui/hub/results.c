/* SPDX-License-Identifier: Apache-2.0 */
/* results.c - the list of models, datasets or Spaces. Fetches the next page before the end is reached. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/filter.h"
#include "tui/hub/hub.h"

enum {
    FETCH_MARGIN = 20,     /* rows from the end at which the next page is asked for */
    FOLLOW_DELAY_MS = 120, /* longer than the pause between two repeats of a held key */
    BEHIND_DELAY_MS = 30,
    MAX_ROUNDS = 3, /* pages asked for before a key asks for more */
};

static void free_page(void *page)
{
    hub_page_free(page);
}

/* "card:3", as compilers name a line, when nobody can read the card's metadata. */
static bool put_fault(const struct hub_screen *h, const struct hub_repo *repo)
{
    unsigned line = 0;
    struct buf why = BUF_INIT;
    const bool has_fault = hub_card_fault(repo, &why);
    if (has_fault && sscanf(buf_str(&why), "README.md, line %u:", &line) == 1) {
        snprintf(h->results.fault, HUB_FAULT_BYTES,
                 app_is_plain(h->app) ? "card line %u" : "card:%u", line);
    } else if (has_fault) {
        snprintf(h->results.fault, HUB_FAULT_BYTES, "card error");
    }
    buf_done(&why);
    return has_fault;
}

static const char *badge(const void *ctx, size_t row)
{
    const struct hub_screen *h = ctx;
    const struct hub_repo *repo = hub_row(h, row);
    if (repo->is_disabled) {
        return "disabled";
    }
    if (repo->has_private && repo->is_private) {
        return "private";
    }
    if (repo->gated != HUB_GATED_NO) {
        return "gated";
    }
    return put_fault(h, repo) ? h->results.fault : hub_bookmark_mark(h, repo);
}

void hub_results_open(struct hub_screen *h)
{
    h->results.pages.free_page = free_page;
    h->results.fault = xcalloc(1, HUB_FAULT_BYTES);
    h->results.table =
        (struct table){.ctx = h, .badge = badge, .margin = 2, .has_header = true};
    hub_columns_set(h, h->query.kind);
}

void hub_results_done(struct hub_screen *h)
{
    struct hub_results *r = &h->results;
    app_cancel_timer(h->app, &r->follow_timer);
    ask_cancel(h->app, &r->first);
    ask_cancel(h->app, &r->more);
    paged_drop(&r->pages);
    free(r->wanted);
    free(r->fault);
    free(r->shown);
    r->wanted = NULL;
    r->fault = NULL;
    r->shown = NULL;
}

void hub_results_load(struct hub_screen *h, bool reload)
{
    struct hub_results *r = &h->results;
    ask_begin(h->app, &r->more);
    ask_begin(h->app, &r->first);
    r->opens_first = false;
    r->is_current = r->is_current && reload;
    r->rounds = 0;
    struct hub_want want = {
        .what = HUB_WANT_LIST, .is_reload = reload, .kind = h->query.kind, .query = &h->query};
    hub_ask_start(h->results_pane, &r->first, &want);
    pane_dirty(h->results_pane);
}

/* ---- the detail follows ---- */

static void ask_about_named(void *arg)
{
    struct hub_screen *h = arg;
    const struct hub_detail *d = &h->detail;
    app_cancel_timer(h->app, &h->results.follow_timer);
    if (app_is_behind(h->app)) {
        h->results.follow_timer = app_timer(h->app, BEHIND_DELAY_MS, ask_about_named, h);
    } else if (d->has_repo && !d->is_asked) {
        hub_detail_show(h, d->kind, d->id);
    }
}

void hub_results_follow(struct hub_screen *h)
{
    const struct hub_repo *repo = hub_selected_row(h);
    const bool is_first = !h->detail.has_repo;
    hub_stages_rest(h);
    app_cancel_timer(h->app, &h->results.follow_timer);
    /* Not when the reader has gone into the detail or a menu. */
    if (!h->is_wide || !h->results_pane->has_focus) {
        return;
    }
    if (!repo) {
        hub_detail_clear(h);
        return;
    }
    hub_detail_name(h, repo->kind, repo->id);
    if (is_first) {
        ask_about_named(h);
    } else if (!h->detail.is_asked) {
        h->results.follow_timer = app_timer(h->app, FOLLOW_DELAY_MS, ask_about_named, h);
    }
}

void hub_focus_results(struct hub_screen *h)
{
    app_focus(h->app, h->results_pane);
    hub_results_follow(h); /* what is selected and what is shown are one */
}

static void open_selected(struct hub_screen *h)
{
    const struct hub_repo *repo = hub_selected_row(h);
    app_cancel_timer(h->app, &h->results.follow_timer);
    hub_visit(h, repo->kind, repo->id);
    hub_detail_focus(h);
}

/* ---- answers ---- */

static void fetch_more(struct hub_screen *h)
{
    struct hub_results *r = &h->results;
    if (!r->is_narrowed && !r->more.task && !r->first.task && r->more.err.code == ERR_NONE && r->rounds < MAX_ROUNDS &&
        (paged_wants_more(&r->pages, &r->table.list, FETCH_MARGIN) || (r->wanted && r->pages.has_more))) {
        struct hub_want want = {.what = HUB_WANT_MORE, .kind = h->query.kind, .next = r->pages.next};
        r->rounds++;
        ask_begin(h->app, &r->more);
        hub_ask_start(h->results_pane, &r->more, &want);
        pane_dirty(h->query_pane);
    }
}

static void put_page(struct hub_screen *h, size_t at, struct hub_page *page)
{
    struct hub_results *r = &h->results;
    r->is_narrowed = false;
    if (at == 0 || page->has_total) {
        r->has_total = page->has_total;
        r->total = page->total;
    }
    r->n_seen = at == 0 ? page->n_seen : r->n_seen + page->n_seen;
    r->n_skipped = at == 0 ? page->n_skipped : r->n_skipped + page->n_skipped;
    struct paged_page next = {
        .page = page,
        .rows = page->repos,
        .n = page->n_repos,
        .size = sizeof *page->repos,
        .has_more = page->next != NULL,
        .next = page->next,
    };
    const size_t before = at == 0 ? 0 : r->pages.n;
    paged_put(&r->pages, at, &next);
    list_set(&r->table.list, r->pages.n);
    if (at == 0) {
        hub_columns_set(h, r->pages.n ? hub_row(h, 0)->kind : h->query.kind);
    }
    hub_columns_add(h, before);
}

/* The first page of an answer, the selection on the repo it was on or shall be on. */
static void put_first(struct hub_screen *h, struct hub_page *page, bool keeps_place)
{
    struct hub_results *r = &h->results;
    const struct hub_repo *was = keeps_place ? hub_selected_row(h) : NULL;
    const enum hub_kind kind = was ? was->kind : h->query.kind;
    char *id = was ? xstrdup(was->id) : r->wanted;
    const size_t top = was ? r->table.list.top : 0;
    r->wanted = was ? r->wanted : NULL;
    put_page(h, 0, page);
    r->is_current = true;
    const size_t row = id ? hub_find_row(h, kind, id) : r->pages.n;
    r->table.list.top = row < r->pages.n ? top : 0;
    list_goto(&r->table.list, row < r->pages.n ? row : 0);
    if (!was && row == r->pages.n) {
        r->wanted = id; /* on a later page, perhaps */
    } else {
        free(id);
    }
}

/* The repo that shall be selected has come with a later page. */
static void select_wanted(struct hub_screen *h)
{
    struct hub_results *r = &h->results;
    const size_t row = r->wanted ? hub_find_row(h, h->query.kind, r->wanted) : r->pages.n;
    if (row < r->pages.n) {
        free(r->wanted);
        r->wanted = NULL;
        list_goto(&r->table.list, row);
        hub_results_follow(h);
    }
}

/* Asked once more, and nothing came: what is known stays, with its age. Else old rows would answer another
 * question. */
static void first_failed(struct hub_screen *h, const struct err *e)
{
    struct hub_results *r = &h->results;
    if (!r->is_current) {
        r->is_narrowed = false;
        paged_drop(&r->pages);
        list_set(&r->table.list, 0);
        hub_results_follow(h);
        return;
    }
    r->first.is_ready = true;
    r->first.is_stale = true;
    r->unconfirmed = e->code;
    err_clear(&r->first.err);
    pane_say(h->results_pane, APP_ERROR, "%s%s%s", e->msg, e->remedy[0] ? ". " : "", e->remedy);
}

static unsigned take_first(struct hub_screen *h, struct task_result *t)
{
    struct hub_results *r = &h->results;
    if (!ask_take(&r->first, t)) {
        return REACT_HANDLED;
    }
    struct hub_page *page = ask_value(t);
    if (page) {
        r->unconfirmed = r->first.is_stale ? r->first.err.code : ERR_NONE;
        put_first(h, page, r->is_current);
        hub_query_narrow(h);
        fetch_more(h);
        if (r->pages.n == 0 && h->filter[0]) {
            hub_query_tags(h); /* they tell whether it could have matched */
        }
        if (r->opens_first && r->pages.n > 0) {
            open_selected(h);
        } else {
            hub_results_follow(h);
        }
        r->opens_first = false;
    }
    if (!page && t->err.code != ERR_NONE && t->err.code != ERR_CANCELLED && !r->first.is_ready) {
        first_failed(h, &t->err);
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
        const bool was_empty = h->results.pages.n == 0;
        put_page(h, h->results.pages.n_pages, page);
        select_wanted(h);
        hub_query_narrow(h);
        if (was_empty && h->results.pages.n > 0) {
            hub_results_follow(h);
        }
        fetch_more(h); /* a page of few rows, where licences left most out, is not all that fits */
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
    return h->results.pages.n == 0 ? REACT_DIRTY : REACT_HANDLED;
}

static unsigned results_result(struct pane *p, struct task_result *t)
{
    struct hub_screen *h = hub_screen_of(p);
    switch (t->kind) {
    case HUB_WANT_LIST:
        return take_first(h, t);
    case HUB_WANT_MORE:
        return take_more(h, t);
    default:
        return take_tags(h, t);
    }
}

/* ---- drawing ---- */

static void draw_empty(struct hub_screen *h, const struct canvas *c)
{
    struct hub_results *r = &h->results;
    if (r->first.task || r->first.err.code != ERR_NONE) {
        ask_draw(h->app, c, &r->first, "asking the Hub");
        return;
    }
    if (r->is_narrowed) {
        draw_printf(c, 1, 2, -1, STYLE_TEXT, "None of the %zu %s here match.", r->pages.n, hub_kind_plural(h->query.kind));
        return;
    }
    if (r->more.task || r->more.err.code != ERR_NONE) {
        ask_draw(h->app, c, &r->more, "looking through more of the list");
        return;
    }
    if (r->pages.has_more) {
        draw_printf(c, 1, 2, -1, STYLE_TEXT, "None of the first %zu %s match.", r->n_seen, hub_kind_plural(h->query.kind));
        draw_text(c, 2, 2, -1, STYLE_DIM, "r looks further");
        return;
    }
    const struct hub_tags *tags = h->tags[h->query.kind == HUB_DATASET];
    const bool is_prompting = h->is_searching || h->is_filtering; /* then x is a letter */
    const bool is_narrow = h->search[0] || h->filter[0];
    const char *way_out = is_narrow && !is_prompting ? "x clears the search and the filter" : "";
    struct err e = ERR_INIT;
    if (hub_filter_check(h->filter, h->query.kind, tags, &e)) {
        draw_printf(c, 1, 2, -1, STYLE_TEXT, "No %s match.", hub_kind_plural(h->query.kind));
        draw_text(c, 2, 2, -1, STYLE_DIM, way_out);
    } else {
        ask_draw_error(c, 1, &e, way_out);
    }
}

static struct canvas frame(const struct hub_screen *h, const struct pane *p, const struct canvas *c)
{
    if (!h->is_wide) {
        return *c;
    }
    if (p->only_moved) {
        return canvas_sub(c, (struct rect){1, 1, c->rect.rows - 2, c->rect.cols - 2});
    }
    const struct draw_box box = {
        .title = "results",
        .right = h->results.more.err.code != ERR_NONE ? "next page failed: r" : NULL,
        .has_focus = p->has_focus,
        .meets_right = true,
        .is_lit = hub_detail_has_focus(h),
    };
    return draw_box_of(c, &box);
}

static void results_draw(struct pane *p, const struct canvas *c)
{
    struct hub_screen *h = hub_screen_of(p);
    struct hub_results *r = &h->results;
    struct canvas in = frame(h, p, c);
    hub_columns_fit(h, in.rect.cols);
    r->table.has_focus = p->has_focus;
    table_draw(&r->table, &in, p->only_moved);
    struct canvas rows = table_body(&r->table, &in);
    if (hub_n_rows(h) == 0) {
        draw_empty(h, &rows);
    } else {
        ask_draw_failure(&rows, r->first.err.code != ERR_NONE ? &r->first : &r->more);
    }
}

static bool results_cursor(const struct pane *p, int *row, int *col)
{
    const struct hub_screen *h = hub_screen_of(p);
    const int border = h->is_wide ? 1 : 0;
    bool is_there = hub_table_cursor(&h->results.table, row, col);
    *row += border;
    *col += border;
    return is_there;
}

static bool results_place(const struct pane *p, size_t *at, size_t *of)
{
    return hub_table_place(&hub_screen_of(p)->results.table, at, of);
}

static void results_say(const struct pane *p, struct buf *out)
{
    const struct table *t = &hub_screen_of(p)->results.table;
    table_say(t, t->list.sel, out);
}

static bool results_waits(const struct pane *p)
{
    const struct hub_results *r = &hub_screen_of(p)->results;
    return r->pages.n == 0 && r->first.task;
}

/* ---- actions ---- */

static unsigned moved(struct hub_screen *h)
{
    struct hub_results *r = &h->results;
    r->rounds = 0;
    free(r->wanted);
    r->wanted = NULL;
    hub_results_follow(h);
    fetch_more(h);
    return REACT_MOVED;
}

static unsigned results_move(struct pane *p, enum move move)
{
    struct hub_screen *h = hub_screen_of(p);
    return list_apply(&h->results.table.list, move) ? moved(h) : REACT_NONE;
}

static const char *needs_row(struct pane *p)
{
    return hub_selected_row(hub_screen_of(p)) ? NULL : "the list is empty";
}

/* The rows of the last question are still shown while a new one is asked. */
static bool is_awaiting(const struct hub_screen *h)
{
    return h->results.first.task && !h->results.is_current;
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
    hub_query_begin_search(hub_screen_of(p));
    return REACT_LAYOUT;
}

static unsigned do_filter(struct pane *p)
{
    hub_query_begin_filter(hub_screen_of(p));
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
    hub_query_set_search(h, "");
    hub_query_set_filter(h, "", NULL);
    hub_query_run(h);
    return REACT_DIRTY;
}

static void set_sort(void *ctx, int index)
{
    struct hub_screen *h = ctx;
    if (index < 0) {
        return;
    }
    if (index >= (int)HUB_SORTS) {
        h->query.is_ascending = !h->query.is_ascending;
    } else {
        h->query.sort = (enum hub_sort)index;
    }
    hub_query_run(h);
}

static unsigned do_sort(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    struct menu_item items[] = {
        [HUB_SORT_TRENDING] = {.label = "trending", .keys = "t"},
        [HUB_SORT_DOWNLOADS] = {.label = "downloads, last 30 days", .keys = "d"},
        [HUB_SORT_LIKES] = {.label = "likes", .keys = "l"},
        [HUB_SORT_MODIFIED] = {.label = "last modified", .keys = "m"},
        [HUB_SORT_CREATED] = {.label = "created", .keys = "c"},
        [HUB_SORT_LIKES30D] = {.label = "likes, last 30 days", .keys = "3"},
        [HUB_SORT_PARAMS] = {.label = "parameters", .keys = "p"},
        [HUB_SORT_SIZE] = {.label = "size of the main branch", .keys = "s"},
        [HUB_SORTS] = {.label = "turn the order around", .keys = "r"},
    };
    for (int k = HUB_SORT_TRENDING; k < HUB_SORTS; k++) {
        items[k].reason = hub_sort_reason(h, (enum hub_sort)k);
    }
    struct menu_spec spec = {
        .title = "Sort by", .use_shortcuts = true, .selected = (size_t)h->query.sort, .has_current = true, .done = set_sort, .ctx = h};
    app_menu(h->app, &spec, items, sizeof items / sizeof *items);
    return REACT_HANDLED;
}

static unsigned do_kind(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    hub_query_set_kind(h, (enum hub_kind)((h->query.kind + 1) % 3));
    list_goto(&h->results.table.list, 0);
    hub_query_run(h);
    return REACT_LAYOUT;
}

static unsigned do_reload(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    struct hub_results *r = &h->results;
    r->rounds = 0;
    if (r->more.err.code != ERR_NONE || (r->pages.n == 0 && r->pages.has_more)) {
        err_clear(&r->more.err);
        fetch_more(h);
    } else {
        hub_results_load(h, true);
    }
    return REACT_DIRTY;
}

static unsigned do_copy(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    const struct hub_repo *repo = hub_selected_row(h);
    hub_detail_show(h, repo->kind, repo->id);
    hub_copy_menu(h);
    return REACT_HANDLED;
}

static unsigned do_bookmark(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    const struct hub_repo *repo = hub_selected_row(h);
    hub_detail_show(h, repo->kind, repo->id);
    hub_toggle_bookmark(h);
    return REACT_DIRTY;
}

static unsigned do_bookmarks(struct pane *p)
{
    hub_bookmarks_menu(hub_screen_of(p));
    return REACT_HANDLED;
}

static unsigned do_detail(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    ask_about_named(h);
    hub_detail_focus(h);
    return REACT_LAYOUT;
}

static const char *needs_detail(struct pane *p)
{
    const struct hub_screen *h = hub_screen_of(p);
    return hub_n_rows(h) == 0 ? "the list is empty" : h->detail.has_repo ? NULL : "no repo is shown yet";
}

static const struct action ACTIONS[] = {
    ACTION("hub.search", "/", "search", "Search by name as you type", NULL, do_search),
    ACTION("hub.filter", "f &", "filter", "Narrow by task, library, licence, size ... with completion", NULL, do_filter),
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
    bool is_again = false;
    (void)col;
    if (!table_mouse(&h->results.table, what, row - (h->is_wide ? 1 : 0), &is_again)) {
        return REACT_HANDLED;
    }
    return is_again ? do_open(p) : moved(h);
}

const struct pane_ops HUB_RESULTS_OPS = {
    .sets = {&HUB_RESULTS_ACTIONS},
    .draw = results_draw,
    .move = results_move,
    .result = results_result,
    .event = hub_stages_event,
    .mouse = results_mouse,
    .waits = results_waits,
    .cursor = results_cursor,
    .place = results_place,
    .say = results_say,
};
