/* SPDX-License-Identifier: Apache-2.0 */
/* show: one repo: what the Hub knows, its card, files, history, branches and discussions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/card/frontmatter.h"
#include "core/cli/card.h"
#include "core/cli/cli.h"
#include "core/cli/notes.h"
#include "core/cli/out.h"
#include "core/cli/repo_json.h"
#include "core/cli/repo_name.h"
#include "core/cli/session.h"
#include "core/cli/show.h"
#include "core/cli/verb.h"
#include "core/peek/peek.h"

enum {
    DEFAULT_LIMIT = 20,
    MAX_LIMIT = 100000,
    CARD_MAX = 4 * 1024 * 1024,
    PAGE = 10,        /* rows of a page, at least */
    NOT_FOUND = 4,    /* the exit code */
    MAX_NUMBER = 1000 * 1000 * 1000,
    TREE_PAGES = 30,  /* of the files of a large repository */
};

static const struct cli_option SHOW_OPTIONS[] = {
    {.name = "type",
     .kind = CLI_VALUE,
     .arg = "KIND",
     .help = "what REPO is (model)",
     .choices = "model dataset space"},
    {.name = "revision",
     .letter = 'r',
     .kind = CLI_VALUE,
     .arg = "REV",
     .help = "branch, tag, commit or refs/pr/N"},
    {.name = "files", .help = "list the files instead, with sizes"},
    {.name = "file",
     .kind = CLI_VALUE,
     .arg = "PATH",
     .help = "tell what this file is, from its header, instead"},
    {.name = "commits", .help = "list the history instead"},
    {.name = "refs", .help = "list branches, tags and pull requests instead"},
    {.name = "discussions", .help = "list discussions and pull requests instead"},
    {.name = "discussion",
     .kind = CLI_VALUE,
     .arg = "NUM",
     .help = "show this discussion or pull request instead, with its diff"},
    {.name = "raw", .help = "print the card as it is stored (README.md)"},
    {.name = "limit",
     .letter = 'n',
     .kind = CLI_VALUE,
     .arg = "N",
     .help = "how many commits or discussions (20)"},
    CLI_OPTION_JSON,
    {.name = NULL},
};

/* ---- one fact a line ---- */

struct facts {
    struct cli_out *out;
};

static void fact(const struct facts *f, const char *name, const char *value)
{
    if (!value || !*value) {
        return;
    }
    char *clean = text_clean(value);
    if (f->out->is_tty) {
        fprintf(f->out->f, "%s%-12s%s%s\n", cli_style(f->out, CLI_DIM), name, cli_style_end(f->out),
                clean);
    } else {
        fprintf(f->out->f, "%s\t%s\n", name, clean);
    }
    free(clean);
}

static void fact_count(const struct facts *f, const char *name, bool has, uint64_t n)
{
    struct buf text = BUF_INIT;
    if (has && f->out->is_tty) {
        text_count(&text, n);
    } else if (has) {
        buf_printf(&text, "%llu", (unsigned long long)n);
    }
    fact(f, name, buf_str(&text));
    buf_done(&text);
}

static void fact_params(const struct facts *f, const struct hub_repo *r)
{
    struct buf text = BUF_INIT;
    if (r->has_params && f->out->is_tty) {
        text_count(&text, r->params);
        for (size_t i = 0; i < r->n_dtypes; i++) {
            buf_printf(&text, "%s%s ", i ? ", " : " (", r->dtypes[i].dtype);
            text_count(&text, r->dtypes[i].params);
        }
        buf_puts(&text, r->n_dtypes ? ")" : "");
    } else if (r->has_params) {
        buf_printf(&text, "%llu", (unsigned long long)r->params);
    }
    fact(f, "params", buf_str(&text));
    buf_done(&text);
}

static void fact_tags(const struct facts *f, const struct hub_repo *r)
{
    struct buf text = BUF_INIT;
    for (size_t i = 0; i < r->n_tags; i++) {
        buf_printf(&text, "%s%s", i ? " " : "", r->tags[i]);
    }
    if (f->out->is_tty) {
        struct buf cut = BUF_INIT;
        char *clean = text_clean(buf_str(&text));
        text_cut_end(&cut, clean, f->out->cols - 12, f->out->is_ascii);
        fact(f, "tags", buf_str(&cut));
        free(clean);
        buf_done(&cut);
    } else {
        fact(f, "tags", buf_str(&text));
    }
    buf_done(&text);
}

static void fact_date(const struct facts *f, const char *name, bool has, int64_t unix_s)
{
    struct buf text = BUF_INIT;
    if (has) {
        cli_put_date(&text, f->out, unix_s);
    }
    fact(f, name, buf_str(&text));
    buf_done(&text);
}

