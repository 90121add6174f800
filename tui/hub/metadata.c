/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - the Metadata view: what the Hub knows about a repo, then the card's front matter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

enum { LABEL_COLS = 16, MAX_DEPTH = 8 };

struct metadata {
    struct doc doc; /* first: text.c works on it */
};

struct sheet {
    struct rich *r;
    int width;
    const struct hub_screen *h;
    enum hub_kind kind; /* of the repo */
};

static void put_label(struct sheet *s, const char *label)
{
    struct buf padded = BUF_INIT;
    text_pad(&padded, label, LABEL_COLS, false);
    rich_puts(s->r, RICH_DIM, buf_str(&padded));
    buf_done(&padded);
}

/* ---- text that goes on under itself ---- */

/* Bytes of p that fill room: up to a blank where there is one. */
static size_t piece(const char *p, int room)
{
    const size_t n = text_fit(p, room, NULL);
    size_t blank = n;
    if (!p[n]) {
        return n;
    }
    while (blank > 0 && p[blank] != ' ') {
        blank--;
    }
    return blank > 0 ? blank : n;
}

/* One line of sanitised text; what does not fit goes on at column indent. Ends its last line. */
static void put_wrapped(struct sheet *s, enum rich_style style, uint32_t link, const char *p,
                        int indent)
{
    for (;;) {
        const int left = s->width - (int)rich_cols(s->r);
        const int room = left > 10 ? left : 10;
        const size_t n = piece(p, room);
        rich_put(s->r, style, link, p, n);
        rich_end_line(s->r);
        p += n;
        p += strspn(p, " ");
        if (n == 0 || !*p) {
            return; /* n == 0: a character wider than the room */
        }
        rich_repeat(s->r, RICH_TEXT, " ", indent);
    }
}

/* One fact; long values go on under themselves. Absent values make no line. */
static void fact_linked(struct sheet *s, const char *label, enum rich_style style, uint32_t link,
                        const char *value)
{
    if (value && *value) {
        char *clean = text_clean(value);
        put_label(s, label);
        put_wrapped(s, style, link, clean, LABEL_COLS);
        free(clean);
    }
}

static void fact(struct sheet *s, const char *label, enum rich_style style, const char *value)
{
    fact_linked(s, label, style, 0, value);
}

/* "1,284,906" */
static void put_grouped(struct buf *out, uint64_t n)
{
    struct buf digits = BUF_INIT;
    buf_printf(&digits, "%llu", (unsigned long long)n);
    for (size_t i = 0; i < digits.n; i++) {
        buf_puts(out, i && (digits.n - i) % 3 == 0 ? "," : "");
        buf_putc(out, digits.p[i]);
    }
    buf_done(&digits);
}

static void fact_number(struct sheet *s, const char *label, bool has, uint64_t n)
{
    if (has) {
        struct buf text = BUF_INIT;
        put_grouped(&text, n);
        fact(s, label, RICH_NUMBER, buf_str(&text));
        buf_done(&text);
    }
}

/* ---- links ---- */

/* url and text are taken. */
static uint32_t link_to(struct sheet *s, char *url, char *text)
{
    const uint32_t link = rich_add_link(s->r, url, strlen(url), false);
    char *clean = text_clean(text);
    rich_set_link_text(s->r, link, clean, strlen(clean));
    free(clean);
    free(url);
    free(text);
    return link;
}

/* To a repo; 0 when id is no name of one. */
static uint32_t link_repo(struct sheet *s, enum hub_kind kind, const char *id)
{
    struct buf url = BUF_INIT;
    if (!hub_check_repo_id(id, NULL)) {
        return 0;
    }
    hub_web_url(app_hub(s->h->app), kind, id, &url);
    return link_to(s, buf_steal(&url), xasprintf("%s %s", hub_kind_name(kind), id));
}

/* To the list, narrowed; 0 when a filter cannot say the word. */
static uint32_t link_list(struct sheet *s, const char *key, const char *word, const char *text)
{
    if (strpbrk(word, " \t\"'")) {
        return 0;
    }
    const char *kind = hub_kind_plural(s->kind);
    return link_to(s, xasprintf(HUB_LIST_LINK "%s %s:%s", kind, key, word),
                   xasprintf("all %s %s %s", kind, text, word));
}

