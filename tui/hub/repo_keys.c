/* SPDX-License-Identifier: Apache-2.0 */
/* repo_keys.c - what can be done with the repo shown, in every view. */
#include "core/base/buf.h"
#include "tui/hub/hub.h"

static unsigned do_next_tab(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    hub_detail_tab(h, tabs_step(&h->detail.tabs, 1));
    return REACT_HANDLED;
}

static unsigned do_prev_tab(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    hub_detail_tab(h, tabs_step(&h->detail.tabs, -1));
    return REACT_HANDLED;
}

static const char *needs_repo(struct pane *p)
{
    return hub_screen_of(p)->detail.has_repo ? NULL : "no repo is open";
}

static unsigned do_copy(struct pane *p)
{
    hub_copy_menu(hub_screen_of(p));
    return REACT_HANDLED;
}

static unsigned do_bookmark(struct pane *p)
{
    hub_toggle_bookmark(hub_screen_of(p));
    return REACT_DIRTY;
}

static unsigned do_bookmarks(struct pane *p)
{
    hub_bookmarks_menu(hub_screen_of(p));
    return REACT_HANDLED;
}

static unsigned do_reload(struct pane *p)
{
    hub_detail_reload(hub_screen_of(p));
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
    hub_links_menu(h, hub_detail_doc(h));
    return REACT_HANDLED;
}

static const char *needs_list_beside(struct pane *p)
{
    const struct hub_screen *h = hub_screen_of(p);
    return h->is_wide || h->screen->is_zoomed ? NULL : "the window is too narrow for two panes";
}

static const char *zoom_label(struct pane *p)
{
    return p->screen->is_zoomed ? "list beside" : "full width";
}

static unsigned do_zoom(struct pane *p)
{
    app_run_action(p->app, "app.zoom");
    return REACT_LAYOUT;
}

static const char *needs_text(struct pane *p)
{
    return hub_pager_reason(hub_screen_of(p));
}

static unsigned do_pager(struct pane *p)
{
    hub_pager(hub_screen_of(p));
    return REACT_LAYOUT;
}

static const char *needs_links(struct pane *p)
{
    struct doc *doc = hub_detail_doc(hub_screen_of(p));
    return doc && doc_lines(doc)->n_links ? NULL : "there are no links here";
}

static const char *needs_older(struct pane *p)
{
    return hub_visit_can(hub_screen_of(p), -1) ? NULL : "this is the first place of this session";
}

static const char *needs_newer(struct pane *p)
{
    return hub_visit_can(hub_screen_of(p), 1) ? NULL : "this is the last place of this session";
}

static unsigned do_older(struct pane *p)
{
    hub_visit_step(hub_screen_of(p), -1);
    return REACT_LAYOUT;
}

static unsigned do_newer(struct pane *p)
{
    hub_visit_step(hub_screen_of(p), 1);
    return REACT_LAYOUT;
}

static const struct action ACTIONS[] = {
    ACTION("repo.next-tab", "Tab", "next view", "Card, Files, Metadata, Commits, Discussions in turn", needs_repo, do_next_tab),
    ACTION("repo.prev-tab", "S-Tab", NULL, "The view before", needs_repo, do_prev_tab),
    {.id = "repo.zoom", .keys = "O", .label = "full width", .help = "Give the repo the whole width, and back",
     .label_of = zoom_label, .disabled = needs_list_beside, .run = do_zoom},
    ACTION("repo.copy", "y", "copy", "Copy the id, a snippet or the address", needs_repo, do_copy),
    ACTION("repo.links", "L", "links", "List the links by number and open one", needs_links, do_links),
    ACTION("repo.bookmark", "b", "mark", "Set or remove a bookmark", needs_repo, do_bookmark),
    ACTION("repo.bookmarks", "B", NULL, "List the bookmarks", NULL, do_bookmarks),
    ACTION("repo.web", "w", NULL, "Open the page of the repo in a browser, or copy its address", needs_repo, do_web),
    ACTION("repo.pager", "e", NULL, "Read the text in $PAGER, or in less", needs_text, do_pager),
    ACTION("repo.reload", "r F5", NULL, "Ask the Hub again", needs_repo, do_reload),
    ACTION("repo.older", "[ A-Left", NULL, "Back to the place visited before, at its line", needs_older, do_older),
    ACTION("repo.newer", "] A-Right", NULL, "Forward again", needs_newer, do_newer),
};
const struct action_set HUB_DETAIL_ACTIONS = {"hub.detail", "Hub: repo", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};
