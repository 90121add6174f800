/* SPDX-License-Identifier: Apache-2.0 */
/* bookmarks.c - bookmarked repos, and the files of bookmarks and visits. */
#include <stdlib.h>

#include "core/base/mem.h"
#include "tui/hub/hub.h"

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
        hub_visit_from_here(h, p->kind, p->id, NULL);
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

void hub_bookmarks_open(struct hub_screen *h)
{
    h->bookmarks_path = app_state_path(h->app, "bookmarks");
    h->visited_path = app_state_path(h->app, "visited");
    hub_places_load(&h->bookmarks, h->bookmarks_path, HUB_PLACES_BOOKMARKS_MAX);
    hub_places_load(&h->visited, h->visited_path, HUB_PLACES_VISITED_MAX);
}

void hub_bookmarks_done(struct hub_screen *h)
{
    hub_places_done(&h->bookmarks);
    hub_places_done(&h->visited);
    free(h->bookmarks_path);
    free(h->visited_path);
}
