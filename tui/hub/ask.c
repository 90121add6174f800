/* SPDX-License-Identifier: Apache-2.0 */
/* ask.c - what the Hub screen asks on the pool threads: one row a question. A question owns copies of
 * what it needs: nothing here touches the screen's state from another thread. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/peek/peek.h"
#include "tui/hub/hub.h"

enum { CARD_BYTES = 16 << 20, CHUNK_BYTES = 1 << 20, WHOLE_FILES = 1000 };

struct question {
    struct hub *hub;
    struct hub_want want;
    struct hub_query query;
    struct arena arena; /* strings of both */
};

static void free_question(void *arg)
{
    struct question *q = arg;
    arena_done(&q->arena);
    free(q);
}

/* ---- one call of core/hub for each question ---- */

void hub_told_free(struct hub_told *t)
{
    if (t) {
        free(t->format);
        buf_done(&t->text);
        free(t);
    }
}

static struct hub_told *tell(struct hub *hub, const struct hub_want *w, struct hub_get *get, struct err *e)
{
    const struct peek_want want = {w->kind, w->id, w->revision, w->path};
    struct peek *peek = peek_read(hub, &want, get, e);
    if (!peek) {
        return NULL;
    }
    struct hub_told *t = xcalloc(1, sizeof *t);
    t->format = xstrdup(peek->format);
    t->file_bytes = peek->file_bytes;
    peek_put_text(peek, &t->text);
    peek_free(peek);
    return t;
}

#define ANSWER(call_, free_call, expression)                                                       \
    static void *call_(void *ctx, struct hub_get *get, struct err *e)                              \
    {                                                                                              \
        struct question *q = ctx;                                                                  \
        const struct hub_want *w = &q->want;                                                       \
        (void)w;                                                                                   \
        return expression;                                                                         \
    }                                                                                              \
    static void free_##call_(void *value)                                                          \
    {                                                                                              \
        free_call(value);                                                                          \
    }

ANSWER(list, hub_page_free, hub_list(q->hub, &q->query, get, e))
ANSWER(more, hub_page_free, hub_list_next(q->hub, w->kind, w->next, get, e))
ANSWER(info, hub_page_free, hub_repo_info(q->hub, w->kind, w->id, w->revision, get, e))
ANSWER(card, hub_blob_free, hub_read(q->hub, w->kind, w->id, w->revision, "README.md", 0, CARD_BYTES, get, e))
ANSWER(tree, hub_tree_free,
       hub_tree(q->hub, &(struct hub_tree_query){.kind = w->kind, .id = w->id, .path = w->path, .revision = w->revision,
                                                  .is_recursive = w->is_whole, .expand = !w->is_whole,
                                                  .max_files = w->is_whole ? WHOLE_FILES : 0}, get, e))
ANSWER(commits, hub_commits_free, hub_commits(q->hub, w->kind, w->id, w->revision, w->next, get, e))
ANSWER(diff, hub_diff_free, hub_compare(q->hub, w->kind, w->id, w->path, w->revision, get, e))
ANSWER(discussions, hub_discussions_free, hub_discussions(q->hub, w->kind, w->id, w->page, get, e))
ANSWER(thread, hub_thread_free, hub_thread(q->hub, w->kind, w->id, w->num, get, e))
ANSWER(file, hub_blob_free, hub_read(q->hub, w->kind, w->id, w->revision, w->path, w->offset,
                                     w->len ? w->len : CHUNK_BYTES, get, e))
ANSWER(header, hub_told_free, tell(q->hub, w, get, e))
ANSWER(tags, hub_tags_free, hub_tags(q->hub, w->kind, get, e))

static struct answer *run(struct task *t, void *question, struct err *e);

