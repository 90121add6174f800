/* SPDX-License-Identifier: Apache-2.0 */
/* kept.c - transfers that were not finished are there again at the next start, paused. Nothing here runs on
 * the ui thread but what takes the answers: a store may have to wait for another hfterm. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/store/store.h"
#include "tui/transfers/transfers.h"

/* ---- on a worker ---- */

static void tell_trouble(struct store *store, struct task *t)
{
    struct err e = ERR_INIT;
    if (store_trouble(store, &e)) {
        task_emit(t, TRANSFERS_TROUBLE, xasprintf("%s%s%s", e.msg, e.remedy[0] ? ". " : "", e.remedy), free);
    }
}

/* Repo, file and place name a transfer: the same one is not kept twice. */
static char *key_of(const struct transfers_order *o)
{
    return xasprintf("%s %s %s\n%s", hub_kind_name(o->kind), o->repo, o->file, o->to);
}

static char *value_of(const struct transfers_order *o)
{
    cJSON *json = cJSON_CreateObject();
    cJSON_AddStringToObject(json, "kind", hub_kind_name(o->kind));
    cJSON_AddStringToObject(json, "repo", o->repo);
    cJSON_AddStringToObject(json, "file", o->file);
    cJSON_AddStringToObject(json, "to", o->to);
    char *text = json_print(json, false);
    cJSON_Delete(json);
    return text;
}

void transfers_keep(const struct transfers_order *o, bool is_kept, struct task *t)
{
    struct store *store = store_open(NULL);
    char *key = key_of(o);
    char *value = value_of(o);
    if (is_kept) {
        store_set(store, o->scope, key, value);
    } else {
        store_unset(store, o->scope, key);
    }
    tell_trouble(store, t);
    free(value);
    free(key);
    store_close(store);
}

static void *forget(struct task *t, void *arg, struct err *e)
{
    (void)e;
    transfers_keep(arg, false, t);
    return NULL;
}

struct kept {
    struct transfers_order **items;
    size_t n, cap;
};

static void free_kept(void *value)
{
    struct kept *k = value;
    for (size_t i = 0; i < k->n; i++) {
        transfers_order_free(k->items[i]);
    }
    free(k->items);
    free(k);
}

/* One that was kept; NULL for what is none. */
static struct transfers_order *parse(const char *text)
{
    cJSON *json = json_parse(text, strlen(text), NULL);
    const char *kind_name = json ? json_str(json, "kind") : NULL;
    const char *repo = json ? json_str(json, "repo") : NULL;
    const char *file = json ? json_str(json, "file") : NULL;
    const char *to = json ? json_str(json, "to") : NULL;
    bool is_whole = kind_name && repo && file && to && *to == '/' && hub_check_repo_id(repo, NULL);
    struct transfers_order *o = NULL;
    for (int k = HUB_MODEL; is_whole && k <= HUB_SPACE; k++) {
        if (strcmp(kind_name, hub_kind_name((enum hub_kind)k)) == 0) {
            o = xcalloc(1, sizeof *o);
            *o = (struct transfers_order){
                .kind = (enum hub_kind)k, .repo = xstrdup(repo), .file = xstrdup(file), .to = xstrdup(to)};
        }
    }
    cJSON_Delete(json);
    return o;
}

static bool visit(void *ctx, const char *key, const char *value)
{
    struct kept *k = ctx;
    (void)key;
    void *items = k->items;
    struct transfers_order *o = parse(value);
    if (o && mem_grow(&items, &k->cap, k->n + 1, sizeof *k->items)) {
        k->items = items;
        k->items[k->n++] = o;
    } else {
        transfers_order_free(o);
    }
    return true;
}

static void *recall(struct task *t, void *arg, struct err *e)
{
    struct kept *k = xcalloc(1, sizeof *k);
    struct store *store = store_open(NULL);
    (void)e;
    store_each(store, arg, visit, k);
    tell_trouble(store, t);
    store_close(store);
    for (size_t i = 0; i < k->n; i++) {
        k->items[i]->found = transfers_peek(k->items[i]);
    }
    return k;
}

/* ---- on the ui thread ---- */

void transfers_recall(struct transfers *t)
{
    struct job job = {
        .name = "reading what was not finished",
        .kind = TRANSFERS_KEPT,
        .run = recall,
        .arg = xstrdup(t->scope),
        .free_arg = free,
        .free_value = free_kept,
    };
    task_unref(app_start(t->app, t->pane, &job));
}

void transfers_take_kept(struct transfers *t, const void *value)
{
    const struct kept *k = value;
    for (size_t i = 0; k && i < k->n; i++) {
        const struct transfers_order *o = k->items[i];
        /* A file that has been asked for meanwhile is kept by its own run already. */
        struct transfers_item *item = transfers_find(t, o->kind, o->repo, o->file, o->to)
                                          ? NULL
                                          : transfers_add(t, t->n, o->kind, o->repo, o->file, o->to);
        if (item) {
            item->done = o->found.bytes;
            item->total = o->found.size;
        }
    }
}

static void free_order(void *arg)
{
    transfers_order_free(arg);
}

void transfers_forget(struct transfers *t, const struct transfers_item *item)
{
    struct job job = {
        .name = "forgetting a file",
        .kind = TRANSFERS_KEPT,
        .run = forget,
        .arg = transfers_order_of(t, item),
        .free_arg = free_order,
    };
    task_unref(app_start(t->app, t->pane, &job));
}
