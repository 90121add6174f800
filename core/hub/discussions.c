/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"

void hub_discussions_free(struct hub_discussions *d)
{
    if (d) {
        arena_done(&d->arena);
        free(d);
    }
}

void hub_thread_free(struct hub_thread *t)
{
    if (t) {
        arena_done(&t->arena);
        free(t);
    }
}

static bool parse_head(const cJSON *item, struct arena *arena, struct hub_discussion *d)
{
    if (!json_u64(item, "num", &d->num)) {
        return false;
    }
    d->title = hub_copy(arena, item, "title");
    d->status = hub_copy(arena, item, "status");
    d->author = hub_copy(arena, json_obj(item, "author"), "name");
    json_bool(item, "isPullRequest", &d->is_pull);
    d->has_date = hub_date(item, "createdAt", &d->date_s);
    d->title = d->title ? d->title : "";
    d->status = d->status ? d->status : "";
    return true;
}

void *hub_decode_discussions(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    const cJSON *list = json_arr(reply->json, "discussions");
    if (!list) {
        return hub_damaged(e, "a list of discussions");
    }
    struct hub_discussions *d = xcalloc(1, sizeof *d);
    const size_t n = (size_t)cJSON_GetArraySize(list);
    d->items = n ? arena_alloc(&d->arena, n, sizeof *d->items) : NULL;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        d->n_items += parse_head(item, &d->arena, &d->items[d->n_items]);
    }
    d->n_skipped = n - d->n_items;
    if (n > 0 && d->n_items == 0) {
        hub_discussions_free(d);
        return hub_damaged(e, "a discussion with a number");
    }
    json_u64(reply->json, "start", &d->start);
    if (!json_u64(reply->json, "count", &d->total)) {
        d->total = d->start + n;
    }
    return d;
}

struct hub_discussions *hub_discussions(struct hub *hub, enum hub_kind kind, const char *id,
                                        unsigned page, struct hub_get *get, struct err *e)
{
    if (!hub_check_repo_id(id, e)) {
        return NULL;
    }
    char number[16];
    snprintf(number, sizeof number, "%u", page);
    struct buf url = BUF_INIT;
    hub_url_repo(&url, hub, kind, id);
    buf_puts(&url, "/discussions");
    hub_url_param(&url, "p", number);
    hub_url_param(&url, "type", "all");
    hub_url_param(&url, "status", "all");
    char *what = xasprintf("reading the discussions of %s", id);
    const struct hub_call call = {.url = buf_str(&url), .subject = {what, kind, id, NULL, NULL}};
    struct hub_discussions *d = hub_ask(hub, &call, get, hub_decode_discussions, NULL, e);
    free(what);
    buf_done(&url);
    return d;
}

/* The text of an event lies at another place for each type. */
static bool parse_event(const cJSON *item, struct arena *arena, struct hub_event *ev)
{
    const cJSON *data = json_obj(item, "data");
    const char *type = hub_copy(arena, item, "type");
    if (!type) {
        return false;
    }
    ev->type = type;
    ev->author = hub_copy(arena, json_obj(item, "author"), "name");
    ev->has_date = hub_date(item, "createdAt", &ev->date_s);
    json_bool(data, "hidden", &ev->is_hidden);
    if (strcmp(ev->type, "comment") == 0) {
        ev->text = hub_copy(arena, json_obj(data, "latest"), "raw");
    } else if (strcmp(ev->type, "status-change") == 0) {
        ev->text = hub_copy(arena, data, "status");
    } else if (strcmp(ev->type, "commit") == 0) {
        ev->text = hub_copy(arena, data, "subject");
        ev->oid = hub_copy(arena, data, "oid");
    } else if (strcmp(ev->type, "title-change") == 0) {
        ev->text = hub_copy(arena, data, "to");
    }
    ev->text = ev->text ? ev->text : "";
    return true;
}

void *hub_decode_thread(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    struct hub_thread *t = xcalloc(1, sizeof *t);
    if (!parse_head(reply->json, &t->arena, &t->head)) {
        hub_thread_free(t);
        return hub_damaged(e, "a discussion with a number");
    }
    const cJSON *events = json_arr(reply->json, "events");
    const size_t n = events ? (size_t)cJSON_GetArraySize(events) : 0;
    t->events = n ? arena_alloc(&t->arena, n, sizeof *t->events) : NULL;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, events)
    {
        t->n_events += parse_event(item, &t->arena, &t->events[t->n_events]);
    }
    t->n_skipped = n - t->n_events;
    t->diff = hub_copy(&t->arena, reply->json, "diff");
    return t;
}

struct hub_thread *hub_thread(struct hub *hub, enum hub_kind kind, const char *id, uint64_t num,
                              struct hub_get *get, struct err *e)
{
    if (!hub_check_repo_id(id, e)) {
        return NULL;
    }
    struct buf url = BUF_INIT;
    hub_url_repo(&url, hub, kind, id);
    buf_printf(&url, "/discussions/%llu", (unsigned long long)num);
    hub_url_param(&url, "diff", "1");
    char *what = xasprintf("reading discussion %llu of %s", (unsigned long long)num, id);
    const struct hub_call call = {.url = buf_str(&url), .subject = {what, kind, id, NULL, NULL}};
    struct hub_thread *t = hub_ask(hub, &call, get, hub_decode_thread, NULL, e);
    free(what);
    buf_done(&url);
    return t;
}
