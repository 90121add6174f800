/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/card.h"

#include <stdio.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/text.h"
#include "core/card/frontmatter.h"
#include "core/cli/out.h"
#include "core/doc/markdown.h"
#include "core/hub/hub.h"

enum { FAULTS_TOLD = 5 }; /* of the rows of a list */

/* Parameters of SGR: the terminal's own colours, legible on a light ground and on a dark one.
 * Styles that are not here are plain. */
static const char *const SGR[RICH_N_STYLES] = {
    [RICH_BOLD] = "1",       [RICH_ITALIC] = "3",       [RICH_BOLD_ITALIC] = "1;3",
    [RICH_STRIKE] = "9",     [RICH_CODE] = "36",        [RICH_CODE_BAR] = "2",
    [RICH_CODE_LANG] = "2",  [RICH_H1] = "1;35",        [RICH_H2] = "1;35",
    [RICH_H3] = "1",         [RICH_H4] = "1",           [RICH_H_LINE] = "2",
    [RICH_LINK] = "4",       [RICH_LINK_NO] = "2",      [RICH_QUOTE] = "3",
    [RICH_QUOTE_BAR] = "2",  [RICH_RULE] = "2",         [RICH_BULLET] = "36",
    [RICH_TASK_DONE] = "32", [RICH_TABLE_BORDER] = "2", [RICH_TABLE_HEAD] = "1",
    [RICH_IMAGE] = "35",     [RICH_DIM] = "2",          [RICH_ADDED] = "32",
    [RICH_REMOVED] = "31",
};

/* No-break spaces have done their work once the lines are broken: what is copied is plain. */
static void put_plain(struct buf *text, const char *s, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && s[i] == '\xc2' && s[i + 1] == '\xa0') {
            buf_putc(text, ' ');
            i++;
        } else {
            buf_putc(text, s[i]);
        }
    }
}

static void put_styled(struct buf *text, const struct cli_out *out, enum rich_style style,
                       const char *s, size_t n)
{
    const char *sgr = out->has_color ? SGR[style] : NULL;
    if (sgr) {
        buf_printf(text, "\033[%sm", sgr);
    }
    put_plain(text, s, n);
    if (sgr) {
        buf_puts(text, cli_style_end(out));
    }
}

static void put_line(struct buf *text, const struct cli_out *out, const struct rich_line *line)
{
    size_t end = line->n_text;
    while (end > 0 && line->text[end - 1] == ' ') {
        end--;
    }
    for (size_t i = 0; i < line->n_spans && line->spans[i].at < end; i++) {
        const struct rich_span *span = &line->spans[i];
        const size_t n = span->n < end - span->at ? span->n : end - span->at;
        put_styled(text, out, span->style, line->text + span->at, n);
    }
    buf_putc(text, '\n');
}

static void put_links(struct buf *text, const struct cli_out *out, const struct rich *card)
{
    if (card->n_links > 0) {
        buf_putc(text, '\n');
    }
    for (size_t i = 0; i < card->n_links; i++) {
        struct buf number = BUF_INIT;
        buf_printf(&number, "[%zu]", i + 1);
        put_styled(text, out, RICH_LINK_NO, buf_str(&number), number.n);
        buf_printf(text, " %s\n", card->links[i].url);
        buf_done(&number);
    }
}

void cli_put_card(struct buf *text, const char *markdown, size_t n, const struct cli_out *out)
{
    struct rich card = RICH_INIT;
    const struct markdown_options options = {
        .is_ascii = out->is_ascii,
        .wrap_code = true, /* nothing can be scrolled into view here */
        .no_anchors = true,
    };
    markdown_render(&card, markdown, n, out->cols, &options);
    for (size_t i = 0; i < card.n_lines; i++) {
        put_line(text, out, &card.lines[i]);
    }
    put_links(text, out, &card);
    rich_done(&card);
}

bool cli_card_fault(const struct hub_repo *repo, const struct hub_blob *card, struct buf *why)
{
    struct err e = ERR_INIT;
    if (card && !frontmatter_check(buf_str(&card->bytes), card->bytes.n, &e)) {
        buf_puts(why, e.msg);
        return true;
    }
    return !card && hub_card_fault(repo, why);
}

void cli_note_card_fault(const struct hub_repo *repo, size_t *n)
{
    struct buf line = BUF_INIT;
    struct buf why = BUF_INIT;
    if (hub_card_fault(repo, &why) && ++*n <= FAULTS_TOLD) {
        buf_printf(&line, "the card of %s: %s", repo->id, buf_str(&why));
        char *clean = text_clean(buf_str(&line));
        fprintf(stderr, "hfterm: %s\n", clean);
        free(clean);
    }
    buf_done(&line);
    buf_done(&why);
}

void cli_note_card_faults(size_t n)
{
    if (n > FAULTS_TOLD) {
        fprintf(stderr, "hfterm: and %zu more cards that cannot be read\n", n - FAULTS_TOLD);
    }
}
