/* SPDX-License-Identifier: Apache-2.0 */
/* commit.c - one commit: who, when, its message, and what it changed; where the server gives no diff, the files as
 * they were at it. It lies over the Commits view. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/doc/diff.h"
#include "tui/hub/commit.h"

enum { DIFF_SHOWN = 1 << 20 }; /* bytes: what is longer is said to be cut */

struct commit {
    struct doc doc; /* first: text.c works on it */
    char *id;       /* owned; NULL: none is open */
    char *parent;   /* owned; "": it is the first; NULL: not known */
    char *about;    /* owned: title and message; NULL: not known */
    char *author;   /* owned; NULL */
    bool has_date;
    int64_t date_s;
    struct hub_diff *diff;
    struct hub_tree *tree; /* when there is no diff */
    struct waiting diff_loading, tree_loading;
    int cols; /* that the text is made for */
};

static void commit_forget(struct pane *p)
{
    struct commit *m = p->state;
    ask_begin(p->app, &m->diff_loading);
    ask_begin(p->app, &m->tree_loading);
    doc_done(&m->doc);
    hub_diff_free(m->diff);
    hub_tree_free(m->tree);
    free(m->id);
    free(m->parent);
    free(m->about);
    free(m->author);
    *m = (struct commit){.diff_loading.generation = m->diff_loading.generation,
                         .tree_loading.generation = m->tree_loading.generation};
}

/* ---- asking ---- */

static void ask_diff(struct pane *p)
{
    struct commit *m = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_DIFF);
    char *before = m->parent ? xstrdup(m->parent) : xasprintf("%s^", m->id);
    want.path = before;
    want.revision = m->id;
    hub_ask_start(p, &m->diff_loading, &want);
    free(before);
}

static void ask_tree(struct pane *p)
{
    struct commit *m = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_TREE);
    want.path = "";
    want.revision = m->id;
    want.is_whole = true;
    hub_ask_start(p, &m->tree_loading, &want);
}

/* ---- the text ---- */

static void put_line(struct rich *r, enum rich_style style, const char *text, int cols)
{
    rich_put_wrapped(r, style, text, strlen(text), cols);
}

static void put_head(const struct commit *m, struct rich *r, int cols)
{
    struct buf line = BUF_INIT;
    buf_puts(&line, "commit ");
    hub_put_clean(m->id, &line);
    put_line(r, RICH_NUMBER, buf_str(&line), cols);
    buf_clear(&line);
    if (m->about) {
        hub_put_clean(m->author ? m->author : "an author without an account", &line);
    }
    if (m->has_date) {
        hub_say_age(" \xC2\xB7", true, m->date_s, &line);
        buf_puts(&line, ", ");
        clock_put_iso(&line, m->date_s);
    }
    put_line(r, RICH_DIM, buf_str(&line), cols);
    buf_done(&line);
    rich_end_line(r);
    if (m->about) {
        const size_t title = strcspn(m->about, "\n");
        rich_put_wrapped(r, RICH_BOLD, m->about, title, cols);
        put_line(r, RICH_TEXT, m->about + title + (m->about[title] ? 1 : 0), cols);
        rich_end_line(r);
    }
}

static void put_diff(const struct commit *m, struct rich *r, int cols)
{
    const size_t n = strlen(m->diff->text);
    const struct rich_diff_size size = rich_diff_count(m->diff->text, n);
    struct buf line = BUF_INIT;
    buf_printf(&line, "%zu file%s changed, %zu line%s added, %zu removed", size.files, size.files == 1 ? "" : "s", size.added,
               size.added == 1 ? "" : "s", size.removed);
    put_line(r, RICH_DIM, n ? buf_str(&line) : "It changed nothing.", cols);
    rich_end_line(r);
    size_t shown = n;
    if (n > DIFF_SHOWN) {
        shown = DIFF_SHOWN;
        while (shown > 0 && m->diff->text[shown - 1] != '\n') {
            shown--;
        }
        shown = shown ? shown : DIFF_SHOWN;
    }
    rich_put_diff(r, m->diff->text, shown, cols);
    if (shown < n) {
        buf_clear(&line);
        buf_puts(&line, "The diff goes on for ");
        text_bytes(&line, n - shown);
        buf_puts(&line, ": w opens the repo in a browser.");
        rich_end_line(r);
        put_line(r, RICH_DIM, buf_str(&line), cols);
    }
    buf_done(&line);
}

