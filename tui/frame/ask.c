/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/ask.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/frame/app.h"

enum { OLD_S = 60 }; /* younger answers need no mark */

struct question {
    const struct ask *row;
    void *value;
    void (*free_value)(void *value);
};

static void free_question(void *arg)
{
    struct question *q = arg;
    if (q->value && q->free_value) {
        q->free_value(q->value);
    }
    free(q);
}

static void free_answer(void *arg)
{
    struct answer *a = arg;
    if (a && a->value && a->free_value) {
        a->free_value(a->value);
    }
    free(a);
}

static void *run(struct task *t, void *arg, struct err *e)
{
    struct question *q = arg;
    return q->row->run(t, q->value, e);
}

void ask_start(struct pane *p, struct waiting *w, const struct ask *row, int kind, void *question,
               void (*free_value)(void *question))
{
    struct question *q = xcalloc(1, sizeof *q);
    *q = (struct question){row, question, free_value};
    struct job job = {
        .name = row->name,
        .generation = w->generation,
        .kind = kind,
        .run = run,
        .arg = q,
        .free_arg = free_question,
        .free_value = free_answer,
    };
    w->task = app_start(p->app, p, &job);
}

void ask_emit(struct task *t, int kind, struct answer *a)
{
    task_emit(t, kind, a, free_answer);
}

bool ask_take(struct waiting *w, struct task_result *r)
{
    if (r->generation != w->generation) {
        return false;
    }
    if (r->is_last) {
        task_unref(w->task);
        w->task = NULL;
        w->err = r->err;
    }
    const struct answer *a = r->value;
    if (a) {
        w->is_ready = true;
        w->from_cache = a->from_cache;
        w->is_stale = a->is_stale;
        w->fetched_s = a->fetched_s;
        if (a->is_stale) {
            w->err = a->why;
        }
    }
    return true;
}

void *ask_value(struct task_result *r)
{
    struct answer *a = r->value;
    if (!a) {
        return NULL;
    }
    void *value = a->value;
    a->value = NULL;
    return value;
}

void ask_cancel(struct app *app, struct waiting *w)
{
    app_task_done(app, &w->task);
    w->generation++;
}

void ask_begin(struct app *app, struct waiting *w)
{
    ask_cancel(app, w);
    w->is_ready = false;
    w->is_stale = false;
    err_clear(&w->err);
}

/* ---- messages in place of content ---- */

/* Words wrapped into the canvas from row on; returns the next free row. */
static int draw_wrapped(const struct canvas *c, int row, enum style style, const char *text)
{
    int width = c->rect.cols - 4;
    while (*text && row < c->rect.rows && width > 8) {
        size_t n = text_fit(text, width, NULL);
        if (text[n]) {
            size_t blank = n;
            while (blank > 0 && text[blank] != ' ') {
                blank--;
            }
            n = blank > 0 ? blank : n;
        }
        draw_textn(c, row++, 2, width, style, text, n);
        text += n + strspn(text + n, " ");
    }
    return row;
}

/* "message (request id X)" and the remedy. */
static void put_error(const struct err *e, struct buf *line, struct buf *remedy)
{
    text_sanitize(line, e->msg, strlen(e->msg), TEXT_LINE);
    if (e->request_id[0]) {
        buf_puts(line, "  (request ");
        text_sanitize(line, e->request_id, strlen(e->request_id), TEXT_LINE);
        buf_putc(line, ')');
    }
    text_sanitize(remedy, e->remedy, strlen(e->remedy), TEXT_LINE);
}

void ask_draw_error(const struct canvas *c, int row, const struct err *e, const char *retry)
{
    struct buf line = BUF_INIT;
    struct buf remedy = BUF_INIT;
    put_error(e, &line, &remedy);
    row = draw_wrapped(c, row, STYLE_ERROR, buf_str(&line));
    if (remedy.n) {
        row = draw_wrapped(c, row, STYLE_TEXT, buf_str(&remedy));
    }
    if (e->retry_after_s > 0) {
        draw_printf(c, row++, 2, -1, STYLE_TEXT, "The server asks to wait %lld s.", (long long)e->retry_after_s);
    }
    draw_text(c, row + 1, 2, -1, STYLE_DIM, retry);
    buf_done(&line);
    buf_done(&remedy);
}

void ask_draw(const struct canvas *c, const struct waiting *w, const char *what)
{
    if (w->task) {
        draw_printf(c, 1, 2, -1, STYLE_DIM, "%s...  Esc goes back", what);
    } else if (w->err.code != ERR_NONE) {
        ask_draw_error(c, 1, &w->err, "r tries again");
    }
}

void ask_draw_failure(const struct canvas *c, const struct waiting *w)
{
    if (w->err.code == ERR_NONE || w->task) {
        return;
    }
    char *clean = text_clean(w->err.msg);
    draw_blank(c, c->rect.rows - 1, 0, c->rect.cols, STYLE_TEXT);
    draw_printf(c, c->rect.rows - 1, 1, -1, STYLE_WARN, "%s (r tries again)", clean);
    free(clean);
}

void ask_put_age(const struct waiting *w, struct buf *out)
{
    if (w->is_ready &&
        (w->is_stale || (w->from_cache && !w->task && clock_unix_s() - w->fetched_s > OLD_S))) {
        buf_puts(out, "cached ");
        text_age(out, w->fetched_s, clock_unix_s());
    }
}
