/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - the row on top of the Hub screen: what is listed, how it is narrowed and sorted. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/filter.h"
#include "tui/hub/hub.h"

static const char *kind_title(enum hub_kind kind)
{
    return kind == HUB_MODEL ? "Models" : kind == HUB_DATASET ? "Datasets" : "Spaces";
}

/* The question in words; blanks make no other one. Owned. */
static char *question(const struct hub_screen *h)
{
    struct buf out = BUF_INIT;
    buf_printf(&out, "%d %d %d", (int)h->query.kind, (int)h->query.sort, h->query.is_ascending);
    const char *const texts[] = {h->search, h->filter};
    for (size_t i = 0; i < 2; i++) {
        buf_putc(&out, '\n');
        for (const char *t = texts[i] + strspn(texts[i], " \t"); *t; t += strspn(t, " \t")) {
            const size_t n = strcspn(t, " \t");
            buf_append(&out, t, n);
            buf_putc(&out, ' ');
            t += n;
        }
    }
    return buf_steal(&out);
}

bool hub_query_run_new(struct hub_screen *h)
{
    char *now = question(h);
    const bool is_new = !h->asked || strcmp(now, h->asked) != 0;
    free(now);
    if (is_new) {
        hub_query_run(h);
    }
    return is_new;
}

void hub_query_run(struct hub_screen *h)
{
    free(h->asked);
    h->asked = question(h);
    hub_query_remember(h);
    hub_results_load(h, false);
    pane_dirty(h->query_pane);
}

/* Rebuild h->query from the typed texts. The filter was checked when it was set. */
static bool rebuild(struct hub_screen *h, const char *filter, struct err *e)
{
    struct arena arena = ARENA_INIT;
    struct hub_query q = {.kind = h->query.kind, .sort = h->query.sort, .is_ascending = h->query.is_ascending};
    if (!hub_filter_parse(filter, &q, &arena, e)) {
        arena_done(&arena);
        return false;
    }
    q.search = h->search[0] ? arena_strdup(&arena, h->search) : NULL;
    arena_done(&h->query_arena);
    h->query_arena = arena;
    h->query = q;
    return true;
}

void hub_query_set_search(struct hub_screen *h, const char *text)
{
    char *copy = xstrdup(text);
    free(h->search);
    h->search = copy;
    free(h->results.wanted); /* another question has another first row */
    h->results.wanted = NULL;
    rebuild(h, h->filter, NULL);
}

bool hub_query_set_filter(struct hub_screen *h, const char *text, struct err *e)
{
    const struct hub_tags *tags = h->tags[h->query.kind == HUB_DATASET];
    if (!hub_filter_check(text, h->query.kind, tags, e) || !rebuild(h, text, e)) {
        return false;
    }
    char *copy = xstrdup(text);
    free(h->filter);
    h->filter = copy;
    return true;
}

const char *hub_sort_reason(const struct hub_screen *h, enum hub_sort sort)
{
    return hub_sort_refusal(h->query.kind, sort);
}

/* ---- remembered for each endpoint: the search; for each kind of it: order, filter, selection ---- */

static char *kept_key(const struct hub_screen *h, const char *what)
{
    return xasprintf("hub.%s.%s", hub_kind_plural(h->query.kind), what);
}

static void keep(struct hub_screen *h, const char *what, const char *value)
{
    char *key = kept_key(h, what);
    app_remember(h->app, true, key, value);
    free(key);
}

/* Owned. */
static char *kept(struct hub_screen *h, const char *what)
{
    char *key = kept_key(h, what);
    char *value = xstrdup(app_recall(h->app, true, key));
    free(key);
    return value;
}

void hub_query_remember(struct hub_screen *h)
{
    const struct hub_repo *row = hub_selected_row(h);
    char *sort = xasprintf("%s%s", hub_sort_name(h->query.sort), h->query.is_ascending ? " ascending" : "");
    app_remember(h->app, true, "hub.kind", hub_kind_plural(h->query.kind));
    app_remember(h->app, true, "hub.search", h->search);
    keep(h, "sort", sort);
    keep(h, "filter", h->filter);
    if (row && row->kind == h->query.kind) {
        keep(h, "selected", row->id);
    }
    free(sort);
}

/* What was kept of the kind that is listed now. What makes no sense any more is left out. */
static void recall_kind(struct hub_screen *h)
{
    char *sort = kept(h, "sort");
    char *filter = kept(h, "filter");
    char *selected = kept(h, "selected");
    h->query.is_ascending = str_ends(sort, " ascending");
    sort[strcspn(sort, " ")] = '\0';
    h->query.sort = HUB_SORT_TRENDING;
    hub_sort_parse(sort, &h->query.sort);
    if (hub_sort_reason(h, h->query.sort)) {
        h->query.sort = HUB_SORT_TRENDING;
    }
    if (!hub_query_set_filter(h, filter, NULL)) {
        hub_query_set_filter(h, "", NULL);
    }
    free(h->results.wanted);
    h->results.wanted = *selected ? selected : NULL;
    if (!*selected) {
        free(selected);
    }
    free(filter);
    free(sort);
}

void hub_query_recall(struct hub_screen *h)
{
    const char *kind = app_recall(h->app, true, "hub.kind");
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        if (strcmp(kind, hub_kind_plural((enum hub_kind)k)) == 0) {
            h->query.kind = (enum hub_kind)k;
        }
    }
    char *search = xstrdup(app_recall(h->app, true, "hub.search"));
    hub_query_set_search(h, search);
    free(search);
    recall_kind(h);
}

