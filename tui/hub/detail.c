/* SPDX-License-Identifier: Apache-2.0 */
/* detail.c - the repo that is shown: which one, what the Hub told of it, its views and which is in sight. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

/* ---- views ---- */

static struct pane *add_view(struct hub_screen *h, const struct hub_view *view)
{
    struct hub_detail *d = &h->detail;
    struct pane *p = screen_add(h->screen, view->ops, xcalloc(1, view->size));
    p->can_focus = false;
    d->views[d->n_views].view = view;
    d->views[d->n_views++].pane = p;
    view->forget(p); /* to begin with nothing */
    return p;
}

void hub_detail_open(struct hub_screen *h, const struct hub_view *const *views)
{
    for (; *views; views++) {
        struct pane *p = add_view(h, *views);
        if ((*views)->title) {
            tabs_add(&h->detail.tabs, (*views)->title, p);
        }
    }
}

struct pane *hub_detail_pane(const struct hub_screen *h, const struct hub_view *view)
{
    const struct hub_detail *d = &h->detail;
    size_t i = 0;
    while (i + 1 < d->n_views && d->views[i].view != view) {
        i++;
    }
    return d->views[i].pane;
}

struct pane *hub_detail_named(const struct hub_screen *h, enum hub_named named)
{
    const struct hub_detail *d = &h->detail;
    size_t i = 0;
    while (i + 1 < d->n_views && d->views[i].view->named != named) {
        i++;
    }
    return d->views[i].pane;
}

const struct hub_view *hub_view_of(const struct pane *p)
{
    const struct hub_detail *d = &hub_screen_of(p)->detail;
    for (size_t i = 0; i < d->n_views; i++) {
        if (d->views[i].pane == p) {
            return d->views[i].view;
        }
    }
    return NULL;
}

struct pane *hub_detail_content(const struct hub_screen *h)
{
    return h->detail.over ? h->detail.over : tabs_pane(&h->detail.tabs);
}

struct doc *hub_detail_doc(const struct hub_screen *h)
{
    struct pane *p = hub_detail_content(h);
    return hub_view_of(p)->is_text ? p->state : NULL;
}

bool hub_detail_has_focus(const struct hub_screen *h)
{
    return hub_detail_content(h)->has_focus;
}

bool hub_detail_is_entered(const struct hub_screen *h)
{
    return hub_view_of(h->screen->panes[h->screen->focus]) != NULL;
}

void hub_detail_focus(struct hub_screen *h)
{
    app_focus(h->app, hub_detail_content(h));
}

/* What is in sight asks for what it lacks. */
static void show_content(struct hub_screen *h)
{
    if (h->detail.is_asked) {
        struct pane *p = hub_detail_content(h);
        hub_view_of(p)->show(p);
        hub_detail_resume(p);
    }
}

/* Another view came into sight: it takes the focus over when an old one had it. */
static void content_changed(struct hub_screen *h)
{
    if (hub_detail_is_entered(h)) {
        hub_detail_focus(h);
    }
    show_content(h);
    app_relayout(h->app);
}

void hub_detail_tab(struct hub_screen *h, size_t tab)
{
    hub_detail_back(h);
    tabs_show(&h->detail.tabs, tab);
    content_changed(h);
}

void hub_detail_tab_of(struct hub_screen *h, const struct pane *view)
{
    const struct tabs *tabs = &h->detail.tabs;
    size_t tab = 0;
    while (tab + 1 < tabs->n && tabs->items[tab].pane != view) {
        tab++;
    }
    hub_detail_tab(h, tab);
}

void hub_detail_over(struct hub_screen *h, struct pane *view)
{
    h->detail.over = view;
    h->detail.is_arrival = false;
    content_changed(h);
}

void hub_detail_reveal(struct hub_screen *h, struct pane *view)
{
    if (hub_view_of(view)->title) {
        hub_detail_tab_of(h, view);
    } else {
        hub_detail_over(h, view);
    }
}

bool hub_detail_back(struct hub_screen *h)
{
    struct pane *p = h->detail.over;
    if (!p) {
        return false;
    }
    hub_view_of(p)->forget(p);
    h->detail.over = NULL;
    content_changed(h);
    return true;
}

void hub_detail_layout(struct hub_screen *h, struct rect area, int rows)
{
    struct hub_detail *d = &h->detail;
    const int border = h->is_wide ? 1 : 0;
    const int margin = d->has_repo ? 1 : 0;
    struct rect in = {area.row + border + rows, area.col + border + margin, area.rows - 2 * border - rows,
                      area.cols - 2 * border - margin};
    in = area.rows > 0 ? in : (struct rect){0};
    h->header_pane->rect = area;
    struct pane *content = hub_detail_content(h);
    for (size_t i = 0; i < d->n_views; i++) {
        struct pane *p = d->views[i].pane;
        p->rect = p == content ? in : (struct rect){0};
        p->can_focus = p == content;
    }
    show_content(h); /* metadata are wrapped for the width */
}

