/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/command.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/hub/hub.h"
#include "tui/frame/app_priv.h"
#include "core/base/fuzzy.h"
#include "tui/hub/hub.h"
#include "tui/frame/keymap.h"

enum { MAX_WORDS = 8 };

struct words {
    char *copy;
    char *at[MAX_WORDS];
    size_t n;
    const char *rest; /* of the line behind the first word */
};

static void split(const char *line, struct words *w)
{
    line += strspn(line, " \t");
    *w = (struct words){.copy = xstrdup(line)};
    size_t first = strcspn(line, " \t");
    w->rest = line + first + strspn(line + first, " \t");
    char *save = NULL;
    for (char *p = strtok_r(w->copy, " \t\r", &save); p && w->n < MAX_WORDS;
         p = strtok_r(NULL, " \t\r", &save)) {
        w->at[w->n++] = p;
    }
}

static bool parse_switch(const char *word, bool *out, struct err *e)
{
    static const char *const ON[] = {"on", "yes", "true", "1"};
    static const char *const OFF[] = {"off", "no", "false", "0"};
    for (size_t i = 0; i < sizeof ON / sizeof *ON; i++) {
        if (strcmp(word, ON[i]) == 0 || strcmp(word, OFF[i]) == 0) {
            *out = strcmp(word, ON[i]) == 0;
            return true;
        }
    }
    return err_set(e, ERR_USAGE, "\"%s\" is neither on nor off", word);
}

/* ---- commands ---- */

static bool cmd_theme(struct app *app, const struct words *w, struct err *e)
{
    (void)e;
    if (w->n < 2) {
        popup_themes(app);
    } else {
        app_set_theme(app, w->at[1]);
    }
    return true;
}

static bool cmd_set(struct app *app, const struct words *w, struct err *e)
{
    if (w->n != 3) {
        err_set(e, ERR_USAGE, "expected: set NAME VALUE");
        return err_remedy(e, "names: theme, mouse, ascii, readonly");
    }
    const char *name = w->at[1];
    bool on = false;
    if (strcmp(name, "theme") == 0) {
        return app_load_theme(app, w->at[2], e);
    }
    if (!parse_switch(w->at[2], &on, e)) {
        return false;
    }
    if (strcmp(name, "mouse") == 0) {
        term_set_mouse(&app->term, on && !app->options.no_mouse);
    } else if (strcmp(name, "ascii") == 0) {
        app->term.is_ascii = on || !text_locale_is_utf8();
        app->needs_repaint = true;
    } else if (strcmp(name, "readonly") == 0 && !on && app->options.is_readonly) {
        return err_set(e, ERR_USAGE, "readonly cannot be switched off while hfterm runs");
    } else if (strcmp(name, "readonly") == 0) {
        app->options.is_readonly = on;
        app->frame_dirty = true;
    } else {
        err_set(e, ERR_USAGE, "there is no setting \"%s\"", name);
        return err_remedy(e, "names: theme, mouse, ascii, readonly");
    }
    return true;
}

static bool cmd_bind(struct app *app, const struct words *w, struct err *e)
{
    if (w->n != 4) {
        return err_set(e, ERR_USAGE, "expected: bind CONTEXT KEY ACTION");
    }
    return keymap_bind(app->keymap, w->at[1], w->at[2], w->at[3], e);
}

static bool cmd_unbind(struct app *app, const struct words *w, struct err *e)
{
    if (w->n != 3) {
        return err_set(e, ERR_USAGE, "expected: unbind CONTEXT KEY");
    }
    return keymap_unbind(app->keymap, w->at[1], w->at[2], e);
}

static bool cmd_open(struct app *app, const struct words *w, struct err *e)
{
    enum hub_kind kind = HUB_MODEL;
    size_t id = 1;
    for (int k = HUB_MODEL; w->n > 2 && k <= HUB_SPACE; k++) {
        if (strcmp(w->at[1], hub_kind_name((enum hub_kind)k)) == 0 ||
            strcmp(w->at[1], hub_kind_plural((enum hub_kind)k)) == 0) {
            kind = (enum hub_kind)k;
            id = 2;
        }
    }
    if (w->n != id + 1) {
        return err_set(e, ERR_USAGE, "expected: open [model|dataset|space] OWNER/NAME");
    }
    if (!hub_check_repo_id(w->at[id], e)) {
        return false;
    }
    app_switch(app, 0);
    hub_screen_open_repo(app, kind, w->at[id]);
    return true;
}

static bool cmd_list(struct app *app, const struct words *w, struct err *e)
{
    (void)e;
    app_switch(app, 0);
    enum hub_kind kind = strcmp(w->at[0], "spaces") == 0     ? HUB_SPACE
                         : strcmp(w->at[0], "datasets") == 0 ? HUB_DATASET
                                                             : HUB_MODEL;
    hub_screen_search(app, kind, w->rest);
    return true;
}

static bool cmd_filter(struct app *app, const struct words *w, struct err *e)
{
    app_switch(app, 0);
    return hub_screen_filter(app, w->rest, e);
}

static bool cmd_sort(struct app *app, const struct words *w, struct err *e)
{
    enum hub_sort sort = HUB_SORT_TRENDING;
    if (w->n < 2 || !hub_sort_parse(w->at[1], &sort)) {
        return err_set(e, ERR_USAGE, "expected: sort trending|downloads|likes|modified|created");
    }
    app_switch(app, 0);
    hub_screen_sort(app, sort);
    return true;
}

static bool cmd_quit(struct app *app, const struct words *w, struct err *e)
{
    (void)w;
    (void)e;
    app->wants_quit = true;
    return true;
}

static bool cmd_help(struct app *app, const struct words *w, struct err *e)
{
    (void)w;
    (void)e;
    popup_help(app);
    return true;
}

