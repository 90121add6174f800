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

bool clipboard_put(struct app *app, const char *text)
{
    const char *tmux = getenv("TMUX");
    bool fits = term_copy(&app->term, text, strlen(text));
    if (!tmux || !*tmux) {
        return fits;
    }
    struct clipboard *c = app->clipboard_pane->state;
    free(c->text);
    c->text = xstrdup(text);
    load_buffer(app->clipboard_pane);
    return true;
}

void app_copy(struct app *app, const char *text, const char *what)
{
    if (clipboard_put(app, text)) {
        app_say(app, APP_INFO, "copied %s: %s", what, text);
    } else {
        app_say(app, APP_WARN, "%s is too long for the terminal's clipboard", what);
    }
}
