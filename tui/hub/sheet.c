/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/hub/sheet.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"

void hub_sheet_label(struct hub_sheet *s, const char *label)
{
    struct buf padded = BUF_INIT;
    text_pad(&padded, label, HUB_SHEET_LABEL_COLS, false);
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

void hub_sheet_wrapped(struct hub_sheet *s, enum rich_style style, uint32_t link, const char *p,
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

void hub_sheet_fact_linked(struct hub_sheet *s, const char *label, enum rich_style style, uint32_t link,
                        const char *value)
{
    if (value && *value) {
        char *clean = text_clean(value);
        hub_sheet_label(s, label);
        hub_sheet_wrapped(s, style, link, clean, HUB_SHEET_LABEL_COLS);
        free(clean);
    }
}

void hub_sheet_fact(struct hub_sheet *s, const char *label, enum rich_style style, const char *value)
{
    hub_sheet_fact_linked(s, label, style, 0, value);
}

void hub_sheet_put_grouped(struct buf *out, uint64_t n)
{
    struct buf digits = BUF_INIT;
    buf_printf(&digits, "%llu", (unsigned long long)n);
    for (size_t i = 0; i < digits.n; i++) {
        buf_puts(out, i && (digits.n - i) % 3 == 0 ? "," : "");
        buf_putc(out, digits.p[i]);
    }
    buf_done(&digits);
}

void hub_sheet_number(struct hub_sheet *s, const char *label, bool has, uint64_t n)
{
    if (has) {
        struct buf text = BUF_INIT;
        hub_sheet_put_grouped(&text, n);
        hub_sheet_fact(s, label, RICH_NUMBER, buf_str(&text));
        buf_done(&text);
    }
}

/* ---- links ---- */

/* url and text are taken. */
static uint32_t link_to(struct hub_sheet *s, char *url, char *text)
{
    const uint32_t link = rich_add_link(s->r, url, strlen(url), false);
    char *clean = text_clean(text);
    rich_set_link_text(s->r, link, clean, strlen(clean));
    free(clean);
    free(url);
    free(text);
    return link;
}

uint32_t hub_sheet_link_repo(struct hub_sheet *s, enum hub_kind kind, const char *id)
{
    struct buf url = BUF_INIT;
    if (!hub_check_repo_id(id, NULL)) {
        return 0;
    }
    hub_web_url(app_hub(s->h->app), kind, id, &url);
    return link_to(s, buf_steal(&url), xasprintf("%s %s", hub_kind_name(kind), id));
}

uint32_t hub_sheet_link_list(struct hub_sheet *s, const char *key, const char *word, const char *text)
{
    if (strpbrk(word, " \t\"'")) {
        return 0;
    }
    const char *kind = hub_kind_plural(s->kind);
    return link_to(s, xasprintf(HUB_LIST_LINK "%s %s:%s", kind, key, word),
                   xasprintf("all %s %s %s", kind, text, word));
}

/* ---- facts ---- */

void hub_sheet_date(struct hub_sheet *s, const char *label, bool has, int64_t when)
{
    if (has) {
        struct buf text = BUF_INIT;
        clock_put_iso(&text, when);
        text.n -= strlen(".000Z");
        text.p[text.n] = '\0';
        text.p[10] = ' ';
        buf_puts(&text, " UTC, ");
        text_age(&text, when, clock_unix_s());
        hub_sheet_fact(s, label, RICH_TEXT, buf_str(&text));
        buf_done(&text);
    }
}

void hub_sheet_section(struct hub_sheet *s, const char *title)
{
    rich_end_line(s->r);
    rich_add_heading(s->r, 2, title, strlen(title));
    rich_puts(s->r, RICH_H2, title);
    rich_end_line(s->r);
}
