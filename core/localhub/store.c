/* SPDX-License-Identifier: Apache-2.0 */
#include "core/localhub/store.h"

#include <ctype.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/clock.h"
#include "core/base/err.h"
#include "core/base/file.h"
#include "core/base/mem.h"
#include "core/localhub/layout.h"

static const int64_t LOOK_AGAIN_MS = 200;
enum { ROOTS_MAX = 2, NAME_MAX_BYTES = 96, SHARED_READING = 16 };

struct lh_store {
    pthread_mutex_t lock;
    char *roots[ROOTS_MAX];
    size_t n_roots;
    struct lh_store_extra extra; /* make NULL: none, or made */
    struct lh_layout layout;
    int64_t checked_ms, found_ns;
};

static bool is_name(const char *s, size_t n)
{
    if (n == 0 || n > NAME_MAX_BYTES || strchr("-.", s[0]) || strchr("-.", s[n - 1])) {
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const bool is_twice = i > 0 && s[i] == s[i - 1];
        const bool is_ascii = (unsigned char)s[i] < 0x80;
        if (!is_ascii || (!isalnum((unsigned char)s[i]) && !strchr("-._", s[i]))) {
            return false;
        }
        if (is_twice && strchr("-.", s[i])) {
            return false;
        }
    }
    return true;
}

bool lh_is_repo_id(const char *id)
{
    const size_t n = strlen(id);
    const char *slash = strchr(id, '/');
    if (n >= 4 && strcmp(id + n - 4, ".git") == 0) {
        return false;
    }
    if (!slash) {
        return is_name(id, n);
    }
    return is_name(id, (size_t)(slash - id)) && is_name(slash + 1, strlen(slash + 1));
}

static int64_t wall_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool layout_is_stale(const struct lh_store *s)
{
    const int64_t grain_ns = 20 * 1000000;
    for (size_t i = 0; i < s->layout.n_watches; i++) {
        const struct lh_watch *w = &s->layout.watches[i];
        const bool is_racy = w->mtime_ns > s->found_ns - grain_ns && w->mtime_ns <= s->found_ns;
        if (is_racy || !lh_watch_is_same(w)) {
            return true;
        }
    }
    return false;
}

