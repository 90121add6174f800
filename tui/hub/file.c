/* SPDX-License-Identifier: Apache-2.0 */
/* file.c - one file of a repo in the viewer; it lies over a tab. What its header says comes first where it has one
 * that is known; its bytes only when they are asked for. Of other files the first megabyte at once, more when the
 * reader comes near its end; JSON to its end, as far as a tree is made of it. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/peek/peek.h"
#include "tui/frame/reader.h"
#include "tui/hub/hub.h"
#include "tui/widget/view_json.h"
#include "tui/widget/viewer.h"

enum { TREE_CHUNK_BYTES = 8 << 20 };

struct file {
    struct reader reader;
    struct waiting loading; /* the bytes */
    struct waiting header;
    bool wants_header;      /* it comes first; false as soon as it is known that it cannot be read */
    char *path;    /* owned; NULL: none is open */
    char *revision; /* owned; NULL: main */
    uint64_t line; /* wanted, as soon as it is read; 0: none */
    bool is_local; /* text that is no file of the repo */
    uint64_t read; /* bytes from the start that are here */
};

/* A tree needs the whole file. */
static bool is_read_to_its_end(const struct file *f)
{
    return f->reader.has_size && f->reader.size <= JSON_TREE_MAX_BYTES && viewer_expects_json(f->reader.viewer);
}

static void ask(struct pane *p)
{
    struct file *f = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_FILE);
    want.path = f->path;
    want.revision = f->revision;
    want.offset = f->read;
    want.len = f->read > 0 && is_read_to_its_end(f) ? TREE_CHUNK_BYTES : 0;
    hub_ask_start(p, &f->loading, &want);
}

static void ask_header(struct pane *p)
{
    struct file *f = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_HEADER);
    want.path = f->path;
    want.revision = f->revision;
    hub_ask_start(p, &f->header, &want);
}

static void file_show(struct pane *p)
{
    struct file *f = p->state;
    if (f->path && f->wants_header && hub_is_unasked(&f->header)) {
        ask_header(p);
    } else if (f->path && !f->wants_header && hub_is_unasked(&f->loading)) {
        ask(p);
    }
}

static void file_forget(struct pane *p)
{
    struct file *f = p->state;
    ask_begin(p->app, &f->loading);
    ask_begin(p->app, &f->header);
    reader_close(&f->reader);
    free(f->path);
    free(f->revision);
    f->path = NULL;
    f->revision = NULL;
    f->wants_header = false;
    f->line = 0;
    f->read = 0;
}

static struct file *begin(struct hub_screen *h, const char *path, const char *revision, bool is_local)
{
    struct pane *p = hub_detail_pane(h, &HUB_FILE_VIEW);
    struct file *f = p->state;
    char *copy = xstrdup(path);
    char *copy_revision = revision ? xstrdup(revision) : NULL;
    file_forget(p);
    f->path = copy;
    f->revision = copy_revision;
    f->is_local = is_local;
    char *name = revision ? xasprintf("%s  at %s", copy, copy_revision) : xstrdup(copy);
    reader_open(&f->reader, p, name);
    free(name);
    return f;
}

/* line 0: no line of its text is wanted; its header comes first where it has one. */
static void open_at(struct hub_screen *h, const char *path, const char *revision, uint64_t line)
{
    struct file *f = begin(h, path, revision, false);
    f->line = line;
    f->wants_header = line == 0 && peek_knows(path);
}

void hub_file_open(struct hub_screen *h, const char *path, const char *revision, uint64_t line)
{
    open_at(h, path, revision, line);
    hub_detail_over(h, hub_detail_pane(h, &HUB_FILE_VIEW));
}

static void file_spot(const struct pane *p, struct hub_spot *spot)
{
    struct file *f = p->state;
    if (f->path && !f->is_local) {
        spot->name = xstrdup(f->path);
        spot->revision = f->revision ? xstrdup(f->revision) : NULL;
        spot->at = f->line || f->reader.shows_header ? f->line : viewer_place(f->reader.viewer).line;
    }
}

static bool is_open(const struct file *f, const struct hub_spot *spot)
{
    const char *now = f->revision ? f->revision : "";
    return f->path && !f->is_local && strcmp(f->path, spot->name) == 0 &&
           strcmp(now, spot->revision ? spot->revision : "") == 0;
}

static bool file_go(struct pane *p, const struct hub_spot *spot)
{
    struct file *f = p->state;
    if (spot->name && !is_open(f, spot)) {
        open_at(hub_screen_of(p), spot->name, spot->revision, spot->at);
    } else if (spot->name && spot->at) {
        f->line = viewer_goto(f->reader.viewer, spot->at) ? 0 : spot->at;
    }
    return true;
}

void hub_file_open_text(struct hub_screen *h, const char *title, const char *text)
{
    struct file *f = begin(h, title, NULL, true);
    viewer_append(f->reader.viewer, text, strlen(text), NULL);
    viewer_finish(f->reader.viewer);
    f->loading.is_ready = true;
    hub_detail_over(h, hub_detail_pane(h, &HUB_FILE_VIEW));
}

