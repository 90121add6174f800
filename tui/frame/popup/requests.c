/* SPDX-License-Identifier: Apache-2.0 */
/* requests.c - the request log: every HTTP call with method, path, status and time, tokens masked. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/net/http.h"
#include "tui/frame/app_priv.h"
#include "tui/widget/list.h"

enum { MAX_ENTRIES = 200, REFRESH_MS = 500 };

struct requests {
    struct http_log_entry entries[MAX_ENTRIES];
    struct list list;
    struct app *app;
    struct pane *pane;
    int timer;
};

static void refresh(void *arg)
{
    struct requests *r = arg;
    size_t n = http_log(app_http(r->app), r->entries, MAX_ENTRIES);
    list_set(&r->list, n);
    bool is_running = false;
    for (size_t i = 0; i < n; i++) {
        is_running = is_running || r->entries[i].took_ms < 0;
    }
    pane_dirty(r->pane);
    r->timer = is_running ? app_tick(r->app, REFRESH_MS, refresh, r) : 0;
}

static unsigned requests_move(struct pane *p, enum move move)
{
    struct requests *r = p->state;
    return list_apply(&r->list, move) ? REACT_MOVED : REACT_NONE;
}

static unsigned do_refresh(struct pane *p)
{
    struct requests *r = p->state;
    app_cancel_timer(r->app, &r->timer);
    refresh(r);
    return REACT_DIRTY;
}

static unsigned do_copy(struct pane *p)
{
    struct requests *r = p->state;
    if (r->list.n == 0) {
        return REACT_HANDLED;
    }
    const struct http_log_entry *e = &r->entries[r->list.sel];
    char *line = xasprintf("%s %s%s -> %ld", e->method, e->host, e->path, e->status);
    app_copy(p->app, line, "the request");
    free(line);
    return REACT_HANDLED;
}

static unsigned do_served(struct pane *p)
{
    struct app *app = p->app;
    app_pop(app, p); /* p is gone */
    popup_served(app);
    return REACT_HANDLED;
}

static unsigned do_close(struct pane *p)
{
    (void)p;
    return REACT_CLOSE;
}

static const struct action ACTIONS[] = {
    ACTION("requests.copy", "y", "copy", "Copy the selected request", NULL, do_copy),
    ACTION("requests.refresh", "r", "refresh", "Read the log again", NULL, do_refresh),
    ACTION("requests.served", "Tab", "served Hub", "The requests that the Hub served on this machine gets", NULL, do_served),
    ACTION("requests.close", "Esc q", "close", "Close the request log", NULL, do_close),
};
const struct action_set REQUESTS_ACTIONS = {"requests", "Request log", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

static enum style status_style(const struct http_log_entry *e)
{
    if (e->took_ms < 0) {
        return STYLE_ACCENT;
    }
    return e->status == 0 || e->status >= 500 ? STYLE_ERROR : e->status >= 400 ? STYLE_WARN : STYLE_OK;
}

static void draw_row(const struct canvas *c, int row, const struct http_log_entry *e, bool is_selected)
{
    enum style base = is_selected ? STYLE_SELECTED : STYLE_TEXT;
    draw_blank(c, row, 0, c->rect.cols, base);
    char status[16];
    if (e->took_ms < 0) {
        snprintf(status, sizeof status, "...");
    } else if (e->status == 0) {
        snprintf(status, sizeof status, "%.10s", err_name(e->err));
    } else {
        snprintf(status, sizeof status, "%ld", e->status);
    }
    draw_cell(c, row, 1, 6, base, e->method, false);
    draw_cell(c, row, 8, 10, is_selected ? base : status_style(e), status, false);
    if (e->took_ms >= 0) {
        draw_printf(c, row, 19, 8, is_selected ? base : STYLE_NUMBER, "%5lld ms", (long long)e->took_ms);
    }
    struct buf size = BUF_INIT;
    text_bytes(&size, e->bytes);
    draw_cell(c, row, 28, 9, is_selected ? base : STYLE_DIM, buf_str(&size), true);
    buf_done(&size);
    int at = 39;
    if (e->attempt > 1) {
        at += draw_printf(c, row, at, -1, is_selected ? base : STYLE_WARN, "try %d ", e->attempt);
    }
    at += draw_text(c, row, at, -1, is_selected ? base : STYLE_DIM, e->host);
    draw_name(c, row, at, c->rect.cols - at - 1, base, e->path);
}

static void requests_draw(struct pane *p, const struct canvas *c)
{
    struct requests *r = p->state;
    char *title = xasprintf("Requests, newest first: %zu", r->list.n);
    struct canvas in = draw_box(c, title, "tokens are never shown", true);
    free(title);
    draw_clear(&in);
    list_height(&r->list, in.rect.rows);
    for (int i = 0; i < in.rect.rows && r->list.top + (size_t)i < r->list.n; i++) {
        size_t at = r->list.top + (size_t)i;
        draw_row(&in, i, &r->entries[at], at == r->list.sel);
    }
    draw_scrollbar(&in, r->list.top, (size_t)in.rect.rows, r->list.n);
}

static void requests_close(struct pane *p)
{
    struct requests *r = p->state;
    app_cancel_timer(r->app, &r->timer);
    free(r);
}

static const struct pane_ops REQUESTS_OPS = {
    .sets = {&REQUESTS_ACTIONS},
    .draw = requests_draw,
    .move = requests_move,
    .close = requests_close,
};

void popup_requests(struct app *app)
{
    if (stage_focused(app)->ops == &REQUESTS_OPS) {
        return; /* open already */
    }
    struct requests *r = xcalloc(1, sizeof *r);
    r->app = app;
    r->pane = pane_new(app, &REQUESTS_OPS, r);
    app_push(app, r->pane, 40, 140);
    refresh(r);
}
