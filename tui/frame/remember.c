/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/frame/remember.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/base/text.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/remember_parts.h"

enum {
    ENTRIES_MAX = 4000,
    VALUE_MAX = 4096,
    SAVE_AFTER_MS = 3000,
};

static const char HEADER[] = "hfterm state ";
static const char SETTING[] = "setting "; /* before the keys of remember_setting */

/* ---- entries ---- */

static struct remember_entry *find(const struct remembered *r, const char *place, const char *key)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->items[i].key, key) == 0 && strcmp(r->items[i].place, place) == 0) {
            return &r->items[i];
        }
    }
    return NULL;
}

const char *remember_get(const struct remembered *r, const char *place, const char *key)
{
    const struct remember_entry *e = find(r, place, key);
    return e ? e->value : "";
}

static void drop(struct remembered *r, size_t at)
{
    free(r->items[at].place);
    free(r->items[at].key);
    free(r->items[at].value);
    memmove(&r->items[at], &r->items[at + 1], (r->n - at - 1) * sizeof *r->items);
    r->n--;
}

/* One line, no tab. */
static char *plain_value(const char *value)
{
    size_t n = strnlen(value, VALUE_MAX);
    while (value[n] && n > 0 && ((unsigned char)value[n] & 0xC0) == 0x80) {
        n--; /* not through the middle of a character */
    }
    char *copy = xstrndup(value, n);
    for (char *p = copy; *p; p++) {
        *p = (unsigned char)*p < ' ' ? ' ' : *p;
    }
    return copy;
}

/* The entry of a key, made when there is none; NULL when there is no more room. */
static struct remember_entry *entry_of(struct remembered *r, const char *place, const char *key)
{
    char *name = plain_value(key);
    struct remember_entry *e = find(r, place, name);
    void *items = r->items;
    if (!e && r->n < ENTRIES_MAX && mem_grow(&items, &r->cap, r->n + 1, sizeof *r->items)) {
        r->items = items;
        e = &r->items[r->n++];
        *e = (struct remember_entry){xstrdup(place), xstrdup(name), xstrdup(""), false};
    }
    free(name);
    return e;
}

bool remember_set(struct remembered *r, const char *place, const char *key, const char *value)
{
    struct remember_entry *e = entry_of(r, place, key);
    if (!e) {
        return false;
    }
    char *copy = plain_value(value);
    e->is_changed = e->is_changed || strcmp(e->value, copy) != 0;
    free(e->value);
    e->value = copy;
    return true;
}

/* ---- as text ---- */

static void parse_line(struct remembered *r, const char *line, size_t n)
{
    const char *key = memchr(line, '\t', n);
    const char *value = key ? memchr(key + 1, '\t', n - (size_t)(key + 1 - line)) : NULL;
    if (!value || !text_is_utf8(line, n, NULL)) {
        return;
    }
    char *place = xstrndup(line, (size_t)(key - line));
    char *name = xstrndup(key + 1, (size_t)(value - key - 1));
    char *text = xstrndup(value + 1, n - (size_t)(value + 1 - line));
    if (*place && *name && remember_set(r, place, name, text)) {
        entry_of(r, place, name)->is_changed = false;
    }
    free(place);
    free(name);
    free(text);
}

struct remembered *remember_parse(const char *text, unsigned *version)
{
    struct remembered *r = xcalloc(1, sizeof *r);
    unsigned long long v = 0;
    *version = 0;
    const char *end = strchr(text, '\n');
    if (!str_starts(text, HEADER) || !end) {
        return r;
    }
    char *number = xstrndup(text + strlen(HEADER), (size_t)(end - text) - strlen(HEADER));
    *version = str_to_u64(number, 1000000, &v) ? (unsigned)v : 0;
    free(number);
    if (*version != REMEMBER_VERSION) {
        return r;
    }
    /* A last line without its end was cut: half a value is worse than none. */
    for (const char *p = end + 1; (end = strchr(p, '\n')); p = end + 1) {
        parse_line(r, p, (size_t)(end - p));
    }
    return r;
}