static void put_tree(const struct commit *m, struct rich *r, int cols)
{
    struct buf line = BUF_INIT;
    buf_printf(&line, "%zu%s entries at this commit:", m->tree->n_files, m->tree->is_truncated ? " and more" : "");
    put_line(r, RICH_TEXT, buf_str(&line), cols);
    rich_end_line(r);
    for (size_t i = 0; i < m->tree->n_files; i++) {
        const struct hub_file *file = &m->tree->files[i];
        struct buf size = BUF_INIT;
        if (!file->is_dir) {
            text_bytes(&size, file->size);
        }
        buf_clear(&line);
        buf_printf(&line, "%9s  ", buf_str(&size));
        hub_put_clean(file->path, &line);
        buf_puts(&line, file->is_dir ? "/" : "");
        rich_puts(r, RICH_TEXT, buf_str(&line));
        rich_end_line(r);
        buf_done(&size);
    }
    buf_done(&line);
}

static void put_why(const struct err *e, const char *what, struct rich *r, int cols)
{
    const char *stop = !e->remedy[0] ? "" : str_ends(e->msg, ".") ? " " : ". ";
    char *text = xasprintf("%s: %s%s%s", what, e->msg, stop, e->remedy);
    put_line(r, RICH_DIM, text, cols);
    rich_end_line(r);
    free(text);
}

static void put_changes(struct pane *p, struct rich *r, int cols)
{
    const struct commit *m = p->state;
    if (m->diff) {
        put_diff(m, r, cols);
        return;
    }
    if (m->diff_loading.err.code == ERR_NONE) {
        put_line(r, RICH_DIM, "reading what it changed ...", cols);
        return;
    }
    put_why(&m->diff_loading.err, "The Hub gives no diff of this commit", r, cols);
    if (m->tree) {
        put_tree(m, r, cols);
    } else if (m->tree_loading.err.code != ERR_NONE) {
        put_why(&m->tree_loading.err, "Nor the files at it", r, cols);
    } else {
        put_line(r, RICH_DIM, "listing the files at it ...", cols);
    }
}

static void make_text(struct pane *p)
{
    struct commit *m = p->state;
    m->cols = hub_detail_text_cols(hub_screen_of(p));
    struct rich *r = doc_begin_rich(&m->doc);
    put_head(m, r, m->cols);
    put_changes(p, r, m->cols);
    pane_dirty(p);
    if (m->diff || m->tree || m->tree_loading.err.code != ERR_NONE) {
        hub_detail_resume(p);
    }
}

/* ---- opening ---- */

static void commit_show(struct pane *p)
{
    struct commit *m = p->state;
    if (!m->id) {
        return;
    }
    if (hub_is_unasked(&m->diff_loading)) {
        ask_diff(p);
        make_text(p);
    } else if (m->cols != hub_detail_text_cols(hub_screen_of(p))) {
        make_text(p);
    }
}

static void begin(struct pane *p, const char *id)
{
    struct commit *m = p->state;
    char *copy = xstrdup(id);
    commit_forget(p);
    m->id = copy;
}

void hub_commit_open(struct hub_screen *h, const struct hub_commit *commit, const char *parent)
{
    struct pane *p = hub_detail_named(h, HUB_NAMED_COMMIT);
    struct commit *m = p->state;
    begin(p, commit->id);
    m->parent = parent ? xstrdup(parent) : NULL;
    m->author = commit->author ? xstrdup(commit->author) : NULL;
    m->has_date = commit->has_date;
    m->date_s = commit->date_s;
    m->about = commit->message ? xasprintf("%s\n%s", commit->title, commit->message) : xstrdup(commit->title);
    hub_detail_over(h, p);
}

/* What the list said of it: "=TEXT", or nothing for NULL. */
static void put_word(struct buf *words, const char *text)
{
    buf_puts(words, text ? "=" : "");
    buf_append(words, text ? text : "", text ? strlen(text) + 1 : 1);
}

/* The next of them, a copy; *at goes on. */
static char *take_word(const struct buf *words, size_t *at)
{
    const char *word = *at < words->n ? words->p + *at : "";
    *at += strlen(word) + 1;
    return *word ? xstrdup(word + 1) : NULL;
}

