/* SPDX-License-Identifier: Apache-2.0 */
/* text.c - moves, keys and mouse of the views that are texts: card, metadata, discussion. */
#include "tui/hub/hub.h"

static struct doc *doc_of(const struct pane *p)
{
    return p->state; /* the state of a text begins with it */
}

unsigned hub_text_move(struct pane *p, enum move move)
{
    return doc_apply(doc_of(p), move) ? REACT_MOVED : REACT_NONE;
}

bool hub_text_work(struct pane *p)
{
    return doc_work(doc_of(p));
}

bool hub_text_cursor(const struct pane *p, int *row, int *col)
{
    const struct doc *doc = doc_of(p);
    bool sees_match = doc->has_match && doc->match_line >= doc->top && doc->match_line - doc->top < (size_t)doc->height;
    *row = sees_match ? (int)(doc->match_line - doc->top) : 0;
    *col = 0;
    return true;
}

void hub_text_spot(const struct pane *p, struct hub_spot *spot)
{
    spot->top = doc_of(p)->top;
}

bool hub_text_go(struct pane *p, const struct hub_spot *spot)
{
    struct doc *doc = doc_of(p);
    const bool is_there = p->rect.rows > 0 && (doc->markdown || doc->rich.n_lines > 0);
    if (is_there) {
        doc_layout(doc, hub_detail_text_cols(hub_screen_of(p)), p->rect.rows); /* a line is one of this width */
        doc_goto(doc, spot->top);
        pane_dirty(p);
    }
    return is_there;
}

unsigned hub_text_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct doc *doc = doc_of(p);
    if (what != TERM_MOUSE_PRESS) {
        doc_scroll(doc, what == TERM_MOUSE_WHEEL_UP ? -3 : 3);
        return REACT_MOVED;
    }
    const struct rich *lines = doc_lines(doc);
    const struct rich_link *link = rich_link(lines, rich_link_at(lines, doc->top + (size_t)row, col));
    if (link) {
        hub_follow_link(hub_screen_of(p), link->url);
    }
    return REACT_HANDLED;
}

/* ---- actions ---- */

static unsigned do_wrap(struct pane *p)
{
    doc_toggle_wrap(doc_of(p));
    return REACT_DIRTY;
}

static unsigned do_next_section(struct pane *p)
{
    doc_section(doc_of(p), 1);
    return REACT_DIRTY;
}

static unsigned do_prev_section(struct pane *p)
{
    doc_section(doc_of(p), -1);
    return REACT_DIRTY;
}

static void find_done(void *ctx, const char *text)
{
    struct pane *p = ctx;
    struct err e = ERR_INIT;
    if (text && !doc_search(doc_of(p), text, &e)) {
        app_say(p->app, APP_WARN, "%s", e.msg);
    }
    app_relayout(p->app);
}

static unsigned do_find(struct pane *p)
{
    struct input_spec spec = {.prompt = "/", .history = "find", .enter = "find", .done = find_done, .ctx = p};
    app_prompt(p->app, &spec);
    return REACT_HANDLED;
}

static const char *needs_search(struct pane *p)
{
    return doc_of(p)->needle ? NULL : "nothing was searched yet";
}

static unsigned find_step(struct pane *p, int step)
{
    struct doc *doc = doc_of(p);
    if (!doc_next(doc, step)) {
        app_say(p->app, APP_WARN, "not found: %s", doc->needle);
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
    ACTION("doc.find", "/", "find", "Search in the text", NULL, do_find),
    ACTION("doc.next", "n", "next", "Next match", needs_search, do_next),
    ACTION("doc.prev", "N", NULL, "Previous match", needs_search, do_prev),
    ACTION("doc.next-section", "}", NULL, "Next heading", NULL, do_next_section),
    ACTION("doc.prev-section", "{", NULL, "Previous heading", NULL, do_prev_section),
    ACTION("doc.wrap", "z", NULL, "Wrap or cut long lines of code", NULL, do_wrap),
};
const struct action_set HUB_TEXT_ACTIONS = {"hub.text", "Hub: card, metadata, discussion", ACTIONS,
                                            sizeof ACTIONS / sizeof *ACTIONS};
