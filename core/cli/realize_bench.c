/* SPDX-License-Identifier: Apache-2.0 */
/* --bench N: how long the stages take on this machine, for this picture. */
#include <math.h>
#include <stdlib.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/realize.h"

struct times {
    const char *name;
    double *us;
    size_t n;
};

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double at(const struct times *t, double q)
{
    return t->n ? t->us[(size_t)(q * (double)(t->n - 1))] : 0.0;
}

static void put_row(struct realize *r, struct cli_table *table, cJSON *json, struct times *t)
{
    const double q[] = {0.0, 0.5, 0.99};
    static const char *const KEY[] = {"min", "median", "p99"};
    if (t->n == 0) {
        return;
    }
    qsort(t->us, t->n, sizeof *t->us, by_size);
    cJSON *o = r->wants_json ? cJSON_AddObjectToObject(json, t->name) : NULL;
    if (table) {
        cli_table_add(table, t->name, NULL);
    }
    for (int i = 0; i < 3; i++) {
        struct buf text = BUF_INIT;
        buf_printf(&text, "%.1f", at(t, q[i]));
        if (table) {
            cli_table_add(table, buf_str(&text), NULL);
        } else {
            cJSON_AddNumberToObject(o, KEY[i], round(at(t, q[i]) * 1e3) / 1e3);
        }
        buf_done(&text);
    }
}

static void print_times(struct realize *r, struct times *times, size_t n)
{
    static const struct cli_column COLUMNS[] = {
        {.title = "stage (microseconds)"},
        {.title = "min", .is_right = true},
        {.title = "median", .is_right = true},
        {.title = "p99", .is_right = true},
    };
    struct cli_table *table = r->wants_json ? NULL : cli_table_new(COLUMNS, 4);
    cJSON *json = r->wants_json ? cJSON_CreateObject() : NULL;
    for (size_t i = 0; i < n; i++) {
        put_row(r, table, json, &times[i]);
    }
    if (table) {
        cli_table_print(table, &r->out);
        cli_table_free(table);
    } else {
        cli_put_json(&r->out, json);
    }
}

/* Everything anew, then one slider of each kind; results are checked for success only. */
static bool measure(struct realize *r, const struct arr_image *image, struct times *times,
                    struct arr_result *result, struct err *e)
{
    struct times *stages = times, *whole = times + ARR_STAGES;
    for (unsigned long i = 0; i < r->bench; i++) {
        struct arr_options o = r->options;
        if (!arr_set_image(r->engine, image, e) || !arr_run(r->engine, &o, result, e)) {
            return false;
        }
        for (int s = 0; s < ARR_STAGES; s++) {
            if (result->was_computed[s]) {
                stages[s].us[stages[s].n++] = (double)result->stage_ns[s] / 1e3;
            }
        }
        whole[0].us[whole[0].n++] = (double)result->total_ns / 1e3;
        o.scale[ARR_INFO] = o.scale[ARR_INFO] > 1.0F ? 1.0F : 1.5F;
        if (!arr_run(r->engine, &o, result, e)) {
            return false;
        }
        whole[1].us[whole[1].n++] = (double)result->total_ns / 1e3;
        o.budget.max_lod += 16; /* up: the least could be near below */
        if (!arr_run(r->engine, &o, result, e)) {
            return false;
        }
        whole[2].us[whole[2].n++] = (double)result->total_ns / 1e3;
    }
    return true;
}

int realize_bench(struct realize *r, const struct realize_item *item)
{
    static const char *const WHOLE[] = {"whole picture", "slider: a scale", "slider: a budget"};
    enum { ROWS = ARR_STAGES + 3 };
    struct times times[ROWS];
    struct err e = ERR_INIT;
    const struct arr_image image = realize_image(&item->picture);
    for (size_t i = 0; i < ROWS; i++) {
        times[i] = (struct times){i < ARR_STAGES ? arr_stage_name((enum arr_stage)i)
                                                 : WHOLE[i - ARR_STAGES],
                                  xcalloc(r->bench, sizeof(double)), 0};
    }
    struct arr_result *result = arr_result_new();
    const bool ok = arr_set_query(r->engine, r->n_queries ? r->queries[0] : NULL, &e) &&
                    measure(r, &image, times, result, &e);
    if (ok) {
        print_times(r, times, ROWS);
    }
    arr_result_free(result);
    for (size_t i = 0; i < ROWS; i++) {
        free(times[i].us);
    }
    return ok ? 0 : cli_fail(&e);
}
