/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/verbs.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/out.h"
#include "core/cli/verb.h"
#include "tui/frame/action.h"
#include "tui/screens.h"

/* ---- keys ---- */

static const struct cli_option KEYS_OPTIONS[] = {
    {.name = "markdown", .help = "print docs/keys.md"},
    {.name = "man", .help = "print the manual page hfterm-keys(7)"},
    CLI_OPTION_JSON,
    {.name = NULL},
};

static void put_table(const struct action_sets *sets, struct cli_out *out)
{
    static const struct cli_column COLUMNS[] = {
        {.title = "place", .rank = 2},
        {.title = "keys"},
        {.title = "action", .rank = 1},
        {.title = "what it does", .min_cols = 20},
    };
    struct cli_table *t = cli_table_new(COLUMNS, sizeof COLUMNS / sizeof *COLUMNS);
    for (size_t i = 0; i < sets->n; i++) {
        const struct action_set *set = sets->items[i];
        for (size_t k = 0; k < set->n; k++) {
            cli_table_add(t, set->context, NULL);
            cli_table_add(t, set->actions[k].keys, NULL);
            cli_table_add(t, set->actions[k].id, NULL);
            cli_table_add(t, set->actions[k].help, NULL);
        }
    }
    cli_table_print(t, out);
    cli_table_free(t);
}

static cJSON *keys_array(const char *keys)
{
    cJSON *array = cJSON_CreateArray();
    while (*keys) {
        const size_t n = strcspn(keys, " ");
        char *key = xstrndup(keys, n);
        cJSON_AddItemToArray(array, cJSON_CreateString(key));
        free(key);
        keys += n + (keys[n] == ' ');
    }
    return array;
}

static void put_json(const struct action_sets *sets, struct cli_out *out)
{
    cJSON *all = cJSON_CreateArray();
    for (size_t i = 0; i < sets->n; i++) {
        const struct action_set *set = sets->items[i];
        for (size_t k = 0; k < set->n; k++) {
            cJSON *one = cJSON_CreateObject();
            cJSON_AddStringToObject(one, "context", set->context);
            cJSON_AddItemToObject(one, "keys", keys_array(set->actions[k].keys));
            cJSON_AddStringToObject(one, "action", set->actions[k].id);
            cJSON_AddStringToObject(one, "help", set->actions[k].help);
            cJSON_AddItemToArray(all, one);
        }
    }
    cli_put_json(out, all);
}

static int run_keys(const struct cli_globals *g, const struct cli_args *args)
{
    struct cli_out out;
    if (cli_has(args, "markdown") + cli_has(args, "man") + cli_has(args, "json") > 1) {
        struct err e = ERR_INIT;
        err_set(&e, ERR_USAGE, "--markdown, --man and --json exclude each other");
        err_remedy(&e, "Give one of them, or none for a table.");
        return cli_fail(&e);
    }
    struct action_sets sets;
    action_sets_collect(SCREENS, &sets);
    cli_out_init(&out, g);
    if (cli_has(args, "json")) {
        put_json(&sets, &out);
    } else if (cli_has(args, "markdown") || cli_has(args, "man")) {
        struct buf text = BUF_INIT;
        (cli_has(args, "man") ? action_write_man : action_write_markdown)(&sets, &text);
        fwrite(text.p, 1, text.n, out.f);
        buf_done(&text);
    } else {
        put_table(&sets, &out);
    }
    action_sets_done(&sets);
    return cli_out_done(&out);
}

static const struct cli_verb VERB_KEYS = {
    .name = "keys",
    .operands = "",
    .summary = "list the keys of the screen",
    .about = "Every place of the screen with its keys and the names of its actions, as they are\n"
             "without a config file. In the screen, ? shows those of the place one is at.",
    .options = KEYS_OPTIONS,
    .run = run_keys,
};

const struct cli_verb *const TUI_VERBS[] = {&VERB_KEYS, NULL};
