/* SPDX-License-Identifier: Apache-2.0 */
/* sets.c - the action sets of the frame and of all screens together. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/reader.h"

static void add(struct action_sets *sets, const struct action_set *set)
{
    sets->items = xrealloc(sets->items, (sets->n + 1) * sizeof(struct action_set *));
    sets->items[sets->n++] = set;
}

/* "app.hub" by 1: switching to a screen is an action like others. */
static void make_digits(const struct screen_ops *const *screens, struct action_set *out)
{
    size_t n = 0;
    while (screens[n]) {
        n++;
    }
    struct action *actions = xcalloc(n + 1, sizeof *actions);
    for (size_t i = 0; i < n; i++) {
        actions[i] = (struct action){
            .id = xasprintf("app.%s", screens[i]->name),
            .keys = i < 9 ? xasprintf("%zu", i + 1) : xstrdup(""),
            .help = screens[i]->help,
            .screen = i + 1,
        };
    }
    *out = (struct action_set){"screens", "Screens", actions, n};
}

void action_sets_collect(const struct screen_ops *const *screens, struct action_sets *out)
{
    *out = (struct action_sets){0};
    make_digits(screens, &out->digits);
    out->global = &GLOBAL_ACTIONS;
    out->moves = &MOVE_ACTIONS;
    add(out, out->global);
    add(out, &out->digits);
    add(out, out->moves);
    for (size_t i = 0; screens[i]; i++) {
        for (const struct action_set *const *s = screens[i]->sets; s && *s; s++) {
            add(out, *s);
        }
    }
    add(out, &READER_ACTIONS);
    add(out, &LOCAL_FILE_ACTIONS);
    add(out, &MENU_ACTIONS);
    add(out, &REQUESTS_ACTIONS);
    add(out, &SERVED_ACTIONS);
}

void action_sets_done(struct action_sets *sets)
{
    for (size_t i = 0; i < sets->digits.n; i++) {
        free((char *)(uintptr_t)sets->digits.actions[i].id);
        free((char *)(uintptr_t)sets->digits.actions[i].keys);
    }
    free((struct action *)(uintptr_t)sets->digits.actions);
    free(sets->items);
    *sets = (struct action_sets){0};
}