int hub_detail_text_cols(const struct hub_screen *h)
{
    const int cols = hub_detail_content(h)->rect.cols - 1; /* the last is the scroll mark's */
    return cols > 5 ? cols : 75;
}

/* ---- the repo ---- */

const struct hub_repo *hub_detail_repo(const struct hub_screen *h)
{
    const struct hub_page *info = h->detail.info;
    return info && info->n_repos ? &info->repos[0] : NULL;
}

const struct hub_repo *hub_detail_known(const struct hub_screen *h)
{
    const struct hub_detail *d = &h->detail;
    const struct hub_repo *told = hub_detail_repo(h);
    const struct hub_repo *row = told ? NULL : hub_selected_row(h);
    bool is_row = row && d->has_repo && !d->revision && row->kind == d->kind && strcmp(row->id, d->id) == 0;
    return told ? told : is_row ? row : NULL;
}

static void forget(struct hub_screen *h)
{
    struct hub_detail *d = &h->detail;
    ask_begin(h->app, &d->loading);
    hub_page_free(d->info);
    d->info = NULL;
    d->is_asked = false;
    for (size_t i = 0; i < d->n_views; i++) {
        d->views[i].view->forget(d->views[i].pane);
    }
}

static void forget_name(struct hub_detail *d)
{
    free(d->id);
    free(d->revision);
    d->id = NULL;
    d->revision = NULL;
}

void hub_detail_done(struct hub_screen *h)
{
    forget(h);
    hub_detail_stay(h);
    forget_name(&h->detail);
}

static bool is_same(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

void hub_detail_name_at(struct hub_screen *h, enum hub_kind kind, const char *id, const char *revision)
{
    struct hub_detail *d = &h->detail;
    if (d->has_repo && d->kind == kind && is_same(d->id, id) && is_same(d->revision, revision)) {
        return;
    }
    char *copy = xstrdup(id);
    char *copy_revision = revision ? xstrdup(revision) : NULL;
    hub_visit_note(h);
    if (d->is_asked) {
        forget(h);
        pane_dirty(hub_detail_content(h));
    }
    hub_detail_stay(h);
    if (!d->has_repo || d->over) {
        d->over = NULL;
        content_changed(h);
    }
    forget_name(d);
    d->id = copy;
    d->revision = copy_revision;
    d->kind = kind;
    d->has_repo = true;
    h->header_pane->has_moved = true;
    hub_visit_recall(h);
}

void hub_detail_name(struct hub_screen *h, enum hub_kind kind, const char *id)
{
    hub_detail_name_at(h, kind, id, NULL);
}

void hub_detail_clear(struct hub_screen *h)
{
    struct hub_detail *d = &h->detail;
    if (!d->has_repo) {
        return;
    }
    hub_visit_note(h);
    hub_detail_stay(h);
    forget(h);
    forget_name(d);
    d->has_repo = false;
    d->over = NULL;
    app_relayout(h->app);
}

static void ask_info(struct hub_screen *h)
{
    struct hub_want want = hub_want_of(h, HUB_WANT_INFO);
    hub_ask_start(h->header_pane, &h->detail.loading, &want);
    pane_dirty(h->header_pane);
}

void hub_detail_load(struct hub_screen *h)
{
    if (!h->detail.is_asked) {
        h->detail.is_asked = true;
        ask_info(h);
        show_content(h);
        pane_dirty(hub_detail_content(h));
    }
}

void hub_detail_show(struct hub_screen *h, enum hub_kind kind, const char *id)
{
    hub_detail_name(h, kind, id);
    hub_detail_load(h);
}

unsigned hub_detail_take(struct hub_screen *h, struct task_result *t)
{
    struct hub_detail *d = &h->detail;
    if (!ask_take(&d->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_page *page = ask_value(t);
    if (page) {
        hub_page_free(d->info);
        d->info = page;
        const struct hub_repo *repo = hub_detail_repo(h);
        if (repo && strcmp(repo->id, d->id) != 0) {
            pane_say(h->header_pane, APP_INFO, "%s is now called %s", d->id, repo->id);
            hub_visit_rename(h, repo->id);
            free(d->id);
            d->id = xstrdup(repo->id);
        }
    }
    show_content(h);
    pane_dirty(hub_detail_content(h));
    return REACT_DIRTY;
}

void hub_detail_reload(struct hub_screen *h)
{
    struct hub_detail *d = &h->detail;
    if (!d->has_repo) {
        return;
    }
    d->is_reloading = true;
    d->is_asked = true;
    ask_begin(h->app, &d->loading);
    ask_info(h);
    struct pane *p = hub_detail_content(h);
    const struct hub_view *view = hub_view_of(p);
    if (view->reload) {
        view->reload(p);
    } else {
        view->forget(p);
        view->show(p);
    }
    d->is_reloading = false;
    pane_dirty(p);
}
