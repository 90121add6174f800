/* SPDX-License-Identifier: Apache-2.0 */
/* help.c - the "?" page: every action of the focused place and the global ones, live. Enter runs one. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/keymap.h"

enum { MAX_ITEMS = 200 };

struct help {
    struct app *app;
    const struct action *actions[MAX_ITEMS];
    size_t n;
};

static void run_picked(void *ctx, int index)
{
    struct help *h = ctx;
    if (index >= 0 && h->actions[index]) {
        app_run_action(h->app, h->actions[index]->id);
    }
}

static void add_set(struct help *h, struct menu_item *items, char **names, struct pane *p,
                    const struct action_set *set)
{
    for (size_t i = 0; i < set->n && h->n < MAX_ITEMS; i++) {
        const struct action *a = &set->actions[i];
        struct buf keys = BUF_INIT;
        keymap_keys_of(h->app->keymap, a, 3, &keys);
        names[h->n] = buf_steal(&keys);
        items[h->n] = (struct menu_item){
            .label = a->help,
            .keys = names[h->n],
            .reason = a->disabled ? a->disabled(p) : NULL,
        };
        h->actions[h->n++] = a;
    }
}

void popup_help(struct app *app)
{
    struct pane *p = stage_focused(app);
    struct help *h = xcalloc(1, sizeof *h);
    struct menu_item *items = xcalloc(MAX_ITEMS, sizeof *items);
    char **names = xcalloc(MAX_ITEMS, sizeof *names);
    h->app = app;
    for (size_t i = 0; i < PANE_MAX_SETS && p->ops->sets[i]; i++) {
        add_set(h, items, names, p, p->ops->sets[i]);
    }
    if (p->ops->move) {
        add_set(h, items, names, p, app->sets.moves);
    }
    add_set(h, items, names, p, app->sets.global);
    add_set(h, items, names, p, &app->sets.digits);
    struct menu_spec spec = {
        .title = "Keys here and everywhere",
        .hint = "type to find, Enter runs, Esc closes",
        .done = run_picked,
        .free_ctx = free,
        .ctx = h,
    };
    size_t n = h->n;
    app_menu(app, &spec, items, n); /* h belongs to the menu from here on */
    for (size_t i = 0; i < n; i++) {
        free(names[i]);
    }
    free(names);
    free(items);
}
