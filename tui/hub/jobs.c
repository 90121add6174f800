/* SPDX-License-Identifier: Apache-2.0 */
/* jobs.c - what the Hub screen asks of the pool threads. Each job copies what it needs: nothing here
 * touches the screen's state from another thread. A job first sends what the cache has, at once, and
 * then what the Hub says. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/screen.h"

enum { CARD_BYTES = 16 << 20, CHUNK_BYTES = 1 << 20 };

/* The question of a job, copied. */
struct question {
    struct hub *hub;
    enum hub_job what;
    bool is_reload;
    enum hub_kind kind;
    char *id, *path, *next;
    uint64_t offset, num;
    unsigned page;
    struct hub_query query;
    struct arena arena; /* strings of the query */
};

static void free_question(void *arg)
{
    struct question *a = arg;
    free(a->id);
    free(a->path);
    free(a->next);
    arena_done(&a->arena);
    free(a);
}

/* ---- one call of core/hub for each kind of job ---- */

static void free_page(void *p)
{
    hub_page_free(p);
}

static void free_tree(void *p)
{
    hub_tree_free(p);
}

static void free_commits(void *p)
{
    hub_commits_free(p);
}

static void free_talks(void *p)
{
    hub_discussions_free(p);
}

static void free_thread(void *p)
{
    hub_thread_free(p);
}

static void free_blob(void *p)
{
    hub_blob_free(p);
}

static void free_tags(void *p)
{
    hub_tags_free(p);
}

static void *call_list(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_list(a->hub, &a->query, get, e);
}

static void *call_more(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_list_next(a->hub, a->kind, a->next, get, e);
}

static void *call_info(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_repo_info(a->hub, a->kind, a->id, NULL, get, e);
}

static void *call_card(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_read(a->hub, a->kind, a->id, NULL, "README.md", 0, CARD_BYTES, get, e);
}

static void *call_tree(struct question *a, struct hub_get *get, struct err *e)
{
    struct hub_tree_query q = {.kind = a->kind, .id = a->id, .path = a->path, .expand = true};
    return hub_tree(a->hub, &q, get, e);
}

static void *call_commits(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_commits(a->hub, a->kind, a->id, NULL, a->next, get, e);
}

static void *call_talks(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_discussions(a->hub, a->kind, a->id, a->page, get, e);
}

static void *call_thread(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_thread(a->hub, a->kind, a->id, a->num, get, e);
}

static void *call_file(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_read(a->hub, a->kind, a->id, NULL, a->path, a->offset, CHUNK_BYTES, get, e);
}

static void *call_tags(struct question *a, struct hub_get *get, struct err *e)
{
    return hub_tags(a->hub, a->kind, get, e);
}

static struct answer *run(struct task *t, void *question, struct err *e);

static const struct {
    struct ask ask;
    bool cache_first; /* show the cached answer while the Hub is asked */
    void *(*call)(struct question *q, struct hub_get *get, struct err *e);
    void (*free_value)(void *value);
} JOBS[] = {
    [JOB_LIST] = {{"listing", run}, true, call_list, free_page},
    [JOB_MORE] = {{"fetching the next page", run}, false, call_more, free_page},
    [JOB_INFO] = {{"reading about the repo", run}, true, call_info, free_page},
    [JOB_CARD] = {{"reading the card", run}, true, call_card, free_blob},
    [JOB_TREE] = {{"listing files", run}, true, call_tree, free_tree},
    [JOB_COMMITS] = {{"reading the history", run}, true, call_commits, free_commits},
    [JOB_TALKS] = {{"reading discussions", run}, true, call_talks, free_talks},
    [JOB_THREAD] = {{"reading the discussion", run}, true, call_thread, free_thread},
    [JOB_FILE] = {{"reading the file", run}, false, call_file, free_blob},
    [JOB_TAGS] = {{"reading the tag catalogue", run}, true, call_tags, free_tags},
};

static struct answer *ask_once(struct question *q, enum hub_fresh fresh, struct task *t, struct err *e)
{
    struct hub_get get = {.fresh = fresh, .task = t};
    void *value = JOBS[q->what].call(q, &get, e);
    if (!value) {
        return NULL;
    }
    struct answer *a = xcalloc(1, sizeof *a);
    *a = (struct answer){
        .value = value,
        .free_value = JOBS[q->what].free_value,
        .from_cache = get.from_cache,
        .is_stale = get.is_stale,
        .fetched_s = get.fetched_s,
        .why = get.why,
    };
    return a;
}

