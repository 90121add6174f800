/* SPDX-License-Identifier: Apache-2.0 */
/* The lists of the verb show: files, commits, refs, discussions. */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/cli/cli.h"
#include "core/cli/notes.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/show.h"

void cli_put_date(struct buf *text, const struct cli_out *out, int64_t unix_s)
{
    if (out->is_tty) {
        text_age(text, unix_s, clock_unix_s());
    } else {
        clock_put_iso(text, unix_s);
    }
}

/* A list on its way out: rows of a table, or items of a JSON array. */
struct list {
    const struct cli_show *show;
    const char *what; /* is in it: "commits" */
    size_t n;
    struct cli_table *table;
    cJSON *json;
    struct hub_get get;
    size_t n_skipped;
};

static void list_init(struct list *l, const struct cli_show *s, const char *what,
                      const struct cli_column *columns, size_t n_columns)
{
    *l = (struct list){.show = s, .what = what};
    l->table = cli_table_new(columns, n_columns);
    l->json = s->wants_json ? cJSON_CreateArray() : NULL;
}

/* Prints what there is, then the error when e has one; frees the list. */
static int list_done(struct list *l, bool has_output, const struct err *e)
{
    int code = 0;
    if (has_output) {
        struct cli_out out;
        cli_out_init(&out, l->show->globals);
        cli_note_skipped(l->n_skipped, l->json);
        if (l->json) {
            cli_put_json(&out, l->json);
            l->json = NULL;
        } else if (l->n > 0) {
            cli_table_print(l->table, &out);
        } else {
            fprintf(stderr, "hfterm: %s has no %s\n", l->show->id, l->what);
        }
        code = cli_out_done(&out);
        cli_note_stale(&l->get);
    }
    if (e->code != ERR_NONE) {
        code = cli_fail(e);
    }
    cJSON_Delete(l->json);
    cli_table_free(l->table);
    return code;
}

/* ---- files ---- */

static const struct cli_column FILE_COLUMNS[] = {
    {.title = "size", .is_right = true},
    {.title = "path", .min_cols = 20, .cut_middle = true},
    {.title = "storage", .rank = 1},
};

int cli_show_files(const struct cli_show *s)
{
    struct err e = ERR_INIT;
    struct list l;
    list_init(&l, s, "files", FILE_COLUMNS, sizeof FILE_COLUMNS / sizeof *FILE_COLUMNS);
    const struct hub_tree_query q = {
        .kind = s->kind,
        .id = s->id,
        .revision = s->revision,
        .is_recursive = true,
    };
    struct hub_tree *t = hub_tree(s->hub, &q, &l.get, &e);
    for (size_t i = 0; t && i < t->n_files; i++) {
        const struct hub_file *f = &t->files[i];
        if (f->is_dir) {
            continue;
        }
        l.n++;
        if (l.json) {
            cJSON_AddItemToArray(l.json, cli_file_json(f));
        } else {
            cli_table_add_bytes(l.table, true, f->size);
            cli_table_add(l.table, f->path, NULL);
            cli_table_add(l.table, cli_storage_of(f), NULL);
        }
    }
    if (t && t->is_truncated) {
        fprintf(stderr, "hfterm: only the first %zu entries are listed\n", t->n_files);
    }
    l.n_skipped = t ? t->n_skipped : 0;
    const int code = list_done(&l, t != NULL, &e);
    hub_tree_free(t);
    return code;
}

/* ---- commits ---- */

static const struct cli_column COMMIT_COLUMNS[] = {
    {.title = "commit"},
    {.title = "date", .rank = 1},
    {.title = "author", .min_cols = 8, .rank = 2},
    {.title = "title", .min_cols = 20},
};

static void add_commit(struct list *l, const struct hub_commit *c)
{
    l->n++;
    if (l->json) {
        cJSON_AddItemToArray(l->json, cli_commit_json(c));
        return;
    }
    char abbreviated[9];
    snprintf(abbreviated, sizeof abbreviated, "%s", c->id);
    cli_table_add(l->table, abbreviated, c->id);
    cli_table_add_date(l->table, c->has_date, c->date_s);
    cli_table_add(l->table, c->author, NULL);
    cli_table_add(l->table, c->title, NULL);
}

