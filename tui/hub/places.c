/* SPDX-License-Identifier: Apache-2.0 */
#define _GNU_SOURCE /* memrchr */
#include "tui/hub/places.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/base/paths.h"

enum { MAX_FILE = 256 * 1024 };

size_t places_find(const struct places *p, enum hub_kind kind, const char *id)
{
    for (size_t i = 0; i < p->n; i++) {
        if (p->items[i].kind == kind && strcmp(p->items[i].id, id) == 0) {
            return i;
        }
    }
    return p->n;
}

void places_remove(struct places *p, size_t at)
{
    free(p->items[at].id);
    memmove(&p->items[at], &p->items[at + 1], (p->n - at - 1) * sizeof *p->items);
    p->n--;
}

void places_add(struct places *p, enum hub_kind kind, const char *id, size_t max)
{
    struct place place = {kind, xstrdup(id)};
    size_t at = places_find(p, kind, id);
    if (at < p->n) {
        places_remove(p, at);
    }
    if (p->n >= max) {
        places_remove(p, p->n - 1);
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
static bool read_file(struct places *p, const char *path, size_t max)
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
            places_add(p, kind, id, max);
        }
        text.n = line ? (size_t)(line - text.p) : 0;
        text.p[text.n] = '\0';
    }
    buf_done(&text);
    return ok;
}

void places_load(struct places *p, const char *leaf, size_t max)
{
    char *path = paths_state(leaf);
    read_file(p, path, max);
    free(path);
}

static bool write_file(const struct places *p, const char *path, struct err *e)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < p->n; i++) {
        buf_printf(&text, "%s %s\n", hub_kind_name(p->items[i].kind), p->items[i].id);
    }
    char *dir = paths_state("");
    bool ok = file_mkdirs(dir, 0700, e) && file_write_atomic(path, buf_str(&text), text.n, 0600, e);
    free(dir);
    buf_done(&text);
    return ok;
}

bool places_change(struct places *p, const char *leaf, size_t max, enum hub_kind kind, const char *id,
                   bool is_in, struct err *e)
{
    struct places fresh = {0};
    char *path = paths_state(leaf);
    char *copy = xstrdup(id); /* it may lie in p */
    bool ok = read_file(&fresh, path, max);
    size_t at = places_find(&fresh, kind, copy);
    if (is_in) {
        places_add(&fresh, kind, copy, max);
    } else if (at < fresh.n) {
        places_remove(&fresh, at);
    }
    if (ok) {
        ok = write_file(&fresh, path, e);
        places_done(p);
        *p = fresh;
    } else {
        err_set(e, ERR_IO, "%s cannot be read; it is left as it is", path);
        places_done(&fresh);
    }
    free(copy);
    free(path);
    return ok;
}

void places_done(struct places *p)
{
    for (size_t i = 0; i < p->n; i++) {
        free(p->items[i].id);
    }
    free(p->items);
    *p = (struct places){0};
}
