/* SPDX-License-Identifier: Apache-2.0 */
/* visits.c - back and forward between the repos one was at, and bookmarks. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/hub/hub.h"

enum { MAX_VISITS = 200 };

/* ---- back and forward ---- */

static void note_place(struct hub_screen *h)
{
    if (h->n_visits == 0) {
        return;
    }
    struct hub_visit *v = &h->visits[h->at_visit];
    if (h->detail.has_repo && strcmp(v->id, h->detail.id) == 0) {
        v->tab = h->detail.tabs.now;
        v->line = hub_detail_line(h);
    }
}

static void drop_newer(struct hub_screen *h, size_t keep)
{
    for (size_t i = keep; i < h->n_visits; i++) {
        free(h->visits[i].id);
    }
    h->n_visits = keep < h->n_visits ? keep : h->n_visits;
}

void hub_visit(struct hub_screen *h, enum hub_kind kind, const char *id)
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
            h->visits[h->n_visits++] = (struct hub_visit){.kind = kind, .id = xstrdup(copy)};
        }
        hub_detail_name(h, kind, copy);
        hub_detail_tab(h, 0);
    }
    hub_detail_show(h, kind, copy);
    hub_places_change(&h->visited, h->visited_path, HUB_PLACES_VISITED_MAX, kind, copy, true, NULL);
    free(copy);
}

void hub_visit_step(struct hub_screen *h, int step)
{
    if ((step < 0 && h->at_visit == 0) || (step > 0 && h->at_visit + 1 >= h->n_visits)) {
        return;
    }
    note_place(h);
    h->at_visit += (size_t)step;
    const struct hub_visit *v = &h->visits[h->at_visit];
    const size_t line = v->line;
    const size_t tab = v->tab;
    hub_detail_name(h, v->kind, v->id);
    hub_detail_tab(h, tab);
    hub_detail_show(h, v->kind, v->id);
    hub_detail_goto(h, line);
    hub_detail_focus(h);
}

/* ---- bookmarks ---- */

bool hub_is_bookmarked(const struct hub_screen *h, enum hub_kind kind, const char *id)
{
    return hub_places_find(&h->bookmarks, kind, id) < h->bookmarks.n;
}

const char *hub_bookmark_mark(const struct hub_screen *h, const struct hub_repo *repo)
{
    const char *mark = app_is_plain(h->app) ? "bookmarked" : "★";
    return hub_is_bookmarked(h, repo->kind, repo->id) ? mark : NULL;
}

void hub_toggle_bookmark(struct hub_screen *h)
{
    const struct hub_detail *d = &h->detail;
    bool was_marked = hub_is_bookmarked(h, d->kind, d->id);
    struct err e = ERR_INIT;
    if (hub_places_change(&h->bookmarks, h->bookmarks_path, HUB_PLACES_BOOKMARKS_MAX, d->kind, d->id,
                          !was_marked, &e)) {
        app_say(h->app, APP_INFO, "%s: %s", was_marked ? "bookmark removed" : "bookmarked", d->id);
    } else {
        app_say(h->app, APP_ERROR, "%s", e.msg);
    }
    pane_dirty(h->results_pane);
    pane_dirty(h->header_pane);
}

static void bookmark_chosen(void *ctx, int index)
{
    struct hub_screen *h = ctx;
    if (index >= 0 && (size_t)index < h->bookmarks.n) {
        const struct hub_place *p = &h->bookmarks.items[index];
        hub_visit(h, p->kind, p->id);
        hub_detail_focus(h);
    }
}

void hub_bookmarks_menu(struct hub_screen *h)
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
        .done = bookmark_chosen,
        .ctx = h,
    };
    app_menu(h->app, &spec, items, n);
    free(items);
}

/* ---- start and end ---- */

void hub_visits_open(struct hub_screen *h)
{
    h->bookmarks_path = app_state_path(h->app, "bookmarks");
    h->visited_path = app_state_path(h->app, "visited");
    hub_places_load(&h->bookmarks, h->bookmarks_path, HUB_PLACES_BOOKMARKS_MAX);
    hub_places_load(&h->visited, h->visited_path, HUB_PLACES_VISITED_MAX);
}

void hub_visits_done(struct hub_screen *h)
{
    drop_newer(h, 0);
    free(h->visits);
    hub_places_done(&h->bookmarks);
    hub_places_done(&h->visited);
    free(h->bookmarks_path);
    free(h->visited_path);
}