/* The tags, each a link, as many on a line as fit. */
static void put_tags(struct sheet *s, const struct hub_repo *repo)
{
    bool is_open = false; /* the line being built has a tag */
    for (size_t i = 0; i < repo->n_tags; i++) {
        char *clean = text_clean(repo->tags[i]);
        const uint32_t link = link_list(s, "tag", repo->tags[i], "tagged");
        const enum rich_style style = link ? RICH_LINK : RICH_TEXT;
        const int cols = text_width(clean);
        if (is_open && (int)rich_cols(s->r) + 2 + cols > s->width) {
            rich_end_line(s->r);
            is_open = false;
        }
        if (is_open) {
            rich_puts(s->r, RICH_TEXT, "  ");
        } else {
            put_label(s, i ? "" : "tags");
        }
        is_open = LABEL_COLS + cols <= s->width;
        if (is_open) {
            rich_put(s->r, style, link, clean, strlen(clean));
        } else {
            put_wrapped(s, style, link, clean, LABEL_COLS);
        }
        free(clean);
    }
    if (is_open) {
        rich_end_line(s->r);
    }
}

static void fact_date(struct sheet *s, const char *label, bool has, int64_t when)
{
    if (has) {
        struct buf text = BUF_INIT;
        clock_put_iso(&text, when);
        text.n -= strlen(".000Z");
        text.p[text.n] = '\0';
        text.p[10] = ' ';
        buf_puts(&text, " UTC, ");
        text_age(&text, when, clock_unix_s());
        fact(s, label, RICH_TEXT, buf_str(&text));
        buf_done(&text);
    }
}

static void section(struct sheet *s, const char *title)
{
    rich_end_line(s->r);
    rich_add_heading(s->r, 2, title, strlen(title));
    rich_puts(s->r, RICH_H2, title);
    rich_end_line(s->r);
}

static void facts(struct sheet *s, const struct hub_repo *repo)
{
    fact(s, "id", RICH_BOLD, repo->id);
    fact(s, "kind", RICH_TEXT, hub_kind_name(repo->kind));
    if (repo->author) {
        fact_linked(s, "author", RICH_LINK, link_list(s, "author", repo->author, "by"), repo->author);
    }
    fact(s, "commit", RICH_TEXT, repo->sha);
    fact_date(s, "created", repo->has_created, repo->created_s);
    fact_date(s, "last modified", repo->has_modified, repo->modified_s);
    fact(s, "visibility", RICH_TEXT, !repo->has_private ? NULL : repo->is_private ? "private" : "public");
    fact(s, "gated", RICH_TEXT,
         repo->gated == HUB_GATED_AUTO     ? "yes, access is granted at once"
         : repo->gated == HUB_GATED_MANUAL ? "yes, the owner decides on each request"
                                           : NULL);
    fact(s, "task", RICH_TEXT, repo->pipeline_tag);
    fact(s, "library", RICH_TEXT, repo->library);
    fact(s, "license", RICH_TEXT, repo->license);
    fact(s, "SDK", RICH_TEXT, repo->sdk);
    fact(s, "stage", RICH_TEXT, repo->stage);
    fact(s, "hardware", RICH_TEXT, repo->hardware);
    fact_number(s, "parameters", repo->has_params, repo->params);
    for (size_t i = 0; i < repo->n_dtypes; i++) {
        struct buf line = BUF_INIT;
        put_grouped(&line, repo->dtypes[i].params);
        struct buf label = BUF_INIT;
        buf_printf(&label, "  %s", repo->dtypes[i].dtype);
        fact(s, buf_str(&label), RICH_NUMBER, buf_str(&line));
        buf_done(&label);
        buf_done(&line);
    }
    fact(s, "GGUF", RICH_TEXT, repo->gguf_arch);
    fact_number(s, "downloads, 30 d", repo->has_downloads, repo->downloads);
    fact_number(s, "downloads, all", repo->has_downloads_all, repo->downloads_all);
    fact_number(s, "likes", repo->has_likes, repo->likes);
    if (repo->has_used_storage) {
        struct buf size = BUF_INIT;
        text_bytes(&size, repo->used_storage);
        fact(s, "storage", RICH_NUMBER, buf_str(&size));
        buf_done(&size);
    }
    put_tags(s, repo);
}

