/* SPDX-License-Identifier: Apache-2.0 */
/* paint.c - the stage onto the terminal: rectangles when they changed, panes that are dirty, popups over
 * them, the bars. */
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "tui/frame/app_priv.h"

enum { MIN_COLS = 60, MIN_ROWS = 16 };

static struct rect screen_area(const struct app *app)
{
    return (struct rect){1, 0, app->term.rows - 2 - plain_rows(app), app->term.cols};
}

static void place_popup(struct app *app, struct popup *p)
{
    struct rect area = screen_area(app);
    int rows = p->rows < area.rows ? p->rows : area.rows;
    int cols = p->cols < area.cols - 2 ? p->cols : area.cols - 2;
    if (app->options.is_plain || p->cols == POPUP_WHOLE_WIDTH) { /* who reads by lines would read what stands beside it, too */
        cols = area.cols;
    }
    p->pane->rect = (struct rect){area.row + (area.rows - rows) / 3, (area.cols - cols) / 2, rows, cols};
    p->pane->is_dirty = true;
}

static void layout(struct app *app)
{
    app->needs_layout = false;
    app->is_too_small = app->term.cols < MIN_COLS || app->term.rows < MIN_ROWS;
    struct screen *s = stage_screen(app);
    s->ops->layout(s, screen_area(app));
    for (size_t i = 0; i < s->n_panes; i++) {
        struct pane *p = s->panes[i];
        if (s->is_zoomed && !s->ops->zooms) {
            p->rect = i == s->focus ? screen_area(app) : (struct rect){0};
        }
        p->is_dirty = true;
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        place_popup(app, &app->popups[i]);
    }
    app->frame_dirty = true;
}

static void draw_pane(struct app *app, struct pane *p)
{
    p->only_moved = !p->is_dirty;
    p->is_dirty = false;
    p->has_moved = false;
    if (pane_is_visible(p)) {
        struct canvas c = stage_canvas(app, p->rect);
        p->ops->draw(p, &c);
    }
}

static void draw_too_small(struct app *app)
{
    struct canvas c = stage_canvas(app, (struct rect){0, 0, app->term.rows, app->term.cols});
    draw_clear(&c);
    const int row = app->term.rows > 4 ? app->term.rows / 2 - 1 : 0;
    draw_printf(&c, row, 1, -1, STYLE_WARN, "hfterm needs %dx%d;", MIN_COLS, MIN_ROWS);
    draw_printf(&c, row + 1, 1, -1, STYLE_WARN, "this window is %dx%d", app->term.cols, app->term.rows);
    draw_text(&c, row + 2, 1, -1, STYLE_TEXT, "make it larger, or q quits");
}

static bool draw_panes(struct app *app)
{
    struct screen *s = stage_screen(app);
    bool drew = false;
    for (size_t i = 0; i < s->n_panes; i++) {
        if (s->panes[i]->is_dirty || s->panes[i]->has_moved) {
            draw_pane(app, s->panes[i]);
            drew = true;
        }
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        struct pane *p = app->popups[i].pane;
        if (drew || p->is_dirty || p->has_moved) {
            p->is_dirty = p->is_dirty || drew; /* what lies below it was drawn over it */
            draw_pane(app, p);
            drew = true;
        }
    }
    return drew;
}

bool paint_is_due(struct app *app)
{
    if (app->needs_layout || app->frame_dirty || app->is_too_small) {
        return app->needs_layout || app->frame_dirty; /* a window too small shows no panes */
    }
    struct screen *s = stage_screen(app);
    for (size_t i = 0; i < s->n_panes; i++) {
        if ((s->panes[i]->is_dirty || s->panes[i]->has_moved) && pane_is_visible(s->panes[i])) {
            return true;
        }
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        if (app->popups[i].pane->is_dirty || app->popups[i].pane->has_moved) {
            return true;
        }
    }
    return false;
}

void paint(struct app *app)
{
    if (app->needs_repaint) {
        app->needs_repaint = false;
        struct canvas whole = stage_canvas(app, (struct rect){0, 0, app->term.rows, app->term.cols});
        draw_clear(&whole);
        app->needs_layout = true;
    }
    if (app->needs_layout) {
        layout(app);
    }
    curs_set(input_is_active(app->input) || app->options.is_plain ? 1 : 0);
    if (app->is_too_small) {
        draw_too_small(app);
    } else {
        bool drew = draw_panes(app);
        plain_say(app);
        const bool covers = app->is_prompting || bars_notice_rows(app) > 1; /* candidates, or a long notice, panes */
        if (app->frame_dirty || (drew && covers)) {
            bars_draw_top(app);
            plain_draw(app);
            bars_draw_bottom(app);
        }
        plain_place_cursor(app);
        input_place_cursor(app->input);
    }
    app->frame_dirty = false;
    wnoutrefresh(stdscr);
    doupdate();
}