static const struct {
    struct ask ask;
    bool is_once; /* what is stored is not shown first: a page of many, a part of a file */
    hub_question *call;
    void (*free_value)(void *value);
} ROWS[] = {
    [HUB_WANT_LIST] = {{"listing", run}, false, list, free_list},
    [HUB_WANT_MORE] = {{"fetching the next page", run}, true, more, free_more},
    [HUB_WANT_INFO] = {{"reading about the repo", run}, false, info, free_info},
    [HUB_WANT_CARD] = {{"reading the card", run}, false, card, free_card},
    [HUB_WANT_TREE] = {{"listing files", run}, false, tree, free_tree},
    [HUB_WANT_COMMITS] = {{"reading the history", run}, false, commits, free_commits},
    [HUB_WANT_DIFF] = {{"reading what a commit changed", run}, false, diff, free_diff},
    [HUB_WANT_DISCUSSIONS] = {{"reading discussions", run}, false, discussions, free_discussions},
    [HUB_WANT_THREAD] = {{"reading the discussion", run}, false, thread, free_thread},
    [HUB_WANT_FILE] = {{"reading the file", run}, true, file, free_file},
    [HUB_WANT_HEADER] = {{"reading the header", run}, true, header, free_header},
    [HUB_WANT_TAGS] = {{"reading the tag catalogue", run}, false, tags, free_tags},
};

static struct answer *answer_of(const struct question *q, void *value, const struct hub_get *get)
{
    struct answer *a = xcalloc(1, sizeof *a);
    *a = (struct answer){
        .value = value,
        .free_value = ROWS[q->want.what].free_value,
        .from_cache = get->from_cache,
        .is_stale = get->is_stale,
        .fetched_s = get->fetched_s,
        .why = get->why,
    };
    return a;
}

static void emit_early(void *ctx, void *value, const struct hub_get *get)
{
    const struct question *q = ctx;
    ask_emit(get->task, (int)q->want.what, answer_of(q, value, get));
}

static struct answer *run(struct task *t, void *question, struct err *e)
{
    struct question *q = question;
    const struct hub_want *w = &q->want;
    struct hub_get get = {.fresh = w->is_reload ? HUB_RELOAD : HUB_NORMAL, .task = t};
    hub_question *call = ROWS[w->what].call;
    bool is_once = ROWS[w->what].is_once || w->next;
    void *value = is_once ? call(q, &get, e) : hub_ask_twice(call, emit_early, q, &get, e);
    return value ? answer_of(q, value, &get) : NULL;
}

/* ---- starting ---- */

static const char *copy(struct arena *arena, const char *s)
{
    return s ? arena_strdup(arena, s) : NULL;
}

static const char **copy_list(struct arena *arena, const char *const *list, size_t n)
{
    const char **copies = arena_alloc(arena, n + 1, sizeof *copies);
    for (size_t i = 0; i < n; i++) {
        copies[i] = arena_strdup(arena, list[i]);
    }
    return copies;
}

static struct hub_query copy_query(struct arena *arena, const struct hub_query *q)
{
    struct hub_query c = *q;
    c.search = copy(arena, q->search);
    c.author = copy(arena, q->author);
    c.pipeline_tag = copy(arena, q->pipeline_tag);
    c.library = copy(arena, q->library);
    c.params = copy(arena, q->params);
    c.inference = copy(arena, q->inference);
    c.gated = copy(arena, q->gated);
    c.inference_provider = copy(arena, q->inference_provider);
    c.apps = copy(arena, q->apps);
    c.trained_on = copy(arena, q->trained_on);
    c.uses_model = copy(arena, q->uses_model);
    c.uses_dataset = copy(arena, q->uses_dataset);
    c.filters = copy_list(arena, q->filters, q->n_filters);
    c.licenses = copy_list(arena, q->licenses, q->n_licenses);
    return c;
}

void hub_ask_start(struct pane *p, struct waiting *w, const struct hub_want *want)
{
    struct question *q = xcalloc(1, sizeof *q);
    q->hub = app_hub(p->app);
    q->want = *want;
    q->want.id = copy(&q->arena, want->id);
    q->want.path = copy(&q->arena, want->path);
    q->want.revision = copy(&q->arena, want->revision);
    q->want.next = copy(&q->arena, want->next);
    if (want->query) {
        q->query = copy_query(&q->arena, want->query);
        q->want.query = &q->query;
    }
    ask_start(p, w, &ROWS[want->what].ask, (int)want->what, q, free_question);
}

struct hub_want hub_want_of(const struct hub_screen *h, enum hub_wanted what)
{
    const struct hub_detail *d = &h->detail;
    return (struct hub_want){.what = what, .is_reload = d->is_reloading, .kind = d->kind, .id = d->id, .revision = d->revision};
}

bool hub_is_unasked(const struct waiting *w)
{
    return !w->task && !w->is_ready && w->err.code == ERR_NONE;
}
