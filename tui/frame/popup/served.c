/* SPDX-License-Identifier: Apache-2.0 */
/* served.c - what a Hub served on this machine answers, to whom, as it happens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/hub/follow.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/follow.h"
#include "tui/widget/table.h"

enum { KEPT = 500 };

/* Texts are sanitised when they come in. */
struct request {
    char time[12]; /* "12:04:31" */
    char *method, *path, *agent;
    unsigned status;
    uint64_t ms, bytes;
};

struct served {
    struct request items[KEPT]; /* a ring */
    size_t first, n;            /* the oldest one; how many */
    uint64_t lost;              /* told by the server: more than it kept for us */
    struct table table;
    uint64_t source;
    struct err why; /* nothing comes, because */
};

/* Row 0 is the newest. */
static struct request *at(const void *ctx, size_t row)
{
    struct served *s = (struct served *)(uintptr_t)ctx;
    return &s->items[(s->first + s->n - 1 - row) % KEPT];
}

/* ---- events ---- */

static void free_request(struct request *r)
{
    free(r->method);
    free(r->path);
    free(r->agent);
    *r = (struct request){0};
}

static struct request *next_slot(struct served *s)
{
    if (s->n == KEPT) {
        s->first = (s->first + 1) % KEPT;
        s->n--;
    }
    struct request *r = &s->items[(s->first + s->n) % KEPT];
    s->n++;
    free_request(r);
    return r;
}

static char *clean_text(const cJSON *json, const char *key)
{
    const char *text = json_str(json, key);
    return text_clean(text ? text : "");
}

static void add_request(struct served *s, const cJSON *json)
{
    struct request *r = next_slot(s);
    char *time = clean_text(json, "time"); /* 2026-08-20T12:04:31.000Z */
    uint64_t status = 0;
    json_u64(json, "status", &status);
    json_u64(json, "ms", &r->ms);
    json_u64(json, "bytes", &r->bytes);
    r->status = (unsigned)status;
    r->method = clean_text(json, "method");
    r->path = clean_text(json, "path");
    r->agent = clean_text(json, "agent");
    snprintf(r->time, sizeof r->time, "%.8s", strlen(time) > 19 ? time + 11 : "");
    free(time);
    size_t sel = s->table.list.sel;
    list_set(&s->table.list, s->n);
    if (sel > 0) {
        list_goto(&s->table.list, sel + 1); /* the request that is looked at, not the place */
    }
}

static unsigned served_event(struct pane *p, const struct hub_follow_event *event)
{
    struct served *s = p->state;
    if (event->news == HUB_FOLLOW_ENDED || event->news == HUB_FOLLOW_WAITS) {
        s->why = *event->err;
        return REACT_DIRTY;
    }
    err_clear(&s->why);
    cJSON *json = event->news == HUB_FOLLOW_EVENT ? json_parse(event->data, event->len, NULL) : NULL;
    if (json && strcmp(event->name, "request") == 0) {
        add_request(s, json);
    } else if (json && strcmp(event->name, "lost") == 0) {
        uint64_t n = 0;
        json_u64(json, "lost", &n);
        s->lost += n;
    }
    cJSON_Delete(json);
    return REACT_DIRTY;
}

/* ---- cells ---- */

static void put_time(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, at(ctx, row)->time);
}

static void put_method(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, at(ctx, row)->method);
}

static void put_status(const void *ctx, size_t row, struct buf *out)
{
    buf_printf(out, "%u", at(ctx, row)->status);
}

static enum style style_of_status(const void *ctx, size_t row)
{
    unsigned status = at(ctx, row)->status;
    return status >= 500 ? STYLE_ERROR : status >= 400 ? STYLE_WARN : STYLE_OK;
}

static void put_ms(const void *ctx, size_t row, struct buf *out)
{
    buf_printf(out, "%llu ms", (unsigned long long)at(ctx, row)->ms);
}

static void put_bytes(const void *ctx, size_t row, struct buf *out)
{
    text_bytes(out, at(ctx, row)->bytes);
}

static void put_path(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, at(ctx, row)->path);
}

static void put_agent(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, at(ctx, row)->agent);
}

static const struct table_column COLUMNS[] = {
    {.title = "time", .cols = 8, .gap = 2, .put = put_time, .style = STYLE_DIM},
    {.title = "method", .cols = 6, .gap = 1, .put = put_method, .style = STYLE_TEXT},
    {.title = "status", .cols = 6, .gap = 1, .put = put_status, .style_of = style_of_status},
    {.title = "took", .cols = 8, .gap = 1, .rank = 2, .is_right = true, .put = put_ms, .style = STYLE_NUMBER},
    {.title = "bytes", .cols = 9, .gap = 1, .rank = 3, .is_right = true, .put = put_bytes, .style = STYLE_DIM},
    {.title = "path", .gap = 2, .is_name = true, .put = put_path, .style = STYLE_TEXT},
    {.title = "asked by", .share = 30, .gap = 1, .rank = 1, .put = put_agent, .style = STYLE_DIM},
};