void remember_write(const struct remembered *r, struct buf *out)
{
    buf_printf(out, "%s%d\n", HEADER, REMEMBER_VERSION);
    for (size_t i = 0; i < r->n; i++) {
        const struct remember_entry *e = &r->items[i];
        if (*e->value) {
            buf_printf(out, "%s\t%s\t%s\n", e->place, e->key, e->value);
        }
    }
}

void remember_free(struct remembered *r)
{
    while (r->n > 0) {
        drop(r, r->n - 1);
    }
    free(r->items);
    buf_done(&r->config);
    buf_done(&r->undone);
    free(r);
}

/* ---- for screens ---- */

static const char *place_of(const struct app *app, bool endpoint)
{
    return endpoint && app->options.place ? app->options.place : "-";
}

const char *app_recall(struct app *app, bool endpoint, const char *key)
{
    return remember_get(app->remembered, place_of(app, endpoint), key);
}

void app_remember(struct app *app, bool endpoint, const char *key, const char *value)
{
    struct remembered *r = app->remembered;
    const char *place = place_of(app, endpoint);
    value = value ? value : "";
    if (strcmp(remember_get(r, place, key), value) != 0) {
        remember_set(r, place, key, value);
        r->due_ms = r->due_ms ? r->due_ms : clock_mono_ms() + SAVE_AFTER_MS;
    }
}

char *app_state_path(struct app *app, const char *leaf)
{
    if (!app->options.place) {
        return paths_state(leaf);
    }
    char *place = xstrdup(app->options.place);
    for (char *p = place; *p; p++) {
        *p = *p == '/' || (p == place && *p == '.') ? '_' : *p;
    }
    char *inside = xasprintf("at/%s/%s", place, leaf);
    char *path = paths_state(inside);
    free(inside);
    free(place);
    return path;
}

/* ---- settings, and the config file that may undo them ---- */

void remember_apply(struct app *app, remember_run *run)
{
    struct remembered *r = app->remembered;
    for (size_t i = 0; i < r->n; i++) {
        struct err e = ERR_INIT;
        if (str_starts(r->items[i].key, SETTING) && *r->items[i].value &&
            !run(app, r->items[i].value, &e)) {
            app_say(app, APP_WARN, "remembered \"%s\": %s", r->items[i].value, e.msg);
            remember_set(r, r->items[i].place, r->items[i].key, "");
        }
    }
    buf_clear(&r->config);
}

static bool config_sets(const struct remembered *r, const char *key)
{
    char *line = xasprintf("\n%s\n", key);
    bool has = r->config.n > 0 && strstr(r->config.p, line);
    free(line);
    return has;
}

void remember_config_sets(struct app *app, const char *key)
{
    struct buf *config = &app->remembered->config;
    buf_puts(config, config->n ? "" : "\n");
    buf_printf(config, "%s\n", key);
}

/* The line of a key in `undone`, replaced when it is there already. */
static void note_undone(struct remembered *r, const char *key, const char *line)
{
    struct buf kept = BUF_INIT;
    size_t n_key = strlen(key);
    for (const char *p = buf_str(&r->undone); *p;) {
        size_t n = strcspn(p, "\n");
        if (strncmp(p, key, n_key) != 0 || p[n_key] != '\t') {
            buf_append(&kept, p, n + 1);
        }
        p += n + 1;
    }
    buf_printf(&kept, "%s\t%s\n", key, line);
    buf_done(&r->undone);
    r->undone = kept;
}

void remember_setting(struct app *app, const char *key, const char *line)
{
    struct remembered *r = app->remembered;
    if (config_sets(r, key)) {
        note_undone(r, key, line);
        app_say(app, APP_INFO, "%s; the config file says otherwise: \":save\" appends it there", line);
        return;
    }
    char *name = xasprintf("%s%s", SETTING, key);
    app_remember(app, false, name, line);
    free(name);
}

