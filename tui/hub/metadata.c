/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - the Metadata view: what the Hub knows about a repo, then the card's front matter. */
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
};

static void put_label(struct sheet *s, const char *label)
{
    struct buf padded = BUF_INIT;
    text_pad(&padded, label, LABEL_COLS, false);
    rich_puts(s->r, RICH_DIM, buf_str(&padded));
    buf_done(&padded);
}

/* One fact; long values go on under themselves. Absent values make no line. */
static void fact(struct sheet *s, const char *label, enum rich_style style, const char *value)
{
    if (!value || !*value) {
        return;
    }
    char *clean = text_clean(value);
    int room = s->width - LABEL_COLS > 10 ? s->width - LABEL_COLS : 10;
    const char *p = clean;
    put_label(s, label);
    do {
        size_t n = text_fit(p, room, NULL);
        if (n == 0) {
            break; /* a character wider than the room */
        }
        if (p[n]) {
            size_t blank = n;
            while (blank > 0 && p[blank] != ' ') {
                blank--;
            }
            n = blank > 0 ? blank : n;
        }
        rich_put(s->r, style, 0, p, n);
        rich_end_line(s->r);
        p += n;
        p += strspn(p, " ");
        if (*p) {
            put_label(s, "");
        }
    } while (*p);
    free(clean);
}

static void fact_number(struct sheet *s, const char *label, bool has, uint64_t n)
{
    if (has) {
        struct buf text = BUF_INIT;
        buf_printf(&text, "%llu", (unsigned long long)n);
        fact(s, label, RICH_NUMBER, buf_str(&text));
        buf_done(&text);
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
    fact(s, "author", RICH_TEXT, repo->author);
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
        buf_printf(&line, "%llu", (unsigned long long)repo->dtypes[i].params);
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
    struct buf tags = BUF_INIT;
    for (size_t i = 0; i < repo->n_tags; i++) {
        buf_printf(&tags, "%s%s", i ? "  " : "", repo->tags[i]);
    }
    fact(s, "tags", RICH_TEXT, buf_str(&tags));
    buf_done(&tags);
}

/* ---- front matter as indented keys ---- */

static void put_scalar(struct sheet *s, const cJSON *v)
{
    if (cJSON_IsString(v)) {
        char *clean = text_clean(v->valuestring);
        rich_puts(s->r, RICH_STRING, clean);
        free(clean);
    } else if (cJSON_IsNumber(v)) {
        char *text = cJSON_PrintUnformatted(v);
        rich_puts(s->r, RICH_NUMBER, text ? text : "");
        free(text);
    } else {
        rich_puts(s->r, RICH_WORD, cJSON_IsTrue(v) ? "true" : cJSON_IsFalse(v) ? "false" : "null");
    }
}

static void put_value(struct sheet *s, const cJSON *v, int depth);

static void put_members(struct sheet *s, const cJSON *v, int depth)
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
        put_value(s, m, depth + 1);
    }
}

static void put_value(struct sheet *s, const cJSON *v, int depth)
{
    bool is_tree = (cJSON_IsObject(v) || cJSON_IsArray(v)) && v->child;
    if (is_tree && depth < MAX_DEPTH) {
        rich_end_line(s->r);
        put_members(s, v, depth);
        return;
    }
    if (is_tree) {
        rich_puts(s->r, RICH_DIM, "... (J shows all)");
    } else if (cJSON_IsObject(v) || cJSON_IsArray(v)) {
        rich_puts(s->r, RICH_DIM, cJSON_IsObject(v) ? "{}" : "[]");
    } else {
        put_scalar(s, v);
    }
    rich_end_line(s->r);
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
    struct sheet s = {.r = doc_begin_rich(&m->doc), .width = hub_detail_text_cols(h)};
    facts(&s, repo);
    if (repo->card_data && repo->card_data->child) {
        section(&s, "Front matter");
        put_members(&s, repo->card_data, 0);
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

static const struct action ACTIONS[] = {
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
