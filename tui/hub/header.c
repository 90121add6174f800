/* SPDX-License-Identifier: Apache-2.0 */
/* header.c - what stands around the views of a repo: box, title, facts and the tab row. It touches no cell of
 * the view. When only the repo has changed (has_moved), title and facts are drawn and nothing else. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

enum { TABS_COL = 1, ID_DIGITS = 40, SHORT_DIGITS = 8 };

int hub_header_rows(const struct hub_screen *h)
{
    return !h->detail.has_repo ? 0 : h->is_wide ? 2 : 3; /* in one column the title has a row of its own */
}

/* ---- words ---- */

static void put_part(struct buf *out, const char *s)
{
    if (s && *s) {
        buf_puts(out, out->n ? " · " : "");
        text_sanitize(out, s, strlen(s), TEXT_LINE);
    }
}

static void put_largest_dtype(const struct hub_repo *repo, struct buf *out)
{
    const struct hub_dtype_count *largest = NULL;
    for (size_t i = 0; i < repo->n_dtypes; i++) {
        if (!largest || repo->dtypes[i].params > largest->params) {
            largest = &repo->dtypes[i];
        }
    }
    struct buf part = BUF_INIT;
    if (largest) {
        buf_printf(&part, "%s ", largest->dtype);
    } else if (repo->gguf_arch) {
        buf_puts(&part, "GGUF ");
    }
    text_count(&part, repo->params);
    buf_puts(&part, " params");
    put_part(out, buf_str(&part));
    buf_done(&part);
}

static void facts_text(const struct hub_screen *h, const struct hub_repo *repo, struct buf *out)
{
    put_part(out, repo->pipeline_tag);
    put_part(out, repo->library);
    put_part(out, repo->sdk);
    put_part(out, hub_stage(h, repo));
    put_part(out, repo->hardware);
    if (repo->has_params) {
        put_largest_dtype(repo, out);
    }
    if (repo->has_used_storage) {
        struct buf size = BUF_INIT;
        text_bytes(&size, repo->used_storage);
        put_part(out, buf_str(&size));
        buf_done(&size);
    }
    if (repo->has_modified) {
        struct buf age = BUF_INIT;
        const bool is_now = clock_unix_s() - repo->modified_s < 60;
        buf_puts(&age, is_now ? "updated just now" : "updated ");
        if (!is_now) {
            text_age_short(&age, repo->modified_s, clock_unix_s());
            buf_puts(&age, " ago");
        }
        put_part(out, buf_str(&age));
        buf_done(&age);
    }
}

/* "cached 5 minutes ago", "gated", "private", licence: at the right of the title. */
static void state_text(const struct hub_screen *h, const struct hub_repo *repo, struct buf *out)
{
    ask_put_age(&h->detail.loading, out);
    if (!repo) {
        return;
    }
    put_part(out, repo->is_disabled ? "disabled" : NULL);
    put_part(out, repo->has_private && repo->is_private ? "private" : NULL);
    put_part(out, repo->gated == HUB_GATED_AUTO     ? "gated (automatic)"
                  : repo->gated == HUB_GATED_MANUAL ? "gated (by hand)"
                                                    : NULL);
    put_part(out, repo->license);
    put_part(out, hub_bookmark_mark(h, repo));
}

/* ---- drawing ---- */

/* "OWNER/NAME @ REVISION", an id of a commit as git shortens it. Owned. */
static char *name_text(const struct hub_detail *d)
{
    const char *revision = d->revision ? d->revision : "";
    const bool is_id = strlen(revision) == ID_DIGITS && strspn(revision, "0123456789abcdef") == ID_DIGITS;
    char *raw = xasprintf("%s%s%.*s", d->has_repo ? d->id : "", d->revision ? " @ " : "",
                          is_id ? SHORT_DIGITS : (int)strlen(revision), revision);
    char *clean = text_clean(raw);
    free(raw);
    return clean;
}

/* On the border of the box, or in the row above it all. */
static void draw_title(struct hub_screen *h, const struct canvas *c)
{
    const struct hub_repo *repo = hub_detail_known(h);
    struct buf state = BUF_INIT;
    state_text(h, repo, &state);
    char *name = name_text(&h->detail);
    if (h->is_wide) {
        const struct draw_box box = {
            .title = name, .right = buf_str(&state), .has_focus = hub_detail_has_focus(h), .meets_left = true};
        draw_box_top(c, &box);
    } else if (h->detail.has_repo) {
        draw_blank(c, 0, 0, c->rect.cols, STYLE_TEXT);
        int end = draw_right(c, 0, STYLE_BADGE, buf_str(&state)) - 2;
        draw_name(c, 0, 1, end - 1, STYLE_TITLE_FOCUS, name);
    }
    free(name);
    buf_done(&state);
}

