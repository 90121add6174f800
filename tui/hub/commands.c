/* SPDX-License-Identifier: Apache-2.0 */
/* commands.c - what the command line, Ctrl-P and other screens may ask of the Hub screen. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/frame/command.h"
#include "tui/hub/hub.h"

enum { LISTED_MAX = 100 };

/* The kind that the first word says; false when it says none. */
static bool said_kind(const struct words *w, enum hub_kind *kind)
{
    for (int k = HUB_MODEL; w->n > 2 && k <= HUB_SPACE; k++) {
        if (strcmp(w->at[1], hub_kind_name((enum hub_kind)k)) == 0 ||
            strcmp(w->at[1], hub_kind_plural((enum hub_kind)k)) == 0) {
            *kind = (enum hub_kind)k;
            return true;
        }
    }
    return false;
}

static bool hub_cmd_open(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    struct hub_screen *h = s->state;
    struct hub_address address;
    enum hub_kind kind = HUB_MODEL;
    const bool has_kind = said_kind(w, &kind);
    const size_t name = has_kind ? 2 : 1;
    if (w->n != name + 1) {
        return err_set(e, ERR_USAGE, "expected: open [model|dataset|space] OWNER/NAME[/FILE[:LINE]], or open PATH[:LINE]");
    }
    if (!hub_address_parse(w->at[name], hub_endpoint(app_hub(app)), &address, e)) {
        return false;
    }
    address.kind = has_kind ? kind : address.kind;
    app_show(app, s);
    hub_open_address(h, &address);
    hub_address_done(&address);
    return true;
}

static bool hub_cmd_list(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    struct hub_screen *h = s->state;
    (void)e;
    app_show(app, s);
    hub_query_set_kind(h, strcmp(w->at[0], "spaces") == 0     ? HUB_SPACE
                      : strcmp(w->at[0], "datasets") == 0 ? HUB_DATASET
                                                          : HUB_MODEL);
    hub_query_set_search(h, w->rest);
    hub_query_run(h);
    hub_focus_results(h);
    return true;
}

static bool hub_cmd_filter(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    struct hub_screen *h = s->state;
    if (!hub_query_set_filter(h, w->rest, e)) {
        return false;
    }
    app_show(app, s);
    hub_query_run(h);
    hub_focus_results(h);
    return true;
}

static bool hub_cmd_sort(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    struct hub_screen *h = s->state;
    enum hub_sort sort = HUB_SORT_TRENDING;
    if (w->n < 2 || !hub_sort_parse(w->at[1], &sort)) {
        return err_set(e, ERR_USAGE, "expected: sort trending|downloads|likes|modified|created|likes30d|params|size");
    }
    const char *reason = hub_sort_reason(h, sort);
    if (reason) {
        err_set(e, ERR_USAGE, "%s", reason);
        return err_remedy(e, "sort by trending, likes, modified, created, likes30d or size");
    }
    app_show(app, s);
    h->query.sort = sort;
    hub_query_run(h);
    return true;
}

static void complete_open(struct app *app, struct screen *s, const char *word, struct input_candidates *out)
{
    const struct hub_screen *h = s->state;
    (void)app;
    for (size_t i = 0; i < h->bookmarks.n; i++) {
        command_offer(out, word, h->bookmarks.items[i].id, hub_kind_name(h->bookmarks.items[i].kind));
    }
    for (size_t i = 0; i < h->visited.n; i++) {
        const struct hub_place *p = &h->visited.items[i];
        if (!hub_is_bookmarked(h, p->kind, p->id)) {
            command_offer(out, word, p->id, hub_kind_name(p->kind));
        }
    }
}

static void complete_sort(struct app *app, struct screen *s, const char *word, struct input_candidates *out)
{
    (void)app;
    (void)s;
    for (int k = HUB_SORT_TRENDING; k < HUB_SORTS; k++) {
        command_offer(out, word, hub_sort_name((enum hub_sort)k), NULL);
    }
}

static void complete_filter(struct app *app, struct screen *s, const char *word, struct input_candidates *out)
{
    (void)app;
    hub_query_complete(s->state, word, out);
}

const struct command HUB_COMMANDS[] = {
    {"open", "open [model|dataset|space] OWNER/NAME[/FILE[:LINE]], or the address of a page", false, hub_cmd_open, complete_open, NULL},
    {"models", "models [WORDS]", false, hub_cmd_list, NULL, NULL},
    {"datasets", "datasets [WORDS]", false, hub_cmd_list, NULL, NULL},
    {"spaces", "spaces [WORDS]", false, hub_cmd_list, NULL, NULL},
    {"filter", "filter task:X library:X license:X language:X author:X ...", false, hub_cmd_filter, complete_filter, NULL},
    {"sort", "sort trending|downloads|likes|modified|created|likes30d|params|size", false, hub_cmd_sort, complete_sort, NULL},
    {NULL, NULL, false, NULL, NULL, NULL},
};

static void put_place(place_fn *fn, void *ctx, enum hub_kind kind, const char *id, const char *before)
{
    char *note = xasprintf("%s%s", before, hub_kind_name(kind));
    char *command = xasprintf("open %s %s", hub_kind_name(kind), id);
    fn(ctx, id, note, command);
    free(command);
    free(note);
}

void hub_offer_places(struct screen *s, place_fn *fn, void *ctx)
{
    const struct hub_screen *h = s->state;
    for (size_t i = 0; i < h->bookmarks.n; i++) {
        put_place(fn, ctx, h->bookmarks.items[i].kind, h->bookmarks.items[i].id, "bookmark, ");
    }
    for (size_t i = 0; i < h->visited.n; i++) {
        const struct hub_place *p = &h->visited.items[i];
        if (!hub_is_bookmarked(h, p->kind, p->id)) {
            put_place(fn, ctx, p->kind, p->id, "visited ");
        }
    }
    const struct paged *listed = &h->results.pages; /* also what a search leaves out at the moment */
    for (size_t i = 0; i < listed->n && i < LISTED_MAX; i++) {
        const struct hub_repo *repo = listed->rows[i];
        if (!hub_is_bookmarked(h, repo->kind, repo->id) &&
            hub_places_find(&h->visited, repo->kind, repo->id) == h->visited.n && hub_check_repo_id(repo->id, NULL)) {
            put_place(fn, ctx, repo->kind, repo->id, "");
        }
    }
}
