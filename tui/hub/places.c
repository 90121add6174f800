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
static bool read_file(struct buf *text, const char *path)
{
    struct err e = ERR_INIT;
    return file_read(path, text, MAX_FILE, &e) || e.code == ERR_NOT_FOUND;
}

/* The text has the newest first; adding from the end keeps that order. */
static void parse_all(struct hub_places *p, const struct buf *text, size_t max)
{
    for (size_t n = text->n; n > 0;) {
        const char *end = memrchr(text->p, '\n', n);
        const size_t start = end ? (size_t)(end - text->p) + 1 : 0;
        char *line = xstrndup(text->p + start, n - start);
        enum hub_kind kind = HUB_MODEL;
        const char *id = NULL;
        if (parse_place(line, &kind, &id)) {
            hub_places_add(p, kind, id, max);
        }
        free(line);
        n = end ? (size_t)(end - text->p) : 0;
    }
}

void hub_places_load(struct hub_places *p, const char *path, size_t max)
{
    struct buf text = BUF_INIT;
    if (read_file(&text, path)) {
        parse_all(p, &text, max);
    }
    buf_done(&text);
}

static bool write_file(const struct buf *text, const char *path, struct err *e)
{
    char *target = file_behind_links(path);
    const char *slash = strrchr(target, '/');
    char *dir = xstrndup(target, slash ? (size_t)(slash - target) : 0);
    bool ok = file_mkdirs(dir, 0700, e) && file_write_atomic(target, buf_str(text), text->n, 0600, e);
    free(dir);
    free(target);
    return ok;
}

struct change {
    enum hub_kind kind;
    const char *id;
    bool is_in;
    size_t max;
};

/* The same text with the place taken out, or put before the first of the others; comments, and lines that say
 * something else, stay where they are. */
static void edit(const struct buf *before, const struct change *change, struct buf *out)
{
    size_t n_places = 0;
    bool is_put = !change->is_in;
    size_t n = 0;
    for (size_t at = 0; at < before->n; at += n + 1) {
        const char *end = memchr(before->p + at, '\n', before->n - at);
        n = end ? (size_t)(end - before->p) - at : before->n - at;
        char *line = xstrndup(before->p + at, n);
        enum hub_kind kind = HUB_MODEL;
        const char *id = NULL;
        const bool is_place = parse_place(line, &kind, &id);
        const bool is_meant = is_place && kind == change->kind && strcmp(id, change->id) == 0;
        if (is_place && !is_put) {
            buf_printf(out, "%s %s\n", hub_kind_name(change->kind), change->id);
            is_put = true;
            n_places++;
        }
        n_places += is_place && !is_meant;
        if (!is_meant && (!is_place || n_places <= change->max)) {
            buf_append(out, before->p + at, n);
            buf_putc(out, '\n');
        }
        free(line);
    }
    if (!is_put) {
        buf_printf(out, "%s %s\n", hub_kind_name(change->kind), change->id);
    }
}

bool hub_places_change(struct hub_places *p, const char *path, size_t max, enum hub_kind kind, const char *id,
                   bool is_in, struct err *e)
{
    struct buf before = BUF_INIT;
    struct buf after = BUF_INIT;
    char *copy = xstrdup(id); /* it may lie in p */
    bool ok = read_file(&before, path);
    if (ok) {
        edit(&before, &(struct change){kind, copy, is_in, max}, &after);
        hub_places_done(p);
        parse_all(p, &after, max);
        ok = write_file(&after, path, e);
    } else {
        err_set(e, ERR_IO, "%s cannot be read; it is left as it is", path);
    }
    buf_done(&before);
    buf_done(&after);
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
