/* SPDX-License-Identifier: Apache-2.0 */
/* palette.c - Ctrl-P: any bookmark, visited repo, action or theme by a few letters, or a search; and the small
 * lists that are menus too: themes with live preview, the notices. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/keymap.h"

/* Growing list of items whose strings it owns, with a command line each. */
struct palette {
    struct app *app;
    struct menu_item *items;
    char **commands;
    size_t n, cap, cap_commands;
};

static void add(struct palette *l, const char *label, const char *note, const char *keys, char *command)
{
    void *items = l->items;
    void *commands = l->commands;
    if (!mem_grow(&items, &l->cap, l->n + 1, sizeof *l->items)) {
        free(command);
        return;
    }
    l->items = items;
    if (!mem_grow(&commands, &l->cap_commands, l->n + 1, sizeof *l->commands)) {
        free(command);
        return;
    }
    l->commands = commands;
    l->items[l->n] = (struct menu_item){
        .label = xstrdup(label), .note = xstrdup_opt(note), .keys = xstrdup_opt(keys)};
    l->commands[l->n++] = command;
}

static void free_items(struct menu_item *items, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        free((char *)(uintptr_t)items[i].label);
        free((char *)(uintptr_t)items[i].note);
        free((char *)(uintptr_t)items[i].keys);
    }
    free(items);
}

static void free_palette(void *ctx)
{
    struct palette *l = ctx;
    for (size_t i = 0; i < l->n; i++) {
        free(l->commands[i]);
    }
    free(l->commands);
    free(l);
}

static void run_picked(void *ctx, int index)
{
    struct palette *l = ctx;
    if (index >= 0) {
        app_command(l->app, l->commands[index]);
    }
}

static void add_actions(struct palette *l, const struct action_set *set)
{
    for (size_t i = 0; i < set->n; i++) {
        if (set->actions[i].move) {
            continue; /* nobody looks for the next line here */
        }
        struct buf keys = BUF_INIT;
        keymap_keys_of(l->app->keymap, &set->actions[i], 1, &keys);
        add(l, set->actions[i].help, set->actions[i].id, buf_str(&keys), xstrdup(set->actions[i].id));
        buf_done(&keys);
    }
}

static void add_place(void *ctx, const char *label, const char *note, const char *command)
{
    add(ctx, label, note, NULL, xstrdup(command));
}

static void add_places(struct palette *l)
{
    for (size_t i = 0; i < l->app->n_screens; i++) {
        struct screen *s = &l->app->screens[i];
        if (s->ops->places) {
            stage_open(s);
            s->ops->places(s, add_place, l);
        }
    }
}

static void add_themes(struct palette *l)
{
    struct buf names = BUF_INIT;
    theme_names(&names);
    char *save = NULL;
    for (char *n = strtok_r(names.p, "\n", &save); n; n = strtok_r(NULL, "\n", &save)) {
        char *label = xasprintf("Theme: %s", n);
        add(l, label, NULL, NULL, xasprintf("theme %s", n));
        free(label);
    }
    buf_done(&names);
}

/* The screen that can look for words. NULL: none can. */
static const struct screen_ops *searcher(const struct app *app)
{
    for (size_t i = 0; i < app->n_screens; i++) {
        if (app->screens[i].ops->search) {
            return app->screens[i].ops;
        }
    }
    return NULL;
}

static char *offer_search(void *ctx, const char *typed)
{
    const struct palette *l = ctx;
    const struct screen_ops *s = searcher(l->app);
    return s ? xasprintf("%s '%s'", s->search_label, typed) : NULL;
}

static void run_search(void *ctx, const char *typed)
{
    const struct palette *l = ctx;
    char *line = xasprintf("%s %s", searcher(l->app)->search, typed);
    app_command(l->app, line);
    free(line);
}

void popup_palette(struct app *app)
{
    struct palette *l = xcalloc(1, sizeof *l);
    l->app = app;
    struct pane *p = stage_focused(app);
    add_places(l); /* first of all: what one comes for */
    for (size_t i = 0; i < PANE_MAX_SETS && p->ops->sets[i]; i++) {
        add_actions(l, p->ops->sets[i]);
    }
    add_actions(l, app->sets.global);
    add_actions(l, &app->sets.digits);
    add_themes(l);
    struct menu_spec spec = {
        .title = "Find",
        .hint = "Enter runs, Esc closes",
        .done = run_picked,
        .more = offer_search,
        .done_more = run_search,
        .free_ctx = free_palette,
        .ctx = l,
    };
    struct menu_item *items = l->items;
    size_t n = l->n;
    l->items = NULL;
    app_menu(app, &spec, items, n); /* l belongs to the menu from here on */
    free_items(items, n);
}

