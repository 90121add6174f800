/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/command.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/hub/hub.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/keymap.h"
#include "tui/frame/remember.h"

/* ---- words ---- */

/* The next word of *line into out (at least as long as the line); false at its end. */
static bool next_word(const char **line, char **out)
{
    const char *p = *line + strspn(*line, " \t\r");
    char quote = 0;
    if (!*p) {
        return false;
    }
    for (; *p && (quote || !strchr(" \t\r", *p)); p++) {
        if (*p == quote) {
            quote = 0;
        } else if (!quote && (*p == '"' || *p == '\'')) {
            quote = *p;
        } else {
            p += *p == '\\' && quote != '\'' && p[1];
            *(*out)++ = *p;
        }
    }
    *(*out)++ = '\0';
    *line = p;
    return true;
}

void words_split(const char *line, struct words *w)
{
    line += strspn(line, " \t");
    size_t first = strcspn(line, " \t");
    *w = (struct words){.rest = line + first + strspn(line + first, " \t")};
    w->copy = xmalloc(strlen(line) + COMMAND_MAX_WORDS + 1);
    char *to = w->copy;
    while (w->n < COMMAND_MAX_WORDS) {
        w->at[w->n] = to;
        if (!next_word(&line, &to)) {
            break;
        }
        w->n++;
    }
}

void words_done(struct words *w)
{
    free(w->copy);
    *w = (struct words){0};
}

void words_quote(struct buf *out, const char *word)
{
    if (*word && !strpbrk(word, " \t\r\n\"'\\")) {
        buf_puts(out, word);
        return;
    }
    buf_putc(out, '"');
    for (; *word; word++) {
        if (*word == '"' || *word == '\\') {
            buf_putc(out, '\\');
        }
        buf_putc(out, *word);
    }
    buf_putc(out, '"');
}

/* ---- the frame's own commands ---- */

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

/* What the config file sets is noted, what is set by hand is remembered. */
static void note_setting(struct app *app, const char *key, const char *line)
{
    if (app->is_config_running) {
        remember_config_sets(app, key);
    } else {
        remember_setting(app, key, line);
    }
}

static bool set_theme(struct app *app, const char *name, struct err *e)
{
    if (!stage_load_theme(app, name, e)) {
        return false;
    }
    char *line = xasprintf("set theme %s", name);
    note_setting(app, "theme", line);
    free(line);
    return true;
}

static bool cmd_theme(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    if (w->n >= 2) {
        return set_theme(app, w->at[1], e);
    }
    if (app->is_config_running) {
        return err_set(e, ERR_USAGE, "expected: theme NAME");
    }
    popup_themes(app);
    return true;
}

static void set_mouse(struct app *app, bool on)
{
    term_set_mouse(&app->term, on && !app->options.no_mouse);
}

static void set_ascii(struct app *app, bool on)
{
    app->term.is_ascii = on || !text_locale_is_utf8();
    app->needs_repaint = true;
}

static void set_plain(struct app *app, bool on)
{
    app->options.is_plain = on;
    term_repaint(); /* a line that a terminal kept beside a wide character would be read aloud */
    app->needs_repaint = true;
}

static const struct setting {
    const char *name;
    void (*set)(struct app *app, bool on);
} SWITCHES[] = {{"mouse", set_mouse}, {"ascii", set_ascii}, {"plain", set_plain}};

static bool set_readonly(struct app *app, bool on, struct err *e)
{
    if (!on && app->options.is_readonly) {
        return err_set(e, ERR_USAGE, "readonly cannot be switched off while hfterm runs");
    }
    app->options.is_readonly = on;
    if (on) {
        hub_set_readonly(app->options.hub);
    }
    app->frame_dirty = true;
    return true;
}

static bool set_switch(struct app *app, const char *name, bool on, struct err *e)
{
    if (strcmp(name, "readonly") == 0) {
        return set_readonly(app, on, e);
    }
    for (size_t i = 0; i < sizeof SWITCHES / sizeof *SWITCHES; i++) {
        if (strcmp(SWITCHES[i].name, name) == 0) {
            SWITCHES[i].set(app, on);
            char *line = xasprintf("set %s %s", name, on ? "on" : "off");
            note_setting(app, name, line);
            free(line);
            return true;
        }
    }
    err_set(e, ERR_USAGE, "there is no setting \"%s\"", name);
    return err_remedy(e, "names: theme, mouse, ascii, plain, readonly");
}

static bool cmd_set(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    bool on = false;
    if (w->n != 3) {
        err_set(e, ERR_USAGE, "expected: set NAME VALUE");
        return err_remedy(e, "names: theme, mouse, ascii, plain, readonly");
    }
    if (strcmp(w->at[1], "theme") == 0) {
        return set_theme(app, w->at[2], e);
    }
    return parse_switch(w->at[2], &on, e) && set_switch(app, w->at[1], on, e);
}

static void note_binding(struct app *app, const struct words *w)
{
    char *key = xasprintf("bind %s %s", w->at[1], w->at[2]);
    char *line = xasprintf("%s %s %s%s%s", w->at[0], w->at[1], w->at[2], w->n > 3 ? " " : "", w->n > 3 ? w->at[3] : "");
    note_setting(app, key, line);
    free(line);
    free(key);
}

static bool cmd_bind(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    if (w->n != 4) {
        return err_set(e, ERR_USAGE, "expected: bind CONTEXT KEY ACTION");
    }
    if (!keymap_bind(app->keymap, w->at[1], w->at[2], w->at[3], e)) {
        return false;
    }
    if (!app->is_config_running) {
        app_say(app, APP_INFO, "%s in %s is now %s; :save puts it into the config file", w->at[2], w->at[1], w->at[3]);
    }
    note_binding(app, w);
    app->frame_dirty = true;
    return true;
}

