/* SPDX-License-Identifier: Apache-2.0 */
/* screen.c - the Hub screen: three panes, one or two columns, back and forward, bookmarks. */
#include "tui/hub/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/text.h"

enum {
    WIDE_COLS = 100,
    LIST_MIN = 48,
    LIST_MAX = 96,
    MAX_VISITS = 200,
};

struct hub_screen *hub_screen_of(const struct pane *p)
{
    return p->state;
}

/* ---- focus ---- */

void screen_focus_detail(struct hub_screen *h)
{
    app_focus(h->app, h->detail_pane);
}

void screen_focus_results(struct hub_screen *h)
{
    app_focus(h->app, h->results_pane);
}

/* ---- back and forward ---- */

static void note_place(struct hub_screen *h)
{
    if (h->n_visits == 0) {
        return;
    }
    struct visit *v = &h->visits[h->at_visit];
    if (h->detail.has_repo && strcmp(v->id, h->detail.id) == 0) {
        v->tab = h->detail.tab;
        v->line = h->detail.card.top;
    }
}

static void drop_newer(struct hub_screen *h, size_t keep)
{
    for (size_t i = keep; i < h->n_visits; i++) {
        free(h->visits[i].id);
    }
    h->n_visits = keep < h->n_visits ? keep : h->n_visits;
}

void screen_visit(struct hub_screen *h, enum hub_kind kind, const char *id)
{
    char *copy = xstrdup(id);
    note_place(h);
    bool is_again = h->n_visits > 0 && h->visits[h->at_visit].kind == kind &&
                    strcmp(h->visits[h->at_visit].id, copy) == 0;
    if (!is_again) {
        drop_newer(h, h->n_visits ? h->at_visit + 1 : 0);
        if (h->n_visits == MAX_VISITS) {
            free(h->visits[0].id);
            memmove(&h->visits[0], &h->visits[1], (MAX_VISITS - 1) * sizeof *h->visits);
            h->n_visits--;
        }
        void *visits = h->visits;
        if (mem_grow(&visits, &h->cap_visits, h->n_visits + 1, sizeof *h->visits)) {
            h->visits = visits;
            h->at_visit = h->n_visits;
            h->visits[h->n_visits++] = (struct visit){.kind = kind, .id = xstrdup(copy)};
        }
        detail_set_tab(h, TAB_CARD);
    }
    detail_show(h, kind, copy);
    detail_update_ops(h);
    places_change(&h->visited, "visited", PLACES_VISITED_MAX, kind, copy, true, NULL);
    free(copy);
}

void screen_step(struct hub_screen *h, int step)
{
    if ((step < 0 && h->at_visit == 0) || (step > 0 && h->at_visit + 1 >= h->n_visits)) {
        return;
    }
    note_place(h);
    h->at_visit += (size_t)step;
    const struct visit *v = &h->visits[h->at_visit];
    size_t line = v->line;
    enum detail_tab tab = v->tab;
    detail_show(h, v->kind, v->id);
    detail_set_tab(h, tab);
    if (h->detail.has_card) {
        doc_goto(&h->detail.card, line);
    } else {
        h->detail.wanted_line = line;
    }
    screen_focus_detail(h);
}

/* ---- bookmarks ---- */

bool screen_is_bookmarked(const struct hub_screen *h, enum hub_kind kind, const char *id)
{
    return places_find(&h->bookmarks, kind, id) < h->bookmarks.n;
}

void screen_toggle_bookmark(struct hub_screen *h)
{
    const struct detail *d = &h->detail;
    bool was_marked = screen_is_bookmarked(h, d->kind, d->id);
    struct err e = ERR_INIT;
    if (places_change(&h->bookmarks, "bookmarks", PLACES_BOOKMARKS_MAX, d->kind, d->id, !was_marked, &e)) {
        app_say(h->app, APP_INFO, "%s: %s", was_marked ? "bookmark removed" : "bookmarked", d->id);
    } else {
        app_say(h->app, APP_ERROR, "%s", e.msg);
    }
    pane_dirty(h->results_pane);
    pane_dirty(h->detail_pane);
}

static void bookmark_chosen(void *ctx, int index)
{
    struct hub_screen *h = ctx;
    if (index >= 0 && (size_t)index < h->bookmarks.n) {
        const struct place *p = &h->bookmarks.items[index];
        screen_visit(h, p->kind, p->id);
        screen_focus_detail(h);
    }
}

void screen_bookmarks_menu(struct hub_screen *h)
{
    size_t n = h->bookmarks.n;
    struct menu_item *items = xcalloc(n, sizeof *items);
    for (size_t i = 0; i < n; i++) {
        items[i] = (struct menu_item){
            .label = h->bookmarks.items[i].id,
            .note = hub_kind_name(h->bookmarks.items[i].kind),
        };
    }
    struct menu_spec spec = {
        .title = n ? "Bookmarks" : "No bookmarks yet: b sets one",
        .type_to_filter = true,
        .done = bookmark_chosen,
        .ctx = h,
    };
    app_menu(h->app, &spec, items, n);
    free(items);
}

/* ---- kind and order, kept for the next start ---- */

