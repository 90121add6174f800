/* SPDX-License-Identifier: Apache-2.0 */
/* stages.c - the stages of Spaces as they change: of one's own in the list, and of the selected one once the
 * selection rests. Never of every row: a stream each would be too much to ask. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/hub/follow.h"
#include "tui/frame/follow.h"
#include "tui/hub/hub.h"

enum { REST_MS = 500, OWN_MAX = 19 };

static struct hub_stage *find(const struct hub_screen *h, const char *id)
{
    for (size_t i = 0; i < h->stages.n; i++) {
        if (strcmp(h->stages.items[i].id, id) == 0) {
            return (struct hub_stage *)(uintptr_t)&h->stages.items[i];
        }
    }
    return NULL;
}

const char *hub_stage(const struct hub_screen *h, const struct hub_repo *repo)
{
    const struct hub_stage *s = repo->kind == HUB_SPACE ? find(h, repo->id) : NULL;
    return s && s->stage[0] ? s->stage : repo->stage;
}

/* ---- which are followed ---- */

static void drop(struct hub_screen *h, size_t at)
{
    struct hub_stages *all = &h->stages;
    app_unfollow(h->app, &all->items[at].source);
    free(all->items[at].id);
    memmove(&all->items[at], &all->items[at + 1], (all->n - at - 1) * sizeof *all->items);
    all->n--;
}

static void want(struct hub_screen *h, const struct hub_repo *repo)
{
    struct hub_stages *all = &h->stages;
    struct hub_stage *s = find(h, repo->id);
    if (s) {
        s->is_wanted = true;
        return;
    }
    void *items = all->items;
    if (!mem_grow(&items, &all->cap, all->n + 1, sizeof *all->items)) {
        return;
    }
    all->items = items;
    struct buf path = BUF_INIT;
    buf_puts(&path, "/api/spaces/");
    buf_put_url(&path, repo->id, true);
    buf_puts(&path, "/events");
    const struct hub_follow_source source = {.kind = HUB_FOLLOW_STATE, .path = buf_str(&path), .what = repo->id};
    s = &all->items[all->n++];
    *s = (struct hub_stage){.id = xstrdup(repo->id), .is_wanted = true};
    s->source = app_follow(h->results_pane, &source);
    buf_done(&path);
}

static bool is_own(const struct hub_screen *h, const struct hub_repo *repo)
{
    const char *account = app_account(h->app);
    size_t n = strlen(account);
    return n > 0 && strncmp(repo->id, account, n) == 0 && repo->id[n] == '/';
}

static void sync(void *arg)
{
    struct hub_screen *h = arg;
    struct hub_stages *all = &h->stages;
    all->rest = 0;
    for (size_t i = 0; i < all->n; i++) {
        all->items[i].is_wanted = false;
    }
    const struct hub_repo *selected = hub_selected_row(h);
    size_t n_own = 0;
    for (size_t row = 0; row < hub_n_rows(h) && n_own < OWN_MAX; row++) {
        const struct hub_repo *repo = hub_row(h, row);
        if (repo->kind == HUB_SPACE && is_own(h, repo)) {
            want(h, repo);
            n_own++;
        }
    }
    if (selected && selected->kind == HUB_SPACE) {
        want(h, selected);
    }
    for (size_t i = all->n; i-- > 0;) {
        if (!all->items[i].is_wanted) {
            drop(h, i);
        }
    }
}

void hub_stages_rest(struct hub_screen *h)
{
    const struct hub_repo *selected = hub_selected_row(h);
    app_cancel_timer(h->app, &h->stages.rest);
    if (h->stages.n > 0 || (selected && selected->kind == HUB_SPACE)) {
        h->stages.rest = app_tick(h->app, REST_MS, sync, h);
    }
}

void hub_stages_done(struct hub_screen *h)
{
    app_cancel_timer(h->app, &h->stages.rest);
    while (h->stages.n > 0) {
        drop(h, h->stages.n - 1);
    }
    free(h->stages.items);
    h->stages = (struct hub_stages){0};
}

/* ---- what they tell ---- */

/* A stage is a bare word in capitals. False for anything else. */
static bool take_word(struct hub_stage *s, const char *word, size_t n)
{
    if (n == 0 || n >= sizeof s->stage || strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") != n) {
        return false;
    }
    memcpy(s->stage, word, n);
    s->stage[n] = '\0';
    return true;
}

unsigned hub_stages_event(struct pane *p, const struct hub_follow_event *event)
{
    struct hub_screen *h = hub_screen_of(p);
    struct hub_stage *s = NULL;
    for (size_t i = 0; i < h->stages.n && !s; i++) {
        s = h->stages.items[i].source == event->source ? &h->stages.items[i] : NULL;
    }
    if (!s || event->news != HUB_FOLLOW_EVENT || strcmp(event->name, "stage") != 0) {
        return REACT_HANDLED;
    }
    char before[sizeof s->stage];
    snprintf(before, sizeof before, "%s", s->stage);
    if (!take_word(s, event->data, event->len) || strcmp(before, s->stage) == 0) {
        return REACT_HANDLED;
    }
    if (before[0] && strstr(s->stage, "ERROR")) {
        pane_say(p, APP_WARN, "%s: %s", s->id, s->stage);
    }
    pane_dirty(h->header_pane);
    return REACT_DIRTY;
}