void hub_query_set_kind(struct hub_screen *h, enum hub_kind kind)
{
    if (kind != h->query.kind) {
        hub_query_remember(h);
        h->query.kind = kind;
        recall_kind(h);
    }
}

/* ---- what the filter is made of ---- */

const struct hub_tags *hub_query_tags(struct hub_screen *h)
{
    const size_t at = h->query.kind == HUB_DATASET; /* Spaces take the words of models */
    if (!h->tags[at] && !h->tags_loading.task) {
        h->tags_kind = at ? HUB_DATASET : HUB_MODEL;
        ask_begin(h->app, &h->tags_loading);
        struct hub_want want = {.what = HUB_WANT_TAGS, .kind = h->tags_kind};
        hub_ask_start(h->results_pane, &h->tags_loading, &want);
    }
    return h->tags[at];
}

/* ---- drawing ---- */

/* "seen 3 minutes ago, cannot reach huggingface.co": the rows are those of earlier. */
static void put_source(const struct hub_screen *h, struct buf *out)
{
    const struct hub_results *r = &h->results;
    const char *host = hub_host(app_hub(h->app));
    if (r->unconfirmed == ERR_NONE || !r->first.is_ready || !r->first.is_stale) {
        ask_put_age(&r->first, out);
        return;
    }
    buf_puts(out, "seen ");
    text_age(out, r->first.fetched_s, clock_unix_s());
    if (r->unconfirmed == ERR_OFFLINE) {
        buf_puts(out, ", offline");
    } else if (r->unconfirmed == ERR_NETWORK) {
        buf_printf(out, ", cannot reach %s", host);
    } else {
        buf_printf(out, ", %s gives no answer", host);
    }
}

static void count_text(struct hub_screen *h, struct buf *out)
{
    const struct hub_results *r = &h->results;
    put_source(h, out);
    if (out->n && out->p[out->n - 1] != ' ') {
        buf_puts(out, "  ");
    }
    if (r->is_narrowed) {
        buf_printf(out, "%zu of the %zu here ", r->n_shown, r->pages.n);
        return;
    }
    if (r->is_current && r->n_skipped) {
        hub_put_skipped(r->n_skipped, out);
        buf_puts(out, "  ");
    }
    if (r->is_current) {
        if (r->has_total) {
            buf_printf(out, "%zu of %llu ", r->pages.n, (unsigned long long)r->total);
        } else {
            buf_printf(out, "%zu%s ", r->pages.n, r->pages.has_more ? "+" : "");
        }
    }
}

void hub_query_draw(struct pane *p, const struct canvas *c)
{
    struct hub_screen *h = hub_screen_of(p);
    draw_clear(c);
    if (h->is_searching || h->is_filtering) {
        struct buf right = BUF_INIT;
        count_text(h, &right);
        const int end = draw_right(c, 0, STYLE_DIM, buf_str(&right)) - 1;
        buf_done(&right);
        int rows = input_candidate_rows(app_input(h->app));
        if (rows > 0 && c->rect.rows > 1) {
            struct canvas below = canvas_sub(c, (struct rect){1, 0, rows, c->rect.cols});
            input_draw_candidates(app_input(h->app), &below);
        }
        struct canvas row = canvas_sub(c, (struct rect){0, 0, 1, c->rect.cols});
        input_draw(app_input(h->app), &row, 0, 1, end > 20 ? end - 1 : c->rect.cols - 2);
        return;
    }
    struct buf right = BUF_INIT;
    count_text(h, &right);
    int end = draw_right(c, 0, STYLE_DIM, buf_str(&right)) - 2;
    buf_done(&right);
    int at = 1;
    at += draw_printf(c, 0, at, end - at, STYLE_ACCENT, "%s ▾", kind_title(h->query.kind)) + 1;
    at += draw_printf(c, 0, at, end - at, STYLE_DIM, "by %s%s", hub_sort_name(h->query.sort),
                      h->query.is_ascending ? ", ascending" : "") + 2;
    if (h->search[0]) {
        char *clean = text_clean(h->search);
        at += draw_printf(c, 0, at, end - at, STYLE_TEXT, "\"%s\"", clean) + 2;
        free(clean);
    }
    if (h->filter[0]) {
        char *clean = text_clean(h->filter);
        struct buf cut = BUF_INIT;
        text_cut_end(&cut, clean, end - at, c->is_ascii);
        draw_text(c, 0, at, end - at, STYLE_BADGE, buf_str(&cut));
        buf_done(&cut);
        free(clean);
    }
}

void hub_query_leave(struct hub_screen *h)
{
    free(h->left.search);
    free(h->left.filter);
    h->left.is_kept = true;
    h->left.kind = h->query.kind;
    h->left.search = xstrdup(h->search);
    h->left.filter = xstrdup(h->filter);
}

bool hub_query_return(struct hub_screen *h)
{
    if (!h->left.is_kept) {
        return false;
    }
    h->left.is_kept = false;
    hub_query_set_kind(h, h->left.kind);
    hub_query_set_search(h, h->left.search);
    hub_query_set_filter(h, h->left.filter, NULL);
    hub_query_run(h);
    return true;
}

enum hub_query_part hub_query_part_at(const struct hub_screen *h, int col)
{
    const int order_at = 1 + text_width(kind_title(h->query.kind)) + 3;
    const int order_end = order_at + 3 + text_width(hub_sort_name(h->query.sort));
    return col < 1 || col >= order_end ? HUB_QUERY_REST : col < order_at - 1 ? HUB_QUERY_KIND : HUB_QUERY_ORDER;
}
