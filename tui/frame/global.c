/* SPDX-License-Identifier: Apache-2.0 */
/* global.c - the actions that work everywhere, and the list of all action sets. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/frame/app_priv.h"
#include "tui/hub/hub.h"

/* popup/menu.c, popup/requests.c */
extern const struct action_set MENU_ACTIONS, REQUESTS_ACTIONS;

static unsigned do_switch(struct pane *p, size_t screen)
{
    app_switch(p->app, screen);
    return REACT_HANDLED;
}

static unsigned do_screen_1(struct pane *p)
{
    return do_switch(p, 0);
}

static unsigned do_screen_2(struct pane *p)
{
    return do_switch(p, 1);
}

static unsigned do_screen_3(struct pane *p)
{
    return do_switch(p, 2);
}

static unsigned do_screen_4(struct pane *p)
{
    return do_switch(p, 3);
}

static unsigned do_screen_5(struct pane *p)
{
    return do_switch(p, 4);
}

static unsigned do_screen_6(struct pane *p)
{
    return do_switch(p, 5);
}

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
    app_notice(app, APP_INFO, -1, app->term.has_mouse
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
        app->notice_until_ms = 0;
        app->frame_dirty = true;
    }
    go_back(app);
    return REACT_HANDLED;
}

static unsigned do_close(struct pane *p)
{
    if (!go_back(p->app)) {
        p->app->wants_quit = true;
    }
    return REACT_HANDLED;
}

static unsigned do_quit(struct pane *p)
{
    p->app->wants_quit = true;
    return REACT_HANDLED;
}

static unsigned do_next_pane(struct pane *p)
{
    app_move_focus(p->app, 1);
    return REACT_HANDLED;
}

static unsigned do_prev_pane(struct pane *p)
{
    app_move_focus(p->app, -1);
    return REACT_HANDLED;
}

