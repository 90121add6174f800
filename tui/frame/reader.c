/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/reader.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/frame/app.h"
#include "tui/widget/doc.h"
#include "tui/widget/viewer.h"

enum { WORK_NS = 3000000, SHIFT_COLS = 8 };

void reader_close(struct reader *r)
{
    viewer_free(r->viewer);
    free(r->name);
    *r = (struct reader){.pane = r->pane};
}

void reader_open(struct reader *r, struct pane *p, const char *name)
{
    char *copy = xstrdup(name);
    reader_close(r);
    r->pane = p;
    r->name = copy;
    r->viewer = viewer_new(copy);
    struct viewer_look look = viewer_look(r->viewer);
    look.is_ascii = app_is_ascii(p->app);
    viewer_set_look(r->viewer, &look);
}

unsigned reader_move(struct reader *r, enum move move)
{
    return r->viewer && viewer_apply(r->viewer, move) ? REACT_DIRTY : REACT_NONE;
}

unsigned reader_mouse(struct reader *r, enum term_mouse what, int row)
{
    if (!r->viewer) {
        return REACT_HANDLED;
    }
    if (what == TERM_MOUSE_PRESS) {
        viewer_click(r->viewer, row - 1);
    } else {
        viewer_scroll(r->viewer, what == TERM_MOUSE_WHEEL_UP ? -3 : 3);
    }
    return REACT_DIRTY;
}

bool reader_work(struct reader *r)
{
    if (!r->viewer) {
        return false;
    }
    enum viewer_find before = viewer_matches(r->viewer).state;
    bool more = viewer_work(r->viewer, WORK_NS);
    if (before == VIEWER_SEARCHING && viewer_matches(r->viewer).state != VIEWER_SEARCHING) {
        pane_dirty(r->pane);
    }
    return more;
}

/* ---- drawing ---- */

static void put_place(struct reader *r, struct buf *out)
{
    struct viewer_place place = viewer_place(r->viewer);
    struct viewer_matches m = viewer_matches(r->viewer);
    if (m.state != VIEWER_NO_SEARCH) {
        buf_printf(out, "match %llu of %llu%s  ", (unsigned long long)m.index, (unsigned long long)m.count,
                   m.is_exact ? "" : "+");
    }
    if (place.line) {
        buf_printf(out, "line %llu  ", (unsigned long long)place.line);
    } else {
        buf_printf(out, "byte %llu  ", (unsigned long long)place.offset);
    }
    buf_printf(out, "%s  %s  ", viewer_mode_name(viewer_mode(r->viewer)), viewer_encoding(r->viewer));
    text_bytes(out, viewer_bytes(r->viewer));
    if (r->has_size && r->size > viewer_bytes(r->viewer)) {
        buf_puts(out, " of ");
        text_bytes(out, r->size);
    }
}

static void draw_status(struct reader *r, const struct canvas *c, const char *busy)
{
    struct buf left = BUF_INIT;
    struct buf path = BUF_INIT;
    struct buf right = BUF_INIT;
    text_sanitize(&left, r->name, strlen(r->name), TEXT_LINE);
    viewer_path(r->viewer, &path);
    if (path.n) {
        buf_printf(&left, "  %s", buf_str(&path));
    }
    buf_puts(&right, busy);
    put_place(r, &right);
    draw_blank(c, 0, 0, c->rect.cols, STYLE_TEXT);
    int end = draw_right(c, 0, STYLE_DIM, buf_str(&right)) - 2;
    draw_name(c, 0, 1, end - 1 > 0 ? end - 1 : 0, STYLE_TITLE_FOCUS, buf_str(&left));
    buf_done(&left);
    buf_done(&right);
    buf_done(&path);
}

void reader_draw(struct reader *r, const struct canvas *c, const char *busy)
{
    struct canvas rows = canvas_sub(c, (struct rect){1, 0, c->rect.rows - 1, c->rect.cols});
    viewer_set_size(r->viewer, rows.rect.cols, rows.rect.rows);
    const struct rich *rich = viewer_rows(r->viewer);
    for (int i = 0; i < rows.rect.rows; i++) {
        draw_blank(&rows, i, 0, rows.rect.cols, STYLE_TEXT);
        if ((size_t)i < rich->n_lines) {
            doc_draw_line(&rows, i, &rich->lines[i]);
        }
    }
    int cursor = viewer_cursor_row(r->viewer);
    bool is_empty = viewer_bytes(r->viewer) == 0;
    if (cursor >= 0 && cursor < rows.rect.rows && !is_empty) {
        draw_restyle(&rows, cursor, 0, rows.rect.cols,
                     r->pane->has_focus ? STYLE_SELECTED_DIM : STYLE_TEXT);
    }
    if (is_empty) {
        draw_text(&rows, 1, 2, -1, STYLE_DIM, "The file is empty.");
    }
    draw_status(r, c, busy);
}

bool reader_cursor(const struct reader *r, int *row, int *col)
{
    *row = r->viewer ? 1 + viewer_cursor_row(r->viewer) : 0;
    *col = 0;
    return r->viewer != NULL;
}

/* ---- actions ---- */

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
    return of(p)->viewer;
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

static unsigned do_mode(struct pane *p)
{
    struct viewer *v = viewer_of(p);
    enum viewer_mode first = viewer_mode(v);
    struct err e = ERR_INIT;
    for (int i = 1; i < 3; i++) {
        enum viewer_mode next = (enum viewer_mode)(((int)first + i) % 3);
        if (viewer_set_mode(v, next, &e)) {
            return REACT_DIRTY;
        }
    }
    app_say(p->app, APP_WARN, "%s", e.msg);
    return REACT_DIRTY;
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
    if (viewer_next(r->viewer, how) == VIEWER_NOT_FOUND) {
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
    if (!viewer_search(r->viewer, text, &e)) {
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
    } else if (!viewer_goto(r->viewer, n)) {
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
    ACTION("view.next", "n", "next", "Next match", needs_search, do_next),
    ACTION("view.prev", "N", NULL, "Previous match", needs_search, do_prev),
    ACTION("view.fold", "Enter Space", "fold", "Fold or unfold the JSON node", needs_json, do_fold),
    ACTION("view.fold-all", "-", NULL, "Fold everything", needs_json, do_fold_all),
    ACTION("view.unfold-all", "+", NULL, "Unfold everything", needs_json, do_unfold_all),
    ACTION("view.parent", "u", NULL, "To the node around this one", needs_json, do_parent),
    ACTION("view.mode", "v", "text/json/hex", "Look at it as text, JSON or hex", needs_file, do_mode),
    ACTION("view.wrap", "z", "wrap", "Wrap long lines or cut them", needs_file, do_wrap),
    ACTION("view.numbers", "#", NULL, "Show or hide line numbers", needs_file, do_numbers),
    ACTION("view.goto", "G", NULL, "Go to a line or byte by its number", needs_file, do_goto),
    ACTION("view.copy-line", "Y", NULL, "Copy the line", needs_file, do_copy),
};
const struct action_set READER_ACTIONS = {"file", "File", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};