static const struct command {
    const char *name;
    bool in_config;
    const char *usage;
    bool (*run)(struct app *app, const struct words *w, struct err *e);
} COMMANDS[] = {
    {"theme", true, "theme [NAME]", cmd_theme},
    {"set", true, "set theme|mouse|ascii|readonly VALUE", cmd_set},
    {"bind", true, "bind CONTEXT KEY ACTION", cmd_bind},
    {"unbind", true, "unbind CONTEXT KEY", cmd_unbind},
    {"open", false, "open [model|dataset|space] OWNER/NAME", cmd_open},
    {"models", false, "models [WORDS]", cmd_list},
    {"datasets", false, "datasets [WORDS]", cmd_list},
    {"spaces", false, "spaces [WORDS]", cmd_list},
    {"filter", false, "filter task:X library:X license:X language:X author:X ...", cmd_filter},
    {"sort", false, "sort trending|downloads|likes|modified|created", cmd_sort},
    {"help", false, "help", cmd_help},
    {"q", false, "q", cmd_quit},
    {"quit", false, "quit", cmd_quit},
};
enum { N_COMMANDS = sizeof COMMANDS / sizeof *COMMANDS };

static const struct command *find_command(const char *name)
{
    for (size_t i = 0; i < N_COMMANDS; i++) {
        if (strcmp(COMMANDS[i].name, name) == 0) {
            return &COMMANDS[i];
        }
    }
    return NULL;
}

bool command_run(struct app *app, const char *line, struct err *e)
{
    struct words w;
    split(line, &w);
    bool ok = true;
    const struct command *c = w.n ? find_command(w.at[0]) : NULL;
    if (c) {
        ok = c->run(app, &w, e);
    } else if (w.n && action_find(w.at[0], NULL)) {
        app_run_action(app, w.at[0]);
    } else if (w.n) {
        err_set(e, ERR_USAGE, "there is no command \"%s\"", w.at[0]);
        ok = err_remedy(e, "Tab after : lists the commands, C-p finds them by a few letters");
    }
    free(w.copy);
    return ok;
}

bool command_run_config(struct app *app, const char *line, struct err *e)
{
    line += strspn(line, " \t\r");
    if (!*line || *line == '#') {
        return true;
    }
    struct words w;
    split(line, &w);
    const struct command *c = find_command(w.at[0]);
    bool ok = true;
    if (!c || !c->in_config) {
        err_set(e, ERR_USAGE, "\"%s\" is not a setting", w.at[0]);
        ok = err_remedy(e, "a line is: set NAME VALUE, bind CONTEXT KEY ACTION, unbind CONTEXT KEY, or a # comment");
    } else if (strcmp(c->name, "theme") == 0 && w.n < 2) {
        ok = err_set(e, ERR_USAGE, "expected: theme NAME");
    } else if (strcmp(c->name, "theme") == 0) {
        ok = app_load_theme(app, w.at[1], e);
    } else {
        ok = c->run(app, &w, e);
    }
    free(w.copy);
    return ok;
}

void app_command(struct app *app, const char *line)
{
    struct err e = ERR_INIT;
    if (!command_run(app, line, &e)) {
        app_notice(app, APP_ERROR, -1, "%s%s%s", e.msg, e.remedy[0] ? ". " : "", e.remedy);
    }
}

/* ---- the prompt ---- */

static void offer_matching(struct input_candidates *out, const char *word, const char *text, const char *note)
{
    if (!*word || fuzzy_score(word, text) >= 0) {
        input_offer(out, text, note);
    }
}

static void offer_lines(struct input_candidates *out, const char *word, char *lines)
{
    char *save = NULL;
    for (char *n = lines ? strtok_r(lines, "\n", &save) : NULL; n; n = strtok_r(NULL, "\n", &save)) {
        offer_matching(out, word, n, NULL);
    }
}

struct offer {
    struct input_candidates *out;
    const char *word;
};

static void offer_repo(void *ctx, const char *kind, const char *id, bool is_bookmark)
{
    const struct offer *o = ctx;
    (void)is_bookmark;
    offer_matching(o->out, o->word, id, kind);
}

static void complete_argument(struct app *app, const char *line, const char *word, struct input_candidates *out)
{
    if (str_starts(line, "theme ") || str_starts(line, "set theme ")) {
        struct buf names = BUF_INIT;
        theme_names(&names);
        offer_lines(out, word, names.p);
        buf_done(&names);
    } else if (str_starts(line, "open ")) {
        struct offer o = {out, word};
        hub_places_each(app, offer_repo, &o);
    } else if (str_starts(line, "sort ")) {
        for (int s = HUB_SORT_TRENDING; s <= HUB_SORT_CREATED; s++) {
            offer_matching(out, word, hub_sort_name((enum hub_sort)s), NULL);
        }
    } else if (str_starts(line, "filter ")) {
        hub_filter_complete(word, out);
    }
}

static void complete(void *ctx, const char *line, size_t start, const char *word, struct input_candidates *out)
{
    if (start > 0) {
        complete_argument(ctx, line, word, out);
        return;
    }
    for (size_t i = 0; i < N_COMMANDS; i++) {
        offer_matching(out, word, COMMANDS[i].name, COMMANDS[i].usage);
    }
    if (!*word) {
        return; /* the actions are too many to show unasked */
    }
    for (size_t i = 0; i < ACTION_SET_COUNT; i++) {
        for (size_t k = 0; k < ACTION_SETS[i]->n; k++) {
            offer_matching(out, word, ACTION_SETS[i]->actions[k].id, ACTION_SETS[i]->actions[k].help);
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
        .done = entered,
        .complete = complete,
        .ctx = app,
    };
    app_prompt(app, &spec);
}
