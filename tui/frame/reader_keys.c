/* SPDX-License-Identifier: Apache-2.0 */
/* The keys of a reader. */
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "tui/frame/app.h"
#include "tui/frame/reader.h"
#include "tui/widget/view_json.h"
#include "tui/widget/viewer.h"

static struct reader *of(const struct pane *p)
{
    return p->ops->reader((struct pane *)(uintptr_t)p);
}

static const char *needs_file(struct pane *p)
{
    return of(p)->viewer ? NULL : "nothing is open";
}

static struct viewer *viewer_of(const struct pane *p)
{
    return reader_shown(of(p));
}

static const char *needs_text(struct pane *p)
{
    return viewer_of(p) && viewer_mode(viewer_of(p)) == VIEWER_TEXT ? NULL : "this is for text";
}

static unsigned change_look(struct pane *p, bool wrap, bool numbers)
{
    struct viewer_look look = viewer_look(viewer_of(p));
    look.wrap = look.wrap != wrap;
    look.hide_numbers = look.hide_numbers != numbers;
    viewer_set_look(viewer_of(p), &look);
    return REACT_DIRTY;
}

static unsigned do_wrap(struct pane *p)
{
    return change_look(p, true, false);
}

static unsigned do_numbers(struct pane *p)
{
    return change_look(p, false, true);
}

/* Why a file that looks like JSON is not shown as a tree. */
static void say_no_tree(struct reader *r, const struct err *e)
{
    struct buf size = BUF_INIT;
    if (r->has_size && r->size > JSON_TREE_MAX_BYTES) {
        text_bytes(&size, r->size);
        app_say(r->pane->app, APP_WARN, "no JSON tree: files up to %d MiB are shown as one, this one has %s",
                JSON_TREE_MAX_BYTES >> 20, buf_str(&size));
    } else {
        app_say(r->pane->app, APP_WARN, "no JSON tree: %s", e->msg);
    }
    buf_done(&size);
}

/* header, then the bytes as they are best shown, then their other modes, then the header again */
static unsigned do_mode(struct pane *p)
{
    enum { MODES = 3 };
    struct reader *r = of(p);
    if (r->shows_header) {
        r->shows_header = false;
        r->first_mode = -1;
        return REACT_DIRTY;
    }
    const int now = (int)viewer_mode(r->viewer);
    r->first_mode = r->header && r->first_mode < 0 ? now : r->first_mode;
    struct err e = ERR_INIT;
    for (int i = 1; i < MODES; i++) {
        const int next = (now + i) % MODES;
        if (r->header && next == r->first_mode) {
            break;
        }
        if (viewer_set_mode(r->viewer, (enum viewer_mode)next, &e)) {
            if (e.code != ERR_NONE && viewer_expects_json(r->viewer)) {
                say_no_tree(r, &e);
            }
            return REACT_DIRTY;
        }
    }
    r->shows_header = r->header != NULL;
    if (!r->shows_header) {
        app_say(p->app, APP_WARN, "%s", e.msg);
    }
    return REACT_DIRTY;
}

static const char *mode_label(struct pane *p)
{
    return of(p)->header ? "header/text/hex" : "text/json/hex";
}

static const char *needs_json(struct pane *p)
{
    return viewer_of(p) && viewer_mode(viewer_of(p)) == VIEWER_JSON ? NULL : "this is for JSON files";
}

static unsigned do_fold(struct pane *p)
{
    viewer_fold(viewer_of(p));
    return REACT_DIRTY;
}

static unsigned do_fold_all(struct pane *p)
{
    viewer_fold_all(viewer_of(p), 1);
    return REACT_DIRTY;
}

static unsigned do_unfold_all(struct pane *p)
{
    viewer_fold_all(viewer_of(p), 1000);
    return REACT_DIRTY;
}

static unsigned do_parent(struct pane *p)
{
    viewer_parent(viewer_of(p));
    return REACT_DIRTY;
}

