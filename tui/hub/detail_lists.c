/* SPDX-License-Identifier: Apache-2.0 */
/* detail_lists.c - the commits of a repo and its discussions, each paged; one discussion as a text. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/screen.h"

enum { AGE_COLS = 5, AUTHOR_COLS = 16 };

static enum style row_style(const struct hub_screen *h, bool is_selected)
{
    return !is_selected ? STYLE_TEXT : h->detail_pane->has_focus ? STYLE_SELECTED : STYLE_SELECTED_DIM;
}

static void draw_age(const struct canvas *c, int row, int col, enum style style, bool has_date, int64_t date_s)
{
    struct buf age = BUF_INIT;
    if (has_date) {
        text_age_short(&age, date_s, clock_unix_s());
    }
    draw_cell(c, row, col, AGE_COLS - 1, style, buf_str(&age), true);
    buf_done(&age);
}

static void draw_clean(const struct canvas *c, int row, int col, int cols, enum style style, const char *text)
{
    char *clean = text_clean(text);
    draw_cell(c, row, col, cols, style, clean, false);
    free(clean);
}

/* ---- commits ---- */

static void drop_commits(struct commits *m)
{
    for (size_t i = 0; i < m->n_pages; i++) {
        hub_commits_free(m->pages[i]);
    }
    m->n_pages = 0;
    m->n = 0;
}

void commits_done(struct hub_screen *h)
{
    struct commits *m = &h->detail.commits;
    ask_begin(h->app, &m->loading);
    drop_commits(m);
    free(m->pages);
    free(m->rows);
    free(m->next);
    *m = (struct commits){.loading = m->loading};
}

void commits_load(struct hub_screen *h)
{
    struct commits *m = &h->detail.commits;
    bool was_ready = m->loading.is_ready;
    ask_begin(h->app, &m->loading);
    m->loading.is_ready = was_ready;
    m->is_first_page = m->next == NULL;
    job_commits(h);
}

static void add_commits(struct commits *m, struct hub_commits *page)
{
    void *pages = m->pages;
    void *rows = m->rows;
    if (!mem_grow(&pages, &m->cap_pages, m->n_pages + 1, sizeof *m->pages)) {
        hub_commits_free(page);
        return;
    }
    m->pages = pages;
    if (!mem_grow(&rows, &m->cap, m->n + page->n_items, sizeof *m->rows)) {
        hub_commits_free(page);
        return;
    }
    m->rows = rows;
    m->pages[m->n_pages++] = page;
    for (size_t i = 0; i < page->n_items; i++) {
        m->rows[m->n++] = &page->items[i];
    }
    free(m->next);
    m->next = xstrdup_opt(page->next);
    list_set(&m->list, m->n);
}