/* fault: why the card's metadata cannot be read, "" when it can. */
static void print_facts(struct cli_out *out, const struct hub *hub, const struct hub_repo *r,
                        const char *fault)
{
    const struct facts f = {out};
    struct buf url = BUF_INIT, marks = BUF_INIT, storage = BUF_INIT;
    hub_web_url(hub, r->kind, r->id, &url);
    cli_access_marks(r, &marks);
    if (r->has_used_storage && out->is_tty) {
        text_bytes(&storage, r->used_storage);
    } else if (r->has_used_storage) {
        buf_printf(&storage, "%llu", (unsigned long long)r->used_storage);
    }
    fact(&f, hub_kind_name(r->kind), r->id);
    fact(&f, "access", buf_str(&marks));
    fact(&f, "task", r->pipeline_tag);
    fact(&f, "library", r->library);
    fact(&f, "sdk", r->sdk);
    fact(&f, "stage", r->stage);
    fact(&f, "hardware", r->hardware);
    fact_params(&f, r);
    fact(&f, "gguf", r->gguf_arch);
    fact(&f, "licence", r->license);
    fact(&f, "metadata", fault);
    fact_count(&f, "downloads", r->has_downloads, r->downloads);
    fact_count(&f, "likes", r->has_likes, r->likes);
    fact_date(&f, "updated", r->has_modified, r->modified_s);
    fact_date(&f, "created", r->has_created, r->created_s);
    fact(&f, "storage", buf_str(&storage));
    fact_count(&f, "files", r->n_files > 0, r->n_files);
    fact_tags(&f, r);
    fact(&f, "commit", r->sha);
    fact(&f, "url", buf_str(&url));
    buf_done(&url);
    buf_done(&marks);
    buf_done(&storage);
}

/* ---- the card ---- */

static struct hub_blob *read_card(const struct cli_show *s, struct hub_get *get, struct err *e)
{
    return hub_read(s->hub, s->kind, s->id, s->revision, "README.md", 0, CARD_MAX, get, e);
}

static void print_card(struct cli_out *out, const struct hub_blob *card)
{
    struct frontmatter parts;
    struct buf rendered = BUF_INIT;
    const char *text = buf_str(&card->bytes);
    frontmatter_split(text, card->bytes.n, &parts);
    cli_put_card(&rendered, text + parts.body_at, parts.body_len, out);
    fprintf(out->f, "\n%s", buf_str(&rendered));
    buf_done(&rendered);
}

static int show_raw(const struct cli_show *s)
{
    struct err e = ERR_INIT;
    struct hub_get get = {0};
    struct cli_out out;
    struct hub_blob *card = read_card(s, &get, &e);
    if (!card) {
        return cli_fail(&e);
    }
    cli_out_init(&out, s->globals);
    if (out.is_tty) {
        cli_put_text(&out, buf_str(&card->bytes), card->bytes.n);
    } else {
        fwrite(buf_str(&card->bytes), 1, card->bytes.n, out.f);
    }
    hub_blob_free(card);
    cli_note_stale(&get);
    return cli_out_done(&out);
}

/* Metadata that nobody could read looks like metadata that is not there: only the card tells. */
static bool must_read_card(const struct hub_repo *r)
{
    struct buf why = BUF_INIT;
    bool has_card = false;
    for (size_t i = 0; i < r->n_files && !has_card; i++) {
        has_card = strcmp(r->files[i], "README.md") == 0;
    }
    const bool is_known = r->card_data || hub_card_fault(r, &why);
    buf_done(&why);
    return has_card && !is_known;
}

static cJSON *overview_json(const struct cli_show *s, const struct hub_repo *r,
                            const struct hub_blob *card, const char *fault)
{
    cJSON *obj = cli_repo_json(s->hub, r, true);
    cJSON *files = cJSON_AddArrayToObject(obj, "files");
    for (size_t i = 0; i < r->n_files; i++) {
        cJSON_AddItemToArray(files, cJSON_CreateString(r->files[i]));
    }
    cli_json_text(obj, "card", card ? buf_str(&card->bytes) : NULL);
    cli_json_text(obj, "card_error", *fault ? fault : NULL);
    return obj;
}

static int show_overview(const struct cli_show *s)
{
    struct err e = ERR_INIT, card_err = ERR_INIT;
    struct hub_get get = {0}, card_get = {0};
    struct cli_out out;
    cli_out_init(&out, s->globals);
    struct hub_page *page = hub_repo_info(s->hub, s->kind, s->id, s->revision, &get, &e);
    if (!page) {
        return cli_fail(&e);
    }
    const struct hub_repo *r = &page->repos[0];
    /* A pipe gets the facts; who wants the card there asks with --raw. */
    const bool wants_card = s->wants_json || out.is_tty;
    struct hub_blob *card =
        wants_card || must_read_card(r) ? read_card(s, &card_get, &card_err) : NULL;
    struct buf fault = BUF_INIT;
    cli_card_fault(r, card, &fault);
    if (s->wants_json) {
        cli_put_json(&out, overview_json(s, r, card, buf_str(&fault)));
    } else {
        print_facts(&out, s->hub, r, buf_str(&fault));
        if (card && wants_card) {
            print_card(&out, card);
        }
    }
    buf_done(&fault);
    int code = cli_out_done(&out);
    cli_note_get(&get, &card_get);
    cli_note_stale(&get);
    if (wants_card && !card && card_err.code != ERR_NOT_FOUND) {
        code = cli_fail(
            &card_err); /* a repo without a card is no failure; one that cannot be read is */
    }
    hub_blob_free(card);
    hub_page_free(page);
    return code;
}