/* ---- themes ---- */

struct theme_choice {
    struct app *app;
    char before[48];
    char *names[128];
    size_t n;
};

static void preview_theme(void *ctx, int index)
{
    struct theme_choice *c = ctx;
    stage_set_theme(c->app, c->names[index]);
}

static void chosen_theme(void *ctx, int index)
{
    struct theme_choice *c = ctx;
    stage_set_theme(c->app, c->before);
    if (index >= 0) {
        char *line = xasprintf("theme %s", c->names[index]);
        app_command(c->app, line);
        free(line);
    }
}

static void free_choice(void *ctx)
{
    struct theme_choice *c = ctx;
    for (size_t i = 0; i < c->n; i++) {
        free(c->names[i]);
    }
    free(c);
}

void popup_themes(struct app *app)
{
    struct theme_choice *c = xcalloc(1, sizeof *c);
    struct menu_item items[sizeof c->names / sizeof *c->names] = {0};
    c->app = app;
    snprintf(c->before, sizeof c->before, "%s", app->theme.name);
    struct buf names = BUF_INIT;
    theme_names(&names);
    size_t selected = 0;
    char *save = NULL;
    for (char *n = strtok_r(names.p, "\n", &save); n && c->n < sizeof c->names / sizeof *c->names;
         n = strtok_r(NULL, "\n", &save)) {
        selected = strcmp(n, c->before) == 0 ? c->n : selected;
        c->names[c->n] = xstrdup(n);
        items[c->n].label = c->names[c->n];
        c->n++;
    }
    buf_done(&names);
    struct menu_spec spec = {
        .title = "Theme",
        .hint = "Enter keeps, Esc goes back",
        .selected = selected,
        .has_current = true,
        .done = chosen_theme,
        .preview = preview_theme,
        .free_ctx = free_choice,
        .ctx = c,
    };
    app_menu(app, &spec, items, c->n);
}

/* ---- notices ---- */

enum { NOTICE_COLS = 100, NOTICE_LINES = 200 };

struct notice_lines {
    struct menu_item items[NOTICE_LINES];
    char *texts[NOTICE_LINES], *ages[NOTICE_LINES];
    size_t n;
};

/* A notice on as many lines as it takes; its age beside the first. */
static void add_notice(struct notice_lines *l, const struct notice *notice, int cols)
{
    struct buf age = BUF_INIT;
    text_age(&age, notice->unix_s, clock_unix_s());
    const char *p = notice->text;
    while (*p && l->n < NOTICE_LINES) {
        size_t n = text_fit(p, cols, NULL);
        size_t blank = n;
        while (p[n] && blank > 0 && p[blank] != ' ') {
            blank--;
        }
        n = p[n] && blank > 0 ? blank : n;
        n = n > 0 ? n : strlen(p);
        l->texts[l->n] = xstrndup(p, n);
        l->ages[l->n] = p == notice->text ? xstrdup(buf_str(&age)) : NULL;
        l->items[l->n] = (struct menu_item){.label = l->texts[l->n], .keys = l->ages[l->n]};
        l->n++;
        p += n + strspn(p + n, " ");
    }
    buf_done(&age);
}

void popup_notices(struct app *app)
{
    struct notice_lines *l = xcalloc(1, sizeof *l);
    int cols = app->term.cols - 24 < NOTICE_COLS ? app->term.cols - 24 : NOTICE_COLS;
    for (size_t i = 0; i < app->n_notices; i++) {
        add_notice(l, &app->notices[i], cols);
    }
    struct menu_spec spec = {.title = app->n_notices ? "Notices" : "No notices yet"};
    app_menu(app, &spec, l->items, l->n);
    for (size_t i = 0; i < l->n; i++) {
        free(l->texts[i]);
        free(l->ages[i]);
    }
    free(l);
}
