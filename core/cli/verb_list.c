/* SPDX-License-Identifier: Apache-2.0 */
/* models, datasets, spaces: search and list. */
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/cli/card.h"
#include "core/cli/cli.h"
#include "core/cli/notes.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/session.h"
#include "core/cli/verb.h"
#include "core/hub/licenses.h"

enum {
    DEFAULT_LIMIT = 20,
    MAX_LIMIT = 100000,
    MAX_PAGE = 100,
    MAX_FILTERS = 32,
    MAX_LICENSES = 128,
    SEEN_MAX = 5000, /* rows that are looked at for several licences */
};

#define OPTION_LIMIT                                                                               \
    {                                                                                              \
        .name = "limit", .letter = 'n', .kind = CLI_VALUE, .arg = "N",                             \
        .help = "how many (20); further pages are fetched as needed"                               \
    }
#define OPTION_AUTHOR                                                                              \
    {                                                                                              \
        .name = "author", .kind = CLI_VALUE, .arg = "NAME", .help = "of this user or organisation" \
    }
#define OPTION_LANGUAGE                                                                            \
    {                                                                                              \
        .name = "language", .kind = CLI_LIST, .arg = "CODE",                                       \
        .help = "for this language (de, zh, ...)"                                                  \
    }
#define OPTION_LICENSE                                                                             \
    {                                                                                              \
        .name = "license", .kind = CLI_LIST, .arg = "ID",                                          \
        .help = "under any of these licences (mit,apache-2.0; open)"                               \
    }
#define OPTION_TAG                                                                                 \
    {                                                                                              \
        .name = "tag", .kind = CLI_LIST, .arg = "TAG", .help = "with this tag (region:us, ...)"    \
    }
#define OPTION_FULL                                                                                \
    {                                                                                              \
        .name = "full", .help = "with --json: everything the server knows, as \"raw\""             \
    }

static const struct cli_option MODEL_OPTIONS[] = {
    OPTION_LIMIT,
    {.name = "sort",
     .kind = CLI_VALUE,
     .arg = "BY",
     .help = "order, the largest or newest first",
     .choices = "trending downloads likes modified created likes30d params size"},
    OPTION_AUTHOR,
    {.name = "task",
     .kind = CLI_VALUE,
     .arg = "TASK",
     .help = "for this task (text-generation, ...)"},
    {.name = "library",
     .kind = CLI_VALUE,
     .arg = "NAME",
     .help = "for this library (gguf, peft, ...)"},
    OPTION_LANGUAGE,
    OPTION_LICENSE,
    OPTION_TAG,
    {.name = "params",
     .kind = CLI_VALUE,
     .arg = "RANGE",
     .help = "number of parameters: <8B, >1B, 1B-8B"},
    {.name = "gated",
     .kind = CLI_VALUE,
     .arg = "BOOL",
     .help = "only gated ones, or only open ones",
     .choices = "true false"},
    {.name = "inference",
     .kind = CLI_VALUE,
     .arg = "WHO",
     .help = "served by this provider, by all of them, or by any (warm)"},
    {.name = "trained-on", .kind = CLI_VALUE, .arg = "DATASET", .help = "trained on this dataset"},
    OPTION_FULL,
    CLI_OPTION_JSON,
    {.name = NULL},
};

static const struct cli_option DATASET_OPTIONS[] = {
    OPTION_LIMIT,
    {.name = "sort",
     .kind = CLI_VALUE,
     .arg = "BY",
     .help = "order, the largest or newest first",
     .choices = "trending downloads likes modified created likes30d size"},
    OPTION_AUTHOR,
    {.name = "task",
     .kind = CLI_VALUE,
     .arg = "TASK",
     .help = "for this task (summarization, ...)"},
    OPTION_LANGUAGE,
    OPTION_LICENSE,
    OPTION_TAG,
    {.name = "gated",
     .kind = CLI_VALUE,
     .arg = "BOOL",
     .help = "only gated ones, or only open ones",
     .choices = "true false"},
    OPTION_FULL,
    CLI_OPTION_JSON,
    {.name = NULL},
};

static const struct cli_option SPACE_OPTIONS[] = {
    OPTION_LIMIT,
    {.name = "sort",
     .kind = CLI_VALUE,
     .arg = "BY",
     .help = "order, the largest or newest first",
     .choices = "trending likes modified created likes30d size"},
    OPTION_AUTHOR,
    {.name = "uses-model", .kind = CLI_VALUE, .arg = "MODEL", .help = "that use this model"},
    {.name = "uses-dataset", .kind = CLI_VALUE, .arg = "DATASET", .help = "that use this dataset"},
    OPTION_LICENSE,
    OPTION_TAG,
    OPTION_FULL,
    CLI_OPTION_JSON,
    {.name = NULL},
};

