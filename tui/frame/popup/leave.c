/* SPDX-License-Identifier: Apache-2.0 */
/* leave.c - the question before leaving while something runs. */
#include "tui/frame/app_priv.h"

enum { STAY_MAX = 8 };

static void leave_chosen(void *ctx, int index)
{
    struct app *app = ctx;
    app->wants_quit = app->wants_quit || index == 1;
}

void app_quit(struct app *app)
{
    struct menu_item items[2 + STAY_MAX] = {{.label = "stay", .keys = "s"},
                                            {.label = "leave all the same", .keys = "l C-c"}};
    size_t n = 2;
    for (size_t i = 0; i < app->n_screens && n < 2 + STAY_MAX; i++) {
        struct screen *s = &app->screens[i];
        const char *why = s->is_open && s->ops->stay ? s->ops->stay(s) : NULL;
        if (why) {
            items[n++] = (struct menu_item){.label = s->ops->title, .reason = why};
        }
    }
    if (n == 2) {
        app->wants_quit = true;
        return;
    }
    struct menu_spec spec = {.title = "Leave hfterm?", .use_shortcuts = true, .done = leave_chosen, .ctx = app};
    app_menu(app, &spec, items, n);
}