static bool cmd_unbind(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    if (w->n != 3) {
        return err_set(e, ERR_USAGE, "expected: unbind CONTEXT KEY");
    }
    if (!keymap_unbind(app->keymap, w->at[1], w->at[2], e)) {
        return false;
    }
    if (!app->is_config_running) {
        app_say(app, APP_INFO, "%s in %s does nothing now; :save puts it into the config file", w->at[2], w->at[1]);
    }
    note_binding(app, w);
    app->frame_dirty = true;
    return true;
}

const char *command_setting(size_t i)
{
    const size_t n = sizeof SWITCHES / sizeof *SWITCHES;
    return i < n ? SWITCHES[i].name : i == n ? "readonly" : i == n + 1 ? "theme" : NULL;
}

/* A path by its look, or the name of a file that is here; other names are those of repos. */
static bool names_local_file(const struct words *w)
{
    const char *path = w->n == 2 ? w->at[1] : "";
    return str_starts(path, "/") || str_starts(path, "./") || str_starts(path, "../") || str_starts(path, "~") ||
           popup_file_exists(path);
}

static void offer_local(struct app *app, struct screen *s, const char *word, struct input_candidates *out)
{
    (void)app;
    (void)s;
    command_offer_paths(out, word);
}

static bool cmd_open(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    return popup_file(app, w->at[1], e);
}

static bool cmd_save(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    (void)w;
    (void)e;
    remember_offer_save(app);
    return true;
}

static bool cmd_quit(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    (void)w;
    (void)e;
    app_quit(app);
    return true;
}

static bool cmd_help(struct app *app, struct screen *s, const struct words *w, struct err *e)
{
    (void)s;
    (void)w;
    (void)e;
    popup_help(app);
    return true;
}

static const struct command COMMANDS[] = {
    {"theme", "theme [NAME]", true, cmd_theme, NULL, NULL},
    {"set", "set theme|mouse|ascii|plain|readonly VALUE", true, cmd_set, NULL, NULL},
    {"bind", "bind CONTEXT KEY ACTION", true, cmd_bind, NULL, NULL},
    {"unbind", "unbind CONTEXT KEY", true, cmd_unbind, NULL, NULL},
    {"save", "save: put what was set into the config file", false, cmd_save, NULL, NULL},
    {"open", "open PATH[:LINE]", false, cmd_open, offer_local, names_local_file},
    {"help", "help", false, cmd_help, NULL, NULL},
    {"q", "q", false, cmd_quit, NULL, NULL},
    {"quit", "quit", false, cmd_quit, NULL, NULL},
    {NULL, NULL, false, NULL, NULL, NULL},
};

/* ---- all tables ---- */

bool command_each(struct app *app, command_fn *fn, void *ctx)
{
    for (const struct command *c = COMMANDS; c->name; c++) {
        if (fn(ctx, c, NULL)) {
            return true;
        }
    }
    for (size_t i = 0; i < app->n_screens; i++) {
        struct screen *s = &app->screens[i];
        for (const struct command *c = s->ops->commands; c && c->name; c++) {
            if (fn(ctx, c, s)) {
                return true;
            }
        }
    }
    return false;
}

struct found {
    const struct words *words;
    const struct command *command;
    struct screen *screen;
};

static bool is_meant(void *ctx, const struct command *c, struct screen *s)
{
    struct found *f = ctx;
    if (strcmp(c->name, f->words->at[0]) != 0 || (c->takes && !c->takes(f->words))) {
        return false;
    }
    f->command = c;
    f->screen = s;
    return true;
}

bool command_run(struct app *app, const char *line, struct err *e)
{
    struct words w;
    words_split(line, &w);
    bool ok = true;
    struct found f = {.words = &w};
    if (w.n && command_each(app, is_meant, &f)) {
        if (f.screen) {
            stage_open(f.screen);
        }
        ok = f.command->run(app, f.screen, &w, e);
    } else if (w.n && action_find(&app->sets, w.at[0], NULL)) {
        app_run_action(app, w.at[0]);
    } else if (w.n) {
        err_set(e, ERR_USAGE, "there is no command \"%s\"", w.at[0]);
        ok = err_remedy(e, "Tab after : lists the commands, C-p finds them by a few letters");
    }
    words_done(&w);
    return ok;
}

bool command_run_config(struct app *app, const char *line, struct err *e)
{
    line += strspn(line, " \t\r");
    if (!*line || *line == '#') {
        return true;
    }
    struct words w;
    words_split(line, &w);
    bool ok = true;
    struct found f = {.words = &w};
    if (!w.n || !command_each(app, is_meant, &f) || !f.command->in_config) {
        err_set(e, ERR_USAGE, "\"%s\" is not a setting", w.n ? w.at[0] : line);
        ok = err_remedy(e, "a line is: set NAME VALUE, bind CONTEXT KEY ACTION, unbind CONTEXT KEY, or a # comment");
    } else {
        app->is_config_running = true;
        ok = f.command->run(app, f.screen, &w, e);
        app->is_config_running = false;
    }
    words_done(&w);
    return ok;
}

void app_command(struct app *app, const char *line)
{
    struct err e = ERR_INIT;
    if (!command_run(app, line, &e)) {
        app_say(app, APP_ERROR, "%s%s%s", e.msg, e.remedy[0] ? ". " : "", e.remedy);
    }
}
