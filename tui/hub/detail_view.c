/* SPDX-License-Identifier: Apache-2.0 */
/* detail_view.c - one file: text, JSON as a folding tree, or hex. The first megabyte at once, more
 * when the reader comes near its end. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/screen.h"

enum { WORK_NS = 3000000 };

void view_done(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    ask_begin(h->app, &d->file_loading);
    viewer_free(d->viewer);
    d->viewer = NULL;
    free(d->file_path);
    d->file_path = NULL;
    d->file_read = 0;
    d->has_file_size = false;
}

static void begin(struct hub_screen *h, const char *path)
{
    struct detail *d = &h->detail;
    char *copy = xstrdup(path);
    view_done(h);
    d->layer = LAYER_FILE;
    d->file_path = copy;
    d->viewer = viewer_new(copy);
    struct viewer_look look = viewer_look(d->viewer);
    look.is_ascii = app_is_ascii(h->app);
    viewer_set_look(d->viewer, &look);
}

void view_open(struct hub_screen *h, const char *path)
{
    begin(h, path);
    h->detail.is_local_text = false;
    job_file(h, path, 0);
}

void view_open_text(struct hub_screen *h, const char *title, const char *text)
{
    begin(h, title);
    h->detail.is_local_text = true;
    struct detail *d = &h->detail;
    viewer_append(d->viewer, text, strlen(text), NULL);
    viewer_finish(d->viewer);
    d->file_loading.is_ready = true;
    d->file_read = strlen(text);
    detail_update_ops(h);
}

unsigned view_result(struct hub_screen *h, struct task_result *t)
{
    struct detail *d = &h->detail;
    if (!ask_take(&d->file_loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_blob *blob = ask_value(t);
    if (blob && d->viewer) {
        struct err e = ERR_INIT;
        bool is_taken = viewer_append(d->viewer, blob->bytes.p ? blob->bytes.p : "", blob->bytes.n, &e);
        if (!is_taken) {
            pane_say(h->detail_pane, APP_WARN, "%s", e.msg);
        }
        d->file_read = blob->offset + blob->bytes.n;
        d->has_file_size = blob->has_size;
        d->file_size = blob->size;
        if (!is_taken || blob->bytes.n == 0 || (blob->has_size && d->file_read >= blob->size)) {
            viewer_finish(d->viewer);
        }
        hub_blob_free(blob);
    }
    return REACT_DIRTY;
}

static void fetch_more(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    bool has_more = !d->has_file_size || d->file_read < d->file_size;
    if (!d->is_local_text && d->file_loading.is_ready && !d->file_loading.task && d->file_loading.err.code == ERR_NONE && has_more &&
        viewer_wants_more(d->viewer)) {
        job_file(h, d->file_path, d->file_read);
    }
}

bool view_work(struct hub_screen *h)
{
    struct viewer *v = h->detail.viewer;
    if (!v) {
        return false;
    }
    fetch_more(h);
    enum viewer_find before = viewer_matches(v).state;
    bool more = viewer_work(v, WORK_NS);
    if (before == VIEWER_SEARCHING && viewer_matches(v).state != VIEWER_SEARCHING) {
        pane_dirty(h->detail_pane);
    }
    return more;
}

/* ---- drawing ---- */

