/* SPDX-License-Identifier: Apache-2.0 */
/* query.c - the row on top of the Hub screen: what is listed, how it is narrowed and sorted. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/base/fuzzy.h"
#include "tui/hub/filter.h"
#include "tui/hub/hub.h"

enum { SEARCH_DELAY_MS = 250 };

static const char *kind_title(enum hub_kind kind)
{
    return kind == HUB_MODEL ? "Models" : kind == HUB_DATASET ? "Datasets" : "Spaces";
}

void hub_query_run(struct hub_screen *h)
{
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

/* ---- search as you type ---- */

static void search_now(void *arg)
{
    struct hub_screen *h = arg;
    h->search_timer = 0;
    hub_query_run(h);
}

static void search_changed(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    hub_query_set_search(h, text);
    app_cancel_timer(h->app, &h->search_timer);
    h->search_timer = app_timer(h->app, SEARCH_DELAY_MS, search_now, h);
    pane_dirty(h->query_pane);
}

static void search_done(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    h->is_searching = false;
    bool is_pending = h->search_timer != 0; /* Enter before the delay is over: now */
    app_cancel_timer(h->app, &h->search_timer);
    if (!text && strcmp(h->search, h->search_before) != 0) {
        hub_query_set_search(h, h->search_before);
        is_pending = true;
    }
    if (is_pending) {
        hub_query_run(h);
    }
    app_relayout(h->app);
}

void hub_query_begin_search(struct hub_screen *h)
{
    h->is_searching = true;
    free(h->search_before);
    h->search_before = xstrdup(h->search);
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

/* ---- filter bar ---- */

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

/* Values of a key from the catalogue: "task:" + every pipeline_tag. */
static void offer_values(struct hub_screen *h, const char *word, size_t n_key, struct input_candidates *out)
{
    const struct hub_tags *tags = h->tags[h->query.kind == HUB_DATASET];
    const char *type = hub_filter_word(h->query.kind, word).type;
    for (size_t i = 0; tags && type && i < tags->n_items; i++) {
        const struct hub_tag *t = &tags->items[i];
        if (strcmp(t->type, type) != 0) {
            continue;
        }
        const char *value = hub_filter_tag_value(t);
        if (word[n_key] && fuzzy_score(word + n_key, value) < 0 &&
            (!t->label || fuzzy_score(word + n_key, t->label) < 0)) {
            continue;
        }
        char *full = xasprintf("%.*s%s", (int)n_key, word, value);
        char *clean = text_clean(full);
        char *label = t->label && strcmp(t->label, value) != 0 ? text_clean(t->label) : NULL;
        input_offer(out, clean, label);
        free(label);
        free(clean);
        free(full);
    }
}

static void offer_fixed(const char *word, const char *const *values, struct input_candidates *out)
{
    for (; *values; values++) {
        if (str_starts(*values, word)) {
            input_offer(out, *values, NULL);
        }
    }
}

static void complete(struct hub_screen *h, enum hub_kind kind, const char *word, struct input_candidates *out)
{
    static const char *const SIZES[] = {"size:<1B", "size:<3B", "size:<8B", "size:<15B", "size:<40B", "size:>40B", NULL};
    static const char *const LICENSES[] = {"license:" HUB_FILTER_OPEN, "licence:" HUB_FILTER_OPEN, NULL};
    static const char *const INFERENCE[] = {"inference:warm", NULL};
    static const char *const GATED[] = {"gated:no", "gated:yes", NULL};
    static const char *const APPS[] = {"app:vllm", "app:llama.cpp", "app:ollama", "app:lmstudio", "app:sglang", "app:tgi", NULL};
    const char *colon = strchr(word, ':');
    if (!colon) {
        for (const char *const *k = hub_filter_keys(kind); *k; k++) {
            if (str_starts(*k, word)) {
                input_offer(out, *k, hub_filter_key_help(*k));
            }
        }
        return;
    }
    offer_fixed(word, LICENSES, out);
    if (kind == HUB_MODEL) {
        offer_fixed(word, INFERENCE, out);
        offer_fixed(word, SIZES, out);
        offer_fixed(word, APPS, out);
    }
    if (kind != HUB_SPACE) {
        offer_fixed(word, GATED, out);
    }
    offer_values(h, word, (size_t)(colon - word) + 1, out);
}

void hub_query_complete(struct hub_screen *h, const char *word, struct input_candidates *out)
{
    complete(h, h->query.kind, word, out);
}

static void filter_complete(void *ctx, const char *line, size_t start, const char *word,
                            struct input_candidates *out)
{
    struct hub_screen *h = ctx;
    (void)line;
    (void)start;
    complete(h, h->query.kind, word, out);
}

static void filter_done(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    h->is_filtering = false;
    app_relayout(h->app);
    struct err e = ERR_INIT;
    if (!text) {
        return;
    }
    if (hub_query_set_filter(h, text, &e)) {
        hub_query_run(h);
    } else {
        app_say(h->app, APP_ERROR, "%s%s%s", e.msg, e.remedy[0] ? "; " : "", e.remedy);
    }
}

void hub_query_begin_filter(struct hub_screen *h)
{
    h->is_filtering = true;
    hub_query_tags(h);
    char *initial = h->filter[0] && !str_ends(h->filter, " ") ? xasprintf("%s ", h->filter) : xstrdup(h->filter);
    struct input_spec spec = {
        .prompt = "filter: ",
        .initial = initial,
        .history = "filter",
        .done = filter_done,
        .complete = filter_complete,
        .ctx = h,
    };
    input_begin(app_input(h->app), &spec);
    free(initial);
    app_relayout(h->app);
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
    if (r->first.task || r->more.task) {
        buf_printf(out, "%s ", app_spinner(h->app));
    }
    put_source(h, out);
    if (out->n && out->p[out->n - 1] != ' ') {
        buf_puts(out, "  ");
    }
    if (r->is_current && r->n_skipped) {
        buf_printf(out, "%zu cannot be read  ", r->n_skipped);
    }
    if (r->is_current) {
        if (r->has_total) {
            buf_printf(out, "%zu of %llu ", r->pages.n, (unsigned long long)r->total);
        } else {
            buf_printf(out, "%zu%s ", r->pages.n, r->pages.has_more ? "+" : "");
        }
    }
}

static void query_draw(struct pane *p, const struct canvas *c)
{
    struct hub_screen *h = hub_screen_of(p);
    draw_clear(c);
    if (h->is_searching || h->is_filtering) {
        int rows = input_candidate_rows(app_input(h->app));
        if (rows > 0 && c->rect.rows > 1) {
            struct canvas below = canvas_sub(c, (struct rect){1, 0, rows, c->rect.cols});
            input_draw_candidates(app_input(h->app), &below);
        }
        struct canvas row = canvas_sub(c, (struct rect){0, 0, 1, c->rect.cols});
        input_draw(app_input(h->app), &row, 0, 1, c->rect.cols - 2);
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

static bool query_waits(const struct pane *p)
{
    const struct hub_results *r = &hub_screen_of(p)->results;
    return r->first.task || r->more.task;
}

const struct pane_ops HUB_QUERY_OPS = {.draw = query_draw, .waits = query_waits};
