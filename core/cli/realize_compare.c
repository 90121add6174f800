/* SPDX-License-Identifier: Apache-2.0 */
/* --compare-queries: one picture, several questions, and how much they change. */
#include <stdio.h>
#include <stdlib.h>

#include "core/arrcoc/metrics.h"
#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/cli/cli.h"
#include "core/cli/realize.h"

static int shared_cells(const struct arr_result *a, const struct arr_result *b)
{
    bool chosen[ARR_CELLS] = {false};
    int n = 0;
    for (int i = 0; i < a->k; i++) {
        chosen[a->order[i]] = true;
    }
    for (int i = 0; i < b->k; i++) {
        n += chosen[b->order[i]];
    }
    return n;
}

/* Compared with the question before it: rank correlation of the maps, cells in common. */
static void add_row(struct cli_table *t, const char *query, const struct arr_result *r,
                    const struct arr_result *first, bool is_ascii)
{
    struct buf text = BUF_INIT;
    double apart = 0.0;
    cli_table_add(t, query, NULL);
    realize_reading(r, is_ascii, &text);
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    if (r->has_plan) {
        buf_printf(&text, "%ld", r->plan.total);
    }
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    buf_printf(&text, "%.0f %%", 100.0 * shared_cells(first, r) / (r->k ? r->k : 1));
    cli_table_add(t, buf_str(&text), NULL);
    buf_clear(&text);
    if (arr_query_sensitivity(first->balance.balanced, r->balance.balanced, (size_t)r->cells,
                              &apart)) {
        buf_printf(&text, "%.3f", apart);
    }
    cli_table_add(t, buf_str(&text), NULL);
    buf_done(&text);
}

static void print_rows(struct realize *r, struct arr_result *const *results)
{
    static const struct cli_column COLUMNS[] = {
        {.title = "question", .min_cols = 16},
        {.title = "understood", .min_cols = 12, .rank = 2},
        {.title = "tokens", .is_right = true, .rank = 1},
        {.title = "same cells", .is_right = true},
        {.title = "apart", .is_right = true},
    };
    struct cli_table *t = cli_table_new(COLUMNS, sizeof COLUMNS / sizeof *COLUMNS);
    for (size_t i = 0; i < r->n_queries; i++) {
        add_row(t, r->queries[i], results[i], results[0], r->out.is_ascii);
    }
    cli_table_print(t, &r->out);
    cli_table_free(t);
}

static void print_json(struct realize *r, const struct realize_item *item,
                       struct arr_result *const *results)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "image", item->name);
    cJSON *list = cJSON_AddArrayToObject(o, "queries");
    cJSON *pairs = cJSON_AddArrayToObject(o, "pairs");
    for (size_t i = 0; i < r->n_queries; i++) {
        cJSON_AddItemToArray(list, realize_json(r, item, r->queries[i], results[i]));
        for (size_t j = 0; j < i; j++) {
            double apart = 0.0;
            cJSON *pair = cJSON_CreateObject();
            cJSON_AddNumberToObject(pair, "a", (double)j);
            cJSON_AddNumberToObject(pair, "b", (double)i);
            cJSON_AddNumberToObject(pair, "shared_cells", shared_cells(results[j], results[i]));
            if (arr_query_sensitivity(results[j]->balance.balanced, results[i]->balance.balanced,
                                      (size_t)results[i]->cells, &apart)) {
                cJSON_AddNumberToObject(pair, "sensitivity", apart);
            } else {
                cJSON_AddNullToObject(pair, "sensitivity");
            }
            cJSON_AddItemToArray(pairs, pair);
        }
    }
    cli_put_json(&r->out, o);
}

int realize_compare(struct realize *r, const struct realize_item *item)
{
    struct arr_result *results[REALIZE_QUERIES_MAX] = {NULL};
    const struct arr_image image = realize_image(&item->picture);
    struct err e = ERR_INIT;
    bool ok = arr_set_image(r->engine, &image, &e);
    for (size_t i = 0; ok && i < r->n_queries; i++) {
        results[i] = arr_result_new();
        ok = arr_set_query(r->engine, r->queries[i], &e) &&
             arr_run(r->engine, &r->options, results[i], &e);
    }
    if (ok && r->wants_json) {
        print_json(r, item, results);
    } else if (ok) {
        print_rows(r, results);
    }
    for (size_t i = 0; i < r->n_queries; i++) {
        arr_result_free(results[i]);
    }
    return ok ? 0 : cli_fail(&e);
}
