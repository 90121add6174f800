/* SPDX-License-Identifier: Apache-2.0 */
/* card.c - the Card view: the README of a repo. */
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "core/card/frontmatter.h"
#include "tui/hub/hub.h"

/* Blocks above it are not read here, on the ui thread. */
static const size_t CHECK_MAX = 256 << 10;

struct card {
    struct doc doc; /* first: text.c works on it */
    struct waiting loading;
    bool has_text;
    char *fault; /* why its metadata cannot be read; NULL: it can, or is not here yet */
};

static void ask(struct pane *p)
{
    struct card *card = p->state;
    struct hub_want want = hub_want_of(hub_screen_of(p), HUB_WANT_CARD);
    hub_ask_start(p, &card->loading, &want);
}

static void card_show(struct pane *p)
{
    struct card *card = p->state;
    if (hub_is_unasked(&card->loading)) {
        ask(p);
    }
}

static void card_reload(struct pane *p)
{
    struct card *card = p->state;
    ask_begin(p->app, &card->loading); /* what is read stays until the answer comes */
    ask(p);
}

static void card_forget(struct pane *p)
{
    struct card *card = p->state;
    ask_begin(p->app, &card->loading);
    doc_done(&card->doc);
    card->has_text = false;
    free(card->fault);
    card->fault = NULL;
}

const char *hub_card_seen_fault(const struct hub_screen *h)
{
    const struct card *card = hub_detail_pane(h, &HUB_CARD_VIEW)->state;
    return card->fault;
}

/* A quote above the text, so that it goes with it. Every sign is escaped. */
static void put_fault(struct buf *text, const char *fault)
{
    buf_puts(text, "> **The metadata of this card cannot be read.**\n> ");
    for (const char *c = fault; *c; c++) {
        if (strchr("\\`*_{}[]()<>#+-.!|~&\"':@^$=", *c)) {
            buf_putc(text, '\\');
        }
        buf_putc(text, *c);
    }
    buf_puts(text, "\n\n");
}

static void check(struct card *card, const struct hub_blob *blob, const struct frontmatter *fm)
{
    struct err e = ERR_INIT;
    free(card->fault);
    card->fault = NULL;
    if (fm->has_block && fm->yaml_len <= CHECK_MAX &&
        !frontmatter_check(buf_str(&blob->bytes), blob->bytes.n, &e)) {
        card->fault = text_clean(e.msg);
    }
}

static void take(struct pane *p, const struct hub_blob *blob)
{
    struct card *card = p->state;
    struct hub_screen *h = hub_screen_of(p);
    struct frontmatter fm;
    struct buf text = BUF_INIT;
    frontmatter_split(buf_str(&blob->bytes), blob->bytes.n, &fm);
    check(card, blob, &fm);
    if (card->fault) {
        put_fault(&text, card->fault);
    }
    buf_append(&text, buf_str(&blob->bytes) + fm.body_at, fm.body_len);
    const size_t keep = card->has_text ? card->doc.top : 0;
    doc_set_markdown(&card->doc, buf_str(&text), text.n, hub_detail_text_cols(h),
                     app_is_ascii(p->app));
    buf_done(&text);
    struct pane *metadata = hub_detail_pane(h, &HUB_METADATA_VIEW);
    if (card->fault && hub_detail_content(h) == metadata) {
        HUB_METADATA_VIEW.show(metadata); /* it has been waiting for this */
        pane_dirty(metadata);
    }
    if (keep) {
        doc_goto(&card->doc, keep);
    }
    card->has_text = true;
    hub_detail_resume(p);
}

static unsigned card_result(struct pane *p, struct task_result *t)
{
    struct card *card = p->state;
    bool had = card->loading.is_ready;
    if (!ask_take(&card->loading, t)) {
        return REACT_HANDLED;
    }
    struct hub_blob *blob = ask_value(t);
    if (blob) {
        /* The Hub's answer after the cached one, unchanged: keep what is rendered. */
        bool is_same = had && card->loading.from_cache;
        if (!is_same || !card->has_text) {
            take(p, blob);
        }
        hub_blob_free(blob);
    }
    return REACT_DIRTY;
}

static void draw_why_not(struct pane *p, const struct canvas *c)
{
    const struct card *card = p->state;
    const struct hub_detail *d = &hub_screen_of(p)->detail;
    if (!d->has_repo) {
        draw_text(c, 1, 2, -1, STYLE_DIM, "Enter on a repo shows it here.");
    } else if (card->loading.err.code == ERR_NOT_FOUND && !card->loading.task && d->loading.err.code == ERR_NONE) {
        draw_text(c, 1, 2, -1, STYLE_TEXT, "This repo has no card (README.md).");
        draw_text(c, 2, 2, -1, STYLE_DIM, "Tab shows its files.");
    } else if (d->loading.err.code != ERR_NONE && !d->loading.task && !d->info) {
        ask_draw_error(c, 1, &d->loading.err, "r tries again");
    } else {
        ask_draw(c, &card->loading, "reading the card");
    }
}

static void card_draw(struct pane *p, const struct canvas *c)
{
    struct card *card = p->state;
    draw_clear(c);
    if (!card->has_text) {
        draw_why_not(p, c);
    } else if (doc_lines(&card->doc)->n_lines == 0 && !doc_work(&card->doc)) {
        draw_text(c, 1, 2, -1, STYLE_DIM, "The card has no text. Metadata (Tab, Tab) shows its front matter.");
    } else {
        doc_draw(&card->doc, c);
    }
    if (card->has_text) {
        const struct waiting *info = &hub_screen_of(p)->detail.loading;
        ask_draw_failure(c, info->err.code != ERR_NONE ? info : &card->loading);
    }
}

static const struct pane_ops OPS = {
    .sets = {&HUB_TEXT_ACTIONS, &HUB_DETAIL_ACTIONS},
    .draw = card_draw,
    .move = hub_text_move,
    .result = card_result,
    .mouse = hub_text_mouse,
    .work = hub_text_work,
    .cursor = hub_text_cursor,
    .close = hub_view_close,
};

const struct hub_view HUB_CARD_VIEW = {
    .title = "Card",
    .ops = &OPS,
    .size = sizeof(struct card),
    .is_text = true,
    .show = card_show,
    .forget = card_forget,
    .reload = card_reload,
    .spot = hub_text_spot,
    .go = hub_text_go,
};
