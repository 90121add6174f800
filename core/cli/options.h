/* SPDX-License-Identifier: Apache-2.0 */
/* options.h - reading one option by its table row; shared by the global options and the verbs'. */
#ifndef HFTERM_CORE_CLI_OPTIONS_H
#define HFTERM_CORE_CLI_OPTIONS_H

#include <stdbool.h>

struct cli_given;
struct cli_option;
struct err;

/* argv[*i] starts with '-'. Moves *i onto a value in a word of its own. ERR_USAGE. */
bool cli_next_option(const struct cli_option *table, int argc, char **argv, int *i,
                     struct cli_given *out, struct err *e);

/* The row of "--name", "--name=value" or "-n"; NULL when the table has none. */
const struct cli_option *cli_find_option(const struct cli_option *table, const char *word);

#endif
