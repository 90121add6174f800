/* SPDX-License-Identifier: Apache-2.0 */
/* detail_keys.c - what keys and the mouse do in the detail: in every view, in texts, in lists. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "tui/hub/screen.h"

/* ---- actions of every tab ---- */

static unsigned do_next_tab(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    detail_set_tab(h, (enum detail_tab)((h->detail.tab + 1) % TAB_COUNT));
    return REACT_DIRTY;
}

static unsigned do_prev_tab(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    detail_set_tab(h, (enum detail_tab)((h->detail.tab + TAB_COUNT - 1) % TAB_COUNT));
    return REACT_DIRTY;
}

static const char *needs_repo(struct pane *p)
{
    return hub_screen_of(p)->detail.has_repo ? NULL : "no repo is open";
}

static unsigned do_copy(struct pane *p)
{
    copy_menu(hub_screen_of(p));
    return REACT_HANDLED;
}

static unsigned do_bookmark(struct pane *p)
{
    screen_toggle_bookmark(hub_screen_of(p));
    return REACT_DIRTY;
}

static unsigned do_bookmarks(struct pane *p)
{
    screen_bookmarks_menu(hub_screen_of(p));
    return REACT_HANDLED;
}

static unsigned do_reload(struct pane *p)
{
    detail_reload(hub_screen_of(p));
    return REACT_DIRTY;
}

static unsigned do_web(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    struct buf url = BUF_INIT;
    hub_web_url(app_hub(h->app), h->detail.kind, h->detail.id, &url);
    app_open_url(h->app, buf_str(&url));
    buf_done(&url);
    return REACT_HANDLED;
}

static unsigned do_links(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    links_menu(h, detail_doc(h));
    return REACT_HANDLED;
}

static const char *needs_links(struct pane *p)
{
    struct doc *doc = detail_doc(hub_screen_of(p));
    return doc && doc_lines(doc)->n_links ? NULL : "there are no links here";
}

static const char *needs_older(struct pane *p)
{
    return hub_screen_of(p)->at_visit > 0 ? NULL : "this is the first repo of this session";
}

static const char *needs_newer(struct pane *p)
{
    const struct hub_screen *h = hub_screen_of(p);
    return h->at_visit + 1 < h->n_visits ? NULL : "this is the last repo of this session";
}

static unsigned do_older(struct pane *p)
{
    screen_step(hub_screen_of(p), -1);
    return REACT_LAYOUT;
}

static unsigned do_newer(struct pane *p)
{
    screen_step(hub_screen_of(p), 1);
    return REACT_LAYOUT;
}