static void draw_status(struct hub_screen *h, const struct canvas *c, int row)
{
    struct detail *d = &h->detail;
    struct viewer_place place = viewer_place(d->viewer);
    struct buf left = BUF_INIT;
    text_sanitize(&left, d->file_path, strlen(d->file_path), TEXT_LINE);
    struct buf path = BUF_INIT;
    viewer_path(d->viewer, &path);
    if (path.n) {
        buf_printf(&left, "  %s", buf_str(&path));
    }
    struct buf right = BUF_INIT;
    if (d->file_loading.task) {
        buf_printf(&right, "%s ", app_spinner(h->app));
    }
    struct viewer_matches m = viewer_matches(d->viewer);
    if (m.state != VIEWER_NO_SEARCH) {
        buf_printf(&right, "match %llu of %llu%s  ", (unsigned long long)m.index, (unsigned long long)m.count,
                   m.is_exact ? "" : "+");
    }
    if (place.line) {
        buf_printf(&right, "line %llu  ", (unsigned long long)place.line);
    } else {
        buf_printf(&right, "byte %llu  ", (unsigned long long)place.offset);
    }
    buf_printf(&right, "%s  %s  ", viewer_mode_name(viewer_mode(d->viewer)), viewer_encoding(d->viewer));
    text_bytes(&right, d->file_read);
    if (d->has_file_size && d->file_size > d->file_read) {
        buf_puts(&right, " of ");
        text_bytes(&right, d->file_size);
    }
    draw_blank(c, row, 0, c->rect.cols, STYLE_TEXT);
    int end = draw_right(c, row, STYLE_DIM, buf_str(&right)) - 2;
    draw_name(c, row, 1, end - 1 > 0 ? end - 1 : 0, STYLE_TITLE_FOCUS, buf_str(&left));
    buf_done(&left);
    buf_done(&right);
    buf_done(&path);
}

void view_draw(struct hub_screen *h, const struct canvas *c)
{
    struct detail *d = &h->detail;
    if (!d->file_loading.is_ready) {
        struct canvas rest = canvas_sub(c, (struct rect){1, 0, c->rect.rows - 1, c->rect.cols});
        char *clean = text_clean(d->file_path);
        draw_name(c, 0, 1, c->rect.cols - 2, STYLE_TITLE_FOCUS, clean);
        free(clean);
        ask_draw(h->app, &rest, &d->file_loading, "reading the file");
        return;
    }
    struct canvas rows = canvas_sub(c, (struct rect){1, 0, c->rect.rows - 1, c->rect.cols});
    viewer_set_size(d->viewer, rows.rect.cols, rows.rect.rows);
    const struct rich *rich = viewer_rows(d->viewer);
    for (int i = 0; i < rows.rect.rows && (size_t)i < rich->n_lines; i++) {
        doc_draw_line(&rows, i, &rich->lines[i]);
    }
    int cursor = viewer_cursor_row(d->viewer);
    if (cursor >= 0 && cursor < rows.rect.rows && d->file_read > 0) {
        draw_restyle(&rows, cursor, 0, rows.rect.cols,
                     h->detail_pane->has_focus ? STYLE_SELECTED_DIM : STYLE_TEXT);
    }
    if (d->file_read == 0) {
        draw_text(&rows, 1, 2, -1, STYLE_DIM, "The file is empty.");
    }
    ask_draw_failure(&rows, &d->file_loading);
    draw_status(h, c, 0);
}

/* ---- actions ---- */

static struct viewer *viewer_of(struct pane *p)
{
    return hub_screen_of(p)->detail.viewer;
}

static unsigned do_wrap(struct pane *p)
{
    struct viewer_look look = viewer_look(viewer_of(p));
    look.wrap = !look.wrap;
    viewer_set_look(viewer_of(p), &look);
    return REACT_DIRTY;
}

