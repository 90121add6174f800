/* SPDX-License-Identifier: Apache-2.0 */
/* visits.c - back and forward: each step is a place one was at, with what lay over the tab and the lines on top. */
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "tui/hub/hub.h"

enum { MAX_VISITS = 200 };

static bool is_repo(const struct hub_visit *v, enum hub_kind kind, const char *id, const char *revision)
{
    return v->kind == kind && strcmp(v->id, id) == 0 && strcmp(v->revision ? v->revision : "", revision ? revision : "") == 0;
}

/* The step one is at; NULL when the repo shown is no step: it only follows the selection of the list. */
static struct hub_visit *current(const struct hub_screen *h)
{
    const struct hub_detail *d = &h->detail;
    struct hub_visit *v = h->n_visits ? &h->visits[h->at_visit] : NULL;
    return v && d->has_repo && is_repo(v, d->kind, d->id, d->revision) ? v : NULL;
}

static void forget_spots(struct hub_visit *v)
{
    for (size_t i = 0; i < HUB_MAX_VIEWS; i++) {
        hub_spot_done(&v->spots[i]);
    }
}

static void note(struct hub_screen *h, struct hub_visit *v)
{
    forget_spots(v);
    v->tab = h->detail.tabs.now;
    hub_detail_note(h, v->spots);
    v->over = hub_detail_names_over(h, v->spots) ? h->detail.over : NULL;
    v->is_arrival = v->over && h->detail.is_arrival;
}

void hub_visit_note(struct hub_screen *h)
{
    struct hub_visit *v = current(h);
    if (v && h->detail.is_asked) {
        note(h, v);
    }
}

/* The latest step of a repo; NULL when there is none. */
static const struct hub_visit *last_of(const struct hub_screen *h, enum hub_kind kind, const char *id, const char *revision)
{
    size_t i = h->n_visits;
    while (i > 0 && !is_repo(&h->visits[i - 1], kind, id, revision)) {
        i--;
    }
    return i ? &h->visits[i - 1] : NULL;
}

void hub_visit_recall(struct hub_screen *h)
{
    const struct hub_visit *v = current(h);
    v = v ? v : last_of(h, h->detail.kind, h->detail.id, h->detail.revision);
    if (v) {
        hub_detail_recall(h, v->spots, NULL);
    }
}

void hub_visit_rename(struct hub_screen *h, const char *id)
{
    for (size_t i = 0; i < h->n_visits; i++) {
        if (h->visits[i].kind == h->detail.kind && strcmp(h->visits[i].id, h->detail.id) == 0) {
            free(h->visits[i].id);
            h->visits[i].id = xstrdup(id);
        }
    }
}

/* ---- steps ---- */

static void free_visit(struct hub_visit *v)
{
    forget_spots(v);
    free(v->id);
    free(v->revision);
}

static void drop_newer(struct hub_screen *h, size_t keep)
{
    for (size_t i = keep; i < h->n_visits; i++) {
        free_visit(&h->visits[i]);
    }
    h->n_visits = keep < h->n_visits ? keep : h->n_visits;
}

static void add_step(struct hub_screen *h, enum hub_kind kind, const char *id, const char *revision, bool has_origin)
{
    struct hub_visit step = {.kind = kind, .id = xstrdup(id), .has_origin = has_origin};
    step.revision = revision ? xstrdup(revision) : NULL;
    drop_newer(h, h->n_visits ? h->at_visit + 1 : 0);
    if (h->n_visits == MAX_VISITS) {
        free_visit(&h->visits[0]);
        memmove(&h->visits[0], &h->visits[1], (MAX_VISITS - 1) * sizeof *h->visits);
        h->n_visits--;
    }
    void *visits = h->visits;
    if (mem_grow(&visits, &h->cap_visits, h->n_visits + 1, sizeof *h->visits)) {
        h->visits = visits;
        h->at_visit = h->n_visits;
        h->visits[h->n_visits++] = step;
    } else {
        free_visit(&step);
    }
}

/* The place one is at becomes a step, when it is none yet, and what it looks like now is kept. */
static void note_here(struct hub_screen *h)
{
    if (!current(h)) {
        add_step(h, h->detail.kind, h->detail.id, h->detail.revision, false);
    }
    hub_visit_note(h);
}

size_t hub_visit_here(struct hub_screen *h)
{
    note_here(h);
    return h->at_visit;
}