static void step(struct reader *r, int how)
{
    if (viewer_next(reader_shown(r), how) == VIEWER_NOT_FOUND) {
        app_say(r->pane->app, APP_WARN, "not found");
    }
    pane_dirty(r->pane);
}

static void find_done(void *ctx, const char *text)
{
    struct reader *r = ctx;
    app_relayout(r->pane->app);
    struct err e = ERR_INIT;
    if (!text || !r->viewer) {
        return;
    }
    if (!viewer_search(reader_shown(r), text, &e)) {
        app_say(r->pane->app, APP_ERROR, "%s", e.msg);
    } else if (*text) {
        step(r, 0);
    }
}

static unsigned do_find(struct pane *p)
{
    struct input_spec spec = {.prompt = "/", .history = "find", .enter = "find", .done = find_done, .ctx = of(p)};
    app_prompt(p->app, &spec);
    return REACT_HANDLED;
}

static const char *needs_search(struct pane *p)
{
    return !viewer_of(p) || viewer_matches(viewer_of(p)).state == VIEWER_NO_SEARCH ? "nothing was searched yet" : NULL;
}

static unsigned do_next(struct pane *p)
{
    step(of(p), 1);
    return REACT_DIRTY;
}

static unsigned do_prev(struct pane *p)
{
    step(of(p), -1);
    return REACT_DIRTY;
}

static void goto_done(void *ctx, const char *text)
{
    struct reader *r = ctx;
    struct app *app = r->pane->app;
    app_relayout(app);
    unsigned long long n = 0;
    if (!text || !*text || !r->viewer) {
        return;
    }
    if (!str_to_u64(text, 1ULL << 52, &n)) {
        app_say(app, APP_ERROR, "not a number: %s", text);
    } else if (!viewer_goto(reader_shown(r), n)) {
        app_say(app, APP_INFO, "that is behind what was read so far: this is the end of it");
    }
}

static unsigned do_goto(struct pane *p)
{
    struct input_spec spec = {
        .prompt = viewer_mode(viewer_of(p)) == VIEWER_HEX ? "byte: " : "line: ", .enter = "go there", .done = goto_done, .ctx = of(p)};
    app_prompt(p->app, &spec);
    return REACT_HANDLED;
}

static unsigned do_copy(struct pane *p)
{
    struct buf line = BUF_INIT;
    viewer_copy(viewer_of(p), &line);
    app_copy_lines(p->app, buf_str(&line), "the line");
    buf_done(&line);
    return REACT_HANDLED;
}

static const struct action ACTIONS[] = {
    ACTION("view.find", "/", "find", "Search in the file; \\v before the text: a regular expression", needs_file, do_find),
    ACTION("view.next", "n", NULL, "Next match", needs_search, do_next),
    ACTION("view.prev", "N", NULL, "Previous match", needs_search, do_prev),
    ACTION("view.fold", "Enter Space", "fold", "Fold or unfold the JSON node", needs_json, do_fold),
    ACTION("view.fold-all", "-", NULL, "Fold everything", needs_json, do_fold_all),
    ACTION("view.unfold-all", "+", NULL, "Unfold everything", needs_json, do_unfold_all),
    ACTION("view.parent", "u", NULL, "To the node around this one", needs_json, do_parent),
    {.id = "view.mode", .keys = "v", .label = "text/json/hex", .label_of = mode_label,
     .help = "Look at it as text, JSON or hex; at what its header says", .disabled = needs_file, .run = do_mode},
    ACTION("view.wrap", "z", "wrap", "Wrap long lines or cut them", needs_text, do_wrap),
    ACTION("view.numbers", "#", NULL, "Show or hide line numbers", needs_text, do_numbers),
    ACTION("view.goto", "G", NULL, "Go to a line or byte by its number", needs_file, do_goto),
    ACTION("view.copy-line", "Y", NULL, "Copy the line", needs_file, do_copy),
};
const struct action_set READER_ACTIONS = {"file", "File", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};