static struct answer *run(struct task *t, void *arg, struct err *e)
{
    struct question *q = arg;
    if (JOBS[q->what].cache_first && !q->is_reload && !q->next) {
        struct answer *cached = ask_once(q, HUB_CACHED, t, NULL);
        if (cached) {
            ask_emit(t, (int)q->what, cached);
        }
    }
    return ask_once(q, q->is_reload ? HUB_RELOAD : HUB_NORMAL, t, e);
}

/* ---- starting ---- */

static struct question *new_ask(struct hub_screen *h, enum hub_job what, bool reload)
{
    struct question *a = xcalloc(1, sizeof *a);
    a->hub = app_hub(h->app);
    a->what = what;
    a->is_reload = reload;
    return a;
}

/* About the repo of the detail. */
static struct question *new_repo_ask(struct hub_screen *h, enum hub_job what)
{
    struct question *a = new_ask(h, what, h->detail.is_reloading);
    a->kind = h->detail.kind;
    a->id = xstrdup(h->detail.id);
    return a;
}

static void start(struct pane *p, struct waiting *w, struct question *q)
{
    ask_start(p, w, &JOBS[q->what].ask, (int)q->what, q, free_question);
}

static const char *copy(struct arena *arena, const char *s)
{
    return s ? arena_strdup(arena, s) : NULL;
}

static void copy_query(struct question *a, const struct hub_query *q)
{
    a->query = *q;
    struct hub_query *c = &a->query;
    c->search = copy(&a->arena, q->search);
    c->author = copy(&a->arena, q->author);
    c->pipeline_tag = copy(&a->arena, q->pipeline_tag);
    c->library = copy(&a->arena, q->library);
    c->params = copy(&a->arena, q->params);
    c->gated = copy(&a->arena, q->gated);
    c->inference_provider = copy(&a->arena, q->inference_provider);
    c->apps = copy(&a->arena, q->apps);
    c->trained_on = copy(&a->arena, q->trained_on);
    c->uses_model = copy(&a->arena, q->uses_model);
    c->uses_dataset = copy(&a->arena, q->uses_dataset);
    c->filters = arena_alloc(&a->arena, q->n_filters + 1, sizeof *c->filters);
    for (size_t i = 0; i < q->n_filters; i++) {
        c->filters[i] = arena_strdup(&a->arena, q->filters[i]);
    }
}

void job_list(struct hub_screen *h, bool reload)
{
    struct question *a = new_ask(h, JOB_LIST, reload);
    a->kind = h->query.kind;
    copy_query(a, &h->query);
    start(h->results_pane, &h->results.first, a);
}

void job_more(struct hub_screen *h)
{
    struct question *a = new_ask(h, JOB_MORE, false);
    a->kind = h->query.kind;
    a->next = xstrdup(h->results.next);
    ask_begin(h->app, &h->results.more);
    start(h->results_pane, &h->results.more, a);
}

void job_info(struct hub_screen *h)
{
    start(h->detail_pane, &h->detail.info_loading, new_repo_ask(h, JOB_INFO));
}

void job_card(struct hub_screen *h)
{
    start(h->detail_pane, &h->detail.card_loading, new_repo_ask(h, JOB_CARD));
}

void job_tree(struct hub_screen *h, struct file_node *node)
{
    struct question *a = new_repo_ask(h, JOB_TREE);
    a->path = xstrdup(node->path);
    ask_begin(h->app, &node->loading);
    start(h->detail_pane, &node->loading, a);
}

void job_commits(struct hub_screen *h)
{
    struct question *a = new_repo_ask(h, JOB_COMMITS);
    a->next = xstrdup_opt(h->detail.commits.next);
    start(h->detail_pane, &h->detail.commits.loading, a);
}

void job_talks(struct hub_screen *h)
{
    struct question *a = new_repo_ask(h, JOB_TALKS);
    a->page = h->detail.talks.next_page;
    start(h->detail_pane, &h->detail.talks.loading, a);
}

void job_thread(struct hub_screen *h, uint64_t num)
{
    struct question *a = new_repo_ask(h, JOB_THREAD);
    a->num = num;
    start(h->detail_pane, &h->detail.thread_loading, a);
}

void job_file(struct hub_screen *h, const char *path, uint64_t offset)
{
    struct question *a = new_repo_ask(h, JOB_FILE);
    a->path = xstrdup(path);
    a->offset = offset;
    start(h->detail_pane, &h->detail.file_loading, a);
}

void job_tags(struct hub_screen *h)
{
    struct question *a = new_ask(h, JOB_TAGS, false);
    a->kind = h->tags_kind;
    start(h->results_pane, &h->tags_loading, a);
}
