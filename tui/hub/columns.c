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

static void put_license(const void *ctx, size_t row, struct buf *out)
{
    hub_put_clean(repo_at(ctx, row)->license, out);
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

#define NAME {.title = "repo", .gap = 2, .is_name = true, .put = put_name, .leads = true}
#define NUMBER(rank_, title_, cols_, put_, word_)                                                  \
    {                                                                                              \
        .title = title_, .cols = cols_, .gap = 1, .rank = rank_, .is_right = true,                 \
        .style = STYLE_NUMBER, .put = put_, .word = word_,                                         \
    }
#define UPDATED(rank_)                                                                             \
    {                                                                                              \
        .title = "updated", .cols = 7, .gap = 1, .rank = rank_, .is_right = true,                  \
        .style = STYLE_NUMBER, .put = put_updated, .say = say_updated,                             \
    }
#define WORD(rank_, title_, cols_, put_)                                                           \
    {                                                                                              \
        .title = title_, .cols = cols_, .gap = 1, .rank = rank_, .style = STYLE_DIM, .put = put_,  \
    }

/* Each is a little wider than what it usually holds; without room they leave from the right. */
static const struct table_column MODEL_COLUMNS[] = {
    NAME,
    NUMBER(1, "↓30d", 5, put_downloads, "downloads in 30 days"),
    NUMBER(2, "♥", 5, put_likes, "likes"),
    NUMBER(3, "params", 6, put_params, "parameters"),
    UPDATED(4),
    WORD(5, "task", 23, put_task),
    WORD(6, "license", 14, put_license),
    WORD(7, "library", 16, put_library),
};
static const struct table_column DATASET_COLUMNS[] = {
    NAME,
    NUMBER(1, "↓30d", 5, put_downloads, "downloads in 30 days"),
    NUMBER(2, "♥", 5, put_likes, "likes"),
    NUMBER(3, "rows", 10, put_rows, "rows"),
    UPDATED(4),
    WORD(5, "task", 23, put_dataset_task),
    WORD(6, "license", 14, put_license),
};
static const struct table_column SPACE_COLUMNS[] = {
    NAME,
    NUMBER(2, "♥", 5, put_likes, "likes"),
    WORD(1, "stage", 16, put_stage),
    WORD(3, "sdk", 9, put_sdk),
    UPDATED(4),
    WORD(5, "hardware", 12, put_hardware),
    WORD(6, "license", 14, put_license),
};

const struct table_column *hub_columns(enum hub_kind kind, size_t *n)
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
