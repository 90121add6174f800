/* SPDX-License-Identifier: Apache-2.0 */
#include "core/cli/help.h"

#include "core/base/buf.h"
#include "core/cli/verb.h"

enum { OPTION_COLS = 24 };

static void print_option(const struct cli_option *o, FILE *f)
{
    struct buf left = BUF_INIT;
    if (o->letter) {
        buf_printf(&left, "-%c, ", o->letter);
    }
    buf_printf(&left, "--%s", o->name);
    if (o->arg) {
        buf_printf(&left, " %s", o->arg);
    }
    fprintf(f, "  %-*s  %s", OPTION_COLS, buf_str(&left), o->help);
    if (o->choices) {
        fprintf(f, "\n  %*s  (%s)", OPTION_COLS, "", o->choices);
    }
    fputs(o->kind == CLI_LIST ? " (may be repeated)\n" : "\n", f);
    buf_done(&left);
}

static void print_options(const struct cli_option *table, FILE *f)
{
    for (; table->name; table++) {
        print_option(table, f);
    }
}

void cli_print_verb_help(const struct cli_verb *verb, FILE *f)
{
    fprintf(f, "hfterm %s%s%s%s - %s\n", verb->name, verb->options->name ? " [OPTIONS]" : "",
            *verb->operands ? " " : "", verb->operands, verb->summary);
    if (*verb->about) {
        fprintf(f, "\n%s\n", verb->about);
    }
    if (verb->options->name) {
        fputs("\nOptions:\n", f);
        print_options(verb->options, f);
    }
    fputs("\nThe options of hfterm --help work here as well.\n", f);
}

void cli_print_help(const struct cli_verbs *rooms, FILE *f)
{
    fputs("hfterm [OPTIONS]           the full-screen workbench for the Hugging Face Hub\n"
          "hfterm [OPTIONS] VERB ...  one thing, printed\n"
          "\nVerbs:\n",
          f);
    const struct cli_verb *v;
    for (size_t i = 0; (v = cli_verb_at(rooms, i)); i++) {
        if (!v->is_hidden) {
            fprintf(f, "  %-*s  %s\n", OPTION_COLS, v->name, v->summary);
        }
    }
    fputs("\nOptions:\n", f);
    print_options(CLI_GLOBAL_OPTIONS, f);
    fputs("\nhfterm VERB --help tells more about a verb; so do hfterm(1) and docs/verbs.md.\n", f);
}
