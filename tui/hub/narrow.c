/* SPDX-License-Identifier: Apache-2.0 */
/* narrow.c - of the rows that are here those that what is being typed would keep, until the Hub has answered. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/hub/filter.h"
#include "tui/hub/hub.h"

/* Other rows are shown: the selection stays on its repo where that is among them. */
static void reselect(struct hub_screen *h, enum hub_kind kind, const char *id)
{
    struct list *l = &h->results.table.list;
    const size_t n = hub_n_rows(h);
    const size_t row = id ? hub_find_row(h, kind, id) : n;
    list_set(l, n);
    list_goto(l, row < n ? row : 0);
}

static void show(struct hub_screen *h, bool is_narrowed)
{
    const struct hub_repo *was = hub_selected_row(h);
    char *id = was ? xstrdup(was->id) : NULL;
    const enum hub_kind kind = was ? was->kind : h->query.kind;
    h->results.is_narrowed = is_narrowed;
    reselect(h, kind, id);
    free(id);
    hub_results_follow(h);
    pane_dirty(h->results_pane);
    pane_dirty(h->query_pane);
}

void hub_results_widen(struct hub_screen *h)
{
    if (h->results.is_narrowed) {
        show(h, false);
    }
}

void hub_results_narrow(struct hub_screen *h, const char *search, const char *filter)
{
    struct hub_results *r = &h->results;
    const struct hub_repo *first = r->pages.n ? r->pages.rows[0] : NULL;
    void *shown = r->shown;
    if (!first || first->kind != h->query.kind || !mem_grow(&shown, &r->cap_shown, r->pages.n, sizeof *r->shown)) {
        hub_results_widen(h);
        return;
    }
    const struct hub_repo *was = hub_selected_row(h);
    r->shown = shown;
    size_t n = 0;
    struct hub_match *m = hub_match_new(h->query.kind, search, filter);
    for (size_t i = 0; i < r->pages.n; i++) {
        if (hub_match_row(m, r->pages.rows[i])) {
            r->shown[n++] = r->pages.rows[i];
        }
    }
    hub_match_free(m);
    r->n_shown = n;
    r->is_narrowed = true;
    reselect(h, h->query.kind, was ? was->id : NULL);
    hub_results_follow(h);
    pane_dirty(h->results_pane);
    pane_dirty(h->query_pane);
}