/* ---- columns ---- */

static const struct cli_column MODEL_COLUMNS[] = {
    {.title = "model", .min_cols = 28, .cut_middle = true, .is_repo = true},
    {.title = "task", .min_cols = 18, .rank = 3},
    {.title = "params", .is_right = true, .rank = 2},
    {.title = "downloads", .is_right = true, .rank = 1},
    {.title = "likes", .is_right = true, .rank = 5},
    {.title = "updated", .rank = 6},
    {.title = "licence", .rank = 4}, /* whole or not at all: cc-by-n... could be nc or nd */
    {.title = "access", .rank = 1},
};
static const struct cli_column DATASET_COLUMNS[] = {
    {.title = "dataset", .min_cols = 28, .cut_middle = true, .is_repo = true},
    {.title = "downloads", .is_right = true, .rank = 1},
    {.title = "likes", .is_right = true, .rank = 4},
    {.title = "updated", .rank = 5},
    {.title = "licence", .rank = 3},
    {.title = "access", .rank = 1},
};
static const struct cli_column SPACE_COLUMNS[] = {
    {.title = "space", .min_cols = 28, .cut_middle = true, .is_repo = true},
    {.title = "sdk", .min_cols = 6, .rank = 4},
    {.title = "stage", .min_cols = 8, .rank = 1},
    {.title = "hardware", .min_cols = 8, .rank = 3},
    {.title = "likes", .is_right = true, .rank = 2},
    {.title = "updated", .rank = 5},
    {.title = "access", .rank = 1},
};
static const struct {
    const struct cli_column *columns;
    size_t n;
} COLUMNS[] = {
    [HUB_MODEL] = {MODEL_COLUMNS, sizeof MODEL_COLUMNS / sizeof *MODEL_COLUMNS},
    [HUB_DATASET] = {DATASET_COLUMNS, sizeof DATASET_COLUMNS / sizeof *DATASET_COLUMNS},
    [HUB_SPACE] = {SPACE_COLUMNS, sizeof SPACE_COLUMNS / sizeof *SPACE_COLUMNS},
};

static void add_row(struct cli_table *t, const struct hub_repo *r)
{
    struct buf marks = BUF_INIT;
    cli_access_marks(r, &marks);
    cli_table_add(t, r->id, NULL);
    if (r->kind == HUB_MODEL) {
        cli_table_add(t, r->pipeline_tag, NULL);
        cli_table_add_count(t, r->has_params, r->params);
    } else if (r->kind == HUB_SPACE) {
        cli_table_add(t, r->sdk, NULL);
        cli_table_add(t, r->stage, NULL);
        cli_table_add(t, r->hardware, NULL);
    }
    if (r->kind != HUB_SPACE) {
        cli_table_add_count(t, r->has_downloads, r->downloads);
    }
    cli_table_add_count(t, r->has_likes, r->likes);
    cli_table_add_date(t, r->has_modified, r->modified_s);
    if (r->kind != HUB_SPACE) {
        cli_table_add(t, r->license, NULL);
    }
    cli_table_add(t, buf_str(&marks), NULL);
    buf_done(&marks);
}

/* ---- the question ---- */

struct filters {
    struct arena arena; /* of the items */
    const char *items[MAX_FILTERS];
    size_t n;
    const char *licenses[MAX_LICENSES];
    size_t n_licenses;
    char *params; /* owned; NULL */
};

static void filters_done(struct filters *f)
{
    arena_done(&f->arena);
    free(f->params);
}

static void add_filters(struct filters *f, const struct cli_args *args, const char *option,
                        const char *prefix)
{
    const char *values[MAX_FILTERS];
    size_t n = cli_values(args, option, values, MAX_FILTERS);
    n = n < MAX_FILTERS ? n : MAX_FILTERS;
    for (size_t i = 0; i < n && f->n < MAX_FILTERS; i++) {
        char *item = xasprintf("%s%s", prefix, values[i]);
        f->items[f->n++] = arena_strdup(&f->arena, item);
        free(item);
    }
}

