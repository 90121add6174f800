/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - what the results show of a repo of each kind. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"
#include "tui/hub/hub.h"

static const struct hub_repo *repo_at(const void *ctx, size_t row)
{
    return hub_row(ctx, row);
}

static void put_name(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(repo_at(ctx, row)->id, out);
}

static void put_params(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_repo *repo = repo_at(ctx, row);
    if (repo->has_params) {
        text_count(out, repo->params);
    }
}

static void put_downloads(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_repo *repo = repo_at(ctx, row);
    if (repo->has_downloads) {
        text_count(out, repo->downloads);
    }
}

static void put_likes(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_repo *repo = repo_at(ctx, row);
    if (repo->has_likes) {
        text_count(out, repo->likes);
    }
}

static void put_updated(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_repo *repo = repo_at(ctx, row);
    hub_put_age(repo->has_modified, repo->modified_s, out);
}

static void say_updated(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_repo *repo = repo_at(ctx, row);
    hub_say_age("updated", repo->has_modified, repo->modified_s, out);
}

/* What stands behind a prefix among the tags. */
static void put_tag(const struct hub_repo *repo, const char *prefix, struct buf *out)
{
    for (size_t i = 0; i < repo->n_tags; i++) {
        if (str_starts(repo->tags[i], prefix)) {
            hub_put_clean(repo->tags[i] + strlen(prefix), out);
            return;
        }
    }
}

static void put_task(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(repo_at(ctx, row)->pipeline_tag, out);
}

static void put_dataset_task(const void *ctx, size_t row, struct buf *out)
{
    put_tag(repo_at(ctx, row), "task_categories:", out);
}

static void put_rows(const void *ctx, size_t row, struct buf *out)
{
    put_tag(repo_at(ctx, row), "size_categories:", out);
}

static void put_library(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(repo_at(ctx, row)->library, out);
}

/* Of a card that nobody could read, why: that is why there is none. */
static void put_license(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_repo *repo = repo_at(ctx, row);
    struct buf why = BUF_INIT;
    if (!repo->license && hub_card_fault(repo, &why)) {
        const char *line = strstr(buf_str(&why), "line ");
        hub_put_clean(line ? line : buf_str(&why), out);
    } else {
        hub_put_clean(repo->license, out);
    }
    buf_done(&why);
}

static void put_sdk(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(repo_at(ctx, row)->sdk, out);
}

static void put_stage(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(hub_stage(ctx, repo_at(ctx, row)), out);
}

static void put_hardware(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(repo_at(ctx, row)->hardware, out);
}

static void put_storage(const void *ctx, size_t row, struct buf *out)
{
    const struct hub_repo *repo = repo_at(ctx, row);
    if (repo->has_used_storage || repo->has_main_size) {
        text_bytes(out, repo->has_main_size ? repo->main_size : repo->used_storage);
    }
}

#define NAME {.title = "repo", .gap = 2, .is_name = true, .put = put_name, .leads = true}
#define NUMBER(rank_, title_, cols_, put_, word_)                                                  \
    {                                                                                              \
        .title = title_, .cols = cols_, .gap = 1, .rank = rank_, .is_right = true,                 \
        .style = STYLE_NUMBER, .put = put_, .word = word_,                                         \
    }
#define SIGN(rank_, title_, ascii_, put_, word_)                                                   \
    {                                                                                              \
        .title = title_, .ascii_title = ascii_, .cols = 5, .gap = 1, .rank = rank_,                \
        .is_right = true, .style = STYLE_NUMBER, .put = put_, .word = word_,                       \
    }
#define DOWNLOADS SIGN(1, "↓30d", "dl30d", put_downloads, "downloads in 30 days")
#define LIKES SIGN(2, "♥", "likes", put_likes, "likes")
#define UPDATED(rank_)                                                                             \
    {                                                                                              \
        .title = "updated", .cols = 7, .gap = 1, .rank = rank_, .is_right = true,                  \
        .style = STYLE_NUMBER, .put = put_updated, .say = say_updated,                             \
    }
/* As wide as its longest word (hub_columns_set), and no narrower than cols. */
#define WORD(rank_, title_, cols_, put_)                                                           \
    {                                                                                              \
        .title = title_, .cols = cols_, .gap = 1, .rank = rank_, .style = STYLE_DIM, .put = put_,  \
    }

