/* SPDX-License-Identifier: Apache-2.0 */
/* verb.h - what a verb is: one constant row a verb, one a option. Parsing, --help, shell completion
 * and the check of the man page are all made from these rows, so they cannot disagree. Each room
 * keeps the table of its own verbs; main joins the tables.
 *
 * Ownership: the tables are constant; struct cli_args owns its arrays, the strings are argv's.
 */
#ifndef HFTERM_CORE_CLI_VERB_H
#define HFTERM_CORE_CLI_VERB_H

#include <stdbool.h>
#include <stddef.h>

struct cli_globals;
struct err;

enum cli_option_kind {
    CLI_FLAG,
    CLI_VALUE, /* the last one given counts */
    CLI_LIST,  /* may be given several times */
};

struct cli_option {
    const char *name; /* without the dashes; NULL ends a table */
    char letter;      /* 0: none */
    enum cli_option_kind kind;
    const char *arg;     /* how help calls the value: "N" */
    const char *help;    /* one line, no full stop */
    const char *choices; /* "a b c": the only words allowed; NULL: anything */
    bool is_path;        /* the value is a file or folder, for completion */
};

struct cli_args;

struct cli_verb {
    const char *name;
    const char *operands; /* "[QUERY...]", "" */
    const char *summary;  /* one line, no full stop */
    const char *about;    /* what else one has to know; lines of at most 76 columns; "" */
    const struct cli_option *options;
    int min_operands, max_operands; /* max -1: any number */
    bool is_hidden;                 /* not in help and completion */
    bool takes_path;                /* operands are files or folders, for completion */
    /* Returns the exit code; prints its own errors. */
    int (*run)(const struct cli_globals *g, const struct cli_args *args);
};

/* Every verb that prints has it. */
#define CLI_OPTION_JSON                                                                            \
    {                                                                                              \
        .name = "json", .help = "print JSON, with stable keys"                                     \
    }

/* The verbs of one room, NULL at the end. A list of rooms ends with verbs == NULL; all that is said
 * of every verb (help, completion, "there is no verb") goes over the whole list, in its order. */
struct cli_verbs {
    const struct cli_verb *const *verbs;
};

/* Verb i of all rooms, NULL behind the last one. */
const struct cli_verb *cli_verb_at(const struct cli_verbs *rooms, size_t i);
/* NULL when there is none of that name. */
const struct cli_verb *cli_find_verb(const struct cli_verbs *rooms, const char *name);
/* The options that stand before (or behind) any verb. */
extern const struct cli_option CLI_GLOBAL_OPTIONS[];

struct cli_given {
    const struct cli_option *option;
    const char *value; /* NULL for a flag */
};

struct cli_args {
    const struct cli_verb *verb;
    const struct cli_verbs *rooms; /* set by cli_main: every verb there is */
    struct cli_given *given;
    size_t n_given;
    const char **operands;
    size_t n_operands;
};

/* argv[0] is the verb's name. Global options found on the way are set in g. ERR_USAGE. */
bool cli_args_parse(const struct cli_verb *verb, int argc, char **argv, struct cli_globals *g,
                    struct cli_args *out, struct err *e);
void cli_args_done(struct cli_args *args);

/* name must be one of the verb's options. */
bool cli_has(const struct cli_args *args, const char *name);
/* The last value, NULL when it was not given. */
const char *cli_value(const struct cli_args *args, const char *name);
/* All values in order; returns how many there are and writes at most max. */
size_t cli_values(const struct cli_args *args, const char *name, const char **out, size_t max);
/* A whole number from min to max, or `fallback` when it was not given. ERR_USAGE. */
bool cli_number(const struct cli_args *args, const char *name, unsigned long min, unsigned long max,
                unsigned long fallback, unsigned long *out, struct err *e);

/* The verbs of this folder: CLI_VERBS is their table, NULL at the end. */
extern const struct cli_verb *const CLI_VERBS[];
extern const struct cli_verb CLI_VERB_MODELS;
extern const struct cli_verb CLI_VERB_DATASETS;
extern const struct cli_verb CLI_VERB_SPACES;
extern const struct cli_verb CLI_VERB_SHOW;
extern const struct cli_verb CLI_VERB_GET;
extern const struct cli_verb CLI_VERB_REALIZE;
extern const struct cli_verb CLI_VERB_SERVE;
extern const struct cli_verb CLI_VERB_DOCTOR;
extern const struct cli_verb CLI_VERB_COMPLETION;

#endif
