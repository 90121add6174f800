/* SPDX-License-Identifier: Apache-2.0 */
/* account.c - who the token belongs to, asked once at the start and shown in the tab row. */
#include <stdio.h>
#include <stdlib.h>

#include "core/base/text.h"
#include "core/hub/hub.h"
#include "tui/frame/app_priv.h"

static void *ask_account(struct task *t, void *arg, struct err *e)
{
    struct hub_get get = {.fresh = HUB_NORMAL, .task = t};
    return hub_whoami(arg, &get, e);
}

static void free_account(void *value)
{
    hub_account_free(value);
}

static unsigned take_account(struct pane *p, struct task_result *r)
{
    struct app *app = p->app;
    const struct hub_account *a = r->value;
    if (a && a->name) {
        char *clean = text_clean(a->name);
        snprintf(app->account, sizeof app->account, "%s", clean);
        free(clean);
    } else if (r->err.code == ERR_AUTH) {
        snprintf(app->account, sizeof app->account, "token refused");
        pane_say(p, APP_WARN, "%s. %s", r->err.msg, r->err.remedy);
    }
    return REACT_HANDLED;
}

static const struct pane_ops ACCOUNT_OPS = {.result = take_account};

void account_start(struct app *app)
{
    app->account_pane = pane_new(app, &ACCOUNT_OPS, NULL);
    if (!hub_has_token(app->options.hub)) {
        return;
    }
    struct job job = {
        .name = "asking who you are",
        .run = ask_account,
        .arg = app->options.hub,
        .free_value = free_account,
    };
    struct task *t = app_start(app, app->account_pane, &job);
    task_unref(t);
}