static const struct action ACTIONS[] = {
    ACTION("repo.next-tab", "Tab", "next view", "Card, Files, Metadata, Commits, Discussions in turn", needs_repo, do_next_tab),
    ACTION("repo.prev-tab", "S-Tab", NULL, "The view before", needs_repo, do_prev_tab),
    ACTION("repo.copy", "y", "copy", "Copy the id, a snippet or the address", needs_repo, do_copy),
    ACTION("repo.links", "L", "links", "List the links by number and open one", needs_links, do_links),
    ACTION("repo.bookmark", "b", "mark", "Set or remove a bookmark", needs_repo, do_bookmark),
    ACTION("repo.bookmarks", "B", NULL, "List the bookmarks", NULL, do_bookmarks),
    ACTION("repo.web", "w", NULL, "Open the page of the repo in a browser, or copy its address", needs_repo, do_web),
    ACTION("repo.reload", "r F5", NULL, "Ask the Hub again", needs_repo, do_reload),
    ACTION("repo.older", "[ A-Left", NULL, "Back to the repo visited before", needs_older, do_older),
    ACTION("repo.newer", "] A-Right", NULL, "Forward again", needs_newer, do_newer),
};
const struct action_set HUB_DETAIL_ACTIONS = {"hub.detail", "Hub: repo", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

/* ---- documents: card, metadata, discussion ---- */

static unsigned doc_wrap(struct pane *p)
{
    struct doc *doc = detail_doc(hub_screen_of(p));
    if (doc) {
        doc_toggle_wrap(doc);
    }
    return REACT_DIRTY;
}

static unsigned doc_next_section(struct pane *p)
{
    struct doc *doc = detail_doc(hub_screen_of(p));
    if (doc) {
        doc_section(doc, 1);
    }
    return REACT_DIRTY;
}

static unsigned doc_prev_section(struct pane *p)
{
    struct doc *doc = detail_doc(hub_screen_of(p));
    if (doc) {
        doc_section(doc, -1);
    }
    return REACT_DIRTY;
}

static void find_done(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    struct doc *doc = detail_doc(h);
    struct err e = ERR_INIT;
    if (text && doc && !doc_search(doc, text, &e)) {
        app_say(h->app, APP_WARN, "%s", e.msg);
    }
    app_relayout(h->app);
}

static unsigned doc_find(struct pane *p)
{
    struct input_spec spec = {.prompt = "/", .history = "find", .done = find_done, .ctx = hub_screen_of(p)};
    app_prompt(p->app, &spec);
    return REACT_HANDLED;
}

static const char *needs_search(struct pane *p)
{
    const struct doc *doc = detail_doc(hub_screen_of(p));
    return doc && doc->needle ? NULL : "nothing was searched yet";
}

static unsigned doc_find_step(struct pane *p, int step)
{
    struct doc *doc = detail_doc(hub_screen_of(p));
    if (!doc_next(doc, step)) {
        app_say(p->app, APP_WARN, "not found: %s", doc->needle);
    }
    return REACT_DIRTY;
}

static unsigned doc_find_next(struct pane *p)
{
    return doc_find_step(p, 1);
}

static unsigned doc_find_prev(struct pane *p)
{
    return doc_find_step(p, -1);
}

static const char *needs_raw(struct pane *p)
{
    const struct hub_screen *h = hub_screen_of(p);
    return h->detail.tab == TAB_METADATA && detail_repo(&h->detail) ? NULL : "this is for the Metadata view";
}

static unsigned doc_raw(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    const struct hub_repo *repo = detail_repo(&h->detail);
    char *json = cJSON_Print(repo->raw);
    view_open_text(h, "repo.json", json ? json : "null");
    free(json);
    return REACT_DIRTY;
}

static const struct action DOC_ACTIONS[] = {
    ACTION("doc.find", "/", "find", "Search in the text", NULL, doc_find),
    ACTION("doc.next", "n", NULL, "Next match", needs_search, doc_find_next),
    ACTION("doc.prev", "N", NULL, "Previous match", needs_search, doc_find_prev),
    ACTION("doc.raw", "J", "raw", "What the Hub sent, as a folding tree", needs_raw, doc_raw),
    ACTION("doc.next-section", "}", NULL, "Next heading", NULL, doc_next_section),
    ACTION("doc.prev-section", "{", NULL, "Previous heading", NULL, doc_prev_section),
    ACTION("doc.wrap", "z", NULL, "Wrap or cut long lines of code", NULL, doc_wrap),
};
const struct action_set HUB_DOC_ACTIONS = {"hub.text", "Hub: card, metadata, discussion", DOC_ACTIONS,
                                           sizeof DOC_ACTIONS / sizeof *DOC_ACTIONS};

/* ---- lists: files, commits, discussions ---- */

static void list_moved(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    bool commits_failed = d->commits.loading.err.code != ERR_NONE;
    bool talks_failed = d->talks.loading.err.code != ERR_NONE;
    if (d->tab == TAB_COMMITS && d->commits.next && !d->commits.loading.task && !commits_failed &&
        list_near_end(&d->commits.list, 10)) {
        commits_load(h);
    }
    if (d->tab == TAB_DISCUSSIONS && d->talks.has_more && !d->talks.loading.task && !talks_failed &&
        list_near_end(&d->talks.list, 10)) {
        talks_load(h);
    }
}

static const char *needs_row(struct pane *p)
{
    const struct list *list = detail_list(hub_screen_of(p));
    return list && list->n ? NULL : "the list is empty";
}

static unsigned list_enter(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    struct detail *d = &h->detail;
    if (d->tab == TAB_FILES) {
        return files_enter(h);
    }
    if (d->tab == TAB_DISCUSSIONS) {
        thread_open(h, d->talks.rows[d->talks.list.sel]->num);
        detail_update_ops(h);
    } else if (d->tab == TAB_COMMITS) {
        app_copy(h->app, d->commits.rows[d->commits.list.sel]->id, "the commit id");
    }
    return REACT_DIRTY;
}

static unsigned list_left(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    return h->detail.tab == TAB_FILES ? files_up(h) : REACT_HANDLED;
}

static const struct action LIST_ACTIONS[] = {
    ACTION("list.open", "Enter l Right", "open", "Open the file, folder or discussion; copy the commit id", needs_row, list_enter),
    ACTION("list.up-level", "h Left Backspace", NULL, "Close the folder, or go to the one around", needs_row, list_left),
};
const struct action_set HUB_LIST_ACTIONS = {"hub.list", "Hub: files, commits, discussions", LIST_ACTIONS,
                                            sizeof LIST_ACTIONS / sizeof *LIST_ACTIONS};

/* ---- moves ---- */

static unsigned detail_move(struct pane *p, enum move move)
{
    struct hub_screen *h = hub_screen_of(p);
    struct doc *doc = detail_doc(h);
    struct list *list = detail_list(h);
    if (doc) {
        return doc_apply(doc, move) ? REACT_DIRTY : REACT_NONE;
    }
    if (list) {
        bool ok = list_apply(list, move);
        list_moved(h);
        return ok ? REACT_DIRTY : REACT_NONE;
    }
    return h->detail.viewer && viewer_apply(h->detail.viewer, move) ? REACT_DIRTY : REACT_NONE;
}

/* ---- mouse ---- */

static unsigned detail_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct hub_screen *h = hub_screen_of(p);
    bool is_wheel = what == TERM_MOUSE_WHEEL_UP || what == TERM_MOUSE_WHEEL_DOWN;
    int step = what == TERM_MOUSE_WHEEL_UP ? -3 : 3;
    struct doc *doc = detail_doc(h);
    struct list *list = detail_list(h);
    if (is_wheel) {
        if (doc) {
            doc_scroll(doc, step);
        } else if (list) {
            list_scroll(list, step);
            list_moved(h);
        } else if (h->detail.viewer) {
            viewer_scroll(h->detail.viewer, step);
        }
        return REACT_DIRTY;
    }
    int border = h->is_wide ? 1 : 0;
    int header = 2 + (h->is_wide ? 0 : 1);
    int content_row = row - border - header;
    if (row == border + header - 1) {
        int tab = detail_tab_at(col - border);
        if (tab >= 0) {
            detail_set_tab(h, (enum detail_tab)tab);
        }
    } else if (doc && content_row >= 0) {
        uint32_t link = rich_link_at(doc_lines(doc), doc->top + (size_t)content_row, col - border - 1);
        const struct rich_link *l = rich_link(doc_lines(doc), link);
        if (l) {
            follow_link(h, l->url);
        }
    } else if (list && content_row >= 0 && list->top + (size_t)content_row < list->n) {
        bool is_again = list->sel == list->top + (size_t)content_row;
        list_goto(list, list->top + (size_t)content_row);
        return is_again ? list_enter(p) : REACT_DIRTY;
    } else if (h->detail.viewer && content_row >= 0) {
        viewer_click(h->detail.viewer, content_row - 1); /* the first row is the status */
    }
    return REACT_DIRTY;
}

#define DETAIL_OPS(extra_set)                                                                      \
    {                                                                                              \
        .sets = {&(extra_set), &HUB_DETAIL_ACTIONS}, .draw = detail_draw, .move = detail_move, .result = detail_result, \
        .mouse = detail_mouse, .work = detail_work,                                                \
    }

const struct pane_ops HUB_DETAIL_DOC_OPS = DETAIL_OPS(HUB_DOC_ACTIONS);
const struct pane_ops HUB_DETAIL_LIST_OPS = DETAIL_OPS(HUB_LIST_ACTIONS);
const struct pane_ops HUB_DETAIL_VIEWER_OPS = DETAIL_OPS(HUB_VIEWER_ACTIONS);