static void file_reload(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    struct file *f = p->state;
    if (f->is_local) {
        hub_detail_back(h); /* what it was made from is being asked for anew */
        return;
    }
    const bool has_header = f->reader.header || f->wants_header;
    const uint64_t line = has_header ? 0 : viewer_place(f->reader.viewer).line;
    f = begin(h, f->path, f->revision, false);
    f->line = line;
    f->wants_header = has_header;
    file_show(p);
}

/* The file is another than its name says, or broken: then its bytes can still be looked at. What keeps the header
 * away keeps the bytes away, too: it is shown in place of both. */
static bool is_about_content(enum err_code code)
{
    return code == ERR_UNSUPPORTED || code == ERR_DAMAGED || code == ERR_LIMIT || code == ERR_CONFLICT;
}

static unsigned take_header(struct pane *p, struct task_result *t)
{
    struct file *f = p->state;
    if (!ask_take(&f->header, t)) {
        return REACT_HANDLED;
    }
    struct hub_told *told = ask_value(t);
    if (told && f->reader.viewer) {
        f->reader.has_size = true;
        f->reader.size = told->file_bytes;
        reader_show_header(&f->reader, told->format, buf_str(&told->text), told->text.n);
    } else if (is_about_content(f->header.err.code) && f->reader.viewer) {
        pane_say(p, APP_WARN, "its header is not shown: %s", f->header.err.msg);
        f->wants_header = false;
        file_show(p);
    }
    hub_told_free(told);
    return REACT_DIRTY;
}

static unsigned file_result(struct pane *p, struct task_result *t)
{
    struct file *f = p->state;
    if (t->kind == HUB_WANT_HEADER) {
        return take_header(p, t);
    }
    if (!ask_take(&f->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_blob *blob = ask_value(t);
    if (blob && f->reader.viewer) {
        struct err e = ERR_INIT;
        bool is_taken = viewer_append(f->reader.viewer, blob->bytes.p ? blob->bytes.p : "", blob->bytes.n, &e);
        if (!is_taken) {
            pane_say(p, APP_WARN, "%s", e.msg);
        }
        f->read = blob->offset + blob->bytes.n;
        f->reader.has_size = blob->has_size;
        f->reader.size = blob->size;
        if (!is_taken || blob->bytes.n == 0 || (blob->has_size && f->read >= blob->size)) {
            viewer_finish(f->reader.viewer);
        }
        if (f->line && (viewer_goto(f->reader.viewer, f->line) || !is_taken)) {
            f->line = 0;
        }
    }
    hub_blob_free(blob);
    return REACT_DIRTY;
}

static void fetch_more(struct pane *p)
{
    struct file *f = p->state;
    const bool has_more = !f->reader.has_size || f->read < f->reader.size;
    const bool is_idle = !f->is_local && !f->loading.task && f->loading.err.code == ERR_NONE;
    if (f->reader.shows_header || f->header.task || !is_idle) {
        return;
    }
    if (!f->loading.is_ready && f->path && f->reader.header) {
        ask(p); /* the reader went on from the header */
    } else if (f->loading.is_ready && has_more &&
               (f->line || viewer_wants_more(f->reader.viewer) || is_read_to_its_end(f))) {
        ask(p);
    }
}

static bool file_work(struct pane *p)
{
    struct file *f = p->state;
    if (f->reader.viewer) {
        fetch_more(p);
    }
    return reader_work(&f->reader);
}

static void file_draw(struct pane *p, const struct canvas *c)
{
    struct file *f = p->state;
    if (f->reader.viewer && (f->loading.is_ready || f->reader.shows_header)) {
        reader_draw(&f->reader, c, f->loading.task ? "reading  " : "");
        if (!f->reader.shows_header) {
            ask_draw_failure(c, &f->loading);
        }
        return;
    }
    draw_clear(c);
    struct canvas rest = canvas_sub(c, (struct rect){1, 0, c->rect.rows - 1, c->rect.cols});
    char *clean = text_clean(f->path ? f->path : "");
    draw_name(c, 0, 1, c->rect.cols - 2, STYLE_TITLE_FOCUS, clean);
    free(clean);
    if (f->wants_header && !f->reader.header) {
        ask_draw(&rest, &f->header, "reading the header");
    } else {
        ask_draw(&rest, &f->loading, "reading the file");
    }
}

static unsigned file_move(struct pane *p, enum move move)
{
    struct file *f = p->state;
    return reader_move(&f->reader, move);
}

static unsigned file_mouse(struct pane *p, enum term_mouse what, int row, int col)
{
    struct file *f = p->state;
    (void)col;
    return reader_mouse(&f->reader, what, row);
}

static bool file_cursor(const struct pane *p, int *row, int *col)
{
    const struct file *f = p->state;
    return reader_cursor(&f->reader, row, col);
}

static struct reader *file_reader(struct pane *p)
{
    struct file *f = p->state;
    return &f->reader;
}

static const struct pane_ops OPS = {
    .sets = {&READER_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = file_draw,
    .move = file_move,
    .result = file_result,
    .mouse = file_mouse,
    .work = file_work,
    .cursor = file_cursor,
    .reader = file_reader,
    .close = hub_view_close,
};

const struct hub_view HUB_FILE_VIEW = {
    .ops = &OPS,
    .size = sizeof(struct file),
    .show = file_show,
    .forget = file_forget,
    .reload = file_reload,
    .named = HUB_NAMED_FILE,
    .spot = file_spot,
    .go = file_go,
};
