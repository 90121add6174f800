/* SPDX-License-Identifier: Apache-2.0 */
/* stage.c - what is on the screen: panes and popups, the focus, screens that come and go. */
#define NCURSES_WIDECHAR 1
#include <curses.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "tui/frame/app_priv.h"

/* ---- panes ---- */

static uint64_t next_id(void)
{
    static uint64_t last; /* ui thread only */
    return ++last;
}

struct pane *pane_new(struct app *app, const struct pane_ops *ops, void *state)
{
    struct pane *p = xcalloc(1, sizeof *p);
    *p = (struct pane){
        .ops = ops, .app = app, .id = next_id(), .state = state, .is_dirty = true, .can_focus = true};
    return p;
}

struct pane *screen_add(struct screen *s, const struct pane_ops *ops, void *state)
{
    struct pane *p = pane_new(s->app, ops, state);
    p->screen = s;
    if (s->n_panes == SCREEN_MAX_PANES) {
        log_line("ui", "%s has more than %d panes", s->ops->name, SCREEN_MAX_PANES);
        abort();
    }
    s->panes[s->n_panes++] = p;
    return p;
}

void pane_free(struct pane *p)
{
    if (p) {
        if (p->ops->close) {
            p->ops->close(p);
        }
        free(p);
    }
}

void pane_dirty(struct pane *p)
{
    p->is_dirty = true;
}

bool pane_is_visible(const struct pane *p)
{
    return p->rect.rows > 0 && p->rect.cols > 0;
}

struct screen *stage_screen(struct app *app)
{
    return &app->screens[app->current];
}

struct pane *stage_focused(struct app *app)
{
    if (app->n_popups > 0) {
        return app->popups[app->n_popups - 1].pane;
    }
    struct screen *s = stage_screen(app);
    return s->n_panes ? s->panes[s->focus] : NULL;
}

/* Tell every pane whether it has the focus; those that changed are drawn again. */
static void update_focus(struct app *app)
{
    const struct pane *focused = stage_focused(app);
    struct screen *s = stage_screen(app);
    for (size_t i = 0; i < s->n_panes; i++) {
        struct pane *p = s->panes[i];
        bool has_focus = p == focused;
        if (p->has_focus != has_focus) {
            p->has_focus = has_focus;
            p->is_dirty = true;
        }
    }
    for (size_t i = 0; i < app->n_popups; i++) {
        app->popups[i].pane->has_focus = app->popups[i].pane == focused;
    }
    app->frame_dirty = true;
}

void app_relayout(struct app *app)
{
    app->needs_layout = true;
}

void app_push(struct app *app, struct pane *p, int rows, int cols)
{
    if (app->n_popups == APP_MAX_POPUPS) {
        app_pop(app, app->popups[0].pane); /* the one furthest below; nobody remembers it */
    }
    app->popups[app->n_popups++] = (struct popup){p, rows, cols};
    app->needs_layout = true;
    update_focus(app);
}

void app_pop(struct app *app, struct pane *p)
{
    for (size_t i = 0; i < app->n_popups; i++) {
        if (app->popups[i].pane == p) {
            memmove(&app->popups[i], &app->popups[i + 1],
                    (app->n_popups - i - 1) * sizeof app->popups[0]);
            app->n_popups--;
            pane_free(p);
            app->needs_layout = true;
            update_focus(app);
            return;
        }
    }
}

void app_focus(struct app *app, struct pane *p)
{
    struct screen *s = p->screen;
    for (size_t i = 0; s && i < s->n_panes; i++) {
        if (s->panes[i] == p && s->focus != i) {
            s->focus = i;
            app->needs_layout = true; /* in one column the focused pane is the visible one */
        }
    }
    update_focus(app);
}

void stage_move_focus(struct app *app, int step)
{
    struct screen *s = stage_screen(app);
    for (size_t i = 1; i <= s->n_panes; i++) {
        size_t at = (s->focus + (step > 0 ? i : s->n_panes - i)) % s->n_panes;
        if (s->panes[at]->can_focus) {
            app_focus(app, s->panes[at]);
            return;
        }
    }
}

void stage_open(struct screen *s)
{
    if (!s->is_open) {
        s->is_open = true;
        s->ops->open(s);
    }
}

void stage_switch(struct app *app, size_t screen)
{
    if (screen >= app->n_screens) {
        return;
    }
    while (app->n_popups > 0) { /* they belong to the screen that is left */
        app_pop(app, app->popups[app->n_popups - 1].pane);
    }
    app->current = screen;
    struct screen *s = stage_screen(app);
    s->unread = 0;
    stage_open(s);
    app->needs_layout = true;
    update_focus(app);
}

void app_show(struct app *app, struct screen *s)
{
    stage_switch(app, (size_t)(s - app->screens));
}

void app_bar_dirty(struct app *app)
{
    app->frame_dirty = true;
}

struct pane *stage_pane_of(struct app *app, uint64_t id)
{
    for (size_t i = 0; i < app->n_popups; i++) {
        if (app->popups[i].pane->id == id) {
            return app->popups[i].pane;
        }
    }
    for (size_t k = 0; k < app->n_screens; k++) {
        for (size_t i = 0; i < app->screens[k].n_panes; i++) {
            if (app->screens[k].panes[i]->id == id) {
                return app->screens[k].panes[i];
            }
        }
    }
    struct pane *const own[] = {app->account_pane, app->clipboard_pane, app->follow_pane, app->test_pane};
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (own[i] && own[i]->id == id) {
            return own[i];
        }
    }
    return NULL;
}

bool stage_shows(struct app *app, const struct pane *p)
{
    return pane_is_visible(p) && (!p->screen || p->screen == stage_screen(app));
}

bool stage_load_theme(struct app *app, const char *name, struct err *e)
{
    if (!theme_load(&app->theme, name, e)) {
        return false;
    }
    theme_apply(&app->theme);
    app->needs_layout = true;
    app->needs_repaint = true;
    return true;
}

void stage_set_theme(struct app *app, const char *name)
{
    struct err e = ERR_INIT;
    if (!stage_load_theme(app, name, &e)) {
        app_say(app, APP_ERROR, "%s. %s", e.msg, e.remedy);
    }
}

void stage_react(struct app *app, struct pane *p, unsigned reaction)
{
    if (!(reaction & ~(unsigned)REACT_HANDLED)) {
        return; /* p may be gone: an action can close its own popup */
    }
    bool is_shown = stage_shows(app, p);
    if ((reaction & REACT_LAYOUT) && (is_shown || !p->screen)) {
        app->needs_layout = true;
    }
    if (reaction & REACT_CLOSE) {
        app_pop(app, p);
    } else if (reaction & REACT_DIRTY) {
        p->is_dirty = true;
        app->frame_dirty = app->frame_dirty || is_shown;
    } else if (reaction & REACT_MOVED) {
        p->has_moved = true;
    }
}

struct canvas stage_canvas(struct app *app, struct rect r)
{
    struct canvas whole = {
        .win = stdscr,
        .rect = {0, 0, app->term.rows, app->term.cols},
        .theme = &app->theme,
        .is_ascii = app->term.is_ascii,
        .is_plain = app->options.is_plain,
    };
    return canvas_sub(&whole, r);
}
