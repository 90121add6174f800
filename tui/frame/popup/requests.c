/* SPDX-License-Identifier: Apache-2.0 */
/* requests.c - the request log: every HTTP call with method, path, status and time, tokens masked. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

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

/* Live as long as it is open: looked at again and again, drawn when something changed. */
static void refresh(void *arg)
{
    struct requests *r = arg;
    struct http_log_entry *now = xcalloc(MAX_ENTRIES, sizeof *now);
    const size_t n = http_log(app_http(r->app), now, MAX_ENTRIES);
    const uint64_t newest = r->table.list.n ? r->entries[0].id : 0;
    if (n != r->table.list.n || memcmp(now, r->entries, n * sizeof *now) != 0) {
        const size_t more = n && now[0].id > newest ? (size_t)(now[0].id - newest) : 0;
        const size_t sel = r->table.list.sel;
        memcpy(r->entries, now, n * sizeof *now);
        list_set(&r->table.list, n);
        if (newest && sel > 0) {
            list_goto(&r->table.list, sel + more); /* the selected one stays selected */
        }
        pane_dirty(r->pane);
    }
    free(now);
    r->timer = app_tick(r->app, REFRESH_MS, refresh, r);
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

static const struct http_log_entry *entry_at(const void *ctx, size_t row)
{
    const struct requests *r = ctx;
    return &r->entries[row];
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

/* The time of day. */
static void put_clock(const void *ctx, size_t row, struct buf *out)
{
    const time_t t = (time_t)entry_at(ctx, row)->started_unix_s;
    struct tm tm;
    localtime_r(&t, &tm);
    buf_printf(out, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
}

static void put_quoted(struct buf *out, const char *word)
{
    buf_putc(out, '\'');
    for (; *word; word++) {
        if (*word == '\'') {
            buf_puts(out, "'\\''");
        } else {
            buf_putc(out, *word);
        }
    }
    buf_putc(out, '\'');
}

/* The same request by curl; a token is named, never written out. d may be empty: the request runs still. */
static void put_curl(struct buf *out, const struct http_log_entry *e, const struct http_log_detail *d)
{
    buf_puts(out, "curl -sS ");
    if (strcmp(e->method, "HEAD") == 0) {
        buf_puts(out, "-I ");
    } else if (strcmp(e->method, "GET") != 0) {
        buf_printf(out, "-X %s ", e->method);
    }
    if (d->has_token) {
        buf_puts(out, "-H \"Authorization: Bearer $HF_TOKEN\" ");
    }
    if (d->sent_body && *d->sent_body) {
        buf_puts(out, "--data ");
        put_quoted(out, d->sent_body);
        buf_putc(out, ' ');
    }
    char *url = d->url ? xstrdup(d->url) : xasprintf("https://%s%s", e->host, e->path);
    put_quoted(out, url);
    free(url);
}

static unsigned do_copy(struct pane *p)
{
    struct requests *r = p->state;
    if (r->table.list.n == 0) {
        return REACT_HANDLED;
    }
    struct buf line = BUF_INIT;
    struct http_log_detail d;
    const struct http_log_entry *e = &r->entries[r->table.list.sel];
    http_log_get(app_http(p->app), e->id, &d);
    put_curl(&line, e, &d);
    app_copy_lines(p->app, buf_str(&line), "a curl command");
    http_log_detail_done(&d);
    buf_done(&line);
    return REACT_HANDLED;
}

static void put_part(struct buf *out, const char *title, const char *text)
{
    if (text && *text) {
        buf_printf(out, "\n%s\n%s%s", title, text, str_ends(text, "\n") ? "" : "\n");
    }
}

static unsigned do_open(struct pane *p)
{
    const struct requests *r = p->state;
    if (r->table.list.n == 0) {
        return REACT_HANDLED;
    }
    const struct http_log_entry *e = &r->entries[r->table.list.sel];
    struct http_log_detail d;
    struct buf text = BUF_INIT;
    const bool is_over = http_log_get(app_http(p->app), e->id, &d);
    put_curl(&text, e, &d);
    buf_puts(&text, "\n\nbegun ");
    put_clock(r, r->table.list.sel, &text);
    if (is_over) {
        buf_printf(&text, ", took %lld ms, ", (long long)e->took_ms);
        put_status(r, r->table.list.sel, &text);
        buf_puts(&text, ", ");
        text_bytes(&text, e->bytes);
        buf_printf(&text, " came, attempt %d\n", e->attempt);
    } else {
        buf_puts(&text, e->took_ms < 0 ? ", runs still\n" : "; what it said is forgotten\n");
    }
    put_part(&text, "Sent", d.sent);
    put_part(&text, "Its body", d.sent_body);
    put_part(&text, "Answer", d.got);
    put_part(&text, "Its body", d.got_body);
    char *title = xasprintf("%s %s%s", e->method, e->host, e->path);
    popup_text(p->app, title, buf_str(&text), text.n);
    free(title);
    http_log_detail_done(&d);
    buf_done(&text);
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
    ACTION("requests.open", "Enter", "details", "What the selected request said and was told, masked", NULL, do_open),
    ACTION("requests.copy", "y", "copy", "Copy the selected request as a curl command", NULL, do_copy),
    ACTION("requests.refresh", "r", "refresh", "Read the log again", NULL, do_refresh),
    ACTION("requests.served", "Tab", "served Hub", "The requests that the Hub served on this machine gets", NULL, do_served),
    ACTION("requests.close", "Esc q", "close", "Close the request log", NULL, do_close),
};
const struct action_set REQUESTS_ACTIONS = {"requests", "Request log", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

/* ---- drawing ---- */

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
    {.cols = 8, .gap = 1, .style = STYLE_DIM, .put = put_clock},
    {.cols = 6, .gap = 1, .style = STYLE_TEXT, .put = put_method, .leads = true},
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