int cli_show_commits(const struct cli_show *s)
{
    struct err e = ERR_INIT;
    struct list l;
    list_init(&l, s, "commits", COMMIT_COLUMNS, sizeof COMMIT_COLUMNS / sizeof *COMMIT_COLUMNS);
    struct hub_get get = {0};
    struct hub_commits *page = hub_commits(s->hub, s->kind, s->id, s->revision, NULL, &get, &e);
    const bool has_first = page != NULL;
    while (page) {
        cli_note_get(&l.get, &get);
        l.n_skipped += page->n_skipped;
        for (size_t i = 0; i < page->n_items && l.n < s->limit; i++) {
            add_commit(&l, &page->items[i]);
        }
        struct hub_commits *next = NULL;
        if (page->next && l.n < s->limit && page->n_items > 0) {
            get = (struct hub_get){0};
            next = hub_commits(s->hub, s->kind, s->id, s->revision, page->next, &get, &e);
        }
        hub_commits_free(page);
        page = next;
    }
    return list_done(&l, has_first, &e);
}

/* ---- refs ---- */

static const struct cli_column REF_COLUMNS[] = {
    {.title = "kind", .rank = 2},
    {.title = "name", .min_cols = 12},
    {.title = "ref", .min_cols = 16, .rank = 1},
    {.title = "commit"},
};

static void add_refs(struct list *l, const struct hub_ref *refs, size_t n, const char *kind)
{
    l->n += n;
    for (size_t i = 0; i < n; i++) {
        if (l->json) {
            cJSON_AddItemToArray(l->json, cli_ref_json(&refs[i], kind));
            continue;
        }
        char abbreviated[9];
        snprintf(abbreviated, sizeof abbreviated, "%s", refs[i].commit ? refs[i].commit : "");
        cli_table_add(l->table, kind, NULL);
        cli_table_add(l->table, refs[i].name, NULL);
        cli_table_add(l->table, refs[i].ref, NULL);
        cli_table_add(l->table, abbreviated, refs[i].commit);
    }
}

int cli_show_refs(const struct cli_show *s)
{
    struct err e = ERR_INIT;
    struct list l;
    list_init(&l, s, "branches or tags", REF_COLUMNS, sizeof REF_COLUMNS / sizeof *REF_COLUMNS);
    struct hub_refs *r = hub_refs(s->hub, s->kind, s->id, &l.get, &e);
    if (r) {
        l.n_skipped = r->n_skipped;
        add_refs(&l, r->branches, r->n_branches, "branch");
        add_refs(&l, r->tags, r->n_tags, "tag");
        add_refs(&l, r->converts, r->n_converts, "convert");
        add_refs(&l, r->pulls, r->n_pulls, "pull");
    }
    const int code = list_done(&l, r != NULL, &e);
    hub_refs_free(r);
    return code;
}

/* ---- discussions ---- */

static const struct cli_column DISCUSSION_COLUMNS[] = {
    {.title = "num", .is_right = true},
    {.title = "kind", .rank = 2},
    {.title = "status"},
    {.title = "author", .min_cols = 8, .rank = 3},
    {.title = "opened", .rank = 1},
    {.title = "title", .min_cols = 20},
};

static void add_discussion(struct list *l, const struct hub_discussion *d)
{
    l->n++;
    if (l->json) {
        cJSON_AddItemToArray(l->json, cli_discussion_json(d));
        return;
    }
    char number[24];
    snprintf(number, sizeof number, "%llu", (unsigned long long)d->num);
    cli_table_add(l->table, number, NULL);
    cli_table_add(l->table, d->is_pull ? "pull" : "discussion", NULL);
    cli_table_add(l->table, d->status, NULL);
    cli_table_add(l->table, d->author, NULL);
    cli_table_add_date(l->table, d->has_date, d->date_s);
    cli_table_add(l->table, d->title, NULL);
}

int cli_show_discussions(const struct cli_show *s)
{
    struct err e = ERR_INIT;
    struct list l;
    bool has_first = false, has_more = true;
    list_init(&l, s, "discussions", DISCUSSION_COLUMNS, sizeof DISCUSSION_COLUMNS / sizeof *DISCUSSION_COLUMNS);
    for (unsigned page = 0; has_more && l.n < s->limit; page++) {
        struct hub_get get = {0};
        struct hub_discussions *d = hub_discussions(s->hub, s->kind, s->id, page, &get, &e);
        has_more = d && d->n_items > 0 && d->start + d->n_items + d->n_skipped < d->total;
        l.n_skipped += d ? d->n_skipped : 0;
        has_first = has_first || d;
        cli_note_get(&l.get, &get);
        for (size_t i = 0; d && i < d->n_items && l.n < s->limit; i++) {
            add_discussion(&l, &d->items[i]);
        }
        hub_discussions_free(d);
    }
    return list_done(&l, has_first, &e);
}
