/* SPDX-License-Identifier: Apache-2.0 */
/* Commits and refs of a repo. */
#include <stdlib.h>
#include <string.h>

#include "core/base/json.h"
#include "core/base/mem.h"
#include "core/hub/internal.h"
#include "core/hub/resolve.h"

void hub_commits_free(struct hub_commits *c)
{
    if (c) {
        arena_done(&c->arena);
        free(c->next);
        free(c);
    }
}

void hub_refs_free(struct hub_refs *r)
{
    if (r) {
        arena_done(&r->arena);
        free(r);
    }
}

static const char *parent_of(const cJSON *item, struct arena *arena)
{
    const cJSON *parents = json_arr(item, "parents");
    const cJSON *first = cJSON_GetArrayItem(parents, 0);
    const char *id = cJSON_IsString(first) ? first->valuestring : NULL;
    if (id) {
        return hub_is_hex(id, strlen(id)) ? arena_strdup(arena, id) : NULL;
    }
    return parents && !first ? "" : NULL;
}

static bool parse_commit(const cJSON *item, struct arena *arena, struct hub_commit *c)
{
    const cJSON *author = cJSON_GetArrayItem(json_arr(item, "authors"), 0);
    c->id = hub_copy(arena, item, "id");
    c->title = hub_copy(arena, item, "title");
    c->message = hub_copy(arena, item, "message");
    c->author = hub_copy(arena, author, "user");
    c->parent = parent_of(item, arena);
    c->has_date = hub_date(item, "date", &c->date_s);
    if (!c->title) {
        c->title = "";
    }
    return c->id && *c->id && hub_is_hex(c->id, strlen(c->id));
}

void *hub_decode_commits(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    if (!cJSON_IsArray(reply->json)) {
        return hub_damaged(e, "a list of commits");
    }
    struct hub_commits *c = xcalloc(1, sizeof *c);
    const size_t n = (size_t)cJSON_GetArraySize(reply->json);
    c->items = n ? arena_alloc(&c->arena, n, sizeof *c->items) : NULL;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, reply->json)
    {
        c->n_items += parse_commit(item, &c->arena, &c->items[c->n_items]);
    }
    c->n_skipped = n - c->n_items;
    if (n > 0 && c->n_items == 0) {
        hub_commits_free(c);
        return hub_damaged(e, "a commit with an id");
    }
    c->next = hub_next_of(reply->hub, reply->headers);
    c->has_total = hub_total_of(reply->headers, &c->total);
    return c;
}

struct hub_commits *hub_commits(struct hub *hub, enum hub_kind kind, const char *id,
                                const char *revision, const char *next, struct hub_get *get,
                                struct err *e)
{
    if (!hub_check_repo_id(id, e) || !hub_check_revision(revision, e) ||
        (next && !hub_check_own(hub, next, "the next page", e))) {
        return NULL;
    }
    struct buf url = BUF_INIT;
    if (next) {
        buf_puts(&url, next);
    } else {
        hub_url_repo(&url, hub, kind, id);
        buf_puts(&url, "/commits");
        hub_url_part(&url, revision ? revision : "main", false);
        hub_url_param(&url, "limit", "50");
    }
    char *what = xasprintf("reading the history of %s", id);
    const struct hub_call call = {.url = buf_str(&url),
                                  .subject = {what, kind, id, revision, NULL}};
    struct hub_commits *c = hub_ask(hub, &call, get, hub_decode_commits, NULL, e);
    free(what);
    buf_done(&url);
    return c;
}

static struct hub_ref *parse_refs(const cJSON *list, struct arena *arena, size_t *n, size_t *n_skipped)
{
    const size_t size = list ? (size_t)cJSON_GetArraySize(list) : 0;
    *n = 0;
    if (!size) {
        return NULL;
    }
    struct hub_ref *refs = arena_alloc(arena, size, sizeof *refs);
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list)
    {
        struct hub_ref r = {
            .name = hub_copy(arena, item, "name"),
            .ref = hub_copy(arena, item, "ref"),
            .commit = hub_copy(arena, item, "targetCommit"),
        };
        if (r.name && r.ref) {
            refs[(*n)++] = r;
        }
    }
    *n_skipped += size - *n;
    return refs;
}

void *hub_decode_refs(struct hub_reply *reply, const void *arg, struct err *e)
{
    (void)arg;
    if (!cJSON_IsObject(reply->json) || !json_arr(reply->json, "branches")) {
        return hub_damaged(e, "lists of branches and tags");
    }
    struct hub_refs *r = xcalloc(1, sizeof *r);
    const cJSON *json = reply->json;
    size_t *skipped = &r->n_skipped;
    r->branches = parse_refs(json_arr(json, "branches"), &r->arena, &r->n_branches, skipped);
    r->tags = parse_refs(json_arr(json, "tags"), &r->arena, &r->n_tags, skipped);
    r->converts = parse_refs(json_arr(json, "converts"), &r->arena, &r->n_converts, skipped);
    r->pulls = parse_refs(json_arr(json, "pullRequests"), &r->arena, &r->n_pulls, skipped);
    if (*skipped > 0 && r->n_branches + r->n_tags + r->n_converts + r->n_pulls == 0) {
        hub_refs_free(r);
        return hub_damaged(e, "a branch with a name");
    }
    return r;
}

struct hub_refs *hub_refs(struct hub *hub, enum hub_kind kind, const char *id, struct hub_get *get,
                          struct err *e)
{
    if (!hub_check_repo_id(id, e)) {
        return NULL;
    }
    struct buf url = BUF_INIT;
    hub_url_repo(&url, hub, kind, id);
    buf_puts(&url, "/refs");
    hub_url_param(&url, "include_prs", "1");
    char *what = xasprintf("reading the branches of %s", id);
    const struct hub_call call = {.url = buf_str(&url), .subject = {what, kind, id, NULL, NULL}};
    struct hub_refs *r = hub_ask(hub, &call, get, hub_decode_refs, NULL, e);
    free(what);
    buf_done(&url);
    return r;
}
