/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - downloads as long tasks: start, pause, cancel, what came of them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/transfer/download.h"
#include "tui/transfers/transfers.h"

enum { TICK_MS = 500 };

/* ---- the task ---- */

struct transfers_order *transfers_order_of(const struct transfers *t, const struct transfers_item *item)
{
    struct transfers_order *o = xcalloc(1, sizeof *o);
    *o = (struct transfers_order){
        .hub = app_hub(t->app),
        .scope = xstrdup(t->scope),
        .kind = item->kind,
        .repo = xstrdup(item->repo),
        .file = xstrdup(item->file),
        .to = xstrdup(item->to),
        .may_replace = item->may_replace,
    };
    return o;
}

void transfers_order_free(struct transfers_order *o)
{
    if (o) {
        free(o->scope);
        free(o->repo);
        free(o->file);
        free(o->to);
        free(o);
    }
}

static void free_order(void *arg)
{
    transfers_order_free(arg);
}

static void free_result(void *value)
{
    download_result_done(value);
    free(value);
}

static void *run(struct task *t, void *arg, struct err *e)
{
    const struct transfers_order *o = arg;
    const struct download_spec spec = {
        .kind = o->kind, .id = o->repo, .path = o->file, .to = o->to, .may_replace = o->may_replace};
    struct download_result *result = xcalloc(1, sizeof *result);
    struct transfers_found *found = xmalloc(sizeof *found);
    *found = transfers_peek(o);
    task_latest(t, TRANSFERS_FOUND, found, free);
    transfers_keep(o, true, t);
    if (download_run(o->hub, &spec, t, result, e)) {
        transfers_keep(o, false, t);
        return result;
    }
    if (e->code == ERR_NOT_FOUND && transfers_peek(o).bytes == 0) {
        transfers_keep(o, false, t); /* nothing to go on with at the next start */
    }
    free_result(result);
    return NULL;
}

/* ---- numbers while it runs ---- */

static void tick(void *arg)
{
    struct transfers *t = arg;
    int64_t now_ms = clock_mono_ms();
    t->tick = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->items[i]->state == TRANSFERS_RUNS) {
            transfers_pace_read(t->items[i], now_ms);
        }
    }
    pane_dirty(t->pane);
    app_bar_dirty(t->app);
    if (transfers_running(t) > 0) {
        t->tick = app_tick(t->app, TICK_MS, tick, t);
    }
}

/* ---- start, pause, cancel ---- */

static void begin(struct transfers *t, struct transfers_item *item)
{
    struct job job = {
        .name = "saving a file",
        .lane = LANE_LONG,
        .generation = (uint32_t)item->id,
        .run = run,
        .arg = transfers_order_of(t, item),
        .free_arg = free_order,
        .free_value = free_result,
    };
    err_clear(&item->err);
    item->state = TRANSFERS_RUNS;
    transfers_pace_begin(item, clock_mono_ms());
    item->task = app_start(t->app, t->pane, &job);
    if (!t->tick) {
        t->tick = app_tick(t->app, TICK_MS, tick, t);
    }
    pane_dirty(t->pane);
    app_bar_dirty(t->app);
}

struct transfers_item *transfers_find(const struct transfers *t, enum hub_kind kind, const char *repo,
                                      const char *file, const char *to)
{
    struct transfers_item *found = NULL;
    for (size_t i = 0; i < t->n; i++) {
        struct transfers_item *item = t->items[i];
        if (item->kind == kind && strcmp(item->repo, repo) == 0 && strcmp(item->file, file) == 0 &&
            strcmp(item->to, to) == 0 && (!found || found->state == TRANSFERS_DONE)) {
            found = item;
        }
    }
    return found;
}

static size_t row_of(const struct transfers *t, const struct transfers_item *item)
{
    size_t row = 0;
    while (row < t->n && t->items[row] != item) {
        row++;
    }
    return row;
}

struct transfers_item *transfers_add(struct transfers *t, size_t row, enum hub_kind kind, const char *repo,
                                     const char *file, const char *to)
{
    void *items = t->items;
    if (!mem_grow(&items, &t->cap, t->n + 1, sizeof *t->items)) {
        return NULL;
    }
    t->items = items;
    struct transfers_item *item = xcalloc(1, sizeof *item);
    *item = (struct transfers_item){
        .id = ++t->last_id,
        .kind = kind,
        .repo = xstrdup(repo),
        .file = xstrdup(file),
        .to = xstrdup(to),
        .state = TRANSFERS_PAUSED,
    };
    size_t sel = t->table.list.sel;
    memmove(&t->items[row + 1], &t->items[row], (t->n - row) * sizeof *t->items);
    t->items[row] = item;
    list_set(&t->table.list, ++t->n);
    list_goto(&t->table.list, t->n > 1 && row <= sel ? sel + 1 : sel);
    return item;
}

/* The same place whatever folder the next hfterm is started in. */
static char *absolute(const char *to)
{
    char *here = to && *to == '/' ? NULL : getcwd(NULL, 0);
    char *path = !here ? xstrdup(to ? to : ".") : to ? paths_join(here, to) : xstrdup(here);
    free(here);
    return path;
}

