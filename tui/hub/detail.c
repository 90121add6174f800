/* SPDX-License-Identifier: Apache-2.0 */
/* detail.c - one repo: header, tab row, and the card, files, metadata, commits or discussions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/card/frontmatter.h"
#include "tui/hub/screen.h"

static const char *const TAB_TITLES[TAB_COUNT] = {"Card", "Files", "Metadata", "Commits", "Discussions"};

const struct hub_repo *detail_repo(const struct detail *d)
{
    return d->info && d->info->n_repos ? &d->info->repos[0] : NULL;
}

struct doc *detail_doc(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    if (d->layer == LAYER_THREAD) {
        return &d->thread;
    }
    if (d->layer == LAYER_NONE && d->tab == TAB_CARD) {
        return &d->card;
    }
    return d->layer == LAYER_NONE && d->tab == TAB_METADATA ? &d->metadata : NULL;
}

struct list *detail_list(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    if (d->layer != LAYER_NONE) {
        return NULL;
    }
    switch (d->tab) {
    case TAB_FILES:
        return &d->files.list;
    case TAB_COMMITS:
        return &d->commits.list;
    case TAB_DISCUSSIONS:
        return &d->talks.list;
    default:
        return NULL;
    }
}

void detail_update_ops(struct hub_screen *h)
{
    const struct detail *d = &h->detail;
    h->detail_pane->ops = d->layer == LAYER_FILE ? &HUB_DETAIL_VIEWER_OPS
                          : detail_list(h)       ? &HUB_DETAIL_LIST_OPS
                                                 : &HUB_DETAIL_DOC_OPS;
    pane_dirty(h->detail_pane);
}

/* ---- loading ---- */

static void forget(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    ask_begin(h->app, &d->info_loading);
    ask_begin(h->app, &d->card_loading);
    hub_page_free(d->info);
    d->info = NULL;
    doc_done(&d->card);
    d->has_card = false;
    doc_done(&d->metadata);
    files_done(h);
    commits_done(h);
    talks_done(h);
    view_done(h);
    thread_done(h);
    d->layer = LAYER_NONE;
    d->wanted_line = 0;
}

void detail_done(struct hub_screen *h)
{
    forget(h);
    free(h->detail.id);
    h->detail.id = NULL;
}

/* What the shown tab needs and does not have yet. */
static void load_tab(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    if (d->tab == TAB_FILES && !d->files.root.children && !d->files.root.loading.task) {
        files_open(h);
    } else if (d->tab == TAB_COMMITS && d->commits.n == 0 && !d->commits.loading.task) {
        commits_load(h);
    } else if (d->tab == TAB_DISCUSSIONS && d->talks.n == 0 && !d->talks.loading.task) {
        talks_load(h);
    } else if (d->tab == TAB_METADATA) {
        metadata_fill(h);
    }
}

void detail_show(struct hub_screen *h, enum hub_kind kind, const char *id)
{
    struct detail *d = &h->detail;
    if (d->has_repo && d->kind == kind && strcmp(d->id, id) == 0) {
        return;
    }
    char *copy = xstrdup(id);
    forget(h);
    free(d->id);
    d->id = copy;
    d->kind = kind;
    d->has_repo = true;
    job_info(h);
    job_card(h);
    load_tab(h);
    detail_update_ops(h);
}

void detail_set_tab(struct hub_screen *h, enum detail_tab tab)
{
    detail_back(h); /* a file or discussion that lies over the old tab */
    h->detail.tab = tab;
    if (h->detail.has_repo) {
        load_tab(h);
    }
    detail_update_ops(h);
}

void detail_reload(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    if (!d->has_repo) {
        return;
    }
    d->is_reloading = true;
    ask_begin(h->app, &d->info_loading);
    job_info(h);
    if (d->layer == LAYER_NONE && d->tab == TAB_CARD) {
        ask_begin(h->app, &d->card_loading);
        job_card(h);
    } else if (d->layer == LAYER_FILE && d->is_local_text) {
        detail_back(h); /* what it was made from is being asked for anew */
    } else if (d->layer == LAYER_FILE) {
        char *path = xstrdup(d->file_path);
        view_done(h);
        view_open(h, path);
        free(path);
    } else if (d->layer == LAYER_THREAD) {
        thread_open(h, d->thread_num);
    } else if (d->tab == TAB_FILES) {
        files_done(h);
        files_open(h);
    } else if (d->tab == TAB_COMMITS) {
        commits_done(h);
        commits_load(h);
    } else if (d->tab == TAB_DISCUSSIONS) {
        talks_done(h);
        talks_load(h);
    }
    d->is_reloading = false;
    detail_update_ops(h);
}

bool detail_back(struct hub_screen *h)
{
    struct detail *d = &h->detail;
    if (d->layer == LAYER_NONE) {
        return false;
    }
    if (d->layer == LAYER_FILE) {
        view_done(h);
    } else {
        thread_done(h);
    }
    d->layer = LAYER_NONE;
    detail_update_ops(h);
    return true;
}

/* ---- results ---- */