static void save_query(const struct hub_screen *h)
{
    struct buf text = BUF_INIT;
    buf_printf(&text, "%s\n%s\n", hub_kind_plural(h->query.kind), hub_sort_name(h->query.sort));
    char *dir = paths_state("");
    char *path = paths_state("query");
    if (file_mkdirs(dir, 0700, NULL)) {
        file_write_atomic(path, buf_str(&text), text.n, 0600, NULL);
    }
    free(path);
    free(dir);
    buf_done(&text);
}

static void restore_query(struct hub_screen *h)
{
    char *path = paths_state("query");
    struct buf text = BUF_INIT;
    char kind[16] = "";
    char sort[16] = "";
    if (file_read(path, &text, 256, NULL) && sscanf(buf_str(&text), "%15s %15s", kind, sort) == 2) {
        for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
            h->query.kind = strcmp(kind, hub_kind_plural((enum hub_kind)k)) == 0 ? (enum hub_kind)k : h->query.kind;
        }
        hub_sort_parse(sort, &h->query.sort);
    }
    buf_done(&text);
    free(path);
}

/* ---- screen ops ---- */

static void hub_open(struct screen *s)
{
    struct hub_screen *h = xcalloc(1, sizeof *h);
    s->state = h;
    h->app = s->app;
    h->screen = s;
    h->search = xstrdup("");
    h->filter = xstrdup("");
    h->results_pane = screen_add(s, &HUB_RESULTS_OPS, h);
    h->detail_pane = screen_add(s, &HUB_DETAIL_DOC_OPS, h);
    h->query_pane = screen_add(s, &HUB_QUERY_OPS, h);
    h->query_pane->can_focus = false;
    places_load(&h->bookmarks, "bookmarks", PLACES_BOOKMARKS_MAX);
    places_load(&h->visited, "visited", PLACES_VISITED_MAX);
    restore_query(h);
    query_run(h);
}

static void hub_layout(struct screen *s, struct rect area)
{
    struct hub_screen *h = s->state;
    bool was_wide = h->is_wide;
    h->is_wide = area.cols >= WIDE_COLS;
    int candidates = h->is_filtering || h->is_searching ? input_candidate_rows(app_input(h->app)) : 0;
    int query_rows = 1 + candidates;
    h->query_pane->rect = (struct rect){area.row, area.col, query_rows, area.cols};
    struct rect rest = {area.row + query_rows, area.col, area.rows - query_rows, area.cols};
    if (h->is_wide) {
        int list = rest.cols * 45 / 100;
        list = list < LIST_MIN ? LIST_MIN : list > LIST_MAX ? LIST_MAX : list;
        h->results_pane->rect = (struct rect){rest.row, rest.col, rest.rows, list};
        h->detail_pane->rect = (struct rect){rest.row, rest.col + list, rest.rows, rest.cols - list};
    } else {
        bool is_detail = s->panes[s->focus] == h->detail_pane;
        h->results_pane->rect = is_detail ? (struct rect){0} : rest;
        h->detail_pane->rect = is_detail ? rest : (struct rect){0};
    }
    if (h->detail.has_repo && h->detail.tab == TAB_METADATA) {
        metadata_fill(h); /* wrapped for the width */
    }
    const struct hub_repo *repo = results_selected(h);
    if (h->is_wide && !was_wide && !h->detail.has_repo && repo) {
        detail_show(h, repo->kind, repo->id);
    }
}

static unsigned hub_back(struct screen *s)
{
    struct hub_screen *h = s->state;
    if (s->panes[s->focus] != h->detail_pane) {
        return REACT_NONE;
    }
    if (!detail_back(h)) {
        screen_focus_results(h);
    }
    return REACT_LAYOUT;
}

static void hub_close(struct screen *s)
{
    struct hub_screen *h = s->state;
    save_query(h);
    app_cancel_timer(h->app, &h->search_timer);
    app_cancel_timer(h->app, &h->results.follow_timer);
    ask_cancel(h->app, &h->results.first);
    ask_cancel(h->app, &h->results.more);
    ask_cancel(h->app, &h->tags_loading);
    results_done(&h->results);
    detail_done(h);
    drop_newer(h, 0);
    free(h->visits);
    places_done(&h->bookmarks);
    places_done(&h->visited);
    hub_tags_free(h->tags[0]);
    hub_tags_free(h->tags[1]);
    arena_done(&h->query_arena);
    free(h->search);
    free(h->search_before);
    free(h->filter);
    free(h);
}

static const struct action_set *const SETS[] = {
    &HUB_RESULTS_ACTIONS, &HUB_DETAIL_ACTIONS, &HUB_LIST_ACTIONS, &HUB_DOC_ACTIONS, &HUB_VIEWER_ACTIONS, NULL,
};

const struct screen_ops SCREEN_HUB = {
    .name = "hub",
    .title = "Hub",
    .help = "Hub: browse models, datasets and Spaces",
    .sets = SETS,
    .commands = HUB_COMMANDS,
    .places = hub_places,
    .open = hub_open,
    .layout = hub_layout,
    .back = hub_back,
    .close = hub_close,
};