void transfers_start(struct transfers *t, enum hub_kind kind, const char *repo, const char *file, const char *to)
{
    char *place = absolute(to);
    struct transfers_item *item = transfers_find(t, kind, repo, file, place);
    if (item && item->state == TRANSFERS_RUNS) {
        pane_say(t->pane, APP_INFO, item->is_dropped ? "%s is just being cancelled: ask again when it is off the list"
                                                     : "%s is being saved already", file);
    } else if (item && item->state != TRANSFERS_DONE) {
        begin(t, item);
    } else {
        item = transfers_add(t, 0, kind, repo, file, place);
        if (item) {
            begin(t, item);
        }
    }
    if (item) {
        list_goto(&t->table.list, row_of(t, item));
    }
    free(place);
}

void transfers_pause(struct transfers *t, struct transfers_item *item)
{
    if (item->state == TRANSFERS_RUNS) {
        transfers_pace_read(item, clock_mono_ms());
        task_cancel(item->task); /* its result says the rest */
        pane_dirty(t->pane);
    }
}

void transfers_resume(struct transfers *t, struct transfers_item *item)
{
    if (item->state == TRANSFERS_PAUSED || item->state == TRANSFERS_FAILED) {
        begin(t, item);
    }
}

static void free_item(struct transfers_item *item)
{
    free(item->repo);
    free(item->file);
    free(item->to);
    free(item->path);
    free(item->proof);
    free(item);
}

static void remove_item(struct transfers *t, struct transfers_item *item)
{
    size_t row = row_of(t, item);
    size_t sel = t->table.list.sel;
    memmove(&t->items[row], &t->items[row + 1], (t->n - row - 1) * sizeof *t->items);
    free_item(item);
    list_set(&t->table.list, --t->n);
    list_goto(&t->table.list, row < sel ? sel - 1 : sel);
    pane_dirty(t->pane);
    app_bar_dirty(t->app);
}

/* False: another hfterm is at it, whose part and record they are. */
static bool forget_part(struct transfers *t, const struct transfers_item *item)
{
    const struct download_spec spec = {.kind = item->kind, .id = item->repo, .path = item->file, .to = item->to};
    struct err e = ERR_INIT;
    if (item->state != TRANSFERS_DONE && !download_forget(&spec, &e)) {
        pane_say(t->pane, APP_WARN, "%s", e.msg);
    }
    return e.code != ERR_CONFLICT;
}

void transfers_drop(struct transfers *t, struct transfers_item *item)
{
    if (item->state == TRANSFERS_RUNS) {
        item->is_dropped = true;
        task_cancel(item->task);
        return;
    }
    if (forget_part(t, item) && item->state != TRANSFERS_DONE) {
        transfers_forget(t, item);
    }
    remove_item(t, item);
}

/* ---- what came of it ---- */

static struct transfers_item *find(const struct transfers *t, uint32_t id)
{
    for (size_t i = 0; i < t->n; i++) {
        if ((uint32_t)t->items[i]->id == id) {
            return t->items[i];
        }
    }
    return NULL;
}

static void finish(struct transfers *t, struct transfers_item *item, const struct download_result *result)
{
    item->state = TRANSFERS_DONE;
    item->done = item->total = result->bytes;
    free(item->path);
    item->path = xstrdup_opt(result->path);
    free(item->proof);
    item->proof = xstrdup(download_proof_name(result->proof));
    pane_say(t->pane, APP_INFO, "saved %s", item->path ? item->path : item->file);
}

static unsigned take_file(struct transfers *t, struct task_result *r)
{
    struct transfers_item *item = find(t, r->generation);
    if (!item || !r->is_last) {
        return REACT_HANDLED;
    }
    transfers_pace_read(item, clock_mono_ms());
    task_unref(item->task);
    item->task = NULL;
    item->err = r->err;
    if (r->value) {
        finish(t, item, r->value);
    } else if (r->err.code == ERR_CANCELLED) {
        item->state = TRANSFERS_PAUSED;
    } else {
        item->state = TRANSFERS_FAILED;
        item->done = r->err.code == ERR_DAMAGED ? 0 : item->done; /* that was removed */
        pane_say(t->pane, APP_ERROR, "%s: %s", item->file, r->err.msg);
    }
    if (item->is_dropped) {
        transfers_drop(t, item);
    }
    app_bar_dirty(t->app);
    return REACT_DIRTY;
}

static unsigned take_found(struct transfers *t, const struct task_result *r)
{
    struct transfers_item *item = find(t, r->generation);
    if (item && item->state == TRANSFERS_RUNS && r->value) {
        transfers_pace_found(item, r->value, clock_mono_ms());
    }
    return REACT_DIRTY;
}

unsigned transfers_result(struct pane *p, struct task_result *r)
{
    struct transfers *t = p->state;
    switch (r->kind) {
    case TRANSFERS_TROUBLE:
        pane_say(p, APP_WARN, "%s", (const char *)r->value);
        return REACT_HANDLED;
    case TRANSFERS_KEPT:
        transfers_take_kept(t, r->value);
        app_bar_dirty(t->app);
        return REACT_DIRTY;
    case TRANSFERS_FOUND:
        return take_found(t, r);
    default:
        return take_file(t, r);
    }
}

size_t transfers_running(const struct transfers *t)
{
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        n += t->items[i]->state == TRANSFERS_RUNS;
    }
    return n;
}

void transfers_free(struct transfers *t)
{
    app_cancel_timer(t->app, &t->tick);
    for (size_t i = 0; i < t->n; i++) {
        app_task_done(t->app, &t->items[i]->task);
        free_item(t->items[i]);
    }
    free(t->scope);
    free(t->here);
    free(t->items);
    free(t);
}