/* ---- front matter as indented keys ---- */

/* A text of several lines keeps them: below its key, each indented, and what is wrapped by more. */
static void put_lines(struct sheet *s, const char *text, int indent)
{
    struct buf clean = BUF_INIT;
    text_sanitize(&clean, text, strlen(text), TEXT_KEEP_NEWLINES);
    rich_puts(s->r, RICH_PUNCT, "|");
    rich_end_line(s->r);
    for (char *line = clean.p; line && *line;) {
        char *end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        rich_repeat(s->r, RICH_TEXT, " ", indent);
        if (*line) {
            put_wrapped(s, RICH_STRING, 0, line, indent + 2);
        } else {
            rich_end_line(s->r);
        }
        line = end ? end + 1 : NULL;
    }
    buf_done(&clean);
}

static void put_string(struct sheet *s, const char *text, const enum hub_kind *repos, int indent)
{
    if (strpbrk(text, "\r\n")) {
        put_lines(s, text, indent);
        return;
    }
    char *clean = text_clean(text);
    const uint32_t link = repos ? link_repo(s, *repos, text) : 0;
    put_wrapped(s, link ? RICH_LINK : RICH_STRING, link, clean, indent);
    free(clean);
}

/* With all digits it has. */
static void put_number(struct sheet *s, double value)
{
    char digits[40];
    int precision = 15;
    do {
        snprintf(digits, sizeof digits, "%.*g", precision, value);
    } while (strtod(digits, NULL) != value && ++precision <= 17);
    rich_puts(s->r, RICH_NUMBER, digits);
    rich_end_line(s->r);
}

/* Ends the line. repos: texts are names of such repos; NULL. */
static void put_scalar(struct sheet *s, const cJSON *v, const enum hub_kind *repos, int indent)
{
    if (cJSON_IsString(v)) {
        put_string(s, v->valuestring, repos, indent);
    } else if (cJSON_IsNumber(v)) {
        put_number(s, v->valuedouble);
    } else {
        rich_puts(s->r, RICH_WORD, cJSON_IsTrue(v) ? "true" : cJSON_IsFalse(v) ? "false" : "null");
        rich_end_line(s->r);
    }
}

/* What the texts under a key of the front matter name. NULL: no repos. */
static const enum hub_kind *repos_of(const char *key)
{
    static const struct {
        const char *key;
        enum hub_kind kind;
    } KEYS[] = {
        {"base_model", HUB_MODEL}, {"new_version", HUB_MODEL}, {"models", HUB_MODEL},
        {"datasets", HUB_DATASET},
    };
    for (size_t i = 0; i < sizeof KEYS / sizeof *KEYS; i++) {
        if (strcmp(KEYS[i].key, key) == 0) {
            return &KEYS[i].kind;
        }
    }
    return NULL;
}

static void put_value(struct sheet *s, const cJSON *v, const enum hub_kind *repos, int depth);

static void put_members(struct sheet *s, const cJSON *v, const enum hub_kind *repos, int depth)
{
    const cJSON *m = NULL;
    cJSON_ArrayForEach(m, v) {
        rich_repeat(s->r, RICH_TEXT, " ", depth * 2);
        if (cJSON_IsArray(v)) {
            rich_puts(s->r, RICH_BULLET, "- ");
        } else {
            char *key = text_clean(m->string);
            rich_puts(s->r, RICH_KEY, key);
            rich_puts(s->r, RICH_PUNCT, ": ");
            free(key);
        }
        put_value(s, m, depth == 0 ? repos_of(m->string) : repos, depth + 1);
    }
}

static void put_value(struct sheet *s, const cJSON *v, const enum hub_kind *repos, int depth)
{
    bool is_tree = (cJSON_IsObject(v) || cJSON_IsArray(v)) && v->child;
    if (is_tree && depth < MAX_DEPTH) {
        rich_end_line(s->r);
        put_members(s, v, repos, depth);
        return;
    }
    if (is_tree) {
        rich_puts(s->r, RICH_DIM, "... (J shows all)");
    } else if (cJSON_IsObject(v) || cJSON_IsArray(v)) {
        rich_puts(s->r, RICH_DIM, cJSON_IsObject(v) ? "{}" : "[]");
    } else {
        put_scalar(s, v, repos, depth * 2);
        return;
    }
    rich_end_line(s->r);
}

