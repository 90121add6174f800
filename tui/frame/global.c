/* SPDX-License-Identifier: Apache-2.0 */
/* global.c - the actions that work everywhere. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/frame/app_priv.h"

enum { SPLIT_STEP = 5 };

static unsigned do_help(struct pane *p)
{
    popup_help(p->app);
    return REACT_HANDLED;
}

static unsigned do_command(struct pane *p)
{
    command_prompt(p->app);
    return REACT_HANDLED;
}

static unsigned do_palette(struct pane *p)
{
    popup_palette(p->app);
    return REACT_HANDLED;
}

static unsigned do_requests(struct pane *p)
{
    popup_requests(p->app);
    return REACT_HANDLED;
}

static unsigned do_notices(struct pane *p)
{
    popup_notices(p->app);
    return REACT_HANDLED;
}

static unsigned do_themes(struct pane *p)
{
    popup_themes(p->app);
    return REACT_HANDLED;
}

static unsigned do_mouse(struct pane *p)
{
    struct app *app = p->app;
    term_set_mouse(&app->term, !app->term.has_mouse);
    app_say(app, APP_INFO, app->term.has_mouse
                                      ? "mouse on: hold Shift to select text as usual"
                                      : "mouse off: the terminal selects text again");
    return REACT_HANDLED;
}

static unsigned do_redraw(struct pane *p)
{
    term_repaint();
    p->app->needs_repaint = true;
    p->app->needs_layout = true;
    return REACT_HANDLED;
}

static unsigned do_suspend(struct pane *p)
{
    term_suspend(&p->app->term);
    p->app->needs_repaint = true;
    p->app->needs_layout = true;
    return REACT_HANDLED;
}

/* One level back; true when there was one. */
static bool go_back(struct app *app)
{
    if (app->n_popups > 0) {
        app_pop(app, app->popups[app->n_popups - 1].pane);
        return true;
    }
    struct screen *s = &app->screens[app->current];
    unsigned reaction = s->ops->back ? s->ops->back(s) : REACT_NONE;
    if (reaction & (REACT_LAYOUT | REACT_DIRTY)) {
        app->needs_layout = true;
    }
    return reaction != REACT_NONE;
}

static unsigned do_back(struct pane *p)
{
    struct app *app = p->app;
    if (app->notice_until_ms) {
        say_hide(app);
    }
    go_back(app);
    return REACT_HANDLED;
}

/* Where Esc leads back inside the screen; at its outermost pane the key row says nothing of it. */
static const char *back_label(struct pane *p)
{
    return p->screen && p->screen->focus > 0 ? "back" : NULL;
}

static unsigned do_close(struct pane *p)
{
    if (!go_back(p->app)) {
        app_quit(p->app);
    }
    return REACT_HANDLED;
}

static unsigned do_quit(struct pane *p)
{
    app_quit(p->app);
    return REACT_HANDLED;
}

/* ---- room ---- */

static unsigned do_zoom(struct pane *p)
{
    struct screen *s = stage_screen(p->app);
    s->is_zoomed = !s->is_zoomed;
    p->app->needs_layout = true;
    return REACT_HANDLED;
}

static unsigned split_by(struct pane *p, int percent)
{
    struct screen *s = stage_screen(p->app);
    int wanted = s->split + percent;
    s->split = wanted < STAGE_SPLIT_MIN   ? STAGE_SPLIT_MIN
               : wanted > STAGE_SPLIT_MAX ? STAGE_SPLIT_MAX
                                          : wanted;
    s->is_zoomed = false;
    p->app->needs_layout = true;
    return REACT_HANDLED;
}

static unsigned do_narrower(struct pane *p)
{
    return split_by(p, -SPLIT_STEP);
}

static unsigned do_wider(struct pane *p)
{
    return split_by(p, SPLIT_STEP);
}

static unsigned do_next_pane(struct pane *p)
{
    stage_move_focus(p->app, 1);
    return REACT_HANDLED;
}

static unsigned do_prev_pane(struct pane *p)
{
    stage_move_focus(p->app, -1);
    return REACT_HANDLED;
}

static const struct action ACTIONS[] = {
    ACTION("app.help", "? F1", "keys", "All keys of this place and the global ones", NULL, do_help),
    ACTION("app.command", ":", "command", "Type a command, with history and completion", NULL, do_command),
    ACTION("app.palette", "C-p", NULL, "Find any command, visited repo or bookmark", NULL, do_palette),
    {.id = "app.back", .keys = "Esc", .label = "back", .label_of = back_label,
     .help = "One level back, to exactly where you were", .run = do_back},
    ACTION("app.close", "q", NULL, "One level back; at the outermost level, leave hfterm", NULL, do_close),
    ACTION("app.quit", "C-c", NULL, "Leave hfterm", NULL, do_quit),
    ACTION("app.zoom", "O", NULL, "Give this pane the whole screen, and back", NULL, do_zoom),
    ACTION("app.split-left", "<", NULL, "Move the border between the panes to the left", NULL, do_narrower),
    ACTION("app.split-right", ">", NULL, "Move the border between the panes to the right", NULL, do_wider),
    ACTION("app.next-pane", "Tab", NULL, "Focus the next pane", NULL, do_next_pane),
    ACTION("app.prev-pane", "S-Tab", NULL, "Focus the previous pane", NULL, do_prev_pane),
    ACTION("app.themes", "T", NULL, "Pick a theme, seen at once", NULL, do_themes),
    ACTION("app.mouse", "A-m", NULL, "Take the mouse or leave it to the terminal", NULL, do_mouse),
    ACTION("app.requests", "R", NULL, "Every HTTP request made, with status and time", NULL, do_requests),
    ACTION("app.notices", "!", NULL, "What was said at the bottom of the screen", NULL, do_notices),
    ACTION("app.redraw", "C-l", NULL, "Draw the screen again", NULL, do_redraw),
    ACTION("app.suspend", "C-z", NULL, "Back to the shell; fg returns", NULL, do_suspend),
};
const struct action_set GLOBAL_ACTIONS = {"global", "Everywhere", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};
