/* SPDX-License-Identifier: Apache-2.0 */
/* columns.c - what the results show of a repo, and which columns there is room for. */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "tui/hub/screen.h"

enum { MIN_NAME_COLS = 18 };

static void put_params(const struct hub_repo *repo, struct buf *out)
{
    if (repo->has_params) {
        text_count(out, repo->params);
    }
}

static void put_downloads(const struct hub_repo *repo, struct buf *out)
{
    if (repo->has_downloads) {
        text_count(out, repo->downloads);
    }
}

static void put_likes(const struct hub_repo *repo, struct buf *out)
{
    if (repo->has_likes) {
        text_count(out, repo->likes);
    }
}

static void put_updated(const struct hub_repo *repo, struct buf *out)
{
    if (repo->has_modified) {
        text_age_short(out, repo->modified_s, clock_unix_s());
    }
}

static void put_clean(const char *s, struct buf *out)
{
    if (s) {
        text_sanitize(out, s, strlen(s), TEXT_LINE);
    }
}

/* What stands behind a prefix among the tags. */
static void put_tag(const struct hub_repo *repo, const char *prefix, struct buf *out)
{
    for (size_t i = 0; i < repo->n_tags; i++) {
        if (str_starts(repo->tags[i], prefix)) {
            put_clean(repo->tags[i] + strlen(prefix), out);
            return;
        }
    }
}

static void put_task(const struct hub_repo *repo, struct buf *out)
{
    if (repo->kind == HUB_DATASET) {
        put_tag(repo, "task_categories:", out);
    } else {
        put_clean(repo->pipeline_tag, out);
    }
}

static void put_rows(const struct hub_repo *repo, struct buf *out)
{
    put_tag(repo, "size_categories:", out);
}

static void put_library(const struct hub_repo *repo, struct buf *out)
{
    put_clean(repo->library, out);
}

static void put_license(const struct hub_repo *repo, struct buf *out)
{
    put_clean(repo->license, out);
}

static void put_sdk(const struct hub_repo *repo, struct buf *out)
{
    put_clean(repo->sdk, out);
}

static void put_stage(const struct hub_repo *repo, struct buf *out)
{
    put_clean(repo->stage, out);
}

static void put_hardware(const struct hub_repo *repo, struct buf *out)
{
    put_clean(repo->hardware, out);
}

/* In the order in which room is given; columns leave from the right. */
static const struct column MODEL_COLUMNS[] = {
    {"↓30d", 5, true, put_downloads}, {"♥", 5, true, put_likes},       {"params", 6, true, put_params},
    {"updated", 7, true, put_updated}, {"task", 23, false, put_task},   {"license", 14, false, put_license},
    {"library", 16, false, put_library},
};
static const struct column DATASET_COLUMNS[] = {
    {"↓30d", 5, true, put_downloads},   {"♥", 5, true, put_likes},    {"rows", 10, true, put_rows},
    {"updated", 7, true, put_updated}, {"task", 23, false, put_task}, {"license", 14, false, put_license},
};
static const struct column SPACE_COLUMNS[] = {
    {"♥", 5, true, put_likes},         {"sdk", 9, false, put_sdk},          {"stage", 14, false, put_stage},
    {"updated", 7, true, put_updated}, {"hardware", 12, false, put_hardware}, {"license", 14, false, put_license},
};

const struct column *columns_of(enum hub_kind kind, size_t *n)
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

/* How many columns fit and what is left for the name. */
size_t columns_fit(const struct column *columns, size_t n, int width, int *name_cols)
{
    size_t shown = 0;
    int left = width - 2; /* the mark at the left, a blank at the right */
    int wanted = width >= 70 ? 36 : width >= 44 ? 28 : MIN_NAME_COLS;
    while (shown < n && left - columns[shown].cols - COLUMN_GAP >= wanted) {
        left -= columns[shown].cols + COLUMN_GAP;
        shown++;
    }
    *name_cols = left;
    return shown;
}