static const struct action ACTIONS[] = {
    {"app.help", "? F1", "keys", "All keys of this place and the global ones", NULL, do_help},
    {"app.command", ":", "command", "Type a command, with history and completion", NULL, do_command},
    {"app.palette", "C-p", NULL, "Find any command, visited repo or bookmark", NULL, do_palette},
    {"app.hub", "1", NULL, "Hub: browse models, datasets and Spaces", NULL, do_screen_1},
    {"app.card", "2", NULL, "Card: edit model and dataset cards", NULL, do_screen_2},
    {"app.spaces", "3", NULL, "Spaces: builds, logs and hardware", NULL, do_screen_3},
    {"app.gpu", "4", NULL, "GPU: what fills the memory", NULL, do_screen_4},
    {"app.console", "5", NULL, "Console: ask a model about a picture", NULL, do_screen_5},
    {"app.transfers", "6", NULL, "Transfers: downloads and the local cache", NULL, do_screen_6},
    {"app.back", "Esc", NULL, "One level back, to exactly where you were", NULL, do_back},
    {"app.close", "q", NULL, "One level back; at the outermost level, leave hfterm", NULL, do_close},
    {"app.quit", "C-c", NULL, "Leave hfterm", NULL, do_quit},
    {"app.next-pane", "Tab", NULL, "Focus the next pane", NULL, do_next_pane},
    {"app.prev-pane", "S-Tab", NULL, "Focus the previous pane", NULL, do_prev_pane},
    {"app.themes", "T", NULL, "Pick a theme, seen at once", NULL, do_themes},
    {"app.mouse", "m", NULL, "Take the mouse or leave it to the terminal", NULL, do_mouse},
    {"app.requests", "R", NULL, "Every HTTP request made, with status and time", NULL, do_requests},
    {"app.notices", "!", NULL, "What was said at the bottom of the screen", NULL, do_notices},
    {"app.redraw", "C-l", NULL, "Draw the screen again", NULL, do_redraw},
    {"app.suspend", "C-z", NULL, "Back to the shell; fg returns", NULL, do_suspend},
};
const struct action_set GLOBAL_ACTIONS = {"global", "Everywhere", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

const struct action_set *const ACTION_SETS[] = {
    &GLOBAL_ACTIONS,  &HUB_RESULTS_ACTIONS, &HUB_DETAIL_ACTIONS, &HUB_LIST_ACTIONS,
    &HUB_DOC_ACTIONS, &HUB_VIEWER_ACTIONS,  &MENU_ACTIONS,       &REQUESTS_ACTIONS,
};
const size_t ACTION_SET_COUNT = sizeof ACTION_SETS / sizeof *ACTION_SETS;

const struct action *action_find(const char *id, const struct action_set **set)
{
    for (size_t i = 0; i < ACTION_SET_COUNT; i++) {
        for (size_t k = 0; k < ACTION_SETS[i]->n; k++) {
            if (strcmp(ACTION_SETS[i]->actions[k].id, id) == 0) {
                if (set) {
                    *set = ACTION_SETS[i];
                }
                return &ACTION_SETS[i]->actions[k];
            }
        }
    }
    return NULL;
}

/* A key in a Markdown table: a bar would end the cell. */
static void put_keys(struct buf *out, const char *keys)
{
    while (*keys) {
        size_t n = strcspn(keys, " ");
        bool is_bar = n == 1 && *keys == '|';
        buf_printf(out, "`%.*s`", is_bar ? 2 : (int)n, is_bar ? "\\|" : keys);
        keys += n;
        if (*keys) {
            buf_putc(out, ' ');
            keys++;
        }
    }
}

void action_write_markdown(struct buf *out)
{
    buf_puts(out, "# Keys\n\n"
                  "Made by `hfterm keys --markdown` from the program's own tables; `?` shows the same live.\n"
                  "Change a key with `bind CONTEXT KEY ACTION` in the config file (see configuration.md).\n");
    for (size_t i = 0; i < ACTION_SET_COUNT; i++) {
        const struct action_set *set = ACTION_SETS[i];
        buf_printf(out, "\n## %s (`%s`)\n\n| keys | action | what it does |\n| --- | --- | --- |\n",
                   set->title, set->context);
        for (size_t k = 0; k < set->n; k++) {
            const struct action *a = &set->actions[k];
            buf_puts(out, "| ");
            put_keys(out, a->keys);
            buf_printf(out, " | `%s` | %s |\n", a->id, a->help);
        }
    }
}

/* roff: a leading dot or quote would be a request, a backslash an escape, a minus a hyphen. */
static void put_roff(struct buf *out, const char *s)
{
    if (*s == '.' || *s == '\'') {
        buf_puts(out, "\\&");
    }
    for (; *s; s++) {
        if (*s == '\\') {
            buf_puts(out, "\\e");
        } else if (*s == '-') {
            buf_puts(out, "\\-");
        } else {
            buf_putc(out, *s);
        }
    }
}

void action_write_man(struct buf *out)
{
    buf_puts(out, ".TH HFTERM\\-KEYS 7 \"\" \"hfterm " HFTERM_VERSION "\" \"hfterm\"\n.SH NAME\n"
                  "hfterm\\-keys \\- keys of the full-screen workbench\n.SH DESCRIPTION\n"
                  "Made by\n.B hfterm keys \\-\\-man\nfrom the program's own tables; the\n.B ?\n"
                  "key shows the same live. A key is changed with a\n.B bind\nline in the config file, see\n"
                  ".BR hfterm\\-config (5).\n");
    for (size_t i = 0; i < ACTION_SET_COUNT; i++) {
        const struct action_set *set = ACTION_SETS[i];
        buf_printf(out, ".SH \"%s (%s)\"\n", set->title, set->context);
        for (size_t k = 0; k < set->n; k++) {
            const struct action *a = &set->actions[k];
            buf_puts(out, ".TP\n.B ");
            put_roff(out, a->keys[0] ? a->keys : "(no key)");
            buf_puts(out, "\n");
            put_roff(out, a->help);
            buf_puts(out, "\n.RI ( ");
            put_roff(out, a->id);
            buf_puts(out, " )\n");
        }
    }
    buf_puts(out, ".SH SEE ALSO\n.BR hfterm (1),\n.BR hfterm\\-config (5)\n");
}
