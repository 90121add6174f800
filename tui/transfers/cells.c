/* SPDX-License-Identifier: Apache-2.0 */
/* cells.c - what stands in the columns of the list. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"
#include "tui/transfers/transfers.h"

enum { BAR_COLS = 10 };

static const struct transfers_item *at(const void *ctx, size_t row)
{
    return ((const struct transfers *)ctx)->items[row];
}

static void put_clean(struct buf *out, const char *text)
{
    text_sanitize(out, text, strlen(text), TEXT_LINE);
}

static void put_file(const void *ctx, size_t row, struct buf *out)
{
    put_clean(out, at(ctx, row)->repo);
    buf_puts(out, "/");
    put_clean(out, at(ctx, row)->file);
}

/* Where it lies or will, as one would name it from here. */
static void put_place(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers *t = ctx;
    const struct transfers_item *item = at(ctx, row);
    const char *place = item->path ? item->path : item->to;
    const size_t n = t->here ? strlen(t->here) : 0;
    if (n > 0 && strncmp(place, t->here, n) == 0 && (place[n] == '/' || place[n] == '\0')) {
        place += n + (place[n] == '/');
        place = *place ? place : ".";
    }
    put_clean(out, place);
}

static void say_place(const void *ctx, size_t row, struct buf *out)
{
    buf_puts(out, "to ");
    put_place(ctx, row, out);
}

static void put_size(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    if (item->total > 0 || item->done > 0) {
        text_bytes(out, item->total > 0 ? item->total : item->done);
    }
}

static void put_share(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    if (item->total > 0) {
        buf_printf(out, "%d %%", (int)((double)item->done * 100 / (double)item->total));
    } else if (item->done > 0) {
        buf_puts(out, "?");
    }
}

/* Of a file that is not whole yet and whose size is known. */
static void put_bar(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers *t = ctx;
    const struct transfers_item *item = at(ctx, row);
    if (item->total == 0 || item->state == TRANSFERS_DONE) {
        return;
    }
    int full = (int)((double)item->done * BAR_COLS / (double)item->total);
    bool is_ascii = app_is_ascii(t->app);
    for (int i = 0; i < BAR_COLS; i++) {
        buf_puts(out, i < full ? (is_ascii ? "#" : "█") : (is_ascii ? "." : "░"));
    }
}

static void put_rate(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    if (item->state == TRANSFERS_RUNS && item->pace.rate > 0) {
        text_bytes(out, item->pace.rate);
        buf_puts(out, "/s");
    }
}

/* "12 s", "3 min", "5 h", "2 days". */
static void put_span(struct buf *out, int64_t s)
{
    enum { MINUTE = 60, HOUR = 3600, DAY = 86400 };
    if (s < 2 * MINUTE) {
        buf_printf(out, "%lld s", (long long)s);
    } else if (s < 2 * HOUR) {
        buf_printf(out, "%lld min", (long long)s / MINUTE);
    } else if (s < 2 * DAY) {
        buf_printf(out, "%lld h", (long long)s / HOUR);
    } else {
        buf_printf(out, "%lld days", (long long)s / DAY);
    }
}

static void put_running(const struct transfers_item *item, struct buf *out)
{
    int64_t stalled_s = transfers_stalled_s(item, clock_mono_ms());
    int64_t left_s = transfers_left_s(item);
    if (item->is_dropped) {
        buf_puts(out, "ending");
    } else if (stalled_s) {
        buf_puts(out, "no byte for ");
        put_span(out, stalled_s);
    } else if (item->pace.is_reading) {
        buf_puts(out, item->pace.told ? "reading what is there" : "asking");
    } else if (item->done == 0) {
        buf_puts(out, "asking");
    } else {
        buf_puts(out, "saving");
        if (left_s >= 0) {
            buf_puts(out, ", ");
            put_span(out, left_s);
            buf_puts(out, " left");
        }
    }
}

/* The row names the file already, so only the reason is left of "downloading OWNER/NAME/FILE: reason". */
static void put_failure(const struct transfers_item *item, struct buf *out)
{
    char *where = xasprintf("downloading %s/%s: ", item->repo, item->file);
    if (item->err.sys == EEXIST) {
        buf_puts(out, "the name is taken: w overwrites, x gives up");
    } else {
        put_clean(out, item->err.msg + (str_starts(item->err.msg, where) ? strlen(where) : 0));
    }
    free(where);
}

static void put_state(const void *ctx, size_t row, struct buf *out)
{
    const struct transfers_item *item = at(ctx, row);
    bool is_proven = item->proof && strcmp(item->proof, "none") != 0;
    switch (item->state) {
    case TRANSFERS_RUNS:
        put_running(item, out);
        break;
    case TRANSFERS_PAUSED:
        buf_puts(out, "paused: Space goes on");
        break;
    case TRANSFERS_DONE:
        buf_puts(out, is_proven ? "done, checked by " : "done, not checked");
        buf_puts(out, is_proven ? item->proof : "");
        break;
    case TRANSFERS_FAILED:
        put_failure(item, out);
        break;
    }
}

static enum style style_of_state(const void *ctx, size_t row)
{
    switch (at(ctx, row)->state) {
    case TRANSFERS_DONE:
        return STYLE_OK;
    case TRANSFERS_FAILED:
        return STYLE_ERROR;
    default:
        return STYLE_TEXT;
    }
}

static const struct table_column COLUMNS[TRANSFERS_COLUMNS] = {
    {.title = "file", .share = 55, .gap = 2, .is_name = true, .put = put_file, .style = STYLE_TEXT},
    {.title = "saved as", .share = 15, .gap = 1, .rank = 4, .put = put_place, .say = say_place, .style = STYLE_DIM},
    {.title = "size", .cols = 9, .gap = 1, .is_right = true, .put = put_size, .style = STYLE_NUMBER},
    {.title = "done", .cols = 6, .gap = 1, .is_right = true, .put = put_share, .word = "done", .style = STYLE_NUMBER},
    {.cols = BAR_COLS, .gap = 1, .rank = 3, .put = put_bar, .style = STYLE_ACCENT},
    {.title = "rate", .cols = 11, .gap = 1, .rank = 1, .is_right = true, .put = put_rate, .style = STYLE_NUMBER},
    {.title = "state", .gap = 2, .put = put_state, .style_of = style_of_state},
};

void transfers_table(struct transfers *t)
{
    size_t n = 0;
    for (size_t i = 0; i < TRANSFERS_COLUMNS; i++) {
        if (COLUMNS[i].put != put_bar || !app_is_plain(t->app)) { /* the share in words is enough there */
            t->columns[n++] = COLUMNS[i];
        }
    }
    t->table = (struct table){
        .columns = t->columns,
        .n_columns = n,
        .ctx = t,
        .margin = 1,
        .least = 22,
        .has_header = true,
    };
}
