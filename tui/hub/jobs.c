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
struct ask {
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

static void free_ask(void *arg)
{
    struct ask *a = arg;
    free(a->id);
    free(a->path);
    free(a->next);
    arena_done(&a->arena);
    free(a);
}

void reply_free(void *value)
{
    struct reply *r = value;
    if (r) {
        if (r->value && r->free_value) {
            r->free_value(r->value);
        }
        free(r);
    }
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

static void *call_list(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_list(a->hub, &a->query, get, e);
}

static void *call_more(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_list_next(a->hub, a->kind, a->next, get, e);
}

static void *call_info(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_repo_info(a->hub, a->kind, a->id, NULL, get, e);
}

static void *call_card(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_read(a->hub, a->kind, a->id, NULL, "README.md", 0, CARD_BYTES, get, e);
}

static void *call_tree(struct ask *a, struct hub_get *get, struct err *e)
{
    struct hub_tree_query q = {.kind = a->kind, .id = a->id, .path = a->path, .expand = true};
    return hub_tree(a->hub, &q, get, e);
}

static void *call_commits(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_commits(a->hub, a->kind, a->id, NULL, a->next, get, e);
}

static void *call_talks(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_discussions(a->hub, a->kind, a->id, a->page, get, e);
}

static void *call_thread(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_thread(a->hub, a->kind, a->id, a->num, get, e);
}

static void *call_file(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_read(a->hub, a->kind, a->id, NULL, a->path, a->offset, CHUNK_BYTES, get, e);
}

static void *call_tags(struct ask *a, struct hub_get *get, struct err *e)
{
    return hub_tags(a->hub, a->kind, get, e);
}

static const struct {
    const char *name;
    bool cache_first; /* show the cached answer while the Hub is asked */
    void *(*call)(struct ask *a, struct hub_get *get, struct err *e);
    void (*free_value)(void *value);
} JOBS[] = {
    [JOB_LIST] = {"listing", true, call_list, free_page},
    [JOB_MORE] = {"fetching the next page", false, call_more, free_page},
    [JOB_INFO] = {"reading about the repo", true, call_info, free_page},
    [JOB_CARD] = {"reading the card", true, call_card, free_blob},
    [JOB_TREE] = {"listing files", true, call_tree, free_tree},
    [JOB_COMMITS] = {"reading the history", true, call_commits, free_commits},
    [JOB_TALKS] = {"reading discussions", true, call_talks, free_talks},
    [JOB_THREAD] = {"reading the discussion", true, call_thread, free_thread},
    [JOB_FILE] = {"reading the file", false, call_file, free_blob},
    [JOB_TAGS] = {"reading the tag catalogue", true, call_tags, free_tags},
};

static struct reply *ask_once(struct ask *a, enum hub_fresh fresh, struct task *t, struct err *e)
{
    struct hub_get get = {.fresh = fresh, .task = t};
    void *value = JOBS[a->what].call(a, &get, e);
    if (!value) {
        return NULL;
    }
    struct reply *r = xcalloc(1, sizeof *r);
    *r = (struct reply){
        .value = value,
        .free_value = JOBS[a->what].free_value,
        .from_cache = get.from_cache,
        .is_stale = get.is_stale,
        .fetched_s = get.fetched_s,
        .why = get.why,
    };
    return r;
}

static void *run(struct task *t, void *arg, struct err *e)
{
    struct ask *a = arg;
    if (JOBS[a->what].cache_first && !a->is_reload && !a->next) {
        struct reply *cached = ask_once(a, HUB_CACHED, t, NULL);
        if (cached) {
            task_emit(t, (int)a->what, cached, reply_free);
        }
    }
    return ask_once(a, a->is_reload ? HUB_RELOAD : HUB_NORMAL, t, e);
}

/* ---- starting and taking ---- */

void loading_cancel(struct hub_screen *h, struct loading *l)
{
    app_task_done(h->app, &l->task);
    l->generation++;
}

void loading_begin(struct hub_screen *h, struct loading *l)
{
    loading_cancel(h, l);
    l->is_ready = false;
    l->is_stale = false;
    err_clear(&l->err);
}

bool loading_take(struct loading *l, struct task_result *r)
{
    if (r->generation != l->generation) {
        return false;
    }
    if (r->is_last) {
        task_unref(l->task);
        l->task = NULL;
        l->err = r->err;
    }
    const struct reply *reply = r->value;
    if (reply) {
        l->is_ready = true;
        l->from_cache = reply->from_cache;
        l->is_stale = reply->is_stale;
        l->fetched_s = reply->fetched_s;
        if (reply->is_stale) {
            l->err = reply->why;
        }
    }
    return true;
}

void *reply_take(struct task_result *r)
{
    struct reply *reply = r->value;
    if (!reply) {
        return NULL;
    }
    void *value = reply->value;
    reply->value = NULL;
    return value;
}

static struct ask *new_ask(struct hub_screen *h, enum hub_job what, bool reload)
{
    struct ask *a = xcalloc(1, sizeof *a);
    a->hub = app_hub(h->app);
    a->what = what;
    a->is_reload = reload;
    return a;
}

/* About the repo of the detail. */
static struct ask *new_repo_ask(struct hub_screen *h, enum hub_job what)
{
    struct ask *a = new_ask(h, what, h->detail.is_reloading);
    a->kind = h->detail.kind;
    a->id = xstrdup(h->detail.id);
    return a;
}

static void start(struct hub_screen *h, struct pane *p, struct loading *l, struct ask *a)
{
    struct job job = {
        .name = JOBS[a->what].name,
        .generation = l->generation,
        .kind = (int)a->what,
        .run = run,
        .arg = a,
        .free_arg = free_ask,
        .free_value = reply_free,
    };
    l->task = app_start(h->app, p, &job);
}

static const char *copy(struct arena *arena, const char *s)
{
    return s ? arena_strdup(arena, s) : NULL;
}

static void copy_query(struct ask *a, const struct hub_query *q)
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
    struct ask *a = new_ask(h, JOB_LIST, reload);
    a->kind = h->query.kind;
    copy_query(a, &h->query);
    start(h, h->results_pane, &h->results.first, a);
}

void job_more(struct hub_screen *h)
{
    struct ask *a = new_ask(h, JOB_MORE, false);
    a->kind = h->query.kind;
    a->next = xstrdup(h->results.next);
    loading_begin(h, &h->results.more);
    start(h, h->results_pane, &h->results.more, a);
}

void job_info(struct hub_screen *h)
{
    start(h, h->detail_pane, &h->detail.info_loading, new_repo_ask(h, JOB_INFO));
}

void job_card(struct hub_screen *h)
{
    start(h, h->detail_pane, &h->detail.card_loading, new_repo_ask(h, JOB_CARD));
}

void job_tree(struct hub_screen *h, struct file_node *node)
{
    struct ask *a = new_repo_ask(h, JOB_TREE);
    a->path = xstrdup(node->path);
    loading_begin(h, &node->loading);
    start(h, h->detail_pane, &node->loading, a);
}

void job_commits(struct hub_screen *h)
{
    struct ask *a = new_repo_ask(h, JOB_COMMITS);
    a->next = xstrdup_opt(h->detail.commits.next);
    start(h, h->detail_pane, &h->detail.commits.loading, a);
}

void job_talks(struct hub_screen *h)
{
    struct ask *a = new_repo_ask(h, JOB_TALKS);
    a->page = h->detail.talks.next_page;
    start(h, h->detail_pane, &h->detail.talks.loading, a);
}

void job_thread(struct hub_screen *h, uint64_t num)
{
    struct ask *a = new_repo_ask(h, JOB_THREAD);
    a->num = num;
    start(h, h->detail_pane, &h->detail.thread_loading, a);
}

void job_file(struct hub_screen *h, const char *path, uint64_t offset)
{
    struct ask *a = new_repo_ask(h, JOB_FILE);
    a->path = xstrdup(path);
    a->offset = offset;
    start(h, h->detail_pane, &h->detail.file_loading, a);
}

void job_tags(struct hub_screen *h)
{
    struct ask *a = new_ask(h, JOB_TAGS, false);
    a->kind = h->tags_kind;
    start(h, h->results_pane, &h->tags_loading, a);
}

/* ---- messages in place of content ---- */

/* Words wrapped into the canvas from row on; returns the next free row. */
static int draw_wrapped(const struct canvas *c, int row, enum style style, const char *text)
{
    int width = c->rect.cols - 4;
    while (*text && row < c->rect.rows && width > 8) {
        size_t n = text_fit(text, width, NULL);
        if (text[n]) {
            size_t blank = n;
            while (blank > 0 && text[blank] != ' ') {
                blank--;
            }
            n = blank > 0 ? blank : n;
        }
        draw_textn(c, row++, 2, width, style, text, n);
        text += n + strspn(text + n, " ");
    }
    return row;
}

void draw_error(const struct canvas *c, int row, const struct err *e, const char *retry)
{
    struct buf line = BUF_INIT;
    struct buf remedy = BUF_INIT;
    app_error_lines(e, &line, &remedy);
    row = draw_wrapped(c, row, STYLE_ERROR, buf_str(&line));
    if (remedy.n) {
        row = draw_wrapped(c, row, STYLE_TEXT, buf_str(&remedy));
    }
    if (e->retry_after_s > 0) {
        draw_printf(c, row++, 2, -1, STYLE_TEXT, "The Hub asks to wait %lld s.", (long long)e->retry_after_s);
    }
    draw_text(c, row + 1, 2, -1, STYLE_DIM, retry);
    buf_done(&line);
    buf_done(&remedy);
}

void draw_waiting(struct hub_screen *h, const struct canvas *c, const struct loading *l, const char *what)
{
    if (l->task) {
        draw_printf(c, 1, 2, -1, STYLE_DIM, "%s %s...  Esc goes back", app_spinner(h->app), what);
    } else if (l->err.code != ERR_NONE) {
        draw_error(c, 1, &l->err, "r tries again");
    }
}

void draw_failure(const struct canvas *c, const struct loading *l)
{
    if (l->err.code == ERR_NONE || l->task) {
        return;
    }
    char *clean = text_clean(l->err.msg);
    draw_blank(c, c->rect.rows - 1, 0, c->rect.cols, STYLE_TEXT);
    draw_printf(c, c->rect.rows - 1, 1, -1, STYLE_WARN, "%s (r tries again)", clean);
    free(clean);
}

void put_age_mark(const struct loading *l, struct buf *out)
{
    if (l->is_ready && (l->is_stale || (l->from_cache && !l->task && clock_unix_s() - l->fetched_s > 60))) {
        buf_puts(out, "cached ");
        text_age(out, l->fetched_s, clock_unix_s());
    }
}