static char *config_path(const struct app *app)
{
    return app->options.config ? xstrdup(app->options.config) : paths_config("config");
}

/* A last line without its end would be joined with what is appended. */
static bool ends_its_lines(FILE *f)
{
    const bool ends = fseek(f, -1, SEEK_END) != 0 || fgetc(f) == '\n';
    return fseek(f, 0, SEEK_END) != 0 || ends; /* writing follows reading */
}

/* What ":save" offers, each line behind its key and a tab: what the config file would undo, and bindings made by
 * hand that it has not. */
static void put_unsaved(const struct remembered *r, struct buf *out)
{
    buf_puts(out, buf_str(&r->undone));
    for (size_t i = 0; i < r->n; i++) {
        const char *key = str_starts(r->items[i].key, SETTING) ? r->items[i].key + strlen(SETTING) : "";
        if (str_starts(key, "bind ") && *r->items[i].value && !config_sets(r, key)) {
            buf_printf(out, "%s\t%s\n", key, r->items[i].value);
        }
    }
}

/* They are in the file now. */
static void note_saved(struct app *app, const char *lines)
{
    for (const char *p = lines; *p; p += strcspn(p, "\n") + 1) {
        char *key = xstrndup(p, strcspn(p, "\t"));
        remember_config_sets(app, key);
        free(key);
    }
    buf_clear(&app->remembered->undone);
}

static void append_lines(struct app *app)
{
    struct remembered *r = app->remembered;
    struct buf lines = BUF_INIT;
    put_unsaved(r, &lines);
    char *path = config_path(app);
    struct err e = ERR_INIT;
    FILE *f = fopen(path, "a+e");
    bool ok = f && (ends_its_lines(f) || fputc('\n', f) != EOF);
    for (const char *p = buf_str(&lines); ok && *p;) {
        size_t n = strcspn(p, "\n");
        const char *line = strchr(p, '\t') + 1;
        ok = fprintf(f, "%.*s\n", (int)(p + n - line), line) > 0;
        p += n + 1;
    }
    ok = (!f || fclose(f) == 0) && ok;
    if (ok) {
        note_saved(app, buf_str(&lines));
        app_say(app, APP_INFO, "saved in %s", path);
    } else {
        err_set_sys(&e, ERR_IO, errno, "%s could not be written", path);
        app_say(app, APP_ERROR, "%s", e.msg);
    }
    buf_done(&lines);
    free(path);
}

static void save_chosen(void *ctx, int index)
{
    struct app *app = ctx;
    if (index == 0) {
        append_lines(app);
    }
}

void remember_offer_save(struct app *app)
{
    struct buf unsaved = BUF_INIT;
    put_unsaved(app->remembered, &unsaved);
    if (unsaved.n == 0) {
        buf_done(&unsaved);
        app_say(app, APP_INFO, "nothing to save: what was set is remembered, and the config file undoes none of it");
        return;
    }
    char *path = config_path(app);
    char *label = xasprintf("append to %s", path);
    struct menu_item items[32] = {{.label = label, .keys = "a"}, {.label = "leave the file as it is", .keys = "l"}};
    char *lines[32] = {0};
    size_t n = 2;
    for (const char *p = buf_str(&unsaved); *p && n < 32;) {
        size_t len = strcspn(p, "\n");
        const char *line = strchr(p, '\t') + 1;
        lines[n] = xstrndup(line, (size_t)(p + len - line));
        items[n] = (struct menu_item){.label = lines[n], .reason = "this line would be appended"};
        n++;
        p += len + 1;
    }
    struct menu_spec spec = {.title = "Save in the config file?", .use_shortcuts = true, .done = save_chosen, .ctx = app};
    app_menu(app, &spec, items, n);
    for (size_t i = 2; i < n; i++) {
        free(lines[i]);
    }
    buf_done(&unsaved);
    free(label);
    free(path);
}
