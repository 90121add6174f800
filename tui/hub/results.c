/* SPDX-License-Identifier: Apache-2.0 */
/* results.c - the rows of the list: models, datasets or Spaces, the next page before the end is reached, and the repo at
 * the right that follows the selection. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
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

void hub_results_ask(struct hub_screen *h)
{
    ask_about_named(h);
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

void hub_results_open_row(struct hub_screen *h)
{
    const struct hub_repo *repo = hub_selected_row(h);
    app_cancel_timer(h->app, &h->results.follow_timer);
    hub_visit(h, repo->kind, repo->id);
    hub_detail_focus(h);
}

/* ---- answers ---- */

void hub_results_more(struct hub_screen *h)
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
        hub_results_more(h);
        if (r->pages.n == 0 && h->filter[0]) {
            hub_query_tags(h); /* they tell whether it could have matched */
        }
        if (r->opens_first && r->pages.n > 0) {
            hub_results_open_row(h);
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
        hub_results_more(h); /* a page of few rows, where licences left most out, is not all that fits */
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

unsigned hub_results_result(struct pane *p, struct task_result *t)
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