static unsigned do_numbers(struct pane *p)
{
    struct viewer_look look = viewer_look(viewer_of(p));
    look.hide_numbers = !look.hide_numbers;
    viewer_set_look(viewer_of(p), &look);
    return REACT_DIRTY;
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
    return viewer_mode(viewer_of(p)) == VIEWER_JSON ? NULL : "this is for JSON files";
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

static void step(struct hub_screen *h, int how)
{
    if (viewer_next(h->detail.viewer, how) == VIEWER_NOT_FOUND) {
        app_say(h->app, APP_WARN, "not found");
    }
    pane_dirty(h->detail_pane);
}

static void find_done(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    app_relayout(h->app);
    struct err e = ERR_INIT;
    if (!text || !h->detail.viewer) {
        return;
    }
    char *pattern = xasprintf("%s%s", h->detail.is_regex && *text ? "\\v" : "", text);
    bool is_set = viewer_search(h->detail.viewer, pattern, &e);
    free(pattern);
    if (!is_set) {
        app_say(h->app, APP_ERROR, "%s", e.msg);
    } else if (*text) {
        step(h, 0);
    }
}

static unsigned find(struct pane *p, bool is_regex)
{
    struct hub_screen *h = hub_screen_of(p);
    h->detail.is_regex = is_regex;
    struct input_spec spec = {
        .prompt = is_regex ? "regex: " : "/", .history = "find", .done = find_done, .ctx = h};
    app_prompt(p->app, &spec);
    return REACT_HANDLED;
}

static unsigned do_find(struct pane *p)
{
    return find(p, false);
}

static unsigned do_regex(struct pane *p)
{
    return find(p, true);
}

static const char *needs_search(struct pane *p)
{
    return viewer_matches(viewer_of(p)).state == VIEWER_NO_SEARCH ? "nothing was searched yet" : NULL;
}

static unsigned do_next(struct pane *p)
{
    step(hub_screen_of(p), 1);
    return REACT_DIRTY;
}

static unsigned do_prev(struct pane *p)
{
    step(hub_screen_of(p), -1);
    return REACT_DIRTY;
}

static void goto_done(void *ctx, const char *text)
{
    struct hub_screen *h = ctx;
    app_relayout(h->app);
    unsigned long long n = 0;
    if (!text || !*text || !h->detail.viewer) {
        return;
    }
    if (!str_to_u64(text, 1ULL << 52, &n)) {
        app_say(h->app, APP_ERROR, "not a number: %s", text);
    } else if (!viewer_goto(h->detail.viewer, n)) {
        app_say(h->app, APP_INFO, "that is behind what was read so far: this is the end of it");
    }
}

static unsigned do_goto(struct pane *p)
{
    struct input_spec spec = {
        .prompt = viewer_mode(viewer_of(p)) == VIEWER_HEX ? "byte: " : "line: ",
        .done = goto_done,
        .ctx = hub_screen_of(p),
    };
    app_prompt(p->app, &spec);
    return REACT_HANDLED;
}

static unsigned do_copy(struct pane *p)
{
    struct buf line = BUF_INIT;
    viewer_copy(viewer_of(p), &line);
    app_copy(p->app, buf_str(&line), "the line");
    buf_done(&line);
    return REACT_HANDLED;
}

static const struct action ACTIONS[] = {
    ACTION("view.find", "/", "find", "Search in the file", NULL, do_find),
    ACTION("view.regex", "&", NULL, "Search a regular expression", NULL, do_regex),
    ACTION("view.next", "n", NULL, "Next match", needs_search, do_next),
    ACTION("view.prev", "N", NULL, "Previous match", needs_search, do_prev),
    ACTION("view.fold", "Enter Space", "fold", "Fold or unfold the JSON node", needs_json, do_fold),
    ACTION("view.fold-all", "-", NULL, "Fold everything", needs_json, do_fold_all),
    ACTION("view.unfold-all", "+", NULL, "Unfold everything", needs_json, do_unfold_all),
    ACTION("view.parent", "u", NULL, "To the node around this one", needs_json, do_parent),
    ACTION("view.mode", "v", "text/json/hex", "Look at it as text, JSON or hex", NULL, do_mode),
    ACTION("view.wrap", "z", "wrap", "Wrap long lines or cut them", NULL, do_wrap),
    ACTION("view.numbers", "#", NULL, "Show or hide line numbers", NULL, do_numbers),
    ACTION("view.goto", "G", NULL, "Go to a line or byte by its number", NULL, do_goto),
    ACTION("view.copy-line", "Y", NULL, "Copy the line", NULL, do_copy),
};
const struct action_set HUB_VIEWER_ACTIONS = {"hub.file", "Hub: file", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};