static void add_license(struct filters *f, const char *id)
{
    size_t n_open = 0;
    const char *const *open = hub_licenses_open(&n_open);
    const bool is_group = strcmp(id, "open") == 0;
    const char *const *ids = is_group ? open : &id;
    for (size_t i = 0; i < (is_group ? n_open : 1) && f->n_licenses < MAX_LICENSES; i++) {
        f->licenses[f->n_licenses++] = ids[i];
    }
}

/* "--license mit,apache-2.0" and "--license mit --license apache-2.0" are the same. */
static void add_licenses(struct filters *f, const struct cli_args *args)
{
    const char *values[MAX_FILTERS];
    size_t n = cli_values(args, "license", values, MAX_FILTERS);
    n = n < MAX_FILTERS ? n : MAX_FILTERS;
    for (size_t i = 0; i < n; i++) {
        for (const char *p = values[i]; *p;) {
            const size_t length = strcspn(p, ",");
            if (length > 0) {
                add_license(f, arena_strndup(&f->arena, p, length));
            }
            p += length + (p[length] == ',');
        }
    }
}

static bool take_params(struct filters *f, const char *text, struct err *e)
{
    struct buf wire = BUF_INIT;
    const bool ok = !text || hub_params_parse(text, &wire, e);
    f->params = ok && text ? buf_steal(&wire) : NULL;
    buf_done(&wire);
    return ok;
}

static bool fill_filters(struct filters *f, const struct cli_args *args, enum hub_kind kind, struct err *e)
{
    add_licenses(f, args);
    add_filters(f, args, "tag", "");
    if (kind == HUB_MODEL) {
        add_filters(f, args, "language", ""); /* models carry the bare code as a tag */
    } else if (kind == HUB_DATASET) {
        add_filters(f, args, "language", "language:");
    }
    return kind != HUB_MODEL || take_params(f, cli_value(args, "params"), e);
}

static char *join_operands(const struct cli_args *args)
{
    struct buf words = BUF_INIT;
    for (size_t i = 0; i < args->n_operands; i++) {
        buf_printf(&words, "%s%s", i ? " " : "", args->operands[i]);
    }
    return buf_steal(&words);
}

static void fill_query(struct hub_query *q, const struct cli_args *args)
{
    const char *sort = cli_value(args, "sort");
    q->author = cli_value(args, "author");
    q->full = cli_has(args, "full");
    if (sort) {
        hub_sort_parse(sort, &q->sort); /* the table allows known words only */
    }
    if (q->kind == HUB_SPACE) {
        q->uses_model = cli_value(args, "uses-model");
        q->uses_dataset = cli_value(args, "uses-dataset");
        return;
    }
    q->pipeline_tag = cli_value(args, "task");
    q->gated = cli_value(args, "gated");
    if (q->kind == HUB_MODEL) {
        q->library = cli_value(args, "library");
        const char *served = cli_value(args, "inference");
        const bool is_any = served && strcmp(served, "warm") == 0;
        q->inference = is_any ? served : NULL;
        q->inference_provider = is_any ? NULL : served;
        q->trained_on = cli_value(args, "trained-on");
    }
}

/* ---- the answer ---- */

struct listing {
    const struct hub *hub;
    struct cli_table *table; /* or */
    cJSON *json;
    size_t n, n_seen, n_skipped;
    size_t n_faults; /* cards that cannot be read */
    bool with_raw;
    bool is_partial; /* there is more that was not looked at */
};

static void take_page(struct listing *l, const struct hub_page *p, size_t max)
{
    l->n_skipped += p->n_skipped;
    l->n_seen += p->n_seen;
    for (size_t i = 0; i < p->n_repos && l->n < max; i++, l->n++) {
        cli_note_card_fault(&p->repos[i], &l->n_faults);
        if (l->json) {
            cJSON_AddItemToArray(l->json, cli_repo_json(l->hub, &p->repos[i], l->with_raw));
        } else {
            add_row(l->table, &p->repos[i]);
        }
    }
}

/* Pages until there are enough. The rows that came before an error are kept. */
static bool read_pages(struct hub *hub, struct hub_query *q, size_t max, struct listing *l,
                       struct hub_get *all, struct err *e)
{
    struct hub_get get = {0};
    q->limit = (unsigned)(max < MAX_PAGE ? max : MAX_PAGE);
    struct hub_page *p = hub_list(hub, q, &get, e);
    cli_note_get(all, &get);
    while (p) {
        take_page(l, p, max);
        struct hub_page *next = NULL;
        const bool is_sifted = q->n_licenses > 1;
        const bool is_end = !p->next || l->n >= max || p->n_seen == 0 || (is_sifted && l->n_seen >= SEEN_MAX);
        l->is_partial = is_end && p->next && l->n < max;
        if (!is_end) {
            get = (struct hub_get){0};
            next = hub_list_next(hub, q->kind, p->next, &get, e);
            cli_note_get(all, &get);
        }
        hub_page_free(p);
        if (is_end) {
            return true;
        }
        p = next;
    }
    return false;
}

