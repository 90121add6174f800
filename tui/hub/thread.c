/* SPDX-License-Identifier: Apache-2.0 */
/* thread.c - one discussion or pull request as a text; it lies over the Discussions view. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

struct thread {
    struct doc doc; /* first: text.c works on it */
    struct waiting loading;
    uint64_t num;
};

static void ask(struct pane *p)
{
    struct thread *s = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_THREAD);
    want.num = s->num;
    hub_ask_start(p, &s->loading, &want);
}

static void thread_show(struct pane *p)
{
    struct thread *s = p->state;
    if (s->num && hub_is_unasked(&s->loading)) {
        ask(p);
    }
}

static void thread_forget(struct pane *p)
{
    struct thread *s = p->state;
    ask_begin(p->app, &s->loading);
    doc_done(&s->doc);
    s->num = 0;
}

static void thread_reload(struct pane *p)
{
    struct thread *s = p->state;
    ask_begin(p->app, &s->loading); /* what is read stays until the answer comes */
    ask(p);
}

static void thread_spot(const struct pane *p, struct hub_spot *spot)
{
    const struct thread *s = p->state;
    hub_text_spot(p, spot);
    spot->at = s->num;
}

static bool thread_go(struct pane *p, const struct hub_spot *spot)
{
    struct thread *s = p->state;
    if (s->num != spot->at) {
        thread_forget(p);
        s->num = spot->at;
    }
    return hub_text_go(p, spot);
}

void hub_thread_open(struct hub_screen *h, uint64_t num)
{
    struct pane *p = hub_detail_pane(h, &HUB_THREAD_VIEW);
    hub_detail_go(h, p, &(struct hub_spot){.at = num});
    hub_detail_over(h, p);
}

/* Text that Markdown shows as it is. */
static void put_escaped(struct buf *out, const char *s)
{
    for (; s && *s; s++) {
        if (strchr("\\`*_{}[]<>#|~!", *s)) {
            buf_putc(out, '\\');
        }
        buf_putc(out, *s == '\n' ? ' ' : *s);
    }
}

static void put_event(struct buf *out, const struct hub_event *ev)
{
    struct buf age = BUF_INIT;
    if (ev->has_date) {
        text_age(&age, ev->date_s, clock_unix_s());
    }
    const char *type = ev->type ? ev->type : "";
    bool is_comment = strcmp(type, "comment") == 0;
    buf_puts(out, is_comment ? "\n---\n\n**" : "\n*");
    put_escaped(out, ev->author ? ev->author : "(deleted)");
    buf_puts(out, is_comment ? "** " : " ");
    if (is_comment) {
        buf_printf(out, "· %s\n\n", buf_str(&age));
        buf_puts(out, ev->is_hidden ? "*This comment is hidden.*" : ev->text ? ev->text : "");
        buf_puts(out, "\n");
    } else {
        buf_puts(out, strcmp(type, "commit") == 0          ? "committed: "
                      : strcmp(type, "status-change") == 0 ? "set the status to "
                      : strcmp(type, "title-change") == 0  ? "changed the title to "
                                                           : type);
        put_escaped(out, ev->text);
        buf_printf(out, " · %s*\n", buf_str(&age));
    }
    buf_done(&age);
}

static void thread_text(const struct hub_thread *t, struct buf *out)
{
    buf_puts(out, "# ");
    put_escaped(out, t->head.title);
    buf_printf(out, "\n\n%s #%llu · ", t->head.is_pull ? "Pull request" : "Discussion",
               (unsigned long long)t->head.num);
    put_escaped(out, t->head.status);
    buf_puts(out, "\n");
    for (size_t i = 0; i < t->n_events; i++) {
        put_event(out, &t->events[i]);
    }
    if (t->diff && *t->diff) {
        buf_puts(out, "\n---\n\n~~~~~~~~~~~~diff\n");
        buf_puts(out, t->diff);
        buf_puts(out, "\n~~~~~~~~~~~~\n");
    }
}

static unsigned thread_result(struct pane *p, struct task_result *t)
{
    struct thread *s = p->state;
    if (!ask_take(&s->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_thread *thread = ask_value(t);
    if (thread) {
        struct buf text = BUF_INIT;
        thread_text(thread, &text);
        size_t top = s->doc.top;
        doc_set_markdown(&s->doc, buf_str(&text), text.n, hub_detail_text_cols(hub_screen_of(p)),
                         app_is_ascii(p->app));
        doc_goto(&s->doc, top);
        hub_detail_resume(p);
        buf_done(&text);
        hub_thread_free(thread);
    }
    return REACT_DIRTY;
}

static void thread_draw(struct pane *p, const struct canvas *c)
{
    struct thread *s = p->state;
    draw_clear(c);
    if (s->loading.is_ready || s->doc.markdown) {
        doc_draw(&s->doc, c);
    } else {
        ask_draw(c, &s->loading, "reading the discussion");
    }
}

static const struct pane_ops OPS = {
    .sets = {&HUB_TEXT_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = thread_draw,
    .move = hub_text_move,
    .result = thread_result,
    .mouse = hub_text_mouse,
    .work = hub_text_work,
    .cursor = hub_text_cursor,
    .close = hub_view_close,
};

const struct hub_view HUB_THREAD_VIEW = {
    .ops = &OPS,
    .size = sizeof(struct thread),
    .is_text = true,
    .show = thread_show,
    .forget = thread_forget,
    .reload = thread_reload,
    .named = HUB_NAMED_THREAD,
    .spot = thread_spot,
    .go = thread_go,
};