/* Why there is no front matter, when that is a fault. */
static void put_fault(struct sheet *s, const struct hub_repo *repo)
{
    struct buf why = BUF_INIT;
    const char *seen = hub_card_seen_fault(s->h);
    if (seen) {
        buf_puts(&why, seen);
    } else {
        hub_card_fault(repo, &why);
    }
    if (why.n > 0) {
        section(s, "Front matter");
        fact(s, "cannot be read", RICH_BOLD, buf_str(&why));
    }
    buf_done(&why);
}

/* ---- the view ---- */

static void metadata_show(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    struct metadata *m = p->state;
    const struct hub_repo *repo = hub_detail_repo(h);
    if (!repo) {
        return;
    }
    struct sheet s = {.r = doc_begin_rich(&m->doc), .width = hub_detail_text_cols(h), .h = h,
                      .kind = repo->kind};
    facts(&s, repo);
    if (repo->card_data && repo->card_data->child) {
        section(&s, "Front matter");
        put_members(&s, repo->card_data, NULL, 0);
    } else if (!repo->card_data) {
        struct pane *card = hub_detail_pane(h, &HUB_CARD_VIEW);
        HUB_CARD_VIEW.show(card); /* only the card tells whether it has none, or one that is broken */
        put_fault(&s, repo);
    }
    hub_detail_resume(p);
}

static void metadata_forget(struct pane *p)
{
    struct metadata *m = p->state;
    doc_done(&m->doc);
}

/* Made from what is known of the repo, which is asked for in any case. */
static void metadata_reload(struct pane *p)
{
    (void)p;
}

static bool metadata_waits(const struct pane *p)
{
    const struct hub_detail *d = &hub_screen_of(p)->detail;
    return !d->info && d->loading.task;
}

static void metadata_draw(struct pane *p, const struct canvas *c)
{
    struct metadata *m = p->state;
    const struct hub_detail *d = &hub_screen_of(p)->detail;
    draw_clear(c);
    if (d->info) {
        doc_draw(&m->doc, c);
    } else {
        ask_draw(p->app, c, &d->loading, "reading about the repo");
    }
}

static const char *needs_repo(struct pane *p)
{
    return hub_detail_repo(hub_screen_of(p)) ? NULL : "nothing is known of this repo yet";
}

static unsigned do_raw(struct pane *p)
{
    struct hub_screen *h = hub_screen_of(p);
    char *json = cJSON_Print(hub_detail_repo(h)->raw);
    hub_file_open_text(h, "repo.json", json ? json : "null");
    free(json);
    return REACT_HANDLED;
}

static const char *needs_links(struct pane *p)
{
    const struct metadata *m = p->state;
    return doc_lines(&m->doc)->n_links > 0 ? NULL : "nothing here leads anywhere";
}

static unsigned do_open(struct pane *p)
{
    struct metadata *m = p->state;
    hub_links_menu(hub_screen_of(p), &m->doc);
    return REACT_HANDLED;
}

static const struct action ACTIONS[] = {
    ACTION("metadata.open", "Enter", "follow", "Follow author, base model, dataset or tag", needs_links, do_open),
    ACTION("doc.raw", "J", "raw", "What the Hub sent, as a folding tree", needs_repo, do_raw),
};
const struct action_set HUB_METADATA_ACTIONS = {"hub.metadata", "Hub: metadata", ACTIONS, sizeof ACTIONS / sizeof *ACTIONS};

static const struct pane_ops OPS = {
    .sets = {&HUB_TEXT_ACTIONS, &HUB_METADATA_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = metadata_draw,
    .move = hub_text_move,
    .mouse = hub_text_mouse,
    .work = hub_text_work,
    .waits = metadata_waits,
    .cursor = hub_text_cursor,
    .close = hub_view_close,
};

const struct hub_view HUB_METADATA_VIEW = {
    .title = "Metadata",
    .ops = &OPS,
    .size = sizeof(struct metadata),
    .is_text = true,
    .show = metadata_show,
    .forget = metadata_forget,
    .reload = metadata_reload,
    .spot = hub_text_spot,
    .go = hub_text_go,
};
