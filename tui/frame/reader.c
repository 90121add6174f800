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
    viewer_free(r->header);
    free(r->format);
    free(r->name);
    *r = (struct reader){.pane = r->pane};
}

struct viewer *reader_shown(const struct reader *r)
{
    return r->shows_header ? r->header : r->viewer;
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

void reader_show_header(struct reader *r, const char *format, const char *text, size_t n)
{
    const struct viewer_look look = {.hide_numbers = true, .is_ascii = app_is_ascii(r->pane->app)};
    viewer_free(r->header);
    free(r->format);
    r->format = xstrdup(format);
    r->header = viewer_new(NULL);
    r->shows_header = true;
    r->first_mode = -1;
    viewer_set_look(r->header, &look);
    viewer_set_mode(r->header, VIEWER_TEXT, NULL);
    viewer_append(r->header, text, n, NULL);
    viewer_finish(r->header);
}

unsigned reader_move(struct reader *r, enum move move)
{
    return r->viewer && viewer_apply(reader_shown(r), move) ? REACT_DIRTY : REACT_NONE;
}

unsigned reader_mouse(struct reader *r, enum term_mouse what, int row)
{
    if (!r->viewer) {
        return REACT_HANDLED;
    }
    if (what == TERM_MOUSE_PRESS) {
        viewer_click(reader_shown(r), row - 1);
    } else {
        viewer_scroll(reader_shown(r), what == TERM_MOUSE_WHEEL_UP ? -3 : 3);
    }
    return REACT_DIRTY;
}

bool reader_work(struct reader *r)
{
    if (!r->viewer) {
        return false;
    }
    const enum viewer_find before = viewer_matches(reader_shown(r)).state;
    const enum viewer_mode mode = viewer_mode(reader_shown(r));
    const bool more = viewer_work(reader_shown(r), WORK_NS);
    const bool is_found = before == VIEWER_SEARCHING && viewer_matches(reader_shown(r)).state != VIEWER_SEARCHING;
    if (is_found || viewer_mode(reader_shown(r)) != mode) { /* text became a tree */
        pane_dirty(r->pane);
    }
    return more;
}

/* ---- drawing ---- */

static void put_size(const struct reader *r, struct buf *out)
{
    const uint64_t here = viewer_bytes(r->viewer);
    if (r->shows_header) {
        text_bytes(out, r->size);
        return;
    }
    text_bytes(out, here);
    if (r->has_size && r->size > here) {
        buf_puts(out, " of ");
        text_bytes(out, r->size);
    }
}

/* What the status says at the right; less of it when the name needs the room. */
enum told { TOLD_ALL, TOLD_NO_ENCODING, TOLD_NO_SIZE };

static void put_place(struct reader *r, enum told less, struct buf *out)
{
    struct viewer_place place = viewer_place(reader_shown(r));
    struct viewer_matches m = viewer_matches(reader_shown(r));
    if (m.state != VIEWER_NO_SEARCH) {
        buf_printf(out, "match %llu of %llu%s  ", (unsigned long long)m.index, (unsigned long long)m.count,
                   m.is_exact ? "" : "+");
    }
    if (place.line) {
        buf_printf(out, "line %llu  ", (unsigned long long)place.line);
    } else {
        buf_printf(out, "byte %llu  ", (unsigned long long)place.offset);
    }
    if (r->shows_header) {
        buf_printf(out, "header  %s", r->format);
    } else {
        buf_puts(out, viewer_mode_name(viewer_mode(r->viewer)));
        buf_printf(out, "%s%s", less < TOLD_NO_ENCODING ? "  " : "",
                   less < TOLD_NO_ENCODING ? viewer_encoding(r->viewer) : "");
    }
    if (less < TOLD_NO_SIZE) {
        buf_puts(out, "  ");
        put_size(r, out);
    }
}

/* Where one is in a JSON file; nothing at its root. Owned. */
static char *json_path(const struct reader *r)
{
    struct buf path = BUF_INIT;
    if (!r->shows_header) {
        viewer_path(r->viewer, &path);
    }
    if (strcmp(buf_str(&path), ".") == 0) {
        buf_clear(&path);
    }
    return buf_steal(&path);
}

/* The name is cut only where it alone is too long, the path behind it takes what is left. */
static void draw_status(struct reader *r, const struct canvas *c, const char *busy)
{
    enum { GAP = 2, PATH_MIN = 6, PATH_WANTED = 16 };
    struct buf right = BUF_INIT;
    char *name = text_clean(r->name);
    char *path = json_path(r);
    const int name_cols = text_width(name);
    const int path_cols = text_width(path) < PATH_WANTED ? text_width(path) : PATH_WANTED;
    const int wanted = 1 + name_cols + GAP + (path_cols ? path_cols + GAP : 0);
    int less = TOLD_ALL;
    do {
        buf_clear(&right);
        buf_puts(&right, busy);
        put_place(r, (enum told)less, &right);
    } while (wanted + text_width(buf_str(&right)) > c->rect.cols && less++ < TOLD_NO_SIZE);
    draw_blank(c, 0, 0, c->rect.cols, STYLE_TEXT);
    const int end = draw_right(c, 0, STYLE_DIM, buf_str(&right)) - GAP;
    const int left = end - 1 - name_cols - GAP;
    draw_name(c, 0, 1, end > 1 ? end - 1 : 0, STYLE_TITLE_FOCUS, name);
    if (*path && left >= PATH_MIN) {
        draw_name(c, 0, 1 + name_cols + GAP, left, STYLE_DIM, path);
    }
    buf_done(&right);
    free(name);
    free(path);
}

void reader_draw(struct reader *r, const struct canvas *c, const char *busy)
{
    struct canvas rows = canvas_sub(c, (struct rect){1, 0, c->rect.rows - 1, c->rect.cols});
    viewer_set_size(reader_shown(r), rows.rect.cols, rows.rect.rows);
    const struct rich *rich = viewer_rows(reader_shown(r));
    for (int i = 0; i < rows.rect.rows; i++) {
        draw_blank(&rows, i, 0, rows.rect.cols, STYLE_TEXT);
        if ((size_t)i < rich->n_lines) {
            doc_draw_line(&rows, i, &rich->lines[i]);
        }
    }
    int cursor = viewer_cursor_row(reader_shown(r));
    bool is_empty = viewer_bytes(reader_shown(r)) == 0;
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
    *row = r->viewer ? 1 + viewer_cursor_row(reader_shown(r)) : 0;
    *col = 0;
    return r->viewer != NULL;
}