unsigned commits_result(struct hub_screen *h, struct task_result *t)
{
    struct commits *m = &h->detail.commits;
    if (!ask_take(&m->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_commits *page = ask_value(t);
    if (page) {
        if (m->is_first_page) { /* the Hub's answer replaces the cached one */
            drop_commits(m);
        }
        add_commits(m, page);
    }
    return REACT_DIRTY;
}

void commits_draw(struct hub_screen *h, const struct canvas *c)
{
    struct commits *m = &h->detail.commits;
    list_height(&m->list, c->rect.rows);
    if (m->n == 0) {
        ask_draw(h->app, c, &m->loading, "reading the history");
        return;
    }
    for (int i = 0; i < c->rect.rows && m->list.top + (size_t)i < m->n; i++) {
        size_t at = m->list.top + (size_t)i;
        const struct hub_commit *commit = m->rows[at];
        enum style base = row_style(h, at == m->list.sel);
        bool is_plain = base == STYLE_TEXT;
        draw_blank(c, i, 0, c->rect.cols, base);
        draw_age(c, i, 0, is_plain ? STYLE_DIM : base, commit->has_date, commit->date_s);
        char *id = text_clean(commit->id);
        draw_text(c, i, AGE_COLS + 1, 8, is_plain ? STYLE_NUMBER : base, id);
        free(id);
        int author = c->rect.cols >= 60 ? AUTHOR_COLS : 0;
        int title = c->rect.cols - AGE_COLS - 11 - author - 2;
        draw_clean(c, i, AGE_COLS + 11, title, base, commit->title ? commit->title : "");
        if (author) {
            draw_clean(c, i, AGE_COLS + 11 + title + 1, author - 1, is_plain ? STYLE_DIM : base,
                       commit->author ? commit->author : "");
        }
    }
    ask_draw_failure(c, &m->loading);
    draw_scrollbar(c, m->list.top, (size_t)c->rect.rows, m->n);
}

/* ---- discussions ---- */

void talks_done(struct hub_screen *h)
{
    struct talks *k = &h->detail.talks;
    ask_begin(h->app, &k->loading);
    for (size_t i = 0; i < k->n_pages; i++) {
        hub_discussions_free(k->pages[i]);
    }
    free(k->pages);
    free(k->rows);
    *k = (struct talks){.loading = k->loading};
}

void talks_load(struct hub_screen *h)
{
    bool was_ready = h->detail.talks.loading.is_ready;
    ask_begin(h->app, &h->detail.talks.loading);
    h->detail.talks.loading.is_ready = was_ready;
    job_talks(h);
}

static void add_talks(struct talks *k, struct hub_discussions *page)
{
    void *pages = k->pages;
    void *rows = k->rows;
    if (!mem_grow(&pages, &k->cap_pages, k->n_pages + 1, sizeof *k->pages)) {
        hub_discussions_free(page);
        return;
    }
    k->pages = pages;
    if (!mem_grow(&rows, &k->cap, k->n + page->n_items, sizeof *k->rows)) {
        hub_discussions_free(page);
        return;
    }
    k->rows = rows;
    k->pages[k->n_pages++] = page;
    for (size_t i = 0; i < page->n_items; i++) {
        k->rows[k->n++] = &page->items[i];
    }
    k->has_more = page->n_items > 0 && page->start + page->n_items < page->total;
    list_set(&k->list, k->n);
}

unsigned talks_result(struct hub_screen *h, struct task_result *t)
{
    struct talks *k = &h->detail.talks;
    if (!ask_take(&k->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_discussions *page = ask_value(t);
    if (page) {
        /* The same page once more (the cached one came first): replace it. */
        if (k->n_pages > 0 && k->pages[k->n_pages - 1]->start == page->start) {
            k->n_pages--;
            k->n -= k->pages[k->n_pages]->n_items;
            hub_discussions_free(k->pages[k->n_pages]);
        }
        add_talks(k, page);
    }
    if (t->is_last && k->loading.err.code == ERR_NONE && k->has_more) {
        k->next_page = (unsigned)k->n_pages;
    }
    return REACT_DIRTY;
}

static enum style status_style(const char *status)
{
    if (strcmp(status, "open") == 0) {
        return STYLE_OK;
    }
    return strcmp(status, "merged") == 0 ? STYLE_ACCENT : STYLE_DIM;
}

void talks_draw(struct hub_screen *h, const struct canvas *c)
{
    struct talks *k = &h->detail.talks;
    list_height(&k->list, c->rect.rows);
    if (k->n == 0) {
        if (k->loading.is_ready && !k->loading.task) {
            draw_text(c, 1, 2, -1, STYLE_DIM, "Nobody has started a discussion here.");
        } else {
            ask_draw(h->app, c, &k->loading, "reading discussions");
        }
        return;
    }
    for (int i = 0; i < c->rect.rows && k->list.top + (size_t)i < k->n; i++) {
        size_t at = k->list.top + (size_t)i;
        const struct hub_discussion *d = k->rows[at];
        enum style base = row_style(h, at == k->list.sel);
        bool is_plain = base == STYLE_TEXT;
        draw_blank(c, i, 0, c->rect.cols, base);
        draw_printf(c, i, 0, 6, is_plain ? STYLE_NUMBER : base, "#%llu", (unsigned long long)d->num);
        const char *status = d->status ? d->status : "";
        draw_clean(c, i, 6, 7, is_plain ? status_style(status) : base, status);
        draw_text(c, i, 14, 2, is_plain ? STYLE_BADGE : base, d->is_pull ? "PR" : "");
        int author = c->rect.cols >= 60 ? AUTHOR_COLS : 0;
        int title = c->rect.cols - 17 - author - AGE_COLS - 2;
        draw_clean(c, i, 17, title, base, d->title ? d->title : "");
        if (author) {
            draw_clean(c, i, 17 + title + 1, author - 1, is_plain ? STYLE_DIM : base,
                       d->author ? d->author : "(deleted)");
        }
        draw_age(c, i, c->rect.cols - AGE_COLS, is_plain ? STYLE_DIM : base, d->has_date, d->date_s);
    }
    ask_draw_failure(c, &k->loading);
    draw_scrollbar(c, k->list.top, (size_t)c->rect.rows, k->n);
}

/* ---- one discussion ---- */

void thread_done(struct hub_screen *h)
{
    ask_begin(h->app, &h->detail.thread_loading);
    doc_done(&h->detail.thread);
}

void thread_open(struct hub_screen *h, uint64_t num)
{
    thread_done(h);
    h->detail.layer = LAYER_THREAD;
    h->detail.thread_num = num;
    job_thread(h, num);
}

/* Text that Markdown shows as it is. */
static void put_escaped(struct buf *out, const char *s)
{
    for (; s && *s; s++) {
        if (strchr("\\`*_{}[]<>#|~!", *s)) {
            buf_putc(out, '\\');
        }
        buf_putc(out, *s == '\n' ? ' ' : *s);
    }
}

static void put_event(struct buf *out, const struct hub_event *ev)
{
    struct buf age = BUF_INIT;
    if (ev->has_date) {
        text_age(&age, ev->date_s, clock_unix_s());
    }
    const char *type = ev->type ? ev->type : "";
    bool is_comment = strcmp(type, "comment") == 0;
    buf_puts(out, is_comment ? "\n---\n\n**" : "\n*");
    put_escaped(out, ev->author ? ev->author : "(deleted)");
    buf_puts(out, is_comment ? "** " : " ");
    if (is_comment) {
        buf_printf(out, "· %s\n\n", buf_str(&age));
        buf_puts(out, ev->is_hidden ? "*This comment is hidden.*" : ev->text ? ev->text : "");
        buf_puts(out, "\n");
    } else {
        buf_puts(out, strcmp(type, "commit") == 0          ? "committed: "
                      : strcmp(type, "status-change") == 0 ? "set the status to "
                      : strcmp(type, "title-change") == 0  ? "changed the title to "
                                                           : type);
        put_escaped(out, ev->text);
        buf_printf(out, " · %s*\n", buf_str(&age));
    }
    buf_done(&age);
}

static void thread_text(const struct hub_thread *t, struct buf *out)
{
    buf_puts(out, "# ");
    put_escaped(out, t->head.title);
    buf_printf(out, "\n\n%s #%llu · ", t->head.is_pull ? "Pull request" : "Discussion",
               (unsigned long long)t->head.num);
    put_escaped(out, t->head.status);
    buf_puts(out, "\n");
    for (size_t i = 0; i < t->n_events; i++) {
        put_event(out, &t->events[i]);
    }
    if (t->diff && *t->diff) {
        buf_puts(out, "\n---\n\n~~~~~~~~~~~~diff\n");
        buf_puts(out, t->diff);
        buf_puts(out, "\n~~~~~~~~~~~~\n");
    }
}

unsigned thread_result(struct hub_screen *h, struct task_result *t)
{
    struct detail *d = &h->detail;
    if (!ask_take(&d->thread_loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_thread *thread = ask_value(t);
    if (thread) {
        struct buf text = BUF_INIT;
        thread_text(thread, &text);
        int width = h->detail_pane->rect.cols > 6 ? h->detail_pane->rect.cols - 5 : 75;
        size_t top = d->thread.top;
        doc_set_markdown(&d->thread, buf_str(&text), text.n, width, app_is_ascii(h->app));
        doc_goto(&d->thread, top);
        buf_done(&text);
        hub_thread_free(thread);
    }
    return REACT_DIRTY;
}
