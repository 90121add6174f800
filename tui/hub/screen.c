/* SPDX-License-Identifier: Apache-2.0 */
/* screen.c - the Hub screen: its panes and how they share the room. */
#include "tui/hub/hub.h"

#include <stdlib.h>

#include "core/base/mem.h"

enum {
    WIDE_COLS = 100,
    LIST_MAX = 160,  /* as long as nobody moved the border */
    READING_PERCENT = 40, /* of the width for the list while a repo has the keys */
    MOVED_MIN = 30,  /* of each side, wherever it was moved */
};

/* A tab is a line here; the order is that of the tab row. The last three lie over a tab. */
static const struct hub_view *const VIEWS[] = {
    &HUB_CARD_VIEW,        &HUB_FILES_VIEW, &HUB_METADATA_VIEW, &HUB_COMMITS_VIEW,
    &HUB_DISCUSSIONS_VIEW, &HUB_FILE_VIEW,  &HUB_THREAD_VIEW,   &HUB_COMMIT_VIEW, NULL,
};

static void hub_open(struct screen *s)
{
    struct hub_screen *h = xcalloc(1, sizeof *h);
    s->state = h;
    h->app = s->app;
    h->screen = s;
    h->search = xstrdup("");
    h->filter = xstrdup("");
    h->results_pane = screen_add(s, &HUB_RESULTS_OPS, NULL);
    hub_detail_open(h, VIEWS);
    h->header_pane = screen_add(s, &HUB_HEADER_OPS, NULL); /* after the views: a click on one is the view's */
    h->header_pane->can_focus = false;
    h->query_pane = screen_add(s, &HUB_QUERY_OPS, NULL);
    h->query_pane->can_focus = false;
    hub_results_open(h);
    hub_bookmarks_open(h);
    hub_query_recall(h);
    hub_query_run(h);
}

/* Columns for the list: its names and numbers get their room first, then from 120 columns on what else can be
 * told of a repo, then the card. Who is in a repo gets more of that. Where the border was moved, in proportion. */
static int list_cols(int cols, int split, bool is_reading)
{
    const int wider = cols > 120 ? (cols - 120) * 92 / 100 : 0;
    const int whole = is_reading ? cols * READING_PERCENT / 100 : (cols > 120 ? 120 : cols) * 55 / 100 + wider;
    const int wanted = whole < LIST_MAX ? whole : LIST_MAX;
    return split <= SCREEN_SPLIT ? wanted * split / SCREEN_SPLIT
                                 : wanted + (cols - wanted) * (split - SCREEN_SPLIT) / (100 - SCREEN_SPLIT);
}

/* The two boxes have a column in common. */
static void share(const struct screen *s, struct rect r, struct rect *list, struct rect *detail)
{
    const struct hub_screen *h = s->state;
    const int cols = list_cols(r.cols, s->split, s->panes[s->focus] != h->results_pane);
    const int least = cols > MOVED_MIN ? cols : MOVED_MIN;
    rect_split(r, &(struct rect_share){.percent = 100, .least = MOVED_MIN, .most = least, .least_second = MOVED_MIN},
               list, detail);
    detail->col--;
    detail->cols++;
}

static void hub_layout(struct screen *s, struct rect area)
{
    struct hub_screen *h = s->state;
    const bool was_wide = h->is_wide;
    const bool is_prompting = h->is_filtering || h->is_searching;
    h->is_wide = area.cols >= WIDE_COLS && !s->is_zoomed;
    if (h->is_wide && !was_wide) {
        hub_results_follow(h);
    }
    const bool is_alone = s->is_zoomed && s->panes[s->focus] != h->results_pane; /* a repo over the whole screen */
    const int query = is_prompting ? 1 + input_candidate_rows(app_input(h->app)) : is_alone ? 0 : 1;
    struct rect rest = {area.row + query, area.col, area.rows - query, area.cols};
    struct rect list = {0};
    struct rect detail = {0};
    if (h->is_wide) {
        share(s, rest, &list, &detail);
    } else if (s->panes[s->focus] == h->results_pane) {
        list = rest;
    } else {
        detail = rest;
    }
    h->query_pane->rect = query ? (struct rect){area.row, area.col, query, area.cols} : (struct rect){0};
    h->results_pane->rect = list;
    hub_detail_layout(h, detail, hub_header_rows(h));
}

static unsigned hub_back(struct screen *s)
{
    struct hub_screen *h = s->state;
    if (s->panes[s->focus] == h->results_pane) {
        if (!hub_query_return(h)) {
            return REACT_NONE;
        }
        hub_visit_to(h, h->left.at_visit);
        return REACT_LAYOUT;
    }
    if (!hub_visit_leave(h)) {
        hub_focus_results(h);
    }
    return REACT_LAYOUT;
}

static void hub_close(struct screen *s)
{
    struct hub_screen *h = s->state;
    hub_query_remember(h);
    app_cancel_timer(h->app, &h->search_timer);
    ask_cancel(h->app, &h->tags_loading);
    hub_stages_done(h);
    hub_results_done(h);
    hub_detail_done(h);
    hub_visits_done(h);
    hub_bookmarks_done(h);
    hub_find_done(&h->find);
    hub_tags_free(h->tags[0]);
    hub_tags_free(h->tags[1]);
    arena_done(&h->query_arena);
    free(h->search);
    free(h->search_before);
    free(h->filter_before);
    free(h->left.search);
    free(h->left.filter);
    free(h->typed);
    free(h->asked);
    free(h->filter);
    free(h);
    s->state = NULL;
}

static const struct action_set *const SETS[] = {
    &HUB_RESULTS_ACTIONS, &HUB_DETAIL_ACTIONS,  &HUB_TEXT_ACTIONS,        &HUB_LIST_ACTIONS,        &HUB_FILES_ACTIONS,
    &HUB_METADATA_ACTIONS, &HUB_COMMITS_ACTIONS, &HUB_COMMIT_ACTIONS, &HUB_DISCUSSIONS_ACTIONS, NULL,
};

const struct screen_ops SCREEN_HUB = {
    .name = "hub",
    .title = "Hub",
    .help = "Hub: browse models, datasets and Spaces",
    .search = "models",
    .search_label = "search the Hub for",
    .zooms = true,
    .sets = SETS,
    .commands = HUB_COMMANDS,
    .places = hub_offer_places,
    .open = hub_open,
    .layout = hub_layout,
    .back = hub_back,
    .close = hub_close,
};
