/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memrchr */
#include "tui/hub/places.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"

enum { MAX_FILE = 256 * 1024 };

size_t hub_places_find(const struct hub_places *p, enum hub_kind kind, const char *id)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->items[i].kind == kind && strcmp(p->items[i].id, id) == 0) {
            return i;
        }
    }
    return p->n;
}

void hub_places_remove(struct hub_places *p, size_t at)
{
    free(p->items[at].id);
    memmove(&p->items[at], &p->items[at + 1], (p->n - at - 1) * sizeof *p->items);
    p->n--;
}

void hub_places_add(struct hub_places *p, enum hub_kind kind, const char *id, size_t max)
{
    struct hub_place place = {kind, xstrdup(id)};
    size_t at = hub_places_find(p, kind, id);
    if (at < p->n) {
        hub_places_remove(p, at);
    }
    if (p->n >= max) {
        hub_places_remove(p, p->n - 1);
    }
    void *items = p->items;
    if (!mem_grow(&items, &p->cap, p->n + 1, sizeof *p->items)) {
        free(place.id);
        return;
    }
    p->items = items;
    memmove(&p->items[1], &p->items[0], p->n * sizeof *p->items);
    p->items[0] = place;
    p->n++;
}

static bool parse_place(const char *line, enum hub_kind *kind, const char **id)
{
    for (int k = HUB_MODEL; k <= HUB_SPACE; k++) {
        const char *name = hub_kind_name((enum hub_kind)k);
        size_t n = strlen(name);
        if (strncmp(line, name, n) == 0 && line[n] == ' ' && hub_check_repo_id(line + n + 1, NULL)) {
            *kind = (enum hub_kind)k;
            *id = line + n + 1;
            return true;
        }
    }
    return false;
}

/* False when there is a file that cannot be read: it must not be written over then. */
static bool read_file(struct hub_places *p, const char *path, size_t max)
{
    struct buf text = BUF_INIT;
    struct err e = ERR_INIT;
    bool ok = file_read(path, &text, MAX_FILE, &e) || e.code == ERR_NOT_FOUND;
    /* The file has the newest first; adding from the end keeps that order. */
    while (ok && text.n > 0) {
        char *line = memrchr(text.p, '\n', text.n);
        enum hub_kind kind = HUB_MODEL;
        const char *id = NULL;
        if (parse_place(line ? line + 1 : text.p, &kind, &id)) {
            hub_places_add(p, kind, id, max);
        }
        text.n = line ? (size_t)(line - text.p) : 0;
        text.p[text.n] = '\0';
    }
    buf_done(&text);
    return ok;
}

void hub_places_load(struct hub_places *p, const char *path, size_t max)
{
    read_file(p, path, max);
}

static bool write_file(const struct hub_places *p, const char *path, struct err *e)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < p->n; i++) {
        buf_printf(&text, "%s %s\n", hub_kind_name(p->items[i].kind), p->items[i].id);
    }
    char *target = file_behind_links(path);
    const char *slash = strrchr(target, '/');
    char *dir = xstrndup(target, slash ? (size_t)(slash - target) : 0);
    bool ok = file_mkdirs(dir, 0700, e) && file_write_atomic(target, buf_str(&text), text.n, 0600, e);
    free(dir);
    free(target);
    buf_done(&text);
    return ok;
}

bool hub_places_change(struct hub_places *p, const char *path, size_t max, enum hub_kind kind, const char *id,
                   bool is_in, struct err *e)
{
    struct hub_places fresh = {0};
    char *copy = xstrdup(id); /* it may lie in p */
    bool ok = read_file(&fresh, path, max);
    size_t at = hub_places_find(&fresh, kind, copy);
    if (is_in) {
        hub_places_add(&fresh, kind, copy, max);
    } else if (at < fresh.n) {
        hub_places_remove(&fresh, at);
    }
    if (ok) {
        ok = write_file(&fresh, path, e);
        hub_places_done(p);
        *p = fresh;
    } else {
        err_set(e, ERR_IO, "%s cannot be read; it is left as it is", path);
        hub_places_done(&fresh);
    }
    free(copy);
    return ok;
}

void hub_places_done(struct hub_places *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->items[i].id);
    }
    free(p->items);
    *p = (struct hub_places){0};
}
