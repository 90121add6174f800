/* SPDX-License-Identifier: Apache-2.0 */
/* work.c - downloads as long tasks: start, pause, cancel, what came of them. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/paths.h"
#include "core/transfer/download.h"
#include "tui/transfers/transfers.h"

enum { TICK_MS = 500, RATE_MS = 3000 };

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
    transfers_keep(o, true, t);
    if (download_run(o->hub, &spec, t, result, e)) {
        transfers_keep(o, false, t);
        return result;
    }
    free_result(result);
    return NULL;
}

/* ---- numbers while it runs ---- */

static void measure(struct transfers_item *item, int64_t now_ms)
{
    task_get_progress(item->task, &item->done, &item->total);
    int64_t ms = now_ms - item->rate_ms;
    if (ms >= TICK_MS && item->done >= item->rate_from) {
        item->rate = (item->done - item->rate_from) * 1000 / (uint64_t)ms;
    }
    if (ms >= RATE_MS || item->done < item->rate_from) {
        item->rate_from = item->done;
        item->rate_ms = now_ms;
    }
}

static void tick(void *arg)
{
    struct transfers *t = arg;
    int64_t now_ms = clock_mono_ms();
    t->tick = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->items[i]->state == TRANSFERS_RUNS) {
            measure(t->items[i], now_ms);
        }
    }
    pane_dirty(t->pane);
    app_bar_dirty(t->app);
    if (transfers_running(t) > 0) {
        t->tick = app_tick(t->app, TICK_MS, tick, t);
    }
}

/* ---- start, pause, cancel ---- */

bool transfers_parse(const char *text, enum hub_kind *kind, char **repo, char **file)
{
    *kind = HUB_MODEL;
    for (int k = HUB_DATASET; k <= HUB_SPACE; k++) {
        const char *plural = hub_kind_plural((enum hub_kind)k);
        if (str_starts(text, plural) && text[strlen(plural)] == '/') {
            *kind = (enum hub_kind)k;
            text += strlen(plural) + 1;
        }
    }
    const char *first = strchr(text, '/');
    const char *second = first ? strchr(first + 1, '/') : NULL;
    if (!second || !second[1]) {
        return false;
    }
    *repo = xstrndup(text, (size_t)(second - text));
    *file = xstrdup(second + 1);
    return true;
}

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
    item->rate = 0;
    item->rate_from = item->done;
    item->rate_ms = clock_mono_ms();
    item->task = app_start(t->app, t->pane, &job);
    if (!t->tick) {
        t->tick = app_tick(t->app, TICK_MS, tick, t);
    }
    pane_dirty(t->pane);
    app_bar_dirty(t->app);
}

struct transfers_item *transfers_add(struct transfers *t, enum hub_kind kind, const char *repo, const char *file,
                                     const char *to)
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
    memmove(&t->items[1], &t->items[0], t->n * sizeof *t->items);
    t->items[0] = item;
    t->n++;
    list_set(&t->table.list, t->n);
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
    struct transfers_item *item = transfers_add(t, kind, repo, file, place);
    if (item) {
        begin(t, item);
    }
    free(place);
}

void transfers_pause(struct transfers *t, struct transfers_item *item)
{
    if (item->state == TRANSFERS_RUNS) {
        measure(item, clock_mono_ms());
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
    for (size_t i = 0; i < t->n; i++) {
        if (t->items[i] == item) {
            memmove(&t->items[i], &t->items[i + 1], (t->n - i - 1) * sizeof *t->items);
            t->n--;
            break;
        }
    }
    free_item(item);
    list_set(&t->table.list, t->n);
    pane_dirty(t->pane);
    app_bar_dirty(t->app);
}

static void forget_part(struct transfers *t, const struct transfers_item *item)
{
    const struct download_spec spec = {.kind = item->kind, .id = item->repo, .path = item->file, .to = item->to};
    struct err e = ERR_INIT;
    if (item->state != TRANSFERS_DONE && !download_forget(&spec, &e)) {
        pane_say(t->pane, APP_WARN, "%s", e.msg);
    }
}

void transfers_drop(struct transfers *t, struct transfers_item *item)
{
    if (item->state == TRANSFERS_RUNS) {
        item->is_dropped = true;
        task_cancel(item->task);
        return;
    }
    forget_part(t, item);
    if (item->state != TRANSFERS_DONE) {
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
    measure(item, clock_mono_ms());
    task_unref(item->task);
    item->task = NULL;
    item->err = r->err;
    if (r->value) {
        finish(t, item, r->value);
    } else if (r->err.code == ERR_CANCELLED) {
        item->state = TRANSFERS_PAUSED;
    } else {
        item->state = TRANSFERS_FAILED;
        pane_say(t->pane, APP_ERROR, "%s: %s", item->file, r->err.msg);
    }
    if (item->is_dropped) {
        transfers_drop(t, item);
    }
    app_bar_dirty(t->app);
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
        return REACT_DIRTY;
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
    free(t->items);
    free(t);
}