static struct lh_place *find(const struct lh_layout *l, enum lh_kind kind, const char *id)
{
    size_t low = 0;
    size_t high = l->n_places;
    while (low < high) {
        const size_t mid = low + (high - low) / 2;
        struct lh_place *at = &l->places[mid];
        const int order = at->kind != kind ? (at->kind < kind ? -1 : 1) : strcmp(at->id, id);
        if (order == 0) {
            return at;
        }
        if (order < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return NULL;
}

static void find_again(struct lh_store *s)
{
    struct lh_layout fresh = {0};
    s->found_ns = wall_ns();
    for (size_t i = 0; i < s->n_roots; i++) {
        lh_layout_find(&fresh, s->roots[i]);
    }
    lh_layout_sort(&fresh);
    for (size_t i = 0; i < s->layout.n_places; i++) {
        struct lh_place *old = &s->layout.places[i];
        struct lh_place *now = find(&fresh, old->kind, old->id);
        if (now && !now->repo && strcmp(now->path, old->path) == 0) {
            now->repo = old->repo;
            now->checked_ms = old->checked_ms;
            old->repo = NULL;
        }
    }
    lh_layout_done(&s->layout);
    s->layout = fresh;
}

/* id NULL: all of these kinds are wanted. */
static void make_extra(struct lh_store *s, unsigned kinds, const char *id)
{
    const size_t n = s->extra.make ? strlen(s->extra.ns) : 0;
    if (n == 0 || !(kinds & s->extra.kinds) ||
        (id && (strncmp(id, s->extra.ns, n) != 0 || id[n] != '/'))) {
        return;
    }
    const char *root = s->extra.make(s->extra.ctx);
    s->extra.make = NULL;
    if (root) {
        s->roots[s->n_roots++] = xstrdup(root);
        find_again(s);
    }
}

/* Before anything is looked up: kinds as bits; id, or NULL for all. */
static void refresh(struct lh_store *s, unsigned kinds, const char *id)
{
    make_extra(s, kinds, id);
    const int64_t now = clock_mono_ms();
    if (now - s->checked_ms < LOOK_AGAIN_MS) {
        return;
    }
    s->checked_ms = now;
    if (layout_is_stale(s)) {
        find_again(s);
    }
}

/* With the lock: the place's repo as the folder is now, with a reference for the caller. */
static struct lh_repo *current(struct lh_place *place)
{
    const int64_t now = clock_mono_ms();
    if (place->repo && now - place->checked_ms >= LOOK_AGAIN_MS && lh_repo_is_stale(place->repo)) {
        lh_repo_release(place->repo);
        place->repo = NULL;
    }
    if (!place->repo || now - place->checked_ms >= LOOK_AGAIN_MS) {
        place->checked_ms = now;
    }
    if (!place->repo) {
        place->repo =
            lh_repo_new(place->kind, place->id, place->path, place->is_cache, place->sidecar);
    }
    lh_repo_retain(place->repo);
    return place->repo;
}

struct lh_store *lh_store_new(const char *dir, const struct lh_store_extra *extra, struct err *e)
{
    if (!file_is_dir(dir)) {
        err_set(e, ERR_NOT_FOUND, "%s is no folder", dir);
        err_remedy(e, "name a folder of repos, one repo, or the Hub's cache");
        return NULL;
    }
    struct lh_store *s = xcalloc(1, sizeof *s);
    pthread_mutex_init(&s->lock, NULL);
    s->roots[s->n_roots++] = xstrdup(dir);
    if (extra) {
        s->extra = *extra;
    }
    find_again(s);
    s->checked_ms = clock_mono_ms();
    return s;
}

void lh_store_free(struct lh_store *s)
{
    if (!s) {
        return;
    }
    lh_layout_done(&s->layout);
    for (size_t i = 0; i < s->n_roots; i++) {
        free(s->roots[i]);
    }
    pthread_mutex_destroy(&s->lock);
    free(s);
}

size_t lh_store_count(struct lh_store *s)
{
    pthread_mutex_lock(&s->lock);
    refresh(s, ~0U, NULL);
    const size_t n = s->layout.n_places;
    pthread_mutex_unlock(&s->lock);
    return n;
}

struct lh_repo *lh_store_repo(struct lh_store *s, enum lh_kind kind, const char *id)
{
    pthread_mutex_lock(&s->lock);
    refresh(s, 1U << kind, id);
    struct lh_place *place = find(&s->layout, kind, id);
    struct lh_repo *repo = place ? current(place) : NULL;
    pthread_mutex_unlock(&s->lock);
    return repo;
}

bool lh_store_has(struct lh_store *s, enum lh_kind kind, const char *id)
{
    pthread_mutex_lock(&s->lock);
    refresh(s, 1U << kind, id);
    const bool has = find(&s->layout, kind, id) != NULL;
    pthread_mutex_unlock(&s->lock);
    return has;
}

/* Places whose repos are read by whoever is free. */
struct reading {
    struct lh_place **places;
    struct lh_repo **repos;
    size_t n;
    atomic_size_t next;
};

static void *read_some(void *arg)
{
    struct reading *r = arg;
    size_t at = 0;
    while ((at = atomic_fetch_add(&r->next, 1)) < r->n) {
        r->repos[at] = current(r->places[at]);
    }
    return NULL;
}

/* With the lock. The first list of a folder reads every repo of it: two threads do, when there are many. */
static void read_all(struct reading *r)
{
    size_t n_new = 0;
    for (size_t i = 0; i < r->n; i++) {
        n_new += r->places[i]->repo == NULL;
    }
    pthread_t helper;
    const bool has_helper = n_new >= SHARED_READING && pthread_create(&helper, NULL, read_some, r) == 0;
    read_some(r);
    if (has_helper) {
        pthread_join(helper, NULL);
    }
}

void lh_store_list(struct lh_store *s, enum lh_kind kind, struct lh_repo_list *out)
{
    pthread_mutex_lock(&s->lock);
    refresh(s, 1U << kind, NULL);
    struct reading r = {.places = xcalloc(s->layout.n_places + 1, sizeof(struct lh_place *))};
    for (size_t i = 0; i < s->layout.n_places; i++) {
        if (s->layout.places[i].kind == kind) {
            r.places[r.n++] = &s->layout.places[i];
        }
    }
    out->n = r.n;
    out->items = r.repos = xcalloc(r.n + 1, sizeof *out->items);
    read_all(&r);
    free(r.places);
    pthread_mutex_unlock(&s->lock);
}

struct lh_names lh_store_ids(struct lh_store *s, enum lh_kind kind)
{
    pthread_mutex_lock(&s->lock);
    struct lh_names names = {.items = xcalloc(s->layout.n_places + 1, sizeof *names.items)};
    for (size_t i = 0; i < s->layout.n_places; i++) {
        if (s->layout.places[i].kind == kind) {
            names.items[names.n++] = xstrdup(s->layout.places[i].id);
        }
    }
    pthread_mutex_unlock(&s->lock);
    return names;
}

struct lh_names lh_store_notes(struct lh_store *s)
{
    pthread_mutex_lock(&s->lock);
    struct lh_names names = {.items = xcalloc(s->layout.n_notes + 1, sizeof *names.items)};
    for (; names.n < s->layout.n_notes; names.n++) {
        names.items[names.n] = xstrdup(s->layout.notes[names.n]);
    }
    pthread_mutex_unlock(&s->lock);
    return names;
}

void lh_names_done(struct lh_names *names)
{
    for (size_t i = 0; i < names->n; i++) {
        free(names->items[i]);
    }
    free(names->items);
    *names = (struct lh_names){0};
}

void lh_repo_list_done(struct lh_repo_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        lh_repo_release(list->items[i]);
    }
    free(list->items);
    *list = (struct lh_repo_list){0};
}