static void draw_facts(struct hub_screen *h, const struct canvas *in)
{
    const struct hub_repo *repo = hub_detail_known(h);
    const int row = hub_header_rows(h) - 2;
    struct buf facts = BUF_INIT;
    if (repo) {
        facts_text(h, repo, &facts);
    }
    draw_blank(in, row, 0, 1, STYLE_TEXT); /* the facts blank what follows them */
    draw_cell(in, row, 1, in->rect.cols - 1, STYLE_DIM, buf_str(&facts), false);
    buf_done(&facts);
}

/* What is in the view in sight: on the lower border, or at the right of the tab row where the titles leave room. */
static void draw_summary(struct hub_screen *h, const struct canvas *c)
{
    struct pane *p = hub_detail_content(h);
    struct buf text = BUF_INIT;
    if (h->detail.has_repo && hub_view_of(p)->summary) {
        hub_view_of(p)->summary(p, &text);
    }
    const int cols = text_width(buf_str(&text));
    if (h->is_wide) {
        const enum style border = hub_detail_has_focus(h) ? STYLE_BORDER_FOCUS : STYLE_BORDER;
        draw_hline(c, c->rect.rows - 1, 1, c->rect.cols - 2, border);
        if (cols && cols + 6 <= c->rect.cols) {
            draw_text(c, c->rect.rows - 1, c->rect.cols - cols - 4, 1, STYLE_DIM, " ");
            draw_text(c, c->rect.rows - 1, c->rect.cols - cols - 3, -1, STYLE_DIM, buf_str(&text));
            draw_text(c, c->rect.rows - 1, c->rect.cols - 3, 1, STYLE_DIM, " ");
        }
    } else if (cols && TABS_COL + tabs_cols(&h->detail.tabs) + 2 + cols <= c->rect.cols) {
        draw_right(c, hub_header_rows(h) - 1, STYLE_DIM, buf_str(&text));
    }
    buf_done(&text);
}

static void header_draw(struct pane *p, const struct canvas *c)
{
    struct hub_screen *h = hub_screen_of(p);
    struct canvas in = *c;
    if (h->is_wide) {
        in = p->only_moved ? canvas_sub(c, (struct rect){1, 1, c->rect.rows - 2, c->rect.cols - 2})
                           : draw_box_of(c, &(struct draw_box){.has_focus = hub_detail_has_focus(h), .meets_left = true});
    }
    draw_title(h, c);
    if (h->is_wide) {
        draw_summary(h, c);
    }
    if (!h->detail.has_repo) {
        return;
    }
    draw_facts(h, &in);
    if (p->only_moved) {
        return;
    }
    const int tabs = hub_header_rows(h) - 1;
    draw_blank(&in, tabs, 0, in.rect.cols, STYLE_TEXT);
    tabs_draw(&h->detail.tabs, &in, tabs, TABS_COL);
    if (!h->is_wide) {
        draw_summary(h, c);
    }
    for (int row = tabs + 1; row < in.rect.rows; row++) {
        draw_blank(&in, row, 0, 1, STYLE_TEXT); /* the margin beside the view */
    }
}

static unsigned header_result(struct pane *p, struct task_result *t)
{
    return hub_detail_take(hub_screen_of(p), t);
}

static unsigned header_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct hub_screen *h = hub_screen_of(p);
    const int border = h->is_wide ? 1 : 0;
    if (what != TERM_MOUSE_PRESS || !h->detail.has_repo) {
        return REACT_HANDLED;
    }
    hub_detail_focus(h);
    if (row - border == hub_header_rows(h) - 1) {
        int tab = tabs_at(&h->detail.tabs, col - border - TABS_COL);
        if (tab >= 0) {
            hub_detail_tab(h, (size_t)tab);
        }
    }
    return REACT_HANDLED;
}

const struct pane_ops HUB_HEADER_OPS = {
    .draw = header_draw,
    .result = header_result,
    .mouse = header_mouse,
};