/* ---- the verb ---- */

typedef int show_section(const struct cli_show *s);

/* The one section asked for, else the overview. *is_ok is false when there are two. */
static show_section *choose(const struct cli_args *args, bool *is_ok)
{
    static const struct {
        const char *option;
        show_section *show;
    } SECTIONS[] = {
        {"files", cli_show_files},
        {"file", cli_show_file},
        {"commits", cli_show_commits},
        {"refs", cli_show_refs},
        {"discussions", cli_show_discussions},
        {"discussion", cli_show_discussion},
        {"raw", show_raw},
    };
    show_section *found = NULL;
    *is_ok = true;
    for (size_t i = 0; i < sizeof SECTIONS / sizeof *SECTIONS; i++) {
        if (cli_has(args, SECTIONS[i].option)) {
            *is_ok = *is_ok && !found;
            found = SECTIONS[i].show;
        }
    }
    return found ? found : show_overview;
}

/* What the address says beyond the repo and is not shown is told. */
static bool check_address(const struct hub_address *a, struct err *e)
{
    if (a->path && peek_knows(a->path)) {
        return true; /* its header is shown */
    }
    if (a->path && !a->is_page) {
        err_set(e, ERR_USAGE, "%.100s/%.100s is a file", a->id, a->path);
        return err_remedy(e, "hfterm get saves it; hfterm show %.100s shows its repository.", a->id);
    }
    if (a->path && strcmp(a->path, "README.md") != 0) {
        fprintf(stderr, "hfterm: the repository is shown; hfterm get saves its file\n");
    }
    if (a->tag) {
        fprintf(stderr, "hfterm: the repository is shown; the files of its quantizations are in --files\n");
    }
    return true;
}

static show_section *choose_by_address(const struct cli_show *s)
{
    return s->discussion ? cli_show_discussion : s->path && peek_knows(s->path) ? cli_show_file : show_overview;
}

static int run_show(const struct cli_globals *g, const struct cli_args *args)
{
    struct err e = ERR_INIT;
    struct cli_session session;
    struct cli_show s = {.globals = g, .wants_json = cli_has(args, "json")};
    bool is_one = true;
    show_section *show = choose(args, &is_one);
    unsigned long limit = 0, discussion = 0;
    s.path = cli_value(args, "file");
    if (!is_one) {
        err_set(&e, ERR_USAGE,
                "only one of --files --file --commits --refs --discussions --discussion --raw at a time");
        return cli_fail(&e);
    }
    if (s.wants_json && cli_has(args, "raw")) {
        err_set(&e, ERR_USAGE, "--raw is the card alone; --json without it holds the card as text");
        return cli_fail(&e);
    }
    if (!cli_number(args, "limit", 1, MAX_LIMIT, DEFAULT_LIMIT, &limit, &e) ||
        !cli_number(args, "discussion", 1, MAX_NUMBER, 0, &discussion, &e) ||
        !cli_session_open(g, &session, &e)) {
        return cli_fail(&e);
    }
    cli_note_token(session.hub);
    cli_session_wait(&session, 2 + limit / PAGE + (cli_has(args, "files") ? TREE_PAGES : 0));
    s.hub = session.hub;
    s.limit = limit;
    struct hub_address address = {0};
    int code = 0;
    if (cli_parse_repo(args->operands[0], cli_value(args, "type"), cli_value(args, "revision"), hub_endpoint(s.hub),
                       &address, &e) &&
        check_address(&address, &e)) {
        s.kind = address.kind;
        s.id = address.id;
        s.revision = address.revision;
        s.discussion = discussion ? discussion : address.discussion;
        s.path = s.path ? s.path : address.path;
        code = (show == show_overview ? choose_by_address(&s) : show)(&s);
        if (code == NOT_FOUND) {
            cli_note_other_kind(s.hub, s.kind, s.id, "show");
        }
    } else {
        code = cli_fail(&e);
    }
    hub_address_done(&address);
    cli_session_close(&session);
    return code;
}

const struct cli_verb CLI_VERB_SHOW = {
    .name = "show",
    .operands = "REPO",
    .summary = "show one repository: facts and card, files, history, discussions",
    .about = "REPO is owner/name. Datasets and Spaces are named with --type, as\n"
             "datasets/owner/name and spaces/owner/name, or by the address of their page.\n"
             "owner/name@REV, hf://... and addresses with a revision show that revision.",
    .options = SHOW_OPTIONS,
    .min_operands = 1,
    .max_operands = 1,
    .run = run_show,
};
