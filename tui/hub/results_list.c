/* SPDX-License-Identifier: Apache-2.0 */
/* results_list.c - the list as a pane: how it is drawn, its moves and its keys. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "tui/hub/filter.h"
#include "tui/hub/hub.h"

/* ---- drawing ---- */

static void draw_empty(struct hub_screen *h, const struct canvas *c)
{
    struct hub_results *r = &h->results;
    if (r->first.task || r->first.err.code != ERR_NONE) {
        ask_draw(c, &r->first, "asking the Hub");
        return;
    }
    if (r->is_narrowed) {
        draw_printf(c, 1, 2, -1, STYLE_TEXT, "None of the %zu %s here match.", r->pages.n, hub_kind_plural(h->query.kind));
        return;
    }
    if (r->more.task || r->more.err.code != ERR_NONE) {
        ask_draw(c, &r->more, "looking through more of the list");
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

/* ---- actions ---- */

static unsigned moved(struct hub_screen *h)
{
    struct hub_results *r = &h->results;
    r->rounds = 0;
    free(r->wanted);
    r->wanted = NULL;
    hub_results_follow(h);
    hub_results_more(h);
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
    hub_results_open_row(h);
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
        hub_results_more(h);
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
    hub_results_ask(h);
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

/* On the head of a column: its order; once more: turned around. */
static unsigned head_clicked(struct hub_screen *h, int col)
{
    enum hub_sort order = HUB_SORT_TRENDING;
    if (!hub_columns_order(h, table_column_at(&h->results.table, col), &order)) {
        return REACT_HANDLED;
    }
    const char *reason = hub_sort_reason(h, order);
    if (reason) {
        app_say(h->app, APP_INFO, "%s", reason);
        return REACT_HANDLED;
    }
    set_sort(h, order == h->query.sort ? (int)HUB_SORTS : (int)order);
    return REACT_DIRTY;
}

static unsigned results_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct hub_screen *h = hub_screen_of(p);
    const int border = h->is_wide ? 1 : 0;
    bool is_again = false;
    if (what == TERM_MOUSE_PRESS && row == border) {
        return head_clicked(h, col - border);
    }
    if (!table_mouse(&h->results.table, what, row - border, &is_again)) {
        return REACT_HANDLED;
    }
    return is_again ? do_open(p) : moved(h);
}

static unsigned query_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    const enum hub_query_part part = row == 0 ? hub_query_part_at(hub_screen_of(p), col) : HUB_QUERY_REST;
    if (what != TERM_MOUSE_PRESS || part == HUB_QUERY_REST) {
        return REACT_HANDLED;
    }
    return part == HUB_QUERY_KIND ? do_kind(p) : do_sort(p);
}

const struct pane_ops HUB_QUERY_OPS = {.draw = hub_query_draw, .mouse = query_mouse};

const struct pane_ops HUB_RESULTS_OPS = {
    .sets = {&HUB_RESULTS_ACTIONS},
    .draw = results_draw,
    .move = results_move,
    .result = hub_results_result,
    .event = hub_stages_event,
    .mouse = results_mouse,
    .cursor = results_cursor,
    .place = results_place,
    .say = results_say,
};