static void show(struct hub_screen *h, enum hub_kind kind, const char *id)
{
    hub_detail_load(h);
    hub_places_change(&h->visited, h->visited_path, HUB_PLACES_VISITED_MAX, kind, id, true, NULL);
}

void hub_visit(struct hub_screen *h, enum hub_kind kind, const char *id)
{
    char *copy = xstrdup(id);
    const struct hub_detail *d = &h->detail;
    const bool is_seen = h->is_wide && d->has_repo && !d->revision && d->kind == kind && strcmp(d->id, copy) == 0;
    const bool is_again = h->n_visits > 0 && is_repo(&h->visits[h->at_visit], kind, copy, NULL);
    const struct hub_visit *last = is_again ? &h->visits[h->at_visit] : last_of(h, kind, copy, NULL);
    const size_t tab = last ? last->tab : 0;
    hub_detail_name(h, kind, copy);
    if (!is_again) {
        add_step(h, kind, copy, NULL, false);
    }
    if (!is_seen && h->detail.tabs.now != tab) {
        hub_detail_tab(h, tab);
    }
    show(h, kind, copy);
    free(copy);
}

void hub_visit_from_here(struct hub_screen *h, enum hub_kind kind, const char *id, const char *revision)
{
    char *copy = xstrdup(id);
    char *copy_revision = revision ? xstrdup(revision) : NULL;
    const bool has_origin = h->detail.has_repo && hub_detail_is_entered(h);
    if (has_origin) {
        note_here(h);
    }
    hub_detail_name_at(h, kind, copy, copy_revision);
    add_step(h, kind, copy, copy_revision, has_origin);
    hub_detail_tab(h, 0);
    hub_detail_go(h, hub_detail_content(h), &(struct hub_spot){0});
    show(h, kind, copy);
    free(copy_revision);
    free(copy);
}

void hub_visit_line(struct hub_screen *h)
{
    note_here(h);
    add_step(h, h->detail.kind, h->detail.id, h->detail.revision, true);
    h->detail.is_arrival = h->detail.over != NULL;
}

void hub_visit_view(struct hub_screen *h, enum hub_named named, const struct hub_spot *spot)
{
    struct pane *view = hub_detail_named(h, named);
    hub_detail_go(h, view, spot);
    hub_detail_reveal(h, view);
    h->detail.is_arrival = h->detail.over != NULL;
}

bool hub_visit_can(const struct hub_screen *h, int step)
{
    const bool is_back_to_it = h->n_visits > 0 && !current(h); /* the step itself is one back */
    return step < 0 ? h->at_visit > 0 || is_back_to_it : h->at_visit + 1 < h->n_visits;
}

/* The same view stays open when it is wanted again: only the line changes then. */
static void arrange(struct hub_screen *h, const struct hub_visit *v)
{
    struct hub_detail *d = &h->detail;
    if (d->over && d->over != v->over) {
        hub_detail_back(h);
    }
    if (d->tabs.now != v->tab) {
        hub_detail_tab(h, v->tab);
    }
    hub_detail_recall(h, v->spots, v->over);
    if (v->over) {
        hub_detail_over(h, v->over);
        d->is_arrival = v->is_arrival;
    }
}

void hub_visit_step(struct hub_screen *h, int step)
{
    if (hub_visit_can(h, step)) {
        const bool is_here = step < 0 && !current(h);
        hub_visit_to(h, h->at_visit + (is_here ? 0 : (size_t)step));
    }
}

void hub_visit_to(struct hub_screen *h, size_t at)
{
    if (at >= h->n_visits) {
        return;
    }
    hub_visit_note(h);
    h->at_visit = at;
    const struct hub_visit *v = &h->visits[at];
    hub_detail_name_at(h, v->kind, v->id, v->revision);
    arrange(h, v);
    hub_detail_load(h);
    hub_detail_focus(h);
}

bool hub_visit_leave(struct hub_screen *h)
{
    const struct hub_visit *v = current(h);
    const bool leads_back = v && v->has_origin && h->at_visit > 0;
    if (h->detail.over && !h->detail.is_arrival) {
        return hub_detail_back(h);
    }
    if (leads_back) {
        hub_visit_step(h, -1);
    } else if (h->detail.is_asked) {
        note_here(h);
        hub_detail_back(h);
    }
    return leads_back;
}

void hub_visits_done(struct hub_screen *h)
{
    drop_newer(h, 0);
    free(h->visits);
}
