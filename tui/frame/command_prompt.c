/* SPDX-License-Identifier: Apache-2.0 */
/* command_prompt.c - the ":" prompt and what it completes: names of commands, and the words behind them. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/fuzzy.h"
#include "core/base/mem.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/command.h"
#include "tui/frame/keymap.h"

void command_offer(struct input_candidates *out, const char *word, const char *text, const char *note)
{
    if (fuzzy_rank(word, text) < FUZZY_NOT) {
        input_offer(out, text, note);
    }
}

struct offer {
    struct app *app;
    const char *line, *word;
    struct input_candidates *out;
};

/* ---- the frame's own ---- */

static void offer_themes(const struct offer *o)
{
    struct buf names = BUF_INIT;
    theme_names(&names);
    char *save = NULL;
    for (char *n = names.p ? strtok_r(names.p, "\n", &save) : NULL; n; n = strtok_r(NULL, "\n", &save)) {
        command_offer(o->out, o->word, n, strcmp(n, o->app->theme.name) == 0 ? "now" : NULL);
    }
    buf_done(&names);
}

static void offer_set(const struct offer *o, const struct words *before)
{
    for (size_t i = 0; before->n == 1 && command_setting(i); i++) {
        command_offer(o->out, o->word, command_setting(i), NULL);
    }
    if (before->n == 2 && strcmp(before->at[1], "theme") == 0) {
        offer_themes(o);
    } else if (before->n == 2) {
        command_offer(o->out, o->word, "on", NULL);
        command_offer(o->out, o->word, "off", NULL);
    }
}

static void offer_theme(const struct offer *o, const struct words *before)
{
    if (before->n == 1) {
        offer_themes(o);
    }
}

static const struct action_set *set_of(const struct offer *o, const struct words *before)
{
    for (size_t i = 0; i < o->app->sets.n; i++) {
        if (strcmp(o->app->sets.items[i]->context, before->at[1]) == 0) {
            return o->app->sets.items[i];
        }
    }
    return NULL;
}

static void offer_contexts(const struct offer *o)
{
    for (size_t i = 0; i < o->app->sets.n; i++) {
        command_offer(o->out, o->word, o->app->sets.items[i]->context, o->app->sets.items[i]->title);
    }
}

/* CONTEXT KEY ACTION: any key will do, so none is offered. */
static void offer_bind(const struct offer *o, const struct words *before)
{
    const struct action_set *set = before->n == 3 ? set_of(o, before) : NULL;
    if (before->n == 1) {
        offer_contexts(o);
    }
    for (size_t i = 0; set && i < set->n; i++) {
        command_offer(o->out, o->word, set->actions[i].id, set->actions[i].help);
    }
}

/* CONTEXT KEY: one of the keys that do something there. */
static void offer_unbind(const struct offer *o, const struct words *before)
{
    const struct action_set *set = before->n == 2 ? set_of(o, before) : NULL;
    if (before->n == 1) {
        offer_contexts(o);
    }
    for (size_t i = 0; set && i < set->n; i++) {
        struct buf keys = BUF_INIT;
        keymap_keys_of(o->app->keymap, &set->actions[i], 8, &keys);
        char *save = NULL;
        for (char *k = keys.p ? strtok_r(keys.p, " ", &save) : NULL; k; k = strtok_r(NULL, " ", &save)) {
            command_offer(o->out, o->word, k, set->actions[i].help);
        }
        buf_done(&keys);
    }
}

static const struct {
    const char *name;
    void (*offer)(const struct offer *o, const struct words *before);
} OWN[] = {{"bind", offer_bind}, {"unbind", offer_unbind}, {"set", offer_set}, {"theme", offer_theme}};

static void offer_own(const struct offer *o, size_t start)
{
    char *head = xstrndup(o->line, start);
    struct words before;
    words_split(head, &before);
    for (size_t i = 0; before.n && i < sizeof OWN / sizeof *OWN; i++) {
        if (strcmp(before.at[0], OWN[i].name) == 0) {
            OWN[i].offer(o, &before);
        }
    }
    words_done(&before);
    free(head);
}

/* ---- all ---- */

static bool offer_name(void *ctx, const struct command *c, struct screen *s)
{
    const struct offer *o = ctx;
    (void)s;
    command_offer(o->out, o->word, c->name, c->usage);
    return false;
}

static bool offer_argument(void *ctx, const struct command *c, struct screen *s)
{
    const struct offer *o = ctx;
    size_t n = strlen(c->name);
    if (c->complete && strncmp(o->line, c->name, n) == 0 && o->line[n] == ' ') {
        if (s) {
            stage_open(s);
        }
        c->complete(o->app, s, o->word, o->out);
    }
    return false;
}

static void complete(void *ctx, const char *line, size_t start, const char *word, struct input_candidates *out)
{
    struct app *app = ctx;
    struct offer o = {app, line, word, out};
    if (start > 0) {
        offer_own(&o, start);
        command_each(app, offer_argument, &o);
        return;
    }
    command_each(app, offer_name, &o);
    for (size_t i = 0; *word && i < app->sets.n; i++) { /* the actions are too many to show unasked */
        for (size_t k = 0; k < app->sets.items[i]->n; k++) {
            command_offer(out, word, app->sets.items[i]->actions[k].id, app->sets.items[i]->actions[k].help);
        }
    }
}

static void entered(void *ctx, const char *text)
{
    struct app *app = ctx;
    app->is_prompting = false;
    app->needs_layout = true;
    if (text && *text) {
        app_command(app, text);
    }
}

void command_prompt(struct app *app)
{
    struct input_spec spec = {
        .prompt = ":",
        .history = "command",
        .enter = "run",
        .done = entered,
        .complete = complete,
        .ctx = app,
    };
    app_prompt(app, &spec);
}