/* Without room the highest rank leaves first. */
static const struct table_column MODEL_COLUMNS[] = {
    NAME,
    DOWNLOADS,
    LIKES,
    NUMBER(3, "params", 6, put_params, "parameters"),
    UPDATED(4),
    WORD(8, "task", 4, put_task),
    WORD(5, "license", 7, put_license),
    WORD(7, "library", 7, put_library),
    NUMBER(6, "disk", 8, put_storage, "on disk"),
};
static const struct table_column DATASET_COLUMNS[] = {
    NAME,
    DOWNLOADS,
    LIKES,
    NUMBER(3, "rows", 10, put_rows, "rows"),
    UPDATED(4),
    WORD(7, "task", 4, put_dataset_task),
    WORD(5, "license", 7, put_license),
    NUMBER(6, "disk", 8, put_storage, "on disk"),
};
static const struct table_column SPACE_COLUMNS[] = {
    NAME,
    WORD(1, "stage", 16, put_stage),
    LIKES,
    WORD(3, "sdk", 3, put_sdk),
    UPDATED(4),
    WORD(5, "hardware", 8, put_hardware),
    WORD(6, "license", 7, put_license),
};

static const struct table_column *columns_of(enum hub_kind kind, size_t *n)
{
    switch (kind) {
    case HUB_MODEL:
        *n = sizeof MODEL_COLUMNS / sizeof *MODEL_COLUMNS;
        return MODEL_COLUMNS;
    case HUB_DATASET:
        *n = sizeof DATASET_COLUMNS / sizeof *DATASET_COLUMNS;
        return DATASET_COLUMNS;
    default:
        *n = sizeof SPACE_COLUMNS / sizeof *SPACE_COLUMNS;
        return SPACE_COLUMNS;
    }
}

bool hub_columns_order(const struct hub_screen *h, size_t column, enum hub_sort *order)
{
    static const struct {
        void (*put)(const void *ctx, size_t row, struct buf *out);
        enum hub_sort order;
    } ORDERS[] = {
        {put_downloads, HUB_SORT_DOWNLOADS}, {put_likes, HUB_SORT_LIKES},  {put_params, HUB_SORT_PARAMS},
        {put_updated, HUB_SORT_MODIFIED},    {put_storage, HUB_SORT_SIZE},
    };
    const struct table *t = &h->results.table;
    for (size_t i = 0; column < t->n_columns && i < sizeof ORDERS / sizeof *ORDERS; i++) {
        if (t->columns[column].put == ORDERS[i].put) {
            *order = ORDERS[i].order;
            return true;
        }
    }
    return false;
}

/* ---- how wide ---- */

enum { WORD_MAX = 32, NAME_MIN = 16 };

static int width_of(const struct table_column *col, const void *ctx, size_t row, struct buf *text)
{
    buf_clear(text);
    col->put(ctx, row, text);
    return text_width(buf_str(text));
}

static void measure(struct hub_screen *h, size_t row, struct buf *text)
{
    struct hub_columns *c = &h->results.columns;
    for (size_t i = 0; i < c->n; i++) {
        struct table_column *col = &c->items[i];
        if (col->is_name) {
            const char *badge = h->results.table.badge(h, row);
            const int need = width_of(col, h, row, text) + (badge ? text_width(badge) + 1 : 0);
            c->names[need < HUB_NAME_COLS ? need : HUB_NAME_COLS - 1] = true;
        } else if (col->style == STYLE_DIM && col->cols < WORD_MAX) {
            const int width = width_of(col, h, row, text);
            const int most = width < WORD_MAX ? width : WORD_MAX;
            col->cols = col->cols > most ? col->cols : most;
        }
    }
}

void hub_columns_set(struct hub_screen *h, enum hub_kind kind)
{
    struct hub_columns *c = &h->results.columns;
    const struct table_column *columns = columns_of(kind, &c->n);
    memcpy(c->items, columns, c->n * sizeof *columns);
    memset(c->names, 0, sizeof c->names);
    h->results.table.columns = c->items;
    h->results.table.n_columns = c->n;
}

void hub_columns_add(struct hub_screen *h, size_t row)
{
    struct buf text = BUF_INIT;
    for (; row < h->results.pages.n; row++) {
        measure(h, row, &text);
    }
    buf_done(&text);
}

void hub_columns_fit(struct hub_screen *h, int width)
{
    const struct hub_columns *c = &h->results.columns;
    const int room = width - h->results.table.margin - c->items[0].gap;
    int need = room < HUB_NAME_COLS ? room : HUB_NAME_COLS - 1;
    while (need > NAME_MIN && !c->names[need]) {
        need--;
    }
    h->results.table.least = need > NAME_MIN ? need : NAME_MIN;
}