static void commit_spot(const struct pane *p, struct hub_spot *spot)
{
    const struct commit *m = p->state;
    hub_text_spot(p, spot);
    spot->name = m->id ? xstrdup(m->id) : NULL;
    put_word(&spot->words, m->parent);
    put_word(&spot->words, m->about);
    put_word(&spot->words, m->author);
    char *date = xasprintf("%lld", (long long)m->date_s);
    put_word(&spot->words, m->has_date ? date : NULL);
    free(date);
}

static void begin_at(struct pane *p, const struct hub_spot *spot)
{
    struct commit *m = p->state;
    size_t at = 0;
    begin(p, spot->name);
    m->parent = take_word(&spot->words, &at);
    m->about = take_word(&spot->words, &at);
    m->author = take_word(&spot->words, &at);
    char *date = take_word(&spot->words, &at);
    m->has_date = date != NULL;
    m->date_s = date ? strtoll(date, NULL, 10) : 0;
    free(date);
}

static void commit_reload(struct pane *p)
{
    struct commit *m = p->state;
    ask_begin(p->app, &m->diff_loading); /* what is read stays until the answer comes */
    ask_begin(p->app, &m->tree_loading);
    ask_diff(p);
}

static bool commit_go(struct pane *p, const struct hub_spot *spot)
{
    struct commit *m = p->state;
    if (spot->name && (!m->id || strcmp(m->id, spot->name) != 0)) {
        begin_at(p, spot);
    }
    const bool is_whole = m->diff || m->tree || m->tree_loading.err.code != ERR_NONE;
    return is_whole && hub_text_go(p, spot);
}

/* ---- the pane ---- */

static unsigned commit_result(struct pane *p, struct task_result *t)
{
    struct commit *m = p->state;
    if (t->kind == HUB_WANT_DIFF && ask_take(&m->diff_loading, t)) {
        struct hub_diff *diff = ask_value(t);
        if (diff) {
            hub_diff_free(m->diff);
            m->diff = diff;
        } else if (!m->diff && m->diff_loading.err.code != ERR_NONE && hub_is_unasked(&m->tree_loading)) {
            ask_tree(p);
        }
    } else if (t->kind == HUB_WANT_TREE && ask_take(&m->tree_loading, t)) {
        struct hub_tree *tree = ask_value(t);
        if (tree) {
            hub_tree_free(m->tree);
            m->tree = tree;
        }
    } else {
        return REACT_HANDLED;
    }
    make_text(p);
    return REACT_DIRTY;
}

static void commit_draw(struct pane *p, const struct canvas *c)
{
    struct commit *m = p->state;
    draw_clear(c);
    doc_draw(&m->doc, c);
}

static unsigned do_copy(struct pane *p)
{
    const struct commit *m = p->state;
    app_copy(p->app, m->id, "the commit id");
    return REACT_HANDLED;
}

static const char *needs_commit(struct pane *p)
{
    const struct commit *m = p->state;
    return m->id ? NULL : "no commit is open";
}

static unsigned do_files(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    const struct commit *m = p->state;
    hub_visit_from_here(h, h->detail.kind, h->detail.id, m->id);
    hub_detail_tab_of(h, hub_detail_named(h, HUB_NAMED_FILES));
    hub_detail_focus(h);
    return REACT_LAYOUT;
}

static const struct action ACTIONS[] = {
    ACTION("commit.open", "Enter", "files at it", "Browse the files as they were at the commit", needs_commit, do_files),
    ACTION("commit.copy", "y", NULL, "Copy the id of the commit", needs_commit, do_copy),
};
const struct action_set HUB_COMMIT_ACTIONS = {"hub.commit", "Hub: commit", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

static const struct pane_ops OPS = {
    .sets = {&HUB_TEXT_ACTIONS, &HUB_COMMIT_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = commit_draw,
    .move = hub_text_move,
    .result = commit_result,
    .mouse = hub_text_mouse,
    .work = hub_text_work,
    .cursor = hub_text_cursor,
    .close = hub_view_close,
};

const struct hub_view HUB_COMMIT_VIEW = {
    .ops = &OPS,
    .size = sizeof(struct commit),
    .is_text = true,
    .show = commit_show,
    .forget = commit_forget,
    .reload = commit_reload,
    .named = HUB_NAMED_COMMIT,
    .spot = commit_spot,
    .go = commit_go,
};
