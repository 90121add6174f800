/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/mem.h"
#include "core/cli/cli.h"
#include "core/cli/options.h"
#include "core/cli/verb.h"

/* ---- the line of a verb ---- */

static bool take_option(const struct cli_verb *verb, int argc, char **argv, int *i,
                        struct cli_globals *g, struct cli_args *out, struct err *e)
{
    struct cli_given given;
    const char *word = argv[*i];
    if (!cli_find_option(verb->options, word) && cli_find_option(CLI_GLOBAL_OPTIONS, word)) {
        return cli_next_option(CLI_GLOBAL_OPTIONS, argc, argv, i, &given, e) &&
               cli_set_global(g, &given);
    }
    if (!cli_next_option(verb->options, argc, argv, i, &given, e)) {
        if (e && !e->remedy[0]) {
            err_remedy(e, "Options of this verb: hfterm %s --help", verb->name);
        }
        return false;
    }
    out->given[out->n_given++] = given;
    return true;
}

static bool check_operands(const struct cli_verb *verb, const struct cli_args *args, struct err *e)
{
    if (args->n_operands < (size_t)verb->min_operands) {
        err_set(e, ERR_USAGE, "hfterm %s needs %s", verb->name, verb->operands);
    } else if (verb->max_operands >= 0 && args->n_operands > (size_t)verb->max_operands) {
        err_set(e, ERR_USAGE, "hfterm %s takes %s, and \"%.60s\" is too much", verb->name,
                *verb->operands ? verb->operands : "no arguments",
                args->operands[verb->max_operands]);
    } else {
        return true;
    }
    return err_remedy(e, "See hfterm %s --help", verb->name);
}

bool cli_args_parse(const struct cli_verb *verb, int argc, char **argv, struct cli_globals *g,
                    struct cli_args *out, struct err *e)
{
    const size_t max = argc > 0 ? (size_t)argc : 1;
    *out = (struct cli_args){.verb = verb};
    out->given = xcalloc(max, sizeof *out->given);
    out->operands = xcalloc(max, sizeof *out->operands);
    bool only_operands = false;
    for (int i = 1; i < argc; i++) {
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
        } else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
            if (!take_option(verb, argc, argv, &i, g, out, e)) {
                return false;
            }
        } else {
            out->operands[out->n_operands++] = argv[i];
        }
    }
    return g->wants_help || check_operands(verb, out, e);
}

void cli_args_done(struct cli_args *args)
{
    free(args->given);
    free(args->operands);
    *args = (struct cli_args){0};
}

/* ---- what was given ---- */

static const struct cli_option *option_of(const struct cli_args *args, const char *name)
{
    const struct cli_option *o = args->verb->options;
    while (o->name && strcmp(o->name, name) != 0) {
        o++;
    }
    assert(o->name && "a verb asks for an option that is not in its table");
    return o;
}

bool cli_has(const struct cli_args *args, const char *name)
{
    return cli_values(args, name, NULL, 0) > 0;
}

const char *cli_value(const struct cli_args *args, const char *name)
{
    const struct cli_option *o = option_of(args, name);
    const char *last = NULL;
    for (size_t i = 0; i < args->n_given; i++) {
        if (args->given[i].option == o) {
            last = args->given[i].value;
        }
    }
    return last;
}

size_t cli_values(const struct cli_args *args, const char *name, const char **out, size_t max)
{
    const struct cli_option *o = option_of(args, name);
    size_t n = 0;
    for (size_t i = 0; i < args->n_given; i++) {
        if (args->given[i].option == o) {
            if (n < max) {
                out[n] = args->given[i].value;
            }
            n++;
        }
    }
    return n;
}

bool cli_number(const struct cli_args *args, const char *name, unsigned long min, unsigned long max,
                unsigned long fallback, unsigned long *out, struct err *e)
{
    const char *text = cli_value(args, name);
    unsigned long long n = fallback;
    if (text && (!str_to_u64(text, max, &n) || n < min)) {
        return err_set(e, ERR_USAGE, "--%s takes a whole number from %lu to %lu, not \"%.40s\"",
                       name, min, max, text);
    }
    *out = (unsigned long)n;
    return true;
}
