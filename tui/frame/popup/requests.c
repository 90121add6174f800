/* SPDX-License-Identifier: Apache-2.0 */
/* requests.c - the request log: every HTTP call with method, path, status and time, tokens masked. */
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/net/http.h"
#include "tui/frame/app_priv.h"
#include "tui/widget/table.h"

enum { MAX_ENTRIES = 200, REFRESH_MS = 500 };

struct requests {
    struct http_log_entry entries[MAX_ENTRIES];
    struct table table;
    struct app *app;
    struct pane *pane;
    int timer;
};

static void refresh(void *arg)
{
    struct requests *r = arg;
    size_t n = http_log(app_http(r->app), r->entries, MAX_ENTRIES);
    list_set(&r->table.list, n);
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
    return list_apply(&r->table.list, move) ? REACT_MOVED : REACT_NONE;
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
    if (r->table.list.n == 0) {
        return REACT_HANDLED;
    }
    const struct http_log_entry *e = &r->entries[r->table.list.sel];
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

/* ---- drawing ---- */

static const struct http_log_entry *entry_at(const void *ctx, size_t row)
{
    const struct requests *r = ctx;
    return &r->entries[row];
}

static void put_method(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, entry_at(ctx, row)->method);
}

static enum style status_style(const void *ctx, size_t row)
{
    const struct http_log_entry *e = entry_at(ctx, row);
    if (e->took_ms < 0) {
        return STYLE_ACCENT;
    }
    return e->status == 0 || e->status >= 500 ? STYLE_ERROR : e->status >= 400 ? STYLE_WARN : STYLE_OK;
}

static void put_status(const void *ctx, size_t row, struct buf *out)
{
    const struct http_log_entry *e = entry_at(ctx, row);
    if (e->took_ms < 0) {
        buf_puts(out, "...");
    } else if (e->status == 0) {
        buf_puts(out, err_name(e->err));
    } else {
        buf_printf(out, "%ld", e->status);
    }
}

static void put_time(const void *ctx, size_t row, struct buf *out)
{
    const struct http_log_entry *e = entry_at(ctx, row);
    if (e->took_ms >= 0) {
        buf_printf(out, "%5lld ms", (long long)e->took_ms);
    }
}

static void put_size(const void *ctx, size_t row, struct buf *out)
{
    text_bytes(out, entry_at(ctx, row)->bytes);
}

static void draw_address(const void *ctx, size_t row, const struct canvas *cell, enum style base)
{
    const struct http_log_entry *e = entry_at(ctx, row);
    const bool is_selected = base != STYLE_TEXT;
    int at = 0;
    if (e->attempt > 1) {
        at += draw_printf(cell, 0, at, -1, is_selected ? base : STYLE_WARN, "try %d ", e->attempt);
    }
    at += draw_text(cell, 0, at, -1, is_selected ? base : STYLE_DIM, e->host);
    draw_name(cell, 0, at, cell->rect.cols - at, base, e->path);
}

static void say_address(const void *ctx, size_t row, struct buf *out)
{
    const struct http_log_entry *e = entry_at(ctx, row);
    buf_printf(out, "%s%s", e->host, e->path);
    if (e->attempt > 1) {
        buf_printf(out, ", try %d", e->attempt);
    }
}

static void say_status(const void *ctx, size_t row, struct buf *out)
{
    if (entry_at(ctx, row)->took_ms < 0) {
        buf_puts(out, "running");
    } else {
        put_status(ctx, row, out);
    }
}

static void say_time(const void *ctx, size_t row, struct buf *out)
{
    const struct http_log_entry *e = entry_at(ctx, row);
    if (e->took_ms >= 0) {
        buf_printf(out, "%lld ms", (long long)e->took_ms);
    }
}

static const struct table_column COLUMNS[] = {
    {.cols = 6, .gap = 1, .style = STYLE_TEXT, .put = put_method},
    {.cols = 10, .gap = 1, .style_of = status_style, .put = put_status, .say = say_status},
    {.cols = 8, .gap = 1, .is_bare = true, .style = STYLE_NUMBER, .put = put_time, .say = say_time},
    {.cols = 9, .gap = 1, .is_right = true, .style = STYLE_DIM, .put = put_size},
    {.gap = 2, .style = STYLE_TEXT, .draw = draw_address, .say = say_address},
};

static void requests_draw(struct pane *p, const struct canvas *c)
{
    struct requests *r = p->state;
    char *title = xasprintf("Requests, newest first: %zu", r->table.list.n);
    struct canvas in = draw_box(c, title, "tokens are never shown", true);
    free(title);
    table_draw(&r->table, &in, p->only_moved);
}

static bool requests_cursor(const struct pane *p, int *row, int *col)
{
    const struct requests *r = p->state;
    *row = 1 + (int)(r->table.list.sel - r->table.list.top);
    *col = 1;
    return r->table.list.n > 0;
}

static bool requests_place(const struct pane *p, size_t *at, size_t *of)
{
    const struct requests *r = p->state;
    *at = r->table.list.sel;
    *of = r->table.list.n;
    return r->table.list.n > 0;
}

static void requests_say(const struct pane *p, struct buf *out)
{
    const struct requests *r = p->state;
    table_say(&r->table, r->table.list.sel, out);
}

static unsigned requests_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct requests *r = p->state;
    bool is_again = false;
    (void)col;
    return table_mouse(&r->table, what, row - 1, &is_again) ? REACT_MOVED : REACT_HANDLED;
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
    .mouse = requests_mouse,
    .cursor = requests_cursor,
    .place = requests_place,
    .say = requests_say,
    .close = requests_close,
};

void popup_requests(struct app *app)
{
    if (stage_focused(app)->ops == &REQUESTS_OPS) {
        return; /* open already */
    }
    struct requests *r = xcalloc(1, sizeof *r);
    r->app = app;
    r->table = (struct table){
        .columns = COLUMNS,
        .n_columns = sizeof COLUMNS / sizeof *COLUMNS,
        .ctx = r,
        .margin = 1,
        .has_focus = true,
    };
    r->pane = pane_new(app, &REQUESTS_OPS, r);
    app_push(app, r->pane, 40, 140);
    refresh(r);
}
