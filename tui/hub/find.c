/* SPDX-License-Identifier: Apache-2.0 */
/* find.c - "/" in the views that are lists: the selection goes to the row that matches, as one types. */
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/hub/hub.h"
#include "tui/widget/view_find.h"

static struct table *table_of(const struct pane *p)
{
    return p->state; /* the state of a list begins with it */
}

static struct hub_find *find_of(const struct pane *p)
{
    return &hub_screen_of(p)->find;
}

void hub_find_done(struct hub_find *f)
{
    finder_free(f->finder);
    free(f->needle);
    *f = (struct hub_find){0};
}

static bool matches(const struct pane *p, size_t row)
{
    struct buf text = BUF_INIT;
    size_t at = 0;
    size_t n = 0;
    hub_view_of(p)->row_text(p, row, &text);
    const struct str subject = {buf_str(&text), text.n};
    const bool is_match = finder_match(find_of(p)->finder, subject, 0, true, &at, &n) == FINDER_MATCH;
    buf_done(&text);
    return is_match;
}

static void select_row(struct pane *p, size_t row)
{
    struct hub_spot spot = {0};
    hub_table_spot(table_of(p), &spot);
    spot.at = row;
    hub_view_of(p)->go(p, &spot);
    app_relayout(p->app);
}

/* From a row on, around the end; step 0: that row counts, too. */
static bool go_to_match(struct pane *p, size_t from, int step)
{
    const size_t n = table_of(p)->list.n;
    for (size_t i = step ? 1 : 0; find_of(p)->finder && i < n + (step ? 1 : 0); i++) {
        const size_t row = (from + (step < 0 ? n - i : i)) % n;
        if (matches(p, row)) {
            select_row(p, row);
            return true;
        }
    }
    return false;
}

static void say_none(const struct pane *p)
{
    app_say(p->app, APP_WARN, "not found in the %zu rows that are here%s: %s", table_of(p)->list.n,
            hub_view_of(p)->named == HUB_NAMED_FILES ? " (in closed folders nothing is searched)" : "", find_of(p)->needle);
}

/* ---- typing ---- */

static bool set_needle(struct hub_find *f, const char *text, struct err *e)
{
    struct finder *finder = finder_new(text, true, e);
    if (finder) {
        finder_free(f->finder);
        free(f->needle);
        f->finder = finder;
        f->needle = xstrdup(text);
    }
    return finder != NULL;
}

/* Without a match the selection is where it was; half an expression is none yet. */
static void changed(void *ctx, const char *text)
{
    struct pane *p = ctx;
    struct hub_find *f = find_of(p);
    if (!*text || !set_needle(f, text, NULL) || !go_to_match(p, f->from, 0)) {
        select_row(p, f->from);
    }
}

static void done(void *ctx, const char *text)
{
    struct pane *p = ctx;
    struct hub_find *f = find_of(p);
    struct err e = ERR_INIT;
    if (!text) {
        select_row(p, f->from);
    } else if (*text && !set_needle(f, text, &e)) {
        app_say(p->app, APP_ERROR, "%s", e.msg);
    } else if (*text && !go_to_match(p, f->from, 0)) {
        say_none(p);
    }
    app_relayout(p->app);
}

/* ---- actions ---- */

static const char *needs_rows(struct pane *p)
{
    return table_of(p)->list.n ? NULL : "the list is empty";
}

static unsigned do_find(struct pane *p)
{
    find_of(p)->from = table_of(p)->list.sel;
    struct input_spec spec = {.prompt = "/", .history = "find", .change = changed, .done = done, .ctx = p};
    app_prompt(p->app, &spec);
    return REACT_HANDLED;
}

static const char *needs_search(struct pane *p)
{
    return find_of(p)->needle ? needs_rows(p) : "nothing was searched yet";
}

static unsigned find_step(struct pane *p, int step)
{
    if (!go_to_match(p, table_of(p)->list.sel, step)) {
        say_none(p);
    }
    return REACT_DIRTY;
}

static unsigned do_next(struct pane *p)
{
    return find_step(p, 1);
}

static unsigned do_prev(struct pane *p)
{
    return find_step(p, -1);
}

static const struct action ACTIONS[] = {
    ACTION("list.find", "/", "find", "Search in the rows as you type", needs_rows, do_find),
    ACTION("list.next", "n", NULL, "Next row that matches", needs_search, do_next),
    ACTION("list.prev", "N", NULL, "Previous row that matches", needs_search, do_prev),
};
const struct action_set HUB_LIST_ACTIONS = {"hub.list", "Hub: files, commits, discussions", ACTIONS,
                                            sizeof ACTIONS / sizeof *ACTIONS};