/* ---- the pane ---- */

static void draw_empty(const struct served *s, const struct canvas *c)
{
    bool is_other = s->why.code == ERR_NOT_FOUND || s->why.code == ERR_UNSUPPORTED;
    if (is_other) {
        draw_text(c, 0, 1, -1, STYLE_TEXT, "This Hub does not tell what it is asked.");
        draw_text(c, 1, 1, -1, STYLE_DIM, "One that hfterm serves on this machine does: hfterm serve DIR.");
    } else if (s->why.code != ERR_NONE) {
        draw_text(c, 0, 1, -1, STYLE_WARN, s->why.msg);
    } else {
        draw_text(c, 0, 1, -1, STYLE_DIM, "Nobody has asked anything yet.");
    }
}

static void served_draw(struct pane *p, const struct canvas *c)
{
    struct served *s = p->state;
    char *title = s->lost ? xasprintf("Requests to the served Hub, newest first: %zu, %llu more not told", s->n,
                                      (unsigned long long)s->lost)
                          : xasprintf("Requests to the served Hub, newest first: %zu", s->n);
    struct canvas in = draw_box(c, title, "Tab: those of this hfterm", true);
    free(title);
    s->table.has_focus = true;
    table_draw(&s->table, &in, p->only_moved);
    if (s->n == 0) {
        struct canvas body = table_body(&s->table, &in);
        draw_empty(s, &body);
    }
}

static unsigned served_move(struct pane *p, enum move move)
{
    struct served *s = p->state;
    return list_apply(&s->table.list, move) ? REACT_MOVED : REACT_NONE;
}

static unsigned served_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct served *s = p->state;
    bool again = false;
    (void)col;
    return table_mouse(&s->table, what, row - 1, &again) ? REACT_DIRTY : REACT_HANDLED;
}

static bool served_cursor(const struct pane *p, int *row, int *col)
{
    const struct served *s = p->state;
    *row = 2 + (int)(s->table.list.sel - s->table.list.top);
    *col = 1;
    return s->n > 0;
}

static void served_close(struct pane *p)
{
    struct served *s = p->state;
    app_unfollow(p->app, &s->source);
    for (size_t i = 0; i < KEPT; i++) {
        free_request(&s->items[i]);
    }
    free(s);
}

static unsigned do_own(struct pane *p)
{
    struct app *app = p->app;
    app_pop(app, p); /* p is gone */
    popup_requests(app);
    return REACT_HANDLED;
}

static unsigned do_close(struct pane *p)
{
    (void)p;
    return REACT_CLOSE;
}

static const char *needs_row(struct pane *p)
{
    return ((struct served *)p->state)->n ? NULL : "the list is empty";
}

static unsigned do_copy(struct pane *p)
{
    struct served *s = p->state;
    const struct request *r = at(s, s->table.list.sel);
    char *line = xasprintf("%s %s -> %u", r->method, r->path, r->status);
    app_copy(p->app, line, "the request");
    free(line);
    return REACT_HANDLED;
}

static const struct action ACTIONS[] = {
    ACTION("served.own", "Tab R", "own requests", "The requests of this hfterm", NULL, do_own),
    ACTION("served.copy", "y", "copy", "Copy the selected request", needs_row, do_copy),
    ACTION("served.close", "Esc q", "close", "Close the list", NULL, do_close),
};
const struct action_set SERVED_ACTIONS = {"served", "Requests to the served Hub", ACTIONS,
                                          sizeof ACTIONS / sizeof *ACTIONS};

static bool served_place(const struct pane *p, size_t *row, size_t *of)
{
    const struct list *l = &((const struct served *)p->state)->table.list;
    *row = l->sel;
    *of = l->n;
    return l->n > 0;
}

static void served_say(const struct pane *p, struct buf *out)
{
    const struct table *t = &((const struct served *)p->state)->table;
    table_say(t, t->list.sel, out);
}

static const struct pane_ops SERVED_OPS = {
    .sets = {&SERVED_ACTIONS},
    .draw = served_draw,
    .move = served_move,
    .event = served_event,
    .mouse = served_mouse,
    .cursor = served_cursor,
    .place = served_place,
    .say = served_say,
    .close = served_close,
};

void popup_served(struct app *app)
{
    struct served *s = xcalloc(1, sizeof *s);
    s->table = (struct table){
        .columns = COLUMNS,
        .n_columns = sizeof COLUMNS / sizeof *COLUMNS,
        .ctx = s,
        .least = 20,
        .margin = 1,
        .has_header = true,
    };
    struct pane *p = pane_new(app, &SERVED_OPS, s);
    app_push(app, p, 40, 140);
    const struct hub_follow_source source = {
        .kind = HUB_FOLLOW_IDS,
        .path = "/api/hfterm/requests",
        .from_start = true,
        .what = "the requests of the Hub",
    };
    s->source = app_follow(p, &source);
}