static unsigned take_info(struct hub_screen *h, struct task_result *t)
{
    struct detail *d = &h->detail;
    if (!ask_take(&d->info_loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_page *page = ask_value(t);
    if (page) {
        hub_page_free(d->info);
        d->info = page;
        const struct hub_repo *repo = detail_repo(d);
        if (repo && strcmp(repo->id, d->id) != 0) {
            pane_say(h->detail_pane, APP_INFO, "%s is now called %s", d->id, repo->id);
            free(d->id);
            d->id = xstrdup(repo->id);
        }
        if (d->tab == TAB_METADATA) {
            metadata_fill(h);
        }
    }
    return REACT_DIRTY;
}

static void show_card(struct hub_screen *h, const struct hub_blob *blob)
{
    struct detail *d = &h->detail;
    struct frontmatter fm;
    frontmatter_split(blob->bytes.p ? blob->bytes.p : "", blob->bytes.n, &fm);
    size_t keep = d->has_card ? d->card.top : d->wanted_line;
    int width = h->detail_pane->rect.cols > 6 ? h->detail_pane->rect.cols - 5 : 75;
    doc_set_markdown(&d->card, buf_str(&blob->bytes) + fm.body_at, blob->bytes.n - fm.body_at, width,
                     app_is_ascii(h->app));
    if (keep) {
        doc_goto(&d->card, keep);
    }
    d->has_card = true;
    d->wanted_line = 0;
}

static unsigned take_card(struct hub_screen *h, struct task_result *t)
{
    struct detail *d = &h->detail;
    bool had = d->card_loading.is_ready;
    if (!ask_take(&d->card_loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_blob *blob = ask_value(t);
    if (blob) {
        /* The Hub's answer after the cached one, unchanged: keep what is rendered. */
        bool is_same = had && d->card_loading.from_cache;
        if (!is_same || !d->has_card) {
            show_card(h, blob);
        }
        hub_blob_free(blob);
    }
    return REACT_DIRTY;
}

unsigned detail_result(struct pane *p, struct task_result *t)
{
    struct hub_screen *h = hub_screen_of(p);
    switch (t->kind) {
    case JOB_INFO:
        return take_info(h, t);
    case JOB_CARD:
        return take_card(h, t);
    case JOB_TREE:
        return files_result(h, t);
    case JOB_COMMITS:
        return commits_result(h, t);
    case JOB_TALKS:
        return talks_result(h, t);
    case JOB_THREAD:
        return thread_result(h, t);
    case JOB_FILE:
        return view_result(h, t);
    default:
        return REACT_HANDLED;
    }
}

/* ---- drawing ---- */

static void put_part(struct buf *out, const char *s)
{
    if (s && *s) {
        buf_puts(out, out->n ? " · " : "");
        text_sanitize(out, s, strlen(s), TEXT_LINE);
    }
}

static void put_largest_dtype(const struct hub_repo *repo, struct buf *out)
{
    const struct hub_dtype_count *largest = NULL;
    for (size_t i = 0; i < repo->n_dtypes; i++) {
        if (!largest || repo->dtypes[i].params > largest->params) {
            largest = &repo->dtypes[i];
        }
    }
    struct buf part = BUF_INIT;
    if (largest) {
        buf_printf(&part, "%s ", largest->dtype);
    } else if (repo->gguf_arch) {
        buf_puts(&part, "GGUF ");
    }
    text_count(&part, repo->params);
    buf_puts(&part, " params");
    put_part(out, buf_str(&part));
    buf_done(&part);
}

static void facts_text(const struct hub_repo *repo, struct buf *out)
{
    put_part(out, repo->pipeline_tag);
    put_part(out, repo->library);
    put_part(out, repo->sdk);
    put_part(out, repo->stage);
    put_part(out, repo->hardware);
    if (repo->has_params) {
        put_largest_dtype(repo, out);
    }
    if (repo->has_used_storage) {
        struct buf size = BUF_INIT;
        text_bytes(&size, repo->used_storage);
        put_part(out, buf_str(&size));
        buf_done(&size);
    }
    if (repo->has_modified) {
        struct buf age = BUF_INIT;
        text_age(&age, repo->modified_s, clock_unix_s());
        put_part(out, buf_str(&age));
        buf_done(&age);
    }
}

/* "gated", "private", licence: at the right of the title. */
static void state_text(const struct hub_screen *h, const struct hub_repo *repo, struct buf *out)
{
    put_part(out, repo->is_disabled ? "disabled" : NULL);
    put_part(out, repo->has_private && repo->is_private ? "private" : NULL);
    put_part(out, repo->gated == HUB_GATED_AUTO     ? "gated (automatic)"
                  : repo->gated == HUB_GATED_MANUAL ? "gated (by hand)"
                                                    : NULL);
    put_part(out, repo->license);
    put_part(out, screen_is_bookmarked(h, repo->kind, repo->id) ? "★" : NULL);
}

static void draw_tabs(const struct detail *d, const struct canvas *c, int row)
{
    int at = 1;
    for (int i = 0; i < TAB_COUNT; i++) {
        bool is_now = i == (int)d->tab;
        at += draw_printf(c, row, at, -1, is_now ? STYLE_TITLE_FOCUS : STYLE_DIM, "%s%s", is_now ? "▸" : " ",
                          TAB_TITLES[i]);
        at += 1;
    }
}

/* Column of the tab row to a tab, -1 for none. */
int detail_tab_at(int col)
{
    int at = 1;
    for (int i = 0; i < TAB_COUNT; i++) {
        int cols = 1 + (int)strlen(TAB_TITLES[i]);
        if (col >= at && col < at + cols) {
            return i;
        }
        at += cols + 1;
    }
    return -1;
}

static void draw_card(struct hub_screen *h, const struct canvas *c)
{
    struct detail *d = &h->detail;
    if (d->has_card) {
        if (doc_lines(&d->card)->n_lines == 0 && !doc_work(&d->card)) {
            draw_text(c, 1, 2, -1, STYLE_DIM, "The card has no text. Metadata (Tab, Tab) shows its front matter.");
            return;
        }
        doc_draw(&d->card, c);
    } else if (d->card_loading.err.code == ERR_NOT_FOUND && !d->card_loading.task &&
               d->info_loading.err.code == ERR_NONE) {
        draw_text(c, 1, 2, -1, STYLE_TEXT, "This repo has no card (README.md).");
        draw_text(c, 2, 2, -1, STYLE_DIM, "Tab shows its files.");
    } else if (d->info_loading.err.code != ERR_NONE && !d->info_loading.task && !d->info) {
        ask_draw_error(c, 1, &d->info_loading.err, "r tries again");
    } else {
        ask_draw(h->app, c, &d->card_loading, "reading the card");
    }
}

static void draw_content(struct hub_screen *h, const struct canvas *c)
{
    struct detail *d = &h->detail;
    if (d->layer == LAYER_FILE) {
        view_draw(h, c);
    } else if (d->layer == LAYER_THREAD) {
        if (d->thread_loading.is_ready) {
            doc_draw(&d->thread, c);
        } else {
            ask_draw(h->app, c, &d->thread_loading, "reading the discussion");
        }
    } else if (d->tab == TAB_CARD) {
        draw_card(h, c);
    } else if (d->tab == TAB_FILES) {
        files_draw(h, c);
    } else if (d->tab == TAB_COMMITS) {
        commits_draw(h, c);
    } else if (d->tab == TAB_DISCUSSIONS) {
        talks_draw(h, c);
    } else if (d->info) {
        doc_draw(&d->metadata, c);
    } else {
        ask_draw(h->app, c, &d->info_loading, "reading about the repo");
    }
}

/* Header rows above the content: facts and tabs; in one column also the title. */
static int draw_header(struct hub_screen *h, const struct canvas *c)
{
    struct detail *d = &h->detail;
    const struct hub_repo *repo = detail_repo(d);
    int row = 0;
    if (!h->is_wide) {
        struct buf state = BUF_INIT;
        if (repo) {
            state_text(h, repo, &state);
        }
        int end = draw_right(c, row, STYLE_BADGE, buf_str(&state)) - 2;
        char *name = text_clean(d->id);
        draw_name(c, row, 1, end - 1, STYLE_TITLE_FOCUS, name);
        free(name);
        buf_done(&state);
        row++;
    }
    struct buf facts = BUF_INIT;
    if (repo) {
        facts_text(repo, &facts);
    } else if (d->info_loading.task) {
        buf_printf(&facts, "%s", app_spinner(h->app));
    }
    struct buf age = BUF_INIT;
    ask_put_age(&d->info_loading, &age);
    int end = age.n ? draw_right(c, row, STYLE_WARN, buf_str(&age)) - 1 : c->rect.cols;
    draw_cell(c, row++, 1, end - 1, STYLE_DIM, buf_str(&facts), false);
    draw_tabs(d, c, row++);
    buf_done(&age);
    buf_done(&facts);
    return row;
}

static struct canvas frame(struct hub_screen *h, struct pane *p, const struct canvas *c)
{
    if (!h->is_wide) {
        return *c;
    }
    const struct hub_repo *repo = detail_repo(&h->detail);
    struct buf state = BUF_INIT;
    if (repo) {
        state_text(h, repo, &state);
    }
    char *name = text_clean(h->detail.has_repo ? h->detail.id : "");
    struct canvas in = draw_box(c, name, buf_str(&state), p->has_focus);
    free(name);
    buf_done(&state);
    return in;
}

void detail_draw(struct pane *p, const struct canvas *c)
{
    struct hub_screen *h = hub_screen_of(p);
    struct canvas in = frame(h, p, c);
    draw_clear(&in);
    if (!h->detail.has_repo) {
        draw_text(&in, 1, 2, -1, STYLE_DIM, "Enter on a repo shows it here.");
        return;
    }
    int rows = draw_header(h, &in);
    struct canvas content = canvas_sub(&in, (struct rect){rows, 1, in.rect.rows - rows, in.rect.cols - 1});
    draw_content(h, &content);
}

bool detail_work(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    if (h->detail.layer == LAYER_FILE) {
        return view_work(h);
    }
    struct doc *doc = detail_doc(h);
    return doc && doc_work(doc);
}
