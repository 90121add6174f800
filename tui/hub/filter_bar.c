/* SPDX-License-Identifier: Apache-2.0 */
/* filter_bar.c - search and filter as they are typed: the rows that are here are narrowed with every key, and when the
 * keys rest the Hub is asked, once, by the words that are whole. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/hub/filter.h"
#include "tui/hub/hub.h"

enum { REST_MS = 250 };

/* ---- the Hub is asked when the keys rest ---- */

static void ask_now(void *arg)
{
    struct hub_screen *h = arg;
    h->search_timer = 0;
    hub_query_run_new(h);
}

static void ask_at_rest(struct hub_screen *h)
{
    app_cancel_timer(h->app, &h->search_timer);
    h->search_timer = app_timer(h->app, REST_MS, ask_now, h);
}

/* The prompt is closed. What the Hub was asked already is not asked again. */
static void finish(struct hub_screen *h)
{
    app_cancel_timer(h->app, &h->search_timer);
    free(h->typed);
    h->typed = NULL;
    if (!hub_query_run_new(h) && h->results.is_current) {
        hub_results_widen(h);
    }
    app_relayout(h->app);
}

static void keep_text(char **to, const char *text)
{
    char *copy = xstrdup(text);
    free(*to);
    *to = copy;
}

void hub_query_narrow(struct hub_screen *h)
{
    if (h->is_searching) {
        hub_results_narrow(h, h->search, h->filter);
    } else if (h->is_filtering) {
        hub_results_narrow(h, h->search, h->typed ? h->typed : h->filter);
    }
}

/* ---- search ---- */

static void search_changed(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    hub_query_set_search(h, text);
    hub_query_narrow(h);
    ask_at_rest(h);
}

static void search_done(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    h->is_searching = false;
    if (!text) {
        hub_query_set_search(h, h->search_before);
    }
    finish(h);
}

void hub_query_begin_search(struct hub_screen *h)
{
    h->is_searching = true;
    h->left.is_kept = false;
    keep_text(&h->search_before, h->search);
    struct input_spec spec = {
        .prompt = "/",
        .history = "search",
        .change = search_changed,
        .done = search_done,
        .ctx = h,
    };
    input_begin(app_input(h->app), &spec);
    app_relayout(h->app);
}

/* ---- filter ---- */

/* The text without a last word that is not whole yet. Owned. */
static char *whole_words(struct hub_screen *h, const char *text)
{
    char *copy = xstrdup(text);
    char *last = copy + strlen(copy);
    while (last > copy && !strchr(" \t", last[-1])) {
        last--;
    }
    if (*last && !hub_filter_is_settled(last, h->query.kind, hub_query_tags(h))) {
        *last = '\0';
    }
    return copy;
}

static void filter_changed(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    keep_text(&h->typed, text);
    char *whole = whole_words(h, text);
    if (hub_query_set_filter(h, whole, NULL)) {
        ask_at_rest(h);
    }
    free(whole);
    hub_query_narrow(h);
    app_relayout(h->app); /* more or fewer candidates */
}

static void filter_done(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    struct err e = ERR_INIT;
    h->is_filtering = false;
    if (!text || !hub_query_set_filter(h, text, &e)) {
        hub_query_set_filter(h, h->filter_before, NULL);
    }
    if (e.code != ERR_NONE) {
        app_say(h->app, APP_ERROR, "%s%s%s", e.msg, e.remedy[0] ? "; " : "", e.remedy);
    }
    finish(h);
}

void hub_query_complete(struct hub_screen *h, const char *word, struct input_candidates *out)
{
    struct hub_results *r = &h->results;
    const struct hub_filter_rows rows = {
        .at = r->is_narrowed ? r->shown : r->pages.rows, .n = hub_n_rows(h), .has_more = r->pages.has_more};
    hub_filter_offer(h->query.kind, word, h->tags[h->query.kind == HUB_DATASET], &rows, out);
}

/* Rows are counted that have all words but the one at the cursor. */
static void filter_complete(void *ctx, const char *line, size_t start, const char *word,
                            struct input_candidates *out)
{
    struct hub_screen *h = ctx;
    char *others = xasprintf("%.*s %s ", (int)start, line, line + start + strlen(word));
    hub_results_narrow(h, h->search, others);
    hub_query_complete(h, word, out);
    free(others);
    hub_query_narrow(h);
}

void hub_query_begin_filter(struct hub_screen *h)
{
    hub_query_tags(h);
    keep_text(&h->filter_before, h->filter);
    const size_t n = strlen(h->filter);
    char *initial = n > 0 && h->filter[n - 1] != ' ' ? xasprintf("%s ", h->filter) : xstrdup(h->filter);
    struct input_spec spec = {
        .prompt = "filter: ",
        .initial = initial,
        .history = "filter",
        .change = filter_changed,
        .done = filter_done,
        .complete = filter_complete,
        .is_ranked = true,
        .ctx = h,
    };
    h->is_filtering = true;
    h->left.is_kept = false;
    keep_text(&h->typed, initial);
    input_begin(app_input(h->app), &spec);
    free(initial);
    app_relayout(h->app);
}