static int print_listing(struct listing *l, const struct cli_globals *g, const char *plural)
{
    struct cli_out out;
    cli_out_init(&out, g);
    cli_note_card_faults(l->n_faults);
    cli_note_skipped(l->n_skipped, l->json);
    if (l->is_partial) {
        fprintf(stderr, "hfterm: these are of the first %zu %s in this order; there may be more\n", l->n_seen, plural);
    }
    if (l->json) {
        cli_put_json(&out, l->json);
        l->json = NULL;
    } else if (l->n > 0) {
        cli_table_print(l->table, &out);
    } else {
        fprintf(stderr, "hfterm: no %s match\n", plural);
    }
    return cli_out_done(&out);
}

static int list_with(const struct cli_globals *g, const struct cli_args *args, struct hub *hub,
                     enum hub_kind kind, size_t max)
{
    struct err e = ERR_INIT;
    struct filters filters = {.n = 0};
    char *words = join_operands(args);
    struct hub_query q = {.kind = kind, .search = words, .filters = filters.items};
    fill_query(&q, args);
    const bool makes_sense = fill_filters(&filters, args, kind, &e);
    q.n_filters = filters.n;
    q.licenses = filters.licenses;
    q.n_licenses = filters.n_licenses;
    q.params = filters.params;
    struct listing l = {.hub = hub, .with_raw = q.full};
    if (cli_has(args, "json")) {
        l.json = cJSON_CreateArray();
    } else {
        l.table = cli_table_new(COLUMNS[kind].columns, COLUMNS[kind].n);
    }
    struct hub_get get = {0};
    const bool ok = makes_sense && read_pages(hub, &q, max, &l, &get, &e);
    int code = 0;
    if (ok || l.n > 0) {
        code = print_listing(&l, g, hub_kind_plural(kind));
        cli_note_stale(&get);
    }
    if (!ok) {
        code = cli_fail(&e);
    }
    cJSON_Delete(l.json);
    cli_table_free(l.table);
    filters_done(&filters);
    free(words);
    return code;
}

static int run_list(const struct cli_globals *g, const struct cli_args *args, enum hub_kind kind)
{
    struct err e = ERR_INIT;
    struct cli_session s;
    unsigned long max = 0;
    if (!cli_number(args, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT, &max, &e) ||
        !cli_session_open(g, &s, &e)) {
        return cli_fail(&e);
    }
    cli_note_token(s.hub);
    cli_session_wait(&s, 1 + max / MAX_PAGE);
    const int code = list_with(g, args, s.hub, kind, max);
    cli_session_close(&s);
    return code;
}

static int run_models(const struct cli_globals *g, const struct cli_args *args)
{
    return run_list(g, args, HUB_MODEL);
}

static int run_datasets(const struct cli_globals *g, const struct cli_args *args)
{
    return run_list(g, args, HUB_DATASET);
}

static int run_spaces(const struct cli_globals *g, const struct cli_args *args)
{
    return run_list(g, args, HUB_SPACE);
}

#define ABOUT_LIST                                                                                 \
    "QUERY is looked for in the names. Without it, everything that matches the\n"                  \
    "options is listed. On a terminal a table is printed; elsewhere lines with\n"                  \
    "tabs, without a header, with exact numbers and dates."

const struct cli_verb CLI_VERB_MODELS = {
    .name = "models",
    .operands = "[QUERY...]",
    .summary = "search and list models",
    .about = ABOUT_LIST,
    .options = MODEL_OPTIONS,
    .max_operands = -1,
    .run = run_models,
};

const struct cli_verb CLI_VERB_DATASETS = {
    .name = "datasets",
    .operands = "[QUERY...]",
    .summary = "search and list datasets",
    .about = ABOUT_LIST,
    .options = DATASET_OPTIONS,
    .max_operands = -1,
    .run = run_datasets,
};

const struct cli_verb CLI_VERB_SPACES = {
    .name = "spaces",
    .operands = "[QUERY...]",
    .summary = "search and list Spaces",
    .about = ABOUT_LIST,
    .options = SPACE_OPTIONS,
    .max_operands = -1,
    .run = run_spaces,
};
