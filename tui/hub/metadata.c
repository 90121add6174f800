/* SPDX-License-Identifier: Apache-2.0 */
/* metadata.c - the Metadata view: what the Hub knows about a repo, then the card's front matter. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/hub/sheet.h"

struct metadata {
    struct doc doc; /* first: text.c works on it */
};

/* ---- facts ---- */

/* The tags, each a link, as many on a line as fit. */
static void put_tags(struct hub_sheet *s, const struct hub_repo *repo)
{
    bool is_open = false; /* the line being built has a tag */
    for (size_t i = 0; i < repo->n_tags; i++) {
        char *clean = text_clean(repo->tags[i]);
        const uint32_t link = hub_sheet_link_list(s, "tag", repo->tags[i], "tagged");
        const enum rich_style style = link ? RICH_LINK : RICH_TEXT;
        const int cols = text_width(clean);
        if (is_open && (int)rich_cols(s->r) + 2 + cols > s->width) {
            rich_end_line(s->r);
            is_open = false;
        }
        if (is_open) {
            rich_puts(s->r, RICH_TEXT, "  ");
        } else {
            hub_sheet_label(s, i ? "" : "tags");
        }
        is_open = HUB_SHEET_LABEL_COLS + cols <= s->width;
        if (is_open) {
            rich_put(s->r, style, link, clean, strlen(clean));
        } else {
            hub_sheet_wrapped(s, style, link, clean, HUB_SHEET_LABEL_COLS);
        }
        free(clean);
    }
    if (is_open) {
        rich_end_line(s->r);
    }
}

static void facts(struct hub_sheet *s, const struct hub_repo *repo)
{
    hub_sheet_fact(s, "id", RICH_BOLD, repo->id);
    hub_sheet_fact(s, "kind", RICH_TEXT, hub_kind_name(repo->kind));
    if (repo->author) {
        hub_sheet_fact_linked(s, "author", RICH_LINK, hub_sheet_link_list(s, "author", repo->author, "by"), repo->author);
    }
    hub_sheet_fact(s, "commit", RICH_TEXT, repo->sha);
    hub_sheet_date(s, "created", repo->has_created, repo->created_s);
    hub_sheet_date(s, "last modified", repo->has_modified, repo->modified_s);
    hub_sheet_fact(s, "visibility", RICH_TEXT, !repo->has_private ? NULL : repo->is_private ? "private" : "public");
    hub_sheet_fact(s, "gated", RICH_TEXT,
         repo->gated == HUB_GATED_AUTO     ? "yes, access is granted at once"
         : repo->gated == HUB_GATED_MANUAL ? "yes, the owner decides on each request"
                                           : NULL);
    hub_sheet_fact(s, "task", RICH_TEXT, repo->pipeline_tag);
    hub_sheet_fact(s, "library", RICH_TEXT, repo->library);
    hub_sheet_fact(s, "license", RICH_TEXT, repo->license);
    hub_sheet_fact(s, "SDK", RICH_TEXT, repo->sdk);
    hub_sheet_fact(s, "stage", RICH_TEXT, repo->stage);
    hub_sheet_fact(s, "hardware", RICH_TEXT, repo->hardware);
    hub_sheet_number(s, "parameters", repo->has_params, repo->params);
    for (size_t i = 0; i < repo->n_dtypes; i++) {
        struct buf line = BUF_INIT;
        hub_sheet_put_grouped(&line, repo->dtypes[i].params);
        struct buf label = BUF_INIT;
        buf_printf(&label, "  %s", repo->dtypes[i].dtype);
        hub_sheet_fact(s, buf_str(&label), RICH_NUMBER, buf_str(&line));
        buf_done(&label);
        buf_done(&line);
    }
    hub_sheet_fact(s, "GGUF", RICH_TEXT, repo->gguf_arch);
    hub_sheet_number(s, "downloads, 30 d", repo->has_downloads, repo->downloads);
    hub_sheet_number(s, "downloads, all", repo->has_downloads_all, repo->downloads_all);
    hub_sheet_number(s, "likes", repo->has_likes, repo->likes);
    if (repo->has_used_storage) {
        struct buf size = BUF_INIT;
        text_bytes(&size, repo->used_storage);
        hub_sheet_fact(s, "storage", RICH_NUMBER, buf_str(&size));
        buf_done(&size);
    }
    put_tags(s, repo);
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
    struct hub_sheet s = {.r = doc_begin_rich(&m->doc), .width = hub_detail_text_cols(h), .h = h,
                      .kind = repo->kind};
    facts(&s, repo);
    if (repo->card_data && repo->card_data->child) {
        hub_sheet_front_matter(&s, repo->card_data);
    } else if (!repo->card_data) {
        struct pane *card = hub_detail_pane(h, &HUB_CARD_VIEW);
        HUB_CARD_VIEW.show(card); /* only the card tells whether it has none, or one that is broken */
        hub_sheet_card_fault(&s, repo);
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

static void metadata_draw(struct pane *p, const struct canvas *c)
{
    struct metadata *m = p->state;
    const struct hub_detail *d = &hub_screen_of(p)->detail;
    draw_clear(c);
    if (d->info) {
        doc_draw(&m->doc, c);
    } else {
        ask_draw(c, &d->loading, "reading about the repo");
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
