/* SPDX-License-Identifier: Apache-2.0 */
/* hub.c - what the files of the Hub screen share. */
#include "tui/hub/hub.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"

struct hub_screen *hub_screen_of(const struct pane *p)
{
    return p->screen->state;
}

/* ---- rows of the list ---- */

size_t hub_n_rows(const struct hub_screen *h)
{
    return h->results.is_narrowed ? h->results.n_shown : h->results.pages.n;
}

const struct hub_repo *hub_row(const struct hub_screen *h, size_t row)
{
    return h->results.is_narrowed ? h->results.shown[row] : h->results.pages.rows[row];
}

const struct hub_repo *hub_selected_row(const struct hub_screen *h)
{
    return hub_n_rows(h) ? hub_row(h, h->results.table.list.sel) : NULL;
}

size_t hub_find_row(const struct hub_screen *h, enum hub_kind kind, const char *id)
{
    const size_t n = hub_n_rows(h);
    size_t row = 0;
    while (row < n && (hub_row(h, row)->kind != kind || strcmp(hub_row(h, row)->id, id) != 0)) {
        row++;
    }
    return row;
}

/* ---- what the views share ---- */

void hub_view_close(struct pane *p)
{
    free(p->state);
}

bool hub_table_cursor(const struct table *t, int *row, int *col)
{
    const int header = t->has_header ? 1 : 0;
    *row = header + (int)(t->list.sel - t->list.top);
    *col = 0;
    return t->list.n > 0;
}

bool hub_table_place(const struct table *t, size_t *at, size_t *of)
{
    *at = t->list.sel;
    *of = t->list.n;
    return t->list.n > 0;
}

void hub_table_spot(const struct table *t, struct hub_spot *spot)
{
    spot->top = t->list.top;
    spot->at = t->list.sel;
}

bool hub_table_go(struct table *t, const struct hub_spot *spot)
{
    if (t->list.n == 0) {
        return false;
    }
    t->list.top = spot->top;
    list_goto(&t->list, (size_t)spot->at);
    return spot->at < t->list.n;
}

void hub_put_clean(const char *text, struct buf *out)
{
    if (text) {
        text_sanitize(out, text, strlen(text), TEXT_LINE);
    }
}

void hub_put_skipped(size_t n, struct buf *out)
{
    if (n) {
        buf_printf(out, "%zu cannot be read", n);
    }
}

void hub_put_age(bool has_date, int64_t date_s, struct buf *out)
{
    if (has_date) {
        text_age_short(out, date_s, clock_unix_s());
    }
}

void hub_say_age(const char *what, bool has_date, int64_t date_s, struct buf *out)
{
    if (has_date) {
        buf_printf(out, "%s ", what);
        text_age(out, date_s, clock_unix_s());
    }
}
