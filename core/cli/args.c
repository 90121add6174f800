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

/* ---- one option of a table ---- */

static const struct cli_option *find_long(const struct cli_option *table, const char *name,
                                          size_t n)
{
    for (; table->name; table++) {
        if (strlen(table->name) == n && memcmp(table->name, name, n) == 0) {
            return table;
        }
    }
    return NULL;
}

static const struct cli_option *find_letter(const struct cli_option *table, char letter)
{
    for (; table->name; table++) {
        if (table->letter == letter) {
            return table;
        }
    }
    return NULL;
}

bool cli_word_in(const char *words, const char *word)
{
    const size_t n = strlen(word);
    for (const char *p = words; n && *p;) {
        const size_t len = strcspn(p, " ");
        if (len == n && memcmp(p, word, n) == 0) {
            return true;
        }
        p += len + (p[len] == ' ');
    }
    return false;
}

static bool check_value(const struct cli_option *o, const char *value, struct err *e)
{
    if (!o->choices || cli_word_in(o->choices, value)) {
        return true;
    }
    err_set(e, ERR_USAGE, "--%s does not know \"%.60s\"", o->name, value);
    return err_remedy(e, "It takes one of: %s", o->choices);
}

bool cli_next_option(const struct cli_option *table, int argc, char **argv, int *i,
                     struct cli_given *out, struct err *e)
{
    const char *word = argv[*i];
    const bool is_long = word[1] == '-';
    const char *name = word + (is_long ? 2 : 1);
    const char *equals = is_long ? strchr(name, '=') : NULL;
    const size_t n = equals ? (size_t)(equals - name) : strlen(name);
    *out = (struct cli_given){0};
    out->option = is_long ? find_long(table, name, n)
                          : (name[0] && !name[1] ? find_letter(table, name[0]) : NULL);
    if (!out->option) {
        return err_set(e, ERR_USAGE, "unknown option %.60s", word);
    }
    if (out->option->kind == CLI_FLAG) {
        return !equals || err_set(e, ERR_USAGE, "--%s takes no value", out->option->name);
    }
    if (equals) {
        out->value = equals + 1;
    } else if (*i + 1 < argc) {
        out->value = argv[++*i];
    } else {
        return err_set(e, ERR_USAGE, "--%s needs a value (%s)", out->option->name,
                       out->option->arg);
    }
    return check_value(out->option, out->value, e);
}

/* ---- the line of a verb ---- */

static const struct cli_option *find_any(const struct cli_option *table, const char *word)
{
    if (word[1] == '-') {
        const char *name = word + 2;
        return find_long(table, name, strcspn(name, "="));
    }
    return word[1] && !word[2] ? find_letter(table, word[1]) : NULL;
}

static bool take_option(const struct cli_verb *verb, int argc, char **argv, int *i,
                        struct cli_globals *g, struct cli_args *out, struct err *e)
{
    struct cli_given given;
    const char *word = argv[*i];
    if (!find_any(verb->options, word) && find_any(CLI_GLOBAL_OPTIONS, word)) {
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
    const struct cli_option *o = find_long(args->verb->options, name, strlen(name));
    assert(o && "a verb asks for an option that is not in its table");
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
