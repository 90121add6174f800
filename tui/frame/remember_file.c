/* SPDX-License-Identifier: Apache-2.0 */
/* remember_file.c - STATE/remembered: read at the start, merged and written when something changed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "tui/frame/app_priv.h"
#include "tui/frame/remember.h"
#include "tui/frame/remember_parts.h"

enum {
    FILE_MAX = 512 * 1024,
    BAD_MAX = 99,
    AGAIN_AFTER_MS = 15000, /* it could not be written */
};

enum found { FOUND_NONE, FOUND_OURS, FOUND_NEWER, FOUND_RUBBISH, FOUND_UNREADABLE };

/* Where a link leads: a file kept elsewhere stays where it is. Owned. */
static char *file_path(void)
{
    char *name = paths_state("remembered");
    char *path = file_behind_links(name);
    free(name);
    return path;
}

/* FOUND_UNREADABLE: e says why. */
static struct remembered *read_file(const char *path, enum found *found, struct err *e)
{
    struct buf text = BUF_INIT;
    struct err why = ERR_INIT;
    unsigned version = 0;
    const bool ok = file_read(path, &text, FILE_MAX, &why);
    struct remembered *r = remember_parse(ok ? buf_str(&text) : "", &version);
    if (ok) {
        *found = version > REMEMBER_VERSION ? FOUND_NEWER : version ? FOUND_OURS : FOUND_RUBBISH;
    } else if (why.code == ERR_NOT_FOUND || why.code == ERR_LIMIT) {
        *found = why.code == ERR_LIMIT ? FOUND_RUBBISH : FOUND_NONE;
    } else {
        *found = FOUND_UNREADABLE;
        *e = why;
    }
    buf_done(&text);
    return r;
}

/* The name that the file has now; NULL: it could not be moved. Owned. */
static char *put_aside(const char *path)
{
    for (int i = 1; i <= BAD_MAX; i++) {
        char *name = xasprintf("%s.bad-%d", path, i);
        if (!file_exists(name)) {
            if (rename(path, name) == 0) {
                return name;
            }
            i = BAD_MAX;
        }
        free(name);
    }
    return NULL;
}

struct remembered *remember_open(struct err *e)
{
    char *path = file_path();
    enum found found = FOUND_NONE;
    struct err why = ERR_INIT;
    struct remembered *r = read_file(path, &found, &why);
    if (found == FOUND_NEWER) {
        r->is_foreign = true;
        err_set(e, ERR_UNSUPPORTED, "a newer hfterm wrote what is remembered: nothing is kept; %s stays as it is", path);
    } else if (found == FOUND_UNREADABLE) {
        r->is_foreign = true;
        err_set(e, ERR_IO, "nothing is remembered: %s; it stays as it is", why.msg);
    } else if (found == FOUND_RUBBISH) {
        char *aside = put_aside(path);
        r->is_foreign = !aside;
        err_set(e, ERR_DAMAGED, "what was remembered could not be read; it %s %s", aside ? "is now" : "stays in",
                aside ? aside : path);
        free(aside);
    }
    free(path);
    return r;
}

static bool has_changed(const struct remembered *r)
{
    bool has = false;
    for (size_t i = 0; i < r->n; i++) {
        has = has || r->items[i].is_changed;
    }
    return has;
}

/* What is in the file now does not stand in the way of writing it. */
static bool may_write(struct remembered *r, const char *path, enum found found, struct err *e)
{
    if (found == FOUND_UNREADABLE) {
        return false; /* e is set */
    }
    if (found == FOUND_NEWER) {
        r->is_foreign = true;
        return err_set(e, ERR_UNSUPPORTED, "a newer hfterm has written %s", path);
    }
    char *aside = found == FOUND_RUBBISH ? put_aside(path) : NULL;
    const bool ok = found != FOUND_RUBBISH || aside;
    free(aside);
    return ok || err_set(e, ERR_DAMAGED, "%s is damaged and cannot be moved away", path);
}

static bool merge_and_write(const struct remembered *r, struct remembered *now, const char *path, struct err *e)
{
    for (size_t i = 0; i < r->n; i++) {
        const struct remember_entry *entry = &r->items[i];
        if (entry->is_changed) {
            remember_set(now, entry->place, entry->key, entry->value);
        }
    }
    struct buf text = BUF_INIT;
    char *dir = paths_state("");
    remember_write(now, &text);
    const bool ok = file_mkdirs(dir, 0700, e) && file_write_atomic(path, buf_str(&text), text.n, 0600, e);
    free(dir);
    buf_done(&text);
    return ok;
}

bool remember_save(struct remembered *r, struct err *e)
{
    r->due_ms = 0;
    if (!has_changed(r) || r->is_foreign) {
        return true;
    }
    char *path = file_path();
    enum found found = FOUND_NONE;
    struct remembered *now = read_file(path, &found, e);
    const bool ok = may_write(r, path, found, e) && merge_and_write(r, now, path, e);
    for (size_t i = 0; ok && i < r->n; i++) {
        r->items[i].is_changed = false;
    }
    remember_free(now);
    free(path);
    return ok;
}

/* ---- in the program ---- */

struct remembered *remember_load(struct app *app)
{
    struct err e = ERR_INIT;
    struct remembered *r = remember_open(&e);
    if (e.code != ERR_NONE) {
        app_say(app, APP_WARN, "%s", e.msg);
    }
    return r;
}

int64_t remember_tick(struct app *app, int64_t now_ms)
{
    struct remembered *r = app->remembered;
    if (r->due_ms && now_ms >= r->due_ms) {
        struct err e = ERR_INIT;
        if (!remember_save(r, &e)) {
            if (!r->is_told) {
                app_say(app, APP_WARN, "what was set is not remembered: %s", e.msg);
            }
            r->is_told = true;
            r->due_ms = r->is_foreign ? 0 : now_ms + AGAIN_AFTER_MS;
        }
    }
    return r->due_ms ? r->due_ms - now_ms : INT64_MAX;
}

void remember_end(struct app *app)
{
    struct remembered *r = app->remembered;
    struct err e = ERR_INIT;
    if (!remember_save(r, &e) && !r->is_told) {
        fprintf(stderr, "hfterm: what was set is not remembered: %s\n", e.msg);
    }
    remember_free(r);
    app->remembered = NULL;
}
