/* SPDX-License-Identifier: Apache-2.0 */
/* clipboard.c - text put on the clipboard: by OSC 52, and inside tmux by tmux itself, whose defaults let no
 * program's OSC 52 through. `load-buffer -w` (tmux 3.2) hands it on to the terminal outside; before 3.2 the
 * text is in tmux's buffer at least. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/task/child.h"
#include "core/task/task.h"
#include "tui/frame/app_priv.h"

enum { KIND_END, KIND_PART };

struct clipboard {
    char *text;
    bool is_old; /* this tmux knows no -w */
};

static void load_buffer(struct pane *p)
{
    struct clipboard *c = p->state;
    const char *const argv[] = {"tmux", "load-buffer", c->is_old ? "-" : "-w", c->is_old ? NULL : "-", NULL};
    struct job job = child_job(&(struct child_spec){
        .argv = argv, .input = c->text, .n_input = strlen(c->text), .part_kind = KIND_PART});
    job.name = "giving the copy to tmux";
    job.kind = KIND_END;
    task_unref(app_start(p->app, p, &job));
}

static unsigned take_end(struct pane *p, struct task_result *r)
{
    struct clipboard *c = p->state;
    const struct child_end *end = r->value;
    if (r->kind == KIND_PART || r->err.code == ERR_CANCELLED || (end && end->status == 0)) {
        return REACT_HANDLED;
    }
    if (end && !c->is_old) {
        c->is_old = true;
        load_buffer(p);
    } else {
        pane_say(p, APP_WARN, "tmux did not take the copy%s%s", r->err.code ? ": " : "", r->err.msg);
    }
    return REACT_HANDLED;
}

static void close_clipboard(struct pane *p)
{
    struct clipboard *c = p->state;
    free(c->text);
    free(c);
}

static const struct pane_ops CLIPBOARD_OPS = {.result = take_end, .close = close_clipboard};

void clipboard_open(struct app *app)
{
    app->clipboard_pane = pane_new(app, &CLIPBOARD_OPS, xcalloc(1, sizeof(struct clipboard)));
}

static bool is_in_tmux(void)
{
    const char *tmux = getenv("TMUX");
    return tmux && *tmux;
}

enum clipboard_end clipboard_put(struct app *app, const char *text, enum clip_kind kind, struct buf *out,
                                 struct clip_note *note)
{
    if (!clip_take(out, text, strlen(text), kind, note)) {
        return CLIPBOARD_REFUSED;
    }
    const bool fits = term_copy(&app->term, buf_str(out), out->n);
    if (!is_in_tmux()) {
        return fits ? CLIPBOARD_SENT : CLIPBOARD_TOO_LONG;
    }
    struct clipboard *c = app->clipboard_pane->state;
    free(c->text);
    c->text = xstrdup(buf_str(out));
    load_buffer(app->clipboard_pane);
    return CLIPBOARD_SENT;
}

static const char REFUSED[] = "it holds control characters, which could run something where it is pasted";

const char *app_copy_reason(const char *value)
{
    struct buf out = BUF_INIT;
    const bool is_fine = clip_take(&out, value, strlen(value), CLIP_VALUE, NULL);
    buf_done(&out);
    return is_fine ? NULL : REFUSED;
}

/* ": 5 lines, 2 tabs, without 1 control character" */
static void put_note(const struct clip_note *note, struct buf *out)
{
    const char *before = ": ";
    if (note->lines > 1) {
        buf_printf(out, "%s%zu lines", before, note->lines);
        before = ", ";
    }
    if (note->tabs) {
        buf_printf(out, "%s%zu tab%s", before, note->tabs, note->tabs == 1 ? "" : "s");
        before = ", ";
    }
    if (note->left_out) {
        buf_printf(out, "%swithout %zu control character%s", before, note->left_out, note->left_out == 1 ? "" : "s");
    }
}

static void copy(struct app *app, const char *text, enum clip_kind kind, const char *what)
{
    struct buf sent = BUF_INIT;
    struct buf title = BUF_INIT;
    struct clip_note note = {0};
    switch (clipboard_put(app, text, kind, &sent, &note)) {
    case CLIPBOARD_REFUSED:
        app_say(app, APP_WARN, "%s was not copied: %s", what, REFUSED);
        break;
    case CLIPBOARD_TOO_LONG:
        app_say(app, APP_WARN, "%s is too long for the terminal's clipboard", what);
        break;
    default:
        buf_printf(&title, "sent to %s: %s", is_in_tmux() ? "tmux" : "the terminal", what);
        put_note(&note, &title);
        popup_text(app, buf_str(&title), buf_str(&sent), sent.n);
        break;
    }
    buf_done(&title);
    buf_done(&sent);
}

void app_copy(struct app *app, const char *text, const char *what)
{
    copy(app, text, CLIP_VALUE, what);
}

void app_copy_lines(struct app *app, const char *text, const char *what)
{
    copy(app, text, CLIP_LINES, what);
}
